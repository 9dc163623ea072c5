"""The two screens of a round: one that is drawn in place, and one of plain lines for ears, pipes and dumb terminals.

Talk goes to standard error; a report goes to standard output.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Protocol

import click

from voiceprep.cli import scenes
from voiceprep.cli.talk import NARROWEST, WIDEST, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.live import Live
    from rich.text import Text

    from voiceprep.cli.scenes import View
    from voiceprep.model import Assessment, Question
    from voiceprep.practice import Round


class Screen(Protocol):
    """Where a round is shown."""

    def ask(self, question: Question, place: str, round_: Round, *, shown: bool) -> None:
        """Show the `question`, or where it is not `shown`, that it is asked."""
        ...

    def show(self, view: View) -> None:
        """Show the stage of a round as it is now."""
        ...

    def say(self, text: str) -> None:
        """Print a line that stays."""
        ...

    def report(self, assessment: Assessment, *, whole: bool) -> None:
        """Print the report, in short or `whole`."""
        ...

    def close(self) -> None:
        """Take away what is drawn in place."""
        ...


def screen(*, plain: bool, colour: bool) -> Screen:
    """Return the screen for the terminal that standard error leads to."""
    if plain or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return PlainScreen(colour=False if plain else colour)
    return DrawnScreen(colour=colour)


class PlainScreen:
    """Lines, one for each thing that is new."""

    def __init__(self, *, colour: bool = False, echo: Callable[[str], None] | None = None) -> None:
        self._colour = colour
        self._echo = echo or (lambda line: click.echo(line, err=True))
        self._before: View | None = None

    def ask(self, question: Question, place: str, round_: Round, *, shown: bool) -> None:
        """Print the question."""
        self._before = None
        for line in scenes.header(question, place, round_, 79, shown=shown):
            self._echo(line.plain.rstrip())

    def show(self, view: View) -> None:
        """Print what is new in `view`."""
        for line in scenes.plain(self._before, view):
            self._echo(line)
        self._before = view

    def say(self, text: str) -> None:
        """Print `text`."""
        self._echo(text)

    def report(self, assessment: Assessment, *, whole: bool) -> None:
        """Print the report."""
        _print_report(assessment, colour=self._colour, whole=whole)

    def close(self) -> None:
        """Nothing is drawn."""


class DrawnScreen:
    """The stage of the round drawn in place under what was printed before; only drawn anew where it changed."""

    def __init__(self, *, colour: bool) -> None:
        from rich.console import Console  # noqa: PLC0415  (heavy)

        _, self._coloured, self._ascii = terminal(sys.stderr, colour=colour)
        self._colour = colour
        self._console = Console(stderr=True, no_color=not self._coloured, highlight=False, markup=False, emoji=False)
        self._live: Live | None = None
        self._drawn: Text | None = None

    def ask(self, question: Question, place: str, round_: Round, *, shown: bool) -> None:
        """Print the question."""
        self._lift()
        width = self._width()
        self._console.rule(style="dim", characters="-" if self._ascii else "─")
        for line in scenes.header(question, place, round_, width, shown=shown):
            self._console.print(self._spelt(line))

    def show(self, view: View) -> None:
        """Draw `view`, if it looks other than what stands there."""
        from rich.live import Live  # noqa: PLC0415  (heavy)

        drawn = self._spelt(scenes.joined(scenes.draw(view, self._width(), ascii=self._ascii)))
        if self._drawn is not None and (drawn.plain, drawn.spans) == (self._drawn.plain, self._drawn.spans):
            return
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._drawn = drawn
        self._live.update(drawn, refresh=True)

    def say(self, text: str) -> None:
        """Print `text` above what is drawn."""
        from rich.text import Text  # noqa: PLC0415  (heavy)

        self._lift()
        self._console.print(self._spelt(Text(f" {text}")))

    def report(self, assessment: Assessment, *, whole: bool) -> None:
        """Print the report above what is drawn."""
        self._lift()
        _print_report(assessment, colour=self._colour, whole=whole)
        click.echo(err=True)

    def close(self) -> None:
        """Take away what is drawn."""
        self._lift()

    def _lift(self) -> None:
        if self._live is not None:
            self._live.stop()
        self._live = self._drawn = None

    def _width(self) -> int:
        return min(WIDEST, max(NARROWEST, self._console.width))

    def _spelt(self, text: Text) -> Text:
        """Return `text` with what this terminal can show."""
        if not self._ascii:
            return text
        from rich.text import Text  # noqa: PLC0415  (heavy)

        from voiceprep.report.plain import to_ascii  # noqa: PLC0415  (heavy)

        return Text("\n").join(
            Text(to_ascii(line.plain), spans=line.spans) for line in text.split("\n", allow_blank=True)
        )


def _print_report(assessment: Assessment, *, colour: bool, whole: bool) -> None:
    """Print `assessment` to standard output: where that is no terminal, always in whole and once."""
    from voiceprep.report import text  # noqa: PLC0415  (heavy)

    if sys.stdout.isatty() or not whole:
        stream = sys.stdout if sys.stdout.isatty() else sys.stderr
        width, coloured, plain = terminal(stream, colour=colour)
        shown = text.render((assessment,), width=width, colour=coloured, ascii=plain, brief=not whole)
        click.echo(shown, nl=False, err=stream is sys.stderr)
    if not sys.stdout.isatty() and not whole:
        click.echo(text.render((assessment,), width=shutil.get_terminal_size((80, 24)).columns), nl=False)
