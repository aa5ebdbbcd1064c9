"""What `spectra` is made of: windows, squared magnitudes and the mean over rings."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spectralkit.errors import one_of
from spectralkit.results import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# How many coefficients share one independent value: mean(w**4) of the window in two dimensions.
REDUNDANCY = {None: 1.0, "hann": (35 / 18) ** 2}


def hann(n: int) -> NDArray[np.float64]:
    """Periodic Hann window of unit mean square, shape (n,)."""
    return (1 - np.cos(2 * np.pi * np.arange(n) / n)) / np.sqrt(1.5)


def windowed(x: FloatArray, window: str | None, *, axes: tuple[int, ...]) -> FloatArray:
    """The array times the window along the axes, its mean weighted by the window removed first."""
    one_of(window, REDUNDANCY, "window")
    if window is None:
        return x
    weight = np.ones((), dtype=x.dtype)
    for axis in axes:
        shape = (-1, *(1,) * (-axis - 1))
        weight = weight * hann(x.shape[axis]).astype(x.dtype).reshape(shape)
    mean = (x * weight).sum(axis=axes, keepdims=True, dtype=np.float64) / weight.sum(
        dtype=np.float64
    )
    return (x - mean.astype(x.dtype)) * weight


def squared_magnitude(spectrum: NDArray[np.complexfloating[Any, Any]]) -> FloatArray:
    """|z|^2 without the square root of abs."""
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def ring_total(height: int, width: int) -> int:
    """How many rings lie below the Nyquist frequency of the longer side."""
    return (max(height, width) + 1) // 2 - 1


def ring_frequency(height: int, width: int) -> NDArray[np.float64]:
    """Frequency of each ring in cycles/pixel, shape (R,)."""
    return np.arange(1, ring_total(height, width) + 1) / max(height, width)


def folded_power(image: FloatArray) -> FloatArray:
    """|DFT|^2 of one image's half spectrum with rows ky and -ky added, flat.

    The radius does not see the sign of ky, so half of the sum over a ring is done here by adding
    rows that lie side by side in memory; in place, because memory is what costs.
    """
    from scipy import fft

    height = image.shape[0]
    spectrum = fft.rfft2(image)
    squares = spectrum.view(image.dtype)  # real and imaginary parts in turns
    np.square(squares, out=squares)
    half = height // 2
    squares[1 : height - half] += squares[:half:-1]
    folded = squares[: half + 1]
    return np.asarray(folded[:, ::2] + folded[:, 1::2]).ravel()


@lru_cache(maxsize=16)
def ring_mean_operator(height: int, width: int) -> csr_array:
    """Sparse matrix from `folded_power` to the mean power of each ring, shape (R, coefficients)."""
    from scipy.sparse import csr_array

    ring, multiplicity = folded_rings(height, width)
    counts = ring_counts(height, width)
    column = np.flatnonzero((ring >= 1) & (ring <= len(counts)))
    row = ring[column] - 1
    # a folded row already holds both signs of ky, so only the columns count twice
    weight = multiplicity[column] / counts[row] / (height * width)
    return csr_array((weight, (row, column)), shape=(len(counts), ring.size))


@lru_cache(maxsize=16)
def ring_counts(height: int, width: int) -> NDArray[np.int64]:
    """Coefficients of the full spectrum on each ring, shape (R,)."""
    ring = ring_number(wave_numbers(height)[:, np.newaxis], wave_numbers(width), height, width)
    counts = np.bincount(ring.ravel())[1 : ring_total(height, width) + 1].astype(np.int64)
    counts.flags.writeable = False
    return counts


def wave_numbers(n: int) -> NDArray[np.int64]:
    """Whole periods per n samples of each coefficient, without sign, shape (n,)."""
    index = np.arange(n)
    return np.minimum(index, n - index)


def ring_number(
    ky: NDArray[np.int64], kx: NDArray[np.int64], height: int, width: int
) -> NDArray[np.int64]:
    """Ring of each pair of wave numbers, floor(hypot(ky / H, kx / W) * max(H, W) + 1/2).

    Radii halfway between two rings occur on images that are not square. Squaring whole numbers
    keeps them exact, so that all coefficients of one radius land on one ring.
    """
    radius = np.sqrt((ky * width) ** 2 + (kx * height) ** 2) / min(height, width)
    return np.floor(radius + 0.5).astype(np.int64)


def folded_rings(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ring of each element of `folded_power`, and how often its column counts (1 or 2)."""
    ky = np.arange(height // 2 + 1)[:, np.newaxis]
    kx = np.arange(width // 2 + 1)
    twice = np.where((kx > 0) & (2 * kx < width), 2.0, 1.0)
    ring = ring_number(ky, kx, height, width)
    return ring.ravel(), np.broadcast_to(twice, ring.shape).ravel()
