"""Windows for a recogniser: speech packed without its long silences, and times mapped back. Pure; knows no engine.

Whisper pays for a window's length, not for the speech in it, and text is lost where a window cuts into speech. So whole
stretches are joined, long silences between them shortened to half a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Audio, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

# Longest window in seconds: Whisper takes 30; two are left for the tail and for rounding.
LONGEST = 28.0
# A silence between two stretches is shortened to this, half from each side, so that the sound has no edges.
GAP = 0.5
TAIL = 0.3
# Below this a window isn't halved again: there is no text worth having in less.
SHORTEST_HALF = 2.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch `span` of the recording, placed `at` seconds into its window."""

    span: Span
    at: float

    @property
    def end(self) -> float:
        """Where the piece ends in its window."""
        return self.at + self.span.duration


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of the recording that are recognised together."""

    pieces: tuple[Piece, ...]

    @property
    def duration(self) -> float:
        """Length of the window without its tail."""
        return self.pieces[-1].end

    def recording_time(self, time: float) -> float:
        """Return the time in the recording of `time` in this window; within a shortened gap, on the nearer side."""
        for piece, following in pairwise(self.pieces):
            if time <= piece.end:
                return piece.span.start + time - piece.at
            if time < following.at:
                near_end = time - piece.end < following.at - time
                return piece.span.end + time - piece.end if near_end else following.span.start - (following.at - time)
        last = self.pieces[-1]
        return last.span.start + min(time, last.end + TAIL) - last.at


def pack(stretches: Sequence[Span], longest: float = LONGEST) -> tuple[Window, ...]:
    """Return windows of at most `longest` seconds that hold all `stretches` in order; one that is longer is cut."""
    windows: list[list[Piece]] = [[]]
    for span in (part for stretch in stretches for part in _parts(stretch, longest)):
        at = windows[-1][-1].end + min(GAP, span.start - windows[-1][-1].span.end) if windows[-1] else 0.0
        if windows[-1] and at + span.duration > longest:
            windows.append([])
            at = 0.0
        windows[-1].append(Piece(span, at))
    return tuple(Window(tuple(pieces)) for pieces in windows if pieces)


def _parts(span: Span, longest: float) -> list[Span]:
    count = -int(-span.duration // longest)
    edges = [span.start + span.duration * i / count for i in range(count + 1)] if count > 1 else [span.start, span.end]
    return [Span(start, end) for start, end in pairwise(edges)]


def halve(window: Window) -> tuple[Window, Window] | None:
    """Return `window` in two, cut at a silence near its middle, or None if it is too short for that."""
    if window.duration < 2 * SHORTEST_HALF:
        return None
    pieces = window.pieces
    if len(pieces) == 1:
        first, second = _parts(pieces[0].span, pieces[0].span.duration / 2 + 1e-6)
        return Window((Piece(first, 0.0),)), Window((Piece(second, 0.0),))
    middle = window.duration / 2

    def cost(cut: int) -> float:
        silence = pieces[cut].span.start - pieces[cut - 1].span.end
        return abs(pieces[cut].at - middle) - silence

    cut = min(range(1, len(pieces)), key=cost)
    moved = tuple(Piece(piece.span, piece.at - pieces[cut].at) for piece in pieces[cut:])
    return Window(pieces[:cut]), Window(moved)


def sound(audio: Audio, window: Window) -> Audio:
    """Return the sound of `window` taken from `audio`, with the recording's own quiet in the gaps and after the end."""
    out = np.zeros(round((window.duration + TAIL) * audio.rate), np.float32)

    def copy(start: float, end: float, at: float) -> None:
        source = audio.samples[max(0, round(start * audio.rate)) : round(end * audio.rate)]
        first = round(at * audio.rate)
        room = out[first : first + len(source)]
        room[:] = source[: len(room)]

    for piece, following in pairwise(window.pieces):
        half = (following.at - piece.end) / 2
        copy(piece.span.end, piece.span.end + half, piece.end)
        copy(following.span.start - half, following.span.start, following.at - half)
    last = window.pieces[-1]
    copy(last.span.end, last.span.end + TAIL, last.end)
    for piece in window.pieces:
        copy(piece.span.start, piece.span.end, piece.at)
    return Audio(out, audio.rate)
