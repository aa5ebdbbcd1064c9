"""Numbers in prose come from cells of the same page that the reader can open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
PAGES = sorted(path.stem for path in BOOK.glob("*.md"))


def text(page: str) -> str:
    """Text of a page."""
    return (BOOK / f"{page}.md").read_text("utf-8")


def glued(source: str) -> list[str]:
    """Keys that the cells of a page give a value to."""
    return re.findall(r'\bglue\(\s*"([^"]+)"', source)


def used(source: str) -> set[str]:
    """Keys that its prose shows, by role or by directive."""
    return set(re.findall(r"\{glue:\w*\}[`\s]+([^`:\s]+)", source))


def test_the_pages_glue_numbers() -> None:
    assert any(glued(text(page)) for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_glued_number_is_shown_and_every_shown_number_is_glued(page: str) -> None:
    source = text(page)
    keys = glued(source)
    assert len(keys) == len(re.findall(r"\bglue\(", source)), "a key is not a literal string"
    assert sorted(keys) == sorted(set(keys)), "a key is glued twice"
    assert set(keys) - used(source) == set(), "glued, but not shown"
    assert used(source) - set(keys) == set(), "shown, but not glued"


@pytest.mark.parametrize("page", PAGES)
def test_no_cell_is_removed_so_every_number_can_be_traced(page: str) -> None:
    assert re.findall(r"remove[-_](?:cell|input)", text(page)) == []
