"""Sound files: read at any rate, and refused by name where they break off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectralkit.errors import SpectralKitError, as_rate, as_signal
from spectralkit.results import FloatArray

PIECE = 1024  # frames that are read at a time: where a file breaks is known this closely
HIGHEST_RATE = 768000
SSND_HEADER = 8  # bytes that AIFF counts besides the samples
UNKNOWN = 2**31 - 2**16  # larger lengths are written by programs that did not know it yet
END_OF_STREAM = 0x04  # flag of the last page of an Ogg file


def load_audio(
    path: str | os.PathLike[str], *, sample_rate: int | None = None, mono: bool = True
) -> tuple[NDArray[np.float64], int]:
    """Read a sound file, whole or not at all.

    Book: sound-as-numbers

    Parameters
    ----------
    path : str or path-like
        WAV, FLAC, Ogg, MP3, AIFF or what else libsndfile reads.
    sample_rate : int, optional
        Samples per second wanted; by default those of the file. Other rates are reached by
        `scipy.signal.resample_poly`, a low-pass filter included.
    mono : bool
        Whether the channels are averaged.

    Returns
    -------
    signal : numpy.ndarray
        Full scale is 1; float64, shape (n,), or (channels, n) with `mono=False`.
    sample_rate : int
        Its samples per second.

    Raises
    ------
    SpectralKitError
        If the file is missing, not a sound, empty, holds NaN, or breaks off (the frame is named),
        or the rate is not a whole number from 1 to 768000.

    Examples
    --------
    >>> import tempfile, soundfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/tone.wav", np.sin(np.arange(800)), 8000)
    ...     signal, rate = load_audio(f"{folder}/tone.wav", sample_rate=4000)
    >>> signal.shape, rate
    ((400,), 4000)
    """
    wanted = None if sample_rate is None else as_whole_rate(sample_rate)
    if not isinstance(path, str | os.PathLike):
        raise SpectralKitError(f"path must name a file, but is of type {type(path).__name__}.")
    file = Path(path).expanduser()
    samples, rate = _read(file)
    try:
        signal = as_signal(samples.mean(axis=1) if mono else samples.T, str(file))
    except SpectralKitError as error:
        raise SpectralKitError(f"{file} cannot be used: {error}") from error
    if wanted is None:
        return np.ascontiguousarray(signal), rate
    return resampled(signal, rate, wanted), wanted


def as_whole_rate(sample_rate: float) -> int:
    """Samples per second as a whole number."""
    rate = as_rate(sample_rate)
    if rate != int(rate) or rate > HIGHEST_RATE:
        raise SpectralKitError(
            f"sample_rate must be a whole number of at most {HIGHEST_RATE} Hz, but is {rate:g} Hz."
        )
    return int(rate)


def resampled(signal: FloatArray, rate: int, wanted: int) -> Any:
    """A signal (..., n) at another rate."""
    if rate == wanted:
        return signal
    from scipy.signal import resample_poly

    common = gcd(rate, wanted)
    return resample_poly(signal, wanted // common, rate // common, axis=-1)


def _read(file: Path) -> tuple[NDArray[np.float64], int]:
    """All frames of a file, shape (n, channels), and its rate."""
    if not file.is_file():
        raise SpectralKitError(f"There is no file {file}: give the path of a sound file.")
    with _opened(file) as sound:
        pieces, frames = [], 0
        for piece in _pieces(sound, file):
            pieces.append(piece)
            frames += len(piece)
        promised, rate = _promised(sound), sound.samplerate
    if frames < promised:
        _refuse_cut(file, frames, f" of {promised}")
    if _is_cut_ogg(file):
        _refuse_cut(file, frames, "")
    if not frames:
        raise SpectralKitError(f"{file} is empty: it holds no sound at all.")
    return np.concatenate(pieces), rate


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    import soundfile

    try:
        sound = soundfile.SoundFile(file)
    except (soundfile.LibsndfileError, OSError) as error:
        reason = getattr(error, "error_string", None) or str(error)
        raise SpectralKitError(
            f"{file} is not a sound that can be read ({reason.rstrip('.')}): give a WAV, FLAC, "
            "Ogg, MP3 or AIFF file."
        ) from error
    with sound:
        yield sound


def _pieces(sound: Any, file: Path) -> Iterator[NDArray[np.float64]]:
    import soundfile

    frames = 0
    while True:
        try:
            piece = sound.read(PIECE, dtype="float64", always_2d=True)
        except soundfile.LibsndfileError:
            _refuse_cut(file, frames, f" of {sound.frames}")
        if not len(piece):
            return
        frames += len(piece)
        yield piece


def _refuse_cut(file: Path, frames: int, of: str) -> None:
    raise SpectralKitError(
        f"{file} breaks off or is damaged after frame {frames}{of}: get it anew, or cut it there "
        "with a sound editor."
    )


def _promised(sound: Any) -> int:
    """Frames that a file announces; libsndfile counts those that are there, and notes the rest."""
    frames = sound.frames
    for line in sound.extra_info.splitlines():
        kind, _, rest = line.partition(":")
        if kind.strip() in ("data", "SSND") and "(should be" in rest:
            header = SSND_HEADER if kind.strip() == "SSND" else 0
            words = rest.rstrip(") \n").split("(should be")
            announced, there = (int(word) - header for word in words)
            if UNKNOWN > announced > there > 0:
                frames = max(frames, round(sound.frames * announced / there))
    return int(frames)


def _is_cut_ogg(file: Path) -> bool:
    """Whether the last page of an Ogg file is not marked as the last one."""
    with file.open("rb") as stream:
        if stream.read(4) != b"OggS":
            return False
    content = file.read_bytes()
    last = content.rfind(b"OggS")
    return len(content) < last + 6 or not content[last + 5] & END_OF_STREAM
