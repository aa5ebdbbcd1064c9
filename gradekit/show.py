"""Numbers, arrays and results as text and as accessible HTML."""

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from gradekit.values import Gap, is_numeric, numbers

if TYPE_CHECKING:
    from gradekit.task import Part

LONGEST = 2000


def number(value: Any) -> str:
    """Write one number with six digits, anything else as Python does (shortened)."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    if isinstance(value, complex):
        return f"{value.real:.6g}{value.imag:+.6g}j"
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


def points_text(value: float) -> str:
    """Write points without needless digits: ``1 point``, ``2.5 points``."""
    return f"{value:g} point" + ("" if value == 1 else "s")


def difference_lines(gap: Gap, ratio: float | None) -> list[str]:
    """Say what was expected, what came, and by which factor."""
    if gap.sentence:
        return []
    if not is_numeric(gap.right) or not np.ndim(gap.right):
        times = f" ({number(ratio)} times the right value)" if ratio else ""
        at = f" at {gap.path}" if gap.path else ""
        return [f"Expected {number(gap.right)}{at}, got {number(gap.answer)}{times}."]
    a, r = numbers(gap.answer), numbers(gap.right)
    apart = np.abs(a - r)
    worst = np.unravel_index(int(np.nanargmax(np.where(np.isfinite(apart), apart, -1))), r.shape)
    place = int(worst[0]) if r.ndim == 1 else tuple(int(i) for i in worst)
    count = int(np.sum(~np.isclose(a, r, rtol=1e-6, atol=1e-14 * float(np.nanmax(np.abs(r))))))
    return [
        f"The type and the shape {r.shape} are right.",
        _worst_line(count, r.size, place, number(r[worst]), number(a[worst])),
        _times(a, r, ratio),
    ]


def _worst_line(count: int, size: int, place: object, expected: str, got: str) -> str:
    at = f"{count} of {size} values differ, most at index {place}"
    return f"{at}: expected {expected}, got {got}."


def _times(a: np.ndarray[Any, Any], r: np.ndarray[Any, Any], ratio: float | None) -> str:
    if ratio:
        return f"Every value is {number(ratio)} times the right one."
    if not a.any():
        return "Your answer is zero everywhere."
    usable = (r != 0) & np.isfinite(a) & np.isfinite(r)
    if r.dtype.kind == "c" or a.dtype.kind == "c" or not usable.any():
        return ""
    middle = float(np.median(a[usable] / r[usable]))
    return f"The ratio of your values to the right ones is {number(middle)} in the median."


def array_block(gap: Gap, example: str) -> str:
    """Write expected and given values in full, below the line that shows them again."""
    lines = [f"run again: {example}"] if example else []
    with np.printoptions(precision=4, suppress=False, threshold=200, linewidth=88):
        lines += [f"expected:  {_indent(gap.right)}", f"got:       {_indent(gap.answer)}"]
    return "\n".join(lines)[:LONGEST]


def _indent(value: Any) -> str:
    text = str(value) if isinstance(value, np.ndarray) and value.ndim else number(value)
    return text.replace("\n", "\n           ")


def as_text(name: str, points: float, score: float, parts: "tuple[Part, ...]") -> str:
    """Write the result of a task for a terminal."""
    lines = [_headline(name, points, score, parts)]
    for part in parts:
        lines.append(f"{_verdict(part)} ({_earned(part)})")
        notes = [*part.notes, *part.block.splitlines()]
        lines += [f"    {line}" for note in notes for line in note.splitlines()]
    return "\n".join(lines)


def as_html(name: str, points: float, score: float, parts: "tuple[Part, ...]") -> str:
    """Write the result of a task as HTML without colour, script or heading; all text escaped.

    Only tags that nbconvert keeps when it sanitises feedback: ``p`` is not among them.
    """
    items = "".join(_item(part) for part in parts)
    headline = escape(_headline(name, points, score, parts))
    return (
        f'<div class="gradekit-task"><div><strong>{headline}</strong></div><ul>{items}</ul></div>'
    )


def _item(part: "Part") -> str:
    notes = "".join(f"<div>{escape(note)}</div>" for note in part.notes)
    style = 'style="white-space: pre-wrap"'
    block = f"<pre {style}>{escape(part.block)}</pre>" if part.block else ""
    return f"<li>{escape(_verdict(part))} ({escape(_earned(part))}){notes}{block}</li>"


def _headline(name: str, points: float, score: float, parts: "tuple[Part, ...]") -> str:
    passed = sum(part.passed for part in parts)
    return f"Task {name}: {score:g} of {points_text(points)}, {passed} of {len(parts)} parts passed"


def _verdict(part: "Part") -> str:
    return f"{'✓ passed' if part.passed else '✗ failed'}: {part.title}"


def _earned(part: "Part") -> str:
    return points_text(part.points) if part.passed else f"0 of {points_text(part.points)}"
