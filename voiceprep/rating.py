"""How well an answer came out, going by its measurements alone: what was wrong with it, and a rating of four steps.

Reads no transcript. What a band needs to know of an answer is told by the measurements themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from voiceprep.metrics import OF_WORDS
from voiceprep.metrics.question import LEAST_TO_JUDGE
from voiceprep.metrics.star import NAMES
from voiceprep.model import Answer, Engine, Part, Question, StarReading, Transcript, Verdict
from voiceprep.tables import METRICS, load
from voiceprep.wording import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.metrics import Metric
    from voiceprep.model import Band, Measurement

LOW = frozenset({Verdict.LOW, Verdict.VERY_LOW})
ACT = frozenset({Verdict.VERY_LOW, Verdict.VERY_HIGH})
WATCH = frozenset({Verdict.LOW, Verdict.HIGH})
# Ways of speaking that one takes into every answer: they say little of a question, so together they count once.
HABITS = frozenset({"pace", "phonation_ratio", "long_pauses_within", "hesitations"})
# So many things worth watching weigh as much as one that asks for action (custom).
MANY = 3
# Without these it is no answer to the question, whatever else is good.
_ESSENTIAL = frozenset({"one_event", "action", "result", "question_words"})
_SAID: Mapping[str, tuple[str, str]] = {
    "one_event": ("no single event told", ""),
    "situation": ("", "a long background"),
    "action": ("little of what you did yourself", ""),
    "result": ("hardly a result", ""),
    "star_parts": ("a part of the story missing", ""),
    "question_words": ("off the question", ""),
    "result_numbers": ("no number in the result", ""),
    "opening": ("", "a slow start into the story"),
    "ending": ("", "talk after the last point"),
    "length": ("too short", "too long"),
    "response_latency": ("", "a long wait before the first word"),
    "pace": ("too slow", "too fast"),
    "phonation_ratio": ("much silence", "hardly a pause"),
    "long_pauses_within": ("", "long pauses inside clauses"),
    "hesitations": ("", "many fillers"),
}


class Rating(IntEnum):
    """How well an answer came out, in the four steps that spaced repetition knows."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with an answer: the `metric` that says so, its `verdict`, and the fault in a few words."""

    metric: str
    verdict: Verdict
    text: str


def rate(faults: Sequence[Fault]) -> Rating:
    """Return the rating of an answer with these `faults`.

    AGAIN: an essential part is missing (one event, an action, a result, the question itself), or two things ask for
    action. HARD: one does, or three are worth watching. GOOD: fewer are worth watching. EASY: nothing is. Ways of
    speaking (`HABITS`) count as one thing together. Custom.
    """
    grave = any(fault.metric in _ESSENTIAL and fault.verdict in ACT for fault in faults)
    act, watch = (_things(faults, verdicts) for verdicts in (ACT, WATCH))
    if grave or act >= 2:
        return Rating.AGAIN
    if act or watch >= MANY:
        return Rating.HARD
    return Rating.GOOD if watch else Rating.EASY


def _things(faults: Sequence[Fault], verdicts: frozenset[Verdict]) -> int:
    """Return how many `faults` have one of these `verdicts`, all habits together counted once."""
    return len({"" if fault.metric in HABITS else fault.metric for fault in faults if fault.verdict in verdicts})


class Judge:
    """Judges answers by today's bands: the user's own in `bands`, or else those of the metrics."""

    def __init__(self, bands: Mapping[str, Band]) -> None:
        self._bands = bands
        every: list[Metric] = [load(METRICS, name) for name in METRICS]
        # Only what a report may put first says how well an answer came out.
        self._metrics = tuple(metric for metric in every if metric.weight)
        # Answers to one question whose stories have the same parts have the same bands.
        self._known: dict[tuple[tuple[str, str] | None, frozenset[str], bool], dict[str, Band | None]] = {}

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics that are looked at."""
        return tuple(dict.fromkeys((*(metric.name for metric in self._metrics), *NAMES.values(), "points")))

    def faults(self, measurements: Sequence[Measurement], question: Question | None) -> tuple[Fault, ...] | None:
        """Return what `measurements` of an answer to `question` say was wrong with it, what weighs most first.

        Only what was measured by today's version of a metric counts. None where nothing was.
        """
        known = {one.metric: one for one in measurements if one.value is not None}
        judged = self._judged(known, question)
        wrong = [
            (
                metric.weight * (1.0 if verdict in ACT else 0.5),
                Fault(metric.name, verdict, _text(metric, verdict, known[metric.name], _parts(known))),
            )
            for metric, verdict in judged
            if verdict in ACT or verdict in WATCH
        ]
        # Sorting is stable: what weighs the same stays in the order of the report.
        wrong.sort(key=lambda pair: -pair[0])
        return tuple(fault for _, fault in wrong) if judged else None

    def verdicts(self, measurements: Sequence[Measurement], question: Question | None) -> dict[str, Verdict]:
        """Return the verdict on each measure that is judged in an answer to `question` with these `measurements`.

        As in its report, of what can be told without its words.
        """
        known = {one.metric: one for one in measurements if one.value is not None}
        return {metric.name: verdict for metric, verdict in self._judged(known, question)}

    def _judged(self, known: Mapping[str, Measurement], question: Question | None) -> list[tuple[Metric, Verdict]]:
        """Return each metric that is judged, with its verdict, in the order of the report."""
        # Parts are only counted where one past event is told.
        bands = self._bands_for(question, _parts(known), story="star_parts" in known)
        judged = []
        for metric in self._metrics:
            one = known.get(metric.name)
            if one is None or one.version % OF_WORDS != metric.version:
                continue
            band = bands[metric.name]
            if band is not None:
                judged.append((metric, band.judge(one.value)))
            elif metric.name == "question_words":
                judged.append((metric, Verdict.VERY_LOW if _off_topic(known) else Verdict.GOOD))
        return judged

    def _bands_for(self, question: Question | None, parts: frozenset[str], *, story: bool) -> dict[str, Band | None]:
        """Return the band of each metric for an answer that has these `parts`, and tells a `story` or none."""
        # By name: hashing a question with its points takes longer than judging its answer.
        which = (question.id, question.text) if question else None, parts, story
        if which not in self._known:
            answer = _as_told(question, parts, story=story)
            self._known[which] = {
                metric.name: self._bands.get(metric.name) or metric.band(answer) for metric in self._metrics
            }
        return self._known[which]


def _parts(known: Mapping[str, Measurement]) -> frozenset[str]:
    """Return the letters of the parts of STAR that were heard."""
    return frozenset(part.value for part, name in NAMES.items() if name in known and known[name].total)


def _off_topic(known: Mapping[str, Measurement]) -> bool:
    """Say the same as `metrics.question.off_topic`, from counts."""
    counted = [known[name].total if name in known else None for name in ("question_words", "points", "pace")]
    shared, points, words = counted
    return shared == points == 0 and words is not None and words >= LEAST_TO_JUDGE


def _as_told(question: Question | None, parts: frozenset[str], *, story: bool) -> Answer:
    """Return an answer without words that bands can be asked about."""
    present = {part.value: part.value in parts for part in NAMES}
    probability = {name: float(there) for name, there in present.items()}
    transcript = Transcript((), (), (), 0.0, "en", 1.0, None, Engine("", "", "", ""))
    return Answer(transcript, question, star=StarReading((), (), present, probability, float(story)))


def _text(metric: Metric, verdict: Verdict, one: Measurement, parts: frozenset[str]) -> str:
    """Return the fault in a few words, as one says it: no result, too fast, many fillers."""
    if metric.name in NAMES.values() and verdict in ACT and not one.total:
        return f"no {metric.name}"
    if metric.name == "star_parts" and Part.SITUATION.value not in parts:
        return "no situation"
    low, high = _SAID.get(metric.name, ("", ""))
    return (low if verdict in LOW else high) or f"{metric.label.lower()} {VERDICTS[verdict]}"
