"""How right something heard is: events against labels, words against a reference, probabilities against what was true.

Pure functions of values; opens nothing and knows no engine. Times are seconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Interval, Span

HESITATION = re.compile(r"^(u+h+|u+m+|u+h+m+|e+r+m*|h+m+|m+|m+-?h+m+|a+h+|e+h+|o+h+|u+h+-hu+h+)$")
# An event is found when it overlaps a labelled one, or its middle is so near to the other's.
NEAR = 0.4
# The strict rule: both ends so near.
STRICT = 0.2
# Two pauses are the same one when they share more than this part of the longer.
SAME_PAUSE = 0.5
DRAWS = 2000
SEED = 20260501
BINS = 5


@dataclass(frozen=True, slots=True)
class Match:
    """Events compared: `hits` are pairs (heard, labelled), `missed` labels, `false` alarms, `left_out` uncertain."""

    hits: tuple[tuple[Span, Span], ...] = ()
    false: tuple[Span, ...] = ()
    missed: tuple[Span, ...] = ()
    left_out: tuple[Span, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of hits, false alarms and misses."""
        return len(self.hits), len(self.false), len(self.missed)

    @property
    def surplus(self) -> int:
        """How many more were heard than are labelled; the uncertain count as heard, as a user sees them counted."""
        return len(self.false) + len(self.left_out) - len(self.missed)


def match(truth: Sequence[Span], heard: Sequence[Span], uncertain: Sequence[Span] = ()) -> Match:
    """Compare `heard` with `truth`: each takes the nearest label that is left; what meets `uncertain` is left out.

    An uncertain label is met by overlap, and by what is less than 0.4 s away.
    """
    left = list(truth)
    hits, false, left_out = [], [], []
    for span in heard:
        near = [one for one in left if one.overlap(span) > 0 or abs(one.middle - span.middle) <= NEAR]
        if near:
            best = min(near, key=lambda one: abs(one.middle - span.middle))
            left.remove(best)
            hits.append((span, best))
        elif any(max(span.start - one.end, one.start - span.end) < NEAR for one in uncertain):
            left_out.append(span)
        else:
            false.append(span)
    return Match(tuple(hits), tuple(false), tuple(left), tuple(left_out))


def strictly(found: Match) -> tuple[int, int, int]:
    """Return hits, false alarms and misses of `found` where a hit has both ends within 200 ms of the label's."""
    hits = sum(abs(h.start - t.start) <= STRICT and abs(h.end - t.end) <= STRICT for h, t in found.hits)
    loose = len(found.hits) - hits
    return hits, len(found.false) + loose, len(found.missed) + loose


def match_pauses(truth: Sequence[Span], heard: Sequence[Span]) -> Match:
    """Compare pauses: the same when they share more than half of the longer one."""
    left, hits, false = list(truth), [], []
    for span in heard:
        same = [one for one in left if one.overlap(span) > SAME_PAUSE * max(one.duration, span.duration)]
        if same:
            left.remove(same[0])
            hits.append((span, same[0]))
        else:
            false.append(span)
    return Match(tuple(hits), tuple(false), tuple(left))


def precision_recall_f1(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return the three over summed hits, false alarms and misses; 1 where there was nothing to find and none found."""
    hits, false, missed = (sum(one[part] for one in counts) for part in range(3))
    if hits + false + missed == 0:
        return 1.0, 1.0, 1.0
    return hits / max(1, hits + false), hits / max(1, hits + missed), 2 * hits / (2 * hits + false + missed)


def f1_interval(counts: Sequence[tuple[int, int, int]], level: float = 0.95) -> tuple[float, float]:
    """Return the interval of F1 by the bootstrap over recordings (Efron 1979), percentiles, always the same draws."""
    table = np.asarray(counts, dtype=np.float64).reshape(-1, 3)
    drawn = np.random.default_rng(SEED).integers(len(table), size=(DRAWS, len(table)))
    hits, false, missed = table[drawn].sum(axis=1).T
    total = 2 * hits + false + missed
    f1 = np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)
    low, high = np.quantile(f1, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def fluent_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, without punctuation and hesitation sounds."""
    words = (re.sub(r"[^\w']", "", word.lower()).strip("'") for word in text.split())
    return [word for word in words if word and not HESITATION.match(word)]


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the fewest substitutions, insertions and deletions between both (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


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


def median(values: Sequence[float]) -> float | None:
    """Return the median of `values`, None without any."""
    return float(np.median(values)) if values else None
