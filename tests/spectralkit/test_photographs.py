"""The numbers that the course states of its photographs and textures, computed by the library.

Ten photographs of 256 by 256, green from -1 to 1, mean of logs, resampled, unless said otherwise.
The stated numbers were measured by independent code on the same files.
"""

import numpy as np
import pytest

import spectralkit as sk

STATED = 0.005


def exponent_of(images, *, window=None, **options):
    return sk.fit_power_law(sk.mean_log_spectrum(images, window=window), **options).exponent


@pytest.mark.parametrize(("channel", "stated"), [("green", 2.438), ("red", 2.509), ("blue", 2.450)])
def test_exponent_of_each_channel(channel, stated):
    assert exponent_of(sk.photographs(channel=channel)) == pytest.approx(stated, abs=STATED)


def test_amplitude_and_share_explained(photographs):
    law = sk.fit_power_law(sk.mean_log_spectrum(photographs))
    assert law.amplitude == pytest.approx(9.2e-4, abs=0.05e-4)
    assert law.r_squared == pytest.approx(0.993, abs=0.0005)


def test_what_window_and_spacing_change(photographs):
    assert exponent_of(photographs, window="hann") == pytest.approx(2.371, abs=STATED)
    assert exponent_of(photographs, resample=False) == pytest.approx(2.639, abs=STATED)


def test_the_mean_of_powers_reads_another_exponent_than_the_mean_of_logs(photographs):
    spectrum = sk.rapsd(photographs)
    law = sk.fit_power_law(spectrum.frequency, spectrum.power.mean(axis=0))
    assert law.exponent == pytest.approx(2.471, abs=STATED)


def test_pixel_range_multiplies_the_amplitude_by_its_square_and_leaves_the_exponent(photographs):
    law = sk.fit_power_law(sk.mean_log_spectrum(photographs))
    raw = sk.fit_power_law(sk.mean_log_spectrum(sk.photographs(value_range=(0, 255))))
    assert raw.exponent == pytest.approx(law.exponent, rel=1e-9)
    assert raw.amplitude / law.amplitude == pytest.approx(127.5**2, rel=1e-9)


def test_single_images_spread_about_the_collection():
    photographs = sk.photographs()
    exponents = sk.fit_power_law(sk.rapsd(photographs.images)).exponent
    by_name = dict(zip(photographs.names, exponents, strict=True))
    assert min(by_name, key=by_name.get) == "ascent"
    assert max(by_name, key=by_name.get) == "camera"
    assert by_name["ascent"] == pytest.approx(2.14, abs=STATED)
    assert by_name["camera"] == pytest.approx(2.65, abs=STATED)
    assert exponents.std(ddof=1) == pytest.approx(0.146, abs=0.0005)


def test_no_photograph_has_a_monotone_spectrum(photographs):
    assert (np.diff(sk.rapsd(photographs).power) > 0).any(axis=-1).all()


@pytest.mark.parametrize(
    ("band", "stated"),
    [((0, 0.02), 1.9), ((0.02, 0.05), 2.5), ((0.05, 0.15), 2.6), ((0.15, 0.3), 2.7),
     ((0.3, 0.5), 3.6)],
)  # fmt: skip
def test_the_slope_grows_along_the_curve(photographs, band, stated):
    assert exponent_of(photographs, band=band) == pytest.approx(stated, abs=0.05)


def test_exponents_of_the_textures():
    textures = sk.textures()
    exponents = sk.fit_power_law(sk.rapsd(textures.images)).exponent
    stated = {"grass": 1.10, "brick": 1.20, "gravel": 1.22}
    assert dict(zip(textures.names, exponents, strict=True)) == pytest.approx(stated, abs=STATED)
