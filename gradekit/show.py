"""Numbers, arrays and results as text and as accessible HTML."""

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from gradekit.values import Gap, is_numeric, kind, numbers

if TYPE_CHECKING:
    from gradekit.task import Part

LONGEST = 2000


def number(value: Any, digits: int = 6) -> str:
    """Write numbers, alone or in lists and tuples, with six digits; anything else as Python does.

    Arrays are written with two digits less, and long texts are shortened.
    """
    if isinstance(value, list | tuple):
        inner = ", ".join(number(entry, digits) for entry in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, np.ndarray) and value.ndim:
        with np.printoptions(precision=digits - 2, suppress=False, threshold=200, linewidth=88):
            return str(value)
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    if isinstance(value, complex):
        return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
    if kind(value).endswith(" object"):
        return kind(value)
    text = f"{value:.{digits}g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


def telling(right: Any, answer: Any) -> tuple[str, str]:
    """Write two values with the fewest digits that show how they differ."""
    texts = [(number(right, digits), number(answer, digits)) for digits in (6, 9, 12, 17)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[0])


def offered(parts: "tuple[Part, ...]") -> float:
    """Sum the points of all parts, free of rounding dust."""
    return round(sum(part.points for part in parts), 6)


def points_text(value: float) -> str:
    """Write points without needless digits: ``1 point``, ``2.5 points``."""
    return f"{value:g} point" + ("" if value == 1 else "s")


def difference_lines(gap: Gap, ratio: float | None) -> list[str]:
    """Say what was expected, what came, and by which factor."""
    if gap.sentence:
        return []
    at = f" at {gap.path}" if gap.path else ""
    if not is_numeric(gap.right) or not np.ndim(gap.right):
        times = f" ({number(ratio)} times the right value)" if ratio and not gap.path else ""
        expected, got = telling(gap.right, gap.answer)
        return [f"Expected {expected}{at}, got {got}{times}."]
    a, r = numbers(gap.answer), numbers(gap.right)
    apart = np.abs(a - r)
    worst = np.unravel_index(int(np.nanargmax(np.where(np.isfinite(apart), apart, -1))), r.shape)
    place = int(worst[0]) if r.ndim == 1 else tuple(int(i) for i in worst)
    count = int(np.sum(~np.isclose(a, r, rtol=1e-6, atol=1e-14 * float(np.nanmax(np.abs(r))))))
    return [
        f"The type and the shape {r.shape} are right{at}.",
        _worst_line(count, r.size, place, *telling(r[worst], a[worst])),
        _relation(a, r, ratio),
    ]


def _worst_line(count: int, size: int, place: object, expected: str, got: str) -> str:
    at = f"{count} of {size} values differ, most at index {place}"
    return f"{at}: expected {expected}, got {got}."


def _relation(a: np.ndarray[Any, Any], r: np.ndarray[Any, Any], ratio: float | None) -> str:
    if ratio:
        return f"Every value is {number(ratio)} times the right one."
    if not a.any():
        return "Your answer is zero everywhere."
    if r.dtype.kind == "c" or a.dtype.kind == "c":
        return ""
    offset = _constant(a, r)
    if offset:
        return f"Your answer differs from the right one by the constant {offset:+.6g} everywhere."
    usable = (r != 0) & np.isfinite(a) & np.isfinite(r)
    if not usable.any():
        return ""
    middle = float(np.median(a[usable] / r[usable]))
    return f"The ratio of your values to the right ones is {number(middle)} in the median."


def _constant(a: np.ndarray[Any, Any], r: np.ndarray[Any, Any]) -> float:
    """Return what `a` has more than `r` at every place; 0 if that is no constant."""
    if a.size < 2 or not (np.isfinite(a).all() and np.isfinite(r).all()):
        return 0.0
    offset = float(np.mean(a - r))
    dust = 1e-6 * abs(offset) + 1e-14 * float(np.abs(r).max())
    return offset if abs(offset) > dust and np.abs(a - r - offset).max() <= dust else 0.0


def array_block(gap: Gap, example: str) -> str:
    """Write expected and given values in full, below the line that shows them again."""
    lines = [f"run again: {example}"] if example else []
    expected, got = (text.replace("\n", "\n           ") for text in telling(gap.right, gap.answer))
    return "\n".join([*lines, f"expected:  {expected}", f"got:       {got}"])[:LONGEST]


def as_text(
    name: str, points: float, score: float, parts: "tuple[Part, ...]", *, below: bool = True
) -> str:
    """Write the result of a task for a terminal; `below` if the mark is shown below it."""
    lines = [_headline(name, points, score, parts)]
    for part in parts:
        lines.append(f"{_verdict(part)} ({_earned(part)})")
        notes = [*part.notes, *part.block.splitlines()]
        lines += [f"    {line}" for note in notes for line in note.splitlines()]
    return "\n".join([*lines, *(_number(points, score, parts) if below else ())])


def as_html(name: str, points: float, score: float, parts: "tuple[Part, ...]") -> str:
    """Write the result of a task as HTML without colour, script or heading; all text escaped.

    Only tags that nbconvert keeps when it sanitises a page: ``p`` is not among them. The classes
    are for the feedback page, which has the colours.
    """
    items = "".join(_item(part) for part in parts)
    headline = escape(_headline(name, points, score, parts))
    number = "".join(f"<div>{escape(line)}</div>" for line in _number(points, score, parts))
    return (
        '<div class="gradekit-task">'
        f'<div class="gradekit-headline"><strong>{headline}</strong></div><ul>{items}</ul>'
        f"{number}</div>"
    )


def _number(points: float, score: float, parts: "tuple[Part, ...]") -> list[str]:
    """Say what the number is that a notebook shows below, if hidden parts are not there."""
    if offered(parts) >= points:
        return []
    return [
        f"The number below: {score:g} of {points_text(points)}, if the hidden parts go as these."
    ]


def _item(part: "Part") -> str:
    notes = "".join(f'<div class="gradekit-note">{escape(note)}</div>' for note in part.notes)
    style = 'style="white-space: pre-wrap"'
    block = f"<pre {style}>{escape(part.block)}</pre>" if part.block else ""
    colour = "gradekit-passed" if part.passed else "gradekit-failed"
    verdict = f'<strong class="{colour}">{_word(part)}</strong>: {escape(part.title)}'
    return f"<li>{verdict} ({escape(_earned(part))}){notes}{block}</li>"


def _headline(name: str, points: float, score: float, parts: "tuple[Part, ...]") -> str:
    passed = f"{sum(part.passed for part in parts)} of {len(parts)}"
    noun = "part" if len(parts) == 1 else "parts"
    if offered(parts) < points:
        later = f"More tests run in grading; the task gives {points_text(points)}."
        return f"Task {name}: {passed} visible {noun} passed. {later}"
    return f"Task {name}: {score:g} of {points_text(points)}, {passed} {noun} passed"


def _verdict(part: "Part") -> str:
    return f"{_word(part)}: {part.title}"


def _word(part: "Part") -> str:
    return "✓ passed" if part.passed else "✗ failed"


def _earned(part: "Part") -> str:
    return points_text(part.points) if part.passed else f"0 of {points_text(part.points)}"
