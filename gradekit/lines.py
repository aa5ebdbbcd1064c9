"""The lines to a kernel in a sandbox: bytes are counted, and only its own sockets are reached.

What comes out of a sandbox is chosen by a student's code, the bytes of the transport included: one
message without an end would fill the grader's memory before anybody could look at it. So the grader
connects to sockets of its own, and from there bytes are passed on, as many as are allowed. Where
the kernel's sockets lie a student's code may later put a link to another socket of this machine:
each is opened once, before that code runs, and never looked up again.
"""

import asyncio
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress

PIECE = 1 << 18
# Bytes from the kernel, in one cell or one call.
ALLOWANCE = 64 << 20


class Lines:
    """Sockets in a private folder that lead to the sockets in a sandbox.

    Parameters
    ----------
    target : str
        What the paths of the kernel's sockets begin with.
    ends : iterable of str
        What they end with.

    Attributes
    ----------
    path : str
        What the paths of the grader's sockets begin with.
    overrun : bool
        Whether the kernel sent more than it may; then the lines are dead.
    """

    def __init__(self, target: str, ends: Iterable[str]) -> None:
        self.overrun = False
        self._left = ALLOWANCE
        self._target, self._found = target, dict[str, int]()
        self._folder = tempfile.mkdtemp(prefix="gradekit-")
        # By its descriptor: a socket's path has at most 107 bytes.
        self._opened = os.open(self._folder, os.O_PATH)
        self.path = f"/proc/self/fd/{self._opened}/line"
        self._listening = {end: _listening(f"{self.path}{end}") for end in ends}
        self._accepted = set[socket.socket]()
        self._task = asyncio.create_task(self._serve())

    def refill(self) -> None:
        """Begin a cell or a call."""
        self._left = ALLOWANCE

    async def close(self) -> None:
        """Close all sockets and remove the folder."""
        loop = asyncio.get_running_loop()
        for listening in self._listening.values():
            loop.remove_reader(listening)
        self._task.cancel()
        await asyncio.wait([self._task])
        # Also those whose task was ended before it began.
        for one in (*self._listening.values(), *self._accepted):
            one.close()
        for descriptor in (*self._found.values(), self._opened):
            os.close(descriptor)
        shutil.rmtree(self._folder)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            for end, listening in self._listening.items():
                loop.add_reader(listening, self._accept, group, end, listening)
            await loop.create_future()  # until it is cancelled

    def _accept(self, group: asyncio.TaskGroup, end: str, listening: socket.socket) -> None:
        # Not `sock_accept`: cancelled at the wrong moment, that loses the socket it has accepted.
        with suppress(BlockingIOError, ConnectionAbortedError):  # given up meanwhile
            near, _ = listening.accept()
            near.setblocking(False)
            self._accepted.add(near)
            group.create_task(self._connect(near, end))

    async def _connect(self, near: socket.socket, end: str) -> None:
        with near, socket.socket(socket.AF_UNIX) as far:
            try:
                far.setblocking(False)
                await asyncio.get_running_loop().sock_connect(far, self._place(end))
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass_on(near, far))
                    both.create_task(self._pass_on(far, near, counted=True))
            except* OSError:
                pass  # closed, or not there yet: ZeroMQ tries again
        self._accepted.discard(near)

    def _place(self, end: str) -> str:
        if self.overrun:
            raise ConnectionRefusedError
        if end not in self._found:
            found = os.open(f"{self._target}{end}", os.O_PATH | os.O_NOFOLLOW)
            if not stat.S_ISSOCK(os.fstat(found).st_mode):
                os.close(found)
                raise ConnectionRefusedError
            self._found[end] = found
        return f"/proc/self/fd/{self._found[end]}"

    async def _pass_on(
        self, source: socket.socket, target: socket.socket, *, counted: bool = False
    ) -> None:
        loop = asyncio.get_running_loop()
        while piece := await loop.sock_recv(source, PIECE):
            if counted:
                self._left -= len(piece)
                self.overrun |= self._left < 0
            if self.overrun:
                break
            await loop.sock_sendall(target, piece)
        raise ConnectionAbortedError  # ends the other direction as well


def _listening(path: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.setblocking(False)
    listening.bind(path)
    listening.listen()
    return listening
