"""What a training loss weighs as an error of the clean image."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectralkit.diffusion.process import Process
from spectralkit.diffusion.times import one_or_many
from spectralkit.errors import one_of
from spectralkit.results import OneOrMany

LOSSES = ("noise", "clean", "velocity", "flow")


def loss_weight(loss: str, process: Process, t: ArrayLike) -> OneOrMany:
    r"""What the squared error of a prediction weighs as an error of the clean image.

    Each prediction target is a combination of the known noisy image and the clean one, so its
    squared error is that of the clean image times

    =========== =============================== =======================================
    loss        target                          weight
    =========== =============================== =======================================
    "noise"     eps                             :math:`a^2 / \sigma^2`
    "clean"     x0                              1
    "velocity"  a eps - sigma x0                :math:`(a^2 + \sigma^2)^2 / \sigma^2`
    "flow"      eps - x0                        :math:`(a + \sigma)^2 / \sigma^2`
    =========== =============================== =======================================

    Book: which-frequency-when

    Parameters
    ----------
    loss : {"noise", "clean", "velocity", "flow"}
        What the network predicts.
    process : Process
        How the image is corrupted.
    t : float or array_like
        Time in [0, 1].

    Returns
    -------
    float or numpy.ndarray
        Linear, the shape of `t`; infinite at t = 0 for all but "clean".

    Raises
    ------
    SpectralKitError
        If the loss is unknown or a time lies outside [0, 1].

    Notes
    -----
    D. Kingma, R. Gao, "Understanding diffusion objectives as the ELBO with simple data
    augmentation", 2023.

    Examples
    --------
    >>> from spectralkit import RectifiedFlow
    >>> [loss_weight(loss, RectifiedFlow(), 0.5) for loss in LOSSES]
    [1.0, 1.0, 1.0, 4.0]
    """
    one_of(loss, LOSSES, "loss")
    signal, noise = np.asarray(process.signal(t)), np.asarray(process.noise(t))
    top = {
        "noise": signal,
        "clean": noise,
        "velocity": signal**2 + noise**2,
        "flow": signal + noise,
    }[loss]
    if loss == "clean":
        return one_or_many(np.ones_like(noise))
    with np.errstate(divide="ignore"):
        return one_or_many(np.square(top / noise))
