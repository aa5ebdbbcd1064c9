"""A small course of its own: nothing of gradekit may depend on this repository's course."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradekit.course import CONFIG, Course

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE)]


@pytest.fixture(scope="session", autouse=True)
def toykit_importable() -> Iterator[None]:
    """The toy course's library stands beside it, for this process and for kernels."""
    path = os.pathsep.join([str(HERE / "toy_course"), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE / "toy_course")
        patch.setenv("PYTHONPATH", path.rstrip(os.pathsep))
        yield


@pytest.fixture(scope="session")
def make_course() -> Callable[[Path], Course]:
    """Copy the toy course to a folder."""

    def copy(root: Path) -> Course:
        shutil.copytree(HERE / "toy_course" / "solutions", root / "solutions")
        config = (REPOSITORY / CONFIG).read_text(encoding="utf-8")
        (root / CONFIG).write_text(config.replace("spectralkit", "toykit"), encoding="utf-8")
        return Course.at(root)

    return copy


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
