"""What speaks for and against one past event in an answer. Reads cues, never labels; weighs nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.star.wording import Reading

_PERSON = re.compile(r"\b(?:i|we|he|she|they|me|us|my|our)\b")
_FIRST_PERSON = re.compile(r"\b(?:i|we|me|us|my|our)\b")
_BIOGRAPHY = re.compile(
    r"\b(?:grew up|i (?:was )?(?:studied|graduated|majored|interned|trained as|born)|i did (?:my|an|a)|i(?:'ve| have)"
    r"(?: \w+ly| always)? (?:been|worked|led|managed|done|had)|years of experience|my (?:name|hobb\w+"
    r"|background|career)"
    r"|i have (?:a|about|\w+ years)|i speak|degree|bachelor'?s?|master's|apprenticeship|experience (?:in|with)"
    r"|i (?:worked|work) (?:as|for|in that)|started (?:out|my career)|for (?:\w+) years|since then i(?:'ve| have)"
    r"|(?:i|then) (?:moved|went) (?:to|back to|into|on to)|i left|promoted to|i(?:'ve| have) always)\b"
)
_AHEAD = re.compile(
    r"\b(?:looking for|your (?:company|product|team|founder|website|values|annual)|this (?:role|position"
    r"|job|opportunity)"
    r"|excited|interested in|passion\w*|i(?:'d| would) like to|what i like|helps me|now i(?:'m| am))\b"
)
_USED_TO = re.compile(
    r"\bused to (?!it\b|that\b)\w+|\b(?:i|we|they|he|she|chef)(?:'d| would) (?:always|often|usually|never)\b"
    r"|\ball the time\b|\bmany times\b|\b(?:in|at) (?:those|these|such) (?:moments|situations|cases|times)\b"
    r"|\bon (?:a|an) (?:\w+ )?basis\b|\bmy duties\b|\bon \w+ days\b"
)
_REPEATED = re.compile(
    r"\b(?:always|usually|often|normally|regularly|sometimes|nearly always|daily|weekly|monthly|(?:every|each) "
    r"(?:day|week|month|year|morning|time)|various|varied|different kinds|way of working|mostly|in general)\b"
)
# "My boss ask me": a learner's past, or a learner's present.
_BARE_VERB = re.compile(
    r"\b(?:he|she|(?:my|the) (?:boss|chef|manager|colleague|client|customer)) (?:also |then )?(?:ask|say|tell|give"
    r"|come|make|go|call|want|need|have|help)\b|\bmust to\b"
)
_SPECIFIC = ("when", "there_was", "setting")
_GENERAL = ("habit", "would", "generic_you", "view")
_EVENT = ("trouble", "outcome", "change", "was_asked", "success", "by_when")
_STORY = ("task_noun", "responsible", "was_asked", "outcome", "change", "trouble")


def features(told: Sequence[Reading]) -> dict[str, float]:
    """Return what speaks for and against a told event in *told*, by name: shares and capped counts."""
    specific = _count(told, _specific, 2)
    now = _share(told, lambda r: r.acts_now > 0 and not r.past and not _general(r))
    bare = any(_BARE_VERB.search(r.text) for r in told)
    return {
        "past": _share(told, lambda r: r.past),
        "personal": _share(told, lambda r: r.past and bool(_PERSON.search(r.text))),
        "acts": min(sum(r.acts for r in told), 4),
        "specific": specific,
        "story": _count(told, _moves, 3),
        # Learners tell the past in the present; without a time or a learner's grammar it is a habit.
        "now": now * (1.0 if specific or bare else 0.1),
        "bare": bare,
        "general": _share(told, _general),
        "ahead": _share(told, lambda r: bool(_AHEAD.search(r.text))),
        "biography": _share(told, lambda r: bool(_BIOGRAPHY.search(r.text))),
        "repeated": _share(told, lambda r: bool(_REPEATED.search(r.text))),
        "used_to": _count(told, lambda r: bool(_USED_TO.search(r.text)), 2),
        "eventless": not any(name in r.cues for r in told for name in _EVENT),
        "nobody": not any(_FIRST_PERSON.search(r.text) for r in told),
    }


def _share(told: Sequence[Reading], holds: Callable[[Reading], bool]) -> float:
    return sum(holds(reading) for reading in told) / len(told)


def _count(told: Sequence[Reading], holds: Callable[[Reading], bool], most: int) -> int:
    return min(sum(holds(reading) for reading in told), most)


def _moves(reading: Reading) -> bool:
    return (reading.past or reading.acts_now > 0) and any(name in reading.cues for name in _STORY)


def _general(reading: Reading) -> bool:
    imagined = "would" in reading.cues and not reading.acts
    return (not reading.past or imagined) and any(name in reading.cues for name in _GENERAL)


def _specific(reading: Reading) -> bool:
    general = any(name in reading.cues for name in ("habit", "would", "generic_you"))
    return (reading.past and any(name in reading.cues for name in _SPECIFIC)) or (
        "when" in reading.cues and not general
    )
