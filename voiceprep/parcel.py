"""A folder that was exported, opened and checked as a whole. Writes nothing.

What is in it is foreign: only files that it lists are read, none through a link, and each is compared with its hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep import exchange
from voiceprep.errors import InputError
from voiceprep.history.exchange import Key
from voiceprep.sessions import is_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voiceprep.exchange import File, Manifest, Story, Told
    from voiceprep.outgoing import Progress

_MOST_TAKES = 100_000
CHANGED = "The folder was changed or damaged on its way: export it again."


@dataclass(frozen=True, slots=True)
class Parcel:
    """A folder that was checked: its manifest, its answers by id, and its stories.

    Of each answer only the key and its file are held, since there may be many.
    """

    folder: Path
    manifest: Manifest
    keys: tuple[Key, ...]
    answers: Mapping[int, File]
    sounds: Mapping[int, File]
    stories: tuple[Story, ...]


def read(folder: Path, progress: Progress = lambda _done, _whole: None) -> Parcel:
    """Return what the export in `folder` holds. Raise `InputError` where anything in it does not fit."""
    with reading(folder):
        manifest = exchange.read_manifest(_text(folder, exchange.MANIFEST, exchange.LARGEST_LIST))
        listed = {file.path: file for file in manifest.files}
        keys, answers, sounds = [], {}, {}
        stories: tuple[Story, ...] = ()
        for done, file in enumerate(manifest.files):
            progress(done, len(manifest.files))
            if file.path.endswith(f"/{exchange.ANSWER}"):
                told = answer_in(folder, file)
                exchange.check_answer(told, file.path)
                if told.id in answers:
                    raise InputError(f"{file.path}: there are two answers with the id {told.id}", CHANGED)
                keys.append(_key(told))
                answers[told.id] = file
                if told.sound is not None:
                    sounds[told.id] = _sound(told, file, listed)
            elif file.path == exchange.STORIES:
                stories = exchange.read_stories(_checked(folder, file, exchange.LARGEST_ANSWER))
            else:
                _verify(folder, file)
        _fit(manifest, keys, stories)
        return Parcel(folder, manifest, tuple(keys), answers, sounds, stories)


def _key(told: Told) -> Key:
    session, number = (told.take.session, told.take.number) if told.take else ("", 0)
    return Key(told.id, told.identity, told.recording, told.at, session, number)


def answer_in(folder: Path, file: File) -> Told:
    """Return the answer in `file` of `folder`. Raise `InputError` where it is not the one that was exported."""
    told = exchange.read_answer(_checked(folder, file, exchange.LARGEST_ANSWER), file.path)
    if file.path != f"answers/{exchange.folder_name(told)}/{exchange.ANSWER}":
        raise InputError(f"{file.path} is about another answer", CHANGED)
    if told.take and not (is_session(told.take.session) and 1 <= told.take.number <= _MOST_TAKES):
        raise InputError(f"{file.path}: there can be no such take of a session", CHANGED)
    return told


def _sound(told: Told, file: File, listed: Mapping[str, File]) -> File:
    """Return the file of the sound of `told`, which lies beside `file`."""
    assert told.sound is not None  # noqa: S101  (for the type checker: it is asked for where there is one)
    path = f"{file.path.rpartition('/')[0]}/{told.sound.file}"
    found = listed.get(path)
    if found is None or (found.bytes, found.sha256) != (told.sound.bytes, told.sound.sha256):
        raise InputError(f"{path} is not in the list of files as {file.path} has it", CHANGED)
    return found


def _fit(manifest: Manifest, keys: list[Key], stories: tuple[Story, ...]) -> None:
    """Raise `InputError` where the parts of an export do not belong together."""
    ids = {key.id for key in keys}
    practised = [(key.session, key.number) for key in keys if key.session]
    linked = {one for story in stories for one in (*story.tellings, story.answer) if one is not None}
    twice = len({key.identity for key in keys}) < len(keys) or len(set(practised)) < len(practised)
    if twice or len({story.id for story in stories}) < len(stories):
        raise InputError("something is twice in this export", CHANGED)
    if not linked <= ids:
        raise InputError(f"{exchange.STORIES} names answers that are not in this export", CHANGED)
    if (manifest.counts.get("answers"), manifest.counts.get("stories")) != (len(keys), len(stories)):
        raise InputError("this export does not hold as many answers and stories as it says", CHANGED)


def _text(folder: Path, name: str, largest: int) -> str:
    """Return the text of the file `name` in `folder`, which is at most so large."""
    path = folder / name
    if not folder.is_dir() or not path.exists():
        raise InputError(f"there is no {name} in {str(folder)!r}", "A folder to import is made by: voiceprep export")
    _plain(path, name)
    if path.stat().st_size > largest:
        raise InputError(f"{name} is too large for an export", CHANGED)
    return _decoded(path.read_bytes(), name)


def _checked(folder: Path, file: File, largest: int) -> str:
    """Return the text of `file` in `folder`, whose bytes are those that were exported."""
    if file.bytes > largest:
        raise InputError(f"{file.path} is too large for an export", CHANGED)
    content = inside(folder, file).read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InputError(f"{file.path} is not what it was when it was exported", CHANGED)
    return _decoded(content, file.path)


def _verify(folder: Path, file: File) -> None:
    if sha256_of(inside(folder, file)) != file.sha256:
        raise InputError(f"{file.path} is not what it was when it was exported", CHANGED)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of the file at `path`."""
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def inside(folder: Path, file: File) -> Path:
    """Return the path of `file` in `folder`: a plain file of the length that was said, reached through no link."""
    path = folder
    for part in file.path.split("/"):
        path /= part
        if path.is_symlink():
            raise InputError(f"{file.path} is a link, and none is followed", CHANGED)
    _plain(path, file.path)
    if path.stat().st_size != file.bytes:
        raise InputError(f"{file.path} is not what it was when it was exported", CHANGED)
    return path


def _plain(path: Path, name: str) -> None:
    """Raise `InputError` where at `path` is no file, or one that is not a sequence of bytes, like a pipe."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        raise InputError(f"{name} is missing", CHANGED) from None
    if not stat.S_ISREG(mode):
        raise InputError(f"{name} is no plain file", CHANGED)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8", CHANGED) from None


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn what the system says while `folder` is read into words."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise InputError(f"cannot read {str(error.filename or folder)!r}: {what}", "Copy the folder again.") from error
