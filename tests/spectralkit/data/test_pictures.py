"""The shipped photographs and textures: their pixels, their sources, their licences."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import spectralkit.data
from spectralkit.data import photographs, textures
from spectralkit.errors import SpectralKitError

PACKAGE = Path(spectralkit.data.__file__).parent
RECORDS = json.loads((PACKAGE / "files" / "pictures.json").read_text(encoding="utf-8"))
ALL_RECORDS = [record for kind in RECORDS.values() for record in kind]
FREE = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 2.0": "https://creativecommons.org/licenses/by/2.0/",
    "public domain": "https://creativecommons.org/publicdomain/mark/1.0/",
}


def raw(file: str) -> np.ndarray:
    """The RGB or grey bytes of a shipped file."""
    with Image.open(PACKAGE / "files" / file) as image:
        return np.asarray(image)


def test_every_shipped_picture_has_a_record_and_every_record_a_picture():
    shipped = {path.relative_to(PACKAGE / "files").as_posix() for path in PACKAGE.rglob("*.png")}
    assert shipped == {record["file"] for record in ALL_RECORDS}
    assert (len(RECORDS["photographs"]), len(RECORDS["textures"])) == (10, 3)


@pytest.mark.parametrize("record", ALL_RECORDS, ids=lambda record: record["file"])
def test_shipped_files_are_the_ones_that_were_measured(record):
    content = (PACKAGE / "files" / record["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == record["sha256"]
    assert re.fullmatch("[0-9a-f]{64}", record["original_sha256"])


@pytest.mark.parametrize("record", ALL_RECORDS, ids=lambda record: record["file"])
def test_every_picture_has_an_author_and_a_licence_that_lets_us_ship_it(record):
    assert record["author"]
    assert FREE[record["licence"]] == record["licence_url"]


def test_the_table_for_people_says_what_the_table_for_machines_says():
    table = (PACKAGE / "SOURCES.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if re.match(r"\| files/\S+\.png ", line)]
    assert rows == [
        f"| files/{record['file']} | {record['title']} | {record['author']} "
        f"| [{record['licence']}]({record['licence_url']}) | {record['source']} |"
        for record in ALL_RECORDS
    ]


def test_photographs_are_the_green_centres_with_black_at_minus_one_and_white_at_one():
    photos = photographs()
    assert photos.images.shape == (10, 256, 256)
    assert photos.images.dtype == np.float64
    assert np.array_equal(photos["astronaut"], raw("photographs/astronaut.png")[..., 1] / 127.5 - 1)
    # these are 384 and 385 pixels wide and 300 high; an odd pixel is cut off at the right
    assert np.array_equal(photos["china"], raw("photographs/china.png")[:, 64:320, 1] / 127.5 - 1)
    assert np.array_equal(
        photos["chelsea"], raw("photographs/chelsea.png")[:, 64:320, 1] / 127.5 - 1
    )
    assert np.array_equal(
        photos["grace-hopper"], raw("photographs/grace-hopper.png")[22:278, :, 1] / 127.5 - 1
    )


def test_channels_are_the_colours_of_the_file():
    rgb = raw("photographs/coffee.png")[:, 64:320].astype(float)

    def coffee(channel):
        return photographs(channel=channel, value_range=(0, 255))["coffee"]

    for index, channel in enumerate(("red", "green", "blue")):
        assert np.array_equal(coffee(channel), rgb[..., index])
    assert np.array_equal(coffee("rgb"), rgb)
    luma = 0.299 * rgb[..., 0] + 0.587 * rgb[..., 1] + 0.114 * rgb[..., 2]
    np.testing.assert_allclose(coffee("luma"), luma, rtol=1e-14)


def test_the_value_range_maps_black_and_white_to_its_ends():
    byte = raw("textures/grass.png")
    assert np.array_equal(textures(value_range=(0, 1))["grass"], byte / 255)
    np.testing.assert_allclose(
        textures(value_range=(-3, 2))["grass"], -3 + 5 * (byte / 255), rtol=1e-13, atol=1e-13
    )


def test_textures_are_grey_at_their_native_size():
    assert textures().images.shape == (3, 512, 512)
    assert np.array_equal(textures()["brick"], raw("textures/brick.png") / 127.5 - 1)
    rgb = textures(channel="rgb").images
    assert rgb.shape == (3, 512, 512, 3)
    for index, channel in enumerate(("red", "green", "blue")):
        assert np.array_equal(rgb[..., index], textures(channel=channel).images)
    assert np.array_equal(textures(channel="luma").images, textures().images)


def test_a_smaller_size_is_cut_from_the_centre_and_not_scaled():
    assert np.array_equal(photographs(size=64).images, photographs().images[:, 96:160, 96:160])
    assert np.array_equal(textures(size=7).images, textures().images[:, 252:259, 252:259])


def test_a_set_is_a_sequence_of_images_with_names():
    photos = photographs(size=8)
    assert len(photos) == 10
    assert photos.names[0] == "ascent"
    assert list(photos.names) == sorted(photos.names)
    assert np.array_equal(np.stack(list(photos)), photos.images)
    assert dict(zip(photos.names, photos.authors, strict=True))["flower"] == "vultilion"
    assert photos.licences.count("CC BY 2.0") == 2
    with pytest.raises(FrozenInstanceError):
        photos.images = photos.images[:1]


def test_a_loaded_array_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        photographs()["camera"][0, 0] = 7


def test_the_attribution_names_title_author_licence_source_and_changes():
    line = photographs(size=4).attribution("china")
    for part in (
        "Chinese temple",
        "danielbuechele",
        "CC BY 2.0",
        "https://creativecommons.org/licenses/by/2.0/",
        "https://www.flickr.com/photos/danielbuechele/6061409035/",
        "scaled to 256 pixels",
    ):
        assert part in line
    assert len(photographs(size=4).attribution().splitlines()) == 10
    assert len(photographs(size=4).attribution("china", "rocket").splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 257}, "size=257 is more than the 256 pixels that the photographs have"),
        ({"size": 3}, "size must be at least 4 pixels, but is 3"),
        ({"size": 64.5}, "size must be a whole number of pixels, not 64.5"),
        ({"size": "64"}, "size must be a whole number of pixels, not '64'"),
        ({"channel": "grey"}, "channel='grey' is not known: choose one of 'red', 'green'"),
        ({"value_range": (1, -1)}, r"value_range must be two numbers.*\(1, -1\)"),
        ({"value_range": (0, 0)}, "value_range must be two numbers"),
        ({"value_range": (0, float("inf"))}, "value_range must be two numbers"),
        ({"value_range": (0, float("nan"))}, "value_range must be two numbers"),
        ({"value_range": (0, 1, 2)}, "value_range must be two numbers"),
        ({"value_range": 1}, "value_range must be two numbers"),
        ({"value_range": "ab"}, "value_range must be two numbers"),
    ],
)
def test_bad_options_are_refused_in_one_sentence(options, sentence):
    with pytest.raises(SpectralKitError, match=sentence):
        photographs(**options)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(SpectralKitError, match=r"name='cat' is not known.*'chelsea'"):
        photographs(size=4)["cat"]
    with pytest.raises(SpectralKitError, match=r"name='cat' is not known.*'chelsea'"):
        photographs(size=4).attribution("cat")


def test_importing_the_package_does_not_import_what_only_its_functions_need():
    code = (
        "import sys, spectralkit.data; "
        "print({'PIL', 'pooch', 'tqdm', 'scipy', 'requests'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
