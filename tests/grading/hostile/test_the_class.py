"""The hostile class as a whole: what its tests rely on."""

from .attack import FULL, HONEST, Attack, grade, hidden_lines
from .forging import FORGING
from .protocol import PROTOCOL
from .reading import READING
from .resources import RESOURCES


def test_the_honest_neighbour_gets_full_marks():
    assert grade(Attack("honest", HONEST["mean_power"])).marks == FULL


def test_names_of_attacks_are_different_words():
    names = [attack.name for attack in (*READING, *FORGING, *PROTOCOL, *RESOURCES)]
    assert len(set(names)) == len(names) >= 40


def test_there_are_hidden_lines_to_look_for():
    assert len(hidden_lines()) >= 6
