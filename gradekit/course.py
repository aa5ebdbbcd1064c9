"""Where a course keeps its files, and how nbgrader is run in it."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from traitlets.config.loader import PyFileConfigLoader

from gradekit.errors import GradekitError, WorkFailedError
from gradekit.lock import handed_down

CONFIG = "nbgrader_config.py"
# Seconds to wait for another program that writes to the gradebook.
BUSY = 60


def gradebook_url(root: Path) -> str:
    """Address of the gradebook of the course in `root`."""
    return f"sqlite:///{root.resolve() / 'gradebook.db'}?timeout={BUSY}"


@dataclass(frozen=True)
class Course:
    """A folder with an ``nbgrader_config.py`` and the usual folders beside it.

    Attributes
    ----------
    root : Path
        Absolute path of the folder; nbgrader must run in it.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path) -> "Course":
        """Open the course in `folder`.

        Raises
        ------
        GradekitError
            If there is no ``nbgrader_config.py``.
        """
        if not (folder / CONFIG).is_file():
            raise GradekitError(
                f"{folder} holds no {CONFIG}: run this command in the folder of the course."
            )
        return cls(folder.resolve())

    @property
    def solutions(self) -> Path:
        """Text sources, one folder per set."""
        return self.root / "solutions"

    @property
    def work(self) -> Path:
        """Everything generated on the way; holds nbgrader's source folder."""
        return self.root / "_build" / "nbgrader"

    @property
    def source(self) -> Path:
        """Source folder of nbgrader: notebooks with solutions and hidden tests."""
        return self.work / "source"

    @property
    def exercises(self) -> Path:
        """What students get."""
        return self.root / "exercises"

    def sets(self) -> list[str]:
        """Names of the problem sets: folders with a text source of the same name."""
        return sorted(path.stem for path in self.solutions.glob("*/*.py") if _is_source(path))

    def packages(self) -> list[str]:
        """Names of the course's own packages, as its ``nbgrader_config.py`` gives them."""
        config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        return list(config.PoolAutograde.packages)

    def text(self, name: str) -> Path:
        """Path of a set's text source.

        Raises
        ------
        GradekitError
            If there is no such set.
        """
        if name not in self.sets():
            known = ", ".join(self.sets()) or "none yet"
            raise GradekitError(
                f"There is no problem set {name!r} in {self.solutions.name}/: known are {known}."
            )
        return self.solutions / name / f"{name}.py"

    def start(
        self,
        *arguments: str,
        output: int | IO[Any],
        lock: int | None = None,
        descriptors: Iterable[int] = (),
    ) -> "subprocess.Popen[str]":
        """Start an nbgrader command in the root of the course.

        Parameters
        ----------
        *arguments : str
        output : int or file
            Takes what it says.
        lock : int, optional
            The lock of `gradekit.lock` that it inherits.
        descriptors : iterable of int
            Other files that it inherits.
        """
        command = [sys.executable, "-m", "nbgrader", *arguments]
        # nbgrader starts `alembic` by name, also where this environment is not activated; and a
        # user's own configuration must not change what is released or recorded.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        locked = {} if lock is None else handed_down(lock)
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={**os.environ, "PATH": path, "JUPYTER_NO_CONFIG": "1", **locked},
            pass_fds=[*descriptors] if lock is None else [*descriptors, lock],
            stdout=output,
            stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.STDOUT,
            text=True,
        )

    def nbgrader(
        self, *arguments: str, lock: int | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run an nbgrader command in the root of the course; it may fail."""
        with self.start(*arguments, output=subprocess.PIPE, lock=lock) as process:
            said, complained = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, said, complained)

    def must(self, *arguments: str, lock: int | None = None) -> str:
        """Run an nbgrader command that has to succeed and return what it said.

        Raises
        ------
        WorkFailedError
            With the command and the end of its log.
        """
        done = self.nbgrader(*arguments, lock=lock)
        if done.returncode:
            log = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise WorkFailedError(f"nbgrader {arguments[0]} failed:\n{log}")
        return done.stdout + done.stderr


def _is_source(path: Path) -> bool:
    return path.stem == path.parent.name
