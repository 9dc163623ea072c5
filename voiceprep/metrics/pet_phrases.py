"""Pet phrases: the same few words three times or more. Counted, never judged; names of the topic are none.

Without a model of the language a noun phrase cannot be told from a habit, so a phrase must look like a habit: a known
stock phrase, one that starts with an intensifier or a light verb, or four words and more that start with a pronoun.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    CONJUNCTIONS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECTS,
    is_function_word,
    listed,
)
from voiceprep.disfluency.lexicon import stem as subject_of
from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.line import bare, ends_phrase, evidence, joined
from voiceprep.metrics.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.model import Answer, Evidence, Measurement, Word

LEAST = 3
LONGEST = 5
SHORTEST_BY_PRONOUN = 4
_STOCK = (
    "at the end of the day",
    "to be honest",
    "to be fair",
    "going forward",
    "on the same page",
    "in terms of",
    "as i said",
    "like i said",
    "the thing is",
    "and so on",
    "so to speak",
    "in a way",
    "as well as",
    "at that point",
    "at this point",
    "the fact that",
    "and things like that",
    "and stuff like that",
    "first and foremost",
    "make sure",
    "in order to",
    "kind of thing",
    "that kind of",
)
_BEGINNINGS = frozenset(phrase.partition(" ")[0] for phrase in _STOCK)
# What may stand before the pronoun that a habit begins with.
_OPENERS = frozenset({"what", "so", "and", "that"})
_INTENSIFIERS = listed(
    "really very super so quite totally absolutely extremely incredibly definitely truly highly pretty"
)
_LIGHT_STEMS = frozenset(stem(verb) for verb in listed("make take get keep go do have give reach put bring end"))


def phrases(answer: Answer) -> dict[str, tuple[Evidence, ...]]:
    """Return each pet phrase of *answer* with the places where it was said, longest phrases first."""
    words = joined(answer.transcript.words).words
    said: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for text, first, last in candidates(words):
        said[_alike(text)].append((first, last))
    kept: dict[str, tuple[Evidence, ...]] = {}
    taken: set[int] = set()
    for _, places in sorted(said.items(), key=lambda item: (-len(item[0].split()), item[1][0])):
        free = [(first, last) for first, last in places if not taken & set(range(first, last))]
        if len(free) >= LEAST:
            taken.update(at for first, last in free for at in range(first, last))
            spoken = [evidence(words[first:last]) for first, last in free]
            kept[spoken[0].label.lower()] = tuple(spoken)
    return kept


def candidates(words: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
    """Yield each run of fluent *words* that looks like a habit, with its first and last (exclusive) word.

    Runs may overlap: "make sure that" is one beside "make sure".
    """
    texts = [bare(word) for word in words]
    for first, last in _runs(words):
        text = " ".join(texts[first:last])
        if _is_habit(text):
            yield text, first, last


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield first and last (exclusive) of each run of two to `LONGEST` words (or a stock phrase) inside a phrase."""
    longest = max(LONGEST, *(len(phrase.split()) for phrase in _STOCK))
    for first, word in enumerate(words):
        if not _may_begin(bare(word)):
            continue
        for last in range(first + 2, min(len(words), first + longest) + 1):
            if ends_phrase(words[last - 2]):
                break
            yield first, last


@cache
def _may_begin(word: str) -> bool:
    """Say whether a habit can begin with *word*: most runs are told from one by this alone."""
    known = word in _OPENERS or word in _INTENSIFIERS or word in _BEGINNINGS
    return known or stem(word) in _LIGHT_STEMS or subject_of(word) in SUBJECTS


def _alike(text: str) -> str:
    """Return *text* with the first word without its ending: "making sure" is "make sure"."""
    first, _, rest = text.partition(" ")
    return f"{stem(first)} {rest}"


def _is_habit(text: str) -> bool:
    if text in _STOCK:
        return True
    first, *rest = text.split()
    if len(rest) >= LONGEST or is_function_word(rest[-1]):
        return len(rest) < LONGEST and _by_pronoun(first, rest)
    if first in _INTENSIFIERS:
        return len(rest) == 1
    if stem(first) in _LIGHT_STEMS:
        return len(rest) <= 2 and not is_function_word(rest[0])
    return _by_pronoun(first, rest)


def _by_pronoun(first: str, rest: Sequence[str]) -> bool:
    """Say whether a run of words starts with a pronoun, alone or after "what", and is long enough to stand out."""
    opener = rest[0] if first in _OPENERS else first
    whole = rest[-1] not in ARTICLES | POSSESSIVES | PREPOSITIONS | CONJUNCTIONS
    return whole and subject_of(opener) in SUBJECTS and 1 + len(rest) >= SHORTEST_BY_PRONOUN


def _measure(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("pet_phrases", 1, reason)
    found = phrases(answer)
    return measured("pet_phrases", 1, len(found), 1, [place for places in found.values() for place in places])


def _detail(_measurement: Measurement, answer: Answer) -> str:
    found: Mapping[str, tuple[Evidence, ...]] = phrases(answer)
    return ", ".join(f"\u201c{label}\u201d {len(places)} times" for label, places in found.items())


PET_PHRASES = Metric(
    name="pet_phrases",
    label="Pet phrases",
    unit="found",
    group="Wording",
    version=1,
    measure=_measure,
    detail=lambda measurement, answer: f"{told}." if (told := _detail(measurement, answer)) else "",
)
