"""`voiceprep redact`: the report on an answer for somebody else, without sound, names and numbers. Hears nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.answers import find
from voiceprep.cli.folder import data_option, opened
from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.model import Assessment
    from voiceprep.redaction import Mask

EXAMPLES = """\b
Examples:
  voiceprep redact last
  voiceprep redact 12 -o for-my-mentor.html
  voiceprep redact 2026-05-01-093012/2 --mask "blue team" --keep Scrum
"""
WARNING = "Names that a transcript writes like ordinary words are not found.\nRead it through before you send it."


@click.command("redact", epilog=EXAMPLES)
@click.argument("answer", metavar="ANSWER")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file; its ending says the format. Default: redacted-N.html in this folder.",
)
@click.option("--mask", multiple=True, metavar="WORDS", help="Mask this word or phrase too. Repeatable.")
@click.option("--keep", multiple=True, metavar="WORD", help="Do not mask this word. Repeatable.")
@data_option
def command(answer: str, output: Path | None, mask: tuple[str, ...], keep: tuple[str, ...], data: Path | None) -> None:
    """Write the report on ANSWER for a mentor: without sound, with names, numbers and addresses masked.

    ANSWER is the id of an answer in your history, SESSION/N for an answer of a session, or last. The same name gets the
    same mask throughout, so that the story can still be followed. The question and the measures stay.
    """
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.container import shown  # noqa: PLC0415  (same)
    from voiceprep.files import check_writable, write_text  # noqa: PLC0415  (same)
    from voiceprep.redaction import mask_of, redacted  # noqa: PLC0415  (same)

    with opened(data, reading=True) as history:
        record = history.known(find(answer, history).id)
    target = output or Path(f"redacted-{record.id}.html")
    form = ENDINGS.get(target.suffix.lower())
    if form is None:
        raise InputError(f"{target.name!r} does not end in a known format", f"Use one of {' '.join(ENDINGS)}.")
    check_writable(target)
    assessment = pipeline.judge_again(record)
    masked = mask_of(assessment, mask=mask, keep=keep)
    text = pipeline.render(redacted(assessment, masked), form)
    if not target.exists():
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    write_text(target, text)
    for line in _told(masked, _written(assessment, mask)):
        click.echo(line, err=True)
    # In whole: without -o it is in the folder that one happens to be in.
    click.echo(f"Report without sound: {shown(target.resolve())}", err=True)
    click.echo(WARNING, err=True)


def _written(assessment: Assessment, mask: Sequence[str]) -> dict[str, str]:
    """Return how words stand in the text, by the same in small letters; with a capital if they ever have one."""
    from voiceprep.identity import bare  # noqa: PLC0415  (not needed for --help)

    asked = assessment.question.text.split() if assessment.question else []
    said = [
        *map(str.strip, mask),
        *(bare(text) for text in (*(one.text for one in assessment.transcript.words), *asked)),
    ]
    return {one.lower(): one for one in sorted(said, reverse=True)}


def _told(masked: Mask, written: Mapping[str, str]) -> Iterator[str]:
    """Yield lines that say what was masked, as it is `written`: for the eyes of the speaker, to see what is missing."""
    from textwrap import wrap  # noqa: PLC0415  (not needed for --help)

    from voiceprep.report.plain import one_line  # noqa: PLC0415  (heavy)

    by_label: dict[str, list[str]] = {}
    for name, label in masked.names.items():
        by_label.setdefault(label, []).append(one_line(written.get(name, name)))
    if by_label:
        yield "Masked as names (to leave one as it is: --keep; to add one: --mask):"
        for label, names in by_label.items():
            yield from wrap(f"{label} {', '.join(names)}", 78, initial_indent="  ", subsequent_indent="    ")
    else:
        yield "No names were found. To mask one: --mask"
    if masked.numbers:
        yield from wrap(f"Masked as numbers: {', '.join(sorted(masked.numbers))}", 78, subsequent_indent="    ")
