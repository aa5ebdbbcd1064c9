"""Named mistakes: in the answer's form, wrong, told apart, each with its trace."""

from pathlib import Path

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values

import spectralkit as sk
from spectralkit.mistakes import TABLE, Mistake

FLAT = np.zeros((256, 256))
FLAT[0, 0] = 256.0  # one pixel: power 1 at every coefficient, like white noise without scatter


def law_image(exponent, side=256):
    """An image whose every coefficient has exactly the power of a law: no scatter at all."""
    radius = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side))
    radius[0, 0] = np.inf
    return np.fft.irfft2(radius ** (-exponent / 2))


def fit_pair(frequency, power):
    """The answer asked for in the task: exponent and amplitude of the points as they are."""
    law = sk.fit_power_law(frequency, power, resample=False)
    return law.exponent, law.amplitude


def collection_pair(images):
    law = sk.fit_power_law(sk.mean_log_spectrum([image / 127.5 - 1 for image in images]))
    return law.exponent, law.amplitude


RIGHT = {
    "log_magnitude": sk.log_magnitude,
    "swap_phase": sk.swap_phase,
    "power_spectrum": sk.power_spectrum,
    "rapsd": lambda image: sk.rapsd(image).power,
    "resample_loglog": sk.resample_loglog,
    "fit_power_law": fit_pair,
    "collection_exponent": collection_pair,
    "mean_power": lambda signal: float(np.mean(signal**2)),
    "decibels": lambda power: 10 * np.log10(power),
}


@pytest.fixture
def course_inputs(photographs, photo):
    """Arguments and options with which each function is called in the course."""
    spectrum = sk.rapsd(photographs[0])
    curve = (spectrum.frequency, spectrum.power)
    return {
        "log_magnitude": [((photo,), {}), ((np.full((8, 8), 0.5),), {}), ((photo[:15, :20],), {})],
        "swap_phase": [((photographs[2], photographs[9]), {}), ((photo, photo[::-1]), {})],
        "power_spectrum": [((photo,), {}), ((photo,), {"window": "hann"})],
        "rapsd": [((photographs[0],), {}), ((photo,), {})],
        "resample_loglog": [(curve, {})],
        "fit_power_law": [(curve, {})],
        "collection_exponent": [((127.5 * (photographs + 1),), {})],
        "mean_power": [((np.array([1.0, -1.0, 2.0, 0.0]),), {})],
        "decibels": [((spectrum.power,), {})],
    }


def rings_of(image):
    """Right ring averages, and those of each mistake."""
    return sk.rapsd(image), wrong_values("rapsd", image)


# what holds for all, beside the imported checks


def test_every_function_of_the_table_has_its_right_answer_in_some_file():
    files = Path(__file__).parent.glob("test_mistakes*.py")
    texts = [path.read_text(encoding="utf-8") for path in files]
    for name in TABLE:
        assert sum(f'    "{name}": [(' in text for text in texts) == 1, name


def test_a_mistake_is_computed_only_when_it_is_reached(monkeypatch):
    reached = []
    table = tuple(Mistake(key, "Wrong.", lambda key=key: reached.append(key)) for key in "ab")
    monkeypatch.setitem(TABLE, "toy", table)
    mistakes = sk.mistakes.of("toy")
    assert reached == []
    assert next(mistakes)[:2] == ("a", "Wrong.")
    assert reached == ["a"]


# signatures of log_magnitude, swap_phase and power_spectrum


def test_signatures_of_log_magnitude(photo):
    right, wrong = sk.log_magnitude(photo), wrong_values("log_magnitude", photo)
    np.testing.assert_allclose(wrong["log10-for-ln"], right / np.log(10))
    np.testing.assert_allclose(wrong["log-of-power"], np.maximum(2 * right, np.log(1e-6)))
    assert np.unravel_index(right.argmax(), right.shape) == (48, 80)
    assert np.unravel_index(wrong["not-shifted"].argmax(), right.shape) == (0, 0)
    np.testing.assert_allclose(wrong["not-normalised"], right + np.log(photo.size) / 2)


def test_signatures_of_swap_phase(photographs):
    a, b = photographs[2], photographs[9]
    right, wrong = sk.swap_phase(a, b), wrong_values("swap_phase", a, b)
    y, x = np.ogrid[:256, :256]
    np.testing.assert_allclose(wrong["roles-swapped"], sk.swap_phase(b, a), atol=1e-9)
    assert np.corrcoef(wrong["roles-swapped"].ravel(), a.ravel())[0, 1] > 0.5
    np.testing.assert_allclose(wrong["abs-for-real"], np.abs(right), atol=1e-9)
    np.testing.assert_allclose(wrong["shift-not-undone"], right * (-1.0) ** (x + y), atol=1e-9)


def test_signatures_of_power_spectrum(photo):
    height = photo.shape[0]
    right, wrong = sk.power_spectrum(photo), wrong_values("power_spectrum", photo)
    squares = (photo**2).sum()
    np.testing.assert_allclose(wrong["amplitude-for-power"] ** 2, right)
    assert wrong["fft-for-fft2"].sum() / squares == pytest.approx(1 / height)
    assert wrong["divided-twice"].sum() / squares == pytest.approx(1 / photo.size)
    for key in ("window-power-lost", "mean-kept", "window-symmetric"):
        np.testing.assert_allclose(wrong[key], right, err_msg="shows only with a window")


def test_signatures_of_a_window(photo):
    right = sk.power_spectrum(photo + 5, window="hann")
    wrong = wrong_values("power_spectrum", photo + 5, window="hann")
    np.testing.assert_allclose(wrong["window-power-lost"], 0.140625 * right)
    assert wrong["mean-kept"][0, 1] > 100 * right[0, 1]
    np.testing.assert_allclose(wrong["mean-kept"][5:-5, 5:-5], right[5:-5, 5:-5], rtol=1e-6)
    ratio = wrong["window-symmetric"].sum() / right.sum()
    assert 0.002 < abs(ratio - 1) < 0.05


# signatures of rapsd


def test_a_ring_sum_reads_white_noise_at_minus_0_99_and_other_exponents_as_much_too_low():
    for exponent, image in [(0.0, FLAT), (2.32, law_image(2.32))]:
        right, wrong = rings_of(image)
        true = sk.fit_power_law(right).exponent
        read = sk.fit_power_law(right.frequency, wrong["ring-sum-for-mean"]).exponent
        assert true == pytest.approx(exponent, abs=0.05)
        assert read - true == pytest.approx(-0.99, abs=0.005)
        np.testing.assert_allclose(wrong["ring-sum-for-mean"], right.power * right.counts)


def test_amplitude_for_power_halves_the_exponent():
    right, wrong = rings_of(law_image(2.32))
    read = sk.fit_power_law(right.frequency, wrong["amplitude-for-power"]).exponent
    assert read == pytest.approx(sk.fit_power_law(right).exponent / 2, abs=0.005)
    assert read == pytest.approx(1.16, abs=0.03)


def test_log_before_mean_loses_a_factor_exp_minus_gamma_and_keeps_the_slope():
    # 20 fields, rings beyond 40 with 400000 independent ordinates: the mean of their logarithms
    # scatters by pi / sqrt(6 * 400000) = .002, so 1 percent is beyond 4.9 standard errors, 1e-6.
    rng = np.random.default_rng(1)
    both = [rings_of(sk.white_noise((256, 256), rng=rng)) for _ in range(20)]
    right = np.mean([spectrum.power for spectrum, _ in both], axis=0)
    wrong = np.exp(np.mean([np.log(values["log-before-mean"]) for _, values in both], axis=0))
    ratio = np.average(wrong[40:] / right[40:], weights=both[0][0].counts[40:])
    assert ratio == pytest.approx(np.exp(-np.euler_gamma), rel=0.01)


def test_floor_for_round_reads_the_first_rings_low_shifts_a_tone_and_does_not_see_white_noise():
    right, wrong = rings_of(law_image(2.32))
    ratio = (wrong["floor-for-round"] / right.power)[1:8]
    assert ((ratio > 0.82) & (ratio < 0.94)).all()
    np.testing.assert_allclose(rings_of(FLAT)[1]["floor-for-round"], 1)
    y, x = np.ogrid[:64, :64]
    right, wrong = rings_of(np.cos(2 * np.pi * (4 * x + 4 * y) / 64))  # radius 5.66
    assert (right.power.argmax() + 1, wrong["floor-for-round"].argmax() + 1) == (6, 5)


def test_a_centre_that_is_not_shifted_makes_the_curve_rise():
    right, wrong = rings_of(law_image(2.32))
    read = sk.fit_power_law(right.frequency, wrong["centre-not-shifted"]).exponent
    assert -0.6 < read < -0.2


@pytest.mark.parametrize(("shape", "axis"), [((96, 160), 0), ((160, 96), 1)])
def test_a_radius_in_pixels_reads_waves_along_the_shorter_side_too_low(shape, axis):
    y, x = np.ogrid[: shape[0], : shape[1]]
    right, wrong = rings_of(np.cos(2 * np.pi * (y, x)[axis] / 8) + np.zeros(shape))
    assert right.frequency[right.power.argmax()] == pytest.approx(1 / 8)
    read = right.frequency[wrong["radius-in-pixels"].argmax()]
    assert read == pytest.approx(1 / 8 * min(shape) / max(shape))


def test_a_radius_in_pixels_does_no_harm_on_square_images(photographs):
    right, wrong = rings_of(photographs[0])
    np.testing.assert_allclose(wrong["radius-in-pixels"], right.power)


# signatures of the fits


def test_signatures_of_fit_power_law_on_an_exact_law():
    frequency, amplitude = np.arange(1, 128) / 256, 9e-4
    wrong = wrong_values("fit_power_law", frequency, amplitude * frequency**-2.32)
    assert wrong["minus-forgotten"] == pytest.approx((-2.32, amplitude))
    assert wrong["log10-against-ln"][0] == pytest.approx(2.32 / 2.302585)
    assert wrong["ln-against-log10"][0] == pytest.approx(2.32 * 2.302585)
    assert wrong["fitted-in-decibels"][0] == pytest.approx(23.2)
    assert wrong["offset-for-amplitude"] == pytest.approx((2.32, np.log(amplitude)))
    assert wrong["amplitude-base-mixed"] == pytest.approx((2.32, np.exp(np.log10(amplitude))))


def test_signatures_of_resample_loglog():
    frequency = np.arange(1, 128) / 256
    power = frequency**-2.0
    wrong = wrong_values("resample_loglog", frequency, power)
    np.testing.assert_allclose(wrong["evenly-in-f"], (frequency, power))
    between = wrong["power-interpolated"]
    too_high = between[1] * between[0] ** 2  # a chord lies above a convex curve
    assert too_high.min() > 1 - 1e-9
    assert too_high.max() > 1.1
    np.testing.assert_allclose(
        wrong["logs-returned"], np.log(sk.resample_loglog(frequency, power)), atol=1e-12
    )


def test_signatures_of_the_exponent_of_a_collection(photographs):
    images = 127.5 * (photographs + 1)
    right, wrong = collection_pair(images), wrong_values("collection_exponent", images)
    assert wrong["power-averaged"][0] == pytest.approx(2.471, abs=0.005)
    assert wrong["not-resampled"][0] == pytest.approx(2.639, abs=0.005)
    assert wrong["range-255"] == pytest.approx((right[0], 16256.25 * right[1]))
    assert wrong["images-averaged"][1] < right[1] / 5


def test_the_image_with_the_most_power_rules_a_mean_of_powers(photographs):
    images = list(127.5 * (photographs[:3] + 1))
    loud = [*images, 1e4 * sk.white_noise((256, 256), rng=np.random.default_rng(1))]
    assert wrong_values("collection_exponent", loud)["power-averaged"][0] < 0.5
    assert collection_pair(loud)[0] > 1.5
