"""Named mistakes: wrong code that learners really write, with a sentence that helps.

One module per module of the library (`diffusion` has two, itself and `samplers`; `audio` is for
frames, transforms and comparisons of sounds), one for what sounds are read for (`readings`), and
one for the warm-up set. A wrong version takes what the *task's* function takes and returns what it
returns, so that a grader can compare an answer with it directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spectralkit.errors import one_of
from spectralkit.mistakes import (
    audio,
    cepstra,
    diffusion,
    mel,
    noise,
    powerlaw,
    readings,
    samplers,
    spectra,
    tide,
    warm_up,
)
from spectralkit.mistakes.record import Mistake

__all__ = ["Mistake", "known", "of"]

TABLE: dict[str, tuple[Mistake, ...]] = {
    **spectra.MISTAKES,
    **powerlaw.MISTAKES,
    **noise.MISTAKES,
    **tide.MISTAKES,
    **diffusion.MISTAKES,
    **samplers.MISTAKES,
    **audio.MISTAKES,
    **mel.MISTAKES,
    **cepstra.MISTAKES,
    **readings.MISTAKES,
    **warm_up.MISTAKES,
}


def known(name: str) -> tuple[Mistake, ...]:
    """The named mistakes of one function.

    Book: one-curve-per-image

    Parameters
    ----------
    name : str
        Name of a task's function, such as "rapsd".

    Returns
    -------
    tuple of Mistake
        Each with `key`, `sentence` and `wrong`, the wrong version.

    Raises
    ------
    SpectralKitError
        If no mistakes are named for the function.

    Examples
    --------
    >>> [mistake.key for mistake in known("swap_phase")]
    ['roles-swapped', 'abs-for-real', 'shift-not-undone', 'j-forgotten', 'fft-for-fft2']
    """
    one_of(name, TABLE, "name")
    return TABLE[name]


def of(name: str, *args: Any, **options: Any) -> Iterator[tuple[str, str, Any]]:
    """What each named mistake of a function would answer.

    Book: one-curve-per-image

    Parameters
    ----------
    name : str
        Name of a task's function, such as "rapsd".
    *args, **options
        Its arguments.

    Yields
    ------
    key : str
        Short name of the mistake.
    sentence : str
        What was done and what to do instead.
    value : object
        The answer that the wrong version gives; computed when it is reached.

    Raises
    ------
    SpectralKitError
        If no mistakes are named for the function.

    Examples
    --------
    >>> import numpy as np
    >>> flat = np.ones((4, 4))
    >>> {key: value[0, 0] for key, _, value in of("log_magnitude", flat)}["log10-for-ln"].round(2)
    np.float64(-6.0)
    """
    for mistake in known(name):
        yield mistake.key, mistake.sentence, mistake.wrong(*args, **options)
