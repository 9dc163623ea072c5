"""Labels for sentences and presence of parts. Rules with weights set by hand; may not look beyond the sentences.

Order counts softly: a hidden Markov chain may skip parts, go back, and begin with the result. Presence does not follow
from the labels, since a chain always finds a best place for each part: every part has a detector of its own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from voiceprep.model import Part, StarReading
from voiceprep.star.cues import PARTS
from voiceprep.star.episode import episode, logistic
from voiceprep.star.wording import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.star.wording import Reading

# F is a result told before the story; it is labelled R. Set by hand from how people tell: most begin with the
# situation, few tell a task, the result comes last or first.
_STATES = "STAROF"
_LABEL = {"S": "S", "T": "T", "A": "A", "R": "R", "O": "O", "F": "R"}
_START = {"S": 0.52, "T": 0.14, "A": 0.12, "R": 0.02, "O": 0.11, "F": 0.09}
_STEP = {
    "S": {"S": 0.53, "T": 0.20, "A": 0.19, "R": 0.05, "O": 0.03, "F": 0.0},
    "T": {"S": 0.09, "T": 0.28, "A": 0.51, "R": 0.07, "O": 0.05, "F": 0.0},
    "A": {"S": 0.02, "T": 0.04, "A": 0.66, "R": 0.23, "O": 0.05, "F": 0.0},
    "R": {"S": 0.02, "T": 0.05, "A": 0.05, "R": 0.76, "O": 0.12, "F": 0.0},
    "O": {"S": 0.19, "T": 0.10, "A": 0.20, "R": 0.15, "O": 0.35, "F": 0.01},
    "F": {"S": 0.50, "T": 0.14, "A": 0.14, "R": 0.0, "O": 0.05, "F": 0.17},
}
_END = {"S": 0.08, "T": 0.06, "A": 0.22, "R": 0.50, "O": 0.30, "F": 0.05}
# How far the chain trusts the cues: above 1 they outweigh the order.
_TRUST = 1.0
_PRESENT = 0.5
_UNSHOWN = 0.49


def read_star(sentences: Sequence[str]) -> StarReading:
    """Read STAR from *sentences* in the order spoken; punctuation and case do not matter."""
    readings = [read(sentence) for sentence in sentences]
    told = episode(readings)
    posteriors = _posteriors([_emission(reading, told) for reading in readings])
    labels = [max(PARTS, key=row.__getitem__) for row in posteriors]
    probability = _shown(_presence(readings, posteriors, told), frozenset(labels))
    return StarReading(
        parts=tuple(Part(label) for label in labels),
        confidence=tuple(round(row[label], 4) for row, label in zip(posteriors, labels, strict=True)),
        present=_claims(probability, told),
        probability=probability,
        episode=round(told, 4),
    )


def _emission(reading: Reading, told: float) -> dict[str, float]:
    scores = {part: _TRUST * score for part, score in reading.scores.items()}
    if not reading.text:
        return scores | {"O": 6.0}
    doubt = math.log(max(1 - told, 0.01) / max(told, 0.01))
    scores["O"] += max(-0.6, min(4.0, 1.2 * doubt)) - 0.4
    return scores


def _posteriors(emissions: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Return the probability of each part for each sentence (forward-backward, scaled at each step)."""
    if not emissions:
        return []
    likely = [_likelihood(row) for row in emissions]
    forward = [_scaled({state: _START[state] * likely[0][state] for state in _STATES})]
    for row in likely[1:]:
        last = forward[-1]
        forward.append(_scaled({p: row[p] * sum(last[q] * _STEP[q][p] for q in _STATES) for p in _STATES}))
    backward: list[Mapping[str, float]] = [_END]
    for row in reversed(likely[1:]):
        ahead = backward[-1]
        backward.append(_scaled({p: sum(_STEP[p][q] * row[q] * ahead[q] for q in _STATES) for p in _STATES}))
    pairs = zip(forward, reversed(backward), strict=True)
    return [_merged(_scaled({state: f[state] * b[state] for state in _STATES})) for f, b in pairs]


def _likelihood(row: Mapping[str, float]) -> dict[str, float]:
    top = max(row.values())
    return {state: math.exp(row[_LABEL[state]] - top) for state in _STATES}


def _merged(row: Mapping[str, float]) -> dict[str, float]:
    return {part: sum(row[state] for state in _STATES if _LABEL[state] == part) for part in PARTS}


def _scaled(row: Mapping[str, float]) -> dict[str, float]:
    total = sum(row.values())
    return {part: value / total for part, value in row.items()}


# A bias, then weights of the best own score, the best lead over the other parts, and the best place in the chain.
# Rounded from a logistic fit to the development half of the test corpus with parts left out; the bias then raised by
# half a nat, since in answers at large a part is there more often than in those copies.
_DETECTOR = {
    "S": (-2.2, 0.3, 1.2, 2.2),
    "T": (-1.1, 0.7, 0.8, 1.0),
    "A": (-3.0, 1.0, 1.2, 1.2),
    "R": (-1.8, 0.6, 1.0, 1.8),
}


def _presence(readings: Sequence[Reading], posteriors: Sequence[Mapping[str, float]], told: float) -> dict[str, float]:
    if not readings:
        return dict.fromkeys(_DETECTOR, 0.0)
    story = logistic(8 * (told - 0.35))
    return {part: round(story * _heard(part, readings, posteriors), 4) for part in _DETECTOR}


def _heard(part: str, readings: Sequence[Reading], posteriors: Sequence[Mapping[str, float]]) -> float:
    bias, by_score, by_lead, by_place = _DETECTOR[part]
    score = min(4.0, max(reading.scores[part] for reading in readings))
    lead = max(-2.0, min(3.0, max(_margin(reading, part) for reading in readings)))
    placed = max(row[part] for row in posteriors)
    return logistic(bias + by_score * score + by_lead * lead + by_place * placed)


def _margin(reading: Reading, part: str) -> float:
    return reading.scores[part] - max(score for other, score in reading.scores.items() if other != part)


def _shown(probability: Mapping[str, float], labels: frozenset[str]) -> dict[str, float]:
    """Return `probability`, below a claim for a part that none of the `labels` shows: nothing could be listened to."""
    return {part: value if part in labels else min(value, _UNSHOWN) for part, value in probability.items()}


def _claims(probability: Mapping[str, float], told: float) -> dict[str, bool]:
    """Say which parts are there; without a told event at most one may be claimed."""
    claims = {part: value >= _PRESENT for part, value in probability.items()}
    if told >= _PRESENT:
        return claims
    best = max(probability, key=probability.__getitem__)
    return {part: claim and part == best for part, claim in claims.items()}
