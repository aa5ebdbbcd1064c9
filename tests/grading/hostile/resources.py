"""Attackers who take more than their share: of processes, memory, disk, files and time."""

from gradekit.job import Limits

from .attack import WRONG, Attack, Graded
from .protocol import calls, sends

# A kernel that takes too much is found within a second or two, and must not time out before.
LONG = Limits(cell=30, task=30, total=200)


def says(*sentences: str):
    """Check that the test of the attacked task says one of these."""

    def check(graded: Graded) -> None:
        told = str(graded.outputs("mean_power-test"))
        assert any(sentence in told for sentence in sentences), told[:2000]

    return check


RESOURCES = (
    calls(
        "a fork bomb",
        """
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.1)
""",
    ),
    calls(
        "threads without end",
        """
while True:
    threading.Thread(target=time.sleep, args=(60,)).start()
""",
    ),
    calls("a memory bomb", "np.ones(1 << 29)"),
    calls(
        "sixteen processes that work for others",
        """
for _ in range(16):
    if os.fork() == 0:
        os.setsid()
        while True:
            pass
time.sleep(60)
""",
        limits=LONG,
        # The second where so many others are at work that these get no more than their share.
        check=says("took more processor time than one can", "together have 30 seconds"),
    ),
    calls(
        "memory in sockets that nobody reads",
        """
import socket
for _ in range(45):
    if os.fork() == 0:
        held = [socket.socketpair() for _ in range(80)]
        for one in (end for pair in held for end in pair):
            one.setblocking(False)
            try:
                while True:
                    one.send(bytes(60_000))
            except BlockingIOError:
                pass
        time.sleep(60)
time.sleep(60)
""",
        limits=LONG,
        check=says("MiB of memory"),
    ),
    calls(
        "a memory bomb of many processes",
        """
for _ in range(20):
    if os.fork() == 0:
        block = np.ones(40 << 20)
        time.sleep(60)
time.sleep(60)
""",
        limits=LONG,
        check=says("MiB of memory"),
    ),
    calls(
        "memory without a name that no process maps",
        """
held = []
while True:
    held.append(os.memfd_create("x"))
    os.posix_fallocate(held[-1], 0, 60 << 20)
""",
        check=says("PermissionError"),
    ),
    calls(
        "shared memory that no process maps",
        """
import mmap
held = []
while True:
    held.append(mmap.mmap(-1, 64 << 20))
""",
        check=says("annot allocate memory"),
    ),
    calls(
        "shared memory of the device of zeros",
        """
import mmap
with open("/dev/zero", "r+b") as zeros:
    mmap.mmap(zeros.fileno(), 64 << 20)
""",
        check=says("Your code raised"),
    ),
    calls(
        "a segment of System V",
        """
import ctypes
calls = ctypes.CDLL(None, use_errno=True)
number = calls.shmget(0, 1 << 30, 0o1600)
raise OSError(f"{number} {os.strerror(ctypes.get_errno())}")
""",
        check=says("-1 Operation not permitted"),
    ),
    calls(
        "a disk bomb",
        """
for folder in (".", "/tmp", "/dev/shm", "/run"):
    for i in range(100):
        try:
            with open(f"{folder}/{i}", "wb") as file:
                file.write(bytes(60 << 20))
        except OSError:
            pass
""",
    ),
    calls(
        "a million empty files",
        """
for i in range(1_000_000):
    open(f"/tmp/{i}", "w").close()
""",
        limits=LONG,
        check=says("more than 100000 files"),
    ),
    calls(
        "a million names of one file",
        """
open("a", "w").close()
for i in range(1_000_000):
    os.link("a", f"b{i}")
""",
        limits=LONG,
        check=says("more than 100000 files"),
    ),
    calls(
        "a folder a hundred thousand deep",
        """
for _ in range(120_000):
    os.mkdir("d")
    os.chdir("d")
""",
        limits=LONG,
    ),
    calls(
        "sockets full of data",
        """
import socket
held = []
while True:
    pair = socket.socketpair()
    held.append(pair)
    pair[0].setblocking(False)
    try:
        while True:
            pair[0].send(bytes(100_000))
    except BlockingIOError:
        pass
""",
    ),
    calls(
        "a socket to the network",
        """
import socket
socket.create_connection(("1.1.1.1", 53), timeout=2)
""",
    ),
    calls(
        "a trace of the first process",
        """
import ctypes
if ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0:
    os.kill(1, 9)
raise OSError("no")
""",
    ),
    calls(
        "signals to every process it can name",
        """
for pid in [1, os.getppid(), *range(2, 40000)]:
    if pid != os.getpid():
        try:
            os.kill(pid, 9)
        except OSError:
            pass
""",
    ),
    calls("a sleep in every call", "time.sleep(2.9)"),
    sends(
        "a process that outlives its cell",
        """
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(1)
""",
    ),
    sends("endless printing", "while True: print('x' * 1000)"),
    Attack(
        "a pattern that never ends, which no interrupt stops",
        """
import re
def mean_power(signal):
    return float(bool(re.match(r"(a+)+b", "a" * 60)))
""",
    ),
    Attack("a cell without an end", "while True: pass\n" + WRONG),
    Attack(
        "a cell that comes back otherwise",
        WRONG
        + """
import os, pathlib
mark = pathlib.Path("/tmp/ran")
mark.touch()
""",
        then="import os\nos._exit(0)",
    ),
)
