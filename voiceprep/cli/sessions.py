"""`voiceprep sessions`: list, show, open, export and delete what was practised or saved. Records nothing."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli.answers import LAST, numbered, sound_at, sound_of
from voiceprep.cli.folder import data_option, opened, own_voice, page_beside, sessions_in, tell_of_damaged, write_page
from voiceprep.cli.questions import DefaultGroup
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.history import Entry, History, Record
    from voiceprep.model import Assessment, Measurement
    from voiceprep.practice import Take
    from voiceprep.sessions import Pending, Sessions

_FIGURES = ("length", "pace", "hesitations")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a session, or of a day of saved answers: those in the history, and those without a report."""

    name: str
    entries: tuple[Entry, ...]
    pending: tuple[Pending, ...]

    @property
    def practised(self) -> bool:
        """Whether it is a session, and not a day."""
        return bool(self.pending) or any(entry.session for entry in self.entries)

    @property
    def seconds(self) -> float:
        """How long its answers last together."""
        return sum(entry.duration for entry in self.entries) + sum(one.take.duration for one in self.pending)


@dataclass(frozen=True, slots=True)
class Known:
    """What a list says of answers besides their entries, by their ids: counts, takes, numbers of corrections."""

    counts: Mapping[int, Sequence[Measurement]]
    takes: Mapping[int, Take]
    corrections: Mapping[int, int]


@click.group("sessions", cls=DefaultGroup)
def command() -> None:
    """List, show, open, export and delete what you practised, and what you saved.

    Without a subcommand, all sessions are listed, and the days on which you saved answers with analyze or batch.
    SESSION is a name from that list, or last.

    \b
    Examples:
      voiceprep sessions
      voiceprep sessions show last
      voiceprep sessions open last --take 2
      voiceprep sessions export last -o friday/
      voiceprep sessions delete 2026-05-01-093012
    """  # noqa: D301  (click's mark for lines that it must not join)


_with_session = click.argument("session", default=LAST, metavar="[SESSION]")
_with_original = click.option("--original", is_flag=True, help="As it was heard, without what you corrected.")
_with_take = click.option("--take", "number", metavar="N", type=click.IntRange(1), help="Only the Nth answer.")


@command.command("list", short_help="List the sessions, the newest last.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@data_option
def list_(as_json: bool, data: Path | None) -> None:
    """List the sessions, the newest last: name, number of answers, how long they are, what is there.

    \b
    Examples:
      voiceprep sessions list
      voiceprep sessions list --json | jq -r '.[-1].session'
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.wording import duration_text  # noqa: PLC0415  (not needed for --help)

    store = sessions_in(data)
    with opened(data, reading=True) as history:
        every = _kept(store, history)
        if as_json:
            ids = [entry.id for one in every for entry in one.entries]
            known = Known(history.measurements(ids), history.takes(ids), history.corrections(ids))
            click.echo(json.dumps([_as_data(one, store, known) for one in every], indent=2))
            return
    if not every:
        click.echo("Nothing was practised or saved yet. Begin with: voiceprep practice", err=True)
    for one in every:
        count = len(one.entries) + len(one.pending)
        answers = f"{count} answer{'' if count == 1 else 's'}"
        click.echo(f"{one.name:19}  {answers:>10}  {duration_text(one.seconds):>12}  {_state(one, store)}")


@command.command(short_help="Show the answers of a session.")
@_with_session
@_with_take
@_with_original
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@data_option
def show(session: str, number: int | None, *, original: bool, no_color: bool, data: Path | None) -> None:
    """Show the answers of SESSION in short, or one of them in whole; judged by today's bands.

    \b
    Examples:
      voiceprep sessions show
      voiceprep sessions show last --take 1
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.cli.talk import terminal  # noqa: PLC0415  (not needed for --help)
    from voiceprep.report import text  # noqa: PLC0415  (heavy)

    store = sessions_in(data)
    with opened(data, reading=True) as history:
        one = _find(session, store, history)
        records = _wanted(one, number, history)
    width, coloured, plain = terminal(sys.stdout, colour=not no_color)
    if number is not None:
        judged = _judged(records[0][1], data, original=original)
        click.echo(text.render([judged], width=width, colour=coloured, ascii=plain), nl=False)
        return
    click.echo(f"Session {one.name}" if one.practised else f"Saved on {one.name}")
    for at, record in records:
        judged = _judged(record, data, original=original)
        click.echo("\n" + "\n".join(_described(at, record, judged, store, width)))
    for pending in one.pending:
        asked = pending.take.question.text if pending.take.question else "an answer"
        click.echo(f"\n{pending.take.number}. {asked}\n   no report yet: voiceprep practice offers to make it")


@command.command("open", short_help="Open the page about an answer, with its sound.")
@_with_session
@_with_take
@_with_original
@click.option("--open/--no-open", "launched", default=True, help="Whether to open the page, or only to write it.")
@data_option
def open_(session: str, number: int | None, *, original: bool, launched: bool, data: Path | None) -> None:
    """Write the page about an answer, with its sound, and open it in the browser. Default: the last answer.

    \b
    Examples:
      voiceprep sessions open
      voiceprep sessions open last --take 1
    """  # noqa: D301  (click's mark for lines that it must not join)
    store = sessions_in(data)
    with opened(data, reading=True) as history:
        _, record = _wanted(_find(session, store, history), number, history)[-1]
    target = store.page(record.take) if record.take else page_beside(record, data)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the page cannot be written to {str(target.parent)!r}: {error.strerror or error}",
            f"Write it to another folder: voiceprep sessions export {session} -o FOLDER",
        ) from error
    write_page(_judged(record, data, original=original), sound_of(record, store), target)
    click.echo(target)
    if launched:
        click.launch(target.resolve().as_uri())


@command.command(short_help="Copy answers to a folder: sound, page and JSON.")
@_with_session
@_with_take
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to.",
)
@data_option
def export(session: str, number: int | None, output: Path, data: Path | None) -> None:
    """Copy the answers of SESSION to a folder: sound as it is kept, report as a page and as JSON.

    Everything at once, to take it to another machine: voiceprep export.

    \b
    Example:
      voiceprep sessions export last -o friday/
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (same)

    store = sessions_in(data)
    with opened(data, reading=True) as history:
        records = _wanted(_find(session, store, history), number, history)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for _, record in records:
            stem = store.sound(record.take).stem if record.take else page_beside(record, data).stem
            if (sound := sound_of(record, store)) is not None:
                shutil.copyfile(sound, output / f"{stem}{sound.suffix}")
            assessment = _judged(record, data)
            write_page(assessment, sound, output / f"{stem}.html")
            write_text(output / f"{stem}.json", pipeline.render(assessment, "json"))
    except OSError as error:
        raise InputError(
            f"cannot write to {str(output)!r}: {error.strerror}", "Give another folder with -o."
        ) from error
    click.echo(f"{len(records)} answer{'' if len(records) == 1 else 's'} in {output}", err=True)


@command.command(short_help="Delete a session, or one answer of it.")
@click.argument("session", metavar="SESSION")
@_with_take
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@data_option
def delete(session: str, number: int | None, *, yes: bool, data: Path | None) -> None:
    """Delete SESSION, or one answer of it: sound, words and numbers.

    \b
    Examples:
      voiceprep sessions delete last --take 2
      voiceprep sessions delete 2026-05-01-093012 --yes
    """  # noqa: D301  (click's mark for lines that it must not join)
    store = sessions_in(data)
    with opened(data) as history:
        one = _find(session, store, history)
        entries = [entry for at, entry in numbered(one.entries) if number in {None, at}]
        takes = [pending.take for pending in one.pending if number in {None, pending.take.number}]
        if not entries and not takes:
            raise _no_answer(one, number)
        named = f"session {one.name}" if one.practised else f"what was saved on {one.name}"
        what = f"answer {number} of {named}" if number else named
        # Files that were analysed are the user's own.
        kept = "sound, words and numbers" if one.practised else "words and numbers"
        if not yes:
            click.confirm(f"Delete {what}, with {kept}?", abort=True, err=True)
        records = [record for entry in entries if (record := history.record(entry.id))]
        takes += [record.take for record in records if record.take]
        history.delete(entry.id for entry in entries)
    for record in records:
        if record.take is None:
            page_beside(record, data).unlink(missing_ok=True)
    for take in takes:
        store.delete(take)
    if number is None and one.practised:
        store.clear(one.name)
    click.echo(f"Deleted {what}.", err=True)
    tell_of_damaged(data)


def _kept(store: Sessions, history: History) -> list[Kept]:
    """Return all sessions and days, the oldest first."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in history.entries():
        entries[entry.sitting].append(entry)
    pending: dict[str, list[Pending]] = defaultdict(list)
    for one in store.pending():
        pending[one.take.session].append(one)
    names = sorted({*entries, *pending})
    return [Kept(name, tuple(entries[name]), tuple(pending[name])) for name in names]


def _find(session: str, store: Sessions, history: History) -> Kept:
    every = _kept(store, history)
    if session == LAST and every:
        return every[-1]
    for one in every:
        if one.name == session:
            return one
    hint = "See all with: voiceprep sessions" if every else "Begin with: voiceprep practice"
    told = f"there is no session {session!r}" if session != LAST else "nothing was practised or saved yet"
    raise InputError(told, hint)


def _wanted(one: Kept, number: int | None, history: History) -> Sequence[tuple[int, Record]]:
    """Return the answers of `one`, or its `number`th, with their numbers."""
    known = ((at, history.record(entry.id)) for at, entry in numbered(one.entries) if number in {None, at})
    records = [(at, record) for at, record in known if record is not None]
    if not records:
        raise _no_answer(one, number)
    return records


def _no_answer(one: Kept, number: int | None) -> InputError:
    told = f"no answer {number}" if number else "no answer with a report"
    return InputError(f"session {one.name} has {told}", f"See what it has with: voiceprep sessions show {one.name}")


def _state(one: Kept, store: Sessions) -> str:
    if not one.practised:
        return "saved"
    there = len(store.heard(one.name) & {entry.number for entry in one.entries})
    parts = []
    if there < len(one.entries):
        parts.append("recordings deleted" if not there else f"{there} recordings left")
    if one.pending:
        parts.append(f"{len(one.pending)} without a report")
    return ", ".join(parts)


def _judged(record: Record, data: Path | None, *, original: bool = False) -> Assessment:
    """Return the report on an answer, as the user corrected it or as it was heard."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    own = own_voice(data)(record.transcript.engine.sha256)
    return pipeline.judge_again(record, original=original, own=own)


def _described(at: int, record: Record, assessment: Assessment, store: Sessions, width: int) -> Iterator[str]:
    """Yield the lines about one answer: the question, the figures that most people ask for, where its sound is."""
    from textwrap import wrap  # noqa: PLC0415  (not needed for --help)

    from voiceprep.report.plain import one_line  # noqa: PLC0415  (heavy)
    from voiceprep.wording import VERDICTS, value_text  # noqa: PLC0415  (same)

    asked = one_line(record.question.text) if record.question else "an answer"
    yield from wrap(f"{at}. {asked}", width, subsequent_indent="   ")
    for finding in assessment.findings:
        if finding.measurement.metric in _FIGURES and finding.measurement.value is not None:
            word = VERDICTS[finding.verdict].partition(",")[0]
            yield f"   {finding.label}: {value_text(finding)} ({word})"
    if record.corrections:
        count = f"{len(record.corrections)} correction{'' if len(record.corrections) == 1 else 's'} by you"
        yield f"   {count}: voiceprep correct {record.id}"
    if assessment.focus:
        yield from wrap(f"To try: {assessment.focus.advice}", width, initial_indent="   ", subsequent_indent="   ")
    # By this number compare, correct, redact and stories know it.
    yield f"   Answer {record.id}: {sound_of(record, store) or 'the recording was deleted'}"


def _as_data(one: Kept, store: Sessions, known: Known) -> dict[str, Any]:
    return {
        "session": one.name,
        "answers": [_answer(at, entry, store, known) for at, entry in numbered(one.entries)],
        "without_report": [str(pending.sound) for pending in one.pending],
        "seconds": round(one.seconds, 3),
    }


def _answer(at: int, entry: Entry, store: Sessions, known: Known) -> dict[str, Any]:
    take = known.takes.get(entry.id)
    sound = sound_at(entry.place, entry.sound, take, store)
    return {
        "id": entry.id,
        "number": at,
        "at": entry.at,
        "question": entry.question.id if entry.question else None,
        "seconds": entry.duration,
        "sound": str(sound) if sound else None,
        "ended": take.ended if take else "",
        "dropped_blocks": take.dropped if take else 0,
        "thought": take.thought if take else 0.0,
        "settings": dict(take.settings) if take else {},
        "measurements": {one.metric: one.value for one in known.counts[entry.id]},
        "corrections": known.corrections.get(entry.id, 0),
    }
