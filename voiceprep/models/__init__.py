"""Speech models: found by name or path, checked by SHA-256, listed, removed. Loads none and reads no settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep.errors import InputError
from voiceprep.models import hub, making, stamps
from voiceprep.models.known import KNOWN, Known, installed
from voiceprep.models.making import Model, Search, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceprep.models.stamps import Notice, Progress

__all__ = ["KNOWN", "Known", "Model", "ModelInfo", "State", "find", "list_models", "remove"]


class State(StrEnum):
    """How far a model on this machine can be trusted. UNVERIFIED: whole, but no hash is known to compare with."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NOT_CHECKED = "not checked"
    NOT_JOINED = "not joined yet"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that is there: where from, in which folder, its `size` in bytes, and its `state`."""

    name: str
    source: str
    path: Path
    size: int
    state: State


def find(
    name_or_path: str,
    cache: Path,
    *,
    offline: bool = False,
    progress: Progress | None = None,
    notice: Notice | None = None,
    known: Mapping[str, Known] = KNOWN,
) -> Model:
    """Return the model `name_or_path`: a known name, a folder, or `owner/name` on the hub.

    Looked for in the folder given, in installed packages, in `cache`, on the hub (never if `offline`). `notice` is told
    what is downloaded or made anew. Raise `InputError` for what cannot be a model, `EngineError` where there is none.
    """
    given = Path(name_or_path).expanduser()
    if name_or_path not in known and given.exists():
        return _given(given.resolve(), cache, progress or stamps.silent, known)
    entry = known.get(name_or_path) or _by_repository(name_or_path, known)
    silent = stamps.silent
    search = Search(name_or_path, entry, cache, offline or hub.forbidden(), progress or silent, notice or silent)
    return search.in_package() or search.kept() or search.make()


def list_models(cache: Path, *, check: bool = False, known: Mapping[str, Known] = KNOWN) -> tuple[ModelInfo, ...]:
    """Return the models that packages and `cache` hold, in the order of `known`. Hash every file anew if `check`."""
    listed = [info for name, entry in known.items() for info in _packaged(name, entry, cache, check=check)]
    listed += [info for folder in _kept(cache) for info in _cached(folder, cache, known, check=check)]
    order = list(known)
    return tuple(sorted(listed, key=lambda info: order.index(info.name) if info.name in order else len(order)))


def remove(name: str, cache: Path) -> int:
    """Delete the model `name` from `cache` alone; return the bytes freed. Raise `InputError` if it is not there."""
    folders = [folder for folder in _kept(cache) if making.manifest(folder).get("name") == name]
    if not folders:
        raise InputError(f"The model {name!r} is not in the cache, {cache / 'models'}", hint="See: voiceprep models")
    freed = 0
    for folder in folders:
        with making.writing(cache), making.locked(folder, stamps.silent):
            freed += making.size(folder, (item.name for item in folder.iterdir()))
            making.discard(folder)
            stamps.stamp(folder, cache).unlink(missing_ok=True)
    return freed


def _by_repository(name: str, known: Mapping[str, Known]) -> Known:
    if re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name):
        return Known(name)
    if "/" in name or "\\" in name or name.startswith(("~", ".")):
        raise InputError(f"There is no model folder {name!r}", hint="Give the folder that holds model.bin.")
    close = get_close_matches(name, known, 1)
    meant = f"Did you mean {close[0]}? " if close else ""
    raise InputError(
        f"There is no model called {name!r}",
        hint=f"{meant}Known are {', '.join(known)}; or give a folder, or owner/name of a model on the hub.",
    )


def _given(folder: Path, cache: Path, progress: Progress, known: Mapping[str, Known]) -> Model:
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is a file, not a model", hint="Give the folder that holds model.bin.")
    try:
        names = sorted(item.name for item in folder.iterdir())
        hub.require(names, f"The folder {str(folder)!r}")
        used = [name for name in names if any(fnmatch(name, one) for one in (*hub.NEEDED, *hub.OPTIONAL))]
        sums = stamps.sums(folder, used, cache, progress=progress)
    except OSError as error:
        raise InputError(f"The model in {str(folder)!r} cannot be read: {error.strerror}") from error
    verified = any(entry.files and entry.files == sums for entry in known.values())
    return Model(folder.name, folder, sums["model.bin"], "folder", making.size(folder, used), verified)


def _kept(cache: Path) -> list[Path]:
    return sorted(folder for folder in (cache / "models").glob("*") if making.manifest(folder))


def _cached(folder: Path, cache: Path, known: Mapping[str, Known], *, check: bool) -> Iterator[ModelInfo]:
    listed = making.manifest(folder)
    name = str(listed["name"])
    entry = known.get(name, Known(name))
    state = _state(folder, entry.pins or listed["files"], cache, check=check, pinned=bool(entry.pins))
    yield ModelInfo(name, making.source(listed), folder, making.size(folder, listed["files"]), state)


def _packaged(name: str, entry: Known, cache: Path, *, check: bool) -> Iterator[ModelInfo]:
    """Yield what packages hold of `entry`, unless it was joined into `cache` already."""
    folder = entry.folder()
    if folder:
        state = _state(folder, entry.files, cache, check=check, pinned=True)
        yield ModelInfo(name, "package", folder, making.size(folder, entry.files), state)
    elif making.manifest(Search(name, entry, cache, offline=True).folder):
        return
    elif entry.halved():
        pieces = [path for file in entry.pieces.values() for piece in file if (path := installed(piece))]
        yield ModelInfo(name, "package", pieces[0].parent, 0, State.INCOMPLETE)
    elif found := entry.found():
        size = sum(path.stat().st_size for paths in found.values() for path in paths)
        damaged = check and wrong({file: stamps.sha256(paths) for file, paths in found.items()}, entry.files)
        state = State.DAMAGED if damaged else State.NOT_JOINED
        yield ModelInfo(name, "package", found["model.bin"][0].parent, size, state)


def _state(folder: Path, expected: Mapping[str, str], cache: Path, *, check: bool, pinned: bool) -> State:
    sums = stamps.sums(folder, expected, cache, anew=True) if check else stamps.stamped(folder, expected, cache)
    if sums is None:
        return State.NOT_CHECKED
    if wrong(sums, expected):
        return State.DAMAGED
    return State.VERIFIED if pinned else State.UNVERIFIED
