"""Where submissions are executed: threads of this process, or a Dask cluster.

A job holds the hidden tests and a student's seeds, and a cluster's workers are believed: use one
that only instructors reach, or an address with ``tls://``.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from gradekit import sandbox
from gradekit.errors import WorkFailedError
from gradekit.judging import end_idle

# Seconds until a scheduler has to answer.
PATIENCE = 10


class ClusterError(WorkFailedError):
    """The cluster cannot be used, or not any more."""


@dataclass(frozen=True)
class Workplace:
    """An executor, how many jobs it runs at once, and a call that raises if it is gone."""

    executor: Executor
    workers: int
    demand: Callable[[], None] = lambda: None


@contextmanager
def threads(number: int | None = None) -> Iterator[Workplace]:
    """Use threads: a submission runs in a process of its own, so that one waits for it."""
    number = number or os.cpu_count() or 1
    executor = ThreadPoolExecutor(number, thread_name_prefix="gradekit")
    try:
        yield Workplace(executor, number)
    finally:
        executor.shutdown(cancel_futures=True)
        end_idle()


@contextmanager
def cluster(address: str, *, trusted: bool = False) -> Iterator[Workplace]:
    """Use the workers of the Dask scheduler at an address.

    Raises
    ------
    ClusterError
        If the package is missing, nobody answers, there are no workers, or they cannot execute
        submissions; without a sandbox only those that are trusted.
    """
    try:
        from distributed import Client
        from distributed.comm.core import connect
    except ModuleNotFoundError as error:
        raise ClusterError(
            "Grading on a cluster needs the package distributed: "
            "install this package with its extra `cluster`."
        ) from error

    async def knock() -> None:
        comm = await connect(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
        await comm.close()

    try:
        # A client that cannot connect would go on trying for a while after its error.
        # In a thread of its own: formgrader's button is pressed inside of a running event loop.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(asyncio.run, knock()).result()
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address!r}: start one, or leave the option out."
        ) from error

    def demand() -> None:
        if client.status != "running":
            raise ClusterError(f"The Dask scheduler at {address!r} is gone.")
        if not client.scheduler_info()["workers"]:
            raise ClusterError(f"The Dask cluster at {address!r} has no workers.")

    with client:
        demand()
        try:
            troubles = client.run(_no_trouble if trusted else sandbox.trouble)
        except ImportError as error:
            raise ClusterError(f"The workers at {address!r} lack {error.name}.") from error
        if trouble := next(filter(None, troubles.values()), ""):
            raise ClusterError(f"A worker of the cluster cannot grade. {trouble}")
        workers = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
        executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        yield Workplace(executor, workers, demand)


def _no_trouble() -> str:
    return ""
