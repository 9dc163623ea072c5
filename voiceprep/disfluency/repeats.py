"""Repetitions, false starts and cut words. Knows no filler: fillers and filled pauses are taken out before.

Of the copies in "I, I, I think" the last is the word; of "we was we were" the words of the first start are abandoned.
Repeats that are grammar (`had had`) or rhetoric (`very, very`) are left alone; in doubt a repeat is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    OBJECTS,
    PREPOSITIONS,
    QUESTION_WORDS,
    is_function_word,
    listed,
)
from voiceprep.disfluency.restarts import restart_length
from voiceprep.disfluency.tokens import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.disfluency.tokens import Token
    from voiceprep.model import Word

LONGEST = 4
# Said twice on purpose, with or without a comma.
_RHETORIC = listed("very really many no yes yeah so too more much again never please well bye okay now up down")
_PHRASES = frozenset({("i", "know"), ("of", "course"), ("thank", "you"), ("come", "on"), ("no", "way"), ("oh", "no")})
# Two of these in a row may be grammar: "what it is is", "I knew that that", "he came in in March", "gave her her keys".
_PARTICLES = listed("in on up out over off down by about through around")
_GRAMMAR = listed("that her what who there this these those one all some") | BE | HAVE | DO | _PARTICLES
# Can close one clause and open the next: "we tested it, it worked".
_HINGES = frozenset({"it", "you", "i"})
# A clause that one of these opens can end in the words that open the next.
_RELATIVES = QUESTION_WORDS | listed("that once all as everything whatever")
# A hyphen after one of these joins it to the next word: "non- urgent".
_PREFIXES = listed("non pre re post anti co ex self multi semi sub cross well built user")


def find_repeats(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the positions in `tokens` of earlier copies and of abandoned starts."""
    found: set[int] = set()
    first = 0
    while first < len(tokens):
        length = _repeat_length(tokens, first) or restart_length(tokens, first)
        found.update(range(first, first + length))
        first += length or 1
    return frozenset(found)


def _repeat_length(tokens: Sequence[Token], first: int) -> int:
    """Return how many words from `first` are said again right after, the most first, or 0."""
    return next((n for n in range(LONGEST, 0, -1) if _repeats(tokens, first, n)), 0)


def _repeats(tokens: Sequence[Token], first: int, n: int) -> bool:
    """Say whether the `n` words from `first` come twice, in one sentence, and not on purpose."""
    copy, again = tokens[first : first + n], tokens[first + n : first + 2 * n]
    if [token.bare for token in copy] != [token.bare for token in again] or any(
        token.opens for token in (*copy[1:], *again)
    ):
        return False
    hesitated = again[0].hesitated
    return (
        _is_slip_of_one(tokens, first, hesitated=hesitated)
        if n == 1
        else _is_slip(tokens, first, n, hesitated=hesitated)
    )


def _is_slip(tokens: Sequence[Token], first: int, n: int, *, hesitated: bool) -> bool:
    """Say whether the `n` words from `first` are said twice by a slip, unlike "more and more"."""
    words = tuple(token.bare for token in tokens[first : first + n])
    if words in _PHRASES or len(set(words)) == 1:
        return False
    if hesitated:
        return True
    closed = [is_function_word(word) for word in words]
    comma = tokens[first + n - 1].mark == ","
    joined = bool({words[0], words[-1]} & (CONJUNCTIONS | PREPOSITIONS))
    figures = (
        joined and n == 2 and not all(closed),  # more and more
        comma and words[0] in DETERMINERS and not closed[-1],  # a class, a class name
        first > 0 and tokens[first - 1].bare in _RELATIVES,  # what we do, we do well; once you have one you have one
    )
    return any(closed) and not any(figures)


def _is_slip_of_one(tokens: Sequence[Token], first: int, *, hesitated: bool) -> bool:
    """Say whether the word at `first` is said twice by a slip."""
    token = tokens[first]
    if token.bare in _RHETORIC or not token.bare or token.bare[0].isdigit():
        return False
    if token.bare in _GRAMMAR:
        return hesitated or (token.bare in _PARTICLES and token.mark == ",")
    if token.bare in OBJECTS - _HINGES and token.mark:
        return hesitated
    if token.bare in _HINGES and token.mark:
        return token.opens or hesitated or tokens[first - 1].bare in CONJUNCTIONS | {token.bare}
    return is_function_word(token.bare) or hesitated


def is_fragment(words: Sequence[Word], index: int) -> bool:
    """Say whether the word at `index` of `words` is cut, `pro- product`, not left hanging, `two- or three-day`."""
    text, stump = words[index].text.strip(), bare(words[index].text)
    rest = [word.text.strip() for word in words[index + 1 : index + 3]]
    # Some recognisers write the hyphen as a word of its own. It may be a dash, so the word must be said whole after it.
    dashed = rest[:1] == ["-"]
    after = next((bare(word) for word in rest[dashed:]), "")
    if not stump or after == stump:
        return False
    if after.startswith(stump) and len(stump) > (not text.endswith("-")) and not is_function_word(stump):
        return dashed or text.endswith(("-", "...", "…", "—"))
    return text.endswith("-") and after not in {"and", "or", "to"} and stump not in _PREFIXES
