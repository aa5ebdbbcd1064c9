"""Image files of every common kind come out right."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

SIZE = 16
RNG = np.random.default_rng(3)
COLOURS = RNG.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
OTHERS = 255 - COLOURS
GREY16 = RNG.integers(0, 65536, (SIZE, SIZE), dtype=np.uint16)
RGB = Image.fromarray(COLOURS)
# Smooth colours survive lossy compression.
RAMP = np.linspace(40, 200, SIZE).round().astype(np.uint8)
SMOOTH = np.stack(np.broadcast_arrays(RAMP, RAMP[:, None], np.uint8(90)), axis=-1)
LOSS = 12  # JPEG and WebP at quality 95 with halved colour resolution lose up to 10 here


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rgb.png", {}),
        ("rgb.bmp", {}),
        ("rgb.webp", {"lossless": True}),
        ("rgb.tif", {}),
        ("lzw.tiff", {"compression": "tiff_lzw"}),
        ("deflate.tiff", {"compression": "tiff_adobe_deflate"}),
        ("png-named-so.jpg", {"format": "PNG"}),
        ("no-ending", {"format": "PNG"}),
        ("UPPER.PNG", {}),
        ("ünïcode 写真.png", {}),
    ],
)
def test_lossless_colour_files_keep_every_value(tmp_path, name, options, read):
    RGB.save(tmp_path / name, **options)
    assert np.array_equal(read(tmp_path), COLOURS)


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("RGB", "photo.jpg", {}),
        ("RGB", "progressive.jpeg", {"progressive": True}),
        ("RGB", "photo.webp", {}),
        ("RGB", "photo.tif", {"compression": "jpeg"}),
        ("CMYK", "print.jpg", {}),
    ],
)
def test_lossy_files_are_close(tmp_path, mode, name, options, read):
    Image.fromarray(SMOOTH).convert(mode).save(tmp_path / name, quality=95, **options)
    assert np.abs(read(tmp_path) - SMOOTH).max() <= LOSS


def test_colours_meant_for_print_are_converted(tmp_path, read):
    RGB.convert("CMYK").save(tmp_path / "print.tif")
    assert np.abs(read(tmp_path) - COLOURS).max() <= 1


@pytest.mark.parametrize("name", ["grey.png", "grey.tif", "grey.bmp", "grey.webp"])
def test_grey_files_serve_as_any_channel(tmp_path, name, read):
    grey = RGB.getchannel("R")
    grey.save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {}))
    for channel in ("red", "green", "blue"):
        assert np.array_equal(read(tmp_path, channel=channel), COLOURS[..., 0])
    np.testing.assert_allclose(read(tmp_path, channel="luma"), COLOURS[..., 0], rtol=1e-14)
    assert np.array_equal(read(tmp_path), np.stack([COLOURS[..., 0]] * 3, axis=-1))


def test_a_grey_jpeg_is_close(tmp_path, read):
    Image.fromarray(SMOOTH[..., 0]).save(tmp_path / "grey.jpg", quality=95)
    assert np.abs(read(tmp_path, channel="green") - SMOOTH[..., 0]).max() <= LOSS


@pytest.mark.parametrize("name", ["palette.png", "palette.gif", "palette.tif", "palette.bmp"])
def test_palette_files_show_their_colours_and_not_their_indices(tmp_path, name, read):
    palette = RGB.quantize(32)
    palette.save(tmp_path / name)
    assert np.array_equal(read(tmp_path), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("name", ["black-and-white.png", "fax.tif"])
def test_one_bit_files_are_black_and_white(tmp_path, name, read):
    bits = COLOURS[..., 0] > 127
    Image.fromarray(bits).save(tmp_path / name)
    assert np.array_equal(read(tmp_path, channel="green"), np.where(bits, 255, 0))


def test_one_bit_files_are_scaled_in_grey(tmp_path, read):
    checks = np.indices((2 * SIZE, 2 * SIZE)).sum(axis=0) % 2 == 1
    Image.fromarray(checks).save(tmp_path / "checks.png")
    assert np.abs(read(tmp_path, channel="green")[4:-4, 4:-4] - 127.5).max() < 1


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
def test_sixteen_bit_grey_is_scaled_by_65535(tmp_path, name, read):
    Image.fromarray(GREY16).save(tmp_path / name)
    np.testing.assert_allclose(read(tmp_path, channel="green"), GREY16 / 257, rtol=1e-6)


def test_sixteen_bit_grey_of_the_other_byte_order_is_read_too(tmp_path, read):
    big_endian = Image.frombytes("I;16B", (SIZE, SIZE), GREY16.astype(">u2").tobytes())
    big_endian.save(tmp_path / "motorola.tif")
    np.testing.assert_allclose(read(tmp_path, channel="green"), GREY16 / 257, rtol=1e-6)


def test_sixteen_bit_grey_is_scaled_down_without_rounding_to_eight_bits(tmp_path, read):
    ramp = np.broadcast_to(np.arange(2 * SIZE, dtype=np.uint16), (2 * SIZE, 2 * SIZE))
    Image.fromarray(np.ascontiguousarray(ramp)).save(tmp_path / "faint.png")
    middle = read(tmp_path, channel="green")[:, 4:-4]
    np.testing.assert_allclose(np.diff(middle, axis=1), 2 / 257, rtol=1e-3)


def test_overshoot_of_the_kernel_stays_in_the_value_range(tmp_path, read):
    bars = np.where(np.arange(5 * SIZE) % 40 < 20, 0, 65535).astype(np.uint16)
    Image.fromarray(np.tile(bars, (5 * SIZE, 1))).save(tmp_path / "bars.png")
    image = read(tmp_path, channel="green")
    assert (image.min(), image.max()) == (0, 255)


@pytest.mark.parametrize("colour", [2, 6], ids=["rgb", "rgba"])
def test_sixteen_bit_colour_keeps_its_upper_eight_bits(tmp_path, colour, read, png):
    rng = np.random.default_rng(5)
    deep = rng.integers(0, 65536, (SIZE, SIZE, 3 if colour == 2 else 4), dtype=np.uint16)
    deep[..., 3:] = 65535
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    (tmp_path / "deep.png").write_bytes(png(SIZE, SIZE, 16, colour, rows))
    assert np.array_equal(read(tmp_path), deep[..., :3] >> 8)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_an_opaque_alpha_channel_is_dropped(tmp_path, mode, ending, read):
    options = {"lossless": True} if ending == "webp" else {}
    image = RGB.convert(mode)
    image.save(tmp_path / f"opaque.{ending}", **options)
    assert np.array_equal(read(tmp_path), np.asarray(image.convert("RGB")))


def test_transparent_pixels_are_refused_because_their_background_is_unknown(tmp_path, refusal):
    image = RGB.convert("RGBA")
    image.putpixel((3, 3), (10, 20, 30, 254))
    image.save(tmp_path / "cut-out.png")
    assert refusal(tmp_path).startswith("has transparent pixels")


def test_a_transparent_palette_entry_matters_only_where_it_is_used(tmp_path, read, refusal):
    palette = RGB.quantize(32)
    palette.save(tmp_path / "unused.png", transparency=200)
    assert np.array_equal(read(tmp_path), np.asarray(palette.convert("RGB")))
    palette.save(tmp_path / "unused.png", transparency=palette.getpixel((0, 0)))
    assert refusal(tmp_path).startswith("has transparent pixels")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["png", "tif", "webp", "jpg"])
def test_pictures_taken_with_a_turned_camera_stand_upright(tmp_path, orientation, ending, read):
    upright = np.zeros((SIZE, SIZE, 3), np.uint8)
    upright[: SIZE // 2, : SIZE // 2, 0] = 240
    upright[: SIZE // 2, SIZE // 2 :, 1] = 240
    # What the sensor saw: the inverse of "row 0 is at the top/right/..., column 0 at ...".
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"webp": {"lossless": True}, "jpg": {"quality": 95, "subsampling": 0}}.get(ending, {})
    image = Image.fromarray(np.ascontiguousarray(stored))
    image.save(tmp_path / f"turned.{ending}", exif=exif, **options)
    assert np.abs(read(tmp_path) - upright).max() <= (LOSS if ending == "jpg" else 0)


def test_a_nonsense_orientation_is_ignored(tmp_path, read):
    exif = Image.Exif()
    exif[0x0112] = 77
    RGB.save(tmp_path / "odd.png", exif=exif)
    assert np.array_equal(read(tmp_path), COLOURS)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("moving.png", {}),
        ("moving.webp", {"lossless": True}),
        ("pages.tif", {}),
    ],
)
def test_of_several_frames_or_pages_the_first_is_read(tmp_path, name, options, read):
    later = [Image.fromarray(OTHERS)]
    RGB.save(tmp_path / name, save_all=True, append_images=later, **options)
    assert np.array_equal(read(tmp_path), COLOURS)


def test_of_an_animated_gif_and_of_a_multi_picture_jpeg_the_first_is_read(tmp_path, read):
    first, later = Image.fromarray(SMOOTH), [Image.fromarray(255 - SMOOTH)]
    first.save(tmp_path / "image.gif", save_all=True, append_images=later)
    assert np.abs(read(tmp_path) - SMOOTH).max() <= 20
    (tmp_path / "image.gif").unlink()
    first.save(tmp_path / "phone.jpg", format="MPO", save_all=True, append_images=later, quality=95)
    assert np.abs(read(tmp_path) - SMOOTH).max() <= LOSS
