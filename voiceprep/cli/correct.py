"""`voiceprep correct`: say what was heard wrongly; counts change, the original stays."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli import say_error
from voiceprep.cli.answers import LAST, find
from voiceprep.cli.folder import data_option, history_file, opened
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from voiceprep.cli.correctable import Correctable
    from voiceprep.correcting import Correction
    from voiceprep.history import History
    from voiceprep.model import Settings

KEYS = """\
  n 3             3 is no filler                 m um@12.3     an um was missed there
  w arm@12.3=um   the word was another           p 4=R         sentence 4 is the result
  u 1, u all      take corrections back          c             I checked the whole answer
  v               show the answer again          q             leave (all is saved)"""
EXAMPLES = """\b
Examples:
  voiceprep correct last
  voiceprep correct last --not-filler 3 --missed um@12.3
  voiceprep correct 2026-05-01-093012/2 --word arm@0:12=um --part 4=R --checked
  voiceprep correct last --undo 1
  voiceprep correct --from voiceprep-corrections.json
"""


@click.command("correct", epilog=EXAMPLES)
@click.argument("answer", default="", metavar="[ID]")
@click.option("--not-filler", metavar="N", multiple=True, help="The filled pause or filler word N is none. Repeatable.")
@click.option("--missed", metavar="UM@TIME", multiple=True, help="An um, or another filler, was missed; as um@12.3.")
@click.option("--word", metavar="WAS@TIME=IS", multiple=True, help="A word was another one, or none; as arm@12.3=um.")
@click.option("--part", metavar="N=S|T|A|R|O", multiple=True, help="Sentence N is that part of STAR, or O: none.")
@click.option("--checked", is_flag=True, help="You went through the whole answer: what is not corrected is right.")
@click.option("--undo", metavar="N|all", multiple=True, help="Take back correction N of the list. Repeatable.")
@click.option("--from", "file", metavar="FILE", type=click.Path(path_type=Path), help="A list saved by the HTML page.")
@click.option("--list", "listed", is_flag=True, help="Only list the corrections, and what comes of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(  # noqa: PLR0913  (one for each option of the command line)
    answer: str,
    *,
    not_filler: Sequence[str],
    missed: Sequence[str],
    word: Sequence[str],
    part: Sequence[str],
    checked: bool,
    undo: Sequence[str],
    file: Path | None,
    listed: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Say what was heard wrongly in an answer: the counts change, and the original stays.

    ID is the number of a saved answer, SESSION/N, or last. Without options the answer is shown with its fillers and
    sentences by number; on a terminal you can then correct it step by step. TIME is in seconds, or as 1:12.
    Answers that you checked tell how right the program hears you: voiceprep selftest --mine.
    """
    if not history_file(data).exists():
        raise InputError(
            "no answer is saved yet", hint="Save one: voiceprep analyze FILE --save, or voiceprep practice"
        )
    changes = bool(not_filler or missed or word or part or checked or undo)
    if file is not None and changes:
        raise click.UsageError("--from takes its corrections from a list: give no others with it.")
    with opened(data, reading=(listed or as_json) and not (changes or file)) as history:
        desk = Desk(history)
        if file is not None:
            answers = desk.take_over(file, desk.find(answer) if answer else None)
        else:
            answers = (desk.find(answer or LAST),)
            one = desk.look(answers[0])
            said = [
                *map(one.not_filler, not_filler),
                *map(one.missed, missed),
                *map(one.word, word),
                *map(one.part, part),
                *([one.whole()] if checked else []),
            ]
            if said or undo:
                desk.revise(one, said, undo)
            elif not (listed or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
                desk.converse(answers[0])
                return
        if as_json:
            every = [desk.data(number) for number in answers]
            click.echo(json.dumps(every if file else every[0], indent=2))
            return
        for number in answers:
            desk.show(number, brief=listed or changes or file is not None)


class Desk:
    """Where answers of a `history` are corrected, judged by the user's settings."""

    def __init__(self, history: History) -> None:
        from voiceprep import config  # noqa: PLC0415  (not needed for --help)

        self.history = history
        self.settings: Settings = config.load_settings()

    def find(self, name: str) -> int:
        """Return the answer that `name` is: an id, SESSION/N, or last."""
        return find(name, self.history).id

    def look(self, answer: int) -> Correctable:
        """Return `answer` as it was heard and as it is now."""
        from voiceprep import pipeline  # noqa: PLC0415  (heavy)
        from voiceprep.cli.correctable import Correctable  # noqa: PLC0415  (same)

        record = self.history.known(answer)
        heard = pipeline.judge_again(record, self.settings, original=True)
        now = pipeline.judge_again(record, self.settings) if record.corrections else heard
        return Correctable(record, heard, now)

    def revise(self, one: Correctable, said: Sequence[Correction], undo: Sequence[str] = ()) -> None:
        """Take back the corrections of `one` that `undo` names, and keep what is `said` now."""
        from voiceprep import correcting, pipeline  # noqa: PLC0415  (heavy)
        from voiceprep.history.correcting import revise  # noqa: PLC0415  (same)

        now = datetime.now(UTC).isoformat(timespec="seconds")
        for each in said:
            correcting.refuse(each)
        stamped = [each if each.at else replace(each, at=now) for each in said]
        gone = _places(undo, len(one.record.corrections))
        revise(
            self.history,
            one.record.id,
            lambda record: pipeline.recount(record, self.settings),
            add=stamped,
            undo=gone,
        )

    def take_over(self, file: Path, only: int | None) -> tuple[int, ...]:
        """Keep the corrections in the list `file`, of one answer alone if need be; return the answers.

        All of them, or none where an answer is not known or a correction cannot be.
        """
        from voiceprep import correcting  # noqa: PLC0415  (heavy)
        from voiceprep.history.correcting import of_recording  # noqa: PLC0415  (same)

        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise InputError(f"'{file}' cannot be read: {reason}", hint="Name the list that the page saved.") from error
        found: dict[int, list[Correction]] = {}
        for listed in correcting.parse(text):
            known = of_recording(self.history, listed.recording)
            if only is not None:
                known = tuple(number for number in known if number == only)
            if not known:
                if only is not None:
                    continue
                name = listed.name or listed.recording[:12]
                hint = "Save it, then try again: voiceprep analyze FILE --save"
                raise InputError(f"no saved answer has the recording {name!r}", hint)
            found.setdefault(known[-1], []).extend(listed.corrections)
        if not found:
            raise InputError(f"'{file}' has no corrections of that answer", hint="Leave out ID: the list names it.")
        looked = {answer: self.look(answer) for answer in found}
        for answer, corrections in found.items():
            one = looked[answer]
            self.revise(one, [_of_the_original(each, one) for each in corrections])
        return tuple(found)

    def data(self, answer: int) -> dict[str, Any]:
        """Return `answer` ready for JSON."""
        from voiceprep.cli.correctable import as_data  # noqa: PLC0415  (heavy)

        return as_data(self.look(answer))

    def show(self, answer: int, *, brief: bool = False) -> None:
        """Print `answer`; if `brief`, only what is corrected and what comes of it."""
        from voiceprep.cli.correctable import changes, view  # noqa: PLC0415  (heavy)
        from voiceprep.cli.talk import terminal  # noqa: PLC0415  (not needed for --help)
        from voiceprep.report.plain import to_ascii  # noqa: PLC0415  (heavy)

        one = self.look(answer)
        width, _, plain = terminal(sys.stdout, colour=False)
        lines = [f"Answer {answer}", *changes(one, width)] if brief else list(view(one, width))
        text = "\n".join(lines)
        click.echo(to_ascii(text) if plain else text)

    def converse(self, answer: int) -> None:
        """Show `answer` and correct it step by step as the user types; each step is kept at once."""
        self.show(answer)
        click.echo(f"\n{KEYS}", err=True)
        while True:
            try:
                typed = click.prompt("", prompt_suffix="> ", default="", show_default=False, err=True)
            except click.Abort:
                click.echo("\nAll that you corrected is saved.", err=True)
                return
            if typed.strip().lower() in {"q", "quit", "exit"}:
                return
            try:
                self._step(answer, typed.strip())
            except InputError as error:
                say_error(error)

    def _step(self, answer: int, typed: str) -> None:
        """Do what one line of a conversation says."""
        key, _, rest = typed.partition(" ")
        one = self.look(answer)
        says: dict[str, Callable[[str], Correction]] = {
            "n": one.not_filler,
            "m": one.missed,
            "w": one.word,
            "p": one.part,
            "c": lambda _: one.whole(),
        }
        if key == "u":
            self.revise(one, (), [rest.strip()])
        elif key in says:
            self.revise(one, [says[key](rest.strip())])
        elif key == "v":
            self.show(answer)
            return
        else:
            click.echo(KEYS, err=True)
            return
        self.show(answer, brief=True)


def _of_the_original(correction: Correction, one: Correctable) -> Correction:
    """Return `correction`; where it says that a page was checked, that of the answer whose words that page shows."""
    from voiceprep.correcting import Change, fingerprint  # noqa: PLC0415  (heavy)

    if correction.kind is Change.CHECKED and correction.was == fingerprint(one.now.transcript):
        return replace(correction, was=fingerprint(one.record.transcript))
    return correction


def _places(undo: Sequence[str], count: int) -> Collection[int]:
    """Return which of so many corrections `undo` names."""
    if "all" in undo:
        return range(1, count + 1)
    for number in undo:
        if not number.isdecimal() or not 1 <= int(number) <= count:
            have = f"They are numbered from 1 to {count}." if count else "Nothing is corrected in this answer."
            raise InputError(f"there is no correction {number!r}", hint=have)
    return {int(number) for number in undo}
