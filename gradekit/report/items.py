"""Classical test theory of a class's results: difficulty, discrimination, tasks that look faulty.

Difficulty and discrimination are those of Crocker and Algina, "Introduction to Classical and
Modern Test Theory" (1986), chapter 14: the mean share of the points, and the correlation of the
points with the points in all other tests (the item itself would correlate with its own part of
a total).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 10
LEVEL = 0.05
PERMUTATIONS = 9999
BLOCKS = 9  # of permutations, so that a class of thousands needs little memory
NORMAL_95 = 1.959964
# Points are rounded to 1e-6.
ALIKE = 1e-9


@dataclass(frozen=True)
class Discrimination:
    """A corrected item-total correlation.

    Attributes
    ----------
    value : float or None
        None if it cannot be told; ``why`` then says why.
    low, high : float or None
        Fisher's 95 % interval, an approximation for marks.
    p : float or None
        How often a task that has nothing to do with the others would have a correlation as low
        as this.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    why: str = ""


def difficulty(points: Sequence[float], most: float) -> float | None:
    """Mean share of the points, from 0 (nobody earns any) to 1; None without any answer."""
    return math.fsum(points) / (most * len(points)) if points else None


def discrimination(
    item: Sequence[float], rest: Sequence[float], random: np.random.Generator
) -> Discrimination:
    """Correlate the points of one task with those of all other tasks, student by student.

    Parameters
    ----------
    item, rest : sequence of float
        Points in the task, and in all other tests together.
    random : numpy.random.Generator
        For the permutations behind `Discrimination.p`.

    Returns
    -------
    Discrimination
        Without a value for fewer than ten students, and where all have the same points.
    """
    if len(item) < FEWEST:
        return Discrimination(why=f"too few to tell: {len(item)} of {FEWEST} students")
    x, y = np.asarray(item, dtype=float), np.asarray(rest, dtype=float)
    if np.ptp(x) < ALIKE:
        return Discrimination(why="cannot be told: all have the same points")
    if np.ptp(y) < ALIKE:
        return Discrimination(why="cannot be told: all have the same points in the other tests")
    x, y = x - x.mean(), y - y.mean()
    value = float(np.clip(x @ y / math.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
    low, high = fisher_interval(value, len(item))
    return Discrimination(value, low, high, _p_lower(x, y, random))


def fisher_interval(r: float, n: int) -> tuple[float, float]:
    """95 % interval of a correlation of `n` > 3 pairs, by Fisher's transformation."""
    if abs(r) >= 1:
        return r, r
    half = NORMAL_95 / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def _p_lower(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> float:
    """One-sided permutation test; the observed order counts as one of the permutations."""
    slack = ALIKE * math.sqrt((x @ x) * (y @ y))
    low = 1
    for _ in range(BLOCKS):
        shuffled = random.permuted(np.tile(x, (PERMUTATIONS // BLOCKS, 1)), axis=1)
        low += int(np.count_nonzero(shuffled @ y <= x @ y + slack))
    return low / (PERMUTATIONS + 1)


def fewest_tries(parts: int) -> int:
    """Return how many must have tried before "nobody passes" means something.

    Suppose that each of the `parts` of a set is passed by at least half of those who try it. Then
    nobody of n passes a given part with a probability of at most 2^-n, and any of the parts with
    at most parts / 2^n; this is the smallest n for which that is at most 5 %.
    """
    return math.ceil(math.log2(max(1, parts) / LEVEL))


def is_inverted(found: Discrimination, tasks: int) -> bool:
    """Whether those who do well elsewhere do worse here, beyond chance.

    One of `tasks` tasks is tested at 5 % / tasks (Bonferroni), so that at most 5 of 100 classes
    have any such alarm if no task has anything to do with the others, and fewer if the tasks are
    sound.
    """
    return found.p is not None and found.p <= LEVEL / tasks
