"""Questions to the history that need no words of answers: lists, sittings and counts, however long it has grown."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from voiceprep.history import rows
from voiceprep.history.values import Sitting
from voiceprep.packs import TYPED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from voiceprep.history.values import Choice, Entry
    from voiceprep.model import Measurement


def entries(connection: sqlite3.Connection, choice: Choice) -> tuple[Entry, ...]:
    """Return the chosen answers without their words, the oldest first."""
    where, values = _where(choice)
    query = (
        f"SELECT {rows.ENTRY} FROM answer LEFT JOIN take ON take.answer = answer.id"  # noqa: S608  (names are ours)
        f"{where} ORDER BY at DESC, id DESC LIMIT ?"
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
    pooled: dict[str, list[Measurement]] = defaultdict(list)
    both = f"{where} AND" if where else " WHERE"
    counted = connection.execute(
        "SELECT sitting, metric, version, sum(total), sum(per)"  # noqa: S608  (names are ours)
        " FROM answer CROSS JOIN counted ON counted.answer = answer.id"
        f"{both} reason = '' AND sitting >= ? GROUP BY sitting, metric, version",
        [*values, named[0]["name"]],
    )
    for sitting, *counts in counted:
        pooled[sitting].append(rows.measurement(*counts))
    return tuple(Sitting(**one, measurements=tuple(pooled[one["name"]])) for one in map(dict, named))


def newest(connection: sqlite3.Connection, each: int) -> tuple[Entry, ...]:
    """Return the newest answers to each question, so many of `each` at most, the oldest first.

    Questions that the user typed share one id and are told apart by their texts.
    """
    query = (
        f"SELECT {rows.ENTRY} FROM answer LEFT JOIN take ON take.answer = answer.id WHERE id IN ("  # noqa: S608  (names are ours)
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY question, iif(question = ?, question_text, '')"
        " ORDER BY at DESC, id DESC) AS place FROM answer WHERE question IS NOT NULL) WHERE place <= ?) ORDER BY at, id"
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


def _where(choice: Choice) -> tuple[str, list[Any]]:
    """Return the condition for `choice`, with the word WHERE if there is any, and the values of its marks."""
    known = (
        ("at >= ?", choice.since),
        ("question = ?", choice.question),
        ("question_kind = ?", choice.kind),
        ("sitting = ?", choice.sitting),
    )
    asked = [(condition, value) for condition, value in known if value]
    where = " AND ".join(condition for condition, _ in asked)
    return (f" WHERE {where}" if where else ""), [value for _, value in asked]
