"""Only plain text and pictures get from a kernel's messages into a notebook."""

import pytest

from gradekit.received import plain


@pytest.mark.parametrize("kind", ["comm_open", "comm_msg", "status", "", "made up"])
def test_messages_of_other_kinds_are_not_about_outputs(kind):
    assert plain(kind, {"text": "x"}) is None


@pytest.mark.parametrize("content", [None, 5, [], {}, {"data": 3, "text": 3, "traceback": 3}])
def test_what_is_missing_or_of_another_type_is_empty(content):
    assert plain("stream", content) == {"name": "stdout", "text": ""}
    assert plain("error", content) == {"ename": "", "evalue": "", "traceback": []}
    assert plain("display_data", content)["data"] == {}
    assert plain("clear_output", content) == {"wait": False}
    assert plain("execute_input", content) == {"execution_count": None}


def test_text_and_pictures_stay_and_nothing_else():
    data = {"text/plain": "x", "image/png": "aGk=", "application/json": {"a": 1}, "x/y": "z"}
    content = {"data": data, "metadata": {"a": 1}, "execution_count": 3, "more": 4}
    assert plain("execute_result", content) == {
        "data": {"text/plain": "x", "image/png": "aGk="},
        "metadata": {},
        "transient": {"display_id": ""},
        "execution_count": 3,
    }


def test_half_characters_become_question_marks():
    assert plain("stream", {"name": "stderr", "text": "a\ud800b"}) == {
        "name": "stderr",
        "text": "a?b",
    }


def test_a_count_that_is_no_whole_number_is_none():
    for count in (True, "1", 1.5, [1]):
        assert plain("execute_input", {"execution_count": count}) == {"execution_count": None}
