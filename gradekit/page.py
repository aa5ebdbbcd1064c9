"""The feedback page: one file that runs no script, asks no other host, and reads everywhere."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets import Unicode

from gradekit import outputs
from gradekit.lint import SLUG
from gradekit.markdown import from_markdown
from gradekit.notebooks import grade_id, is_test
from gradekit.task import SCORE_MIME
from gradekit.tidy import HEADINGS

TEMPLATES = Path(__file__).parent / "templates"
NAME = "gradekit-feedback"
# What nbgrader notes, as if somebody had, where an answer is as it was handed out.
NO_RESPONSE = "No response."
# The page's own heading and those of its sections come before the notebook's.
FIRST_LEVEL = 3


@dataclass(frozen=True)
class Row:
    """A graded cell in the table at the top of the page.

    Attributes
    ----------
    name, anchor : str
        What it is called, and where it is on the page.
    score, points : float
    verdict : str
        In words, with a symbol.
    waiting : bool
        Whether somebody has to mark it first.
    mistakes : tuple of str
        Keys of the recognised mistakes.
    commented : bool
        Whether there is a comment of the instructor.
    page : str
        The page of the book to read again, empty if there is nothing to read or no page.
    """

    name: str
    anchor: str
    score: float
    points: float
    verdict: str
    waiting: bool = False
    mistakes: tuple[str, ...] = ()
    commented: bool = False
    page: str = ""


class FeedbackExporter(HTMLExporter):
    """Notebook to feedback page, through the template of this package."""

    book = Unicode("", help="Address of the book's pages, as seen from a feedback page.").tag(
        config=True
    )

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add what the template uses."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "code", outputs.code
        yield "rows", rows
        yield "score", outputs.score
        yield "outputs", outputs.outputs
        yield "markdown", lambda cell: from_markdown(cell.source, cell.get("attachments"))
        yield "comment", from_markdown
        yield "address", self._address
        yield "title", title

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write the page."""
        style = (TEMPLATES / NAME / "style.css").read_text(encoding="utf-8")
        resources = resources if resources is not None else {}
        resources["gradekit"] = {
            "no_response": NO_RESPONSE,
            "style": Markup(style),  # noqa: S704 - a file of this package
            "hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        }
        html, resources = super().from_notebook_node(nb, resources, **kw)
        return ordered(html), resources

    def _address(self, page: str) -> str:
        return f"{self.book.rstrip('/')}/{page}.html" if self.book and page else ""


def rows(nb: NotebookNode) -> list[Row]:
    """Return a row for each graded cell."""
    meta = [(cell, cell.metadata.get("nbgrader", {})) for cell in nb.cells]
    return [_row(cell, ours) for cell, ours in meta if ours.get("grade") or ours.get("task")]


def _row(cell: NotebookNode, meta: dict[str, Any]) -> Row:
    record = _record(cell)
    score, points = float(meta.get("score") or 0), float(meta.get("points") or 0)
    waiting = bool(meta.get("waiting"))
    lost = [part for part in record.get("parts", []) if part["earned"] < part["points"]]
    page = str(cell.metadata.get("gradekit", {}).get("page", ""))
    return Row(
        name=str(record.get("task") or grade_id(cell)),
        anchor=f"task-{grade_id(cell)}",
        score=score,
        points=points,
        verdict=_verdict(record, meta, score, points),
        waiting=waiting,
        mistakes=tuple(dict.fromkeys(part["mistake"] for part in lost if part["mistake"])),
        commented=bool(meta.get("comment")) and meta.get("comment") != NO_RESPONSE,
        page=page if score < points and not waiting and SLUG.fullmatch(page) else "",
    )


def _record(cell: NotebookNode) -> dict[str, Any]:
    """Return what a task recorded; empty for an answer that somebody marks."""
    data = (output.get("data", {}) for output in cell.get("outputs", []) if is_test(cell))
    return next((dict(d[SCORE_MIME]) for d in data if SCORE_MIME in d), {})


def _verdict(record: dict[str, Any], meta: dict[str, Any], score: float, points: float) -> str:
    if meta.get("waiting"):
        return "… waits to be marked"
    parts = record.get("parts", [])
    if parts and score == record.get("score"):
        passed = sum(part["earned"] == part["points"] for part in parts)
        noun = "part" if len(parts) == 1 else "parts"
        return f"{'✓' if passed == len(parts) else '✗'} {passed} of {len(parts)} {noun} passed"
    by = ", marked by hand" if meta.get("by_hand") else ""
    if score >= points:
        return f"✓ full points{by}"
    return f"{'◐ part of the points' if score else '✗ no points'}{by}"


def title(page: str) -> str:
    """Return the name of a page as words."""
    return page.replace("-", " ").capitalize()


def ordered(html: str) -> str:
    """Put the notebook's headings below the page's own, without leaving out a level."""
    soup = BeautifulSoup(html, "html.parser")
    last = FIRST_LEVEL - 1
    for heading in soup.select(", ".join(f".notebook {name}" for name in HEADINGS)):
        wanted = int(heading.name[1]) + FIRST_LEVEL - 1
        last = min(wanted, last + 1, len(HEADINGS))
        heading.name = f"h{last}"
    return str(soup)
