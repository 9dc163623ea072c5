"""Silent and filled pauses on one timeline: hesitations, and where they cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, drowned, measured, not_measured, untrusted
from voiceprep.metrics.pauses import is_long_within, minutes, too_short
from voiceprep.model import Evidence, Source, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Answer, Measurement

# No paper gives a number: two hesitations with less than 2.5 s between them are heard as one stumble.
NEAR = 2.5

_SOURCE = Source("two or more hesitations with less than 2.5 s between them: a custom measure", primary=False)
_NAMES = {
    WordKind.FILLED_PAUSE: "filled pause",
    WordKind.FILLER: "filler word",
    WordKind.REPETITION: "repetition",
    WordKind.FRAGMENT: "false start",
}


@dataclass(frozen=True, slots=True, order=True)
class Hesitation:
    """One hesitation of any kind: where it is, and what it is called."""

    span: Span
    name: str


def timeline(answer: Answer) -> tuple[Hesitation, ...]:
    """Return the hesitations of `answer` in order of time: of words, and silences over a second inside a clause.

    Words of one kind that follow one another ("you know", "I, I, I") are one hesitation, but each filled pause is one.
    """
    found: list[Hesitation] = []
    before: WordKind | None = None
    for word in answer.transcript.words:
        if word.kind in _NAMES:
            joined = before is word.kind and word.kind is not WordKind.FILLED_PAUSE
            start = found.pop().span.start if joined else word.span.start
            found.append(Hesitation(Span(start, word.span.end), _NAMES[word.kind]))
        before = word.kind
    silent = [Hesitation(pause.span, "long pause") for pause in answer.transcript.pauses if is_long_within(pause)]
    return tuple(sorted([*found, *silent]))


def clusters(answer: Answer) -> tuple[tuple[Hesitation, ...], ...]:
    """Return the runs of two or more hesitations of `answer` with less than 2.5 s between one and the next."""
    runs: list[list[Hesitation]] = []
    for one in timeline(answer):
        if runs and one.span.start - runs[-1][-1].span.end < NEAR:
            runs[-1].append(one)
        else:
            runs.append([one])
    return tuple(tuple(run) for run in runs if len(run) > 1)


def hesitation_clusters(answer: Answer) -> Measurement:
    """Measure clusters of hesitations a minute, from first to last sound of `answer`."""
    if reason := untrusted(answer) or too_short(answer) or drowned(answer):
        return not_measured("hesitation_clusters", 1, reason)
    found = clusters(answer)
    return measured("hesitation_clusters", 1, len(found), minutes(answer), [_evidence(run) for run in found])


def _evidence(run: Sequence[Hesitation]) -> Evidence:
    span = Span(run[0].span.start, max(one.span.end for one in run))
    return Evidence(f"{len(run)} hesitations", span)


def _detail(measurement: Measurement, _answer: Answer) -> str:
    return f"{round(measurement.total)} in all." if measurement.total else ""


HESITATION_CLUSTERS = Metric(
    "hesitation_clusters",
    "Clusters of hesitations",
    "a minute",
    "Pauses",
    1,
    hesitation_clusters,
    source=_SOURCE,
    detail=_detail,
)
