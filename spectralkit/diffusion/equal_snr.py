"""Noise with the spectrum of the images: every frequency drowns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spectralkit.diffusion.process import Process
from spectralkit.diffusion.scalar import RectifiedFlow
from spectralkit.diffusion.times import Curve
from spectralkit.errors import SpectralKitError, as_image
from spectralkit.noise import white_noise
from spectralkit.results import FloatArray


@dataclass(frozen=True, eq=False)
class EqualSNR(Process):
    """A process whose noise has the spectrum of the images, so that no frequency goes first.

    Book: corruption

    Attributes
    ----------
    power : numpy.ndarray
        Power of each Fourier coefficient of the images, linear, positive, shape (H, W), DC at
        [0, 0], the same at k and -k.
    base : Process
        The clock: where its signal and noise come from.

    Examples
    --------
    >>> process = EqualSNR(np.ones((4, 4)))
    >>> process.noise(0.5), process.noise_spectrum.mean()
    (0.5, np.float64(1.0))
    """

    power: FloatArray
    base: Process = field(default_factory=RectifiedFlow)

    def __post_init__(self) -> None:
        power = as_image(self.power, "power")
        if power.ndim != 2 or (power <= 0).any():
            raise SpectralKitError(
                "power must be positive at each coefficient and have shape (H, W), but has shape "
                f"{power.shape} and goes down to {power.min():g}."
            )
        mirrored = np.roll(power[::-1, ::-1], (1, 1), axis=(0, 1))
        if not np.allclose(power, mirrored, rtol=1e-3, atol=1e-6 * power.max()):
            raise SpectralKitError(
                "power must be the same at k and -k, as that of a real image with DC at [0, 0]."
            )
        if np.ndim(self.base.noise_spectrum):
            raise SpectralKitError("base must be a process with white noise.")
        object.__setattr__(self, "power", ((power + mirrored) / 2).astype(np.float64))

    @property
    def noise_spectrum(self) -> NDArray[np.float64]:
        """Power of eps: that of the images divided by its mean, shape (H, W)."""
        return np.asarray(self.power / self.power.mean(), dtype=np.float64)

    def _curves(self, t: Curve) -> tuple[Curve, Curve]:
        return self.base._curves(t)

    def _rates(self, t: Curve) -> tuple[Curve, Curve]:
        return self.base._rates(t)

    def _time_of(self, log_snr: Curve) -> Curve:
        return self.base._time_of(log_snr)

    def _unit_noise(
        self, shape: Sequence[int] | int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        from scipy import fft

        spectrum = self.noise_spectrum
        sides = tuple(np.atleast_1d(shape))
        if sides[-2:] != spectrum.shape:
            raise SpectralKitError(
                f"EqualSNR knows the spectrum of images of {spectrum.shape} pixels, but was asked "
                f"for the shape {shape}."
            )
        white = fft.rfft2(white_noise(shape, rng=rng))
        gain = np.sqrt(spectrum[:, : spectrum.shape[1] // 2 + 1])
        return np.asarray(fft.irfft2(gain * white, s=spectrum.shape))
