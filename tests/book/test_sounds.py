"""Sounds in the pages: they play, by keyboard too, and words say what there is to hear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import open_page
from playwright.sync_api import Browser, Page

# Seconds of the sounds on each page that plays some.
SECONDS = {
    "book/colours-of-noise.html": [2, 2, 2],
    "book/sound-as-numbers.html": [3.2, 5, 3, 2.69, 4],
    "book/cepstrum-pitch-and-envelope.html": [2.5, 2.56, 2.5, 2.5],
    "book/no-power-law-in-a-waveform.html": [2.5] * 10,
    "book/log-mel-is-an-image.html": [2.5] * 3,
    "book/mfcc-and-cepstral-diffusion.html": [2.016] * 10,
}
# How many of them are others' recordings.
OWED = {
    "book/sound-as-numbers.html": 5,
    "book/no-power-law-in-a-waveform.html": 10,
    "book/log-mel-is-an-image.html": 2,
    "book/cepstrum-pitch-and-envelope.html": 4,
    "book/mfcc-and-cepstral-diffusion.html": 5,
}


@pytest.fixture(params=SECONDS)
def sounding(request: pytest.FixtureRequest) -> str:
    """A page with players."""
    return str(request.param)


@pytest.fixture(params=["http", "file"])
def page(
    request: pytest.FixtureRequest, sounding: str, browser: Browser, address: str, site: Path
) -> Iterator[Page]:
    """The page with players, over http and from a downloaded folder."""
    page = browser.new_page()
    whole = f"{address}/{sounding}" if request.param == "http" else (site / sounding).as_uri()
    open_page(page, whole)
    yield page
    page.close()


def test_every_sound_can_be_played_as_it_is_embedded(page: Page, sounding: str) -> None:
    page.wait_for_function("[...document.querySelectorAll('audio')].every(a => a.readyState > 0)")
    players = page.eval_on_selector_all(
        "audio", "all => all.map(a => [a.duration, a.error, a.controls, a.autoplay, a.paused])"
    )
    for (seconds, *state), expected in zip(players, SECONDS[sounding], strict=True):
        assert seconds == pytest.approx(expected, abs=0.001)
        assert state == [None, True, False, True]


def test_every_player_has_a_name_and_its_description_beside_it(page: Page) -> None:
    groups = page.locator(".sound")
    for group in groups.all():
        name = group.locator("audio").get_attribute("aria-label")
        assert name
        assert group.get_attribute("aria-label") == name
        assert len(group.locator("p").first.inner_text()) > len(name) + 20


def test_below_each_recording_stands_whom_it_is_owed_to(page: Page, sounding: str) -> None:
    owed = page.locator(".sound .attribution").all_inner_texts()
    assert len(owed) == OWED.get(sounding, 0)
    for line in owed:
        assert "CC BY" in line or "public domain" in line
        assert "https://creativecommons.org/" in line


def test_the_keyboard_starts_a_sound(page: Page) -> None:
    page.locator("audio").first.focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
