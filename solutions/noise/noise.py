# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Problem set: noise
#
# **25 points, about two hours.** You write the tools of Part II yourself: what a logarithm does to
# noise, noise of any colour, and which part of a picture noise hides.
#
# How it works:
#
# - Run the first code cell, then write your answers where it says `YOUR CODE HERE`; take away the line that raises the error.
# - Run the test cell below each answer as often as you like. It says what is right, what is not,
#   and, where it recognises a common mistake, which one it was.
# - More tests run when the set is graded. They check the same definition on other data.
# - A task may use the functions of `spectralkit` (as `sk`) that *earlier* tasks asked for, and those
#   of the set *image spectra*. The function of the task itself, and whatever contains it, is yours
#   to write; NumPy is always allowed. When the set is graded, the function of the task itself only
#   says "write it yourself, then compare".
# - Your functions must not change the arrays that they are given; those of the tests are read-only.
# - ★ means: write down a formula. ★★ means: get a convention right. ★★★ means: decide.
#
# Notation: an image has shape (H, W), frequencies $f$ are in cycles/pixel (cycles/sample for
# signals), the power spectrum is $P = |\mathrm{DFT}|^2 / (H W)$, so that white noise of variance
# $\sigma^2$ has the power $\sigma^2$, and a power law is $P(f) = A f^{-\alpha}$: `amplitude` and
# `exponent`. Everything is explained in Part II of the book: *Noise is flat*, *Colours of noise*,
# *The rising tide*.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, in_form, read_only
from scipy.special import digamma
from spectralkit import mistakes

photos = sk.photographs()  # ten, 256 by 256, green channel, pixels from -1 to 1
camera = photos["camera"]
law = sk.fit_power_law(sk.mean_log_spectrum(photos))  # of photographs: .amplitude, .exponent
tiny = read_only(
    np.array(
        [
            [0, 1, 2, 1, 0, 3, 1, 0],
            [1, 0, 1, 2, 1, 0, 0, 2],
            [2, 1, 4, 1, 0, 1, 1, 0],
            [0, 2, 1, 0, 1, 1, 3, 1],
            [1, 0, 0, 3, 1, 0, 2, 1.0],
        ]
    )
)

# %% [markdown]
# ## 1. What a logarithm does to noise ★ (2 points, 10 minutes)
#
# The mean of the powers of $K$ independent coefficients of noise has a logarithm that reads too
# low, on average by
#
# $$ \psi(K) - \ln K, $$
#
# with the digamma function $\psi$, here `digamma`. Write `log_bias(degrees)` for an array of
# numbers $K > 0$, which need not be whole. The result is in natural-log units.
#
# Not allowed: `sk.log_bias`.

# %%
digamma(1.0)  # an example: minus Euler's constant


# %% nbgrader={"grade_id": "log_bias", "solution": true, "wrong": "mistakes.of('log_bias', degrees)"}
def log_bias(degrees):
    """Mean of the logarithm minus logarithm of the mean, for K powers.

    Takes an array of K, the numbers of independent coefficients;
    returns one of the same shape.
    """
    ### BEGIN SOLUTION
    return sk.log_bias(degrees)
    ### END SOLUTION


# %% nbgrader={"grade_id": "log_bias-test", "grade": true, "points": 2, "uses": ["log_bias"], "page": "noise-is-flat"}
"""Log bias: three numbers, the rings of an image, other numbers."""
three = read_only(np.array([1.0, 2.0, 4.0]))
per_ring = read_only(sk.rapsd(camera).counts / 2)
task = Task("log_bias", points=2)
with task.part("K = 1, 2 and 4", points=0.5):
    compare(
        log_bias(three),
        sk.log_bias(three),
        mistakes=mistakes.of("log_bias", three),
        example="log_bias(three)",
    )
with task.part("the rings of a 256 by 256 image", points=0.5):
    compare(log_bias(per_ring), sk.log_bias(per_ring), mistakes=mistakes.of("log_bias", per_ring))
### BEGIN HIDDEN TESTS
with task.part("other numbers, not whole ones", points=1, hidden=True):
    for i, shape in enumerate([(5,), (3, 4)]):
        rng = np.random.default_rng([SEED, i])
        degrees = read_only(rng.uniform(0.6, 12, shape))
        compare(log_bias(degrees), sk.log_bias(degrees), mistakes=mistakes.of("log_bias", degrees))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. The floor of a spectrum ★★ (3 points, 15 minutes)
#
# How strong is the noise in a picture? Read its spectrum where the picture has least power. Write
# `noise_floor(power, counts)` for the $R$ ring averages of a spectrum and the number of
# coefficients on each ring:
#
# - take the last third of the rings, from index $\lfloor 2R/3 \rfloor$ on;
# - of each take $\ln P$ and free it of its bias. A ring of `counts` coefficients holds
#   $K = \text{counts}/2$ independent ones, because those at $f$ and $-f$ are conjugates;
# - average, and take exp. Return one float.
#
# You may call `sk.log_bias`. Not allowed: `sk.noise_floor`.


# %% nbgrader={"grade_id": "noise_floor", "solution": true, "wrong": "mistakes.of('noise_floor', power, counts)"}
def noise_floor(power, counts):
    """Variance of the white noise in a spectrum, from its last third.

    Takes the ring averages and the coefficients per ring, both of
    shape (R,); returns a float.
    """
    ### BEGIN SOLUTION
    rings = np.arange(1, len(power) + 1) / (2 * len(power) + 1)
    return sk.noise_floor(sk.RadialSpectrum(rings, power, counts))
    ### END SOLUTION


# %% nbgrader={"grade_id": "noise_floor-test", "grade": true, "points": 3, "uses": ["noise_floor"], "page": "noise-is-flat"}
"""Noise floor: six rings, a noisy photograph, other spectra."""


def right_floor(power, counts):
    """The reference in the form of this task."""
    frequency = np.arange(1, len(power) + 1) / 1000
    return sk.noise_floor(sk.RadialSpectrum(frequency, power, counts))


few = (read_only(np.array([90.0, 40, 9, 5, 4, 2])), read_only(np.array([8, 12, 16, 32, 28, 40])))
noisy = sk.rapsd(camera + sk.white_noise(camera.shape, std=0.3, rng=np.random.default_rng(1)))
seen = (read_only(noisy.power), read_only(noisy.counts))
task = Task("noise_floor", points=3)
with task.part("six rings", points=0.5):
    compare(
        noise_floor(*few),
        right_floor(*few),
        mistakes=mistakes.of("noise_floor", *few),
        example="noise_floor(*few)",
    )
with task.part("a photograph with noise of variance 0.09 reads a little more", points=1):
    compare(noise_floor(*seen), right_floor(*seen), mistakes=mistakes.of("noise_floor", *seen))
### BEGIN HIDDEN TESTS
with task.part("other spectra", points=1.5, hidden=True):
    for i, shortest in enumerate([7, 20, 50]):
        rng = np.random.default_rng([SEED, i])
        length = shortest + int(rng.integers(6))
        own_counts = 2 * rng.integers(3, 40, length)
        fall = np.arange(1, length + 1) ** -1.5 * np.exp(rng.normal(scale=0.4, size=length))
        own = (read_only(fall), read_only(own_counts))
        compare(noise_floor(*own), right_floor(*own), mistakes=mistakes.of("noise_floor", *own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. Predict first ★★★ (1 point, 10 minutes)
#
# Answer **before** you compute anything.
#
# - *Pink* noise has the same power in every octave, from $f$ to $2f$. Which exponent $\alpha$ has
#   pink noise of one dimension, a sound (`pink_sound`), and which of two, a picture
#   (`pink_picture`)?
# - A picture follows a law with exponent 2. The noise on it is made 4 times as strong (its standard
#   deviation). By which factor does the frequency change at which picture and noise have equal
#   power (`crossing_factor`)?

# %% nbgrader={"grade_id": "prediction", "solution": true}
# prediction: three numbers, pink_sound, pink_picture and crossing_factor
### BEGIN SOLUTION
pink_sound = 1
pink_picture = 2
crossing_factor = 1 / 4
### END SOLUTION

# %% nbgrader={"grade_id": "prediction-test", "grade": true, "points": 1, "uses": ["pink_sound", "pink_picture", "crossing_factor"], "page": "colours-of-noise"}
"""Prediction: your three numbers against what the laws say."""


def octave_growth(exponent, *shape):
    """By which factor an octave of this law holds more power than the one before."""
    axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")
    radius = np.sqrt(sum(axis**2 for axis in axes)).ravel()[1:]
    octave, next_octave = (
        np.sum(radius[(radius >= start) & (radius < 2 * start)] ** -float(exponent))
        for start in (1 / 8, 1 / 4)
    )
    return next_octave / octave


task = Task("prediction", points=1)
with task.part("the exponent of pink sound", points=0.25):
    claimed = in_form(pink_sound, 1.0, "pink_sound")
    assert abs(octave_growth(claimed, 4096) - 1) < 0.03, (
        "With this exponent the octaves of a sound do not hold equal power. An octave that is "
        "twice as wide holds twice as many waves: how strong may each be?"
    )
with task.part("the exponent of a pink picture", points=0.25):
    claimed = in_form(pink_picture, 1.0, "pink_picture")
    assert abs(octave_growth(claimed, 256, 256) - 1) < 0.03, (
        "With this exponent the octaves of a picture do not hold equal power. How many more waves "
        "lie in a ring of twice the radius and twice the width?"
    )
with task.part("the factor of the crossing", points=0.5):
    two = sk.PowerLaw(exponent=2.0, amplitude=1e-3)
    factor = sk.crossing_frequency(two, 0.4) / sk.crossing_frequency(two, 0.1)
    hints = {
        4: "More noise hides more: the crossing moves to lower frequencies.",
        1 / 2: "That is the root of 1/4: the power of the noise grows by the square of 4.",
        1 / 16: "That is the factor of the powers; solve A f^-2 = sigma^2 for f.",
    }
    claimed = in_form(crossing_factor, 1.0, "crossing_factor")
    assert np.isclose(claimed, factor), hints.get(
        float(claimed), "The law says another factor: solve A f^-2 = sigma^2 for f."
    )
task.score()

# %% [markdown]
# ## 4. Noise of any colour ★★ (6 points, 30 minutes)
#
# Write `power_law_noise(shape, exponent, rng)` for signals, `shape = (n,)`, and images,
# `shape = (H, W)`, in exactly this order:
#
# 1. draw white noise once, `rng.standard_normal(shape)`, and transform it (`np.fft.fftn`);
# 2. the gain of each coefficient is $f^{-\alpha/2}$, where $f$ is its radius: $|f|$ for a signal,
#    $\sqrt{f_y^2 + f_x^2}$ for an image, in cycles/pixel as `np.fft.fftfreq` gives them; at DC it is 0;
# 3. divide the gain by the root of the mean of its square over **all** coefficients of the full
#    transform, DC included: then the variance is 1 on average;
# 4. multiply, transform back, and return the real part.
#
# `axes = np.meshgrid(*(np.fft.fftfreq(n) for n in shape), indexing="ij")` gives a list of one or
# two arrays, so that one program serves both.
#
# Not allowed: `sk.power_law_noise`.


# %% nbgrader={"grade_id": "power_law_noise", "solution": true, "wrong": "mistakes.of('power_law_noise', shape, exponent, rng)"}
def power_law_noise(shape, exponent, rng):
    """Noise of mean 0, expected variance 1 and expected power A f^-exponent.

    Takes a shape (n,) or (H, W), a number and a numpy.random.Generator;
    returns a real array.
    """
    ### BEGIN SOLUTION
    return sk.power_law_noise(shape, exponent=exponent, rng=rng)
    ### END SOLUTION


# %% nbgrader={"grade_id": "power_law_noise-test", "grade": true, "points": 6, "uses": ["power_law_noise"], "page": "colours-of-noise"}
"""Coloured noise: eight samples, a long signal, a small image, a large one; then others."""


def right_noise(shape, exponent, seed):
    """The reference in the form of this task."""
    return sk.power_law_noise(shape, exponent=exponent, rng=np.random.default_rng(seed))


def wrong_noise(shape, exponent, seed):
    """The named mistakes, with the same random numbers."""
    return mistakes.of("power_law_noise", shape, exponent, np.random.default_rng(seed))


task = Task("power_law_noise", points=6)
with task.part("eight samples of brown noise", points=1):
    compare(
        power_law_noise((8,), 2.0, np.random.default_rng(1)),
        right_noise((8,), 2.0, 1),
        mistakes=wrong_noise((8,), 2.0, 1),
        example="power_law_noise((8,), 2.0, np.random.default_rng(1))",
    )
with task.part("1001 samples of pink noise", points=0.5):
    compare(
        power_law_noise((1001,), 1.0, np.random.default_rng(2)),
        right_noise((1001,), 1.0, 2),
        mistakes=wrong_noise((1001,), 1.0, 2),
        samples=1001,
    )
with task.part("an image of 4 by 6", points=1):
    compare(
        power_law_noise((4, 6), 2.0, np.random.default_rng(3)),
        right_noise((4, 6), 2.0, 3),
        mistakes=wrong_noise((4, 6), 2.0, 3),
        example="power_law_noise((4, 6), 2.0, np.random.default_rng(3))",
    )
with task.part("an image of 64 by 96, with the exponent of photographs", points=0.5):
    compare(
        power_law_noise((64, 96), law.exponent, np.random.default_rng(4)),
        right_noise((64, 96), law.exponent, 4),
        mistakes=wrong_noise((64, 96), law.exponent, 4),
        samples=64 * 96,
    )
### BEGIN HIDDEN TESTS
with task.part("other signals", points=1, hidden=True):
    for i, shortest in enumerate([16, 33]):
        rng = np.random.default_rng([SEED, i])
        own_shape, own_exponent = (shortest + 2 * int(rng.integers(9)),), rng.uniform(0.5, 2.5)
        compare(
            power_law_noise(own_shape, own_exponent, np.random.default_rng([SEED, i])),
            right_noise(own_shape, own_exponent, [SEED, i]),
            mistakes=wrong_noise(own_shape, own_exponent, [SEED, i]),
        )
with task.part("other images", points=2, hidden=True):
    for i, smallest in enumerate([(8, 14), (13, 8), (9, 17)]):
        rng = np.random.default_rng([SEED, 9, i])
        own_shape = tuple(int(side) for side in smallest + 2 * rng.integers(3, size=2))
        own_exponent = rng.uniform(1.0, 3.0)
        compare(
            power_law_noise(own_shape, own_exponent, np.random.default_rng([SEED, 9, i])),
            right_noise(own_shape, own_exponent, [SEED, 9, i]),
            mistakes=wrong_noise(own_shape, own_exponent, [SEED, 9, i]),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 5. The hinge ★ (3 points, 10 minutes)
#
# White noise of standard deviation $\sigma$ is added to an image whose spectrum is $A f^{-\alpha}$.
# Write `hinge(amplitude, exponent, sigma, frequency)`: the expected power of both together at some
# frequencies. Image and noise are independent.
#
# Not allowed: `sk.hinge`.


# %% nbgrader={"grade_id": "hinge", "solution": true, "wrong": "mistakes.of('hinge', amplitude, exponent, sigma, frequency)"}
def hinge(amplitude, exponent, sigma, frequency):
    """Expected power of an image that follows a law, with white noise.

    Takes three numbers and an array of frequencies in cycles/pixel;
    returns an array of its shape.
    """
    ### BEGIN SOLUTION
    image = sk.PowerLaw(exponent=exponent, amplitude=amplitude)
    return sk.hinge(image, sigma, frequency)
    ### END SOLUTION


# %% nbgrader={"grade_id": "hinge-test", "grade": true, "points": 3, "uses": ["hinge"], "page": "the-rising-tide"}
"""Hinge: three frequencies, the law of photographs, other laws."""


def right_hinge(amplitude, exponent, sigma, frequency):
    """The reference in the form of this task."""
    return sk.hinge(sk.PowerLaw(exponent, amplitude), sigma, frequency)


by_hand = (0.001, 2.0, 0.2, read_only(np.array([0.01, 0.1, 0.5])))
photographs = (law.amplitude, law.exponent, 0.3, read_only(np.arange(20, 128) / 256))
task = Task("hinge", points=3)
with task.part("0.001 f^-2 and noise of 0.2, at three frequencies", points=1):
    compare(
        hinge(*by_hand),
        right_hinge(*by_hand),
        mistakes=mistakes.of("hinge", *by_hand),
        example="hinge(*by_hand)",
    )
with task.part("the law of photographs, noise 0.3", points=0.5):
    compare(
        hinge(*photographs), right_hinge(*photographs), mistakes=mistakes.of("hinge", *photographs)
    )
### BEGIN HIDDEN TESTS
with task.part("other laws", points=1.5, hidden=True):
    for i, middle in enumerate([1.0, 2.0, 3.0]):
        rng = np.random.default_rng([SEED, i])
        places = read_only(np.cumsum(rng.uniform(0.01, 0.06, 8)))
        sigma, exponent = rng.uniform(0.2, 0.8), middle + rng.uniform(-0.4, 0.4)
        amplitude = sigma**2 * rng.uniform(0.1, 0.2) ** exponent
        own = (amplitude, exponent, sigma, places)
        compare(hinge(*own), right_hinge(*own), mistakes=mistakes.of("hinge", *own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 6. Where they cross ★★ (3 points, 10 minutes)
#
# Write `crossing_frequency(amplitude, exponent, sigma, threshold=1.0)`: the frequency, in
# cycles/pixel, at which the power $A f^{-\alpha}$ of the image is `threshold` times the power of
# the noise. (The result may lie beyond the Nyquist frequency 0.5.)
#
# Not allowed: `sk.crossing_frequency`, `sk.PowerLaw.crossing`.


# %% nbgrader={"grade_id": "crossing_frequency", "solution": true, "wrong": "mistakes.of('crossing_frequency', amplitude, exponent, sigma, threshold)"}
def crossing_frequency(amplitude, exponent, sigma, threshold=1.0):
    """Frequency at which a law is threshold times the power of the noise.

    Takes numbers, returns a float in cycles/pixel.
    """
    ### BEGIN SOLUTION
    image = sk.PowerLaw(exponent=exponent, amplitude=amplitude)
    return sk.crossing_frequency(image, sigma, threshold=threshold)
    ### END SOLUTION


# %% nbgrader={"grade_id": "crossing_frequency-test", "grade": true, "points": 3, "uses": ["crossing_frequency"], "page": "the-rising-tide"}
"""Crossing: a law by hand, photographs, a threshold, other laws."""


def right_crossing(amplitude, exponent, sigma, threshold=1.0):
    """The reference in the form of this task."""
    return sk.crossing_frequency(sk.PowerLaw(exponent, amplitude), sigma, threshold=threshold)


task = Task("crossing_frequency", points=3)
with task.part(
    "0.001 f^-2 and noise of 0.2 cross at the root of 0.025; 0.03 f^-2 and 0.1 at that of 3",
    points=0.5,
):
    compare(
        crossing_frequency(0.001, 2.0, 0.2),
        right_crossing(0.001, 2.0, 0.2),
        mistakes=mistakes.of("crossing_frequency", 0.001, 2.0, 0.2),
        example="crossing_frequency(0.001, 2.0, 0.2)",
    )
    compare(
        crossing_frequency(0.03, 2.0, 0.1),
        right_crossing(0.03, 2.0, 0.1),
        mistakes=mistakes.of("crossing_frequency", 0.03, 2.0, 0.1),
        example="crossing_frequency(0.03, 2.0, 0.1)",
    )
with task.part("photographs under noise of 0.3", points=0.5):
    compare(
        crossing_frequency(law.amplitude, law.exponent, 0.3),
        right_crossing(law.amplitude, law.exponent, 0.3),
        mistakes=mistakes.of("crossing_frequency", law.amplitude, law.exponent, 0.3),
    )
with task.part("the same with a threshold of 4", points=0.5):
    compare(
        crossing_frequency(law.amplitude, law.exponent, 0.3, 4.0),
        right_crossing(law.amplitude, law.exponent, 0.3, 4.0),
        mistakes=mistakes.of("crossing_frequency", law.amplitude, law.exponent, 0.3, 4.0),
    )
### BEGIN HIDDEN TESTS
with task.part("other laws and thresholds", points=1.5, hidden=True):
    # The last crosses beyond the Nyquist frequency: its amplitude is so much larger.
    for i, (middle, louder) in enumerate([(1.4, 1), (2.1, 1), (3.0, 1), (2.1, 4000)]):
        rng = np.random.default_rng([SEED, i])
        own = (
            louder * rng.uniform(0.0005, 0.002),
            middle + rng.uniform(-0.3, 0.3),
            rng.uniform(0.15, 0.6),
            rng.uniform(1.5, 9.0),
        )
        compare(
            crossing_frequency(*own),
            right_crossing(*own),
            mistakes=mistakes.of("crossing_frequency", *own),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 7. The filter that does the same ★★ (4 points, 20 minutes)
#
# Write `equivalent_low_pass(image, amplitude, exponent, sigma)`: each Fourier coefficient of the
# image is multiplied by
#
# $$ G(f) = \frac{P(f)}{P(f) + \sigma^2}, \qquad P(f) = A f^{-\alpha}, \qquad
#    f = \sqrt{(k_y/H)^2 + (k_x/W)^2} \text{ in cycles/pixel}, $$
#
# with $G = 1$ at frequency 0, so that the mean stays. Return the real image.
#
# Not allowed: `sk.equivalent_low_pass`.


# %% nbgrader={"grade_id": "equivalent_low_pass", "solution": true, "wrong": "mistakes.of('equivalent_low_pass', image, amplitude, exponent, sigma)"}
def equivalent_low_pass(image, amplitude, exponent, sigma):
    """What white noise of standard deviation sigma leaves of an image.

    Takes a real (H, W) image and three numbers; returns a real (H, W) image.
    """
    ### BEGIN SOLUTION
    of_image = sk.PowerLaw(exponent=exponent, amplitude=amplitude)
    return sk.equivalent_low_pass(image, of_image, sigma)
    ### END SOLUTION


# %% nbgrader={"grade_id": "equivalent_low_pass-test", "grade": true, "points": 4, "uses": ["equivalent_low_pass"], "page": "the-rising-tide"}
"""Equivalent low-pass: a 5 by 8 example, a photograph, other shapes and laws."""


def right_filter(image, amplitude, exponent, sigma):
    """The reference in the form of this task."""
    return sk.equivalent_low_pass(image, sk.PowerLaw(exponent, amplitude), sigma)


small = (tiny, 0.01, 2.0, 0.45)
large = (read_only(camera[:, :192]), law.amplitude, law.exponent, 0.3)
task = Task("equivalent_low_pass", points=4)
with task.part("a 5 by 8 example", points=1):
    compare(
        equivalent_low_pass(*small),
        right_filter(*small),
        mistakes=mistakes.of("equivalent_low_pass", *small),
        example="equivalent_low_pass(*small)",
    )
with task.part("a part of a photograph, 256 by 192, noise 0.3", points=1):
    compare(
        equivalent_low_pass(*large),
        right_filter(*large),
        mistakes=mistakes.of("equivalent_low_pass", *large),
        samples=large[0].size,
    )
### BEGIN HIDDEN TESTS
with task.part("other shapes and laws", points=2, hidden=True):
    for i, smallest in enumerate([(6, 15), (9, 18), (16, 9)]):
        rng = np.random.default_rng([SEED, i])
        shape = smallest + 2 * rng.integers(3, size=2)
        sigma, exponent = rng.uniform(0.2, 0.8), rng.uniform(1.0, 3.0)
        amplitude = sigma**2 * rng.uniform(0.15, 0.3) ** exponent
        own = (read_only(0.3 + sk.white_noise(shape, rng=rng)), amplitude, exponent, sigma)
        compare(
            equivalent_low_pass(*own),
            right_filter(*own),
            mistakes=mistakes.of("equivalent_low_pass", *own),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 8. Diagnose ★★★ (1 point, 5 minutes)
#
# Three people added noise of standard deviation $\sigma = 0.5$, variance 0.25, to a grey image (all
# pixels 0) of 256 by 256 and looked at the result:
#
# | | noise floor | mean | least | largest | pixels at exactly −1 or 1 |
# |---|---|---|---|---|---|
# | A | 0.062 | 0.00 | −1.1 | 1.1 | 0.0 % |
# | B | 0.23 | 0.00 | −1.0 | 1.0 | 4.6 % |
# | C | 0.22 | 0.00 | −1.0 | 1.0 | 0.3 % |
#
# Name each bug by one of: `"uniform-for-normal"`, `"variance-for-std"`, `"clipped-to-range"`,
# `"uint8-wrap"`, `"one-number-for-all"`. (The names speak: uniform random numbers from 0 to 1; noise
# times its variance; values cut off at −1 and 1; values stored as bytes, so that what is too bright
# comes out dark; one random number for the whole image.)

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: a dict from "A", "B", "C" to the name of the bug
### BEGIN SOLUTION
diagnosis = {"A": "variance-for-std", "B": "clipped-to-range", "C": "uint8-wrap"}
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"], "page": "noise-is-flat"}
"""Diagnosis: three names, each one of the five."""
names = [
    "uniform-for-normal",
    "variance-for-std",
    "clipped-to-range",
    "uint8-wrap",
    "one-number-for-all",
]
task = Task("diagnosis", points=1)
with task.part("A, B and C each have one of the five names", points=0.25):
    claimed = in_form(diagnosis, {"A": "", "B": "", "C": ""}, "diagnosis")
    unknown = sorted(set(claimed.values()) - set(names))
    assert not unknown, f"Each name must be one of {', '.join(names)}, and not {unknown[0]!r}."
    assert len(set(claimed.values())) == 3, "The three rows come from three different bugs."
### BEGIN HIDDEN TESTS
with task.part("A", points=0.25, hidden=True):
    compare(diagnosis["A"], "variance-for-std")
with task.part("B", points=0.25, hidden=True):
    compare(diagnosis["B"], "clipped-to-range")
with task.part("C", points=0.25, hidden=True):
    compare(diagnosis["C"], "uint8-wrap")
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 9. Break it ★★★ (1 point, 10 minutes)
#
# Somebody claims: *whatever the image, noise hides its fine detail first.* Show a counterexample:
# `counterexample`, an image of **64 by 64** numbers from −1 to 1 with a standard deviation of at
# least 0.1, in which the coefficients of rings 1 to 8 have **no more power, on average, than those
# of rings 24 to 31** (a factor of up to 1.75 is allowed for scatter). Noise then hides the coarse
# no later than the fine.

# %% nbgrader={"grade_id": "counterexample", "solution": true}
# counterexample: an array of shape (64, 64) with values from -1 to 1
### BEGIN SOLUTION
counterexample = np.random.default_rng(1).choice([-1.0, 1.0], size=(64, 64))
### END SOLUTION

# %% nbgrader={"grade_id": "counterexample-test", "grade": true, "points": 1, "uses": ["counterexample"], "page": "the-rising-tide"}
"""Counterexample: an image whose coarse rings are no stronger than its fine ones."""
task = Task("counterexample", points=1)
with task.part("it is an image of the right size, range and contrast", points=0.25):
    claimed = in_form(counterexample, np.zeros((64, 64)), "counterexample")
    assert np.abs(claimed).max() <= 1, "The values must lie between -1 and 1."
    assert claimed.std() >= 0.1, "The standard deviation must be at least 0.1."
with task.part("coarse rings have no more power than fine ones", points=0.75):
    claimed = in_form(counterexample, np.zeros((64, 64)), "counterexample")
    rings = sk.rapsd(claimed)
    assert np.abs(claimed).max() <= 1, "The values must lie between -1 and 1."
    assert claimed.std() >= 0.1, "The standard deviation must be at least 0.1."
    coarse, fine = (
        np.average(rings.power[part], weights=rings.counts[part])
        for part in (slice(0, 8), slice(23, 31))
    )
    # White noise fails with a probability below 1e-8: gamma with K = 112 over gamma with K = 692.
    # A single wave beyond ring 31 leaves nothing but rounding on both.
    assert coarse <= max(1.75 * fine, 1e-12), (
        f"Rings 1 to 8 have a power of {coarse:.3g}, rings 24 to 31 of {fine:.3g}, so noise hides "
        "the fine ones first. Which images have a flat or a rising spectrum?"
    )
task.score()

# %% [markdown]
# ## 10. Where does the equivalence fail? (1 point, 10 minutes)
#
# "Adding noise to a picture is like blurring it." In four or five sentences: in which sense is that
# true of photographs, on which property of their spectrum does it rest, and where does it fail?
# Name two kinds of failure that are really different, each with an example.

# %% [markdown] nbgrader={"grade_id": "equivalence", "grade": true, "solution": true, "points": 1}
# === BEGIN MARK SCHEME ===
# 1: True in what can still be known: at each frequency noise leaves the share P / (P + sigma^2) of a
# picture knowable, which is the gain of a low-pass filter, because the spectrum of photographs falls
# and that of noise is flat. Two different failures with examples, such as: a picture whose spectrum
# does not fall (coin flips, blue noise), where nothing fine is hidden first; a strong fine wave or an
# edge, which stands out of the noise although its frequency lies beyond the crossing (stripes); the
# pixels themselves, since noise covers detail and adds power where a blur takes both away (mean
# square error, sharpness of the noisy picture).
#
# 0.5: says that noise hides high frequencies because photographs have little power there, and names
# one failure with an example, or two without.
#
# 0: "noise and blur both make a picture worse", or no reason from the spectrum.
# === END MARK SCHEME ===
