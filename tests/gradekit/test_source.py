"""Text to notebook: full metadata, ids that depend on names alone, nothing that is not listed."""

import pytest

from gradekit.errors import GradekitError
from gradekit.notebooks import read
from gradekit.source import read_source, to_notebook, write_source


def by_id(notebook):
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if cell.metadata}


def test_short_metadata_becomes_the_full_schema(course):
    cells = by_id(to_notebook(read_source(course.text("toy"))))
    test = cells["mean_power-test"].metadata
    assert test.nbgrader == {
        "schema_version": 3,
        "grade_id": "mean_power-test",
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 3,
    }
    assert test.gradekit == {"uses": ["mean_power"]}
    assert cells["setup"].metadata.nbgrader.locked
    assert cells["setup"].metadata.gradekit == {"setup": True}
    answer = cells["mean_power"].metadata
    assert (answer.nbgrader.locked, answer.nbgrader.solution) == (False, True)
    assert "gradekit" not in answer


def test_run_all_does_not_stop_at_the_stub_of_an_answer_that_is_no_function(course):
    cells = by_id(to_notebook(read_source(course.text("toy"))))
    tagged = [name for name, cell in cells.items() if "tags" in cell.metadata]
    assert tagged == ["diagnosis"]
    assert cells["diagnosis"].metadata.tags == ["raises-exception"]


def test_cell_ids_stay_when_code_changes_and_differ_from_each_other(course, edit):
    before = [cell.id for cell in to_notebook(read_source(course.text("toy"))).cells]
    edit("np.array([1.0, -1.0, 2.0, 0.0])", "np.array([2.0, -1.0, 2.0, 0.0])")
    after = [cell.id for cell in to_notebook(read_source(course.text("toy"))).cells]
    assert before == after
    assert len(set(before)) == len(before)


def test_the_kernel_is_the_plain_python_one(course):
    metadata = to_notebook(read_source(course.text("toy"))).metadata
    assert metadata.kernelspec.name == "python3"
    assert metadata.gradekit.generated_from == "solutions/toy/toy.py"
    assert "jupytext" not in metadata


def test_only_listed_files_are_copied(course, tmp_path):
    (course.text("toy").parent / "rubric.md").write_text("half marks for …", encoding="utf-8")
    folder = tmp_path / "out"
    write_source(read_source(course.text("toy")), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["signal.csv", "toy.ipynb"]
    assert read(folder / "toy.ipynb").nbformat_minor == 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("files: [signal.csv]", "files: [other.csv]", "'other.csv' is not in toy/"),
        ("files: [signal.csv]", "files: [../secret]", "'../secret' is not in toy/"),
        ('"setup": true, "grade_id"', '"set up": true, "grade_id"', "cell setup: unknown metadata"),
        ('"setup": true, "grade_id": "setup"', '"setup": true', "cell 2: give it a grade_id"),
    ],
)
def test_wrong_headers_are_refused_by_name(course, edit, old, new, words):
    path = edit(old, new)
    with pytest.raises(GradekitError) as caught:
        read_source(path)
    assert words in str(caught.value)
