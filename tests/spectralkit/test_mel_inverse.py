"""From a log-mel back to a sound: never negative, never worse, and at the right pitch."""

import numpy as np
import pytest

import spectralkit as sk
from spectralkit.mel_inverse import griffin_lim, non_negative_inverse

RATE = 16000
OPTIONS = {"sample_rate": RATE, "n_fft": 512, "hop": 128}
AUSTEN = sk.clips("speech")[0].signal[16000:32000]


def rng(seed=1):
    return np.random.default_rng(seed)


def tone(hertz, n=8000):
    return 0.3 * np.cos(2 * np.pi * hertz * np.arange(n) / RATE)


def pitch(signal):
    """Frequency of the strongest wave, its peak refined by a parabola through log power."""
    power = np.log(np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2 + 1e-12)
    k = int(power[1:-1].argmax()) + 1
    left, middle, right = power[k - 1 : k + 2]
    return (k + (left - right) / (2 * (left - 2 * middle + right))) * RATE / len(signal)


def test_the_non_negative_inverse_is_never_negative_and_gives_the_bands_back():
    bank = sk.mel_filterbank(sample_rate=RATE, n_fft=512, n_mels=40)
    mel = sk.mel_spectrogram(AUSTEN, **OPTIONS, n_mels=40).values
    power = non_negative_inverse(bank, mel)
    assert power.shape == (257, mel.shape[1])
    assert power.min() >= 0
    decibels = 10 * np.log10((bank @ power) / mel)
    assert np.sqrt(np.mean(decibels**2)) < 0.3  # Moore-Penrose would need negative power for this
    pseudo = np.linalg.pinv(bank) @ mel
    assert pseudo.min() < 0


def test_the_non_negative_inverse_fits_better_with_every_update():
    bank = sk.mel_filterbank(sample_rate=RATE, n_fft=512, n_mels=40)
    mel = sk.mel_spectrogram(AUSTEN, **OPTIONS, n_mels=40).values
    divergences = []
    for updates in (0, 1, 2, 4, 8, 16, 32, 64):
        fit = bank @ non_negative_inverse(bank, mel, updates=updates)
        divergences.append(np.sum(mel * np.log(mel / fit) - mel + fit))
    assert (np.diff(divergences) < 0).all()


@pytest.mark.parametrize(("n_fft", "hop"), [(512, 128), (500, 250), (301, 100)])
def test_griffin_lim_lowers_the_spectral_error_in_every_round(n_fft, hop):
    for magnitude in (
        np.abs(sk.stft(AUSTEN, n_fft=n_fft, hop=hop)),
        rng().random((n_fft // 2 + 1, 20)),
    ):
        states = list(griffin_lim(magnitude, n_fft=n_fft, hop=hop, rounds=25, rng=rng()))
        errors = np.array([error for _, error in states])
        assert (np.diff(errors) < 1e-12).all()
        # What is said to be the error is the error.
        signal, said = states[-1]
        weights = np.full((n_fft // 2 + 1, 1), 2.0)
        weights[0] = 1
        weights[-1] = 2 - (n_fft % 2 == 0)
        gap = np.abs(sk.stft(signal, n_fft=n_fft, hop=hop)) - magnitude
        error = np.sqrt(np.sum(weights * gap**2) / np.sum(weights * magnitude**2))
        assert said == pytest.approx(error)
    assert errors[-1] > 0.1  # no signal has magnitudes drawn at random


@pytest.mark.parametrize("hertz", [220.0, 440.0, 1234.5])
def test_griffin_lim_recovers_the_pitch_of_a_tone(hertz):
    magnitude = np.abs(sk.stft(tone(hertz), n_fft=512, hop=128))
    *_, (signal, error) = griffin_lim(magnitude, n_fft=512, hop=128, rounds=60, rng=rng())
    assert error < 0.2
    assert 1200 * abs(np.log2(pitch(signal) / hertz)) < 10  # cents


@pytest.mark.parametrize("scale", ["slaney", "htk"])
@pytest.mark.parametrize("hertz", [440.0, 2000.0])
def test_a_tone_comes_back_from_its_log_mel_within_its_band(hertz, scale):
    mel = sk.log_mel(tone(hertz), **OPTIONS, n_mels=60, scale=scale, ref=1.0)
    back = sk.mel_to_signal(mel, **OPTIONS, scale=scale, rng=rng())
    band = np.diff(mel.frequencies)[np.searchsorted(mel.frequencies, hertz)]
    assert abs(pitch(back) - hertz) < band
    assert np.std(back) == pytest.approx(np.std(tone(hertz)), rel=0.3)


def test_speech_comes_back_with_nearly_its_log_mel():
    options = OPTIONS | {"n_mels": 60, "ref": 1.0}
    mel = sk.log_mel(AUSTEN, **options)
    back = sk.mel_to_signal(mel, **OPTIONS, rng=rng())
    assert len(back) == 128 * (len(mel.times) - 1)
    again = sk.log_mel(back, **options).values[:, : len(mel.times)]
    loud = mel.values > mel.values.max() - 40
    assert np.sqrt(np.mean((again - mel.values)[loud] ** 2)) < 2.5


def test_batches_scales_and_options():
    mel = sk.log_mel(np.stack([AUSTEN[:4000], tone(440, 4000)]), **OPTIONS, n_mels=30, ref=1.0)
    both = sk.mel_to_signal(mel.values, **OPTIONS, iterations=2, rng=rng())
    assert both.shape == (2, 128 * (len(mel.times) - 1))
    once = sk.mel_to_signal(mel, **OPTIONS, iterations=2, rng=rng())
    np.testing.assert_array_equal(both, once)
    power = sk.Spectrogram(10 ** (mel.values / 10), mel.times, mel.frequencies, "power")
    logs = sk.Spectrogram(np.log(power.values), mel.times, mel.frequencies, "log")
    roots = sk.Spectrogram(np.sqrt(power.values), mel.times, mel.frequencies, "magnitude")
    for other in (power, logs, roots):
        np.testing.assert_allclose(
            sk.mel_to_signal(other, **OPTIONS, iterations=2, rng=rng()), both, atol=1e-9
        )
    louder = sk.mel_to_signal(mel, **OPTIONS, iterations=2, ref=4.0, rng=rng())
    np.testing.assert_allclose(louder, 2 * both)


@pytest.mark.parametrize(
    ("sentence", "values", "options"),
    [
        (r"log_mel is empty", [], {}),
        (r"at least 2 frames, but has shape \(20, 1\)", np.ones((20, 1)), {}),
        (r"log_mel holds -inf at index \(0, 0\)", np.full((20, 9), -np.inf), {}),
        (r"too large to be a number", np.full((20, 9), 4000.0), {}),
        (r"iterations must be at least 1", np.zeros((20, 9)), {"iterations": 0}),
        (r"ref must be positive", np.zeros((20, 9)), {"ref": 0.0}),
        (r"hop of 600 leaves sample", np.zeros((20, 9)), {"hop": 600}),
        (r"hold no bin", np.zeros((400, 9)), {}),
        (r"fmax=9000 Hz is above", np.zeros((20, 9)), {"fmax": 9000.0}),
        (r"rng must be", np.zeros((20, 9)), {"rng": 1}),
    ],
)  # fmt: skip
def test_what_cannot_be_brought_back_is_refused(sentence, values, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.mel_to_signal(values, **({"rng": rng()} | OPTIONS | options))


def test_negative_power_is_refused():
    power = sk.Spectrogram(np.full((20, 9), -1.0), np.arange(9.0), np.arange(20.0), "power")
    with pytest.raises(sk.SpectralKitError, match="holds -1 on the scale 'power'"):
        sk.mel_to_signal(power, **OPTIONS, rng=rng())
