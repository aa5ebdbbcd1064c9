"""A bar on a terminal, a line per finished student elsewhere."""

import io

from gradekit.progress import Step, shown

STEPS = [Step(1, 2, "ada", "graded"), Step(2, 2, "bob", "NOT GRADED: the file is empty")]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def show(stream):
    with shown(stream) as tell:
        for step in STEPS:
            tell(step)
    return stream.getvalue()


def test_a_pipe_gets_a_line_per_student():
    assert show(io.StringIO()).splitlines() == [
        "1 of 2: ada: graded",
        "2 of 2: bob: NOT GRADED: the file is empty",
    ]


def test_a_terminal_gets_a_bar():
    written = show(Terminal())
    assert "2/2" in written
    assert "NOT GRADED" not in written
