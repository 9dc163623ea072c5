"""Where practice is kept: the option for another folder, its history and its sessions."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceprep.correcting import Correction
    from voiceprep.history import History, Record
    from voiceprep.model import Assessment
    from voiceprep.scoring import OwnVoice
    from voiceprep.sessions import Sessions

# So many more things than were thrown away before Python looks for garbage.
_GARBAGE = 100_000

data_option = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of recordings and history. Default: the system's usual one; voiceprep doctor says which.",
)


def lean() -> None:
    """Start up quickly: NumPy begins one thread, and Python seldom looks for garbage.

    NumPy's library of linear algebra takes longer to begin several threads than lists take to make; this is of no use
    once it is imported, and not for commands that hear something, whose sums must come out as always. What is read to
    be shown is all in use, and looking through it for garbage is a tenth of the time.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_GARBAGE)


def opened(data: Path | None, *, reading: bool = False) -> History:
    """Return the history in the folder `data`, or in the usual one.

    Only for `reading` nothing is made: the usual one is then empty where there is none, and of a folder that was named
    and has neither a history nor sessions it is said, by an `InputError`.
    """
    from voiceprep.history import History  # noqa: PLC0415  (sqlite3)

    file = history_file(data)
    if reading and data is not None and not file.exists() and not (data / "sessions").is_dir():
        raise InputError(
            f"there is no history in {str(data)!r}",
            "Leave --data out for the usual one; a new one begins with: voiceprep practice",
        )
    return History(file, reading=reading)


def history_file(data: Path | None) -> Path:
    """Return where the history in the folder `data` is, or would be."""
    return _folder(data) / "history.db"


def tell_of_damaged(data: Path | None) -> None:
    """Say after deleting where damaged histories that were set aside lie: nothing can be deleted out of these."""
    file = history_file(data)
    for path in sorted(file.parent.glob(f"{file.name}.damaged-*")):
        if not path.name.endswith(("-wal", "-shm")):
            told = f"Not out of {path}, a damaged history that was set aside; voiceprep forget --all deletes that too."
            click.echo(told, err=True)


def own_voice(data: Path | None) -> Callable[[str], OwnVoice | None]:
    """Return what gives for the SHA-256 of a model how right it heard the answers that the user checked."""

    def of(model: str) -> OwnVoice | None:
        from voiceprep.history.correcting import peek  # noqa: PLC0415  (sqlite3)

        return peek(history_file(data), model)

    return of


def own_corrections(data: Path | None) -> Callable[[str], tuple[Correction, ...]]:
    """Return what gives for the SHA-256 of a recording what the user corrected of it."""

    def of(sha256: str) -> tuple[Correction, ...]:
        from voiceprep.history.correcting import peek_corrections  # noqa: PLC0415  (sqlite3)

        return peek_corrections(history_file(data), sha256)

    return of


def sessions_in(data: Path | None) -> Sessions:
    """Return the sessions in the folder `data`, or in the usual one."""
    from voiceprep.sessions import Sessions  # noqa: PLC0415  (not needed for --help)

    return Sessions(_folder(data) / "sessions")


def brought_in(data: Path | None) -> tuple[Path, ...]:
    """Return the recordings that came with an import, besides those of sessions; their names begin with their day."""
    folder = _folder(data) / "recordings"
    return tuple(sorted(path for path in folder.glob("*") if path.is_file())) if folder.is_dir() else ()


def older(sessions: Sessions, days: float, now: datetime) -> Iterator[str]:
    """Yield the names of the `sessions` that began more than so many `days` before `now`."""
    for name in sessions.names():
        if began(name) < now.replace(tzinfo=None) - timedelta(days=days):
            yield name


def began(session: str) -> datetime:
    """Return when `session` began, in the time of the place where it did."""
    return datetime.strptime(session[:17], "%Y-%m-%d-%H%M%S")  # noqa: DTZ007  (the name has no zone)


def _folder(data: Path | None) -> Path:
    if data is not None:
        return data
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    return config.data_dir()


def page_beside(record: Record, data: Path | None) -> Path:
    """Return where the page about an answer that was not practised is written: where `forget` finds it by its day."""
    return _folder(data) / "recordings" / f"{record.at[:10]}-answer-{record.id}.html"


def write_page(assessment: Assessment, sound: Path | None, target: Path) -> None:
    """Write the page about `assessment` to `target`, for its owner alone; with its `sound`, if that is still there."""
    from voiceprep import audio, pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (same)
    from voiceprep.sound import waveform  # noqa: PLC0415  (same)

    if sound is not None and sound.exists():
        decoded = audio.decode(sound).audio
        assessment = replace(assessment, playback=audio.encode(decoded), waveform=waveform(decoded))
    if not target.exists():
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    write_text(target, pipeline.render(assessment, "html"))
