"""Wrong versions of the two small functions of the warm-up set."""

from __future__ import annotations

import numpy as np

from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray


def square_forgotten(signal: FloatArray) -> float:
    return float(np.mean(signal))


def abs_for_square(signal: FloatArray) -> float:
    return float(np.mean(np.abs(signal)))


def sum_for_mean(signal: FloatArray) -> float:
    return float(np.sum(np.square(signal)))


def root_taken(signal: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(signal))))


def factor_20(power: FloatArray) -> FloatArray:
    return 20 * np.log10(power)


def factor_forgotten(power: FloatArray) -> FloatArray:
    return np.log10(power)


def ln_for_log10(power: FloatArray) -> FloatArray:
    return 10 * np.log(power)


MISTAKES = {
    "mean_power": (
        Mistake(
            "square-forgotten",
            "You averaged the numbers as they are; square each of them first.",
            square_forgotten,
        ),
        Mistake(
            "abs-for-square",
            "You averaged |x|; square each number instead.",
            abs_for_square,
        ),
        Mistake(
            "sum-for-mean",
            "You added the squares up; divide by how many there are.",
            sum_for_mean,
        ),
        Mistake(
            "root-taken",
            "You took a root at the end; the mean power has none.",
            root_taken,
        ),
    ),
    "decibels": (
        Mistake(
            "factor-20",
            "20 log10 is for magnitudes; power is squared already, so take 10 log10.",
            factor_20,
        ),
        Mistake(
            "ln-for-log10",
            "You took the natural logarithm; decibels need np.log10.",
            ln_for_log10,
        ),
        Mistake(
            "factor-forgotten",
            "You took log10 alone, which gives bels; a decibel is a tenth of one: 10 log10.",
            factor_forgotten,
        ),
    ),
}
