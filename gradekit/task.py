"""A task in a test cell: parts with points, judged one by one.

::

    task = Task("mean_power", points=3)
    with task.part("four numbers", points=1):
        compare(mean_power(tiny), 1.5, mistakes=mistakes_of("mean_power", tiny))
    ### BEGIN HIDDEN TESTS
    with task.part("your own signal", points=2, hidden=True):
        compare(mean_power(own), right(own))
    ### END HIDDEN TESTS
    task.score()

A part that raises costs its own points only. `Task.score` must be the last line of the cell: its
value is the mark that nbgrader reads, and its output holds the record that `gradekit.record`
demands before a mark counts. This module needs NumPy and, for display, an IPython that is
already running; a student installs nothing else. In grading, the cell runs in `gradekit.judge`,
where the names that it takes from the student are only a way to ask the student's kernel.
"""

import io
import math
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradekit.compare import DifferenceError, compare, in_form, watched
from gradekit.doubt import Comparison, settled
from gradekit.raised import error_notes
from gradekit.show import as_html, as_text, offered

__all__ = ["SCORE_MIME", "Part", "Task", "compare", "in_form", "read_only"]

SCORE_MIME = "application/vnd.gradekit.score+json"
RECORD = ("version", "task", "points", "score", "offered", "parts")
PRINTED_LIMIT = 1000
PRINTED_LINES = 20


def read_only(array: Any) -> np.ndarray[Any, Any]:
    """Return a view of an array that cannot be written to, as the input of a test.

    An answer that changes its input is told so, and later parts find the input as it was.

    Parameters
    ----------
    array : array_like
        The input; it stays writable itself.

    Returns
    -------
    numpy.ndarray
        The same values, of the same shape and type.
    """
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True)
class Part:
    """The result of one part.

    Attributes
    ----------
    title : str
    points, earned : float
    hidden : bool
        Hidden parts carry no note but the sentence of a recognised mistake.
    mistake : str or None
        Key of the recognised mistake.
    notes : tuple of str
        What the learner is told.
    block : str
        Values in full, or empty.
    """

    title: str
    points: float
    earned: float
    hidden: bool
    mistake: str | None = None
    notes: tuple[str, ...] = ()
    block: str = ""

    @property
    def passed(self) -> bool:
        """Whether the part raised nothing."""
        return self.earned == self.points


@dataclass(frozen=True)
class _Judged:
    """What a part has raised, printed, warned of and compared."""

    title: str
    points: float
    hidden: bool
    problem: BaseException | None
    printed: str
    warned: tuple[str, ...]
    compared: tuple[Comparison, ...]


class Task:
    """Collect the parts of one task and turn them into a mark.

    Parameters
    ----------
    name : str
        The word that names the task everywhere.
    points : float
        Points of the whole task, hidden parts included.
    """

    def __init__(self, name: str, *, points: float) -> None:
        self.name = name
        self.points = _positive(points, f"task {name}")
        self._judged: list[_Judged] = []

    @property
    def parts(self) -> tuple[Part, ...]:
        """The results so far.

        The name of a mistake is left out where another part speaks against it.
        """
        return tuple(self._part(index) for index in range(len(self._judged)))

    def _part(self, index: int) -> Part:
        one = self._judged[index]
        problem = one.problem
        if isinstance(problem, DifferenceError) and one.compared and one.compared[-1].told:
            last = one.compared[-1]
            others = (c for each in self._judged for c in each.compared if c is not last)
            stands = settled(last, others)
            if stands is None or stands[1]:
                problem = DifferenceError(problem.finding.renamed(*(stands or (None,))))
        return _judge(one.title, one.points, one.hidden, problem, one.printed, one.warned)

    @contextmanager
    def part(self, title: str, *, points: float, hidden: bool = False) -> Iterator[None]:
        """Judge the body of a ``with`` statement: `points` if it raises nothing.

        Everything raised in it costs this part alone, `SystemExit` included, so that
        ``sys.exit()`` in an answer does not end the cell. Only an interrupt goes through.
        Warnings are shown and cost nothing; what the answer prints is shown if the part is
        visible and fails, and never reaches stderr, where nbgrader would take it for a failure.

        Parameters
        ----------
        title : str
            What is judged, in the learner's words.
        points : float
            What the part is worth.
        hidden : bool
            Whether it stands between the marks of hidden tests: then values are never shown.
        """
        _positive(points, f"part {title!r} of task {self.name}")
        printed, problem = io.StringIO(), None
        with (
            warnings.catch_warnings(record=True) as caught,
            redirect_stdout(printed),
            redirect_stderr(io.StringIO()),
            watched() as compared,
        ):
            warnings.simplefilter("always")
            try:
                yield
            except (KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as raised:
                problem = raised
        warned = () if hidden else _warning_notes(caught)
        said = printed.getvalue()
        judged = _Judged(title, float(points), hidden, problem, said, warned, tuple(compared))
        self._judged.append(judged)

    def score(self) -> float:
        """Show the result and return the mark.

        Returns
        -------
        float
            As `mark`.
        """
        self._show()
        return self.mark()

    def mark(self) -> float:
        """Return points * earned / offered, of the parts present.

        The release holds no hidden parts, and a right answer still reaches full marks there, as
        `nbgrader validate` demands; what is shown then counts parts and not points.

        Returns
        -------
        float
            A built-in float between 0 and `points`, free of rounding dust.
        """
        parts = self.parts
        if not parts:
            raise ValueError(f"task {self.name} has no part: add `with task.part(...)`")
        earned = sum(part.earned for part in parts)
        share = earned / sum(part.points for part in parts)
        return float(round(self.points * share, 6)) if share < 1 else self.points

    def outputs(self) -> dict[str, Any]:
        """Return the result as text, as HTML and as plain data for programs.

        Returns
        -------
        dict
            By MIME type; under `SCORE_MIME` the task, points, score, offered points and parts.
        """
        score, parts = self.mark(), self.parts
        record = {
            "version": 1,
            "task": self.name,
            "points": self.points,
            "score": score,
            "offered": offered(parts),
            "parts": [_part_record(part) for part in parts],
        }
        return {
            "text/plain": as_text(self.name, self.points, score, parts),
            "text/html": as_html(self.name, self.points, score, parts),
            SCORE_MIME: record,
        }

    def _show(self) -> None:
        mark = self.mark()
        if os.environ.get("NBGRADER_EXECUTION") == "validate" and mark < self.points:
            # `nbgrader validate` shows what is on stderr, or else speaks of partial credit.
            said = as_text(self.name, self.points, mark, self.parts, below=False)
            print(said, file=sys.stderr)
            return
        outputs = self.outputs()
        # A notebook has imported IPython before this line runs; a script may not even have it.
        ipython = sys.modules.get("IPython")
        if ipython is None or ipython.get_ipython() is None:
            print(outputs["text/plain"])
        else:
            ipython.display.display(outputs, raw=True)


def _positive(points: float, owner: str) -> float:
    good = isinstance(points, int | float) and not isinstance(points, bool)
    if not (good and math.isfinite(points) and points > 0):
        raise ValueError(f"{owner} has {points!r} points: give a number above 0")
    return float(points)


def _part_record(part: Part) -> dict[str, Any]:
    fields = asdict(part)
    fields["message"] = "\n".join([*fields.pop("notes"), *([part.block] if part.block else [])])
    del fields["block"]
    return fields


def _judge(
    title: str,
    points: float,
    hidden: bool,
    problem: BaseException | None,
    printed: str,
    warned: tuple[str, ...],
) -> Part:
    if problem is None:
        return Part(title, points, points, hidden, notes=warned)
    if isinstance(problem, DifferenceError):
        found = problem.finding
        named = f"{found.mistake}: {found.sentence}" if found.mistake else ""
        if hidden:
            return Part(title, points, 0.0, hidden, found.mistake, (named,) if named else ())
        notes = (named or found.sentence, *found.detail, *_printed_note(printed), *warned)
        shown = tuple(note for note in notes if note)
        return Part(title, points, 0.0, hidden, found.mistake, shown, found.block)
    notes = error_notes(problem, hidden=hidden)
    if not hidden:
        notes = (*notes, *_printed_note(printed), *warned)
    return Part(title, points, 0.0, hidden, notes=notes)


def _warning_notes(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    texts = (f"Warning, costs nothing: {w.category.__name__}: {w.message}" for w in caught)
    return tuple(dict.fromkeys(text[:PRINTED_LIMIT] for text in texts))[:5]


def _printed_note(printed: str) -> tuple[str, ...]:
    text = printed.strip()
    if not text:
        return ()
    shown = "\n".join(text[:PRINTED_LIMIT].splitlines()[:PRINTED_LINES])
    cut = "…" if len(shown) < len(text) else ""
    return (f"Your code printed: {shown}{cut}",)
