"""The transcript of one answer as a Praat TextGrid, long text format. May not write a file.

The format: https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.errors import InputError
from voiceprep.model import WordKind
from voiceprep.report.marks import lines
from voiceprep.report.plain import one_line
from voiceprep.wording import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voiceprep.model import Assessment, Span

# Praat refuses a file without length.
_SHORTEST = 1
_A_SECOND = 1_000_000
# Start, end and label; times in whole microseconds, so that one interval ends exactly where the next begins.
Interval = tuple[int, int, str]


def render(assessments: Sequence[Assessment]) -> str:
    """Return the only one of `assessments` as a TextGrid. Raise `InputError` if there are several, or no times."""
    if len(assessments) != 1:
        raise InputError(
            f"a TextGrid belongs to one recording, and here are {len(assessments)} answers",
            hint="Give one recording, or -o FOLDER for a file each.",
        )
    [assessment] = assessments
    if not assessment.transcript.timed:
        raise InputError(
            f"a TextGrid needs times, and {one_line(assessment.recording.name)!r} is typed text without any",
            hint="Use -f text, html, md, json or csv.",
        )
    end = max(_SHORTEST, _microseconds(assessment.transcript.duration))
    tiers = [(name, tile(marks, end)) for name, marks in _tiers(assessment)]
    return "\n".join([*_file_head(end, len(tiers)), *_items(tiers, end)]) + "\n"


def _tiers(assessment: Assessment) -> Iterator[tuple[str, list[tuple[Span, str]]]]:
    words = assessment.transcript.words
    yield "words", [(word.span, word.text) for word in words]
    yield "filled pauses", [(word.span, word.text) for word in words if word.kind is WordKind.FILLED_PAUSE]
    yield "fillers", [(word.span, word.text) for word in words if word.kind is WordKind.FILLER]
    yield "silent pauses", [(pause.span, PLACES[pause.place]) for pause in assessment.transcript.pauses]
    yield "STAR", [(line.span, line.label.part.value) for line in lines(assessment) if line.label]


def tile(marks: Iterable[tuple[Span, str]], end: int) -> list[Interval]:
    """Return intervals that fill 0 to `end` microseconds: `marks` in order of time, and empty ones between them.

    Where two overlap, the second begins when the first ends; a mark without room of its own joins the one before it.
    """
    tiles: list[Interval] = []
    now = 0
    for span, text in sorted(marks, key=lambda mark: mark[0]):
        start, stop = max(now, _microseconds(span.start)), min(end, _microseconds(span.end))
        if stop <= start and tiles:
            tiles[-1] = (*tiles[-1][:2], f"{tiles[-1][2]} {text}".strip())
            continue
        if stop <= start:
            start = min(start, end - 1)
            stop = start + 1
        if start > now:
            tiles.append((now, start, ""))
        tiles.append((start, stop, text))
        now = stop
    return [*tiles, (now, end, "")] if now < end else tiles


def _microseconds(seconds: float) -> int:
    return max(0, round(seconds * _A_SECOND))


def _file_head(end: int, tiers: int) -> list[str]:
    return [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_time(end)}",
        "tiers? <exists>",
        f"size = {tiers}",
        "item []:",
    ]


def _items(tiers: Sequence[tuple[str, Sequence[Interval]]], end: int) -> Iterator[str]:
    for number, (name, intervals) in enumerate(tiers, 1):
        yield f"    item [{number}]:"
        yield '        class = "IntervalTier"'
        yield f"        name = {_quoted(name)}"
        yield "        xmin = 0"
        yield f"        xmax = {_time(end)}"
        yield f"        intervals: size = {len(intervals)}"
        for index, (start, stop, text) in enumerate(intervals, 1):
            yield f"        intervals [{index}]:"
            yield f"            xmin = {_time(start)}"
            yield f"            xmax = {_time(stop)}"
            yield f"            text = {_quoted(text)}"


def _time(microseconds: int) -> str:
    return f"{microseconds / _A_SECOND:.6f}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    doubled = one_line(text).replace('"', '""')
    return f'"{doubled}"'
