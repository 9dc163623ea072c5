"""What was said, beyond its parts: I against we, and numbers in the result. Counts words, knows nothing of sound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import listed
from voiceprep.metrics import Metric, doubtful, measured, not_measured
from voiceprep.metrics.coaching import put_a_number
from voiceprep.metrics.line import joined
from voiceprep.metrics.numbers import numbers_said
from voiceprep.metrics.reading import NO_STORY, heard, plainly_told, sentences_of, tells_story, unjudged
from voiceprep.model import Band, Evidence, Part, Source, Verdict, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Answer, Measurement, Word

GROUP = "Content"
VERSION = 3
# "my team built": said as we. "I told my team" is not.
_TEAM = re.compile(
    r"(?<![\w'])(?:my|our|the) (?:team|group|department)(?= (?:did|and (?:then )?\w+ed|\w+ed|decided"
    r"|built|made|found"
    r"|wrote|came|went|got|put|took)\b)"
)
# Who did it is not said: "the report was written", but not "the report was written by Anna" or "I was asked".
_PASSIVE = re.compile(
    r"(?<![\w'])(?<!\bi )(?<!\bwe )(?:was|were|got|been) (?:\w+ly |also |then )?(?P<done>\w+ed|done|made|built"
    r"|written|sent|given"
    r"|taken|chosen|found|put|told|held|drawn|shown|cut|set up|rewritten|rebuilt)(?! by\b)(?![\w'])"
)
# What one would do another time is no result: "I would tell them a week earlier".
_WISH = re.compile(r"(?i)\b(?:i(?:'d| would)|next time|would have)\b")
_STATES = listed(
    "interested tired worried supposed excited pleased surprised scared convinced based located used disappointed "
    "frustrated "
    "confused relieved stressed concerned involved motivated needed satisfied impressed overwhelmed shocked annoyed"
)


_VIEWS = "Career centres advise I; an MIT study found we with better ratings."


def persons_said(words: Sequence[Word]) -> tuple[Evidence, ...]:
    """Return each *I* and *we* in *words*, also in "I'm" and "we'd", labelled `I` or `we`; "my team built" is we."""
    said = [
        Evidence(label, word.span) for word in words if word.kind is WordKind.WORD and (label := _person(word.text))
    ]
    line = joined(words)
    return tuple(sorted([*said, *(line.evidence(match, "we") for match in line.find(_TEAM))], key=lambda one: one.span))


def passives(words: Sequence[Word]) -> tuple[Evidence, ...]:
    """Return each thing done in *words* of which nobody says who did it: "was written"."""
    line = joined(words)
    return tuple(line.evidence(match) for match in line.find(_PASSIVE) if match["done"] not in _STATES)


def _person(text: str) -> str:
    bare = text.strip().strip('.,;:?!\u2026"()\u201c\u201d').replace("\u2019", "'").lower()
    return {"i": "I", "we": "we"}.get(bare.partition("'")[0], "")


def _words_of(answer: Answer, part: Part) -> list[Word]:
    words = answer.transcript.words
    return [word for sentence in sentences_of(answer, part) for word in words[sentence.first : sentence.last]]


def _has_actions(answer: Answer) -> bool:
    return tells_story(answer) and heard(answer, Part.ACTION) and bool(persons_said(_words_of(answer, Part.ACTION)))


def _measure_i_share(answer: Answer) -> Measurement:
    if reason := doubtful(answer):
        return not_measured("i_share", VERSION, reason)
    said = persons_said(_words_of(answer, Part.ACTION) if _has_actions(answer) else answer.transcript.words)
    if not said:
        return not_measured("i_share", VERSION, "neither I nor we was said")
    own = sum(one.label == "I" for one in said)
    return measured("i_share", VERSION, own, len(said), said)


def _detail_i_share(measurement: Measurement, answer: Answer) -> str:
    if measurement.reason:
        return ""
    where = f"{_tally(persons_said(answer.transcript.words))} in the whole answer"
    if not _has_actions(answer):
        return f"{where}. {_VIEWS}"
    hidden = passives(_words_of(answer, Part.ACTION))
    unsaid = f" Who did it where you said \u201c{hidden[0].label}\u201d?" if hidden else ""
    own = (
        "" if any(one.label == "I" for one in measurement.evidence) else " Be ready to say which part of it was yours."
    )
    return f"{_tally(measurement.evidence)} in the action; {where}.{own}{unsaid} {_VIEWS}"


def _tally(said: Sequence[Evidence]) -> str:
    own = sum(one.label == "I" for one in said)
    return f"{own} I, {len(said) - own} we"


def _measure_result_numbers(answer: Answer) -> Measurement:
    reason = unjudged(answer) or ("" if tells_story(answer) else NO_STORY)
    if not reason and not (heard(answer, Part.RESULT) and sentences_of(answer, Part.RESULT)):
        reason = "no result was heard"
    if reason:
        return not_measured("result_numbers", VERSION, reason)
    words = answer.transcript.words
    told = [sentence for sentence in sentences_of(answer, Part.RESULT) if not _WISH.search(sentence.text)]
    said = [one for sentence in told for one in numbers_said(words[sentence.first : sentence.last])]
    return measured("result_numbers", VERSION, len(said), 1, said)


def _detail_result_numbers(measurement: Measurement, _answer: Answer) -> str:
    return "" if measurement.evidence else "No number was heard in the result."


def _advise_result_numbers(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    return put_a_number(answer)


I_SHARE = Metric(
    name="i_share",
    label="I against we",
    unit="% I",
    group=GROUP,
    version=VERSION,
    measure=_measure_i_share,
    source=Source(
        "reported, not judged: career centres advise I; Naim et al. 2015, arXiv 1504.03425, found we with "
        "better ratings",
        primary=True,
    ),
    detail=_detail_i_share,
)
RESULT_NUMBERS = Metric(
    name="result_numbers",
    label="Numbers in the result",
    unit="numbers",
    group=GROUP,
    version=VERSION,
    measure=_measure_result_numbers,
    # A result without a number is worth watching; only a missing result asks for action.
    band=lambda _: Band(low=1, watch_low=0),
    source=Source(
        "custom; numbers go with better ratings in Naim et al. 2015, arXiv 1504.03425",
        primary=False,
    ),
    detail=_detail_result_numbers,
    advice=_advise_result_numbers,
    weight=0.6,
    too_low="Put a number on the result",
    praise="The result has a number in it.",
    praised=plainly_told,
)
