"""Wrong versions of the functions of `spectralkit.powerlaw`, and of a collection's exponent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from spectralkit.mistakes.record import Mistake
from spectralkit.powerlaw import fit_power_law, resample_loglog
from spectralkit.results import FloatArray
from spectralkit.spectra import mean_log_spectrum, rapsd

Pair = tuple[float, float]


def evenly_in_f(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    f = np.linspace(frequency[0], frequency[-1], len(frequency))
    return f, np.exp(np.interp(np.log(f), np.log(frequency), np.log(power)))


def power_interpolated(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    f = np.geomspace(frequency[0], frequency[-1], len(frequency))
    return f, np.interp(f, frequency, power)


def logs_returned(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    f, p = resample_loglog(frequency, power)
    return np.log(f), np.log(p)


def interpolated_over_f(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    f = np.geomspace(frequency[0], frequency[-1], len(frequency))
    return f, np.exp(np.interp(f, frequency, np.log(power)))


def log_power_returned(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    f, p = resample_loglog(frequency, power)
    return f, np.log(p)


def at(f: FloatArray, frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    """These frequencies with their power, interpolated as it should be."""
    return f, np.exp(np.interp(np.log(f), np.log(frequency), np.log(power)))


def logspace_of_ln(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    ends = np.log(frequency[0]), np.log(frequency[-1])
    return at(np.logspace(*ends, len(frequency)), frequency, power)


def logspace_of_f(frequency: FloatArray, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    return at(np.logspace(frequency[0], frequency[-1], len(frequency)), frequency, power)


def line(x: FloatArray, y: FloatArray) -> Pair:
    """Slope and offset of the least-squares line, by NumPy's own `polyfit`."""
    slope, offset = np.polyfit(x, y, 1)
    return float(slope), float(offset)


def fit(frequency: FloatArray, power: FloatArray) -> Pair:
    """The right answer: least squares on the points as they are."""
    law = fit_power_law(frequency, power, resample=False)
    return law.exponent, law.amplitude


def minus_forgotten(frequency: FloatArray, power: FloatArray) -> Pair:
    exponent, amplitude = fit(frequency, power)
    return -exponent, amplitude


def log10_against_ln(frequency: FloatArray, power: FloatArray) -> Pair:
    slope, offset = line(np.log(frequency), np.log10(power))
    return -slope, float(np.exp(offset))


def ln_against_log10(frequency: FloatArray, power: FloatArray) -> Pair:
    slope, offset = line(np.log10(frequency), np.log(power))
    return -slope, float(np.exp(offset))


def fitted_in_decibels(frequency: FloatArray, power: FloatArray) -> Pair:
    slope, offset = line(np.log10(frequency), 10 * np.log10(power))
    return -slope, float(10 ** (offset / 10))


def offset_for_amplitude(frequency: FloatArray, power: FloatArray) -> Pair:
    exponent, amplitude = fit(frequency, power)
    return exponent, float(np.log(amplitude))


def amplitude_base_mixed(frequency: FloatArray, power: FloatArray) -> Pair:
    exponent, amplitude = fit(frequency, power)
    return exponent, float(np.exp(np.log10(amplitude)))


def as_polyfit_gives(frequency: FloatArray, power: FloatArray) -> Pair:
    exponent, amplitude = fit(frequency, power)
    return -exponent, float(np.log(amplitude))


def ten_for_e(frequency: FloatArray, power: FloatArray) -> Pair:
    exponent, amplitude = fit(frequency, power)
    return exponent, float(10 ** np.log(amplitude))


def resampled_first(frequency: FloatArray, power: FloatArray) -> Pair:
    law = fit_power_law(frequency, power)
    return law.exponent, law.amplitude


def centred_range(images: Sequence[FloatArray]) -> list[FloatArray]:
    return [np.asarray(image) / 127.5 - 1 for image in images]


def fit_of_mean(images: Sequence[FloatArray], average: Callable[[FloatArray], FloatArray]) -> Pair:
    """Fit of some average of the ring powers of all images."""
    spectra = [rapsd(image) for image in centred_range(images)]
    law = fit_power_law(spectra[0].frequency, average(np.array([s.power for s in spectra])))
    return law.exponent, law.amplitude


def power_averaged(images: Sequence[FloatArray]) -> Pair:
    return fit_of_mean(images, lambda power: power.mean(axis=0))


def images_averaged(images: Sequence[FloatArray]) -> Pair:
    law = fit_power_law(rapsd(np.mean(centred_range(images), axis=0)))
    return law.exponent, law.amplitude


def fits_averaged(images: Sequence[FloatArray]) -> Pair:
    laws = [fit_power_law(rapsd(image)) for image in centred_range(images)]
    exponents, amplitudes = zip(*((law.exponent, law.amplitude) for law in laws), strict=True)
    return float(np.mean(exponents)), float(np.mean(amplitudes))


def range_255(images: Sequence[FloatArray]) -> Pair:
    law = fit_power_law(mean_log_spectrum([np.asarray(image, float) for image in images]))
    return law.exponent, law.amplitude


def range_one(images: Sequence[FloatArray]) -> Pair:
    law = fit_power_law(mean_log_spectrum([np.asarray(image) / 255 for image in images]))
    return law.exponent, law.amplitude


def not_resampled(images: Sequence[FloatArray]) -> Pair:
    law = fit_power_law(mean_log_spectrum(centred_range(images)), resample=False)
    return law.exponent, law.amplitude


MISTAKES = {
    "resample_loglog": (
        Mistake(
            "evenly-in-f",
            "Your frequencies are evenly spaced in f (linspace); space them evenly in log f "
            "(geomspace).",
            evenly_in_f,
        ),
        Mistake(
            "power-interpolated",
            "You interpolated P; on log-log axes the straight line runs through log P.",
            power_interpolated,
        ),
        Mistake(
            "logs-returned",
            "You returned logarithms; take exp of them at the end.",
            logs_returned,
        ),
        Mistake(
            "interpolated-over-f",
            "You interpolated log P over f; on log-log axes it is linear in log f.",
            interpolated_over_f,
        ),
        Mistake(
            "log-power-returned",
            "You returned log P; take exp of it at the end.",
            log_power_returned,
        ),
        Mistake(
            "logspace-of-ln",
            "np.logspace takes powers of 10, so it needs log10 and not ln; np.geomspace takes the "
            "frequencies themselves.",
            logspace_of_ln,
        ),
        Mistake(
            "logspace-of-f",
            "np.logspace takes exponents of 10; np.geomspace takes the frequencies themselves.",
            logspace_of_f,
        ),
    ),
    "fit_power_law": (
        Mistake(
            "minus-forgotten",
            "You returned the slope; the exponent is minus the slope, positive where power falls.",
            minus_forgotten,
        ),
        Mistake(
            "log10-against-ln",
            "You took log10 of the power and ln of the frequency; use one base for both.",
            log10_against_ln,
        ),
        Mistake(
            "ln-against-log10",
            "You took ln of the power and log10 of the frequency; use one base for both.",
            ln_against_log10,
        ),
        Mistake(
            "fitted-in-decibels",
            "You fitted decibels: the slope per decade is ten times the exponent.",
            fitted_in_decibels,
        ),
        Mistake(
            "offset-for-amplitude",
            "The second number is ln A, the offset of the line; return A = exp(offset).",
            offset_for_amplitude,
        ),
        Mistake(
            "amplitude-base-mixed",
            "You fitted with log10 but took exp of the offset; A is 10 ** offset.",
            amplitude_base_mixed,
        ),
        Mistake(
            "resampled-first",
            "You resampled in log f before fitting; here the points are fitted as they are.",
            resampled_first,
        ),
        Mistake(
            "as-polyfit-gives",
            "You returned slope and offset of the line; the exponent is minus the slope, and A "
            "is exp of the offset.",
            as_polyfit_gives,
        ),
        Mistake(
            "ten-for-e",
            "You fitted with ln but took 10 ** offset; A is exp of the offset.",
            ten_for_e,
        ),
    ),
    "collection_exponent": (
        Mistake(
            "power-averaged",
            "You averaged the powers, so the image with the most power rules; average log power.",
            power_averaged,
        ),
        Mistake(
            "images-averaged",
            "You averaged the images before transforming; average their spectra.",
            images_averaged,
        ),
        Mistake(
            "range-255",
            "You kept pixels from 0 to 255: power is 127.5**2 = 16256 times too large. "
            "Map them to -1 ... 1 first.",
            range_255,
        ),
        Mistake(
            "range-one",
            "You mapped pixels to 0 ... 1: power is a quarter of what -1 ... 1 gives.",
            range_one,
        ),
        Mistake(
            "not-resampled",
            "You fitted the rings as they are; the many rings at high frequency outvote the rest. "
            "Resample evenly in log f first.",
            not_resampled,
        ),
        Mistake(
            "fits-averaged",
            "You fitted each image and averaged the fits; average the logarithms of the spectra, "
            "and fit once.",
            fits_averaged,
        ),
    ),
}
