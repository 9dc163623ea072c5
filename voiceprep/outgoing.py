"""The history written to an open folder, whole or not at all: nothing is changed in it, and no folder is overwritten.

It grows beside its place under the name FOLDER.part and gets its own name at the end. The formats are those of
`voiceprep.exchange`.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from voiceprep import __version__, correcting, exchange, pipeline, sentences, written
from voiceprep.errors import HistoryError, InputError
from voiceprep.files import writing
from voiceprep.history import EVERYTHING
from voiceprep.history import exchange as rows
from voiceprep.model import Assessment, Question
from voiceprep.practice import Take
from voiceprep.report.table import cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voiceprep.exchange import Count, File, Manifest, Sound, Story, Told
    from voiceprep.history import Choice, History, Record
    from voiceprep.model import Settings
    from voiceprep.sessions import Sessions

    # How many answers are done, of how many.
    Progress = Callable[[int, int], None]

_LOCK = "in-use.lock"
_BLOCK = 1 << 20
_ANSWER_COLUMNS = (
    *("folder", "id", "at", "sitting", "question", "question_text", "question_kind", "seconds", "words"),
    *("recording", "name", "sound", "corrections", "session", "number"),
)
_MEASUREMENT_COLUMNS = (
    *("folder", "id", "metric", "version", "total", "per", "value", "reason"),
    *("corrected_total", "corrected_per", "corrected_value"),
)


@dataclass(frozen=True, slots=True)
class What:
    """What is exported: the answers of a `choice`, with their `sound` and with a report to read of each, or without."""

    choice: Choice = EVERYTHING
    sound: bool = True
    reports: bool = True


def export(
    history: History,
    sessions: Sessions,
    folder: Path,
    *,
    what: What,
    settings: Settings,
    at: str,
    progress: Progress = lambda _done, _whole: None,
) -> Manifest:
    """Write what is chosen of `history`, with its sounds, to `folder`, and return what that holds.

    Verdicts in the reports are by `settings`; `at` is stamped in. Raise `InputError` where `folder` is there and not
    empty, or where it cannot be written: then nothing of it is left.
    """
    target = Path(os.path.abspath(folder))  # noqa: PTH100  (a link is not followed: it is in the way)
    with writing(target):
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise InputError(
                f"{str(folder)!r} is there already and not empty", "Give the name of a new folder with -o."
            )
        with _growing(target) as part, _snapshot(history):
            writer = _Writer(history, sessions, part, what, settings)
            manifest = writer.write(at, progress)
            (part / exchange.MANIFEST).write_text(exchange.manifest_text(manifest), encoding="utf-8", newline="\n")
    return manifest


class _Writer:
    """Writes one export into the folder `part`."""

    def __init__(self, history: History, sessions: Sessions, part: Path, what: What, settings: Settings) -> None:
        self.history, self.sessions, self.part, self.what, self.settings = history, sessions, part, what, settings
        self.files: list[File] = []
        self.counts = dict.fromkeys(
            ("answers", "measurements", "corrections", "sounds", "texts", "stories", "tellings"), 0
        )

    def write(self, at: str, progress: Progress) -> Manifest:
        """Write everything but the manifest, and return that."""
        chosen = [entry.id for entry in self.history.entries(self.what.choice)]
        self._text(exchange.GUIDE, _guide())
        with ExitStack() as stack:
            answers = stack.enter_context(self._table(exchange.ANSWERS, _ANSWER_COLUMNS))
            measurements = stack.enter_context(self._table(exchange.MEASUREMENTS, _MEASUREMENT_COLUMNS))
            for done, answer in enumerate(chosen):
                progress(done, len(chosen))
                told = self._answer(answer)
                answers(_answer_row(told))
                measurements(*_measurement_rows(told))
        for name in (exchange.ANSWERS, exchange.MEASUREMENTS):
            self._list(name)
        self._stories(frozenset(chosen))
        progress(len(chosen), len(chosen))
        asked = {"since": self.what.choice.since, "question": self.what.choice.question}
        asked |= {"sitting": self.what.choice.sitting, "sound": "" if self.what.sound else "none"}
        kept = {name: value for name, value in asked.items() if value}
        return exchange.Manifest(at, __version__, kept, self.counts, tuple(self.files))

    def _answer(self, answer: int) -> Told:
        """Write the folder of `answer`, and return what stands in it."""
        told = rows.told(self.history, answer)
        here = f"answers/{exchange.folder_name(told)}"
        (self.part / here).mkdir(parents=True)
        sound = self._sound(told, here) if self.what.sound else None
        told = replace(told, sound=sound)
        try:
            text = exchange.answer_text(told)
        except ValueError as error:
            raise HistoryError(f"Answer {answer} cannot be written as JSON: {error}") from error
        self._text(f"{here}/{exchange.ANSWER}", text)
        record = None
        # Words and corrections that cannot be read have no report; all that is kept of them goes out as it is.
        with contextlib.suppress(HistoryError, ValueError):
            record = self.history.record(answer)
        for name, shown in self._shown(record) if record else ():
            self._text(f"{here}/{name}", shown)
        self.counts["answers"] += 1
        self.counts["measurements"] += len(told.measurements)
        self.counts["corrections"] += len(told.corrections)
        if sound is not None:
            self.counts["texts" if sound.is_text else "sounds"] += 1
        return told

    def _shown(self, record: Record) -> Iterator[tuple[str, str]]:
        """Yield names and texts of the files in which people and other programs read `record`."""
        if self.what.reports:
            assessment = pipeline.judge_again(record, self.settings)
            yield exchange.REPORT, pipeline.render(assessment, "md")
        else:
            heard = correcting.apply(record.transcript, record.corrections).transcript
            cut = sentences.split(heard.words, heard.pauses)
            said = (record.recording, heard, (), record.voiceprep, record.at, record.question, cut)
            assessment = Assessment(*said)
        if record.transcript.timed:
            yield exchange.CAPTIONS, pipeline.render(assessment, "vtt")
            yield exchange.TIERS, pipeline.render(assessment, "textgrid")

    def _sound(self, told: Told, here: str) -> Sound | None:
        """Copy the sound of `told`, or its text, if it is there and is the one that was heard."""
        source = sound_of(told, self.sessions)
        if source is None:
            return None
        name = exchange.sound_name(source.suffix, text=not told.duration or written.is_written(source))
        target = self.part / here / name
        try:
            size, sha256 = copied(source, target)
        except (PermissionError, FileNotFoundError):
            return None
        if told.take is None and sha256 != told.recording:
            target.unlink()
            return None
        self.files.append(exchange.File(f"{here}/{name}", size, sha256))
        return exchange.Sound(name, sha256, size)

    def _stories(self, chosen: frozenset[int]) -> None:
        """Write the stories: all with a whole history, else those that belong to an answer that is `chosen`."""
        every = self.what.choice == EVERYTHING
        kept = tuple(
            self._linked(story, chosen)
            for story in rows.stories(self.history)
            if every or not chosen.isdisjoint((*story.tellings, story.answer))
        )
        self.counts["stories"] = len(kept)
        self.counts["tellings"] = sum(len(story.tellings) for story in kept)
        self._text(exchange.STORIES, exchange.stories_text(kept))

    @staticmethod
    def _linked(story: Story, chosen: frozenset[int]) -> Story:
        """Return `story` with links to answers that are `chosen` alone."""
        answer = story.answer if story.answer in chosen else None
        return replace(story, answer=answer, tellings=tuple(one for one in story.tellings if one in chosen))

    @contextlib.contextmanager
    def _table(self, name: str, columns: Sequence[str]) -> Iterator[Callable[..., None]]:
        """Give a function that adds rows to the table in the file `name`."""
        with (self.part / name).open("w", encoding="utf-8", newline="") as file:
            yield _rows_into(file, columns)

    def _text(self, name: str, text: str) -> None:
        content = text.encode("utf-8", "backslashreplace")
        (self.part / name).write_bytes(content)
        self.files.append(exchange.File(name, len(content), hashlib.sha256(content).hexdigest()))

    def _list(self, name: str) -> None:
        """Take the file `name` into the list of files."""
        path = self.part / name
        with path.open("rb") as file:
            self.files.append(exchange.File(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()))


def _rows_into(file: TextIO, columns: Sequence[str]) -> Callable[..., None]:
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()

    def add(*some: dict[str, Any]) -> None:
        writer.writerows({name: cell(value) for name, value in row.items()} for row in some)

    return add


def sound_of(told: Told, sessions: Sessions) -> Path | None:
    """Return where the sound of `told` lies on this machine, or None where it is not there."""
    paths = [Path(told.place)] if told.place else []
    if told.take is not None:
        with contextlib.suppress(InputError):
            paths.insert(0, sessions.sound(take_of(told, told.take.session)))
    with contextlib.suppress(OSError, ValueError):
        return next((path for path in paths if path.is_file()), None)
    return None


def take_of(told: Told, session: str) -> Take:
    """Return as much of the take behind `told`, in `session`, as its files are named after."""
    asked = Question(told.question or "", told.question_text) if told.question_text is not None else None
    return Take(session, told.take.number if told.take else 0, told.at, asked)


def copied(source: Path, target: Path) -> tuple[int, str]:
    """Copy the bytes of `source` to the new file `target`. Return how many they are, and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(_BLOCK):
            digest.update(block)
            size += written.write(block)
    return size, digest.hexdigest()


@contextlib.contextmanager
def _growing(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` that takes its name at the end, or is gone if that is not reached."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (only while something is written)

    part = target.with_name(f"{target.name}.part")
    left = part.exists() or part.is_symlink()
    # What was killed leaves its folder with the lock in it; anything else is not ours.
    ours = not left or ((part / _LOCK).is_file() and not part.is_symlink())
    if not left:
        part.mkdir(mode=0o700)
    lock = FileLock(part / _LOCK, mode=0o600)
    try:
        if ours:
            lock.acquire(timeout=0)
    except Timeout:
        ours = False
    if not ours:
        raise InputError(f"{str(part)!r} is in the way", "Give another name with -o, or move that away.")
    _empty(part)
    try:
        yield part
        lock.release()
        (part / _LOCK).unlink(missing_ok=True)
        if target.is_dir():
            target.rmdir()
        part.rename(target)
    except BaseException:
        lock.release()
        shutil.rmtree(part, ignore_errors=True)
        raise


def _empty(part: Path) -> None:
    """Delete what an export that was killed left in `part`, but for the lock."""
    for path in part.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


@contextlib.contextmanager
def _snapshot(history: History) -> Iterator[None]:
    """Read `history` as it is now, whatever others write meanwhile."""
    with history.mapped():
        history.connection.execute("BEGIN")
    try:
        yield
    finally:
        with history.mapped():
            history.connection.execute("ROLLBACK")


def _answer_row(told: Told) -> dict[str, Any]:
    words = exchange.opened(told.transcript)
    return {
        "folder": exchange.folder_name(told),
        "id": told.id,
        "at": told.at,
        "sitting": told.sitting,
        "question": told.question,
        "question_text": told.question_text,
        "question_kind": told.question_kind,
        "seconds": told.duration,
        "words": len(words["words"]) if isinstance(words, dict) and isinstance(words.get("words"), list) else None,
        "recording": told.recording,
        "name": told.name,
        "sound": told.sound.file if told.sound else None,
        "corrections": len(told.corrections),
        "session": told.take.session if told.take else None,
        "number": told.take.number if told.take else None,
    }


def _measurement_rows(told: Told) -> Iterable[dict[str, Any]]:
    corrected = {one.metric: one for one in told.corrected}
    folder = exchange.folder_name(told)
    for one in told.measurements:
        now = corrected.get(one.metric)
        yield {
            "folder": folder,
            "id": told.id,
            "metric": one.metric,
            "version": one.version,
            "total": one.total,
            "per": one.per,
            "value": _value(one),
            "reason": one.reason,
            "corrected_total": now.total if now else None,
            "corrected_per": now.per if now else None,
            "corrected_value": _value(now) if now else None,
        }


def _value(one: Count) -> float | None:
    return None if one.reason or one.per <= 0 else one.total / one.per


def _guide() -> str:
    """Return what people read first in the folder."""
    from importlib.resources import files  # noqa: PLC0415  (once an export)

    return files("voiceprep").joinpath("data", "export.md").read_text("utf-8")
