"""Trends: known values, scipy as the oracle, and what may change nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from voiceprep.progress.trend import chance, cling, holm, inflation, kendall, theil_sen, trend
from voiceprep.progress.usual import Place, Usual, usual

VALUES = st.lists(st.integers(0, 12).map(float), min_size=5, max_size=40)
SPREAD = st.lists(st.floats(0, 1e3).map(lambda value: round(value, 3)), min_size=5, max_size=40)


def array(values: list[float]) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)


def test_the_slope_is_the_median_of_all_slopes_between_two_values() -> None:
    # By hand: 1, 3/2, 2, 2, 5/2 and 3.
    assert theil_sen([1.0, 2.0, 4.0, 7.0])[0] == 2.0
    assert theil_sen([5.0, 5.0, 5.0, 5.0, 5.0]) == (0.0, 0.0, 0.0)


def test_one_odd_value_does_not_tilt_the_line() -> None:
    values = [float(at) for at in range(20)]
    values[3] = 500.0
    assert theil_sen(values)[0] == pytest.approx(1.0)
    assert trend(values).start == pytest.approx(0.0, abs=1.0)


@settings(deadline=None)
@given(SPREAD)
def test_slope_and_interval_are_those_of_scipy(values: list[float]) -> None:
    wanted = stats.theilslopes(values, alpha=0.95)
    assert theil_sen(values) == pytest.approx((wanted.slope, wanted.low_slope, wanted.high_slope))


@settings(deadline=None)
@given(VALUES)
def test_slope_and_interval_of_tied_values_are_those_of_scipy(values: list[float]) -> None:
    wanted = stats.theilslopes(values, alpha=0.95)
    assert theil_sen(values) == pytest.approx((wanted.slope, wanted.low_slope, wanted.high_slope))


@pytest.mark.parametrize("count", [200, 201, 260])
def test_slope_and_interval_of_a_long_series_are_those_of_scipy_too(count: int) -> None:
    values = (np.random.default_rng(5).normal(size=count).round(1) + np.arange(count) / 500).tolist()
    wanted = stats.theilslopes(values, alpha=0.95)
    assert theil_sen(values) == pytest.approx((wanted.slope, wanted.low_slope, wanted.high_slope))


def test_kendalls_score_is_that_of_the_textbook() -> None:
    # Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, section 16.4.1.
    assert kendall(array([10, 15, 14, 20])) == (4, pytest.approx(4 * 3 * 13 / 18))


def test_ties_make_the_variance_smaller() -> None:
    # Two ties of three and one of two in eight values: (8*7*21 - 2*3*2*11 - 2*1*9) / 18.
    score, variance = kendall(array([1, 1, 1, 2, 2, 3, 3, 3]))
    assert variance == pytest.approx((8 * 7 * 21 - 2 * 3 * 2 * 11 - 2 * 1 * 9) / 18)
    assert score == 3 * 2 + 3 * 3 + 2 * 3


@settings(deadline=None)
@given(VALUES)
def test_score_and_chance_are_those_of_scipy_but_for_the_correction_of_continuity(values: list[float]) -> None:
    score, variance = kendall(array(values))
    if len(set(values)) == 1:
        assert (score, variance, chance(score, variance)) == (0, 0.0, 1.0)
        return
    wanted = stats.kendalltau(range(len(values)), values, method="asymptotic")
    assert math.erfc(abs(score) / math.sqrt(2 * variance)) == pytest.approx(wanted.pvalue)
    assert chance(score, variance) >= wanted.pvalue - 1e-12


def test_a_line_is_a_trend_and_noise_is_not() -> None:
    assert trend([float(at) for at in range(12)]).chance < 1e-4
    assert trend([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0]).chance > 0.05


def test_constant_values_have_no_trend_and_do_not_cling() -> None:
    flat = trend([2.0] * 12)
    assert (flat.slope, flat.low, flat.high, flat.score, flat.chance) == (0.0, 0.0, 0.0, 0, 1.0)
    assert cling([2.0] * 12) is None
    assert cling([1.0, 2.0]) is None


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6])
def test_the_variance_of_series_that_cling_is_raised_as_much_as_it_is(kept: float) -> None:
    random, count = np.random.default_rng(7), 30
    scores = []
    for _ in range(1500):
        noise = random.normal(size=count + 30)
        for at in range(1, len(noise)):
            noise[at] += kept * noise[at - 1]
        scores.append(kendall(noise[30:])[0])
    plain = count * (count - 1) * (2 * count + 5) / 18
    # The variance of 1500 draws is right within 7.5 % nineteen times in twenty; ranks cling a little less than values.
    assert np.var(scores) / plain == pytest.approx(inflation(kept, count), rel=0.15)


def test_a_series_that_clings_is_told_from_one_that_does_not() -> None:
    random = np.random.default_rng(3)
    found = {}
    for kept in (0.0, 0.5):
        draws = []
        for _ in range(300):
            noise = random.normal(size=60)
            for at in range(1, len(noise)):
                noise[at] += kept * noise[at - 1]
            draws.append(cling(noise[20:]) or 0.0)
        found[kept] = float(np.mean(draws))
    # Without bias: that is what the correction is for.
    assert found[0.0] == pytest.approx(0.0, abs=0.04)
    assert found[0.5] == pytest.approx(0.5, abs=0.08)


def test_what_would_make_a_trend_surer_is_not_believed() -> None:
    assert inflation(-0.8, 20) == 1.0
    assert inflation(0.0, 20) == pytest.approx(1.0)
    assert inflation(0.4, 20) > 1.5


def test_clinging_makes_a_trend_less_sure() -> None:
    values = [0.0, 2.0, 1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 5.0, 7.0, 6.0, 8.0]
    plain, doubted = trend(values), trend(values, 0.5)
    assert doubted.chance > plain.chance
    assert doubted.low <= plain.low <= plain.slope <= plain.high <= doubted.high


@settings(deadline=None)
@given(SPREAD, st.integers(-50, 50), st.floats(0, 0.9))
def test_a_constant_added_to_all_values_moves_the_line_and_nothing_else(
    values: list[float], by: int, clinging: float
) -> None:
    values = [round(value) / 4 for value in values]
    before, after = trend(values, clinging), trend([value + by for value in values], clinging)
    assert (after.slope, after.low, after.high) == pytest.approx((before.slope, before.low, before.high))
    assert (after.score, after.chance) == (before.score, before.chance)
    assert (after.start, after.end) == pytest.approx((before.start + by, before.end + by))


@settings(deadline=None)
@given(SPREAD)
def test_the_same_backwards_goes_the_other_way(values: list[float]) -> None:
    forwards, backwards = trend(values), trend(values[::-1])
    assert backwards.slope == pytest.approx(-forwards.slope)
    assert (backwards.score, backwards.chance) == (-forwards.score, forwards.chance)


# Holm


def test_holm_stops_at_the_first_that_chance_explains() -> None:
    # Holm 1979: .05/4, .05/3, .05/2, .05/1.
    chances = {"a": 0.016, "b": 0.026, "c": 0.04, "d": 0.001}
    assert holm(chances, 0.05) == {"d", "a"}
    assert holm({"a": 0.04}, 0.05) == {"a"}
    assert holm({}, 0.05) == frozenset()
    assert holm({"a": 0.02, "b": 0.03}, 0.05) == {"a", "b"}


@settings(deadline=None)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(0, 1), max_size=12))
def test_holm_finds_no_more_than_each_alone_and_no_less_than_bonferroni(chances: dict[str, float]) -> None:
    found = holm(chances, 0.05)
    assert found <= {name for name, value in chances.items() if value <= 0.05}
    assert found >= {name for name, value in chances.items() if value <= 0.05 / len(chances)}


# What is usual


def test_usual_is_two_robust_standard_deviations_around_the_median() -> None:
    assert usual([1.0, 2.0, 3.0, 4.0, 500.0]) == Usual(
        3.0, pytest.approx(3 - 2 * 1.4826), pytest.approx(3 + 2 * 1.4826), 5
    )


def test_with_few_values_nothing_is_usual() -> None:
    assert usual([1.0, 2.0, 3.0, 4.0]) is None


def test_where_most_values_are_the_same_another_is_not_unusual_for_that() -> None:
    found = usual([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    assert found
    assert found.low == 0.0
    assert found.high == pytest.approx(2 * 1.2533 * 2 / 7)


def test_constant_values_are_usual_and_others_are_not() -> None:
    found = usual([4.0] * 6)
    assert found == Usual(4.0, 4.0, 4.0, 6)
    assert [found.place(value) for value in (3.9, 4.0, 4.1)] == [Place.BELOW, Place.INSIDE, Place.ABOVE]


def test_no_count_is_below_nothing_and_no_share_over_all() -> None:
    found = usual([0.1, 0.9, 0.2, 0.8, 0.5], most=1.0)
    assert found
    assert (found.low, found.high) == (0.0, 1.0)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e4), min_size=5, max_size=30))
def test_the_order_of_values_does_not_matter_to_what_is_usual(values: list[float]) -> None:
    found, other = usual(values), usual(sorted(values))
    assert found
    assert other
    assert (found.middle, found.low, found.high) == pytest.approx((other.middle, other.low, other.high))
    assert found.low <= found.middle <= found.high
