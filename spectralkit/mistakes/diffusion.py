"""Wrong versions of the functions of `spectralkit.diffusion`: the chain, and what noise hides.

Those that draw do so from a copy of the generator that they are given, so that all of them see the
same noise. Functions of a time t mean the rectified flow.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import numpy as np

from spectralkit.diffusion import VarianceExploding, alpha_bar, max_detectable_frequency
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray, RadialSpectrum

Rng = np.random.Generator
Step = Callable[[FloatArray, float, Rng], FloatArray]


# alpha_bar(betas)


def not_multiplied(betas: FloatArray) -> FloatArray:
    return 1 - np.asarray(betas)


def summed(betas: FloatArray) -> FloatArray:
    return 1 - np.cumsum(betas)


def one_late(betas: FloatArray) -> FloatArray:
    return np.concatenate([[1.0], alpha_bar(betas)[:-1]])


def betas_multiplied(betas: FloatArray) -> FloatArray:
    return np.cumprod(betas)


def root_taken(betas: FloatArray) -> FloatArray:
    return np.sqrt(alpha_bar(betas))


def noise_share(betas: FloatArray) -> FloatArray:
    return 1 - alpha_bar(betas)


# forward_step(x, beta, rng)


def mixed(x: FloatArray, signal: float, noise: float, rng: Rng) -> FloatArray:
    """Signal and noise with the given factors."""
    return signal * np.asarray(x) + noise * deepcopy(rng).standard_normal(np.shape(x))


def step_root_forgotten(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return mixed(x, 1 - beta, np.sqrt(beta), rng)


def beta_as_deviation(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return mixed(x, np.sqrt(1 - beta), beta, rng)


def not_shrunk(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return mixed(x, 1.0, np.sqrt(beta), rng)


def step_swapped(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return mixed(x, np.sqrt(beta), np.sqrt(1 - beta), rng)


def step_without_roots(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return mixed(x, 1 - beta, beta, rng)


def one_number_for_all(x: FloatArray, beta: float, rng: Rng) -> FloatArray:
    return np.sqrt(1 - beta) * np.asarray(x) + np.sqrt(beta) * deepcopy(rng).standard_normal()


# forward_chain(x0, betas, rng)


def chain(x0: FloatArray, betas: FloatArray, eps: list[FloatArray]) -> FloatArray:
    """All steps with the given noise of each."""
    x = np.asarray(x0)
    for beta, noise in zip(betas, eps, strict=True):
        x = np.sqrt(1 - beta) * x + np.sqrt(beta) * noise
    return x


def fresh(x0: FloatArray, betas: FloatArray, rng: Rng) -> list[FloatArray]:
    """Noise drawn anew at each step, as it should be."""
    own = deepcopy(rng)
    return [own.standard_normal(np.shape(x0)) for _ in betas]


def same_noise(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain(x0, betas, [deepcopy(rng).standard_normal(np.shape(x0))] * len(betas))


def cumulative_at_each_step(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain(x0, 1 - alpha_bar(betas), fresh(x0, betas, rng))


def betas_reversed(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain(x0, np.asarray(betas)[::-1], fresh(x0, betas, rng))


def chain_of(x0: FloatArray, betas: FloatArray, rng: Rng, step: Step) -> FloatArray:
    """All steps, each a wrong one."""
    own, x = deepcopy(rng), np.asarray(x0)
    for beta in betas:
        x = step(x, beta, own)
        own.standard_normal(np.shape(x0))  # as a step draws from a copy
    return x


def chain_root_forgotten(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain_of(x0, betas, rng, step_root_forgotten)


def chain_beta_as_deviation(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain_of(x0, betas, rng, beta_as_deviation)


def chain_not_shrunk(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain_of(x0, betas, rng, not_shrunk)


def starts_from_x0(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain(x0, betas[-1:], fresh(x0, betas, rng)[-1:])


def returned_in_the_loop(x0: FloatArray, betas: FloatArray, rng: Rng) -> FloatArray:
    return chain(x0, betas[:1], fresh(x0, betas, rng)[:1])


# forward_marginal(x0, alpha_bar, rng)


def marginal_root_forgotten(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, alpha_bar, np.sqrt(1 - alpha_bar), rng)


def noise_root_forgotten(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, np.sqrt(alpha_bar), 1 - alpha_bar, rng)


def one_minus_root(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, np.sqrt(alpha_bar), 1 - np.sqrt(alpha_bar), rng)


def marginal_swapped(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, np.sqrt(1 - alpha_bar), np.sqrt(alpha_bar), rng)


def marginal_without_roots(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, alpha_bar, 1 - alpha_bar, rng)


def marginal_not_shrunk(x0: FloatArray, alpha_bar: float, rng: Rng) -> FloatArray:
    return mixed(x0, 1.0, np.sqrt(1 - alpha_bar), rng)


# terminal_snr(betas)


def terminal(betas: FloatArray) -> float:
    """The right answer."""
    left = alpha_bar(betas)[-1]
    return float(left / (1 - left))


def alpha_bar_for_snr(betas: FloatArray) -> float:
    return float(alpha_bar(betas)[-1])


def amplitude_ratio(betas: FloatArray) -> float:
    return terminal(betas) ** 0.5


def noise_to_signal(betas: FloatArray) -> float:
    return 1 / terminal(betas)


def last_step_only(betas: FloatArray) -> float:
    return float((1 - betas[-1]) / betas[-1])


# max_detectable_frequency(frequency, power, t)


def snr(t: float) -> float:
    """Of the rectified flow."""
    return ((1 - t) / t) ** 2


def last_crossing(frequency: FloatArray, power: FloatArray, ratio: float) -> float:
    """The right answer at a signal-to-noise ratio."""
    f = np.asarray(frequency, dtype=np.float64)
    spectrum = RadialSpectrum(f, np.asarray(power), np.ones(len(f), dtype=np.int64))
    process = VarianceExploding(sigma_max=ratio**-0.5)
    return float(max_detectable_frequency(spectrum, process, 1.0))


def first_crossing(frequency: FloatArray, power: FloatArray, t: float) -> float:
    fails = np.asarray(power) * snr(t) < 1
    end = int(np.argmax(fails)) + 1 if fails.any() else len(power)
    return last_crossing(frequency[:end], power[:end], snr(t))


def not_interpolated(frequency: FloatArray, power: FloatArray, t: float) -> float:
    above = np.flatnonzero(np.asarray(power) * snr(t) >= 1)
    return float(frequency[above[-1]]) if above.size else 0.0


def linearly_interpolated(frequency: FloatArray, power: FloatArray, t: float) -> float:
    above = np.flatnonzero(np.asarray(power) * snr(t) >= 1)
    if not above.size or above[-1] == len(power) - 1:
        return last_crossing(frequency, power, snr(t))
    pair = [above[-1] + 1, above[-1]]
    return float(np.interp(1 / snr(t), np.asarray(power)[pair], np.asarray(frequency)[pair]))


def snr_of_amplitudes(frequency: FloatArray, power: FloatArray, t: float) -> float:
    return last_crossing(frequency, power, snr(t) ** 0.5)


def snr_inverted(frequency: FloatArray, power: FloatArray, t: float) -> float:
    return last_crossing(frequency, power, 1 / snr(t))


def preserving_snr(frequency: FloatArray, power: FloatArray, t: float) -> float:
    return last_crossing(frequency, power, (1 - t**2) / t**2)


def next_ring(frequency: FloatArray, power: FloatArray, t: float) -> float:
    above = np.flatnonzero(np.asarray(power) * snr(t) >= 1)
    if not above.size or above[-1] == len(power) - 1:
        return last_crossing(frequency, power, snr(t))
    return float(frequency[above[-1] + 1])


def log_returned(frequency: FloatArray, power: FloatArray, t: float) -> float:
    right = last_crossing(frequency, power, snr(t))
    return right if right in (0.0, 0.5) else float(np.log(right))


# wiener_gain(power, t)


def wiener(power: FloatArray, t: float) -> FloatArray:
    """The right answer."""
    kept = (1 - t) ** 2 * np.asarray(power)
    return np.asarray(kept / (kept + t**2))


def amplitude_gain(power: FloatArray, t: float) -> FloatArray:
    ratio = np.sqrt(np.asarray(power)) * (1 - t)
    return np.asarray(ratio / (ratio + t))


def share_of_noise(power: FloatArray, t: float) -> FloatArray:
    return np.asarray(t**2 / ((1 - t) ** 2 * np.asarray(power) + t**2))


def noise_not_squared(power: FloatArray, t: float) -> FloatArray:
    kept = (1 - t) ** 2 * np.asarray(power)
    return np.asarray(kept / (kept + t))


def signal_left_out(power: FloatArray, t: float) -> FloatArray:
    return np.asarray(np.asarray(power) / (np.asarray(power) + t**2))


def preserving_gain(power: FloatArray, t: float) -> FloatArray:
    kept = (1 - t**2) * np.asarray(power)
    return np.asarray(kept / (kept + t**2))


def gain_over_a(power: FloatArray, t: float) -> FloatArray:
    return np.asarray((1 - t) * np.asarray(power) / ((1 - t) ** 2 * np.asarray(power) + t**2))


MISTAKES = {
    "alpha_bar": (
        Mistake(
            "not-multiplied",
            "You returned 1 - beta of each step; what is left after n steps is the product of all "
            "of them up to n.",
            not_multiplied,
        ),
        Mistake(
            "sum-for-product",
            "You subtracted the sum of the betas from 1, which becomes negative; each step keeps "
            "a share of what is left, so multiply.",
            summed,
        ),
        Mistake(
            "index-off-by-one",
            "Your product lacks the last beta: the first entry belongs to the state after one "
            "step, so it is 1 - betas[0].",
            one_late,
        ),
        Mistake(
            "betas-multiplied",
            "You multiplied the betas, the shares that each step takes; multiply 1 - beta, the "
            "shares that it leaves.",
            betas_multiplied,
        ),
        Mistake(
            "root-taken",
            "You returned the root, the share of the amplitude; alpha-bar is that of the power.",
            root_taken,
        ),
        Mistake(
            "share-of-noise",
            "You returned what is lost; alpha-bar is what is left, 1 minus that.",
            noise_share,
        ),
    ),
    "forward_step": (
        Mistake(
            "root-forgotten",
            "You multiplied x by 1 - beta; beta is a variance, so x is multiplied by the root of "
            "1 - beta.",
            step_root_forgotten,
        ),
        Mistake(
            "beta-as-deviation",
            "You multiplied the noise by beta; beta is its variance, so multiply by its root.",
            beta_as_deviation,
        ),
        Mistake(
            "not-shrunk",
            "You added noise without shrinking x, so the variance grows at every step.",
            not_shrunk,
        ),
        Mistake(
            "roles-swapped",
            "You gave x the share beta and the noise the rest; a step adds little noise: beta is "
            "the noise's share.",
            step_swapped,
        ),
        Mistake(
            "both-roots-forgotten",
            "You multiplied by 1 - beta and beta; these are shares of power, so numbers are "
            "multiplied by their roots.",
            step_without_roots,
        ),
        Mistake(
            "one-number-for-all",
            "You drew one number for all pixels; draw one for each: rng.standard_normal(x.shape).",
            one_number_for_all,
        ),
    ),
    "forward_chain": (
        Mistake(
            "same-noise",
            "You drew the noise once and added it at every step, so it adds up in amplitude; draw "
            "fresh noise inside of the loop.",
            same_noise,
        ),
        Mistake(
            "cumulative-at-each-step",
            "You used alpha-bar, which holds all steps so far, inside of the loop; one step only "
            "uses its own beta.",
            cumulative_at_each_step,
        ),
        Mistake(
            "betas-reversed",
            "You went through the betas from the last to the first; the first step uses betas[0].",
            betas_reversed,
        ),
        Mistake(
            "root-forgotten",
            "You multiplied x by 1 - beta; beta is a variance, so x is multiplied by the root of "
            "1 - beta.",
            chain_root_forgotten,
        ),
        Mistake(
            "beta-as-deviation",
            "You multiplied the noise by beta; beta is its variance, so multiply by its root.",
            chain_beta_as_deviation,
        ),
        Mistake(
            "not-shrunk",
            "You added noise without shrinking x, so the variance grows at every step.",
            chain_not_shrunk,
        ),
        Mistake(
            "starts-from-x0",
            "Each of your steps starts from x0 again; it must start from the state before: x = "
            "step(x).",
            starts_from_x0,
        ),
        Mistake(
            "returned-in-the-loop",
            "You returned after the first step: the return stands inside of the loop.",
            returned_in_the_loop,
        ),
    ),
    "forward_marginal": (
        Mistake(
            "root-forgotten",
            "You multiplied x0 by alpha-bar; alpha-bar is a share of power, so x0 is multiplied by "
            "its root.",
            marginal_root_forgotten,
        ),
        Mistake(
            "noise-root-forgotten",
            "You multiplied the noise by 1 - alpha-bar, which is its variance; multiply by the "
            "root of that.",
            noise_root_forgotten,
        ),
        Mistake(
            "one-minus-root",
            "Your two factors add up to 1, as in a rectified flow; here their squares do: the "
            "noise gets the root of 1 - alpha-bar.",
            one_minus_root,
        ),
        Mistake(
            "roles-swapped",
            "You gave x0 the share of the noise and the noise that of x0; alpha-bar is what is "
            "left of x0.",
            marginal_swapped,
        ),
        Mistake(
            "both-roots-forgotten",
            "You multiplied by alpha-bar and 1 - alpha-bar; these are shares of power, so "
            "numbers are multiplied by their roots.",
            marginal_without_roots,
        ),
        Mistake(
            "not-shrunk",
            "You added noise without shrinking x0; only a share alpha-bar of its power is left.",
            marginal_not_shrunk,
        ),
    ),
    "terminal_snr": (
        Mistake(
            "alpha-bar-for-snr",
            "You returned alpha-bar, the power of the signal; divide it by the power of the "
            "noise, 1 - alpha-bar.",
            alpha_bar_for_snr,
        ),
        Mistake(
            "amplitude-ratio",
            "You divided amplitudes; the signal-to-noise ratio is one of powers, the square.",
            amplitude_ratio,
        ),
        Mistake(
            "inverted",
            "You divided noise by signal; the signal-to-noise ratio is the other way round.",
            noise_to_signal,
        ),
        Mistake(
            "last-step-only",
            "You only looked at the last step; at the end of the chain all steps count: take "
            "alpha-bar.",
            last_step_only,
        ),
    ),
    "max_detectable_frequency": (
        Mistake(
            "first-crossing",
            "You stopped at the first ring that drowns; the spectrum of a photograph goes up and "
            "down: look for the last ring that stands out.",
            first_crossing,
        ),
        Mistake(
            "not-interpolated",
            "You returned the last ring that stands out; the crossing lies between it and the "
            "next, on the straight line from log P to log P.",
            not_interpolated,
        ),
        Mistake(
            "linearly-interpolated",
            "You interpolated P against f; on log-log axes the line runs through log P against "
            "log f.",
            linearly_interpolated,
        ),
        Mistake(
            "snr-of-amplitudes",
            "You used a/sigma; the signal-to-noise ratio is that of powers: square it.",
            snr_of_amplitudes,
        ),
        Mistake(
            "snr-inverted",
            "You divided noise by signal, so that more seems to stand out the later it is.",
            snr_inverted,
        ),
        Mistake(
            "vp-for-flow",
            "You used a² = 1 - t², of a variance-preserving process; in the rectified flow a is "
            "1 - t.",
            preserving_snr,
        ),
        Mistake(
            "next-ring",
            "You returned the ring after the last that stands out; the crossing lies before it. "
            "If you used np.interp: its second argument must rise.",
            next_ring,
        ),
        Mistake(
            "log-returned",
            "You returned the logarithm of the frequency; take exp of it at the end.",
            log_returned,
        ),
    ),
    "wiener_gain": (
        Mistake(
            "amplitudes",
            "You compared amplitudes; the gain compares powers: a² P with sigma².",
            amplitude_gain,
        ),
        Mistake(
            "share-of-noise",
            "You returned the share of the noise; the gain is the share of the signal, 1 minus it.",
            share_of_noise,
        ),
        Mistake(
            "noise-not-squared",
            "You added sigma to a power; the power of the noise is sigma².",
            noise_not_squared,
        ),
        Mistake(
            "signal-left-out",
            "You compared P with sigma²; at time t the image has shrunk, so its power is a² P.",
            signal_left_out,
        ),
        Mistake(
            "vp-for-flow",
            "You used a² = 1 - t², of a variance-preserving process; in the rectified flow a is "
            "1 - t.",
            preserving_gain,
        ),
        Mistake(
            "divided-by-a",
            "You divided the gain by a, as an estimate of the image needs; the gain itself is a "
            "share from 0 to 1.",
            gain_over_a,
        ),
    ),
}
