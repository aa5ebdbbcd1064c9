"""The results of a class as plain data: what reading makes and everything else takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# How the cell that tests a task is called.
TEST = "-test"


@dataclass(frozen=True)
class Task:
    """A graded cell.

    Attributes
    ----------
    name : str
        Its grade_id.
    points : float
        Its maximum.
    written : bool
        Marked by hand.
    """

    name: str
    points: float
    written: bool = False


@dataclass(frozen=True)
class Part:
    """One student's result in one part of a task, as the score record says it.

    ``mistake`` is the key of the recognised mistake and ``sentence`` what it means; empty if there
    is none.
    """

    title: str
    points: float
    passed: bool
    hidden: bool = False
    mistake: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Answer:
    """One student's result in one task.

    Attributes
    ----------
    points : float or None
        As the tests gave them; for a written answer the marks given by hand, None before.
    tried : bool
        Whether an answer cell of the task differs from the one handed out.
    waiting : bool
        Whether somebody has to mark it by hand.
    parts : tuple of Part
    """

    points: float | None
    tried: bool = True
    waiting: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Submission:
    """What became of one student's submission.

    Attributes
    ----------
    student : str
    graded : bool
    mark : float
        Points that count: marks given by hand included, the late penalty taken off.
    penalty : float
        Points taken off because it was late.
    answers : dict
        `Answer` by name of task; empty if not graded.
    reason : str
        Why it is not graded; empty if it is, or if nobody wrote it down.
    notes, attempts : tuple of str
        What was repaired or left out; what looked like an attempt to break out.
    seconds : float or None
        Of running it; None if nobody wrote it down.
    """

    student: str
    graded: bool
    mark: float = 0.0
    penalty: float = 0.0
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reason: str = ""
    notes: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True)
class Results:
    """A class's results in one problem set.

    Attributes
    ----------
    name : str
        Of the set.
    tasks : tuple of Task
        In the order of the set.
    submissions : tuple of Submission
        By student.
    journal : bool
        Whether grading wrote a journal; without one, reasons, notes, attempts and times are
        not known.
    anonymous : bool
        Whether the students have numbers instead of names.
    """

    name: str
    tasks: tuple[Task, ...]
    submissions: tuple[Submission, ...]
    journal: bool = True
    anonymous: bool = False

    def titled(self) -> "Results":
        """Return the same with the names of tasks that people use, without ``-test``."""
        plain = [task.name.removesuffix(TEST) for task in self.tasks]
        title = {
            task.name: name if plain.count(name) == 1 else task.name
            for task, name in zip(self.tasks, plain, strict=True)
        }
        submissions = (
            replace(one, answers={title[name]: found for name, found in one.answers.items()})
            for one in self.submissions
        )
        tasks = tuple(replace(task, name=title[task.name]) for task in self.tasks)
        return replace(self, tasks=tasks, submissions=tuple(submissions))

    @property
    def graded(self) -> tuple[Submission, ...]:
        """The submissions that have a mark."""
        return tuple(one for one in self.submissions if one.graded)

    @property
    def points(self) -> float:
        """The most that the set gives."""
        return sum(task.points for task in self.tasks)
