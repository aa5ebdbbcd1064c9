"""One kernel of a student: cells run in it, and it answers questions, each within its time."""

import json
import math
import os
from queue import Empty
from time import monotonic
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from gradekit import wire
from gradekit.notebooks import new_output
from gradekit.received import plain
from gradekit.task import RECORD, SCORE_MIME

# Of one cell, in bytes and in number.
OUTPUT_LIMIT, MOST_OUTPUTS = 8 << 20, 1000
LEFT_OUT = f"[output beyond {{}} bytes is left out, and beyond {MOST_OUTPUTS} pieces]\n"
# Seconds to stop after an interrupt.
GRACE = 3
# What nbclient raises where a message has not the form that the protocol asks for.
STRANGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
STRANGE_MESSAGE = "it sent a message that no kernel sends"


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
        # nbclient has forgotten a kernel that did not become ready, and ended it.
        if self.km:
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
        self.shows_score |= _forged((msg["content"].get("data") or {}).get(SCORE_MIME))
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


def _forged(record: Any) -> bool:
    """Whether a score in a student's cell is not what `Task` shows there.

    Students copy tests to try things, and that is no attempt to forge: such a record knows no run.
    """
    return record is not None and not (isinstance(record, dict) and set(record) == set(RECORD))
