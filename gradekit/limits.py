"""Limits that a confined process sets for itself before it does anything else."""

import resource
from pathlib import Path

GRACE = 5


def set_limits(limits: dict[str, int]) -> None:
    """Set limits that nothing can raise again; none for a process that is not confined.

    Parameters
    ----------
    limits : dict
        By name, as in ``{"CPU": 300}`` for ``RLIMIT_CPU``.
    """
    for name, value in limits.items():
        # At the soft limit of processor time comes a signal that says why; at the hard one, death.
        hard = value + GRACE if name == "CPU" else value
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, hard))
    if limits:
        # If memory becomes scarce, the system ends this process before any other.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
