"""What a benchmark asks beyond `voiceprep.scoring`: the strict rule, how sure F1 is, probabilities against truth.

Pure functions of values; opens nothing and knows no engine. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Interval
    from voiceprep.scoring import Match

# The strict rule: both ends so near.
STRICT = 0.2
DRAWS = 2000
SEED = 20260501
BINS = 5


def strictly(found: Match) -> tuple[int, int, int]:
    """Return hits, false alarms and misses of `found` where a hit has both ends within 200 ms of the label's."""
    hits = sum(abs(h.start - t.start) <= STRICT and abs(h.end - t.end) <= STRICT for h, t in found.hits)
    loose = len(found.hits) - hits
    return hits, len(found.false) + loose, len(found.missed) + loose


def f1_interval(counts: Sequence[tuple[int, int, int]], level: float = 0.95) -> tuple[float, float]:
    """Return the interval of F1 by the bootstrap over recordings (Efron 1979), percentiles, always the same draws."""
    table = np.asarray(counts, dtype=np.float64).reshape(-1, 3)
    drawn = np.random.default_rng(SEED).integers(len(table), size=(DRAWS, len(table)))
    hits, false, missed = table[drawn].sum(axis=1).T
    total = 2 * hits + false + missed
    f1 = np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)
    low, high = np.quantile(f1, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Bin:
    """A row of the table of reliability: `count` events said to be `said` likely on average; `true` is their share."""

    low: float
    high: float
    count: int
    said: float
    true: float


def reliability(said: Sequence[tuple[float, bool]], bins: int = BINS) -> tuple[Bin, ...]:
    """Return the table of reliability of pairs (probability, was it true), bins of equal width without the empty."""
    table = []
    for index in range(bins):
        inside = [pair for pair in said if min(bins - 1, int(pair[0] * bins)) == index]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            share = sum(was for _, was in inside) / len(inside)
            table.append(Bin(index / bins, (index + 1) / bins, len(inside), mean, share))
    return tuple(table)


def brier_score(said: Sequence[tuple[float, bool]]) -> float | None:
    """Return the mean squared error of the probabilities (Brier 1950), None without any."""
    return sum((p - was) ** 2 for p, was in said) / len(said) if said else None


def calibration_error(said: Sequence[tuple[float, bool]]) -> float | None:
    """Return the expected calibration error (Guo et al. 2017): how far probabilities are from shares, by count."""
    if not said:
        return None
    return sum(one.count * abs(one.said - one.true) for one in reliability(said)) / len(said)


def covered(intervals: Sequence[tuple[Interval, float]]) -> float | None:
    """Return the share of pairs (interval, true value) whose value lies inside, None without any."""
    # A rate is rounded; the count that it came from is not.
    inside = [one.low - 1e-6 <= value <= one.high + 1e-6 for one, value in intervals]
    return sum(inside) / len(inside) if inside else None
