"""Starts that are abandoned and begun anew in other words: `to the, to our`. Knows no exact repeat and no filler.

A rule asks for a grammar in which the start cannot stand alone (it ends in an article, a preposition, a contracted
verb), so that `I came, I saw` and `in the morning, in the evening` are left alone; in doubt nothing is abandoned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    PREPOSITIONS,
    SUBJECTS,
    listed,
    stem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.disfluency.tokens import Token

LONGEST = 3
_FAMILIES = (BE, HAVE, DO, listed("want wants wanted"), listed("need needs needed"))
_PERSONS = listed("i you we they he she it")
# `her` and `his` can stand alone; so can `this` and `that`.
_OPEN_ENDED = ARTICLES | listed("my your our their its")
# What a clause cannot end in after its subject: the object or the verb is still to come.
_UNFINISHED = HAVE | listed("want wanted need needed made make got get took take gave give put need saw like")
_STARTERS = SUBJECTS | PREPOSITIONS | DETERMINERS | CONJUNCTIONS


def restart_length(tokens: Sequence[Token], first: int) -> int:
    """Return how many words from `first` are abandoned for what follows them, the most first, or 0."""
    return next((n for n in range(LONGEST, 0, -1) if _abandoned(tokens, first, n)), 0)


def _abandoned(tokens: Sequence[Token], first: int, n: int) -> bool:
    """Say whether the `n` words from `first` are a start that the words after them replace, in one sentence."""
    start, repair = tokens[first : first + n], tokens[first + n : first + n + 2]
    if len(repair) < 2 or any(token.opens for token in (*start[1:], *repair)):
        return False
    if any(token.mark for token in start[:-1]) or start[-1].bare == repair[0].bare:
        return False
    if n == 1:
        return _is_contracted(start[0], repair) or _is_determiner(start[0], repair[0])
    if start[0].bare != repair[0].bare or start[0].bare not in _STARTERS:
        return False
    return _hangs(start) or (_begins(tokens, first) and _is_clause_left(start, repair))


def _begins(tokens: Sequence[Token], first: int) -> bool:
    """Say whether a main clause can begin at `first`, as against `all I had`."""
    return tokens[first].opens or tokens[first - 1].bare in CONJUNCTIONS


def _is_contracted(start: Token, repair: Sequence[Token]) -> bool:
    """Say whether `start` is a contracted verb whose subject is said anew: `I'm I was`. No clause ends in one."""
    subject = stem(start.bare)
    return "'" in start.bare and subject in _PERSONS and stem(repair[0].bare) == subject and not repair[0].mark


def _is_determiner(start: Token, repair: Token) -> bool:
    """Say whether one determiner takes the place of another: `a, an`, `the, uh, our`."""
    stalls = start.mark == "," or repair.hesitated
    return stalls and {start.bare, repair.bare} <= _OPEN_ENDED


def _hangs(start: Sequence[Token]) -> bool:
    """Say whether `start` ends in a word that needs another after it: `to the`, `I saw the`."""
    return start[-1].bare in _OPEN_ENDED


def _is_clause_left(start: Sequence[Token], repair: Sequence[Token]) -> bool:
    """Say whether `start` is a subject with an unfinished verb that `repair` replaces: `we was`, `we should have`."""
    subject, verb, again = start[0].bare, start[-1].bare, repair[1].bare
    if subject not in SUBJECTS or repair[1].mark:
        return False
    if len(start) > 2:
        return start[1].bare in MODALS and verb in HAVE | BE and again in MODALS
    stalls = start[-1].mark == "," or repair[0].hesitated
    same = any(verb in family and again in family for family in _FAMILIES)
    return same or (stalls and verb in _UNFINISHED)
