"""The report for a terminal: readable at 60 columns, without colour, and in a pipe. May not print."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from voiceprep.model import Timing, Verdict
from voiceprep.report.groups import groups
from voiceprep.report.marks import places
from voiceprep.report.plain import one_line, to_ascii
from voiceprep.report.said import transcript
from voiceprep.report.strip import bars
from voiceprep.wording import (
    SAID,
    VERDICTS,
    band_text,
    clock,
    duration_text,
    engine_text,
    interval_text,
    number_text,
    source_text,
    value_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from voiceprep.model import Assessment, Evidence, Finding, Span

    Where = Callable[[Span], str]

_NARROWEST = 40
# The shape and the word say the verdict; the colour only repeats it.
_SHAPES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.GOOD: ("●", "green"),
    Verdict.LOW: ("▲", "yellow"),
    Verdict.HIGH: ("▲", "yellow"),
    Verdict.VERY_LOW: ("▲", "bold red"),
    Verdict.VERY_HIGH: ("▲", "bold red"),
    Verdict.UNJUDGED: ("○", "dim"),
    Verdict.UNKNOWN: ("○", "dim"),
}
# Metrics of the table that ends a report on several answers.
_OVERVIEW: Mapping[str, str] = {"length": "Length", "pace": "Words/min", "hesitations": "Um, fillers/min"}
_FEW = 3
_IN_SHORT = ("star_parts", "points", "length", "response_latency", "pace", "hesitations", "longest_pause")
_INDENT = 3
_VERDICT_WIDTH = 13
_ROOM_FOR_FOCUS = 80
_NOTHING = "\N{EN DASH}"


def render(
    assessments: Sequence[Assessment],
    *,
    width: int = 80,
    colour: bool = False,
    ascii: bool = False,  # noqa: A002  (what it is called wherever there is a choice)
    brief: bool = False,
) -> str:
    """Return `assessments` as text of `width` columns, with terminal colours if `colour`, in plain ASCII if `ascii`.

    If `brief`, only what to try, what went well, and the few figures that most people ask for.
    """
    width = max(_NARROWEST, width)
    report = _brief if brief else _report
    parts: list[RenderableType] = []
    for index, assessment in enumerate(assessments):
        parts += [*([""] if index else []), report(assessment, width)]
    if len(assessments) > 1:
        parts.append(_overview(assessments, width))
    text = printed(parts, width=width, colour=colour)
    return to_ascii(text) if ascii else text


def printed(parts: Sequence[RenderableType], *, width: int, colour: bool) -> str:
    """Return `parts` as they look on a terminal of `width` columns, one below the other, in colour if `colour`."""
    console = _console(width, colour=colour)
    if parts:
        console.print(*parts, sep="\n")
    return re.sub(r" +$", "", console.file.getvalue(), flags=re.MULTILINE)  # type: ignore[attr-defined]


def _console(width: int, *, colour: bool) -> Console:
    """Return a console that writes to memory and asks nothing of the machine that it runs on."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        force_jupyter=False,
        _environ={},
    )


def _report(assessment: Assessment, width: int) -> Group:
    sources, where = _sources(assessment.findings), places(assessment)
    return Group(
        Rule(Text(one_line(assessment.recording.name), style="bold", overflow="ellipsis"), align="left", style="dim"),
        _lead(assessment, where, width),
        *_question(assessment),
        *_findings(assessment.findings, sources, where, width),
        *_said(assessment, width),
        *_bullets("Please note", tuple(dict.fromkeys((*assessment.caveats, *assessment.transcript.caveats)))),
        *_listed(sources),
        *_footer(assessment),
    )


def _brief(assessment: Assessment, width: int) -> Group:
    found = {finding.measurement.metric: finding for finding in assessment.findings}
    figures = [found[name] for name in _IN_SHORT if name in found and found[name].measurement.value is not None]
    values = max((cell_len(one_line(value_text(finding))) for finding in figures), default=0)
    silent = () if assessment.transcript.words else assessment.transcript.caveats
    return Group(
        _lead(assessment, places(assessment), width),
        *_bullets("What went well", assessment.strengths[:_FEW], bullet="●"),
        *([_heading("In short")] if figures else []),
        *(_head(finding, None, min(values, width // 3)) for finding in figures),
        *_bullets("Please note", silent),
    )


def _heading(title: str) -> Text:
    return Text(f"\n{one_line(title)}", style="bold")


def _lead(assessment: Assessment, where: Where, width: int) -> RenderableType:
    focus = assessment.focus
    if focus is None:
        return Padding(Text(_nothing_to_try(assessment), style="bold"), (1, 0, 0, 1))
    said = [Text(one_line(focus.title), "bold"), *([Text(one_line(focus.why))] if focus.why else [])]
    body: list[RenderableType] = [*said, _try(focus.advice)]
    if focus.evidence:
        listen = "Listen at " if assessment.transcript.timing is Timing.SOUND else "See "
        body.append(Text(listen + _places(focus.evidence, where, width - len(listen) - 4), "cyan"))
    return Padding(
        Panel(Group(*body), title="One thing to try", title_align="left", box=ROUNDED, border_style="cyan"),
        (1, 0, 0, 0),
    )


def _try(advice: str) -> RenderableType:
    return _hanging("→", Text(one_line(advice), "bold"))


def _hanging(mark: str, text: Text) -> Table:
    """Return `text` with `mark` in front of its first line, and the other lines under it."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(mark, text.style), text)
    return grid


def _nothing_to_try(assessment: Assessment) -> str:
    if not assessment.transcript.words:
        return "No speech was heard, so there is nothing to measure."
    return "Nothing here asks for a change."


def _question(assessment: Assessment) -> Iterator[RenderableType]:
    if assessment.question:
        yield _heading("Question")
        yield Padding(Text(one_line(assessment.question.text)), (0, 0, 0, 1))
    yield from _bullets("What went well", assessment.strengths, bullet="●")
    if assessment.question:
        yield from _bullets("An outline for this question", assessment.question.outline)


def _bullets(title: str, texts: Sequence[str], bullet: str = "·") -> Iterator[RenderableType]:
    if texts:
        yield _heading(title)
    for text in texts:
        yield Padding(_hanging(bullet, Text(one_line(text))), (0, 0, 0, 1))


def _listed(sources: Mapping[str, int]) -> Iterator[RenderableType]:
    if sources:
        yield _heading("Sources")
    for text, number in sources.items():
        yield Padding(_hanging(f"[{number}]", Text(text, "dim")), (0, 0, 0, 1))


def _sources(findings: Sequence[Finding]) -> dict[str, int]:
    """Return a number for each source of `findings`, in the order in which they are read."""
    texts = dict.fromkeys(_cited(finding) for finding in findings)
    return {text: number for number, text in enumerate(filter(None, texts), 1)}


def _cited(finding: Finding) -> str:
    """Return the source of `finding`; where nothing was measured there is nothing to cite."""
    return one_line(source_text(finding.source)) if finding.source and finding.verdict is not Verdict.UNKNOWN else ""


def _findings(
    findings: Sequence[Finding], sources: Mapping[str, int], where: Where, width: int
) -> Iterator[RenderableType]:
    values = max((cell_len(one_line(value_text(finding))) for finding in findings), default=0)
    for group, inside in groups(findings):
        yield _heading(group)
        noted: set[str] = set()
        for finding in inside:
            yield _head(finding, sources.get(_cited(finding)), min(values, width // 3))
            body = [*_body(finding, where, width - _INDENT), *_notes(finding, noted)]
            yield Padding(Group(*body), (0, 0, 0, _INDENT))


def _notes(finding: Finding, noted: set[str]) -> Iterator[Text]:
    """Yield the caveats of `finding` that are not among those `noted` in its group already."""
    for caveat in finding.measurement.caveats:
        if caveat not in noted:
            noted.add(caveat)
            yield Text(f"Note: {one_line(caveat)}", "dim")


def _head(finding: Finding, source: int | None, value_width: int) -> Table:
    shape, style = _SHAPES[finding.verdict]
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=2, justify="right")
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(width=value_width, overflow="fold")
    grid.add_column(width=_VERDICT_WIDTH, no_wrap=True)
    # "reported, not judged" is too long for a column; and "not measured" stands there already in place of a value.
    word = "" if finding.verdict is Verdict.UNKNOWN else VERDICTS[finding.verdict].partition(",")[0]
    grid.add_row(
        Text(shape, style),
        Text.assemble(one_line(finding.label), (f" [{source}]" if source else "", "dim")),
        Text(one_line(value_text(finding)), "bold"),
        Text(word, style),
    )
    return grid


def _body(finding: Finding, where: Where, width: int) -> Iterator[RenderableType]:
    """Yield what stands under the number of `finding`: what it means, what is good, where it is from, what to try."""
    measurement = finding.measurement
    if said := " ".join(filter(None, (one_line(finding.detail), _sentence(measurement.reason)))):
        yield Text(said)
    if known := " ".join(filter(None, map(_sentence, (interval_text(finding), _banded(finding))))):
        yield Text(known, "dim")
    if measurement.series:
        yield Text(_course(finding, width))
    if measurement.evidence:
        yield Text(_places(measurement.evidence, where, width), "cyan")
    if finding.advice and finding.verdict not in {Verdict.GOOD, Verdict.UNKNOWN}:
        yield _try(finding.advice)


def _banded(finding: Finding) -> str:
    return "" if finding.verdict is Verdict.UNKNOWN else band_text(finding)


def _sentence(text: str) -> str:
    plain = one_line(text)
    return f"{plain[:1].upper()}{plain[1:]}." if plain else ""


def _course(finding: Finding, width: int) -> str:
    """Draw how the value of `finding` went, with its first and last time and its lowest and highest value."""
    series, unit = finding.measurement.series, finding.unit
    values = [sample.value for sample in series]
    start, end = clock(series[0].at), clock(series[-1].at)
    scale = f"({number_text(min(values), unit)} to {number_text(max(values), unit)})"
    drawn = bars(series, max(8, width - len(start) - len(end) - len(scale) - 3))
    return f"{start} {drawn} {end} {scale}"


def _places(evidence: Sequence[Evidence], where: Where, width: int) -> str:
    """Name the places of `evidence` as many as fit into `width`, and count the others."""
    places = [f"{where(item.span)} {one_line(item.label)}".strip() for item in evidence]
    line = places[0]
    for shown, place in enumerate(places[1:], 1):
        rest = f" and {len(places) - shown} more"
        if cell_len(f"{line} · {place}") + (cell_len(rest) if shown < len(places) - 1 else 0) > width:
            return line + rest
        line += f" · {place}"
    return line


def _said(assessment: Assessment, width: int) -> Iterator[RenderableType]:
    if assessment.transcript.words:
        yield _heading(SAID[assessment.transcript.timing])
        yield from transcript(assessment, width)


def _footer(assessment: Assessment) -> Iterator[RenderableType]:
    recording = assessment.recording
    settings = ", ".join(f"{name} {value}" for name, value in assessment.transcript.engine.settings.items())
    made = (f"voiceprep {assessment.voiceprep}", engine_text(assessment.transcript), settings)
    length = duration_text(recording.duration) if assessment.transcript.timed else ""
    file = (length, f"sha256 {recording.sha256[:12]}", assessment.at)
    yield Padding(Rule(style="dim"), (1, 0, 0, 0))
    for parts in (made, file):
        yield Text(" · ".join(one_line(part) for part in parts if part), "dim")


def _overview(assessments: Sequence[Assessment], width: int) -> RenderableType:
    """Compare `assessments` in a table: the measures that most people ask for, and what to try first in each."""
    table = Table(box=SIMPLE_HEAD, title=f"\n{len(assessments)} answers", title_justify="left", title_style="bold")
    table.add_column("Answer", overflow="fold")
    for head in _OVERVIEW.values():
        table.add_column(head, justify="right", no_wrap=True)
    if width >= _ROOM_FOR_FOCUS:
        table.add_column("Try first", overflow="fold")
    for assessment in assessments:
        cells = [_cell(assessment, metric) for metric in _OVERVIEW]
        focus = one_line(assessment.focus.title) if assessment.focus else _NOTHING
        table.add_row(Text(one_line(assessment.recording.name)), *cells, *([Text(focus)] * (width >= _ROOM_FOR_FOCUS)))
    return table


def _cell(assessment: Assessment, metric: str) -> str:
    for finding in assessment.findings:
        if finding.measurement.metric == metric and finding.measurement.value is not None:
            return f"{number_text(finding.measurement.value, finding.unit)} {_SHAPES[finding.verdict][0]}"
    return _NOTHING
