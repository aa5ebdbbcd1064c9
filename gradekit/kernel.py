"""The kernel that runs a submission: limits first, then IPython, which also answers the tests.

Tests run in `gradekit.judge`. What they take from the student they ask for by a message of the
type ``call_request``: the value of a name, or what a function returns. Nothing in this process is
trusted: student's code shares it and can change everything in it, but only what it answers gets
out.
"""

import site
import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import launch_new_instance

from gradekit import wire
from gradekit.limits import set_limits
from gradekit.raised import describe, missing
from gradekit.reference import closed

PRINTED = 200_000
PRINTED_IN_CALL = 2000
WARNINGS_IN_CALL = 5


class CappedStream(OutStream):
    """Sends at most `PRINTED` characters per cell, so that endless output costs time only."""

    _left = PRINTED

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Begin a cell."""
        self._left = PRINTED
        super().set_parent(parent)  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Send what fits, and say once that the rest is left out."""
        if self._left > 0:
            shown = string[: self._left]
            self._left -= len(string)
            super().write(shown if self._left >= 0 else f"{shown}\n[the rest is left out]\n")
        return len(string)


class StudentKernel(IPythonKernel):
    """An IPython kernel that also answers ``call_request``.

    Its content is ``name``, ``call`` (whether to call it) and ``closed``, the packages in which a
    function of this name must not be called. The arguments and the answer are frames of
    `gradekit.wire`; the answer is a dict with one of ``missing``, ``function``, ``value``,
    ``reason`` (why there is no value) and ``raised``.
    """

    msg_types = [*IPythonKernel.msg_types, "call_request"]  # noqa: RUF012 - as in the base class

    async def call_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Answer one question of the judge."""
        shell: Any = self.shell
        names, content = shell.user_ns, parent["content"]
        try:
            frames = wire.dumps(_answer(names, content, parent["buffers"]), stand_ins=True)
        except wire.WireError as error:
            frames = wire.dumps(_no_test(content, f"{error}, which cannot be tested."))
        except BaseException as problem:  # objects of the student may do anything
            frames = wire.dumps({"raised": asdict(describe(problem, names))})
        session: Any = self.session
        session.send(stream, "call_reply", {}, parent, ident=ident, buffers=frames)


def _no_test(content: Mapping[str, Any], why: str) -> dict[str, Any]:
    if content["call"]:
        return {"raised": {"kind": "", "text": f"`{content['name']}` returns {why}"}}
    return {"reason": f"its value is {why}"}


def _answer(names: dict[str, Any], content: Mapping[str, Any], frames: wire.Frames) -> Any:
    name = content["name"]
    if name not in names:
        return {"missing": True, "why": missing(name, names)}
    if not content["call"]:
        return {"function": True} if callable(names[name]) else {"value": names[name]}
    positional, named = wire.loads(frames)
    randoms = wire.generators([positional, named])
    printed = StringIO()
    with (
        warnings.catch_warnings(record=True) as caught,
        redirect_stdout(printed),
        redirect_stderr(StringIO()),
        closed(name, content["closed"]),
    ):
        warnings.simplefilter("always")
        try:
            answer = {"value": names[name](*positional, **named)}
        except BaseException as problem:  # sys.exit() and interrupts as well
            answer = {"raised": asdict(describe(problem, names))}
    said = [[type(w.message).__name__, str(w.message)[:PRINTED_IN_CALL]] for w in caught]
    told = {"printed": printed.getvalue()[:PRINTED_IN_CALL], "warnings": said[:WARNINGS_IN_CALL]}
    return {**answer, **told, "generators": randoms}


def main(limits: dict[str, int], options: list[str]) -> None:
    """Run the kernel until it is killed."""
    set_limits(limits)
    site.sethelper()  # Python started without `site`, which would run *.pth files
    # Last: files of the submission can be imported, but shadow no package.
    sys.path.append(str(Path.cwd()))
    sys.argv = [
        "ipykernel",
        "--IPKernelApp.ignore_cwd=True",
        "--IPKernelApp.outstream_class=gradekit.kernel.CappedStream",
        "--IPKernelApp.kernel_class=gradekit.kernel.StudentKernel",
        *options,
    ]
    launch_new_instance()
