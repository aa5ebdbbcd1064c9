"""Hidden parts on each student's own data: the reference always passes, no mistake ever does.

The answers are compared with the reference on the same data, so there is no chance in the checks
themselves. It is in the data, on which a mistake might agree with what is right.
"""

from collections import defaultdict
from pathlib import Path

import pytest

import gradekit.task
from gradekit.course import Course
from gradekit.probe import probe
from gradekit.seeds import seed
from gradekit.source import read_source, write_source

COURSE = Course.at(Path(__file__).parents[2])
STUDENTS = [seed(b"a class", str(number), "task") for number in range(12)]


@pytest.fixture(scope="module", params=COURSE.sets())
def tried(request, tmp_path_factory):
    """All named mistakes of a set on the data of a class."""
    source = read_source(COURSE.text(request.param))
    path = write_source(source, tmp_path_factory.mktemp("own") / source.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        for name in ("Task", "compare"):  # the probe puts its own in their place
            patch.setattr(gradekit.task, name, getattr(gradekit.task, name))
        return probe(path, STUDENTS)


def test_the_reference_earns_everything(tried):
    assert tried.lost == ()


def test_each_named_mistake_loses_hidden_points_and_is_told_its_name(tried):
    told = defaultdict(set)
    for trial in tried.trials:
        if trial.hidden and trial.seed is not None:
            told[trial.test, trial.mistake, trial.seed].add(trial.told)
    assert {seed for _, _, seed in told} == set(STUDENTS)
    # One comparison of a part may not show a mistake (None), but another one does.
    wrong = {key: names for key, names in told.items() if names - {None} != {key[1]}}
    assert wrong == {}


def test_every_comparison_that_knows_mistakes_is_on_own_data_where_it_is_hidden(tried):
    assert [trial for trial in tried.trials if trial.hidden and trial.seed is None] == []
