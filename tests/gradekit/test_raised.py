"""Whose line raised an exception, and what the learner can do: each cell is a file of its own."""

import linecache

import pytest

from gradekit.raised import REASONS, Raised, StudentError, describe, error_notes

SETUP = """
import numpy as np
from types import SimpleNamespace
from gradekit.task import Task, compare, in_form, read_only
image = read_only(np.arange(6.0).reshape(2, 3))
spectrum = SimpleNamespace(frequency=np.arange(3))
"""


@pytest.fixture
def notes(monkeypatch):
    """Run setup, answer and a test of one part; return what the part tells."""

    def run(answer, test, *, hidden=False):
        lines = [f"    {line}" for line in test.splitlines()]
        part = f"with task.part('p', points=1, hidden={hidden}):"
        cells = [SETUP, answer, "\n".join(["task = Task('t', points=1)", part, *lines])]
        names = {"__name__": "__main__"}
        for i, cell in enumerate(cells):
            file = f"/ipykernel/cell-{i}.py"
            entry = (len(cell), None, cell.splitlines(keepends=True), file)
            monkeypatch.setitem(linecache.cache, file, entry)
            exec(compile(cell, file, "exec"), names)
        return " / ".join(names["task"].parts[0].notes)

    return run


@pytest.mark.parametrize(
    "line",
    [
        "x[0] = 1",
        "x -= x.mean()",
        "x /= 2",
        "x.sort()",
        "np.abs(x, out=x)",
        "np.random.shuffle(x)",
        "np.add.at(x, 0, 1)",
        "np.fill_diagonal(x, 0)",
    ],
)
@pytest.mark.parametrize("given", ["image", "read_only(image.astype(int))"])
@pytest.mark.parametrize("hidden", [False, True])
def test_an_answer_that_changes_its_input_is_told_to_work_on_a_copy(line, given, hidden, notes):
    told = notes(f"def f(x):\n    {line}\n    return x", f"f({given})", hidden=hidden)
    advice = "Your function changes its input: work on a copy, as in image = image.copy()."
    place = "" if hidden else f" It happens in `f`, line 2: `{line}`"
    assert told == advice + place


def test_read_only_leaves_the_array_itself_as_it_is(notes):
    test = "a = np.zeros(2)\nb = read_only(a)\na[0] = 1\nc = b.copy()\nc[1] = 2\ncompare(b[0], 1)"
    assert notes("", test) == ""


def test_a_typing_error_in_the_answer_names_the_line_and_the_name(notes):
    told = notes("def f(x):\n    y = x + 1\n    return yy * 2", "f(image)")
    assert told.startswith("Your code raised NameError: name 'yy' is not defined, in `f`, line 3:")
    assert told.endswith(": `return yy * 2`")


def test_a_misspelled_name_in_the_answer_is_told_with_the_one_that_is_meant(notes):
    told = notes("def f(signal):\n    return singal * 2", "f(image)")
    assert told.startswith(
        "Your code raised NameError: name 'singal' is not defined (is `signal` m"
    )
    told = notes("def f(x):\n    return imag * 2", "f(image)")
    assert "(is `image` meant?), in `f`, line 2" in told


@pytest.mark.parametrize("given", ["def power_spectum(x):\n    return x", "power_specrum = 3"])
def test_an_answer_under_a_misspelled_name_is_told_so_and_not_to_run_its_cell(given, notes):
    told = notes(given, "power_spectrums = 1\npower_spectrum(image)")
    name = given.split("(")[0].removeprefix("def ").split(" =")[0]
    assert told.startswith("Not answered yet: `power_spectrum` is not defined; is your ")
    assert told.endswith(f"`{name}` meant for it? Then give it the name that is asked for.")


def test_names_that_are_no_answer_are_not_meant_for_one(notes):
    for test in ("imagine(image)", "Tasks"):
        assert "meant" not in notes("def f(x):\n    return x", test.replace("imagine", "fig"))


def test_an_answer_that_was_never_run_is_not_answered_yet(notes):
    told = notes("", "assert sorted(diagnosis)")
    wanted = "`diagnosis` is not defined; run its cell after writing your answer."
    assert told == f"Not answered yet: {wanted}"


def test_a_changed_name_of_the_setup_is_not_called_an_error_of_the_answer(notes):
    answer = "spectrum = 3\ndef f(x):\n    return x"
    told = notes(answer, "compare(\n    f(spectrum.frequency),\n    1)")
    assert "Your code" not in told
    assert "at its line `f(spectrum.frequency),` by AttributeError: 'int' object has no" in told
    assert "A name of the setup cell was changed (then run the setup cell again)" in told


def test_other_parameters_than_asked_for_are_told_as_such(notes):
    told = notes("def f(x, y):\n    return x", "f(image)")
    assert told.startswith("The test cannot call your function: TypeError: f() missing 1 required")
    assert told.endswith("Keep the parameters that were given.")
    assert "Keep the parameters" in notes("def f(x):\n    return x", "f(image, y=2)")
    assert "Keep the parameters" in notes("def f(x):\n    return x", "f(image, 2)")


@pytest.mark.parametrize("hidden", [False, True])
def test_what_a_call_in_the_test_says_of_its_argument_is_not_about_parameters(hidden, notes):
    answer = "def f(x):\n    if x.ndim > 2:\n        return x"
    for test in ("float(np.sum(f(image)))", "float(f(image))", "int(f(image))"):
        assert "Keep the parameters" not in notes(answer, test, hidden=hidden)
    told = notes(answer, "float(np.sum(in_form(f(image), image)))", hidden=hidden)
    assert told == ("" if hidden else "Your answer is None: is a `return` missing, or not reached?")


def test_an_assertion_of_the_learner_is_not_the_message_of_the_tester(notes):
    told = notes("def f(x):\n    assert x.ndim == 1, 'one axis'\n    return x", "f(image)")
    assert told.startswith("Your code raised AssertionError: one axis, in `f`, line 2")
    assert notes("def f(x):\n    return x", "assert f(0), 'Above 0.'") == "Above 0."


def test_an_error_inside_a_library_names_the_line_of_the_learner(notes):
    told = notes("def f(x):\n    return np.linalg.inv(x)", "f(image)")
    assert told.startswith("Your code raised numpy.linalg.LinAlgError")
    assert told.endswith("in `f`, line 2: `return np.linalg.inv(x)`")


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("f(image[1, 2])", "Your code raised KeyError."),
        ("{}[image[1, 2]]", "The test was stopped by KeyError."),
        ("assert f is None, image[1, 2]", ""),
        ("missing[image[1, 2]]", "The test was stopped by NameError."),
    ],
)
def test_a_hidden_part_names_the_type_of_an_error_and_nothing_else(test, told, notes):
    assert notes("def f(x):\n    return {}[x]", test, hidden=True) == told


@pytest.mark.parametrize(
    ("fields", "hidden", "told"),
    [
        ({"kind": "KeyError", "text": "KeyError: 3"}, False, "Your code raised KeyError: 3"),
        ({"kind": "KeyError", "text": "KeyError: 3"}, True, "Your code raised KeyError."),
        ({"kind": "", "text": "`f` was stopped."}, False, "`f` was stopped."),
        ({"kind": "", "text": "`f` was stopped."}, True, "`f` was stopped."),
        ({"kind": "E", "text": "E", "unwritten": True}, True, "Not answered yet."),
    ],
)
def test_an_exception_of_another_process_is_told_like_one_of_this(fields, hidden, told):
    assert error_notes(StudentError(Raised(**fields)), hidden=hidden) == (told,)


def test_what_crosses_of_an_exception_is_text_and_flags():
    names = {}
    exec(compile("def f(x):\n    return x[3]", "cell", "exec"), names)
    with pytest.raises(KeyError) as caught:
        names["f"]({})
    found = describe(caught.value, names)
    assert (found.kind, found.text) == ("KeyError", "KeyError: 3")
    assert found.place.startswith(", in `f`, line 2: ")
    assert describe(caught.value, {}).place == ""


def test_the_reason_why_a_name_is_missing_is_told(notes, monkeypatch):
    monkeypatch.setitem(globals(), "SETUP", f"{SETUP}\n{REASONS} = {{'f': 'it was stopped.'}}")
    assert notes("", "f(1)") == "Not answered yet: `f` is not defined; it was stopped."
