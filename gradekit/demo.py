"""A sample class made from a set's own source, graded and with feedback.

One submission each: the reference, a blank release, every named mistake, a syntax error, a
half-done notebook, and one whose test cells produce nothing. It is the instructor's first tour
and the end-to-end test of a set.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradekit import names
from gradekit.check import record_of, try_mistakes
from gradekit.course import CONFIG, Course
from gradekit.grade import How, autograded, grade
from gradekit.notebooks import grade_id, is_test, read, write
from gradekit.probe import Trial
from gradekit.release import generate
from gradekit.source import Cell, Source, read_source

SILENCE = "get_ipython().input_transformers_cleanup.append(lambda lines: [])"


@dataclass(frozen=True)
class Sample:
    """One submission of the sample class.

    Attributes
    ----------
    student : str
        Says what the submission is.
    answers : dict
        Text of the answer cells by grade_id; those not named stay blank, and if all do, the
        submission must earn nothing.
    failed : set of str
        Test cells that must lose points; all others must earn theirs.
    told : str or None
        Key of the mistake that a visible part must name.
    graded : bool
        False if it must be refused.
    """

    student: str
    answers: dict[str, str]
    failed: frozenset[str] = frozenset()
    told: str | None = None
    graded: bool = True


@dataclass(frozen=True)
class Row:
    """One line of the demo's table."""

    student: str
    expected: str
    got: str
    problems: tuple[str, ...] = field(default=())


def demo(course: Course, name: str, *, trusted: bool = False) -> tuple[Path, list[Row]]:
    """Make, grade and check a sample class in ``_build/demo/<set>/``.

    It runs in the sandbox unless it is `trusted`, which it deserves: it is the course's own work.

    Returns
    -------
    tuple
        The folder of the sample class, and one row per submission.
    """
    sample_course = _fresh(course, name)
    released = generate(sample_course, name, sample_course.work) / f"{name}.ipynb"
    source = read_source(sample_course.text(name))
    trials = try_mistakes(sample_course.source / name / f"{name}.ipynb").trials
    samples = list(sample_class(source, trials))
    for sample in samples:
        _hand_in(sample_course, source, sample, released)
    how = How(trusted=trusted, reference_allowed=True)
    outcomes = {outcome.student: outcome for outcome in grade(sample_course, name, how)}
    rows = []
    for sample in samples:
        got = str(outcomes[sample.student]).partition(": ")[2]
        problems = tuple(_problems(sample_course, source, sample))
        rows.append(Row(sample.student, _expectation(source, sample), got, problems))
    return sample_course.root, rows


def sample_class(source: Source, trials: Iterable[Trial]) -> Iterator[Sample]:
    """Yield the submissions of the sample class."""
    right = {cell.label: cell.text for cell in source.cells if cell.meta.get("solution")}
    answers = source.answers()
    yield Sample("right", right)
    yield Sample("blank", {}, frozenset(test.label for test in source.tests()))
    for cell in answers:
        tests = _tests_of(cell, source)
        keys = dict.fromkeys(t.mistake for t in trials if t.test in tests)
        for key in keys if "wrong" in cell.meta else ():
            mistaken = right | {cell.label: wrong_answer(cell, source, key)}
            student = re.sub(r"[^\w-]+", "-", f"{cell.label}--{key}")
            yield Sample(student, mistaken, tests, told=key)
    first = answers[0]
    broken = right | {first.label: "def unfinished(:\n    pass"}
    yield Sample("syntax-error", broken, _tests_of(first, source))
    half = answers[: len(answers) // 2]
    later = frozenset(t for cell in answers[len(half) :] for t in _tests_of(cell, source))
    yield Sample("half-done", {cell.label: cell.text for cell in half}, later)
    silent = right | {first.label: f"{first.text}\n{SILENCE}"}
    yield Sample("silent-tests", silent, graded=False)


def wrong_answer(cell: Cell, source: Source, key: str) -> str:
    """Replace the solution of an answer cell by the named wrong answer."""
    marked = names.BEGIN_SOLUTION in cell.text
    before, _, rest = cell.text.partition(names.BEGIN_SOLUTION) if marked else ("", "", "")
    after = rest.partition(names.END_SOLUTION)[2]
    choice = f"next(value for key, _, value in {cell.meta['wrong']} if key == {key!r})"
    # Indented: the body of a function. Otherwise the answer is a value with a name.
    start = "return" if before.endswith(" ") else f"{_graded_name(cell, source)} ="
    return f"{before}{start} {choice}{after}"


def _graded_name(cell: Cell, source: Source) -> str:
    mine = names.made(cell.text)
    return next(name for test in source.tests() for name in test.uses if name in mine)


def _tests_of(cell: Cell, source: Source) -> frozenset[str]:
    mine = names.made(cell.text)
    return frozenset(test.label for test in source.tests() if mine & set(test.uses))


def _fresh(course: Course, name: str) -> Course:
    root = course.root / "_build" / "demo" / name
    if root.exists():
        shutil.rmtree(root)
    shutil.copytree(course.text(name).parent, root / "solutions" / name)
    shutil.copyfile(course.root / CONFIG, root / CONFIG)
    return Course.at(root)


def _hand_in(course: Course, source: Source, sample: Sample, released: Path) -> None:
    notebook = read(released)
    for node in notebook.cells:
        node.source = sample.answers.get(grade_id(node) or "", node.source)
    folder = course.root / "submitted" / sample.student / source.name
    folder.mkdir(parents=True)
    write(notebook, folder / released.name)


def _expectation(source: Source, sample: Sample) -> str:
    total = sum(float(test.meta["points"]) for test in source.tests())
    if not sample.graded:
        return "not graded"
    if not sample.failed or not sample.answers:
        return f"{total if sample.answers else 0:g} of {total:g} by tests"
    told = f", told {sample.told!r}" if sample.told else ""
    return f"points lost in {len(sample.failed)} of {len(source.tests())} tests{told}"


def _problems(course: Course, source: Source, sample: Sample) -> Iterator[str]:
    path = autograded(course, source.name, sample.student)
    if path.is_file() != sample.graded:
        yield "graded, and must not be" if path.is_file() else "not graded"
    elif sample.graded:
        if not (course.root / "feedback" / sample.student / source.name).is_dir():
            yield "has no feedback"
        tests = [cell for cell in read(path).cells if is_test(cell)]
        yield from _wrong_marks(sample, {str(grade_id(cell)): record_of(cell) for cell in tests})


def _wrong_marks(sample: Sample, records: dict[str, dict[str, Any]]) -> Iterator[str]:
    for test, record in records.items():
        score, full = record["score"], record["points"]
        right = score < full if test in sample.failed else score == full
        if not right or (score and not sample.answers):
            yield f"{test} earned {score:g} of {full:g}"
    visible = [p for test in sample.failed for p in records[test]["parts"] if not p["hidden"]]
    if sample.told and sample.told not in {part["mistake"] for part in visible}:
        yield f"no visible part names {sample.told!r}"


def table(rows: list[Row]) -> str:
    """Write the rows as text, one line per submission."""
    wide = max(len(row.student) for row in rows)
    middle = max(len(row.expected) for row in rows)
    lines = []
    for row in rows:
        verdict = "DIFFERS: " + "; ".join(row.problems) if row.problems else "as expected"
        lines.append(f"{row.student:{wide}}  {row.expected:{middle}}  {row.got}  ({verdict})")
    return "\n".join([f"{'submission':{wide}}  {'expected':{middle}}  got", *lines])
