"""Links, special files, floods and odd names are left out and named; the submission stays."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path, PurePath

import pytest

from gradekit.grade import How, grade
from gradekit.intake import Limits, copy_file, examine, shown, summary
from gradekit.notebooks import grade_id, read, write
from gradekit.release import release
from gradekit.source import read_source


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / "toy.ipynb").write_text("{}")
    return folder


def taken(folder, limits=None):
    intake = examine(folder, limits) if limits else examine(folder)
    return [str(file) for file in intake.files]


def test_ordinary_files_are_taken_notebooks_first(folder):
    (folder / "a.csv").write_text("1")
    (folder / "data").mkdir()
    (folder / "data" / "über mich.txt").write_text("2")
    assert taken(folder) == ["toy.ipynb", "a.csv", "data/über mich.txt"]
    assert examine(folder).left_out == {}


def test_links_are_left_out_wherever_they_point(folder):
    (folder / "file").symlink_to("toy.ipynb")
    (folder / "root").symlink_to("/")
    (folder / "nowhere").symlink_to("/does/not/exist")
    (folder / "loop").symlink_to("loop")
    names = ["file", "loop", "nowhere", "root"]
    assert examine(folder).left_out == {f"'{name}'": "a link" for name in names}
    assert taken(folder) == ["toy.ipynb"]


def test_a_submission_that_is_a_link_is_not_entered(folder):
    (folder.parent / "other").symlink_to(folder)
    intake = examine(folder.parent / "other")
    assert intake.files == ()
    assert intake.left_out == {"'other'": "a link"}


def test_pipes_and_sockets_are_left_out_without_opening_them(folder, monkeypatch):
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        assert examine(folder).left_out == {"'pipe'": "a named pipe", "'sock'": "a socket"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"a\nnot graded: student x: y", "control characters"),
        (b"\x1b[2J", "control characters"),
        (b"\xff\xfe", "not in UTF-8"),
        ("a\u202etxt.exe".encode(), "control characters"),
        (b"-rf", "starts with a dash"),
        (b"x" * 250, "more than 200 bytes"),
    ],
)
def test_odd_names_are_left_out_and_printed_safely(name, reason, folder):
    (folder / os.fsdecode(name)).write_text("")
    [(key, why)] = examine(folder).left_out.items()
    assert reason in why
    assert key.isascii()
    assert key.isprintable()
    assert len(key) <= 80


def test_what_is_in_a_folder_with_an_odd_name_is_left_out_with_it(folder):
    (folder / "-d").mkdir()
    (folder / "-d" / "x").write_text("")
    assert examine(folder).left_out == {"'-d'": "a name that starts with a dash"}


def test_large_files_are_left_out_by_their_apparent_size(folder):
    with (folder / "sparse").open("wb") as file:
        file.truncate(2**40)
    assert examine(folder).left_out == {"'sparse'": "larger than 100 MiB"}


def test_size_in_all_number_and_depth_are_limited(folder):
    for i in range(4):
        (folder / f"{i}").write_bytes(b"x" * 2**20)
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "x").write_text("")
    assert "'3'" in examine(folder, Limits(files=4)).left_out
    assert examine(folder, Limits(total_size=2**20 + 2)).left_out["'1'"] == "more than 1 MiB in all"
    assert examine(folder, Limits(depth=2)).left_out == {"'a/b/c'": "more than 2 folders deep"}


def test_a_flood_of_files_ends_the_walk_and_the_notebook_is_kept(folder):
    (folder / "many").mkdir()
    for i in range(50):
        (folder / "many" / f"{i}").write_text("")
    intake = examine(folder, Limits(files=5))
    assert intake.files[0] == PurePath("toy.ipynb")
    assert len(intake.files) == 5
    assert intake.left_out["everything after"] == "more than 10 entries"
    assert len(intake.left_out) == 6


def test_a_long_list_is_shortened():
    listed = summary({shown(PurePath(str(i))): "a link" for i in range(12)})
    assert listed.startswith("'0' (a link), '1' (a link)")
    assert listed.endswith(" and 2 more")


def test_copying_never_follows_a_link_that_came_later(folder, tmp_path):
    (folder / "late").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(OSError, match="late"):
        copy_file(folder / "late", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def snapshot(root):
    return {
        str(path.relative_to(root)): (path.lstat().st_mode, path.lstat().st_mtime_ns)
        for path in root.rglob("*")
    }


@pytest.fixture(scope="module")
def hostile_class(make_course, tmp_path_factory):
    """A class with links and special files, graded with the plain nbgrader command."""
    course = make_course(tmp_path_factory.mktemp("hostile"))
    release(course, "toy")
    right = {cell.label: cell.text for cell in read_source(course.text("toy")).answers()}

    def hand_in(student):
        notebook = read(course.exercises / "toy" / "toy.ipynb")
        for cell in notebook.cells:
            cell.source = right.get(grade_id(cell), cell.source)
        folder = course.root / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        write(notebook, folder / "toy.ipynb")
        return folder

    secret = course.text("toy")
    links = hand_in("links")
    (links / "solution.py").symlink_to(secret)
    (links / "data.csv").write_text("1")
    os.mkfifo(links / "pipe")
    (links / "a\nb").write_text("")
    hand_in("stamp")
    os.mkfifo(course.root / "submitted" / "stamp" / "toy" / "timestamp.txt")
    (hand_in("no-time") / "timestamp.txt").write_text("soon")
    (hand_in("on-time") / "timestamp.txt").write_text("2030-01-01 12:00:00 UTC")
    clash = hand_in("clash")
    (clash / "signal.csv").mkdir()
    (clash / "signal.csv" / "x").write_text("")
    stolen = hand_in("stolen") / "toy.ipynb"
    stolen.unlink()
    stolen.symlink_to(links / "toy.ipynb")
    inside = hand_in("folder")
    (inside / "toy.ipynb").rename(inside / "other")
    (inside / "toy.ipynb").mkdir()
    (inside / "other").rename(inside / "toy.ipynb" / "toy.ipynb")
    (links / "own.ipynb").mkdir()
    (course.root / "submitted" / "whole").mkdir()
    (course.root / "submitted" / "whole" / "toy").symlink_to(links)
    before = snapshot(course.root / "submitted")
    course.must("generate_assignment", "toy", "--force")
    done = course.nbgrader("autograde", "toy")
    assert snapshot(course.root / "submitted") == before
    return course, done.stdout + done.stderr


def files(course, student):
    folder = course.root / "autograded" / student / "toy"
    return sorted(path.name for path in folder.rglob("*")) if folder.is_dir() else None


def test_plain_nbgrader_copies_regular_files_only(hostile_class):
    course, log = hostile_class
    assert files(course, "links") == ["data.csv", "signal.csv", "toy.ipynb"]
    left_out = "'a\\nb' (a name with control characters or not in UTF-8), 'pipe' (a named pipe)"
    left_out += ", 'solution.py' (a link), 'own.ipynb' (a folder with the name of a notebook)"
    assert f"student links: left out: {left_out}" in log
    assert files(course, "clash") == ["signal.csv", "toy.ipynb"]
    assert files(course, "on-time") == ["signal.csv", "timestamp.txt", "toy.ipynb"]


def test_a_notebook_or_time_that_must_not_be_read_is_refused_by_name(hostile_class):
    course, log = hostile_class
    for student, reason in {
        "stamp": "timestamp.txt is a named pipe",
        "no-time": "timestamp.txt holds no time",
        "stolen": "toy.ipynb is a link",
        "whole": "toy is a link",
        "folder": "toy.ipynb is a folder with the name of a notebook: hand in the file itself",
    }.items():
        assert f"not graded: student {student}: {reason}" in log
        assert files(course, student) is None


def test_a_refused_new_version_takes_the_marks_of_the_old_one_away(hostile_class):
    course = hostile_class[0]
    path = course.root / "submitted" / "on-time" / "toy" / "toy.ipynb"
    content = path.read_bytes()
    path.write_text(json.dumps({"nbformat": 3}))
    course.nbgrader("autograde", "toy", "--student=on-time", "--force")
    course.must("export", "--to", "grades.csv")
    assert ",0.0,10.0" in line_of(course, "on-time")
    path.write_bytes(content)
    outcomes = grade(course, "toy", How(reference_allowed=True))
    assert {one.student: one.score for one in outcomes}["on-time"] == 8.0


def line_of(course, student):
    lines = (course.root / "grades.csv").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if f",{student}," in line)


FORMGRADER = """
from nbgrader.apps import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
app = FormgradeExtension()
result = NbGraderAPI(config=app.load_config()).autograde("toy", "links", force=True)
print(result["success"], "left out" in result["log"])
"""


def test_the_button_of_formgrader_examines_submissions_too(hostile_class):
    course = hostile_class[0]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-c", FORMGRADER],
        cwd=course.root,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["True True"], done.stderr
    assert files(course, "links") == ["data.csv", "signal.csv", "toy.ipynb"]
