"""Attackers who send what no kernel sends get their marks."""

from .attack import marks_of
from .protocol import PROTOCOL

test_attack = marks_of(PROTOCOL)
