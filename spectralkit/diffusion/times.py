"""Times in [0, 1]: checked, laid along a batch, and given back in the form they came in."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_real
from spectralkit.results import FloatArray, OneOrMany

Curve: TypeAlias = NDArray[np.float64]


def as_time(t: ArrayLike) -> Curve:
    """Times in [0, 1] as float64."""
    times = as_real(t, "t").astype(np.float64, copy=False)
    if (times < 0).any() or (times > 1).any():
        worst = times.min() if (times < 0).any() else times.max()
        raise SpectralKitError(
            f"t must lie in [0, 1], where 0 is clean and 1 the noisiest, but holds {worst:g}."
        )
    return times


def along_leading_axes(values: Curve, x: FloatArray) -> Curve:
    """One value per image of a batch, shaped so that it multiplies x."""
    if values.ndim == 0:
        return values
    grown = values.reshape(values.shape + (1,) * (x.ndim - values.ndim))
    leading = x.shape[: values.ndim]
    if grown.ndim > x.ndim or any(
        n not in (1, m) for n, m in zip(values.shape, leading, strict=True)
    ):
        raise SpectralKitError(
            f"t of shape {values.shape} must match the leading axes of x, which has the shape "
            f"{x.shape}."
        )
    return grown


def one_or_many(values: NDArray[Any]) -> OneOrMany:
    """A Python float for one value, an array for several."""
    return values.item() if np.ndim(values) == 0 else values
