"""A player holds its sound, at one level, and says what there is to hear."""

import io
import re
import wave
from base64 import b64decode

import numpy as np
import pytest

import spectralkit as sk

NOISE = sk.white_noise(8000, std=7.0, rng=np.random.default_rng(1))


@pytest.fixture
def displayed(monkeypatch):
    """What `play` hands to the notebook."""
    calls = []
    monkeypatch.setattr("IPython.display.display", lambda *args, **rest: calls.append((args, rest)))
    return calls


def played(displayed, signal, rate=16000):
    """The samples that a browser gets, full scale 1, and their rate."""
    sk.play(signal, sample_rate=rate, title="noise", description="It hisses.")
    html = displayed[-1][0][0]["text/html"]
    (data,) = re.findall(r'src="data:audio/wav;base64,([^"]+)"', html)
    with wave.open(io.BytesIO(b64decode(data))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth()) == (1, 2)
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
        return samples / 32767, wav.getframerate()


def test_a_player_holds_the_sound_at_the_common_level(displayed):
    for strength in (1e-200, 1e-3, 1.0, 1e200):
        heard, rate = played(displayed, strength * NOISE)
        assert rate == 16000
        assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.1, rel=1e-3)
        np.testing.assert_allclose(heard, NOISE * (0.1 / np.sqrt(np.mean(NOISE**2))), atol=2e-5)


def test_a_peak_is_never_cut_but_the_sound_played_softer(displayed):
    click = np.zeros(4000)
    click[100] = -3.0
    heard, _ = played(displayed, click, rate=8000)
    assert heard.min() == -1
    assert np.count_nonzero(heard) == 1


def test_a_player_has_a_name_and_words_in_html_and_in_plain_text(displayed):
    sk.play(NOISE, sample_rate=8000, title='pink & "soft"', description="1 < 2: a waterfall.")
    (((output,), options),) = displayed
    assert options == {"raw": True}
    assert output["text/plain"] == 'pink & "soft". 1 < 2: a waterfall.'
    html = output["text/html"]
    assert html.count('aria-label="pink &amp; &quot;soft&quot;"') == 2
    assert "1 &lt; 2: a waterfall." in html
    assert "<audio controls " in html
    assert "autoplay" not in html


def test_whom_a_sound_is_owed_to_stands_below_it(displayed):
    robin = sk.clips("nature")[1]
    words = {"title": "Robin", "description": "It sings."}
    sk.play(robin.signal, sample_rate=22050, **words, attribution=robin.attribution)
    (((output,), _),) = displayed
    assert output["text/plain"] == f"Robin. It sings. {robin.attribution}"
    below = output["text/html"].split("</audio>")[1]
    assert "InspectorJ, CC BY 3.0 &lt;https://creativecommons.org/licenses/by/3.0/&gt;" in below


@pytest.mark.parametrize(
    ("match", "options"),
    [
        (r"title is empty", {"title": " "}),
        (r"description is empty", {"description": ""}),
        (r"mono.*\(2, 8000\)", {"signal": np.stack([NOISE, NOISE])}),
        (r"at most 10 seconds.*\(90000,\)", {"signal": np.ones(90000)}),
        (r"silent", {"signal": np.zeros(100)}),
        (r"signal holds nan", {"signal": np.array([0.0, np.nan])}),
        (r"whole number from 8000 to 48000.*96000", {"sample_rate": 96000}),
        (r"whole number from 8000 to 48000.*8000\.5", {"sample_rate": 8000.5}),
    ],
)
def test_what_cannot_be_heard_is_refused(displayed, match, options):
    usual = {"signal": NOISE, "sample_rate": 8000, "title": "noise", "description": "It hisses."}
    given = usual | options
    with pytest.raises(sk.SpectralKitError, match=match):
        sk.play(given.pop("signal"), **given)
    assert displayed == []
