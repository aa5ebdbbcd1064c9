"""Documentation that is run, complete, and linked with the book in both directions."""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import spectralkit as sk
from gradekit import task

BOOK = Path(__file__).parents[2] / "book"
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(sk.__path__, prefix="spectralkit.")
)
FUNCTIONS_AND_CLASSES = {name for name in sk.__all__ if callable(getattr(sk, name))}
IN_MISTAKES = {f"mistakes.{name}" for name in sk.mistakes.__all__}
# The error is shown by every page on which something is refused, so it has no page of its own.
PUBLIC = sorted((FUNCTIONS_AND_CLASSES | IN_MISTAKES) - {"SpectralKitError"})
NEEDS_NOTEBOOK_NETWORK_OR_FILES = {"show", "play", "imagenette", "images_from_folder"}

# What numpydoc may find missing.
ALLOWED = {
    "ES01",  # a second paragraph: where one sentence says it, one is enough
    "EX01",  # an example: a test here demands it of each function, records are shown by those
    "SA01",  # See Also: the line "Book: <page>" leads to the page with its relatives
}
ALLOWED_FOR = {
    "gradekit.task.Task.part": {"YD01"},  # Yields: a context manager, whose value is None
}


def public_object(name):
    obj = sk
    for part in name.split("."):
        obj = getattr(obj, part)
    return obj


def with_methods(prefix, objects):
    """Each function and class by its dotted name, with the public methods of the classes."""
    found = {f"{prefix}.{name}": obj for name, obj in objects.items() if callable(obj)}
    for name, cls in list(found.items()):
        if inspect.isclass(cls):
            public = {key: value for key, value in vars(cls).items() if not key.startswith("_")}
            found |= {
                f"{name}.{key}": value
                for key, value in public.items()
                if callable(value) or isinstance(value, property | classmethod)
            }
    return found


WITH_DOCSTRING = {
    **with_methods("spectralkit", {name: getattr(sk, name) for name in sk.__all__}),
    **with_methods(
        "spectralkit.mistakes", {name: getattr(sk.mistakes, name) for name in sk.mistakes.__all__}
    ),
    **with_methods("gradekit.task", {name: getattr(task, name) for name in task.__all__}),
    "spectralkit.PowerLaw.__call__": sk.PowerLaw.__call__,
}


def pages():
    """Text of every page of the book."""
    return {path.stem: path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")}


# run


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("module", MODULES)
def test_every_example_gives_what_it_shows(module):
    loaded = importlib.import_module(module)
    names = {**vars(loaded), "np": np, "sk": sk}
    result = doctest.testmod(loaded, extraglobs=names, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted({*PUBLIC} - NEEDS_NOTEBOOK_NETWORK_OR_FILES))
def test_every_public_function_shows_an_example(name):
    obj = public_object(name)
    if inspect.isfunction(obj):
        assert ">>> " in inspect.getdoc(obj)


# complete


@pytest.mark.parametrize("name", sorted(WITH_DOCSTRING))
def test_every_public_docstring_follows_numpydoc(name):
    allowed = {*ALLOWED, *ALLOWED_FOR.get(name, ())}
    if dataclasses.is_dataclass(WITH_DOCSTRING[name]):
        allowed.add("PR01")  # its parameters are its attributes: see the test below
    errors = [error for error in validate(name)["errors"] if error[0] not in allowed]
    assert errors == []


@pytest.mark.parametrize(
    "name", [name for name, obj in WITH_DOCSTRING.items() if dataclasses.is_dataclass(obj)]
)
def test_every_field_of_a_record_is_documented(name):
    sections = NumpyDocString(inspect.getdoc(WITH_DOCSTRING[name]))
    entries = [*sections["Parameters"], *sections["Attributes"]]
    documented = {field for entry in entries for field in entry.name.split(", ")}
    fields = {field.name for field in dataclasses.fields(WITH_DOCSTRING[name])}
    assert fields - documented == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_options_are_keyword_only(name):
    obj = public_object(name)
    for position, parameter in enumerate(inspect.signature(obj).parameters.values()):
        has_value = parameter.default not in (parameter.empty, None)
        if inspect.isfunction(obj) and has_value and position > 0:
            assert parameter.kind is parameter.KEYWORD_ONLY, parameter


# linked


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_explained_on_the_page_that_it_names(name):
    named = re.findall(r"^ *Book: (.+)$", inspect.getdoc(public_object(name)), re.MULTILINE)
    assert len(named) == 1, f"{name} needs one line 'Book: <page>'"
    text = pages().get(named[0])
    assert text is not None, f"{name} names the page {named[0]}, which does not exist"
    last = name.rpartition(".")[-1]
    mentioned = re.search(rf"\b{last}\b", text) is not None
    assert mentioned, f"the page {named[0]} does not mention {last}"


@pytest.mark.parametrize("page", sorted(pages()))
def test_every_name_that_a_page_uses_exists(page):
    for name, below in re.findall(r"\bsk\.(\w+)(?:\.(\w+))?", pages()[page]):
        assert name in sk.__all__, f"{page} uses sk.{name}"
        if name == "mistakes" and below:
            assert below in sk.mistakes.__all__, f"{page} uses sk.mistakes.{below}"
