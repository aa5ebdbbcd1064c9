"""The library's reference: each docstring leads to the page that explains it."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

BOOK_LINE = re.compile(r"^Book: (\S+)$")


def link_pages(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Turn a docstring's line `Book: page` into a link; a page that does not exist is a warning."""
    lines[:] = [BOOK_LINE.sub(r"Book: :doc:`/book/\1`", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", link_pages)
