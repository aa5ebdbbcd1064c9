"""How fast and how small the library is, as ratios of one run: ``python -m benchmarks.bench``.

Both sides of a ratio are timed in turns within one process, and the fastest round of each counts,
so that other work on the machine touches both alike. Exit status 1 if a limit is broken.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

import spectralkit as sk

BATCHES = ((256, 256), (16, 1024))  # images, side
ROUNDS = 15
SEED = 1

Images = NDArray[np.float32]


class Line(NamedTuple):
    """One measured number and what it must not cross."""

    what: str
    measured: float
    limit: float
    at_most: bool = True
    unit: str = "times"

    @property
    def holds(self) -> bool:
        """Whether the measured number keeps to its limit."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    def __str__(self) -> str:
        sign, verdict = ("<=" if self.at_most else ">="), ("ok" if self.holds else "BROKEN")
        return (
            f"{self.what:<70} {self.measured:8.2f} {self.unit:<6} {sign} {self.limit:<5g} {verdict}"
        )


def transforms_only(images: Images) -> None:
    """The floor: one real transform per image, its result dropped."""
    for image in images:
        scipy.fft.rfft2(image)


def pysteps_rapsd(image: Images) -> NDArray[np.float64]:
    """The definition of pysteps, written anew: a mask over the spectrum for every ring."""
    height, width = image.shape
    power = np.abs(np.fft.fftshift(np.fft.fft2(image))) ** 2 / image.size
    y, x = np.ogrid[-(height // 2) : (height + 1) // 2, -(width // 2) : (width + 1) // 2]
    ring = np.sqrt(x * x + y * y).round()
    return np.array([power[ring == r].mean() for r in range(1, (max(height, width) + 1) // 2)])


def fastest(rounds: int, *calls: Callable[[], Any]) -> list[float]:
    """Seconds of the fastest of several rounds, the calls taking turns."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for mine, call in zip(seconds, calls, strict=True):
            start = time.perf_counter()
            call()
            mine.append(time.perf_counter() - start)
    return [min(mine) for mine in seconds]


def speed(count: int, side: int) -> Iterator[Line]:
    """`rapsd` of a batch against its transforms, and against the definition of pysteps."""
    images = np.random.default_rng(SEED).standard_normal((count, side, side), dtype=np.float32)
    few = images[: max(2, count // 16)]  # the definition of pysteps takes long
    np.testing.assert_allclose(sk.rapsd(few[0]).power, pysteps_rapsd(few[0]), rtol=1e-4)
    ours, floor = fastest(ROUNDS, lambda: sk.rapsd(images), lambda: transforms_only(images))
    name = f"rapsd, {count} float32 images of {side} x {side}"
    yield Line(f"{name}: time / rfft2 alone", ours / floor, 2)
    ours, theirs = fastest(
        ROUNDS, lambda: sk.rapsd(few), lambda: [pysteps_rapsd(image) for image in few]
    )
    yield Line(f"{name}: pysteps' definition / time", theirs / ours, 15, at_most=False)


class Drawn(np.random.Generator):
    """A generator that hands out noise which was drawn before, so that drawing is not timed."""

    def __init__(self, noise: NDArray[np.float64]) -> None:
        super().__init__(np.random.PCG64(SEED))
        self.noise = noise

    def standard_normal(self, *_: Any, **__: Any) -> NDArray[np.float64]:
        """Give the same noise, whatever the shape."""
        return self.noise


def fields(side: int = 1024) -> Iterator[Line]:
    """`power_law_noise` against the transform of its noise there and back, drawing not counted."""
    rng = Drawn(np.random.default_rng(SEED).standard_normal((side, side)))
    ours, floor = fastest(
        ROUNDS,
        lambda: sk.power_law_noise((side, side), exponent=2.0, rng=rng),
        lambda: scipy.fft.irfft2(scipy.fft.rfft2(rng.noise), s=rng.noise.shape),
    )
    name = f"power_law_noise, {side} x {side}, drawing not counted"
    yield Line(f"{name}: time / FFT alone", ours / floor, 2.5)


def mel_spectra(
    seconds: int = 30, rate: int = 22050, n_fft: int = 2048, hop: int = 512
) -> Iterator[Line]:
    """`mel_spectrogram` of a long sound against librosa's, and against its own transforms."""
    import librosa

    sound = np.random.default_rng(SEED).standard_normal(seconds * rate, dtype=np.float32)
    frames = sk.frame_signal(sound, frame_length=n_fft, hop=hop) * np.hanning(n_fft + 1)[:-1]
    options = {"n_fft": n_fft, "n_mels": 128}

    def mine() -> NDArray[Any]:
        return sk.mel_spectrogram(sound, sample_rate=rate, hop=hop, **options).values

    def theirs() -> NDArray[Any]:
        return librosa.feature.melspectrogram(y=sound, sr=rate, hop_length=hop, **options)

    reference = theirs()  # also compiles what librosa compiles
    np.testing.assert_allclose(mine(), reference, atol=1e-5 * reference.max())
    ours, librosas, floor = fastest(ROUNDS, mine, theirs, lambda: scipy.fft.rfft(frames))
    name = f"mel_spectrogram, {seconds} s at {rate} Hz"
    yield Line(f"{name}: time / librosa", ours / librosas, 0.6)
    yield Line(f"{name}: time / FFTs alone", ours / floor, 2)


def import_seconds(module: str) -> float:
    """Seconds that one import takes in a fresh interpreter, without its start."""
    code = (
        "from time import perf_counter as now; start = now(); "
        f"import {module}; print(now() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def import_time() -> Iterator[Line]:
    """Import of the library against that of NumPy, alone and with a name reached for."""
    imports = ("numpy", "spectralkit", "spectralkit as sk; sk.rapsd")
    rounds = [[1000 * import_seconds(module) for module in imports] for _ in range(ROUNDS)]
    numpy, alone, reached = (statistics.median(column) for column in zip(*rounds, strict=True))
    yield Line(f"import spectralkit - import numpy ({numpy:.0f} ms)", alone - numpy, 50, unit="ms")
    yield Line("import spectralkit; sk.rapsd - import numpy", reached - numpy, 50, unit="ms")


def peak_memory(count: int, side: int = 256) -> float:
    """Most megabytes held while the mean over so many streamed images is taken."""
    rng = np.random.default_rng(SEED)
    images = (rng.standard_normal((side, side)) for _ in range(count))
    tracemalloc.start()
    sk.mean_log_spectrum(images)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def memory() -> Iterator[Line]:
    """`mean_log_spectrum` of ten times as many images."""
    peak_memory(1)  # builds what is kept per image size
    few, many = peak_memory(10), peak_memory(100)
    yield Line(f"memory of mean_log_spectrum, 100 / 10 images ({few:.1f} MB)", many / few, 1.1)


def gaussian_field(side: int = 256) -> tuple[sk.GaussianDenoiser, Images]:
    """The denoiser of a field with the spectrum of photographs, and noise to start from."""
    radius = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.fftfreq(side))
    radius[0, 0] = 1 / side
    denoiser = sk.GaussianDenoiser(1e-3 * radius**-2.4, 0.0, sk.RectifiedFlow())
    start = np.random.default_rng(SEED).standard_normal((side, side), dtype=np.float32)
    return denoiser, start


def run(denoiser: sk.GaussianDenoiser, start: Images, steps: int) -> None:
    """All states of DDIM, each dropped."""
    process = denoiser.process
    for _ in sk.ddim(denoiser, process, start, times=process.steps(steps)):
        pass


def transform_pairs(image: Images, count: int) -> None:
    """The floor: each step needs one transform forward and one back."""
    for _ in range(count):
        scipy.fft.irfft2(scipy.fft.rfft2(image))


def sampling(steps: int = 50) -> Iterator[Line]:
    """DDIM on a Gaussian field against its transforms, and the memory of more steps."""
    denoiser, start = gaussian_field()
    ours, floor = fastest(
        ROUNDS, lambda: run(denoiser, start, steps), lambda: transform_pairs(start, steps)
    )
    name = f"ddim, {steps} steps of a float32 field of 256 x 256"
    yield Line(f"{name}: time / FFT pairs alone", ours / floor, 2.5)
    few, many = (sampler_memory(count) for count in (steps, 10 * steps))
    yield Line(f"memory of ddim, {10 * steps} / {steps} steps ({few:.1f} MB)", many / few, 1.1)


def sampler_memory(steps: int) -> float:
    """Most megabytes held while so many steps are taken."""
    denoiser, start = gaussian_field()
    tracemalloc.start()
    run(denoiser, start, steps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def shown(groups: Iterable[Iterable[Line]]) -> int:
    """Print the lines as they are measured; 1 if a limit is broken."""
    holds = True
    for line in itertools.chain.from_iterable(groups):
        print(line, flush=True)
        holds &= line.holds
    return int(not holds)


def main() -> int:
    """Print the table; 1 if a limit is broken."""
    groups = (
        *(speed(*batch) for batch in BATCHES),
        fields(),
        sampling(),
        mel_spectra(),
        import_time(),
        memory(),
    )
    return shown(groups)


if __name__ == "__main__":
    sys.exit(main())
