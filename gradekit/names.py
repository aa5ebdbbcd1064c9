"""Which names a piece of Python code takes from outside and which it makes."""

import ast
import builtins
import symtable
from dataclasses import dataclass

from gradekit.syntax import parse

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BUILTINS = frozenset(dir(builtins)) | {"__name__", "get_ipython", "display"}


@dataclass(frozen=True)
class PartCall:
    """A ``with task.part(...)`` at the top level of a test cell.

    `points` is None where they are not a literal number.
    """

    title: str
    points: float | None
    hidden: bool
    in_region: bool
    nodes: tuple[ast.stmt, ...]


def made(code: str) -> set[str]:
    """Names that `code` defines at its top level."""
    table = symtable.symtable(code, "cell", "exec")
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def taken(code: str) -> set[str]:
    """Names that `code` uses, inside functions too, and neither makes nor finds in Python."""
    table = symtable.symtable(code, "cell", "exec")
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    return (used | _globals_of(table)) - made(code) - BUILTINS


def _globals_of(table: symtable.SymbolTable) -> set[str]:
    names: set[str] = set()
    for child in table.get_children():
        names |= {s.get_name() for s in child.get_symbols() if s.is_global()}
        names |= _globals_of(child)
    return names


def region_lines(text: str, begin: str, end: str) -> set[int]:
    """Numbers of the lines (from 1) between the markers, the markers not included."""
    inside, lines = False, set()
    for i, line in enumerate(text.splitlines(), start=1):
        if begin in line or end in line:
            inside = begin in line
        elif inside:
            lines.add(i)
    return lines


def visible_and_hidden(code: str) -> tuple[set[str], set[str]]:
    """Split code into its stripped lines outside and inside of the hidden tests."""
    inside = region_lines(code, BEGIN_HIDDEN, END_HIDDEN)
    lines = list(enumerate((line.strip() for line in code.splitlines()), start=1))
    hidden = {line for i, line in lines if i in inside}
    return {line for i, line in lines if i not in inside}, hidden


def parts_of(code: str) -> list[PartCall]:
    """Find the parts of a test cell that stand at its top level."""
    hidden = region_lines(code, BEGIN_HIDDEN, END_HIDDEN)
    found = []
    for node in parse(code).body:
        call = part_call(node)
        if call and isinstance(node, ast.With):
            keywords = {k.arg: literal(k.value) for k in call.keywords}
            title, points = literal(call.args[0]) if call.args else "", keywords.get("points")
            found.append(
                PartCall(
                    title=str(title),
                    points=float(points) if isinstance(points, int | float) else None,
                    hidden=keywords.get("hidden") is True,
                    in_region=node.lineno in hidden,
                    nodes=tuple(node.body),
                )
            )
    return found


def outside_parts(code: str) -> str:
    """Return what the visible lines of a test cell define outside of its parts."""
    hidden = region_lines(code, BEGIN_HIDDEN, END_HIDDEN)
    body = parse(code).body
    kept = [
        node
        for node in body
        if not (part_call(node) or isinstance(node, ast.Expr) or node.lineno in hidden)
    ]
    return "\n".join(ast.unparse(node) for node in kept)


def part_call(node: ast.AST) -> ast.Call | None:
    """Return the call of ``with task.part(...)``, or None for any other statement."""
    if not isinstance(node, ast.With):
        return None
    call = node.items[0].context_expr
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        return call if call.func.attr == "part" else None
    return None


def makes_task(node: ast.AST) -> bool:
    """Whether an expression is a call of ``Task``."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Task"


def literal(node: ast.expr) -> object:
    """Value of a constant expression, None for any other."""
    return node.value if isinstance(node, ast.Constant) else None
