"""`voiceprep compare`: two answers or two sessions side by side, and which differences are more than chance."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.completion import complete_question
from voiceprep.cli.folder import data_option, lean
from voiceprep.cli.talk import Talk, terminal
from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS

if TYPE_CHECKING:
    from voiceprep.cli.pair import Given
    from voiceprep.comparison import Comparison, Side

FORMS = ("text", "json", "html")
EXAMPLES = """\b
Examples:
  voiceprep compare 12 15
  voiceprep compare --last 2
  voiceprep compare --last 2 --question scope-decision -o progress.html
  voiceprep compare last/1 last/3
  voiceprep compare 2026-05-01-093012 last
  voiceprep compare monday.m4a friday.m4a -f json
"""


@click.command("compare", epilog=EXAMPLES)
@click.argument("sides", nargs=-1, metavar="[A B]")
@click.option(
    "--last",
    "count",
    metavar="N",
    type=click.IntRange(2),
    help="Instead of A and B: the first and the last of the newest N answers. 2 compares the two newest.",
)
@click.option(
    "--question",
    metavar="ID",
    shell_complete=complete_question,
    help="With --last: only answers to this question. With files: the question that both answer.",
)
@click.option("-f", "--format", "form", type=click.Choice(FORMS), help="Default: by the ending of -o, else text.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file; .html is a page with both recordings. Default: the terminal.",
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@data_option
def command(
    sides: tuple[str, ...],
    count: int | None,
    question: str | None,
    form: str | None,
    output: Path | None,
    *,
    no_color: bool,
    data: Path | None,
) -> None:
    """Lay two answers, or two sessions, side by side, and say what is more than chance.

    A came before, B after. Each is the number of an answer in your history, a session (its name, a day, or last), a
    take of one (last/2), or a file: a recording, a text, or a report as JSON. Each measure is held against what chance
    does within an answer; the words are laid side by side, with what was kept, cut, added and moved.
    """
    from voiceprep.cli import pair  # noqa: PLC0415  (not needed for --help)

    shape = _form(form, output)
    if (count is None) == (not sides) or len(sides) not in {0, 2}:
        raise InputError("compare needs two answers or two sessions", "As in: voiceprep compare 12 15, or --last 2")
    if count is None:
        first, second = pair.given(sides[0], sides[1], data)
    else:
        first, second = pair.newest(count, question or "", data)
    if first.file is None and second.file is None:
        lean()
    with Talk(colour=not no_color) as talk:
        comparison = _compared(first, second, question, talk, data, page=shape == "html", labelled=shape != "text")
    _out(comparison, shape, output, colour=not no_color)


def _form(form: str | None, output: Path | None) -> str:
    """Return the format asked for. Raise `InputError` where `output` cannot be written, or ends as another format."""
    if output is None:
        return form or "text"
    from voiceprep.files import check_writable  # noqa: PLC0415  (only when writing)

    named = ENDINGS.get(output.suffix.lower())
    if form is None and named not in FORMS:
        raise InputError(
            f"{output.name!r} does not end in a known format", "Use one of .html .json .txt, or -f FORMAT."
        )
    check_writable(output)
    return form or str(named)


def _compared(
    first: Given, second: Given, question: str | None, talk: Talk, data: Path | None, *, page: bool, labelled: bool
) -> Comparison:
    from voiceprep import comparison, config  # noqa: PLC0415  (heavy)
    from voiceprep.cli import pair  # noqa: PLC0415  (not needed for --help)

    settings = config.load_settings()
    if first.many:
        counted = pair.sitting(first, data), pair.sitting(second, data)
        return comparison.compare_sittings(*counted, dict(settings.bands))

    def side(one: Given, place: int) -> Side:
        if one.file is not None:
            return pair.file(one, question, settings, data, talk, place, sound=page)
        return pair.answer(one, settings, data, labelled=labelled, sound=page)

    return comparison.compare_answers(side(first, 1), side(second, 2))


def _out(comparison: Comparison, form: str, output: Path | None, *, colour: bool) -> None:
    """Print `comparison`, or write it for its owner alone: it holds what was said."""
    if output is None and form == "text":
        from voiceprep.report import comparison_text  # noqa: PLC0415  (heavy)

        width, coloured, plain = terminal(sys.stdout, colour=colour)
        click.echo(comparison_text.render(comparison, width=width, colour=coloured, ascii=plain), nl=False)
        return
    told = _rendered(comparison, form)
    if output is None:
        # What a program reads is UTF-8, whatever the terminal speaks.
        click.echo(told if sys.stdout.isatty() else told.encode("utf-8", "backslashreplace"), nl=False)
        return
    from voiceprep.files import write_text  # noqa: PLC0415  (only when writing)

    if not output.exists():
        os.close(os.open(output, os.O_CREAT | os.O_WRONLY, 0o600))
    write_text(output, told)
    click.echo(f"Comparison: {output}", err=True)


def _rendered(comparison: Comparison, form: str) -> str:
    from voiceprep.report import comparison_data, comparison_html, comparison_text  # noqa: PLC0415  (heavy)

    return {"html": comparison_html.render, "json": comparison_data.render, "text": comparison_text.render}[form](
        comparison
    )
