"""`voiceprep doctor --repair`: sets a damaged history aside and keeps what can be read of it. Deletes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from voiceprep.cli.folder import history_file

if TYPE_CHECKING:
    from pathlib import Path

    from voiceprep.history import History


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
    click.echo(f"Saved in {path}: {_count(done.kept)}.")
    if done.wordless:
        click.echo(f"Of {_count(done.wordless)} the numbers are left, but not the words.")
    if done.gone:
        click.echo(f"{_count(done.gone)} could not be read. Where the recordings are left: voiceprep analyze --save")


def _measure(book: History) -> None:
    """Measure what has its words still, but none of its numbers."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    every = [entry.id for entry in book.entries()]
    for answer, counts in book.measurements(every).items():
        record = None if counts else book.record(answer)
        if record is not None and record.transcript.words:
            found = pipeline.judge_again(record).findings
            with book.mapped(), book.transaction():
                book.put_counts("measurement", answer, [one.measurement for one in found])


def _count(answers: int) -> str:
    return f"{answers} answer{'' if answers == 1 else 's'}"
