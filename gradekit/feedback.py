"""What students see of a graded notebook."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from gradekit.notebooks import is_test


class ShortErrors(NbGraderPreprocessor):  # type: ignore[misc]
    """Keep the message of a failed test and drop its traceback, which quotes hidden lines."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Shorten the errors of a test cell."""
        if is_test(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output["traceback"] = [f"{output.ename}: {output.evalue}"]
        return cell, resources
