"""What a hostile submission is, and how it is graded: the toy set, attacked in its first task.

Each kind of attack has a file of tests of its own, so that they can run side by side.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from gradekit.execute import execute
from gradekit.job import Done, Job, Limits
from gradekit.names import visible_and_hidden
from gradekit.notebooks import as_text, from_text, grade_id, is_test, new_cell
from gradekit.record import problem
from gradekit.source import read_source, to_notebook
from gradekit.task import SCORE_MIME

TOY = Path(__file__).parents[2] / "gradekit" / "toy_course" / "solutions" / "toy"
ASIDE = ThreadPoolExecutor(1)
RUN = "the token of this run"
SEED = 4242424242424242
HONEST = {
    "mean_power": "def mean_power(signal):\n    return float(np.mean(signal**2))",
    "power_spectrum": (
        "def power_spectrum(signal):\n    return abs(np.fft.rfft(signal)) ** 2 / len(signal)"
    ),
    "diagnosis": "diagnosis = 'amplitude'",
}
FULL = {"mean_power": 3.0, "power_spectrum": 4.0, "diagnosis": 1.0}
QUICK = Limits(cell=3, task=6, total=60)
# Earns nothing by itself: whatever it gets, the attack has earned.
WRONG = "def mean_power(signal):\n    return 0.0\n"


@dataclass(frozen=True)
class Graded:
    """What became of a hostile submission."""

    done: Done
    marks: dict[str, float | str]

    @property
    def shown(self) -> str:
        """All outputs of all cells."""
        return json.dumps(self.outputs(None), ensure_ascii=False)

    def outputs(self, name: str | None) -> list:
        """Outputs of the cell with a grade_id, or of all cells."""
        cells = from_text(self.done.notebook).cells
        return [o for c in cells if name in (None, grade_id(c)) for o in c.get("outputs", [])]


def nothing_more(graded: Graded) -> None:
    """Check no more than the marks."""


@dataclass(frozen=True)
class Attack:
    """One submission: the honest one but for some cells.

    Attributes
    ----------
    name : str
        What the attacker tries.
    answer : str
        Stands in the answer cell of ``mean_power``.
    then : str
        A cell of the student's own below the test of ``mean_power``.
    earns : float
        The mark of ``mean_power``; the other tasks always get full marks.
    check : callable
        More to check.
    """

    name: str
    answer: str
    then: str = ""
    earns: float = 0.0
    check: Callable[[Graded], None] = nothing_more
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = QUICK

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


@cache
def hidden_lines() -> frozenset[str]:
    """Lines of the hidden tests that stand nowhere else in the set."""
    cells = read_source(TOY / "toy.py").cells
    seen = set().union(*(visible_and_hidden(cell.text)[0] for cell in cells))
    unseen = set().union(*(visible_and_hidden(cell.text)[1] for cell in cells))
    return frozenset(line for line in unseen - seen if len(line) > 5)


def job(attack: Attack) -> Job:
    """Put the attack into the notebook that nbgrader would grade: hidden tests are in it."""
    notebook = to_notebook(read_source(TOY / "toy.py"))
    answers = {**HONEST, "mean_power": dedent(attack.answer)}
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    place = next(i for i, c in enumerate(notebook.cells) if grade_id(c) == "mean_power-test")
    own = new_cell(dedent(attack.then), code=True, metadata={}, identity="own")
    notebook.cells.insert(place + 1, own)
    return Job(
        as_text(notebook),
        files=attack.files,
        course_files={"signal.csv": (TOY / "signal.csv").read_bytes()},
        packages=("toykit",),
        seeds={f"{task}-test": SEED for task in FULL},
        limits=attack.limits,
        run=RUN,
    )


def grade(attack: Attack) -> Graded:
    """Execute the submission and read its marks as the record step does."""
    # Not in this thread: a browser that other tests have started keeps an event loop running here.
    done = ASIDE.submit(execute, job(attack)).result()
    assert not done.trouble, done.trouble
    tests = [cell for cell in from_text(done.notebook).cells if is_test(cell)]
    return Graded(done, {grade_id(cell).removesuffix("-test"): _mark(cell) for cell in tests})


def _mark(cell) -> float | str:
    points = FULL[grade_id(cell).removesuffix("-test")]
    if trouble := problem(cell, points, RUN):
        return trouble
    return next(o.data[SCORE_MIME]["score"] for o in cell.outputs if SCORE_MIME in o.data)


def marks_of(attacks: Iterable[Attack]) -> Callable[[Attack], None]:
    """Make the test of these attacks: each gets its mark, and hurts only its own task."""

    @pytest.mark.parametrize("attack", attacks, ids=str)
    def test_attack(attack: Attack) -> None:
        graded = grade(attack)
        assert graded.marks == {**FULL, "mean_power": attack.earns}
        # A record holds the token; whoever else shows it has read it.
        shown = graded.shown.replace(f'"run": "{RUN}"', "")
        for secret in (*hidden_lines(), RUN, str(SEED)):
            assert secret not in shown
        attack.check(graded)

    return test_attack
