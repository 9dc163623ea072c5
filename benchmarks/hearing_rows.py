"""One row of figures for each labelled recording, and what the rows give together. Opens nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hearing_score import (
    brier_score,
    calibration_error,
    covered,
    f1_interval,
    reliability,
    strictly,
)

from voiceprep.model import Interval, Span, WordKind
from voiceprep.scoring import (
    Match,
    edit_distance,
    fluent_words,
    match,
    match_pauses,
    median,
    precision_recall_f1,
    spoken_syllables,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hearing_corpus import Labelled

    from voiceprep.model import Assessment, Word

# Words at the seam of joined recordings may be placed a little beyond it: half of the quiet between.
SEAM = 0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """What one engine heard in a recording: the `text` without filled pauses, the `filled` pauses, silent `pauses`.

    `said` are the probabilities that something is a filled pause: of those counted, and of candidates not counted.
    `interval` is where the count of filled pauses a minute is claimed to lie, over `minutes`.
    """

    text: str
    filled: tuple[Span, ...]
    pauses: tuple[Span, ...] = ()
    said: tuple[tuple[Span, float], ...] = ()
    interval: Interval | None = None
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one recording; None and empty where the labels do not say."""

    name: str
    seconds: float
    filled: Match
    words: int = 0
    word_errors: int = 0
    syllables: int = 0
    syllable_error: float | None = None
    pauses: Match | None = None
    pause_count: int = 0
    onset_errors: tuple[float, ...] = ()
    said: tuple[tuple[float, bool], ...] = ()
    interval: tuple[Interval, float] | None = None


def heard_in(assessment: Assessment, within: Span) -> Heard:
    """Return what `assessment` holds of the stretch `within`; its interval only where that is the whole recording."""
    transcript = assessment.transcript
    wide = Span(within.start - SEAM, within.end + SEAM)
    words = [word for word in transcript.words if wide.start <= word.span.middle < wide.end]
    doubted = [
        (sound.span, sound.probability) for sound in transcript.doubtful if wide.start <= sound.span.middle < wide.end
    ]
    whole = within.duration > 0.95 * transcript.duration
    measured = [f.measurement for f in assessment.findings if whole and f.measurement.metric == "filled_pauses"]
    return Heard(
        " ".join(word.text for word in words if word.kind is not WordKind.FILLED_PAUSE),
        tuple(word.span for word in words if word.kind is WordKind.FILLED_PAUSE),
        tuple(pause.span for pause in transcript.pauses if wide.start <= pause.span.middle < wide.end),
        (*candidates(words), *doubted),
        measured[0].interval if measured else None,
        measured[0].per if measured else 0.0,
    )


def candidates(words: Sequence[Word]) -> tuple[tuple[Span, float], ...]:
    """Return what may be a filled pause among `words`, with the probability that it is one."""
    return tuple((word.span, word.probability) for word in words if word.kind is WordKind.FILLED_PAUSE)


def row(label: Labelled, heard: Heard) -> Row:
    """Return the figures of `heard` against `label`."""
    filled = match(label.filled_pauses, heard.filled, label.uncertain)
    said, kept = fluent_words(label.reference or ""), fluent_words(heard.text)
    spoken = spoken_syllables(said)
    return Row(
        label.name,
        label.within.duration,
        filled,
        words=len(said),
        word_errors=edit_distance(said, kept) if said else 0,
        syllables=spoken,
        syllable_error=spoken_syllables(kept) / spoken - 1 if spoken else None,
        pauses=None if label.pauses is None else match_pauses(label.pauses, heard.pauses),
        pause_count=len(heard.pauses),
        onset_errors=tuple(min(abs(p.end - start) for start in label.word_starts) for p in heard.pauses)
        if label.word_starts
        else (),
        said=_judged(label, heard),
        interval=(heard.interval, len(label.filled_pauses) / heard.minutes)
        if heard.interval and heard.minutes
        else None,
    )


def _judged(label: Labelled, heard: Heard) -> tuple[tuple[float, bool], ...]:
    """Return the probabilities of `heard`, each with whether it was a filled pause, without the uncertain."""
    found = match(label.filled_pauses, [span for span, _ in heard.said], label.uncertain)
    true, out = {span for span, _ in found.hits}, set(found.left_out)
    return tuple((probability, span in true) for span, probability in heard.said if span not in out)


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures of `rows` together, None for what could not be measured, ready for JSON."""
    counts = [one.filled.counts for one in rows]
    strict = [strictly(one.filled) for one in rows]
    hits = [pair for one in rows for pair in one.filled.hits]
    minutes = sum(one.seconds for one in rows) / 60
    off = sum(abs(one.filled.surplus) for one in rows)
    words = sum(one.words for one in rows)
    said = [pair for one in rows for pair in one.said]
    intervals = [one.interval for one in rows if one.interval]
    spoken = [(one.syllables, abs(one.syllable_error)) for one in rows if one.syllable_error is not None]
    return {
        "recordings": len(rows),
        "minutes": minutes,
        "labelled": sum(hit + missed for hit, _, missed in counts),
        "hits_false_missed": [sum(part) for part in zip(*counts, strict=True)],
        "precision_recall_f1": precision_recall_f1(counts),
        "f1_95": f1_interval(counts),
        "strict": precision_recall_f1(strict),
        "onset_error": median([abs(heard.start - truth.start) for heard, truth in hits]),
        "offset_error": median([abs(heard.end - truth.end) for heard, truth in hits]),
        "count_error_a_minute": off / minutes,
        "brier": brier_score(said),
        "calibration_error": calibration_error(said),
        "reliability": [asdict(one) for one in reliability(said)],
        "coverage": covered(intervals),
        "intervals": len(intervals),
        "words": words,
        "word_error_rate": sum(one.word_errors for one in rows) / words if words else None,
        "syllable_error": sum(n * e for n, e in spoken) / sum(n for n, _ in spoken) if spoken else None,
        **_pauses(rows),
    }


def _pauses(rows: Sequence[Row]) -> dict[str, Any]:
    found = [one.pauses for one in rows if one.pauses is not None]
    pairs = [pair for one in found for pair in one.hits]
    onsets = [error for one in rows for error in one.onset_errors]
    return {
        "pauses": precision_recall_f1([one.counts for one in found]) if found else None,
        "pause_boundary_error": median(
            [abs(h.start - t.start) for h, t in pairs] + [abs(h.end - t.end) for h, t in pairs]
        ),
        "pauses_found": sum(one.pause_count for one in rows),
        "pause_end_to_word": median(onsets),
    }
