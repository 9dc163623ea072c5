"""Folders of recordings, and batches over them: in this process, or as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fake_engine import sounding
from scripted import write_wav

from voiceprep.batch.folder import Folder
from voiceprep.batch.plan import plan
from voiceprep.batch.results import Results
from voiceprep.batch.work import How
from voiceprep.config import built_in_pack
from voiceprep.model import Settings

if TYPE_CHECKING:
    from voiceprep.batch.executors import Executor
    from voiceprep.batch.work import Outcome

ENGINE = "fake_engine:open_fake"
QUESTIONS = ("scope-decision", "about-yourself", "fast-decision")
PATTERN = "{candidate}_{question}.wav"
PATH = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])


def recordings(folder: Path, count: int, *lengths: float) -> list[Path]:
    """Write `count` recordings that are heard well, and one of each of these `lengths`, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    sounds = [sounding(4 + 0.37 * number, number + 1) for number in range(count)]
    sounds += [sounding(length, 99) for length in lengths]
    return [
        write_wav(folder / f"person{number % 3}_{QUESTIONS[number // 3 % 3]}-{number}.wav", audio)
        for number, audio in enumerate(sounds)
    ]


def batch(
    sources: list[Path], out: Path, executor: Executor, how: How | None = None, limit: float | None = None
) -> tuple[Folder, list[Outcome]]:
    """Do a whole batch in this process with `executor`; return the folder and the outcomes as they came."""
    out.mkdir(exist_ok=True)
    with Results(out / ".results.db") as results:
        jobs = plan(sources, [built_in_pack()]).jobs
        folder = Folder(out, jobs, how or How(Settings(), ENGINE, forms=("json",)), results)
        outcomes = list(folder.process(executor, limit))
        folder.finish()
    return folder, outcomes


def command(*arguments: str | Path, log: Path, **more: str) -> subprocess.Popen[str]:
    """Begin `voiceprep batch` with the fake engine, as a user would."""
    line = [sys.executable, "-m", "voiceprep", "batch", *map(str, arguments), "--engine", ENGINE, "--no-color"]
    environment = os.environ | {"PYTHONPATH": PATH, "VOICEPREP_TEST_LOG": str(log), "OMP_NUM_THREADS": "1"} | more
    return subprocess.Popen(
        line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def finished(*arguments: str | Path, log: Path, **more: str) -> tuple[int, str, str]:
    """Run `voiceprep batch` to its end. Return exit code, stdout and stderr."""
    process = command(*arguments, log=log, **more)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def written(out: Path) -> dict[str, bytes]:
    """Return all that a batch has written for people, by its name."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".parquet"
    }


def heard(log: Path) -> list[str]:
    """Return the recordings that were heard to their end, by their number of samples."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return [line.split()[0] for line in lines if line[0].isdigit()]
