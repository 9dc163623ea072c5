"""What a batch keeps and writes, also when it is stopped in the middle. Real processes, no model."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from batches import ENGINE, PATTERN, batch, command, finished, heard, recordings, written
from fake_engine import KILLS
from media import write_video_only_in
from rich.cells import cell_len

from voiceprep import config, files, pipeline
from voiceprep.batch import parquet, work
from voiceprep.batch.executors import Serial
from voiceprep.batch.work import How
from voiceprep.correcting import Change, Correction
from voiceprep.errors import InputError
from voiceprep.history import History
from voiceprep.history.correcting import revise
from voiceprep.model import Band, Measurement, Settings
from voiceprep.report import data
from voiceprep.tables import METRICS, load

if TYPE_CHECKING:
    import subprocess

    from voiceprep.metrics import Metric

HOW = How(Settings(), ENGINE, forms=("json", "html"))


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("VOICEPREP_TEST_LOG", str(path))
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return path


def table(out: Path, name: str = "answers.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / name).read_text("utf-8"))))


# Never twice


def test_a_second_run_hears_nothing_and_writes_nothing_anew(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 3)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "reports").iterdir()}
    first = written(tmp_path / "out")
    _, outcomes = batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert all(outcome.kept for outcome in outcomes)
    assert len(heard(log)) == 3
    assert written(tmp_path / "out") == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "reports").iterdir()} == before


def test_a_kept_answer_gives_the_report_of_a_fresh_one(tmp_path: Path) -> None:
    recordings(tmp_path / "in", 2)
    batch([tmp_path / "in"], tmp_path / "fresh", Serial(), HOW)
    batch([tmp_path / "in"], tmp_path / "kept", Serial(), replace(HOW, forms=()))
    batch([tmp_path / "in"], tmp_path / "kept", Serial(), HOW)
    assert written(tmp_path / "kept") == written(tmp_path / "fresh")


def test_the_same_sound_under_another_name_is_not_heard_again(tmp_path: Path, log: Path) -> None:
    (one,) = recordings(tmp_path / "in", 1)
    (tmp_path / "in" / "copy.wav").write_bytes(one.read_bytes())
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert len(heard(log)) == 1
    assert [row["file"] for row in table(tmp_path / "out")] == ["copy.wav", one.name]


def test_a_new_band_judges_again_without_hearing_or_measuring(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings(tmp_path / "in", 2)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert {row["pace_verdict"] for row in table(tmp_path / "out")} != {"very_high"}
    for name in METRICS:
        count(monkeypatch, name, Counter())
    strict = replace(HOW, settings=Settings(bands={"pace": Band(None, 1.0)}))
    batch([tmp_path / "in"], tmp_path / "out", Serial(), strict)
    assert {row["pace_verdict"] for row in table(tmp_path / "out")} == {"very_high"}
    assert len(heard(log)) == 2


def count(monkeypatch: pytest.MonkeyPatch, name: str, counts: Counter[str], version: int | None = None) -> None:
    """Count how often the metric `name` is measured; with a `version`, let it be of that version."""
    module, _, attribute = METRICS[name].partition(":")
    metric: Metric = load(METRICS, name)

    def measure(answer: Any) -> Measurement:
        counts[name] += 1
        measured = metric.measure(answer)
        return replace(measured, version=version) if version else measured

    changed = replace(metric, measure=measure, version=version or metric.version)
    monkeypatch.setattr(f"{module}.{attribute}", changed)


def test_a_new_version_of_a_metric_measures_that_alone(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings(tmp_path / "in", 2)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    counts: Counter[str] = Counter()
    for name in METRICS:
        count(monkeypatch, name, counts, 99 if name == "pace" else None)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert counts == {"pace": 2}
    assert len(heard(log)) == 2
    report = next((tmp_path / "out" / "reports").glob("*.json"))
    (answer,) = data.parse(report.read_text("utf-8"))
    versions = {one.measurement.metric: one.measurement.version for one in answer.findings}
    assert versions["pace"] == 99


@pytest.mark.parametrize(
    "changed",
    [
        replace(HOW, model_sha256="b" * 64),
        replace(HOW, settings=Settings(beam=1)),
        replace(HOW, settings=Settings(language="en")),
        replace(HOW, settings=Settings(pause_threshold=0.4)),
        replace(HOW, settings=Settings(fillers=("as it were",))),
    ],
    ids=["model", "beam", "language", "pause threshold", "fillers"],
)
def test_what_alters_the_words_or_pauses_hears_again(tmp_path: Path, log: Path, changed: How) -> None:
    recordings(tmp_path / "in", 1)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), changed)
    assert len(heard(log)) == 2


def test_more_threads_or_another_format_hear_nothing_again(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 1)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    other = replace(HOW, settings=Settings(threads=2), forms=("json", "md"))
    batch([tmp_path / "in"], tmp_path / "out", Serial(), other)
    assert len(heard(log)) == 1
    assert {path.suffix for path in (tmp_path / "out" / "reports").iterdir()} == {".json", ".html", ".md"}


def test_a_report_that_somebody_changed_or_lost_is_written_again(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 2)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    whole = written(tmp_path / "out")
    changed, lost = sorted((tmp_path / "out" / "reports").glob("*.html"))
    changed.write_text("cut", "utf-8")
    lost.unlink()
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert written(tmp_path / "out") == whole
    assert len(heard(log)) == 2


@pytest.mark.parametrize("damage", [b"no database", b""], ids=["not a database", "empty"])
def test_kept_results_that_are_damaged_are_made_again(tmp_path: Path, log: Path, damage: bytes) -> None:
    recordings(tmp_path / "in", 1)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    whole = written(tmp_path / "out")
    for path in (tmp_path / "out").glob(".results.db*"):
        path.unlink()
    (tmp_path / "out" / ".results.db").write_bytes(damage * 500)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert written(tmp_path / "out") == whole
    assert len(heard(log)) == 2


def test_results_of_another_version_are_made_again(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 1)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    connection = sqlite3.connect(tmp_path / "out" / ".results.db")
    connection.execute("PRAGMA user_version = 77")
    connection.close()
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert len(heard(log)) == 2


# What is written


def test_the_table_has_a_row_for_each_answer_and_the_errors_for_the_others(tmp_path: Path) -> None:
    recordings(tmp_path / "in", 3)
    (tmp_path / "in" / "empty.wav").touch()
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    rows = table(tmp_path / "out")
    assert len(rows) == 3
    assert all((tmp_path / "out" / row["report"]).is_file() and float(row["pace_value"]) > 0 for row in rows)
    (error,) = table(tmp_path / "out", "errors.csv")
    assert (error["file"], error["kind"]) == ("empty.wav", "recording")
    assert "empty" in error["message"]


@pytest.mark.skipif(not parquet.is_there(), reason="pyarrow is not installed: pip install 'voiceprep[parquet]'")
def test_parquet_has_the_cells_of_the_table_as_numbers(tmp_path: Path) -> None:
    read = pytest.importorskip("pyarrow.parquet").read_table
    recordings(tmp_path / "in", 2)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    rows = read(tmp_path / "out" / "answers.parquet").to_pylist()
    for row, cells in zip(rows, table(tmp_path / "out"), strict=True):
        assert list(row) == list(cells)
        assert row["pace_value"] == float(cells["pace_value"])
        assert row["file"] == cells["file"]


def test_anonymous_results_name_no_candidate_and_no_file(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 3, KILLS)
    (tmp_path / "in" / "person1_empty.wav").touch()
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--pattern", "{candidate}_*.wav", "--anonymous")
    code, _, _ = finished(*arguments, "--format", "html", "--format", "json", log=log)
    assert code == 4
    for name, content in written(tmp_path / "out").items():
        assert b"person" not in content, name
        assert b"audio/flac" not in content, name
        assert "person" not in name
    assert sorted({row["candidate"] for row in table(tmp_path / "out")}) == ["1", "2", "3"]
    assert {row["sha256"] for row in table(tmp_path / "out")} == {""}
    assert "person" not in (tmp_path / "out" / ".results.db").read_bytes().decode("latin-1")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_of_any_bytes_are_heard_and_shown(tmp_path: Path, log: Path) -> None:
    (one,) = recordings(tmp_path / "in", 1)
    for name in (b"bad\xff.wav", b"new\nline.wav", b"-rf.wav", b"a \"quoted\" 'name'.wav"):
        (tmp_path / "in" / os.fsdecode(name)).write_bytes(one.read_bytes())
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--format", "json", "--format", "html")
    code, _, err = finished(*arguments, "--executor", "serial", log=log)
    assert (code, "Traceback" in err) == (0, False)
    rows = table(tmp_path / "out")
    assert len(rows) == 5
    assert all((tmp_path / "out" / row["report"]).is_file() for row in rows)


def test_save_keeps_each_answer_in_the_history_once(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 3)
    for _ in range(2):
        code, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", "--save", "--format", "none", log=log)
        assert (code, "Traceback" in err) == (0, False)
    with History(config.data_dir() / "history.db") as history:
        assert len(history) == 3
        assert {record.recording.name for record in history.records()} == {
            path.name for path in (tmp_path / "in").iterdir()
        }
    assert len(heard(log)) == 3


def test_what_was_corrected_of_a_recording_is_said_not_to_be_in_its_report(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 2)
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--format", "none")
    assert "What you corrected" not in finished(*arguments, "--save", log=log)[2]
    with History(config.data_dir() / "history.db") as history:
        word = history.known(1).transcript.words[0]
        revise(history, 1, pipeline.recount, add=[Correction(Change.WORD, word.span, word.text, "This")])
    _, _, err = finished(*arguments, log=log)
    assert "What you corrected of one of these recordings counts in your history, not in these reports" in err
    assert len(heard(log)) == 2


def test_what_cannot_be_heard_is_named_with_its_reason_and_stops_nothing(tmp_path: Path, log: Path) -> None:
    whole, _ = recordings(tmp_path / "in", 2)
    folder = tmp_path / "in"
    (folder / "text.wav").write_text("This is a text.\n" * 99, "utf-8")
    (folder / "head.wav").write_bytes(whole.read_bytes()[:20])
    (folder / "half.wav").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    write_video_only_in(folder)
    batch([folder], tmp_path / "out", Serial(), HOW)
    reasons = {row["file"]: row["message"] for row in table(tmp_path / "out", "errors.csv")}
    assert "is not a sound or video file" in reasons.pop("text.wav")
    assert "damaged beyond reading" in reasons.pop("head.wav")
    ((_, reason),) = reasons.items()
    assert "is a video without a sound track" in reason
    rows = {row["file"]: row for row in table(tmp_path / "out")}
    assert len(rows) == 3
    assert "The file ends early" in rows["half.wav"]["caveats"]
    assert len(heard(log)) == 3


def test_a_disk_that_is_full_ends_the_run_and_what_was_heard_is_kept(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings(tmp_path / "in", 3)

    def full(path: Path, *_: object, **__: object) -> None:
        raise InputError(f"cannot write '{path}': the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_text", full)
        with pytest.raises(InputError, match="the disk is full"):
            batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    assert len(heard(log)) == 3
    assert len(table(tmp_path / "out")) == 3


# The command


def test_all_is_well_is_exit_code_zero_and_what_failed_tells_in_it(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 2)
    assert finished(tmp_path / "in", "--out", tmp_path / "out", log=log)[0] == 0
    (tmp_path / "in" / "empty.wav").touch()
    code, out, err = finished(tmp_path / "in", "--out", tmp_path / "out", log=log)
    assert (code, out) == (2, "")
    assert "'" + str(tmp_path / "in" / "empty.wav") + "' is empty" in err
    assert "2 of 3 done, 1 without a result" in err


def test_a_dry_run_shows_the_plan_and_writes_nothing(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 3)
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--pattern", "{candidate}_{question}-*.wav")
    code, out, _ = finished(*arguments, "--dry-run", log=log)
    assert code == 0
    assert out.count("new ") == 3
    assert "scope-decision" in out
    assert "3 recordings, 0 heard before, 3 to hear: 13 s of sound" in out
    assert not (tmp_path / "out").exists()
    assert not log.exists()
    finished(*arguments, log=log)
    assert "a rough guess" in out
    told = finished(*arguments, "--dry-run", log=log)[1]
    assert "3 heard before, 0 to hear" in told
    assert "About" not in told
    recordings(tmp_path / "more", 1)
    elsewhere = (tmp_path / "more", "--out", tmp_path / "other", "--dry-run")
    assert "as fast as earlier batches on this machine" in finished(*elsewhere, log=log)[1]


def test_a_dry_run_stands_in_columns_and_shows_what_a_sentence_asks(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 2)
    rows = ["file,candidate,question", "in/person0_scope-decision-0.wav,李雷,Why do you want this job?"]
    rows += ["in/person1_scope-decision-1.wav,Ben,scope-decision", "in/none.wav,,no-such-question"]
    (tmp_path / "m.csv").write_text("\n".join(rows), "utf-8")
    _, out, _ = finished(tmp_path / "m.csv", "--out", tmp_path / "out", "--dry-run", log=log)
    lines = out.splitlines()[:3]
    asked = ("Why do you want this job?", "scope-decision", "cannot be used: there is no question")
    assert len({cell_len(line[: line.rindex(text)]) for line, text in zip(lines, asked, strict=True)}) == 1


def test_progress_for_programs_is_json_and_nothing_else(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 2)
    (tmp_path / "in" / "empty.wav").touch()
    _, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", "--progress", "json", log=log)
    events = [json.loads(line) for line in err.splitlines()]
    kinds = Counter(event["event"] for event in events)
    assert (kinds["start"], kinds["file"], kinds["error"], kinds["end"]) == (1, 2, 1, 1)
    assert (events[0]["event"], events[-1]["event"]) == ("start", "end")
    end = events[-1]
    assert (end["done"], end["failed"], end["files"], end["code"]) == (2, 1, 3, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "pdf"), "'pdf' is no format"),
        (("--executor", "slurm"), "'slurm' is not known"),
        (("--executor", "serial", "--timeout", "5"), "cannot give a recording up"),
        (("--address", "tcp://x:1"), "--address is for Dask"),
        (("--pattern", "x.wav"), "the pattern 'x.wav'"),
        (("--question", "scope-decison"), "there is no question"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_heard(
    tmp_path: Path, log: Path, arguments: tuple[str, ...], said: str
) -> None:
    recordings(tmp_path / "in", 1)
    code, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", *arguments, log=log)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not log.exists()


# Stops and goes on


def wait_for(log: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many recordings were heard by `process`, or until it ends."""
    while len(heard(log)) < count and process.poll() is None:
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals to a process of its own")
def test_ctrl_c_writes_what_is_done_and_the_same_command_goes_on(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 9)
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--format", "json")
    process = command(*arguments, log=log)
    wait_for(log, 3, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "to do: the same command goes on" in err
    done = len(table(tmp_path / "out"))
    assert 0 < done < 9
    assert f"{9 - done} recordings were not heard yet" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert finished(*arguments, log=log)[0] == 0
    finished(tmp_path / "in", "--out", tmp_path / "calm", "--format", "json", log=tmp_path / "other")
    assert written(tmp_path / "out") == written(tmp_path / "calm")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals to a process of its own")
def test_killed_ten_times_it_hears_no_finished_recording_twice_and_loses_none(tmp_path: Path, log: Path) -> None:
    chance = random.Random(7)  # noqa: S311  (no secret)
    count, workers = 24, 2
    recordings(tmp_path / "in", count)
    arguments = (tmp_path / "in", "--out", tmp_path / "out", "--pattern", PATTERN.replace("}.wav", "}-*.wav"))
    arguments += ("--workers", str(workers), "--format", "json", "--format", "html")
    for _ in range(10):
        process = command(*arguments, log=log)
        kept = rows(tmp_path / "out")
        before = len(heard(log))
        # Some are killed at the very start, some after a few recordings.
        wait_for(log, min(count, before + chance.choice([0, 1, 2, 3])), process)
        process.kill()
        process.communicate(timeout=60)
        assert rows(tmp_path / "out") >= kept
    assert finished(*arguments, log=log)[0] == 0
    times = Counter(heard(log))
    assert len(times) == count
    # What was in work when it was killed is heard again: at most one recording a worker, and one on its way.
    assert sum(times.values()) - count <= 10 * 2 * workers
    calm = ("--out", tmp_path / "calm")
    finished(*(calm[1] if one == tmp_path / "out" else one for one in arguments), log=tmp_path / "other")
    assert written(tmp_path / "out") == written(tmp_path / "calm")
    assert len(table(tmp_path / "out")) == count


def rows(out: Path) -> int:
    """Return how many recordings are kept."""
    if not (out / ".results.db").exists():
        return 0
    connection = sqlite3.connect(out / ".results.db")
    try:
        return int(connection.execute("SELECT count(*) FROM heard").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_workers_end_with_a_main_process_that_was_killed(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 6)
    process = command(tmp_path / "in", "--out", tmp_path / "out", "--workers", "1", log=log)
    wait_for(log, 1, process)
    worker = int(log.read_text("utf-8").split()[1])
    process.kill()
    process.communicate(timeout=60)
    while is_alive(worker):
        os.sched_yield()


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_two_runs_never_work_in_one_folder(tmp_path: Path, log: Path) -> None:
    recordings(tmp_path / "in", 6)
    first = command(tmp_path / "in", "--out", tmp_path / "out", log=log)
    wait_for(log, 1, first)
    code, _, err = finished(tmp_path / "in", "--out", tmp_path / "out", log=log)
    assert code == 2
    assert "another voiceprep works in" in err
    first.communicate(timeout=60)
    assert first.returncode == 0


def test_a_worker_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recordings(tmp_path / "in", 1)
    real = work._done
    monkeypatch.setattr(work, "_done", lambda task: replace(real(task), version="0.0.0"))
    folder, _ = batch([tmp_path / "in"], tmp_path / "out", Serial(), HOW)
    (failure,) = folder.failures.values()
    assert failure.fatal
    assert "0.0.0" in failure.message
