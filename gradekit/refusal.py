"""Refuse a submission: no mark stands, the reason is told, the next student is graded."""

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException


class NotGradedError(NbGraderException):  # type: ignore[misc]
    """A submission that gets no mark; says why."""


def withdraw_marks(db_url: str, assignment: str, student: str) -> None:
    """Delete automatic marks: those of an earlier submission must not stand for this one."""
    with Gradebook(db_url) as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return
        for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
            grade.auto_score = None
            grade.needs_manual_grade = True
        gradebook.db.commit()
