"""The common processes with white noise: rectified flow, variance preserving and exploding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectralkit.diffusion.process import Process
from spectralkit.diffusion.schedules import SCHEDULES
from spectralkit.diffusion.times import Curve
from spectralkit.errors import SpectralKitError, as_number, one_of


@dataclass(frozen=True, eq=False)
class RectifiedFlow(Process):
    r"""Straight mixing of image and noise: a = 1 - t, sigma = t.

    .. math:: x_t = (1 - t)\, x_0 + t\, \varepsilon

    Book: corruption

    Notes
    -----
    X. Liu, C. Gong, Q. Liu, "Flow straight and fast: learning to generate and transfer data with
    rectified flow", ICLR 2023. There time often runs the other way.

    Examples
    --------
    >>> flow = RectifiedFlow()
    >>> flow.signal(0.25), flow.noise(0.25), round(flow.snr(0.25), 6)
    (0.75, 0.25, 9.0)
    """

    def _curves(self, t: Curve) -> tuple[Curve, Curve]:
        return 1 - t, t

    def _rates(self, t: Curve) -> tuple[Curve, Curve]:
        return -np.ones_like(t), np.ones_like(t)

    def _time_of(self, log_snr: Curve) -> Curve:
        with np.errstate(over="ignore"):  # exp(inf) = inf is t = 0
            return np.asarray(1 / (1 + np.exp(log_snr / 2)))


@dataclass(frozen=True, eq=False)
class VariancePreserving(Process):
    r"""Signal and noise whose powers add to one: a² + sigma² = 1, a² = alpha-bar.

    Book: corruption

    Attributes
    ----------
    schedule : {"linear", "cosine", "scaled_linear"}
        "linear" is the continuous limit of DDPM's chain, beta(t) = 0.1 + 19.9 t; "cosine" that of
        Nichol and Dhariwal, without their clipping; "scaled_linear" that of latent diffusion,
        beta(t) = 1000 (sqrt(.00085) (1 - t) + sqrt(.012) t)².

    Notes
    -----
    J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", 2020; its limit: Y. Song
    et al., "Score-based generative modeling through stochastic differential equations", 2021;
    A. Nichol, P. Dhariwal, "Improved denoising diffusion probabilistic models", 2021; R. Rombach
    et al., "High-resolution image synthesis with latent diffusion models", 2022.

    Examples
    --------
    >>> process = VariancePreserving()
    >>> round(process.signal(0.5) ** 2 + process.noise(0.5) ** 2, 6)
    1.0
    >>> round(process.log_snr(1.0), 4)  # alpha-bar of exp(-10.05)
    -10.05
    """

    schedule: str = "linear"

    def __post_init__(self) -> None:
        one_of(self.schedule, SCHEDULES, "schedule")

    def _curves(self, t: Curve) -> tuple[Curve, Curve]:
        return SCHEDULES[self.schedule].curves(t)

    def _rates(self, t: Curve) -> tuple[Curve, Curve]:
        signal, noise = self._curves(t)
        rate = SCHEDULES[self.schedule].signal_rate(t)
        return rate, -signal * rate / noise  # from a a' + sigma sigma' = 0

    def _time_of(self, log_snr: Curve) -> Curve:
        return SCHEDULES[self.schedule].time_of(log_snr)


@dataclass(frozen=True, eq=False)
class VarianceExploding(Process):
    r"""The image stays, noise is piled on it: a = 1, sigma = sigma_max t.

    Book: corruption

    Attributes
    ----------
    sigma_max : float
        Standard deviation of the noise at t = 1, in the unit of the image; positive.

    Notes
    -----
    Noise that grows evenly, as in T. Karras et al., "Elucidating the design space of
    diffusion-based generative models", 2022, who sample from sigma_max = 80. Other clocks for the
    same family differ in `steps` only.

    Examples
    --------
    >>> VarianceExploding(sigma_max=50.0).noise([0.0, 0.5, 1.0]).tolist()
    [0.0, 25.0, 50.0]
    """

    sigma_max: float = 80.0

    def __post_init__(self) -> None:
        if as_number(self.sigma_max, "sigma_max") <= 0:
            raise SpectralKitError(f"sigma_max must be positive, but is {self.sigma_max:g}.")

    def _curves(self, t: Curve) -> tuple[Curve, Curve]:
        return np.ones_like(t), self.sigma_max * t

    def _rates(self, t: Curve) -> tuple[Curve, Curve]:
        return np.zeros_like(t), np.full_like(t, self.sigma_max)

    def _time_of(self, log_snr: Curve) -> Curve:
        return np.asarray(np.exp(-log_snr / 2) / self.sigma_max)
