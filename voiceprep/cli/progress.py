"""`voiceprep progress`: how measures move over sittings. Changes nothing."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep.cli.folder import data_option, history_file, lean, opened
from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.history import Choice, Entry, History, Sitting
    from voiceprep.model import Question
    from voiceprep.packs import Pack
    from voiceprep.progress import Progress, Told


@click.command("progress", short_help="Show how your measures move over sessions.")
@click.option(
    "-o",
    "--output",
    metavar="FILE.html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with pictures there.",
)
@click.option("--since", metavar="DAY", default="", help="Only from this day on, such as 2026-05-01.")
@click.option("--question", metavar="ID", default="", help="Only answers to this question.")
@click.option("--kind", metavar="KIND", default="", help="Only questions of this kind, such as behavioural.")
@click.option(
    "--measure", "measures", metavar="NAME", multiple=True, help="Only this measure, such as pace. Repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@data_option
def command(
    *,
    output: Path | None,
    since: str,
    question: str,
    kind: str,
    measures: tuple[str, ...],
    as_json: bool,
    no_color: bool,
    data: Path | None,
) -> None:
    """Show how your measures move over sessions, and whether a change is more than chance.

    A sitting is a session of practice, or the answers saved on one day. The last 100 are looked at. What is called
    better is nearer to its good range, by more than chance explains; all measures are tested together, so that one page
    in twenty at most calls something better or worse that is not. One measure alone, chosen with --measure, is seen
    sooner.

    \b
    Examples:
      voiceprep progress
      voiceprep progress -o progress.html
      voiceprep progress --measure hesitations --since 2026-03-01
      voiceprep progress --question scope-decision
      voiceprep progress --json | jq -r '.courses[] | [.metric, .move] | @tsv'
    """  # noqa: D301  (click's mark for lines that it must not join)
    lean()
    from voiceprep.history import Choice  # noqa: PLC0415  (sqlite3)

    if output is not None:
        _check(output)
    choice = _checked(Choice(since, question, kind), measures)
    asked = {"since": since, "question": question, "kind": kind, "measure": ", ".join(measures)}
    found = _progress(choice, measures, {name: value for name, value in asked.items() if value}, data)
    if output is not None:
        _write(found, output)
    if as_json:
        from voiceprep.codec import to_data  # noqa: PLC0415  (not needed for --help)

        click.echo(json.dumps(to_data(found), indent=2))
    elif output is None:
        from voiceprep.cli.talk import terminal  # noqa: PLC0415  (not needed for --help)
        from voiceprep.report import progress_text  # noqa: PLC0415  (heavy)

        width, coloured, plain = terminal(sys.stdout, colour=not no_color)
        click.echo(progress_text.render(found, width=width, colour=coloured, ascii=plain), nl=False)


def _checked(choice: Choice, measures: Sequence[str]) -> Choice:
    """Return `choice` with its day as the history writes days. Raise `InputError` for what no history can have."""
    from voiceprep.model import QuestionKind  # noqa: PLC0415  (not needed for --help)
    from voiceprep.packs import find_near  # noqa: PLC0415  (same)
    from voiceprep.tables import METRICS  # noqa: PLC0415  (same)

    if choice.since:
        try:
            choice = replace(choice, since=date.fromisoformat(choice.since).isoformat())
        except ValueError:
            raise InputError(f"{choice.since!r} is not a day", "Write it as 2026-05-01.") from None
    for given, known, what in (
        (choice.kind, list(QuestionKind), "kind"),
        *((one, METRICS, "measure") for one in measures),
    ):
        if given and given not in known:
            near = find_near(given, known)
            raise InputError(f"there is no {what} {given!r}", f"Known are: {', '.join(near or known)}.")
    return choice


def _progress(choice: Choice, measures: Sequence[str], chosen: dict[str, str], data: Path | None) -> Progress:
    """Return the progress in what `choice` asks for."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.progress.overall import LOOKED_AT, MOST, Known, overall, sampled  # noqa: PLC0415  (numpy)

    settings = config.load_settings()
    packs = config.load_packs(settings.questions)
    known = Known(
        tuple(question for pack in packs for question in pack.questions),
        {one.id: one.label for pack in packs for one in pack.competencies},
        settings.bands,
    )
    if not history_file(data).exists():
        return overall((), (), known, chosen=chosen)
    with opened(data, reading=True) as history:
        limit = MOST if choice.since else LOOKED_AT
        sittings = history.sittings(replace(choice, last=limit + 1))
        _refuse_nothing(sittings, history, chosen)
        looked = sittings[-limit:]
        entries = _entries(history, choice, looked)
        words = history.words([one.id for one in sampled(entries)])
        answers = _told(history, entries, packs)
    from voiceprep.progress import Said  # noqa: PLC0415  (heavy)

    said = [Said(one.at, one.duration, words[one.id]) for one in entries if one.id in words]
    return overall(looked, answers, known, said=said, measures=measures, earlier=len(sittings) > limit, chosen=chosen)


def _refuse_nothing(sittings: Sequence[Sitting], history: History, chosen: dict[str, str]) -> None:
    """Raise `InputError` where there is a history, but nothing in it of what was `chosen`."""
    if not sittings and len(history):
        what = ", ".join(f"{name} {value}" for name, value in chosen.items() if name != "measure")
        raise InputError(f"no saved answer fits: {what}", "See what there is with: voiceprep progress")


def _entries(history: History, choice: Choice, sittings: Sequence[Sitting]) -> list[Entry]:
    """Return the answers in `sittings`, without their words."""
    names = {one.name for one in sittings}
    first = min((one.at for one in sittings), default="")
    return [one for one in history.entries(replace(choice, since=max(choice.since, first))) if one.sitting in names]


def _told(history: History, entries: Sequence[Entry], packs: Sequence[Pack]) -> list[Told]:
    """Return `entries` with their questions as the `packs` have them today, and what was measured in the newest."""
    from voiceprep.progress import Told  # noqa: PLC0415  (heavy)
    from voiceprep.progress.overall import TAKES  # noqa: PLC0415  (same)
    from voiceprep.rating import Judge  # noqa: PLC0415  (same)

    known: dict[tuple[str, str], Question] = {(one.id, one.text): one for pack in packs for one in pack.questions}
    counts = history.measurements([one.id for one in entries[-TAKES:]], Judge({}).metrics)
    return [
        Told(
            one.id,
            one.at,
            one.question and known.get((one.question.id, one.question.text), one.question),
            counts.get(one.id, ()),
        )
        for one in entries
    ]


def _check(output: Path) -> None:
    """Raise `InputError` where `output` is not named as a page, or cannot be written."""
    from voiceprep.files import check_writable  # noqa: PLC0415  (not needed for --help)

    if ENDINGS.get(output.suffix.lower()) != "html":
        raise InputError(f"{output.name!r} does not end in a known format", "Use .html; for JSON there is --json.")
    check_writable(output)


def _write(found: Progress, output: Path) -> None:
    """Write the page to `output`, for its owner alone: it holds what was asked and said."""
    from voiceprep.files import write_text  # noqa: PLC0415  (not needed for --help)
    from voiceprep.report import progress_html  # noqa: PLC0415  (jinja2)

    page = progress_html.render(found)
    if not output.exists():
        os.close(os.open(output, os.O_CREAT | os.O_WRONLY, 0o600))
    write_text(output, page)
    click.echo(f"Written: {output}", err=True)
