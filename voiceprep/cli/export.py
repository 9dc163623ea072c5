"""`voiceprep export`: everything, or a part of it, to an open folder that another machine can take in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.analyze import stamp_from
from voiceprep.cli.folder import data_option, opened, sessions_in
from voiceprep.cli.talk import counted
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from voiceprep.history import History

EXAMPLES = """\b
Examples:
  voiceprep export -o practice-2026/
  voiceprep export -o may/ --since 2026-05-01
  voiceprep export -o one-question/ --question late-project --no-sound
"""
LAST = "last"


@click.command("export", epilog=EXAMPLES)
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to make. One that is there already has to be empty.",
)
@click.option("--since", metavar="DAY", default="", help="Only answers from this day on, as 2026-05-01.")
@click.option("--question", metavar="ID", default="", help="Only answers to this question.")
@click.option("--session", metavar="NAME", default="", help="Only answers of this session of practice, or of the last.")
@click.option("--no-sound", is_flag=True, help="Leave the recordings out.")
@click.option("--no-reports", is_flag=True, help="Leave out report.md, which takes most of the time.")
@data_option
def command(
    *, output: Path, since: str, question: str, session: str, no_sound: bool, no_reports: bool, data: Path | None
) -> None:
    """Write what you practised to an open folder: words, numbers, sound, corrections and stories.

    Nothing in it needs voiceprep: JSON with a schema, CSV, FLAC, Markdown, WebVTT and TextGrid. On another machine
    voiceprep import takes it in. The folder holds your voice and your words, so give it away with care; for a mentor
    there is voiceprep redact.
    """
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.container import shown  # noqa: PLC0415  (heavy)
    from voiceprep.history import Choice  # noqa: PLC0415  (sqlite3)
    from voiceprep.outgoing import What, export  # noqa: PLC0415  (heavy)

    with opened(data, reading=True) as history, counted("answers") as progress:
        choice = Choice(_day(since), question, "", _session(session, history))
        if not history.entries(choice):
            hint = "See what is there with: voiceprep sessions" if len(history) else "Begin with: voiceprep practice"
            raise InputError("there are no such answers" if len(history) else "there is nothing to export yet", hint)
        manifest = export(
            history,
            sessions_in(data),
            output,
            what=What(choice, sound=not no_sound, reports=not no_reports),
            settings=config.load_settings(),
            at=stamp_from(None),
            progress=progress,
        )
    counts, size = manifest.counts, sum(file.bytes for file in manifest.files)
    parts = (("answers", "answer"), ("sounds", "recording"), ("texts", "text"), ("stories", "story"))
    told = [_count(counts[name], one) for name, one in parts if counts[name]]
    click.echo(f"Exported to {shown(output)}: {', '.join(told)}; {size / 1e6:.1f} MB.", err=True)
    missing = counts["answers"] - counts["sounds"] - counts["texts"]
    if missing and not no_sound:
        click.echo(
            f"Without sound or text: {_count(missing, 'answer')}, whose file is not on this machine any more.", err=True
        )
    click.echo(f"On another machine: voiceprep import {shown(output.name)}", err=True)


def _count(number: int, one: str) -> str:
    several = one[:-1] + "ies" if one.endswith("y") else f"{one}s"
    return f"{number} {one if number == 1 else several}"


def _day(since: str) -> str:
    """Return `since` as the history compares it. Raise `InputError` where it is no day."""
    return stamp_from(since)[: len(since)] if since else ""


def _session(name: str, history: History) -> str:
    """Return the session called `name`. Raise `InputError` where nothing was practised yet."""
    if name != LAST:
        return name
    names = [entry.session for entry in history.entries() if entry.session]
    if not names:
        raise InputError("nothing was practised yet", "Begin with: voiceprep practice")
    return max(names)
