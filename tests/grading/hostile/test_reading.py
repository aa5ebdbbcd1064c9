"""Attackers who look for what they must not see get their marks, and see nothing."""

from .attack import marks_of
from .reading import READING

test_attack = marks_of(READING)
