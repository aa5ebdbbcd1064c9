"""A part fails alone, a warning costs nothing, and a score is a plain number in range."""

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

from gradekit.show import as_html
from gradekit.task import SCORE_MIME, Task, compare


def one_part(action, *, hidden=False):
    task = Task("t", points=2)
    with task.part("p", points=1, hidden=hidden):
        action()
    return task


def raising(error):
    def action():
        raise error

    return action


class Odd(BaseException):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        AssertionError(),
        SystemExit(0),
        NotImplementedError(),
        NameError("f"),
        Odd(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("hidden", [False, True])
def test_whatever_a_part_raises_costs_that_part_alone(error, hidden, capsys):
    task = one_part(raising(error), hidden=hidden)
    with task.part("q", points=3):
        pass
    assert task.score() == 1.5
    assert [part.earned for part in task.parts] == [0.0, 3.0]


def test_an_interrupt_ends_the_cell():
    with pytest.raises(KeyboardInterrupt):
        one_part(raising(KeyboardInterrupt()))


def test_warnings_and_prints_reach_neither_stderr_nor_the_mark(capfd):
    def noisy():
        warnings.warn("careful", stacklevel=1)
        print("out")
        print("err", file=sys.stderr)

    task = one_part(noisy)
    assert capfd.readouterr() == ("", "")
    assert task.score() == 2.0
    shown = capfd.readouterr()
    assert "Warning, costs nothing: UserWarning: careful" in shown.out
    assert shown.err == ""


def test_a_warning_filter_of_the_student_ends_with_the_part():
    before = list(warnings.filters)
    one_part(lambda: warnings.simplefilter("error"))
    assert warnings.filters == before


@pytest.mark.parametrize(("points", "shares"), [(3, (0.1, 0.2, 0.7)), (0.3, (1, 1, 1)), (7, (1,))])
def test_full_marks_are_exactly_the_points(points, shares):
    task = Task("t", points=points)
    for share in shares:
        with task.part("p", points=share):
            pass
    score = task.score()
    assert type(score) is float
    assert repr(score) == repr(float(points))


def test_a_third_is_free_of_dust_and_below_the_maximum():
    task = Task("t", points=1)
    for i in range(3):
        with task.part(f"{i}", points=0.1):
            assert i == 0
    assert repr(task.score()) == "0.333333"


@pytest.mark.parametrize("points", [0, -1, float("nan"), float("inf"), True, "3", None])
def test_points_that_are_no_positive_number_are_refused(points):
    with pytest.raises(ValueError, match="give a number above 0"):
        Task("t", points=points)
    part = Task("t", points=1).part("p", points=points)
    with pytest.raises(ValueError, match="give a number above 0"):
        part.__enter__()


def test_a_task_without_part_has_no_score():
    with pytest.raises(ValueError, match="has no part"):
        Task("t", points=1).score()


def test_a_hidden_part_shows_the_mistake_and_never_a_value(capsys):
    secret = np.array([12345.5, 2.0, 777.25])
    mistakes = [("root", "Square it.", secret**0.5)]
    task = Task("t", points=1)
    with task.part("own data", points=1, hidden=True):
        print(secret)
        warnings.warn(str(secret), stacklevel=1)
        compare(secret**0.5, secret, mistakes=mistakes)
    with task.part("own data again", points=1, hidden=True):
        compare(secret + 1, secret)
    with task.part("own data, raised", points=1, hidden=True):
        raise KeyError(secret[0])
    with task.part("own data, asserted", points=1, hidden=True):
        raise AssertionError(secret)
    task.score()
    text = capsys.readouterr().out + as_html("t", 1, 0, task.parts) + str(task.outputs())
    assert "root: Square it." in text
    assert "The test was stopped by KeyError." in text
    assert not any(value in text for value in ("12345", "777", "111.1", "12346"))


def test_a_visible_part_says_where_to_look():
    def notes(error):
        return one_part(raising(error)).parts[0].notes

    assert notes(NotImplementedError()) == ("Not answered yet.",)
    assert notes(AssertionError("A power is never negative.")) == ("A power is never negative.",)
    assert "by ValueError: bad. A name of the setup cell" in notes(ValueError("bad"))[0]


def test_what_a_loop_prints_is_cut(capsys):
    def chatty():
        for i in range(500):
            print("step", i)
        raise ValueError

    printed = one_part(chatty).parts[0].notes[1]
    assert printed.startswith("Your code printed: step 0\n")
    assert printed.endswith("step 19…")
    assert printed.count("\n") == 19


def test_everything_is_escaped_in_html():
    evil = "<script>alert(1)</script>"
    task = Task(evil, points=1)
    with task.part(evil, points=1):
        print(evil)
        compare(evil, "x", mistakes=[(evil, evil, evil)], example=evil)
    html = as_html(task.name, 1, 0, task.parts)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


def test_pass_and_fail_are_told_in_words_too(capsys):
    task = one_part(raising(ValueError()))
    with task.part("q", points=1):
        pass
    assert task.score() == 1.0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Task t: 1 of 2 points, 1 of 2 parts passed"
    assert "✗ failed: p (0 of 1 point)" in lines
    assert "✓ passed: q (1 point)" in lines


@pytest.mark.parametrize(
    ("right", "score", "headline"),
    [
        ((True, True), 2.0, "2 of 2 visible parts passed."),
        ((True, False), 1.0, "1 of 2 visible parts passed."),
        ((False,), 0.0, "0 of 1 visible part passed."),
    ],
)
def test_a_release_without_its_hidden_parts_claims_no_points(right, score, headline, capsys):
    task = Task("log_magnitude", points=2)
    for number, passes in enumerate(right):
        with task.part(f"{number}", points=0.5):
            assert passes
    assert task.score() == score
    later = "More tests run in grading; the task gives 2 points."
    text = capsys.readouterr().out
    assert text.splitlines()[0] == f"Task log_magnitude: {headline} {later}"
    assert later in as_html(task.name, task.points, score, task.parts)
    assert task.outputs()[SCORE_MIME]["offered"] == 0.5 * len(right)
    number = f"The number below: {score:g} of 2 points, if the hidden parts go as these."
    assert text.splitlines()[-1] == number
    assert number in as_html(task.name, task.points, score, task.parts)


@pytest.mark.parametrize("passes", [True, False])
def test_validation_reads_on_stderr_what_failed(passes, capsys, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    task = one_part(lambda: None if passes else compare(1.0, 2.0))
    task.score()
    err = capsys.readouterr().err
    assert err == "" if passes else err.startswith("Task t: 0 of 1 visible part passed.")
    assert "number below" not in err


def test_with_all_parts_present_points_are_shown(capsys):
    task = Task("t", points=1)
    for points in (0.1, 0.2, 0.7):  # their sum is 0.9999999999999999
        with task.part(f"{points}", points=points, hidden=points > 0.5):
            pass
    task.score()
    assert capsys.readouterr().out.startswith("Task t: 1 of 1 point, 3 of 3 parts passed\n")


def test_one_part_is_not_written_in_the_plural(capsys):
    task = Task("t", points=1)
    with task.part("p", points=1):
        pass
    task.score()
    assert capsys.readouterr().out.startswith("Task t: 1 of 1 point, 1 of 1 part passed\n")


def test_the_outputs_are_text_html_and_a_record_of_plain_data():
    task = Task("t", points=1)
    with task.part("p", points=1):
        compare(1.0, 2.0, mistakes=[("half", "Double it.", 1.0)])
    outputs = task.outputs()
    record = outputs[SCORE_MIME]
    assert json.loads(json.dumps(record)) == record
    assert (record["task"], record["points"], record["score"]) == ("t", 1.0, 0.0)
    part = record["parts"][0]
    assert (part["title"], part["mistake"], part["earned"]) == ("p", "half", 0.0)
    assert part["message"].startswith("half: Double it.\nExpected 2, got 1")
    assert outputs["text/plain"].startswith("Task t: 0 of 1 point,")
    assert "half: Double it." in outputs["text/html"]


def test_the_mark_is_the_same_whether_it_is_shown_or_not(capsys):
    task = one_part(lambda: None)
    assert task.mark() == 2.0
    assert capsys.readouterr().out == ""
    assert task.score() == task.outputs()[SCORE_MIME]["score"] == 2.0
    assert capsys.readouterr().out == task.outputs()["text/plain"] + "\n"


def test_a_student_needs_neither_nbgrader_nor_ipython():
    code = (
        "import sys; from gradekit.task import Task; import gradekit\n"
        "print([m for m in ('nbgrader', 'nbformat', 'IPython', 'spectralkit', 'scipy')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
