"""Wrong versions of denoising, of a sampler's step, and of what is measured about samplers.

Functions of a time t mean the rectified flow; images have mean 0 and the given power spectrum.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from spectralkit.diffusion import ddim_step
from spectralkit.mistakes.diffusion import amplitude_gain, share_of_noise, wiener
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray

Estimate = Callable[[FloatArray, FloatArray, float], FloatArray]


def filtered(x: FloatArray, gain: FloatArray) -> FloatArray:
    """An image whose every coefficient is multiplied by a gain."""
    return np.fft.ifft2(gain * np.fft.fft2(x)).real


# denoise(x, power, t)


def estimate(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    """The right answer."""
    return filtered(x, (1 - t) * power / ((1 - t) ** 2 * power + t**2))


def not_divided(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return filtered(x, wiener(power, t))


def only_divided(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return np.asarray(x) / (1 - t)


def noise_subtracted(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return np.asarray(x) - (x - (1 - t) * estimate(x, power, t)) / t


def gain_of_amplitudes(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return filtered(x, amplitude_gain(power, t)) / (1 - t)


def gain_of_noise(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return filtered(x, share_of_noise(power, t)) / (1 - t)


def power_shifted(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return estimate(x, np.fft.fftshift(power), t)


def rows_only(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    gain = (1 - t) * power / ((1 - t) ** 2 * power + t**2)
    return np.fft.ifft(gain * np.fft.fft(x)).real


def multiplied_by_a(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return (1 - t) * filtered(x, wiener(power, t))


def a_not_squared(x: FloatArray, power: FloatArray, t: float) -> FloatArray:
    return filtered(x, (1 - t) * power / ((1 - t) * power + t**2))


# ddim_step(x_t, x0, signal, noise, signal_next, noise_next)

Step = Callable[[FloatArray, FloatArray, float, float, float, float], FloatArray]


def sign_of_noise(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 - s_next * (x_t - a * x0) / s


def not_divided_by_noise(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 + s_next * (x_t - a * x0)


def clean_not_shrunk(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 + s_next * (x_t - x0) / s


def noise_kept(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 + (x_t - a * x0)


def noise_dropped(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * np.asarray(x0)


def clean_as_it_is(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return x0 + s_next * (x_t - a * x0) / s


def noise_as_it_is(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 + (x_t - a * x0) / s


def state_for_clean(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x_t + s_next * (x_t - a * x0) / s


def noise_not_grouped(
    x_t: FloatArray, x0: FloatArray, a: float, s: float, a_next: float, s_next: float
) -> FloatArray:
    return a_next * x0 + s_next * (x_t - a * x0 / s)


# sample_field(x, power, times)


def walk(x: FloatArray, power: FloatArray, times: FloatArray, guess: Estimate) -> FloatArray:
    """All steps, with some estimate of the clean image."""
    for t, s in pairwise(np.asarray(times).tolist()):
        clean = guess(x, power, t)
        x = ddim_step(x, clean, signal=1 - t, noise=t, signal_next=1 - s, noise_next=s)
    return np.asarray(x)


def walk_not_divided(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    return walk(x, power, times, not_divided)


def one_jump(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    return estimate(x, power, float(times[0]))


def denoised_at_next_time(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    ahead = dict(pairwise(np.asarray(times).tolist()))
    return walk(x, power, times, lambda x, power, t: estimate(x, power, ahead[t]))


def one_step_short(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    return walk(x, power, times[:-1], estimate)


def walk_with_sign(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    for t, s in pairwise(np.asarray(times).tolist()):
        x = sign_of_noise(x, estimate(x, power, t), 1 - t, t, 1 - s, s)
    return np.asarray(x)


def walk_clean_not_shrunk(x: FloatArray, power: FloatArray, times: FloatArray) -> FloatArray:
    for t, s in pairwise(np.asarray(times).tolist()):
        x = clean_not_shrunk(x, estimate(x, power, t), 1 - t, t, 1 - s, s)
    return np.asarray(x)


# measured_order(steps, errors)


def slope(x: FloatArray, y: FloatArray) -> float:
    """Of the line of least squares."""
    return float(np.polyfit(x, y, 1)[0])


def two_endpoints(steps: FloatArray, errors: FloatArray) -> float:
    ratio = np.log(errors[0] / errors[-1])
    return float(ratio / np.log(steps[-1] / steps[0]))


def sign_kept(steps: FloatArray, errors: FloatArray) -> float:
    return slope(np.log(steps), np.log(errors))


def bases_mixed(steps: FloatArray, errors: FloatArray) -> float:
    return -slope(np.log2(steps), np.log(errors))


def log_of_errors_only(steps: FloatArray, errors: FloatArray) -> float:
    return -slope(np.asarray(steps, dtype=float), np.log(errors))


# octave_times(exponent, amplitude, octaves)


def time_of(snr: FloatArray) -> FloatArray:
    """When the rectified flow has a signal-to-noise ratio."""
    return np.asarray(1 / (1 + np.sqrt(snr)))


def law(exponent: float, amplitude: float, places: FloatArray, octaves: int) -> FloatArray:
    """Power at one place of each octave, given as a share of its upper edge; finest first."""
    return np.asarray(amplitude * (places * 0.5 / 2.0 ** np.arange(octaves)) ** -exponent)


CENTRE = np.sqrt(0.5)


def arithmetic_centre(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    return time_of(1 / law(exponent, amplitude, np.array(0.75), octaves))


def upper_edge(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    return time_of(1 / law(exponent, amplitude, np.array(1.0), octaves))


def amplitudes_in_time(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    return time_of(law(exponent, amplitude, CENTRE, octaves) ** -2)


def preserving_time(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    return np.asarray(1 / np.sqrt(1 + 1 / law(exponent, amplitude, CENTRE, octaves)))


def snr_for_log_snr(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    log_snr = 1 / law(exponent, amplitude, CENTRE, octaves)
    return np.asarray(1 / (1 + np.exp(np.minimum(log_snr / 2, 700))))


def signal_for_noise(exponent: float, amplitude: float, octaves: int) -> FloatArray:
    return 1 - time_of(1 / law(exponent, amplitude, CENTRE, octaves))


MISTAKES = {
    "denoise": (
        Mistake(
            "one-over-a-forgotten",
            "You multiplied x by the gain; x has shrunk by a, so the estimate of the clean image "
            "is the gain times x / a.",
            not_divided,
        ),
        Mistake(
            "only-divided",
            "You divided by a and left all of the noise in; each coefficient is multiplied by its "
            "gain.",
            only_divided,
        ),
        Mistake(
            "noise-subtracted",
            "You subtracted the predicted noise as it is; it enters with the factor sigma, and "
            "what is left has shrunk by a: (x - sigma eps) / a.",
            noise_subtracted,
        ),
        Mistake(
            "amplitudes",
            "Your gain compares amplitudes; it compares powers: a² P with sigma².",
            gain_of_amplitudes,
        ),
        Mistake(
            "share-of-noise",
            "Your gain is the share of the noise, so the noise stays and the image goes.",
            gain_of_noise,
        ),
        Mistake(
            "power-shifted",
            "You moved DC of the power to the middle; it lies at [0, 0], like that of the DFT.",
            power_shifted,
        ),
        Mistake(
            "fft-for-fft2",
            "np.fft.fft and ifft transform the rows only; an image needs fft2 and ifft2.",
            rows_only,
        ),
        Mistake(
            "multiplied-by-a",
            "You multiplied by a at the end; x has shrunk by a, so divide by it.",
            multiplied_by_a,
        ),
        Mistake(
            "a-not-squared",
            "You compared a P with sigma²; the power of the image in x is a² P.",
            a_not_squared,
        ),
    ),
    "ddim_step": (
        Mistake(
            "noise-sign",
            "The noise has the wrong sign: it is x_t minus a x0, so noise is added instead of "
            "removed.",
            sign_of_noise,
        ),
        Mistake(
            "not-divided-by-noise",
            "You did not divide x_t - a x0 by sigma: that is sigma eps, not eps.",
            not_divided_by_noise,
        ),
        Mistake(
            "clean-not-shrunk",
            "You took x_t - x0 for the noise; in x_t the image has shrunk: x_t - a x0.",
            clean_not_shrunk,
        ),
        Mistake(
            "noise-kept",
            "You kept all of the noise; at the next time it has the factor noise_next.",
            noise_kept,
        ),
        Mistake(
            "noise-dropped",
            "You dropped the predicted noise; the next state still holds noise_next of it.",
            noise_dropped,
        ),
        Mistake(
            "clean-as-it-is",
            "You took x0 as it is; at the next time it has the factor signal_next.",
            clean_as_it_is,
        ),
        Mistake(
            "noise-as-it-is",
            "You took the noise as it is; at the next time it has the factor noise_next.",
            noise_as_it_is,
        ),
        Mistake(
            "state-for-clean",
            "You mixed the noise with x_t; the next state mixes it with the estimate x0.",
            state_for_clean,
        ),
        Mistake(
            "noise-not-grouped",
            "You divided a x0 by sigma and not x_t: put x_t - a x0 in parentheses.",
            noise_not_grouped,
        ),
    ),
    "sample_field": (
        Mistake(
            "one-over-a-forgotten",
            "Your estimate of the clean image lacks the division by a, so power is lost, and more "
            "steps do not help.",
            walk_not_divided,
        ),
        Mistake(
            "one-jump",
            "You returned the estimate at the first time; a conditional mean is no sample: it has "
            "lost the power that was not believed.",
            one_jump,
        ),
        Mistake(
            "denoised-at-next-time",
            "You asked for the estimate at the time where the step ends; x is still at the time "
            "where it starts.",
            denoised_at_next_time,
        ),
        Mistake(
            "one-step-short",
            "You stopped one step before the end: n + 1 times make n steps, the last one to 0.",
            one_step_short,
        ),
        Mistake(
            "noise-sign",
            "The predicted noise has the wrong sign in your step: it is x minus a x0.",
            walk_with_sign,
        ),
        Mistake(
            "clean-not-shrunk",
            "Your step takes x - x0 for the noise; in x the image has shrunk: x - a x0.",
            walk_clean_not_shrunk,
        ),
    ),
    "measured_order": (
        Mistake(
            "two-endpoints",
            "You used the first and the last error only; one of them may be off: fit a line "
            "through all.",
            two_endpoints,
        ),
        Mistake(
            "sign-kept",
            "You returned the slope; errors fall with the number of steps, and the order is minus "
            "the slope.",
            sign_kept,
        ),
        Mistake(
            "bases-mixed",
            "You took different logarithms of steps and errors; the slope needs one base.",
            bases_mixed,
        ),
        Mistake(
            "log-of-errors-only",
            "You took the logarithm of the errors only; a power law is straight on two logarithmic "
            "axes.",
            log_of_errors_only,
        ),
    ),
    "octave_times": (
        Mistake(
            "arithmetic-centre",
            "You took the middle of each octave on a linear axis; its geometric centre is the root "
            "of the product of its edges.",
            arithmetic_centre,
        ),
        Mistake(
            "upper-edge",
            "You took the upper edge of each octave; take its geometric centre.",
            upper_edge,
        ),
        Mistake(
            "snr-of-amplitudes",
            "You set a/sigma equal to 1/P; the signal-to-noise ratio is one of powers: square it.",
            amplitudes_in_time,
        ),
        Mistake(
            "vp-for-flow",
            "You used a² = 1 - t², of a variance-preserving process; in the rectified flow a is "
            "1 - t.",
            preserving_time,
        ),
        Mistake(
            "signal-for-noise",
            "You returned a, how much of the image is left; the time is 1 - a.",
            signal_for_noise,
        ),
        Mistake(
            "snr-for-log-snr",
            "You gave the signal-to-noise ratio to time_of; it takes the natural logarithm of "
            "that.",
            snr_for_log_snr,
        ),
    ),
}
