"""What the text of the set *cepstra* says is what its tests ask for."""

import re
from pathlib import Path

import numpy as np
import pytest

import spectralkit as sk
from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SOURCE = read_source(COURSE.text("cepstra"))
CELLS = {cell.label: cell.text for cell in SOURCE.cells}
STUDENTS = range(20)
TONES = 20


# The tasks as they are printed, by somebody who does not know the library.


def real_cepstrum(frame):
    n = len(frame)
    turns = np.outer(np.arange(n), np.arange(n)) % n / n
    waves = np.exp(-2j * np.pi * turns)
    return (waves.conj() @ np.log(np.abs(waves @ frame))).real / n


def echo_delay(signal, shortest, longest):
    c = np.fft.ifft(np.log(np.abs(np.fft.fft(signal)) ** 2)).real
    best = shortest
    for q in range(shortest, longest + 1):
        if abs(c[q]) > abs(c[best]):
            best = q
    return best, c[best]


def lifter(cepstrum, cutoff):
    n = len(cepstrum)
    kept = np.zeros(n)
    for q in range(-cutoff + 1, cutoff):
        kept[q % n] = cepstrum[q % n]
    return kept


def spectral_envelope(frame, cutoff):
    low = lifter(np.fft.ifft(np.log(np.abs(np.fft.fft(frame)))).real, cutoff)
    return np.exp(np.fft.fft(low).real)[: len(frame) // 2 + 1]


def cepstral_pitch(frame, sample_rate, fmin, fmax):
    windowed = frame * np.hanning(len(frame) + 1)[:-1]
    c = np.fft.ifft(np.log(np.abs(np.fft.fft(windowed)))).real
    quefrencies = np.arange(int(np.ceil(sample_rate / fmax)), int(sample_rate // fmin) + 1)
    return sample_rate / quefrencies[np.argmax(c[quefrencies])]


def mfcc(log_mel, n_mfcc, lifter):
    bands, frames = log_mel.shape
    rows = np.zeros((n_mfcc, frames))
    for n in range(n_mfcc):
        for m in range(bands):
            rows[n] += log_mel[m] * np.cos(np.pi * n * (2 * m + 1) / (2 * bands))
        rows[n] *= np.sqrt((2 if n else 1) / bands)
        if lifter > 0:
            rows[n] *= 1 + lifter / 2 * np.sin(np.pi * (n + 1) / lifter)
    return rows


PRINTED = {
    function.__name__: function
    for function in (real_cepstrum, echo_delay, lifter, spectral_envelope, cepstral_pitch, mfcc)
}


@pytest.fixture(scope="module")
def setup_names():
    names = {}
    exec(CELLS["setup"], names)
    return names


@pytest.mark.parametrize("task", PRINTED)
def test_what_is_printed_earns_everything_whoever_the_student_is(task, setup_names):
    # Nothing is drawn that the answer does not share; of the pitch see the next test.
    for seed in STUDENTS if task != "real_cepstrum" else STUDENTS[:4]:
        names = setup_names | {task: PRINTED[task], "SEED": seed}
        exec(CELLS[f"{task}-test"], names)
        parts = names["task"].parts
        assert any(part.hidden for part in parts)
        assert [part.title for part in parts if not part.passed] == []


@pytest.mark.parametrize(
    ("samples", "rate", "first", "last"),
    [(1024, 16000, 168, 176), (1500, 22050, 138, 146), (1200, 16000, 52, 60)],
)
def test_both_ways_to_read_the_pitch_agree_on_hidden_tones(samples, rate, first, last, setup_names):
    # Each within half of the 2 % that are allowed between them, whatever the phases.
    for period in range(first, last):
        for seed in range(20):
            frame = setup_names["tone"](period, samples, np.random.default_rng(seed))
            for read in (
                cepstral_pitch(frame, rate, 75.0, 350.0),
                sk.cepstral_pitch(frame, sample_rate=rate, fmin=75.0, fmax=350.0),
            ):
                assert read == pytest.approx(rate / period, rel=0.01)


@pytest.fixture(scope="module")
def printed():
    """The rows of the table of task 7, and the pitches over its columns."""
    text = "\n".join(CELLS.values())
    rows = re.findall(r"^\| ([ABC]) \|(.+)\|$", text, re.MULTILINE)
    (pitches,) = re.findall(r"^\| \|((?: \d+ Hz \|)+)$", text, re.MULTILINE)
    values = {row: [float(entry) for entry in entries.split("|")] for row, entries in rows}
    return values | {"pitches": [float(hz) for hz in re.findall(r"\d+", pitches)]}


@pytest.mark.parametrize("row", ["A", "B", "C"])
def test_the_table_of_diagnose_shows_what_its_wrong_versions_read(row, printed, setup_names):
    names = {}
    exec(CELLS["diagnosis"], names)
    (mistake,) = [
        m for m in sk.mistakes.known("cepstral_pitch") if m.key == names["diagnosis"][row]
    ]
    for pitch, shown in zip(printed["pitches"], printed[row], strict=True):
        read = []
        for seed in range(TONES):
            period = round(16000 / pitch)
            frame = setup_names["tone"](period, 1024, np.random.default_rng(seed))
            read.append(mistake.wrong(frame, 16000, 70.0, 350.0))
        assert shown == pytest.approx(np.median(read), rel=0.01)


def checked(sound, setup_names):
    """Titles of the failed parts of task 8."""
    names = setup_names | {"counterexample": sound}
    exec(CELLS["counterexample-test"], names)
    return [part.title for part in names["task"].parts if not part.passed]


def test_echoes_without_a_period_break_the_claim(setup_names):
    clicks = np.zeros(1024)
    clicks[[0, 100]] = 1, 0.7
    rng = np.random.default_rng(1)
    for gain in (0.6, 0.9):
        noise = rng.normal(size=1124)
        assert checked(noise[100:] + gain * noise[:-100], setup_names) == []
    assert checked(clicks, setup_names) == []
    assert checked(clicks.tolist(), setup_names) == []


def test_voices_tones_noise_and_empty_sounds_do_not(setup_names):
    both = ["its cepstrum has a peak of 0.2 or more", "and the sound does not repeat itself"]
    rng = np.random.default_rng(2)
    pulses = np.zeros(1024)
    pulses[::100] = 1
    assert checked(pulses, setup_names) == both[1:]
    for sound in (
        np.sin(2 * np.pi * np.arange(1024) / 100),
        rng.normal(size=1024),
        np.zeros(1024),
        np.ones(1024),
        np.full(1024, np.nan),
        np.zeros(100),
        "noise",
        None,
    ):
        assert checked(sound, setup_names) == both


def test_voiced_frames_with_a_peak_repeat_themselves_as_the_text_says(setup_names):
    exec(CELLS["counterexample-test"], setup_names | {"counterexample": None}, tried := {})
    peaks = repetitions = 0
    for voice in setup_names["voices"].values():
        for start in range(0, len(voice) - 1024, 512):
            frame = voice[start : start + 1024]
            if frame.std() > 0.03 and tried["largest_peak"](frame) >= 0.2:
                peaks += 1
                repetitions += tried["largest_repetition"](frame) > 0.6
    assert peaks == repetitions
    assert peaks > 20
