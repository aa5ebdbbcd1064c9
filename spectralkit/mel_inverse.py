"""From a log-mel spectrogram back to a sound: what it lost is guessed, and can be heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_count, as_generator, as_number, as_real
from spectralkit.framing import ComplexArray
from spectralkit.mel_bank import mel_filterbank
from spectralkit.results import FloatArray, Spectrogram
from spectralkit.short_time import istft, stft

UPDATES = 64  # of the non-negative inverse: by then it changes by less than is heard


def mel_to_signal(
    log_mel: Spectrogram | ArrayLike,
    *,
    sample_rate: float,
    n_fft: int,
    hop: int,
    iterations: int = 32,
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    norm: str | None = "slaney",
    ref: float = 1.0,
    rng: np.random.Generator,
) -> FloatArray:
    r"""A sound whose log-mel spectrogram is close to a given one.

    Two things are missing and are guessed: how power is spread within each band (a power spectrum
    :math:`P \ge 0` with :math:`M P` near the mel power, by Richardson-Lucy updates), and all phases
    (the method of Griffin and Lim, from random ones).

    Book: mfcc-and-cepstral-diffusion

    Parameters
    ----------
    log_mel : Spectrogram or array_like
        In decibels, shape (..., n_mels, F) with at least 2 frames, centred, as `log_mel` gives it;
        or a Spectrogram on another scale.
    sample_rate : float
        Samples per second, positive.
    n_fft, hop : int
        With which it was made: samples per frame, and from frame to frame.
    iterations : int
        Rounds of Griffin and Lim, at least 1.
    fmin, fmax : float
        Edges of the bands in Hz, with which it was made.
    scale : {"slaney", "htk"}
        Mel scale.
    norm : {"slaney", None}
        Unit area of the filters, or unit peak.
    ref : float
        Power at 0 dB. `log_mel` with ref="max" forgets it, so the sound has another strength.
    rng : numpy.random.Generator
        Source of the first phases.

    Returns
    -------
    numpy.ndarray
        Real signal, float64, shape (..., hop * (F - 1)).

    Raises
    ------
    SpectralKitError
        If the values are not finite, too large or too few, an option is out of range, or the hop
        leaves gaps between the windows.

    Notes
    -----
    The spectral error of Griffin and Lim never grows from round to round, but it does not reach 0:
    the result sounds hollow. D. Griffin, J. Lim, "Signal estimation from modified short-time
    Fourier transform", IEEE Transactions on Acoustics, Speech and Signal Processing 32, 1984;
    W. H. Richardson, "Bayesian-based iterative method of image restoration", Journal of the Optical
    Society of America 62, 1972.

    Examples
    --------
    >>> from spectralkit.mel import log_mel
    >>> options = {"sample_rate": 8000, "n_fft": 256, "hop": 64}
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(4000) / 8000)
    >>> mel = log_mel(tone, **options, n_mels=30, ref=1.0)
    >>> back = mel_to_signal(mel, **options, rng=np.random.default_rng(1))
    >>> back.shape, round(float(np.abs(np.fft.rfft(back)).argmax() * 8000 / len(back)), -2)
    ((3968,), 1000.0)
    """
    rng, rounds = as_generator(rng), as_count(iterations, "iterations")
    mel = _mel_power(log_mel, as_number(ref, "ref"))
    bank = mel_filterbank(
        sample_rate=sample_rate, n_fft=n_fft, n_mels=mel.shape[-2], fmin=fmin, fmax=fmax,
        scale=scale, norm=norm,
    )  # fmt: skip
    magnitude = np.sqrt(non_negative_inverse(bank, mel))
    states = griffin_lim(magnitude, n_fft=n_fft, hop=hop, rounds=rounds, rng=rng)
    ((signal, _),) = deque(states, maxlen=1)
    return signal


def non_negative_inverse(
    bank: NDArray[np.float64], mel: NDArray[np.float64], *, updates: int = UPDATES
) -> NDArray[np.float64]:
    r"""Power P >= 0, shape (..., bins, F), for which ``bank @ P`` is near the mel power.

    Richardson-Lucy: :math:`P \leftarrow P \cdot M^T (S / M P) / M^T 1`. Ratios count, so a quiet
    band is fitted as well as a loud one.
    """
    from scipy import sparse

    flat = np.moveaxis(mel, -2, 0)
    target = flat.reshape(len(flat), -1)
    forward, back = sparse.csr_array(bank), sparse.csr_array(bank.T)
    reach = bank.sum(axis=0)[:, np.newaxis]
    gain = np.where(reach > 0, 1 / np.where(reach > 0, reach, 1), 0)
    power = gain * (back @ target)
    for _ in range(updates):
        seen = forward @ power
        power *= gain * (back @ np.divide(target, seen, out=np.zeros_like(seen), where=seen > 0))
    return np.moveaxis(power.reshape(-1, *flat.shape[1:]), 0, -2)


def griffin_lim(
    magnitude: NDArray[np.float64], *, n_fft: int, hop: int, rounds: int, rng: np.random.Generator
) -> Iterator[tuple[FloatArray, float]]:
    """Yield signals whose spectra have magnitudes nearer and nearer to given ones.

    Parameters
    ----------
    magnitude : numpy.ndarray
        Shape (..., n_fft // 2 + 1, F).
    n_fft, hop : int
        Samples per frame, and from frame to frame.
    rounds : int
        How many signals.
    rng : numpy.random.Generator
        Source of the first phases.

    Yields
    ------
    signal : numpy.ndarray
        Shape (..., hop * (F - 1)).
    error : float
        Distance of its magnitudes to the given ones, as a share of these; it never grows.
    """
    phase: ComplexArray = np.exp(1j * rng.uniform(0, 2 * np.pi, magnitude.shape))
    size = _norm(magnitude, n_fft)
    for _ in range(rounds):
        signal = istft(magnitude * phase, n_fft=n_fft, hop=hop)
        reached = stft(signal, n_fft=n_fft, hop=hop)
        strength = np.abs(reached)
        yield signal, _norm(strength - magnitude, n_fft) / size if size else 0.0
        phase = np.where(strength > 0, reached / np.where(strength > 0, strength, 1), 1)


def _norm(half: NDArray[np.float64], n_fft: int) -> float:
    """Norm over all frequencies of what is given at the non-negative ones."""
    twice = np.full(half.shape[-2], 2.0)
    twice[0] = 1
    if n_fft % 2 == 0:
        twice[-1] = 1
    return float(np.sqrt(np.sum(twice[:, np.newaxis] * half**2)))


def _mel_power(log_mel: Spectrogram | ArrayLike, ref: float) -> NDArray[np.float64]:
    """Mel power, shape (..., n_mels, F), of values on any scale."""
    given = log_mel if isinstance(log_mel, Spectrogram) else None
    raw = as_real(log_mel.values if isinstance(log_mel, Spectrogram) else log_mel, "log_mel")
    values: NDArray[np.float64] = raw.astype(np.float64, copy=False)
    if values.ndim < 2 or values.shape[-1] < 2:
        raise SpectralKitError(
            f"log_mel must have shape (..., n_mels, F) with at least 2 frames, but has shape "
            f"{values.shape}."
        )
    if ref <= 0:
        raise SpectralKitError(f"ref must be positive, but is {ref:g}.")
    scale = given.scale if given else "db"
    if scale in ("power", "magnitude"):
        if (values < 0).any():
            raise SpectralKitError(f"log_mel holds {values.min():g} on the scale {scale!r}.")
        return ref * (values if scale == "power" else values**2)
    with np.errstate(over="ignore"):
        power = ref * np.exp(values if scale == "log" else values * (np.log(10) / 10))
    if not np.isfinite(power).all():
        raise SpectralKitError(
            f"log_mel holds {values.max():g}, whose power is too large to be a number."
        )
    return power
