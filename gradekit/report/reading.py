"""Read the results of a class: nbgrader's gradebook, score records, the journal of grading.

Nothing is taken from text meant for people: points come from the gradebook, parts and mistakes
from the score records in the graded notebooks, everything else from the journal.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from gradekit import journal, names
from gradekit.course import Course
from gradekit.errors import WorkFailedError
from gradekit.report.results import Answer, Part, Results, Submission, Task
from gradekit.source import Source, read_source
from gradekit.task import SCORE_MIME


@dataclass(frozen=True)
class _Grade:
    auto: float | None
    score: float
    waiting: bool


@dataclass(frozen=True)
class _Marks:
    mark: float
    penalty: float
    grades: Mapping[str, _Grade]


@dataclass(frozen=True)
class _Book:
    """What the gradebook knows of a set: tasks, texts of the cells handed out, marks."""

    tasks: tuple[Task, ...] = ()
    handed_out: Mapping[str, str] | None = None
    marks: Mapping[str, _Marks] | None = None


def read_results(course: Course, name: str) -> Results:
    """Read what became of a set's submissions; nothing is changed.

    Raises
    ------
    GradekitError
        If there is no such set.
    WorkFailedError
        If nothing of it was graded yet, or a graded notebook is damaged.
    """
    source = read_source(course.text(name))
    path = course.work / "journal" / f"{name}.jsonl"
    entries = journal.latest(path)
    book = _read_gradebook(course.root / "gradebook.db", source)
    marks = book.marks or {}
    folders = (course.root / "submitted").glob(f"*/{name}")
    students = {folder.parent.name for folder in folders} | set(entries) | set(marks)
    submissions = []
    for student in sorted(students):
        notebook = course.root / "autograded" / student / name / f"{name}.ipynb"
        entry = entries.get(student)
        graded = notebook.is_file() and (entry is None or entry.graded)
        found = marks.get(student) if graded else None
        answers = _answers(found, book, source, notebook) if found else {}
        submissions.append(_submission(student, found, answers, entry))
    if not entries and not any(one.graded for one in submissions):
        raise WorkFailedError(f"Nothing of {name} is graded yet: run `gradekit grade {name}`.")
    return Results(name, book.tasks, tuple(submissions), journal=path.is_file())


def _submission(
    student: str,
    marks: _Marks | None,
    answers: Mapping[str, Answer],
    entry: journal.Entry | None,
) -> Submission:
    return Submission(
        student,
        graded=marks is not None,
        mark=marks.mark if marks else 0.0,
        penalty=marks.penalty if marks else 0.0,
        answers=answers,
        reason=entry.reason if entry and not marks else "",
        notes=entry.notes if entry else (),
        attempts=entry.attempts if entry else (),
        seconds=entry.seconds if entry else None,
    )


def _read_gradebook(path: Path, source: Source) -> _Book:
    if not path.is_file() or not path.stat().st_size:  # to open it would make one
        return _Book()
    with Gradebook(f"sqlite:///{path}?timeout=60") as gradebook:
        try:
            assignment = gradebook.find_assignment(source.name)
            notebook = gradebook.find_notebook(source.name, source.name)
        except MissingEntry:
            return _Book()
        by_hand = {cell.name for cell in notebook.solution_cells}
        order = {cell.label: i for i, cell in enumerate(source.cells)}
        cells = sorted(notebook.grade_cells, key=lambda cell: order.get(cell.name, len(order)))
        tasks = tuple(
            Task(cell.name, float(cell.max_score), cell.name in by_hand) for cell in cells
        )
        handed_out = {cell.name: cell.source or "" for cell in notebook.source_cells}
        marks = {one.student.id: _marks(one) for one in assignment.submissions}
        # A refused submission keeps its place in the gradebook, but no automatic mark.
        tests = {task.name for task in tasks if not task.written}
        graded = {
            student: one
            for student, one in marks.items()
            if all(name in one.grades and one.grades[name].auto is not None for name in tests)
        }
    return _Book(tasks, handed_out, graded)


def _marks(submission: Any) -> _Marks:
    penalty = float(submission.late_submission_penalty or 0.0)
    grades = {
        grade.name: _Grade(grade.auto_score, float(grade.score), bool(grade.needs_manual_grade))
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    # As `nbgrader export` counts.
    return _Marks(max(0.0, float(submission.score) - penalty), penalty, grades)


def _answers(marks: _Marks, book: _Book, source: Source, path: Path) -> dict[str, Answer]:
    cells = _cells(path)
    answers = {}
    for task in book.tasks:
        grade = marks.grades.get(task.name, _Grade(None, 0.0, True))
        by_hand = None if grade.waiting else grade.score
        answers[task.name] = Answer(
            points=by_hand if task.written else grade.auto,
            tried=_tried(task, source, cells, book.handed_out or {}),
            waiting=grade.waiting,
            parts=tuple(parts_of(cells.get(task.name, {}))),
        )
    return answers


def _tried(
    task: Task, source: Source, cells: Mapping[str, Any], handed_out: Mapping[str, str]
) -> bool:
    """Whether an answer cell of a task was changed; True if the source knows none."""
    homes = [task.name] if task.written else _homes(task.name, source)
    known = [name for name in homes if name in handed_out and name in cells]
    changed = (_text(cells[name]).split() != handed_out[name].split() for name in known)
    return any(changed) if known else True


def _homes(test: str, source: Source) -> list[str]:
    uses = {name for cell in source.tests() if cell.label == test for name in cell.uses}
    return [cell.label for cell in source.answers() if names.made(cell.text) & uses]


def _cells(path: Path) -> dict[str, Any]:
    """Return the cells of a graded notebook by grade_id.

    nbgrader wrote and checked the file; to check it again takes seconds per hundred students.
    """
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in cells}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        where = "/".join(path.parts[-4:])
        raise WorkFailedError(f"{where} is damaged: delete it and grade again.") from error


def _text(cell: Mapping[str, Any]) -> str:
    return "".join(cell.get("source", ""))


def parts_of(cell: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the parts in the score record of a test cell; none if it has no whole record."""
    bundles = (output.get("data", {}) for output in cell.get("outputs", []))
    record = next((bundle[SCORE_MIME] for bundle in bundles if SCORE_MIME in bundle), None)
    parts = record.get("parts") if isinstance(record, dict) else None
    for fields in parts if isinstance(parts, list) else []:
        if isinstance(fields, dict) and {"title", "points", "earned"} <= set(fields):
            yield _part(fields)


def _part(fields: Mapping[str, Any]) -> Part:
    mistake = str(fields.get("mistake") or "")
    first = str(fields.get("message") or "").partition("\n")[0]
    return Part(
        title=str(fields["title"]),
        points=float(fields["points"]),
        passed=fields["earned"] == fields["points"],
        hidden=bool(fields.get("hidden")),
        mistake=mistake,
        # The record begins the message of a recognised mistake with its key.
        sentence=first.removeprefix(f"{mistake}: ") if mistake else "",
    )
