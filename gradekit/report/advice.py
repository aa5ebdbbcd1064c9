"""What an instructor should do next, in short sentences."""

from collections.abc import Iterator
from dataclasses import dataclass

from gradekit.report.summary import Summary


@dataclass(frozen=True)
class Advice:
    """A finding, what to do about it, and the section of the page that says more."""

    found: str
    todo: str
    section: str
    command: str = ""


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def advice(summary: Summary) -> tuple[Advice, ...]:
    """Return what needs attention, the most urgent first."""
    found = (*_attempts(summary), *_not_graded(summary), *_faulty(summary))
    return (*found, *_waiting(summary), *_mistakes(summary), *_journal(summary))


def _attempts(summary: Summary) -> Iterator[Advice]:
    number = sum(bool(one.attempts) for one in summary.results.submissions)
    if number:
        yield Advice(
            f"{count(number, 'submission looks', 'submissions look')} like an attempt to break "
            "out or to forge a mark.",
            "Read these notebooks before you publish marks.",
            "attempts",
        )


def _not_graded(summary: Summary) -> Iterator[Advice]:
    number = len(summary.results.submissions) - len(summary.results.graded)
    if number:
        yield Advice(
            f"{count(number, 'submission is', 'submissions are')} not graded.",
            "Read why, have them mended, and grade again:",
            "not-graded",
            f"gradekit grade {summary.results.name}",
        )


def _faulty(summary: Summary) -> Iterator[Advice]:
    names = summary.faulty
    if names:
        yield Advice(
            f"{count(len(names), 'task looks', 'tasks look')} faulty: {', '.join(names)}.",
            "Read what it asks beside what it tests, and run its reference answer:",
            "faulty",
            f"gradekit check {summary.results.name}",
        )


def _waiting(summary: Summary) -> Iterator[Advice]:
    number = len(summary.waiting)
    if number:
        yield Advice(
            f"{count(number, 'submission waits', 'submissions wait')} for marks by hand; until "
            "then these answers count as 0.",
            "Mark them in nbgrader's formgrader.",
            "to-mark",
        )


def _mistakes(summary: Summary) -> Iterator[Advice]:
    if summary.mistakes and len(summary.mistakes[0].students) > 1:
        first = summary.mistakes[0]
        share = f"{len(first.students)} of {len(summary.results.graded)}"
        yield Advice(
            f"The most frequent named mistake is {first.key} in {first.task}, made by {share}.",
            "It may be worth a few minutes in class.",
            "mistakes",
        )


def _journal(summary: Summary) -> Iterator[Advice]:
    if not summary.results.journal:
        yield Advice(
            "This set was graded without a journal, so reasons, notes, attempts to break out and "
            "times are not known.",
            "The next run of this command writes one:",
            "not-graded",
            f"gradekit grade {summary.results.name}",
        )
