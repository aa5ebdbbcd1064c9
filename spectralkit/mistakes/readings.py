"""Wrong versions of what sounds are read for: a peak, the exponent of a log-mel image, a control.

The tasks take a spectrum, an image in decibels, or a signal; frames of a control lie side by side.
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from spectralkit.comparing import phase_randomised
from spectralkit.mel import log_mel
from spectralkit.mistakes.record import Mistake
from spectralkit.powerlaw import fit_power_law
from spectralkit.results import FloatArray
from spectralkit.spectra import rapsd, swap_phase

FRAME, BANDS = 512, 40

# spectrum_peak(frequency, power)


def top_of_parabola(height: FloatArray) -> tuple[int, float]:
    """Index of the largest value, and how far beyond it a parabola through three is largest."""
    k = int(np.argmax(height))
    before, here, after = (float(value) for value in height[k - 1 : k + 2])
    return k, (before - after) / (before - 2 * here + after) / 2


def not_refined(frequency: FloatArray, power: FloatArray) -> float:
    return float(frequency[np.argmax(power)])


def parabola_on_power(frequency: FloatArray, power: FloatArray) -> float:
    k, shift = top_of_parabola(power)
    return float(frequency[k] + shift * (frequency[1] - frequency[0]))


def shift_reversed(frequency: FloatArray, power: FloatArray) -> float:
    k, shift = top_of_parabola(np.log(power))
    return float(frequency[k] - shift * (frequency[1] - frequency[0]))


def counted_from_zero(frequency: FloatArray, power: FloatArray) -> float:
    k, shift = top_of_parabola(np.log(power))
    return float((k + shift) * (frequency[1] - frequency[0]))


def index_for_hertz(frequency: FloatArray, power: FloatArray) -> float:
    k, shift = top_of_parabola(np.log(power))
    return float(k + shift)


# image_exponent(image)


def centred(image: FloatArray) -> FloatArray:
    return image - image.mean(axis=1, keepdims=True)


def exponent_of(image: FloatArray) -> float:
    """The fit of the task, whatever was done to the image before."""
    return float(fit_power_law(rapsd(image), band=(1 / min(image.shape), 1 / 2)).exponent)


def bands_not_centred(image: FloatArray) -> float:
    return exponent_of(image)


def mean_over_bands(image: FloatArray) -> float:
    return exponent_of(image - image.mean(axis=0, keepdims=True))


def bands_standardised(image: FloatArray) -> float:
    deviation = image.std(axis=1, keepdims=True)
    return exponent_of(centred(image) / np.where(deviation == 0, 1, deviation))


def decibels_undone(image: FloatArray) -> float:
    return exponent_of(centred(10 ** (image / 10)))


def from_ring_1(image: FloatArray) -> float:
    return float(fit_power_law(rapsd(centred(image))).exponent)


def crowded_rings(image: FloatArray) -> float:
    band = (1 / min(image.shape), 1 / 2)
    return float(fit_power_law(rapsd(centred(image)), band=band, resample=False).exponent)


# exponent_and_control(signal, sample_rate, rng)


def image_of(signal: FloatArray, sample_rate: float, hop: int = FRAME) -> FloatArray:
    return log_mel(signal, sample_rate=sample_rate, n_fft=FRAME, hop=hop, n_mels=BANDS).values


def white_for_control(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator
) -> tuple[float, float]:
    white = signal.std() * deepcopy(rng).standard_normal(len(signal))
    pictures = (image_of(sound, sample_rate) for sound in (signal, white))
    first, second = (exponent_of(centred(picture)) for picture in pictures)
    return first, second


def image_randomised(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator
) -> tuple[float, float]:
    picture = centred(image_of(signal, sample_rate))
    control = swap_phase(picture, deepcopy(rng).standard_normal(picture.shape))
    return exponent_of(picture), exponent_of(control)


def of_frames_apart(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator, hop: int
) -> tuple[float, float]:
    sounds = (signal, phase_randomised(signal, rng=deepcopy(rng)))
    first, second = (exponent_of(centred(image_of(x, sample_rate, hop))) for x in sounds)
    return first, second


def overlap_by_half(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator
) -> tuple[float, float]:
    return of_frames_apart(signal, sample_rate, rng, FRAME // 2)


def overlap_by_three_quarters(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator
) -> tuple[float, float]:
    return of_frames_apart(signal, sample_rate, rng, FRAME // 4)


def neither_centred(
    signal: FloatArray, sample_rate: float, rng: np.random.Generator
) -> tuple[float, float]:
    sounds = (signal, phase_randomised(signal, rng=deepcopy(rng)))
    first, second = (exponent_of(image_of(x, sample_rate)) for x in sounds)
    return first, second


MISTAKES = {
    "spectrum_peak": (
        Mistake(
            "not-refined",
            "You returned the frequency of the largest bin: add delta times the distance of two "
            "bins.",
            not_refined,
        ),
        Mistake(
            "parabola-on-power",
            "You laid the parabola through powers; lay it through their logarithms.",
            parabola_on_power,
        ),
        Mistake(
            "shift-reversed",
            "delta has the wrong sign: if the bin before is the stronger neighbour, the peak lies "
            "before the bin.",
            shift_reversed,
        ),
        Mistake(
            "counted-from-zero",
            "You are one bin low: the first power lies at one bin above 0, so take frequency[k], "
            "not k times the distance.",
            counted_from_zero,
        ),
        Mistake(
            "index-for-hertz",
            "You returned the place in the array; asked is the frequency there, in Hz.",
            index_for_hertz,
        ),
    ),
    "image_exponent": (
        Mistake(
            "bands-not-centred",
            "You kept the mean of each band: what a constant filter does to the sound is in the "
            "slope too. Take the mean over time from each row.",
            bands_not_centred,
        ),
        Mistake(
            "mean-over-bands",
            "You removed the mean of each frame, along axis 0; remove that of each band, along "
            "time, axis 1.",
            mean_over_bands,
        ),
        Mistake(
            "bands-standardised",
            "You also divided each band by its standard deviation; only the mean is to be taken "
            "off.",
            bands_standardised,
        ),
        Mistake(
            "decibels-undone",
            "You turned decibels back into power: then a few loud moments rule. Stay in decibels.",
            decibels_undone,
        ),
        Mistake(
            "from-ring-1",
            "You fitted from ring 1 on; below 1 / min(H, W) the rings hold waves of one direction "
            "only. Give band=.",
            from_ring_1,
        ),
        Mistake(
            "rings-crowd",
            "You fitted the rings as they lie, evenly in f, so that the many high ones outvote the "
            "low ones: space the points evenly in log f.",
            crowded_rings,
        ),
    ),
    "exponent_and_control": (
        Mistake(
            "white-for-control",
            "Your control is white noise of the same strength; the control keeps the spectrum of "
            "the sound and draws its phases.",
            white_for_control,
        ),
        Mistake(
            "image-randomised",
            "You randomised the phases of the image, which keeps its exponent and controls "
            "nothing; randomise those of the signal, then make its image.",
            image_randomised,
        ),
        Mistake(
            "overlap-by-half",
            "Your frames overlap by half, which lends their image a slope: the hop is as long as a "
            "frame.",
            overlap_by_half,
        ),
        Mistake(
            "overlap-by-three-quarters",
            "Your frames overlap by three quarters, which makes a slope of its own: the hop is as "
            "long as a frame.",
            overlap_by_three_quarters,
        ),
        Mistake(
            "bands-not-centred",
            "You kept the mean of each band in both images: then the average spectrum shows, which "
            "sound and control share.",
            neither_centred,
        ),
    ),
}
