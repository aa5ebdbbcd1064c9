"""Power in units of the noise's power, coefficient by coefficient or ring by ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.diffusion.process import Process
from spectralkit.errors import SpectralKitError, as_real
from spectralkit.results import FloatArray
from spectralkit.rings import ring_counts, ring_number, ring_total, wave_numbers


def as_power(values: ArrayLike) -> FloatArray:
    """Finite power of at least 0."""
    power = as_real(values, "power")
    if (power < 0).any():
        raise SpectralKitError(f"power must be at least 0, but holds {power.min():g}.")
    return power


def relative_power(power: FloatArray, process: Process) -> FloatArray:
    """Power in units of the noise's: per coefficient or per ring where the noise is not white."""
    noise = process.noise_spectrum
    if np.ndim(noise) == 0:
        return power
    if power.shape[-2:] == noise.shape:
        return np.asarray(power / noise.astype(power.dtype))
    if power.shape[-1:] == (ring_total(*noise.shape),):
        return np.asarray(power / _ring_mean(noise).astype(power.dtype))
    raise SpectralKitError(
        f"power of shape {power.shape} does not fit noise with a spectrum for images of "
        f"{noise.shape} pixels: give (..., H, W), or one value per ring."
    )


def _ring_mean(power: FloatArray) -> NDArray[np.float64]:
    """Mean of the coefficients of each ring."""
    height, width = power.shape
    ring = ring_number(wave_numbers(height)[:, np.newaxis], wave_numbers(width), height, width)
    rings = ring_total(height, width)
    sums = np.bincount(ring.ravel(), weights=power.ravel())[1 : rings + 1]
    return np.asarray(sums / ring_counts(height, width))
