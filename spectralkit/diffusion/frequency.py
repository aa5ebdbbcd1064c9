"""Which frequencies stand out of the noise at which time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.diffusion.process import Process
from spectralkit.diffusion.relative import as_power, relative_power
from spectralkit.diffusion.times import one_or_many
from spectralkit.errors import SpectralKitError, as_number
from spectralkit.results import OneOrMany, PowerLaw, RadialSpectrum

NYQUIST = 0.5


def max_detectable_frequency(
    spectrum_or_law: RadialSpectrum | PowerLaw,
    process: Process,
    t: ArrayLike,
    *,
    threshold: float = 1.0,
) -> OneOrMany:
    r"""The highest frequency whose power still stands out of the noise.

    .. math:: f_\max(t) = \max \{ f : \mathrm{SNR}(t)\, P(f) \ge \tau \}, \qquad
        f_\max = \left( \frac{A\, \mathrm{SNR}(t)}{\tau} \right)^{1/\alpha}
        \text{ for a power law, at most } \tfrac12

    Book: which-frequency-when

    Parameters
    ----------
    spectrum_or_law : RadialSpectrum or PowerLaw
        Clean power, linear; one curve, or spectra (..., R). It depends on the range of the pixels.
    process : Process
        How the image is corrupted. Under EqualSNR power counts relative to the noise's.
    t : float or array_like
        Time in [0, 1].
    threshold : float
        :math:`\tau`, the ratio of power that counts as standing out; positive.

    Returns
    -------
    float or numpy.ndarray
        Cycles/pixel, the shape of `t` after the batch axes of the spectrum. A law is cut at 0.5.
        For a spectrum: 0 where no ring stands out, 0.5 where the last one does; otherwise between
        the last ring that does and the next, where log P is linear in log f.

    Raises
    ------
    SpectralKitError
        If the law does not fall (exponent <= 0) or holds a batch, a power is negative or not
        finite, the threshold is not positive, a time lies outside [0, 1], or the noise of EqualSNR
        belongs to images of another size.

    Notes
    -----
    S. Dieleman, "Diffusion is spectral autoregression", 2024, shows the crossing; at a threshold
    of 1 it is where `wiener_gain` is 1/2.

    Examples
    --------
    >>> from spectralkit import RectifiedFlow
    >>> law = PowerLaw(exponent=2.0, amplitude=1e-3)
    >>> round(max_detectable_frequency(law, RectifiedFlow(), 0.5), 6)
    0.031623
    """
    threshold = as_number(threshold, "threshold")
    if threshold <= 0:
        raise SpectralKitError(f"threshold must be positive, but is {threshold:g}.")
    snr = np.asarray(process.snr(t))
    if isinstance(spectrum_or_law, PowerLaw) and np.ndim(process.noise_spectrum) == 0:
        crossing = spectrum_or_law.crossing(threshold)  # at SNR 1; refuses a law that rises
        exponent = as_number(spectrum_or_law.exponent, "exponent")
        return one_or_many(np.minimum(NYQUIST, crossing * snr ** (1 / exponent)))
    frequency, power = _curve(spectrum_or_law, process)
    with np.errstate(divide="ignore"):
        level = threshold / snr
    return one_or_many(_last_crossing(frequency, power, level))


def _curve(
    spectrum_or_law: RadialSpectrum | PowerLaw, process: Process
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequency and power relative to the noise's; a law is taken on the noise's rings."""
    if isinstance(spectrum_or_law, RadialSpectrum):
        frequency, power = spectrum_or_law.frequency, as_power(spectrum_or_law.power)
    else:
        size = max(np.shape(process.noise_spectrum))
        frequency = np.arange(1, (size + 1) // 2) / size
        power = spectrum_or_law(frequency)
    return frequency, relative_power(power, process).astype(np.float64)


def _last_crossing(
    frequency: NDArray[np.float64], power: NDArray[np.float64], level: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where curves (..., R) fall through levels for the last time, log-log between two rings."""
    curves = power.reshape(power.shape[:-1] + (1,) * level.ndim + power.shape[-1:])
    above = curves >= level[..., np.newaxis]
    rings = power.shape[-1]
    last = rings - 1 - np.argmax(above[..., ::-1], axis=-1)
    following = np.minimum(last + 1, rings - 1)
    with np.errstate(divide="ignore"):
        log_p, log_f, log_level = np.log(curves), np.log(frequency), np.log(level)
    here, there = (
        np.take_along_axis(np.broadcast_to(log_p, above.shape), i[..., np.newaxis], axis=-1)[..., 0]
        for i in (last, following)
    )
    found = above.any(axis=-1)
    inside = found & (last < rings - 1)
    fall = np.where(inside, here - np.where(inside, there, 0.0), 1.0)
    share = np.where(inside, here - np.where(inside, log_level, 0.0), 0.0) / fall
    crossing = np.exp(log_f[last] + share * (log_f[following] - log_f[last]))
    return np.asarray(np.where(inside, crossing, np.where(found, NYQUIST, 0.0)))


def wiener_gain(power: ArrayLike, process: Process, t: ArrayLike) -> OneOrMany:
    r"""How much of what is seen at each frequency the best linear denoiser believes.

    .. math:: g = \frac{\mathrm{SNR}\, P}{1 + \mathrm{SNR}\, P} = \frac{a^2 P}{a^2 P + \sigma^2}

    It multiplies x/a; the estimate of the clean coefficient is :math:`a P / (a^2 P + \sigma^2)\,
    x`, which is defined even where no signal is left.

    Book: which-frequency-when

    Parameters
    ----------
    power : array_like
        Expected clean power, linear, at least 0, any shape. Under EqualSNR: (..., H, W) like the
        noise's, or one value per ring.
    process : Process
        How the image is corrupted.
    t : float or array_like
        Time in [0, 1]; broadcasts with `power`.

    Returns
    -------
    float or numpy.ndarray
        From 0 to 1; 0 where there is no power, 1 where there is power and no noise.

    Raises
    ------
    SpectralKitError
        If a power is negative or not finite, a time lies outside [0, 1], or shapes do not fit.

    Notes
    -----
    N. Wiener, "Extrapolation, interpolation, and smoothing of stationary time series", 1949.

    Examples
    --------
    >>> from spectralkit import RectifiedFlow
    >>> wiener_gain([9.0, 1.0, 0.0], RectifiedFlow(), 0.5).tolist()
    [0.9, 0.5, 0.0]
    """
    clean = as_power(power)
    ratio = relative_power(clean, process)
    kept = np.square(process.signal(t)) * ratio
    total = kept + np.square(process.noise(t))
    gain = np.divide(kept, total, out=np.zeros_like(total), where=total > 0)
    return one_or_many(gain.astype(clean.dtype, copy=False))


def active_band(
    law: PowerLaw,
    process: Process,
    t: ArrayLike,
    *,
    low: float = 0.1,
    high: float = 0.9,
    size: int | None = None,
) -> tuple[OneOrMany, OneOrMany]:
    r"""The frequencies that are neither settled nor drowned: those with a gain in between.

    .. math:: f(g) = \left( A\, \mathrm{SNR}\, \frac{1 - g}{g} \right)^{1/\alpha}

    From gain 0.9 to 0.1 this spans :math:`\log_2(81) / \alpha` octaves, whatever the time.

    Book: which-frequency-when

    Parameters
    ----------
    law : PowerLaw
        Clean power; one law that falls.
    process : Process
        How the image is corrupted, with white noise.
    t : float or array_like
        Time in [0, 1].
    low, high : float
        Gains at the ends, 0 < low < high < 1.
    size : int, optional
        Pixels along the longer side: then no end lies below the lowest ring, 1 / size.

    Returns
    -------
    f_low : float or numpy.ndarray
        Where the gain is `high`, in cycles/pixel, at most 0.5, the shape of `t`.
    f_high : float or numpy.ndarray
        Where the gain is `low`, likewise.

    Raises
    ------
    SpectralKitError
        If the law does not fall, gains or size are out of range, a time lies outside [0, 1], or
        the noise is not white.

    Examples
    --------
    >>> from spectralkit import RectifiedFlow
    >>> law = PowerLaw(exponent=2.0, amplitude=1e-3)
    >>> ends = active_band(law, RectifiedFlow(), 0.5)
    >>> [round(f, 4) for f in ends]
    [0.0105, 0.0949]
    """
    low, high = as_number(low, "low"), as_number(high, "high")
    if not 0 < low < high < 1:
        raise SpectralKitError(
            f"low and high must be gains with 0 < low < high < 1, but are {low:g} and {high:g}."
        )
    if np.ndim(process.noise_spectrum):
        raise SpectralKitError("active_band needs white noise: under EqualSNR all is one band.")
    lowest = 0.0
    if size is not None:
        if as_number(size, "size") < 2:
            raise SpectralKitError(f"size must be at least 2 pixels, but is {size:g}.")
        lowest = 1 / size
    ends = (
        max_detectable_frequency(law, process, t, threshold=gain / (1 - gain))
        for gain in (high, low)
    )
    first, last = (one_or_many(np.maximum(lowest, end)) for end in ends)
    return first, last
