"""Whether a series goes up or down, and how fast: Theil-Sen, Mann-Kendall, Holm. Knows no measure and no verdict.

Values are those of sittings in their order; a slope is a change from one sitting to the next. In plain Python as far as
it goes: NumPy takes longer to load than all the trends of a page to tell.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Of the interval of a slope.
LEVEL = 0.95
# A series that clings to itself more than this would need more sittings than anybody looks at.
_MOST = 0.9
# Of more values, which only a page from a given day on has, NumPy sorts the slopes: it takes an eighth to a quarter of
# the time, once it is loaded.
_MANY = 200


@dataclass(frozen=True, slots=True)
class Trend:
    """How a series of `count` values goes.

    `slope` is the change a sitting, likely from `low` to `high`; `start` and `end` are the line at the first and the
    last value. `score` is Kendall's S, `inflation` how much its variance was raised for what each value keeps of the
    one before, `chance` how often a series without a trend would score as far from 0.
    """

    count: int
    slope: float
    low: float
    high: float
    start: float
    end: float
    score: int
    inflation: float
    chance: float


def trend(values: Sequence[float], clinging: float = 0.0) -> Trend:
    """Return the trend of `values`, at least five; its interval and chance allow for their autocorrelation `clinging`.

    See `cling`.
    """
    series = _plain(values)
    slopes = _slopes(series)
    middle = _median(slopes)
    score, plain = kendall(series)
    more = inflation(clinging, len(series))
    low, high = interval(slopes, plain * more)
    # The line goes through the medians, so that one odd sitting does not lift it (Conover 1980).
    start = _median(sorted(series)) - middle * (len(series) - 1) / 2
    line = (start, start + middle * (len(series) - 1))
    return Trend(len(series), middle, low, high, *line, score, more, chance(score, plain * more))


def theil_sen(values: Sequence[float]) -> tuple[float, float, float]:
    """Return slope and interval of `values` without regard to autocorrelation: Theil 1950, Sen 1968."""
    series = _plain(values)
    slopes = _slopes(series)
    return _median(slopes), *interval(slopes, kendall(series)[1])


def _plain(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(map(float, values))


@lru_cache(maxsize=64)
def _slopes(series: tuple[float, ...]) -> array[float]:
    """Return the slopes between all pairs of `series` in order; kept, for each is asked for three times.

    They are kept as numbers of 8 bytes: those of 500 values take 1 MB.
    """
    if len(series) > _MANY:
        import numpy as np  # noqa: PLC0415  (see above)

        first, second = np.triu_indices(len(series), 1)
        values = np.asarray(series)
        return array("d", np.sort((values[second] - values[first]) / (second - first)).tobytes())
    slopes: list[float] = []
    for apart in range(1, len(series)):
        slopes += [(second - first) / apart for first, second in zip(series, series[apart:], strict=False)]
    slopes.sort()
    return array("d", slopes)


def _median(ordered: Sequence[float]) -> float:
    """Return the median of values in order."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interval(ordered: Sequence[float], variance: float) -> tuple[float, float]:
    """Return the interval of the median of slopes in order, by the `variance` of Kendall's S (Sen 1968, section 3)."""
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt(variance)
    low = max(0, round((len(ordered) - reach) / 2) - 1)
    high = min(len(ordered) - 1, round((len(ordered) + reach) / 2))
    return ordered[low], ordered[high]


def kendall(values: Sequence[float]) -> tuple[int, float]:
    """Return Kendall's S of `values`, and its variance where there is no trend, with ties (Kendall 1975)."""
    series = _plain(values)
    slopes = _slopes(series)
    score = len(slopes) - bisect_right(slopes, 0.0) - bisect_left(slopes, 0.0)
    return score, (_spread(len(series)) - sum(map(_spread, Counter(series).values()))) / 18


def _spread(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)


def cling(values: Sequence[float]) -> float | None:
    """Return how much each of `values` keeps of the one before, beside their trend: autocorrelation at lag 1, of ranks.

    It is freed from the bias that a short series has whose line was taken out (Kendall 1954; Marriott & Pope 1954), and
    may come out below 0. None where the values are fewer than five or lie on a line.
    """
    series = _plain(values)
    count = len(series)
    if count < 5:
        return None
    slope = _median(_slopes(series))
    ranks = _ranks([value - slope * at for at, value in enumerate(series)])
    middle = fmean(ranks)
    away = [rank - middle for rank in ranks]
    power = sum(map(mul, away, away))
    return (count * sum(map(mul, away, away[1:])) / power + 2) / (count - 4) if power > 0 else None


def inflation(clinging: float, count: int) -> float:
    """Return by how much autocorrelation of `clinging` at lag 1 raises the variance of S of `count` values.

    The variance is that of Hamed & Rao 1998 (doi 10.1016/S0022-1694(97)00125-X, equation 14). They take each lag of the
    sample that is significant; in so few values hardly one is. Here the correlogram is that of a first-order process.
    It is never taken to be negative, and so nothing is called a trend that would be chance without this.
    """
    kept = min(_MOST, max(0.0, clinging))
    raised = sum((count - lag) * (count - lag - 1) * (count - lag - 2) * kept**lag for lag in range(1, count - 2))
    return 1 + 2 / (count * (count - 1) * (count - 2)) * raised


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the ranks of `values`; those of the same value share the mean of theirs."""
    last, ranks = 0, dict[float, float]()
    for value, times in sorted(Counter(values).items()):
        last += times
        ranks[value] = last - (times - 1) / 2
    return [ranks[value] for value in values]


def chance(score: int, variance: float) -> float:
    """Return how often S is at least so far from 0 without a trend: two-sided, normal, corrected for continuity."""
    if score == 0 or variance <= 0:
        return 1.0
    return math.erfc((abs(score) - 1) / math.sqrt(2 * variance))


def holm(chances: Mapping[str, float], level: float) -> frozenset[str]:
    """Return which of `chances` are less than chance, with at most `level` for one false among all of them.

    Holm 1979 (Scandinavian Journal of Statistics 6, 65): it holds however they depend on one another.
    """
    found: set[str] = set()
    for name in sorted(chances, key=lambda one: (chances[one], one)):
        if chances[name] > level / (len(chances) - len(found)):
            break
        found.add(name)
    return frozenset(found)
