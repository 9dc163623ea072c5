"""A model of half a megabyte in two packages, for tests of what finds, joins and checks models."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceprep import models
from voiceprep.models import Known, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = {
    "model.bin": bytes(range(256)) * 2_000,
    "config.json": b"{}",
    "tokenizer.json": b'{"model": 1}',
    "vocabulary.txt": b"a\nb\n",
}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


@dataclass(frozen=True)
class World:
    """A cache and two installed packages that hold the halves of a small model."""

    cache: Path
    packages: Path
    known: Mapping[str, Known]

    def find(self, name: str = "toy", **options: Any) -> models.Model:
        return models.find(name, self.cache, offline=True, known=self.known, **options)

    @property
    def part(self) -> Path:
        return self.packages / "toy_part_b" / "data" / "model.bin.2"

    def states(self, *, check: bool = False) -> dict[str, State]:
        return {info.name: info.state for info in models.list_models(self.cache, check=check, known=self.known)}


def toy() -> Known:
    pieces: dict[str, tuple[str, ...]] = {name: (f"toy_part_a/data/{name}",) for name in FILES if name != "model.bin"}
    pieces["model.bin"] = ("toy_part_a/data/model.bin.1", "toy_part_b/data/model.bin.2")
    return Known("nobody/toy", SUMS, pieces, pip="toy-parts")


def install(place: Path) -> World:
    """Write the packages of the model to `place`, where an import of them fails."""
    packages, half = place / "site", len(FILES["model.bin"]) // 2
    for package, contents in {
        "toy_part_a": {**FILES, "model.bin.1": FILES["model.bin"][:half]},
        "toy_part_b": {"model.bin.2": FILES["model.bin"][half:]},
    }.items():
        (packages / package / "data").mkdir(parents=True)
        (packages / package / "__init__.py").write_text("raise RuntimeError('a model package must not be imported')")
        for name, content in contents.items():
            if name != "model.bin":
                (packages / package / "data" / name).write_bytes(content)
    return World(place / "cache", packages, {"toy": toy()})


def flip(path: Path, at: int) -> None:
    """Change one byte of `path` and set its time back, as a failing disk would leave it."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
