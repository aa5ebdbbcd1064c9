"""Parsing is safe in many threads, and otherwise Python's own."""

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradekit.syntax import parse

SOURCE = "\n".join(
    f"def f{i}(x): return [x + {i} * (x - {i}) for x in range({i})]" for i in range(60)
)


def test_the_tree_is_pythons():
    assert ast.dump(parse(SOURCE)) == ast.dump(ast.parse(SOURCE))


def test_what_is_no_python_is_told():
    with pytest.raises(SyntaxError):
        parse("def")


class Garbage:
    """Collected while a tree is built, and slow enough that another thread goes on meanwhile."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        time.sleep(1e-4)


def some_trees(_):
    trees = []
    for _ in range(10):
        Garbage()
        trees.append(len(parse(SOURCE).body))
    return set(trees)


def test_many_threads_parse_at_once():
    threshold = gc.get_threshold()
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert set().union(*threads.map(some_trees, range(8))) == {60}
    finally:
        gc.set_threshold(*threshold)
