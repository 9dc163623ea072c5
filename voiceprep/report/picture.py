"""Geometry of the pictures in a page: paths and places in per cent. Draws nothing and knows no colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.wording import SHARE, clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voiceprep.model import Band, Finding, Sample, Span, Voice, Waveform

# Bars of the waveform: at least so many, more in a long answer, whose picture is wider than the window.
_BARS, _BARS_A_SECOND = 260, 2.0
_TICKS, _MOST_TICKS = 12, 720
# The picture of pitch reaches so many semitones up and down; that of loudness from so many dB over the median down.
_LEAST_REACH = 6.0
_LOUDEST, _DEPTH = 12.0, 30.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in per cent of its length."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of an axis, in per cent: `kind` is good, watch or act."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where a value lies on its band: `place` of the value, `doubt` its interval, in per cent."""

    zones: tuple[Zone, ...]
    place: float
    doubt: Zone | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over time: `line` is a path in a box of 100 by 100, `dots` its samples as (x, y, sample)."""

    line: str
    dots: tuple[tuple[float, float, Sample], ...]
    zones: tuple[Zone, ...]
    levels: tuple[Tick, ...]
    lowest: str
    highest: str


@dataclass(frozen=True, slots=True)
class Melody:
    """How the voice went: `pitch` as a line, `reach` the semitones from its middle to its edges; `loudness` an area."""

    pitch: str
    loudness: str
    reach: float


def percent(part: float, whole: float) -> float:
    """Return `part` of `whole` in per cent, kept within 0 and 100."""
    return round(min(100.0, max(0.0, 100.0 * part / whole)), 3) if whole > 0 else 0.0


def waves(waveform: Waveform, duration: float) -> str:
    """Return bars for `waveform` as a path in a box of `duration` by 100."""
    heard = waveform.peaks[: max(1, math.ceil(duration * waveform.rate))]
    count = min(len(heard), max(_BARS, int(duration * _BARS_A_SECOND)))
    bars = []
    for bar in range(count):
        peaks = heard[bar * len(heard) // count : (bar + 1) * len(heard) // count]
        # The root keeps quiet speech in sight beside one loud knock.
        half = max(1.0, 48 * math.sqrt(max(peaks) / 255))
        bars.append(f"M{(bar + 0.5) * duration / count:.2f} {50 - half:.1f}v{2 * half:.1f}")
    return "".join(bars)


def melody(voice: Voice) -> Melody | None:
    """Return the pitch of `voice` as strokes over time and its loudness as an area, or None where there is neither.

    Both are paths in a box as wide as the series are long, in seconds, and 100 high. The scale of pitch holds nearly
    all of it and reaches at least `_LEAST_REACH` semitones to both sides of the median, so that a
    flat voice looks flat.
    """
    heard = sorted(abs(value) for value in voice.pitch if value is not None)
    if not heard:
        return None
    reach = max(_LEAST_REACH, float(math.ceil(heard[int(0.98 * (len(heard) - 1))])))
    points = [None if value is None else 50 - 48 * max(-1.0, min(1.0, value / reach)) for value in voice.pitch]
    return Melody(_strokes(points, voice.rate), _hills(voice.loudness, voice.rate), reach)


def _strokes(points: Sequence[float | None], rate: int) -> str:
    """Return a line for each run of at least two `points`: one alone would only be a speck."""
    out, drawing = [], False
    for at, point in enumerate(points):
        following = points[at + 1] if at + 1 < len(points) else None
        if point is not None and (drawing or following is not None):
            out.append(f"{'L' if drawing else 'M'}{(at + 0.5) / rate:.2f} {point:.0f}")
        drawing = point is not None
    return "".join(out)


def _hills(levels: Sequence[float | None], rate: int) -> str:
    """Return a bar for each quarter of a second, as high as the middle of its `levels`."""
    size, bars = max(1, rate // 4), []
    for start in range(0, len(levels), size):
        heard = sorted(level for level in levels[start : start + size] if level is not None)
        if heard:
            high = 100 * max(0.04, min(1.0, 1 + (heard[len(heard) // 2] - _LOUDEST) / _DEPTH))
            bars.append(f"M{start / rate:.2f} 100v-{high:.0f}h{size / rate:.2f}v{high:.0f}z")
    return "".join(bars)


def blocks(spans: Iterable[Span]) -> str:
    """Return a rectangle for each of `spans` as a path in a box as wide as the recording is long, and 1 high."""
    return "".join(f"M{span.start:.2f} 0h{span.duration:.2f}v1h-{span.duration:.2f}z" for span in spans)


def times(duration: float) -> tuple[Tick, ...]:
    """Return the time axis for `duration`: round steps, never denser than every ten seconds in a long answer."""
    steps = [step for step in (1, 2, 5) if duration / step <= _TICKS] or [10, 60, 600, 3600]
    step = next((step for step in steps if duration / step <= _MOST_TICKS), duration / _MOST_TICKS)
    count = math.floor(max(0.0, duration) / step) + 1
    return tuple(Tick(percent(at * step, duration), clock(at * step)) for at in range(count))


def gauge(finding: Finding) -> Gauge | None:
    """Return where the value of `finding` lies on its band, or None where it has no value or no band."""
    value, band = finding.measurement.value, finding.band
    edges = _edges(band)
    if value is None or band is None or not edges:
        return None
    interval = finding.measurement.interval
    shown = [value, *edges, *((interval.low, interval.high) if interval else ())]
    low, high = _reach(shown, finding)
    scale = high - low
    doubt = _zone("doubt", interval.low - low, interval.high - low, scale) if interval else None
    return Gauge(_zones(band, low, high), percent(value - low, scale), doubt)


def _zone(kind: str, start: float, end: float, scale: float) -> Zone:
    return Zone(kind, percent(start, scale), percent(end - start, scale))


def _edges(band: Band | None) -> list[float]:
    if band is None:
        return []
    ends = (band.watch_low, band.low, band.high, band.watch_high)
    return sorted({end for end in ends if end is not None})


def _reach(shown: Sequence[float], finding: Finding) -> tuple[float, float]:
    """Return the ends of the scale: a margin around all that is `shown`, but not below 0 and no share over 1."""
    least, most = min(shown), max(shown)
    margin = 0.2 * ((most - least) or abs(most) or 1.0)
    open_below = finding.band is not None and finding.band.low is None
    low = min(0.0, least) if open_below else max(min(0.0, least), least - margin)
    high = most + margin
    return low, max(most, min(1.0, high)) if finding.unit.startswith(SHARE) else high


def _zones(band: Band, low: float, high: float) -> tuple[Zone, ...]:
    """Cut the scale from `low` to `high` into good, watch and act."""
    good_low, good_high = _or(band.low, low), _or(band.high, high)
    watch_low, watch_high = _or(band.watch_low, good_low), _or(band.watch_high, good_high)
    cuts = [
        ("act", low, watch_low), ("watch", watch_low, good_low), ("good", good_low, good_high),
        ("watch", good_high, watch_high), ("act", watch_high, high),
    ]  # fmt: skip
    return tuple(_zone(kind, start - low, end - low, high - low) for kind, start, end in cuts if end > start)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def chart(finding: Finding, duration: float) -> Chart | None:
    """Return how the measure of `finding` went over `duration`, or None where there are fewer than two samples."""
    series = finding.measurement.series
    if len(series) < 2 or duration <= 0:
        return None
    values = [*(sample.value for sample in series), *_edges(finding.band)]
    step = _step(max(values) - min(values))
    low, high = math.floor(min(values) / step) * step, math.ceil(max(values) / step) * step
    high = high if high > low else low + step
    dots = tuple(
        (percent(sample.at, duration), round(100 - percent(sample.value - low, high - low), 3), sample)
        for sample in series
    )
    levels = tuple(
        Tick(percent(level * step - low, high - low), f"{level * step:g}")
        for level in range(round(low / step), round(high / step) + 1)
    )
    zones = _zones(finding.band, low, high) if finding.band else ()
    ends = [f"{end(sample.value for sample in series):.0f}" for end in (min, max)]
    return Chart("M" + "L".join(f"{x:g} {y:g}" for x, y, _ in dots), dots, zones, levels, *ends)


def _step(reach: float) -> float:
    """Return a round step that cuts `reach` into about four."""
    if reach <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(reach / 4))
    return next((power * step for step in (1, 2, 5) if reach / (power * step) <= 5), power * 10)
