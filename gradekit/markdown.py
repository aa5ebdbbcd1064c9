"""Markdown of a submission, and code in it, as clean HTML."""

from collections.abc import Mapping
from html import escape
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

from gradekit.clean import LONGEST_TEXT, cleaned, plain
from gradekit.formulas import Formulas

PYTHON = ("python", "python3", "py", "ipython", "ipython3")


def from_markdown(
    text: str, attachments: Mapping[str, Any] | None = None, *, files: bool = False
) -> Markup:
    """Return Markdown as clean HTML, its formulas as MathML; very long text stays as it is.

    Parameters
    ----------
    text : str
    attachments : mapping, optional
        Pictures attached to the cell.
    files : bool
        Whether the page can show files that were handed in beside the notebook.
    """
    if len(text) > LONGEST_TEXT:
        return plain(text)
    renderer = _Renderer(attachments or {})
    html = str(MarkdownWithMath(renderer=renderer).render(text))
    soup = cleaned(html, files=files)
    if soup is None:
        return plain(text)
    renderer.formulas.put(soup)
    return Markup(str(soup))  # noqa: S704 - cleaned


def coloured(code: str) -> str:
    """Return Python code as HTML with its parts marked for colour."""
    return str(highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)))


class _Renderer(IPythonRenderer):
    """Markdown to HTML that is not clean yet, with formulas put aside."""

    def __init__(self, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=dict(attachments))
        self.formulas = Formulas()

    def block_math(self, body: str) -> str:
        return self.formulas.aside(body, display=True)

    def inline_math(self, body: str) -> str:
        return self.formulas.aside(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        inner = body if name.startswith("equation") else rf"\begin{{{name}}}{body}\end{{{name}}}"
        return self.formulas.aside(inner, display=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        # A submission names the language: of several hundred lexers some can be made to hang.
        marked = coloured(code) if (info or "").strip().lower() in PYTHON else escape(code)
        return f'<div class="highlight"><pre>{marked}</pre></div>'

    def _embed_image_or_attachment(self, src: str) -> str:
        name = src.removeprefix("attachment:")
        data = self.attachments.get(name) if name != src else None
        for mime in ("image/png", "image/jpeg", "image/svg+xml"):
            if isinstance(data, dict) and isinstance(data.get(mime), str):
                return f"data:{mime};base64,{data[mime]}"
        return src
