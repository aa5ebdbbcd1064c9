"""Heat dissipation: a corruption that blurs instead of adding noise, not a `Process`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_generator, as_image, as_number
from spectralkit.results import FloatArray


def heat_gains(height: int, width: int, tau: float) -> NDArray[np.float64]:
    r"""What heat dissipation leaves of each cosine of an image.

    .. math:: g[k_y, k_x] = e^{-\pi^2 (k_y^2 / H^2 + k_x^2 / W^2)\, \tau}
        = e^{-4 \pi^2 f^2 \tau}

    because the cosine number k has the frequency k / (2H).

    Book: corruption

    Parameters
    ----------
    height, width : int
        Size of the image in pixels, at least 1.
    tau : float
        Time of the heat equation in pixels squared, at least 0.

    Returns
    -------
    numpy.ndarray
        Gain of each coefficient of the DCT-II, linear, shape (height, width); 1 at [0, 0].

    Raises
    ------
    SpectralKitError
        If a side is below 1 or `tau` is negative or not finite.

    Examples
    --------
    >>> heat_gains(4, 4, 1.0)[0].round(3).tolist()
    [1.0, 0.54, 0.085, 0.004]
    """
    if min(as_number(height, "height"), as_number(width, "width")) < 1:
        raise SpectralKitError(f"An image needs a pixel, but the size is {height} by {width}.")
    time = _as_tau(tau, "tau")
    decay = [np.exp(-((np.pi * np.arange(n) / n) ** 2) * time) for n in (height, width)]
    return np.asarray(np.outer(*decay))


def heat_dissipation(x: ArrayLike, tau: float) -> FloatArray:
    r"""An image after its brightness has spread like heat.

    It solves :math:`\partial u / \partial \tau = \Delta u` with no flow over the border: a Gaussian
    blur of standard deviation :math:`\sqrt{2 \tau}` pixels on the mirrored image.

    Book: corruption

    Parameters
    ----------
    x : array_like
        Images, shape (..., H, W), at least 4 by 4.
    tau : float
        Time of the heat equation in pixels squared, at least 0.

    Returns
    -------
    numpy.ndarray
        The shape and type of `x`; the mean of each image is kept.

    Raises
    ------
    SpectralKitError
        If the image is unusable or `tau` is negative or not finite.

    Notes
    -----
    S. Rissanen, M. Heinonen, A. Solin, "Generative modelling with inverse heat dissipation",
    ICLR 2023.

    Examples
    --------
    >>> wave = np.cos(np.pi * (np.arange(8) + 0.5) / 8) * np.ones((8, 1))
    >>> ratio = heat_dissipation(wave, 5.0) / wave
    >>> bool(np.allclose(ratio, np.exp(-np.pi**2 / 64 * 5)))
    True
    """
    from scipy import fft

    image = as_image(x, "x")
    gains = heat_gains(image.shape[-2], image.shape[-1], tau).astype(image.dtype)
    return np.asarray(fft.idctn(gains * fft.dctn(image, axes=(-2, -1)), axes=(-2, -1)))


def heat_step(
    x: ArrayLike,
    x0: ArrayLike,
    *,
    tau: float,
    tau_next: float,
    delta: float,
    rng: np.random.Generator,
) -> FloatArray:
    r"""One step back from blur to image, with an estimate of the clean image.

    .. math:: x' = x + H_{\tau'} \hat x_0 - H_{\tau} \hat x_0 + \delta z

    The detail that the estimate has between the two blurs is added, and a little noise, without
    which the process could only sharpen what is there already.

    Book: corruption

    Parameters
    ----------
    x : array_like
        Blurred images at `tau`, shape (..., H, W).
    x0 : array_like
        Estimates of the clean images, the shape of `x`.
    tau, tau_next : float
        Times of the heat equation before and after the step, tau >= tau_next >= 0.
    delta : float
        Standard deviation of the noise, at least 0.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Less blurred images, the shape and type of `x`.

    Raises
    ------
    SpectralKitError
        If images are unusable or differ in shape, the times are out of order, `delta` is negative,
        or `rng` is no Generator.

    Notes
    -----
    The reverse step of S. Rissanen, M. Heinonen, A. Solin, 2023, whose network predicts the less
    blurred image directly; with this form of the mean it is also that of A. Bansal et al., "Cold
    diffusion", 2023.

    Examples
    --------
    >>> image = np.eye(4)
    >>> blurred = heat_dissipation(image, 2.0)
    >>> rng = np.random.default_rng(1)
    >>> back = heat_step(blurred, image, tau=2.0, tau_next=0.0, delta=0.0, rng=rng)
    >>> bool(np.allclose(back, image))
    True
    """
    blurred, clean = as_image(x, "x"), as_image(x0, "x0")
    if blurred.shape != clean.shape:
        raise SpectralKitError(
            f"x and x0 must have one shape, but have {blurred.shape} and {clean.shape}."
        )
    noise = as_number(delta, "delta")
    if noise < 0:
        raise SpectralKitError(f"delta must be at least 0, but is {noise:g}.")
    if _as_tau(tau_next, "tau_next") > _as_tau(tau, "tau"):
        raise SpectralKitError(
            f"A step back goes to less blur, but tau is {tau:g} and tau_next {tau_next:g}."
        )
    detail = heat_dissipation(clean, tau_next) - heat_dissipation(clean, tau)
    drawn = as_generator(rng).standard_normal(blurred.shape).astype(blurred.dtype)
    return np.asarray((blurred + detail + blurred.dtype.type(noise) * drawn).astype(blurred.dtype))


def _as_tau(value: float, name: str) -> float:
    """A time of the heat equation, at least 0."""
    tau = as_number(value, name)
    if tau < 0:
        raise SpectralKitError(f"{name} must be at least 0, but is {tau:g}.")
    return tau
