"""nbgrader's settings under which a mark can be trusted; used by ``nbgrader_config.py``."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    DeduplicateIds,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from gradekit import pool
from gradekit.course import gradebook_url
from gradekit.feedback import ShortErrors
from gradekit.record import Record
from gradekit.transplant import Transplant


def safe_settings(config: Any, *, root: Path, packages: Iterable[str] = ()) -> None:
    """Fill nbgrader's configuration object for the course in the folder `root`.

    Submissions run in a sandbox that shows the installed packages, and of the `packages` named
    here (installed in editable mode, out of the course's repository) their own folders only.

    Notes
    -----
    Why each is needed, measured with nbgrader 0.9.6: a script in a submission runs in the
    instructor's browser unless HTML is sanitised; the tag ``skip-execution`` on the test cells
    earns full marks unless it is ignored; a test cell without output earns full marks unless
    `gradekit.record.Record` refuses it; hidden tests are readable in feedback unless they are
    cleared from the cells and from the tracebacks; a duplicated test cell stops the whole class
    unless the answers are put into the released notebook; links are followed unless the intake
    of `gradekit.autograde` leaves them out.
    """
    pool.install()
    course = config.CourseDirectory
    course.source_directory = str(Path("_build") / "nbgrader" / "source")
    course.release_directory = "exercises"
    course.db_url = gradebook_url(root)
    config.HTMLExporter.sanitize_html = True
    config.Execute.shutdown_kernel = "immediate"
    config.PoolAutograde.packages = list(packages)
    config.Execute.skip_cells_with_tag = ""
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
    config.GenerateFeedback.preprocessors = [
        GetGrades,
        ClearHiddenTests,
        ShortErrors,
        CSSHTMLHeaderPreprocessor,
    ]
