"""A folder of one's own images: which files, in which order, how treated, how refused."""

from __future__ import annotations

import os
import tracemalloc
import warnings
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spectralkit.data import images_from_folder
from spectralkit.errors import SpectralKitError


def picture(height: int = 24, width: int = 32, seed: int = 1) -> Image.Image:
    """Random colours, so that every pixel and every channel differs."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three pictures, one in a folder of its own, and what file managers leave behind."""
    (tmp_path / "b").mkdir()
    (tmp_path / ".cache").mkdir()
    for seed, name in enumerate(("c.png", "b/one.png", "a.png", ".cache/thumb.png")):
        picture(seed=seed).save(tmp_path / name)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "b/._one.png"):
        (tmp_path / name).write_bytes(b"not a picture")
    return tmp_path


def test_files_of_all_folders_are_read_in_sorted_order_without_hidden_ones(album):
    images = images_from_folder(album, size=16)
    assert images.names == ("a.png", "b/one.png", "c.png")
    assert len(images) == 3
    assert [name for name, _ in images.items()] == list(images.names)


def test_a_folder_can_be_read_more_than_once(album):
    images = images_from_folder(album, size=16)
    assert np.array_equal(np.stack(list(images)), np.stack(list(images)))


def test_a_large_photograph_is_treated_as_the_shipped_ones_were(tmp_path):
    picture(90, 131).save(tmp_path / "large.png")
    (image,) = images_from_folder(tmp_path, size=24)
    with Image.open(tmp_path / "large.png") as original:
        scaled = np.asarray(original.resize((35, 24), Image.Resampling.BICUBIC))
    assert np.array_equal(image, scaled[:, 5:29, 1] / 127.5 - 1)


def test_a_photograph_of_the_right_height_is_cropped_and_not_resampled(tmp_path):
    picture(24, 32).save(tmp_path / "exact.png")
    (image,) = images_from_folder(tmp_path, size=24, channel="rgb", value_range=(0, 255))
    assert np.array_equal(image, np.asarray(picture(24, 32))[:, 4:28])


@pytest.mark.parametrize("kernel", ["bicubic", "bilinear", "lanczos", "hamming", "box", "nearest"])
def test_the_kernel_is_the_one_of_that_name(tmp_path, kernel):
    picture(60, 60).save(tmp_path / "square.png")
    (image,) = images_from_folder(tmp_path, size=17, resample=kernel, value_range=(0, 255))
    scaled = picture(60, 60).resize((17, 17), Image.Resampling[kernel.upper()])
    assert np.array_equal(image, np.asarray(scaled)[..., 1])


def test_very_long_pictures_keep_their_shorter_side(tmp_path):
    picture(5, 4000).save(tmp_path / "long.png")
    (image,) = images_from_folder(tmp_path, size=4)
    assert image.shape == (4, 4)


def test_files_are_opened_only_when_their_image_is_asked_for(tmp_path):
    picture().save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"broken")
    images = iter(images_from_folder(tmp_path, size=16))
    assert next(images).shape == (16, 16)
    with pytest.raises(SpectralKitError, match=r"b\.png is not an image"):
        next(images)


def test_memory_does_not_grow_with_the_number_of_images(tmp_path):
    picture(64, 64).save(tmp_path / "00.png")
    for number in range(1, 40):
        os.link(tmp_path / "00.png", tmp_path / f"{number:02}.png")
    images = images_from_folder(tmp_path, size=64)
    for _ in images:  # the first pass imports Pillow's plugins
        pass
    tracemalloc.start()
    count = sum(1 for _ in images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40
    assert peak < 10 * 64 * 64 * 8  # ten of forty images; about five are needed at a time


def test_an_unusable_file_stops_the_reading_and_says_what_to_do(album):
    (album / "b" / "notes.txt").write_text("not a picture")
    with pytest.raises(SpectralKitError) as caught:
        list(images_from_folder(album, size=16))
    assert str(caught.value) == (
        f"{album / 'b' / 'notes.txt'} is not an image of the formats JPEG, PNG, WEBP, TIFF, GIF, "
        "BMP: mend, convert or remove it, or pass skip_unreadable=True to leave such files out."
    )


def test_unusable_files_are_left_out_when_asked_and_named_in_one_warning(album):
    (album / "b" / "notes.txt").write_text("not a picture")
    picture(10, 12).save(album / "tiny.png")
    images = images_from_folder(album, size=16, skip_unreadable=True)
    with pytest.warns(UserWarning, match="Left out 2 of 5 files: ") as caught:
        names = [name for name, _ in images.items()]
    assert names == ["a.png", "b/one.png", "c.png"]
    (warning,) = caught
    message = str(warning.message)
    assert "notes.txt is not an image" in message
    assert "tiny.png has 12 by 10 pixels where at least 16 by 16 are needed" in message


def test_nothing_is_warned_about_when_nothing_is_left_out(album):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(images_from_folder(album, size=16, skip_unreadable=True))) == 3


def test_leaving_out_every_file_is_an_error_even_when_asked(tmp_path):
    (tmp_path / "notes.txt").write_text("not a picture")
    with pytest.raises(SpectralKitError, match=r"No file in .* could be used: .*notes\.txt"):
        list(images_from_folder(tmp_path, skip_unreadable=True))


def test_missing_and_empty_folders_and_files_are_told_apart(tmp_path):
    with pytest.raises(SpectralKitError, match=r"There is no folder .*nowhere"):
        images_from_folder(tmp_path / "nowhere")
    with pytest.raises(SpectralKitError, match="has no files"):
        images_from_folder(tmp_path)
    (tmp_path / "file.png").touch()
    with pytest.raises(SpectralKitError, match=r"file\.png is a file: give the path of the folder"):
        images_from_folder(tmp_path / "file.png")
    with pytest.raises(SpectralKitError, match="path must name a folder, but is of type int"):
        images_from_folder(3)


def test_the_home_folder_may_be_written_as_a_tilde(album, monkeypatch):
    monkeypatch.setenv("HOME", str(album))
    monkeypatch.setenv("USERPROFILE", str(album))
    assert len(images_from_folder("~", size=16)) == 3


def test_links_that_lead_in_circles_or_nowhere_do_not_hang_the_reading(tmp_path):
    picture().save(tmp_path / "a.png")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert images_from_folder(tmp_path, size=16).names == ("a.png",)
    (tmp_path / "self.png").symlink_to("self.png")
    (tmp_path / "void.png").symlink_to("gone.png")
    with pytest.warns(UserWarning, match=r"self\.png cannot be read.*void\.png cannot be read"):
        assert len(list(images_from_folder(tmp_path, size=16, skip_unreadable=True))) == 1


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(SpectralKitError, match=r"pipe\.png is not a regular file"):
        list(images_from_folder(tmp_path))


def test_a_file_without_permission_is_named(album, monkeypatch):
    open_path = Path.open

    def guarded(path, *args, **options):
        if path.name == "c.png":
            raise PermissionError(13, "Permission denied", str(path))
        return open_path(path, *args, **options)

    monkeypatch.setattr(Path, "open", guarded)
    images = images_from_folder(album, size=16)
    assert len(list(islice(images, 2))) == 2
    with pytest.raises(SpectralKitError, match=r"c\.png cannot be read \(Permission denied\)"):
        list(images)


def test_a_folder_without_permission_is_named(album, monkeypatch):
    scandir = os.scandir

    def guarded(path):
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(SpectralKitError, match=r"b cannot be listed \(Permission denied\)"):
        images_from_folder(album)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"channel": "alpha"}, "channel='alpha' is not known: choose one of 'red'"),
        ({"resample": "cubic"}, "resample='cubic' is not known: choose one of 'bicubic'"),
        ({"size": 2}, "size must be at least 4 pixels, but is 2"),
        ({"value_range": None}, "value_range must be two numbers"),
    ],
)
def test_bad_options_are_refused_before_anything_is_read(album, options, sentence):
    with pytest.raises(SpectralKitError, match=sentence):
        images_from_folder(album, **options)
