"""A student's kernel: it runs the answers, and answers what the judge asks.

A kernel that dies, hangs or sends what no kernel sends costs the cell or the question in which it
happens: a fresh kernel takes its place and runs the cells before it again.
"""

import json
import math
import os
from collections.abc import Awaitable, Callable
from copy import deepcopy
from queue import Empty
from time import monotonic
from typing import Any, TypeVar

import zmq
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from gradekit import sandbox, wire
from gradekit.errors import GradekitError
from gradekit.fragments import defined
from gradekit.job import Job
from gradekit.notebooks import grade_id, new_output
from gradekit.outputs import plain
from gradekit.task import SCORE_MIME

# Of one cell, in bytes and in number; of a notebook, in bytes.
OUTPUT_LIMIT, MOST_OUTPUTS, NOTEBOOK_LIMIT = 8 << 20, 1000, 64 << 20
LEFT_OUT = f"[output beyond {{}} bytes is left out, and beyond {MOST_OUTPUTS} pieces]\n"
# Seconds to stop after an interrupt.
GRACE = 3
# What nbclient raises where a message has not the form that the protocol asks for.
STRANGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
STRANGE_MESSAGE = "it sent a message that no kernel sends"
AGAIN = "A fresh kernel runs the cells before it again, with the files that were handed in."

T = TypeVar("T")


class LostError(Exception):
    """The kernel is of no use any more; says why."""


class Session(NotebookClient):
    """One kernel, and the cells that run in it."""

    kc: Any
    km: Any

    def __init__(self, notebook: NotebookNode, manager: AsyncKernelManager) -> None:
        super().__init__(
            notebook,
            km=manager,
            allow_errors=True,
            interrupt_on_timeout=True,
            raise_on_iopub_timeout=True,
            iopub_timeout=GRACE,
            error_on_timeout={"ename": "TimeoutError", "evalue": "", "traceback": []},
            record_timing=False,
            skip_cells_with_tag="",
            # The kernel tells each reader of its log that a local connection is not encrypted.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            shutdown_kernel="immediate",
        )
        self.allowed, self.received, self.shows_score = OUTPUT_LIMIT, 0, False
        self.called = False

    async def start(self, folder: str, environment: dict[str, str]) -> None:
        """Start the kernel with copies of the files in a folder."""
        await self.async_start_new_kernel(cwd=folder, env={**os.environ, **environment})
        await self.async_start_new_kernel_client()

    async def is_alive(self) -> bool:
        """Whether the kernel is there; it may have died since it was last used."""
        return bool(await self.kc.is_alive())

    async def end(self) -> None:
        """End the kernel and whatever it has started."""
        await self._async_cleanup_kernel()

    async def run(
        self, cell: NotebookNode, index: int, seconds: float, allowed: int = OUTPUT_LIMIT
    ) -> bool:
        """Run one cell at its place in `nb`; return whether it ended within its time.

        It shows at most `allowed` bytes. Without any, no later cell can change what stands there.

        Raises
        ------
        LostError
            If the kernel is lost, or did not stop when it was told to.
        """
        self.km.refill()
        self.timeout = max(1, math.ceil(seconds))
        self.allowed, self.received, self.shows_score = allowed, 0, False
        # Where nbclient looks for what an update of a display changes.
        self.nb.cells[index] = cell
        started = monotonic()
        try:
            await self.async_execute_cell(cell, index)
        except DeadKernelError as error:
            raise LostError(self._ending()) from error
        except CellTimeoutError as error:
            raise LostError("it went on when its time was over") from error
        except (*STRANGE, zmq.ZMQError) as error:
            raise LostError(STRANGE_MESSAGE) from error
        return monotonic() - started < self.timeout

    async def ask(self, content: dict[str, Any], frames: wire.Frames, seconds: float) -> Any:
        """Send a question and return the frames of the answer; None if time was over.

        Raises
        ------
        LostError
            As in `run`.
        """
        try:
            message: Any = self.kc.session.msg("call_request", content)
            message["buffers"] = list(frames)
            self.km.refill()
            self.called |= content["call"]
            self.kc.shell_channel.send(message)
            answer = await self._answer(message["header"]["msg_id"], seconds)
            if answer is None:
                await self.km.interrupt_kernel()
                if await self._answer(message["header"]["msg_id"], GRACE) is None:
                    raise LostError("it went on when its time was over")
            await self._drain()
        except (*STRANGE, zmq.ZMQError) as error:
            raise LostError(STRANGE_MESSAGE) from error
        return answer

    async def _answer(self, asked: str, seconds: float) -> Any:
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            try:
                message = await self.kc.shell_channel.get_msg(timeout=min(1, left))
            except Empty:
                if not await self.kc.is_alive():
                    raise LostError(self._ending()) from None
                continue
            if message["parent_header"].get("msg_id") == asked:
                return message["buffers"]
        return None

    async def _drain(self) -> None:
        """Take what the kernel printed outside of a cell, or its queue would be full one day."""
        while await self.kc.iopub_channel.msg_ready():
            await self.kc.iopub_channel.get_msg(timeout=0)

    def _ending(self) -> str:
        return getattr(self.km, "ending", "") or "its kernel died"

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take what the kernel says about outputs, up to a number of bytes and of outputs."""
        if msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        content = plain(msg["msg_type"], msg["content"])
        if content is None:
            return None
        self.shows_score |= SCORE_MIME in (msg["content"].get("data") or {})
        full = self._full(cell)
        self.received += len(json.dumps(content))
        if not self._full(cell):
            if msg["msg_type"] in ("display_data", "execute_result"):
                # Only the last output of a name is updated: one text must not fill a thousand.
                self._display_id_map.pop(content["transient"]["display_id"], None)
            header = {**msg["header"], "msg_type": msg["msg_type"]}
            message = {**msg, "header": header, "content": content}
            return super().process_message(message, cell, cell_index)
        if not full:
            cell.outputs.append(
                new_output("stream", name="stdout", text=LEFT_OUT.format(self.allowed))
            )
        return None

    def _full(self, cell: NotebookNode) -> bool:
        return self.received > self.allowed or len(cell.outputs) > MOST_OUTPUTS


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
            missing = wire.loads(answer) == {"missing": True}
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
