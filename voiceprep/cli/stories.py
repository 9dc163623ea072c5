"""`voiceprep stories`: the user's own stories, kept and looked at. Decides nothing that the user did not confirm."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli.answers import find
from voiceprep.cli.bank import bank_in, bank_of, heard_in, said_in, typed
from voiceprep.cli.completion import complete_question
from voiceprep.cli.folder import data_option, opened
from voiceprep.cli.questions import DefaultGroup
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


# So many of the newest answers are looked through for stories, if none is named.
LOOKED_THROUGH = 10


@click.group("stories", cls=DefaultGroup)
def command() -> None:
    """Your own stories: which answers which question, which is overused, what has none.

    Without a subcommand, all stories are listed. STORY is the number in that list, ANSWER the number of an answer (see
    voiceprep stories match), or last.

    \b
    Examples:
      voiceprep stories add --title "The late invoice" --text "Last May ..."
      voiceprep stories add --from last --competency customer-focus
      voiceprep stories for scope-decision
      voiceprep stories gaps
      voiceprep stories match
    """  # noqa: D301  (click's mark for lines that it must not join)


_with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_with_story = click.argument("story", metavar="STORY", type=click.IntRange(1))
_with_title = click.option("--title", metavar="TEXT", help="What you call it. Default: how its first sentence begins.")
_with_text = click.option("--text", metavar="TEXT", help="The story in words.")
_with_file = click.option("--file", metavar="FILE", help="Read the story from FILE, or with - from standard input.")
_with_competencies = click.option(
    "--competency",
    "competencies",
    metavar="ID",
    multiple=True,
    help="What it shows, such as adaptability. Repeatable.",
)


@command.command("list", short_help="List your stories, and what they are used for.")
@_with_json
@data_option
def list_(as_json: bool, data: Path | None) -> None:
    """List your stories: what they show, how often you told them, and which are overused.

    \b
    Examples:
      voiceprep stories list
      voiceprep stories list --json | jq -r '.[].title'
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.cli import story_lines  # noqa: PLC0415  (not needed for --help)

    bank = bank_of(data)
    if as_json:
        _print_json([story_lines.story_data(story, bank) for story in bank.stories])
    elif not bank.stories:
        click.echo("No story yet. Type one: voiceprep stories add --text TEXT", err=True)
        click.echo("Or make one from your newest answer: voiceprep stories add --from last", err=True)
    else:
        _print(story_lines.overview(bank, _width()))


@command.command(short_help="Keep a story, typed or made from an answer.")
@_with_title
@_with_text
@_with_file
@click.option("--from", "source", metavar="ANSWER", help="Make it from what you said in this answer.")
@_with_competencies
@data_option
def add(
    title: str | None,
    text: str | None,
    file: str | None,
    source: str | None,
    competencies: tuple[str, ...],
    data: Path | None,
) -> None:
    """Keep a story: typed, from a file, or made from what you said in an answer, without its fillers.

    Made from an answer, it shows what its question asks for unless you say otherwise, and counts as told in it.

    \b
    Examples:
      voiceprep stories add --title "The late invoice" --text "In May ..."
      voiceprep stories add --file story.txt --competency customer-focus
      voiceprep stories add --from last
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (sqlite3)
    from voiceprep.stories import Story, title_of  # noqa: PLC0415  (not needed for --help)

    if sum(one is not None for one in (text, file, source)) != 1:
        raise InputError("it is not said what the story is", "Give one of --text, --file and --from.")
    with opened(data) as history:
        bank = bank_in(history)
        bank.check(competencies)
        entry = None if source is None else find(source, history)
        told = said_in(history, entry) if entry else typed(text, file)
        if entry and entry.question and not competencies:
            competencies = (bank.question(entry.question.id) or entry.question).competencies
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        named = _named(title) if title is not None else title_of(told)
        story = Story(0, at, named, told, tuple(dict.fromkeys(competencies)), entry.id if entry else None)
        number = kept.add(history, story)
    click.echo(f"Kept as story {number}: {named}", err=True)
    if competencies:
        click.echo(f"It shows {', '.join(map(bank.label, story.competencies))}.", err=True)
    else:
        click.echo(f"Say what it shows: voiceprep stories edit {number} --competency ID", err=True)


@command.command(short_help="Change title, text or competencies of a story.")
@_with_story
@_with_title
@_with_text
@_with_file
@_with_competencies
@data_option
def edit(
    story: int, title: str | None, text: str | None, file: str | None, competencies: tuple[str, ...], data: Path | None
) -> None:
    """Change STORY: what is given takes the place of what was.

    \b
    Examples:
      voiceprep stories edit 2 --title "The invoice that came late"
      voiceprep stories edit 2 --competency adaptability
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (sqlite3)

    if text is not None and file is not None:
        raise InputError("the story is given twice", "Give --text or --file.")
    if title is None and text is None and file is None and not competencies:
        raise InputError("it is not said what to change", "Give --title, --text, --file or --competency.")
    with opened(data) as history:
        bank = bank_in(history)
        bank.check(competencies)
        changed = bank.story(story)
        if title is not None:
            changed = replace(changed, title=_named(title))
        if text is not None or file is not None:
            changed = replace(changed, text=typed(text, file))
        if competencies:
            changed = replace(changed, competencies=tuple(dict.fromkeys(competencies)))
        kept.change(history, changed)
    click.echo(f"Changed story {story}: {changed.title}", err=True)


@command.command(short_help="Delete a story.")
@_with_story
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@data_option
def delete(story: int, *, yes: bool, data: Path | None) -> None:
    """Delete STORY. The answers that tell it stay.

    \b
    Example:
      voiceprep stories delete 3
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (sqlite3)

    with opened(data) as history:
        known = bank_in(history).story(story)
        if not yes:
            click.confirm(f"Delete story {story}, {known.title!r}?", abort=True, err=True)
        kept.delete(history, story)
    click.echo(f"Deleted story {story}.", err=True)


@command.command(short_help="Note that an answer tells a story.")
@_with_story
@click.argument("answer", metavar="ANSWER")
@data_option
def tell(story: int, answer: str, data: Path | None) -> None:
    """Note that ANSWER tells STORY.

    \b
    Examples:
      voiceprep stories tell 2 last
      voiceprep stories tell 2 14
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (sqlite3)

    with opened(data) as history:
        known, entry = bank_in(history).story(story), find(answer, history)
        kept.tell(history, story, entry.id)
    click.echo(f"Noted: answer {entry.id} tells story {story}, {known.title}.", err=True)


@command.command(short_help="Take back that an answer tells a story.")
@_with_story
@click.argument("answer", metavar="ANSWER")
@data_option
def untell(story: int, answer: str, data: Path | None) -> None:
    """Take back that ANSWER tells STORY.

    \b
    Example:
      voiceprep stories untell 2 14
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (sqlite3)

    with opened(data) as history:
        bank_in(history).story(story)
        entry = find(answer, history)
        if not kept.untell(history, story, entry.id):
            raise InputError(
                f"answer {entry.id} was not noted to tell story {story}", f"See: voiceprep stories show {story}"
            )
    click.echo(f"Taken back: answer {entry.id} tells story {story}.", err=True)


@command.command(short_help="Show a story, what it answers and where you told it.")
@_with_story
@click.option("--count", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="So many questions.")
@_with_json
@data_option
def show(story: int, count: int, *, as_json: bool, data: Path | None) -> None:
    """Show STORY: its words, what it shows, the questions that it answers best, and where you told it.

    \b
    Example:
      voiceprep stories show 2
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep import meaning  # noqa: PLC0415  (heavy)
    from voiceprep.cli import story_lines  # noqa: PLC0415  (not needed for --help)
    from voiceprep.stories import asks_for_story, fits  # noqa: PLC0415  (same)

    bank = bank_of(data)
    known = bank.story(story)
    asked = [question for question in bank.questions if asks_for_story(question)]
    best = fits([known], asked, meaning.vectors)[:count]
    if as_json:
        _print_json({**story_lines.story_data(known, bank), "fits": [story_lines.fit_data(one) for one in best]})
        return
    _print(story_lines.whole(known, best, bank, _width()))


@command.command("for", short_help="Say which of your stories fit a question, and why.")
@click.argument("question", metavar="QUESTION", shell_complete=complete_question)
@click.option("--count", metavar="N", type=click.IntRange(1), default=3, show_default=True, help="So many stories.")
@_with_json
@data_option
def for_(question: str, count: int, *, as_json: bool, data: Path | None) -> None:
    """Say which of your stories fit QUESTION, its id or its text, and why.

    \b
    Examples:
      voiceprep stories for scope-decision
      voiceprep stories for "Tell me about a time you missed a deadline."
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep import config, meaning  # noqa: PLC0415  (heavy)
    from voiceprep.cli import story_lines  # noqa: PLC0415  (not needed for --help)
    from voiceprep.stories import fits  # noqa: PLC0415  (same)

    bank = bank_of(data)
    asked = config.find_question(question, bank.packs)
    best = fits(bank.stories, [asked], meaning.vectors)[:count]
    if as_json:
        _print_json([story_lines.fit_data(one) for one in best])
        return
    _print(story_lines.fitting(asked, best, bank, _width()))


@command.command(short_help="Say which competencies have no story, and which stories are overused.")
@_with_json
@data_option
def gaps(as_json: bool, data: Path | None) -> None:
    """Say which competencies have no story, one or several, which stories are overused, and which were never told.

    \b
    Example:
      voiceprep stories gaps
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.cli import story_lines  # noqa: PLC0415  (not needed for --help)

    bank = bank_of(data)
    if as_json:
        _print_json(story_lines.gap_data(bank))
        return
    _print(story_lines.gaps(bank, _width()))


@command.command(short_help="Find which of your stories an answer tells.")
@click.argument("answer", metavar="[ANSWER]", required=False)
@click.option("--note", is_flag=True, help="Ask about each, and note what you confirm.")
@_with_json
@data_option
def match(answer: str | None, *, note: bool, as_json: bool, data: Path | None) -> None:
    """Find which of your stories ANSWER tells, by the words that both share; without it, in the newest answers.

    It is a proposal: nothing is noted that you do not confirm, here with --note or with voiceprep stories tell.

    \b
    Examples:
      voiceprep stories match
      voiceprep stories match last --note
    """  # noqa: D301  (click's mark for lines that it must not join)
    from voiceprep.cli import story_lines  # noqa: PLC0415  (not needed for --help)
    from voiceprep.history import Choice  # noqa: PLC0415  (sqlite3)
    from voiceprep.history import stories as kept  # noqa: PLC0415  (same)
    from voiceprep.stories import proposals  # noqa: PLC0415  (not needed for --help)

    out: list[dict[str, Any]] = []
    with opened(data, reading=not note) as history:
        bank = bank_in(history)
        entries = (find(answer, history),) if answer else history.entries(Choice(last=LOOKED_THROUGH))[::-1]
        for number, entry in enumerate(entries):
            heard = heard_in(history, entry)
            noted = [one.story for one in bank.tellings if one.answer == entry.id]
            found = proposals(heard.words, bank.stories) if heard else ()
            found = tuple(one for one in found if one.story.id not in noted)
            if as_json:
                out.append(story_lines.match_data(entry, noted, found))
                continue
            _print([""] if number else [])
            _print(story_lines.matched(entry, noted, found, bank, _width()))
            for one in found if note else ():
                if click.confirm(f"Does answer {entry.id} tell story {one.story.id}?", err=True):
                    kept.tell(history, one.story.id, entry.id)
    if as_json:
        _print_json(out)
    elif not entries:
        click.echo("Nothing is in your history yet. Begin with: voiceprep practice", err=True)
    elif not bank.stories:
        click.echo("No story yet. Make one: voiceprep stories add --from ANSWER", err=True)


def _print(lines: Iterable[str]) -> None:
    """Print `lines`, as far as the terminal can show them."""
    from voiceprep.cli.talk import terminal  # noqa: PLC0415  (not needed for --help)
    from voiceprep.report.plain import to_ascii  # noqa: PLC0415  (heavy)

    _, coloured, plain = terminal(sys.stdout, colour=True)
    for line in lines:
        shown = line if coloured else click.unstyle(line)
        click.echo(to_ascii(shown) if plain else shown)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def _width() -> int:
    from voiceprep.cli.talk import terminal  # noqa: PLC0415  (not needed for --help)

    return terminal(sys.stdout, colour=False)[0]


def _named(title: str) -> str:
    """Return `title` as it is kept. Raise `InputError` where it is empty."""
    from voiceprep.report.plain import one_line  # noqa: PLC0415  (heavy)

    if not (named := one_line(title)):
        raise InputError("the title is empty", "Leave it out, and the story is called by its first words.")
    return named
