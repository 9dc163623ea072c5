"""The tables of the history, as a list of steps that every file of any age is brought up by. Reads no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.errors import HistoryError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# Says in the file's header whose database it is, so that no other program's is taken for ours ("vpre").
APPLICATION = 0x76707265

# When an answer was, as a number to put answers in order by: those of practice are stamped in the time of their place,
# others in UTC, so that their texts do not say which came first. What is no time comes before all others. No index may
# hold what SQLite takes for the present ("now"), and so only what begins with a digit is read.
MOMENT = "iif(at GLOB '[0-9]*', julianday(at), NULL)"

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
    (
        # The words move to a table of their own: lists of answers do not walk through them.
        """
        CREATE TABLE transcript (
            answer INTEGER PRIMARY KEY REFERENCES answer (id) ON DELETE CASCADE,
            transcript TEXT NOT NULL
        )
        """,
        "INSERT INTO transcript (answer, transcript) SELECT id, transcript FROM answer",
        "ALTER TABLE answer DROP COLUMN transcript",
        # What is looked at together: a session of practice, or the other answers of a day.
        "ALTER TABLE answer ADD COLUMN sitting TEXT NOT NULL DEFAULT ''",
        """
        UPDATE answer
        SET sitting = coalesce((SELECT session FROM take WHERE take.answer = answer.id), substr(at, 1, 10))
        """,
        "CREATE INDEX answer_of_sitting ON answer (sitting)",
        f"CREATE INDEX answer_in_order ON answer ({MOMENT}, at)",
        f"CREATE INDEX answer_to_question ON answer (question, {MOMENT}, at)",
        "CREATE INDEX answer_of_recording ON answer (recording)",
        """
        CREATE TABLE correction (
            id INTEGER PRIMARY KEY,
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            start REAL NOT NULL,
            end REAL NOT NULL,
            was TEXT NOT NULL,
            now TEXT NOT NULL
        )
        """,
        "CREATE INDEX correction_of_answer ON correction (answer)",
        """
        CREATE TABLE corrected (
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            metric TEXT NOT NULL,
            version INTEGER NOT NULL,
            total REAL NOT NULL,
            per REAL NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (answer, metric)
        ) WITHOUT ROWID
        """,
        # How right an answer was heard that the user has gone through: "filled_pause" and "filler" are the kinds.
        """
        CREATE TABLE checked (
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            hits INTEGER NOT NULL,
            alarms INTEGER NOT NULL,
            missed INTEGER NOT NULL,
            PRIMARY KEY (answer, kind)
        ) WITHOUT ROWID
        """,
        # What counts: what was measured, or where the user corrected it, what came of that.
        """
        CREATE VIEW counted AS
        SELECT answer, metric, version, total, per, reason FROM measurement
        WHERE NOT EXISTS (
            SELECT 1 FROM corrected
            WHERE corrected.answer = measurement.answer AND corrected.metric = measurement.metric
        )
        UNION ALL SELECT answer, metric, version, total, per, reason FROM corrected
        """,
        """
        CREATE TABLE story (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            competencies TEXT NOT NULL,
            answer INTEGER REFERENCES answer (id) ON DELETE SET NULL
        )
        """,
        """
        CREATE TABLE telling (
            story INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            PRIMARY KEY (story, answer)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX telling_of_answer ON telling (answer)",
        "CREATE INDEX story_of_answer ON story (answer)",
    ),
)


def refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `HistoryError` where the file `path` belongs to another program or to a newer version of this one."""
    tables = number(connection, "SELECT count(*) FROM sqlite_master")
    if tables and number(connection, "PRAGMA application_id") != APPLICATION:
        raise HistoryError(
            f"{path} is the database of another program",
            hint="Move it away, or set VOICEPREP_DATA_DIR to another folder.",
        )
    version = number(connection, "PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise HistoryError(
            f"{path} was made by a newer voiceprep (tables of version {version}, known: {len(MIGRATIONS)})",
            hint="Update: pip install --upgrade voiceprep",
        )


def is_old(connection: sqlite3.Connection) -> bool:
    """Say whether the tables lack a step."""
    return number(connection, "PRAGMA user_version") < len(MIGRATIONS)


def bring_up(connection: sqlite3.Connection) -> None:
    """Take the steps that the tables lack. The caller has begun a transaction."""
    for version in range(number(connection, "PRAGMA user_version"), len(MIGRATIONS)):
        for statement in MIGRATIONS[version]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")


def number(connection: sqlite3.Connection, query: str) -> int:
    """Return the one number that `query` asks for."""
    return int(connection.execute(query).fetchone()[0])
