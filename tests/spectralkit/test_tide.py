"""What noise hides: the hinge, the crossing and the low-pass filters."""

import numpy as np
import pytest
from scipy import ndimage, stats

import spectralkit as sk

LAW = sk.PowerLaw(exponent=2.3, amplitude=9e-4)


def radius(shape):
    """Frequency of every coefficient of `fft2`, by a loop over both axes."""
    height, width = shape
    return np.array(
        [
            [
                np.sqrt((min(y, height - y) / height) ** 2 + (min(x, width - x) / width) ** 2)
                for x in range(width)
            ]
            for y in range(height)
        ]
    )


def response(shape, call):
    """Gain of a filter at every coefficient, from what it does to one bright pixel."""
    pixel = np.zeros(shape)
    pixel[0, 0] = 1.0
    answer = np.fft.fft2(call(pixel))
    assert np.abs(answer.imag).max() < 1e-12
    return answer.real


# hinge


def test_the_hinge_is_the_mean_spectrum_of_fields_with_noise():
    # 400 fields. The mean power of a ring is an average of counts / 2 * 400 exponentials or less:
    # 6 standard errors of the smallest ring, false alarms below 1e-7 for all rings together.
    rng = np.random.default_rng(21)
    shape, sigma, fields = (48, 48), 0.4, 400
    spectra = [
        sk.rapsd(sk.power_law_noise(shape, exponent=2.0, rng=rng)
                 + sk.white_noise(shape, std=sigma, rng=rng))
        for _ in range(fields)
    ]  # fmt: skip
    mean = np.mean([spectrum.power for spectrum in spectra], axis=0)
    f = radius(shape)
    amplitude = f.size / np.sum(f[f > 0] ** -2.0)
    law = sk.PowerLaw(2.0, amplitude)
    ring = np.floor(f * 48 + 0.5)
    expected = [sk.hinge(law, sigma, f[ring == r]).mean() for r in range(1, 24)]
    for value, right, count in zip(mean, expected, spectra[0].counts, strict=True):
        assert abs(value / right - 1) < 6 / np.sqrt(fields * count / 2) * 1.3


def test_the_hinge_bends_from_the_law_to_the_floor_and_keeps_batch_axes():
    f = np.geomspace(1e-4, 10, 50)
    bent = sk.hinge(LAW, 0.2, f)
    np.testing.assert_allclose(bent, 9e-4 * f**-2.3 + 0.04)
    assert bent[0] / LAW(f[0]) == pytest.approx(1, abs=1e-3)
    assert bent[-1] == pytest.approx(0.04, rel=1e-3)
    np.testing.assert_array_equal(sk.hinge(LAW, 0, f), LAW(f))
    batch = sk.PowerLaw(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert sk.hinge(batch, 1.0, f).shape == (2, 50)


# crossing_frequency


@pytest.mark.parametrize("exponent", [0.3, 1.0, 2.44, 4.0])
@pytest.mark.parametrize("sigma", [1e-3, 0.5, 40.0])
@pytest.mark.parametrize("threshold", [0.25, 1.0, 9.0])
def test_at_the_crossing_the_law_is_threshold_times_the_noise(exponent, sigma, threshold):
    law = sk.PowerLaw(exponent, 9e-4)
    at = sk.crossing_frequency(law, sigma, threshold=threshold)
    assert type(at) is float
    assert law(at) / sigma**2 == pytest.approx(threshold)
    assert sk.hinge(law, sigma, at) / law(at) == pytest.approx(1 + 1 / threshold)


def test_the_crossing_in_numbers_done_by_hand():
    assert sk.crossing_frequency(sk.PowerLaw(2.0, 1e-4), 0.1) == pytest.approx(0.1)
    assert sk.crossing_frequency(sk.PowerLaw(2.0, 1e-4), 0.2) == pytest.approx(0.05)
    assert sk.crossing_frequency(sk.PowerLaw(1.0, 1e-4), 0.1) == pytest.approx(0.01)
    assert sk.crossing_frequency(sk.PowerLaw(2.0, 1.0), 0.1) > 0.5


def test_land_that_sinks_crosses_where_a_tide_that_rises_does():
    scaled = sk.PowerLaw(LAW.exponent, 0.3**2 * LAW.amplitude)  # image times .3, noise times .5
    assert sk.crossing_frequency(scaled, 0.5) == pytest.approx(
        sk.crossing_frequency(LAW, 0.5 / 0.3)
    )


# equivalent_low_pass


@pytest.mark.parametrize("shape", [(16, 16), (12, 20), (9, 7)])
def test_the_equivalent_low_pass_has_the_wiener_gain_of_the_law_at_every_radius(shape):
    gain = response(shape, lambda x: sk.equivalent_low_pass(x, LAW, 0.3))
    f = radius(shape)
    power = 9e-4 * np.where(f > 0, f, 1) ** -2.3
    expected = np.where(f > 0, power / (power + 0.09), 1.0)
    np.testing.assert_allclose(gain, expected, atol=1e-12)


def test_no_other_gain_comes_closer_to_the_image_behind_the_noise():
    # Wiener's filter against 0.9 and 1.1 times its exponent and noise, mean of 60 fields each:
    # the differences are more than 10 of their standard errors.
    rng = np.random.default_rng(22)
    shape, sigma = (64, 64), 0.8
    f = radius(shape)
    law = sk.PowerLaw(2.0, f.size / np.sum(f[f > 0] ** -2.0))

    def mean_error(filtering):
        return np.mean((filtering - fields) ** 2, axis=(1, 2))

    fields = np.array([sk.power_law_noise(shape, exponent=2.0, rng=rng) for _ in range(60)])
    noisy = fields + sk.white_noise(fields.shape, std=sigma, rng=rng)
    best = mean_error(sk.equivalent_low_pass(noisy, law, sigma))
    for other_law, other_sigma in [(law, 0.5 * sigma), (law, 2 * sigma),
                                   (sk.PowerLaw(3.0, law.amplitude), sigma)]:  # fmt: skip
        loss = mean_error(sk.equivalent_low_pass(noisy, other_law, other_sigma)) - best
        assert loss.mean() > 6 * loss.std() / np.sqrt(60)


def test_without_noise_the_image_stays_and_under_a_flood_only_its_mean_is_left(photo):
    np.testing.assert_allclose(sk.equivalent_low_pass(photo, LAW, 0), photo, atol=1e-12)
    flooded = sk.equivalent_low_pass(photo, LAW, 1e9)
    np.testing.assert_allclose(flooded, photo.mean(), atol=1e-9)


def test_gain_is_a_half_at_the_crossing_and_takes_log2_81_over_the_exponent_octaves_from_9_to_1():
    shape = (4096, 4)
    sigma = 0.3
    gain = response(shape, lambda x: sk.equivalent_low_pass(x, LAW, sigma))[1:2048, 0]
    f = np.arange(1, 2048) / 4096
    at = [np.interp(-level, -gain, f) for level in (0.9, 0.5, 0.1)]
    assert at[1] == pytest.approx(sk.crossing_frequency(LAW, sigma), rel=1e-3)
    low, high = (sk.crossing_frequency(LAW, sigma, threshold=t) for t in (9, 1 / 9))
    assert at[0] == pytest.approx(low, rel=1e-3)
    assert np.log2(high / low) == pytest.approx(np.log2(81) / 2.3)


@pytest.mark.parametrize("exponent", [-500.0, -2.0, 0.0, 500.0, 1e300])
def test_no_exponent_makes_the_filter_overflow(photo, exponent):
    with np.errstate(all="raise", under="ignore"):
        filtered = sk.equivalent_low_pass(photo, sk.PowerLaw(exponent, 1.0), 1.0)
    assert np.isfinite(filtered).all()


# ideal_low_pass


@pytest.mark.parametrize("shape", [(16, 16), (12, 20), (10, 10), (9, 7)])
@pytest.mark.parametrize("cutoff", [0.0, 0.1, 0.2, 0.3, 0.5, 0.8])
def test_an_ideal_low_pass_is_a_disc_with_its_rim(shape, cutoff):
    gain = response(shape, lambda x: sk.ideal_low_pass(x, cutoff))
    np.testing.assert_allclose(gain, radius(shape) <= cutoff + 1e-9, atol=1e-12)


def test_an_ideal_low_pass_is_a_projection_and_rings_beside_an_edge():
    edge = np.repeat([[-1.0, 1.0]], 64, axis=1) * np.ones((128, 1))
    once = sk.ideal_low_pass(edge, 0.1)
    np.testing.assert_allclose(sk.ideal_low_pass(once, 0.1), once, atol=1e-12)
    assert once.max() == pytest.approx(1.18, abs=0.02)  # Gibbs
    assert sk.equivalent_low_pass(edge, LAW, 0.3).max() < 1.02


def test_the_filters_agree_with_a_gaussian_blur_about_what_is_low(photo):
    # A third implementation: SciPy's blur correlates more with either filter than with the image.
    blurred = ndimage.gaussian_filter(photo, 3, mode="wrap")
    for low in (sk.equivalent_low_pass(photo, LAW, 1.0), sk.ideal_low_pass(photo, 0.06)):
        assert stats.pearsonr(low.ravel(), blurred.ravel())[0] > 0.97
