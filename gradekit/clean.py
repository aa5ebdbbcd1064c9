"""Text and HTML of a submission as HTML that does nothing, asks for nothing and hides nothing.

An allow-list decides (bleach), what browsers treat in a special way is dropped with its contents
first, and what is left is made readable for everybody: pictures say something, lists and tables
are whole, formulas are MathML.
"""

import re
import secrets
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any

import bleach
from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from gradekit.formulas import mathml

LONGEST_TEXT = 20_000
LONGEST_HTML = 200_000
# Nobody nests so deep; parsing what does takes minutes.
DEEPEST = 100
# A formula with more TeX than this may be wider than a phone.
WIDE = 30
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "del", "div", "em", "hr", "i", "img", "kbd", "li"}
    | {"ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"}
    | {"th", "thead", "tr", "ul", *HEADINGS}
)
DROPPED = sorted(
    {"applet", "audio", "base", "button", "canvas", "datalist", "embed", "frame"}
    | {"frameset", "head", "iframe", "input", "link", "map", "math", "meta"}
    | {"noembed", "noframes", "noscript", "object", "option", "picture", "plaintext", "script"}
    | {"select", "source", "style", "svg", "template", "textarea", "title", "video"}
    | {"xmp"}
)
LINK = re.compile(r"(https?://|mailto:)[^\s]+", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
SPAN = re.compile(r"[1-9][0-9]{0,2}")
OURS = re.compile(r"gradekit-[a-z]+")


def from_markdown(text: str, attachments: dict[str, Any] | None = None) -> Markup:
    """Return Markdown as clean HTML, its formulas as MathML; very long text stays as it is."""
    if len(text) > LONGEST_TEXT:
        return plain(text)
    renderer = _Renderer(attachments or {})
    html = str(MarkdownWithMath(renderer=renderer).render(text))
    if _Depth.of(html) > DEEPEST:
        return plain(text)
    soup = _soup(html)
    _put_formulas(soup, renderer.formulas)
    return Markup(str(soup))  # noqa: S704 - cleaned


def from_html(html: str, *, ours: bool = False) -> Markup:
    """Return HTML cleaned; `ours` keeps gradekit's own classes.

    HTML that is very long or very deep stays as it is, as text.
    """
    if len(html) > LONGEST_HTML or _Depth.of(html) > DEEPEST:
        return plain(html)
    return Markup(str(_soup(html, ours=ours)))  # noqa: S704 - cleaned


def from_tex(text: str) -> Markup:
    """Return LaTeX between dollars, or without them, as a displayed formula."""
    tex = text.strip().strip("$").removeprefix("\\displaystyle").strip()
    return Markup(str(_formula(tex, display=True)))  # noqa: S704 - made here


def plain(text: str) -> Markup:
    """Return text as it stands, shortened if it is very long."""
    shown = (
        text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n… (the rest is left out)"
    )
    return Markup(f"<pre>{escape(shown)}</pre>")  # noqa: S704 - escaped


class _Depth(HTMLParser):
    """Counts the tags that are open at once; what needs no end counts as open."""

    now = deepest = 0

    @classmethod
    def of(cls, html: str) -> int:
        parser = cls()
        parser.feed(html)
        return parser.deepest

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("br", "hr", "img", "wbr"):
            self.now += 1
            self.deepest = max(self.deepest, self.now)

    def handle_endtag(self, tag: str) -> None:
        self.now = max(0, self.now - 1)


class _Renderer(IPythonRenderer):
    """Markdown to HTML that is not clean yet, with formulas put aside."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.formulas: dict[str, tuple[str, bool]] = {}

    def block_math(self, body: str) -> str:
        return self._aside(body, display=True)

    def inline_math(self, body: str) -> str:
        return self._aside(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        inner = body if name.startswith("equation") else rf"\begin{{{name}}}{body}\end{{{name}}}"
        return self._aside(inner, display=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre>{escape(code)}</pre>"

    def _aside(self, tex: str, *, display: bool) -> str:
        # A word that no submission can foresee.
        word = f"formula{secrets.token_hex(8)}"
        self.formulas[word] = (tex.strip(), display)
        return word

    def _embed_image_or_attachment(self, src: str) -> str:
        name = src.removeprefix("attachment:")
        data = self.attachments.get(name) if name != src else None
        for mime in ("image/png", "image/jpeg", "image/svg+xml"):
            if isinstance(data, dict) and isinstance(data.get(mime), str):
                return f"data:{mime};base64,{data[mime]}"
        return src


def _soup(html: str, *, ours: bool = False) -> BeautifulSoup:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(DROPPED):
        tag.extract()
    for comment in soup(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    attributes = _attribute(ours=ours)
    clean = bleach.clean(
        str(soup), tags=TAGS, attributes=attributes, protocols=["http", "https", "mailto", "data"],
        strip=True,
    )  # fmt: skip
    soup = BeautifulSoup(clean, "html.parser")
    _tidy(soup)
    return soup


def _attribute(*, ours: bool) -> Callable[[str, str, str], bool]:
    rules = {
        ("a", "href"): LINK,
        ("img", "src"): PICTURE,
        ("img", "alt"): re.compile(r".*", re.DOTALL),
        **{(tag, name): SPAN for tag in ("td", "th") for name in ("colspan", "rowspan")},
    }

    def allowed(tag: str, name: str, value: str) -> bool:
        rule = OURS if ours and name == "class" else rules.get((tag, name))
        return bool(rule and rule.fullmatch(value.strip()))

    return allowed


def _tidy(soup: BeautifulSoup) -> None:
    for image in soup("img"):
        _tidy_image(image)
    for link in soup("a"):
        if not link.get("href"):
            link.unwrap()
        else:
            link["rel"] = "noreferrer"
            if not link.get_text(strip=True) and not link.find("img"):
                link.string = str(link["href"])
    for heading in soup(HEADINGS):
        if not heading.get_text(strip=True) and not heading.find("img"):
            heading.extract()
    _tidy_lists(soup)
    for table in soup("table"):
        _tidy_table(table, soup)


def _tidy_image(image: Tag) -> None:
    alt = str(image.get("alt", "")).strip()
    if image.get("src"):
        image["alt"] = alt or "A picture without a description"
    else:
        about = f": {alt}" if alt else ""
        image.replace_with(f"[picture that is not part of this page{about}]")


def _tidy_lists(soup: BeautifulSoup) -> None:
    for group in soup(("ul", "ol")):
        for child in list(group.children):
            loose = str(child).strip() if isinstance(child, NavigableString) else True
            if loose and getattr(child, "name", None) != "li":
                child.wrap(soup.new_tag("li"))
    for item in soup("li"):
        if item.parent is None or item.parent.name not in ("ul", "ol"):
            item.name = "div"


def _tidy_table(table: Tag, soup: BeautifulSoup) -> None:
    for head in table("th"):
        if not head.get_text(strip=True) or not table.find("td"):
            head.name = "td"
    table.wrap(soup.new_tag("div", attrs=_scrolled("Table", "gradekit-wide")))


def _scrolled(label: str, name: str) -> dict[str, str]:
    # What scrolls sideways must be in reach of the keyboard, and then needs a name.
    return {"class": name, "role": "group", "aria-label": label, "tabindex": "0"}


def _put_formulas(soup: BeautifulSoup, formulas: dict[str, tuple[str, bool]]) -> None:
    if not formulas:
        return
    word = re.compile("|".join(formulas))
    for tag in soup(True):
        for name, value in tag.attrs.items():
            if isinstance(value, str):
                tag[name] = word.sub(lambda found: formulas[found[0]][0], value)
    for text in soup(string=word):
        pieces = _split(text, word, formulas)
        text.replace_with(*pieces)


def _split(
    text: str, word: re.Pattern[str], formulas: dict[str, tuple[str, bool]]
) -> list[Tag | NavigableString]:
    pieces: list[Tag | NavigableString] = []
    end = 0
    for found in word.finditer(text):
        tex, display = formulas[found[0]]
        pieces += [NavigableString(text[end : found.start()]), _formula(tex, display=display)]
        end = found.end()
    return [*pieces, NavigableString(text[end:])]


def _formula(tex: str, *, display: bool) -> Tag:
    soup = BeautifulSoup(mathml(tex, display=display), "html.parser")
    formula = soup.find("math")
    if not isinstance(formula, Tag):
        code = soup.new_tag("code")
        code.string = tex
        return code
    if display or len(tex) > WIDE:
        name = "gradekit-formula" if display else "gradekit-inline"
        attributes = _scrolled("Formula", name) if len(tex) > WIDE else {"class": name}
        return formula.wrap(soup.new_tag("span", attrs=attributes))
    return formula
