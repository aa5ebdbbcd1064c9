"""What a problem set must fulfil before students see it; one sentence per failure.

Each rule yields what is wrong and what to do; `lint_source` and `lint_release` put the names of
the set and the cell in front.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gradekit import names
from gradekit.crossing import argument_problems, name_problems, seed_problems, student_names
from gradekit.notebooks import grade_id, read
from gradekit.seeds import NAME as SEED
from gradekit.source import Cell, Source

SHORTEST_LEAK = 12
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Problem = tuple[str, str]


def lint_source(source: Source) -> list[str]:
    """Check the text source of a set; return one sentence per failure, naming set and cell."""
    broken = list(_syntax(source))
    if broken:
        return _sentences(source, broken)
    rules = [_unique_ids(source), _setup_is_ours(source), _wrong_parses(source), _pages(source)]
    rules += [_seed(source)]
    rules += [_test(cell, source) for cell in source.tests()]
    return _sentences(source, [problem for rule in rules for problem in rule])


def lint_release(source: Source, folder: Path) -> list[str]:
    """Check the released folder of a set; return one sentence per failure."""
    notebook = read(folder / f"{source.name}.ipynb")
    released = {grade_id(node): node.source for node in notebook.cells}
    text = "\n".join(node.source for node in notebook.cells)
    problems = [*_leaks(source, text), *_docstrings(source, released)]
    allowed = {f"{source.name}.ipynb", *source.files}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts and name not in allowed:
            remedy = "delete it, or list it under `files` in the header of the text source"
            problems.append((name, f"is in the release and not listed: {remedy}"))
    return _sentences(source, problems)


def _sentences(source: Source, problems: list[Problem]) -> list[str]:
    return [f"{source.name}, cell {label}: {what}." for label, what in problems]


def _syntax(source: Source) -> Iterator[Problem]:
    for cell in source.cells:
        if cell.is_setup or cell.is_test or cell.is_answer:
            try:
                ast.parse(cell.text)
            except SyntaxError as error:
                yield cell.label, f"is not plain Python (line {error.lineno}: {error.msg}): mend it"


def _unique_ids(source: Source) -> Iterator[Problem]:
    counts = Counter(cell.label for cell in source.cells if cell.meta)
    for label, count in counts.items():
        if count > 1:
            yield label, f"its grade_id occurs {count} times: give each cell its own"


def _setup_is_ours(source: Source) -> Iterator[Problem]:
    students = student_names(source)
    known: set[str] = set()
    for cell in source.cells:
        if cell.is_setup and cell.code:
            for name in sorted(names.taken(cell.text) & students):
                yield cell.label, f"a setup cell uses the student's {name!r}: move it to the test"
            for name in sorted(names.taken(cell.text) - students - known - {SEED}):
                yield cell.label, f"uses {name!r}, which no setup cell before it makes: define it"
            known |= names.made(cell.text)


def _wrong_parses(source: Source) -> Iterator[Problem]:
    for cell in source.cells:
        if "wrong" in cell.meta and not cell.is_answer:
            yield cell.label, "has `wrong` and is no answer: move it to the answer's cell"
        elif "wrong" in cell.meta:
            try:
                ast.parse(cell.meta["wrong"], mode="eval")
            except SyntaxError:
                yield cell.label, f"`wrong` is no expression: {cell.meta['wrong']!r}: mend it"


def _seed(source: Source) -> Iterator[Problem]:
    for cell in source.cells:
        if cell.is_setup or cell.is_test or cell.is_answer:
            for what in seed_problems(cell):
                yield cell.label, what


def _pages(source: Source) -> Iterator[Problem]:
    for cell in source.cells:
        page = cell.meta.get("page")
        if page is not None and not cell.is_test:
            yield cell.label, "has `page` and is no test: move it to the test's cell"
        elif page is not None and not SLUG.fullmatch(str(page)):
            yield (
                cell.label,
                f"`page` is no plain name: {page!r}: write `like-this`",
            )


def _test(cell: Cell, source: Source) -> Iterator[Problem]:
    rules = [_ending(cell), _points(cell), _hidden(cell)]
    rules += [name_problems(cell, source), argument_problems(cell, source)]
    for what in [what for rule in rules for what in rule]:
        yield cell.label, what


def _ending(cell: Cell) -> Iterator[str]:
    tree = ast.parse(cell.text)
    last = ast.unparse(tree.body[-1]) if tree.body else ""
    task = _task_name(tree)
    if not task:
        yield 'makes no task: start with `task = Task("name", points=...)`'
    elif last != f"{task}.score()" or cell.text.rstrip().splitlines()[-1].strip() != last:
        yield f"does not end in `{task}.score()`: make that its last line, without semicolon"


def _task_name(tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and names.makes_task(node.value):
            return ast.unparse(node.targets[0])
    return ""


def _points(cell: Cell) -> Iterator[str]:
    points, parts = cell.meta.get("points"), names.parts_of(cell.text)
    everywhere = sum(1 for node in ast.walk(ast.parse(cell.text)) if names.part_call(node))
    if everywhere != len(parts):
        yield "has a part inside another statement: put each part at the top level"
    if any(part.points is None for part in parts):
        yield "has a part whose points are no literal number: write `points=1`"
        return
    total = round(sum(part.points or 0 for part in parts), 6)
    if total != points:
        yield f"its parts sum to {total:g} and its metadata says {points}: make them equal"
    for node in ast.walk(ast.parse(cell.text)):
        if isinstance(node, ast.Call) and names.makes_task(node):
            given = {k.arg: names.literal(k.value) for k in node.keywords}.get("points")
            if given != points:
                yield f"Task has {given} points and the metadata says {points}: make them equal"


def _hidden(cell: Cell) -> Iterator[str]:
    parts = names.parts_of(cell.text)
    for part in parts:
        if part.in_region and not part.hidden:
            yield f"part {part.title!r} lies between the HIDDEN TESTS lines: add `hidden=True`"
        if part.hidden and not part.in_region:
            yield f"part {part.title!r} is hidden: put it between the HIDDEN TESTS lines"
    if parts and all(part.hidden for part in parts):
        yield "has hidden parts only: add a visible part that tests the same"


def _leaks(source: Source, released: str) -> Iterator[Problem]:
    lines = {line.strip() for line in released.splitlines()}
    for cell in source.cells:
        if cell.meta.get("solution"):
            for line in _solution_lines(cell):
                if line in lines:
                    yield cell.label, f"its solution line `{line}` is in the release: rewrite one"
    visible = {line for cell in source.cells for line in names.visible_and_hidden(cell.text)[0]}
    for cell in source.tests():
        for line in sorted(names.visible_and_hidden(cell.text)[1] - visible):
            if len(line) >= SHORTEST_LEAK and line in lines:
                yield cell.label, f"its hidden line `{line}` is in the release: rewrite one"


def _solution_lines(cell: Cell) -> list[str]:
    inside = names.region_lines(cell.text, names.BEGIN_SOLUTION, names.END_SOLUTION)
    numbered = enumerate(cell.text.splitlines(), start=1)
    lines = [line.strip() for i, line in numbered if i in inside or not inside]
    return [
        line
        for line in lines
        if len(line) >= SHORTEST_LEAK and not line.startswith(("import ", "from ", "#"))
    ]


def _docstrings(source: Source, released: dict[str | None, str]) -> Iterator[Problem]:
    tested = {name for test in source.tests() for name in test.uses}
    for cell in source.answers():
        if cell.label not in released:
            yield cell.label, "is missing in the release: generate it again"
            continue
        shown = _functions(released[cell.label])
        for name in _functions(cell.text):
            if name in tested and name not in shown:
                remedy = "put `### BEGIN SOLUTION` below its first line and docstring"
                yield cell.label, f"{name} is not in the release: {remedy}"
        for name, node in shown.items():
            if not ast.get_docstring(node):
                remedy = "write one above the solution, with shapes and units"
                yield cell.label, f"{name} has no docstring in the release: {remedy}"


def _functions(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
