"""An answer cut into short pieces: what was said, counted and silent in each, so that chance can be told. Pure.

A piece is a second; of text without times it is a word. Arrays have one value a piece, shape (pieces,).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Span, WordKind
from voiceprep.syllables import syllables

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from voiceprep.model import Transcript

    Floats = npt.NDArray[np.float64]

# Events are counted in stretches of so many pieces to see how they cluster; of text without times as many words as one
# says in 15 s. Speech is drawn again in blocks of 30 s: pace swings slowly, and shorter blocks are too sure of it. Both
# by benchmarks/compare.py, which has 5 to 30 s.
STRETCH, STRETCH_OF_WORDS, BLOCK = 15, 35, 30
# Fewer blocks in an answer say nothing of how it varies.
LEAST_BLOCKS = 2
# Hincks 2005: a run of speech ends at a pause longer than this.
_RUN_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of `transcript` between its first and its last sound, which is from `start` to `end`."""

    transcript: Transcript
    start: float
    end: float

    @property
    def count(self) -> int:
        """How many there are; the last may be shorter."""
        return max(1, math.ceil(round(self.end - self.start, 6)))

    @property
    def stretch(self) -> int:
        """How many make a stretch in which events are counted."""
        return STRETCH if self.transcript.timed else STRETCH_OF_WORDS

    @property
    def exposure(self) -> Floats:
        """How much of each piece there is: 1, and less in the last."""
        out = np.ones(self.count)
        out[-1] = self.end - self.start - (self.count - 1)
        return out

    def counted(self, spans: Iterable[Span], weights: Iterable[float] | None = None) -> Floats:
        """Return how many of `spans` have their middle in each piece, or what they weigh together."""
        at = np.array([span.middle for span in spans], dtype=np.float64)
        place = np.clip((at - self.start).astype(np.int64), 0, self.count - 1)
        heavy = None if weights is None else np.fromiter(weights, np.float64)
        return np.bincount(place, heavy, self.count).astype(np.float64)

    def covered(self, spans: Iterable[Span]) -> Floats:
        """Return how much of each piece `spans` cover."""
        edges = self.start + np.arange(self.count + 1)
        out = np.zeros(self.count)
        for span in spans:
            first, last = (int(min(max(at - self.start, 0), self.count - 1)) for at in (span.start, span.end))
            for at in range(first, last + 1):
                out[at] += max(0.0, min(span.end, edges[at + 1], self.end) - max(span.start, edges[at]))
        return out

    def words(self) -> Floats:
        """Return the words in each piece, without filled pauses."""
        return self.counted(word.span for word in self.transcript.words if word.kind is not WordKind.FILLED_PAUSE)

    def syllables(self) -> Floats:
        """Return the syllables in each piece: those of the words, or in another language than English of the sound."""
        heard = self.transcript
        if heard.language != "en":
            return self.counted(Span(time, time) for time in heard.nuclei)
        words = [word for word in heard.words if word.kind is not WordKind.FILLED_PAUSE]
        known = syllables(word.text for word in words)
        return self.counted((word.span for word in words), (known[word.text] for word in words))

    def silent(self) -> Floats:
        """Return the silent seconds in each piece."""
        return self.covered(pause.span for pause in self.transcript.pauses)

    def spoken(self) -> Floats:
        """Return the seconds of speech in each piece: without silent and filled pauses."""
        filled = (word.span for word in self.transcript.words if word.kind is WordKind.FILLED_PAUSE)
        return np.maximum(self.exposure - self.silent() - self.covered(filled), 0.0)

    def runs(self) -> Floats:
        """Return how many runs of speech end in each piece."""
        ends = [Span(pause.span.start, pause.span.start) for pause in self.transcript.pauses if _parts(pause.span)]
        return self.counted([*ends, Span(self.end, self.end)])


def _parts(pause: Span) -> bool:
    return pause.duration > _RUN_PAUSE


def pieces(transcript: Transcript) -> Pieces | None:
    """Return the pieces of `transcript`, or None where nothing was said."""
    if not transcript.timed:
        return Pieces(transcript, 0.0, float(len(transcript.words))) if transcript.words else None
    speech = transcript.speech
    if not speech or speech[-1].end <= speech[0].start:
        return None
    return Pieces(transcript, speech[0].start, speech[-1].end)


def joined(values: Floats, length: int) -> Floats:
    """Return the sums of `values` over stretches of `length` pieces; a shorter rest belongs to the last."""
    count = max(1, len(values) // length)
    return np.add.reduceat(values, np.arange(count) * length)
