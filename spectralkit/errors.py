"""The one exception type of the library, and the checks that raise it."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

MANY = 12  # options that a message lists; of more it gives the most similar
SMALLEST = 4  # below this many samples along an axis no ring of a spectrum is left


class SpectralKitError(ValueError):
    """Input that the library cannot work with, in one sentence: what was given, what is needed.

    Book: pixels-to-frequencies
    """


def as_real(values: ArrayLike, name: str) -> NDArray[np.floating[Any]]:
    """Real finite numbers as float32 (kept) or float64 (everything else).

    Parameters
    ----------
    values : array_like
        Numbers of any real type.
    name : str
        What they are, for the message.

    Returns
    -------
    numpy.ndarray
        The same values; a copy only where the type changes.

    Raises
    ------
    SpectralKitError
        If the values are ragged, not real numbers, empty, NaN or infinite (where: the first index).
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise SpectralKitError(
            f"{name} must be one array of numbers, but its rows have different lengths."
        ) from error
    if array.dtype.kind not in "biuf":
        raise SpectralKitError(f"{name} must hold real numbers, not {describe_type(array)}.")
    if array.size == 0:
        raise SpectralKitError(f"{name} is empty: its shape is {array.shape}.")
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise SpectralKitError(
            f"{name} holds {array[where]} at index {where if len(where) != 1 else where[0]}: "
            "remove or replace values that are not finite."
        )
    return array


def describe_type(array: NDArray[Any]) -> str:
    """What an unusable array holds, with the way out."""
    if array.dtype.kind == "c":
        return "complex ones: take .real or abs() first"
    if array.dtype.kind == "O":
        return f"Python objects such as {type(array.flat[0]).__name__}" if array.size else "objects"
    return f"values of type {array.dtype}"


def as_image(values: ArrayLike, name: str = "image") -> NDArray[np.floating[Any]]:
    """One image or a batch of them, shape (..., H, W) with H, W >= 4."""
    image = as_real(values, name)
    if image.ndim < 2:
        raise SpectralKitError(
            f"{name} must have shape (H, W) or (..., H, W), but has shape {image.shape}."
        )
    if min(image.shape[-2:]) < SMALLEST:
        hint = ""
        if image.shape[-1] == 3:
            hint = " The last axis looks like colour channels: take one, as in image[..., 1]."
        raise SpectralKitError(
            f"{name} must be at least {SMALLEST} by {SMALLEST} pixels, "
            f"but is {image.shape[-2]} by {image.shape[-1]}.{hint}"
        )
    return image


def as_signal(values: ArrayLike, name: str = "signal") -> NDArray[np.floating[Any]]:
    """One signal or a batch of them, shape (..., n) with n >= 4."""
    signal = as_real(values, name)
    if signal.ndim < 1 or signal.shape[-1] < SMALLEST:
        hint = ""
        if signal.ndim == 2 and signal.shape[0] > SMALLEST:
            hint = " The last axis looks like channels: take their mean, as in signal.mean(axis=1)."
        raise SpectralKitError(
            f"{name} must have shape (..., n) with n at least {SMALLEST}, "
            f"but has shape {signal.shape}.{hint}"
        )
    return signal


def as_mono(values: ArrayLike, name: str = "signal") -> NDArray[np.floating[Any]]:
    """One signal, shape (n,) with n >= 4; of several channels none is chosen silently."""
    signal = as_signal(values, name)
    if signal.ndim != 1:
        raise SpectralKitError(
            f"{name} must be mono, shape (n,), but has shape {signal.shape}: take the mean over "
            "its channels, or one of them."
        )
    return signal


def as_rate(sample_rate: float, name: str = "sample_rate") -> float:
    """Samples per second, positive."""
    rate = as_number(sample_rate, name)
    if rate <= 0:
        raise SpectralKitError(f"{name} must be positive, but is {rate:g} Hz.")
    return rate


def as_count(value: SupportsIndex, name: str, least: int = 1) -> int:
    """A whole number of something, not below the least one."""
    try:
        count = operator.index(value)
    except TypeError:
        raise SpectralKitError(
            f"{name} must be a whole number, not {value!r} of type {type(value).__name__}."
        ) from None
    if count < least:
        raise SpectralKitError(f"{name} must be at least {least}, but is {count}.")
    return count


def as_frequencies(values: ArrayLike, name: str = "frequency") -> NDArray[np.float64]:
    """Positive, strictly increasing frequencies, shape (R,)."""
    frequency = as_real(values, name).astype(np.float64, copy=False)
    if frequency.ndim != 1:
        raise SpectralKitError(f"{name} must have shape (R,), but has shape {frequency.shape}.")
    if frequency[0] <= 0:
        raise SpectralKitError(
            f"{name} must be positive to have a logarithm, but starts at {frequency[0]:g}: "
            "leave out the DC coefficient."
        )
    steps = np.diff(frequency)
    if (steps <= 0).any():
        at = int(np.argmax(steps <= 0))
        raise SpectralKitError(
            f"{name} must increase strictly, but {frequency[at + 1]:g} follows {frequency[at]:g} "
            f"at index {at + 1}."
        )
    return frequency


def as_positive_power(
    values: ArrayLike, rings: int, name: str = "power"
) -> NDArray[np.floating[Any]]:
    """Positive power, shape (..., rings), so that its logarithm exists."""
    power = as_real(values, name)
    if power.ndim < 1 or power.shape[-1] != rings:
        raise SpectralKitError(
            f"{name} must have one value per frequency, shape (..., {rings}), "
            f"but has shape {power.shape}."
        )
    if (power <= 0).any():
        where = tuple(int(i) for i in np.argwhere(power <= 0)[0])
        raise SpectralKitError(
            f"{name} must be positive to have a logarithm, but is {power[where]:g} at index "
            f"{where if len(where) != 1 else where[0]}: choose a band without it."
        )
    return power


def as_number(value: float, name: str) -> float:
    """One finite real number."""
    number = as_real(value, name)
    if number.ndim:
        raise SpectralKitError(f"{name} must be one number, but has shape {number.shape}.")
    return float(number)


def as_generator(rng: object) -> np.random.Generator:
    """A NumPy random generator; seeds and the old global state are refused."""
    if not isinstance(rng, np.random.Generator):
        raise SpectralKitError(
            f"rng must be a numpy.random.Generator such as numpy.random.default_rng(1), "
            f"not {type(rng).__name__}."
        )
    return rng


def one_of(value: object, known: Iterable[str | None], name: str) -> None:
    """Refuse an option that is not known, and list the known ones; of many, the most similar."""
    options = tuple(known)
    if not isinstance(value, str | None) or value not in options:  # an array has no one truth
        which = "one of"
        if len(options) > MANY:
            which = f"one of {len(options)}, such as"
            options = tuple(get_close_matches(str(value), map(str, options), n=4, cutoff=0))
        listed = ", ".join(repr(option) for option in options)
        raise SpectralKitError(f"{name}={value!r} is not known: choose {which} {listed}.")
