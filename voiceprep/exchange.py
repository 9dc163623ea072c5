"""The open folder that a history is exported to: its values, names and texts, and what may stand in one. Opens nothing.

What a folder holds is described for people in its README.md and for programs in `schemas/export.schema.json`. Whatever
comes out of a folder is foreign: it passes through the readers here before anything is done with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping  # noqa: TC003  (the codec reads the hints when it runs)
from dataclasses import dataclass
from typing import Any, TypeVar

from voiceprep.codec import from_data, to_data
from voiceprep.correcting import Change
from voiceprep.errors import InputError
from voiceprep.model import Part, QuestionKind, Transcript

T = TypeVar("T")

SCHEMA = "https://voiceprep.readthedocs.io/schemas/export.schema.json"
FORMAT = "voiceprep-export"
# Goes up when a field is taken away or changes its meaning.
VERSION = 1
MANIFEST, GUIDE, STORIES = "voiceprep-export.json", "README.md", "stories.json"
ANSWERS, MEASUREMENTS = "answers.csv", "measurements.csv"
ANSWER, REPORT, CAPTIONS, TIERS = "answer.json", "report.md", "transcript.vtt", "transcript.TextGrid"

# A JSON document of one answer is some hundred kilobytes, the list of files of 100,000 answers a hundred megabytes.
LARGEST_ANSWER, LARGEST_LIST = 1 << 26, 1 << 28
# What a column of whole numbers can hold.
_LARGEST = (1 << 63) - 1
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 60
_TYPED = "typed"
# What is called so, with the ending of its file, is no sound.
TEXT = "text"
_SOUND = re.compile(r"(?:sound|text)(?:\.[a-z0-9]{1,8})?")
_PATH = re.compile(
    rf"(?:{re.escape(GUIDE)}|{re.escape(STORIES)}|{re.escape(ANSWERS)}|{re.escape(MEASUREMENTS)}"
    rf"|answers/[A-Za-z0-9][A-Za-z0-9-]{{0,120}}/(?:{re.escape(ANSWER)}|{re.escape(REPORT)}|{re.escape(CAPTIONS)}"
    rf"|{re.escape(TIERS)}|{_SOUND.pattern}))"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Columns that hold JSON: in a folder they are what they hold, so that it can be read without voiceprep.
_JSON = ("settings", "transcript")


@dataclass(frozen=True, slots=True)
class Count:
    """A measurement as the history keeps it."""

    metric: str
    version: int
    total: float
    per: float
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What the user corrected in an answer, and when."""

    at: str
    kind: str
    start: float
    end: float
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How right an answer was heard that the user has gone through, for a `kind` of hesitation."""

    kind: str
    hits: int
    alarms: int
    missed: int


@dataclass(frozen=True, slots=True)
class Practised:
    """How an answer came about in practice; `settings` are JSON."""

    session: str
    number: int
    dropped: int
    ended: str
    question_end: float | None
    thought: float
    settings: str


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of an answer, or the text that it was read from: its `file` beside the JSON, and what its bytes are."""

    file: str
    sha256: str
    bytes: int

    @property
    def is_text(self) -> bool:
        """Whether it is a text."""
        return self.file.startswith(TEXT)


@dataclass(frozen=True, slots=True)
class Told:
    """All that the history knows of one answer, column by column; `settings` and `transcript` are JSON.

    `id` is that of the history it is from: another history gives it another one.
    """

    id: int
    identity: str
    facts: str
    at: str
    voiceprep: str
    place: str
    recording: str
    name: str
    duration: float
    container: str
    codec: str
    rate: int
    channels: int
    question: str | None
    question_text: str | None
    question_kind: str | None
    engine: str
    engine_version: str
    model: str
    model_sha256: str
    settings: str
    sitting: str
    transcript: str
    measurements: tuple[Count, ...]
    corrections: tuple[Correction, ...] = ()
    corrected: tuple[Count, ...] = ()
    checked: tuple[Checked, ...] = ()
    take: Practised | None = None
    sound: Sound | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A story of the story bank: `answer` is the one that it is from, `tellings` are those that tell it."""

    id: int
    at: str
    title: str
    text: str
    competencies: str
    answer: int | None
    tellings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder: its `path` in it, with slashes, its length and the SHA-256 of its bytes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself: when and by which voiceprep it was made, what was chosen, and what it holds."""

    at: str
    voiceprep: str
    chosen: Mapping[str, str]
    counts: Mapping[str, int]
    files: tuple[File, ...]


def folder_name(told: Told) -> str:
    """Return the name of the folder of an answer: its id, day and question, in letters that every system takes."""
    # A question of one's own has no id that says anything.
    named = told.question if told.question != _TYPED else told.question_text
    asked = _UNSAFE.sub("-", named or told.question_text or told.name).strip("-").lower()
    day = _UNSAFE.sub("-", told.at[:10]).strip("-")
    return "-".join(filter(None, (f"{told.id:06}", day, asked[:_LONGEST_NAME].strip("-") or "answer")))


def sound_name(ending: str, *, text: bool = False) -> str:
    """Return what a sound, or a `text`, is called in the folder of its answer, given the `ending` of its file."""
    what = TEXT if text else "sound"
    name = f"{what}{ending.lower()}"
    return name if _SOUND.fullmatch(name) else what


def answer_text(told: Told) -> str:
    """Return the JSON document of an answer."""
    data = to_data(told)
    data |= {name: opened(data[name]) for name in _JSON}
    if data["take"]:
        data["take"]["settings"] = opened(data["take"]["settings"])
    return document(data)


def stories_text(stories: tuple[Story, ...]) -> str:
    """Return the JSON document of `stories`."""
    return document([one | {"competencies": opened(one["competencies"])} for one in to_data(stories)])


def manifest_text(manifest: Manifest) -> str:
    """Return the JSON document that lists everything else in the folder."""
    return document({"$schema": SCHEMA, "format": FORMAT, "version": VERSION, **to_data(manifest)})


def document(data: object) -> str:
    """Return `data` as JSON to be read by people too; halves of characters are escaped, for UTF-8 has none."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()


def opened(text: str) -> Any:  # noqa: ANN401  (JSON)
    """Return what the JSON `text` holds where that is written in the same letters again, else `text` itself."""
    try:
        data = json.loads(text)
        return data if isinstance(data, dict | list) and closed(data) == text else text
    except (ValueError, RecursionError):
        return text


def closed(data: object) -> str:
    """Return the JSON text of a column from what a folder holds for it."""
    return data if isinstance(data, str) else json.dumps(data, sort_keys=True, separators=(",", ":"))


def read_manifest(text: str) -> Manifest:
    """Return what the document `text` says. Raise `InputError` for another format, a newer version or a bad path."""
    data = _loaded(text, MANIFEST)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{MANIFEST} is not that of an export", "A folder to import is made by: voiceprep export")
    version = data.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise InputError(
            f"this export has version {version!r}, and this voiceprep knows only {VERSION}",
            "A newer voiceprep made it: pip install --upgrade voiceprep",
        )
    rest = {name: value for name, value in data.items() if name not in {"$schema", "format", "version"}}
    manifest = _read(Manifest, rest, MANIFEST)
    seen = set()
    for file in manifest.files:
        if not _PATH.fullmatch(file.path) or file.path.casefold() in seen:
            raise InputError(f"{MANIFEST}: {file.path[:80]!r} is no path of an export", _DAMAGED)
        if not _SHA256.fullmatch(file.sha256) or not 0 <= file.bytes <= _LARGEST:
            raise InputError(f"{MANIFEST}: the length or hash of {file.path} cannot be right", _DAMAGED)
        seen.add(file.path.casefold())
    return manifest


def read_answer(text: str, place: str) -> Told:
    """Return the answer in the document `text`, which is at `place`. Raise `InputError` for what does not fit.

    Only `check_answer` says whether it could be read from a history, too.
    """
    data = _loaded(text, place)
    if not isinstance(data, dict):
        raise InputError(f"{place} is no answer", _DAMAGED)
    data |= {name: _closed(data[name], place) for name in _JSON if name in data}
    take = data.get("take")
    if isinstance(take, dict) and "settings" in take:
        data["take"] = take | {"settings": _closed(take["settings"], place)}
    return _read(Told, data, place)


def read_stories(text: str) -> tuple[Story, ...]:
    """Return the stories in the document `text`. Raise `InputError` for what does not fit."""
    data = _loaded(text, STORIES)
    if isinstance(data, list):
        data = [
            one | {"competencies": _closed(one["competencies"], STORIES)}
            if isinstance(one, dict) and "competencies" in one
            else one
            for one in data
        ]
    return _read(tuple[Story, ...], data, STORIES)


_DAMAGED = "The folder was changed or damaged on its way: export it again."


def _closed(data: object, place: str) -> str:
    if not isinstance(data, dict | list | str):
        raise InputError(f"{place}: {data!r} does not fit here", _DAMAGED)
    return closed(data)


def _loaded(text: str, place: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place} is not JSON: {error or 'nested too deeply'}", _DAMAGED) from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _read(cls: type[T], data: object, place: str) -> T:
    """Return `data` as a value of `cls` that a database can hold."""
    try:
        _refuse(data)
        return from_data(cls, data)
    except RecursionError:
        raise InputError(f"{place} is nested too deeply", _DAMAGED) from None
    except InputError as error:
        raise InputError(f"{place}: {error.message}", error.hint or _DAMAGED) from None


def _refuse(data: object) -> None:
    """Raise `InputError` where `data` holds what no column can: a half of a character, or too large a number."""
    if isinstance(data, dict):
        for key, item in data.items():
            _refuse(key)
            _refuse(item)
    elif isinstance(data, list):
        for item in data:
            _refuse(item)
    elif isinstance(data, str):
        if not data.isascii() and re.search("[\ud800-\udfff]", data):
            raise InputError("a text holds half a character")
    elif isinstance(data, int) and abs(data) > _LARGEST:
        raise InputError("a number is too large")


def check_answer(told: Told, place: str) -> None:
    """Raise `InputError` where what is said of an answer, at `place`, would not be read again."""

    def need(sure: bool, what: str) -> None:
        if not sure:
            raise InputError(f"{place}: {what}", _DAMAGED)

    need((told.question_text is None) == (told.question_kind is None), "half a question")
    need(told.question_kind in {None, *map(str, QuestionKind)}, f"no kind of question is {told.question_kind!r}")
    need(told.sound is None or _SOUND.fullmatch(told.sound.file) is not None, "no name of a sound")
    for counts in (told.measurements, told.corrected):
        need(len({one.metric for one in counts}) == len(counts), "two counts of one measure")
    for one in told.corrections:
        need(one.kind in set(Change), f"no kind of correction is {one.kind!r}")
        need(one.kind != Change.PART or one.now in set(Part), f"no part of a story is {one.now!r}")
    need(len({one.kind for one in told.checked}) == len(told.checked), "checked twice")
    if told.take:
        need(isinstance(opened(told.take.settings), dict), "no settings")
    # One that was kept in other letters than ours was not readable where it comes from either.
    if isinstance(words := opened(told.transcript), dict):
        _read(Transcript, words, f"{place}: transcript")
