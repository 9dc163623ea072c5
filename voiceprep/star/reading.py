"""Labels for sentences and presence of parts, from learnt weights. May not look beyond the sentences.

Order counts softly: the chain may skip parts, go back, and begin with the result. Presence does not follow from the
labels, since a chain always finds a best place for each part: every part has a detector of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Part, StarReading
from voiceprep.star import chain, features
from voiceprep.star.chain import PARTS
from voiceprep.star.weights import Seen, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from voiceprep.star.weights import Weights
    from voiceprep.star.wording import Reading

    Floats = npt.NDArray[np.float64]

STAR = "STAR"
# What a reading goes by.
BY_WORDING, WITH_MEANING = "wording", "wording and meaning"
_PRESENT = 0.5
_UNSHOWN = 0.49
# A lead or log odds beyond this says no more.
MOST = 8.0


def read_star(
    sentences: Sequence[str], vectors: Floats | None = None, *, weights: Weights | None = None
) -> StarReading:
    """Read STAR from *sentences* in the order spoken; punctuation and case do not matter.

    *vectors* are what they mean, shape (sentences, 384): they make the reading surer. *weights* are those of the
    package unless others are given.
    """
    weights = weights or load(meaning=vectors is not None)
    readings = features.readings_of(sentences)
    if not any(reading.text for reading in readings):
        return _nothing(len(sentences))
    shown = show(readings, weights, vectors)
    told = logistic(shown.story)
    rows = shown.mixed(told)
    labels = [PARTS[at] for at in rows.argmax(axis=1)]
    found = {part: logistic(weighed(weights.detectors[part], shown.evidence(part))) for part in STAR}
    probability = _shown(found, frozenset(labels))
    return StarReading(
        parts=tuple(Part(label) for label in labels),
        confidence=tuple(round(float(value), 4) for value in rows.max(axis=1)),
        present=_claims(probability, told),
        probability=probability,
        episode=round(told, 4),
        by=WITH_MEANING if vectors is not None else BY_WORDING,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What an answer shows: `emissions` and `rows` (sentences by parts) if it is a story; log odds that it is one.

    `witnesses` are those of the gate and of the chain that knows all answers; `story` is what both come to.
    """

    emissions: Floats
    rows: Floats
    chain: chain.Chain
    witnesses: tuple[float, float]
    story: float

    def mixed(self, told: float) -> Floats:
        """Return the probability of each part for each sentence where *told* is that of a story; else all is O."""
        mixed = told * self.rows
        mixed[:, PARTS.index("O")] += 1 - told
        return mixed

    def evidence(self, part: str) -> tuple[float, ...]:
        """Return what speaks for *part*, in the order of `weights.DETECTOR`."""
        at = PARTS.index(part)
        said = self.emissions[:, : len(PARTS)].copy()
        first_or_not = [chain.STATES.index("R"), chain.STATES.index("F")]
        said[:, PARTS.index("R")] = self.emissions[:, first_or_not].max(axis=1)
        lead = (said[:, at] - np.delete(said, at, axis=1).max(axis=1)).max()
        return (
            _bounded(chain.presence(self.emissions, self.chain, part)),
            _bounded(float(lead)),
            float(self.rows[:, at].max()),
            float((self.rows.argmax(axis=1) == at).any()),
            _bounded(self.story),
        )


def show(readings: Sequence[Reading], weights: Weights, vectors: Floats | None = None) -> Shown:
    """Return what the sentences with *readings*, and *vectors* if there are any, show to *weights*."""
    gate = weights.told(features.of_answer(readings))
    seen = Seen(features.of_sentences(readings, weights.rows, gate), vectors)
    emissions = weights.emit(seen, weights.telling)
    anything = weights.emit(seen, weights.anything)
    witnesses = (_bounded(gate), _bounded(chain.presence(anything, weights.anything.chain, STAR)))
    rows = chain.marginals(emissions, weights.telling.chain)
    return Shown(emissions, rows, weights.telling.chain, witnesses, weighed(weights.story, witnesses))


def weighed(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the log odds that *values* give with *weights*, whose last is the bias."""
    return weights[-1] + sum(weight * value for weight, value in zip(weights, values, strict=False))


def logistic(x: float) -> float:
    """Return the probability that *x*, in nats, stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))


def _bounded(value: float) -> float:
    return max(-MOST, min(MOST, value))


def _nothing(count: int) -> StarReading:
    return StarReading((Part.OTHER,) * count, (1.0,) * count, dict.fromkeys(STAR, False), dict.fromkeys(STAR, 0.0), 0.0)


def _shown(probability: Mapping[str, float], labels: frozenset[str]) -> dict[str, float]:
    """Return `probability`, below a claim for a part that none of the `labels` shows: nothing could be listened to."""
    return {part: round(p if part in labels else min(p, _UNSHOWN), 4) for part, p in probability.items()}


def _claims(probability: Mapping[str, float], told: float) -> dict[str, bool]:
    """Say which parts are there; without a told event at most one may be claimed."""
    claims = {part: value >= _PRESENT for part, value in probability.items()}
    if told >= _PRESENT:
        return claims
    best = max(probability, key=probability.__getitem__)
    return {part: claim and part == best for part, claim in claims.items()}
