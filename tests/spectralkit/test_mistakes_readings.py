"""Named mistakes about what sounds are read for: what holds for all, and the trace of each."""

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values

import spectralkit as sk

RATE = 16000
VOICE = sk.clips("speech")[0].signal[:32000]


def rng(seed=1):
    return np.random.default_rng(seed)


def spectrum_peak(frequency, power):
    k = int(np.argmax(power))
    a, b, _ = np.polyfit([-1, 0, 1], np.log(power[k - 1 : k + 2]), 2)
    return float(frequency[k] - b / (2 * a) * (frequency[1] - frequency[0]))


def image_exponent(image):
    rows, columns = image.shape
    picture = sk.Spectrogram(image, np.arange(columns), np.arange(rows), "db")
    rings = sk.rapsd(sk.band_centred(picture).values)
    return float(sk.fit_power_law(rings, band=(1 / min(image.shape), 1 / 2)).exponent)


def image_of(signal, hop=512):
    return sk.log_mel(signal, sample_rate=RATE, n_fft=512, hop=hop, n_mels=40).values


def exponent_and_control(signal, sample_rate, rng):
    control = sk.phase_randomised(signal, rng=rng)
    return image_exponent(image_of(signal)), image_exponent(image_of(control))


RIGHT = {
    "spectrum_peak": spectrum_peak,
    "image_exponent": image_exponent,
    "exponent_and_control": exponent_and_control,
}


def bell(top):
    """A power with a known top, bins 10 Hz apart, the first at 10 Hz."""
    frequency = 10.0 * np.arange(1, 50)
    return frequency, np.exp(-(((frequency - top) / 12) ** 2))


@pytest.fixture
def course_inputs():
    """Arguments and options with which each function is called in the course."""
    return {
        "spectrum_peak": [(bell(203.0), {})],
        "image_exponent": [((image_of(VOICE),), {})],
        "exponent_and_control": [((VOICE, RATE, rng()), {})],
    }


def test_signatures_of_a_peak_three_tenths_of_a_bin_above_its_bin():
    assert spectrum_peak(*bell(203.0)) == pytest.approx(203)
    wrong = wrong_values("spectrum_peak", *bell(203.0))
    assert wrong["not-refined"] == pytest.approx(200)
    assert wrong["shift-reversed"] == pytest.approx(197)
    assert wrong["counted-from-zero"] == pytest.approx(193)
    assert wrong["index-for-hertz"] == pytest.approx(19.3)
    assert 200 < wrong["parabola-on-power"] < 203


def test_a_filter_changes_the_exponent_only_where_bands_are_not_centred():
    image = image_of(VOICE)
    tilted = image + np.linspace(0, 60, len(image))[:, np.newaxis]
    assert image_exponent(tilted) == pytest.approx(image_exponent(image))
    plain, with_tilt = wrong_values("image_exponent", image), wrong_values("image_exponent", tilted)
    for key in ("bands-not-centred", "mean-over-bands"):
        assert abs(with_tilt[key] - plain[key]) > 0.1, key
    for key in ("bands-standardised", "from-ring-1", "rings-crowd"):
        assert with_tilt[key] == pytest.approx(plain[key]), key


def test_louder_frames_change_it_unless_the_mean_over_bands_is_removed():
    image = image_of(VOICE)
    swelling = image + np.linspace(0, 60, image.shape[1])
    wrong, louder = (
        wrong_values("image_exponent", x)["mean-over-bands"] for x in (image, swelling)
    )
    assert louder == pytest.approx(wrong)
    assert abs(image_exponent(swelling) - image_exponent(image)) > 0.1


def test_an_image_as_high_as_long_hides_only_the_missing_band():
    image = sk.power_law_noise((48, 48), exponent=1.5, rng=rng())
    assert wrong_values("image_exponent", image)["from-ring-1"] == image_exponent(image)


def test_signatures_of_wrong_controls():
    right = exponent_and_control(VOICE, RATE, rng())
    wrong = wrong_values("exponent_and_control", VOICE, RATE, rng())
    own, control = wrong["image-randomised"]
    assert control == pytest.approx(own)  # controls nothing
    assert own == pytest.approx(right[0])
    assert wrong["white-for-control"][0] == pytest.approx(right[0])
    assert abs(wrong["white-for-control"][1]) < 0.5
    # Both sounds get a slope from the overlap, and from the average spectrum that they share.
    for key in ("overlap-by-three-quarters", "bands-not-centred"):
        assert wrong[key][1] > right[1] + 0.2, key


def test_wrong_versions_leave_the_generator_alone():
    generator = rng()
    before = generator.bit_generator.state
    wrong_values("exponent_and_control", VOICE, RATE, generator)
    assert generator.bit_generator.state == before
