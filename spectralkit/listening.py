"""Sounds in a notebook: a player that keyboard and screen reader can use, the sound within it."""

from __future__ import annotations

import io
import wave
from base64 import b64encode
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.errors import SpectralKitError, as_number, as_real

LEVEL = 0.1  # root mean square of what is played; full scale is 1
LONGEST = 10.0  # seconds: a sound is part of the page
RATES = (8000, 48000)


def play(
    signal: ArrayLike,
    *,
    sample_rate: float,
    title: str,
    description: str,
    attribution: str = "",
) -> None:
    """Show a player for a sound in a notebook, with words for those who do not hear it.

    Book: colours-of-noise

    Parameters
    ----------
    signal : array_like
        Mono, shape (n,), any unit. All sounds are played at one level, a root mean square of 0.1
        of full scale, so that louder is never taken for different; less where a peak would be cut.
    sample_rate : float
        Samples per second, from 8000 to 48000, a whole number.
    title : str
        Name of the sound: what the player is called.
    description : str
        What there is to hear, in words.
    attribution : str
        Whom the sound is owed to and under which licence, such as `Clip.attribution`: shown below
        the player.

    Raises
    ------
    SpectralKitError
        If the signal is not mono, silent or longer than 10 seconds, the rate is out of range, or
        title or description is empty.

    Notes
    -----
    The sound is a 16-bit WAV inside the output: nothing is fetched, and a saved page still plays.
    Two seconds at 16 kHz add about 85 kilobytes to it. The description is the output's plain text.
    """
    from IPython.display import display

    for text, name in ((title, "title"), (description, "description")):
        if not isinstance(text, str) or not text.strip():
            raise SpectralKitError(f"{name} is empty: say in words what there is to hear.")
    sound = b64encode(_wav(signal, sample_rate)).decode()
    name = escape(title, quote=True)
    owed = f'<p class="attribution">{escape(attribution)}</p>' if attribution else ""
    player = (
        f'<div class="sound" role="group" aria-label="{name}">'
        f"<p><strong>{name}.</strong> {escape(description)}</p>"
        f'<audio controls preload="metadata" aria-label="{name}" '
        f'src="data:audio/wav;base64,{sound}"></audio>{owed}</div>'
    )
    words = " ".join(filter(None, (f"{title}. {description}", attribution)))
    output = {"text/html": player, "text/plain": words}
    display(output, raw=True)  # type: ignore[no-untyped-call]


def _wav(signal: ArrayLike, sample_rate: float) -> bytes:
    """A signal as a mono 16-bit WAV file at the level of all sounds."""
    x = as_real(signal, "signal").astype(np.float64, copy=False)
    rate = as_number(sample_rate, "sample_rate")
    if not RATES[0] <= rate <= RATES[1] or rate != int(rate):
        raise SpectralKitError(
            f"sample_rate must be a whole number from {RATES[0]} to {RATES[1]}, but is {rate:g}."
        )
    if x.ndim != 1 or len(x) > LONGEST * rate:
        raise SpectralKitError(
            f"signal must be mono, shape (n,), and last at most {LONGEST:g} seconds, "
            f"but has shape {x.shape}."
        )
    peak = np.abs(x).max()
    if peak == 0:
        raise SpectralKitError("signal is silent: there is nothing to hear.")
    x = x / peak  # first, so that squares neither overflow nor vanish
    x *= min(LEVEL / np.sqrt(np.mean(x**2)), 1.0)
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(int(rate))
        wav.writeframes(np.round(32767 * x).astype("<i2").tobytes())
    return file.getvalue()
