"""Sound files are read whole, at any rate, or refused by name and frame."""

import numpy as np
import pytest
import soundfile

import spectralkit as sk

RATE = 16000
NOISE = 0.1 * np.random.default_rng(1).standard_normal(20000)


def tone(hertz, rate, seconds=1.0):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


@pytest.fixture
def written(tmp_path):
    """Write a sound and give its path."""

    def write(name, samples=NOISE, rate=RATE, **options):
        soundfile.write(tmp_path / name, samples, rate, **options)
        return tmp_path / name

    return write


@pytest.mark.parametrize("ending", ["wav", "flac", "aiff", "ogg"])
def test_what_was_written_is_read(written, ending):
    signal, rate = sk.load_audio(written(f"noise.{ending}"))
    assert (signal.shape, signal.dtype, rate) == (NOISE.shape, np.float64, RATE)
    if ending != "ogg":  # lossy
        np.testing.assert_allclose(signal, NOISE, atol=2**-15)


def test_channels_are_averaged_or_kept_in_front(written):
    path = written("stereo.wav", np.stack([NOISE, 0.5 * NOISE], axis=1), subtype="DOUBLE")
    np.testing.assert_allclose(sk.load_audio(path)[0], 0.75 * NOISE)
    both, _ = sk.load_audio(path, mono=False)
    np.testing.assert_allclose(both, [NOISE, 0.5 * NOISE])
    one, _ = sk.load_audio(written("mono.wav"), mono=False)
    assert one.shape == (1, len(NOISE))


@pytest.mark.parametrize(("rate", "wanted"), [(44100, 16000), (16000, 22050), (48000, 8000)])
def test_another_rate_keeps_a_tone_and_its_pitch(written, rate, wanted):
    signal, got = sk.load_audio(written("tone.wav", tone(440, rate), rate), sample_rate=wanted)
    assert got == wanted
    expected = tone(440, wanted)
    assert len(signal) == len(expected)
    inner = slice(wanted // 10, -wanted // 10)  # the filter reaches beyond both ends
    np.testing.assert_allclose(signal[inner], expected[inner], atol=2e-3)


def test_what_lies_above_the_new_nyquist_frequency_is_filtered_and_not_folded(written):
    path = written("high.wav", tone(7000, 16000), 16000)
    signal, _ = sk.load_audio(path, sample_rate=8000)
    assert np.sqrt(np.mean(signal[400:-400] ** 2)) < 1e-3


def test_a_cut_flac_file_is_refused_at_the_frame_where_it_broke(written):
    path = written("cut.flac")
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(
        sk.SpectralKitError, match=r"cut\.flac breaks off .* after frame \d+ of 20000"
    ) as caught:
        sk.load_audio(path)
    frame = int(str(caught.value).split("after frame ")[1].split()[0])
    # What is said to be whole is whole.
    assert 0 < frame < 20000
    with soundfile.SoundFile(path) as sound:
        np.testing.assert_allclose(sound.read(frame), NOISE[:frame], atol=2**-15)


@pytest.mark.parametrize("ending", ["wav", "aiff"])
def test_a_cut_file_without_checksums_is_refused_at_its_last_frame(written, ending):
    path = written(f"cut.{ending}")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 2 * 5000])
    with pytest.raises(
        sk.SpectralKitError, match=rf"cut\.{ending} breaks off .* after frame 15000 of 20000"
    ):
        sk.load_audio(path)


def test_a_cut_ogg_file_is_refused_though_its_length_is_not_announced(written):
    path = written("cut.ogg")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(sk.SpectralKitError, match=r"cut\.ogg breaks off .* after frame \d+"):
        sk.load_audio(path)


def test_a_damaged_flac_file_is_refused(written):
    path = written("bad.flac")
    content = bytearray(path.read_bytes())
    content[15000:15050] = bytes(50)
    path.write_bytes(content)
    with pytest.raises(
        sk.SpectralKitError, match=r"bad\.flac breaks off or is damaged after frame \d+"
    ):
        sk.load_audio(path)


def test_files_that_hold_no_sound_are_refused(tmp_path, written):
    (tmp_path / "text.wav").write_text("hello")
    (tmp_path / "nothing.wav").write_bytes(b"")
    holes = written("nan.wav", np.r_[NOISE, np.nan], subtype="DOUBLE")
    cases = {
        tmp_path / "missing.wav": r"There is no file .*missing\.wav",
        tmp_path: "There is no file",
        None: "path must name a file, but is of type NoneType",
        tmp_path / "text.wav": r"text\.wav is not a sound that can be read",
        tmp_path / "nothing.wav": r"nothing\.wav is not a sound that can be read",
        written("empty.wav", NOISE[:0]): r"empty\.wav is empty",
        written("three.wav", NOISE[:3]): r"three\.wav cannot be used: .* n at least 4",
        holes: r"nan\.wav.* holds nan at index 20000",
    }
    for path, sentence in cases.items():
        with pytest.raises(sk.SpectralKitError, match=sentence):
            sk.load_audio(path)


@pytest.mark.parametrize("rate", [0, -8000, 8000.5, 1e9, np.nan])
def test_rates_that_cannot_be_are_refused(written, rate):
    with pytest.raises(sk.SpectralKitError, match="sample_rate"):
        sk.load_audio(written("noise.wav"), sample_rate=rate)
