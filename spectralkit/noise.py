"""Noise with a known spectrum, what logarithms do to it, and what it hides of an image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import (
    SMALLEST,
    SpectralKitError,
    as_generator,
    as_image,
    as_number,
    as_positive_power,
    as_real,
)
from spectralkit.results import FloatArray, OneOrMany, PowerLaw, RadialSpectrum


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
    radius = _radius(shape)
    radius.flat[0] = 1.0  # DC, set to 0 below
    power = radius**-exponent
    power.flat[0] = 0.0
    column = np.arange(last // 2 + 1)
    both_signs = np.where((column == 0) | (2 * column == last), 1, 2)
    mean_power = (power * both_signs).sum() / np.prod(shape)
    return np.asarray(np.sqrt(power / mean_power))


def _radius(shape: tuple[int, ...]) -> NDArray[np.float64]:
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
            f"spectrum must be a RadialSpectrum such as rapsd(image), not {_type(spectrum)}."
        )
    rings = len(spectrum.frequency)
    last = slice(2 * rings // 3, rings)
    power = as_positive_power(spectrum.power[..., last], len(spectrum.counts[last]))
    independent = spectrum.counts[last] / (2 * (spectrum.redundancy or 1.0))
    level = np.exp((np.log(power.astype(np.float64)) - log_bias(independent)).mean(axis=-1))
    return float(level) if level.ndim == 0 else level


def hinge(law: PowerLaw, sigma: float, frequency: ArrayLike) -> NDArray[np.float64]:
    r"""Expected spectrum of an image that follows a law, with white noise added.

    .. math:: P(f) + \sigma^2 = A f^{-\alpha} + \sigma^2

    Powers add, because image and noise are independent: the mean of the product of their
    coefficients is 0. On log-log axes this is a straight line that bends into a flat one.

    Book: the-rising-tide

    Parameters
    ----------
    law : PowerLaw
        Spectrum of the image; a batch of laws keeps its axes.
    sigma : float
        Standard deviation of the noise per pixel, at least 0, unit of the image.
    frequency : array_like
        Positive frequencies in cycles/pixel, any shape.

    Returns
    -------
    numpy.ndarray
        Power on a linear scale: the shape of `frequency`, after the batch axes of the law.

    Raises
    ------
    SpectralKitError
        If the law is no PowerLaw, sigma is negative, or a frequency is not positive.

    Examples
    --------
    >>> law = PowerLaw(exponent=2.0, amplitude=1e-3)
    >>> hinge(law, 0.1, [0.01, 0.1, 0.5]).round(3).tolist()
    [10.01, 0.11, 0.014]
    """
    sigma = _as_sigma(sigma)
    return _as_law(law)(frequency) + sigma * sigma


def crossing_frequency(law: PowerLaw, sigma: float, *, threshold: float = 1.0) -> float:
    r"""Frequency at which a law sinks below the noise.

    .. math:: f = \left( \frac{A}{\tau \sigma^2} \right)^{1/\alpha}

    where the power of the image is :math:`\tau` times that of the noise. There the expected
    spectrum of both together, `hinge`, lies a factor :math:`1 + 1/\tau` above the law.

    Book: the-rising-tide

    Parameters
    ----------
    law : PowerLaw
        One law that falls.
    sigma : float
        Standard deviation of the noise per pixel, positive, unit of the image.
    threshold : float
        :math:`\tau`, the ratio of powers below which the image counts as hidden, positive.

    Returns
    -------
    float
        Frequency in cycles/pixel; above the Nyquist frequency 0.5 where noise hides nothing.

    Raises
    ------
    SpectralKitError
        If the law does not fall (exponent <= 0), is not finite or holds a batch, or if sigma or
        the threshold is not positive.

    Examples
    --------
    >>> round(crossing_frequency(PowerLaw(exponent=2.0, amplitude=1e-3), 0.1), 4)
    0.3162
    """
    sigma = _as_sigma(_as_positive(sigma, "sigma"))
    return _as_law(law).crossing(_as_positive(threshold, "threshold") * sigma * sigma)


def equivalent_low_pass(image: ArrayLike, law: PowerLaw, sigma: float) -> FloatArray:
    r"""What noise leaves of an image: the low-pass filter that it amounts to.

    .. math:: G(f) = \frac{P(f)}{P(f) + \sigma^2}, \qquad P(f) = A f^{-\alpha},

    the Wiener filter of the law, is multiplied to each coefficient at its radius
    :math:`f = \sqrt{(k_y/H)^2 + (k_x/W)^2}`. It is 1/2 at `crossing_frequency` and falls there
    without an edge: it goes from 0.9 to 0.1 over :math:`\log_2(81) / \alpha` octaves.

    Book: the-rising-tide

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4: without noise, to see what noise hides, or with
        noise, for the best linear guess at what is behind it.
    law : PowerLaw
        Spectrum of such images; one law, positive amplitude.
    sigma : float
        Standard deviation of the noise per pixel, at least 0, unit of the image.

    Returns
    -------
    numpy.ndarray
        Image of the same shape; float32 for float32 images.

    Raises
    ------
    SpectralKitError
        If the image is unusable, the law is no PowerLaw, is not finite, holds a batch or has an
        amplitude that is not positive, or sigma is negative.

    Notes
    -----
    DC, the mean brightness, is kept: a law says nothing about it. The gain is real and depends on
    the radius only, so it is the same at f and -f, which keeps the symmetry of a real image.
    N. Wiener, "Extrapolation, Interpolation, and Smoothing of Stationary Time Series", 1949.

    Examples
    --------
    >>> law = PowerLaw(exponent=2.0, amplitude=1e-3)
    >>> edge = np.repeat([[0.0, 1.0]], 4, axis=1) * np.ones((4, 1))
    >>> equivalent_low_pass(edge, law, 0.2)[0].round(2).tolist()
    [0.31, 0.14, 0.14, 0.31, 0.69, 0.86, 0.86, 0.69]
    """
    x = as_image(image)
    exponent = as_number(_as_law(law).exponent, "exponent")
    amplitude = _as_positive(law.amplitude, "amplitude")
    radius = _radius(x.shape[-2:])
    radius[0, 0] = 1.0  # DC, whose gain is set to 1 below
    with np.errstate(divide="ignore"):
        noise = 2 * np.log(_as_sigma(sigma))  # without noise -inf, and every gain is 1
    gain = _sigmoid(np.log(amplitude) - exponent * np.log(radius) - noise)
    gain[0, 0] = 1.0
    return _filtered(x, gain)


def ideal_low_pass(image: ArrayLike, cutoff: float) -> FloatArray:
    """An image without the waves beyond a frequency: a disc is cut out of its spectrum.

    Book: the-rising-tide

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4.
    cutoff : float
        Highest frequency that is kept, in cycles/pixel along the radius, at least 0 (only the mean
        is left); from 0.71, the corner of the spectrum, on nothing is taken away.

    Returns
    -------
    numpy.ndarray
        Image of the same shape; float32 for float32 images.

    Raises
    ------
    SpectralKitError
        If the image is unusable or the cutoff is negative.

    Notes
    -----
    The disc is symmetric, so the image stays real. Its sharp rim rings: each edge gets ripples of
    the wavelength 1 / cutoff beside it, which `equivalent_low_pass` has not.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 4) * np.ones((8, 1))
    >>> [round(float(ideal_low_pass(wave, cutoff).std()), 3) for cutoff in (0.2, 0.25)]
    [0.0, 0.707]
    """
    x = as_image(image)
    cutoff = as_number(cutoff, "cutoff")
    if cutoff < 0:
        raise SpectralKitError(f"cutoff must be at least 0 cycles/pixel, but is {cutoff:g}.")
    # 3 * (1 / 10) is above 0.3 by a rounding error, and belongs to it all the same
    return _filtered(x, (_radius(x.shape[-2:]) <= cutoff * (1 + 1e-9)).astype(np.float64))


def _filtered(image: FloatArray, gain: NDArray[np.float64]) -> FloatArray:
    """Images whose coefficients of `rfft2` are multiplied by a gain."""
    from scipy import fft

    spectrum = fft.rfft2(image) * gain.astype(image.dtype)
    return np.asarray(fft.irfft2(spectrum, s=image.shape[-2:]))


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """P / (P + N) from x = ln(P / N), 1 / (1 + exp(-x)), without overflow."""
    from scipy.special import expit

    return np.asarray(expit(x))


def _as_law(law: object) -> PowerLaw:
    """A power law; its numbers are checked where they are used."""
    if not isinstance(law, PowerLaw):
        raise SpectralKitError(
            f"law must be a PowerLaw such as fit_power_law(spectrum), not {_type(law)}."
        )
    return law


def _as_sigma(sigma: float) -> float:
    """A standard deviation, at least 0, whose square is a float."""
    value = as_number(sigma, "sigma")
    if not 0 <= value < 1e150:
        raise SpectralKitError(f"sigma must be at least 0 and below 1e150, but is {value:g}.")
    return value


def _as_positive(value: float, name: str) -> float:
    """A positive number."""
    number = as_number(value, name)
    if number <= 0:
        raise SpectralKitError(f"{name} must be positive, but is {number:g}.")
    return number


def _type(value: object) -> str:
    """Name of the type of a value, for messages."""
    return type(value).__name__


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
