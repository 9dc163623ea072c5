"""`voiceprep analyze`: recordings in, reports out."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli import say_error
from voiceprep.cli.completion import complete_question
from voiceprep.cli.talk import Talk
from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS, FORMATS, format_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Assessment, Question, Settings

EXAMPLES = """\b
Examples:
  voiceprep analyze answer.m4a
  voiceprep analyze answer.m4a --question scope-decision -o report.html
  voiceprep analyze answer.m4a --question "Why do you want this job?"
  voiceprep analyze -f json monday/*.wav | jq '.answers[].findings[0]'
  voiceprep analyze -f html -o reports/ *.m4a
"""


@click.command("analyze", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--format",
    "form",
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}. Default: by the ending of -o, else text.",
)
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write to this file, whose ending says the format; a folder gets one report a recording. "
    "Default: the terminal.",
)
@click.option(
    "--question",
    metavar="ID|TEXT",
    shell_complete=complete_question,
    help="The question that was answered: its id, or its text.",
)
@click.option("--questions", "packs", multiple=True, metavar="FILE", help="Another pack of questions. Repeatable.")
@click.option("--save", is_flag=True, help="Keep the measurements in your history on this machine.")
@click.option("--model", metavar="NAME", help="Name or folder of the Whisper model. Default: base.")
@click.option("--language", metavar="CODE", help="Language spoken, such as en. Default: auto, which listens for it.")
@click.option("--threads", metavar="N", type=click.IntRange(0), help="Processor threads to use. Default: 0, all.")
@click.option("--offline", is_flag=True, help="Never use the network, not even to fetch a model.")
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings to use. Default: your settings.toml.",
)
@click.option(
    "--at",
    metavar="TIME",
    help="Stamp the report with this time, as 2026-05-01T09:30; 'none' leaves it out. Default: now.",
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@click.option("-q", "--quiet", is_flag=True, help="No talk and no progress, only the report and errors.")
def command(files: tuple[Path, ...], form: str | None, output: Path | None, **options: Any) -> int:  # noqa: ANN401
    """Turn recordings of answers into feedback reports.

    FILES are sound or video files of any common kind. The report goes to the terminal, or to the file named with -o.
    Model, language and threads can be set for good in settings.toml: voiceprep doctor says where it is.
    """
    shape = _format(form, output)
    settings = _settings(options)
    question = _question(options["question"], settings)
    with Talk(quiet=options["quiet"], colour=not options["no_color"]) as talk:
        done, code = _each(files, question, settings, talk, at=_stamp(options["at"]), sound_in_page=shape == "html")
    if done and options["save"]:
        _save(done, talk)
    if done:
        code = max(code, _write(done, shape, output, talk, colour=not options["no_color"]))
    return code


def _format(form: str | None, output: Path | None) -> str:
    """Return the format that was asked for by name, by the ending of `output`, or by being a terminal."""
    if form is None:
        return "text" if output is None else "html" if _is_folder(output) else format_of(output)
    if form not in FORMATS and ":" not in form:
        raise InputError(f"{form!r} is no format", hint=f"Known are: {', '.join(FORMATS)}.")
    return form


def _is_folder(path: Path) -> bool:
    return path.is_dir() or not path.suffix


def _settings(options: dict[str, Any]) -> Settings:
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    settings = config.load_settings(options["settings_file"])
    given = {name: options[name] for name in ("model", "language", "threads") if options[name] is not None}
    packs = (*settings.questions, *options["packs"])
    return replace(settings, **given, questions=packs, offline=settings.offline or options["offline"])


def _question(question: str | None, settings: Settings) -> Question | None:
    if question is None:
        return None
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    return config.find_question(question, config.load_packs(settings.questions))


def _stamp(at: str | None) -> str:
    """Return the time to stamp: the one given, the one of SOURCE_DATE_EPOCH, or now, to the second."""
    if at == "none":
        return ""
    if at is not None:
        try:
            return datetime.fromisoformat(at).isoformat(timespec="seconds")
        except ValueError:
            raise InputError(f"{at!r} is not a time", hint="Write it as 2026-05-01T09:30, or none.") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if epoch.isdecimal() else time.time()
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _each(
    files: Sequence[Path], question: Question | None, settings: Settings, talk: Talk, *, at: str, sound_in_page: bool
) -> tuple[list[Assessment], int]:
    """Return the assessments of `files` and the exit code; one that fails is named and the others go on.

    Ctrl-C ends the list, and what is done is kept. Without an engine there is nothing to go on with.
    """
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    done: list[Assessment] = []
    code = 0
    for number, file in enumerate(files, 1):
        try:
            with talk.about(file, number, len(files)) as progress:
                done.append(
                    pipeline.analyze(
                        file,
                        question,
                        settings,
                        at=at,
                        sound_in_page=sound_in_page,
                        progress=progress,
                        notice=talk.say,
                    )
                )
        except InputError as error:
            say_error(error)
            code = max(code, error.exit_code)
        except KeyboardInterrupt:
            talk.say(f"Stopped. {len(done)} of {len(files)} done.")
            return done, 130
        else:
            if not done[-1].transcript.words:
                talk.say(f"No speech was heard in {talk.shown(file)}.")
    return done, code


def _save(done: Sequence[Assessment], talk: Talk) -> None:
    from voiceprep import config  # noqa: PLC0415  (only with --save)
    from voiceprep.history import History  # noqa: PLC0415  (only with --save)

    path = config.data_dir() / "history.db"
    with History(path) as history:
        for assessment in done:
            history.save(assessment)
    talk.say(f"Saved in {path}")


def _write(done: Sequence[Assessment], form: str, output: Path | None, talk: Talk, *, colour: bool) -> int:
    """Print the report, or write it to the file or folder `output`. Return the exit code."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.files import write_text  # noqa: PLC0415  (only when writing)

    if output is None:
        _print(done, form, colour=colour)
        return 0
    if not _is_folder(output):
        write_text(output, pipeline.render(done, form))
        talk.say(f"Report: {talk.shown(output)}")
        return 0
    for path, assessment in _in_folder(done, form, output):
        write_text(path, pipeline.render(assessment, form))
        talk.say(f"Report: {talk.shown(path)}")
    return 0


def _in_folder(done: Sequence[Assessment], form: str, folder: Path) -> list[tuple[Path, Assessment]]:
    """Return a path in `folder` for each of `done`; recordings with the same name get a number."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{str(folder)!r} cannot be made a folder: {error.strerror}") from error
    ending = next((ending for ending, name in ENDINGS.items() if name == form), ".txt")
    taken: dict[str, int] = {}
    out = []
    for assessment in done:
        stem = Path(assessment.recording.name).stem or "answer"
        taken[stem] = taken.get(stem, 0) + 1
        out.append((folder / f"{stem}{f'-{taken[stem]}' if taken[stem] > 1 else ''}{ending}", assessment))
    return out


def _print(done: Sequence[Assessment], form: str, *, colour: bool) -> None:
    """Print on stdout; the text format fits itself to the terminal."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    if form != "text":
        data = pipeline.render(done, form)
        # What a program reads is UTF-8, whatever the terminal speaks.
        click.echo(data if sys.stdout.isatty() else data.encode("utf-8", "backslashreplace"), nl=False)
        return
    from voiceprep.cli.talk import terminal  # noqa: PLC0415  (heavy)
    from voiceprep.report import text  # noqa: PLC0415  (heavy)

    width, coloured, plain = terminal(sys.stdout, colour=colour)
    click.echo(text.render(done, width=width, colour=coloured, ascii=plain), nl=False)
