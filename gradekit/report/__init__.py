"""A report of a class for its instructor: one offline page, and its tables as CSV files.

`reading` reads `results`, `anonymous` takes the names out of them, `summary` computes with
`items`, and `tables`, `figures`, `advice` and `page` say it. Each step is a pure function of the
one before.
"""

from datetime import datetime
from pathlib import Path
from random import SystemRandom

import numpy as np

from gradekit.course import Course
from gradekit.report import tables
from gradekit.report.anonymous import anonymised
from gradekit.report.figures import distribution
from gradekit.report.folder import write_folder
from gradekit.report.page import page
from gradekit.report.reading import read_results
from gradekit.report.results import Results
from gradekit.report.summary import summarise
from gradekit.report.tables import as_csv

__all__ = ["contents", "report"]

PAGE = "index.html"
# The same results make the same report: the permutations are the same in every run.
SEED = 1986
SHEETS = (
    distribution,
    tables.submissions,
    tables.points,
    tables.tasks,
    tables.parts,
    tables.faulty,
    tables.mistakes,
    tables.attempts,
    tables.not_graded,
    tables.waiting,
)


def report(
    course: Course, name: str, *, anonymous: bool = False, output: Path | None = None
) -> Path:
    """Write the report of a graded set and return the path of its page.

    Parameters
    ----------
    course : Course
    name : str
        Of the set.
    anonymous : bool
        Whether students get numbers, in an order that is drawn anew each time and not kept.
    output : Path, optional
        Folder for the report, new, empty or with an older report. Without it,
        ``_build/report/<set>``, or ``<set>-anonymous``.

    Raises
    ------
    GradekitError
        If there is no such set, or the folder holds something else.
    WorkFailedError
        If nothing of the set is graded yet.
    """
    results = read_results(course, name)
    if anonymous:
        results = anonymised(results, SystemRandom())
    folder = output or course.root / "_build" / "report" / f"{name}{'-anonymous' * anonymous}"
    files = contents(results, datetime.now().astimezone())
    write_folder(folder, files, ours=files)
    return folder / PAGE


def contents(results: Results, made: datetime) -> dict[str, bytes]:
    """Return the files of a report by name; the names are the same for every class."""
    summary = summarise(results.titled(), np.random.default_rng(SEED))
    sheets = {table.name: table for table in (make(summary) for make in SHEETS)}
    text = page(summary, sheets, made)
    files = {PAGE: text.encode("utf-8")}
    return files | {f"{table.name}.csv": as_csv(table) for table in sheets.values()}
