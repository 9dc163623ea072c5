"""Filled pauses, filler words and repeats, counted by the minute. Reads the kinds of words; sets none.

Sounds (*um*) and words (*like*) are counted apart, because listeners mind the sounds more; the band is for both.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep.disfluency import events
from voiceprep.disfluency.tokens import mark
from voiceprep.metrics import Metric, measured, not_measured, untimed, untrusted, whole
from voiceprep.model import Band, Evidence, Interval, Source, Timing, Verdict, WordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from voiceprep.disfluency import Event
    from voiceprep.model import Answer, Measurement

SOUNDS = frozenset({WordKind.FILLED_PAUSE})
WORDS = frozenset({WordKind.FILLER})
REPEATS = frozenset({WordKind.REPETITION, WordKind.FRAGMENT})
LASKE = Source(
    "Laske & DiGennaro Reed 2024, doi 10.1002/jaba.1093: of 0, 2, 5 and 12 a minute, 5 or fewer did no harm, 12 did",
    primary=True,
)
# Precision and recall of the rules for words (benchmarks/fillers.py): fillers on sentences written blind of them,
# repeats on sentences by an author who knew them, which flatters.
ERRORS = {
    WordKind.FILLER: (0.90, 0.66),
    WordKind.REPETITION: (0.95, 0.86),
    WordKind.FRAGMENT: (0.95, 0.86),
}
# Less speech than this gives no rate; below the second bound one event more or less moves it by 2 a minute or more.
LEAST, STEADY = 3.0, 30.0
# Most of them, and not by chance of one or two.
_MOST, _FEW = 0.5, 3
# How near a silence must follow to say that the speaker filled the way into it.
_NEAR = 0.3


def _too_little(answer: Answer) -> str:
    """Return why no rate can be taken from `answer`, or nothing."""
    span = whole(answer)
    if reason := untrusted(answer) or untimed(answer):
        return reason
    if span is None:
        return "no speech was heard"
    if span.duration < LEAST:
        return f"only {span.duration:.1f} s of speech: a rate from so little says nothing"
    return ""


def _left_out(answer: Answer, kinds: Collection[WordKind]) -> str:
    """Say where a transcript of somebody else has no filled pause at all: hardly anybody writes them down."""
    transcript = answer.transcript
    if transcript.timing is not Timing.FILE or WordKind.FILLED_PAUSE not in kinds:
        return ""
    some = any(word.kind is WordKind.FILLED_PAUSE for word in transcript.words)
    return "" if some else "captions and recognisers leave out um and uh, and this transcript has none"


def _unwritten(answer: Answer, kinds: Collection[WordKind]) -> list[str]:
    """Return the doubt about a count of `kinds` that a transcript of somebody else leaves."""
    if answer.transcript.timing is not Timing.FILE or WordKind.FILLED_PAUSE not in kinds:
        return []
    return ["Captions and recognisers leave out most um and uh: there may have been more."]


def _found(answer: Answer, kinds: Collection[WordKind]) -> tuple[Event, ...]:
    """Return the disfluencies of `answer` that are of one of `kinds`."""
    return tuple(event for event in events(answer.transcript.words) if event.kind in kinds)


def _evidence(found: Sequence[Event]) -> list[Evidence]:
    return [Evidence(event.label, event.span) for event in found]


def _a_minute(metric: str, kinds: Collection[WordKind], version: int) -> Callable[[Answer], Measurement]:
    """Return the measure `metric`: disfluencies of `kinds` by the minute, from the first to the last speech."""

    def measure(answer: Answer) -> Measurement:
        span = whole(answer)
        reason = _too_little(answer) or _left_out(answer, kinds)
        if reason or span is None:
            return not_measured(metric, version, reason)
        found = _found(answer, kinds)
        minutes = span.duration / 60
        doubts = [*_caveats(span.duration), *_unwritten(answer, kinds), *_noted(answer, metric)]
        counted = measured(metric, version, len(found), minutes, _evidence(found), doubts)
        return replace(counted, interval=_interval(found, answer, kinds, minutes))

    return measure


def _range(found: Sequence[Event], answer: Answer, kinds: Collection[WordKind]) -> tuple[int, int] | None:
    """Return how many there likely are where `found` were, or None where nothing heard filled pauses but the words.

    None too where the user checked them: then there is no doubt.
    """
    transcript = answer.transcript
    detector = transcript.detector
    if answer.checked or (detector is None and WordKind.FILLED_PAUSE in kinds):
        return None
    chances, unseen = [], 0.0
    for event in found:
        precision, recall = ERRORS.get(event.kind, (1.0, 1.0))
        if event.kind is WordKind.FILLED_PAUSE:
            chances.append(transcript.words[event.first].probability)
        else:
            chances.append(precision)
            unseen += precision * (1 - recall) / recall
    if detector and WordKind.FILLED_PAUSE in kinds:
        sounds = [event.kind is WordKind.FILLED_PAUSE for event in found]
        doubted = [sound.probability for sound in transcript.doubtful]
        expected = sum(chance for chance, sound in zip(chances, sounds, strict=True) if sound) + sum(doubted)
        shown = max(1, detector.hits + detector.missed - detector.unseen)
        unseen += expected * detector.unseen / shown
        chances += doubted
    from voiceprep.hesitation import likely  # noqa: PLC0415  (NumPy, which only measuring needs)

    low, high = likely(chances, unseen)
    # More are missed than made up, so that the range may begin above the count: a range without it would puzzle.
    return min(low, len(found)), max(high, len(found))


def _interval(found: Sequence[Event], answer: Answer, kinds: Collection[WordKind], minutes: float) -> Interval | None:
    """Return the rate that `_range` gives over `minutes`."""
    counts = _range(found, answer, kinds)
    return Interval(round(counts[0] / minutes, 6), round(counts[1] / minutes, 6)) if counts else None


def _noted(answer: Answer, metric: str) -> list[str]:
    """Return what is known of how right `metric` is on this voice; of a checked answer there is no doubt left."""
    return [answer.notes[metric]] if metric in answer.notes and not answer.checked else []


def _caveats(duration: float) -> list[str]:
    if duration >= STEADY:
        return []
    return [f"The speech lasts {duration:.0f} s: one more or less changes this rate by {60 / duration:.1f} a minute."]


def _share(answer: Answer) -> Measurement:
    """Count filled pauses and filler words of `answer`, times 100, over all words spoken that are no filled pauses."""
    reason = _too_little(answer) if answer.transcript.timed else untrusted(answer)
    if reason:
        return not_measured("hesitation_share", 1, reason)
    spoken = sum(word.kind is not WordKind.FILLED_PAUSE for word in answer.transcript.words)
    if not spoken:
        return not_measured("hesitation_share", 1, "no words were heard besides filled pauses")
    found = _found(answer, SOUNDS | WORDS)
    doubts = _unwritten(answer, SOUNDS | WORDS)
    return measured("hesitation_share", 1, 100 * len(found), spoken, _evidence(found), doubts)


def _tally(found: Sequence[Event]) -> str:
    """Return how often each was said, the most frequent first: `um 7, uh 4`."""
    counts = Counter(event.label for event in found).items()
    return ", ".join(f"{label} {count}" for label, count in sorted(counts, key=lambda item: (-item[1], item[0])))


def _tallies(*kinds: Collection[WordKind]) -> Callable[[Measurement, Answer], str]:
    """Return the detail that counts each word, one group after the other: `um 7, uh 4; like 3`."""

    def detail(measurement: Measurement, answer: Answer) -> str:
        everything = frozenset[WordKind]().union(*kinds)
        found = _found(answer, everything)
        counts = _range(found, answer, everything)
        groups = [_tally(_found(answer, group)) for group in kinds] if measurement.value else []
        said = "; ".join(filter(None, groups))
        if counts is None or counts[0] == counts[1]:
            return said
        return f"{len(found)} in all, likely {counts[0]} to {counts[1]}" + (f": {said}" if said else "")

    return detail


def _share_detail(_measurement: Measurement, answer: Answer) -> str:
    """Name the fillers of typed text; where there are times the rates have named them already."""
    if answer.transcript.timed:
        return ""
    groups = [_tally(_found(answer, group)) for group in (SOUNDS, WORDS)]
    return "; ".join(filter(None, groups))


def _advise(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    """Name the most frequent hesitation, where they gather, and one thing to try there."""
    found = _found(answer, SOUNDS | WORDS)
    if verdict not in {Verdict.HIGH, Verdict.VERY_HIGH} or measurement.value is None or not found:
        return ""
    label, count = min(Counter(event.label for event in found).items(), key=lambda item: (-item[1], item[0]))
    often = f"“{label}” is the most frequent: {count} of {len(found)}."
    return f"{often} {_where(found, answer, label)} A few are normal: in a study 5 a minute did no harm."


def _where(found: Sequence[Event], answer: Answer, label: str) -> str:
    """Say where most of `found` stand, and what to try there."""
    total = len(found)
    if _most(opening := sum(_opens(event, answer) for event in found), total):
        return (
            f"{opening} of {total} open a sentence: try ending each sentence with a breath, "
            "in silence, and start the next once you have its first words."
        )
    if _most(leading := sum(_leads_into_silence(event, answer) for event in found), total):
        return (
            f"{leading} of {total} lead into a pause: try closing your lips after the last word and pausing in silence."
        )
    return f"When you feel “{label}” coming, try a silent pause in its place."


def _most(part: int, total: int) -> bool:
    return part >= _FEW and part / total >= _MOST


def _opens(event: Event, answer: Answer) -> bool:
    """Say whether nothing but disfluencies stands between `event` and the end of the sentence before."""
    for word in reversed(answer.transcript.words[: event.first]):
        if mark(word.text) in {".", "?"}:
            return True
        if word.kind is WordKind.WORD:
            return False
    return True


def _leads_into_silence(event: Event, answer: Answer) -> bool:
    """Say whether a silent pause of `answer` begins right after `event`."""
    return any(abs(pause.span.start - event.span.end) <= _NEAR for pause in answer.transcript.pauses)


def _band(_: Answer) -> Band:
    return Band(high=5.0, watch_high=12.0)


FILLED_PAUSES = Metric(
    name="filled_pauses",
    label="Filled pauses (um, uh)",
    unit="a minute",
    group="Fillers",
    version=2,
    measure=_a_minute("filled_pauses", SOUNDS, 2),
    source=LASKE,
    detail=_tallies(SOUNDS),
)
FILLER_WORDS = Metric(
    name="filler_words",
    label="Filler words (like, you know)",
    unit="a minute",
    group="Fillers",
    version=1,
    measure=_a_minute("filler_words", WORDS, 1),
    source=LASKE,
    detail=_tallies(WORDS),
)
HESITATIONS = Metric(
    name="hesitations",
    label="Filled pauses and filler words",
    unit="a minute",
    group="Fillers",
    version=2,
    measure=_a_minute("hesitations", SOUNDS | WORDS, 2),
    band=_band,
    source=LASKE,
    detail=_tallies(SOUNDS, WORDS),
    advice=_advise,
    weight=0.8,
    too_high="Let the silence stand",
    praise="There are few fillers.",
)
HESITATION_SHARE = Metric(
    name="hesitation_share",
    label="Share of fillers",
    unit="per 100 words",
    group="Fillers",
    version=1,
    measure=_share,
    detail=_share_detail,
)
REPETITIONS = Metric(
    name="repetitions",
    label="Repetitions and broken-off words",
    unit="a minute",
    group="Fillers",
    version=1,
    measure=_a_minute("repetitions", REPEATS, 1),
    detail=_tallies(REPEATS),
)
