"""Results kept by content, in one SQLite file: nothing is heard twice. Knows keys and texts, not what is in them.

All of it can be made again: a file that is damaged or of another version is put aside and begun anew.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

# Raised when what is kept changes its shape.
VERSION = 1
_TABLES = f"""
CREATE TABLE heard (key TEXT PRIMARY KEY, facts BLOB NOT NULL, heard REAL NOT NULL, seconds REAL NOT NULL);
CREATE TABLE measured (
    answer TEXT, metric TEXT, version INTEGER NOT NULL, measurement TEXT NOT NULL, PRIMARY KEY (answer, metric)
) WITHOUT ROWID;
CREATE TABLE judged (key TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE report (path TEXT PRIMARY KEY, key TEXT NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL);
PRAGMA user_version = {VERSION};
"""
# So many recordings tell how fast this machine hears.
_LATEST = 50


@dataclass(frozen=True, slots=True)
class Heard:
    """The facts of the sound `key`, which lasts `duration` seconds, and was heard in so many `seconds`."""

    key: str
    facts: bytes
    duration: float
    seconds: float


class _UnusableError(sqlite3.DatabaseError):
    """The file is damaged, or of another version."""


class Results:
    """The results in the file `path`, made if there is none. Each call is written at once, whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            try:
                self._connection = self._opened()
            except _UnusableError:
                for end in ("", "-wal", "-shm"):
                    path.with_name(path.name + end).unlink(missing_ok=True)
                self._connection = self._opened()
        except (OSError, sqlite3.Error) as error:
            raise self._error(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def facts(self, key: str) -> bytes | None:
        """Return the facts kept for the sound `key`."""
        found = self._one("SELECT facts FROM heard WHERE key = ?", key)
        return bytes(found[0]) if found else None

    def knows(self, key: str) -> bool:
        """Say whether the sound `key` was heard."""
        return self._one("SELECT 1 FROM heard WHERE key = ?", key) is not None

    def measured(self, answer: str) -> dict[str, tuple[int, str]]:
        """Return the measurements of `answer`, each with the version of its metric."""
        with self._mapped():
            found = self._connection.execute(
                "SELECT metric, version, measurement FROM measured WHERE answer = ?", (answer,)
            )
            return {metric: (version, text) for metric, version, text in found}

    def row(self, key: str) -> str | None:
        """Return the row kept for the judged answer `key`."""
        found = self._one("SELECT row FROM judged WHERE key = ?", key)
        return str(found[0]) if found else None

    def length(self, row_key: str, heard_key: str) -> float | None:
        """Return the seconds of the sound `heard_key`, or None where the judged answer `row_key` is not kept."""
        query = "SELECT heard FROM heard WHERE key = ? AND EXISTS (SELECT 1 FROM judged WHERE key = ?)"
        found = self._one(query, heard_key, row_key)
        return float(found[0]) if found else None

    def keep(
        self, answer: str, measured: Mapping[str, tuple[int, str]], key: str, row: str, heard: Heard | None = None
    ) -> None:
        """Keep what was `heard`, the measurements of `answer`, and the `row` of it as it was judged, `key`."""
        rows = [(answer, metric, version, text) for metric, (version, text) in measured.items()]
        with self._transaction():
            if heard is not None:
                values = (heard.key, heard.facts, heard.duration, heard.seconds)
                self._connection.execute("INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?)", values)
            self._connection.executemany("INSERT OR REPLACE INTO measured VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("INSERT OR REPLACE INTO judged VALUES (?, ?)", (key, row))

    def is_written(self, path: Path, name: str, key: str) -> bool:
        """Say whether the file `path`, known as `name`, is the report `key` as it was written."""
        found = self._one("SELECT key, size, time FROM report WHERE path = ?", name)
        if not found or found[0] != key:
            return False
        try:
            there = path.stat()
        except OSError:
            return False
        return (there.st_size, there.st_mtime_ns) == tuple(found[1:])

    def keep_reports(self, reports: Sequence[tuple[Path, str, str]]) -> None:
        """Note of each of `reports`, a path, what it is known as and a key, that the file is the report of that key."""
        there = [(name, key, path.stat()) for path, name, key in reports]
        rows = [(name, key, found.st_size, found.st_mtime_ns) for name, key, found in there]
        if rows:
            with self._transaction():
                self._connection.executemany("INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?)", rows)

    def latest(self) -> list[tuple[float, float]]:
        """Return the seconds of sound and of work of the recordings that were heard last."""
        query = "SELECT heard, seconds FROM heard WHERE heard > 0 ORDER BY rowid DESC LIMIT ?"
        with self._mapped():
            return self._connection.execute(query, (_LATEST,)).fetchall()

    def _one(self, query: str, *keys: str) -> Any:  # noqa: ANN401  (a row of whatever was asked for)
        with self._mapped():
            return self._connection.execute(query, keys).fetchone()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._mapped():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> InputError:
        return InputError(
            f"results cannot be kept in {str(self.path)!r}: {error}",
            hint="Give a folder that you can write in with --out, on a disk with room.",
        )


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables if there are none. Raise `_UnusableError` for what has to be begun anew."""
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise _UnusableError(str(error)) from error
    if version not in {0, VERSION}:
        raise _UnusableError(f"its version is {version}")
    # What a power cut takes away is made again; a program that ends takes nothing away.
    connection.execute("PRAGMA synchronous = NORMAL")
    if not version:
        connection.executescript("BEGIN;" + _TABLES + "COMMIT;")
