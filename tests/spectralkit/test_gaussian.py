"""The exact denoiser of a Gaussian field against dense linear algebra, which knows no Fourier."""

import numpy as np
import pytest
from scipy import stats

import spectralkit as sk

SHAPE = (4, 5)
PIXELS = SHAPE[0] * SHAPE[1]
RNG = np.random.default_rng(1)


def even(power):
    """The same power at k and -k."""
    return (power + np.roll(power[::-1, ::-1], (1, 1), axis=(0, 1))) / 2


POWER = even(RNG.lognormal(sigma=1.5, size=SHAPE))
MEAN_IMAGE = RNG.normal(size=SHAPE)
PROCESSES = {
    "flow": sk.RectifiedFlow(),
    "linear": sk.VariancePreserving(),
    "cosine": sk.VariancePreserving("cosine"),
    "exploding": sk.VarianceExploding(sigma_max=7.0),
    "equal SNR": sk.EqualSNR(even(RNG.lognormal(size=SHAPE))),
}
TIMES = (0.02, 0.4, 0.97)


def covariance(spectrum):
    """Covariance matrix of the pixels of a stationary field, from its spectrum by definition."""
    height, width = SHAPE
    ky, kx = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    matrix = np.empty((PIXELS, PIXELS))
    spectrum = np.broadcast_to(spectrum, SHAPE)
    for i, (y, x) in enumerate(np.ndindex(SHAPE)):
        for j, (v, u) in enumerate(np.ndindex(SHAPE)):
            wave = np.cos(2 * np.pi * (ky * (y - v) / height + kx * (x - u) / width))
            matrix[i, j] = (spectrum * wave).sum() / PIXELS
    return matrix


class Exact:
    """Everything about the field at one time, by solving linear systems over pixels."""

    def __init__(self, process, t, mean):
        self.a, self.sigma = process.signal(t), process.noise(t)
        self.mean = np.broadcast_to(mean, SHAPE).ravel()
        self.clean = covariance(POWER)
        self.eps = covariance(process.noise_spectrum)
        self.noisy = self.a**2 * self.clean + self.sigma**2 * self.eps

    def solve(self, x):
        return np.linalg.solve(self.noisy, x.ravel() - self.a * self.mean)

    def denoised(self, x):
        return (self.mean + self.a * self.clean @ self.solve(x)).reshape(SHAPE)

    def predicted_noise(self, x):
        return (self.sigma * self.eps @ self.solve(x)).reshape(SHAPE)

    def log_density(self, x):
        return stats.multivariate_normal(self.a * self.mean, self.noisy).logpdf(x.ravel())

    def posterior_covariance(self):
        return self.clean - self.a**2 * self.clean @ np.linalg.solve(self.noisy, self.clean)


@pytest.fixture(params=PROCESSES)
def process(request):
    return PROCESSES[request.param]


@pytest.fixture(params=[0.0, 0.7, "image"])
def mean(request):
    return MEAN_IMAGE if request.param == "image" else request.param


@pytest.fixture
def denoiser(process, mean):
    return sk.GaussianDenoiser(POWER, mean, process)


def noisy(seed=2, shape=SHAPE):
    return np.random.default_rng(seed).normal(scale=2.0, size=shape)


# against linear algebra


@pytest.mark.parametrize("t", TIMES)
def test_denoiser_and_predicted_noise_are_conditional_means(denoiser, t):
    exact, x = Exact(denoiser.process, t, denoiser.mean), noisy()
    np.testing.assert_allclose(denoiser(x, t), exact.denoised(x), atol=1e-10)
    np.testing.assert_allclose(denoiser.predict_noise(x, t), exact.predicted_noise(x), atol=1e-10)


@pytest.mark.parametrize("t", TIMES[1:])
def test_the_score_is_the_gradient_of_the_log_density(denoiser, t):
    exact, x = Exact(denoiser.process, t, denoiser.mean), noisy()
    gradient = np.empty(SHAPE)
    for place in np.ndindex(SHAPE):
        step = np.zeros(SHAPE)
        step[place] = 1e-4
        rise = exact.log_density(x + step) - exact.log_density(x - step)
        gradient[place] = rise / 2e-4
    score = denoiser.score(x, t)
    np.testing.assert_allclose(score, gradient, atol=1e-5 * np.abs(gradient).max())


@pytest.mark.parametrize("t", TIMES)
def test_posterior_variance_is_the_spectrum_of_the_posterior_covariance(denoiser, t):
    exact = Exact(denoiser.process, t, denoiser.mean)
    expected = covariance(denoiser.posterior_variance(t))
    np.testing.assert_allclose(exact.posterior_covariance(), expected, atol=1e-10)


class Impulse(np.random.Generator):
    """A generator whose "white noise" is one pixel of 1: shows the linear map behind a draw."""

    def __init__(self, place):
        super().__init__(np.random.PCG64(0))
        self.place = place

    def standard_normal(self, shape):
        noise = np.zeros(shape)
        noise[self.place] = 1
        return noise


@pytest.mark.parametrize("t", [0.0, *TIMES, 1.0])
def test_sample_marginal_is_a_linear_map_with_exactly_the_right_covariance(denoiser, t):
    exact = Exact(denoiser.process, t, denoiser.mean)
    shift = exact.a * np.broadcast_to(denoiser.mean, SHAPE)
    columns = [
        (denoiser.sample_marginal(SHAPE, t, rng=Impulse(place)) - shift).ravel()
        for place in np.ndindex(SHAPE)
    ]
    np.testing.assert_allclose(np.transpose(columns) @ columns, exact.noisy, atol=1e-10)


# consistent with each other


@pytest.mark.parametrize("t", TIMES)
def test_mean_noise_score_and_velocity_are_one_thing(denoiser, process, t):
    x, a, sigma = noisy(), process.signal(t), process.noise(t)
    clean, eps = denoiser(x, t), denoiser.predict_noise(x, t)
    np.testing.assert_allclose(a * clean + sigma * eps, x, atol=1e-10)
    spectrum = np.broadcast_to(process.noise_spectrum, SHAPE)
    score = np.fft.fft2(denoiser.score(x, t))
    # Tweedie: x_0 = (x + sigma² N score) / a
    tweedie = (x + sigma**2 * np.fft.ifft2(spectrum * score).real) / a
    np.testing.assert_allclose(clean, tweedie, atol=1e-10 / a)
    np.testing.assert_allclose(np.fft.fft2(eps), -sigma * spectrum * score, atol=1e-10)
    velocity = denoiser.velocity(x, t)
    np.testing.assert_allclose(velocity, process.velocity(x, clean, t), atol=1e-10)


@pytest.mark.parametrize("t", TIMES)
def test_the_velocity_carries_each_coefficient_with_its_standard_deviation(denoiser, process, t):
    # x_t = a m + z sqrt(a² P + sigma² N) with z fixed solves the ODE: its slope by differences.
    def at(s):
        a, sigma = process.signal(s), process.noise(s)
        return a, np.sqrt(a**2 * POWER + sigma**2 * process.noise_spectrum)

    x, (a, now) = noisy(), at(t)
    z = np.fft.fft2(x - a * denoiser.mean) / now
    step = 1e-5
    ends = [s_a * denoiser.mean + np.fft.ifft2(z * deviation).real
            for s_a, deviation in (at(t + step), at(t - step))]  # fmt: skip
    slope = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(denoiser.velocity(x, t), slope, atol=1e-6 * np.abs(slope).max())


def wrong_score_sign(denoiser, x, t):
    return (x - denoiser.process.noise(t) ** 2 * denoiser.score(x, t)) / denoiser.process.signal(t)


def wrong_noise_unscaled(denoiser, x, t):
    return x - denoiser.predict_noise(x, t)


def wrong_gain_on_amplitudes(denoiser, x, t):
    a, sigma = denoiser.process.signal(t), denoiser.process.noise(t)
    root = np.sqrt(POWER)
    gain = a * root / (a * root + sigma)
    return np.fft.ifft2(gain * np.fft.fft2(x) / a).real


@pytest.mark.parametrize(
    "wrong", [wrong_score_sign, wrong_noise_unscaled, wrong_gain_on_amplitudes]
)
def test_wrong_clean_estimates_are_far_from_the_conditional_mean(wrong):
    denoiser = sk.GaussianDenoiser(POWER, 0.0, sk.RectifiedFlow())
    exact, x = Exact(denoiser.process, 0.4, 0.0), noisy()
    right = exact.denoised(x)
    assert np.abs(wrong(denoiser, x, 0.4) - right).max() > 0.1 * np.abs(right).max()


# the ends of time, and nothing


def test_at_the_ends_of_time_nothing_is_divided_by_zero(process, mean):
    denoiser, x = sk.GaussianDenoiser(POWER, mean, process), noisy()
    np.testing.assert_allclose(denoiser(x, 0.0), x / process.signal(0.0), atol=1e-10)
    np.testing.assert_allclose(denoiser.predict_noise(x, 0.0), 0, atol=1e-10)
    np.testing.assert_allclose(denoiser.posterior_variance(0.0), 0, atol=1e-10)
    if process.signal(1.0) == 0:
        np.testing.assert_allclose(denoiser(x, 1.0), np.broadcast_to(mean, SHAPE), atol=1e-10)
        np.testing.assert_allclose(denoiser.posterior_variance(1.0), POWER, atol=1e-10)


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
def test_coefficients_without_power_are_known_to_be_the_mean(t):
    power = POWER.copy()
    power[1, 2] = power[3, 3] = power[0, 0] = 0
    denoiser = sk.GaussianDenoiser(power, 0.5, sk.RectifiedFlow())
    x = noisy()
    clean = np.fft.fft2(denoiser(x, t))
    assert abs(clean[1, 2]) < 1e-12
    assert clean[0, 0] == pytest.approx(0.5 * PIXELS)
    assert denoiser.posterior_variance(t)[1, 2] == 0
    nothing = sk.GaussianDenoiser(np.zeros(SHAPE), 0.5, sk.RectifiedFlow())
    np.testing.assert_allclose(nothing(x, t), 0.5)


def test_the_spectrum_of_a_photograph_is_a_power_even_as_float32(photo):
    for image in (photo, photo.astype(np.float32)):
        centred = image - image.mean()
        power = sk.power_spectrum(centred)
        denoiser = sk.GaussianDenoiser(power, image.mean(), sk.RectifiedFlow())
        np.testing.assert_allclose(denoiser.power, power, rtol=1e-3, atol=1e-6 * power.max())


# arrays


def calls(denoiser):
    return (denoiser, denoiser.predict_noise, denoiser.score, denoiser.velocity)


def test_batches_equal_loops_and_times_run_along_leading_axes(denoiser):
    batch = noisy(shape=(2, 3, *SHAPE))
    times = np.linspace(0.1, 0.9, 6).reshape(2, 3)
    for call in calls(denoiser):
        together = call(batch, 0.3)
        own_times = call(batch, times)
        for place in np.ndindex(2, 3):
            np.testing.assert_allclose(together[place], call(batch[place], 0.3), atol=1e-12)
            one = call(batch[place], times[place])
            np.testing.assert_allclose(own_times[place], one, atol=1e-12)
    variance = denoiser.posterior_variance(times)
    assert variance.shape == (2, 3, *SHAPE)
    np.testing.assert_allclose(variance[1, 2], denoiser.posterior_variance(times[1, 2]))


def test_float32_stays_float32_and_inputs_stay_as_they_are(denoiser):
    x = noisy(shape=(3, *SHAPE)).astype(np.float32)
    before = x.copy()
    for call in calls(denoiser):
        single, double = call(x, 0.3), call(x.astype(np.float64), 0.3)
        assert (single.dtype, double.dtype) == (np.float32, np.float64)
        np.testing.assert_allclose(single, double, atol=1e-5 * np.abs(double).max())
    np.testing.assert_array_equal(x, before)


# bad input


FLOW = sk.RectifiedFlow()
GOOD = sk.GaussianDenoiser(POWER, 0.0, FLOW)
NEGATIVE = POWER - 1e6
LOPSIDED = POWER + np.arange(5.0)


@pytest.mark.parametrize(
    ("match", "call"),
    [
        (r"power must .*at least 0.*-9", lambda: sk.GaussianDenoiser(NEGATIVE, 0.0, FLOW)),
        (r"power holds nan", lambda: sk.GaussianDenoiser(POWER * np.nan, 0.0, FLOW)),
        (r"power must have shape \(H, W\).*\(2, 4, 5\)",
         lambda: sk.GaussianDenoiser(np.stack([POWER, POWER]), 0.0, FLOW)),
        (r"same at k and -k", lambda: sk.GaussianDenoiser(LOPSIDED, 0.0, FLOW)),
        (r"mean must be one number.*\(4, 5\).*\(5,\)",
         lambda: sk.GaussianDenoiser(POWER, np.zeros(5), FLOW)),
        (r"mean holds inf", lambda: sk.GaussianDenoiser(POWER, np.inf, FLOW)),
        (r"noise spectrum \(4, 5\).*\(8, 8\)",
         lambda: sk.GaussianDenoiser(np.ones((8, 8)), 0.0, PROCESSES["equal SNR"])),
        (r"x must have shape \(\.\.\., 4, 5\).*\(5, 4\)", lambda: GOOD(noisy().T, 0.5)),
        (r"x holds nan", lambda: GOOD(noisy() * np.nan, 0.5)),
        (r"t must lie in \[0, 1\].*1\.5", lambda: GOOD(noisy(), 1.5)),
        (r"along the leading axes.*\(3,\).*\(2, 4, 5\)",
         lambda: GOOD(noisy(shape=(2, *SHAPE)), [0.1, 0.2, 0.3])),
        (r"along the leading axes.*\(4,\).*\(4, 5\)", lambda: GOOD(noisy(), [0.1] * 4)),
        (r"score does not exist at t = 0",
         lambda: sk.GaussianDenoiser(np.zeros(SHAPE), 0.0, FLOW).score(noisy(), 0.0)),
        (r"t must be above 0", lambda: GOOD.velocity(noisy(), 0.0)),
        (r"end in that of power, \(4, 5\).*\(5, 4\)",
         lambda: GOOD.sample_marginal((5, 4), 0.5, rng=RNG)),
        (r"shape must hold whole numbers", lambda: GOOD.sample_marginal("ab", 0.5, rng=RNG)),
        (r"rng must be a numpy\.random\.Generator",
         lambda: GOOD.sample_marginal(SHAPE, 0.5, rng=1)),
    ],
)  # fmt: skip
def test_unusable_input_is_refused_in_one_sentence(match, call):
    with pytest.raises(sk.SpectralKitError, match=match) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".")
    assert len(message) < 240
