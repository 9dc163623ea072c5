"""The readings of one window, prompted and plain: what each is worth, and both as one. Pure; knows no engine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from voiceprep.engines.verbatim import echoes, merged, normal, unlooped

if TYPE_CHECKING:
    from collections.abc import Sequence

PROMPT = "Um, uh, er, hmm. So, uh, I, I mean, um, you know, like, uh..."
# Longer than any word with the half second of silence that a window may keep beside it.
HOLE = 1.6
# Words that people say have fewer: state-of-the-art has three.
MOST_HYPHENS = 8
# Whisper's own bounds: a window that it thinks empty and is unsure of holds no speech.
NO_SPEECH = 0.6
UNSURE = -1.0
# Above this mean log probability a beam of five reads what a beam of one does, but for one word in two hundred (seen
# on forty windows), and takes half as long again.
SURE = -0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """One decoding of a window: its words, how sure it is, whether it holds no speech, whether it goes round."""

    words: list[str]
    score: float
    no_speech: float
    looping: bool

    @property
    def empty(self) -> bool:
        """Say whether the decoder thinks that nobody spoke."""
        return not self.words or (self.no_speech > NO_SPEECH and self.score < UNSURE)

    @property
    def stands(self) -> bool:
        """Say whether a reading by a wider beam is not worth its time, after this one by the narrowest.

        What goes round in circles does so by any beam, and that costs most of all.
        """
        return self.looping or (bool(self.words) and self.score > SURE)


def has_hole(aligned: Sequence[dict[str, Any]], duration: float) -> bool:
    """Say whether some speech has no words: in a window without long silences one word follows another soon."""
    onsets = [0.0, *(float(item["start"]) for item in aligned), duration]
    return any(after - before > HOLE for before, after in pairwise(onsets))


def split(text: str) -> list[str]:
    """Return the words of `text`; a chain such as 5-5-5-5-… is a loop, and each of its links counts as a word."""
    words = text.split()
    return [part for word in words for part in (word.split("-") if word.count("-") > MOST_HYPHENS else [word])]


def joined(plain: Reading, verbatim: Reading) -> list[str]:
    """Return the words of both readings as one, or of the one that can be trusted."""
    if verbatim is plain:
        return unlooped(plain.words) if plain.looping else plain.words
    if plain.looping and verbatim.looping:
        return merged(unlooped(plain.words), unlooped(verbatim.words))
    if parrots(verbatim.words, plain.words):
        return unlooped(plain.words)
    if plain.looping:
        return verbatim.words
    if verbatim.looping or echoes(verbatim.words, PROMPT):
        return plain.words
    return merged(plain.words, verbatim.words)


def parrots(verbatim: Sequence[str], plain: Sequence[str]) -> bool:
    """Say whether `verbatim` is a handful of the prompt's own words where `plain` has twice as many and more."""
    asked = {normal(word) for word in PROMPT.split()}
    return len(plain) > 2 * len(verbatim) and len(verbatim) > 2 and all(normal(word) in asked for word in verbatim)
