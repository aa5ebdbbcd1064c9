"""Named mistakes about cepstra: what holds for all, and the trace of each."""

import numpy as np
import pytest
from mistake_checks import *  # noqa: F403 - the general checks and their fixture
from mistake_checks import wrong_values
from scipy import fft

import spectralkit as sk

RATE = 16000


def echo(signal, shortest, longest):
    c = sk.power_cepstrum(signal)
    delay = shortest + int(np.abs(c[shortest : longest + 1]).argmax())
    return delay, float(c[delay])


def mfcc(log_mel, n_mfcc, lifter):
    """Written out."""
    bands, n = len(log_mel), np.arange(n_mfcc)[:, np.newaxis]
    rows = np.cos(np.pi * n * (2 * np.arange(bands) + 1) / (2 * bands)) @ log_mel
    rows *= np.sqrt(np.where(n == 0, 1 / bands, 2 / bands))
    gain = 1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / (lifter or 1))
    return rows * gain[:, np.newaxis]


RIGHT = {
    "real_cepstrum": sk.real_cepstrum,
    "echo_delay": echo,
    "lifter": lambda c, cutoff: sk.lifter(c, cutoff=cutoff),
    "spectral_envelope": lambda x, cutoff: sk.spectral_envelope(x, cutoff=cutoff),
    "cepstral_pitch": lambda x, rate, fmin, fmax: sk.cepstral_pitch(
        x, sample_rate=rate, fmin=fmin, fmax=fmax
    ),
    "mfcc": mfcc,
}


def rng(seed=1):
    return np.random.default_rng(seed)


def voice(pitch=125.0, n=1024, rate=RATE):
    """A harmonic tone that falls by 12 dB per octave, with a little breath between its waves."""
    h = np.arange(1, int(rate / 2 / pitch))[:, np.newaxis]
    phase = rng().uniform(0, 2 * np.pi, h.shape)
    tone = np.cos(2 * np.pi * pitch * h * np.arange(n) / rate + phase) / h**2
    return tone.sum(axis=0) + 0.02 * rng(2).normal(size=n)


def echoed(gain, delay=300, n=8192):
    """Noise that lacks high frequencies, so that it fills low quefrencies, and its echo."""
    dry = np.fft.irfft(np.fft.rfft(rng().normal(size=n)) / (1 + np.arange(n // 2 + 1) / 300))
    return dry + gain * np.roll(dry, delay)


def log_mel():
    """40 bands with a tilt, 60 frames, in decibels."""
    return -50 + 10 * rng().normal(size=(40, 60)) - np.arange(40.0)[:, np.newaxis]


@pytest.fixture
def course_inputs():
    """Arguments and options with which each function is called in the course."""
    frame = voice() * np.hanning(1024)
    searched = (RATE, 70.0, 350.0)
    return {
        "real_cepstrum": [((frame,), {}), ((rng().normal(size=64),), {})],
        "echo_delay": [((echoed(0.5), 200, 1000), {}), ((echoed(-0.5), 200, 1000), {})],
        "lifter": [((sk.real_cepstrum(frame), 40), {}), ((sk.real_cepstrum(frame), 1), {})],
        "spectral_envelope": [((frame, 40), {})],
        "cepstral_pitch": [((voice(pitch), *searched), {}) for pitch in (90.0, 125.0, 300.0)],
        "mfcc": [((log_mel(), 13, 0), {}), ((log_mel(), 13, 22), {})],
    }


# traces


def test_signatures_of_the_cepstrum():
    frame = rng().normal(size=64)
    right, wrong = sk.real_cepstrum(frame), wrong_values("real_cepstrum", frame)
    np.testing.assert_allclose(wrong["power-for-real"], 2 * right)
    np.testing.assert_allclose(wrong["log10-for-ln"] / right, 0.4343, atol=5e-5)
    np.testing.assert_allclose(wrong["forward-transform"], 64 * right)
    assert wrong["sign-lost"].min() >= 0 > right.min()
    assert np.abs(np.fft.rfft(wrong["log-forgotten"])) == pytest.approx(np.abs(np.fft.rfft(frame)))


def test_signatures_of_the_echo():
    right, wrong = echo(echoed(0.5), 200, 1000), wrong_values("echo_delay", echoed(0.5), 200, 1000)
    assert right == (300, pytest.approx(0.5, abs=0.06))
    assert wrong["gain-halved"] == (300, pytest.approx(right[1] / 2))
    assert wrong["offset-forgotten"] == (100, right[1])
    assert wrong["source-in-range"][0] < 10
    assert wrong["positive-only"] == right
    assert wrong["sign-lost"] == right
    wrong = wrong_values("echo_delay", echoed(-0.5), 200, 1000)
    assert wrong["positive-only"][0] != 300
    assert wrong["positive-only"][1] < 0.25
    assert wrong["sign-lost"] == (300, pytest.approx(0.5, abs=0.06))


def ripple(quefrency, n=256):
    """A frame whose log spectrum is one ripple of height 1."""
    log_spectrum = np.cos(2 * np.pi * quefrency * np.arange(n) / n)
    return np.fft.ifft(np.exp(log_spectrum)).real


def test_liftering_one_side_only_halves_the_ripple():
    log_envelope = np.log(wrong_values("spectral_envelope", ripple(5), 8)["one-side-only"])
    assert np.ptp(log_envelope) == pytest.approx(1)  # from -1/2 to 1/2
    assert np.ptp(np.log(sk.spectral_envelope(ripple(5), cutoff=8))) == pytest.approx(2)


def test_signatures_of_the_lifter_and_the_envelope():
    c = np.arange(1.0, 17.0)
    wrong = wrong_values("lifter", c, 3)
    assert np.flatnonzero(sk.lifter(c, cutoff=3)).tolist() == [0, 1, 2, 14, 15]
    assert np.flatnonzero(wrong["one-more-at-the-end"]).tolist() == [0, 1, 2, 13, 14, 15]
    assert np.flatnonzero(wrong["one-side-only"]).tolist() == [0, 1, 2]
    assert np.flatnonzero(wrong["cutoff-included"]).tolist() == [0, 1, 2, 3, 13, 14, 15]
    assert np.flatnonzero(wrong["minus-zero"]).tolist() == [0, 1, 2, 14, 15]
    assert np.flatnonzero(wrong_values("lifter", c, 1)["minus-zero"]).tolist() == [*range(16)]
    frame = rng().normal(size=64)
    right, wrong = (
        sk.spectral_envelope(frame, cutoff=9),
        wrong_values("spectral_envelope", frame, 9),
    )
    np.testing.assert_allclose(np.exp(wrong["exp-forgotten"]), right)
    np.testing.assert_allclose(wrong["power-for-magnitude"], right**2)
    np.testing.assert_allclose(wrong["not-liftered"], np.abs(np.fft.rfft(frame)))
    np.testing.assert_allclose(wrong["high-for-low"] * right, np.abs(np.fft.rfft(frame)))


def test_an_index_without_its_offset_reads_125_hz_as_about_195():
    # period 128 samples, the search begins at 46 (16000 / 350 rounded up): 16000 / 82
    wrong = wrong_values("cepstral_pitch", voice(), RATE, 70.0, 350.0)
    assert wrong["offset-forgotten"] == pytest.approx(16000 / 82)


def test_the_half_spectrum_reads_low_pitches_an_octave_high_and_high_ones_by_luck_right():
    for pitch, read in ((90.0, 180.0), (125.0, 250.0), (160.0, 320.0), (200.0, 200.0)):
        wrong = wrong_values("cepstral_pitch", voice(pitch), RATE, 70.0, 350.0)
        assert wrong["half-spectrum"] == pytest.approx(read, rel=0.02)


def test_signatures_of_the_pitch():
    wrong = wrong_values("cepstral_pitch", voice(), RATE, 70.0, 350.0)
    low = wrong_values("cepstral_pitch", voice(90.0), RATE, 70.0, 350.0)
    assert low["low-quefrencies-kept"] == RATE  # the tilt stands at quefrency 1
    assert wrong["period-returned"] == pytest.approx(1 / 125)
    assert wrong["bin-for-quefrency"] == pytest.approx(128 * 16000 / 1024)
    # from 70 to 350 samples: pitches of 46 to 229 Hz, so 125 is found by luck and 300 is not
    assert wrong["hertz-for-samples"] == pytest.approx(125)
    high = wrong_values("cepstral_pitch", voice(300.0), RATE, 70.0, 350.0)
    assert high["hertz-for-samples"] == pytest.approx(150, rel=0.01)


def test_an_unscaled_dct_of_40_bands_is_12_65_times_too_large_in_row_0_and_8_94_elsewhere():
    ratio = wrong_values("mfcc", log_mel(), 13, 0)["unscaled"] / mfcc(log_mel(), 13, 0)
    np.testing.assert_allclose(ratio[0], 12.65, atol=5e-3)
    np.testing.assert_allclose(ratio[1:], 8.94, atol=5e-3)


def test_a_lifter_of_22_counted_from_0_begins_with_1_00_for_2_57():
    plain, right = mfcc(log_mel(), 13, 0), mfcc(log_mel(), 13, 22)
    wrong = wrong_values("mfcc", log_mel(), 13, 22)
    np.testing.assert_allclose(right[0] / plain[0], 2.57, atol=5e-3)
    np.testing.assert_allclose(wrong["lifter-from-zero"][0], plain[0])
    np.testing.assert_allclose(wrong["lifter-forgotten"], plain)


def test_signatures_of_other_rows():
    right, wrong = mfcc(log_mel(), 13, 0), wrong_values("mfcc", log_mel(), 13, 0)
    np.testing.assert_allclose(wrong["rows-shifted"][:-1], right[1:], atol=1e-9)
    np.testing.assert_allclose(wrong["first-like-the-others"][0] / right[0], np.sqrt(2))
    np.testing.assert_allclose(wrong["first-like-the-others"][1:], right[1:], atol=1e-9)
    along = fft.dct(log_mel(), axis=1, norm="ortho")[:13]
    np.testing.assert_allclose(wrong["along-frames"], along, atol=1e-9)
    cropped = fft.dct(log_mel(), n=13, axis=0, norm="ortho")
    np.testing.assert_allclose(wrong["bands-cropped"], cropped, atol=1e-9)
