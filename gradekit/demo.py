"""A sample class made from a set's own source, graded, with feedback and a report.

It is the instructor's first tour and the end-to-end test of a set: `gradekit.samples` says what
each submission is, and here what became of it is compared with what must.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradekit.check import record_of, try_mistakes
from gradekit.course import CONFIG, Course
from gradekit.grade import How, Outcome, autograded, grade
from gradekit.notebooks import grade_id, is_test, read, write
from gradekit.release import generate
from gradekit.report import report
from gradekit.samples import Sample, sample_class
from gradekit.source import Source, read_source


@dataclass(frozen=True)
class Row:
    """One line of the demo's table."""

    student: str
    expected: str
    got: str
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


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
    samples = list(sample_class(source, trials, course.packages()))
    outcomes: dict[str, Outcome] = {}
    # What is graded stays as it is, so the second time only the others are.
    for own in (True, False):
        for sample in samples:
            if sample.own is own:
                _hand_in(sample_course, source, sample, released)
        how = How(trusted=trusted, reference_allowed=own)
        outcomes |= {outcome.student: outcome for outcome in grade(sample_course, name, how)}
    report(sample_course, name)
    return sample_course.root, [
        _row(sample_course, source, s, outcomes[s.student]) for s in samples
    ]


def _row(course: Course, source: Source, sample: Sample, outcome: Outcome) -> Row:
    got = str(outcome).partition(": ")[2]
    problems = tuple(_problems(course, source, sample))
    told = tuple(sample.told.values())
    return Row(sample.student, _expectation(source, sample), got, told, problems)


def _fresh(course: Course, name: str) -> Course:
    root = course.root / "_build" / "demo" / name
    if root.exists():
        shutil.rmtree(root)
    shutil.copytree(course.text(name).parent, root / "solutions" / name)
    shutil.copyfile(course.root / CONFIG, root / CONFIG)
    return Course.at(root)


def _hand_in(course: Course, source: Source, sample: Sample, released: Path) -> None:
    folder = course.root / "submitted" / sample.student / source.name
    folder.mkdir(parents=True)
    notebook = read(released)
    for node in notebook.cells:
        node.source = sample.answers.get(grade_id(node) or "", node.source)
    if sample.mangle:
        sample.mangle(notebook)
    if sample.raw:
        (folder / released.name).write_bytes(sample.raw)
    else:
        write(notebook, folder / released.name)


def _expectation(source: Source, sample: Sample) -> str:
    points = {test.label: float(test.meta["points"]) for test in source.tests()}
    total = sum(points.values())
    if not sample.graded:
        return "not graded"
    if sample.nothing or not sample.failed:
        kept = total - sum(points[test] for test in sample.failed)
        return f"{kept:g} of {total:g} by tests"
    told = f", told {', '.join(sample.told.values())}" if sample.told else ""
    return f"points lost in {len(sample.failed)} of {len(points)} tests{told}"


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
        if not right or (score and sample.nothing and test in sample.failed):
            yield f"{test} earned {score:g} of {full:g}"
    for test, key in sample.told.items():
        if key not in {p["mistake"] for p in records[test]["parts"] if not p["hidden"]}:
            yield f"no visible part of {test} names {key!r}"


def table(rows: list[Row]) -> str:
    """Write the rows as text, one line per submission."""
    wide = max(len(row.student) for row in rows)
    middle = max(len(row.expected) for row in rows)
    lines = []
    for row in rows:
        verdict = "DIFFERS: " + "; ".join(row.problems) if row.problems else "as expected"
        lines.append(f"{row.student:{wide}}  {row.expected:{middle}}  {row.got}  ({verdict})")
    return "\n".join([f"{'submission':{wide}}  {'expected':{middle}}  got", *lines])
