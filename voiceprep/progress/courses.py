"""From sittings to the course of each measure, judged together so that chance seldom passes for progress. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from voiceprep.metrics import OF_WORDS
from voiceprep.model import Answer, Band, Engine, Transcript
from voiceprep.progress.progress import Course, Move, Point
from voiceprep.progress.trend import cling, holm, trend
from voiceprep.progress.usual import usual
from voiceprep.tables import METRICS, load
from voiceprep.wording import SHARE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.metrics import Metric
    from voiceprep.model import Measurement, Question
    from voiceprep.progress.progress import Counted
    from voiceprep.progress.trend import Trend

# With fewer sittings it is too early to say: benchmarks/progress.py has what chance does from 5 sittings on, and how
# large a change must be to be seen at all.
LEAST = 10
# Of a hundred pages about somebody who does not change, so many may say that something did: the larger part of that is
# for better and worse, which is what one practises for.
JUDGED, REPORTED = 0.04, 0.01
# A band holds for a measure when it holds for so many of the answers, at least.
_MOSTLY = 0.75
# Distances from a band that are nearer than this, of its own size, are the same.
_SAME = 1e-9

# What is good depends on what the answer told, not on the question alone: the report on it says so, no course.
_BY_ANSWER = frozenset({"one_event", "star_parts"})

# An answer to a question, and how many there are to it.
_Asked = tuple[Answer, int]

_EMPTY = Transcript((), (), (), 0.0, "en", 1.0, None, Engine("", "", "", ""))


def courses(
    sittings: Sequence[Counted],
    asked: Sequence[Question | None] = (),
    bands: Mapping[str, Band] | None = None,
    measures: Sequence[str] = tuple(METRICS),
    *,
    least: int = LEAST,
) -> tuple[Course, ...]:
    """Return the course of each of `measures` that was measured in one of `sittings`, which are in order of time.

    `asked` are the questions of the answers, one an answer: what is good depends on them; `bands` are the user's own.
    In fewer than `least` sittings no trend is looked for.
    """
    rows, about = _rows(sittings), _about(Counter(asked) or Counter([None]))
    made = (_course(load(METRICS, name), row, about, bands) for name, row in rows.items() if name in METRICS)
    found = {one.metric: one for one in made if one}
    long = {name: one.values for name, one in found.items() if len(one.points) >= least}
    # One series tells little of how much it clings to itself; all of them together tell what is usual for this speaker.
    clings = {name: cling(values) for name, values in long.items()}
    common = fmean([one for one in clings.values() if one is not None] or [0.0])
    looked = [found[name] for name in measures if name in found]
    going = {name: trend(values, max(common, clings[name] or 0.0)) for name, values in long.items() if name in measures}
    return told_apart([replace(one, trend=going.get(one.metric)) for one in looked])


def told_apart(found: Sequence[Course]) -> tuple[Course, ...]:
    """Return the courses `found` with what became of each: all that have a trend are tested together.

    Where all have a band, or none has, these get the whole allowance.
    """
    long = {one.metric: one.trend.chance for one in found if one.trend}
    good = {one.metric for one in found if one.band}
    judged, reported = ({name: long[name] for name in long if (name in good) is side} for side in (True, False))
    real = (
        holm(judged, JUDGED) | holm(reported, REPORTED)
        if judged and reported
        else holm(judged or reported, JUDGED + REPORTED)
    )
    return tuple(replace(one, move=_move(one.trend, one.band, real=one.metric in real)) for one in found)


def _rows(sittings: Sequence[Counted]) -> dict[str, list[tuple[str, Measurement]]]:
    """Return by metric when and what was measured."""
    rows: dict[str, list[tuple[str, Measurement]]] = {}
    for sitting in sittings:
        for one in sitting.measurements:
            rows.setdefault(one.metric, []).append((sitting.at, one))
    return rows


def _course(
    metric: Metric,
    row: Sequence[tuple[str, Measurement]],
    asked: Sequence[_Asked],
    bands: Mapping[str, Band] | None,
) -> Course | None:
    """Return the course of `metric` by its newest version in `row`, or None where nothing was measured."""
    version = newest(Counter(one.version for _, one in row if one.value is not None), metric.version)
    points = tuple(Point(at, one.value) for at, one in row if one.version == version and one.value is not None)
    if not points:
        return None
    other = {at for at, one in row if one.version != version} - {point.at for point in points}
    unit = metric.unit if version < OF_WORDS else metric.unit_of_text or metric.unit
    before = usual([point.value for point in points[:-1]], most=_most(unit))
    return Course(
        metric.name,
        metric.label,
        unit,
        metric.group,
        (bands or {}).get(metric.name) or _band(metric, asked),
        points,
        before,
        before.place(points[-1].value) if before else None,
        None,
        Move.EARLY,
        len(other),
    )


def _most(unit: str) -> float | None:
    """Return the largest value that there can be in `unit`: all of a share, 4 "of 4"; None where there is none."""
    if unit.startswith(SHARE):
        return 1.0
    return float(whole) if (whole := unit.removeprefix("of ")) != unit and whole.isdecimal() else None


def newest(times: Mapping[int, int], current: int) -> int:
    """Return which version of a measure is looked at, of those that were measured so many `times`; 0 for none.

    Of speech and text it is the one with more sittings, so that one recording does not drive out many texts; speech
    where both have as many. `current` is the version that is measured today: it counts, or else the newest.
    """
    spoken = {version for version in times if version < OF_WORDS}
    text = times.keys() - spoken
    typed = sum(times[version] for version in text) > sum(times[version] for version in spoken)
    side, today = (text, current + OF_WORDS) if typed else (spoken, current)
    return today if today in side else max(side, default=0)


def band_of(metric: Metric, asked: Mapping[Question | None, int]) -> Band | None:
    """Return the band of `metric` for answers to the questions `asked`, each so often: its edges are means of theirs.

    Values of a sitting are means over its answers, and so is what is good. None where fewer than three in four of the
    answers that the metric is for have a band.
    """
    return _band(metric, _about(asked))


def _about(asked: Mapping[Question | None, int]) -> list[_Asked]:
    """Return an answer to each question of `asked`, of which nothing else is known: made once for all metrics."""
    return [(Answer(_EMPTY, question, question_end=0.0), count) for question, count in asked.items()]


def _band(metric: Metric, asked: Sequence[_Asked]) -> Band | None:
    # What is good may depend on the answer: then there is nothing that holds for all to the same question.
    band = (lambda _: None) if metric.name in _BY_ANSWER else metric.band
    fit = [(band(answer), count) for answer, count in asked if metric.applies(answer)]
    some = [(band, count) for band, count in fit if band]
    if sum(count for _, count in some) < max(1, _MOSTLY * sum(count for _, count in fit)):
        return None
    if len({band for band, _ in some}) == 1:
        return some[0][0]
    return Band(*(_mean_edge(name, some) for name in ("low", "high", "watch_low", "watch_high")))


def _mean_edge(name: str, bands: Sequence[tuple[Band, int]]) -> float | None:
    edges = [(float(edge), count) for band, count in bands if (edge := getattr(band, name)) is not None]
    if len(edges) < len(bands):
        return None
    return round(sum(edge * count for edge, count in edges) / sum(count for _, count in edges), 3)


def _move(going: Trend | None, band: Band | None, *, real: bool) -> Move:
    """Return what became of a measure: `real` says that its trend is more than chance."""
    if going is None:
        return Move.EARLY
    if not real or going.slope == 0:
        return Move.STEADY
    if band is None:
        return Move.CHANGED
    before, after = away(band, going.start), away(band, going.end)
    if abs(after - before) <= _SAME * max(1.0, abs(before), abs(after)):
        return Move.CHANGED
    return Move.BETTER if after < before else Move.WORSE


def away(band: Band, value: float) -> float:
    """Return how far `value` is from `band`; 0 inside."""
    if band.low is not None and value < band.low:
        return band.low - value
    return value - band.high if band.high is not None and value > band.high else 0.0
