"""One past event: is one told, and by which facts (time, place, name) does one see it. Looks at words and the reading.

What is found are wordings: a time, place or name said in another way is missed, so their number is never judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.coaching import tell_one_event
from voiceprep.metrics.line import Line, bare, ends_phrase, evidence, is_name, joined
from voiceprep.metrics.numbers import numbers_said
from voiceprep.metrics.reading import tells_story, unjudged
from voiceprep.model import Band, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Answer, Evidence, Measurement, Word

_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_SEASONS = "spring|summer|autumn|fall|winter|christmas|easter|new year"
_PERIOD = rf"(?:week|month|year|quarter|semester|term|night|weekend|{_SEASONS}|{_MONTHS}|{_DAYS})"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several|some|a few|a couple of)"
_TIMES = (
    rf"(?:(?:about|around|almost|over) )?{_COUNT} (?:and a half )?(?:hour|day|week|month|year)s?(?: and a half)? ago",
    rf"(?:early |late |earlier )?(?:last|this|that|the previous) {_PERIOD}",
    rf"(?:in|since|during|until|by|early|late|mid) (?:the )?(?:{_SEASONS}|{_MONTHS}|may)(?: (?:of )?(?:19|20)\d\d)?",
    r"(?:in|since|until|by|back in) (?:19|20)\d\d",
    rf"(?<= of )(?:{_MONTHS})(?: (?:19|20)\d\d)?",
    rf"on (?:a |one |that )?(?:{_DAYS})(?: (?:morning|afternoon|evening|night))?",
    rf"(?:one|that|the next|the same) (?:day|morning|afternoon|evening|night|weekend|{_DAYS})",
    rf"(?:the )?(?:night|day|week|month|{_COUNT} (?:hours|days|weeks|months)) before (?:the|our|my|a)(?: \w+)?",
    "yesterday",
    rf"(?:at|in|near) the (?:start|beginning|end|middle) of (?:the |last |that |my )?(?:{_PERIOD}|sprint|project)",
    r"(?:during|in) (?:the pandemic|lockdown|covid)",
    r"(?:in|during) my (?:first|second|third|final|last) (?:day|week|month|year|semester|term|months|weeks|internship)",
    r"when i (?:first )?(?:joined|started)",
)
_TIME = rf"\b(?:{'|'.join(_TIMES)})\b"
_ORGANISATION = (
    r"(?:company|firm|bank|agency|hospital|clinic|ward|school|college|university|start-?up|retailer|shop|store"
    r"|restaurant"
    r"|hotel|cafe|bakery|warehouse|factory|plant|office|charity|ministry|council|library|lab|laboratory|airport|kitchen"
    r"|call cent(?:er|re)|help ?desk|employer|job|internship|workplace|practice|publisher|insurer|theatre|gym|garage"
    r"|farm"
    r"|museum)s?"
)
_PLACE = (
    r"\b(?:(?:(?:at|in|for|with) |(?<=joined )|(?<=of ))(?:my|our|the|an?|this|that)"
    rf"(?: (?!\||opinion|view|case|year|end)[\w-]+){{0,3}}? {_ORGANISATION}"
    rf"|(?:my|our) (?:last|previous|former|old|current|first|second) (?:{_ORGANISATION}|team|role|position|project))\b"
)
_CALENDAR = re.compile(rf"(?:{_MONTHS}|{_DAYS}|may|christmas|easter|english|ok|okay)s?")
KINDS = ("time", "place", "name")


def facts(words: Sequence[Word]) -> tuple[tuple[str, Evidence], ...]:
    """Return what places an event in *words*, in order: its kind (time, place or name) and where it was said."""
    line = joined(words)
    found = [("time", line.evidence(match)) for match in line.find(re.compile(_TIME))]
    found += [("place", line.evidence(match)) for match in line.find(re.compile(_PLACE))]
    found += [("name", one) for one in _names(line)]
    return tuple(sorted(found, key=lambda pair: pair[1].span))


def _names(line: Line) -> Iterator[Evidence]:
    words, at = line.words, 0
    while at < len(words):
        end = at
        while end < len(words) and _named(words, end) and not (end > at and ends_phrase(words[end - 1])):
            end += 1
        if end > at:
            yield evidence(words[at:end])
        at = max(at + 1, end)


def _named(words: Sequence[Word], at: int) -> bool:
    """Say whether the word *at* is a name; what is all capitals is an abbreviation more often."""
    text = words[at].text.strip(".,;:?! ")
    return is_name(words, at) and not text.isupper() and not _CALENDAR.fullmatch(bare(words[at]))


def _measure_event(answer: Answer) -> Measurement:
    if reason := unjudged(answer):
        return not_measured("one_event", 1, reason)
    if not tells_story(answer):
        return measured("one_event", 1, 0, 1)
    found = facts(answer.transcript.words)
    return measured("one_event", 1, len(found), 1, [place for _, place in found])


def _detail_event(_measurement: Measurement, answer: Answer) -> str:
    if answer.star is None:
        return ""
    if not tells_story(answer):
        return f"This answer doesn't tell one past event (probability of one {100 * answer.star.episode:.0f} %)."
    there = {kind for kind, _ in facts(answer.transcript.words)}
    gone = [kind for kind in KINDS if kind not in there]
    return f"No {' and no '.join(gone)} was found." if gone else ""


def _band_event(answer: Answer) -> Band | None:
    return None if tells_story(answer) else Band(low=1)


def _advise_event(_verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    return "" if tells_story(answer) else tell_one_event(answer)


def _measure_first_fact(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("first_fact", 1, reason)
    words = joined(answer.transcript.words, fillers=True).words
    facts_said = [place for _, place in facts(answer.transcript.words)]
    said = sorted([*facts_said, *numbers_said(answer.transcript.words)], key=lambda place: place.span)
    if not said:
        return not_measured("first_fact", 1, "no time, place, name or number was found")
    before = sum(word.span.start < said[0].span.start for word in words)
    return measured("first_fact", 1, before, 1, said[:1])


ONE_EVENT = Metric(
    name="one_event",
    label="One past event: time, place, names",
    unit="found",
    group="STAR",
    version=1,
    measure=_measure_event,
    band=_band_event,
    source=Source(
        "an answer without one event is custom to flag; 23 % of real answers to such questions told one "
        "(Bangerter et al. 2014)",
        primary=False,
    ),
    detail=_detail_event,
    advice=_advise_event,
    weight=1.0,
    too_low="Tell one time when it happened",
)
FIRST_FACT = Metric(
    name="first_fact",
    label="Words before the first fact",
    unit="in all",
    group="Wording",
    version=1,
    measure=_measure_first_fact,
)
