"""Write the feedback page of each graded notebook, without what students must not see."""

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.apps import api, generatefeedbackapp
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from traitlets import List, Unicode

from gradekit.course import Course
from gradekit.errors import GradekitError
from gradekit.notebooks import is_test
from gradekit.staging import Staged
from gradekit.task import SCORE_MIME

Resources = dict[str, Any]
# What `nbgrader release_feedback` needs beside the page.
KEPT = ("timestamp.txt", "submission_secret.txt")
SHORTEST = 4


def write_feedback(course: Course, name: str, student: str | None = None) -> list[Path]:
    """Write the feedback of a set, for all graded students or for one.

    Returns
    -------
    list of Path
        The pages.

    Raises
    ------
    GradekitError
        If the set is unknown, or nobody, or not this student, is graded.
    WorkFailedError
        If nbgrader cannot write a page.
    """
    course.text(name)
    graded = sorted(p.parent.parent.name for p in course.root.glob(f"autograded/*/{name}/*.ipynb"))
    if not graded:
        raise GradekitError(f"Nobody's {name} is graded yet: run `gradekit grade {name}` first.")
    if student is not None and student not in graded:
        raise GradekitError(
            f"There is no graded {name} of student {student!r}: graded are {', '.join(graded)}."
        )
    chosen = graded if student is None else [student]
    one = [] if student is None else ["--student", student]
    course.must("generate_feedback", name, "--force", *one)
    return [course.root / "feedback" / who / name / f"{name}.html" for who in chosen]


class PageOnly(GenerateFeedback, Staged):  # type: ignore[misc]
    """Hands out the page, whole or not at all, and none of the files beside the notebook."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what nbgrader needs to hand the page out."""
        source = Path(self._format_source(assignment_id, student_id))
        target = Path(self._format_dest(assignment_id, student_id))
        target.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            if (source / name).is_file():
                shutil.copyfile(source / name, target / name)


def install() -> None:
    """Make ``nbgrader generate_feedback`` and formgrader's button use `PageOnly`."""
    generatefeedbackapp.GenerateFeedback = PageOnly
    api.GenerateFeedback = PageOnly


class Marks(GetGrades):  # type: ignore[misc]
    """Take marks and comments from the gradebook, and whether an answer waits to be marked."""

    def _get_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        cell.metadata.nbgrader["waiting"] = bool(grade.needs_manual_grade)
        cell.metadata.nbgrader["by_hand"] = grade.manual_score is not None


class HideTests(ClearHiddenTests):  # type: ignore[misc]
    """Clear the hidden lines of test cells; the same words in an answer are the student's own."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Clear a test cell."""
        if is_test(cell):
            return super().preprocess_cell(cell, resources, index)
        return cell, resources


class ShortErrors(NbGraderPreprocessor):  # type: ignore[misc]
    """Keep the message of a failed test and drop its traceback, which quotes hidden lines."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Shorten the errors of a test cell."""
        if is_test(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output["traceback"] = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class Discreet(NbGraderPreprocessor):  # type: ignore[misc]
    """Take the instructor's folders and the token of the run out of all outputs."""

    folders = List(Unicode(), help="Folders that nobody needs to know.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Go through the outputs of all cells."""
        outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
        secret = _secrets([*self.folders, sys.prefix, str(Path.home())], outputs)
        for output in outputs:
            for key in ("text", "evalue", "traceback"):
                if key in output:
                    output[key] = _discreet(output[key], secret)
            data = output.get("data", {})
            for mime in data:
                if mime.startswith("text/") or mime == "image/svg+xml":
                    data[mime] = _discreet(data[mime], secret)
        return nb, resources


def _secrets(folders: Iterable[str], outputs: list[NotebookNode]) -> re.Pattern[str]:
    records = (output.get("data", {}).get(SCORE_MIME) for output in outputs)
    runs = {record.get("run") for record in records if isinstance(record, dict)}
    words = {word for word in {*folders, *runs} if isinstance(word, str) and len(word) >= SHORTEST}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _discreet(text: Any, secret: re.Pattern[str]) -> Any:
    if isinstance(text, list):
        return [_discreet(piece, secret) for piece in text]
    # Colours could stand between the letters of a path.
    return secret.sub("…", strip_ansi(str(text)))  # type: ignore[no-untyped-call]
