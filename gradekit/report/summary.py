"""What the results of a class say about its tasks, parts and mistakes."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from gradekit.report.items import (
    Discrimination,
    difficulty,
    discrimination,
    fewest_tries,
    is_inverted,
)
from gradekit.report.results import Answer, Results, Submission, Task


@dataclass(frozen=True)
class TaskSummary:
    """One task: how many earned all points, some, none, did not try, are not marked yet.

    As long as some are not marked, difficulty and discrimination are not known: nbgrader marks
    blank written answers itself, with 0, and these alone would say the wrong thing.
    """

    task: Task
    full: int
    some: int
    none: int
    untried: int
    unmarked: int
    difficulty: float | None
    discrimination: Discrimination


@dataclass(frozen=True)
class PartSummary:
    """One part of a task: how many of those who tried the task pass it."""

    task: str
    title: str
    hidden: bool
    points: float
    tries: int
    passed: int


@dataclass(frozen=True)
class Mistake:
    """A named mistake and the students who made it."""

    task: str
    key: str
    sentence: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """Everything that the report says.

    Attributes
    ----------
    results : Results
    median : float or None
        Median mark.
    tasks : tuple of TaskSummary
    parts : tuple of PartSummary
    mistakes : tuple of Mistake
        The most frequent ones first.
    unpassed : tuple of PartSummary
        Parts that nobody passes although enough have tried.
    unsure : tuple of PartSummary
        Parts that nobody passes, but too few have tried.
    inverted : tuple of TaskSummary
        Tasks in which those who do well elsewhere do worse.
    """

    results: Results
    median: float | None
    tasks: tuple[TaskSummary, ...]
    parts: tuple[PartSummary, ...]
    mistakes: tuple[Mistake, ...]
    unpassed: tuple[PartSummary, ...]
    unsure: tuple[PartSummary, ...]
    inverted: tuple[TaskSummary, ...]

    @property
    def faulty(self) -> tuple[str, ...]:
        """Names of the tasks that look faulty."""
        found = [*(part.task for part in self.unpassed), *(one.task.name for one in self.inverted)]
        return tuple(dict.fromkeys(found))

    @property
    def waiting(self) -> tuple[Submission, ...]:
        """Submissions with a task that somebody has to mark by hand."""
        graded = self.results.graded
        return tuple(s for s in graded if any(a.waiting for a in s.answers.values()))


def summarise(results: Results, random: np.random.Generator) -> Summary:
    """Compute the report's numbers; `random` is for permutation tests."""
    marks = [one.mark for one in results.graded]
    tasks = tuple(_task(task, results, random) for task in results.tasks)
    parts = tuple(part for task in results.tasks for part in _parts(task.name, results))
    unpassed = [part for part in parts if part.tries and not part.passed]
    enough = fewest_tries(len(parts))
    tested = [one for one in tasks if not one.task.written and one.discrimination.p is not None]
    return Summary(
        results,
        median=median(marks) if marks else None,
        tasks=tasks,
        parts=parts,
        mistakes=tuple(_mistakes(results)),
        unpassed=tuple(part for part in unpassed if part.tries >= enough),
        unsure=tuple(part for part in unpassed if part.tries < enough),
        inverted=tuple(t for t in tested if is_inverted(t.discrimination, len(tested))),
    )


def _task(task: Task, results: Results, random: np.random.Generator) -> TaskSummary:
    tests = [other.name for other in results.tasks if not (other.written or other == task)]
    points, rests, untried, unmarked = [], [], 0, 0
    for submission in results.graded:
        answer = submission.answers[task.name]
        if answer.points is None:
            unmarked += 1
        else:
            points.append(answer.points)
            rests.append(sum(submission.answers[name].points or 0.0 for name in tests))
            untried += _is_untried(answer)
    full = sum(earned >= task.points for earned in points)
    nothing = sum(earned <= 0 for earned in points)
    return TaskSummary(
        task,
        full=full,
        some=len(points) - full - nothing,
        none=nothing - untried,
        untried=untried,
        unmarked=unmarked,
        difficulty=difficulty(points, task.points) if task.points and not unmarked else None,
        discrimination=discrimination(points, rests, random)
        if not unmarked
        else Discrimination(why=f"{_share(unmarked, unmarked + len(points))} not marked yet"),
    )


def _share(some: int, every: int) -> str:
    if some == every:
        return "the answers are" if every > 1 else "the answer is"
    return f"{some} of {every} answers {'is' if some == 1 else 'are'}"


def _is_untried(answer: Answer) -> bool:
    return not answer.tried and not answer.points


def _parts(task: str, results: Results) -> Iterator[PartSummary]:
    tried = [one.answers[task] for one in results.graded if one.answers[task].tried]
    every = [part for one in results.graded for part in one.answers[task].parts]
    for title, part in {part.title: part for part in every}.items():
        found = [p.passed for answer in tried for p in answer.parts if p.title == title]
        yield PartSummary(task, title, part.hidden, part.points, len(found), sum(found))


def _mistakes(results: Results) -> list[Mistake]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for submission in results.graded:
        for task, answer in submission.answers.items():
            for part in answer.parts:
                if part.mistake and not part.passed:
                    who = found.setdefault((task, part.mistake), {})
                    who.setdefault(submission.student, part.sentence)
    mistakes = [
        Mistake(task, key, next(iter(who.values())), tuple(who))
        for (task, key), who in found.items()
    ]
    return sorted(mistakes, key=lambda one: (-len(one.students), one.task, one.key))
