"""The transcript for a terminal: a timeline, the marked words with times and STAR letters, the marks explained.

May not print.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voiceprep.model import Part, WordKind
from voiceprep.report.marks import Silence, lines
from voiceprep.report.plain import one_line
from voiceprep.report.strip import timeline
from voiceprep.wording import LONG_PAUSE, clock, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from voiceprep.model import Assessment, Word
    from voiceprep.report.marks import Line

_BRACKETS: Mapping[WordKind, tuple[str, str, str]] = {
    WordKind.FILLED_PAUSE: ("[", "]", "bold magenta"),
    WordKind.FILLER: ("{", "}", "magenta"),
    WordKind.REPETITION: ("(", ")", "dim"),
    WordKind.FRAGMENT: ("(", ")", "dim"),
}
_LEGEND: Mapping[WordKind, str] = {
    WordKind.FILLED_PAUSE: "[um] filled pause",
    WordKind.FILLER: "{like} filler",
    WordKind.REPETITION: "(I) said again or cut off",
    WordKind.FRAGMENT: "(I) said again or cut off",
}
_ENDING = re.compile(r"[,.;:?!…]*$")
_PAUSE = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_NAME_WIDTH = 15


def transcript(assessment: Assessment, width: int) -> Iterator[RenderableType]:
    """Yield the transcript of `assessment` for `width` columns: a timeline, the words, and what the marks mean."""
    strip = Table.grid(padding=(0, 1))
    for name, drawn in timeline(assessment, max(8, width - _NAME_WIDTH)):
        strip.add_row(f" {name}", Text(drawn, "cyan"))
    if strip.rows:
        yield Padding(strip, (0, 0, 1, 0))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", min_width=5, style="dim", no_wrap=True)
    grid.add_column(width=1, style="bold cyan")
    for number, line in enumerate(lines(assessment), 1):
        at = clock(line.span.start) if assessment.transcript.timed else str(number)
        letter = line.label.part.value if line.label else ""
        grid.add_row(at, letter if letter != Part.OTHER else "", marked(line))
    yield grid
    if legend := _legend(assessment):
        yield Padding(Text(legend, "dim"), (1, 0, 0, 1))


def _legend(assessment: Assessment) -> str:
    """Explain the marks that stand in the transcript of `assessment`."""
    heard = assessment.transcript
    kinds = {word.kind for word in heard.words}
    shown = list(dict.fromkeys(mark for kind, mark in _LEGEND.items() if kind in kinds))
    if any(pause.span.duration > LONG_PAUSE for pause in heard.pauses):
        shown.append("1.4s".join(_PAUSE) + " long pause")
    return "  ".join(shown)


def marked(line: Line) -> Text:
    """Write a `line` of the transcript with brackets around what is no plain word, and its long pauses."""
    text = Text()
    for token in line.tokens:
        if not isinstance(token, Silence):
            text.append_text(_bracketed(token.word)).append(" ")
        elif token.long:
            text.append(_silence(token), "cyan").append(" ")
    text.rstrip()
    return text


def _silence(silence: Silence) -> str:
    # Without the space, so that it is not broken between two lines.
    return duration_text(silence.pause.span.duration).replace(" ", "").join(_PAUSE)


def _bracketed(word: Word) -> Text:
    """Write `word` in the brackets of its kind; its punctuation stays outside."""
    said = one_line(word.text)
    if word.kind not in _BRACKETS:
        return Text(said)
    left, right, style = _BRACKETS[word.kind]
    core = _ENDING.sub("", said)
    return Text.assemble((f"{left}{core}{right}", style), said[len(core) :])
