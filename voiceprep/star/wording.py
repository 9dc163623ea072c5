"""What the wording of one sentence says about its part. May not look at the sentences around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.star.cues import CUES, PARTS
from voiceprep.star.verbs import first_person_verbs, has_past, is_action

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence shows: its plain text, the names of its cues, tense, who acts, and a score for each part."""

    text: str
    cues: frozenset[str]
    past: bool
    acts: int
    acts_now: int
    scores: Mapping[str, float]


def normalise(text: str) -> str:
    """Return *text* in lower case with straight apostrophes and single spaces, without marks at its ends."""
    plain = text.lower().replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", plain).strip(' .,;:!?"\u2026')


def read(sentence: str) -> Reading:
    """Read the cues of *sentence* and sum what they say for each part."""
    text = normalise(sentence)
    found = [cue for cue in CUES if cue.pattern.search(text)]
    past = has_past(text)
    verbs = first_person_verbs(text)
    acts = sum(is_action(verb, past=True) for verb in verbs)
    acts_now = sum(is_action(verb, past=False) for verb in verbs)
    scores = dict.fromkeys(PARTS, 0.0)
    for cue in found:
        for part, weight in cue.weights.items():
            scores[part] += weight
    scores["A"] += 1.9 * min(acts, 1) + 0.4 * min(max(acts - 1, 0), 2) + 0.9 * (acts_now > 0)
    if past and not acts:
        scores["S"] += 0.6
        scores["R"] += 0.6
    if not past and not acts_now:
        scores["O"] += 0.9
    return Reading(text, frozenset(cue.name for cue in found), past, acts, acts_now, scores)
