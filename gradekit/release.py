"""From text source to the folder that students get, checked and the same byte for byte."""

import shutil
import tempfile
from pathlib import Path

from gradekit.course import Course
from gradekit.errors import WorkFailedError
from gradekit.lint import lint_release, lint_source
from gradekit.notebooks import read
from gradekit.source import read_source, write_source

IGNORED = {".ipynb_checkpoints"}


def release(course: Course, name: str) -> Path:
    """Write ``exercises/<set>/`` and nbgrader's source folder; files that are right stay untouched.

    Raises
    ------
    WorkFailedError
        With one sentence per failure of the lint.
    """
    made = generate(course, name, course.work)
    target = course.exercises / name
    target.mkdir(parents=True, exist_ok=True)
    for file in _files(made):
        if not _equal(made / file, target / file):
            _keep_work(target / file)
            shutil.copyfile(made / file, target / file)
    _refuse(lint_release(read_source(course.text(name)), target))
    return target


def check_release(course: Course, name: str) -> None:
    """Generate the release into a temporary folder and compare it byte for byte.

    Raises
    ------
    WorkFailedError
        Naming the files that differ.
    """
    target = course.exercises / name
    with tempfile.TemporaryDirectory() as folder:
        made = generate(course, name, Path(folder))
        files = sorted(_files(made) | _files(target))
        stale = [file for file in files if not _equal(made / file, target / file)]
    if stale:
        paths = ", ".join(f"exercises/{name}/{file}" for file in stale)
        raise WorkFailedError(f"Not as generated from solutions/: {paths}. Run `gradekit release`.")


def generate(course: Course, name: str, work: Path) -> Path:
    """Make source and release of a set below `work`; return the released folder.

    Neither the gradebook nor ``exercises/`` is touched.
    """
    source = read_source(course.text(name))
    _refuse(lint_source(source))
    write_source(source, work / "source" / name)
    course.must(
        "generate_assignment",
        name,
        "--force",
        "--no-db",
        f"--CourseDirectory.source_directory={work / 'source'}",
        f"--CourseDirectory.release_directory={work / 'release'}",
    )
    made = work / "release" / name
    _refuse(lint_release(source, made))
    return made


def _keep_work(file: Path) -> None:
    """Refuse to overwrite a notebook that somebody has run: it holds answers."""
    if file.suffix != ".ipynb" or not file.exists():
        return
    cells = [cell for cell in read(file).cells if cell.cell_type == "code"]
    if any(cell.outputs or cell.execution_count for cell in cells):
        raise WorkFailedError(
            f"{file} was worked in and would be overwritten: move it elsewhere first."
        )


def _refuse(problems: list[str]) -> None:
    if problems:
        raise WorkFailedError("\n".join(problems))


def _files(folder: Path) -> set[str]:
    files = {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}
    return {str(file) for file in files if not IGNORED & set(file.parts)}


def _equal(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()
