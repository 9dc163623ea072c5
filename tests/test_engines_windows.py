from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.engines.windows import GAP, LONGEST, TAIL, Window, halve, pack, sound
from voiceprep.model import Audio, Span


@st.composite
def stretches(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = draw(st.lists(st.integers(1, 9000), min_size=2, max_size=24, unique=True).map(sorted))
    return tuple(Span(a / 100, b / 100) for a, b in list(pairwise(edges))[::2])


def test_stretches_share_a_window_with_their_silence_shortened() -> None:
    (window,) = pack([Span(1.0, 3.0), Span(9.0, 10.0)])
    assert [(piece.span, piece.at) for piece in window.pieces] == [
        (Span(1.0, 3.0), 0.0),
        (Span(9.0, 10.0), 2.0 + GAP),
    ]


def test_a_short_silence_keeps_its_length() -> None:
    (window,) = pack([Span(1.0, 3.0), Span(3.3, 4.0)])
    assert window.pieces[1].at == pytest.approx(2.3)


def test_no_stretches_give_no_windows() -> None:
    assert pack([]) == ()


@given(stretches())
def test_windows_hold_every_stretch_once_and_are_short_enough(spans: tuple[Span, ...]) -> None:
    windows = pack(spans)
    pieces = [piece.span for window in windows for piece in window.pieces]
    assert sum(piece.duration for piece in pieces) == pytest.approx(sum(span.duration for span in spans))
    assert pieces == sorted(pieces)
    assert all(window.duration <= LONGEST + 1e-6 for window in windows)


@given(stretches(), st.floats(0, 1))
def test_times_go_into_a_window_and_back(spans: tuple[Span, ...], share: float) -> None:
    for window in pack(spans):
        for piece in window.pieces:
            inside = piece.at + share * piece.span.duration
            there = window.recording_time(inside)
            assert there == pytest.approx(piece.span.start + share * piece.span.duration, abs=1e-6)


@given(stretches())
def test_later_in_the_window_is_later_in_the_recording(spans: tuple[Span, ...]) -> None:
    for window in pack(spans):
        times = [window.recording_time(t) for t in np.arange(0, window.duration + TAIL, 0.05)]
        assert all(before <= after + 1e-9 for before, after in pairwise(times))


def test_a_window_is_halved_at_its_silence() -> None:
    (window,) = pack([Span(0.0, 6.0), Span(8.0, 9.0), Span(9.3, 14.0)])
    first, second = halve(window) or pytest.fail("not halved")
    assert [piece.span for piece in first.pieces] == [Span(0.0, 6.0)]
    assert [piece.span for piece in second.pieces] == [Span(8.0, 9.0), Span(9.3, 14.0)]
    assert second.pieces[0].at == 0


def test_one_long_piece_is_halved_in_the_middle() -> None:
    (window,) = pack([Span(2.0, 12.0)])
    halves = halve(window)
    assert halves is not None
    assert [half.pieces[0].span for half in halves] == [Span(2.0, 7.0), Span(7.0, 12.0)]


def test_a_very_short_window_is_not_halved() -> None:
    assert halve(pack([Span(0.0, 3.0)])[0]) is None


def test_the_sound_of_a_window_is_that_of_its_pieces() -> None:
    rate = 100
    audio = Audio(np.arange(2000, dtype=np.float32), rate)
    (window,) = pack([Span(1.0, 2.0), Span(10.0, 11.0)])
    samples = sound(audio, window).samples
    assert samples[:100].tolist() == list(range(100, 200))
    assert samples[150:250].tolist() == list(range(1000, 1100))
    assert samples[100:125].tolist() == list(range(200, 225)), "the gap begins with what followed the first piece"
    assert samples[125:150].tolist() == list(range(975, 1000)), "and ends with what came before the second"
    assert samples[250:].tolist() == list(range(1100, 1130))


def test_the_end_of_the_recording_leaves_the_tail_silent() -> None:
    audio = Audio(np.ones(100, np.float32), 100)
    window: Window = pack([Span(0.5, 1.0)])[0]
    samples = sound(audio, window).samples
    assert samples.tolist() == [1.0] * 50 + [0.0] * 30
