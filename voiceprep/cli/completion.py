"""`voiceprep completion`: the script that completes commands in a shell. Prints it; installs nothing."""

from __future__ import annotations

import os
from pathlib import PurePath

import click

from voiceprep.errors import InputError, VoiceprepError

SHELLS = ("bash", "zsh", "fish")
EXAMPLES = """\b
Examples:
  voiceprep completion bash >> ~/.bashrc
  voiceprep completion zsh >> ~/.zshrc
  voiceprep completion fish > ~/.config/fish/completions/voiceprep.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", metavar="[bash|zsh|fish]", type=click.Choice(SHELLS), required=False)
def command(shell: str | None) -> None:
    """Print the script that completes commands, options and question ids with the Tab key.

    Without a name it is for the shell in the variable SHELL. Put the script where your shell reads it, as below, and
    open a new terminal. In ~/.zshrc it belongs below the line with compinit.
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415  (not needed for --help)

    from voiceprep.cli import cli  # noqa: PLC0415  (the commands are modules that it imports)

    if made := get_completion_class(shell or _own_shell()):
        click.echo(made(cli, {}, "voiceprep", "_VOICEPREP_COMPLETE").source())


def complete_question(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of all questions that begin with `incomplete`; none where a pack cannot be read."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    try:
        packs = config.load_packs(config.load_settings().questions)
    except VoiceprepError:
        return []
    return [one.id for pack in packs for one in pack.questions if one.id.startswith(incomplete)]


def _own_shell() -> str:
    name = PurePath(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise InputError(f"there is no completion for the shell {name!r}", f"Name one of {', '.join(SHELLS)}.")
    return name
