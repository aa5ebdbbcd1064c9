"""Frames: pictures that a slider steps through, and that all stand there without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import SCHEMES, open_page, violations
from playwright.sync_api import Browser, Locator, Page

PAGE = "book/watching-it-happen.html"
WITH_SOUNDS = "book/no-power-law-in-a-waveform.html"
FRAMES = ".cell.tag_frames .cell_output"


def pictures(page: Page) -> Locator:
    """Return all frames of the page."""
    return page.locator(f"{FRAMES} img")


def shown(page: Page) -> list[str]:
    """Return the alt texts of the frames that can be seen."""
    return pictures(page).evaluate_all(
        "all => all.filter(i => i.checkVisibility()).map(i => i.alt)"
    )


def said(page: Page) -> tuple[str, str]:
    """Return what stands beside the slider, and what the slider says of itself."""
    beside = page.locator(".frames-controls output").inner_text()
    return beside, page.get_by_label("Frame").get_attribute("aria-valuetext") or ""


@pytest.mark.parametrize("where", ["http", "file"])
@pytest.mark.parametrize(
    "stepped",
    [
        PAGE,
        WITH_SOUNDS,
        "book/log-mel-is-an-image.html",
        "book/mfcc-and-cepstral-diffusion.html",
    ],
)
def test_the_keyboard_steps_through_all_frames(
    browser: Browser, address: str, site: Path, stepped: str, where: str
) -> None:
    page = browser.new_page()
    open_page(page, f"{address if where == 'http' else site.as_uri()}/{stepped}")
    count = pictures(page).count()
    assert count >= 5
    page.get_by_label("Frame").focus()
    page.keyboard.press("Home")
    seen = []
    for number in range(1, count + 1):
        (alt,) = shown(page)
        moment = f"{alt.split(':')[0]} ({number} of {count})"
        assert said(page) == (moment, moment)
        seen.append(alt)
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == count
    page.keyboard.press("ArrowLeft")
    assert shown(page) == [seen[-2]]
    page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 360])
def test_a_stepped_page_is_accessible_and_fits(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    open_page(page, f"{address}/{PAGE}")
    page.get_by_label("Frame").focus()
    page.keyboard.press("End")
    assert len(shown(page)) == 1
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_without_javascript_and_on_paper_all_frames_stand_there(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{PAGE}")
    all_there = shown(page)
    assert len(all_there) == pictures(page).count()
    page.close()
    page = browser.new_page()
    open_page(page, f"{address}/{PAGE}")
    page.emulate_media(media="print")
    assert shown(page) == all_there
    assert not page.locator(".frames-controls").is_visible()
    page.close()


def test_the_sound_of_a_moment_goes_with_its_picture(browser: Browser, address: str) -> None:
    page = browser.new_page()
    open_page(page, f"{address}/{WITH_SOUNDS}")
    players = page.locator(f"{FRAMES} audio")
    assert players.count() == pictures(page).count()
    page.get_by_label("Frame").focus()
    page.keyboard.press("Home")
    for number in range(players.count()):
        seen = [player.is_visible() for player in players.all()]
        assert [i for i, visible in enumerate(seen) if visible] == [number]
        moment = shown(page)[0].split(":")[0]
        assert moment in (players.nth(number).get_attribute("aria-label") or "")
        page.keyboard.press("ArrowRight")
    page.close()


def test_a_sound_stops_when_its_moment_goes(browser: Browser, address: str) -> None:
    page = browser.new_page()
    open_page(page, f"{address}/{WITH_SOUNDS}")
    page.get_by_label("Frame").focus()
    page.keyboard.press("Home")
    first = f"document.querySelector('{FRAMES} audio')"
    page.locator(f"{FRAMES} audio").first.focus()
    page.keyboard.press("Space")
    page.wait_for_function(f"{first}.currentTime > 0")
    page.get_by_label("Frame").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{first}.paused")
    page.close()


def test_without_javascript_all_sounds_of_the_frames_stand_there(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{WITH_SOUNDS}")
    assert all(player.is_visible() for player in page.locator(f"{FRAMES} audio").all())
    page.close()
