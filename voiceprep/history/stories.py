"""The stories of the user in the history, and which answers tell them. Each change is one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voiceprep.errors import InputError
from voiceprep.history import rows, schema
from voiceprep.stories import Story, Telling

if TYPE_CHECKING:
    import sqlite3

    from voiceprep.history.store import History

_COLUMNS = "id, at, title, text, competencies, answer"


def add(book: History, story: Story) -> int:
    """Keep `story`, whose own id does not matter, and return the id that it has now.

    One made from an answer counts as told in it. Raise `InputError` where there is no such answer.
    """
    with book.mapped(), book.transaction():
        if story.answer is not None:
            _need(book.connection, "answer", story.answer)
        values = (story.at, story.title, story.text, rows.as_json(list(story.competencies)), story.answer)
        query = "INSERT INTO story (at, title, text, competencies, answer) VALUES (?, ?, ?, ?, ?)"
        new = int(book.connection.execute(query, values).lastrowid or 0)
        if story.answer is not None:
            book.connection.execute("INSERT INTO telling (story, answer) VALUES (?, ?)", (new, story.answer))
    return new


def change(book: History, story: Story) -> None:
    """Keep title, text and competencies of `story` in place of those that it had. Raise `InputError` if it is gone."""
    with book.mapped(), book.transaction():
        _need(book.connection, "story", story.id)
        values = (story.title, story.text, rows.as_json(list(story.competencies)), story.id)
        book.connection.execute("UPDATE story SET title = ?, text = ?, competencies = ? WHERE id = ?", values)


def delete(book: History, story: int) -> None:
    """Delete the story of this id so that nothing of its words stays in the file. Raise `InputError` if it is gone."""
    with book.mapped():
        book.connection.execute("PRAGMA secure_delete = ON")
        with book.transaction():
            _need(book.connection, "story", story)
            book.connection.execute("DELETE FROM story WHERE id = ?", (story,))
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def tell(book: History, story: int, answer: int) -> None:
    """Note that `answer` tells `story`; noted twice it is noted once. Raise `InputError` where one is not there."""
    with book.mapped(), book.transaction():
        _need(book.connection, "story", story)
        _need(book.connection, "answer", answer)
        book.connection.execute("INSERT OR IGNORE INTO telling (story, answer) VALUES (?, ?)", (story, answer))


def untell(book: History, story: int, answer: int) -> bool:
    """Take back that `answer` tells `story`, and return whether that was noted."""
    with book.mapped(), book.transaction():
        query = "DELETE FROM telling WHERE story = ? AND answer = ?"
        return book.connection.execute(query, (story, answer)).rowcount > 0


def every(book: History) -> tuple[Story, ...]:
    """Return all stories, the oldest first."""
    with book.mapped():
        found = book.connection.execute(f"SELECT {_COLUMNS} FROM story ORDER BY id").fetchall()  # noqa: S608  (names are ours)
    return tuple(Story(**{**dict(row), "competencies": tuple(json.loads(row["competencies"]))}) for row in found)


def tellings(book: History) -> tuple[Telling, ...]:
    """Return which answers tell which stories, in the order in which they were said."""
    query = (
        "SELECT telling.story, answer.id, answer.at, question, question_text, question_kind FROM telling"  # noqa: S608  (names are ours)
        f" JOIN answer ON answer.id = telling.answer ORDER BY {schema.MOMENT}, at, answer.id, telling.story"
    )
    with book.mapped():
        found = book.connection.execute(query).fetchall()
    return tuple(Telling(row["story"], row["id"], row["at"], rows.question_of(row)) for row in found)


def _need(connection: sqlite3.Connection, table: str, wanted: int) -> None:
    """Raise `InputError` where `table` has no row with the id `wanted`."""
    if not schema.number(connection, f"SELECT count(*) FROM {table} WHERE id = {int(wanted)}"):  # noqa: S608  (a number)
        raise InputError(f"there is no {table} {wanted}", "See what there is with: voiceprep stories")
