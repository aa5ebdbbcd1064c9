"""Which names code takes and makes, and where its parts are."""

from gradekit.names import made, parts_of, region_lines, taken, visible_and_hidden

TEST = """
task = Task("t", points=3)
with task.part("seen", points=1):
    f(x)
### BEGIN HIDDEN TESTS
with task.part("own", points=2, hidden=True):
    f(y)
### END HIDDEN TESTS
task.score()
"""


def test_names_of_nested_scopes_are_taken_from_outside():
    code = "import numpy as np\ndef g(a):\n    return [h(b) + a for b in np.arange(n)]\nlen(k)"
    assert made(code) == {"np", "g"}
    assert taken(code) == {"h", "n", "k"}


def test_parts_carry_title_points_and_place():
    seen, own = parts_of(TEST)
    assert (seen.title, seen.points, seen.hidden, seen.in_region) == ("seen", 1.0, False, False)
    assert (own.title, own.points, own.hidden, own.in_region) == ("own", 2.0, True, True)


def test_points_that_are_computed_are_not_read():
    assert parts_of("with task.part('p', points=1 + 1):\n    pass")[0].points is None


def test_lines_between_markers_exclude_the_markers():
    assert region_lines("a\nBEGIN\nb\nc\nEND\nd", "BEGIN", "END") == {3, 4}


def test_hidden_lines_are_told_from_visible_ones():
    visible, hidden = visible_and_hidden(TEST)
    assert hidden == {'with task.part("own", points=2, hidden=True):', "f(y)"}
    assert {"f(x)", "task.score()"} <= visible
    assert not hidden & visible
