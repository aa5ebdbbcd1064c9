"""The built site, a server for it, and a browser, each started once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "book"), str(HERE.parents[1] / "book" / "_ext")]

from browsing import SITE, chromium, pages_of, served  # noqa: E402


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a `name` the pages of the site, one after the other."""
    if "name" in metafunc.fixturenames:
        # Without a site there must be a test that fails, not an empty list of tests.
        metafunc.parametrize("name", pages_of(SITE) or ["book/intro.html"], scope="session")


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site."""
    if not (SITE / "index.html").exists():
        pytest.fail("There is no book in _build/html: run `make book` first.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The http address of the site."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with chromium() as browser:
        yield browser
