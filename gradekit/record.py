"""Only a test cell with exactly one result of this run becomes a mark.

nbgrader 0.9.6 gives full marks to a test cell without output, and to the last values ``nan``,
``-1``, ``True``, ``None``, text and ``0;``. Here a cell counts only if it holds exactly one record
of `gradekit.task` made in this run and a last value equal to it. Anything else makes the
submission "not graded": an error that names student and cell and leaves other students alone.

Tests run in `gradekit.judge`, and `gradekit.execute` alone writes the outputs of test cells, so a
submission has no way to them. This step is the second line: a notebook that was not executed, or
not in this run, makes no mark.
"""

import math
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from gradekit.notebooks import grade_id, is_test
from gradekit.refusal import NotGradedError
from gradekit.task import SCORE_MIME

Resources = dict[str, Any]
# Where the resources of nbconvert hold the token.
RUN = "gradekit_run"


def token(resources: Resources) -> str | None:
    """Return the token of the run that executed a notebook with these resources."""
    return resources.get(RUN)


class Record(NbGraderPreprocessor):  # type: ignore[misc]
    """Refuse every test cell whose mark this run did not make.

    Raises
    ------
    NotGradedError
        Naming student and cells.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Check all test cells, those that are missing included."""
        if not token(resources):
            raise NotGradedError("the notebook was not executed in this run")
        cells = {str(grade_id(cell)): cell for cell in nb.cells if is_test(cell)}
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            expected = _test_points(gradebook, resources)
            found = {
                name: problem(cells[name], points, token(resources)) if name in cells else "missing"
                for name, points in expected.items()
            }
        if any(found.values()):
            raise NotGradedError(_summary(found))
        for cell in nb.cells:
            _clean(cell, scored=is_test(cell))
        return nb, resources


def problem(cell: NotebookNode, points: float, run: str | None) -> str:
    """Say why a test cell has no valid mark; an empty string if it has one.

    Parameters
    ----------
    cell : NotebookNode
        An executed test cell.
    points : float
        Its maximum.
    run : str or None
        Token of the run; None outside of grading.
    """
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if errors:
        return f"{errors[0].ename} instead of a score"
    records = [o.data[SCORE_MIME] for o in cell.outputs if SCORE_MIME in o.get("data", {})]
    values = [o.data for o in cell.outputs if o.output_type == "execute_result"]
    if not records:
        return "no score"
    if len(records) > 1 or len(values) != 1:
        return f"{len(records)} scores and {len(values)} last values instead of one each"
    score = records[0].get("score") if isinstance(records[0], dict) else None
    if not isinstance(score, float) or not 0 <= score <= points:
        return f"the score {score!r}, which is no number from 0 to {points:g}"
    if records[0].get("run") != run:
        return "a score that this run did not make"
    return "" if _number(values[0]) == score else "a last value that is not its score"


def _summary(found: dict[str, str]) -> str:
    troubles = dict.fromkeys(filter(None, found.values()))
    cells = {what: [name for name in found if found[name] == what] for what in troubles}
    return "; ".join(f"cell {', '.join(names)}: {what}" for what, names in cells.items())


def _number(data: dict[str, Any]) -> float:
    try:
        return float(data.get("text/plain", ""))
    except ValueError:
        return math.nan


def _test_points(gradebook: Gradebook, resources: Resources) -> dict[str, float]:
    keys = resources["nbgrader"]
    notebook = gradebook.find_notebook(keys["notebook"], keys["assignment"])
    manual = {cell.name for cell in notebook.solution_cells}
    return {
        cell.name: float(cell.max_score)
        for cell in notebook.grade_cells
        if cell.cell_type == "code" and cell.name not in manual
    }


def _clean(cell: NotebookNode, *, scored: bool) -> None:
    for output in cell.get("outputs", []):
        if not scored:
            output.get("data", {}).pop(SCORE_MIME, None)
        elif output.output_type == "stream":
            # nbgrader gives 0 for anything on stderr, a warning of a library included.
            output["name"] = "stdout"
