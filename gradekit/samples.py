"""The submissions of a sample class: right, wrong in each known way, unfinished, mangled, hostile.

Each says what must become of it, so that the class is the end-to-end test of a set.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from importlib import import_module

from nbformat import NotebookNode

from gradekit import names
from gradekit.notebooks import is_test
from gradekit.probe import Trial
from gradekit.source import Cell, Source
from gradekit.task import SCORE_MIME

FORGED = f"""
from IPython.display import display
display({{"{SCORE_MIME}": {{"score": 1000.0, "points": 1000.0, "parts": []}}}}, raw=True)
"""
# Before an answer: its cell ends here, and the answer does not exist.
LOST = {
    "hostile-endless-loop": "while True:\n    pass\n",
    "hostile-exit": "import os\nos._exit(0)\n",
    "hostile-memory": "hoard = [bytearray(2**26) for _ in range(64)]\n",
}
# Before an answer, which is right all the same.
HARMLESS = {
    "prints-100-megabytes": "for _ in range(100):\n    print('x' * 10**6)\n",
    "hostile-patched-library": "import numpy\nnumpy.isclose = lambda *_, **__: True\n",
    "hostile-script": "import IPython\nIPython.display.display(IPython.display.HTML"
    "('<script>document.title = 1000</script>'))\n",
}
SILENCE = "get_ipython().input_transformers_cleanup.append(lambda lines: [])"

Mangle = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Sample:
    """One submission of the sample class.

    Attributes
    ----------
    student : str
        Says what the submission is.
    answers : dict
        Text of the answer cells by grade_id; those not named stay blank.
    failed : set of str
        Test cells that must lose points; all others must earn theirs.
    told : dict
        Keys of the mistakes that visible parts must name, by test cell.
    nothing : bool
        Whether the failed tests must earn nothing at all.
    graded : bool
        False if it must be refused.
    own : bool
        Whether it is the course's own work and may call the reference functions.
    mangle : callable or None
        What became of the notebook before it was handed in.
    raw : bytes
        Handed in instead of a notebook.
    """

    student: str
    answers: dict[str, str]
    failed: frozenset[str] = frozenset()
    told: dict[str, str] = field(default_factory=dict)
    nothing: bool = False
    graded: bool = True
    own: bool = True
    mangle: Mangle | None = None
    raw: bytes = b""


def sample_class(
    source: Source, trials: Iterable[Trial], packages: Iterable[str]
) -> Iterator[Sample]:
    """Yield the submissions of the sample class of a set."""
    right = {cell.label: cell.text for cell in source.cells if cell.meta.get("solution")}
    yield Sample("right", right)
    yield Sample("blank", {}, _all_tests(source), nothing=True)
    yield from _mistaken(source, right, trials)
    yield from _unfinished(source, right)
    yield from _mangled(right)
    yield from _hostile(source, right)
    called = _called(source)
    copied = frozenset(
        t.label for t in source.tests() if _is_library(called.intersection(t.uses), packages)
    )
    yield Sample("copied-from-the-library", right, copied, own=False, nothing=True)


def _mistaken(source: Source, right: dict[str, str], trials: Iterable[Trial]) -> Iterator[Sample]:
    """Yield submissions that hold each known mistake once, and at most one in each test."""
    made: list[tuple[dict[str, str], dict[str, str]]] = []
    for cell, key in _known_mistakes(source, list(trials)):
        tests = _tests_of(cell, source)
        answers, told = next((row for row in made if not tests & set(row[1])), ({}, {}))
        if not told:
            made.append((answers, told))
        answers[cell.label] = wrong_answer(cell, source, key)
        told |= dict.fromkeys(sorted(tests), key)
    for number, (answers, told) in enumerate(made, start=1):
        yield Sample(f"mistakes-{number}", right | answers, frozenset(told), told=told)


def _known_mistakes(source: Source, trials: list[Trial]) -> Iterator[tuple[Cell, str]]:
    for cell in source.answers():
        if "wrong" in cell.meta:
            tests = _tests_of(cell, source)
            yield from (
                (cell, key)
                for key in dict.fromkeys(trial.mistake for trial in trials if trial.test in tests)
            )


def _unfinished(source: Source, right: dict[str, str]) -> Iterator[Sample]:
    first, *_ = answers = source.answers()
    broken = right | {first.label: "def unfinished(:\n    pass"}
    yield Sample("syntax-error", broken, _tests_of(first, source), nothing=True)
    half = answers[: len(answers) // 2]
    later = frozenset(test for cell in answers[len(half) :] for test in _tests_of(cell, source))
    yield Sample("half-done", {cell.label: cell.text for cell in half}, later, nothing=True)


def _mangled(right: dict[str, str]) -> Iterator[Sample]:
    yield Sample("mangled-every-cell-twice", right, mangle=_twice)
    yield Sample("mangled-without-tests-and-metadata", right, mangle=_stripped)
    yield Sample("not-a-notebook", right, graded=False, raw=b"My answers are in the mail.")


def _hostile(source: Source, right: dict[str, str]) -> Iterator[Sample]:
    first, *rest = source.answers()
    lost = _tests_of(first, source)
    for student, attack in LOST.items():
        answers = right | {first.label: f"{attack}{first.text}"}
        yield Sample(student, answers, lost, nothing=True)
    for student, attack in HARMLESS.items():
        yield Sample(student, right | {first.label: f"{attack}{first.text}"})
    forged = {first.label: FORGED}
    yield Sample("hostile-forged-score", forged, _all_tests(source), nothing=True)
    later = frozenset(test for cell in rest for test in _tests_of(cell, source))
    silent = right | {first.label: f"{first.text}\n{SILENCE}"}
    yield Sample("hostile-empty-cells", silent, later - lost, nothing=True)


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


def _all_tests(source: Source) -> frozenset[str]:
    return frozenset(test.label for test in source.tests())


def _called(source: Source) -> set[str]:
    # A reference may be written out although the library has a function of that name.
    nodes = (node for cell in source.answers() for node in ast.walk(ast.parse(cell.text)))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _is_library(uses: Iterable[str], packages: Iterable[str]) -> bool:
    modules = [import_module(package) for package in packages]
    return any(inspect.isfunction(getattr(m, name, None)) for m in modules for name in uses)


def _twice(notebook: NotebookNode) -> None:
    notebook.cells = [deepcopy(cell) for cell in notebook.cells for _ in range(2)]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def _stripped(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]
    for number, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell.id = f"cell-{number}"
