"""What must hold for all named mistakes: imported by each file that tests some of them.

Such a file has a table `RIGHT`, the right answer of each function in the form of its task, and a
fixture `course_inputs`, the arguments and options with which the course calls each; the tests here
run once for each name in `RIGHT` (see `conftest.py`).
"""

import itertools

import numpy as np
import pytest

import spectralkit as sk


def wrong_values(name, *args, **options):
    return {key: value for key, _, value in sk.mistakes.of(name, *args, **options)}


def parts_of(value):
    """The arrays or numbers of an answer, which may be a pair."""
    return value if isinstance(value, tuple) else (value,)


def form(value):
    """Types and shapes."""
    return type(value), [(type(part), np.shape(part)) for part in parts_of(value)]


def differ(one, other):
    """Whether some part differs by more than a thousandth of the largest value."""
    return any(
        np.abs(np.subtract(a, b)).max() > 1e-3 * max(np.abs(a).max(), np.abs(b).max())
        for a, b in zip(parts_of(one), parts_of(other), strict=True)
    )


@pytest.fixture
def right(request, mistaken):
    """The right answer of the function whose mistakes are looked at."""
    return request.module.RIGHT[mistaken]


def test_a_wrong_answer_has_the_form_of_the_right_one_and_is_finite(mistaken, right, course_inputs):
    for args, options in course_inputs[mistaken]:
        expected = form(right(*args, **options))
        for key, value in wrong_values(mistaken, *args, **options).items():
            assert form(value) == expected, key
            assert all(np.isfinite(part).all() for part in parts_of(value)), key


def test_every_mistake_is_wrong_and_unlike_every_other(mistaken, right, course_inputs):
    answers = [
        {"right": right(*args, **options), **wrong_values(mistaken, *args, **options)}
        for args, options in course_inputs[mistaken]
    ]
    for one, other in itertools.combinations(answers[0], 2):
        assert any(differ(answer[one], answer[other]) for answer in answers), (one, other)


def test_keys_are_unique_and_sentences_are_finished(mistaken):
    keys = [mistake.key for mistake in sk.mistakes.known(mistaken)]
    assert len(set(keys)) == len(keys) >= 2
    for mistake in sk.mistakes.known(mistaken):
        assert mistake.key == mistake.key.lower().replace(" ", "-")
        assert mistake.sentence.endswith(".")
        assert 30 < len(mistake.sentence) < 240
