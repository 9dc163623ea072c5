from __future__ import annotations

from dataclasses import replace

import pytest
from told import told

from voiceprep.metrics.event import FIRST_FACT, ONE_EVENT, facts
from voiceprep.model import Answer, Verdict
from voiceprep.testing import spoken


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        pytest.param("about two years ago we moved", "time", ["about two years ago"], id="ago"),
        pytest.param("last spring, and early last year", "time", ["last spring", "early last year"], id="last"),
        pytest.param("in March 2021 and in 2019", "time", ["in March 2021", "in 2019"], id="month and year"),
        pytest.param("on the first of June", "time", ["June"], id="of June"),
        pytest.param("on a Monday morning", "time", ["on a Monday morning"], id="weekday"),
        pytest.param("six weeks before the launch", "time", ["six weeks before the launch"], id="before"),
        pytest.param("When I joined the team", "time", ["When I joined"], id="when I joined"),
        pytest.param("at the end of last year", "time", ["at the end of last year"], id="end of"),
        pytest.param("in one week we may do it", "time", [], id="how long, may"),
        pytest.param("every year, usually in time", "time", [], id="habit"),
        pytest.param("at my last company we", "place", ["at my last company"], id="company"),
        pytest.param("the app of a regional bus company", "place", ["a regional bus company"], id="of a company"),
        pytest.param("in the warehouse", "place", ["in the warehouse"], id="warehouse"),
        pytest.param("in my previous role I", "place", ["my previous role"], id="role"),
        pytest.param("in my opinion a company should", "place", [], id="opinion"),
        pytest.param("a good company is quick", "place", [], id="any company"),
        pytest.param("so I asked Ingrid from Leeds about it", "name", ["Ingrid", "Leeds"], id="names"),
        pytest.param("we met at Black Friday", "name", ["Black"], id="a day is no name"),
        pytest.param("So I went. Then I called. I'm fine, OK", "name", [], id="starts of sentences"),
        pytest.param("the API of the CRM", "name", [], id="abbreviations"),
        pytest.param("they speak English in May", "name", [], id="English, May"),
    ],
)
def test_facts_are_found_by_their_wording(text: str, kind: str, found: list[str]) -> None:
    assert [place.label for name, place in facts(spoken(text).words) if name == kind] == found


STORY = told(
    ("S", "Two years ago the heating broke at my last school."), ("A", "I asked Ingrid to help me and we fixed it.")
)


def test_an_event_is_shown_by_its_facts_and_not_judged() -> None:
    measurement = ONE_EVENT.measure(STORY)
    assert measurement.value == len(measurement.evidence) == 3
    assert ONE_EVENT.band(STORY) is None
    assert ONE_EVENT.detail(measurement, STORY) == ""


def test_what_was_not_found_is_said() -> None:
    answer = told(("A", "I asked them to help me and we fixed it."))
    assert ONE_EVENT.detail(ONE_EVENT.measure(answer), answer) == "No time and no place and no name was found."


def test_no_event_asks_for_action() -> None:
    answer = replace(STORY, star=replace(STORY.star, episode=0.2))  # type: ignore[type-var]
    band = ONE_EVENT.band(answer)
    assert band is not None
    assert band.judge(ONE_EVENT.measure(answer).value) is Verdict.VERY_LOW


PLAIN = "we went on like that for a long while and nobody knew why it was so or what to do about it at all"


@pytest.mark.parametrize(
    ("text", "words", "first"),
    [
        pytest.param(f"Last spring {PLAIN}", 0, "Last spring", id="at once"),
        pytest.param(f"so um you know {PLAIN} in 2019", 27, "in 2019", id="fillers are words, filled pauses are not"),
        pytest.param(f"it was {PLAIN} twelve percent", 26, "twelve percent", id="a number"),
    ],
)
def test_words_before_the_first_fact_are_counted(text: str, words: int, first: str) -> None:
    answer = Answer(spoken(text))
    measurement = FIRST_FACT.measure(answer)
    assert (measurement.value, measurement.evidence[0].label) == (words, first)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Answer(spoken(PLAIN)), "no time, place, name or number was found", id="no fact"),
        pytest.param(Answer(spoken("in 2019 we won")), "20 words are needed", id="few words"),
    ],
)
def test_without_facts_nothing_is_counted(answer: Answer, reason: str) -> None:
    assert FIRST_FACT.measure(answer).reason == reason
