"""Open image files of unknown origin: each becomes a plain grey or RGB image, or a clear error."""

from __future__ import annotations

import stat
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spectralkit.errors import SpectralKitError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")
PIXEL_LIMIT = 2**28 // 3  # as many RGB pixels as fit into 256 MiB, which is Pillow's limit too

ORIENTATION = 0x0112  # tag of EXIF, and what to do so that its image stands upright
UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
PHOTOMETRIC = 262  # tag of TIFF; 0 means that white is zero


def open_image(path: Path, size: int) -> Image.Image:
    """Read an image file of any common kind.

    Parameters
    ----------
    path : pathlib.Path
        JPEG (grey, RGB, CMYK, MPO), PNG, WebP, TIFF, GIF or BMP. Of several frames or pages the
        first is taken; the rotation in EXIF is applied; colours are taken as stored, without their
        ICC profile, and CMYK is converted by Pillow's plain formula.
    size : int
        Both sides must have at least this many pixels.

    Returns
    -------
    PIL.Image.Image
        Mode "L" or "RGB" (8 bits), or "F" holding 0 ... 255 for 16-bit grey. Pillow keeps the upper
        8 bits of 16-bit colour.

    Raises
    ------
    SpectralKitError
        If the file is missing, not an image, broken, too small, larger than `PIXEL_LIMIT`,
        partly transparent, or of numbers whose black and white are not known. The message starts
        with the path and has no full stop, so that the caller can say what to do.
    """
    from PIL import Image, UnidentifiedImageError

    # What Pillow raises on damaged files, TypeError and AssertionError included.
    damage = (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        AssertionError,
        EOFError,
        struct.error,
        Image.DecompressionBombError,
    )
    try:
        with warnings.catch_warnings():
            # About metadata that is not used here, and about bombs, which are refused anyway.
            warnings.simplefilter("ignore")
            return _decode(path, size)
    except SpectralKitError:
        raise
    except UnidentifiedImageError as error:
        known = ", ".join(FORMATS)
        raise SpectralKitError(f"{path} is not an image of the formats {known}") from error
    except damage as error:
        raise SpectralKitError(f"{path} cannot be read ({_reason(error)})") from error


def _decode(path: Path, size: int) -> Image.Image:
    from PIL import Image

    # A named pipe would block for ever when opened.
    if not stat.S_ISREG(path.stat().st_mode):
        raise SpectralKitError(f"{path} is not a regular file")
    with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
        unusable = _unusable(image, size)
        if unusable:
            raise SpectralKitError(f"{path} {unusable}")
        image.load()
        return _plain(_upright(image), path)


def _unusable(image: Image.Image, size: int) -> str:
    """Why the header of an image rules it out; an empty text if it does not."""
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        return f"has {width} by {height} pixels, more than the {PIXEL_LIMIT} that are decoded"
    if min(width, height) < size:
        return f"has {width} by {height} pixels where at least {size} by {size} are needed"
    if image.mode in ("I", "F"):
        kind = "integers of 32 bits or with sign" if image.mode == "I" else "floating-point numbers"
        return f"holds {kind}, whose black and white are not known (save it with 8 or 16 bits)"
    if image.mode.startswith("I;16") and _white_is_zero(image):
        return "holds 16-bit values with white as zero (save it with black as zero)"
    return ""


def _white_is_zero(image: Image.Image) -> bool:
    """Whether a TIFF counts from white; Pillow turns such values round at 8 bits, not at 16."""
    from PIL import TiffImagePlugin

    return isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(PHOTOMETRIC) == 0


def _upright(image: Image.Image) -> Image.Image:
    """Apply the orientation in EXIF; ImageOps.exif_transpose also rewrites EXIF, and may fail."""
    from PIL import Image

    orientation = image.getexif().get(ORIENTATION)
    if orientation not in UPRIGHT:
        return image
    return image.transpose(Image.Transpose[UPRIGHT[orientation]])


def _plain(image: Image.Image, path: Path) -> Image.Image:
    from PIL import Image

    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            raise SpectralKitError(
                f"{path} has transparent pixels, and what lies behind them is not in the file "
                "(save it on a background of your choice)"
            )
    if image.mode.startswith("I;16"):
        return Image.fromarray(np.asarray(image, dtype=np.float32) / np.float32(65535 / 255))
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _reason(error: BaseException) -> str:
    """The message of another library in one line without a full stop."""
    text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return " ".join(text.split()).rstrip(".")
