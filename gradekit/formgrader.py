"""What nbgrader's formgrader must not do on an instructor's server, with submissions on its pages.

Measured with nbgrader 0.9.6. The address ``/formgrader?path=submitted/...`` loads, and so runs, an
``nbgrader_config.py`` out of any folder: a picture with this address in a notebook, opened in
JupyterLab as well, is enough to run a file that was handed in. An HTML file of a submission opens
as a page of the server, with all the instructor's rights. The name of a student, which whoever
hands in through the exchange chooses, is written into the pages as it is, and so is the HTML of
a written answer.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, pass_context
from markupsafe import Markup
from nbconvert.filters.metadata import get_metadata as _get_metadata
from nbgrader.server_extensions.formgrader import formgrader, handlers
from tornado import web

from gradekit.clean import from_html
from gradekit.markdown import from_markdown


@web.authenticated
def _to_assignments(self: handlers.FormgraderHandler) -> None:
    self.redirect(f"{self.base_url}/formgrader/manage_assignments")


def _alone(self: handlers.SubmissionFilesHandler) -> str:
    """Scripts of a file do not run, and the file belongs to no server."""
    return f"{super(handlers.SubmissionFilesHandler, self).content_security_policy}; sandbox"


def install() -> None:
    """Make formgrader take its configuration from the course alone, and trust no name or file.

    nbgrader has no setting for any of this; `gradekit.settings` runs before the first request.
    """
    handlers.FormgraderHandler.get = _to_assignments
    handlers.SubmissionFilesHandler.content_security_policy = property(_alone)
    formgrader.Environment = partial(Environment, autoescape=True)


# The filters that take the place of nbconvert's own with these names: see `gradekit.settings`.


def clean_html(html: object) -> Markup:
    """Return HTML cleaned, unless it comes out of `markdown2html` and is clean already."""
    if isinstance(html, Markup):
        return html
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return from_html(text, files=True)


@pass_context
def markdown2html(context: Mapping[str, Any], source: str) -> Markup:
    """Turn Markdown into clean HTML, with the pictures attached to its cell."""
    return from_markdown(source, context.get("cell", {}).get("attachments"), files=True)


def get_metadata(output: Mapping[str, Any], key: str, mimetype: str | None = None) -> Any:
    """Return what an output says of its picture, which nbconvert writes without quotes."""
    value = _get_metadata(output, key, mimetype)  # type: ignore[no-untyped-call]
    return value if key == "alt" or isinstance(value, int | float) else None
