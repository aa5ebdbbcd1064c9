"""The whole way of a set through nbgrader's exchange folder, with the real commands.

The instructor works in the toy course. Each student works in a folder of its own, as a user of its
own name, and sees nothing of the course: only the exchange folder.
"""

import csv
import datetime as dt
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash

from gradekit.course import CONFIG, Course
from gradekit.names import visible_and_hidden
from gradekit.notebooks import grade_id, read, write
from gradekit.release import release
from gradekit.source import read_source

COURSE_ID = "toy101"
SETTINGS = """
config.CourseDirectory.course_id = {course_id!r}
config.Exchange.root = {exchange!r}
"""


@dataclass(frozen=True)
class Student:
    """A student at a machine of the course: a login name, a home, the exchange."""

    name: str
    home: Path
    hidden: Path
    login: str = ""

    @property
    def answers(self) -> Path:
        """The fetched notebook."""
        return self.home / "toy" / "toy.ipynb"

    def must(self, *arguments: str) -> str:
        """Run an nbgrader command as this user; return what it said."""
        users = self.home / "users"
        login = self.login or self.name
        users.write_text(f"{login}:x:2001:2001::{self.home}:/bin/sh\n", encoding="utf-8")
        sandbox = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", str(self.hidden)]
        user = ["--unshare-user", "--uid", "2001", "--gid", "2001", "--die-with-parent"]
        command = [*sandbox, *user, "--ro-bind", str(users), "/etc/passwd"]
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTERHUB_USER": self.name,
        }
        done = subprocess.run(
            [*command, sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def solve(self, answers: dict[str, str]) -> None:
        """Write answers into the fetched notebook."""
        notebook = read(self.answers)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        write(notebook, self.answers)

    def feedback(self) -> list[str]:
        """Return the text of each feedback page here, the oldest first."""
        pages = sorted((self.home / "toy" / "feedback").glob("*/*.html"))
        return [
            unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8"))) for page in pages
        ]


@dataclass(frozen=True)
class Exchange:
    """What the tests look at: the folders, and what was seen on the way."""

    course: Course
    root: Path
    ada: Student
    grace: Student
    before: dict[str, tuple[float, bool]]
    collected: tuple[str, str]

    @property
    def inbound(self) -> Path:
        """Where students put their submissions."""
        return self.root / COURSE_ID / "inbound"


def both(*calls):
    """Two commands at a time: most of their time is imports."""
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(*call) for call in calls]]


def marks(course: Course) -> dict[str, tuple[float, bool]]:
    """Score of each student, and whether the submission was late."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", COURSE_ID) as gradebook:
        return {
            submission.student.id: (submission.score, submission.total_seconds_late > 0)
            for submission in gradebook.assignment_submissions("toy")
        }


@pytest.fixture(scope="module")
def exchange(make_course, tmp_path_factory):
    """A set goes out; two students hand in, one too late, the other twice; feedback comes back."""
    top = tmp_path_factory.mktemp("exchange")
    root = top / "exchange"
    settings = SETTINGS.format(course_id=COURSE_ID, exchange=str(root))
    course = make_course(top / "course", reference_allowed=True)
    with (course.root / CONFIG).open("a", encoding="utf-8") as file:
        file.write(settings)
    people = []
    for name, login in [("ada", ""), ("grace", "jovyan")]:
        home = top / "home" / name
        home.mkdir(parents=True)
        (home / CONFIG).write_text(f"config = get_config()\n{settings}", encoding="utf-8")
        people.append(Student(name, home, course.root, login))
    ada, grace = people

    release(course, "toy")
    course.must("generate_assignment", "toy", "--force")
    course.must("release_assignment", "toy")
    both((ada.must, "fetch_assignment", "toy"), (grace.must, "fetch_assignment", "toy"))
    right = {cell.label: cell.text for cell in read_source(course.text("toy")).answers()}
    ada.solve({label: text for label, text in right.items() if label != "mean_power"})
    ada.must("submit", "toy")
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    course.must("db", "assignment", "add", "toy", f"--duedate={now}")
    grace.solve({"mean_power": right["mean_power"]})
    grace.must("submit", "toy")
    first = course.must("collect", "toy")
    course.must("autograde", "toy")
    before = marks(course)

    ada.solve(right)
    ada.must("submit", "toy")
    second = course.must("collect", "toy", "--update")
    course.must("autograde", "toy")
    course.must("generate_feedback", "toy")
    course.must("release_feedback", "toy")
    both((ada.must, "fetch_feedback", "toy"), (grace.must, "fetch_feedback", "toy"))
    return Exchange(course, root, ada, grace, before, (first, second))


def test_the_release_holds_neither_hidden_tests_nor_solutions(exchange):
    folder = exchange.root / COURSE_ID / "outbound" / "toy"
    assert {path.name for path in folder.iterdir()} == {"toy.ipynb", "signal.csv"}
    cells = read_source(exchange.course.text("toy")).cells
    lines = [visible_and_hidden(cell.text) for cell in cells]
    visible = {line for seen, _ in lines for line in seen}
    secret = {line for _, hidden in lines for line in hidden if len(line) > 5} - visible
    shown = {
        line.strip()
        for cell in read(folder / "toy.ipynb").cells
        for line in cell.source.split("\n")
    }
    assert len(secret) > 5
    assert secret & shown == set()
    assert not [line for line in shown if line.startswith("return toykit")]


def test_what_is_collected_is_the_latest_submission_and_bears_its_time(exchange):
    assert set(exchange.before) == {"ada", "grace"}
    submitted = exchange.course.root / "submitted"
    for student, handed_in in [(exchange.ada, 2), (exchange.grace, 1)]:
        folder = submitted / student.name / "toy"
        names = sorted(exchange.inbound.glob(f"{student.name}+toy+*"))
        assert len(names) == handed_in
        time = names[-1].name.split("+")[2]
        assert (folder / "timestamp.txt").read_text(encoding="utf-8") == time
        assert read(folder / "toy.ipynb") == read(student.answers)
    first, second = exchange.collected
    assert first.count("Collecting submission: ") == 2
    assert "Updating submission: ada toy" in second
    assert "No newer submission to collect: grace toy" in second


def test_a_newer_submission_is_graded_again_and_counts_with_its_own_time(exchange):
    assert exchange.before == {"ada": (5.0, False), "grace": (3.0, True)}
    assert marks(exchange.course) == {"ada": (8.0, True), "grace": (3.0, True)}


def test_export_says_who_was_late_and_takes_nothing_off_unless_the_course_says_so(exchange):
    exchange.course.must("export", "--to", "grades.csv")
    with (exchange.course.root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: row["score"] for name, row in rows.items()} == {"ada": "8.0", "grace": "3.0"}
    for row in rows.values():
        assert row["timestamp"] > row["duedate"]
        assert (row["late_submission_penalty"], row["max_score"]) == ("0.0", "10.0")


def test_feedback_is_for_the_own_latest_submission(exchange):
    (ada,), (grace,) = exchange.ada.feedback(), exchange.grace.feedback()
    assert "8 of 10 points" in ada
    assert "3 of 10 points" in grace
    assert "✗ failed" not in ada
    assert "✗ failed" in grace


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_other_users_can_list_neither_submissions_nor_feedback(exchange):
    """What protects one student from another: folders that open but do not list, and chance.

    Files in them are readable to whoever knows their names. A submission's name ends in 72 random
    bits; a page of feedback is named by the hash of 512 random bits that lie in the submission.
    """
    course = exchange.root / COURSE_ID
    others = {name: mode(course / name) & 0o007 for name in ("outbound", "inbound", "feedback")}
    assert others == {"outbound": 0o5, "inbound": 0o3, "feedback": 0o1}
    secrets = (exchange.course.root / "submitted").glob("*/toy/submission_secret.txt")
    hashes = {notebook_hash(secret=path.read_text("utf-8"), notebook_id="toy") for path in secrets}
    assert {page.stem for page in (course / "feedback").iterdir()} == hashes
    assert len(hashes) == 2
    chance = {folder.name.rsplit("+", 1)[1] for folder in exchange.inbound.iterdir()}
    assert [len(text) for text in chance] == [12, 12, 12]


def test_a_submission_in_another_name_is_collected_with_a_warning(exchange):
    # All files here are those of one user of the machine, who is neither ada nor grace.
    warnings = exchange.collected[0].count("claims to be submitted by")
    assert warnings == 2
