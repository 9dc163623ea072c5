"""How well an answer came out is read from its measurements, and agrees with the report that they are from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import told

from voiceprep import assess, wording
from voiceprep.model import Band, Measurement, Point, Question, QuestionKind, Recording, Settings, Verdict
from voiceprep.rating import ACT, HABITS, LOW, WATCH, Fault, Judge, Rating, rate
from voiceprep.tables import METRICS, load

ASKED = Question("q", "Tell me about a time when something failed.", QuestionKind.BEHAVIOURAL)
# What every answer here has: a story with all parts and a number, at a good pace.
WELL = {
    "one_event": (2, 1),
    "situation": (20, 100),
    "task": (10, 100),
    "action": (50, 100),
    "result": (20, 100),
    "star_parts": (4, 1),
    "result_numbers": (1, 1),
    "length": (100, 1),
    "pace": (250, 100 / 60),
    "hesitations": (3, 1.5),
    "long_pauses_within": (0, 1.5),
    "phonation_ratio": (80, 100),
}


def measured(**changed: tuple[float, float] | None) -> list[Measurement]:
    """Return the measurements of an answer that is well but for what is `changed`; None was not measured."""
    counts = WELL | changed
    return [
        Measurement(name, load(METRICS, name).version, *(both or (0, 0)), reason="" if both else "not told")
        for name, both in counts.items()
    ]


def fault(metric: str, verdict: Verdict) -> Fault:
    return Fault(metric, verdict, metric)


@pytest.mark.parametrize(
    ("changed", "text", "rating"),
    [
        ({}, None, Rating.EASY),
        ({"result": (0, 100), "star_parts": (3, 1)}, "no result", Rating.AGAIN),
        ({"action": (0, 100), "star_parts": (3, 1)}, "no action", Rating.AGAIN),
        ({"result": (5, 100)}, "hardly a result", Rating.GOOD),
        ({"situation": (0, 100), "star_parts": (3, 1)}, "no situation", Rating.GOOD),
        # A task is seldom said aloud: three parts are enough without it.
        ({"task": (0, 100), "star_parts": (3, 1)}, None, Rating.EASY),
        (
            {"one_event": (0, 1), **dict.fromkeys(("situation", "task", "action", "result", "star_parts"))},
            "no single event told",
            Rating.AGAIN,
        ),
        # A story without a time, a place or a name is a story.
        ({"one_event": (0, 1)}, None, Rating.EASY),
        ({"pace": (400, 100 / 60)}, "too fast", Rating.HARD),
        ({"length": (20, 1)}, "too short", Rating.HARD),
        ({"length": (20, 1), "pace": (400, 100 / 60)}, "too fast", Rating.AGAIN),
        ({"hesitations": (30, 1.5), "pace": (400, 100 / 60)}, "many fillers", Rating.HARD),
        ({"length": None, "pace": None}, None, Rating.EASY),
    ],
)
def test_an_answer_is_rated_by_what_weighs_most(
    changed: dict[str, tuple[float, float] | None], text: str | None, rating: Rating
) -> None:
    faults = Judge({}).faults(measured(**changed), ASKED)
    assert faults is not None
    assert (faults[0].text if faults else None) == text
    assert rate(faults) is rating


def test_off_the_question_is_without_its_words_and_its_points() -> None:
    asked = replace(ASKED, points=(Point("What failed", ("broke",)),))
    off = {"question_words": (0.0, 2.0), "points": (0.0, 1.0)}
    faults = Judge({}).faults(measured(**off), asked)
    assert [one.text for one in faults or ()] == ["off the question"]
    assert rate(faults or ()) is Rating.AGAIN
    # Where a point was found, or too little was said to tell, nothing is held against it.
    assert Judge({}).faults(measured(**off | {"points": (1.0, 1.0)}), asked) == ()
    short = Judge({}).faults(measured(**off | {"pace": (55.0, 0.4)}), asked)
    assert [one.text for one in short or ()] == []


def test_the_users_own_band_counts() -> None:
    assert Judge({}).faults(measured(), ASKED) == ()
    (only,) = Judge({"pace": Band(high=100, watch_high=160)}).faults(measured(), ASKED) or ()
    assert (only.metric, only.verdict) == ("pace", Verdict.HIGH)


def test_what_an_older_version_measured_is_not_judged_by_todays_band() -> None:
    old = [replace(one, version=one.version + 1) for one in measured(result=(0, 100))]
    assert Judge({}).faults(old, ASKED) is None


def test_of_nothing_measured_nothing_is_said() -> None:
    assert Judge({}).faults([], ASKED) is None
    assert Judge({}).faults([Measurement("pace", 1, 0, 0, reason="no speech was heard")], ASKED) is None


SAID = (
    ("S", "Last year I worked at a bank on the payments team."),
    ("T", "My task was to cut failed payments."),
    ("A", "First I read the logs and I found that old phones timed out, and I rewrote the retry with two users."),
    ("R", "As a result failures fell by forty percent and nobody called us any more."),
)
STORY = told(*SAID, question=ASKED)
FACTS = [
    STORY,
    told(("S", "We had a late project."), ("A", "I called the client and then I wrote the plan."), question=ASKED),
    told(("A", "I called the client and then I wrote the plan."), ("R", "We were on time."), question=ASKED),
    told(("O", "I always do my best when things fail because that is how I am."), question=ASKED),
]


@pytest.mark.parametrize("answer", FACTS)
def test_the_faults_are_those_of_the_report(answer: object) -> None:
    report = assess.assess(answer, Recording("a", "0" * 64, 60.0), Settings(), version="1")  # type: ignore[arg-type]
    judge = Judge({})
    faults = judge.faults([replace(one.measurement, evidence=()) for one in report.findings], ASKED)
    wrong = {
        (one.measurement.metric, one.verdict)
        for one in report.findings
        if one.verdict in ACT | WATCH
        and load(METRICS, one.measurement.metric).weight
        # How long the background is takes the words, which are not read here.
        and one.measurement.metric != "situation"
    }
    assert {(one.metric, one.verdict) for one in faults or ()} == wrong
    if report.focus and faults:
        assert report.focus.metric == faults[0].metric


@pytest.mark.parametrize("name", [name for name in METRICS if load(METRICS, name).weight])
def test_every_fault_has_words_of_its_own(name: str) -> None:
    metric = load(METRICS, name)
    for headline, band, value in ((metric.too_low, Band(low=5), 1.0), (metric.too_high, Band(high=0.5), 1.0)):
        if headline:
            (only,) = Judge({name: band}).faults([Measurement(name, metric.version, value, 1)], ASKED) or ()
            assert only.text != f"{metric.label.lower()} {wording.VERDICTS[only.verdict]}"


VERDICTS = st.sampled_from([Verdict.LOW, Verdict.VERY_LOW, Verdict.HIGH, Verdict.VERY_HIGH])
SOME = st.lists(
    st.builds(fault, st.sampled_from(["action", "result", "length", "opening", *sorted(HABITS)]), VERDICTS),
    max_size=6,
    unique_by=lambda one: one.metric,
)


@given(SOME, st.data())
def test_an_answer_with_a_fault_less_is_never_rated_lower(several: list[Fault], data: st.DataObject) -> None:
    for one in several:
        milder = Verdict.LOW if one.verdict in LOW else Verdict.HIGH
        without = [other for other in several if other is not one]
        assert rate(without) >= rate(several)
        assert rate([*without, fault(one.metric, milder)]) >= rate(several)
    assert rate(data.draw(st.permutations(several))) is rate(several)
