"""The short-time Fourier transform, there and back, and the spectrogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_count, as_rate, one_of
from spectralkit.framing import (
    ComplexArray,
    Window,
    frame_times,
    framed,
    power_blocks,
    transform_frames,
    window_of,
)
from spectralkit.results import FloatArray, Spectrogram

SCALES = ("power", "magnitude", "db", "log")
FLOOR = 1e-10  # power below it counts as this before a logarithm is taken
OVERLAP = 1e-10  # of the largest summed squared window: what a hop must leave everywhere
NOTHING = 1e-20  # of the same: a sample under less is under no window


def stft(
    signal: ArrayLike,
    *,
    n_fft: int,
    hop: int,
    window: Window = "hann",
    center: bool = True,
    pad_mode: str = "constant",
) -> ComplexArray:
    r"""Short-time Fourier transform: the spectrum of each windowed frame.

    .. math:: X[b, k] = \sum_{t=0}^{n_\text{fft}-1} w[t]\, x_k[t]\, e^{-2\pi i b t / n_\text{fft}}

    with frame :math:`x_k` of `frame_signal`; bin b lies at b * sample_rate / n_fft.

    Book: sound-as-numbers

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4; any unit.
    n_fft : int
        Samples per frame, at least 2.
    hop : int
        Samples from frame to frame.
    window : {"hann", "hamming", "blackman", "bartlett", "boxcar"} or array_like
        Periodic, not symmetric; or your own, shape (n_fft,).
    center : bool
        Whether frame k lies around sample k * hop, or begins there.
    pad_mode : {"constant", "reflect", "edge"}
        As in `frame_signal`.

    Returns
    -------
    numpy.ndarray
        Complex, unit of `signal`, shape (..., n_fft // 2 + 1, F); complex64 for float32 signals.

    Raises
    ------
    SpectralKitError
        If the signal is unusable or too short, a number is out of range, or an option is unknown.

    Notes
    -----
    Equal to `librosa.stft` with the same options; librosa's word for hop is hop_length.

    Examples
    --------
    >>> spectrum = stft(np.cos(2 * np.pi * np.arange(64) / 8), n_fft=16, hop=4)
    >>> spectrum.shape
    (9, 17)
    >>> int(np.argmax(np.abs(spectrum[:, 8])))  # one wave in 8 samples: bin 16 / 8
    2
    """
    frames, weights = framed(signal, n_fft, hop, window, center, pad_mode)
    spectrum = transform_frames(frames * weights).swapaxes(-1, -2)
    return spectrum.astype(
        np.complex64 if frames.dtype == np.float32 else np.complex128, copy=False
    )


def istft(
    spectrum: ArrayLike,
    *,
    hop: int,
    n_fft: int | None = None,
    window: Window = "hann",
    center: bool = True,
    length: int | None = None,
) -> FloatArray:
    r"""The signal whose short-time Fourier transform is nearest to a given one.

    .. math:: x[t] = \frac{\sum_k w[t - k\,\text{hop}]\; y_k[t - k\,\text{hop}]}
                          {\sum_k w[t - k\,\text{hop}]^2}

    with :math:`y_k` the inverse transform of frame k: least squares, exact for the transform of a
    signal.

    Book: sound-as-numbers

    Parameters
    ----------
    spectrum : array_like
        Complex, shape (..., n_fft // 2 + 1, F), as `stft` gives it.
    hop : int
        Samples from frame to frame.
    n_fft : int, optional
        Samples per frame; by default the even number that fits the bins.
    window : str or array_like
        That of `stft`.
    center : bool
        That of `stft`.
    length : int, optional
        Samples of the signal; by default those between the middles of the first and the last frame,
        or all that the frames cover if they are not centred.

    Returns
    -------
    numpy.ndarray
        Real signal, shape (..., length); float32 for complex64.

    Raises
    ------
    SpectralKitError
        If the windows leave samples without weight (the overlap condition), the spectrum does not
        fit n_fft or is not finite, or the length reaches beyond the frames.

    Notes
    -----
    The overlap condition is the weak one: the squared windows need not add up to a constant, only
    to something everywhere. Without centring the first and last samples may lie under no window or
    an almost vanishing one (the first sample of a Hann window is 0): those under none come back
    as 0. D. Griffin, J. Lim, "Signal estimation from modified short-time Fourier transform", IEEE
    Transactions on Acoustics, Speech and Signal Processing 32, 1984.

    Examples
    --------
    >>> x = np.arange(50.0)
    >>> back = istft(stft(x, n_fft=16, hop=8), hop=8, length=50)
    >>> float(np.abs(back - x).max()) < 1e-12
    True
    """
    given = _as_spectrum(spectrum)
    n_fft = 2 * (given.shape[-2] - 1) if n_fft is None else as_count(n_fft, "n_fft", 2)
    if given.shape[-2] != n_fft // 2 + 1:
        raise SpectralKitError(
            f"spectrum has {given.shape[-2]} bins, but n_fft={n_fft} has {n_fft // 2 + 1}."
        )
    hop, weights = as_count(hop, "hop"), window_of(window, n_fft)
    _check_overlap(weights, hop, window)
    total, largest = _overlap(given, weights, hop), np.sum(weights**2)
    start = n_fft // 2 if center else 0
    length = _length(length, total[1].shape[-1], start, n_fft, hop)
    added, weight = (part[..., start : start + length] for part in total)
    covered = weight > NOTHING * largest
    if center and not covered.all():
        raise SpectralKitError(
            f"Sample {int(np.argmin(covered))} lies under no window, as the last frame ends before "
            f"it: choose a hop of at most {n_fft // 2}, or a shorter length."
        )
    signal = np.where(covered, added, 0) / np.where(covered, weight, 1)
    return signal.astype(given.real.dtype)


def spectrogram(
    signal: ArrayLike,
    *,
    sample_rate: float,
    n_fft: int,
    hop: int,
    window: Window = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    scale: str = "power",
) -> Spectrogram:
    r"""Strength of each frequency in each frame, on a scale that is said.

    :math:`|X|` ("magnitude"), :math:`|X|^2` ("power"), :math:`10 \log_{10} |X|^2` ("db") or
    :math:`\ln |X|^2` ("log"), with X of `stft`.

    Book: sound-as-numbers

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4.
    sample_rate : float
        Samples per second, positive.
    n_fft, hop : int
        Samples per frame, and from frame to frame.
    window : str or array_like
        As in `stft`, like the next two.
    center : bool
        Whether frame k lies around sample k * hop.
    pad_mode : str
        What is padded.
    scale : {"power", "magnitude", "db", "log"}
        Scale of the values. Before a logarithm power is raised to at least 1e-10.

    Returns
    -------
    Spectrogram
        Values (..., n_fft // 2 + 1, F); power has the unit of `signal` squared and is not divided
        by the length of the window. Times are the middles of the frames.

    Raises
    ------
    SpectralKitError
        If the signal is unusable, silent (for a logarithm) or too short, a number is out of range,
        or an option is unknown.

    Examples
    --------
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(8000) / 8000)
    >>> result = spectrogram(tone, sample_rate=8000, n_fft=256, hop=128, scale="db")
    >>> result.values.shape, float(result.frequencies[result.values[:, 30].argmax()])
    ((129, 63), 1000.0)
    """
    one_of(scale, SCALES, "scale")
    rate = as_rate(sample_rate)
    frames, weights = framed(signal, n_fft, hop, window, center, pad_mode)
    power = np.empty((*frames.shape[:-1], frames.shape[-1] // 2 + 1), dtype=frames.dtype)
    for where, block in power_blocks(frames, weights):
        power[where] = block
    return Spectrogram(
        values=on_scale(power.swapaxes(-1, -2), scale),
        times=frame_times(frames.shape[-2], n_fft, hop, rate, center),
        frequencies=np.fft.rfftfreq(n_fft, 1 / rate).astype(np.float64, copy=False),
        scale=scale,
    )


def on_scale(power: FloatArray, scale: str) -> FloatArray:
    """Power on another scale; silence has no logarithm."""
    if scale == "power":
        return power
    if scale == "magnitude":
        return np.sqrt(power)
    refuse_silence(power)
    log_power = np.log(np.maximum(power, power.dtype.type(FLOOR)))
    return log_power if scale == "log" else log_power * power.dtype.type(10 / np.log(10))


def refuse_silence(power: FloatArray) -> None:
    """Refuse signals without any power, shape (..., B, F)."""
    silent = ~power.any(axis=(-2, -1))
    if silent.any():
        which = f" {tuple(int(i) for i in np.argwhere(silent)[0])}" if silent.ndim else ""
        raise SpectralKitError(
            f"signal{which} is silent: no frame has power, so there is no logarithm to take."
        )


def _as_spectrum(spectrum: ArrayLike) -> ComplexArray:
    array = np.asarray(spectrum)
    if array.dtype.kind not in "biufc" or array.ndim < 2 or array.size == 0 or array.shape[-2] < 2:
        raise SpectralKitError(
            f"spectrum must hold complex numbers of shape (..., bins, frames), at least 2 bins, "
            f"but holds {array.dtype} of shape {array.shape}."
        )
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise SpectralKitError(
            f"spectrum holds {array[where]} at index {where}: it must be finite."
        )
    return array.astype(np.complex64 if array.dtype == np.complex64 else np.complex128, copy=False)


def _check_overlap(weights: NDArray[np.float64], hop: int, window: Window) -> None:
    """Refuse a hop at which some samples have no weight in any frame."""
    n_fft = len(weights)
    folded = np.zeros(hop)
    np.add.at(folded, np.arange(n_fft) % hop, weights**2)
    if folded.min() <= OVERLAP * folded.max():
        name = window if isinstance(window, str) else "own"
        raise SpectralKitError(
            f"A hop of {hop} leaves sample {int(np.argmin(folded))} of each hop without weight "
            f"under the {name} window of {n_fft}, so it cannot be brought back: choose a smaller "
            f"hop, such as {max(1, n_fft // 2)}."
        )


def _overlap(
    spectrum: ComplexArray,
    weights: NDArray[np.float64],
    hop: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of the windowed frames, and of the squared windows, over all that they cover."""
    from scipy import fft

    n_fft, frames = len(weights), spectrum.shape[-1]
    y = fft.irfft(spectrum.swapaxes(-1, -2).astype(np.complex128, copy=False), n=n_fft) * weights
    squares = np.broadcast_to(weights**2, (frames, n_fft))
    return _added(y, hop), _added(squares, hop)


def _added(frames: NDArray[np.float64], hop: int) -> NDArray[np.float64]:
    """Overlap and add: pieces of one hop are summed all frames at once."""
    *batch, count, length = frames.shape
    pieces = -(-length // hop)
    total = np.zeros((*batch, count + pieces - 1, hop))
    for piece in range(pieces):
        part = frames[..., piece * hop : (piece + 1) * hop]
        total[..., piece : piece + count, : part.shape[-1]] += part
    return total.reshape(*batch, -1)[..., : length + hop * (count - 1)]


def _length(length: int | None, covered: int, start: int, n_fft: int, hop: int) -> int:
    """Samples to return, of those that the frames cover."""
    if length is None:
        return max(covered - start - n_fft // 2 if start else covered, 1)
    length = as_count(length, "length")
    if length > covered - start:
        raise SpectralKitError(
            f"length={length} reaches beyond the {covered - start} samples that the frames cover "
            f"at a hop of {hop}: choose a hop of at most {max(1, n_fft // 2)}, or a shorter length."
        )
    return length
