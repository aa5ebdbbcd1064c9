"""What sounds are compared by: an average spectrum, and controls that keep only some of a sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_count, as_generator, as_mono, as_rate, as_signal
from spectralkit.framing import framed, power_blocks
from spectralkit.results import FloatArray, Spectrogram
from spectralkit.spectra import periodogram

CONCERT_PITCH = 440.0  # Hz: the middle of one of the bands, so that twelve per octave are notes


class Sound(Protocol):
    """What has a signal and a rate, such as a `Clip`."""

    signal: NDArray[np.float64]
    sample_rate: int


def average_log_spectrum(
    clips: Iterable[Sound],
    *,
    n_fft: int | None = None,
    hop: int | None = None,
    bands_per_octave: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""The typical spectrum of a collection of sounds; the options name the estimator.

    .. math:: \bar P(f) = \exp\left( \frac{1}{M} \sum_m \frac{1}{K_m} \sum_k \ln P_{mk}(f) \right)

    over M clips and, with `n_fft`, the :math:`K_m` frames of each; without, one transform of the
    whole clip. With `bands_per_octave` P is first averaged over the frequencies of each band.

    Book: no-power-law-in-a-waveform

    Parameters
    ----------
    clips : iterable of Clip
        Sounds with `.signal`, mono, and `.sample_rate`, such as `clips` and `clips_from_folder`
        give. They are taken one at a time and not kept.
    n_fft : int, optional
        Samples per frame under a Hann window; by default the whole clip without a window.
    hop : int, optional
        Samples from frame to frame, by default half a frame.
    bands_per_octave : int, optional
        Bands of equal width in octaves, one of them around 440 Hz; by default every bin for itself.

    Returns
    -------
    frequency_hz : numpy.ndarray
        Positive frequencies, or middles of the bands that hold at least one bin of every clip,
        shape (B,).
    power : numpy.ndarray
        Power per bin on a linear scale, shape (B,): white noise of variance :math:`s^2` lies at
        :math:`s^2`, less the bias of a mean of logarithms.

    Raises
    ------
    SpectralKitError
        If there is no clip, a clip is unusable, silent or has a frame without power (its number is
        named), a number is out of range, or clips of different length or rate are to be averaged
        bin by bin.

    Notes
    -----
    The estimators differ by much more than the error of any of them. The mean of logarithms lies
    below the logarithm of the mean (`log_bias`), and over frames it is ruled by the pauses, whose
    logarithms lie lowest; a whole clip is ruled by its loudest moments.

    Examples
    --------
    >>> from spectralkit.data import clips
    >>> frequency, power = average_log_spectrum(clips("speech"), bands_per_octave=12)
    >>> round(float(frequency[power.argmax()]))
    165
    """
    if not isinstance(clips, Iterable):
        raise SpectralKitError(
            f"clips must be a list of clips or another iterable of them, not "
            f"{type(clips).__name__}: put a single one into a list."
        )
    total, grid, seen = np.zeros(0), np.zeros(0), 0
    for clip in clips:
        frequency, log_power = _log_spectrum(clip, f"clip {seen}", n_fft, hop, bands_per_octave)
        if not seen:
            grid, total = frequency, log_power
        elif bands_per_octave is None and not np.array_equal(grid, frequency):
            raise SpectralKitError(
                f"clip {seen} has other frequencies than clip 0, as its length or rate differs: "
                "give bands_per_octave, or one sample rate and n_fft."
            )
        else:
            grid, here, there = np.intersect1d(grid, frequency, return_indices=True)
            total = total[here] + log_power[there]
        seen += 1
    if not seen:
        raise SpectralKitError("clips is empty: at least one sound is needed.")
    return grid, np.exp(total / seen)


def band_centred(spectrogram: Spectrogram) -> Spectrogram:
    r"""A spectrogram without the mean over time of each band: what changes is left.

    .. math:: V'[b, k] = V[b, k] - \frac{1}{F} \sum_j V[b, j]

    Book: log-mel-is-an-image

    Parameters
    ----------
    spectrogram : Spectrogram
        Values (..., B, F) on the scale "db" or "log", where a constant filter is a constant.

    Returns
    -------
    Spectrogram
        The same with rows of zero mean.

    Raises
    ------
    SpectralKitError
        If the scale is not logarithmic.

    Examples
    --------
    >>> result = Spectrogram(np.array([[1.0, 3.0], [5.0, 5.0]]), np.arange(2.0), np.ones(2), "db")
    >>> band_centred(result).values.tolist()
    [[-1.0, 1.0], [0.0, 0.0]]
    """
    if not isinstance(spectrogram, Spectrogram):
        raise SpectralKitError(
            f"spectrogram must be a Spectrogram, as log_mel gives it, not "
            f"{type(spectrogram).__name__}."
        )
    if spectrogram.scale not in ("db", "log"):
        raise SpectralKitError(
            f"spectrogram is on the scale {spectrogram.scale!r}: its bands are centred on a "
            "logarithmic one, 'db' or 'log'."
        )
    values = spectrogram.values
    mean = values.mean(axis=-1, keepdims=True, dtype=np.float64)
    return replace(spectrogram, values=(values - mean).astype(values.dtype))


def phase_randomised(signal: ArrayLike, *, rng: np.random.Generator) -> FloatArray:
    r"""A null control: a signal with the same power spectrum, and nothing else of the given one.

    .. math:: x' = \mathcal{F}^{-1}\left( |\mathcal{F} x|\, e^{i\varphi} \right)

    with independent phases :math:`\varphi`, uniform on the circle; DC and Nyquist keep theirs.

    Book: log-mel-is-an-image

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4; any unit.
    rng : numpy.random.Generator
        Source of the phases.

    Returns
    -------
    numpy.ndarray
        Real, shape (..., n), with the mean, the variance and the periodogram of `signal`.

    Raises
    ------
    SpectralKitError
        If the signal is unusable or rng is no generator.

    Notes
    -----
    Known as surrogate data: J. Theiler et al., "Testing for nonlinearity in time series: the method
    of surrogate data", Physica D 58, 1992.

    Examples
    --------
    >>> control = phase_randomised(np.arange(8.0), rng=np.random.default_rng(1))
    >>> round(float(control.mean()), 6), round(float(control.var()), 6)  # as before: 3.5, 5.25
    (3.5, 5.25)
    """
    from scipy import fft

    x = as_signal(signal)
    n = x.shape[-1]
    spectrum = fft.rfft(x)
    phase = as_generator(rng).uniform(0, 2 * np.pi, spectrum.shape)
    phase[..., 0] = 0
    if n % 2 == 0:
        phase[..., -1] = 0
    turned = spectrum * np.exp(1j * phase)  # a phase that was turned at random is random
    return np.asarray(fft.irfft(turned, n=n), dtype=x.dtype)


def _log_spectrum(
    clip: Sound, name: str, n_fft: int | None, hop: int | None, bands_per_octave: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positive frequencies, or bands, of one sound and the mean of its log power there."""
    if not (hasattr(clip, "signal") and hasattr(clip, "sample_rate")):
        raise SpectralKitError(
            f"{name} is of type {type(clip).__name__}: give clips with a signal and a sample_rate, "
            "such as sk.clips() or sk.Clip(signal, sample_rate, name)."
        )
    signal, rate = as_mono(clip.signal, f"{name}'s signal"), as_rate(clip.sample_rate)
    frequency, power = _powers(signal, rate, n_fft, hop)
    if bands_per_octave is not None:
        frequency, power = _banded(frequency, power, as_count(bands_per_octave, "bands_per_octave"))
    if not (power > 0).all():
        frame, at = (int(i) for i in np.argwhere(power <= 0)[0])
        where = "" if n_fft is None else f" in frame {frame}"
        raise SpectralKitError(
            f"{name} has no power at {frequency[at]:g} Hz{where}, so its logarithm does not exist: "
            "leave out silent clips, or cut the silence off."
        )
    return frequency, np.log(power).mean(axis=0)


def _powers(
    signal: FloatArray, rate: float, n_fft: int | None, hop: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positive frequencies and, frame by frame, the power there."""
    if n_fft is None:
        if hop is not None:
            raise SpectralKitError(f"hop={hop} needs n_fft: without it there are no frames.")
        frequency, power = periodogram(signal, sample_rate=rate)
        return frequency[1:], power[np.newaxis, 1:].astype(np.float64)
    n_fft = as_count(n_fft, "n_fft", 2)
    frames, window = framed(
        signal, n_fft, max(1, n_fft // 2) if hop is None else hop, "hann", False, "constant"
    )
    power = np.concatenate([block for _, block in power_blocks(frames, window)])
    frequency = np.fft.rfftfreq(n_fft, 1 / rate).astype(np.float64, copy=False)
    return frequency[1:], power[:, 1:] / np.sum(window**2)


def _banded(
    frequency: NDArray[np.float64], power: NDArray[np.float64], per_octave: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean power in each band that holds a bin."""
    band = np.round(per_octave * np.log2(frequency / CONCERT_PITCH)).astype(np.int64)
    held, starts, counts = np.unique(band, return_index=True, return_counts=True)
    middles: NDArray[np.float64] = CONCERT_PITCH * 2.0 ** (held / per_octave)
    return middles, np.add.reduceat(power, starts, axis=-1) / counts
