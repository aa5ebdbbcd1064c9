"""Wrong versions of mel scales, filterbanks and log-mels.

The tasks take plain numbers without options: the mel scale and the area norm of Slaney, a Hann
window, centred frames, decibels below the loudest value.
"""

from __future__ import annotations

import numpy as np

from spectralkit.mel import log_mel, mel_spectrogram
from spectralkit.mel_bank import hz_to_mel, mel_filterbank, mel_to_hz
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray
from spectralkit.short_time import stft

# hz_to_mel(frequency)


def htk_for_slaney(frequency: FloatArray) -> FloatArray:
    return hz_to_mel(frequency, scale="htk")


def ln_with_2595(frequency: FloatArray) -> FloatArray:
    return np.asarray(2595 * np.log1p(np.asarray(frequency) / 700))


def log10_with_1127(frequency: FloatArray) -> FloatArray:
    return np.asarray(1127 * np.log10(1 + np.asarray(frequency) / 700))


def linear_everywhere(frequency: FloatArray) -> FloatArray:
    return 3 * np.asarray(frequency, dtype=np.float64) / 200


def log10_above_the_knee(frequency: FloatArray) -> FloatArray:
    f = np.asarray(frequency, dtype=np.float64)
    return np.where(
        f < 1000, 3 * f / 200, 15 + 27 * np.log10(np.maximum(f, 1) / 1000) / np.log(6.4)
    )


# mel_filterbank(sample_rate, n_fft, n_mels)


def triangles(edges: FloatArray, bins: FloatArray) -> FloatArray:
    """Filters of unit peak between three edges each; where two edges meet, no flank."""
    flank = np.maximum(np.diff(edges), 1e-9)[:, np.newaxis]
    rise = (bins - edges[:-2, np.newaxis]) / flank[:-1]
    fall = (edges[2:, np.newaxis] - bins) / flank[1:]
    return np.maximum(0, np.minimum(rise, fall))


def of_unit_area(bank: FloatArray, edges: FloatArray) -> FloatArray:
    return bank * (2 / np.maximum(edges[2:] - edges[:-2], 1e-9))[:, np.newaxis]


def mel_edges(sample_rate: float, n_mels: int) -> FloatArray:
    top = float(hz_to_mel(sample_rate / 2))
    return mel_to_hz(np.linspace(0, top, n_mels + 2))


def area_not_normalised(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    return mel_filterbank(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels, norm=None)


def bank_of_htk(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    return mel_filterbank(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels, scale="htk")


def evenly_spaced_in_hertz(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    edges = np.linspace(0, sample_rate / 2, n_mels + 2)
    return of_unit_area(triangles(edges, np.fft.rfftfreq(n_fft, 1 / sample_rate)), edges)


def bins_at_half_their_hertz(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    edges = mel_edges(sample_rate, n_mels)
    return of_unit_area(triangles(edges, np.fft.rfftfreq(n_fft, 2 / sample_rate)), edges)


def edges_cut_to_bins(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    cut = cut_edges(sample_rate, n_fft, n_mels)
    bank = triangles(cut, np.fft.rfftfreq(n_fft, 1 / sample_rate))
    return of_unit_area(bank, mel_edges(sample_rate, n_mels))


def cut_to_unit_peaks(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    cut = cut_edges(sample_rate, n_fft, n_mels)
    return triangles(cut, np.fft.rfftfreq(n_fft, 1 / sample_rate))


def cut_edges(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    edges = mel_edges(sample_rate, n_mels)
    return np.asarray(np.floor((n_fft + 1) * edges / sample_rate) * sample_rate / n_fft)


def rows_of_unit_sum(sample_rate: float, n_fft: int, n_mels: int) -> FloatArray:
    bank = area_not_normalised(sample_rate, n_fft, n_mels)
    return np.asarray(bank / bank.sum(axis=1, keepdims=True))


# log_mel(signal, sample_rate, n_fft, hop, n_mels)


def decibels(values: FloatArray) -> FloatArray:
    """Relative to the largest value, at most 80 dB below it."""
    relative = 10 * np.log10(np.maximum(values, 1e-10) / values.max())
    return np.asarray(np.maximum(relative, -80))


def mel_power(signal: FloatArray, rate: float, n_fft: int, hop: int, n_mels: int) -> FloatArray:
    return mel_spectrogram(signal, sample_rate=rate, n_fft=n_fft, hop=hop, n_mels=n_mels).values


def twenty_for_ten(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    mel = mel_power(signal, sample_rate, n_fft, hop, n_mels)
    return np.asarray(np.maximum(20 * np.log10(np.maximum(mel, 1e-10) / mel.max()), -80))


def ln_for_decibels(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    return decibels(mel_power(signal, sample_rate, n_fft, hop, n_mels)) * (np.log(10) / 10)


def filters_on_magnitude(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    bank = mel_filterbank(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels)
    return decibels(bank @ np.abs(stft(signal, n_fft=n_fft, hop=hop)))


def filters_on_decibels(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    bank = mel_filterbank(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels)
    power = np.abs(stft(signal, n_fft=n_fft, hop=hop)) ** 2
    return (bank / bank.sum(axis=1, keepdims=True)) @ decibels(power)


def reference_forgotten(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    return log_mel(
        signal, sample_rate=sample_rate, n_fft=n_fft, hop=hop, n_mels=n_mels, ref=1.0
    ).values


def floor_after_reference(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    mel = mel_power(signal, sample_rate, n_fft, hop, n_mels)
    return np.asarray(np.maximum(10 * np.log10(np.maximum(mel / mel.max(), 1e-10)), -80))


def not_cut_at_80(
    signal: FloatArray, sample_rate: float, n_fft: int, hop: int, n_mels: int
) -> FloatArray:
    return log_mel(
        signal, sample_rate=sample_rate, n_fft=n_fft, hop=hop, n_mels=n_mels, top_db=None
    ).values


MISTAKES = {
    "hz_to_mel": (
        Mistake(
            "htk-for-slaney",
            "This is the scale of HTK, where 1000 Hz is 1000 mel; on Slaney's it is 15.",
            htk_for_slaney,
        ),
        Mistake(
            "ln-with-2595",
            "The factor 2595 belongs to log10, and 1127 to ln; and both to the scale of HTK.",
            ln_with_2595,
        ),
        Mistake(
            "log10-with-1127",
            "The factor 1127 belongs to ln, and 2595 to log10; and both to the scale of HTK.",
            log10_with_1127,
        ),
        Mistake(
            "linear-everywhere",
            "The scale is linear up to 1000 Hz only; above it is logarithmic.",
            linear_everywhere,
        ),
        Mistake(
            "log10-for-ln",
            "Above 1000 Hz you mixed log10 and ln: the step is ln(6.4) / 27, so take ln.",
            log10_above_the_knee,
        ),
    ),
    "mel_filterbank": (
        Mistake(
            "area-not-normalised",
            "Your filters have a peak of 1, so wide ones gather more: multiply each by "
            "2 / (upper edge - lower edge).",
            area_not_normalised,
        ),
        Mistake(
            "htk-for-slaney",
            "Your edges are even on the scale of HTK; this task uses Slaney's.",
            bank_of_htk,
        ),
        Mistake(
            "even-in-hertz",
            "Your edges are even in hertz: space them in mel, then turn them into hertz.",
            evenly_spaced_in_hertz,
        ),
        Mistake(
            "half-the-hertz",
            "Bin b lies at b * sample_rate / n_fft; you took half of that.",
            bins_at_half_their_hertz,
        ),
        Mistake(
            "edges-cut-to-bins",
            "You cut the edges to whole bins; keep them in hertz, or low filters get lopsided.",
            edges_cut_to_bins,
        ),
        Mistake(
            "cut-to-unit-peaks",
            "These are the filters of many tutorials, with edges cut to whole bins and peaks of 1: "
            "keep the edges in hertz, and give each filter unit area.",
            cut_to_unit_peaks,
        ),
        Mistake(
            "rows-of-unit-sum",
            "You divided each row by its sum; divide by half the width of the filter in hertz.",
            rows_of_unit_sum,
        ),
    ),
    "log_mel": (
        Mistake(
            "twenty-for-ten",
            "20 log10 is for magnitudes; of a power take 10 log10.",
            twenty_for_ten,
        ),
        Mistake(
            "ln-for-decibels",
            "You took the natural logarithm; decibels are 10 log10.",
            ln_for_decibels,
        ),
        Mistake(
            "filters-on-magnitude",
            "You gathered magnitudes in the bands; gather their squares.",
            filters_on_magnitude,
        ),
        Mistake(
            "logarithm-before-filters",
            "You took the logarithm of each bin first; gather power in bands, then take it.",
            filters_on_decibels,
        ),
        Mistake(
            "reference-forgotten",
            "The loudest value should read 0 dB: divide by the maximum first.",
            reference_forgotten,
        ),
        Mistake(
            "not-cut",
            "Values may lie at most 80 dB below the maximum: raise the lower ones to that.",
            not_cut_at_80,
        ),
        Mistake(
            "floor-after-reference",
            "You divided by the maximum before the floor of 1e-10, so the floor moves with the "
            "loudness: raise S to 1e-10 first.",
            floor_after_reference,
        ),
    ),
}
