"""Leading axes are loops, float32 stays float32, and streams are not kept."""

import tracemalloc

import numpy as np
import pytest

import spectralkit as sk

FRAMES = {"n_fft": 8, "hop": 3}
MEL = {"sample_rate": 2.0, "n_mels": 2, **FRAMES}
RINGS = np.arange(1, 40) / 80

IMAGE_FUNCTIONS = {
    "power_spectrum": sk.power_spectrum,
    "power_spectrum hann": lambda x: sk.power_spectrum(x, window="hann"),
    "log_magnitude": sk.log_magnitude,
    "swap_phase": lambda x: sk.swap_phase(x, x[..., ::-1, ::-1]),
    "rapsd": lambda x: sk.rapsd(x).power,
    "rapsd hann": lambda x: sk.rapsd(x, window="hann").power,
    "spectral_slice": lambda x: sk.spectral_slice(x, 0.4)[1],
    "equivalent_low_pass": lambda x: sk.equivalent_low_pass(x, sk.PowerLaw(2.0, 0.1), 2.0),
    "ideal_low_pass": lambda x: sk.ideal_low_pass(x, 0.3),
    "periodogram": lambda x: sk.periodogram(x, sample_rate=2.0)[1],
    "periodogram hann": lambda x: sk.periodogram(x, sample_rate=2.0, window="hann")[1],
    "frame_signal": lambda x: sk.frame_signal(x, frame_length=4, hop=3),
    "stft": lambda x: sk.stft(x, **FRAMES).real,
    "istft": lambda x: sk.istft(sk.stft(x, **FRAMES), hop=3),
    "spectrogram": lambda x: sk.spectrogram(x, sample_rate=2.0, **FRAMES).values,
    "spectrogram log": lambda x: sk.spectrogram(x, sample_rate=2.0, **FRAMES, scale="log").values,
    "mel_spectrogram": lambda x: sk.mel_spectrogram(x, **MEL).values,
    "log_mel": lambda x: sk.log_mel(x, **MEL).values,
    "band_centred": lambda x: sk.band_centred(sk.log_mel(x, **MEL)).values,
}
POWER_FUNCTIONS = {
    "resample_loglog": lambda p: sk.resample_loglog(RINGS, p, num=50)[1],
    "fit_power_law exponent": lambda p: sk.fit_power_law(RINGS, p).exponent,
    "fit_power_law amplitude": lambda p: sk.fit_power_law(RINGS, p, band=(0.1, 0.4)).amplitude,
    "noise_floor": lambda p: sk.noise_floor(sk.RadialSpectrum(RINGS, p, np.full(len(RINGS), 8))),
    "fit_power_law r_squared": lambda p: sk.fit_power_law(RINGS, p, resample=False).r_squared,
}
ARRAY_FUNCTIONS = ["resample_loglog", *IMAGE_FUNCTIONS]


def batch_for(name, seed=1):
    """Two by three images, or spectra, of different strength."""
    rng = np.random.default_rng(seed)
    strength = np.arange(1.0, 7.0).reshape(2, 3, 1)
    if name in POWER_FUNCTIONS:
        return strength * rng.lognormal(size=(2, 3, len(RINGS)))
    return strength[..., np.newaxis] * rng.normal(1.0, 1.0, (2, 3, 12, 15))


@pytest.mark.parametrize("name", [*IMAGE_FUNCTIONS, *POWER_FUNCTIONS])
def test_leading_axes_equal_a_loop(name):
    function = {**IMAGE_FUNCTIONS, **POWER_FUNCTIONS}[name]
    batch = batch_for(name)
    together = function(batch)
    one_by_one = np.array([[function(one) for one in row] for row in batch])
    assert together.shape == one_by_one.shape
    np.testing.assert_allclose(together, one_by_one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ARRAY_FUNCTIONS)
def test_float32_stays_float32_and_close_to_float64(name):
    function = {**IMAGE_FUNCTIONS, **POWER_FUNCTIONS}[name]
    batch = batch_for(name).astype(np.float32)
    single, double = function(batch), function(batch.astype(np.float64))
    assert single.dtype == np.float32
    assert double.dtype == np.float64
    np.testing.assert_allclose(single, double, rtol=1e-3, atol=1e-5 * np.abs(double).max())


@pytest.mark.parametrize("window", [None, "hann"])
def test_float32_is_exact_enough_for_photographs_with_pixels_from_0_to_255(photographs, window):
    pixels = np.float32(127.5 * (photographs + 1)).round()
    single = sk.rapsd(pixels, window=window).power
    double = sk.rapsd(pixels.astype(np.float64), window=window).power
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, bool])
def test_other_number_types_are_taken_as_float64(dtype):
    image = np.random.default_rng(1).integers(0, 2, (8, 8)).astype(dtype)
    power = sk.power_spectrum(image)
    assert power.dtype == np.float64
    assert power.sum() == pytest.approx((image.astype(float) ** 2).sum())


def test_functions_leave_their_input_alone():
    for name, function in {**IMAGE_FUNCTIONS, **POWER_FUNCTIONS}.items():
        batch = batch_for(name)
        before = batch.copy()
        function(batch)
        np.testing.assert_array_equal(batch, before)


# mean_log_spectrum


@pytest.mark.parametrize("window", [None, "hann"])
def test_mean_log_spectrum_is_the_geometric_mean_of_the_spectra(window):
    images = batch_for("rapsd").reshape(6, 12, 15)
    mean = sk.mean_log_spectrum(iter(images), window=window)
    each = sk.rapsd(images, window=window)
    np.testing.assert_allclose(mean.power, np.prod(each.power, axis=0) ** (1 / 6), rtol=1e-9)
    np.testing.assert_array_equal(mean.frequency, each.frequency)
    np.testing.assert_array_equal(mean.counts, each.counts)


def test_mean_log_spectrum_of_float32_sums_in_float64():
    images = [np.float32(image) for image in batch_for("rapsd").reshape(6, 12, 15)]
    mean = sk.mean_log_spectrum(images)
    assert mean.power.dtype == np.float32
    np.testing.assert_allclose(
        mean.power, sk.mean_log_spectrum([np.float64(image) for image in images]).power, rtol=1e-5
    )


def test_a_progress_bar_counts_the_images_and_is_silent_unless_asked(capsys):
    images = batch_for("rapsd").reshape(6, 12, 15)
    sk.mean_log_spectrum(images)
    assert capsys.readouterr().err == ""
    sk.mean_log_spectrum(images, progress=True)
    assert "6/6" in capsys.readouterr().err


def peak_memory(number):
    """Most bytes held while the mean over so many new images of 128 by 128 is taken."""
    rng = np.random.default_rng(1)
    tracemalloc.start()
    sk.mean_log_spectrum(rng.normal(size=(128, 128)) for _ in range(number))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_of_mean_log_spectrum_does_not_grow_with_the_number_of_images():
    peak_memory(1)  # builds what is cached per size
    assert peak_memory(100) < peak_memory(10) + 128 * 128 * 8  # less than one image more
