"""Where a pause stands, on forty sayings made up for it and judged by ear: `|` is the silence."""

from __future__ import annotations

import pytest

from voiceprep.model import PausePlace, Span, Word
from voiceprep.sentences import place
from voiceprep.testing import spoken

BETWEEN = [
    "we shipped it on Friday. | the client was happy",
    "we shipped it on Friday, | the client was happy",
    "I called the bank | and they sent a new card",
    "the server went down | so I woke the team",
    "I read the logs | because nobody knew the cause",
    "when the budget was cut, | we dropped two features",
    "I asked for help | but nobody answered",
    "we had no tests | which made every release slow",
    "I wrote a plan | then I showed it to my boss",
    "it was late | um | we went home",
    "I learned a lot | it was my first lead role",
    "we met each morning | until they trusted us",
    "I stayed calm | although the room was loud",
    "was it risky? | yes it was",
    "we hired two people; | one of them stayed",
    "I drew the flow | and that helped everyone",
    "she left in May | I took over her work",
    "the tool was slow | he rewrote it",
    "I told them the truth | if that is what you mean",
    "they signed | we celebrated",
]
WITHIN = [
    "we moved the | date to June",
    "I was responsible for | the whole release",
    "we cut the cost by | forty percent",
    "I talked to | um | the engineers",
    "my manager | asked me for numbers",
    "the biggest | problem was time",
    "we used Python and | Go for that",
    "I really | wanted to learn",
    "it took us about | three weeks",
    "the customers | of that shop complained",
    "I have | never seen that before",
    "she was the head | of sales",
    "we decided to | stop the project",
    "they gave us a | new server",
    "it was very | hard to explain",
    "I sent the report | to my boss",
    "we tested it with | two users",
    "salt | and pepper were all we had",
    "he is faster | than the others",
    "because | um | the door was locked we waited",
]


def at(saying: str) -> PausePlace:
    """Return the place of the first silence of `saying`; those after an um are one with it."""
    said = spoken(saying.replace("|", "<0.6>"))
    words: tuple[Word, ...] = said.words
    first = said.pauses[0].span
    return place(Span(first.start, first.end), words)


@pytest.mark.parametrize("saying", BETWEEN)
def test_a_pause_between_clauses(saying: str) -> None:
    assert at(saying) is PausePlace.BETWEEN_CLAUSES


@pytest.mark.parametrize("saying", WITHIN)
def test_a_pause_inside_a_clause(saying: str) -> None:
    assert at(saying) is PausePlace.WITHIN_CLAUSE
