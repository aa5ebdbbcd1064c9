# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Problem set: image spectra
#
# **25 points, about two hours.** You write the tools of Part I yourself, from one picture's
# spectrum to the exponent of a collection, and you find out what can go wrong on the way.
#
# How it works:
#
# - Run the first code cell, then write your answers where it says `YOUR CODE HERE`; take away the line that raises the error.
# - Run the test cell below each answer as often as you like. It says what is right, what is not,
#   and, where it recognises a common mistake, which one it was.
# - More tests run when the set is graded. They check the same definition on other pictures.
# - A task may use the functions of `spectralkit` (as `sk`) that *earlier* tasks asked for, so that
#   one wrong answer does not spoil the next. The function of the task itself, and whatever
#   contains it, is yours to write; NumPy is always allowed. When the set is graded, the function
#   of the task itself only says "write it yourself, then compare".
# - Your functions must not change the arrays that they are given; those of the tests are read-only.
# - ★ means: write down a formula. ★★ means: get a convention right. ★★★ means: decide.
#
# Notation: an image has shape (H, W), frequencies are in cycles/pixel, and the power spectrum is
# $P = |\mathrm{DFT}|^2 / (H W)$. Everything is explained in Part I of the book: *From pixels to
# frequencies*, *One curve per image*, *A power law*.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, in_form, read_only
from spectralkit import mistakes

photos = sk.photographs()  # ten, 256 by 256, green channel, pixels from -1 to 1
camera = photos["camera"]
chelsea = photos["chelsea"]
spectrum = sk.rapsd(camera)  # its ring average: .frequency and .power
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
# ## 1. The picture of a spectrum ★ (2 points, 5 minutes)
#
# Write `log_magnitude(image)`, the array that is shown when people show "the spectrum":
#
# $$ L = \ln \max\left( \frac{|\mathrm{DFT}(x)|}{\sqrt{H W}},\; 10^{-6} \right), $$
#
# with the natural logarithm and with DC, the frequency zero, moved to the middle by `np.fft.fftshift`.
#
# Not allowed: `sk.log_magnitude`, `sk.power_spectrum`.


# %% nbgrader={"grade_id": "log_magnitude", "solution": true, "wrong": "mistakes.of('log_magnitude', image)"}
def log_magnitude(image):
    """Log-magnitude spectrum of a real (H, W) image.

    Shape (H, W), natural logarithm, DC in the middle.
    """
    ### BEGIN SOLUTION
    return sk.log_magnitude(image)
    ### END SOLUTION


# %% nbgrader={"grade_id": "log_magnitude-test", "grade": true, "points": 2, "uses": ["log_magnitude"], "page": "pixels-to-frequencies"}
"""Log magnitude: a 5 by 8 example, a flat image, a photograph."""
task = Task("log_magnitude", points=2)
with task.part("a 5 by 8 example", points=0.5):
    compare(
        log_magnitude(tiny),
        sk.log_magnitude(tiny),
        mistakes=mistakes.of("log_magnitude", tiny),
        example="log_magnitude(tiny)",
    )
with task.part("a flat image, where the floor holds", points=0.25):
    compare(log_magnitude(read_only(np.ones((4, 6)))), sk.log_magnitude(np.ones((4, 6))))
with task.part("a photograph", points=0.25):
    compare(
        log_magnitude(camera),
        sk.log_magnitude(camera),
        mistakes=mistakes.of("log_magnitude", camera),
        atol=1e-3,  # logarithms of faint waves, which single precision does not reach
    )
### BEGIN HIDDEN TESTS
with task.part("pictures of other shapes", points=1, hidden=True):
    for i, smallest in enumerate([(5, 8), (9, 7), (6, 12)]):
        rng = np.random.default_rng([SEED, i])
        shape = smallest + 2 * rng.integers(4, size=2)  # odd stays odd, even stays even
        image = read_only(sk.white_noise(shape, rng=rng))
        compare(
            log_magnitude(image),
            sk.log_magnitude(image),
            mistakes=mistakes.of("log_magnitude", image),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. Swap the phases ★★ (3 points, 10 minutes)
#
# Every Fourier coefficient has a magnitude (how strong a wave is) and a phase (where it lies).
# Write `swap_phase(magnitude_of, phase_of)`: the **real** image with the magnitudes of the first
# and the phases of the second. A coefficient that is zero has the phase 0.
#
# Before you run it: which of the two pictures will you recognise?
#
# Not allowed: `sk.swap_phase`.


# %% nbgrader={"grade_id": "swap_phase", "solution": true, "wrong": "mistakes.of('swap_phase', magnitude_of, phase_of)"}
def swap_phase(magnitude_of, phase_of):
    """Magnitudes of one image, phases of another.

    Both are real and of shape (H, W), and so is the result.
    """
    ### BEGIN SOLUTION
    return sk.swap_phase(magnitude_of, phase_of)
    ### END SOLUTION


# %% nbgrader={"grade_id": "swap_phase-test", "grade": true, "points": 3, "uses": ["swap_phase"], "page": "pixels-to-frequencies"}
"""Swapped phases: an image with itself, two photographs, other shapes."""
task = Task("swap_phase", points=3)
with task.part("an image with itself stays as it is", points=0.5):
    compare(
        swap_phase(tiny.T, tiny.T),
        tiny.T,
        mistakes=mistakes.of("swap_phase", tiny.T, tiny.T),
        example="swap_phase(tiny.T, tiny.T)",
    )
with task.part("two photographs", points=0.75):
    compare(
        swap_phase(camera, chelsea),
        sk.swap_phase(camera, chelsea),
        mistakes=mistakes.of("swap_phase", camera, chelsea),
    )
with task.part("phases of a flat image, whose coefficients are zero but for one", points=0.25):
    flat = read_only(np.ones((4, 8)))
    compare(swap_phase(tiny[:4], flat), sk.swap_phase(tiny[:4], flat))
### BEGIN HIDDEN TESTS
with task.part("pictures of other shapes", points=1.5, hidden=True):
    for i, smallest in enumerate([(5, 8), (9, 7), (6, 12)]):
        rng = np.random.default_rng([SEED, i])
        shape = smallest + 2 * rng.integers(4, size=2)
        first, second = read_only(sk.white_noise((2, *shape), rng=rng))
        compare(
            swap_phase(first, second),
            sk.swap_phase(first, second),
            mistakes=mistakes.of("swap_phase", first, second),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. The power spectrum, with and without a window ★★ (4 points, 15 minutes)
#
# Write `power_spectrum(image, window=None)`.
#
# - `window=None`: $P = |\mathrm{DFT}(x)|^2 / (H W)$, DC at `[0, 0]`.
# - `window="hann"`: first remove the mean weighted by the window, then multiply by the window,
#   then the same:
#
# $$ x' = w \left( x - \frac{\sum w x}{\sum w} \right), \qquad
#    w[y, x] = \tfrac{2}{3} \left( 1 - \cos \tfrac{2 \pi y}{H} \right)
#    \left( 1 - \cos \tfrac{2 \pi x}{W} \right). $$
#
# This window is periodic and its mean square is 1, so white noise keeps its power.
#
# Not allowed: `sk.power_spectrum`, `sk.rapsd`, `sk.log_magnitude`.


# %% nbgrader={"grade_id": "power_spectrum", "solution": true, "wrong": "mistakes.of('power_spectrum', image, window=window)"}
def power_spectrum(image, window=None):
    """Power |DFT|^2 / (H W) of a real (H, W) image.

    Shape (H, W), DC at [0, 0]; the window is None or "hann".
    """
    ### BEGIN SOLUTION
    return sk.power_spectrum(image, window=window)
    ### END SOLUTION


# %% nbgrader={"grade_id": "power_spectrum-test", "grade": true, "points": 4, "uses": ["power_spectrum"], "page": "pixels-to-frequencies"}
"""Power spectrum: energy is kept, a photograph, a window, other shapes."""
task = Task("power_spectrum", points=4)
with task.part("the powers add up to the squares of the pixels", points=0.5):
    compare(
        float(np.sum(in_form(power_spectrum(tiny), tiny))),
        float(np.sum(tiny**2)),
        mistakes=(
            (key, sentence, float(np.sum(value)))
            for key, sentence, value in mistakes.of("power_spectrum", tiny)
        ),
        example="np.sum(power_spectrum(tiny))",
    )
with task.part("a photograph", points=1):
    compare(
        power_spectrum(camera),
        sk.power_spectrum(camera),
        mistakes=mistakes.of("power_spectrum", camera),
        samples=camera.size,
    )
with task.part("a part of a photograph, 256 by 192, under a Hann window", points=1):
    part = camera[:, :192]
    compare(
        power_spectrum(part, window="hann"),
        sk.power_spectrum(part, window="hann"),
        mistakes=mistakes.of("power_spectrum", part, window="hann"),
        samples=part.size,
    )
### BEGIN HIDDEN TESTS
with task.part("other shapes, both windows", points=1.5, hidden=True):
    for i, smallest in enumerate([(5, 8), (9, 7), (6, 12)]):
        rng = np.random.default_rng([SEED, i])
        shape = smallest + 2 * rng.integers(4, size=2)
        image = read_only(1 + sk.white_noise(shape, rng=rng))
        for window in (None, "hann"):
            compare(
                power_spectrum(image, window=window),
                sk.power_spectrum(image, window=window),
                mistakes=mistakes.of("power_spectrum", image, window=window),
            )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 4. One curve per image ★★ (4 points, 20 minutes)
#
# Write `rapsd(image)`, the radially averaged power spectral density:
#
# - the coefficient $(k_y, k_x)$ has the radius $\rho = \sqrt{(k_y/H)^2 + (k_x/W)^2}$ in
#   cycles/pixel, where $k_y/H$ is what `np.fft.fftfreq(H)` gives;
# - it belongs to ring $\lfloor \rho \cdot \max(H, W) + \tfrac12 \rfloor$;
# - return the **mean power** of the rings $1, 2, \ldots, \lceil \max(H, W)/2 \rceil - 1$, in this order.
#
# You may call `sk.power_spectrum`. Not allowed: `sk.rapsd`, `sk.mean_log_spectrum`.


# %% nbgrader={"grade_id": "rapsd", "solution": true, "wrong": "mistakes.of('rapsd', image)"}
def rapsd(image):
    """Mean power of each ring of a real (H, W) image.

    Rings 1 to ceil(max(H, W) / 2) - 1: shape (R,).
    """
    ### BEGIN SOLUTION
    return sk.rapsd(image).power
    ### END SOLUTION


# %% nbgrader={"grade_id": "rapsd-test", "grade": true, "points": 4, "uses": ["rapsd"], "page": "one-curve-per-image"}
"""Ring average: a small example, white noise, a photograph, a wave."""
noise = read_only(sk.white_noise((64, 64), std=3.0, rng=np.random.default_rng(30)))
wave = read_only(np.cos(np.pi / 2 * np.arange(64))[:, np.newaxis] * np.ones((64, 128)))
task = Task("rapsd", points=4)
with task.part("a 5 by 8 example", points=0.5):
    compare(
        rapsd(tiny),
        sk.rapsd(tiny).power,
        mistakes=mistakes.of("rapsd", tiny),
        example="rapsd(tiny)",
    )
with task.part("white noise of variance 9 lies near 9", points=0.5):
    compare(rapsd(noise), sk.rapsd(noise).power, mistakes=mistakes.of("rapsd", noise))
with task.part("a photograph", points=1):
    compare(
        rapsd(camera),
        sk.rapsd(camera).power,
        mistakes=mistakes.of("rapsd", camera),
        samples=camera.size,
    )
with task.part("on a 64 by 128 image a wave of 0.25 cycles/pixel lies on ring 32", points=0.5):
    compare(rapsd(wave), sk.rapsd(wave).power, mistakes=mistakes.of("rapsd", wave), atol=1e-9)
### BEGIN HIDDEN TESTS
with task.part("pictures of other shapes", points=1.5, hidden=True):
    # Shapes without a radius halfway between two of the rings.
    squares, wide = [(21, 21), (27, 27), (33, 33)], [(18, 30), (20, 32), (22, 34)]
    for i, shapes in enumerate([squares, wide, [(29, 13), (31, 11), (37, 15)]]):
        rng = np.random.default_rng([SEED, i])
        image = read_only(sk.white_noise(shapes[rng.integers(3)], rng=rng))
        compare(rapsd(image), sk.rapsd(image).power, mistakes=mistakes.of("rapsd", image))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 5. Predict first ★★★ (1 point, 5 minutes)
#
# Answer **before** you compute anything. An image is multiplied by 3.
#
# - By which factor does its power change at each frequency? (`power_factor`)
# - By how much does the exponent of its power law change? (`exponent_change`)

# %% nbgrader={"grade_id": "prediction", "solution": true}
# prediction: two numbers, power_factor and exponent_change
### BEGIN SOLUTION
power_factor = 9
exponent_change = 0
### END SOLUTION

# %% nbgrader={"grade_id": "prediction-test", "grade": true, "points": 1, "uses": ["power_factor", "exponent_change"], "page": "a-power-law"}
"""Prediction: your two numbers against what a photograph shows."""
once, thrice = sk.rapsd(camera), sk.rapsd(3 * camera)
task = Task("prediction", points=1)
with task.part("the factor of the power", points=0.5):
    hints = {
        3: "That is the factor of the magnitude; power is its square.",
        1: "Nothing divides by the image's own power: more contrast, more power.",
    }
    claimed = in_form(power_factor, 9.0, "power_factor")
    assert np.isclose(claimed, np.median(thrice.power / once.power)), hints.get(
        float(claimed), "The photograph shows another factor. What is power the square of?"
    )
with task.part("the change of the exponent", points=0.5):
    change = sk.fit_power_law(thrice).exponent - sk.fit_power_law(once).exponent
    claimed = in_form(exponent_change, 0.0, "exponent_change")
    assert np.isclose(claimed, change, atol=1e-6), (
        "On log-log axes a factor moves the line up by a constant. What does that do to its slope?"
    )
task.score()

# %% [markdown]
# ## 6. Evenly spaced in log f ★★ (2 points, 10 minutes)
#
# Rings are evenly spaced in $f$, so on a log-log plot most of them crowd at the right.
# Write `resample_loglog(frequency, power)`:
#
# - new frequencies from the first to the last given one, as many as given, evenly spaced on a
#   logarithmic axis;
# - between given points $\log P$ is linear in $\log f$;
# - return the pair (new frequency, new power), both on linear scales.
#
# Not allowed: `sk.resample_loglog`, `sk.fit_power_law`.


# %% nbgrader={"grade_id": "resample_loglog", "solution": true, "wrong": "mistakes.of('resample_loglog', frequency, power)"}
def resample_loglog(frequency, power):
    """Spectrum at as many frequencies, evenly spaced in log f.

    Takes and returns two float arrays of shape (R,).
    """
    ### BEGIN SOLUTION
    return sk.resample_loglog(frequency, power)
    ### END SOLUTION


# %% nbgrader={"grade_id": "resample_loglog-test", "grade": true, "points": 2, "uses": ["resample_loglog"], "page": "a-power-law"}
"""Resampling: a hinge of three lines by hand, then a photograph, then other spectra."""
few = read_only(np.array([1.0, 2.0, 3.0, 4.0]))
fall = read_only(np.array([8.0, 2.0, 1.0, 0.5]))
task = Task("resample_loglog", points=2)
with task.part("four points", points=0.5):
    compare(
        resample_loglog(few, fall),
        sk.resample_loglog(few, fall),
        mistakes=mistakes.of("resample_loglog", few, fall),
        example="resample_loglog(few, fall)",
    )
with task.part("a photograph", points=0.5):
    compare(
        resample_loglog(spectrum.frequency, spectrum.power),
        sk.resample_loglog(spectrum.frequency, spectrum.power),
        mistakes=mistakes.of("resample_loglog", spectrum.frequency, spectrum.power),
    )
### BEGIN HIDDEN TESTS
with task.part("other spectra", points=1, hidden=True):
    for i, shortest in enumerate([5, 17, 40]):
        rng = np.random.default_rng([SEED, i])
        length = shortest + rng.integers(5)
        places = np.cumsum(rng.uniform(0.01, 0.1, length))
        powers = np.exp(rng.normal(size=length))
        compare(
            resample_loglog(places, powers),
            sk.resample_loglog(places, powers),
            mistakes=mistakes.of("resample_loglog", places, powers),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 7. The straight line ★★ (3 points, 10 minutes)
#
# Write `fit_power_law(frequency, power)`: least squares through $\ln P$ against $\ln f$, on the
# points as they are (whoever wants even spacing resamples first). Return the pair
# (exponent $\alpha$, amplitude $A$) of $P(f) = A f^{-\alpha}$, as two floats.
#
# You may call `sk.rapsd`. Not allowed: `sk.fit_power_law`.


# %% nbgrader={"grade_id": "fit_power_law", "solution": true, "wrong": "mistakes.of('fit_power_law', frequency, power)"}
def fit_power_law(frequency, power):
    """Exponent and amplitude of the law A f^-exponent.

    Takes two arrays of shape (R,), returns a pair of floats.
    """
    ### BEGIN SOLUTION
    law = sk.fit_power_law(frequency, power, resample=False)
    return law.exponent, law.amplitude
    ### END SOLUTION


# %% nbgrader={"grade_id": "fit_power_law-test", "grade": true, "points": 3, "uses": ["fit_power_law"], "page": "a-power-law"}
"""Fit: an exact law, a photograph, other exponents."""


def right_fit(frequency, power):
    """The reference in the form of this task."""
    line = sk.fit_power_law(frequency, power, resample=False)
    return (line.exponent, line.amplitude)


places = read_only(np.array([0.1, 0.2, 0.3, 0.4]))
exact = read_only(0.3 * places**-1.7)
photograph = (read_only(spectrum.frequency), read_only(spectrum.power))
task = Task("fit_power_law", points=3)
with task.part("the exact law 0.3 f^-1.7", points=0.5):
    compare(
        fit_power_law(places, exact),
        (1.7, 0.3),
        mistakes=mistakes.of("fit_power_law", places, exact),
        example="fit_power_law(places, exact)",
    )
with task.part("a photograph", points=1):
    compare(
        fit_power_law(*photograph),
        right_fit(*photograph),
        mistakes=mistakes.of("fit_power_law", *photograph),
    )
### BEGIN HIDDEN TESTS
with task.part("other exponents, with scatter", points=1.5, hidden=True):
    for i, middle in enumerate([-0.6, 1.0, 3.2]):
        rng = np.random.default_rng([SEED, i])
        exponent, amplitude = middle + rng.uniform(-0.2, 0.2), rng.uniform(0.005, 0.02)
        places = np.cumsum(rng.uniform(0.01, 0.05, 9))
        powers = amplitude * places**-exponent * np.exp(rng.normal(scale=0.1, size=9))
        compare(
            fit_power_law(places, powers),
            right_fit(places, powers),
            mistakes=mistakes.of("fit_power_law", places, powers),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 8. The exponent of a collection ★★★ (3 points, 15 minutes)
#
# Put it together. Write `collection_exponent(images)` for a list of images whose pixels run from
# **0 to 255**, in exactly this order:
#
# 1. map the pixels to $x / 127.5 - 1$;
# 2. the ring average of each image, without a window;
# 3. the mean over images **of the logarithms**, and back by exp;
# 4. resample evenly in $\log f$, as many points as rings;
# 5. fit. Return the pair (exponent, amplitude).
#
# You may call `sk.rapsd(image)`, whose result has `.frequency` and `.power`,
# `sk.resample_loglog(frequency, power)`, which gives a pair, and
# `sk.fit_power_law(frequency, power, resample=False)`, whose result has `.exponent` and
# `.amplitude`. Not allowed: `sk.mean_log_spectrum`.


# %% nbgrader={"grade_id": "collection_exponent", "solution": true, "wrong": "mistakes.of('collection_exponent', images)"}
def collection_exponent(images):
    """Exponent and amplitude of the typical spectrum of images.

    Takes a list of (H, W) images with pixels 0 to 255, returns a pair of floats.
    """
    ### BEGIN SOLUTION
    spectrum = sk.mean_log_spectrum([np.asarray(image) / 127.5 - 1 for image in images])
    law = sk.fit_power_law(spectrum)
    return law.exponent, law.amplitude
    ### END SOLUTION


# %% nbgrader={"grade_id": "collection_exponent-test", "grade": true, "points": 3, "uses": ["collection_exponent"], "page": "a-power-law"}
"""Collection: ten photographs, then other channels and crops of them."""


def right_collection(images):
    """The reference in the form of this task."""
    line = sk.fit_power_law(sk.mean_log_spectrum([image / 127.5 - 1 for image in images]))
    return (line.exponent, line.amplitude)


green = list(sk.photographs(value_range=(0, 255)).images)
task = Task("collection_exponent", points=3)
with task.part("ten photographs", points=1.5):
    compare(
        collection_exponent(green),
        right_collection(green),
        mistakes=mistakes.of("collection_exponent", green),
        rtol=1e-4,
        example="collection_exponent(green)",
    )
### BEGIN HIDDEN TESTS
with task.part("six of them, in another channel, smaller", points=1.5, hidden=True):
    rng = np.random.default_rng(SEED)
    channel, size = ["red", "blue"][rng.integers(2)], 64 + 16 * int(rng.integers(5))
    crops = sk.photographs(size=size, channel=channel, value_range=(0, 255)).images
    own = list(crops[rng.permutation(10)[:6]])
    compare(
        collection_exponent(own),
        right_collection(own),
        mistakes=mistakes.of("collection_exponent", own),
        rtol=1e-4,
    )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 9. Diagnose ★★★ (1 point, 5 minutes)
#
# Three people computed the RAPSD of white noise of **variance 4** on 64 by 64 images, many times.
# On average their first rings read:
#
# | | ring 1 | ring 2 | ring 3 | ring 4 | further out |
# |---|---|---|---|---|---|
# | A | 32 | 48 | 64 | 128 | growing like the number of coefficients |
# | B | 2.7 | 2.6 | 2.5 | 2.4 | 2.3 |
# | C | 1.8 | 1.8 | 1.8 | 1.8 | 1.8 |
#
# Name each bug by one of: `"ring-sum-for-mean"`, `"amplitude-for-power"`, `"log-before-mean"`,
# `"floor-for-round"`, `"centre-not-shifted"`.

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: a dict from "A", "B", "C" to the name of the bug
### BEGIN SOLUTION
diagnosis = {"A": "ring-sum-for-mean", "B": "log-before-mean", "C": "amplitude-for-power"}
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"], "page": "one-curve-per-image"}
"""Diagnosis: three names, each one of the five."""
names = [
    "ring-sum-for-mean",
    "amplitude-for-power",
    "log-before-mean",
    "floor-for-round",
    "centre-not-shifted",
]
task = Task("diagnosis", points=1)
with task.part("A, B and C each have one of the five names", points=0.25):
    claimed = in_form(diagnosis, {"A": "", "B": "", "C": ""}, "diagnosis")
    unknown = sorted(set(claimed.values()) - set(names))
    assert not unknown, f"Each name must be one of {', '.join(names)}, and not {unknown[0]!r}."
    assert len(set(claimed.values())) == 3, "The three curves come from three different bugs."
### BEGIN HIDDEN TESTS
with task.part("A", points=0.25, hidden=True):
    compare(diagnosis["A"], "ring-sum-for-mean")
with task.part("B", points=0.25, hidden=True):
    compare(diagnosis["B"], "log-before-mean")
with task.part("C", points=0.25, hidden=True):
    compare(diagnosis["C"], "amplitude-for-power")
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 10. Break it ★★★ (1 point, 10 minutes)
#
# Somebody claims: *the spectrum of a photograph falls at every step.* Show a counterexample among
# the ten photographs: `counterexample = (name, ring)`, where `name` is one of `photos.names` and
# the RAPSD of that photograph (256 by 256, no window) is **higher on that ring than on the ring
# before**.

# %% nbgrader={"grade_id": "counterexample", "solution": true}
# counterexample: a pair of a photograph's name and a ring number from 2 to 127
### BEGIN SOLUTION
rises = np.diff(sk.rapsd(camera).power) > 0
counterexample = ("camera", int(np.argmax(rises)) + 2)
### END SOLUTION

# %% nbgrader={"grade_id": "counterexample-test", "grade": true, "points": 1, "uses": ["counterexample"], "page": "one-curve-per-image"}
"""Counterexample: a photograph and a ring at which its spectrum rises."""
task = Task("counterexample", points=1)
with task.part("the spectrum rises on that ring", points=1):
    claimed_photo, claimed_ring = in_form(counterexample, ("camera", 2), "counterexample")
    assert claimed_photo in photos.names, f"The name must be one of {', '.join(photos.names)}."
    assert claimed_ring in range(2, 128), "The ring must be a whole number from 2 to 127."
    step = np.diff(sk.rapsd(photos[claimed_photo]).power)[int(claimed_ring) - 2]
    assert step > 0, (
        f"Ring {claimed_ring} of {claimed_photo} is lower than the ring before: look for a step "
        "upwards, and remember that ring 1 is the first entry of the array."
    )
task.score()

# %% [markdown]
# ## 11. Why does the window matter? (1 point, 10 minutes)
#
# A field with exponent 4 reads about 3 when a crop of it is transformed without a window, and 4
# with one. In three or four sentences: what does the transform assume about the borders of the
# image, what does that add to the spectrum of a crop, and why does it hide a steep law but not a
# shallow one?

# %% [markdown] nbgrader={"grade_id": "window", "grade": true, "solution": true, "points": 1}
# === BEGIN MARK SCHEME ===
# 1: The transform repeats the image, so the left border meets the right one and there is a jump;
# a jump has power that falls like f^-2 across it (about f^-3 after the mean over rings), which lies
# above a field that falls like f^-4; a shallower law stays above the jump's. The window takes the
# jump away.
#
# 0.5: names the jump at the border but not why steep laws suffer.
#
# 0: "the window removes noise", or no reason.
# === END MARK SCHEME ===
