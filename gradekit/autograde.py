"""nbgrader's autograding with an intake in front and a reader for whatever students hand in."""

from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Any

from nbconvert.exporters import Exporter, NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.utils import parse_utc
from traitlets import Type

from gradekit.intake import Intake, copy_file, examine, shown, summary
from gradekit.reading import UnreadableError, parse
from gradekit.refusal import NotGradedError
from gradekit.staging import Staged

TIMESTAMP = "timestamp.txt"
LONGEST_TIMESTAMP = 200


class SubmissionExporter(NotebookExporter):
    """Reads submitted notebooks tolerantly, and notebooks that nbgrader wrote as usual."""

    reads_submitted = True

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Read, preprocess and convert a notebook."""
        if not self.reads_submitted or resources is None:
            return super().from_file(file_stream, resources=resources, **kw)
        try:
            notebook = parse(_text(file_stream))
        except UnreadableError as error:
            name = f"{resources['nbgrader']['notebook']}.ipynb"
            raise NotGradedError(f"{name}: {error}") from error
        return self.from_notebook_node(  # type: ignore[no-untyped-call]
            notebook, resources=resources, **kw
        )


def _text(file_stream: Any) -> str:
    try:
        return str(file_stream.read())
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "the file is not text in UTF-8: save the notebook as .ipynb and hand it in again."
        ) from error


class TakenFiles(Staged):
    """Stands between `Autograde` and its base, to copy what the intake took and nothing else."""

    intake = Intake((), {})
    left_out = ""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy the files beside the notebooks."""
        source = Path(self._format_source(assignment_id, student_id))
        target = Path(self._format_dest(assignment_id, student_id))
        master = Path(
            self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id)
        )
        ignored = [*self.coursedir.ignore, "*.ipynb"]
        left_out = dict(self.intake.left_out)
        for file in self.intake.files:
            if any(fnmatch(part, pattern) for part in file.parts for pattern in ignored):
                continue
            if _clashes(master, file):
                left_out[shown(file)] = "in the way of a file that was handed out"
            else:
                copy_file(source / file, target / file)
        self.left_out = f"left out: {summary(left_out)}" if left_out else ""


def _clashes(master: Path, file: PurePath) -> bool:
    """Whether a file is where the course has a folder, or the other way round."""
    above = (master / folder for folder in file.parents)
    return (master / file).is_dir() or any(folder.is_file() for folder in above)


class SafeAutograde(Autograde, TakenFiles):  # type: ignore[misc]
    """Autograde that looks at a submission before it touches it."""

    notebooks: list[str]
    exporter_class = Type(SubmissionExporter, klass=Exporter).tag(config=True)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Examine the submission, then decide as nbgrader does whether to grade it.

        Raises
        ------
        NotGradedError
            If a notebook of the assignment is missing or must not be read.
        """
        if student_id not in self.coursedir.student_id_exclude.split(","):
            folder = Path(self._format_source(assignment_id, student_id))
            self.intake = examine(folder)
            problem = self._problem(folder, assignment_id)
            if problem:
                raise NotGradedError(problem)
            self.notebooks = self._readable()
        return bool(super().init_destination(assignment_id, student_id))

    def _readable(self) -> list[str]:
        return [path for path in self.notebooks if self._is_taken(Path(path).name)]

    def _is_taken(self, name: str) -> bool:
        return PurePath(name) in self.intake.files

    def _problem(self, folder: Path, assignment: str) -> str:
        """Say why a submission cannot be graded at all; an empty string if it can."""
        course = self.coursedir
        released = Path(course.format_path(course.release_directory, ".", assignment))
        wanted = sorted(path.name for path in released.glob("*.ipynb"))
        for name in [*wanted, TIMESTAMP, folder.name]:
            reason = self.intake.left_out.get(shown(PurePath(name)))
            if reason:
                return f"{name} is {reason}: hand in the file itself"
        found = [Path(notebook).name for notebook in self.notebooks]
        if wanted and not set(wanted) & set(found):
            some = ", ".join(shown(PurePath(name)) for name in found[:3])
            return f"there is no {', '.join(wanted)}, only {some}: rename the right one"
        if self._is_taken(TIMESTAMP) and not _is_time(folder / TIMESTAMP):
            return f"{TIMESTAMP} holds no time: collect the submission again, or delete the file"
        return ""

    def _init_preprocessors(self) -> None:
        self.exporter.reads_submitted = self._sanitizing
        super()._init_preprocessors()


def _is_time(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_TIMESTAMP)
        return not text.strip() or bool(parse_utc(text.strip()))
    except (ValueError, OverflowError):
        return False
