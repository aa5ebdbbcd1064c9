"""The headless browser that the tests of the book use as well."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

sys.path.append(str(Path(__file__).parents[1] / "book"))

from browsing import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session", autouse=True)
def toykit_everywhere(toykit_importable: None) -> None:
    """Also tests that make no course may run the toy course's cells."""
