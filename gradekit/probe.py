"""Try every named mistake against every comparison of a set.

Run as ``python -m gradekit.probe NOTEBOOK RESULT`` in the folder of a source notebook: it executes
the setup cells, the reference answers and the tests in this one process, and writes to RESULT what
each named mistake would have been told in each part. A test whose hidden parts use ``SEED``, the
student's own data, runs once for each of `SEEDS`.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import gradekit.task
from gradekit import names, seeds
from gradekit.compare import compare, diagnose
from gradekit.notebooks import grade_id, read
from gradekit.task import Task

# Students for a check; the tests of a set try many more.
SEEDS = (0, 1, 2, 2**63 - 1)


@dataclass(frozen=True)
class Trial:
    """What one named mistake is told in one part; ``told`` is None if it passes.

    ``seed`` is None in a test that is the same for all students.
    """

    test: str
    part: str
    hidden: bool
    mistake: str
    told: str | None
    seed: int | None = None


@dataclass(frozen=True)
class Lost:
    """A part that the reference answer fails for a student with this ``seed``."""

    test: str
    part: str
    seed: int


@dataclass(frozen=True)
class Tried:
    """All that was tried."""

    trials: tuple[Trial, ...]
    lost: tuple[Lost, ...]


class Recorder:
    """Stands in for ``compare`` and tries all its mistakes before it compares the answer."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.lost: list[Lost] = []
        self.test, self.part, self.hidden = "", "", False
        self.seed: int | None = None

    def compare(self, answer: Any, right: Any, *, mistakes: Any = (), **options: Any) -> None:
        """Note what each mistake would be told; then do as `gradekit.compare.compare` does."""
        known = list(mistakes)
        for key, _, value in known:
            finding = diagnose(value, right, mistakes=known, **options)
            told = (finding.mistake or "wrong, without a name") if finding else None
            self.trials.append(Trial(self.test, self.part, self.hidden, key, told, self.seed))
        compare(answer, right, mistakes=known, **options)


def watched_task(recorder: Recorder) -> type[Task]:
    """Return a Task that tells `recorder` in which part it is."""

    class WatchedTask(Task):
        @contextmanager
        def part(self, title: str, *, points: float, hidden: bool = False) -> Iterator[None]:
            recorder.part, recorder.hidden = title, hidden
            with super().part(title, points=points, hidden=hidden):
                yield
            if recorder.seed is not None and not self.parts[-1].passed:
                recorder.lost.append(Lost(recorder.test, title, recorder.seed))

    return WatchedTask


def probe(notebook: Path, students: Iterable[int] = SEEDS) -> Tried:
    """Run a source notebook and return all trials; changes `gradekit.task` in this process."""
    recorder = Recorder()
    gradekit.task.Task = watched_task(recorder)  # type: ignore[misc]
    gradekit.task.compare = recorder.compare
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in read(notebook).cells:
        if cell.cell_type == "code" and grade_id(cell):
            own = seeds.NAME in names.taken(cell.source)
            for seed in students if own else (None,):
                recorder.test, recorder.seed = str(grade_id(cell)), seed
                _run(
                    cell.source, recorder.test, namespace | {seeds.NAME: seed} if own else namespace
                )
    return Tried(tuple(recorder.trials), tuple(recorder.lost))


def _run(code: str, name: str, namespace: dict[str, Any]) -> None:
    with redirect_stdout(StringIO()):
        exec(compile(code, name, "exec"), namespace)  # noqa: S102 - the set's own cells


if __name__ == "__main__":
    tried = probe(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(asdict(tried)), encoding="utf-8")
