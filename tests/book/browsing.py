"""Headless Chromium, and a local server for the built site."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

TOP = Path(__file__).resolve().parents[2]
SITE = TOP / "_build" / "html"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
AXE = TOP / "book" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = ("light", "dark")
# Chromium's own sandbox does not start for root, and containers give /dev/shm 64 MB.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking")


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line of log for each."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on a free local port; give the address."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(site))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        raise FileNotFoundError(f"No browser found: install one of {', '.join(CHROMIUMS)}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def open_page(page: Page, address: str) -> None:
    """Open an address and wait until its formulas are drawn."""
    page.goto(address, wait_until="load")
    page.evaluate("globalThis.MathJax?.startup?.promise")


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page as it stands."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(
        """axe.run(document, {resultTypes: ['violations'], preload: false}).then((found) =>
             found.violations.flatMap((rule) =>
               rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`)))"""
    )


def pages_of(site: Path) -> list[str]:
    """Return the pages of a site, but for the one that only leads to the first."""
    pages = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(page for page in pages if page != "index.html" and not page.startswith("_"))
