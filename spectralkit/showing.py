"""Pictures in a notebook, with their alt text: what they show, in words."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from spectralkit.errors import SpectralKitError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def describe(ax: Axes, sentence: str) -> None:
    """Add a sentence to what the axes say about themselves (kept as matplotlib's own label)."""
    said = str(ax.get_label() or "")
    ax.set_label(f"{said} {sentence}".strip())


def alt_text(figure_or_axes: Figure | Axes) -> str:
    """What a picture shows, in words, for those who do not see it.

    Book: one-curve-per-image

    Parameters
    ----------
    figure_or_axes : matplotlib.figure.Figure or matplotlib.axes.Axes
        Something that the functions of `spectralkit.plotting` have drawn on.

    Returns
    -------
    str
        The sentences of all its axes; empty where nothing was said.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> alt_text(plt.figure())
    ''
    """
    axes = getattr(figure_or_axes, "axes", None)
    parts = axes if isinstance(axes, list) else [figure_or_axes]
    said = [str(ax.get_label() or "") for ax in cast("list[Any]", parts)]
    return " ".join(text for text in said if text and not text.startswith("<"))


def show(figure_or_axes: Figure | Axes, alt: str | None = None) -> None:
    """Display a figure in a notebook together with its alt text, and close it.

    Book: one-curve-per-image

    Parameters
    ----------
    figure_or_axes : matplotlib.figure.Figure or matplotlib.axes.Axes
        What to display.
    alt : str, optional
        Text for those who do not see it; by default `alt_text`.

    Raises
    ------
    SpectralKitError
        If there is no text.

    Notes
    -----
    The picture is a PNG whatever matplotlib's backend is. Its text stands in the output's metadata,
    where the book and JupyterLab look for it, and is the output's plain text.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    alt = alt_text(figure_or_axes) if alt is None else alt
    if not alt.strip():
        raise SpectralKitError("The figure says nothing: give show(figure, alt='what it shows').")
    figure = cast("Figure", getattr(figure_or_axes, "figure", None) or figure_or_axes)
    png = io.BytesIO()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    output = {"image/png": png.getvalue(), "text/plain": alt}
    display(output, raw=True, metadata={"image/png": {"alt": alt}})  # type: ignore[no-untyped-call] # IPython


def new_axes(columns: int) -> Any:
    """A row of axes in a new figure."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, columns, squeeze=False, layout="constrained")
    return axes[0]
