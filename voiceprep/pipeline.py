"""The only place where all stages meet: a recording is decoded and heard, a text read; both are measured and judged."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep import (
    __version__,
    assess,
    config,
    correcting,
    disfluency,
    meaning,
    models,
    sentences,
    sound,
    star,
    tables,
    voice,
    written,
)
from voiceprep.audio import decode, encode
from voiceprep.errors import InputError
from voiceprep.hearing import stamped, transcribe
from voiceprep.history import Recount, rows
from voiceprep.model import (
    Assessment,
    Engine,
    Measurement,
    Question,
    Recording,
    Settings,
    Span,
    StarReading,
    Transcript,
    Waveform,
    Word,
)
from voiceprep.packs import same_question
from voiceprep.tables import ENGINES, FORMATS

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from voiceprep.audio import Decoded
    from voiceprep.correcting import Correction
    from voiceprep.engines import Recogniser
    from voiceprep.ground import Known
    from voiceprep.history import Record
    from voiceprep.scoring import OwnVoice

    # A stage ("decode", "hear"), what is done of it and what there is in all (0: not known), in its own unit.
    Progress = Callable[[str, float, float], None]
    Notice = Callable[[str], None]
    AnyPath = str | os.PathLike[str]


def _silent(*_: object) -> None:
    """Tell nobody."""


def _uncorrected(_sound: str) -> tuple[Correction, ...]:
    """Know of no corrections."""
    return ()


def hear(
    path: AnyPath, settings: Settings | None = None, *, progress: Progress = _silent, notice: Notice = _silent
) -> Transcript:
    """Return what is said in the recording at `path`: words with kinds and times, and the silent pauses.

    Without `settings` those of the user count. Raise `InputError` for a file that cannot be heard, `EngineError` where
    there is no model.
    """
    settings = settings or config.load_settings()
    return transcribe(_decode(path, progress), open_engine(settings, progress, notice), settings, progress)


def analyze(  # noqa: PLR0913  (one call does the whole job; all but three are named)
    path: AnyPath,
    question: Question | str | None = None,
    settings: Settings | None = None,
    *,
    at: str = "",
    question_end: float | None = None,
    sound_in_page: bool = True,
    engine: Recogniser | None = None,
    known: Known | None = None,
    own: Callable[[str], OwnVoice | None] = lambda _model: None,
    corrected: Callable[[str], Sequence[Correction]] = _uncorrected,
    text: bool = False,
    speaker: str = "",
    progress: Progress = _silent,
    notice: Notice = _silent,
) -> Assessment:
    """Return the assessment of the answer at `path` to `question` (an id of a pack, or any sentence).

    `at` is stamped in as the time it was made. `question_end` is the second of the recording at which the question
    ends. `sound_in_page` lets the HTML page carry the recording. `engine` hears it where one is given, else that of the
    settings; `known` is what is known of its sound beforehand (see `live`), and `own` gives for the SHA-256 of a model
    how right the user's own answers were heard with it (see `judge`). `corrected` gives for the SHA-256 of a recording
    what the user corrected of it, which is applied. Where the ending of `path` is that of a text, or `text` says that
    it is one, it is read instead, by `speaker` alone if it names several; no model is needed. Raise as `hear`.
    """
    settings = settings or config.load_settings()
    asked = find_question(question, settings)
    if text or written.is_written(Path(path)):
        how = {"at": at, "question_end": question_end, "speaker": speaker}
        answers = read(path, asked, settings, corrected=corrected, **how)  # type: ignore[arg-type]
        if len(answers) > 1:
            hint = "voiceprep.pipeline.read returns them all."
            raise InputError(f"'{path}' is a report with {len(answers)} answers", hint=hint)
        return answers[0]
    decoded = _decode(path, progress)
    transcript = transcribe(decoded, engine or open_engine(settings, progress, notice), settings, progress, known)
    drawn = sound.waveform(decoded.audio)
    voice_of_own = own(transcript.engine.sha256)
    result = judge(
        transcript, decoded.recording, asked, settings,
        at=at, question_end=question_end, waveform=drawn, own=voice_of_own,
        corrections=corrected(decoded.recording.sha256),
    )  # fmt: skip
    return replace(result, playback=encode(decoded.audio)) if sound_in_page else result


def read(
    path: AnyPath,
    question: Question | str | None = None,
    settings: Settings | None = None,
    *,
    at: str = "",
    question_end: float | None = None,
    speaker: str = "",
    corrected: Callable[[str], Sequence[Correction]] = _uncorrected,
) -> tuple[Assessment, ...]:
    """Return the assessments of the answers in the text at `path`: a report of ours may hold several, others hold one.

    It may be typed (standard input where `path` is `-`), captions, or a recogniser's JSON. `question` takes the place
    of one that a report names. Corrections are not applied to the answers of a report, which are as they were when it
    was made, nor to what one `speaker` says, for they may be of another's words. The rest is as in `analyze`. Raise
    `InputError` for what cannot be read.
    """
    settings = settings or config.load_settings()
    asked = find_question(question, settings)
    return tuple(
        judge(
            _relabelled(one.transcript, settings),
            one.recording,
            asked or one.question,
            settings,
            at=at,
            question_end=question_end,
            corrections=() if one.reported or speaker else corrected(one.recording.sha256),
        )
        for one in written.read(Path(path), settings.language, speaker)
    )


def judge_again(
    record: Record, settings: Settings | None = None, *, original: bool = False, own: OwnVoice | None = None
) -> Assessment:
    """Return the assessment of an answer that the history knows, by today's measures and bands; no sound is needed.

    It is that of the answer as the user corrected it, and says so; or, if asked for, of the `original`. `own` is as in
    `judge`.
    """
    settings = settings or config.load_settings()
    question, end = record.question, record.take.question_end if record.take else None
    question = question and with_pack(question, settings)
    corrections = () if original else record.corrections
    how = {"at": record.at, "question_end": end, "corrections": corrections, "own": own}
    return judge(record.transcript, record.recording, question, settings, **how)  # type: ignore[arg-type]


def with_pack(question: Question, settings: Settings) -> Question:
    """Return `question`, of which the history keeps id, text and kind, as a pack has it, if it is in one still."""
    return same_question(question, config.load_packs(settings.questions))


def recount(record: Record, settings: Settings | None = None) -> Recount:
    """Return what the corrections of `record` come to: the measurements that differ by today's measures.

    If the user checked the answer, also how right its filled pauses and filler words were heard.
    """
    settings = settings or config.load_settings()
    if not record.corrections:
        return Recount()
    before = {rows.counts(one.measurement) for one in judge_again(record, settings, original=True).findings}
    now = [one.measurement for one in judge_again(record, settings).findings]
    fixed = correcting.apply(record.transcript, record.corrections)
    kinds = sorted(correcting.HESITATIONS) if fixed.checked else ()
    checked = {kind: correcting.tally(record.transcript, fixed.transcript, kind) for kind in kinds}
    return Recount(tuple(one for one in now if rows.counts(one) not in before), checked)


def judge(  # noqa: PLR0913  (all but four are named)
    transcript: Transcript,
    recording: Recording,
    question: Question | None,
    settings: Settings,
    *,
    at: str = "",
    question_end: float | None = None,
    waveform: Waveform | None = None,
    taken: Mapping[str, Measurement] | None = None,
    corrections: Sequence[Correction] = (),
    own: OwnVoice | None = None,
) -> Assessment:
    """Return the assessment of `transcript`; measurements `taken` before, by the name of their metric, are kept.

    `corrections` of the user are applied to it. `own` is how right this user's answers were heard before, as far as the
    user checked them: it stands beside what it is about. The rest is as in `analyze`.
    """
    fixed = correcting.apply(transcript, corrections)
    answer = replace(
        assess.prepare(fixed.transcript, question, settings, read_star),
        question_end=question_end,
        checked=fixed.checked,
        notes=own.notes() if own else {},
    )
    answer, idle = correcting.apply_parts(answer, corrections)
    result = assess.assess(
        answer, recording, settings, version=__version__, at=at, waveform=waveform, taken=taken or {}
    )
    said = correcting.told(corrections, (*fixed.idle, *idle), timed=transcript.timed)
    return replace(result, caveats=(*said, *result.caveats)) if said else result


def _relabelled(transcript: Transcript, settings: Settings) -> Transcript:
    """Return `transcript` with its words labelled anew, by today's rules and the user's own lists of fillers."""
    words = disfluency.label(transcript.words, settings.fillers, settings.not_fillers)
    plain = {
        name: value for name, value in transcript.engine.settings.items() if name not in {"fillers", "not_fillers"}
    }
    return replace(transcript, words=words, engine=stamped(replace(transcript.engine, settings=plain), settings))


def render(assessments: Assessment | Sequence[Assessment], form: str = "text") -> str:
    """Return `assessments` in the format named `form`: text, html, json, md, csv, vtt or textgrid."""
    several = (assessments,) if isinstance(assessments, Assessment) else tuple(assessments)
    return tables.load(FORMATS, form)(several)  # type: ignore[no-any-return]


def read_star(sentences: Sequence[str]) -> StarReading:
    """Read STAR from `sentences` in the order spoken, by their meaning too where the model for it is installed."""
    return star.read_star(sentences, meaning.vectors(sentences))


def get_ready() -> None:
    """Load what a report needs besides the engine, so that it is there when somebody stops speaking.

    The report on a sentence is made and thrown away: that loads all that is loaded when it is needed first.
    """
    words = tuple(Word(text, Span(at / 2, at / 2 + 0.4)) for at, text in enumerate(("I", "fixed", "it.")))
    said = Transcript(words, (), (Span(0.0, 3.0),), 3.0, "en", 1.0, None, Engine("", "", "", ""))
    render(judge(said, Recording("", "", said.duration), None, Settings()))


def read_ahead(words: Sequence[Word]) -> None:
    """Read what `words`, the beginning of an answer, mean, so that it is known when the report is made."""
    meaning.vectors([sentence.text for sentence in sentences.split(disfluency.label(words), ())])


def find_question(question: Question | str | None, settings: Settings) -> Question | None:
    """Return `question` itself, the one with this id or text in the packs of `settings`, or None for None."""
    if question is None or isinstance(question, Question):
        return question
    return config.find_question(question, config.load_packs(settings.questions))


def open_engine(settings: Settings, progress: Progress = _silent, notice: Notice = _silent) -> Recogniser:
    """Return the engine for `settings`, found, verified and loaded; loaded once for the same settings."""

    def told(_label: str, done: int, whole: int) -> None:
        progress("model", done, whole)

    progress("model", 0.0, 0.0)
    model = models.find(settings.model, config.cache_dir(), offline=settings.offline, progress=told, notice=notice)
    return _loaded(model, replace(settings, questions=(), fillers=(), not_fillers=(), bands=()))  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def _loaded(model: models.Model, settings: Settings) -> Recogniser:
    return tables.load(ENGINES, "whisper")(model.path, settings, name=model.name, sha256=model.sha256)  # type: ignore[no-any-return]


def _decode(path: AnyPath, progress: Progress) -> Decoded:
    return decode(Path(path), voice.RATE, lambda done: progress("decode", done, 0.0))
