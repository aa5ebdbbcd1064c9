"""Finished folders only: output is made in a staging folder and gets its place by renaming.

nbgrader takes an existing folder of a student for finished work. So a converter writes to
``<step>/.staging/new/<student>/<set>``, on the same file system as the place where it goes in the
end. The folder that was there before is moved to ``.staging/old`` and deleted when the new one is
in place: whenever a run is interrupted, each student has the old folder, the new one, or none at
all and is done again by the next run.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from nbgrader.converters import BaseConverter
from nbgrader.converters.base import NbGraderException

from gradekit.errors import GradekitError
from gradekit.lock import course_lock

FOLDER = ".staging"


class Staged(BaseConverter):  # type: ignore[misc]
    """Base of a converter of nbgrader that writes finished folders only, one process at a time.

    Name it after the converter: ``class PageOnly(GenerateFeedback, Staged)``.
    """

    def start(self) -> None:
        """Hold the course's lock, clean up after a killed run, and convert.

        Raises
        ------
        NbGraderException
            If another process grades in this course, or the work was stopped.
        """
        try:
            with course_lock(Path(self.coursedir.root)):
                self._clean()
                try:
                    super().start()
                finally:
                    self._clean()
        except GradekitError as error:
            raise self.stopped(error) from error

    def stopped(self, error: GradekitError) -> NbGraderException:
        """Log why nothing goes on, and return the error that ends nbgrader with status 1."""
        self.log.error(str(error))
        return NbGraderException(str(error))

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        return str(self._staged("new", assignment_id, student_id, escape=escape))

    def _staged(self, kind: str, assignment: str, student: str, *, escape: bool = False) -> Path:
        step = str(Path(self._output_directory, FOLDER, kind))
        return Path(self.coursedir.format_path(step, student, assignment, escape=escape))

    def place(self, assignment: str, student: str) -> Path:
        """Where the finished folder goes."""
        return Path(self.coursedir.format_path(self._output_directory, student, assignment))

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Decide as nbgrader does whether to work, but remove nothing that is in place."""
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        place = self.place(assignment_id, student_id)
        if self._is_there(place) and not (self.force or self._is_newer(assignment_id, student_id)):
            self.log.info("Skipping existing assignment: %s", place)
            return False
        staged = self._staged("new", assignment_id, student_id)
        shutil.rmtree(staged, ignore_errors=True)
        if self.coursedir.notebook_id != "*" and place.is_dir():
            shutil.copytree(place, staged)  # the notebooks that stay as they are
        return True

    def _is_there(self, place: Path) -> bool:
        if self.coursedir.notebook_id == "*":
            return place.exists()
        names = [Path(notebook).stem + self.exporter.file_extension for notebook in self.notebooks]
        return all((place / name).exists() for name in names)

    def _is_newer(self, assignment: str, student: str) -> bool:
        """Go by the times of submission, and without them by those of the notebooks' files."""
        source, place = self._format_source(assignment, student), self.place(assignment, student)
        new = self.coursedir.get_existing_timestamp(source)
        old = self.coursedir.get_existing_timestamp(str(place))
        if new is None:
            new, old = _written(self.notebooks), _written(place.glob("*.*"))
        return new is not None and old is not None and bool(new > old)

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Do the last of nbgrader's steps, and put the finished folder into its place."""
        super().set_permissions(assignment_id, student_id)
        self.set_aside(assignment_id, student_id)
        place = self.place(assignment_id, student_id)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._staged("new", assignment_id, student_id).rename(place)
        shutil.rmtree(self._staged("old", assignment_id, student_id), ignore_errors=True)

    def set_aside(self, assignment: str, student: str) -> None:
        """Take the folder in place away, but keep it until there is a new one."""
        place = self.place(assignment, student)
        if place.exists():
            old = self._staged("old", assignment, student)
            shutil.rmtree(old, ignore_errors=True)
            old.parent.mkdir(parents=True, exist_ok=True)
            place.rename(old)

    def discard(self, assignment: str, student: str) -> None:
        """Leave a student no folder, neither an old nor a new one."""
        self.set_aside(assignment, student)
        for kind in ("new", "old"):
            shutil.rmtree(self._staged(kind, assignment, student), ignore_errors=True)

    def _clean(self) -> None:
        """Remove what a run left unfinished, and old folders whose new one is in place."""
        root = Path(self.coursedir.format_path(self._output_directory, ".", ".")) / FOLDER
        shutil.rmtree(root / "new", ignore_errors=True)
        for old in root.glob("old/*/*"):
            if (root.parent / old.relative_to(root / "old")).exists():
                shutil.rmtree(old)
        for folder in sorted(root.glob("**/"), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()


def _written(files: Iterable[str | Path]) -> int | None:
    """When the last of some files was written; None if there are none."""
    return max((Path(file).stat().st_mtime_ns for file in files), default=None)
