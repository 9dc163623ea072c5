"""The overview of many answers: one page with a table that sorts and filters, and how each measure is spread.

Pure: made of entries, one an answer, so that no more than these is in memory. Asks the network for nothing.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
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
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from jinja2 import Template

    from voiceprep.model import Assessment, Finding

    # What is good, from and to.
    _Ends = tuple[float | None, float | None]

# Measures that have a column of their own; any other can be chosen for one more.
COLUMNS = ("length", "pace", "hesitations", "pause_share", "star_parts")
_BINS = 16
# So many of the things to try first lead the page.
_MOST_FIRSTS = 6
_UNTOLD = ("", "unknown")
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


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a group after one look at its entries: by metric the number, text and tone of each, and bands.

    `firsts` counts what is to be tried first, the most frequent first.
    """

    count: int
    duration: float
    candidates: Sequence[str]
    questions: Sequence[tuple[str, str]]
    firsts: Sequence[tuple[str, int]]
    numbers: Mapping[str, Sequence[float | None]]
    texts: Mapping[str, Sequence[tuple[str, str]]]
    bands: Mapping[str, Collection[_Ends]]


def gathered(entries: Iterable[Entry]) -> Gathered:
    """Return what is known of the group of `entries`; no entry itself is held."""
    count, duration = 0, 0.0
    candidates: set[str] = set()
    questions: dict[str, str] = {}
    firsts: Counter[str] = Counter()
    numbers: dict[str, list[float | None]] = {}
    texts: dict[str, list[tuple[str, str]]] = {}
    bands: dict[str, set[_Ends]] = {}
    # The same texts come again and again: each is held once.
    same: dict[tuple[str, str], tuple[str, str]] = {}
    for one in entries:
        for name, value in one.values.items():
            before = count - len(numbers.setdefault(name, []))
            numbers[name] += [*[None] * before, value.number]
            said = (value.text, value.tone)
            texts.setdefault(name, []).extend([*[_UNTOLD] * before, same.setdefault(said, said)])
            if value.number is not None:
                bands.setdefault(name, set()).add((value.low, value.high))
        count, duration = count + 1, duration + one.duration
        candidates.add(one.candidate)
        firsts.update([one.todo] if one.todo else [])
        if one.question:
            questions[f"{one.question}\n{one.asked}"] = one.asked or one.question
    for name, known in numbers.items():
        rest = count - len(known)
        known.extend([None] * rest)
        texts[name].extend([_UNTOLD] * rest)
    asked = sorted(questions.items(), key=lambda pair: pair[1])
    return Gathered(count, duration, _sorted(candidates), asked, firsts.most_common(), numbers, texts, bands)


def render(
    entries: Collection[Entry], missing: Sequence[Missing] = (), *, waiting: int = 0, files: Sequence[str] = ()
) -> str:
    """Return the page for `entries`, those `missing`, and how many are `waiting` to be heard.

    `files` are the names of tables that lie beside the page.
    """
    return "".join(pieces(entries, missing, waiting=waiting, files=files))


def pieces(
    entries: Collection[Entry], missing: Sequence[Missing] = (), *, waiting: int = 0, files: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the page of `render` piece by piece. `entries` are gone through twice, and none is held."""
    script = html.resource("overview.js")
    group = gathered(entries)
    spreads = [spread for name in METRICS if (spread := spread_of(name, group))]
    data = {
        "bins": _BINS,
        "spreads": [[one.metric, one.low, one.high] for one in spreads],
        "values": {one.metric: group.numbers[one.metric] for one in spreads},
        "texts": {one.metric: group.texts[one.metric] for one in spreads},
    }
    page = _template().generate(
        entries=entries,
        group=group,
        missing=missing,
        waiting=waiting,
        files=files,
        spreads=spreads,
        families=list(dict.fromkeys(one.group for one in spreads)),
        columns=[(name, load(METRICS, name).label) for name in COLUMNS if name in group.numbers],
        firsts=group.firsts[:_MOST_FIRSTS],
        data=data,
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=html.resource("page.css") + html.resource("overview.css"),
    )
    return map(wording.legible, page)


@cache
def _template() -> Template:
    environment = html.environment()
    environment.globals["w"] = wording
    return environment.get_template("overview.html.j2")


def _sorted(names: Iterable[str]) -> list[str]:
    """Return each of `names` once, numbers in them by size: 2 before 10."""
    return sorted(
        {name for name in names if name}, key=lambda name: (0, int(name), name) if name.isdecimal() else (1, 0, name)
    )


def spread_of(name: str, group: Gathered) -> Spread | None:
    """Return how the measure `name` is spread over `group`, or None where fewer than two have it."""
    numbers = sorted(number for number in group.numbers.get(name, ()) if number is not None)
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
        _good(group.bands[name], low, high),
        tuple(round(100 * count / most, 1) for count in bins),
    )


def bin_of(number: float, low: float, high: float) -> int:
    """Return the bin of `number` between `low` and `high`."""
    return min(_BINS - 1, max(0, math.floor((number - low) / (high - low) * _BINS)))


def _good(bands: Collection[_Ends], low: float, high: float) -> tuple[float, float] | None:
    """Return where good is on the axis, start and width in per cent: where all answers have the same of `bands`."""
    start, end = next(iter(bands)) if len(bands) == 1 else (None, None)
    if start is None and end is None:
        return None
    first = percent((low if start is None else start) - low, high - low)
    last = percent((high if end is None else end) - low, high - low)
    return (first, round(last - first, 3)) if last > first else None
