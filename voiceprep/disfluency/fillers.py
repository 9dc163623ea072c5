"""Filler words: finds the phrases of the tables and asks their rules. Knows no other disfluency.

Every phrase is an ordinary one most of the time, so a rule asks for a witness (a comma, a silence, a hesitation beside
it, a grammar in which the ordinary reading fails) and leaves the word alone in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency import adverbs, markers, phrases
from voiceprep.disfluency.tokens import Place, bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voiceprep.disfluency.rules import Rule
    from voiceprep.disfluency.tokens import Token

# By the phrase's words, the longest first: "or something like that" is one filler, and the "like" in it none.
RULES: Mapping[tuple[str, ...], Rule] = {
    tuple(rule.phrase.split()): rule
    for rule in sorted(
        (*phrases.RULES, *adverbs.RULES, *markers.RULES), key=lambda rule: len(rule.phrase.split()), reverse=True
    )
}


def key(phrase: str) -> tuple[str, ...]:
    """Return the words of `phrase` as they are compared: in lower case, without the punctuation round them."""
    return tuple(word for word in map(bare, phrase.split()) if word)


def find_fillers(tokens: Sequence[Token], extra: Sequence[str] = (), never: Sequence[str] = ()) -> frozenset[int]:
    """Return the positions in `tokens` that fill; a phrase of `extra` always does, else one of `never` does not."""
    own = sorted(filter(None, map(key, extra)), key=len, reverse=True)
    rules = [(phrase, rule) for phrase, rule in RULES.items() if phrase not in set(map(key, never))]
    found: set[int] = set()
    first = 0
    while first < len(tokens):
        length = _own_length(tokens, first, own) or _known_length(tokens, first, rules, frozenset(found))
        found.update(range(first, first + length))
        first += length or 1
    return frozenset(found)


def _own_length(tokens: Sequence[Token], first: int, own: Sequence[tuple[str, ...]]) -> int:
    """Return the length of the longest phrase of `own` at `first`, or 0."""
    return next((len(phrase) for phrase in own if _matches(tokens, first, phrase)), 0)


def _known_length(
    tokens: Sequence[Token], first: int, rules: Iterable[tuple[tuple[str, ...], Rule]], found: frozenset[int]
) -> int:
    """Return the length of the phrase at `first` whose rule holds, or 0."""
    for phrase, rule in rules:
        length = len(phrase)
        if _matches(tokens, first, phrase) and rule.holds(Place(tokens, first, first + length, found)):
            return length
    return 0


def _matches(tokens: Sequence[Token], first: int, phrase: tuple[str, ...]) -> bool:
    """Say whether `phrase` stands at `first`, with nothing but words inside it."""
    inside = tokens[first : first + len(phrase)]
    return tuple(token.bare for token in inside) == phrase and not any(token.mark for token in inside[:-1])
