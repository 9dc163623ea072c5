"""An open folder, opened and checked by `parcel`, taken into the history: all of it or nothing.

Sounds are copied beside the history first; rows and sounds then appear together.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep import exchange
from voiceprep.errors import InputError
from voiceprep.history import exchange as rows
from voiceprep.history import merging
from voiceprep.history.merging import Outcome
from voiceprep.outgoing import copied, sound_of, take_of
from voiceprep.parcel import CHANGED, answer_in, inside, reading, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.exchange import Story, Told
    from voiceprep.history import History
    from voiceprep.history.exchange import Key
    from voiceprep.outgoing import Progress
    from voiceprep.parcel import Parcel
    from voiceprep.sessions import Sessions

_LOCK = "import.lock"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the answers and stories of a folder, what sounds and texts were put in place, sessions renamed."""

    answers: Mapping[Outcome, int]
    stories: Mapping[Outcome, int]
    sounds: int
    texts: int
    renamed: Mapping[str, str]


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
        with _storing(data):
            work.stage(progress)
        try:
            with history.mapped(), history.transaction(), _storing(data):
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
    brought = []
    for key in parcel.keys:
        if key.id not in known:
            answers[Outcome.NEW] += 1
            brought += [key.id] * (sound and key.id in parcel.sounds)
            continue
        here = rows.told(history, known[key.id])
        answers[merging.merged(here, work.answer(key.id), over=over)[0]] += 1
        brought += [key.id] * work.lacks(here, key.id)
    return Result(answers, work.stories(known)[0], *_counted(brought, parcel), _renamed(names))


def _counted(brought: Sequence[int], parcel: Parcel) -> tuple[int, int]:
    """Return how many sounds and how many texts came with the answers `brought` by `parcel`."""
    texts = sum(Path(parcel.sounds[there].path).name.startswith(exchange.TEXT) for there in brought)
    return len(brought) - texts, texts


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
        with reading(self.parcel.folder):
            return answer_in(self.parcel.folder, self.parcel.answers[there])

    def write(self) -> Result:
        """Write the rows and move the sounds to their places, in the transaction of the caller."""
        known, names = self.plan()
        ids, outcomes, brought = dict(known), Counter[Outcome](), []
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
                brought.append(key.id)
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
        return Result(outcomes, told_stories, *_counted(brought, self.parcel), _renamed(names))

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
        return any(
            sound is None or sha256_of(path) != sound.sha256 for path in self.sessions.files(session, key.number)
        )

    def _copy(self, there: int) -> Path | None:
        """Return the copy of the sound of the answer `there` beside its future place, made if it is not there yet."""
        if not self.sound or (file := self.parcel.sounds.get(there)) is None:
            return None
        copy = self.staging / f"{there}{Path(file.path).suffix}"
        if not copy.exists():
            with reading(self.parcel.folder):
                source = inside(self.parcel.folder, file)
            with _storing(copy):
                if copied(source, copy) != (file.bytes, file.sha256):
                    raise InputError(f"{file.path} is not what it was when it was exported", CHANGED)
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
                if path.exists() and sha256_of(path) == sha256:
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
def _storing(path: Path) -> Iterator[None]:
    """Turn what the system says while `path` is written into words."""
    try:
        yield
    except OSError as error:
        hint = "Nothing was imported. Make room, or give another folder with --data DIR."
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}", hint) from error
