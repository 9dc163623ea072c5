"""`voiceprep demo`: the main job on a recorded answer that travels with the program."""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.talk import Talk, terminal
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SAMPLE = "demo.mp3"
QUESTION = "scope-decision"


@click.command("demo", epilog="\b\nExamples:\n  voiceprep demo\n  voiceprep demo -o my-report.html --no-open")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("voiceprep-demo.html"),
    show_default=True,
    help="Where the page is written.",
)
@click.option(
    "--open/--no-open", "opened", default=None, help="Open the page in a browser (by itself if on a desktop)."
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal.")
@click.option("-q", "--quiet", is_flag=True, help="No talk and no progress.")
def command(output: Path, opened: bool | None, no_color: bool, quiet: bool) -> int:
    """Analyse a recorded answer that comes with the program, and show its report."""
    from voiceprep import config, pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (heavy)
    from voiceprep.report import text  # noqa: PLC0415  (heavy)

    with Talk(quiet=quiet, colour=not no_color) as talk, as_file(_sample()) as path:
        with talk.about(Path(SAMPLE), 1, 1) as progress:
            assessment = pipeline.analyze(path, QUESTION, config.load_settings(), progress=progress, notice=talk.say)
        write_text(output, pipeline.render(assessment, "html"))
    width, coloured, plain = terminal(sys.stdout, colour=not no_color)
    click.echo(text.render((assessment,), width=width, colour=coloured, ascii=plain), nl=False)
    click.echo(f"\nThe whole report, with the sound: {output.resolve()}")
    if opened if opened is not None else sys.stdout.isatty():
        click.launch(output.resolve().as_uri())
    return 0


def _sample() -> Traversable:
    packaged = files("voiceprep") / "data" / SAMPLE
    beside = Path(__file__).parents[2] / "samples" / SAMPLE
    for place in (packaged, beside):
        if place.is_file():
            return place
    raise InputError("the recorded answer of the demonstration is missing", hint="Reinstall voiceprep.")
