"""Bad input: one exception type, one sentence with what was given and what is needed."""

import re
import warnings

import numpy as np
import pytest

import spectralkit as sk

GOOD = np.random.default_rng(1).normal(size=(8, 8))
RNG = np.random.default_rng(1)
F = np.array([0.1, 0.2, 0.3, 0.4])
LAW = sk.PowerLaw(2.0, 1.0)

IMAGE_FUNCTIONS = {
    "power_spectrum": sk.power_spectrum,
    "log_magnitude": sk.log_magnitude,
    "swap_phase magnitude": lambda x: sk.swap_phase(x, GOOD),
    "swap_phase phase": lambda x: sk.swap_phase(GOOD, x),
    "rapsd": sk.rapsd,
    "spectral_slice": lambda x: sk.spectral_slice(x, 0.0),
    "mean_log_spectrum": lambda x: sk.mean_log_spectrum([x]),
    "equivalent_low_pass": lambda x: sk.equivalent_low_pass(x, LAW, 0.1),
    "ideal_low_pass": lambda x: sk.ideal_low_pass(x, 0.1),
}


def put(value, *index):
    """The good image with one value replaced."""
    image = GOOD.copy()
    image[index] = value
    return image


BAD_IMAGES = {
    "too few axes": (GOOD[0], r"shape \(H, W\).*\(8,\)"),
    "a number": (1.0, r"shape \(H, W\).*\(\)"),
    "empty": (np.zeros((0, 8)), r"empty.*\(0, 8\)"),
    "an empty batch": (np.zeros((0, 8, 8)), r"empty.*\(0, 8, 8\)"),
    "NaN": (put(np.nan, 2, 5), r"nan at index \(2, 5\).*not finite"),
    "infinite": (put(-np.inf, 0, 7), r"-inf at index \(0, 7\).*not finite"),
    "complex": (GOOD + 0j, r"real numbers.*complex.*\.real or abs"),
    "objects": (np.full((4, 4), None), r"real numbers.*objects such as NoneType"),
    "text": (np.full((4, 4), "1.0"), r"real numbers.*<U3"),
    "dates": (np.zeros((4, 4), "M8[s]"), r"real numbers.*datetime64"),
    "ragged": ([[1, 2, 3, 4], [5, 6]], r"rows have different lengths"),
    "too small": (np.zeros((3, 8)), r"at least 4 by 4.*3 by 8"),
    "colour last": (np.zeros((8, 8, 3)), r"8 by 3.*colour channels.*image\[\.\.\., 1\]"),
}


def assert_refused(match, call, *args, **options):
    """The call raises the one exception type with one finished sentence, and nothing warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(sk.SpectralKitError) as caught:
            call(*args, **options)
    message = str(caught.value)
    assert re.search(match, message), message
    assert message.endswith(".")
    assert len(message) < 240


def test_the_exception_is_a_value_error_so_that_callers_need_not_know_it():
    assert issubclass(sk.SpectralKitError, ValueError)


@pytest.mark.parametrize("kind", BAD_IMAGES)
@pytest.mark.parametrize("function", IMAGE_FUNCTIONS)
def test_unusable_images_are_refused_by_every_function(function, kind):
    image, match = BAD_IMAGES[kind]
    if function == "mean_log_spectrum":
        match = "image 0.*" + match
    assert_refused(match, IMAGE_FUNCTIONS[function], image)


@pytest.mark.parametrize("window", ["hanning", "Hann", "", 1, True, ["hann"], np.ones(8)])
def test_an_unknown_window_is_refused_with_the_known_ones(window):
    calls = [
        lambda: sk.power_spectrum(GOOD, window=window),
        lambda: sk.rapsd(GOOD, window=window),
        lambda: sk.spectral_slice(GOOD, 0.0, window=window),
        lambda: sk.mean_log_spectrum([GOOD], window=window),
        lambda: sk.periodogram(GOOD[0], sample_rate=1.0, window=window),
    ]
    for call in calls:
        assert_refused(r"window=.* not known.*None, 'hann'", call)


def periodogram(signal, sample_rate=1.0):
    return sk.periodogram(signal, sample_rate=sample_rate)


def noise(shape=(8, 8), exponent=2.0, rng=RNG):
    return sk.power_law_noise(shape, exponent=exponent, rng=rng)


def white(shape=(8, 8), std=1.0, rng=RNG):
    return sk.white_noise(shape, std=std, rng=rng)


@pytest.mark.parametrize(
    ("match", "call"),
    [
        (r"floor must be positive.*0", lambda: sk.log_magnitude(GOOD, floor=0.0)),
        (r"floor must be positive.*-1", lambda: sk.log_magnitude(GOOD, floor=-1)),
        (r"floor holds nan", lambda: sk.log_magnitude(GOOD, floor=np.nan)),
        (r"one shape.*\(8, 8\) and \(8, 6\)", lambda: sk.swap_phase(GOOD, GOOD[:, :6])),
        (r"angle holds inf", lambda: sk.spectral_slice(GOOD, np.inf)),
        (r"angle must be one number.*\(2,\)", lambda: sk.spectral_slice(GOOD, [0.0, 1.0])),
        (r"angle must hold real numbers", lambda: sk.spectral_slice(GOOD, "x")),
        (r"images is empty.*at least one", lambda: sk.mean_log_spectrum([])),
        (r"image 1 must have shape \(H, W\).*\(2, 8, 8\)",
         lambda: sk.mean_log_spectrum([GOOD, np.stack([GOOD, GOOD])])),
        (r"one size.*image 0 is \(8, 8\).*image 2 is \(8, 6\)",
         lambda: sk.mean_log_spectrum([GOOD, GOOD, GOOD[:, :6]])),
        (r"image 1 has no power on ring 1.*constant",
         lambda: sk.mean_log_spectrum([GOOD, np.zeros((8, 8))])),
        (r"signal must have shape \(\.\.\., n\).*at least 4.*\(3,\)",
         lambda: periodogram([1, 2, 3])),
        (r"signal holds nan at index 2", lambda: periodogram([1, 2, np.nan, 4])),
        (r"signal is empty", lambda: periodogram([])),
        (r"signal must have shape.*\(\)", lambda: periodogram(3.0)),
        (r"sample_rate must be positive.*0", lambda: periodogram(GOOD[0], 0)),
        (r"sample_rate must be positive.*-44100", lambda: periodogram(GOOD[0], -44100)),
        (r"sample_rate must be one number", lambda: periodogram(GOOD[0], [1, 2])),
        (r"frequency must be positive.*starts at 0.*DC", lambda: sk.resample_loglog(F - 0.1, F)),
        (r"increase strictly.*0\.3 follows 0\.4 at index 1",
         lambda: sk.resample_loglog(F[::-1], F)),
        (r"increase strictly.*0\.2 follows 0\.2 at index 2",
         lambda: sk.resample_loglog([0.1, 0.2, 0.2], [1, 1, 1])),
        (r"frequency must have shape \(R,\).*\(2, 2\)",
         lambda: sk.fit_power_law(np.ones((2, 2)), F)),
        (r"frequency must have shape \(R,\).*\(\)", lambda: sk.fit_power_law(0.1, 1.0)),
        (r"one value per frequency.*\(\.\.\., 4\).*\(3,\)", lambda: sk.resample_loglog(F, F[:3])),
        (r"one value per frequency.*\(\.\.\., 4\).*\(3,\)", lambda: sk.fit_power_law(F, F[:3])),
        (r"power must be positive.*0 at index 1", lambda: sk.resample_loglog(F, [1, 0, 1, 1])),
        (r"power must be positive.*-2 at index 3", lambda: sk.fit_power_law(F, [1, 1, 1, -2])),
        (r"power holds nan at index 0", lambda: sk.fit_power_law(F, [np.nan, 1, 1, 1])),
        (r"num holds inf", lambda: sk.resample_loglog(F, F, num=np.inf)),
        (r"At least 2", lambda: sk.resample_loglog(F, F, num=1)),
        (r"At least 2", lambda: sk.resample_loglog(F[:1], F[:1])),
        (r"power is missing", lambda: sk.fit_power_law(F)),
        (r"power is given twice", lambda: sk.fit_power_law(sk.rapsd(GOOD), F)),
        (r"needs at least 2", lambda: sk.fit_power_law(sk.rapsd(GOOD), band=(0.2, 0.3))),
        (r"holds 1 of the frequencies.*at least 2", lambda: sk.fit_power_law(sk.rapsd(np.eye(4)))),
        (r"low < high.*\(0\.4, 0\.1\)", lambda: sk.fit_power_law(F, F, band=(0.4, 0.1))),
        (r"band from 0\.11 to 0\.15 holds 0.*0\.1 to 0\.4",
         lambda: sk.fit_power_law(F, F, band=(0.11, 0.15))),
        (r"frequency must be positive.*0", lambda: LAW([0.1, 0.0])),
        (r"frequency holds nan", lambda: LAW(np.nan)),
        (r"level must be positive.*0", lambda: LAW.crossing(0)),
        (r"exponent -1 .*does not fall", lambda: sk.PowerLaw(-1.0, 1.0).crossing(1.0)),
        (r"exponent 0 .*does not fall", lambda: sk.PowerLaw(0.0, 1.0).crossing(1.0)),
        (r"must be one number.*\(2,\)", lambda: sk.PowerLaw(F[:2], F[:2]).crossing(1.0)),
        (r"falls too slowly", lambda: sk.PowerLaw(1e-4, 1.0).crossing(1e-30)),
        (r"law must be a PowerLaw such as fit_power_law\(spectrum\), not tuple",
         lambda: sk.hinge((2.0, 1.0), 0.1, F)),
        (r"law must be a PowerLaw.*not float", lambda: sk.crossing_frequency(2.0, 0.1)),
        (r"law must be a PowerLaw.*not NoneType",
         lambda: sk.equivalent_low_pass(GOOD, None, 0.1)),
        (r"sigma must be at least 0.*-1", lambda: sk.hinge(LAW, -1, F)),
        (r"sigma must be at least 0.*1e\+200", lambda: sk.hinge(LAW, 1e200, F)),
        (r"sigma must be at least 0.*-1", lambda: sk.equivalent_low_pass(GOOD, LAW, -1)),
        (r"sigma holds nan", lambda: sk.equivalent_low_pass(GOOD, LAW, np.nan)),
        (r"sigma must be one number.*\(4,\)", lambda: sk.hinge(LAW, F, F)),
        (r"frequency must be positive.*0", lambda: sk.hinge(LAW, 0.1, [0.0, 0.1])),
        (r"sigma must be positive.*0", lambda: sk.crossing_frequency(LAW, 0.0)),
        (r"threshold must be positive.*0",
         lambda: sk.crossing_frequency(LAW, 0.1, threshold=0)),
        (r"level must be positive", lambda: sk.crossing_frequency(LAW, 1e-200)),
        (r"exponent 0 .*does not fall", lambda: sk.crossing_frequency(sk.PowerLaw(0, 1), 0.1)),
        (r"exponent -2 .*does not fall", lambda: sk.crossing_frequency(sk.PowerLaw(-2, 1), 0.1)),
        (r"exponent holds inf", lambda: sk.crossing_frequency(sk.PowerLaw(np.inf, 1), 0.1)),
        (r"exponent holds nan", lambda: sk.crossing_frequency(sk.PowerLaw(np.nan, 1), 0.1)),
        (r"must be one number.*\(2,\)",
         lambda: sk.crossing_frequency(sk.PowerLaw(F[:2], F[:2]), 0.1)),
        (r"exponent must be one number.*\(2,\)",
         lambda: sk.equivalent_low_pass(GOOD, sk.PowerLaw(F[:2], F[:2]), 0.1)),
        (r"amplitude must be positive.*0",
         lambda: sk.equivalent_low_pass(GOOD, sk.PowerLaw(2.0, 0.0), 0.1)),
        (r"cutoff must be at least 0.*-0\.1", lambda: sk.ideal_low_pass(GOOD, -0.1)),
        (r"cutoff holds inf", lambda: sk.ideal_low_pass(GOOD, np.inf)),
        (r"spectrum must be a RadialSpectrum such as rapsd\(image\), not ndarray",
         lambda: sk.noise_floor(GOOD)),
        (r"power must be positive.*0", lambda: sk.noise_floor(sk.rapsd(np.zeros((8, 8))))),
        (r"degrees must be positive.*-1", lambda: sk.log_bias([4, -1])),
        (r"degrees must be positive.*0", lambda: sk.log_bias(0)),
        (r"degrees holds inf", lambda: sk.log_bias(np.inf)),
        (r"std must be at least 0.*-1", lambda: white(std=-1)),
        (r"std holds nan", lambda: white(std=np.nan)),
        (r"shape must be \(n,\) or \(H, W\).*\(8, 8, 8\)", lambda: noise((8, 8, 8))),
        (r"exponent holds inf", lambda: noise(exponent=np.inf)),
        (r"exponent must hold real numbers", lambda: noise(exponent="2")),
    ],
)  # fmt: skip
def test_unusable_arguments_are_named_with_what_was_given(match, call):
    assert_refused(match, call)


@pytest.mark.parametrize("rng", [1, None, np.random, np.random.RandomState(1), "seed"])
def test_a_seed_is_no_generator(rng):
    for call in (white, noise):
        assert_refused(r"rng must be a numpy\.random\.Generator such as .*default_rng\(1\)", call,
                       rng=rng)  # fmt: skip


@pytest.mark.parametrize(
    "shape", [(), (8.0, 8.0), (-8, 8), (0,), "8", None, (8, None), [[8, 8]], [[4], [8, 8]]]
)
def test_a_shape_holds_whole_positive_numbers(shape):
    for call in (white, noise):
        assert_refused(r"shape must hold whole numbers of at least \d", call, shape)


def test_power_law_noise_needs_4_samples_along_each_side():
    assert_refused(r"at least 4.*\(8, 3\)", noise, (8, 3))


@pytest.mark.parametrize("band", [(0.1,), (0.1, 0.2, 0.3), 0.2, "ab", ("a", "b"), (None, 0.5),
                                  (np.nan, 0.5)])  # fmt: skip
def test_a_band_is_two_numbers(band):
    assert_refused(r"band", sk.fit_power_law, F, F, band=band)


def test_zero_power_is_legal_where_no_logarithm_is_taken():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sk.rapsd(np.zeros((8, 8))).power.tolist() == [0, 0, 0]
        assert sk.power_spectrum(np.zeros((8, 8)), window="hann").max() == 0
        assert np.isfinite(sk.log_magnitude(np.zeros((8, 8)))).all()
        for angle in (0.0, 0.3):
            assert sk.spectral_slice(np.zeros((8, 8)), angle)[1].tolist() == [0, 0, 0]
        assert sk.periodogram(np.zeros(8), sample_rate=1.0)[1].max() == 0


def test_unknown_mistakes_are_refused_with_the_most_similar_names():
    assert_refused(r"name='rpsd' is not known.* such as 'rapsd'", sk.mistakes.known, "rpsd")
    assert_refused(r"name='rings' is not known", lambda: list(sk.mistakes.of("rings")))
