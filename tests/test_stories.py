"""Which story answers which question, which an answer tells, and which is told too often: by rules that can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.model import Point, Question, QuestionKind
from voiceprep.stories import (
    ALIKE,
    LATEST,
    TITLE,
    Story,
    Telling,
    asks_for_story,
    content,
    covered,
    fits,
    proposals,
    title_of,
    uses,
)
from voiceprep.testing import spoken, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

INVOICE = (
    "Last May our invoice page broke for three large customers a week before the audit. I called each of them, wrote "
    "every column on a card, and we shipped the tax column first. Complaints fell by half and the auditor signed."
)
QUEUE = (
    "Two winters ago the message queue filled up at night while I was on call. I stopped the orders for a while, "
    "emptied it by hand with the operations lead, and wrote the alarm that was missing. No order was lost."
)
ASKED = Question(
    "late",
    "Tell me about a time when customers were angry.",
    QuestionKind.BEHAVIOURAL,
    points=(Point("Who they were", ("large customers",)), Point("What you did", ("called each", "wrote"))),
    competencies=("focus", "risk"),
)


def story(number: int, text: str = INVOICE, *competencies: str) -> Story:
    return Story(number, "2026-05-01", f"Story {number}", text, competencies)


# Which answers which


def test_a_story_fits_by_what_it_shows_by_the_points_it_brings_and_by_words() -> None:
    (fit,) = fits([story(1, INVOICE, "focus", "calm")], [ASKED])
    assert fit.competencies == ("focus",)
    assert fit.points == (("Who they were", "large customers"), ("What you did", "called each"))
    assert fit.words == ("customers",)
    assert fit.meaning is None
    # One of two competencies, both points, and one of the question's words: angry and customers.
    assert fit.score == pytest.approx(1 / 2 + 2 / 2 + 1 / 2)


def test_the_story_that_shows_and_brings_more_comes_first() -> None:
    bank = [story(1, QUEUE, "risk"), story(2, INVOICE, "focus", "risk"), story(3, QUEUE, "focus")]
    assert [fit.story.id for fit in fits(bank, [ASKED])] == [2, 1, 3]


@pytest.mark.parametrize(
    ("shows", "asks", "text", "found"),
    [
        (("focus",), ("risk",), INVOICE, False),
        (("focus",), (), INVOICE, True),
        ((), ("risk",), INVOICE, True),
        ((), (), QUEUE, False),
        (("risk",), ("risk",), QUEUE, True),
    ],
)
def test_competencies_decide_and_where_one_has_none_the_words_do(
    shows: tuple[str, ...], asks: tuple[str, ...], text: str, *, found: bool
) -> None:
    asked = replace(ASKED, points=(), competencies=asks)
    assert bool(fits([story(1, text, *shows)], [asked])) is found


def test_with_a_reader_of_meaning_nearness_counts_instead_of_the_share_of_words() -> None:
    read: list[str] = []

    def vectors(texts: Sequence[str]) -> np.ndarray:
        read.extend(texts)
        return np.array([[1.0, 0.0], [0.6, 0.8], [0.0, -1.0]])[: len(texts)]

    questions = [replace(ASKED, competencies=()), Question("other", "Why do you want to leave?")]
    found = fits([story(1, QUEUE)], questions, vectors)
    assert read == [
        QUEUE,
        "Tell me about a time when customers were angry. Who they were What you did",
        questions[1].text,
    ]
    assert [(fit.question.id, fit.meaning, fit.closeness) for fit in found] == [("late", 0.6, 0.6)]


def test_no_stories_and_no_questions_give_no_fits() -> None:
    assert fits([], [ASKED]) == fits([story(1)], []) == ()


@pytest.mark.parametrize(
    ("kind", "star", "asks"),
    [
        (QuestionKind.BEHAVIOURAL, None, True),
        (QuestionKind.OPEN, None, True),
        (QuestionKind.TECHNICAL, None, False),
        (QuestionKind.PRODUCT, True, True),
        (QuestionKind.BEHAVIOURAL, False, False),
    ],
)
def test_only_what_asks_for_something_that_happened_asks_for_a_story(
    kind: QuestionKind, star: bool | None, *, asks: bool
) -> None:
    assert asks_for_story(Question("q", "Why?", kind, star=star)) is asks


# Which an answer tells


RETOLD = spoken(
    "So um <0.4> it was last May and the invoice page broke for our three large customers before the audit . <0.6> "
    "I called them and wrote the columns on cards and we shipped tax first . <0.5> Half the complaints went away and "
    "the auditor was happy and signed . My boss thanked the whole team with a dinner ."
)


def test_an_answer_is_matched_to_the_story_whose_words_it_shares() -> None:
    (found,) = proposals(RETOLD.words, [story(1, QUEUE), story(2, INVOICE)])
    assert found.story.id == 2
    assert ALIKE <= found.share <= 1
    assert {"invoice", "audit", "tax"} <= set(found.words)


def test_words_that_other_stories_have_too_come_last_in_the_evidence() -> None:
    other = story(1, QUEUE + " The invoice was late and the audit too.")
    (found,) = [one for one in proposals(RETOLD.words, [other, story(2, INVOICE)]) if one.story.id == 2]
    assert set(found.words[-4:]) == {"invoice", "audit", "called", "wrote"}


def test_too_few_words_are_matched_to_nothing() -> None:
    assert proposals(spoken("The invoice page broke before the audit .").words, [story(1)]) == ()
    assert proposals(RETOLD.words, [story(1, "The invoice page broke before the audit.")]) == ()


def test_fillers_repeats_and_small_words_are_no_content() -> None:
    words = spoken("So um <0.4> I I called the the customers and I was calling them .").words
    assert content(words) == {"call": "called", "customer": "customers"}


@given(st.permutations([1, 2, 3]))
def test_the_order_of_the_bank_does_not_change_what_is_found(order: list[int]) -> None:
    bank = {1: story(1, QUEUE), 2: story(2, INVOICE), 3: story(3, INVOICE + " We celebrated.")}
    found = proposals(RETOLD.words, [bank[number] for number in order])
    assert {one.story.id for one in found} == {2, 3}
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


def test_a_story_told_word_for_word_shares_all_of_its_words() -> None:
    assert [one.share for one in proposals(typed(INVOICE).words, [story(1)])] == [1.0]


# Which is told too often


def telling(number: int, answer: int, question: str | None, at: str = "") -> Telling:
    asked = Question(question, f"{question}?") if question else None
    return Telling(number, answer, at or f"2026-05-{answer:02}", asked)


@pytest.mark.parametrize(
    ("told", "overused"),
    [
        ([], False),
        # The same question again and again is practice.
        (["a", "a", "a", "a"], False),
        (["a", "b"], False),
        (["a", "b", "c"], True),
        ([None, None, None], True),
    ],
)
def test_overused_is_what_is_told_for_several_questions(told: list[str | None], *, overused: bool) -> None:
    found = uses([telling(1, number, question) for number, question in enumerate(told, 1)])
    assert (1 in found and found[1].overused) is overused


def test_overused_is_a_share_of_all_questions_that_were_told_a_story() -> None:
    many = [telling(1, number, question) for number, question in enumerate("abc", 1)]
    others = [telling(2, number, question) for number, question in enumerate("defg", 4)]
    found = uses([*many, *others])
    assert (found[1].answers, found[1].questions, found[1].of, found[1].overused) == (3, 3, 7, False)
    assert found[2].overused
    assert uses([*many, *others[:3]])[1].overused


def test_only_the_newest_tellings_count() -> None:
    old = [telling(1, number, question, f"2025-01-{number:02}") for number, question in enumerate("abc", 1)]
    new = [telling(2, number, "d", f"2026-01-{number:02}") for number in range(4, LATEST + 4)]
    assert 1 not in uses([*new, *old])
    assert uses(old)[1].overused


def test_what_a_competency_is_covered_by() -> None:
    bank = [story(1, INVOICE, "focus"), story(2, QUEUE, "risk", "focus"), story(3, QUEUE)]
    found = covered(bank, ["risk", "calm", "focus"])
    assert {name: [one.id for one in several] for name, several in found.items()} == {
        "risk": [2],
        "calm": [],
        "focus": [1, 2],
    }


# Titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We were late. Then we shipped.", "We were late"),
        ("  We   were\nlate ", "We were late"),
        ("Why me? I asked.", "Why me"),
        ("a" * 80, "a" * 80),
        (
            "Two years ago I was the product manager for the booking app of a bus company.",
            "Two years ago I was the product manager for the booking app\N{HORIZONTAL ELLIPSIS}",
        ),
        ("We had promised a new, quick and very cheap loyalty programme, for the summer.", None),
    ],
)
def test_a_title_is_how_the_first_sentence_begins(text: str, title: str | None) -> None:
    made = title_of(text)
    assert title is None or made == title
    assert len(made) <= TITLE + 1 or " " not in made
    assert not made.endswith(",\N{HORIZONTAL ELLIPSIS}")
