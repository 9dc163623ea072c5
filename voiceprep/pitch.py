"""How the voice moves: pitch and loudness over time. Pure functions of samples; opens nothing and judges nothing.

Pitch is YIN (de Cheveigné & Kawahara 2002, doi 10.1121/1.1458024). What lies outside the speaker's own range (De Looze
& Hirst 2008) is looked for once more, within it, so that an octave too low or too high has no place to go.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from voiceprep.model import Audio, Span

    Floats = npt.NDArray[np.float32]
    Flags = npt.NDArray[np.bool_]

HOP = 0.01
# The widest range in which a speaking voice is looked for, in Hz, and the factors that narrow it from the quartiles.
LOWEST, HIGHEST = 60.0, 500.0
FLOOR, CEILING = 0.75, 1.5
# Three periods of the lowest voice but one; a whole number of milliseconds.
FRAME = 0.064
# YIN's absolute threshold: the first trough below it is the period (its paper, step 4).
TROUGH = 0.1
# The sound must repeat itself so well after one period to be voiced: surely, and next to what is.
CLEAR, NEARLY = 0.75, 0.5
# A voice may be weaker than the speech around it by so much (dB).
WEAKEST = 30.0
# A voiced stretch shorter than this is chance.
SHORTEST = 0.04
# Pitch this far (semitones) from the middle of what is around it (seconds each side) is a jump of the tracker.
JUMP, AROUND = 6.0, 0.2
# So long a voice must be heard, and in so much of the speech (about half of it is voiced), for its median to be one.
LEAST_VOICED, LEAST_SHARE = 1.0, 0.2
# Frames are worked on in blocks, so that an hour stays small.
BLOCK = 1000
# Values a second that a report keeps, and how many frames of each must have one: the vowel of a short syllable lasts
# 60 ms and may lie half in one step and half in the next.
RATE, LEAST_FRAMES = 10, 3
# The frame about the last 10 ms of a sound, and what its rumble is told by, reach so many of them back.
UNSETTLED = 10


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """What `yin` finds in each 10 ms of a sound, over the widest range: a pitch in Hz, and its clarity. Shape: (n,)."""

    pitch: Floats
    clarity: Floats


NONE = Periods(np.zeros(0, np.float32), np.zeros(0, np.float32))


def periods(audio: Audio, known: Periods = NONE) -> Periods:
    """Return the periods of all of `audio`; the first may be `known`, from when less of it was there: `settled`."""
    new = np.ones(-(-len(audio.samples) // round(HOP * audio.rate)), bool)
    new[: len(known.pitch)] = False
    pitch, clarity = _heard(audio, new, LOWEST, HIGHEST)
    count = min(len(new), len(known.pitch))
    pitch[:count], clarity[:count] = known.pitch[:count], known.clarity[:count]
    return Periods(pitch, clarity)


def settled(heard: Periods) -> Periods:
    """Return those of the periods `heard` that stay as they are when the sound goes on."""
    count = max(0, len(heard.pitch) - UNSETTLED)
    return Periods(heard.pitch[:count], heard.clarity[:count])


def track(audio: Audio, level: Floats, speech: Sequence[Span], known: Periods = NONE) -> Voice:
    """Return how pitch and loudness go in `audio`, where `speech` is, by its `level` in dB every 10 ms.

    The periods of its beginning may be `known`. Where there is too little voice, the result is without series and says
    why.
    """
    talking = spoken(len(level), speech)
    if talking.sum() * HOP < LEAST_VOICED:
        return Voice(RATE, reason="there is too little speech")
    pitch = contour(audio, level, talking, known)
    voiced = np.isfinite(pitch)
    if voiced.sum() < max(LEAST_VOICED / HOP, LEAST_SHARE * talking.sum()):
        return Voice(RATE, reason="pitch stands out in too little of the speech: noise, distance or a whisper")
    middle = float(np.median(pitch[voiced]))
    semitones = 12 * np.log2(pitch / middle)
    # Where the voice sounds its own level counts, not that of the consonants beside it.
    sounds = _kept(np.where(voiced, level - np.median(level[talking]), np.nan))
    speaks = _kept(np.where(talking, level - np.median(level[talking]), np.nan))
    loudness = tuple(whole if own is None else own for own, whole in zip(sounds, speaks, strict=True))
    return Voice(RATE, round(middle, 1), _kept(semitones), loudness)


def spoken(count: int, speech: Sequence[Span]) -> Flags:
    """Return for each of `count` steps of 10 ms whether it lies in `speech`."""
    out = np.zeros(count, bool)
    for span in speech:
        out[round(span.start / HOP) : round(span.end / HOP)] = True
    return out


def contour(audio: Audio, level: Floats, talking: Flags, known: Periods = NONE) -> Floats:
    """Return the pitch of `audio` in Hz every 10 ms, NaN where nothing is voiced. Shape: that of `level`.

    Only frames in `talking` count. The periods of the first frames may be `known`.
    """
    loud = talking & (level > np.percentile(level[talking], 95) - WEAKEST) if talking.any() else talking
    new = loud.copy()
    new[: len(known.pitch)] = False
    pitch, clarity = _heard(audio, new, LOWEST, HIGHEST)
    before = np.flatnonzero(loud[: len(known.pitch)])
    pitch[before], clarity[before] = known.pitch[before], known.clarity[before]
    sure = loud & _inside(pitch, LOWEST, HIGHEST) & (clarity > CLEAR)
    if not sure.any():
        return np.full(len(level), np.nan, np.float32)
    low, high = np.percentile(pitch[sure], [25, 75])
    floor, ceiling = max(LOWEST, FLOOR * float(low)), min(HIGHEST, CEILING * float(high))
    # What has its period within the range keeps it; what repeats itself badly at its best does so elsewhere too.
    stray = np.flatnonzero(loud & ~_inside(pitch, floor, ceiling) & (clarity > NEARLY))
    again = np.zeros(len(loud), bool)
    again[stray] = True
    moved = _heard(audio, again, floor, ceiling)
    pitch[stray], clarity[stray] = moved[0][stray], moved[1][stray]
    inside = loud & _inside(pitch, floor, ceiling)
    voiced = _joined(inside & (clarity > CLEAR), inside & (clarity > NEARLY))
    return _without_jumps(np.where(voiced, pitch, np.nan).astype(np.float32))


def _inside(pitch: Floats, floor: float, ceiling: float) -> Flags:
    """Return where `pitch` lies within the range: at its very end there is no trough but an edge."""
    return (pitch > 1.01 * floor) & (pitch < 0.99 * ceiling)


def _heard(audio: Audio, wanted: Flags, lowest: float, highest: float) -> tuple[Floats, Floats]:
    """Return what `yin` finds in each of the `wanted` frames of 10 ms, and zeros for the others. Shape: that of it."""
    hop, frame, edge = round(HOP * audio.rate), round(FRAME * audio.rate), 2 * round(audio.rate / LOWEST)
    lead = frame // 2 - hop // 2 + edge
    pitch, clarity = np.zeros(len(wanted), np.float32), np.zeros(len(wanted), np.float32)
    for start in range(0, len(wanted), BLOCK):
        at = np.flatnonzero(wanted[start : start + BLOCK])
        if not len(at):
            continue
        first, length = (start + int(at[0])) * hop - lead, int(at[-1] - at[0]) * hop + frame + 2 * edge
        steady = _without_rumble(_piece(audio.samples, first, length), edge // 2)[edge:-edge]
        frames = np.lib.stride_tricks.sliding_window_view(steady, frame)[(at - at[0]) * hop]
        pitch[start + at], clarity[start + at] = yin(frames, audio.rate, lowest, highest)
    return pitch, clarity


def _piece(samples: Floats, first: int, length: int) -> Floats:
    """Return `length` of the `samples` from the `first` on, with silence where there are none."""
    piece = samples[max(0, first) : max(0, first + length)]
    before = min(length, max(0, -first))
    return np.pad(piece, (before, length - before - len(piece)))


def yin(frames: npt.NDArray[np.floating], rate: int, lowest: float, highest: float) -> tuple[Floats, Floats]:
    """Return the pitch in Hz of each of `frames`, and how well it repeats itself after one period (-1 to 1).

    YIN as in its paper: squared difference over a window that stays the same, divided by its mean up to each lag; the
    first trough below `TROUGH`, else the deepest, refined by a parabola. A frame must hold two periods of `lowest`.
    Shapes: (frames, samples) to (frames,) and (frames,).
    """
    size = frames.shape[1]
    first, last = int(rate / highest), min(math.ceil(rate / lowest), size // 2)
    window, lags = size - last - 1, np.arange(1, last + 2)
    # As long as the frame is long enough for a circle: no lag here moves the window beyond the frame's end.
    spectrum, head = np.fft.rfft(frames), np.fft.rfft(frames[:, :window], size)
    products = np.fft.irfft(spectrum * head.conj(), size)[:, : last + 2]
    sums = np.pad(np.cumsum(np.square(frames, dtype=np.float64), axis=1), ((0, 0), (1, 0)))
    energy = sums[:, window : window + last + 2] - sums[:, : last + 2]
    difference = np.maximum(energy[:, :1] + energy - 2 * products, 0.0)
    mean = np.cumsum(difference[:, 1:], axis=1) / lags
    normal = difference[:, 1:] / np.maximum(mean, 1e-12)
    inner = normal[:, first - 1 : last]
    trough = (inner < TROUGH) & (inner <= normal[:, first : last + 1])
    trough[:, 1:] &= inner[:, 1:] < inner[:, :-1]
    lag = first + np.where(trough.any(axis=1), trough.argmax(axis=1), inner.argmin(axis=1))
    row = np.arange(len(frames))
    before, here, after = (difference[row, lag + step] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend > 0, (before - after) / (2 * np.where(bend > 0, bend, 1.0)), 0.0)
    clarity = products[row, lag] / np.sqrt(np.maximum(energy[:, 0] * energy[row, lag], 1e-18))
    return (rate / (lag + np.clip(shift, -1, 1))).astype(np.float32), clarity.astype(np.float32)


def _without_rumble(samples: Floats, size: int) -> Floats:
    """Return `samples` without what is slower than a voice, for rumble repeats itself well after any short time.

    Twice a moving mean over `size` samples is taken out.
    """
    out = samples.astype(np.float64)
    for _ in range(2):
        around = np.pad(out, (size // 2, size - size // 2 - 1), mode="edge")
        sums = np.concatenate(([0.0], np.cumsum(around)))
        out -= (sums[size:] - sums[:-size]) / size
    return out.astype(np.float32)


def _joined(sure: Flags, maybe: Flags) -> Flags:
    """Return the runs of `maybe` that hold something `sure` and are long enough."""
    out = np.zeros(len(maybe), bool)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], maybe.astype(np.int8), [0]))))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        out[start:end] = sure[start:end].any() and (end - start) * HOP >= SHORTEST
    return out


def _without_jumps(pitch: Floats) -> Floats:
    """Return `pitch` without the frames that lie far from the middle of the voiced frames around them."""
    reach = round(AROUND / HOP)
    padded = np.pad(pitch, reach, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    out = pitch.copy()
    voiced = np.flatnonzero(np.isfinite(pitch))
    for start in range(0, len(voiced), BLOCK):
        at = voiced[start : start + BLOCK]
        far = np.abs(12 * np.log2(pitch[at] / np.nanmedian(around[at], axis=1))) > JUMP
        out[at[far]] = np.nan
    return out


def _kept(values: npt.NDArray[np.floating]) -> tuple[float | None, ...]:
    """Return the median of `values` in each step that a report keeps, to a tenth; None where too few have a value."""
    size = round(1 / (HOP * RATE))
    count = math.ceil(len(values) / size)
    steps = np.pad(values, (0, count * size - len(values)), constant_values=np.nan).reshape(count, size)
    there = np.isfinite(steps).sum(axis=1)
    # What has no value is sorted to the end; all medians at once take a fiftieth of the time of one after the other.
    ordered, row = np.sort(steps, axis=1), np.arange(count)
    middle = (ordered[row, np.maximum(there - 1, 0) // 2] + ordered[row, np.minimum(there // 2, size - 1)]) / 2
    enough = (there >= LEAST_FRAMES).tolist()
    return tuple(round(one, 1) + 0.0 if kept else None for one, kept in zip(middle.tolist(), enough, strict=True))
