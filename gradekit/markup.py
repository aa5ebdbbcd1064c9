"""HTML of submissions, cleaned before a page shows it: no script, no other host, no command.

nbgrader 0.9.6 cleans nothing of a written answer, so a script in it runs in the instructor's
browser. And nbconvert's own cleaning cuts pictures, paragraphs and table heads, and leaves links
that a click makes a command of the instructor's server. The three functions replace nbconvert's
filters of the same purpose; `gradekit.settings` says where.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any

from bleach.sanitizer import ALLOWED_TAGS, Cleaner
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.filters.metadata import get_metadata

# fmt: off
TAGS = ALLOWED_TAGS | {
    "br", "caption", "dd", "del", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "img", "ins", "p", "pre", "s", "span", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr",
}
# fmt: on
# Classes of coloured code. Others could make text look, or work, like a part of the page.
CLASS = re.compile(r"highlight|hl-\w+|[a-z]{1,2}\d?")
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
# A file that was handed in. A path with a slash in front or a question mark is a command.
FILE = re.compile(r"(?!\.)[\w.-]+(/(?!\.)[\w.-]+)*")
LINK = re.compile(r"(https?://|mailto:|#).*")
# Beyond these, cleaning takes minutes, and no page of the class would come: see `_is_sane`.
LONGEST_MARKDOWN = 100_000
MOST_SIGNS = 50_000
DEEPEST = 500
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
WITHOUT_END = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}


def _allowed(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("img", "src"):
        return bool(PICTURE.fullmatch(value) or FILE.fullmatch(value))
    if (tag, name) == ("a", "href"):
        return bool(LINK.fullmatch(value) or FILE.fullmatch(value))
    if name == "class":
        return tag in ("div", "span") and all(map(CLASS.fullmatch, value.split()))
    return name == "title" or (tag == "img" and name == "alt")


def clean(html: object) -> str:
    """Keep the ordinary elements of a text and what a picture or a link needs.

    Parameters
    ----------
    html : str or bytes
        Anything; other elements than those of a text are shown as they are written, and so is
        all of it if there is far too much.
    """
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    if not _is_sane(text):
        return f"<pre>{escape(text)}</pre>"
    # A cleaner keeps state, so that each text gets its own.
    cleaner = Cleaner(tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"])
    return str(cleaner.clean(text))


def _is_sane(text: str) -> bool:
    """Whether elements are few enough, and few enough stand open at once."""
    if text.count("<") + text.count("&") > MOST_SIGNS:
        return False
    opened: Counter[str] = Counter()
    deepest: Counter[str] = Counter()
    for end, name in TAG.findall(text.lower()):
        if name not in WITHOUT_END:
            opened[name] = max(0, opened[name] + (-1 if end else 1))
            deepest[name] = max(deepest[name], opened[name])
    return deepest.total() <= DEEPEST


class _Renderer(IPythonRenderer):
    """Shows the description of a picture that was not handed in."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        try:
            return str(super().image(text, url, title))
        except InvalidNotebook:
            return f"[missing picture: {self.escape_html(text)}]"


@pass_context
def markdown(context: Mapping[str, Any], source: str) -> str:
    """Turn Markdown of a submission into clean HTML, with the pictures attached to its cell."""
    if len(source) > LONGEST_MARKDOWN:
        return f"<pre>{escape(source)}</pre>"
    attached = context.get("cell", {}).get("attachments", {})
    pictures = {name: data for name, data in attached.items() if data}
    renderer = _Renderer(escape=False, attachments=pictures, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def metadata(output: Mapping[str, Any], key: str, mimetype: str | None = None) -> Any:
    """Return what an output says of its picture, which nbconvert writes without quotes."""
    value = get_metadata(output, key, mimetype)  # type: ignore[no-untyped-call]
    return value if key == "alt" or isinstance(value, int | float) else None
