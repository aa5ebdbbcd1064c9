"""The schedules of the variance-preserving process, each with its inverse in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from spectralkit.diffusion.times import Curve


class Schedule(Protocol):
    """A curve a(t) with a² + sigma² = 1."""

    def curves(self, t: Curve) -> tuple[Curve, Curve]:
        """Signal and noise at time t."""

    def signal_rate(self, t: Curve) -> Curve:
        """Derivative of the signal."""

    def time_of(self, log_snr: Curve) -> Curve:
        """Time of a log SNR."""


@dataclass(frozen=True)
class Polynomial:
    """beta(t) = scale (low (1 - t) + high t)^power, a² = exp(-integral of beta)."""

    low: float
    high: float
    scale: float
    power: int  # 1 or 2

    def beta(self, t: Curve) -> Curve:
        """Rate at which noise comes in."""
        return np.asarray(self.scale * (self.low + (self.high - self.low) * t) ** self.power)

    def curves(self, t: Curve) -> tuple[Curve, Curve]:
        """Signal and noise; expm1 keeps the noise exact near t = 0."""
        end = self.low + (self.high - self.low) * t
        integral = self.scale * t * _mean_power(self.low, end, self.power)
        return np.exp(-integral / 2), np.sqrt(-np.expm1(-integral))

    def signal_rate(self, t: Curve) -> Curve:
        """Derivative of the signal, -beta a / 2."""
        return np.asarray(-self.beta(t) * self.curves(t)[0] / 2)

    def time_of(self, log_snr: Curve) -> Curve:
        """Solve for the end point of the integral of beta, then for t without cancellation."""
        integral = np.logaddexp(0.0, -log_snr) / self.scale  # a² is the logistic of the log SNR
        n = self.power + 1
        end = (self.low**n + n * (self.high - self.low) * integral) ** (1 / n)
        return np.asarray(integral / _mean_power(self.low, end, self.power))


def _mean_power(low: float, end: Curve, power: int) -> Curve:
    """Mean of u^power for u between low and end."""
    terms = [low**k * end ** (power - k) for k in range(power + 1)]
    return np.asarray(sum(terms) / (power + 1))


@dataclass(frozen=True)
class Cosine:
    """a(t) = cos((t + s)/(1 + s) pi/2) / cos(s/(1 + s) pi/2), without the clipping of beta."""

    offset: float = 0.008

    @property
    def start(self) -> float:
        """Angle at t = 0."""
        return self.offset / (1 + self.offset) * np.pi / 2

    @property
    def turn(self) -> float:
        """Angle passed between t = 0 and t = 1."""
        return np.pi / 2 / (1 + self.offset)

    def curves(self, t: Curve) -> tuple[Curve, Curve]:
        """Signal, exactly 0 at t = 1, and noise as a product of sines, exact near t = 0."""
        signal = np.sin(self.turn * (1 - t)) / np.cos(self.start)
        passed = self.turn * t
        power = np.sin(passed) * np.sin(passed + 2 * self.start)
        return np.asarray(signal), np.sqrt(power) / np.cos(self.start)

    def signal_rate(self, t: Curve) -> Curve:
        """Derivative of the signal."""
        return np.asarray(-self.turn * np.cos(self.turn * (1 - t)) / np.cos(self.start))

    def time_of(self, log_snr: Curve) -> Curve:
        """Angle whose cosine is a cos(start); both legs are known without cancellation."""
        signal_power = np.exp(-np.logaddexp(0.0, -log_snr))
        noise_power = np.exp(-np.logaddexp(0.0, log_snr))
        adjacent = np.sqrt(signal_power) * np.cos(self.start)
        opposite = np.sqrt(np.sin(self.start) ** 2 + noise_power * np.cos(self.start) ** 2)
        return np.asarray((np.arctan2(opposite, adjacent) - self.start) / self.turn)


SCHEDULES: dict[str, Schedule] = {
    "linear": Polynomial(low=0.1, high=20.0, scale=1.0, power=1),
    "cosine": Cosine(),
    "scaled_linear": Polynomial(low=0.00085**0.5, high=0.012**0.5, scale=1000.0, power=2),
}
