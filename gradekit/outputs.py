"""What code produced, for the feedback page: pictures inside the page, text, clean HTML."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from nbformat import NotebookNode

from gradekit.clean import LONGEST_TEXT, from_html, plain
from gradekit.formulas import from_tex
from gradekit.markdown import coloured, from_markdown
from gradekit.task import SCORE_MIME

MOST_OUTPUTS = 100
LARGEST_PICTURE = 4 << 20
UNNAMED = "Figure made by the cell above, without a description"
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
TEXTS: dict[str, Callable[[str], Markup]] = {
    "text/html": from_html,
    "text/markdown": from_markdown,
    "text/latex": from_tex,
    "text/plain": plain,
}


def code(text: str) -> Markup:
    """Return Python code with its parts marked for colour."""
    if len(text) > LONGEST_TEXT:
        return plain(text)
    return Markup(f"<pre><code>{coloured(text)}</code></pre>")  # noqa: S704 - Pygments escapes


def score(cell: NotebookNode) -> Markup:
    """Return what a task says of its parts; empty if the cell holds no score."""
    data = (output.get("data", {}) for output in cell.get("outputs", []))
    found = (d["text/html"] for d in data if SCORE_MIME in d and "text/html" in d)
    return next((from_html(_text(html), ours=True) for html in found), Markup())


def outputs(cell: NotebookNode) -> list[Markup]:
    """Return what the code of a cell produced, each piece as HTML; scripts and widgets are not."""
    found = cell.get("outputs", [])
    shown = [piece for piece in map(_output, found[:MOST_OUTPUTS]) if piece]
    if len(found) > MOST_OUTPUTS:
        shown.append(plain(f"… ({len(found) - MOST_OUTPUTS} more outputs are left out)"))
    return shown


def _output(output: NotebookNode) -> Markup:
    if output.output_type == "stream":
        return plain(_text(output.text))
    if output.output_type == "error":
        return plain("\n".join(map(str, output.traceback)))
    data = output.get("data", {})
    for mime in PICTURES:
        if mime in data:
            return _picture(_text(data[mime]), mime, output.get("metadata", {}))
    for mime, show in TEXTS.items():
        if mime in data:
            return show(_text(data[mime]))
    return Markup()


def _picture(content: str, mime: str, metadata: dict[str, Any]) -> Markup:
    raw = content.encode() if mime == "image/svg+xml" else _decoded(content)
    if not raw or len(raw) > LARGEST_PICTURE:
        return plain("(a picture that is broken or larger than 4 MiB is left out)")
    own = metadata.get(mime)
    alt = str(own.get("alt") or "").strip() if isinstance(own, dict) else ""
    # Inside an `img` the scripts and links of an SVG do nothing.
    source = f"data:{mime};base64,{base64.b64encode(raw).decode()}"
    return Markup('<img src="{}" alt="{}">').format(source, escape(alt or UNNAMED))


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return b""


def _text(content: object) -> str:
    return "".join(map(str, content)) if isinstance(content, list) else str(content)
