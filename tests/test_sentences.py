from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.model import PausePlace, Span, Word, WordKind
from voiceprep.sentences import LONG_RUN, place, split
from voiceprep.testing import retimed, spoken

KINDS = {
    "[um]": WordKind.FILLED_PAUSE,
    "[like]": WordKind.FILLER,
    "[the]": WordKind.REPETITION,
    "[Um,]": WordKind.FILLED_PAUSE,
    "[um.]": WordKind.FILLED_PAUSE,
    "[so]": WordKind.FILLER,
}


def heard(text: str) -> tuple[Word, ...]:
    """Read words in square brackets as disfluencies, all others as words."""
    return tuple(
        replace(word, text=word.text.strip("[]"), kind=KINDS.get(word.text, WordKind.WORD))
        for word in spoken(text).words
    )


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(heard(text), spoken(text).pauses)]


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        pytest.param("I left. We stayed!", ["I left.", "We stayed!"], id="terminal marks"),
        pytest.param("We sold, e.g. bread and cake.", ["We sold, e.g. bread and cake."], id="e.g. goes on"),
        pytest.param("It rose 3.5 percent.", ["It rose 3.5 percent."], id="a point in a number"),
        pytest.param("Dr. Meier called. I went.", ["Dr. Meier called.", "I went."], id="a title goes on"),
        pytest.param("In the U.S. market it fell.", ["In the U.S. market it fell."], id="initials go on"),
        pytest.param("I moved to the U.S. We stayed.", ["I moved to the U.S.", "We stayed."], id="initials at the end"),
        pytest.param("It opened at 9 a.m. sharp.", ["It opened at 9 a.m. sharp."], id="a.m. goes on"),
        pytest.param("Bread, cake, etc. We sold it.", ["Bread, cake, etc.", "We sold it."], id="etc. at the end"),
        pytest.param("And then... we waited.", ["And then... we waited."], id="a hesitation in dots goes on"),
        pytest.param("It was over... The end came.", ["It was over...", "The end came."], id="dots at the end"),
        pytest.param("Was it No. 5 on the list?", ["Was it No. 5 on the list?"], id="number five"),
        pytest.param("Did he say no? No. He left.", ["Did he say no?", "No.", "He left."], id="no is a sentence"),
        pytest.param('He said "stop." I did.', ['He said "stop."', "I did."], id="a mark inside quotes"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_cuts_at_terminal_punctuation(said: str, sentences: list[str]) -> None:
    assert texts(said) == sentences


A_RUN = "the depot changed all the routes in one night with everybody on my shift being really quite angry about it"


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        pytest.param(f"{A_RUN} <0.4> so I called the planner and asked", ["the", "so"], id="so after a pause"),
        pytest.param(f"{A_RUN} <0.4> [so] I called the planner and asked", ["the", "I"], id="so as a filler"),
        pytest.param(f"{A_RUN} <0.3> and then I called the planner again", ["the", "and"], id="and then"),
        pytest.param(f"{A_RUN} <0.3> but then I called the planner again", ["the", "but"], id="but then"),
        pytest.param(f"{A_RUN} <0.9> the planner came over to us at once", ["the", "the"], id="a long pause"),
        pytest.param(
            f"{A_RUN}, <0.3> because I called the planner every day", ["the", "because"], id="comma and pause"
        ),
        pytest.param(
            f"{A_RUN} and I called the planner every single day", ["the", "and"], id="at need without a pause"
        ),
        pytest.param(f"{A_RUN} with <0.9> the planner of the whole depot there", ["the"], id="not inside a phrase"),
        pytest.param("I called him <0.4> so he came <0.9> the end", ["I"], id="a short run stays whole"),
        pytest.param(f"{A_RUN} in the whole town <0.4> so we left", ["the"], id="no piece under four words"),
    ],
)
def test_cuts_a_long_run(said: str, starts: list[str]) -> None:
    assert [text.split()[0] for text in texts(said)] == starts


def test_leaves_disfluencies_out_of_the_text() -> None:
    words = heard("[Um,] so, [like] I called the [the] planner, [um.] Then he came.")
    first, second = split(words, ())
    assert first.text == "So, I called the planner."
    assert (first.first, first.last) == (0, 9)
    assert second.text == "Then he came."


def test_a_dropped_last_word_leaves_its_mark() -> None:
    assert [s.text for s in split(heard("I called him [um.]"), ())] == ["I called him."]


def test_hesitations_alone_make_one_empty_sentence() -> None:
    (only,) = split(heard("[um] [um]"), ())
    assert (only.text, only.first, only.last) == ("", 0, 2)


def test_a_span_runs_from_the_first_to_the_last_word() -> None:
    words = spoken("I left. <1.0> We stayed.").words
    assert split(words, ())[1].span == Span(words[2].span.start, words[3].span.end)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("I left. <0.5> We stayed.", "between", id="after a full stop"),
        pytest.param("I left, <0.5> happy.", "between", id="after a comma"),
        pytest.param("I walked to <0.5> the shop", "within", id="inside a phrase"),
        pytest.param("we closed <0.5> because I was ill", "between", id="before because"),
        pytest.param("we closed <0.5> and then we slept", "between", id="before and then we"),
        pytest.param("my sister and <0.5> I called", "within", id="after and"),
        pytest.param("bread <0.5> and butter", "within", id="and joins nouns"),
        pytest.param("the shop <0.5> which was closed", "between", id="before which"),
        pytest.param("we closed <0.5> when the boss came", "between", id="before when with a noun"),
        pytest.param("we closed <0.5> before the evening", "within", id="before as preposition"),
        pytest.param("we closed <0.5> before I came", "between", id="before as conjunction"),
        pytest.param("the shop closed <0.5> I went home", "between", id="a subject without a mark"),
        pytest.param("because <0.5> I was ill", "within", id="after because"),
        pytest.param("the, <0.5> um shop", "within", id="a comma set before um"),
        pytest.param("I walked to um <0.5> the shop", "within", id="um before the pause"),
        pytest.param("we closed um <0.5> uh because I was ill", "between", id="um on both sides"),
        pytest.param("we met Dr. <0.5> Meier", "within", id="after a title"),
    ],
)
def test_places_a_pause(said: str, expected: str) -> None:
    found = place(spoken(said).pauses[0].span, heard(said.replace("um", "[um]").replace("uh", "[um]")))
    assert found is {"within": PausePlace.WITHIN_CLAUSE, "between": PausePlace.BETWEEN_CLAUSES}[expected]


@pytest.mark.parametrize("gap", [Span(0.0, 0.4), Span(90.0, 91.0)], ids=["before the first word", "after the last"])
def test_a_pause_outside_the_words_is_between(gap: Span) -> None:
    assert place(gap, spoken("we closed the shop").words) is PausePlace.BETWEEN_CLAUSES


TOKENS = st.sampled_from(
    [
        "so",
        "and",
        "then",
        "I",
        "we",
        "shop.",
        "shop,",
        "um",
        "uh.",
        "3.5",
        "e.g.",
        "U.S.",
        "No.",
        "...",
        "",
        "the",
        "left",
        "<0.3>",
        "<0.9>",
    ]
)


@given(st.lists(TOKENS, max_size=90))
def test_sentences_tile_the_words(tokens: list[str]) -> None:
    transcript = spoken(" ".join(tokens))
    sentences = split(transcript.words, transcript.pauses)
    assert [at for s in sentences for at in range(s.first, s.last)] == list(range(len(transcript.words)))
    assert all(s.span.start == transcript.words[s.first].span.start for s in sentences)


@given(st.lists(TOKENS, max_size=60), st.sampled_from([0.25, 7.0, 600.0]))
def test_moving_all_times_changes_no_sentence(tokens: list[str], by: float) -> None:
    before = spoken(" ".join(tokens))
    after = retimed(before, by)
    cut = [(s.text, s.first, s.last) for s in split(before.words, before.pauses)]
    assert cut == [(s.text, s.first, s.last) for s in split(after.words, after.pauses)]


def test_an_unpunctuated_answer_falls_into_short_pieces() -> None:
    transcript = spoken(" <0.4> ".join(f"so I called number {i} and they told me to wait" for i in range(12)))
    pieces = split(transcript.words, transcript.pauses)
    assert len(pieces) == 12
    assert max(piece.last - piece.first for piece in pieces) <= LONG_RUN
