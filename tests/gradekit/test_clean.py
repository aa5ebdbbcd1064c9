"""What of a submission's HTML and Markdown reaches a page, of feedback or of formgrader."""

import pytest
from bs4 import BeautifulSoup
from feedback_pages import HOSTILE

from gradekit.clean import (
    DEEPEST,
    LONGEST_HTML,
    LONGEST_TEXT,
    MOST_TAGS,
    TAGS,
    from_html,
)
from gradekit.formgrader import clean_html, get_metadata, markdown2html
from gradekit.formulas import mathml
from gradekit.markdown import from_markdown

HARMLESS = {"img", "alt", "src", "class", "role", "aria-label", "tabindex", "href", "rel"}
DOT = {"image/png": "AAAA"}
OUTSIDE = "[picture that is not part of this page]"


def shown(source, **attachments):
    """Markdown on a page of formgrader."""
    return markdown2html({"cell": {"attachments": attachments}}, source)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("clean", [from_markdown, from_html, clean_html, shown])
def test_hostile_text_becomes_harmless(clean, text):
    soup = BeautifulSoup(clean(text), "html.parser")
    for tag in soup(True):
        inside = tag.name == "math" or tag.find_parent("math")
        assert inside or (tag.name in TAGS and set(tag.attrs) <= HARMLESS), tag
        assert not str(tag.get("src", "data:")).startswith(("http", "//"))
        assert str(tag.get("href", "https:")).startswith(("https:", "http:", "mailto:"))
        assert "gradekit" in str(tag.get("class", "gradekit"))


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <em>b</em> <code>c</code></p>",
        '<div class="highlight"><pre><span class="k">def</span></pre></div>',
        '<a href="https://example.org/page" rel="noreferrer">a</a>',
        '<a href="results/table.csv" rel="noreferrer">c</a>',
        '<img alt="d" src="figures/plot-1.png"/>',
        '<img alt="e" src="data:image/png;base64,AAAA+/=="/>',
        "a &lt; b &amp; c",
    ],
)
def test_what_belongs_to_a_text_stays(html):
    assert clean_html(html) == html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<script>a</script>b", "[script left out]b"),
        ("<style>a</style>b<!-- c -->d", "bd"),
        ("a <!-- b", "a &lt;!-- b"),
        ("a <![foo[ b", "a &lt;![foo[ b"),
        ('<b onclick="a">b</b>', "<b>b</b>"),
        ('<b style="position:fixed" id="written" title="c">b</b>', "<b>b</b>"),
        ('<span class="score">b</span>', "<span>b</span>"),
        ('<span class="gradekit-passed">b</span>', "<span>b</span>"),
        ('<img src="http://example.org/a.png">', OUTSIDE),
        ('<img src="//example.org/a.png">', OUTSIDE),
        ('<img src="/formgrader?path=submitted">', OUTSIDE),
        ('<img src="../../formgrader">', OUTSIDE),
        ('<img src="a/../../b">', OUTSIDE),
        ('<img src=".%2e/b">', OUTSIDE),
        ('<img src="data:text/html;base64,AAAA">', OUTSIDE),
        ('<a href="javascript:a">b</a>', "b"),
        ('<a href="data:image/png;base64,AAAA">b</a>', "b"),
        ('<a href="/formgrader?path=submitted">b</a>', "b"),
        ("<b>open", "<b>open</b>"),
        ("open</div>", "open"),
    ],
)
def test_what_could_do_something_goes(html, kept):
    assert clean_html(html) == kept


def test_files_beside_the_notebook_are_shown_only_where_a_page_has_them():
    html = '<a href="b.csv">b</a> <img src="c.png" alt="d">'
    assert from_html(html) == "b [picture that is not part of this page: d]"
    assert from_markdown("![d](c.png)", files=True) == '<p><img alt="d" src="c.png"/></p>\n'


def test_bytes_are_text():
    assert clean_html(b"<b>a</b>\xff") == "<b>a</b>\N{REPLACEMENT CHARACTER}"


def test_formulas_are_mathml_and_cleaned_once():
    html = shown("Power $a<b$ & $$c$$ and $d$")
    assert html.count("<math") == 3
    assert "$" not in html
    assert clean_html(html) is html


def test_unknown_formulas_are_shown_as_they_are():
    soup = BeautifulSoup(from_markdown("$\\tfrac12 x$ but $\\unknown{x}$."), "html.parser")
    assert [e.string for e in soup.select("mfrac mn")] == ["1", "2"]
    assert [e.string for e in soup("code")] == [r"\unknown{x}"]


BROKEN = [r"\end{cases}", r"\begin{matrix}_", '^"', r"\xleftarrow\limits", r"\sqrt" * 1000]


@pytest.mark.parametrize("tex", [*BROKEN, "x" * 3000])
def test_broken_formulas_are_no_formulas(tex):
    assert mathml(tex, display=False) == ""


def test_python_in_markdown_is_coloured_and_other_code_is_not():
    assert '<span class="k">def</span>' in shown("```python\ndef f(): 1\n```")
    text = '<div class="highlight"><pre>&lt;b&gt; &amp;\n</pre></div>'
    assert shown("```html\n<b> &\n```") == text


def test_an_attached_picture_is_shown():
    assert 'src="data:image/png;base64,AAAA"' in shown("![a](attachment:a.png)", **{"a.png": DOT})


def test_a_picture_that_is_missing_costs_nothing_but_the_picture():
    text = shown("![x &lt; y](attachment:b.png) ![](attachment:a.png)", **{"a.png": {}})
    assert text == f"<p>[picture that is not part of this page: x &lt; y] {OUTSIDE}</p>\n"


def test_an_attachment_cannot_leave_its_quotes():
    text = shown("![a](attachment:a)", a={"image/png": 'A" onerror="b'})
    assert "onerror" not in text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * (DEEPEST + 1),
        "<div>" * (DEEPEST + 1) + "</div>" * (DEEPEST + 1),
        "<b><DIV></b>" * (DEEPEST + 1),
        "<div></x>" * (DEEPEST + 1),
        "<!--" + "<div>" * (DEEPEST + 1),
        "<table><tr><td>" * 5000,
        "<p>x" * 40_000,
        "<br>" * (MOST_TAGS + 1),
        "<" + "a" * LONGEST_HTML,
    ],
)
@pytest.mark.parametrize("clean", [from_html, clean_html, from_markdown])
def test_too_much_to_be_cleaned_is_shown_as_it_is_written(clean, html):
    text = clean(html)
    assert text.startswith("<pre>&lt;")
    assert text.count("<") == 2


def test_too_long_a_text_is_shown_as_it_is_written():
    assert shown("<" * (LONGEST_TEXT + 1)).startswith("<pre>&lt;&lt;")


@pytest.mark.parametrize("text", ["<a ", "<a b='", "<!--", "<?", "</", "<a a=1 "])
def test_tags_without_an_end_are_text_and_take_no_time(text):
    # Python's own parser would take minutes.
    html = (text * LONGEST_HTML)[:LONGEST_HTML]
    assert "<" not in from_html(html)


def test_html_of_an_ordinary_depth_and_size_is_shown():
    nested = "<div>" * DEEPEST + "x" + "</div>" * DEEPEST
    assert from_html(nested) == nested
    many = "<table>" + "<tr><td>1</td><td>2</td></tr>" * 1000 + "</table>"
    assert "<table>" in from_html(many)
    beside = "<b>a</b><br/>" * 2000
    assert from_html(beside) == beside


def test_lists_and_tables_that_are_not_whole_are_mended():
    html = from_html("<li>a</li><ul>b<b>c</b></ul><table><th></th></table>")
    soup = BeautifulSoup(html, "html.parser")
    assert [item.parent.name for item in soup("li")] == ["ul", "ul"]
    assert not soup("th")


def test_the_size_of_a_picture_is_a_number():
    output = {"metadata": {"image/png": {"width": "1 onerror=a", "height": 3}, "alt": "a b"}}
    assert get_metadata(output, "width", "image/png") is None
    assert get_metadata(output, "height", "image/png") == 3
    assert get_metadata(output, "alt", "image/png") == "a b"
