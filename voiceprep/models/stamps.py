"""SHA-256 of a model's files, with a stamp in the cache so that unchanged files are not read again. Knows no model."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    # What is being done, and how many bytes of how many.
    Progress = Callable[[str, int, int], None]
    Notice = Callable[[str], None]
    # For each file: size, times of the last changes of contents and inode, inode, SHA-256.
    Entries = dict[str, list[Any]]

_BLOCK = 1 << 20


def silent(*_: object) -> None:
    """Tell nobody."""


def sums(
    folder: Path, names: Iterable[str], cache: Path, *, anew: bool = False, progress: Progress = silent
) -> dict[str, str]:
    """Return the SHA-256 of the files `names` in `folder`; those unchanged since their stamp are not read again.

    A file that is not there has the sum "". With `anew` every file is read.
    """
    old = {} if anew else read(stamp(folder, cache))
    new = entries(folder, names, old, progress)
    if new != old:
        keep(folder, cache, new)
    return {name: str(entry[-1]) for name, entry in new.items()}


def stamped(folder: Path, names: Iterable[str], cache: Path) -> dict[str, str] | None:
    """Return the sums of the files `names` from the stamp, or None if any file changed since or was never stamped."""
    old = read(stamp(folder, cache))
    found = {name: _same(folder / name, old.get(name)) for name in names}
    return (
        {name: digest for name, digest in found.items() if digest is not None} if None not in found.values() else None
    )


def entries(folder: Path, names: Iterable[str], old: Mapping[str, Any], progress: Progress = silent) -> Entries:
    """Return the mark and the SHA-256 of the files `names` in `folder`, taken from `old` where the mark is the same."""
    new = {}
    for name in names:
        mark, digest = _mark(folder / name), _same(folder / name, old.get(name))
        if digest is None:
            digest = sha256([folder / name], progress) if mark else ""
        new[name] = [*mark, digest]
    return new


def keep(folder: Path, cache: Path, new: Entries) -> None:
    """Write the stamp of `folder`; where that fails, the next use hashes again and nothing else is lost."""
    with suppress(OSError):
        write(stamp(folder, cache), new)


def stamp(folder: Path, cache: Path) -> Path:
    """Return the file of `cache` that holds the stamp of `folder`."""
    return cache / "models" / "stamps" / f"{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]}.json"


def sha256(paths: Sequence[Path], progress: Progress = silent) -> str:
    """Return the SHA-256 of the files `paths` read one after the other."""
    digest, done, total = hashlib.sha256(), 0, sum(path.stat().st_size for path in paths)
    buffer = memoryview(bytearray(_BLOCK))
    for path in paths:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(buffer):
                digest.update(buffer[:count])
                done += count
                progress("Checking the model", done, total)
    return digest.hexdigest()


def read(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`, or an empty one where there is none that can be read."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write(path: Path, data: Mapping[str, Any]) -> None:
    """Write `data` as JSON to `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(data, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _same(path: Path, entry: object) -> str | None:
    """Return the SHA-256 in `entry` if `path` has not changed since, else None."""
    mark = _mark(path)
    return str(entry[-1]) if mark and isinstance(entry, list) and entry[:-1] == mark else None


def _mark(path: Path) -> list[int]:
    """Return what changes when a file changes; nothing where there is none.

    The time of the inode's last change is in it because, unlike that of the contents, no program can set it back.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        return []
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
