"""Recorded answers on the disk: a folder a session, a sound file a take, and a note of it until the history has it.

The note is written before the first sound: a take with a note is not in the history yet, whatever stopped the
program. Everything is readable for its owner alone. Knows no microphone and no database.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.codec import from_data, to_data
from voiceprep.errors import InputError
from voiceprep.practice import Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from filelock import FileLock

# A take is spoken into the one and kept as the other.
SPOKEN, SOUND, PART = ".wav", ".flac", ".part"
NOTE, PAGE = ".pending.json", ".html"
_LOCK = "in-use.lock"
_ID = re.compile(r"\d{4}-\d\d-\d\d-\d{6}(-\d+)?", re.ASCII)
_UNSAFE = re.compile(r"[^\w-]+", re.ASCII)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Pending:
    """A take that the history does not have: what is known of it, and where its `sound` is or would be."""

    take: Take
    sound: Path


class Sessions:
    """The sessions in the folder `root`, which is made when it is needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def new(self, now: datetime) -> Session:
        """Return a session that begins `now`; its folder is made with its first take."""
        return Session(self, now)

    def folder(self, session: str) -> Path:
        """Return the folder of `session`. Raise `InputError` where that is no name of a session."""
        if not is_session(session):
            raise InputError(f"there is no session {session!r}", "See all with: voiceprep sessions")
        return self.root / session

    def names(self) -> tuple[str, ...]:
        """Return the names of the sessions that have a folder, the oldest first."""
        if not self.root.is_dir():
            return ()
        return tuple(sorted(path.name for path in self.root.iterdir() if path.is_dir() and is_session(path.name)))

    def spoken(self, take: Take) -> Path:
        """Return where the sound of `take` is written while it is spoken."""
        return self.folder(take.session) / f"{_name(take)}{SPOKEN}"

    def sound(self, take: Take) -> Path:
        """Return where the sound of `take` is, or was."""
        kept, spoken = self.folder(take.session) / f"{_name(take)}{SOUND}", self.spoken(take)
        return spoken if spoken.exists() and not kept.exists() else kept

    def heard(self, session: str) -> frozenset[int]:
        """Return the numbers of the takes of `session` whose sound is there; the folder is read once."""
        try:
            names = os.listdir(self.folder(session))  # noqa: PTH208  (only names are needed, of thousands of folders)
        except OSError:
            return frozenset()
        stems = (name.partition("-")[0] for name in names if name.endswith((SOUND, SPOKEN)))
        return frozenset(int(stem) for stem in stems if stem.isdecimal())

    def pack(self, take: Take, compress: Callable[[Path, Path], None]) -> Path:
        """Keep the sound of `take` in less room, by `compress`; return where it is. Where that fails it stays."""
        spoken, kept = self.spoken(take), self.spoken(take).with_suffix(SOUND)
        if spoken.exists() and not kept.exists():
            part = kept.with_suffix(PART)
            part.unlink(missing_ok=True)
            try:
                compress(spoken, part)
                part.replace(kept)
            except (InputError, OSError):
                part.unlink(missing_ok=True)
                return spoken
        spoken.unlink(missing_ok=True)
        return kept

    def restore(self, take: Take, sound: Path) -> Path:
        """Move the file `sound`, from another machine, to where that of `take` is kept; return where that is."""
        ending = sound.suffix if sound.suffix in {SOUND, SPOKEN} else SOUND
        kept = self.spoken(take).with_suffix(ending)
        with _said(kept):
            _private_folder(kept.parent)
            sound.chmod(0o600)
            shutil.move(sound, kept)
        return kept

    def files(self, session: str, number: int) -> tuple[Path, ...]:
        """Return all files of the `number`th take of `session` that are on the disk, whatever it was about."""
        return tuple(sorted(self.folder(session).glob(f"{number:02}-*")))

    def page(self, take: Take) -> Path:
        """Return where the page about `take` is written."""
        return self.folder(take.session) / f"{_name(take)}{PAGE}"

    def note(self, take: Take) -> None:
        """Write the note of `take`: on the disk when this returns."""
        path = self._note(take)
        with _said(path):
            _private_folder(path.parent)
            beside = path.with_suffix(".tmp")
            with _private(beside) as descriptor:
                os.write(descriptor, json.dumps(to_data(take), indent=1).encode())
                os.fsync(descriptor)
            beside.replace(path)

    def settle(self, take: Take) -> None:
        """Remove the note of `take`, for the history has it now."""
        self._note(take).unlink(missing_ok=True)

    def delete(self, take: Take) -> int:
        """Delete the sound of `take`, its page and its note. Return how many bytes that freed."""
        kept, spoken = self.spoken(take).with_suffix(SOUND), self.spoken(take)
        mine = (kept, spoken, kept.with_suffix(PART), self.page(take), self._note(take))
        freed = sum(map(_unlinked, mine))
        self._tidy(take.session)
        return freed

    def clear(self, session: str) -> int:
        """Delete the folder of `session` with all that is in it. Return how many bytes that freed.

        Raise `InputError` where somebody practises in it.
        """
        folder = self.folder(session)
        if not folder.is_dir():
            return 0
        if _in_use(folder):
            raise InputError(f"session {session} is going on in another window", "End it there with q first.")
        freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        with _said(folder):
            shutil.rmtree(folder)
        return freed

    def silence(self, session: str) -> int:
        """Delete the sounds of `session`, and the pages, which carry them too. Return how many bytes that freed.

        What the history does not have yet is left alone.
        """
        folder = self.folder(session)
        if _in_use(folder):
            return 0
        kept = {pending.sound for pending in self._pending(session)}
        mine = [path for ending in (SOUND, SPOKEN, PART, PAGE) for path in folder.glob(f"*{ending}")]
        freed = sum(_unlinked(path) for path in mine if path not in kept)
        self._tidy(session)
        return freed

    def pending(self, session: str | None = None) -> tuple[Pending, ...]:
        """Return the takes, of `session` or of all, that the history does not have; the oldest first.

        Those of a session that is going on in another window are left out.
        """
        names = self.names() if session is None else (session,)
        return tuple(one for name in names if not _in_use(self.folder(name)) for one in self._pending(name))

    def _pending(self, session: str) -> Iterator[Pending]:
        for path in sorted(self.folder(session).glob(f"*{NOTE}")):
            # A note that cannot be read is none; its sound stays where it is.
            with contextlib.suppress(InputError, ValueError, OSError):
                take = from_data(Take, json.loads(path.read_text(encoding="utf-8")))
                yield Pending(take, self.sound(take))

    def _note(self, take: Take) -> Path:
        return self.folder(take.session) / f"{_name(take)}{NOTE}"

    def _tidy(self, session: str) -> None:
        """Remove the folder of `session` if nothing is left in it."""
        folder = self.folder(session)
        if not _in_use(folder):
            (folder / _LOCK).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()


class Session:
    """A session that is going on: it gives its takes their numbers, and keeps other programs away from them."""

    def __init__(self, sessions: Sessions, now: datetime) -> None:
        self._sessions = sessions
        self._stamp = now.strftime("%Y-%m-%d-%H%M%S")
        self._lock: FileLock | None = None
        self.name = ""
        self.takes = 0

    def claim(self) -> tuple[str, int]:
        """Return the name of the session and the number of its next take; its folder is there then."""
        if not self.name:
            self._open()
        self.takes += 1
        return self.name, self.takes

    def give_back(self) -> None:
        """Take back the last number, for nothing came of it."""
        self.takes -= 1

    def close(self) -> None:
        """Let go of the folder, and remove it if it is empty."""
        if self._lock is not None:
            self._lock.release()
            self._sessions._tidy(self.name)  # noqa: SLF001  (a part of it)
            self._lock = None

    def _open(self) -> None:
        from filelock import FileLock  # noqa: PLC0415  (only while somebody practises)

        with _said(self._sessions.root):
            _private_folder(self._sessions.root)
            name, number = self._stamp, 1
            while True:
                try:
                    (self._sessions.root / name).mkdir(mode=0o700)
                except FileExistsError:
                    number += 1
                    name = f"{self._stamp}-{number}"
                else:
                    break
            self._lock = FileLock(self._sessions.root / name / _LOCK, mode=0o600)
            self._lock.acquire(timeout=0)
        self.name = name


def is_session(name: str) -> bool:
    """Say whether `name` is one that a session can have."""
    return _ID.fullmatch(name) is not None


def _name(take: Take) -> str:
    """Return the name of the files of `take`: its number and its question."""
    asked = _UNSAFE.sub("-", take.question.id if take.question else "").strip("-")[:_LONGEST_NAME]
    return f"{take.number:02}-{asked or 'answer'}"


def _in_use(folder: Path) -> bool:
    """Say whether another program, or this one, is practising in `folder`."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (only where there are sessions)

    path = folder / _LOCK
    if not path.exists():
        return False
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _unlinked(path: Path) -> int:
    """Delete `path` if it is there. Return its size."""
    with _said(path):
        size = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
    return size


def _private_folder(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def _private(path: Path) -> Iterator[int]:
    """Open `path` anew for its owner alone, and give its descriptor."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turn what the system says of `path` into words."""
    try:
        yield
    except OSError as error:
        hint = "Give a folder that you can write in with --data DIR, or make room on the disk."
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}", hint) from error
