"""Prepare, execute, record: what a job holds, how many are under way, what one error costs."""

import errno
import json
import pickle
import sqlite3
from contextlib import contextmanager

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from gradekit import executors, journal, machine, pool
from gradekit.course import gradebook_url
from gradekit.errors import WorkFailedError
from gradekit.executors import ClusterError, Workplace, cluster, threads
from gradekit.job import Done, Limits
from gradekit.notebooks import is_test, read, write
from gradekit.release import release
from gradekit.seeds import course_secret, seed
from gradekit.settings import safe_settings
from gradekit.task import SCORE_MIME

# nbgrader's own models warn inside of this process.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

STUDENTS = tuple(f"s{number}" for number in range(4))


def full_marks(job):
    """Execute nothing: every test gives its points."""
    notebook = nbformat.reads(job.notebook, as_version=4)
    for cell in filter(is_test, notebook.cells):
        score = float(cell.metadata.nbgrader.points)
        data = {"text/plain": "…", SCORE_MIME: {"score": score, "run": job.run}}
        value = {"text/plain": repr(score)}
        cell.outputs = [
            new_output("display_data", data=data),
            new_output("execute_result", data=value, execution_count=1),
        ]
    return Done(nbformat.writes(notebook), 1.0)


@pytest.fixture(scope="module")
def course(make_course, tmp_path_factory):
    """A course with a few blank submissions."""
    course = make_course(tmp_path_factory.mktemp("pool"))
    release(course, "toy")
    notebook = read(course.exercises / "toy" / "toy.ipynb")
    for student in STUDENTS:
        folder = course.root / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        write(notebook, folder / "toy.ipynb")
        (folder / "own.csv").write_text(f"private to {student}", encoding="utf-8")
    (course.root / "submitted" / "s1" / "toy" / "signal.csv").write_text("0", encoding="utf-8")
    course.must("generate_assignment", "toy", "--force")
    return course


@pytest.fixture
def run(course, monkeypatch):
    """Grade in this process, once more, with replaced execution; return the journal's lines."""
    monkeypatch.setattr(pool, "execute", full_marks)

    def grade(*, force=True, notebook="*", **settings):
        config = Config()
        safe_settings(config, root=course.root, packages=["toykit"])
        config.PoolAutograde.update({"trusted": True, **settings})
        folders = CourseDirectory(config=config, root=str(course.root), assignment_id="toy")
        folders.notebook_id = notebook
        path = journal.place(course.root, "toy")
        path.unlink(missing_ok=True)
        converter = pool.PoolAutograde(coursedir=folders, config=config)
        converter.force = force
        try:
            converter.start()
        finally:
            grade.entries = journal.latest(path)
        return grade.entries

    return grade


def score(course, student):
    with Gradebook(gradebook_url(course.root)) as gradebook:
        return gradebook.find_submission("toy", student).score


def is_in_place(course, student):
    return (course.root / "autograded" / student / "toy" / "toy.ipynb").is_file()


def test_every_submission_is_graded_and_told(run, course, tmp_path):
    with (tmp_path / "steps").open("wb") as file:
        entries = run(progress=file.fileno())
    assert sorted(entries) == [*STUDENTS]
    assert all(entry.graded and entry.seconds == 1.0 for entry in entries.values())
    assert {score(course, student) for student in STUDENTS} == {8.0}
    assert all(is_in_place(course, student) for student in STUDENTS)
    assert not (course.root / "autograded" / ".staging").exists()
    steps = [json.loads(line) for line in (tmp_path / "steps").read_text().splitlines()]
    assert [step["number"] for step in steps] == [1, 2, 3, 4]
    assert {(step["of"], step["says"]) for step in steps} == {(4, "graded")}


def test_what_is_graded_stays_until_a_newer_submission_comes(run, course):
    time = course.root / "submitted" / "s0" / "toy" / "timestamp.txt"
    time.write_text("2030-01-01 12:00:00 UTC", encoding="utf-8")
    run()
    assert run(force=False) == {}
    time.write_text("2030-01-02 12:00:00 UTC", encoding="utf-8")
    assert list(run(force=False)) == ["s0"]
    time.unlink()


def test_one_notebook_of_a_set_can_be_graded_again(run, course):
    run()
    kept = course.root / "autograded" / "s0" / "toy" / "other.ipynb"
    kept.write_text("of another notebook", encoding="utf-8")
    assert run(force=False, notebook="toy") == {}
    assert sorted(run(notebook="toy")) == [*STUDENTS]
    assert kept.read_text(encoding="utf-8") == "of another notebook"


def test_a_job_holds_its_student_and_nothing_else(run, course, monkeypatch):
    jobs = []
    monkeypatch.setattr(pool, "execute", lambda job: jobs.append(job) or full_marks(job))
    limits = Limits(cell=3)
    run(limits=limits, reference_allowed=True, workers=1)
    secret = course_secret(course.root)
    for student, job in zip(STUDENTS, jobs, strict=True):
        content = pickle.dumps(job)
        others = set(STUDENTS) - {student}
        assert not [other for other in others if f"private to {other}".encode() in content]
        for private in (str(course.root).encode(), b"gradebook", b"sqlite", secret):
            assert private not in content
        assert job.files == {"own.csv": f"private to {student}".encode()}
        original = (course.text("toy").parent / "signal.csv").read_bytes()
        assert job.course_files == {"signal.csv": original}
        tests = ("mean_power-test", "power_spectrum-test", "diagnosis-test")
        assert job.seeds == {test: seed(secret, student, test) for test in tests}
        assert (job.packages, job.limits, job.reference_allowed) == (("toykit",), limits, True)
        assert "YOUR CODE HERE" in job.notebook
        assert "BEGIN SOLUTION" not in job.notebook
    assert len({job.run for job in jobs}) == len(STUDENTS)


def test_few_jobs_are_under_way_at_once(run, monkeypatch):
    class Counting:
        def __init__(self, executor):
            self.executor, self.open, self.most = executor, set(), 0

        def submit(self, call, job):
            future = self.executor.submit(call, job)
            self.open = {one for one in self.open if not one.done()} | {future}
            self.most = max(self.most, len(self.open))
            return future

    counting = []

    @contextmanager
    def watched(number):
        with threads(number) as place:
            counting.append(Counting(place.executor))
            yield Workplace(counting[0], place.workers)

    monkeypatch.setattr(pool, "threads", watched)
    run(workers=1)
    assert 1 <= counting[0].most <= pool.AHEAD


STEPS = ("prepare", "execute", "record")
ERRORS = [
    RecursionError("deep"),
    MemoryError(),
    UnicodeError("odd"),
    KeyError("cells"),
    OSError(errno.ENOENT, "gone"),
    type("OtherError", (Exception,), {})("\x1b[2J\nnot graded: student s2: forged"),
]


@pytest.mark.parametrize(("step", "error"), [*zip(STEPS * 2, ERRORS, strict=True)])
def test_whatever_one_submission_raises_costs_it_alone(step, error, run, course, monkeypatch):
    run()
    break_at(step, error, "s1", monkeypatch)
    with pytest.raises(NbGraderException, match=r"^1 of 4 submissions are not graded\.$"):
        run()
    entry = run.entries["s1"]
    assert entry.reason.startswith(f"{type(error).__name__} in grading it: ")
    assert entry.reason.isprintable()
    assert not is_in_place(course, "s1")
    assert score(course, "s1") == 0
    assert [s for s in STUDENTS if run.entries[s].graded] == [s for s in STUDENTS if s != "s1"]


def break_at(step, error, student, monkeypatch):
    """Raise an error in one step of one student's submission."""
    prepare, save = pool.PoolAutograde._prepare, SaveAutoGrades.preprocess
    marker = f"private to {student}".encode()

    def broken_prepare(self, work, executor):
        if work.student == student:
            raise error
        return prepare(self, work, executor)

    def broken_execute(job):
        if marker in job.files.values():
            raise error
        return full_marks(job)

    def broken_save(self, notebook, resources):
        if resources["nbgrader"]["student"] == student:
            raise error
        return save(self, notebook, resources)

    if step == "prepare":
        monkeypatch.setattr(pool.PoolAutograde, "_prepare", broken_prepare)
    elif step == "execute":
        monkeypatch.setattr(pool, "execute", broken_execute)
    else:
        monkeypatch.setattr(SaveAutoGrades, "preprocess", broken_save)


def test_trouble_in_execution_is_the_reason(run, course, monkeypatch):
    def trouble(job):
        done = full_marks(job)
        bad = b"private to s3" in job.files.values()
        return Done("", 2.0, ("tried",), "cell x: no") if bad else done

    monkeypatch.setattr(pool, "execute", trouble)
    with pytest.raises(NbGraderException, match="1 of 4"):
        run()
    entry = run.entries["s3"]
    assert (entry.graded, entry.reason, entry.attempts, entry.seconds) == (
        False,
        "cell x: no",
        ("tried",),
        2.0,
    )


def test_a_mark_of_another_run_is_refused(run, monkeypatch):
    def replayed(job):
        return full_marks(job.__class__(**{**vars(job), "run": "another"}))

    monkeypatch.setattr(pool, "execute", replayed)
    with pytest.raises(NbGraderException, match="4 of 4"):
        run()
    assert "a score that this run did not make" in run.entries["s0"].reason


MACHINE = {
    "The disk is full: make room.": OSError(errno.ENOSPC, "no space"),
    "Another program writes": OperationalError("", {}, sqlite3.OperationalError("it is locked")),
    "`nbgrader db upgrade`": OperationalError("", {}, sqlite3.OperationalError("no such column")),
}


@pytest.mark.parametrize(("step", "sentence"), [*zip(STEPS, MACHINE, strict=True)])
def test_the_machine_stops_the_run_with_a_sentence(step, sentence, run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(pool, "execute", full_marks)
        break_at(step, MACHINE[sentence], "s2", patch)
        with pytest.raises(NbGraderException, match=sentence) as caught:
            run(workers=1)
    assert str(caught.value).endswith(machine.RESUME)
    assert "\n" not in str(caught.value)
    assert "s2" not in run.entries
    assert run.entries["s0"].graded
    assert len(run()) == len(STUDENTS)


def test_errors_of_data_are_not_the_machine():
    assert machine.trouble(ValueError("disk is full")) == ""
    assert machine.trouble(OSError(errno.ENAMETOOLONG, "")) == ""


def test_a_missing_package_for_clusters_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ClusterError, match="with its extra `cluster`"), cluster("tcp://x:1"):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1:1"])
def test_a_cluster_that_does_not_answer_is_named(address, monkeypatch):
    monkeypatch.setattr(executors, "PATIENCE", 0.1)
    with pytest.raises(WorkFailedError, match="No Dask scheduler answers at"), cluster(address):
        pass
