"""What noise hides of an image, and the low-pass filter that it amounts to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_image, as_number
from spectralkit.noise import radius_of
from spectralkit.results import FloatArray, PowerLaw


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
    radius = radius_of(x.shape[-2:])
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
    return _filtered(x, (radius_of(x.shape[-2:]) <= cutoff * (1 + 1e-9)).astype(np.float64))


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
            f"law must be a PowerLaw such as fit_power_law(spectrum), not {type(law).__name__}."
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
