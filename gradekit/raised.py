"""What a learner is told about an exception: whose line raised it, and what to do."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import ismodule
from traceback import FrameSummary, StackSummary
from types import FrameType
from typing import Any

LONGEST = 1000
READ_ONLY = "Your function changes its input: work on a copy, as in image = image.copy()."
# What the library's function of a task says while that task is tested.
REFUSED = "write it yourself, then compare"
NOT_ALLOWED = f"The library's function of this task is not allowed in it: {REFUSED}."
# In the globals of a test cell: why a name of the student is not there, by name.
REASONS = "__reasons__"
# What Python says when a function is called with other parameters than it has.
PARAMETERS = re.compile(r"TypeError: [\w.<>]+\(\) (missing \d|takes |got (an|multiple|some) )")
# Below this, two names are hardly the same word with a typing error.
ALIKE = 0.75
FORM = (
    "A name of the setup cell was changed (then run the setup cell again), or your answer has not "
    "the form that the task asks for."
)


@dataclass(frozen=True)
class Raised:
    """An exception of a learner's code, as plain data.

    Attributes
    ----------
    kind : str
        Name of its type.
    text : str
        Type and message.
    place : str
        The learner's function and line that raised it; empty if none did.
    unwritten, read_only : bool
        Whether it says that the answer is not written, or that an input was changed.
    """

    kind: str
    text: str
    place: str = ""
    unwritten: bool = False
    read_only: bool = False


class StudentError(Exception):
    """Raised where the tests run, for an exception that the student's code raised elsewhere."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.text)
        self.raised = raised


def describe(problem: BaseException, names: dict[str, Any], *, apart_from: str = "") -> Raised:
    """Turn an exception into plain data.

    Parameters
    ----------
    problem : BaseException
    names : dict
        The globals of the learner's cells: lines in functions with other globals are not theirs.
    apart_from : str
        File name of a cell that has the same globals and is not the learner's.
    """
    own = [
        (frame, line)
        for frame, line in traceback.walk_tb(problem.__traceback__)
        if frame.f_globals is names and frame.f_code.co_filename != apart_from
    ]
    text = _text(problem)
    if (
        type(problem) is NameError
        and own
        and (near := _near(problem.name, own[-1][0].f_locals, names))
    ):
        text = f"{text[:LONGEST]} (is `{near}` meant?)"
    # NumPy has a dozen messages for it; all end alike.
    read_only = isinstance(problem, ValueError) and text.endswith("read-only")
    unwritten = isinstance(problem, NotImplementedError)
    return Raised(type(problem).__name__, text, _place(_summary(own[-1:])), unwritten, read_only)


def missing(name: str, names: Mapping[str, Any]) -> str:
    """Say why a name of the learner may be missing among the globals of their cells."""
    near = _near(name, names)
    if near:
        return f"is your `{near}` meant for it? Then give it the name that is asked for."
    return "run its cell after writing your answer."


def _near(name: str | None, *where: Mapping[str, Any]) -> str:
    """Return the name that may be meant by one that nobody has defined; empty if there is none."""
    pairs = (pair for names in where for pair in names.items())
    known = [n for n, value in pairs if not (n.startswith("_") or ismodule(value))]
    return next(iter(get_close_matches(name or "", known, n=1, cutoff=ALIKE)), "")


def error_notes(problem: BaseException, *, hidden: bool) -> tuple[str, ...]:
    """Say what was raised in a part; in a hidden one without values and lines of the test."""
    if isinstance(problem, StudentError):
        return _student_notes(problem.raised, hidden)
    test = _test_line(problem)
    raised = Raised("", _text(problem), unwritten=isinstance(problem, NotImplementedError))
    if test:
        frame = test[0]
        raised = describe(problem, frame.f_globals, apart_from=frame.f_code.co_filename)
    if raised.place or raised.unwritten:
        return _student_notes(raised, hidden)
    if hidden:
        stopped = f"The test was stopped by {type(problem).__name__}."
        return () if isinstance(problem, AssertionError) else (stopped,)
    return (_test_note(problem, test),)


def _student_notes(raised: Raised, hidden: bool) -> tuple[str, ...]:
    if raised.unwritten:
        return ("Not answered yet.",)
    if raised.read_only:
        return (READ_ONLY,) if hidden else (f"{READ_ONLY} It happens{raised.place[1:]}",)
    if raised.text.endswith(f": {REFUSED}"):
        return (NOT_ALLOWED,)
    if not raised.kind:
        return (raised.text,)
    if hidden:
        return (f"Your code raised {raised.kind}.",)
    if not raised.place and PARAMETERS.match(raised.text):
        return (_call_note(raised.text),)
    return (f"Your code raised {raised.text}{raised.place}",)


def _test_line(problem: BaseException) -> tuple[FrameType, int] | None:
    """Return the line of the test; all cells of a notebook share their globals."""
    walked = traceback.walk_tb(problem.__traceback__)
    outside = (w for w in walked if not w[0].f_globals.get("__name__", "").startswith("gradekit."))
    return next(outside, None)


def _summary(walked: list[tuple[FrameType, int]]) -> FrameSummary | None:
    return next(iter(StackSummary.extract(iter(walked))), None)


def _place(own: FrameSummary | None) -> str:
    return f", in `{own.name}`, line {own.lineno}: `{own.line}`" if own else ""


def _text(problem: BaseException) -> str:
    # format_exception_only survives an exception whose own str() raises.
    return "".join(traceback.format_exception_only(problem)).strip()[:LONGEST]


def _call_note(text: str) -> str:
    return f"The test cannot call your function: {text}. Keep the parameters that were given."


def _test_note(problem: BaseException, test: tuple[FrameType, int] | None) -> str:
    text, line = _text(problem), _summary([test] if test else [])
    if isinstance(problem, AssertionError):
        return text.partition(":")[2].strip() or "Not as required."
    if isinstance(problem, NameError) and problem.name:
        names = test[0].f_globals if test else {}
        of_test = test[0].f_code.co_names if test else ()
        theirs = {name: value for name, value in names.items() if name not in of_test}
        why = names.get(REASONS, {}).get(problem.name) or missing(problem.name, theirs)
        return f"Not answered yet: `{problem.name}` is not defined; {why}"
    if PARAMETERS.match(text):
        return _call_note(text)
    place = f" at its line `{line.line}`" if line else ""
    return f"The test was stopped{place} by {text}. {FORM}"
