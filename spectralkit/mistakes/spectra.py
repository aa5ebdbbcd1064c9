"""Wrong versions of the functions of `spectralkit.spectra`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectralkit.mistakes.record import Mistake
from spectralkit.results import FloatArray
from spectralkit.rings import ring_number, wave_numbers
from spectralkit.spectra import log_magnitude, power_spectrum, swap_phase


def log10_for_ln(image: FloatArray) -> FloatArray:
    return np.maximum(log_magnitude(image) / np.log(10), -6)


def log_power(image: FloatArray) -> FloatArray:
    return np.fft.fftshift(np.log(np.maximum(power_spectrum(image), 1e-6)))


def not_shifted(image: FloatArray) -> FloatArray:
    return np.fft.ifftshift(log_magnitude(image))


def magnitude_not_normalised(image: FloatArray) -> FloatArray:
    return np.log(np.maximum(np.abs(np.fft.fftshift(np.fft.fft2(image))), 1e-6))


def divided_by_n(image: FloatArray) -> FloatArray:
    return np.log(np.maximum(np.abs(np.fft.fftshift(np.fft.fft2(image))) / image.size, 1e-6))


def log_of_rows(image: FloatArray) -> FloatArray:
    rows = np.abs(np.fft.fftshift(np.fft.fft(image))) / np.sqrt(image.size)
    return np.log(np.maximum(rows, 1e-6))


def decibels(image: FloatArray) -> FloatArray:
    return 20 / np.log(10) * log_magnitude(image)


def one_added(image: FloatArray) -> FloatArray:
    return np.fft.fftshift(np.log1p(np.sqrt(power_spectrum(image))))


def shifted_back(image: FloatArray) -> FloatArray:
    return np.fft.ifftshift(np.fft.ifftshift(log_magnitude(image)))


def roles_swapped(magnitude_of: FloatArray, phase_of: FloatArray) -> FloatArray:
    return swap_phase(phase_of, magnitude_of)


def swapped_spectrum(magnitude_of: FloatArray, phase_of: FloatArray) -> NDArray[np.complex128]:
    return np.abs(np.fft.fft2(magnitude_of)) * np.exp(1j * np.angle(np.fft.fft2(phase_of)))


def abs_for_real(magnitude_of: FloatArray, phase_of: FloatArray) -> FloatArray:
    return np.abs(np.fft.ifft2(swapped_spectrum(magnitude_of, phase_of)))


def shift_not_undone(magnitude_of: FloatArray, phase_of: FloatArray) -> FloatArray:
    return np.fft.ifft2(np.fft.fftshift(swapped_spectrum(magnitude_of, phase_of))).real


def j_forgotten(magnitude_of: FloatArray, phase_of: FloatArray) -> FloatArray:
    angle = np.angle(np.fft.fft2(phase_of))
    return np.fft.ifft2(np.abs(np.fft.fft2(magnitude_of)) * np.exp(angle)).real


def phase_of_rows(magnitude_of: FloatArray, phase_of: FloatArray) -> FloatArray:
    turned = np.exp(1j * np.angle(np.fft.fft(phase_of)))
    return np.fft.ifft(np.abs(np.fft.fft(magnitude_of)) * turned).real


def amplitude_spectrum(image: FloatArray, window: str | None = None) -> FloatArray:
    return np.sqrt(power_spectrum(image, window=window))


def one_axis_only(image: FloatArray, window: str | None = None) -> FloatArray:
    return np.abs(np.fft.fft(windowed(image, window))) ** 2 / np.prod(image.shape[-2:])


def columns_only(image: FloatArray, window: str | None = None) -> FloatArray:
    return np.abs(np.fft.fft(windowed(image, window), axis=-2)) ** 2 / np.prod(image.shape[-2:])


def not_divided(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(image, window=window) * np.prod(image.shape[-2:])


def divided_twice(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(image, window=window) / np.prod(image.shape[-2:])


def power_shifted(image: FloatArray, window: str | None = None) -> FloatArray:
    return np.fft.fftshift(power_spectrum(image, window=window))


def window_power_lost(image: FloatArray, window: str | None = None) -> FloatArray:
    scale = 1.0 if window is None else 0.375**2
    return power_spectrum(image, window=window) * scale


def mean_kept(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(image * window_2d(image, window))


def plain_mean_removed(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum((image - image.mean()) * window_2d(image, window))


def window_symmetric(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(windowed(image, window, symmetric=True))


def window_ignored(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(image)


def hanning(image: FloatArray, window: str | None) -> FloatArray:
    """The window as `np.hanning` gives it: symmetric, and with a mean square below 1."""
    return np.ones(image.shape) if window is None else np.outer(*map(np.hanning, image.shape))


def hanning_as_it_is(image: FloatArray, window: str | None = None) -> FloatArray:
    weight = hanning(image, window)
    mean = 0.0 if window is None else (image * weight).sum() / weight.sum()
    return power_spectrum((image - mean) * weight)


def hanning_times_image(image: FloatArray, window: str | None = None) -> FloatArray:
    return power_spectrum(image * hanning(image, window))


def hanning_plain_mean(image: FloatArray, window: str | None = None) -> FloatArray:
    mean = 0.0 if window is None else image.mean()
    return power_spectrum((image - mean) * hanning(image, window))


def window_2d(image: FloatArray, window: str | None, *, symmetric: bool = False) -> FloatArray:
    """The window of unit mean square, by NumPy's own symmetric `hanning`."""
    if window is None:
        return np.ones(image.shape[-2:])
    y, x = (np.hanning(n) if symmetric else np.hanning(n + 1)[:-1] for n in image.shape[-2:])
    both = np.multiply.outer(y, x)
    return both / np.sqrt((both**2).mean())


def windowed(image: FloatArray, window: str | None, *, symmetric: bool = False) -> FloatArray:
    weight = window_2d(image, window, symmetric=symmetric)
    if window is None:
        return image
    return (image - (image * weight).sum() / weight.sum()) * weight


def ring_of(image: FloatArray) -> NDArray[np.int64]:
    """The right ring of every coefficient, DC at [0, 0]."""
    height, width = image.shape
    return ring_number(wave_numbers(height)[:, np.newaxis], wave_numbers(width), height, width)


def ring_average(ring: NDArray[np.int64], values: FloatArray) -> FloatArray:
    """Mean over rings 1 to ceil(max / 2) - 1; an empty ring reads 0."""
    rings = (max(values.shape) + 1) // 2 - 1
    total = np.bincount(ring.ravel(), values.ravel(), rings + 1)
    count = np.bincount(ring.ravel(), minlength=rings + 1)
    return (total / np.maximum(count, 1))[1 : rings + 1]


def ring_sum(image: FloatArray) -> FloatArray:
    rings = (max(image.shape) + 1) // 2 - 1
    total = np.bincount(ring_of(image).ravel(), power_spectrum(image).ravel())
    return np.asarray(total[1 : rings + 1], dtype=np.float64)


def ring_not_divided(image: FloatArray) -> FloatArray:
    return ring_average(ring_of(image), power_spectrum(image) * image.size)


def ring_mean_of_amplitude(image: FloatArray) -> FloatArray:
    return ring_average(ring_of(image), np.sqrt(power_spectrum(image)))


def ring_mean_of_log(image: FloatArray) -> FloatArray:
    tiny = np.finfo(np.float64).tiny
    return np.exp(ring_average(ring_of(image), np.log(np.maximum(power_spectrum(image), tiny))))


def floor_for_round(image: FloatArray) -> FloatArray:
    height, width = image.shape
    ky, kx = np.fft.fftfreq(height)[:, np.newaxis], np.fft.fftfreq(width)
    radius = np.hypot(ky, kx) * max(height, width)
    return ring_average(np.floor(radius + 1e-9).astype(np.int64), power_spectrum(image))


def centre_not_shifted(image: FloatArray) -> FloatArray:
    return ring_average(np.fft.fftshift(ring_of(image)), power_spectrum(image))


def radius_in_pixels(image: FloatArray) -> FloatArray:
    height, width = image.shape
    ky = np.fft.fftfreq(height, 1 / height)[:, np.newaxis]
    kx = np.fft.fftfreq(width, 1 / width)
    return ring_average(np.floor(np.hypot(ky, kx) + 0.5).astype(np.int64), power_spectrum(image))


MISTAKES = {
    "log_magnitude": (
        Mistake(
            "log10-for-ln",
            "You took log10; this task asks for the natural logarithm, np.log.",
            log10_for_ln,
        ),
        Mistake(
            "log-of-power",
            "You took the logarithm of the power; that is twice the logarithm of the magnitude.",
            log_power,
        ),
        Mistake(
            "not-shifted",
            "DC is in the corner; np.fft.fftshift brings it to the middle.",
            not_shifted,
        ),
        Mistake(
            "not-normalised",
            "Divide |DFT| by sqrt(H * W): then the size of the image does not matter.",
            magnitude_not_normalised,
        ),
        Mistake(
            "divided-by-n",
            "You divided |DFT| by H * W; divide it by sqrt(H * W).",
            divided_by_n,
        ),
        Mistake(
            "fft-for-fft2",
            "np.fft.fft transforms the rows only; an image needs np.fft.fft2.",
            log_of_rows,
        ),
        Mistake(
            "decibels",
            "These are decibels, 20 log10; this task asks for the natural logarithm, np.log.",
            decibels,
        ),
        Mistake(
            "one-added",
            "You took the logarithm of 1 + the magnitude, which bends faint waves up; here a "
            "floor of 1e-6 keeps it finite: np.maximum.",
            one_added,
        ),
        Mistake(
            "ifftshift-for-fftshift",
            "np.fft.ifftshift undoes fftshift; where a side is odd, it puts DC one place too far.",
            shifted_back,
        ),
    ),
    "swap_phase": (
        Mistake(
            "roles-swapped",
            "You took the phases from the first image and the magnitudes from the second.",
            roles_swapped,
        ),
        Mistake(
            "abs-for-real",
            "You took abs of the inverse transform, which folds negative pixels up; take .real.",
            abs_for_real,
        ),
        Mistake(
            "shift-not-undone",
            "An fftshift was left in, which turns the signs of pixels over in a chessboard. "
            "Undo it with ifftshift, or leave both out.",
            shift_not_undone,
        ),
        Mistake(
            "j-forgotten",
            "You took exp of the angle, which makes it a magnitude; a phase is exp of 1j times "
            "the angle.",
            j_forgotten,
        ),
        Mistake(
            "fft-for-fft2",
            "np.fft.fft and ifft transform the rows only; an image needs fft2 and ifft2.",
            phase_of_rows,
        ),
    ),
    "power_spectrum": (
        Mistake(
            "amplitude-for-power",
            "This is the magnitude; power is its square.",
            amplitude_spectrum,
        ),
        Mistake(
            "fft-for-fft2",
            "np.fft.fft transforms the rows only; an image needs np.fft.fft2.",
            one_axis_only,
        ),
        Mistake(
            "divided-twice",
            "You divided by H * W twice, or once before squaring; divide |DFT|**2 by H * W once.",
            divided_twice,
        ),
        Mistake(
            "shifted",
            "DC is in the middle; here it belongs at [0, 0]: leave out fftshift.",
            power_shifted,
        ),
        Mistake(
            "window-power-lost",
            "The window took power away: scale it so that the mean of its square is 1.",
            window_power_lost,
        ),
        Mistake(
            "mean-kept",
            "Remove the mean weighted by the window first; else the brightness leaks into ring 1.",
            mean_kept,
        ),
        Mistake(
            "plain-mean-removed",
            "You removed the plain mean; remove the mean weighted by the window.",
            plain_mean_removed,
        ),
        Mistake(
            "window-symmetric",
            "np.hanning(n) is symmetric: its last sample repeats the first. "
            "The transform needs the periodic window, np.hanning(n + 1)[:-1].",
            window_symmetric,
        ),
        Mistake(
            "columns-only",
            "You transformed the columns only; an image needs np.fft.fft2, which does both axes.",
            columns_only,
        ),
        Mistake(
            "not-divided",
            "You did not divide by H * W: then the power grows with the size of the image.",
            not_divided,
        ),
        Mistake(
            "window-ignored",
            'With window="hann" the answer is the one without a window: use the window.',
            window_ignored,
        ),
        Mistake(
            "hanning-as-it-is",
            "np.hanning(n) as it comes is symmetric and takes power away: use the periodic "
            "window of the text, whose mean square is 1.",
            hanning_as_it_is,
        ),
        Mistake(
            "hanning-times-image",
            "You multiplied the image by np.hanning as it comes: first remove the mean weighted "
            "by the window, and use the periodic window of the text, whose mean square is 1.",
            hanning_times_image,
        ),
        Mistake(
            "hanning-plain-mean",
            "You removed the plain mean and multiplied by np.hanning as it comes: remove the "
            "mean weighted by the window, and use the periodic window of the text, whose mean "
            "square is 1.",
            hanning_plain_mean,
        ),
    ),
    "rapsd": (
        Mistake(
            "ring-sum-for-mean",
            "You summed over each ring; divide by the number of its coefficients.",
            ring_sum,
        ),
        Mistake(
            "amplitude-for-power",
            "You averaged magnitudes; average their squares.",
            ring_mean_of_amplitude,
        ),
        Mistake(
            "log-before-mean",
            "You averaged log power within the ring: that reads low, by exp(-0.577) on noise. "
            "Average the power, then take logarithms.",
            ring_mean_of_log,
        ),
        Mistake(
            "floor-for-round",
            "You cut the radius to a whole number; add 1/2 first, so that each ring is centred.",
            floor_for_round,
        ),
        Mistake(
            "centre-not-shifted",
            "Your radius is measured from another place than DC: "
            "the spectrum or the radius lacks its fftshift.",
            centre_not_shifted,
        ),
        Mistake(
            "radius-in-pixels",
            "You measured the radius in coefficients; on an image that is not square divide by "
            "H and W first, so that it is in cycles/pixel.",
            radius_in_pixels,
        ),
        Mistake(
            "not-divided",
            "Your power is |DFT|**2; divide it by H * W, so that the size of the image does not "
            "matter.",
            ring_not_divided,
        ),
    ),
}
