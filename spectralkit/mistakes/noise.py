"""Wrong versions of what makes and measures noise in `spectralkit.noise`.

Each draws from a copy of the generator that it is given, so that all of them see the same noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectralkit.mistakes.record import Mistake
from spectralkit.noise import log_bias
from spectralkit.results import FloatArray

Shape = Sequence[int]
Measure = Callable[[NDArray[np.float64]], "np.floating[Any]"]
Rng = np.random.Generator


# add_noise(image, sigma, rng)


def uniform_for_normal(image: FloatArray, sigma: float, rng: Rng) -> FloatArray:
    return image + sigma * deepcopy(rng).random(np.shape(image))


def variance_for_std(image: FloatArray, sigma: float, rng: Rng) -> FloatArray:
    return image + sigma**2 * deepcopy(rng).standard_normal(np.shape(image))


def clipped(image: FloatArray, sigma: float, rng: Rng) -> FloatArray:
    return np.clip(image + sigma * deepcopy(rng).standard_normal(np.shape(image)), -1, 1)


def wrapped(image: FloatArray, sigma: float, rng: Rng) -> FloatArray:
    noisy = image + sigma * deepcopy(rng).standard_normal(np.shape(image))
    levels = np.round(127.5 * (noisy + 1)).astype(np.int64)
    return (levels % 256) / 127.5 - 1


def one_for_all(image: FloatArray, sigma: float, rng: Rng) -> FloatArray:
    return image + sigma * deepcopy(rng).standard_normal()


# power_law_noise(shape, exponent, rng)


def radii(shape: Shape) -> NDArray[np.float64]:
    """Frequency of every coefficient of `fftn` in cycles/pixel; infinite at DC."""
    radius = np.sqrt(sum(np.square(axis) for axis in axes(shape)))
    return np.where(radius == 0, np.inf, radius)


def axes(shape: Shape) -> tuple[NDArray[np.float64], ...]:
    """Signed frequencies along each axis, each in the shape of the whole."""
    return tuple(np.meshgrid(*map(np.fft.fftfreq, shape), indexing="ij"))


def law_gain(radius: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Gain of a power law, 0 at DC."""
    return np.where(np.isfinite(radius), radius, 1.0) ** (-exponent / 2) * np.isfinite(radius)


def unit_gain(radius: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Gain of a power law with a mean square of 1."""
    gain = law_gain(radius, exponent)
    return gain / np.sqrt(np.mean(gain**2))


def transform_of_noise(shape: Shape, rng: Rng) -> NDArray[np.complex128]:
    return np.asarray(np.fft.fftn(deepcopy(rng).standard_normal(tuple(shape))))


def field(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    """The right answer, by the full transform."""
    return filtered(shape, unit_gain(radii(shape), exponent), rng)


def filtered(shape: Shape, gain: NDArray[np.float64], rng: Rng) -> FloatArray:
    return np.fft.ifftn(gain * transform_of_noise(shape, rng)).real


def rows_only(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    white = np.fft.fft(deepcopy(rng).standard_normal(tuple(shape)))
    return np.fft.ifft(unit_gain(radii(shape), exponent) * white).real


def gain_over(shape: Shape, exponent: float, rng: Rng, size: Measure) -> FloatArray:
    """The gain divided by something of it."""
    gain = law_gain(radii(shape), exponent)
    return filtered(shape, gain / size(gain), rng)


def root_forgotten(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return gain_over(shape, exponent, rng, lambda gain: np.mean(gain**2))


def dc_not_counted(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return gain_over(shape, exponent, rng, lambda gain: np.sqrt(np.mean(gain[gain > 0] ** 2)))


def sum_for_mean(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return gain_over(shape, exponent, rng, lambda gain: np.sqrt(np.sum(gain**2)))


def half_transform(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    half = shape[-1] // 2 + 1
    return gain_over(shape, exponent, rng, lambda gain: np.sqrt(np.mean(gain[..., :half] ** 2)))


def radius_in_coefficients(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    sides = [axis * n for axis, n in zip(axes(shape), shape, strict=True)]
    radius = np.sqrt(sum(np.square(side) for side in sides))
    return filtered(shape, unit_gain(np.where(radius == 0, np.inf, radius), exponent), rng)


def exponent_on_amplitude(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return filtered(shape, unit_gain(radii(shape), 2 * exponent), rng)


def sign_reversed(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return filtered(shape, unit_gain(radii(shape), -exponent), rng)


def not_normalised(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return filtered(shape, law_gain(radii(shape), exponent), rng)


def own_std(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    noise = field(shape, exponent, rng)
    return noise / noise.std()


def magnitude_fixed(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    white = transform_of_noise(shape, rng)
    phases = white / np.abs(white) * np.sqrt(white.size)
    return np.fft.ifftn(unit_gain(radii(shape), exponent) * phases).real


def no_symmetry(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    draw = deepcopy(rng).standard_normal((2, *shape))
    white = (draw[0] + 1j * draw[1]) * np.sqrt(draw[0].size / 2)
    return np.fft.ifftn(unit_gain(radii(shape), exponent) * white).real


def abs_for_real(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return np.abs(field(shape, exponent, rng))


def dc_kept(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    white = deepcopy(rng).standard_normal(tuple(shape))
    return field(shape, exponent, rng) + white.mean()


def largest_for_radius(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    radius = np.max(np.abs(axes(shape)), axis=0)
    return filtered(shape, unit_gain(np.where(radius == 0, np.inf, radius), exponent), rng)


def shifted_radius(shape: Shape, exponent: float, rng: Rng) -> FloatArray:
    return filtered(shape, np.fft.fftshift(unit_gain(radii(shape), exponent)), rng)


# log_bias(degrees)


def bias_reversed(degrees: FloatArray) -> FloatArray:
    return -log_bias(degrees)


def degrees_halved(degrees: FloatArray) -> FloatArray:
    return log_bias(np.asarray(degrees) / 2)


def degrees_doubled(degrees: FloatArray) -> FloatArray:
    return log_bias(2 * np.asarray(degrees))


def ln_of_2k(degrees: FloatArray) -> FloatArray:
    return log_bias(degrees) - np.log(2)


def ratio_returned(degrees: FloatArray) -> FloatArray:
    return np.exp(log_bias(degrees))


def first_term(degrees: FloatArray) -> FloatArray:
    return -1 / (2 * np.asarray(degrees, dtype=np.float64))


def log10_subtracted(degrees: FloatArray) -> FloatArray:
    return log_bias(degrees) + np.log(degrees) - np.log10(degrees)


# noise_floor(power, counts)


def last_third(values: FloatArray) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)[2 * len(values) // 3 :]


def floor_of(power: FloatArray, correction: FloatArray) -> float:
    """Geometric mean of the last third, after a correction of the logarithms was taken off."""
    return float(np.exp(np.mean(np.log(last_third(power)) - last_third(correction))))


def bias_kept(power: FloatArray, counts: FloatArray) -> float:
    return floor_of(power, np.zeros(len(power)))


def bias_taken_twice(power: FloatArray, counts: FloatArray) -> float:
    return floor_of(power, -log_bias(np.asarray(counts) / 2))


def counts_for_degrees(power: FloatArray, counts: FloatArray) -> float:
    return floor_of(power, log_bias(counts))


def plain_mean(power: FloatArray, counts: FloatArray) -> float:
    return float(np.mean(last_third(power)))


def all_rings(power: FloatArray, counts: FloatArray) -> float:
    return float(np.exp(np.mean(np.log(power) - log_bias(np.asarray(counts) / 2))))


def first_third(power: FloatArray, counts: FloatArray) -> float:
    return floor_of(np.asarray(power)[::-1], log_bias(np.asarray(counts)[::-1] / 2))


def log10_with_ln_bias(power: FloatArray, counts: FloatArray) -> float:
    bias = last_third(log_bias(np.asarray(counts) / 2))
    return float(10 ** np.mean(np.log10(last_third(power)) - bias))


def log_returned(power: FloatArray, counts: FloatArray) -> float:
    return float(np.log(floor_of(power, log_bias(np.asarray(counts) / 2))))


MISTAKES = {
    "add_noise": (
        Mistake(
            "uniform-for-normal",
            "You drew uniform numbers from 0 to 1: their mean is 1/2 and their variance 1/12. "
            "Draw normal ones.",
            uniform_for_normal,
        ),
        Mistake(
            "variance-for-std",
            "You multiplied by sigma squared; numbers scale with the standard deviation sigma, "
            "powers with its square.",
            variance_for_std,
        ),
        Mistake(
            "clipped-to-range",
            "You clipped to the pixel range, which takes the largest noise away; keep all values "
            "and clip for display only.",
            clipped,
        ),
        Mistake(
            "uint8-wrap",
            "You stored noisy pixels as whole numbers from 0 to 255: what does not fit wraps round "
            "from white to black. Keep floats.",
            wrapped,
        ),
        Mistake(
            "one-number-for-all",
            "You drew one number for the whole image; draw one for each pixel, with the shape of "
            "the image.",
            one_for_all,
        ),
    ),
    "power_law_noise": (
        Mistake(
            "exponent-on-amplitude",
            "You multiplied the coefficients by f**-exponent: that is the law of the power, and "
            "coefficients get its root, f**(-exponent / 2); or your f is the square of the radius.",
            exponent_on_amplitude,
        ),
        Mistake(
            "sign-reversed",
            "Your power grows with the frequency; the gain is f to the power -exponent / 2.",
            sign_reversed,
        ),
        Mistake(
            "not-normalised",
            "The spectrum has the right slope, but the expected variance is not 1: divide the gain "
            "by the root of the mean of its square over all coefficients.",
            not_normalised,
        ),
        Mistake(
            "divided-by-own-std",
            "You divided each field by its own standard deviation, so its variance never varies; "
            "divide the gain, so that it is 1 on average.",
            own_std,
        ),
        Mistake(
            "magnitude-fixed",
            "Only the phases of your coefficients are random; those of noise scatter in magnitude "
            "too.",
            magnitude_fixed,
        ),
        Mistake(
            "no-hermitian-symmetry",
            "You drew complex coefficients without their symmetry and took the real part, which "
            "halves the power; transform real white noise instead.",
            no_symmetry,
        ),
        Mistake(
            "abs-for-real",
            "You took abs of the inverse transform, so no value is negative; take .real.",
            abs_for_real,
        ),
        Mistake(
            "dc-kept",
            "The mean is not 0: a power law has no value at frequency 0, so set that coefficient "
            "to 0.",
            dc_kept,
        ),
        Mistake(
            "largest-for-radius",
            "You took the larger of the two frequencies; the radius is np.hypot of both.",
            largest_for_radius,
        ),
        Mistake(
            "centre-not-shifted",
            "Your frequencies have 0 in the middle, the transform has it at index 0: use fftfreq "
            "as it comes, or undo the fftshift.",
            shifted_radius,
        ),
        Mistake(
            "fft-for-fftn",
            "np.fft.fft transforms the last axis only; an image needs np.fft.fftn, and ifftn back.",
            rows_only,
        ),
        Mistake(
            "root-forgotten",
            "You divided the gain by the mean of its square; divide by the root of that.",
            root_forgotten,
        ),
        Mistake(
            "dc-not-counted",
            "You left DC out of the mean of the squared gain; its gain is 0, and it counts.",
            dc_not_counted,
        ),
        Mistake(
            "sum-for-mean",
            "You divided the gain by the root of the sum of its square; take the root of the mean.",
            sum_for_mean,
        ),
        Mistake(
            "half-transform",
            "You took the mean over the half that rfft keeps; take it over all coefficients.",
            half_transform,
        ),
        Mistake(
            "radius-in-coefficients",
            "You measured the radius in coefficients; on an image that is not square divide by H "
            "and W first, so that it is in cycles/pixel.",
            radius_in_coefficients,
        ),
    ),
    "log_bias": (
        Mistake(
            "sign-reversed",
            "The sign is reversed: the mean of the logarithm lies below the logarithm of the mean.",
            bias_reversed,
        ),
        Mistake(
            "degrees-halved",
            "You halved K; it is the number of independent coefficients already.",
            degrees_halved,
        ),
        Mistake(
            "ln-of-2k",
            "You subtracted ln(2 K), as for a chi-square sum with 2 K degrees; for the mean of K "
            "powers it is ln K.",
            ln_of_2k,
        ),
        Mistake(
            "ratio-returned",
            "You returned the factor exp(bias); the bias itself is asked for.",
            ratio_returned,
        ),
        Mistake(
            "first-term-only",
            "-1 / (2 K) is only the first term for large K; the digamma function gives all.",
            first_term,
        ),
        Mistake(
            "log10-subtracted",
            "The digamma function belongs to natural logarithms; subtract np.log, not np.log10.",
            log10_subtracted,
        ),
        Mistake(
            "degrees-doubled",
            "You doubled K; it is the number of independent coefficients already.",
            degrees_doubled,
        ),
    ),
    "noise_floor": (
        Mistake(
            "bias-kept",
            "You averaged logarithms without taking off their bias: the floor reads low.",
            bias_kept,
        ),
        Mistake(
            "bias-sign",
            "You added the log bias instead of subtracting it, so the floor reads low twice over.",
            bias_taken_twice,
        ),
        Mistake(
            "counts-for-degrees",
            "You took the counts for independent coefficients; f and -f are conjugates, so K is "
            "half of them.",
            counts_for_degrees,
        ),
        Mistake(
            "mean-of-power",
            "You averaged the powers, so that one bright ring rules; average their logarithms.",
            plain_mean,
        ),
        Mistake(
            "all-rings",
            "You averaged over all rings; at low frequency the image stands above the noise. "
            "Take the last third.",
            all_rings,
        ),
        Mistake(
            "first-third",
            "You averaged over the first third of the rings; noise shows alone in the last.",
            first_third,
        ),
        Mistake(
            "log-returned",
            "You returned the mean logarithm; take exp of it.",
            log_returned,
        ),
        Mistake(
            "log10-with-ln-bias",
            "You took log10 of the power, but the bias belongs to natural logarithms: use np.log "
            "and np.exp.",
            log10_with_ln_bias,
        ),
    ),
}
