"""The book's own Sphinx extension.

- `execution`: a cache of executed pages that follows the library, and pages run in parallel;
- `figures`: the alt text of figures, and a warning for each figure without one;
- `directives`: the head of a page;
- `reference`: links from docstrings to pages;
- `html`: what the accessibility checker finds in the HTML of Sphinx and its extensions, put right.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from . import directives, figures, html, reference
from .execution import cache_folder


def use_cache_of_this_library(app: Sphinx, config: Config) -> None:
    """Keep executed pages in the folder that belongs to the library as it is now."""
    config["nb_execution_cache_path"] = str(cache_folder(app.srcdir))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts to Sphinx."""
    # Jupyter Book sets this value of sphinx_comments, an extension that the book leaves out.
    app.add_config_value("comments_config", {}, "")
    app.connect("config-inited", use_cache_of_this_library)
    for part in (directives, figures, html, reference):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
