"""While a task is tested, the library's function of its name says: write it yourself.

This stops honest shortcuts and is no boundary: copied source is for a human to judge.
"""

import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from gradekit.raised import REFUSED


@contextmanager
def closed(name: str, packages: Iterable[str]) -> Iterator[None]:
    """Make the functions `name` of some packages raise, whatever they are called by.

    The code of the function itself is exchanged, so an alias, ``getattr`` and ``importlib`` find
    the same refusal.

    Parameters
    ----------
    name : str
        Name of the function.
    packages : iterable of str
        Importable packages; those that were not imported are left alone.
    """
    found = {id(one): one for package in packages for one in _functions(package, name)}
    codes = [(function, function.__code__) for function in found.values()]
    for function, code in codes:
        function.__code__ = _refusal(f"{code.co_name}: {REFUSED}").__code__
    try:
        yield
    finally:
        for function, code in codes:
            function.__code__ = code


def _functions(package: str, name: str) -> Iterator[FunctionType]:
    module = sys.modules.get(package)
    function: Any = inspect.unwrap(getattr(module, name, None) or _functions)
    named_so = isinstance(function, FunctionType) and function.__name__ == name
    # A closure takes no other code, and a package's public functions are none.
    if named_so and not function.__code__.co_freevars:
        yield function


def _refusal(sentence: str) -> FunctionType:
    space: dict[str, Any] = {}
    exec(f"def refuse(*_, **__): raise RuntimeError({sentence!r})", space)  # noqa: S102 - own text
    refuse: FunctionType = space["refuse"]
    return refuse
