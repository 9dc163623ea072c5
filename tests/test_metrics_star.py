from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.metrics.event import ONE_EVENT
from voiceprep.metrics.reading import NO_STORY
from voiceprep.metrics.star import ACTION, RESULT, SITUATION, STAR_PARTS, TASK
from voiceprep.model import (
    Answer,
    Measurement,
    Part,
    Question,
    QuestionKind,
    Sentence,
    Span,
    StarReading,
    Verdict,
)
from voiceprep.tables import METRICS, load
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from voiceprep.metrics import Metric

BEHAVIOURAL = Question("q", "Tell me about a time", QuestionKind.BEHAVIOURAL, star=True)
SHARES = {"S": SITUATION, "T": TASK, "A": ACTION, "R": RESULT}
TEXT = {
    "S": "So, last winter the heating broke in our school.",
    "T": "I was asked to keep the classes warm.",
    "A": "I moved two classes to the library and called three companies that very morning.",
    "R": "Nobody had to stay at home.",
    "O": "That was it.",
}


def told(
    parts: str,
    *,
    seconds: float = 2.0,
    present: str | None = None,
    question: Question | None = BEHAVIOURAL,
    episode: float = 0.9,
) -> Answer:
    """Make an answer of *parts*, each of them one sentence of *seconds*, one after the other."""
    sentences = tuple(
        Sentence(TEXT[part], Span(i * seconds, (i + 1) * seconds), i, i + 1) for i, part in enumerate(parts)
    )
    there = parts if present is None else present
    star = StarReading(
        parts=tuple(Part(part) for part in parts),
        confidence=(0.8,) * len(parts),
        present={part: part in there for part in "STAR"},
        probability={part: 0.9 if part in there else 0.2 for part in "STAR"},
        episode=episode,
    )
    return Answer(spoken(" ".join("word" for _ in parts)), question, sentences, star)


def verdict(metric: Metric, answer: Answer) -> Verdict:
    band = metric.band(answer)
    assert band is not None
    return band.judge(metric.measure(answer).value)


def advice(metric: Metric, answer: Answer) -> str:
    return metric.advice(verdict(metric, answer), metric.measure(answer), answer)


@pytest.mark.parametrize(
    ("parts", "shares"),
    [
        pytest.param("STAAR", (0.2, 0.2, 0.4, 0.2), id="all four"),
        pytest.param("SAAO", (0.25, 0, 0.5, 0), id="other takes time too"),
        pytest.param("RSTA", (0.25, 0.25, 0.25, 0.25), id="result first"),
    ],
)
def test_shares_are_of_the_time_of_all_sentences(parts: str, shares: tuple[float, ...]) -> None:
    assert tuple(metric.measure(told(parts)).value for metric in SHARES.values()) == shares


def test_counts_are_seconds_so_that_they_pool() -> None:
    measurement = ACTION.measure(told("SAAR", seconds=1.5))
    assert (measurement.total, measurement.per) == (3, 6)


def test_evidence_is_the_sentences_with_a_quote() -> None:
    (only,) = SITUATION.measure(told("STAR")).evidence
    assert (only.label, only.span) == ("\u201clast winter the heating broke in our school\u201d", Span(0, 2))


def test_a_part_not_heard_has_no_share_and_shows_the_nearest() -> None:
    answer = told("SAR", present="SA")
    measurement = RESULT.measure(answer)
    assert (measurement.value, measurement.evidence) == (0, ())
    assert RESULT.detail(measurement, answer) == (
        "No result was heard (80 % sure). The nearest is \u201cNobody had to stay at home\u201d."
    )


def test_a_part_heard_says_how_sure() -> None:
    answer = told("STAR")
    assert RESULT.detail(RESULT.measure(answer), answer) == "Heard (90 % sure)."


def test_the_situation_says_what_it_takes_with_the_task() -> None:
    answer = told("STAR")
    assert SITUATION.detail(SITUATION.measure(answer), answer).endswith("With the task it takes 50 % of the time.")


@pytest.mark.parametrize("metric", [SITUATION, ACTION, RESULT, STAR_PARTS], ids=lambda metric: metric.name)
def test_what_is_not_measured_has_no_advice(metric: Metric) -> None:
    answer = told("OO", question=None, episode=0.1)
    assert metric.advice(Verdict.UNKNOWN, metric.measure(answer), answer) == ""


@pytest.mark.parametrize(
    ("metric", "parts", "expected"),
    [
        pytest.param(SITUATION, "SSSSAAAAAAAAAR", Verdict.GOOD, id="situation 29"),
        pytest.param(SITUATION, "SSSSAR", Verdict.HIGH, id="situation 67"),
        pytest.param(ACTION, "SAR", Verdict.LOW, id="action 33"),
        pytest.param(ACTION, "SAAR", Verdict.GOOD, id="action 50"),
        pytest.param(ACTION, "SR", Verdict.VERY_LOW, id="action missing"),
        pytest.param(RESULT, "SAAR", Verdict.GOOD, id="result 25"),
        pytest.param(RESULT, "SAAAAAAAAAAR", Verdict.LOW, id="result 8"),
        pytest.param(RESULT, "STA", Verdict.VERY_LOW, id="result missing"),
        pytest.param(STAR_PARTS, "STAR", Verdict.GOOD, id="four parts"),
        pytest.param(STAR_PARTS, "SAR", Verdict.GOOD, id="a task is rarely said"),
        pytest.param(STAR_PARTS, "TAR", Verdict.LOW, id="no situation"),
        pytest.param(STAR_PARTS, "AR", Verdict.LOW, id="two parts"),
        pytest.param(STAR_PARTS, "R", Verdict.VERY_LOW, id="one part"),
        pytest.param(STAR_PARTS, "STA", Verdict.VERY_LOW, id="no result"),
    ],
)
def test_bands(metric: Metric, parts: str, expected: Verdict) -> None:
    assert verdict(metric, told(parts)) is expected


@pytest.mark.parametrize("parts", ["SSAR", "SSSSR"], ids=["two sentences", "no action to go to"])
def test_a_background_is_judged_only_where_it_can_be_shortened(parts: str) -> None:
    assert SITUATION.band(told(parts)) is None


def test_a_task_is_reported_not_judged() -> None:
    assert TASK.band(told("STAR")) is None


def test_a_missing_result_is_the_first_thing_to_try() -> None:
    metrics = [load(METRICS, name) for name in ("situation", "task", "action", "result", "star_parts")]
    assert RESULT.weight == max(metric.weight for metric in metrics) == 1.0


def test_a_missing_task_is_asked_for_without_a_verdict() -> None:
    answer = told("SAR")
    assert TASK.detail(TASK.measure(answer), answer) == (
        "No task was heard (80 % sure). If it was not plain: You said \u201clast winter the heating broke in our "
        "school\u201d. What exactly was asked of you, or what did you have to reach? One sentence is enough."
    )


@pytest.mark.parametrize(
    ("metric", "parts", "words"),
    [
        pytest.param(RESULT, "STA", "Did it work, and what was different afterwards?", id="no result"),
        pytest.param(
            RESULT, "SAAAAAAAAAAR", "Stay a moment with \u201cNobody had to stay at home\u201d", id="short result"
        ),
        pytest.param(ACTION, "SR", "What was your part in putting that right?", id="no action"),
        pytest.param(ACTION, "SAR", "Your part is one sentence: \u201cI moved", id="short action"),
        pytest.param(SITUATION, "SSSSAR", "Keep the background to two sentences", id="long situation"),
        pytest.param(RESULT, "STAR", "", id="nothing to mend"),
    ],
)
def test_advice_fits_the_verdict(metric: Metric, parts: str, words: str) -> None:
    text = advice(metric, told(parts))
    assert words in text
    assert bool(text) == bool(words)


def question(kind: QuestionKind, *, star: bool | None = None) -> Question:
    return Question("q", "A question", kind, star=star)


@pytest.mark.parametrize(
    ("asked", "episode", "reason"),
    [
        pytest.param(
            question(QuestionKind.TECHNICAL, star=False), 0.9, "a technical question is not judged on STAR", id="no"
        ),
        pytest.param(
            question(QuestionKind.SITUATIONAL), 0.9, "a situational question is not judged on STAR", id="kind"
        ),
        pytest.param(question(QuestionKind.DATA, star=True), 0.9, "", id="a data question about a past event"),
        pytest.param(question(QuestionKind.BEHAVIOURAL), 0.9, "", id="behavioural"),
        pytest.param(question(QuestionKind.OPEN), 0.9, "", id="typed question, story"),
        pytest.param(question(QuestionKind.OPEN), 0.2, NO_STORY, id="typed question, no story"),
        pytest.param(None, 0.9, "", id="no question, story"),
        pytest.param(None, 0.2, NO_STORY, id="no question, no story"),
    ],
)
@pytest.mark.parametrize("metric", [*SHARES.values(), STAR_PARTS], ids=lambda metric: metric.name)
def test_only_a_question_about_a_past_event_is_judged(
    metric: Metric, asked: Question | None, episode: float, reason: str
) -> None:
    assert metric.measure(told("STAR", question=asked, episode=episode)).reason == reason


def test_no_story_to_a_behavioural_question_is_one_finding() -> None:
    answer = told("OO", present="", episode=0.1)
    assert {metric.measure(answer).reason for metric in (*SHARES.values(), STAR_PARTS)} == {NO_STORY}
    assert verdict(ONE_EVENT, answer) is Verdict.VERY_LOW
    assert ONE_EVENT.detail(ONE_EVENT.measure(answer), answer) == (
        "This answer doesn't tell one past event (probability of one 10 %)."
    )
    assert advice(ONE_EVENT, answer).startswith("Choose one time")


def test_parts_are_named_with_their_probability() -> None:
    answer = told("SA")
    assert STAR_PARTS.detail(STAR_PARTS.measure(answer), answer) == (
        "Heard: situation (90 % sure), action (90 % sure). Not heard: task (80 % sure), result (80 % sure)."
    )


def test_parts_show_where_each_was_first_heard() -> None:
    evidence = STAR_PARTS.measure(told("SAAR")).evidence
    assert [(one.label.partition(":")[0], one.span.start) for one in evidence] == [
        ("Situation", 0),
        ("Action", 2),
        ("Result", 6),
    ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(replace(told("STAR"), star=None), "no sentences were read", id="not read"),
        pytest.param(replace(told("STAR"), transcript=spoken("")), "no speech was heard", id="silence"),
        pytest.param(
            replace(told("STAR"), transcript=replace(spoken("ja"), language="de")),
            "the speech was heard as 'de', and this measure knows English only",
            id="German",
        ),
    ],
)
@pytest.mark.parametrize("metric", [RESULT, STAR_PARTS], ids=lambda metric: metric.name)
def test_what_cannot_be_read_is_not_measured(metric: Metric, answer: Answer, reason: str) -> None:
    assert metric.measure(answer).reason == reason
    assert metric.detail(metric.measure(answer), answer) == ""


def moved(answer: Answer, by: float) -> Answer:
    return replace(
        answer,
        sentences=tuple(replace(s, span=Span(s.span.start + by, s.span.end + by)) for s in answer.sentences),
    )


def counts(measurement: Measurement) -> tuple[float, float]:
    return round(measurement.total, 3), round(measurement.per, 3)


@given(st.text("STARO", min_size=1, max_size=12), st.sets(st.sampled_from("STAR")), st.floats(0, 600))
def test_moving_all_times_changes_nothing_and_shares_stay_under_a_hundred(
    parts: str, there: set[str], by: float
) -> None:
    answer = told(parts, present="".join(there))
    later = moved(answer, by)
    for metric in (*SHARES.values(), STAR_PARTS):
        assert counts(metric.measure(answer)) == counts(metric.measure(later))
    assert sum(metric.measure(answer).value or 0 for metric in SHARES.values()) <= 100 + 1e-6


@given(st.text("STARO", min_size=1, max_size=8), st.sets(st.sampled_from("STAR")), st.floats(0, 1))
def test_every_verdict_but_good_has_advice(parts: str, there: set[str], episode: float) -> None:
    answer = told(parts, present="".join(there), episode=episode)
    for metric in (ONE_EVENT, SITUATION, ACTION, RESULT):
        if metric.measure(answer).reason or metric.band(answer) is None:
            continue
        assert bool(advice(metric, answer)) == (verdict(metric, answer) is not Verdict.GOOD)
