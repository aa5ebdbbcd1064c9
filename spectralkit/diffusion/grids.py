"""Where a sampler stops on its way from noise to image, on the axis of the log SNR."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRIDS = ("uniform", "log_snr", "karras")
RHO = 7  # Karras et al. 2022, equation 5


def grid_log_snr(grid: str, n: int, lowest: float, highest: float) -> NDArray[np.float64]:
    """Log SNR of n stops, rising from the lowest to the highest; n = 1 is the lowest alone."""
    if grid == "log_snr":
        return np.linspace(lowest, highest, n)
    # noise-to-signal amplitude sigma / a = exp(-log_snr / 2), to the power of 1 / rho
    ramp = np.linspace(np.exp(-lowest / 2 / RHO), np.exp(-highest / 2 / RHO), n)
    return np.asarray(-2 * RHO * np.log(ramp))
