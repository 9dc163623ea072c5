"""Words and sound on one timeline: times of words corrected by the sound, silent pauses placed among the words. Pure.

A recogniser stretches words over silences and ends hesitations early; the sound knows better.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep.model import Heard, Pause, Span, Word, WordKind
from voiceprep.sentences import place

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST_WORD = 0.04
# A hesitation sound runs on after the time that the recogniser gives it, at most so long.
LONGEST_TAIL = 0.5
# Words wholly outside the sound are moved to it when it is so near, else nobody said them.
NEAR = 0.35


def settled(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """Return `words` trimmed to the stretches of `speech`, in order, without those that no sound supports."""
    kept: list[Word] = []
    for word in words:
        span = _within(word.span, speech)
        if span is None:
            continue
        start = max(span.start, kept[-1].span.end if kept else 0.0)
        end = max(span.end, start + SHORTEST_WORD)
        kept.append(replace(word, span=Span(round(start, 3), round(end, 3))))
    return tuple(_drawn_out(kept, speech))


def _within(span: Span, speech: Sequence[Span]) -> Span | None:
    """Return the part of `span` in the stretch of speech that holds most of it, or the nearest place, or None."""
    near = min(speech, key=lambda stretch: (_distance(span, stretch), -span.overlap(stretch)), default=None)
    if near is None or _distance(span, near) > NEAR:
        return None
    length = min(max(span.duration, SHORTEST_WORD), near.duration)
    if span.overlap(near) > 0:
        return Span(max(span.start, near.start), min(span.end, near.end))
    start = min(max(span.start, near.start), near.end - length)
    return Span(round(start, 3), round(start + length, 3))


def _distance(one: Span, other: Span) -> float:
    return max(one.start - other.end, other.start - one.end, 0.0)


def _drawn_out(words: Sequence[Word], speech: Sequence[Span]) -> list[Word]:
    """Return `words` with each filled pause lasting as long as its sound: to the next word or the next silence."""
    out: list[Word] = []
    for i, word in enumerate(words):
        if word.kind is not WordKind.FILLED_PAUSE or word.heard is not Heard.TEXT:
            out.append(word)
            continue
        stretch = max(speech, key=word.span.overlap)
        following = words[i + 1].span.start if i + 1 < len(words) else stretch.end
        end = min(following, stretch.end, word.span.end + LONGEST_TAIL)
        out.append(replace(word, span=Span(word.span.start, round(max(end, word.span.end), 3))))
    return out


def placed(silences: Sequence[Span], words: Sequence[Word]) -> tuple[Pause, ...]:
    """Return `silences` as pauses, each inside a clause of `words` or between two."""
    return tuple(Pause(span, place(span, words)) for span in silences)
