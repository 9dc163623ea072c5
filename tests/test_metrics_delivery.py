"""What is measured of a voice, on series written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.assess import find, prepare
from voiceprep.metrics import voicing
from voiceprep.model import Quality, Settings, Verdict, Voice
from voiceprep.tables import METRICS, load
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.model import Answer

NAMES = ["pitch_spread", "flat_stretches", "rising_ends", "fading_ends", "loudness_spread"]
RATE = 10
FOUR = " <0.8> ".join(["We moved the whole team over to it."] * 4)


def answer(text: str, pitch: Callable[[float], float | None], loudness: Callable[[float], float | None]) -> Answer:
    """Return the answer `text` in a voice that has `pitch` and `loudness` at each time of its speech."""
    transcript = spoken(text)
    times = [(step + 0.5) / RATE for step in range(int(transcript.duration * RATE))]
    spoken_at = [any(span.start <= at < span.end for span in transcript.speech) for at in times]
    series = [
        tuple(of(at) if on else None for at, on in zip(times, spoken_at, strict=True)) for of in (pitch, loudness)
    ]
    voice = Voice(RATE, 150.0, *series)
    return prepare(replace(transcript, voice=voice), None, Settings())


def level(_: float) -> float:
    return 0.0


def near_end(of: Answer, which: Sequence[int], seconds: float, at: float) -> float:
    """Return how far (0 to 1) `at` is into the last `seconds` of the statements `which` of `of`, else 0."""
    ends = [statement.end for number, statement in enumerate(voicing.statements(of)) if number in which]
    return next((min(1.0, 1 - (end - at) / seconds) for end in ends if end - seconds <= at <= end + 0.2), 0.0)


def test_half_of_the_time_is_the_spread() -> None:
    # Evenly from -4 to 4 semitones: the quartiles are -2 and 2.
    told = answer(FOUR, lambda at: -4 + 8 * (at * 1.7 % 1), level)
    assert voicing.pitch_spread(told).value == pytest.approx(4.0, abs=0.1)


def test_one_frame_in_ten_an_octave_off_hardly_widens_the_spread() -> None:
    clean = answer(FOUR, lambda at: -4 + 8 * (at * 1.7 % 1), level)
    jumping = answer(FOUR, lambda at: -4 + 8 * (at * 1.7 % 1) + 12 * (at * RATE % 10 < 1), level)
    pair = [voicing.pitch_spread(one).value or 0.0 for one in (clean, jumping)]
    assert pair[1] == pytest.approx(pair[0], rel=0.2)


def test_the_flattest_and_the_liveliest_stretch_can_be_heard() -> None:
    told = answer(" ".join(["We moved the whole team over to it."] * 14), lambda at: (at * 3 % 2 - 1) * at / 8, level)
    measured = voicing.pitch_spread(told)
    flattest, liveliest = measured.evidence
    assert flattest.span.end <= liveliest.span.start
    assert flattest.label.startswith("flattest")
    assert len(measured.series) >= 4


@pytest.mark.parametrize(("semitones", "count"), [(0.0, 0), (3.0, 0), (9.0, 2), (-6.0, 0)])
def test_a_rise_of_far_more_than_three_semitones_is_one(semitones: float, count: int) -> None:
    model = answer(FOUR, level, level)
    told = answer(FOUR, lambda at: semitones * near_end(model, (0, 2), 0.4, at), level)
    measured = voicing.rising_ends(told)
    assert (measured.total, measured.per) == (count, 4)
    endings = [statement.ending for statement in voicing.statements(model)]
    assert [item.span for item in measured.evidence] == [endings[0], endings[2]][:count]


def test_a_rise_that_ends_below_the_median_is_none() -> None:
    model = answer(FOUR, level, level)
    told = answer(FOUR, lambda at: -8 + 6 * near_end(model, (0, 1, 2, 3), 0.5, at), level)
    assert voicing.rising_ends(told).total == 0


def test_questions_may_rise() -> None:
    text = FOUR.replace("it. <0.8>", "it? <0.8>", 1) + " <0.8> We moved the whole team over to it."
    assert len(voicing.statements(answer(text, level, level))) == 4


def test_a_sentence_that_runs_on_has_no_end_to_judge() -> None:
    assert len(voicing.statements(answer(FOUR.replace(" <0.8>", "", 1), level, level))) == 3


@pytest.mark.parametrize(("drop", "count"), [(0.0, 0), (6.0, 0), (14.0, 1)])
def test_an_end_far_weaker_than_the_others_fades(drop: float, count: int) -> None:
    model = answer(FOUR, level, level)
    told = answer(FOUR, level, lambda at: -drop * (near_end(model, (1,), 0.6, at) > 0))
    measured = voicing.fading_ends(told)
    assert (measured.total, measured.per) == (count, 4)


def test_a_weak_consonant_at_the_end_is_no_fading() -> None:
    model = answer(FOUR, level, level)

    def voiced(at: float) -> float | None:
        return None if near_end(model, (0, 1, 2, 3), 0.2, at) else 0.0

    told = answer(FOUR, voiced, lambda at: -25.0 if voiced(at) is None else 0.0)
    assert (voicing.fading_ends(told).total, voicing.fading_ends(told).per) == (0, 4)


def test_one_high_value_at_the_end_is_no_rise() -> None:
    model = answer(FOUR, level, level)
    ends = [statement.end for statement in voicing.statements(model)]

    def jump(at: float) -> float | None:
        return 9.0 if any(0 <= end - at < 0.1 for end in ends) else 0.0

    assert voicing.rising_ends(answer(FOUR, jump, level)).total == 0


def test_where_all_ends_are_weak_none_fades() -> None:
    model = answer(FOUR, level, level)
    told = answer(FOUR, level, lambda at: -15.0 * (near_end(model, (0, 1, 2, 3), 0.6, at) > 0))
    assert voicing.fading_ends(told).total == 0


def test_in_noise_no_end_is_said_to_fade() -> None:
    told = answer(FOUR, level, level)
    noisy = replace(told, transcript=replace(told.transcript, quality=Quality(-30.0, -40.0, 0.0)))
    assert "10 dB above the noise" in voicing.fading_ends(noisy).reason


def test_levels_of_a_recording_that_clips_are_not_measured() -> None:
    told = answer(FOUR, lambda at: 4 * (at * 3 % 2 - 1), level)
    clipped = replace(told, transcript=replace(told.transcript, quality=Quality(-10.0, -60.0, 0.01)))
    for measure in (voicing.fading_ends, voicing.loudness_spread):
        assert "distorts" in measure(clipped).reason
    assert voicing.pitch_spread(clipped).reason == ""


def test_a_flat_stretch_is_found_where_it_is() -> None:
    text = " ".join(["We moved the whole team over to it."] * 14)
    told = answer(text, lambda at: 0.3 * (at * 3 % 2 - 1) * (1 if 10 <= at < 22 else 12), level)
    [flat] = voicing.flat_stretches(told).evidence
    assert flat.span.start == pytest.approx(10, abs=3)
    assert flat.span.end == pytest.approx(22, abs=3)


def test_a_lively_voice_has_no_flat_stretch() -> None:
    measured = voicing.flat_stretches(answer(FOUR, lambda at: 4 * (at * 3 % 2 - 1), level))
    assert measured.value == 0
    assert measured.evidence == ()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("voice", "reason"),
    [
        (None, "not listened to"),
        (Voice(RATE, reason="the microphone hums"), "the microphone hums"),
        (Voice(RATE, 150.0, (1.0,) * 30, (0.0,) * 30), "at least 5 seconds"),
    ],
)
def test_what_cannot_be_told_is_not_measured(name: str, voice: Voice | None, reason: str) -> None:
    told = answer(FOUR, level, level)
    finding = find(load(METRICS, name), replace(told, transcript=replace(told.transcript, voice=voice)), {})
    assert finding.verdict is Verdict.UNKNOWN
    assert reason in finding.measurement.reason


@pytest.mark.parametrize("name", ["rising_ends", "fading_ends"])
def test_a_few_statements_are_too_few(name: str) -> None:
    text = "We moved the whole team over to it and that took us a long time because nobody had asked us to do it."
    told = answer(text, level, level)
    assert "at least 4" in find(load(METRICS, name), told, {}).measurement.reason


@given(
    st.lists(st.none() | st.floats(-24, 24), min_size=1, max_size=40),
    st.lists(st.none() | st.floats(-40, 20), min_size=1, max_size=40),
)
def test_no_voice_breaks_a_measure(pitch: list[float | None], loudness: list[float | None]) -> None:
    told = answer(
        FOUR, lambda at: pitch[int(at * RATE) % len(pitch)], lambda at: loudness[int(at * RATE) % len(loudness)]
    )
    for name in NAMES:
        finding = find(load(METRICS, name), told, {})
        assert finding.verdict in {Verdict.UNJUDGED, Verdict.UNKNOWN}
        assert finding.measurement.value is None or finding.measurement.value >= 0


def test_an_accent_that_falls_again_is_no_rise() -> None:
    model = answer(FOUR, level, level)

    def accent(at: float) -> float:
        into = near_end(model, (0, 1, 2, 3), 0.5, at)
        return 7 * min(into, 1 - into) * 2

    assert voicing.rising_ends(answer(FOUR, accent, level)).total == 0
