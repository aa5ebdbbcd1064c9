"""Ring averages against plain loops, on square and other images."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import spectralkit as sk

# (12, 18), (10, 35), (24, 30) have radii that lie exactly between two rings
SHAPES = [(4, 4), (5, 5), (4, 9), (8, 8), (9, 16), (16, 9), (12, 18), (10, 35), (24, 30), (6, 40)]


def pysteps_rapsd(image):
    """The definition of pysteps: one mask per ring of the rounded distance from the centre."""
    height, width = image.shape
    power = np.abs(np.fft.fftshift(np.fft.fft2(image))) ** 2 / image.size
    y, x = np.ogrid[-(height // 2) : (height + 1) // 2, -(width // 2) : (width + 1) // 2]
    ring = np.sqrt(x * x + y * y).round()
    rings = math.ceil(max(height, width) / 2)
    return np.array([power[ring == r].mean() for r in range(1, rings)])


def plain_rings(height, width):
    """Coefficients of each ring by a loop in whole numbers, so that no radius is rounded."""
    longest = max(height, width)
    rings = {ring: [] for ring in range(1, math.ceil(longest / 2))}
    for y in range(height):
        for x in range(width):
            ky, kx = Fraction(min(y, height - y), height), Fraction(min(x, width - x), width)
            # floor(radius * longest + 1/2) = (floor(2 * radius * longest) + 1) // 2
            ring = (math.isqrt(math.floor(4 * (ky**2 + kx**2) * longest**2)) + 1) // 2
            if ring in rings:
                rings[ring].append((y, x))
    return rings


def random_image(shape):
    return np.random.default_rng(1).normal(3.0, 1.0, shape)


@pytest.mark.parametrize("side", [4, 5, 16, 63, 64, 256])
def test_on_square_images_rapsd_is_the_definition_of_pysteps(side):
    image = random_image((side, side))
    np.testing.assert_allclose(sk.rapsd(image).power, pysteps_rapsd(image), rtol=1e-9)


@pytest.mark.parametrize("window", [None, "hann"])
@pytest.mark.parametrize("shape", SHAPES)
def test_rapsd_is_the_mean_power_of_the_coefficients_at_each_radius(shape, window):
    image = random_image(shape)
    power = sk.power_spectrum(image, window=window)
    rings = plain_rings(*shape)
    spectrum = sk.rapsd(image, window=window)
    expected = [np.mean([power[place] for place in places]) for places in rings.values()]
    np.testing.assert_allclose(spectrum.power, expected, rtol=1e-9)
    np.testing.assert_array_equal(spectrum.counts, [len(places) for places in rings.values()])
    np.testing.assert_allclose(spectrum.frequency, np.array(list(rings)) / max(shape), rtol=1e-15)


@pytest.mark.parametrize("shape", [(64, 64), (48, 64), (64, 48), (33, 80), (90, 35), (16, 128)])
def test_a_wave_lies_at_its_true_frequency_whatever_the_shape(shape):
    y, x = np.ogrid[: shape[0], : shape[1]]
    for ky, kx in [(0, 5), (3, 0), (4, 7), (6, -3), (5, 15)]:
        true = math.hypot(ky / shape[0], kx / shape[1])
        spectrum = sk.rapsd(np.cos(2 * np.pi * (ky * y / shape[0] + kx * x / shape[1])))
        at = int(np.argmax(spectrum.power))
        assert abs(spectrum.frequency[at] - true) <= 0.5 / max(shape) + 1e-12
        total = spectrum.power * spectrum.counts
        assert total[at] == pytest.approx(y.size * x.size / 2)
        assert total.sum() == pytest.approx(total[at])


def test_turning_the_image_by_a_quarter_leaves_the_curve_alone(photo):
    np.testing.assert_allclose(sk.rapsd(np.rot90(photo)).power, sk.rapsd(photo).power, rtol=1e-9)


def test_brightness_never_enters_the_rings(photo):
    brighter = sk.rapsd(photo + 10).power
    np.testing.assert_allclose(brighter, sk.rapsd(photo).power, rtol=1e-9)


def test_the_rings_leave_out_dc_nyquist_and_corners_22_percent_of_256_squared():
    spectrum = sk.rapsd(np.zeros((256, 256)))
    assert spectrum.frequency[[0, -1]].tolist() == [1 / 256, 127 / 256]
    assert 1 - spectrum.counts.sum() / 256**2 == pytest.approx(0.22, abs=0.005)


def test_a_spectrum_can_be_changed_without_changing_the_next_one():
    sk.rapsd(np.eye(8)).counts[:] = 0
    assert sk.rapsd(np.eye(8)).counts.tolist() == [8, 12, 16]


def test_white_noise_scatters_about_its_variance_as_chi_square():
    # Each ring mean over the fields is std^2 times chi-square / (counts * fields).
    # False alarms: 1e-6 for all rings of both shapes together.
    std, fields = 1.7, 100
    for seed, shape in enumerate([(64, 64), (45, 60)]):
        rng = np.random.default_rng(seed)
        spectrum = sk.rapsd(sk.white_noise((fields, *shape), std=std, rng=rng))
        degrees = spectrum.counts * fields
        tail = 1e-6 / (2 * 2 * len(degrees))
        scaled = spectrum.power.mean(axis=0) / std**2 * degrees
        assert (scaled > stats.chi2.ppf(tail, degrees)).all()
        assert (scaled < stats.chi2.isf(tail, degrees)).all()


def test_windowed_white_noise_stays_at_its_variance_within_proven_bounds():
    # Ring means are quadratic forms sum(l_i z_i^2) with sum(l) = 1 and l_i <= max(w^2) / counts.
    # Laurent & Massart (2000), Lemma 1: beyond 2 sqrt(sum(l^2) t) + 2 max(l) t with probability
    # exp(-t) on either side. False alarms: below 1e-6 for all rings together.
    fields, std = 1000, 0.6
    rng = np.random.default_rng(3)
    spectrum = sk.rapsd(sk.white_noise((fields, 64, 64), std=std, rng=rng), window="hann")
    largest = (4 / 1.5) ** 2 / spectrum.counts / fields
    t = math.log(2 * len(largest) / 1e-6)
    allowed = 2 * np.sqrt(largest * t) + 2 * largest * t
    away = np.abs(spectrum.power.mean(axis=0) / std**2 - 1)
    assert (away < allowed)[1:].all()  # ring 1 loses 29 percent with the mean: test_spectra
    assert allowed[10:].max() < 0.1
