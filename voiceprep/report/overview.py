"""The overview of many answers: one page with a table that sorts and filters, and how each measure is spread.

Pure: made of entries, one an answer, so that no more than these is in memory. Asks the network for nothing.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Mapping  # noqa: TC003  (the codec reads the hints when it runs)
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

from voiceprep import wording
from voiceprep.model import Verdict, WordKind
from voiceprep.report import html
from voiceprep.report.marks import stretches
from voiceprep.report.picture import percent
from voiceprep.tables import METRICS, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Template

    from voiceprep.model import Assessment, Finding

# Measures that have a column of their own; any other can be chosen for one more.
COLUMNS = ("length", "pace", "hesitations", "pause_share", "star_parts")
_BINS = 16
_TONES = {
    Verdict.GOOD: "good",
    Verdict.LOW: "watch",
    Verdict.HIGH: "watch",
    Verdict.VERY_LOW: "act",
    Verdict.VERY_HIGH: "act",
    Verdict.UNJUDGED: "plain",
    Verdict.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A measure of one answer: its number (None: not measured), as text with and without unit, tone, what is good."""

    number: float | None
    text: str
    short: str
    tone: str
    good: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the small picture of an answer, in per cent of its length."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What the overview says of one answer. `report` is where its report is, below the page."""

    name: str
    question: str
    asked: str
    duration: float
    words: int
    values: Mapping[str, Value]
    marks: tuple[Mark, ...] = ()
    todo: str = ""
    caveats: tuple[str, ...] = ()
    candidate: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A recording without a result: which, and why."""

    name: str
    reason: str
    candidate: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How a measure is spread over the group: counts in `bins` of the same width from `low` to `high`.

    `good` is where good is on that axis, start and width in per cent; `heights` are the bins in per cent of the
    fullest.
    """

    metric: str
    label: str
    unit: str
    group: str
    count: int
    middle: str
    low: float
    high: float
    low_text: str
    high_text: str
    bins: tuple[int, ...]
    good: tuple[float, float] | None
    heights: tuple[float, ...]


def entry(assessment: Assessment) -> Entry:
    """Return what the overview says of `assessment`; candidate and report are the caller's to add."""
    heard = assessment.transcript
    question = assessment.question
    return Entry(
        assessment.recording.name,
        question.id if question else "",
        question.text if question else "",
        round(heard.duration, 1),
        sum(word.kind is not WordKind.FILLED_PAUSE for word in heard.words),
        {finding.measurement.metric: _value(finding) for finding in assessment.findings},
        _marks(assessment),
        assessment.focus.title if assessment.focus else "",
        tuple(dict.fromkeys((*assessment.caveats, *heard.caveats))),
    )


def _value(finding: Finding) -> Value:
    number = finding.measurement.value
    text = wording.value_text(finding) if number is not None else f"not measured: {finding.measurement.reason}"
    band = finding.band
    return Value(
        None if number is None else round(number, 4),
        text,
        "" if number is None else wording.number_text(number, finding.unit),
        _TONES[finding.verdict],
        wording.band_text(finding),
        band.low if band else None,
        band.high if band else None,
    )


def _marks(assessment: Assessment) -> tuple[Mark, ...]:
    """Return STAR parts, long pauses and filled pauses as places."""
    heard = assessment.transcript
    whole = heard.duration
    spans = [(part.value, span) for part, span in stretches(assessment)]
    spans += [("pause", pause.span) for pause in heard.pauses if pause.span.duration > wording.LONG_PAUSE]
    spans += [("filled", word.span) for word in heard.words if word.kind is WordKind.FILLED_PAUSE]
    return tuple(
        Mark(kind, round(percent(span.start, whole), 1), max(0.5, round(percent(span.duration, whole), 1)))
        for kind, span in spans
    )


def render(
    entries: Sequence[Entry], missing: Sequence[Missing] = (), *, waiting: int = 0, files: Sequence[str] = ()
) -> str:
    """Return the page for `entries`, those `missing`, and how many are `waiting` to be heard.

    `files` are the names of tables that lie beside the page.
    """
    script = html.resource("overview.js")
    spreads = [spread for name in METRICS if (spread := spread_of(name, entries))]
    data = {
        "bins": _BINS,
        "spreads": [[one.metric, one.low, one.high] for one in spreads],
        "values": {one.metric: [_number(entry, one.metric) for entry in entries] for one in spreads},
        "texts": {one.metric: [_text(entry, one.metric) for entry in entries] for one in spreads},
    }
    page = _template().render(
        entries=entries,
        missing=missing,
        waiting=waiting,
        files=files,
        spreads=spreads,
        groups=list(dict.fromkeys(one.group for one in spreads)),
        columns=[(name, load(METRICS, name).label) for name in COLUMNS if any(name in one.values for one in entries)],
        candidates=_sorted(entry.candidate for entry in entries),
        questions=_questions(entries),
        hours=sum(entry.duration for entry in entries),
        data=data,
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=html.resource("page.css") + html.resource("overview.css"),
    )
    return wording.legible(page)


@cache
def _template() -> Template:
    environment = html.environment()
    environment.globals["w"] = wording
    return environment.get_template("overview.html.j2")


def _number(one: Entry, metric: str) -> float | None:
    value = one.values.get(metric)
    return value.number if value else None


def _text(one: Entry, metric: str) -> list[str]:
    value = one.values.get(metric)
    return [value.text, value.tone] if value else ["", "unknown"]


def _sorted(names: Iterable[str]) -> list[str]:
    """Return each of `names` once, numbers in them by size: 2 before 10."""
    return sorted(
        {name for name in names if name}, key=lambda name: (0, int(name), "") if name.isdecimal() else (1, 0, name)
    )


def _questions(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return the key and the text of each question that was asked."""
    asked = {entry.question + "\n" + entry.asked: entry.asked or entry.question for entry in entries if entry.question}
    return sorted(asked.items(), key=lambda pair: pair[1])


def spread_of(name: str, entries: Sequence[Entry]) -> Spread | None:
    """Return how the measure `name` is spread over `entries`, or None where fewer than two have it."""
    values = [value for entry in entries if (value := entry.values.get(name)) and value.number is not None]
    numbers = sorted(value.number for value in values if value.number is not None)
    if len(numbers) < 2:
        return None
    metric = load(METRICS, name)
    low, high = numbers[0], numbers[-1]
    ends = (wording.number_text(low, metric.unit), wording.number_text(high, metric.unit))
    if low == high:
        low, high = low - 0.5, high + 0.5
    bins = [0] * _BINS
    for number in numbers:
        bins[bin_of(number, low, high)] += 1
    most = max(bins)
    return Spread(
        name,
        metric.label,
        wording.unit_text(metric.unit),
        metric.group,
        len(numbers),
        wording.number_text(median(numbers), metric.unit),
        low,
        high,
        *ends,
        tuple(bins),
        _good(values, low, high),
        tuple(round(100 * count / most, 1) for count in bins),
    )


def bin_of(number: float, low: float, high: float) -> int:
    """Return the bin of `number` between `low` and `high`."""
    return min(_BINS - 1, max(0, math.floor((number - low) / (high - low) * _BINS)))


def _good(values: Sequence[Value], low: float, high: float) -> tuple[float, float] | None:
    """Return where good is on the axis, start and width in per cent: where all answers have the same band."""
    bands = {(value.low, value.high) for value in values}
    if len(bands) != 1:
        return None
    start, end = bands.pop()
    if start is None and end is None:
        return None
    first = percent((low if start is None else start) - low, high - low)
    last = percent((high if end is None else end) - low, high - low)
    return (first, round(last - first, 3)) if last > first else None
