"""Ways to corrupt an image, each a pair of curves over time: how much signal, how much noise.

x_t = a(t) x_0 + sigma(t) eps, with t = 0 clean and t = 1 the noisiest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.diffusion.grids import GRIDS, grid_log_snr
from spectralkit.diffusion.times import Curve, along_leading_axes, as_time, one_or_many
from spectralkit.errors import SpectralKitError, as_generator, as_number, as_real, one_of
from spectralkit.noise import white_noise
from spectralkit.results import FloatArray, OneOrMany


@dataclass(frozen=True, eq=False)
class Process:
    r"""What all corruption processes share; use one of its subclasses.

    .. math:: x_t = a(t)\, x_0 + \sigma(t)\, \varepsilon, \qquad
        \mathrm{SNR}(t) = a(t)^2 / \sigma(t)^2

    Times lie in [0, 1]; t = 0 is clean. Methods of time take a number and return one, or take an
    array and return an array of its shape.

    Book: corruption

    Notes
    -----
    A subclass gives the two curves, their derivatives and the inverse of the log SNR.
    """

    def _curves(self, t: Curve) -> tuple[Curve, Curve]:
        raise NotImplementedError("Process only holds what is shared: use RectifiedFlow().")

    def _rates(self, t: Curve) -> tuple[Curve, Curve]:
        raise NotImplementedError("Process only holds what is shared: use RectifiedFlow().")

    def _time_of(self, log_snr: Curve) -> Curve:
        raise NotImplementedError("Process only holds what is shared: use RectifiedFlow().")

    @property
    def noise_spectrum(self) -> OneOrMany:
        """Power of eps: 1.0 for white noise, else an array (H, W) of mean 1, DC at [0, 0]."""
        return 1.0

    def signal(self, t: ArrayLike) -> OneOrMany:
        """How much of the clean image is left, a(t).

        Parameters
        ----------
        t : float or array_like
            Time in [0, 1].

        Returns
        -------
        float or numpy.ndarray
            Amplitude, linear, the shape of `t`.

        Raises
        ------
        SpectralKitError
            If a time lies outside [0, 1].
        """
        return one_or_many(self._curves(as_time(t))[0])

    def noise(self, t: ArrayLike) -> OneOrMany:
        """Standard deviation of the noise, sigma(t).

        Parameters
        ----------
        t : float or array_like
            Time in [0, 1].

        Returns
        -------
        float or numpy.ndarray
            Amplitude in the unit of the image, the shape of `t`.

        Raises
        ------
        SpectralKitError
            If a time lies outside [0, 1].
        """
        return one_or_many(self._curves(as_time(t))[1])

    def snr(self, t: ArrayLike) -> OneOrMany:
        """Signal-to-noise ratio a² / sigma², a ratio of powers.

        Parameters
        ----------
        t : float or array_like
            Time in [0, 1].

        Returns
        -------
        float or numpy.ndarray
            Linear, falling in `t`; infinite at t = 0.

        Raises
        ------
        SpectralKitError
            If a time lies outside [0, 1].
        """
        signal, noise = self._curves(as_time(t))
        with np.errstate(divide="ignore"):
            return one_or_many(np.square(signal / noise))

    def log_snr(self, t: ArrayLike) -> OneOrMany:
        """Natural logarithm of the signal-to-noise ratio.

        Parameters
        ----------
        t : float or array_like
            Time in [0, 1].

        Returns
        -------
        float or numpy.ndarray
            Falling in `t`: inf at t = 0, -inf where no signal is left.

        Raises
        ------
        SpectralKitError
            If a time lies outside [0, 1].
        """
        signal, noise = self._curves(as_time(t))
        with np.errstate(divide="ignore"):
            return one_or_many(2 * (np.log(signal) - np.log(noise)))

    def time_of(self, log_snr: ArrayLike) -> OneOrMany:
        """The time at which the process has a given log SNR: the inverse of `log_snr`.

        ``process.time_of(other.log_snr(t))`` is the time at which this process is as noisy as
        another one is at t.

        Parameters
        ----------
        log_snr : float or array_like
            Natural logarithm of a²/sigma²; inf and -inf are allowed.

        Returns
        -------
        float or numpy.ndarray
            Time in [0, 1], the shape of `log_snr`.

        Raises
        ------
        SpectralKitError
            If a value is NaN, or lower than the process ever gets.
        """
        wanted = np.asarray(log_snr, dtype=np.float64)
        if np.isnan(wanted).any():
            raise SpectralKitError("log_snr holds NaN: give the logarithm of a positive ratio.")
        lowest = float(self.log_snr(1.0))
        if (wanted < lowest - 1e-9 * max(1.0, abs(lowest))).any():
            raise SpectralKitError(
                f"log_snr {wanted.min():.4g} is never reached: {type(self).__name__} ends at "
                f"{lowest:.4g}."
            )
        return one_or_many(np.clip(self._time_of(wanted), 0.0, 1.0))

    def velocity(self, x: ArrayLike, x0: ArrayLike, t: ArrayLike) -> FloatArray:
        r"""Slope of the straight-in-signal-and-noise path through x that started at x0.

        .. math:: v = a'(t)\, x_0 + \sigma'(t)\, \frac{x - a(t)\, x_0}{\sigma(t)}

        With a denoiser's estimate for x0 this is the slope of the probability-flow ODE.

        Parameters
        ----------
        x : array_like
            Noisy images at time t, any shape.
        x0 : array_like
            Clean images or estimates of them, the shape of `x`.
        t : float or array_like
            Time in (0, 1]; an array runs along the leading axes of `x`.

        Returns
        -------
        numpy.ndarray
            Change of x per unit of time, the shape of `x`.

        Raises
        ------
        SpectralKitError
            If shapes do not fit, a value is not finite, or a time is not in (0, 1].
        """
        noisy, clean = as_real(x, "x"), as_real(x0, "x0")
        if noisy.shape != clean.shape:
            raise SpectralKitError(
                f"x and x0 must have one shape, but have {noisy.shape} and {clean.shape}."
            )
        time = along_leading_axes(as_time(t), noisy)
        signal, noise = self._curves(time)
        if (noise == 0).any():
            raise SpectralKitError("The velocity needs noise to read from x: t must be above 0.")
        signal_rate, noise_rate = self._rates(time)
        kind = np.result_type(noisy, clean)
        # gathered by operand, so that where sigma is tiny two large terms do not cancel in float32
        share = (noise_rate / noise).astype(kind)
        return np.asarray(
            (signal_rate.astype(kind) - share * signal.astype(kind)) * clean + share * noisy
        )

    def corrupt(
        self, x0: ArrayLike, t: ArrayLike, *, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Jump from the clean image straight to time t.

        Parameters
        ----------
        x0 : array_like
            Clean images, any shape.
        t : float or array_like
            Time in [0, 1]; an array runs along the leading axes of `x0`.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        x_t : numpy.ndarray
            The noisy images a(t) x0 + sigma(t) eps, the shape and type of `x0`.
        eps : numpy.ndarray
            The noise that was drawn, of unit mean power.

        Raises
        ------
        SpectralKitError
            If a value is not finite, a time lies outside [0, 1], or shapes do not fit.
        """
        clean = as_real(x0, "x0")
        time = along_leading_axes(as_time(t), clean)
        eps = self._unit_noise(clean.shape, rng).astype(clean.dtype)
        signal, noise = (curve.astype(clean.dtype) for curve in self._curves(time))
        return np.asarray(signal * clean + noise * eps), eps

    def prior(self, shape: Sequence[int] | int, *, rng: np.random.Generator) -> FloatArray:
        """Pure noise of the size it has at t = 1, the usual start of sampling.

        Parameters
        ----------
        shape : int or sequence of int
            Shape of the result.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        numpy.ndarray
            Gaussian of mean 0 and variance sigma(1)², float64. It lacks what a(1) leaves of x0.

        Raises
        ------
        SpectralKitError
            If the shape is not made of positive integers, or `rng` is no Generator.
        """
        return np.asarray(self._curves(np.ones(()))[1] * self._unit_noise(shape, rng))

    def _unit_noise(
        self, shape: Sequence[int] | int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Noise of unit mean power with the spectrum of this process."""
        if shape == ():
            return np.asarray(as_generator(rng).standard_normal())
        return white_noise(shape, rng=rng)

    def steps(
        self, n: int, *, grid: str = "uniform", t_min: float = 1e-3, t_max: float = 1 - 1e-3
    ) -> Curve:
        r"""Decreasing times for a sampler of n steps.

        Parameters
        ----------
        n : int
            Steps, at least 1.
        grid : {"uniform", "log_snr", "karras"}
            "uniform" runs evenly from 1 to 0. The others place n times from `t_max` to `t_min` and
            then 0: "log_snr" evenly in the log SNR, "karras" evenly in
            :math:`(\sigma/a)^{1/7}` (Karras et al. 2022).
        t_min, t_max : float
            Ends of the grids other than "uniform", 0 < t_min < t_max <= 1; signal must be left
            at t_max.

        Returns
        -------
        numpy.ndarray
            Times, shape (n + 1,); the last one is 0.

        Raises
        ------
        SpectralKitError
            If `n` is below 1, the grid is unknown, or `t_min` and `t_max` are no such times.
        """
        count = as_number(n, "n")
        if count < 1 or count != int(count):
            raise SpectralKitError(f"n must be a whole number of at least 1, but is {n!r}.")
        one_of(grid, GRIDS, "grid")
        if grid == "uniform":
            return np.linspace(1.0, 0.0, int(count) + 1)
        ends = as_time([t_max, t_min])
        levels = self._curves(ends)
        if not (ends[0] > ends[1] > 0 and levels[0][0] > 0):
            raise SpectralKitError(
                "t_min and t_max must be 0 < t_min < t_max <= 1 with signal left at t_max, but are "
                f"{t_min:g} and {t_max:g}."
            )
        log_snr = grid_log_snr(grid, int(count), *2 * np.log(levels[0] / levels[1]))
        times = np.append(self._time_of(log_snr), 0.0)
        times[-2], times[0] = ends[1], ends[0]  # as given, not as rounded; n = 1 keeps t_max
        return times
