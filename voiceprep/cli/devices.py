"""`voiceprep devices`: which microphones and loudspeakers there are, and which are used. Opens none of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from voiceprep import config, devices
from voiceprep.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.devices import Choice
    from voiceprep.ports import Device


@click.command()
@click.option(
    "--input", "microphone", metavar="NAME", help="Use this microphone from now on: a name, a part, a number."
)
@click.option("--output", "loudspeaker", metavar="NAME", help="Use this loudspeaker from now on.")
@click.option("--usual", is_flag=True, help="Use what the system uses again.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(*, microphone: str | None, loudspeaker: str | None, usual: bool, as_json: bool) -> None:
    """Show microphones and loudspeakers, and choose those to practise with.

    A star marks what is used: what you chose, else what the system uses. The choice is kept in the data folder.

    \b
    Examples:
      voiceprep devices
      voiceprep devices --input headset
      voiceprep devices --usual
    """  # noqa: D301  (click's mark for lines that it must not join)
    if usual and (microphone or loudspeaker):
        raise click.UsageError("--usual goes with no other choice")
    folder = config.data_dir()
    listed = {"input": devices.inputs(), "output": devices.outputs()}
    before = devices.remembered(folder)
    wanted = {"input": microphone, "output": loudspeaker}
    names = {
        kind: None if usual else devices.chosen(listed[kind], name, kind).name if name else getattr(before, kind)
        for kind, name in wanted.items()
    }
    choice = devices.Choice(**names)
    if choice != before:
        devices.remember(folder, choice)
    used = {kind: _used(listed[kind], getattr(choice, kind), kind) for kind in listed}
    if as_json:
        rows = [asdict(one) | {"kind": kind, "used": one == used[kind]} for kind in listed for one in listed[kind]]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for kind, head in (("input", "Microphones"), ("output", "Loudspeakers")):
        click.echo("\n".join((head, *table(listed[kind], used[kind]))))
    for line in missing(choice, used):
        click.echo(line, err=True)
    if not listed["input"]:
        devices.chosen((), None, "input")


def table(listed: Sequence[Device], used: Device | None) -> list[str]:
    """Return a line for each device; a star marks the one that is `used`."""
    wide = max((len(one.name) for one in listed), default=0)
    rows = [
        f"  {'*' if one == used else ' '} {one.index:>2}  {one.name.ljust(wide)}  {_many(one.channels)}, {one.rate} Hz"
        for one in listed
    ]
    return rows or ["    none"]


def missing(choice: Choice, used: dict[str, Device | None]) -> list[str]:
    """Return what to say of a chosen device that is not there."""
    chosen = {"input": choice.input, "output": choice.output}
    return [
        f"{name!r}, which you chose, is not there. To use what the system uses: voiceprep devices --usual"
        for kind, name in chosen.items()
        if name and not used[kind]
    ]


def _used(listed: Sequence[Device], name: str | None, kind: str) -> Device | None:
    try:
        return devices.chosen(listed, name, kind)
    except DeviceError:
        return None


def _many(channels: int) -> str:
    return "mono" if channels == 1 else f"{channels} channels"
