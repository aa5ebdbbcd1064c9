"""What became of each submission, one line of JSON each: for the outcome lines and the report."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Entry:
    """The end of grading one submission.

    Attributes
    ----------
    student : str
    graded : bool
        Whether marks were recorded.
    reason : str
        Why not; empty if graded.
    notes : tuple of str
        What was repaired or left out.
    attempts : tuple of str
        What looked like an attempt to break out or to forge a mark.
    seconds : float
        Of the execute step.
    """

    student: str
    graded: bool
    reason: str = ""
    notes: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    seconds: float = 0.0


def place(root: Path, name: str) -> Path:
    """Path of the journal of a set in the course in `root`."""
    return root / "_build" / "nbgrader" / "journal" / f"{name}.jsonl"


def append(path: Path, entry: Entry) -> None:
    """Add a line in one write, so that an interruption leaves whole lines only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(entry)).encode() + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def latest(path: Path) -> dict[str, Entry]:
    """Return the last entry of each student; a line that an interruption cut is left out."""
    if not path.is_file():
        return {}
    lines = path.read_bytes().split(b"\n")
    entries = [_entry(json.loads(line)) for line in lines[:-1] if line.endswith(b"}")]
    return {entry.student: entry for entry in entries}


def _entry(fields: dict[str, Any]) -> Entry:
    notes, attempts = tuple(fields.pop("notes")), tuple(fields.pop("attempts"))
    return Entry(**fields, notes=notes, attempts=attempts)
