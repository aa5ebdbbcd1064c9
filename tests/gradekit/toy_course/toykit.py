"""The library of the toy course: two reference functions and their named wrong versions."""

from collections.abc import Iterator

import numpy as np


def mean_power(signal: np.ndarray) -> float:
    """Mean of the squared values."""
    return float(np.mean(np.square(signal)))


def power_spectrum(signal: np.ndarray) -> np.ndarray:
    """Squared magnitude of the one-sided spectrum, divided by the number of samples."""
    return np.abs(np.fft.rfft(signal)) ** 2 / signal.size


def mistakes_of(name: str, signal: np.ndarray) -> Iterator[tuple[str, str, object]]:
    """Yield ``(key, sentence, value)`` of each wrong version of the function `name`."""
    if name == "mean_power":
        yield "amplitude", "You averaged |x|, not x²: square first.", float(np.mean(abs(signal)))
        yield "sum", "You summed the squares: divide by their number.", float(np.sum(signal**2))
    if name == "power_spectrum":
        spectrum = abs(np.fft.rfft(signal))
        yield "amplitude", "This is the magnitude: square it.", spectrum / signal.size**0.5
        yield "no-scale", "Divide by the number of samples.", spectrum**2
        yield (
            "no-mean",
            "You removed the mean first; its power belongs to bin 0.",
            power_spectrum(signal - signal.mean()),
        )
