"""Tasks through an executor: so many at a time, results as they finish, one more try for what may have been chance.

Knows nothing of what a task does. Whatever happens to a worker is an outcome of its task and never an exception.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceprep.batch.work import TOO_LARGE, Failure, Outcome, Task, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from voiceprep.batch.executors import Executor

# Where nothing finishes, how long to wait before the clock is looked at again; on Windows also before Ctrl-C is heard.
TICK = 1.0
TRIES = 2


_END = object()


@dataclass(frozen=True, slots=True)
class _Try:
    """A task in work: when it began, which try it is."""

    task: Task
    begun: float
    number: int


def run(
    items: Iterable[Task | Outcome | None],
    executor: Executor,
    limit: float | None = None,
    does: Callable[[Task], Outcome] = work,
) -> Iterator[Outcome]:
    """Yield what comes of each of `items`, in the order in which it is done; outcomes among them pass through.

    None among them says that the next one waits for something in work; it is asked for again when something is done.
    No more tasks are taken from `items` than `executor` has room for, so that memory does not grow with their number. A
    task that takes longer than `limit` seconds is given up. What may have failed by chance is tried once more, after
    all others.
    """
    waiting = iter(items)
    again: deque[Task] = deque()
    running: dict[Future[Outcome], _Try] = {}
    while True:
        while len(running) < executor.slots():
            item = next(waiting, _END)
            if isinstance(item, Outcome):
                yield item
                continue
            if isinstance(item, Task):
                task, number = item, 1
            elif again and (item is _END or not running):
                task, number = again.popleft(), TRIES
            else:
                break
            running[executor.submit(does, task)] = _Try(task, time.monotonic(), number)
        if not running:
            return
        done, _ = wait(running, TICK, FIRST_COMPLETED)
        late = _late(running, limit) - done
        for future in late:
            executor.give_up(future)
        for future in done | late:
            tried = running.pop(future)
            outcome = _overdue(tried, limit) if future in late else _outcome(future, tried)
            if outcome.failure and outcome.failure.again and tried.number < TRIES:
                again.append(tried.task)
            else:
                yield outcome


def _late(running: dict[Future[Outcome], _Try], limit: float | None) -> set[Future[Outcome]]:
    if limit is None:
        return set()
    now = time.monotonic()
    return {future for future, tried in running.items() if now - tried.begun > limit}


def _overdue(tried: _Try, limit: float | None) -> Outcome:
    told = f"it took longer than {limit:g} s and was given up"
    return Outcome(tried.task.place, failure=Failure("time-out", told, "Allow more with --timeout.", 4, again=True))


def _outcome(future: Future[Outcome], tried: _Try) -> Outcome:
    """Return what `future` brought; a worker that ended in the middle of its work brings an exception."""
    try:
        error = future.exception()
    except BaseException as cancelled:  # noqa: BLE001  (a cluster that goes away cancels)
        error = cancelled
    if error is None:
        return replace(future.result(), place=tried.task.place)
    if type(error).__name__ in {"BrokenProcessPool", "KilledWorker", "CancelledError", "FutureCancelledError"}:
        told = "its worker was ended by the system in the middle of it, most often because memory ran out"
        return Outcome(tried.task.place, failure=Failure("worker", told, TOO_LARGE, 4, again=True))
    told = f"its worker failed: {type(error).__name__}: {error}"[:300]
    return Outcome(tried.task.place, failure=Failure("worker", told, "", 4, again=True))
