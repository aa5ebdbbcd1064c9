"""The execute step of grading: a notebook in, an executed notebook out.

The student's cells run in a kernel in a sandbox, test and setup cells in the judge, which is
confined as well and never runs a student's code. No database, no folder of the course: everything
comes in the `gradekit.job.Job`, so the step can run on any machine.
"""

import asyncio
import tempfile
from pathlib import Path, PurePath
from time import monotonic

from nbformat import NotebookNode

from gradekit import sandbox
from gradekit.errors import GradekitError
from gradekit.files import write_files
from gradekit.job import Done, Job
from gradekit.judging import JudgeProcess, judge_of
from gradekit.names import outside_parts
from gradekit.notebooks import as_text, from_text, grade_id, is_test, new_output
from gradekit.student import Student
from gradekit.task import SCORE_MIME


def execute(job: Job) -> Done:
    """Execute a notebook; a pure function of its argument."""
    started = monotonic()
    notebook = from_text(job.notebook)
    try:
        if not job.trusted:
            sandbox.demand()
        attempts = asyncio.run(_execute(job, notebook))
    except GradekitError as error:
        return Done("", monotonic() - started, trouble=str(error))
    return Done(as_text(notebook), monotonic() - started, tuple(attempts))


async def _execute(job: Job, notebook: NotebookNode) -> list[str]:
    with tempfile.TemporaryDirectory() as own:
        write_files({**job.course_files, **_own_files(job)}, Path(own))
        student = Student(job, notebook, own)
        try:
            async with judge_of(job, _setup_cells(notebook)) as judge:
                for index, cell in enumerate(notebook.cells):
                    # nbclient skips cells by tag.
                    cell.metadata.pop("tags", None)
                    if is_test(cell):
                        await student.prepare(outside_parts(cell.source), index)
                        await _test(job, cell, student, judge)
                    elif cell.cell_type == "code":
                        await student.run(cell, index)
        finally:
            await student.close()
    return student.attempts


async def _test(job: Job, cell: NotebookNode, student: Student, judge: JudgeProcess) -> None:
    name = str(grade_id(cell))
    request = {
        "test": name,
        "source": cell.source,
        "uses": cell.metadata.get("gradekit", {}).get("uses", []),
        "seed": job.seeds.get(name),
    }
    student.begin_task()
    try:
        outputs = await judge.test(request, student.answer)
    except GradekitError as error:
        raise GradekitError(f"cell {name}: {error}") from error
    record = outputs[SCORE_MIME]
    record["run"] = job.run
    cell.outputs = [
        new_output("display_data", data=outputs),
        new_output("execute_result", data={"text/plain": repr(record["score"])}, execution_count=1),
    ]


def _setup_cells(notebook: NotebookNode) -> dict[str, str]:
    cells = (cell for cell in notebook.cells if cell.metadata.get("gradekit", {}).get("setup"))
    return {str(grade_id(cell)): cell.source for cell in cells}


def _own_files(job: Job) -> dict[str, bytes]:
    """Return the submission's files that are not in the way of one that was handed out.

    One of the same name is not: `gradekit.package` has left out those that nobody may change.
    """
    handed_out = {PurePath(name) for name in job.course_files}
    folders = {folder for file in handed_out for folder in file.parents}

    def free(file: PurePath) -> bool:
        return file not in folders and handed_out.isdisjoint(file.parents)

    return {name: content for name, content in job.files.items() if free(PurePath(name))}
