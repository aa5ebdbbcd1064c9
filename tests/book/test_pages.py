"""Every page of the built book in a browser: what it asks for, what it says, how it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from browsing import SCHEMES, open_page, violations
from playwright.sync_api import Browser, ConsoleMessage, Page

WIDTHS = (1280, 360)

Visit = Callable[[str, str, int], "Seen"]
Opener = Callable[..., Page]


@dataclass
class Seen:
    """What a visit to a page showed."""

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    sideways: int = 0
    undrawn: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Note a message of the console; the theme's scripts log what they do."""
        if message.type in ("error", "warning"):
            self.messages.append(message.text)


def listen(page: Page) -> Seen:
    """Note each request of a page, each error and each warning."""
    seen = Seen()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.on("console", seen.hear)
    return seen


def look(page: Page, seen: Seen) -> None:
    """Note the alt texts, the sideways scrolling and the formulas that are not drawn."""
    seen.alts = page.eval_on_selector_all("img", "all => all.map(i => i.getAttribute('alt') ?? '')")
    seen.sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    seen.undrawn = page.evaluate(
        """[...document.querySelectorAll('.math')]
           .filter(e => !e.querySelector('mjx-container') || e.querySelector('[data-mjx-error]'))
           .map(e => e.textContent)"""
    )


@pytest.fixture(scope="session")
def opener(browser: Browser) -> Iterator[Opener]:
    """Open pages for a colour scheme at a width; without animations, to see colours at rest."""
    contexts = {
        (scheme, width): browser.new_context(
            color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 800}
        )
        for scheme in SCHEMES
        for width in WIDTHS
    }
    yield lambda scheme="light", width=1280: contexts[scheme, width].new_page()
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def visit(opener: Opener, address: str) -> Visit:
    """Visit a page over http, once for all tests: as it is, and with all its details opened."""

    @cache
    def seen_at(name: str, scheme: str, width: int) -> Seen:
        page = opener(scheme, width)
        seen = listen(page)
        open_page(page, f"{address}/{name}")
        look(page, seen)
        seen.violations = violations(page)
        closed = page.locator("details:not([open])")
        if closed.count():
            closed.evaluate_all("all => all.forEach(e => { e.open = true; })")
            seen.violations += violations(page)
        page.close()
        return seen

    return seen_at


every_view = pytest.mark.parametrize(
    ("scheme", "width"), [(scheme, width) for scheme in SCHEMES for width in WIDTHS]
)


@every_view
def test_no_request_leaves_the_site(
    visit: Visit, address: str, name: str, scheme: str, width: int
) -> None:
    requests = visit(name, scheme, width).requests
    assert [url for url in requests if not url.startswith((address, "data:"))] == []


@every_view
def test_the_console_is_silent(visit: Visit, name: str, scheme: str, width: int) -> None:
    assert visit(name, scheme, width).messages == []


@every_view
def test_axe_finds_nothing_even_with_all_details_open(
    visit: Visit, name: str, scheme: str, width: int
) -> None:
    assert visit(name, scheme, width).violations == []


def test_every_picture_says_what_it_shows(visit: Visit, name: str) -> None:
    alts = visit(name, "light", 1280).alts
    assert [alt for alt in alts if not alt.strip() or "_images/" in alt] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(visit: Visit, name: str, width: int) -> None:
    assert visit(name, "light", width).sideways <= 0


def test_every_formula_is_drawn(visit: Visit, name: str) -> None:
    assert visit(name, "light", 1280).undrawn == []


def test_a_downloaded_folder_reads_as_well(opener: Opener, site: Path, name: str) -> None:
    page = opener()
    seen = listen(page)
    open_page(page, (site / name).as_uri())
    look(page, seen)
    page.close()
    outside = [u for u in seen.requests if not u.startswith((site.as_uri(), "data:"))]
    assert (outside, seen.messages, seen.undrawn) == ([], [], [])
