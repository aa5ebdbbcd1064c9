"""What stands out of the noise: f_max, the Wiener gain, the undecided band, loss weights."""

import itertools

import numpy as np
import pytest

import spectralkit as sk
from spectralkit.diffusion.loss import LOSSES

FLOW = sk.RectifiedFlow()
LAW = sk.PowerLaw(exponent=2.4, amplitude=1e-3)
RINGS = np.arange(1, 128) / 256
TIMES = np.array([0.05, 0.1, 0.3, 0.5, 0.7, 0.9])
SCALAR = [FLOW, sk.VariancePreserving(), sk.VariancePreserving("cosine"),
          sk.VariancePreserving("scaled_linear"), sk.VarianceExploding(sigma_max=50.0)]  # fmt: skip


def spectrum(power, frequency=RINGS):
    power = np.asarray(power, dtype=float)
    return sk.RadialSpectrum(frequency, power, np.full(len(frequency), 8))


# f_max


@pytest.mark.parametrize("process", SCALAR)
def test_fmax_of_an_exact_law(process):
    found = sk.max_detectable_frequency(LAW, process, TIMES)
    expected = np.minimum(0.5, (LAW.amplitude * process.snr(TIMES)) ** (1 / LAW.exponent))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_fmax_of_a_measured_curve_that_is_an_exact_law():
    for t, threshold in itertools.product(np.linspace(0.07, 0.95, 30), [0.3, 1.0, 4.0]):
        law = sk.max_detectable_frequency(LAW, FLOW, t, threshold=threshold)
        measured = sk.max_detectable_frequency(spectrum(LAW(RINGS)), FLOW, t, threshold=threshold)
        if RINGS[0] <= law <= RINGS[-1]:
            assert measured == pytest.approx(law, rel=1e-6)
        else:
            assert measured == (0 if law < RINGS[0] else 0.5)


def test_fmax_of_the_ten_photographs(photographs):
    mean = sk.mean_log_spectrum(photographs)
    found = sk.max_detectable_frequency(mean, FLOW, TIMES)
    np.testing.assert_allclose(found, [0.486, 0.325, 0.116, 0.062, 0.031, 0.008], atol=6e-4)


def fmax_by_walking(frequency, power, level):
    """The definition, ring by ring from the highest down."""
    if power[-1] >= level:
        return 0.5
    for i in reversed(range(len(power) - 1)):
        if power[i] >= level:
            if power[i + 1] == 0:
                return frequency[i]
            points = np.log(power[[i + 1, i]]), np.log(frequency[[i + 1, i]])
            return np.exp(np.interp(np.log(level), *points))
    return 0.0


def test_fmax_of_curves_that_go_up_and_down_is_the_last_crossing():
    rng = np.random.default_rng(1)
    wiggly = LAW(RINGS) * np.exp(rng.normal(size=(20, len(RINGS))))
    wiggly[3, 50:] = 0  # no power is no detail
    found = sk.max_detectable_frequency(
        sk.RadialSpectrum(RINGS, wiggly, np.full(len(RINGS), 8)), FLOW, TIMES
    )
    assert found.shape == (20, len(TIMES))
    expected = [[fmax_by_walking(RINGS, p, 1 / FLOW.snr(t)) for t in TIMES] for p in wiggly]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    first = [[RINGS[np.argmax(p < 1 / FLOW.snr(t))] for t in TIMES] for p in wiggly]
    assert (np.array(first) < found / 1.5).any()  # the first ring that fails is another answer


def test_nothing_is_seen_at_the_end_and_everything_at_the_start():
    for curve in (LAW, spectrum(LAW(RINGS))):
        assert sk.max_detectable_frequency(curve, FLOW, 1.0) == 0
        assert sk.max_detectable_frequency(curve, FLOW, 0.0) == 0.5
    assert sk.max_detectable_frequency(spectrum(np.zeros(127)), FLOW, 0.5) == 0


def test_fmax_of_a_number_is_a_number_and_of_times_an_array():
    for curve in (LAW, spectrum(LAW(RINGS))):
        assert type(sk.max_detectable_frequency(curve, FLOW, 0.5)) is float
        assert sk.max_detectable_frequency(curve, FLOW, np.full((2, 3), 0.5)).shape == (2, 3)


def test_fmax_rises_with_the_pixel_range():
    wide = sk.PowerLaw(LAW.exponent, LAW.amplitude * 127.5**2)
    ratio = sk.max_detectable_frequency(wide, FLOW, 0.99) / sk.max_detectable_frequency(
        LAW, FLOW, 0.99
    )
    assert ratio == pytest.approx(127.5 ** (2 / LAW.exponent))


# the Wiener gain


@pytest.mark.parametrize("process", SCALAR)
def test_the_wiener_gain_is_a_half_where_fmax_is(process):
    times = process.time_of(-np.log(LAW(np.array([0.01, 0.1, 0.4]))))
    crossing = sk.max_detectable_frequency(LAW, process, times)
    np.testing.assert_allclose(crossing, [0.01, 0.1, 0.4], rtol=1e-9)
    np.testing.assert_allclose(sk.wiener_gain(LAW(crossing), process, times), 0.5, rtol=1e-9)


def test_the_wiener_gain_has_the_least_squared_error():
    rng = np.random.default_rng(2)
    power, t = 3.0, 0.4
    x0 = np.sqrt(power) * rng.standard_normal(200_000)
    x, _ = FLOW.corrupt(x0, t, rng=rng)
    best = (x0 @ x) / (x @ x) * FLOW.signal(t)  # least squares through the origin
    # its standard error is sqrt((1 - g) / (g n)) g, about .0009: five of them
    assert sk.wiener_gain(power, FLOW, t) == pytest.approx(best, abs=0.005)


def test_gains_are_between_0_and_1_and_defined_everywhere():
    power = np.array([0.0, 1e-300, 1.0, 1e300])
    assert sk.wiener_gain(power, FLOW, 0.0).tolist() == [0, 1, 1, 1]
    assert sk.wiener_gain(power, FLOW, 1.0).tolist() == [0, 0, 0, 0]
    gain = sk.wiener_gain(power, FLOW, np.linspace(0, 1, 50)[:, np.newaxis])
    assert gain.shape == (50, 4)
    assert ((gain >= 0) & (gain <= 1)).all()
    assert sk.wiener_gain(power[:3].astype(np.float32), FLOW, 0.5).dtype == np.float32


# equal SNR


def field_power(height, width):
    radius = np.hypot(np.fft.fftfreq(height)[:, np.newaxis], np.fft.fftfreq(width))
    radius[0, 0] = 0.5 / max(height, width)
    return LAW(radius)


def test_under_equal_snr_all_coefficients_have_one_gain():
    power = field_power(16, 12)
    process = sk.EqualSNR(power)
    for t in (0.1, 0.5, 0.9):
        gain = sk.wiener_gain(power, process, t)
        assert gain.shape == (16, 12)
        np.testing.assert_allclose(gain, gain[0, 0])
    # on rings: the mean power over the mean noise
    counts, rings = np.zeros(7), np.zeros(7)
    for ky, kx in np.ndindex(16, 12):
        y, x = min(ky, 16 - ky), min(kx, 12 - kx)
        ring = int(np.floor(16 * np.hypot(y / 16, x / 12) + 0.5))
        if 1 <= ring <= 7:
            counts[ring - 1] += 1
            rings[ring - 1] += power[ky, kx]
    gain = sk.wiener_gain(rings / counts, process, 0.5)
    np.testing.assert_allclose(gain, sk.wiener_gain(power.mean(), FLOW, 0.5))


def test_under_equal_snr_everything_drowns_at_once():
    power = field_power(32, 32)
    process = sk.EqualSNR(power)
    frequency = np.arange(1, 16) / 32
    drowned = FLOW.time_of(-np.log(power.mean()))
    for curve in (LAW, spectrum(LAW(frequency), frequency)):
        before = sk.max_detectable_frequency(curve, process, drowned * 0.8)
        after = sk.max_detectable_frequency(curve, process, min(1.0, drowned * 1.3))
        assert (before, after) == (0.5, 0.0)


# the undecided band


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.3])
def test_the_band_spans_log2_81_over_the_exponent_octaves(exponent):
    law = sk.PowerLaw(exponent, 1e-3)
    low, high = sk.active_band(law, FLOW, np.array([0.6, 0.8]))
    np.testing.assert_allclose(np.log2(high / low), np.log2(81) / exponent)
    times = np.array([0.6, 0.8])
    np.testing.assert_allclose(sk.wiener_gain(law(low), FLOW, times), 0.9)
    np.testing.assert_allclose(sk.wiener_gain(law(high), FLOW, times), 0.1)


def test_the_band_is_cut_at_the_lowest_ring_and_at_nyquist():
    assert sk.active_band(LAW, FLOW, 1e-3) == (0.5, 0.5)
    assert sk.active_band(LAW, FLOW, 0.999, size=256) == (1 / 256, 1 / 256)
    assert sk.active_band(LAW, FLOW, 0.999)[1] < 1 / 256


# loss weights


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("process", SCALAR)
def test_loss_weights_are_ratios_of_squared_errors(loss, process):
    rng = np.random.default_rng(3)
    x0, guess = rng.normal(size=(2, 50))
    for t in (0.05, 0.5, 0.95):
        x, eps = process.corrupt(x0, t, rng=rng)
        a, s = process.signal(t), process.noise(t)
        noise_guess = (x - a * guess) / s
        target, answer = {
            "noise": (eps, noise_guess),
            "clean": (x0, guess),
            "velocity": (a * eps - s * x0, a * noise_guess - s * guess),
            "flow": (eps - x0, noise_guess - guess),
        }[loss]
        ratio = np.sum((target - answer) ** 2) / np.sum((x0 - guess) ** 2)
        assert sk.loss_weight(loss, process, t) == pytest.approx(ratio, rel=1e-6)


# bad input

BAD = {
    "negative power": (lambda: sk.wiener_gain([-1.0], FLOW, 0.5), "at least 0"),
    "power NaN": (lambda: sk.wiener_gain([np.nan], FLOW, 0.5), "finite"),
    "spectrum below 0": (
        lambda: sk.max_detectable_frequency(spectrum(-np.ones(127)), FLOW, 0.5),
        "at least 0",
    ),
    "t outside": (lambda: sk.max_detectable_frequency(LAW, FLOW, 2.0), "t must lie in"),
    "exponent 0": (
        lambda: sk.max_detectable_frequency(sk.PowerLaw(0.0, 1.0), FLOW, 0.5),
        "does not fall",
    ),
    "exponent infinite": (
        lambda: sk.max_detectable_frequency(sk.PowerLaw(np.inf, 1.0), FLOW, 0.5),
        "finite",
    ),
    "amplitude negative": (
        lambda: sk.max_detectable_frequency(sk.PowerLaw(2.0, -1.0), FLOW, 0.5),
        "does not fall",
    ),
    "band of a rising law": (
        lambda: sk.active_band(sk.PowerLaw(-1.0, 1.0), FLOW, 0.5),
        "does not fall",
    ),
    "threshold 0": (
        lambda: sk.max_detectable_frequency(LAW, FLOW, 0.5, threshold=0.0),
        "threshold must be positive",
    ),
    "gains out of order": (lambda: sk.active_band(LAW, FLOW, 0.5, low=0.9, high=0.1), "0 < low"),
    "no pixels": (lambda: sk.active_band(LAW, FLOW, 0.5, size=0), "size"),
    "band of coloured noise": (
        lambda: sk.active_band(LAW, sk.EqualSNR(np.ones((8, 8))), 0.5),
        "white noise",
    ),
    "noise of another size": (
        lambda: sk.wiener_gain(np.ones(9), sk.EqualSNR(np.ones((8, 8))), 0.5),
        "does not fit",
    ),
    "unknown loss": (lambda: sk.loss_weight("score", FLOW, 0.5), "choose one of"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(sk.SpectralKitError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
