"""Constant factors between an answer and what is right, and what each usually means."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradekit.values import close, leaves

SCALAR_RTOL = 1e-6
LARGEST_RTOL = 1e-3
TRIVIAL = 1e-5  # with six digits it would read "1 times"
PIXELS = "pixel values 0…255 and -1…1 (or 0…1) are mixed"
SCALES = "natural logarithm, log10 and decibel are mixed"
WINDOW = "the power that a window takes away is not made up for"


@dataclass(frozen=True)
class Factor:
    """A constant factor with a name and the usual reason for it."""

    name: str
    value: float
    reason: str


NAMED = (
    Factor("-1", -1.0, "the sign is reversed"),
    Factor("2", 2.0, "something is counted twice, or half of it was meant"),
    Factor("1/2", 0.5, "half of it is missing, or something is halved twice"),
    Factor("4", 4.0, "an amplitude is doubled before it is squared"),
    Factor("1/4", 0.25, "an amplitude is halved before it is squared"),
    Factor("127.5²", 127.5**2, f"{PIXELS} (factor 127.5 in amplitude)"),
    Factor("1/127.5²", 127.5**-2, f"{PIXELS} (factor 1/127.5 in amplitude)"),
    Factor("127.5", 127.5, PIXELS),
    Factor("1/127.5", 1 / 127.5, PIXELS),
    Factor("255²", 255.0**2, f"{PIXELS} (factor 255 in amplitude)"),
    Factor("1/255²", 255.0**-2, f"{PIXELS} (factor 1/255 in amplitude)"),
    Factor("ln 10", math.log(10), SCALES),
    Factor("1/ln 10", 1 / math.log(10), SCALES),
    Factor("10/ln 10", 10 / math.log(10), SCALES),
    Factor("ln 10/10", math.log(10) / 10, SCALES),
    Factor("10", 10.0, SCALES),
    Factor("1/10", 0.1, SCALES),
    Factor("0.375", 0.375, WINDOW),
    Factor("0.375²", 0.375**2, f"{WINDOW}, in both directions"),
    Factor("2π", 2 * math.pi, "angular frequency and frequency are mixed"),
    Factor("1/2π", 0.5 / math.pi, "angular frequency and frequency are mixed"),
)


def named_factors(samples: int | None) -> tuple[Factor, ...]:
    """Return the known factors; with `samples`, those of the transform's size come first."""
    if samples is None or samples < 2:
        return NAMED
    root = math.sqrt(samples)
    count = f"the number of values (here {samples})"
    return (
        Factor("N", float(samples), f"a division by {count} is missing"),
        Factor("1/N", 1 / samples, f"a division by {count} is too many"),
        Factor("√N", root, f"a division by the square root of {count} is missing"),
        Factor("1/√N", 1 / root, f"a division by the square root of {count} is too many"),
        *NAMED,
    )


def constant_ratio(
    answer: Any, right: Any, *, rtol: float = 1e-6, atol: float = 0.0
) -> float | None:
    """Return the one real number by which all of `right` must be multiplied to give `answer`.

    None if there is no such number, if it is 0 or reads 1, or if `right` lies within `atol` of 0.
    """
    given, wanted = leaves(answer), leaves(right)
    if not (given and wanted) or [x.shape for x in given] != [x.shape for x in wanted]:
        return None
    a, r = (np.concatenate([x.ravel() for x in row]) for row in (given, wanted))
    if not (np.isfinite(a).all() and np.isfinite(r).all() and a.any()):
        return None
    if np.abs(r).max() <= atol:
        return None
    strongest = int(np.argmax(np.abs(r)))
    ratio = complex(a[strongest] / r[strongest])
    if abs(ratio.imag) > SCALAR_RTOL * abs(ratio) or abs(ratio.real - 1) <= TRIVIAL:
        return None
    within = min(max(rtol, SCALAR_RTOL), 10 * LARGEST_RTOL)
    return ratio.real if ratio.real and close(a, ratio.real * r, rtol=within) else None


def find_factor(
    answer: Any,
    right: Any,
    *,
    samples: int | None = None,
    rtol: float = 1e-6,
    atol: float = 0.0,
) -> Factor | None:
    """Look up the constant ratio of two values among the known factors.

    One number has always *a* ratio to another, so there the match must be exact to 1e-6,
    whatever `rtol` says.
    """
    ratio = constant_ratio(answer, right, rtol=rtol, atol=atol)
    if ratio is None:
        return None
    loose = sum(x.size for x in leaves(right) or []) > 2
    within = min(max(rtol, SCALAR_RTOL), LARGEST_RTOL) if loose else SCALAR_RTOL
    fits = (f for f in named_factors(samples) if abs(ratio - f.value) <= within * abs(f.value))
    return next(fits, None)
