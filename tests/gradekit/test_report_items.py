"""Difficulty, discrimination and the rules for faulty tasks, against closed forms and chance."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from gradekit.report import contents
from gradekit.report.figures import MOST_BINS, bar, bin_width, binned, histogram
from gradekit.report.items import (
    Discrimination,
    difficulty,
    discrimination,
    fewest_tries,
    fisher_interval,
    is_inverted,
)
from gradekit.report.results import Answer, Part, Results, Submission, Task
from gradekit.report.summary import summarise


@pytest.fixture
def random():
    return np.random.default_rng(3)


# ---- Closed forms ----


def test_difficulty_is_the_mean_share_of_the_points():
    assert difficulty([4.0, 2.0, 0.0], 4.0) == 0.5
    assert difficulty([], 4.0) is None


def test_discrimination_of_points_that_rise_together_is_one_and_of_opposite_ones_minus_one(random):
    item = list(range(12))
    same = discrimination(item, [3 * x + 1 for x in item], random)
    assert (same.value, same.low, same.high) == pytest.approx((1.0, 1.0, 1.0))
    assert same.p == 1.0
    opposite = discrimination(item, [-x for x in item], random)
    assert opposite.value == pytest.approx(-1.0)
    assert opposite.p == pytest.approx(1e-4)


def test_discrimination_of_a_balanced_design_is_zero(random):
    found = discrimination([0, 0, 1, 1] * 3, [0, 1, 0, 1] * 3, random)
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.low == pytest.approx(-found.high)


def test_discrimination_of_yes_and_no_is_the_point_biserial_correlation(random):
    item, rest = random.integers(0, 2, 40), random.normal(size=40)
    expected = stats.pointbiserialr(item, rest).statistic
    assert discrimination(item, rest, random).value == pytest.approx(expected)


def test_the_interval_is_fishers(random):
    x, y = random.normal(size=(2, 30))
    interval = stats.pearsonr(x, y).confidence_interval(0.95)
    found = discrimination(x, y, random)
    assert (found.low, found.high) == pytest.approx(tuple(interval), abs=1e-6)
    half = math.tanh(1.959964 / 5)
    assert fisher_interval(0.0, 28) == pytest.approx((-half, half))


def test_p_is_that_of_all_permutations(random):
    # Three of ten pass, those with the lowest rests: one of 120 choices is as low as this.
    item, rest = [1, 1, 1] + [0] * 7, list(range(10))
    # Its standard error is 9e-4; five of them fail once in two million seeds.
    assert discrimination(item, rest, random).p == pytest.approx(1 / 120, abs=4.6e-3)


@pytest.mark.parametrize(
    ("item", "rest", "words"),
    [
        ([0, 1] * 4 + [1], range(9), "too few to tell: 9 of 10 students"),
        ([], [], "too few to tell: 0 of 10 students"),
        ([2.0] * 12, range(12), "all have the same points"),
        (range(12), [0.0] * 12, "all have the same points in the other tests"),
        ([0.1 + 0.2, 0.3] * 6, range(12), "all have the same points"),
    ],
)
def test_where_nothing_can_be_told_there_is_a_reason_and_no_number(item, rest, words, random):
    found = discrimination(list(item), list(rest), random)
    assert words in found.why
    assert found == Discrimination(why=found.why)


def test_few_tries_say_nothing():
    assert [fewest_tries(parts) for parts in (0, 1, 8, 9, 25)] == [5, 5, 8, 8, 9]
    for parts in range(1, 60):
        assert parts * 0.5 ** fewest_tries(parts) <= 0.05 < parts * 0.5 ** (fewest_tries(parts) - 1)


# ---- The false alarms of both rules, and what they find ----


def class_of(points):
    """A class with these points (students by tasks), of one point each."""
    students, number = points.shape
    names = [f"t{i}" for i in range(number)]
    made = []
    for s in range(students):
        answers = {
            name: Answer(float(points[s, i]), parts=(Part("p", 1.0, bool(points[s, i] == 1)),))
            for i, name in enumerate(names)
        }
        made.append(Submission(f"s{s}", True, float(points[s].sum()), 0.0, answers))
    return Results("toy", tuple(Task(name, 1.0) for name in names), tuple(made))


def alarms_of(classes, points_of, seed):
    random = np.random.default_rng(seed)
    summaries = [summarise(class_of(points_of(random)), random) for _ in range(classes)]
    unpassed = sum(bool(one.unpassed) for one in summaries)
    return unpassed / classes, sum(bool(one.inverted) for one in summaries) / classes


def most(classes, rate=0.05):
    """Largest share seen with a chance of 1e-6 if the rate is the promised one."""
    return stats.binom.ppf(1 - 1e-6, classes, rate) / classes


def test_nobody_passes_is_a_false_alarm_in_at_most_5_of_100_classes():
    # Seven parts that half of a class passes, and as many students as the rule asks for.
    students = fewest_tries(7)
    random = np.random.default_rng(5)
    passed = random.integers(0, 2, (20_000, students, 7)).any(axis=1)
    rate = 1 - passed.all(axis=1).mean()
    assert rate == pytest.approx(1 - (1 - 0.5**students) ** 7, abs=0.008)
    assert rate < 0.05
    few = alarms_of(200, lambda random: random.integers(0, 2, (students, 7)), 6)[0]
    assert few <= most(200)


def test_the_best_fail_is_a_false_alarm_in_at_most_5_of_100_classes():
    unrelated = alarms_of(300, lambda random: random.integers(0, 2, (16, 4)), 7)[1]
    assert unrelated <= most(300)


def test_sound_tasks_cause_hardly_any_alarm():
    def sound(random):
        skill = random.normal(size=(25, 1))
        return (random.normal(size=(25, 5)) < skill).astype(int)

    assert alarms_of(60, sound, 8)[1] <= most(60, 0.001)


def test_a_test_with_its_sign_wrong_is_found():
    random = np.random.default_rng(9)
    skill = random.normal(size=(40, 1))
    points = (random.normal(size=(40, 5), scale=0.5) < skill).astype(int)
    points[:, 2] = 1 - points[:, 2]
    summary = summarise(class_of(points), random)
    assert [one.task.name for one in summary.inverted] == ["t2"]
    assert summary.faulty == ("t2",)


def test_nobody_passes_needs_enough_who_tried():
    points = np.ones((12, 2), dtype=int)
    points[:, 1] = 0
    random = np.random.default_rng(0)
    assert summarise(class_of(points), random).faulty == ("t1",)
    few = summarise(class_of(points[:4]), random)
    assert (few.faulty, [part.task for part in few.unsure]) == ((), ["t1"])
    untried = Submission("s", True, 0.0, 0.0, {"t": Answer(0.0, tried=False)})
    nobody = summarise(Results("toy", (Task("t", 1.0),), (untried,) * 12), random)
    assert (nobody.unpassed, nobody.unsure) == ((), ())
    assert (nobody.tasks[0].untried, nobody.tasks[0].none) == (12, 0)


def test_p_must_be_below_its_share_of_5_percent():
    assert is_inverted(Discrimination(-0.5, p=0.0125), 4)
    assert not is_inverted(Discrimination(-0.5, p=0.0126), 4)
    assert not is_inverted(Discrimination(why="too few"), 1)


def test_a_mistake_counts_once_for_a_student_and_the_most_frequent_comes_first():
    twice = (Part("a", 1.0, False, mistake="sum"), Part("b", 1.0, False, True, "sum"))
    once = (Part("a", 1.0, False, mistake="no-mean"), Part("b", 1.0, False, True, "sum"))
    made = [
        Submission(name, True, 0.0, 0.0, {"t": Answer(0.0, parts=parts)})
        for name, parts in (("ann", twice), ("bob", once))
    ]
    found = summarise(Results("toy", (Task("t", 2.0),), tuple(made)), np.random.default_rng(0))
    assert [(one.key, one.students) for one in found.mistakes] == [
        ("sum", ("ann", "bob")),
        ("no-mean", ("bob",)),
    ]


def test_written_answers_say_nothing_before_all_are_marked():
    task = Task("w", 2.0, written=True)
    made = [Submission(f"s{i}", True, 0.0, 0.0, {"w": Answer(float(i % 3))}) for i in range(12)]
    marked = summarise(Results("toy", (task,), tuple(made)), np.random.default_rng(0))
    assert marked.tasks[0].difficulty == 0.5
    made[0] = Submission("s0", True, 0.0, 0.0, {"w": Answer(None, waiting=True)})
    one = summarise(Results("toy", (task,), tuple(made)), np.random.default_rng(0)).tasks[0]
    assert (one.difficulty, one.unmarked, one.none) == (None, 1, 3)
    assert one.discrimination == Discrimination(why="1 of 12 answers is not marked yet")


# ---- Figures ----


@pytest.mark.parametrize("points", [0.5, 1.0, 2.0, 10.0, 18.0, 25.0, 26.0, 100.0, 12345.0])
def test_bins_cover_all_marks_and_are_few(points):
    width = bin_width(points)
    assert points / width <= MOST_BINS
    marks = [0.0, points / 3, width, points, points + 1]
    bins = binned(marks, points)
    assert (bins[0].low, bins[-1].high) == (0.0, points)
    assert sum(one.count for one in bins) == len(marks)
    assert bins[-1].count >= 2
    assert all(a.high == pytest.approx(b.low) for a, b in pairwise(bins))
    assert len(bins) == math.ceil(points / width - 1e-9)


def test_figures_fill_their_width_and_say_their_numbers():
    points = np.array([[1, 1], [1, 0], [0, 0]])
    summary = summarise(class_of(points), np.random.default_rng(0))
    figure = histogram(summary)
    assert figure.alt == (
        "Histogram of 3 marks from 0 to 2 of 2 points, median 1. "
        "The highest bar, 1, stands from 0 to 0.2 points."
    )
    assert figure.median == 50.0
    assert sum(box.width for box in figure.boxes) == pytest.approx(100.0)
    task = bar(summary.tasks[0])
    assert sum(box.width for box in task.boxes) == pytest.approx(100.0)
    assert (
        task.alt
        == "t0: of 3 submissions all points 2, some 0, none 1, not tried 0, not marked 0; mean 67 %"
    )
    empty = summarise(Results("toy", (Task("t", 0.0),), ()), np.random.default_rng(0))
    assert histogram(empty) is None
    assert bar(empty.tasks[0]).boxes == ()


def of_one_student():
    parts = (Part("a photograph", 2.0, False), Part("other shapes", 2.0, False, hidden=True))
    answers = {
        "rapsd-test": Answer(2.0, parts=parts),
        "fit-test": Answer(0.0, parts=parts),
        "window": Answer(None, waiting=True),
    }
    tasks = (Task("rapsd-test", 4.0), Task("fit-test", 1.0), Task("window", 1.0, written=True))
    one = Submission("ann", True, 2.0, 0.0, answers, seconds=12.0)
    return contents(Results("spectra", tasks, (one,)), datetime(2030, 1, 1, tzinfo=UTC))


def test_the_report_of_one_student_speaks_of_one_and_repeats_nothing():
    files = of_one_student()
    page = " ".join(files["index.html"].decode().split())
    assert "<dt>Mark</dt>" in page
    assert "One mark, 2 of 6 points." in page
    assert "Running the submission took 12.0 seconds." in page
    assert "of 1 submission all points" in page
    assert "rapsd, fit: too few to tell: 1 of 10 students." in page
    assert page.count("too few to tell") == 1
    assert page.count("too few tried to tell") == 2  # once a task
    for wrong in ("rapsd-test", "1 submissions", "1 points", "1 of 1 a", "Median mark"):
        assert wrong not in page, wrong


def test_names_of_tasks_lose_their_ending_where_they_stay_apart():
    tasks = tuple(Task(name, 1.0) for name in ("a-test", "b-test", "b", "test"))
    one = Submission("ann", True, answers={task.name: Answer(1.0) for task in tasks})
    shown = Results("toy", tasks, (one,)).titled()
    assert [task.name for task in shown.tasks] == ["a", "b-test", "b", "test"]
    assert list(shown.submissions[0].answers) == ["a", "b-test", "b", "test"]
