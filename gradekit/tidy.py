"""HTML that is clean already, made readable for everybody.

Pictures and links say something, lists and tables are whole, and what is wide can be scrolled.
"""

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def tidy(soup: BeautifulSoup) -> None:
    """Mend a text in place."""
    for image in soup("img"):
        _tidy_image(image)
    for link in soup("a"):
        _tidy_link(link)
    for heading in soup(HEADINGS):
        if not heading.get_text(strip=True) and not heading.find("img"):
            heading.extract()
    _tidy_lists(soup)
    for table in soup("table"):
        _tidy_table(table, soup)


def scrolled(label: str, name: str) -> dict[str, str]:
    """Return the attributes of what scrolls sideways.

    It must be in reach of the keyboard, and then needs a name.
    """
    return {"class": name, "role": "group", "aria-label": label, "tabindex": "0"}


def _tidy_image(image: Tag) -> None:
    alt = str(image.get("alt", "")).strip()
    if image.get("src"):
        image["alt"] = alt or "A picture without a description"
    else:
        about = f": {alt}" if alt else ""
        image.replace_with(f"[picture that is not part of this page{about}]")


def _tidy_link(link: Tag) -> None:
    if not link.get("href"):
        link.unwrap()
        return
    link["rel"] = "noreferrer"
    if not link.get_text(strip=True) and not link.find("img"):
        link.string = str(link["href"])


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
    table.wrap(soup.new_tag("div", attrs=scrolled("Table", "gradekit-wide")))
