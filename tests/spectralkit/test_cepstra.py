"""Cepstra: closed forms, echoes, envelopes of known formants, pitches of known tones."""

import numpy as np
import pytest
from scipy import fft
from scipy import signal as filters

import spectralkit as sk

RATE = 16000


def noise(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape)


def slow_cepstrum(frame, n_fft):
    """The definition, term by term."""
    t, k = np.arange(len(frame)), np.arange(n_fft)[:, np.newaxis]
    spectrum = (frame * np.exp(-2j * np.pi * k * t / n_fft)).sum(axis=1)
    q = np.arange(n_fft)[:, np.newaxis]
    terms = np.log(np.abs(spectrum)) * np.exp(2j * np.pi * q * np.arange(n_fft) / n_fft)
    return terms.mean(axis=1)


def harmonic_tone(pitch, n, *, rate=RATE, fall=1.0, seed=1):
    """All harmonics below half the rate, falling like 1 / h**fall, with random phases."""
    h = np.arange(1, int(rate / 2 / pitch) + 1)[:, np.newaxis]
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, h.shape)
    return (np.cos(2 * np.pi * pitch * h * np.arange(n) / rate + phase) / h**fall).sum(axis=0)


def vowel(pitch, formants, n, *, rate=RATE, widths=(80, 90, 120)):
    """Pulses through one resonance per formant, after the transients have gone."""
    source = (np.diff(np.floor(np.arange(n + rate // 4) * pitch / rate), prepend=-1) > 0) * 1.0
    for formant, width in zip(formants, widths, strict=True):
        radius = np.exp(-np.pi * width / rate)
        poles = [1, -2 * radius * np.cos(2 * np.pi * formant / rate), radius**2]
        source = filters.lfilter([1], poles, source)
    return source[-n:]


# the definition


@pytest.mark.parametrize(("n", "n_fft"), [(12, 12), (11, 11), (10, 24), (9, 17)])
def test_the_cepstrum_is_its_definition_for_even_and_odd_lengths(n, n_fft):
    frame = noise(n)
    expected = slow_cepstrum(frame, n_fft)
    np.testing.assert_allclose(expected.imag, 0, atol=1e-12)
    c = sk.real_cepstrum(frame, n_fft=n_fft)
    np.testing.assert_allclose(c, expected.real, atol=1e-12)
    np.testing.assert_allclose(c[1:], c[:0:-1], atol=1e-12)
    np.testing.assert_allclose(sk.power_cepstrum(frame, n_fft=n_fft), 2 * c, atol=1e-15)


def test_a_decaying_exponential_has_the_cepstrum_of_the_textbooks():
    # ln |1 / (1 - a e^-iw)| = sum of a^m cos(m w) / m; wrapping at N adds less than 0.8**500.
    a, n = 0.8, 512
    c = sk.real_cepstrum(a ** np.arange(n))
    q = np.arange(1, 200)
    np.testing.assert_allclose(c[q], a**q / (2 * q), atol=1e-12)
    assert c[0] == pytest.approx(0, abs=1e-12)


def test_the_cepstrum_of_a_convolution_is_the_sum():
    a, b = noise(256), noise(256, seed=2)
    both = np.fft.irfft(np.fft.rfft(a) * np.fft.rfft(b))
    np.testing.assert_allclose(
        sk.real_cepstrum(both), sk.real_cepstrum(a) + sk.real_cepstrum(b), atol=1e-10
    )


@pytest.mark.parametrize("gain", [-3.0, 1e-290, 1e290])
def test_a_gain_changes_quefrency_0_by_its_logarithm_and_nothing_else(gain):
    frame = noise(64)
    change = sk.real_cepstrum(gain * frame) - sk.real_cepstrum(frame)
    expected = np.zeros(64)
    expected[0] = np.log(abs(gain))
    np.testing.assert_allclose(change, expected, atol=1e-12 * max(1, abs(expected[0])))


def test_a_shift_or_a_reversal_changes_nothing():
    frame = noise(64)
    for other in (np.roll(frame, 7), frame[::-1]):
        np.testing.assert_allclose(sk.real_cepstrum(other), sk.real_cepstrum(frame), atol=1e-12)


def test_zeros_of_the_spectrum_count_as_200_db_below_the_largest_value():
    wave = np.cos(2 * np.pi * np.arange(16) / 8)  # two coefficients of 8, fourteen of 0
    expected = (2 * np.log(8.0) + 14 * np.log(8e-10)) / 16
    assert sk.real_cepstrum(wave)[0] == pytest.approx(expected)


# echoes


@pytest.mark.parametrize("gain", [0.5, -0.5, 0.9])
def test_an_echo_stands_at_its_delay_with_half_its_gain_and_its_multiples_alternate(gain):
    pulse = np.zeros(4096)
    pulse[[0, 100]] = 1, gain
    c = sk.real_cepstrum(pulse)
    m = np.arange(1, 11)
    wrapped = abs(gain) ** 30 / 60  # the first multiple beyond N comes back at 1004
    np.testing.assert_allclose(c[100 * m], -((-gain) ** m) / (2 * m), atol=wrapped)
    others = np.setdiff1d(np.arange(1, 1000), 100 * m)
    np.testing.assert_allclose(c[others], 0, atol=wrapped)


@pytest.mark.parametrize("gain", [0.3, -0.4, 0.6])
def test_the_delay_and_gain_of_an_echo_in_noise_are_read_off_the_power_cepstrum(gain):
    # The cepstrum of white noise scatters by pi / sqrt(6 n) = .0071; largest of 800 below
    # 5.5 of it (false alarm 3e-5), the gain within 6 (2e-9). Cyclic: the echo has no end.
    dry = noise(32768)
    c = sk.power_cepstrum(dry + gain * np.roll(dry, 321))
    delay = 200 + int(np.abs(c[200:1000]).argmax())
    assert delay == 321
    assert c[delay] == pytest.approx(gain, abs=0.043)


def test_two_echoes_are_both_seen():
    dry = noise(32768)
    c = sk.power_cepstrum(dry + 0.4 * np.roll(dry, 321) + 0.3 * np.roll(dry, 500))
    assert set(200 + np.argsort(c[200:700])[-2:]) == {321, 500}


# liftering


@pytest.mark.parametrize("n", [16, 17])
def test_low_and_high_are_symmetric_and_add_up_to_the_whole(n):
    c = sk.real_cepstrum(noise(n))
    for cutoff in range(1, n // 2 + 1):
        low, high = (sk.lifter(c, cutoff=cutoff, keep=keep) for keep in ("low", "high"))
        np.testing.assert_array_equal(low + high, c)
        assert np.count_nonzero(low) == 2 * cutoff - 1
        np.testing.assert_array_equal(low[1:] != 0, low[:0:-1] != 0)
        np.testing.assert_allclose(np.fft.fft(low).imag, 0, atol=1e-12)


def test_the_envelope_and_the_fine_structure_multiply_to_the_spectrum():
    frame, n_fft = noise(100), 128
    c = sk.real_cepstrum(frame, n_fft=n_fft)
    fine = np.exp(np.fft.rfft(sk.lifter(c, cutoff=20, keep="high")).real)
    envelope = sk.spectral_envelope(frame, cutoff=20, n_fft=n_fft)
    np.testing.assert_allclose(envelope * fine, np.abs(np.fft.rfft(frame, n_fft)), rtol=1e-9)


def test_the_envelope_with_a_cutoff_of_1_is_the_geometric_mean():
    frame = noise(64)
    level = np.exp(np.log(np.abs(np.fft.fft(frame))).mean())
    np.testing.assert_allclose(sk.spectral_envelope(frame, cutoff=1), level)


def test_the_envelope_of_a_filtered_pulse_is_the_response_of_the_filter():
    pulse = 0.9 ** np.arange(512) * np.cos(0.7 * np.arange(512))
    envelope = sk.spectral_envelope(pulse, cutoff=200)
    np.testing.assert_allclose(envelope, np.abs(np.fft.rfft(pulse)), rtol=1e-6)


VOWELS = {"a": (730, 1090, 2440), "i": (270, 2290, 3010), "u": (300, 870, 2240)}


@pytest.mark.parametrize("pitch", [101.0, 118.0, 133.0])
@pytest.mark.parametrize("name", VOWELS)
def test_the_envelope_of_a_synthetic_vowel_peaks_within_60_hz_of_its_formants(name, pitch):
    frame = vowel(pitch, VOWELS[name], 1024) * np.hanning(1024)
    envelope = sk.spectral_envelope(frame, cutoff=48, n_fft=4096)  # 3 ms
    peaks = np.array(filters.find_peaks(envelope)[0]) * RATE / 4096
    for formant in VOWELS[name]:
        assert np.abs(peaks - formant).min() < 60, (formant, peaks)


# pitch


@pytest.mark.parametrize(("rate", "n"), [(8000, 1024), (16000, 1024), (22050, 1024), (44100, 2048)])
def test_the_pitch_of_harmonic_tones_from_80_to_320_hz_is_right_within_1_percent(rate, n):
    pitches = np.linspace(80, 320, 49)
    for fall in (0.0, 1.0, 2.0):
        tones = [harmonic_tone(p, n, rate=rate, fall=fall, seed=k) for k, p in enumerate(pitches)]
        read = sk.cepstral_pitch(tones, sample_rate=rate)
        np.testing.assert_allclose(read, pitches, rtol=0.01)


def test_the_pitch_does_not_need_the_fundamental_nor_a_level():
    tone = harmonic_tone(150.0, 1024)
    n = np.arange(1024)
    without = tone - 2 * np.mean(tone * np.exp(2j * np.pi * 150 * n / RATE)).real * np.cos(
        2 * np.pi * 150 * n / RATE
    )
    for frame in (without, 1e-200 * tone, tone + 30):
        assert sk.cepstral_pitch(frame, sample_rate=RATE) == pytest.approx(150, rel=0.01)


def test_the_pitch_of_one_frame_is_a_float_and_of_a_batch_an_array():
    tones = np.array([[harmonic_tone(100, 1024), harmonic_tone(200, 1024)]])
    assert isinstance(sk.cepstral_pitch(tones[0, 0], sample_rate=RATE), float)
    read = sk.cepstral_pitch(tones, sample_rate=RATE)
    assert read.shape == (1, 2)
    np.testing.assert_allclose(read, [[100, 200]], rtol=0.01)


@pytest.mark.parametrize("pitch", [70, 350])
def test_pitches_at_the_ends_of_the_range_are_found(pitch):
    tone = harmonic_tone(pitch, 1024)
    assert sk.cepstral_pitch(tone, sample_rate=RATE) == pytest.approx(pitch, rel=0.01)


def test_a_range_above_the_pitch_reads_a_part_of_the_period_at_worst_within_the_range():
    tone = harmonic_tone(100, 1024)
    read = sk.cepstral_pitch(tone, sample_rate=RATE, fmin=150, fmax=400)
    assert 149 < read < 403
    assert sk.cepstral_pitch(tone, sample_rate=RATE, fmin=80, fmax=400) == pytest.approx(100, 0.01)


def test_a_frame_of_the_least_length_is_long_enough():
    n = int(np.ceil(2.5 * RATE / 70))
    for pitch in np.linspace(70, 330, 40):
        read = sk.cepstral_pitch(harmonic_tone(pitch, n), sample_rate=RATE)
        assert read == pytest.approx(pitch, rel=0.01)


def test_noise_has_an_answer_too_within_half_a_sample_of_the_range():
    read = sk.cepstral_pitch(noise(200, 1024), sample_rate=RATE)
    assert np.isfinite(read).all()
    assert read.min() > RATE / (RATE / 70 + 0.5)
    assert read.max() < RATE / (RATE / 350 - 0.5)


# mfcc: equal to librosa's, see test_against_librosa

SMALL = {"sample_rate": RATE, "n_fft": 256, "hop": 128, "n_mels": 20}


def test_mfccs_are_the_cosine_transform_of_the_log_mel_spectrum():
    sound = noise(3000)
    mel = sk.log_mel(sound, **SMALL, ref=1.0).values
    n, m = np.arange(7)[:, np.newaxis], np.arange(20)
    sums = np.cos(np.pi * n * (2 * m + 1) / 40) @ mel
    np.testing.assert_allclose(sk.mfcc(sound, **SMALL, n_mfcc=7, norm=None), 2 * sums, atol=1e-9)
    scale = np.sqrt(np.where(n == 0, 1 / 20, 2 / 20))
    np.testing.assert_allclose(sk.mfcc(sound, **SMALL, n_mfcc=7), scale * sums, atol=1e-9)
    gain = 1 + 11 * np.sin(np.pi * (n + 1) / 22)
    liftered = sk.mfcc(sound, **SMALL, n_mfcc=7, lifter=22)
    np.testing.assert_allclose(liftered, gain * scale * sums, atol=1e-9)


def test_all_orthonormal_coefficients_keep_the_sum_of_squares_and_give_the_spectrum_back():
    sound = noise(3000)
    mel = sk.log_mel(sound, **SMALL, ref=1.0).values
    all_of_them = sk.mfcc(sound, **SMALL, n_mfcc=20)
    np.testing.assert_allclose((all_of_them**2).sum(axis=0), (mel**2).sum(axis=0))
    np.testing.assert_allclose(fft.idct(all_of_them, axis=0, norm="ortho"), mel)


def test_a_gain_changes_coefficient_0_only():
    sound = noise(3000)
    change = sk.mfcc(10 * sound, **SMALL) - sk.mfcc(sound, **SMALL)
    np.testing.assert_allclose(change[0], 20 * np.sqrt(20))
    np.testing.assert_allclose(change[1:], 0, atol=1e-9)


def test_each_sound_of_a_batch_has_its_own_maximum():
    sounds = np.stack([noise(3000), 1e-6 * noise(3000, seed=2)])
    together = sk.mfcc(sounds, **SMALL)
    for one, alone in zip(together, sounds, strict=True):
        np.testing.assert_allclose(one, sk.mfcc(alone, **SMALL), atol=1e-9)


# batches, types


FUNCTIONS = {
    "real_cepstrum": sk.real_cepstrum,
    "real_cepstrum longer": lambda x: sk.real_cepstrum(x, n_fft=1500),
    "power_cepstrum": sk.power_cepstrum,
    "lifter": lambda c: sk.lifter(c, cutoff=7, keep="high"),
    "spectral_envelope": lambda x: sk.spectral_envelope(x, cutoff=40),
    "cepstral_pitch": lambda x: sk.cepstral_pitch(x, sample_rate=RATE),
    "mfcc": lambda x: sk.mfcc(x, **SMALL),
}


def batch():
    """Two by three frames of different strength, read-only."""
    frames = noise(2, 3, 1024) * np.arange(1.0, 7.0).reshape(2, 3, 1)
    frames.flags.writeable = False
    return frames


@pytest.mark.parametrize("name", FUNCTIONS)
def test_leading_axes_equal_a_loop_and_the_input_is_left_alone(name):
    together = FUNCTIONS[name](batch())
    one_by_one = np.array([[FUNCTIONS[name](one) for one in row] for row in batch()])
    assert together.shape == one_by_one.shape
    np.testing.assert_allclose(together, one_by_one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {"cepstral_pitch"}))
def test_float32_stays_float32_and_close_to_float64(name):
    frames = batch().astype(np.float32)
    single, double = FUNCTIONS[name](frames), FUNCTIONS[name](frames.astype(np.float64))
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(single, double, rtol=1e-6, atol=1e-6 * np.abs(double).max())


def test_the_pitch_of_float32_frames_is_the_same():
    tones = np.array([harmonic_tone(p, 1024) for p in (90, 210)])
    single = sk.cepstral_pitch(tones.astype(np.float32), sample_rate=RATE)
    np.testing.assert_allclose(single, sk.cepstral_pitch(tones, sample_rate=RATE), rtol=1e-4)


def test_integer_samples_are_taken_as_they_are():
    pcm = np.round(3000 * noise(1024)).astype(np.int16)
    np.testing.assert_array_equal(sk.real_cepstrum(pcm), sk.real_cepstrum(pcm.astype(float)))


# bad input

GOOD = noise(1024)
OPTIONS = {"cepstral_pitch": {"sample_rate": RATE}, "spectral_envelope": {"cutoff": 40}}
OF_FRAMES = ("real_cepstrum", "power_cepstrum", "spectral_envelope", "cepstral_pitch")
BAD_FRAMES = {
    "empty": (np.zeros(0), r"frame is empty.*\(0,\)"),
    "no frames": (np.zeros((0, 1024)), r"frame is empty"),
    "a number": (1.0, r"frame must have shape \(\.\.\., n\).*\(\)"),
    "too short": ([1.0, 2.0, 3.0], r"n at least 4.*\(3,\)"),
    "silent": (np.zeros(1024), r"frame is silent"),
    "silent in a batch": (np.stack([GOOD, 0 * GOOD]), r"frame 1 is silent"),
    "silent in a grid": (np.stack([[GOOD, 0 * GOOD]]), r"frame \(0, 1\) is silent"),
    "NaN": (np.where(np.arange(1024) == 5, np.nan, GOOD), r"frame holds nan at index 5"),
    "infinite": (np.where(np.arange(1024) == 5, np.inf, GOOD), r"frame holds inf at index 5"),
    "complex": (GOOD + 0j, r"frame must hold real numbers.*complex"),
    "text": ("sound", r"frame must hold real numbers"),
    "ragged": ([[1, 2, 3, 4], [5]], r"different lengths"),
}


def assert_refused(match, call, *args, **options):
    """One sentence of the one exception type."""
    with pytest.raises(sk.SpectralKitError, match=match) as caught:
        call(*args, **options)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 240


@pytest.mark.parametrize("kind", BAD_FRAMES)
@pytest.mark.parametrize("name", OF_FRAMES)
def test_unusable_frames_are_refused_by_every_function(name, kind):
    frame, match = BAD_FRAMES[kind]
    assert_refused(match, getattr(sk, name), frame, **OPTIONS.get(name, {}))


@pytest.mark.parametrize(
    ("match", "call"),
    [
        (r"n_fft must be .*at least 1024.* 1000", lambda: sk.real_cepstrum(GOOD, n_fft=1000)),
        (r"n_fft must be .*2048\.0", lambda: sk.power_cepstrum(GOOD, n_fft=2048.0)),
        (r"n_fft must be .*'long'", lambda: sk.real_cepstrum(GOOD, n_fft="long")),
        (r"cepstrum is empty", lambda: sk.lifter([], cutoff=1)),
        (r"cepstrum holds nan", lambda: sk.lifter([np.nan] * 8, cutoff=1)),
        (r"cutoff must be .*at least 1.* 0", lambda: sk.lifter(GOOD, cutoff=0)),
        (r"cutoff must be .*at least 1.* -3", lambda: sk.lifter(GOOD, cutoff=-3)),
        (r"cutoff must be .*at most 512.* 513", lambda: sk.lifter(GOOD, cutoff=513)),
        (r"cutoff must be .*2\.5", lambda: sk.lifter(GOOD, cutoff=2.5)),
        (r"cutoff must be .*nan", lambda: sk.spectral_envelope(GOOD, cutoff=np.nan)),
        (r"cutoff must be .*at most 512.* 600", lambda: sk.spectral_envelope(GOOD, cutoff=600)),
        (r"keep='middle' is not known.*'low', 'high'",
         lambda: sk.lifter(GOOD, cutoff=4, keep="middle")),
        (r"frame has magnitudes above 2e\+308",
         lambda: sk.spectral_envelope(1e307 * np.ones(1024), cutoff=512)),
        (r"frame has magnitudes above 3e\+38, the largest float32",
         lambda: sk.spectral_envelope(np.float32(1e37) * np.ones(1024, "f4"), cutoff=512)),
        (r"frame is constant", lambda: sk.cepstral_pitch(np.ones(1024), sample_rate=RATE)),
        (r"frame is too short: 500 samples at 16000 Hz.*2\.5 periods.*70 Hz.*at least 572",
         lambda: sk.cepstral_pitch(GOOD[:500], sample_rate=RATE)),
        (r"sample_rate must be positive.* 0", lambda: sk.cepstral_pitch(GOOD, sample_rate=0)),
        (r"sample_rate must be positive.* -8000",
         lambda: sk.cepstral_pitch(GOOD, sample_rate=-8000)),
        (r"sample_rate holds nan", lambda: sk.cepstral_pitch(GOOD, sample_rate=np.nan)),
        (r"sample_rate must be one number",
         lambda: sk.cepstral_pitch(GOOD, sample_rate=[8000, 16000])),
        (r"0 < fmin < fmax.*300 and 100",
         lambda: sk.cepstral_pitch(GOOD, sample_rate=RATE, fmin=300, fmax=100)),
        (r"0 < fmin < fmax.* 0 and", lambda: sk.cepstral_pitch(GOOD, sample_rate=RATE, fmin=0)),
        (r"fmax <= 8000 Hz.*9000", lambda: sk.cepstral_pitch(GOOD, sample_rate=RATE, fmax=9000)),
        (r"fmin holds nan", lambda: sk.cepstral_pitch(GOOD, sample_rate=RATE, fmin=np.nan)),
        (r"No whole number of samples.*199\.5 and fmax = 199\.9",
         lambda: sk.cepstral_pitch(GOOD, sample_rate=RATE, fmin=199.5, fmax=199.9)),
    ],
)  # fmt: skip
def test_unusable_arguments_are_named_with_what_was_given(match, call):
    assert_refused(match, call)


@pytest.mark.parametrize(
    ("match", "signal", "options"),
    [
        (r"signal is empty", [], {}),
        (r"signal is silent", np.zeros(3000), {}),
        (r"signal \(1,\) is silent", np.stack([GOOD, 0 * GOOD]), {}),
        (r"signal holds nan at index 3", [0, 1, 2, np.nan, 4], {}),
        (r"too few for one frame of 2048", GOOD, {"n_fft": 2048, "center": False}),
        (r"sample_rate must be positive.* 0", GOOD, {"sample_rate": 0}),
        (r"sample_rate must be positive.* -1", GOOD, {"sample_rate": -1}),
        (r"n_mfcc must be at least 1.* 0", GOOD, {"n_mfcc": 0}),
        (r"n_mfcc must be a whole number.*13\.0", GOOD, {"n_mfcc": 13.0}),
        (r"n_mfcc must be at most n_mels.*21 coefficients of 20", GOOD, {"n_mfcc": 21}),
        (r"lifter must be at least 0.*-22", GOOD, {"lifter": -22}),
        (r"lifter holds nan", GOOD, {"lifter": np.nan}),
        (r"norm='slaney' is not known.*'ortho', None", GOOD, {"norm": "slaney"}),
        (r"norm='ortho' is not known", GOOD, {"mel_norm": "ortho"}),
        (r"scale='mel' is not known", GOOD, {"scale": "mel"}),
        (r"fmax=9000 Hz is above", GOOD, {"fmax": 9000}),
        (r"hop must be at least 1", GOOD, {"hop": 0}),
    ],
)
def test_mfcc_refuses_what_it_cannot_work_with(match, signal, options):
    assert_refused(match, sk.mfcc, signal, **{**SMALL, **options})


def test_large_and_small_values_neither_overflow_nor_vanish():
    for gain in (1e-310, 1e-30, 1e300):
        frame = gain * GOOD
        for name in OF_FRAMES:
            result = getattr(sk, name)(frame, **OPTIONS.get(name, {}))
            assert np.isfinite(result).all()
