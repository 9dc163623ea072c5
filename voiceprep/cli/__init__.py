"""The command line: parse, call, print. Commands are modules of their own and are loaded when they are used."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from voiceprep import __version__
from voiceprep.errors import VoiceprepError

# Name of a command: its module in this folder (the attribute is always `command`) and its line in `--help`.
COMMANDS = {
    "analyze": "Turn recordings of answers into feedback reports.",
    "demo": "Show a report on a recorded answer that comes with the program.",
    "questions": "List, search and pick interview questions.",
    "models": "Show the speech models, where they are from and whether they are intact.",
    "doctor": "Say what works on this machine and what to do about what does not.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Return the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command `cmd_name`."""
        if cmd_name not in COMMANDS:
            return None
        return import_module(f"voiceprep.cli.{cmd_name}").command  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Try: voiceprep demo",
)
@click.version_option(__version__, prog_name="voiceprep")
def cli() -> None:
    """Practise interview answers out loud; nothing leaves your machine.

    Record an answer with any program, then: voiceprep analyze answer.m4a
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line with `arguments` and exit: 0 when all went well, else by the error tree."""
    try:
        code = cli.main(arguments, prog_name="voiceprep", standalone_mode=False)
    except VoiceprepError as error:
        say_error(error)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): nothing to say, and Python must not try to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def say_error(error: VoiceprepError) -> None:
    """Print `error` in two lines on stderr: what happened, and what to do."""
    click.echo(f"voiceprep: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
