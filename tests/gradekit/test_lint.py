"""Each rule of the lint: the toy set passes, and one change breaks exactly that rule."""

import pytest

from gradekit.lint import lint_release, lint_source
from gradekit.notebooks import read, write
from gradekit.source import read_source, write_source


def test_the_toy_set_has_no_failure(course):
    assert lint_source(read_source(course.text("toy"))) == []


@pytest.mark.parametrize(
    ("old", "new", "label", "words"),
    [
        (
            'compare(diagnosis, "amplitude")\ntask.score()',
            'compare(diagnosis, "amplitude")',
            "diagnosis-test",
            "does not end in `task.score()`",
        ),
        (
            'compare(diagnosis, "amplitude")\ntask.score()',
            'compare(diagnosis, "amplitude")\ntask.score();',
            "diagnosis-test",
            "without semicolon",
        ),
        (
            'compare(diagnosis, "amplitude")\ntask.score()',
            'compare(diagnosis, "amplitude")\nother.score()',
            "diagnosis-test",
            "does not end in `task.score()`",
        ),
        ('task = Task("diagnosis", points=1)', "pass", "diagnosis-test", "makes no task"),
        (
            'task = Task("diagnosis", points=1)',
            'task = Task("diagnosis", points=2)',
            "diagnosis-test",
            "Task has 2 points and the metadata says 1",
        ),
        (
            '"the right word", points=1',
            '"the right word", points=2',
            "diagnosis-test",
            "parts sum to 2 and its metadata says 1",
        ),
        (
            '"the right word", points=1',
            '"the right word", points=2 - 1',
            "diagnosis-test",
            "no literal number",
        ),
        (
            'with task.part("the right word", points=1):\n    compare(diagnosis, "amplitude")',
            'if True:\n    with task.part("p", points=1):\n        compare(diagnosis, "x")',
            "diagnosis-test",
            "put each part at the top level",
        ),
        (
            '"grade_id": "diagnosis-test"',
            '"grade_id": "mean_power-test"',
            "mean_power-test",
            "its grade_id occurs 2 times",
        ),
        ('"uses": ["diagnosis"]', '"uses": []', "diagnosis-test", "add it to `uses`"),
        (
            '"uses": ["diagnosis"]',
            '"uses": ["diagnosis", "mean_power"]',
            "diagnosis-test",
            "which the test does not use",
        ),
        (
            '"uses": ["diagnosis"]',
            '"uses": ["diagnosis", "typo"]',
            "diagnosis-test",
            "'typo', which no answer cell makes",
        ),
        (
            'compare(diagnosis, "amplitude")',
            "compare(diagnosis, mistery)",
            "diagnosis-test",
            "unknown name 'mistery': make it in a setup cell",
        ),
        (
            'task = Task("diagnosis", points=1)',
            'task = Task("diagnosis", points=1)\nprint(diagnosis)',
            "diagnosis-test",
            "outside of a part",
        ),
        ("import toykit", "import toykit\nmean_power(1)", "setup", "student's 'mean_power'"),
        ("import toykit", "import toykit\nlater(1)", "setup", "'later', which no setup cell"),
        ("import toykit", "%matplotlib inline", "setup", "is not plain Python"),
        (
            '"your own signal", points=1, hidden=True',
            '"your own signal", points=1',
            "mean_power-test",
            "add `hidden=True`",
        ),
        (
            '"a recorded signal", points=1)',
            '"a recorded signal", points=1, hidden=True)',
            "mean_power-test",
            "put it between the HIDDEN TESTS lines",
        ),
        (
            'task = Task("diagnosis", points=1)\nwith task.part("the right word", points=1):',
            'task = Task("diagnosis", points=1)\n### BEGIN HIDDEN TESTS\n'
            'with task.part("the right word", points=1, hidden=True):',
            "diagnosis-test",
            "add a visible part",
        ),
        (
            '"uses": ["diagnosis"]}',
            '"uses": ["diagnosis"], "wrong": "f"}',
            "diagnosis-test",
            "no answer",
        ),
        (
            "toykit.mistakes_of('mean_power', signal)\"}",
            'toykit.("}',
            "mean_power",
            "no expression",
        ),
    ],
)
def test_a_broken_rule_is_told_with_set_cell_and_remedy(course, edit, old, new, label, words):
    path = edit(old, new)
    problems = lint_source(read_source(path))
    assert any(p.startswith(f"toy, cell {label}: ") and words in p for p in problems), problems


@pytest.fixture
def released(course, tmp_path):
    """A release made by hand: the source notebook with its solutions cut out."""
    source = read_source(course.text("toy"))
    folder = tmp_path / "release"
    path = write_source(source, folder)
    notebook = read(path)
    stubs = {"mean_power": 'def mean_power(signal):\n    """Doc."""\n    raise NotImplementedError'}
    stubs["power_spectrum"] = stubs["mean_power"].replace("mean_power", "power_spectrum")
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution"):
            cell.source = stubs.get(meta.grade_id, "# your answer")
        cell.source = cell.source.split("### BEGIN HIDDEN TESTS")[0]
    write(notebook, path)
    return source, folder


def change(folder, grade_id, text):
    notebook = read(folder / "toy.ipynb")
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.source = text(cell.source)
    write(notebook, folder / "toy.ipynb")


def test_a_clean_release_passes(released):
    assert lint_release(*released) == []


def test_a_solution_line_anywhere_in_the_release_is_found(released):
    source, folder = released
    change(folder, "setup", lambda text: text + "\nif 1:\n    return toykit.mean_power(signal)")
    assert "`return toykit.mean_power(signal)` is in the release" in lint_release(source, folder)[0]


def test_a_written_model_answer_in_the_release_is_found(released):
    source, folder = released
    line = "Power adds over independent signals, amplitude does not."
    change(folder, "written", lambda text: line)
    assert "toy, cell written: its solution line" in lint_release(source, folder)[0]


def test_a_hidden_line_in_the_release_is_found(released):
    source, folder = released
    line = "own = np.random.default_rng(7).normal(size=32)"
    change(folder, "mean_power", lambda text: f"{text}\n{line}")
    assert f"mean_power-test: its hidden line `{line}`" in lint_release(source, folder)[0]


def test_an_answer_without_docstring_is_found(released):
    source, folder = released
    change(folder, "mean_power", lambda text: text.replace('"""Doc."""', "pass"))
    assert "mean_power has no docstring in the release" in lint_release(source, folder)[0]


def test_an_unlisted_file_in_the_release_is_found(released):
    source, folder = released
    (folder / "toy.py").write_text("the solutions", encoding="utf-8")
    problems = lint_release(source, folder)
    assert problems == [
        "toy, cell toy.py: is in the release and not listed: delete it, or list it under "
        "`files` in the header of the text source."
    ]
