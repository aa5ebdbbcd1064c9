"""The feedback page of notebooks made by hand: what it says, and what cannot get into it."""

import sys

import pytest
from bs4 import BeautifulSoup
from feedback_pages import EVIL, PASSED, hostile_cells, output, page, scored, written
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from gradekit.clean import LONGEST_TEXT
from gradekit.errors import GradekitError
from gradekit.feedback import Discreet, HideTests, write_feedback
from gradekit.lint import lint_source
from gradekit.outputs import MOST_OUTPUTS, UNNAMED
from gradekit.settings import book_address, safe_settings
from gradekit.source import read_source, to_notebook


def soup_of(*cells, **options):
    return BeautifulSoup(page(*cells, **options), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


# What it says.


def test_the_top_says_points_of_each_task_the_mistake_and_what_waits():
    soup = soup_of(scored(), written(waiting=True))
    assert "1 of 5 points so far: 1 written answer waits to be marked." in words(soup)
    rows = [[words(entry) for entry in row(["th", "td"])] for row in soup.table("tr")]
    assert rows == [
        ["Task", "Points", "Result"],
        ["mean_ power", "1 of 3", "✗ 1 of 2 parts passed; recognised: sum"],
        ["written", "not marked yet (of 2)", "… waits to be marked"],
        ["Total", "1 of 5", "so far"],
    ]
    for link in soup.table("a"):
        assert soup.find(id=link["href"].removeprefix("#"))


def test_each_part_says_in_words_whether_it_passed_and_names_the_mistake():
    said = words(soup_of(scored()))
    assert "✓ passed : four numbers (1 point)" in said
    assert "✗ failed : your own signal (0 of 2 points) sum: Divide by their number." in said


def test_a_marked_answer_carries_its_comment_and_a_late_penalty_is_told():
    cell = written(score=1.5, waiting=False, by_hand=True, comment="Well **said**, $x^2$.")
    soup = soup_of(scored(), cell, penalty=0.5)
    said = words(soup)
    assert "1.5 of 2 ◐ part of the points, marked by hand; with a comment" in said
    assert "Handed in late −0.5" in said
    assert "so far" not in said
    assert soup.select(".comment strong + p strong")[0].string == "said"
    assert soup.select(".comment math msup")


def test_a_mark_changed_by_hand_is_not_called_the_tests_own():
    cell = scored()
    cell.metadata.nbgrader |= {"score": 3.0, "by_hand": True}
    assert "3 of 3 ✓ full points, marked by hand" in words(soup_of(cell))


@pytest.mark.parametrize("book", ["https://course.example/book/", "../../../_build/html/book"])
def test_a_lost_point_links_the_page_of_the_book(book):
    soup = soup_of(scored(), book=book)
    (link,) = soup.select(".again a")
    assert (link["href"], link.string) == (f"{book.rstrip('/')}/a-power-law.html", "A power law")


def test_without_a_book_the_page_is_named_and_after_full_points_it_is_not():
    assert "Read again: A power law, in the book" in words(soup_of(scored()))
    full = scored(parts=[PASSED], score=3.0)
    assert "Read again" not in words(soup_of(full))


def test_formulas_are_mathml_and_unknown_ones_are_shown_as_they_are():
    soup = soup_of(new_markdown_cell("So $k_y$ and\n\n$$\\tfrac12 x$$\n\nbut $\\unknown{x}$."))
    assert len(soup("math")) == 2
    assert [e.string for e in soup.select("mfrac mn")] == ["1", "2"]
    assert [e.string for e in soup("code")] == [r"\unknown{x}"]


def test_figures_say_what_they_show_or_that_nobody_said():
    png = "iVBORw0KGgo="
    named = output("image/png", png, **{"image/png": {"alt": 'A "wave"'}})
    drawn = new_markdown_cell(f"![](data:image/png;base64,{png})")
    soup = soup_of(named, output("image/png", png), drawn)
    assert [i["alt"] for i in soup("img")] == [
        'A "wave"',
        UNNAMED,
        "A picture without a description",
    ]


def test_headings_leave_out_no_level():
    texts = ["### deep first", "# one", "## two", "###### six", "# one again", "# "]
    soup = soup_of(*map(new_markdown_cell, texts))
    found = [int(h.name[1]) for h in soup(["h1", "h2", "h3", "h4", "h5", "h6"])]
    assert found == [1, 2, 2, 3, 3, 4, 5, 3]


def test_the_page_asks_for_nothing_and_carries_its_own_style():
    html = page(scored())
    policy = BeautifulSoup(html, "html.parser").find("meta", {"http-equiv": True})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "").replace("http://www.w3.org/1998/Math", "")


# What cannot get into it.


def test_a_hostile_notebook_adds_no_script_no_address_and_no_fake_result():
    soup = soup_of(*hostile_cells())
    assert not soup(["script", "iframe", "form", "object", "embed", "link", "base", "svg", "video"])
    assert len(soup("style")) == len(soup("main")) == len(soup("h1")) == 1
    for tag in soup(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"], tag
        assert EVIL not in str(tag.get("src")) + str(tag.get("srcset"))
    identities = [tag["id"] for tag in soup(id=True)]
    assert len(identities) == len(set(identities))
    assert len(soup.select(".result")) == 2


def test_very_much_is_shortened():
    outputs = [new_output("stream", text=f"{i}\n") for i in range(MOST_OUTPUTS + 5)]
    said = words(soup_of(new_code_cell("x", outputs=outputs)))
    assert "(5 more outputs are left out)" in said
    long = "a" * (LONGEST_TEXT + 5)
    for cell in (new_markdown_cell(long), new_code_cell(long), output("text/plain", long)):
        assert "(the rest is left out)" in words(soup_of(cell))


def test_words_of_hidden_tests_in_an_answer_are_the_students_own():
    answer = new_code_cell("### BEGIN HIDDEN TESTS\nx = 1")
    test = scored()
    test.source = "a\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\ntask.score()"
    notebook, _ = HideTests().preprocess(new_notebook(cells=[answer, test]), {})
    assert notebook.cells[0].source == "### BEGIN HIDDEN TESTS\nx = 1"
    assert notebook.cells[1].source == "a\ntask.score()"


def test_folders_and_the_token_are_taken_out_of_outputs():
    prefix = sys.prefix
    coloured = f"\x1b[31m{prefix[:3]}\x1b[0m{prefix[3:]}/a token-of-this-run"
    cells = [
        scored(),
        new_code_cell(
            "x",
            outputs=[
                new_output("stream", text=coloured),
                new_output("error", ename="E", evalue="/the/course/b", traceback=["/the/course/b"]),
                new_output("execute_result", {"text/html": "<b>/the/course/c</b>"}),
            ],
        ),
    ]  # fmt: skip
    cleaner = Discreet(config=Config({"Discreet": {"folders": ["/the/course"]}}))
    notebook, _ = cleaner.preprocess(new_notebook(cells=cells), {})
    stream, error, result = notebook.cells[1].outputs
    assert stream.text == "…/a …"
    assert (error.evalue, error.traceback) == ("…/b", ["…/b"])
    assert result.data["text/html"] == "<b>…/c</b>"
    assert "token-of-this-run" not in page(*notebook.cells)


# Around it.


def test_the_address_of_the_book_is_seen_from_a_feedback_page(tmp_path):
    course = tmp_path / "_build" / "demo" / "set"
    course.mkdir(parents=True)
    assert book_address(course, "") == ""
    assert book_address(course, "site") == ""
    (tmp_path / "site").mkdir()
    assert book_address(tmp_path, "site") == "../../../site"
    assert book_address(course, "site") == "../../../../../../site"
    assert book_address(course, "https://course.example") == "https://course.example"


def test_settings_reach_the_page_whatever_formgrader_sets(tmp_path):
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    safe_settings(config, root=tmp_path)
    exporter = config.GenerateFeedback.exporter_class(config=config)
    assert exporter.template_name == "gradekit-feedback"


def test_a_test_names_its_page_in_the_release(edit):
    path = edit('"uses": ["mean_power"]}', '"uses": ["mean_power"], "page": "power"}')
    cells = to_notebook(read_source(path)).cells
    assert [c.metadata.gradekit for c in cells if "page" in c.metadata.get("gradekit", {})] == [
        {"page": "power", "uses": ["mean_power"]}
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"uses": ["mean_power"]}', '"uses": ["mean_power"], "page": "../p.html"}', "plain name"),
        ('"grade_id": "written",', '"grade_id": "written", "page": "p",', "is no test"),
    ],
)
def test_the_lint_refuses_a_page_that_is_no_name_or_belongs_to_no_test(edit, old, new, problem):
    (said,) = lint_source(read_source(edit(old, new)))
    assert problem in said


def test_who_is_not_graded_gets_no_feedback(course):
    with pytest.raises(GradekitError, match="no problem set 'other'"):
        write_feedback(course, "other")
    with pytest.raises(GradekitError, match="Nobody's toy is graded yet: run `gradekit grade toy`"):
        write_feedback(course, "toy")
    folder = course.root / "autograded" / "ada" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").touch()
    with pytest.raises(GradekitError, match="no graded toy of student 'bob': graded are ada"):
        write_feedback(course, "toy", "bob")
