"""The real nbgrader commands, from release to marks and feedback, on two small classes."""

import csv
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from gradekit.check import filled, record_of
from gradekit.cli import main
from gradekit.demo import demo, table
from gradekit.grade import grade
from gradekit.names import visible_and_hidden
from gradekit.notebooks import grade_id, is_test, read, write
from gradekit.release import release
from gradekit.source import read_source
from gradekit.task import SCORE_MIME

FORGED = f"""
from IPython.display import display
display({{"{SCORE_MIME}": {{"score": 3.0}}, "text/plain": "3.0"}}, raw=True)
"""
NOISY = """
import sys, warnings
import numpy as np
def mean_power(signal):
    warnings.warn("careful")
    print("to stderr", file=sys.stderr)
    np.log(np.zeros(1))
    return float(np.mean(np.square(signal)))
"""
NAN = """
import gradekit.task
gradekit.task.Task.score = lambda self: float("nan")
"""
EXIT = "def mean_power(signal):\n    raise SystemExit"


def text_of(html):
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.fixture(scope="module")
def sample_class(make_course, tmp_path_factory):
    """The demo: one submission for each named mistake and each kind of unfinished work."""
    course = make_course(tmp_path_factory.mktemp("demo"))
    folder, rows = demo(course, "toy")
    return course, folder, {row.student: row for row in rows}


def test_the_sample_class_gets_what_it_must(sample_class):
    rows = sample_class[2]
    assert table(list(rows.values())).count("as expected") == len(rows)
    assert {name: row.got.split(",")[0] for name, row in rows.items()} == {
        "right": "8 of 10",
        "blank": "0 of 10",
        "mistakes-1": "2 of 10",  # amplitude in both functions
        "mistakes-2": "2 of 10",  # sum, and no-scale
        "mistakes-3": "5 of 10",  # no-mean
        "syntax-error": "5 of 10",
        "half-done": "3 of 10",
        "mangled-every-cell-twice": "8 of 10",
        "mangled-without-tests-and-metadata": "8 of 10",
        "not-a-notebook": "NOT GRADED: toy.ipynb: the file is not a notebook (it starts with "
        "'My answers are in th'): save it as .ipynb and hand it in again.",
        "hostile-endless-loop": "5 of 10",
        "hostile-exit": "5 of 10",
        "hostile-memory": "5 of 10",
        "prints-100-megabytes": "8 of 10",
        "hostile-patched-library": "8 of 10",
        "hostile-script": "8 of 10",
        "hostile-forged-score": "0 of 10",
        "hostile-empty-cells": "3 of 10",
        "copied-from-the-library": "1 of 10",
    }
    assert "ATTEMPT" in rows["hostile-forged-score"].got


def test_the_sample_class_leaves_the_course_itself_alone(sample_class):
    course = sample_class[0]
    names = sorted(path.name for path in course.root.iterdir())
    assert names == ["_build", "nbgrader_config.py", "solutions"]


def feedback(sample_class, student):
    path = sample_class[1] / "feedback" / student / "toy" / "toy.html"
    return path.read_text(encoding="utf-8")


def test_feedback_names_the_mistake_and_what_was_right(sample_class):
    text = text_of(feedback(sample_class, "mistakes-2"))
    assert "✓ passed: never negative (1 point)" in text
    assert "✗ failed: a recorded signal (0 of 1 point)" in text
    assert text.count("no-scale: Divide by the number of samples.") == 2
    assert "Every value is 16 times the right one." in text
    assert "<div>" not in text


def test_no_feedback_holds_a_hidden_line(sample_class):
    visible, hidden = set(), set()
    for cell in read_source(sample_class[0].text("toy")).cells:
        seen, unseen = visible_and_hidden(cell.text)
        visible, hidden = visible | seen, hidden | unseen
    secrets = {line for line in hidden - visible if len(line) > 5}
    assert len(secrets) >= 6
    for student in ("right", "blank", "mistakes-2", "syntax-error"):
        shown = {line.strip() for line in text_of(feedback(sample_class, student)).splitlines()}
        assert secrets & shown == set()
        assert "task.score()" in shown


def test_feedback_names_no_folder_of_the_instructor_and_no_other_student(sample_class):
    folder = sample_class[1]
    students = {path.name for path in (folder / "feedback").iterdir()}
    for student in students:
        html = feedback(sample_class, student)
        for word in (
            str(sample_class[0].root),
            sys.prefix,
            str(Path.home()),
            "http://",
            "https://",
        ):
            assert word not in html.replace("http://www.w3.org/1998/Math/MathML", "")
        notebook = read(folder / "autograded" / student / "toy" / "toy.ipynb")
        runs = {data["run"] for data in map(record_of, filter(is_test, notebook.cells))}
        assert not [run for run in runs if run in html]
        others = {other for other in students if "mistakes-" in other} - {student}
        assert not [other for other in others if other in html]


def test_feedback_of_one_student_is_written_again_by_the_command(sample_class, monkeypatch, capsys):
    folder = sample_class[1]
    pages = {path: path.read_bytes() for path in folder.glob("feedback/*/toy/toy.html")}
    chosen = folder / "feedback" / "right" / "toy" / "toy.html"
    for path in pages:
        path.write_text("old", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main(["feedback", "toy", "--student", "right"]) == 0
    assert capsys.readouterr().out == "feedback/right/toy/toy.html\n"
    assert [path for path in pages if path.read_bytes() != b"old"] == [chosen]
    assert main(["feedback", "toy"]) == 0
    assert {path: path.read_bytes() for path in pages} == pages


def test_formgrader_writes_the_same_page(sample_class, monkeypatch):
    folder = sample_class[1]
    path = folder / "feedback" / "right" / "toy" / "toy.html"
    before = path.read_bytes()
    path.write_text("old", encoding="utf-8")
    monkeypatch.chdir(folder)
    formgrader = "from nbgrader.apps import NbGrader, NbGraderAPI; app = NbGrader(); "
    formgrader += "app.initialize([]); app.config.HTMLExporter.template_name = 'formgrade'; "
    formgrader += "result = NbGraderAPI(config=app.config).generate_feedback('toy', 'right'); "
    formgrader += "assert result['success'], result"
    subprocess.run([sys.executable, "-c", formgrader], check=True, capture_output=True)
    assert path.read_bytes() == before


def test_no_student_folder_holds_the_text_source(sample_class):
    for step in ("autograded", "feedback"):
        files = {path.name for path in (sample_class[1] / step).rglob("*") if path.is_file()}
        assert files == ({"signal.csv", "toy.ipynb"} if step == "autograded" else {"toy.html"})


@pytest.fixture(scope="module")
def traps(make_course, tmp_path_factory):
    """A class that meets the traps of nbgrader, graded with the plain nbgrader commands."""
    course = make_course(tmp_path_factory.mktemp("traps"), reference_allowed=True)
    release(course, "toy")
    source = read_source(course.text("toy"))
    right = {cell.label: cell.text for cell in source.answers()}

    def hand_in(student, answers, change=lambda notebook: None):
        notebook = read(course.exercises / "toy" / "toy.ipynb")
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        change(notebook)
        folder = course.root / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        write(notebook, folder / "toy.ipynb")

    def tag_tests(notebook):
        for cell in notebook.cells:
            cell.metadata["tags"] = ["skip-execution"]

    def drop_test(notebook):
        notebook.cells = [c for c in notebook.cells if grade_id(c) != "diagnosis-test"]

    first = right["mean_power"]
    hand_in("noisy", right | {"mean_power": NOISY})
    hand_in("forger", right | {"mean_power": first + FORGED})
    hand_in("exit", right | {"mean_power": EXIT})
    hand_in("tagged", {}, tag_tests)
    hand_in("nan", right | {"mean_power": first + NAN})
    hand_in("without-test", right, drop_test)
    hand_in("unreadable", right)
    (course.root / "submitted" / "unreadable" / "toy" / "toy.ipynb").write_text("{", "utf-8")
    course.must("generate_assignment", "toy", "--force")
    done = course.nbgrader("autograde", "toy")
    return course, done


def marks(course):
    course.must("export", "--to", "grades.csv")
    with (course.root / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def test_marks_of_the_traps(traps):
    # Refused submissions keep the 0 with which nbgrader starts, never a mark of their own.
    assert marks(traps[0]) == {
        "noisy": 8.0,
        "forger": 8.0,
        "exit": 5.0,
        "tagged": 0.0,
        "nan": 8.0,  # it patches the score in a process that no test runs in
        "without-test": 8.0,
        "unreadable": 0.0,
    }


def test_refused_submissions_are_errors_that_name_the_student(traps):
    course, done = traps
    assert done.returncode == 1
    graded = sorted(path.name for path in (course.root / "autograded").glob("[!.]*"))
    assert graded == ["exit", "forger", "nan", "noisy", "tagged", "without-test"]
    log = done.stdout + done.stderr
    assert "not graded: student unreadable: toy.ipynb: the file is" in log


def test_scores_are_kept_in_test_cells_only(traps):
    notebook = read(traps[0].root / "autograded" / "forger" / "toy" / "toy.ipynb")
    holders = [
        grade_id(cell)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if SCORE_MIME in output.get("data", {})
    ]
    assert holders == ["mean_power-test", "power_spectrum-test", "diagnosis-test"]


def test_warnings_are_shown_and_cost_nothing(traps):
    notebook = read(traps[0].root / "autograded" / "noisy" / "toy" / "toy.ipynb")
    cell = next(cell for cell in notebook.cells if grade_id(cell) == "mean_power-test")
    assert not [output for output in cell.outputs if output.get("name") == "stderr"]
    assert "Warning, costs nothing: UserWarning: careful" in cell.outputs[0].data["text/plain"]


def test_grading_again_keeps_marks_and_still_reports_the_refused(traps):
    outcomes = {outcome.student: outcome for outcome in grade(traps[0], "toy")}
    assert outcomes["noisy"].score == 8.0
    assert outcomes["unreadable"].trouble.startswith("toy.ipynb: the file is")
    assert outcomes["without-test"].score == 8.0


def test_a_notebook_that_was_handed_in_again_is_graded_again(traps):
    course = traps[0]
    notebook = course.root / "submitted" / "noisy" / "toy" / "toy.ipynb"
    kept = notebook.read_bytes()
    (before,) = grade(course, "toy", student="noisy")
    write(read(course.exercises / "toy" / "toy.ipynb"), notebook)
    (after,) = grade(course, "toy", student="noisy")
    assert (before.score, after.score) == (8.0, 0.0)
    page = course.root / "feedback" / "noisy" / "toy" / "toy.html"
    assert "No answer was handed in here." in page.read_text(encoding="utf-8")
    assert "No response" not in page.read_text(encoding="utf-8")
    notebook.write_bytes(kept)
    assert grade(course, "toy", student="noisy") == [before]


def test_the_release_with_the_reference_answers_validates(traps):
    course = traps[0]
    notebook = read(course.exercises / "toy" / "toy.ipynb")
    path = course.exercises / "toy" / "answered.ipynb"
    write(filled(notebook, read_source(course.text("toy"))), path)
    said = course.must("validate", str(path))
    path.unlink()
    assert "Success! Your notebook passes all the tests." in said


def test_the_blank_release_does_not_validate(traps):
    said = traps[0].nbgrader("validate", "exercises/toy/toy.ipynb").stdout
    assert "VALIDATION FAILED ON 4 CELL(S)" in said
