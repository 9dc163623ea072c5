"""Habits over months: which filled pause, filler word or pet phrase comes how often. Reads words; measures nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep.disfluency import events
from voiceprep.metrics.line import joined
from voiceprep.metrics.pet_phrases import candidates
from voiceprep.model import WordKind
from voiceprep.progress.progress import Habit, Month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.model import Word
    from voiceprep.progress.progress import Said

    _Phrase = tuple[str, str]

# A habit comes so often in the answers that were looked at, and in so many of them at least: less may be one story's.
LEAST, IN_ANSWERS = 4, 3
MOST = 8
_KINDS = {WordKind.FILLED_PAUSE: "filled pause", WordKind.FILLER: "filler word"}
_PET = "pet phrase"


def habits(answers: Sequence[Said]) -> tuple[Habit, ...]:
    """Return the habits in `answers`, which are in order of time, the commonest first."""
    counts: dict[_Phrase, Counter[str]] = defaultdict(Counter)
    spread: Counter[_Phrase] = Counter()
    for answer in answers:
        said = phrases(answer.words)
        spread.update(said.keys())
        for phrase, count in said.items():
            counts[phrase][answer.at[:7]] += count
    common = {phrase: by for phrase, by in counts.items() if by.total() >= LEAST and spread[phrase] >= IN_ANSWERS}
    kept = sorted(_longest(common), key=lambda one: (-common[one].total(), one))[:MOST]
    months = _months(answers)
    return tuple(
        Habit(text, kind, common[text, kind].total(), tuple(_month(one, common[text, kind]) for one in months))
        for text, kind in kept
    )


def _longest(common: Mapping[_Phrase, Counter[str]]) -> list[_Phrase]:
    """Return the phrases of `common` that are not mostly a part of a longer one that is kept."""
    kept: list[_Phrase] = []
    for phrase in sorted(common, key=lambda one: (-len(one[0].split()), one)):
        inside = sum(common[longer].total() for longer in kept if f" {phrase[0]} " in f" {longer[0]} ")
        if common[phrase].total() - inside >= LEAST:
            kept.append(phrase)
    return kept


def _months(answers: Sequence[Said]) -> list[Month]:
    by_month: dict[str, list[Said]] = defaultdict(list)
    for answer in answers:
        by_month[answer.at[:7]].append(answer)
    return [
        Month(month, 0, round(sum(answer.seconds for answer in some) / 60, 3), len(some))
        for month, some in sorted(by_month.items())
    ]


def _month(month: Month, counts: Counter[str]) -> Month:
    return replace(month, count=counts[month.month])


def phrases(words: Sequence[Word]) -> Counter[_Phrase]:
    """Return how often each filled pause, filler word and likely pet phrase stands in `words`, with its kind."""
    said = Counter((event.label.lower(), _KINDS[event.kind]) for event in events(words) if event.kind in _KINDS)
    said.update((text, _PET) for text, _, _ in candidates(joined(words).words))
    return said
