"""What the text of the set says is what its tests ask for."""

import re
from pathlib import Path

import numpy as np
import pytest

import spectralkit as sk
from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SOURCE = read_source(COURSE.text("image-spectra"))
CELLS = {cell.label: cell.text for cell in SOURCE.cells}

STUDENTS = 20  # enough to meet every shape
FIELDS = 3000
# Two printed digits are off by up to 2 %, and a mean of so many fields has a standard error of 1 %.
PRINTED = 0.03


def rapsd_of_the_text(image, radius):
    """The definition of task 4 as it is printed, in floating point."""
    height, width = image.shape
    longer = max(height, width)
    rho = radius(np.fft.fftfreq(height)[:, np.newaxis], np.fft.fftfreq(width))
    ring = np.floor(rho * longer + 1 / 2)
    power = sk.power_spectrum(image)
    return np.array([power[ring == r].mean() for r in range(1, int(np.ceil(longer / 2)))])


@pytest.mark.parametrize("radius", [np.hypot, lambda y, x: np.sqrt(y**2 + x**2)])
def test_the_printed_definition_of_rapsd_is_right_on_all_shapes_that_are_tested(radius):
    shapes = set()

    def rapsd(image):
        shapes.add(image.shape)
        return rapsd_of_the_text(image, radius)

    names = {}
    exec(CELLS["setup"], names)
    names["rapsd"] = rapsd
    for seed in range(STUDENTS):
        names["SEED"] = seed
        exec(CELLS["rapsd-test"], names)
        parts = names["task"].parts
        assert any(part.hidden for part in parts)
        assert [part.title for part in parts if not part.passed] == []
    assert len(shapes) == 4 + 9  # so many stand in the visible parts and in the hidden one
    # A radius halfway between two rings must not cost points, so no shape may have one.
    for shape in sorted(shapes):
        noise = sk.white_noise(shape, rng=np.random.default_rng(4))
        assert sk.rapsd(noise).power == pytest.approx(rapsd_of_the_text(noise, radius)), shape


@pytest.fixture(scope="module")
def printed():
    """The numbers of the table of task 9, by row; words count as missing."""
    rows = re.findall(r"^\| ([ABC]) \|(.+)\|$", "\n".join(CELLS.values()), re.MULTILINE)
    return {
        row: [float(entry) if re.match(r" *\d", entry) else None for entry in entries.split("|")]
        for row, entries in rows
    }


@pytest.mark.parametrize("row", ["A", "B", "C"])
def test_the_table_of_diagnose_shows_what_its_wrong_versions_read_on_average(row, printed):
    names = {}
    # The answer stands between two markers, which are comments.
    exec(CELLS["diagnosis"], names)
    (mistake,) = [m for m in sk.mistakes.known("rapsd") if m.key == names["diagnosis"][row]]
    fields = sk.white_noise((FIELDS, 64, 64), std=2, rng=np.random.default_rng(9))
    mean = np.mean([mistake.wrong(field) for field in fields], axis=0)
    expected = [*mean[:4], mean[15:].mean()]
    assert len(printed[row]) == len(expected)
    assert None not in printed[row][:4]
    for shown, right in zip(printed[row], expected, strict=True):
        assert shown is None or shown == pytest.approx(right, rel=PRINTED)
