"""Diffusion: processes that corrupt images, and what can still be seen at each time."""

from spectralkit.diffusion.chain import alpha_bar, forward_marginal, forward_step
from spectralkit.diffusion.equal_snr import EqualSNR
from spectralkit.diffusion.process import Process
from spectralkit.diffusion.scalar import RectifiedFlow, VarianceExploding, VariancePreserving

__all__ = [
    "EqualSNR",
    "Process",
    "RectifiedFlow",
    "VarianceExploding",
    "VariancePreserving",
    "alpha_bar",
    "forward_marginal",
    "forward_step",
]
