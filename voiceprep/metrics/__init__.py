"""What is measured, one family a file. A metric is a pure function of an answer, with its band, source and advice.

Large patterns are kept as text and compiled where they are used (`re` remembers them): whoever only lists the metrics,
as `progress` does, does not wait for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.model import Band, Evidence, Measurement, Span, Timing, WordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.model import Answer, Sample, Source, Verdict

# Median level of speech over that of the rest, in dB (custom). On samples/ with noise added pauses have an F1 of .94 at
# 3 dB and of .56 at 1 dB: benchmarks/praat.py.
LEAST_SNR = 2.0
# Far beyond any version that a metric will reach.
OF_WORDS = 1000
# With fewer words there is no wording to speak of. On samples/ with noise added a mean probability of .54 went with a
# word error rate of .33, one of .45 with .64: below, about every second word is wrong. Both custom.
LEAST_WORDS = 20
LEAST_PROBABILITY = 0.5


def no_band(_: Answer) -> Band | None:
    """Return no band: the measure is reported, not judged."""
    return None


def no_text(_measurement: Measurement, _answer: Answer) -> str:
    """Return no detail: the number says it all."""
    return ""


def no_advice(_verdict: Verdict, _measurement: Measurement, _answer: Answer) -> str:
    """Return no advice: there is nothing to change."""
    return ""


def always(_: Answer) -> bool:
    """Say that the measure is for every answer."""
    return True


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure in one place: how it is taken, what is good, from which source, and what to try.

    `measure` gives the count; `band` the band that fits this answer (or None: reported, not judged); `detail` one
    plain sentence for the reader; `advice` one thing to try, for a verdict that is not good. A new `version` is a new
    measure: versions are never pooled. `weight` orders what to try first when several findings ask for action (0:
    never first); then `too_low` or `too_high` is the headline. `praise` is said where the value is good
    and the answer is `praised` for it at all. A report leaves the metric out where it `applies` not. `unit_of_text` is
    the unit for text without times, where that is another (see `version_of`).
    """

    name: str
    label: str
    unit: str
    group: str
    version: int
    measure: Callable[[Answer], Measurement]
    band: Callable[[Answer], Band | None] = no_band
    source: Source | None = None
    detail: Callable[[Measurement, Answer], str] = no_text
    advice: Callable[[Verdict, Measurement, Answer], str] = no_advice
    weight: float = 0.0
    too_low: str = ""
    too_high: str = ""
    praise: str = ""
    praised: Callable[[Answer], bool] = always
    applies: Callable[[Answer], bool] = always
    unit_of_text: str = ""


def measured(
    metric: str,
    version: int,
    total: float,
    per: float,
    evidence: Sequence[Evidence] = (),
    caveats: Sequence[str] = (),
    series: Sequence[Sample] = (),
) -> Measurement:
    """Return a measurement with its counts rounded to a millionth, so that the same answer gives the same bytes."""
    return Measurement(
        metric, version, round(total, 6), round(per, 6), tuple(evidence), tuple(caveats), None, tuple(series)
    )


def not_measured(metric: str, version: int, reason: str) -> Measurement:
    """Return the measurement of what could not be measured, with the `reason`."""
    return Measurement(metric, version, 0.0, 0.0, reason=reason)


def untrusted(answer: Answer) -> str:
    """Return why words of `answer` cannot be trusted for measures of words, or an empty text if they can."""
    transcript = answer.transcript
    if not transcript.words:
        return "no speech was heard"
    if transcript.timing is not Timing.SOUND and transcript.language != "en":
        return "the text does not seem to be English, and this measure knows English only"
    if transcript.language != "en":
        return f"the speech was heard as {transcript.language!r}, and this measure knows English only"
    return ""


def untimed(answer: Answer) -> str:
    """Return why nothing of `answer` can be measured in time, or an empty text if it can."""
    return "" if answer.transcript.timed else "typed text has no times"


def unheard(answer: Answer) -> str:
    """Return why nothing of `answer` can be measured in its sound, or an empty text if it can."""
    return {
        Timing.SOUND: "",
        Timing.FILE: "a transcript does not have the sound",
        Timing.NONE: "typed text has no sound",
    }[answer.transcript.timing]


def version_of(version: int, answer: Answer) -> int:
    """Return the version of a share that is of time where `answer` has times, and of its words where it has none.

    A share of words is another measure than one of time: its version keeps the two from being pooled.
    """
    return version if answer.transcript.timed else version + OF_WORDS


def doubtful(answer: Answer) -> str:
    """Return why what `answer` says cannot be read, or an empty text: other language, or words hardly recognised."""
    if reason := untrusted(answer):
        return reason
    words = [word for word in answer.transcript.words if word.kind is not WordKind.FILLED_PAUSE]
    if sum(word.probability for word in words) < LEAST_PROBABILITY * len(words):
        return "the words were hardly recognised"
    return ""


def too_poor(answer: Answer) -> str:
    """Return why `answer` says too little to look at its wording, or an empty text."""
    if reason := doubtful(answer):
        return reason
    said = sum(word.kind is WordKind.WORD for word in answer.transcript.words)
    return f"{LEAST_WORDS} words are needed" if said < LEAST_WORDS else ""


def drowned(answer: Answer) -> str:
    """Return why silences of `answer` cannot be told from its speech, or an empty text if they can."""
    quality = answer.transcript.quality
    if quality is None:
        return "silences are told by the sound, and a transcript does not have it"
    if quality.snr < LEAST_SNR:
        return "the noise is as loud as the voice, so silences cannot be told from it"
    return ""


def whole(answer: Answer) -> Span | None:
    """Return the span from the first to the last stretch of speech, or None without speech."""
    speech = answer.transcript.speech
    return Span(speech[0].start, speech[-1].end) if speech else None
