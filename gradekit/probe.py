"""Try every named mistake against every comparison of a set.

Run as ``python -m gradekit.probe NOTEBOOK RESULT`` in the folder of a source notebook: it executes
the setup cells, the reference answers and the tests in this one process, and writes to RESULT what
each named mistake would have been told in each part.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import gradekit.task
from gradekit.compare import compare, diagnose
from gradekit.notebooks import grade_id, read
from gradekit.task import Task


@dataclass(frozen=True)
class Trial:
    """What one named mistake is told in one part; ``told`` is None if it passes."""

    test: str
    part: str
    hidden: bool
    mistake: str
    told: str | None


class Recorder:
    """Stands in for ``compare`` and tries all its mistakes before it compares the answer."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.test, self.part, self.hidden = "", "", False

    def compare(self, answer: Any, right: Any, *, mistakes: Any = (), **options: Any) -> None:
        """Note what each mistake would be told; then do as `gradekit.compare.compare` does."""
        known = list(mistakes)
        for key, _, value in known:
            finding = diagnose(value, right, mistakes=known, **options)
            told = (finding.mistake or "wrong, without a name") if finding else None
            self.trials.append(Trial(self.test, self.part, self.hidden, key, told))
        compare(answer, right, mistakes=known, **options)


def watched_task(recorder: Recorder) -> type[Task]:
    """Return a Task that tells `recorder` in which part it is."""

    class WatchedTask(Task):
        @contextmanager
        def part(self, title: str, *, points: float, hidden: bool = False) -> Iterator[None]:
            recorder.part, recorder.hidden = title, hidden
            with super().part(title, points=points, hidden=hidden):
                yield

    return WatchedTask


def probe(notebook: Path) -> list[Trial]:
    """Run a source notebook and return all trials; changes `gradekit.task` in this process."""
    recorder = Recorder()
    gradekit.task.Task = watched_task(recorder)  # type: ignore[misc]
    gradekit.task.compare = recorder.compare
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in read(notebook).cells:
        if cell.cell_type == "code" and grade_id(cell):
            recorder.test = str(grade_id(cell))
            with redirect_stdout(StringIO()):
                exec(compile(cell.source, recorder.test, "exec"), namespace)  # noqa: S102 - the set's own cells
    return recorder.trials


if __name__ == "__main__":
    found = probe(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps([asdict(trial) for trial in found]), encoding="utf-8")
