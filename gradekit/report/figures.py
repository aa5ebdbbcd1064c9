"""The figures of the report as plain numbers: places in percent of the width, heights in pixels.

So drawn, they fill any width and their text keeps its size, on a phone too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradekit.report.advice import count
from gradekit.report.summary import Summary, TaskSummary
from gradekit.report.tables import Table

MOST_BINS = 12
STEPS = (1, 2, 2.5, 5)
TALLEST = 130.0
# Narrower segments carry no number.
NARROWEST = 5.0


@dataclass(frozen=True)
class Bin:
    """Marks from ``low`` to below ``high``; the last bin holds its end and all above."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Box:
    """A rectangle with a label: place and width in percent, height in pixels."""

    x: float
    width: float
    height: float
    label: str
    kind: str = ""


@dataclass(frozen=True)
class Histogram:
    """Distribution of marks: a box per bin, ticks as (place, label), the place of the median."""

    bins: tuple[Bin, ...]
    boxes: tuple[Box, ...]
    ticks: tuple[tuple[float, str], ...]
    median: float
    alt: str


@dataclass(frozen=True)
class Bar:
    """A task as a bar of segments: all points, some, none, not tried, not marked."""

    name: str
    mean: str
    boxes: tuple[Box, ...]
    alt: str


def bin_width(points: float) -> float:
    """Return the smallest of 0.1, 0.2, 0.25, 0.5, 1, 2, ... that makes at most twelve bins."""
    widths = (step * 10.0**power for power in range(-1, 9) for step in STEPS)
    return next(width for width in widths if points / width <= MOST_BINS)


def binned(marks: Sequence[float], points: float) -> tuple[Bin, ...]:
    """Count marks from 0 to `points` in bins of equal width, but for a shorter last one."""
    width = bin_width(points)
    number = max(1, math.ceil(points / width - 1e-9))
    places = [min(number - 1, math.floor(mark / width + 1e-9)) for mark in marks]
    return tuple(
        Bin(i * width, min(points, (i + 1) * width), places.count(i)) for i in range(number)
    )


def histogram(summary: Summary) -> Histogram | None:
    """Draw the distribution of marks; None without marks or without points."""
    marks, points = [one.mark for one in summary.results.graded], summary.results.points
    if summary.median is None or points <= 0:
        return None
    median = summary.median
    bins = binned(marks, points)
    most = max(one.count for one in bins)
    boxes = tuple(
        Box(
            100 * one.low / points,
            100 * (one.high - one.low) / points,
            TALLEST * one.count / most,
            str(one.count) if one.count else "",
        )
        for one in bins
    )
    edges = [one.low for one in bins] + [points]
    fullest = max(bins, key=lambda one: one.count)
    top = f"stands from {fullest.low:g} to {fullest.high:g} points"
    alt = (
        f"Histogram of {len(marks)} marks from {min(marks):g} to {max(marks):g} of {points:g} "
        f"points, median {median:g}. The highest bar, {fullest.count}, {top}."
    )
    if len(marks) == 1:
        alt = f"One mark, {median:g} of {points:g} points."
    ticks = tuple((100 * edge / points, f"{edge:g}") for edge in edges)
    return Histogram(bins, boxes, ticks, min(100.0, 100 * median / points), alt)


def distribution(summary: Summary) -> Table:
    """Return the numbers of the histogram as a table."""
    figure = histogram(summary)
    bins = figure.bins if figure else ()
    last = len(bins) - 1
    rows = tuple(
        (one.low, one.high, "and more" if i == last else "below", one.count)
        for i, one in enumerate(bins)
    )
    headers = ("from (points)", "to (points)", "the end", "submissions")
    return Table("distribution", "Marks", headers, rows)


def bar(one: TaskSummary) -> Bar:
    """Draw who earned how much in a task."""
    counts = [
        ("all points", "full", one.full),
        ("some", "some", one.some),
        ("none", "none", one.none),
        ("not tried", "untried", one.untried),
        ("not marked", "unmarked", one.unmarked),
    ]
    total = sum(number for _, _, number in counts)
    boxes, x = [], 0.0
    for _, kind, number in counts:
        if number:
            width = 100 * number / total
            boxes.append(Box(x, width, 0.0, str(number) if width >= NARROWEST else "", kind))
            x += width
    said = ", ".join(f"{words} {number}" for words, _, number in counts)
    mean = "" if one.difficulty is None else f"{100 * one.difficulty:.0f} %"
    alt = f"{one.task.name}: of {count(total, 'submission')} {said}; mean {mean or 'not known'}"
    return Bar(one.task.name, mean, tuple(boxes), alt)
