"""Mangled notebooks get the right mark, or a sentence that names the cell or the notebook."""

import copy
import json
import shutil

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gradekit.fragments import combine, defined, join, whole, without
from gradekit.grade import grade
from gradekit.match import NoMatchError
from gradekit.notebooks import grade_id, is_test, read
from gradekit.reading import UnreadableError, parse
from gradekit.release import generate, release
from gradekit.transplant import transplant

MEAN = '''def mean_power(signal):
    """Mine."""
    total = 0.0
    for value in signal:
        total += value**2
    return total / len(signal)'''
SPECTRUM = "def power_spectrum(signal):\n    return abs(np.fft.rfft(signal)) ** 2 / signal.size"
DIAGNOSIS = 'diagnosis = "amplitude"'
WRITTEN = "Power adds, amplitude does not."
ANSWERS = {
    "mean_power": MEAN,
    "power_spectrum": SPECTRUM,
    "diagnosis": DIAGNOSIS,
    "written": WRITTEN,
}


@pytest.fixture(scope="module")
def released(make_course, tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("toy"))
    return read(generate(course, "toy", course.work) / "toy.ipynb")


@pytest.fixture
def answered(released):
    return answer(released)


def answer(released):
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        cell.source = ANSWERS.get(grade_id(cell), cell.source)
    return notebook


def at(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def strip(notebook):
    """Remove what identifies cells: metadata and ids, as programs do that know only text."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell["id"] = f"other-{number}"


def duplicate(notebook):
    notebook.cells += copy.deepcopy(notebook.cells)


def duplicate_test(notebook):
    i = at(notebook, "mean_power-test")
    notebook.cells.insert(i, copy.deepcopy(notebook.cells[i]))


def copy_for_next_answer(notebook):
    """A copied answer cell holds the next answer, which stays blank in its own cell."""
    other = copy.deepcopy(notebook.cells[at(notebook, "mean_power")])
    other.source = SPECTRUM
    notebook.cells[at(notebook, "power_spectrum")].source = "# later"
    notebook.cells.insert(at(notebook, "mean_power") + 1, other)
    del notebook.cells[at(notebook, "power_spectrum")]


def delete_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]


def delete_given(notebook):
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) in ANSWERS]


def reorder(notebook):
    notebook.cells.reverse()


def split_at(position, *, keeps_metadata):
    def split(notebook):
        i = at(notebook, "mean_power")
        first, second = MEAN[:position], MEAN[position:]
        rest = copy.deepcopy(notebook.cells[i])
        notebook.cells[i].source, rest.source = first, second.lstrip("\n")
        rest["id"] = "second-half"
        if not keeps_metadata:
            rest.metadata = NotebookNode()
        notebook.cells.insert(i + 1, rest)

    return split


def retype(notebook):
    for cell in notebook.cells:
        code = cell.cell_type == "code"
        cell.cell_type = "markdown" if code else "code"
        if code:
            del cell["outputs"], cell["execution_count"]
        else:
            cell.update(outputs=[], execution_count=None)


def retag(notebook):
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "remove_cell"]
        if grade_id(cell):
            cell.metadata.nbgrader.update(grade=False, solution=True, locked=False, points=99)


def old_schema(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            name = grade_id(cell)
            cell.metadata.nbgrader = NotebookNode(grade_id=name, solution=True, schema_version=1)


def new_schema(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader["schema_version"] = 99


def drop_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def colab(notebook):
    """Colab: format 4.0, the cell's id in the metadata."""
    notebook.nbformat_minor = 0
    for number, cell in enumerate(notebook.cells):
        del cell["id"]
        cell.metadata["id"] = f"aBc_-{number}"
        cell.metadata["colab"] = {"base_uri": "x"}


def kaggle(notebook):
    strip(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.update(trusted=True, _uuid=f"{number:040x}")


def vscode(notebook):
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{number:08x}"
        cell.metadata["vscode"] = {"languageId": "python"}


def merge(*names, first=None):
    """Merge neighbours from the first of `names` to the last; the first's metadata stay."""

    def merging(notebook):
        start, end = at(notebook, names[0]) + (first or 0), at(notebook, names[-1])
        texts = [cell.source for cell in notebook.cells[start : end + 1]]
        notebook.cells[start].source = "\n\n".join(texts)
        del notebook.cells[start + 1 : end + 1]

    return merging


def merge_with_answer_below(notebook):
    """Both answers in one cell, the second cell left blank."""
    i = at(notebook, "power_spectrum")
    notebook.cells[at(notebook, "mean_power")].source = f"{MEAN}\n\n{SPECTRUM}"
    notebook.cells[i].source = "   "


def windows(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def answers_in_new_cells(notebook):
    for name in ("mean_power", "power_spectrum", "diagnosis"):
        i = at(notebook, name)
        notebook.cells[i : i + 1] = [new_code_cell(ANSWERS[name])]


def magic(notebook):
    notebook.cells[at(notebook, "mean_power")].source = f"%matplotlib inline\n{MEAN}"
    strip(notebook)


MANGLED = {
    "untouched": lambda notebook: None,
    "all cells twice": duplicate,
    "a test twice": duplicate_test,
    "an answer in a copy of another answer": copy_for_next_answer,
    "tests deleted": delete_tests,
    "only answers left": delete_given,
    "reversed": reorder,
    "split, both with metadata": split_at(MEAN.index("    total = 0"), keeps_metadata=True),
    "split, second half without": split_at(MEAN.index("    for"), keeps_metadata=False),
    "split inside of a line": split_at(MEAN.index("total +="), keeps_metadata=False),
    "split after the signature": split_at(MEAN.index("\n"), keeps_metadata=False),
    "types exchanged": retype,
    "tags and roles changed": retag,
    "older schema": old_schema,
    "schema of the future": new_schema,
    "metadata gone": drop_metadata,
    "metadata and ids gone": strip,
    "Colab": colab,
    "Kaggle": kaggle,
    "VS Code": vscode,
    "answer merged with its test": merge("mean_power", "mean_power-test"),
    "answers merged, with all between": merge("mean_power", "power_spectrum"),
    "text and answer merged": merge("mean_power", "mean_power", first=-1),
    "test merged with the next answer": merge("mean_power-test", "power_spectrum"),
    "everything merged": merge("setup", "diagnosis-test"),
    "answers together, next cell blank": merge_with_answer_below,
    "Windows line ends": windows,
    "answers in new cells": answers_in_new_cells,
    "a command of IPython": magic,
}


def handed_in(notebook):
    """What grading reads of a notebook."""
    return parse(json.dumps(notebook))


def behaviour(notebook):
    """Run everything but tests, as a kernel does: cell by cell, going on after errors."""
    import numpy as np

    space = {"np": np}
    for cell in notebook.cells:
        runs = cell.cell_type == "code" and not is_test(cell) and grade_id(cell) != "setup"
        source = cell.source.replace("%matplotlib inline", "")
        if runs and whole(source):
            try:
                exec(source, space)
            except NotImplementedError:
                continue
    signal = np.array([1.0, -2.0, 3.0, 0.5])
    return (
        space["mean_power"](signal),
        list(space["power_spectrum"](signal)),
        space.get("diagnosis"),
    )


@pytest.mark.parametrize("case", MANGLED)
def test_a_mangled_notebook_keeps_its_answers_and_the_pristine_tests(case, released, answered):
    right = behaviour(answered)
    MANGLED[case](answered)
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert behaviour(result) == right
    graded = [(grade_id(c), c.cell_type, c.metadata) for c in result.cells if grade_id(c)]
    assert graded == [(grade_id(c), c.cell_type, c.metadata) for c in released.cells if grade_id(c)]
    given = {grade_id(c): c.source for c in released.cells if grade_id(c) not in {*ANSWERS, None}}
    assert {n: result.cells[at(result, n)].source for n in given} == given
    if case not in {"types exchanged"}:
        assert result.cells[at(result, "written")].source == WRITTEN
    assert len({cell.id for cell in result.cells}) == len(result.cells)


def test_the_written_answer_survives_a_change_of_type(released, answered):
    retype(answered)
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert result.cells[at(result, "written")].source == WRITTEN


@pytest.mark.parametrize("name", ["mean_power", "power_spectrum", "diagnosis", "written"])
def test_a_deleted_answer_is_named_and_left_blank_and_the_others_stay(name, released, answered):
    del answered.cells[at(answered, name)]
    result, notes = transplant(copy.deepcopy(released), handed_in(answered))
    assert notes == [f"not answered, because missing: cell {name}"]
    blank = released.cells[at(released, name)].source
    texts = {other: result.cells[at(result, other)].source for other in ANSWERS}
    assert texts == ANSWERS | {name: blank}


def test_a_blank_release_stays_blank(released):
    result, notes = transplant(copy.deepcopy(released), handed_in(released))
    assert result == released
    assert notes == []


def test_added_cells_stay_below_the_cell_they_were_written_below(released, answered):
    i = at(answered, "mean_power")
    answered.cells.insert(i, new_code_cell("helper = 1"))
    answered.cells.insert(0, new_markdown_cell("My name"))
    answered.cells.append(new_code_cell("last = 2"))
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    texts = [cell.source for cell in result.cells]
    assert texts[0] == "My name"
    assert texts[-1] == "last = 2"
    assert texts.index("helper = 1") == texts.index(MEAN) - 1


def test_a_changed_example_stays_as_the_student_wrote_it(released, answered):
    answered.cells[0].source = "# My title"
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert [cell.source for cell in result.cells].count("# My title") == 1
    assert len(result.cells) == len(released.cells)


def test_the_last_of_several_versions_of_an_answer_counts(released, answered):
    i = at(answered, "diagnosis")
    second = copy.deepcopy(answered.cells[i])
    answered.cells[i].source = 'diagnosis = "sum"'
    answered.cells.insert(i + 1, second)
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert behaviour(result)[2] == "amplitude"


def test_a_wrong_function_in_an_added_cell_does_not_replace_an_answer(released, answered):
    answered.cells.insert(0, new_code_cell("def mean_power(signal):\n    return 0"))
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert result.cells[at(result, "mean_power")].source == MEAN


def test_pictures_of_a_written_answer_stay_and_outputs_do_not(released, answered):
    cell = answered.cells[at(answered, "written")]
    cell["attachments"] = {"a.png": {"image/png": "aGk="}}
    answered.cells[at(answered, "mean_power")]["outputs"] = [{"nonsense": 1}]
    result, _ = transplant(copy.deepcopy(released), handed_in(answered))
    assert result.cells[at(result, "written")].attachments == {"a.png": {"image/png": "aGk="}}
    assert result.cells[at(result, "mean_power")].outputs == []


def test_what_was_recognised_by_content_is_told(released, answered):
    strip(answered)
    notes = transplant(copy.deepcopy(released), handed_in(answered))[1]
    names = "mean_power, power_spectrum, diagnosis, written"
    assert notes == [f"recognised by their content: cell {names}"]


def test_a_cell_is_known_by_its_id_alone_wherever_it_stands(released, answered):
    drop_metadata(answered)
    answered.cells.insert(0, answered.cells.pop())
    result, notes = transplant(copy.deepcopy(released), handed_in(answered))
    assert result.cells[at(result, "written")].source == WRITTEN
    assert notes == []


def test_another_notebook_is_refused_by_its_cells(released, answered):
    for cell in answered.cells:
        if grade_id(cell) not in {None, "setup", "written"}:
            cell.metadata.nbgrader["grade_id"] = "other-" + grade_id(cell)
            cell["id"] = "o" + cell["id"]
    with pytest.raises(NoMatchError, match="another notebook: its cells are 'other-diagnosis'"):
        transplant(copy.deepcopy(released), handed_in(answered))


@pytest.mark.parametrize("cells", [[], [new_code_cell("x = 1"), new_markdown_cell("Hello")]])
def test_a_stranger_without_metadata_is_refused(cells, released, answered):
    answered.cells = cells
    with pytest.raises(NoMatchError, match="none of the answer cells mean_power, power_spectrum"):
        transplant(copy.deepcopy(released), handed_in(answered))


def test_a_written_answer_that_may_be_anywhere_is_refused_by_name(released, answered):
    strip(answered)
    answered.cells.insert(0, answered.cells.pop())
    with pytest.raises(NoMatchError, match="cell written is missing"):
        transplant(copy.deepcopy(released), handed_in(answered))


def test_a_bom_and_odd_cells_are_read():
    raw = {"nbformat": 4, "nbformat_minor": 1, "metadata": [], "cells": [
        {"cell_type": "code", "source": ["a\r\n", "b"], "metadata": {"nbgrader": ["x"]}},
        {"cell_type": "strange", "source": "half \ud800", "id": "no good", "outputs": 3},
    ]}  # fmt: skip
    notebook = parse("\ufeff" + json.dumps(raw))
    assert [cell.source for cell in notebook.cells] == ["a\nb", "half ?"]
    assert [cell.cell_type for cell in notebook.cells] == ["code", "markdown"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("<html>", "not a notebook .it starts with '<html>'"),
        ("[" * 100_000, "not a notebook"),
        ('{"a": 1}', "JSON, but not a notebook"),
        ("[1]", "JSON, but not a notebook"),
        ('{"nbformat": 3, "worksheets": []}', "format 3, not 4"),
        ('{"nbformat": 4, "cells": {}}', "no list of cells"),
        ('{"nbformat": 4, "cells": [{"source": ""}, 7]}', "cell 2 has no text"),
        ('{"nbformat": 4, "cells": [{"source": 7}]}', "cell 1 has no text"),
        ('{"nbformat": 4, "cells": [{"source": "' + "x" * 1_000_001 + '"}]}', "cell 1 holds"),
        ('{"nbformat": 4, "cells": [' + "0," * 6000 + "0]}", "6001 cells"),
    ],
)
def test_what_is_no_notebook_is_told_in_one_sentence(text, words):
    with pytest.raises(UnreadableError, match=words):
        parse(text)


def test_names_are_found_in_code_that_compiles_or_not():
    assert defined("import a\nif 1:\n    x, y = 1, 2\ndef f():\n    z = 1\nclass C: pass") == {
        "x", "y", "f", "C",
    }  # fmt: skip
    assert defined("def f(:\nx = 1\ny: int = 2\nz == 3\n") == {"f", "x", "y"}
    assert defined("x\0 = 1") == set()


def test_code_is_whole_if_it_compiles():
    assert whole("%time\n!ls\nawait f()\n'\\d'")
    assert not whole("return 1")
    assert not whole("x\0")
    assert not whole("(" * 10_000)


def test_halves_and_versions_are_combined():
    assert join(["a = 1", "b = 2"]) == "a = 1\n\nb = 2"
    assert join(["def f():\n    ", "return 1"]) == "def f():\n    return 1"
    assert combine(["blank", " "], "blank ", code=True) is None
    assert combine(["a = 1", "b = 1", "a = 1"], "", code=True) == "b = 1\n\na = 1"


def test_only_whole_lines_are_cut_out():
    assert without("a\nbc\nd", "bc") == "a\nd"
    assert without("a\nxbc\nd", "bc") is None
    assert without("a", "") is None


NOTEBOOK_BYTES = {
    "windows-bom": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "html": lambda text: b"<html>Not found</html>",
    "utf-16": lambda text: text.encode("utf-16"),
    "empty": lambda text: b"",
}
BROKEN = {"html": "not a notebook", "utf-16": "not text in UTF-8", "empty": "the file is empty"}


@pytest.fixture(scope="module")
def mangled_class(make_course, tmp_path_factory):
    """A class graded with the plain nbgrader command."""
    course = make_course(tmp_path_factory.mktemp("mangled"))
    release(course, "toy")
    blank = read(course.exercises / "toy" / "toy.ipynb")

    def hand_in(student, content):
        folder = course.root / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        (folder / "toy.ipynb").write_bytes(content)

    for case in ("all cells twice", "reversed", "Kaggle", "Colab", "types exchanged",
                 "everything merged", "older schema"):  # fmt: skip
        notebook = answer(blank)
        MANGLED[case](notebook)
        hand_in(case.replace(" ", "-"), json.dumps(notebook).encode())
    notebook = answer(blank)
    notebook.cells[3].outputs = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    ]
    hand_in("50-MB", json.dumps(notebook).encode())
    for student, encode in NOTEBOOK_BYTES.items():
        hand_in(student, encode(json.dumps(answer(blank), indent=1)))
    hand_in("stranger", json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": []}).encode())
    hand_in("right", json.dumps(answer(blank)).encode())
    shutil.copytree(course.root / "submitted" / "right" / "toy", course.root / "submitted/name/toy")
    misnamed = course.root / "submitted" / "name" / "toy"
    (misnamed / "toy.ipynb").rename(misnamed / "toy (1).ipynb")
    (course.root / "submitted" / "nothing" / "toy").mkdir(parents=True)
    course.must("generate_assignment", "toy", "--force")
    done = course.nbgrader("autograde", "toy")
    return course, done.stdout + done.stderr, {one.student: one for one in grade(course, "toy")}


def test_each_mangled_submission_gets_its_mark_and_stops_no_other(mangled_class):
    outcomes = mangled_class[2]
    graded = {name: one.score for name, one in outcomes.items() if not one.trouble}
    names = {"all-cells-twice", "reversed", "Kaggle", "Colab", "types-exchanged", "50-MB"}
    names |= {"everything-merged", "older-schema", "windows-bom", "right"}
    assert graded == dict.fromkeys(names, 8.0)


def test_plain_nbgrader_says_why_a_submission_is_not_graded(mangled_class):
    _, log, outcomes = mangled_class
    reasons = BROKEN | {"stranger": "none of the answer cells", "name": "'toy (1).ipynb'"}
    for student, reason in reasons.items():
        assert f"not graded: student {student}: " in log
        assert reason in outcomes[student].trouble


def test_a_submission_without_a_notebook_is_told_so(mangled_class):
    assert mangled_class[2]["nothing"].trouble.startswith("there is no toy.ipynb")


def test_the_graded_notebook_is_small_again(mangled_class):
    path = mangled_class[0].root / "autograded" / "50-MB" / "toy" / "toy.ipynb"
    assert path.stat().st_size < 100_000


def test_cells_that_are_too_long_together_are_refused():
    cell = {"cell_type": "code", "metadata": {}, "source": "x" * 900_000}
    with pytest.raises(UnreadableError, match="its cells hold 3600000 characters: at most"):
        parse(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell] * 4}))
