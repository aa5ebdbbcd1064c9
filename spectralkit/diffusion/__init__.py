"""Diffusion: processes that corrupt images, and what can still be seen at each time."""

from spectralkit.diffusion.ancestral import ddpm
from spectralkit.diffusion.blur import heat_dissipation, heat_gains, heat_step
from spectralkit.diffusion.chain import alpha_bar, forward_marginal, forward_step
from spectralkit.diffusion.equal_snr import EqualSNR
from spectralkit.diffusion.frequency import (
    active_band,
    max_detectable_frequency,
    wiener_gain,
)
from spectralkit.diffusion.gaussian import GaussianDenoiser
from spectralkit.diffusion.loss import loss_weight
from spectralkit.diffusion.process import Process
from spectralkit.diffusion.samplers import (
    ddim,
    ddim_step,
    dpm_solver_pp_2m,
    euler,
    heun,
    sample,
)
from spectralkit.diffusion.scalar import RectifiedFlow, VarianceExploding, VariancePreserving

__all__ = [
    "EqualSNR",
    "GaussianDenoiser",
    "Process",
    "RectifiedFlow",
    "VarianceExploding",
    "VariancePreserving",
    "active_band",
    "alpha_bar",
    "ddim",
    "ddim_step",
    "ddpm",
    "dpm_solver_pp_2m",
    "euler",
    "forward_marginal",
    "forward_step",
    "heat_dissipation",
    "heat_gains",
    "heat_step",
    "heun",
    "loss_weight",
    "max_detectable_frequency",
    "sample",
    "wiener_gain",
]
