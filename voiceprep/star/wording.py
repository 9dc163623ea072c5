"""What the wording of one sentence shows. May not look at the sentences around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voiceprep.star.cues import CUES
from voiceprep.star.verbs import first_person_verbs, has_past, is_action

_TOKEN = re.compile(r"[a-z']+|\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence shows: its plain text and words, the names of its cues, whether it is past, and who acts.

    `acts` and `acts_now` count what the speaker does, told in the past and in the present. A number is the word "0".
    """

    text: str
    words: tuple[str, ...]
    cues: frozenset[str]
    past: bool
    acts: int
    acts_now: int


def normalise(text: str) -> str:
    """Return *text* in lower case with straight apostrophes and single spaces, without marks at its ends."""
    plain = text.lower().replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", plain).strip(' .,;:!?"\u2026')


def read(sentence: str) -> Reading:
    """Read *sentence* by itself."""
    text = normalise(sentence)
    verbs = first_person_verbs(text)
    return Reading(
        text,
        tuple("0" if word[0].isdigit() else word for word in _TOKEN.findall(text)),
        frozenset(name for name, pattern in CUES.items() if pattern.search(text)),
        has_past(text),
        sum(is_action(verb, past=True) for verb in verbs),
        sum(is_action(verb, past=False) for verb in verbs),
    )
