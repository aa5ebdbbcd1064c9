# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Problem set: cepstra
#
# **20 points, about two hours.** You take sounds apart: an echo from what was said, the pitch of a
# voice from the shape of its mouth, and you find out which octave errors have a cause.
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
# Conventions of this set: a frame or a signal is a real array of shape (n,), and its transform is
# $X[k] = \sum_t x[t]\, e^{-2\pi i k t / n}$, as in `np.fft.fft`. Logarithms are natural. A cepstrum
# has n values as well; its index $q$ is a time in samples, called *quefrency*, and $-q$ stands at
# index $n - q$. Everything is explained in Part IV of the book.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, in_form, read_only
from scipy.fft import dct
from spectralkit import mistakes
from spectralkit.cepstra import cosine_coefficients

rate = 16000  # samples per second of the recordings
voices = {clip.name: clip.signal for clip in sk.clips("speech")}
hann = np.hanning(1025)[:-1]  # periodic, 1024 samples
vowel = read_only(voices["chivalry"][74752:75776])  # 64 ms of a man's voice, about 139 Hz
windowed_vowel = read_only(hann * vowel)
click = read_only(np.array([1, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0]))  # and its echo
seven = read_only(np.array([3.0, 1, -1, 0, 1, 0, -1]))
bands = read_only(
    np.array(
        [
            [-20.0, -22, -30, -41],
            [-18, -25, -28, -40],
            [-30, -31, -35, -38],
            [-42, -36, -33, -39],
            [-40, -45, -44, -50],
            [-55, -52, -60, -57],
        ]
    )
)  # a log-mel image in decibels: 6 bands, 4 frames


def tone(period, samples, rng, fall=2.5):
    """Sound that repeats after a whole number of samples, and a little breath.

    All harmonics, each of random phase and the weaker the higher.
    """
    harmonic = np.arange(1, period // 2)[:, np.newaxis]
    phase = rng.uniform(0, 2 * np.pi, harmonic.shape)
    waves = np.cos(2 * np.pi * harmonic * np.arange(samples) / period + phase)
    return read_only((waves / harmonic**fall).sum(axis=0) + 0.001 * rng.normal(size=samples))


# %% [markdown]
# ## 1. The real cepstrum ★ (2 points, 10 minutes)
#
# Write `real_cepstrum(frame)`: the **inverse** transform of the natural logarithm of the
# **magnitude** of the whole spectrum,
#
# $$ c[q] = \frac{1}{n} \sum_{k=0}^{n-1} \ln |X[k]|\; e^{2\pi i k q / n}. $$
#
# It is real; return its n values, for even and for odd n (`np.fft.irfft` makes an even number of
# values unless it is told how many). No window is applied here, and no $|X[k]|$ of the tests is 0.
#
# Not allowed: `sk.real_cepstrum`, `sk.power_cepstrum`.


# %% nbgrader={"grade_id": "real_cepstrum", "solution": true, "wrong": "mistakes.of('real_cepstrum', frame)"}
def real_cepstrum(frame):
    """Real cepstrum of a frame, in nepers.

    Takes and returns a real array of shape (n,), quefrency 0 first.
    """
    ### BEGIN SOLUTION
    return sk.real_cepstrum(frame)
    ### END SOLUTION


# %% nbgrader={"grade_id": "real_cepstrum-test", "grade": true, "points": 2, "uses": ["real_cepstrum"], "page": "cepstrum-pitch-and-envelope"}
"""Real cepstrum: a click and its echo, seven samples, a vowel, other frames."""
task = Task("real_cepstrum", points=2)
with task.part("a click and its echo, 16 samples", points=0.5):
    compare(
        real_cepstrum(click),
        sk.real_cepstrum(click),
        mistakes=mistakes.of("real_cepstrum", click),
        atol=1e-9,
        example="real_cepstrum(click)",
    )
with task.part("seven samples, an odd number", points=0.25):
    compare(
        real_cepstrum(seven),
        sk.real_cepstrum(seven),
        mistakes=mistakes.of("real_cepstrum", seven),
        atol=1e-9,
        example="real_cepstrum(seven)",
    )
with task.part("a vowel under a window, 1024 samples", points=0.25):
    compare(
        real_cepstrum(windowed_vowel),
        sk.real_cepstrum(windowed_vowel),
        mistakes=mistakes.of("real_cepstrum", windowed_vowel),
        atol=1e-9,
        samples=1024,
    )
### BEGIN HIDDEN TESTS
with task.part("other frames, of even and odd lengths", points=1, hidden=True):
    for i, shortest in enumerate([12, 31, 200]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(rng.normal(size=shortest + int(rng.integers(12))))
        compare(
            real_cepstrum(own),
            sk.real_cepstrum(own),
            mistakes=mistakes.of("real_cepstrum", own),
            atol=1e-9,
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. Find the echo ★★ (3 points, 15 minutes)
#
# A sound with an echo, $y[t] = x[t] + g\, x[t - d]$, has a cepstrum with a peak at the delay $d$. In
# the **power cepstrum**, which is made from $\ln |X|^2$ and is twice the real one, the height of
# this peak is about the gain $g$, with its sign: an echo from a soft end comes back upside down.
# Write `echo_delay(signal, shortest, longest)`:
#
# - of the quefrencies from `shortest` to `longest`, **both included**, take the one at which the
#   power cepstrum of the whole signal, without a window, has the largest **magnitude**;
# - return the pair (delay in samples, an int; value of the power cepstrum there, a float).
#
# You may call `sk.real_cepstrum` and `sk.power_cepstrum`.


# %% nbgrader={"grade_id": "echo_delay", "solution": true, "wrong": "mistakes.of('echo_delay', signal, shortest, longest)"}
def echo_delay(signal, shortest, longest):
    """Delay of an echo in samples, and its gain.

    Takes a real array of shape (n,) and two whole numbers, in samples;
    returns a pair (int, float).
    """
    ### BEGIN SOLUTION
    c = 2 * sk.real_cepstrum(signal)
    allowed = range(shortest, longest + 1)
    best = max(allowed, key=lambda q: abs(c[q]))
    return best, float(c[best])
    ### END SOLUTION


# %% nbgrader={"grade_id": "echo_delay-test", "grade": true, "points": 3, "uses": ["echo_delay"], "page": "cepstrum-pitch-and-envelope"}
"""Echo: a click, a voice with an echo upside down, the ends of the range, other sounds."""


def right_echo(signal, shortest, longest):
    """The reference in the form of this task."""
    heights = sk.power_cepstrum(signal)[shortest : longest + 1]
    where = int(np.argmax(np.abs(heights)))
    return shortest + where, float(heights[where])


def with_echo(dry, delay, gain):
    """A sound and its echo, cut where the sound ends."""
    return read_only(dry + gain * np.concatenate([np.zeros(delay), dry[:-delay]]))


spoken = with_echo(voices["austen"][50000:82000], 800, -0.6)
task = Task("echo_delay", points=3)
with task.part("a click and its echo, 3 samples later and half as loud", points=0.5):
    compare(
        echo_delay(click, 2, 5),
        right_echo(click, 2, 5),
        mistakes=mistakes.of("echo_delay", click, 2, 5),
        example="echo_delay(click, 2, 5)",
    )
with task.part("two seconds of a voice, with an echo of -0.6 after 800 samples", points=0.5):
    compare(
        echo_delay(spoken, 400, 1600),
        right_echo(spoken, 400, 1600),
        mistakes=mistakes.of("echo_delay", spoken, 400, 1600),
        example="echo_delay(spoken, 400, 1600)",
    )
with task.part("the echo may lie at either end of the range", points=0.5):
    for ends in ((800, 1600), (400, 800)):
        compare(
            echo_delay(spoken, *ends),
            right_echo(spoken, *ends),
            mistakes=mistakes.of("echo_delay", spoken, *ends),
        )
### BEGIN HIDDEN TESTS
with task.part("other sounds and echoes", points=1.5, hidden=True):
    # Noise that lacks high frequencies. Its power cepstrum scatters by pi / sqrt(6 * 8192) = 0.014.
    for i, sign in enumerate([-1, 1, -1]):
        rng = np.random.default_rng([SEED, i])
        dull = np.convolve(rng.normal(size=8192), 0.95 ** np.arange(200))[:8192]
        echoed = with_echo(dull, int(rng.integers(250, 900)), sign * rng.uniform(0.35, 0.6))
        compare(
            echo_delay(echoed, 200, 1000),
            right_echo(echoed, 200, 1000),
            mistakes=mistakes.of("echo_delay", echoed, 200, 1000),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. Predict first ★★★ (1 point, 5 minutes)
#
# Answer **before** you compute anything.
#
# - A frame of 1024 samples is made 10 times as loud. How many of the 1024 values of its real
#   cepstrum change (`changed_values`), and by how much does $c[0]$ change (`level_change`, to two
#   decimals)?
# - A voice sings an octave higher. By which factor is the quefrency multiplied at which the peak
#   of its pitch lies (`quefrency_factor`)?

# %% nbgrader={"grade_id": "prediction", "solution": true}
# prediction: three numbers, changed_values, level_change and quefrency_factor
### BEGIN SOLUTION
changed_values = 1
level_change = 2.30
quefrency_factor = 0.5
### END SOLUTION

# %% nbgrader={"grade_id": "prediction-test", "grade": true, "points": 1, "uses": ["changed_values", "level_change", "quefrency_factor"], "page": "cepstrum-pitch-and-envelope"}
"""Prediction: your three numbers against a vowel and two tones."""
change = sk.real_cepstrum(10 * windowed_vowel) - sk.real_cepstrum(windowed_vowel)
task = Task("prediction", points=1)
with task.part("how many values change", points=0.25):
    claimed = in_form(changed_values, 1.0, "changed_values")
    assert claimed == np.count_nonzero(np.abs(change) > 1e-9), (
        "The vowel shows another number. A gain adds the same constant to every ln |X[k]|: which "
        "quefrency does a constant have?"
    )
with task.part("by how much the level changes", points=0.25):
    loudness_hints = {
        10: "That is the factor of |X|; the cepstrum adds up its logarithms.",
        1: "That is log10 of 10; the cepstrum is made with natural logarithms.",
        20: "Those are decibels; the cepstrum is made with natural logarithms.",
        4.61: "That is the change of the power cepstrum, twice that of the real one.",
    }
    claimed = in_form(level_change, 1.0, "level_change")
    assert abs(claimed - change[0]) < 0.006, loudness_hints.get(
        round(claimed, 2), "The vowel shows another number: take the logarithm of the gain."
    )
with task.part("the factor of the quefrency", points=0.5):
    peaks = []
    for period in (160, 80):
        sung = sk.real_cepstrum(hann * tone(period, 1024, np.random.default_rng(1)))
        peaks.append(60 + int(np.argmax(sung[60:250])))
    claimed = in_form(quefrency_factor, 1.0, "quefrency_factor")
    assert np.isclose(claimed, peaks[1] / peaks[0]), (
        "Two tones show another factor. A quefrency is a time: does a higher voice have the longer "
        "period, or the shorter one?"
    )
task.score()

# %% [markdown]
# ## 4. Keep the low quefrencies ★★ (2 points, 10 minutes)
#
# Write `lifter(cepstrum, cutoff)`: a copy of a cepstrum of n values in which the quefrencies
#
# $$ -\text{cutoff} < q < \text{cutoff} $$
#
# keep their values and all others are 0. Remember that $-q$ stands at index $n - q$. The cutoff is a
# whole number from 1 to n/2, and with 1 only $c[0]$ is left.
#
# Not allowed: `sk.lifter`, `sk.spectral_envelope`.


# %% nbgrader={"grade_id": "lifter", "solution": true, "wrong": "mistakes.of('lifter', cepstrum, cutoff)"}
def lifter(cepstrum, cutoff):
    """Low quefrencies of a cepstrum, the others set to 0.

    Takes a real array of shape (n,) and a whole number, in samples;
    returns an array of shape (n,).
    """
    ### BEGIN SOLUTION
    return sk.lifter(cepstrum, cutoff=cutoff)
    ### END SOLUTION


# %% nbgrader={"grade_id": "lifter-test", "grade": true, "points": 2, "uses": ["lifter"], "page": "cepstrum-pitch-and-envelope"}
"""Lifter: a click, seven values, the level alone, other cepstra."""
of_click, of_seven = (read_only(sk.real_cepstrum(frame)) for frame in (click, seven))
task = Task("lifter", points=2)
with task.part("16 values, cutoff 4: seven of them stay", points=0.5):
    compare(
        lifter(of_click, 4),
        sk.lifter(of_click, cutoff=4),
        mistakes=mistakes.of("lifter", of_click, 4),
        example="lifter(sk.real_cepstrum(click), 4)",
    )
with task.part("seven values, an odd number, cutoff 2", points=0.25):
    compare(
        lifter(of_seven, 2),
        sk.lifter(of_seven, cutoff=2),
        mistakes=mistakes.of("lifter", of_seven, 2),
        example="lifter(sk.real_cepstrum(seven), 2)",
    )
with task.part("cutoff 1: only the level stays", points=0.25):
    compare(
        lifter(of_seven, 1),
        sk.lifter(of_seven, cutoff=1),
        mistakes=mistakes.of("lifter", of_seven, 1),
        example="lifter(sk.real_cepstrum(seven), 1)",
    )
### BEGIN HIDDEN TESTS
with task.part("other cepstra and cutoffs, 1 among them", points=1, hidden=True):
    for i, shortest in enumerate([16, 31, 60]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(sk.real_cepstrum(rng.normal(size=shortest + int(rng.integers(9)))))
        for cutoff in (1, int(rng.integers(3, shortest // 3))):
            compare(
                lifter(own, cutoff),
                sk.lifter(own, cutoff=cutoff),
                mistakes=mistakes.of("lifter", own, cutoff),
            )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 5. The envelope ★★ (3 points, 15 minutes)
#
# The low quefrencies of a voice tell the shape of the mouth, the high ones the vocal cords. Write
# `spectral_envelope(frame, cutoff)`: the real cepstrum of the frame, liftered as in task 4,
# transformed forward, and taken out of the logarithm:
#
# $$ E[k] = \exp\Bigl( \sum_{|q| < \text{cutoff}} c[q]\, e^{-2\pi i k q / n} \Bigr), \qquad
#    k = 0, 1, \ldots, \lfloor n/2 \rfloor. $$
#
# The sum is real. The result is a **magnitude**, at the frequencies of `np.fft.rfft`. No window is
# applied here.
#
# You may call `sk.real_cepstrum` and `sk.lifter(cepstrum, cutoff=...)`. Not allowed:
# `sk.spectral_envelope`.


# %% nbgrader={"grade_id": "spectral_envelope", "solution": true, "wrong": "mistakes.of('spectral_envelope', frame, cutoff)"}
def spectral_envelope(frame, cutoff):
    """Smooth part of the magnitude spectrum of a frame, linear scale.

    Takes a real array of shape (n,) and a whole number, in samples;
    returns an array of shape (n // 2 + 1,).
    """
    ### BEGIN SOLUTION
    return sk.spectral_envelope(frame, cutoff=cutoff)
    ### END SOLUTION


# %% nbgrader={"grade_id": "spectral_envelope-test", "grade": true, "points": 3, "uses": ["spectral_envelope"], "page": "cepstrum-pitch-and-envelope"}
"""Envelope: a click and its echo, a vowel, other frames."""
task = Task("spectral_envelope", points=3)
with task.part("a click and its echo, cutoff 4", points=0.5):
    compare(
        spectral_envelope(click, 4),
        sk.spectral_envelope(click, cutoff=4),
        mistakes=mistakes.of("spectral_envelope", click, 4),
        example="spectral_envelope(click, 4)",
    )
with task.part("a vowel under a window, cutoff 40", points=1):
    compare(
        spectral_envelope(windowed_vowel, 40),
        sk.spectral_envelope(windowed_vowel, cutoff=40),
        mistakes=mistakes.of("spectral_envelope", windowed_vowel, 40),
        samples=1024,
    )
### BEGIN HIDDEN TESTS
with task.part("other frames and cutoffs", points=1.5, hidden=True):
    for i, shortest in enumerate([24, 41, 160]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(rng.normal(size=shortest + int(rng.integers(12))))
        cutoff = int(rng.integers(3, shortest // 3))
        compare(
            spectral_envelope(own, cutoff),
            sk.spectral_envelope(own, cutoff=cutoff),
            mistakes=mistakes.of("spectral_envelope", own, cutoff),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 6. The pitch ★★ (3 points, 20 minutes)
#
# Write `cepstral_pitch(frame, sample_rate, fmin, fmax)`, in exactly this order:
#
# 1. multiply the frame by the periodic Hann window, `np.hanning(n + 1)[:-1]`;
# 2. take the real cepstrum;
# 3. of the **whole** quefrencies from $\lceil \text{rate}/f_{\max} \rceil$ to
#    $\lfloor \text{rate}/f_{\min} \rfloor$, both included, take the one at which it is **largest**;
# 4. return the pitch in hertz, rate / quefrency, a float.
#
# The tests allow 2 %, a third of a semitone, so you may look between the samples but need not.
#
# You may call `sk.real_cepstrum`. Not allowed: `sk.cepstral_pitch`, `librosa.pyin`, `librosa.yin`.


# %% nbgrader={"grade_id": "cepstral_pitch", "solution": true, "wrong": "mistakes.of('cepstral_pitch', frame, sample_rate, fmin, fmax)"}
def cepstral_pitch(frame, sample_rate, fmin, fmax):
    """Pitch of a frame in hertz, between fmin and fmax.

    Takes a real array of shape (n,), samples per second and two numbers
    in hertz; returns a float.
    """
    ### BEGIN SOLUTION
    return sk.cepstral_pitch(frame, sample_rate=sample_rate, fmin=fmin, fmax=fmax)
    ### END SOLUTION


# %% nbgrader={"grade_id": "cepstral_pitch-test", "grade": true, "points": 3, "uses": ["cepstral_pitch"], "page": "cepstrum-pitch-and-envelope"}
"""Pitch: a low tone, a high tone, a vowel, other tones at other rates."""


def right_pitch(frame, sample_rate, lowest, highest):
    """The reference in the form of this task."""
    return sk.cepstral_pitch(frame, sample_rate=sample_rate, fmin=lowest, fmax=highest)


low_tone, high_tone = (tone(period, 1024, np.random.default_rng(1)) for period in (160, 55))
task = Task("cepstral_pitch", points=3)
with task.part("a low tone, 100 Hz", points=0.5):
    compare(
        cepstral_pitch(low_tone, rate, 70.0, 350.0),
        right_pitch(low_tone, rate, 70.0, 350.0),
        mistakes=mistakes.of("cepstral_pitch", low_tone, rate, 70.0, 350.0),
        rtol=0.02,
        example="cepstral_pitch(low_tone, rate, 70.0, 350.0)",
    )
with task.part("a high tone, 291 Hz", points=0.5):
    compare(
        cepstral_pitch(high_tone, rate, 70.0, 350.0),
        right_pitch(high_tone, rate, 70.0, 350.0),
        mistakes=mistakes.of("cepstral_pitch", high_tone, rate, 70.0, 350.0),
        rtol=0.02,
        example="cepstral_pitch(high_tone, rate, 70.0, 350.0)",
    )
with task.part("a vowel of a real voice", points=0.5):
    compare(
        cepstral_pitch(vowel, rate, 70.0, 350.0),
        right_pitch(vowel, rate, 70.0, 350.0),
        mistakes=mistakes.of("cepstral_pitch", vowel, rate, 70.0, 350.0),
        rtol=0.02,
        example="cepstral_pitch(vowel, rate, 70.0, 350.0)",
    )
### BEGIN HIDDEN TESTS
with task.part("other tones, at other rates", points=1.5, hidden=True):
    for i, (shortest, samples, own_rate) in enumerate(
        [(168, 1024, 16000), (138, 1500, 22050), (52, 1200, 16000)]
    ):
        rng = np.random.default_rng([SEED, i])
        own = tone(shortest + int(rng.integers(8)), samples, rng)
        lowest, highest = rng.uniform(70, 80), rng.uniform(340, 360)
        compare(
            cepstral_pitch(own, own_rate, lowest, highest),
            right_pitch(own, own_rate, lowest, highest),
            mistakes=mistakes.of("cepstral_pitch", own, own_rate, lowest, highest),
            rtol=0.02,
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 7. Diagnose an octave error ★★★ (1 point, 10 minutes)
#
# Three people wrote `cepstral_pitch` and tried it on four tones, 16000 samples per second,
# `fmin` = 70 Hz, `fmax` = 350 Hz. They read, in hertz:
#
# | | 90 Hz | 125 Hz | 200 Hz | 320 Hz |
# |---|---|---|---|---|
# | A | 180 | 250 | 200 | 320 |
# | B | 90 | 125 | 200 | 160 |
# | C | 121 | 195 | 471 | 4000 |
#
# Two of them make octave errors, and each of these has a cause. Name each bug by one of:
# `"half-spectrum"` (the 513 values of `rfft` went into `ifft`),
# `"hertz-for-samples"` (quefrencies from 70 to 350 were searched), `"offset-forgotten"` (the index
# was counted from the start of the search), `"low-quefrencies-kept"` (the search began at
# quefrency 1), `"bin-for-quefrency"` (the index was multiplied by rate / n).

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: a dict from "A", "B", "C" to the name of the bug
### BEGIN SOLUTION
diagnosis = {"A": "half-spectrum", "B": "hertz-for-samples", "C": "offset-forgotten"}
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"], "page": "cepstrum-pitch-and-envelope"}
"""Diagnosis: three names, each one of the five."""
names = [
    "half-spectrum",
    "hertz-for-samples",
    "offset-forgotten",
    "low-quefrencies-kept",
    "bin-for-quefrency",
]
task = Task("diagnosis", points=1)
with task.part("A, B and C each have one of the five names", points=0.25):
    assert sorted(diagnosis) == ["A", "B", "C"], "Give a dict with the keys 'A', 'B' and 'C'."
    assert set(diagnosis.values()) <= set(names), f"Each name must be one of {names}."
    assert len(set(diagnosis.values())) == 3, "The three rows come from three different bugs."
### BEGIN HIDDEN TESTS
with task.part("A", points=0.25, hidden=True):
    compare(diagnosis["A"], "half-spectrum")
with task.part("B", points=0.25, hidden=True):
    compare(diagnosis["B"], "hertz-for-samples")
with task.part("C", points=0.25, hidden=True):
    compare(diagnosis["C"], "offset-forgotten")
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 8. Break it ★★★ (1 point, 15 minutes)
#
# Somebody claims: *a high peak in the cepstrum, where pitches lie, shows that the sound repeats
# itself.* Show a counterexample: `counterexample`, **1024** real numbers whose real cepstrum
# (`sk.real_cepstrum`, no window) is **at least 0.2** at some quefrency from 46 to 228, although the
# sound does **not** repeat itself at any of these shifts: the autocorrelation, which is 1 at shift 0,
#
# $$ r[s] = \frac{\sum_{t} x[t]\, x[t + s]}{\sum_{t} x[t]^2}, $$
#
# is at most 0.6 at every shift $s$ from 46 to 228. (Voiced frames of the recordings, with a peak of
# 0.2 or more, have more than 0.6.)

# %% nbgrader={"grade_id": "counterexample", "solution": true}
# counterexample: an array of shape (1024,)
### BEGIN SOLUTION
counterexample = np.random.default_rng(1).normal(size=1024)
counterexample[80:] += 0.8 * counterexample[:-80].copy()
### END SOLUTION

# %% nbgrader={"grade_id": "counterexample-test", "grade": true, "points": 1, "uses": ["counterexample"], "page": "cepstrum-pitch-and-envelope"}
"""Counterexample: a peak in the cepstrum of a sound that does not repeat itself."""


def checked_sound(claimed):
    """The counterexample as an array, if it is 1024 finite numbers and not silent."""
    sound = np.asarray(claimed, dtype=np.float64)
    assert sound.shape == (1024,), f"The shape must be (1024,), but is {sound.shape}."
    assert np.isfinite(sound).all(), "The numbers must be finite."
    assert sound.any(), "The sound must not be silent."
    return sound / np.abs(sound).max()


def largest_peak(sound):
    """Largest value of the real cepstrum at quefrencies 46 to 228."""
    return float(sk.real_cepstrum(sound)[46:229].max())


def largest_repetition(sound):
    """Largest autocorrelation at shifts 46 to 228."""
    return max(float(sound[s:] @ sound[:-s]) for s in range(46, 229)) / float(sound @ sound)


task = Task("counterexample", points=1)
with task.part("its cepstrum has a peak of 0.2 or more", points=0.25):
    height = largest_peak(checked_sound(counterexample))
    assert height >= 0.2, (
        f"The largest value from 46 to 228 is {height:.3f}. Which sounds make a peak? Pitch is not "
        "the only reason: look at task 2."
    )
with task.part("and the sound does not repeat itself", points=0.75):
    sound = checked_sound(counterexample)
    height, repetition = largest_peak(sound), largest_repetition(sound)
    assert height >= 0.2, f"The cepstrum has no peak: its largest value is {height:.3f}."
    assert repetition <= 0.6, (
        f"The autocorrelation reaches {repetition:.2f}: the sound repeats itself, so its peak is no "
        "counterexample. Start from a sound without any period."
    )
task.score()

# %% [markdown]
# ## 9. MFCC ★★ (3 points, 20 minutes)
#
# Write `mfcc(log_mel, n_mfcc, lifter)`: mel-frequency cepstral coefficients. `log_mel` holds $B$ mel
# bands (rows) of some frames (columns) in decibels.
#
# - Within each frame take the **orthonormal DCT-II** along the bands, and of its result the first
#   `n_mfcc` rows, the one of $n = 0$ included:
#
# $$ C[n] = s_n \sum_{m=0}^{B-1} L[m] \cos \frac{\pi n (2m + 1)}{2B}, \qquad
#    s_0 = \sqrt{1/B}, \quad s_n = \sqrt{2/B} \text{ for } n > 0. $$
#
# - If `lifter`, here $\ell$, is above 0, multiply row $n = 0, 1, 2, \ldots$ by
#   $1 + \frac{\ell}{2} \sin \frac{\pi (n + 1)}{\ell}$; if it is 0, leave them as they are.
#
# You may call `dct` of SciPy; mind its defaults. Not allowed: `sk.mfcc`, `librosa.feature.mfcc`,
# and `cosine_coefficients`, which the test compares with.


# %% nbgrader={"grade_id": "mfcc", "solution": true, "wrong": "mistakes.of('mfcc', log_mel, n_mfcc, lifter)"}
def mfcc(log_mel, n_mfcc, lifter):
    """First cepstral coefficients of the frames of a log-mel image.

    Takes an array of shape (bands, frames) in decibels, a whole number
    and a number, 0 for none; returns an array of shape (n_mfcc, frames).
    """
    ### BEGIN SOLUTION
    rows = dct(log_mel, axis=0, norm="ortho")[:n_mfcc]
    if lifter > 0:
        rows = ((1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / lifter)) * rows.T).T
    return rows
    ### END SOLUTION


# %% nbgrader={"grade_id": "mfcc-test", "grade": true, "points": 3, "uses": ["mfcc"], "page": "mfcc-and-cepstral-diffusion"}
"""MFCC: six bands without and with a lifter, a voice as the library does it, other images."""


def right_mfcc(image, count, length):
    """The reference in the form of this task."""
    return cosine_coefficients(image, count, norm="ortho", lifter=length)


recipe = {"sample_rate": rate, "n_fft": 512, "hop": 256, "n_mels": 40}
second = voices["austen"][50000:66000]
levels = read_only(sk.log_mel(second, ref=1.0, **recipe).values)
task = Task("mfcc", points=3)
with task.part("six bands, four frames, no lifter", points=0.5):
    compare(
        mfcc(bands, 4, 0),
        right_mfcc(bands, 4, 0),
        mistakes=mistakes.of("mfcc", bands, 4, 0),
        example="mfcc(bands, 4, 0)",
    )
with task.part("the same with a lifter of 22", points=0.5):
    compare(
        mfcc(bands, 4, 22),
        right_mfcc(bands, 4, 22),
        mistakes=mistakes.of("mfcc", bands, 4, 22),
        example="mfcc(bands, 4, 22)",
    )
with task.part("a second of a voice, 13 of 40, as sk.mfcc gives them", points=0.5):
    compare(
        mfcc(levels, 13, 22),
        sk.mfcc(second, n_mfcc=13, lifter=22, **recipe),
        mistakes=mistakes.of("mfcc", levels, 13, 22),
        atol=1e-9,
    )
### BEGIN HIDDEN TESTS
with task.part("other images, with and without a lifter", points=1.5, hidden=True):
    for i, length in enumerate([0, 18, 26]):
        rng = np.random.default_rng([SEED, i])
        count, length = 5 + int(rng.integers(6)), length and length + int(rng.integers(6))
        shape = (count + 4 + int(rng.integers(9)), 3 + int(rng.integers(5)))
        own = read_only(-40 + 8 * rng.normal(size=shape))
        compare(
            mfcc(own, count, length),
            right_mfcc(own, count, length),
            mistakes=mistakes.of("mfcc", own, count, length),
            atol=1e-9,
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 10. Why the logarithm? (1 point, 10 minutes)
#
# Without the logarithm, the transform back from $|X|^2$ is the autocorrelation, which needs no
# explanation. In four or five sentences: what does the logarithm do to a source and a filter, why
# can a lifter then take them apart although both fill the whole spectrum, and for which voices or
# sounds does it fail? Give a reason with one number: a sample rate, a cutoff, a pitch.

# %% [markdown] nbgrader={"grade_id": "logarithm", "grade": true, "solution": true, "points": 1}
# === BEGIN MARK SCHEME ===
# 1: Source and filter are convolved, so their spectra are multiplied; the logarithm makes a sum of
# the product, and the transform of a sum is the sum of the transforms. They can then be told apart by
# how fast they change *along frequency*: the mouth's resonances slowly (low quefrencies), the
# harmonics quickly (peaks at the pitch period and its multiples). It fails where these places meet,
# with a number: at 16 kHz and a cutoff of 40 samples the period of a 400 Hz (child's, singing) voice
# is 40 samples, so that the lifter keeps the harmonics, or, with a lower cutoff, the harmonics are
# too far apart to say what the mouth does between them. Also good, with a number: a sound with one
# harmonic has no comb; an echo of a few milliseconds looks like a pitch; a pitch that changes within
# the frame has no comb either; bins without power, which the logarithm makes as loud as any other.
#
# 0.5: product becomes sum, and slow and fast along frequency, but no failure, or one without reason
# or number.
#
# 0: "the logarithm makes small values visible", or "because we hear in decibels", and nothing else.
# === END MARK SCHEME ===
