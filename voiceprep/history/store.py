"""The file of the history: opened, brought up, written and read; errors of SQLite become ours."""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from voiceprep.errors import HistoryError
from voiceprep.history import reading, rows, schema
from voiceprep.history.values import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from voiceprep.history.values import Choice, Entry, Record, Recount, Sitting
    from voiceprep.model import Assessment, Measurement, Word
    from voiceprep.practice import Take


class History:
    """The history in the file `path`, made if there is none. Others that write are waited for, `timeout` at most.

    Only for `reading` no file is made, and one that may not be written is read all the same.
    """

    def __init__(self, path: Path, *, timeout: float = 10.0, reading: bool = False) -> None:
        self.path = path
        self.timeout = timeout
        if reading and not path.exists():
            self._open(":memory:")
            return
        try:
            with self.mapped():
                make_private(path)
            self._open(path)
        except HistoryError as error:
            if not (reading and _is_read_only(error.__cause__)):
                raise
            self._open_to_read()

    def _open(self, where: Path | str, *, uri: bool = False) -> None:
        """Connect to the file `where` and see that its tables are ours and of today."""
        with self.mapped():
            self.connection = sqlite3.connect(where, timeout=self.timeout, isolation_level=None, uri=uri)
            self.connection.row_factory = sqlite3.Row
        try:
            with self.mapped():
                self._prepare(changing=not uri)
        except BaseException:
            self.connection.close()
            raise

    def _open_to_read(self) -> None:
        """Connect to a file that may not be written: with what its journal has, else as it lies there."""
        name = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            self._open(name, uri=True)
        except HistoryError as error:
            if not _is_read_only(error.__cause__):
                raise
            self._open(f"{name}&immutable=1", uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def save(
        self,
        assessment: Assessment,
        *,
        place: str = "",
        take: Take | None = None,
        apart: bool = False,
        recount: Callable[[Record], Recount] | None = None,
    ) -> int:
        """Keep the facts of `assessment`, whose recording lies at `place`, and return the id of the answer.

        `take` says how it came about in practice. The same recording is one answer: saved again it keeps its id and
        its time, and where the facts differ (another question, model or version of a metric) the new ones take the
        place of the old; a question that is known stays where the new one has none. What the user corrected is then
        applied to them by `recount`. Saved `apart` it is an answer of its own.
        """
        row = rows.row(assessment, place, take)
        with self.mapped(), self.transaction():
            found = None if apart else self._known(row)
            if found and assessment.question is None and (asked := rows.question_of(found)) is not None:
                row = rows.row(replace(assessment, question=asked), place, take)
            if found and found["facts"] == row["facts"] and found["identity"] == row["identity"]:
                answer = int(found["id"])
            else:
                answer = self._replace(int(found["id"]), row) if found else self._insert(row)
                self.put_words(answer, rows.words(assessment.transcript))
                self.put_counts("measurement", answer, [finding.measurement for finding in assessment.findings])
                if recount and reading.corrections(self.connection, [answer]):
                    from voiceprep.history.correcting import put  # noqa: PLC0415  (lists correct nothing)

                    put(self, answer, recount(self.known(answer)))
            if take is not None:
                self.put_take(answer, take)
        return answer

    def delete(self, answers: Iterable[int]) -> None:
        """Delete `answers` with all that is known of them, so that nothing of their words stays in the file."""
        with self.mapped():
            self.connection.execute("PRAGMA secure_delete = ON")
            with self.transaction():
                self.connection.executemany("DELETE FROM answer WHERE id = ?", [(answer,) for answer in answers])
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def records(self) -> Iterator[Record]:
        """Yield all that is kept, the oldest first."""
        for entry in self.entries():
            if (record := self.record(entry.id)) is not None:
                yield record

    def record(self, answer: int) -> Record | None:
        """Return all that is kept of `answer`, or None where there is none of that id."""
        query = (
            f"SELECT answer.*, transcript.transcript, {rows.TAKE} FROM answer"  # noqa: S608  (names are ours)
            " JOIN transcript ON transcript.answer = answer.id LEFT JOIN take ON take.answer = answer.id WHERE id = ?"
        )
        with self.mapped():
            row = self.connection.execute(query, (answer,)).fetchone()
            if row is None:
                return None
            from voiceprep.history.correcting import listed  # noqa: PLC0415  (lists know no corrections)

            counted = self._counts("measurement", answer), self._counts("corrected", answer)
            return rows.record(row, *counted, listed(self.connection, answer))

    def known(self, answer: int) -> Record:
        """Return all that is kept of `answer`. Raise `HistoryError` where there is none of that id."""
        if (record := self.record(answer)) is None:
            raise HistoryError(f"There is no answer {answer} in {self.path}")
        return record

    def entries(self, choice: Choice = EVERYTHING) -> tuple[Entry, ...]:
        """Return the chosen answers without their words, the oldest first."""
        with self.mapped():
            return reading.entries(self.connection, choice)

    def sittings(self, choice: Choice = EVERYTHING) -> tuple[Sitting, ...]:
        """Return the chosen sittings, the oldest first, with what was counted in their chosen answers pooled."""
        with self.mapped():
            return reading.sittings(self.connection, choice)

    def newest(self, each: int) -> tuple[Entry, ...]:
        """Return the newest answers to each question, so many of `each` at most, the oldest first."""
        with self.mapped():
            return reading.newest(self.connection, each)

    def measurements(self, answers: Sequence[int], metrics: Sequence[str] = ()) -> dict[int, tuple[Measurement, ...]]:
        """Return what counts of each of `answers`: as measured or, where the user corrected it, as it came out.

        Of these `metrics` alone, if any are named.
        """
        with self.mapped():
            return reading.measurements(self.connection, answers, metrics)

    def words(self, answers: Sequence[int]) -> dict[int, tuple[Word, ...]]:
        """Return the words of each of `answers`, as the user corrected them."""
        with self.mapped():
            return reading.words(self.connection, answers)

    def takes(self, answers: Sequence[int]) -> dict[int, Take]:
        """Return how each of `answers` came about that was practised."""
        with self.mapped():
            return reading.takes(self.connection, answers)

    def corrections(self, answers: Sequence[int]) -> dict[int, int]:
        """Return how many corrections there are of each of `answers` that has any."""
        with self.mapped():
            return reading.corrections(self.connection, answers)

    def __len__(self) -> int:
        with self.mapped():
            return schema.number(self.connection, "SELECT count(*) FROM answer")

    def put_words(self, answer: int, words: str) -> None:
        """Keep `words`, a transcript as it is kept, as those of `answer`."""
        self.connection.execute("INSERT OR REPLACE INTO transcript VALUES (?, ?)", (answer, words))

    def put_counts(self, table: str, answer: int, measurements: Sequence[Measurement]) -> None:
        """Keep `measurements` of `answer` in `table`, which is measurement or corrected."""
        self.connection.executemany(
            f"INSERT INTO {table} (answer, {rows.COUNTS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  (names are ours)
            [(answer, *rows.counts(one)) for one in measurements],
        )

    def put_take(self, answer: int, take: Take) -> None:
        """Keep `take` as what brought about `answer`; the same sound said before to be another take is now this one."""
        self.connection.execute(
            "INSERT OR REPLACE INTO take"
            " (answer, session, number, dropped, ended, question_end, thought, settings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows.take_row(answer, take),
        )
        self.connection.execute("UPDATE answer SET sitting = ? WHERE id = ?", (take.session, answer))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside or nothing; others wait from the start, so that no reader turns writer too late."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # SQLite itself takes back what a full disk interrupts
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def mapped(self) -> Iterator[None]:
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

    def _known(self, row: dict[str, Any]) -> sqlite3.Row | None:
        """Return the answer that `row` is about: the same said in the same way, else the newest of that recording."""
        query = (
            "SELECT id, facts, identity, question, question_text, question_kind FROM answer"
            " WHERE recording = ? ORDER BY identity = ? DESC, id DESC LIMIT 1"
        )
        found: sqlite3.Row | None = self.connection.execute(query, (row["recording"], row["identity"])).fetchone()
        return found

    def _insert(self, row: dict[str, Any]) -> int:
        taken = self.connection.execute("SELECT 1 FROM answer WHERE identity = ?", (row["identity"],)).fetchone()
        if taken:
            count = schema.number(self.connection, "SELECT coalesce(max(id), 0) FROM answer")
            row = {**row, "identity": f"{row['identity']}#{count + 1}"}
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = self.connection.execute(f"INSERT INTO answer ({names}) VALUES ({marks})", row)  # noqa: S608  (names are ours)
        return int(cursor.lastrowid or 0)

    def _replace(self, answer: int, row: dict[str, Any]) -> int:
        # When it was said stays, and so does where its recording lies, if nothing new is known of that.
        stay = {"at", "sitting"} if row["place"] else {"at", "sitting", "place"}
        facts = {name: value for name, value in row.items() if name not in stay}
        changes = ", ".join(f"{name} = :{name}" for name in facts)
        self.connection.execute(f"UPDATE answer SET {changes} WHERE id = :id", {**facts, "id": answer})  # noqa: S608  (names are ours)
        for table in ("measurement", "corrected", "checked"):
            self.connection.execute(f"DELETE FROM {table} WHERE answer = ?", (answer,))  # noqa: S608  (names are ours)
        return answer

    def _counts(self, table: str, answer: int) -> tuple[Measurement, ...]:
        query = f"SELECT {rows.COUNTS} FROM {table} WHERE answer = ? ORDER BY metric"  # noqa: S608  (names are ours)
        return tuple(rows.measurement(*counts) for counts in self.connection.execute(query, (answer,)))

    def _prepare(self, *, changing: bool) -> None:
        self.connection.execute("PRAGMA foreign_keys = ON")
        schema.refuse_foreign(self.connection, self.path)
        if schema.is_old(self.connection):
            if not changing:
                raise HistoryError(
                    f"The history {self.path} is of an older voiceprep and may not be written to bring it up",
                    hint="Copy it to a folder that you can write in, and name that with --data.",
                )
            with self.transaction():
                # Looked at again: another process may have done it while this one waited.
                schema.bring_up(self.connection)
        if changing:
            # After the first tables, since SQLite waits for nobody while it changes the journal of a new file.
            self.connection.execute("PRAGMA journal_mode = WAL")

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
                hint="Nothing was changed. To set it aside and save what can be read of it: voiceprep doctor --repair"
                f" --data {shlex.quote(str(self.path.parent))}",
            )
        if _is_read_only(error):
            return HistoryError(
                f"The history {self.path} cannot be written: {error}",
                hint="See that you may write the file and its folder. Lists and reports of it can still be had.",
            )
        hint = (
            "Free some space on that disk."
            if name == "SQLITE_FULL"
            else "See that you may write the file and its folder."
        )
        return HistoryError(f"The history {self.path} cannot be used: {error}", hint=hint)


def _is_read_only(error: BaseException | None) -> bool:
    """Say whether `error` may come of a file or folder that may not be written."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))


def make_private(path: Path) -> None:
    """Make the file `path`, if there is none, readable for its owner alone; SQLite's journals inherit that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
