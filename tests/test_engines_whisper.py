"""What is decided about Whisper's readings without any model."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from voiceprep.engines.readings import Reading, joined, split
from voiceprep.engines.verbatim import seamed
from voiceprep.engines.whisper import _Scribe, believed
from voiceprep.engines.windows import Piece, Window
from voiceprep.model import Span, Word

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("heard", "language", "share"),
    [
        ({"en": 0.98, "de": 0.01}, "en", 0.9899),
        ({"de": 0.96, "en": 0.02}, "de", 0.9796),
        # Distant speakers of English in a noisy room, as measured.
        ({"cy": 0.464, "en": 0.44}, "en", 0.4867),
        # English with a strong accent: nobody speaks Latin.
        ({"la": 0.7, "en": 0.1, "es": 0.085}, "en", 0.5405),
        ({"fr": 0.78, "la": 0.08, "en": 0.013}, "fr", 0.9836),
        ({"ru": 0.45, "en": 0.054}, "ru", 0.8929),
    ],
)
def test_another_language_is_believed_only_if_it_is_much_likelier(
    heard: dict[str, float], language: str, share: float
) -> None:
    assert believed(heard) == (language, share)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("a state-of-the-art thing", ["a", "state-of-the-art", "thing"]),
        ("it is " + "5-" * 9 + "5", ["it", "is", *["5"] * 10]),
    ],
)
def test_a_chain_of_hyphens_is_many_words(text: str, words: list[str]) -> None:
    assert split(text) == words


def reading(text: str, *, looping: bool = False) -> Reading:
    return Reading(text.split(), -0.3, 0.1, looping)


PLAIN = reading("He cut the copy in half and the number of calls went down in the end.")


@pytest.mark.parametrize(
    ("plain", "prompted", "kept"),
    [
        (PLAIN, "You know, like, uh, I mean, um,", PLAIN.words),
        (reading("in the end in the end", looping=True), "You know, um,", ["You", "know,", "um,"]),
        (reading("Um, you know."), "Um, uh, you know,", ["Um,", "uh,", "you", "know,"]),
        (reading("It went down."), "Um, it, uh, went down.", ["Um,", "it,", "uh,", "went", "down."]),
    ],
)
def test_the_prompt_said_back_is_not_what_was_said(plain: Reading, prompted: str, kept: list[str]) -> None:
    assert joined(plain, reading(prompted)) == kept


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (
            [("First,", 23.2, 23.7), ("I", 24.1, 24.24)],
            [("I", 24.24, 24.28), ("read", 24.28, 24.4)],
            ["First,", "I", "read"],
        ),
        ([("I", 24.1, 24.24)], [("I", 24.6, 24.7)], ["I", "I"]),
        ([("First,", 23.2, 23.7)], [("I", 23.7, 24.0)], ["First,", "I"]),
        ([], [("I", 0.0, 0.2)], ["I"]),
        ([("I", 0.0, 0.2)], [], ["I"]),
    ],
)
def test_a_word_that_two_windows_heard_at_their_seam_was_said_once(
    before: list[tuple[str, float, float]], after: list[tuple[str, float, float]], kept: list[str]
) -> None:
    one, other = ([Word(text, Span(start, end)) for text, start, end in part] for part in (before, after))
    assert [word.text for word in seamed(one, other)] == kept


@pytest.mark.parametrize(
    ("words", "score", "looping", "stands"),
    [
        ("We shipped it.", -0.1, False, True),
        ("We shipped it.", -0.3, False, False),
        ("again again again", -0.3, True, True),
        ("", -0.1, False, False),
    ],
)
def test_a_greedy_reading_stands_where_it_is_sure_or_goes_round(
    words: str, score: float, looping: bool, stands: bool
) -> None:
    assert Reading(words.split(), score, 0.0, looping).stands is stands


class ByTable(_Scribe):
    """Reads by a table: what it says of a window, prompted or plain, goes by whether the window is whole."""

    def __init__(self, whole: dict[bool, Reading], half: Reading) -> None:
        self._language, self._beam, self._by, self._half = "en", 1, whole, half
        self._states = SimpleNamespace(of=lambda window: SimpleNamespace(encoded=window))  # type: ignore[assignment]

    def _read(self, encoded: Any, prompt: str, _duration: float) -> Reading:
        return self._by[bool(prompt)] if encoded == WINDOW else self._half

    def _aligned(self, _state: object, words: Sequence[str]) -> list[dict[str, Any]]:
        return [{"word": word, "start": at, "end": at + 0.9, "probability": 0.9} for at, word in enumerate(words)]


WINDOW = Window((Piece(Span(0.0, 5.0), 0.0), Piece(Span(5.5, 10.5), 5.5)))


@pytest.mark.parametrize(
    ("prompted", "plain"),
    [
        (reading("We shipped."), reading("it was it was", looping=True)),
        (reading("it was it was", looping=True), PLAIN),
    ],
    ids=["a hole and a plain reading that goes round", "goes round"],
)
def test_a_window_that_neither_reading_covers_is_read_in_halves(prompted: Reading, plain: Reading) -> None:
    half = reading("We shipped it on time.")
    words = ByTable({True: prompted, False: plain}, half).words(WINDOW)
    assert [word.text for word in words] == half.words * 2
    assert words[5].span.start == pytest.approx(5.5)
