"""Disfluencies from words: what fills, what is said twice, what is cut. Pure; looks at words and their times only.

Rules over a small window, deterministic, and wary: a wrong accusation costs more trust than a missed filler.
`filled` knows the sounds of hesitation; `adverbs`, `phrases` and `markers` are the tables of filler words; `repeats`
knows what is said twice, `restarts` what is begun anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from voiceprep.disfluency.filled import is_filled_pause
from voiceprep.disfluency.fillers import RULES, find_fillers
from voiceprep.disfluency.repeats import find_repeats, is_fragment
from voiceprep.disfluency.tokens import bare, mark, tokenise, without
from voiceprep.model import Span, Word, WordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Event", "events", "fluent", "label"]


@dataclass(frozen=True, slots=True)
class Event:
    """One disfluency: words `first` to `last` (exclusive), with the `label` that a reader sees (`you know`)."""

    kind: WordKind
    label: str
    span: Span
    first: int
    last: int


def label(words: Sequence[Word], extra: Sequence[str] = (), never: Sequence[str] = ()) -> tuple[Word, ...]:
    """Return `words` with their kinds; the words and phrases of `extra`, the user's own, always fill.

    Those of `never` fill only as a part of a phrase of `extra` or of another phrase that fills.
    A word that arrives as a filled pause stays one: it may have been heard in the sound.
    """
    words = [_reset(words, index) for index in range(len(words))]
    tokens = tokenise(words)
    fillers = find_fillers(tokens, extra, never)
    rest = without(tokens, fillers)
    again = {rest[position].index for position in find_repeats(rest)}
    cut = {token.index for token in rest if is_fragment(words, token.index)} - again
    again |= {word.index for word, after in pairwise(rest) if after.index in cut and word.bare == after.bare}
    # A cut word stalls as a filled pause does: in "we de- we decided" the first "we" is said again.
    stalled = [replace(token, hesitated=token.hesitated or token.index in cut) for token in rest]
    whole = without(stalled, {position for position, token in enumerate(rest) if token.index in cut})
    again |= {whole[position].index for position in find_repeats(whole)}
    kinds = dict.fromkeys(cut, WordKind.FRAGMENT) | dict.fromkeys(again, WordKind.REPETITION)
    kinds |= {tokens[position].index: WordKind.FILLER for position in fillers}
    return tuple(replace(word, kind=kinds.get(index, word.kind)) for index, word in enumerate(words))


def _reset(words: Sequence[Word], index: int) -> Word:
    kind = WordKind.FILLED_PAUSE if is_filled_pause(words, index) else WordKind.WORD
    return replace(words[index], kind=kind)


def events(words: Sequence[Word]) -> tuple[Event, ...]:
    """Return the disfluencies of labelled `words` in order of time.

    A filled pause is an event of its own, and so is a filler phrase. Words said again or abandoned in one go are one,
    with the cut words among them; cut words alone are one each.
    """
    found: list[Event] = []
    for kind, run in groupby(range(len(words)), key=lambda index: _grouped(words[index].kind)):
        indices = list(run)
        first, last = indices[0], indices[-1] + 1
        if kind is WordKind.REPETITION and all(words[index].kind is WordKind.FRAGMENT for index in indices):
            found.extend(_event(words, WordKind.FRAGMENT, index, index + 1) for index in indices)
        elif kind is not WordKind.WORD:
            found.extend(_event(words, kind, *part) for part in _parts(words, kind, first, last))
    return tuple(found)


def _grouped(kind: WordKind) -> WordKind:
    """Return the kind under which words next to each other are one event: cut words go with what is said again."""
    return WordKind.REPETITION if kind is WordKind.FRAGMENT else kind


def _event(words: Sequence[Word], kind: WordKind, first: int, last: int) -> Event:
    text = " ".join(_shown(word.text) for word in words[first:last])
    return Event(kind, text, Span(words[first].span.start, words[last - 1].span.end), first, last)


def _shown(text: str) -> str:
    word = bare(text)
    return word[:1].upper() + word[1:] if word == "i" or word.startswith("i'") else word


def _parts(words: Sequence[Word], kind: WordKind, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield where each event of the run `first` to `last` starts and stops."""
    if kind is WordKind.FILLER:
        yield from _phrases(words, first, last)
    elif kind is WordKind.REPETITION:
        yield first, last
    else:
        yield from ((index, index + 1) for index in range(first, last))


def _phrases(words: Sequence[Word], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the phrases of a run of fillers: those of the tables, and what lies between them up to the next comma."""
    start = first
    while start < last:
        stop = start + _known(words, start, last)
        if stop == start:
            breaks = (i for i in range(start + 1, last) if mark(words[i - 1].text) or _known(words, i, last))
            stop = next(breaks, last)
        yield start, stop
        start = stop


def _known(words: Sequence[Word], first: int, last: int) -> int:
    """Return the length of the phrase of the tables at `first` that ends before `last`, or 0."""
    for phrase in RULES:
        inside = words[first : min(last, first + len(phrase))]
        if tuple(bare(word.text) for word in inside) == phrase:
            return len(phrase)
    return 0


def fluent(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return labelled `words` without filled pauses, fillers, repetitions and fragments: what was meant to be said."""
    return tuple(word for word in words if word.kind is WordKind.WORD)
