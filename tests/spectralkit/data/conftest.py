"""What the tests of image files share: read or be refused the only file of a folder; write PNGs."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectralkit.data import images_from_folder
from spectralkit.errors import SpectralKitError

SIZE = 16


def read_image(folder: Path, channel: str = "rgb") -> np.ndarray:
    """The only image of a folder, as values 0 ... 255."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (image,) = images_from_folder(folder, size=SIZE, channel=channel, value_range=(0, 255))
    return image


def refusal_of(folder: Path) -> str:
    """What is said about the only file of a folder, without its path and the advice."""
    with pytest.raises(SpectralKitError) as caught:
        list(images_from_folder(folder, size=SIZE))
    (file,) = folder.iterdir()
    message, advice = str(caught.value).rsplit(": mend, convert or remove it", 1)
    assert message.startswith(f"{file} ")
    assert advice.endswith(".")
    return message.removeprefix(f"{file} ")


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG file."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_file(
    width: int, height: int, bits: int, colour: int, rows: bytes, *extra: tuple[bytes, bytes]
) -> bytes:
    """A PNG file of unfiltered rows, for kinds that Pillow reads but does not write."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


@pytest.fixture
def read() -> Callable[..., np.ndarray]:
    """Read the only image of a folder at 16 pixels: `read(folder, channel="rgb")`."""
    return read_image


@pytest.fixture
def refusal() -> Callable[[Path], str]:
    """Say why the only file of a folder is refused."""
    return refusal_of


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Make a PNG: `png(width, height, bits, colour, rows, *extra_chunks)`."""
    return png_file
