"""nbgrader's settings under which a mark can be trusted; used by ``nbgrader_config.py``."""

from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from gradekit.feedback import ShortErrors
from gradekit.record import Record, Run


def safe_settings(config: Any, *, root: Path) -> None:
    """Fill nbgrader's configuration object for the course in the folder `root`.

    Notes
    -----
    Why each is needed, measured with nbgrader 0.9.6: a script in a submission runs in the
    instructor's browser unless HTML is sanitised; the tag ``skip-execution`` on the test cells
    earns full marks unless it is ignored; a test cell without output earns full marks unless
    `gradekit.record.Record` refuses it; hidden tests are readable in feedback unless they are
    cleared from the cells and from the tracebacks.
    """
    course = config.CourseDirectory
    course.source_directory = str(Path("_build") / "nbgrader" / "source")
    course.release_directory = "exercises"
    course.db_url = f"sqlite:///{root.resolve() / 'gradebook.db'}?timeout=60"
    config.HTMLExporter.sanitize_html = True
    config.Execute.shutdown_kernel = "immediate"
    config.Execute.skip_cells_with_tag = ""
    config.Autograde.autograde_preprocessors = [
        Run,
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
