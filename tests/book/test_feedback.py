"""Feedback pages in a browser: they ask for nothing, run nothing, and everybody can read them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import SCHEMES, TOP, violations
from playwright.sync_api import Browser, Page

GRADEKIT = TOP / "tests" / "gradekit"
TOY = GRADEKIT / "toy_course"
sys.path.append(str(GRADEKIT))

from feedback_pages import EVIL, hostile_cells, page, scored  # noqa: E402

from gradekit.course import CONFIG, Course  # noqa: E402
from gradekit.demo import demo  # noqa: E402
from gradekit.notebooks import read  # noqa: E402

WIDTHS = (1280, 360)
KINDS = ("right", "blank", "mistakes-2", "syntax-error", "hostile", "image-spectra")
every_view = pytest.mark.parametrize(
    ("scheme", "width"), [(scheme, width) for scheme in SCHEMES for width in WIDTHS]
)
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of a graded sample class, of an attack and of a whole problem set, by their kind."""
    root = tmp_path_factory.mktemp("toy")
    shutil.copytree(TOY / "solutions", root / "solutions")
    config = (TOP / CONFIG).read_text(encoding="utf-8").replace("spectralkit", "toykit")
    (root / CONFIG).write_text(config, encoding="utf-8")
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        patch.setenv("PYTHONPATH", path)
        folder, _ = demo(Course.at(root), "toy")
    found = {path.parts[-3]: path for path in folder.glob("feedback/*/toy/toy.html")}
    release = read(TOP / "exercises" / "image-spectra" / "image-spectra.ipynb")
    for kind, cells in (("hostile", hostile_cells()), ("image-spectra", release.cells)):
        found[kind] = root / f"{kind}.html"
        found[kind].write_text(page(*cells), encoding="utf-8")
    return found


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., tuple[Page, list[str], list[str]]]]:
    """Open a file; give the page, what it asked for but itself, and what the console said."""
    contexts = []

    def open_file(
        path: Path, scheme: str = "light", width: int = 1280
    ) -> tuple[Page, list[str], list[str]]:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        contexts.append(context)
        page, asked, said = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri(), wait_until="load")
        return page, [url for url in asked if not url.startswith(("data:", path.as_uri()))], said

    yield open_file
    for context in contexts:
        context.close()


@every_kind
@every_view
def test_a_page_is_quiet_whole_and_readable(
    opened: Callable[..., tuple[Page, list[str], list[str]]],
    pages: dict[str, Path],
    kind: str,
    scheme: str,
    width: int,
) -> None:
    page, asked, said = opened(pages[kind], scheme, width)
    found = violations(page)
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    found += violations(page)
    assert (found, asked, said) == ([], [], [])
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.title() == "Feedback: toy"
    assert page.locator("h1").is_visible()


def test_all_formulas_of_a_problem_set_are_drawn(
    opened: Callable[..., tuple[Page, list[str], list[str]]], pages: dict[str, Path]
) -> None:
    page, _, _ = opened(pages["image-spectra"])
    sizes = page.eval_on_selector_all(
        "math", "all => all.map(e => Math.min(e.clientWidth, e.clientHeight))"
    )
    assert len(sizes) >= 15
    assert min(sizes) > 0
    assert "$" not in page.locator(".text").all_inner_texts()
    assert not [text for text in page.locator("code").all_inner_texts() if "\\" in text]


def test_even_what_got_past_the_cleaning_would_do_nothing(
    opened: Callable[..., tuple[Page, list[str], list[str]]], tmp_path: Path
) -> None:
    evil = (
        f"<script>document.title = 'owned'</script><img src='{EVIL}/a.png'>"
        f"<img src=x onerror=\"document.title = 'owned'\"><iframe src='{EVIL}/b'></iframe>"
        "<style>h1 { display: none }</style><h2 id=cover style='display: none'>x</h2>"
        f"<link rel=stylesheet href='{EVIL}/c.css'>"
    )
    path = tmp_path / "page.html"
    path.write_text(page(scored()).replace("</main>", f"{evil}</main>"), encoding="utf-8")
    browser_page, _, said = opened(path)
    assert browser_page.title() == "Feedback: toy"
    blocked = [text for text in said if EVIL in text and "violates the following" in text]
    assert len(blocked) == 3, said  # picture, frame, style
    assert browser_page.locator("h1").is_visible()
    assert browser_page.locator("#cover").is_visible()
