"""A recording becomes a transcript: words from an engine; stretches, pauses, voice from the sound. Opens nothing.

What is heard is neither measured nor judged here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep import disfluency, hesitation, nuclei, pitch, sound, spectrum, timeline, voice
from voiceprep.ground import begins_with
from voiceprep.model import Audio, Engine, Hesitation, Settings, Span, Transcript, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.audio import Decoded
    from voiceprep.engines import Hearing, Recogniser
    from voiceprep.ground import Known
    from voiceprep.sound import Levels

    Progress = Callable[[str, float, float], None]

# Version of how sound becomes a transcript: raised when the same sound gives another one, so that no kept one is used.
HEARING = 2
# In less nobody says anything, and Whisper makes up words for it: of forty cuts of 0.2 s from speech, 25 got some.
SHORTEST = 0.5
# The loudest that a muted microphone gives, in dB below full scale: the last bit of 16 flickers at -96.
SILENT = -85.0
# A cough or a chair may pass for less of a voice than this.
LEAST_VOICE = 1.0


def transcribe(
    decoded: Decoded,
    engine: Recogniser,
    settings: Settings,
    progress: Progress = lambda _stage, _done, _whole: None,
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
        stamped(heard.engine, settings),
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


def stamped(engine: Engine, settings: Settings) -> Engine:
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
