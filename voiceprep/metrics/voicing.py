"""What pitch and loudness tell of an answer: spreads, flat stretches, rising and fading ends. Declares no metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.metrics import measured, not_measured, unheard, untrusted
from voiceprep.model import Evidence, Sample, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from voiceprep.model import Answer, Measurement, Voice

    Floats = npt.NDArray[np.float64]

# Seconds of voiced speech below which a spread says nothing.
LEAST_VOICED = 5.0
# Spread over time: within windows of 10 s, every 5 s, where at least 2 s are voiced.
WINDOW, STEP, LEAST_IN_WINDOW = 10.0, 5.0, 2.0
# In a flat stretch four fifths of pitch keep within so many semitones for so many seconds: custom, below the 3
# semitones that play a part between people ('t Hart 1981), for good readers keep within 2.9 for ten seconds at times.
FLAT, FLAT_SECONDS = 2.5, 10.0
# The end of a statement: so long before the end of its last word, and so long after it (words are timed so well), but
# never into the next word. Its voice sounds until so shortly before the end of the word, or its end cannot be told.
END, AFTER, NEAR_END = 0.5, 0.2, 0.3
# A rise: custom, above the 3 semitones of 't Hart 1981 (doi 10.1121/1.385592). It ends over the speaker's median by so
# much and is still at the top, but for so much: an accent that falls again is none.
RISE, ABOVE, UP = 4.0, 1.0, 1.0
# A statement ends where a pause follows or the answer ends: elsewhere the voice may rise to go on.
STOP = 0.25
# Its end fades where the loudest vowel at its end is so many dB weaker than the middle of its own sentence, and so many
# weaker than the ends of most others (custom: everybody's last word is a little weaker).
FADE, FADE_OF_ENDS = 8.0, 6.0
# So much of the sentence must sound to have a middle, in seconds.
LEAST_OF_SENTENCE = 0.5
LEAST_STATEMENTS = 4
# Below this the room is heard at the ends of sentences, not the voice (speech over noise, dB).
LEAST_SNR = 15.0
# A recording that is cut off at full scale has lost its loud moments (share of samples).
MOST_CLIPPED = 0.0005


def _doubt(answer: Answer) -> str:
    """Return why the voice of `answer` cannot be measured, or an empty text."""
    transcript = answer.transcript
    if not transcript.words:
        return "no speech was heard"
    if reason := unheard(answer):
        return reason
    voice = transcript.voice
    if voice is None:
        return "the sound was not listened to for this"
    if voice.reason:
        return voice.reason
    if np.isfinite(_values(voice.pitch)).sum() < LEAST_VOICED * voice.rate:
        return f"this needs at least {LEAST_VOICED:.0f} seconds in which the voice sounds"
    return ""


def _values(series: Sequence[float | None]) -> Floats:
    return np.array(series, dtype=np.float64)


def _within(values: Floats, rate: int, span: Span) -> Floats:
    """Return those of `values` that lie in `span` and are there."""
    part = values[max(0, round(span.start * rate)) : max(0, round(span.end * rate))]
    return part[np.isfinite(part)]


def _spread(values: Floats) -> float:
    """Return the distance between the quartiles of `values`: a few jumps by an octave leave it as it is."""
    low, high = np.percentile(values, [25, 75])
    return float(high - low)


def _voice(answer: Answer) -> tuple[Voice | None, str]:
    """Return the voice of `answer`, or None and why it cannot be measured."""
    reason = _doubt(answer)
    return (None if reason else answer.transcript.voice), reason


def pitch_spread(answer: Answer) -> Measurement:
    """Measure the interquartile range of pitch in semitones; pooled, it is the mean of several answers.

    Evidence: the liveliest and the flattest ten seconds.
    """
    voice, reason = _voice(answer)
    if voice is None:
        return not_measured("pitch_spread", 1, reason)
    pitch = _values(voice.pitch)
    series = _over_time(pitch, voice.rate)
    evidence = []
    if len(series) > 1:
        ordered = sorted(series, key=lambda sample: sample.value)
        evidence = [_around("flattest", ordered[0]), _around("liveliest", ordered[-1])]
    return measured("pitch_spread", 1, _spread(pitch[np.isfinite(pitch)]), 1, evidence, series=series)


def _over_time(pitch: Floats, rate: int) -> list[Sample]:
    out = []
    for at in range(max(0, int((len(pitch) / rate - WINDOW) // STEP) + 1)):
        span = Span(at * STEP, at * STEP + WINDOW)
        values = _within(pitch, rate, span)
        if len(values) >= LEAST_IN_WINDOW * rate:
            out.append(Sample(round(span.middle, 3), round(_spread(values), 2)))
    return out


def _around(name: str, sample: Sample) -> Evidence:
    span = Span(round(sample.at - WINDOW / 2, 3), round(sample.at + WINDOW / 2, 3))
    return Evidence(f"{name}: {sample.value:.1f} semitones", span)


def loudness_spread(answer: Answer) -> Measurement:
    """Measure the interquartile range of the level in dB where the voice sounds, within this recording."""
    voice, reason = _voice(answer)
    reason = reason or _clipped(answer)
    if voice is None or reason:
        return not_measured("loudness_spread", 1, reason)
    pitch, levels = _values(voice.pitch), _values(voice.loudness)
    sounding = np.isfinite(pitch) & np.isfinite(levels)
    if not sounding.any():
        return not_measured("loudness_spread", 1, "no level is known where the voice sounds")
    return measured("loudness_spread", 1, _spread(levels[sounding]), 1)


def flat_stretches(answer: Answer) -> Measurement:
    """Measure the share of flat stretches in the time from the first to the last sound of the voice."""
    voice, reason = _voice(answer)
    if voice is None:
        return not_measured("flat_stretches", 1, reason)
    pitch = _values(voice.pitch)
    voiced = np.flatnonzero(np.isfinite(pitch))
    spans = _flat(pitch, voice.rate)
    whole = (voiced[-1] + 1 - voiced[0]) / voice.rate
    evidence = [Evidence(f"{span.duration:.0f} s flat", span) for span in spans]
    return measured("flat_stretches", 1, sum(span.duration for span in spans), whole, evidence)


def _flat(pitch: Floats, rate: int) -> list[Span]:
    """Return the stretches, from voice to voice, in which each window of `FLAT_SECONDS` is flat."""
    size, spans = round(FLAT_SECONDS * rate), list[Span]()
    for start in range(0, len(pitch) - size + 1, max(1, rate // 2)):
        heard = np.flatnonzero(np.isfinite(pitch[start : start + size]))
        if len(heard) < LEAST_IN_WINDOW * rate or heard[-1] - heard[0] < 0.9 * size:
            continue
        if np.subtract(*np.percentile(pitch[start + heard], [90, 10])) >= FLAT:
            continue
        span = Span(round(float(start + heard[0]) / rate, 3), round(float(start + heard[-1] + 1) / rate, 3))
        if spans and span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return spans


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence before a pause, no question: from `start` to `end`; `until` is when the next word comes."""

    word: str
    start: float
    end: float
    until: float

    @property
    def ending(self) -> Span:
        """Return where its end is heard."""
        return Span(round(max(self.start, self.end - END), 3), round(min(self.until, self.end + AFTER), 3))


def statements(answer: Answer) -> list[Statement]:
    """Return the statements of `answer` that a pause follows; no questions."""
    words, found = answer.transcript.words, []
    for sentence in answer.sentences:
        inside = words[sentence.first : sentence.last]
        if not inside or inside[-1].kind is not WordKind.WORD or not inside[-1].text.endswith((".", "!")):
            continue
        last = sentence.last == len(words)
        following = answer.transcript.duration if last else words[sentence.last].span.start
        end = inside[-1].span.end
        if last or following - end >= STOP:
            found.append(Statement(inside[-1].text.strip(".,!"), inside[0].span.start, end, max(end, following)))
    return found


def rising_ends(answer: Answer) -> Measurement:
    """Measure how many statements of `answer` end on a rising pitch, of those whose end is voiced."""
    voice, reason = _voice(answer)
    reason = untrusted(answer) or reason
    if voice is None or reason:
        return not_measured("rising_ends", 1, reason)
    pitch = _values(voice.pitch)
    ends = [(statement, _rise(pitch, voice.rate, statement)) for statement in statements(answer)]
    told = [(statement, rise) for statement, rise in ends if rise is not None]
    if len(told) < LEAST_STATEMENTS:
        return not_measured("rising_ends", 1, _too_few(len(told)))
    evidence = [
        Evidence(f"{statement.word} (up {rise:.0f} semitones)", statement.ending)
        for statement, rise in told
        if rise >= RISE
    ]
    return measured("rising_ends", 1, len(evidence), len(told), evidence)


def _too_few(count: int) -> str:
    return f"the ends of {count} statements could be judged, and this needs at least {LEAST_STATEMENTS}"


def _rise(pitch: Floats, rate: int, statement: Statement) -> float | None:
    """Return by how many semitones `pitch` rises to the end of `statement`, 0 where it ends low or falls again.

    From the lowest mean of two neighbours to the lower of the last two: one value alone may be a consonant or a jump of
    the tracker. None where the end is not voiced for so long.
    """
    first = int(statement.ending.start * rate)
    part = pitch[first : round(statement.ending.end * rate)]
    voiced = np.flatnonzero(np.isfinite(part))
    if len(voiced) < 2 or voiced[-1] - voiced[-2] > 1 or (first + voiced[-1] + 1) / rate < statement.end - NEAR_END:
        return None
    top, means = part[voiced[-2:]].min(), (part[:-1] + part[1:]) / 2
    up = top >= ABOVE and part[voiced[-1]] >= np.nanmax(part) - UP
    return max(0.0, float(top - np.nanmin(means))) if up else 0.0


def fading_ends(answer: Answer) -> Measurement:
    """Measure how many statements of `answer` fade at the end: the last vowel, against its own sentence and others."""
    voice, reason = _voice(answer)
    reason = untrusted(answer) or reason or _noisy(answer) or _clipped(answer)
    if voice is None or reason:
        return not_measured("fading_ends", 1, reason)
    levels = np.where(np.isfinite(_values(voice.pitch)), _values(voice.loudness), np.nan)
    ends = [(statement, _drop(levels, voice.rate, statement)) for statement in statements(answer)]
    told = [(statement, drop) for statement, drop in ends if drop is not None]
    if len(told) < LEAST_STATEMENTS:
        return not_measured("fading_ends", 1, _too_few(len(told)))
    least = max(FADE, float(np.median([drop for _, drop in told])) + FADE_OF_ENDS)
    evidence = [
        Evidence(f"{statement.word} ({drop:.0f} dB weaker)", statement.ending)
        for statement, drop in told
        if drop >= least
    ]
    return measured("fading_ends", 1, len(evidence), len(told), evidence)


def _drop(levels: Floats, rate: int, statement: Statement) -> float | None:
    """Return how many dB the loudest voice at the end of `statement` is below the median of it, None if untold.

    `levels` are those of the voice alone: weak consonants at the end are no fading.
    """
    end = _within(levels, rate, statement.ending)
    whole = _within(levels, rate, Span(statement.start, statement.ending.end))
    if len(end) < 2 or len(whole) < LEAST_OF_SENTENCE * rate:
        return None
    return float(np.median(whole) - end.max())


def _noisy(answer: Answer) -> str:
    quality = answer.transcript.quality
    noisy = quality and quality.snr < LEAST_SNR
    return f"speech stands only {quality.snr:.0f} dB above the noise" if quality and noisy else ""


def _clipped(answer: Answer) -> str:
    quality = answer.transcript.quality
    clipped = quality is not None and quality.clipped > MOST_CLIPPED
    return "the recording is too loud and distorts, so that its levels are lost" if clipped else ""


def usual_range(answer: Answer) -> float:
    """Return within how many semitones the pitch of `answer`, whose voice is known, keeps for 80 % of the time."""
    voice = answer.transcript.voice
    pitch = _values(voice.pitch if voice else ())
    low, high = np.percentile(pitch[np.isfinite(pitch)], [10, 90])
    return float(high - low)
