"""What to practise next: dates worked out by hand from the published formulas, reasons in words, a fixed order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rating import measured

from voiceprep.due import LONGEST, NEWEST, Said, State, Turn, key, replay, turns
from voiceprep.model import Question, QuestionKind
from voiceprep.rating import Judge, Rating

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LABELS = {"focus": "Customer focus", "risk": "Risk and decisions"}
RESULT_GONE = {"result": (0, 100), "star_parts": (3, 1)}


def question(name: str, *competencies: str) -> Question:
    return Question(name, f"Tell me about {name}.", QuestionKind.BEHAVIOURAL, competencies=competencies)


def said(days: float, **changed: tuple[float, float] | None) -> Said:
    """Return an answer of so many `days` before now."""
    return Said((NOW - timedelta(days=days)).isoformat(), tuple(measured(**changed)))


def order(questions: Sequence[Question], answers: Mapping[str, Sequence[Said]], now: datetime = NOW) -> list[Turn]:
    return list(turns(questions, answers, now, Judge({}), LABELS))


def one(*answers: Said, now: datetime = NOW) -> Turn:
    (turn,) = order([question("late")], {"late": answers}, now)
    return turn


# Dates


@pytest.mark.parametrize("rating", Rating)
def test_after_a_first_answer_the_interval_is_the_published_stability_in_whole_days(rating: Rating) -> None:
    due, recall = replay([(NOW, rating)], NOW)
    assert due == NOW + timedelta(days=max(1, round(DEFAULT_PARAMETERS[rating - 1])))
    assert recall == 1.0


@pytest.mark.parametrize("days", [1, 3, 10])
def test_the_chance_to_come_out_well_falls_by_the_published_curve(days: int) -> None:
    # FSRS 6: R(t, S) = (1 + F t / S) ^ -w20, with F such that R(S, S) = 0.9.
    w20, stability = DEFAULT_PARAMETERS[20], DEFAULT_PARAMETERS[Rating.GOOD - 1]
    factor = 0.9 ** (-1 / w20) - 1
    _, recall = replay([(NOW, Rating.GOOD)], NOW + timedelta(days=days))
    assert recall == pytest.approx((1 + factor * days / stability) ** -w20)


def test_a_second_answer_on_its_day_moves_the_date_as_the_formula_says() -> None:
    w = DEFAULT_PARAMETERS
    stability = w[Rating.EASY - 1]
    difficulty = min(max(w[4] - 2.718281828459045 ** (w[5] * 3) + 1, 1), 10)
    _, recall = replay([(NOW, Rating.EASY)], NOW + timedelta(days=8))
    grown = stability * (
        1
        + 2.718281828459045 ** w[8]
        * (11 - difficulty)
        * stability ** -w[9]
        * (2.718281828459045 ** ((1 - recall) * w[10]) - 1)
    )
    due, _ = replay([(NOW, Rating.EASY), (NOW + timedelta(days=8), Rating.GOOD)], NOW)
    assert (due - NOW).days == 8 + min(LONGEST, round(grown))


def test_no_date_is_further_away_than_the_longest_interval() -> None:
    tries = [(NOW + timedelta(days=30 * number), Rating.EASY) for number in range(9)]
    assert replay(tries, NOW)[0] == tries[-1][0] + timedelta(days=LONGEST)


RATINGS = st.sampled_from(list(Rating))
TRIES = st.lists(st.tuples(st.floats(0, 60), RATINGS), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(TRIES, st.data())
def test_a_better_answer_never_makes_a_question_due_earlier(
    tries: list[tuple[float, Rating]], data: st.DataObject
) -> None:
    ratings, at = [], NOW
    for gap, rating in tries:
        at += timedelta(days=gap)
        ratings.append((at, rating))
    place = data.draw(st.integers(0, len(ratings) - 1))
    moment, rating = ratings[place]
    better = data.draw(st.sampled_from([known for known in Rating if known >= rating]))
    improved = [*ratings[:place], (moment, better), *ratings[place + 1 :]]
    assert replay(improved, at)[0] >= replay(ratings, at)[0]
    assert replay(ratings, at) == replay(ratings, at)
    assert at + timedelta(days=1) <= replay(ratings, at)[0] <= at + timedelta(days=LONGEST)


def test_the_oldest_answers_beyond_the_newest_twenty_are_not_looked_at() -> None:
    recent = [said(NEWEST - number) for number in range(NEWEST)]
    old = [said(100 + number, **RESULT_GONE) for number in range(30)]
    assert one(*old, *recent).due == one(*recent).due
    assert one(*reversed([*old, *recent])).due == one(*recent).due


def test_a_question_is_due_from_the_morning_of_its_day_where_the_user_is() -> None:
    evening = Said("2026-05-31T23:30:00+02:00", tuple(measured(**RESULT_GONE)))
    here = timezone(timedelta(hours=2))
    assert one(evening, now=datetime(2026, 5, 31, 23, 59, tzinfo=here)).state is State.LATER
    assert one(evening, now=datetime(2026, 6, 1, 0, 1, tzinfo=here)).state is State.DUE


def test_a_time_without_a_zone_is_utc() -> None:
    assert one(Said("2026-05-30T08:00:00", tuple(measured()))).last == datetime(2026, 5, 30, 8, tzinfo=UTC)


# Reasons


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([said(23)], "came out well; not practised for 23 days"),
        ([said(1, **RESULT_GONE)], "no result in the last answer; practised yesterday"),
        (
            [said(9, **RESULT_GONE), said(2, **RESULT_GONE)],
            "no result in the last two answers; not practised for 2 days",
        ),
        ([said(9), said(2, **RESULT_GONE)], "no result in the last answer; not practised for 2 days"),
        ([said(9, **RESULT_GONE), said(0)], "came out well; practised today"),
        (
            [said(9, pace=(400, 1.7)), said(2, pace=(400, 1.7), **RESULT_GONE)],
            "no result in the last answer; not practised for 2 days",
        ),
        ([said(number, **RESULT_GONE) for number in range(12)], "no result in the last 12 answers; practised today"),
        (
            [Said(NOW.isoformat(), ())],
            "nothing could be measured in the last answer; practised today",
        ),
    ],
)
def test_the_reason_says_what_was_wrong_and_how_long_ago(answers: list[Said], reason: str) -> None:
    assert one(*answers).reason == reason


def test_what_was_never_practised_says_what_it_shows() -> None:
    questions = [question("done", "risk"), question("new", "risk"), question("other", "focus"), question("bare")]
    reasons = {turn.question.id: turn.reason for turn in order(questions, {"done": [said(1)]})}
    assert reasons["new"] == "never practised; shows risk and decisions, practised with 1 other question"
    assert reasons["other"] == "never practised; no answer yet that shows customer focus"
    assert reasons["bare"] == "never practised"


def test_an_answer_in_which_nothing_was_measured_moves_no_date() -> None:
    known = one(said(5))
    with_it = one(said(5), Said(NOW.isoformat(), ()))
    assert (with_it.due, with_it.rating) == (known.due, Rating.EASY)
    only = one(Said(NOW.isoformat(), ()))
    assert (only.state, only.recall, only.rating) == (State.DUE, None, None)


# Order


def test_due_comes_first_then_new_then_later() -> None:
    questions = [question("well"), question("new"), question("badly"), question("long-ago")]
    answers = {"well": [said(1)], "badly": [said(2, **RESULT_GONE)], "long-ago": [said(40)]}
    found = order(questions, answers)
    assert [(turn.question.id, turn.state) for turn in found] == [
        ("badly", State.DUE),
        ("long-ago", State.DUE),
        ("new", State.NEW),
        ("well", State.LATER),
    ]


def test_what_is_due_is_ordered_by_the_chance_to_come_out_well() -> None:
    names = ["a", "b", "c", "d"]
    answers = {"a": [said(12)], "b": [said(60)], "c": [said(30)], "d": [said(60)]}
    found = order([question(name) for name in names], answers)
    assert [turn.question.id for turn in found] == ["b", "d", "c", "a"]
    assert [turn.recall for turn in found] == sorted(turn.recall or 0 for turn in found)


def test_new_questions_come_from_the_weakest_competency_in_turns() -> None:
    questions = [
        question("risk-1", "risk"),
        question("risk-2", "risk"),
        question("focus-1", "focus"),
        question("both", "focus", "risk"),
        question("focus-2", "focus"),
        question("done", "risk"),
    ]
    found = order(questions, {"done": [said(1)]})
    # Of `risk` 1 of 4 is practised and would come out well: 0.25. `focus` goes from 0 over 0.33 to 0.67, `risk` from
    # 0.25 over 0.5 to 0.75.
    assert [turn.question.id for turn in found] == ["focus-1", "risk-1", "both", "focus-2", "risk-2", "done"]


def test_with_no_answers_the_first_question_comes_first() -> None:
    questions = [question("x", "risk"), question("y", "risk"), question("z", "focus")]
    assert [turn.question.id for turn in order(questions, {})] == ["x", "z", "y"]


def test_questions_that_the_user_typed_are_told_apart_by_their_texts() -> None:
    mine = [Question("typed", "Why us?"), Question("typed", "Why now?")]
    found = order(mine, {"Why us?": [said(40)]})
    assert [(turn.question.text, turn.state) for turn in found] == [("Why us?", State.DUE), ("Why now?", State.NEW)]
    assert len({key(one) for one in mine}) == 2


DAY = st.tuples(st.integers(0, 90), st.booleans())
NAMES = ["a", "b", "c", "d", "e", "f"]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(DAY, max_size=4, unique_by=lambda day: day[0])),
    st.lists(st.lists(st.sampled_from(["risk", "focus"]), unique=True), min_size=6, max_size=6),
)
def test_every_question_has_one_turn_and_the_same_facts_give_the_same_order(
    known: dict[str, list[tuple[int, bool]]], shows: list[list[str]]
) -> None:
    questions = [question(name, *those) for name, those in zip(NAMES, shows, strict=True)]
    answers = {
        name: [said(days, **(RESULT_GONE if bad else {})) for days, bad in several] for name, several in known.items()
    }
    found = order(questions, answers)
    assert sorted(turn.question.id for turn in found) == NAMES
    assert found == order(questions, {name: several[::-1] for name, several in answers.items()})
    states = [turn.state for turn in found]
    assert states == sorted(states, key=list(State).index)
