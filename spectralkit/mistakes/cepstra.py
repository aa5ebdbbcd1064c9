"""Wrong versions of the functions of `spectralkit.cepstra`, and of the echo's delay."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.cepstra import cosine_coefficients, lifter, power_cepstrum, real_cepstrum
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray

Echo = tuple[int, float]


def log10_for_ln(frame: ArrayLike) -> FloatArray:
    return real_cepstrum(frame) / np.log(10)


def log_forgotten(frame: ArrayLike) -> FloatArray:
    return np.fft.ifft(np.abs(np.fft.fft(np.asarray(frame)))).real


def forward_transform(frame: ArrayLike) -> FloatArray:
    return np.asarray(frame).shape[-1] * real_cepstrum(frame)


def sign_lost(frame: ArrayLike) -> FloatArray:
    return np.abs(real_cepstrum(frame))


def echo(c: FloatArray, shortest: int, longest: int) -> Echo:
    """The right answer from a power cepstrum: the largest peak of either sign, and its height."""
    delay = shortest + int(np.abs(c[shortest : longest + 1]).argmax())
    return delay, float(c[delay])


def gain_halved(signal: ArrayLike, shortest: int, longest: int) -> Echo:
    return echo(real_cepstrum(signal), shortest, longest)


def delay_without_offset(signal: ArrayLike, shortest: int, longest: int) -> Echo:
    delay, gain = echo(power_cepstrum(signal), shortest, longest)
    return delay - shortest, gain


def source_in_range(signal: ArrayLike, shortest: int, longest: int) -> Echo:
    return echo(power_cepstrum(signal), 1, longest)


def positive_only(signal: ArrayLike, shortest: int, longest: int) -> Echo:
    c = power_cepstrum(signal)
    return echo(np.maximum(c, 0), shortest, longest)


def gain_without_sign(signal: ArrayLike, shortest: int, longest: int) -> Echo:
    delay, gain = echo(power_cepstrum(signal), shortest, longest)
    return delay, abs(gain)


def one_side_only(cepstrum: ArrayLike, cutoff: int) -> FloatArray:
    kept = np.array(cepstrum)
    kept[..., cutoff:] = 0
    return kept


def one_more_at_the_end(cepstrum: ArrayLike, cutoff: int) -> FloatArray:
    kept = np.array(cepstrum)
    kept[..., cutoff:-cutoff] = 0
    return kept


def cutoff_included(cepstrum: ArrayLike, cutoff: int) -> FloatArray:
    return lifter(cepstrum, cutoff=cutoff + 1)


def high_for_low(cepstrum: ArrayLike, cutoff: int) -> FloatArray:
    return lifter(cepstrum, cutoff=cutoff, keep="high")


def minus_zero(cepstrum: ArrayLike, cutoff: int) -> FloatArray:
    kept = np.array(cepstrum)
    kept[..., cutoff : -(cutoff - 1)] = 0
    return kept


def log_of_envelope(kept: FloatArray) -> FloatArray:
    """Real part of the transform of a liftered cepstrum."""
    return np.fft.rfft(kept).real


def one_sided_envelope(frame: ArrayLike, cutoff: int) -> FloatArray:
    return np.exp(log_of_envelope(one_side_only(real_cepstrum(frame), cutoff)))


def exp_forgotten(frame: ArrayLike, cutoff: int) -> FloatArray:
    return log_of_envelope(lifter(real_cepstrum(frame), cutoff=cutoff))


def fine_structure(frame: ArrayLike, cutoff: int) -> FloatArray:
    return np.exp(log_of_envelope(high_for_low(real_cepstrum(frame), cutoff)))


def power_envelope(frame: ArrayLike, cutoff: int) -> FloatArray:
    return np.exp(2 * exp_forgotten(frame, cutoff))


def not_liftered(frame: ArrayLike, cutoff: int) -> FloatArray:
    return np.exp(log_of_envelope(real_cepstrum(frame)))


def quefrency_of_peak(c: FloatArray, first: float, last: float) -> int:
    """Whole quefrency of the largest value in a range."""
    low, high = int(np.ceil(first)), int(np.floor(last))
    return low + int(c[low : high + 1].argmax())


def hann_cepstrum(frame: ArrayLike) -> FloatArray:
    """Cepstrum of the windowed frame, as long as the frame."""
    x = np.asarray(frame, float)
    return real_cepstrum(np.hanning(len(x) + 1)[:-1] * x)


def offset_forgotten(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    peak = quefrency_of_peak(hann_cepstrum(frame), rate / fmax, rate / fmin)
    return float(rate / max(peak - int(np.ceil(rate / fmax)), 1))


def half_spectrum(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    x = np.asarray(frame, float)
    half = np.abs(np.fft.rfft(np.hanning(len(x) + 1)[:-1] * x))
    c = np.fft.ifft(np.log(half + 1e-10 * half.max())).real
    # peaks lie at half their quefrency: of high pitches the second one is in range, and is right
    return float(rate / quefrency_of_peak(c, rate / fmax, rate / fmin))


def low_quefrencies_kept(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    return float(rate / quefrency_of_peak(hann_cepstrum(frame), 1, rate / fmin))


def hertz_for_samples(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    return float(rate / quefrency_of_peak(hann_cepstrum(frame), fmin, fmax))


def bin_for_quefrency(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    c = hann_cepstrum(frame)
    return float(rate / len(c) * quefrency_of_peak(c, rate / fmax, rate / fmin))


def period_returned(frame: ArrayLike, rate: float, fmin: float, fmax: float) -> float:
    return float(quefrency_of_peak(hann_cepstrum(frame), rate / fmax, rate / fmin) / rate)


def unscaled(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    return cosine_coefficients(np.asarray(log_mel), n_mfcc, norm=None, lifter=lifter)


def along_frames(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    values = np.asarray(log_mel)
    coefficients = cosine_coefficients(values.T, values.shape[1], norm="ortho", lifter=0)
    return coefficients.T[:n_mfcc] * lifter_gain(1, n_mfcc, lifter)


def bands_cropped(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    return cosine_coefficients(np.asarray(log_mel)[:n_mfcc], n_mfcc, norm="ortho", lifter=lifter)


def rows_shifted(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    rows = cosine_coefficients(np.asarray(log_mel), n_mfcc + 1, norm="ortho", lifter=0)[1:]
    return rows * lifter_gain(1, n_mfcc, lifter)


def first_like_the_others(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    rows = cosine_coefficients(np.asarray(log_mel), n_mfcc, norm="ortho", lifter=lifter)
    rows[0] *= np.sqrt(2)
    return rows


def lifter_gain(first: int, rows: int, length: float) -> FloatArray:
    """Gain of each row, the first one numbered as told, shape (rows, 1)."""
    n = np.arange(first, first + rows)[:, np.newaxis]
    return np.asarray(1 + length / 2 * np.sin(np.pi * n / (length or 1)))


def lifter_from_zero(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    rows = cosine_coefficients(np.asarray(log_mel), n_mfcc, norm="ortho", lifter=0)
    return rows * lifter_gain(0, n_mfcc, lifter)


def lifter_forgotten(log_mel: ArrayLike, n_mfcc: int, lifter: float) -> FloatArray:
    return cosine_coefficients(np.asarray(log_mel), n_mfcc, norm="ortho", lifter=0)


ONE_SIDE = Mistake(
    "one-side-only",
    "You kept quefrencies 0 to cutoff - 1 only; the negative ones lie at the end, from "
    "N - cutoff + 1 on, and carry half of each ripple.",
    one_side_only,
)

MISTAKES = {
    "real_cepstrum": (
        Mistake(
            "power-for-real",
            "You took the logarithm of the power |X|**2: that is the power cepstrum, twice the "
            "real one.",
            power_cepstrum,
        ),
        Mistake("log10-for-ln", "You took log10; the cepstrum is defined with ln.", log10_for_ln),
        Mistake(
            "log-forgotten",
            "You transformed the magnitude back without its logarithm, so a source and a filter "
            "are still multiplied.",
            log_forgotten,
        ),
        Mistake(
            "forward-transform",
            "You took the forward transform of the logarithm: it is N times too large; take the "
            "inverse.",
            forward_transform,
        ),
        Mistake(
            "sign-lost",
            "You took abs of the cepstrum; take the real part, its values have a sign.",
            sign_lost,
        ),
    ),
    "echo_delay": (
        Mistake(
            "gain-halved",
            "You read the gain from the real cepstrum, where an echo of gain g stands with g / 2.",
            gain_halved,
        ),
        Mistake(
            "offset-forgotten",
            "You searched a part of the cepstrum and returned the index within the part; add the "
            "quefrency at which it begins.",
            delay_without_offset,
        ),
        Mistake(
            "source-in-range",
            "You searched from quefrency 1 on, where the source itself is; begin at the shortest "
            "delay.",
            source_in_range,
        ),
        Mistake(
            "positive-only",
            "You looked for the largest value; a phase-reversed echo is a negative peak, so look "
            "for the largest magnitude.",
            positive_only,
        ),
        Mistake(
            "sign-lost",
            "You returned the magnitude of the peak; take the magnitude to find it, and the value "
            "itself as the gain: that of a phase-reversed echo is negative.",
            gain_without_sign,
        ),
    ),
    "lifter": (
        ONE_SIDE,
        Mistake(
            "one-more-at-the-end",
            "The slice cutoff:-cutoff keeps quefrency -cutoff but not +cutoff, so the result is "
            "not symmetric; end it at N - cutoff + 1.",
            one_more_at_the_end,
        ),
        Mistake(
            "cutoff-included",
            "You kept the quefrency at the cutoff; it is the first one that is left out.",
            cutoff_included,
        ),
        Mistake(
            "high-for-low",
            "You kept the high quefrencies; the low ones were asked for.",
            high_for_low,
        ),
        Mistake(
            "minus-zero",
            "With a cutoff of 1 your slice ends at -0, which is 0: it is empty and nothing is set "
            "to 0; end it at N - cutoff + 1.",
            minus_zero,
        ),
    ),
    "spectral_envelope": (
        Mistake(ONE_SIDE.key, ONE_SIDE.sentence, one_sided_envelope),
        Mistake(
            "exp-forgotten",
            "You returned the logarithm of the envelope; take exp of it at the end.",
            exp_forgotten,
        ),
        Mistake(
            "high-for-low",
            "You kept the high quefrencies: that is the fine structure, what the envelope leaves.",
            fine_structure,
        ),
        Mistake(
            "power-for-magnitude",
            "You returned the envelope of the power, the square of what was asked for.",
            power_envelope,
        ),
        Mistake(
            "not-liftered",
            "You transformed the whole cepstrum back: that is the spectrum again, harmonics and "
            "all; keep the low quefrencies only.",
            not_liftered,
        ),
    ),
    "cepstral_pitch": (
        Mistake(
            "half-spectrum",
            "You transformed the half spectrum of rfft by ifft, so a step is two samples and low "
            "pitches read an octave high; use irfft.",
            half_spectrum,
        ),
        Mistake(
            "offset-forgotten",
            "You took argmax of a part of the cepstrum; add the quefrency at which it begins.",
            offset_forgotten,
        ),
        Mistake(
            "low-quefrencies-kept",
            "You searched from the lowest quefrencies on, where the envelope is (and the level, at "
            "0, an infinite pitch); begin at rate / fmax.",
            low_quefrencies_kept,
        ),
        Mistake(
            "hertz-for-samples",
            "You used fmin and fmax, in hertz, as limits of the quefrency, in samples; the limits "
            "are rate / fmax and rate / fmin.",
            hertz_for_samples,
        ),
        Mistake(
            "bin-for-quefrency",
            "You multiplied the index by rate / N as for a spectrum; a quefrency is a period, and "
            "the pitch is rate / quefrency.",
            bin_for_quefrency,
        ),
        Mistake(
            "period-returned",
            "You returned the period in seconds; the pitch is one over it.",
            period_returned,
        ),
    ),
    "mfcc": (
        Mistake(
            "unscaled",
            "Your DCT is not orthonormal: row 0 is 2 * sqrt(bands) and the others "
            "sqrt(2 * bands) times too large; give norm='ortho'.",
            unscaled,
        ),
        Mistake(
            "first-like-the-others",
            "You scaled row 0 by sqrt(2 / bands) like the others; its own factor is "
            "sqrt(1 / bands).",
            first_like_the_others,
        ),
        Mistake(
            "along-frames",
            "You took the DCT along the frames; it runs along the mel bands, within each frame.",
            along_frames,
        ),
        Mistake(
            "bands-cropped",
            "You kept the first n_mfcc bands before the DCT, as dct(..., n=n_mfcc) does; transform "
            "all bands and keep the first n_mfcc rows of the result.",
            bands_cropped,
        ),
        Mistake(
            "rows-shifted",
            "You left out row 0, the level; the first n_mfcc rows begin with it.",
            rows_shifted,
        ),
        Mistake(
            "lifter-from-zero",
            "You counted the rows of the lifter from 0; its gain is "
            "1 + L/2 * sin(pi * (n + 1) / L) for rows n from 0 on.",
            lifter_from_zero,
        ),
        Mistake(
            "lifter-forgotten",
            "You left the lifter out: the higher rows stay small.",
            lifter_forgotten,
        ),
    ),
}
