"""Mel scales, and the filters that are evenly spaced on them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_count, as_number, as_rate, as_real, one_of
from spectralkit.results import FloatArray

MEL_SCALES = ("slaney", "htk")
NORMS = ("slaney", None)
KNEE = 1000.0  # Hz: Slaney's scale is linear below, logarithmic above
KNEE_MEL = 15.0
LOG_STEP = np.log(6.4) / 27


def hz_to_mel(frequency: ArrayLike, *, scale: str = "slaney") -> FloatArray:
    r"""Pitch on the mel scale.

    "slaney": :math:`3 f/200` up to 1000 Hz, which is 15 mel, then
    :math:`15 + 27 \ln(f/1000) / \ln 6.4`. "htk": :math:`2595 \log_{10}(1 + f/700)`, where 1000 Hz
    is 1000 mel.

    Book: sound-as-numbers

    Parameters
    ----------
    frequency : array_like
        Frequencies in Hz, any shape, not negative.
    scale : {"slaney", "htk"}
        That of Slaney's Auditory Toolbox, or that of the Hidden Markov Model Toolkit.

    Returns
    -------
    numpy.ndarray
        Mel, the shape of `frequency`.

    Raises
    ------
    SpectralKitError
        If a frequency is negative or not finite, or the scale is unknown.

    Notes
    -----
    M. Slaney, "Auditory Toolbox", Interval Research technical report 1998-010; S. Young et al.,
    "The HTK Book". The scales differ by more than a factor, so filterbanks differ too.

    Examples
    --------
    >>> float(hz_to_mel(1000.0)), round(float(hz_to_mel(1000.0, scale="htk")), 2)
    (15.0, 999.99)
    """
    one_of(scale, MEL_SCALES, "scale")
    f = _not_negative(frequency, "frequency")
    if scale == "htk":
        return np.asarray(2595 * np.log10(1 + f / 700), dtype=f.dtype)
    above = KNEE_MEL + np.log(np.maximum(f, KNEE) / KNEE) / LOG_STEP
    return np.where(f < KNEE, f * KNEE_MEL / KNEE, above).astype(f.dtype)


def mel_to_hz(mel: ArrayLike, *, scale: str = "slaney") -> FloatArray:
    """Frequency in Hz of a pitch on the mel scale: the inverse of `hz_to_mel`.

    Book: sound-as-numbers

    Parameters
    ----------
    mel : array_like
        Mel, any shape, not negative.
    scale : {"slaney", "htk"}
        As in `hz_to_mel`.

    Returns
    -------
    numpy.ndarray
        Frequencies in Hz, the shape of `mel`.

    Raises
    ------
    SpectralKitError
        If a value is negative or not finite, or beyond any frequency, or the scale is unknown.

    Examples
    --------
    >>> mel_to_hz([15.0, 42.0]).round(3).tolist()
    [1000.0, 6400.0]
    """
    one_of(scale, MEL_SCALES, "scale")
    m = _not_negative(mel, "mel")
    with np.errstate(over="ignore"):
        if scale == "htk":
            f = 700 * (10 ** (m / 2595) - 1)
        else:
            above = KNEE * np.exp(LOG_STEP * np.maximum(m - KNEE_MEL, 0))
            f = np.where(m < KNEE_MEL, m * KNEE / KNEE_MEL, above)
    if not np.isfinite(f).all():
        raise SpectralKitError(
            f"mel holds {m.max():g}, whose frequency is too large to be a number: is it in Hz?"
        )
    return np.asarray(f, dtype=m.dtype)


def mel_filterbank(
    *,
    sample_rate: float,
    n_fft: int,
    n_mels: int,
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    norm: str | None = "slaney",
) -> NDArray[np.float64]:
    r"""Triangular filters, evenly spaced on a mel scale, that gather the bins of a spectrum.

    Filter i rises from :math:`f_i` to :math:`f_{i+1}` and falls to :math:`f_{i+2}`:

    .. math:: M[i, b] = c_i \max\left(0, \min\left(
        \frac{f_b - f_i}{f_{i+1} - f_i}, \frac{f_{i+2} - f_b}{f_{i+2} - f_{i+1}} \right)\right)

    with :math:`c_i = 2/(f_{i+2} - f_i)`, a unit area in Hz, for the norm "slaney", else 1.

    Book: log-mel-is-an-image

    Parameters
    ----------
    sample_rate : float
        Samples per second, positive.
    n_fft : int
        Samples per frame of the spectrum, at least 2.
    n_mels : int
        Number of filters.
    fmin, fmax : float
        Lower edge of the first and upper edge of the last filter in Hz; `fmax` is by default, and
        at most, half the sample rate.
    scale : {"slaney", "htk"}
        Mel scale, as in `hz_to_mel`.
    norm : {"slaney", None}
        Unit area, so that white noise is flat, or unit peak.

    Returns
    -------
    numpy.ndarray
        Shape (n_mels, n_fft // 2 + 1), not negative, in 1/Hz for a unit area; apply it to power:
        ``bank @ power``.

    Raises
    ------
    SpectralKitError
        If a number is out of range, an option is unknown, or filters hold no bin (they are named).

    Notes
    -----
    Equal to `librosa.filters.mel`, where "htk" is htk=True.

    Examples
    --------
    >>> mel_filterbank(sample_rate=8000, n_fft=8, n_mels=2, norm=None).round(2).tolist()
    [[0.0, 0.78, 0.0, 0.0, 0.0], [0.0, 0.22, 0.9, 0.45, 0.0]]
    """
    bank, _ = sparse_bank(sample_rate, n_fft, n_mels, fmin, fmax, scale, norm)
    return bank.toarray()


def sparse_bank(
    sample_rate: float,
    n_fft: int,
    n_mels: int,
    fmin: float,
    fmax: float | None,
    scale: str,
    norm: str | None,
) -> tuple[Any, NDArray[np.float64]]:
    """The filterbank as a sparse array, and the centres of its bands in Hz."""
    one_of(scale, MEL_SCALES, "scale")
    one_of(norm, NORMS, "norm")
    rate = as_rate(sample_rate)
    low = as_number(fmin, "fmin")
    high = rate / 2 if fmax is None else as_number(fmax, "fmax")
    if high > rate / 2:
        raise SpectralKitError(
            f"fmax={high:g} Hz is above the Nyquist frequency, {rate / 2:g} Hz at a sample rate of "
            f"{rate:g} Hz: choose it at most that."
        )
    if not 0 <= low < high:
        raise SpectralKitError(
            f"fmin must be at least 0 and below fmax, but they are {low:g} and {high:g} Hz."
        )
    return _built(
        rate, as_count(n_fft, "n_fft", 2), as_count(n_mels, "n_mels"), low, high, scale, norm
    )


@lru_cache(maxsize=16)
def _built(
    rate: float, n_fft: int, n_mels: int, low: float, high: float, scale: str, norm: str | None
) -> tuple[Any, NDArray[np.float64]]:
    from scipy import sparse

    first, last = (float(m) for m in hz_to_mel([low, high], scale=scale))
    edges = mel_to_hz(np.linspace(first, last, n_mels + 2), scale=scale).astype(np.float64)
    bins = np.fft.rfftfreq(n_fft, 1 / rate)
    steps = np.diff(edges)[:, np.newaxis]
    rise = (bins - edges[:-2, np.newaxis]) / steps[:-1]
    fall = (edges[2:, np.newaxis] - bins) / steps[1:]
    bank = np.maximum(0, np.minimum(rise, fall))
    _refuse_empty(bank, edges, n_fft, rate)
    if norm == "slaney":
        bank *= 2 / (edges[2:] - edges[:-2])[:, np.newaxis]
    return sparse.csr_array(bank), edges[1:-1]


def _refuse_empty(
    bank: NDArray[np.float64], edges: NDArray[np.float64], n_fft: int, rate: float
) -> None:
    """Refuse filters between two bins, and name them."""
    empty = np.flatnonzero(bank.max(axis=1) == 0)
    if len(empty):
        listed = ", ".join(str(i) for i in empty[:8]) + (", ..." if len(empty) > 8 else "")
        first = empty[0]
        raise SpectralKitError(
            f"{len(empty)} of {len(bank)} filters hold no bin of the spectrum: number {listed} "
            f"(number {first} spans {edges[first]:.1f} to {edges[first + 2]:.1f} Hz, and bins are "
            f"{rate / n_fft:.1f} Hz apart): choose a smaller n_mels or a larger n_fft."
        )


def _not_negative(values: ArrayLike, name: str) -> FloatArray:
    array = as_real(values, name)
    if (array < 0).any():
        raise SpectralKitError(f"{name} must not be negative, but holds {array.min():g}.")
    return array
