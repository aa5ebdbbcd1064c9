"""Figures of sounds and of their cepstra: they draw results and compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import SMALLEST, SpectralKitError, as_rate, as_real
from spectralkit.results import Spectrogram
from spectralkit.showing import describe, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALE_LABELS = {
    "db": "level / dB",
    "log": "ln of power",
    "power": "power",
    "magnitude": "magnitude",
}


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
    >>> sk.alt_text(plot_spectrogram(tone, label="tone")).split(". <")[0]
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
    ax = ax or new_axes(1)[0]
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
    describe(
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


def plot_cepstrum(
    cepstrum: ArrayLike,
    *,
    sample_rate: float,
    pitch: float | None = None,
    ax: Axes | None = None,
    label: str | None = None,
    **line: Any,
) -> Axes:
    """The first half of a cepstrum, from one sample of quefrency on.

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    cepstrum : array_like
        Result of `real_cepstrum` or `power_cepstrum`, shape (N,). Quefrency 0, the level, is not
        drawn: it would flatten all else.
    sample_rate : float
        Samples per second, positive.
    pitch : float, optional
        Result of `cepstral_pitch` in hertz: its period is marked where it lies in the range.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str, optional
        Name of the curve, for the legend and the alt text.
    **line
        Options of `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.axes.Axes
        Where the curve was drawn.

    Raises
    ------
    SpectralKitError
        If the cepstrum is unusable or a batch, or the rate or the pitch is not positive.

    Examples
    --------
    >>> ax = plot_cepstrum([0, 3, 1, 0, 2, 0, 1, 3], sample_rate=1000, pitch=250, label="voice")
    >>> sk.alt_text(ax)
    'voice: from 1 to 4 ms the cepstrum lies between 0 and 3. A pitch of 250 Hz is marked at 4 ms.'
    """
    c = as_real(cepstrum, "cepstrum")
    if c.ndim != 1 or len(c) < SMALLEST:
        raise SpectralKitError(
            f"plot_cepstrum draws one cepstrum, shape (N,) with N at least {SMALLEST}, but it has "
            f"shape {c.shape}: draw them one by one."
        )
    rate = as_rate(sample_rate)
    at = None if pitch is None else as_rate(pitch, "pitch")
    half = c[1 : len(c) // 2 + 1]
    quefrency = 1000 * np.arange(1, len(half) + 1) / rate
    ax = ax or new_axes(1)[0]
    (drawn,) = ax.plot(quefrency, half, label=label, **line)
    ax.set(xlabel="quefrency / ms", ylabel="cepstrum / neper")
    if label:
        ax.legend()
    words = (
        f"{label or 'Cepstrum'}: from {quefrency[0]:.3g} to {quefrency[-1]:.3g} ms the cepstrum "
        f"lies between {half.min():.2g} and {half.max():.2g}."
    )
    if at is not None and quefrency[0] <= 1000 / at <= quefrency[-1]:
        ax.axvline(1000 / at, color=drawn.get_color(), ls=":", lw=1)
        words += f" A pitch of {at:.3g} Hz is marked at {1000 / at:.3g} ms."
    describe(ax, words)
    return ax
