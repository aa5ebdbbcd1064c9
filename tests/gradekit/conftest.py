"""Every unit of gradekit is tested with the toy course."""

import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from gradekit.course import Course
from gradekit.execute import execute
from gradekit.job import Done, Job
from gradekit.notebooks import as_text, from_text, grade_id
from gradekit.task import SCORE_MIME

sys.path[:0] = [str(Path(__file__).parent)]


@pytest.fixture(scope="session", autouse=True)
def toykit_everywhere(toykit_importable: None) -> None:
    """Also tests that make no course may run the toy course's cells."""


@pytest.fixture
def course(make_course: Callable[[Path], Course], tmp_path: Path) -> Course:
    """A fresh toy course."""
    return make_course(tmp_path)


@pytest.fixture
def edit(course: Course) -> Callable[[str, str], Path]:
    """Replace a string in the toy set's source, which must hold it."""

    def replace(old: str, new: str) -> Path:
        path = course.text("toy")
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace


@dataclass(frozen=True)
class Ran:
    """An executed notebook, and what to ask of it."""

    done: Done
    cells: list[NotebookNode]

    @classmethod
    def of(cls, done: Done) -> "Ran":
        """Read the notebook, if there is one."""
        return cls(done, from_text(done.notebook).cells if done.notebook else [])

    def text(self, index: int) -> str:
        """All that a cell printed, showed and raised."""
        parts = []
        for output in self.cells[index].outputs:
            parts += [output.get("text", ""), output.get("data", {}).get("text/plain", "")]
            parts += [output.get("ename", ""), output.get("evalue", "")]
            parts += output.get("traceback", [])
        return "\n".join(parts)

    def record(self, name: str) -> dict[str, Any]:
        """The score record of a test."""
        cell = next(cell for cell in self.cells if grade_id(cell) == name)
        record: dict[str, Any] = cell.outputs[0].data[SCORE_MIME]
        return record

    def score(self, name: str) -> float:
        """The mark of a test."""
        return float(self.record(name)["score"])

    def message(self, name: str) -> str:
        """What the first part of a test tells."""
        return str(self.record(name)["parts"][0]["message"])


def _made(source: str, name: str, *, test: bool = False, **metadata: Any) -> NotebookNode:
    nbgrader = {"grade_id": name, "grade": test, "solution": False, "points": 1.0, "locked": test}
    cell: NotebookNode = new_code_cell(
        textwrap.dedent(source).strip(), metadata={"nbgrader": nbgrader, "gradekit": metadata}
    )
    return cell


@pytest.fixture(scope="session")
def setup_cell() -> Callable[[str], NotebookNode]:
    """A setup cell."""
    return partial(_made, name="setup", setup=True)


@pytest.fixture(scope="session")
def test_cell() -> Callable[..., NotebookNode]:
    """A test cell of one visible part with these lines; `name` is the name of its task."""

    def make(name: str, lines: str, *, uses: Sequence[str] = ()) -> NotebookNode:
        body = textwrap.indent(textwrap.dedent(lines).strip(), "    ")
        source = f"task = Task({name!r}, points=1)\nwith task.part('p', points=1):\n{body}"
        return _made(f"{source}\ntask.score()", name, test=True, uses=list(uses))

    return make


@pytest.fixture(scope="session")
def run_job() -> Callable[..., Ran]:
    """Execute cells, as `gradekit.execute.execute` does; a cell given as text is the student's."""

    def run(*cells: NotebookNode | str, **fields: Any) -> Ran:
        nodes = [new_code_cell(textwrap.dedent(c)) if isinstance(c, str) else c for c in cells]
        text = as_text(new_notebook(cells=nodes))
        job = Job(text, **{"packages": ("toykit",), "run": "token", **fields})
        return Ran.of(execute(job))

    return run
