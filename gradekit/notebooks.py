"""Read, write and make notebooks; nbformat itself is not typed."""

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode


def read(path: Path) -> NotebookNode:
    """Read a notebook of any version 4."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Check a notebook against the format and write it."""
    nbformat.validate(notebook)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def from_text(text: str) -> NotebookNode:
    """Read a notebook of any version 4 from its JSON."""
    notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook as JSON."""
    return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]


def new_output(kind: str, **fields: Any) -> NotebookNode:
    """Make one output of a cell."""
    output: NotebookNode = nbformat.v4.new_output(kind, **fields)  # type: ignore[no-untyped-call]
    return output


def new_cell(text: str, *, code: bool, metadata: dict[str, Any], identity: str) -> NotebookNode:
    """Make one cell."""
    make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
    cell: NotebookNode = make(text, metadata=metadata, id=identity)  # type: ignore[no-untyped-call]
    return cell


def new_notebook(cells: list[NotebookNode], metadata: dict[str, Any]) -> NotebookNode:
    """Make a notebook of format 4.5, the first with cell ids."""
    notebook: NotebookNode = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=cells, metadata=metadata, nbformat_minor=5
    )
    return notebook


def grade_id(cell: NotebookNode) -> str | None:
    """Return the grade_id of a cell, None for a free cell."""
    value = cell.metadata.get("nbgrader", {}).get("grade_id")
    return None if value is None else str(value)


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is graded by running it."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"))
