"""One worker or many, threads or a Dask cluster of other processes: the same marks."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from gradekit import executors, journal
from gradekit.errors import WorkFailedError
from gradekit.grade import How, autograded, grade
from gradekit.notebooks import grade_id, read, write
from gradekit.release import release
from gradekit.source import read_source

CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""
SUMS = "def mean_power(signal):\n    return float((signal**2).sum())"


@pytest.fixture
def cluster(tmp_path):
    """A Dask cluster."""
    with running_cluster(tmp_path, os.environ) as running:
        yield running


@contextmanager
def running_cluster(tmp_path, environment):
    """The process of a cluster with two workers, processes of their own, and its address."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=environment,
        text=True,
        start_new_session=True,
    ) as process:
        address = process.stdout.readline().strip()
        assert address.startswith("tcp://")
        yield process, address
        process.communicate("\n")


@pytest.fixture(scope="module")
def course(make_course, tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("cluster"), reference_allowed=True)
    release(course, "toy")
    right = {cell.label: cell.text for cell in read_source(course.text("toy")).answers()}
    answers = {
        "blank": {},
        "dead": right | {"diagnosis": "import os\nos._exit(1)"},
        "right": right,
        "sum": right | {"mean_power": SUMS},
    }
    for student, answered in answers.items():
        notebook = read(course.exercises / "toy" / "toy.ipynb")
        for cell in notebook.cells:
            cell.source = answered.get(grade_id(cell), cell.source)
        folder = course.root / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        write(notebook, folder / "toy.ipynb")
    return course


def test_marks_do_not_depend_on_who_executes(course, cluster):
    ways = ({"workers": 1}, {"workers": 4}, {"cluster": cluster[1]})
    one, many, elsewhere = (grade(course, "toy", How(force=True, **way)) for way in ways)
    assert one == many == elsewhere
    scores = {outcome.student: outcome.score for outcome in one}
    assert (scores["blank"], scores["right"], scores["sum"]) == (0, 8, 5)


def test_a_cluster_that_is_gone_half_way_costs_nothing_that_is_recorded(course, cluster):
    process, address = cluster

    def end_it(step):
        os.killpg(process.pid, signal.SIGKILL)

    journal.place(course.root, "toy").unlink(missing_ok=True)
    with pytest.raises(WorkFailedError, match=r"gone\. What is recorded stays; run the same"):
        grade(course, "toy", How(cluster=address, force=True), tell=end_it)
    entries = journal.latest(journal.place(course.root, "toy"))
    assert 1 <= len(entries) < 4
    assert all(autograded(course, "toy", s).is_file() == e.graded for s, e in entries.items())
    scores = {one.student: one.score for one in grade(course, "toy")}
    assert (scores["blank"], scores["right"], scores["sum"]) == (0, 8, 5)


def test_workers_without_a_sandbox_are_refused_before_anything_is_graded(course, tmp_path):
    with running_cluster(tmp_path, {**os.environ, "PATH": ""}) as (_, address):
        with (
            pytest.raises(WorkFailedError, match=r"A worker of the cluster cannot grade\. .*bwrap"),
            executors.cluster(address),
        ):
            pass
        with executors.cluster(address, trusted=True) as place:
            assert place.workers == 2
            assert place.executor.submit(int, "7").result() == 7
