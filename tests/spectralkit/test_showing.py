"""Figures are shown once, as they were drawn, with their words."""

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
