"""Signposts: words that tell a listener where the answer is. Counted, never judged. Knows English only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.line import joined

if TYPE_CHECKING:
    from voiceprep.model import Answer, Evidence, Measurement

# At the start of a clause only: "the first of June" and "and then some" lead nobody.
_START = r"(?:^|(?<=\| )|(?<= and )|(?<= but )|(?<= so )|(?<=^and )|(?<=^so ))"
_OPENERS = (
    r"(?:first|firstly|second|secondly|third|thirdly|finally|lastly|next|then|eventually|afterwards|meanwhile|overall)"
    r"(?= (?:of all|\||i|i'd|i've|we|he|she|it|they|the|my|our|there|a|an)\b| \|)(?: of all)?"
    r"|first of all|after that|after this|before that|at first|to begin with|in the beginning|in the end|at the end"
    r"|as a result|because of (?:that|this)|for (?:example|instance)|the (?:first|second|third|next|last|final"
    r"|other) (?:thing|step"
    r"|point|one|part|reason|option)|on the (?:one|other) hand|in short|to sum up|looking back|in total|for (?:that"
    r"|this) reason"
    r"|(?:my|the|our) (?:task|role|job|goal|problem|challenge|result|outcome|lesson|idea|plan|solution|question)s?"
    r" (?:was|were|is|here was|then was)|what (?:i|we) (?:did|learned|learnt|took away)|what happened|the way (?:i"
    r"|we) did"
)
_ANYWHERE = (
    r"there (?:were|are) (?:two|three|four) (?:\w+ )?(?:things|reasons|steps|parts|options|points|problems)|as a result"
)
_SIGNPOST = rf"(?:{_START}(?:{_OPENERS})|(?<![\w'])(?:{_ANYWHERE}))(?![\w'])"


def signposts(answer: Answer) -> tuple[Evidence, ...]:
    """Return each signpost of *answer*."""
    line = joined(answer.transcript.words)
    return tuple(line.evidence(match) for match in line.find(re.compile(_SIGNPOST)))


def _measure(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("signposts", 1, reason)
    return measured("signposts", 1, len(said := signposts(answer)), 1, said)


SIGNPOSTS = Metric(
    name="signposts",
    label="Signposts",
    unit="found",
    group="Wording",
    version=1,
    measure=_measure,
)
