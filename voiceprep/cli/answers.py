"""Answers of the history by the names that people give them, and where their recordings are. Changes nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from voiceprep.history import Entry, History, Record
    from voiceprep.practice import Take
    from voiceprep.sessions import Sessions

LAST = "last"
HINT = "Give the number of an answer, SESSION/N, or last. See what there is with: voiceprep sessions show"
# SQLite knows no ids of more digits than that and one.
_DIGITS = 18


def find(name: str, history: History) -> Entry:
    """Return the answer that `name` means: its number, `last`, SESSION/N, or a session or day that has but one.

    Raise `InputError` where there is none.
    """
    from voiceprep.history import Choice  # noqa: PLC0415  (sqlite3)

    if name.isdecimal():
        found = history.entries(Choice(ids=(numeral(name),)))
    else:
        sitting, _, number = name.partition("/")
        newest = history.entries(Choice(last=1))
        if not newest:
            raise InputError("the history is empty", "Begin with: voiceprep practice")
        if name == LAST:
            return newest[0]
        entries = history.entries(Choice(sitting=newest[0].sitting if sitting == LAST else sitting))
        found = tuple(
            entry for at, entry in numbered(entries) if number == str(at) or (not number and len(entries) == 1)
        )
    if not found:
        raise InputError(f"there is no answer {name!r}", HINT)
    return found[0]


def numeral(name: str) -> int:
    """Return the id that the digits `name` are; 0, which no answer has, where no id is as long."""
    return int(name) if len(name) <= _DIGITS else 0


def numbered(entries: tuple[Entry, ...]) -> tuple[tuple[int, Entry], ...]:
    """Return the `entries` of one sitting, the oldest first, in their order, each with its number in it."""
    ordered = sorted(entries, key=lambda entry: entry.number)
    return tuple((entry.number or place, entry) for place, entry in enumerate(ordered, 1))


def sound_of(record: Record, store: Sessions) -> Path | None:
    """Return where the recording of `record` is, or None where it is gone, or another file lies in its place."""
    return sound_at(record.place, record.recording.sha256, record.take, store)


def sound_at(place: str, sha256: str, take: Take | None, store: Sessions) -> Path | None:
    """Return `sound_of` an answer with this `place`, SHA-256 and `take`."""
    if take is not None:
        path = store.sound(take)
        return path if path.is_file() else None
    path = Path(place)
    # A take lies in a folder of its own and is packed after it was heard; another file must be the very same.
    return path if place and path.is_file() and _sha256(path) == sha256 else None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
