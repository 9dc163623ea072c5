"""Hedges and weak words: wordings that take back what is said. Counted, never judged. Knows English only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import listed
from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.line import joined, tally
from voiceprep.metrics.reading import heard, sentences_of
from voiceprep.model import Part, Source

if TYPE_CHECKING:
    from voiceprep.model import Answer, Evidence, Measurement

VERSION = 1
# Our own list. The kinds are those of Prince, Frader & Bosk 1982: shields ("I think") and approximators ("sort of");
# the rounding of numbers ("about ten") is left out, for it is honest. Then words that make a deed small.
_SHIELDS = (
    r"i (?:think|guess|suppose|believe|feel like|imagine|reckon)(?! (?:about|of|through|in)\b)",
    r"i(?: would|'d) (?:say|think|guess)(?! (?:no|yes|to)\b)",
    r"i(?:'m| am| was) not (?:really |entirely |completely )?sure",
    r"(?:maybe|perhaps|probably|possibly|hopefully|presumably|apparently)",
    r"(?:as far as i (?:know|remember|can tell)|if i remember (?:right|correctly|rightly)|to be honest|in my opinion)",
    r"(?:it|that|this) (?:seems|seemed|looks like|looked like)",
)
# "what kind of", "the same sort of" ask or tell which.
_NO_SORT = "".join(f"(?<!{word} )" for word in sorted(listed("what some this that any same which the a different of")))
_APPROXIMATORS = (
    rf"{_NO_SORT}(?:sort|kind) of",
    r"(?:a (?:little )?bit|a little)(?! (?:more|less|later|earlier|over|under|about|boy|girl|while)\b)",
    r"(?:somewhat|somehow|more or less|pretty much|or something(?: like that)?|and (?:stuff|things) like that|or so)",
)
_WEAK = (
    r"(?<=i )just(?! (?:before|after|about|as|like|then|now|started|joined|finished|been|got)\b)",
    r"(?:it|that|this|i|he|she)(?:'s| was| is|'m| am)(?: only)? just (?=an?\b|my\b|me\b|the\b|trying\b|doing\b)",
    r"just (?:wanted|want|tried|thought|wondering)",
    r"(?:was|were|am|been) (?:kind of |sort of )?involved in",
    r"(?:helped out|(?:tried|trying) my best|nothing special|no big deal|not a big deal)",
)
_HEDGE = rf"(?<![\w'])(?:{'|'.join((*_SHIELDS, *_APPROXIMATORS, *_WEAK))})(?![\w'])"
_MOST = 4


def hedges(answer: Answer) -> tuple[Evidence, ...]:
    """Return each hedge and weak word of *answer*; what counts as a filler word already is not counted here."""
    line = joined(answer.transcript.words)
    return tuple(line.evidence(match) for match in line.find(re.compile(_HEDGE)))


def _measure(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("hedges", VERSION, reason)
    said = hedges(answer)
    return measured("hedges", VERSION, len(said), len(joined(answer.transcript.words).words) / 100, said)


def _detail(measurement: Measurement, answer: Answer) -> str:
    said = measurement.evidence
    if not said:
        return ""
    told = tally(said, _MOST)
    results = sentences_of(answer, Part.RESULT) if heard(answer, Part.RESULT) else ()
    weak = [one for one in said for sentence in results if sentence.span.overlap(one.span)]
    if not weak:
        return f"{told}."
    return f"{told}. \u201c{weak[0].label}\u201d stands in the result, where a plain statement says more."


HEDGES = Metric(
    name="hedges",
    label="Hedges and weak words",
    unit="in 100 words",
    group="Wording",
    version=VERSION,
    measure=_measure,
    source=Source(
        "reported, not judged; our own list. Hedges lowered perceived authority in Hosman 1989, "
        "doi 10.1111/j.1468-2958.1989.tb00190.x; how many are too many is not known",
        primary=True,
    ),
    detail=_detail,
)
