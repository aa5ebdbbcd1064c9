"""The report of a class (`gradekit report`) in a browser: what it asks for, how it reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from browsing import SCHEMES, violations
from playwright.sync_api import Browser, Page

from gradekit.report import contents
from gradekit.report.results import Answer, Part, Results, Submission, Task

TASKS = (
    Task("power_spectrum-test", 4.0),
    Task("rapsd-test", 4.0),
    Task("fit_power_law-test", 5.0),
    Task("diagnose-test", 2.0),
    Task("written", 3.0, written=True),
)
SCRIPT = "<script>document.title = 'broken'</script><img src=x onerror=alert(1)>"
HOSTILE = [SCRIPT, "=HYPERLINK(1)", "a\nb", "longest-" * 30, "‮evil", "noname\udcff"]
VIEWS = [(scheme, width) for scheme in SCHEMES for width in (1280, 360)]


def sample(students: int = 34) -> Results:
    """A class with everything that the report can say."""
    random = Random(1)
    made = [_submission(name, random) for name in _names(students)]
    refused = [
        Submission("late-larry", False, reason="cell rapsd-test: no score", seconds=31.0),
        Submission(f"{SCRIPT}2", False, reason=f"there is no a.ipynb, only {SCRIPT}"),
    ]
    return Results("image-spectra", TASKS, (*made, *refused))


def _names(students: int) -> list[str]:
    return [*HOSTILE, *(f"student-{i:03}" for i in range(students - len(HOSTILE)))]


def _submission(student: str, random: Random) -> Submission:
    skill = random.random()
    answers = {task.name: _answer(task, skill, random) for task in TASKS}
    mark = sum(answer.points or 0 for answer in answers.values())
    attempts = (f"opened {SCRIPT}",) if student == SCRIPT else ()
    notes = (f"left out: {SCRIPT} (a link)",) if skill < 0.2 else ()
    seconds = 2 + 3 * random.random()
    return Submission(
        student, True, mark, 0.0, answers, notes=notes, attempts=attempts, seconds=seconds
    )


def _answer(task: Task, skill: float, random: Random) -> Answer:
    if task.written:
        waiting = random.random() < 0.4
        return Answer(None if waiting else round(3 * skill), tried=skill > 0.1, waiting=waiting)
    if random.random() > 0.4 + skill:
        return Answer(0.0, tried=False, parts=_parts(task, [False, False], ""))
    good = 1 - skill if task.name == "diagnose-test" else skill
    passed = [random.random() < 0.4 + good, task.name != "rapsd-test" and random.random() < good]
    mistake = random.choice(["amplitude", "no-scale", SCRIPT])
    earned = task.points * sum(passed) / 2
    return Answer(earned, parts=_parts(task, passed, mistake))


def _parts(task: Task, passed: list[bool], mistake: str) -> tuple[Part, ...]:
    titles = ["a recorded signal", f"your own {SCRIPT}"]
    return tuple(
        Part(title, task.points / 2, good, i == 1, *(() if good else (mistake, "Square first.")))
        for i, (title, good) in enumerate(zip(titles, passed, strict=True))
    )


@pytest.fixture(scope="module", params=["a class", "one student", "nobody graded"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a report, with the tables beside it."""
    few = Submission("solo", False, reason="cell rapsd-test: no score")
    one = Submission("solo", True, 2.0, 0.0, {t.name: Answer(1.0, waiting=True) for t in TASKS})
    classes = {
        "a class": sample(),
        "one student": Results("toy", TASKS, (one,), journal=False),
        "nobody graded": Results("toy", TASKS, (few,)),
    }
    folder = tmp_path_factory.mktemp("report")
    for name, data in contents(classes[request.param], datetime(2025, 1, 31, tzinfo=UTC)).items():
        (folder / name).write_bytes(data)
    return folder / "index.html"


@pytest.fixture
def opened(
    browser: Browser, report: Path, scheme: str, width: int
) -> Iterator[tuple[Page, list[str]]]:
    """The page in a browser, and everything that it asked for or complained about."""
    heard: list[str] = []
    # What the page forbids itself must not keep axe out.
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.goto(report.as_uri())
    yield page, heard
    context.close()


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_the_report_reads_well_and_asks_nobody(
    opened: tuple[Page, list[str]], report: Path, scheme: str, width: int
) -> None:
    page, heard = opened
    assert [text for text in heard if not text.startswith("data:")] == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == []
    assert page.locator("script, img, iframe, object, form").count() == 0
    assert page.title().endswith(": report of the class")


@pytest.mark.parametrize("report", ["a class"], indirect=True)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200)])
def test_the_table_of_tasks_is_whole_on_a_laptop(
    opened: tuple[Page, list[str]], report: Path, scheme: str, width: int
) -> None:
    page, _ = opened
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    for name in ("tasks", "parts", "mistakes", "submissions"):
        region = page.locator(f'[aria-labelledby="{name}-caption"]')
        assert region.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, name


@pytest.mark.parametrize("report", ["a class"], indirect=True)
def test_the_policy_of_the_page_lets_its_style_in_and_nothing_else(
    browser: Browser, report: Path
) -> None:
    page = browser.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.goto(report.as_uri())
    assert heard == []
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "600"
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'broken'";
          const style = document.createElement("style");
          style.textContent = "h1 { font-weight: 100 }";
          document.head.append(script, style);
        }"""
    )
    assert page.title() == "image-spectra: report of the class"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "600"
    assert len([text for text in heard if "Content Security Policy" in text]) == 2
    page.close()


@pytest.mark.parametrize("report", ["a class"], indirect=True)
def test_headings_come_in_order_and_figures_say_their_numbers(
    browser: Browser, report: Path
) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    alts = page.eval_on_selector_all(
        "svg[role=img]", "all => all.map(e => e.getAttribute('aria-label'))"
    )
    assert alts[0].startswith("Histogram of 34 marks from ")
    assert len(alts) == 1 + len(TASKS)
    tables = page.locator("table")
    assert page.locator("table > caption").count() == tables.count() > 5
    assert page.locator("th:not([scope])").count() == 0
    page.close()
