"""The check of a set: reference, blank release, and the matrix mistake by part."""

import pytest

from gradekit.check import check, matrix_problems
from gradekit.errors import WorkFailedError
from gradekit.probe import Trial


def test_the_toy_set_passes_and_reports_marks_and_matrix(course):
    report = check(course, "toy")
    assert "the source with its reference answers earned 8 of 8 points" in report
    assert "the release with the reference answers earned 8 of 8 points" in report
    assert "the blank release earned 0 of 8 points" in report
    line = "mean_power-test: mistake sum is named in: four numbers, a recorded signal"
    assert f"{line}, your own signal (hidden)" in report


def test_a_wrong_reference_a_gift_and_a_blind_test_are_all_told(course, edit):
    edit('diagnosis = "amplitude"', 'diagnosis = "sum"')
    edit(
        'assert np.all(power_spectrum(signal) >= 0), "A power is never negative."',
        "assert callable(power_spectrum)",
    )
    # On a signal of constant 1 the sum is wrong and the amplitude is not.
    edit("tiny = np.array([1.0, -1.0, 2.0, 0.0])", "tiny = np.ones(4)\nsignal = tiny")
    edit("compare(mean_power(tiny), 1.5,", "compare(mean_power(tiny), 1.0,")
    with pytest.raises(WorkFailedError) as caught:
        check(course, "toy")
    told = str(caught.value)
    assert "diagnosis-test: the source with its reference answers earned 0 of 1" in told
    assert "power_spectrum-test: the blank release earned 2 of 4; it must earn 0" in told
    assert "mean_power-test: mistake 'amplitude' passes all visible parts" in told
    assert "mistake 'sum'" not in told


def trial(mistake, told, *, hidden=False, part="p"):
    return Trial("t", part, hidden, mistake, told)


def test_a_mistake_that_only_a_hidden_part_names_is_a_failure():
    trials = [trial("a", None), trial("a", "a", hidden=True)]
    assert "'a' passes all visible parts" in next(matrix_problems("s", trials))


def test_a_mistake_taken_for_another_is_a_failure():
    trials = [trial("a", "a"), trial("b", "a"), trial("b", "b", part="q")]
    problems = list(matrix_problems("s", trials))
    assert len(problems) == 1
    assert "mistake 'b' is told 'a' in part 'p'" in problems[0]


def test_a_mistake_that_one_part_cannot_see_is_no_failure():
    assert list(matrix_problems("s", [trial("a", None), trial("a", "a", part="q")])) == []
