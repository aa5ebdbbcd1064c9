"""Alt text: taken from the output of a cell, and demanded of every figure."""

from __future__ import annotations

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)
_render_image = NbElementRenderer.render_image


def render_image(renderer: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """Render an image output as MyST-NB does, with the alt text that its metadata carries."""
    images = _render_image(renderer, data)
    alt = data.output_metadata.get(data.mime_type, {}).get("alt")
    if alt:
        for image in images:
            image["alt"] = str(alt)
    return images


def demand_alt_text(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of each image that says nothing to a reader who cannot see it."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            logger.warning(
                "this figure has no alt text: give it one, such as show(figure, alt=...)",
                location=image,
                type="coursebook",
                subtype="alt",
            )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    # MyST-NB finds other renderers through entry points only, and the book is not installed.
    NbElementRenderer.render_image = render_image
    app.connect("doctree-read", demand_alt_text)
