"""What grading costs, against nbgrader alone: ``python -m benchmarks.bench_grading``.

First what each layer costs: the same notebook in nbgrader's own execute step, with the tests in the
judge, and with kernel and judge in the sandbox, taking turns; the fastest round of each counts.
Then a class, graded by ``nbgrader autograde`` as it comes and by ours, one after the other. Exit
status 1 if a limit is broken. It takes about five minutes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.preprocessors import Execute

from benchmarks.bench import Line, fastest, shown
from gradekit.check import filled
from gradekit.course import CONFIG, Course
from gradekit.execute import execute
from gradekit.job import Job
from gradekit.notebooks import as_text, from_text, grade_id, is_test, read, write
from gradekit.release import generate
from gradekit.source import read_source, to_notebook

SET = "image-spectra"
STUDENTS, FEW = 50, 10
WORKERS = 2
ROUNDS = 5
COURSE = Course.at(Path(__file__).parents[1])
SEED_LINE = "\nSEED = 1"
OURS = """
c = get_config()
c.PoolAutograde.workers = {workers}
c.PoolAutograde.reference_allowed = True
"""
# Hidden tests use SEED, which our judge gives them: without it they would end at once.
STOCK = """
c = get_config()
c.CourseDirectory.source_directory = "_build/nbgrader/source"
c.CourseDirectory.release_directory = "_build/nbgrader/release"
c.CourseDirectory.db_url = "sqlite:///gradebook.db?timeout=60"
c.Execute.extra_arguments = ["--IPKernelApp.exec_lines=SEED = 1"]
"""


def layers() -> Iterator[Line]:
    """Seconds of one submission in each kind of execute step."""
    source = to_notebook(read_source(COURSE.text(SET)))
    text = as_text(source)
    seeds = {str(grade_id(cell)): 1 for cell in source.cells if is_test(cell)}

    def stock() -> None:
        notebook = from_text(text)
        for cell in notebook.cells:
            cell.source += SEED_LINE if cell.metadata.get("gradekit", {}).get("setup") else ""
        with tempfile.TemporaryDirectory() as folder:
            resources = ResourcesDict(metadata={"path": folder})
            Execute(shutdown_kernel="immediate")(notebook, resources)

    def ours(*, trusted: bool) -> Callable[[], object]:
        packages = ("spectralkit",)
        job = Job(text, packages=packages, seeds=seeds, trusted=trusted, reference_allowed=True)
        return lambda: execute(job)

    alone, judge, sandbox = fastest(ROUNDS, stock, ours(trusted=True), ours(trusted=False))
    yield Line("one submission, nbgrader's execute step alone", alone, 60, unit="s")
    yield Line("the same with the tests in the judge / alone", judge / alone, 3)
    yield Line("the same with judge and sandbox / alone", sandbox / alone, 3)


def class_of(students: int, folder: Path, config: str) -> Course:
    """Make a course in which so many students hand in the reference answers."""
    shutil.copytree(COURSE.text(SET).parent, folder / "solutions" / SET)
    (folder / CONFIG).write_text(config, encoding="utf-8")
    course = Course.at(folder)
    released = generate(course, SET, course.work) / f"{SET}.ipynb"
    answered = filled(read(released), read_source(course.text(SET)))
    for number in range(students):
        place = folder / "submitted" / f"student-{number:02}" / SET
        place.mkdir(parents=True)
        write(answered, place / released.name)
    course.must("generate_assignment", SET, "--force")
    return course


def grade(course: Course) -> tuple[float, float]:
    """Autograde the class; return seconds and the most megabytes of nbgrader's own process."""
    command = [sys.executable, "-m", "nbgrader", "autograde", SET]
    with (course.root / "log.txt").open("w", encoding="utf-8") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=course.root, stdout=log, stderr=log)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.1)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit((course.root / "log.txt").read_text(encoding="utf-8")[-2000:])
    return seconds, peak


def _memory(pid: int) -> float:
    try:
        return psutil.Process(pid).memory_info().rss / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def classes() -> Iterator[Line]:
    """A class of fifty by nbgrader alone and by ours, and the memory of a class of ten."""
    ours = (COURSE.root / CONFIG).read_text(encoding="utf-8") + OURS.format(workers=WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        small, few = grade(class_of(FEW, root / "few", ours))
        seconds, many = grade(class_of(STUDENTS, root / "ours", ours))
        alone, _ = grade(class_of(STUDENTS, root / "stock", STOCK))
    yield Line(f"seconds per submission of {FEW}, ours", small / FEW, 60, unit="s")
    yield Line(f"seconds per submission of {STUDENTS}, ours", seconds / STUDENTS, 60, unit="s")
    yield Line(
        f"seconds per submission of {STUDENTS}, nbgrader alone", alone / STUDENTS, 60, unit="s"
    )
    what = f"nbgrader alone / ours with {WORKERS} workers, judge and sandbox"
    yield Line(what, alone / seconds, 1.6, at_most=False)
    yield Line(
        f"memory of the grader, {STUDENTS} / {FEW} submissions ({few:.0f} MB)", many / few, 1.2
    )


def main() -> int:
    """Print the table; 1 if a limit is broken."""
    return shown((layers(), classes()))


if __name__ == "__main__":
    sys.exit(main())
