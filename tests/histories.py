"""Histories of several answers with sounds, corrections and stories, for tests and benchmarks. Records nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep.history import History
from voiceprep.history.exchange import COLUMNS
from voiceprep.model import (
    Assessment,
    Band,
    Finding,
    Measurement,
    Question,
    QuestionKind,
    Recording,
    Verdict,
)
from voiceprep.practice import Take
from voiceprep.sessions import Sessions
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION = Question("late-project", "Tell me about a late project.", QuestionKind.BEHAVIOURAL)
TEXT = "I was um late. <0.8> Then, like, I called Zoë and we shipped it. <0.5> In the end forty people signed."


def assessment(number: int, *, name: str = "answer.m4a", question: Question | None = QUESTION) -> Assessment:
    """Return the `number`th answer; its recording is the bytes of `sound(number)`."""
    counts = [
        Measurement("hesitations", 2, 2.0 + number % 5, 1.0 / 3.0),
        Measurement("pace", 1, 140.1, 0.9 + number / 1e4),
        Measurement("situation", 1, 0.0, 0.0, reason="no question was given"),
    ]
    return Assessment(
        Recording(name, hashlib.sha256(sound(number)).hexdigest(), 12.5, "mp4", "aac", 48_000, 2),
        spoken(TEXT),
        tuple(Finding(one.metric, "", "", one, Verdict.GOOD, Band(0, 5)) for one in counts),
        "0.1.0",
        f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}T10:{number // 336 % 60:02}:{number % 60:02}+00:00",
        question,
    )


def sound(number: int) -> bytes:
    """Return the bytes of the sound of the `number`th answer: no real sound, since nothing listens."""
    return b"fLaC" + hashlib.sha256(str(number).encode()).digest() * 8


def fill(data: Path, numbers: Sequence[int], *, title: str = "The \N{ROCKET} launch", name: str = "answer.m4a") -> None:
    """Fill the history in the folder `data`: every second answer practised, the others saved with a recording.

    Every third was corrected, every fifth is a story that the next one tells too.
    """
    sessions = Sessions(data / "sessions")
    originals = data / "originals"
    originals.mkdir(parents=True, exist_ok=True)
    with History(data / "history.db") as history:
        # Nobody needs this one after a power cut.
        history.connection.execute("PRAGMA synchronous = OFF")
        ids = {number: _answer(history, sessions, originals, number, name) for number in numbers}
        for number in numbers:
            if number % 3 == 0:
                _correct(history, ids[number])
            if number % 5 == 0:
                story = history.connection.execute(
                    "INSERT INTO story (at, title, text, competencies, answer) VALUES (?, ?, ?, ?, ?)",
                    (
                        f"2026-06-{1 + number % 28:02}",
                        f"{title} {number}",
                        "We\nlaunched.",
                        '["ownership"]',
                        ids[number],
                    ),
                ).lastrowid
                tellings = {ids[number], ids.get(number + 1, ids[number])}
                history.connection.executemany(
                    "INSERT INTO telling VALUES (?, ?)", [(story, answer) for answer in tellings]
                )


def _answer(history: History, sessions: Sessions, originals: Path, number: int, name: str) -> int:
    one = assessment(number, name=name)
    if number % 2:
        original = originals / f"{number}.m4a"
        original.write_bytes(sound(number))
        return history.save(replace(one, question=None) if number % 4 == 3 else one, place=str(original))
    second = number // 4
    session = f"2026-01-01-{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"
    take = Take(session, 1 + number // 2 % 2, one.at, QUESTION, 12.5, 1, "the time was up", -0.1, 3.3, {"think": 30})
    path = sessions.spoken(take).with_suffix(".flac")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound(number))
    return history.save(one, place=str(path), take=take)


def _correct(history: History, answer: int) -> None:
    history.connection.executemany(
        "INSERT INTO correction (answer, at, kind, start, end, was, now) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (answer, "2026-05-05T10:00:00", "not_filler", 3.25, 3.55, "like", ""),
            (answer, "2026-05-05T10:01:00", "word", 0.1 + 0.2, 2.0, "Zoe", "Zo\u00eb"),
        ],
    )
    history.connection.execute("INSERT INTO checked VALUES (?, 'filler', 3, 1, 2)", (answer,))
    history.connection.execute("INSERT INTO corrected VALUES (?, 'hesitations', 2, 1.0, ?, '')", (answer, 1.0 / 3.0))


def tables(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table of the history in `data`, with ids that say what a row is about.

    An answer is named by its identity and a story by its time and title, for ids differ from machine to machine; so
    do places, in whose stead stand the bytes that lie there.
    """
    connection = sqlite3.connect(data / "history.db")
    connection.row_factory = sqlite3.Row
    names = {row["id"]: row["identity"] for row in connection.execute("SELECT id, identity FROM answer")}
    titles = {row["id"]: (row["at"], row["title"]) for row in connection.execute("SELECT id, at, title FROM story")}
    found = {}
    for table in COLUMNS:
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608  (names are ours)
        found[table] = sorted((tuple(_named(table, row, names, titles).items()) for row in rows), key=repr)
    connection.close()
    return found


def _named(table: str, row: dict[str, Any], names: dict[int, Any], titles: dict[int, Any]) -> dict[str, Any]:
    """Return `row` of `table` without what differs from machine to machine."""
    kept = {name: value for name, value in row.items() if name != "id"}
    if kept.get("answer") is not None:
        kept["answer"] = names[kept["answer"]]
    if "story" in kept:
        kept["story"] = titles[kept["story"]]
    return kept | ({"place": _bytes(kept["place"])} if table == "answer" else {})


def _bytes(place: str) -> bytes | str:
    return Path(place).read_bytes() if place and Path(place).is_file() else place


def sounds(data: Path) -> dict[str, bytes]:
    """Return the bytes of every sound of a session in `data`, by session and name."""
    root = data / "sessions"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.flac")}
