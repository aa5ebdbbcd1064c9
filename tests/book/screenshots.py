"""Take pictures of the built book: `python tests/book/screenshots.py [PAGE ...]`.

Every page, or those named (`book/intro.html`), as on a desk and on a phone, light and dark.
The pictures are written to `_build/screenshots`; those called `top` show the first screen only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from browsing import SCHEMES, SITE, chromium, open_page, pages_of, served
from playwright.sync_api import Browser

VIEWPORTS = {"desk": (1280, 900), "phone": (360, 740)}


def take(browser: Browser, address: str, pages: list[str], folder: Path) -> None:
    """Write the pictures of pages in one folder."""
    for view, (width, height) in VIEWPORTS.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                color_scheme=scheme,
                reduced_motion="reduce",
                viewport={"width": width, "height": height},
                device_scale_factor=2 if view == "phone" else 1,
            )
            page = context.new_page()
            for name in pages:
                open_page(page, f"{address}/{name}")
                stem = f"{name.removesuffix('.html').replace('/', '-')}-{view}-{scheme}"
                page.screenshot(path=folder / f"{stem}-top.png")
                page.screenshot(path=folder / f"{stem}.png", full_page=True)
            context.close()


if __name__ == "__main__":
    if not SITE.exists():
        sys.exit(f"There is no book in {SITE}: run `make book` first.")
    target = SITE.parent / "screenshots"
    target.mkdir(exist_ok=True)
    with served(SITE) as address, chromium() as browser:
        take(browser, address, sys.argv[1:] or pages_of(SITE), target)
    print(f"Pictures: {target}")
