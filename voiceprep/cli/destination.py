"""Where reports go: the terminal, one file, or a folder that gets a report a recording. Analyses nothing.

What can be known to fail is refused before the first recording is heard; a folder gets each report as soon as it is
done, so that an interruption costs only the recording it hits.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS, FORMATS, format_of

if TYPE_CHECKING:
    from voiceprep.model import Assessment

# What most disks take as the name of a file, in bytes.
LONGEST_NAME = 255
# Players and Praat read them beside one recording.
OF_ONE_RECORDING = frozenset({"vtt", "textgrid"})


class Destination(Protocol):
    """Takes the reports of one run, in the format named `form`."""

    form: str

    def add(self, assessment: Assessment) -> Path | None:
        """Take the report `assessment`. Return where it was written, if it was."""
        ...

    def finish(self) -> Path | None:
        """Print or write what was taken and is not out yet. Return where."""
        ...


def destination(output: Path | None, form: str | None, recordings: int, *, colour: bool) -> Destination:
    """Return where the reports of so many `recordings` go: to `output` in the format `form`, or as its ending says.

    Raise `InputError` for what cannot be written, as far as that can be told beforehand.
    """
    if form is not None and form not in FORMATS and ":" not in form:
        raise InputError(f"{form!r} is no format", hint=f"Known are: {', '.join(FORMATS)}.")
    if output is not None and _is_folder(output):
        return Folder(output, form or "html")
    shape = form or ("text" if output is None else format_of(output))
    if recordings > 1 and shape in OF_ONE_RECORDING:
        raise InputError(
            f"{shape} is for one recording, and here are {recordings}", hint="Give -o FOLDER for a file each."
        )
    return Terminal(shape, colour=colour) if output is None else File(output, shape)


def _is_folder(path: Path) -> bool:
    """Say whether `path` is or shall be a folder: one without an ending, unless it is a file already."""
    return path.is_dir() or not (path.suffix or path.exists())


class Terminal:
    """Standard output; the text format fits itself to the terminal."""

    def __init__(self, form: str, *, colour: bool) -> None:
        self.form = form
        self._colour = colour
        self._done: list[Assessment] = []

    def add(self, assessment: Assessment) -> None:
        """Keep `assessment`: several make one document."""
        self._done.append(assessment)

    def finish(self) -> None:
        """Print all that was taken."""
        if not self._done:
            return
        if self.form == "text":
            from voiceprep.cli.talk import terminal  # noqa: PLC0415  (heavy)
            from voiceprep.report import text  # noqa: PLC0415  (heavy)

            width, coloured, plain = terminal(sys.stdout, colour=self._colour)
            click.echo(text.render(self._done, width=width, colour=coloured, ascii=plain), nl=False)
            return
        from voiceprep import pipeline  # noqa: PLC0415  (heavy)

        data = pipeline.render(self._done, self.form)
        # What a program reads is UTF-8, whatever the terminal speaks.
        click.echo(data if sys.stdout.isatty() else data.encode("utf-8", "backslashreplace"), nl=False)


class File:
    """One file for all reports."""

    def __init__(self, path: Path, form: str) -> None:
        from voiceprep.files import check_writable  # noqa: PLC0415  (only when writing)

        named = ENDINGS.get(path.suffix.lower(), form)
        if named != form and form in FORMATS:
            right = path.with_suffix(_ending(form)).name
            raise InputError(
                f"{path.name!r} ends as {named} does, and -f asks for {form}",
                hint=f"Leave -f out, or name the file {right!r}.",
            )
        check_writable(path)
        self.form = form
        self._path = path
        self._done: list[Assessment] = []

    def add(self, assessment: Assessment) -> None:
        """Keep `assessment`: several make one document."""
        self._done.append(assessment)

    def finish(self) -> Path | None:
        """Write all that was taken. An old file stays if nothing was."""
        if not self._done:
            return None
        _write(self._path, self._done, self.form)
        return self._path


class Folder:
    """A folder, made if there is none, with a file for each report."""

    def __init__(self, path: Path, form: str) -> None:
        from voiceprep.files import check_writable  # noqa: PLC0415  (only when writing)

        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{str(path)!r} cannot be made a folder: {error.strerror}", hint="Give another place with -o."
            ) from error
        check_writable(path / "report")
        self.form = form
        self._path = path
        self._taken: set[str] = set()

    def add(self, assessment: Assessment) -> Path:
        """Write `assessment` to a file of its own."""
        path = self._path / self._name(Path(assessment.recording.name).stem or "answer")
        _write(path, [assessment], self.form)
        return path

    def finish(self) -> None:
        """Everything is written already."""

    def _name(self, stem: str) -> str:
        """Return a name after `stem` that no report of this run has; some disks take A for a."""
        ending = _ending(self.form)
        number = 1
        while True:
            tail = (f"-{number}" if number > 1 else "") + ending
            name = _shortened(stem, LONGEST_NAME - len(tail)) + tail
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name
            number += 1


def _shortened(stem: str, most: int) -> str:
    """Return `stem` cut to at most so many bytes, between two characters."""
    return os.fsencode(stem)[:most].decode("utf-8", "ignore")


def _ending(form: str) -> str:
    return next((ending for ending, name in ENDINGS.items() if name == form), ".txt")


def _write(path: Path, done: list[Assessment], form: str) -> None:
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (only when writing)

    write_text(path, pipeline.render(done, form))
