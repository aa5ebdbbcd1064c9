"""What the text of the set *sound* says is what its tests ask for."""

import re
from pathlib import Path

import numpy as np
import pytest

import spectralkit as sk
from gradekit.course import Course
from gradekit.source import read_source

COURSE = Course.at(Path(__file__).parents[2])
SOURCE = read_source(COURSE.text("sound"))
CELLS = {cell.label: cell.text for cell in SOURCE.cells}
TEXT = "\n".join(cell.text for cell in SOURCE.cells)
STUDENTS = range(8)
SLOW = {"stft", "log_mel", "exponent_and_control"}  # written out, without a fast transform
RATE = 16000


# The tasks as they are printed, by somebody who does not know the library.


def frame_signal(signal, frame_length, hop):
    p = frame_length // 2
    padded = [0.0] * p + list(signal) + [0.0] * p
    count = 1 + (len(signal) + 2 * p - frame_length) // hop
    return np.array([padded[k * hop : k * hop + frame_length] for k in range(count)])


def hann(length):
    return (1 - np.cos(2 * np.pi * np.arange(length) / length)) / 2


def stft(signal, n_fft, hop):
    t, b = np.arange(n_fft), np.arange(n_fft // 2 + 1)
    waves = np.exp(-2j * np.pi * np.outer(b, t) / n_fft)
    return waves @ (frame_signal(signal, n_fft, hop) * hann(n_fft)).T


def hz_to_mel(frequency):
    mel = 3 * frequency / 200
    high = frequency >= 1000
    mel[high] = 15 + 27 * np.log(frequency[high] / 1000) / np.log(6.4)
    return mel


def mel_to_hz(mel):
    return 200 * mel / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def mel_filterbank(sample_rate, n_fft, n_mels):
    top = float(hz_to_mel(np.array([sample_rate / 2]))[0])
    f = [mel_to_hz(m) for m in np.linspace(0, top, n_mels + 2)]
    bank = np.zeros((n_mels, n_fft // 2 + 1))
    for i in range(n_mels):
        for b in range(n_fft // 2 + 1):
            hertz = b * sample_rate / n_fft
            rise = (hertz - f[i]) / (f[i + 1] - f[i])
            fall = (f[i + 2] - hertz) / (f[i + 2] - f[i + 1])
            bank[i, b] = 2 / (f[i + 2] - f[i]) * max(0, min(rise, fall))
    return bank


def log_mel(signal, sample_rate, n_fft, hop, n_mels):
    power = np.abs(stft(signal, n_fft, hop)) ** 2
    bands = mel_filterbank(sample_rate, n_fft, n_mels) @ power
    decibels = 10 * np.log10(np.maximum(bands, 1e-10)) - 10 * np.log10(bands.max())
    return np.maximum(decibels, -80)


def average_log_spectrum(signals, sample_rate, n_fft):
    w, means = hann(n_fft), []
    for signal in signals:
        logs, start = [], 0
        while start + n_fft <= len(signal):
            power = np.abs(np.fft.rfft(w * signal[start : start + n_fft])) ** 2 / np.sum(w**2)
            logs.append(np.log(power[1:]))
            start += n_fft // 2
        means.append(np.mean(logs, axis=0))
    return np.arange(1, n_fft // 2 + 1) * sample_rate / n_fft, np.exp(np.mean(means, axis=0))


def spectrum_peak(frequency, power):
    k, distance = int(np.argmax(power)), frequency[0]
    near = np.polyfit([-1, 0, 1], np.log(power[k - 1 : k + 2]), 2)
    return frequency[k] - near[1] / (2 * near[0]) * distance


def phase_randomised(signal, rng):
    n = len(signal)
    spectrum, angle = np.fft.rfft(signal), rng.uniform(0, 2 * np.pi, n // 2 + 1)
    angle[0] = 0
    if n % 2 == 0:
        angle[-1] = 0
    return np.fft.irfft(spectrum * (np.cos(angle) + 1j * np.sin(angle)), n)


def image_exponent(image):
    rest = np.array([band - np.mean(band) for band in image])
    return sk.fit_power_law(sk.rapsd(rest), band=(1 / min(image.shape), 1 / 2)).exponent


def exponent_and_control(signal, sample_rate, rng):
    control = phase_randomised(signal, rng)
    return tuple(image_exponent(log_mel(x, sample_rate, 512, 512, 40)) for x in (signal, control))


PRINTED = {
    function.__name__: function
    for function in (frame_signal, stft, hz_to_mel, mel_filterbank, log_mel, average_log_spectrum,
                     spectrum_peak, phase_randomised, image_exponent, exponent_and_control)
}  # fmt: skip


@pytest.fixture(scope="module")
def setup_names():
    names = {}
    exec(CELLS["setup"], names)
    return names


@pytest.mark.parametrize("task", PRINTED)
def test_what_is_printed_earns_everything_whoever_the_student_is(task, setup_names):
    # Nothing is drawn that the answer does not share, so no check can fail by chance.
    for seed in STUDENTS[:3] if task in SLOW else STUDENTS:
        names = setup_names | {task: PRINTED[task], "SEED": seed}
        exec(CELLS[f"{task}-test"], names)
        parts = names["task"].parts
        assert any(part.hidden for part in parts)
        assert [(part.title, part.notes) for part in parts if not part.passed] == []


def test_every_graded_function_is_printed_here():
    written = {name for cell in SOURCE.answers() for name in re.findall(r"^def (\w+)", cell.text)}
    assert written == set(PRINTED)


# predictions


def prediction_lost(names, **answers):
    exec(CELLS["prediction"], names)
    names |= answers
    exec(CELLS["prediction-test"], names)
    return {part.title: part.notes for part in names["task"].parts if not part.passed}


def test_the_word_of_the_prediction_is_what_white_noise_does(setup_names):
    assert prediction_lost(dict(setup_names)) == {}
    ((title, notes),) = prediction_lost(dict(setup_names), image_of_noise="flat").items()
    assert title == "the log-mel image of white noise"
    # What the message says: steep where frames overlap, hardly a slope where they do not.
    overlapping, apart = (float(x) for x in re.findall(r"-?\d+\.\d\d", " ".join(notes)))
    assert overlapping > 0.4
    assert apart < 0.4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"bin_distance": 64}, "milliseconds"),
        ({"bin_distance": 7.8125}, "8000 Hz"),
        ({"bin_distance": 31.25}, "half of it"),
        ({"bin_distance": 3}, "one wave in a frame"),
        ({"louder": 10}, "amplitude"),
        ({"louder": 100}, "10 log10"),
        ({"image_of_noise": "up"}, "Say 'falls'"),
    ],
)
def test_wrong_predictions_are_told_what_they_are(wrong, told, setup_names):
    ((_, notes),) = prediction_lost(dict(setup_names), **wrong).items()
    assert told in " ".join(notes)


# diagnose


def the_wrong(name, key):
    (mistake,) = [m for m in sk.mistakes.known(name) if m.key == key]
    return mistake.wrong


def right_stft(signal, n_fft, hop):
    return sk.stft(signal, n_fft=n_fft, hop=hop)


def readings(bug):
    """Peak in Hz, its level, that of the next bin, and the time of the click, under a bug."""
    time = np.arange(RATE) / RATE
    tone, click = np.cos(2 * np.pi * 1000 * time), (np.arange(RATE) == 8192).astype(float)
    in_stft = bug in [mistake.key for mistake in sk.mistakes.known("stft")]
    transform = the_wrong("stft", bug) if in_stft else right_stft
    level = 20 * np.log10(np.abs(transform(tone, 1024, 256))[:, 30])
    k = int(np.argmax(level))
    frequency = np.fft.rfftfreq(1024, 1 / RATE)[k]
    if bug == "half-the-hertz":
        places, _ = the_wrong("average_log_spectrum", bug)([tone], RATE, 1024)
        frequency = places[k - 1]  # without bin 0
    frames = np.sum(np.abs(transform(click, 1024, 256)) ** 2, axis=0)
    return [frequency, level[k], level[k + 1], np.argmax(frames) * 256 / RATE]


@pytest.fixture(scope="module")
def printed():
    """The rows of the table of task 13."""
    rows = re.findall(r"^# *\| ([ABC]) \|(.+)\|$|^\| ([ABC]) \|(.+)\|$", TEXT, re.MULTILINE)
    found = [[entry for entry in row if entry] for row in rows]
    return {name: [float(entry) for entry in entries.split("|")] for name, entries in found}


@pytest.mark.parametrize("row", ["A", "B", "C"])
def test_the_table_of_diagnose_shows_what_its_wrong_versions_read(row, printed):
    names = {}
    exec(CELLS["diagnosis"], names)
    frequency, level, beside, click = readings(names["diagnosis"][row])
    assert printed[row] == [
        pytest.approx(frequency),
        pytest.approx(level, abs=0.06),
        pytest.approx(beside, abs=0.06),
        pytest.approx(click, abs=1e-9),
    ]


def test_no_row_of_diagnose_is_right_or_fits_another_of_the_five_names(printed, setup_names):
    names = dict(setup_names)
    exec(CELLS["diagnosis"], names)
    exec(CELLS["diagnosis-test"], names)
    for bug in ["none", *names["names"]]:
        with np.errstate(divide="ignore"):
            read = np.array(readings(bug))
        fits = {
            row
            for row, shown in printed.items()
            if np.allclose(read, shown, rtol=0, atol=[1, 0.06, 0.06, 1e-6])
        }
        assert fits == {row for row, name in names["diagnosis"].items() if name == bug}, bug


# break it


def checked(sound, setup_names):
    """Titles and notes of the failed parts of task 9."""
    names = setup_names | {"counterexample": sound}
    exec(CELLS["counterexample-test"], names)
    return {part.title: " ".join(part.notes) for part in names["task"].parts if not part.passed}


def wave(hertz, strength=1.0):
    return strength * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)


@pytest.fixture(scope="module")
def burst():
    """1 in the first twentieth of a second, then 0."""
    return (np.arange(RATE) < 800).astype(float)


SECOND = "the two estimators disagree by two octaves, clearly"


def test_what_is_loud_for_a_moment_and_what_is_always_there_disagree(setup_names, burst):
    rng = np.random.default_rng(1)
    answer = {}
    exec(CELLS["counterexample"], setup_names | answer, answer)
    low_hum = np.clip(0.003 * sk.power_law_noise((RATE,), exponent=2.0, rng=rng), -1, 1)
    for sound in (
        answer["counterexample"],
        0.9 * burst * wave(4000) + wave(150, 0.01),
        (0.9 * burst * wave(3000) + low_hum).tolist(),
    ):
        assert checked(sound, setup_names) == {}


def test_other_sounds_are_told_why_not(setup_names, burst):
    assert "shape must be (16000,)" in checked(np.zeros(8000), setup_names)[SECOND]
    assert "between -1 and 1" in checked(3 * wave(100), setup_names)[SECOND]
    assert "silent" in checked(burst * wave(100), setup_names)[SECOND]
    assert "less than two octaves" in checked(wave(440), setup_names)[SECOND]
    near = 0.9 * burst * wave(400) + wave(1200, 0.01)
    assert "less than two octaves" in checked(near, setup_names)[SECOND]
    assert SECOND in checked("a bang", setup_names)


def test_noise_never_gets_there_by_chance(setup_names):
    # In 1500 seconds of white noise the framed spectrum led by 4.8 at most; here are some of them.
    for seed in range(40):
        noise = np.clip(sk.white_noise((RATE,), std=0.2, rng=np.random.default_rng(seed)), -1, 1)
        assert SECOND in checked(noise, setup_names), seed


def test_no_voice_is_a_counterexample_as_it_is(setup_names):
    for voice in setup_names["voices"].values():
        assert SECOND in checked(voice[16000:32000], setup_names)


# what the texts and the mark scheme say


def test_the_control_of_the_voices_is_far_below_them(setup_names):
    for voice in setup_names["voices"].values():
        own, control = zip(
            *(
                exponent_and_control(voice[:48000], RATE, np.random.default_rng(seed))
                for seed in range(3)
            ),
            strict=True,
        )
        assert 2.0 <= round(own[0], 1) <= 2.4
        assert -0.1 < min(control) <= max(control) < 0.6
        assert 0.1 < np.mean(control) < 0.5


def test_white_noise_reads_the_overlap_that_the_mark_scheme_says():
    found = []
    for seed in range(6):
        noise = sk.white_noise((48000,), rng=np.random.default_rng(seed))
        found.append(image_exponent(
            sk.log_mel(noise, sample_rate=RATE, n_fft=512, hop=128, n_mels=40).values
        ))  # fmt: skip
    assert np.mean(found) == pytest.approx(0.6, abs=0.08)
