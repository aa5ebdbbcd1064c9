"""The library's reference: complete, and tied to the pages in both directions."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from browsing import TOP

import spectralkit

PAGES = {path.stem for path in (TOP / "book").glob("*.md")}
EXPLAINED = [name for name in spectralkit.__all__ if inspect.isroutine(getattr(spectralkit, name))]


@pytest.mark.parametrize("public", spectralkit.__all__)
def test_every_public_name_is_in_the_reference(site: Path, public: str) -> None:
    html = (site / "book" / "reference" / "api.html").read_text("utf-8")
    assert re.search(rf'id="(module-)?spectralkit\.(\w+\.)*{public}"', html)


@pytest.mark.parametrize("public", EXPLAINED)
def test_every_function_names_a_page_that_uses_it(public: str) -> None:
    docstring = inspect.getdoc(getattr(spectralkit, public)) or ""
    pages = re.findall(r"^Book: (\S+)$", docstring, flags=re.MULTILINE)
    assert len(pages) == 1
    assert pages[0] in PAGES
    text = (TOP / "book" / f"{pages[0]}.md").read_text("utf-8")
    assert re.search(rf"\b{public}\b", text), f"{pages[0]} does not use {public}"
