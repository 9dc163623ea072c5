"""Cues laid out as words on one timeline: overlaps cut, words without times of their own spread by their letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from voiceprep.model import Span, Word
from voiceprep.transcripts.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.transcripts import Cue

# What nobody said: "[Music]", "(laughs)" alone in a line, notes around what is sung.
_REMARK = re.compile(
    r"\[[^\[\]\n]*\]|^[ \t]*\([^()\n]*\)[ \t]*$|\u266a[^\u266a\n]*\u266a?|^[ \t]*\*[^*\n]*\*[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Laid:
    """Words in order of time; how many of them have times that are spread, and how many remarks were left out."""

    words: tuple[Word, ...]
    spread: int = 0
    remarks: int = 0


def laid_out(cues: Sequence[Cue]) -> Laid:
    """Return the words of `cues`. No word begins before the one before it has ended."""
    plain = [(_REMARK.sub(" ", cue.text), cue) for cue in cues]
    remarks = sum(len(_REMARK.findall(cue.text)) for cue in cues)
    pieces = [(cue.span, cue, tokens(text)) for text, cue in plain]
    ordered = sorted((piece for piece in pieces if piece[2]), key=lambda piece: piece[0].start)
    groups = [list(group) for _, group in groupby(ordered, key=lambda piece: piece[0].start)]
    words: list[Word] = []
    spread = 0
    for at, group in enumerate(groups):
        start = group[0][0].start
        end = max(span.end for span, _, _ in group)
        if at + 1 < len(groups):
            end = min(end, groups[at + 1][0][0].start)
        said = [(token, cue.probability) for _, cue, texts in group for token in texts]
        own = len(said) == 1 and group[0][1].own
        spread += 0 if own else len(said)
        words += _spread(said, Span(start, max(start, end)))
    return Laid(tuple(words), spread, remarks)


def _spread(said: Sequence[tuple[str, float]], span: Span) -> Iterator[Word]:
    """Yield the words `said` over `span`, each as long as it has letters, and a little for its end."""
    weights = [1 + sum(char.isalnum() for char in token) for token, _ in said]
    whole, before = sum(weights), 0
    for (token, probability), weight in zip(said, weights, strict=True):
        start = span.start + span.duration * before / whole
        before += weight
        yield Word(token, Span(round(start, 3), round(span.start + span.duration * before / whole, 3)), probability)
