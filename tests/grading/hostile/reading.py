"""Attackers who look for the hidden tests, the seed and the token of the run.

What they look for is written as a pattern that does not match itself. Each also finds something of
the same form that lies in the open (``default_rng(9).normal``): the search works.
"""

from gradekit.job import Limits

from .attack import WRONG, Attack, Graded

# A search through all memory takes its time on a busy machine, and must not be cut short.
SLOW = Limits(cell=60, task=60, total=200)

PLANT = "planted = 'np.random.default_rng(9).normal(size=32)'\n"
LOOK = r"""
import re
SECRETS = rb"default_rng\((\d)\)\.normal|the tok[e]n of this run|4242[4]24242424242"
found = set()

def look(data):
    data = data if isinstance(data, bytes) else repr(data).encode("utf-8", "replace")
    found.update(match[0].decode() for match in re.finditer(SECRETS, data))
"""


def finds_the_plant(graded: Graded) -> None:
    assert "default_rng(9).normal" in graded.shown
    for secret in ("default_rng(7).normal", "default_rng(8).normal"):
        assert secret not in graded.shown


def searcher(name: str, code: str, *, when: str = "called", files=None) -> Attack:
    """Search while the cell runs, or while the test calls the function."""
    body = "".join(f"    {line}\n" for line in code.strip().splitlines())
    searching = f"def search():\n{body}\n"
    function = "def mean_power(signal):\n    search()\n    return 0.0\n"
    now = "search()\n" if when == "at once" else ""
    answer = PLANT + LOOK + searching + (function if when == "called" else WRONG) + now
    return Attack(
        name, answer, then="print(found)", check=finds_the_plant, files=files or {}, limits=SLOW
    )


READING = (
    searcher(
        "all files of the machine that can be read",
        r"""
import os
tops = "/home /tmp /run /dev/shm /opt/packages/course /var /srv /mnt /work"
for top in tops.split():
    for place, _, names in os.walk(top):
        for name in names:
            try:
                look(open(os.path.join(place, name), "rb").read(1 << 20))
            except OSError:
                pass
""",
        when="at once",
        files={"own/deep.txt": b"np.random.default_rng(9).normal(size=32)"},
    ),
    searcher(
        "notebooks anywhere, also through proc",
        r"""
import subprocess
places = "/proc/1/root/home /proc/1/cwd/ /proc/self/cwd/.. /"
pruned = "-path /usr -prune -o -path /opt -prune -o"
find = f"find {places} {pruned} -name '*.ipynb' -o -name '*.db' -o -name planted.txt"
for path in subprocess.run(find, shell=True, capture_output=True).stdout.split():
    try:
        look(open(path, "rb").read())
    except OSError:
        pass
""",
        files={"planted.txt": b"np.random.default_rng(9).normal(size=32)", "toy.ipynb": b"hidden"},
    ),
    searcher(
        "the environment and command line of every process",
        r"""
import glob, os
os.environ["PLANTED"] = planted
child = os.spawnve(os.P_NOWAIT, "/bin/sleep", ["sleep", "2"], {"PLANTED": planted})
import time; time.sleep(0.2)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        look(open(path, "rb").read())
    except OSError:
        pass
look(dict(os.environ))
""",
    ),
    searcher(
        "the memory of its own process",
        r"""
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        area, rights = line.split()[:2]
        start, end = (int(number, 16) for number in area.split("-"))
        if rights.startswith("rw") and end - start < 1 << 28:
            try:
                memory.seek(start)
                look(memory.read(end - start))
            except (OSError, ValueError, OverflowError):
                pass
""",
    ),
    searcher(
        "the memory of all other processes",
        r"""
import glob
for path in glob.glob("/proc/[0-9]*"):
    try:
        with open(path + "/maps") as maps, open(path + "/mem", "rb", 0) as memory:
            for line in maps:
                start, end = (int(n, 16) for n in line.split()[0].split("-"))
                if "heap" in line or "stack" in line:
                    memory.seek(start)
                    look(memory.read(end - start))
    except OSError:
        pass
look(planted)
""",
    ),
    searcher(
        "every object of the garbage collector",
        r"""
import gc
for thing in gc.get_objects():
    if isinstance(thing, (dict, list, tuple)):
        parts = thing.values() if isinstance(thing, dict) else thing
        for part in list(parts):
            if isinstance(part, (str, bytes)) and part is not SECRETS:
                look(part)
""",
    ),
    searcher(
        "the frames above the call",
        r"""
import sys
frame = sys._getframe()
while frame:
    for names in (frame.f_locals, frame.f_globals):
        for value in list(names.values()):
            if isinstance(value, (str, bytes, dict, list, tuple)) and value is not SECRETS:
                look(value)
    look([str(constant) for constant in frame.f_code.co_consts])
    frame = frame.f_back
""",
    ),
    searcher(
        "the lines that tracebacks quote",
        r"""
import inspect, linecache, sys, traceback
linecache.checkcache()
for size, _, lines, name in list(linecache.cache.values()):
    if "gradekit" not in name and "site-packages" not in name:
        look("".join(lines))
for frame, _ in traceback.walk_stack(None):
    try:
        look(inspect.getsource(frame))
    except (OSError, TypeError):
        pass
look(planted)
""",
    ),
    searcher(
        "the history and namespace of IPython",
        r"""
from IPython import get_ipython
shell = get_ipython()
look(shell.history_manager.input_hist_raw)
look(list(shell.history_manager.get_range()))
look({name: str(value)[:10000] for name, value in shell.user_ns.items() if name != "SECRETS"})
""",
    ),
    searcher(
        "the messages that the kernel gets",
        r"""
look(planted)
from IPython import get_ipython
kernel = get_ipython().kernel
look(kernel.get_parent())
""",
    ),
    Attack(
        "a spy in the session that reads every message",
        PLANT
        + LOOK
        + """
session = get_ipython().kernel.session
unserialize = session.deserialize
def spy(frames, *args, **kw):
    for frame in frames:
        look(bytes(frame))
    return unserialize(frames, *args, **kw)
session.deserialize = spy
"""
        + WRONG,
        then="print(found)  # np.random.default_rng(9).normal",
        check=finds_the_plant,
    ),
    Attack(
        "a trace of every line that runs",
        PLANT
        + LOOK
        + """
import sys, threading
def trace(frame, event, argument):
    look({name: repr(value)[:300] for name, value in frame.f_locals.items() if name != "SECRETS"})
    return trace
def mean_power(signal):
    sys.settrace(trace)
    threading.settrace(trace)
    return helper(planted)
def helper(text):
    copy = text
    return 0.0
""",
        then="sys.settrace(None); threading.settrace(None); print(found)",
        check=finds_the_plant,
    ),
)
