"""The shipped recordings and a folder of one's own: their sound, their sources, their licences."""

import dataclasses
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

import spectralkit as sk
import spectralkit.data

PACKAGE = Path(spectralkit.data.__file__).parent
RECORDS = json.loads((PACKAGE / "files" / "clips.json").read_text(encoding="utf-8"))
FREE = {
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "public domain": "https://creativecommons.org/publicdomain/mark/1.0/",
}
NAMES = {
    "speech": ["austen", "chivalry", "detective"],
    "music": ["brahms-strings", "sugar-plum", "trumpet", "vibe-jazz"],
    "nature": ["humpback", "robin"],
}


# what is shipped


def test_every_shipped_recording_has_a_record_and_every_record_a_recording():
    shipped = {path.relative_to(PACKAGE / "files").as_posix() for path in PACKAGE.rglob("*.flac")}
    assert shipped == {record["file"] for record in RECORDS}
    assert len(RECORDS) == 9


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["file"])
def test_every_recording_is_the_one_that_was_measured_and_may_be_shipped(record):
    content = (PACKAGE / "files" / record["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == record["sha256"]
    assert record["author"]
    assert FREE[record["licence"]] == record["licence_url"]


def test_the_table_for_people_says_what_the_table_for_machines_says():
    table = (PACKAGE / "SOURCES.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if re.match(r"\| files/\S+\.flac ", line)]
    assert rows == [
        f"| files/{record['file']} | {record['title']} | {record['author']} "
        f"| [{record['licence']}]({record['licence_url']}) | {record['source']} |"
        for record in RECORDS
    ]


# clips


@pytest.mark.parametrize("kind", NAMES)
def test_clips_of_a_kind_in_order_at_their_own_rate(kind):
    clips = sk.clips(kind)
    assert [clip.name for clip in clips] == NAMES[kind]
    for clip in clips:
        assert clip.sample_rate == (16000 if kind == "speech" else 22050)
        assert clip.signal.dtype == np.float64
        assert np.abs(clip.signal).max() == pytest.approx(0.89, abs=1e-4)
        assert 2 < clip.seconds < 10


def test_all_clips_at_one_rate():
    clips = sk.clips(sample_rate=8000)
    assert [clip.name for clip in clips] == [name for names in NAMES.values() for name in names]
    assert {clip.sample_rate for clip in clips} == {8000}


def test_a_clip_is_the_file():
    (clip, *_) = sk.clips("speech")
    samples, _ = soundfile.read(PACKAGE / "files" / "clips" / "speech-austen.flac")
    np.testing.assert_array_equal(clip.signal, samples)
    with pytest.raises(ValueError, match="read-only"):
        clip.signal[0] = 1


def test_the_attribution_names_title_author_licence_source_and_changes():
    for clip in sk.clips():
        for part in ("title", "author", "licence", "licence_url", "source", "changes"):
            assert getattr(clip.recording, part) in clip.attribution
        assert clip.licence == clip.recording.licence


def test_unknown_kinds_and_rates_are_refused():
    with pytest.raises(sk.SpectralKitError, match=r"kind='birds' is not known.*'nature'"):
        sk.clips("birds")
    with pytest.raises(sk.SpectralKitError, match="sample_rate must be positive"):
        sk.clips(sample_rate=0)


# a folder


@pytest.fixture
def folder(tmp_path):
    """Two sounds, one in a folder within, and a hidden file."""
    noise = 0.1 * np.random.default_rng(1).standard_normal(4000)
    (tmp_path / "within").mkdir()
    soundfile.write(tmp_path / "b.wav", noise, 8000)
    soundfile.write(tmp_path / "within" / "a.flac", np.stack([noise, -noise], axis=1), 16000)
    (tmp_path / ".hidden").write_text("no sound")
    return tmp_path


def test_a_folder_is_read_clip_by_clip_as_often_as_asked(folder):
    clips = sk.clips_from_folder(folder)
    assert len(clips) == 2
    assert [name for name, _ in clips.items()] == ["b.wav", "within/a.flac"]
    for _ in range(2):
        assert [(clip.name, clip.sample_rate) for clip in clips] == [
            ("b.wav", 8000), ("within/a.flac", 16000)
        ]  # fmt: skip
    assert not list(clips)[1].signal.any()  # opposite channels
    assert [len(clip.signal) for clip in sk.clips_from_folder(folder, sample_rate=8000)] == [
        4000,
        2000,
    ]
    assert {(clip.attribution, clip.licence, clip.recording) for clip in clips} == {("", "", None)}


def test_a_file_that_is_no_sound_stops_the_reading_or_is_left_out_and_named(folder):
    (folder / "a-text.wav").write_text("hello")
    cut = (folder / "b.wav").read_bytes()[:5000]
    (folder / "cut.wav").write_bytes(cut)
    with pytest.raises(sk.SpectralKitError, match=r"a-text\.wav is not a sound.*: mend, convert"):
        list(sk.clips_from_folder(folder))
    with pytest.warns(UserWarning, match=r"Left out 2 of 4 files: .*a-text.*cut\.wav breaks off"):
        assert len(list(sk.clips_from_folder(folder, skip_unreadable=True))) == 2
    (folder / "b.wav").unlink()
    (folder / "within" / "a.flac").unlink()
    with pytest.raises(sk.SpectralKitError, match=r"No file in .* could be used"):
        list(sk.clips_from_folder(folder, skip_unreadable=True))


def test_folders_that_cannot_be_are_refused(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, sentence in [
        (tmp_path / "missing", "There is no folder .* a folder of sounds"),
        (folder / "b.wav", "is a file"),
        (empty, "has no files: give the path of a folder of sounds"),
        (7, "must name a folder"),
    ]:
        with pytest.raises(sk.SpectralKitError, match=sentence):
            sk.clips_from_folder(path)
    with pytest.raises(sk.SpectralKitError, match="sample_rate must be a whole number"):
        sk.clips_from_folder(folder, sample_rate=8000.5)


def test_a_clip_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        sk.clips("nature")[0].name = "whale"
