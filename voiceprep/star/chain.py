"""A chain of parts over the sentences of an answer: how likely each part is where, and that one is there at all.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001): what each sentence says for each state,
and what one state says for the next. Pure arithmetic; knows no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# F is a result told before the story; it is labelled R.
STATES = "STAROF"
PARTS = "STARO"
_NEVER = -1e4
# Beyond, 1 is nothing beside exp(x) in double precision.
_LARGE = 40.0
_FIRST_RESULT = STATES.index("F")
_RESULT = STATES.index("R")
_STATES_OF = {part: [STATES.index(part)] for part in PARTS} | {"R": [_RESULT, _FIRST_RESULT]}


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """What follows what, in nats: `step` from state to state, shape (6, 6); `start` and `end`, shape (6,)."""

    step: Floats
    start: Floats
    end: Floats


def marginals(emissions: Floats, chain: Chain) -> Floats:
    """Return the probability of each of `PARTS` for each sentence, shape (sentences, 5).

    `emissions` are what the sentences say for each of `STATES`, shape (sentences, 6).
    """
    forward, backward, total = _passes(emissions, chain)
    states = np.exp(forward + backward - total)
    return np.stack([states[:, _STATES_OF[part]].sum(axis=1) for part in PARTS], axis=1)


def presence(emissions: Floats, chain: Chain, parts: str) -> float:
    """Return the log odds that any sentence tells one of `parts`."""
    without = emissions.copy()
    without[:, [state for part in parts for state in _STATES_OF[part]]] = _NEVER
    missing = _passes(emissions, chain)[2] - _passes(without, chain)[2]
    # log(exp(x) - 1) is x but for a rounding error where x is large, and exp(x) overflows for the longest answers.
    return float(missing if missing > _LARGE else np.log(np.expm1(max(missing, 1e-9))))


def states_of(parts: str) -> str:
    """Return the states that the labels `parts`, one a sentence, stand for: a result before the story is an F."""
    story = next((at for at, part in enumerate(parts) if part in "STA"), 0)
    return parts[:story].replace("R", "F") + parts[story:]


def log_sum(values: Floats, axis: int) -> Floats:
    """Return the logarithm of the summed exponentials of `values` along `axis`."""
    top = values.max(axis=axis, keepdims=True)
    return (top + np.log(np.exp(values - top).sum(axis=axis, keepdims=True))).squeeze(axis)  # type: ignore[no-any-return]


def _passes(emissions: Floats, chain: Chain) -> tuple[Floats, Floats, float]:
    """Return log weights of all ways to each state, and from it on, for each sentence; and of all ways."""
    forward, backward = np.empty_like(emissions), np.empty_like(emissions)
    forward[0] = chain.start + emissions[0]
    for at in range(1, len(emissions)):
        forward[at] = emissions[at] + log_sum(forward[at - 1][:, None] + chain.step, 0)
    backward[-1] = chain.end
    for at in range(len(emissions) - 2, -1, -1):
        backward[at] = log_sum(chain.step + (emissions[at + 1] + backward[at + 1])[None], 1)
    return forward, backward, float(log_sum(forward[-1] + chain.end, 0))
