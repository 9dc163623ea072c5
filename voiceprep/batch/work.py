"""What is done with one recording, in whatever process: hear it, measure, judge, render. Writes no report.

What is sent to a worker (`Task`) and what comes back (`Outcome`) can be pickled, and is the same from every executor. A
transcript is judged as it was kept, also right after it was heard: so kept and fresh answers cannot differ.
"""

from __future__ import annotations

import json
import tempfile
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep import __version__, hearing, pipeline, sound, tables
from voiceprep.audio import decode, encode
from voiceprep.codec import from_data, to_data
from voiceprep.container import shown
from voiceprep.errors import EngineError, InputError, VoiceprepError
from voiceprep.model import Assessment, Measurement, Question, Recording, Settings, Transcript
from voiceprep.report import overview, table
from voiceprep.tables import ENGINES, METRICS
from voiceprep.voice import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceprep.audio import Decoded
    from voiceprep.engines import Recogniser

# The format whose pages carry the sound and draw it.
PAGE = "html"


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to be heard: where it is, what its reports are called, what it answers, and who speaks.

    `name` is a path without an ending, below the folder of reports. `problem` says why nothing can be done with it.
    """

    path: str
    name: str
    question: Question | None = None
    candidate: str = ""
    question_end: float | None = None
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class How:
    """What is the same for all recordings of a run.

    `engine` is a name of the table or `module:attribute`, `model` its folder; `forms` are the formats of reports,
    `sound` says whether pages carry the recording. `anonymous` leaves name and hash of the file out.
    """

    settings: Settings = field(default_factory=Settings)
    engine: str = "whisper"
    model: str = ""
    model_name: str = ""
    model_sha256: str = ""
    forms: tuple[str, ...] = (PAGE,)
    sound: bool = True
    at: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A job on its way to a worker: its `place` in the run, the hash of its sound, and what is known of it already.

    `forms` are the formats to render. `content` is the file itself, where the worker does not share the disk.
    """

    place: int
    job: Job
    how: How
    sha256: str
    forms: tuple[str, ...]
    facts: bytes | None = None
    taken: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result: its `kind` in one word, what happened, what to do, and the exit code.

    `again` says whether another try may help; `fatal` that all others would fail likewise.
    """

    kind: str
    message: str
    hint: str = ""
    exit_code: int = 1
    again: bool = False
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the job at `place`: its facts and measurements to be kept, its row of the tables, its reports.

    `facts` are there where the recording was heard in this run, `heard` are its seconds of sound then, and `seconds`
    how long all of it took. `kept` marks what was up to date and did not go to a worker.
    """

    place: int
    facts: bytes | None = None
    measured: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    row: str = ""
    reports: tuple[tuple[str, str], ...] = ()
    duration: float = 0.0
    heard: float = 0.0
    seconds: float = 0.0
    version: str = __version__
    kept: bool = False
    failure: Failure | None = None


def work(task: Task) -> Outcome:
    """Return what comes of `task`. Raises nothing: what goes wrong is a `Failure`, so that no other job suffers."""
    begun = time.perf_counter()
    try:
        outcome = _done(task)
    except InputError as error:
        failure = Failure("recording", error.message, error.hint, error.exit_code)
    except _UnopenedError as error:
        failure = Failure("engine", error.message, error.hint, error.exit_code, fatal=True)
    except EngineError as error:
        failure = Failure("engine", error.message, error.hint, error.exit_code, again=True)
    except MemoryError:
        failure = Failure("memory", "there is not enough memory for this recording", TOO_LARGE, 4, again=True)
    except Exception as error:  # noqa: BLE001  (a bug met in one recording must not cost the others)
        told = f"{type(error).__name__}: {error}"[:300]
        failure = Failure("bug", told, "This is a bug: please report it.", again=True)
    else:
        return replace(outcome, seconds=round(time.perf_counter() - begun, 3))
    return Outcome(task.place, seconds=round(time.perf_counter() - begun, 3), failure=failure)


TOO_LARGE = "Use fewer workers (--workers 1) or a smaller model, or cut the recording into its answers."


class _UnopenedError(EngineError):
    """The engine itself cannot be opened."""


def _done(task: Task) -> Outcome:
    job, how = task.job, task.how
    in_page = PAGE in task.forms
    decoded = _decoded(task) if task.facts is None or in_page else None
    facts = facts_of(decoded, how) if decoded and task.facts is None else task.facts or b""
    assessment, measured = judged(facts, job, how, task.taken)
    drawn = assessment
    if decoded is not None and in_page:
        playback = encode(decoded.audio) if how.sound else None
        drawn = replace(assessment, waveform=sound.waveform(decoded.audio), playback=playback)
    reports = tuple((form, pipeline.render(drawn if form == PAGE else assessment, form)) for form in task.forms)
    duration = assessment.transcript.duration
    return Outcome(
        task.place,
        facts if task.facts is None else None,
        measured,
        row_of(assessment),
        reports,
        duration,
        duration if task.facts is None else 0.0,
    )


def _decoded(task: Task) -> Decoded:
    with _at_hand(task) as path:
        decoded = decode(path, RATE)
    if decoded.recording.sha256 != task.sha256:
        raise EngineError(f"'{path.name}' was changed while it was read", hint="Run the same command again.")
    return decoded


@contextmanager
def _at_hand(task: Task) -> Iterator[Path]:
    """Give the path of the recording; one that was sent is put down for as long as it is read."""
    path = Path(task.job.path)
    if task.content is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="voiceprep-") as folder:
        copy = Path(folder) / ("recording" + path.suffix)
        copy.write_bytes(task.content)
        yield copy


def facts_of(decoded: Decoded, how: How) -> bytes:
    """Hear `decoded` and return the facts of it: recording and transcript as compressed JSON, without its name."""
    transcript = hearing.transcribe(decoded, _opened(how), how.settings)
    recording = to_data(replace(decoded.recording, name=""))
    data = {"recording": recording, "transcript": to_data(transcript)}
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 6)


def judged(
    facts: bytes, job: Job, how: How, taken: Mapping[str, tuple[int, str]]
) -> tuple[Assessment, Mapping[str, tuple[int, str]]]:
    """Return the assessment of kept `facts`, and its measurements; those `taken` by today's metrics are not repeated.

    `taken` has the version of the metric and the measurement as JSON, by the metric's name.
    """
    data = json.loads(zlib.decompress(facts))
    recording = from_data(Recording, data["recording"])
    name = job.name.rpartition("/")[2] if how.anonymous else Path(job.path).name
    recording = replace(recording, name=shown(name), sha256="" if how.anonymous else recording.sha256)
    transcript = from_data(Transcript, data["transcript"])

    def judge(known: Mapping[str, Measurement]) -> Assessment:
        at, end = how.at, job.question_end
        return pipeline.judge(transcript, recording, job.question, how.settings, at=at, question_end=end, taken=known)

    known = _read(taken)
    assessment = judge(known)
    if len(known) < len(assessment.findings):
        # What was measured now is judged as it will be read: a whole number, for one, is read as a float.
        taken = measured_of(assessment)
        assessment = judge(_read(taken))
    return assessment, taken


def _read(taken: Mapping[str, tuple[int, str]]) -> dict[str, Measurement]:
    """Return those of the measurements `taken` that are of today's version of their metric."""
    return {
        metric: from_data(Measurement, json.loads(text))
        for metric, (version, text) in taken.items()
        if metric in METRICS and tables.load(METRICS, metric).version == version
    }


def measured_of(assessment: Assessment) -> dict[str, tuple[int, str]]:
    """Return the measurements of `assessment` as JSON, each with the version of its metric."""
    measured = (finding.measurement for finding in assessment.findings)
    return {one.metric: (tables.load(METRICS, one.metric).version, _json(to_data(one))) for one in measured}


def row_of(assessment: Assessment) -> str:
    """Return what the tables and the overview say of `assessment`, as JSON."""
    return _json({"cells": table.cells(assessment), "entry": to_data(overview.entry(assessment))})


def _json(data: object) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _opened(how: How) -> Recogniser:
    hearing = replace(how.settings, questions=(), fillers=(), not_fillers=(), bands=())  # type: ignore[arg-type]
    try:
        return _engine(how.engine, how.model, how.model_name, how.model_sha256, hearing)
    except VoiceprepError as error:
        raise _UnopenedError(error.message, error.hint) from error


@lru_cache(maxsize=1)
def _engine(engine: str, model: str, name: str, sha256: str, settings: Settings) -> Recogniser:
    """Open the engine, once in each process."""
    opened: Any = tables.load(ENGINES, engine)
    return opened(Path(model), settings, name=name, sha256=sha256)  # type: ignore[no-any-return]
