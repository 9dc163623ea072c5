"""How far a batch is: a bar on a terminal, lines of JSON for programs, or nothing. Prints to stderr alone."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.batch.work import Job, Outcome


# The bar itself is never shorter.
LEAST_BAR = 6


def counter(form: str | None, jobs: Sequence[Job], *, quiet: bool, colour: bool) -> Counter:
    """Return what counts `jobs` in the `form` asked for: bar, json or none; None takes a bar on a terminal."""
    if form == "json":
        return Lines(jobs)
    shown = form == "bar" or (form is None and sys.stderr.isatty())
    if shown and not quiet:
        return Bar(jobs, colour=colour and "NO_COLOR" not in os.environ)
    return Counter(jobs, quiet=quiet or form == "none")


class Counter:
    """Counts and says nothing but notices and failures; with `quiet` only failures."""

    def __init__(self, jobs: Sequence[Job], *, quiet: bool = False) -> None:
        self._jobs, self._quiet = jobs, quiet
        self._begun = time.monotonic()
        self._files = self._failed = 0
        # Seconds of sound that have a result, and those of them that were heard now.
        self._sound = self._heard = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is drawn."""

    def say(self, text: str) -> None:
        """Print the notice `text`."""
        if not self._quiet:
            click.echo(text, err=True)

    def add(self, job: Job, outcome: Outcome) -> None:
        """Count the `outcome` of `job`, and name what failed."""
        self._files += 1
        self._sound += outcome.duration
        self._heard += outcome.heard
        if outcome.failure:
            self._failed += 1
            self._complain(job, outcome.failure.message, outcome.failure.hint)

    def end(self, done: int, failed: int, code: int) -> None:
        """Take in how it ended."""

    def _complain(self, job: Job, message: str, hint: str) -> None:
        for line in complaint(job, message, hint):
            click.echo(line, err=True)

    @property
    def rate(self) -> float:
        """Seconds of sound heard in a second."""
        return self._heard / max(1e-3, time.monotonic() - self._begun)


class Lines(Counter):
    """One JSON object a line: `start`, a `file` or `error` for each recording, `note` and `end`."""

    def __enter__(self) -> Self:
        self._put("start", files=len(self._jobs))
        return self

    def say(self, text: str) -> None:
        """Print the notice `text` as an object."""
        self._put("note", text=text)

    def add(self, job: Job, outcome: Outcome) -> None:
        """Print what came of `job`."""
        super().add(job, outcome)
        if outcome.failure is None:
            self._put("file", **self._state(job), kept=not outcome.heard, seconds=outcome.seconds)

    def end(self, done: int, failed: int, code: int) -> None:
        """Print how it ended."""
        seconds = round(time.monotonic() - self._begun, 3)
        self._put("end", done=done, failed=failed, files=len(self._jobs), seconds=seconds, code=code)

    def _complain(self, job: Job, message: str, hint: str) -> None:
        self._put("error", **self._state(job), message=message, hint=hint)

    def _state(self, job: Job) -> dict[str, Any]:
        return {
            "file": job.path,
            "number": self._files,
            "files": len(self._jobs),
            "hours": round(self._sound / 3600, 4),
            "rate": round(self.rate, 2),
        }

    @staticmethod
    def _put(event: str, **values: Any) -> None:  # noqa: ANN401  (whatever JSON takes)
        click.echo(json.dumps({"event": event, **values}), err=True)


class Bar(Counter):
    """A bar with files, hours of sound, how fast that goes, and the time left."""

    def __init__(self, jobs: Sequence[Job], *, colour: bool) -> None:
        super().__init__(jobs)
        self._colour = colour
        self._bar: Any = None
        self._task: Any = None
        self._bytes, self._all = 0, sum(map(_size, jobs))
        self._new = 0

    def __enter__(self) -> Self:
        from rich.console import Console  # noqa: PLC0415  (heavy)
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415
        from rich.table import Column  # noqa: PLC0415  (with the others)

        console = Console(stderr=True, no_color=not self._colour, highlight=False)
        files = MofNCompleteColumn(table_column=Column(no_wrap=True))
        told = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
        self._bar = Progress(BarColumn(None), files, told, console=console, transient=True, expand=True)
        self._bar.start()
        self._task = self._bar.add_task("", total=len(self._jobs))
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """Print the notice `text` above the bar."""
        self._bar.console.print(text, markup=False)

    def add(self, job: Job, outcome: Outcome) -> None:
        """Draw how far it is."""
        super().add(job, outcome)
        size = _size(job)
        self._bytes += size
        self._new += 0 if outcome.kept else size
        room = self._bar.console.width - LEAST_BAR - 2 * len(str(len(self._jobs))) - 3
        self._bar.update(self._task, completed=self._files, description=self._told(room))

    def _complain(self, job: Job, message: str, hint: str) -> None:
        for line in complaint(job, message, hint):
            self.say(line)

    def _told(self, room: int) -> str:
        """Return how far it is in so many characters; the time left is said last of all, and left out last."""
        from voiceprep.wording import duration_text  # noqa: PLC0415  (not needed for --help)

        sound = f"{self._sound / 3600:.1f} h of sound"
        rate = f"{self.rate:.1f} times as fast as spoken" if self._heard else ""
        left = ""
        if self._new and self._all > self._bytes:
            # By the size of the files: how long they are is only known when they are heard.
            seconds = (time.monotonic() - self._begun) * (self._all - self._bytes) / self._new
            left = f"{duration_text(max(10.0, seconds))} left"
        ways = ((sound, rate, left), (sound, left), (left or sound,), ())
        told = (", ".join(filter(None, way)) for way in ways)
        return next(text for text in told if len(text) <= room or not text)


def complaint(job: Job, message: str, hint: str) -> list[str]:
    """Return the lines that say what is wrong with the recording of `job`."""
    from voiceprep.container import shown  # noqa: PLC0415  (not needed for --help)

    name = shown(Path(job.path).name)
    what = message if name in message else f"{name}: {message}"
    return [f"voiceprep: {what}", *([f"  {hint}"] if hint else [])]


def _size(job: Job) -> int:
    try:
        return Path(job.path).stat().st_size
    except (OSError, ValueError):
        return 0
