from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.metrics.timing import (
    ARTICULATION_RATE,
    LENGTH,
    PACE,
    PHONATION_RATIO,
    RESPONSE_LATENCY,
    articulation_rate,
    length,
    mean_length_of_run,
    pace,
    phonation_ratio,
    response_latency,
)
from voiceprep.model import Answer, Quality, Question, QuestionKind, Span, StarReading, Verdict
from voiceprep.testing import answer, retimed, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceprep.model import Measurement

# Each word lasts 0.3 s with 0.05 s after it: ten words last 3.45 s from the first sound to the last.
TEN = "we moved the date and told the whole team early"


def test_length_is_from_the_first_to_the_last_sound() -> None:
    assert length(answer(TEN)).value == pytest.approx(3.45)


def test_length_counts_the_pauses() -> None:
    assert length(answer(f"{TEN} <2.0> {TEN}")).value == pytest.approx(2 * 3.45 + 2.0)


def test_pace_is_words_over_minutes_pauses_included() -> None:
    assert pace(answer(f"{TEN} <2.0> {TEN}")).value == pytest.approx(20 / ((2 * 3.45 + 2.0) / 60), rel=1e-5)


def test_a_filled_pause_is_no_word_but_takes_time() -> None:
    assert pace(answer(f"um {TEN}")).value == pytest.approx(10 / (3.8 / 60), rel=1e-5)


def test_articulation_rate_is_syllables_over_phonation() -> None:
    # ten words: we moved the date and told the whole team ear-ly: eleven syllables
    assert articulation_rate(answer(f"{TEN} <2.0> {TEN}")).value == pytest.approx(22 / 6.9)


def test_phonation_ratio_is_the_share_without_pauses() -> None:
    assert phonation_ratio(answer(f"{TEN} <2.3> {TEN}")).value == pytest.approx(6.9 / 9.2)


@pytest.mark.parametrize("measure", [pace, articulation_rate, phonation_ratio])
def test_too_little_speech_is_not_measured_and_says_so(measure: Callable[[Answer], Measurement]) -> None:
    measurement = measure(answer("just this"))
    assert measurement.value is None
    assert "3 seconds" in measurement.reason


def test_no_speech_is_not_measured() -> None:
    assert length(answer("")).reason == "no speech was heard"
    assert pace(answer("")).reason == "no speech was heard"


def test_another_language_is_not_judged_by_its_words() -> None:
    german = replace(spoken(TEN), language="de")
    assert "English only" in pace(Answer(german)).reason
    assert length(Answer(german)).value is not None


def test_pace_over_time_shows_where_it_changes() -> None:
    slow = " ".join(["then <0.6>"] * 25)
    fast = " ".join(["then"] * 70)
    measurement = pace(answer(f"{slow} {fast}"))
    values = [sample.value for sample in measurement.series]
    assert values[0] < 90
    assert values[-1] > 160
    assert [one.label.split(":")[0] for one in measurement.evidence] == ["slowest", "fastest"]
    assert measurement.evidence[0].span.start < measurement.evidence[1].span.start


def test_a_short_answer_has_no_pace_over_time() -> None:
    assert pace(answer(TEN)).series == ()


@given(st.floats(0, 100).map(lambda by: round(by, 2)))
def test_moving_all_times_changes_no_rate(by: float) -> None:
    said = spoken(f"{TEN} <1.2> um {TEN}")
    for measure in (length, pace, articulation_rate, phonation_ratio):
        assert measure(Answer(retimed(said, by))).value == pytest.approx(measure(Answer(said)).value, rel=1e-6)


BEHAVIOURAL = Question("q", "Tell me about a time", QuestionKind.BEHAVIOURAL, star=True)
STORY = StarReading((), (), {}, {}, 0.9)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (40, Verdict.VERY_LOW),
        (50, Verdict.LOW),
        (60, Verdict.GOOD),
        (150, Verdict.GOOD),
        (170, Verdict.HIGH),
        (181, Verdict.VERY_HIGH),
    ],
)
def test_a_story_is_judged_by_one_to_two_and_a_half_minutes(seconds: float, verdict: Verdict) -> None:
    band = LENGTH.band(answer("", BEHAVIOURAL))
    assert band is not None
    assert band.judge(seconds) is verdict


def test_a_question_with_a_target_is_judged_by_that() -> None:
    band = LENGTH.band(answer("", replace(BEHAVIOURAL, target=Span(40, 80))))
    assert band is not None
    assert (band.watch_low, band.low, band.high, band.watch_high) == (30, 40, 80, 100)


def test_without_a_question_only_a_story_is_judged_by_its_length() -> None:
    assert LENGTH.band(answer("")) is None
    assert LENGTH.band(replace(answer(""), star=STORY)) is not None


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (95, Verdict.VERY_LOW),
        (110, Verdict.LOW),
        (120, Verdict.GOOD),
        (170, Verdict.GOOD),
        (180, Verdict.HIGH),
        (191, Verdict.VERY_HIGH),
    ],
)
def test_the_band_of_pace(value: float, verdict: Verdict) -> None:
    band = PACE.band(answer(""))
    assert band is not None
    assert band.judge(value) is verdict


def test_what_is_judged_advises_and_what_is_reported_does_not() -> None:
    for metric in (LENGTH, PACE, PHONATION_RATIO):
        for verdict in (Verdict.VERY_LOW, Verdict.VERY_HIGH):
            assert metric.advice(verdict, pace(answer(TEN)), answer(TEN))
    assert ARTICULATION_RATE.band(answer(TEN)) is None


def test_the_mean_length_of_run_is_syllables_between_pauses_over_250_ms() -> None:
    # 22 syllables; the silence of 0.2 s ends no run
    assert mean_length_of_run(answer(f"{TEN} <2.0> {TEN}")).value == pytest.approx(11)
    assert mean_length_of_run(answer(f"{TEN} <0.2> {TEN}")).value == pytest.approx(22)


@pytest.mark.parametrize(
    ("heard", "doubted"), [(22, False), (18, False), (26, False), (17, True), (27, True), (0, False)]
)
def test_words_and_sound_check_each_others_syllables(heard: int, doubted: bool) -> None:
    said = replace(spoken(f"{TEN} <2.0> {TEN}"), nuclei=tuple(0.5 + 0.1 * i for i in range(heard)))
    for measure in (articulation_rate, mean_length_of_run):
        measurement = measure(Answer(said))
        assert bool(measurement.caveats) == doubted
        assert measurement.total == 22


def test_in_another_language_syllables_are_those_of_the_sound() -> None:
    said = replace(spoken(f"{TEN} <2.0> {TEN}"), language="de", nuclei=tuple(0.5 + 0.1 * i for i in range(30)))
    measurement = articulation_rate(Answer(said))
    assert measurement.value == pytest.approx(30 / 6.9)
    assert "sound alone" in measurement.caveats[0]


def test_a_syllable_of_a_filled_pause_is_not_counted() -> None:
    said = replace(spoken(f"um {TEN}"), language="de")
    inside = said.words[0].span.middle
    assert articulation_rate(Answer(replace(said, nuclei=(inside, 1.2, 1.5)))).total == 2


@pytest.mark.parametrize(
    ("end", "seconds", "verdict"),
    [(0.0, 0.5, Verdict.GOOD), (0.6, 0.0, Verdict.GOOD), (-3.0, 3.5, Verdict.HIGH), (-6.0, 6.5, Verdict.VERY_HIGH)],
)
def test_response_latency_is_from_the_question_to_the_first_word(end: float, seconds: float, verdict: Verdict) -> None:
    said = Answer(spoken(TEN), question_end=end)
    measurement = response_latency(said)
    assert measurement.value == pytest.approx(seconds)
    band = RESPONSE_LATENCY.band(said)
    assert band is not None
    assert band.judge(measurement.value) is verdict


@pytest.mark.parametrize(("end", "shown"), [(0.2, Span(0.2, 0.5)), (-3.0, Span(0.0, 0.5))])
def test_the_wait_for_the_first_word_is_shown_as_far_as_it_was_recorded(end: float, shown: Span) -> None:
    assert [one.span for one in response_latency(Answer(spoken(TEN), question_end=end)).evidence] == [shown]


def test_response_latency_is_not_guessed() -> None:
    assert "not known" in response_latency(answer(TEN)).reason
    assert "no word" in response_latency(Answer(spoken(TEN), question_end=100.0)).reason
    assert not RESPONSE_LATENCY.applies(answer(TEN))


def test_where_noise_drowns_the_voice_no_time_of_speech_is_guessed() -> None:
    drowned = Answer(replace(spoken(f"{TEN} <2.0> {TEN}"), quality=Quality(-20, -21, 0)))
    for measure in (phonation_ratio, articulation_rate, mean_length_of_run):
        assert "noise" in measure(drowned).reason
