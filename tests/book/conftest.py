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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let workers share the files with each other, and the pages of the largest one page by page.

    What a worker has made or seen for one test of a file or a page serves the next one too.
    """
    for item in items:
        group = item.path.name
        if group == "test_pages.py" and isinstance(item, pytest.Function):
            group = item.callspec.params["name"]
        item.add_marker(pytest.mark.xdist_group(group))


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
