"""Run the cells of a submission in the sandbox, with a time limit for each and for all."""

import json
import os
import secrets
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer, List
from traitlets.config import Config

from gradekit import sandbox
from gradekit.errors import GradekitError
from gradekit.job import Done, Job
from gradekit.notebooks import grade_id
from gradekit.record import Resources
from gradekit.refusal import NotGradedError
from gradekit.task import RUN_VARIABLE

OUTPUT_LIMIT = 8 << 20
TRUSTED = "No sandbox: this submission runs with your rights on this machine."


class Run(Execute):  # type: ignore[misc]
    """Execute a notebook with a token that marks the results of this run.

    All tags are dropped first: nbclient skips a cell by tag, whichever tag is configured.
    """

    trusted = Bool(False, help="Run without a sandbox.").tag(config=True)
    total = Integer(300, help="Seconds for all cells of a notebook together.").tag(config=True)
    # The kernel tells each reader of its log that a local connection is not encrypted.
    extra_arguments = List(["--IPKernelApp.log_level=ERROR"]).tag(config=True)

    fixed_token = ""
    _cell = ""
    _end = 0.0
    _received = 0
    _sandbox: sandbox.KernelManager | None = None

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Run all cells in a fresh kernel.

        Raises
        ------
        NotGradedError
            If the kernel cannot be started, dies, hangs, or needs too much time in all.
        """
        token = self.fixed_token or secrets.token_hex(16)
        resources["gradekit_run"] = token
        for cell in nb.cells:
            cell.metadata.pop("tags", None)
        self._cell, self._end = "", monotonic() + self.total
        self.timeout_func = self._seconds
        self._sandbox = None
        self._environment = {RUN_VARIABLE: token, "NBGRADER_EXECUTION": "autograde"}
        try:
            return super().preprocess(nb, resources, km)
        except (GradekitError, RuntimeError, CellTimeoutError) as error:
            raise NotGradedError(self._trouble(error)) from error

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Run one cell, if there is time left."""
        self._cell, self._received = grade_id(cell) or f"number {index + 1}", 0
        if monotonic() > self._end:
            raise GradekitError(f"no time left, all cells together have {self.total} seconds")
        return super().preprocess_cell(cell, resources, index)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take what the kernel sends, up to a number of bytes per cell."""
        if msg["msg_type"] != "status":
            before, self._received = (
                self._received,
                self._received + len(json.dumps(msg["content"])),
            )
            if self._received > OUTPUT_LIMIT:
                if before <= OUTPUT_LIMIT:
                    cell.outputs.append(_left_out())
                return None
        return super().process_message(msg, cell, cell_index)

    def create_kernel_manager(self) -> AsyncKernelManager:
        """Choose the sandbox, whichever kernel the notebook asks for."""
        if self.trusted:
            self.log.warning(TRUSTED)
            return super().create_kernel_manager()
        self._sandbox = self.km = sandbox.KernelManager(config=self.config)
        return self.km

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Pass the token; the environment of this process is the same for all threads."""
        super().start_new_kernel(env={**os.environ, **self._environment}, **kwargs)

    def _seconds(self, cell: NotebookNode | None) -> int:
        return max(1, min(self.timeout or self.total, int(self._end - monotonic())))

    def _trouble(self, error: Exception) -> str:
        ending = self._sandbox.ending if self._sandbox else ""
        if isinstance(error, CellTimeoutError):
            what = "it went on when its time was over, or its output was too large"
        else:
            what = str(error) if isinstance(error, GradekitError) else ending or str(error)
        return f"cell {self._cell}: {what}" if self._cell else what


def _left_out() -> NotebookNode:
    text = f"[output beyond {OUTPUT_LIMIT} bytes is left out]\n"
    return new_output("stream", name="stdout", text=text)  # type: ignore[no-untyped-call]


def execute(job: Job) -> Done:
    """Execute a notebook: a pure function of its argument that can run anywhere."""
    # For now: tests run beside the submission's code, and any trouble costs the whole notebook.
    started = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**job.files, **job.course_files}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        config = Config({"Provisioner": {"packages": list(job.packages)}})
        run = Run(trusted=job.trusted, total=job.limits.total, config=config)
        run.fixed_token = job.run
        notebook = nbformat.reads(job.notebook, as_version=4)  # type: ignore[no-untyped-call]
        resources = ResourcesDict(metadata={"path": folder})
        try:
            notebook, _ = run(notebook, resources)
        except NotGradedError as error:
            return Done("", monotonic() - started, trouble=str(error))
    return Done(nbformat.writes(notebook), monotonic() - started)  # type: ignore[no-untyped-call]
