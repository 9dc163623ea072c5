"""Where the user's files are, and the settings and packs of questions read from them. May not write or print."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep.codec import from_data
from voiceprep.disfluency.fillers import RULES, key
from voiceprep.errors import InputError
from voiceprep.model import Band, Question, Settings
from voiceprep.packs import TYPED, Pack, find_near, find_problems, find_text_problem, find_text_problems, read_pack
from voiceprep.tables import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable

__all__ = [
    "Pack",
    "built_in_pack",
    "cache_dir",
    "check_pack",
    "config_dir",
    "data_dir",
    "find_question",
    "load_pack",
    "load_packs",
    "load_settings",
]

APP = "voiceprep"
# A thousand questions take about a megabyte: what is larger is some other file.
LARGEST = 8_000_000
_LIKE_ID = re.compile(r"[\w.-]+", re.ASCII)


def config_dir() -> Path:
    """Return the folder of settings and packs: VOICEPREP_CONFIG_DIR, or the system's usual place."""
    return _folder("config")


def data_dir() -> Path:
    """Return the folder of what must not be lost: VOICEPREP_DATA_DIR, or the system's usual place."""
    return _folder("data")


def cache_dir() -> Path:
    """Return the folder of what can be made again: VOICEPREP_CACHE_DIR, or the system's usual place."""
    return _folder("cache")


def _folder(kind: str) -> Path:
    if given := os.environ.get(f"VOICEPREP_{kind.upper()}_DIR"):
        return _expanded(given)
    import platformdirs  # noqa: PLC0415  (not needed where the environment says where)

    places = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
    }
    return places[kind](APP, appauthor=False)


def _expanded(path: str | os.PathLike[str]) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111  (pathlib raises for a user that the system does not know)


def load_settings(path: str | os.PathLike[str] | None = None) -> Settings:
    """Return the settings in the file at `path`, or else those of settings.toml in the config folder if it is there.

    VOICEPREP_OFFLINE=1 and HF_HUB_OFFLINE=1 forbid the network. Raise `InputError` naming the place that does not fit.
    """
    file = config_dir() / "settings.toml" if path is None else _expanded(path)
    settings = Settings() if path is None and not file.exists() else _read_settings(file)
    return replace(settings, offline=settings.offline or _is_offline())


def _is_offline() -> bool:
    wishes = (os.environ.get(name, "") for name in ("VOICEPREP_OFFLINE", "HF_HUB_OFFLINE"))
    return any(wish.strip().lower() in {"1", "true", "yes", "on"} for wish in wishes)


def _read_settings(path: Path) -> Settings:
    import tomllib  # noqa: PLC0415  (only where there is a settings file)

    place = f"{_named(path)}: $"
    try:
        data: dict[str, Any] = tomllib.loads(_read_text(path))
        problems = list(find_text_problems(data, place))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{_named(path)}: not TOML: {error}") from error
    settings = from_data(Settings, data, place)
    problems += [f"{place}{problem}" for problem in _settings_problems(settings)]
    if problems:
        raise InputError(problems[0])
    # A pack is looked for beside the settings that name it, wherever the program is started.
    beside = path.parent.absolute()
    return replace(settings, questions=tuple(str(beside / _expanded(name)) for name in settings.questions))


def _settings_problems(settings: Settings) -> Iterator[str]:
    if settings.beam < 1:
        yield f".beam: {settings.beam} is less than 1"
    if settings.threads < 0:
        yield f".threads: {settings.threads} is less than 0"
    if settings.keep_days < 0:
        yield f".keep_days: {settings.keep_days} is less than 0"
    # 200 to 500 ms: the thresholds in use for silent pauses (Goldman-Eisler 1968; de Jong & Bosker 2013).
    if not 0.2 <= settings.pause_threshold <= 0.5:
        yield f".pause_threshold: {settings.pause_threshold:g} is not between 0.2 and 0.5 seconds"
    yield from _filler_problems(settings)
    for name, band in settings.bands.items():
        if name not in METRICS:
            yield f".bands: {name!r} is not a measure; known are {', '.join(find_near(name, METRICS) or METRICS)}"
        for problem in _band_problems(band):
            yield f".bands.{name}: {problem}"


def _filler_problems(settings: Settings) -> Iterator[str]:
    for index, phrase in enumerate(settings.fillers):
        if not key(phrase):
            yield f".fillers[{index}]: {phrase!r} has no word in it"
    known = [" ".join(words) for words in RULES]
    for index, phrase in enumerate(settings.not_fillers):
        if key(phrase) not in RULES:
            near = find_near(phrase, known) or known
            yield f".not_fillers[{index}]: {phrase!r} is not one of our filler words; known are {', '.join(near)}"


def _band_problems(band: Band) -> Iterator[str]:
    if band.low is not None and band.high is not None and band.low > band.high:
        yield f"low {band.low:g} is above high {band.high:g}"
    if band.watch_low is not None:
        if band.low is None:
            yield f"watch_low {band.watch_low:g} needs a low"
        elif band.watch_low > band.low:
            yield f"watch_low {band.watch_low:g} is above low {band.low:g}"
    if band.watch_high is not None:
        if band.high is None:
            yield f"watch_high {band.watch_high:g} needs a high"
        elif band.watch_high < band.high:
            yield f"watch_high {band.watch_high:g} is below high {band.high:g}"


def load_packs(paths: Iterable[str | os.PathLike[str]] = ()) -> tuple[Pack, ...]:
    """Return the built-in pack, those in the config folder's `questions`, and those at `paths`; each file once.

    Raise `InputError` if two packs have the same id, or two questions of theirs.
    """
    files = [*sorted((config_dir() / "questions").glob("*.json")), *map(_expanded, paths)]
    once = {os.path.realpath(file): file for file in files}
    packs = (built_in_pack(), *map(load_pack, once.values()))
    _check_apart("pack", ((pack.id, pack) for pack in packs))
    _check_apart("question", ((question.id, pack) for pack in packs for question in pack.questions))
    return packs


def _check_apart(what: str, named: Iterable[tuple[str, Pack]]) -> None:
    homes: dict[str, Pack] = {}
    for name, pack in named:
        if name in homes:
            places = f"{_shown(homes[name].path)} and {_shown(pack.path)}"
            raise InputError(f"two packs have a {what} {name!r}: {places}", "Give one of the two another id.")
        homes[name] = pack


@cache
def built_in_pack() -> Pack:
    """Return the pack that comes with the program."""
    from importlib.resources import files  # noqa: PLC0415  (costs more than the rest of this module)

    packaged = files("voiceprep") / "data" / "questions.json"
    # In a source checkout the file stands at the top, where people look for it.
    return load_pack(packaged if packaged.is_file() else Path(__file__).parents[1] / "questions.json")


def load_pack(path: str | os.PathLike[str] | Traversable) -> Pack:
    """Return the pack of questions in the file at `path`. Raise `InputError` naming the first place that is wrong."""
    file = _expanded(path) if isinstance(path, str | os.PathLike) else path
    return replace(read_pack(_read_text(file), _named(file)), path=str(file))


def check_pack(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return all that is wrong with the pack at `path`, or nothing. Raise `InputError` if it is not JSON at all."""
    file = _expanded(path)
    return find_problems(_read_text(file), _named(file))


def _read_text(path: Path | Traversable) -> str:
    """Return the text of the file at `path`. Raise `InputError` if it cannot be read, is not text or far too large."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > LARGEST:
        raise InputError(f"{_named(path)}: is larger than {LARGEST // 1_000_000} MB, too large for such a file")
    try:
        # Some editors begin a file with a byte order mark.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{_named(path)}: byte {error.start} is not UTF-8", "Save the file as UTF-8 text.") from error


def _named(path: Path | Traversable) -> str:
    return _shown(path.name)


def _shown(name: str) -> str:
    return name if name.isprintable() else repr(name)


def find_question(id_or_text: str, packs: Sequence[Pack]) -> Question:
    """Return the question of `packs` with the id or the text `id_or_text`; any other sentence is a question of its own.

    Raise `InputError` with what looks alike if it has the form of an id and no pack knows it.
    """
    text = " ".join(id_or_text.split())
    questions = {question.id: question for pack in packs for question in pack.questions}
    if text in questions:
        return questions[text]
    if _LIKE_ID.fullmatch(text):
        raise InputError(f"there is no question {text!r}", _advise(text, questions))
    if problem := find_text_problem(text):
        raise InputError(f"the question {problem}", "Give the id of a question, or a question in words.")
    same = (one for one in questions.values() if one.text.casefold() == text.casefold())
    return next(same, Question(TYPED, text))


def _advise(name: str, known: Iterable[str]) -> str:
    near = find_near(name, known)
    meant = f"Did you mean {', '.join(near)}? " if near else ""
    return f"{meant}See all with: voiceprep questions. A question of your own is given as a sentence."
