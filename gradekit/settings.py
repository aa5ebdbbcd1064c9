"""nbgrader's settings under which a mark can be trusted; used by ``nbgrader_config.py``."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from gradekit import feedback, formgrader, pool
from gradekit.course import gradebook_url
from gradekit.page import NAME, TEMPLATES, FeedbackExporter
from gradekit.record import Record
from gradekit.transplant import Transplant


def safe_settings(config: Any, *, root: Path, packages: Iterable[str] = (), book: str = "") -> None:
    """Fill nbgrader's configuration object for the course in the folder `root`.

    Submissions run in a sandbox that shows the installed packages, and of the `packages` named
    here (installed in editable mode, out of the course's repository) their own folders only.

    `book` says where feedback finds the page that a test names: an address that starts with
    ``http``, or the folder of the built pages, in the course's folder or in one above it, as for
    the sample class of ``gradekit demo``. Without it feedback names pages and does not link them.

    Notes
    -----
    Why each is needed, measured with nbgrader 0.9.6: a script in a submission runs in the
    instructor's browser unless HTML is sanitised, that of written answers included
    (`gradekit.clean`); a submission can run commands on the instructor's server unless
    `gradekit.formgrader` stands in the way; the tag ``skip-execution`` on the test cells earns
    full marks unless it is ignored; a test cell without output earns full marks unless
    `gradekit.record.Record` refuses it; hidden tests are readable in feedback unless they are
    cleared from the cells and from the tracebacks; a duplicated test cell stops the whole class
    unless the answers are put into the released notebook; links are followed unless the intake
    of `gradekit.autograde` leaves them out.
    """
    pool.install()
    formgrader.install()
    course = config.CourseDirectory
    course.source_directory = str(Path("_build") / "nbgrader" / "source")
    course.release_directory = "exercises"
    course.db_url = gradebook_url(root)
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {
        "clean_html": "gradekit.formgrader.clean_html",
        "get_metadata": "gradekit.formgrader.get_metadata",
        "markdown2html": "gradekit.formgrader.markdown2html",
    }
    config.PoolAutograde.packages = list(packages)
    config.Autograde.sanitize_preprocessors = [
        Transplant,
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        Record,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    feedback.install()
    config.GenerateFeedback.exporter_class = FeedbackExporter
    config.GenerateFeedback.preprocessors = [
        feedback.Marks,
        feedback.HideTests,
        feedback.ShortErrors,
        feedback.Discreet,
    ]
    config.Discreet.folders = [str(root.resolve())]
    # nbgrader and formgrader set the template of HTMLExporter; this class has its own.
    config.FeedbackExporter.template_name = NAME
    config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
    config.FeedbackExporter.book = book_address(root, book)


def book_address(root: Path, book: str) -> str:
    """Return the address of the book as seen from ``feedback/<student>/<set>/``, or nothing."""
    if not book or book.startswith(("http://", "https://")):
        return book
    course = root.resolve()
    found = (folder / book for folder in (course, *course.parents) if (folder / book).is_dir())
    page = course / "feedback" / "student" / "set"
    return next((Path(os.path.relpath(folder, page)).as_posix() for folder in found), "")
