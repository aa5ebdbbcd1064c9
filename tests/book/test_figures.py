"""Figures of the built book: a caption without a picture is a failure that no warning tells."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from browsing import TOP, open_page
from playwright.sync_api import Browser

import spectralkit as sk

PAGES = sorted(path.stem for path in (TOP / "book").glob("*.md"))
LEAST = 9  # CSS pixels on a phone, of the letters in a figure
FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)


def without_picture(html: str) -> list[str]:
    """Return the figures of a page that show no picture."""
    return [figure for figure in FIGURE.findall(html) if "<img" not in figure]


def test_every_figure_shows_a_picture(site: Path, name: str) -> None:
    assert without_picture((site / name).read_text("utf-8")) == []


def test_pages_of_the_course_have_figures(site: Path) -> None:
    for page in (page for page in PAGES if page != "running-the-course"):
        assert FIGURE.search((site / "book" / f"{page}.html").read_text("utf-8"))


def test_a_figure_that_shows_only_text_is_found() -> None:
    text = '<figure id="f"><pre>&lt;Figure size 1008x432 with 1 Axes&gt;</pre></figure>'
    assert without_picture(text) == [text]


def font_size() -> float:
    """Size of the words in the course's figures, in their own pixels."""
    with plt.style.context(sk.STYLE):
        return plt.rcParams["font.size"] / 72 * plt.rcParams["figure.dpi"]


def smaller(source: str) -> list[str]:
    """Sizes of words in the code of a page that are less than the style's."""
    sizes = re.findall(r"""fontsize=["']?([\w.-]+)""", source)
    return [size for size in sizes if size != "medium" and not size.endswith("large")]


@pytest.mark.parametrize("page", PAGES)
def test_no_words_in_figures_are_smaller_than_those_of_the_style(page: str) -> None:
    assert smaller((TOP / "book" / f"{page}.md").read_text("utf-8")) == []


def test_words_in_figures_can_be_read_on_a_phone(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    open_page(page, f"{address}/{name}")
    scales = page.eval_on_selector_all(
        ".cell_output img",
        """all => all.filter((image) => image.checkVisibility()).map((image) => {
             const { paddingLeft, paddingRight } = getComputedStyle(image);
             return (image.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight))
               / image.naturalWidth;
           })""",
    )
    page.close()
    assert [scale for scale in scales if scale * font_size() < LEAST] == []


def test_smaller_words_are_found() -> None:
    assert smaller('a(fontsize="small") b(fontsize=8) c(fontsize="medium")') == ["small", "8"]
