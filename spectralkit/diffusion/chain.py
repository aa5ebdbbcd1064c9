"""The discrete Markov chain of DDPM, and its closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectralkit.errors import SpectralKitError, as_generator, as_number, as_real
from spectralkit.results import FloatArray


def alpha_bar(betas: ArrayLike) -> NDArray[np.float64]:
    r"""Share of the clean image's power that is left after each step of the chain.

    .. math:: \bar\alpha_n = \prod_{m=1}^{n} (1 - \beta_m)

    Book: corruption

    Parameters
    ----------
    betas : array_like
        Variance of the noise that each step adds, shape (n,), each in [0, 1).

    Returns
    -------
    numpy.ndarray
        Shape (n,), falling; the element at index i belongs to the state after i + 1 steps.

    Raises
    ------
    SpectralKitError
        If the betas have no shape (n,) or one lies outside [0, 1).

    Notes
    -----
    J. Ho, A. Jain, P. Abbeel, "Denoising diffusion probabilistic models", 2020.

    Examples
    --------
    >>> alpha_bar([0.5, 0.5, 0.5]).tolist()
    [0.5, 0.25, 0.125]
    """
    beta = as_real(betas, "betas").astype(np.float64, copy=False)
    if beta.ndim != 1 or (beta < 0).any() or (beta >= 1).any():
        raise SpectralKitError(
            f"betas must have shape (n,) and lie in [0, 1), but have shape {beta.shape} and run "
            f"from {beta.min():g} to {beta.max():g}."
        )
    return np.asarray(np.cumprod(1 - beta), dtype=np.float64)


def forward_step(x: ArrayLike, beta: float, *, rng: np.random.Generator) -> FloatArray:
    r"""One step of the chain: shrink the image a little, add a little noise.

    .. math:: x_n = \sqrt{1 - \beta}\; x_{n-1} + \sqrt{\beta}\; \varepsilon_n

    The noise is fresh at every step. Where x has unit variance, so has the result.

    Book: corruption

    Parameters
    ----------
    x : array_like
        State before the step, any shape.
    beta : float
        Variance of the noise, in [0, 1].
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        State after the step, the shape and type of `x`.

    Raises
    ------
    SpectralKitError
        If `beta` lies outside [0, 1], a value is not finite, or `rng` is no Generator.

    Examples
    --------
    >>> forward_step([1.0, -1.0], 0.0, rng=np.random.default_rng(1)).tolist()
    [1.0, -1.0]
    """
    return _shrink_and_add(x, 1 - _as_share(beta, "beta"), rng)


def forward_marginal(x0: ArrayLike, alpha_bar: float, *, rng: np.random.Generator) -> FloatArray:
    r"""Many steps of the chain at once: the law of x_n given the clean image.

    .. math:: x_n = \sqrt{\bar\alpha_n}\; x_0 + \sqrt{1 - \bar\alpha_n}\; \varepsilon

    Book: corruption

    Parameters
    ----------
    x0 : array_like
        Clean images, any shape.
    alpha_bar : float
        Share of signal power that is left, in [0, 1]: an element of `alpha_bar`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        A draw with the distribution of the chain's state, the shape and type of `x0`.

    Raises
    ------
    SpectralKitError
        If `alpha_bar` lies outside [0, 1], a value is not finite, or `rng` is no Generator.

    Examples
    --------
    >>> forward_marginal([1.0, -1.0], 1.0, rng=np.random.default_rng(1)).tolist()
    [1.0, -1.0]
    """
    return _shrink_and_add(x0, _as_share(alpha_bar, "alpha_bar"), rng)


def _shrink_and_add(x: ArrayLike, kept: float, rng: np.random.Generator) -> FloatArray:
    """Keep a share of the power and fill up with fresh noise."""
    state = as_real(x, "x")
    eps = np.asarray(as_generator(rng).standard_normal(state.shape)).astype(state.dtype)
    signal, noise = (state.dtype.type(np.sqrt(share)) for share in (kept, 1 - kept))
    return np.asarray(signal * state + noise * eps)


def _as_share(value: float, name: str) -> float:
    """A number in [0, 1]."""
    share = as_number(value, name)
    if not 0 <= share <= 1:
        raise SpectralKitError(f"{name} must lie in [0, 1], but is {share:g}.")
    return share
