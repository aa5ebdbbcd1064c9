"""Documentation that is run, complete, and linked with the book in both directions."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import spectralkit as sk

BOOK = Path(__file__).parents[2] / "book"
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(sk.__path__, prefix="spectralkit.")
)
FUNCTIONS_AND_CLASSES = {name for name in sk.__all__ if callable(getattr(sk, name))}
IN_MISTAKES = {f"mistakes.{name}" for name in sk.mistakes.__all__}
# The error is shown by every page on which something is refused, so it has no page of its own.
PUBLIC = sorted((FUNCTIONS_AND_CLASSES | IN_MISTAKES) - {"SpectralKitError"})
NEEDS_NOTEBOOK_NETWORK_OR_FILES = {"show", "imagenette", "images_from_folder"}


def public_object(name):
    obj = sk
    for part in name.split("."):
        obj = getattr(obj, part)
    return obj


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


@pytest.mark.parametrize("name", PUBLIC)
def test_every_parameter_is_documented_and_options_are_keyword_only(name):
    obj = public_object(name)
    documented = inspect.getdoc(obj)
    for position, parameter in enumerate(inspect.signature(obj).parameters.values()):
        assert re.search(rf"\b{parameter.name}\b", documented), parameter
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
