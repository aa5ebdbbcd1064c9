"""What the accessibility checker finds in HTML that is not ours, put right page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

REMEDIES = (
    # A label that hides the text of a hidden cell's button.
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    # The empty corner of a table is not the header of anything.
    ('<th class="head"><p></p></th>', "<td></td>"),
    # Roles that are deprecated, or that stand where they may not.
    (' role="doc-biblioentry"', ""),
    ('<div role="list" class="citation-list">', '<div class="citation-list">'),
)


def remedy(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Apply the remedies to the body of a page."""
    for found, better in REMEDIES if "body" in context else ():
        context["body"] = context["body"].replace(found, better)


def drop_source_maps(app: Sphinx, exception: Exception | None) -> None:
    """Remove the theme's source maps: a third of the site, of no use to readers."""
    for path in Path(app.outdir).rglob("*.map"):
        path.unlink()


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", remedy)
    app.connect("build-finished", drop_source_maps)
