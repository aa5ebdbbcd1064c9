"""The record of one named mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """A wrong version of a function, and what to tell the one who wrote it.

    Book: one-curve-per-image

    Attributes
    ----------
    key : str
        Short name, unique within its function.
    sentence : str
        What was done and what to do instead.
    wrong : callable
        Takes what the task's function takes and returns what it returns.
    """

    key: str
    sentence: str
    wrong: Callable[..., Any]
