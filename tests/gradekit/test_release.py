"""The release: the same bytes each time, nothing secret in it, nothing else touched."""

import shutil
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbgrader.validator import Validator

from gradekit.errors import WorkFailedError
from gradekit.notebooks import grade_id, read, write
from gradekit.release import check_release, release


@pytest.fixture(scope="module")
def released(make_course, tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("released"))
    release(course, "toy")
    return course


def files_of(course):
    paths = course.root.rglob("*")
    return {str(p.relative_to(course.root)): p.read_bytes() for p in paths if p.is_file()}


def test_the_release_holds_the_notebook_and_the_listed_files_only(released):
    names = sorted(path.name for path in (released.exercises / "toy").iterdir())
    assert names == ["signal.csv", "toy.ipynb"]


def test_nothing_is_written_outside_of_exercises_and_build(released):
    known = ("exercises/", "_build/", "solutions/", "nbgrader_config.py")
    assert [file for file in files_of(released) if not file.startswith(known)] == []


def test_solutions_hidden_tests_and_wrong_answers_are_not_in_it(released):
    text = (released.exercises / "toy" / "toy.ipynb").read_text(encoding="utf-8")
    secrets = [
        "return toykit",
        "Power adds",
        "diagnosis = ",
        "HIDDEN",
        "default_rng",
        "hidden=True",
    ]
    assert [secret for secret in [*secrets, '"wrong"'] if secret in text] == []
    assert "raise NotImplementedError()" in text


def test_cells_keep_stable_ids_kernel_and_locks(released):
    notebook = read(released.exercises / "toy" / "toy.ipynb")
    source = read(released.source / "toy" / "toy.ipynb")
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in source.cells]
    assert notebook.metadata.kernelspec.name == "python3"
    locked = {grade_id(cell) for cell in notebook.cells if cell.metadata.get("editable") is False}
    assert {"setup", "mean_power-test", "power_spectrum-test", "diagnosis-test"} == locked


def test_generating_again_gives_the_same_bytes_and_touches_nothing(released):
    notebook = released.exercises / "toy" / "toy.ipynb"
    before, stamp = files_of(released), notebook.stat().st_mtime_ns
    check_release(released, "toy")
    release(released, "toy")
    assert files_of(released) == before
    assert notebook.stat().st_mtime_ns == stamp


def test_a_changed_or_foreign_file_is_named(released, course):
    # In a copy: the module's release stays as it is.
    target = course.exercises / "toy"
    target.mkdir(parents=True)
    for name in ("toy.ipynb", "signal.csv"):
        (target / name).write_bytes((released.exercises / "toy" / name).read_bytes() + b"\n")
    (target / "notes.txt").touch()
    with pytest.raises(WorkFailedError) as caught:
        check_release(course, "toy")
    for name in ("toy.ipynb", "signal.csv", "notes.txt"):
        assert f"exercises/toy/{name}" in str(caught.value)


def test_a_set_that_breaks_a_rule_is_not_released(course, edit):
    edit('"points": 3,', '"points": 5,')
    with pytest.raises(WorkFailedError, match="cell mean_power-test: its parts sum to 3"):
        release(course, "toy")
    assert not course.exercises.exists()


def test_the_released_cells_run_without_nbgrader(released):
    notebook = read(released.exercises / "toy" / "toy.ipynb")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    blocked = (
        "import sys\nfor name in ('nbgrader', 'nbformat', 'jupytext'): sys.modules[name] = None"
    )
    answered = [text.replace("raise NotImplementedError()", "return 1.5") for text in code]
    answered = ["diagnosis = ''" if text.startswith("# diagnosis") else text for text in answered]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([blocked, *answered])],
        cwd=released.exercises / "toy",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Task mean_power: 1 of 2 visible parts passed. More tests" in done.stdout


def test_the_released_notebook_runs_to_its_end_without_an_answer(released):
    notebook = read(released.exercises / "toy" / "toy.ipynb")
    folder = str(released.exercises / "toy")
    NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert "0 of" in str(last.outputs)


def test_a_validated_notebook_says_what_failed_and_nothing_of_partial_credit(
    released, tmp_path, monkeypatch
):
    notebook = read(released.exercises / "toy" / "toy.ipynb")
    for cell in notebook.cells:
        if cell.source.startswith("def mean_power"):
            cell.source = "def mean_power(signal):\n    return float(np.sum(signal**2))"
    for file in (released.exercises / "toy").iterdir():
        shutil.copyfile(file, tmp_path / file.name)
    write(notebook, tmp_path / "toy.ipynb")
    monkeypatch.chdir(tmp_path)
    result = Validator().validate("toy.ipynb")
    (said,) = [cell["error"] for cell in result["failed"] if "mean_power" in cell["error"]]
    assert said.startswith("Task mean_power: ")
    assert "✗ failed: four numbers" in said
    assert "The number below" not in said
    assert not any("Partial" in cell["error"] for cell in result["failed"])


def test_a_released_notebook_that_was_worked_in_is_never_overwritten(make_course, tmp_path):
    course = make_course(tmp_path)
    notebook = release(course, "toy") / "toy.ipynb"
    worked = read(notebook)
    next(cell for cell in worked.cells if cell.cell_type == "code").execution_count = 1
    write(worked, notebook)
    before = notebook.read_bytes()
    with pytest.raises(WorkFailedError, match=r"worked in.*move it elsewhere"):
        release(course, "toy")
    assert notebook.read_bytes() == before
