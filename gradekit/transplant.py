"""Put a student's answers into the released notebook, whatever became of the student's copy.

nbgrader repairs the submitted notebook, and fails or marks wrongly where cells were duplicated,
deleted, retyped or merged. Here the released notebook is the base: cells with a grade_id come
from it, the answers in them and all free cells come from the student.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from gradekit.fragments import combine, defined
from gradekit.match import NoMatchError, Piece, Release, match
from gradekit.notebooks import new_cell, read
from gradekit.refusal import NotGradedError

Resources = dict[str, Any]
# Where the resources of a notebook hold what was repaired in it.
NOTES = "gradekit_notes"


class Transplant(NbGraderPreprocessor):  # type: ignore[misc]
    """First step of grading: a notebook of which all later steps know every graded cell.

    Raises
    ------
    NotGradedError
        If the submission is another notebook, or an answer cannot be found in it.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Replace the submitted notebook by the released one with the student's answers."""
        keys = resources["nbgrader"]
        name = f"{keys['notebook']}.ipynb"
        course = self.parent.parent.coursedir
        released = Path(course.format_path(course.release_directory, ".", keys["assignment"]), name)
        if not released.is_file():
            raise NotGradedError(f"there is no {released}: run `gradekit release`")
        try:
            notebook, notes = transplant(read(released), nb)
        except NoMatchError as error:
            raise NotGradedError(f"{name}: {error}") from error
        resources[NOTES] = [f"{name}: {note}" for note in notes]
        return notebook, resources


def transplant(released: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return the released notebook with the answers and free cells of the submitted one.

    Parameters
    ----------
    released : NotebookNode
        As handed out; it is changed and returned.
    submitted : NotebookNode
        Any notebook of format 4; only the text of its cells is used.

    Returns
    -------
    tuple
        The notebook, and sentences about answers that were recognised or not found.

    Raises
    ------
    NoMatchError
        If it is another notebook, or an answer may be any of several cells.
    """
    release = Release(released)
    notes: list[str] = []
    pieces = match(release, submitted.cells, notes)
    _fill(release, pieces)
    absent = [i for i in release.missing(pieces) if not _is_elsewhere(release, i)]
    if absent:
        notes.append(f"not answered, because missing: cell {release.labels(absent)}")
    released.cells = list(_assembled(release, pieces))
    return released, notes


def _fill(release: Release, pieces: list[Piece]) -> None:
    """Write the answers into the cells of the release."""
    blanks = {i: release.cells[i].source for i in release.answers}
    for i, blank in blanks.items():
        cell = release.cells[i]
        mine = [piece for piece in pieces if piece.home == i]
        texts = [piece.text for piece in mine]
        cell.source = combine(texts, blank, code=cell.cell_type == "code") or blank
        pictures = {name: data for piece in mine for name, data in piece.pictures.items()}
        if pictures and cell.cell_type == "markdown":
            cell["attachments"] = pictures
    answered = [i for i in release.answers if release.cells[i].source != blanks[i]]
    for i in set(release.answers) - set(answered):
        _point_elsewhere(release, i, answered)


ELSEWHERE = "# Answered in cell "


def _point_elsewhere(release: Release, blank: int, answered: list[int]) -> None:
    """Keep a blank cell from hiding its answer, which stands in the cell of another one."""
    for i in answered:
        wanted = release.wanted[blank]
        if wanted and wanted <= defined(release.cells[i].source):
            release.cells[blank].source = ELSEWHERE + release.label(i)


def _is_elsewhere(release: Release, position: int) -> bool:
    return str(release.cells[position].source).startswith(ELSEWHERE)


def _assembled(release: Release, pieces: list[Piece]) -> Iterator[NotebookNode]:
    """Yield the cells in the order of the release, added ones below the cell they stood below."""
    first: dict[int, Piece] = {}
    added: dict[int, list[Piece]] = {}
    anchor = -1
    for piece in pieces:
        if piece.home is None:
            added.setdefault(anchor, []).append(piece)
        elif piece.home not in first:
            first[piece.home] = piece
            anchor = piece.home
    number = 0
    for i in range(-1, len(release.cells)):
        if i in release.free and i in first:
            yield _new(first[i], release.cells[i].id)
        elif i >= 0 and i not in release.free:
            yield release.cells[i]
        for piece in added.get(i, []):
            if piece.text.strip():
                number += 1
                yield _new(piece, f"added-{number}")


def _new(piece: Piece, identity: str) -> NotebookNode:
    cell = new_cell(piece.text, code=piece.kind == "code", metadata={}, identity=identity)
    if piece.pictures and cell.cell_type == "markdown":
        cell["attachments"] = piece.pictures
    return cell
