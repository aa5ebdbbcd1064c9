"""The command: exit 0 for success, 1 for failed work, 2 for wrong use, one sentence each."""

import os
import shutil
import sqlite3
import sys
from contextlib import closing

import pytest

from gradekit import sandbox
from gradekit.cli import main
from gradekit.course import CONFIG
from gradekit.machine import RESUME


@pytest.fixture(autouse=True)
def in_course(course, monkeypatch):
    monkeypatch.chdir(course.root)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["release", "other"], "no problem set 'other' in solutions/: known are toy"),
        (["check", "other"], "no problem set 'other'"),
        (["demo", "other"], "no problem set 'other'"),
        (["feedback", "toy"], "Nobody's toy is graded yet: run `gradekit grade toy` first."),
        (["feedback", "other"], "no problem set 'other'"),
        (["grade", "toy"], "Nobody has handed in toy: put each notebook at"),
        (["grade", "other"], "no problem set 'other'"),
        (["grade", "other", "--student", "ada"], "no problem set 'other'"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(arguments, words, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.fixture
def handed_in(course):
    """One submission, which none of these tests comes to grade."""
    folder = course.root / "submitted" / "ada" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").write_text("{}", encoding="utf-8")


def test_an_unknown_student_is_status_2(handed_in, capsys):
    assert main(["grade", "toy", "--student", "bob"]) == 2
    assert capsys.readouterr().err == "There is no submission of 'bob': toy was handed in by ada.\n"


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_wrong_number_of_workers_is_status_2(number, handed_in, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["grade", "toy", f"--workers={number}"])
    assert caught.value.code == 2
    assert "is no whole number from 1 on" in capsys.readouterr().err


def test_a_mistake_in_the_source_is_status_1(handed_in, edit, capsys):
    edit('"points": 3,', '"points": 5,')
    assert main(["grade", "toy"]) == 1
    assert "make them equal" in capsys.readouterr().err


@pytest.fixture
def gradebook(course, monkeypatch):
    """A gradebook of a version that no nbgrader has, for which nobody waits long."""
    monkeypatch.setattr("gradekit.course.BUSY", 0)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('old')")
        connection.commit()
        yield connection


def test_a_gradebook_of_another_version_is_told_how_to_upgrade(handed_in, gradebook, capsys):
    assert main(["grade", "toy"]) == 1
    error = capsys.readouterr().err
    assert "gradebook.db is of version old, this nbgrader needs" in error
    assert "`nbgrader db upgrade`" in error
    assert error.count("\n") == 1


def test_a_gradebook_that_another_program_writes_is_one_sentence(handed_in, gradebook, capsys):
    gradebook.execute("BEGIN IMMEDIATE")
    assert main(["grade", "toy"]) == 1
    error = capsys.readouterr().err
    assert "gradebook.db: Another program writes to the gradebook and does not end" in error
    assert error.count("\n") == 1


def test_a_gradebook_that_is_no_database_is_one_sentence(course, handed_in, capsys):
    (course.root / "gradebook.db").write_text("marks " * 1000, encoding="utf-8")
    assert main(["grade", "toy"]) == 1
    error = capsys.readouterr().err
    assert "file is not a database" in error
    assert error.count("\n") == 1


def test_an_interrupt_says_how_to_go_on(handed_in, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradekit.grade.generate", interrupted)
    assert main(["grade", "toy"]) == 1
    assert capsys.readouterr().err == f"Interrupted. {RESUME}\n"


def test_without_bubblewrap_grading_is_refused_with_what_to_do(course, capsys, monkeypatch):
    (course.root / "submitted" / "student" / "toy").mkdir(parents=True)
    monkeypatch.setenv("PATH", "")
    sandbox.trouble.cache_clear()
    assert main(["grade", "toy"]) == 2
    sandbox.trouble.cache_clear()
    error = capsys.readouterr().err
    assert "install the package bubblewrap" in error
    assert error.count("\n") == 1


def test_another_folder_is_refused(capsys, course):
    (course.root / CONFIG).unlink()
    assert main(["check"]) == 2
    assert "run this command in the folder of the course" in capsys.readouterr().err


def test_failed_work_is_status_1(edit, capsys):
    edit('"points": 3,', '"points": 5,')
    assert main(["release"]) == 1
    assert "make them equal" in capsys.readouterr().err


def test_release_then_check_of_the_bytes_then_a_change(edit, capsys):
    assert main(["release"]) == 0
    assert main(["release", "--check", "toy"]) == 0
    assert "exercises/toy/ is as generated" in capsys.readouterr().out
    edit("# # Toy set: power", "# # Toy set: energy")
    assert main(["release", "--check"]) == 1
    assert "Run `gradekit release`" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_crash(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        assert main(["release"]) == 1


def test_unknown_commands_are_status_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["publish"])
    assert caught.value.code == 2


def test_a_course_without_sets_says_so(course, capsys):
    shutil.rmtree(course.solutions)
    assert main(["check", "toy"]) == 2
    assert "known are none yet" in capsys.readouterr().err


def test_a_missing_extra_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    monkeypatch.delitem(sys.modules, "gradekit.source", raising=False)
    monkeypatch.delitem(sys.modules, "gradekit.release", raising=False)
    assert main(["release", "toy"]) == 2
    assert "jupytext is missing: install this package with its extra `grading`" in (
        capsys.readouterr().err
    )
