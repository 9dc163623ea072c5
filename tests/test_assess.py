from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.assess import assess, doubts, find, focus, pool, prepare, strengths
from voiceprep.metrics import Metric, measured, not_measured
from voiceprep.metrics.fillers import FILLED_PAUSES
from voiceprep.model import Answer, Band, Measurement, Quality, Question, Recording, Settings, Source, Verdict
from voiceprep.tables import METRICS, load
from voiceprep.testing import answer, retimed, spoken

if TYPE_CHECKING:
    from voiceprep.model import Finding

RECORDING = Recording("answer.wav", "0" * 64, 60.0)
ANSWER = answer("we moved the date and told the whole team early")


def metric(name: str, value: float | None, band: Band | None, weight: float = 1.0) -> Metric:
    def measure(_: Answer) -> Measurement:
        return not_measured(name, 1, "too little") if value is None else measured(name, 1, value, 1)

    return Metric(
        name,
        name.capitalize(),
        "a minute",
        "Tests",
        1,
        measure,
        lambda _: band,
        Source("a test", primary=False),
        lambda *_: "A detail.",
        lambda *_: f"Change {name}.",
        weight,
        "Too low",
        "Too high",
        f"{name} is fine.",
    )


BAND = Band(4, 6, 2, 8)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (None, Verdict.UNKNOWN),
        (1.9, Verdict.VERY_LOW),
        (2, Verdict.LOW),
        (3.9, Verdict.LOW),
        (4, Verdict.GOOD),
        (6, Verdict.GOOD),
        (6.1, Verdict.HIGH),
        (8, Verdict.HIGH),
        (8.1, Verdict.VERY_HIGH),
    ],
)
def test_a_value_is_judged_by_its_band(value: float | None, verdict: Verdict) -> None:
    assert find(metric("m", value, BAND), ANSWER, {}).verdict is verdict


def test_the_users_band_counts_before_the_metrics_own() -> None:
    assert find(metric("m", 9, BAND), ANSWER, {"m": Band(8, 10)}).verdict is Verdict.GOOD


def test_what_has_no_band_is_reported_without_advice() -> None:
    finding = find(metric("m", 9, None), ANSWER, {})
    assert (finding.verdict, finding.advice) == (Verdict.UNJUDGED, "")


def test_what_is_not_measured_has_no_detail_and_no_advice() -> None:
    finding = find(metric("m", None, BAND), ANSWER, {})
    assert (finding.detail, finding.advice, finding.measurement.reason) == ("", "", "too little")


def found(*metrics: Metric) -> list[Finding]:
    return [find(one, ANSWER, {}) for one in metrics]


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ([metric("a", 5, BAND), metric("b", 9, BAND)], "b"),
        ([metric("a", 3, BAND), metric("b", 9, BAND)], "b"),
        ([metric("a", 9, BAND, 0.4), metric("b", 1, BAND, 0.9)], "b"),
        ([metric("a", 9, BAND), metric("b", 1, BAND)], "a"),
        ([metric("a", 5, BAND), metric("b", None, BAND)], None),
        ([metric("a", 9, BAND, 0.0)], None),
        ([], None),
    ],
    ids=[
        "what is not good",
        "what is worse",
        "what weighs more",
        "the first of equals",
        "all good",
        "no weight",
        "none",
    ],
)
def test_there_is_one_thing_to_try(metrics: list[Metric], expected: str | None) -> None:
    first = focus(found(*metrics), metrics)
    assert (first.metric if first else None) == expected


def test_the_headline_says_which_way_and_why() -> None:
    low, high = metric("a", 1, BAND), metric("b", 9, BAND)
    first = focus(found(low), [low])
    assert first is not None
    assert first.title == "Too low"
    assert first.why == "A: 1.0 a minute; good 4 to 6; watch 2 to 4 and 6 to 8. A detail."
    second = focus(found(high), [high])
    assert second is not None
    assert second.title == "Too high"


def test_what_is_good_is_praised() -> None:
    metrics = [metric("a", 5, BAND), metric("b", 9, BAND)]
    assert strengths(found(*metrics), metrics, ANSWER) == ("a is fine.",)
    kept = [replace(one, praised=lambda _: False) for one in metrics]
    assert strengths(found(*kept), kept, ANSWER) == ()


def test_of_nothing_only_the_detail_is_told() -> None:
    nothing = metric("a", 0, BAND)
    first = focus(found(nothing), [nothing])
    assert first is not None
    assert first.why == "A detail."


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        (Quality(-20, -60, 0), ""),
        (Quality(-20, -30, 0), "noisy"),
        (Quality(-60, -90, 0), "quiet"),
        (Quality(-6, -60, 0.01), "loud"),
    ],
)
def test_a_poor_recording_is_doubted_aloud(quality: Quality, said: str) -> None:
    text = " ".join(doubts(replace(spoken("we moved the date"), quality=quality)))
    assert said in text
    assert bool(text) is bool(said)


def test_a_question_that_asks_for_no_story_is_not_read_for_one() -> None:
    transcript = spoken("Last year I moved the date. I told the team.")
    assert prepare(transcript, Question("q", "How?", star=False), Settings()).star is None
    assert prepare(transcript, Question("q", "When?", star=True), Settings()).star is not None
    assert prepare(spoken(""), None, Settings()).star is None


def test_an_assessment_has_every_measure_in_the_order_of_the_table() -> None:
    result = assess(
        prepare(spoken("we moved the date"), None, Settings()), RECORDING, Settings(), version="1", at="now"
    )
    assert [finding.measurement.metric for finding in result.findings] == [
        name for name in METRICS if name not in {"response_latency", "points", "question_words"}
    ]
    assert (result.voiceprep, result.at) == ("1", "now")


TEXT = "so I was um you know the lead of the <1.2> team, and we uh moved the date because of the billing module"


@settings(deadline=None)
@given(st.integers(0, 50))
def test_moving_all_times_changes_no_value(by: int) -> None:
    still = prepare(spoken(TEXT), None, Settings())
    moved = prepare(retimed(spoken(TEXT), float(by)), None, Settings())
    for name in METRICS:
        one: Metric = load(METRICS, name)
        before, after = one.measure(still), one.measure(moved)
        assert (before.total, before.per) == pytest.approx((after.total, after.per), abs=1e-4), name


def test_pooled_counts_are_counted_together() -> None:
    few, many = (FILLED_PAUSES.measure(answer(text)) for text in (f"um {TEXT}", f"{TEXT} {TEXT}"))
    both = pool(few, many)
    assert both.total == few.total + many.total == 7
    assert both.value == pytest.approx((few.total + many.total) / (few.per + many.per))


def test_what_was_not_measured_adds_nothing_to_a_pool() -> None:
    one = measured("m", 1, 3, 2)
    assert pool(one, not_measured("m", 1, "why")) == one
    assert pool(not_measured("m", 1, "why"), one) == one


def test_versions_are_never_pooled() -> None:
    with pytest.raises(ValueError, match="not the same measure"):
        pool(measured("m", 1, 3, 2), measured("m", 2, 3, 2))
