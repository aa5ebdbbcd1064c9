"""The reader's own images: a folder that is read image by image."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spectralkit.data.decode import open_image
from spectralkit.data.pixels import (
    CHANNELS,
    KERNELS,
    as_range,
    as_size,
    centre_crop,
    one_band,
    shrink,
    to_array,
)
from spectralkit.errors import SpectralKitError, one_of

Read = TypeVar("Read")
NOT_WANTED = {"thumbs.db", "desktop.ini"}  # what file managers leave behind, beside dot files


@dataclass(frozen=True, kw_only=True)
class ImageFolder:
    """Images of one size that are read from their files one at a time, whenever iterated over.

    Book: a-power-law

    Parameters
    ----------
    root : pathlib.Path
        The folder.
    names : tuple of str
        Files in it, relative and with "/" between folders, in the order of reading.
    size : int
        Side of the square images in pixels.
    channel : str
        As in `images_from_folder`, like the options below.
    value_range : tuple of float
        Values of black and white.
    resample : str
        Kernel for scaling down.
    skip_unreadable : bool
        Whether files that cannot be used are left out.
    """

    root: Path
    names: tuple[str, ...]
    size: int
    channel: str
    value_range: tuple[float, float]
    resample: str
    skip_unreadable: bool

    def __len__(self) -> int:
        """Count the files, readable or not."""
        return len(self.names)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        """Yield image after image, as `items` does without the names."""
        return (image for _, image in self.items())

    def items(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Yield the name and the pixels of image after image.

        Yields
        ------
        name : str
            The file, relative to the folder.
        image : numpy.ndarray
            float64, shape (size, size), or (size, size, 3) for the channel "rgb".

        Raises
        ------
        SpectralKitError
            At the first file that cannot be used; with `skip_unreadable` only if none can.

        Warns
        -----
        UserWarning
            With `skip_unreadable`: one warning after the last image, naming every file left out.
        """
        yield from readable(self.root, self.names, self._read, skip_unreadable=self.skip_unreadable)

    def _read(self, name: str) -> NDArray[np.float64]:
        image = one_band(open_image(self.root / name, self.size), self.channel)
        image = centre_crop(shrink(image, self.size, self.resample), self.size)
        return to_array(image, self.channel, self.value_range)


def images_from_folder(
    path: str | os.PathLike[str],
    *,
    size: int = 256,
    channel: str = "green",
    value_range: tuple[float, float] = (-1, 1),
    resample: str = "bicubic",
    skip_unreadable: bool = False,
) -> ImageFolder:
    """Read your own images, treated as the photographs of this package were.

    The shorter side is scaled down to `size`, then the central square is cut out. The folder is
    listed at once, with all folders in it; a file is read when its image is asked for, so memory
    does not grow with the number of images.

    Book: a-power-law

    Parameters
    ----------
    path : str or path-like
        A folder of JPEG, PNG, WebP, TIFF, GIF or BMP files. Left out of the list: names that begin
        with a dot, `Thumbs.db` and `desktop.ini`. Links to folders are not followed.
    size : int
        Side of the square images in pixels. Smaller images are refused, never scaled up.
    channel : {"green", "red", "blue", "luma", "rgb"}
        "luma" is .299 red + .587 green + .114 blue of the stored values (ITU-R BT.601). A grey
        image serves as any channel.
    value_range : tuple of float
        Values of black and white: 0 and 255 of 8 bits, 0 and 65535 of 16-bit grey.
    resample : {"bicubic", "bilinear", "lanczos", "hamming", "box", "nearest"}
        Pillow's kernel for scaling down; all but "nearest" are antialiased. It shapes the highest
        octave of the spectrum.
    skip_unreadable : bool
        Leave out files that cannot be used, and name them in one warning at the end, instead of
        stopping at the first one.

    Returns
    -------
    ImageFolder
        Iterate over it, as often as needed, for float64 arrays of shape (size, size), or
        (size, size, 3) for "rgb"; sorted by name. `.items()` gives the names too.

    Raises
    ------
    SpectralKitError
        If the folder is missing or has no files, or an option is not known; while reading, if a
        file is not an image, broken, too small, partly transparent, of floating-point or 32-bit
        numbers, or has more than 89 million pixels.

    Notes
    -----
    The rotation in EXIF is applied. Of an animation or of several pages the first is taken.
    Opaque alpha channels are dropped. Colours are taken as stored, without their ICC profile.
    8-bit images are rounded to 8 bits after scaling, as by any image program; 16-bit grey is not.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (40, 30), "white").save(f"{folder}/snow.png")
    ...     images = images_from_folder(folder, size=16)
    ...     for name, image in images.items():
    ...         print(name, image.shape, image.max())
    snow.png (16, 16) 1.0
    """
    one_of(channel, CHANNELS, "channel")
    one_of(resample, KERNELS, "resample")
    root = as_path(path, "path")
    check_folder(root, "images")
    return ImageFolder(
        root=root,
        names=list_files(root, "images"),
        size=as_size(size),
        channel=channel,
        value_range=as_range(value_range),
        resample=resample,
        skip_unreadable=skip_unreadable,
    )


def readable(
    root: Path, names: tuple[str, ...], read: Callable[[str], Read], *, skip_unreadable: bool
) -> Iterator[tuple[str, Read]]:
    """Read file after file; one that cannot be used ends it, or is left out and reported."""
    skipped: list[str] = []
    for name in names:
        try:
            one = read(name)
        except SpectralKitError as error:
            if not skip_unreadable:
                raise SpectralKitError(
                    f"{error}: mend, convert or remove it, or pass skip_unreadable=True "
                    "to leave such files out."
                ) from error
            skipped.append(str(error))
        else:
            yield name, one
    listed = "; ".join(skipped)
    if len(skipped) == len(names):
        raise SpectralKitError(f"No file in {root} could be used: {listed}.")
    if skipped:
        warnings.warn(f"Left out {len(skipped)} of {len(names)} files: {listed}.", stacklevel=3)


def as_path(path: str | os.PathLike[str], name: str) -> Path:
    """A path, with "~" for the user's home."""
    if not isinstance(path, str | os.PathLike):
        raise SpectralKitError(f"{name} must name a folder, but is of type {type(path).__name__}.")
    return Path(path).expanduser()


def check_folder(root: Path, what: str) -> None:
    """Refuse what is not a folder; what it should hold is said in the message."""
    if not root.exists():
        raise SpectralKitError(f"There is no folder {root}: give the path of a folder of {what}.")
    if not root.is_dir():
        raise SpectralKitError(f"{root} is a file: give the path of the folder that holds it.")


def list_files(root: Path, what: str) -> tuple[str, ...]:
    """List the files in a folder and in those within, relative and sorted."""
    names = []
    for folder, subfolders, files in os.walk(root, onerror=_refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        names += [Path(folder, name) for name in files if _may_be_wanted(name)]
    if not names:
        raise SpectralKitError(f"{root} has no files: give the path of a folder of {what}.")
    return tuple(sorted(name.relative_to(root).as_posix() for name in names))


def _may_be_wanted(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in NOT_WANTED


def _refuse(error: OSError) -> None:
    raise SpectralKitError(
        f"{error.filename} cannot be listed ({error.strerror}): change its permissions or move it."
    ) from error
