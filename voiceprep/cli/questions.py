"""`voiceprep questions`: list, search, show, pick and check questions. May not know how packs are read."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import textwrap
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep import config
from voiceprep.cli.completion import complete_question
from voiceprep.codec import to_data
from voiceprep.errors import InputError
from voiceprep.model import QuestionKind
from voiceprep.packs import TYPED, find_near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voiceprep.model import Question
    from voiceprep.packs import Pack


class DefaultGroup(click.Group):
    """A group that lists when it is not told what to do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before options that stand alone; help and shell completion are left as they are."""
        alone = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if alone and not ctx.resilient_parsing:
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Return the names of the subcommands, in the order in which one meets them."""
        return list(self.commands)


@click.group("questions", cls=DefaultGroup)
def command() -> None:
    """List, search and pick interview questions.

    Without a subcommand, all questions are listed.

    \b
    Examples:
      voiceprep questions --kind technical
      voiceprep questions search technical debt
      voiceprep questions show scope-decision
      voiceprep questions random --competency customer-focus
      voiceprep questions checklist -o checklist.md
    """  # noqa: D301  (click's mark for lines that it must not join)


_with_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, with all that is known.")
_with_files = click.option(
    "--questions",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(),
    help="Also use the pack in FILE; may be repeated.",
)
_with_pack = click.option("--pack", metavar="ID", help="Only from the pack with this id.")


def _with_filters(function: Callable[..., None]) -> Callable[..., None]:
    kinds = [kind.value for kind in QuestionKind]
    known = f"Only those of this kind: {', '.join(kinds)}."
    options = (
        click.option("--kind", metavar="KIND", type=click.Choice(kinds), help=known),
        click.option("--competency", metavar="ID", help="Only those that show this, such as adaptability."),
        click.option("--topic", metavar="ID", help="Only those on this, such as setbacks."),
        _with_pack,
        _with_files,
        _with_json,
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command("list")
@click.option("--search", metavar="TEXT", default="", help="Only those with all these words.")
@_with_filters
def list_(search: str, as_json: bool, **wanted: Any) -> None:  # noqa: ANN401  (the filters, passed on as they are)
    """List questions: id, kind and text.

    \b
    Examples:
      voiceprep questions list --kind behavioural --topic setbacks
      voiceprep questions list --search "A/B test"
      voiceprep questions list --json | jq -r '.[].text'
    """  # noqa: D301  (click's mark for lines that it must not join)
    _show_list(choose(search, **wanted), as_json)


@command.command(short_help="List the questions that have all the words given.")
@click.argument("words", metavar="TEXT...", nargs=-1, required=True)
@_with_filters
def search(words: tuple[str, ...], as_json: bool, **wanted: Any) -> None:  # noqa: ANN401  (the filters, passed on)
    """List the questions that have all words of TEXT somewhere: in the question or in what goes with it.

    \b
    Examples:
      voiceprep questions search roadmap
      voiceprep questions search sales promise --kind behavioural
    """  # noqa: D301  (click's mark for lines that it must not join)
    _show_list(choose(" ".join(words), **wanted), as_json)


@command.command()
@click.argument("name", metavar="ID", shell_complete=complete_question)
@_with_files
@_with_json
def show(name: str, files: tuple[str, ...], as_json: bool) -> None:
    """Show all that is known of the question ID.

    \b
    Examples:
      voiceprep questions show scope-decision
      voiceprep questions show my-question --questions my-pack.json
    """  # noqa: D301  (click's mark for lines that it must not join)
    packs = _packs(files)
    question = config.find_question(name, packs)
    if question.id == TYPED:
        raise InputError(f"there is no question {name!r}", "Look for it with: voiceprep questions search WORDS")
    labels = {one.id: one.label for pack in packs for one in pack.competencies}
    click.echo(_as_json(question) if as_json else "\n".join(_describe(question, labels)))


@command.command("random", short_help="Pick a question to answer now.")
@click.option("--seed", type=int, help="The same number picks the same question. Default: a new one each time.")
@_with_filters
def random_(seed: int | None, as_json: bool, **wanted: Any) -> None:  # noqa: ANN401  (the filters, passed on)
    """Pick a question to answer now. Hints are not shown: see them afterwards with `show`.

    \b
    Examples:
      voiceprep questions random
      voiceprep questions random --kind data --seed 7
    """  # noqa: D301  (click's mark for lines that it must not join)
    questions = choose("", **wanted)
    if not questions:
        raise InputError("no question fits", "Ask for less at once, or see all with: voiceprep questions")
    question = random.Random(seed).choice(questions)  # noqa: S311  (a question, not a secret)
    if as_json:
        click.echo(_as_json(question))
        return
    click.echo(f"{_wrap(question.text)}\n\n{question.id} ({', '.join((question.kind, *_length(question)))})")
    click.echo(f"Record your answer, then: voiceprep analyze RECORDING --question {question.id}", err=True)


@command.command(short_help="Check packs of questions.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.pass_context
def validate(ctx: click.Context, files: tuple[str, ...]) -> None:
    """Check packs of questions, and print every problem that can be found.

    \b
    Example:
      voiceprep questions validate my-pack.json
    """  # noqa: D301  (click's mark for lines that it must not join)
    if sum(_validate(file) for file in files):
        ctx.exit(InputError.exit_code)


@command.command()
@_with_pack
@_with_files
def ask(pack: str | None, files: tuple[str, ...]) -> None:
    """Print questions that you can ask the interviewer.

    \b
    Example:
      voiceprep questions ask
    """  # noqa: D301  (click's mark for lines that it must not join)
    chosen = [one for one in _of(pack, _packs(files)) if one.ask_the_interviewer]
    for one in chosen:
        if len(chosen) > 1:
            click.echo(f"{_bold(one.title.upper())}\n")
        for group in one.ask_the_interviewer:
            click.echo("\n".join([_bold(group.title), *map(_item, group.questions), ""]))


@command.command()
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Write to FILE instead of the terminal.")
@_with_pack
@_with_files
def checklist(output: str | None, pack: str | None, files: tuple[str, ...]) -> None:
    """Print the list of preparation steps as a Markdown checklist.

    \b
    Examples:
      voiceprep questions checklist
      voiceprep questions checklist -o checklist.md
    """  # noqa: D301  (click's mark for lines that it must not join)
    text = "\n".join(_checklist(one) for one in _of(pack, _packs(files)) if one.preparation)
    if output is None:
        click.echo(text, nl=False)
        return
    from voiceprep.files import write_text  # noqa: PLC0415  (most calls write no file)

    write_text(output, text)
    click.echo(f"Wrote {output}", err=True)


def _packs(files: Iterable[str]) -> tuple[Pack, ...]:
    return config.load_packs((*config.load_settings().questions, *files))


def _of(name: str | None, packs: Sequence[Pack]) -> Sequence[Pack]:
    if name is None:
        return packs
    _check_known("pack", name, [pack.id for pack in packs])
    return [pack for pack in packs if pack.id == name]


def choose(
    words: str, files: tuple[str, ...], pack: str | None, kind: str | None, competency: str | None, topic: str | None
) -> list[Question]:
    """Return the questions with all of `words`, of `pack`, `kind`, `competency` and `topic` where these are given."""
    questions = [question for one in _of(pack, _packs(files)) for question in one.questions]
    if competency is not None:
        _check_known("competency", competency, [one for question in questions for one in question.competencies])
    if topic is not None:
        _check_known("topic", topic, [one for question in questions for one in question.topics])
    sought = words.casefold().split()
    return [
        question
        for question in questions
        if kind in {None, question.kind.value}
        and competency in {None, *question.competencies}
        and topic in {None, *question.topics}
        and all(word in _searched(question) for word in sought)
    ]


def _searched(question: Question) -> str:
    points = (point.text for point in question.points)
    parts = (question.id, question.text, question.kind, question.shows, *points, *question.competencies)
    return " ".join((*parts, *question.topics, *question.follow_ups)).casefold()


def _check_known(what: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if name not in names:
        near = find_near(name, names)
        hint = f"Did you mean {', '.join(near)}?" if near else f"Known are: {', '.join(sorted(names))}."
        raise InputError(f"there is no {what} {name!r}", hint)


def _show_list(questions: Sequence[Question], as_json: bool) -> None:
    if as_json:
        click.echo(_as_json(questions))
    elif not questions:
        click.echo("No question fits.", err=True)
    elif sys.stdout.isatty():
        click.echo(draw_table(questions, _width()), nl=False)
    else:
        click.echo("\n".join(_lines(questions)))


def _lines(questions: Sequence[Question]) -> Iterator[str]:
    """Yield a line for each question: for `grep`, `sort` and `head`, nothing is cut or folded."""
    width = max(len(question.id) for question in questions)
    for question in questions:
        yield f"{question.id:<{width}}  {question.kind:<11}  {question.text}"


def draw_table(questions: Sequence[Question], width: int) -> str:
    """Return a table of `questions` for a terminal of `width` columns."""
    from rich.console import Console  # noqa: PLC0415  (a third of the time of the command, and not for a pipe)
    from rich.table import Table  # noqa: PLC0415  (same)
    from rich.text import Text  # noqa: PLC0415  (same)

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in ("id", "kind"):
        table.add_column(name, no_wrap=True)
    table.add_column("question")
    for question in questions:
        # As Text: what stands in brackets in a pack is not markup.
        table.add_row(Text(question.id, style="cyan"), question.kind, Text(question.text))
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _describe(question: Question, labels: dict[str, str]) -> Iterator[str]:
    yield _bold(question.id)
    yield _wrap(question.text)
    yield ""
    facts = {
        "Kind": question.kind.value,
        "STAR": _star(question),
        "Length": ", ".join(_length(question)),
        "Role": question.role,
        "Competencies": ", ".join(labels.get(name, name) for name in question.competencies),
        "Topics": ", ".join(question.topics),
    }
    yield from (_wrap(f"{name + ':':<13} {fact}", inner=" " * 14) for name, fact in facts.items() if fact)
    if question.shows:
        yield from ("", _bold("What it shows"), _wrap(question.shows, outer="  ", inner="  "))
    if question.points:
        yield from ("", _bold("What a good answer brings"))
    for point in question.points:
        yield _item(point.text)
        if point.cues:
            yield _wrap(f"heard as: {', '.join(point.cues)}", outer="    ", inner="    ")
    if question.outline:
        yield from ("", _bold("An outline"))
        yield from (_item(line, f"  {i}. ") for i, line in enumerate(question.outline, 1))
    if question.follow_ups:
        yield from ("", _bold("What may be asked next"), *map(_item, question.follow_ups))


def _star(question: Question) -> str:
    if question.star is None and question.kind is QuestionKind.OPEN:
        return "if the answer tells a past episode"
    asked = question.kind is QuestionKind.BEHAVIOURAL if question.star is None else question.star
    return "yes: it asks for a past episode" if asked else "no"


def _length(question: Question) -> list[str]:
    return [f"{question.target.start:g} to {question.target.end:g} seconds"] if question.target else []


def _validate(file: str) -> int:
    """Print what is wrong with the pack in `file`, or that nothing is; return the number of problems."""
    name = Path(file).name
    try:
        problems = [f"{name}: {problem}" for problem in config.check_pack(file)]
        if not problems:
            click.echo(_wrap(f"OK: {name}: {_count(config.load_pack(file))}", inner="  "))
    except InputError as error:
        problems = [error.message]
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{name}: {_number(len(problems), 'problem')}", err=True)
    return len(problems)


def _count(pack: Pack) -> str:
    kinds = Counter(question.kind.value for question in pack.questions)
    asked = sum(len(group.questions) for group in pack.ask_the_interviewer)
    counts = (
        f"{_number(len(pack.questions), 'question')} ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})",
        f"{len(pack.competencies)} competencies" if pack.competencies else "",
        f"{asked} to ask the interviewer" if asked else "",
        _number(len(pack.preparation), "preparation step") if pack.preparation else "",
    )
    return ", ".join(count for count in counts if count)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _checklist(pack: Pack) -> str:
    steps = (f"- [ ] **{_plain(step.text)}**\n  {_plain(step.how)}\n" for step in pack.preparation)
    return f"# Preparation: {_plain(pack.title)}\n\n" + "".join(steps)


# What Markdown would take for a mark, with backquotes left so that commands stay commands.
_plain = partial(re.compile(r"([\\*_<>\[\]])").sub, r"\\\1")


def _as_json(value: object) -> str:
    return json.dumps(to_data(value), ensure_ascii=False, allow_nan=False, indent=2)


def _width() -> int:
    return shutil.get_terminal_size().columns


def _wrap(text: str, outer: str = "", inner: str = "") -> str:
    width = min(80, max(40, _width()))
    return textwrap.fill(text, width, initial_indent=outer, subsequent_indent=inner, break_on_hyphens=False)


def _item(text: str, mark: str = "  - ") -> str:
    return _wrap(text, outer=mark, inner=" " * len(mark))


def _bold(text: str) -> str:
    return click.style(text, bold=True)
