"""What the functions return: small frozen records whose fields carry units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_number, as_real

FloatArray: TypeAlias = NDArray[np.floating[Any]]
OneOrMany: TypeAlias = Any  # a float, or an array for a batch; a union would burden each caller


@dataclass(frozen=True, eq=False)
class RadialSpectrum:
    """Power as a function of spatial frequency, averaged over directions.

    Book: one-curve-per-image

    Attributes
    ----------
    frequency : numpy.ndarray
        Radius of each ring in cycles/pixel, shape (R,), increasing; DC is left out.
    power : numpy.ndarray
        Mean power of each ring on a linear scale, shape (..., R).
    counts : numpy.ndarray
        Coefficients per ring, shape (R,). Conjugate pairs count twice, so counts / 2 are
        independent for a real image without a window.
    redundancy : float or None
        How many coefficients share one independent value of Gaussian noise beyond conjugation:
        1 without a window, 3.78 under a Hann window; None for a mean over images.
    """

    frequency: NDArray[np.float64]
    power: FloatArray
    counts: NDArray[np.int64]
    redundancy: float | None = 1.0


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """How strong which frequency is when, on a scale that it names.

    Book: sound-as-numbers

    Attributes
    ----------
    values : numpy.ndarray
        Shape (..., B, F): B frequencies or mel bands, F frames.
    times : numpy.ndarray
        Middle of each frame in seconds, shape (F,).
    frequencies : numpy.ndarray
        Frequency of each row in Hz, shape (B,); of a mel band its centre.
    scale : {"magnitude", "power", "db", "log"}
        What the values are: magnitudes, their squares, 10 log10 of power, or ln of power.
    """

    values: FloatArray
    times: NDArray[np.float64]
    frequencies: NDArray[np.float64]
    scale: str


@dataclass(frozen=True, eq=False)
class PowerLaw:
    r"""The law :math:`P(f) = A f^{-\alpha}`, with how well it was known and how well it fitted.

    Book: a-power-law

    Attributes
    ----------
    exponent : float or numpy.ndarray
        :math:`\alpha`; positive where power falls with frequency. An array for a batch of spectra.
    amplitude : float or numpy.ndarray
        :math:`A`, the power at a frequency of 1 cycle/pixel, linear scale.
    exponent_stderr : float or None
        Standard error of the exponent that the scatter of the ring averages of one Gaussian field
        implies; None where the number of independent coefficients per ring is unknown, as for a
        mean over images: quote the spread between the images there.
    r_squared : float or numpy.ndarray
        Share of the variance of log P that the law explains, at most 1.

    Examples
    --------
    >>> law = PowerLaw(exponent=2.0, amplitude=1e-3)
    >>> law([0.1, 0.2]).round(6).tolist()
    [0.1, 0.025]
    >>> round(law.crossing(1.0), 6)
    0.031623
    """

    exponent: OneOrMany
    amplitude: OneOrMany
    exponent_stderr: float | None = None
    r_squared: OneOrMany | None = None

    def __call__(self, frequency: ArrayLike) -> NDArray[np.float64]:
        """Power of the law at some frequencies.

        Parameters
        ----------
        frequency : array_like
            Positive frequencies in cycles/pixel, any shape.

        Returns
        -------
        numpy.ndarray
            Power on a linear scale: the shape of `frequency`, after the batch axes of the law.

        Raises
        ------
        SpectralKitError
            If a frequency is not positive and finite.
        """
        f = as_real(frequency, "frequency").astype(np.float64, copy=False)
        if (f <= 0).any():
            raise SpectralKitError(
                f"frequency must be positive, but holds {f.min():g}: a power law has no value at 0."
            )
        grown = (..., *(np.newaxis,) * f.ndim)
        amplitude, exponent = np.asarray(self.amplitude), np.asarray(self.exponent)
        return np.asarray(amplitude[grown] * f ** -exponent[grown], dtype=np.float64)

    def crossing(self, level: float) -> float:
        r"""Frequency at which the law falls to a level, :math:`(A/\text{level})^{1/\alpha}`.

        Parameters
        ----------
        level : float
            Power on a linear scale, positive.

        Returns
        -------
        float
            Frequency in cycles/pixel; it may lie above the Nyquist frequency 0.5.

        Raises
        ------
        SpectralKitError
            If the level is not positive, or the law does not fall (exponent <= 0) or so slowly
            that the frequency is too large for a float, or the law holds a batch.
        """
        level = as_number(level, "level")
        amplitude, exponent = (
            as_number(self.amplitude, "amplitude"),
            as_number(self.exponent, "exponent"),
        )
        if level <= 0:
            raise SpectralKitError(f"level must be positive, but is {level:g}.")
        if exponent <= 0 or amplitude <= 0:
            raise SpectralKitError(
                f"A law with exponent {exponent:g} and amplitude {amplitude:g} does not fall "
                "through a level: both must be positive."
            )
        log_frequency = (np.log(amplitude) - np.log(level)) / exponent
        if log_frequency > np.log(np.finfo(np.float64).max):
            raise SpectralKitError(
                f"A law with exponent {exponent:g} and amplitude {amplitude:g} falls too slowly to "
                f"reach the level {level:g} at any frequency that is a float."
            )
        return float(np.exp(log_frequency))
