"""Python source as a tree, one thread at a time."""

import ast
from threading import Lock

# CPython 3.11 keeps the depth of its recursion in one place for all threads (gh-106905): two that
# parse at once may raise "AST constructor recursion depth mismatch", whatever they parse.
_one_at_a_time = Lock()


def parse(text: str) -> ast.Module:
    """Parse Python source, as `ast.parse` does.

    Raises
    ------
    SyntaxError
        If it is no Python; ValueError, RecursionError and MemoryError as `ast.parse`.
    """
    with _one_at_a_time:
        return ast.parse(text)
