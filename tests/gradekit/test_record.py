"""What nbgrader takes for a mark and gradekit does not."""

import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from gradekit.record import problem
from gradekit.task import SCORE_MIME

RUN = "token of this run"


def result(text, **data):
    return new_output("execute_result", data={"text/plain": text, **data}, execution_count=1)


def record(score=3.0, run=RUN):
    bundle = {"text/plain": "…", SCORE_MIME: {"score": score, "run": run}}
    return new_output("display_data", data=bundle)


def error(name="ValueError"):
    return new_output("error", ename=name, evalue="", traceback=[])


def cell(*outputs):
    nbgrader = {"grade": True, "solution": False, "points": 4, "grade_id": "t"}
    return new_code_cell("", outputs=list(outputs), metadata={"nbgrader": nbgrader})


def test_one_score_of_this_run_and_the_same_last_value_are_a_mark():
    assert problem(cell(record(), result("3.0")), 4.0, RUN) == ""
    assert problem(cell(record(0.0), result("0.0")), 4.0, RUN) == ""
    warning = new_output("stream", name="stderr", text="a warning of a library")
    assert problem(cell(warning, record(4.0), result("4.0")), 4.0, RUN) == ""


@pytest.mark.parametrize(
    "outputs",
    [
        (),
        (result("nan"),),
        (result("-1"),),
        (result("True"),),
        (result("None"),),
        (result("'abc'"),),
        (result("np.float64(1.5)"),),
        (new_output("stream", name="stdout", text="0;"),),
    ],
    ids=["nothing", "nan", "-1", "True", "None", "'abc'", "np.float64", "no value after 0;"],
)
def test_what_nbgrader_gives_full_marks_for_is_no_mark_here(outputs):
    assert determine_grade(cell(*outputs)) == (4.0, 4.0)
    assert problem(cell(*outputs), 4.0, RUN) == "no score"
    values = [output for output in outputs if output.output_type == "execute_result"]
    assert problem(cell(record(), *values), 4.0, RUN) != ""


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ((error(), record(), result("3.0")), "ValueError instead of a score"),
        ((record(), record(), result("3.0")), "2 scores"),
        ((record(), result("3.0"), result("3.0")), "2 last values"),
        ((record(),), "0 last values"),
        ((record(), result("4.0")), "a last value that is not its score"),
        ((record(run="another"), result("3.0")), "a score that this run did not make"),
        ((record(run=None), result("3.0")), "a score that this run did not make"),
        ((record(5.0), result("5.0")), "no number from 0 to 4"),
        ((record(-1.0), result("-1.0")), "no number from 0 to 4"),
        ((record(float("nan")), result("nan")), "no number from 0 to 4"),
        ((record("4"), result("4")), "no number from 0 to 4"),
        ((record(True), result("True")), "no number from 0 to 4"),
        ((new_output("display_data", data={SCORE_MIME: "4"}), result("4.0")), "no number"),
    ],
)
def test_every_other_output_says_why_it_is_no_mark(outputs, words):
    assert words in problem(cell(*outputs), 4.0, RUN)
