"""Ancestral sampling: a way back from noise to images that adds fresh noise at each step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.diffusion.gaussian import filtered, half
from spectralkit.diffusion.process import Process
from spectralkit.diffusion.states import Asked, Denoiser, State, levels, states
from spectralkit.errors import SpectralKitError, as_generator, one_of
from spectralkit.results import FloatArray

VARIANCES = ("posterior", "beta", "exact")


def ddpm(
    denoiser: Denoiser,
    process: Process,
    x: ArrayLike,
    *,
    times: ArrayLike,
    rng: np.random.Generator,
    variance: str = "posterior",
) -> Iterator[State]:
    r"""Ancestral sampling: at each step denoise, move towards the estimate, add fresh noise.

    From t to s, with :math:`\alpha = a_t / a_s` and
    :math:`\beta = \sigma_t^2 - \alpha^2 \sigma_s^2`, the noise that the way from s to t adds:

    .. math:: x_s = \frac{\alpha \sigma_s^2}{\sigma_t^2}\, x_t
        + \frac{a_s \beta}{\sigma_t^2}\, \hat x_0 + \sqrt{v}\, z

    The noise z has the spectrum of the process's.

    Book: watching-it-happen

    Parameters
    ----------
    denoiser : callable
        ``denoiser(x_t, t)`` estimates x_0, in the shape of x_t.
    process : Process
        Signal and noise at each time.
    x : array_like
        Start, noisy images at ``times[0]``, any shape that the denoiser takes.
    times : array_like
        Strictly decreasing times in [0, 1], shape (n + 1,), as `Process.steps` gives them.
    rng : numpy.random.Generator
        Source of the fresh noise.
    variance : {"posterior", "beta", "exact"}
        What v is. "posterior": :math:`\beta \sigma_s^2 / \sigma_t^2`, right if the estimate were
        the clean image itself. "beta": :math:`\beta`, right for white data of variance 1 under a
        variance-preserving process; none in the step to t = 0. "exact": the first plus
        :math:`(a_s \beta / \sigma_t^2)^2\, \mathrm{Var}[x_0 | x_t]`, which needs a denoiser with
        `posterior_variance` and is exact for a Gaussian field.

    Returns
    -------
    iterator of (numpy.ndarray, float)
        States (x, t), each computed when it is asked for and not kept: first the start, last the
        sample, all in the shape and type of the start.

    Raises
    ------
    SpectralKitError
        If the start, the times, `rng` or `variance` is unusable, "exact" meets a denoiser without
        `posterior_variance`, or the denoiser returns another shape or values that are not finite:
        the step is named.

    Notes
    -----
    J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", 2020, algorithm 2 and
    section 3.2; F. Bao et al., "Analytic-DPM", 2022, for the exact variance.

    Examples
    --------
    >>> process = sk.VariancePreserving()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, process)
    >>> rng = np.random.default_rng(1)
    >>> states = list(ddpm(white, process, np.ones((4, 4)), times=process.steps(3), rng=rng))
    >>> [round(t, 3) for x, t in states]
    [1.0, 0.667, 0.333, 0.0]
    """
    one_of(variance, VARIANCES, "variance")
    generator = as_generator(rng)
    spread = getattr(denoiser, "posterior_variance", None)
    if variance == "exact" and spread is None:
        raise SpectralKitError(
            'variance="exact" needs a denoiser with posterior_variance(t), as GaussianDenoiser has.'
        )
    ask = Asked(denoiser)

    def step(x: FloatArray, t: float, s: float) -> FloatArray:
        x0 = ask(x, t)
        keep, pull, posterior, beta = _backward(process, t, s)
        spectrum = process.noise_spectrum * (beta if variance == "beta" else posterior)
        if variance == "exact" and spread is not None:
            spectrum = spectrum + pull**2 * spread(t)
        kind = x.dtype.type
        return kind(keep) * x + kind(pull) * x0 + _coloured(x, spectrum, generator)

    return states(x, times, step, ask)


def _backward(process: Process, t: float, s: float) -> tuple[float, float, float, float]:
    """Factors of x_t and x_0 in the mean of x_s given both, and the two textbook variances."""
    (a, sigma), (a_next, sigma_next) = levels(process, t), levels(process, s)
    kept, share = a / a_next, (sigma_next / sigma) ** 2
    # the difference sigma_t² - (a_t/a_s)² sigma_s² without losing small ones
    added = (sigma - kept * sigma_next) * (sigma + kept * sigma_next)
    pull = a_next * added / sigma**2
    return kept * share, pull, added * share, added if sigma_next else 0.0


def _coloured(x: FloatArray, spectrum: Any, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise like x with a spectrum: one number, or one per Fourier coefficient."""
    white = rng.standard_normal(x.shape, dtype=x.dtype)
    if np.ndim(spectrum) == 0:
        return white * x.dtype.type(np.sqrt(spectrum))
    return filtered(white, np.sqrt(half(np.asarray(spectrum))))
