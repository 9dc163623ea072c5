"""Whole rows of the history, out of one file and into another. Measures nothing and knows no folder.

`COLUMNS` names every table and column that goes out and comes in again: a new one belongs here, or its content stays
behind on the old machine.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from voiceprep.exchange import Checked, Correction, Count, Practised, Story, Told

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from voiceprep.history.store import History


def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


_BESIDE = ("measurements", "corrections", "corrected", "checked", "take", "sound", "transcript")
_ANSWER = tuple(name for name in _names(Told) if name not in _BESIDE)
_COUNT, _CORRECTION, _TAKE, _CHECKED = map(_names, (Count, Correction, Practised, Checked))
_STORY = tuple(name for name in _names(Story) if name != "tellings")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "answer": _ANSWER,
    "transcript": ("answer", "transcript"),
    "measurement": ("answer", *_COUNT),
    "corrected": ("answer", *_COUNT),
    "correction": ("id", "answer", *_CORRECTION),
    "checked": ("answer", *_CHECKED),
    "take": ("answer", *_TAKE),
    "story": _STORY,
    "telling": ("story", "answer"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer is known by, in one history and another, and where it stands in practice ("" and 0: nowhere)."""

    id: int
    identity: str
    recording: str
    at: str
    session: str = ""
    number: int = 0


def keys(history: History) -> tuple[Key, ...]:
    """Return the keys of all answers."""
    query = (
        "SELECT id, identity, recording, at, coalesce(session, '') AS session, coalesce(number, 0) AS number"
        " FROM answer LEFT JOIN take ON take.answer = answer.id ORDER BY id"
    )
    return tuple(Key(**row) for row in map(dict, _run(history, query)))


def told(history: History, answer: int) -> Told:
    """Return all that `history` knows of `answer`, which is there."""
    (row,) = _rows(history, "answer", "id", answer)
    words = _rows(history, "transcript", "answer", answer)
    takes = [Practised(**take) for take in _rows(history, "take", "answer", answer, _TAKE)]
    return Told(
        **row,
        # A file that was damaged and saved may have lost the words.
        transcript=words[0]["transcript"] if words else "",
        measurements=_counts(history, "measurement", answer),
        corrections=tuple(
            Correction(**one) for one in _rows(history, "correction", "answer", answer, _CORRECTION, "id")
        ),
        corrected=_counts(history, "corrected", answer),
        checked=tuple(Checked(**one) for one in _rows(history, "checked", "answer", answer, _CHECKED, "kind")),
        take=takes[0] if takes else None,
    )


def stories(history: History) -> tuple[Story, ...]:
    """Return all stories with the answers that tell them."""
    every = [dict(row) for row in _run(history, f"SELECT {', '.join(_STORY)} FROM story ORDER BY id")]  # noqa: S608  (names are ours)
    tellings: dict[int, list[int]] = {one["id"]: [] for one in every}
    for story, answer in _run(history, "SELECT story, answer FROM telling ORDER BY story, answer"):
        tellings[story].append(answer)
    return tuple(Story(**one, tellings=tuple(tellings[one["id"]])) for one in every)


def add(history: History, one: Told) -> int:
    """Put `one` in as an answer of its own, in the transaction of the caller. Return its id here."""
    values = _values(one)
    del values["id"]
    answer = _insert(history, "answer", [values])
    _put_beside(history, answer, one)
    return answer


def replace(history: History, answer: int, one: Told) -> None:
    """Put `one` in the place of `answer`, which keeps its id; in the transaction of the caller."""
    values = _values(one) | {"id": answer}
    changes = ", ".join(f"{name} = :{name}" for name in values if name != "id")
    _run(history, f"UPDATE answer SET {changes} WHERE id = :id", values)  # noqa: S608  (names are ours)
    for table in ("transcript", "measurement", "correction", "corrected", "checked", "take"):
        _run(history, f"DELETE FROM {table} WHERE answer = ?", (answer,))  # noqa: S608  (names are ours)
    _put_beside(history, answer, one)


def add_story(history: History, one: Story) -> int:
    """Put the story `one` in, whose answers have the ids of this history. Return its id here."""
    values = {name: getattr(one, name) for name in _STORY if name != "id"}
    story = _insert(history, "story", [values])
    add_tellings(history, story, one.tellings)
    return story


def replace_story(history: History, one: Story) -> None:
    """Put `one` in the place of the story with its id; the answers that told it still do."""
    values = {name: getattr(one, name) for name in _STORY}
    changes = ", ".join(f"{name} = :{name}" for name in _STORY if name != "id")
    _run(history, f"UPDATE story SET {changes} WHERE id = :id", values)  # noqa: S608  (names are ours)
    add_tellings(history, one.id, one.tellings)


def add_tellings(history: History, story: int, answers: Iterable[int]) -> None:
    """Say that `answers` tell `story`; what is said already is left."""
    for answer in answers:
        _run(history, "INSERT OR IGNORE INTO telling VALUES (?, ?)", (story, answer))


def _values(one: Told) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _ANSWER}


def _put_beside(history: History, answer: int, one: Told) -> None:
    """Put in what other tables than that of answers hold of `one`."""
    beside = (
        ("transcript", [{"transcript": one.transcript}] if one.transcript else []),
        ("measurement", [_fields(count) for count in one.measurements]),
        ("correction", [_fields(correction) for correction in one.corrections]),
        ("corrected", [_fields(count) for count in one.corrected]),
        ("checked", [_fields(each) for each in one.checked]),
        ("take", [_fields(one.take)] if one.take else []),
    )
    for table, some in beside:
        _insert(history, table, [row | {"answer": answer} for row in some])


def _fields(value: Count | Correction | Checked | Practised) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _names(type(value))}


def _insert(history: History, table: str, some: list[dict[str, Any]]) -> int:
    """Put the rows `some` into `table`. Return the id of the last."""
    last = 0
    for row in some:
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = _run(history, f"INSERT INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608  (names are ours)
        last = int(cursor.lastrowid or 0)
    return last


def _counts(history: History, table: str, answer: int) -> tuple[Count, ...]:
    return tuple(Count(**row) for row in _rows(history, table, "answer", answer, _COUNT, "metric"))


def _rows(
    history: History, table: str, key: str, value: int, names: tuple[str, ...] = (), order: str = ""
) -> list[dict[str, Any]]:
    """Return the rows of `table` whose `key` is `value`, in their `order`, with the columns `names` or all known."""
    query = f"SELECT {', '.join(names or COLUMNS[table])} FROM {table} WHERE {key} = ?"  # noqa: S608  (names are ours)
    return [dict(row) for row in _run(history, f"{query} ORDER BY {order}" if order else query, (value,))]


def _run(history: History, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
    with history.mapped():
        return history.connection.execute(query, values)
