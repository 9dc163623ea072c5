"""How many workers a machine has room for, and how long they will take. No process is begun."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from voiceprep import config
from voiceprep.batch import machine, speed
from voiceprep.batch.executors import Processes
from voiceprep.batch.work import How
from voiceprep.model import Settings

if TYPE_CHECKING:
    from pathlib import Path

MODEL = 145_000_000
EACH = machine.BASE + 2 * MODEL


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("cores", "memory", "asked", "graphics", "told"),
    [
        (8, 64 * 10**9, (0, 0), 0, "8 workers of one thread each (8 cores)"),
        (8, 64 * 10**9, (2, 0), 0, "2 workers of 4 threads each (as asked for)"),
        (8, 64 * 10**9, (2, 1), 0, "2 workers of one thread each (as asked for)"),
        (1, 64 * 10**9, (0, 0), 0, "one worker of one thread (one core)"),
        (8, 0, (0, 0), 0, "8 workers of one thread each (8 cores)"),
        (8, 3 * EACH, (0, 0), 0, "3 workers of 2 threads each (8 cores, and free memory for 3 (2.2 GB, 0.7 GB each))"),
        (8, EACH // 2, (0, 0), 0, "one worker of 8 threads (8 cores, and free memory for 1 (0.4 GB, 0.7 GB each))"),
        (8, 64 * 10**9, (0, 0), 1, "one worker of 8 threads (a graphics card does the work)"),
    ],
)
def test_workers_are_chosen_by_cores_and_memory_and_it_is_said_why(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory: int, asked: tuple[int, int], graphics: int, told: str
) -> None:
    monkeypatch.setattr(machine, "cores_here", lambda: cores)
    monkeypatch.setattr(machine, "memory_here", lambda: memory)
    assert str(machine.crew(*asked, MODEL, graphics=graphics)) == told


def test_a_container_has_the_memory_of_its_group_and_held_files_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    (tmp_path / "memory.max").write_text("1000000\n", "ascii")
    (tmp_path / "memory.current").write_text("900000\n", "ascii")
    (tmp_path / "memory.stat").write_text("anon 100000\ninactive_file 700000\nactive_file 1\n", "ascii")
    assert machine.memory_here() == 800_000
    (tmp_path / "memory.max").write_text("max\n", "ascii")
    assert machine.memory_here() > 1_000_000


def test_where_memory_is_scarce_no_more_is_begun_than_is_in_work() -> None:
    free = machine.SCARCE + 1
    processes = Processes(4, 1, lambda: free)
    future: Future[int] = Future()
    free = 1
    assert processes.slots() == 4, "with nothing in work one has to begin"
    processes._busy[future] = None  # type: ignore[assignment]
    assert processes.slots() == 1
    free = 0
    assert processes.slots() == 4, "not known"
    free = machine.SCARCE
    assert processes.slots() == 4


def test_there_is_a_slot_even_where_the_last_worker_comes_back_while_the_memory_is_looked_at() -> None:
    def free() -> int:
        processes._busy.clear()
        return 1

    processes = Processes(4, 1, free)
    processes._busy[Future()] = None  # type: ignore[assignment]
    assert processes.slots() == 1


@pytest.mark.parametrize(
    ("heard", "rate"),
    [
        ([], None),
        ([(60.0, 12.0), (60.0, 12.0)], None),
        ([(0.0, 1.0)] * 5, None),
        ([(60.0, 12.0), (30.0, 9.0), (10.0, 2.0)], 0.23),
        ([(60.0, 12.0)] * 4 + [(10.0, 30.0)], 0.2),
    ],
    ids=["none", "too few", "no sound", "weighed by sound", "one opened the model"],
)
def test_speed_is_that_of_most_recordings(heard: list[tuple[float, float]], rate: float | None) -> None:
    assert machine.speed_of(heard) == (None if rate is None else pytest.approx(rate))


def test_speed_is_remembered_for_what_it_was_measured_with(cache: Path) -> None:
    how = How(Settings(threads=1), model_sha256="a" * 64)
    assert speed.known(how) is None
    speed.keep(how, 0.123456)
    assert speed.known(how) == 0.1235
    for other in (How(Settings(threads=2), model_sha256="a" * 64), How(Settings(threads=1), model_sha256="b" * 64)):
        assert speed.known(other) is None
    assert config.cache_dir() == cache


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"whisper": 1}', "\x00"])
def test_a_damaged_memory_of_speed_is_none(cache: Path, text: str) -> None:
    how = How(Settings(threads=1))
    cache.mkdir()
    (cache / "speed.json").write_text(text, "utf-8")
    assert speed.known(how) is None
    speed.keep(how, 0.5)
    assert speed.known(how) == 0.5


def test_where_speed_cannot_be_written_nothing_is_lost(cache: Path) -> None:
    cache.write_text("a file", "utf-8")
    speed.keep(How(), 0.5)
    assert speed.known(How()) is None
