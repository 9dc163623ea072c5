from __future__ import annotations

import os
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from batches import batch, heard, recordings, written
from fake_engine import BREAKS, FAILS_ONCE, HANGS, KILLS
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.batch import executors
from voiceprep.batch.executors import Processes, Serial
from voiceprep.batch.run import run
from voiceprep.batch.work import Failure, How, Job, Outcome, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("VOICEPREP_TEST_LOG", str(path))
    # Processes that are begun find the engine of the tests.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    return path


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = executors.processes(2, 1, "")
    yield made
    made.close(now=True)


def tasks(count: int) -> list[Task]:
    return [Task(place, Job(str(place), str(place)), How(), "", ()) for place in range(count)]


class Shuffled:
    """An executor of `room` places that does things when it is asked what is done, in an order of its own."""

    def __init__(self, room: int) -> None:
        self.room, self.most, self.now = room, 0, 0

    def slots(self) -> int:
        return self.room

    def submit(self, function: Callable[[Task], Outcome], argument: Task, /) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        self.now += 1
        self.most = max(self.most, self.now)
        future.add_done_callback(lambda _: self.left())
        future.set_result(function(argument))
        return future

    def left(self) -> None:
        self.now -= 1

    def give_up(self, future: Future[Outcome], /) -> None: ...

    def close(self, *, now: bool = False) -> None: ...


@given(st.integers(0, 30), st.integers(1, 5), st.sets(st.integers(0, 29)), st.sets(st.integers(0, 29)))
def test_each_task_has_one_outcome_whatever_fails(count: int, room: int, never: set[int], once: set[int]) -> None:
    tries: dict[int, int] = {}

    def does(task: Task) -> Outcome:
        tries[task.place] = tries.get(task.place, 0) + 1
        fails = task.place in never or (task.place in once and tries[task.place] == 1)
        return Outcome(task.place, failure=Failure("engine", "chance", again=True) if fails else None)

    outcomes = list(run(tasks(count), Shuffled(room), None, does))
    assert sorted(outcome.place for outcome in outcomes) == list(range(count))
    assert {outcome.place for outcome in outcomes if outcome.failure} == never & set(range(count))
    assert all(tries[place] == (2 if place in never | once else 1) for place in range(count))


def test_no_more_is_taken_than_there_is_room_for() -> None:
    taken: list[int] = []

    def items() -> Iterator[Task]:
        for task in tasks(50):
            taken.append(task.place)
            yield task

    stream = run(items(), Shuffled(3), None, lambda task: Outcome(task.place))
    next(stream)
    assert len(taken) == 3


def test_what_is_done_already_passes_through_without_a_worker() -> None:
    items: list[Task | Outcome] = [Outcome(0, kept=True), *tasks(2)[1:], Outcome(2, kept=True)]
    outcomes = list(run(items, Shuffled(1), None, lambda task: Outcome(task.place)))
    assert [(outcome.place, outcome.kept) for outcome in outcomes] == [(0, True), (1, False), (2, True)]


def test_what_cannot_be_otherwise_is_not_tried_again() -> None:
    tried: list[int] = []

    def does(task: Task) -> Outcome:
        tried.append(task.place)
        return Outcome(task.place, failure=Failure("recording", "it is empty"))

    assert len(list(run(tasks(2), Shuffled(2), None, does))) == 2
    assert tried == [0, 1]


def test_processes_give_the_same_results_as_one_after_the_other(tmp_path: Path, processes: Processes) -> None:
    recordings(tmp_path / "in", 7)
    _, streamed = batch([tmp_path / "in"], tmp_path / "many", processes)
    batch([tmp_path / "in"], tmp_path / "one", Serial())
    assert sorted(outcome.place for outcome in streamed) == list(range(7))
    assert written(tmp_path / "many") == written(tmp_path / "one")


def test_a_recording_that_kills_its_worker_costs_no_other(tmp_path: Path, log: Path, processes: Processes) -> None:
    recordings(tmp_path / "in", 4, KILLS, BREAKS)
    (tmp_path / "in" / "empty.wav").touch()
    folder, _ = batch([tmp_path / "in"], tmp_path / "out", processes)
    kinds = {Path(folder.jobs[place].path).name: one.kind for place, one in folder.failures.items()}
    assert sorted(kinds.values()) == ["bug", "recording", "worker"]
    assert kinds["empty.wav"] == "recording"
    assert folder.done == 4
    assert len(heard(log)) == 4
    errors = (tmp_path / "out" / "errors.csv").read_text("utf-8")
    assert "ended by the system" in errors
    assert "RuntimeError: a bug" in errors


def test_a_recording_that_takes_too_long_is_given_up_and_named(tmp_path: Path, processes: Processes) -> None:
    recordings(tmp_path / "in", 3, HANGS)
    # The time that workers take to begin, longer than all else on a busy machine, is over before.
    recordings(tmp_path / "before", 2)
    batch([tmp_path / "before"], tmp_path / "out-before", processes)
    folder, _ = batch([tmp_path / "in"], tmp_path / "out", processes, limit=6.0)
    assert [one.kind for one in folder.failures.values()] == ["time-out"]
    assert folder.done == 3


def test_what_failed_by_chance_is_tried_once_more(tmp_path: Path, log: Path, processes: Processes) -> None:
    recordings(tmp_path / "in", 2, FAILS_ONCE)
    folder, _ = batch([tmp_path / "in"], tmp_path / "out", processes)
    assert folder.failures == {}
    assert log.read_text("utf-8").count("failed") == 2


def test_copies_of_a_recording_are_heard_once_by_many_workers(tmp_path: Path, log: Path, processes: Processes) -> None:
    one, _ = recordings(tmp_path / "in", 2)
    for number in range(3):
        (tmp_path / "in" / f"copy{number}.wav").write_bytes(one.read_bytes())
    folder, outcomes = batch([tmp_path / "in"], tmp_path / "out", processes)
    assert sorted(outcome.place for outcome in outcomes) == list(range(5))
    assert folder.failures == {}
    assert len(heard(log)) == 2


def test_copies_of_a_recording_that_fails_at_first_are_heard_too(
    tmp_path: Path, log: Path, processes: Processes
) -> None:
    (one,) = recordings(tmp_path / "in", 0, FAILS_ONCE)
    (tmp_path / "in" / "copy.wav").write_bytes(one.read_bytes())
    folder, _ = batch([tmp_path / "in"], tmp_path / "out", processes)
    assert (folder.failures, folder.done) == ({}, 2)
    assert len(heard(log)) == 1


def test_what_waits_for_something_in_work_is_asked_for_again() -> None:
    begun: list[int] = []

    def items() -> Iterator[Task | Outcome | None]:
        one, other = tasks(2)
        yield one
        while len(begun) < 2:
            yield None
        yield other

    def does(task: Task) -> Outcome:
        begun.append(task.place)
        return Outcome(task.place, failure=Failure("engine", "chance", again=True) if len(begun) == 1 else None)

    assert sorted(outcome.place for outcome in run(items(), Shuffled(2), None, does)) == [0, 1]
    assert begun == [0, 0, 1]


def test_each_worker_opens_the_engine_once_and_hears_several(tmp_path: Path, log: Path, processes: Processes) -> None:
    recordings(tmp_path / "in", 8)
    batch([tmp_path / "in"], tmp_path / "out", processes)
    workers = [line.split()[1] for line in log.read_text("utf-8").splitlines()]
    assert len(workers) == 8
    assert len(set(workers)) <= 2
    assert str(os.getpid()) not in workers


def test_an_engine_that_cannot_be_opened_ends_the_run(tmp_path: Path) -> None:
    recordings(tmp_path / "in", 3)
    how = How(engine="fake_engine:open_none", model_name="base", forms=())
    _, outcomes = batch([tmp_path / "in"], tmp_path / "out", Serial(), how)
    assert outcomes[0].failure
    assert outcomes[0].failure.fatal
    assert outcomes[0].failure.hint == "Get one."
