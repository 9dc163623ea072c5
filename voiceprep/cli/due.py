"""`voiceprep due`: what to practise next, and why. Records nothing and keeps nothing."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli.folder import data_option, lean, opened
from voiceprep.model import QuestionKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceprep.due import Turn
    from voiceprep.history import History
    from voiceprep.model import Question, Settings

EXAMPLES = """\b
Examples:
  voiceprep due
  voiceprep due --kind behavioural --count 3
  voiceprep due --json | jq -r '.[0].question'
"""


@click.command("due", epilog=EXAMPLES)
@click.option("--count", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="So many questions.")
@click.option(
    "--kind",
    metavar="KIND",
    type=click.Choice([kind.value for kind in QuestionKind]),
    help=f"Only questions of this kind: {', '.join(kind.value for kind in QuestionKind)}.",
)
@click.option("--competency", metavar="ID", help="Only questions that show this, such as adaptability.")
@click.option("--questions", "packs", multiple=True, metavar="FILE", help="Another pack of questions. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@data_option
def command(
    count: int,
    kind: str | None,
    competency: str | None,
    packs: tuple[str, ...],
    *,
    as_json: bool,
    no_color: bool,
    data: Path | None,
) -> None:
    """Say what to practise next, and why.

    First what is due: the better an answer came out, the later its question comes again, after a day at the soonest and
    30 at the latest (FSRS, a method of spaced repetition). Then what was never practised, beginning with the competency
    that is weakest. In this order voiceprep practice --due asks them.
    """
    lean()
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.cli.questions import choose  # noqa: PLC0415  (same)
    from voiceprep.cli.talk import terminal  # noqa: PLC0415  (same)

    settings = config.load_settings()
    settings = replace(settings, questions=(*settings.questions, *packs))
    now = datetime.now().astimezone()
    asked = choose("", packs, None, kind, competency, None)
    with opened(data, reading=True) as history:
        every = queue(history, asked, settings, now, typed=kind is None and competency is None)
    shown = every[:count]
    if as_json:
        click.echo(json.dumps([_as_data(turn) for turn in shown], indent=2, ensure_ascii=False))
        return
    width, coloured, plain = terminal(sys.stdout, colour=not no_color)
    for line in lines(shown, every, now, width, colour=coloured):
        click.echo(_spelt(line) if plain else line)
    if shown:
        click.echo(f"\nPractise them in this order: {_practice(kind, competency, packs, count)}", err=True)


def _practice(kind: str | None, competency: str | None, packs: Sequence[str], count: int) -> str:
    """Return the command that asks what was shown."""
    from shlex import join  # noqa: PLC0415  (not needed for --help)

    context = click.get_current_context()
    chosen = [("--kind", kind), ("--competency", competency), *(("--questions", pack) for pack in packs)]
    if context.get_parameter_source("count") is not click.core.ParameterSource.DEFAULT:
        chosen.append(("--count", str(count)))
    return join(
        ["voiceprep", "practice", "--due", *(word for name, value in chosen if value for word in (name, value))]
    )


def queue(
    history: History, questions: Sequence[Question], settings: Settings, now: datetime, *, typed: bool
) -> tuple[Turn, ...]:
    """Return the turns of `questions` by what the `history` says, in the order to practise them in.

    With `typed` those that the user typed have their turns too.
    """
    from voiceprep import config, due  # noqa: PLC0415  (not needed for --help)
    from voiceprep.packs import TYPED  # noqa: PLC0415  (same)
    from voiceprep.rating import Judge  # noqa: PLC0415  (same)

    judge, newest = Judge(settings.bands), [one for one in history.newest(due.NEWEST) if one.question]
    measured = history.measurements([one.id for one in newest], judge.metrics)
    said: dict[str, list[due.Said]] = defaultdict(list)
    known, own = {due.key(one) for one in questions}, {}
    for entry in newest:
        assert entry.question is not None  # noqa: S101  (for the type checker: asked above)
        said[due.key(entry.question)].append(due.Said(entry.at, measured[entry.id]))
        if typed and entry.question.id == TYPED and entry.question.text not in known:
            own[entry.question.text] = entry.question
    labels = {one.id: one.label for pack in config.load_packs(settings.questions) for one in pack.competencies}
    return due.turns((*questions, *own.values()), said, now, judge, labels)


def when(turn: Turn, now: datetime) -> str:
    """Say when the question's turn comes, seen from `now`."""
    from voiceprep.due import State  # noqa: PLC0415  (not needed for --help)

    if turn.due is None:
        return "new"
    day = turn.due.astimezone(now.tzinfo).date()
    if turn.state is State.LATER:
        return f"not due before {day}"
    return "due today" if day == now.date() else f"due since {day}"


def reason(turn: Turn, now: datetime) -> str:
    """Return why the question of `turn` is asked at `now`; of one that is not due, first that it is not."""
    from voiceprep.due import State  # noqa: PLC0415  (not needed for --help)

    return f"{when(turn, now)}; {turn.reason}" if turn.state is State.LATER else turn.reason


def lines(shown: Sequence[Turn], every: Sequence[Turn], now: datetime, width: int, *, colour: bool) -> Iterator[str]:
    """Yield the lines about the turns that are `shown`, the first of `every`, at most `width` columns wide."""
    from textwrap import wrap  # noqa: PLC0415  (not needed for --help)

    from voiceprep.packs import TYPED  # noqa: PLC0415  (same)
    from voiceprep.report.plain import one_line  # noqa: PLC0415  (same)

    def styled(text: str, **style: Any) -> str:  # noqa: ANN401  (click's styles)
        return click.style(text, **style) if colour else text

    yield from wrap(_counted(every), width)
    place = len(str(len(shown)))
    inner = " " * (place + 2)
    for number, turn in enumerate(shown, 1):
        name = "your own question" if turn.question.id == TYPED else one_line(turn.question.id)
        yield ""
        yield f"{number:>{place}}. {styled(name, bold=True)}  {styled(when(turn, now), fg='cyan')}"
        yield from wrap(one_line(turn.question.text), width, initial_indent=inner, subsequent_indent=inner)
        yield from wrap(f"Why: {turn.reason}.", width, initial_indent=inner, subsequent_indent=inner)


def _counted(every: Sequence[Turn]) -> str:
    from voiceprep.due import State  # noqa: PLC0415  (not needed for --help)

    due, new, later = (sum(turn.state is state for turn in every) for state in State)
    if not every:
        return "No question fits."
    if new == len(every):
        return f"None of these was practised yet: {_new(new)} new."
    parts = [f"{due} due" if due else "nothing due", *([f"{new} new"] if new else [])]
    return f"Of {len(every)} questions: {', '.join(parts)}" + (f", {later} later." if later else ".")


def _new(count: int) -> str:
    return f"{count} question is" if count == 1 else f"{count} questions are"


def _spelt(line: str) -> str:
    from voiceprep.report.plain import to_ascii  # noqa: PLC0415  (not needed for --help)

    return to_ascii(line)


def _as_data(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.question.id,
        "text": turn.question.text,
        "kind": turn.question.kind.value,
        "competencies": list(turn.question.competencies),
        "state": turn.state.value,
        "reason": turn.reason,
        "due": turn.due.isoformat() if turn.due else None,
        "last": turn.last.isoformat() if turn.last else None,
        "recall": None if turn.recall is None else round(turn.recall, 3),
        "rating": turn.rating.name.lower() if turn.rating else None,
        "answers": turn.answers,
    }
