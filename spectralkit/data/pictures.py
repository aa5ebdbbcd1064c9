"""The photographs and textures that come with the library, with author and licence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from spectralkit.data.pixels import CHANNELS, as_range, as_size, centre_crop, to_array
from spectralkit.errors import SpectralKitError, one_of

PICTURES = files("spectralkit.data") / "files"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """Where a picture comes from and what may be done with it.

    Book: pixels-to-frequencies

    Parameters
    ----------
    file : str
        The file, relative to `spectralkit/data/files`.
    title, author : str
        What it shows, and who made it.
    licence, licence_url : str
        Short name of the licence, and its text.
    source : str
        Where the original was reached.
    changes : str
        What was done to the original.
    sha256, original_sha256 : str
        Hashes of the file and of its original.
    """

    file: str
    title: str
    author: str
    licence: str
    licence_url: str
    source: str
    changes: str
    sha256: str
    original_sha256: str

    @property
    def name(self) -> str:
        """The file's name without folder and ending, such as "china"."""
        return self.file.rsplit("/", 1)[-1].removesuffix(".png")

    @property
    def attribution(self) -> str:
        """One line to print where the picture is shown."""
        return (
            f"{self.title} ({self.name}): {self.author}, {self.licence} <{self.licence_url}>, "
            f"through {self.source}; changes: {self.changes}"
        )


@dataclass(frozen=True, eq=False)
class PhotoSet:
    """Pictures of one size, with author and licence.

    Book: pixels-to-frequencies

    Parameters
    ----------
    images : numpy.ndarray
        Pixels as float64, shape (n, size, size), or (n, size, size, 3) for the channel "rgb".
    photos : tuple of Photo
        One for each image, in the same order.

    Examples
    --------
    >>> photos = photographs()
    >>> photos["china"].shape
    (256, 256)
    >>> [name for name, image in zip(photos.names, photos) if image.mean() > 0.1]
    ['china']
    """

    images: NDArray[np.float64]
    photos: tuple[Photo, ...]

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.photos)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        """Yield image after image."""
        return iter(self.images)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Give the image of this name."""
        one_of(name, self.names, "name")
        image: NDArray[np.float64] = self.images[self.names.index(name)]
        return image

    @property
    def names(self) -> tuple[str, ...]:
        """Short names, such as "china"."""
        return tuple(photo.name for photo in self.photos)

    @property
    def authors(self) -> tuple[str, ...]:
        """Who made each picture."""
        return tuple(photo.author for photo in self.photos)

    @property
    def licences(self) -> tuple[str, ...]:
        """Short names of the licences, such as "CC BY 2.0"."""
        return tuple(photo.licence for photo in self.photos)

    def attribution(self, *names: str) -> str:
        """Say title, author, licence and source, to be printed where pictures are shown.

        Parameters
        ----------
        *names : str
            The pictures shown; all of them where none is named.

        Returns
        -------
        str
            One line for each picture.

        Raises
        ------
        SpectralKitError
            If a name is not known.
        """
        for name in names:
            one_of(name, self.names, "name")
        shown = names or self.names
        return "\n".join(photo.attribution for photo in self.photos if photo.name in shown)


def photographs(
    *, size: int = 256, channel: str = "green", value_range: tuple[float, float] = (-1, 1)
) -> PhotoSet:
    """Load the ten photographs that come with the library.

    Their shorter side was scaled to 256 pixels; the central square of `size` pixels is cut out, so
    a smaller size shows less of the scene at the same sharpness.

    Book: pixels-to-frequencies

    Parameters
    ----------
    size : int
        Side of the squares in pixels, from 4 to 256.
    channel : {"green", "red", "blue", "luma", "rgb"}
        "luma" is .299 red + .587 green + .114 blue of the stored values (ITU-R BT.601).
    value_range : tuple of float
        Values of black and white; (-1, 1) is x / 127.5 - 1. Power grows with the square of the
        range, so say it beside every number that depends on it.

    Returns
    -------
    PhotoSet
        `.images` is float64 of shape (10, size, size), or (10, size, size, 3) for "rgb"; the arrays
        are new at every call.

    Raises
    ------
    SpectralKitError
        If the size does not fit, or an option is not known.

    Examples
    --------
    >>> photos = photographs()
    >>> photos.images.shape
    (10, 256, 256)
    >>> print(photos.attribution("rocket"))
    launch of DSCOVR (rocket): SpaceX, public domain \
<https://creativecommons.org/publicdomain/mark/1.0/>, through scikit-image; \
changes: scaled to 256 pixels on the shorter side
    """
    return _load("photographs", 256, size, channel, value_range)


def textures(
    *, size: int = 512, channel: str = "green", value_range: tuple[float, float] = (-1, 1)
) -> PhotoSet:
    """Load the three textures that come with the library: brick, grass and gravel.

    They are grey, at their native 512 by 512; a smaller square is cut out of the centre.

    Book: a-power-law

    Parameters
    ----------
    size : int
        Side of the squares in pixels, from 4 to 512.
    channel : {"green", "red", "blue", "luma", "rgb"}
        As in `photographs`; all but "rgb" are the same for grey images.
    value_range : tuple of float
        Values of black and white; (-1, 1) is x / 127.5 - 1.

    Returns
    -------
    PhotoSet
        `.images` is float64 of shape (3, size, size), or (3, size, size, 3) for "rgb".

    Raises
    ------
    SpectralKitError
        If the size does not fit, or an option is not known.

    Examples
    --------
    >>> textures().names
    ('brick', 'grass', 'gravel')
    """
    return _load("textures", 512, size, channel, value_range)


def _load(
    kind: str, largest: int, size: int, channel: str, value_range: tuple[float, float]
) -> PhotoSet:
    from PIL import Image

    one_of(channel, CHANNELS, "channel")
    size, value_range = as_size(size), as_range(value_range)
    if size > largest:
        raise SpectralKitError(
            f"size={size} is more than the {largest} pixels that the {kind} have: "
            f"choose {largest} or less."
        )
    images = []
    photos = _records(kind)
    for photo in photos:
        with (PICTURES / photo.file).open("rb") as file, Image.open(file) as image:
            images.append(to_array(centre_crop(image, size), channel, value_range))
    stack = np.stack(images)
    stack.flags.writeable = False  # an answer that changes its input would spoil the next test
    return PhotoSet(stack, photos)


def _records(kind: str) -> tuple[Photo, ...]:
    table = json.loads((PICTURES / "pictures.json").read_text(encoding="utf-8"))
    return tuple(Photo(**record) for record in table[kind])
