"""Filled pauses, filler words and repeats: values counted by hand, then what must hold for any answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep import disfluency
from voiceprep.metrics import Metric, fillers
from voiceprep.model import Answer, Detector, Hesitation, Span, Verdict, WordKind
from voiceprep.tables import METRICS, load
from voiceprep.testing import answer, retimed, spoken

NAMES = ("filled_pauses", "filler_words", "hesitations", "hesitation_share", "repetitions")
ALL: tuple[Metric, ...] = tuple(load(METRICS, name) for name in NAMES)


def lasting(text: str, seconds: float) -> Answer:
    """Return the answer `text` with speech from 0.5 s on for `seconds`."""
    said = answer(text)
    return replace(said, transcript=replace(said.transcript, speech=(Span(0.5, 0.5 + seconds),)))


# Two sounds, two phrases, one repeat and one cut word in a minute; 14 words are no filled pauses.
MINUTE = lasting("So, um, I, I was, like, the pro- product lead, uh, and it went very well.", 60.0)


@pytest.mark.parametrize(
    ("metric", "total", "per"),
    [
        (fillers.FILLED_PAUSES, 2, 1.0),
        (fillers.FILLER_WORDS, 2, 1.0),
        (fillers.HESITATIONS, 4, 1.0),
        (fillers.HESITATION_SHARE, 400, 14),
        (fillers.REPETITIONS, 2, 1.0),
    ],
    ids=lambda value: value.name if isinstance(value, Metric) else None,
)
def test_counts_are_those_of_a_hand_count(metric: Metric, total: float, per: float) -> None:
    measurement = metric.measure(MINUTE)
    assert (measurement.total, measurement.per) == (total, per)
    assert measurement.metric == metric.name


def test_a_rate_is_by_the_minute_of_speech() -> None:
    assert fillers.FILLED_PAUSES.measure(lasting("um, yes, uh, no", 90.0)).value == pytest.approx(2 / 1.5)


def test_a_phrase_counts_once_and_is_evidence_as_said() -> None:
    measurement = fillers.FILLER_WORDS.measure(lasting("It was, you know, late.", 60.0))
    (evidence,) = measurement.evidence
    assert (measurement.total, evidence.label, evidence.span) == (1, "you know", Span(1.2, 1.85))


def test_evidence_comes_in_order_of_time() -> None:
    evidence = fillers.HESITATIONS.measure(MINUTE).evidence
    assert [item.label for item in evidence] == ["so", "um", "like", "uh"]
    assert list(evidence) == sorted(evidence, key=lambda item: item.span)


def test_detail_counts_sounds_before_words() -> None:
    said = lasting("Um, so, uh, um, like, it was, like, late, you know.", 60.0)
    detail = fillers.HESITATIONS.detail(fillers.HESITATIONS.measure(said), said)
    assert detail == "um 2, uh 1; like 2, so 1, you know 1"


def test_an_answer_without_hesitations_has_none_and_no_detail() -> None:
    said = lasting("We cut the waiting time by half.", 60.0)
    measurement = fillers.HESITATIONS.measure(said)
    assert (measurement.value, fillers.HESITATIONS.detail(measurement, said)) == (0.0, "")


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, Verdict.GOOD), (5, Verdict.GOOD), (6, Verdict.HIGH), (12, Verdict.HIGH), (13, Verdict.VERY_HIGH)],
)
def test_the_band_is_for_sounds_and_words_together(count: int, verdict: Verdict) -> None:
    said = lasting("yes " + "um, then " * count, 60.0)
    band = fillers.HESITATIONS.band(said)
    assert band is not None
    assert band.judge(fillers.HESITATIONS.measure(said).value) is verdict


@pytest.mark.parametrize("metric", [metric for metric in ALL if metric.name != "hesitations"], ids=lambda m: m.name)
def test_the_parts_are_reported_without_a_band(metric: Metric) -> None:
    assert metric.band(MINUTE) is None


def test_the_source_is_primary() -> None:
    assert fillers.HESITATIONS.source is not None
    assert fillers.HESITATIONS.source.primary


def advice(said: Answer, verdict: Verdict = Verdict.HIGH) -> str:
    return fillers.HESITATIONS.advice(verdict, fillers.HESITATIONS.measure(said), said)


def test_advice_names_the_most_frequent_and_openings_of_sentences() -> None:
    text = advice(lasting("Um, I led it. Um, we won. Uh, it paid. We grew, um, fast.", 30.0))
    assert text.startswith("“um” is the most frequent: 3 of 4. 3 of 4 open a sentence: try ending")


def test_advice_sees_hesitations_that_lead_into_a_pause() -> None:
    text = advice(lasting("I led um <0.9> the team uh <0.8> and then um <0.7> it grew.", 30.0))
    assert "3 of 3 lead into a pause: try closing your lips" in text


def test_advice_for_scattered_hesitations_is_a_silent_pause() -> None:
    text = advice(lasting("I led, like, the team and it, like, grew.", 30.0))
    assert "When you feel “like” coming, try a silent pause in its place." in text


def test_advice_never_asks_for_none() -> None:
    assert advice(MINUTE).endswith("A few are normal: in a study 5 a minute did no harm.")


@pytest.mark.parametrize("verdict", [Verdict.GOOD, Verdict.UNKNOWN, Verdict.UNJUDGED])
def test_there_is_no_advice_where_nothing_is_high(verdict: Verdict) -> None:
    assert advice(MINUTE, verdict) == ""


def _of(said: Answer, **changes: object) -> Answer:
    return replace(said, transcript=replace(said.transcript, **changes))


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(answer(""), "no speech was heard", id="no words"),
        pytest.param(_of(MINUTE, speech=()), "no speech was heard", id="no speech"),
        pytest.param(_of(MINUTE, language="de"), "English only", id="another language"),
        pytest.param(lasting("um yes", 2.9), "only 2.9 s of speech", id="too short"),
    ],
)
def test_what_cannot_be_counted_is_not_measured(metric: Metric, said: Answer, reason: str) -> None:
    measurement = metric.measure(said)
    assert measurement.value is None
    assert reason in measurement.reason


def test_a_share_needs_words_besides_filled_pauses() -> None:
    measurement = fillers.HESITATION_SHARE.measure(lasting("um uh um", 10.0))
    assert measurement.reason == "no words were heard besides filled pauses"


def test_a_short_answer_says_how_much_one_more_would_change() -> None:
    (caveat,) = fillers.FILLED_PAUSES.measure(lasting("um yes", 12.0)).caveats
    assert caveat == "The speech lasts 12 s: one more or less changes this rate by 5.0 a minute."
    assert fillers.FILLED_PAUSES.measure(lasting("um yes", 30.0)).caveats == ()


SAID = st.lists(
    st.sampled_from(["um,", "uh", "I,", "I", "was", "like,", "you know,", "late.", "So,", "<0.8>", "team", "pro-"]),
    min_size=8,
    max_size=40,
).map(lambda said: " ".join(["We led a team of nine people that year.", *said]))


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)
@given(text=SAID, by=st.floats(0, 4000))
def test_moving_all_times_changes_no_rate(metric: Metric, text: str, by: float) -> None:
    said = Answer(spoken(text))
    before, after = metric.measure(said), metric.measure(Answer(retimed(said.transcript, by)))
    assert after.value == pytest.approx(before.value, rel=2e-3)
    assert [item.label for item in after.evidence] == [item.label for item in before.evidence]


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)
@settings(deadline=None)
@given(first=st.integers(0, 9), second=st.integers(0, 9))
def test_counts_pool_as_if_counted_together(metric: Metric, first: int, second: int) -> None:
    one, two, both = (
        metric.measure(lasting("We led a team. " + "It, it grew, um, like, fast. " * count, seconds))
        for count, seconds in ((first, 30.0), (second, 60.0), (first + second, 90.0))
    )
    alone = metric.measure(lasting("We led a team.", 30.0))
    assert one.total + two.total == both.total
    assert one.per + two.per - (alone.per if metric.name == "hesitation_share" else 0) == pytest.approx(both.per)


def test_the_kinds_counted_are_all_the_kinds_of_disfluency() -> None:
    kinds = fillers.SOUNDS | fillers.WORDS | fillers.REPEATS
    assert kinds == set(WordKind) - {WordKind.WORD}
    assert {event.kind for event in disfluency.events(MINUTE.transcript.words)} == kinds


SURE = Detector("a probe", "0" * 64, hits=30, false=0, missed=0, unseen=0)


def doubted(said: Answer, detector: Detector | None, *chances: float, counted: float = 1.0) -> Answer:
    """Return `said` with filled pauses of the probability `counted`, found by `detector` and sounds it doubted."""
    words = tuple(
        replace(word, probability=counted) if word.kind is WordKind.FILLED_PAUSE else word
        for word in said.transcript.words
    )
    sounds = tuple(Hesitation(Span(10.0 + i, 10.4 + i), chance, "uh") for i, chance in enumerate(chances))
    return replace(said, transcript=replace(said.transcript, words=words, doubtful=sounds, detector=detector))


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (doubted(MINUTE, SURE), (2, 2)),
        (doubted(MINUTE, SURE, 0.0), (2, 2)),
        # Two sure ones, and of four even chances none to four: 1/16 each.
        (doubted(MINUTE, SURE, 0.5, 0.5, 0.5, 0.5), (2, 6)),
        # Both may be none: a quarter each way.
        (doubted(MINUTE, SURE, counted=0.5), (0, 2)),
        # One in three shows in no candidate: a Poisson number of mean one more.
        (doubted(MINUTE, replace(SURE, hits=20, missed=10, unseen=10)), (2, 5)),
    ],
)
def test_a_count_has_the_range_that_its_chances_give(said: Answer, counts: tuple[int, int]) -> None:
    measurement = fillers.FILLED_PAUSES.measure(said)
    assert measurement.interval is not None
    assert (measurement.interval.low, measurement.interval.high) == counts
    assert (f"likely {counts[0]} to {counts[1]}" in fillers.FILLED_PAUSES.detail(measurement, said)) is (
        counts[0] != counts[1]
    )


def test_without_a_detector_sounds_have_no_range_and_words_have_one() -> None:
    assert fillers.FILLED_PAUSES.measure(MINUTE).interval is None
    assert fillers.HESITATIONS.measure(MINUTE).interval is None
    assert fillers.FILLER_WORDS.measure(MINUTE).interval is not None


@given(st.lists(st.floats(0, 0.49), max_size=6), st.floats(0.5, 1))
def test_the_count_lies_in_its_range(chances: list[float], counted: float) -> None:
    for metric in (fillers.FILLED_PAUSES, fillers.FILLER_WORDS, fillers.HESITATIONS, fillers.REPETITIONS):
        measurement = metric.measure(doubted(MINUTE, SURE, *chances, counted=counted))
        assert measurement.interval is not None
        assert measurement.value is not None
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
