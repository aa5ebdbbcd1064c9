"""Frames of a signal and the windows that weigh them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_count, as_real, as_signal, one_of
from spectralkit.results import FloatArray

Window: TypeAlias = str | ArrayLike
ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]

WINDOWS = ("hann", "hamming", "blackman", "bartlett", "boxcar")
PADDING = ("constant", "reflect", "edge")
BLOCK = 32  # frames that are transformed together: they fit the processor's cache


def frame_signal(
    signal: ArrayLike,
    *,
    frame_length: int,
    hop: int,
    center: bool = True,
    pad_mode: str = "constant",
) -> FloatArray:
    r"""Cut a signal into frames that may overlap: one frame per row.

    .. math:: F = 1 + \lfloor (n + 2 p - L) / \text{hop} \rfloor

    frames of :math:`L` samples, with the padding :math:`p = \lfloor L/2 \rfloor` on both sides if
    `center`, else 0.

    Book: sound-as-numbers

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4.
    frame_length : int
        Samples per frame.
    hop : int
        Samples from the start of a frame to that of the next.
    center : bool
        True puts the middle of frame k at sample k * hop, which pads the signal by half a frame on
        either side; False puts its first sample there.
    pad_mode : {"constant", "reflect", "edge"}
        What is padded: zeros, the signal mirrored at its ends, or its first and last sample.

    Returns
    -------
    numpy.ndarray
        Read-only view of shape (..., F, frame_length).

    Raises
    ------
    SpectralKitError
        If the signal is unusable or too short, a number is not a whole one of at least 1, or the
        padding is unknown.

    Examples
    --------
    >>> frame_signal([1, 2, 3, 4, 5], frame_length=2, hop=2).tolist()
    [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    >>> frame_signal([1, 2, 3, 4, 5], frame_length=2, hop=2, center=False).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    x = as_signal(signal)
    length, hop = as_count(frame_length, "frame_length"), as_count(hop, "hop")
    one_of(pad_mode, PADDING, "pad_mode")
    if center:
        x = _padded(x, length // 2, pad_mode)
    if x.shape[-1] < length:
        raise SpectralKitError(
            f"signal has {x.shape[-1]} samples, too few for one frame of {length}: choose a "
            "shorter frame, or center=True."
        )
    frames = np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)
    view: FloatArray = frames[..., ::hop, :]
    return view


def framed(
    signal: ArrayLike, n_fft: int, hop: int, window: Window, center: bool, pad_mode: str
) -> tuple[FloatArray, FloatArray]:
    """Frames of a signal, shape (..., F, n_fft), and the window in float64, as sums are."""
    n_fft = as_count(n_fft, "n_fft", 2)
    x = as_signal(signal)
    largest = max(float(x.max()), -float(x.min()))
    if largest > np.sqrt(np.finfo(x.dtype).max) / n_fft:
        raise SpectralKitError(
            f"signal reaches {largest:g}, whose power is too large for {x.dtype}: divide it by its "
            "maximum first."
        )
    frames = frame_signal(x, frame_length=n_fft, hop=hop, center=center, pad_mode=pad_mode)
    return frames, window_of(window, n_fft)


def frame_times(
    frames: int, n_fft: int, hop: int, sample_rate: float, center: bool
) -> NDArray[np.float64]:
    """Middles of the frames in seconds."""
    middles = np.arange(frames, dtype=np.float64) * hop + (0 if center else n_fft / 2)
    return middles / sample_rate


def power_blocks(
    frames: FloatArray, weights: FloatArray
) -> Iterator[tuple[tuple[Any, ...], FloatArray]]:
    """Squared magnitudes of some frames at a time, float64, and where they belong."""
    for batch in np.ndindex(frames.shape[:-2]):
        for start in range(0, frames.shape[-2], BLOCK):
            where = (*batch, slice(start, start + BLOCK))
            z = transform_frames(frames[where] * weights)
            power = z.real**2
            power += z.imag**2
            yield where, power


def transform_frames(frames: FloatArray) -> ComplexArray:
    """Transform each frame to its non-negative frequencies."""
    from scipy import fft

    return np.asarray(fft.rfft(frames))


def window_of(window: Window, n_fft: int) -> NDArray[np.float64]:
    """The window as an array: a known name, or the caller's own values."""
    if isinstance(window, str):
        one_of(window, WINDOWS, "window")
        return _named_window(window, n_fft)
    values: NDArray[np.float64] = as_real(window, "window").astype(np.float64, copy=False)
    if values.shape != (n_fft,):
        raise SpectralKitError(
            f"window must have shape ({n_fft},), one value per sample of a frame, but has shape "
            f"{values.shape}."
        )
    return values


@lru_cache(maxsize=16)
def _named_window(name: str, n_fft: int) -> NDArray[np.float64]:
    from scipy.signal import get_window

    window: NDArray[np.float64] = get_window(name, n_fft, fftbins=True)
    window.flags.writeable = False
    return window


def _padded(x: FloatArray, by: int, pad_mode: str) -> FloatArray:
    if pad_mode == "reflect" and by >= x.shape[-1]:
        raise SpectralKitError(
            f"signal has {x.shape[-1]} samples, too few to be mirrored by {by}: choose a shorter "
            "frame, or pad_mode='constant'."
        )
    margins = [(0, 0)] * (x.ndim - 1) + [(by, by)]
    return np.pad(x, margins, mode=pad_mode)  # type: ignore[call-overload] # one of PADDING
