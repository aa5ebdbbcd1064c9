"""Pictures of results. Nothing is computed here; every picture says what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import (
    SpectralKitError,
    as_frequencies,
    as_number,
    as_positive_power,
    as_real,
)
from spectralkit.results import PowerLaw, RadialSpectrum
from spectralkit.showing import describe, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = "spectralkit.course"  # for matplotlib.pyplot.style.use


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
    >>> sk.alt_text(left)
    'image, 4 by 4 pixels.'
    """
    pixels, spectrum = _as_picture(image, "image"), _as_picture(log_magnitude, "log_magnitude")
    left, right = new_axes(2) if axes is None else axes
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
    describe(left, f"{title}, {pixels.shape[0]} by {pixels.shape[1]} pixels.")
    describe(
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
    >>> sk.alt_text(plot_rapsd(curve, label="a wave"))
    'a wave: power goes from 1 at 0.1 to 0.25 at 0.2 cycles/pixel.'
    """
    if spectrum.power.ndim != 1:
        raise SpectralKitError(
            f"plot_rapsd draws one curve, but power has shape {spectrum.power.shape}: "
            "draw them one by one."
        )
    ax = ax or new_axes(1)[0]
    ax.loglog(spectrum.frequency, spectrum.power, label=label, **line)
    _label_spectrum_axes(ax, label)
    describe(ax, f"{label or 'Spectrum'}: {_ends(spectrum.frequency, spectrum.power)}")
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
    >>> sk.alt_text(plot_power_law(PowerLaw(2.0, 1.0), [0.1, 0.5]))
    'law with exponent 2.00: power goes from 100 at 0.1 to 4 at 0.5 cycles/pixel.'
    """
    f = as_frequencies(frequency)
    power = law(f)
    if power.ndim != 1:
        raise SpectralKitError("plot_power_law draws one law, but it holds a batch of exponents.")
    label = label or f"law with exponent {law.exponent:.2f}"
    ax = ax or new_axes(1)[0]
    ax.loglog(f, power, label=label, **line)
    _label_spectrum_axes(ax, label)
    describe(ax, f"{label}: {_ends(f, power)}")
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
    >>> sk.alt_text(ax)  # doctest: +ELLIPSIS
    'noise 0.1: power goes from 10 at 0.01 to 0.014 at 0.5 cycles/pixel. It crosses the noise at...'
    """
    f = as_frequencies(frequency)
    p = as_positive_power(power, len(f))
    if p.ndim != 1:
        raise SpectralKitError(
            f"plot_hinge draws one curve, but power has shape {p.shape}: draw them one by one."
        )
    at = None if crossing is None else as_number(crossing, "crossing")
    ax = ax or new_axes(1)[0]
    (drawn,) = ax.loglog(f, p, label=label, **line)
    _label_spectrum_axes(ax, label)
    words = f"{label or 'Image and noise'}: {_ends(f, p)}"
    if at is not None and f[0] <= at <= f[-1]:
        ax.axvline(at, color=drawn.get_color(), ls=":", lw=1)
        words += f" It crosses the noise at {at:.3g} cycles/pixel."
    describe(ax, words)
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
    >>> sk.alt_text(plot_fmax([0.1, 0.5], [0.3, 0.06], label="flow"))
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
    ax = ax or new_axes(1)[0]
    (drawn,) = ax.semilogy(t[seen], f[seen], label=label, **line)
    if band is not None:
        low, high = (as_real(edge, "band") for edge in band)
        ax.fill_between(t, low, high, color=drawn.get_color(), alpha=0.2, lw=0)
    ax.set(xlabel="time $t$", ylabel="spatial frequency / cycles/pixel")
    if label:
        ax.legend()
    first, last = np.flatnonzero(seen)[[0, -1]]
    describe(
        ax,
        f"{label or 'Curve'}: the highest detectable frequency goes from {f[first]:.3g} at "
        f"t = {t[first]:.3g} to {f[last]:.3g} at t = {t[last]:.3g}.",
    )
    return ax


def _frequency_edges(n: int) -> tuple[float, float]:
    """Outer edges of n coefficients with DC at n // 2, so that its middle lies at frequency 0."""
    return (-(n // 2) - 0.5) / n, (n - n // 2 - 0.5) / n


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
