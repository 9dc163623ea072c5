"""Syllable nuclei: the loud voiced middles of syllables, counted in the sound without any word. Pure.

After de Jong & Wempe 2009 (doi 10.3758/BRM.41.2.385): peaks of intensity with a dip of 2 dB on both sides, voiced,
and no more than 25 dB under the loudest. Here the intensity is that of 300 to 2320 Hz, where vowels are and hiss and
rumble are not; that range was chosen on the recordings in samples/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voiceprep.spectrum import EDGES, HOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from voiceprep.model import Span
    from voiceprep.spectrum import Frames

DIP = 2.0
DEPTH = 25.0
VOWELS = slice(EDGES.index(300), EDGES.index(2320))
# The intensity is smoothed over 50 ms, much less than a syllable.
SMOOTHING = 5
# A frame is voiced when its autocorrelation has such a peak, or that of a neighbour.
VOICED = 0.4


def nuclei(heard: Frames, speech: Sequence[Span]) -> tuple[float, ...]:
    """Return the times in seconds of the syllable nuclei of `heard` that lie in `speech`, in order."""
    if len(heard.power) < SMOOTHING:
        return ()
    level = intensity(heard)
    floor = float(np.percentile(level, 99)) - DEPTH
    tops = [top for top in _peaks(level) if level[top] > floor]
    times = [round((top + 0.5) * HOP, 3) for top in _apart(level, tops) if _voiced(heard, top)]
    return tuple(time for time in times if any(span.start <= time <= span.end for span in speech))


def intensity(heard: Frames) -> npt.NDArray[np.float64]:
    """Return the smoothed level of each frame of `heard` from 300 to 2320 Hz in dB. Shape: (frames,)."""
    shape = np.hanning(SMOOTHING + 2)[1:-1]
    return 10 * np.log10(np.convolve(heard.power[:, VOWELS].sum(axis=1), shape / shape.sum(), "same"))


def _peaks(level: npt.NDArray[np.float64]) -> list[int]:
    inner = level[1:-1]
    found: list[int] = (np.flatnonzero((inner > level[:-2]) & (inner >= level[2:])) + 1).tolist()
    return found


def _apart(level: npt.NDArray[np.float64], tops: Sequence[int]) -> list[int]:
    """Return those of `tops` between which `level` dips; of two without a dip the higher one."""
    kept: list[int] = []
    for top in tops:
        if kept and level[kept[-1] : top + 1].min() > min(level[kept[-1]], level[top]) - DIP:
            kept[-1] = max(kept[-1], top, key=lambda one: level[one])
        else:
            kept.append(top)
    return kept


def _voiced(heard: Frames, at: int) -> bool:
    return bool(heard.periodicity[max(0, at - 1) : at + 2].max() > VOICED)
