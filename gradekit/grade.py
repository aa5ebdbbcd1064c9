"""Grade the submissions of a set with nbgrader and write the feedback."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from gradekit import sandbox
from gradekit.course import Course
from gradekit.errors import GradekitError
from gradekit.release import generate

NOTE = re.compile(r"note: student (?P<student>.+?): (?P<note>.*)")
REASON = re.compile(r"not graded: student (?P<student>.+?): (?P<reason>.*)")


@dataclass(frozen=True)
class Outcome:
    """What became of one student's submission.

    ``trouble`` says why it is not graded, ``notes`` what was repaired or left out.
    """

    student: str
    score: float
    points: float
    manual: bool
    trouble: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        notes = "".join(f", note: {note}" for note in self.notes)
        if self.trouble:
            return f"{self.student}: NOT GRADED: {self.trouble}{notes}"
        todo = ", written answers to be marked by hand" if self.manual else ""
        return f"{self.student}: {self.score:g} of {self.points:g}{todo}{notes}"


def grade(course: Course, name: str, *, trusted: bool = False) -> list[Outcome]:
    """Autograde all submissions of a set, write feedback, and return what became of each.

    One submission never stops another. Submissions that are graded already stay as they are, so
    the same command goes on after an interruption. Submissions run in a sandbox unless they are
    `trusted`.

    Raises
    ------
    GradekitError
        If the set is unknown, nobody has submitted, or the sandbox does not work here.
    WorkFailedError
        If nbgrader cannot make the assignment or write the feedback.
    """
    students = submitted(course, name)
    if not trusted:
        sandbox.demand()
    generate(course, name, course.work)
    course.must("generate_assignment", name, "--force", *_release_aside(course))
    trusting = f"--Run.trusted={trusted}"
    done = course.nbgrader("autograde", name, *_release_aside(course), trusting)
    log = course.work / "log" / f"{name}-autograde.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if any(_graded(course, name, student) for student in students):
        course.must("generate_feedback", name, "--force")
    said = done.stdout + done.stderr
    reasons = {m["student"]: m["reason"] for m in REASON.finditer(said)}
    notes: dict[str, list[str]] = {}
    for found in NOTE.finditer(said):
        notes.setdefault(found["student"], []).append(found["note"])
    where = str(log.relative_to(course.root))
    outcomes = [
        _outcome(course, name, s, reasons.get(s) or _unexplained(course, name, s, where))
        for s in students
    ]
    return [replace(one, notes=tuple(notes.get(one.student, []))) for one in outcomes]


def submitted(course: Course, name: str) -> list[str]:
    """Return the students who handed in the set.

    Raises
    ------
    GradekitError
        If there are none.
    """
    course.text(name)
    folders = (course.root / "submitted").glob(f"*/{name}")
    students = sorted(folder.parent.name for folder in folders)
    if not students:
        raise GradekitError(
            f"Nobody has handed in {name}: put each notebook at "
            f"submitted/<student>/{name}/{name}.ipynb, or run `nbgrader collect`."
        )
    return students


def autograded(course: Course, name: str, student: str) -> Path:
    """Path of a student's graded notebook."""
    return course.root / "autograded" / student / name / f"{name}.ipynb"


def _unexplained(course: Course, name: str, student: str, log: str) -> str:
    if not any((course.root / "submitted" / student / name).glob("*.ipynb")):
        return f"there is no {name}.ipynb in the folder: hand in the notebook"
    return f"nbgrader could not read or run it, see {log}"


def _graded(course: Course, name: str, student: str) -> bool:
    return autograded(course, name, student).is_file()


def _release_aside(course: Course) -> list[str]:
    # exercises/ holds what is published; this run only fills the gradebook.
    return [f"--CourseDirectory.release_directory={course.work / 'release'}"]


def _outcome(course: Course, name: str, student: str, trouble: str) -> Outcome:
    if not _graded(course, name, student):
        return Outcome(student, 0.0, 0.0, False, trouble)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}?timeout=60") as gradebook:
        try:
            submission = gradebook.find_submission(name, student)
        except MissingEntry:
            return Outcome(student, 0.0, 0.0, False, "the gradebook does not know it")
        manual = bool(submission.needs_manual_grade)
        return Outcome(student, float(submission.score), float(submission.max_score), manual)
