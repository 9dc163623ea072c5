"""Intervals and tests agree with SciPy, with published examples, and with one another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from voiceprep import chance

COUNTS = st.integers(0, 60)
EXPOSURES = st.floats(0.2, 20)


# Distributions


@pytest.mark.parametrize("x", [0.0, 1e-6, 0.02, 0.5, 0.93, 1.0])
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1.0, 3.0), (2.4, 17.8), (300.0, 40.0), (0.001, 5.0)])
def test_the_beta_distribution_is_that_of_scipy(x: float, a: float, b: float) -> None:
    assert chance.beta_cdf(x, a, b) == pytest.approx(special.betainc(a, b, x), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 9.0, 120.0, chance.KNOWN])
def test_students_t_is_that_of_scipy(freedom: float) -> None:
    assert chance.t_quantile(0.95, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-7)
    assert chance.t_tails(2.2, freedom) == pytest.approx(2 * stats.t.sf(2.2, freedom), rel=1e-7)


# Shares and counts


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe 1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, Clopper-Pearson.
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_interval_of_a_share_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    assert chance.proportion(hits, count) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(1, 40), st.floats(0.05, 0.95))
def test_the_share_is_tested_as_scipy_does(hits: int, more: int, expected: float) -> None:
    count = hits + more
    tails = [stats.binomtest(hits, count, expected, way).pvalue for way in ("less", "greater")]
    assert chance.proportion_p(hits, count, expected) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6)
    interval = stats.binomtest(hits, count).proportion_ci(method="exact")
    assert chance.proportion(hits, count) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_the_ratio_of_two_rates_is_that_of_a_published_example() -> None:
    # The example of poisson.test in R: 11 of 800 against 21 of 3011.
    found = chance.rates((21, 1083 + 1050 + 878), (11, 800))
    assert found.estimate == pytest.approx(1.971488, abs=1e-6)
    assert (found.low, found.high) == (pytest.approx(0.8584264, abs=1e-6), pytest.approx(4.277266, abs=1e-5))


@settings(deadline=None, max_examples=40)
@given(COUNTS, EXPOSURES, COUNTS, EXPOSURES, st.floats(1, 4))
def test_a_swap_turns_the_ratio_over(a: int, before: float, b: int, after: float, factor: float) -> None:
    one, other = chance.rates((a, before), (b, after), factor), chance.rates((b, after), (a, before), factor)
    assert one.p == pytest.approx(other.p, abs=1e-9)
    assert one.least == pytest.approx(other.least, abs=1e-12)
    if one.low and other.high:
        assert one.low == pytest.approx(1 / other.high, rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(COUNTS, EXPOSURES, COUNTS, EXPOSURES)
def test_an_interval_without_one_in_it_goes_with_a_small_p(a: int, before: float, b: int, after: float) -> None:
    found = chance.rates((a, before), (b, after))
    apart = bool(found.low and found.low > 1 + 1e-9) or (found.high is not None and found.high < 1 - 1e-9)
    assert apart == (found.p < 0.05 - 1e-9) or abs(found.p - 0.05) < 1e-6
    assert found.p >= found.least - 1e-12


def test_nothing_against_nothing_tells_nothing() -> None:
    assert chance.rates((0, 2.0), (0, 1.5)) == chance.Test(None, None, None, 1.0, 1.0)


def test_clusters_make_an_interval_wider() -> None:
    one, clustered = chance.rates((20, 2.0), (8, 2.0)), chance.rates((20, 2.0), (8, 2.0), 2.0)
    assert one.p < 0.05 < clustered.p
    assert clustered.low < one.low < one.high < clustered.high  # type: ignore[operator]


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    # Newcombe 1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, table II, method 10.
    [((48, 80), (56, 70), 0.0524, 0.3339), ((3, 10), (9, 10), 0.1705, 0.8090)],
)
def test_the_difference_of_two_shares_is_the_published_one(
    a: tuple[int, int], b: tuple[int, int], low: float, high: float
) -> None:
    found = chance.shares(a, b)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 15), st.integers(0, 15))
def test_two_shares_are_tested_exactly(x: int, rest: int, y: int, other: int) -> None:
    if not (x + rest and y + other):
        return
    ways = [stats.fisher_exact([[x, rest], [y, other]], way).pvalue for way in ("less", "greater")]
    found = chance.shares((x, x + rest), (y, y + other))
    assert found.p == pytest.approx(min(1.0, 2 * min(ways)), rel=1e-9)
    assert found.p >= found.least - 1e-12


# How answers scatter


def test_independent_events_have_a_dispersion_of_about_one_and_doubled_ones_of_two() -> None:
    draw = np.random.default_rng(1)
    events, exposure = draw.poisson(1.5, 2000).astype(float), np.ones(2000)
    assert chance.dispersion([(events, exposure)]) == pytest.approx(1.0, abs=0.1)
    assert chance.dispersion([(2 * events, exposure)]) == pytest.approx(2.0, abs=0.2)


def test_what_is_too_regular_is_not_taken_for_more_than_chance() -> None:
    assert chance.dispersion([(np.ones(20), np.ones(20))]) == 1.0
    assert chance.dispersion([(np.zeros(4), np.ones(4))]) == 1.0


def test_a_rate_of_its_own_in_each_answer_is_no_cluster() -> None:
    one, other = (np.full(10, count, dtype=float) for count in (1, 5))
    assert chance.dispersion([(one, np.ones(10)), (other, np.ones(10))]) == 1.0


def test_the_bootstrap_finds_the_error_of_a_mean() -> None:
    values = np.random.default_rng(2).normal(10, 2, 600)
    found = chance.scatter(values, np.ones(600), 10, logarithm=False)
    assert found.error == pytest.approx(2 / math.sqrt(600), rel=0.2)
    assert found.freedom == 59


def test_blocks_see_what_goes_on_for_longer_than_a_piece() -> None:
    slow = np.repeat(np.random.default_rng(3).normal(10, 2, 100), 6)
    short, long = (chance.scatter(slow, np.ones(600), length, logarithm=False).error for length in (1, 12))
    assert long > 1.6 * short


def test_the_bootstrap_always_draws_the_same() -> None:
    values = np.arange(60.0) + 1
    one, other = (chance.scatter(values, np.ones(60), 15, logarithm=True) for _ in range(2))
    assert one == other
    # Whatever the machine and the version of NumPy.
    assert one.error == pytest.approx(0.272421, abs=1e-6)


@pytest.mark.parametrize("values", [np.zeros(60), np.array([1.0] * 30)])
def test_too_little_has_an_endless_error(values: np.ndarray) -> None:
    spread = chance.scatter(values, np.ones(len(values)), 30, logarithm=True)
    assert spread.error == math.inf
    assert chance.difference(1.0, spread, spread) == chance.Test(1.0, None, None, 1.0)


def test_answers_that_scatter_are_compared_as_welch_does() -> None:
    one, other = np.array([3.0, 4, 6, 2]), np.array([7.0, 9, 6, 8, 11])
    spreads = [chance.over_answers(values, np.ones(len(values))) for values in (one, other)]
    found = chance.difference(float(other.mean() - one.mean()), *spreads)
    expected = stats.ttest_ind(other, one, equal_var=False)
    # Its variances are those of n - 1, ours of the linearised ratio: they are the same where each per is 1.
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    interval = expected.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_what_never_varies_is_tested_by_how_it_could_have_been_dealt() -> None:
    sure = chance.Spread(0.0, 3.0)
    assert chance.difference(0.0, sure, sure).p == 1.0
    # Four values on each side, all alike: 2 of the 70 ways to deal them part them so.
    assert chance.difference(0.1, sure, sure).p == pytest.approx(2 / 70)


@pytest.mark.parametrize(
    ("one", "other", "p", "ends"),
    [
        # Of the 20 ways to deal six values to two sides of three, 2 part them wholly; of 70 for four and four.
        ((3, 3, 3), (4, 4, 4), 2 / 20, False),
        ((0, 0, 0), (1, 1, 1), 2 / 20, False),
        ((3, 3, 3), (10, 10, 11), 2 / 20, False),
        ((3, 3, 3, 3), (10, 10, 10, 11), 2 / 70, False),
        # Welch's t is the more careful here: 7/3 over an error of 4/3; p is 1 - t / sqrt(t^2 + 2) with a freedom of 2.
        ((3, 3, 3), (4, 4, 8), 1 - 1.75 / 2.25, True),
    ],
)
def test_a_side_that_never_varies_proves_no_more_than_its_number(
    one: tuple[float, ...], other: tuple[float, ...], p: float, *, ends: bool
) -> None:
    spreads = [chance.over_answers(np.array(side, float), np.ones(len(side))) for side in (one, other)]
    found = chance.difference(sum(other) / len(other) - sum(one) / len(one), *spreads)
    assert found.p == pytest.approx(p)
    assert (found.low is not None, found.high is not None) == (ends, ends)


def test_a_ratio_is_tested_on_its_logarithm() -> None:
    found = chance.ratio(2.0, chance.Spread(0.1, 9.0), chance.Spread(0.1, 9.0))
    assert found.low is not None
    assert found.high is not None
    assert math.sqrt(found.low * found.high) == pytest.approx(2.0)


# Many at once


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 1), max_size=12))
def test_many_are_looked_at_as_scipy_does(ps: list[float]) -> None:
    expected = stats.false_discovery_control(ps) if ps else []
    found = chance.among_many([chance.Test(None, None, None, p) for p in ps])
    assert found == pytest.approx(list(expected))


def test_what_could_never_be_called_does_not_count_among_the_many() -> None:
    few = [chance.Test(None, None, None, 0.6, 0.25)] * 20
    real = chance.Test(2.0, 1.1, 3.6, 0.01)
    assert chance.among_many([*few, real]) == (*[0.6] * 20, 0.01)
