"""Refuse a submission: no mark stands, the reason is told, the next student is graded."""

from logging import Logger, LoggerAdapter
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException


class NotGradedError(NbGraderException):  # type: ignore[misc]
    """A submission that gets no mark; says whose and why."""


def refuse(
    log: "Logger | LoggerAdapter[Any]", reason: str, resources: dict[str, Any]
) -> NotGradedError:
    """Withdraw all marks of a submission, log the reason, and return the error to raise.

    nbgrader goes on with the next student and exits with 1. The resources are those that nbgrader
    gives to a preprocessor; without its part there is no gradebook, and the reason is all.
    """
    keys = resources.get("nbgrader")
    if keys is None:
        return NotGradedError(f"not graded: {reason}")
    withdraw_marks(keys["db_url"], keys["assignment"], keys["student"])
    message = f"not graded: student {keys['student']}: {reason}"
    log.error(message)
    return NotGradedError(message)


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
