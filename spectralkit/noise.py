"""Noise with a known spectrum, and what logarithms do to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import (
    SMALLEST,
    SpectralKitError,
    as_generator,
    as_number,
    as_positive_power,
    as_real,
)
from spectralkit.results import OneOrMany, RadialSpectrum


def white_noise(
    shape: Sequence[int] | int, *, std: float = 1.0, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Independent Gaussian samples: expected power std**2 at every frequency.

    Book: noise-is-flat

    Parameters
    ----------
    shape : int or sequence of int
        Shape of the result, any number of axes.
    std : float
        Standard deviation, at least 0.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Array of float64 of the given shape.

    Raises
    ------
    SpectralKitError
        If the shape is not made of positive integers, `std` is negative, or `rng` is no Generator.

    Notes
    -----
    The transform of Gaussian noise is Gaussian noise. The power of a coefficient is std**2 times a
    chi-square variable with 2 degrees of freedom, halved; with 1 degree at DC and, for even sides,
    at the Nyquist frequency, where the coefficient of a real array is real. Coefficients are
    independent but for Hermitian symmetry: those at f and -f are conjugates of each other.

    Examples
    --------
    >>> white_noise((2, 3), std=10.0, rng=np.random.default_rng(1)).round(1).tolist()
    [[3.5, 8.2, 3.3], [-13.0, 9.1, 4.5]]
    """
    std = as_number(std, "std")
    if std < 0:
        raise SpectralKitError(f"std must be at least 0, but is {std:g}.")
    return std * as_generator(rng).standard_normal(_as_shape(shape, smallest=1))


def power_law_noise(
    shape: Sequence[int] | int, *, exponent: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    r"""A Gaussian field whose expected spectrum is a power law.

    White noise is multiplied by :math:`f^{-\alpha/2}` at every Fourier coefficient; DC is set to 0.

    .. math:: \mathrm{E}\, P(f) = A f^{-\alpha}, \qquad A = n \Big/ \sum_{f > 0} f^{-\alpha}

    with n the number of samples, so that the variance is 1 *in expectation*: that of one field
    differs, the more the larger the exponent, because few large waves carry it.

    Book: colours-of-noise

    Parameters
    ----------
    shape : int or sequence of int
        (n,) for a signal, (H, W) for an image; each side at least 4.
    exponent : float
        :math:`\alpha`, finite; 0 is white.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Real, periodic, zero mean, float64, of the given shape.

    Raises
    ------
    SpectralKitError
        If the shape has other than 1 or 2 axes, a side is below 4, the exponent is not finite, or
        `rng` is no Generator.

    Notes
    -----
    Three kinds of coefficients need care when a spectrum is written down by hand. Those at f and
    -f must be conjugates (Hermitian symmetry), or the field is complex and its real part has half
    the power. The Nyquist coefficient of an even side has no partner: it is real, and all its
    power lies in one number. DC has no frequency, so a law has no value there: it is set to 0, and
    the mean with it. Here white noise that is real is filtered by a gain that is the same at f and
    -f, which keeps symmetry, Nyquist and the chi-square scatter of the ordinates without special
    cases; compare J. Timmer, M. Koenig, "On generating power law noise", Astronomy and
    Astrophysics 300, 1995.

    Examples
    --------
    >>> field = power_law_noise((8, 8), exponent=2.0, rng=np.random.default_rng(1))
    >>> field.shape, bool(abs(field.mean()) < 1e-12)
    ((8, 8), True)
    """
    from scipy import fft

    shape = _as_shape(shape, smallest=SMALLEST)
    if len(shape) not in (1, 2):
        raise SpectralKitError(f"shape must be (n,) or (H, W), but is {shape}.")
    gain = _law_gain(shape, as_number(exponent, "exponent"))
    spectrum = fft.rfftn(as_generator(rng).standard_normal(shape))
    spectrum *= gain
    return np.asarray(fft.irfftn(spectrum, s=shape))


def _law_gain(shape: tuple[int, ...], exponent: float) -> NDArray[np.float64]:
    """Gain of each coefficient of `rfftn` that gives white noise a power law and unit variance."""
    last = shape[-1]
    radius = radius_of(shape)
    radius.flat[0] = 1.0  # DC, set to 0 below
    power = radius**-exponent
    power.flat[0] = 0.0
    column = np.arange(last // 2 + 1)
    both_signs = np.where((column == 0) | (2 * column == last), 1, 2)
    mean_power = (power * both_signs).sum() / np.prod(shape)
    return np.asarray(np.sqrt(power / mean_power))


def radius_of(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Spatial frequency of each coefficient of `rfftn` in cycles/pixel; shape (n,) or (H, W)."""
    *rest, last = shape
    across = np.fft.rfftfreq(last)
    down = np.fft.fftfreq(rest[0])[:, np.newaxis] if rest else np.zeros(1)
    return np.asarray(np.hypot(down, across), dtype=np.float64)


def log_bias(degrees: ArrayLike) -> NDArray[np.float64]:
    r"""How far the mean of a logarithm lies from the logarithm of the mean.

    The mean power of K independent complex Gaussian coefficients is a chi-square variable, and

    .. math:: \mathrm{E} \ln \hat P = \ln P + \psi(K) - \ln K .

    Book: noise-is-flat

    Parameters
    ----------
    degrees : array_like
        K, the number of independent complex coefficients, positive: counts / 2 of a ring.

    Returns
    -------
    numpy.ndarray
        :math:`\psi(K) - \ln K` in natural-log units, negative, the shape of `degrees`;
        about -1/(2K).

    Raises
    ------
    SpectralKitError
        If a number is not positive and finite.

    Examples
    --------
    >>> log_bias(1)  # Euler's constant: one coefficient reads 2.5 dB low
    array(-0.57721566)
    """
    from scipy.special import digamma

    k = as_real(degrees, "degrees").astype(np.float64, copy=False)
    if (k <= 0).any():
        raise SpectralKitError(f"degrees must be positive, but holds {k.min():g}.")
    return np.asarray(digamma(k) - np.log(k))


def noise_floor(spectrum: RadialSpectrum) -> OneOrMany:
    r"""Level of the noise in a spectrum, read where it is most likely to be noise alone.

    .. math:: \hat s^2 = \exp\left( \frac{1}{m} \sum_{r > R - m}
        \bigl( \ln P_r - \psi(K_r) + \ln K_r \bigr) \right), \qquad m = \lceil R / 3 \rceil

    the geometric mean over the last third of the R rings, each freed of its `log_bias`;
    :math:`K_r` is half the number of coefficients of the ring. Logarithms, so that one bright ring
    does not rule.

    Book: noise-is-flat

    Parameters
    ----------
    spectrum : RadialSpectrum
        Power of shape (..., R), linear scale. One without `redundancy`, a mean of logarithms over
        images, is taken as made without a window.

    Returns
    -------
    float or numpy.ndarray
        Variance :math:`s^2` per pixel of white noise, unit of the power; an array for a batch.

    Raises
    ------
    SpectralKitError
        If it is no RadialSpectrum, or a ring of the last third has no power.

    Notes
    -----
    The relative standard error for white noise is :math:`\sqrt{\sum \psi'(K_r)} / m`, about 0.008
    for one image of 256 by 256. What an image itself holds at high frequency counts as noise.

    Examples
    --------
    >>> noise = white_noise((256, 256), std=0.5, rng=np.random.default_rng(1))
    >>> print(round(noise_floor(sk.rapsd(noise)), 3))
    0.25
    """
    if not isinstance(spectrum, RadialSpectrum):
        raise SpectralKitError(
            "spectrum must be a RadialSpectrum such as rapsd(image), not "
            f"{type(spectrum).__name__}."
        )
    rings = len(spectrum.frequency)
    last = slice(2 * rings // 3, rings)
    power = as_positive_power(spectrum.power[..., last], len(spectrum.counts[last]))
    independent = spectrum.counts[last] / (2 * (spectrum.redundancy or 1.0))
    level = np.exp((np.log(power.astype(np.float64)) - log_bias(independent)).mean(axis=-1))
    return float(level) if level.ndim == 0 else level


def _as_shape(shape: Sequence[int] | int, *, smallest: int) -> tuple[int, ...]:
    """A shape as a tuple of integers that are large enough."""
    try:
        sides = tuple(index(side) for side in (shape if isinstance(shape, Iterable) else (shape,)))
    except TypeError:
        sides = ()
    if not sides or min(sides) < smallest:
        raise SpectralKitError(
            f"shape must hold whole numbers of at least {smallest}, but is {shape!r}."
        )
    return sides
