"""HTML of a submission as HTML that does nothing, asks for nothing and hides nothing.

An allow-list decides (bleach). What browsers treat in a special way is dropped with its contents
first, and what is left is made readable (`gradekit.tidy`). Feedback pages and formgrader's pages
use the same rules: nbgrader 0.9.6 cleans nothing of a written answer, so a script in it would run
in the instructor's browser, and nbconvert's own cleaning leaves links that a click makes a command
of the instructor's server.
"""

import re
from collections import Counter
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

import bleach
from bs4 import BeautifulSoup
from markupsafe import Markup

from gradekit.tidy import HEADINGS, tidy

# Beyond these, cleaning takes minutes, and no page of the class would come.
LONGEST_TEXT = 50_000
LONGEST_HTML = 200_000
MOST_TAGS = 10_000
DEEPEST = 100
TAGS = frozenset(
    {"a", "b", "blockquote", "br", "caption", "code", "del", "div", "em", "hr", "i", "img", "ins"}
    | {"kbd", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td"}
    | {"tfoot", "th", "thead", "tr", "ul", *HEADINGS}
)
# What shows something or does something; the page says that it was here.
NAMED = frozenset(
    {"applet", "audio", "canvas", "embed", "iframe", "math", "object", "script", "svg", "video"}
)
DROPPED = sorted(
    {"base", "button", "datalist", "frame", "frameset", "head", "input", "link", "map", "meta"}
    | {"noembed", "noframes", "noscript", "option", "picture", "plaintext", "select", "source"}
    | {"style", "template", "textarea", "title", "xmp", *NAMED}
)
LINK = re.compile(r"(https?://|mailto:)[^\s]+", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
# A file that was handed in. A path with a slash in front or a question mark is a command.
FILE = re.compile(r"(?!\.)[\w.-]+(/(?!\.)[\w.-]+)*")
OURS = re.compile(r"gradekit-[a-z]+")
SPAN = re.compile(r"[1-9][0-9]{0,2}")
RULES = {
    ("a", "href"): [LINK],
    ("img", "src"): [PICTURE],
    ("img", "alt"): [re.compile(r".*", re.DOTALL)],
    # Classes of coloured code. Others could make text look, or work, like a part of the page.
    ("div", "class"): [re.compile("highlight")],
    ("span", "class"): [re.compile(r"[a-z]{1,2}\d?")],
    **{(tag, name): [SPAN] for tag in ("td", "th") for name in ("colspan", "rowspan")},
}
# Python's parser takes minutes for thousands of tags that are never finished.
UNFINISHED = re.compile(r"""<(?!/?[a-zA-Z](?:[^<>"']|"[^"<]*"|'[^'<]*')*+>)""")
WITHOUT_END = frozenset({"br", "col", "hr", "img", "wbr"})


def from_html(html: str, *, files: bool = False, ours: bool = False) -> Markup:
    """Return HTML cleaned; what is too much to be cleaned stays as it is, as text.

    Parameters
    ----------
    html : str
    files : bool
        Whether the page can show files that were handed in beside the notebook.
    ours : bool
        Whether gradekit wrote the HTML, so that its classes stay.
    """
    soup = cleaned(html, files=files, ours=ours)
    return plain(html) if soup is None else Markup(str(soup))  # noqa: S704 - cleaned


def plain(text: str) -> Markup:
    """Return text as it stands, shortened if it is very long."""
    shown = (
        text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n… (the rest is left out)"
    )
    return Markup(f"<pre>{escape(shown)}</pre>")  # noqa: S704 - escaped


def cleaned(html: str, *, files: bool = False, ours: bool = False) -> BeautifulSoup | None:
    """Return HTML clean and tidy, for further work; nothing if it is too much to be cleaned."""
    if len(html) > LONGEST_HTML:
        return None
    html = UNFINISHED.sub("&lt;", _without_comments(html))
    if not _Count.of(html).is_sane():
        return None
    soup = BeautifulSoup(html, "html.parser")
    _drop(soup)
    clean = bleach.clean(
        str(soup), tags=TAGS, attributes=_attribute(files=files, ours=ours),
        protocols=["http", "https", "mailto", "data"], strip=True,
    )  # fmt: skip
    soup = BeautifulSoup(clean, "html.parser")
    tidy(soup)
    return soup


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    pieces = [part.partition("-->") for part in others]
    return first + "".join(after if end else f"<!--{text}" for text, end, after in pieces)


class _Count(HTMLParser):
    """Counts tags, and how many are open at once at the most.

    An end counts for its own name only: `</x>` closes no `<div>`.
    """

    @classmethod
    def of(cls, html: str) -> "_Count":
        count = cls()
        count.feed(html)
        count.close()
        return count

    def __init__(self) -> None:
        super().__init__()
        self.tags = self.now = self.deepest = 0
        self.open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags += 1
        if tag not in WITHOUT_END:
            self.open[tag] += 1
            self.now += 1
            self.deepest = max(self.deepest, self.now)

    def handle_endtag(self, tag: str) -> None:
        if self.open[tag]:
            self.open[tag] -= 1
            self.now -= 1

    def is_sane(self) -> bool:
        return self.tags <= MOST_TAGS and self.deepest <= DEEPEST


def _drop(soup: BeautifulSoup) -> None:
    for tag in soup(DROPPED):
        if tag.name in NAMED:
            tag.replace_with(f"[{tag.name} left out]")
        else:
            tag.extract()


def _attribute(*, files: bool, ours: bool) -> Callable[[str, str, str], bool]:
    def allowed(tag: str, name: str, value: str) -> bool:
        rules = list(RULES.get((tag, name), []))
        if files and name in ("href", "src") and rules:
            rules.append(FILE)
        if ours and name == "class":
            rules.append(OURS)
        return any(rule.fullmatch(value.strip()) for rule in rules)

    return allowed
