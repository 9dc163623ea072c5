"""Corrections in the history: kept beside what was measured, which stays, with the counts that come of them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, TypeVar

from voiceprep.correcting import Change, Correction
from voiceprep.history import schema
from voiceprep.model import Span, WordKind
from voiceprep.scoring import OwnVoice, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from voiceprep.history.store import History
    from voiceprep.history.values import Record, Recount

Known = TypeVar("Known")
_COLUMNS = "answer, at, kind, start, end, was, now"


def listed(connection: sqlite3.Connection, answer: int) -> tuple[Correction, ...]:
    """Return the corrections of `answer`, the oldest first."""
    found = connection.execute(
        "SELECT kind, start, end, was, now, at FROM correction WHERE answer = ? ORDER BY id", (answer,)
    )
    return tuple(Correction(Change(kind), Span(start, end), *said) for kind, start, end, *said in found)


def corrections(history: History, answer: int) -> tuple[Correction, ...]:
    """Return the corrections of `answer`, the oldest first; errors of SQLite become ours."""
    with history.mapped():
        return listed(history.connection, answer)


def revise(
    history: History,
    answer: int,
    recount: Callable[[Record], Recount],
    *,
    add: Sequence[Correction] = (),
    undo: Collection[int] = (),
) -> Record:
    """Take back the corrections of `answer` whose places in the list, from 1 on, are in `undo`; then `add` others.

    What is there already is not added again, and one that says the opposite of another takes it back: a sentence is one
    part. Counts are taken again by `recount`; all of it happens, or nothing. Return what is known then.
    """
    with history.mapped(), history.transaction():
        before = history.known(answer).corrections
        kept = [one for at, one in enumerate(before, 1) if at not in undo]
        for one in add:
            kept = [other for other in kept if not _replaces(one, other)] + [one]
        history.connection.execute("DELETE FROM correction WHERE answer = ?", (answer,))
        history.connection.executemany(
            f"INSERT INTO correction ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  (names are ours)
            [(answer, one.at, one.kind.value, one.span.start, one.span.end, one.was, one.now) for one in kept],
        )
        put(history, answer, recount(history.known(answer)))
        return history.known(answer)


def _replaces(one: Correction, other: Correction) -> bool:
    """Say whether `one` is said in place of `other`: of the same thing, it is the latest that counts."""
    if (one.kind, one.span) != (other.kind, other.span):
        return False
    return one.kind in {Change.PART, Change.CHECKED} or (one.was, one.now) == (other.was, other.now)


def put(history: History, answer: int, recount: Recount) -> None:
    """Keep `recount` as what the corrections of `answer` come to. The caller has begun a transaction."""
    for table in ("corrected", "checked"):
        history.connection.execute(f"DELETE FROM {table} WHERE answer = ?", (answer,))  # noqa: S608  (names are ours)
    history.put_counts("corrected", answer, recount.measurements)
    history.connection.executemany(
        "INSERT INTO checked (answer, kind, hits, alarms, missed) VALUES (?, ?, ?, ?, ?)",
        [(answer, kind.value, one.hits, one.false, one.missed) for kind, one in recount.checked.items()],
    )


def peek(path: Path, model: str) -> OwnVoice | None:
    """Return `own_voice` of the history in the file `path` without changing anything there.

    None where there is no history, or one that cannot be read at once: no report fails or waits for that.
    """
    return _peeked(path, lambda connection: own_voice(connection, model))


def peek_corrections(path: Path, sha256: str) -> tuple[Correction, ...]:
    """Return the corrections of the recording with this SHA-256 in the history in the file `path`, as `peek` does.

    Of several answers of that recording it is the newest that has any.
    """
    newest = (
        "SELECT max(id) FROM answer WHERE recording = ? AND EXISTS"
        " (SELECT 1 FROM correction WHERE correction.answer = answer.id)"
    )

    def of(connection: sqlite3.Connection) -> tuple[Correction, ...]:
        return listed(connection, connection.execute(newest, (sha256,)).fetchone()[0])

    return _peeked(path, of) or ()


def peek_corrected(path: Path) -> frozenset[str]:
    """Return the SHA-256 of the recordings that have corrections in the history in the file `path`, as `peek` does."""
    query = "SELECT DISTINCT recording FROM answer JOIN correction ON correction.answer = answer.id"
    return _peeked(path, lambda connection: frozenset(one for (one,) in connection.execute(query))) or frozenset()


def _peeked(path: Path, asked: Callable[[sqlite3.Connection], Known]) -> Known | None:
    """Return what is `asked` of the history in the file `path`; None where that cannot be read at once."""
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)
        try:
            known = schema.number(connection, "PRAGMA user_version") == len(schema.MIGRATIONS)
            return asked(connection) if known else None
        finally:
            connection.close()
    except (sqlite3.Error, OSError):
        return None


def own_voice(connection: sqlite3.Connection, model: str) -> OwnVoice:
    """Return how right the model of this SHA-256 heard the answers that the user checked."""
    chosen = "SELECT id, duration FROM answer WHERE id IN (SELECT answer FROM checked) AND model_sha256 = ?"
    count, seconds = connection.execute(
        f"SELECT count(*), coalesce(sum(duration), 0.0) FROM ({chosen})",  # noqa: S608  (names are ours)
        (model,),
    ).fetchone()
    counted = connection.execute(
        f"SELECT kind, sum(hits), sum(alarms), sum(missed) FROM checked JOIN ({chosen}) ON id = answer GROUP BY kind",  # noqa: S608  (names are ours)
        (model,),
    )
    tallies = {kind: Tally(*counts) for kind, *counts in counted}
    return OwnVoice(
        count,
        seconds,
        tallies.get(WordKind.FILLED_PAUSE.value, Tally()),
        tallies.get(WordKind.FILLER.value, Tally()),
    )


def models(history: History) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of the models that heard checked answers, the most used first."""
    query = (
        "SELECT model, model_sha256 FROM answer WHERE id IN (SELECT answer FROM checked)"
        " GROUP BY model_sha256 ORDER BY count(*) DESC, model"
    )
    with history.mapped():
        return tuple((row["model"], row["model_sha256"]) for row in history.connection.execute(query))


def of_recording(history: History, sha256: str) -> tuple[int, ...]:
    """Return the answers of the recording with this SHA-256, the oldest first."""
    with history.mapped():
        found = history.connection.execute("SELECT id FROM answer WHERE recording = ? ORDER BY id", (sha256,))
        return tuple(row["id"] for row in found)
