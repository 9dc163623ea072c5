"""Tasks on a Dask cluster: one that is there already, or one on this machine for as long as the run takes.

The cluster is used through `concurrent.futures` alone. When a worker dies, Dask gives its tasks to others; a task that
has killed several is given up by it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    T = TypeVar("T")
    R = TypeVar("R")

# How long to look for the scheduler, in seconds.
PATIENCE = 15


class Dask:
    """An executor on the cluster that `client` knows; `cluster` is its own, ended with it."""

    def __init__(self, client: Any, cluster: Any = None) -> None:  # noqa: ANN401  (an optional package)
        self._client, self._cluster = client, cluster
        self._executor = client.get_executor(pure=False)

    def slots(self) -> int:
        """Return how many threads the workers have now, or one where none has come yet."""
        return max(1, int(sum(self._client.nthreads().values())))

    def submit(self, function: Callable[[T], R], argument: T, /) -> Future[R]:
        """Begin on some worker."""
        return self._executor.submit(function, argument)  # type: ignore[no-any-return]

    def give_up(self, future: Future[R], /) -> None:
        """Forget `future`; a worker that has begun finishes in vain, for Dask cannot stop it."""
        future.cancel()

    def close(self, *, now: bool = False) -> None:
        """Leave the cluster, or end the own one."""
        self._executor.shutdown(wait=not now)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def dask(workers: int, threads: int, address: str) -> Dask:
    """Return the cluster at `address`, or one on this machine with `workers` of `threads` each.

    Raise `InputError` where there is no Dask, or no scheduler at `address`.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415  (an optional package, and heavy)
    except ImportError as error:
        raise InputError("Dask is not installed", hint="pip install 'voiceprep[dask]'") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if address:
        try:
            return Dask(Client(address, timeout=PATIENCE, set_as_default=False))
        except (OSError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers at {address!r}", hint="Is it running? Its address is tcp://HOST:8786."
            ) from error
    # One recording at a time in each worker; its threads are those of the speech engine.
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        env={"OMP_NUM_THREADS": str(threads)},
    )
    return Dask(Client(cluster, set_as_default=False), cluster)
