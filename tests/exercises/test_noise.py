"""What the text of the set *noise* says is what its tests ask for."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import digamma

import spectralkit as sk
from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SOURCE = read_source(COURSE.text("noise"))
CELLS = {cell.label: cell.text for cell in SOURCE.cells}
STUDENTS = range(20)


# The tasks as they are printed, by somebody who does not know the library.


def log_bias(degrees):
    return digamma(degrees) - np.log(degrees)


def noise_floor(power, counts):
    start = int(np.floor(2 * len(power) / 3))
    logs = [
        np.log(p) - (digamma(n / 2) - np.log(n / 2))
        for p, n in zip(power[start:], counts[start:], strict=True)
    ]
    return np.exp(np.mean(logs))


def power_law_noise(shape, exponent, rng):
    white = np.fft.fftn(rng.standard_normal(shape))
    axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
    radius = abs(axes[0]) if len(shape) == 1 else np.sqrt(axes[0] ** 2 + axes[1] ** 2)
    with np.errstate(divide="ignore"):
        gain = radius ** (-exponent / 2)
    gain[(0,) * len(shape)] = 0
    gain = gain / np.sqrt(np.mean(gain**2))
    return np.fft.ifftn(gain * white).real


def hinge(amplitude, exponent, sigma, frequency):
    return amplitude * frequency**-exponent + sigma**2


def crossing_frequency(amplitude, exponent, sigma, threshold=1.0):
    return (amplitude / (threshold * sigma**2)) ** (1 / exponent)


def equivalent_low_pass(image, amplitude, exponent, sigma):
    height, width = image.shape
    gain = np.ones(image.shape)
    for ky in range(height):
        for kx in range(width):
            f = np.hypot(np.fft.fftfreq(height)[ky], np.fft.fftfreq(width)[kx])
            if f > 0:
                power = amplitude * f**-exponent
                gain[ky, kx] = power / (power + sigma**2)
    return np.real(np.fft.ifft2(np.fft.fft2(image) * gain))


PRINTED = {
    function.__name__: function
    for function in (log_bias, noise_floor, power_law_noise, hinge, crossing_frequency,
                     equivalent_low_pass)
}  # fmt: skip


@pytest.fixture(scope="module")
def setup_names():
    names = {}
    exec(CELLS["setup"], names)
    return names


@pytest.mark.parametrize("task", PRINTED)
def test_what_is_printed_earns_everything_whoever_the_student_is(task, setup_names):
    # Nothing is drawn that the answer does not share, so no check can fail by chance.
    for seed in STUDENTS if task != "equivalent_low_pass" else STUDENTS[:4]:
        names = setup_names | {task: PRINTED[task], "SEED": seed}
        exec(CELLS[f"{task}-test"], names)
        parts = names["task"].parts
        assert any(part.hidden for part in parts)
        assert [part.title for part in parts if not part.passed] == []


@pytest.fixture(scope="module")
def printed():
    """The rows of the table of task 8, without the percent sign."""
    rows = re.findall(r"^\| ([ABC]) \|(.+)\|$", "\n".join(CELLS.values()), re.MULTILINE)
    return {
        row: [float(entry.replace("%", "").replace("−", "-")) for entry in entries.split("|")]
        for row, entries in rows
    }


@pytest.mark.parametrize("row", ["A", "B", "C"])
def test_the_table_of_diagnose_shows_what_its_wrong_versions_read(row, printed):
    # Means of 40 images, far more precise than what is printed. The extremes of one image differ
    # by about 0.07, so they are printed with one digit and compared loosely.
    names = {}
    exec(CELLS["diagnosis"], names)
    (mistake,) = [
        m for m in sk.mistakes.known("add_noise") if m.key == names["diagnosis"][row]
    ]
    seen = []
    for seed in range(40):
        noisy = mistake.wrong(np.zeros((256, 256)), 0.5, np.random.default_rng(seed))
        at_ends = 100 * np.mean(np.isclose(np.abs(noisy), 1, rtol=0, atol=1e-12))
        floor = sk.noise_floor(sk.rapsd(noisy))
        seen.append([floor, noisy.mean(), noisy.min(), noisy.max(), at_ends])
    floor, mean, least, largest, at_ends = np.mean(seen, axis=0)
    assert printed[row] == [
        pytest.approx(floor, rel=0.025),
        pytest.approx(mean, abs=0.005),
        pytest.approx(least, abs=0.1),
        pytest.approx(largest, abs=0.1),
        pytest.approx(at_ends, abs=0.1),
    ]


def checked(image, setup_names):
    """Titles of the failed parts of task 9."""
    names = setup_names | {"counterexample": image}
    exec(CELLS["counterexample-test"], names)
    return [part.title for part in names["task"].parts if not part.passed]


def test_flat_and_rising_images_break_the_claim(setup_names):
    y, x = np.mgrid[:64, :64]
    rng = np.random.default_rng(1)
    blue = sk.power_law_noise((64, 64), exponent=-1.0, rng=rng)
    for image in (
        np.clip(sk.white_noise((64, 64), std=0.3, rng=rng), -1, 1),
        rng.uniform(-1, 1, (64, 64)),
        blue / np.abs(blue).max(),
        0.5 * np.cos(2 * np.pi * 28 * x / 64),
        rng.choice([-1, 1], (64, 64)).tolist(),
    ):
        assert checked(image, setup_names) == []


def test_an_image_as_white_as_noise_fails_less_than_once_in_a_hundred_million(setup_names):
    # The ratio of two means of exponentials has an F distribution.
    counts = sk.rapsd(np.zeros((64, 64))).counts
    coarse, fine = counts[:8].sum(), counts[23:].sum()  # twice the independent ones
    assert stats.f.sf(1.75, coarse, fine) < 1e-8
    assert f"K = {coarse / 2:.0f} over gamma with K = {fine / 2:.0f}" in CELLS["counterexample-test"]


def test_photographs_and_empty_images_do_not(setup_names):
    second = "coarse rings have no more power than fine ones"
    for photo in setup_names["photos"].images:
        assert second in checked(photo[::4, ::4], setup_names)
    for image in (np.zeros((64, 64)), np.ones((64, 64)), np.zeros((64, 32)), "noise", None):
        assert second in checked(image, setup_names)
