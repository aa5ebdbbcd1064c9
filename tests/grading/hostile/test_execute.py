"""Each attacker of the hostile class gets the mark in the table, and hurts only its own task."""

import pytest

from gradekit import sandbox

from .attack import FULL, HONEST, RUN, SEED, Attack, grade, hidden_lines
from .forging import FORGING
from .protocol import PROTOCOL
from .reading import READING
from .resources import RESOURCES

ATTACKS = [*READING, *FORGING, *PROTOCOL, *RESOURCES]


@pytest.fixture(scope="module", autouse=True)
def sandbox_works():
    """Fails with the sentence that names what is missing; `make env` installs it."""
    sandbox.demand()


def test_the_honest_neighbour_gets_full_marks():
    assert grade(Attack("honest", HONEST["mean_power"])).marks == FULL


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack(attack):
    graded = grade(attack)
    assert graded.marks == {**FULL, "mean_power": attack.earns}
    for secret in (*hidden_lines(), RUN, str(SEED)):
        assert secret not in _without_records(graded)
    attack.check(graded)


def _without_records(graded):
    return graded.shown.replace(f'"run": "{RUN}"', "")


def test_names_of_attacks_are_different_words():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert len(hidden_lines()) >= 6
