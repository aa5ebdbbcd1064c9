"""One grader at a time in a course: a lock that ends with its processes, however they end."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradekit.errors import WorkFailedError

FILE = Path("_build") / "nbgrader" / "lock"
# How a process that holds the lock hands it down to those that it starts.
VARIABLE = "GRADEKIT_LOCK"
# Seconds that the processes of a killed run may take to be gone.
PATIENCE = 3


@contextmanager
def course_lock(root: Path) -> Iterator[int]:
    """Hold the lock of the course in `root`, or go on under the one that was handed down.

    Yields
    ------
    int
        File descriptor of the lock, for `handed_down`.

    Raises
    ------
    WorkFailedError
        If another process grades this course.
    """
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _inherited(path)
    if descriptor is None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + PATIENCE
        while not _is_taken(descriptor):
            if time.monotonic() > end:
                raise WorkFailedError(
                    "Somebody else is grading in this course: wait until that run has ended."
                )
            time.sleep(0.1)
        yield descriptor
    finally:
        os.close(descriptor)


def _is_taken(descriptor: int) -> bool:
    import fcntl  # not on Windows, where all but grading works

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def handed_down(descriptor: int) -> dict[str, str]:
    """Return the variable of the environment that tells a new process of the lock it inherits."""
    return {VARIABLE: str(descriptor)}


def _inherited(path: Path) -> int | None:
    """Return a copy of the descriptor handed down, if it is the lock of this course."""
    try:
        number = int(os.environ.get(VARIABLE, ""))
        is_ours = os.path.samestat(os.fstat(number), path.stat())
    except (ValueError, OSError):
        return None
    return os.dup(number) if is_ours else None
