"""`voiceprep demo`: the main job on a recorded answer that travels with the program."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from voiceprep.cli.samples import sample
from voiceprep.cli.talk import Talk, terminal

SAMPLE = "demo.mp3"
QUESTION = "Tell me about a time when you improved a process in your team."


EXAMPLES = """\b
Examples:
  voiceprep demo
  voiceprep demo -o my-report.html --no-open
"""


@click.command("demo", epilog=EXAMPLES)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("voiceprep-demo.html"),
    help="Where the page is written. Default: voiceprep-demo.html, here.",
)
@click.option(
    "--open/--no-open",
    "opened",
    default=None,
    help="Whether to open the page in a browser. Default: if this is a terminal.",
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@click.option("-q", "--quiet", is_flag=True, help="No talk and no progress, only the report and errors.")
def command(output: Path, opened: bool | None, no_color: bool, quiet: bool) -> int:
    """Analyse a recorded answer that comes with the program, and show its report.

    The answer was written for this and is spoken by a computer's voice. Half a minute of work, and nothing to set up.
    """
    from importlib.resources import as_file  # noqa: PLC0415  (not needed for --help)

    from voiceprep import config, pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (heavy)
    from voiceprep.report import text  # noqa: PLC0415  (heavy)

    with Talk(quiet=quiet, colour=not no_color) as talk, as_file(sample(SAMPLE)) as path:
        with talk.about(Path(SAMPLE), 1, 1) as progress:
            assessment = pipeline.analyze(path, QUESTION, config.load_settings(), progress=progress, notice=talk.say)
        write_text(output, pipeline.render(assessment, "html"))
    width, coloured, plain = terminal(sys.stdout, colour=not no_color)
    click.echo(text.render((assessment,), width=width, colour=coloured, ascii=plain), nl=False)
    click.echo(f"\nThe whole report, with the sound: {output.resolve()}")
    if opened if opened is not None else sys.stdout.isatty():
        click.launch(output.resolve().as_uri())
    return 0
