"""Grade a class: prepare each submission, execute it anywhere, record it.

Only the execute step runs in parallel. It is a function of plain data (`gradekit.job`), so it can
run on another machine; this process alone reads the course and writes to the gradebook.
"""

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager
from pathlib import Path

import nbformat
from nbgrader.apps import api, autogradeapp
from nbgrader.converters.base import NbGraderException
from traitlets import Bool, Instance, Integer, List, Unicode

from gradekit import database, journal, machine, sandbox
from gradekit.autograde import SafeAutograde
from gradekit.errors import GradekitError
from gradekit.execute import execute
from gradekit.executors import Workplace, cluster, threads
from gradekit.job import Done, Limits
from gradekit.package import Packer, Work
from gradekit.record import RUN
from gradekit.refusal import NotGradedError, withdraw_marks
from gradekit.transplant import NOTES

TRUSTED = "No sandbox: submissions run with your rights on this machine."
# Jobs under way for each worker, those that wait included: a large class needs no more memory.
AHEAD = 2
# Seconds without any result after which a cluster is asked whether it is still there.
PATIENCE = 30


class PoolAutograde(SafeAutograde):
    """Autograde whose submissions are executed by a pool of workers.

    nbgrader's own converter stops the whole class at some errors. Here an error is either of the
    machine (`gradekit.machine`) and stops the run, or it costs one submission.
    """

    workers = Integer(help="Submissions at once; 0: one for each processor.").tag(config=True)
    cluster = Unicode(help="Address of a Dask scheduler that executes.").tag(config=True)
    packages = List(
        Unicode(), help="Importable packages of the course that are installed in editable mode."
    ).tag(config=True)
    limits = Instance(Limits, args=(), help="Seconds for each submission.").tag(config=True)
    trusted = Bool(False, help="Run submissions without a sandbox.").tag(config=True)
    reference_allowed = Bool(
        False, help="Answers may call the reference functions of their own tasks."
    ).tag(config=True)
    progress = Integer(
        -1, help="File descriptor to which `gradekit.progress.Step`s are written."
    ).tag(config=True)

    def start(self) -> None:
        """Make sure that grading can work here, and grade.

        Raises
        ------
        NbGraderException
            If it cannot, if it was stopped, or if a submission is not graded.
        """
        try:
            if self.trusted:
                self.log.warning(TRUSTED)
            elif not self.cluster:
                sandbox.demand()
        except GradekitError as error:
            raise self.stopped(error) from error
        super().start()

    def stopped(self, error: GradekitError) -> NbGraderException:
        """Tell the reader of the progress too."""
        self._tell({"stopped": str(error)})
        return super().stopped(error)

    def convert_notebooks(self) -> None:
        """Grade the submissions that nbgrader found.

        Raises
        ------
        NbGraderException
            If not all are graded, with the number of the others.
        WorkFailedError
            If the machine does not allow to go on.
        """
        self._under_way: list[Work] = []
        self._ended = self._refused = 0
        self._packer = Packer(self)
        with machine.explained(), self._workplace() as workplace:
            database.demand(self.coursedir.db_url)
            self._grade(workplace)
        if self._refused:
            message = f"{self._refused} of {len(self.assignments)} submissions are not graded."
            self.log.error(message)
            raise NbGraderException(message)

    def _workplace(self) -> AbstractContextManager[Workplace]:
        if self.cluster:
            return cluster(self.cluster, trusted=self.trusted)
        return threads(self.workers or None)

    def _grade(self, workplace: Workplace) -> None:
        for path in sorted(self.assignments):
            self._begin(path, workplace.executor)
            while len(list(self._unfinished())) >= AHEAD * workplace.workers:
                self._wait(workplace)
            self._finish()
        while self._under_way:
            self._wait(workplace)

    def _begin(self, path: str, executor: Executor) -> None:
        """Prepare a submission and hand it to the executor."""
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        work = Work(**re.fullmatch(pattern, path).groupdict())  # type: ignore[union-attr]
        try:
            self.notebooks = sorted(self.assignments[path])
            if not self.init_destination(work.assignment, work.student):
                self._end(work, "was graded before")
                return
            self._prepare(work, executor)
            self._under_way.append(work)
        # Whatever a submission makes nbgrader, nbconvert or a library raise, from a RecursionError
        # to a mistake of ours, is not to stop the next one. What is not an `Exception`, an
        # interrupt above all, is to stop; and `_refuse` raises again what is the machine's.
        except Exception as error:
            self._refuse(work, error)

    def _prepare(self, work: Work, executor: Executor) -> None:
        self.run_pre_convert_hook()
        self.left_out = ""
        self.init_assignment(work.assignment, work.student)
        self._note(work, [self.left_out] if self.left_out else [])
        for path in self.notebooks:
            self.log.info("Sanitizing %s", path)
            self._init_preprocessors()
            resources = self.init_single_notebook_resources(path)
            text, resources = self.exporter.from_filename(path, resources=resources)
            self._note(work, resources.get(NOTES, []))
            job = self._packer.job(work, text)
            work.tokens[path] = job.run
            work.running[path] = executor.submit(execute, job)

    def _note(self, work: Work, notes: list[str]) -> None:
        work.notes += notes
        for note in notes:
            self.log.warning("note: student %s: %s", work.student, note)

    def _unfinished(self) -> Iterator[Future[Done]]:
        return (f for work in self._under_way for f in work.running.values() if not f.done())

    def _wait(self, workplace: Workplace) -> None:
        """Wait for some result, and record what has come."""
        futures = list(self._unfinished())
        if futures and not wait(futures, PATIENCE, FIRST_COMPLETED).done:
            workplace.demand()
        self._finish()

    def _finish(self) -> None:
        for work in [work for work in self._under_way if work.executed()]:
            self._under_way.remove(work)
            try:
                self._record(work)
            except Exception as error:  # as in `_begin`
                self._refuse(work, error)

    def _record(self, work: Work) -> None:
        """Write marks, then the notebooks, then give the folder its place: the end of the work."""
        results = work.results()
        if trouble := next((done.trouble for done in results.values() if done.trouble), ""):
            raise NotGradedError(trouble)
        self.set_aside(work.assignment, work.student)
        for path, done in results.items():
            self._save(path, done, work.tokens[path])
        self._journal(work)
        self.set_permissions(work.assignment, work.student)
        self.run_post_convert_hook()
        self._end(work, "graded")

    def _save(self, path: str, done: Done, token: str) -> None:
        resources = self.init_single_notebook_resources(path)
        resources[RUN] = token
        notebook = nbformat.reads(done.notebook, as_version=4)  # type: ignore[no-untyped-call]
        self._sanitizing = False
        try:
            self._init_preprocessors()
            text, resources = self.exporter.from_notebook_node(notebook, resources=resources)
        finally:
            self._sanitizing = True
        self.write_single_notebook(text, resources)

    def _refuse(self, work: Work, error: Exception) -> None:
        """Leave a submission without marks and say why, unless the machine is to blame."""
        if machine.trouble(error):
            raise error
        if isinstance(error, NbGraderException):
            reason = str(error)
        else:
            self.log.error("Unexpected:", exc_info=error)
            reason = f"{type(error).__name__} in grading it: {ascii(str(error))[:200]}"
        work.cancel()
        # In this order: interrupted anywhere, it is done again by the next run.
        self.set_aside(work.assignment, work.student)
        withdraw_marks(self.coursedir.db_url, work.assignment, work.student)
        self._journal(work, reason)
        self.discard(work.assignment, work.student)
        self.log.error("not graded: student %s: %s", work.student, reason)
        self._refused += 1
        self._end(work, f"NOT GRADED: {reason}")

    def _journal(self, work: Work, reason: str = "") -> None:
        path = journal.place(Path(self.coursedir.root), work.assignment)
        journal.append(path, work.entry(reason))

    def _end(self, work: Work, says: str) -> None:
        self._ended += 1
        total = len(self.assignments)
        self.log.info("%d of %d: student %s: %s", self._ended, total, work.student, says)
        self._tell({"number": self._ended, "of": total, "student": work.student, "says": says})

    def _tell(self, step: dict[str, str | int]) -> None:
        if self.progress >= 0:
            os.write(self.progress, json.dumps(step).encode() + b"\n")


def install() -> None:
    """Make nbgrader's command and formgrader's button use `PoolAutograde`.

    nbgrader has no setting for the class; it looks it up by name when it starts.
    """
    autogradeapp.Autograde = api.Autograde = PoolAutograde
