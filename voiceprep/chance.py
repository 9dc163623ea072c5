"""Whether two counts, rates or shares differ by more than chance: intervals and tests. Pure: numbers in, numbers out.

Every function gives a two-sided p value and an interval that belong together. Nothing is drawn at random but in
`scatter`, and that always from the same seed, so that the same numbers give the same answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

LEVEL = 0.95
DRAWS = 1000
# The freedom of a standard error that was not estimated but is known.
KNOWN = 1e6
_SEED = 20_260_501
# The continued fraction has converged long before; the bisection is then at the last bit of a float.
_TERMS, _HALVINGS = 400, 52
_TINY = 1e-300
# The logarithm of a ratio beyond which an interval has no end.
_ENDLESS = 50.0
# Of more than so many on a side it is plain that they were not dealt out by chance.
_DEALT = 20


@dataclass(frozen=True, slots=True)
class Test:
    """What became of two numbers: B over A or B minus A as `estimate`, its interval, and how likely by chance alone.

    `low` and `high` are None where the interval has no end there, `estimate` where there is none (of nothing at all).
    `least` is the smallest p value that numbers of this size can have, however they fall.
    """

    estimate: float | None
    low: float | None
    high: float | None
    p: float
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How far an estimate strays: its standard `error`, from so many blocks or answers less one (`freedom`)."""

    error: float
    freedom: float


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, the share of Beta(`a`, `b`) up to `x`.

    By its continued fraction (DLMF 8.17.22, https://dlmf.nist.gov/8.17#v) in Lentz's way, on the side where that is
    quick.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    out = c = 1.0
    d = 1 / _not_zero(1 - (a + b) * x / (a + 1))
    out = d
    for m in range(1, _TERMS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + numerator * d)
            c = _not_zero(1 + numerator / c)
            out *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return out


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _bisected(cdf: Callable[[float], float], share: float, low: float, high: float) -> float:
    """Return where the rising `cdf` reaches `share` between `low` and `high`."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(middle) < share else (low, middle)
    return (low + high) / 2


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return what the `share` of Beta(`a`, `b`) lies below."""
    return _bisected(lambda x: beta_cdf(x, a, b), share, 0.0, 1.0)


def t_tails(t: float, freedom: float) -> float:
    """Return the two-sided p value of `t` with so many degrees of `freedom` (DLMF 8.17: Student's by the beta)."""
    return beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5)


@lru_cache(maxsize=64)
def t_quantile(level: float, freedom: float) -> float:
    """Return the t between whose negative and itself the share `level` lies."""
    return _bisected(lambda t: 1 - t_tails(t, freedom), level, 0.0, 1e4)


def proportion(hits: float, count: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of the share of `hits` among `count` (Clopper & Pearson 1934, doi 10.2307/2331986).

    Neither need be whole: the beta distribution goes on between whole numbers.
    """
    tail = (1 - level) / 2
    low = beta_quantile(tail, hits, count - hits + 1) if hits > 0 else 0.0
    high = beta_quantile(1 - tail, hits + 1, count - hits) if hits < count else 1.0
    return low, high


def proportion_p(hits: float, count: float, expected: float) -> float:
    """Return twice the smaller tail of the binomial: of at least, or at most, so many `hits` where `expected` holds."""
    at_least = beta_cdf(expected, hits, count - hits + 1) if hits > 0 else 1.0
    at_most = 1 - beta_cdf(expected, hits + 1, count - hits) if hits < count else 1.0
    return min(1.0, 2 * min(at_least, at_most))


def rates(a: tuple[float, float], b: tuple[float, float], dispersion: float = 1.0) -> Test:
    """Compare two counts over two exposures, each given as (count, exposure): the rate of `b` over that of `a`.

    Exact and conditional: of all events, the share that falls into `b` is binomial (Przyborowski & Wilenski 1940, doi
    10.2307/2332612; the interval as in Lehmann & Romano, Testing Statistical Hypotheses, 4.5). Events that come in
    clusters vary more than independent ones, by the factor `dispersion`: counts are divided by it first, as in the
    quasi-likelihood of McCullagh & Nelder 1989, 4.5 and 6.2.
    """
    (first, before), (second, after) = a, b
    count, hits = (first + second) / dispersion, second / dispersion
    even = after / (before + after)
    if not count:
        return Test(None, None, None, 1.0, 1.0)
    low, high = proportion(hits, count)
    scale = before / after
    return Test(
        second / first * scale if first else None,
        low / (1 - low) * scale,
        high / (1 - high) * scale if high < 1 else None,
        proportion_p(hits, count, even),
        2 * min(even**count, (1 - even) ** count),
    )


def dispersion(groups: Sequence[tuple[Floats, Floats]]) -> float:
    """Return by what factor events vary more than independent ones would: Pearson's statistic over its freedom, or 1.

    Each of `groups` is an answer: events and exposure of its pieces, shape (pieces,) each; it has a rate of its own.
    """
    statistic, freedom = 0.0, 0
    for events, exposure in groups:
        there = exposure > 0
        rate = events.sum() / max(exposure.sum(), _TINY)
        if rate > 0 and there.sum() > 1:
            expected = rate * exposure[there]
            statistic += float(((events[there] - expected) ** 2 / expected).sum())
            freedom += int(there.sum()) - 1
    return max(1.0, statistic / freedom) if freedom else 1.0


def scatter(numerators: Floats, denominators: Floats, length: int, *, logarithm: bool, draws: int = DRAWS) -> Spread:
    """Return how far the ratio of two sums strays, or its `logarithm`, by drawing blocks of the answer anew.

    `numerators` and `denominators` have a value for each short piece, shape (pieces,); blocks are `length` pieces long
    and may begin anywhere, the end joined to the start: the circular block bootstrap (Politis & Romano 1992, after
    Künsch 1989, doi 10.1214/aos/1176347265). With few blocks a bootstrap is too sure of itself by the root of k over
    k - 1 (Hesterberg 2015, doi 10.1080/00031305.2015.1089789), which is made good. The error is infinite where there
    are fewer than two blocks, or where a draw has nothing to take a ratio of.
    """
    pieces = len(numerators)
    count = max(1, round(pieces / length))
    starts = (_drawn(draws * count) * pieces).astype(np.int64).reshape(draws, count)
    over, under = (_windows(values, length)[starts].sum(axis=1) for values in (numerators, denominators))
    if count < 2 or not under.all() or (logarithm and not over.all()):
        return Spread(math.inf, 1.0)
    values = np.log(over / under) if logarithm else over / under
    few = math.sqrt(count / (count - 1))
    return Spread(float(values.std(ddof=1)) * few, count - 1.0)


def _drawn(count: int) -> Floats:
    """Return `count` numbers from 0 to 1 that look drawn at random: always the same, whatever version numpy has.

    SplitMix64 (Steele, Lea & Flood 2014, doi 10.1145/2714064.2660195).
    """
    state = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(_SEED)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return (state ^ (state >> np.uint64(31))).astype(np.float64) / 2.0**64


def _windows(values: Floats, length: int) -> Floats:
    """Return for each piece the sum of the `length` that begin with it, going round at the end."""
    round_about = np.concatenate((values, np.resize(values, length)))
    sums = np.concatenate(([0.0], np.cumsum(round_about)))
    return sums[length : length + len(values)] - sums[: len(values)]


def over_answers(totals: Floats, pers: Floats) -> Spread:
    """Return how far the pooled ratio of answers strays, each with a total and a per, shape (answers,) each.

    The linearised variance of a ratio (Cochran, Sampling Techniques, 1977, 6.4), answers being what is drawn.
    """
    count = len(totals)
    left = totals - totals.sum() / pers.sum() * pers
    variance = count / (count - 1) * float((left**2).sum()) / float(pers.sum()) ** 2
    return Spread(math.sqrt(variance), count - 1.0)


def difference(estimate: float, a: Spread, b: Spread, level: float = LEVEL) -> Test:
    """Return the test of an `estimate`, B minus A, by the spreads of both: Welch's t (1947, doi 10.2307/2332510)."""
    error = math.hypot(a.error, b.error)
    if not math.isfinite(error):
        return Test(estimate, None, None, 1.0)
    if error <= _TINY:
        return _dealt(estimate, a, b)
    freedom = error**4 / (a.error**4 / a.freedom + b.error**4 / b.freedom)
    half, p = t_quantile(level, freedom) * error, t_tails(estimate / error, freedom)
    if min(a.error, b.error) <= _TINY and p < (dealt := _dealt(estimate, a, b)).p:
        return dealt
    return Test(estimate, estimate - half, estimate + half, p)


def _dealt(estimate: float, a: Spread, b: Spread) -> Test:
    """Return the test of an `estimate` where a side does not vary: in how many ways all could have been dealt out so.

    A permutation test (Fisher 1935): of all ways to deal the values to the sides, two part them wholly. A side without
    any scatter says nothing of how far chance goes, so that no p value is smaller than this.
    """
    one, other = round(a.freedom) + 1, round(b.freedom) + 1
    least = 1.0 if estimate == 0 else 2 / math.comb(min(one, _DEALT) + min(other, _DEALT), min(one, _DEALT))
    return Test(estimate, None, None, least, least)


def ratio(estimate: float, a: Spread, b: Spread, level: float = LEVEL) -> Test:
    """Return the test of a ratio, B over A, by the spreads of the logarithms of both."""
    test = difference(math.log(estimate), a, b, level)
    low, high = (None if edge is None or edge > _ENDLESS else math.exp(edge) for edge in (test.low, test.high))
    return Test(estimate, low, high, test.p)


def shares(a: tuple[int, int], b: tuple[int, int], level: float = LEVEL) -> Test:
    """Compare two shares, each given as (hits, count): that of `b` less that of `a`.

    The interval is the hybrid of two score intervals (Newcombe 1998, method 10, doi
    10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), the p value Fisher's exact one, twice the smaller
    tail.
    """
    (x, m), (y, n) = a, b
    one, other = x / m, y / n
    (low_a, high_a), (low_b, high_b) = (_score(hits, count, level) for hits, count in (a, b))
    low = other - one - math.hypot(other - low_b, high_a - one)
    high = other - one + math.hypot(high_b - other, one - low_a)
    hits = x + y
    least = min(_fisher(at, m, hits - at, n) for at in (max(0, hits - n), min(m, hits)))
    return Test(other - one, low, high, _fisher(x, m, y, n), least)


def _score(hits: int, count: int, level: float) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927, doi 10.2307/2276774)."""
    z = t_quantile(level, KNOWN)
    middle, half = hits + z * z / 2, z * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return (middle - half) / (count + z * z), (middle + half) / (count + z * z)


def _fisher(x: int, m: int, y: int, n: int) -> float:
    """Return Fisher's p value of `x` of `m` against `y` of `n`, twice the smaller tail."""
    hits = x + y
    whole = math.comb(m + n, hits)
    below = sum(math.comb(m, i) * math.comb(n, hits - i) for i in range(max(0, hits - n), x + 1))
    above = sum(math.comb(m, i) * math.comb(n, hits - i) for i in range(x, min(m, hits) + 1))
    return min(1.0, 2 * min(below / whole, above / whole))


def among_many(tests: Sequence[Test], level: float = LEVEL) -> tuple[float, ...]:
    """Return the p values of `tests` made larger for being many, in their order.

    Those that come out at 1 - `level` or less are chance in at most one of twenty; where nothing changed at all, any of
    them does so in at most one of twenty comparisons (Benjamini & Hochberg 1995, doi
    10.1111/j.2517-6161.1995.tb02031.x). Numbers so small that they could never come out are not among the many (Gilbert
    2005, after Tarone 1990, doi 10.2307/2531456); theirs is their own p value, which is larger than that.
    """
    able = [at for at, test in enumerate(tests) if test.least <= 1 - level]
    out, least = [test.p for test in tests], 1.0
    for rank, at in zip(range(len(able), 0, -1), sorted(able, key=lambda at: tests[at].p, reverse=True), strict=True):
        least = min(least, tests[at].p * len(able) / rank)
        out[at] = least
    return tuple(out)
