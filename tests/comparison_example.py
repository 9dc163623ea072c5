"""Two takes of one answer, for the tests of comparisons: the second without most of its fillers, and told anew."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from report_example import QUESTION

from voiceprep import assess
from voiceprep.comparison import Comparison, Side, compare_answers
from voiceprep.model import Assessment, Question, Recording, Settings, Transcript
from voiceprep.testing import spoken

BEFORE = """
So um <0.4> let me think. <1.2> Um last spring I, uh, looked after the um billing part of our product. <0.6>
Uh four weeks before the date um the team found that the old tax module could, uh, not be reused. <0.9>
Um it was my job to decide what, um, we would ship on the day. <0.5>
So uh I sat down with the um two engineers and we wrote every piece, uh, of the page on a card. <0.7>
Um then I called all three customers and uh asked which of the cards, um, they would pay for. <0.8>
Uh I wrote down two options with the um cost of each and I um proposed to move the exports to June. <1.4>
In the end um we shipped on the day with the tax column, uh, and two of the three customers signed again. <0.5>
Um support tickets about invoices went from forty a week to, uh, eleven within two months. <0.6>
"""
AFTER = """
Support tickets about invoices went from forty a week to eleven within two months. <0.6>
Last spring I looked after the billing part of our product. <0.4>
Four weeks before the date the team found that the old tax module could not be reused. <0.5>
It was my job to decide what we would ship on the day. <0.5>
So I sat down with the two engineers and we wrote every piece of the page on a card. <0.4>
I called all three customers and asked which of the cards they would pay for, um, in the first month. <0.8>
I wrote down two options with the cost of each and I proposed to move the exports to June. <0.3>
My director did not like that at first, <0.4> so we went through the numbers together and he agreed to it. <0.5>
In the end we shipped on the day with the tax column and two of the three customers signed again. <0.5>
"""


def side(
    said: str | Transcript,
    name: str = "take",
    *,
    question: Question | None = QUESTION,
    at: str = "",
    a_word: float = 0.4,
) -> Side:
    """Return `said` (notation of `voiceprep.testing.spoken`) as one side of a comparison."""
    transcript = spoken(said, a_word=a_word) if isinstance(said, str) else said
    asked = question.text if question else ""
    return Side(name, at, asked, transcript.duration, heard="base", assessment=judged(transcript, question))


def judged(transcript: Transcript, question: Question | None = None) -> Assessment:
    """Return the assessment of `transcript`, of a recording of its own."""
    recording = Recording("take.flac", str(hash(transcript.words)), transcript.duration)
    return assess.assess(assess.prepare(transcript, question, Settings()), recording, Settings(), version="0.1.0")


@cache
def example() -> Comparison:
    """Return the comparison of both takes."""
    before = side(BEFORE, "answer 12 (monday.m4a)", at="2026-05-01T09:30:00+00:00")
    after = side(AFTER, "answer 15 (friday.m4a)", at="2026-05-05T18:20:00+00:00")
    return compare_answers(before, after)


def turned() -> Comparison:
    """Return the same comparison the other way round."""
    return compare_answers(example().b, example().a)


def alone(one: Side) -> Comparison:
    """Return the comparison of `one` with itself."""
    return compare_answers(one, replace(one))
