"""The execute step as a whole: a job in, an executed notebook out, and nothing else."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gradekit import sandbox
from gradekit.execute import execute
from gradekit.job import Job
from gradekit.notebooks import as_text, from_text, grade_id, is_test, read
from gradekit.raised import NOT_ALLOWED
from gradekit.release import generate
from gradekit.task import SCORE_MIME

SETUP = "import numpy as np, toykit\nfrom gradekit.task import Task, compare"
LIBRARY = "def mean_power(signal):\n    return toykit.mean_power(signal)"
WRONG = "def mean_power(signal):\n    print('trying')\n    return float((signal**2).sum())"


@pytest.fixture(scope="module")
def toy(make_course, tmp_path_factory):
    """The toy set's source notebook and the files that are handed out with it."""
    course = make_course(tmp_path_factory.mktemp("course"))
    folder = tmp_path_factory.mktemp("made")
    generate(course, "toy", folder)
    source = folder / "source" / "toy"
    return read(source / "toy.ipynb"), {"signal.csv": (source / "signal.csv").read_bytes()}


@pytest.fixture(scope="module")
def toy_job(toy):
    """A job of the toy set with this answer to its first task."""
    notebook, files = toy

    def make(answer, **fields):
        changed = from_text(as_text(notebook))
        cell = next(cell for cell in changed.cells if grade_id(cell) == "mean_power")
        cell.source = answer
        fields = {"course_files": files, "packages": ("toykit",), "run": "token", **fields}
        return Job(as_text(changed), **fields)

    return make


def outputs(done):
    """Outputs of all cells, with scores of tests apart from the token."""
    cells = from_text(done.notebook).cells
    records = [cell.outputs[0].data[SCORE_MIME] for cell in cells if is_test(cell)]
    assert {record.pop("run") for record in records} == {"token"}
    return json.loads(json.dumps([cell.get("outputs") for cell in cells]))


@pytest.fixture(scope="module")
def both(toy_job):
    """The toy set with a wrong answer, in the sandbox and without, at the same time."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(execute, [toy_job(WRONG), toy_job(WRONG, trusted=True)]))


@pytest.fixture(scope="module")
def confined(both):
    """The one in the sandbox."""
    return both[0]


def scores(done):
    cells = [cell for cell in from_text(done.notebook).cells if is_test(cell)]
    return [cell.outputs[0].data[SCORE_MIME]["score"] for cell in cells]


def test_the_same_job_gives_the_same_notebook(confined, toy_job, monkeypatch, tmp_path):
    before = set(Path.cwd().iterdir())
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ["PYTHONPATH"]}
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.chdir(tmp_path)
    again = execute(toy_job(WRONG))
    assert again.trouble == ""
    assert outputs(again) == outputs(confined)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert set(Path.cwd().iterdir()) == before


def test_with_and_without_a_sandbox_the_results_are_the_same(both):
    confined, trusted = both
    assert outputs(trusted) == outputs(confined)
    assert scores(trusted)[0] < 3
    assert "sum: You summed the squares: divide by their number." in trusted.notebook


def test_every_test_cell_holds_one_record_and_its_score_as_last_value(confined):
    cells = [cell for cell in from_text(confined.notebook).cells if is_test(cell)]
    for cell in cells:
        shown, result = cell.outputs
        assert shown.output_type == "display_data"
        assert set(shown.data) == {"text/plain", "text/html", SCORE_MIME}
        assert result.data == {"text/plain": repr(shown.data[SCORE_MIME]["score"])}
        assert shown.data[SCORE_MIME]["run"] == "token"


def test_only_the_courses_own_work_may_call_the_reference(toy_job):
    assert scores(execute(toy_job(LIBRARY, trusted=True, reference_allowed=True))) == [
        3.0,
        4.0,
        1.0,
    ]
    done = execute(toy_job(LIBRARY, trusted=True))
    assert scores(done) == [0.0, 0.0, 1.0]
    cell = next(c for c in from_text(done.notebook).cells if grade_id(c) == "mean_power-test")
    parts = cell.outputs[0].data[SCORE_MIME]["parts"]
    assert {part["message"] for part in parts} == {NOT_ALLOWED}


def test_where_the_sandbox_does_not_work_there_is_trouble_and_no_notebook(toy_job, monkeypatch):
    monkeypatch.setattr(sandbox, "trouble", lambda: "It does not work here.")
    done = execute(toy_job(WRONG))
    assert (done.notebook, done.trouble) == ("", "It does not work here.")


@pytest.fixture(scope="module")
def notebook(run_job, setup_cell, test_cell):
    """One notebook with what a student and a course may do, in the sandbox."""
    visible = test_cell("visible", "compare(helper(2), 4)")
    visible.source = (
        "import statistics\ndef helper(x):\n    return 2 * x\nweights = [1, 2]\nprint('shown')\n"
        f"### BEGIN HIDDEN TESTS\nsecret = 3\n### END HIDDEN TESTS\n{visible.source}"
    )
    tagged = test_cell("tagged", "compare(f(), 1)", uses=["f"])
    tagged.metadata.tags = ["skip-execution", "raises-exception"]
    return run_job(
        setup_cell(f"{SETUP}\nimport given_module\ngiven = open('given.csv').read()"),
        visible,
        "from statistics import mean\nprint(helper(mean(weights)), task.name)",
        "print(secret)",
        "import own_module\nprint(own_module.here, given, open('given.csv').read())",
        "def f():\n    return 1",
        tagged,
        test_cell("files", "compare(open('given.csv').read(), 'course')"),
        test_cell("modules", "compare(given_module.here, 'course')"),
        test_cell("no files of the student", "import own_module"),
        test_cell("seeded", "compare(SEED, 12)"),
        test_cell("not seeded", "assert SEED is None"),
        f"""
        from IPython.display import display
        display({{"text/plain": "mine", {SCORE_MIME!r}: {{"score": 1.0}}}}, raw=True)
        """,
        "import gradekit.task\nown = gradekit.task.Task('own', points=1)\nown.score()",
        files={"given.csv": b"mine", "given_module.py": b"here = 'mine'",
               "own_module.py": b"here = 'beside'", "deep/x.csv": b""},
        course_files={"given.csv": b"course", "given_module.py": b"here = 'course'"},
        seeds={"seeded": 12},
    )  # fmt: skip


def test_visible_names_of_a_test_are_there_in_later_cells_and_hidden_ones_are_not(notebook):
    assert notebook.text(2).strip() == "3.0 visible"
    assert "name 'secret' is not defined" in notebook.text(3)


def test_a_students_own_module_can_be_imported(notebook):
    # A file of the student that has the name of one of the course is there by the course's leave.
    assert notebook.text(4).strip() == "beside mine mine"


def test_tags_do_not_keep_a_cell_from_being_graded(notebook):
    assert notebook.score("tagged") == 1.0
    assert all("tags" not in cell.metadata for cell in notebook.cells)


def test_tests_read_the_files_of_the_course(notebook):
    assert [notebook.score("files"), notebook.score("modules")] == [1.0, 1.0]
    assert "ModuleNotFoundError" in notebook.message("no files of the student")


def test_a_students_file_in_the_way_of_a_file_of_the_course_is_left_out(run_job, setup_cell):
    ran = run_job(
        setup_cell(SETUP),
        "import pathlib\nprint(sorted(str(p) for p in pathlib.Path().rglob('*')))",
        files={"a.csv/own": b"", "data": b"", "data2/a.csv": b"mine", "data2/own": b""},
        course_files={"a.csv": b"", "data/b.csv": b"", "data2/a.csv": b""},
        trusted=True,
    )
    assert ran.text(1).strip() == str(
        ["a.csv", "data", "data/b.csv", "data2", "data2/a.csv", "data2/own"]
    )


def test_each_test_has_its_own_seed(notebook):
    assert [notebook.score("seeded"), notebook.score("not seeded")] == [1.0, 1.0]


def test_a_score_in_a_students_cell_is_taken_away_and_a_forged_one_noted(notebook):
    forged, honest = notebook.cells[-2:]
    assert forged.outputs[0].data == {"text/plain": "mine"}
    assert not any(SCORE_MIME in output.get("data", {}) for output in honest.outputs)
    assert notebook.done.attempts == ("cell of the student: it shows a score of its own",)


@pytest.mark.parametrize("minor", [0, 2, 4, 5])
def test_notebooks_of_every_minor_version(minor, setup_cell, test_cell, run_job):
    made = {"cells": [setup_cell(SETUP), test_cell("t", "compare(1, 1)")]}
    for cell in made["cells"]:
        if minor < 5:
            del cell["id"]
    text = json.dumps({**made, "metadata": {}, "nbformat": 4, "nbformat_minor": minor})
    done = execute(Job(text, trusted=True))
    executed = from_text(done.notebook)
    assert executed.nbformat_minor == minor
    assert scores(done) == [1.0]


def test_a_notebook_without_setup_cell_or_without_any_cell(run_job, test_cell):
    alone = test_cell("t", "compare(1, 1)")
    alone.source = f"from gradekit.task import Task, compare\n{alone.source}"
    assert run_job(alone, trusted=True).score("t") == 1.0
    assert run_job(trusted=True).cells == []


@pytest.mark.parametrize(
    ("setup", "outside", "words"),
    [
        ("1 / 0", "", "the setup cells failed with ZeroDivisionError: division by zero"),
        (SETUP, "1 / 0", "cell t: the test itself failed with ZeroDivisionError: division by zero"),
        (SETUP, "import os; os._exit(0)", "cell t: the process that runs the tests died"),
    ],
)
def test_a_course_that_fails_is_trouble_that_names_the_cell(
    run_job, setup_cell, test_cell, setup, outside, words
):
    test = test_cell("t", "compare(1, 1)")
    test.source = f"### BEGIN HIDDEN TESTS\n{outside}\n### END HIDDEN TESTS\n{test.source}"
    done = run_job(setup_cell(setup), test, trusted=True).done
    assert (done.notebook, done.trouble) == ("", words)


def test_an_answer_under_a_misspelled_name_is_told_which_one_is_meant(
    run_job, setup_cell, test_cell
):
    done = run_job(
        setup_cell(SETUP),
        "def power_spectum(x):\n    return x",
        test_cell("t", "compare(power_spectrum(1), 1)", uses=["power_spectrum"]),
        test_cell("u", "compare(slope, 1)", uses=["slope"]),
        trusted=True,
    )
    meant = "is your `power_spectum` meant for it? Then give it the name that is asked for."
    assert done.message("t") == f"Not answered yet: `power_spectrum` is not defined; {meant}"
    assert done.message("u").endswith("`slope` is not defined; run its cell after writing your ans"
                                      "wer.")  # fmt: skip
