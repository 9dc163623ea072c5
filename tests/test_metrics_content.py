from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from told import told

from voiceprep.metrics.content import I_SHARE, RESULT_NUMBERS, passives
from voiceprep.metrics.reading import NO_STORY
from voiceprep.model import Answer, Question, QuestionKind, Verdict
from voiceprep.testing import retimed, spoken

if TYPE_CHECKING:
    from voiceprep.metrics import Metric

ACTION = ("A", "I called him and we talked, then I'd write it down.")


def test_i_and_we_are_counted_in_the_action() -> None:
    answer = told(("S", "We were late and we had no money."), ACTION, ("R", "We won."))
    measurement = I_SHARE.measure(answer)
    assert (measurement.total, measurement.per) == (2, 3)
    assert [one.label for one in measurement.evidence] == ["I", "we", "I"]
    assert I_SHARE.detail(measurement, answer).startswith("2 I, 1 we in the action; 2 I, 4 we in the whole answer.")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(replace(told(("S", "We left."), ACTION), star=None), id="STAR not read"),
        pytest.param(told(("S", "We left."), ACTION, episode=0.2), id="no story"),
        pytest.param(told(("S", "We left."), ACTION, present="S"), id="no action heard"),
    ],
)
def test_without_an_action_the_whole_answer_counts(answer: Answer) -> None:
    measurement = I_SHARE.measure(answer)
    assert (measurement.total, measurement.per) == (2, 4)
    assert "in the action" not in I_SHARE.detail(measurement, answer)


def test_i_against_we_is_reported_not_judged() -> None:
    assert I_SHARE.band(told(ACTION)) is None
    assert I_SHARE.weight == 0


def test_neither_i_nor_we_is_not_measured() -> None:
    assert I_SHARE.measure(told(("S", "They were late."))).reason == "neither I nor we was said"


@pytest.mark.parametrize(
    ("result", "count", "verdict"),
    [
        pytest.param("We saved twelve percent in two weeks.", 2, Verdict.GOOD, id="two numbers"),
        pytest.param("Everybody was happy with it.", 0, Verdict.LOW, id="none"),
        pytest.param("Everybody was happy with it, I'd start a week earlier.", 0, Verdict.LOW, id="another time"),
    ],
)
def test_numbers_of_the_result_are_counted(result: str, count: int, verdict: Verdict) -> None:
    answer = told(("S", "In a team of nine people we were late."), ("R", result))
    measurement = RESULT_NUMBERS.measure(answer)
    assert measurement.value == len(measurement.evidence) == count
    band = RESULT_NUMBERS.band(answer)
    assert band is not None
    assert band.judge(measurement.value) is verdict
    assert ("Everybody was happy with it" in RESULT_NUMBERS.advice(verdict, measurement, answer)) == (count == 0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(told(ACTION), "no result was heard", id="no result"),
        pytest.param(told(ACTION, ("R", "We won 9."), present="A"), "no result was heard", id="doubtful result"),
        pytest.param(told(("R", "We won 9."), episode=0.2, question=None), NO_STORY, id="no story"),
        pytest.param(
            told(("R", "We won 9."), question=Question("q", "Why?", QuestionKind.TECHNICAL, star=False)),
            "a technical question is not judged on STAR",
            id="technical question",
        ),
        pytest.param(Answer(spoken("")), "no speech was heard", id="silence"),
    ],
)
def test_result_numbers_say_why_they_are_not_measured(answer: Answer, reason: str) -> None:
    measurement = RESULT_NUMBERS.measure(answer)
    assert measurement.reason == reason
    assert RESULT_NUMBERS.advice(Verdict.UNKNOWN, measurement, answer) == ""


@pytest.mark.parametrize("metric", [I_SHARE, RESULT_NUMBERS], ids=lambda metric: metric.name)
def test_another_language_is_not_measured(metric: Metric) -> None:
    answer = told(ACTION)
    foreign = replace(answer, transcript=replace(answer.transcript, language="de"))
    assert "'de'" in metric.measure(foreign).reason


@pytest.mark.parametrize("metric", [I_SHARE, RESULT_NUMBERS], ids=lambda metric: metric.name)
def test_moving_all_times_changes_no_count(metric: Metric) -> None:
    answer = told(ACTION, ("R", "We saved twelve percent."))
    later = replace(answer, transcript=retimed(answer.transcript, 30.0))
    before, after = metric.measure(answer), metric.measure(later)
    assert (before.total, before.per) == (after.total, after.per)


@pytest.mark.parametrize(
    ("action", "own", "whole"),
    [
        pytest.param("My team built it and I told my team.", 1, 2, id="a team that acts, a team that is told"),
        pytest.param("The team was tired, so our team decided to stop.", 0, 1, id="only the team"),
    ],
)
def test_a_team_that_acts_is_we(action: str, own: int, whole: int) -> None:
    measurement = I_SHARE.measure(told(("A", action)))
    assert (measurement.total, measurement.per) == (own, whole)


def test_an_action_of_we_alone_asks_for_the_own_part() -> None:
    answer = told(("A", "We rebuilt it, then the report was quickly written, and we were asked."))
    detail = I_SHARE.detail(I_SHARE.measure(answer), answer)
    assert "Be ready to say which part of it was yours." in detail
    assert "Who did it where you said \u201cwas quickly written\u201d?" in detail


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        pytest.param("the page was rewritten and tests were added", ["was rewritten", "were added"], id="passives"),
        pytest.param("it was written by Anna", [], id="by somebody"),
        pytest.param("I was asked and we were told", [], id="done to the speaker"),
        pytest.param("she was interested and they were tired", [], id="states"),
    ],
)
def test_passives_hide_who_did_it(said: str, hidden: list[str]) -> None:
    assert [one.label for one in passives(spoken(said).words)] == hidden
