r"""TeX formulas as MathML, which browsers draw without a script, a font or a network.

docutils converts. Its converter calls itself provisional and does not know all of TeX, so that
`mathml` returns nothing where it fails and the TeX itself is shown.
"""

import re
import secrets
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from docutils.utils.math.latex2mathml import tex2mathml
from markupsafe import Markup

from gradekit.tidy import scrolled

LONGEST = 2000
# A formula with more TeX than this may be wider than a phone.
WIDE = 30
# `\tfrac12` is `\tfrac{1}{2}`.
DIGITS = re.compile(r"(\\[dt]?frac) *([0-9]) *([0-9])")
# A MathError is a ValueError; broken TeX makes the converter stumble in the other ways too.
BROKEN = (ValueError, LookupError, AttributeError, NameError, TypeError, RecursionError)


def mathml(tex: str, *, display: bool) -> str:
    """Return a formula as a ``math`` element, or an empty string if that is not possible."""
    if len(tex) > LONGEST:
        return ""
    try:
        return str(tex2mathml(DIGITS.sub(r"\1{\2}{\3}", tex), as_block=display))
    except BROKEN:
        return ""


def from_tex(text: str) -> Markup:
    """Return LaTeX between dollars, or without them, as a displayed formula."""
    tex = text.strip().strip("$").removeprefix("\\displaystyle").strip()
    return Markup(str(_element(tex, display=True)))  # noqa: S704 - made here


@dataclass(frozen=True)
class Formulas:
    """Formulas put aside while the text around them is cleaned."""

    # A submission cannot foresee it.
    word: str = field(default_factory=lambda: f"formula{secrets.token_hex(8)}n")
    kept: list[tuple[str, bool]] = field(default_factory=list)

    def aside(self, tex: str, *, display: bool) -> str:
        """Keep a formula; return the word that stands for it."""
        self.kept.append((tex.strip(), display))
        return f"{self.word}{len(self.kept) - 1}e"

    def put(self, soup: BeautifulSoup) -> None:
        """Put MathML for the words in the text, and TeX for those in attributes."""
        word = re.compile(rf"{self.word}(\d+)e")
        if not self.kept:
            return
        for tag in soup(True):
            for name, value in tag.attrs.items():
                if isinstance(value, str):
                    tag[name] = word.sub(lambda found: self.kept[int(found[1])][0], value)
        for text in soup(string=word):
            text.replace_with(*self._split(text, word))

    def _split(self, text: str, word: re.Pattern[str]) -> list[Tag | NavigableString]:
        pieces: list[Tag | NavigableString] = []
        end = 0
        for found in word.finditer(text):
            tex, display = self.kept[int(found[1])]
            pieces += [NavigableString(text[end : found.start()]), _element(tex, display=display)]
            end = found.end()
        return [*pieces, NavigableString(text[end:])]


def _element(tex: str, *, display: bool) -> Tag:
    soup = BeautifulSoup(mathml(tex, display=display), "html.parser")
    formula = soup.find("math")
    if not isinstance(formula, Tag):
        code = soup.new_tag("code")
        code.string = tex
        return code
    if display or len(tex) > WIDE:
        name = "gradekit-formula" if display else "gradekit-inline"
        attributes = scrolled("Formula", name) if len(tex) > WIDE else {"class": name}
        return formula.wrap(soup.new_tag("span", attrs=attributes))
    return formula
