"""nbgrader's web pages and commands on a class that gradekit graded, one of it hostile."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import Page, expect

from gradekit.course import Course
from gradekit.notebooks import grade_id, read, write
from gradekit.release import release
from gradekit.source import read_source

TOKEN = "for-tests"
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
# Every attack that works leaves its name here.
HIT = "window.hits=(window.hits||[]).concat"
WRITTEN = f"""
# My answer

Power $a<b$ adds.

<script>{HIT}("script")</script>
<img src="q" onerror="{HIT}('img')"> <svg onload="{HIT}('svg')"></svg>
<iframe srcdoc="<script>parent.{HIT}('iframe')</script>"></iframe>
<a href="javascript:{HIT}('link')">link</a> <a href="evil.html">file</a>
<img src="http://attacker.example/pixel.png"> <img src="//attacker.example/pixel.png">
<img src="/formgrader?path=submitted/mallory/toy">
<style>body {{ background: url(http://attacker.example/style) }}</style>

![a dot](attachment:dot.png) ![odd](attachment:odd.png) ![gone](attachment:gone.png)
"""
ODD_PICTURE = f'''AAAA" onerror="{HIT}('attachment')'''
OUTPUTS = f"""
from IPython.display import HTML, Javascript, display
HIT = "{HIT}"
display(HTML(f"<script>{{HIT}}('html')</script><img src=q onerror={{HIT}}('html-img')>"))
isolated = {{"text/html": {{"isolated": True}}}}
display(HTML(f"<script>{{HIT}}('isolated')</script>"), metadata=isolated)
display(Javascript(f"{{HIT}}('javascript')"))
def show(kind, data, **metadata):
    display({{kind: data}}, raw=True, metadata={{kind: metadata}})
show("image/png", "AAAA", width=f"1 onerror={{HIT}}('width')")
show("image/jpeg", "AAAA", height=f"1 onerror={{HIT}}('height')")
show("image/png", f"AAAA' onerror={{HIT}}('png')")
show("image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg' onload={{HIT}}('svg-output')/>")
show("text/markdown", f"<script>{{HIT}}('markdown')</script><img src=http://attacker.example/md>")
show("text/vnd.mermaid", f"graph TD; A--><img src=q onerror={{HIT}}('mermaid')>")
show("text/latex", f"</script><script>{{HIT}}('latex')</script>")
widget = {{"model_id": f"</script><script>{{HIT}}(1)</script>"}}
show("application/vnd.jupyter.widget-view+json", widget)
print(f"<script>{{HIT}}('print')</script>")
raise ValueError(f"<img src=q onerror={{HIT}}('error')>")
"""
ODD_FILE = f"""a'"><img src=q onerror={HIT}('file')>.txt"""
ODD_STUDENT = f"""x'"><img src=q onerror={HIT}('student')>"""
LOOK_AROUND = "import os\nprint('sees the course:', os.path.exists({path!r}))"


@dataclass(frozen=True)
class Formgrader:
    """A graded course, and its pages."""

    course: Course
    address: str
    page: Page
    outside: list[str]

    def open(self, path: str) -> None:
        """Open a page of formgrader and wait until it has what it asked for."""
        self.page.goto(f"{self.address}/formgrader/{path}")
        self.page.wait_for_load_state("networkidle")

    def open_submission(self, student: str) -> None:
        """Open the page on which a submission is marked by hand, as an instructor would."""
        self.open("gradebook/toy/toy")
        self.page.get_by_role("button", name="Show All Names").click()
        self.page.get_by_role("link", name=student, exact=True).click()
        expect(self.page.locator("#written")).to_be_visible()
        self.page.wait_for_load_state("networkidle")


def hand_in(course: Course, student: str, answers: dict[str, str], change=None, files=None) -> None:
    notebook = read(course.exercises / "toy" / "toy.ipynb")
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    if change:
        change(notebook)
    folder = course.root / "submitted" / student / "toy"
    folder.mkdir(parents=True)
    write(notebook, folder / "toy.ipynb")
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")


def attack(notebook) -> None:
    written = next(cell for cell in notebook.cells if grade_id(cell) == "written")
    written["attachments"] = {
        "dot.png": {"image/png": DOT},
        "odd.png": {"image/png": ODD_PICTURE},
        f"{ODD_FILE}.png": {"image/png": DOT},
    }
    notebook.cells += [
        new_code_cell(OUTPUTS),
        new_markdown_cell(f"free <script>{HIT}('free')</script>"),
        new_code_cell(f"# </pre><script>{HIT}('code')</script>"),
    ]


def mangle(notebook) -> None:
    """What gives a blank submission full marks, or stops the class, in plain nbgrader."""
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]
    test = next(cell for cell in notebook.cells if grade_id(cell) == "mean_power-test")
    notebook.cells.append(new_code_cell(test.source, metadata=test.metadata))


@contextmanager
def jupyterlab(course: Course, folder: Path) -> Iterator[str]:
    """Start the JupyterLab of this environment in the course; give its address."""
    names = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = ["--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}"]
    folder.mkdir()
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [*command, *options],
            cwd=course.root,
            env={**os.environ, **names, "PATH": path},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://127.0.0.1:{port_of(server, folder)}"
        finally:
            server.terminate()
            server.wait()


def port_of(server: subprocess.Popen, folder: Path) -> str:
    """Wait until the server says where it listens."""
    said = ""
    while not (found := re.search(r"running at:.*?http://127\.0\.0\.1:(\d+)/", said, re.DOTALL)):
        assert server.poll() is None, said
        Event().wait(0.05)
        said = (folder / "log.txt").read_text(encoding="utf-8")
    return found[1]


@pytest.fixture(scope="module")
def graded(make_course, tmp_path_factory) -> Course:
    """Three graded submissions, one of them hostile, and one that is still to be graded."""
    course = make_course(tmp_path_factory.mktemp("formgrader") / "course", reference_allowed=True)
    release(course, "toy")
    course.must("generate_assignment", "toy", "--force")
    right = {cell.label: cell.text for cell in read_source(course.text("toy")).answers()}
    hand_in(course, "ada", right)
    hand_in(course, "grace", right | {"written": "Power adds, *amplitude* does not."})
    config = f"open({str(course.root / 'ran.txt')!r}, 'w').close()"
    files = {
        "evil.html": f"<title>before</title><script>document.title='after';{HIT}('page')</script>",
        "nbgrader_config.py": config,
        ODD_FILE: "",
    }
    hand_in(course, "mallory", right | {"written": WRITTEN}, attack, files)
    course.must("autograde", "toy")
    look = LOOK_AROUND.format(path=str(course.root / "gradebook.db"))
    hand_in(course, "zoe", {"diagnosis": look}, mangle)
    hand_in(course, ODD_STUDENT, right)
    return course


@pytest.fixture(scope="module")
def server(graded, tmp_path_factory) -> Iterator[str]:
    with jupyterlab(graded, tmp_path_factory.mktemp("jupyter") / "jupyter") as address:
        yield address


@pytest.fixture
def formgrader(graded, server, browser) -> Iterator[Formgrader]:
    """A fresh browser that reaches the server and nothing else."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    outside = []

    def guard(route):
        if route.request.url.startswith((server, "data:", "file:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    page = context.new_page()
    # formgrader's own pages set a cookie that is good for their folder only.
    page.goto(f"{server}/login?token={TOKEN}&next=%2Fapi%2Fstatus")
    yield Formgrader(graded, server, page, outside)
    context.close()


def row(formgrader: Formgrader, student: str):
    return formgrader.page.locator("#main-table tr").filter(has_text=student)


def assert_harmless(formgrader: Formgrader) -> None:
    """No attack has worked, and nobody was asked but for MathJax, which nbgrader's pages want."""
    assert formgrader.page.evaluate("window.hits") is None
    assert [url for url in formgrader.outside if not url.startswith(MATHJAX)] == []


def test_the_pages_show_the_marks(formgrader):
    formgrader.open("manage_submissions/toy")
    expect(row(formgrader, "ada").locator(".score")).to_have_text("8 / 10")
    expect(row(formgrader, "mallory").locator(".status")).to_have_text("needs manual grading")
    formgrader.open("gradebook/toy/toy")
    assert row(formgrader, "ada").locator(".code-score").inner_text() == "8 / 8"
    formgrader.open("manage_students")
    assert row(formgrader, "ada").locator(".score").inner_text() == "8 / 10"
    assert_harmless(formgrader)


def test_a_written_answer_is_marked_on_the_page_and_the_mark_reaches_the_student(formgrader):
    formgrader.open_submission("grace")
    page = formgrader.page
    assert page.locator(".nbgrader_cell em").inner_text() == "amplitude"
    for field, text, saved in [
        ("#written", "1.5", "/api/grade/"),
        ("#written-comment", "Say why: cross terms.", "/api/comment/"),
    ]:
        with page.expect_response(lambda answer, saved=saved: saved in answer.url) as answer:
            page.locator(field).fill(text)
            page.locator(field).blur()
        assert answer.value.ok
    page.reload()
    expect(page.locator("#written")).to_have_value("1.5")
    formgrader.course.must("generate_feedback", "toy", "--student=grace")
    feedback = formgrader.course.root / "feedback" / "grace" / "toy" / "toy.html"
    text = unescape(re.sub(r"<[^>]*>", "", feedback.read_text(encoding="utf-8")))
    assert "9.5 of 10 points" in text
    assert "Say why: cross terms." in text
    formgrader.course.must("export", "--to", "grades.csv")
    with (formgrader.course.root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    scores = {student: (row["score"], row["max_score"]) for student, row in rows.items()}
    assert scores["grace"] == ("9.5", "10.0")
    assert scores["ada"] == scores["mallory"] == ("8.0", "10.0")


def test_the_autograde_button_grades_as_safely_as_the_command(formgrader):
    formgrader.open("manage_submissions/toy")
    row(formgrader, "zoe").locator(".autograde a").click()
    modal = formgrader.page.locator("#success-modal")
    expect(modal).to_contain_text("Successfully autograded 'toy' for student 'zoe'", timeout=60_000)
    expect(row(formgrader, "zoe").locator(".score")).to_have_text("0 / 10")
    graded = read(formgrader.course.root / "autograded" / "zoe" / "toy" / "toy.ipynb")
    tests = [cell for cell in graded.cells if grade_id(cell) == "mean_power-test"]
    assert len(tests) == 1
    assert tests[0].outputs
    (looked,) = [cell for cell in graded.cells if grade_id(cell) == "diagnosis"]
    assert looked.outputs[0].text == "sees the course: False\n"


def test_a_hostile_submission_runs_nothing_on_the_page_and_asks_no_other_host(formgrader):
    formgrader.open_submission("mallory")
    shown = formgrader.page.locator("#notebook-container").first
    assert shown.locator("h1", has_text="My answer").count() == 1
    assert shown.get_by_alt_text("a dot").evaluate("picture => picture.naturalWidth") == 1
    assert "[picture that is not part of this page: gone]" in shown.inner_text()
    assert "free [script left out]" in shown.inner_text()
    assert shown.locator(".nbgrader_cell math mi").all_text_contents() == ["a", "b"]
    assert_harmless(formgrader)
    shown.get_by_role("link", name="file").click()
    formgrader.page.wait_for_url("**/evil.html")
    assert formgrader.page.title() == "before"
    assert not (formgrader.course.root / "ran.txt").exists()


def test_the_address_of_formgrader_loads_no_configuration_of_a_submission(formgrader):
    formgrader.page.goto(f"{formgrader.address}/formgrader?path=submitted/mallory/toy")
    assert formgrader.page.url.endswith("/formgrader/manage_assignments")
    assert not (formgrader.course.root / "ran.txt").exists()


@pytest.mark.parametrize("path", ["", "/toy"])
def test_the_name_of_a_student_is_text(formgrader, path):
    formgrader.open("manage_submissions/toy")
    expect(row(formgrader, ODD_STUDENT)).to_have_count(1)
    assert_harmless(formgrader)
    formgrader.open(f"manage_students/{quote(ODD_STUDENT, safe='')}{path}")
    assert formgrader.page.locator(".breadcrumb").inner_text()
    assert_harmless(formgrader)


def test_feedback_of_a_hostile_submission_is_text(formgrader):
    formgrader.course.must("generate_feedback", "toy", "--student=mallory")
    feedback = formgrader.course.root / "feedback" / "mallory" / "toy" / "toy.html"
    formgrader.page.goto(feedback.as_uri())
    assert (
        "[picture that is not part of this page: gone]"
        in formgrader.page.locator("body").inner_text()
    )
    assert_harmless(formgrader)


def test_the_database_commands_know_the_class(graded):
    graded.must("db", "student", "add", "eve", "--first-name=Eve", "--last-name=Moss")
    assert "eve (Moss, Eve) -- None, None" in graded.must("db", "student", "list")
    assert "toy (due: None)" in graded.must("db", "assignment", "list")
