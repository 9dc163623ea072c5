"""A damaged history: set aside as it is, and what can still be read of it is written into a new file.

Reads the damaged file only; it keeps every byte, under another name.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.codec import from_data
from voiceprep.errors import HistoryError, InputError
from voiceprep.history import rows, schema
from voiceprep.history.store import History, make_private
from voiceprep.model import Engine, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LOST = "The words of this answer were lost in a damaged history."
# What SQLite puts beside its file.
_JOURNALS = ("-wal", "-shm")
# The beginning of a file of SQLite: size of a page at byte 16, number of pages at byte 28.
_HEAD = 100
# A beginning that promises more than so many times what is there is garbage too.
_MOST = 1000
# Where ids may still stand when others cannot be read: each is a way of its own through the file.
_WAYS = (
    "SELECT id FROM answer ORDER BY id",
    "SELECT id FROM answer ORDER BY id DESC",
    "SELECT id FROM answer INDEXED BY answer_at ORDER BY at",
    "SELECT id FROM answer INDEXED BY answer_of_sitting ORDER BY sitting",
    "SELECT answer FROM transcript ORDER BY answer",
    "SELECT answer FROM transcript ORDER BY answer DESC",
    "SELECT DISTINCT answer FROM measurement ORDER BY answer",
    "SELECT DISTINCT answer FROM measurement ORDER BY answer DESC",
)
# What hangs on an answer. Stories stand for themselves.
_OF_ANSWERS = ("measurement", "take", "correction", "corrected", "checked")
_ALONE = ("story", "telling", "correction")
# The same for what else can be lost for good: each of these goes through all of its table.
_WHOLE_WAYS = {
    "story": ("SELECT id FROM story", "SELECT id FROM story INDEXED BY story_of_answer ORDER BY answer"),
    "correction": (
        "SELECT id FROM correction NOT INDEXED",
        "SELECT id FROM correction INDEXED BY correction_of_answer ORDER BY answer",
    ),
    "telling": (
        "SELECT story, answer FROM telling",
        "SELECT story, answer FROM telling INDEXED BY telling_of_answer ORDER BY answer",
    ),
}
# What the tables above came with.
_SINCE = 3


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged history: where it lies now, how many answers were `kept`, which of them lost words.

    `gone` are answers that are known to have been there and could not be saved; of `spoken` of them the words can still
    be read in the file that was set aside. `lost` says by table (story, correction, telling) how many rows of it are
    gone too, or None where nobody can tell.
    """

    aside: Path
    kept: int
    wordless: int
    gone: int
    spoken: int
    lost: Mapping[str, int | None]


def is_damaged(path: Path) -> bool:
    """Say whether the history in `path` is damaged. Raise `HistoryError` where it is not ours, or cannot be opened."""
    if not path.exists():
        return False
    try:
        with closing(_opened(path)) as damaged:
            schema.refuse_foreign(damaged, path)
            return any(row[0] != "ok" for row in damaged.execute("PRAGMA integrity_check"))
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            return True
        raise HistoryError(f"The history {path} cannot be opened: {error}") from error


def salvage(path: Path, stamp: str) -> Salvaged:
    """Set the damaged history in `path` aside under a name with `stamp`, and put what can be read in its place.

    Raise `HistoryError` where there is no room for it or it may not be written; the damaged file is there then, in its
    place or under its new name.
    """
    aside, fresh, read = (path.with_name(f"{path.name}.{end}") for end in (f"damaged-{stamp}", "salvaged", "read"))
    try:
        for end in ("", *_JOURNALS):
            fresh.with_name(fresh.name + end).unlink(missing_ok=True)
        _prepare(path, read)
        counts = _copied(read, fresh)
        for end in ("", *_JOURNALS):
            read.with_name(read.name + end).unlink(missing_ok=True)
        for end in ("", *_JOURNALS):
            old = path.with_name(path.name + end)
            if old.exists():
                _doubled(old, aside.with_name(aside.name + end))
        for end in _JOURNALS:
            path.with_name(path.name + end).unlink(missing_ok=True)
        fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise HistoryError(
            f"The damaged history {path} cannot be set aside: {error}",
            hint="See that you may write its folder, and that the disk has as much room again as the file takes.",
        ) from error
    return Salvaged(aside, *counts)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _is_damage(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorname", "") or "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


def _doubled(old: Path, new: Path) -> None:
    """Let `new` be the file `old` too, by another name of it where the disk can do that, else as a copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _prepare(path: Path, read: Path) -> None:
    """Copy the file `path` with its journal to `read`, as long as its beginning says that it is.

    SQLite reads nothing of a file that was cut off; of one with empty pages at its end it reads the rest.
    """
    make_private(read)
    for end in ("", "-wal"):
        old = path.with_name(path.name + end)
        if old.exists():
            shutil.copyfile(old, read.with_name(read.name + end))
    with read.open("r+b") as file:
        head = file.read(_HEAD)
        size = int.from_bytes(head[16:18], "big") * int.from_bytes(head[28:32], "big")
        if head.startswith(b"SQLite format 3\0") and read.stat().st_size < size <= _MOST * read.stat().st_size:
            file.truncate(size)


def _copied(path: Path, fresh: Path) -> tuple[int, int, int, int, dict[str, int | None]]:
    """Write what can be read in `path` into the new file `fresh`. Return what `Salvaged` counts, in its order."""
    make_private(fresh)
    with closing(_opened(path)) as damaged, closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        # A file of an earlier version is written as it was, and brought up afterwards.
        for statements in schema.MIGRATIONS[: _version(damaged)]:
            for statement in statements:
                new.execute(statement)
        new.execute(f"PRAGMA user_version = {_version(damaged)}")
        new.execute("BEGIN")
        ids = _ids(damaged)
        kept = [answer for answer in ids if _moved(damaged, new, "answer", "id", answer)]
        for answer in kept:
            for table in ("transcript", *_OF_ANSWERS):
                _moved(damaged, new, table, "answer", answer)
        for table in _ALONE:
            _moved(damaged, new, table)
        new.execute("COMMIT")
        gone = sorted({*ids} - {*kept})
        spoken = sum(
            any(_readable(row["transcript"]) for row in _read(damaged, "transcript", "answer", one)) for one in gone
        )
        there = {table: _there(damaged, table) for table in _WHOLE_WAYS}
    with History(fresh) as book:
        wordless = _without_words(book)
        book.connection.execute("DELETE FROM telling WHERE story NOT IN (SELECT id FROM story)")
        for table in ("telling", "correction"):
            book.connection.execute(f"DELETE FROM {table} WHERE answer NOT IN (SELECT id FROM answer)")  # noqa: S608  (ours)
        lost = {table: None if found is None else len(found - _now(book, table)) for table, found in there.items()}
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        book.connection.execute("PRAGMA journal_mode = DELETE")
    return len(kept), wordless, len(gone), spoken, lost


def _version(damaged: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 where not even the beginning of the file can be read."""
    try:
        return schema.number(damaged, "PRAGMA user_version")
    except sqlite3.DatabaseError:
        return 0


def _ids(damaged: sqlite3.Connection) -> list[int]:
    """Return the ids of all answers that are known in one way or another to be, or to have been, there."""
    found: set[int] = set()
    for way in _WAYS:
        # A way goes as far as it does; what is wrong with a file can only be told by reading it.
        with suppress(sqlite3.DatabaseError):
            for row in damaged.execute(way):
                if isinstance(row[0], int) and row[0] > 0:
                    found.add(row[0])
    return sorted(found)


def _there(damaged: sqlite3.Connection, table: str) -> set[tuple[int, ...]] | None:
    """Return the keys of all rows of `table` that are or were there; None where no way leads through all of them."""
    if 0 < _version(damaged) < _SINCE:
        return set()
    found: set[tuple[int, ...]] = set()
    whole = False
    for way in _WHOLE_WAYS[table]:
        with suppress(sqlite3.DatabaseError):
            for row in damaged.execute(way):
                found.add(tuple(row))
            whole = True
    return found if whole else None


def _now(book: History, table: str) -> set[tuple[int, ...]]:
    return {tuple(row) for row in book.connection.execute(_WHOLE_WAYS[table][0])}


def _moved(damaged: sqlite3.Connection, new: sqlite3.Connection, table: str, key: str = "", answer: int = 0) -> int:
    """Copy the rows of `table`, all or those whose `key` is `answer`, as far as they can be read. Return how many."""
    count = 0
    for row in _read(damaged, table, key, answer):
        names = ", ".join(row.keys())
        marks = ", ".join("?" * len(row))
        try:
            count += new.execute(
                f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})",  # noqa: S608  (names are of our tables)
                tuple(row),
            ).rowcount
        except sqlite3.IntegrityError:
            continue
    return count


def _read(damaged: sqlite3.Connection, table: str, key: str, answer: int) -> Iterator[sqlite3.Row]:
    where, values = (f" WHERE {key} = ?", (answer,)) if key else ("", ())
    with suppress(sqlite3.DatabaseError, UnicodeDecodeError):
        cursor = damaged.execute(f"SELECT * FROM {table}{where}", values)  # noqa: S608  (names are of our tables)
        cursor.row_factory = sqlite3.Row
        yield from cursor


def _without_words(book: History) -> int:
    """Give an empty transcript to the answers of `book` whose words were lost. Return how many there are."""
    known: Sequence[sqlite3.Row] = book.connection.execute(
        "SELECT id, duration, engine, engine_version, model, model_sha256, transcript FROM answer"
        " LEFT JOIN transcript ON transcript.answer = answer.id"
    ).fetchall()
    count = 0
    for row in known:
        if not _readable(row["transcript"]):
            engine = Engine(row["engine"], row["engine_version"], row["model"], row["model_sha256"])
            empty = Transcript((), (), (), row["duration"], "en", 0.0, None, engine, (LOST,))
            book.put_words(row["id"], rows.words(empty))
            count += 1
    return count


def _readable(words: object) -> bool:
    try:
        from_data(Transcript, json.loads(words if isinstance(words, str) else ""))
    except (InputError, ValueError):
        return False
    return True
