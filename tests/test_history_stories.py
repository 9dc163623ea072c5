"""Stories in the history: kept whole, changed in one go, and gone without a trace when they are deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_history import QUESTION, assessment

from voiceprep.errors import HistoryError, InputError
from voiceprep.history import History, stories
from voiceprep.model import Question, QuestionKind
from voiceprep.stories import Story, Telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATE = Story(0, "2026-05-01T10:00:00+02:00", "The late invoice", "Last May …\nThen we\tshipped.", ("focus", "risk"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as book:
        yield book


def answer(book: History, *, at: str = "2026-05-02", question: Question | None = QUESTION) -> int:
    return book.save(assessment(sound=f"{len(book):064}", at=at, question=question))


def test_what_is_added_comes_back(book: History) -> None:
    first, second = stories.add(book, LATE), stories.add(book, replace(LATE, title="Another", competencies=()))
    assert (first, second) == (1, 2)
    assert stories.every(book) == (replace(LATE, id=1), replace(LATE, id=2, title="Another", competencies=()))


def test_a_story_made_from_an_answer_is_told_in_it(book: History) -> None:
    source = answer(book)
    number = stories.add(book, replace(LATE, answer=source))
    asked = Question(QUESTION.id, QUESTION.text, QuestionKind.BEHAVIOURAL)
    assert stories.tellings(book) == (Telling(number, source, "2026-05-02", asked),)


def test_tellings_come_in_the_order_in_which_they_were_said_and_each_once(book: History) -> None:
    number = stories.add(book, LATE)
    late, early = answer(book, at="2026-05-09"), answer(book, at="2026-05-03", question=None)
    for one in (late, early, late):
        stories.tell(book, number, one)
    assert [(one.answer, one.question is None) for one in stories.tellings(book)] == [(early, True), (late, False)]
    assert stories.untell(book, number, late)
    assert not stories.untell(book, number, late)
    assert [one.answer for one in stories.tellings(book)] == [early]


def test_a_change_leaves_when_and_from_what_it_was_made(book: History) -> None:
    number = stories.add(book, replace(LATE, answer=answer(book)))
    stories.change(book, Story(number, "now", "New title", "New text.", ("calm",)))
    assert stories.every(book) == (Story(number, LATE.at, "New title", "New text.", ("calm",), 1),)


def test_deleting_a_story_leaves_the_answer_and_none_of_its_words(book: History) -> None:
    source = answer(book)
    number = stories.add(book, replace(LATE, text="A pineapple fell on the server.", answer=source))
    stories.delete(book, number)
    assert (stories.every(book), stories.tellings(book), len(book)) == ((), (), 1)
    book.close()
    assert b"pineapple" not in book.path.read_bytes()


def test_deleting_an_answer_leaves_the_story(book: History) -> None:
    source = answer(book)
    number = stories.add(book, replace(LATE, answer=source))
    book.delete([source])
    assert stories.every(book) == (replace(LATE, id=number, answer=None),)
    assert stories.tellings(book) == ()


def test_an_answer_measured_again_still_tells_its_story(book: History) -> None:
    source = answer(book)
    number = stories.add(book, replace(LATE, answer=source))
    again = book.save(assessment(sound=f"{0:064}", at="2026-05-02", beam=9))
    assert again == source
    assert [one.story for one in stories.tellings(book)] == [number]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda book: stories.add(book, replace(LATE, answer=9)), "there is no answer 9"),
        (lambda book: stories.change(book, replace(LATE, id=9)), "there is no story 9"),
        (lambda book: stories.delete(book, 9), "there is no story 9"),
        (lambda book: stories.tell(book, 9, 1), "there is no story 9"),
        (lambda book: stories.tell(book, 1, 9), "there is no answer 9"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_changed(book: History, act: object, message: str) -> None:
    answer(book)
    stories.add(book, LATE)
    before = list(book.connection.iterdump())
    with pytest.raises(InputError, match=message):
        act(book)  # type: ignore[operator]
    assert list(book.connection.iterdump()) == before


def test_two_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as one, History(tmp_path / "history.db") as other:
        for number in range(5):
            stories.add(one, replace(LATE, title=f"one {number}"))
            stories.add(other, replace(LATE, title=f"other {number}"))
        assert len(stories.every(one)) == 10


def test_errors_of_the_file_are_ours(tmp_path: Path) -> None:
    with History(tmp_path / "history.db", timeout=0.05) as one, History(tmp_path / "history.db") as other:
        other.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="in use by another program"):
            stories.add(one, LATE)
        other.connection.execute("ROLLBACK")
        assert stories.add(one, LATE) == 1
