"""From tests to words: what got better or worse, what else changed, what is no more than chance. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceprep import chance
from voiceprep.comparison.values import Change, Difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.chance import Test
    from voiceprep.model import Band


@dataclass(frozen=True, slots=True)
class Held:
    """A difference before its verdict: with its `test` (None: not tested), and the bands of both sides."""

    difference: Difference
    test: Test | None = None
    bands: tuple[Band | None, Band | None] = (None, None)


# The same told twice counts once among the many: what is said of the second is said by the first.
TWINS = {"pause_share": "phonation_ratio", "hesitation_share": "hesitations"}


def judged(held: Sequence[Held]) -> tuple[Difference, ...]:
    """Return the differences of `held` with their verdicts; all that were tested are looked at together."""
    tests = {one.difference.metric: one.test for one in held if one.test}
    apart = {name: test for name, test in tests.items() if TWINS.get(name) not in tests}
    many = dict(zip(apart, chance.among_many(list(apart.values())), strict=True))
    return tuple(_with(one, one.test, _among(one, many)) if one.test else one.difference for one in held)


def _among(held: Held, many: Mapping[str, float]) -> float:
    """Return the p value of `held` among the `many`; where it has a twin, the twin's, or its own if that is larger."""
    name = held.difference.metric
    twin = many.get(TWINS.get(name, ""))
    if name in many or twin is None or held.test is None:
        return many[name]
    return max(twin, held.test.p)


def _with(held: Held, test: Test, among: float) -> Difference:
    change = _towards(held) if among <= 1 - chance.LEVEL else Change.CHANCE
    return replace(
        held.difference, change=change, estimate=test.estimate, low=test.low, high=test.high, p=test.p, among=among
    )


def _towards(held: Held) -> Change:
    """Say whether B is nearer to what is good than A: each by the band that holds for it."""
    far = [_far(value, band) for value, band in zip((held.difference.a, held.difference.b), held.bands, strict=True)]
    if far[0] is None or far[1] is None or far[0] == far[1]:
        return Change.OTHER
    return Change.BETTER if far[1] < far[0] else Change.WORSE


def _far(value: float | None, band: Band | None) -> float | None:
    """Return how far `value` is outside of what is good by `band`, 0 inside; None where nothing says what is good."""
    if value is None or band is None or (band.low is None and band.high is None):
        return None
    below = band.low - value if band.low is not None else 0.0
    above = value - band.high if band.high is not None else 0.0
    return max(below, above, 0.0)
