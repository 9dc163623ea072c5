from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.model import PausePlace, Span, Word, WordKind
from voiceprep.testing import spoken
from voiceprep.timeline import placed, settled


def word(text: str, start: float, end: float, kind: WordKind = WordKind.WORD) -> Word:
    return Word(text, Span(start, end), 0.9, kind)


SPEECH = (Span(1.0, 2.0), Span(3.0, 4.0))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(1.2, 1.5), Span(1.2, 1.5)),
        (Span(1.8, 2.9), Span(1.8, 2.0)),
        (Span(2.1, 3.4), Span(3.0, 3.4)),
        (Span(0.6, 1.3), Span(1.0, 1.3)),
        (Span(2.7, 2.9), Span(3.0, 3.2)),
        (Span(2.05, 2.25), Span(1.8, 2.0)),
        (Span(2.5, 2.5), None),
        (Span(4.6, 4.9), None),
        (Span(1.4, 1.4), Span(1.4, 1.44)),
        (Span(2.0, 2.0), Span(1.96, 2.0)),
    ],
    ids=[
        "inside",
        "runs into silence",
        "begins in silence",
        "early",
        "before",
        "after",
        "in silence",
        "past the end",
        "no length",
        "no length at the end",
    ],
)
def test_words_are_trimmed_to_the_sound(span: Span, expected: Span | None) -> None:
    words = settled([word("so", span.start, span.end)], SPEECH)
    assert [w.span for w in words] == ([expected] if expected else [])


def test_a_filled_pause_lasts_as_long_as_its_sound() -> None:
    words = settled([word("um,", 1.2, 1.3, WordKind.FILLED_PAUSE), word("we", 1.6, 1.8)], SPEECH)
    assert words[0].span == Span(1.2, 1.6)


def test_a_filled_pause_ends_with_the_speech() -> None:
    words = settled([word("um,", 1.7, 1.8, WordKind.FILLED_PAUSE), word("we", 3.1, 3.3)], SPEECH)
    assert words[0].span == Span(1.7, 2.0)


def test_an_ordinary_word_is_not_drawn_out() -> None:
    words = settled([word("so", 1.2, 1.3), word("we", 1.6, 1.8)], SPEECH)
    assert words[0].span == Span(1.2, 1.3)


def test_nothing_was_said_where_there_is_no_speech() -> None:
    assert settled([word("Thank", 0.1, 0.4), word("you.", 0.4, 0.8)], ()) == ()


SPANS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 150)), max_size=20)


def test_a_word_without_length_does_not_push_its_neighbours() -> None:
    words = settled([word("a", 1.1, 1.1), word("b", 1.2, 1.4)], SPEECH)
    assert [w.span for w in words] == [Span(1.1, 1.14), Span(1.2, 1.4)]


@given(SPANS)
def test_words_inside_speech_stay_where_they_are(said: list[tuple[int, int]]) -> None:
    words: list[Word] = []
    for start, length in sorted(said):
        if length >= 4 and (not words or start / 100 >= words[-1].span.end):
            words.append(word("w", start / 100, (start + length) / 100))
    assert [w.span for w in settled(words, [Span(0, 20)])] == [w.span for w in words]


@given(SPANS, SPANS)
def test_settled_words_are_in_order_and_touch_the_sound(
    said: list[tuple[int, int]], heard: list[tuple[int, int]]
) -> None:
    words = [word("w", a / 100, (a + n) / 100) for a, n in sorted(said)]
    speech: list[Span] = []
    for a, n in sorted(heard):
        if n > 10 and (not speech or a / 100 > speech[-1].end + 0.1):
            speech.append(Span(a / 100, (a + n) / 100))
    out = settled(words, speech)
    assert [w.span.start for w in out] == sorted(w.span.start for w in out)
    assert all(w.span.duration > 0 for w in out)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("we shipped it, <0.5> and then we waited", [PausePlace.BETWEEN_CLAUSES]),
        ("we shipped the <0.5> module", [PausePlace.WITHIN_CLAUSE]),
        ("we shipped the um <0.5> module", [PausePlace.WITHIN_CLAUSE]),
        ("it was late. <0.9> So we moved", [PausePlace.BETWEEN_CLAUSES]),
    ],
)
def test_pauses_are_placed_among_the_words(text: str, places: list[PausePlace]) -> None:
    transcript = spoken(text)
    silences = [pause.span for pause in transcript.pauses]
    assert [pause.place for pause in placed(silences, transcript.words)] == places


def test_kinds_and_probabilities_stay() -> None:
    said = replace(word("like", 1.2, 1.5, WordKind.FILLER), probability=0.4)
    assert settled([said], SPEECH) == (said,)
