"""Wrong answers that are recognised without a name from the task.

Their keys: ``complex``, ``swapped pair``, ``factor …``, ``transpose``, ``reversal``, ``shift``.
Their sentences hold no value of the test, so that hidden parts may show them.
"""

from typing import Any

import numpy as np

from gradekit.factors import Factor, find_factor
from gradekit.show import number
from gradekit.values import Gap, is_numeric, leaves, numbers, same

Told = tuple[str, str]


def pattern(
    answer: Any, right: Any, gap: Gap, *, rtol: float, atol: float, samples: int | None
) -> Told | None:
    """Return key and sentence of the first pattern that explains a wrong answer.

    Parameters
    ----------
    answer, right : object
        The whole values: a swap or a factor must explain all of them.
    gap : Gap
        Their first difference: order is looked for in that array.
    rtol, atol, samples
        As in `gradekit.compare.compare`.
    """
    if _complex_left(gap):
        return "complex", gap.sentence
    if _swapped(answer, right, rtol, atol):
        return "swapped pair", "The two values of your pair are right, but in the other order."
    factor = find_factor(answer, right, samples=samples, rtol=rtol, atol=atol)
    return _factor_text(factor) if factor else _order(gap, rtol)


def varied(value: Any) -> bool:
    """Whether a value holds at least three different numbers, rounding aside."""
    row = np.concatenate([leaf.ravel() for leaf in leaves(value) or [np.zeros(0)]])
    largest = np.abs(row).max(initial=0.0) or 1.0
    return bool(np.unique(np.round(row / largest, 9)).size >= 3)


def _complex_left(gap: Gap) -> bool:
    numeric = is_numeric(gap.answer) and is_numeric(gap.right)
    same_shape = numeric and np.shape(gap.answer) == np.shape(gap.right)
    return same_shape and np.iscomplexobj(gap.answer) and not np.iscomplexobj(gap.right)


def _swapped(answer: Any, right: Any, rtol: float, atol: float) -> bool:
    both = isinstance(answer, list | tuple) and isinstance(right, list | tuple)
    return both and len(right) == 2 and same(answer[::-1], right, rtol=rtol, atol=atol)


def _factor_text(factor: Factor) -> Told:
    value = number(factor.value)
    name = factor.name if factor.name == value else f"{factor.name} = {value}"
    return f"factor {factor.name}", f"Your answer is {name} times the right one: {factor.reason}."


def _order(gap: Gap, rtol: float) -> Told | None:
    if not (is_numeric(gap.answer) and is_numeric(gap.right)):
        return None
    a, r, yours = numbers(gap.answer), numbers(gap.right), f"Your answer{gap.path}"
    if a.size < 3 or r.size < 3 or a.ndim != r.ndim:
        return None
    if a.ndim == 2 and same(a, r.T, rtol=rtol):
        return "transpose", f"Rows and columns are exchanged: transpose y{yours[1:]}."
    for axis in range(r.ndim):
        along = f" along axis {axis}" if r.ndim > 1 else ""
        if same(a, np.flip(r, axis), rtol=rtol):
            return "reversal", f"{yours} is in reverse order{along}."
        shift = _shift(np.moveaxis(a, axis, 0), np.moveaxis(r, axis, 0), rtol)
        if shift:
            return "shift", f"{yours} {shift}{along}: check where counting starts and ends."
    return None


def _shift(a: np.ndarray[Any, Any], r: np.ndarray[Any, Any], rtol: float) -> str:
    if a.shape[1:] != r.shape[1:] or min(len(a), len(r)) < 3:
        return ""
    cases = {
        "has one value too many at the start": (a[1:], r),
        "has one value too many at the end": (a[:-1], r),
        "lacks the first value": (a, r[1:]),
        "lacks the last value": (a, r[:-1]),
        "is shifted by one to higher index": (a[1:], r[:-1]),
        "is shifted by one to lower index": (a[:-1], r[1:]),
    }
    return next((text for text, (x, y) in cases.items() if same(x, y, rtol=rtol)), "")
