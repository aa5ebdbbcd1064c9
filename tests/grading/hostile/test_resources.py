"""Attackers who take more than their share get their marks, and others keep theirs."""

from .attack import marks_of
from .resources import RESOURCES

test_attack = marks_of(RESOURCES)
