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
        ("import toykit", "import toykit\nSEED = 1", "setup", "makes a SEED of its own"),
        ("import toykit", "import toykit\nprint(SEED)", "setup", "SEED outside of a hidden part"),
        (
            'diagnosis = "amplitude"',
            'diagnosis = SEED and "amplitude"',
            "diagnosis",
            "SEED outside of a hidden part",
        ),
        (
            'task = Task("diagnosis", points=1)',
            'task = Task("diagnosis", points=1)\nrng = np.random.default_rng(SEED)',
            "diagnosis-test",
            "SEED outside of a hidden part",
        ),
        (
            'with task.part("your own signal", points=1, hidden=True):',
            'print(SEED)\nwith task.part("your own signal", points=1, hidden=True):',
            "mean_power-test",
            "SEED outside of a hidden part",
        ),
        (
            'with task.part("your own signal", points=1, hidden=True):',
            'with task.part(f"signal {SEED}", points=1, hidden=True):',
            "mean_power-test",
            "SEED outside of a hidden part",
        ),
        (
            'with task.part("a recorded signal", points=1):\n    mistakes = ',
            'with task.part("a recorded signal", points=1):\n    SEED = 1\n    mistakes = ',
            "mean_power-test",
            "makes a SEED of its own",
        ),
    ],
)
def test_a_broken_rule_is_told_with_set_cell_and_remedy(course, edit, old, new, label, words):
    path = edit(old, new)
    problems = lint_source(read_source(path))
    assert any(p.startswith(f"toy, cell {label}: ") and words in p for p in problems), problems


def arguments(course, edit, text):
    path = edit("compare(mean_power(tiny), 1.5,", f"mean_power({text})\n    compare(1.5, 1.5,")
    return [p for p in lint_source(read_source(path)) if "hands" in p]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("lambda: 1", "a function (`lambda: 1`)"),
        ("(x for x in tiny)", "a generator (`(x for x in tiny)`)"),
        ("signal={1, 2}", "a set (`{1, 2}`)"),
        ("task", "the task (`task`)"),
        ("np", "a module (`np`)"),
        ("len", "a function (`len`)"),
        ("power_spectrum", "a function (`power_spectrum`)"),
        ("[1, (2, map(abs, tiny))]", "the result of `map`"),
        ("{'a': range(3)}", "the result of `range`"),
    ],
)
def test_an_argument_that_is_never_plain_data_is_told(course, edit, text, what):
    assert arguments(course, edit, text) == [
        f"toy, cell mean_power-test: hands {what} to the student's 'mean_power': give it numbers, "
        "text, lists, tuples, dicts, arrays or a numpy.random.Generator."
    ]


@pytest.mark.parametrize(
    "text",
    ["tiny", "np.ones(3)", "*(x for x in tiny)", "list(range(3))", "np.random.default_rng(1)"],
)
def test_an_argument_that_may_be_plain_data_is_left_to_the_judge(course, edit, text):
    assert arguments(course, edit, text) == []


def test_a_name_that_hides_a_function_is_data(course, edit):
    edit("tiny = np.array(", "len = tiny = np.array(")
    assert arguments(course, edit, "len") == []


def test_the_seed_is_known_in_hidden_parts(course, edit):
    path = edit("np.random.default_rng(7)", "np.random.default_rng(SEED)")
    assert lint_source(read_source(path)) == []


def test_points_that_only_rounding_keeps_apart_are_equal(course, edit):
    edit('"grade": true, "points": 1,', '"grade": true, "points": 0.6,')
    edit('Task("diagnosis", points=1)', 'Task("diagnosis", points=0.6)')
    path = edit(
        'with task.part("the right word", points=1):',
        'with task.part("a", points=0.1):\n    pass\n'
        'with task.part("b", points=0.2):\n    pass\n'
        'with task.part("the right word", points=0.3):',
    )
    assert lint_source(read_source(path)) == []


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


def test_a_function_that_the_release_lost_is_found(released):
    source, folder = released
    change(folder, "mean_power", lambda text: "# YOUR CODE HERE")
    assert "mean_power is not in the release: put" in lint_release(source, folder)[0]


def test_an_unlisted_file_in_the_release_is_found(released):
    source, folder = released
    (folder / "toy.py").write_text("the solutions", encoding="utf-8")
    problems = lint_release(source, folder)
    assert problems == [
        "toy, cell toy.py: is in the release and not listed: delete it, or list it under "
        "`files` in the header of the text source."
    ]
