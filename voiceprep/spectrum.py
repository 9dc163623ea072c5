"""The sound as frames of 10 ms: power in bands, and how periodic each frame is. Pure; judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from voiceprep.model import Audio

    Floats = npt.NDArray[np.float32]

HOP = 0.01
# Zwicker's critical bands (1961) from 80 Hz on: below is rumble.
EDGES = (
    80, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400, 5300, 6400, 7700,
)  # fmt: skip
WINDOW = 0.025
# Two periods of the lowest voice must fit in.
LONG_WINDOW = 0.032
# Where the harmonics of a voice are strong, and the pitches looked for, in Hz.
HARMONICS = (80.0, 2000.0)
PITCH = (70.0, 400.0)
# A minute is taken at a time, so that an hour stays small.
BLOCK = 6000
_LEAST = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """What a sound holds each 10 ms.

    `power` is mean square in each band of `EDGES`, shape (frames, 20); `periodicity` is the highest peak of the
    normalised autocorrelation of 80 to 2000 Hz at the pitches of a voice (0 noise, 1 a tone), shape (frames,).
    """

    power: Floats
    periodicity: Floats


NONE = Frames(np.zeros((0, len(EDGES) - 1), np.float32), np.zeros(0, np.float32))


def frames(audio: Audio, known: Frames | None = None) -> Frames:
    """Return the frames of `audio`: ceil(duration / 0.01) of them, each about its middle.

    The first ones may be `known`, from when less of the same sound was there (see `settled`).
    """
    hop = round(HOP * audio.rate)
    count = -(-len(audio.samples) // hop)
    first = min(len(known.power), count) if known else 0
    blocks = [(start, min(start + BLOCK, count)) for start in range(first, count, BLOCK)]
    power = [_bands(_spectrum(audio, *block, WINDOW), audio.rate) for block in blocks]
    periodic = [_periodicity(_spectrum(audio, *block, LONG_WINDOW), audio.rate) for block in blocks]
    before = Frames(known.power[:first], known.periodicity[:first]) if known else NONE
    return Frames(np.concatenate([before.power, *power]), np.concatenate([before.periodicity, *periodic]))


def settled(heard: Frames) -> Frames:
    """Return those of the frames `heard` that stay as they are when the sound goes on."""
    count = max(0, len(heard.power) - round(LONG_WINDOW / HOP))
    return Frames(heard.power[:count], heard.periodicity[:count])


def _size(window: int) -> int:
    """Return the length of a transform that takes a `window` and as many zeros."""
    return 1 << (2 * window - 1).bit_length()


def _spectrum(audio: Audio, first: int, last: int, window: float) -> Floats:
    """Return the power spectra of frames `first` to `last` of `audio`, scaled so that they sum to the mean square."""
    hop, length = round(HOP * audio.rate), round(window * audio.rate)
    start = first * hop + hop // 2 - length // 2
    end = start + (last - first - 1) * hop + length
    piece = audio.samples[max(0, start) : end]
    piece = np.pad(piece, (max(0, -start), max(0, end - max(0, start) - len(piece))))
    shape = np.hanning(length).astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(piece, length)[::hop] * shape
    size = _size(length)
    spectrum = np.square(np.abs(np.fft.rfft(pieces, size))) * (2 / (size * float(shape @ shape)))
    return spectrum.astype(np.float32)


def _bands(spectrum: Floats, rate: int) -> Floats:
    edges = np.searchsorted(np.fft.rfftfreq(2 * spectrum.shape[1] - 2, 1 / rate), EDGES)
    sums = [spectrum[:, low:high].sum(axis=1) for low, high in pairwise(edges)]
    return np.asarray(np.maximum(np.stack(sums, axis=1), _LEAST), np.float32)


def _periodicity(spectrum: Floats, rate: int) -> Floats:
    """Return the highest peak of the autocorrelation over that of the window alone (Boersma 1993)."""
    size = 2 * spectrum.shape[1] - 2
    hertz = np.fft.rfftfreq(size, 1 / rate)
    kept = np.where((hertz >= HARMONICS[0]) & (hertz <= HARMONICS[1]), spectrum, 0)
    lags = slice(round(rate / PITCH[1]), round(rate / PITCH[0]) + 1)
    shape = np.hanning(round(LONG_WINDOW * rate))
    own = np.fft.irfft(np.square(np.abs(np.fft.rfft(shape, size))), size)
    same = np.fft.irfft(kept, size)
    ratio = same[:, lags] / np.maximum(same[:, :1], _LEAST) / (own[lags] / own[0])
    return np.asarray(ratio.max(axis=1), np.float32)
