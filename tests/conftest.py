"""A small course of its own: nothing of gradekit may depend on this repository's course."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradekit.course import CONFIG, Course

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
TOY = HERE / "gradekit" / "toy_course"


@pytest.fixture(scope="session")
def toykit_importable() -> Iterator[None]:
    """The toy course's library stands beside it, for this process and for kernels."""
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        patch.setenv("PYTHONPATH", path.rstrip(os.pathsep))
        yield


@pytest.fixture(scope="session")
def make_course(toykit_importable: None) -> Callable[..., Course]:
    """Copy the toy course to a folder; its students may hand in the source's own answers or not."""

    def copy(root: Path, *, reference_allowed: bool = False) -> Course:
        shutil.copytree(TOY / "solutions", root / "solutions")
        config = (REPOSITORY / CONFIG).read_text(encoding="utf-8").replace("spectralkit", "toykit")
        if reference_allowed:
            config += "config.PoolAutograde.reference_allowed = True\n"
        (root / CONFIG).write_text(config, encoding="utf-8")
        return Course.at(root)

    return copy
