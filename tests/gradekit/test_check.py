"""The check of a set: reference, blank release, and the matrix mistake by part."""

from dataclasses import replace

import pytest

from gradekit.check import check, matrix_problems, try_mistakes
from gradekit.errors import WorkFailedError
from gradekit.probe import SEEDS, Trial
from gradekit.source import read_source, write_source


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


def trial(mistake, told, *, hidden=False, part="p", seed=None):
    return Trial("t", part, hidden, mistake, told, seed)


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


def test_a_mistake_that_only_some_students_are_told_is_a_failure():
    seen = [trial("a", "a"), trial("a", "a", hidden=True, part="own", seed=1)]
    luck = trial("a", None, hidden=True, part="own", seed=2)
    # One of several comparisons of a part is enough.
    assert list(matrix_problems("s", [*seen, luck, replace(luck, told="a")])) == []
    (problem,) = matrix_problems("s", [*seen, luck])
    assert problem.startswith("s, cell t: mistake 'a' passes part 'own' with SEED = 2 and not al")


@pytest.fixture
def tried(course, edit):
    """The toy set with a hidden part on the student's own data, tried for three students."""

    def probed(data):
        edit("own = np.random.default_rng(7).normal(size=32)", f"own = {data}")
        return try_mistakes(write_source(read_source(course.text("toy")), course.work / "toy"))

    return probed


def test_own_data_are_tried_for_several_students(tried):
    found = tried("np.random.default_rng(SEED).normal(size=32)")
    assert found.lost == ()
    own = [t for t in found.trials if t.test == "mean_power-test" and t.hidden]
    assert {t.seed for t in own} == set(SEEDS)
    assert all(t.told == t.mistake for t in own)
    assert {t.seed for t in found.trials if t.test != "mean_power-test"} == {None}


def test_data_on_which_the_reference_may_fail_are_told(tried):
    found = tried("np.ones(4 if SEED else -1)")
    assert {(lost.part, lost.seed) for lost in found.lost} == {("your own signal", 0)}


def test_data_that_may_hide_a_mistake_are_told(tried):
    found = tried("np.full(4, 2.0) if SEED else np.full(4, 1.0)")
    (problem,) = matrix_problems("toy", found.trials)
    assert "mistake 'amplitude' passes part 'your own signal' with SEED = 0 and" in problem
