"""How it is said: spread of pitch and of loudness, rising and fading ends of statements, flat stretches.

No level of pitch is good or bad, and no spread has a threshold that holds for everybody: nothing here is judged. What
measures is in `voicing`, which needs NumPy, and is loaded when an answer is measured: lists need the names alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.metrics import Metric
from voiceprep.model import Source

if TYPE_CHECKING:
    from types import ModuleType

    from voiceprep.model import Answer, Measurement

_PITCH_SOURCE = Source(
    "listeners hear pitch in semitones (Traunmüller & Eriksson 1995); medium variation beat little and much "
    "(Rodero 2022): compare with your own answers",
    primary=True,
)
_LOUDNESS_SOURCE = Source("custom: within one recording only, for a level depends on the microphone", primary=False)
_RISE_SOURCE = Source(
    "custom: 4 semitones or more to above your own median, before a pause; more than 3 play a part between people "
    "('t Hart 1981)",
    primary=False,
)
_FLAT_SOURCE = Source("custom: 10 s or more in which four fifths of pitch keep within 2.5 semitones", primary=False)
_FADE_SOURCE = Source(
    "custom: the last vowel 8 dB or more below the middle of its sentence, and 6 below your other ends", primary=False
)


def _voicing() -> ModuleType:
    from voiceprep.metrics import voicing  # noqa: PLC0415  (NumPy)

    return voicing


def pitch_spread(answer: Answer) -> Measurement:
    """Measure the interquartile range of pitch in semitones."""
    return _voicing().pitch_spread(answer)  # type: ignore[no-any-return]


def loudness_spread(answer: Answer) -> Measurement:
    """Measure the interquartile range of the level in dB where the voice sounds, within this recording."""
    return _voicing().loudness_spread(answer)  # type: ignore[no-any-return]


def flat_stretches(answer: Answer) -> Measurement:
    """Measure the share of flat stretches in the time from the first to the last sound of the voice."""
    return _voicing().flat_stretches(answer)  # type: ignore[no-any-return]


def rising_ends(answer: Answer) -> Measurement:
    """Measure how many statements of `answer` end on a rising pitch, of those whose end is voiced."""
    return _voicing().rising_ends(answer)  # type: ignore[no-any-return]


def fading_ends(answer: Answer) -> Measurement:
    """Measure how many statements of `answer` fade at the end: the last vowel, against its own sentence and others."""
    return _voicing().fading_ends(answer)  # type: ignore[no-any-return]


def _pitch_detail(measurement: Measurement, answer: Answer) -> str:
    most = _voicing().usual_range(answer)
    told = f"Half of the time your pitch keeps within this range, for 80 % of it within {most:.1f} semitones."
    return told + (" Hear the flattest and the liveliest stretch one after the other." if measurement.evidence else "")


def _loudness_detail(_measurement: Measurement, _answer: Answer) -> str:
    return "Half of the time the level of your voice keeps within this range, in this recording alone."


def _flat_detail(measurement: Measurement, _answer: Answer) -> str:
    if not measurement.evidence:
        return "No stretch is flat."
    return "Listen to one, choose the word in it that matters most, and say it again with your voice up on that word."


def _rise_detail(measurement: Measurement, _answer: Answer) -> str:
    count = round(measurement.total)
    told = f"At the end of {count} of {round(measurement.per)} statements your pitch clearly rises."
    return told + (" If you are sure of what you say, say one again and let its last word fall." if count else "")


def _fade_detail(measurement: Measurement, _answer: Answer) -> str:
    count = round(measurement.total)
    told = f"At the end of {count} of {round(measurement.per)} statements your voice clearly fades."
    return told + (" Keep breath for the last word: it is often the one that matters." if count else "")


PITCH_SPREAD = Metric(
    "pitch_spread", "Pitch variation", "semitones", "Voice", 1, pitch_spread, source=_PITCH_SOURCE, detail=_pitch_detail
)
FLAT_STRETCHES = Metric(
    "flat_stretches", "Flat stretches", "% of the time", "Voice", 1, flat_stretches, source=_FLAT_SOURCE,
    detail=_flat_detail,
)  # fmt: skip
RISING_ENDS = Metric(
    "rising_ends", "Rising ends of statements", "% of the statements", "Voice", 1, rising_ends, source=_RISE_SOURCE,
    detail=_rise_detail,
)  # fmt: skip
FADING_ENDS = Metric(
    "fading_ends", "Fading ends of statements", "% of the statements", "Voice", 1, fading_ends, source=_FADE_SOURCE,
    detail=_fade_detail,
)  # fmt: skip
LOUDNESS_SPREAD = Metric(
    "loudness_spread", "Loudness variation", "dB", "Voice", 1, loudness_spread, source=_LOUDNESS_SOURCE,
    detail=_loudness_detail,
)  # fmt: skip
