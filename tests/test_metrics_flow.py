from __future__ import annotations

from dataclasses import replace

import pytest

from voiceprep.metrics.flow import clusters, hesitation_clusters, timeline
from voiceprep.model import Answer, Quality
from voiceprep.testing import answer, spoken

CALM = "and then we wrote a plan for all of the people in the team"


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("we moved the date and told the whole team early", []),
        ("um we moved the date and told the whole team early", []),
        ("um we uh moved the date and told the whole team early", [2]),
        ("um um um we moved the date and told the whole team", [3]),
        (f"um we moved {CALM} um we stopped", []),
        (f"um we uh moved {CALM} um the um <1.5> date", [2, 3]),
        ("we moved the <1.5> um date and told the whole team", [2]),
        ("we moved the date. <1.5> um and told the whole team", []),
    ],
)
def test_hesitations_near_each_other_are_a_cluster(text: str, sizes: list[int]) -> None:
    assert [len(run) for run in clusters(answer(text))] == sizes


def test_silent_and_filled_pauses_are_on_one_timeline() -> None:
    found = timeline(answer("we um moved the <1.5> date, you know, and told the whole team"))
    assert [one.name for one in found] == ["filled pause", "long pause", "filler word"]
    assert [one.span.start for one in found] == sorted(one.span.start for one in found)


def test_clusters_are_counted_a_minute_with_their_place() -> None:
    said = answer("um we uh moved the date and told the whole team early")
    measurement = hesitation_clusters(said)
    assert measurement.total == 1
    assert [one.label for one in measurement.evidence] == ["2 hesitations"]
    assert measurement.evidence[0].span.start == said.transcript.words[0].span.start
    assert measurement.evidence[0].span.end == said.transcript.words[2].span.end


def test_clusters_are_not_guessed() -> None:
    text = "um we uh moved the date and told the whole team early"
    assert "English" in hesitation_clusters(Answer(replace(spoken(text), language="de"))).reason
    assert "noise" in hesitation_clusters(Answer(replace(spoken(text), quality=Quality(-20, -21, 0)))).reason
    assert hesitation_clusters(answer("")).reason
