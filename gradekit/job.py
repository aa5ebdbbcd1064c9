"""What the execute step of grading gets and gives: plain data that can go to another machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """Seconds for one cell, for one task with all calls of the student's code, and in all."""

    cell: int = 30
    task: int = 60
    total: int = 600


@dataclass(frozen=True)
class Job:
    """One notebook to execute, with everything that it needs and nothing else.

    Attributes
    ----------
    notebook : str
        JSON of the notebook: the student's answers, locked cells of the source, hidden tests.
    files : dict
        The submission's own files by relative path.
    course_files : dict
        The files handed out with the set, by name; tests read these, never the student's.
    packages : tuple of str
        Importable packages that are installed in editable mode.
    seeds : dict
        `SEED` of each test, by grade_id.
    reference_allowed : bool
        Whether an answer may call the function of `packages` that its task is about: only the
        course's own work may.
    trusted : bool
        Run without a sandbox.
    run : str
        Token that marks the results of this run.
    """

    notebook: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    course_files: Mapping[str, bytes] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    seeds: Mapping[str, int] = field(default_factory=dict)
    limits: Limits = Limits()
    reference_allowed: bool = False
    trusted: bool = False
    run: str = ""


@dataclass(frozen=True)
class Done:
    """An executed notebook.

    Attributes
    ----------
    notebook : str
        JSON of the executed notebook; of no use if there is `trouble`.
    seconds : float
        How long it took.
    attempts : tuple of str
        Sentences about what looked like an attempt to break out or to forge a mark.
    trouble : str
        Why no mark may be made of it, naming the cell; empty if all is well.
    """

    notebook: str
    seconds: float
    attempts: tuple[str, ...] = ()
    trouble: str = ""
