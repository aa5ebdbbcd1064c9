"""Image files that cannot be right are refused with the reason, and nothing else happens."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from spectralkit.errors import SpectralKitError

SIZE = 16
RNG = np.random.default_rng(4)
COLOURS = RNG.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
GREY16 = RNG.integers(0, 65536, (SIZE, SIZE), dtype=np.uint16)
RGB = Image.fromarray(COLOURS)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.zeros((SIZE, SIZE), np.float32), "holds floating-point numbers, whose black and white"),
        (np.zeros((SIZE, SIZE), np.int32), "holds integers of 32 bits or with sign, whose black"),
    ],
)
def test_numbers_of_unknown_range_are_refused(tmp_path, pixels, reason, refusal):
    Image.fromarray(pixels).save(tmp_path / "measured.tif")
    assert refusal(tmp_path).startswith(reason)


def test_sixteen_bit_values_that_count_from_white_are_refused_and_not_inverted(tmp_path, refusal):
    Image.fromarray(GREY16).save(tmp_path / "scan.tif", tiffinfo={262: 0})
    assert refusal(tmp_path).startswith("holds 16-bit values with white as zero")


def test_a_picture_that_is_too_small_is_refused_with_both_sizes(tmp_path, refusal):
    RGB.resize((40, 15)).save(tmp_path / "strip.png")
    assert refusal(tmp_path) == "has 40 by 15 pixels where at least 16 by 16 are needed"


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 500, b"<html><body>404</body></html>", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"],
    ids=["empty", "zeros", "web page", "pdf", "png signature only"],
)
def test_what_is_not_an_image_is_refused(tmp_path, content, refusal):
    (tmp_path / "photo.jpg").write_bytes(content)
    assert refusal(tmp_path).startswith("is not an image of the formats JPEG, PNG")


def test_formats_that_run_other_programs_are_not_opened(tmp_path, refusal):
    (tmp_path / "page.eps").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n"
    )
    assert refusal(tmp_path).startswith("is not an image of the formats JPEG, PNG")


@pytest.mark.parametrize(
    "side", [10_000, 50_000], ids=["a warning of Pillow", "an error of Pillow"]
)
@pytest.mark.parametrize("pillow_limit", [Image.MAX_IMAGE_PIXELS, None], ids=["limit", "no limit"])
def test_decompression_bombs_are_refused_before_decoding(
    tmp_path, monkeypatch, side, pillow_limit, refusal, png
):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pillow_limit)
    monkeypatch.setattr(
        PngImagePlugin.PngImageFile, "load", lambda *_: pytest.fail("the bomb was decoded")
    )
    (tmp_path / "bomb.png").write_bytes(png(side, side, 8, 2, b"\0" * 100))
    assert "pixels" in refusal(tmp_path)


def test_a_gif_whose_frame_is_a_bomb_in_a_small_screen_is_refused(tmp_path, refusal):
    screen = struct.pack("<HHBBB", SIZE, SIZE, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 10_000, 10_000, 0) + b"\x02\x01\x04\0"
    (tmp_path / "bomb.gif").write_bytes(b"GIF89a" + screen + frame + b";")
    assert "10000 by 10000 pixels" in refusal(tmp_path)


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_bombs_in_text_and_colour_profiles_are_refused(tmp_path, kind, refusal, png):
    extra = (kind, b"name\0\0" + zlib.compress(b"\0" * 50_000_000))
    rows = b"".join(b"\0" + row.tobytes() for row in COLOURS)
    (tmp_path / "bomb.png").write_bytes(png(SIZE, SIZE, 8, 2, rows, extra))
    assert refusal(tmp_path).startswith("cannot be read (Decompressed data too large")


def test_a_palette_image_without_palette_is_refused_although_pillow_only_asserts_it(
    tmp_path, refusal, png
):
    (tmp_path / "colourless.png").write_bytes(png(SIZE, SIZE, 8, 3, b"\0" * 17 * SIZE))
    assert refusal(tmp_path) == "cannot be read (AssertionError)"


def test_a_truncated_download_is_refused_and_not_filled_with_grey(tmp_path, refusal):
    Image.fromarray(np.tile(COLOURS, (8, 8, 1))).save(tmp_path / "photo.jpg", quality=95)
    content = (tmp_path / "photo.jpg").read_bytes()
    (tmp_path / "photo.jpg").write_bytes(content[: len(content) // 2])
    assert refusal(tmp_path).startswith("cannot be read (image file is truncated")


def sample_files(folder: Path) -> dict[str, bytes]:
    """One small file of each kind, to be damaged."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    grey, palette = RGB.getchannel("G"), RGB.quantize(16)
    kinds: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "rgb.jpg": (RGB, {"exif": exif}),
        "progressive.jpg": (RGB, {"progressive": True}),
        "cmyk.jpg": (RGB.convert("CMYK"), {}),
        "phone.jpg": (RGB, {"format": "MPO", "save_all": True, "append_images": [RGB]}),
        "rgb.png": (RGB, {"exif": exif}),
        "palette.png": (palette, {"transparency": 3}),
        "deep.png": (Image.fromarray(GREY16), {}),
        "rgb.webp": (RGB, {"exif": exif}),
        "rgba.webp": (RGB.convert("RGBA"), {"lossless": True}),
        "raw.tif": (RGB, {"exif": exif}),
        "lzw.tif": (RGB, {"compression": "tiff_lzw"}),
        "jpeg.tif": (RGB, {"compression": "jpeg"}),
        "fax.tif": (grey.convert("1"), {"compression": "group4"}),
        "deep.tif": (Image.fromarray(GREY16), {}),
        "palette.gif": (palette, {}),
        "rgb.bmp": (RGB, {}),
    }
    for name, (image, options) in kinds.items():
        image.save(folder / name, **options)
    return {name: (folder / name).read_bytes() for name in kinds}


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Cut the file short, or overwrite one to eight bytes, mostly in its header."""
    if rng.random() < 0.25:
        return content[: rng.integers(len(content))]
    broken = bytearray(content)
    reach = len(broken) if rng.random() < 0.4 else min(len(broken), 200)
    for place in rng.integers(reach, size=rng.integers(1, 9)):
        broken[place] = rng.choice([0, 255, rng.integers(256), broken[place] ^ 1])
    return bytes(broken)


def image_or_sentence(folder: Path, read: Callable[..., np.ndarray]) -> np.ndarray | str:
    """What comes of the only file of a folder; any other exception is a failure."""
    try:
        return read(folder)
    except SpectralKitError as error:
        return str(error)


def test_damaged_files_give_an_image_or_one_clear_sentence_and_nothing_else(tmp_path, read):
    (tmp_path / "whole").mkdir()
    (tmp_path / "damaged").mkdir()
    rng = np.random.default_rng(20)
    images, sentences = [], []
    for name, content in sample_files(tmp_path / "whole").items():
        file = tmp_path / "damaged" / name
        for _ in range(150):
            file.write_bytes(damaged(content, rng))
            outcome = image_or_sentence(tmp_path / "damaged", read)
            (sentences if isinstance(outcome, str) else images).append(outcome)
        file.unlink()
    assert {image.shape for image in images} == {(SIZE, SIZE, 3)}
    assert all(0 <= image.min() <= image.max() <= 255 for image in images)
    assert all(str(tmp_path / "damaged") in line and "\n" not in line for line in sentences)
    assert min(len(images), len(sentences)) > 300
