"""`voiceprep batch`: a folder of recorded answers in, reports, tables and an overview out."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli import Terminated, say_error
from voiceprep.cli.analyze import Name, open_history, place_of, question_from, settings_from, stamp_from
from voiceprep.cli.completion import complete_question
from voiceprep.errors import EngineError, InputError
from voiceprep.tables import EXECUTORS, FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceprep.batch.executors import Executor
    from voiceprep.batch.folder import Folder
    from voiceprep.batch.machine import Crew
    from voiceprep.batch.plan import Plan
    from voiceprep.batch.work import How, Job
    from voiceprep.cli.counter import Counter
    from voiceprep.model import Assessment, Settings

NO_REPORTS = "none"
EXAMPLES = """\b
Examples:
  voiceprep batch class/ --out results --pattern '{candidate}_{question}.wav'
  voiceprep batch class/ --out results --recursive --dry-run
  voiceprep batch answers.csv --out results --format html --format json
  voiceprep batch memos/*.m4a --out results --question tell-me-about-yourself
  voiceprep batch class/ --out results --executor dask --address tcp://head:8786
"""


@click.command("batch", epilog=EXAMPLES)
@click.argument("sources", nargs=-1, required=True, type=Name())
@click.option("-o", "--out", metavar="DIR", type=Name(), required=True, help="Folder for all results.")
@click.option("--pattern", metavar="TEXT", default="", help="How names say it: '{candidate}_{question}.wav'.")
@click.option("--recursive", is_flag=True, help="Look into folders inside folders too.")
@click.option(
    "--question",
    metavar="ID|TEXT",
    shell_complete=complete_question,
    help="The question of the recordings that have none of their own.",
)
@click.option("--questions", "packs", multiple=True, metavar="FILE", help="Another pack of questions. Repeatable.")
@click.option(
    "-f",
    "--format",
    "forms",
    multiple=True,
    metavar="FORMAT",
    help=f"A report a recording in this format: {', '.join(FORMATS)}; or {NO_REPORTS}. Repeatable. Default: html.",
)
@click.option("--no-sound", is_flag=True, help="HTML reports without the recording in them: far smaller.")
@click.option(
    "--anonymous", is_flag=True, help="Candidates as numbers; no names of files, no hashes and no sound in results."
)
@click.option("--save", is_flag=True, help="Keep the measurements in your history on this machine.")
@click.option("--dry-run", is_flag=True, help="Show what would be done and how long it would take; hear nothing.")
@click.option("--again", is_flag=True, help="Write all reports anew; what was heard is not heard again.")
@click.option(
    "--executor",
    metavar="NAME",
    default="processes",
    help=f"Who does the work: {', '.join(EXECUTORS)}. Default: processes.",
)
@click.option("--address", metavar="URL", default="", help="Scheduler of a Dask cluster, as tcp://HOST:8786.")
@click.option("--send", is_flag=True, help="Send the recordings to Dask workers that do not see your disk.")
@click.option("--workers", metavar="N", type=click.IntRange(0), default=0, help="Default: by cores and memory.")
@click.option("--threads", metavar="N", type=click.IntRange(0), help="Threads of each worker. Default: by cores.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Give a recording up after so long. Default: an hour.",
)
@click.option("--engine", metavar="NAME", default="whisper", help="Speech-to-text: whisper, or module:attribute.")
@click.option("--model", metavar="NAME", help="Name or folder of the Whisper model. Default: base.")
@click.option("--language", metavar="CODE", help="Language spoken, such as en. Default: auto, which listens for it.")
@click.option("--offline", is_flag=True, help="Never use the network, not even to fetch a model.")
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings to use. Default: your settings.toml.",
)
@click.option("--at", metavar="TIME", default="none", help="Stamp reports with this time. Default: none.")
@click.option(
    "--progress",
    type=click.Choice(["bar", "json", "none"]),
    help="On stderr: a bar, a line of JSON for each recording, or nothing. Default: a bar on a terminal.",
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@click.option("-q", "--quiet", is_flag=True, help="No talk and no progress, only errors.")
def command(sources: tuple[Path, ...], out: Path, **options: Any) -> int:  # noqa: ANN401
    """Turn many recordings into reports, a table and an overview.

    SOURCES are folders, recordings, and manifests: CSV or JSON lines with file, question, candidate. The question of a
    recording comes from the manifest, from a text beside it (answer.question.txt for answer.wav), from its name by
    --pattern, or from --question.

    The same command again goes on where it stopped: nothing is heard twice.
    """
    from voiceprep.batch.plan import plan  # noqa: PLC0415  (heavy)

    forms = _forms(options["forms"])
    if options["timeout"] and options["executor"] == "serial":
        raise InputError("--executor serial cannot give a recording up", hint="Use processes, or leave --timeout out.")
    settings = settings_from({**options, "threads": None})
    planned = plan(
        sources,
        _packs(settings),
        pattern=options["pattern"],
        recursive=options["recursive"],
        anonymous=options["anonymous"],
        otherwise=question_from(options["question"], settings),
    )
    how, crew = _how(settings, forms, options)
    if options["dry_run"]:
        return _show(planned, out, how, crew)
    return _batch(planned, out, how, crew, options)


def _forms(given: tuple[str, ...]) -> tuple[str, ...]:
    forms = tuple(dict.fromkeys(given or ("html",)))
    for form in forms:
        if form not in FORMATS and form != NO_REPORTS and ":" not in form:
            raise InputError(f"{form!r} is no format", hint=f"Known are: {', '.join(FORMATS)}; or {NO_REPORTS}.")
    return tuple(form for form in forms if form != NO_REPORTS)


def _packs(settings: Settings) -> Any:  # noqa: ANN401  (a tuple of packs, a type that is not imported here)
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    return config.load_packs(settings.questions)


def _how(settings: Settings, forms: tuple[str, ...], options: dict[str, Any]) -> tuple[How, Crew]:
    """Find the model, and say how recordings are heard and by how many workers."""
    from dataclasses import replace  # noqa: PLC0415  (not needed for --help)

    from voiceprep import config, models  # noqa: PLC0415  (heavy)
    from voiceprep.batch import machine  # noqa: PLC0415  (heavy)
    from voiceprep.batch.work import How  # noqa: PLC0415  (heavy)
    from voiceprep.tables import ENGINES  # noqa: PLC0415  (with the others)

    path, name, sha256, size, graphics = settings.model, settings.model, "", 0, 0
    # An engine of somebody else finds its own model.
    if options["engine"] in ENGINES:
        notice = (lambda _: None) if options["quiet"] else lambda text: click.echo(text, err=True)
        found = models.find(settings.model, config.cache_dir(), offline=settings.offline, notice=notice)
        path, name, sha256, size = str(found.path), found.name, found.sha256, found.size
        graphics = machine.graphics_here()
    elif ":" not in options["engine"]:
        raise InputError(f"{options['engine']!r} is no engine", hint=f"Known are: {', '.join(ENGINES)}.")
    serial = options["executor"] == "serial"
    crew = machine.crew(1 if serial else options["workers"], options["threads"] or 0, size, graphics=graphics)
    settings = replace(settings, threads=crew.threads)
    at, anonymous = stamp_from(options["at"]), options["anonymous"]
    sound = not (options["no_sound"] or anonymous)
    return How(settings, options["engine"], path, name, sha256, forms, sound, at, anonymous), crew


def _batch(planned: Plan, out: Path, how: How, crew: Crew, options: dict[str, Any]) -> int:
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)
    from voiceprep.batch import machine, speed  # noqa: PLC0415  (heavy)
    from voiceprep.batch.folder import KEPT, Folder  # noqa: PLC0415  (heavy)
    from voiceprep.batch.results import Results  # noqa: PLC0415  (heavy)
    from voiceprep.cli.counter import counter  # noqa: PLC0415  (not needed for --help)

    with ExitStack() as stack:
        stack.enter_context(_alone(out))
        history = stack.enter_context(open_history()) if options["save"] else None
        results = stack.enter_context(Results(out / KEPT))

        def save(assessment: Assessment, file: Path) -> None:
            if history is not None:
                history.save(assessment, place=place_of(file), recount=pipeline.recount)

        folder = Folder(
            out,
            planned.jobs,
            how,
            results,
            save=None if history is None else save,
            send=options["send"],
            afresh=options["again"],
        )
        told = counter(options["progress"], planned.jobs, quiet=options["quiet"], colour=not options["no_color"])
        stack.enter_context(told)
        for note in planned.notes:
            told.say(note)
        told.say(f"{crew}.")
        executor = _executor(options["executor"], crew, options["address"])
        code = _run(folder, executor, told, options["timeout"] or 3600.0)
        found = machine.speed_of(folder.heard)
        if found is not None and options["executor"] != "dask":
            speed.keep(how, found)
        names = folder.finish()
        told.say(_summary(folder, out / names[0]))
        if note := _corrected(folder):
            told.say(note)
        told.end(folder.done, len(folder.failures), code)
    return code


def _executor(name: str, crew: Crew, address: str) -> Executor:
    from voiceprep.tables import load  # noqa: PLC0415  (with the others)

    if address and name != "dask":
        raise InputError(f"--address is for Dask, and the executor is {name}", hint="Add --executor dask.")
    return load(EXECUTORS, name)(crew.workers, crew.threads, address)  # type: ignore[no-any-return]


def _run(folder: Folder, executor: Executor, told: Counter, limit: float) -> int:
    """Do all jobs, and return the exit code. Ctrl-C and an engine that cannot be opened end the run."""
    code, orderly = 0, False
    try:
        for outcome in folder.process(executor, limit):
            job = folder.jobs[outcome.place]
            told.add(job, outcome)
            failure = outcome.failure
            if failure and failure.fatal:
                say_error(EngineError(failure.message, failure.hint))
                return failure.exit_code
            code = max(code, failure.exit_code if failure else 0)
        orderly = True
    except KeyboardInterrupt as stop:
        return Terminated.exit_code if isinstance(stop, Terminated) else 130
    finally:
        executor.close(now=not orderly)
    return code


def _summary(folder: Folder, index: Path) -> str:
    from voiceprep.container import shown  # noqa: PLC0415  (with the others)

    count, bad = len(folder.jobs), len(folder.failures)
    left = count - folder.done - bad
    told = f"{folder.done} of {count} done"
    if bad:
        told += f", {bad} without a result (errors.csv says why)"
    if left:
        told += f", {left} to do: the same command goes on"
    return f"{told}. Overview: {shown(index)}"


def _corrected(folder: Folder) -> str:
    """Return what to say where the user corrected what was heard in a recording of `folder`: not in its reports."""
    from voiceprep.cli.folder import history_file  # noqa: PLC0415  (with the others)
    from voiceprep.history.correcting import peek_corrected  # noqa: PLC0415  (sqlite3)

    count = len(peek_corrected(history_file(None)).intersection(folder.sounds.values()))
    what = "one of these recordings" if count == 1 else f"{count} of these recordings"
    told = f"What you corrected of {what} counts in your history, not in these reports. With it: voiceprep analyze FILE"
    return told if count else ""


def _alone(out: Path) -> Any:  # noqa: ANN401  (a lock, from a package that is loaded late)
    """Make the folder `out`, and lock it against another run."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  (not needed for --help)

    from voiceprep.files import check_writable  # noqa: PLC0415  (only when writing)

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{str(out)!r} cannot be made a folder: {error.strerror}", hint="Give another place with --out."
        ) from error
    check_writable(out / "index.html")
    lock = FileLock(out / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"another voiceprep works in {str(out)!r}", hint="Wait for it, or stop it.") from None
    return lock


def _show(planned: Plan, out: Path, how: How, crew: Crew) -> int:
    """Print what would be done."""
    for line in _lines(planned, out, how, crew):
        click.echo(line)
    return max((2 for job in planned.jobs if job.problem), default=0)


def _lines(planned: Plan, out: Path, how: How, crew: Crew) -> Iterator[str]:
    from rich.cells import cell_len  # noqa: PLC0415  (not needed for --help)

    from voiceprep import wording  # noqa: PLC0415  (with the others)
    from voiceprep.batch import machine, speed  # noqa: PLC0415  (heavy)
    from voiceprep.batch.folder import survey  # noqa: PLC0415  (heavy)
    from voiceprep.container import shown  # noqa: PLC0415  (with the others)

    lengths = {job.path: machine.length_of(Path(job.path)) for job in planned.jobs}
    known, here = survey(out, planned.jobs, how)
    names = [job.name if how.anonymous else shown(Path(job.path).name) for job in planned.jobs]
    wide = [min(30, max(map(cell_len, column))) for column in (names, [job.candidate or "-" for job in planned.jobs])]
    for place, (job, name) in enumerate(zip(planned.jobs, names, strict=True)):
        length = lengths[job.path]
        state = "heard" if place in known else "new"
        time = wording.clock(length) if length is not None else "?"
        who, whose = (_padded(text, width) for text, width in zip((name, job.candidate or "-"), wide, strict=True))
        yield f"{state:5}  {time:>7}  {who}  {whose}  {_asked(job)}"
    yield from planned.notes
    todo = [lengths[job.path] for place, job in enumerate(planned.jobs) if place not in known and not job.problem]
    hear = sum(length for length in todo if length is not None)
    unknown = sum(length is None for length in todo)
    yield (
        f"{len(planned.jobs)} recordings, {len(known)} heard before, {len(todo)} to hear: "
        f"{wording.duration_text(hear)} of sound" + (f", and {unknown} of unknown length" if unknown else "") + "."
    )
    if not todo:
        return
    bases = [
        (here, "as fast as before in this folder"),
        (speed.known(how), "as fast as earlier batches on this machine"),
        (machine.SPEED, "a rough guess, half or twice as long is no surprise: the first run will tell"),
    ]
    rate, basis = next((rate, basis) for rate, basis in bases if rate)
    yield f"About {wording.duration_text(hear * rate / crew.workers)} with {crew}, {basis}."


def _padded(text: str, width: int) -> str:
    """Return `text` with blanks up to `width`; some letters take two places."""
    from rich.cells import cell_len  # noqa: PLC0415  (not needed for --help)

    return text + " " * (width - cell_len(text))


def _asked(job: Job) -> str:
    """Return in a few words what `job` answers: the id of a question that a pack has, else how its text begins."""
    if job.problem:
        return f"cannot be used: {job.problem}"
    if job.question is None:
        return "no question"
    text = job.question.text
    return (text if len(text) <= 40 else f"{text[:39]}…") if job.question.id == "typed" else job.question.id
