"""The exact denoiser of a stationary Gaussian field: one Wiener gain per Fourier coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.diffusion.process import Process
from spectralkit.errors import SpectralKitError, as_image, as_real
from spectralkit.noise import white_noise
from spectralkit.results import FloatArray, OneOrMany


@dataclass(frozen=True, eq=False)
class GaussianDenoiser:
    r"""All that can be known about a Gaussian field under the noise of a process, in closed form.

    The field has independent Fourier coefficients of power P about a mean m. With signal a, noise
    sigma and the spectrum N of the process's noise (1 where it is white), each coefficient of
    :math:`x_t = a x_0 + \sigma \varepsilon` is Gaussian with variance :math:`a^2 P + \sigma^2 N`
    and

    .. math:: \mathrm{E}[x_0 | x_t] = m + \frac{a P}{a^2 P + \sigma^2 N} (x_t - a m) .

    Calling the denoiser as ``denoiser(x_t, t)`` gives this mean.

    Book: optimal-denoiser

    Attributes
    ----------
    power : numpy.ndarray
        P, linear, at least 0, shape (H, W), DC at [0, 0], the same at k and -k, as
        `power_spectrum` gives it: white noise of variance 1 has P = 1.
    mean : float or numpy.ndarray
        m, the mean of the field in the unit of the image: one number or an image (H, W).
    process : Process
        How the field is corrupted.

    Examples
    --------
    >>> denoiser = GaussianDenoiser(np.full((4, 4), 3.0), 0.0, sk.VarianceExploding(sigma_max=1.0))
    >>> x = np.zeros((4, 4))
    >>> x[1, 2] = 8.0
    >>> denoiser(x, 1.0)[1].round(6).tolist()  # gain 3 / (3 + 1) everywhere
    [0.0, 0.0, 6.0, 0.0]
    """

    power: FloatArray
    mean: OneOrMany
    process: Process

    def __post_init__(self) -> None:
        power = as_image(self.power, "power").astype(np.float64)
        if power.ndim != 2 or (power < 0).any():
            raise SpectralKitError(
                "power must have shape (H, W) and be at least 0, but has shape "
                f"{power.shape} and goes down to {power.min():g}."
            )
        mirrored = np.roll(power[::-1, ::-1], (1, 1), axis=(0, 1))
        if not np.allclose(power, mirrored, rtol=1e-3, atol=1e-6 * power.max()):
            raise SpectralKitError(
                "power must be the same at k and -k, as that of a real image with DC at [0, 0]."
            )
        mean = as_real(self.mean, "mean").astype(np.float64)
        if mean.shape not in ((), power.shape):
            raise SpectralKitError(
                f"mean must be one number or have the shape of power {power.shape}, but has shape "
                f"{mean.shape}."
            )
        noise = np.asarray(self.process.noise_spectrum)
        if noise.shape not in ((), power.shape):
            raise SpectralKitError(
                f"power must have the shape of the process's noise spectrum {noise.shape}, but has "
                f"shape {power.shape}."
            )
        object.__setattr__(self, "power", (power + mirrored) / 2)
        object.__setattr__(self, "mean", mean[()])

    @cached_property
    def _halves(self) -> dict[Any, tuple[FloatArray, FloatArray]]:
        """Power and noise spectrum of the coefficients that a real transform keeps, per type."""
        both = half(self.power), half(np.asarray(self.process.noise_spectrum, dtype=np.float64))
        single = both[0].astype(np.float32), both[1].astype(np.float32)
        return {np.dtype(np.float64): both, np.dtype(np.float32): single}

    def __call__(self, x: ArrayLike, t: ArrayLike) -> FloatArray:
        """Mean of the clean images given the noisy ones, the best estimate in squared error.

        Parameters
        ----------
        x : array_like
            Noisy images, shape (..., H, W).
        t : float or array_like
            Time in [0, 1]; an array runs along the leading axes of `x`.

        Returns
        -------
        numpy.ndarray
            E[x_0 | x_t], the shape and type of `x`.

        Raises
        ------
        SpectralKitError
            If the images do not have the size of `power`, a value is not finite, or a time lies
            outside [0, 1].
        """
        noisy, signal, noise = self._given(x, t)
        power, _ = self._halves[noisy.dtype]
        gain = _ratio(signal * power, self._variance(signal, noise, noisy.dtype))
        clean = self._filter(noisy, signal, gain)
        clean += np.asarray(self.mean, dtype=noisy.dtype)
        return clean

    def predict_noise(self, x: ArrayLike, t: ArrayLike) -> FloatArray:
        r"""Mean of the noise given the noisy images.

        .. math:: \mathrm{E}[\varepsilon | x_t]
            = \frac{\sigma N}{a^2 P + \sigma^2 N} (x_t - a m)
            = \frac{x_t - a\, \mathrm{E}[x_0 | x_t]}{\sigma}

        Parameters
        ----------
        x : array_like
            Noisy images, shape (..., H, W).
        t : float or array_like
            Time in [0, 1]; an array runs along the leading axes of `x`.

        Returns
        -------
        numpy.ndarray
            Noise of about unit power, the shape and type of `x`; 0 at t = 0.

        Raises
        ------
        SpectralKitError
            If the images do not have the size of `power`, a value is not finite, or a time lies
            outside [0, 1].
        """
        noisy, signal, noise = self._given(x, t)
        _, spectrum = self._halves[noisy.dtype]
        gain = _ratio(noise * spectrum, self._variance(signal, noise, noisy.dtype))
        return self._filter(noisy, signal, gain)

    def score(self, x: ArrayLike, t: ArrayLike) -> FloatArray:
        r"""Gradient of the log density of the noisy images: the way to more likely ones.

        .. math:: \nabla_x \ln p_t(x) = - \frac{x - a m}{a^2 P + \sigma^2 N}

        with the division at each Fourier coefficient. For white noise this is minus
        `predict_noise` over sigma.

        Parameters
        ----------
        x : array_like
            Noisy images, shape (..., H, W).
        t : float or array_like
            Time in [0, 1]; an array runs along the leading axes of `x`.

        Returns
        -------
        numpy.ndarray
            One over the unit of the image, the shape and type of `x`.

        Raises
        ------
        SpectralKitError
            If the images do not have the size of `power`, a value is not finite, a time lies
            outside [0, 1], or neither power nor noise is left at some coefficient, where there is
            no density.
        """
        noisy, signal, noise = self._given(x, t)
        variance = self._variance(signal, noise, noisy.dtype)
        if not variance.all():
            raise SpectralKitError(
                "The score does not exist at t = 0 where power is 0: take a time above 0."
            )
        return self._filter(noisy, signal, -1 / variance)

    def velocity(self, x: ArrayLike, t: ArrayLike) -> FloatArray:
        r"""Slope of the probability-flow ODE, along which images move from noise to clean.

        .. math:: v = a'\, \mathrm{E}[x_0 | x_t] + \sigma'\, \mathrm{E}[\varepsilon | x_t]

        Parameters
        ----------
        x : array_like
            Noisy images, shape (..., H, W).
        t : float or array_like
            Time in (0, 1]; an array runs along the leading axes of `x`.

        Returns
        -------
        numpy.ndarray
            Change of x per unit of time, the shape and type of `x`.

        Raises
        ------
        SpectralKitError
            If the images do not have the size of `power`, a value is not finite, or a time is not
            in (0, 1].
        """
        return self.process.velocity(x, self(x, t), t)

    def posterior_variance(self, t: ArrayLike) -> NDArray[np.float64]:
        r"""How uncertain each clean coefficient still is, given the noisy images.

        .. math:: \mathrm{Var}[x_0 | x_t] = \frac{\sigma^2 N P}{a^2 P + \sigma^2 N}

        It is the spectrum of what the mean leaves out, and does not depend on the images.

        Parameters
        ----------
        t : float or array_like
            Time in [0, 1].

        Returns
        -------
        numpy.ndarray
            Power, linear, shape (H, W), DC at [0, 0]; after the shape of `t`.

        Raises
        ------
        SpectralKitError
            If a time lies outside [0, 1].
        """
        grown = (..., np.newaxis, np.newaxis)
        signal = np.asarray(self.process.signal(t))[grown]
        left = np.asarray(self.process.noise(t))[grown] ** 2 * self.process.noise_spectrum
        variance = _ratio(left * self.power, signal**2 * self.power + left)
        return np.asarray(variance, dtype=np.float64)

    def sample_marginal(
        self, shape: Sequence[int], t: float, *, rng: np.random.Generator
    ) -> FloatArray:
        """Noisy images at a time, drawn at once from their exact distribution.

        Parameters
        ----------
        shape : sequence of int
            Shape of the result, (..., H, W).
        t : float
            Time in [0, 1]; at 0 clean fields are drawn.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        numpy.ndarray
            Gaussian fields with mean a m and power a² P + sigma² N, float64.

        Raises
        ------
        SpectralKitError
            If the shape does not end in that of `power`, the time lies outside [0, 1], or `rng`
            is no Generator.
        """
        white = white_noise(shape, rng=rng)
        if white.shape[-2:] != self.power.shape:
            raise SpectralKitError(
                f"shape must end in that of power, {self.power.shape}, but is {white.shape}."
            )
        signal, noise = float(self.process.signal(t)), float(self.process.noise(t))
        field = filtered(white, np.sqrt(self._variance(signal, noise, white.dtype)))
        return np.asarray(field + signal * self.mean)

    def _given(self, x: ArrayLike, t: ArrayLike) -> tuple[FloatArray, Any, Any]:
        """Images of the right size, and signal and noise that broadcast against them."""
        noisy = as_real(x, "x")
        if noisy.shape[-2:] != self.power.shape:
            raise SpectralKitError(
                f"x must have shape (..., {self.power.shape[0]}, {self.power.shape[1]}) as power "
                f"has, but has shape {noisy.shape}."
            )
        signal, noise = np.asarray(self.process.signal(t)), np.asarray(self.process.noise(t))
        if signal.ndim == 0:
            return noisy, float(signal), float(noise)
        if signal.shape != noisy.shape[: signal.ndim] or signal.ndim > noisy.ndim - 2:
            raise SpectralKitError(
                f"t must be one number or run along the leading axes of x, but has shape "
                f"{signal.shape} where x has {noisy.shape}."
            )
        grown = (..., *(np.newaxis,) * (noisy.ndim - signal.ndim))
        return noisy, signal[grown].astype(noisy.dtype), noise[grown].astype(noisy.dtype)

    def _variance(self, signal: Any, noise: Any, kind: Any) -> FloatArray:
        """Power of the noisy images, of the coefficients that a real transform keeps."""
        power, spectrum = self._halves[kind]
        variance = signal**2 * power
        variance += noise**2 * spectrum
        return variance

    def _filter(self, x: FloatArray, signal: Any, gain: FloatArray) -> FloatArray:
        """Multiply what deviates from the noisy images' mean by a gain at each coefficient."""
        if np.any(self.mean):
            x = x - np.asarray(signal * self.mean, dtype=x.dtype)
        return filtered(x, gain)


def half(spectrum: FloatArray) -> FloatArray:
    """Columns of a full spectrum (..., H, W) that `rfft2` keeps; one number as it is."""
    return spectrum[..., : spectrum.shape[-1] // 2 + 1] if spectrum.ndim else spectrum


def filtered(x: FloatArray, gain: FloatArray) -> FloatArray:
    """Real images (..., H, W) with each Fourier coefficient multiplied by a gain for `rfft2`."""
    from scipy import fft

    spectrum = fft.rfft2(x)
    spectrum *= gain.astype(x.dtype, copy=False)
    return np.asarray(fft.irfft2(spectrum, s=x.shape[-2:], overwrite_x=True))


def _ratio(numerator: Any, denominator: FloatArray) -> FloatArray:
    """A quotient, in the place of its denominator, that is 0 where there is nothing to divide by.

    In place because new arrays of this size cost more than the arithmetic.
    """
    return np.divide(numerator, denominator, out=denominator, where=denominator > 0)
