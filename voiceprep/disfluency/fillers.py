"""Filler words: finds the phrases of the tables and asks their rules. Knows no other disfluency.

Every phrase is an ordinary one most of the time, so a rule asks for a witness (a comma, a silence, a hesitation beside
it, a grammar in which the ordinary reading fails) and leaves the word alone in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency import adverbs, markers, phrases
from voiceprep.disfluency.tokens import Place, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.disfluency.rules import Rule
    from voiceprep.disfluency.tokens import Token

# By the phrase's words, the longest first: "or something like that" is one filler, and the "like" in it none.
RULES: Mapping[tuple[str, ...], Rule] = {
    tuple(rule.phrase.split()): rule
    for rule in sorted(
        (*phrases.RULES, *adverbs.RULES, *markers.RULES), key=lambda rule: len(rule.phrase.split()), reverse=True
    )
}


def find_fillers(tokens: Sequence[Token], extra: Sequence[str] = ()) -> frozenset[int]:
    """Return the positions in `tokens` that fill; a phrase of `extra` always does."""
    own = sorted((tuple(bare(word) for word in phrase.split()) for phrase in extra if phrase.strip()), key=len)[::-1]
    found: set[int] = set()
    first = 0
    while first < len(tokens):
        length = _own_length(tokens, first, own) or _known_length(tokens, first, frozenset(found))
        found.update(range(first, first + length))
        first += length or 1
    return frozenset(found)


def _own_length(tokens: Sequence[Token], first: int, own: Sequence[tuple[str, ...]]) -> int:
    """Return the length of the longest phrase of `own` at `first`, or 0."""
    return next((len(phrase) for phrase in own if _matches(tokens, first, phrase)), 0)


def _known_length(tokens: Sequence[Token], first: int, found: frozenset[int]) -> int:
    """Return the length of the phrase at `first` whose rule holds, or 0."""
    for phrase, rule in _candidates(tokens, first):
        if rule.holds(Place(tokens, first, first + len(phrase), found)):
            return len(phrase)
    return 0


def _candidates(tokens: Sequence[Token], first: int) -> Iterator[tuple[tuple[str, ...], Rule]]:
    return ((phrase, rule) for phrase, rule in RULES.items() if _matches(tokens, first, phrase))


def _matches(tokens: Sequence[Token], first: int, phrase: tuple[str, ...]) -> bool:
    """Say whether `phrase` stands at `first`, with nothing but words inside it."""
    inside = tokens[first : first + len(phrase)]
    return tuple(token.bare for token in inside) == phrase and not any(token.mark for token in inside[:-1])
