"""What the decoder thinks of a sound: asked with the words before it, without any model."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voiceprep import hesitation
from voiceprep.engines.ear import Ear
from voiceprep.engines.evidence import asked, strongest
from voiceprep.engines.windows import pack
from voiceprep.model import Detector, Span, Word

WORDS = [Word("so", Span(0.5, 1.0), 0.9), Word("we", Span(2.0, 2.4), 0.9), Word("went", Span(2.4, 3.0), 0.9)]


class Tokenizer:
    """Every word is a token."""

    sot_prev, sot_sequence, no_timestamps = "<prev>", ("<start>", "<en>"), "<plain>"

    def encode(self, text: str) -> list[str]:
        return text.split()


class Model:
    """Writes hesitations with set probabilities; remembers what it was asked."""

    max_length = 20

    def __init__(self, **chances: float) -> None:
        self.chances = chances
        self.told: list[tuple[list[str], list[str]]] = []
        self.model = self

    def align(self, encoded: Any, start: list[str], texts: list[list[str]], frames: int) -> list[Any]:
        assert (encoded, frames) == ("states", 300)
        self.told.append((start, texts[0]))
        return [SimpleNamespace(text_token_probs=[self.chances.get(token, 0.5) for token in texts[0]])]


STATE = SimpleNamespace(encoded="states", frames=300)


def test_um_and_uh_are_asked_after_the_prompt_and_the_words_before() -> None:
    model = Model(um=0.2, uh=0.3)
    assert asked(model, Tokenizer(), STATE, "Um, uh.", ("so", "we")) == pytest.approx(math.log(0.5))
    start = ["<prev>", "Um,", "uh.", "<start>", "<en>", "<plain>"]
    assert model.told == [(start, ["so", "we", "um"]), (start, ["so", "we", "uh"])]


@pytest.mark.parametrize("before", [(), ("No.",), ("Why?",)])
def test_a_sentence_begins_with_a_capital(before: tuple[str, ...]) -> None:
    model = Model()
    asked(model, Tokenizer(), STATE, "Um.", before)
    assert [text[-1] for _, text in model.told] == ["Um", "Uh"]


@pytest.mark.parametrize(
    ("chances", "evidence"),
    [({"um": 0.0, "uh": 0.0}, hesitation.FLOOR), ({"um": 0.7, "uh": 0.4}, hesitation.WRITTEN)],
)
def test_it_lies_between_the_floor_and_what_is_written(chances: dict[str, float], evidence: float) -> None:
    assert asked(Model(**chances), Tokenizer(), STATE, "Um.", ("so",)) == evidence


def test_what_does_not_fit_the_decoder_is_not_asked() -> None:
    model = Model()
    assert asked(model, Tokenizer(), STATE, "Um.", ("so",) * 20) == hesitation.FLOOR
    assert model.told == []


def test_the_place_that_is_likeliest_counts() -> None:
    chances = {("so",): -5.0, ("so", "we"): -1.0, ("so", "we", "went"): -3.0}
    assert strongest(chances.__getitem__, WORDS, Span(1.9, 2.3)) == -1.0
    assert strongest(chances.__getitem__, WORDS, Span(1.2, 1.6)) == -5.0
    assert strongest(chances.__getitem__, [], Span(1.2, 1.6)) == hesitation.FLOOR


def test_an_ear_asks_about_the_sounds_of_its_window_that_no_word_writes() -> None:
    # One state, which is the score: three sounds, the second of them written, the third in the next window.
    weights = np.zeros((5, 1), np.float32)
    weights[2] = 1.0
    probe = hesitation.Probe(
        weights, 0.0, np.ones(1, np.float32), 0.0, (4.0, 1.0, 0.0), Detector("a probe", "0" * 64, 1, 0, 0, 0)
    )
    ear = Ear(probe, 60.0)
    told: list[Span] = []

    def ask(sound: Span) -> float:
        told.append(sound)
        return -2.0

    for window in pack([Span(10.0, 20.0), Span(30.0, 50.0)]):
        states = np.full((round(window.duration / 0.02), 1), -1.0, np.float32)
        for start, end in ((2.0, 2.5), (5.0, 5.5)):
            states[round(start / 0.02) : round(end / 0.02)] = 1.0
        ear.hear(states, window)
        ear.doubt([Word("Um,", Span(15.1, 15.3), 0.9), Word("so", Span(35.1, 35.3), 0.9)], window, ask)
    assert [(round(span.start, 1), round(span.end, 1)) for span in told] == [(12.0, 12.5), (32.0, 32.5), (35.0, 35.5)]
    assert ear.track().evidence == tuple((span, -2.0) for span in told)
