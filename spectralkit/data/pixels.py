"""From a Pillow image to an array: scale, crop, channel and value range."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from spectralkit.errors import SMALLEST, SpectralKitError

if TYPE_CHECKING:
    from PIL import Image

BANDS = {"red": "R", "green": "G", "blue": "B"}
CHANNELS = (*BANDS, "luma", "rgb")
KERNELS = ("bicubic", "bilinear", "lanczos", "hamming", "box", "nearest")
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, the weights of JPEG and of Pillow's grey images


def as_size(size: SupportsIndex) -> int:
    """The side of a square image in pixels, a whole number of at least 4."""
    try:
        side = operator.index(size)
    except TypeError:
        raise SpectralKitError(
            f"size must be a whole number of pixels, not {size!r} of type {type(size).__name__}."
        ) from None
    if side < SMALLEST:
        raise SpectralKitError(f"size must be at least {SMALLEST} pixels, but is {side}.")
    return side


def as_range(value_range: tuple[float, float]) -> tuple[float, float]:
    """The values of black and white, finite and increasing."""
    try:
        low, high = (float(value) for value in value_range)
    except (TypeError, ValueError):
        low = high = math.nan
    if not (low < high and math.isfinite(high - low)):
        raise SpectralKitError(
            "value_range must be two numbers, black below white, such as (-1, 1), "
            f"but is {value_range!r}."
        )
    return low, high


def shrink(image: Image.Image, size: int, kernel: str) -> Image.Image:
    """Scale an image down so that its shorter side has `size` pixels."""
    from PIL import Image

    scale = size / min(image.size)
    width, height = (max(size, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling[kernel.upper()])


def centre_crop(image: Image.Image, size: int) -> Image.Image:
    """The central square of an image; an odd rest lies to the right and below."""
    left, top = ((side - size) // 2 for side in image.size)
    return image.crop((left, top, left + size, top + size))


def one_band(image: Image.Image, channel: str) -> Image.Image:
    """The one colour of an RGB image that the channel needs; other images as they are."""
    if image.mode == "RGB" and channel in BANDS:
        return image.getchannel(BANDS[channel])
    return image


def to_array(
    image: Image.Image, channel: str, value_range: tuple[float, float]
) -> NDArray[np.float64]:
    """The pixels 0 ... 255 of a grey or an RGB image, mapped linearly to the value range.

    Parameters
    ----------
    image : PIL.Image.Image
        Of mode "L", "F" (pixels 0 ... 255 as well) or "RGB".
    channel : {"red", "green", "blue", "luma", "rgb"}
        A grey image is its own red, green, blue and luma.
    value_range : tuple of float
        Values of black and white; (-1, 1) is x / 127.5 - 1 exactly.

    Returns
    -------
    numpy.ndarray
        Shape (H, W), or (H, W, 3) for "rgb".
    """
    pixels = np.asarray(one_band(image, channel), dtype=np.float64)
    if channel == "luma" and pixels.ndim == 3:
        pixels = pixels @ np.array(LUMA)
    if channel == "rgb" and pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, axis=-1)
    low, high = value_range
    # Bicubic and Lanczos overshoot at edges; 8-bit images come clipped from Pillow.
    return np.clip(pixels, 0, 255) / (255 / (high - low)) + low
