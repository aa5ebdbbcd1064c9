"""Samplers against textbook loops, exact solutions, and the spectrum that they must give back."""

import tracemalloc
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import spectralkit as sk

FLOW = sk.RectifiedFlow()
LINEAR = sk.VariancePreserving()
PROCESSES = {
    "flow": FLOW,
    "linear": LINEAR,
    "cosine": sk.VariancePreserving("cosine"),
    "exploding": sk.VarianceExploding(sigma_max=50.0),
}
DETERMINISTIC = {
    "ddim": sk.ddim,
    "euler": sk.euler,
    "heun": sk.heun,
    "dpm_solver_pp_2m": sk.dpm_solver_pp_2m,
}
SAMPLERS = {**DETERMINISTIC, "ddpm": sk.ddpm}


def law_power(shape, exponent=2.4, amplitude=1e-3):
    """A power law at each coefficient, with that of the lowest frequency at DC."""
    radius = np.hypot(*np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij"))
    radius[0, 0] = 1 / max(shape)
    return amplitude * radius**-exponent


def last(states):
    *_, (x, _) = states
    return x


def run(name, denoiser, x, times, seed=1, **options):
    """All states of a sampler, whatever it needs."""
    if name == "ddpm":
        options["rng"] = np.random.default_rng(seed)
    return list(SAMPLERS[name](denoiser, denoiser.process, x, times=times, **options))


def carried(denoiser, x, t, s):
    """Exact solution of the ODE: each coefficient keeps its place in its standard deviation."""

    def deviation(u):
        a, sigma = denoiser.process.signal(u), denoiser.process.noise(u)
        return np.sqrt(a**2 * denoiser.power + sigma**2 * denoiser.process.noise_spectrum)

    return np.fft.ifft2(np.fft.fft2(x) * deviation(s) / deviation(t)).real


# textbook loops, written as their papers have them


def textbook_ddim(denoiser, process, x, times):
    for t, s in pairwise(times):
        x0 = denoiser(x, t)
        eps = (x - process.signal(t) * x0) / process.noise(t)
        x = process.signal(s) * x0 + process.noise(s) * eps
    return x


def textbook_euler(denoiser, process, x, times):
    def rate(curve, t, h=1e-6):
        return (curve(min(t + h, 1)) - curve(t - h)) / (min(t + h, 1) - t + h)

    for t, s in pairwise(times):
        x0 = denoiser(x, t)
        eps = (x - process.signal(t) * x0) / process.noise(t)
        x = x + (s - t) * (rate(process.signal, t) * x0 + rate(process.noise, t) * eps)
    return x


def textbook_heun(denoiser, process, x, times):
    for t, s in pairwise(times):
        first = process.velocity(x, denoiser(x, t), t)
        trial = x + (s - t) * first
        if s > 0:
            second = process.velocity(trial, denoiser(trial, s), s)
            x = x + (s - t) * 0.5 * first + (s - t) * 0.5 * second
        else:
            x = trial
    return x


def textbook_2m(denoiser, process, x, times):
    """Algorithm 2 of the paper, which needs signal and noise at all times."""
    lam = [np.log(process.signal(t) / process.noise(t)) for t in times]
    previous = None
    for i in range(1, len(times)):
        t, s, h = times[i - 1], times[i], lam[i] - lam[i - 1]
        x0 = denoiser(x, t)
        if previous is None:
            d = x0
        else:
            r = (lam[i - 1] - lam[i - 2]) / h
            d = (1 + 1 / (2 * r)) * x0 - 1 / (2 * r) * previous
        x = process.noise(s) / process.noise(t) * x - process.signal(s) * np.expm1(-h) * d
        previous = x0
    return x


TEXTBOOKS = {
    "ddim": textbook_ddim,
    "euler": textbook_euler,
    "heun": textbook_heun,
    "dpm_solver_pp_2m": textbook_2m,
}


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("name", TEXTBOOKS)
def test_each_solver_is_the_loop_of_its_textbook(name, process):
    process = PROCESSES[process]
    denoiser = sk.GaussianDenoiser(law_power((6, 8)), 0.3, process)
    x = process.prior((6, 8), rng=np.random.default_rng(1))
    times = [0.95, 0.7, 0.5, 0.2, 0.05] if "2m" in name else [1.0, 0.8, 0.5, 0.2, 0.0]
    expected = TEXTBOOKS[name](denoiser, process, x, times)
    result = run(name, denoiser, x, times)[-1][0]
    tolerance = 1e-5 if name == "euler" else 1e-10  # the textbook's slopes are differences
    np.testing.assert_allclose(result, expected, atol=tolerance * np.abs(expected).max())


def test_ddim_on_the_flow_is_euler_and_elsewhere_euler_on_another_axis():
    denoiser = sk.GaussianDenoiser(law_power((8, 8)), 0.0, FLOW)
    x = FLOW.prior((8, 8), rng=np.random.default_rng(1))
    for (a, t), (b, s) in zip(
        *(run(name, denoiser, x, FLOW.steps(9)) for name in ("ddim", "euler")), strict=True
    ):
        assert t == s
        np.testing.assert_allclose(a, b, atol=1e-12)
    # y = x / a over r = sigma / a has the slope (y - x_0) / r
    denoiser = sk.GaussianDenoiser(law_power((8, 8)), 0.0, LINEAR)
    times = LINEAR.steps(9)[1:]
    a, r = LINEAR.signal(times), LINEAR.noise(times) / LINEAR.signal(times)
    y = x / a[0]
    for i in range(len(times) - 1):
        y = y + (r[i + 1] - r[i]) * (y - denoiser(a[i] * y, times[i])) / r[i]
    np.testing.assert_allclose(last(sk.ddim(denoiser, LINEAR, x, times=times)), a[-1] * y)


def test_one_ddim_step_by_hand_and_with_noise_that_is_known():
    step = sk.ddim_step([[1.0]], [[2.0]], signal=0.25, noise=0.5, signal_next=0.5, noise_next=0.25)
    assert step.tolist() == [[0.5 * 2 + 0.25 * (1 - 0.25 * 2) / 0.5]]
    # with the clean image in place of the estimate, the step lands where that noise would be
    rng = np.random.default_rng(1)
    x0 = rng.normal(size=(4, 4))
    for process in PROCESSES.values():
        x_t, eps = process.corrupt(x0, 0.8, rng=rng)
        a, sigma, a_next, sigma_next = (
            process.signal(0.8), process.noise(0.8), process.signal(0.3), process.noise(0.3)
        )  # fmt: skip
        options = {"signal_next": a_next, "noise_next": sigma_next}
        there = sk.ddim_step(x_t, x0, signal=a, noise=sigma, **options)
        np.testing.assert_allclose(there, a_next * x0 + sigma_next * eps)


def textbook_posterior(process, t, s):
    """Weights and variance of x_s given x_t and x_0 = independent of them: scalars, by blocks.

    x_s = a_s x_0 + sigma_s e1 and x_t = alpha x_s + sqrt(beta) e2, with x_0 fixed at 0 or 1.
    """
    a_t, v_t = process.signal(t), process.noise(t) ** 2
    a_s, v_s = process.signal(s), process.noise(s) ** 2
    alpha = a_t / a_s
    keep = alpha * v_s / v_t  # Cov(x_s, x_t | x_0) / Var(x_t | x_0)
    return keep, a_s - keep * a_t, v_s - keep * alpha * v_s, v_t - alpha**2 * v_s


@pytest.mark.parametrize("variance", ["posterior", "beta", "exact"])
@pytest.mark.parametrize("process", PROCESSES)
def test_each_ddpm_step_has_the_mean_and_the_noise_of_the_conditional_gaussian(process, variance):
    process = PROCESSES[process]
    denoiser = sk.GaussianDenoiser(law_power((6, 8)), 0.3, process)
    times = [1.0, 0.6, 0.3, 0.0]
    x = process.prior((6, 8), rng=np.random.default_rng(1))
    states = run("ddpm", denoiser, x, times, variance=variance)
    rng = np.random.default_rng(1)
    for (x, t), (following, s) in pairwise(states):
        keep, pull, posterior, beta = textbook_posterior(process, t, s)
        power = {
            "posterior": posterior,
            "beta": beta if s > 0 else 0,
            "exact": posterior + pull**2 * denoiser.posterior_variance(t),
        }[variance]
        white = np.fft.fft2(rng.standard_normal((6, 8)))
        noise = np.fft.ifft2(np.sqrt(np.maximum(power, 0)) * white).real
        expected = keep * x + pull * denoiser(x, t) + noise
        np.testing.assert_allclose(following, expected, atol=1e-7 * np.abs(expected).max())


def test_on_the_vp_process_ddpm_is_algorithm_2_of_its_paper():
    betas = np.linspace(1e-4, 0.02, 1000)
    survived = sk.alpha_bar(betas)
    times = LINEAR.time_of(np.log(survived / (1 - survived))[[900, 899]])
    rng = np.random.default_rng(1)
    denoiser = sk.GaussianDenoiser(law_power((6, 8)), 0.0, LINEAR)
    x = rng.normal(size=(6, 8))
    eps = denoiser.predict_noise(x, times[0])
    beta, bar = betas[900], survived[900]
    mean = (x - beta / np.sqrt(1 - bar) * eps) / np.sqrt(1 - beta)
    z = np.random.default_rng(1).standard_normal((6, 8))
    for variance, v in (("beta", beta), ("posterior", beta * (1 - survived[899]) / (1 - bar))):
        result = run("ddpm", denoiser, x, times, variance=variance)[-1][0]
        np.testing.assert_allclose(result, mean + np.sqrt(v) * z, atol=1e-9)


# order of convergence


STEPS = (64, 128, 256, 512)


def order(solver, times_of, denoiser):
    """Least-squares slope of log error over log steps, in a field with a power law."""
    errors = []
    for n in STEPS:
        times = times_of(n)
        shape = denoiser.power.shape
        x = denoiser.sample_marginal(shape, times[0], rng=np.random.default_rng(1))
        exact = carried(denoiser, x, times[0], times[-1])
        result = last(solver(denoiser, denoiser.process, x, times=times))
        errors.append(np.sqrt(np.mean((result - exact) ** 2)))
    return -np.polyfit(np.log(STEPS), np.log(errors), 1)[0]


def even_in_log_snr(n):
    times = FLOW.time_of(np.linspace(FLOW.log_snr(0.99), FLOW.log_snr(0.01), n + 1))
    times[0], times[-1] = 0.99, 0.01
    return times


@pytest.fixture(scope="module")
def field():
    return sk.GaussianDenoiser(law_power((32, 32)), 0.0, FLOW)


def test_orders_are_1_for_euler_and_ddim_and_2_for_heun_on_uniform_times(field):
    assert order(sk.euler, FLOW.steps, field) == pytest.approx(1, abs=0.1)
    assert order(sk.ddim, FLOW.steps, field) == pytest.approx(1, abs=0.1)
    assert order(sk.heun, FLOW.steps, field) == pytest.approx(2, abs=0.15)


def test_the_order_of_2m_is_2_on_an_even_grid_of_the_log_snr(field):
    assert order(sk.dpm_solver_pp_2m, even_in_log_snr, field) == pytest.approx(2, abs=0.15)


def test_ddim_is_first_order_on_the_other_processes_too():
    for process in PROCESSES.values():
        denoiser = sk.GaussianDenoiser(law_power((16, 16)), 0.0, process)
        ends = process.log_snr(0.99), process.log_snr(0.05)

        def times_of(n, process=process, ends=ends):
            return process.time_of(np.linspace(*ends, n + 1))

        assert order(sk.ddim, times_of, denoiser) == pytest.approx(1, abs=0.1)
        assert order(sk.dpm_solver_pp_2m, times_of, denoiser) == pytest.approx(2, abs=0.15)


def heun_at_the_old_state(denoiser, process, x, *, times):
    """Wrong: the second slope is taken at the new time but at the old state."""
    yield x, times[0]
    for t, s in pairwise(times):
        slope = process.velocity(x, denoiser(x, t), t)
        if s > 0:
            slope = (slope + process.velocity(x, denoiser(x, s), s)) / 2
        x = x + (s - t) * slope
        yield x, s


def two_m(weight):
    """2M with another weight of the extrapolation than h / (2 h_last)."""

    def solver(denoiser, process, x, *, times):
        lam = process.log_snr(times) / 2
        previous = None
        yield x, times[0]
        for i, (t, s) in enumerate(pairwise(times)):
            x0 = denoiser(x, t)
            d = (
                x0
                if previous is None
                else x0 + weight(*np.diff(lam[i - 1 : i + 2])) * (x0 - previous)
            )
            x = sk.ddim_step(
                x, d, signal=process.signal(t), noise=process.noise(t),
                signal_next=process.signal(s), noise_next=process.noise(s),
            )  # fmt: skip
            previous = x0
            yield x, s

    return solver


@pytest.mark.parametrize(
    ("wrong", "times_of"),
    [
        (heun_at_the_old_state, FLOW.steps),
        (two_m(lambda last, now: -now / (2 * last)), even_in_log_snr),  # interpolated backwards
        (two_m(lambda last, now: now / last), even_in_log_snr),  # the factor 1/2 forgotten
        (two_m(lambda last, now: 0.0), even_in_log_snr),  # no memory at all
    ],
    ids=["heun at the old state", "2m sign", "2m without half", "2m without memory"],
)
def test_wrong_second_order_solvers_are_first_order(field, wrong, times_of):
    assert order(wrong, times_of, field) < 1.4


def test_an_uneven_grid_tells_the_ratio_of_2m_from_its_inverse(field):
    # On an even grid both are 1/2, so the order cannot tell them apart; the textbook loop can.
    times = [0.95, 0.7, 0.5, 0.2, 0.05]
    x = field.sample_marginal((32, 32), 0.95, rng=np.random.default_rng(1))
    right = last(sk.dpm_solver_pp_2m(field, FLOW, x, times=times))
    upside_down = last(two_m(lambda last, now: last / (2 * now))(field, FLOW, x, times=times))
    upright = last(two_m(lambda last, now: now / (2 * last))(field, FLOW, x, times=times))
    np.testing.assert_allclose(right, upright)
    assert np.abs(right - upside_down).max() > 0.01 * np.abs(right).max()


# the spectrum that comes out


def power_ratio(x, power):
    """Mean power over fields as a share of what it should be, per coefficient."""
    return sk.power_spectrum(x).mean(axis=0) / power


@pytest.mark.parametrize("steps", [10, 50, 250])
@pytest.mark.parametrize("process", ["linear", "flow", "exploding"])
def test_ddpm_with_the_exact_variance_gives_the_spectrum_back_at_any_step_count(process, steps):
    # A coefficient of 400 fields has 400 real degrees of freedom, conjugates counted twice: each
    # group's mean ratio within 6 standard errors sqrt(2 / degrees), 2e-9 if normal; 36 groups.
    process = PROCESSES[process]
    denoiser = sk.GaussianDenoiser(law_power((8, 8)), 0.0, process)
    rng = np.random.default_rng(steps)
    x = denoiser.sample_marginal((400, 8, 8), 1.0, rng=rng)
    result = last(
        sk.ddpm(denoiser, process, x, times=process.steps(steps), rng=rng, variance="exact")
    )
    ratio = power_ratio(result, denoiser.power)
    ring = np.ceil(np.hypot(*np.meshgrid(*(np.fft.fftfreq(8, 1 / 8),) * 2))).astype(int)
    for low, high in ((0, 0), (1, 1), (2, 3), (4, 9)):
        group = ratio[(low <= ring) & (ring <= high)]
        assert abs(group.mean() - 1) < 6 * np.sqrt(2 / (400 * group.size))


def variance_after(process, power, times, variance):
    """How much of its variance a coefficient keeps, by carrying 2 x 2 covariances along."""
    kept = process.signal(times[0]) ** 2 * power + process.noise(times[0]) ** 2
    for t, s in pairwise(times):
        keep, pull, posterior, beta = textbook_posterior(process, t, s)
        a, v = process.signal(t), process.noise(t) ** 2
        gain = a * power / (a**2 * power + v)
        fresh = posterior if variance == "posterior" else beta * (s > 0)
        kept = (keep + pull * gain) ** 2 * kept + fresh
    return kept / power


def test_the_textbook_variance_undershoots_by_known_factors():
    # About half of the columns have power 1000, the others .001: 20 fields have at least 39680 real
    # degrees of freedom of either, so 0.7 percent a standard error; 6 of them: 2e-9 if normal.
    power = np.full((64, 64), 1e-3)
    power[:, :16] = power[:, 49:] = 1000.0
    denoiser = sk.GaussianDenoiser(power, 0.0, LINEAR)
    times = LINEAR.steps(50)
    for variance in ("posterior", "beta"):
        rng = np.random.default_rng(1)
        x = denoiser.sample_marginal((20, 64, 64), 1.0, rng=rng)
        result = last(sk.ddpm(denoiser, LINEAR, x, times=times, rng=rng, variance=variance))
        ratio = power_ratio(result, power)
        for level in (1000.0, 1e-3):
            expected = variance_after(LINEAR, level, times, variance)
            seen = ratio[power == level].mean()
            assert seen == pytest.approx(expected, rel=6 * np.sqrt(2 / 39_680))
    assert variance_after(LINEAR, 1000.0, times, "posterior") == pytest.approx(0.86, abs=0.005)
    assert variance_after(LINEAR, 1e-3, times, "posterior") == pytest.approx(0.13, abs=0.005)


@pytest.mark.parametrize(
    ("process", "loss"),
    [(LINEAR, 0.04), (sk.VarianceExploding(80.0), 0.14), (sk.VarianceExploding(50.0), 0.29)],
    ids=["linear", "exploding 80", "exploding 50"],
)
def test_the_usual_prior_loses_variance_of_the_largest_coefficients(process, loss):
    # The ODE multiplies a start by sqrt(P / (a² P + sigma²)), so that sigma² / (a² P + sigma²) of
    # the variance is left. The sampler is linear in its start, whose variance should be sigma².
    power = np.full((4, 4), 1000.0)
    denoiser = sk.GaussianDenoiser(power, 0.0, process)
    times = process.steps(400, grid="log_snr", t_max=1.0, t_min=1e-4)
    start = process.prior((4, 4), rng=np.random.default_rng(1))
    result = last(sk.heun(denoiser, process, start, times=times))
    kept = np.sum(result**2) / np.sum(start**2) * process.noise(1.0) ** 2 / 1000
    assert 1 - kept == pytest.approx(loss, abs=0.01)
    right = denoiser.sample_marginal((4, 4), 1.0, rng=np.random.default_rng(1))
    expected = carried(denoiser, right, 1.0, 0.0)
    result = last(sk.heun(denoiser, process, right, times=times))
    np.testing.assert_allclose(result, expected, rtol=5e-3)


def noise_made_anew(denoiser, process, x, *, times, rng):
    """Wrong: fresh noise where the predicted noise belongs, and no variance is left to paint."""
    yield x, times[0]
    for t, s in pairwise(times):
        x = process.signal(s) * denoiser(x, t) + process.noise(s) * rng.normal(size=x.shape)
        yield x, s


def one_estimate(denoiser, process, x, *, times, rng):
    """Wrong: the conditional mean called a sample."""
    yield x, times[0]
    yield denoiser(x, times[0]), times[-1]


def estimate_without_1_over_a(denoiser, process, x, *, times, rng):
    """Wrong: x - sigma eps taken for the clean image."""
    return sk.ddim(lambda x, t: process.signal(t) * denoiser(x, t), process, x, times=times)


@pytest.mark.parametrize("wrong", [noise_made_anew, one_estimate, estimate_without_1_over_a])
def test_wrong_samplers_do_not_give_the_spectrum_back(wrong):
    power = np.ones((8, 8))
    denoiser = sk.GaussianDenoiser(power, 0.0, LINEAR)
    rng = np.random.default_rng(1)
    x = denoiser.sample_marginal((200, 8, 8), 0.7, rng=rng)
    times = np.linspace(0.7, 0.0, 101)
    right = power_ratio(last(sk.ddim(denoiser, LINEAR, x, times=times)), power).mean()
    assert right == pytest.approx(1, abs=0.06)  # 12800 degrees of freedom: 1.3 percent
    assert power_ratio(last(wrong(denoiser, LINEAR, x, times=times, rng=rng)), power).mean() < 0.7


def test_noise_with_a_spectrum_is_carried_and_drawn_with_that_spectrum():
    power = law_power((8, 8))
    process = sk.EqualSNR(power)
    denoiser = sk.GaussianDenoiser(power, 0.0, process)
    rng = np.random.default_rng(1)
    x = denoiser.sample_marginal((400, 8, 8), 1.0, rng=rng)
    result = last(sk.ddpm(denoiser, process, x, times=process.steps(20), rng=rng, variance="exact"))
    # All 64 coefficients of 400 fields: 25600 degrees of freedom, 6 standard errors, 2e-9.
    assert power_ratio(result, power).mean() == pytest.approx(1, abs=6 * np.sqrt(2 / 25_600))
    exact = carried(denoiser, x[0], 1.0, 0.0)
    result = last(sk.heun(denoiser, process, x[0], times=process.steps(200)))
    np.testing.assert_allclose(result, exact, atol=1e-3 * np.abs(exact).max())


# states


class Spy:
    """A denoiser that notes when it is asked."""

    def __init__(self, denoiser):
        self.denoiser, self.process, self.asked = denoiser, denoiser.process, []

    def __call__(self, x, t):
        self.asked.append(t)
        return self.denoiser(x, t)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("process", PROCESSES)
def test_no_sampler_asks_a_denoiser_at_t_0_and_each_asks_as_often_as_it_says(name, process):
    process = PROCESSES[process]
    spy = Spy(sk.GaussianDenoiser(law_power((8, 8)), 0.0, process))
    x = process.prior((8, 8), rng=np.random.default_rng(1))
    states = run(name, spy, x, process.steps(7))
    assert np.isfinite(states[-1][0]).all()
    assert min(spy.asked) > 0
    assert len(spy.asked) == (13 if name == "heun" else 7)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_first_state_is_the_start_the_last_the_sample_and_times_are_those_given(name, field):
    x = FLOW.prior((32, 32), rng=np.random.default_rng(1))
    states = run(name, field, x, FLOW.steps(5))
    assert [t for _, t in states] == FLOW.steps(5).tolist()
    np.testing.assert_array_equal(states[0][0], x)
    assert all(state.shape == x.shape for state, _ in states)
    assert len({id(state) for state, _ in states}) == 6  # none is overwritten by the next


@pytest.mark.parametrize("name", SAMPLERS)
def test_float32_stays_float32(name, field):
    x = FLOW.prior((2, 32, 32), rng=np.random.default_rng(1))
    single = run(name, field, x.astype(np.float32), FLOW.steps(8))
    assert {state.dtype for state, _ in single} == {np.dtype(np.float32)}
    wider = run(name, Spy(lambda_of(field)), x.astype(np.float32), FLOW.steps(8))
    assert wider[-1][0].dtype == np.float32
    if name != "ddpm":  # whose noise of another type is another draw
        double = run(name, field, x, FLOW.steps(8))[-1][0]
        np.testing.assert_allclose(single[-1][0], double, atol=1e-5 * np.abs(double).max())


def lambda_of(denoiser):
    """A denoiser that answers in float64 whatever it is asked in."""

    def answer(x, t):
        return denoiser(x.astype(np.float64), t)

    answer.process = denoiser.process
    return answer


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_batches_equal_loops(name, field):
    x = FLOW.prior((2, 3, 32, 32), rng=np.random.default_rng(1))
    together = run(name, field, x, FLOW.steps(6))[-1][0]
    for place in np.ndindex(2, 3):
        one = run(name, field, x[place], FLOW.steps(6))[-1][0]
        np.testing.assert_allclose(together[place], one, atol=1e-12)


@pytest.mark.parametrize("name", SAMPLERS)
def test_memory_does_not_grow_with_the_number_of_steps(name):
    denoiser = sk.GaussianDenoiser(law_power((64, 64)), 0.0, FLOW)
    x = FLOW.prior((64, 64), rng=np.random.default_rng(1))

    def peak(steps):
        options = {"rng": np.random.default_rng(1)} if name == "ddpm" else {}
        tracemalloc.start()
        for _ in SAMPLERS[name](denoiser, FLOW, x, times=FLOW.steps(steps), **options):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(80) < peak(8) + x.nbytes  # less than one state more


# sample


def test_sample_is_the_prior_taken_to_the_end(field, capsys):
    for sampler in (*DETERMINISTIC.values(), partial(sk.ddpm, variance="exact")):
        rng, again = np.random.default_rng(1), np.random.default_rng(1)
        options = {} if sampler in DETERMINISTIC.values() else {"rng": again}
        x = FLOW.prior((32, 32), rng=again)
        expected = last(sampler(field, FLOW, x, times=FLOW.steps(4), **options))
        result = sk.sample(sampler, field, FLOW, (32, 32), times=FLOW.steps(4), rng=rng)
        np.testing.assert_array_equal(result, expected)
    assert capsys.readouterr().err == ""
    sk.sample(sk.ddim, field, FLOW, (32, 32), times=FLOW.steps(4), rng=rng, progress=True)
    assert "4/4" in capsys.readouterr().err


# bad input


GOOD = np.ones((8, 8))
DENOISER = sk.GaussianDenoiser(np.ones((8, 8)), 0.0, FLOW)


def fails_in_step(number, answer):
    """A denoiser whose answer goes wrong in one step."""
    asked = []

    def denoiser(x, t):
        asked.append(t)
        return answer(x) if len(asked) == number else 0 * x

    return denoiser


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(
    ("match", "options"),
    [
        (r"times must hold at least 2.*\(1,\)", {"times": [1.0]}),
        (r"times must hold at least 2.*\(\)", {"times": 1.0}),
        (r"times is empty", {"times": []}),
        (r"times must hold at least 2.*\(2, 2\)", {"times": [[1.0, 0.5], [0.3, 0.0]]}),
        (r"times must decrease strictly", {"times": [0.0, 0.5, 1.0]}),
        (r"times must decrease strictly", {"times": [1.0, 0.5, 0.5, 0.0]}),
        (r"within \[0, 1\].*run from 1\.5", {"times": [1.5, 0.5]}),
        (r"within \[0, 1\].*to -0\.1", {"times": [0.5, -0.1]}),
        (r"times holds nan", {"times": [1.0, np.nan]}),
        (r"x holds nan at index \(0, 0\)", {"x": GOOD * np.nan}),
        (r"x must hold real numbers", {"x": GOOD + 0j}),
    ],
)  # fmt: skip
def test_bad_starts_and_times_are_refused_before_the_first_step(name, match, options):
    options = {"x": GOOD, "times": [1.0, 0.5, 0.0], **options}
    if name == "ddpm":
        options["rng"] = np.random.default_rng(1)
    with pytest.raises(sk.SpectralKitError, match=match) as caught:
        SAMPLERS[name](DENOISER, FLOW, **options)  # no state is asked for
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(
    ("match", "answer"),
    [
        (r"not finite in step 2", lambda x: x * np.nan),
        (r"not finite in step 2", lambda x: x + np.inf),
        (r"shape \(8, 8\) .*\(7, 8\) in step 2", lambda x: x[1:]),
        (r"real numbers .*complex128", lambda x: x + 0j),
        (r"real numbers .*object", lambda x: None),
    ],
)
def test_a_denoiser_that_fails_is_named_with_its_step(name, match, answer):
    number = 3 if name == "heun" else 2  # Heun asks twice in step 1
    denoiser = fails_in_step(number, answer)
    denoiser.process = FLOW
    with pytest.raises(sk.SpectralKitError, match=match) as caught:
        run(name, denoiser, GOOD, [1.0, 0.6, 0.3, 0.0])
    message = str(caught.value)
    assert message.endswith(".")
    assert len(message) < 240


def step(**options):
    given = {"signal": 0.5, "noise": 0.5, "signal_next": 0.9, "noise_next": 0.1, **options}
    x_t, x0 = given.pop("x_t", GOOD), given.pop("x0", GOOD)
    return sk.ddim_step(x_t, x0, **given)


@pytest.mark.parametrize(
    ("match", "call"),
    [
        (r"one shape.*\(8, 8\) and \(7, 8\)", lambda: step(x0=GOOD[1:])),
        (r"x_t holds inf", lambda: step(x_t=GOOD * np.inf)),
        (r"noise must be positive.*0", lambda: step(noise=0.0)),
        (r"noise_next at least 0.*-1", lambda: step(noise_next=-1.0)),
        (r"signal holds nan", lambda: step(signal=np.nan)),
        (r"signal_next must be one number", lambda: step(signal_next=[0.1, 0.2])),
        (r"x must have shape \(\.\.\., 8, 8\).*\(8, 6\)",
         lambda: run("ddim", DENOISER, GOOD[:, :6], [1.0, 0.0])),
        (r"variance='textbook' is not known.*'posterior', 'beta', 'exact'",
         lambda: run("ddpm", DENOISER, GOOD, [1.0, 0.0], variance="textbook")),
        (r"posterior_variance\(t\), as GaussianDenoiser has",
         lambda: run("ddpm", Spy(DENOISER), GOOD, [1.0, 0.0], variance="exact")),
        (r"rng must be a numpy", lambda: sk.ddpm(DENOISER, FLOW, GOOD, times=[1.0, 0.0], rng=1)),
        (r"rng must be a numpy",
         lambda: sk.sample(sk.ddim, DENOISER, FLOW, (8, 8), times=[1.0, 0.0], rng=1)),
        (r"times must hold at least 2",
         lambda: sk.sample(sk.ddim, DENOISER, FLOW, (8, 8), times=[1.0],
                           rng=np.random.default_rng(1))),
    ],
)  # fmt: skip
def test_unusable_arguments_are_named_with_what_was_given(match, call):
    with pytest.raises(sk.SpectralKitError, match=match) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".")
    assert len(message) < 240
