"""What a learner is told about an exception: whose line raised it, and what to do."""

import re
import traceback
from traceback import FrameSummary, StackSummary
from types import FrameType

LONGEST = 1000
READ_ONLY = "Your function changes its input: work on a copy, as in image = image.copy()."
FORM = (
    "A name of the setup cell was changed (then run the setup cell again), or your answer has not "
    "the form that the task asks for."
)


def error_notes(problem: BaseException, *, hidden: bool) -> tuple[str, ...]:
    """Say what was raised in a part; in a hidden one without values and lines of the test."""
    test, own = _lines(problem)
    if isinstance(problem, NotImplementedError):
        return ("Not answered yet.",)
    if own and _is_read_only(problem):
        return (READ_ONLY,) if hidden else (f"{READ_ONLY} It happens{_place(own)[1:]}",)
    if hidden:
        return _hidden_notes(problem, own)
    if own:
        return (f"Your code raised {_text(problem)}{_place(own)}",)
    return (_test_note(problem, test),)


def _lines(problem: BaseException) -> tuple[FrameSummary | None, FrameSummary | None]:
    """Return the line of the test and the last line of the learner, None where there is none.

    All cells of a notebook share their globals, and each has a file name of its own.
    """
    walked = list(traceback.walk_tb(problem.__traceback__))
    outside = [w for w in walked if not w[0].f_globals.get("__name__", "").startswith("gradekit.")]
    if not outside:
        return None, None
    test = outside[0][0]
    own = [
        (frame, line)
        for frame, line in outside
        if frame.f_globals is test.f_globals and frame.f_code.co_filename != test.f_code.co_filename
    ]
    return _summary(outside[:1]), _summary(own[-1:])


def _summary(walked: list[tuple[FrameType, int]]) -> FrameSummary | None:
    return next(iter(StackSummary.extract(iter(walked))), None)


def _place(own: FrameSummary) -> str:
    return f", in `{own.name}`, line {own.lineno}: `{own.line}`"


def _text(problem: BaseException) -> str:
    # format_exception_only survives an exception whose own str() raises.
    return "".join(traceback.format_exception_only(problem)).strip()[:LONGEST]


def _is_read_only(problem: BaseException) -> bool:
    # NumPy has a dozen such messages; all end alike.
    return isinstance(problem, ValueError) and _text(problem).endswith("read-only")


def _hidden_notes(problem: BaseException, own: FrameSummary | None) -> tuple[str, ...]:
    if isinstance(problem, AssertionError) and not own:
        return ()
    who = "Your code raised" if own else "The test was stopped by"
    return (f"{who} {type(problem).__name__}.",)


def _test_note(problem: BaseException, test: FrameSummary | None) -> str:
    text = _text(problem)
    if isinstance(problem, AssertionError):
        return text.partition(":")[2].strip() or "Not as required."
    if isinstance(problem, NameError) and problem.name:
        return (
            f"Not answered yet: `{problem.name}` is not defined; "
            "run its cell after writing your answer."
        )
    if re.match(r"TypeError: \w+\(\) ", text):
        return f"The test cannot call your function: {text}. Keep the parameters that were given."
    line = f" at its line `{test.line}`" if test else ""
    return f"The test was stopped{line} by {text}. {FORM}"
