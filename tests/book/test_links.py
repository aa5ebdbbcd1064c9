"""Links of the built book: each leads to a file and a place that exist."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class Links(HTMLParser):
    """The places of a page, and what it links to or loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes that matter."""
        for key, value in attrs:
            if key == "id" and value:
                self.places.add(value)
            elif key in ("href", "src") and value:
                self.targets.append(value)


@cache
def links_of(path: Path) -> Links:
    """Read a page."""
    return Links(path.read_text("utf-8"))


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere within the site."""
    found = []
    for target in links_of(page).targets:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        path = page.parent / unquote(parts.path) if parts.path else page
        place = unquote(parts.fragment)
        if not path.is_file() or (
            place and path.suffix == ".html" and place not in links_of(path).places
        ):
            found.append(target)
    return found


def test_links_lead_somewhere(site: Path, name: str) -> None:
    assert broken(site / name) == []


def test_the_first_page_leads_to_the_course(site: Path) -> None:
    assert broken(site / "index.html") == []
    assert "book/intro.html" in links_of(site / "index.html").targets


@pytest.mark.parametrize("link", ["b.html", "#there", "a.html#there"])
def test_a_broken_link_is_found(tmp_path: Path, link: str) -> None:
    page = tmp_path / "a.html"
    page.write_text(f'<p id="here"><a href="#here">good</a> <a href="{link}">broken</a></p>')
    assert broken(page) == [link]


def test_released_notebooks_can_be_downloaded(site: Path) -> None:
    pages = list((site / "exercises").rglob("*.html"))
    assert pages
    for page in pages:
        assert any(link.endswith(f"/{page.stem}.ipynb") for link in links_of(page).targets), page
