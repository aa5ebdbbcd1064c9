"""Write a report's files to a folder: all of them or none."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from gradekit.errors import GradekitError


def write_folder(folder: Path, content: Mapping[str, bytes], ours: Iterable[str]) -> None:
    """Replace a folder by one with this content.

    The files are written aside, readable by their owner only, and the folder gets its name when
    it is whole.

    Raises
    ------
    GradekitError
        If the folder holds anything but an older report: files named in `ours`.
    """
    folder = folder.resolve()
    refuse_other_work(folder, ours)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that renaming is one step.
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh, old = aside / "fresh", aside / "old"
        fresh.mkdir(mode=0o700)
        for name, data in content.items():
            _write(fresh / name, data)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        finally:
            if old.exists() and not folder.exists():
                old.rename(folder)
    finally:
        shutil.rmtree(aside)


def refuse_other_work(folder: Path, ours: Iterable[str]) -> None:
    """Refuse to replace what is no report.

    Raises
    ------
    GradekitError
        With what stands in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise GradekitError(f"{folder.name} is a file: give a folder for the report.")
    found = {path.name for path in folder.iterdir()} if folder.exists() else set()
    other = sorted(found - set(ours))
    if other:
        raise GradekitError(
            f"{folder.name}/ holds {other[0]!a}, which is no part of a report: give a new "
            "or empty folder."
        )


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
