"""What librosa computes too: equal to 1e-5 of the largest magnitude, over a grid of parameters.

One file, as the first call compiles librosa's helpers, which takes seconds.
"""

import itertools

import librosa
import numpy as np
import pytest

import spectralkit as sk

CLOSE = 1e-5  # of the largest magnitude
NAMES = {"slaney": False, "htk": True}
BANKS = [
    (rate, n_fft, n_mels, fmin, fmax)
    for rate, n_fft in [(16000, 1024), (22050, 2048), (22050, 1000), (16000, 801)]
    for n_mels, fmin, fmax in [(40, 0.0, None), (80, 20.0, 7600.0), (24, 300.0, 3400.0)]
]


@pytest.fixture(scope="module")
def sounds():
    """A voice and a trumpet as librosa prefers them, float32, and noise in float64."""
    austen, trumpet = sk.clips("speech")[0], sk.clips("music")[2]
    return [
        (np.float32(austen.signal[:40000]), 16000),
        (np.float32(trumpet.signal[:40000]), 22050),
        (np.random.default_rng(1).standard_normal(20000), 16000),
    ]


def close(ours, theirs, name=""):
    assert ours.shape == theirs.shape, name
    largest = np.abs(theirs).max()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=CLOSE * largest, err_msg=str(name))


def pairs(sounds):
    """Each sound with options in both languages."""
    grid = itertools.product(
        sounds,
        [(1024, 256, 40, None, True), (2048, 512, 64, 7000.0, True), (801, 200, 40, 7000.0, False)],
        NAMES,
        ["slaney", None],
    )
    for (signal, rate), (n_fft, hop, n_mels, fmax, center), scale, norm in grid:
        ours = {
            "sample_rate": rate, "n_fft": n_fft, "hop": hop, "n_mels": n_mels, "fmax": fmax,
            "scale": scale, "norm": norm, "center": center,
        }  # fmt: skip
        theirs = {
            "sr": rate, "n_fft": n_fft, "hop_length": hop, "n_mels": n_mels, "fmax": fmax,
            "htk": NAMES[scale], "norm": norm, "center": center,
        }  # fmt: skip
        yield signal, ours, theirs


@pytest.mark.parametrize("scale", NAMES)
def test_mel_scales(scale):
    f = np.r_[0.0, np.geomspace(1, 20000, 200), 1000.0]
    close(sk.hz_to_mel(f, scale=scale), librosa.hz_to_mel(f, htk=NAMES[scale]))
    mel = np.linspace(0, 60 if scale == "slaney" else 4000, 200)
    close(sk.mel_to_hz(mel, scale=scale), librosa.mel_to_hz(mel, htk=NAMES[scale]))


@pytest.mark.parametrize("norm", ["slaney", None])
@pytest.mark.parametrize("scale", NAMES)
def test_filterbanks(scale, norm):
    for rate, n_fft, n_mels, fmin, fmax in BANKS:
        options = {"n_fft": n_fft, "n_mels": n_mels, "fmin": fmin, "fmax": fmax, "norm": norm}
        ours = sk.mel_filterbank(sample_rate=rate, scale=scale, **options)
        theirs = librosa.filters.mel(sr=rate, htk=NAMES[scale], dtype=np.float64, **options)
        close(ours, theirs, options)


@pytest.mark.parametrize("pad_mode", ["constant", "reflect", "edge"])
@pytest.mark.parametrize("window", ["hann", "hamming", "blackman", "boxcar"])
def test_the_transform_there_and_back(sounds, window, pad_mode):
    for signal, _ in sounds:
        for n_fft, hop, center in [(1024, 256, True), (801, 200, True), (512, 512, False)]:
            options = {"window": window, "center": center}
            ours = sk.stft(signal, n_fft=n_fft, hop=hop, pad_mode=pad_mode, **options)
            names = {"n_fft": n_fft, "hop_length": hop, **options}
            close(ours, librosa.stft(signal, pad_mode=pad_mode, **names))
            assert ours.dtype == (np.complex64 if signal.dtype == np.float32 else np.complex128)
    spectrum = sk.stft(signal, n_fft=1024, hop=256, window=window)
    close(
        sk.istft(spectrum, hop=256, window=window),
        librosa.istft(spectrum, hop_length=256, window=window),
    )


LEVELS = [  # our options of log_mel and librosa's of power_to_db
    ({}, {"ref": np.max}),
    ({"ref": 1.0}, {}),
    ({"ref": 0.5, "top_db": None, "amin": 1e-5}, {"ref": 0.5, "top_db": None, "amin": 1e-5}),
    ({"top_db": 40.0}, {"ref": np.max, "top_db": 40.0}),
]


def test_mel_spectrograms_and_log_mels(sounds):
    for signal, ours, theirs in pairs(sounds):
        power = librosa.feature.melspectrogram(y=signal, **theirs)
        result = sk.mel_spectrogram(signal, **ours)
        close(result.values, power, ours)
        assert result.values.dtype == signal.dtype
        for mine, librosas in LEVELS:
            level = sk.log_mel(signal, **ours, **mine)
            assert level.scale == "db"
            close(level.values, librosa.power_to_db(power, **librosas), ours | mine)


def test_band_centres_and_frame_times():
    result = sk.mel_spectrogram(np.ones(5000), sample_rate=16000, n_fft=512, hop=160, n_mels=30)
    edges = librosa.mel_frequencies(32, fmin=0, fmax=8000)
    np.testing.assert_allclose(result.frequencies, edges[1:-1])
    frames = np.arange(len(result.times))
    times = librosa.frames_to_time(frames, sr=16000, hop_length=160)
    np.testing.assert_allclose(result.times, times)
