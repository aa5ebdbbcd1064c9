"""A student's code that dies or hangs costs its own task; the tasks after it keep their marks."""

import tempfile
from itertools import count

import psutil
import pytest

from gradekit import confine, session
from gradekit.confine import Confinement
from gradekit.errors import GradekitError
from gradekit.job import Limits

SETUP = """
import numpy as np
from gradekit.task import Task, compare
"""
FOREVER = "for _ in iter(int, 1): pass"
# An interrupt is an exception, and exceptions can be caught.
STUBBORN = """
while True:
    try:
        for _ in iter(int, 1): pass
    except KeyboardInterrupt:
        pass
"""
IN_C = "import ctypes; ctypes.PyDLL(None).sleep(1000)"
ENDS = "import os; os._exit(3)"
TOO_LONG = "it took more than 1 seconds"
WENT_ON = "it went on when its time was over"
ENDED = "its kernel ended itself with status 3"
# By name: what the cell runs, and what is said of it.
CELLS = {
    "endless": (FOREVER, TOO_LONG),
    "stubborn": (STUBBORN, WENT_ON),
    "blocked": (IN_C, WENT_ON),
    "ended": (ENDS, ENDED),
}
CALLS = {
    "endless": ("while True: pass", TOO_LONG),
    "blocked": (IN_C, WENT_ON),
    "ended": (ENDS, ENDED),
}


def indented(lines):
    return "\n".join(f"    {line}" for line in lines.splitlines())


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_behind(tmp_path_factory):
    """No process or zombie, no temporary file or folder, and no file left open."""
    me, folder = psutil.Process(), tmp_path_factory.mktemp("temporary")
    runtime = tmp_path_factory.mktemp("runtime")
    children, files = set(me.children(recursive=True)), me.num_fds()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))  # where a trusted kernel's keys lie
        yield
    assert set(me.children(recursive=True)) <= children
    assert [*folder.iterdir(), *runtime.iterdir()] == []
    assert me.num_fds() <= files + 5  # of the event loop


@pytest.fixture(scope="module", autouse=True)
def little_grace():
    """Who ignores an interrupt is not waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "GRACE", 1)
        yield


@pytest.fixture(scope="module")
def cells_that_die(run_job, setup_cell, test_cell):
    """One notebook: before each hostile cell and after it an answer that is right."""
    cells = [setup_cell(SETUP), "open('mine.txt', 'w').write('made here'); kept = [1]"]
    cells.append("kept.append(2)")
    for name, (source, _) in CELLS.items():
        cells += [
            f"{name} = 1\nopen({name!r}, 'w').close()\n{source}",
            test_cell(f"{name}-test", f"compare({name}, 1)", uses=[name]),
            "def after():\n    return kept",
            test_cell(f"after_{name}-test", "compare(after(), [1, 2])", uses=["after"]),
        ]
    cells += ["import os\nprint(sorted(os.listdir('.')))"]
    return run_job(*cells, limits=Limits(cell=1, task=5, total=60), files={"given.txt": b"given"})


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_dies_or_hangs_costs_its_own_task(cells_that_die, name):
    ran, told = cells_that_die, CELLS[name][1]
    index = next(i for i, cell in enumerate(ran.cells) if cell.source.startswith(f"{name} = 1"))
    assert f"This cell was stopped: {told}." in ran.text(index)
    fresh = "A fresh kernel runs the cells before it again, with the files that were handed in."
    assert (fresh in ran.text(index)) == (told != TOO_LONG)
    assert ran.score(f"after_{name}-test") == 1.0
    if told != TOO_LONG:
        assert ran.score(f"{name}-test") == 0.0
        assert ran.message(f"{name}-test") == (
            f"Not answered yet: `{name}` is not defined; its cell was stopped: {told}."
        )


def test_an_interrupted_cell_keeps_what_it_had_done(cells_that_die):
    assert cells_that_die.score("endless-test") == 1.0


def test_after_a_restart_the_files_are_those_that_were_handed_in(cells_that_die):
    # The cell that made one ran again; what the cells that were stopped had made is gone.
    assert cells_that_die.text(-1).strip() == "['given.txt', 'mine.txt']"


def test_nothing_of_it_looks_like_an_attempt(cells_that_die):
    assert cells_that_die.done.attempts == ()
    assert cells_that_die.done.trouble == ""


@pytest.fixture(scope="module")
def calls_that_die(run_job, setup_cell, test_cell):
    """One notebook: answers that die or hang when they are called, and a right one after each."""
    cells = [setup_cell(SETUP), "made_once = []"]
    for name, (source, _) in CALLS.items():
        cells += [
            f"def {name}():\n{indented(source)}",
            f"def after_{name}():\n    made_once.append(1)\n    return made_once",
            test_cell(name, f"compare({name}(), 1)", uses=[name]),
            test_cell(f"after_{name}", f"compare(after_{name}(), [1])", uses=[f"after_{name}"]),
            "made_once.clear()",
        ]
    cells += [
        "import time\ndef slow():\n    time.sleep(0.7)\ndef fast():\n    return 1",
        test_cell("slow", "for _ in range(9): slow()", uses=["slow"]),
        test_cell("fast", "compare(fast(), 1)", uses=["fast"]),
        "hoarded = [0] * (1 << 40)",
        "def hoard():\n    return [0] * (1 << 40)",
        test_cell("hoarded", "compare(hoarded, 1)", uses=["hoarded"]),
        test_cell("hoard", "hoard()", uses=["hoard"]),
        test_cell("fast again", "compare(fast(), 1)", uses=["fast"]),
    ]
    return run_job(*cells, limits=Limits(cell=1, task=2, total=60))


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_dies_or_hangs_costs_its_own_task(calls_that_die, name):
    ran = calls_that_die
    assert ran.score(name) == 0.0
    assert ran.message(name) == f"`{name}` was stopped: {CALLS[name][1]}."
    assert ran.score(f"after_{name}") == 1.0


def test_all_calls_of_a_task_share_its_time(calls_that_die):
    told = "`slow` was stopped: all calls of one task together have 2 seconds, and these are over."
    assert calls_that_die.message("slow") == told
    assert calls_that_die.score("fast") == 1.0


def test_a_memory_bomb_is_an_error_of_its_cell_or_its_call(calls_that_die):
    why = "its cell raised MemoryError: "
    assert calls_that_die.message("hoarded") == f"Not answered yet: `hoarded` is not defined; {why}"
    assert calls_that_die.message("hoard").startswith("Your code raised MemoryError")
    assert calls_that_die.score("fast again") == 1.0


def test_when_the_time_of_the_notebook_is_over_the_rest_earns_nothing(
    run_job, setup_cell, test_cell
):
    ran = run_job(
        setup_cell(SETUP),
        "def f():\n    return 1",
        test_cell("before", "compare(f(), 1)", uses=["f"]),
        FOREVER,
        "def g():\n    return 1",
        test_cell("after", "compare(g(), 1)", uses=["g"]),
        limits=Limits(cell=30, task=30, total=3),
    )
    over = "all cells of a notebook together have 3 seconds, and these are over."
    assert ran.done.trouble == ""
    assert [ran.score("before"), ran.score("after")] == [1.0, 0.0]
    assert (
        ran.message("after")
        == f"Not answered yet: `g` is not defined; its cell was stopped: {over}"
    )
    assert f"This cell was stopped: {over}" in ran.text(3)
    assert f"This cell was stopped: {over}" in ran.text(4)


UPDATED = "shown = display(1, display_id=True)\nshown.update(2)"
ONLY_ONCE = "import os\nif os.path.exists('x'): os._exit(3)\nopen('x', 'w').close()\ny = 1"


@pytest.fixture(scope="module")
def run_again(run_job, setup_cell, test_cell):
    """One notebook whose second cell does not survive that it runs again, and more."""
    return run_job(
        UPDATED,
        ONLY_ONCE,
        setup_cell(SETUP),
        "big = np.zeros((2000, 2000))\ndef f():\n    return big",
        ENDS,
        "shown.update(3)",
        test_cell("y", "compare(y, 1)", uses=["y"]),
        test_cell("big", "compare(big, 1)", uses=["big"]),
        test_cell("f", "compare(f(), 1)", uses=["f"]),
        trusted=True,  # files of a trusted submission outlive its kernel
    )


def test_a_cell_that_is_lost_when_it_runs_again_is_left_out(run_again):
    why = "its cell was stopped when it ran again: its kernel died."
    assert run_again.message("y") == f"Not answered yet: `y` is not defined; {why}"


def test_a_display_stays_as_it_was_when_its_cell_has_run_again(run_again):
    assert run_again.cells[0].outputs[0].data["text/plain"] == "2"
    assert run_again.text(5) == ""
    assert run_again.done.attempts == ()


def test_what_is_too_much_to_be_tested_is_said_in_a_sentence(run_again):
    much = "more than 16 MiB of data, which cannot be tested."
    told = f"Not answered yet: `big` is not defined; its value is {much}"
    assert run_again.message("big") == told
    assert run_again.message("f") == f"`f` returns {much}"


@pytest.mark.parametrize("failing", [1, 2], ids=["of the judge", "of the student"])
def test_a_sandbox_that_does_not_start_is_trouble_and_leaves_nothing(run_job, monkeypatch, failing):
    started, start = count(1), Confinement.first_process

    def fail(self):
        found = start(self)
        if next(started) == failing:
            raise GradekitError("The sandbox of a submission did not start.")
        return found

    monkeypatch.setattr(Confinement, "first_process", fail)
    done = run_job("1").done
    assert (done.notebook, done.trouble) == ("", "The sandbox of a submission did not start.")
    assert psutil.Process().children() == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kernel", "the kernel did not start: Kernel died before replying to kernel_info"),
        ("judge", "the process that runs the tests died"),
    ],
)
def test_a_process_that_ends_at_once_is_trouble_and_leaves_nothing(
    run_job, monkeypatch, name, words
):
    program = confine.program

    def ending(kind, *others):
        return ["/usr/bin/false"] if kind == name else program(kind, *others)

    monkeypatch.setattr(confine, "program", ending)
    done = run_job("1").done
    assert (done.notebook, done.trouble) == ("", words)
    assert psutil.Process().children() == []


def test_the_outputs_of_all_cells_together_have_a_limit(run_job, monkeypatch):
    monkeypatch.setattr("gradekit.student.NOTEBOOK_LIMIT", 3000)
    ran = run_job(*["print('x' * 1000)"] * 5, trusted=True)
    shown = [ran.text(i) for i in range(5)]
    assert [text.count("x" * 1000) for text in shown] == [1, 1, 0, 0, 0]
    assert all("is left out" in text for text in shown[2:])
