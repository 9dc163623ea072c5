"""Words and numbers as people read them. Knows no format of a report and opens nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.model import Part, PausePlace, Timing, Verdict, WordKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceprep.model import Assessment, Band, Finding, Source, Transcript, Word

SECONDS = frozenset({"s", "seconds"})
# Units whose value is a share in 0..1 and is read as per cent; what follows "%" stays: "% of the time".
SHARE = "%"
# Campione & Véronis 2002: over 1 s is a long pause. Over 2 s is our own step.
LONG_PAUSE = 1.0
VERY_LONG_PAUSE = 2.0
# Below this probability the recogniser was more likely wrong than right about the word.
UNSURE = 0.5

VERDICTS: Mapping[Verdict, str] = {
    Verdict.GOOD: "good",
    Verdict.LOW: "a little low",
    Verdict.HIGH: "a little high",
    Verdict.VERY_LOW: "low",
    Verdict.VERY_HIGH: "high",
    Verdict.UNJUDGED: "reported, not judged",
    Verdict.UNKNOWN: "not measured",
}
PARTS: Mapping[Part, str] = {
    Part.SITUATION: "Situation",
    Part.TASK: "Task",
    Part.ACTION: "Action",
    Part.RESULT: "Result",
    Part.OTHER: "Other",
}
KINDS: Mapping[WordKind, str] = {
    WordKind.WORD: "Word",
    WordKind.FILLED_PAUSE: "Filled pause",
    WordKind.FILLER: "Filler word",
    WordKind.REPETITION: "Repetition",
    WordKind.FRAGMENT: "Broken-off word",
}
# The heading over the words of an answer.
SAID: Mapping[Timing, str] = {
    Timing.SOUND: "What you said",
    Timing.FILE: "What you said",
    Timing.NONE: "What you wrote",
}
PLACES: Mapping[PausePlace, str] = {
    PausePlace.WITHIN_CLAUSE: "inside a clause",
    PausePlace.BETWEEN_CLAUSES: "between clauses",
}

# Control characters, and halves of characters as file names in a broken encoding have them: no file can hold those.
_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """Return `text` with a replacement mark for everything that cannot be shown or written to a file."""
    return _ILLEGIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def clock(seconds: float) -> str:
    """Return `seconds` as a clock shows them: 1:05, or 1:01:05 from an hour on."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration_text(seconds: float) -> str:
    """Return a length of time in words: 0.4 s, 34 s, 1 min 32 s; from an hour on without seconds: 9 h 45 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{whole} s"
    if minutes >= 60:
        hours, minutes = divmod(round(whole / 60), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def percent_text(share: float) -> str:
    """Return `share` in per cent; 0 and 100 stand only where they are true."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def number_text(value: float, unit: str) -> str:
    """Return `value` alone, as its `unit` is written: per cent for a share, words for seconds."""
    if unit.startswith(SHARE):
        return percent_text(value)
    if unit in SECONDS:
        return duration_text(value)
    counted = value == 0 or (value == int(value) and " a " not in f" {unit} ")
    return f"{value:.0f}" if counted or abs(value) >= 20 else f"{value:.1f}"


def unit_text(unit: str) -> str:
    """Return what is written after `number_text` for this `unit`, which may be nothing."""
    if unit.startswith(SHARE):
        return unit.removeprefix(SHARE).strip()
    return "" if unit in SECONDS else unit


def value_text(finding: Finding) -> str:
    """Return the value of `finding` with its unit, or "not measured"."""
    value = finding.measurement.value
    if value is None:
        return VERDICTS[Verdict.UNKNOWN]
    return f"{number_text(value, finding.unit)} {unit_text(finding.unit)}".strip()


def interval_text(finding: Finding) -> str:
    """Return where the true value of `finding` likely lies, or nothing."""
    interval = finding.measurement.interval
    if interval is None:
        return ""
    low, high = number_text(interval.low, finding.unit), number_text(interval.high, finding.unit)
    return f"likely {low} to {high} ({percent_text(interval.level)} sure)"


def band_text(finding: Finding) -> str:
    """Return what is good and what is worth watching for `finding`, or nothing where it is not judged."""
    band = finding.band
    if band is None or (band.low is None and band.high is None):
        return ""
    watch = _watch_text(band, finding.unit)
    return f"good {_range_text(band.low, band.high, finding.unit)}" + (f"; watch {watch}" if watch else "")


def _range_text(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return f"up to {_edge_text(high or 0.0, unit)}" if low is None else f"from {_edge_text(low, unit)}"
    return _edge_text(low, unit) if low == high else f"{_edge_text(low, unit)} to {_edge_text(high, unit)}"


def _edge_text(edge: float, unit: str) -> str:
    """Return an `edge` of a band: what was set, so no digits that were not."""
    return number_text(edge, unit) if unit.startswith(SHARE) or unit in SECONDS else f"{edge:g}"


def _watch_text(band: Band, unit: str) -> str:
    sides = []
    if band.watch_low is not None and band.low is not None:
        sides.append(_range_text(band.watch_low, band.low, unit))
    if band.watch_high is not None and band.high is not None:
        sides.append(_range_text(band.high, band.watch_high, unit))
    return " and ".join(sides)


def source_text(source: Source) -> str:
    """Return `source` with its mark: a primary source, or second-hand."""
    return f"{source.text} ({'primary source' if source.primary else 'second-hand or custom'})"


def pause_text(seconds: float) -> str:
    """Return the name of a silent pause that lasts `seconds`, with its length."""
    name = "Pause" if seconds <= LONG_PAUSE else "Long pause" if seconds <= VERY_LONG_PAUSE else "Very long pause"
    return f"{name} of {duration_text(seconds)}"


def engine_text(transcript: Transcript) -> str:
    """Return what the words of `transcript` are from: a recogniser with its model, or a text of some kind."""
    engine = transcript.engine
    if transcript.timing is not Timing.SOUND:
        return engine.name
    return f"{engine.name} {engine.version}, model {engine.model}"


def length_text(assessment: Assessment, seconds: float) -> str:
    """Return how long the answer of `assessment` is: `seconds`, or of text without times its words."""
    if not assessment.transcript.timed:
        return f"{sum(word.kind is not WordKind.FILLED_PAUSE for word in assessment.transcript.words)} words"
    return duration_text(seconds)


def language_text(transcript: Transcript) -> str:
    """Return the language of `transcript`, and how sure that is."""
    if transcript.timing is Timing.SOUND:
        return f"{transcript.language} ({percent_text(transcript.language_probability)} sure)"
    return f"{transcript.language} ({'as told' if transcript.language_probability else 'by its commonest words'})"


def word_text(word: Word, *, timed: bool = True) -> str:
    """Return what there is to say about `word`: its kind, its time if it is `timed`, and a doubt if there is one."""
    said = f"{KINDS[word.kind]} at {clock(word.span.start)}" if timed else KINDS[word.kind]
    return f"{said}, heard with {percent_text(word.probability)} certainty" if word.probability < UNSURE else said
