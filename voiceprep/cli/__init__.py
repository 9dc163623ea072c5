"""The command line: parse, call, print. Commands are modules of their own and are loaded when they are used."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from voiceprep import __version__
from voiceprep.errors import InputError, VoiceprepError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

# Name of a command: its module in this folder (the attribute is always `command`) and its line in `--help`.
COMMANDS = {
    "practice": "Hear a question, answer it aloud, read what to change, try again.",
    "analyze": "Turn recordings of answers into feedback reports.",
    "batch": "Turn a folder of recordings into reports, a table and an overview.",
    "demo": "Show a report on a recorded answer that comes with the program.",
    "sessions": "List, show, open, export and delete what you practised.",
    "compare": "Lay two answers or sessions side by side; say what is more than chance.",
    "progress": "Show how your measures move over sessions, and what is more than chance.",
    "due": "Say what to practise next, and why.",
    "stories": "Your own stories: which fits which question, and what has none.",
    "correct": "Say what was heard wrongly; counts change, the original stays.",
    "redact": "Write the report on an answer for a mentor: no sound, names and numbers masked.",
    "export": "Write everything to an open folder: JSON, CSV, FLAC, Markdown, VTT, TextGrid.",
    "import": "Take in a folder that was exported on another machine.",
    "forget": "Delete recordings and keep the numbers, or delete all.",
    "questions": "List, search and pick interview questions.",
    "devices": "Show microphones and loudspeakers, and choose those to practise with.",
    "models": "Show the speech models, where they are from and whether they are intact.",
    "doctor": "Say what works on this machine and what to do about what does not.",
    "selftest": "Measure how right this installation hears recordings that come with it.",
    "completion": "Print the script that completes commands in bash, zsh or fish.",
}

# Why what is printed may not arrive on a disk.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `--help` stays quick."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  (click's signature)
    ) -> click.Context:
        """Read the line of the command; printing help is a part of that."""
        with _until_unread():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's signature)
        """Run the command, until nobody reads what it prints."""
        with _until_unread():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Return the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command `cmd_name`."""
        if cmd_name not in COMMANDS:
            return None
        return import_module(f"voiceprep.cli.{cmd_name}").command  # type: ignore[no-any-return]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that `args` begin with; where there is none, the error names the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415  (only paid for after a mistake)

            near = get_close_matches(args[0].lower(), COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with `incomplete`, from the table alone."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  (only while completing)

        commands = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [ARGS]...",
    epilog="Try: voiceprep demo",
)
@click.version_option(__version__, prog_name="voiceprep", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Practise interview answers out loud; nothing leaves your machine.

    At the desk: voiceprep practice. With a recording: voiceprep analyze answer.m4a
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line with `arguments` and exit: 0 when all went well, else by the error tree."""
    _settle_streams()
    try:
        with _terminable():
            code = cli.main(arguments, prog_name="voiceprep", standalone_mode=False)
    except VoiceprepError as error:
        say_error(error)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        click.echo("Stopped.", err=True)
        code = Terminated.exit_code if isinstance(stop.__cause__, Terminated) else 130
    sys.exit(code if isinstance(code, int) else 0)


class Terminated(KeyboardInterrupt):
    """The system asks the program to end; it does so as with Ctrl-C, and what is done is kept."""

    # As shells have it: 128 and the number of the signal.
    exit_code = 143


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM raise `Terminated`, where signals can be handled at all."""

    def stop(*_: object) -> NoReturn:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _until_unread() -> Iterator[None]:
    """Leave with 0 when the reader of a pipe goes away (`| head`); click would leave with 1.

    Raise `InputError` where what is printed goes to a disk that is full.
    """
    try:
        yield
    except BrokenPipeError:
        _drop_output()
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        # An error with a name is about that file, and a bug if it gets here.
        if error.errno not in _FULL or error.filename is not None:
            raise
        _drop_output()
        reason = os.strerror(error.errno or 0)
        raise InputError(f"cannot write to standard output: {reason}", hint="Make room, or print elsewhere.") from error


def _drop_output() -> None:
    """Lead standard output nowhere: Python flushes what is left when it ends, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settle_streams() -> None:
    """Let no character that the terminal's encoding lacks stop a report; into pipes of Windows goes UTF-8.

    A stream that the caller closed leads nowhere.
    """
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (open until the end)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (open until the end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if os.name == "nt" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="backslashreplace")


def say_error(error: VoiceprepError) -> None:
    """Print `error` in two lines on stderr: what happened, and what to do."""
    click.echo(f"voiceprep: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
