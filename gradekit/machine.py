"""Errors of this machine, which no submission is to blame for: they stop a run, with a sentence."""

import errno
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, OperationalError

from gradekit.errors import WorkFailedError

# What `trouble` looks at.
ERRORS = (OSError, DatabaseError, BrokenExecutor, CancelledError)
RESUME = "What is recorded stays; run the same command again to go on."
FULL = {errno.ENOSPC, errno.EDQUOT}
OTHERS = {
    errno.EROFS: "The disk is read-only: make it writable.",
    errno.EIO: "The disk does not work: see the log of the system.",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n).",
    errno.ENFILE: "Too many files are open on this machine: end other programs.",
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn such an error into one that says it in a sentence.

    Raises
    ------
    WorkFailedError
        With the sentence, and that the same command goes on.
    """
    try:
        yield
    except ERRORS as error:
        if not trouble(error):
            raise
        raise WorkFailedError(f"{trouble(error)} {RESUME}") from error


def trouble(error: BaseException) -> str:
    """Say what of the machine is in the way; an empty string if it is not the machine."""
    if isinstance(error, OSError):
        if error.errno in FULL:
            return "The disk is full: make room."
        return OTHERS.get(error.errno or 0, "")
    # Its other subclasses are about data, which a submission may have made.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return _database(str(error.args[0]))
    if isinstance(error, BrokenExecutor | CancelledError):
        return "The workers that execute submissions are gone."
    return ""


def _database(said: str) -> str:
    if "locked" in said:
        return "Another program writes to the gradebook and does not end: close that program."
    if "full" in said:
        return "The disk is full: make room."
    return f"The gradebook does not work ({said}): make a copy of it, then `nbgrader db upgrade`."
