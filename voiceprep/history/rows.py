"""Rows of the history from values and back. Opens nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voiceprep.codec import from_data, to_data
from voiceprep.errors import HistoryError, InputError
from voiceprep.history.values import Entry, Record
from voiceprep.model import (
    Heard,
    Measurement,
    Question,
    QuestionKind,
    Recording,
    Span,
    Transcript,
    Word,
    WordKind,
)
from voiceprep.practice import Take

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from voiceprep.correcting import Correction
    from voiceprep.model import Assessment

ENTRY = (
    "id, at, sitting, name, place, recording, answer.duration AS duration, question, question_text, question_kind,"
    " model, session, number"
)
TAKE = "session, number, dropped, ended, question_end, thought, take.settings AS take_settings"
COUNTS = "metric, version, total, per, reason"


def row(assessment: Assessment, place: str, take: Take | None) -> dict[str, Any]:
    """Return the row of an answer whose recording lies at `place`."""
    recording, question, engine = assessment.recording, assessment.question, assessment.transcript.engine
    settings, measured = as_json(to_data(engine.settings)), [counts(one.measurement) for one in assessment.findings]
    asked = (question.id, question.text, question.kind.value) if question else (None, None, None)
    heard = (engine.name, engine.version, engine.model, engine.sha256, settings)
    at = assessment.at or datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "identity": digest(recording.sha256, asked[:2], heard),
        "facts": digest(words(assessment.transcript), measured),
        "at": at,
        "voiceprep": assessment.voiceprep,
        "place": plain(place),
        "recording": recording.sha256,
        "name": plain(recording.name),
        **{name: getattr(recording, name) for name in ("duration", "container", "codec", "rate", "channels")},
        **dict(zip(("question", "question_text", "question_kind"), asked, strict=True)),
        **dict(zip(("engine", "engine_version", "model", "model_sha256", "settings"), heard, strict=True)),
        "sitting": take.session if take else at[:10],
    }


def words(transcript: Transcript) -> str:
    """Return `transcript` as it is kept."""
    return as_json(to_data(transcript))


def take_row(answer: int, take: Take) -> tuple[Any, ...]:
    """Return the row of `take`, which brought about `answer`."""
    settings = as_json(to_data(take.settings))
    return (answer, take.session, take.number, take.dropped, take.ended, take.question_end, take.thought, settings)


def record(
    row: sqlite3.Row,
    measured: Sequence[Measurement],
    corrected: Sequence[Measurement],
    corrections: Sequence[Correction],
) -> Record:
    """Return the answer in `row`. Raise `HistoryError` where its words cannot be read."""
    heard = transcript(row["id"], row["transcript"])
    recording = Recording(
        *(row[name] for name in ("name", "recording", "duration", "container", "codec", "rate", "channels"))
    )
    question = question_of(row)
    said = (recording, question, heard, tuple(measured), take_of(row, question), tuple(corrected))
    return Record(row["id"], row["at"], row["voiceprep"], row["place"], *said, tuple(corrections))


def transcript(answer: int, kept: str) -> Transcript:
    """Return the transcript of `answer` that is `kept` so. Raise `HistoryError` where it cannot be read."""
    try:
        return from_data(Transcript, json.loads(kept))
    except (InputError, ValueError) as error:
        raise HistoryError(f"Answer {answer} cannot be read: {error}") from error


def entry(row: sqlite3.Row) -> Entry:
    """Return the answer in `row`, which has the columns of `ENTRY`."""
    return Entry(
        **{name: row[name] for name in ("id", "at", "sitting", "name", "place", "duration", "model")},
        sound=row["recording"],
        question=question_of(row),
        session=row["session"] or "",
        number=row["number"] or 0,
    )


def counts(measurement: Measurement) -> tuple[str, int, float, float, str]:
    """Return what is kept of `measurement`."""
    return (measurement.metric, measurement.version, measurement.total, measurement.per, measurement.reason)


def measurement(metric: str, version: int, total: float, per: float, reason: str = "") -> Measurement:
    """Return the measurement with these counts."""
    return Measurement(metric, version, total, per, reason=reason)


def plain(name: str) -> str:
    """Return the name of a file as text that can be kept, whatever bytes the file system has in it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def word(data: dict[str, Any]) -> Word:
    """Return the word in `data`, as a kept transcript has it."""
    kind, heard = WordKind(data["kind"]), Heard(data["heard"])
    return Word(data["text"], Span(data["start"], data["end"]), data["probability"], kind, heard)


def as_json(data: object) -> str:
    """Return `data` in the one way that it is written in."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def digest(*parts: object) -> str:
    """Return a hash of `parts`."""
    return hashlib.sha256(as_json(parts).encode()).hexdigest()


def question_of(row: sqlite3.Row) -> Question | None:
    """Return the question in `row`, or None where it has none."""
    if row["question_text"] is None:
        return None
    return Question(row["question"], row["question_text"], QuestionKind(row["question_kind"]))


def take_of(row: sqlite3.Row, question: Question | None) -> Take | None:
    """Return the take in `row`, which has the columns of `TAKE`, or None where the answer was not practised."""
    if row["session"] is None:
        return None
    known = {name: row[name] for name in ("session", "number", "at", "duration", "dropped", "ended", "thought")}
    return Take(**known, question=question, question_end=row["question_end"], settings=json.loads(row["take_settings"]))
