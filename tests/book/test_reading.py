"""The book as it is used: searched, on a phone, from a folder, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import SCHEMES, open_page, violations
from playwright.sync_api import Browser, Page

PAGE = "book/pixels-to-frequencies.html"


@pytest.fixture(params=SCHEMES)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new page, light and dark, with animations off."""
    context = browser.new_context(color_scheme=request.param, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    """One page for all searches."""
    page = browser.new_page()
    yield page
    page.close()


def find(page: Page, base: str, words: str) -> list[str]:
    """Search the book; return the addresses found."""
    page.goto(f"{base}/search.html?q={quote(words)}")
    page.wait_for_selector("#search-results .search-summary:has-text('found')")
    return page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")


def title_of(page: Page, address: str) -> str:
    """Return the title of a page, without its number."""
    page.goto(address)
    return page.locator("h1").first.inner_text().strip("#0123456789. \n")


def test_search_finds_each_page_by_its_title(desk: Page, address: str, name: str) -> None:
    wanted = PAGE if name == "search.html" else name
    found = find(desk, address, title_of(desk, f"{address}/{wanted}"))
    assert any(url.startswith(f"{address}/{wanted}") for url in found)


def test_search_works_from_a_downloaded_folder(desk: Page, site: Path) -> None:
    base = site.as_uri()
    found = find(desk, base, title_of(desk, f"{base}/{PAGE}"))
    assert any(url.startswith(f"{base}/{PAGE}") for url in found)


def test_search_results_are_accessible(page: Page, address: str) -> None:
    assert find(page, address, "spectrum") != []
    assert violations(page) == []
    page.goto(f"{address}/{PAGE}?highlight=spectrum")
    assert violations(page) == []


def test_the_open_search_dialog_is_accessible(page: Page, address: str) -> None:
    open_page(page, f"{address}/{PAGE}")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#pst-search-dialog[open]")
    assert violations(page) == []
    page.keyboard.type("spectrum")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_the_open_side_bar_of_a_phone_is_accessible(page: Page, address: str, side: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    open_page(page, f"{address}/{PAGE}")
    page.locator(f".{side}-toggle:visible").first.click()
    page.wait_for_selector(f"#pst-{side}-sidebar-modal[open]")
    assert violations(page) == []


def test_the_reader_chooses_the_colours(page: Page, address: str) -> None:
    open_page(page, f"{address}/{PAGE}")
    shown = set()
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        shown.add(page.evaluate("document.documentElement.dataset.theme"))
    assert shown == {"light", "dark"}


def test_it_prints_dark_on_white(page: Page, address: str) -> None:
    open_page(page, f"{address}/{PAGE}")
    theme = "document.documentElement.dataset.theme"
    before = page.evaluate(theme)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(theme) == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(theme) == before


def test_what_scrolls_sideways_is_reached_by_keyboard(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    open_page(page, f"{address}/{PAGE}")
    unreachable = page.evaluate(
        """[...document.querySelectorAll('.bd-article *')].filter((e) =>
             e.scrollWidth > e.clientWidth + 1 &&
             ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) &&
             !e.closest('[tabindex="0"]') && !e.querySelector('[tabindex="0"]'))
           .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert unreachable == []


def test_a_page_reads_without_javascript(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{PAGE}")
    text = page.locator("main").inner_text()
    page.locator("details.sd-dropdown > summary").first.click()
    opened = page.locator("details.sd-dropdown").first.inner_text()
    page.close()
    assert "Afterwards you can" in text
    assert len(opened.splitlines()) > 1
