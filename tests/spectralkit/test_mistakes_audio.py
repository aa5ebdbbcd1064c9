"""Named mistakes about sounds: what holds for all, and the trace of each."""

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values

import spectralkit as sk

RATE = 16000
AUSTEN = sk.clips("speech")[0].signal[16000:24000]
NUMBERS = (RATE, 256, 64, 24)


def rng(seed=1):
    return np.random.default_rng(seed)


def average(signals, sample_rate, n_fft):
    clips = [sk.Clip(signal, sample_rate, "own") for signal in signals]
    return sk.average_log_spectrum(clips, n_fft=n_fft)


def centred(values):
    rows, columns = values.shape
    result = sk.Spectrogram(values, np.arange(columns), np.arange(rows), "db")
    return sk.band_centred(result).values


RIGHT = {
    "frame_signal": lambda x, length, hop: sk.frame_signal(x, frame_length=length, hop=hop),
    "stft": lambda x, n_fft, hop: sk.stft(x, n_fft=n_fft, hop=hop),
    "hz_to_mel": sk.hz_to_mel,
    "mel_filterbank": lambda rate, n_fft, n_mels: sk.mel_filterbank(
        sample_rate=rate, n_fft=n_fft, n_mels=n_mels
    ),
    "log_mel": lambda x, rate, n_fft, hop, n_mels: (
        sk.log_mel(x, sample_rate=rate, n_fft=n_fft, hop=hop, n_mels=n_mels).values
    ),
    "average_log_spectrum": average,
    "band_centred": centred,
    "phase_randomised": lambda x, rng: sk.phase_randomised(x, rng=rng),
}


def tone(hertz, strength=1.0, n=8000):
    return strength * np.cos(2 * np.pi * hertz * np.arange(n) / RATE)


@pytest.fixture
def course_inputs():
    """Arguments and options with which each function is called in the course."""
    quiet = np.r_[tone(1000.0, n=4000), 1e-6 * AUSTEN[:4000]]
    return {
        "frame_signal": [((1 + np.arange(50.0), 8, 3), {})],
        "stft": [((AUSTEN[:2000], 64, 16), {}), ((AUSTEN, 1024, 256), {})],
        "hz_to_mel": [((np.array([0.0, 440.0, 1000.0, 4000.0]),), {})],
        "mel_filterbank": [((RATE, 1024, 40), {})],
        "log_mel": [((x, *NUMBERS), {}) for x in (AUSTEN, quiet, 1e-5 * AUSTEN)],
        "average_log_spectrum": [(([AUSTEN[:3000], 10 * AUSTEN[3000:]], RATE, 256), {})],
        "band_centred": [((RIGHT["log_mel"](AUSTEN, *NUMBERS),), {})],
        "phase_randomised": [((3 + AUSTEN[:999], rng()), {})],
    }


# frames and transforms


def test_frames_that_are_not_centred_are_late_by_half_a_frame():
    click = np.zeros(1000)
    click[500] = 1
    at = {
        key: np.argwhere(value)[:, 0].mean()
        for key, value in wrong_values("frame_signal", click, 100, 10).items()
    }
    assert np.argwhere(RIGHT["frame_signal"](click, 100, 10))[:, 0].mean() == pytest.approx(
        50, abs=1
    )
    assert at["not-centred"] == pytest.approx(45, abs=1)
    assert at["side-by-side"] == 5


def test_a_symmetric_window_leaves_a_ripple_where_windows_overlap():
    # Squared Hann windows that are moved on by a quarter add up to 3/2, the periodic ones exactly.
    def ripple(window):
        total = sum(np.roll(window**2, 256 * k) for k in range(4))
        return np.ptp(total) / total.mean()

    assert ripple(np.hanning(1025)[:-1]) < 1e-12
    assert ripple(np.hanning(1024)) == pytest.approx(8.8e-5, abs=1e-6)
    wrong = wrong_values("stft", AUSTEN, 1024, 256)["window-symmetric"]
    expected = sk.stft(AUSTEN, n_fft=1024, hop=256, window=np.hanning(1024))
    np.testing.assert_array_equal(wrong, expected)


def test_signatures_of_a_transform():
    right = RIGHT["stft"](tone(1000.0), 256, 64)[:, 40]
    wrong = {k: v[:, 40] for k, v in wrong_values("stft", tone(1000.0), 256, 64).items()}
    assert right[16] / wrong["divided-by-n"][16] == pytest.approx(256)
    # The window-free peak is twice as high, and 1000 Hz is in the middle of a bin.
    assert np.abs(wrong["window-forgotten"][16] / right[16]) == pytest.approx(2)
    assert np.abs(wrong["window-twice"][16] / right[16]) == pytest.approx(0.75)
    assert (wrong["magnitude-only"].imag == 0).all()


# mel


def test_1000_hertz_tells_the_scales_apart():
    wrong = {k: float(v) for k, v in wrong_values("hz_to_mel", np.float64(1000.0)).items()}
    assert float(RIGHT["hz_to_mel"](1000.0)) == 15
    assert wrong["htk-for-slaney"] == pytest.approx(1000, abs=0.02)
    assert wrong["ln-with-2595"] == pytest.approx(2302.6, abs=0.1)
    assert wrong["log10-with-1127"] == pytest.approx(434.3, abs=0.1)
    assert wrong["linear-everywhere"] == 15  # here it is right; not at 6400 Hz
    six = {k: float(v) for k, v in wrong_values("hz_to_mel", np.float64(6400.0)).items()}
    assert (six["linear-everywhere"], float(RIGHT["hz_to_mel"](6400.0))) == (96, 42)
    assert six["log10-for-ln"] == pytest.approx(15 + 27 * np.log10(np.e))


def test_without_an_area_norm_white_noise_tilts_by_9_decibels_over_40_bands():
    flat = np.ones(1025)
    right = RIGHT["mel_filterbank"](RATE, 2048, 40) @ flat
    wrong = wrong_values("mel_filterbank", RATE, 2048, 40)
    tilt = 10 * np.log10(wrong["area-not-normalised"] @ flat)
    assert np.ptp(10 * np.log10(right)) < 0.5
    assert tilt[-1] - tilt[0] == pytest.approx(8.8, abs=0.1)
    np.testing.assert_allclose(wrong["rows-of-unit-sum"] @ flat, 1)


def test_a_tone_lies_at_twice_its_hertz_where_bins_are_taken_for_half_theirs():
    power = np.zeros(1025)
    power[256] = 1  # 2000 Hz
    centres = sk.mel_spectrogram(
        AUSTEN, sample_rate=RATE, n_fft=2048, hop=512, n_mels=40
    ).frequencies
    right = centres[(RIGHT["mel_filterbank"](RATE, 2048, 40) @ power).argmax()]
    wrong = wrong_values("mel_filterbank", RATE, 2048, 40)["half-the-hertz"] @ power
    assert right == pytest.approx(2000, rel=0.05)
    assert centres[wrong.argmax()] == pytest.approx(1000, rel=0.05)


def test_signatures_of_decibels():
    # Two tones in turn, the second a tenth as strong: 20 dB below.
    two = np.r_[tone(2000.0, n=4000), tone(2000.0, 0.1, n=4000)]
    right = RIGHT["log_mel"](two, *NUMBERS)
    wrong = wrong_values("log_mel", two, *NUMBERS)

    def drop(values):
        row = values[right[:, 20].argmax()]
        return row[20] - row[100]

    assert drop(right) == pytest.approx(20, abs=0.1)
    assert drop(wrong["twenty-for-ten"]) == pytest.approx(40, abs=0.1)
    assert drop(wrong["ln-for-decibels"]) == pytest.approx(20 * 0.2303, abs=0.05)
    assert drop(wrong["filters-on-magnitude"]) == pytest.approx(10, abs=0.1)
    assert right.max() == 0
    assert wrong["reference-forgotten"].max() > 10
    assert wrong["not-cut"].min() < -80.1


# averages and controls


def test_signatures_of_an_average_spectrum():
    signals = [rng(1).standard_normal(4000), 10 * rng(2).standard_normal(4000)]
    frequency, power = average(signals, RATE, 256)
    wrong = wrong_values("average_log_spectrum", signals, RATE, 256)
    # The mean of logs of variances 1 and 100 is 10; that of powers 50.5.
    level = {key: np.exp(np.log(value[1]).mean()) for key, value in wrong.items()}
    bias = np.exp(float(sk.log_bias(1)))
    assert np.exp(np.log(power).mean()) == pytest.approx(10 * bias, rel=0.1)
    assert level["mean-of-powers"] == pytest.approx(50.5, rel=0.1)
    assert level["loudest-clip-rules"] == pytest.approx(50.5 * bias, rel=0.1)
    np.testing.assert_allclose(wrong["amplitude-for-power"][1] ** 2, power)
    np.testing.assert_allclose(wrong["half-the-hertz"][0], frequency / 2)
    np.testing.assert_allclose(wrong["per-octave"][1] / power, frequency)


def test_the_tilt_over_the_bands_stays_where_the_wrong_mean_was_removed():
    values = RIGHT["log_mel"](rng().standard_normal(8000), *NUMBERS)
    values = values - 2.0 * np.arange(24)[:, np.newaxis]
    wrong = wrong_values("band_centred", values)

    def tilt(of):
        return of.mean(axis=1)[0] - of.mean(axis=1)[-1]

    assert tilt(centred(values)) == pytest.approx(0, abs=1e-9)
    assert tilt(wrong["mean-over-bands"]) == pytest.approx(46, abs=3)
    assert tilt(wrong["one-mean-for-all"]) == pytest.approx(46, abs=3)
    assert np.abs(wrong["first-frame-removed"][:, 0]).max() == 0


def test_signatures_of_the_control():
    x = 3 + AUSTEN
    wrong = wrong_values("phase_randomised", x, rng())
    f, power = sk.periodogram(x, sample_rate=RATE)

    def misfit(values):
        return np.abs(sk.periodogram(values, sample_rate=RATE)[1][1:-1] / power[1:-1] - 1).max()

    assert misfit(RIGHT["phase_randomised"](x, rng())) < 1e-6
    assert misfit(wrong["mean-lost"]) < 1e-6
    assert wrong["mean-lost"].mean() == pytest.approx(0, abs=1e-9)
    assert misfit(wrong["half-a-circle"]) < 1e-6  # the spectrum cannot tell, the waveform can
    middle = np.abs(wrong["half-a-circle"] - x.mean()).max() / x.std()
    assert middle > 1.2 * np.abs(RIGHT["phase_randomised"](x, rng()) - x.mean()).max() / x.std()
    half = wrong["no-hermitian-symmetry"] - wrong["no-hermitian-symmetry"].mean()
    assert half.var() / x.var() == pytest.approx(0.5, abs=0.1)
    low = (f > 0) & (f < 1000)
    for key in ("samples-shuffled", "white-for-control"):
        share = sk.periodogram(wrong[key] - wrong[key].mean(), sample_rate=RATE)[1]
        assert share[low].sum() / share[1:].sum() == pytest.approx(1 / 8, abs=0.05), key
    assert power[low].sum() / power[1:].sum() > 0.6


def test_wrong_controls_leave_the_generator_alone():
    generator = rng()
    before = generator.bit_generator.state
    wrong_values("phase_randomised", AUSTEN, generator)
    assert generator.bit_generator.state == before


def test_tutorial_filters_begin_at_whole_bins_and_peak_at_1():
    bank = wrong_values("mel_filterbank", RATE, 512, 20)["cut-to-unit-peaks"]
    np.testing.assert_array_equal(bank.max(axis=1), 1)
    assert not np.any(RIGHT["mel_filterbank"](RATE, 512, 20) == 1)


def test_a_floor_under_ratios_lets_a_whisper_reach_deeper():
    wrong = wrong_values("log_mel", 1e-5 * AUSTEN, *NUMBERS)["floor-after-reference"]
    right = RIGHT["log_mel"](1e-5 * AUSTEN, *NUMBERS)
    np.testing.assert_allclose(wrong, RIGHT["log_mel"](AUSTEN, *NUMBERS), atol=1e-6)  # as if loud
    assert right.min() > wrong.min() + 30


def test_white_noise_lies_at_its_variance_unless_the_window_is_not_made_up_for():
    noise = [sk.white_noise((200_000,), std=2.0, rng=rng())]
    wrong = wrong_values("average_log_spectrum", noise, RATE, 64)
    right = average(noise, RATE, 64)[1]
    # A mean of logarithms lies at exp(-Euler) of the mean, except for the real Nyquist.
    assert np.mean(right[:-1]) == pytest.approx(4 * np.exp(-np.euler_gamma), rel=0.02)
    np.testing.assert_allclose(wrong["window-power-lost"][1], 0.375 * right)
    np.testing.assert_allclose(wrong["not-divided"][1], 0.375 * 64 * right)


def test_frames_that_reach_beyond_the_signal_pull_the_average_down():
    few = [1 + 0.1 * sk.white_noise((192,), rng=rng())]
    padded = wrong_values("average_log_spectrum", few, RATE, 128)["frames-padded"][1]
    assert not np.allclose(padded, average(few, RATE, 128)[1], rtol=0.1)


def test_replaced_phases_keep_the_spectrum_and_a_turned_nyquist_does_not():
    x = 3 + AUSTEN[:1000]
    was = np.abs(np.fft.rfft(x))
    control = wrong_values("phase_randomised", x, rng())
    np.testing.assert_allclose(np.abs(np.fft.rfft(control["phases-replaced"])), was, rtol=1e-9)
    lost = np.abs(np.fft.rfft(control["nyquist-turned"]))
    np.testing.assert_allclose(lost[:-1], was[:-1], rtol=1e-9)
    assert lost[-1] < 0.99 * was[-1]
