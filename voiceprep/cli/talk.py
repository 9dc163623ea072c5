"""What a command says while it works: progress and notices on stderr, never on stdout."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Self, TextIO

STAGES = {"model": "preparing the model", "decode": "reading", "hear": "listening"}
NARROWEST, WIDEST = 40, 110
# Seconds between two drawings of a count.
_REDRAW = 0.2


class Talk:
    """The talk of one run: a progress bar on a terminal, nothing but notices in a pipe, nothing at all if `quiet`."""

    def __init__(self, *, quiet: bool = False, colour: bool = True) -> None:
        self._quiet = quiet
        self._colour = colour and "NO_COLOR" not in os.environ
        self._bar: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415  (heavy)
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

            console = Console(stderr=True, no_color=not self._colour, highlight=False)
            columns = TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()
            self._bar = Progress(*columns, console=console, transient=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar = None

    def say(self, text: str) -> None:
        """Print the notice `text`."""
        if self._quiet:
            return
        if self._bar:
            self._bar.console.print(text, markup=False, soft_wrap=True)
        else:
            click.echo(text, err=True)

    @contextmanager
    def about(self, file: Path, number: int, count: int) -> Iterator[Callable[[str, float, float], None]]:
        """Give a function that shows how far the work on `file` is, the `number`th of `count`."""
        if not self._bar:
            yield lambda _stage, _done, _whole: None
            return
        name = self.shown(file) + (f" ({number} of {count})" if count > 1 else "")
        # Drawn only now, and no longer than the work: it would wipe away what is typed into standard input.
        self._bar.start()
        task = self._bar.add_task(name, total=None)

        def update(stage: str, done: float, whole: float) -> None:
            self._bar.update(task, description=f"{name}: {STAGES[stage]}", completed=done, total=whole or None)

        try:
            yield update
        finally:
            self._bar.remove_task(task)
            self._bar.stop()

    @staticmethod
    def shown(path: Path) -> str:
        """Return `path` as it can be printed on one line."""
        from voiceprep.container import shown  # noqa: PLC0415  (not needed for --help)

        return shown(path)


@contextmanager
def counted(things: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that says on stderr how many `things` are done, on a terminal and after the first second."""
    began, last, width = time.monotonic(), 0.0, 0

    def progress(done: int, whole: int) -> None:
        nonlocal last, width
        now = time.monotonic() - began
        if now > 1 and now - last > _REDRAW and sys.stderr.isatty():
            last, text = now, f"{done} of {whole} {things}"
            click.echo(f"\r{text.ljust(width)}", nl=False, err=True)
            width = len(text)

    try:
        yield progress
    finally:
        if width:
            click.echo(f"\r{' ' * width}\r", nl=False, err=True)


def terminal(stream: TextIO, *, colour: bool) -> tuple[int, bool, bool]:
    """Return the width to print at on `stream`, whether in colour, and whether in plain ASCII."""
    tty = stream.isatty()
    width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size((80, 24)).columns)) if tty else 80
    coloured = colour and tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return width, coloured, not (stream.encoding or "ascii").lower().startswith("utf")
