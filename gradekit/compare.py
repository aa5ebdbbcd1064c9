"""Compare an answer with what is right, and say what went wrong in words that help.

Order of the search: a named mistake that gives exactly this answer; what `gradekit.patterns` knows
(complex numbers, a swapped pair, a constant factor, wrong order); a named mistake times a known
factor; the plain type, shape or NaN. A named mistake goes first even where a factor fits as well:
its sentence is the better one, and the factor stays in the message.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradekit.doubt import Comparison, Mistake
from gradekit.factors import constant_ratio, find_factor
from gradekit.patterns import pattern, varied
from gradekit.show import array_block, difference_lines
from gradekit.values import as_array, first_gap, same, unpacked

EXACT = 1e-6
NEARLY = 1e-3
MOST_SHOWN = 24


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer.

    Attributes
    ----------
    mistake : str or None
        Key of the named mistake or of the pattern (see `gradekit.patterns`); None if nothing
        known fits.
    sentence : str
        What the learner can do about it; holds no value of the test.
    detail : tuple of str
        Sentences with values, for visible parts only.
    block : str
        Expected and given values in full, for visible parts only; may be empty.
    plain : str
        The sentence without the mistake; empty if only the values differ.
    """

    mistake: str | None
    sentence: str
    detail: tuple[str, ...] = ()
    block: str = ""
    plain: str = ""

    def renamed(self, mistake: str | None, sentence: str = "") -> "Finding":
        """Return it with another mistake, or with none, as that name is not certain."""
        detail = tuple(line for line in self.detail if mistake or line != self.plain)
        return replace(self, mistake=mistake, sentence=sentence or self.plain, detail=detail)

    def __str__(self) -> str:
        lines = [self.sentence, *self.detail, self.block]
        return "\n".join(line for line in lines if line)


class DifferenceError(AssertionError):
    """An answer that differs from what is right; its ``finding`` says how."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


_compared: ContextVar[list[Comparison]] = ContextVar("compared")


@contextmanager
def watched() -> Iterator[list[Comparison]]:
    """Collect all comparisons that are made inside of a ``with`` statement."""
    found: list[Comparison] = []
    token = _compared.set(found)
    try:
        yield found
    finally:
        _compared.reset(token)


def compare(
    answer: Any,
    right: Any,
    *,
    mistakes: Iterable[Mistake] = (),
    rtol: float = 1e-6,
    atol: float = 0.0,
    samples: int | None = None,
    example: str = "",
) -> None:
    """Do nothing if `answer` is `right`; otherwise raise with the reason.

    Parameters
    ----------
    answer, right : number, str, bool, None, array, or list, tuple or dict of these
        What the student's code gave, and what it must give.
    mistakes : iterable of (key, sentence, value)
        Wrong answers by name; read only if `answer` is wrong.
    rtol, atol : float
        Tolerances, see `gradekit.values.close`.
    samples : int, optional
        Number of values that were transformed (pixels of the image, samples of the signal); then
        forgotten divisions by it or by its root are recognised.
    example : str
        A line that the learner can run to see this answer again, for tiny inputs.

    Raises
    ------
    DifferenceError
        An AssertionError with the learner's message and a ``finding``.
    """
    seen = Comparison(answer, right, mistakes, {"rtol": rtol, "atol": atol})
    _compared.get([]).append(seen)
    if same(answer, right, rtol=rtol, atol=atol):
        return
    finding = diagnose(
        answer,
        right,
        mistakes=seen.mistakes(),
        rtol=rtol,
        atol=atol,
        samples=samples,
        example=example,
    )
    if finding:
        seen.told = finding.mistake
        seen.plain = not (finding.mistake or finding.plain)
        raise DifferenceError(finding)


def in_form(answer: Any, example: Any, name: str = "") -> Any:
    """Return `answer` if it has the type and the shape of `example`; otherwise raise and say so.

    For tests that calculate with an answer before they compare: without it, a learner who returns
    text would be shown what NumPy says about the test's own line.

    Parameters
    ----------
    answer : object
        What the student's code gave.
    example : number, str, bool, array, or list, tuple or dict of these
        A value of the form that is needed; its numbers do not matter.
    name : str
        What the learner calls the value, if it is not what a function returned.

    Returns
    -------
    object
        The answer; lists of numbers where an array is needed, and True and False where numbers
        are, have become an array of numbers.

    Raises
    ------
    DifferenceError
        With one sentence.
    """
    if isinstance(example, np.ndarray) and isinstance(answer, list | np.ndarray):
        row = as_array(answer)
        answer = answer if row is None else row.astype(float) if row.dtype.kind == "b" else row
    gap = first_gap(answer, example, form_only=True)
    if gap is None:
        return answer
    sentence = gap.sentence.replace("Your answer", f"`{name}`", 1) if name else gap.sentence
    raise DifferenceError(Finding(None, sentence))


def diagnose(
    answer: Any,
    right: Any,
    *,
    mistakes: Iterable[Mistake] = (),
    rtol: float = 1e-6,
    atol: float = 0.0,
    samples: int | None = None,
    example: str = "",
) -> Finding | None:
    """Return what is wrong with `answer`, or None; parameters as in `compare`."""
    gap = first_gap(answer, right, rtol=rtol, atol=atol)
    if gap is None:
        return None
    known, given = list(mistakes), unpacked(answer, right)
    mistake, sentence = (
        _named(answer, known, rtol, atol)
        or pattern(given, right, gap, rtol=rtol, atol=atol, samples=samples)
        or _pair(given, right, known, rtol, samples)
        or (None, gap.sentence)
    )
    lines = difference_lines(gap, constant_ratio(gap.answer, gap.right, rtol=rtol, atol=atol))
    detail = ([gap.sentence] if gap.sentence != sentence else []) + lines
    few = isinstance(gap.right, np.ndarray) and 1 < gap.right.size <= MOST_SHOWN
    block = array_block(gap, example) if example or few else ""
    return Finding(mistake, sentence, tuple(filter(None, detail)), block, gap.sentence)


def _named(answer: Any, known: list[Mistake], rtol: float, atol: float) -> tuple[str, str] | None:
    # Exactly first: with a loose tolerance two mistakes may both be near the answer.
    for within in ({"rtol": min(EXACT, rtol)}, {"rtol": rtol, "atol": atol}):
        for key, sentence, value in known:
            if same(answer, value, **within):
                return key, sentence
    return None


def _pair(
    answer: Any, right: Any, known: list[Mistake], rtol: float, samples: int | None
) -> tuple[str, str] | None:
    # Few numbers, and numbers that are nearly right, fit some pair by accident.
    if not varied(answer) or same(answer, right, rtol=NEARLY):
        return None
    for key, sentence, value in known:
        factor = find_factor(answer, value, samples=samples, rtol=rtol)
        if factor:
            return key, f"{sentence} In addition: {factor.reason} (factor {factor.name})."
    return None
