"""Equality of plain data, and the sentences for wrong types, shapes and numbers."""

from dataclasses import dataclass, make_dataclass
from fractions import Fraction

import numpy as np
import pytest

from gradekit.values import first_gap, same

ARRAY = np.arange(1.0, 7.0).reshape(2, 3)


@dataclass(frozen=True)
class Law:
    """A result of a library, which can be called."""

    exponent: float
    amplitude: float

    def __call__(self, frequency):
        return self.amplitude * frequency**-self.exponent


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (3, 3.0),
        (np.float64(1.5), 1.5),
        (np.array(1.5), 1.5),
        (ARRAY.astype("i8"), ARRAY),
        (ARRAY.astype("f4") * np.float32(1 + 3e-6), ARRAY),
        ([1.0, 2.0], (1.0, 2.0)),
        (np.array([1.0, 2.0]), (1.0, 2.0)),
        (ARRAY, (ARRAY[0], ARRAY[1])),
        ({"fit": np.array([1, 2])}, {"fit": (1.0, 2.0)}),
        ({"a": ARRAY, "b": "x"}, {"b": "x", "a": ARRAY}),
        (np.array([1.0, np.nan, np.inf]), np.array([1.0, np.nan, np.inf])),
        (np.array([1.0, 1e-16]), np.array([1.0, 0.0])),
        (1 + 2j, 1 + 2j),
        (True, True),
        (None, None),
        ("röt", "röt"),
    ],
)
def test_equal_values_pass_whatever_their_exact_type(answer, right):
    assert same(answer, right)


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        (None, ARRAY, "is None: is a `return` missing, or not reached?"),
        (..., 1.0, "is not written yet"),
        (ARRAY.tolist(), ARRAY, "is a list; needed is an array: wrap it in np.asarray(...)."),
        (tuple(ARRAY), ARRAY, "is a tuple; needed is an array: wrap it in np.asarray(...)."),
        ((ARRAY, ARRAY[0]), ARRAY, "is a tuple; needed is an array: return only the one that is a"),
        ((ARRAY,), ARRAY, "needed is an array: a comma at the end of a line makes a tuple, so"),
        ((1.0,), 2.0, "is a tuple; needed is a number: a comma at the end of a line makes a"),
        ([[1.0, 2.0]], ARRAY, "is a list; needed is an array of shape (2, 3)."),
        ([[1.0], "ab"], ARRAY, "is a list; needed is an array of shape (2, 3)."),
        ([1.0, 2.0], 1.5, "is a list; needed is a number."),
        (ARRAY.astype(str), ARRAY, "holds text; needed are numbers."),
        (1.0, ARRAY, "is a number; needed is an array"),
        (ARRAY, 1.0, "is an array; needed is a number"),
        (len, 1.0, "is a function; needed is a number"),
        (lambda: 1, 1.0, "is a function; needed is a number"),
        (True, 1.0, "is True or False; needed is a number"),
        ("1", 1.0, "is text, '1'; needed is a number."),
        ("x" * 99, 1.0, f"is text, '{'x' * 60}…'; needed is a number."),
        (1.0, (1.0, 2.0), "is a number; needed is a tuple of 2."),
        (ARRAY.T, ARRAY, "has shape (3, 2); needed is (2, 3)"),
        (ARRAY + 1e-15j, ARRAY, "its real part is right and its imaginary parts are only rounding"),
        (2 * ARRAY + 1e-15j, ARRAY, "is complex: its imaginary parts are only rounding: return ."),
        (ARRAY.astype("c8") + 1e-6j, ARRAY, "only rounding: return .real."),
        (ARRAY + 0.1j, ARRAY, "must be real: complex numbers are left in it."),
        (1 + 1e-3j, 1.0, "must be real"),
        (Law(1.7, 0.3), (1.7, 0.3), "is a Law object; return plain numbers or arrays (it holds "),
        (Law(1.7, 0.3), (1.7, 0.3), "(it holds .exponent, .amplitude)."),
        (Fraction(1, 2), 0.5, "is a Fraction object; return plain numbers or arrays."),
        (np.array([1.0, 2.0, 3.0]), (1.0, 2.0), "has 3 entries; needed are 2"),
        (np.array(1.0), (1.0, 2.0), "is a number; needed is a tuple"),
        (ARRAY > 2, ARRAY, "holds True and False; needed are numbers"),
        (ARRAY.astype(object), ARRAY, "holds Python objects"),
        (np.where(ARRAY == 2, np.nan, ARRAY), ARRAY, "NaN at 1 of 6 places, first at index (0, 1)"),
        (np.where(ARRAY > 4, np.inf, ARRAY), ARRAY, "infinite values at 2 of 6 places"),
        (float("nan"), 1.0, "is NaN (not a number)"),
        ((1.0,), (1.0, 2.0), "has 1 entries; needed are 2"),
        ({"a": 1}, {"a": 1, "b": 2}, "has the keys ['a']; needed are ['a', 'b']"),
    ],
)
def test_a_wrong_type_shape_or_number_is_told_in_one_sentence(answer, right, words):
    gap = first_gap(answer, right)
    assert gap is not None
    assert words in gap.sentence


def test_names_and_keys_of_an_answer_are_told_in_few_words():
    names = [f"{'x' * 80}{i}" for i in range(100)]
    held = make_dataclass("Held", names, init=False)()
    for answer, right in ((held, 1.0), (dict.fromkeys(names), {"a": 1})):
        gap = first_gap(answer, right)
        assert gap is not None
        assert "x" * 50 in gap.sentence
        assert ", …" in gap.sentence
        assert len(gap.sentence) < 450


def test_the_place_of_a_difference_inside_a_container_is_named():
    gap = first_gap({"fit": (1.0, 2.0)}, {"fit": (1.0, 3.0)})
    assert gap is not None
    assert (gap.path, gap.answer, gap.right) == ("['fit'][1]", 2.0, 3.0)


def test_work_in_single_precision_costs_nothing_whatever_the_type_of_the_answer():
    x = np.random.default_rng(1).standard_normal((64, 96))
    right = np.abs(np.fft.fft2(x)) ** 2
    answer = np.abs(np.fft.fft2(x.astype("f4"))).astype("f8") ** 2
    assert not np.allclose(answer, right, rtol=1e-6, atol=0)
    assert same(answer, right)
    assert not same(answer + 2e-6 * right.max(), right)
    assert not same(1.0 + 2e-6, 1.0)  # one number has no largest one beside it


def test_tolerance_is_relative_to_the_right_value():
    assert same(100.9, 100.0, rtol=0.01)
    assert not same(101.1, 100.0, rtol=0.01)
    assert same(0.05, 0.0, atol=0.1)
    assert not same(np.array([1.0, 1e-6]), np.array([1.0, 0.0]))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16"])
def test_no_type_is_so_narrow_that_wrong_values_pass(dtype):
    right = np.geomspace(1, 1e6, 24).reshape(4, 6)
    kept = right.astype(dtype) if dtype != "f2" else right.clip(max=6e4).astype(dtype)
    for wrong in (np.zeros_like(kept), kept * kept.dtype.type(1.001), kept[::-1].copy()):
        assert not same(wrong.real, right)
    assert not same(np.float16(0), 1.5)
    assert not same(np.float16(1.51), 1.5)
