"""A student's side of a notebook: it runs the answers, and answers what the judge asks.

A kernel that dies, hangs or sends what no kernel sends costs the cell or the question in which it
happens: a fresh kernel takes its place and runs the cells before it again.
"""

import math
from collections.abc import Awaitable, Callable
from copy import deepcopy
from time import monotonic
from typing import Any, TypeVar

from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from traitlets.config import Config

from gradekit import sandbox, wire
from gradekit.errors import GradekitError
from gradekit.fragments import defined
from gradekit.job import Job
from gradekit.notebooks import grade_id, new_output
from gradekit.session import OUTPUT_LIMIT, STRANGE, STRANGE_MESSAGE, LostError, Session

AGAIN = "A fresh kernel runs the cells before it again, with the files that were handed in."
# Bytes of outputs of all cells together.
NOTEBOOK_LIMIT = 64 << 20

T = TypeVar("T")


class Student:
    """The student's side of a notebook while it is graded.

    Parameters
    ----------
    job : Job
    notebook : NotebookNode
        Its cells get the outputs.
    folder : str
        Holds the submission's own files; the kernel gets copies.
    """

    def __init__(self, job: Job, notebook: NotebookNode, folder: str) -> None:
        self._job, self._notebook, self._folder = job, notebook, folder
        self._scratch = deepcopy(notebook)
        self._end = monotonic() + job.limits.total
        self._task_end = self._end
        self._session: Session | None = None
        self._output_left = NOTEBOOK_LIMIT
        self._past: list[tuple[NotebookNode, int]] = []
        self._reasons: dict[str, str] = {}
        self.attempts: list[str] = []

    async def close(self) -> None:
        """End the kernel."""
        if self._session:
            session, self._session = self._session, None
            await session.end()

    async def run(self, cell: NotebookNode, index: int) -> None:
        """Run one of the notebook's cells; what goes wrong is in its outputs."""
        before = deepcopy(cell)
        trouble = await self._try(cell, index)
        if self._session and self._session.shows_score:
            owner = grade_id(cell) or "of the student"
            self.attempts.append(f"cell {owner}: it shows a score of its own")
        if trouble:
            self._note(f"cell {_label(cell, index)}: {trouble}")
            sentence = f"This cell was stopped: {trouble}."
            if self._session is None:
                sentence = f"{sentence} {AGAIN}"
            cell.outputs = [o for o in cell.outputs if o.output_type != "error"]
            cell.outputs.append(
                new_output("error", ename="Stopped", evalue=trouble, traceback=[sentence])
            )
        else:
            self._past.append((before, index))
        self._remember(cell, trouble)

    async def prepare(self, source: str, index: int) -> None:
        """Run what a visible test defines outside of its parts, as it happens in a notebook."""
        cell = deepcopy(self._notebook.cells[index])
        cell.source = source
        if not await self._try(deepcopy(cell), index, aside=True):
            self._past.append((cell, index))

    def begin_task(self) -> None:
        """Start the clock of a task, which all its questions share."""
        self._task_end = monotonic() + self._job.limits.task

    async def answer(self, question: dict[str, Any], frames: list[bytes]) -> wire.Frames:
        """Answer the judge: the value of a name, or what a function returns."""
        name, call = question.get("call") or question["fetch"], "call" in question
        closed = [] if self._job.reference_allowed else list(self._job.packages)
        content = {"name": name, "call": call, "closed": closed}

        async def ask(session: Session) -> tuple[Any, str]:
            seconds, over = self._limit(self._task_end)
            if seconds <= 0:
                raise LostError(over)
            return await session.ask(content, frames, seconds), over

        answer = None
        seconds, trouble = self._limit(self._task_end)
        if seconds > 0:
            try:
                answer, trouble = await self._with_kernel(ask)
            except LostError as error:
                trouble = str(error)
        if answer is None:
            self._note(f"{name}: {trouble}")
            stopped = {"kind": "", "text": f"`{name}` was stopped: {trouble}."}
            reason = self._reasons.get(name, f"{trouble}.")
            return wire.dumps({"raised": stopped} if call else {"reason": reason})
        if not call and name in self._reasons:
            return self._with_reason(name, answer)
        return list(answer)

    def _with_reason(self, name: str, answer: wire.Frames) -> wire.Frames:
        try:
            reply = wire.loads(answer)
            missing = isinstance(reply, dict) and reply.get("missing") is True
        except (wire.WireError, *STRANGE):
            missing = False
        return wire.dumps({"reason": self._reasons[name]}) if missing else answer

    async def _try(self, cell: NotebookNode, index: int, *, aside: bool = False) -> str:
        """Run a cell and say what went wrong with the kernel; an empty string if nothing did.

        Beside the notebook, if `aside`: what it shows is of no interest.
        """

        async def run(session: Session) -> str:
            session.nb = self._scratch if aside else self._notebook
            seconds, over = self._limit()
            allowed = 0 if aside else max(0, min(OUTPUT_LIMIT, self._output_left))
            try:
                return "" if await session.run(cell, index, seconds, allowed) else over
            finally:
                self._output_left -= min(allowed, session.received)

        try:
            return await self._with_kernel(run)
        except LostError as error:
            return str(error)

    async def _with_kernel(self, act: Callable[[Session], Awaitable[T]]) -> T:
        """Do something with a living kernel.

        If that is lost, the reason may lie in an earlier task: what a test has called may go on in
        a thread. So a fresh kernel, which nobody has called, has one try more.
        """
        session = await self._ready()
        try:
            return await act(session)
        except LostError as first:
            await self.close()
            if not session.called:
                raise
            try:
                return await act(await self._ready())
            except LostError:
                await self.close()
                raise first from None

    def _limit(self, task_end: float = math.inf) -> tuple[float, str]:
        """Return how many seconds the next cell or call has, and what it is told after that."""
        limits, now = self._job.limits, monotonic()
        together = "together have {} seconds, and these are over"
        return min(
            (limits.cell, f"it took more than {limits.cell} seconds"),
            (task_end - now, f"all calls of one task {together.format(limits.task)}"),
            (self._end - now, f"all cells of a notebook {together.format(limits.total)}"),
        )

    async def _ready(self) -> Session:
        """Return a living kernel that has run all cells before; make one if there is none."""
        while True:
            seconds, over = self._limit()
            if seconds <= 0:
                raise LostError(over)
            if self._session and await self._session.is_alive():
                return self._session
            await self.close()
            session = Session(self._scratch, self._manager())
            self._session = session
            try:
                await session.start(self._folder, {"NBGRADER_EXECUTION": "autograde"})
                await self._again(session)
            except (LostError, RuntimeError) as error:
                await self.close()
                if not isinstance(error, LostError):
                    raise GradekitError(f"the kernel did not start: {error}") from error

    async def _again(self, session: Session) -> None:
        for past in list(self._past):
            cell, index = past
            seconds, trouble = self._limit()
            try:
                ended = seconds > 0 and await session.run(deepcopy(cell), index, seconds, 0)
            except LostError as error:
                self._leave_out(past, str(error))
                raise
            if not ended:
                self._leave_out(past, trouble)

    def _leave_out(self, past: tuple[NotebookNode, int], trouble: str) -> None:
        """Do not run a cell again, and keep why."""
        self._past.remove(past)
        why = f"its cell was stopped when it ran again: {trouble}."
        self._reasons |= dict.fromkeys(defined(past[0].source), why)

    def _manager(self) -> AsyncKernelManager:
        if self._job.trusted:
            return sandbox.TrustedKernelManager()
        settings = {"Provisioner": {"packages": list(self._job.packages)}}
        return sandbox.KernelManager(config=Config(settings))

    def _remember(self, cell: NotebookNode, trouble: str) -> None:
        """Keep why the names of a cell may be missing."""
        errors = [o for o in cell.outputs if o.output_type == "error"]
        names = defined(cell.source)
        for name in names:
            self._reasons.pop(name, None)
        if trouble:
            why = f"its cell was stopped: {trouble}."
        elif errors and errors[0].ename != "NotImplementedError":
            why = f"its cell raised {errors[0].ename}: {errors[0].evalue[:300]}"
        else:
            return
        self._reasons |= dict.fromkeys(names, why)

    def _note(self, sentence: str) -> None:
        if sentence.endswith(STRANGE_MESSAGE):
            self.attempts.append(sentence)


def _label(cell: NotebookNode, index: int) -> str:
    return grade_id(cell) or f"number {index + 1}"
