"""The average spectrum of sounds, band-centred spectrograms, and the phase-randomised control."""

import numpy as np
import pytest

import spectralkit as sk


def rng(seed=1):
    return np.random.default_rng(seed)


def clip(signal, rate=8000):
    return sk.Clip(np.asarray(signal, dtype=float), rate, "own")


# the average spectrum


def test_of_whole_clips_it_is_the_geometric_mean_of_their_periodograms():
    signals = rng().standard_normal((3, 500)) * [[1.0], [3.0], [0.2]]
    frequency, power = sk.average_log_spectrum(clip(signal) for signal in signals)
    f, p = sk.periodogram(signals, sample_rate=8000)
    np.testing.assert_allclose(frequency, f[1:])
    np.testing.assert_allclose(power, np.prod(p[:, 1:], axis=0) ** (1 / 3))


def test_of_frames_it_is_the_geometric_mean_over_frames_and_then_over_clips():
    signals = [rng(1).standard_normal(900), 5 * rng(2).standard_normal(500)]
    frequency, power = sk.average_log_spectrum(map(clip, signals), n_fft=128, hop=100)
    window = np.hanning(129)[:-1]
    means = []
    for signal in signals:
        frames = [signal[s : s + 128] * window for s in range(0, len(signal) - 127, 100)]
        each = np.abs(np.fft.rfft(frames)) ** 2 / np.sum(window**2)
        means.append(np.log(each[:, 1:]).mean(axis=0))
    np.testing.assert_allclose(power, np.exp(np.mean(means, axis=0)))
    np.testing.assert_allclose(frequency, np.fft.rfftfreq(128, 1 / 8000)[1:])
    default = sk.average_log_spectrum([clip(signals[0])], n_fft=128)
    np.testing.assert_allclose(
        default, sk.average_log_spectrum([clip(signals[0])], n_fft=128, hop=64)
    )


def test_bands_average_power_over_equal_parts_of_an_octave():
    signal = rng().standard_normal(4000)
    frequency, power = sk.average_log_spectrum([clip(signal)], bands_per_octave=3)
    f, p = sk.periodogram(signal, sample_rate=8000)
    assert 440 in frequency
    ratios = frequency[1:] / frequency[:-1]
    np.testing.assert_allclose(ratios[5:], 2 ** (1 / 3))  # below, some bands hold no bin
    for middle, value in zip(frequency, power, strict=True):
        inside = (f >= middle * 2 ** (-1 / 6)) & (f < middle * 2 ** (1 / 6))
        assert value == pytest.approx(p[inside].mean())


def test_white_noise_lies_at_its_variance_less_the_bias_of_the_logarithm():
    # Frames of Hann-weighted noise: chi-square with 2 degrees, bias of log_bias(1). 400 clips of
    # 7 frames, 31 bins: the mean scatters by about .005; the bound is 6 times that.
    noise = [clip(2 * rng(seed).standard_normal(512)) for seed in range(400)]
    _, power = sk.average_log_spectrum(noise, n_fft=128)
    inner = np.log(power[2:-2]).mean()
    assert inner == pytest.approx(np.log(4) + float(sk.log_bias(1)), abs=0.03)


def test_clips_of_different_length_and_rate_share_their_bands_only():
    pair = [clip(rng(1).standard_normal(900)), clip(rng(2).standard_normal(500), 4000)]
    frequency, _ = sk.average_log_spectrum(pair, bands_per_octave=12)
    assert frequency.max() < 2000 * 2 ** (1 / 24)
    with pytest.raises(sk.SpectralKitError, match=r"clip 1 has other frequencies than clip 0"):
        sk.average_log_spectrum(pair)


def test_the_peak_of_the_shipped_clips_depends_on_the_clip():
    def peak(clips):
        frequency, power = sk.average_log_spectrum(clips, bands_per_octave=12)
        return round(float(frequency[frequency > 30][power[frequency > 30].argmax()]))

    # Measured by independent code on the same files.
    assert [peak([voice]) for voice in sk.clips("speech")] == [294, 139, 82]


@pytest.mark.parametrize(
    ("sentence", "clips", "options"),
    [
        (r"clips is empty", [], {}),
        (r"clip 1 has no power at .* Hz, so", [clip(rng().random(64)), clip(np.zeros(64))], {}),
        (r"clip 0 has no power at .* Hz in frame 4",
         [clip(np.r_[rng().random(64), np.zeros(64)])], {"n_fft": 32}),
        (r"clip 0's signal must be mono.*\(2, 64\)", [clip(rng().random((2, 64)))], {}),
        (r"clip 0's signal holds nan", [clip([1, 2, 3, np.nan])], {}),
        (r"clip 0 is of type ndarray", [np.ones(64)], {}),
        (r"not Clip: put a single one into a list", clip(rng().random(64)), {}),
        (r"sample_rate must be positive", [clip(rng().random(64), 0)], {}),
        (r"hop=16 needs n_fft", [clip(rng().random(64))], {"hop": 16}),
        (r"bands_per_octave must be at least 1", [clip(rng().random(64))], {"bands_per_octave": 0}),
        (r"64 samples, too few for one frame of 128", [clip(rng().random(64))], {"n_fft": 128}),
    ],
)  # fmt: skip
def test_clips_without_an_average_are_refused(sentence, clips, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.average_log_spectrum(clips, **options)


# band-centred


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_row_loses_its_mean_and_a_filter_leaves_no_trace(dtype):
    noise = rng().standard_normal((2, 4000)).astype(dtype)
    options = {"sample_rate": 8000, "n_fft": 256, "hop": 128, "n_mels": 20, "top_db": None}
    mel = sk.log_mel(noise, **options)
    centred = sk.band_centred(mel)
    assert centred.values.dtype == dtype
    np.testing.assert_allclose(centred.values.mean(axis=-1), 0, atol=1e-5)
    tilted = sk.Spectrogram(
        mel.values + np.arange(20, dtype=dtype)[:, np.newaxis], mel.times, mel.frequencies, "db"
    )
    np.testing.assert_allclose(sk.band_centred(tilted).values, centred.values, atol=1e-4)


def test_a_linear_scale_is_not_centred():
    power = sk.spectrogram(rng().random(500), sample_rate=8000, n_fft=64, hop=16)
    with pytest.raises(sk.SpectralKitError, match=r"on the scale 'power'"):
        sk.band_centred(power)
    with pytest.raises(sk.SpectralKitError, match=r"must be a Spectrogram.*not ndarray"):
        sk.band_centred(power.values)


# the control


@pytest.mark.parametrize("n", [500, 501])
def test_the_control_has_the_same_periodogram_and_other_phases(n):
    x = 3 + rng().standard_normal((2, n))
    control = sk.phase_randomised(x, rng=rng(2))
    expected = sk.periodogram(x, sample_rate=1.0)[1]
    np.testing.assert_allclose(sk.periodogram(control, sample_rate=1.0)[1], expected, atol=1e-10)
    np.testing.assert_allclose(control.mean(axis=-1), x.mean(axis=-1))
    # A correlation of independent noise of 500 samples scatters by .045: 5 standard errors.
    for one, other in [(x[0], control[0]), (control[0], control[1])]:
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.23


def test_the_control_is_stationary_where_the_sound_was_not():
    x = rng().standard_normal(4000) * (np.arange(4000) < 1000)
    quarters = sk.phase_randomised(x, rng=rng(2)).reshape(4, -1).std(axis=1)
    np.testing.assert_allclose(quarters, np.std(x), rtol=0.2)  # each scatters by about .03


def test_the_control_keeps_the_type_and_needs_a_generator():
    assert sk.phase_randomised(np.ones(8, np.float32), rng=rng()).dtype == np.float32
    with pytest.raises(sk.SpectralKitError, match="rng must be"):
        sk.phase_randomised(np.ones(8), rng=1)
    with pytest.raises(sk.SpectralKitError, match="signal is empty"):
        sk.phase_randomised([], rng=rng())
