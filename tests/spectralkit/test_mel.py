"""Mel scales, filterbanks and log-mels, by closed forms; librosa's numbers are in another file."""

import numpy as np
import pytest

import spectralkit as sk

OPTIONS = {"sample_rate": 16000, "n_fft": 1024, "hop": 256, "n_mels": 40}
BANK = {"sample_rate": 16000, "n_fft": 1024, "n_mels": 40}


def noise(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape)


# scales


def test_landmarks_of_the_two_scales():
    np.testing.assert_allclose(sk.hz_to_mel([0, 200, 1000, 6400]), [0, 3, 15, 42])
    np.testing.assert_allclose(
        sk.hz_to_mel([0, 700, 6300], scale="htk"), [0, 2595 * np.log10(2), 2595]
    )
    assert sk.hz_to_mel(1000, scale="htk") == pytest.approx(1000, abs=0.02)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_the_scales_are_increasing_and_invertible(scale):
    f = np.linspace(0, 24000, 1000).reshape(10, 100)
    mel = sk.hz_to_mel(f, scale=scale)
    assert (np.diff(mel.ravel()) > 0).all()
    np.testing.assert_allclose(sk.mel_to_hz(mel, scale=scale), f, atol=1e-8)


def test_the_linear_and_the_logarithmic_part_of_slaneys_scale_meet_with_one_slope():
    below, above = np.diff(sk.hz_to_mel([999.9, 1000.0, 1000.1]))
    assert below == pytest.approx(above, rel=0.04)  # 3/200 against 27 / (1000 ln 6.4)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_numbers_that_are_no_pitch_are_refused(scale):
    for function in (sk.hz_to_mel, sk.mel_to_hz):
        with pytest.raises(sk.SpectralKitError, match="must not be negative, but holds -1"):
            function([3.0, -1.0], scale=scale)
        with pytest.raises(sk.SpectralKitError, match="holds nan"):
            function(np.nan, scale=scale)
        with pytest.raises(sk.SpectralKitError, match="scale='mel' is not known"):
            function(1.0, scale="mel")
    with pytest.raises(sk.SpectralKitError, match="is it in Hz"):
        sk.mel_to_hz(1e6, scale=scale)


# filterbanks


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_filters_of_unit_area_leave_white_noise_flat(scale):
    bank = sk.mel_filterbank(sample_rate=16000, n_fft=16384, n_mels=40, scale=scale)
    np.testing.assert_allclose(bank.sum(axis=1) * 16000 / 16384, 1, rtol=0.01)


def test_neighbouring_filters_of_unit_peak_add_up_to_one():
    bank = sk.mel_filterbank(sample_rate=16000, n_fft=2048, n_mels=30, norm=None)
    centres = sk.mel_spectrogram(noise(4000), **(OPTIONS | {"n_mels": 30})).frequencies
    bins = np.fft.rfftfreq(2048, 1 / 16000)
    between = (bins > centres[0]) & (bins < centres[-1])
    np.testing.assert_allclose(bank.sum(axis=0)[between], 1)


def test_filters_are_triangles_between_the_edges():
    bank = sk.mel_filterbank(sample_rate=8000, n_fft=800, n_mels=3, fmin=200, fmax=1000, norm=None)
    f = np.arange(401) * 10.0  # equal steps of 200 Hz, as the scale is linear here
    for row, (low, peak, high) in zip(bank, [(200, 400, 600), (400, 600, 800), (600, 800, 1000)],
                                      strict=True):  # fmt: skip
        np.testing.assert_allclose(row, np.interp(f, [low, peak, high], [0, 1, 0]), atol=1e-9)


def test_a_bank_is_new_at_every_call():
    first = sk.mel_filterbank(**BANK)
    first[:] = 0
    assert sk.mel_filterbank(**BANK).any()


def test_more_filters_than_bins_are_refused_and_the_empty_ones_named():
    with pytest.raises(sk.SpectralKitError) as caught:
        sk.mel_filterbank(sample_rate=16000, n_fft=128, n_mels=80)
    bins = np.arange(65) * 125.0
    edges = sk.mel_to_hz(np.linspace(0, float(sk.hz_to_mel(8000)), 82))
    empty = [i for i in range(80) if not ((bins > edges[i]) & (bins < edges[i + 2])).any()]
    assert f"{len(empty)} of 80 filters hold no bin" in str(caught.value)
    assert "number " + ", ".join(map(str, empty[:8])) in str(caught.value)
    with pytest.raises(sk.SpectralKitError, match="hold no bin"):
        sk.log_mel(noise(4000), **(OPTIONS | {"n_mels": 600}))


@pytest.mark.parametrize(
    ("sentence", "options"),
    [
        (r"fmax=9000 Hz is above the Nyquist frequency, 8000 Hz", {"fmax": 9000}),
        (r"below fmax, but they are 500 and 400", {"fmin": 500, "fmax": 400}),
        (r"fmin must be at least 0", {"fmin": -1}),
        (r"fmax must be one number|fmax holds nan", {"fmax": np.nan}),
        (r"n_mels must be at least 1, but is 0", {"n_mels": 0}),
        (r"n_mels must be a whole number", {"n_mels": 4.5}),
        (r"n_fft must be at least 2", {"n_fft": 0}),
        (r"sample_rate must be positive", {"sample_rate": -16000}),
        (r"scale='HTK' is not known", {"scale": "HTK"}),
        (r"norm='area' is not known", {"norm": "area"}),
    ],
)  # fmt: skip
def test_filterbanks_that_cannot_be_are_refused(sentence, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.mel_filterbank(**(BANK | options))
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.log_mel(noise(4000), **(OPTIONS | options))


# spectrograms on mel scales


def test_a_mel_spectrogram_is_the_filterbank_times_the_power():
    x = noise(2, 3, 4000)
    power = sk.spectrogram(x, sample_rate=16000, n_fft=1024, hop=256).values
    result = sk.mel_spectrogram(x, **OPTIONS)
    np.testing.assert_allclose(result.values, sk.mel_filterbank(**BANK) @ power, rtol=1e-12)
    assert result.scale == "power"


def test_the_loudest_value_reads_0_db_and_none_lies_more_than_top_db_below():
    x = np.concatenate([noise(4000), np.zeros(4000)])
    result = sk.log_mel(x, **OPTIONS, top_db=60.0)
    assert (result.values.max(), result.values.min()) == (0, -60)


def test_a_tone_twice_as_strong_reads_6_db_more():
    x = noise(4000)
    options = OPTIONS | {"ref": 1.0, "top_db": None}
    louder = sk.log_mel(2 * x, **options).values - sk.log_mel(x, **options).values
    np.testing.assert_allclose(louder, 20 * np.log10(2))


def test_each_signal_of_a_batch_has_its_own_reference():
    x = noise(4000)
    both = sk.log_mel(np.stack([x, 0.01 * x]), **OPTIONS).values
    np.testing.assert_allclose(both[1], both[0], atol=1e-6)


@pytest.mark.parametrize(
    ("sentence", "signal", "options"),
    [
        (r"is silent", np.zeros(4000), {}),
        (r"is silent", np.zeros(4000), {"ref": 1.0}),
        (r"is empty", [], {}),
        (r"holds nan", np.r_[noise(4000), np.nan], {}),
        (r"looks like channels", noise(4000, 2), {}),
        (r"ref='mean' is not known", noise(4000), {"ref": "mean"}),
        (r"ref must be positive", noise(4000), {"ref": 0.0}),
        (r"amin must be positive", noise(4000), {"amin": 0.0}),
        (r"top_db must be positive", noise(4000), {"top_db": -80.0}),
    ],
)
def test_log_mels_that_would_hold_no_numbers_are_refused(sentence, signal, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.log_mel(signal, **(OPTIONS | options))
