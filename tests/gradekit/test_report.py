"""The report of a class, from a gradebook, graded notebooks and a journal made by hand."""

import csv
import io
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook

from gradekit import journal
from gradekit.cli import main
from gradekit.errors import GradekitError, WorkFailedError
from gradekit.notebooks import grade_id, write
from gradekit.report import contents, report
from gradekit.report.anonymous import LEFT_OUT, anonymised
from gradekit.report.reading import parts_of, read_results
from gradekit.report.results import Answer, Part, Results, Submission, Task
from gradekit.report.tables import Table, as_csv
from gradekit.source import read_source, to_notebook
from gradekit.task import SCORE_MIME

POINTS = {"mean_power-test": 3.0, "power_spectrum-test": 4.0, "diagnosis-test": 1.0}
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
MADE = datetime(2025, 1, 31, tzinfo=UTC)


class Work(NamedTuple):
    """What a student did: points by test, mistakes by test, changed answers, marks by hand."""

    points: dict
    mistakes: dict = {}  # noqa: RUF012
    changed: tuple = ("mean_power", "power_spectrum", "diagnosis", "written")
    by_hand: float | None = None
    penalty: float = 0.0


FULL = Work(POINTS, by_hand=2.0)
HALF = Work(
    {**POINTS, "mean_power-test": 1.0},
    {"mean_power-test": ("sum", "You summed the squares: divide by their number.")},
    penalty=0.5,
)
BLANK = Work(dict.fromkeys(POINTS, 0.0), changed=())


@pytest.fixture(scope="module")
def empty_book(tmp_path_factory):
    """A gradebook that knows the toy set; nbgrader takes a second to make one."""
    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader starts `alembic` by name.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        gradebook = Gradebook(f"sqlite:///{path}")
    with gradebook as book:
        book.add_assignment("toy")
        book.add_notebook("toy", "toy")
        for name, points in POINTS.items():
            book.add_grade_cell(name, "toy", "toy", max_score=points, cell_type="code")
        for name in ("mean_power", "power_spectrum", "diagnosis"):
            book.add_solution_cell(name, "toy", "toy")
            book.add_source_cell(name, "toy", "toy", cell_type="code", source=STUB)
        book.add_grade_cell("written", "toy", "toy", max_score=2.0, cell_type="markdown")
        book.add_solution_cell("written", "toy", "toy")
        book.add_source_cell("written", "toy", "toy", cell_type="markdown", source="Your words.")
    return path


@pytest.fixture
def grade_class(course, empty_book):
    """Put a graded class into the toy course."""

    def make(class_, entries=()):
        shutil.copyfile(empty_book, course.root / "gradebook.db")
        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
            for student, work in class_.items():
                record_marks(book, student, work)
                write_graded(course, student, work)
        for entry in entries:
            journal.append(course.work / "journal" / "toy.jsonl", entry)
        return course

    return make


def record_marks(book, student, work):
    book.add_student(student)
    with book.db.no_autoflush:  # nbgrader adds the parts of a submission before the whole
        submission = book.add_submission("toy", student)
    for name, points in work.points.items():
        grade = book.find_grade(name, "toy", "toy", student)
        grade.auto_score, grade.needs_manual_grade = points, False
    written = book.find_grade("written", "toy", "toy", student)
    written.manual_score, written.needs_manual_grade = work.by_hand, work.by_hand is None
    submission.notebooks[0].late_submission_penalty = work.penalty
    book.db.commit()


def record_of(name, work):
    points, earned = POINTS[name], work.points[name]
    key, sentence = work.mistakes.get(name, (None, ""))
    told = f"{key}: {sentence}\nmore lines" if key else "wrong"
    first = {"title": "visible", "points": 1.0, "earned": min(earned, 1.0), "hidden": False}
    parts = [{**first, "mistake": None, "message": ""}]
    if points > 1:
        last = {"title": "hidden", "points": points - 1, "earned": max(0.0, earned - 1)}
        parts.append({**last, "hidden": True, "mistake": key, "message": told})
    return {"task": name, "points": points, "score": earned, "run": "r", "parts": parts}


def write_graded(course, student, work):
    notebook = to_notebook(read_source(course.text("toy")))
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in POINTS:
            cell.outputs = [new_output("display_data", {SCORE_MIME: record_of(name, work)})]
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            blank = "Your words." if name == "written" else STUB
            cell.source = f"answer = {student!r}" if name in work.changed else f"{blank}\n"
    folder = course.root / "autograded" / student / "toy"
    folder.mkdir(parents=True)
    write(notebook, folder / "toy.ipynb")


def hand_in(course, student):
    (course.root / "submitted" / student / "toy").mkdir(parents=True)


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


# ---- Reading ----


def test_marks_parts_mistakes_and_the_journal_are_read(grade_class):
    entries = [
        journal.Entry("ann", True, seconds=2.5),
        journal.Entry("bob", True, notes=("left out: 'x' (a link)",), attempts=("read /etc",)),
        journal.Entry("eve", False, reason="cell diagnosis-test: no score", seconds=30.0),
    ]
    course = grade_class({"ann": FULL, "bob": HALF, "cas": BLANK}, entries)
    hand_in(course, "eve")
    hand_in(course, "dan")
    results = read_results(course, "toy")
    assert [task.name for task in results.tasks] == [*POINTS, "written"]
    assert [task.written for task in results.tasks] == [False, False, False, True]
    assert results.points == 10.0
    by_name = {one.student: one for one in results.submissions}
    assert list(by_name) == ["ann", "bob", "cas", "dan", "eve"]
    assert [one.student for one in results.graded] == ["ann", "bob", "cas"]
    assert (by_name["ann"].mark, by_name["ann"].seconds) == (10.0, 2.5)
    bob = by_name["bob"]
    assert (bob.mark, bob.penalty, bob.attempts) == (5.5, 0.5, ("read /etc",))
    assert bob.answers["written"] == Answer(None, tried=True, waiting=True)
    part = bob.answers["mean_power-test"].parts[1]
    sentence = "You summed the squares: divide by their number."
    assert part == Part("hidden", 2.0, False, True, "sum", sentence)
    assert [by_name["cas"].answers[name].tried for name in POINTS] == [False] * 3
    assert by_name["eve"].reason == "cell diagnosis-test: no score"
    assert by_name["dan"].reason == ""


def test_an_older_notebook_of_a_refused_submission_has_no_mark(grade_class):
    refused = journal.Entry("bob", False, reason="cell mean_power-test: no score")
    course = grade_class({"ann": FULL, "bob": HALF, "cas": FULL}, [refused])
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        book.find_grade("diagnosis-test", "toy", "toy", "cas").auto_score = None
        book.db.commit()
    assert [one.student for one in read_results(course, "toy").graded] == ["ann"]


def test_without_a_journal_the_report_says_so_and_invents_nothing(grade_class):
    course = grade_class({"ann": FULL})
    hand_in(course, "bob")
    results = read_results(course, "toy")
    assert not results.journal
    assert {one.seconds for one in results.submissions} == {None}
    page = contents(results, MADE)["index.html"].decode()
    assert "graded without a journal" in page
    assert "Not known: grading wrote no journal." in page
    assert "Times are not known" in page
    assert "not known: the journal of grading does not say" in page


def test_nothing_graded_yet_is_a_sentence_and_makes_no_gradebook(course):
    hand_in(course, "ann")
    with pytest.raises(WorkFailedError, match=r"Nothing of toy is graded yet: run `gradekit grade"):
        read_results(course, "toy")
    assert not (course.root / "gradebook.db").exists()


def test_refused_submissions_alone_are_worth_a_report(course):
    entry = journal.Entry("ann", False, reason="cell mean_power-test: no score")
    journal.append(course.work / "journal" / "toy.jsonl", entry)
    page = report(course, "toy")
    text = page.read_text(encoding="utf-8")
    assert "There are no marks yet." in text
    assert "1 submission is not graded." in text


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": [1]}', '{"cells": 3}'])
def test_a_damaged_notebook_is_named(grade_class, text):
    course = grade_class({"ann": FULL})
    path = course.root / "autograded" / "ann" / "toy" / "toy.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorkFailedError, match=r"^autograded/ann/toy/toy\.ipynb is damaged"):
        read_results(course, "toy")


@pytest.mark.parametrize(
    "record",
    [None, 3, [], {}, {"parts": 3}, {"parts": [3, {}]}, {"parts": [{"title": "no points"}]}],
)
def test_a_record_that_is_none_has_no_parts(record):
    assert list(parts_of({"outputs": [{"data": {SCORE_MIME: record}}]})) == []


def test_a_cell_without_outputs_has_no_parts():
    assert list(parts_of({})) == []
    assert list(parts_of({"outputs": [{"output_type": "stream"}]})) == []


# ---- What the report says ----


@pytest.fixture
def files(grade_class):
    entries = [
        journal.Entry("ann", True, seconds=2.5),
        journal.Entry("bob", True, attempts=("read /etc/passwd",), seconds=3.5),
        journal.Entry("eve", False, reason="cell diagnosis-test: no score", seconds=30.0),
    ]
    course = grade_class({"ann": FULL, "bob": HALF, "cas": BLANK}, entries)
    return contents(read_results(course, "toy"), MADE)


def test_the_page_begins_with_the_numbers_and_what_to_do(files):
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", files["index.html"].decode())))
    assert "Submissions 4 Graded 3 Not graded 1 Waiting for written marks 2 Median mark 5.5" in text
    assert "1 submission looks like an attempt to break out" in text
    assert "2 submissions wait for marks by hand" in text
    assert "Running a submission took 3.5 seconds (median), the slowest 30.0." in text


def test_every_table_is_a_csv_file_with_units(files):
    assert sorted(files) == [
        "attempts.csv",
        "distribution.csv",
        "faulty-tasks.csv",
        "index.html",
        "mistakes.csv",
        "not-graded.csv",
        "parts.csv",
        "points.csv",
        "submissions.csv",
        "tasks.csv",
        "to-mark.csv",
    ]
    (ann, bob, cas, eve) = rows(files["submissions.csv"])
    assert ann["mark (of 10 points)"] == "10.0"
    assert (bob["mark (of 10 points)"], bob["late penalty (points)"]) == ("5.5", "0.5")
    assert bob["tasks to mark by hand"] == "1"
    assert (cas["graded"], cas["time (seconds)"]) == ("yes", "")
    assert (eve["graded"], eve["mark (of 10 points)"], eve["time (seconds)"]) == ("no", "", "30.0")
    tasks = {row["task"]: row for row in rows(files["tasks.csv"])}
    first = tasks["mean_power"]
    assert float(first["mean (percent)"]) == pytest.approx(100 * (3 + 1 + 0) / 9, abs=0.05)
    assert first["discrimination (-1 to 1)"] == ""
    counts = ["all points", "some", "none", "not tried", "not marked"]
    assert [first[f"{name} (submissions)"] for name in counts] == ["1", "1", "0", "1", "0"]
    assert (tasks["written"]["mean (percent)"], tasks["written"][f"{counts[4]} (submissions)"]) == (
        "",
        "2",
    )
    (mistake,) = rows(files["mistakes.csv"])
    assert (mistake["mistake"], mistake["students"]) == ("sum", "bob")
    assert mistake["share (percent of the graded)"] == "33.3"
    marks = rows(files["distribution.csv"])
    assert sum(int(row["submissions"]) for row in marks) == 3
    assert [row["student"] for row in rows(files["to-mark.csv"])] == ["bob", "cas"]


def test_the_same_results_make_the_same_report(grade_class):
    results = read_results(grade_class({"ann": FULL, "bob": HALF}), "toy")
    assert contents(results, MADE) == contents(results, MADE)


# ---- Hostile texts ----

HOSTILE = "<script>alert('x')</script>\n\"]]><img src=x>"


def hostile_class():
    parts = (Part(HOSTILE, 1.0, False, True, HOSTILE, HOSTILE),)
    answers = {HOSTILE: Answer(0.0, parts=parts), "=w": Answer(None, waiting=True)}
    tasks = (Task(HOSTILE, 1.0), Task("=w", 1.0, written=True))
    names = [HOSTILE, "=1+1", "+1", "-1", "@x", "\t=1", " =1", "\N{FULLWIDTH EQUALS SIGN}1"]
    names += ["x" * 5000, "\udcff\u202e", "Ümit 山"]
    made = [
        Submission(name, True, 1.0, 0.0, answers, HOSTILE, (HOSTILE,), ("=cmd()",), 1.0)
        for name in names
    ]
    refused = Submission(f"{HOSTILE}2", False, reason="=HYPERLINK()")
    return Results("toy", tasks, (*made, refused))


def test_no_text_of_a_submission_becomes_html():
    page = contents(hostile_class(), MADE)["index.html"].decode()
    assert HOSTILE not in page
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "\\u202e" in page


def test_no_cell_of_a_table_is_a_formula():
    files = contents(hostile_class(), MADE)
    assert len(files) == 11
    for name, data in files.items():
        if name != "index.html":
            cells = [cell for row in csv.reader(io.StringIO(data.decode())) for cell in row]
            starts = tuple("=+@\t\r\N{FULLWIDTH EQUALS SIGN}")
            assert [cell for cell in cells if cell.lstrip().startswith(starts)] == []
            assert [c for c in cells if c.startswith("-") and not re.fullmatch(r"-[\d.]+", c)] == []


def test_csv_is_rfc_4180_in_utf_8():
    table = Table("t", "T", ("name", "share (percent)"), (('a "b", c', -0.5), ("é\r\n", None)))
    assert as_csv(table) == (
        'name,share (percent)\r\n"a ""b"", c",-0.5\r\né\\r\\n,\r\n'.encode()  # escaped newline
    )


# ---- Without names ----


def test_the_anonymous_report_holds_no_name_and_no_words_of_a_student(grade_class):
    entries = [
        journal.Entry("quentin", True, notes=("left out: 'quentin-cv.pdf'",), seconds=2.5),
        journal.Entry("rosalind", True, attempts=("read /home/rosalind/x",)),
        journal.Entry("zebedee", False, reason="cell diagnosis-test: only 'zebedee b.ipynb'"),
    ]
    work = HALF._replace(mistakes={"mean_power-test": ("rosalind", "as quentin did")})
    course = grade_class({"quentin": FULL, "rosalind": work}, entries)
    page = report(course, "toy", anonymous=True)
    assert page == course.root / "_build" / "report" / "toy-anonymous" / "index.html"
    for path in page.parent.iterdir():
        text = (path.name + path.read_text(encoding="utf-8")).lower()
        for word in ("quentin", "rosalind", "zebedee", "ipynb", "/home", ".pdf", str(course.root)):
            assert word not in text
    found = rows((page.parent / "not-graded.csv").read_bytes())
    assert [row["reason"] for row in found] == [f"cell diagnosis-test: {LEFT_OUT}"]
    numbers = [row["student"] for row in rows((page.parent / "submissions.csv").read_bytes())]
    assert numbers == ["student 1", "student 2", "student 3"]


def test_numbers_are_drawn_and_say_nothing_of_name_or_mark():
    made = tuple(Submission(f"s{i:02}", True, float(i)) for i in range(40))
    results = Results("toy", (Task("t", 40.0),), made)
    orders = [
        tuple(one.mark for one in anonymised(results, Random(seed)).submissions)
        for seed in range(200)
    ]
    assert len(set(orders)) == 200
    assert all(sorted(order) == [float(i) for i in range(40)] for order in orders)
    # The mean mark of number 1: 19.5 with a standard error of 0.82; five of them fail once in 2e6.
    assert abs(sum(order[0] for order in orders) / 200 - 19.5) < 4.1


def test_a_name_without_letters_hides_nothing_else():
    part = Part("four numbers", 1.0, False, mistake="sum", sentence="You summed.")
    one = Submission("---", True, 1.0, 0.0, {"t": Answer(0.0, parts=(part,))})
    (hidden,) = anonymised(Results("toy", (Task("t", 1.0),), (one,)), Random(0)).submissions
    assert hidden.answers["t"].parts == (part,)


# ---- The command and the folder ----


@pytest.fixture
def in_course(course, monkeypatch):
    monkeypatch.chdir(course.root)
    return course


def test_the_command_prints_where_the_report_is(in_course, grade_class, capsys):
    grade_class({"ann": FULL})
    assert main(["report", "toy"]) == 0
    assert capsys.readouterr().out == "Report: _build/report/toy/index.html\n"
    folder = in_course.root / "_build" / "report" / "toy"
    assert (folder.stat().st_mode & 0o77, (folder / "index.html").stat().st_mode & 0o77) == (0, 0)
    assert main(["report", "toy", "--anonymous", "--output", "shown"]) == 0
    assert capsys.readouterr().out == "Report: shown/index.html\n"
    assert "ann" not in rows((in_course.root / "shown" / "points.csv").read_bytes())[0]["student"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [(["other"], 2, "no problem set 'other'"), (["toy"], 1, "Nothing of toy is graded yet")],
)
@pytest.mark.usefixtures("in_course")
def test_wrong_use_is_one_sentence(arguments, status, words, capsys):
    assert main(["report", *arguments]) == status
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_a_report_replaces_a_report_and_nothing_else(grade_class):
    course = grade_class({"ann": FULL})
    page = report(course, "toy")
    (page.parent / "attempts.csv").write_text("old", encoding="utf-8")
    assert report(course, "toy") == page
    assert "old" not in (page.parent / "attempts.csv").read_text(encoding="utf-8")
    assert sorted(path.name for path in page.parent.parent.iterdir()) == ["toy"]
    with pytest.raises(GradekitError, match=r"holds '.*', which is no part of a report"):
        report(course, "toy", output=course.root)
    with pytest.raises(GradekitError, match="is a file: give a folder"):
        report(course, "toy", output=course.root / "gradebook.db")
    assert course.text("toy").is_file()


def test_a_report_that_cannot_be_written_leaves_the_old_one(grade_class, monkeypatch):
    course = grade_class({"ann": FULL})
    page = report(course, "toy")
    before = page.read_bytes()
    rename = Path.rename

    def fails(self, target):
        if self.name == "fresh":
            raise OSError("no room")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="no room"):
        report(course, "toy")
    monkeypatch.undo()
    assert page.read_bytes() == before
    assert [path.name for path in page.parent.parent.iterdir()] == ["toy"]


def test_reading_changes_nothing(grade_class):
    course = grade_class({"ann": FULL, "bob": BLANK}, [journal.Entry("ann", True)])
    kept = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}
    report(course, "toy", output=course.root.parent / f"{course.root.name}-report")
    assert {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()} == kept
