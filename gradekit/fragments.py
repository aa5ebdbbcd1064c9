"""Pieces of an answer: what they define, whether they are whole, how they fit together."""

import ast
import re
import warnings
from collections.abc import Iterable

from gradekit.syntax import parse

COMMAND = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
DEFINITION = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)",
    re.MULTILINE,
)
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def whole(code: str) -> bool:
    """Whether `code` compiles; lines with commands of IPython count as empty statements."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_python(code), "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except NO_PYTHON:
        return False
    return True


def defined(code: str) -> set[str]:
    """Names of functions, classes and variables that `code` defines, not those it imports.

    Code that does not compile is searched line by line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = parse(_python(code)).body
    except NO_PYTHON:
        return {function or variable for function, variable in DEFINITION.findall(code)}
    return {name for statement in body for name in _names(statement)}


def _python(code: str) -> str:
    return COMMAND.sub(r"\1pass", code)


def _names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        nodes = ast.walk(statement)
        return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    # What stands in an `if`, `with` or `try` at the top level is defined as well.
    inner = [s for s in ast.iter_child_nodes(statement) if isinstance(s, ast.stmt)]
    return {name for s in inner for name in _names(s)}


def join(texts: Iterable[str]) -> str:
    """Put the pieces of a split cell together again.

    Whole pieces follow each other as when the notebook runs from top to bottom. Halves are tried
    with a line break between them, then without: the cut may be inside of a line.
    """
    pieces = list(texts)
    if all(whole(piece) for piece in pieces):
        return "\n\n".join(pieces)
    attempts = ["\n".join(pieces), "".join(pieces)]
    return next((text for text in attempts if whole(text)), attempts[0])


def combine(texts: Iterable[str], blank: str, *, code: bool) -> str | None:
    """Make one answer of all cells that claim to be it; None if all are blank.

    Parameters
    ----------
    texts : iterable of str
        In the order of the notebook; copies count once, at the place of the last.
    blank : str
        The cell as released.
    code : bool
        Whether it is code.
    """
    used = [text for text in texts if text.strip() and not same(text, blank)]
    kept = list(dict.fromkeys(reversed(used)))[::-1]
    if not kept:
        return None
    answer = kept[0] if len(kept) == 1 else join(kept) if code else "\n\n".join(kept)
    return None if same(answer, blank) else answer


def same(one: str, other: str) -> bool:
    """Whether two cells hold the same text, space around it aside."""
    return one.strip() == other.strip()


def without(text: str, part: str) -> str | None:
    """Cut `part` out of `text` where it stands as whole lines; None if it does not."""
    pattern = rf"(?:\A|\n){re.escape(part.strip())}[ \t]*(?=\n|\Z)"
    if not part.strip() or not (match := re.search(pattern, text)):
        return None
    return (text[: match.start()] + text[match.end() :]).strip("\n")
