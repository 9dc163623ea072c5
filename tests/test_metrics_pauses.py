from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voiceprep.metrics.pauses import LONG_PAUSES_WITHIN, long_pauses_within, longest_pause, pause_share, silent_pauses
from voiceprep.model import Answer, Span, Verdict
from voiceprep.testing import answer, retimed, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceprep.model import Measurement

# Three pauses: 0.4 s and 1.5 s inside a clause, 1.2 s between two.
TEXT = "we moved the <0.4> date and told them, <1.2> and then we shipped the <1.5> module two weeks early"


def minutes(text: str) -> float:
    speech = spoken(text).speech
    return (speech[-1].end - speech[0].start) / 60


def test_silent_pauses_are_counted_a_minute_with_each_place() -> None:
    measurement = silent_pauses(answer(TEXT))
    assert measurement.total == 3
    assert measurement.per == pytest.approx(minutes(TEXT), abs=1e-6)
    assert [one.label for one in measurement.evidence] == ["0.4 s", "1.2 s", "1.5 s"]


def test_the_share_of_silence_is_silence_over_time() -> None:
    assert pause_share(answer(TEXT)).value == pytest.approx(3.1 / (60 * minutes(TEXT)))


def test_the_longest_pause_is_named_with_its_place() -> None:
    measurement = longest_pause(answer(TEXT))
    assert measurement.value == pytest.approx(1.5)
    assert measurement.evidence[0].span == spoken(TEXT).pauses[2].span


def test_an_answer_without_a_pause_has_a_longest_one_of_nothing() -> None:
    assert longest_pause(answer("we moved the date and told the whole team early")).value == 0


def test_only_long_pauses_inside_a_clause_count_as_such() -> None:
    measurement = long_pauses_within(answer(TEXT))
    assert [one.label for one in measurement.evidence] == ["1.5 s"]


@pytest.mark.parametrize("measure", [silent_pauses, pause_share, longest_pause, long_pauses_within])
def test_pauses_of_nothing_are_not_measured(measure: Callable[[Answer], Measurement]) -> None:
    assert measure(answer("")).reason == "no speech was heard"
    assert "3 seconds" in measure(answer("just this")).reason


@pytest.mark.parametrize("measure", [silent_pauses, pause_share, longest_pause, long_pauses_within])
def test_moving_all_times_changes_no_pause(measure: Callable[[Answer], Measurement]) -> None:
    said = spoken(TEXT)
    moved = measure(Answer(retimed(said, 12.5)))
    assert moved.value == pytest.approx(measure(Answer(said)).value)
    assert moved.evidence[0].span == Span(*(round(t + 12.5, 3) for t in _times(measure(Answer(said)).evidence[0].span)))


def _times(span: Span) -> tuple[float, float]:
    return span.start, span.end


@pytest.mark.parametrize(
    ("value", "verdict"), [(0, Verdict.GOOD), (1, Verdict.GOOD), (2, Verdict.HIGH), (4, Verdict.VERY_HIGH)]
)
def test_the_band_of_long_pauses_inside_a_clause(value: float, verdict: Verdict) -> None:
    band = LONG_PAUSES_WITHIN.band(answer(TEXT))
    assert band is not None
    assert band.judge(value) is verdict
