r"""From percent text to the notebook that nbgrader starts from.

How to write a set
------------------
A set is one text file ``solutions/<set>/<set>.py`` in jupytext's percent format; JupyterLab opens
it as a notebook. The header lists the files that students get beside the notebook::

    # ---
    # jupyter:
    #   gradekit:
    #     files: [signal.csv]
    # ---

Everything else in the folder (rubrics, notes) stays with the instructor. A cell takes its role
from short metadata in its first line:

``# %% nbgrader={"setup": true, "grade_id": "setup"}``
    Imports and data for all tests: locked, and uses nothing that the student writes.
``# %% nbgrader={"grade_id": "f", "solution": true, "wrong": "m.of('f', x)"}``
    The student's answer. Code between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` is replaced
    by a stub, the signature and the docstring stay; if there are no such lines, the whole cell is
    replaced. ``wrong`` is optional: an expression, in terms of the function's arguments and names
    of the setup cells, that gives the named wrong answers as ``(key, sentence, value)``, just as
    the argument ``mistakes`` of ``compare`` does. `gradekit demo` makes one submission of each.
    If the answer is a value, not a function, the wrong value is assigned to its name.
``# %% nbgrader={"grade_id": "f-test", "grade": true, "points": 4, "uses": ["f"]}``
    The test. ``uses`` lists the student's names that it takes; all others come from setup cells.
    They may be used inside ``with task.part(...)`` only, so that a broken answer costs its part
    and never the cell. Parts stand at the top level, with literal points that sum to ``points``;
    the last line is ``task.score()``. Parts between ``### BEGIN HIDDEN TESTS`` and
    ``### END HIDDEN TESTS`` carry ``hidden=True`` and are in neither the release nor the feedback.
    In them, and only there, ``SEED`` is a whole number of the student's own:
    ``np.random.default_rng([SEED, i])`` makes own data. A student's function gets plain data only:
    numbers, text, lists, tuples, dicts, arrays, a `numpy.random.Generator`.
    A test that calculates with an answer before it compares checks its form with `in_form` first.
    ``"page": "power"`` is optional: the page of the book to read again when points are lost.
``# %% [markdown] nbgrader={"grade_id": "w", "grade": true, "solution": true, "points": 3}``
    A written answer, marked by hand; the text in the source is the model answer.

Cells without ``nbgrader`` are text or examples; students may change them. ``gradekit check``
says in one sentence each what a set still lacks.
"""

import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from gradekit.errors import GradekitError
from gradekit.notebooks import new_cell, new_notebook, write

KEYS = {"grade_id", "solution", "grade", "points", "uses", "setup", "wrong", "page"}
FUNCTION = re.compile(r"^def ", re.MULTILINE)
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@dataclass(frozen=True)
class Cell:
    """One cell of a text source.

    Attributes
    ----------
    label : str
        Its grade_id, or its position for a cell without.
    code : bool
        Code or text.
    text : str
        Its source.
    meta : dict
        The short metadata of its first line; empty for a free cell.
    extra : dict
        Other metadata, kept as it is.
    """

    label: str
    code: bool
    text: str
    meta: dict[str, Any]
    extra: dict[str, Any]

    @property
    def is_setup(self) -> bool:
        """Run before all tests, locked."""
        return bool(self.meta.get("setup"))

    @property
    def is_test(self) -> bool:
        """Graded by running it."""
        return self.code and bool(self.meta.get("grade")) and not self.meta.get("solution")

    @property
    def is_answer(self) -> bool:
        """Code that the student writes."""
        return self.code and bool(self.meta.get("solution"))

    @property
    def uses(self) -> list[str]:
        """The student's names that a test takes."""
        return list(self.meta.get("uses", []))


@dataclass(frozen=True)
class Source:
    """A problem set as written: its cells and the files that go with it."""

    name: str
    folder: Path
    cells: tuple[Cell, ...]
    files: tuple[str, ...]

    def tests(self) -> list[Cell]:
        """Return the test cells in order."""
        return [cell for cell in self.cells if cell.is_test]

    def answers(self) -> list[Cell]:
        """Return the code cells that students write."""
        return [cell for cell in self.cells if cell.is_answer]


def read_source(path: Path) -> Source:
    """Read a text source.

    Raises
    ------
    GradekitError
        If a cell has unknown metadata, or a listed file is missing or outside the folder.
    """
    notebook = jupytext.read(path, fmt="py:percent")
    name, folder = path.stem, path.parent
    cells = tuple(_cell(name, i, node) for i, node in enumerate(notebook.cells, start=1))
    files = tuple(notebook.metadata.get("gradekit", {}).get("files", []))
    for file in files:
        if Path(file).name != file or not (folder / file).is_file():
            raise GradekitError(
                f"{name}: the listed file {file!r} is not in {folder.name}/: "
                "put it beside the text source or take it off the list."
            )
    return Source(name, folder, cells, files)


def _cell(name: str, position: int, node: NotebookNode) -> Cell:
    extra = dict(node.metadata)
    meta = dict(extra.pop("nbgrader", {}))
    extra.pop("lines_to_next_cell", None)
    label = str(meta.get("grade_id", position))
    unknown = sorted(set(meta) - KEYS)
    if unknown:
        raise GradekitError(
            f"{name}, cell {label}: unknown metadata {unknown}; known are {sorted(KEYS)}."
        )
    if meta and "grade_id" not in meta:
        raise GradekitError(f"{name}, cell {label}: give it a grade_id.")
    return Cell(label, node.cell_type == "code", node.source, meta, extra)


def to_notebook(source: Source) -> NotebookNode:
    """Build nbgrader's source notebook: full metadata, cell ids that only depend on names."""
    cells = [_node(source.name, cell) for cell in source.cells]
    metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "gradekit": {"generated_from": f"solutions/{source.name}/{source.name}.py"},
    }
    return new_notebook(cells, metadata)


def write_source(source: Source, folder: Path) -> Path:
    """Write notebook and listed files, and nothing else, into the fresh folder `folder`."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    target = folder / f"{source.name}.ipynb"
    write(to_notebook(source), target)
    for file in source.files:
        shutil.copyfile(source.folder / file, folder / file)
    return target


def _node(name: str, cell: Cell) -> NotebookNode:
    metadata = dict(cell.extra)
    if cell.meta:
        metadata["nbgrader"] = _nbgrader(cell)
    if cell.is_answer and not FUNCTION.search(cell.text):
        # Its stub raises an error, at which "Run All Cells" would stop.
        metadata["tags"] = [*metadata.get("tags", []), "raises-exception"]
    ours = {key: cell.meta[key] for key in ("page", "setup", "uses") if key in cell.meta}
    if ours:
        metadata["gradekit"] = ours
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{cell.label}").hex[:12]
    return new_cell(cell.text, code=cell.code, metadata=metadata, identity=identity)


def _nbgrader(cell: Cell) -> dict[str, Any]:
    grade, solution = bool(cell.meta.get("grade")), bool(cell.meta.get("solution"))
    full = {
        "schema_version": 3,
        "grade_id": cell.meta["grade_id"],
        "grade": grade,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    return full | ({"points": cell.meta.get("points", 0)} if grade else {})
