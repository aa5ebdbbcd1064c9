"""Constant factors: found where they are, and not found where they are not."""

import math

import numpy as np
import pytest

from gradekit.factors import NAMED, constant_ratio, find_factor, named_factors

CURVE = np.array([1.0, -2.0, 0.0, 5.0])


@pytest.mark.parametrize("factor", NAMED, ids=lambda factor: factor.name)
def test_every_named_factor_is_recognised_in_arrays_and_numbers(factor):
    assert find_factor(CURVE * factor.value, CURVE) == factor
    assert find_factor(3.0 * factor.value, 3.0) == factor


def test_the_size_of_the_transform_is_recognised_when_it_is_given():
    for name, value in [("N", 1000), ("1/N", 1e-3), ("√N", 1000**0.5), ("1/√N", 1000**-0.5)]:
        found = find_factor(CURVE * value, CURVE, samples=1000)
        assert found is not None
        assert found.name == name
    assert find_factor(CURVE * 1000, CURVE) is None


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (CURVE + 1, CURVE),
        (CURVE, CURVE),
        (0 * CURVE, CURVE),
        (CURVE, 0 * CURVE),
        (CURVE * 1j, CURVE),
        (np.where(CURVE == 5, np.nan, CURVE), CURVE),
        (CURVE[:2], CURVE),
        ((-1.7, 0.3), (1.7, 0.3)),
        ((CURVE, 2 * CURVE), (CURVE, CURVE)),
        ((2 * CURVE, "x"), (CURVE, "x")),
        (3.0, 0.0),
        ((), ()),
        ("a", "b"),
        (True, False),
    ],
)
def test_no_ratio_is_invented(answer, right):
    assert constant_ratio(answer, right) is None


def test_a_factor_of_a_tuple_fits_all_its_entries():
    found = find_factor((2 * CURVE, 6.0), (CURVE, 3.0))
    assert found is not None
    assert found.name == "2"


def test_a_right_value_within_the_tolerance_of_zero_has_no_ratio():
    assert constant_ratio(2e-16, 1e-16, atol=1e-6) is None
    assert find_factor(CURVE * 2e-9, CURVE * 1e-9, atol=1e-6) is None
    assert find_factor(CURVE * 2e-9, CURVE * 1e-9, atol=1e-12) is not None


def test_one_number_is_near_a_factor_only_exactly():
    # Any two numbers have a ratio, so a loose tolerance must not turn 2.04 into "twice".
    assert find_factor(2.0004, 1.0, rtol=0.05) is None
    assert find_factor(CURVE * 2.0004, CURVE, rtol=0.05) is not None


def test_the_listed_values_are_those_of_their_names():
    values = {factor.name: factor.value for factor in named_factors(None)}
    assert values["127.5²"] == 16256.25
    assert math.isclose(values["ln 10"], 2.302585, rel_tol=1e-6)
    assert math.isclose(values["10/ln 10"], 4.342945, rel_tol=1e-6)
    assert math.isclose(values["ln 10/10"] * values["10/ln 10"], 1.0)
    assert values["0.375"] == np.mean(np.hanning(9)[:-1] ** 2).round(12)
