"""How far a batch is, as it is shown. No engine, no terminal."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from voiceprep.batch.work import Failure, Job, Outcome
from voiceprep.cli.counter import counter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    paths = [tmp_path / f"{number}.wav" for number in range(600)]
    for path in paths:
        path.write_bytes(bytes(1000))
    return [Job(str(path), path.stem) for path in paths]


@pytest.mark.parametrize(
    ("columns", "said", "unsaid"),
    [
        (100, ("300/600", "10.0 h of sound", "times as fast as spoken", "left"), ()),
        (80, ("300/600", "10.0 h of sound", "left"), ()),
        (60, ("300/600", "10.0 h of sound", "left"), ("as fast as",)),
        (40, ("300/600", "left"), ("of sound",)),
        (24, ("300/600",), ()),
    ],
)
def test_the_bar_fits_the_terminal_and_cuts_no_word(
    jobs: list[Job],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    said: tuple[str, ...],
    unsaid: tuple[str, ...],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    told = counter("bar", jobs, quiet=False, colour=False)
    with told:
        for place, job in enumerate(jobs[:300]):
            told.add(job, Outcome(place, duration=120.0, heard=120.0))
        console = told._bar.console  # type: ignore[attr-defined]
        with console.capture() as captured:
            console.print(told._bar.get_renderable())  # type: ignore[attr-defined]
    (line,) = captured.get().splitlines()
    assert cell_len(line) <= columns
    assert "…" not in line
    assert all(text in line for text in said)
    assert not any(text in line for text in unsaid)


def test_what_is_wrong_is_said_in_whole_words(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    err = io.StringIO()
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stderr", err)
    with counter("bar", jobs, quiet=False, colour=False) as told:
        told.say("69 of 72 done, 3 without a result (errors.csv says why). Overview: class/index.html")
    lines = [line.rstrip() for line in err.getvalue().splitlines()]
    assert any(line.endswith("says why).") for line in lines)
    assert any(line.startswith("Overview: class/index.html") for line in lines)


def test_every_line_for_programs_is_an_object_and_the_end_is_the_last(
    jobs: list[Job], capsys: pytest.CaptureFixture[str]
) -> None:
    with counter("json", jobs[:2], quiet=False, colour=False) as told:
        told.say("a note\nof two lines")
        told.add(jobs[0], Outcome(0, duration=60.0, heard=60.0))
        told.add(jobs[1], Outcome(1, failure=Failure("recording", "it is empty", "Record it again.")))
        told.end(1, 1, 2)
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == ["start", "note", "file", "error", "end"]
    assert events[3]["message"] == "it is empty"
