"""Spectrograms in mel bands, of power and in decibels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import SpectralKitError, as_number, as_rate, one_of
from spectralkit.framing import Window, frame_times, framed, power_blocks
from spectralkit.mel_bank import sparse_bank
from spectralkit.results import FloatArray, Spectrogram
from spectralkit.short_time import refuse_silence


def mel_spectrogram(
    signal: ArrayLike,
    *,
    sample_rate: float,
    n_fft: int,
    hop: int,
    n_mels: int,
    window: Window = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    norm: str | None = "slaney",
) -> Spectrogram:
    r"""Power in mel bands over time: the filterbank times the power spectrogram, :math:`M |X|^2`.

    Book: sound-as-numbers

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4.
    sample_rate : float
        Samples per second, positive.
    n_fft, hop : int
        Samples per frame, and from frame to frame.
    n_mels : int
        Number of bands.
    window : str or array_like
        As in `stft`, like the next two.
    center : bool
        Whether frame k lies around sample k * hop.
    pad_mode : str
        What is padded.
    fmin, fmax : float
        Edges of the bands in Hz, as in `mel_filterbank`.
    scale : {"slaney", "htk"}
        Mel scale.
    norm : {"slaney", None}
        Unit area of the filters, or unit peak.

    Returns
    -------
    Spectrogram
        Values (..., n_mels, F) on the scale "power"; float32 for float32 signals.

    Raises
    ------
    SpectralKitError
        If the signal is unusable or too short, a number is out of range, an option is unknown, or
        filters hold no bin.

    Notes
    -----
    Equal to `librosa.feature.melspectrogram`; librosa's word for hop is hop_length.

    Examples
    --------
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(8000) / 8000)
    >>> mel = mel_spectrogram(tone, sample_rate=8000, n_fft=256, hop=128, n_mels=20)
    >>> mel.values.shape, mel.frequencies[mel.values[:, 30].argmax()].round()
    ((20, 63), np.float64(1005.0))
    """
    bank, centres = sparse_bank(sample_rate, n_fft, n_mels, fmin, fmax, scale, norm)
    frames, weights = framed(signal, n_fft, hop, window, center, pad_mode)
    values = np.empty((*frames.shape[:-1], len(centres)), dtype=frames.dtype)
    for where, power in power_blocks(frames, weights):
        values[where] = (bank @ power.T).T
    times = frame_times(frames.shape[-2], n_fft, hop, as_rate(sample_rate), center)
    return Spectrogram(values.swapaxes(-1, -2), times, centres.copy(), "power")


def log_mel(
    signal: ArrayLike,
    *,
    sample_rate: float,
    n_fft: int,
    hop: int,
    n_mels: int,
    window: Window = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    norm: str | None = "slaney",
    amin: float = 1e-10,
    ref: float | str = "max",
    top_db: float | None = 80.0,
) -> Spectrogram:
    r"""Mel spectrogram in decibels.

    .. math:: L = \max\left( 10 \log_{10} \frac{\max(S, a_\text{min})}{\max(S_\text{ref},
        a_\text{min})},\ L_\text{max} - \text{top\_db} \right)

    with S of `mel_spectrogram`.

    Book: log-mel-is-an-image

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4, not silent.
    sample_rate : float
        Samples per second, positive.
    n_fft, hop, n_mels : int
        Samples per frame, from frame to frame, and number of bands.
    window : str or array_like
        As in `stft`, like the next two.
    center : bool
        Whether frame k lies around sample k * hop.
    pad_mode : str
        What is padded.
    fmin, fmax : float
        Edges of the bands in Hz, as in `mel_filterbank`.
    scale : {"slaney", "htk"}
        Mel scale.
    norm : {"slaney", None}
        Unit area of the filters, or unit peak.
    amin : float
        Power below it is raised to it; positive.
    ref : float or "max"
        Power that reads 0 dB; "max" is the largest value of each signal.
    top_db : float or None
        How far below the largest value of each signal the values may lie; None does not cut.

    Returns
    -------
    Spectrogram
        Values (..., n_mels, F) on the scale "db".

    Raises
    ------
    SpectralKitError
        As `mel_spectrogram`; also if the signal is silent, or amin, ref or top_db is out of range.

    Notes
    -----
    Equal to `librosa.power_to_db` of the mel spectrogram; `ref="max"` is its `ref=np.max`. For a
    batch librosa takes one maximum for all signals, this function one for each.

    Examples
    --------
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(8000) / 8000)
    >>> mel = log_mel(tone, sample_rate=8000, n_fft=256, hop=128, n_mels=20)
    >>> mel.scale, float(mel.values.max()), float(mel.values.min())
    ('db', 0.0, -80.0)
    """
    floor = _positive(amin, "amin")
    level = ref if isinstance(ref, str) else _positive(ref, "ref")
    one_of(level if isinstance(level, str) else "max", ("max",), "ref")
    mel = mel_spectrogram(
        signal, sample_rate=sample_rate, n_fft=n_fft, hop=hop, n_mels=n_mels, window=window,
        center=center, pad_mode=pad_mode, fmin=fmin, fmax=fmax, scale=scale, norm=norm,
    )  # fmt: skip
    refuse_silence(mel.values)
    return replace(mel, values=_decibels(mel.values, floor, level, top_db), scale="db")


def _decibels(
    power: FloatArray, floor: float, ref: float | str, top_db: float | None
) -> FloatArray:
    """Power in decibels, raised to a floor and to at most so far below its maximum."""
    real = power.dtype.type
    if ref == "max":
        level = power.max(axis=(-2, -1), keepdims=True)
    else:
        level = np.asarray(ref, dtype=power.dtype)
    decibels = 10 * np.log10(np.maximum(power, real(floor)))
    decibels -= 10 * np.log10(np.maximum(level, real(floor)))
    if top_db is not None:
        depth = _positive(top_db, "top_db")
        lowest = decibels.max(axis=(-2, -1), keepdims=True) - real(depth)
        decibels = np.maximum(decibels, lowest)
    return decibels


def _positive(value: float, name: str) -> float:
    number = as_number(value, name)
    if number <= 0:
        raise SpectralKitError(f"{name} must be positive, but is {number:g}.")
    return number
