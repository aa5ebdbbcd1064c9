"""Power laws: even spacing in log frequency, and the straight line through a log-log plot."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import (
    SpectralKitError,
    as_frequencies,
    as_number,
    as_positive_power,
    as_real,
)
from spectralkit.results import FloatArray, OneOrMany, PowerLaw, RadialSpectrum


def resample_loglog(
    frequency: ArrayLike, power: ArrayLike, *, num: int | None = None
) -> tuple[NDArray[np.float64], FloatArray]:
    """A spectrum on frequencies that are evenly spaced on a logarithmic axis.

    Between given points log P is linear in log f.

    Book: a-power-law

    Parameters
    ----------
    frequency : array_like
        Positive, strictly increasing, any unit, shape (R,).
    power : array_like
        Positive power on a linear scale, shape (..., R).
    num : int, optional
        Number of points; by default as many as given.

    Returns
    -------
    frequency : numpy.ndarray
        From the first to the last given frequency, shape (num,).
    power : numpy.ndarray
        Power on a linear scale, shape (..., num).

    Raises
    ------
    SpectralKitError
        If frequencies do not increase from a positive value, a power is not positive, shapes do
        not fit, or `num` is below 2.

    Examples
    --------
    >>> resample_loglog([1.0, 4.0, 16.0], [1.0, 1.0, 0.25], num=5)[1].round(3).tolist()
    [1.0, 1.0, 1.0, 0.5, 0.25]
    """
    f = as_frequencies(frequency)
    p = as_positive_power(power, len(f))
    num = len(f) if num is None else int(as_number(num, "num"))
    if num < 2 or len(f) < 2:
        raise SpectralKitError(f"At least 2 frequencies are needed, but {min(num, len(f))} given.")
    target = np.geomspace(f[0], f[-1], num)
    interpolate = _interpolation_matrix(np.log(f), np.log(target))
    return target, np.exp(np.log(p.astype(np.float64)) @ interpolate.T).astype(p.dtype)


def fit_power_law(
    spectrum_or_frequency: RadialSpectrum | ArrayLike,
    power: ArrayLike | None = None,
    *,
    band: tuple[float, float] | None = None,
    resample: bool = True,
) -> PowerLaw:
    r"""Line of least squares through log power against log frequency.

    .. math:: \ln P(f) = \ln A - \alpha \ln f

    Book: a-power-law

    Parameters
    ----------
    spectrum_or_frequency : RadialSpectrum or array_like
        A spectrum, or the positive increasing frequencies of one, shape (R,).
    power : array_like, optional
        Power on a linear scale, shape (..., R), when frequencies are given.
    band : (float, float), optional
        Lowest and highest frequency to use, ends included.
    resample : bool
        Whether to space the points evenly in log f first (`resample_loglog` with as many points
        as rings); otherwise the many rings at high frequency outvote the low ones.

    Returns
    -------
    PowerLaw
        Exponent and amplitude; `r_squared` of the points that were fitted; `exponent_stderr` when
        a RadialSpectrum was given.

    Raises
    ------
    SpectralKitError
        If frequencies or powers are unusable, the band is out of order or holds fewer than 2 rings.

    Notes
    -----
    The standard error is that of one Gaussian field: the log of a mean over
    K = counts / (2 redundancy) independent coefficients has the variance :math:`\psi'(K)`, carried
    through interpolation and line. Least squares' own error would take interpolated points for
    independent ones.
    There is a bias beside it: ring 1 mixes radii from 1 to 1.4, and the logarithm of few
    coefficients reads low (`log_bias`). Together they make a periodic 256 by 256 field of exponent
    0, 1, 2, 3 read low by .02, .05, .07, .09; from ring 4 on (``band=(4 / 256, 0.5)``) by .02.

    Examples
    --------
    >>> f = np.array([0.1, 0.2, 0.3, 0.4])
    >>> round(fit_power_law(f, 3 * f**-2.0).exponent, 6)
    2.0
    """
    frequency, values, independent = _spectrum_parts(spectrum_or_frequency, power)
    used = _band_mask(frequency, band)
    frequency, values = frequency[used], as_positive_power(values[..., used], int(used.sum()))
    log_f = np.log(frequency)
    points = np.linspace(log_f[0], log_f[-1], len(log_f)) if resample else log_f
    interpolate = _interpolation_matrix(log_f, points)
    log_p = np.log(values.astype(np.float64)) @ interpolate.T
    centred = points - points.mean()
    slope_weights = centred / (centred @ centred)
    slope = log_p @ slope_weights
    offset = log_p.mean(axis=-1) - slope * points.mean()
    residual = log_p - (slope[..., np.newaxis] * points + offset[..., np.newaxis])
    error = None
    if independent is not None:
        error = _slope_error(slope_weights @ interpolate, independent[used])
    return PowerLaw(
        exponent=_unwrap(-slope),
        amplitude=_unwrap(np.exp(offset)),
        exponent_stderr=error,
        r_squared=_unwrap(_explained_share(log_p, residual)),
    )


def _spectrum_parts(
    spectrum_or_frequency: RadialSpectrum | ArrayLike, power: ArrayLike | None
) -> tuple[NDArray[np.float64], FloatArray, NDArray[np.float64] | None]:
    """Frequency, power and independent coefficients from either form of the arguments."""
    if isinstance(spectrum_or_frequency, RadialSpectrum):
        if power is not None:
            raise SpectralKitError("power is given twice: a RadialSpectrum already holds it.")
        spectrum = spectrum_or_frequency
        independent = None
        if spectrum.redundancy is not None:
            independent = spectrum.counts / (2 * spectrum.redundancy)
        return as_frequencies(spectrum.frequency), spectrum.power, independent
    if power is None:
        raise SpectralKitError("power is missing: give a RadialSpectrum, or frequency and power.")
    frequency = as_frequencies(spectrum_or_frequency)
    values = as_real(power, "power")
    if values.ndim < 1 or values.shape[-1] != len(frequency):
        raise SpectralKitError(
            f"power must have one value per frequency, shape (..., {len(frequency)}), "
            f"but has shape {values.shape}."
        )
    return frequency, values, None


def _band_mask(
    frequency: NDArray[np.float64], band: tuple[float, float] | None
) -> NDArray[np.bool_]:
    """Which frequencies lie in the band; at least two must."""
    low, high = frequency[0], frequency[-1]
    if band is not None:
        edges = as_real(band, "band")
        if edges.shape != (2,) or not edges[0] < edges[1]:
            raise SpectralKitError(f"band must be (low, high) with low < high, but is {band!r}.")
        low, high = edges
    used = (frequency >= low) & (frequency <= high)
    if used.sum() < 2:
        raise SpectralKitError(
            f"The band from {low:g} to {high:g} holds {used.sum()} of the frequencies, which run "
            f"from {frequency[0]:g} to {frequency[-1]:g}: a line needs at least 2."
        )
    return np.asarray(used)


def _interpolation_matrix(x: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear interpolation as a matrix, shape (len(at), len(x)), so that errors pass through it."""
    right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    share = np.clip((at - x[right - 1]) / (x[right] - x[right - 1]), 0, 1)
    matrix = np.zeros((len(at), len(x)))
    rows = np.arange(len(at))
    matrix[rows, right - 1] = 1 - share
    matrix[rows, right] += share
    return matrix


def _slope_error(weights: NDArray[np.float64], independent: NDArray[np.float64]) -> float:
    """Standard error of a slope that weights the log power of each ring."""
    from scipy.special import polygamma

    return float(np.sqrt(weights**2 @ polygamma(1, independent)))


def _explained_share(
    values: NDArray[np.float64], residual: NDArray[np.float64]
) -> NDArray[np.float64]:
    """R squared along the last axis; 1 for values that vary by rounding only."""
    scatter = ((values - values.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
    rounding = 16 * np.finfo(np.float64).eps * (1 + np.abs(values).max(axis=-1))
    varies = scatter > values.shape[-1] * rounding**2
    unexplained = (residual**2).sum(axis=-1) / np.where(varies, scatter, 1.0)
    return np.asarray(np.where(varies, 1 - unexplained, 1.0))


def _unwrap(value: NDArray[np.float64]) -> OneOrMany:
    """A Python float for one value, an array for a batch."""
    return float(value) if np.ndim(value) == 0 else np.asarray(value)
