"""Every unit of gradekit is tested with the toy course."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gradekit.course import Course

sys.path[:0] = [str(Path(__file__).parent)]


@pytest.fixture(scope="session", autouse=True)
def toykit_everywhere(toykit_importable: None) -> None:
    """Also tests that make no course may run the toy course's cells."""


@pytest.fixture
def course(make_course: Callable[[Path], Course], tmp_path: Path) -> Course:
    """A fresh toy course."""
    return make_course(tmp_path)


@pytest.fixture
def edit(course: Course) -> Callable[[str, str], Path]:
    """Replace a string in the toy set's source, which must hold it."""

    def replace(old: str, new: str) -> Path:
        path = course.text("toy")
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace
