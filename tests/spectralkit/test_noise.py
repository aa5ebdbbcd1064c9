"""Noise against the spectrum it is asked for, the bias of logarithms, and the floor."""

import numpy as np
import pytest
from scipy import integrate, special, stats

import spectralkit as sk

SHAPES = [(4,), (9,), (64,), (4, 4), (5, 8), (8, 5), (9, 9), (16, 12)]


def asked_power(shape, exponent):
    """A f**-exponent at every coefficient of `fftn`, 0 at DC, mean 1: unit variance expected."""
    axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
    radius = np.sqrt(sum(axis**2 for axis in axes))
    power = np.where(radius > 0, np.where(radius > 0, radius, 1) ** -exponent, 0)
    return power / power.mean()


class Impulse(np.random.Generator):
    """A generator whose "white noise" is one pixel of 1: shows the linear map behind the noise."""

    def __init__(self, place):
        super().__init__(np.random.PCG64(0))
        self.place = place

    def standard_normal(self, shape):
        noise = np.zeros(shape)
        noise[self.place] = 1
        return noise


# white_noise


def test_white_noise_is_normal_with_the_asked_standard_deviation():
    # Kolmogorov-Smirnov at p = 1e-7: one false alarm in ten million seeds.
    noise = sk.white_noise((100, 200), std=2.5, rng=np.random.default_rng(1))
    assert noise.shape == (100, 200)
    assert stats.kstest(noise.ravel() / 2.5, "norm").pvalue > 1e-7


def test_the_same_generator_state_gives_the_same_noise_and_the_next_call_another():
    def draws(rng):
        return [sk.white_noise(8, rng=rng), sk.power_law_noise((8, 8), exponent=1.0, rng=rng)]

    rng = np.random.default_rng(1)
    first, second, again = draws(rng), draws(rng), draws(np.random.default_rng(1))
    for a, b, c in zip(first, second, again, strict=True):
        assert not np.array_equal(a, b)
        np.testing.assert_array_equal(a, c)


# power_law_noise


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.5, -1.0])
def test_every_coefficient_has_exactly_the_asked_expected_power(shape, exponent):
    # The noise is a linear map of white noise that commutes with shifts, so one impulse shows the
    # expected power of each coefficient: no statistics are needed.
    place = (0,) * len(shape)
    response = sk.power_law_noise(shape, exponent=exponent, rng=Impulse(place))
    assert response.shape == shape
    assert response.dtype == np.float64
    power = np.abs(np.fft.fftn(response)) ** 2
    np.testing.assert_allclose(power, asked_power(shape, exponent), rtol=1e-9, atol=1e-12)
    assert (response**2).sum() == pytest.approx(1)


def test_the_noise_is_stationary_a_shifted_impulse_gives_a_shifted_answer():
    one = sk.power_law_noise((6, 9), exponent=2.0, rng=Impulse((0, 0)))
    other = sk.power_law_noise((6, 9), exponent=2.0, rng=Impulse((2, 5)))
    np.testing.assert_allclose(np.roll(one, (2, 5), axis=(0, 1)), other, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_field_has_zero_mean(shape):
    field = sk.power_law_noise(shape, exponent=3.0, rng=np.random.default_rng(1))
    assert abs(field.mean()) < 1e-14


def test_the_variance_is_1_in_expectation_but_differs_from_field_to_field():
    # Var of one field's variance is 2 mean(P^2) / n; 6 standard errors of the mean of 2000 fields:
    # false alarms below 1e-8 if normal.
    shape, fields = (32, 32), 2000
    rng = np.random.default_rng(2)
    variances = np.array(
        [sk.power_law_noise(shape, exponent=2.0, rng=rng).var() for _ in range(fields)]
    )
    spread = np.sqrt(2 * (asked_power(shape, 2.0) ** 2).mean() / 32**2)
    assert spread > 0.1
    assert abs(variances.mean() - 1) < 6 * spread / np.sqrt(fields)
    assert variances.std() == pytest.approx(spread, rel=0.25)  # itself known to about 3 percent


@pytest.mark.parametrize("exponent", [0.0, 2.0])
def test_ordinates_scatter_exponentially_about_the_law(exponent):
    # Half of the coefficients of 20 fields, without DC and the real Nyquist ones, over their
    # expected power. Kolmogorov-Smirnov at p = 1e-7: one false alarm in ten million seeds.
    rng = np.random.default_rng(3)
    fields = [sk.power_law_noise((32, 32), exponent=exponent, rng=rng) for _ in range(20)]
    power = sk.power_spectrum(np.array(fields))[..., 1:16]
    ratio = power / asked_power((32, 32), exponent)[:, 1:16]
    assert stats.kstest(ratio.ravel(), "expon").pvalue > 1e-7


def test_ring_means_of_synthetic_fields_follow_the_law():
    # A ring mean over its expectation is sum(w_i z_i^2) with sum(w) = 1; Laurent & Massart (2000),
    # Lemma 1: beyond 2 sqrt(sum(w^2) t) + 2 max(w) t with probability exp(-t) on either side.
    # False alarms: below 1e-6 for all rings together.
    fields, rng = 1000, np.random.default_rng(4)
    images = [sk.power_law_noise((48, 48), exponent=2.0, rng=rng) for _ in range(fields)]
    spectrum = sk.rapsd(np.array(images))
    power = asked_power((48, 48), 2.0)
    wave_number = np.fft.fftfreq(48, 1 / 48)
    ring = np.hypot(wave_number[:, np.newaxis], wave_number).round()
    t = np.log(2 * len(spectrum.frequency) / 1e-6)
    for number, mean in enumerate(spectrum.power.mean(axis=0), start=1):
        expected = power[ring == number]
        weights = expected / expected.sum()
        allowed = 2 * np.sqrt((weights**2).sum() / fields * t) + 2 * weights.max() / fields * t
        assert abs(mean / expected.mean() - 1) < allowed < 0.12


def test_a_signal_is_pink_at_exponent_1():
    # 400 signals: the mean of each third-octave-wide group of ordinates within 6 standard errors
    # of exponential averages, 2e-9 per group.
    rng = np.random.default_rng(5)
    signals = np.array([sk.power_law_noise(256, exponent=1.0, rng=rng) for _ in range(400)])
    frequency, power = sk.periodogram(signals, sample_rate=1.0)
    ratio = power.mean(axis=0)[1:128] * frequency[1:128]
    ratio /= asked_power((256,), 1.0)[1] * frequency[1]
    for group in np.split(ratio, [1, 2, 4, 8, 16, 32, 64]):
        assert abs(group.mean() - 1) < 6 / np.sqrt(400 * len(group))


@pytest.mark.parametrize(("shape", "exponent"), [((4096,), 1.0), ((512, 512), 2.0)])
def test_octaves_hold_equal_power_where_the_exponent_is_the_dimension(shape, exponent):
    # Exact sums over the asked power, which the impulse tests above show to be the expected one.
    # In two dimensions the lattice is rough in the first octaves, so they count from the fourth.
    power = asked_power(shape, exponent)
    axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
    octave = np.floor(np.log2(np.sqrt(sum(axis**2 for axis in axes)), where=power > 0,
                              out=np.full(shape, -np.inf)) + 1e-9)  # fmt: skip
    sums = np.array([power[octave == number].sum() for number in range(-6, -1)])
    np.testing.assert_allclose(sums / sums.mean(), 1, atol=0.03)


# log_bias


@pytest.mark.parametrize("k", [0.5, 1, 4, 40.5, 1000])
def test_log_bias_is_the_expected_log_of_a_gamma_mean(k):
    # The density of ln(mean of K unit exponentials) is integrated as it stands, by quadrature.
    density = stats.loggamma(k, loc=-np.log(k)).pdf
    mean = sum(
        integrate.quad(lambda x: x * density(x), low, low + 0.5)[0]
        for low in np.arange(-60, 6, 0.5)
    )
    assert float(sk.log_bias(k)) == pytest.approx(mean, rel=1e-6, abs=1e-9)


def test_log_bias_is_what_averaging_exponentials_shows():
    # 6 standard errors of 200000 draws: 2e-9 per K.
    rng = np.random.default_rng(6)
    for k in (1, 4, 16):
        logs = np.log(rng.exponential(size=(200_000, k)).mean(axis=1))
        assert abs(logs.mean() - sk.log_bias(k)) < 6 * logs.std() / np.sqrt(len(logs))


def test_log_bias_has_the_shape_of_its_argument_and_known_values():
    bias = sk.log_bias([[1, 2], [3, 1000]])
    assert bias.shape == (2, 2)
    assert bias[0].tolist() == pytest.approx([-np.euler_gamma, 1 - np.euler_gamma - np.log(2)])
    assert bias[1, 1] == pytest.approx(-1 / 2000, rel=1e-3)


# noise_floor


@pytest.mark.parametrize("std", [1e-3, 0.5, 3.0, 1e4])
@pytest.mark.parametrize("shape", [(64, 64), (256, 256), (48, 96)])
def test_the_floor_of_white_noise_is_its_variance(std, shape):
    # Relative standard error sqrt(sum trigamma(K)) / m; at 6 of them false alarms are below 1e-8
    # per case (the mean of logs of many coefficients is close to normal).
    spectrum = sk.rapsd(sk.white_noise(shape, std=std, rng=np.random.default_rng(11)))
    last = np.ceil(len(spectrum.counts) / 3).astype(int)
    error = np.sqrt(special.polygamma(1, spectrum.counts[-last:] / 2).sum()) / last
    assert error < 0.04
    assert sk.noise_floor(spectrum) == pytest.approx(std**2, rel=6 * error)


def test_the_floor_is_unbiased_even_where_rings_have_few_coefficients():
    # 3000 images of 16 by 16: the mean log floor within 6 standard errors, 2e-9.
    noise = sk.white_noise((3000, 16, 16), rng=np.random.default_rng(12))
    floors = np.log(sk.noise_floor(sk.rapsd(noise)))
    assert floors.shape == (3000,)
    assert abs(floors.mean()) < 6 * floors.std() / np.sqrt(3000) < 0.02


def test_the_floor_under_a_window_and_of_a_mean_of_logarithms_is_the_variance_too():
    # 200 images each. Under a window K is only effective, and the floor known to about 1 percent.
    noise = sk.white_noise((200, 64, 64), std=2.0, rng=np.random.default_rng(13))
    under_window = sk.noise_floor(sk.rapsd(noise, window="hann"))
    assert under_window.mean() == pytest.approx(4, rel=0.02)
    assert sk.noise_floor(sk.mean_log_spectrum(noise)) == pytest.approx(4, rel=0.01)


def test_the_floor_is_found_below_a_photograph_and_one_bright_ring_does_not_rule(photographs):
    noisy = photographs[0] + sk.white_noise((256, 256), std=0.3, rng=np.random.default_rng(14))
    spectrum = sk.rapsd(noisy)
    own = sk.noise_floor(sk.rapsd(photographs[0]))  # detail counts as noise
    assert own < 0.01
    assert sk.noise_floor(spectrum) == pytest.approx(0.09 + own, rel=0.03)
    bright = spectrum.power.copy()
    bright[100] *= 1000
    louder = sk.RadialSpectrum(spectrum.frequency, bright, spectrum.counts)
    assert sk.noise_floor(louder) == pytest.approx(
        sk.noise_floor(spectrum) * 1000 ** (1 / 43), rel=1e-9
    )
