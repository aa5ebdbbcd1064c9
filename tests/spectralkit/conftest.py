"""What the tests of the library share."""

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import spectralkit as sk

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("mistake_checks")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each general check of mistakes the names for which its file knows what is right."""
    if "mistaken" in metafunc.fixturenames:
        metafunc.parametrize("mistaken", metafunc.module.RIGHT)


@pytest.fixture(scope="session")
def photographs() -> NDArray[np.float64]:
    """The ten photographs, green channel from -1 to 1, shape (10, 256, 256); read-only."""
    images = sk.photographs().images
    images.flags.writeable = False
    return images


@pytest.fixture
def photo(photographs: NDArray[np.float64]) -> NDArray[np.float64]:
    """One photograph that is not square, so that swapped axes show: shape (96, 160)."""
    return photographs[3, 80:176, 40:200]
