"""Ways back from noise to images: each sampler yields its states one by one.

A denoiser is any callable (x_t, t) -> estimate of x_0. All samplers ask it once per time (Heun's
twice) and never at t = 0, where there is nothing left to remove.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.diffusion.process import Process
from spectralkit.diffusion.states import Asked, Denoiser, State, levels, states
from spectralkit.errors import SpectralKitError, as_generator, as_number, as_real
from spectralkit.results import FloatArray


def ddim_step(
    x_t: ArrayLike,
    x0: ArrayLike,
    *,
    signal: float,
    noise: float,
    signal_next: float,
    noise_next: float,
) -> FloatArray:
    r"""One deterministic step: read the noise off the state, and mix it again with less of it.

    .. math:: \hat\varepsilon = \frac{x_t - a\, \hat x_0}{\sigma}, \qquad
        x_s = a_s\, \hat x_0 + \sigma_s\, \hat\varepsilon

    Book: samplers

    Parameters
    ----------
    x_t : array_like
        State at time t, any shape.
    x0 : array_like
        Estimate of the clean images at time t, the shape of `x_t`.
    signal, noise : float
        Factors a and sigma at time t; the noise must be positive.
    signal_next, noise_next : float
        Factors a and sigma at the next time s.

    Returns
    -------
    numpy.ndarray
        State at time s, the shape and type of `x_t`.

    Raises
    ------
    SpectralKitError
        If the shapes differ, a value is not finite, there is no noise at time t, or `noise_next`
        is negative.

    Notes
    -----
    J. Song, C. Meng, S. Ermon, "Denoising diffusion implicit models", 2021, equation 12 with
    eta = 0.

    Examples
    --------
    >>> ddim_step([0.8], [1.0], signal=0.5, noise=0.5, signal_next=0.75, noise_next=0.25).tolist()
    [0.9]
    """
    state, clean = as_real(x_t, "x_t"), as_real(x0, "x0")
    if state.shape != clean.shape:
        raise SpectralKitError(
            f"x_t and x0 must have one shape, but have {state.shape} and {clean.shape}."
        )
    a, sigma = as_number(signal, "signal"), as_number(noise, "noise")
    a_next, sigma_next = as_number(signal_next, "signal_next"), as_number(noise_next, "noise_next")
    if sigma <= 0 or sigma_next < 0:
        raise SpectralKitError(
            "noise must be positive, so that it can be read off the state, and noise_next at least "
            f"0, but they are {sigma:g} and {sigma_next:g}."
        )
    return _mix(state, clean, a, sigma, a_next, sigma_next)


def _mix(
    x: FloatArray, x0: FloatArray, a: float, sigma: float, a_next: float, sigma_next: float
) -> FloatArray:
    """`ddim_step` with the factors of x and x0 gathered: two products and a sum."""
    ratio = sigma_next / sigma
    new = x * x.dtype.type(ratio)
    new += x.dtype.type(a_next - a * ratio) * x0
    return np.asarray(new)


def ddim(
    denoiser: Denoiser, process: Process, x: ArrayLike, *, times: ArrayLike
) -> Iterator[State]:
    r"""Deterministic sampling: at each time denoise, then `ddim_step` to the next time.

    It solves the probability-flow ODE by Euler's method for :math:`x / a` on the axis
    :math:`\sigma / a`; on the rectified flow that is `euler`. Order 1.

    Book: samplers

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

    Returns
    -------
    iterator of (numpy.ndarray, float)
        States (x, t), each computed when it is asked for and not kept: first the start, last the
        sample, all in the shape and type of the start.

    Raises
    ------
    SpectralKitError
        If the start or the times are unusable, or the denoiser returns another shape or values
        that are not finite: the step is named.

    Notes
    -----
    J. Song, C. Meng, S. Ermon, "Denoising diffusion implicit models", 2021.

    Examples
    --------
    >>> flow = sk.RectifiedFlow()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, flow)
    >>> states = list(ddim(white, flow, np.ones((4, 4)), times=flow.steps(2)))
    >>> [(x[0, 0].item(), t) for x, t in states]
    [(1.0, 1.0), (0.5, 0.5), (0.5, 0.0)]
    """
    ask = Asked(denoiser)

    def step(x: FloatArray, t: float, s: float) -> FloatArray:
        return _mix(x, ask(x, t), *levels(process, t), *levels(process, s))

    return states(x, times, step, ask)


def euler(
    denoiser: Denoiser, process: Process, x: ArrayLike, *, times: ArrayLike
) -> Iterator[State]:
    r"""Solve the probability-flow ODE by Euler's method in time, :math:`x_s = x_t + (s - t)\, v_t`.

    The velocity v is `Process.velocity` of the denoised state. Order 1.

    Book: samplers

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

    Returns
    -------
    iterator of (numpy.ndarray, float)
        States (x, t), each computed when it is asked for and not kept: first the start, last the
        sample, all in the shape and type of the start.

    Raises
    ------
    SpectralKitError
        If the start or the times are unusable, or the denoiser returns another shape or values
        that are not finite: the step is named.

    Examples
    --------
    >>> flow = sk.RectifiedFlow()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, flow)
    >>> [x[0, 0].item() for x, t in euler(white, flow, np.ones((4, 4)), times=[1.0, 0.5])]
    [1.0, 0.5]
    """
    ask = Asked(denoiser)

    def step(x: FloatArray, t: float, s: float) -> FloatArray:
        return x + x.dtype.type(s - t) * process.velocity(x, ask(x, t), t)

    return states(x, times, step, ask)


def heun(
    denoiser: Denoiser, process: Process, x: ArrayLike, *, times: ArrayLike
) -> Iterator[State]:
    r"""Solve the probability-flow ODE by Heun's method: the mean of the slopes at both ends.

    .. math:: x_s = x_t + \frac{s - t}{2} \big( v_t(x_t) + v_s(x_t + (s - t)\, v_t(x_t)) \big)

    Order 2 for two evaluations a step. The step to t = 0 is Euler's.

    Book: samplers

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

    Returns
    -------
    iterator of (numpy.ndarray, float)
        States (x, t), each computed when it is asked for and not kept: first the start, last the
        sample, all in the shape and type of the start.

    Raises
    ------
    SpectralKitError
        If the start or the times are unusable, or the denoiser returns another shape or values
        that are not finite: the step is named.

    Notes
    -----
    T. Karras et al., "Elucidating the design space of diffusion-based generative models", 2022,
    use it in sigma / a; here it runs in time.

    Examples
    --------
    >>> flow = sk.RectifiedFlow()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, flow)
    >>> [x[0, 0].item() for x, t in heun(white, flow, np.ones((4, 4)), times=[1.0, 0.5])]
    [1.0, 0.75]
    """
    ask = Asked(denoiser)

    def step(x: FloatArray, t: float, s: float) -> FloatArray:
        span = x.dtype.type(s - t)
        slope = process.velocity(x, ask(x, t), t)
        ahead = x + span * slope
        if s == 0:
            return ahead
        return x + span / 2 * (slope + process.velocity(ahead, ask(ahead, s), s))

    return states(x, times, step, ask)


def dpm_solver_pp_2m(
    denoiser: Denoiser, process: Process, x: ArrayLike, *, times: ArrayLike
) -> Iterator[State]:
    r"""DPM-Solver++(2M): a `ddim_step` whose estimate is extrapolated from the last two.

    With the half log SNR :math:`\lambda = \ln(a/\sigma)` and the spans h between its values,

    .. math:: D_i = \hat x_0^{(i)}
        + \frac{h_i}{2 h_{i-1}} \left( \hat x_0^{(i)} - \hat x_0^{(i-1)} \right)

    takes the place of the estimate. Order 2 for one evaluation a step. The first step, one after a
    state without signal and the one to t = 0 have an infinite span and stay first order.

    Book: samplers

    Parameters
    ----------
    denoiser : callable
        ``denoiser(x_t, t)`` estimates x_0, in the shape of x_t.
    process : Process
        Signal and noise at each time.
    x : array_like
        Start, noisy images at ``times[0]``, any shape that the denoiser takes.
    times : array_like
        Strictly decreasing times in [0, 1], shape (n + 1,); best evenly spaced in the log SNR.

    Returns
    -------
    iterator of (numpy.ndarray, float)
        States (x, t), each computed when it is asked for and not kept: first the start, last the
        sample, all in the shape and type of the start.

    Raises
    ------
    SpectralKitError
        If the start or the times are unusable, or the denoiser returns another shape or values
        that are not finite: the step is named.

    Notes
    -----
    C. Lu et al., "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic
    models", 2022, algorithm 2.

    Examples
    --------
    >>> flow = sk.RectifiedFlow()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, flow)
    >>> states = dpm_solver_pp_2m(white, flow, np.ones((4, 4)), times=[0.9, 0.5, 0.1])
    >>> [round(x[0, 0].item(), 3) for x, t in states]  # exact: 1, 0.781, 1.0
    [1.0, 0.61, 0.805]
    """
    ask = Asked(denoiser)
    memory: list[tuple[FloatArray, float]] = []  # the last estimate and the span that followed it

    def step(x: FloatArray, t: float, s: float) -> FloatArray:
        x0 = ask(x, t)
        now, then = levels(process, t), levels(process, s)
        span = _half_log_snr(*then) - _half_log_snr(*now)
        estimate = x0
        if memory and np.isfinite(span):
            last, last_span = memory.pop()
            estimate = x0 + x.dtype.type(span / (2 * last_span)) * (x0 - last)
        memory[:] = [(x0, span)]
        return _mix(x, estimate, *now, *then)

    return states(x, times, step, ask)


def sample(
    sampler: Callable[..., Iterator[State]],
    denoiser: Denoiser,
    process: Process,
    shape: Sequence[int],
    *,
    times: ArrayLike,
    rng: np.random.Generator,
    progress: bool = False,
) -> FloatArray:
    """Draw from the usual prior and run a sampler to its end.

    Book: watching-it-happen

    Parameters
    ----------
    sampler : callable
        `ddim`, `euler`, `heun`, `dpm_solver_pp_2m`, `ddpm`, or one with options set by
        `functools.partial`. It gets `rng` if it takes one.
    denoiser : callable
        ``denoiser(x_t, t)`` estimates x_0, in the shape of x_t.
    process : Process
        Signal and noise at each time; its `prior` is the start.
    shape : sequence of int
        Shape of the result.
    times : array_like
        Strictly decreasing times in [0, 1], shape (n + 1,), as `Process.steps` gives them.
    rng : numpy.random.Generator
        Source of randomness.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    numpy.ndarray
        The last state, float64.

    Raises
    ------
    SpectralKitError
        As the sampler and the prior.

    Notes
    -----
    The prior has no trace of the signal that is left at t = 1, so the sample lacks some of the
    strongest coefficients' variance: start from `GaussianDenoiser.sample_marginal` to avoid it.

    Examples
    --------
    >>> flow = sk.RectifiedFlow()
    >>> white = sk.GaussianDenoiser(np.ones((4, 4)), 0.0, flow)
    >>> rng = np.random.default_rng(1)
    >>> sample(heun, white, flow, (2, 4, 4), times=flow.steps(20), rng=rng).shape
    (2, 4, 4)
    """
    from tqdm import tqdm

    options = {"rng": rng} if "rng" in inspect.signature(sampler).parameters else {}
    start = process.prior(shape, rng=as_generator(rng))
    walk = sampler(denoiser, process, start, times=times, **options)
    x = start
    with tqdm(total=np.size(times) - 1, disable=not progress, desc="sampling", unit="step") as bar:
        for number, (x, _) in enumerate(walk):  # noqa: B007 - the last one is the sample
            bar.update(int(number > 0))
    return x


def _half_log_snr(signal: float, noise: float) -> float:
    """ln(a / sigma): -inf without signal, inf without noise."""
    with np.errstate(divide="ignore"):
        return float(np.log(signal) - np.log(noise))
