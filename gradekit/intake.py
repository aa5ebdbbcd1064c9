"""What of a submitted folder may be copied: regular files, few, small, with ordinary names.

nbgrader copies a submission with the instructor's rights, and through links. So the folder is
first walked without following anything; the submission itself is never changed.
"""

import os
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """How much a submission may hold; sizes and names in bytes, depth in folders."""

    files: int = 500
    file_size: int = 100 * MIB
    total_size: int = 200 * MIB
    depth: int = 10
    name: int = 200


LIMITS = Limits()


@dataclass(frozen=True)
class Intake:
    """What of a submitted folder is taken, and what is not.

    Attributes
    ----------
    files : tuple of PurePath
        Regular files to copy, relative to the folder.
    left_out : dict
        The reason by name (in ASCII, so that it is safe to print) of everything else.
    """

    files: tuple[PurePath, ...]
    left_out: dict[str, str]


# Files are named one by one in a message up to this number.
SHOWN = 10
KINDS = {
    stat.S_ISLNK: "a link",
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISBLK: "a device",
    stat.S_ISCHR: "a device",
}


def examine(folder: Path, limits: Limits = LIMITS) -> Intake:
    """Walk a submitted folder with ``lstat`` and decide about each entry.

    Notebooks and other files of a folder come before its subfolders, so that a flood of files
    in a subfolder does not push them out.
    """
    if folder.is_symlink():
        return Intake((), {shown(PurePath(folder.name)): "a link"})
    taken: list[PurePath] = []
    left_out: dict[str, str] = {}
    total = 0
    for path, size, problem in _entries(folder, PurePath(), limits):
        if len(taken) + len(left_out) == 2 * limits.files:
            left_out["everything after"] = f"more than {len(taken) + len(left_out)} entries"
            break
        reason = problem or _no_room(len(taken), total + size, limits)
        if reason:
            left_out[shown(path)] = reason
        else:
            taken.append(path)
            total += size
    return Intake(tuple(taken), left_out)


def _entries(root: Path, folder: PurePath, limits: Limits) -> Iterator[tuple[PurePath, int, str]]:
    """Yield path, size and problem of all that is not a folder, and of folders not entered."""
    with os.scandir(root / folder) as entries:
        # Enough to know that there are too many, however many there are.
        names = [entry.name for entry in islice(entries, 2 * limits.files + 1)]
    found = [(folder / name, (root / folder / name).lstat()) for name in names]
    for path, status in sorted(found, key=_order):
        problem = _problem(root, path, status, limits)
        if stat.S_ISDIR(status.st_mode) and not problem:
            yield from _entries(root, path, limits)
        else:
            yield path, status.st_size, problem


def _no_room(files: int, size: int, limits: Limits) -> str:
    if files == limits.files:
        return f"more than {limits.files} files"
    if size > limits.total_size:
        return f"more than {limits.total_size // MIB} MiB in all"
    return ""


def _order(entry: tuple[PurePath, os.stat_result]) -> tuple[bool, bool, str]:
    path, status = entry
    return stat.S_ISDIR(status.st_mode), path.suffix != ".ipynb", path.name


def _problem(root: Path, path: PurePath, status: os.stat_result, limits: Limits) -> str:
    """Say why an entry must not be copied; an empty string if it may be."""
    for is_kind, kind in KINDS.items():
        if is_kind(status.st_mode):
            return kind
    if odd := _odd_name(path.name, limits):
        return odd
    if stat.S_ISDIR(status.st_mode) and path.suffix == ".ipynb":
        return "a folder with the name of a notebook"
    if len(path.parts) > limits.depth:
        return f"more than {limits.depth} folders deep"
    if not os.access(root / path, os.R_OK):
        return "not readable"
    if stat.S_ISREG(status.st_mode) and status.st_size > limits.file_size:
        return f"larger than {limits.file_size // MIB} MiB"
    return ""


def _odd_name(name: str, limits: Limits) -> str:
    if len(os.fsencode(name)) > limits.name:
        return f"a name of more than {limits.name} bytes"
    if name.startswith("-"):
        return "a name that starts with a dash"
    # Control and format characters, and the surrogates that stand for bytes that are not UTF-8.
    if any(unicodedata.category(character).startswith("C") for character in name):
        return "a name with control characters or not in UTF-8"
    return ""


def shown(path: PurePath) -> str:
    """Write a path of a submission so that it cannot break a line of a log."""
    text = ascii(str(path))
    return text if len(text) <= 80 else f"{text[:76]}...'"


def summary(left_out: dict[str, str]) -> str:
    """Name what is left out, the first ten one by one."""
    named = [f"{name} ({reason})" for name, reason in islice(left_out.items(), SHOWN)]
    more = len(left_out) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def copy_file(source: Path, target: Path) -> None:
    """Copy one regular file, never following a link in its last component."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as read, target.open("wb") as write:
        shutil.copyfileobj(read, write)
