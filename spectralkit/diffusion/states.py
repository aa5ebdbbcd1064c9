"""What all samplers do: check their input, ask the denoiser, and yield state after state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.diffusion.process import Process
from spectralkit.errors import SpectralKitError, as_real
from spectralkit.results import FloatArray

Denoiser: TypeAlias = Callable[[FloatArray, float], FloatArray]
State: TypeAlias = tuple[FloatArray, float]
Step: TypeAlias = Callable[[FloatArray, float, float], FloatArray]


class Asked:
    """A denoiser whose answers are looked at, with the number of the step for the message."""

    def __init__(self, denoiser: Denoiser) -> None:
        self.denoiser = denoiser
        self.step = 0

    def __call__(self, x: FloatArray, t: float) -> FloatArray:
        """The answer, in the type of the question."""
        x0 = np.asarray(self.denoiser(x, t))
        if x0.shape != x.shape or x0.dtype.kind not in "biuf":
            raise SpectralKitError(
                f"The denoiser must return real numbers of the shape {x.shape} of its input, but "
                f"returned {x0.dtype} of shape {x0.shape} in step {self.step} at t = {t:g}."
            )
        if not np.isfinite(x0).all():
            raise SpectralKitError(
                f"The denoiser returned values that are not finite in step {self.step} at "
                f"t = {t:g}."
            )
        return x0.astype(x.dtype, copy=False)


def states(x: ArrayLike, times: ArrayLike, step: Step, ask: Asked) -> Iterator[State]:
    """The states of a sampler. Bad input is refused here and now, not when they are asked for."""
    start = as_real(x, "x")
    stops = as_real(times, "times").astype(np.float64, copy=False)
    if stops.ndim != 1 or len(stops) < 2:
        raise SpectralKitError(
            "times must hold at least 2 times, the start and the end of one step, in shape "
            f"(n + 1,), but has shape {stops.shape}."
        )
    if stops.max() > 1 or stops.min() < 0 or (np.diff(stops) >= 0).any():
        raise SpectralKitError(
            "times must decrease strictly within [0, 1], as process.steps(n) does, but run from "
            f"{stops[0]:g} to {stops[-1]:g} with a least step down of {-np.diff(stops).max():g}."
        )
    return _walk(start, stops.tolist(), step, ask)


def _walk(x: FloatArray, times: list[float], step: Step, ask: Asked) -> Iterator[State]:
    """Yield the start and what each step makes of the state before it; keep none."""
    yield x, times[0]
    for number, (t, s) in enumerate(pairwise(times), start=1):
        ask.step = number
        x = step(x, t, s)
        yield x, s


def levels(process: Process, t: float) -> tuple[float, float]:
    """Signal and noise at a time."""
    return float(process.signal(t)), float(process.noise(t))
