"""Is the name of a mistake certain? Round numbers, zeros and few values fit one by accident.

``np.sum(x**2) // len(x)`` of four numbers may be their mean absolute value, and the median over
the rings of a single wave is 0 as in many a wrong answer. Such a name stands only if no other
comparison of the task speaks against it.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradekit.factors import constant_ratio
from gradekit.values import leaves, same

Mistake = tuple[str, str, Any]
# Numbers with few binary digits, such as 1.5, are met by chance.
ROUND = 16
DUST = 1e-12
FEW = 3
# Patterns that a few numbers show by accident.
ORDER = {"transpose", "reversal", "shift"}


@dataclass
class Comparison:
    """What one call of `gradekit.compare.compare` was given and has found.

    ``known`` may be an iterator that nobody has read, as an answer that is right needs no mistakes.
    ``told`` is the key that the answer was told, or None; ``plain`` whether its type and its shape
    are right and no name is known for it.
    """

    answer: Any
    right: Any
    known: Iterable[Mistake]
    options: dict[str, Any]
    told: str | None = None
    plain: bool = False

    def mistakes(self) -> list[Mistake]:
        """Return all mistakes that were offered; compute them now if nobody has before."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.known = list(self.known)
        return self.known

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values agree within the tolerances of the comparison."""
        return same(one, other, rtol=self.options["rtol"], atol=self.options["atol"])


def settled(own: Comparison, others: Iterable[Comparison]) -> tuple[str, str] | None:
    """Return key and sentence of the mistake that stands; an empty sentence for the one told.

    Parameters
    ----------
    own : Comparison
        One that has told a mistake.
    others : iterable of Comparison
        All others of the same task.

    Returns
    -------
    pair of str or None
        None if no name is certain.
    """
    key, rest = own.told or "", list(others)
    if key not in [known for known, _, _ in own.mistakes()]:
        return (key, "") if _pattern_stands(own, key, rest) else None
    if _is_telling(own):
        return key, ""
    fit = [m for m in own.mistakes() if m[0] == key or own.same(own.answer, m[2])]
    stand = (m for m in fit if not any(_denies(other, m[0]) for other in rest))
    return next(((m[0], "" if m[0] == key else m[1]) for m in stand), None)


def _pattern_stands(own: Comparison, key: str, others: list[Comparison]) -> bool:
    if key.startswith("factor "):
        return not any(_has_another_ratio(other, own, key) for other in others)
    if key in ORDER and np.size(own.right) < 2 * FEW:
        return not any(other.plain for other in others)
    return True


def _is_telling(one: Comparison) -> bool:
    """Whether an answer has so many numbers, or so odd ones, that agreement is no accident."""
    row = _numbers(one.answer)
    scale = max(np.abs(row).max(initial=0.0), np.abs(_numbers(one.right)).max(initial=0.0)) or 1.0
    row = np.where(np.abs(row) > DUST * scale, row, 0.0)
    odd = np.abs(ROUND * row - np.round(ROUND * row)) > 1e-9
    return bool(odd.any() and (row.size < FEW or np.unique(np.round(row / scale, 9)).size >= FEW))


def _numbers(value: Any) -> np.ndarray[Any, Any]:
    row = np.concatenate([leaf.ravel() for leaf in leaves(value) or [np.zeros(0)]])
    return row[np.isfinite(row)]


def _denies(other: Comparison, key: str) -> bool:
    """Whether the answer there is not what the mistake would give."""
    values = [value for known, _, value in other.mistakes() if known == key]
    apart = [value for value in values if not other.same(value, other.right)]
    return bool(apart) and not any(other.same(other.answer, value) for value in apart)


def _has_another_ratio(other: Comparison, own: Comparison, key: str) -> bool:
    if not _is_telling(own):
        return other.plain or other.told not in (None, key)
    if not other.plain:
        return False
    # Only where the number of values is told, as a factor N is not the same everywhere.
    constant = constant_ratio(other.answer, other.right, rtol=other.options["rtol"])
    return constant is not None and "N" not in key
