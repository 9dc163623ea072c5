"""`voiceprep doctor --repair`: sets a damaged history aside and keeps what can be read of it. Deletes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from voiceprep.cli.folder import history_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voiceprep.history import History
    from voiceprep.history.salvage import Salvaged

_NAMES = {
    "story": ("story", "stories"),
    "correction": ("correction", "corrections"),
    "telling": ("note where a story was told", "notes where a story was told"),
}


def repair(data: Path | None) -> None:
    """Look at the history in the folder `data`, or in the usual one; where it is damaged, save what can be read."""
    from voiceprep.history import History  # noqa: PLC0415  (sqlite3)
    from voiceprep.history.salvage import is_damaged, salvage  # noqa: PLC0415  (same)

    path = history_file(data)
    if not path.exists():
        click.echo(f"There is no history in {path.parent} yet, so nothing to repair.")
        return
    if not is_damaged(path):
        click.echo(f"The history {path} is intact. Nothing was changed.")
        return
    done = salvage(path, f"{datetime.now():%Y-%m-%d-%H%M%S}")  # noqa: DTZ005  (as the folders of sessions: local time)
    with History(path) as book:
        _measure(book)
    click.echo(f"The history was damaged. Every byte of it is kept in {done.aside}")
    for line in _told(done, path):
        click.echo(line)


def _told(done: Salvaged, path: Path) -> Iterator[str]:
    """Yield the lines that say what was saved into `path`, and what was lost as far as that can be known."""
    if done.kept:
        yield f"Saved in {path}: {_count(done.kept)}."
    else:
        yield f"Nothing of it could be read. {path} is a new history, without answers."
    if done.wordless:
        yield f"Of {_count(done.wordless)} the numbers are left, but not the words."
    if done.gone:
        yield f"{_count(done.gone)} could not be read. Where the recordings are left: voiceprep analyze --save"
    if done.spoken:
        yield f"The words of {done.spoken} of these still stand in the file that was set aside."
    lost = [f"{count} {_NAMES[table][count > 1]}" for table, count in done.lost.items() if count]
    if lost:
        yield f"Lost: {', '.join(lost)}."
    unknown = [f"of {_NAMES[table][True]}" for table, count in done.lost.items() if count is None]
    if unknown:
        *first, last = unknown
        rest = ", as far as it is not here" if done.kept else ""
        yield f"What it held {' and '.join([', '.join(first), last] if first else [last])} is not known{rest}."


def _measure(book: History) -> None:
    """Measure what has its words still, but none of its numbers: as it was heard, and as it was corrected."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.history import correcting  # noqa: PLC0415  (sqlite3)

    with book.mapped():
        unmeasured = book.connection.execute("SELECT id FROM answer WHERE id NOT IN (SELECT answer FROM measurement)")
        ids = [row["id"] for row in unmeasured]
    for answer in ids:
        record = book.known(answer)
        if record.transcript.words:
            found = pipeline.judge_again(record, original=True).findings
            with book.mapped(), book.transaction():
                book.put_counts("measurement", answer, [one.measurement for one in found])
                correcting.put(book, answer, pipeline.recount(record))


def _count(answers: int) -> str:
    return f"{answers} answer{'' if answers == 1 else 's'}"
