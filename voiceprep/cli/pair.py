"""What `voiceprep compare` is given: two names turned into answers of the history, sessions, or files heard now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep import __version__
from voiceprep.cli.answers import LAST, find, numbered, numeral, sound_of
from voiceprep.cli.folder import opened, own_corrections, sessions_in
from voiceprep.errors import InputError
from voiceprep.model import Assessment, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.cli.talk import Talk
    from voiceprep.comparison import Counted, Side
    from voiceprep.history import Entry, History, Record
    from voiceprep.metrics import Metric
    from voiceprep.model import Answer, Measurement, Playback, Settings, StarReading
    from voiceprep.packs import Pack

# What is read from the parts of the story. Reading them anew takes a model that takes longer to load than all the rest
# to do, and the history has what it came to.
READ_FROM_PARTS = frozenset(
    {"one_event", "situation", "task", "action", "result", "star_parts", "result_numbers", "i_share"}
)
_LIST = "See what there is with: voiceprep sessions"


@dataclass(frozen=True, slots=True)
class Given:
    """What one side is: an answer of the history by its `answer`, the answers of a `sitting`, or a `file`.

    An answer has a `sitting` too where it was named by that, as the only one in it.
    """

    name: str
    answer: int | None = None
    sitting: str = ""
    file: Path | None = None

    @property
    def many(self) -> bool:
        """Whether it is a session."""
        return self.answer is None and self.file is None


def given(first: str, second: str, data: Path | None) -> tuple[Given, Given]:
    """Return what `first` and `second` mean: the id of an answer, a file, a session, or a take of one (SESSION/N).

    A session of one answer is that answer, unless the other is a session; `last` is the newest answer, if the other is
    an answer, and else the newest session. Raise `InputError` where a name is nothing of these, or where one is an
    answer and the other is not.
    """
    one, other = _given(first, data), _given(second, data)
    one, other = _like(one, other, data), _like(other, one, data)
    if one.many != other.many:
        many, single = (one, other) if one.many else (other, one)
        raise InputError(
            f"{many.name} is a session and {single.name} one answer",
            f"Give two sessions, or an answer of it: {many.sitting}/1",
        )
    return one, other


def _like(one: Given, other: Given, data: Path | None) -> Given:
    """Return `one` as a session or as an answer, whichever `other` is, where its name may mean both."""
    if one.many == other.many:
        return one
    if one.many and one.name == LAST:
        with opened(data, reading=True) as history:
            return Given(LAST, answer=find(LAST, history).id)
    return Given(one.name, sitting=one.sitting) if one.sitting and other.name != LAST else one


def _given(name: str, data: Path | None) -> Given:
    if name.isdecimal():
        return Given(name, answer=numeral(name))
    path = Path(name)
    if path.is_file():
        return Given(name, file=path)
    with opened(data, reading=True) as history:
        return _in_history(name, history)


def _in_history(name: str, history: History) -> Given:
    from voiceprep.history import Choice  # noqa: PLC0415  (not needed for --help)

    wanted, _, number = name.partition("/")
    if wanted == LAST:
        newest = history.entries(Choice(last=1))
        if not newest:
            raise InputError("the history is empty", "Begin with: voiceprep practice")
        wanted = newest[0].sitting
    entries = history.entries(Choice(sitting=wanted))
    if not entries:
        raise _unknown(name, history)
    if not number:
        return Given(name, entries[0].id if len(entries) == 1 else None, wanted)
    found = [entry for at, entry in numbered(entries) if str(at) == number]
    if not found:
        known = ", ".join(str(at) for at, _ in numbered(entries))
        raise InputError(f"session {wanted} has no answer {number!r}", f"It has: {known}.")
    return Given(name, answer=found[0].id)


def _unknown(name: str, history: History) -> InputError:
    from difflib import get_close_matches  # noqa: PLC0415  (only paid for after a mistake)

    if "." in name or name.count("/") > 1:
        return InputError(f"there is no file {name!r}", "Give a file, an id of the history, or a session.")
    known = list(dict.fromkeys(entry.sitting for entry in history.entries()))
    near = get_close_matches(name.partition("/")[0], known, 3)
    return InputError(
        f"{name!r} is no file, no session and no id of an answer",
        f"Did you mean {' or '.join(map(repr, near))}?" if near else _LIST,
    )


def newest(count: int, question: str, data: Path | None) -> tuple[Given, Given]:
    """Return the first and the last of the newest `count` answers, or of those to the `question` with this id."""
    from voiceprep.history import Choice  # noqa: PLC0415  (not needed for --help)

    with opened(data, reading=True) as history:
        found = history.entries(Choice(question=question, last=count))
        if len(found) < count:
            raise _too_few(found, question, history)
    return Given(str(found[0].id), answer=found[0].id), Given(str(found[-1].id), answer=found[-1].id)


def _too_few(found: tuple[Entry, ...], question: str, history: History) -> InputError:
    from difflib import get_close_matches  # noqa: PLC0415  (only paid for after a mistake)

    what = f"{len(found) or 'no'} answer{'' if len(found) == 1 else 's'}"
    if not question:
        return InputError(f"the history has {what}", "Keep more with: voiceprep practice, or voiceprep analyze --save")
    known = dict.fromkeys(entry.question.id for entry in history.entries() if entry.question and entry.question.id)
    near = [one for one in get_close_matches(question, list(known), 3) if one != question]
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Answer it once more, or leave --question out."
    return InputError(f"the history has {what} to {question!r}", hint)


def sitting(one: Given, data: Path | None) -> Counted:
    """Return the counts of a session of the history."""
    from voiceprep.comparison import Counted, Side  # noqa: PLC0415  (heavy)
    from voiceprep.history import Choice  # noqa: PLC0415  (not needed for --help)

    with opened(data, reading=True) as history:
        entries = history.entries(Choice(sitting=one.sitting))
        answers = [entry.id for entry in entries]
        known, corrected = history.measurements(answers), len(history.corrections(answers))
    counted = "counts as you corrected it" if corrected == 1 else "count as you corrected them"
    side = Side(
        f"session {one.sitting}",
        entries[0].at,
        seconds=sum(entry.duration for entry in entries),
        answers=len(entries),
        heard=", ".join(sorted({entry.model for entry in entries})),
        corrected=(f"{corrected} of its answers {counted}.",) if corrected else (),
    )
    return Counted(side, tuple(known.values()))


def answer(one: Given, settings: Settings, data: Path | None, *, labelled: bool, sound: bool) -> Side:
    """Return an answer of the history, judged by today's measures and bands.

    What was kept counts, unless it is of another version. Sentences are read again, so that each has its part, only if
    `labelled`: what the parts came to is kept. With `sound` its recording is with it, if that
    is there and the same.
    """
    from voiceprep.comparison import Side  # noqa: PLC0415  (heavy)

    with opened(data, reading=True) as history:
        record = history.record(one.answer or 0)
        if record is None:
            last = history.entries()[-1:]
            hint = f"The newest answer is {last[0].id}." if last else "Nothing is kept yet: voiceprep practice"
            raise InputError(f"the history has no answer {one.name}", hint)
        counted = history.measurements([record.id])[record.id]
    assessment = _judged(record, counted, settings, labelled=labelled)
    if sound:
        assessment = replace(assessment, playback=_sound(record, data))
    place = f"{record.take.session}/{record.take.number}" if record.take else record.recording.name
    return Side(
        f"answer {record.id} ({place})",
        record.at,
        record.question.text if record.question else "",
        record.recording.duration,
        id=record.id,
        heard=record.transcript.engine.model,
        corrected=assessment.caveats,
        assessment=assessment,
    )


def _judged(record: Record, counted: Sequence[Measurement], settings: Settings, *, labelled: bool) -> Assessment:
    """Return `record` judged by today's measures and bands, without what only a report on it alone would say.

    Its caveats are what the user corrected of it.
    What was `counted` in it is taken as it was kept, where it is of today's version.
    """
    from voiceprep import assess, correcting, star  # noqa: PLC0415  (heavy)
    from voiceprep.comparison import PLACED  # noqa: PLC0415  (same)
    from voiceprep.packs import same_question  # noqa: PLC0415  (same)
    from voiceprep.tables import METRICS, load  # noqa: PLC0415  (same)

    known = {one.metric: one for one in counted if one.metric in METRICS and one.version == _version(one, record)}
    corrected = {one.metric for one in record.corrected}
    whole = known.keys() >= READ_FROM_PARTS and not labelled
    read = star.read_star if whole else _with_meaning
    fixed = correcting.apply(record.transcript, record.corrections)
    asked = record.question and same_question(record.question, _packs(settings.questions))
    prepared = assess.prepare(fixed.transcript, asked, settings, read)
    end = record.take.question_end if record.take else None
    ready, idle = correcting.apply_parts(replace(prepared, question_end=end, checked=fixed.checked), record.corrections)
    findings = tuple(
        _found(load(METRICS, name), ready, settings, known.get(name), again=name in PLACED, corrected=name in corrected)
        for name in METRICS
        if load(METRICS, name).applies(ready)
    )
    return Assessment(
        record.recording,
        fixed.transcript,
        findings,
        __version__,
        record.at,
        ready.question,
        ready.sentences,
        ready.star,
        caveats=correcting.told(record.corrections, (*fixed.idle, *idle), timed=record.transcript.timed),
    )


def _found(
    metric: Metric, answer: Answer, settings: Settings, known: Measurement | None, *, again: bool, corrected: bool
) -> Finding:
    """Return what `metric` finds in `answer`: as it is `known`, unless it is measured `again` for the places of events.

    What the user `corrected` counts even so.
    """
    measurement = known
    if known is None or again:
        measured = metric.measure(answer)
        measurement = replace(known, evidence=measured.evidence) if known and corrected else measured
    assert measurement is not None  # noqa: S101  (for the type checker: it was measured where it was not known)
    band = settings.bands.get(metric.name) or metric.band(answer)
    unit = metric.unit if answer.transcript.timed else metric.unit_of_text or metric.unit
    verdict = band.judge(measurement.value) if band else Verdict.UNJUDGED
    return Finding(metric.label, unit, metric.group, measurement, verdict, band)


def _version(measurement: Measurement, record: Record) -> int:
    """Return the version that the metric of `measurement` has today for an answer like that of `record`."""
    from voiceprep.metrics import OF_WORDS  # noqa: PLC0415  (heavy)
    from voiceprep.tables import METRICS, load  # noqa: PLC0415  (same)

    metric = load(METRICS, measurement.metric)
    of_words = bool(metric.unit_of_text) and not record.transcript.timed
    return int(metric.version) + OF_WORDS * of_words


def _with_meaning(sentences: object) -> StarReading:
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    return pipeline.read_star(sentences)  # type: ignore[arg-type]


@cache
def _packs(files: tuple[str, ...]) -> Sequence[Pack]:
    """Return the packs of questions: read once for both answers."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    return config.load_packs(files)


def _sound(record: Record, data: Path | None) -> Playback | None:
    """Return the sound of `record` as a page carries it, or None where its recording is gone or another one."""
    from voiceprep import audio  # noqa: PLC0415  (heavy)

    path = sound_of(record, sessions_in(data))
    if path is None:
        return None
    try:
        return audio.encode(audio.decode(path).audio)
    except (InputError, OSError):
        return None


def file(
    one: Given, question: str | None, settings: Settings, data: Path | None, talk: Talk, place: int, *, sound: bool
) -> Side:
    """Return the answer in a file: heard now, or read if it is a text or a report.

    What the user corrected of that very recording, in the history in the folder `data`, counts.
    """
    from voiceprep import correcting, pipeline, written  # noqa: PLC0415  (heavy)
    from voiceprep.comparison import Side  # noqa: PLC0415  (same)

    assert one.file is not None  # noqa: S101  (for the type checker: files come here)
    how: dict[str, Any] = {"corrected": own_corrections(data)}
    if written.is_written(one.file):
        assessment = pipeline.analyze(one.file, question, settings, **how)
    else:
        with talk.about(one.file, place, 2) as progress:
            how |= {"progress": progress, "notice": talk.say, "sound_in_page": sound}
            assessment = pipeline.analyze(one.file, question, settings, **how)
    return Side(
        assessment.recording.name,
        "",
        assessment.question.text if assessment.question else "",
        assessment.transcript.duration,
        heard=assessment.transcript.engine.model,
        corrected=tuple(one for one in assessment.caveats if correcting.told_to_others(one) is not None),
        assessment=assessment,
    )
