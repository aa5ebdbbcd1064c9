"""What of a submission's markup reaches a page."""

import pytest

from gradekit.markup import DEEPEST, LONGEST_MARKDOWN, MOST_SIGNS, clean, markdown, metadata

DOT = {"image/png": "AAAA"}


def shown(source, **attachments):
    return markdown({"cell": {"attachments": attachments}}, source)


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <em>b</em> <code>c</code></p>",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
        '<div class="highlight hl-ipython3"><pre><span class="k">def</span></pre></div>',
        '<a href="https://example.org/page" title="page">a</a> <a href="#part">b</a>',
        '<a href="results/table.csv">c</a> <img alt="d" src="figures/plot-1.png">',
        '<img alt="e" src="data:image/png;base64,AAAA+/==">',
    ],
)
def test_what_belongs_to_a_text_stays(html):
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<script>a</script>", "&lt;script&gt;a&lt;/script&gt;"),
        ('<b onclick="a">b</b>', "<b>b</b>"),
        ('<b style="position:fixed" id="written">b</b>', "<b>b</b>"),
        ('<span class="score">b</span>', "<span>b</span>"),
        ('<img src="http://example.org/a.png">', "<img>"),
        ('<img src="//example.org/a.png">', "<img>"),
        ('<img src="/formgrader?path=submitted">', "<img>"),
        ('<img src="../../formgrader">', "<img>"),
        ('<img src="a/../../b">', "<img>"),
        ('<img src=".%2e/b">', "<img>"),
        ('<img src="data:text/html;base64,AAAA">', "<img>"),
        ('<a href="javascript:a">b</a>', "<a>b</a>"),
        ('<a href="data:image/png;base64,AAAA">b</a>', "<a>b</a>"),
        ('<a href="/formgrader?path=submitted">b</a>', "<a>b</a>"),
        ("<b>open", "<b>open</b>"),
        ("open</div>", "open"),
    ],
)
def test_what_could_do_something_goes(html, kept):
    assert clean(html) == kept


def test_bytes_are_text():
    assert clean(b"<b>a</b>\xff") == "<b>a</b>\N{REPLACEMENT CHARACTER}"


def test_formulas_stay_as_they_are_written():
    assert shown("Power $a<b$ & $$c$$") == "<p>Power $a&lt;b$ &amp; $$c$$</p>\n"


def test_an_attached_picture_is_shown():
    assert 'src="data:image/png;base64,AAAA"' in shown("![a](attachment:a.png)", **{"a.png": DOT})


def test_a_picture_that_is_missing_costs_nothing_but_the_picture():
    text = shown("![<b>](attachment:b.png) ![a](attachment:a.png)", **{"a.png": {}})
    assert text == "<p>[missing picture: &lt;b&gt;] [missing picture: a]</p>\n"


def test_an_attachment_cannot_leave_its_quotes():
    text = shown("![a](attachment:a)", a={"image/png": 'A" onerror="b'})
    assert "onerror" not in text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * (DEEPEST + 1),
        "<div>" * (DEEPEST + 1) + "</div>" * (DEEPEST + 1),
        "<b><DIV></b>" * (DEEPEST + 1),
        "&" * (MOST_SIGNS + 1),
    ],
)
def test_too_much_to_be_cleaned_is_shown_as_it_is_written(html):
    text = clean(html)
    assert text.startswith("<pre>&")
    assert text.count("<") == 2


def test_many_elements_side_by_side_are_no_trouble():
    html = "<b>a</b><br>" * 2000
    assert clean(html) == html


def test_too_long_a_text_is_shown_as_it_is_written():
    assert shown("<" * (LONGEST_MARKDOWN + 1)).startswith("<pre>&lt;&lt;")


def test_the_size_of_a_picture_is_a_number():
    output = {"metadata": {"image/png": {"width": "1 onerror=a", "height": 3}, "alt": "a b"}}
    assert metadata(output, "width", "image/png") is None
    assert metadata(output, "height", "image/png") == 3
    assert metadata(output, "alt", "image/png") == "a b"
