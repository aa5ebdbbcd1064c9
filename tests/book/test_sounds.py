"""Sounds in the pages: they play, by keyboard too, and words say what there is to hear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import open_page
from playwright.sync_api import Browser, Page

PAGE = "book/colours-of-noise.html"


@pytest.fixture(params=["http", "file"])
def page(
    request: pytest.FixtureRequest, browser: Browser, address: str, site: Path
) -> Iterator[Page]:
    """The page with players, over http and from a downloaded folder."""
    page = browser.new_page()
    open_page(page, f"{address}/{PAGE}" if request.param == "http" else (site / PAGE).as_uri())
    yield page
    page.close()


def test_every_sound_can_be_played_as_it_is_embedded(page: Page) -> None:
    page.wait_for_function("[...document.querySelectorAll('audio')].every(a => a.readyState > 0)")
    players = page.eval_on_selector_all(
        "audio", "all => all.map(a => [a.duration, a.error, a.controls, a.autoplay, a.paused])"
    )
    assert players == [[2, None, True, False, True]] * 3


def test_every_player_has_a_name_and_its_description_beside_it(page: Page) -> None:
    groups = page.locator(".sound")
    for group in groups.all():
        name = group.locator("audio").get_attribute("aria-label")
        assert name
        assert group.get_attribute("aria-label") == name
        assert len(group.locator("p").inner_text()) > len(name) + 20


def test_the_keyboard_starts_a_sound(page: Page) -> None:
    page.locator("audio").first.focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
