"""A round of practice as a table: what is pressed, heard and waited for leads to what is to be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voiceprep import practice
from voiceprep.meter import Loudness, Meter, heard, loudness, quiet_for, share
from voiceprep.model import Span
from voiceprep.ports import Level
from voiceprep.practice import (
    FELL_SILENT,
    TIME_UP,
    Act,
    Asked,
    Began,
    Ended,
    Event,
    Heard,
    Played,
    Pressed,
    Read,
    Round,
    Rules,
    Stage,
    Ticked,
    begin,
    choices,
    rehearsal,
    step,
)

RULES = Rules(think=30, longest=180, target=Span(60, 120))
VOICE, HUSH = Level(-25, -10, clipped=False), Level(-60, -50, clipped=False)


def run(rules: Rules, *events: Event, more: bool = True) -> tuple[Round, list[Act]]:
    """Return where a round that begins at 0 ends up after `events`, and all that was to be done."""
    state, acts = begin(rules, 0.0, more=more)
    done = list(acts)
    for event in events:
        state, acts = step(state, event)
        done += acts
    return state, done


ALOUD, AT_ONCE = replace(RULES, aloud=True), replace(RULES, think=0)
SPOKEN = (Pressed(5, "space"), Began(5.2), Heard(6, VOICE))
STOPPED = (*SPOKEN, Pressed(70, "enter"))
REVIEWED = (*STOPPED, Read(72))


@pytest.mark.parametrize(
    ("rules", "events", "stage", "acts"),
    [
        (RULES, (), Stage.THINKING, []),
        (ALOUD, (), Stage.ASKING, [Act.ASK]),
        (AT_ONCE, (), Stage.RECORDING, [Act.RECORD]),
        # The question.
        (ALOUD, [Asked(8)], Stage.THINKING, [Act.ASK]),
        (ALOUD, [Pressed(3, "x")], Stage.ASKING, [Act.ASK, Act.HUSH]),
        (ALOUD, [Pressed(3, "q")], Stage.OVER, [Act.ASK, Act.HUSH, Act.LEAVE]),
        (ALOUD, [Ticked(300)], Stage.ASKING, [Act.ASK]),
        (replace(ALOUD, think=0), [Asked(8)], Stage.RECORDING, [Act.ASK, Act.RECORD]),
        # Thinking: any key begins, and so does the end of the time.
        (RULES, [Ticked(29.9)], Stage.THINKING, []),
        (RULES, [Ticked(30)], Stage.RECORDING, [Act.RECORD]),
        (RULES, [Pressed(2, "enter")], Stage.RECORDING, [Act.RECORD]),
        (RULES, [Pressed(2, "other")], Stage.RECORDING, [Act.RECORD]),
        (RULES, [Pressed(2, "q")], Stage.OVER, [Act.LEAVE]),
        # The time to think begins when the question has ended.
        (ALOUD, [Asked(20), Ticked(31)], Stage.THINKING, [Act.ASK]),
        # Recording: only Enter and space stop it.
        (RULES, [*SPOKEN, Pressed(9, "q"), Pressed(9, "d")], Stage.RECORDING, [Act.RECORD]),
        (RULES, STOPPED, Stage.READING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        (RULES, [*SPOKEN, Pressed(9, "space")], Stage.READING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        (RULES, [*SPOKEN, Ticked(185)], Stage.RECORDING, [Act.RECORD]),
        (RULES, [*SPOKEN, Ticked(185.2)], Stage.READING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        (RULES, [*SPOKEN, Ended(60, "unplugged")], Stage.READING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        # Nothing is pressed while the answer is read.
        (RULES, [*STOPPED, Pressed(71, "enter"), Pressed(71, "q")], Stage.READING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        # The report and its keys.
        (RULES, [*REVIEWED, Pressed(80, "enter")], Stage.REVIEW, [Act.RECORD, Act.STOP, Act.ANALYSE]),
        (RULES, [*REVIEWED, Pressed(80, "l")], Stage.LISTENING, [Act.RECORD, Act.STOP, Act.ANALYSE, Act.LISTEN]),
        (RULES, [*REVIEWED, Pressed(80, "n")], Stage.OVER, [Act.RECORD, Act.STOP, Act.ANALYSE, Act.NEXT]),
        (RULES, [*REVIEWED, Pressed(80, "q")], Stage.OVER, [Act.RECORD, Act.STOP, Act.ANALYSE, Act.LEAVE]),
        (RULES, [*REVIEWED, Pressed(80, "a")], Stage.THINKING, [Act.RECORD, Act.STOP, Act.ANALYSE]),
    ],
)
def test_what_happens_leads_to_what_is_done(
    rules: Rules, events: tuple[Event, ...], stage: Stage, acts: list[Act]
) -> None:
    state, done = run(rules, *events)
    assert (state.stage, done) == (stage, acts)


@pytest.mark.parametrize("key", ["r", "o"])
def test_the_report_and_the_page_leave_the_round_where_it_is(key: str) -> None:
    state, done = run(RULES, *REVIEWED, Pressed(80, key))
    assert state.stage is Stage.REVIEW
    assert done[-1] is {"r": Act.REPORT, "o": Act.OPEN}[key]


def test_a_take_is_deleted_by_the_second_key_only() -> None:
    state, done = run(RULES, *REVIEWED, Pressed(80, "d"))
    assert not state.sure
    assert Act.DELETE not in done
    state, done = run(RULES, *REVIEWED, Pressed(80, "d"), Pressed(81, "d"))
    assert state.deleted
    assert done[-1] is Act.DELETE
    state, done = run(RULES, *REVIEWED, Pressed(80, "d"), Pressed(81, "x"), Pressed(82, "d"))
    assert not state.deleted
    assert Act.DELETE not in done


def test_what_is_deleted_cannot_be_heard_or_opened() -> None:
    state, _ = run(RULES, *REVIEWED, Pressed(80, "d"), Pressed(81, "d"))
    assert [choice.key for choice in choices(state)] == ["a", "n", "q"]


def test_listening_ends_by_itself_or_by_a_key() -> None:
    state, _ = run(RULES, *REVIEWED, Pressed(80, "l"), Played(140))
    assert state.stage is Stage.REVIEW
    state, done = run(RULES, *REVIEWED, Pressed(80, "l"), Pressed(90, "space"))
    assert done[-1] is Act.HUSH
    assert state.stage is Stage.LISTENING


def test_again_is_another_take_of_the_same_question_with_a_fresh_meter() -> None:
    state, _ = run(RULES, *REVIEWED, Pressed(80, "a"))
    assert (state.take, state.began, state.meter, state.since) == (2, None, Meter(), 80)


def test_without_a_report_there_is_none_to_open() -> None:
    state, _ = run(RULES, *STOPPED, Read(72, failed=True))
    assert [choice.key for choice in choices(state)] == ["l", "a", "n", "d", "q"]


def test_after_the_last_question_there_is_no_next() -> None:
    state, _ = run(RULES, *REVIEWED, Pressed(80, "n"), more=False)
    assert state.stage is Stage.REVIEW
    assert "n" not in [choice.key for choice in choices(state)]


def test_a_rehearsal_is_one_take_of_two_minutes_without_listening() -> None:
    rules = rehearsal(RULES)
    assert (rules.think, rules.longest) == (30, 120)
    state, _ = run(rules, *SPOKEN, Ticked(125.2))
    assert (state.stage, state.ended) == (Stage.READING, TIME_UP)
    state, _ = run(rules, *REVIEWED)
    assert [choice.key for choice in choices(state)] == ["r", "n", "o", "d", "q"]


def test_silence_ends_an_answer_only_if_that_was_asked_for_and_somebody_spoke() -> None:
    patient = replace(RULES, stop_after=4)
    quiet = [*SPOKEN, Heard(8, HUSH)]
    assert run(RULES, *quiet, Ticked(60))[0].stage is Stage.RECORDING
    assert run(patient, *quiet, Ticked(9.9))[0].stage is Stage.RECORDING
    state, _ = run(patient, *quiet, Ticked(10))
    assert (state.stage, state.ended) == (Stage.READING, FELL_SILENT)
    assert run(patient, Pressed(5, "x"), Began(5), Heard(6, HUSH), Ticked(90))[0].stage is Stage.RECORDING


def test_the_wait_is_counted_from_the_true_end_of_the_question() -> None:
    state, _ = run(replace(ALOUD, think=0), Asked(7.5), Began(7.9))
    assert practice.asked_in(state) == pytest.approx(-0.4)


@pytest.mark.parametrize(
    ("rules", "events"),
    [
        (ALOUD, [Asked(7.5), Pressed(9, "x"), Began(9.3)]),
        (replace(ALOUD, think=0), [Asked(7.5, hushed=True), Began(7.9)]),
        (AT_ONCE, [Began(0.3)]),
    ],
    ids=["time to think", "skipped", "only shown"],
)
def test_no_wait_is_told_where_it_would_mean_nothing(rules: Rules, events: list[Event]) -> None:
    assert practice.asked_in(run(rules, *events)[0]) is None


def test_how_long_one_thought_is_kept() -> None:
    assert run(RULES, Pressed(12, "x"))[0].thought == 12
    assert run(ALOUD, Asked(8), Ticked(38))[0].thought == 30


EVENTS = some.lists(
    some.one_of(
        some.builds(Pressed, some.just(0.0), some.sampled_from(["enter", "space", "other", *"lanrodqx"])),
        some.sampled_from(
            [Ticked(0), Ticked(31), Ticked(500), Asked(8), Began(0), Heard(1, VOICE), Ended(2, "gone"), Read(3)]
        ),
        some.just(Played(4)),
    ),
    max_size=40,
)


@given(events=EVENTS, aloud=some.booleans(), once=some.booleans())
def test_every_recording_that_begins_is_stopped_before_another_begins(
    events: list[Event], *, aloud: bool, once: bool
) -> None:
    rules = replace(RULES, aloud=aloud, takes=int(once))
    state, done = run(rules, *events)
    sound = [act for act in done if act in {Act.RECORD, Act.STOP, Act.ANALYSE}]
    rounds = [Act.RECORD, Act.STOP, Act.ANALYSE] * len(sound)
    assert sound == rounds[: len(sound)]
    assert (len(sound) % 3 == 1) == (state.stage is Stage.RECORDING)
    assert not once or done.count(Act.RECORD) <= 1


# The meter.


def after(*levels: tuple[float, Level]) -> Meter:
    meter = Meter()
    for at, level in levels:
        meter = heard(meter, level, at)
    return meter


@pytest.mark.parametrize(
    ("levels", "at", "expected"),
    [
        ([], 0.0, Loudness.WAITING),
        ([(0.1, HUSH)], 1.0, Loudness.WAITING),
        ([(0.1, VOICE)], 0.5, Loudness.GOOD),
        ([(0.1, VOICE), (1.5, HUSH)], 1.5, Loudness.SILENCE),
        ([(0.1, Level(-46, -40, clipped=False))], 2.0, Loudness.SILENCE),
        ([(0.1, Level(-46, -40, clipped=False))], 3.5, Loudness.QUIET),
        ([(0.1, Level(-90, -80, clipped=False))], 3.5, Loudness.MUTED),
        ([(0.1, Level(-90, -80, clipped=False))], 2.5, Loudness.WAITING),
        ([(4.0, Level(-8, 0, clipped=True))], 5.9, Loudness.CLIPPED),
        ([(4.0, Level(-8, 0, clipped=True)), (6.0, VOICE)], 6.1, Loudness.GOOD),
        # Who has spoken up once is not warned in every pause.
        ([(0.1, VOICE), (9.0, HUSH)], 9.0, Loudness.SILENCE),
    ],
)
def test_a_level_is_told_in_words(levels: list[tuple[float, Level]], at: float, expected: Loudness) -> None:
    assert loudness(after(*levels), at) is expected


def test_silence_is_relative_to_the_voice() -> None:
    room = Level(-44, -38, clipped=False)
    assert quiet_for(after((1, Level(-18, -4, clipped=False)), (2, room), (5, room)), 5) == 4
    assert quiet_for(after((1, room), (5, room)), 5) == 0


@pytest.mark.parametrize(("level", "expected"), [(-120, 0.0), (-60, 0.0), (-30, 0.5), (0, 1.0)])
def test_the_bar_shows_sixty_decibels(level: float, expected: float) -> None:
    assert share(after((1, Level(level, level, clipped=False)))) == pytest.approx(expected)
