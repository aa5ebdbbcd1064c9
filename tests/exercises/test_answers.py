"""What learners write, right in unusual ways or wrong in usual ones, is told what it is.

Each answer runs against its whole test, hidden parts included, as in one process.
"""

import contextlib
import io
import textwrap
from functools import cache
from pathlib import Path

import pytest

from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
PARAMETERS = {
    "mean_power": "signal",
    "decibels": "power",
    "log_magnitude": "image",
    "swap_phase": "magnitude_of, phase_of",
    "power_spectrum": "image, window=None",
    "rapsd": "image",
    "resample_loglog": "frequency, power",
    "fit_power_law": "frequency, power",
    "collection_exponent": "images",
    "log_bias": "degrees",
    "noise_floor": "power, counts",
    "power_law_noise": "shape, exponent, rng",
    "hinge": "amplitude, exponent, sigma, frequency",
    "crossing_frequency": "amplitude, exponent, sigma, threshold=1.0",
    "equivalent_low_pass": "image, amplitude, exponent, sigma",
    "alpha_bar": "betas",
    "forward_step": "x, beta, rng",
    "forward_chain": "x0, betas, rng",
    "forward_marginal": "x0, alpha_bar, rng",
    "terminal_snr": "betas",
    "max_detectable_frequency": "frequency, power, t",
    "wiener_gain": "power, t",
    "denoise": "x, power, t",
    "ddim_step": "x_t, x0, signal, noise, signal_next, noise_next",
    "sample_field": "x, power, times",
    "measured_order": "steps, errors",
    "octave_times": "exponent, amplitude, octaves",
}

# Lines that come before the result.
HANN = """
    H, W = image.shape
    x = image
    if window == "hann":
        w = np.outer(np.hanning(H), np.hanning(W))
        x = {}
"""
PERIODIC = """
    H, W = image.shape
    x = image.astype(np.float32)
    if window == "hann":
        w = np.outer(1 - np.cos(2 * np.pi * np.arange(H) / H),
                     1 - np.cos(2 * np.pi * np.arange(W) / W)) * 2 / 3
        x = w * (x - np.average(x, weights=w))
"""
PHASE = """
    A = np.abs(np.fft.fft2(magnitude_of))
    F = np.fft.fft2(phase_of)
"""
RINGS = """
    H, W = image.shape
    n = max(H, W)
    P = np.abs(np.fft.fft2(image)) ** 2 / (H * W)
    rho = np.hypot(np.fft.fftfreq(H)[:, None], np.fft.fftfreq(W))
    ring = np.floor(rho * n + 1 / 2)
    rings = range(1, int(np.ceil(n / 2)))
"""
EVEN = "    f = np.geomspace(frequency[0], frequency[-1], len(frequency))\n"
LINE = "    s, o = np.polyfit(np.log(frequency), np.log(power), 1)\n"
THIRD = "    s = 2 * len(power) // 3\n    P, K = power[s:], counts[s:] / 2\n"
COLOUR = """
    white = np.fft.fftn(rng.standard_normal(shape))
    axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
    f = np.sqrt(sum(a**2 for a in axes))
    f[(0,) * len(shape)] = np.inf
    g = f ** (-exponent / 2)
"""
FILTER = """
    H, W = image.shape
    f = np.sqrt(np.fft.fftfreq(H)[:, None] ** 2 + np.fft.fftfreq(W) ** 2)
    f[0, 0] = 1
    P = amplitude * f**-exponent
    G = P / (P + sigma**2)
    G[0, 0] = 1
"""
WALK = "    x = x0\n    for b in betas:\n        x = {}\n"
CROSS = """
    snr = ((1 - t) / t) ** 2
    above = np.flatnonzero(snr * power >= 1)
    if len(above) == 0:
        return 0
    k = above[-1]
    if k == len(power) - 1:
        return 0.5
    ends = np.log(snr * power[k:k + 2]), np.log(frequency[k:k + 2])
"""
GAIN = "    G = (1 - t) * power / ((1 - t) ** 2 * power + t**2)\n"
READ = "    eps = (x_t - signal * x0) / noise\n"
BACK = """
    for t, s in zip(times[:-1], times[1:]):
        G = (1 - t) * power / ((1 - t) ** 2 * power + t**2)
        x0 = np.fft.ifft2(G * np.fft.fft2(x)).real
        x = {}
"""
OCTAVE = "    snr = (0.5**1.5 / 2.0 ** np.arange(octaves)) ** exponent / amplitude\n"

# Task, lines before, result: all of them are right.
RIGHT = [
    ("mean_power", "", "sum(v * v for v in signal) / len(signal)"),
    ("log_magnitude", "    F = np.fft.fftshift(np.fft.fft2(np.float32(image), norm='ortho'))\n",
     "np.log(np.maximum(np.abs(F), 1e-6)).astype(float)"),
    ("swap_phase", PHASE, "np.fft.ifft2(A * np.exp(1j * np.arctan2(F.imag, F.real))).real"),
    ("swap_phase", PHASE.replace("(phase_of", "(np.float32(phase_of)"),
     "np.real(np.fft.ifft2(A * np.exp(1j * np.angle(F))))"),
    ("power_spectrum", PERIODIC, "np.abs(np.fft.fft2(x)) ** 2 / (H * W)"),
    ("rapsd", RINGS.replace("np.floor(rho * n + 1 / 2)", "np.rint(rho * n)"),
     "np.array([P[ring == r].mean() for r in rings])"),
    ("resample_loglog", EVEN,
     "[f, 10 ** np.interp(np.log10(f), np.log10(frequency), np.log10(power))]"),
    ("fit_power_law", LINE, "np.array([-s, np.exp(o)])"),
    ("log_bias", "", "np.vectorize(lambda k: digamma(k) - np.log(k))(np.float32(degrees))"),
    ("noise_floor", THIRD, "np.prod(P / np.exp(sk.log_bias(K))) ** (1 / len(P))"),
    ("power_law_noise", COLOUR.replace("standard_normal(shape)", "normal(size=shape)"),
     "np.fft.ifftn(g / np.linalg.norm(g) * np.sqrt(g.size) * white).real"),
    ("power_law_noise", COLOUR.replace("standard_normal(shape)", "normal(size=shape).astype('f4')"),
     "np.fft.ifftn(g / np.sqrt(np.mean(g**2)) * white).real"),
    ("hinge", "", "np.array([amplitude / f**exponent + sigma * sigma for f in frequency])"),
    ("crossing_frequency", "",
     "np.exp((np.log(amplitude) - np.log(threshold * sigma**2)) / exponent)"),
    ("equivalent_low_pass", FILTER, "np.fft.ifft2(G * np.fft.fft2(np.float32(image))).real"),
    ("equivalent_low_pass", FILTER,
     "np.fft.irfft2(G[:, : W // 2 + 1] * np.fft.rfft2(image), s=image.shape)"),
    ("alpha_bar", "", "np.exp(np.cumsum(np.log1p(-betas)))"),
    ("forward_step", "", "rng.normal(np.sqrt(1 - beta) * x, np.sqrt(beta))"),
    ("forward_step", "",
     "np.sqrt(1 - beta) * np.float32(x) + np.sqrt(beta) * rng.standard_normal(x.shape)"),
    ("forward_chain", WALK.format("sk.forward_step(x, b, rng=rng)"), "x"),
    ("forward_marginal", "", "sk.forward_step(x0, 1 - alpha_bar, rng=rng)"),
    ("terminal_snr", "", "1 / (1 / np.prod(1 - betas) - 1)"),
    ("max_detectable_frequency", CROSS, "np.exp(np.interp(0, ends[0][::-1], ends[1][::-1]))"),
    ("wiener_gain", "", "1 - t**2 / ((1 - t) ** 2 * power + t**2)"),
    ("denoise", GAIN, "np.real(np.fft.ifftn(G * np.fft.fftn(np.float32(x))))"),
    ("ddim_step", "",
     "noise_next / noise * x_t + (signal_next - signal * noise_next / noise) * x0"),
    ("sample_field", "    x = np.float32(x)\n" + BACK.format("(1 - s) * x0 + s * (x - (1 - t) * x0)"
     " / t"), "x"),
    ("sample_field", BACK.format("x + (s - t) * (x - x0) / t"), "x"),
    ("measured_order", "", "-np.polyfit(np.log2(steps), np.log2(errors), 1)[0]"),
    ("octave_times", OCTAVE, "[float(1 / (1 + v**0.5)) for v in snr] @ np.eye(octaves)"),
]  # fmt: skip

# Name of the mistake first; "" where no name may be told.
WRONG = [
    ("", "mean_power", "", "np.sum(signal**2) // len(signal)"),
    ("factor-forgotten", "decibels", "", "np.log10(power)"),
    ("fft-for-fft2", "log_magnitude", "    F = np.fft.fftshift(np.fft.fft(image))\n",
     "np.log(np.maximum(np.abs(F) / np.sqrt(image.size), 1e-6))"),
    ("ifftshift-for-fftshift", "log_magnitude", "    F = np.fft.ifftshift(np.fft.fft2(image))\n",
     "np.log(np.maximum(np.abs(F) / np.sqrt(image.size), 1e-6))"),
    ("decibels", "log_magnitude", "    F = np.fft.fftshift(np.fft.fft2(image))\n",
     "20 * np.log10(np.maximum(np.abs(F) / np.sqrt(image.size), 1e-6))"),
    ("one-added", "log_magnitude", "    F = np.fft.fftshift(np.fft.fft2(image))\n",
     "np.log(1 + np.abs(F) / np.sqrt(image.size))"),
    ("j-forgotten", "swap_phase", PHASE, "np.fft.ifft2(A * np.exp(np.angle(F))).real"),
    ("fft-for-fft2", "swap_phase", PHASE.replace("fft2", "fft"),
     "np.fft.ifft(A * np.exp(1j * np.angle(F))).real"),
    ("hanning-as-it-is", "power_spectrum", HANN.format("w * (x - (w * x).sum() / w.sum())"),
     "np.abs(np.fft.fft2(x)) ** 2 / (H * W)"),
    ("hanning-times-image", "power_spectrum", HANN.format("w * x"),
     "np.abs(np.fft.fft2(x)) ** 2 / (H * W)"),
    ("hanning-plain-mean", "power_spectrum", HANN.format("w * (x - x.mean())"),
     "np.abs(np.fft.fft2(x)) ** 2 / (H * W)"),
    ("window-ignored", "power_spectrum", "", "np.abs(np.fft.fft2(image)) ** 2 / image.size"),
    ("not-divided", "power_spectrum",
     PERIODIC.replace(".astype(np.float32)", ""), "np.abs(np.fft.fft2(x)) ** 2"),
    ("columns-only", "power_spectrum", PERIODIC.replace(".astype(np.float32)", ""),
     "np.abs(np.fft.fft(x, axis=0)) ** 2 / (H * W)"),
    ("", "rapsd", RINGS, "np.array([np.median(P[ring == r]) for r in rings])"),
    ("not-divided", "rapsd", RINGS.replace(" / (H * W)", ""),
     "np.array([P[ring == r].mean() for r in rings])"),
    ("interpolated-over-f", "resample_loglog", EVEN,
     "f, np.exp(np.interp(f, frequency, np.log(power)))"),
    ("log-power-returned", "resample_loglog", EVEN,
     "f, np.interp(np.log(f), np.log(frequency), np.log(power))"),
    ("logspace-of-ln", "resample_loglog",
     EVEN.replace("geomspace(frequency[0], frequency[-1]",
                  "logspace(*np.log(frequency[[0, -1]])"),
     "f, np.exp(np.interp(np.log(f), np.log(frequency), np.log(power)))"),
    ("as-polyfit-gives", "fit_power_law", LINE, "s, o"),
    ("ten-for-e", "fit_power_law", LINE, "-s, 10**o"),
    ("degrees-doubled", "log_bias", "", "digamma(2 * degrees) - np.log(2 * degrees)"),
    ("", "noise_floor", THIRD, "np.median(P)"),
    ("log10-with-ln-bias", "noise_floor", THIRD, "10 ** np.mean(np.log10(P) - sk.log_bias(K))"),
    ("fft-for-fftn", "power_law_noise", COLOUR.replace("fftn", "fft"),
     "np.fft.ifft(g / np.sqrt(np.mean(g**2)) * white).real"),
    ("root-forgotten", "power_law_noise", COLOUR, "np.fft.ifftn(g / np.mean(g**2) * white).real"),
    ("sum-for-mean", "power_law_noise", COLOUR,
     "np.fft.ifftn(g / np.linalg.norm(g) * white).real"),
    ("dc-not-counted", "power_law_noise", COLOUR,
     "np.fft.ifftn(g / np.sqrt(np.mean(g[g > 0] ** 2)) * white).real"),
    ("threshold-ignored", "crossing_frequency", "", "(amplitude / sigma**2) ** (1 / exponent)"),
    ("threshold-squared", "crossing_frequency", "",
     "(amplitude / (threshold * sigma) ** 2) ** (1 / exponent)"),
    ("root-not-grouped", "crossing_frequency", "",
     "(amplitude / (threshold * sigma**2)) ** 1 / exponent"),
    ("noise-not-grouped", "crossing_frequency", "",
     "(amplitude / threshold * sigma**2) ** (1 / exponent)"),
    ("cut-at-nyquist", "crossing_frequency", "",
     "min(0.5, (amplitude / (threshold * sigma**2)) ** (1 / exponent))"),
    ("fft-for-fft2", "equivalent_low_pass", FILTER, "np.fft.ifft(G * np.fft.fft(image)).real"),
    ("centre-not-shifted", "equivalent_low_pass", FILTER,
     "np.fft.ifft2(np.fft.fftshift(G) * np.fft.fft2(image)).real"),
    ("abs-for-real", "equivalent_low_pass", FILTER, "abs(np.fft.ifft2(G * np.fft.fft2(image)))"),
    ("hard-edge", "equivalent_low_pass", FILTER.replace("P / (P + sigma**2)", "1.0 * (P > sigma**2)"),
     "np.fft.ifft2(G * np.fft.fft2(image)).real"),
    ("root-taken", "alpha_bar", "", "np.cumprod(np.sqrt(1 - betas))"),
    ("share-of-noise", "alpha_bar", "", "1 - np.cumprod(1 - betas)"),
    ("both-roots-forgotten", "forward_step", "",
     "(1 - beta) * x + beta * rng.standard_normal(x.shape)"),
    ("one-number-for-all", "forward_step", "",
     "np.sqrt(1 - beta) * x + np.sqrt(beta) * rng.standard_normal()"),
    ("root-forgotten", "forward_chain",
     WALK.format("(1 - b) * x + np.sqrt(b) * rng.standard_normal(x.shape)"), "x"),
    ("beta-as-deviation", "forward_chain",
     WALK.format("np.sqrt(1 - b) * x + b * rng.standard_normal(x.shape)"), "x"),
    ("not-shrunk", "forward_chain",
     WALK.format("x + np.sqrt(b) * rng.standard_normal(x.shape)"), "x"),
    ("starts-from-x0", "forward_chain", WALK.format("sk.forward_step(x0, b, rng=rng)"), "x"),
    ("returned-in-the-loop", "forward_chain",
     WALK.format("sk.forward_step(x, b, rng=rng)") + "        return x\n", "x"),
    ("both-roots-forgotten", "forward_marginal", "",
     "alpha_bar * x0 + (1 - alpha_bar) * rng.standard_normal(x0.shape)"),
    ("not-shrunk", "forward_marginal", "",
     "x0 + np.sqrt(1 - alpha_bar) * rng.standard_normal(x0.shape)"),
    ("", "forward_marginal", "",
     "np.sqrt(alpha_bar) * x0 + np.sqrt(alpha_bar) * rng.standard_normal(x0.shape)"),
    ("next-ring", "max_detectable_frequency", CROSS, "np.exp(np.interp(0, *ends))"),
    ("log-returned", "max_detectable_frequency", CROSS,
     "np.interp(0, ends[0][::-1], ends[1][::-1])"),
    ("divided-by-a", "wiener_gain", GAIN, "G"),
    ("", "wiener_gain", "", "((1 - t) / t) ** 2 * power"),
    ("fft-for-fft2", "denoise", GAIN, "np.fft.ifft(G * np.fft.fft(x)).real"),
    ("multiplied-by-a", "denoise", GAIN, "np.fft.ifft2((1 - t) ** 2 * G * np.fft.fft2(x)).real"),
    ("a-not-squared", "denoise", "    G = (1 - t) * power / ((1 - t) * power + t**2)\n",
     "np.fft.ifft2(G * np.fft.fft2(x)).real"),
    ("clean-as-it-is", "ddim_step", READ, "x0 + noise_next * eps"),
    ("noise-as-it-is", "ddim_step", READ, "signal_next * x0 + eps"),
    ("state-for-clean", "ddim_step", READ, "signal_next * x_t + noise_next * eps"),
    ("noise-not-grouped", "ddim_step", "    eps = x_t - signal * x0 / noise\n",
     "signal_next * x0 + noise_next * eps"),
    ("clean-not-shrunk", "sample_field", BACK.format("(1 - s) * x0 + s * (x - x0) / t"), "x"),
    ("snr-for-log-snr", "octave_times", OCTAVE, "sk.RectifiedFlow().time_of(snr)"),
]  # fmt: skip


@cache
def cells_of(name):
    """Sources of a set's cells by name, and what its setup cell makes."""
    cells = {cell.label: cell.text for cell in read_source(COURSE.text(name)).cells}
    names = {}
    exec(cells["setup"], names)
    return cells, names


def parts_of(task, answer, seed=7):
    """The parts of a task with this answer, and the names in them."""
    (cells, names), = (cells_of(n) for n in COURSE.sets() if f"{task}-test" in cells_of(n)[0])
    names = names | {"SEED": seed}
    exec(textwrap.dedent(answer), names)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(cells[f"{task}-test"], names)
    return names["task"].parts


def written(task, before, result):
    return f"def {task}({PARAMETERS[task]}):\n{before}    return {result}\n"


@pytest.mark.parametrize(("task", "before", "result"), RIGHT, ids=lambda entry: entry[:40])
def test_a_right_answer_of_another_form_earns_everything(task, before, result):
    for seed in (7, 8):
        failed = [p for p in parts_of(task, written(task, before, result), seed) if not p.passed]
        assert failed == []


@pytest.mark.parametrize(("mistake", "task", "before", "result"), WRONG, ids=lambda entry: entry[:40])
def test_a_wrong_answer_is_told_its_name_and_no_other(mistake, task, before, result):
    parts = parts_of(task, written(task, before, result))
    assert {part.mistake for part in parts} - {None} == ({mistake} if mistake else set())
    assert any(not part.passed for part in parts)
    if mistake:
        assert any(part.mistake == mistake and not part.hidden for part in parts)
        assert any(part.mistake == mistake for part in parts)
