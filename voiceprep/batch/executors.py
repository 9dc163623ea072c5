"""Where tasks are done: in this process, or in processes of their own. Stands on concurrent.futures.

A `ProcessPoolExecutor` breaks as a whole when one of its processes dies, and cannot tell whose task that was. So each
worker is a pool of one process: when it dies, its own task is known, the others go on, and a new one takes its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from voiceprep.batch.machine import SCARCE, memory_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    T = TypeVar("T")
    R = TypeVar("R")

# What libraries of linear algebra and of speech read when they start.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Executor(Protocol):
    """The port: where functions are run. `concurrent.futures` with room, and with a way to give up."""

    def slots(self) -> int:
        """Return how many tasks can be in work at a time now."""
        ...

    def submit(self, function: Callable[[T], R], argument: T, /) -> Future[R]:
        """Begin `function` of `argument` and return its future."""
        ...

    def give_up(self, future: Future[R], /) -> None:
        """End the work for `future` if that can be done; nobody waits for it any more."""
        ...

    def close(self, *, now: bool = False) -> None:
        """End all workers, after their work or `now`."""
        ...


class Serial:
    """Everything in this process, one after the other. Has no way to give up."""

    def slots(self) -> int:
        """Return one."""
        return 1

    def submit(self, function: Callable[[T], R], argument: T, /) -> Future[R]:
        """Do it and return the future that has it."""
        future: Future[R] = Future()
        future.set_result(function(argument))
        return future

    def give_up(self, future: Future[R], /) -> None:
        """Do nothing: what was submitted is done."""

    def close(self, *, now: bool = False) -> None:
        """Do nothing: there is nothing to end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    """A pool of one process, and the number of that process once it has begun."""

    pool: ProcessPoolExecutor
    process: Future[int]


class Processes:
    """Workers in processes of their own, each with so many threads; begun when there is work for them.

    `free` tells how much memory is left, in bytes (0: not known).
    """

    def __init__(self, workers: int, threads: int, free: Callable[[], int] = memory_here) -> None:
        self._workers, self._threads, self._free = workers, threads, free
        self._idle: list[_Worker] = []
        self._busy: dict[Future[Any], _Worker] = {}

    def slots(self) -> int:
        """Return how many workers there are; where memory is scarce, no more than are at work, and at least one."""
        # Counted once: a worker may come back while the memory is looked at, from a thread of its own.
        busy = len(self._busy)
        if not busy or not 0 < self._free() < SCARCE:
            return self._workers
        while self._idle:
            worker = self._idle.pop()
            _end(worker)
            worker.pool.shutdown(wait=False)
        return busy

    def submit(self, function: Callable[[T], R], argument: T, /) -> Future[R]:
        """Begin in a worker that is idle, else in a new one."""
        worker = self._idle.pop() if self._idle else self._new()
        try:
            future = worker.pool.submit(function, argument)
        except BrokenProcessPool:
            # It was ended while it had nothing to do.
            worker.pool.shutdown(wait=False)
            worker = self._new()
            future = worker.pool.submit(function, argument)
        self._busy[future] = worker
        future.add_done_callback(self._back)
        return future

    def give_up(self, future: Future[R], /) -> None:
        """End the process that works for `future`."""
        worker = self._busy.get(future)
        if worker is not None:
            _end(worker)

    def close(self, *, now: bool = False) -> None:
        """End all processes."""
        for worker in [*self._busy.values(), *self._idle]:
            if now:
                _end(worker)
            worker.pool.shutdown(wait=not now, cancel_futures=now)
        self._idle.clear()

    def _new(self) -> _Worker:
        # Not by fork: threads of the speech engine do not survive it.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(1, context, initializer=_begin)
        with _environment(dict.fromkeys(_THREADS, str(self._threads))):
            return _Worker(pool, pool.submit(os.getpid))

    def _back(self, future: Future[R]) -> None:
        worker = self._busy.pop(future, None)
        if worker is None:
            return
        if future.cancelled() or isinstance(future.exception(), BrokenProcessPool):
            worker.pool.shutdown(wait=False)
        else:
            self._idle.append(worker)


def _begin() -> None:
    """Make the process a worker: Ctrl-C is for the main process, and where that is gone there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _end(worker: _Worker) -> None:
    try:
        os.kill(worker.process.result(), getattr(signal, "SIGKILL", signal.SIGTERM))
    except (ProcessLookupError, BrokenProcessPool):
        return


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Let processes that are begun inside see these `values`."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def serial(_workers: int, _threads: int, _address: str) -> Serial:
    """Return the executor of this process."""
    return Serial()


def processes(workers: int, threads: int, _address: str) -> Processes:
    """Return so many `workers` with so many `threads` each."""
    return Processes(workers, threads)
