"""An open folder taken into the history: checked as a whole before anything is written, then all of it or nothing.

What is in the folder is foreign: only files that it lists are read, none through a link, and each is compared with its
hash. Sounds are copied beside the history first; rows and sounds then appear together.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import stat
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep import exchange
from voiceprep.errors import InputError
from voiceprep.history import exchange as rows
from voiceprep.history import merging
from voiceprep.history.exchange import Key
from voiceprep.history.merging import Outcome
from voiceprep.outgoing import copied, sound_of, take_of
from voiceprep.sessions import is_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceprep.exchange import File, Manifest, Story, Told
    from voiceprep.history import History
    from voiceprep.outgoing import Progress
    from voiceprep.sessions import Sessions

_LOCK = "import.lock"
_MOST_TAKES = 100_000
_CHANGED = "The folder was changed or damaged on its way: export it again."


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


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the answers and stories of a folder, how many sounds were put in place, and sessions renamed."""

    answers: Mapping[Outcome, int]
    stories: Mapping[Outcome, int]
    sounds: int
    renamed: Mapping[str, str]


def read(folder: Path, progress: Progress = lambda _done, _whole: None) -> Parcel:
    """Return what the export in `folder` holds. Raise `InputError` where anything in it does not fit."""
    with _reading(folder):
        manifest = exchange.read_manifest(_text(folder, exchange.MANIFEST, exchange.LARGEST_LIST))
        listed = {file.path: file for file in manifest.files}
        keys, answers, sounds = [], {}, {}
        stories: tuple[Story, ...] = ()
        for done, file in enumerate(manifest.files):
            progress(done, len(manifest.files))
            if file.path.endswith(f"/{exchange.ANSWER}"):
                told = _answer(folder, file)
                if told.id in answers:
                    raise InputError(f"{file.path}: there are two answers with the id {told.id}", _CHANGED)
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


def bring_in(
    parcel: Parcel,
    history: History,
    sessions: Sessions,
    data: Path,
    *,
    over: bool = False,
    sound: bool = True,
    progress: Progress = lambda _done, _whole: None,
) -> Result:
    """Take what is in `parcel` into `history`, sounds into `sessions` or into `data`/recordings; all or nothing.

    Where an answer is known already, `merging.merged` says what becomes of it. Raise `InputError` where the disk is
    full, or the folder has changed since it was read.
    """
    with _alone(data) as staging:
        work = _Import(parcel, history, sessions, data, staging, over=over, sound=sound)
        work.stage(progress)
        try:
            with history.mapped(), history.transaction():
                return work.write()
        except BaseException:
            for path in work.placed:
                path.unlink(missing_ok=True)
            raise


def foresee(parcel: Parcel, history: History, sessions: Sessions, *, over: bool = False, sound: bool = True) -> Result:
    """Return what `bring_in` would do, and do nothing."""
    work = _Import(parcel, history, sessions, Path(), Path(), over=over, sound=sound)
    known, names = work.plan()
    answers: Counter[Outcome] = Counter()
    sounds = 0
    for key in parcel.keys:
        if key.id not in known:
            answers[Outcome.NEW] += 1
            sounds += sound and key.id in parcel.sounds
            continue
        here = rows.told(history, known[key.id])
        answers[merging.merged(here, work.answer(key.id), over=over)[0]] += 1
        sounds += work.lacks(here, key.id)
    return Result(answers, work.stories(known)[0], sounds, _renamed(names))


@dataclass
class _Import:
    """One import: what comes in, and where to."""

    parcel: Parcel
    history: History
    sessions: Sessions
    data: Path
    staging: Path
    over: bool
    sound: bool
    placed: list[Path] = field(default_factory=list)

    def stage(self, progress: Progress) -> None:
        """Copy the sounds that will be needed, while others may still write to the history."""
        known, _ = self.plan()
        for done, key in enumerate(self.parcel.keys):
            progress(done, len(self.parcel.keys))
            if key.id not in known or self.lacks(rows.told(self.history, known[key.id]), key.id):
                self._copy(key.id)

    def plan(self) -> tuple[dict[int, int], dict[str, str]]:
        """Return which answers are known here, by their ids there, and what each session is called here."""
        here = rows.keys(self.history)
        known = merging.matched(self.parcel.keys, here)
        return known, merging.placed(self.parcel.keys, here, known, self._taken)

    def lacks(self, here: Told, there: int) -> bool:
        """Say whether the answer `here` has no sound, and gets that of the answer `there`."""
        return self.sound and there in self.parcel.sounds and sound_of(here, self.sessions) is None

    def answer(self, there: int) -> Told:
        """Return the answer with the id `there` in the folder."""
        with _reading(self.parcel.folder):
            return _answer(self.parcel.folder, self.parcel.answers[there])

    def write(self) -> Result:
        """Write the rows and move the sounds to their places, in the transaction of the caller."""
        known, names = self.plan()
        ids, outcomes, sounds = dict(known), Counter[Outcome](), 0
        for key in self.parcel.keys:
            there = self.answer(key.id)
            if key.id in known:
                here = rows.told(self.history, known[key.id])
                outcome, told = merging.merged(here, there, over=self.over)
            else:
                here, outcome, told = None, Outcome.NEW, there
            told = _in_session(told, names) if here is None or here.take is None else told
            if (here is None and self.sound and key.id in self.parcel.sounds) or (here and self.lacks(here, key.id)):
                told = replace(told, place=str(self._put(told, key.id)))
                sounds += 1
            if here is None:
                ids[key.id] = rows.add(self.history, told)
            elif told != here:
                rows.replace(self.history, here.id, told)
            outcomes[outcome] += 1
        told_stories, changed = self.stories(ids)
        for outcome, story in changed:
            if outcome is Outcome.NEW:
                rows.add_story(self.history, story)
            else:
                rows.replace_story(self.history, story)
        return Result(outcomes, told_stories, sounds, _renamed(names))

    def stories(self, ids: Mapping[int, int]) -> tuple[Counter[Outcome], list[tuple[Outcome, Story]]]:
        """Return what becomes of the stories, whose answers have new `ids`, and those that are to be written."""
        here = {story.id: story for story in rows.stories(self.history)}
        known = merging.matched_stories(self.parcel.stories, tuple(here.values()))
        outcomes, changed = Counter[Outcome](), []
        for one in self.parcel.stories:
            answer = None if one.answer is None else ids.get(one.answer)
            story = replace(one, answer=answer, tellings=tuple(ids[each] for each in one.tellings if each in ids))
            outcome = Outcome.NEW
            if one.id in known:
                outcome, story = merging.merged_story(here[known[one.id]], story, over=self.over)
            outcomes[outcome] += 1
            if outcome is Outcome.NEW or story != here[known[one.id]]:
                changed.append((outcome, story))
        return outcomes, changed

    def _taken(self, session: str, key: Key) -> bool:
        """Say whether files of another answer are where those of `key` would be in `session`.

        The same sound is none: an import that was killed may have left it.
        """
        sound = self.parcel.sounds.get(key.id)
        return any(sound is None or _sha256(path) != sound.sha256 for path in self.sessions.files(session, key.number))

    def _copy(self, there: int) -> Path | None:
        """Return the copy of the sound of the answer `there` beside its future place, made if it is not there yet."""
        if not self.sound or (file := self.parcel.sounds.get(there)) is None:
            return None
        copy = self.staging / f"{there}{Path(file.path).suffix}"
        if not copy.exists():
            with _reading(self.parcel.folder):
                source = _inside(self.parcel.folder, file)
            with _storing(copy):
                if copied(source, copy) != (file.bytes, file.sha256):
                    raise InputError(f"{file.path} is not what it was when it was exported", _CHANGED)
        return copy

    def _put(self, told: Told, there: int) -> Path:
        """Move the copy of the sound of `told` to its place, and return that."""
        copy = self._copy(there)
        assert copy is not None  # noqa: S101  (for the type checker: it is asked for where there is one)
        if told.take is not None:
            path = self.sessions.restore(take_of(told, told.take.session), copy)
        else:
            sha256 = self.parcel.sounds[there].sha256
            name = f"{exchange.folder_name(told).partition('-')[2]}-{sha256[:16]}{copy.suffix}"
            path = self.data.absolute() / "recordings" / name
            with _storing(path):
                if path.exists() and _sha256(path) == sha256:
                    return path
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                copy.chmod(0o600)
                shutil.move(copy, path)
        self.placed.append(path)
        return path


def _in_session(told: Told, names: Mapping[str, str]) -> Told:
    """Return `told` in the session of this machine that its own is called by `names`."""
    if told.take is None:
        return told
    session = names[told.take.session]
    return replace(told, take=replace(told.take, session=session), sitting=session)


def _renamed(names: Mapping[str, str]) -> dict[str, str]:
    return {there: here for there, here in names.items() if there != here}


def _key(told: Told) -> Key:
    session, number = (told.take.session, told.take.number) if told.take else ("", 0)
    return Key(told.id, told.identity, told.recording, told.at, session, number)


def _answer(folder: Path, file: File) -> Told:
    told = exchange.read_answer(_checked(folder, file, exchange.LARGEST_ANSWER), file.path)
    if file.path != f"answers/{exchange.folder_name(told)}/{exchange.ANSWER}":
        raise InputError(f"{file.path} is about another answer", _CHANGED)
    if told.take and not (is_session(told.take.session) and 1 <= told.take.number <= _MOST_TAKES):
        raise InputError(f"{file.path}: there can be no such take of a session", _CHANGED)
    return told


def _sound(told: Told, file: File, listed: Mapping[str, File]) -> File:
    """Return the file of the sound of `told`, which lies beside `file`."""
    assert told.sound is not None  # noqa: S101  (for the type checker: it is asked for where there is one)
    path = f"{file.path.rpartition('/')[0]}/{told.sound.file}"
    found = listed.get(path)
    if found is None or (found.bytes, found.sha256) != (told.sound.bytes, told.sound.sha256):
        raise InputError(f"{path} is not in the list of files as {file.path} has it", _CHANGED)
    return found


def _fit(manifest: Manifest, keys: list[Key], stories: tuple[Story, ...]) -> None:
    """Raise `InputError` where the parts of an export do not belong together."""
    ids = {key.id for key in keys}
    practised = [(key.session, key.number) for key in keys if key.session]
    linked = {one for story in stories for one in (*story.tellings, story.answer) if one is not None}
    twice = len({key.identity for key in keys}) < len(keys) or len(set(practised)) < len(practised)
    if twice or len({story.id for story in stories}) < len(stories):
        raise InputError("something is twice in this export", _CHANGED)
    if not linked <= ids:
        raise InputError(f"{exchange.STORIES} names answers that are not in this export", _CHANGED)
    if (manifest.counts.get("answers"), manifest.counts.get("stories")) != (len(keys), len(stories)):
        raise InputError("this export does not hold as many answers and stories as it says", _CHANGED)


def _text(folder: Path, name: str, largest: int) -> str:
    """Return the text of the file `name` in `folder`, which is at most so large."""
    path = folder / name
    if not folder.is_dir() or not path.exists():
        raise InputError(f"there is no {name} in {str(folder)!r}", "A folder to import is made by: voiceprep export")
    _plain(path, name)
    if path.stat().st_size > largest:
        raise InputError(f"{name} is too large for an export", _CHANGED)
    return _decoded(path.read_bytes(), name)


def _checked(folder: Path, file: File, largest: int) -> str:
    """Return the text of `file` in `folder`, whose bytes are those that were exported."""
    if file.bytes > largest:
        raise InputError(f"{file.path} is too large for an export", _CHANGED)
    content = _inside(folder, file).read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InputError(f"{file.path} is not what it was when it was exported", _CHANGED)
    return _decoded(content, file.path)


def _verify(folder: Path, file: File) -> None:
    if _sha256(_inside(folder, file)) != file.sha256:
        raise InputError(f"{file.path} is not what it was when it was exported", _CHANGED)


def _sha256(path: Path) -> str:
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _inside(folder: Path, file: File) -> Path:
    """Return the path of `file` in `folder`: a plain file of the length that was said, reached through no link."""
    path = folder
    for part in file.path.split("/"):
        path /= part
        if path.is_symlink():
            raise InputError(f"{file.path} is a link, and none is followed", _CHANGED)
    _plain(path, file.path)
    if path.stat().st_size != file.bytes:
        raise InputError(f"{file.path} is not what it was when it was exported", _CHANGED)
    return path


def _plain(path: Path, name: str) -> None:
    """Raise `InputError` where at `path` is no file, or one that is not a sequence of bytes, like a pipe."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        raise InputError(f"{name} is missing", _CHANGED) from None
    if not stat.S_ISREG(mode):
        raise InputError(f"{name} is no plain file", _CHANGED)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8", _CHANGED) from None


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[Path]:
    """Give an empty folder in `data` for copies, to one import at a time; it is gone afterwards."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (only while something is brought in)

    staging = data / "incoming"
    with _storing(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with FileLock(data / _LOCK, mode=0o600, timeout=0):
            with _storing(staging):
                shutil.rmtree(staging, ignore_errors=True)
                staging.mkdir(mode=0o700)
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except Timeout:
        raise InputError("another import is going on", "Wait until it is done, or end it.") from None


@contextlib.contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Turn what the system says while `folder` is read into words."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise InputError(f"cannot read {str(error.filename or folder)!r}: {what}", "Copy the folder again.") from error


@contextlib.contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Turn what the system says while `path` is written into words."""
    try:
        yield
    except OSError as error:
        hint = "Nothing was imported. Make room, or give another folder with --data DIR."
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}", hint) from error
