"""Named mistakes about noise: what holds for all, and the trace of each."""

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values

import spectralkit as sk

LAW = sk.PowerLaw(exponent=2.3, amplitude=9e-4)
NUMBERS = (LAW.amplitude, LAW.exponent, 0.3)
BEYOND = (0.03, 2.0, 0.1)  # crosses beyond the Nyquist frequency
FEW = (np.array([90.0, 40, 9, 5, 4, 2]), np.array([8, 12, 16, 32, 28, 40]))
F = np.arange(20, 128) / 256

RIGHT = {
    "add_noise": lambda image, sigma, rng: image + sk.white_noise(image.shape, std=sigma, rng=rng),
    "power_law_noise": lambda shape, exponent, rng: sk.power_law_noise(
        shape, exponent=exponent, rng=rng
    ),
    "log_bias": sk.log_bias,
    "noise_floor": lambda power, counts: sk.noise_floor(
        sk.RadialSpectrum(np.arange(1, len(power) + 1) / 256, power, counts)
    ),
    "hinge": lambda a, exponent, sigma, f: sk.hinge(sk.PowerLaw(exponent, a), sigma, f),
    "crossing_frequency": lambda a, exponent, sigma, threshold=1.0: sk.crossing_frequency(
        sk.PowerLaw(exponent, a), sigma, threshold=threshold
    ),
    "equivalent_low_pass": lambda image, a, exponent, sigma: sk.equivalent_low_pass(
        image, sk.PowerLaw(exponent, a), sigma
    ),
    "ideal_low_pass": sk.ideal_low_pass,
}


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.fixture
def course_inputs(photo):
    """Arguments and options with which each function is called in the course."""
    spectrum = sk.rapsd(photo + sk.white_noise(photo.shape, std=0.1, rng=rng(2)))
    return {
        "add_noise": [((photo, 0.5, rng()), {})],
        "power_law_noise": [((n, 2.0, rng()), {}) for n in ((8, 12), (8,), (64,))],
        "log_bias": [((np.array([1.0, 4.0, 20.0]),), {})],
        "noise_floor": [((spectrum.power, spectrum.counts), {}), (FEW, {})],
        "hinge": [((*NUMBERS, F), {})],
        "crossing_frequency": [(NUMBERS, {}), (NUMBERS, {"threshold": 4.0}), (BEYOND, {})],
        "equivalent_low_pass": [((photo, *NUMBERS), {})],
        "ideal_low_pass": [((photo, 0.1), {})],
    }


# signatures of noise


def test_signatures_of_added_noise():
    # 65536 pixels; the bounds are 6 standard errors or more: false alarms below 2e-9 each.
    grey, sigma = np.zeros((256, 256)), 2.0
    wrong = wrong_values("add_noise", grey, sigma, rng())
    variance = {key: np.var(value) for key, value in wrong.items()}
    assert variance["uniform-for-normal"] == pytest.approx(sigma**2 / 12, rel=0.03)
    assert np.mean(wrong["uniform-for-normal"]) == pytest.approx(sigma / 2, rel=0.03)
    assert variance["variance-for-std"] == pytest.approx(sigma**4, rel=0.04)
    assert np.abs(wrong["clipped-to-range"]).max() == 1
    assert variance["one-number-for-all"] == 0
    levels = 127.5 * (wrong["uint8-wrap"] + 1)
    np.testing.assert_allclose(levels, levels.round(), atol=1e-9)
    assert (levels.min().round(), levels.max().round()) == (0, 255)


def test_clipping_makes_a_standard_deviation_of_1_read_0_72():
    # Var of a standard normal clipped to -1 ... 1 is 1 - 2 phi(1) = .516; 6 standard errors.
    wrong = wrong_values("add_noise", np.zeros((256, 256)), 1.0, rng())
    assert np.var(wrong["clipped-to-range"]) == pytest.approx(0.516, abs=0.01)


def test_wrapped_pixels_read_thousands_on_the_scale_of_bytes(photographs):
    noisy = wrong_values("add_noise", photographs[0], 1.0, rng())["uint8-wrap"]
    assert 2000 < sk.noise_floor(sk.rapsd(127.5 * (noisy + 1))) < 8000


def read_exponent(key, shape=(256, 256), exponent=2.0):
    wrong = wrong_values("power_law_noise", shape, exponent, rng())
    return sk.fit_power_law(sk.rapsd(wrong[key])).exponent


def test_signatures_of_coloured_noise_in_the_slope():
    # One field scatters by .07 and reads low by as much: see fit_power_law.
    assert read_exponent("exponent-on-amplitude") == pytest.approx(3.9, abs=0.3)
    assert read_exponent("sign-reversed") == pytest.approx(-2.0, abs=0.3)
    for key in ("not-normalised", "divided-by-own-std", "magnitude-fixed", "dc-kept"):
        assert read_exponent(key) == pytest.approx(1.95, abs=0.3), key


def test_signatures_of_coloured_noise_in_the_values():
    right = sk.power_law_noise((64, 48), exponent=2.0, rng=rng())
    wrong = wrong_values("power_law_noise", (64, 48), 2.0, rng())
    np.testing.assert_allclose(wrong["abs-for-real"], np.abs(right), atol=1e-12)
    assert wrong["divided-by-own-std"].std() == pytest.approx(1)
    np.testing.assert_allclose(wrong["dc-kept"] - wrong["dc-kept"].mean(), right, atol=1e-12)
    assert abs(wrong["dc-kept"].mean()) > 1e-4
    ratio = wrong["not-normalised"] / right
    f = np.hypot(np.fft.fftfreq(64)[:, np.newaxis], np.fft.fftfreq(48)).ravel()[1:]
    np.testing.assert_allclose(ratio, np.sqrt(np.sum(f**-2) / (64 * 48)))


def test_fixed_magnitudes_give_ordinates_that_do_not_scatter():
    shape = (64, 64)
    one, other = (
        sk.power_spectrum(wrong_values("power_law_noise", shape, 2.0, rng(seed))["magnitude-fixed"])
        for seed in (1, 2)
    )
    np.testing.assert_allclose(one, other, atol=1e-9)


def test_the_real_part_of_an_unsymmetric_spectrum_has_half_the_power():
    # Mean of 400 fields of variance 1/2; that of one scatters by .13: 6 standard errors.
    (mistake,) = (
        m for m in sk.mistakes.known("power_law_noise") if m.key == "no-hermitian-symmetry"
    )
    variances = [mistake.wrong((32, 32), 2.0, rng(seed)).var() for seed in range(400)]
    assert np.mean(variances) == pytest.approx(0.5, abs=0.04)


def test_wrong_versions_leave_the_generator_alone_so_that_all_see_the_same_noise():
    generator = rng()
    before = generator.bit_generator.state
    wrong_values("power_law_noise", (8,), 1.0, generator)
    wrong_values("add_noise", np.zeros((8, 8)), 1.0, generator)
    assert generator.bit_generator.state == before


def test_signatures_of_log_bias():
    wrong = wrong_values("log_bias", np.array([1.0, 4.0]))
    assert wrong["ratio-returned"][0] == pytest.approx(0.561, abs=5e-4)
    assert np.exp(wrong["sign-reversed"])[0] == pytest.approx(1.78, abs=5e-3)
    np.testing.assert_allclose(wrong["first-term-only"], [-1 / 2, -1 / 8])
    assert wrong["degrees-halved"][1] == pytest.approx(sk.log_bias(2))


def test_counts_for_degrees_halve_the_bias_of_the_first_ring():
    # Ring 1 of a square image has 8 coefficients, 4 of them independent.
    assert float(sk.log_bias(4)) == pytest.approx(-0.130, abs=5e-4)
    assert float(sk.log_bias(8)) == pytest.approx(-0.064, abs=5e-4)
    one_ring = (np.array([2.0]), np.array([8]))
    read = wrong_values("noise_floor", *one_ring)["counts-for-degrees"]
    assert read == pytest.approx(2 * np.exp(-sk.log_bias(8)))


def test_signatures_of_a_floor_where_one_ring_is_bright_and_the_first_rings_are_steep():
    counts = np.full(9, 1000)
    power = np.array([1e4, 1e2, 10, 1, 1, 1, 1, 1, 100.0])
    right, wrong = RIGHT["noise_floor"](power, counts), wrong_values("noise_floor", power, counts)
    assert right == pytest.approx(100 ** (1 / 3), rel=0.002)
    assert wrong["mean-of-power"] == pytest.approx(34)
    assert wrong["all-rings"] > 1.5 * right
    assert wrong["first-third"] > 40 * right
    assert wrong["log-returned"] == pytest.approx(np.log(right))
    assert wrong["bias-sign"] < wrong["bias-kept"] < right


# signatures of what noise hides


def test_at_the_crossing_magnitudes_add_to_4_powers_to_2_and_the_larger_is_1():
    a, exponent, sigma = NUMBERS
    at = np.array([sk.crossing_frequency(LAW, sigma)])
    wrong = wrong_values("hinge", a, exponent, sigma, at)
    assert RIGHT["hinge"](a, exponent, sigma, at) / sigma**2 == pytest.approx(2)
    assert wrong["amplitudes-added"] / sigma**2 == pytest.approx(4)
    assert wrong["larger-of-two"] / sigma**2 == pytest.approx(1)


def test_signatures_of_the_crossing():
    right = sk.crossing_frequency(LAW, 0.3, threshold=4)
    wrong = wrong_values("crossing_frequency", *NUMBERS, threshold=4)
    assert wrong["sigma-for-variance"] == pytest.approx(right * 0.3 ** (1 / 2.3))
    assert wrong["fraction-of-nyquist"] == pytest.approx(2 * right)
    assert wrong["exponent-halved"] == pytest.approx(right**2)
    assert wrong["ratio-inverted"] == pytest.approx(1 / right)
    assert wrong["threshold-on-image"] == pytest.approx(right * 16 ** (1 / 2.3))


def gains(key, **options):
    """Gain of a wrong filter at each coefficient of one bright pixel."""
    pixel = np.zeros((64, 96))
    pixel[0, 0] = 1.0
    return np.fft.fft2(wrong_values("equivalent_low_pass", pixel, *NUMBERS, **options)[key]).real


def test_signatures_of_the_equivalent_low_pass():
    pixel = np.zeros((64, 96))
    pixel[0, 0] = 1.0
    right = np.fft.fft2(sk.equivalent_low_pass(pixel, LAW, 0.3)).real
    np.testing.assert_allclose(gains("root-of-gain") ** 2, right, atol=1e-12)
    np.testing.assert_allclose(gains("high-pass"), 1 - right, atol=1e-12)
    assert set(gains("hard-edge").round(9).ravel()) == {0, 1}
    assert gains("mean-lost")[0, 0] == pytest.approx(0, abs=1e-12)
    magnitudes = gains("gain-on-magnitudes")
    # 1/2 at the crossing like the right one; where the SNR is 9 it is 3/4, not 9/10.
    np.testing.assert_allclose(
        magnitudes, np.sqrt(right) / (np.sqrt(right) + np.sqrt(1 - right)), atol=1e-9
    )
    down, across = gains("radius-in-rings")[16, 0], gains("radius-in-rings")[0, 16]
    assert down == pytest.approx(across)
    assert right[16, 0] < right[0, 16]


def test_a_box_leaves_corners_and_a_fraction_of_nyquist_halves_the_disc(photo):
    wrong = wrong_values("ideal_low_pass", photo, 0.2)
    right = sk.ideal_low_pass(photo, 0.2)
    np.testing.assert_allclose(
        wrong["fraction-of-nyquist"], sk.ideal_low_pass(photo, 0.1), atol=1e-12
    )
    np.testing.assert_allclose(wrong["high-pass"] + right, photo, atol=1e-12)
    corners = np.abs(np.fft.fft2(wrong["box-for-disc"] - right)) > 1e-9
    fy, fx = np.fft.fftfreq(96)[:, np.newaxis], np.fft.fftfreq(160)
    assert corners.any()
    assert not corners[np.hypot(fy, fx) <= 0.2].any()
    assert not corners[np.maximum(abs(fy), abs(fx)) > 0.2 + 1e-9].any()
