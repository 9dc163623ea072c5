"""Questions to the history that need no words of answers: lists, sittings and counts, however long it has grown."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from voiceprep.history import rows
from voiceprep.history.schema import MOMENT
from voiceprep.history.values import Sitting
from voiceprep.packs import TYPED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from voiceprep.history.values import Choice, Entry
    from voiceprep.model import Measurement, Word
    from voiceprep.practice import Take


def entries(connection: sqlite3.Connection, choice: Choice) -> tuple[Entry, ...]:
    """Return the chosen answers without their words, the oldest first."""
    where, values = _where(choice)
    query = (
        f"SELECT {rows.ENTRY} FROM answer LEFT JOIN take ON take.answer = answer.id"  # noqa: S608  (names are ours)
        f"{where} ORDER BY {MOMENT} DESC, at DESC, id DESC LIMIT ?"
    )
    found = connection.execute(query, [*values, choice.last or -1])
    return tuple(map(rows.entry, found))[::-1]


def sittings(connection: sqlite3.Connection, choice: Choice) -> tuple[Sitting, ...]:
    """Return the chosen sittings, the oldest first, with what was counted in their chosen answers pooled."""
    where, values = _where(choice)
    named = connection.execute(
        "SELECT sitting AS name, min(at) AS at, count(*) AS answers, sum(duration) AS seconds"  # noqa: S608  (names are ours)
        f" FROM answer{where} GROUP BY sitting ORDER BY name DESC LIMIT ?",
        [*values, choice.last or -1],
    ).fetchall()[::-1]
    if not named:
        return ()
    both = f"{where} AND" if where else " WHERE"
    pooled = _pooled(connection, f"{both} sitting >= ?", values, named[0]["name"])
    return tuple(Sitting(**one, measurements=tuple(pooled[one["name"]])) for one in map(dict, named))


def _pooled(
    connection: sqlite3.Connection, where: str, values: Sequence[Any], first: str
) -> dict[str, list[Measurement]]:
    """Return by sitting what was counted in its answers, added up; of the answers `where` says, from `first` on.

    Added up here: where SQL groups the rows of the view, SQLite makes a table of the whole history of it first.
    """
    chosen = f"SELECT id, sitting FROM answer{where}"  # noqa: S608  (names are ours)
    sittings = dict(map(tuple, connection.execute(chosen, [*values, first])))
    plain = connection.cursor()
    plain.row_factory = None
    counted = plain.execute(
        "SELECT answer, metric, version, total, per FROM counted"  # noqa: S608  (names are ours)
        f" WHERE reason = '' AND answer IN (SELECT id FROM ({chosen})) ORDER BY answer, metric",
        [*values, first],
    )
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for answer, metric, version, total, per in counted:
        both = sums[sittings[answer], metric, version]
        both[0] += total
        both[1] += per
    pooled: dict[str, list[Measurement]] = defaultdict(list)
    for (sitting, metric, version), (total, per) in sorted(sums.items()):
        pooled[sitting].append(rows.measurement(metric, version, total, per))
    return pooled


def newest(connection: sqlite3.Connection, each: int) -> tuple[Entry, ...]:
    """Return the newest answers to each question, so many of `each` at most, the oldest first.

    Questions that the user typed share one id and are told apart by their texts.
    """
    query = (
        f"SELECT {rows.ENTRY} FROM answer LEFT JOIN take ON take.answer = answer.id WHERE id IN ("  # noqa: S608  (names are ours)
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY question, iif(question = ?, question_text, '')"
        f" ORDER BY {MOMENT} DESC, at DESC, id DESC) AS place FROM answer WHERE question IS NOT NULL) WHERE place <= ?)"
        f" ORDER BY {MOMENT}, at, id"
    )
    return tuple(map(rows.entry, connection.execute(query, (TYPED, each))))


def measurements(
    connection: sqlite3.Connection, answers: Sequence[int], metrics: Sequence[str] = ()
) -> dict[int, tuple[Measurement, ...]]:
    """Return what counts of each of `answers`: as measured or, where the user corrected it, as it came out then.

    Of these `metrics` alone, if any are named.
    """
    found: dict[int, list[Measurement]] = {answer: [] for answer in answers}
    only = " AND metric IN (SELECT value FROM json_each(?))" if metrics else ""
    query = (
        f"SELECT answer, {rows.COUNTS} FROM counted"  # noqa: S608  (names are ours)
        f" WHERE answer IN (SELECT value FROM json_each(?)){only} ORDER BY answer, metric"
    )
    asked = [answers, metrics] if metrics else [answers]
    for answer, *counts in connection.execute(query, [json.dumps(list(one)) for one in asked]):
        found[answer].append(rows.measurement(*counts))
    return {answer: tuple(known) for answer, known in found.items()}


def words(connection: sqlite3.Connection, answers: Sequence[int]) -> dict[int, tuple[Word, ...]]:
    """Return the words of each of `answers` that is kept, as the user corrected them, and nothing else of it."""
    asked = [json.dumps(list(answers))]
    of = "WHERE answer IN (SELECT value FROM json_each(?))"
    corrected = {answer for (answer,) in connection.execute(f"SELECT DISTINCT answer FROM correction {of}", asked)}  # noqa: S608  (names are ours)
    found = connection.execute(f"SELECT answer, transcript FROM transcript {of}", asked).fetchall()  # noqa: S608  (same)
    return {
        answer: _corrected(connection, answer, kept)
        if answer in corrected
        else tuple(map(rows.word, json.loads(kept)["words"]))
        for answer, kept in found
    }


def _corrected(connection: sqlite3.Connection, answer: int, kept: str) -> tuple[Word, ...]:
    """Return the words of `answer`, whose transcript is `kept` so, with its corrections applied."""
    from voiceprep.correcting import apply  # noqa: PLC0415  (lists need no words)
    from voiceprep.history.correcting import listed  # noqa: PLC0415  (same)

    # A correction needs all of the transcript, which takes longer to read.
    return apply(rows.transcript(answer, kept), listed(connection, answer)).transcript.words


def takes(connection: sqlite3.Connection, answers: Sequence[int]) -> dict[int, Take]:
    """Return how each of `answers` came about that was practised."""
    query = (
        "SELECT answer, answer.at AS at, answer.duration AS duration, question, question_text, question_kind,"  # noqa: S608  (names are ours)
        f" {rows.TAKE} FROM take JOIN answer ON answer.id = take.answer"
        " WHERE answer IN (SELECT value FROM json_each(?))"
    )
    found = connection.execute(query, [json.dumps(list(answers))])
    known = {row["answer"]: rows.take_of(row, rows.question_of(row)) for row in found}
    return {answer: take for answer, take in known.items() if take is not None}


def corrections(connection: sqlite3.Connection, answers: Sequence[int]) -> dict[int, int]:
    """Return how many corrections there are of each of `answers` that has any."""
    query = "SELECT answer, count(*) FROM correction WHERE answer IN (SELECT value FROM json_each(?)) GROUP BY answer"
    return dict(map(tuple, connection.execute(query, [json.dumps(list(answers))])))


def _where(choice: Choice) -> tuple[str, list[Any]]:
    """Return the condition for `choice`, with the word WHERE if there is any, and the values of its marks."""
    known = (
        ("at >= ?", choice.since),
        ("question = ?", choice.question),
        ("question_kind = ?", choice.kind),
        ("sitting = ?", choice.sitting),
        ("id IN (SELECT value FROM json_each(?))", json.dumps(choice.ids) if choice.ids else ""),
    )
    asked = [(condition, value) for condition, value in known if value]
    where = " AND ".join(condition for condition, _ in asked)
    return (f" WHERE {where}" if where else ""), [value for _, value in asked]
