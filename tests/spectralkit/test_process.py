"""Processes: their curves, their inverse, their noise, their grids of times."""

import numpy as np
import pytest
from scipy import stats

import spectralkit as sk
from spectralkit.diffusion.schedules import SCHEDULES

RISING = 1 + np.hypot(*np.meshgrid(np.fft.fftfreq(6), np.fft.fftfreq(8)))  # power, (8, 6)
PROCESSES = {
    "flow": sk.RectifiedFlow(),
    "vp linear": sk.VariancePreserving(),
    "vp cosine": sk.VariancePreserving("cosine"),
    "vp scaled_linear": sk.VariancePreserving("scaled_linear"),
    "ve": sk.VarianceExploding(sigma_max=50.0),
    "equal snr": sk.EqualSNR(RISING, base=sk.VariancePreserving("cosine")),
}
TIMES = np.linspace(0, 1, 201)
FALSE_ALARM = 1e-6

each_process = pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)


# curves


def test_rectified_flow_mixes_in_straight_lines():
    flow = sk.RectifiedFlow()
    np.testing.assert_array_equal(flow.signal(TIMES), 1 - TIMES)
    np.testing.assert_array_equal(flow.noise(TIMES), TIMES)


def product_of_small_steps(beta, t, steps=200_000):
    """Alpha-bar by the discrete chain with very many steps up to time t."""
    middles = (np.arange(steps) + 0.5) / steps * t
    return np.prod(1 - beta(middles) * t / steps)


@pytest.mark.parametrize(
    ("schedule", "beta"),
    [
        ("linear", lambda t: 0.1 + (20 - 0.1) * t),
        ("scaled_linear", lambda t: 1000 * np.linspace(0.00085**0.5, 0.012**0.5, 2) @ [1 - t, t]
         * (np.linspace(0.00085**0.5, 0.012**0.5, 2) @ [1 - t, t])),
    ],
)  # fmt: skip
@pytest.mark.parametrize("t", [0.01, 0.3, 1.0])
def test_variance_preserving_is_the_limit_of_the_chain(schedule, beta, t):
    process = sk.VariancePreserving(schedule)
    expected = product_of_small_steps(beta, t)
    assert process.signal(t) ** 2 == pytest.approx(expected, rel=2e-3)
    assert process.noise(t) ** 2 == pytest.approx(1 - expected, rel=2e-3)


def test_the_chain_of_ddpm_ends_near_its_limit():
    chain = sk.alpha_bar(np.linspace(1e-4, 0.02, 1000))
    times = np.arange(1, 1001) / 1000
    limit = sk.VariancePreserving("linear").signal(times) ** 2
    np.testing.assert_allclose(chain, limit, rtol=0.08)


def test_the_cosine_schedule_is_that_of_the_paper():
    s = 0.008
    f = np.cos((TIMES + s) / (1 + s) * np.pi / 2) ** 2
    process = sk.VariancePreserving("cosine")
    np.testing.assert_allclose(process.signal(TIMES) ** 2, f / f[0], atol=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_variance_preserving_keeps_the_variance(schedule):
    process = sk.VariancePreserving(schedule)
    np.testing.assert_allclose(process.signal(TIMES) ** 2 + process.noise(TIMES) ** 2, 1)


def test_variance_exploding_leaves_the_image_and_piles_up_noise():
    process = sk.VarianceExploding(sigma_max=50.0)
    np.testing.assert_array_equal(process.signal(TIMES), 1)
    np.testing.assert_allclose(process.noise(TIMES), 50 * TIMES)


@each_process
def test_snr_is_the_ratio_of_powers_and_falls_from_infinity(process):
    snr = process.snr(TIMES)
    assert snr[0] == np.inf
    assert (np.diff(snr[1:]) < 0).all()
    ratio = (process.signal(TIMES[1:]) / process.noise(TIMES[1:])) ** 2
    np.testing.assert_allclose(snr[1:], ratio)
    np.testing.assert_allclose(np.exp(process.log_snr(TIMES[1:])), snr[1:], rtol=1e-12)


@each_process
def test_a_clean_image_is_clean(process):
    assert (process.signal(0.0), process.noise(0.0)) == (1.0, 0.0)
    assert process.log_snr(0.0) == np.inf


@each_process
def test_a_number_gives_a_number_and_an_array_an_array(process):
    for method in (process.signal, process.noise, process.snr, process.log_snr):
        assert type(method(0.5)) is float
        grid = method(np.full((2, 3), 0.5))
        assert grid.shape == (2, 3)
        np.testing.assert_allclose(grid, method(0.5))
    assert type(process.time_of(0.0)) is float


# inverse, and from process to process


@each_process
def test_time_of_is_the_inverse_of_log_snr(process):
    np.testing.assert_allclose(process.time_of(process.log_snr(TIMES)), TIMES, atol=1e-12)
    levels = np.linspace(max(-20, process.log_snr(1.0)), 20, 50)
    np.testing.assert_allclose(process.log_snr(process.time_of(levels)), levels, atol=1e-9)


@pytest.mark.parametrize("one", PROCESSES.values(), ids=PROCESSES)
@pytest.mark.parametrize("other", PROCESSES.values(), ids=PROCESSES)
def test_from_one_process_to_another_and_back_by_equal_snr(one, other):
    shared = max(one.log_snr(1.0), other.log_snr(1.0), -30.0)
    times = np.linspace(0, one.time_of(shared), 50)
    there = other.time_of(one.log_snr(times))
    np.testing.assert_allclose(other.snr(there[1:]), one.snr(times[1:]), rtol=1e-9)
    np.testing.assert_allclose(one.time_of(other.log_snr(there)), times, atol=1e-12)


def test_equal_snr_makes_noisy_images_of_two_processes_multiples_of_each_other():
    flow, exploding = sk.RectifiedFlow(), sk.VarianceExploding(sigma_max=50.0)
    x0, t = np.linspace(-1, 1, 64).reshape(8, 8), 0.7
    there = exploding.time_of(flow.log_snr(t))
    one, _ = flow.corrupt(x0, t, rng=np.random.default_rng(1))
    other, _ = exploding.corrupt(x0, there, rng=np.random.default_rng(1))
    np.testing.assert_allclose(one, flow.signal(t) * other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["vp linear", "vp scaled_linear", "ve"])
def test_an_snr_that_is_never_reached_has_no_time(name):
    process = PROCESSES[name]
    for level in (-np.inf, process.log_snr(1.0) - 0.01):
        with pytest.raises(sk.SpectralKitError, match="never reached"):
            process.time_of(level)


def test_log_snr_that_is_not_a_number_has_no_time():
    with pytest.raises(sk.SpectralKitError, match="NaN"):
        sk.RectifiedFlow().time_of([0.0, np.nan])


# velocity


@each_process
def test_velocity_is_the_slope_of_the_path_with_fixed_noise(process):
    rng = np.random.default_rng(2)
    x0, eps = rng.normal(size=(2, 8, 6))
    step = 1e-6
    for t in (0.02, 0.5, 0.97):
        here, before, after = (
            process.signal(time) * x0 + process.noise(time) * eps
            for time in (t, t - step, t + step)
        )
        slope = (after - before) / (2 * step)
        np.testing.assert_allclose(process.velocity(here, x0, t), slope, rtol=1e-5, atol=1e-5)


def test_velocity_of_the_flow_is_noise_minus_image():
    flow, rng = sk.RectifiedFlow(), np.random.default_rng(3)
    x0 = rng.normal(size=(8, 8))
    x, eps = flow.corrupt(x0, 0.3, rng=rng)
    np.testing.assert_allclose(flow.velocity(x, x0, 0.3), eps - x0, atol=1e-12)


def test_velocity_has_no_value_without_noise():
    with pytest.raises(sk.SpectralKitError, match="above 0"):
        sk.RectifiedFlow().velocity(np.ones(4), np.ones(4), 0.0)


# noise


@each_process
def test_corrupt_mixes_image_and_the_noise_that_it_returns(process):
    x0 = np.random.default_rng(4).normal(size=(5, 8, 6))
    times = np.linspace(0, 1, 5)
    x, eps = process.corrupt(x0, times, rng=np.random.default_rng(5))
    for i, t in enumerate(times):
        expected = process.signal(t) * x0[i] + process.noise(t) * eps[i]
        np.testing.assert_allclose(x[i], expected, atol=1e-12)
    np.testing.assert_array_equal(x[0], x0[0])


@each_process
def test_float32_images_stay_float32(process):
    x0 = np.random.default_rng(4).normal(size=(2, 8, 6)).astype(np.float32)
    x, eps = process.corrupt(x0, 0.5, rng=np.random.default_rng(5))
    double, _ = process.corrupt(x0.astype(np.float64), 0.5, rng=np.random.default_rng(5))
    assert x.dtype == eps.dtype == process.velocity(x, x0, 0.5).dtype == np.float32
    np.testing.assert_allclose(x, double, rtol=1e-4, atol=1e-5)


def test_a_single_number_can_be_corrupted():
    x, eps = sk.RectifiedFlow().corrupt(2.0, 0.25, rng=np.random.default_rng(1))
    assert x == pytest.approx(1.5 + 0.25 * float(eps))


def within_chance(power, expected, samples):
    """Mean powers of `samples` fields against what is expected at each coefficient.

    A mean over M complex coefficients is chi-square with 2M degrees of freedom over 2M, a real
    one (its own mirror image) with M over M. All of them hold with probability 1 - FALSE_ALARM.
    """
    height, width = expected.shape
    real = np.zeros(expected.shape, dtype=bool)
    real[0 :: max(1, height // 2), 0 :: max(1, width // 2)] = True
    degrees = np.where(real, samples, 2 * samples)
    tail = FALSE_ALARM / 2 / expected.size
    low, high = (stats.chi2.ppf(p, degrees) / degrees for p in (tail, 1 - tail))
    ratio = power / expected
    return bool(((ratio > low) & (ratio < high)).all())


def test_noise_of_equal_snr_has_the_spectrum_of_the_images():
    process = sk.EqualSNR(RISING**4)
    fields = process.prior((800, 8, 6), rng=np.random.default_rng(6))
    power = sk.power_spectrum(fields).mean(axis=0)
    expected = RISING**4 / np.mean(RISING**4)
    np.testing.assert_allclose(process.noise_spectrum, expected)
    assert within_chance(power, expected, 800)
    assert not within_chance(power, np.ones((8, 6)), 800)  # white noise would be seen


@pytest.mark.parametrize("name", ["flow", "vp scaled_linear", "ve"])
def test_the_prior_is_white_noise_of_the_last_size(name):
    process = PROCESSES[name]
    assert process.noise_spectrum == 1.0
    fields = process.prior((800, 8, 6), rng=np.random.default_rng(7))
    power = sk.power_spectrum(fields).mean(axis=0)
    assert within_chance(power, np.full((8, 6), process.noise(1.0) ** 2), 800)


# grids


@each_process
@pytest.mark.parametrize("grid", ["uniform", "log_snr", "karras"])
@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_grids_fall_from_the_noisiest_time_to_zero(process, grid, n):
    times = process.steps(n, grid=grid, t_min=0.01, t_max=0.99)
    assert times.shape == (n + 1,)
    assert (np.diff(times) < 0).all()
    assert times[-1] == 0
    assert times[0] == (1.0 if grid == "uniform" else 0.99)
    if grid != "uniform" and n > 1:
        assert times[-2] == 0.01


@each_process
def test_grids_are_even_on_their_own_axis(process):
    np.testing.assert_allclose(np.diff(process.steps(8)), -1 / 8)
    level = process.log_snr(process.steps(9, grid="log_snr")[:-1])
    np.testing.assert_allclose(np.diff(level), np.diff(level)[0], rtol=1e-6)
    level = process.log_snr(process.steps(9, grid="karras")[:-1])
    ratio = np.exp(-level / 2) ** (1 / 7)
    np.testing.assert_allclose(np.diff(ratio), np.diff(ratio)[0], rtol=1e-6)


def test_the_grid_of_karras_is_the_formula_of_the_paper():
    # Their equation 5 for sigma_max = 80 and sigma_min = 0.002, 18 steps, rho = 7.
    process = sk.VarianceExploding(sigma_max=80.0)
    times = process.steps(18, grid="karras", t_min=0.002 / 80, t_max=1.0)
    i = np.arange(18)
    sigma = (80 ** (1 / 7) + i / 17 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7
    np.testing.assert_allclose(80 * times, [*sigma, 0])


# bad input

IMAGE = np.zeros((8, 6))
RNG = np.random.default_rng(1)
BAD = {
    "t below 0": (lambda p: p.signal(-0.1), "t must lie in"),
    "t above 1": (lambda p: p.noise([0.5, 1.1]), "1.1"),
    "t NaN": (lambda p: p.log_snr(np.nan), "finite"),
    "t text": (lambda p: p.snr("now"), "real numbers"),
    "no steps": (lambda p: p.steps(0), "at least 1"),
    "half a step": (lambda p: p.steps(1.5), "whole number"),
    "unknown grid": (lambda p: p.steps(4, grid="cubic"), "choose one of"),
    "ends out of order": (lambda p: p.steps(4, grid="log_snr", t_min=0.9, t_max=0.1), "t_min"),
    "end at 0": (lambda p: p.steps(4, grid="karras", t_min=0.0), "t_min"),
    "corrupt outside": (lambda p: p.corrupt(IMAGE, 1.5, rng=RNG), "t must lie in"),
    "times do not fit": (lambda p: p.corrupt(IMAGE, np.zeros(5), rng=RNG), "leading axes"),
    "more times than axes": (lambda p: p.corrupt(1.0, np.zeros(5), rng=RNG), "leading axes"),
    "no generator": (lambda p: p.corrupt(IMAGE, 0.5, rng=1), "Generator"),
    "NaN in the image": (lambda p: p.corrupt(IMAGE * np.nan, 0.5, rng=RNG), "finite"),
    "shapes differ": (lambda p: p.velocity(IMAGE, IMAGE[1:], 0.5), "one shape"),
    "prior without shape": (lambda p: p.prior((0, 4), rng=RNG), "whole numbers"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(sk.SpectralKitError, match=message) as caught:
        call(sk.RectifiedFlow())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sk.VariancePreserving("square"), "choose one of"),
        (lambda: sk.VarianceExploding(sigma_max=0.0), "positive"),
        (lambda: sk.VarianceExploding(sigma_max=np.inf), "finite"),
        (lambda: sk.EqualSNR(np.zeros((8, 8))), "positive at each coefficient"),
        (lambda: sk.EqualSNR(-np.ones((8, 8))), "positive at each coefficient"),
        (lambda: sk.EqualSNR(np.full((8, 8), np.nan)), "finite"),
        (lambda: sk.EqualSNR(np.ones((2, 8, 8))), "shape"),
        (lambda: sk.EqualSNR(np.arange(1.0, 65).reshape(8, 8)), "k and -k"),
        (lambda: sk.EqualSNR(RISING, base=sk.EqualSNR(RISING)), "white"),
        (lambda: sk.EqualSNR(RISING).prior((8, 8), rng=RNG), "asked"),
        (lambda: sk.VariancePreserving("cosine").steps(4, grid="log_snr", t_max=1.0), "signal"),
    ],
)
def test_processes_that_cannot_be_are_refused(make, message):
    with pytest.raises(sk.SpectralKitError, match=message):
        make()


def test_the_base_class_is_no_process():
    with pytest.raises(NotImplementedError, match="RectifiedFlow"):
        sk.Process().signal(0.5)
