"""Spectra of images and signals: power, its slices, and its average over rings (RAPSD)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_image, as_number, as_rate, as_signal
from spectralkit.results import FloatArray, RadialSpectrum
from spectralkit.rings import (
    REDUNDANCY,
    folded_power,
    ring_counts,
    ring_frequency,
    ring_mean_operator,
    squared_magnitude,
    windowed,
)


def power_spectrum(image: ArrayLike, *, window: str | None = None) -> FloatArray:
    r"""Power of every Fourier coefficient of an image.

    .. math:: P[k_y, k_x] = \frac{1}{H W}
        \left| \sum_{y,x} x[y, x]\, e^{-2\pi i (k_y y/H + k_x x/W)} \right|^2

    White noise of variance :math:`s^2` has the expected power :math:`s^2` at every coefficient.

    Book: pixels-to-frequencies

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4; any unit.
    window : {None, "hann"}
        None takes the image as periodic. "hann" multiplies by a periodic separable Hann window of
        unit mean square, after removing the mean weighted by the window.

    Returns
    -------
    numpy.ndarray
        Power on a linear scale, unit of `image` squared, shape (..., H, W), DC at [0, 0];
        float32 for float32 images, else float64.

    Raises
    ------
    SpectralKitError
        If the image is not real, finite and at least 4 by 4, or the window is unknown.

    Notes
    -----
    Without a window the sum of all powers equals the sum of all squared pixels (Parseval).
    With "hann" the removal of the mean costs white noise a part of the eight coefficients around
    DC: (1, 0) keeps 7/12 and (1, 1) keeps 605/720 of the variance.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 4) * np.ones((8, 1))
    >>> power_spectrum(wave)[0].round(6).tolist()
    [0.0, 0.0, 16.0, 0.0, 0.0, 0.0, 16.0, 0.0]
    """
    from scipy import fft

    x = windowed(as_image(image), window, axes=(-2, -1))
    return squared_magnitude(fft.fft2(x)) / x.dtype.type(x.shape[-2] * x.shape[-1])


def log_magnitude(image: ArrayLike, *, floor: float = 1e-6) -> FloatArray:
    r"""Logarithm of the magnitude spectrum, laid out for the eye: DC in the middle.

    .. math:: L = \ln \max(\sqrt{P}, \text{floor})

    with the power :math:`P` of `power_spectrum`, so that log power is twice log magnitude.

    Book: pixels-to-frequencies

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4.
    floor : float
        Magnitudes below it are raised to it, so that zeros have a logarithm; positive.

    Returns
    -------
    numpy.ndarray
        Natural logarithm of the magnitude, shape (..., H, W), DC at [H // 2, W // 2].

    Raises
    ------
    SpectralKitError
        If the image is unusable or the floor is not positive.

    Examples
    --------
    >>> log_magnitude(np.ones((4, 4)))[2, 2].round(4)  # DC: ln 4
    np.float64(1.3863)
    """
    floor = as_number(floor, "floor")
    if floor <= 0:
        raise SpectralKitError(f"floor must be positive to have a logarithm, but is {floor:g}.")
    power = np.fft.fftshift(power_spectrum(image), axes=(-2, -1))
    return np.log(np.maximum(np.sqrt(power), power.dtype.type(floor)))


def swap_phase(magnitude_of: ArrayLike, phase_of: ArrayLike) -> FloatArray:
    r"""The picture with the magnitudes of one image and the phases of another.

    .. math:: x = \mathcal{F}^{-1}\left( |\mathcal{F} a| \, e^{i \arg \mathcal{F} b} \right)

    Book: pixels-to-frequencies

    Parameters
    ----------
    magnitude_of : array_like
        Image a, shape (..., H, W): gives how strong each wave is.
    phase_of : array_like
        Image b, the same shape: gives where each wave lies.

    Returns
    -------
    numpy.ndarray
        Real image, shape (..., H, W).

    Raises
    ------
    SpectralKitError
        If an image is unusable or the shapes differ.

    Notes
    -----
    A. V. Oppenheim, J. S. Lim, "The importance of phase in signals", Proceedings of the IEEE 69,
    1981.

    Examples
    --------
    >>> a = np.arange(16.0).reshape(4, 4)
    >>> np.allclose(swap_phase(a, a), a)
    True
    """
    from scipy import fft

    a, b = as_image(magnitude_of, "magnitude_of"), as_image(phase_of, "phase_of")
    if a.shape != b.shape:
        raise SpectralKitError(
            f"magnitude_of and phase_of must have one shape, but have {a.shape} and {b.shape}."
        )
    phase = np.angle(fft.rfft2(b))
    return np.asarray(fft.irfft2(np.abs(fft.rfft2(a)) * np.exp(1j * phase), s=a.shape[-2:]))


def rapsd(image: ArrayLike, *, window: str | None = None) -> RadialSpectrum:
    r"""Radially averaged power spectral density: one curve per image.

    Coefficient :math:`(k_y, k_x)` has the radius :math:`\rho = \sqrt{(k_y/H)^2 + (k_x/W)^2}` in
    cycles/pixel and belongs to ring :math:`\lfloor \rho \max(H, W) + 1/2 \rfloor`; the power of a
    ring is the mean of `power_spectrum` over its coefficients.

    Book: one-curve-per-image

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4.
    window : {None, "hann"}
        As in `power_spectrum`.

    Returns
    -------
    RadialSpectrum
        Rings 1 to ceil(max(H, W) / 2) - 1: frequency (R,) in cycles/pixel, power (..., R) on a
        linear scale (float32 for float32 images), counts (R,).

    Raises
    ------
    SpectralKitError
        If the image is unusable or the window is unknown.

    Notes
    -----
    DC, the Nyquist frequency and the corners beyond it are left out: 22 % of the coefficients of a
    256 by 256 image. On square images this equals the definition of pysteps; on others a wave lies
    at its true frequency. On strongly non-square images the lowest rings hold one direction only:
    fit from 1 / min(H, W) on.
    White noise of variance :math:`s^2` lies at :math:`s^2` on every ring; with "hann" the rings
    around DC keep less (see `power_spectrum`): on square images only the first, about 0.71 of it.

    Examples
    --------
    >>> spectrum = rapsd(np.eye(8))
    >>> spectrum.frequency.tolist()
    [0.125, 0.25, 0.375]
    >>> spectrum.counts.tolist()
    [8, 12, 16]
    """
    images = as_image(image)
    *batch, height, width = images.shape
    ring_mean = ring_mean_operator(height, width)
    stack = images.reshape(-1, height, width)
    power = np.empty((len(stack), ring_mean.shape[0]), dtype=images.dtype)
    for row, one in zip(power, stack, strict=True):  # one at a time stays in the cache
        row[:] = ring_mean @ folded_power(windowed(one, window, axes=(-2, -1)))
    return RadialSpectrum(
        frequency=ring_frequency(height, width),
        power=power.reshape(*batch, -1),
        counts=ring_counts(height, width).copy(),
        redundancy=REDUNDANCY[window],
    )


def spectral_slice(
    image: ArrayLike, angle: float, *, window: str | None = None
) -> tuple[NDArray[np.float64], FloatArray]:
    """Power along one direction of the spectrum, from the centre outwards.

    Between coefficients log P is interpolated bilinearly, without DC.

    Book: one-curve-per-image

    Parameters
    ----------
    image : array_like
        Real, shape (..., H, W), at least 4 by 4.
    angle : float
        Direction of the wave vector in radians from the x axis towards growing row numbers.
    window : {None, "hann"}
        As in `power_spectrum`.

    Returns
    -------
    frequency : numpy.ndarray
        The ring frequencies of `rapsd` in cycles/pixel, shape (R,).
    power : numpy.ndarray
        Power on a linear scale, shape (..., R); 0 beside a coefficient without power.

    Raises
    ------
    SpectralKitError
        If the image is unusable, the angle is not finite, or the window is unknown.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 4) * np.ones((8, 1))
    >>> spectral_slice(wave, 0.0)[1].round(6).tolist()  # along x: the wave at 0.25
    [0.0, 16.0, 0.0]
    """
    angle = as_number(angle, "angle")
    power = power_spectrum(image, window=window)
    height, width = power.shape[-2:]
    frequency = ring_frequency(height, width)
    y, x = frequency * np.sin(angle) * height, frequency * np.cos(angle) * width
    y0, x0 = np.floor(y).astype(int), np.floor(x).astype(int)
    log_power = np.zeros((*power.shape[:-2], len(frequency)))
    shares = np.zeros(len(frequency))
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.abs(1 - dy - (y - y0)) * np.abs(1 - dx - (x - x0))
        weight *= (y0 + dy != 0) | (x0 + dx != 0)  # DC is brightness, not a neighbour
        corner = power[..., (y0 + dy) % height, (x0 + dx) % width].astype(np.float64)
        # log 0 = -inf gives power 0, as it should; 0 * -inf is never taken
        with np.errstate(divide="ignore", invalid="ignore"):
            log_power += np.where(weight > 1e-12, weight * np.log(corner), 0.0)
        shares += weight
    return frequency, np.exp(log_power / shares).astype(power.dtype)


def mean_log_spectrum(
    images: Iterable[ArrayLike], *, window: str | None = None, progress: bool = False
) -> RadialSpectrum:
    r"""The typical ring average of a collection: the geometric mean of its RAPSDs.

    .. math:: \bar P(f) = \exp\left( \frac{1}{M} \sum_m \ln P_m(f) \right)

    Book: a-power-law

    Parameters
    ----------
    images : iterable of array_like
        Images of one size, each (H, W). They are taken one at a time and not kept.
    window : {None, "hann"}
        As in `power_spectrum`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    RadialSpectrum
        Power (R,) on a linear scale; `counts` are those of one image, and `redundancy` is None:
        images of a collection differ by more than their scatter.

    Raises
    ------
    SpectralKitError
        If there is no image, an image is unusable (its number is named), sizes differ, or a ring
        has no power and so no logarithm.

    Notes
    -----
    The mean of logarithms lies below the logarithm of the mean: for Gaussian fields by `log_bias`
    of counts / 2, and for a collection also because bright images no longer rule.

    Examples
    --------
    >>> image = np.eye(4)
    >>> ratio = mean_log_spectrum([image, 4 * image]).power / rapsd(image).power
    >>> ratio.round(6).tolist()  # 4, where the mean of the powers 1 and 16 is 8.5
    [4.0]
    """
    from tqdm import tqdm

    total, seen, first = None, 0, None
    for image in tqdm(images, disable=not progress, desc="spectra", unit="image"):
        one = as_image(image, f"image {seen}")
        if one.ndim != 2:
            raise SpectralKitError(
                f"image {seen} must have shape (H, W), but has shape {one.shape}: "
                "give the images one by one."
            )
        spectrum = rapsd(one, window=window)
        first = first or (one.shape, spectrum)
        if one.shape != first[0]:
            raise SpectralKitError(
                f"All images must have one size, but image 0 is {first[0]} and image {seen} is "
                f"{one.shape}."
            )
        if not (spectrum.power > 0).all():
            raise SpectralKitError(
                f"image {seen} has no power on ring {int(np.argmin(spectrum.power)) + 1}, so its "
                "logarithm does not exist: leave out constant images."
            )
        log_power = np.log(spectrum.power.astype(np.float64))
        total = log_power if total is None else total + log_power
        seen += 1
    if first is None:
        raise SpectralKitError("images is empty: at least one image is needed.")
    reference = first[1]
    mean = np.exp(np.asarray(total) / seen).astype(reference.power.dtype)
    return RadialSpectrum(reference.frequency, mean, reference.counts, redundancy=None)


def periodogram(
    signal: ArrayLike, *, sample_rate: float, window: str | None = None
) -> tuple[NDArray[np.float64], FloatArray]:
    r"""Power of the non-negative frequencies of a signal.

    .. math:: P[k] = \frac{1}{n} \left| \sum_t x[t]\, e^{-2\pi i k t / n} \right|^2

    The ordinates are one-sided but not doubled: white noise of variance :math:`s^2` lies at
    :math:`s^2`, as for images.

    Book: pixels-to-frequencies

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4.
    sample_rate : float
        Samples per second, positive.
    window : {None, "hann"}
        As in `power_spectrum`, along the last axis.

    Returns
    -------
    frequency_hz : numpy.ndarray
        From 0 to at most half the sample rate, shape (n // 2 + 1,).
    power : numpy.ndarray
        Power on a linear scale, shape (..., n // 2 + 1).

    Raises
    ------
    SpectralKitError
        If the signal is unusable, the rate is not positive, or the window is unknown.

    Examples
    --------
    >>> frequency, power = periodogram([1.0, -1.0, 1.0, -1.0], sample_rate=8.0)
    >>> frequency.tolist(), power.round(6).tolist()
    ([0.0, 2.0, 4.0], [0.0, 0.0, 4.0])
    """
    from scipy import fft

    x = windowed(as_signal(signal), window, axes=(-1,))
    rate = as_rate(sample_rate)
    power = squared_magnitude(fft.rfft(x)) / x.dtype.type(x.shape[-1])
    return np.fft.rfftfreq(x.shape[-1], 1 / rate).astype(np.float64, copy=False), power
