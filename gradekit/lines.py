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
# What a frame takes of the grader's memory beside its bytes: two bytes make an empty one.
FRAME = 300
# Of the ZeroMQ Message Transport Protocol: how a connection begins, and flags of a frame.
GREETING, SIGNATURE, VERSION = 64, 0xFF, 3
LONG = 0x02


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
        loop, frames = asyncio.get_running_loop(), Frames()
        while piece := await loop.sock_recv(source, PIECE):
            if counted:
                self._left -= len(piece) + FRAME * frames.begun_in(piece)
                self.overrun |= self._left < 0
            if self.overrun:
                break
            await loop.sock_sendall(target, piece)
        raise ConnectionAbortedError  # ends the other direction as well


class Frames:
    """Counts the frames in a stream of ZMTP 3, https://rfc.zeromq.org/spec/23."""

    def __init__(self) -> None:
        self._skip = GREETING
        self._greeting = self._head = b""

    def begun_in(self, piece: bytes) -> int:
        """Return how many frames begin in the next piece of the stream.

        Raises
        ------
        ConnectionAbortedError
            If it begins as no such stream does: in another version, frames are cut otherwise.
        """
        if len(self._greeting) <= 10:
            self._greeting += piece[: 11 - len(self._greeting)]
            _refuse_other_versions(self._greeting)
        count, place, end = 0, 0, len(piece)
        while place < end:
            if self._skip:
                step = min(self._skip, end - place)
                self._skip -= step
                place += step
                continue
            wanted = 9 if (self._head or piece[place : place + 1])[0] & LONG else 2
            step = wanted - len(self._head)
            self._head += piece[place : place + step]
            place += step
            if len(self._head) == wanted:
                self._skip, self._head = int.from_bytes(self._head[1:], "big"), b""
                count += 1
        return count


def _refuse_other_versions(greeting: bytes) -> None:
    if greeting[0] != SIGNATURE or greeting[10:] not in (b"", bytes([VERSION])):
        raise ConnectionAbortedError


def _listening(path: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.setblocking(False)
    listening.bind(path)
    listening.listen()
    return listening
