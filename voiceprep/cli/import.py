"""`voiceprep import`: a folder that `voiceprep export` made, taken into the history of this machine.

A statement cannot import a module of this name; the table of commands loads it by its name.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.folder import data_option, history_file, sessions_in
from voiceprep.cli.talk import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceprep.history.merging import Outcome
    from voiceprep.incoming import Result

EXAMPLES = """\b
Examples:
  voiceprep import practice-2026/
  voiceprep import practice-2026/ --dry-run
  voiceprep import practice-2026/ --replace
"""


@click.command("import", epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the folder and say what would be done; change nothing.")
@click.option(
    "--replace", "over", is_flag=True, help="Where an answer or story differs from yours, take that of FOLDER."
)
@click.option("--no-sound", is_flag=True, help="Take words and numbers, and no recordings.")
@data_option
def command(folder: Path, *, dry_run: bool, over: bool, no_sound: bool, data: Path | None) -> None:
    """Take in what voiceprep export wrote to FOLDER on another machine.

    Every file is checked by its hash first; then all of it comes in, or nothing. An answer that you have already (the
    same recording, heard in the same way or at the same time) is not doubled: it stays as it is, and gets the
    corrections and the sound that it lacks. Importing twice changes nothing.
    """
    from voiceprep import incoming, parcel  # noqa: PLC0415  (heavy)
    from voiceprep.history import History  # noqa: PLC0415  (sqlite3)

    with ExitStack() as stack:
        with counted("files") as progress:
            opened = parcel.read(folder, progress)
        file = history_file(data)
        if dry_run and not file.exists():
            file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / file.name
        history, sessions = stack.enter_context(History(file)), sessions_in(data)
        how = {"over": over, "sound": not no_sound}
        if dry_run:
            result = incoming.foresee(opened, history, sessions, **how)
        else:
            progress = stack.enter_context(counted("recordings"))
            result = incoming.bring_in(opened, history, sessions, history.path.parent, progress=progress, **how)
    click.echo("This would be done:" if dry_run else f"Imported from {_shown(folder)}:", err=True)
    for line in _told(result):
        click.echo(f"  {line}", err=True)


def _shown(path: Path) -> str:
    from voiceprep.container import shown  # noqa: PLC0415  (heavy)

    return shown(path)


def _told(result: Result) -> Iterator[str]:
    """Yield the lines that say what was done, or would be."""
    yield f"answers: {_outcomes(result.answers)}"
    if result.stories:
        yield f"stories: {_outcomes(result.stories)}"
    for what, count in (("recordings", result.sounds), ("texts", result.texts)):
        if count:
            yield f"{what}: {count} put in place"
    for there, here in result.renamed.items():
        yield f"session {there} is called {here} here, for there is another of that name"
    if any(outcome.value == "stays" for some in (result.answers, result.stories) for outcome in some):
        yield "Where yours differ they stay; to take those of the folder: --replace"


def _outcomes(counts: Mapping[Outcome, int]) -> str:
    words = {
        "new": "new",
        "same": "here already",
        "added": "here already, and completed",
        "stays": "different here, left as they are",
        "replaced": "replaced",
    }
    told = [f"{counts[outcome]} {words[outcome.value]}" for outcome in sorted(counts, key=list(words).index)]
    return ", ".join(told) or "none"
