"""Pack a prepared submission into a job: plain data, and of the course only what it needs."""

import secrets
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.utils import find_all_files

from gradekit.job import Done, Job
from gradekit.journal import Entry
from gradekit.notebooks import grade_id, is_test
from gradekit.seeds import course_secret, seed

if TYPE_CHECKING:
    from gradekit.pool import PoolAutograde


@dataclass
class Work:
    """A submission under way: whose, what is known of it, and its notebooks by path."""

    assignment: str
    student: str
    notes: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    running: dict[str, "Future[Done]"] = field(default_factory=dict)

    def executed(self) -> bool:
        """Whether all notebooks are."""
        return all(future.done() for future in self.running.values())

    def results(self) -> dict[str, Done]:
        """Return what became of the notebooks; an exception if executing one of them failed."""
        return {path: future.result() for path, future in self.running.items()}

    def cancel(self) -> None:
        """Do not execute what has not begun."""
        for future in self.running.values():
            future.cancel()

    def entry(self, reason: str) -> Entry:
        """Return the line of the journal."""
        ended = [f for f in self.running.values() if f.done() and not f.cancelled()]
        results = [future.result() for future in ended if not future.exception()]
        return Entry(
            student=self.student,
            graded=not reason,
            reason=reason,
            notes=tuple(self.notes),
            attempts=tuple(attempt for done in results for attempt in done.attempts),
            seconds=sum(done.seconds for done in results),
        )


class Packer:
    """Make the jobs of a run.

    Parameters
    ----------
    converter : PoolAutograde
        Its settings, and the folders that it prepares.
    """

    def __init__(self, converter: "PoolAutograde") -> None:
        self._converter = converter
        self._secret = course_secret(Path(converter.coursedir.root))
        self._course_files: dict[str, dict[str, bytes]] = {}

    def job(self, work: Work, notebook: str) -> Job:
        """Return the job of a sanitised notebook, whose files lie in the staging folder."""
        converter = self._converter
        cells = nbformat.reads(notebook, as_version=4).cells  # type: ignore[no-untyped-call]
        tests = [str(grade_id(cell)) for cell in cells if is_test(cell)]
        return Job(
            notebook,
            files=self._own_files(work),
            course_files=self._handed_out(work.assignment),
            packages=tuple(converter.packages),
            seeds={test: seed(self._secret, work.student, test) for test in tests},
            limits=converter.limits,
            reference_allowed=converter.reference_allowed,
            trusted=converter.trusted,
            run=secrets.token_hex(16),
        )

    def _own_files(self, work: Work) -> dict[str, bytes]:
        """Return the files of the student that were taken, without those of the course."""
        prepared = Path(self._converter._format_dest(work.assignment, work.student))
        replaced = set(self._handed_out(work.assignment))
        replaced -= set(self._converter.exclude_overwriting.get(work.assignment, []))
        files = {str(path.relative_to(prepared)): path for path in prepared.rglob("*")}
        return {
            name: path.read_bytes()
            for name, path in files.items()
            if path.is_file() and path.suffix != ".ipynb" and name not in replaced
        }

    def _handed_out(self, assignment: str) -> dict[str, bytes]:
        if assignment not in self._course_files:
            course = self._converter.coursedir
            folder = course.format_path(course.source_directory, ".", assignment)
            files = map(Path, find_all_files(folder, [*course.ignore, "*.ipynb"]))
            self._course_files[assignment] = {
                str(path.relative_to(folder)): path.read_bytes() for path in files
            }
        return self._course_files[assignment]
