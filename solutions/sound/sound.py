# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Problem set: sound
#
# **20 points, about two and a half hours.** You turn sounds into pictures with your own tools, from
# frames to a log-mel image, and you find out how much of the slope in such a picture is the sound's.
#
# How it works:
#
# - Run the first code cell, then write your answers where it says `YOUR CODE HERE`; take away the line that raises the error.
# - Run the test cell below each answer as often as you like. It says what is right, what is not,
#   and, where it recognises a common mistake, which one it was.
# - More tests run when the set is graded. They check the same definition on other sounds.
# - A task may use the functions of `spectralkit` (as `sk`) that *earlier* tasks asked for, and those
#   of the set *image spectra*, so that one wrong answer does not spoil the next. The function of
#   the task itself, and whatever contains it, is yours to write, without `librosa`, `torchaudio` or
#   SciPy's own; NumPy is always allowed. When the set is graded, the function of the task itself
#   only says "write it yourself, then compare".
# - Your functions must not change the arrays that they are given; those of the tests are read-only.
# - ★ means: write down a formula. ★★ means: get a convention right. ★★★ means: decide.
#
# Conventions of this set: a signal is a real array of shape (n,), full scale 1; frequencies are in
# Hz, and bin $b$ of a transform of $L$ samples lies at $b \cdot \mathtt{sample\_rate} / L$; power is
# the square of a magnitude. A time-frequency image has shape (frequencies, frames): low frequencies
# come first. Everything is explained in Part IV of the book: *Sound as numbers*, *No power law in a
# waveform*, *A log-mel spectrogram is an image*.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, in_form, read_only
from spectralkit import mistakes

rate = 16000  # samples per second of the three voices
voices = {clip.name: clip.signal for clip in sk.clips("speech")}
austen = voices["austen"]
ten = read_only(np.arange(1.0, 11.0))  # ten samples to count with
tone = read_only(np.cos(2 * np.pi * 1000 * np.arange(4000) / rate))  # a quarter second of 1000 Hz

# %% [markdown]
# ## 1. Frames ★★ (2 points, 15 minutes)
#
# Write `frame_signal(signal, frame_length, hop)`, which cuts a signal of $n$ samples into frames
# that may overlap:
#
# - pad $p = \lfloor L/2 \rfloor$ **zeros on both sides**, where $L$ is `frame_length`; then the
#   middle of frame $k$ lies at sample $k \cdot \mathtt{hop}$ of the signal;
# - frame $k$ is the $L$ samples of the padded signal from $k \cdot \mathtt{hop}$ on; there are
#
# $$ F = 1 + \left\lfloor \frac{n + 2p - L}{\mathtt{hop}} \right\rfloor $$
#
#   of them, so that every frame is full;
# - return an array of shape $(F, L)$: one frame per row.
#
# Not allowed: `sk.frame_signal`, `sk.stft`, `sk.spectrogram`, `librosa.util.frame`.


# %% nbgrader={"grade_id": "frame_signal", "solution": true, "wrong": "mistakes.of('frame_signal', signal, frame_length, hop)"}
def frame_signal(signal, frame_length, hop):
    """Frames of a signal, centred at every hop-th sample, zeros beyond its ends.

    Takes a float array of shape (n,) and two whole numbers; returns shape (F, frame_length).
    """
    ### BEGIN SOLUTION
    return sk.frame_signal(signal, frame_length=frame_length, hop=hop)
    ### END SOLUTION


# %% nbgrader={"grade_id": "frame_signal-test", "grade": true, "points": 2, "uses": ["frame_signal"], "page": "sound-as-numbers"}
"""Frames: how many, ten samples, a voice, other lengths."""
task = Task("frame_signal", points=2)
with task.part("how many frames of ten samples there are", points=0.25):
    rows, columns = np.shape(frame_signal(ten, 4, 3))
    hints = {
        3: "So many fit without padding: add half a frame of zeros on both sides first.",
        5: "The last one is not full: leave it out.",
    }
    assert columns == 4, f"Each row must be a frame of 4 samples, but has {columns}."
    assert rows == 4, f"4 frames are expected, got {rows}. " + hints.get(
        rows, "With zeros there are 14 samples; a frame of 4 starts at every third."
    )
with task.part("ten samples", points=0.25):
    compare(
        frame_signal(ten, 4, 3),
        sk.frame_signal(ten, frame_length=4, hop=3),
        mistakes=mistakes.of("frame_signal", ten, 4, 3),
        example="frame_signal(ten, 4, 3)",
    )
with task.part("a tenth of a second of a voice", points=0.5):
    voice = austen[8000:9600]
    compare(
        frame_signal(voice, 512, 200),
        sk.frame_signal(voice, frame_length=512, hop=200),
        mistakes=mistakes.of("frame_signal", voice, 512, 200),
    )
### BEGIN HIDDEN TESTS
with task.part("other lengths, odd and even", points=1, hidden=True):
    for i, length in enumerate([5, 8, 11]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(rng.normal(size=5 * length + rng.integers(length)))
        step = int(rng.integers(2, length // 2 + 1)) if length != 8 else 3
        compare(
            frame_signal(own, length, step),
            sk.frame_signal(own, frame_length=length, hop=step),
            mistakes=mistakes.of("frame_signal", own, length, step),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. Predict first ★★★ (1 point, 10 minutes)
#
# Answer **before** you compute anything.
#
# - Frames of 1024 samples at 16000 samples per second: how far apart are the bins of their
#   transform, in Hz? (`bin_distance`)
# - A sound is played 10 times as loud: all samples times 10. By how many decibels does its power
#   rise at each frequency? (`louder`)
# - The frames of **white noise** overlap by three quarters. Its log-mel image (bands by frames, in
#   decibels, the mean over time of each band removed) is looked at as in Part I: does the power of
#   that *image* fall towards its high frequencies, is it flat, or does it rise?
#   (`image_of_noise`: `"falls"`, `"flat"` or `"rises"`)

# %% nbgrader={"grade_id": "prediction", "solution": true}
# prediction: two numbers, bin_distance and louder, and a word, image_of_noise
### BEGIN SOLUTION
bin_distance = 15.625
louder = 20
image_of_noise = "falls"
### END SOLUTION

# %% nbgrader={"grade_id": "prediction-test", "grade": true, "points": 1, "uses": ["bin_distance", "louder", "image_of_noise"], "page": "log-mel-is-an-image"}
"""Prediction: two numbers and a word against what is measured."""


def exponent_of_noise(hop):
    """Exponent of the log-mel image of white noise: falls if positive, rises if negative."""
    noise = sk.white_noise((24000,), rng=np.random.default_rng(2))
    picture = sk.band_centred(sk.log_mel(noise, sample_rate=rate, n_fft=512, hop=hop, n_mels=40))
    return sk.fit_power_law(sk.rapsd(picture.values), band=(1 / 40, 1 / 2)).exponent


task = Task("prediction", points=1)
with task.part("the distance of the bins", points=0.25):
    hints = {
        64: "That is how long a frame lasts, in milliseconds; bins are 1 / that apart.",
        7.8125: "The last bin of the half spectrum is number 512, and it lies at 8000 Hz.",
        31.25: "Bin 1024 would lie at the sample rate; bin 512 lies at half of it.",
    }
    claimed = in_form(bin_distance, 1.0, "bin_distance")
    assert np.isclose(claimed, np.fft.rfftfreq(1024, 1 / rate)[1], atol=0.05), hints.get(
        claimed, "Bin 1 is one wave in a frame: how long does a frame last?"
    )
with task.part("ten times as loud", points=0.25):
    hints = {
        10: "That is the factor of the amplitude taken for that of the power, which is 100.",
        100: "That is the factor of the power; in decibels it is 10 log10 of that.",
    }
    claimed = in_form(louder, 1.0, "louder")
    gain = np.sum((10 * tone) ** 2) / np.sum(tone**2)
    assert np.isclose(claimed, 10 * np.log10(gain)), hints.get(
        claimed, "By which factor does the power rise? Decibels are 10 log10 of that."
    )
with task.part("the log-mel image of white noise", points=0.5):
    assert image_of_noise in ("falls", "flat", "rises"), "Say 'falls', 'flat' or 'rises'."
    slope = exponent_of_noise(128)
    assert image_of_noise == ("falls" if slope > 0.3 else "rises" if slope < -0.3 else "flat"), (
        f"Measured exponent: {slope:.2f}, with frames side by side {exponent_of_noise(512):.2f}. "
        "Frames that overlap share three quarters of their samples: can neighbours differ much?"
    )
task.score()

# %% [markdown]
# ## 3. The short-time Fourier transform ★★ (2 points, 15 minutes)
#
# Write `stft(signal, n_fft, hop)`:
#
# - take the frames of task 1, $x_k$ with $L = \mathtt{n\_fft}$ samples;
# - multiply each by the **periodic** Hann window
#   $w[t] = \tfrac12 \left(1 - \cos \tfrac{2 \pi t}{L}\right)$, $t = 0 \ldots L - 1$;
# - transform: $X[b, k] = \sum_t w[t]\, x_k[t]\, e^{-2 \pi i b t / L}$ for the bins
#   $b = 0 \ldots \lfloor L/2 \rfloor$, which is `np.fft.rfft`, without any factor;
# - return the **complex** array of shape $(\lfloor L/2 \rfloor + 1, F)$: one frame per column.
#
# You may call `sk.frame_signal(signal, frame_length=..., hop=...)`. Not allowed: `sk.stft`,
# `sk.spectrogram`, `sk.mel_spectrogram`, `sk.log_mel`, `librosa.stft`, `scipy.signal.stft`,
# `scipy.signal.ShortTimeFFT`, `scipy.signal.spectrogram`.


# %% nbgrader={"grade_id": "stft", "solution": true, "wrong": "mistakes.of('stft', signal, n_fft, hop)"}
def stft(signal, n_fft, hop):
    """Short-time Fourier transform of a signal under a periodic Hann window.

    Takes a float array of shape (n,) and two whole numbers; returns a complex
    array of shape (n_fft // 2 + 1, F).
    """
    ### BEGIN SOLUTION
    return sk.stft(signal, n_fft=n_fft, hop=hop)
    ### END SOLUTION


# %% nbgrader={"grade_id": "stft-test", "grade": true, "points": 2, "uses": ["stft"], "page": "sound-as-numbers"}
"""Transform: ten samples, a tone, a voice, other lengths."""
task = Task("stft", points=2)
with task.part("ten samples", points=0.25):
    compare(
        stft(ten, 4, 3),
        sk.stft(ten, n_fft=4, hop=3),
        mistakes=mistakes.of("stft", ten, 4, 3),
        example="stft(ten, 4, 3)",
    )
with task.part("a tone of 1000 Hz lies in bin 16 of 256, its window in bins 15 to 17", points=0.25):
    inside = np.abs(stft(tone, 256, 100))[:, 10]
    assert np.shape(inside) == (129,), (
        f"A column must have 129 bins, but has {np.shape(inside)}: of a real signal bins 0 to "
        "n_fft // 2 say everything."
    )
    compare(inside, np.abs(sk.stft(tone, n_fft=256, hop=100))[:, 10], atol=1e-9)
with task.part("a tenth of a second of a voice", points=0.5):
    voice = austen[8000:9600]
    compare(
        stft(voice, 512, 200),
        sk.stft(voice, n_fft=512, hop=200),
        mistakes=mistakes.of("stft", voice, 512, 200),
        samples=512,
    )
### BEGIN HIDDEN TESTS
with task.part("other lengths, odd and even", points=1, hidden=True):
    for i, length in enumerate([9, 16, 30]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(rng.normal(size=4 * length + rng.integers(length)))
        step = int(rng.integers(2, length // 2))
        compare(
            stft(own, length, step),
            sk.stft(own, n_fft=length, hop=step),
            mistakes=mistakes.of("stft", own, length, step),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 4. The mel scale ★ (1 point, 5 minutes)
#
# Write `hz_to_mel(frequency)` for an array of frequencies in Hz, on **Slaney's** scale: linear below
# 1000 Hz, which are 15 mel, logarithmic above,
#
# $$ m = \begin{cases} 3 f / 200 & f < 1000 \\
#    15 + 27\, \dfrac{\ln (f / 1000)}{\ln 6.4} & f \ge 1000. \end{cases} $$
#
# Frequencies may be 0; take care that no logarithm of 0 is taken on the way.
#
# Not allowed: `sk.hz_to_mel`, `sk.mel_filterbank`, `librosa.hz_to_mel`.


# %% nbgrader={"grade_id": "hz_to_mel", "solution": true, "wrong": "mistakes.of('hz_to_mel', frequency)"}
def hz_to_mel(frequency):
    """Pitch in mel, on Slaney's scale.

    Takes an array of frequencies in Hz of any shape, returns one of the same shape.
    """
    ### BEGIN SOLUTION
    return sk.hz_to_mel(frequency)
    ### END SOLUTION


# %% nbgrader={"grade_id": "hz_to_mel-test", "grade": true, "points": 1, "uses": ["hz_to_mel"], "page": "log-mel-is-an-image"}
"""Mel scale: five pitches by hand, other ones."""
pitches = read_only(np.array([0.0, 200.0, 1000.0, 2000.0, 6400.0]))
task = Task("hz_to_mel", points=1)
with task.part("0, 200, 1000, 2000 and 6400 Hz", points=0.5):
    compare(
        hz_to_mel(pitches),
        sk.hz_to_mel(pitches),
        mistakes=mistakes.of("hz_to_mel", pitches),
        example="hz_to_mel(pitches)",
    )
### BEGIN HIDDEN TESTS
with task.part("other frequencies, in rows", points=0.5, hidden=True):
    for i, shape in enumerate([(7,), (2, 4)]):
        rng = np.random.default_rng([SEED, i])
        own = 1000 * 2 ** rng.uniform(-3, 3, shape)
        own.flat[:2] = rng.uniform(100, 900), rng.uniform(2000, 9000)  # one on each side
        compare(hz_to_mel(own), sk.hz_to_mel(own), mistakes=mistakes.of("hz_to_mel", own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 5. Mel filters ★★ (2 points, 20 minutes)
#
# Write `mel_filterbank(sample_rate, n_fft, n_mels)`:
#
# - the edges $f_0, f_1, \ldots, f_{n+1}$ of $n$ = `n_mels` filters are evenly spaced **in mel** from 0
#   to half the sample rate, ends included, and then turned into hertz;
# - bin $b$ lies at $f_b = b \cdot \mathtt{sample\_rate} / \mathtt{n\_fft}$; it may lie between two
#   edges, nothing is rounded;
# - filter $i$ is a triangle in hertz that rises from $f_i$ to $f_{i+1}$ and falls to $f_{i+2}$, with
#   unit **area**:
#
# $$ M[i, b] = \frac{2}{f_{i+2} - f_i} \max\left(0, \min\left(
#    \frac{f_b - f_i}{f_{i+1} - f_i},\; \frac{f_{i+2} - f_b}{f_{i+2} - f_{i+1}} \right)\right). $$
#
# Return the array of shape `(n_mels, n_fft // 2 + 1)`.
#
# You may call `sk.hz_to_mel(frequency)` and its inverse `sk.mel_to_hz(mel)`. Not allowed:
# `sk.mel_filterbank`, `sk.mel_spectrogram`, `sk.log_mel`, `librosa.filters.mel`,
# `torchaudio.functional.melscale_fbanks`.


# %% nbgrader={"grade_id": "mel_filterbank", "solution": true, "wrong": "mistakes.of('mel_filterbank', sample_rate, n_fft, n_mels)"}
def mel_filterbank(sample_rate, n_fft, n_mels):
    """Triangular filters of unit area, evenly spaced on Slaney's mel scale.

    Takes three numbers, returns an array of shape (n_mels, n_fft // 2 + 1) in 1/Hz.
    """
    ### BEGIN SOLUTION
    return sk.mel_filterbank(sample_rate=sample_rate, n_fft=n_fft, n_mels=n_mels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mel_filterbank-test", "grade": true, "points": 2, "uses": ["mel_filterbank"], "page": "log-mel-is-an-image"}
"""Filterbank: three filters by hand, their areas, twenty filters, other rates."""


def right_bank(own_rate, length, filters):
    """The reference in the form of this task."""
    return sk.mel_filterbank(sample_rate=own_rate, n_fft=length, n_mels=filters)


task = Task("mel_filterbank", points=2)
with task.part("three filters on nine bins", points=0.25):
    compare(
        mel_filterbank(8000, 16, 3),
        right_bank(8000, 16, 3),
        mistakes=mistakes.of("mel_filterbank", 8000, 16, 3),
        example="mel_filterbank(8000, 16, 3)",
    )
with task.part("each of six filters has unit area in hertz", points=0.25):
    area = np.sum(mel_filterbank(16000, 4096, 6), axis=1) * 16000 / 4096
    assert np.shape(area) == (6,), f"There must be 6 rows, but there are {np.shape(area)}."
    assert np.allclose(area, 1, atol=0.01), (
        f"The areas are {np.array2string(area, precision=3)}: multiply each triangle of height 1 "
        "by 2 and divide by its width in hertz."
    )
with task.part("twenty filters for voices", points=0.5):
    compare(
        mel_filterbank(rate, 512, 20),
        right_bank(rate, 512, 20),
        mistakes=mistakes.of("mel_filterbank", rate, 512, 20),
    )
### BEGIN HIDDEN TESTS
with task.part("other rates and numbers of filters", points=1, hidden=True):
    for i, own_rate in enumerate([8000, 12000, 22050]):
        rng = np.random.default_rng([SEED, i])
        own = (own_rate, 256 + 2 * int(rng.integers(40)), 6 + int(rng.integers(7)))
        compare(
            mel_filterbank(*own), right_bank(*own), mistakes=mistakes.of("mel_filterbank", *own)
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 6. The log-mel image ★★ (2 points, 20 minutes)
#
# Write `log_mel(signal, sample_rate, n_fft, hop, n_mels)`:
#
# 1. the power $|X|^2$ of the transform of task 3;
# 2. gathered in the bands of task 5: $S = M\, |X|^2$;
# 3. in decibels relative to the largest value of the image, with a floor against $\log 0$:
#    $10 \log_{10} \max(S, 10^{-10}) - 10 \log_{10} S_\mathrm{max}$ (no test is so silent that
#    $S_\mathrm{max}$ is below $10^{-10}$);
# 4. what lies below $-80$ dB is raised to $-80$ dB.
#
# Return the array of shape `(n_mels, F)`, whose largest value is 0. When it works, look at it:
# `plt.imshow(log_mel(austen, rate, 1024, 512, 80), origin="lower")`.
#
# You may call `sk.stft` and `sk.mel_filterbank`. Not allowed: `sk.mel_spectrogram`, `sk.log_mel`,
# `librosa.feature.melspectrogram`, `librosa.power_to_db`, `torchaudio.transforms.MelSpectrogram`.


# %% nbgrader={"grade_id": "log_mel", "solution": true, "wrong": "mistakes.of('log_mel', signal, sample_rate, n_fft, hop, n_mels)"}
def log_mel(signal, sample_rate, n_fft, hop, n_mels):
    """Log-mel image of a signal in decibels below its loudest value, at least -80.

    Takes a float array of shape (n,) and four numbers; returns shape (n_mels, F).
    """
    ### BEGIN SOLUTION
    return sk.log_mel(signal, sample_rate=sample_rate, n_fft=n_fft, hop=hop, n_mels=n_mels).values
    ### END SOLUTION


# %% nbgrader={"grade_id": "log_mel-test", "grade": true, "points": 2, "uses": ["log_mel"], "page": "log-mel-is-an-image"}
"""Log-mel: a chirp, a voice and a pause, a whisper, other sounds."""


def right_image(signal, sample_rate, n_fft, hop, n_mels):
    """The reference in the form of this task."""
    options = {"sample_rate": sample_rate, "n_fft": n_fft, "hop": hop, "n_mels": n_mels}
    return sk.log_mel(signal, **options).values


seconds = np.arange(1200) / 8000
clicks = np.arange(1200) % 50 == 0
chirp = read_only(np.sin(2 * np.pi * (400 + 8000 * seconds) * seconds) + clicks)
speech_and_pause = read_only(np.concatenate([austen[16000:20000], np.zeros(2000)]))
task = Task("log_mel", points=2)
with task.part("a chirp with clicks, in 3 bands and 4 frames", points=0.25):
    small = (chirp, 8000, 64, 400, 3)
    compare(
        log_mel(*small),
        right_image(*small),
        mistakes=mistakes.of("log_mel", *small),
        example="log_mel(chirp, 8000, 64, 400, 3)",
    )
with task.part("a voice, then a pause", points=0.5):
    pause = (speech_and_pause, rate, 512, 256, 20)
    compare(log_mel(*pause), right_image(*pause), mistakes=mistakes.of("log_mel", *pause))
with task.part("a whisper, a hundred thousand times softer, where the floor holds", points=0.25):
    whisper = (read_only(1e-5 * austen[16000:20000]), rate, 512, 256, 20)
    compare(log_mel(*whisper), right_image(*whisper), mistakes=mistakes.of("log_mel", *whisper))
### BEGIN HIDDEN TESTS
with task.part("other sounds that fade", points=1, hidden=True):
    for i, own_rate in enumerate([8000, 16000, 22050]):
        rng = np.random.default_rng([SEED, i])
        loud = 1e-5 if i == 1 else 1
        fade = loud * 10 ** np.linspace(0, -6, 4000 + rng.integers(500))
        own = read_only(fade * sk.power_law_noise(fade.shape, exponent=1.0, rng=rng))
        setting = (own, own_rate, 256, 100 + int(rng.integers(50)), 8 + int(rng.integers(5)))
        compare(log_mel(*setting), right_image(*setting), mistakes=mistakes.of("log_mel", *setting))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 7. An average spectrum ★★ (2 points, 20 minutes)
#
# "The spectrum of speech" needs an estimator. This one is a mean of logarithms over frames. Write
# `average_log_spectrum(signals, sample_rate, n_fft)` for a list of signals:
#
# - cut each signal into frames of `n_fft` samples that start at samples
#   $0, h, 2h, \ldots$ with $h = \lfloor \mathtt{n\_fft} / 2 \rfloor$, **without padding**, as many as
#   fit; multiply each by the window $w$ of task 3;
# - power of a bin: $P = |X|^2 / \sum_t w[t]^2$, so that white noise lies at its variance;
# - mean of $\ln P$ over the frames of a signal, then over the signals, each of which counts the
#   same however long it is; then exp;
# - bin 0 is left out. Return the pair (frequency in Hz, power), two arrays of shape `(n_fft // 2,)`.
#
# When it works, compare `[austen]` with the same signal and two seconds of soft noise after it: the
# mean of logarithms is ruled by what is there most of the time.
#
# You may call `sk.frame_signal` and `sk.stft`, both with `center=False`. Not allowed:
# `sk.average_log_spectrum`, `sk.spectrogram`, `scipy.signal.welch`.


# %% nbgrader={"grade_id": "average_log_spectrum", "solution": true, "wrong": "mistakes.of('average_log_spectrum', signals, sample_rate, n_fft)"}
def average_log_spectrum(signals, sample_rate, n_fft):
    """Typical power of signals, by the mean of logarithms over frames.

    Takes a list of float arrays of shape (n,) and two numbers, n_fft even; returns
    frequency in Hz without 0 and power, both of shape (n_fft // 2,).
    """
    ### BEGIN SOLUTION
    sounds = [sk.Clip(signal, sample_rate, "a signal") for signal in signals]
    return sk.average_log_spectrum(sounds, n_fft=n_fft)
    ### END SOLUTION


# %% nbgrader={"grade_id": "average_log_spectrum-test", "grade": true, "points": 2, "uses": ["average_log_spectrum"], "page": "no-power-law-in-a-waveform"}
"""Average spectrum: noise of known variance, three voices, other sounds."""


def right_average(signals, sample_rate, n_fft):
    """The reference in the form of this task."""
    return sk.average_log_spectrum(
        [sk.Clip(signal, sample_rate, "a signal") for signal in signals], n_fft=n_fft
    )


short_pair = [
    read_only(np.array([1.0, 3, 0, 1, 4, 1, 0, -2, 2, 1])),
    read_only(np.array([0.0, 1, 0, 3, 1, 2, 5])),
]
task = Task("average_log_spectrum", points=2)
with task.part("two short signals in frames of 4", points=0.5):
    compare(
        average_log_spectrum(short_pair, 8000, 4),
        right_average(short_pair, 8000, 4),
        mistakes=mistakes.of("average_log_spectrum", short_pair, 8000, 4),
        example="average_log_spectrum(short_pair, 8000, 4)",
    )
with task.part("the beginnings of three voices", points=0.5):
    three = [signal[4000:12000] for signal in voices.values()]
    compare(
        average_log_spectrum(three, rate, 1024),
        right_average(three, rate, 1024),
        mistakes=mistakes.of("average_log_spectrum", three, rate, 1024),
        samples=1024,
    )
### BEGIN HIDDEN TESTS
with task.part("other sounds of different loudness", points=1, hidden=True):
    for i, own_rate in enumerate([8000, 16000, 22050]):
        rng = np.random.default_rng([SEED, i])
        own = [
            read_only(loud * sk.white_noise((900 + rng.integers(300),), rng=rng))
            for loud in (rng.uniform(0.5, 1), rng.uniform(0.05, 0.1))
        ]
        frame = 128 + 2 * int(rng.integers(32))
        compare(
            average_log_spectrum(own, own_rate, frame),
            right_average(own, own_rate, frame),
            mistakes=mistakes.of("average_log_spectrum", own, own_rate, frame),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 8. The peak between the bins ★★ (1 point, 15 minutes)
#
# Where is a spectrum largest? Bins are coarse, so lay a parabola through the logarithm of the
# largest power and its two neighbours. Write `spectrum_peak(frequency, power)` for what task 7
# returns: frequencies evenly spaced, the first one **one** bin above 0. With $k$ the index of the
# largest power and $\ell = \ln P$,
#
# $$ f_\mathrm{peak} = f_k + \delta\, \Delta f, \qquad
#    \delta = \frac12\, \frac{\ell_{k-1} - \ell_{k+1}}{\ell_{k-1} - 2 \ell_k + \ell_{k+1}}, $$
#
# where $\Delta f$ is the distance of two bins. Return one float, in Hz. The largest power is never
# the first or the last one.
#
# When it works: where do the three voices peak, each alone, and where together? Does it depend on
# `n_fft`?


# %% nbgrader={"grade_id": "spectrum_peak", "solution": true, "wrong": "mistakes.of('spectrum_peak', frequency, power)"}
def spectrum_peak(frequency, power):
    """Frequency in Hz at which a spectrum is largest, between the bins.

    Takes two float arrays of shape (B,), returns a float.
    """
    ### BEGIN SOLUTION
    k = int(np.argmax(power))
    before, here, after = np.log(power[k - 1 : k + 2])
    shift = 0.5 * (before - after) / (before - 2 * here + after)
    return float(frequency[k] + shift * (frequency[1] - frequency[0]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "spectrum_peak-test", "grade": true, "points": 1, "uses": ["spectrum_peak"], "page": "no-power-law-in-a-waveform"}
"""Peak: a bell whose top is known, another one, others."""


def bell(top, width, distance, count):
    """Frequencies and a power whose logarithm is a parabola with its top at a known place."""
    places = distance * np.arange(1, count + 1)
    height = np.exp(-(((places - top) / width) ** 2))
    return read_only(places), read_only(np.maximum(height, 1e-12))


task = Task("spectrum_peak", points=1)
with task.part("a bell with its top at 330 Hz, bins 100 Hz apart", points=0.25):
    compare(
        spectrum_peak(*bell(330, 90, 100, 6)),
        330.0,
        mistakes=mistakes.of("spectrum_peak", *bell(330, 90, 100, 6)),
        example="spectrum_peak(*bell(330, 90, 100, 6))",
    )
with task.part("a bell with its top at 1010 Hz, bins 15.625 Hz apart", points=0.25):
    compare(
        spectrum_peak(*bell(1010, 40, 15.625, 512)),
        1010.0,
        mistakes=mistakes.of("spectrum_peak", *bell(1010, 40, 15.625, 512)),
    )
### BEGIN HIDDEN TESTS
with task.part("other bells", points=0.5, hidden=True):
    for i, distance in enumerate([7.8125, 21.5, 43.0]):
        rng = np.random.default_rng([SEED, i])
        # At least a tenth of a bin off the bin itself, and off the middle between two.
        top = distance * (10 + rng.integers(20) + rng.choice([-1, 1]) * rng.uniform(0.15, 0.4))
        own = bell(top, distance * rng.uniform(0.8, 2), distance, 60)
        compare(spectrum_peak(*own), top, mistakes=mistakes.of("spectrum_peak", *own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 9. Break it ★★★ (1 point, 15 minutes)
#
# Somebody claims: *at which frequency a sound is strongest does not depend on how its spectrum is
# averaged.* Show a counterexample: `counterexample`, **16000 samples** from −1 to 1, one second at
# 16000 samples per second, for which two honest estimators disagree:
#
# - `whole`, one transform of the whole sound, and
# - `framed`, the mean of logarithms over frames of 1024 samples,
#
# both averaged over twelve bands per octave (`sk.average_log_spectrum([sk.Clip(counterexample, rate,
# "mine")], bands_per_octave=12)`, with `n_fft=1024` for the second). Their largest bands must lie at
# least **two octaves** apart, and each must be clear: in each of the two spectra its own largest band
# has at least 10 times the power that it has at the largest band of the other.

# %% nbgrader={"grade_id": "counterexample", "solution": true}
# counterexample: an array of shape (16000,) with values from -1 to 1
### BEGIN SOLUTION
time = np.arange(16000) / 16000
bang = 0.9 * np.sin(2 * np.pi * 100 * time) * (time < 0.1)
counterexample = bang + 0.01 * np.sin(2 * np.pi * 3000 * time)
### END SOLUTION

# %% nbgrader={"grade_id": "counterexample-test", "grade": true, "points": 1, "uses": ["counterexample"], "page": "no-power-law-in-a-waveform"}
"""Counterexample: a sound whose largest band depends on the estimator."""


def checked_sound(values):
    """The claimed sound as an array, if it is one of the right length and range."""
    sound = np.asarray(values, dtype=np.float64)
    assert sound.shape == (16000,), f"The shape must be (16000,), but is {sound.shape}."
    assert np.abs(sound).max() <= 1, "The values must lie between -1 and 1."
    pieces = sk.frame_signal(sound, frame_length=1024, hop=512, center=False)
    assert np.abs(pieces).max(axis=1).min() > 0, (
        "Some frames are silent, so their logarithm does not exist: let something soft sound there."
    )
    return sound


def nearest(spectrum, hertz):
    """Power of a spectrum in the band around a frequency."""
    places, powers = spectrum
    return powers[np.argmin(np.abs(np.log(places / hertz)))]


task = Task("counterexample", points=1)
with task.part("it is a sound of the right length and range, silent nowhere", points=0.25):
    checked_sound(counterexample)
with task.part("the two estimators disagree by two octaves, clearly", points=0.75):
    mine = [sk.Clip(checked_sound(counterexample), rate, "mine")]
    whole = sk.average_log_spectrum(mine, bands_per_octave=12)
    framed = sk.average_log_spectrum(mine, bands_per_octave=12, n_fft=1024)
    peaks = [places[np.argmax(powers)] for places, powers in (whole, framed)]
    found = f"`whole` is largest at {peaks[0]:.0f} Hz, `framed` at {peaks[1]:.0f} Hz"
    assert abs(np.log2(peaks[0] / peaks[1])) > 2 - 1 / 24, (
        f"{found}: less than two octaves apart. What is loud for a moment rules the one, what is "
        "there all the time rules the other."
    )
    lead = nearest(whole, peaks[0]) / nearest(whole, peaks[1])
    lead_framed = nearest(framed, peaks[1]) / nearest(framed, peaks[0])
    # White noise does not get there by chance: of 1500 seconds none led by more than 4.8 in `framed`.
    assert min(lead, lead_framed) >= 10, (
        f"{found}, but not clearly: there `whole` has {lead:.1f} times, `framed` {lead_framed:.1f} "
        "times the power of the other's band, and 10 times are needed."
    )
task.score()

# %% [markdown]
# ## 10. A control without a tune ★ (1 point, 10 minutes)
#
# A control for "it is the sound's doing" keeps the power spectrum and nothing else. Write
# `phase_randomised(signal, rng)`:
#
# 1. transform with `np.fft.rfft`;
# 2. draw **one** array of angles, uniform from 0 to $2 \pi$, one for each coefficient:
#    `rng.uniform(0, 2 * np.pi, n // 2 + 1)` for $n$ samples;
# 3. the angle of the first coefficient (DC) is 0, and if $n$ is even, so is that of the last (Nyquist);
# 4. **turn** each coefficient by its angle, $X[b]\, e^{i \varphi_b}$, and transform back to $n$
#    samples with `np.fft.irfft`.
#
# When it works, listen: `sk.play(phase_randomised(austen, np.random.default_rng(1)), sample_rate=rate)`.
#
# Not allowed: `sk.phase_randomised`.


# %% nbgrader={"grade_id": "phase_randomised", "solution": true, "wrong": "mistakes.of('phase_randomised', signal, rng)"}
def phase_randomised(signal, rng):
    """Signal with the same power spectrum and random phases.

    Takes a float array of shape (n,) and a numpy.random.Generator; returns shape (n,).
    """
    ### BEGIN SOLUTION
    return sk.phase_randomised(signal, rng=rng)
    ### END SOLUTION


# %% nbgrader={"grade_id": "phase_randomised-test", "grade": true, "points": 1, "uses": ["phase_randomised"], "page": "log-mel-is-an-image"}
"""Control: seven samples, ten, its spectrum, other signals."""
seven = read_only(np.array([3.0, 1, 4, 1, 5, 9, 2]))
task = Task("phase_randomised", points=1)
with task.part("seven samples", points=0.25):
    compare(
        phase_randomised(seven, np.random.default_rng(1)),
        sk.phase_randomised(seven, rng=np.random.default_rng(1)),
        mistakes=mistakes.of("phase_randomised", seven, np.random.default_rng(1)),
        example="phase_randomised(seven, np.random.default_rng(1))",
    )
with task.part("ten samples, an even number, so there is a Nyquist coefficient", points=0.125):
    compare(
        phase_randomised(ten, np.random.default_rng(1)),
        sk.phase_randomised(ten, rng=np.random.default_rng(1)),
        mistakes=mistakes.of("phase_randomised", ten, np.random.default_rng(1)),
        example="phase_randomised(ten, np.random.default_rng(1))",
    )
with task.part("it keeps the power spectrum of a voice", points=0.125):
    voice = austen[8000:9600]
    control = phase_randomised(voice, np.random.default_rng(2))
    assert np.shape(control) == (1600,), f"1600 samples are expected, got {np.shape(control)}."
    assert np.isrealobj(control), "The control must be real: complex numbers are left in it."
    kept, was = (np.abs(np.fft.rfft(signal)) for signal in (control, voice))
    assert np.allclose(kept, was, atol=1e-6 * was.max()), (
        "The magnitudes of the spectrum have changed: only the angles may."
    )
### BEGIN HIDDEN TESTS
with task.part("other signals, odd and even", points=0.5, hidden=True):
    for i, shortest in enumerate([20, 31, 64]):
        rng = np.random.default_rng([SEED, i])
        own = read_only(1 + rng.normal(size=shortest + 2 * rng.integers(10)))
        compare(
            phase_randomised(own, np.random.default_rng([SEED, 9])),
            sk.phase_randomised(own, rng=np.random.default_rng([SEED, 9])),
            mistakes=mistakes.of("phase_randomised", own, np.random.default_rng([SEED, 9])),
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 11. The exponent of a log-mel image ★★★ (2 points, 15 minutes)
#
# Write `image_exponent(image)` for an image of shape (bands, frames) in decibels, in exactly this
# order:
#
# 1. from each band take its mean over time;
# 2. the ring average of what is left, decibels as they are, without a window: `sk.rapsd(...)`;
# 3. the exponent of the power law of rings from $1 / \min(H, W)$ to $1/2$ cycles/pixel, with
#    points evenly spaced in $\log f$: `sk.fit_power_law(..., band=(..., 1 / 2)).exponent`. On an image
#    that is much longer than high the rings below hold waves of one direction only.
#
# Return one float; it is positive where power falls.
#
# Not allowed: `sk.band_centred`.


# %% nbgrader={"grade_id": "image_exponent", "solution": true, "wrong": "mistakes.of('image_exponent', image)"}
def image_exponent(image):
    """Exponent of a log-mel image whose bands have been centred.

    Takes a float array of shape (bands, frames) in decibels, returns a float.
    """
    ### BEGIN SOLUTION
    centred = image - np.mean(image, axis=1, keepdims=True)
    return sk.fit_power_law(sk.rapsd(centred), band=(1 / min(image.shape), 0.5)).exponent
    ### END SOLUTION


# %% nbgrader={"grade_id": "image_exponent-test", "grade": true, "points": 2, "uses": ["image_exponent"], "page": "log-mel-is-an-image"}
"""Exponent: an image of a voice, one that is higher than long, other images."""


def right_exponent(decibels):
    """The reference in the form of this task."""
    height, width = decibels.shape
    picture = sk.Spectrogram(decibels, np.arange(width), np.arange(height), "db")
    rings = sk.rapsd(sk.band_centred(picture).values)
    return sk.fit_power_law(rings, band=(1 / min(height, width), 1 / 2)).exponent


def picture_of(signal, n_mels, hop):
    """Log-mel image of a signal at the rate of the voices."""
    return read_only(
        sk.log_mel(signal, sample_rate=rate, n_fft=1024, hop=hop, n_mels=n_mels).values
    )


long_picture = picture_of(austen[:48000], 40, 1024)
high_picture = picture_of(voices["detective"][:30000], 60, 600)
task = Task("image_exponent", points=2)
with task.part("three seconds of a voice, 40 bands by 47 frames", points=0.5):
    compare(
        image_exponent(long_picture),
        right_exponent(long_picture),
        mistakes=mistakes.of("image_exponent", long_picture),
        example="image_exponent(long_picture)",
    )
with task.part("two seconds of another, 60 bands by 51 frames", points=0.5):
    compare(
        image_exponent(high_picture),
        right_exponent(high_picture),
        mistakes=mistakes.of("image_exponent", high_picture),
    )
### BEGIN HIDDEN TESTS
with task.part("other pieces of the voices", points=1, hidden=True):
    for i, voice in enumerate(voices.values()):
        rng = np.random.default_rng([SEED, i])
        start = int(rng.integers(20000))
        own = picture_of(voice[start : start + 48000], 24 + int(rng.integers(12)), 700)
        compare(
            image_exponent(own), right_exponent(own), mistakes=mistakes.of("image_exponent", own)
        )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 12. The sound and its control ★★★ (1 point, 10 minutes)
#
# Put it together. Write `exponent_and_control(signal, sample_rate, rng)`, the pair of
#
# - the exponent of the log-mel image of the signal (task 11), with frames of 512 samples, **side by
#   side** (hop 512), and 40 bands;
# - the exponent of the same image of its **control**: the signal of task 10, made with `rng`.
#
# When it works, try the nine recordings of `sk.clips()`, and then frames that overlap.
#
# You may call your `image_exponent`; if it is not right yet, here `sk.band_centred(spectrogram)`
# does its first step. You may also call `sk.log_mel` and `sk.phase_randomised(signal, rng=rng)`.


# %% nbgrader={"grade_id": "exponent_and_control", "solution": true, "wrong": "mistakes.of('exponent_and_control', signal, sample_rate, rng)"}
def exponent_and_control(signal, sample_rate, rng):
    """Exponents of the log-mel images of a signal and of its phase-randomised control.

    Takes a float array of shape (n,), a number and a numpy.random.Generator;
    returns a pair of floats.
    """
    ### BEGIN SOLUTION
    settings, exponents = {"n_fft": 512, "hop": 512, "n_mels": 40}, []
    for x in (signal, sk.phase_randomised(signal, rng=rng)):
        image = sk.band_centred(sk.log_mel(x, sample_rate=sample_rate, **settings)).values
        law = sk.fit_power_law(sk.rapsd(image), band=(1 / min(image.shape), 0.5))
        exponents.append(law.exponent)
    return tuple(exponents)
    ### END SOLUTION


# %% nbgrader={"grade_id": "exponent_and_control-test", "grade": true, "points": 1, "uses": ["exponent_and_control"], "page": "log-mel-is-an-image"}
"""Sound and control: two voices, others."""


def right_exponents(signal, seed):
    """The reference in the form of this task."""
    found = []
    for sound in (signal, sk.phase_randomised(signal, rng=np.random.default_rng(seed))):
        picture = sk.log_mel(sound, sample_rate=rate, n_fft=512, hop=512, n_mels=40)
        band = (1 / min(picture.values.shape), 1 / 2)
        rings = sk.rapsd(sk.band_centred(picture).values)
        found.append(sk.fit_power_law(rings, band=band).exponent)
    return tuple(found)


task = Task("exponent_and_control", points=1)
with task.part("three seconds of two voices", points=0.5):
    for name in ("austen", "detective"):
        voice = voices[name][:48000]
        compare(
            exponent_and_control(voice, rate, np.random.default_rng(3)),
            right_exponents(voice, 3),
            mistakes=mistakes.of("exponent_and_control", voice, rate, np.random.default_rng(3)),
            example="exponent_and_control(austen[:48000], rate, np.random.default_rng(3))",
        )
### BEGIN HIDDEN TESTS
with task.part("other pieces of a voice", points=0.5, hidden=True):
    rng = np.random.default_rng(SEED)
    start = int(rng.integers(60000))
    own = voices["chivalry"][start : start + 40000]
    compare(
        exponent_and_control(own, rate, np.random.default_rng([SEED, 9])),
        right_exponents(own, [SEED, 9]),
        mistakes=mistakes.of("exponent_and_control", own, rate, np.random.default_rng([SEED, 9])),
    )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 13. Diagnose ★★★ (1 point, 5 minutes)
#
# Three people looked at two sounds of one second at 16000 samples per second, with frames of 1024
# samples and a hop of 256: a tone of 1000 Hz and amplitude 1, and a click at 0.512 s. They read off
# the frequency of the largest bin of the tone, the power in that bin and in the next one, in decibels
# ($10 \log_{10} |X|^2$), and the time of the loudest frame of the click, as frame number times hop,
# in seconds:
#
# | | peak (Hz) | peak (dB) | next bin (dB) | click (s) |
# |---|---|---|---|---|
# | A | 1000 | 45.7 | 42.1 | 0.512 |
# | B | 500 | 48.2 | 42.1 | 0.512 |
# | C | 1000 | 48.2 | 42.1 | 0.480 |
#
# Name each bug by one of: `"window-forgotten"`, `"window-twice"`, `"half-the-hertz"`,
# `"not-centred"`, `"divided-by-n"`. (The names speak: no window at all; the window applied twice; bin
# $b$ taken for half its frequency; frames that begin where their middle should lie; a transform
# divided by its length.)

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: a dict from "A", "B", "C" to the name of the bug
### BEGIN SOLUTION
diagnosis = {"A": "window-twice", "B": "half-the-hertz", "C": "not-centred"}
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"], "page": "sound-as-numbers"}
"""Diagnosis: three names, each one of the five."""
names = ["window-forgotten", "window-twice", "half-the-hertz", "not-centred", "divided-by-n"]
task = Task("diagnosis", points=1)
with task.part("A, B and C each have one of the five names", points=0.25):
    assert sorted(diagnosis) == ["A", "B", "C"], "Give a dict with the keys 'A', 'B' and 'C'."
    assert set(diagnosis.values()) <= set(names), f"Each name must be one of {names}."
    assert len(set(diagnosis.values())) == 3, "The three rows come from three different bugs."
### BEGIN HIDDEN TESTS
with task.part("A", points=0.25, hidden=True):
    compare(diagnosis["A"], "window-twice")
with task.part("B", points=0.25, hidden=True):
    compare(diagnosis["B"], "half-the-hertz")
with task.part("C", points=0.25, hidden=True):
    compare(diagnosis["C"], "not-centred")
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 14. What does the control show? (1 point, 10 minutes)
#
# "The log-mel image of a sound follows a power law, as photographs do." In four or five sentences,
# with your numbers from task 12: what does the phase-randomised control keep of the sound and what
# does it lose, what do its exponent and that of white noise under overlapping frames say about where
# a slope can come from, and what may be claimed about real sounds after that, and what not?

# %% [markdown] nbgrader={"grade_id": "control", "grade": true, "solution": true, "points": 1}
# === BEGIN MARK SCHEME ===
# 1: The control keeps the power spectrum of the whole sound (what is loud on average, in which band)
# and loses when things happen: onsets, pauses, syllables. Its image, with frames side by side and
# band means removed, has an exponent of about .3 for the voices (−.1 to .6 with the draw) where the
# voices have 2.0 to 2.4, so the slope is not in the average spectrum but in how power is arranged in
# time and bands. A slope comes from the analysis too: frames that overlap by three quarters give
# white noise .6. So: with frames that share half of their samples or less, the images of these
# recordings fall more steeply than those of their controls; not: that every slope of a log-mel image
# is the sound's, that the waveform follows a power law, or that one exponent (a line through few
# rings, of few recordings) proves that diffusion must paint sounds coarse to fine.
#
# 0.5: says that the control keeps the spectrum and loses the timing, and that its exponent is much
# smaller, but draws no limit (overlap, few recordings, what an exponent proves).
#
# 0: "the control is noise, so it has no slope", or numbers without saying what the control keeps.
# === END MARK SCHEME ===
