"""While its task is tested, the library's function refuses, whatever it is called by."""

import importlib
import sys
from functools import cache, partial, wraps
from types import ModuleType

import pytest

from gradekit.reference import closed

LIBRARY = """
def power(x, *, scale=1):
    return scale * x

def mean(x):
    return power(x) / 2

class Wave:
    pass
"""


@pytest.fixture
def library(monkeypatch):
    """A package with two functions and a class."""
    module = ModuleType("library")
    exec(LIBRARY, module.__dict__)
    monkeypatch.setitem(sys.modules, "library", module)
    return module


WAYS = {
    "module": lambda library: library.power,
    "alias": lambda library: vars(library)["power"],
    "getattr": lambda library: getattr(library, "po" + "wer"),
    "importlib": lambda _: importlib.import_module("library").power,
    "partial": lambda library: partial(library.power, scale=2),
    "method": lambda library: library.power.__call__,
    "another function of the package": lambda library: library.mean,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_function_refuses_whatever_it_is_called_by(library, way):
    # Taken before, as an import at the top of a notebook does.
    function = WAYS[way](library)
    right = function(3)
    with closed("power", ["library"]), pytest.raises(RuntimeError) as caught:
        function(3)
    assert str(caught.value) == "power: write it yourself, then compare"
    assert function(3) == right


def test_it_refuses_with_any_arguments(library):
    with closed("power", ["library"]):
        for arguments in ((), (1, 2, 3), (None,)):
            with pytest.raises(RuntimeError, match="write it yourself"):
                library.power(*arguments, scale=5, other=6)


def test_functions_of_other_names_still_work(library):
    library.power.__kwdefaults__["scale"] = 4
    with closed("mean", ["library"]):
        assert library.power(3) == 12
        assert library.Wave()
    assert library.mean(1) == 2


def test_it_works_again_after_an_exception(library):
    code = library.power.__code__
    with pytest.raises(KeyError), closed("power", ["library"]):
        raise KeyError
    assert library.power.__code__ is code
    assert library.power(3) == 3


def test_a_function_behind_decorators_is_found(library):
    def twice(function):
        @wraps(function)
        def wrapper(*positional, **named):
            return function(*positional, **named)

        return wrapper

    plain, library.power = library.power, twice(library.power)
    with closed("power", ["library"]):
        for function in (plain, library.power):
            with pytest.raises(RuntimeError, match="write it yourself"):
                function(1)
    library.power = cache(plain)
    with closed("power", ["library"]), pytest.raises(RuntimeError, match="write it yourself"):
        library.power(1)
    assert library.power(1) == 1


def test_a_closure_a_class_and_anything_else_of_that_name_are_left_alone(library):
    def make(factor):
        def power(x):
            return factor * x

        return power

    for other in (make(2), library.Wave, len, 3, None):
        library.power = other
        with closed("power", ["library"]):
            assert library.power is other
            if callable(other) and other is not len:
                assert other(1) if other is not library.Wave else other()


def test_a_function_that_only_goes_by_that_name_is_left_alone(library):
    library.power = library.mean
    with closed("power", ["library"]):
        assert library.mean.__code__.co_name == "mean"


def test_packages_that_are_not_there_or_lack_the_name_are_left_alone(library):
    with closed("power", ["no_such_package", "library", "library"]):
        assert "no_such_package" not in sys.modules
        with pytest.raises(RuntimeError, match="write it yourself"):
            library.power(1)
    with closed("missing", ["library"]):
        assert library.power(1) == 1
    assert library.power(1) == 1
