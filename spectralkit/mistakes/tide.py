"""Wrong versions of what says in `spectralkit.tide` which part of an image noise hides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spectralkit.mistakes.noise import axes, radii
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray, PowerLaw
from spectralkit.tide import equivalent_low_pass, ideal_low_pass

# hinge(amplitude, exponent, sigma, frequency)


def law_power(amplitude: float, exponent: float, frequency: FloatArray) -> NDArray[np.float64]:
    return amplitude * np.asarray(frequency, dtype=np.float64) ** -exponent


def amplitudes_added(a: float, exponent: float, sigma: float, f: FloatArray) -> FloatArray:
    return (np.sqrt(law_power(a, exponent, f)) + sigma) ** 2


def larger_of_two(a: float, exponent: float, sigma: float, f: FloatArray) -> FloatArray:
    return np.maximum(law_power(a, exponent, f), sigma**2)


def sigma_added(a: float, exponent: float, sigma: float, f: FloatArray) -> FloatArray:
    return law_power(a, exponent, f) + sigma


def law_of_magnitude(a: float, exponent: float, sigma: float, f: FloatArray) -> FloatArray:
    return law_power(a, exponent / 2, f) + sigma**2


def rising_law(a: float, exponent: float, sigma: float, f: FloatArray) -> FloatArray:
    return law_power(a, -exponent, f) + sigma**2


# crossing_frequency(amplitude, exponent, sigma, threshold=1.0)


def crossing(a: float, exponent: float, level: float) -> float:
    return float((a / level) ** (1 / exponent))


def sigma_not_squared(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, exponent, threshold * sigma)


def fraction_of_nyquist(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return 2 * crossing(a, exponent, threshold * sigma**2)


def exponent_not_inverted(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, 1 / exponent, threshold * sigma**2)


def exponent_halved(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, exponent / 2, threshold * sigma**2)


def ratio_inverted(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return 1 / crossing(a, exponent, threshold * sigma**2)


def threshold_on_image(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, exponent, sigma**2 / threshold)


def threshold_ignored(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, exponent, sigma**2)


def threshold_squared(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return crossing(a, exponent, (threshold * sigma) ** 2)


def root_not_grouped(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return float(a / (threshold * sigma**2) / exponent)


def noise_not_grouped(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return float((a / threshold * sigma**2) ** (1 / exponent))


def cut_at_nyquist(a: float, exponent: float, sigma: float, threshold: float = 1.0) -> float:
    return min(0.5, crossing(a, exponent, threshold * sigma**2))


# equivalent_low_pass(image, amplitude, exponent, sigma)


def with_gain(
    image: FloatArray, gain_of: Callable[[FloatArray], FloatArray], radius: FloatArray | None = None
) -> FloatArray:
    """An image whose coefficients are multiplied by a function of the radius; DC is kept."""
    radius = radii(np.shape(image)) if radius is None else radius
    gain = gain_of(np.where(np.isfinite(radius), radius, 1.0))
    gain[np.isinf(radius)] = 1.0
    return np.fft.ifftn(gain * np.fft.fftn(image)).real


def gain_on_magnitudes(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    def gain(f: FloatArray) -> FloatArray:
        magnitude = np.sqrt(law_power(a, exponent, f))
        return magnitude / (magnitude + sigma)

    return with_gain(image, gain)


def sigma_in_gain(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return equivalent_low_pass(image, PowerLaw(exponent, a), np.sqrt(sigma))


def root_of_gain(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    def gain(f: FloatArray) -> FloatArray:
        power = law_power(a, exponent, f)
        return np.sqrt(power / (power + sigma**2))

    return with_gain(image, gain)


def high_pass(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return np.asarray(image) - equivalent_low_pass(image, PowerLaw(exponent, a), sigma)


def hard_edge(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return ideal_low_pass(image, crossing(a, exponent, sigma**2))


def mean_lost(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return equivalent_low_pass(image, PowerLaw(exponent, a), sigma) - np.mean(image)


def wiener(a: float, exponent: float, sigma: float) -> Callable[[FloatArray], FloatArray]:
    """The right gain, as a function of the radius."""

    def gain(f: FloatArray) -> FloatArray:
        power = law_power(a, exponent, f)
        return power / (power + sigma**2)

    return gain


def right_gain(shape: tuple[int, ...], a: float, exponent: float, sigma: float) -> FloatArray:
    """The right gain of every coefficient, DC at [0, 0]."""
    radius = radii(shape)
    gain = wiener(a, exponent, sigma)(np.where(np.isfinite(radius), radius, 1.0))
    gain[np.isinf(radius)] = 1.0
    return gain


def rows_only(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return np.fft.ifft(right_gain(np.shape(image), a, exponent, sigma) * np.fft.fft(image)).real


def centre_not_shifted(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    gain = np.fft.fftshift(right_gain(np.shape(image), a, exponent, sigma))
    return np.fft.ifft2(gain * np.fft.fft2(image)).real


def abs_for_real(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    return np.abs(equivalent_low_pass(image, PowerLaw(exponent, a), sigma))


def radius_in_rings(image: FloatArray, a: float, exponent: float, sigma: float) -> FloatArray:
    height, width = np.shape(image)
    down, across = axes((height, width))
    radius = np.hypot(down * height, across * width) / max(height, width)
    radius = np.where(radius == 0, np.inf, radius)
    return with_gain(image, wiener(a, exponent, sigma), radius)


# ideal_low_pass(image, cutoff)


def cut(image: FloatArray, keep: NDArray[np.bool_]) -> FloatArray:
    return np.fft.ifftn(np.where(keep, np.fft.fftn(image), 0)).real


def box_for_disc(image: FloatArray, cutoff: float) -> FloatArray:
    return cut(image, np.max(np.abs(axes(np.shape(image))), axis=0) <= cutoff * (1 + 1e-9))


def cutoff_of_nyquist(image: FloatArray, cutoff: float) -> FloatArray:
    return ideal_low_pass(image, cutoff / 2)


def high_kept(image: FloatArray, cutoff: float) -> FloatArray:
    return np.asarray(image) - ideal_low_pass(image, cutoff)


MISTAKES = {
    "hinge": (
        Mistake(
            "amplitudes-added",
            "You added magnitudes and squared the sum: at the crossing that gives 4 times the "
            "noise. Independent things add their powers.",
            amplitudes_added,
        ),
        Mistake(
            "larger-of-two",
            "You took the larger of both; their powers add, to twice the noise at the crossing.",
            larger_of_two,
        ),
        Mistake(
            "sigma-for-variance",
            "You added sigma; the power of white noise is its variance, sigma squared.",
            sigma_added,
        ),
        Mistake(
            "law-of-magnitude",
            "You used half the exponent, the law of magnitudes; power falls with the whole one.",
            law_of_magnitude,
        ),
        Mistake(
            "sign-reversed",
            "Your law rises with the frequency; power is A times f to the power -exponent.",
            rising_law,
        ),
    ),
    "crossing_frequency": (
        Mistake(
            "sigma-for-variance",
            "You used sigma; the power of the noise is its variance, sigma squared.",
            sigma_not_squared,
        ),
        Mistake(
            "fraction-of-nyquist",
            "Your frequency is a fraction of the Nyquist frequency; halve it for cycles/pixel.",
            fraction_of_nyquist,
        ),
        Mistake(
            "exponent-not-inverted",
            "You raised to the exponent; solving A f**-exponent = level needs 1 / exponent.",
            exponent_not_inverted,
        ),
        Mistake(
            "exponent-halved",
            "You took the law of magnitudes for that of powers: the result is the square of the "
            "right one.",
            exponent_halved,
        ),
        Mistake(
            "ratio-inverted",
            "You divided the noise by the amplitude; more noise must lower the crossing.",
            ratio_inverted,
        ),
        Mistake(
            "threshold-on-image",
            "You multiplied the image by the threshold; it multiplies the noise, so that a higher "
            "threshold lowers the crossing.",
            threshold_on_image,
        ),
        Mistake(
            "threshold-ignored",
            "Your frequency does not depend on the threshold; the image is threshold times the "
            "noise there.",
            threshold_ignored,
        ),
        Mistake(
            "threshold-squared",
            "You squared the threshold with sigma; it multiplies the power of the noise as it is.",
            threshold_squared,
        ),
        Mistake(
            "root-not-grouped",
            "** binds before /, so your number is divided by the exponent; write ** (1 / "
            "exponent).",
            root_not_grouped,
        ),
        Mistake(
            "noise-not-grouped",
            "a / b * c divides by b only; put threshold * sigma**2 in parentheses.",
            noise_not_grouped,
        ),
        Mistake(
            "cut-at-nyquist",
            "You cut the frequency at 0.5; a law may cross beyond the Nyquist frequency: return "
            "it as it is.",
            cut_at_nyquist,
        ),
    ),
    "equivalent_low_pass": (
        Mistake(
            "gain-on-magnitudes",
            "You formed the gain from magnitudes; it is P / (P + sigma**2), from powers.",
            gain_on_magnitudes,
        ),
        Mistake(
            "sigma-for-variance",
            "You put sigma into the gain; the power of the noise is sigma squared.",
            sigma_in_gain,
        ),
        Mistake(
            "root-of-gain",
            "You took the root of the gain; the Wiener gain itself multiplies the coefficients.",
            root_of_gain,
        ),
        Mistake(
            "high-pass",
            "You kept what the noise hides: the gain is P / (P + sigma**2), near 1 at low "
            "frequency.",
            high_pass,
        ),
        Mistake(
            "hard-edge",
            "You cut at the crossing; the gain falls gradually and is 1/2 there.",
            hard_edge,
        ),
        Mistake(
            "mean-lost",
            "The mean brightness is gone; the gain at frequency 0 is 1.",
            mean_lost,
        ),
        Mistake(
            "radius-in-rings",
            "You measured the radius in coefficients; on an image that is not square divide by H "
            "and W first, so that it is in cycles/pixel.",
            radius_in_rings,
        ),
        Mistake(
            "fft-for-fft2",
            "np.fft.fft and ifft transform the rows only; an image needs fft2 and ifft2.",
            rows_only,
        ),
        Mistake(
            "centre-not-shifted",
            "Your gain has frequency 0 in the middle, the transform has it at [0, 0]: use "
            "fftfreq as it comes, or undo the fftshift.",
            centre_not_shifted,
        ),
        Mistake(
            "abs-for-real",
            "You took abs of the inverse transform, which folds negative pixels up; take .real.",
            abs_for_real,
        ),
    ),
    "ideal_low_pass": (
        Mistake(
            "box-for-disc",
            "You cut each axis by itself, a box whose corners keep diagonal detail; cut a disc, by "
            "the radius.",
            box_for_disc,
        ),
        Mistake(
            "fraction-of-nyquist",
            "You took the cutoff as a fraction of the Nyquist frequency; it is in cycles/pixel.",
            cutoff_of_nyquist,
        ),
        Mistake(
            "high-pass",
            "You kept the detail and removed the rest; keep the inside of the disc.",
            high_kept,
        ),
    ),
}
