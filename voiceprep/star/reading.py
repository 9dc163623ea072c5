"""Labels for sentences and presence of parts, from learnt weights. May not look beyond the sentences.

Order counts softly: the chain may skip parts, go back, and begin with the result. Presence does not follow from the
labels, since a chain always finds a best place for each part: every part has a detector of its own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Part, StarReading
from voiceprep.star import chain, features
from voiceprep.star.chain import PARTS
from voiceprep.star.weights import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from voiceprep.star.weights import Weights

    Floats = npt.NDArray[np.float64]

STAR = "STAR"
_PRESENT = 0.5
_UNSHOWN = 0.49
# A lead or log odds beyond this says no more.
_MOST = 8.0


def read_star(sentences: Sequence[str], weights: Weights | None = None) -> StarReading:
    """Read STAR from *sentences* in the order spoken; punctuation and case do not matter.

    *weights* are those of the package unless others are given.
    """
    weights = weights or load()
    readings = features.readings_of(sentences)
    if not any(reading.text for reading in readings):
        return _nothing(len(sentences))
    gate = weights.told(features.of_answer(readings))
    emissions = weights.emit(features.of_sentences(readings, weights.rows, gate))
    rows = chain.marginals(emissions, weights.chain)
    labels = [PARTS[at] for at in rows.argmax(axis=1)]
    told = logistic(weighed(weights.story, story_evidence(emissions, gate, weights)))
    found = {
        part: logistic(weighed(weights.detectors[part], evidence(part, emissions, rows, weights))) for part in STAR
    }
    probability = _shown(found, frozenset(labels))
    return StarReading(
        parts=tuple(Part(label) for label in labels),
        confidence=tuple(round(float(value), 4) for value in rows.max(axis=1)),
        present=_claims(probability, told),
        probability=probability,
        episode=round(told, 4),
    )


def evidence(part: str, emissions: Floats, rows: Floats, weights: Weights) -> tuple[float, ...]:
    """Return what speaks for *part* in an answer, in the order of `weights.DETECTOR`."""
    at = PARTS.index(part)
    said = emissions[:, : len(PARTS)].copy()
    said[:, PARTS.index("R")] = emissions[:, [chain.STATES.index("R"), chain.STATES.index("F")]].max(axis=1)
    lead = (said[:, at] - np.delete(said, at, axis=1).max(axis=1)).max()
    return (
        _bounded(chain.presence(emissions, weights.chain, part)),
        _bounded(float(lead)),
        float(rows[:, at].max()),
        float((rows.argmax(axis=1) == at).any()),
        _bounded(chain.presence(emissions, weights.chain, STAR)),
    )


def story_evidence(emissions: Floats, gate: float, weights: Weights) -> tuple[float, ...]:
    """Return what speaks for one told event: the log odds by the answer as a whole, and by the chain."""
    return _bounded(gate), _bounded(chain.presence(emissions, weights.chain, STAR))


def weighed(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the log odds that *values* give with *weights*, whose last is the bias."""
    return weights[-1] + sum(weight * value for weight, value in zip(weights, values, strict=False))


def logistic(x: float) -> float:
    """Return the probability that *x*, in nats, stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))


def _bounded(value: float) -> float:
    return max(-_MOST, min(_MOST, value))


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
