"""Diffusion: processes that corrupt images, and what can still be seen at each time."""

from spectralkit.diffusion.blur import heat_dissipation, heat_gains, heat_step
from spectralkit.diffusion.chain import alpha_bar, forward_marginal, forward_step
from spectralkit.diffusion.equal_snr import EqualSNR
from spectralkit.diffusion.frequency import (
    active_band,
    max_detectable_frequency,
    wiener_gain,
)
from spectralkit.diffusion.loss import loss_weight
from spectralkit.diffusion.process import Process
from spectralkit.diffusion.scalar import RectifiedFlow, VarianceExploding, VariancePreserving

__all__ = [
    "EqualSNR",
    "Process",
    "RectifiedFlow",
    "VarianceExploding",
    "VariancePreserving",
    "active_band",
    "alpha_bar",
    "forward_marginal",
    "forward_step",
    "heat_dissipation",
    "heat_gains",
    "heat_step",
    "loss_weight",
    "max_detectable_frequency",
    "wiener_gain",
]
