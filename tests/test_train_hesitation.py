"""How the detector is trained and counted: nobody's labels reach the weights or the calibration that judge them."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from voiceprep import hesitation
from voiceprep.engines.windows import pack
from voiceprep.model import Detector, Span, Word, WordKind
from voiceprep.scoring import Match

if TYPE_CHECKING:
    from collections.abc import Sequence

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

import train_hesitation as training
from hearing_rows import Row

BLANK = Detector("a probe", "0" * 64, 0, 0, 0, 0)
WIDTH = 4
SECONDS = 6.0
# Two that are easy to hear and one that the states hardly show.
SPANS = ((1.0, 1.4, "um", 2.0), (2.5, 2.9, "uh", 2.0), (4.0, 4.3, "um", 0.3))


def thought(sound: Span) -> float:
    """Return what a decoder might think of a `sound`: it would have written those after 3 s."""
    return -1.0 if sound.start > 3 else -8.0


def recording(speaker: str, seed: int, spans: Sequence[tuple[float, float, str, float]] = SPANS) -> training.Labelled:
    """Return a recording of noise in which the states of filled pauses stand out by the last number of each."""
    rng = np.random.default_rng(seed)
    times = (np.arange(round(SECONDS / hesitation.STEP)) + 0.5) * hesitation.STEP
    states = rng.normal(0, 0.3, (len(times), WIDTH)).astype(np.float32)
    truth = np.zeros(len(times), np.int8)
    for start, end, label, loud in spans:
        inside = (times >= start) & (times < end)
        truth[inside] = 1
        states[inside, 0] += loud
        states[inside & (times > end - 0.15), 1] += 1.0 if "m" in label else -1.0
    labels = [{"start": start, "end": end, "label": label} for start, end, label, _ in spans]
    words = (Word("um,", Span(1.05, 1.3), 0.9, WordKind.FILLED_PAUSE), Word("so", Span(3.2, 3.5), 0.9))
    heard = training.Heard([hesitation.beside(states).astype(np.float16)], [times], [truth])
    return training.Labelled(
        f"{speaker}1", speaker, {"filled_pauses": labels, "uncertain": []}, SECONDS, heard, (), words, thought
    )


RECORDINGS = [recording(speaker, seed) for seed, speaker in enumerate(("ann", "bob", "cy", "dee"))]


def test_training_twice_gives_the_same_bytes() -> None:
    first, folds, made = training.trained(RECORDINGS, BLANK)
    again, _, _ = training.trained(RECORDINGS, BLANK)
    assert hesitation.written(first) == hesitation.written(again)
    assert set(folds) == {"ann", "bob", "cy", "dee"}
    assert sum(guess.true for guess in made) >= 8
    # The evidence for what the words write, and for what only the decoder was asked about.
    assert {guess.evidence for guess in made} == {hesitation.WRITTEN, -1.0, -8.0}
    assert min(guess.peak for guess in made) < hesitation.MAYBE


def test_sounds_are_asked_about_in_the_window_that_they_lie_in() -> None:
    windows = pack([Span(0, 20), Span(21, 40)])
    words = [Word(text, Span(at, at + 0.4), 0.9) for text, at in (("one", 1), ("two", 5), ("three", 22), ("four", 30))]
    told: list[tuple[int, tuple[str, ...]]] = []

    def ask(window: int, before: tuple[str, ...]) -> float:
        told.append((window, before))
        return -float(len(before))

    asks = [(window, partial(ask, i)) for i, window in enumerate(windows)]
    assert training.evidence(asks, words, Span(3, 3.5)) == -1
    assert training.evidence(asks, words, Span(30.1, 30.5)) == -1
    assert told == [(0, ("one",)), (1, ("three",)), (1, ("three", "four"))]


def test_nothing_of_a_speaker_reaches_the_weights_or_the_calibration_without_that_speaker() -> None:
    _, folds, _ = training.trained(RECORDINGS, BLANK)
    # Ann says other things, at other times, and her words are others too.
    other = replace(recording("ann", 99, ((3.0, 3.6, "uh", 1.0),)), words=())
    whole, altered, _ = training.trained([other, *RECORDINGS[1:]], BLANK)
    assert hesitation.written(altered["ann"]) == hesitation.written(folds["ann"])
    assert hesitation.written(altered["bob"]) != hesitation.written(folds["bob"])
    assert whole.calibration != altered["ann"].calibration


@pytest.mark.parametrize(
    ("name", "speaker", "expected"),
    [
        ("read_alone_1", "one", "read_alone_"),
        ("read_alone_12", "", "read_alone_"),
        ("meeting_03", "several, far", "meeting_03"),
    ],
)
def test_takes_that_differ_by_a_number_are_one_persons(name: str, speaker: str, expected: str) -> None:
    assert training.speaker_of(name, speaker) == expected


def test_counts_are_those_of_the_whole_analysis() -> None:
    one, two = Span(1, 2), Span(5, 6)
    rows = [
        # One hit, one false alarm, one missed that was at least doubtful.
        Row("a", 10.0, Match(((one, one),), (two,), (two,)), said=((0.9, True), (0.8, False), (0.3, True))),
        # One missed that nothing showed.
        Row("b", 10.0, Match((), (), (one,))),
    ]
    assert training.counted(rows, BLANK) == replace(BLANK, hits=1, false=1, missed=2, unseen=1)
    assert training.counted([], BLANK) == BLANK
