"""Two sessions compared by their counts, answer by answer: no words are looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import chance
from voiceprep.comparison.measures import DIFFERENCE, PLACED, RATIO
from voiceprep.comparison.order import corrected, out_of_order
from voiceprep.comparison.values import Change, Comparison, Difference, Side
from voiceprep.comparison.verdicts import Held, judged
from voiceprep.metrics import OF_WORDS
from voiceprep.model import Answer, Engine, Transcript
from voiceprep.tables import METRICS, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from voiceprep.chance import Test
    from voiceprep.metrics import Metric
    from voiceprep.model import Band, Measurement

    Floats = npt.NDArray[np.float64]

# Fewer answers do not tell how one's answers vary.
LEAST = 3
# Their band is the same whatever was asked and said.
_SAME_FOR_ALL = frozenset(
    {
        "action",
        "result",
        "result_numbers",
        "opening",
        "ending",
        "response_latency",
        "pace",
        "phonation_ratio",
        "long_pauses_within",
        "hesitations",
    }
)
_NOTHING = Transcript((), (), (), 0.0, "en", 1.0, None, Engine("", "", "", ""))


@dataclass(frozen=True, slots=True)
class Counted:
    """A session: what was counted in each of its answers, where the user corrected it as corrected."""

    side: Side
    answers: tuple[tuple[Measurement, ...], ...]


def compare_sittings(a: Counted, b: Counted, bands: dict[str, Band] | None = None) -> Comparison:
    """Compare the sessions `a` and `b`; the user's own `bands` count before those of the metrics."""
    told = (*out_of_order(a.side, b.side), *corrected(a.side, b.side))
    return Comparison(a.side, b.side, judged(tuple(_measures(a, b, bands or {}))), caveats=told)


def _measures(a: Counted, b: Counted, bands: dict[str, Band]) -> Iterator[Held]:
    for name in METRICS:
        found = [[one for answer in side.answers for one in answer if one.metric == name] for side in (a, b)]
        known = [[one for one in side if one.value is not None] for side in found]
        if any(known):
            yield _one(load(METRICS, name), known[0], known[1], bands)


def _one(metric: Metric, a: Sequence[Measurement], b: Sequence[Measurement], bands: dict[str, Band]) -> Held:
    versions = {one.version for one in (*a, *b)}
    in_words = bool(versions) and min(versions) >= OF_WORDS
    row = Difference(
        metric.name,
        metric.label,
        (metric.unit_of_text or metric.unit) if in_words else metric.unit,
        metric.group,
        _pooled(a),
        _pooled(b),
        Change.INCOMPARABLE,
    )
    if reason := _unlike(a, b, versions):
        return Held(replace(row, reason=reason))
    totals, pers = ([np.array([getattr(one, name) for one in side]) for side in (a, b)] for name in ("total", "per"))
    of, method, test = _tested(metric.name, totals, pers)
    band = bands.get(metric.name) or _usual(metric)
    return Held(replace(row, change=Change.CHANCE, of=of, method=method), test, (band, band))


def _unlike(a: Sequence[Measurement], b: Sequence[Measurement], versions: set[int]) -> str:
    if len(versions) > 1:
        return "its answers were measured in different ways"
    if not (a and b):
        return f"not measured in {'B' if a else 'A'}"
    if min(len(a), len(b)) < LEAST:
        few, count = ("A", len(a)) if len(a) < len(b) else ("B", len(b))
        what = f"{count} answer{'' if count == 1 else 's'}"
        return f"{few} has {what} with it, and {LEAST} are needed to tell how they vary"
    return ""


def _pooled(side: Sequence[Measurement]) -> float | None:
    per = sum(one.per for one in side)
    return sum(one.total for one in side) / per if per else None


def _tested(name: str, totals: Sequence[Floats], pers: Sequence[Floats]) -> tuple[str, str, Test]:
    """Return what the interval is of, how it was tested, and the test: answers are what varies."""
    sums = [(float(total.sum()), float(per.sum())) for total, per in zip(totals, pers, strict=True)]
    # Few events make a rate that is nothing like a bell: they are counted exactly.
    if name in PLACED - {"hesitation_share"}:
        factor = chance.dispersion(list(zip(totals, pers, strict=True)))
        wider = f", events taken for {factor:.1f} times as scattered" if factor >= 1.05 else ""
        return RATIO, f"exact test of two counts{wider}", chance.rates(sums[0], sums[1], factor)
    spreads = [chance.over_answers(total, per) for total, per in zip(totals, pers, strict=True)]
    change = sums[1][0] / sums[1][1] - sums[0][0] / sums[0][1]
    return DIFFERENCE, "Welch's t over the answers", chance.difference(change, spreads[0], spreads[1])


def _usual(metric: Metric) -> Band | None:
    """Return the band of `metric` that holds for any answer, whatever was asked and said."""
    return metric.band(Answer(_NOTHING)) if metric.name in _SAME_FOR_ALL else None
