"""Named mistakes about diffusion: what holds for all, and the trace of each."""

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values

import spectralkit as sk

FLOW = sk.RectifiedFlow()
BETAS = np.linspace(1e-4, 0.02, 1000)  # DDPM's
SHORT = np.array([0.1, 0.2, 0.4, 0.3])
SNR_9 = 0.25  # the time at which the rectified flow has the signal-to-noise ratio 9
POINTS = 100_000  # samples, for means and variances


def rng(seed=1):
    return np.random.default_rng(seed)


def field_power(side=32, exponent=2.4, amplitude=1e-2):
    """Power of each coefficient of a field, with DC as loud as the loudest wave."""
    radius = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.fftfreq(side))
    radius[0, 0] = 1 / side
    return amplitude * radius**-exponent


def forward_chain(x0, betas, rng):
    for beta in betas:
        x0 = sk.forward_step(x0, beta, rng=rng)
    return x0


def terminal_snr(betas):
    left = sk.alpha_bar(betas)[-1]
    return float(left / (1 - left))


def spectrum(frequency, power):
    return sk.RadialSpectrum(frequency, power, np.ones(len(frequency), dtype=int))


def ddim_step(x_t, x0, a, s, a_next, s_next):
    return sk.ddim_step(x_t, x0, signal=a, noise=s, signal_next=a_next, noise_next=s_next)


def sample_field(x, power, times):
    *_, (end, _) = sk.ddim(sk.GaussianDenoiser(power, 0.0, FLOW), FLOW, x, times=times)
    return end


def octave_times(exponent, amplitude, octaves):
    edges = 0.5 / 2.0 ** np.arange(octaves + 1)
    centres = np.sqrt(edges[1:] * edges[:-1])
    return FLOW.time_of(-np.log(sk.PowerLaw(exponent, amplitude)(centres)))


RIGHT = {
    "alpha_bar": sk.alpha_bar,
    "forward_step": lambda x, beta, rng: sk.forward_step(x, beta, rng=rng),
    "forward_chain": forward_chain,
    "forward_marginal": lambda x0, left, rng: sk.forward_marginal(x0, left, rng=rng),
    "terminal_snr": terminal_snr,
    "max_detectable_frequency": lambda f, p, t: sk.max_detectable_frequency(
        spectrum(f, p), FLOW, t
    ),
    "wiener_gain": lambda power, t: sk.wiener_gain(power, FLOW, t),
    "denoise": lambda x, power, t: sk.GaussianDenoiser(power, 0.0, FLOW)(x, t),
    "ddim_step": ddim_step,
    "sample_field": sample_field,
    "measured_order": lambda steps, errors: float(-np.polyfit(np.log(steps), np.log(errors), 1)[0]),
    "octave_times": octave_times,
}


@pytest.fixture
def course_inputs(photo, photographs):
    """Arguments and options with which each function is called in the course."""
    camera = sk.rapsd(photographs[2])
    curve = camera.frequency, camera.power
    power, x = field_power(), rng(3).normal(size=(32, 32))
    errors = np.array([0.4, 0.09, 0.03, 0.005])
    return {
        "alpha_bar": [((BETAS,), {}), ((SHORT,), {})],
        "forward_step": [((photo, 0.3, rng()), {})],
        "forward_chain": [((photo, SHORT, rng()), {})],
        "forward_marginal": [((photo, 0.3, rng()), {})],
        "terminal_snr": [((SHORT,), {}), ((BETAS,), {})],
        "max_detectable_frequency": [((*curve, 0.2), {}), ((*curve, 0.5), {})],
        "wiener_gain": [((np.array([0.1, 1.0, 9.0]), 0.3), {}), ((power, 0.5), {})],
        "denoise": [((x, power, 0.4), {})],
        "ddim_step": [((x, x[::-1], 0.6, 0.4, 0.8, 0.2), {})],
        "sample_field": [((x, power, np.linspace(0.95, 0, 9)), {})],
        "measured_order": [((np.array([8, 16, 32, 64]), errors), {})],
        "octave_times": [((2.4, 9e-4, 6), {})],
    }


def wrong(name, key, *args):
    return wrong_values(name, *args)[key]


# signatures of the chain


def test_signatures_of_alpha_bar_at_the_end_of_ddpm():
    end = {key: value[-1] for key, value in wrong_values("alpha_bar", BETAS).items()}
    right = sk.alpha_bar(BETAS)
    assert right[-1] == pytest.approx(4.04e-5, rel=1e-2)
    assert end["not-multiplied"] == pytest.approx(0.98)
    assert end["sum-for-product"] == pytest.approx(1 - 10.05)
    np.testing.assert_allclose(
        right / wrong("alpha_bar", "index-off-by-one", BETAS), 1 - BETAS, rtol=1e-12
    )
    assert end["betas-multiplied"] == 0


@pytest.mark.parametrize(
    ("key", "expected"),
    [("root-forgotten", 0.505), ("beta-as-deviation", 0.02), ("not-shrunk", 21.0)],
)
def test_signatures_of_wrong_steps_in_the_variance_of_the_thousandth(key, expected):
    # 2000 pixels: a variance has the relative standard error sqrt(2 / 2000) = 3.2 percent;
    # 16 percent are five of them, a false alarm of 6e-7.
    x, generator = rng(2).normal(size=2000), rng(3)
    (mistake,) = [m for m in sk.mistakes.known("forward_step") if m.key == key]
    for _ in range(1000):
        x = mistake.wrong(x, 0.02, generator)
        generator.standard_normal(2000)  # wrong versions draw from a copy
    assert x.var() == pytest.approx(expected, rel=0.16)
    right = rng(2).normal(size=2000)
    for _ in range(1000):
        right = sk.forward_step(right, 0.02, rng=generator)
    assert right.var() == pytest.approx(1, rel=0.16)


def test_the_same_noise_at_every_step_adds_up_in_amplitude():
    pixels = np.zeros(20_000)  # a variance has the relative standard error 1 percent
    variance = wrong("forward_chain", "same-noise", pixels, BETAS, rng()).var()
    assert variance == pytest.approx(224, rel=0.06)
    assert forward_chain(pixels, BETAS, rng()).var() == pytest.approx(1, rel=0.06)


def test_signatures_of_the_closed_form():
    flat, left = np.ones(POINTS), 0.25
    wrongs = wrong_values("forward_marginal", flat, left, rng())
    means = {key: value.mean() for key, value in wrongs.items()}
    variances = {key: value.var() for key, value in wrongs.items()}
    # means are known to .003, variances to half a percent; the bounds are five of these
    assert means["root-forgotten"] == pytest.approx(0.25, abs=0.015)
    assert means["roles-swapped"] == pytest.approx(0.75**0.5, abs=0.015)
    assert variances["noise-root-forgotten"] == pytest.approx(0.75**2, rel=0.025)
    assert variances["one-minus-root"] == pytest.approx(0.25, rel=0.025)


def test_signatures_of_the_terminal_snr():
    right, wrongs = terminal_snr(BETAS), wrong_values("terminal_snr", BETAS)
    assert wrongs["alpha-bar-for-snr"] == pytest.approx(right, rel=1e-4)  # hard to see there,
    short = wrong_values("terminal_snr", SHORT)
    assert short["alpha-bar-for-snr"] < 0.8 * terminal_snr(SHORT)  # easy on a short chain
    assert wrongs["amplitude-ratio"] ** 2 == pytest.approx(right)
    assert wrongs["inverted"] * right == pytest.approx(1)
    assert wrongs["last-step-only"] == pytest.approx(49)


# signatures of what noise hides


def test_the_first_crossing_is_right_on_laws_and_wrong_on_photographs(photographs):
    f = np.arange(1, 128) / 256
    law = 9e-4 * f**-2.4
    for t in (0.2, 0.5):
        right = RIGHT["max_detectable_frequency"](f, law, t)
        assert wrong("max_detectable_frequency", "first-crossing", f, law, t) == right
    camera = sk.rapsd(photographs[2])
    args = camera.frequency, camera.power, 0.2
    assert wrong("max_detectable_frequency", "first-crossing", *args) < 0.97 * RIGHT[
        "max_detectable_frequency"
    ](*args)


def test_signatures_of_fmax_on_a_law(photographs):
    f, alpha = np.arange(1, 128) / 256, 2.0
    wrongs = {t: wrong_values("max_detectable_frequency", f, 1e-2 * f**-alpha, t)
              for t in (0.4, 0.6)}  # fmt: skip
    right = {t: (1e-2 * FLOW.snr(t)) ** (1 / alpha) for t in wrongs}
    assert right[0.6] < right[0.4]
    assert wrongs[0.6]["snr-inverted"] > wrongs[0.4]["snr-inverted"]
    for t, values in wrongs.items():
        assert values["snr-of-amplitudes"] == pytest.approx(
            (1e-2 * FLOW.snr(t) ** 0.5) ** (1 / alpha), rel=1e-6
        )
        assert values["not-interpolated"] == np.floor(256 * right[t]) / 256
        assert values["linearly-interpolated"] != pytest.approx(right[t], rel=1e-6)
        assert values["vp-for-flow"] == pytest.approx((1e-2 * (1 - t**2)) ** 0.5 / t, rel=1e-6)


def test_signatures_of_the_wiener_gain():
    power = np.array([1 / 9, 1.0])
    assert RIGHT["wiener_gain"](power, SNR_9).tolist() == pytest.approx([0.5, 0.9])
    wrongs = wrong_values("wiener_gain", power, SNR_9)
    assert wrongs["amplitudes"].tolist() == pytest.approx([0.5, 0.75])  # blind at the crossing
    assert wrongs["share-of-noise"].tolist() == pytest.approx([0.5, 0.1])
    half = wrong_values("wiener_gain", np.ones(1), 0.5)
    signal, noise = np.sqrt(1 - 0.25), 0.5
    assert signal == pytest.approx(0.866, abs=1e-3)
    assert half["vp-for-flow"][0] == pytest.approx(signal**2 / (signal**2 + noise**2))
    assert half["noise-not-squared"][0] == pytest.approx(0.25 / 0.75)
    assert half["signal-left-out"][0] == pytest.approx(1 / 1.25)


def test_a_gain_of_amplitudes_doubles_the_width_of_the_undecided_band():
    law, t = sk.PowerLaw(2.438, 1e-3), 0.5
    f = np.geomspace(1e-4, 10, 20001)
    for gain, octaves in [
        (RIGHT["wiener_gain"](law(f), t), np.log2(81) / 2.438),
        (wrong("wiener_gain", "amplitudes", law(f), t), 2 * np.log2(81) / 2.438),
    ]:
        band = f[(gain > 0.1) & (gain < 0.9)]
        assert np.log2(band[-1] / band[0]) == pytest.approx(octaves, abs=0.01)


# signatures of denoising and sampling


def total(image):
    return float(np.sum(np.square(image)))


def test_signatures_of_denoise():
    power, t = field_power(), 0.4
    x0 = sk.power_law_noise((32, 32), exponent=2.4, rng=rng(4)) * np.sqrt(power.mean())
    x, _ = FLOW.corrupt(x0, t, rng=rng(5))
    right = RIGHT["denoise"](x, power, t)
    wrongs = wrong_values("denoise", x, power, t)
    np.testing.assert_allclose(wrongs["one-over-a-forgotten"], (1 - t) * right, atol=1e-12)
    np.testing.assert_allclose(wrongs["only-divided"], x / (1 - t))
    errors = {key: total(value - x0) for key, value in wrongs.items()}
    assert min(errors.values()) > 1.02 * total(right - x0)


def test_what_is_left_when_noise_is_subtracted_without_its_factor():
    # Where there is no signal the estimate is 0, eps = x / sigma, and x - eps keeps (1 - sigma)².
    x, t = rng(6).normal(size=(32, 32)) * 0.4, 0.4
    left = wrong("denoise", "noise-subtracted", x, np.full((32, 32), 1e-12), t)
    assert total(left) / total(x / t) == pytest.approx((1 - t) ** 2, rel=1e-6)


def test_signatures_of_ddim_step():
    x0, eps = rng(7).normal(size=(2, 50))
    args = 0.6 * x0 + 0.4 * eps, x0, 0.6, 0.4, 0.8, 0.2
    right = ddim_step(*args)
    np.testing.assert_allclose(right, 0.8 * x0 + 0.2 * eps, atol=1e-12)
    wrongs = wrong_values("ddim_step", *args)
    np.testing.assert_allclose(wrongs["noise-sign"], 0.8 * x0 - 0.2 * eps, atol=1e-12)
    np.testing.assert_allclose(wrongs["noise-kept"], 0.8 * x0 + 0.4 * eps, atol=1e-12)
    np.testing.assert_allclose(wrongs["noise-dropped"], 0.8 * x0)
    np.testing.assert_allclose(
        wrongs["not-divided-by-noise"], 0.8 * x0 + 0.2 * 0.4 * eps, atol=1e-12
    )


def sampled_power(sampler, steps):
    """Mean power of a sampled field over its expected power, from exact noisy starts."""
    power = field_power()
    times = FLOW.steps(steps)
    start = rng(8).normal(size=(32, 32))
    return total(np.abs(np.fft.fft2(sampler(start, power, times))) ** 2 / power / 32**2) ** 0.5 / (
        total(np.abs(np.fft.fft2(start)) ** 2 / 32**2) ** 0.5
    )


def test_forgetting_to_divide_loses_power_however_many_steps_are_made():
    def forgetful(*args):
        return wrong("sample_field", "one-over-a-forgotten", *args)

    right = [sampled_power(sample_field, steps) for steps in (32, 128)]
    lost = [sampled_power(forgetful, steps) for steps in (32, 128)]
    assert right == pytest.approx([1, 1], abs=0.15)
    assert abs(right[1] - 1) < abs(right[0] - 1)
    assert max(lost) < 0.5
    assert lost[1] == pytest.approx(lost[0], rel=0.2)


def test_a_jump_from_pure_noise_gives_the_mean_and_from_later_too_little_power():
    power, x = field_power(), rng(9).normal(size=(32, 32))
    np.testing.assert_array_equal(
        wrong("sample_field", "one-jump", x, power, np.array([1.0, 0.5, 0.0])), 0
    )
    t = 0.8
    marginal = np.sqrt((1 - t) ** 2 * power + t**2)
    start = np.fft.ifft2(marginal * np.fft.fft2(x)).real  # a field as it is at time t
    jump = wrong("sample_field", "one-jump", start, power, np.array([t, 0.4, 0.0]))
    gain = sk.wiener_gain(power, FLOW, t)
    ratio = np.abs(np.fft.fft2(jump)) ** 2 / (power * np.abs(np.fft.fft2(x)) ** 2)
    np.testing.assert_allclose(ratio, gain, rtol=1e-6)  # the power of a conditional mean


def test_signatures_of_the_order():
    steps = np.array([8, 16, 32, 64])
    errors = 3.0 * steps**-2.0
    wrongs = wrong_values("measured_order", steps, errors)
    assert RIGHT["measured_order"](steps, errors) == pytest.approx(2)
    assert wrongs["two-endpoints"] == pytest.approx(2)  # blind where all points lie on the line
    assert wrongs["sign-kept"] == pytest.approx(-2)
    assert wrongs["bases-mixed"] == pytest.approx(2 * np.log(2))
    errors[-1] *= 16  # one bad point turns the order into anything
    assert wrong_values("measured_order", steps, errors)["two-endpoints"] == pytest.approx(2 / 3)


def test_signatures_of_the_times_of_octaves():
    args = 2.0, 1e-3, 4
    right, wrongs = octave_times(*args), wrong_values("octave_times", *args)
    f = 0.5 / 2.0 ** np.arange(4)
    for t, centre in zip(right, f / np.sqrt(2), strict=True):
        assert FLOW.snr(t) * 1e-3 * centre**-2 == pytest.approx(1)
    np.testing.assert_allclose(FLOW.snr(wrongs["arithmetic-centre"]) * 1e-3, (0.75 * f) ** 2)
    np.testing.assert_allclose(FLOW.snr(wrongs["upper-edge"]) * 1e-3, f**2)
    np.testing.assert_allclose(FLOW.snr(wrongs["snr-of-amplitudes"]) ** 0.5 * 1e-3, f**2 / 2)
    preserving = wrongs["vp-for-flow"]
    np.testing.assert_allclose((1 - preserving**2) / preserving**2 * 1e-3, f**2 / 2)
    np.testing.assert_allclose(wrongs["signal-for-noise"], 1 - right)
