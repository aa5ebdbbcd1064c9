# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Problem set: diffusion
#
# **30 points, about two and a half hours.** You noise pictures step by step and in one jump, you
# find out which frequencies are left at each time, and you walk back from noise to a field with
# the right spectrum.
#
# How it works:
#
# - Run the first code cell, then write your answers where it says `YOUR CODE HERE`; take away the line that raises the error.
# - Run the test cell below each answer as often as you like. It says what is right, what is not,
#   and, where it recognises a common mistake, which one it was.
# - More tests run when the set is graded. They check the same definition on other data.
# - A task may use the functions of `spectralkit` (as `sk`) that *earlier* tasks asked for, so that
#   one wrong answer does not spoil the next. The function of the task itself, and whatever
#   contains it, is yours to write; NumPy is always allowed. When the set is graded, the function
#   of the task itself only says "write it yourself, then compare".
# - Your functions must not change the arrays that they are given; those of the tests are read-only.
# - ★ means: write down a formula. ★★ means: get a convention right. ★★★ means: decide.
#
# Conventions of this set: $x_t = a\, x_0 + \sigma\, \varepsilon$ with $t = 0$ clean;
# $\mathrm{SNR} = a^2 / \sigma^2$; frequencies in cycles/pixel; power $P = |\mathrm{DFT}|^2 / (H W)$
# with DC at `[0, 0]`. Where a function draws noise for an array `x`, it calls
# `rng.standard_normal(x.shape)` **once for each step and nothing else**, so that its result can be
# compared number by number. Everything is explained in Part III of the book.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, in_form, read_only
from spectralkit import mistakes

photos = sk.photographs()  # ten, 256 by 256, green channel, pixels from -1 to 1
camera = photos["camera"]
spectrum = sk.rapsd(camera)  # its ring average: .frequency and .power
law = sk.fit_power_law(sk.mean_log_spectrum(photos))  # of all ten: .exponent and .amplitude
flow = sk.RectifiedFlow()  # a = 1 - t, sigma = t
ddpm_betas = read_only(np.linspace(1e-4, 0.02, 1000))
latent_betas = read_only(np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)
few_betas = read_only(np.array([0.19, 0.36, 0.51]))
tiny = read_only(np.array([[2.0, -1.0, 0.0, 1.0], [0.5, 3.0, -2.0, 0.0]]))


def field_power(side, exponent, amplitude):
    """Power of each coefficient of a field, shape (side, side); DC as the lowest wave."""
    radius = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.fftfreq(side))
    radius[0, 0] = 1 / side
    return read_only(amplitude * radius**-exponent)


# A Gaussian field of 4 by 4 pixels, noise to start from, and how far a right sampler is off the
# exact end with 8, 16, 32 and 64 steps.
small_field = field_power(4, 2.0, 0.2)
small_start = read_only(np.random.default_rng(10).normal(size=(4, 4)))
exact_end = np.fft.ifft2(np.sqrt(small_field) * np.fft.fft2(small_start)).real
small_denoiser = sk.GaussianDenoiser(small_field, 0.0, flow)
field_errors = []
for n in (8, 16, 32, 64):
    *_, (end, _) = sk.ddim(small_denoiser, flow, small_start, times=np.linspace(1, 0, n + 1))
    field_errors.append(np.linalg.norm(end - exact_end))
field_errors = read_only(np.array(field_errors))

# %% [markdown]
# ## 1. What is left after each step ★ (2 points, 5 minutes)
#
# Each step of the chain leaves the share $1 - \beta_n$ of the signal's power. Write
# `alpha_bar(betas)`: what is left after 1, 2, 3 … steps,
#
# $$ \bar\alpha_n = \prod_{m=1}^{n} (1 - \beta_m). $$
#
# The first entry of the result belongs to the state after **one** step.
#
# Not allowed: `sk.alpha_bar`.


# %% nbgrader={"grade_id": "alpha_bar", "solution": true, "wrong": "mistakes.of('alpha_bar', betas)"}
def alpha_bar(betas):
    """Share of the signal's power that is left after each step.

    Takes and returns a float array of shape (n,).
    """
    ### BEGIN SOLUTION
    return sk.alpha_bar(betas)
    ### END SOLUTION


# %% nbgrader={"grade_id": "alpha_bar-test", "grade": true, "points": 2, "uses": ["alpha_bar"], "page": "corruption"}
"""What is left: three steps, the thousand steps of DDPM, other schedules."""
task = Task("alpha_bar", points=2)
with task.part("three steps", points=0.5):
    compare(
        alpha_bar(few_betas),
        sk.alpha_bar(few_betas),
        mistakes=mistakes.of("alpha_bar", few_betas),
        example="alpha_bar(few_betas)",
    )
with task.part("the thousand steps of DDPM", points=0.5):
    compare(
        alpha_bar(ddpm_betas),
        sk.alpha_bar(ddpm_betas),
        mistakes=mistakes.of("alpha_bar", ddpm_betas),
    )
### BEGIN HIDDEN TESTS
with task.part("other schedules", points=1, hidden=True):
    for i, shortest in enumerate([4, 9, 30]):
        rng = np.random.default_rng([SEED, i])
        steps = rng.uniform(0.05, 0.3, shortest + rng.integers(5))
        compare(
            alpha_bar(steps),
            sk.alpha_bar(steps),
            mistakes=mistakes.of("alpha_bar", steps),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. One step ★ (2 points, 5 minutes)
#
# Write `forward_step(x, beta, rng)`, one step of the chain:
#
# $$ x_n = \sqrt{1 - \beta}\; x_{n-1} + \sqrt{\beta}\; \varepsilon, $$
#
# with fresh Gaussian noise from `rng.standard_normal(x.shape)`.
#
# Not allowed: `sk.forward_step`, `sk.forward_marginal`.


# %% nbgrader={"grade_id": "forward_step", "solution": true, "wrong": "mistakes.of('forward_step', x, beta, rng)"}
def forward_step(x, beta, rng):
    """One step of the chain on an array x, with noise of variance beta.

    Takes a numpy.random.Generator; returns an array of the shape of x.
    """
    ### BEGIN SOLUTION
    return sk.forward_step(x, beta, rng=rng)
    ### END SOLUTION


# %% nbgrader={"grade_id": "forward_step-test", "grade": true, "points": 2, "uses": ["forward_step"], "page": "corruption"}
"""One step: a 2 by 4 example, a photograph, what stays and what does not."""
task = Task("forward_step", points=2)
with task.part("a 2 by 4 example", points=0.5):
    compare(
        forward_step(tiny, 0.36, np.random.default_rng(1)),
        sk.forward_step(tiny, 0.36, rng=np.random.default_rng(1)),
        mistakes=mistakes.of("forward_step", tiny, 0.36, np.random.default_rng(1)),
        example="forward_step(tiny, 0.36, np.random.default_rng(1))",
    )
with task.part("two steps of a photograph draw two different noises", points=0.5):
    mine, theirs = np.random.default_rng(2), np.random.default_rng(2)
    for beta in (0.1, 0.1):
        compare(
            forward_step(camera, beta, mine),
            sk.forward_step(camera, beta, rng=theirs),
        )
### BEGIN HIDDEN TESTS
with task.part("other arrays, other betas", points=1, hidden=True):
    for i, middle in enumerate([0.1, 0.3, 0.7]):
        rng = np.random.default_rng([SEED, i])
        state = read_only(rng.normal(size=(3 + rng.integers(4), 5)))
        beta = middle + rng.uniform(-0.05, 0.05)
        compare(
            forward_step(state, beta, np.random.default_rng([SEED, 9])),
            sk.forward_step(state, beta, rng=np.random.default_rng([SEED, 9])),
            mistakes=mistakes.of("forward_step", state, beta, np.random.default_rng([SEED, 9])),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. The chain ★★ (2 points, 10 minutes)
#
# Write `forward_chain(x0, betas, rng)`: all steps, one after the other, the first one with
# `betas[0]`. Return the last state only.
#
# You may call `sk.forward_step(x, beta, rng=rng)`. Not allowed: `sk.forward_marginal`.


# %% nbgrader={"grade_id": "forward_chain", "solution": true, "wrong": "mistakes.of('forward_chain', x0, betas, rng)"}
def forward_chain(x0, betas, rng):
    """Last state of the chain that starts from the array x0.

    Takes betas of shape (n,) and a numpy.random.Generator; returns the shape of x0.
    """
    ### BEGIN SOLUTION
    x = x0
    for beta in betas:
        x = sk.forward_step(x, beta, rng=rng)
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "forward_chain-test", "grade": true, "points": 2, "uses": ["forward_chain"], "page": "corruption"}
"""The chain: three steps by number, the thousand steps of DDPM by their variance."""


def right_chain(x, steps, generator):
    """The reference in the form of this task."""
    for step in steps:
        x = sk.forward_step(x, step, rng=generator)
    return x


task = Task("forward_chain", points=2)
with task.part("three steps of a 2 by 4 example", points=0.5):
    compare(
        forward_chain(tiny, few_betas, np.random.default_rng(3)),
        right_chain(tiny, few_betas, np.random.default_rng(3)),
        mistakes=mistakes.of("forward_chain", tiny, few_betas, np.random.default_rng(3)),
        example="forward_chain(tiny, few_betas, np.random.default_rng(3))",
    )
with task.part("after DDPM's thousand steps the variance of 2000 pixels is near 1", points=0.5):
    zeros = read_only(np.zeros(2000))
    walked = in_form(forward_chain(zeros, ddpm_betas, np.random.default_rng(4)), zeros)
    variance = np.var(walked)
    # the seed is fixed, so a right answer never fails by chance
    assert 0.8 < variance < 1.2, (
        f"The variance is {variance:.3g}. Noise of variance beta that is fresh at each step keeps "
        "it near 1: is yours fresh, and is x shrunk?"
    )
### BEGIN HIDDEN TESTS
with task.part("other arrays, other schedules", points=1, hidden=True):
    for i, shortest in enumerate([3, 5, 8]):
        rng = np.random.default_rng([SEED, i])
        state = read_only(rng.normal(size=(4, 3 + rng.integers(4))))
        steps = np.sort(rng.uniform(0.05, 0.5, shortest))
        compare(
            forward_chain(state, steps, np.random.default_rng([SEED, 9])),
            right_chain(state, steps, np.random.default_rng([SEED, 9])),
            mistakes=mistakes.of("forward_chain", state, steps, np.random.default_rng([SEED, 9])),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 4. The jump ★★ (2 points, 10 minutes)
#
# Write `forward_marginal(x0, alpha_bar, rng)`, which draws from the distribution of the chain's
# state without walking it:
#
# $$ x_n = \sqrt{\bar\alpha_n}\; x_0 + \sqrt{1 - \bar\alpha_n}\; \varepsilon, $$
#
# with one call of `rng.standard_normal(x0.shape)`. `alpha_bar` is one number.
#
# Not allowed: `sk.forward_marginal`.


# %% nbgrader={"grade_id": "forward_marginal", "solution": true, "wrong": "mistakes.of('forward_marginal', x0, alpha_bar, rng)"}
def forward_marginal(x0, alpha_bar, rng):
    """Jump from the array x0 to where a share alpha_bar of its power is left.

    Takes a numpy.random.Generator; returns an array of the shape of x0.
    """
    ### BEGIN SOLUTION
    return sk.forward_marginal(x0, alpha_bar, rng=rng)
    ### END SOLUTION


# %% nbgrader={"grade_id": "forward_marginal-test", "grade": true, "points": 2, "uses": ["forward_marginal"], "page": "corruption"}
"""The jump: a 2 by 4 example, and whether it agrees with the chain."""
task = Task("forward_marginal", points=2)
with task.part("a 2 by 4 example", points=0.5):
    compare(
        forward_marginal(tiny, 0.36, np.random.default_rng(5)),
        sk.forward_marginal(tiny, 0.36, rng=np.random.default_rng(5)),
        mistakes=mistakes.of("forward_marginal", tiny, 0.36, np.random.default_rng(5)),
        example="forward_marginal(tiny, 0.36, np.random.default_rng(5))",
    )
with task.part("it has the mean and the variance of the chain", points=0.5):
    walked = read_only(np.full(20000, 2.0))
    generator = np.random.default_rng(6)
    for beta in few_betas:
        walked = sk.forward_step(walked, beta, rng=generator)
    kept = sk.alpha_bar(few_betas)[-1]
    twos = read_only(np.full(20000, 2.0))
    jumped = in_form(forward_marginal(twos, kept, np.random.default_rng(7)), twos)
    # both seeds are fixed, so a right answer never fails by chance
    assert abs(np.mean(jumped) - np.mean(walked)) < 0.05, (
        f"Your mean is {np.mean(jumped):.3f}, that of the chain {np.mean(walked):.3f}."
    )
    assert abs(np.var(jumped) / np.var(walked) - 1) < 0.07, (
        f"Your variance is {np.var(jumped):.3f}, that of the chain {np.var(walked):.3f}."
    )
### BEGIN HIDDEN TESTS
with task.part("other arrays, other shares", points=1, hidden=True):
    for i, middle in enumerate([0.1, 0.35, 0.8]):
        rng = np.random.default_rng([SEED, i])
        clean = read_only(rng.normal(size=(4, 3 + rng.integers(4))))
        share = middle + rng.uniform(-0.05, 0.05)
        compare(
            forward_marginal(clean, share, np.random.default_rng([SEED, 9])),
            sk.forward_marginal(clean, share, rng=np.random.default_rng([SEED, 9])),
            mistakes=mistakes.of(
                "forward_marginal", clean, share, np.random.default_rng([SEED, 9])
            ),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 5. Predict first ★★★ (1 point, 5 minutes)
#
# Answer **before** you compute anything, in your head.
#
# - What is the signal-to-noise ratio of the rectified flow ($a = 1 - t$, $\sigma = t$) at
#   $t = 0.25$? (`flow_snr`)
# - A chain makes 100 steps with $\beta = 0.01$ each. Which share of the signal's *power* is left?
#   Within 0.02 is close enough. (`share_left`)

# %% nbgrader={"grade_id": "prediction", "solution": true}
# prediction: two numbers, flow_snr and share_left
### BEGIN SOLUTION
flow_snr = 9
share_left = 0.37
### END SOLUTION

# %% nbgrader={"grade_id": "prediction-test", "grade": true, "points": 1, "uses": ["flow_snr", "share_left"], "page": "corruption"}
"""Prediction: your two numbers against the library."""
task = Task("prediction", points=1)
with task.part("the signal-to-noise ratio of the flow", points=0.5):
    hints = {
        3: "That is a ratio of amplitudes; the signal-to-noise ratio is one of powers.",
        1 / 9: "That is noise over signal.",
        15: "That would be a² = 1 - t²; in the flow a is 1 - t.",
    }
    claimed = in_form(flow_snr, 1.0, "flow_snr")
    assert np.isclose(claimed, flow.snr(0.25)), next(
        (hint for value, hint in hints.items() if np.isclose(claimed, value)),
        "Write down a and sigma at t = 0.25, then square their ratio.",
    )
with task.part("the share that is left after 100 steps", points=0.5):
    hints = {
        0: "The betas do not add up: each step takes a share of what is left.",
        0.99: "That is one step.",
        0.61: "That is the share of the amplitude; the question is about power.",
    }
    claimed = in_form(share_left, 1.0, "share_left")
    assert abs(claimed - sk.alpha_bar(np.full(100, 0.01))[-1]) < 0.02, next(
        (hint for value, hint in hints.items() if abs(claimed - value) < 0.02),
        "What is 0.99 to the power of 100? Think of (1 - 1/n)^n.",
    )
task.score()

# %% [markdown]
# ## 6. The end of a schedule ★★ (2 points, 10 minutes)
#
# Write `terminal_snr(betas)`: the signal-to-noise ratio of powers, $a^2 / \sigma^2$, after the last
# step of the chain.
#
# When it works, compare `terminal_snr(ddpm_betas) * spectrum.power[0]` with the same for
# `latent_betas`: at the end of which schedule is the lowest ring of a photograph not covered?
#
# You may call `sk.alpha_bar`.


# %% nbgrader={"grade_id": "terminal_snr", "solution": true, "wrong": "mistakes.of('terminal_snr', betas)"}
def terminal_snr(betas):
    """Signal-to-noise ratio of powers at the end of the chain.

    Takes betas of shape (n,), returns a float.
    """
    ### BEGIN SOLUTION
    kept = sk.alpha_bar(betas)[-1]
    return float(kept / (1 - kept))
    ### END SOLUTION


# %% nbgrader={"grade_id": "terminal_snr-test", "grade": true, "points": 2, "uses": ["terminal_snr"], "page": "corruption"}
"""The end of a schedule: three steps, two published schedules, others."""


def right_end(steps):
    """The reference in the form of this task."""
    rest = sk.alpha_bar(steps)[-1]
    return float(rest / (1 - rest))


task = Task("terminal_snr", points=2)
with task.part("three steps", points=0.5):
    compare(
        terminal_snr(few_betas),
        right_end(few_betas),
        mistakes=mistakes.of("terminal_snr", few_betas),
        example="terminal_snr(few_betas)",
    )
with task.part("two published schedules", points=0.5):
    for published in (ddpm_betas, latent_betas):
        compare(
            terminal_snr(published),
            right_end(published),
            mistakes=mistakes.of("terminal_snr", published),
        )
### BEGIN HIDDEN TESTS
with task.part("other schedules", points=1, hidden=True):
    for i, shortest in enumerate([4, 9, 30]):
        rng = np.random.default_rng([SEED, i])
        steps = rng.uniform(0.05, 0.3, shortest + rng.integers(5))
        compare(
            terminal_snr(steps),
            right_end(steps),
            mistakes=mistakes.of("terminal_snr", steps),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 7. The highest detectable frequency ★★ (3 points, 20 minutes)
#
# Write `max_detectable_frequency(frequency, power, t)` for the **rectified flow** and a threshold
# of 1:
#
# - a ring *stands out* if $\mathrm{SNR}(t) \cdot P \ge 1$;
# - find the **last** ring that stands out; the limit lies between it and the next ring, where
#   $\log P$ is linear in $\log f$: return the frequency at which $\mathrm{SNR}(t) \cdot P = 1$ there;
# - return `0.0` if no ring stands out, and `0.5` if the last ring does.
#
# Tests only use $0 < t < 1$. Not allowed: `sk.max_detectable_frequency`, `sk.active_band`.


# %% nbgrader={"grade_id": "max_detectable_frequency", "solution": true, "wrong": "mistakes.of('max_detectable_frequency', frequency, power, t)"}
def max_detectable_frequency(frequency, power, t):
    """Frequency up to which a measured spectrum stands out of the noise, in cycles/pixel.

    Takes two float arrays of shape (R,), positive powers, and a number; returns a float.
    """
    ### BEGIN SOLUTION
    curve = sk.RadialSpectrum(frequency, power, np.ones(len(frequency), dtype=int))
    return sk.max_detectable_frequency(curve, sk.RectifiedFlow(), t)
    ### END SOLUTION


# %% nbgrader={"grade_id": "max_detectable_frequency-test", "grade": true, "points": 3, "uses": ["max_detectable_frequency"], "page": "which-frequency-when"}
"""The limit: four rings, a photograph at two times, nothing and everything, other spectra."""


def right_limit(places, powers, time):
    """The reference in the form of this task."""
    curve = sk.RadialSpectrum(places, powers, np.ones(len(places), dtype=int))
    return sk.max_detectable_frequency(curve, flow, time)


rings = read_only(np.array([0.1, 0.2, 0.3, 0.4]))
fall = read_only(np.array([4.0, 1.0, 0.25, 0.1]))
task = Task("max_detectable_frequency", points=3)
with task.part("four rings", points=0.5):
    compare(
        max_detectable_frequency(rings, fall, 0.4),
        right_limit(rings, fall, 0.4),
        mistakes=mistakes.of("max_detectable_frequency", rings, fall, 0.4),
        example="max_detectable_frequency(rings, fall, 0.4)",
    )
with task.part("a photograph", points=0.5):
    photograph = (read_only(spectrum.frequency), read_only(spectrum.power))
    for time in (0.2, 0.45):
        compare(
            max_detectable_frequency(*photograph, time),
            right_limit(*photograph, time),
            mistakes=mistakes.of("max_detectable_frequency", *photograph, time),
        )
with task.part("nothing stands out, everything stands out", points=0.5):
    compare(max_detectable_frequency(rings, fall, 0.9), 0.0)
    compare(max_detectable_frequency(rings, fall, 0.1), 0.5)
### BEGIN HIDDEN TESTS
with task.part("spectra that go up and down", points=1.5, hidden=True):
    for i, shortest in enumerate([26, 34, 42]):
        rng = np.random.default_rng([SEED, i])
        count = shortest + rng.integers(6)
        places = np.arange(1, count + 1) / (2 * count + 2)
        powers = (places / 0.25) ** -rng.uniform(1.6, 2.4)
        bump = count // 2 + rng.integers(4)  # near 0.25, so the law is near 1 there
        level = powers[bump - 4]
        powers = powers * rng.uniform(0.02, 0.06) / level
        level = rng.uniform(0.85, 0.95) * powers[bump - 4]
        powers[bump] *= 8
        time = 1 / (1 + level**-0.5)
        compare(
            max_detectable_frequency(places, powers, time),
            right_limit(places, powers, time),
            mistakes=mistakes.of("max_detectable_frequency", places, powers, time),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 8. How far to believe it ★ (2 points, 10 minutes)
#
# Write `wiener_gain(power, t)` for the **rectified flow**,
#
# $$ g = \frac{\mathrm{SNR} \cdot P}{1 + \mathrm{SNR} \cdot P} = \frac{a^2 P}{a^2 P + \sigma^2}, $$
#
# the share of what is seen at each frequency that comes from the image. It must be right (and no
# NaN) at $t = 1$ and for powers of 0 as well; tests use $0 < t \le 1$.
#
# Not allowed: `sk.wiener_gain`, `sk.GaussianDenoiser`.


# %% nbgrader={"grade_id": "wiener_gain", "solution": true, "wrong": "mistakes.of('wiener_gain', power, t)"}
def wiener_gain(power, t):
    """Gain from 0 to 1 for clean powers of any shape, at time t of the rectified flow."""
    ### BEGIN SOLUTION
    return sk.wiener_gain(power, sk.RectifiedFlow(), t)
    ### END SOLUTION


# %% nbgrader={"grade_id": "wiener_gain-test", "grade": true, "points": 2, "uses": ["wiener_gain"], "page": "which-frequency-when"}
"""The gain: three powers, a photograph, the edges, other powers."""
three = read_only(np.array([1 / 9, 1.0, 9.0]))
task = Task("wiener_gain", points=2)
with task.part("three powers", points=0.5):
    compare(
        wiener_gain(three, 0.4),
        sk.wiener_gain(three, flow, 0.4),
        mistakes=mistakes.of("wiener_gain", three, 0.4),
        example="wiener_gain(three, 0.4)",
    )
with task.part("a photograph", points=0.25):
    loud = read_only(spectrum.power)
    compare(
        wiener_gain(loud, 0.3),
        sk.wiener_gain(loud, flow, 0.3),
        mistakes=mistakes.of("wiener_gain", loud, 0.3),
    )
with task.part("no signal is left, and no power was there", points=0.25):
    compare(wiener_gain(read_only(np.array([1.0, 5.0])), 1.0), np.zeros(2))
    compare(wiener_gain(read_only(np.array([0.0, 1.0])), 0.5), np.array([0.0, 0.5]))
### BEGIN HIDDEN TESTS
with task.part("other powers", points=1, hidden=True):
    for i, time in enumerate([0.2, 0.4, 0.6]):
        rng = np.random.default_rng([SEED, i])
        powers = np.exp(rng.normal(size=(3, 2 + rng.integers(4))))
        later = time + rng.uniform(0, 0.1)
        compare(
            wiener_gain(powers, later),
            sk.wiener_gain(powers, flow, later),
            mistakes=mistakes.of("wiener_gain", powers, later),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 9. Denoise ★★ (3 points, 15 minutes)
#
# For a Gaussian field of mean 0 whose coefficients have the power $P$ (shape (H, W), DC at
# `[0, 0]`), the best estimate of the clean image multiplies every Fourier coefficient of $x_t$ by
#
# $$ \frac{a\, P}{a^2 P + \sigma^2}, $$
#
# the gain divided by $a$, written so that it is defined at $t = 1$ too. Write `denoise(x, power, t)`
# for the **rectified flow**; the result is real.
#
# When it works, look at `denoise(flow.corrupt(camera, 0.5, rng=rng)[0], field_power(256,
# law.exponent, law.amplitude), 0.5)`: the picture is blurred, and at $t = 0.5$ nothing does better
# knowing only the spectrum.
#
# You may call `sk.wiener_gain`. Not allowed: `sk.GaussianDenoiser`.


# %% nbgrader={"grade_id": "denoise", "solution": true, "wrong": "mistakes.of('denoise', x, power, t)"}
def denoise(x, power, t):
    """Best linear estimate of the clean image from x at time t of the rectified flow.

    Takes two real (H, W) arrays and a number; returns a real (H, W) array.
    """
    ### BEGIN SOLUTION
    return sk.GaussianDenoiser(power, 0.0, sk.RectifiedFlow())(x, t)
    ### END SOLUTION


# %% nbgrader={"grade_id": "denoise-test", "grade": true, "points": 3, "uses": ["denoise"], "page": "optimal-denoiser"}
"""Denoising: a 4 by 4 example, a photograph, pure noise, other fields."""


def right_estimate(noisy, loudness, time):
    """The reference in the form of this task."""
    return sk.GaussianDenoiser(loudness, 0.0, flow)(noisy, time)


small = read_only(np.arange(16.0).reshape(4, 4) % 5 - 2)
task = Task("denoise", points=3)
with task.part("a 4 by 4 example", points=0.5):
    compare(
        denoise(small, small_field, 0.3),
        right_estimate(small, small_field, 0.3),
        mistakes=mistakes.of("denoise", small, small_field, 0.3),
        rtol=1e-5,
        example="denoise(small, small_field, 0.3)",
    )
with task.part("a noisy photograph", points=0.5):
    noisy_photo, _ = flow.corrupt(camera, 0.4, rng=np.random.default_rng(8))
    photo_power = field_power(256, law.exponent, law.amplitude)
    compare(
        denoise(read_only(noisy_photo), photo_power, 0.4),
        right_estimate(noisy_photo, photo_power, 0.4),
        mistakes=mistakes.of("denoise", noisy_photo, photo_power, 0.4),
        rtol=1e-5,
    )
with task.part("pure noise, at t = 1, says nothing: the estimate is 0", points=0.5):
    compare(denoise(small, small_field, 1.0), np.zeros((4, 4)), atol=1e-9)
### BEGIN HIDDEN TESTS
with task.part("other fields", points=1.5, hidden=True):
    for i, time in enumerate([0.25, 0.45, 0.65]):
        rng = np.random.default_rng([SEED, i])
        side = 8 + 2 * int(rng.integers(4))
        loudness = field_power(side, rng.uniform(1.0, 2.0), rng.uniform(0.05, 0.2))
        noisy = read_only(rng.normal(size=(side, side)))
        compare(
            denoise(noisy, loudness, time),
            right_estimate(noisy, loudness, time),
            mistakes=mistakes.of("denoise", noisy, loudness, time),
            rtol=1e-5,
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 10. One step back ★★ (2 points, 10 minutes)
#
# Write `ddim_step(x_t, x0, signal, noise, signal_next, noise_next)`: with an estimate `x0` of the
# clean image, read the noise off the state, and mix image and noise again as they are at the next
# time:
#
# $$ \hat\varepsilon = \frac{x_t - a\, \hat x_0}{\sigma}, \qquad
#    x_s = a_s\, \hat x_0 + \sigma_s\, \hat\varepsilon. $$
#
# Not allowed: `sk.ddim_step`, `sk.ddim`.


# %% nbgrader={"grade_id": "ddim_step", "solution": true, "wrong": "mistakes.of('ddim_step', x_t, x0, signal, noise, signal_next, noise_next)"}
def ddim_step(x_t, x0, signal, noise, signal_next, noise_next):
    """State at the next time, from arrays of one shape and four numbers; noise is positive."""
    ### BEGIN SOLUTION
    return sk.ddim_step(
        x_t, x0, signal=signal, noise=noise, signal_next=signal_next, noise_next=noise_next
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "ddim_step-test", "grade": true, "points": 2, "uses": ["ddim_step"], "page": "samplers"}
"""One step back: four numbers by hand, the last step, other states."""


def right_step(state, clean, a, s, a_next, s_next):
    """The reference in the form of this task."""
    return sk.ddim_step(state, clean, signal=a, noise=s, signal_next=a_next, noise_next=s_next)


state_now = read_only(np.array([1.0, 0.0, -0.4, 0.6]))
clean_guess = read_only(np.array([1.0, 0.5, 0.0, -1.0]))
task = Task("ddim_step", points=2)
with task.part("four numbers", points=0.5):
    numbers = (0.6, 0.4, 0.8, 0.2)
    compare(
        ddim_step(state_now, clean_guess, *numbers),
        right_step(state_now, clean_guess, *numbers),
        mistakes=mistakes.of("ddim_step", state_now, clean_guess, *numbers),
        example="ddim_step(state_now, clean_guess, 0.6, 0.4, 0.8, 0.2)",
    )
with task.part("the last step, to a clean image, gives the estimate", points=0.5):
    compare(ddim_step(state_now, clean_guess, 0.6, 0.4, 1.0, 0.0), clean_guess, atol=1e-12)
### BEGIN HIDDEN TESTS
with task.part("other states", points=1, hidden=True):
    for i, a in enumerate([0.3, 0.5, 0.7]):
        rng = np.random.default_rng([SEED, i])
        now, guess = read_only(rng.normal(size=(2, 4, 3 + rng.integers(4))))
        s, a_next, s_next = a + 0.11, a + 0.2, a / 2 + rng.uniform(0, 0.05)
        compare(
            ddim_step(now, guess, a, s, a_next, s_next),
            right_step(now, guess, a, s, a_next, s_next),
            mistakes=mistakes.of("ddim_step", now, guess, a, s, a_next, s_next),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 11. From noise to a field ★★★ (3 points, 20 minutes)
#
# Put it together. Write `sample_field(x, power, times)` for the **rectified flow**: `x` is the state
# at `times[0]`; at each time estimate the clean field as in task 9, take the step of task 10 to the
# next time, and return the state at the last time, which is 0. `times` falls strictly, n + 1 of them
# for n steps.
#
# For this field the exact end is known: each coefficient of pure noise at $t = 1$ is multiplied by
# $\sqrt{P}$. How far are you off with 8, 16, 32 and 64 steps?
#
# You may call `sk.wiener_gain` and `sk.ddim_step`. Not allowed: `sk.GaussianDenoiser`, `sk.ddim`,
# `sk.euler`, `sk.heun`, `sk.dpm_solver_pp_2m`, `sk.sample`.


# %% nbgrader={"grade_id": "sample_field", "solution": true, "wrong": "mistakes.of('sample_field', x, power, times)"}
def sample_field(x, power, times):
    """Gaussian field sampled from the state x at times[0].

    Takes two real (H, W) arrays and times of shape (n + 1,); returns a real (H, W) array.
    """
    ### BEGIN SOLUTION
    flow = sk.RectifiedFlow()
    *_, (end, _) = sk.ddim(sk.GaussianDenoiser(power, 0.0, flow), flow, x, times=times)
    return end
    ### END SOLUTION


# %% nbgrader={"grade_id": "sample_field-test", "grade": true, "points": 3, "uses": ["sample_field"], "page": "samplers"}
"""Sampling: a 4 by 4 example, near the exact end, other fields."""


def right_field(start, loudness, grid):
    """The reference in the form of this task."""
    *_, (end, _) = sk.ddim(sk.GaussianDenoiser(loudness, 0.0, flow), flow, start, times=grid)
    return end


three_steps = read_only(np.array([0.9, 0.6, 0.3, 0.0]))
task = Task("sample_field", points=3)
with task.part("a 4 by 4 example in three steps", points=0.5):
    compare(
        sample_field(small_start, small_field, three_steps),
        right_field(small_start, small_field, three_steps),
        mistakes=mistakes.of("sample_field", small_start, small_field, three_steps),
        rtol=1e-5,
        example="sample_field(small_start, small_field, three_steps)",
    )
with task.part("200 steps from t = 1 come within 3 % of the exact end", points=1):
    grid = read_only(np.linspace(1, 0, 201))
    sampled = in_form(sample_field(small_start, small_field, grid), exact_end)
    gap = np.linalg.norm(sampled - exact_end)
    assert gap < 0.03 * np.linalg.norm(exact_end), (
        f"You are off by {gap / np.linalg.norm(exact_end):.1%} of the field's norm; a right sampler "
        "is off by about one per cent. If more steps do not help, the estimate is wrong."
    )
### BEGIN HIDDEN TESTS
with task.part("other fields", points=1.5, hidden=True):
    for i, steps in enumerate([4, 7, 12]):
        rng = np.random.default_rng([SEED, i])
        side = 8 + 2 * int(rng.integers(4))
        loudness = field_power(side, rng.uniform(1.0, 2.0), rng.uniform(0.05, 0.2))
        start = read_only(rng.normal(size=(side, side)))
        grid = np.linspace(rng.uniform(0.85, 0.95), 0, steps + 1)
        compare(
            sample_field(start, loudness, grid),
            right_field(start, loudness, grid),
            mistakes=mistakes.of("sample_field", start, loudness, grid),
            rtol=1e-5,
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 12. The order of a sampler ★★ (1 point, 10 minutes)
#
# A method of order $p$ has errors like $C\, n^{-p}$ with $n$ steps. Write
# `measured_order(steps, errors)`: minus the slope of the line of **least squares** through the
# logarithms of all errors against the logarithms of the numbers of steps.
#
# What is the order of the sampler of task 11? (`field_errors`, made in the first code cell, holds its
# errors with 8, 16, 32 and 64 steps.)


# %% nbgrader={"grade_id": "measured_order", "solution": true, "wrong": "mistakes.of('measured_order', steps, errors)"}
def measured_order(steps, errors):
    """Order of convergence, a float, from two arrays of shape (n,), both positive."""
    ### BEGIN SOLUTION
    return sk.fit_power_law(steps, errors, resample=False).exponent
    ### END SOLUTION


# %% nbgrader={"grade_id": "measured_order-test", "grade": true, "points": 1, "uses": ["measured_order"], "page": "samplers"}
"""The order: errors that wiggle, those of the sampler of task 11, others."""
numbers_of_steps = read_only(np.array([8.0, 16.0, 32.0, 64.0]))
wiggly = read_only(np.array([0.4, 0.09, 0.03, 0.005]))
task = Task("measured_order", points=1)
with task.part("four errors", points=0.25):
    compare(
        measured_order(numbers_of_steps, wiggly),
        sk.fit_power_law(numbers_of_steps, wiggly, resample=False).exponent,
        mistakes=mistakes.of("measured_order", numbers_of_steps, wiggly),
        example="measured_order(numbers_of_steps, wiggly)",
    )
with task.part("the sampler of task 11", points=0.25):
    compare(
        measured_order(numbers_of_steps, field_errors),
        sk.fit_power_law(numbers_of_steps, field_errors, resample=False).exponent,
    )
### BEGIN HIDDEN TESTS
with task.part("other errors", points=0.5, hidden=True):
    for i, order in enumerate([1.0, 2.0]):
        rng = np.random.default_rng([SEED, i])
        counts = 5.0 * 2 ** np.arange(5 + rng.integers(3))
        gaps = counts**-order * np.exp(0.2 * rng.normal(size=len(counts)))
        gaps[-1] *= 1.5
        compare(
            measured_order(counts, gaps),
            sk.fit_power_law(counts, gaps, resample=False).exponent,
            mistakes=mistakes.of("measured_order", counts, gaps),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 13. When each octave drowns ★★★ (2 points, 15 minutes)
#
# The finest octave reaches from 0.25 to 0.5 cycles/pixel, the next from 0.125 to 0.25, and so on.
# The **geometric centre** of an octave is the root of the product of its edges. Write
# `octave_times(exponent, amplitude, octaves)`: for the power law $P = A f^{-\alpha}$ and the
# **rectified flow**, the time at which $\mathrm{SNR} \cdot P = 1$ at the geometric centre of each of
# the `octaves` finest octaves, the finest first. It is the last time at which that octave stands out.
#
# You may call `sk.RectifiedFlow`, whose method `time_of` takes a log SNR.


# %% nbgrader={"grade_id": "octave_times", "solution": true, "wrong": "mistakes.of('octave_times', exponent, amplitude, octaves)"}
def octave_times(exponent, amplitude, octaves):
    """Times at which the centres of the finest octaves drown, shape (octaves,), finest first."""
    ### BEGIN SOLUTION
    edges = 0.5 / 2.0 ** np.arange(octaves + 1)
    centres = np.sqrt(edges[1:] * edges[:-1])
    return sk.RectifiedFlow().time_of(-np.log(amplitude * centres**-exponent))
    ### END SOLUTION


# %% nbgrader={"grade_id": "octave_times-test", "grade": true, "points": 2, "uses": ["octave_times"], "page": "which-frequency-when"}
"""Octaves: three of an exact law, the seven of photographs, other laws."""


def right_times(alpha, loudness, count):
    """The reference in the form of this task."""
    centre = 0.5**1.5 / 2.0 ** np.arange(count)
    return flow.time_of(-np.log(loudness * centre**-alpha))


task = Task("octave_times", points=2)
with task.part("three octaves of 0.001 f^-2", points=0.5):
    compare(
        octave_times(2.0, 0.001, 3),
        right_times(2.0, 0.001, 3),
        mistakes=mistakes.of("octave_times", 2.0, 0.001, 3),
        example="octave_times(2.0, 0.001, 3)",
    )
with task.part("the seven octaves of photographs of 256 pixels", points=0.5):
    compare(
        octave_times(law.exponent, law.amplitude, 7),
        right_times(law.exponent, law.amplitude, 7),
        mistakes=mistakes.of("octave_times", law.exponent, law.amplitude, 7),
    )
### BEGIN HIDDEN TESTS
with task.part("other laws", points=1, hidden=True):
    for i, alpha in enumerate([1.2, 2.0, 2.8]):
        rng = np.random.default_rng([SEED, i])
        loudness, count = rng.uniform(0.001, 0.02), 3 + int(rng.integers(4))
        compare(
            octave_times(alpha, loudness, count),
            right_times(alpha, loudness, count),
            mistakes=mistakes.of("octave_times", alpha, loudness, count),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 14. Diagnose ★★★ (1 point, 5 minutes)
#
# Three people sent pixels of mean 0 and variance 1 through a chain with $\beta = 0.02$ at every
# step. Right is a variance of 1 at all times. They measured:
#
# | | after 1 step | after 100 steps | after 1000 steps |
# |---|---|---|---|
# | A | 0.98 | 0.51 | 0.51 |
# | B | 1.00 | 79 | 198 |
# | C | 0.98 | 0.15 | 0.020 |
#
# Name each bug by one of: `"root-forgotten"` (x was multiplied by $1 - \beta$),
# `"beta-as-deviation"` (the noise was multiplied by $\beta$), `"not-shrunk"` (x was not
# multiplied), `"same-noise"` (drawn once), `"roles-swapped"` ($\beta$ and $1 - \beta$ exchanged).

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: a dict from "A", "B", "C" to the name of the bug
### BEGIN SOLUTION
diagnosis = {"A": "root-forgotten", "B": "same-noise", "C": "beta-as-deviation"}
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"], "page": "corruption"}
"""Diagnosis: three names, each one of the five."""
names = ["same-noise", "root-forgotten", "beta-as-deviation", "not-shrunk", "roles-swapped"]
task = Task("diagnosis", points=1)
with task.part("A, B and C each have one of the five names", points=0.25):
    claimed = in_form(diagnosis, {"A": "", "B": "", "C": ""}, "diagnosis")
    unknown = sorted(set(claimed.values()) - set(names))
    assert not unknown, f"Each name must be one of {', '.join(names)}, and not {unknown[0]!r}."
    assert len(set(claimed.values())) == 3, "The three rows come from three different bugs."
### BEGIN HIDDEN TESTS
with task.part("A", points=0.25, hidden=True):
    compare(diagnosis["A"], "root-forgotten")
with task.part("B", points=0.25, hidden=True):
    compare(diagnosis["B"], "same-noise")
with task.part("C", points=0.25, hidden=True):
    compare(diagnosis["C"], "beta-as-deviation")
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 15. Break it ★★★ (1 point, 10 minutes)
#
# Somebody claims: *white noise always hides fine detail before coarse structure.* Show a
# counterexample: a real 32 by 32 array `counterexample` in which some ring from 8 on has **at least
# ten times the power of ring 2** (ring averages of `sk.rapsd`), so that it stands out longer.

# %% nbgrader={"grade_id": "counterexample", "solution": true}
# counterexample: a real array of shape (32, 32)
### BEGIN SOLUTION
counterexample = np.cos(np.pi / 2 * np.arange(32)) * np.ones((32, 1))
### END SOLUTION

# %% nbgrader={"grade_id": "counterexample-test", "grade": true, "points": 1, "uses": ["counterexample"], "page": "which-frequency-when"}
"""Counterexample: an image whose fine detail stands out longer than its coarse structure."""
task = Task("counterexample", points=1)
with task.part("a fine ring outlasts a coarse one", points=1):
    claimed = in_form(counterexample, np.zeros((32, 32)), "counterexample")
    ring_power = sk.rapsd(claimed).power
    fine, coarse = ring_power[7:].max(), ring_power[1]
    assert fine > 1e-12, (
        "Nothing of your image lies on rings 8 to 15. A chessboard or stripes of single pixels lie "
        "beyond the last ring: take a wave that is a little longer."
    )
    assert fine >= 10 * coarse, (
        f"Its strongest ring from 8 on has {fine:.3g}, ring 2 has {coarse:.3g}. Which images have "
        "more fine detail than coarse structure? Think of a single wave, or of a texture."
    )
task.score()

# %% [markdown]
# ## 16. In what sense is it autoregression? (1 point, 10 minutes)
#
# "Diffusion is autoregression in frequency: coarse first, then fine." In four or five sentences:
# what is right about this, what does *soft* mean in numbers, and name one thing that the claim does
# not say although it sounds as if it did.

# %% [markdown] nbgrader={"grade_id": "autoregression", "grade": true, "solution": true, "points": 1}
# === BEGIN MARK SCHEME ===
# 1: Right: natural images have falling spectra and white noise a flat one, so going back in time
# frequencies come out of the noise from low to high. Soft: there is no sharp limit; the gain goes
# from 0.9 to 0.1 over log2(81)/exponent octaves, about 2.6 of the 7 octaves of a 256-pixel image, so
# many frequencies are decided together. One thing it does not say, with a reason: that fine detail
# *depends* on coarse (in a Gaussian field coefficients are independent, and the order is there
# all the same); or that it holds for all data and noise (equal-SNR noise, a texture or a wave has no
# such order); or that one frequency after the other is fixed as a token is.
#
# 0.5: the order with its reason, and that the limit is not sharp, but without a number, or without
# something that the claim does not say.
#
# 0: "diffusion predicts the next frequency", or an answer about networks that never mentions noise
# or spectra.
# === END MARK SCHEME ===
