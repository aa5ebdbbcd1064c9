"""Named mistakes, factors and order: the learner gets the most helpful sentence."""

from fractions import Fraction

import numpy as np
import pytest

from gradekit.compare import DifferenceError, compare, diagnose, in_form

RIGHT = np.array([[1.0, 4.0, 9.0], [2.0, 3.0, 5.0]])
CURVE = np.array([9.0, 4.0, 2.0, 1.5, 1.0])
MISTAKES = [
    ("pixels", "Scale the pixels to -1…1.", RIGHT * 127.5**2),
    ("root", "Square it.", np.sqrt(RIGHT)),
    ("longer", "Leave out the first ring.", np.arange(7.0)),
]


def told(answer, right=RIGHT, **options):
    finding = diagnose(answer, right, **options)
    assert finding is not None
    return finding


def test_a_right_answer_raises_nothing_and_reads_no_mistake():
    def never():
        raise AssertionError("mistakes are read for wrong answers only")
        yield

    compare(RIGHT, RIGHT, mistakes=never())


def test_an_exact_named_mistake_goes_before_the_factor_that_fits_as_well():
    finding = told(RIGHT * 127.5**2, mistakes=MISTAKES)
    assert (finding.mistake, finding.sentence) == ("pixels", "Scale the pixels to -1…1.")
    assert "16256.2 times the right one" in " ".join(finding.detail)


def test_the_factor_is_named_where_no_mistake_is():
    assert told(RIGHT * 127.5**2).mistake == "factor 127.5²"
    assert told(RIGHT * 6, samples=6).mistake == "factor N"


def test_a_mistake_of_another_shape_is_named():
    finding = told(np.arange(7.0), mistakes=MISTAKES)
    assert finding.mistake == "longer"
    assert "has shape (7,); needed is (2, 3)" in " ".join(finding.detail)


def test_a_mistake_times_a_factor_is_named_with_both():
    finding = told(2 * np.sqrt(RIGHT), mistakes=MISTAKES)
    assert finding.mistake == "root"
    assert "Square it. In addition" in finding.sentence
    assert "factor 2" in finding.sentence


@pytest.mark.parametrize(
    ("answer", "right", "value"),
    [
        (3.0, 5.0, 1.5),
        ((3.0, 4.0), (5.0, 7.0), (1.5, 2.0)),
        (np.array([2.0, 2.0, 6.0]), np.array([1.0, 5.0, 8.0]), np.array([1.0, 1.0, 3.0])),
        (RIGHT * 1.00001, RIGHT, RIGHT * 1.00001 / 2),
        (RIGHT + 1e-15j, RIGHT, RIGHT / 2),
    ],
    ids=["number", "pair", "two different entries", "nearly right", "only complex"],
)
def test_few_or_nearly_right_numbers_are_no_mistake_times_a_factor(answer, right, value):
    finding = told(answer, right, mistakes=[("m", "Mend it.", value)])
    assert "Mend it." not in str(finding)


def test_a_complex_answer_is_told_so_and_no_magnitude_is_advised():
    rounding, left = told(RIGHT + 1e-15j), told(RIGHT + 1j * RIGHT)
    assert rounding.mistake == left.mistake == "complex"
    assert "its real part is right" in rounding.sentence
    assert "return .real" in rounding.sentence
    assert "must be real: complex numbers are left in it" in left.sentence
    assert "magnitude" not in str(rounding) + str(left)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ((0.3, 1.7), (1.7, 0.3)),
        (np.array([0.3, 1.7]), (1.7, 0.3)),
        ((CURVE, CURVE**2), (CURVE**2, CURVE)),
    ],
)
def test_a_swapped_pair_is_recognised(answer, right):
    finding = told(answer, right)
    assert finding.mistake == "swapped pair"
    assert "in the other order" in finding.sentence


def test_a_factor_in_one_entry_of_a_pair_is_no_factor_of_the_answer():
    finding = told((-1.7, 0.3), (1.7, 0.3))
    assert finding.mistake is None
    assert str(finding) == "Expected 1.7 at [0], got -1.7."
    assert told((2 * CURVE, 2 * CURVE**2), (CURVE, CURVE**2)).mistake == "factor 2"


@pytest.mark.parametrize(("right", "atol"), [(0.0, 0.0), (1e-16, 1e-6)])
def test_nothing_is_a_multiple_of_zero(right, atol):
    finding = told(2.0, right, atol=atol)
    assert finding.mistake is None
    assert "times" not in str(finding)


def test_wrong_order_inside_a_pair_names_the_entry():
    finding = told((CURVE, CURVE[::-1]), (CURVE, CURVE))
    assert finding.sentence == "Your answer[1] is in reverse order."


def test_no_answer_where_a_pair_of_unequal_arrays_is_needed():
    assert (
        told(None, (CURVE, CURVE[1:])).sentence
        == "Your answer is None: is a `return` missing, or not reached?"
    )


def test_a_constant_difference_is_told_with_its_sign():
    assert "by the constant +1.2345 everywhere" in str(told(CURVE + 1.2345, CURVE))
    assert "by the constant -0.5 everywhere" in str(told(RIGHT - 0.5))
    assert "constant" not in str(told(CURVE + np.arange(5), CURVE))
    assert "in the median" in str(told(CURVE + np.arange(5), CURVE))


def test_numbers_have_the_digits_that_show_how_they_differ_and_no_more():
    assert "Expected -1.15129255, got -1.15129498." in str(told(-1.15129498, -1.15129255))
    right = CURVE / 7
    near = right + np.array([0, 0, 3e-6, 0, 0])
    assert "expected 0.285714, got 0.285717" in str(told(near, right))
    block = told(right * (1 + 1e-5), right, example="f()").block
    assert len({line.split(":")[1].strip() for line in block.splitlines()[1:]}) == 2
    assert told(Fraction(1, 3), (1 / 3, 2.0), example="f()").block.splitlines()[1:] == [
        "expected:  (0.333333, 2)",
        "got:       a Fraction object",
    ]
    assert told((1 / 3,), (1 / 3, 2 / 3), example="f()").block.splitlines()[1:] == [
        "expected:  (0.333333, 0.666667)",
        "got:       (0.333333)",
    ]


def test_of_two_mistakes_within_a_loose_tolerance_the_exact_one_is_named():
    near = [("first", "A.", 2.0), ("second", "B.", 2.01)]
    assert told(2.01, 1.0, mistakes=near, rtol=0.05).mistake == "second"
    assert told(2.03, 1.0, mistakes=near, rtol=0.05).mistake == "first"


@pytest.mark.parametrize(
    ("answer", "right", "mistake", "words"),
    [
        (RIGHT.T, RIGHT, "transpose", "exchanged"),
        (CURVE[::-1], CURVE, "reversal", "reverse order"),
        (RIGHT[:, ::-1], RIGHT, "reversal", "along axis 1"),
        (np.roll(CURVE, 1), CURVE, "shift", "by one to higher index: check where"),
        (np.roll(CURVE, -1), CURVE, "shift", "by one to lower index: check where"),
        (np.roll(RIGHT, 1, 1), RIGHT, "shift", "by one to higher index along axis 1: check"),
        (np.r_[7.0, CURVE], CURVE, "shift", "one value too many at the start"),
        (np.r_[CURVE, 7.0], CURVE, "shift", "one value too many at the end"),
        (CURVE[1:], CURVE, "shift", "lacks the first value"),
        (CURVE[:-1], CURVE, "shift", "lacks the last value"),
    ],
)
def test_wrong_order_is_recognised(answer, right, mistake, words):
    finding = told(answer, right)
    assert finding.mistake == mistake
    assert words in finding.sentence


def test_an_unknown_difference_says_expected_got_and_factor():
    finding = told(np.array([1.0, 2.0, 33.0]), np.array([1.0, 2.0, 3.0]))
    assert finding.mistake is None
    text = str(finding)
    assert "1 of 3 values differ, most at index 2: expected 3, got 33" in text
    assert "shape (3,) are right" in text
    assert "Expected 1.5, got 1 (0.666667 times the right value)." in str(told(1.0, 1.5))
    assert "Expected 'x' at ['a'], got 'y'." in str(told({"a": "y"}, {"a": "x"}))


def test_a_tiny_example_can_be_run_again():
    block = told(RIGHT + 1, example="f(np.eye(2, 3))").block
    assert block.startswith("run again: f(np.eye(2, 3))\nexpected:  [[1. 4. 9.]\n")
    assert "got:       [[ 2.  5. 10.]" in block


def test_a_sentence_holds_no_value_of_the_test():
    # Hidden parts show the sentence.
    answers = [RIGHT.T, RIGHT * 2, np.sqrt(RIGHT) * 2, RIGHT[:, ::-1]]
    sentences = [told(answer, mistakes=MISTAKES).sentence for answer in answers]
    assert all(sentences)
    assert not any(value in s for s in sentences for value in ("9.", " 4", " 5"))


def test_the_error_is_an_assertion_with_the_whole_message():
    with pytest.raises(AssertionError, match=r"(?s)Square it\..*expected") as caught:
        compare(np.sqrt(RIGHT), RIGHT, mistakes=MISTAKES)
    assert isinstance(caught.value, DifferenceError)
    assert caught.value.finding.mistake == "root"


FORM = {"A": "", "B": ""}


@pytest.mark.parametrize(
    ("answer", "example"),
    [
        (np.float32(2), 1.0),
        (np.array(2), 1.0),
        (RIGHT.T + 1, RIGHT.T),
        ({"A": "x", "B": "y"}, FORM),
        (["camera", 3], ("camera", 2)),
    ],
)
def test_a_value_of_the_right_form_is_passed_on(answer, example):
    assert in_form(answer, example) is answer


def test_lists_and_truth_values_become_arrays_of_numbers():
    for answer in (RIGHT.tolist(), (RIGHT > 3), (RIGHT > 3).tolist()):
        array = in_form(answer, RIGHT)
        assert array.dtype.kind in "if"
        np.testing.assert_array_equal(array, answer)


@pytest.mark.parametrize(
    ("answer", "example", "sentence"),
    [
        ("9", 1.0, "`factor` is text, '9'; needed is a number."),
        (None, 1.0, "`factor` is None: is a `return` missing, or not reached?"),
        (
            (9,),
            1.0,
            "`factor` is a tuple; needed is a number: a comma at the end of a line makes a",
        ),
        (RIGHT.T, RIGHT, "`factor` has shape (3, 2); needed is (2, 3)."),
        ([[1], [1, 2]], RIGHT, "`factor` is a list; needed is an array of shape (2, 3)."),
        (np.full((2, 3), np.nan), RIGHT, "`factor` holds NaN at 6 of 6 places, first at index (0"),
        ({"a": "x", "b": "y"}, FORM, "`factor` has the keys ['a', 'b']; needed are ['A', 'B']."),
        ({"A": [], "B": "y"}, FORM, "`factor`['A'] is a list; needed is text."),
        ("camera", ("camera", 2), "`factor` is text, 'camera'; needed is a tuple of 2."),
        (("camera", "2"), ("camera", 2), "`factor`[1] is text, '2'; needed is a number."),
    ],
)
def test_a_value_of_another_form_is_told_in_one_sentence(answer, example, sentence):
    with pytest.raises(DifferenceError) as caught:
        in_form(answer, example, "factor")
    assert str(caught.value).startswith(sentence)
    assert caught.value.finding.mistake is None
