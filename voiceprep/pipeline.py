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
    hesitation,
    meaning,
    models,
    nuclei,
    pitch,
    sentences,
    sound,
    spectrum,
    star,
    tables,
    timeline,
    voice,
    written,
)
from voiceprep.audio import decode, encode
from voiceprep.errors import InputError
from voiceprep.ground import begins_with
from voiceprep.history import Recount, rows
from voiceprep.model import (
    Assessment,
    Audio,
    Engine,
    Hesitation,
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
    from voiceprep.engines import Hearing, Recogniser
    from voiceprep.ground import Known
    from voiceprep.history import Record
    from voiceprep.scoring import OwnVoice
    from voiceprep.sound import Levels

    # A stage ("decode", "hear"), what is done of it and what there is in all (0: not known), in its own unit.
    Progress = Callable[[str, float, float], None]
    Notice = Callable[[str], None]
    AnyPath = str | os.PathLike[str]

# Version of how sound becomes a transcript: raised when the same sound gives another one, so that no kept one is used.
HEARING = 2
# In less nobody says anything, and Whisper makes up words for it: of forty cuts of 0.2 s from speech, 25 got some.
SHORTEST = 0.5
# The loudest that a muted microphone gives, in dB below full scale: the last bit of 16 flickers at -96.
SILENT = -85.0
# A cough or a chair may pass for less of a voice than this.
LEAST_VOICE = 1.0


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
    was made. The rest is as in `analyze`. Raise `InputError` for what cannot be read.
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
            corrections=() if one.reported else corrected(one.recording.sha256),
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
    return replace(transcript, words=words, engine=_stamped(replace(transcript.engine, settings=plain), settings))


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
    judge(said, Recording("", "", said.duration), None, Settings())


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


def transcribe(
    decoded: Decoded,
    engine: Recogniser,
    settings: Settings,
    progress: Progress = _silent,
    known: Known | None = None,
) -> Transcript:
    """Return the transcript of `decoded`: words from `engine`, stretches and pauses from the sound."""
    audio = decoded.audio
    progress("hear", 0.0, audio.duration)
    known = known if known and begins_with(audio, known.audio) else None
    level, frames = sound.levels(audio), spectrum.frames(audio, known.frames if known else None)
    louder = sound.raised(audio, level)
    heard_before = known.voice if known and louder is audio else None
    voices = voice.probabilities(louder) if heard_before is None else heard_before
    clear = sound.stands_out(frames, voices, voice.STEP)
    speech = sound.speech(frames, voices, voice.STEP) if audio.duration >= SHORTEST else ()
    stretches = voice.stretches(voices, audio.duration)
    # Before the words are asked for: an engine that hears in a thread of its own gets the time that these take.
    moves = pitch.track(audio, level, speech, known.periods if known else pitch.NONE) if speech else None
    syllables = nuclei.nuclei(frames, speech) if speech else ()
    heard = engine.transcribe(audio, stretches if speech else (), lambda done: progress("hear", done, audio.duration))
    labelled, doubtful = _labelled(heard, settings)
    words = timeline.settled(labelled, speech)
    quiet = sound.silences(speech, settings.pause_threshold)
    return Transcript(
        words,
        timeline.placed(quiet, words),
        speech if words else (),
        round(audio.duration, 3),
        heard.language,
        heard.language_probability,
        sound.quality(audio, level, speech),
        _stamped(heard.engine, settings),
        (
            *decoded.caveats,
            *heard.caveats,
            *_unheard(audio, level, stretches, words, clear=clear),
            *_narrow(audio, level),
        ),
        doubtful,
        heard.track.probe.detector if heard.track else None,
        syllables if words else (),
        moves if words else None,
    )


def _labelled(heard: Hearing, settings: Settings) -> tuple[tuple[Word, ...], tuple[Hesitation, ...]]:
    """Return the words of `heard` with their kinds and its filled pauses, and the sounds that were doubted."""
    words = disfluency.label(heard.words, settings.fillers, settings.not_fillers)
    if heard.track is None:
        return words, ()
    joined, doubtful = hesitation.joined(words, heard.track)
    return disfluency.label(joined, settings.fillers, settings.not_fillers), doubtful


def _stamped(engine: Engine, settings: Settings) -> Engine:
    """Return `engine` with the user's own lists of fillers among its settings: they alter what is counted."""
    lists = {"fillers": settings.fillers, "not_fillers": settings.not_fillers}
    return replace(
        engine, settings={**engine.settings, **{name: ", ".join(said) for name, said in lists.items() if said}}
    )


def _narrow(audio: Audio, level: Levels) -> tuple[str, ...]:
    """Say where `audio` comes through a telephone or a codec like it, for consonants are mistaken there."""
    if not sound.is_narrow(audio, level):
        return ()
    return ("The sound ends at about 4 kHz, as on a telephone: words are less certain. Record on the device itself.",)


def _unheard(
    audio: Audio, level: Levels, stretches: Sequence[Span], words: Sequence[Word], *, clear: bool
) -> tuple[str, ...]:
    """Say what `audio` without `words` holds, going by its `level` and by the `stretches` with a voice in them.

    `clear` says whether anything stands out from its noise.
    """
    if words:
        return ()
    if audio.duration < SHORTEST:
        return (f"The recording is only {audio.duration:.2f} s long.",)
    if level.max(initial=SILENT) <= SILENT:
        return ("The recording is silent: was the microphone muted, or another one chosen?",)
    seconds = sum(span.duration for span in stretches)
    if seconds < LEAST_VOICE:
        return ()
    told = f"Something like a voice is there for {seconds:.0f} s, but "
    if clear:
        return (told + "no words could be made out.",)
    return (told + "the noise is as loud. Record nearer to the microphone, or where it is quiet.",)
