"""Pictures of results. Nothing is computed here; every picture can say what it shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import (
    SpectralKitError,
    as_frequencies,
    as_number,
    as_positive_power,
    as_real,
)
from spectralkit.results import PowerLaw, RadialSpectrum, Spectrogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = "spectralkit.course"  # for matplotlib.pyplot.style.use
SCALE_LABELS = {
    "db": "level / dB",
    "log": "ln of power",
    "power": "power",
    "magnitude": "magnitude",
}


def plot_image_and_spectrum(
    image: ArrayLike, log_magnitude: ArrayLike, *, axes: Any = None, title: str = "image"
) -> tuple[Axes, Axes]:
    """A picture beside its log-magnitude spectrum.

    Book: pixels-to-frequencies

    Parameters
    ----------
    image : array_like
        Pixels, shape (H, W).
    log_magnitude : array_like
        Result of `log_magnitude`, DC in the middle, shape (H, W).
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    title : str
        Name of the picture, for the title and the alt text.

    Returns
    -------
    tuple of matplotlib.axes.Axes
        The axes of the picture and of its spectrum.

    Raises
    ------
    SpectralKitError
        If an array does not have the shape (H, W).

    Examples
    --------
    >>> left, right = plot_image_and_spectrum(np.eye(4), np.zeros((4, 4)))
    >>> alt_text(left)
    'image, 4 by 4 pixels.'
    """
    pixels, spectrum = _as_picture(image, "image"), _as_picture(log_magnitude, "log_magnitude")
    left, right = _new_axes(2) if axes is None else axes
    left.imshow(pixels, cmap="gray")
    left.set(title=title, xlabel="x / pixel", ylabel="y / pixel")
    height, width = spectrum.shape
    edges = (*_frequency_edges(width), *_frequency_edges(height)[::-1])
    right.imshow(spectrum, cmap="magma", extent=edges)
    right.set(xticks=(-0.5, 0, 0.5), yticks=(-0.5, 0, 0.5))
    for ax in (left, right):
        ax.grid(visible=False)
    right.set(title="log magnitude", xlabel="$f_x$ / cycles/pixel", ylabel="$f_y$ / cycles/pixel")
    centre, edge = spectrum[height // 2, width // 2], np.median(spectrum[0])
    _describe(left, f"{title}, {pixels.shape[0]} by {pixels.shape[1]} pixels.")
    _describe(
        right,
        f"Its log magnitude spectrum: {centre:.1f} in the middle, where the frequency is zero, "
        f"and typically {edge:.1f} along the upper edge.",
    )
    return left, right


def plot_rapsd(
    spectrum: RadialSpectrum, *, ax: Axes | None = None, label: str | None = None, **line: Any
) -> Axes:
    """Ring averages on two logarithmic axes.

    Book: one-curve-per-image

    Parameters
    ----------
    spectrum : RadialSpectrum
        One curve: power of shape (R,).
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        Name of the curve, for the legend and the alt text.
    **line
        Options of `matplotlib.axes.Axes.loglog`.

    Returns
    -------
    matplotlib.axes.Axes
        Where the curve was drawn.

    Raises
    ------
    SpectralKitError
        If the spectrum holds a batch.

    Examples
    --------
    >>> curve = RadialSpectrum(np.array([0.1, 0.2]), np.array([1.0, 0.25]), np.array([8, 12]))
    >>> alt_text(plot_rapsd(curve, label="a wave"))
    'a wave: power goes from 1 at 0.1 to 0.25 at 0.2 cycles/pixel.'
    """
    if spectrum.power.ndim != 1:
        raise SpectralKitError(
            f"plot_rapsd draws one curve, but power has shape {spectrum.power.shape}: "
            "draw them one by one."
        )
    ax = ax or _new_axes(1)[0]
    ax.loglog(spectrum.frequency, spectrum.power, label=label, **line)
    _label_spectrum_axes(ax, label)
    _describe(ax, f"{label or 'Spectrum'}: {_ends(spectrum.frequency, spectrum.power)}")
    return ax


def plot_power_law(
    law: PowerLaw,
    frequency: ArrayLike,
    *,
    ax: Axes | None = None,
    label: str | None = None,
    **line: Any,
) -> Axes:
    """The straight line of a power law on two logarithmic axes.

    Book: a-power-law

    Parameters
    ----------
    law : PowerLaw
        One law.
    frequency : array_like
        Positive increasing frequencies in cycles/pixel, shape (R,); the line runs over their range.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        By default the exponent.
    **line
        Options of `matplotlib.axes.Axes.loglog`.

    Returns
    -------
    matplotlib.axes.Axes
        Where the line was drawn.

    Raises
    ------
    SpectralKitError
        If the frequencies are unusable or the law holds a batch.

    Examples
    --------
    >>> alt_text(plot_power_law(PowerLaw(2.0, 1.0), [0.1, 0.5]))
    'law with exponent 2.00: power goes from 100 at 0.1 to 4 at 0.5 cycles/pixel.'
    """
    f = as_frequencies(frequency)
    power = law(f)
    if power.ndim != 1:
        raise SpectralKitError("plot_power_law draws one law, but it holds a batch of exponents.")
    label = label or f"law with exponent {law.exponent:.2f}"
    ax = ax or _new_axes(1)[0]
    ax.loglog(f, power, label=label, **line)
    _label_spectrum_axes(ax, label)
    _describe(ax, f"{label}: {_ends(f, power)}")
    return ax


def plot_hinge(
    frequency: ArrayLike,
    power: ArrayLike,
    *,
    crossing: float | None = None,
    ax: Axes | None = None,
    label: str | None = None,
    **line: Any,
) -> Axes:
    """The bent line of an image under noise on two logarithmic axes, and where it bends.

    Book: the-rising-tide

    Parameters
    ----------
    frequency : array_like
        Positive increasing frequencies in cycles/pixel, shape (R,).
    power : array_like
        Result of `hinge` at these frequencies, linear scale, shape (R,).
    crossing : float, optional
        Result of `crossing_frequency`: marked by a vertical line where it lies in the range.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        Name of the curve, for the legend and the alt text.
    **line
        Options of `matplotlib.axes.Axes.loglog`.

    Returns
    -------
    matplotlib.axes.Axes
        Where the line was drawn.

    Raises
    ------
    SpectralKitError
        If frequencies, powers or the crossing are unusable, or the powers hold a batch.

    Examples
    --------
    >>> ax = plot_hinge([0.01, 0.5], [10.01, 0.014], crossing=0.316, label="noise 0.1")
    >>> alt_text(ax)  # doctest: +ELLIPSIS
    'noise 0.1: power goes from 10 at 0.01 to 0.014 at 0.5 cycles/pixel. It crosses the noise at...'
    """
    f = as_frequencies(frequency)
    p = as_positive_power(power, len(f))
    if p.ndim != 1:
        raise SpectralKitError(
            f"plot_hinge draws one curve, but power has shape {p.shape}: draw them one by one."
        )
    at = None if crossing is None else as_number(crossing, "crossing")
    ax = ax or _new_axes(1)[0]
    (drawn,) = ax.loglog(f, p, label=label, **line)
    _label_spectrum_axes(ax, label)
    words = f"{label or 'Image and noise'}: {_ends(f, p)}"
    if at is not None and f[0] <= at <= f[-1]:
        ax.axvline(at, color=drawn.get_color(), ls=":", lw=1)
        words += f" It crosses the noise at {at:.3g} cycles/pixel."
    _describe(ax, words)
    return ax


def plot_fmax(
    times: ArrayLike,
    fmax: ArrayLike,
    *,
    band: tuple[ArrayLike, ArrayLike] | None = None,
    ax: Axes | None = None,
    label: str | None = None,
    **line: Any,
) -> Axes:
    """The highest detectable frequency over time, on a logarithmic frequency axis.

    Book: which-frequency-when

    Parameters
    ----------
    times : array_like
        Times in [0, 1], shape (n,).
    fmax : array_like
        Result of `max_detectable_frequency` at these times, cycles/pixel, shape (n,); where it is
        0, nothing stands out and nothing is drawn.
    band : pair of array_like, optional
        Result of `active_band` at these times, drawn as an area.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        Name of the curve, for the legend and the alt text.
    **line
        Options of `matplotlib.axes.Axes.semilogy`.

    Returns
    -------
    matplotlib.axes.Axes
        Where the curve was drawn.

    Raises
    ------
    SpectralKitError
        If the arrays do not have one shape (n,), or nothing stands out at any time.

    Examples
    --------
    >>> alt_text(plot_fmax([0.1, 0.5], [0.3, 0.06], label="flow"))
    'flow: the highest detectable frequency goes from 0.3 at t = 0.1 to 0.06 at t = 0.5.'
    """
    t, f = as_real(times, "times"), as_real(fmax, "fmax")
    if t.ndim != 1 or t.shape != f.shape:
        raise SpectralKitError(
            f"times and fmax must have one shape (n,), but have {t.shape} and {f.shape}."
        )
    seen = f > 0
    if not seen.any():
        raise SpectralKitError("fmax is 0 at each time: nothing stands out, so nothing is drawn.")
    ax = ax or _new_axes(1)[0]
    (drawn,) = ax.semilogy(t[seen], f[seen], label=label, **line)
    if band is not None:
        low, high = (as_real(edge, "band") for edge in band)
        ax.fill_between(t, low, high, color=drawn.get_color(), alpha=0.2, lw=0)
    ax.set(xlabel="time $t$", ylabel="spatial frequency / cycles/pixel")
    if label:
        ax.legend()
    first, last = np.flatnonzero(seen)[[0, -1]]
    _describe(
        ax,
        f"{label or 'Curve'}: the highest detectable frequency goes from {f[first]:.3g} at "
        f"t = {t[first]:.3g} to {f[last]:.3g} at t = {t[last]:.3g}.",
    )
    return ax


def plot_spectrogram(
    spectrogram: Spectrogram, *, ax: Axes | None = None, label: str | None = None, **image: Any
) -> Axes:
    """A spectrogram as a picture: time to the right, frequency upwards, light where it is strong.

    Rows are as high as each other. Where frequencies are not evenly spaced, as on a mel scale, the
    axis says in Hz where some of them lie.

    Book: sound-as-numbers

    Parameters
    ----------
    spectrogram : Spectrogram
        One sound: values of shape (B, F).
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        Name of the sound, for the title and the alt text.
    **image
        Options of `matplotlib.axes.Axes.imshow`, such as vmin. Decibels are drawn from 80 below
        the largest value on.

    Returns
    -------
    matplotlib.axes.Axes
        Where it was drawn, with a colour bar beside it.

    Raises
    ------
    SpectralKitError
        If the spectrogram holds a batch.

    Examples
    --------
    >>> times, frequencies = np.arange(3.0), np.array([0.0, 100.0])
    >>> tone = Spectrogram(np.array([[0.0, 0, 0], [1, 2, 1]]), times, frequencies, "power")
    >>> alt_text(plot_spectrogram(tone, label="tone")).split(". <")[0]
    'tone: spectrogram from 0.00 to 2.00 s and from 0 to 100 Hz, strongest at 1.00 s and 100 Hz.'
    """
    if not isinstance(spectrogram, Spectrogram):
        raise SpectralKitError(
            f"plot_spectrogram draws a Spectrogram, as spectrogram and log_mel give it, not "
            f"{type(spectrogram).__name__}."
        )
    values = spectrogram.values
    if values.ndim != 2:
        raise SpectralKitError(
            f"plot_spectrogram draws one sound, but values have shape {values.shape}: "
            "draw them one by one."
        )
    ax = ax or _new_axes(1)[0]
    times, frequencies = spectrogram.times, spectrogram.frequencies
    half = (times[-1] - times[0]) / max(2 * (len(times) - 1), 1) or 0.5
    options: dict[str, Any] = {"cmap": "magma", "aspect": "auto", "interpolation": "nearest"}
    if spectrogram.scale == "db":
        options["vmin"] = values.max() - 80
    edges = (times[0] - half, times[-1] + half, -0.5, len(frequencies) - 0.5)
    drawn = ax.imshow(values, origin="lower", extent=edges, **(options | image))
    named = _round_frequencies(frequencies)
    ax.set_yticks(
        np.interp(named, frequencies, np.arange(len(frequencies))), [f"{f:.0f}" for f in named]
    )
    ax.set(xlabel="time / s", ylabel="frequency / Hz", title=label or "")
    ax.grid(visible=False)
    ax.figure.colorbar(drawn, ax=ax, label=SCALE_LABELS[spectrogram.scale])
    b, k = np.unravel_index(int(values.argmax()), values.shape)
    _describe(
        ax,
        f"{label or 'Sound'}: spectrogram from {times[0]:.2f} to {times[-1]:.2f} s and from "
        f"{frequencies[0]:.0f} to {frequencies[-1]:.0f} Hz, strongest at {times[k]:.2f} s and "
        f"{frequencies[b]:.0f} Hz.",
    )
    return ax


def _round_frequencies(frequencies: Any) -> Any:
    """Round numbers of hertz to name on an axis, in even steps where the rows are even."""
    low, high = frequencies[0], frequencies[-1]
    round_ones = np.array([d * 10.0**e for e in range(6) for d in (1, 2, 5)])
    steps = np.diff(frequencies)
    if len(steps) and np.ptp(steps) < 1e-6 * steps.max():
        step = round_ones[np.searchsorted(round_ones, high / 6)]
        named = np.arange(0, high + step / 1e6, step)
    else:
        named = round_ones[round_ones >= 50]
    return named[(named >= low) & (named <= high)]


def _frequency_edges(n: int) -> tuple[float, float]:
    """Outer edges of n coefficients with DC at n // 2, so that its middle lies at frequency 0."""
    return (-(n // 2) - 0.5) / n, (n - n // 2 - 0.5) / n


def _describe(ax: Axes, sentence: str) -> None:
    """Add a sentence to what the axes say about themselves (kept as matplotlib's own label)."""
    said = str(ax.get_label() or "")
    ax.set_label(f"{said} {sentence}".strip())


def alt_text(figure_or_axes: Figure | Axes) -> str:
    """What a picture shows, in words, for those who do not see it.

    Book: one-curve-per-image

    Parameters
    ----------
    figure_or_axes : matplotlib.figure.Figure or matplotlib.axes.Axes
        Something that the functions of this module have drawn on.

    Returns
    -------
    str
        The sentences of all its axes; empty where nothing was said.

    Examples
    --------
    >>> alt_text(_new_axes(1)[0])
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
    display(output, raw=True, metadata={"image/png": {"alt": alt}})  # type: ignore[no-untyped-call]


def _new_axes(columns: int) -> Any:
    """A row of axes in a new figure."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, columns, squeeze=False, layout="constrained")
    return axes[0]


def _label_spectrum_axes(ax: Axes, label: str | None) -> None:
    """Names and units of the two axes, and a legend once there is something to name."""
    ax.set(xlabel="spatial frequency / cycles/pixel", ylabel="power")
    if label:
        ax.legend()


def _as_picture(values: ArrayLike, name: str) -> Any:
    """An array of shape (H, W)."""
    picture = as_real(values, name)
    if picture.ndim != 2:
        raise SpectralKitError(f"{name} must have shape (H, W), but has shape {picture.shape}.")
    return picture


def _ends(frequency: Any, power: Any) -> str:
    """First and last point of a curve, in words."""
    return (
        f"power goes from {power[0]:.3g} at {frequency[0]:.3g} "
        f"to {power[-1]:.3g} at {frequency[-1]:.3g} cycles/pixel."
    )
