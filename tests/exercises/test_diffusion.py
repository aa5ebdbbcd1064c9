"""What the text of the set on diffusion says is what its tests ask for."""

import re
from pathlib import Path

import numpy as np
import pytest

import spectralkit as sk
from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SOURCE = read_source(COURSE.text("diffusion"))
CELLS = {cell.label: cell.text for cell in SOURCE.cells}

BETA, PIXELS = 0.02, 20_000
# Two printed digits are off by up to 2.5 %, and a variance of so many pixels has a standard error
# of 1 %; the seed is fixed.
PRINTED = 0.06


@pytest.fixture(scope="module")
def names():
    """What the cells of the set make, solutions included, up to the last test."""
    made = {"SEED": 1}
    for cell in SOURCE.cells:
        if cell.code:
            exec(cell.text, made)
    return made


@pytest.fixture(scope="module")
def printed():
    """The numbers of the table of task 14, by row."""
    rows = re.findall(r"^\| ([ABC]) \|(.+)\|$", "\n".join(CELLS.values()), re.MULTILINE)
    return {row: [float(entry) for entry in entries.split("|")] for row, entries in rows}


def variances(key):
    """Variance after 1, 100 and 1000 steps of a wrong chain."""
    if key == "same-noise":
        (mistake,) = [m for m in sk.mistakes.known("forward_chain") if m.key == key]
        rng = np.random.default_rng(1)
        start = rng.normal(size=PIXELS)
        return [mistake.wrong(start, np.full(n, BETA), rng).var() for n in (1, 100, 1000)]
    (mistake,) = [m for m in sk.mistakes.known("forward_step") if m.key == key]
    rng, found = np.random.default_rng(1), {}
    x = rng.normal(size=PIXELS)
    for n in range(1, 1001):
        x = mistake.wrong(x, BETA, rng)
        rng.standard_normal(PIXELS)  # wrong versions draw from a copy
        found[n] = x.var()
    return [found[n] for n in (1, 100, 1000)]


@pytest.mark.parametrize("row", ["A", "B", "C"])
def test_the_table_of_diagnose_shows_what_its_wrong_versions_give(row, printed, names):
    measured = variances(names["diagnosis"][row])
    assert printed[row] == pytest.approx(measured, rel=PRINTED)


def test_a_right_sampler_is_off_by_about_one_per_cent_after_200_steps(names):
    grid = np.linspace(1, 0, 201)
    end = names["sample_field"](names["small_start"], names["small_field"], grid)
    gap = np.linalg.norm(end - names["exact_end"]) / np.linalg.norm(names["exact_end"])
    assert 0.003 < gap < 0.02


def test_the_sampler_of_the_set_is_of_first_order(names):
    order = names["measured_order"](names["numbers_of_steps"], names["field_errors"])
    assert order == pytest.approx(1, abs=0.15)


def test_only_the_scaled_linear_schedule_leaves_the_lowest_ring_uncovered(names):
    end = {name: names["terminal_snr"](names[name]) for name in ("ddpm_betas", "latent_betas")}
    lowest = names["spectrum"].power[0]
    assert end["ddpm_betas"] * lowest < 0.1
    assert end["latent_betas"] * lowest > 1


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((32, 32)),
        np.ones((32, 32)),
        np.full((32, 32), np.nan),
        np.eye(31),
        sk.power_law_noise((32, 32), exponent=2.0, rng=np.random.default_rng(1)),
        sk.white_noise((32, 32), rng=np.random.default_rng(1)),
    ],
    ids=["nothing", "flat", "NaN", "too small", "falling", "white"],
)
def test_what_is_no_counterexample_earns_nothing(image, names):
    made = {**names, "counterexample": image}
    exec(CELLS["counterexample-test"], made)
    assert made["task"].mark() == 0
