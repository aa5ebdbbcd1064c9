"""Killed at any moment, the same command goes on; marks and folders end as if nothing had been."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from gradekit.course import CONFIG, Course, gradebook_url
from gradekit.errors import WorkFailedError
from gradekit.grade import grade
from gradekit.lock import course_lock, handed_down
from gradekit.notebooks import grade_id, read, write
from gradekit.release import release
from gradekit.source import read_source

# Appended to the course's own configuration. Execution is no concern here: an answer counts as
# right by its text.
QUICK = """
import nbformat
from nbformat.v4 import new_output
from gradekit import pool
from gradekit.job import Done
from gradekit.notebooks import is_test
from gradekit.task import SCORE_MIME

def execute(job):
    notebook = nbformat.reads(job.notebook, as_version=4)
    answer = ""
    for cell in notebook.cells:
        if is_test(cell):
            wrong = "YOUR CODE HERE" in answer or "'sum'" in answer
            score = 0.0 if wrong else float(cell.metadata.nbgrader.points)
            record = {SCORE_MIME: {"score": score, "run": job.run, "points": 1}, "text/plain": ""}
            value = {"text/plain": repr(score)}
            cell.outputs = [
                new_output("display_data", data=record),
                new_output("execute_result", data=value, execution_count=1),
            ]
        answer = cell.source
    return Done(nbformat.writes(notebook), 0.0)

pool.execute = execute
"""
# Appended to it as well: the process group ends itself, as if by kill -9, at the
# second call, when one student's work is done and another's is under way.
FAULT = """
import os, signal
from pathlib import Path
from nbgrader.preprocessors import SaveAutoGrades
from gradekit.feedback import PageOnly
from gradekit.pool import PoolAutograde

calls = 0

def second():
    global calls
    calls += 1
    return calls == 2

def die():
    os.killpg(0, signal.SIGKILL)

def after(owner, name):
    method = getattr(owner, name)
    def watched(*args):
        value = method(*args)
        if second():
            die()
        return value
    setattr(owner, name, watched)

def before(owner, name):
    method = getattr(owner, name)
    def watched(*args):
        if second():
            die()
        return method(*args)
    setattr(owner, name, watched)

def half_way(owner):
    method = owner.write_single_notebook
    def watched(self, output, resources):
        method(self, output[: len(output) // 2] if second() else output, resources)
        if calls == 2:
            die()
    owner.write_single_notebook = watched
"""
AUTOGRADE, FEEDBACK = "autograde", "generate_feedback"
POINTS = {
    "prepared": (AUTOGRADE, "after(PoolAutograde, '_prepare')"),
    "executed": (AUTOGRADE, "before(PoolAutograde, '_record')"),
    "some marks in the database": (AUTOGRADE, "after(SaveAutoGrades, '_add_score'); calls = -3"),
    "recorded in the database": (AUTOGRADE, "after(SaveAutoGrades, 'preprocess')"),
    "half of a notebook": (AUTOGRADE, "half_way(PoolAutograde)"),
    "old folder away, new one not in place": (AUTOGRADE, "before(Path, 'rename'); calls = -2"),
    "half of a feedback": (FEEDBACK, "half_way(PageOnly)"),
}
STUDENTS = ("blank", "right", "wrong")


@pytest.fixture(scope="module")
def prepared(make_course, tmp_path_factory):
    """A course with three submissions, of which one is refused; nothing is graded yet."""
    course = make_course(tmp_path_factory.mktemp("prepared"))
    release(course, "toy")
    right = {cell.label: cell.text for cell in read_source(course.text("toy")).answers()}
    answers = {"blank": {}, "right": right, "wrong": right | {"diagnosis": "diagnosis = 'sum'"}}
    for student in STUDENTS:
        hand_in(course, student, answers[student])
    hand_in(course, "unreadable", {}).write_text("{}")
    configure(course)
    course.must("generate_assignment", "toy", "--force")
    return course


def hand_in(course, student, answers):
    notebook = read(course.exercises / "toy" / "toy.ipynb")
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    folder = course.root / "submitted" / student / "toy"
    folder.mkdir(parents=True)
    write(notebook, folder / "toy.ipynb")
    return folder / "toy.ipynb"


def configure(course, text=QUICK):
    """Add something to the course's configuration, instead of what was added before."""
    path = course.root / CONFIG
    config = path.read_text(encoding="utf-8").partition("# Added")[0]
    settings = {"workers": 1, "reference_allowed": True}
    lines = "".join(f"config.PoolAutograde.{key} = {value}\n" for key, value in settings.items())
    added = f"# Added\n{lines}{text}"
    path.write_text(config + added, encoding="utf-8")


def copied(course, root):
    shutil.copytree(course.root, root, dirs_exist_ok=True)
    return Course.at(root)


@pytest.fixture
def killed_at(prepared, tmp_path):
    """Return a function that copies the course and runs a command that ends itself at a point."""

    def kill(point, *, graded=False):
        course = copied(prepared, tmp_path / "course")
        command, fault = POINTS[point]
        if graded or command == FEEDBACK:
            course.nbgrader(AUTOGRADE, "toy")
        configure(course, f"{QUICK}\n{FAULT}\n{fault}\n")
        assert in_own_group(course, command, "toy", *["--force"] * graded) == -signal.SIGKILL
        configure(course)
        return course

    return kill


def in_own_group(course, *arguments):
    """Run nbgrader as a shell does, in a process group of its own; return its status."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env={**os.environ, "PATH": path},
        start_new_session=True,
        capture_output=True,
        check=False,
    ).returncode


def finish(course):
    """Give the command again, and the next one."""
    assert course.nbgrader(AUTOGRADE, "toy").returncode == 1  # one is unreadable
    course.must(FEEDBACK, "toy")
    return course


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    """What must come out: rows and files."""
    course = finish(copied(prepared, tmp_path_factory.mktemp("undisturbed") / "course"))
    assert {path.parts[-3] for path in course.root.glob("autograded/*/toy/toy.ipynb")} == {
        *STUDENTS
    }
    return rows(course), files(course)


def rows(course):
    """All marks and comments of the gradebook."""
    with Gradebook(gradebook_url(course.root)) as gradebook:
        notebooks = [n for s in gradebook.assignment_submissions("toy") for n in s.notebooks]
        return sorted(
            (notebook.student.id, thing.name, str({key: getattr(thing, key) for key in keys}))
            for notebook in notebooks
            for things, keys in (
                (notebook.grades, ("auto_score", "manual_score", "score", "needs_manual_grade")),
                (notebook.comments, ("auto_comment", "manual_comment")),
            )
            for thing in things
        )


def files(course):
    """All that lies in the folders of the students, without the tokens of the runs."""
    return {
        str(path.relative_to(course.root)): re.sub(rb"[0-9a-f]{32}", b"", path.read_bytes())
        for step in ("autograded", "feedback")
        for path in (course.root / step).rglob("*")
        if path.is_file()
    }


def in_place(course):
    return {name: content for name, content in files(course).items() if ".staging" not in name}


@pytest.mark.parametrize("point", [point for point in POINTS if "old" not in point])
def test_the_same_command_goes_on_after_a_kill(point, killed_at, undisturbed):
    course = killed_at(point)
    assert in_place(course).items() < undisturbed[1].items()  # whole folders, but not all
    finish(course)
    assert rows(course) == undisturbed[0]
    assert files(course) == undisturbed[1]


@pytest.mark.parametrize("point", ["executed", "some marks in the database", "old folder away"])
def test_grading_again_loses_nothing_half_way(point, killed_at, undisturbed):
    [point] = [name for name in POINTS if name.startswith(point)]
    course = killed_at(point, graded=True)
    for student in STUDENTS:
        assert len(list(course.root.glob(f"autograded/**/{student}/toy/toy.ipynb"))) >= 1
    finish(course)  # without --force: whoever's marks were touched is graded again
    assert rows(course) == undisturbed[0]
    assert files(course) == undisturbed[1]


def test_gradekit_grade_goes_on_after_a_kill_of_all_its_processes(prepared, tmp_path, undisturbed):
    course = copied(prepared, tmp_path / "course")
    configure(course, f"{FAULT}\n{POINTS['executed'][1]}\n")  # and real execution
    command = "from gradekit.cli import main; raise SystemExit(main(['grade', 'toy']))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=course.root, start_new_session=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    configure(course, "")
    outcomes = {one.student: one for one in grade(course, "toy")}
    assert [outcomes[student].score for student in STUDENTS] == [0, 8, 7]
    assert rows(course) == undisturbed[0]
    assert files(course).keys() == undisturbed[1].keys()


FULL = """
import errno

def full(self, output, resources):
    raise OSError(errno.ENOSPC, "No space left on device")

before(PoolAutograde, "_save"); die = lambda: full(None, None, None)
"""


def test_a_full_disk_stops_in_one_sentence_and_keeps_what_is_recorded(prepared, tmp_path):
    course = copied(prepared, tmp_path / "course")
    (course.root / "submitted" / "empty" / "toy").mkdir(parents=True)
    configure(course, f"{QUICK}\n{FAULT}\n{FULL}")
    with pytest.raises(WorkFailedError, match=r"^The disk is full: make room\. What is recorded"):
        grade(course, "toy")
    assert {Path(name).parts[1] for name in in_place(course)} == {"blank"}
    configure(course)
    outcomes = {one.student: one for one in grade(course, "toy", student="right")}
    assert {name: one.score for name, one in outcomes.items()} == {"right": 8.0}
    assert {Path(name).parts[1] for name in in_place(course)} == {"blank", "right"}
    outcomes = {one.student: one for one in grade(course, "toy")}
    assert [outcomes[student].score for student in STUDENTS] == [0, 8, 7]
    assert outcomes["empty"].trouble == "there is no toy.ipynb in the folder: hand in the notebook"
    assert "not a notebook" in outcomes["unreadable"].trouble


def test_a_second_grader_is_refused_in_one_sentence(prepared):
    with course_lock(prepared.root):
        with pytest.raises(WorkFailedError, match="Somebody else is grading in this course: wait"):
            grade(prepared, "toy")
        for command in (AUTOGRADE, FEEDBACK):
            done = prepared.nbgrader(command, "toy")
            assert done.returncode == 1
            assert done.stderr.count("Somebody else is grading") == 1
            assert "Traceback" not in done.stderr


def test_the_lock_is_handed_down_and_ends_with_its_last_holder(tmp_path, monkeypatch):
    with course_lock(tmp_path) as lock:
        with monkeypatch.context() as patch:
            [(name, value)] = handed_down(lock).items()
            patch.setenv(name, value)
            with course_lock(tmp_path) as again:
                assert again != lock
            patch.setenv(name, "99999")
            with pytest.raises(WorkFailedError), course_lock(tmp_path):
                pass
        with pytest.raises(WorkFailedError), course_lock(tmp_path):
            pass
    with course_lock(tmp_path):
        pass
