"""Attackers who forge marks get the marks that their answers earn."""

from .attack import marks_of
from .forging import FORGING

test_attack = marks_of(FORGING)
