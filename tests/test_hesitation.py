"""Filled pauses from the encoder's states: scores to sounds, sounds and words joined, how many there likely are."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep import disfluency, hesitation, pipeline, voice
from voiceprep.audio import decode
from voiceprep.errors import EngineError
from voiceprep.hesitation import (
    STEP,
    Probe,
    Track,
    beside,
    chance,
    joined,
    likely,
    load,
    read,
    scores,
    smoothed,
    sounds,
)
from voiceprep.model import Detector, Heard, Settings, Span, Word, WordKind
from voiceprep.models import known

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

from train_hesitation import evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    Floats = np.ndarray[tuple[int], np.dtype[np.float32]]

SAMPLES = Path(__file__).parents[1] / "samples"
DETECTOR = Detector("a probe", "0" * 64, 29, 1, 4, 3)
# The log odds are 4 times the peak, and the evidence (0 where the words have it, -10 where nobody asked), and 1.
PROBE = Probe(np.ones((5, 3), np.float32), 0.5, np.ones(3, np.float32), -1.0, (4.0, 1.0, 1.0), DETECTOR)


def track(
    *parts: tuple[float, float, float], seconds: float = 5.0, nasal: float = 1.0, evidence: float = -4.0
) -> Track:
    """Return a track of `seconds` that is low but for `parts` (start, end, score), all with the same evidence."""
    score = np.full(round(seconds / STEP), -1.0, np.float32)
    for start, end, value in parts:
        score[round(start / STEP) : round(end / STEP)] = value
    thought = tuple((Span(start, end), evidence) for start, end, _ in parts)
    return Track(score, np.full(len(score), nasal, np.float32), PROBE, thought)


def word(text: str, start: float, end: float, kind: WordKind = WordKind.WORD) -> Word:
    return Word(text, Span(start, end), 0.9, kind)


def um(text: str, start: float, end: float) -> Word:
    return word(text, start, end, WordKind.FILLED_PAUSE)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([], []),
        ([(1.0, 1.4, 0.9)], [(1.0, 1.4)]),
        # Shorter than 100 ms, or never clear enough.
        ([(1.0, 1.08, 0.9)], []),
        ([(1.0, 1.5, 0.25)], []),
        # A dip does not part a sound, a gap of 140 ms does.
        ([(1.0, 1.2, 0.9), (1.3, 1.5, 0.9)], [(1.0, 1.5)]),
        ([(1.0, 1.2, 0.9), (1.34, 1.5, 0.9)], [(1.0, 1.2), (1.34, 1.5)]),
        # It reaches as far as the score stays above the lower bound.
        ([(0.8, 1.0, 0.22), (1.0, 1.2, 0.9), (1.2, 1.3, 0.25)], [(0.8, 1.3)]),
        # At both ends of the recording.
        ([(0.0, 0.2, 0.9), (4.8, 5.0, 0.9)], [(0.0, 0.2), (4.8, 5.0)]),
    ],
)
def test_a_sound_is_where_the_score_is_high_for_long_enough(
    parts: list[tuple[float, float, float]], found: list[tuple[float, float]]
) -> None:
    assert [(span.start, span.end) for span, _ in sounds(track(*parts).score)] == found


def test_each_state_is_judged_with_those_around_it() -> None:
    states = np.arange(20, dtype=np.float32)[:, None]
    assert beside(states)[[0, 10, 19]].tolist() == [[0, 0, 0, 3, 6], [4, 7, 10, 13, 16], [13, 16, 19, 19, 19]]


def test_a_score_is_the_weighted_sum_of_the_states_and_a_bias() -> None:
    score, nasal = scores(np.full((30, 3), 0.1, np.float32), PROBE)
    assert score == pytest.approx(np.full(30, 5 * 3 * 0.1 + 0.5))
    assert nasal == pytest.approx(np.full(30, 0.3 - 1.0))
    assert [len(part) for part in scores(np.zeros((1, 3), np.float32), PROBE)] == [1, 1]


@given(st.lists(st.floats(-3, 3, width=32), max_size=40))
def test_smoothing_keeps_length_and_range(values: list[float]) -> None:
    given_values = np.array(values, np.float32)
    smooth = smoothed(given_values)
    assert len(smooth) == len(values)
    if values:
        assert given_values.min() - 1e-5 <= smooth.min()
        assert smooth.max() <= given_values.max() + 1e-5


@pytest.mark.parametrize(
    ("peak", "evidence", "expected"), [(1.0, -4.0, 0.7311), (0.5, -4.0, 0.2689), (0.0, 0.0, 0.7311), (1.0, -10, 0.0067)]
)
def test_a_chance_is_the_logistic_function_of_sound_and_words(peak: float, evidence: float, expected: float) -> None:
    assert chance(peak, evidence, PROBE.calibration) == pytest.approx(expected, abs=1e-4)


SAID = [word("we", 0.5, 0.8), word("shipped", 1.6, 2.1)]


def test_a_sound_without_a_word_is_put_in() -> None:
    words, doubtful = joined(SAID, track((1.0, 1.4, 1.2)))
    assert [w.text for w in words] == ["we", "um,", "shipped"]
    assert (words[1].kind, words[1].heard, words[1].probability) == (WordKind.FILLED_PAUSE, Heard.SOUND, 0.8581)
    assert (words[1].span.start, words[1].span.end) == pytest.approx((1.0, 1.4))
    assert doubtful == ()


def test_without_a_nasal_end_it_is_an_uh() -> None:
    words, _ = joined(SAID, track((1.0, 1.4, 1.2), nasal=-1.0))
    assert words[1].text == "uh,"


def test_what_both_have_is_one_with_the_times_of_the_sound() -> None:
    words, _ = joined([SAID[0], um("Uh,", 1.05, 1.15), SAID[1]], track((1.0, 1.4, 1.2)))
    assert [w.text for w in words] == ["we", "Uh,", "shipped"]
    assert words[1].heard is Heard.BOTH
    assert (words[1].span.start, words[1].span.end) == pytest.approx((1.0, 1.4))


def test_a_word_that_no_sound_supports_is_left_out_and_said_to_be_doubtful() -> None:
    words, doubtful = joined([SAID[0], um("um,", 1.05, 1.15), SAID[1]], track())
    assert [w.text for w in words] == ["we", "shipped"]
    assert [(d.span, d.probability < 0.05) for d in doubtful] == [(Span(1.05, 1.15), True)]


def test_a_faint_sound_alone_is_doubtful() -> None:
    words, doubtful = joined(SAID, track((1.0, 1.4, 0.5)))
    assert [w.text for w in words] == ["we", "shipped"]
    assert [d.probability for d in doubtful] == [0.2689]


@pytest.mark.parametrize(("evidence", "counted"), [(-0.5, True), (-4.0, False), (-10.0, False)])
def test_a_faint_sound_counts_where_the_decoder_would_have_written_it(evidence: float, counted: bool) -> None:
    words, doubtful = joined(SAID, track((1.0, 1.4, 0.4), evidence=evidence))
    assert (len(words), len(doubtful)) == ((3, 0) if counted else (2, 1))


def test_a_sound_that_the_decoder_was_not_asked_about_is_not_counted() -> None:
    heard = replace(track((1.0, 1.4, 1.2)), evidence=((Span(2.0, 2.4), 0.0),))
    words, doubtful = joined(SAID, heard)
    assert (len(words), [d.probability for d in doubtful]) == (2, [0.0148])


@pytest.mark.parametrize(
    ("written", "alone"),
    [
        ([], [(1.0, 1.4), (2.0, 2.4)]),
        ([(1.1, 1.2)], [(2.0, 2.4)]),
        # A word near both writes the nearer one.
        ([(1.6, 1.9)], [(1.0, 1.4)]),
        ([(3.0, 3.2)], [(1.0, 1.4), (2.0, 2.4)]),
        ([(1.1, 1.2), (1.3, 1.5), (2.3, 2.6)], []),
    ],
)
def test_a_sound_is_unwritten_where_no_hesitation_is_the_nearest_to_it(
    written: list[tuple[float, float]], alone: list[tuple[float, float]]
) -> None:
    heard = [Span(1.0, 1.4), Span(2.0, 2.4)]
    assert hesitation.unwritten(heard, [Span(*one) for one in written]) == [Span(*one) for one in alone]


@pytest.mark.parametrize(
    ("sound", "before"),
    [
        ((0.0, 0.2), [0]),
        ((1.2, 1.4), [1]),
        # Over the middle of the second word: before it or after it.
        ((1.9, 2.1), [1, 2]),
        ((4.0, 4.4), [3]),
        ((0.0, 4.4), [0, 1, 2, 3]),
    ],
)
def test_a_sound_may_stand_between_the_words_whose_middles_it_does_not_pass(
    sound: tuple[float, float], before: list[int]
) -> None:
    words = [Span(0.5, 1.1), Span(1.5, 2.5), Span(2.6, 3.0)]
    assert hesitation.between(Span(*sound), words) == before


@pytest.mark.parametrize(
    ("spoken", "span"),
    [
        # Whisper stretches the word before over the sound, or lets the next one begin in it.
        (word("the", 0.7, 1.3), (0.7, 1.0)),
        (word("plan", 1.3, 1.9), (1.4, 1.9)),
        (word("a", 1.3, 1.38), (1.4, 1.4)),
        (word("far", 2.0, 2.2), (2.0, 2.2)),
    ],
)
def test_ordinary_words_make_room_and_stay_words(spoken: Word, span: tuple[float, float]) -> None:
    words, _ = joined([spoken], track((1.0, 1.4, 1.2)))
    kept = next(w for w in words if w.kind is WordKind.WORD)
    assert kept.text == spoken.text
    assert (kept.span.start, kept.span.end) == pytest.approx(span)


@given(
    st.lists(st.tuples(st.floats(0, 4.5), st.floats(0.05, 0.5), st.booleans()), max_size=8),
    st.lists(st.tuples(st.floats(0, 4.5), st.floats(0.1, 0.5), st.floats(-1, 2, width=32)), max_size=5),
)
def test_no_ordinary_word_is_lost_and_all_is_in_order(
    said: Sequence[tuple[float, float, bool]], heard: Sequence[tuple[float, float, float]]
) -> None:
    spoken = [
        word(f"w{i}", start, start + length, WordKind.FILLED_PAUSE if filled else WordKind.WORD)
        for i, (start, length, filled) in enumerate(sorted(said))
    ]
    words, doubtful = joined(spoken, track(*((a, a + length, score) for a, length, score in heard)))
    plain = [w.text for w in spoken if w.kind is WordKind.WORD]
    assert sorted(w.text for w in words if w.kind is WordKind.WORD) == sorted(plain)
    assert all(a.span.middle <= b.span.middle for a, b in pairwise(words))
    assert all(0 <= d.probability < hesitation.COUNTED for d in doubtful)


@pytest.mark.parametrize(
    ("chances", "unseen", "counts"),
    [
        ([], 0.0, (0, 0)),
        ([1.0, 1.0, 1.0], 0.0, (3, 3)),
        # The quantiles of a binomial of ten at a half, and of a Poisson of mean one, from tables.
        ([0.5] * 10, 0.0, (2, 8)),
        ([], 1.0, (0, 3)),
        ([1.0, 1.0], 1.0, (2, 5)),
    ],
)
def test_how_many_there_likely_are(chances: list[float], unseen: float, counts: tuple[int, int]) -> None:
    assert likely(chances, unseen) == counts


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 5))
def test_the_expected_number_lies_in_the_range(chances: list[float], unseen: float) -> None:
    low, high = likely(chances, unseen)
    assert low <= sum(chances) + unseen + 1
    assert high >= sum(chances) + unseen - 1


def test_weights_are_read_as_they_were_written_and_written_the_same_each_time() -> None:
    data = hesitation.written(PROBE)
    back = read(data)
    assert hesitation.written(back) == data == hesitation.written(PROBE)
    assert (back.weights == PROBE.weights).all()
    assert (back.bias, back.nasal_bias, back.calibration, back.detector) == (0.5, -1.0, (4.0, 1.0, 1.0), DETECTOR)


def test_weights_that_would_run_code_are_refused() -> None:
    import io  # noqa: PLC0415

    out = io.BytesIO()
    np.savez(out, weights=np.array([{"a": 1}], dtype=object))
    with pytest.raises((ValueError, KeyError)):
        read(out.getvalue())


def test_the_base_model_has_a_detector_and_an_unknown_one_none() -> None:
    probe = load(known.KNOWN["base"].files["model.bin"])
    assert probe is not None
    assert probe.weights.shape == (5, 512)
    assert probe.detector.hits > 3 * (probe.detector.false + probe.detector.missed)
    assert probe.detector.unseen <= probe.detector.missed
    assert load("f" * 64) is None


def test_the_document_gives_the_counts_that_lie_in_the_weights() -> None:
    probe = load(known.KNOWN["base"].files["model.bin"])
    assert probe is not None
    found = probe.detector
    page = (SAMPLES.parent / "docs" / "detector.md").read_text(encoding="utf-8")
    f1 = 2 * found.hits / (2 * found.hits + found.false + found.missed)
    row = " | ".join(f"{value:.2f}".lstrip("0") for value in (found.precision, found.recall, f1))
    assert f"| the sound and the words joined | {row} " in page
    assert f"{found.hits} found, {found.false} false, {found.missed} missed" in page


@pytest.mark.model
def test_what_the_words_leave_out_is_heard_in_the_sound() -> None:
    try:
        engine: Any = pipeline.open_engine(Settings(offline=True))
    except EngineError as error:
        pytest.skip(f"the base model is not installed: {error.message} {error.hint}")
    truth = json.loads((SAMPLES / "demo.json").read_text(encoding="utf-8"))["filled_pauses"]
    audio = decode(SAMPLES / "demo.mp3").audio
    stretches = voice.stretches(voice.probabilities(audio), audio.duration)
    heard = engine.transcribe(audio, stretches)
    clean = [w for w in heard.words if disfluency.label([w])[0].kind is WordKind.WORD]
    # The decoder was not asked about what its words have; now it is, as if they had left it out.
    assert heard.track.evidence == ()
    asks = [(window, ask) for window, _, ask in engine.states(audio, stretches)]
    asked = tuple((span, evidence(asks, clean, span)) for span, _ in hesitation.sounds(heard.track.score))
    words, _ = joined(clean, replace(heard.track, evidence=asked))
    found = [w.span for w in words if w.kind is WordKind.FILLED_PAUSE]
    assert len(found) >= 2
    assert all(any(abs(span.start - label["start"]) < 0.15 for label in truth) for span in found)
    deaf = engine.listening_with(None).transcribe(audio, stretches[:1])
    assert deaf.track is None
    assert "No detector of filled pauses was trained for the model base" in " ".join(deaf.caveats)
