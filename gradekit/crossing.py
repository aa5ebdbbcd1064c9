"""Rules for what crosses between a test and the student's code: names, arguments, the seed.

Student's functions run in another process than their test and get plain data only. Whether an
argument is plain is known for sure when it is there: then the judge refuses it, and
`gradekit check` shows that. Here stands what can be seen in the text already.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator

from gradekit import names
from gradekit.names import PartCall
from gradekit.seeds import NAME as SEED
from gradekit.source import Cell, Source

PLAIN = "numbers, text, lists, tuples, dicts, arrays or a numpy.random.Generator"
# Calls of built-in functions whose result is never plain.
LAZY = {"enumerate", "filter", "frozenset", "iter", "map", "object", "open", "range"}
LAZY |= {"reversed", "set", "slice", "zip"}
KINDS: dict[type[ast.expr], str] = {
    ast.Lambda: "a function",
    ast.GeneratorExp: "a generator",
    ast.Set: "a set",
    ast.SetComp: "a set",
}


def student_names(source: Source) -> set[str]:
    """Names that the answers of a set make."""
    return {name for cell in source.answers() for name in names.made(cell.text)}


def name_problems(cell: Cell, source: Source) -> Iterator[str]:
    """Say which names a test takes from the student, or from nowhere, without saying so."""
    students, uses = student_names(source), set(cell.uses)
    setup = {name for c in source.cells if c.is_setup and c.code for name in names.made(c.text)}
    taken = names.taken(cell.text) - {SEED}
    for name in sorted(uses - students):
        yield f"`uses` lists {name!r}, which no answer cell makes: correct the name"
    for name in sorted(uses - taken):
        yield f"`uses` lists {name!r}, which the test does not use: take it off the list"
    for name in sorted(taken - uses - setup):
        owner = "the student's" if name in students else "the unknown"
        remedy = "add it to `uses`" if name in students else "make it in a setup cell"
        yield f"uses {owner} name {name!r}: {remedy}"
    for name in sorted(_outside_parts(cell) & uses):
        yield f"uses {name!r} outside of a part: a broken answer would end the cell; move it in"


def _outside_parts(cell: Cell) -> set[str]:
    outside = [node for node in ast.parse(cell.text).body if not names.part_call(node)]
    return {node.id for node in _names_in(outside)}


def seed_problems(cell: Cell) -> Iterator[str]:
    """Say where a cell uses ``SEED``, which only the hidden parts of a test know."""
    if SEED in names.made(cell.text):
        yield f"makes a {SEED} of its own: choose another name, this one is the student's seed"
        return
    used = sum(node.id == SEED for node in _names_in(ast.parse(cell.text).body))
    parts: list[PartCall] = names.parts_of(cell.text) if cell.is_test else []
    hidden = [part for part in parts if part.hidden and part.in_region]
    inside = sum(node.id == SEED for part in hidden for node in _names_in(part.nodes))
    if used > inside:
        yield f"uses {SEED} outside of a hidden part, where there is none: move it into one"


def argument_problems(cell: Cell, source: Source) -> Iterator[str]:
    """Say which arguments of a student's functions can never be plain data."""
    setup = [c.text for c in source.cells if c.is_setup and c.code]
    answers = [c.text for c in source.answers()]
    kinds = {name: "a function" for name in dir(builtins) if callable(getattr(builtins, name))}
    for text in [*answers, *setup, cell.text]:
        kinds |= _kinds(text)
        kinds = {name: kind for name, kind in kinds.items() if name not in _assigned(text)}
    kinds |= dict.fromkeys(_tasks(cell.text), "the task")
    for node in ast.walk(ast.parse(cell.text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = [*node.args, *(k.value for k in node.keywords if k.arg)]
            for what in _never_plain(given, kinds) if node.func.id in cell.uses else ():
                yield f"hands {what} to the student's {node.func.id!r}: give it {PLAIN}"


def _never_plain(nodes: Iterable[ast.expr | None], kinds: dict[str, str]) -> Iterator[str]:
    for node in filter(None, nodes):
        if type(node) in KINDS:
            yield f"{KINDS[type(node)]} (`{ast.unparse(node)}`)"
        elif isinstance(node, ast.Name) and node.id in kinds:
            yield f"{kinds[node.id]} (`{node.id}`)"
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in LAZY and name in kinds:
                yield f"the result of `{name}`"
        elif isinstance(node, ast.List | ast.Tuple):
            yield from _never_plain(node.elts, kinds)
        elif isinstance(node, ast.Dict):
            yield from _never_plain([*node.keys, *node.values], kinds)


def _kinds(text: str) -> dict[str, str]:
    """What is no data by the way it is made: modules, functions and classes, by name."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {(a.asname or a.name).split(".")[0]: "a module" for a in node.names}
        elif isinstance(node, ast.FunctionDef):
            found[node.name] = "a function"
        elif isinstance(node, ast.ClassDef):
            found[node.name] = "a class"
    return found


def _tasks(text: str) -> set[str]:
    return {
        target.id
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and names.makes_task(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _assigned(text: str) -> set[str]:
    made = {node.id for node in _names_in(ast.parse(text).body) if isinstance(node.ctx, ast.Store)}
    arguments = (node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg))
    return made | set(arguments)


def _names_in(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    for node in nodes:
        yield from (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))
