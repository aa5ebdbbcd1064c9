"""The kernel of a submission, inside its sandbox: limits first, then IPython.

Only `gradekit.confine` starts this, in a process of its own.
"""

import resource
import site
import sys
from pathlib import Path
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.kernelapp import launch_new_instance

PRINTED = 200_000
GRACE = 5


class CappedStream(OutStream):
    """Sends at most `PRINTED` characters per cell, so that endless output costs time only."""

    _left = PRINTED

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Begin a cell."""
        self._left = PRINTED
        super().set_parent(parent)  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Send what fits, and say once that the rest is left out."""
        if self._left > 0:
            shown = string[: self._left]
            self._left -= len(string)
            super().write(shown if self._left >= 0 else f"{shown}\n[the rest is left out]\n")
        return len(string)


def main(limits: dict[str, int], options: list[str]) -> None:
    """Set limits that nothing can raise again, and run the kernel until it is killed."""
    for name, value in limits.items():
        # At the soft limit of processor time comes a signal that says why; at the hard one, death.
        hard = value + GRACE if name == "CPU" else value
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, hard))
    # If memory becomes scarce, the system ends this process before any other.
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    site.sethelper()  # Python started without `site`, which would run *.pth files
    # Last: files of the submission can be imported, but shadow no package.
    sys.path.append(str(Path.cwd()))
    sys.argv = [
        "ipykernel",
        "--IPKernelApp.ignore_cwd=True",
        "--IPKernelApp.outstream_class=gradekit.kernel.CappedStream",
        *options,
    ]
    launch_new_instance()
