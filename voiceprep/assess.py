"""From an answer to its assessment: measure, judge, find the one thing to try. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from voiceprep import sentences
from voiceprep.model import (
    Answer,
    Assessment,
    Finding,
    Focus,
    Measurement,
    Verdict,
)
from voiceprep.star import read_star
from voiceprep.tables import METRICS, load
from voiceprep.wording import band_text, value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceprep.metrics import Metric
    from voiceprep.model import Band, Question, Recording, Settings, StarReading, Transcript, Waveform

    Reader = Callable[[Sequence[str]], StarReading]

# How much a verdict asks for a change.
_URGENCY = {Verdict.VERY_LOW: 1.0, Verdict.VERY_HIGH: 1.0, Verdict.LOW: 0.5, Verdict.HIGH: 0.5}
# Below these a listener struggles, and so do the measures (dB; share of samples).
POOR_SNR = 15.0
FAINT = -50.0
CLIPPED = 0.0005
# So many places to listen to are enough to hear what is meant; the finding has them all.
PLACES = 5


def prepare(transcript: Transcript, question: Question | None, settings: Settings, read: Reader = read_star) -> Answer:
    """Return the answer to `question` that metrics look at: `transcript` cut into sentences and `read` for STAR."""
    cut = sentences.split(transcript.words, transcript.pauses)
    judged = bool(cut) and transcript.language == "en" and (question is None or question.star is not False)
    star = read([sentence.text for sentence in cut]) if judged else None
    return Answer(transcript, question, cut, star, settings.pause_threshold)


def assess(
    answer: Answer,
    recording: Recording,
    settings: Settings,
    *,
    version: str,
    at: str = "",
    waveform: Waveform | None = None,
    metrics: Sequence[str] = tuple(METRICS),
    taken: Mapping[str, Measurement] = MappingProxyType({}),
) -> Assessment:
    """Measure `answer` by the `metrics` that apply, judge it with the bands of `settings`, stamp `version` and `at`.

    Measurements of this answer that were `taken` before, by the name of their metric, are judged as they are.
    """
    known: list[Metric] = [load(METRICS, name) for name in metrics]
    loaded = [metric for metric in known if metric.applies(answer)]
    findings = tuple(find(metric, answer, settings.bands, taken.get(metric.name)) for metric in loaded)
    if not answer.transcript.timed:
        findings, loaded = _measured_first(findings, loaded)
    return Assessment(
        recording,
        answer.transcript,
        findings,
        version,
        at,
        answer.question,
        answer.sentences,
        answer.star,
        focus(findings, loaded),
        strengths(findings, loaded, answer),
        (*answer.transcript.caveats, *doubts(answer.transcript)),
        waveform,
    )


def find(metric: Metric, answer: Answer, bands: Mapping[str, Band], taken: Measurement | None = None) -> Finding:
    """Return what `metric` finds in `answer`, judged by the user's band for it in `bands` or by its own.

    It is measured unless that was `taken` before.
    """
    measurement = taken or metric.measure(answer)
    band = bands.get(metric.name) or metric.band(answer)
    verdict = band.judge(measurement.value) if band else _unjudged(measurement)
    missing = measurement.value is None
    return Finding(
        metric.label,
        metric.unit if answer.transcript.timed else metric.unit_of_text or metric.unit,
        metric.group,
        measurement,
        verdict,
        band,
        metric.source,
        "" if missing else metric.detail(measurement, answer),
        metric.advice(verdict, measurement, answer) if verdict in _URGENCY else "",
    )


def _measured_first(findings: Sequence[Finding], metrics: Sequence[Metric]) -> tuple[tuple[Finding, ...], list[Metric]]:
    """Return `findings` and their `metrics`: first the groups of which anything was measured, that first in each."""
    groups = list(dict.fromkeys(finding.group for finding in findings))
    known = {finding.group for finding in findings if finding.measurement.value is not None}

    def place(at: int) -> tuple[bool, int, bool]:
        finding = findings[at]
        return finding.group not in known, groups.index(finding.group), finding.measurement.value is None

    order = sorted(range(len(findings)), key=place)
    return tuple(findings[at] for at in order), [metrics[at] for at in order]


def _unjudged(measurement: Measurement) -> Verdict:
    return Verdict.UNKNOWN if measurement.value is None else Verdict.UNJUDGED


def focus(findings: Sequence[Finding], metrics: Sequence[Metric]) -> Focus | None:
    """Return the one thing to try: the finding with the largest urgency times the weight of its metric.

    `findings` and `metrics` belong together, one by one. None where all is well.
    """
    pairs = [pair for pair in zip(findings, metrics, strict=True) if pair[0].advice and _pull(*pair) > 0]
    if not pairs:
        return None
    first, metric = max(pairs, key=lambda pair: _pull(*pair))
    low = first.verdict in {Verdict.LOW, Verdict.VERY_LOW}
    title = (metric.too_low if low else metric.too_high) or first.label
    return Focus(metric.name, title, _why(first), first.advice, first.measurement.evidence[:PLACES])


def _pull(finding: Finding, metric: Metric) -> float:
    return _URGENCY.get(finding.verdict, 0.0) * metric.weight


def _why(finding: Finding) -> str:
    """Return the value of `finding` against its band, and its detail; of nothing at all only the detail."""
    if finding.detail and not finding.measurement.total:
        return finding.detail
    against = "; ".join(filter(None, (f"{finding.label}: {value_text(finding)}", band_text(finding))))
    return " ".join(filter(None, (f"{against}.", finding.detail)))


def strengths(findings: Sequence[Finding], metrics: Sequence[Metric], answer: Answer) -> tuple[str, ...]:
    """Return what the `metrics` say of their `findings` in `answer` that are good."""
    pairs = zip(findings, metrics, strict=True)
    good = (metric for finding, metric in pairs if finding.verdict is Verdict.GOOD and metric.praise)
    return tuple(metric.praise for metric in good if metric.praised(answer))


def doubts(transcript: Transcript) -> tuple[str, ...]:
    """Return plain sentences on what in `transcript` makes the numbers doubtful."""
    quality, out = transcript.quality, []
    if not transcript.words:
        out.append("No speech was heard in this recording, so nothing was measured.")
        return tuple(out)
    if quality is None:
        return _foreign(transcript)
    if transcript.language != "en":
        out.append(
            f"The speech was heard as {transcript.language!r} ({transcript.language_probability:.0%} sure). Words are "
            "judged in English only; if this is English, use --language en."
        )
    if quality.snr < POOR_SNR:
        out.append(
            f"The recording is noisy: speech stands only {quality.snr:.0f} dB above the background. Pauses and words "
            "are less certain."
        )
    if quality.speech_db < FAINT:
        out.append(f"The recording is very quiet ({quality.speech_db:.0f} dB): move closer to the microphone.")
    if quality.clipped > CLIPPED:
        out.append("The recording is too loud and distorts: turn the microphone down.")
    return tuple(out)


def _foreign(transcript: Transcript) -> tuple[str, ...]:
    """Say where a text does not seem to be English."""
    if transcript.language == "en":
        return ()
    what = (
        f"The language of this text is {transcript.language!r}"
        if transcript.language
        else "This text does not read like English"
    )
    return (f"{what}, and words are judged in English only; if this is English, use --language en.",)


def pool(one: Measurement, other: Measurement) -> Measurement:
    """Return both measurements as one, counts added. Raise `ValueError` for different metrics or versions."""
    if (one.metric, one.version) != (other.metric, other.version):
        raise ValueError(f"{one.metric} v{one.version} and {other.metric} v{other.version} are not the same measure")
    if one.value is None or other.value is None:
        return other if one.value is None else one
    return Measurement(one.metric, one.version, one.total + other.total, one.per + other.per)
