"""Judges in sandboxes of their own: starts them, passes their questions on, keeps them warm.

A judge that has served a notebook is kept for the next one of the same set, because its setup cells
take more time than all its tests. Linux ends a sandbox with the thread that has made it, so each
thread keeps its own.
"""

import asyncio
import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread, current_thread
from typing import Any

from gradekit import confine, wire
from gradekit.confine import MEGABYTE, Confinement
from gradekit.errors import GradekitError
from gradekit.files import write_files
from gradekit.job import Job
from gradekit.judge import message

# Of the judge's own work between two questions; what students' code takes is limited elsewhere.
PATIENCE = 120
LIMITS = {
    "AS": 2048 * MEGABYTE,
    "CPU": 600,
    "NPROC": 64,
    "FSIZE": 64 * MEGABYTE,
    "NOFILE": 256,
    "CORE": 0,
}
DISK = 256 * MEGABYTE

DIED = "the process that runs the tests died"

Answer = Callable[[dict[str, Any], list[bytes]], Awaitable[wire.Frames]]


class JudgeError(GradekitError):
    """The tests themselves failed, so that no mark can be given; says what happened."""


# What makes two notebooks of one kind: files, packages, setup cells, and whether in a sandbox.
Kind = tuple[Any, ...]


@asynccontextmanager
async def judge_of(job: Job, cells: Mapping[str, str]) -> AsyncIterator["JudgeProcess"]:
    """Give the judge of one notebook, whose setup cells have run.

    Parameters
    ----------
    job : Job
    cells : dict
        Sources of the setup cells, by grade_id.

    Raises
    ------
    JudgeError
        If one of them fails.
    """
    files = tuple(sorted(job.course_files.items()))
    kind = (files, job.packages, tuple(cells.items()), job.trusted)
    judge = _idle.pop(current_thread(), None)
    if judge and not judge.serves(kind):
        judge.end()
        judge = None
    judge = judge or JudgeProcess(kind)
    try:
        if not judge.ready:
            judge.start(job)
            await judge.set_up(cells)
        yield judge
        await judge.finish()
    except BaseException:
        judge.end()
        raise
    _keep(judge)


def _keep(judge: "JudgeProcess") -> None:
    for thread in [thread for thread in _idle if not thread.is_alive()]:
        _idle.pop(thread).end()
    if judge.ready:
        _idle[current_thread()] = judge
    else:
        judge.end()


def end_idle() -> None:
    """End the judges that wait for another notebook."""
    while _idle:
        _idle.popitem()[1].end()


_idle: dict[Thread, "JudgeProcess"] = {}
atexit.register(end_idle)


class JudgeProcess:
    """A judge, which serves one notebook after the other.

    Parameters
    ----------
    kind : tuple
        Which notebooks it can serve.

    Attributes
    ----------
    ready : bool
        Whether its setup cells have run and it waits for a notebook's first test.
    """

    def __init__(self, kind: Kind) -> None:
        self.ready = False
        self._kind = kind
        self._folder = tempfile.TemporaryDirectory(prefix="gradekit-")
        self._line, self._far = socket.socketpair()
        self._line.setblocking(False)
        self._process: subprocess.Popen[bytes] | None = None

    def serves(self, kind: Kind) -> bool:
        """Whether it is alive, and made for such notebooks."""
        return self._kind == kind and self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """End the process and whatever belongs to it."""
        self.ready = False
        self._line.close()
        self._far.close()
        if self._process:
            # All of its group: bubblewrap's second process does not end with the first as long as
            # the sandbox is made.
            if self._process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._folder.cleanup()

    async def set_up(self, cells: Mapping[str, str]) -> None:
        """Run the setup cells, by grade_id.

        Raises
        ------
        JudgeError
            If one of them fails.
        """
        await self._ask({"setup": cells}, _nobody, "the setup cells")
        self.ready = True

    async def test(self, request: dict[str, Any], answer: Answer) -> dict[str, Any]:
        """Run a test cell and return its outputs by MIME type.

        Parameters
        ----------
        request : dict
            ``test`` (its grade_id), ``source``, ``uses`` and ``seed``.
        answer : callable
            Asks the student's kernel.

        Raises
        ------
        JudgeError
            If the cell fails outside of its parts, or the judge dies or hangs.
        """
        outputs: dict[str, Any] = (await self._ask(request, answer))["outputs"]
        return outputs

    async def finish(self) -> None:
        """End a notebook; afterwards the judge is ready for the next, or of no use any more."""
        self.ready = False
        with suppress(JudgeError):  # a test has left something behind, and the judge has ended
            await self._ask({"end": True}, _nobody)
            self.ready = True

    async def _ask(
        self, request: dict[str, Any], answer: Answer, what: str = "the test itself"
    ) -> dict[str, Any]:
        await self._send([json.dumps(request).encode()])
        while True:
            try:
                head, *frames = await asyncio.wait_for(self._receive(), PATIENCE)
            except TimeoutError as error:
                raise JudgeError(f"{what} took more than {PATIENCE} seconds") from error
            reply: dict[str, Any] = json.loads(head)
            if "failed" in reply:
                raise JudgeError(f"{what} failed with {reply['failed']}")
            if "fetch" not in reply and "call" not in reply:
                return reply
            await self._send(await answer(reply, frames))

    async def _send(self, frames: wire.Frames) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(self._line, message(frames))
        except ConnectionError as error:
            raise JudgeError(DIED) from error

    async def _receive(self) -> list[bytes]:
        count = int.from_bytes(await self._read(4), "big")
        sizes = struct.unpack(f">{count}I", await self._read(4 * count))
        return [await self._read(size) for size in sizes]

    async def _read(self, size: int) -> bytes:
        content = bytearray(size)
        left = memoryview(content)
        while left:
            try:
                got = await asyncio.get_running_loop().sock_recv_into(self._line, left)
            except ConnectionError as error:
                raise JudgeError(DIED) from error
            if not got:
                raise JudgeError(DIED)
            left = left[got:]
        return bytes(content)

    def start(self, job: Job) -> None:
        """Start the process.

        Raises
        ------
        GradekitError
            If its sandbox cannot be made.
        """
        write_files(job.course_files, Path(self._folder.name))
        if job.trusted:
            self._start_trusted()
        else:
            self._start_confined(job.packages)
        self._far.close()

    def _start_confined(self, packages: tuple[str, ...]) -> None:
        with Confinement(disk=DISK) as sandbox:
            sandbox.copy_files(Path(self._folder.name))
            path = sandbox.show_packages(["gradekit", *packages])
            sandbox.show_fonts()
            command = sandbox.command(confine.program("judge", path, LIMITS, confine.WRITABLE), {})
            environment = {"PATH": os.defpath}
            self._start(command, "/", environment, sandbox.descriptors)
            sandbox.first_process()

    def _start_trusted(self) -> None:
        start = "from gradekit.judge import main; main({}, [])"
        environment = {**os.environ, **confine.THREADS}
        command = [sys.executable, "-P", "-c", start]
        self._start(command, self._folder.name, environment, [])

    def _start(
        self, command: list[str], folder: str, environment: dict[str, str], descriptors: list[int]
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            pass_fds=descriptors,
            stdin=self._far.fileno(),
            stdout=self._far.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


async def _nobody(question: dict[str, Any], frames: list[bytes]) -> wire.Frames:
    raise JudgeError(f"a setup cell asks for the student's {sorted(question.values())}")
