"""Read a submitted notebook, whatever program saved it, or say what is wrong with it.

Only what a student writes is kept: the text of the cells, their type, id, grade_id and pictures
pasted into text cells. Outputs go first: they may be huge, and grading makes its own.
"""

import json
import re
from typing import Any

from nbformat import NotebookNode

from gradekit.errors import GradekitError
from gradekit.notebooks import new_cell, new_notebook

CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MOST_CELLS = 5000
LONGEST_CELL = 1_000_000  # characters
MOST_TEXT = 3_000_000  # of all cells: what comes later needs some seconds for each million


class UnreadableError(GradekitError):
    """A submitted file that is no notebook; says what to hand in instead."""


def parse(text: str) -> NotebookNode:
    """Read a notebook of any format 4 from its text.

    Raises
    ------
    UnreadableError
        If it is not JSON, not a notebook of format 4, or a cell is beyond repair.
    """
    cells = _cells(_json(text.removeprefix("\ufeff")))
    if len(cells) > MOST_CELLS:
        raise UnreadableError(f"it has {len(cells)} cells: at most {MOST_CELLS} can be read.")
    used: set[str] = set()
    notebook = new_notebook([_cell(cell, i, used) for i, cell in enumerate(cells, start=1)], {})
    length = sum(len(cell.source) for cell in notebook.cells)
    if length > MOST_TEXT:
        raise UnreadableError(f"its cells hold {length} characters: at most {MOST_TEXT} are read.")
    return notebook


def _json(text: str) -> Any:
    if not text.strip():
        raise UnreadableError("the file is empty: save the notebook and hand it in again.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        start = ascii(text.lstrip()[:20])
        raise UnreadableError(
            f"the file is not a notebook (it starts with {start}): "
            "save it as .ipynb and hand it in again."
        ) from error


def _cells(raw: Any) -> list[Any]:
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise UnreadableError("the file is JSON, but not a notebook: hand in the .ipynb file.")
    if raw["nbformat"] != 4:
        raise UnreadableError(
            f"it is a notebook of format {ascii(raw['nbformat'])[:20]}, not 4: "
            "open it in JupyterLab, save it, and hand it in again."
        )
    if not isinstance(raw.get("cells"), list):
        raise UnreadableError("the notebook has no list of cells: save it and hand it in again.")
    return raw["cells"]


def _cell(raw: Any, position: int, used: set[str]) -> NotebookNode:
    text = _text(raw.get("source", "")) if isinstance(raw, dict) else None
    if text is None:
        raise UnreadableError(f"cell {position} has no text: delete it and hand in again.")
    if len(text) > LONGEST_CELL:
        raise UnreadableError(
            f"cell {position} holds {len(text)} characters: at most {LONGEST_CELL} can be read."
        )
    metadata = _object(raw.get("metadata"))
    name = _object(metadata.get("nbgrader")).get("grade_id")
    kept = {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}
    identity = _identity([raw.get("id"), metadata.get("id")], position, used)
    cell = new_cell(text, code=raw.get("cell_type") == "code", metadata=kept, identity=identity)
    if cell.cell_type == "markdown" and (pictures := _pictures(raw.get("attachments"))):
        cell["attachments"] = pictures
    return cell


def _text(source: Any) -> str | None:
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return None
    return tidy("".join(lines))


def tidy(text: str) -> str:
    """Return the text with Unix line ends, and free of half characters, which no file can hold."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _identity(given: list[Any], position: int, used: set[str]) -> str:
    """Take the cell's id, or the one that Colab keeps in the metadata, if it is valid and new."""
    valid = (name for name in given if isinstance(name, str) and CELL_ID.fullmatch(name))
    identity = next((name for name in valid if name not in used), f"unnamed-{position}")
    used.add(identity)
    return identity


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    bundles = {tidy(name): _object(bundle) for name, bundle in _object(attachments).items()}
    return {
        name: {kind: data for kind, data in bundle.items() if isinstance(data, str)}
        for name, bundle in bundles.items()
    }
