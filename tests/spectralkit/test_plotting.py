"""Pictures show what they are given, where they are told to, and say it in words."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import spectralkit as sk

SPECTRUM = sk.RadialSpectrum(
    np.array([0.1, 0.2, 0.4]), np.array([100.0, 1.0, 0.5]), np.array([8, 12, 16])
)
LAW = sk.PowerLaw(exponent=2.0, amplitude=1e-2)


@pytest.fixture(autouse=True)
def figures():
    """No window, and no figure left open."""
    with mpl.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


@pytest.fixture
def displayed(monkeypatch):
    """What `show` hands to the notebook."""
    calls = []
    monkeypatch.setattr("IPython.display.display", lambda *args, **rest: calls.append((args, rest)))
    return calls


# spectrograms

TIMES, FREQUENCIES = np.arange(4) * 0.5, np.array([0.0, 100.0, 200.0])
VALUES = -np.arange(12.0).reshape(3, 4)
VALUES[1, 2] = 5


def test_a_spectrogram_has_time_to_the_right_and_frequency_upwards():
    ax = sk.plot_spectrogram(sk.Spectrogram(VALUES, TIMES, FREQUENCIES, "db"), label="robin")
    (image,) = ax.get_images()
    np.testing.assert_array_equal(image.get_array(), VALUES)
    assert image.origin == "lower"
    np.testing.assert_allclose(image.get_extent(), (-0.25, 1.75, -0.5, 2.5))
    assert image.get_clim() == (5 - 80, 5)
    named = [int(text.get_text()) for text in ax.get_yticklabels()]
    assert named == [0, 50, 100, 150, 200]
    np.testing.assert_allclose(ax.get_yticks() * 100, named)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time / s", "frequency / Hz")
    assert image.colorbar.ax.get_ylabel() == "level / dB"
    assert "strongest at 1.00 s and 100 Hz" in sk.alt_text(ax)


def test_bands_of_a_mel_spectrogram_are_as_high_as_each_other_and_named_in_hertz():
    noise = np.random.default_rng(1).standard_normal(8000)
    mel = sk.mel_spectrogram(noise, sample_rate=16000, n_fft=512, hop=256, n_mels=40)
    ax = sk.plot_spectrogram(mel)
    assert ax.get_images()[0].get_extent()[2:] == [-0.5, 39.5]
    named = [int(text.get_text()) for text in ax.get_yticklabels()]
    assert named == [100, 200, 500, 1000, 2000, 5000]
    np.testing.assert_allclose(
        np.interp(ax.get_yticks(), np.arange(40), mel.frequencies), named, rtol=0.01
    )


def test_a_batch_of_spectrograms_is_not_drawn():
    batch = sk.Spectrogram(np.zeros((2, 3, 4)), TIMES, FREQUENCIES, "db")
    with pytest.raises(sk.SpectralKitError, match=r"one sound, but values have shape \(2, 3, 4\)"):
        sk.plot_spectrogram(batch)
    with pytest.raises(sk.SpectralKitError, match=r"draws a Spectrogram.*not ndarray"):
        sk.plot_spectrogram(VALUES)


# curves


def test_a_spectrum_is_drawn_point_by_point_on_logarithmic_axes():
    ax = sk.plot_rapsd(SPECTRUM, label="photo", color="red")
    (line,) = ax.get_lines()
    np.testing.assert_array_equal(line.get_xdata(), SPECTRUM.frequency)
    np.testing.assert_array_equal(line.get_ydata(), SPECTRUM.power)
    assert line.get_color() == "red"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "cycles/pixel" in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["photo"]


def test_a_law_is_drawn_with_its_values_and_named_by_its_exponent():
    ax = sk.plot_power_law(LAW, SPECTRUM.frequency)
    (line,) = ax.get_lines()
    np.testing.assert_allclose(line.get_ydata(), 1e-2 / SPECTRUM.frequency**2)
    assert "2.00" in line.get_label()


def test_a_hinge_is_drawn_as_given_with_its_crossing_in_the_colour_of_the_line():
    ax = sk.plot_hinge([0.1, 0.2, 0.4], [9.0, 3.0, 2.0], crossing=0.3, label="noise", color="red")
    line, mark = ax.get_lines()
    np.testing.assert_array_equal(line.get_xdata(), [0.1, 0.2, 0.4])
    np.testing.assert_array_equal(line.get_ydata(), [9.0, 3.0, 2.0])
    assert set(mark.get_xdata()) == {0.3}
    assert mark.get_color() == line.get_color() == "red"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert sk.alt_text(ax) == (
        "noise: power goes from 9 at 0.1 to 2 at 0.4 cycles/pixel. "
        "It crosses the noise at 0.3 cycles/pixel."
    )


@pytest.mark.parametrize("crossing", [None, 0.05, 0.7])
def test_a_crossing_outside_of_the_range_is_not_drawn(crossing):
    ax = sk.plot_hinge([0.1, 0.4], [9.0, 2.0], crossing=crossing)
    assert len(ax.get_lines()) == 1
    assert "crosses" not in sk.alt_text(ax)


def test_curves_go_into_the_given_axes_and_make_no_figure():
    _, ax = plt.subplots()
    assert sk.plot_rapsd(SPECTRUM, ax=ax) is ax
    assert sk.plot_power_law(LAW, SPECTRUM.frequency, ax=ax) is ax
    assert sk.plot_hinge([0.1, 0.2], [2.0, 1.0], ax=ax) is ax
    assert len(ax.get_lines()) == 3
    assert len(plt.get_fignums()) == 1


def test_without_axes_each_call_draws_in_a_new_figure():
    one, other = sk.plot_rapsd(SPECTRUM), sk.plot_rapsd(SPECTRUM)
    assert one.figure is not other.figure


# f_max over time


def test_fmax_is_drawn_where_something_stands_out():
    times, found = np.array([0.1, 0.5, 1.0]), np.array([0.3, 0.06, 0.0])
    ax = sk.plot_fmax(times, found, label="flow", color="red")
    (line,) = ax.get_lines()
    np.testing.assert_array_equal(line.get_xdata(), times[:2])
    np.testing.assert_array_equal(line.get_ydata(), found[:2])
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert "cycles/pixel" in ax.get_ylabel()
    assert "0.3 at t = 0.1" in sk.alt_text(ax)
    assert sk.plot_fmax(times, found, ax=ax) is ax


def test_the_undecided_band_is_drawn_as_an_area_between_its_ends():
    low, high = np.array([0.02, 0.01]), np.array([0.2, 0.1])
    ax = sk.plot_fmax([0.2, 0.5], [0.06, 0.03], band=(low, high))
    (area,) = ax.collections
    heights = area.get_paths()[0].vertices[:, 1]
    assert {*low, *high} <= set(heights)


@pytest.mark.parametrize(
    ("times", "found", "message"),
    [([0.1, 0.2], [0.3], "one shape"), ([0.1], [0.0], "nothing stands out")],
)
def test_fmax_that_cannot_be_drawn_is_refused(times, found, message):
    with pytest.raises(sk.SpectralKitError, match=message):
        sk.plot_fmax(times, found)


# pictures


def test_the_picture_stands_beside_its_spectrum_with_dc_at_the_origin_of_the_axes():
    image = np.random.default_rng(1).normal(size=(6, 8))
    spectrum = sk.log_magnitude(image + 9)
    left, right = sk.plot_image_and_spectrum(image, spectrum, title="noise")
    np.testing.assert_array_equal(left.get_images()[0].get_array(), image)
    shown = right.get_images()[0]
    np.testing.assert_array_equal(shown.get_array(), spectrum)
    x0, x1, y0, y1 = shown.get_extent()  # y0 is the lower edge: the last row
    row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
    centre_x = x0 + (column + 0.5) * (x1 - x0) / 8
    centre_y = y1 + (row + 0.5) * (y0 - y1) / 6
    assert (centre_x, centre_y) == pytest.approx((0, 0), abs=1e-12)
    assert left.get_title() == "noise"


def test_pictures_go_into_the_given_axes():
    _, axes = plt.subplots(1, 2)
    assert list(sk.plot_image_and_spectrum(np.eye(4), np.eye(4), axes=axes)) == list(axes)
    assert len(plt.get_fignums()) == 1


# words


def test_alt_text_says_name_ends_and_unit_of_every_curve():
    ax = sk.plot_rapsd(SPECTRUM, label="a cat")
    sk.plot_power_law(LAW, SPECTRUM.frequency, ax=ax)
    text = sk.alt_text(ax)
    assert text == sk.alt_text(ax.figure)
    assert "a cat: power goes from 100 at 0.1 to 0.5 at 0.4 cycles/pixel." in text
    assert "law with exponent 2.00: power goes from 1 at 0.1 to 0.0625 at 0.4" in text


def test_alt_text_of_a_figure_says_all_its_axes():
    left, _ = sk.plot_image_and_spectrum(np.eye(4), np.zeros((4, 4)), title="a line")
    text = sk.alt_text(left.figure)
    assert "a line, 4 by 4 pixels." in text
    assert "0.0 in the middle" in text


def test_axes_that_nobody_described_have_no_alt_text():
    figure, ax = plt.subplots()
    figure.colorbar(mpl.cm.ScalarMappable(), ax=ax)  # labels itself "<colorbar>"
    assert sk.alt_text(figure) == ""


def test_words_are_kept_when_axes_are_drawn_on_twice_and_are_not_a_legend():
    ax = sk.plot_rapsd(SPECTRUM)
    sk.plot_rapsd(SPECTRUM, ax=ax)
    assert sk.alt_text(ax).count("power goes from 100") == 2
    assert ax.get_legend() is None


# show


@pytest.mark.parametrize("alt", [None, "said by hand"])
@pytest.mark.parametrize("whole_figure", [False, True])
def test_show_hands_over_the_picture_once_with_its_words_and_closes_it(
    displayed, alt, whole_figure
):
    ax = sk.plot_rapsd(SPECTRUM, label="a cat")
    expected = alt or sk.alt_text(ax)
    sk.show(ax.figure if whole_figure else ax, alt=alt)
    (((output,), options),) = displayed
    assert options == {"raw": True, "metadata": {"image/png": {"alt": expected}}}
    assert output["text/plain"] == expected
    assert plt.get_fignums() == []


def test_show_hands_over_the_figure_as_it_was_drawn(displayed):
    figure, ax = plt.subplots(figsize=(3, 2), dpi=50)
    ax.set_position((0, 0, 1, 1))
    ax.imshow([[0.0, 1.0]], cmap="gray", aspect="auto")
    ax.axis("off")
    sk.show(figure, alt="black beside white")
    picture = plt.imread(io.BytesIO(displayed[0][0][0]["image/png"]))
    height, width, _ = picture.shape
    assert width / height == pytest.approx(1.5, rel=0.1)
    assert picture[height // 2, width // 4].tolist() == [0, 0, 0, 1]
    assert picture[height // 2, 3 * width // 4].tolist() == [1, 1, 1, 1]


def test_show_refuses_a_figure_without_words(displayed):
    for alt in (None, "", "  "):
        with pytest.raises(sk.SpectralKitError, match=r"show\(figure, alt="):
            sk.show(plt.subplots()[0], alt=alt)
    assert displayed == []


# bad input


@pytest.mark.parametrize(
    ("match", "call"),
    [
        (r"one curve.*\(2, 3\)",
         lambda: sk.plot_rapsd(sk.RadialSpectrum(SPECTRUM.frequency, np.ones((2, 3)), None))),
        (r"one law", lambda: sk.plot_power_law(sk.PowerLaw(np.ones(2), np.ones(2)), [0.1, 0.2])),
        (r"frequency must be positive", lambda: sk.plot_power_law(LAW, [0.0, 0.1])),
        (r"one curve.*\(2, 2\)", lambda: sk.plot_hinge([0.1, 0.2], np.ones((2, 2)))),
        (r"power must be positive", lambda: sk.plot_hinge([0.1, 0.2], [1.0, 0.0])),
        (r"crossing holds inf", lambda: sk.plot_hinge([0.1, 0.2], [1, 1], crossing=np.inf)),
        (r"image must have shape \(H, W\).*\(2, 4, 4\)",
         lambda: sk.plot_image_and_spectrum(np.ones((2, 4, 4)), np.eye(4))),
        (r"log_magnitude holds nan", lambda: sk.plot_image_and_spectrum(np.eye(4), [[np.nan]])),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_before_a_figure_exists(match, call):
    with pytest.raises(sk.SpectralKitError, match=match):
        call()
    assert plt.get_fignums() == []


# style


def test_the_course_style_loads_and_gives_opaque_white_cards():
    with plt.style.context(sk.STYLE):
        figure, ax = plt.subplots()
        assert mpl.colors.to_rgba(figure.get_facecolor()) == (1, 1, 1, 1)
        assert mpl.colors.to_rgba(ax.get_facecolor()) == (1, 1, 1, 1)
        assert not mpl.rcParams["savefig.transparent"]
