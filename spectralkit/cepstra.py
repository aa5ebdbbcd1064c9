"""Cepstra: the spectrum of a logarithmic spectrum, and what it takes apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import (
    SpectralKitError,
    as_count,
    as_number,
    as_rate,
    as_signal,
    one_of,
)
from spectralkit.framing import Window
from spectralkit.mel import log_mel
from spectralkit.results import FloatArray, OneOrMany
from spectralkit.rings import windowed

FLOOR = 1e-10  # of a frame's largest magnitude; rounding leaves 1e-16 where it should leave 0
PERIODS = 2.5  # of the lowest pitch that a frame must hold: with 2, some tones read an octave off


def real_cepstrum(frame: ArrayLike, *, n_fft: int | None = None) -> FloatArray:
    r"""The inverse transform of a logarithmic magnitude spectrum.

    .. math:: c[q] = \frac{1}{N} \sum_k \ln |X[k]| \, e^{2\pi i k q / N}, \qquad
        X[k] = \sum_t x[t]\, e^{-2\pi i k t / N}

    The index q is a time, called quefrency: q / sample rate in seconds. A convolution of two
    signals is the sum of their cepstra, so that a source and a filter lie side by side.

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    frame : array_like
        Real, shape (..., n), n at least 4; any unit. No window is applied: multiply by one first
        where the frame is cut out of a longer sound.
    n_fft : int, optional
        Length N of the transform, at least n: zeros are appended. By default n.

    Returns
    -------
    numpy.ndarray
        Cepstrum in nepers (natural logarithm), shape (..., N), quefrency 0 at index 0 and -q at
        index N - q, symmetric; float32 for float32 frames, else float64.

    Raises
    ------
    SpectralKitError
        If a frame is unusable or silent, or the length is not a whole number of at least n.

    Notes
    -----
    Magnitudes below 1e-10 of the frame's largest (-200 dB) are raised to it, so that zeros of the
    spectrum have a logarithm. A gain g adds ln g to c[0] and to nothing else.
    B. P. Bogert, M. J. R. Healy, J. W. Tukey, "The quefrency alanysis of time series for echoes",
    1963.

    Examples
    --------
    >>> echo = np.zeros(256)
    >>> echo[[0, 8]] = 1.0, 0.5  # at q = 8 and 16: g / 2 and -g**2 / 4
    >>> (0 + real_cepstrum(echo)[[7, 8, 9, 16]].round(4)).tolist()
    [0.0, 0.25, 0.0, -0.0625]
    """
    x = as_signal(frame, "frame")
    return _cepstrum(x, n_fft).astype(x.dtype)


def power_cepstrum(frame: ArrayLike, *, n_fft: int | None = None) -> FloatArray:
    r"""The inverse transform of a logarithmic power spectrum: twice the real cepstrum.

    .. math:: c_P[q] = \frac{1}{N} \sum_k \ln |X[k]|^2 \, e^{2\pi i k q / N} = 2\, c[q]

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    frame : array_like
        As in `real_cepstrum`.
    n_fft : int, optional
        As in `real_cepstrum`.

    Returns
    -------
    numpy.ndarray
        Shape (..., N), as in `real_cepstrum`.

    Raises
    ------
    SpectralKitError
        As in `real_cepstrum`.

    Notes
    -----
    Bogert, Healy and Tukey (1963) squared this once more; its sign tells an echo (positive) from
    its phase-reversed copy (negative), so it is kept here.

    Examples
    --------
    >>> echo = np.zeros(256)
    >>> echo[[0, 8]] = 1.0, 0.5
    >>> power_cepstrum(echo)[8].round(4)  # the gain of the echo
    np.float64(0.5)
    """
    x = as_signal(frame, "frame")
    return (2 * _cepstrum(x, n_fft)).astype(x.dtype)


def lifter(cepstrum: ArrayLike, *, cutoff: int, keep: str = "low") -> FloatArray:
    """Keep the low quefrencies of a cepstrum, or the high ones: a filter, spelled backwards.

    Low keeps the quefrencies -cutoff < q < cutoff, high all others; the two add up to the whole.

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    cepstrum : array_like
        Result of `real_cepstrum` or `power_cepstrum`, shape (..., N), quefrency -q at N - q.
    cutoff : int
        First quefrency in samples that counts as high, from 1 to N // 2.
    keep : {"low", "high"}
        Which side is kept; the other is set to 0.

    Returns
    -------
    numpy.ndarray
        Shape (..., N), still symmetric.

    Raises
    ------
    SpectralKitError
        If the cepstrum is unusable, the cutoff is out of range or the side is unknown.

    Examples
    --------
    >>> lifter(np.ones(8), cutoff=2).tolist()
    [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    >>> lifter(np.ones(8), cutoff=2, keep="high").tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    """
    c = as_signal(cepstrum, "cepstrum")
    one_of(keep, ("low", "high"), "keep")
    n = c.shape[-1]
    cutoff = as_count(cutoff, "cutoff")
    if cutoff > n // 2:
        raise SpectralKitError(
            f"cutoff must be at most {n // 2}, half the length of the cepstrum, but is {cutoff}."
        )
    q = np.arange(n)
    low = np.minimum(q, n - q) < cutoff
    return np.where(low if keep == "low" else ~low, c, c.dtype.type(0))


def spectral_envelope(frame: ArrayLike, *, cutoff: int, n_fft: int | None = None) -> FloatArray:
    r"""The smooth part of a magnitude spectrum: what the low quefrencies say.

    .. math:: E[k] = \exp \sum_{|q| < \text{cutoff}} c[q]\, e^{-2\pi i k q / N}

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    frame : array_like
        As in `real_cepstrum`; a windowed frame gives the smoother envelope.
    cutoff : int
        First quefrency in samples that is left out, from 1 to N // 2: below the pitch period, or
        the envelope follows the harmonics.
    n_fft : int, optional
        As in `real_cepstrum`.

    Returns
    -------
    numpy.ndarray
        Magnitude on a linear scale, unit of the frame, at the frequencies
        ``np.fft.rfftfreq(N, 1 / sample_rate)``, shape (..., N // 2 + 1).

    Raises
    ------
    SpectralKitError
        If a frame is unusable or silent, the length or the cutoff is out of range, or the
        magnitudes are larger than the frame's type can hold.

    Notes
    -----
    Its logarithm is the log magnitude spectrum smoothed, so the envelope runs through the middle
    of peaks and gaps, not over the peaks. A. V. Oppenheim, R. W. Schafer, "Homomorphic analysis of
    speech", IEEE Transactions on Audio and Electroacoustics 16, 1968.

    Examples
    --------
    >>> spectral_envelope([2.0, 0, 0, 0, 0, 0, 0, 0], cutoff=1).round(6).tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    x = as_signal(frame, "frame")
    log_envelope = np.fft.rfft(lifter(_cepstrum(x, n_fft), cutoff=cutoff)).real
    if log_envelope.max() >= np.log(np.finfo(x.dtype).max):
        raise SpectralKitError(
            f"frame has magnitudes above {np.finfo(x.dtype).max:.0e}, the largest {x.dtype} "
            "number: divide it by its largest value first."
        )
    return np.exp(log_envelope).astype(x.dtype)


def cepstral_pitch(
    frame: ArrayLike, *, sample_rate: float, fmin: float = 70.0, fmax: float = 350.0
) -> OneOrMany:
    r"""Pitch of a harmonic sound: the quefrency at which its cepstrum is largest.

    .. math:: f_0 = \frac{\text{sample rate}}{q_0}, \qquad
        q_0 = \arg\max_{\text{rate}/f_\max \,\le\, q \,\le\, \text{rate}/f_\min} c[q]

    with c the real cepstrum of the frame under a Hann window, its mean removed, zeros appended to
    twice its length; between samples a parabola through the largest value and its neighbours.

    Book: cepstrum-pitch-and-envelope

    Parameters
    ----------
    frame : array_like
        Real, shape (..., n); a frame must hold 2.5 periods of `fmin`.
    sample_rate : float
        Samples per second, positive.
    fmin, fmax : float
        Lowest and highest pitch looked for, in hertz.

    Returns
    -------
    float or numpy.ndarray
        Pitch in hertz; an array of shape (...) for a batch of frames.

    Raises
    ------
    SpectralKitError
        If a frame is unusable, silent, constant or too short, the rate is not positive, or there
        is no whole quefrency between the pitches looked for.

    Notes
    -----
    There is always an answer: whether a frame has a pitch at all must be decided elsewhere. Errors
    are gross (a neighbouring multiple of the period, a rumble) rather than small. A sound with one
    harmonic has no comb in its spectrum and is not read rightly.
    A. M. Noll, "Cepstrum pitch determination", Journal of the Acoustical Society of America 41,
    1967.

    Examples
    --------
    >>> t = np.arange(1024) / 16000
    >>> voice = sum(np.cos(2 * np.pi * 125 * h * t) / h for h in range(1, 40))
    >>> round(cepstral_pitch(voice, sample_rate=16000), 1)
    125.0
    """
    x = as_signal(frame, "frame")
    scaled, _ = _scaled(x)
    _refuse(x.max(axis=-1) == x.min(axis=-1), "constant, so it has no pitch")
    first, last = _quefrencies(x.shape[-1], sample_rate, fmin, fmax)
    c = _cepstrum(windowed(scaled, "hann", axes=(-1,)), 2 * x.shape[-1])
    peak = first + c[..., first : last + 1].argmax(axis=-1)
    before, at, after = (
        np.take_along_axis(c, (peak + step)[..., np.newaxis], axis=-1)[..., 0]
        for step in (-1, 0, 1)
    )
    bend = np.minimum(before - 2 * at + after, -np.finfo(float).tiny)
    # at the end of the range the largest value may be no peak: half a sample is the most
    shift = np.clip((before - after) / bend / 2, -0.5, 0.5)
    pitch = float(sample_rate) / (peak + shift)
    return float(pitch) if pitch.ndim == 0 else pitch


def mfcc(
    signal: ArrayLike,
    *,
    sample_rate: float,
    n_mfcc: int = 13,
    norm: str | None = "ortho",
    lifter: float = 0,
    n_fft: int = 2048,
    hop: int = 512,
    n_mels: int = 128,
    window: Window = "hann",
    center: bool = True,
    pad_mode: str = "constant",
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    mel_norm: str | None = "slaney",
    amin: float = 1e-10,
    top_db: float | None = 80.0,
) -> FloatArray:
    r"""Mel-frequency cepstral coefficients: the cosine transform of log-mel spectra along mel.

    .. math:: C[n, k] = g_n\, s_n \sum_{m=0}^{B-1} L[m, k] \cos \frac{\pi n (2 m + 1)}{2 B},
        \qquad g_n = 1 + \frac{\ell}{2} \sin \frac{\pi (n + 1)}{\ell}

    with L of `log_mel` (ref 1) in B bands: the DCT-II. For the norm "ortho"
    :math:`s_0 = \sqrt{1/B}` and else :math:`\sqrt{2/B}`; for None all are 2. Without a lifter
    (:math:`\ell = 0`) all :math:`g_n` are 1.

    Book: mfcc-and-cepstral-diffusion

    Parameters
    ----------
    signal : array_like
        Real, shape (..., n), n at least 4, not silent.
    sample_rate : float
        Samples per second, positive.
    n_mfcc : int
        Number of coefficients, from 1 to `n_mels`.
    norm : {"ortho", None}
        Scaling of the DCT: orthonormal, or plain sums times 2.
    lifter : float
        Length of the sine lifter that raises the higher coefficients, 22 in HTK; 0 for none.
    n_fft, hop, n_mels : int
        Samples per frame, from frame to frame, and number of bands.
    window : str or array_like
        As in `stft`.
    center : bool
        As in `stft`.
    pad_mode : str
        As in `stft`.
    fmin, fmax : float
        As in `mel_filterbank`.
    scale : {"slaney", "htk"}
        As in `mel_filterbank`.
    mel_norm : {"slaney", None}
        The norm of `mel_filterbank`.
    amin, top_db : float
        As in `log_mel`.

    Returns
    -------
    numpy.ndarray
        Shape (..., n_mfcc, F), decibels times the scaling; float32 for float32 signals.

    Raises
    ------
    SpectralKitError
        As `log_mel`; also if n_mfcc or the lifter is out of range or the norm is unknown.

    Notes
    -----
    Equal to `librosa.feature.mfcc`, whose default is 20 coefficients and where "htk" is htk=True;
    for a batch librosa cuts at `top_db` below one maximum, this function below that of each signal.
    S. B. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word
    recognition in continuously spoken sentences", IEEE Transactions on Acoustics, Speech, and
    Signal Processing 28, 1980.

    Examples
    --------
    >>> tone = np.cos(2 * np.pi * 1000 * np.arange(8000) / 8000)
    >>> mfcc(tone, sample_rate=8000, n_fft=256, hop=128, n_mels=20).shape
    (13, 63)
    """
    one_of(norm, ("ortho", None), "norm")
    count = as_count(n_mfcc, "n_mfcc")
    if count > as_count(n_mels, "n_mels"):
        raise SpectralKitError(
            f"n_mfcc must be at most n_mels, but {count} coefficients of {n_mels} bands were asked "
            "for."
        )
    length = as_number(lifter, "lifter")
    if length < 0:
        raise SpectralKitError(f"lifter must be at least 0, which means none, but is {length:g}.")
    mel = log_mel(
        signal, sample_rate=sample_rate, n_fft=n_fft, hop=hop, n_mels=n_mels, window=window,
        center=center, pad_mode=pad_mode, fmin=fmin, fmax=fmax, scale=scale, norm=mel_norm,
        amin=amin, ref=1.0, top_db=top_db,
    )  # fmt: skip
    return cosine_coefficients(mel.values, count, norm=norm, lifter=length)


def cosine_coefficients(
    log_mel: FloatArray, n_mfcc: int, *, norm: str | None, lifter: float
) -> FloatArray:
    """First rows of the DCT-II along the mel bands, shape (..., n_mels, F), times their lifter."""
    from scipy import fft

    rows = fft.dct(log_mel, axis=-2, norm=norm)[..., :n_mfcc, :]
    if not lifter:
        return np.ascontiguousarray(rows)
    gain = 1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / lifter)
    return np.asarray(rows * gain[:, np.newaxis].astype(rows.dtype))


def _cepstrum(x: FloatArray, n_fft: int | None) -> FloatArray:
    """Real cepstrum in float64."""
    n = x.shape[-1] if n_fft is None else as_count(n_fft, "n_fft", x.shape[-1])
    scaled, peak = _scaled(x)
    magnitude = np.abs(np.fft.rfft(scaled, n))
    magnitude = np.maximum(magnitude, FLOOR * magnitude.max(axis=-1, keepdims=True))
    c = np.fft.irfft(np.log(magnitude), n)
    c[..., :1] += np.log(peak)
    return c


def _scaled(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Frames in float64 with their largest value at 1, and that value, shape (..., 1).

    So that spectra neither overflow nor vanish.
    """
    double = x.astype(np.float64, copy=False)
    peak = np.abs(double).max(axis=-1, keepdims=True)
    _refuse(peak[..., 0] == 0, "silent, so its logarithmic spectrum does not exist")
    return double / peak, peak


def _refuse(bad: OneOrMany, what: str) -> None:
    """Name the first bad frame of a batch."""
    if np.any(bad):
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        at = f" {where if len(where) != 1 else where[0]}" if where else ""
        raise SpectralKitError(f"frame{at} is {what}: leave it out.")


def _quefrencies(n: int, sample_rate: float, fmin: float, fmax: float) -> tuple[int, int]:
    """First and last quefrency in samples at which a pitch is looked for."""
    rate = as_rate(sample_rate)
    low, high = as_number(fmin, "fmin"), as_number(fmax, "fmax")
    if not 0 < low < high <= rate / 2:
        raise SpectralKitError(
            f"fmin and fmax must satisfy 0 < fmin < fmax <= {rate / 2:g} Hz, half the sample rate, "
            f"but are {low:g} and {high:g} Hz."
        )
    if n * low < PERIODS * rate:
        raise SpectralKitError(
            f"frame is too short: {n} samples at {rate:g} Hz do not hold {PERIODS} periods of "
            f"fmin = {low:g} Hz; give at least {math.ceil(PERIODS * rate / low)}, or a higher fmin."
        )
    first, last = math.ceil(rate / high), math.floor(rate / low)
    if first > last:
        raise SpectralKitError(
            f"No whole number of samples at {rate:g} Hz is a period between fmin = {low:g} and "
            f"fmax = {high:g} Hz: move them apart."
        )
    return first, last
