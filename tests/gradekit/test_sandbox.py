"""What a submission can do to this machine, and what it cannot, shown by cells that try."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from gradekit import confine, sandbox
from gradekit.confine import PYTHON, Confinement, own_files
from gradekit.errors import GradekitError
from gradekit.execute import execute
from gradekit.job import Job
from gradekit.notebooks import as_text
from gradekit.session import OUTPUT_LIMIT, LostError, Session


@pytest.fixture(scope="module", autouse=True)
def sandbox_works():
    """Fails with the sentence that names what is missing; `make env` installs it."""
    sandbox.demand()


@pytest.fixture
def run(tmp_path):
    """Run cells in a submission's folder, with short limits; return the executed cells."""
    folder = tmp_path / "course" / "autograded" / "student" / "toy"
    folder.mkdir(parents=True)

    async def session(notebook, manager, timeout):
        one = Session(notebook, manager)
        try:
            await one.start(str(folder), {})
            for index, cell in enumerate(notebook.cells):
                await one.run(cell, index, timeout)
        finally:
            await one.end()

    def run(*cells, trusted=False, timeout=10, metadata=(), **limits):
        config = Config({"Provisioner": {"packages": ["toykit"], **limits}})
        kind = sandbox.TrustedKernelManager if trusted else sandbox.KernelManager
        sources = [new_code_cell(textwrap.dedent(cell)) for cell in cells]
        notebook = new_notebook(cells=sources, metadata=dict(metadata))
        asyncio.run(session(notebook, kind(config=config), timeout))
        return notebook.cells

    run.folder = folder
    return run


def printed(cell):
    """What a cell printed, in however many pieces a busy kernel sent it."""
    return "".join(output.get("text", "") for output in cell.outputs)


def text(cell):
    """All that a cell printed, showed and raised."""
    parts = []
    for output in cell.outputs:
        parts += [output.get("text", ""), output.get("data", {}).get("text/plain", "")]
        parts += [output.get("ename", ""), output.get("evalue", "")]
    return "\n".join(parts)


def value(cell):
    """The JSON that a cell printed."""
    return json.loads(text(cell).strip())


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch):
    """No process of a sandbox, no zombie, and no open file."""
    started, open_files = [], psutil.Process().num_fds()
    for name in ("cleanup", "kill"):
        method = getattr(sandbox.Provisioner, name)
        monkeypatch.setattr(sandbox.Provisioner, name, _watched(method, started))
    yield
    assert psutil.wait_procs(started, timeout=5)[1] == []
    assert not [p for p in psutil.Process().children() if p.status() == psutil.STATUS_ZOMBIE]
    assert psutil.Process().num_fds() <= open_files + 20  # the event loop has its own


def _watched(method, started):
    async def watched(self, restart=False):
        with suppress(psutil.NoSuchProcess):
            pid = self.process.pid if self.process else 0
            started.extend(psutil.Process(pid).children(recursive=True) if pid else [])
        await method(self, restart)

    return watched


def test_there_is_no_network(run):
    cell = """
        import json, os, socket
        told = []
        for address in ("127.0.0.1", "10.0.0.1", "1.1.1.1"):
            try:
                socket.create_connection((address, 80), timeout=2)
            except OSError as error:
                told.append(type(error).__name__)
        print(json.dumps([told, os.listdir("/sys") if os.path.exists("/sys") else []]))
    """
    assert value(run(cell)[0]) == [["ConnectionRefusedError", "OSError", "OSError"], []]


def test_nothing_of_the_course_and_no_home_is_visible(run):
    course = run.folder.parents[2]
    (course / "solutions").mkdir()
    secret = course / "solutions" / "secret-answers.py"
    secret.write_text("the right answer", encoding="utf-8")
    (run.folder / "toy.ipynb").write_text("hidden tests", encoding="utf-8")
    (run.folder / "own.csv").write_text("1,2", encoding="utf-8")
    (run.folder / "stolen").symlink_to(secret)
    cells = run(
        """
        import json, os, subprocess
        find = ["find", "/", "-path", "/proc", "-prune", "-o", "-print"]
        found = subprocess.run(find, capture_output=True, text=True).stdout.splitlines()
        names = ("secret-answers.py", "toy.ipynb", "stolen")
        course = sorted(os.listdir("/opt/packages/course"))
        print(json.dumps([[p for p in found if p.endswith(names)], os.listdir("."), course]))
        """,
        f"open({str(secret)!r}).read()",
        "open('/etc/shadow').read()",
        f"open('/proc/1/root{secret}').read()",
        timeout=60,  # all of the disk is searched
    )
    assert value(cells[0]) == [[], ["own.csv"], ["gradekit", "toykit.py"]]
    for cell in cells[1:]:
        assert "Error" in text(cell)
        assert "right answer" not in text(cell)


def test_only_the_folder_of_work_and_temporary_folders_can_be_written(run):
    cells = run(
        """
        import json, os, pathlib
        refused = []
        for folder in ("/", "/usr", "/etc", "/home", "/dev", "/opt/packages/course", "/proc/1"):
            try:
                pathlib.Path(folder, "x").write_text("x")
            except OSError as error:
                refused.append(folder)
        pathlib.Path("x").write_text("x"), pathlib.Path("/tmp/x").write_text("x")
        print(json.dumps(refused))
        """
    )
    assert len(value(cells[0])) == 7
    assert list(run.folder.iterdir()) == []


def test_a_submission_changes_a_copy_of_its_files(run):
    (run.folder / "data" / "deep").mkdir(parents=True)
    file = run.folder / "data" / "deep" / "a.csv"
    file.write_text("1,2", encoding="utf-8")
    cells = run(
        """
        path = "data/deep/a.csv"
        before = open(path).read()
        open(path, "w").write("changed"), open("data/deep/new", "w").write("new")
        print(before, open(path).read())
        """
    )
    assert text(cells[0]).startswith("1,2 changed")
    assert file.read_text(encoding="utf-8") == "1,2"


def test_the_instructors_environment_is_not_passed_on(run, monkeypatch):
    monkeypatch.setenv("INSTRUCTORS_TOKEN", "a secret")
    cells = run(
        """
        import json, os, pathlib
        first = pathlib.Path("/proc/1/environ").read_text()
        print(json.dumps(["INSTRUCTORS_TOKEN" in os.environ, "a secret" in first]))
        """
    )
    assert value(cells[0]) == [False, False]


def test_files_of_a_submission_shadow_no_package_and_run_nothing(run):
    for name in ("numpy.py", "toykit.py", "sitecustomize.py", "usercustomize.py", "json.py"):
        (run.folder / name).write_text("raise RuntimeError('shadowed')", encoding="utf-8")
    (run.folder / "evil.pth").write_text("import evil", encoding="utf-8")
    start = "import builtins; builtins.started = True"
    for place in (".ipython/profile_default/startup/1.py", "ipython_kernel_config.py", "evil.py"):
        (run.folder / place).parent.mkdir(parents=True, exist_ok=True)
        (run.folder / place).write_text(start, encoding="utf-8")
    cells = run(
        """
        import builtins, json, numpy, toykit
        print(json.dumps([hasattr(builtins, "started"), numpy.__file__, toykit.__file__]))
        """,
        "import evil; print(evil.__file__)",
    )
    started, numpy, toykit = value(cells[0])
    assert not started
    assert numpy.startswith("/opt/packages/")
    assert toykit == "/opt/packages/course/toykit.py"
    assert text(cells[1]).startswith("/home/student/evil.py")


def test_no_rights_and_no_way_to_more(run):
    cells = run(
        """
        import ctypes, json, os, pathlib, re, subprocess
        status = pathlib.Path("/proc/self/status").read_text()
        rights = re.findall(r"Cap...:\\s+(\\w+)", status)
        calls = ctypes.CDLL(None, use_errno=True)
        traced = calls.ptrace(16, 1, 0, 0) == 0 and "Uid:\\t0" in status
        nested = subprocess.run(["unshare", "-U", "true"], stderr=-3).returncode
        print(json.dumps([set(rights) == {"0" * 16}, os.getuid() == 0, traced, nested != 0]))
        """
    )
    assert value(cells[0]) == [True, False, False, True]


def test_the_grader_cannot_be_seen_or_signalled(run):
    cells = run(
        """
        import json, os, pathlib
        seen = [path.name for path in pathlib.Path("/proc").iterdir() if path.name.isdigit()]
        names = {pathlib.Path("/proc", pid, "comm").read_text().strip() for pid in seen}
        print(json.dumps([os.getppid(), sorted(names)]))
        """
    )
    assert value(cells[0]) == [1, ["bwrap", Path(PYTHON).name]]


def test_a_fork_bomb_meets_a_limit(run):
    cells = run(
        """
        import json, os, time
        born = 0
        try:
            while born < 500:
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
                born += 1
        except OSError as error:
            print(json.dumps([born, type(error).__name__]))
        """,
        processes=40,
    )
    born, error = value(cells[0])
    assert 0 < born < 40
    assert error == "BlockingIOError"


def test_a_memory_bomb_is_an_error_of_its_cell(run):
    cells = run("b = bytearray(1 << 30)", "print('goes on')", memory=700)
    assert "MemoryError" in text(cells[0])
    assert "goes on" in text(cells[1])


def test_memory_of_many_processes_counts_together(run):
    cell = """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                block = b"x" * (200 << 20)
                time.sleep(60)
        time.sleep(60)
    """
    with pytest.raises(LostError, match="took more than 600 MiB of memory"):
        run(cell, memory=600)


def test_processor_time_of_all_processes_counts_together():
    code = """
        import os, signal, time
        read, write = os.pipe()
        for _ in range(2):
            if os.fork() == 0:
                while time.process_time() < 0.3: pass
                os.write(write, b"x")
                signal.pause()
        os.read(read, 1), os.read(read, 1)
        print("worked", flush=True)
        input()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            assert process.stdout.readline() == b"worked\n"
            assert sandbox._taken(process.pid)[1] > 0.5
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_more_processor_time_than_one_process_can_take_ends_the_kernel(run, monkeypatch):
    def taken(pid):
        names = {process.name() for process in psutil.Process(pid).children(recursive=True)}
        return 0, 1e9 if "sleep" in names else 0.0

    monkeypatch.setattr(sandbox, "_taken", taken)
    cell = "import subprocess; subprocess.run(['sleep', '60'])"
    with pytest.raises(LostError, match="took more processor time than one can"):
        run(cell, timeout=60)


def test_a_disk_bomb_meets_a_limit_in_every_folder(run):
    cells = run(
        """
        import json, os
        told = {}
        for folder in (".", "/tmp", "/dev/shm", "/run"):
            size = 0
            try:
                for number in range(100):
                    with open(f"{folder}/{number}", "wb") as file:
                        file.write(bytes(4 << 20))
                    size += 4
            except OSError as error:
                told[folder] = size
            for name in os.listdir(folder):
                if name.isdigit():
                    os.remove(f"{folder}/{name}")
        print(json.dumps(told))
        """,
        "open('big', 'wb').write(bytes(3 << 20))",
        disk=16,
        file_size=5,
    )
    assert value(cells[0]) == {".": 16, "/tmp": 60, "/dev/shm": 64, "/run": 0}
    assert "OSError" not in text(cells[1])


def test_one_file_has_a_largest_size(run):
    cell = "open('big', 'wb').write(bytes(3 << 20))"
    assert "OSError" in text(run(cell, file_size=2)[0])


def test_endless_output_is_cut_and_the_kernel_goes_on(run):
    cells = run("while True: print('x' * 1000)", "print('goes on')", timeout=2)
    assert "the rest is left out" in text(cells[0])
    assert len(text(cells[0])) < 300_000
    assert "goes on" in text(cells[1])


def test_output_past_the_streams_is_cut_too(run):
    cell = """
        from IPython.display import display
        for number in range(40):
            display({"text/plain": "x" * 1_000_000}, raw=True)
    """
    cells = run(cell, "print('goes on')")
    assert len(text(cells[0])) <= OUTPUT_LIMIT
    assert f"beyond {OUTPUT_LIMIT} bytes is left out" in text(cells[0])
    assert "goes on" in text(cells[1])


@pytest.mark.parametrize(
    ("cell", "words", "limits"),
    [
        ("import os; os._exit(0)", "its kernel ended itself with status 0", {}),
        ("import os; os.kill(os.getpid(), 9)", "its kernel was ended by SIGKILL", {}),
        ("while True: pass", "took more than 1 seconds of processor time", {"cpu": 1}),
    ],
)
def test_a_dead_kernel_is_told_with_its_reason(run, cell, words, limits):
    with pytest.raises(LostError, match=words):
        run("1 + 1", cell, **limits)


def test_a_loop_that_ignores_its_interrupt_ends_with_its_time(run):
    cell = """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True: pass
    """
    with pytest.raises(LostError, match="it went on when its time was over"):
        run(cell, timeout=1)


def test_a_usual_notebook_shows_the_same_as_without_a_sandbox(run):
    cells = (
        "import numpy as np, matplotlib.pyplot as plt, toykit, gradekit.task",
        "print(np.fft.rfft(np.arange(8.0)).real.round(3).tolist())",
        "_ = plt.plot([1, 2])",
        "help(len)",
    )
    inside, outside = run(*cells), run(*cells, trusted=True)
    assert [printed(cell) for cell in inside] == [printed(cell) for cell in outside]
    assert inside[2].outputs[0].data["image/png"] == outside[2].outputs[0].data["image/png"]


def test_the_kernel_a_notebook_asks_for_is_not_used(run):
    spec = {"name": "another", "display_name": "x", "language": "perl"}
    cells = run("import os; print(os.getcwd())", metadata={"kernelspec": spec})
    assert text(cells[0]).startswith("/home/student")


@pytest.fixture
def fresh():
    """The answer whether the sandbox works is remembered; not across these tests."""
    sandbox.trouble.cache_clear()
    yield
    sandbox.trouble.cache_clear()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda patch: patch.setattr(sys, "platform", "darwin"), "needs Linux"),
        (lambda patch: patch.setenv("PATH", ""), "apt install bubblewrap"),
        (
            lambda patch: patch.setattr(confine, "ISOLATION", ("--unshare-nothing",)),
            "it says 'bwrap: Unknown option --unshare-nothing'",
        ),
    ],
    ids=["not Linux", "no bubblewrap", "bubblewrap that does not work"],
)
def test_where_the_sandbox_cannot_work_one_sentence_says_what_to_do(
    fresh, monkeypatch, change, words
):
    change(monkeypatch)
    with pytest.raises(sandbox.SandboxError, match=words) as caught:
        sandbox.demand()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("--trust-submissions`.")
    done = execute(Job(as_text(new_notebook())))
    assert (done.notebook, done.trouble) == ("", str(caught.value))


def test_links_special_files_and_notebooks_are_not_copied(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("a.csv", "deep/b.csv", "toy.ipynb", "deep/OTHER.IPYNB"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    assert list(own_files(tmp_path)) == [tmp_path / "a.csv", tmp_path / "deep" / "b.csv"]


def test_too_many_files_and_a_visible_course_are_refused(tmp_path):
    for number in range(confine.MOST_FILES + 1):
        (tmp_path / str(number)).touch()
    with Confinement() as made:
        with pytest.raises(GradekitError, match="501 files and 500 are allowed"):
            made.copy_files(tmp_path)
        with pytest.raises(GradekitError, match="move the course"):
            made.copy_files(Path("/usr/share"))
        with pytest.raises(GradekitError, match="correct `packages`"):
            made.show_packages(["no_such_package"])


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_sandboxes_end_with_the_process_that_started_them(tmp_path, ending):
    program = """
from nbformat.v4 import new_code_cell, new_notebook
from gradekit.execute import execute
from gradekit.job import Job
from gradekit.notebooks import as_text
execute(Job(as_text(new_notebook(cells=[new_code_cell("import time; time.sleep(60)")]))))
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}  # a killed process cleans up nothing
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.DEVNULL, env=environment
    )
    try:
        confined = _until_judge_and_kernel_run(psutil.Process(grader.pid))
    finally:
        grader.send_signal(ending)
        grader.wait()
    assert psutil.wait_procs(confined, timeout=10)[1] == []


def _until_judge_and_kernel_run(grader):
    while grader.is_running():
        found = []
        for process in grader.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.cmdline()[:1] == [PYTHON]:
                    found.append(process)
        if len(found) == 2:
            return found
    raise AssertionError("the grader ended before its kernel started")
