"""Spectra of images and signals against closed forms, SciPy and a transform written out."""

import itertools
import math

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal

import spectralkit as sk

SHAPES = [(4, 4), (5, 5), (8, 8), (9, 16), (16, 9), (7, 12), (12, 7), (33, 5), (4, 41)]
WINDOWS = [None, "hann"]


def plain_power(image):
    """|DFT|^2 / (H W) by the definition: every coefficient times every pixel, no fast transform."""
    wave_y, wave_x = (
        np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) for n in image.shape
    )
    return np.abs(wave_y @ image @ wave_x) ** 2 / image.size


def plain_window(n):
    """Periodic Hann window, scaled to unit mean square by its own sum."""
    window = scipy.signal.get_window("hann", n)
    return window / math.sqrt((window**2).mean())


def random_image(shape, seed=1):
    return np.random.default_rng(seed).normal(3.0, 1.0, shape)


def impulses(*shape):
    """One image per pixel with a 1 there: E|Lx|^2 of unit white noise is the sum of |L e|^2."""
    return np.eye(math.prod(shape)).reshape(-1, *shape)


def wave(shape, ky, kx, phase=0.3):
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.cos(2 * np.pi * (ky * y / shape[0] + kx * x / shape[1]) + phase)


# power_spectrum


@pytest.mark.parametrize("shape", SHAPES)
def test_power_equals_the_transform_written_out(shape):
    image = random_image(shape)
    np.testing.assert_allclose(sk.power_spectrum(image), plain_power(image), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("shape", SHAPES)
def test_windowed_power_equals_the_transform_written_out(shape):
    image = random_image(shape)
    window = np.outer(plain_window(shape[0]), plain_window(shape[1]))
    changed = (image - np.average(image, weights=window)) * window
    np.testing.assert_allclose(
        sk.power_spectrum(image, window="hann"), plain_power(changed), rtol=1e-9, atol=1e-11
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_parseval_the_powers_sum_to_the_squares(shape):
    image = random_image(shape)
    assert sk.power_spectrum(image).sum() == pytest.approx((image**2).sum(), rel=1e-12)


def test_a_wave_has_a_quarter_of_its_squares_per_pixel_at_its_two_coefficients():
    shape, (ky, kx) = (12, 20), (3, -4)
    power = sk.power_spectrum(wave(shape, ky, kx))
    expected = np.zeros(shape)
    expected[ky, kx] = expected[-ky, -kx] = 12 * 20 / 4
    np.testing.assert_allclose(power, expected, atol=1e-10)


def test_a_constant_image_has_power_at_dc_only_and_none_with_a_window():
    flat = np.full((6, 10), 2.5)
    power = sk.power_spectrum(flat)
    assert power[0, 0] == pytest.approx(60 * 2.5**2)
    assert np.delete(power.ravel(), 0).max() < 1e-25
    assert sk.power_spectrum(flat, window="hann").max() < 1e-25


def test_the_window_takes_away_any_brightness():
    image = random_image((16, 12))
    dark, bright = (sk.power_spectrum(image + level, window="hann") for level in (0.0, 50.0))
    np.testing.assert_allclose(bright, dark, rtol=1e-8, atol=1e-10)
    assert dark[0, 0] < 1e-20


# white noise


@pytest.mark.parametrize("shape", [(4, 4), (8, 8), (9, 9), (8, 12), (12, 18), (7, 10), (4, 15)])
def test_white_noise_is_expected_at_its_variance_on_every_ring(shape):
    np.testing.assert_allclose(sk.rapsd(impulses(*shape)).power.sum(axis=0), 1, rtol=1e-12)
    assert np.allclose(sk.power_spectrum(impulses(*shape)).sum(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize("side", [4, 8, 9, 16])
def test_a_window_keeps_white_noise_on_every_ring_but_the_first(side):
    # With the window w and r_k = DFT(w)_k / DFT(w)_0, removing the weighted mean leaves
    # y_k = sum_j x_j w_j (exp(-ikj) - r_k), so E|y_k|^2 = 1 + r_k^2 - 2 r_k c_k, c = DFT(w^2)/n.
    # Hann has r = -1/2 and c = -2/3 at wave number 1; in two dimensions both multiply.
    def kept(r, c):
        return 1 + r**2 - 2 * r * c

    side_neighbour, corner = kept(-1 / 2, -2 / 3), kept(1 / 4, 4 / 9)
    assert (side_neighbour, corner) == pytest.approx((7 / 12, 605 / 720))
    expected = np.ones((side + 1) // 2 - 1)
    expected[0] = (4 * side_neighbour + 4 * corner) / 8
    power = sk.rapsd(impulses(side, side), window="hann").power.sum(axis=0)
    np.testing.assert_allclose(power, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(8, 20), (18, 12), (15, 6)])
def test_a_window_keeps_white_noise_on_all_rings_beyond_the_eight_neighbours_of_dc(shape):
    spectrum = sk.rapsd(impulses(*shape), window="hann")
    beyond = spectrum.frequency > math.hypot(1 / shape[0], 1 / shape[1]) + 0.5 / max(shape)
    assert beyond.any()
    np.testing.assert_allclose(spectrum.power.sum(axis=0)[beyond], 1, rtol=1e-12)


@pytest.mark.parametrize("n", [4, 9, 16])
def test_a_periodogram_of_white_noise_is_expected_at_its_variance(n):
    _, power = sk.periodogram(impulses(n), sample_rate=1.0)
    np.testing.assert_allclose(power.sum(axis=0), 1, rtol=1e-12)
    _, windowed = sk.periodogram(impulses(n), sample_rate=1.0, window="hann")
    np.testing.assert_allclose(windowed.sum(axis=0)[2:], 1, rtol=1e-12)
    assert windowed.sum(axis=0)[1] == pytest.approx(7 / 12)


# log_magnitude


def test_log_magnitude_is_half_the_log_power_with_dc_in_the_middle():
    image = random_image((7, 10))
    power = plain_power(image)
    log_magnitude = sk.log_magnitude(image)
    for ky, kx in itertools.product(range(-3, 4), range(-5, 5)):
        assert log_magnitude[3 + ky, 5 + kx] == pytest.approx(math.log(power[ky, kx]) / 2)


def test_log_magnitude_raises_zeros_to_its_floor():
    assert sk.log_magnitude(np.zeros((4, 4))).tolist() == [[math.log(1e-6)] * 4] * 4
    assert sk.log_magnitude(np.zeros((4, 4)), floor=0.5).max() == pytest.approx(math.log(0.5))


# swap_phase


@pytest.mark.parametrize("shape", SHAPES)
def test_an_image_swapped_with_itself_is_the_same_image(shape):
    image = random_image(shape)
    np.testing.assert_allclose(sk.swap_phase(image, image), image, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_swapped_image_has_the_magnitudes_of_one_and_the_phases_of_the_other(shape):
    a, b = random_image(shape, 1), random_image(shape, 2)
    swapped = sk.swap_phase(a, b)
    np.testing.assert_allclose(sk.power_spectrum(swapped), sk.power_spectrum(a), rtol=1e-9)
    turned = np.fft.fft2(swapped) / np.fft.fft2(b)
    np.testing.assert_allclose(np.angle(turned), 0, atol=1e-9)


def test_a_swapped_photograph_looks_like_the_one_that_gave_the_phases(photographs):
    a, b = photographs[2], photographs[9]
    swapped = sk.swap_phase(a, b)
    like_a, like_b = (np.corrcoef(swapped.ravel(), x.ravel())[0, 1] for x in (a, b))
    assert like_b > 0.4
    assert like_b > like_a + 0.3


# spectral_slice


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("side", [8, 9, 16])
def test_slices_along_the_axes_are_the_coefficients_on_them(side, window):
    image = random_image((side, side))
    power = sk.power_spectrum(image, window=window)
    k = np.arange(1, (side + 1) // 2)
    for angle, expected in [
        (0, power[0, k]),
        (math.pi / 2, power[k, 0]),
        (math.pi, power[0, -k]),
        (-math.pi / 2, power[-k, 0]),
    ]:
        frequency, along = sk.spectral_slice(image, angle, window=window)
        np.testing.assert_allclose(frequency, k / side, rtol=1e-15)
        np.testing.assert_allclose(along, expected, rtol=1e-9)


@pytest.mark.parametrize("shape", [(16, 16), (12, 20), (21, 10)])
def test_a_slice_is_the_bilinear_interpolation_of_log_power(shape):
    image, angle = random_image(shape), 0.7
    frequency, along = sk.spectral_slice(image, angle)
    place = frequency * np.array([[math.sin(angle) * shape[0]], [math.cos(angle) * shape[1]]])
    log_power = np.log(sk.power_spectrum(image))
    expected = scipy.ndimage.map_coordinates(log_power, place, order=1, mode="grid-wrap")
    inner = np.hypot(*place) < 2  # next to DC, which the interpolation leaves out
    np.testing.assert_allclose(along[~inner], np.exp(expected)[~inner], rtol=1e-9)


@pytest.mark.parametrize("window", [None, "hann"])
def test_brightness_does_not_enter_a_slice(window):
    image = random_image((16, 24))
    dim, bright = (sk.spectral_slice(x, 0.7, window=window)[1] for x in (image, image + 100))
    np.testing.assert_allclose(dim, bright, rtol=1e-9)


@pytest.mark.parametrize(("ky", "kx"), [(8, 8), (0, 8), (8, 0), (-8, 8), (6, -8)])
def test_a_wave_shows_in_the_slice_along_its_direction_only(ky, kx):
    image = wave((32, 32), ky, kx) + 1e-3 * random_image((32, 32))
    angle = math.atan2(ky, kx)
    frequency, along = sk.spectral_slice(image, angle)
    assert abs(frequency[along.argmax()] - math.hypot(ky, kx) / 32) <= 0.5 / 32
    _, across = sk.spectral_slice(image, angle + math.pi / 2)
    assert along.max() > 1e3 * across.max()


# periodogram


@pytest.mark.parametrize("n", [4, 15, 64])
@pytest.mark.parametrize("window", WINDOWS)
def test_periodogram_is_scipys_density_times_the_sample_rate(n, window):
    signal, rate = random_image((n,)), 250.0
    weights = np.ones(n) if window is None else scipy.signal.get_window("hann", n)
    level = 0.0 if window is None else np.average(signal, weights=weights)
    frequency, density = scipy.signal.periodogram(
        signal - level, rate, weights, detrend=False, return_onesided=False
    )
    ours = sk.periodogram(signal, sample_rate=rate, window=window)
    one_sided = slice(0, n // 2 + 1)
    np.testing.assert_allclose(ours[0], np.abs(frequency[one_sided]), rtol=1e-12)
    np.testing.assert_allclose(ours[1], density[one_sided] * rate, rtol=1e-9, atol=1e-12)


def test_a_tone_lies_at_its_frequency_in_hertz():
    t = np.arange(400) / 8000
    frequency, power = sk.periodogram(np.sin(2 * np.pi * 440 * t), sample_rate=8000)
    assert frequency[power.argmax()] == pytest.approx(440)
    assert power.max() == pytest.approx(400 / 4)
