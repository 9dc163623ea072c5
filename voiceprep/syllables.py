"""How many syllables a word has: a rule, and a list of the words that it gets wrong.

The list is made from the CMU Pronouncing Dictionary by tools/make_syllables.py and lies in the package; nothing else of
the outside is read.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]e|[aeiouy]le[sd]?|[^aeiouytdl]ed|[^aeiouysxzlcgh]es)$")
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_WORD = re.compile(r"[a-z']+|\d")


def syllables(words: Iterable[str]) -> Mapping[str, int]:
    """Return the number of syllables of each of `words`, as they are written in a transcript.

    A numeral counts digit by digit, which is short for long ones: "2024" is said with more syllables than that.
    """
    parts = {word: _parts(word) for word in set(words)}
    known = _irregular()
    return {word: sum(known.get(part) or guessed(part) for part in some) for word, some in parts.items()}


def _parts(word: str) -> tuple[str, ...]:
    found = _WORD.findall(word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return tuple(_DIGITS[int(part)] if part.isdigit() else part.strip("'") for part in found)


@cache
def _irregular() -> Mapping[str, int]:
    """Return the listed words with their syllables."""
    lines = files("voiceprep").joinpath("data", "syllables.txt").read_text("utf-8").splitlines()
    pairs = (line.split(" ") for line in lines if not line.startswith("#"))
    return {word: int(count) for word, count in pairs}


def guessed(word: str) -> int:
    """Return the syllables of `word` (lower case) by its vowels: right for seven words of the dictionary in eight."""
    groups = len(_VOWELS.findall(word))
    silent = groups > 1 and _SILENT_END.search(word) is not None
    return max(1, groups - silent) if word else 0
