"""Starts the judge of a notebook in a sandbox of its own and passes its questions on."""

import asyncio
import json
import os
import signal
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from gradekit import confine, wire
from gradekit.confine import MEGABYTE, Confinement
from gradekit.errors import GradekitError
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

Answer = Callable[[dict[str, Any], list[bytes]], Awaitable[wire.Frames]]


class JudgeError(GradekitError):
    """The tests themselves failed, so that no mark can be given; says what happened."""


class JudgeProcess:
    """The running judge of one notebook.

    Parameters
    ----------
    job : Job
    folder : Path
        Holds the files that were handed out with the set.
    """

    def __init__(self, job: Job, folder: Path) -> None:
        self._job, self._folder = job, folder
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "JudgeProcess":
        start = self._start_trusted if self._job.trusted else self._start_confined
        try:
            await start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def _end(self) -> None:
        if self._process:
            if self._process.returncode is None:
                # All of its group: bubblewrap's second process does not end with the first as long
                # as the sandbox is made, and would hold the output open.
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            # To the end of its output, or its pipe would be closed by chance, later.
            await self._process.communicate()

    async def set_up(self, cells: dict[str, str]) -> None:
        """Run the setup cells, by grade_id.

        Raises
        ------
        JudgeError
            If one of them fails.
        """
        await self._ask({"setup": cells}, _nobody, "the setup cells")

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

    async def _ask(
        self, request: dict[str, Any], answer: Answer, what: str = "the test itself"
    ) -> dict[str, Any]:
        await self._send([json.dumps(request).encode()])
        while True:
            try:
                head, *frames = await asyncio.wait_for(self._receive(), PATIENCE)
            except TimeoutError as error:
                raise JudgeError(f"{what} took more than {PATIENCE} seconds") from error
            except asyncio.IncompleteReadError as error:
                raise JudgeError("the process that runs the tests died") from error
            reply: dict[str, Any] = json.loads(head)
            if "failed" in reply:
                raise JudgeError(f"{what} failed with {reply['failed']}")
            if "fetch" not in reply and "call" not in reply:
                return reply
            await self._send(await answer(reply, frames))

    async def _send(self, frames: wire.Frames) -> None:
        stdin = self._running().stdin
        if stdin:
            stdin.write(message(frames))
            try:
                await stdin.drain()
            except ConnectionError as error:
                raise JudgeError("the process that runs the tests died") from error

    async def _receive(self) -> list[bytes]:
        stdout = self._running().stdout
        if stdout is None:
            raise JudgeError("the process that runs the tests has no output")
        count = int.from_bytes(await stdout.readexactly(4), "big")
        sizes = struct.unpack(f">{count}I", await stdout.readexactly(4 * count))
        return [await stdout.readexactly(size) for size in sizes]

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise JudgeError("the process that runs the tests was not started")
        return self._process

    async def _start_confined(self) -> None:
        with Confinement(disk=DISK) as sandbox:
            sandbox.copy_files(self._folder)
            path = sandbox.show_packages(["gradekit", *self._job.packages])
            sandbox.show_fonts()
            command = sandbox.command(confine.program("judge", path, LIMITS), {})
            environment = {"PATH": os.defpath}
            await self._start(command, "/", environment, sandbox.descriptors)
            sandbox.first_process()

    async def _start_trusted(self) -> None:
        start = "from gradekit.judge import main; main({})"
        environment = {**os.environ, **confine.THREADS}
        command = [sys.executable, "-P", "-c", start]
        await self._start(command, str(self._folder), environment, [])

    async def _start(
        self, command: list[str], folder: str, environment: dict[str, str], descriptors: list[int]
    ) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            pass_fds=descriptors,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )


async def _nobody(question: dict[str, Any], frames: list[bytes]) -> wire.Frames:
    raise JudgeError(f"a setup cell asks for the student's {sorted(question.values())}")
