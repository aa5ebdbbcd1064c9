"""A name that fits by accident is not told, and one that is certain stays."""

import warnings

import numpy as np
import pytest

from gradekit.task import Task, compare

FOUR = np.array([1.0, -1.0, 2.0, 0.0])
NOISE = np.random.default_rng(1).normal(size=50)


def right(x):
    return float(np.mean(x**2))


WRONG = {
    "abs": lambda x: float(np.mean(np.abs(x))),
    "sum": lambda x: float(np.sum(x**2)),
    "median": lambda x: float(np.median(x**2)),
}


def offered(x):
    return ((key, f"You took {key}.", wrong(x)) for key, wrong in WRONG.items())


def told(answer, *inputs, hidden=False, **options):
    """The name in each part, 'plain' where there is none, or 'right'."""
    task = Task("t", points=1)
    for x in inputs:
        with task.part("p", points=1, hidden=hidden):
            compare(answer(x), right(x), mistakes=offered(x), **options)
    return [part.mistake or ("right" if part.passed else "plain") for part in task.parts]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_name_that_only_a_round_number_suggests_is_not_told(hidden):
    def floored(x):
        return float(np.sum(x**2) // len(x))

    assert floored(FOUR) == WRONG["abs"](FOUR)
    assert told(floored, FOUR, hidden=hidden) == ["abs"]  # nothing speaks against it
    assert told(floored, FOUR, NOISE, hidden=hidden) == ["plain", "plain"]
    assert told(floored, NOISE, FOUR, hidden=hidden) == ["plain", "plain"]


def test_a_right_part_speaks_against_an_accident_too():
    def sometimes(x):
        return 1.0 if len(x) == 4 else right(x)

    assert told(sometimes, FOUR, NOISE) == ["plain", "right"]


@pytest.mark.parametrize("key", WRONG)
def test_a_mistake_that_was_made_keeps_its_name_everywhere(key):
    assert told(WRONG[key], FOUR, NOISE, 2 * NOISE) == [key] * 3


def test_a_name_that_many_odd_numbers_show_needs_no_second_part():
    task = Task("t", points=1)
    for x, answer in ((NOISE, np.abs(NOISE)), (FOUR, FOUR)):
        with task.part("p", points=1):
            compare(answer, x**2, mistakes=[("abs", "Square.", np.abs(x))])
    assert [part.mistake for part in task.parts] == ["abs", None]


def test_zeros_and_one_number_among_zeros_are_no_evidence():
    wave, zeros = np.eye(1, 30, 7)[0] / 3, np.zeros(30)
    shown = [("lost", "It is lost.", zeros)]
    for answer in (zeros, 1e-19 * np.arange(30.0)):
        task = Task("t", points=1)
        with task.part("a wave", points=1):
            compare(answer, wave, mistakes=shown, atol=1e-9)
        with task.part("noise", points=1):
            compare(NOISE[:30] ** 3, NOISE[:30], mistakes=[("lost", "It is lost.", NOISE[20:])])
        assert [part.mistake for part in task.parts] == [None, None]
        assert "It is lost" not in str(task.outputs())


def factors(*pairs):
    task = Task("t", points=1)
    for answer, wanted in pairs:
        with task.part("p", points=1):
            compare(answer, wanted)
    return [part.mistake for part in task.parts]


def test_a_factor_must_be_the_same_in_all_parts():
    edge = (np.array([0.0, 1.0]), np.array([0.0, 0.5]))
    assert factors(edge) == ["factor 2"]
    assert factors(edge, (NOISE**2, NOISE)) == [None, None]
    assert factors(edge, (NOISE + 1e-15j, NOISE)) == [None, "complex"]
    assert factors((NOISE / 4, NOISE), (0.49 * NOISE, NOISE)) == [None, None]
    assert factors((NOISE / 4, NOISE), (FOUR / 4, FOUR)) == ["factor 1/4"] * 2
    # One part may have another fault beside it.
    assert factors((NOISE / 4, NOISE), (NOISE**2, NOISE)) == ["factor 1/4", None]


def test_order_in_three_numbers_is_no_evidence_against_what_many_show():
    three = np.array([1.0, 2.0, 4.0])
    assert factors((2 * three + 0.0 * three, np.array([1.0, 2.0, 3.0])))[0] is None
    assert factors((np.array([2.0, 4.0, 8.5]), three)) == ["shift"]
    assert factors((np.array([2.0, 4.0, 8.5]), three), (NOISE**3, NOISE)) == [None, None]
    assert factors((NOISE[::-1], NOISE), (NOISE**3, NOISE)) == ["reversal", None]


def test_mistakes_that_are_looked_at_later_warn_nobody():
    task = Task("t", points=1)

    def noisy():
        warnings.warn("careful", stacklevel=1)
        yield "abs", "Square.", 7.5

    with task.part("p", points=1):
        compare(right(NOISE), right(NOISE), mistakes=noisy())
    with task.part("q", points=1):
        compare(1.0, 1.5, mistakes=offered(FOUR))
    assert [part.mistake for part in task.parts] == [None, "median"]  # which nobody denies
