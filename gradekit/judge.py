"""The process that runs the tests: it never runs a student's code, it asks for answers.

It reads requests from its standard input and writes replies to its standard output, both as lists
of frames, the first of them JSON; `gradekit.judging` is at the other end. First come the setup
cells, then one request for each test cell. The names that a test takes from the student are
fetched when the test begins. Calls of their functions are passed on to the student's kernel, with
plain data only, and what comes back is data and nothing else.

The setup cells of a set take most of the time and are the same for all students. So they run once,
and for each notebook this process is forked: what the tests of one student do in memory, those of
the next never see. A test that leaves anything else behind, a file or a process, ends the judge.
"""

import builtins
import json
import linecache
import os
import struct
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gradekit import wire
from gradekit.limits import set_limits
from gradekit.raised import LONGEST, REASONS, Raised, StudentError
from gradekit.seeds import NAME as SEED

NO_ANSWER = "No usable answer came back from your code."
# Exit status of a fork that was told the end of its notebook: not one that a test gives by chance.
ENDED = 86


def main(limits: dict[str, int], folders: Sequence[str]) -> None:
    """Serve one notebook after the other, until the other end is closed.

    Parameters
    ----------
    limits : dict
        As in `gradekit.limits.set_limits`.
    folders : sequence of str
        All folders that a test can write to; if there are none, they are not known, and the judge
        serves one notebook only.
    """
    set_limits(limits)
    # Last, as in the student's kernel: a module that is handed out with the set can be imported.
    sys.path.append(str(Path.cwd()))
    # The tests print, and must not print into the replies.
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    judge = Judge(requests, replies)
    if judge.set_up():
        # A thread, which a setup cell may have started, does not live on in a fork.
        if folders and threading.active_count() == 1:
            while _serve_in_fork(judge, folders):
                pass
        else:
            judge.serve()
    os._exit(0)  # whatever threads there are


def _serve_in_fork(judge: "Judge", folders: Sequence[str]) -> bool:
    """Serve one notebook; return whether the next can be served as if it were the first."""
    before = _traces(folders)
    child = os.fork()
    if not child:
        status = 1
        try:
            status = ENDED if judge.serve() else 1
        finally:
            os._exit(status)
    _, result = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(result) == ENDED and _traces(folders) == before


def _traces(folders: Sequence[str]) -> tuple[set[str], dict[str, tuple[int, ...]]]:
    """Return what a process may leave behind: processes, and files in these folders."""
    files = dict[str, tuple[int, ...]]()
    for folder in folders:
        for place, folders_there, names in os.walk(folder):
            for name in folders_there:  # not their times: a file may be made and removed again
                files[f"{place}/{name}"] = (os.lstat(f"{place}/{name}").st_ino,)
            for name in names:
                found = os.lstat(f"{place}/{name}")
                times = (found.st_mtime_ns, found.st_ctime_ns)
                files[f"{place}/{name}"] = (found.st_ino, found.st_size, *times)
    return {path.name for path in Path("/proc").iterdir() if path.name.isdigit()}, files


class Judge:
    """Runs the test cells of one notebook.

    Parameters
    ----------
    requests, replies : file
        Binary.
    """

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests, self._replies = requests, replies
        self._setup: dict[str, Any] = {"__name__": "__main__"}

    def set_up(self) -> bool:
        """Run the setup cells; return whether they ran, and say so if they did not."""
        frames = self._receive()
        if frames is None:
            return False
        try:
            for name, source in json.loads(frames[0])["setup"].items():
                _run(name, source, self._setup)
        except Exception as error:  # the course's own cells may raise anything
            self._tell(_failed(error))
            return False
        return True

    def serve(self) -> bool:
        """Say that it is ready, and answer requests until there are no more.

        Returns
        -------
        bool
            Whether the end of the notebook was told, and not only the other end closed.
        """
        self._tell({"ready": True})
        while (frames := self._receive()) is not None:
            request = json.loads(frames[0])
            if "end" in request:
                return True
            try:
                self._tell({"outputs": self._test(request)})
            except Exception as error:  # as above
                self._tell(_failed(error))
        return False

    def _tell(self, reply: dict[str, Any]) -> None:
        # What is left of a student's text that is no text becomes question marks.
        self._send([json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace")])

    def _test(self, request: dict[str, Any]) -> dict[str, Any]:
        # Each test begins with the names of the setup cells, whatever other tests did.
        names = {**self._setup, SEED: request["seed"], REASONS: {}}
        for name in request["uses"]:
            self._fetch(name, names)
        _run(request["test"], request["source"], names)
        outputs: dict[str, Any] = names["task"].outputs()
        return outputs

    def _fetch(self, name: str, names: dict[str, Any]) -> None:
        reply = self._ask({"fetch": name})
        if "function" in reply:
            names[name] = self._stand_for(name)
        elif "value" in reply:
            names[name] = reply["value"]
        elif reply.get("missing") is True:
            names[REASONS][name] = _text(reply.get("why"))
        else:
            reason = _text(reply.get("reason")) or _raised(reply.get("raised")).text
            names[REASONS][name] = reason

    def _stand_for(self, name: str) -> Callable[..., Any]:
        def call(*positional: Any, **named: Any) -> Any:
            return self._call(name, positional, named)

        call.__name__ = name
        return call

    def _call(self, name: str, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
        try:
            frames = wire.dumps([positional, named])
        except wire.WireError as error:
            raise TypeError(f"the test gives {name} {error}") from error
        reply = self._ask({"call": name}, frames)
        mine, theirs = wire.generators([positional, named]), reply.get("generators")
        for own, moved in zip(mine, wire.generators(theirs), strict=False):
            _advance(own, moved)
        _repeat(reply)
        if "value" in reply:
            return reply["value"]
        raise StudentError(_raised(reply.get("raised")))

    def _ask(self, question: dict[str, Any], frames: wire.Frames = ()) -> dict[Any, Any]:
        self._send([json.dumps(question).encode(), *frames])
        answer = self._receive()
        if answer is None:
            sys.exit()  # the other end is gone
        try:
            reply = wire.loads(answer)
        except wire.WireError:
            reply = {}
        return reply if isinstance(reply, dict) else {}

    def _receive(self) -> list[bytes] | None:
        """Return the frames of the next message, which may be none; None at the end."""
        start = self._requests.read(4)
        if len(start) < 4:
            return None
        count = int.from_bytes(start, "big")
        sizes = struct.unpack(f">{count}I", self._requests.read(4 * count))
        return [self._requests.read(size) for size in sizes]

    def _send(self, frames: wire.Frames) -> None:
        self._replies.write(message(frames))
        self._replies.flush()


def message(frames: wire.Frames) -> bytes:
    """Return the bytes of one message: number of frames, their sizes, the frames."""
    start = struct.pack(f">I{len(frames)}I", len(frames), *map(len, frames))
    return b"".join([start, *frames])


def _failed(error: Exception) -> dict[str, str]:
    said = traceback.format_exception_only(error)
    return {"failed": "".join(said).strip()[:LONGEST]}


def _run(name: str, source: str, names: dict[str, Any]) -> None:
    """Run a cell of the course; its lines can be quoted in messages."""
    file = f"<{name}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    exec(compile(source, file, "exec"), names)  # noqa: S102 - the course's own cell


def _repeat(reply: dict[Any, Any]) -> None:
    """Print and warn here what the student's function printed and warned there."""
    if printed := _text(reply.get("printed")):
        print(printed)
    warned = reply.get("warnings")
    for pair in warned[:5] if isinstance(warned, list) else []:
        if isinstance(pair, list) and len(pair) == 2:
            warnings.warn(_text(pair[1]), _category(wire.clean_name(pair[0])), stacklevel=2)


def _advance(own: np.random.Generator, moved: np.random.Generator) -> None:
    """Go on where the student's code stopped: in the same stream, as another may be constant."""
    state: Any = moved.bit_generator.state
    if state["state"]["inc"] == own.bit_generator.state["state"]["inc"]:
        own.bit_generator.state = state


def _category(name: str) -> type[Warning]:
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Warning):
        return known
    return type(name, (UserWarning,), {})


def _raised(fields: Any) -> Raised:
    """Read what a student's kernel says about an exception, believing nothing."""
    told = fields if isinstance(fields, dict) else {}
    kind, text, place = (_text(told.get(key)) for key in ("kind", "text", "place"))
    if not text:
        return Raised("", NO_ANSWER)
    flags = (told.get(key) is True for key in ("unwritten", "read_only"))
    return Raised(kind[:60], text, place, *flags)


def _text(value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""
