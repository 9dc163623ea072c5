"""The chain of parts against sums over every way to label a short answer, and the file of weights."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voiceprep.star import chain, weights

FINITE = st.floats(-4, 4, allow_nan=False)
STATES = len(chain.STATES)


def ways(emissions: np.ndarray, links: chain.Chain) -> dict[tuple[int, ...], float]:
    """Return the weight of every labelling, multiplied out."""
    out = {}
    for way in product(range(STATES), repeat=len(emissions)):
        score = (
            links.start[way[0]]
            + links.end[way[-1]]
            + sum(row[state] for row, state in zip(emissions, way, strict=True))
        )
        score += sum(links.step[a, b] for a, b in pairwise(way))
        out[way] = float(np.exp(score))
    return out


@settings(deadline=None)
@given(
    arrays(float, st.tuples(st.integers(1, 3), st.just(STATES)), elements=FINITE),
    arrays(float, (STATES, STATES), elements=FINITE),
    arrays(float, (2, STATES), elements=FINITE),
)
def test_marginals_and_presence_are_sums_over_all_ways(
    emissions: np.ndarray, step: np.ndarray, ends: np.ndarray
) -> None:
    links = chain.Chain(step, ends[0], ends[1])
    every = ways(emissions, links)
    total = sum(every.values())
    rows = chain.marginals(emissions, links)
    names = [chain.STATES[state].replace("F", "R") for state in range(STATES)]
    for at in range(len(emissions)):
        for column, part in enumerate(chain.PARTS):
            share = sum(weight for way, weight in every.items() if names[way[at]] == part) / total
            assert rows[at, column] == pytest.approx(share, abs=1e-9)
    for parts in ("S", "R", "STAR"):
        there = sum(weight for way, weight in every.items() if any(names[state] in parts for state in way)) / total
        assert 1 / (1 + np.exp(-chain.presence(emissions, links, parts))) == pytest.approx(there, abs=1e-6)


@pytest.mark.parametrize(
    ("labels", "states"),
    [("STAR", "STAR"), ("RSTA", "FSTA"), ("RRSR", "FFSR"), ("ORSA", "OFSA"), ("RO", "RO"), ("OO", "OO"), ("R", "R")],
)
def test_a_result_before_the_story_has_a_state_of_its_own(labels: str, states: str) -> None:
    assert chain.states_of(labels) == states


@pytest.mark.parametrize("meaning", [False, True])
def test_weights_come_back_from_their_file_and_give_the_same_bytes(meaning: bool) -> None:
    data = weights.written(weights.load(meaning=meaning))
    assert weights.written(weights.read(data)) == data
    assert len(data) < 400_000


def test_features_that_were_never_learnt_say_nothing() -> None:
    shipped = weights.load(meaning=False)
    assert not shipped.emit(weights.Seen([{"no such feature": 1.0}]), shipped.telling).any()
    assert shipped.told({"no such feature": 1.0}) == shipped.bias


def test_a_vector_speaks_for_its_sentence_and_its_neighbours() -> None:
    rows = weights.beside(np.array([[1.0, 0.0], [0.0, 2.0]]))
    assert rows.tolist() == [[1, 0, 0, 0, 0, 2], [0, 2, 1, 0, 0, 0]]
