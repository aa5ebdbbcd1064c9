"""Write the report as one HTML page that asks nobody for anything."""

import base64
import hashlib
from datetime import datetime
from importlib.resources import files
from statistics import median

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gradekit.report import figures, items, tables
from gradekit.report.advice import advice
from gradekit.report.summary import Summary
from gradekit.report.tables import Table, Value

# Longer tables are folded.
SHOWN_ROWS = 12


def page(summary: Summary, sheets: dict[str, Table], made: datetime) -> str:
    """Render the page.

    Parameters
    ----------
    summary : Summary
    sheets : dict
        The tables by name; each has a CSV file beside the page.
    made : datetime
        When the marks were read.
    """
    # Every text is escaped; the style sheet is the only one that is not, and it is ours.
    environment = Environment(
        loader=PackageLoader("gradekit.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(cell=cell, digits=digits, plain=tables.plain, is_number=is_number)
    style = files("gradekit.report").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html.jinja").render(
        summary=summary,
        results=summary.results,
        advice=advice(summary),
        sheets=sheets,
        histogram=figures.histogram(summary),
        bars=[figures.bar(one) for one in summary.tasks],
        made=f"{made:%Y-%m-%d %H:%M}",
        enough=items.fewest_tries(len(summary.parts)),
        fewest=items.FEWEST,
        times=_times(summary),
        shown=SHOWN_ROWS,
        style=Markup(style),  # noqa: S704 - a file of this package
        digest=digest,
    )


def cell(value: Value, digits: int | None = None) -> str:
    """Write a value for people, with as many digits after the point as it needs or as asked."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return tables.plain(value)
    text = f"{round(value, 2):g}" if digits is None else f"{value:.{digits}f}"
    return text.replace("-", "−")


def digits(table: Table, column: int) -> int:
    """Return how many digits after the point a column of numbers needs, at most two."""
    values = (row[column] for row in table.rows)
    numbers = [f"{round(one, 2):.10g}" for one in values if isinstance(one, int | float)]
    return max((len(text.partition(".")[2]) for text in numbers), default=0)


def is_number(value: Value) -> bool:
    """Whether a value stands right in its column."""
    return not isinstance(value, str)


def _times(summary: Summary) -> tuple[str, str] | None:
    """Median and longest time in seconds, in words."""
    times = [one.seconds for one in summary.results.submissions if one.seconds]
    return (f"{median(times):.1f}", f"{max(times):.1f}") if times else None
