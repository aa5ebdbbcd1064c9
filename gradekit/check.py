"""Is a problem set fit for students? Reference, blank release, and mistake by part."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from gradekit.course import Course
from gradekit.errors import WorkFailedError
from gradekit.execute import execute
from gradekit.job import Job
from gradekit.notebooks import as_text, from_text, grade_id, is_test, read
from gradekit.probe import Lost, Trial, Tried
from gradekit.record import problem
from gradekit.release import generate
from gradekit.seeds import seed
from gradekit.source import Source, read_source
from gradekit.task import SCORE_MIME

# Of the student's own data: any would do, as the same secret gives the same data again.
SECRET, STUDENT = b"a check is no secret", "check"


@dataclass(frozen=True)
class Mark:
    """The mark of one executed test cell; ``trouble`` says why there is none."""

    test: str
    points: float
    score: float
    trouble: str


def check(course: Course, name: str) -> str:
    """Run a set in a temporary folder and return a short report.

    Raises
    ------
    WorkFailedError
        With one sentence for each failure: the reference without full marks in source or release
        or with the data of some students, a blank release with marks, a named mistake that passes
        or is called by another name.
    """
    source = read_source(course.text(name))
    with tempfile.TemporaryDirectory() as folder:
        released = generate(course, name, Path(folder)) / f"{name}.ipynb"
        written = Path(folder) / "source" / name / f"{name}.ipynb"
        reference, blank = read(written), read(released)
        runs = {
            "the source with its reference answers": marks(reference, written.parent),
            "the release with the reference answers": marks(
                filled(read(released), source), released.parent
            ),
            "the blank release": marks(blank, released.parent),
        }
        tried = try_mistakes(written)
    problems = [
        *_wrong_marks(name, runs),
        *_lost_parts(name, tried.lost),
        *matrix_problems(name, tried.trials),
    ]
    if problems:
        raise WorkFailedError("\n".join(problems))
    return "\n".join([*_totals(name, runs), *matrix_lines(tried.trials)])


def filled(notebook: NotebookNode, source: Source) -> NotebookNode:
    """Put the reference answers into a released notebook."""
    answers: dict[str | None, str] = {
        cell.label: cell.text for cell in source.cells if cell.meta.get("solution")
    }
    for node in notebook.cells:
        node.source = answers.get(grade_id(node), node.source)
    return notebook


def marks(notebook: NotebookNode, folder: Path) -> list[Mark]:
    """Execute a notebook with the files of `folder` as grading does, and mark its test cells.

    It is the course's own work, so it needs no sandbox and may call the reference functions.
    """
    tests = [str(grade_id(cell)) for cell in notebook.cells if is_test(cell)]
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".ipynb"}
    job = Job(
        as_text(notebook),
        course_files=files,
        seeds={test: seed(SECRET, STUDENT, test) for test in tests},
        reference_allowed=True,
        trusted=True,
        run=secrets.token_hex(16),
    )
    done = execute(job)
    if done.trouble:
        return [Mark(test, 0.0, 0.0, done.trouble) for test in tests]
    return [_mark(cell, job.run) for cell in from_text(done.notebook).cells if is_test(cell)]


def _mark(cell: NotebookNode, run: str) -> Mark:
    test, points = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
    trouble = problem(cell, points, run)
    score = 0.0 if trouble else record_of(cell)["score"]
    return Mark(test, points, score, trouble)


def record_of(cell: NotebookNode) -> dict[str, Any]:
    """Return the first score record in the outputs of a test cell that has one."""
    records = (output.get("data", {}).get(SCORE_MIME) for output in cell.outputs)
    return next(record for record in records if record)


def _wrong_marks(name: str, runs: dict[str, list[Mark]]) -> Iterator[str]:
    for what, marked in runs.items():
        for mark in marked:
            wanted = 0.0 if what == "the blank release" else mark.points
            got = (
                f"gave {mark.trouble}"
                if mark.trouble
                else f"earned {mark.score:g} of {mark.points:g}"
            )
            if mark.trouble or mark.score != wanted:
                yield f"{name}, cell {mark.test}: {what} {got}; it must earn {wanted:g}."


def _totals(name: str, runs: dict[str, list[Mark]]) -> Iterator[str]:
    for what, marked in runs.items():
        score, points = sum(m.score for m in marked), sum(m.points for m in marked)
        yield f"{name}: {what} earned {score:g} of {points:g} points."


def _lost_parts(name: str, lost: Iterable[Lost]) -> Iterator[str]:
    for one in lost:
        yield (
            f"{name}, cell {one.test}: with SEED = {one.seed} the reference answer fails part "
            f"{one.part!r}: choose data on which it never does."
        )


def try_mistakes(notebook: Path) -> Tried:
    """Run `gradekit.probe` on a source notebook in a process of its own.

    Raises
    ------
    WorkFailedError
        With the error, if a cell of the set raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "trials.json"
        done = subprocess.run(
            [sys.executable, "-m", "gradekit.probe", str(notebook), str(result)],
            cwd=notebook.parent,
            env={**os.environ, "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise WorkFailedError(f"{notebook.stem}: its own cells fail:\n{done.stderr[-2000:]}")
        found = json.loads(result.read_text(encoding="utf-8"))
    return Tried(
        tuple(Trial(**trial) for trial in found["trials"]),
        tuple(Lost(**lost) for lost in found["lost"]),
    )


def matrix_problems(name: str, trials: Iterable[Trial]) -> Iterator[str]:
    """Say which named mistakes are not caught, or taken for others."""
    for (test, mistake), group in _by_mistake(trials):
        rows = list(group)
        for row in rows:
            if row.told not in (None, mistake):
                yield (
                    f"{name}, cell {test}: mistake {mistake!r} is told {row.told!r} in part "
                    f"{row.part!r}: change the input there, or leave one of them out."
                )
        if not any(row.told == mistake and not row.hidden for row in rows):
            yield (
                f"{name}, cell {test}: mistake {mistake!r} passes all visible parts: "
                "add a visible part with an input that shows it."
            )
        for part, seeds in _passed_by_luck(rows):
            yield (
                f"{name}, cell {test}: mistake {mistake!r} passes part {part!r} with SEED = "
                f"{', '.join(map(str, seeds))} and not always: choose data that always show it."
            )


def _passed_by_luck(rows: Iterable[Trial]) -> Iterator[tuple[str, list[int]]]:
    """Hidden parts that tell a mistake with the data of some students only."""
    own = [row for row in rows if row.seed is not None]
    for part in dict.fromkeys(row.part for row in own):
        told: dict[int, bool] = {}
        for row in own:
            if row.part == part and row.seed is not None:
                told[row.seed] = told.get(row.seed, False) or row.told is not None
        if any(told.values()) and not all(told.values()):
            yield part, [seed for seed, named in told.items() if not named]


def matrix_lines(trials: Iterable[Trial]) -> Iterator[str]:
    """Write the matrix mistake by part: in which parts each mistake is told its name."""
    for (test, mistake), group in _by_mistake(trials):
        named = (f"{row.part}{' (hidden)' if row.hidden else ''}" for row in group if row.told)
        parts = dict.fromkeys(named)
        yield f"{test}: mistake {mistake} is named in: {', '.join(parts)}"


def _by_mistake(trials: Iterable[Trial]) -> Iterator[tuple[tuple[str, str], Iterator[Trial]]]:
    def key(trial: Trial) -> tuple[str, str]:
        return trial.test, trial.mistake

    return groupby(sorted(trials, key=key), key=key)
