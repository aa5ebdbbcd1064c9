"""Run a submission's kernel in bubblewrap: no network, nothing of the course, bounded resources.

The sandbox sees the system and the installed packages (read-only), a copy of the submission's own
files, and small private folders in memory. The kernel is reached through unix sockets in one of
those folders, so submissions share no folder with this machine and nothing is left behind.

`Provisioner` is the entry point ``gradekit-sandbox`` of ``jupyter_client``; `KernelManager` uses
it for every notebook, whatever kernel the notebook asks for.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any, cast

import psutil
import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import DottedObjectName, Integer, List, Type, Unicode

from gradekit import confine
from gradekit.confine import MEGABYTE, SOCKETS, WRITABLE, Confinement
from gradekit.errors import GradekitError
from gradekit.lines import ALLOWANCE, Lines

NAME = "gradekit-sandbox"
# Each takes memory of the system, empty or not.
MOST_FILES = 100_000
# Seconds of processor time that all processes together may take beyond the time that has passed:
# as many as one more process at work, or others' work would slow down.
SPARE = 5
# What an open file may hold in the kernel, above all a socket that nobody reads.
OPEN_FILE = 1 << 18
# Seconds between two looks at what a sandbox takes: one look costs several milliseconds, and each
# question of the judge asks whether the kernel is alive.
LOOK_EVERY = 0.5
PASSED_VARIABLES = ("NBGRADER_EXECUTION",)
CHANNELS = dict(enumerate(("shell", "iopub", "stdin", "hb", "control"), start=1))
CONNECTION_FILE = f"{SOCKETS}/connection.json"


class SandboxError(GradekitError):
    """The sandbox cannot work here; says what to do."""


def demand() -> None:
    """Make sure that the sandbox works on this machine.

    Raises
    ------
    SandboxError
        If it does not, with what is missing and how to get it.
    """
    if trouble():
        raise SandboxError(trouble())


@functools.cache
def trouble() -> str:
    """Say why the sandbox cannot work on this machine; an empty string if it can."""
    need = "Submissions run in a sandbox only, and it needs"
    trust = "or run submissions that you trust with `gradekit grade --trust-submissions`."
    if not sys.platform.startswith("linux"):
        return f"{need} Linux: grade on a Linux machine, {trust}"
    if not shutil.which("bwrap"):
        return (
            f"{need} the command bwrap, which is not installed: install the package bubblewrap "
            f"(on Debian and Ubuntu: sudo apt install bubblewrap), {trust}"
        )
    with Confinement() as sandbox:
        command = sandbox.command([confine.PYTHON, "-I", "-S", "-c", ""], {})
        done = subprocess.run(
            command, pass_fds=sandbox.descriptors, capture_output=True, text=True, check=False
        )
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return (
        f"{need} bubblewrap 0.8 or newer and unprivileged user namespaces, but it says '{said}': "
        "ask the administrator to allow them (sysctl kernel.unprivileged_userns_clone=1, "
        f"kernel.apparmor_restrict_unprivileged_userns=0), {trust}"
    )


class Client(AsyncKernelClient):
    """Takes no message that could fill the grader's memory."""

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, 16 * MEGABYTE)
        context.setsockopt(zmq.RCVHWM, 32)
        return context


class KernelManager(AsyncKernelManager):
    """Starts every kernel in the sandbox; needs no kernel spec or connection file on disk.

    Attributes
    ----------
    ending : str
        Why the kernel is no longer alive, if it is known.
    """

    ending = Unicode()
    client_class = DottedObjectName("gradekit.sandbox.Client")
    client_factory = Type(Client, klass=AsyncKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The sandboxed kernel, whatever the notebook asks for."""
        return KernelSpec(
            argv=[],
            display_name=NAME,
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )

    def refill(self) -> None:
        """Begin a cell or a call: the kernel may send as much as before."""
        if isinstance(self.provisioner, Provisioner) and self.provisioner.lines:
            self.provisioner.lines.refill()

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write nothing: the sandbox gets its own, and nobody else is to connect."""


class TrustedKernelManager(AsyncKernelManager):
    """Starts the same kernel without a sandbox, with the rights of whoever grades."""

    ending = ""

    def refill(self) -> None:
        """Do nothing: what it sends is not counted."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel of `gradekit.kernel` in this environment."""
        start = "from gradekit.kernel import main; main({}, sys.argv[1:])"
        return KernelSpec(
            argv=[sys.executable, "-P", "-c", f"import sys; {start}", "-f", "{connection_file}"],
            display_name=NAME,
            language="python",
            interrupt_mode="message",
        )


class Provisioner(LocalProvisioner):
    """Start ipykernel in a `gradekit.confine.Confinement` and end it with all its processes."""

    packages = List(
        Unicode(),
        help="Importable packages that submissions need and that are installed in editable mode.",
    ).tag(config=True)
    memory = Integer(2048, help="MiB of memory of each process, and of all together.").tag(
        config=True
    )
    cpu = Integer(300, help="Seconds of processor time of each process.").tag(config=True)
    processes = Integer(64, help="Processes and threads.").tag(config=True)
    file_size = Integer(64, help="MiB of one file.").tag(config=True)
    disk = Integer(256, help="MiB of the folder of work.").tag(config=True)

    parent: Any
    lines: Lines | None = None
    _sandbox: Confinement | None = None
    _root = ""
    _looked = 0.0
    _started = 0.0

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Build the command; what the sandbox copies is open from here to the launch.

        Raises
        ------
        GradekitError
            If the sandbox does not work here, or the submission has too many files.
        """
        demand()
        manager = self.parent
        manager.transport, manager.ip = "ipc", f"{SOCKETS}/kernel"
        for number, name in CHANNELS.items():
            setattr(manager, f"{name}_port", number)
        with contextlib.ExitStack() as failed:
            sandbox = failed.enter_context(Confinement(disk=self.disk * MEGABYTE))
            command = self._command(sandbox, kwargs)
            failed.pop_all()
        self._sandbox = sandbox
        return {
            "cmd": command,
            "cwd": "/",
            # Also what the first process of the sandbox shows in /proc/1/environ.
            "env": {"PATH": os.defpath},
            "pass_fds": sandbox.descriptors,
            # A submission must not write into the log that says who is graded.
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }

    def _command(self, sandbox: Confinement, kwargs: dict[str, Any]) -> list[str]:
        if folder := kwargs.get("cwd"):
            sandbox.copy_files(Path(folder).resolve())
        path = sandbox.show_packages(["gradekit", *self.packages])
        sandbox.show_fonts()
        sandbox.add_file(CONNECTION_FILE, _as_json(self.parent.get_connection_info()))
        options = ["-f", CONNECTION_FILE, *kwargs.get("extra_arguments", [])]
        program = confine.program("kernel", path, self._limits(), options)
        environment = kwargs.get("env", os.environ)
        passed = {name: environment[name] for name in PASSED_VARIABLES if name in environment}
        return sandbox.command(program, passed)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the sandbox; its sockets are reached through its first process."""
        sandbox = cast(Confinement, self._sandbox)
        try:
            self._started = monotonic()
            await super().launch_kernel(cmd, **kwargs)
            self._root = root = f"/proc/{sandbox.first_process()}/root"
        except (GradekitError, OSError):
            await self.cleanup()
            raise
        sandbox.close()
        self.lines = Lines(f"{root}{SOCKETS}/kernel", [f"-{number}" for number in CHANNELS])
        self.parent.ip = self.lines.path
        self.connection_info = self.parent.get_connection_info()
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit status, None while alive; end what takes too much memory together."""
        status: int | None = await super().poll()
        if self.process and status is None and (excess := self._excess(self.process.pid)):
            self.parent.ending = excess
            await self.kill()
            status = self.process.wait()
        if self.process and status is not None:
            self.parent.ending = self.parent.ending or self._ending(status)
        return status

    def _excess(self, pid: int) -> str:
        """Say what the sandbox has taken too much of; an empty string if all is well."""
        if monotonic() - self._looked < LOOK_EVERY:
            return ""
        self._looked = monotonic()
        memory, processor = _taken(pid)
        if memory > self.memory * MEGABYTE:
            return f"its processes took more than {self.memory} MiB of memory"
        if processor > monotonic() - self._started + SPARE:
            return "its processes together took more processor time than one can"
        if _files(self._root) > MOST_FILES:
            return f"it made more than {MOST_FILES} files"
        if self.lines and self.lines.overrun:
            return f"it sent more than {ALLOWANCE // MEGABYTE} MiB"
        return ""

    async def kill(self, restart: bool = False) -> None:
        """End all of bubblewrap: while a sandbox is made, one process does not end the other."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        await super().kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave no process and no open file behind."""
        if self.process:
            await self.kill()
            await self.wait()
        if self._sandbox:
            self._sandbox.close()
        if self.lines:
            await self.lines.close()
            self.lines = None
        await super().cleanup(restart)

    def _limits(self) -> dict[str, int]:
        return {
            "AS": self.memory * MEGABYTE,
            "CPU": self.cpu,
            "NPROC": self.processes,
            "FSIZE": self.file_size * MEGABYTE,
            "NOFILE": 256,
            "CORE": 0,
        }

    def _ending(self, status: int) -> str:
        if status in (128 + signal.SIGXCPU, -signal.SIGXCPU):
            return f"its kernel took more than {self.cpu} seconds of processor time"
        if status < 0 or status > 128:
            return f"its kernel was ended by {signal.Signals(abs(status) % 128).name}"
        return f"its kernel ended itself with status {status}"


def _as_json(info: dict[str, Any]) -> bytes:
    return json.dumps({**info, "key": info["key"].decode()}).encode()


def _files(root: str) -> int:
    """Count the files in the folders of a sandbox that can be written."""
    total = 0
    for folder in WRITABLE:
        with contextlib.suppress(OSError):  # it has just ended
            space = os.statvfs(f"{root}{folder}")
            total += space.f_files - space.f_ffree
    return total


def _taken(pid: int) -> tuple[int, float]:
    """Bytes of memory and seconds of processor time of all descendants of a process.

    Shared pages are counted once, and so is the time of those that have ended.
    """
    memory, seconds = 0, 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                seconds += sum(process.cpu_times()[:4])
                memory += process.memory_full_info().pss + process.num_fds() * OPEN_FILE
    return memory, seconds
