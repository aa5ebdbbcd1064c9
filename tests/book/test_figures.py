"""Figures of the built book: a caption without a picture is a failure that no warning tells."""

from __future__ import annotations

import re
from pathlib import Path

FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)


def without_picture(html: str) -> list[str]:
    """Return the figures of a page that show no picture."""
    return [figure for figure in FIGURE.findall(html) if "<img" not in figure]


def test_every_figure_shows_a_picture(site: Path, name: str) -> None:
    assert without_picture((site / name).read_text("utf-8")) == []


def test_pages_of_the_course_have_figures(site: Path) -> None:
    for page in ("intro", "pixels-to-frequencies", "one-curve-per-image", "a-power-law",
                 "noise-is-flat", "colours-of-noise", "the-rising-tide",
                 "sound-as-numbers", "no-power-law-in-a-waveform",
                 "log-mel-is-an-image"):  # fmt: skip
        assert FIGURE.search((site / "book" / f"{page}.html").read_text("utf-8"))


def test_a_figure_that_shows_only_text_is_found() -> None:
    text = '<figure id="f"><pre>&lt;Figure size 1008x432 with 1 Axes&gt;</pre></figure>'
    assert without_picture(text) == [text]
