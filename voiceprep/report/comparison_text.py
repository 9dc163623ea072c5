"""A comparison for a terminal: readable at 80 columns, without colour, and in a pipe. May not print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voiceprep.comparison import Change, Fate
from voiceprep.report import beside
from voiceprep.report.marks import Line
from voiceprep.report.plain import one_line, to_ascii
from voiceprep.report.said import marked
from voiceprep.report.text import printed
from voiceprep.wording import PARTS, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from voiceprep.comparison import Comparison, Side
    from voiceprep.report.beside import Picture, Piece

_NARROWEST = 60
# The shape and the word say it; the colour only repeats it.
_SHAPES: Mapping[Change, tuple[str, str]] = {
    Change.BETTER: ("●", "green"),
    Change.WORSE: ("▲", "bold red"),
    Change.OTHER: ("▬", "bold"),
    Change.CHANCE: ("·", "dim"),
    Change.UNTESTED: ("○", "dim"),
    Change.INCOMPARABLE: ("–", "dim"),  # noqa: RUF001  (a dash is meant)
}
_VERDICTS = {Change.BETTER: "That is better.", Change.WORSE: "That is worse."}
_PICTURE = 15
# Under so many columns an interval is left to its numbers: a measure needs the room for its name.
_ROOM_FOR_PICTURE = 76
_BAR = 14
_MARKS: Mapping[Fate, tuple[str, str, str]] = {
    Fate.KEPT: ("", "", ""),
    Fate.CUT: ("-", "-", "red"),
    Fate.ADDED: ("+", "+", "green"),
    Fate.MOVED: ("*", "*", "blue"),
}
_LEGEND = "-cut-  +added+  *1:moved*  [um] filled pause  {like} filler  (I) said again  ‹1.4s› long pause"  # noqa: RUF001  (brackets)


def render(comparison: Comparison, *, width: int = 80, colour: bool = False, ascii: bool = False) -> str:  # noqa: A002  (what it is called wherever there is a choice)
    """Return `comparison` as text of `width` columns, with terminal colours if `colour`, in ASCII if `ascii`."""
    text = printed([*_blocks(comparison, max(_NARROWEST, width))], width=max(_NARROWEST, width), colour=colour)
    return to_ascii(text) if ascii else text


def _blocks(comparison: Comparison, width: int) -> Iterator[RenderableType]:
    yield _sides(comparison)
    yield from _lead(comparison)
    yield from _measures(comparison, width)
    yield from _once(comparison)
    yield from _story(comparison)
    yield from _words(comparison)
    yield from _notes(comparison)


def _heading(title: str) -> Text:
    return Text(f"\n{title}", style="bold")


def _sides(comparison: Comparison) -> Table:
    grid = Table.grid(padding=(0, 2))
    for letter, side in (("A", comparison.a), ("B", comparison.b)):
        grid.add_row(Text(letter, "bold cyan"), Text(" · ".join(about(side))))
        alike = comparison.a.question == comparison.b.question
        if side.question and not (alike and letter == "A"):
            grid.add_row("", Text(f"{'Both: ' if alike else ''}{one_line(side.question)}", "dim"))
    return grid


def about(side: Side) -> tuple[str, ...]:
    """Return what is told of `side`: its name, when it was, how long it is."""
    count = f"{side.answers} answers" if side.answers != 1 else ""
    length = duration_text(side.seconds) if side.seconds else ""
    return tuple(filter(None, (one_line(side.name), side.at[:16].replace("T", " "), count, length)))


def _lead(comparison: Comparison) -> Iterator[RenderableType]:
    yield _heading("What changed")
    yield Padding(Text(beside.headline(comparison), "bold"), (0, 0, 0, 1))
    for one in comparison.changed:
        shape, style = _SHAPES[one.change]
        grid = Table.grid(padding=(0, 1))
        grid.add_row(Text(shape, style), Text(f"{beside.sentence(one)} {_VERDICTS.get(one.change, '')}".strip()))
        yield Padding(grid, (0, 0, 0, 1))


def _measures(comparison: Comparison, width: int) -> Iterator[RenderableType]:
    tested = comparison.tested
    if not tested:
        return
    yield _heading("Held against chance")
    grid = Table(box=None, padding=(0, 1), show_edge=False, header_style="dim", width=width)
    grid.add_column("", width=1)
    grid.add_column("Measure", ratio=1, overflow="fold")
    grid.add_column("A", justify="right", no_wrap=True)
    grid.add_column("B", justify="right", no_wrap=True)
    grid.add_column("Change", justify="right", no_wrap=True)
    pictured = width >= _ROOM_FOR_PICTURE
    if pictured:
        grid.add_column("less  │  more".center(_PICTURE), no_wrap=True, width=_PICTURE)
    grid.add_column("", no_wrap=True, width=8)
    for one in tested:
        shape, style = _SHAPES[one.change]
        shown = beside.picture(one)
        grid.add_row(
            Text(shape, style),
            Text(one_line(beside.named(one))),
            beside.value(one, one.a),
            beside.value(one, one.b),
            Text(beside.change_text(one), "" if one.real else "dim"),
            *([Text(drawn(shown) if shown else "", "cyan" if one.real else "dim")] if pictured else []),
            Text(beside.CHANGES[one.change] + ("*" if one.alone else ""), style),
        )
    yield grid
    if any(one.alone for one in tested):
        yield Padding(Text(beside.ALONE, "dim"), (0, 0, 0, 1))


def drawn(shown: Picture) -> str:
    """Return an interval as a line of characters, with no change in its middle."""
    cells = [" "] * _PICTURE
    first, last = (round(end * (_PICTURE - 1)) for end in (shown.low, shown.high))
    cells[first : last + 1] = "─" * (last + 1 - first)
    for at, endless, mark in ((0, shown.endless[0], "‹"), (_PICTURE - 1, shown.endless[1], "›")):  # noqa: RUF001  (arrows)
        if endless:
            cells[at] = mark
    cells[_PICTURE // 2] = "│"
    if shown.at is not None:
        cells[round(shown.at * (_PICTURE - 1))] = "●"
    return "".join(cells)


def _once(comparison: Comparison) -> Iterator[RenderableType]:
    once = [one for one in comparison.differences if one.change is Change.UNTESTED]
    if not once:
        return
    yield _heading("One value an answer, so not held against chance")
    grid = Table.grid(padding=(0, 1))
    for one in once:
        style = "dim" if one.a == one.b else ""
        grid.add_row(" ", Text(one_line(one.label), style), Text(one_line(beside.once_text(one)), style))
    yield grid


def _story(comparison: Comparison) -> Iterator[RenderableType]:
    if not comparison.parts:
        return
    yield _heading(beside.story_title(comparison.parts))
    grid = Table.grid(padding=(0, 1))
    for row in comparison.parts:
        cells = [
            # Bars beside each other would compare what has no common scale.
            Text(f"{_bar(share)} {beside.share_text(share):>10}" if row.comparable else beside.share_text(share, unit))
            for share, unit in ((row.share_a, row.unit_a), (row.share_b, row.unit_b))
        ]
        for cell, share in zip(cells, (row.share_a, row.share_b), strict=True):
            cell.stylize("cyan" if share else "dim")
        grid.add_row(f"  {PARTS[row.part]:9}", Text("A", "dim"), cells[0], Text("  B", "dim"), cells[1])
    yield grid


def _bar(share: float | None) -> str:
    full = round((share or 0.0) * _BAR)
    return "█" * full + "·" * (_BAR - full)


def _words(comparison: Comparison) -> Iterator[RenderableType]:
    rows = beside.rows(comparison)
    if not rows:
        return
    yield _heading("The words")
    yield Padding(Text(beside.tally(comparison), "dim"), (0, 0, 1, 1))
    grid = Table.grid(padding=(0, 1))
    same = 0
    for row in rows:
        if row.same and beside.alike(row):
            same += 1
            continue
        _fold(grid, same)
        same = 0
        for letter, pieces in (("A", row.a), ("B", row.b)):
            if pieces:
                grid.add_row("", Text(letter, "bold cyan"), _line(pieces))
        grid.add_row("", "", "")
    _fold(grid, same)
    yield grid
    yield Padding(Text(_LEGEND, "dim"), (0, 0, 0, 1))


def _fold(grid: Table, same: int) -> None:
    if same:
        grid.add_row("", "", Text(f"… {same} sentence{'' if same == 1 else 's'} word for word …", "dim"))


def _line(pieces: Sequence[Piece]) -> Text:
    """Write the `pieces` of one side, with marks around what the other does not have there."""
    out = Text()
    for piece in pieces:
        left, right, style = _MARKS[piece.fate]
        said = marked(Line(None, piece.tokens))
        if said:
            number = f"{piece.move}:" if piece.move else ""
            out.append(f"{left}{number}", style).append_text(_over(said, style)).append(f"{right} ", style)
    out.rstrip()
    return out


def _over(said: Text, style: str) -> Text:
    if style:
        said.stylize_before(style)
    return said


def _notes(comparison: Comparison) -> Iterator[RenderableType]:
    yield from _listed("Please note", comparison.caveats)
    told = {reason: ", ".join(labels) for reason, labels in beside.reasons(comparison).items()}
    yield from _listed("Not compared", [f"{labels}: {reason}." for reason, labels in told.items()])
    ways = {way: ", ".join(labels) for way, labels in beside.methods(comparison).items()}
    yield from _listed("How", [f"{way[:1].upper()}{way[1:]}: {labels}." for way, labels in ways.items()])


def _listed(title: str, texts: Sequence[str]) -> Iterator[RenderableType]:
    if texts:
        yield _heading(title)
    for text in texts:
        grid = Table.grid(padding=(0, 1))
        grid.add_row("·", Text(one_line(text), "dim"))
        yield Padding(grid, (0, 0, 0, 1))
