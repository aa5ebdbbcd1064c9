"""Wrong versions of what turns a sound into numbers: frames, transforms, averages, controls.

The tasks take plain arrays and the numbers that matter, without options: a Hann window, and centred
frames padded with zeros.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectralkit.comparing import phase_randomised
from spectralkit.framing import frame_signal
from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray
from spectralkit.short_time import stft

Spectrum = NDArray[np.complexfloating[Any, Any]]


# frame_signal(signal, frame_length, hop)


def frames_from(signal: FloatArray, length: int, hop: int, step: int, before: int) -> FloatArray:
    """As many frames as there should be, one each `step` samples, zeros where the signal ends."""
    count = frame_signal(signal, frame_length=length, hop=hop).shape[-2]
    padded = np.concatenate([np.zeros(before), signal, np.zeros(count * max(step, 1) + length)])
    return np.stack([padded[k * step : k * step + length] for k in range(count)])


def frames_not_centred(signal: FloatArray, frame_length: int, hop: int) -> FloatArray:
    return frames_from(signal, frame_length, hop, hop, 0)


def hop_as_overlap(signal: FloatArray, frame_length: int, hop: int) -> FloatArray:
    return frames_from(signal, frame_length, hop, frame_length - hop, frame_length // 2)


def frames_side_by_side(signal: FloatArray, frame_length: int, hop: int) -> FloatArray:
    return frames_from(signal, frame_length, hop, frame_length, frame_length // 2)


def ends_mirrored(signal: FloatArray, frame_length: int, hop: int) -> FloatArray:
    return frame_signal(signal, frame_length=frame_length, hop=hop, pad_mode="reflect")


# stft(signal, n_fft, hop)


def window_forgotten(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    return stft(signal, n_fft=n_fft, hop=hop, window="boxcar")


def window_symmetric(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    return stft(signal, n_fft=n_fft, hop=hop, window=np.hanning(n_fft))


def window_squared(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    return stft(signal, n_fft=n_fft, hop=hop, window=np.hanning(n_fft + 1)[:-1] ** 2)


def spectrum_not_centred(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    frames = frames_not_centred(signal, n_fft, hop) * np.hanning(n_fft + 1)[:-1]
    return np.fft.rfft(frames).T


def magnitude_only(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    return np.abs(stft(signal, n_fft=n_fft, hop=hop)).astype(np.complex128)


def divided_by_n(signal: FloatArray, n_fft: int, hop: int) -> Spectrum:
    return stft(signal, n_fft=n_fft, hop=hop) / n_fft


# average_log_spectrum(signals, sample_rate, n_fft): frames under a Hann window, half a frame apart


def frame_powers(signal: FloatArray, n_fft: int) -> FloatArray:
    """Power at the positive frequencies, a row for each frame; white noise lies at its variance."""
    window = np.hanning(n_fft + 1)[:-1]
    frames = frame_signal(signal, frame_length=n_fft, hop=n_fft // 2, center=False) * window
    return np.asarray(np.abs(np.fft.rfft(frames)[:, 1:]) ** 2 / np.sum(window**2))


def positive(sample_rate: float, n_fft: int) -> FloatArray:
    return np.fft.rfftfreq(n_fft, 1 / sample_rate)[1:]


def mean_of_logs(signals: list[FloatArray], n_fft: int) -> FloatArray:
    logs = [np.log(frame_powers(signal, n_fft)).mean(axis=0) for signal in signals]
    return np.exp(np.mean(logs, axis=0))


def mean_of_powers(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    means = [frame_powers(signal, n_fft).mean(axis=0) for signal in signals]
    return positive(sample_rate, n_fft), np.mean(means, axis=0)


def half_the_hertz(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    return positive(sample_rate, n_fft) / 2, mean_of_logs(signals, n_fft)


def per_octave(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    frequency = positive(sample_rate, n_fft)
    return frequency, frequency * mean_of_logs(signals, n_fft)


def average_of_amplitudes(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    return positive(sample_rate, n_fft), np.sqrt(mean_of_logs(signals, n_fft))


def frames_padded(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    window, logs = np.hanning(n_fft + 1)[:-1], []
    for signal in signals:
        power = np.abs(stft(signal, n_fft=n_fft, hop=n_fft // 2)[1:]) ** 2 / np.sum(window**2)
        logs.append(np.log(power).mean(axis=1))
    return positive(sample_rate, n_fft), np.exp(np.mean(logs, axis=0))


def window_power_lost(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    lost = np.mean(np.hanning(n_fft + 1)[:-1] ** 2)
    return positive(sample_rate, n_fft), mean_of_logs(signals, n_fft) * lost


def not_divided(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    window = np.hanning(n_fft + 1)[:-1]
    return positive(sample_rate, n_fft), mean_of_logs(signals, n_fft) * np.sum(window**2)


def loudest_clip_rules(
    signals: list[FloatArray], sample_rate: float, n_fft: int
) -> tuple[FloatArray, FloatArray]:
    geometric = [np.exp(np.log(frame_powers(signal, n_fft)).mean(axis=0)) for signal in signals]
    return positive(sample_rate, n_fft), np.mean(geometric, axis=0)


# band_centred(values)


def mean_over_bands(values: FloatArray) -> FloatArray:
    return np.asarray(values - values.mean(axis=-2, keepdims=True))


def one_mean_for_all(values: FloatArray) -> FloatArray:
    return np.asarray(values - values.mean())


def first_frame_removed(values: FloatArray) -> FloatArray:
    return np.asarray(values - values[..., :1])


# phase_randomised(signal, rng)


def samples_shuffled(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    return deepcopy(rng).permutation(signal)


def real_part_of_half(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    phase = deepcopy(rng).uniform(0, 2 * np.pi, len(signal))
    return np.asarray(np.fft.ifft(np.fft.fft(signal) * np.exp(1j * phase)).real)


def half_a_circle(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    phase = deepcopy(rng).uniform(0, np.pi, len(signal) // 2 + 1)
    phase[0] = 0
    magnitude = np.abs(np.fft.rfft(signal))
    return np.fft.irfft(magnitude * np.exp(1j * phase), n=len(signal))


def noise_phases_on_noise(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    control = phase_randomised(deepcopy(rng).standard_normal(len(signal)), rng=deepcopy(rng))
    return np.asarray(signal.mean() + control * signal.std() / control.std())


def phases_replaced(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    n, spectrum = len(signal), np.fft.rfft(signal)
    phase = deepcopy(rng).uniform(0, 2 * np.pi, len(spectrum))
    phase[0] = 0
    phase[n // 2 + n % 2 :] = 0  # Nyquist, which only an even length has
    return np.fft.irfft(np.abs(spectrum) * np.exp(1j * phase), n=n)


def nyquist_turned(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    spectrum = np.fft.rfft(signal)
    phase = deepcopy(rng).uniform(0, 2 * np.pi, len(spectrum))
    phase[0] = 0
    return np.fft.irfft(spectrum * np.exp(1j * phase), n=len(signal))


def mean_lost(signal: FloatArray, rng: np.random.Generator) -> FloatArray:
    control = phase_randomised(signal, rng=deepcopy(rng))
    return np.asarray(control - control.mean())


MISTAKES = {
    "frame_signal": (
        Mistake(
            "not-centred",
            "Frame k begins at sample k * hop; its middle should lie there: "
            "pad half a frame before the signal too. Times are off by half a frame.",
            frames_not_centred,
        ),
        Mistake(
            "hop-as-overlap",
            "You moved on by frame_length - hop; hop is the step itself, not the overlap.",
            hop_as_overlap,
        ),
        Mistake(
            "side-by-side",
            "Your frames do not overlap: move on by hop, not by the length of a frame.",
            frames_side_by_side,
        ),
        Mistake(
            "ends-mirrored",
            "You mirrored the signal at its ends; this task pads it with zeros.",
            ends_mirrored,
        ),
    ),
    "stft": (
        Mistake(
            "window-forgotten",
            "No window was applied: frames that are cut off hard leak over all frequencies.",
            window_forgotten,
        ),
        Mistake(
            "window-symmetric",
            "np.hanning(n) is symmetric: its last sample repeats the first. "
            "The transform needs the periodic window, np.hanning(n + 1)[:-1].",
            window_symmetric,
        ),
        Mistake(
            "window-twice",
            "The window was applied twice; once, before the transform, is enough.",
            window_squared,
        ),
        Mistake(
            "not-centred",
            "Frame k begins at sample k * hop; its middle should lie there.",
            spectrum_not_centred,
        ),
        Mistake(
            "magnitude-only",
            "You returned magnitudes; the inverse needs the phases: return complex numbers.",
            magnitude_only,
        ),
        Mistake(
            "divided-by-n",
            "You divided by n_fft; here the transform forward has no factor.",
            divided_by_n,
        ),
    ),
    "average_log_spectrum": (
        Mistake(
            "mean-of-powers",
            "You averaged powers; average their logarithms, or the loudest moments rule.",
            mean_of_powers,
        ),
        Mistake(
            "half-the-hertz",
            "Bin b lies at b * sample_rate / n_fft; you took half of that.",
            half_the_hertz,
        ),
        Mistake(
            "per-octave",
            "You multiplied by the frequency: that is power per octave, whose slope is larger by "
            "1; asked is power per hertz.",
            per_octave,
        ),
        Mistake(
            "amplitude-for-power",
            "This is the average magnitude; power is its square.",
            average_of_amplitudes,
        ),
        Mistake(
            "loudest-clip-rules",
            "You averaged logarithms within each clip, but powers between clips: "
            "take the exponential at the very end.",
            loudest_clip_rules,
        ),
        Mistake(
            "window-power-lost",
            "You divided by the number of samples; the window takes some of the power away, so "
            "divide by the sum of its squares.",
            window_power_lost,
        ),
        Mistake(
            "not-divided",
            "You did not divide the power: divide by the sum of the squared window.",
            not_divided,
        ),
        Mistake(
            "frames-padded",
            "Your first and last frames are half empty: here no frame reaches beyond the signal, "
            "so take center=False.",
            frames_padded,
        ),
    ),
    "band_centred": (
        Mistake(
            "mean-over-bands",
            "You removed the mean of each frame; remove that of each band, along time.",
            mean_over_bands,
        ),
        Mistake(
            "one-mean-for-all",
            "You removed one mean from all values: the tilt over the bands stays.",
            one_mean_for_all,
        ),
        Mistake(
            "first-frame-removed",
            "You removed the first frame; remove the mean over all frames.",
            first_frame_removed,
        ),
    ),
    "phase_randomised": (
        Mistake(
            "samples-shuffled",
            "Shuffling the samples makes the spectrum flat; keep the magnitudes, draw the phases.",
            samples_shuffled,
        ),
        Mistake(
            "no-hermitian-symmetry",
            "The phases at f and -f must be opposite; with np.fft.rfft and irfft they are. "
            "The real part of the rest has half the power.",
            real_part_of_half,
        ),
        Mistake(
            "half-a-circle",
            "Phases from 0 to pi are not uniform on the circle: draw from 0 to 2 pi.",
            half_a_circle,
        ),
        Mistake(
            "white-for-control",
            "This is white noise of the same strength; the control keeps the spectrum.",
            noise_phases_on_noise,
        ),
        Mistake(
            "mean-lost",
            "The control has lost its mean: DC keeps its value.",
            mean_lost,
        ),
        Mistake(
            "phases-replaced",
            "You took the angles for the phases themselves, which is as good a control; here the "
            "coefficients are turned by them, so multiply X and not its magnitude.",
            phases_replaced,
        ),
        Mistake(
            "nyquist-turned",
            "For an even number of samples the last coefficient, Nyquist, is real: its angle is 0, "
            "or irfft drops some of it.",
            nyquist_turned,
        ),
    ),
}
