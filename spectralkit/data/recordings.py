"""The recordings that come with the library, and a folder of the reader's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectralkit.audio import as_whole_rate, load_audio
from spectralkit.data.folder import as_path, check_folder, list_files, readable
from spectralkit.data.pictures import PICTURES
from spectralkit.errors import SpectralKitError, one_of

KINDS = ("speech", "music", "nature", "all")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Where a sound comes from and what may be done with it.

    Book: sound-as-numbers

    Parameters
    ----------
    file : str
        The file, relative to `spectralkit/data/files`.
    kind : {"speech", "music", "nature"}
        What it is a recording of.
    title, author : str
        What it lets hear, and who made it.
    licence, licence_url : str
        Short name of the licence, and its text.
    source : str
        Where the original was reached.
    changes : str
        What was done to the original.
    sha256 : str
        Hash of the file.
    """

    file: str
    kind: str
    title: str
    author: str
    licence: str
    licence_url: str
    source: str
    changes: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's name without folder, kind and ending, such as "robin"."""
        return self.file.rsplit("/", 1)[-1].removesuffix(".flac").split("-", 1)[1]

    @property
    def attribution(self) -> str:
        """One line to print where the sound is played."""
        return (
            f"{self.title} ({self.name}): {self.author}, {self.licence} <{self.licence_url}>, "
            f"from {self.source}; changes: {self.changes}"
        )


@dataclass(frozen=True, eq=False)
class Clip:
    """A sound with its rate, its name and whom it is owed to.

    Book: sound-as-numbers

    Parameters
    ----------
    signal : numpy.ndarray
        Mono, float64, full scale 1, shape (n,).
    sample_rate : int
        Samples per second.
    name : str
        Short name, such as "robin", or the file of your own folder.
    attribution : str
        One line to print where the sound is played; empty for your own files.
    licence : str
        Short name of the licence; empty for your own files.
    recording : Recording or None
        The same and more, field by field; None for your own files.
    """

    signal: NDArray[np.float64]
    sample_rate: int
    name: str
    attribution: str = ""
    licence: str = ""
    recording: Recording | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.signal) / self.sample_rate


def clips(kind: str = "all", *, sample_rate: int | None = None) -> list[Clip]:
    """Load the recordings that come with the library: three voices, four of music, two animals.

    Book: sound-as-numbers

    Parameters
    ----------
    kind : {"speech", "music", "nature", "all"}
        Which of them.
    sample_rate : int, optional
        Samples per second wanted, as in `load_audio`; by default those of each recording: 16000
        for speech, 22050 for the others.

    Returns
    -------
    list of Clip
        Sorted by kind and name; the signals are read-only.

    Raises
    ------
    SpectralKitError
        If the kind is unknown or the rate is not a positive whole number.

    Examples
    --------
    >>> robin = clips("nature")[-1]
    >>> robin.name, robin.sample_rate, round(robin.seconds, 2)
    ('robin', 22050, 2.69)
    >>> print(robin.attribution)
    song of a robin (robin): InspectorJ, CC BY 3.0 \
<https://creativecommons.org/licenses/by/3.0/>, from \
456440__inspectorj__bird-whistling-robin-single-13, in the librosa example collection; \
changes: excerpt, mixed down to mono, resampled from 44.1 to 22.05 kHz, faded over 10 ms at its \
ends, peak set to 0.89
    """
    one_of(kind, KINDS, "kind")
    chosen = [record for record in _records() if kind in (record.kind, "all")]
    return [_clip(record, sample_rate) for record in chosen]


def _clip(record: Recording, sample_rate: int | None) -> Clip:
    with as_file(PICTURES / record.file) as path:
        signal, rate = load_audio(path, sample_rate=sample_rate)
    signal.flags.writeable = False  # an answer that changes its input would spoil the next test
    return Clip(signal, rate, record.name, record.attribution, record.licence, record)


@lru_cache(maxsize=1)
def _records() -> tuple[Recording, ...]:
    table = json.loads((PICTURES / "clips.json").read_text(encoding="utf-8"))
    return tuple(Recording(**record) for record in table)


@dataclass(frozen=True, kw_only=True)
class ClipFolder:
    """Sounds that are read from their files one at a time, whenever iterated over.

    Book: sound-as-numbers

    Parameters
    ----------
    root : pathlib.Path
        The folder.
    names : tuple of str
        Files in it, relative and with "/" between folders, in the order of reading.
    sample_rate : int or None
        As in `clips_from_folder`, like the option below.
    skip_unreadable : bool
        Whether files that cannot be used are left out.
    """

    root: Path
    names: tuple[str, ...]
    sample_rate: int | None
    skip_unreadable: bool

    def __len__(self) -> int:
        """Count the files, readable or not."""
        return len(self.names)

    def __iter__(self) -> Iterator[Clip]:
        """Yield clip after clip, as `items` does without the names."""
        return (clip for _, clip in self.items())

    def items(self) -> Iterator[tuple[str, Clip]]:
        """Yield the name and the sound of clip after clip.

        Yields
        ------
        name : str
            The file, relative to the folder.
        clip : Clip
            Its sound, mono.

        Raises
        ------
        SpectralKitError
            At the first file that cannot be used; with `skip_unreadable` only if none can.

        Warns
        -----
        UserWarning
            With `skip_unreadable`: one warning after the last clip, naming every file left out.
        """
        yield from readable(self.root, self.names, self._read, skip_unreadable=self.skip_unreadable)

    def _read(self, name: str) -> Clip:
        try:
            signal, rate = load_audio(self.root / name, sample_rate=self.sample_rate)
        except SpectralKitError as error:
            # What to do about it is said by the caller.
            raise SpectralKitError(str(error).rsplit(": ", 1)[0]) from error
        return Clip(signal, rate, name)


def clips_from_folder(
    path: str | os.PathLike[str], *, sample_rate: int | None = None, skip_unreadable: bool = False
) -> ClipFolder:
    """Read your own sounds, mixed down to mono.

    The folder is listed at once, with all folders in it; a file is read when its clip is asked for,
    so memory does not grow with the number of files.

    Book: sound-as-numbers

    Parameters
    ----------
    path : str or path-like
        A folder of WAV, FLAC, Ogg, MP3 or AIFF files. Left out of the list: names that begin with
        a dot, `Thumbs.db` and `desktop.ini`. Links to folders are not followed.
    sample_rate : int, optional
        Samples per second wanted; by default those of each file.
    skip_unreadable : bool
        Leave out files that cannot be used, and name them in one warning at the end, instead of
        stopping at the first one.

    Returns
    -------
    ClipFolder
        Iterate over it, as often as needed, for clips sorted by name. `.items()` gives the names
        too. You know the licences of your own files: attributions are empty.

    Raises
    ------
    SpectralKitError
        If the folder is missing or has no files, or the rate is not a positive whole number; while
        reading, if a file is not a sound, empty, or breaks off.

    Examples
    --------
    >>> import tempfile, soundfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/tone.wav", np.sin(np.arange(800)), 8000)
    ...     for name, clip in clips_from_folder(folder, sample_rate=16000).items():
    ...         print(name, clip.signal.shape)
    tone.wav (1600,)
    """
    rate = None if sample_rate is None else as_whole_rate(sample_rate)
    root = as_path(path, "path")
    check_folder(root, "sounds")
    return ClipFolder(
        root=root,
        names=list_files(root, "sounds"),
        sample_rate=rate,
        skip_unreadable=skip_unreadable,
    )
