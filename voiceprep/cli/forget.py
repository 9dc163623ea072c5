"""`voiceprep forget`: deletes recordings and keeps the numbers, or deletes everything. Asks first."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from voiceprep.cli.folder import brought_in, data_option, history_file, older, sessions_in, tell_of_damaged
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceprep.sessions import Sessions

EXAMPLES = """\b
Examples:
  voiceprep forget --recordings
  voiceprep forget --recordings --older-than 30
  voiceprep forget --all
"""
# A database with what SQLite keeps beside it; what a repair leaves, and the lock of imports.
_HISTORY = ("history.db", "history.db-wal", "history.db-shm", "history.db-journal")
_LEFT = ("history.db.damaged-*", "history.db.read*", "history.db.salvaged*", "import.lock")


@click.command("forget", epilog=EXAMPLES)
@click.option(
    "--recordings", is_flag=True, help="Delete the sound, and the pages that carry it. Words and numbers stay."
)
@click.option(
    "--all", "everything", is_flag=True, help="Delete sound, words and numbers: all sessions and the history."
)
@click.option(
    "--older-than", "days", metavar="DAYS", type=click.FloatRange(0), help="Only recordings older than so many days."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@data_option
def command(*, recordings: bool, everything: bool, days: float | None, yes: bool, data: Path | None) -> None:
    """Delete recordings and keep the numbers, or delete all.

    To have it done by itself, put keep_days = 30 into settings.toml. One session or one answer is deleted with
    voiceprep sessions delete.
    """
    if recordings == everything:
        raise InputError("it is not said what to forget", hint="Give --recordings or --all.")
    if everything and days is not None:
        raise InputError("--older-than is for recordings", hint="voiceprep forget --recordings --older-than DAYS")
    store = sessions_in(data)
    if everything:
        _forget_all(store, history_file(data).parent, brought_in(data), yes=yes)
        return
    now = datetime.now().astimezone()
    names = store.names() if days is None else tuple(older(store, days, now))
    day = "" if days is None else (now - timedelta(days=days)).date().isoformat()
    imported = [path for path in brought_in(data) if not day or path.name < day]
    if (names or imported) and not yes:
        more = f" and {len(imported)} imported ones" if imported else ""
        click.confirm(f"Delete the recordings of {_sessions(len(names))}{more}?", abort=True, err=True)
    freed = sum(store.silence(name) for name in names) + _delete(imported)
    click.echo(f"Deleted recordings: {freed / 1e6:.1f} MB. Words and numbers are kept.", err=True)
    if waiting := [one for name in names for one in store.pending(name)]:
        told = "1 answer without a report is" if len(waiting) == 1 else f"{len(waiting)} answers without a report are"
        click.echo(f"{told} left: voiceprep practice offers to analyse or delete them.", err=True)
    tell_of_damaged(data)


def _forget_all(store: Sessions, data: Path, imported: Sequence[Path], *, yes: bool) -> None:
    names = store.names()
    if not yes:
        click.confirm(
            f"Delete everything: {_sessions(len(names))} and the whole history, also of analyze --save?",
            abort=True,
            err=True,
        )
    freed = sum(store.clear(name) for name in names) + _delete(imported)
    # The history itself first: where it is in use, nothing else of it goes.
    for path in (*(data / name for name in _HISTORY), *(path for left in _LEFT for path in sorted(data.glob(left)))):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"cannot delete {str(path)!r}: {error.strerror}", "Close the other voiceprep.") from error
    with suppress(OSError):  # not there, or something else of the user's is in it
        (data / "recordings").rmdir()
    click.echo(f"Deleted {_sessions(len(names))}, {freed / 1e6:.1f} MB, and the history.", err=True)


def _delete(paths: Sequence[Path]) -> int:
    """Delete the files `paths`. Return how many bytes that freed."""
    freed = 0
    for path in paths:
        try:
            size = path.stat().st_size
            path.unlink()
        except OSError as error:
            raise InputError(f"cannot delete {str(path)!r}: {error.strerror}", "Delete it by hand.") from error
        freed += size
    return freed


def _sessions(count: int) -> str:
    return f"{count} session{'' if count == 1 else 's'}"
