"""The tables of the report: the page shows them, and each is a CSV file."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gradekit.report.summary import Summary
from gradekit.show import points_text

Value = str | float | int | None

# A spreadsheet takes a cell that begins with one of these for a formula; the full-width ones too.
FORMULA = tuple("=+-@＝＋－＠")
# Control characters, halves of surrogate pairs, and those that turn the direction of text.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


@dataclass(frozen=True)
class Table:
    """A table with named columns.

    Attributes
    ----------
    name : str
        Of its CSV file, without ending.
    caption : str
        What it shows.
    headers : tuple of str
        With units.
    rows : tuple of tuple
        Text, numbers, or None where there is nothing.
    """

    name: str
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def plain(text: str) -> str:
    """Write characters that are no text, or change what is around them, as escapes."""
    return UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def as_csv(table: Table) -> bytes:
    """Write a table as RFC 4180 asks, in UTF-8, with text that no spreadsheet runs."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_cell(header) for header in table.headers)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return file.getvalue().encode("utf-8")


def _cell(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


def submissions(summary: Summary) -> Table:
    """Every submission with its mark and its time."""
    rows = []
    for one in summary.results.submissions:
        waiting = sum(answer.waiting for answer in one.answers.values())
        mark, penalty = (_round(one.mark), _round(one.penalty)) if one.graded else (None, None)
        seconds = None if one.seconds is None else round(one.seconds, 1)
        state = "yes" if one.graded else "no"
        rows.append((one.student, state, mark, penalty, waiting, seconds, "; ".join(one.notes)))
    caption = "Every submission"
    headers = (
        "student",
        "graded",
        f"mark (of {points_text(summary.results.points)})",
        "late penalty (points)",
        "tasks to mark by hand",
        "time (seconds)",
        "notes",
    )
    return Table("submissions", caption, headers, tuple(rows))


def points(summary: Summary) -> Table:
    """Points of every submission in every task."""
    tasks = summary.results.tasks
    rows = [
        (one.student, *(_round(one.answers[task.name].points) for task in tasks))
        for one in summary.results.graded
    ]
    headers = ("student", *(f"{task.name} (of {points_text(task.points)})" for task in tasks))
    return Table("points", "Points in every task", headers, tuple(rows))


def tasks(summary: Summary) -> Table:
    """Difficulty and discrimination of every task."""
    rows = []
    for one in summary.tasks:
        found = one.discrimination
        numbers = (_round(found.value, 2), _round(found.low, 2), _round(found.high, 2))
        counts = (one.full, one.some, one.none, one.untried, one.unmarked)
        mean = _percent(one.difficulty)
        rows.append((one.task.name, _round(one.task.points), mean, *numbers, *counts))
    headers = (
        "task",
        "points",
        "mean (percent)",
        "discrimination (-1 to 1)",
        "95 percent interval from",
        "interval to",
        "all points (submissions)",
        "some (submissions)",
        "none (submissions)",
        "not tried (submissions)",
        "not marked (submissions)",
    )
    return Table("tasks", "Tasks: difficulty and discrimination", headers, tuple(rows))


def parts(summary: Summary) -> Table:
    """How many pass every part."""
    rows = tuple(
        (one.task, one.title, "yes" if one.hidden else "no", one.points, one.tries, one.passed)
        for one in summary.parts
    )
    headers = ("task", "part", "hidden", "points", "tried (submissions)", "passed (submissions)")
    return Table("parts", "Parts of the tasks: who tried, who passed", headers, rows)


def faulty(summary: Summary) -> Table:
    """Tasks and parts that look faulty, and those where too few have tried."""
    rows = [
        *((one.task, one.title, "nobody passes", one.tries) for one in summary.unpassed),
        *(
            (one.task.name, "", "the best fail more than the rest", len(summary.results.graded))
            for one in summary.inverted
        ),
        *_too_few(summary),
    ]
    headers = ("task", "part", "what was found", "seen in (submissions)")
    return Table(
        "faulty-tasks", "Tasks that nobody passes or that the best fail", headers, (*rows,)
    )


def _too_few(summary: Summary) -> Iterator[tuple[str, str, str, int]]:
    """One row for each task with parts that nobody passes and too few have tried."""
    for task in dict.fromkeys(one.task for one in summary.unsure):
        found = [one for one in summary.unsure if one.task == task]
        titles = found[0].title if len(found) == 1 else f"{len(found)} parts"
        tries = max(one.tries for one in found)
        yield task, titles, "nobody passes, but too few tried to tell", tries


def mistakes(summary: Summary) -> Table:
    """Every named mistake, how often and by whom."""
    graded = len(summary.results.graded)
    rows = tuple(
        (
            one.task,
            one.key,
            len(one.students),
            round(100 * len(one.students) / graded, 1),
            one.sentence,
            "; ".join(one.students),
        )
        for one in summary.mistakes
    )
    headers = (
        "task",
        "mistake",
        "made by (submissions)",
        "share (percent of the graded)",
        "what students are told",
        "students",
    )
    return Table("mistakes", "Named mistakes, the most frequent first", headers, rows)


def attempts(summary: Summary) -> Table:
    """What looked like attempts to break out."""
    found = [(one.student, text) for one in summary.results.submissions for text in one.attempts]
    caption = "Attempts to break out or to forge a mark"
    return Table("attempts", caption, ("student", "what was seen"), tuple(found))


def not_graded(summary: Summary) -> Table:
    """Submissions without a mark, and why."""
    rows = tuple(
        (one.student, one.reason or "not known: the journal of grading does not say")
        for one in summary.results.submissions
        if not one.graded
    )
    return Table("not-graded", "Submissions that are not graded", ("student", "reason"), rows)


def waiting(summary: Summary) -> Table:
    """Answers to be marked by hand."""
    rows = tuple(
        (task.name, one.student, "yes" if one.answers[task.name].tried else "no")
        for task in summary.results.tasks
        for one in summary.results.graded
        if one.answers[task.name].waiting
    )
    caption = "Answers that wait for a mark by hand"
    return Table("to-mark", caption, ("task", "student", "changed by the student"), rows)


def _round(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else round(value, digits)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
