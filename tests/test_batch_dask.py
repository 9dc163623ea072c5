"""Batches on Dask: workers in processes of their own, one of them killed. Skipped without distributed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from batches import PATH, batch, finished, heard, recordings, written
from fake_engine import KILLS

from voiceprep.batch import cluster
from voiceprep.batch.executors import Serial
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("distributed", reason="distributed is not installed: pip install 'voiceprep[dask]'")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("VOICEPREP_TEST_LOG", str(path))
    return path


@pytest.fixture
def scheduler(tmp_path: Path, log: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the address of a scheduler, and two workers in processes of their own."""
    file = tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": PATH, "VOICEPREP_TEST_LOG": str(log), "OMP_NUM_THREADS": "1"}

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], "--no-dashboard"]
        return subprocess.Popen(
            line, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    main = begin("dask_scheduler", "--scheduler-file", str(file), "--port", "0", "--host", "127.0.0.1")
    arguments = ("dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
    workers = [begin(*arguments), begin(*arguments)]
    from distributed import Client  # noqa: PLC0415  (an optional package)

    with Client(scheduler_file=str(file), timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        address = client.scheduler.address
    yield address, workers
    for process in (*workers, main):
        process.kill()
        process.wait()


def test_one_of_two_workers_is_killed_and_all_results_are_there(
    tmp_path: Path, log: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    recordings(tmp_path / "in", 12)
    executor = cluster.dask(2, 1, address)
    # Its first recording done, one of the workers is ended by the system.
    killed = iter([workers[0]])
    real = executor.submit

    def submit(function: object, argument: object) -> object:
        if len(heard(log)) >= 3:
            for process in killed:
                process.send_signal(signal.SIGKILL)
        return real(function, argument)  # type: ignore[arg-type]

    executor.submit = submit  # type: ignore[assignment, method-assign]
    folder, outcomes = batch([tmp_path / "in"], tmp_path / "out", executor)
    executor.close()
    assert workers[0].wait(timeout=30) == -signal.SIGKILL
    assert workers[1].poll() is None
    assert folder.failures == {}
    assert sorted(outcome.place for outcome in outcomes) == list(range(12))
    batch([tmp_path / "in"], tmp_path / "one", Serial())
    assert written(tmp_path / "out") == written(tmp_path / "one")


def test_recordings_are_sent_to_workers_that_do_not_see_them(
    tmp_path: Path, log: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, _ = scheduler
    recordings(tmp_path / "in", 3)
    arguments = ("--executor", "dask", "--address", address, "--send", "--format", "json")
    code, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", *arguments, log=log)
    assert (code, "Traceback" in err) == (0, False)
    finished(tmp_path / "in", "--out", tmp_path / "one", "--executor", "serial", "--format", "json", log=log)
    assert written(tmp_path / "out") == written(tmp_path / "one")


def test_a_cluster_of_its_own_survives_a_recording_that_kills_its_worker(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 4, KILLS)
    arguments = ("--executor", "dask", "--workers", "2", "--format", "json")
    code, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", *arguments, log=log)
    assert code == 4
    assert "4 of 5 done, 1 without a result" in err
    assert "ended by the system" in err


def test_an_address_where_nobody_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        cluster.dask(1, 1, "tcp://127.0.0.1:9")
