"""How each measure of two answers is held against chance, and why some cannot be compared. Pure.

A measure that this module does not know has one value an answer: it is shown, and not tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep import chance
from voiceprep.comparison.stretches import BLOCK, LEAST_BLOCKS, Pieces, joined, pieces
from voiceprep.metrics import OF_WORDS
from voiceprep.metrics.fillers import ERRORS
from voiceprep.model import WordKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from voiceprep.chance import Test
    from voiceprep.model import Finding, Measurement, Question, Transcript

    Floats = npt.NDArray[np.float64]

RATIO, DIFFERENCE = "ratio", "difference"
# Phrase length is the largest driver of articulation (Tanner et al. 2024, arXiv 2408.06732): answers that differ in
# words by more than this factor are not compared in it (custom).
ALIKE = 2.0
# What hears filled pauses decides how many are found.
_FILLED = frozenset({"filled_pauses", "hesitations", "hesitation_share", "hesitation_clusters"})
_WITH_FILLERS = frozenset({"filler_words", "hesitations", "hesitation_share"})
_REPEATS = frozenset({"repetitions"})
# What is counted, each where it was said: a comparison needs the places.
PLACED = frozenset(
    {
        "silent_pauses",
        "long_pauses_within",
        "hesitation_clusters",
        "filled_pauses",
        "filler_words",
        "hesitations",
        "repetitions",
        "hesitation_share",
        "hedges",
    }
)
_IN_WORDS = frozenset({"hesitation_share", "hedges"})
# How far the share of a part strays from what people label, in standard deviations: on the answers of
# corpus/star/held.jsonl (benchmarks/compare.py --star), which nothing is trained on. Strangers are read worse.
READING_ERROR: Mapping[str, float] = {"situation": 0.09, "task": 0.06, "action": 0.13, "result": 0.11}
# Most stories are read nearly as people label them, and a few wholly otherwise: of all pairs of those answers 7 to 8 in
# 100 stray by more than a bell of that deviation has in 5, and 4 to 6 by more than it has in 1. Student's t with twice
# this freedom holds for these pairs, or nearly: 4 to 6, and at most 1 in 200.
READING_FREEDOM = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """One answer as it is compared: what was heard, its pieces, what was asked."""

    transcript: Transcript
    pieces: Pieces | None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """The result of holding a measure against chance, or the `reason` why that cannot be done."""

    test: Test | None = None
    of: str = ""
    method: str = ""
    reason: str = ""


_Way = Callable[["Finding", "Finding", Told, Told], Tested]


def told(transcript: Transcript, question: Question | None) -> Told:
    """Return an answer as it is compared."""
    return Told(transcript, pieces(transcript), question)


def unlike(a: Measurement, b: Measurement, one: Told, other: Told) -> str:
    """Return why `a` and `b`, measured in two answers, are not the same measure, or an empty text."""
    if a.version != b.version:
        if abs(a.version - b.version) >= OF_WORDS:
            return "in one it is counted in time, in the other in words"
        return f"it was measured in two ways (version {a.version} and {b.version})"
    name, heard = a.metric, (one.transcript, other.transcript)
    if name in _FILLED and len({(each.detector, each.timing) for each in heard}) > 1:
        return "um and uh were not heard in the same way"
    if name == "length" and len({each.question.target if each.question else None for each in (one, other)}) > 1:
        return "the two questions aim at different lengths"
    if name == "articulation_rate":
        counts = sorted(len(each.words) for each in heard)
        if counts[1] > ALIKE * counts[0]:
            return "the length of an answer drives it, and one is more than twice as long"
    return ""


def tested(a: Finding, b: Finding, one: Told, other: Told) -> Tested:
    """Hold the measure that `a` and `b` have found in the answers `one` and `other` against chance."""
    way = _WAYS.get(a.measurement.metric)
    return way(a, b, one, other) if way else Tested()


def _count(weighed: Callable[[Pieces], Floats] | None = None) -> _Way:
    """Return the way to compare counts: of the places of a finding, over time or over what is `weighed` in a piece."""

    def way(a: Finding, b: Finding, one: Told, other: Told) -> Tested:
        groups = []
        for finding, answer in ((a, one), (b, other)):
            if answer.pieces is None:
                return Tested(reason="nothing was said in one of them")
            exposure = weighed(answer.pieces) if weighed else answer.pieces.exposure
            events = answer.pieces.counted(place.span for place in finding.measurement.evidence)
            groups.append((joined(events, answer.pieces.stretch), joined(exposure, answer.pieces.stretch)))
        scale = 100 if a.measurement.metric == "hesitation_share" else 1
        counts = [(one.measurement.total / scale, one.measurement.per) for one in (a, b)]
        number = sum(count for count, _ in counts)
        doubt = sum(_doubt(finding.measurement.metric, answer.transcript) for finding, answer in ((a, one), (b, other)))
        factor = chance.dispersion(groups) + (doubt / number if number else 0.0)
        test = chance.rates(counts[0], counts[1], factor)
        wider = f", events taken for {factor:.1f} times as scattered" if factor >= 1.05 else ""
        return Tested(test, RATIO, f"exact test of two counts{wider}")

    return way


def _doubt(metric: str, transcript: Transcript) -> float:
    """Return the variance of a count that comes of not knowing which events were real: the sum of p (1 - p)."""
    out = 0.0
    if metric in _FILLED and transcript.detector:
        chances = [word.probability for word in transcript.words if word.kind is WordKind.FILLED_PAUSE]
        chances += [sound.probability for sound in transcript.doubtful]
        out += sum(chance * (1 - chance) for chance in chances)
    for kind in (WordKind.FILLER,) if metric in _WITH_FILLERS else (WordKind.REPETITION,) if metric in _REPEATS else ():
        right = ERRORS[kind][0]
        out += right * (1 - right) * sum(word.kind is kind for word in transcript.words)
    return out


def _drawn(over: Callable[[Pieces], Floats], under: Callable[[Pieces], Floats], of: str) -> _Way:
    """Return the way to compare ratios of two sums by drawing the blocks of each answer again."""

    def way(a: Finding, b: Finding, one: Told, other: Told) -> Tested:
        spreads = []
        for answer in (one, other):
            if answer.pieces is None or answer.pieces.count < LEAST_BLOCKS * BLOCK:
                return Tested(reason=f"an answer needs {LEAST_BLOCKS * BLOCK} s of speech to tell how it varies")
            values = over(answer.pieces), under(answer.pieces)
            spreads.append(chance.scatter(*values, BLOCK, logarithm=of == RATIO))
        before, after = a.measurement.value or 0.0, b.measurement.value or 0.0
        if of == RATIO and not (before and after):
            return Tested()
        if of == RATIO:
            test = chance.ratio(after / before, spreads[0], spreads[1])
        else:
            test = chance.difference(after - before, spreads[0], spreads[1])
        return Tested(test, of, f"bootstrap over the answer's own stretches of {BLOCK} s")

    return way


def _share(a: Finding, b: Finding, _one: Told, _other: Told) -> Tested:
    counts = [(round(one.measurement.total), round(one.measurement.per)) for one in (a, b)]
    return Tested(chance.shares(counts[0], counts[1]), DIFFERENCE, "exact test of two shares (Fisher; Newcombe)")


def _part(a: Finding, b: Finding, _one: Told, _other: Told) -> Tested:
    error = chance.Spread(READING_ERROR[a.measurement.metric], READING_FREEDOM)
    test = chance.difference((b.measurement.value or 0.0) - (a.measurement.value or 0.0), error, error)
    return Tested(test, DIFFERENCE, "error of reading the parts, as measured on labelled answers")


def _silence_left(at: Pieces) -> Floats:
    return at.exposure - at.silent()


_A_MINUTE = _count()
_A_WORD = _count(Pieces.words)
_WAYS: Mapping[str, _Way] = {
    **dict.fromkeys(PLACED - _IN_WORDS, _A_MINUTE),
    **dict.fromkeys(_IN_WORDS, _A_WORD),
    **dict.fromkeys(("i_share", "rising_ends", "fading_ends"), _share),
    **dict.fromkeys(READING_ERROR, _part),
    "pace": _drawn(Pieces.words, lambda at: at.exposure, RATIO),
    "articulation_rate": _drawn(Pieces.syllables, Pieces.spoken, RATIO),
    "mean_length_of_run": _drawn(Pieces.syllables, Pieces.runs, RATIO),
    "phonation_ratio": _drawn(_silence_left, lambda at: at.exposure, DIFFERENCE),
    "pause_share": _drawn(Pieces.silent, lambda at: at.exposure, DIFFERENCE),
}
