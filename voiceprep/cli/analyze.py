"""`voiceprep analyze`: recordings and texts in, reports out."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli import Terminated, say_error
from voiceprep.cli.completion import complete_question
from voiceprep.cli.destination import destination
from voiceprep.cli.folder import own_corrections, own_voice
from voiceprep.cli.talk import Talk
from voiceprep.errors import EngineError, HistoryError, InputError
from voiceprep.tables import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceprep.correcting import Correction
    from voiceprep.history import History, Record, Recount
    from voiceprep.model import Assessment, Question, Settings

EXAMPLES = """\b
Examples:
  voiceprep analyze answer.m4a
  voiceprep analyze answer.m4a --question scope-decision -o report.html
  voiceprep analyze answer.m4a --question "Why do you want this job?"
  voiceprep analyze -f json monday/*.wav | jq '.answers[].findings[0]'
  voiceprep analyze -f html -o reports/ *.m4a
  voiceprep analyze --text answer.txt --question scope-decision
  voiceprep analyze meeting.vtt --speaker "Anna Smith"
"""


class Name(click.Path):
    """The name of a file; whether it can be read is found out file by file."""

    def __init__(self) -> None:
        super().__init__(readable=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401  (click's signature)
        """Refuse the empty name, which an unset variable of a shell leaves; it would mean the folder one is in."""
        if not str(value):
            raise InputError("the name of a file is empty", hint="In a script: check that the variable is set.")
        return super().convert(value, param, ctx)


@click.command("analyze", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=Name())
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
    type=Name(),
    help="Write to this file, whose ending says the format; a folder gets one report a recording. "
    "Default: the terminal.",
)
@click.option(
    "--question",
    metavar="ID|TEXT",
    shell_complete=complete_question,
    help="The question that was answered: its id, or its text.",
)
@click.option(
    "--text",
    is_flag=True,
    help="FILES are texts, not recordings: typed answers or transcripts; - reads standard input. Not needed for "
    "names that end in .txt, .md, .vtt, .srt or .json.",
)
@click.option(
    "--speaker", metavar="NAME", default="", help="In a transcript that names several speakers: read this one alone."
)
@click.option(
    "--question-end",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    help="When the question ends in the recording: measures how long you took to answer.",
)
@click.option("--questions", "packs", multiple=True, metavar="FILE", help="Another pack of questions. Repeatable.")
@click.option("--save", is_flag=True, help="Keep the measurements in your history on this machine.")
@click.option("--as-new", is_flag=True, help="With --save: another entry, even where this recording has one already.")
@click.option("--redact", is_flag=True, help="For a mentor: no sound, names and numbers masked. Read it through first.")
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

    FILES are sound or video files of any common kind. Texts are read as they are, without a model: typed answers,
    WebVTT and SubRip captions, the JSON of Whisper and its kin, and reports of voiceprep as JSON. The report goes to
    the terminal, or to the file named with -o. Model, language and threads can be set for good in settings.toml:
    voiceprep doctor says where it is.
    """
    if options["as_new"] and not options["save"]:
        raise click.UsageError("--as-new is about what --save keeps: give --save too.")
    where = destination(output, form, len(files), colour=not options["no_color"])
    settings = settings_from(options)
    question = question_from(options["question"], settings)
    from voiceprep.history.correcting import of_recording  # noqa: PLC0415  (not needed for --help)
    from voiceprep.redaction import redact  # noqa: PLC0415  (same)
    from voiceprep.report.plain import one_line  # noqa: PLC0415  (same)

    with ExitStack() as stack:
        talk = stack.enter_context(Talk(quiet=options["quiet"], colour=not options["no_color"]))
        history = stack.enter_context(open_history()) if options["save"] else None
        kept: dict[int, bool] = {}

        def keep(assessment: Assessment, file: Path) -> None:
            shown, recount, asked = assessment, None, assessment.question
            known: tuple[int, ...] = ()
            if history is not None and not options["as_new"]:
                known = of_recording(history, assessment.recording.sha256)
                assessment = _to_known_question(assessment, known, history, settings, options["question_end"])
                shown, recount = _corrected(assessment, known, history, settings, options["question_end"])
            path = where.add(redact(shown) if options["redact"] else shown)
            if path:
                talk.say(f"Report: {talk.shown(path)}")
            if history is not None:
                answer = history.save(assessment, place=place_of(file), apart=options["as_new"], recount=recount)
                kept[answer] = answer in known
                if assessment.question and not asked:
                    talk.say(f"Its question stays: {one_line(assessment.question.text)}")

        in_page = where.form == "html" and not options["redact"]
        how = {
            "at": stamp_from(options["at"]),
            "question_end": options["question_end"],
            "sound_in_page": in_page,
            "text": options["text"],
            "speaker": options["speaker"],
            # What is saved is what was heard, and corrected beside it.
            "corrected": own_corrections(None) if history is None else lambda _sound: (),
        }
        done, code = _each(files, question, settings, talk, keep, **how)
        saved = f"{_kept_as(kept, history)} in {history.path}" if history is not None and kept else ""
    path = where.finish()
    if path:
        talk.say(f"Report: {talk.shown(path)}")
    if options["redact"] and done:
        talk.say("Read it through before you send it.")
    if saved:
        talk.say(saved)
    return code


def settings_from(options: dict[str, Any]) -> Settings:
    """Return the settings of the file with what `options` say instead. Raise `InputError` for what cannot be one."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    settings = config.load_settings(options["settings_file"])
    language = options["language"]
    if language is not None and not re.fullmatch("[a-z]{2,3}|auto", language):
        raise InputError(f"{language!r} is no code of a language", hint="Give two letters, such as en or de; or auto.")
    given = {name: options[name] for name in ("model", "language", "threads") if options[name] is not None}
    packs = (*settings.questions, *options["packs"])
    return replace(settings, **given, questions=packs, offline=settings.offline or options["offline"])


def question_from(question: str | None, settings: Settings) -> Question | None:
    """Return the question with this id or text, or None for None."""
    if question is None:
        return None
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    try:
        packs = config.load_packs(settings.questions)
    except InputError as error:
        hint = error.hint or "All that is wrong with a pack: voiceprep questions validate FILE"
        raise InputError(error.message, hint) from error
    return config.find_question(question, packs)


def stamp_from(at: str | None) -> str:
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
    files: Sequence[Path],
    question: Question | None,
    settings: Settings,
    talk: Talk,
    keep: Callable[[Assessment, Path], None],
    **how: Any,  # noqa: ANN401  (what `_answers` takes)
) -> tuple[int, int]:
    """Give `keep` the assessment of each of `files`. Return how many were kept, and the exit code.

    `how` goes to `_answers`. A file that fails is named and the others go on. Ctrl-C, a failing engine and a
    failing history end the list, and what is done is kept.
    """
    code = done = 0
    for number, file in enumerate(files, 1):
        try:
            assessments = _answers(file, question, settings, talk, (number, len(files)), **how)
            for assessment in assessments:
                keep(assessment, file)
        except InputError as error:
            say_error(error)
            code = max(code, error.exit_code)
        except (EngineError, HistoryError) as error:
            say_error(error)
            return done, error.exit_code
        except KeyboardInterrupt as stop:
            talk.say(f"Stopped. {done} of {len(files)} done.")
            return done, Terminated.exit_code if isinstance(stop, Terminated) else 130
        else:
            done += 1
            for assessment in assessments:
                if not assessment.transcript.words:
                    talk.say(_nobody(talk.shown(file), assessment))
    return done, code


def _answers(
    file: Path,
    question: Question | None,
    settings: Settings,
    talk: Talk,
    place: tuple[int, int],
    *,
    text: bool,
    speaker: str,
    sound_in_page: bool,
    **how: Any,  # noqa: ANN401  (what reading and hearing share)
) -> tuple[Assessment, ...]:
    """Return the assessments of what `file`, at its `place` among so many, holds: several only if it is a report."""
    from voiceprep import pipeline, written  # noqa: PLC0415  (heavy)

    if text or written.is_written(file):
        if str(file) == written.STANDARD_INPUT and sys.stdin.isatty():
            talk.say("Type your answer. Ctrl-D on a line of its own ends it (on Windows Ctrl-Z and Enter).")
        return pipeline.read(file, question, settings, speaker=speaker, **how)
    if speaker:
        raise InputError("a recording does not name its speakers", hint="--speaker is for transcripts that do.")
    with talk.about(file, *place) as progress:
        how |= {"sound_in_page": sound_in_page, "progress": progress, "notice": talk.say}
        return (pipeline.analyze(file, question, settings, own=own_voice(None), **how),)


def _corrected(
    assessment: Assessment, known: Sequence[int], history: History, settings: Settings, question_end: float | None
) -> tuple[Assessment, Callable[[Record], Recount]]:
    """Return `assessment` as the user corrected that recording before, and what counts it again for the history.

    `known` are the answers of that recording.
    """
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.history import correcting  # noqa: PLC0415  (same)

    def recount(record: Record) -> Recount:
        return pipeline.recount(record, settings)

    corrections = correcting.corrections(history, known[-1]) if known else ()
    if not corrections:
        return assessment, recount
    return _judged(assessment, assessment.question, settings, question_end, corrections), recount


def _to_known_question(
    assessment: Assessment, known: Sequence[int], history: History, settings: Settings, question_end: float | None
) -> Assessment:
    """Return `assessment`; where it is to no question, as one to that of the newest of the `known` answers."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.history import Choice  # noqa: PLC0415  (same)

    if assessment.question is not None or not known:
        return assessment
    (before,) = history.entries(Choice(ids=(known[-1],)))
    if before.question is None:
        return assessment
    return _judged(assessment, pipeline.with_pack(before.question, settings), settings, question_end)


def _judged(
    assessment: Assessment,
    question: Question | None,
    settings: Settings,
    question_end: float | None,
    corrections: Sequence[Correction] = (),
) -> Assessment:
    """Return `assessment` made again, of the same words, as one to `question` and with `corrections`."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    model = assessment.transcript.engine.sha256
    again = pipeline.judge(
        assessment.transcript,
        assessment.recording,
        question,
        settings,
        at=assessment.at,
        question_end=question_end,
        waveform=assessment.waveform,
        corrections=corrections,
        own=own_voice(None)(model) if model else None,
    )
    return replace(again, playback=assessment.playback)


def _kept_as(kept: Mapping[int, bool], history: History) -> str:
    """Return what to say of the answers that were `kept`, each with whether it was there already."""
    from voiceprep.history import Choice  # noqa: PLC0415  (sqlite3)

    numbers, before = sorted(kept), sum(kept.values())
    if len(numbers) == 1:
        (entry,) = history.entries(Choice(ids=(numbers[0],)))
        already = f", which was there already (its date stays {entry.at[:10]}),"
        return f"Saved as answer {numbers[0]}{already if before else ''}"
    apart = numbers[-1] - numbers[0] >= len(numbers)
    named = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}" if apart else f"{numbers[0]} to {numbers[-1]}"
    already = f", of which {before} {'was' if before == 1 else 'were'} there already (dates stay),"
    return f"Saved as answers {named}{already if before else ''}"


def _nobody(name: str, assessment: Assessment) -> str:
    """Return what to say of the recording `name` in which no word was heard."""
    heard = assessment.transcript
    what = f"No speech was heard in {name}"
    if heard.caveats:
        return f"{what}. {' '.join(heard.caveats)}"
    return f"{what}. Play it: if you hear yourself, record again, louder or nearer to the microphone."


def place_of(file: Path) -> str:
    """Return where `file` lies, for the history; empty where it is standard input."""
    return str(file.resolve()) if file.exists() else ""


def open_history() -> History:
    """Open the history: before anything is heard, so that nothing is heard in vain."""
    from voiceprep import config  # noqa: PLC0415  (only with --save)
    from voiceprep.history import History  # noqa: PLC0415  (only with --save)

    return History(config.data_dir() / "history.db")
