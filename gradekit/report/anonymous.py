"""Results without names: everything that a person may have written is left out."""

import re
from dataclasses import replace
from random import Random

from gradekit.report.results import Answer, Part, Results, Submission

LEFT_OUT = "words left out, they may name people"


def anonymised(results: Results, random: Random) -> Results:
    """Replace students by numbers in a random order that is stored nowhere.

    Reasons, notes and attempts may quote what a student wrote or how a file was called. They are
    left out; of a reason only the names of the set's own cells stay.

    Parameters
    ----------
    results : Results
    random : random.Random
        Give `random.SystemRandom()`: an order that can be computed again gives names away.

    Returns
    -------
    Results
        The submissions in the order of their numbers.
    """
    students = [one.student for one in results.submissions]
    cells = [task.name for task in results.tasks]
    order = random.sample(results.submissions, len(students))
    hidden = tuple(
        _hidden(one, f"student {i}", cells, students) for i, one in enumerate(order, start=1)
    )
    return replace(results, submissions=hidden, anonymous=True)


def _hidden(one: Submission, number: str, cells: list[str], students: list[str]) -> Submission:
    answers = {name: _answer(answer, students) for name, answer in one.answers.items()}
    return replace(
        one,
        student=number,
        answers=answers,
        reason=_about(one.reason, cells) if one.reason else "",
        notes=(LEFT_OUT,) * len(one.notes),
        attempts=(LEFT_OUT,) * len(one.attempts),
    )


def _about(reason: str, cells: list[str]) -> str:
    named = [name for name in cells if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", reason)]
    return f"cell {', '.join(named)}: {LEFT_OUT}" if named else LEFT_OUT


def _answer(answer: Answer, students: list[str]) -> Answer:
    return replace(answer, parts=tuple(_part(part, students) for part in answer.parts))


def _part(part: Part, students: list[str]) -> Part:
    """Hide what names a student in texts that the set's author wrote: they should name nobody."""
    sentence, mistake, title = (
        LEFT_OUT if _names_one(text, students) else text
        for text in (part.sentence, part.mistake, part.title)
    )
    return replace(part, sentence=sentence, mistake=mistake, title=title)


def _names_one(text: str, students: list[str]) -> bool:
    words = _words(text)
    return any(_words(student) and _words(student) <= words for student in students)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))
