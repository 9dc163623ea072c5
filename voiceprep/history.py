"""The history: a SQLite file of facts about answers. Keeps no verdict, and overwrites no file that it cannot read.

Times of saving are ISO 8601. Measurements are rows, so that SQL can pool them: sum(total) / sum(per).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from voiceprep.codec import from_data, to_data
from voiceprep.errors import HistoryError, InputError
from voiceprep.model import Measurement, Question, QuestionKind, Recording, Transcript
from voiceprep.practice import Take

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from voiceprep.model import Assessment

# Says in the file's header whose database it is, so that no other program's is taken for ours ("vpre").
APPLICATION = 0x76707265

# One tuple of statements a version. Append only: a database of any age is brought up step by step.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        """
        CREATE TABLE answer (
            id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            facts TEXT NOT NULL,
            at TEXT NOT NULL,
            voiceprep TEXT NOT NULL,
            place TEXT NOT NULL,
            recording TEXT NOT NULL,
            name TEXT NOT NULL,
            duration REAL NOT NULL,
            container TEXT NOT NULL,
            codec TEXT NOT NULL,
            rate INTEGER NOT NULL,
            channels INTEGER NOT NULL,
            question TEXT,
            question_text TEXT,
            question_kind TEXT,
            engine TEXT NOT NULL,
            engine_version TEXT NOT NULL,
            model TEXT NOT NULL,
            model_sha256 TEXT NOT NULL,
            settings TEXT NOT NULL,
            transcript TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE measurement (
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            metric TEXT NOT NULL,
            version INTEGER NOT NULL,
            total REAL NOT NULL,
            per REAL NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (answer, metric)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX measurement_of_metric ON measurement (metric, version)",
        "CREATE INDEX answer_at ON answer (at)",
    ),
    (
        """
        CREATE TABLE take (
            answer INTEGER PRIMARY KEY REFERENCES answer (id) ON DELETE CASCADE,
            session TEXT NOT NULL,
            number INTEGER NOT NULL,
            dropped INTEGER NOT NULL,
            ended TEXT NOT NULL,
            question_end REAL,
            thought REAL NOT NULL,
            settings TEXT NOT NULL,
            UNIQUE (session, number)
        )
        """,
    ),
)

_TAKE = "session, number, dropped, ended, question_end, thought, take.settings AS take_settings"


@dataclass(frozen=True, slots=True)
class Record:
    """What the history knows of one answer: of its question id, text and kind; of its measurements no evidence.

    `take` is there where the answer was recorded in a session of practice.
    """

    id: int
    at: str
    voiceprep: str
    place: str
    recording: Recording
    question: Question | None
    transcript: Transcript
    measurements: tuple[Measurement, ...]
    take: Take | None = None


class History:
    """The history in the file `path`, made if there is none. Others that write are waited for, `timeout` at most."""

    def __init__(self, path: Path, *, timeout: float = 10.0) -> None:
        self.path = path
        self.timeout = timeout
        with self._mapped():
            _make_private(path)
            self._connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
        try:
            with self._mapped():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def save(self, assessment: Assessment, *, place: str = "", take: Take | None = None) -> int:
        """Keep the facts of `assessment`, whose recording lies at `place`, and return the id of the answer.

        `take` says how it came about in practice. The same recording, question and engine settings are one answer:
        saved again it keeps its id, and where the facts differ (a metric has a new version) the new ones take the
        place of the old.
        """
        row = _row(assessment, place)
        with self._mapped(), self._transaction():
            found = self._connection.execute(
                "SELECT id, facts FROM answer WHERE identity = ?", (row["identity"],)
            ).fetchone()
            if found and found[1] == row["facts"]:
                answer = int(found[0])
            else:
                answer = self._replace(int(found[0]), row) if found else self._insert(row)
                self._connection.executemany(
                    "INSERT INTO measurement (answer, metric, version, total, per, reason) VALUES (?, ?, ?, ?, ?, ?)",
                    [(answer, *_counts(finding.measurement)) for finding in assessment.findings],
                )
            if take is not None:
                self._keep(answer, take)
        return answer

    def delete(self, answers: Iterable[int]) -> None:
        """Delete `answers` with all that is known of them, so that nothing of their words stays in the file."""
        with self._mapped():
            self._connection.execute("PRAGMA secure_delete = ON")
            with self._transaction():
                self._connection.executemany("DELETE FROM answer WHERE id = ?", [(answer,) for answer in answers])
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def records(self) -> Iterator[Record]:
        """Yield what is kept, the oldest first."""
        with self._mapped():
            cursor = self._connection.cursor()
            cursor.row_factory = sqlite3.Row
            query = f"SELECT answer.*, {_TAKE} FROM answer LEFT JOIN take ON take.answer = answer.id ORDER BY at, id"  # noqa: S608  (names are ours)
            for row in cursor.execute(query):
                measurements = self._connection.execute(
                    "SELECT metric, version, total, per, reason FROM measurement WHERE answer = ? ORDER BY metric",
                    (row["id"],),
                )
                yield self._record(row, tuple(_measurement(*one) for one in measurements))

    def __len__(self) -> int:
        with self._mapped():
            return int(self._connection.execute("SELECT count(*) FROM answer").fetchone()[0])

    def _keep(self, answer: int, take: Take) -> None:
        """Keep `take` as what brought about `answer`; the same sound said before to be another take is now this one."""
        settings = _json(to_data(take.settings))
        facts = (answer, take.session, take.number, take.dropped, take.ended, take.question_end, take.thought, settings)
        self._connection.execute(
            "INSERT OR REPLACE INTO take"
            " (answer, session, number, dropped, ended, question_end, thought, settings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            facts,
        )

    def _insert(self, row: dict[str, Any]) -> int:
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = self._connection.execute(f"INSERT INTO answer ({names}) VALUES ({marks})", row)  # noqa: S608  (names are ours)
        return int(cursor.lastrowid or 0)

    def _replace(self, answer: int, row: dict[str, Any]) -> int:
        facts = {name: row[name] for name in ("facts", "voiceprep", "transcript")}
        changes = ", ".join(f"{name} = :{name}" for name in facts)
        self._connection.execute(f"UPDATE answer SET {changes} WHERE id = :id", {**facts, "id": answer})  # noqa: S608  (names are ours)
        self._connection.execute("DELETE FROM measurement WHERE answer = ?", (answer,))
        return answer

    def _record(self, row: sqlite3.Row, measurements: tuple[Measurement, ...]) -> Record:
        question = None
        if row["question_text"] is not None:
            question = Question(row["question"], row["question_text"], QuestionKind(row["question_kind"]))
        try:
            transcript = from_data(Transcript, json.loads(row["transcript"]))
        except (InputError, ValueError) as error:
            raise HistoryError(f"Answer {row['id']} in {self.path} cannot be read: {error}") from error
        recording = Recording(
            *(row[name] for name in ("name", "recording", "duration", "container", "codec", "rate", "channels"))
        )
        said = (recording, question, transcript, measurements, _take(row, question))
        return Record(row["id"], row["at"], row["voiceprep"], row["place"], *said)

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._refuse_foreign()
        if self._number("PRAGMA user_version") < len(MIGRATIONS):
            with self._transaction():
                # Looked at again: another process may have done it while this one waited.
                for version in range(self._number("PRAGMA user_version"), len(MIGRATIONS)):
                    for statement in MIGRATIONS[version]:
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA user_version = {version + 1}")
        # After the first tables, since SQLite waits for nobody while it changes the journal of a new file.
        self._connection.execute("PRAGMA journal_mode = WAL")

    def _refuse_foreign(self) -> None:
        tables = self._number("SELECT count(*) FROM sqlite_master")
        if tables and self._number("PRAGMA application_id") != APPLICATION:
            raise HistoryError(
                f"{self.path} is the database of another program",
                hint="Move it away, or set VOICEPREP_DATA_DIR to another folder.",
            )
        version = self._number("PRAGMA user_version")
        if version > len(MIGRATIONS):
            raise HistoryError(
                f"{self.path} was made by a newer voiceprep (tables of version {version}, known: {len(MIGRATIONS)})",
                hint="Update: pip install --upgrade voiceprep",
            )

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Write everything inside or nothing; others wait from the start, so that no reader turns writer too late."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself takes back what a full disk interrupts
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Map errors of SQLite and of the file system to `HistoryError`."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error
        except OSError as error:
            raise HistoryError(
                f"The history {self.path} cannot be opened: {error.strerror or error}",
                hint="Set VOICEPREP_DATA_DIR to a folder that you can write in.",
            ) from error

    def _error(self, error: sqlite3.Error) -> HistoryError:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return HistoryError(
                f"The history {self.path} has been in use by another program for {self.timeout:g} s",
                hint="Close the other voiceprep and try again.",
            )
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            return HistoryError(
                f"The history {self.path} is damaged or not a database: {error}",
                hint=f"Nothing was changed. Put back a copy; or begin anew: move it to {self.path.name}.damaged",
            )
        hint = (
            "Free some space on that disk."
            if name == "SQLITE_FULL"
            else "See that you may write the file and its folder."
        )
        return HistoryError(f"The history {self.path} cannot be used: {error}", hint=hint)


def _make_private(path: Path) -> None:
    """Make the file `path`, if there is none, readable for its owner alone; SQLite's journals inherit that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _row(assessment: Assessment, place: str) -> dict[str, Any]:
    recording, question, engine = assessment.recording, assessment.question, assessment.transcript.engine
    transcript, settings = _json(to_data(assessment.transcript)), _json(to_data(engine.settings))
    measured = [_counts(finding.measurement) for finding in assessment.findings]
    asked = (question.id, question.text, question.kind.value) if question else (None, None, None)
    heard = (engine.name, engine.version, engine.model, engine.sha256, settings)
    return {
        "identity": _digest(recording.sha256, asked[:2], heard),
        "facts": _digest(transcript, measured),
        "at": assessment.at or datetime.now(UTC).isoformat(timespec="seconds"),
        "voiceprep": assessment.voiceprep,
        "place": _text(place),
        "recording": recording.sha256,
        "name": _text(recording.name),
        **{name: getattr(recording, name) for name in ("duration", "container", "codec", "rate", "channels")},
        **dict(zip(("question", "question_text", "question_kind"), asked, strict=True)),
        **dict(zip(("engine", "engine_version", "model", "model_sha256", "settings"), heard, strict=True)),
        "transcript": transcript,
    }


def _take(row: sqlite3.Row, question: Question | None) -> Take | None:
    if row["session"] is None:
        return None
    known = {name: row[name] for name in ("session", "number", "at", "duration", "dropped", "ended", "thought")}
    return Take(**known, question=question, question_end=row["question_end"], settings=json.loads(row["take_settings"]))


def _counts(measurement: Measurement) -> tuple[str, int, float, float, str]:
    return (measurement.metric, measurement.version, measurement.total, measurement.per, measurement.reason)


def _measurement(metric: str, version: int, total: float, per: float, reason: str) -> Measurement:
    return Measurement(metric, version, total, per, reason=reason)


def _text(name: str) -> str:
    """Return the name of a file as text that can be kept, whatever bytes the file system has in it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _json(data: object) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _digest(*parts: object) -> str:
    return hashlib.sha256(_json(parts).encode()).hexdigest()
