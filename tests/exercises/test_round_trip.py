"""Every problem set, from its source to feedback, with the real nbgrader commands."""

import csv
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from gradekit.check import check, filled
from gradekit.course import CONFIG, Course
from gradekit.demo import demo, table
from gradekit.names import visible_and_hidden
from gradekit.notebooks import read, write
from gradekit.release import check_release
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SETS = COURSE.sets()
FEWEST_MISTAKES = 8
UNGRADED = {"warm-up"}  # shows how sets work; its points count for nothing


@pytest.fixture(scope="module", params=SETS)
def name(request):
    """The problem set under test."""
    return request.param


@pytest.fixture(scope="module")
def sample_class(name, tmp_path_factory):
    """A sample class of the set, made and graded in a course of its own."""
    root = tmp_path_factory.mktemp(name)
    shutil.copytree(COURSE.solutions / name, root / "solutions" / name)
    shutil.copyfile(COURSE.root / CONFIG, root / CONFIG)
    folder, rows = demo(Course.at(root), name)
    return Course.at(folder), rows


def test_there_are_sets_to_test():
    assert {"warm-up", "image-spectra", "noise"} <= set(SETS)


def test_each_test_names_a_page_of_the_book_to_read_again(name):
    pages = {cell.meta.get("page") for cell in read_source(COURSE.text(name)).tests()}
    assert None not in pages
    assert [page for page in pages if not (COURSE.root / "book" / f"{page}.md").is_file()] == []


def test_the_committed_release_is_as_generated(name):
    check_release(COURSE, name)


def test_reference_earns_all_blank_nothing_and_each_mistake_its_name(name):
    assert f"{name}: the blank release earned 0 of" in check(COURSE, name)


def test_the_sample_class_gets_what_it_must(sample_class):
    rows = sample_class[1]
    assert [row.student for row in rows if row.problems] == [], table(rows)


def test_there_are_enough_real_mistakes(name, sample_class):
    mistakes = [key for row in sample_class[1] for key in row.told]
    assert len(mistakes) >= (1 if name in UNGRADED else FEWEST_MISTAKES)


def test_marks_of_the_whole_class_can_be_exported(sample_class):
    course, rows = sample_class
    course.must("export", "--to", "grades.csv")
    with (course.root / "grades.csv").open(encoding="utf-8") as file:
        scores = {line["student_id"]: float(line["score"]) for line in csv.DictReader(file)}
    assert set(scores) == {row.student for row in rows}
    assert scores["blank"] == 0
    assert scores["right"] == max(scores.values())


def test_the_release_with_the_reference_answers_validates(name, sample_class):
    course = sample_class[0]
    folder = course.work / "release" / name
    path = folder / "answered.ipynb"
    write(filled(read(folder / f"{name}.ipynb"), read_source(course.text(name))), path)
    assert "Success! Your notebook passes all the tests." in course.must("validate", str(path))


def test_hidden_tests_are_in_neither_release_nor_feedback(name, sample_class):
    course = sample_class[0]
    lines = [visible_and_hidden(cell.text) for cell in read_source(course.text(name)).cells]
    visible = {line for seen, _ in lines for line in seen}
    secrets = {line for _, hidden in lines for line in hidden if len(line) >= 12} - visible
    assert secrets
    pages = sorted(course.root.glob("feedback/*/*/*.html"))
    graded = [row for row in sample_class[1] if not row.expected.startswith("not graded")]
    assert len(pages) == len(graded)
    texts = [unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8"))) for page in pages]
    texts += [cell.source for cell in read(course.work / "release" / name / f"{name}.ipynb").cells]
    shown = {line.strip() for text in texts for line in text.splitlines()}
    assert secrets & shown == set()
    assert "task.score()" in shown


def test_no_folder_of_a_student_holds_the_text_source(name, sample_class):
    course = sample_class[0]
    listed = set(read_source(course.text(name)).files)
    for step, own in [("autograded", f"{name}.ipynb"), ("feedback", f"{name}.html")]:
        found = {path.name for path in (course.root / step).rglob("*") if path.is_file()}
        assert found == {own} | (listed if step == "autograded" else set())
