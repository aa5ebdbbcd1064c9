"""Compare an answer with what is right, and say what went wrong in words that help.

Order of the search: type, shape and NaN; a named mistake that gives exactly this answer; a known
constant factor; a shift by one, a reversal, a transpose; a named mistake times a known factor.
A named mistake goes first even where a factor fits as well: its sentence is the better one, and
the factor stays in the message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradekit.factors import Factor, constant_ratio, find_factor
from gradekit.show import array_block, difference_lines, number
from gradekit.values import Gap, first_gap, is_numeric, numbers, same

Mistake = tuple[str, str, Any]
EXACT = 1e-6


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer.

    Attributes
    ----------
    mistake : str or None
        Key of the named mistake, or ``factor …``, ``shift``, ``reversal``, ``transpose``;
        None if nothing known fits.
    sentence : str
        What the learner can do about it; holds no value of the test.
    detail : tuple of str
        Sentences with values, for visible parts only.
    block : str
        Expected and given values in full, for visible parts only; may be empty.
    """

    mistake: str | None
    sentence: str
    detail: tuple[str, ...] = ()
    block: str = ""

    def __str__(self) -> str:
        lines = [self.sentence, *self.detail, self.block]
        return "\n".join(line for line in lines if line)


class DifferenceError(AssertionError):
    """An answer that differs from what is right; its ``finding`` says how."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


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
    finding = diagnose(
        answer, right, mistakes=mistakes, rtol=rtol, atol=atol, samples=samples, example=example
    )
    if finding:
        raise DifferenceError(finding)


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
    known = list(mistakes)
    mistake, sentence = (
        _named(answer, known, rtol, atol)
        or _pattern(gap, rtol, samples)
        or _pair(answer, known, rtol, samples)
        or (None, gap.sentence)
    )
    lines = difference_lines(gap, constant_ratio(gap.answer, gap.right, rtol=rtol))
    detail = ([gap.sentence] if gap.sentence != sentence else []) + lines
    small = example or np.size(gap.right) <= 1 or np.size(gap.right) > 24
    block = array_block(gap, example) if example or not small else ""
    return Finding(mistake, sentence, tuple(filter(None, detail)), block)


def _named(answer: Any, known: list[Mistake], rtol: float, atol: float) -> tuple[str, str] | None:
    # Exactly first: with a loose tolerance two mistakes may both be near the answer.
    for within in ({"rtol": min(EXACT, rtol)}, {"rtol": rtol, "atol": atol}):
        for key, sentence, value in known:
            if same(answer, value, **within):
                return key, sentence
    return None


def _pair(
    answer: Any, known: list[Mistake], rtol: float, samples: int | None
) -> tuple[str, str] | None:
    for key, sentence, value in known:
        factor = find_factor(answer, value, samples=samples, rtol=rtol)
        if factor:
            return key, f"{sentence} In addition: {factor.reason} (factor {factor.name})."
    return None


def _pattern(gap: Gap, rtol: float, samples: int | None) -> tuple[str, str] | None:
    if not (is_numeric(gap.answer) and is_numeric(gap.right)):
        return None
    factor = find_factor(gap.answer, gap.right, samples=samples, rtol=rtol)
    return _factor_text(factor) if factor else _order(gap.answer, gap.right, rtol)


def _factor_text(factor: Factor) -> tuple[str, str]:
    value = number(factor.value)
    name = factor.name if factor.name == value else f"{factor.name} = {value}"
    return f"factor {factor.name}", f"Your answer is {name} times the right one: {factor.reason}."


def _order(answer: Any, right: Any, rtol: float) -> tuple[str, str] | None:
    a, r = numbers(answer), numbers(right)
    if a.size < 3 or r.size < 3 or a.ndim != r.ndim:
        return None
    if a.ndim == 2 and same(a, r.T, rtol=rtol):
        return "transpose", "Rows and columns are exchanged: transpose your answer."
    for axis in range(r.ndim):
        along = f" along axis {axis}" if r.ndim > 1 else ""
        if same(a, np.flip(r, axis), rtol=rtol):
            return "reversal", f"Your answer is in reverse order{along}."
        shift = _shift(np.moveaxis(a, axis, 0), np.moveaxis(r, axis, 0), rtol)
        if shift:
            return "shift", f"{shift}{along}: check where counting starts."
    return None


def _shift(a: np.ndarray[Any, Any], r: np.ndarray[Any, Any], rtol: float) -> str:
    if a.shape[1:] != r.shape[1:] or min(len(a), len(r)) < 3:
        return ""
    cases = {
        "Your answer has one value too many at the start": (a[1:], r),
        "Your answer has one value too many at the end": (a[:-1], r),
        "Your answer lacks the first value": (a, r[1:]),
        "Your answer lacks the last value": (a, r[:-1]),
        "Your answer is shifted by one, to higher index,": (a[1:], r[:-1]),
        "Your answer is shifted by one, to lower index,": (a[:-1], r[1:]),
    }
    return next((text for text, (x, y) in cases.items() if same(x, y, rtol=rtol)), "")
