"""Grade the submissions of a set with nbgrader and write the feedback."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from gradekit import database, journal, machine, sandbox
from gradekit.course import Course, gradebook_url
from gradekit.errors import GradekitError, WorkFailedError
from gradekit.journal import Entry
from gradekit.lock import course_lock
from gradekit.progress import Step, Tell
from gradekit.release import generate


@dataclass(frozen=True)
class Outcome:
    """What became of one student's submission.

    ``trouble`` says why it is not graded, ``notes`` what was repaired or left out, ``attempts``
    what looked like an attempt to break out or to forge a mark.
    """

    student: str
    score: float
    points: float
    manual: bool
    trouble: str = ""
    notes: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()

    def __str__(self) -> str:
        notes = "".join(f", note: {note}" for note in self.notes)
        notes += "".join(f", ATTEMPT: {attempt}" for attempt in self.attempts)
        if self.trouble:
            return f"{self.student}: NOT GRADED: {self.trouble}{notes}"
        todo = ", written answers to be marked by hand" if self.manual else ""
        return f"{self.student}: {self.score:g} of {self.points:g}{todo}{notes}"


@dataclass(frozen=True)
class How:
    """How to grade.

    Attributes
    ----------
    workers : int
        Submissions at once; 0: one for each processor.
    cluster : str
        Address of a Dask scheduler whose workers execute the submissions; empty: this machine.
    force : bool
        Grade again what is graded.
    trusted : bool
        Run submissions without a sandbox.
    reference_allowed : bool
        Answers may call the reference functions of their own tasks: for the course's own work.
    """

    workers: int = 0
    cluster: str = ""
    force: bool = False
    trusted: bool = False
    reference_allowed: bool = False

    def arguments(self) -> list[str]:
        """Return them as arguments of ``nbgrader autograde``."""
        settings = {
            "workers": self.workers,
            "cluster": self.cluster,
            "trusted": self.trusted,
            "reference_allowed": self.reference_allowed,
        }
        given = [f"--PoolAutograde.{name}={value}" for name, value in settings.items() if value]
        return given + ["--force"] * self.force


def silent(step: Step) -> None:
    """Show nothing."""


def grade(
    course: Course, name: str, how: How | None = None, *, student: str = "", tell: Tell = silent
) -> list[Outcome]:
    """Autograde submissions of a set, write feedback, and return what became of each.

    One submission never stops another. Submissions that are graded already stay as they are, so
    the same command goes on after an interruption.

    Parameters
    ----------
    course : Course
    name : str
        Of the set.
    how : How
        Whatever differs from a sandbox on this machine.
    student : str
        Only this one.
    tell : callable
        Called for each submission that has ended.

    Raises
    ------
    GradekitError
        If the set or the student is unknown, nobody has submitted, or the sandbox does not work.
    WorkFailedError
        If somebody else is grading here, the machine or the cluster does not allow to go on, or
        nbgrader cannot make the assignment or write the feedback.
    """
    how = how or How()
    students = submitted(course, name, student)
    if not (how.trusted or how.cluster):
        sandbox.demand()
    with machine.explained(), course_lock(course.root) as lock:
        database.demand(gradebook_url(course.root))
        generate(course, name, course.work)
        aside = f"--CourseDirectory.release_directory={course.work / 'release'}"
        course.must("generate_assignment", name, "--force", aside)
        only = [f"--student={student}"] if student else []
        _autograde(course, name, [*how.arguments(), *only, aside], lock=lock, tell=tell)
        if any(autograded(course, name, student).is_file() for student in students):
            course.must("generate_feedback", name, "--force", *only, lock=lock)
    entries = journal.latest(journal.place(course.root, name))
    return [_outcome(course, name, one, entries.get(one)) for one in students]


def submitted(course: Course, name: str, student: str = "") -> list[str]:
    """Return the students who handed in the set, or the one of them that is named.

    Raises
    ------
    GradekitError
        If there are none, or the one is not among them.
    """
    course.text(name)
    folders = (course.root / "submitted").glob(f"*/{name}")
    students = sorted(folder.parent.name for folder in folders)
    if not students:
        raise GradekitError(
            f"Nobody has handed in {name}: put each notebook at "
            f"submitted/<student>/{name}/{name}.ipynb, or run `nbgrader collect`."
        )
    if student and student not in students:
        raise GradekitError(
            f"There is no submission of {student!r}: {name} was handed in by {', '.join(students)}."
        )
    return [student] if student else students


def autograded(course: Course, name: str, student: str) -> Path:
    """Path of a student's graded notebook."""
    return course.root / "autograded" / student / name / f"{name}.ipynb"


def _log(course: Course, name: str) -> Path:
    return course.work / "log" / f"{name}-autograde.txt"


def _autograde(course: Course, name: str, arguments: list[str], *, lock: int, tell: Tell) -> None:
    """Run nbgrader and pass on what it tells of its progress."""
    log = _log(course, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    reads, writes = os.pipe()
    arguments = ["autograde", name, *arguments, f"--PoolAutograde.progress={writes}"]
    with os.fdopen(reads, encoding="utf-8") as steps, log.open("w", encoding="utf-8") as output:
        try:
            process = course.start(*arguments, output=output, lock=lock, descriptors=(writes,))
        finally:
            os.close(writes)
        stopped = ""
        with process:
            for line in steps:
                told = json.loads(line)
                stopped = told.get("stopped", "")
                if not stopped:
                    tell(Step(**told))
    if stopped:
        raise WorkFailedError(stopped)


def _outcome(course: Course, name: str, student: str, entry: Entry | None) -> Outcome:
    notes, attempts = (entry.notes, entry.attempts) if entry else ((), ())
    score, points, manual, trouble = 0.0, 0.0, False, ""
    if not autograded(course, name, student).is_file():
        trouble = _reason(course, name, student, entry)
    else:
        with Gradebook(gradebook_url(course.root)) as gradebook:
            try:
                submission = gradebook.find_submission(name, student)
                score, points = float(submission.score), float(submission.max_score)
                manual = bool(submission.needs_manual_grade)
            except MissingEntry:
                trouble = "the gradebook does not know it: grade it again with --force"
    return Outcome(student, score, points, manual, trouble, notes, attempts)


def _reason(course: Course, name: str, student: str, entry: Entry | None) -> str:
    if not any((course.root / "submitted" / student / name).glob("*.ipynb")):
        return f"there is no {name}.ipynb in the folder: hand in the notebook"
    if entry and not entry.graded:
        return entry.reason
    return f"nbgrader did not come to it, see {_log(course, name).relative_to(course.root)}"
