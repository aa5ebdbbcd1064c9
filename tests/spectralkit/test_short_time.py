"""Frames, the short-time Fourier transform there and back, and spectrograms."""

import numpy as np
import pytest
from scipy.signal import check_NOLA, get_window

import spectralkit as sk
from spectralkit.framing import WINDOWS

RATE = 8000


def noise(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape)


def straightforward_stft(x, n_fft, hop, window, *, center):
    """Frame by frame, by the sum that defines the transform."""
    if center:
        x = np.concatenate([np.zeros(n_fft // 2), x, np.zeros(n_fft // 2)])
    basis = np.exp(-2j * np.pi * np.outer(np.arange(n_fft // 2 + 1), np.arange(n_fft)) / n_fft)
    starts = range(0, len(x) - n_fft + 1, hop)
    return np.stack([basis @ (window * x[start : start + n_fft]) for start in starts], axis=1)


# frames


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(("n", "length", "hop"), [(100, 16, 4), (101, 17, 5), (64, 64, 64)])
def test_frames_are_the_pieces_of_the_padded_signal(center, n, length, hop):
    x = noise(n)
    frames = sk.frame_signal(x, frame_length=length, hop=hop, center=center)
    by = length // 2 if center else 0
    padded = np.concatenate([np.zeros(by), x, np.zeros(by)])
    expected = [padded[s : s + length] for s in range(0, len(padded) - length + 1, hop)]
    np.testing.assert_array_equal(frames, expected)


def test_centring_gives_more_frames_and_puts_their_middles_where_they_are_said_to_be():
    x = noise(125 * 256)
    centred = sk.spectrogram(x, sample_rate=16000, n_fft=1024, hop=256)
    other = sk.spectrogram(x, sample_rate=16000, n_fft=1024, hop=256, center=False)
    assert (len(centred.times), len(other.times)) == (126, 122)
    np.testing.assert_allclose(centred.times, np.arange(126) * 0.016)
    np.testing.assert_allclose(other.times[0], 0.032)
    for result in (centred, other):
        click = np.zeros(125 * 256)
        click[8000] = 1.0
        options = {"sample_rate": 16000, "n_fft": 1024, "hop": 256}
        heard = sk.spectrogram(click, **options, center=result is centred)
        loudest = heard.times[heard.values.sum(axis=0).argmax()]
        assert loudest == pytest.approx(0.5, abs=0.008)


def test_padding_mirrors_or_repeats_the_ends():
    x = np.arange(1.0, 9.0)
    frames = {
        mode: sk.frame_signal(x, frame_length=4, hop=4, pad_mode=mode)[0].tolist()
        for mode in ("constant", "reflect", "edge")
    }
    assert frames == {
        "constant": [0, 0, 1, 2],
        "reflect": [3, 2, 1, 2],
        "edge": [1, 1, 1, 2],
    }


# the transform


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("n_fft", "hop"), [(32, 8), (33, 10)])
def test_stft_is_the_sum_that_defines_it(window, n_fft, hop, center):
    x = noise(200)
    values = get_window(window, n_fft)
    np.testing.assert_allclose(
        sk.stft(x, n_fft=n_fft, hop=hop, window=window, center=center),
        straightforward_stft(x, n_fft, hop, values, center=center),
        atol=1e-12,
    )


def test_windows_are_periodic():
    np.testing.assert_allclose(
        sk.stft(np.ones(64), n_fft=16, hop=4, center=False),
        sk.stft(np.ones(64), n_fft=16, hop=4, center=False, window=np.hanning(17)[:-1]),
        atol=1e-12,
    )
    # The mean of a periodic Hann window is exactly one half.
    assert sk.stft(np.ones(64), n_fft=16, hop=4)[0, 8] == pytest.approx(8)


def test_parseval_holds_frame_by_frame():
    frames = sk.frame_signal(noise(400), frame_length=64, hop=16) * get_window("hann", 64)
    power = np.abs(sk.stft(noise(400), n_fft=64, hop=16)) ** 2
    twice = np.r_[1, np.full(31, 2), 1]
    np.testing.assert_allclose(twice @ power / 64, np.sum(frames**2, axis=-1))


GRID = [
    (window, n_fft, hop, n)
    for window in WINDOWS
    for n_fft, hop in [(64, 16), (64, 32), (64, 24), (63, 20), (128, 1), (64, 63), (50, 50)]
    for n in (333, 640)
]


@pytest.mark.parametrize(("window", "n_fft", "hop", "n"), GRID)
def test_the_round_trip_is_exact_where_windows_overlap_and_refused_where_not(window, n_fft, hop, n):
    x = noise(n)
    spectrum = sk.stft(x, n_fft=n_fft, hop=hop, window=window)
    within = (spectrum.shape[-1] - 1) * hop  # up to the middle of the last frame
    if check_NOLA(get_window(window, n_fft), n_fft, n_fft - hop):
        back = sk.istft(spectrum, n_fft=n_fft, hop=hop, window=window, length=min(n, within))
        np.testing.assert_allclose(back, x[:within], atol=1e-6)
    else:
        with pytest.raises(sk.SpectralKitError, match=f"hop of {hop} leaves sample"):
            sk.istft(spectrum, n_fft=n_fft, hop=hop, window=window)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n", [333, 640, 735])
def test_with_hops_of_up_to_half_a_frame_every_sample_comes_back(window, n):
    for n_fft, hop in [(64, 32), (64, 16), (63, 31)]:
        spectrum = sk.stft(noise(n), n_fft=n_fft, hop=hop, window=window)
        back = sk.istft(spectrum, n_fft=n_fft, hop=hop, window=window, length=n)
        np.testing.assert_allclose(back, noise(n), atol=1e-6)


def test_without_centring_only_samples_under_no_window_are_lost():
    x = noise(16 * 20)
    back = sk.istft(sk.stft(x, n_fft=64, hop=16, center=False), hop=16, center=False)
    np.testing.assert_allclose(back[1:], x[1:], atol=1e-6)
    assert back[0] == 0
    spectrum = sk.stft(x, n_fft=64, hop=16, center=False, window="hamming")
    back = sk.istft(spectrum, hop=16, center=False, window="hamming")
    np.testing.assert_allclose(back, x, atol=1e-6)


def test_the_inverse_is_the_least_squares_solution():
    rng = np.random.default_rng(3)
    spectrum = rng.standard_normal((9, 7)) + 1j * rng.standard_normal((9, 7))
    n = 6 * 4
    columns = np.stack([sk.stft(row, n_fft=16, hop=4).ravel() for row in np.eye(n)], axis=1)
    twice = np.sqrt(np.repeat(np.r_[1.0, np.full(7, 2.0), 1.0], 7))[:, np.newaxis]
    # DC and Nyquist of a real signal are real: their imaginary parts cannot be matched.
    system = np.concatenate([(twice * columns).real, (twice * columns).imag])
    target = twice[:, 0] * spectrum.ravel()
    solution = np.linalg.lstsq(system, np.r_[target.real, target.imag], rcond=None)[0]
    np.testing.assert_allclose(sk.istft(spectrum, hop=4), solution, atol=1e-10)


# spectrograms


def test_a_tone_lies_at_its_frequency_and_has_the_power_of_its_window():
    tone = 0.5 * np.cos(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    result = sk.spectrogram(tone, sample_rate=RATE, n_fft=256, hop=64)
    column = result.values[:, 40]
    assert result.frequencies[column.argmax()] == 1000
    assert column.max() == pytest.approx((0.5 * 256 / 4) ** 2)


def test_scales_are_functions_of_power():
    x = 1e-3 * noise(500)
    options = {"sample_rate": RATE, "n_fft": 64, "hop": 16}
    power = sk.spectrogram(x, **options)
    assert power.scale == "power"
    expected = {
        "magnitude": np.sqrt(power.values),
        "db": 10 * np.log10(np.maximum(power.values, 1e-10)),
        "log": np.log(np.maximum(power.values, 1e-10)),
    }
    for scale, values in expected.items():
        result = sk.spectrogram(x, **options, scale=scale)
        assert result.scale == scale
        np.testing.assert_allclose(result.values, values, atol=1e-12)


def test_blocks_of_frames_leave_no_seam():
    x = noise(64 * 200)  # more frames than one block
    power = sk.spectrogram(x, sample_rate=RATE, n_fft=128, hop=64).values
    np.testing.assert_allclose(power, np.abs(sk.stft(x, n_fft=128, hop=64)) ** 2, rtol=1e-12)


# bad input

OPTIONS = {"sample_rate": RATE, "n_fft": 64, "hop": 16}


@pytest.mark.parametrize(
    ("sentence", "signal", "options"),
    [
        (r"signal is empty", [], {}),
        (r"signal holds nan at index 3", [0, 1, 2, np.nan, 4], {}),
        (r"is silent", np.zeros(500), {"scale": "db"}),
        (r"reaches 1e\+200, whose power is too large for float64", np.full(500, 1e200), {}),
        (r"power is too large for float32", np.full(500, -1e30, np.float32), {}),
        (r"signal \(1,\) is silent", np.stack([noise(500), np.zeros(500)]), {"scale": "log"}),
        (r"\(500, 2\).*looks like channels", noise(500, 2), {}),
        (r"sample_rate must be positive, but is 0", noise(500), {"sample_rate": 0}),
        (r"sample_rate must be positive, but is -1", noise(500), {"sample_rate": -1}),
        (r"hop must be at least 1, but is 0", noise(500), {"hop": 0}),
        (r"hop must be a whole number, not 2\.5", noise(500), {"hop": 2.5}),
        (r"n_fft must be at least 2, but is 1", noise(500), {"n_fft": 1}),
        (r"window='hanning' is not known", noise(500), {"window": "hanning"}),
        (r"window must have shape \(64,\)", noise(500), {"window": np.ones(63)}),
        (r"scale='dB' is not known", noise(500), {"scale": "dB"}),
        (r"pad_mode='wrap' is not known", noise(500), {"pad_mode": "wrap"}),
        (r"too few to be mirrored by 32", noise(32), {"pad_mode": "reflect"}),
        (r"63 samples, too few for one frame of 64", noise(63), {"center": False}),
    ],
)
def test_bad_input_is_refused_in_one_sentence(sentence, signal, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.spectrogram(signal, **(OPTIONS | options))


@pytest.mark.parametrize(
    ("sentence", "spectrum", "options"),
    [
        (r"shape \(\.\.\., bins, frames\)", np.ones(5), {}),
        (r"at least 2 bins", np.ones((1, 5)), {}),
        (r"must hold complex numbers", np.array([["a"]]), {}),
        (r"nan.* at index \(0, 1\)", np.array([[1, np.nan], [0, 0]]), {}),
        (r"has 33 bins, but n_fft=62 has 32", np.ones((33, 9)), {"n_fft": 62}),
        (r"length=500 reaches beyond the 160 samples", np.ones((33, 9)), {"length": 500}),
        (r"length must be at least 1", np.ones((33, 9)), {"length": 0}),
    ],
)
def test_a_spectrum_that_cannot_be_brought_back_is_refused(sentence, spectrum, options):
    with pytest.raises(sk.SpectralKitError, match=sentence):
        sk.istft(spectrum, **({"hop": 16} | options))


def test_silence_has_a_power_spectrogram_of_zeros():
    assert not sk.spectrogram(np.zeros(500), **OPTIONS).values.any()
