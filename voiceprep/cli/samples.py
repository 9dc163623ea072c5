"""Recordings that travel with the program: finds them, in a checkout and where it is installed. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def sample(name: str) -> Traversable:
    """Return the file `name`, a recording or its label. Raise `InputError` where it is missing."""
    from importlib.resources import files  # noqa: PLC0415  (not needed for --help)

    packaged = files("voiceprep") / "data" / name
    beside = Path(__file__).parents[2] / "samples" / name
    for place in (packaged, beside):
        if place.is_file():
            return place
    raise InputError(f"{name}, which comes with the program, is missing", hint="Reinstall voiceprep.")
