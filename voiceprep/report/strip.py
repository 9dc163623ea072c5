"""Pictures in one line of characters: how a value went, and where in the answer things happened. Opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.model import WordKind
from voiceprep.report.marks import extent, stretches
from voiceprep.wording import LONG_PAUSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voiceprep.model import Assessment, Sample, Span

_BARS = "▁▂▃▄▅▆▇█"
_EMPTY = "·"
_HESITATIONS = frozenset({WordKind.FILLED_PAUSE, WordKind.FILLER})


def bars(series: Sequence[Sample], width: int) -> str:
    """Return `series` as at most `width` bars from its lowest value to its highest."""
    count = min(width, len(series))
    values = [series[index * len(series) // count].value for index in range(count)]
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = (high - low) / (len(_BARS) - 1) or 1.0
    return "".join(_BARS[round((value - low) / step)] for value in values)


def timeline(assessment: Assessment, width: int) -> Iterator[tuple[str, str]]:
    """Yield a name and a line of `width` characters for each kind of thing that `assessment` found along the answer."""
    heard = assessment.transcript
    said = [word.span for word in heard.words if word.kind in _HESITATIONS]
    silent = [pause.span for pause in heard.pauses if pause.span.duration > LONG_PAUSE]
    rows = (
        ("Story", [(part.value, span) for part, span in stretches(assessment)]),
        ("Um, fillers", [("▾", span) for span in said]),
        ("Long pauses", [("▬", span) for span in silent]),
    )
    for name, marks in rows:
        if marks:
            yield name, _line(marks, extent(assessment), width)


def _line(marks: Iterable[tuple[str, Span]], duration: float, width: int) -> str:
    cells = [_EMPTY] * width
    for mark, span in marks:
        first, last = (min(width - 1, max(0, int(at / (duration or 1.0) * width))) for at in (span.start, span.end))
        cells[first : last + 1] = mark * (last + 1 - first)
    return "".join(cells)
