"""Silent pauses, from the sound: how many, how much of the time, the longest, and long ones inside a clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, drowned, measured, not_measured, untimed, whole
from voiceprep.metrics.timing import LEAST_SECONDS
from voiceprep.model import Band, Evidence, PausePlace, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceprep.model import Answer, Measurement, Pause

# Campione & Véronis 2002: brief under 200 ms, medium to 1000 ms, long beyond.
LONG = 1.0
VERY_LONG = 2.0

_WITHIN_BAND = Band(None, 1.0, None, 3.0)
_PAUSE_SOURCE = Source(
    "a silent pause is 250 ms or more of silence: Goldman-Eisler 1968; de Jong & Bosker 2013", primary=True
)
_LONG_SOURCE = Source("over 1 s is a long pause: Campione & Véronis 2002", primary=True)
_WITHIN_SOURCE = Source(
    "pauses inside clauses go with low fluency ratings, others do not (Kahng 2018); the number is custom",
    primary=False,
)


def is_long_within(pause: Pause) -> bool:
    """Say whether `pause` is over a second and stands inside a clause."""
    return pause.place is PausePlace.WITHIN_CLAUSE and pause.span.duration > LONG


def too_short(answer: Answer) -> str:
    """Return why `answer` is too short for a rate of pauses, or an empty text."""
    if reason := untimed(answer):
        return reason
    stretch = whole(answer)
    if stretch is None:
        return "no speech was heard"
    return f"a rate needs at least {LEAST_SECONDS:.0f} seconds of speech" if stretch.duration < LEAST_SECONDS else ""


def minutes(answer: Answer) -> float:
    """Return the minutes from the first to the last sound of `answer`."""
    stretch = whole(answer)
    return stretch.duration / 60 if stretch else 0.0


def _evidence(pauses: Iterable[Pause]) -> list[Evidence]:
    return [Evidence(f"{pause.span.duration:.1f} s", pause.span) for pause in pauses]


def silent_pauses(answer: Answer) -> Measurement:
    """Measure silent pauses a minute, from first to last sound of `answer`."""
    if reason := too_short(answer) or drowned(answer):
        return not_measured("silent_pauses", 1, reason)
    pauses = answer.transcript.pauses
    return measured("silent_pauses", 1, len(pauses), minutes(answer), _evidence(pauses))


def pause_share(answer: Answer) -> Measurement:
    """Measure the share of silent pauses in the time from first to last sound of `answer`."""
    if reason := too_short(answer) or drowned(answer):
        return not_measured("pause_share", 1, reason)
    pauses = answer.transcript.pauses
    total = sum(pause.span.duration for pause in pauses)
    return measured(
        "pause_share", 1, total, 60 * minutes(answer), _evidence(p for p in pauses if p.span.duration > LONG)
    )


def longest_pause(answer: Answer) -> Measurement:
    """Measure the longest silent pause of `answer` in seconds; pooled, it is the mean of the longest ones."""
    pauses = answer.transcript.pauses
    if reason := too_short(answer) or drowned(answer):
        return not_measured("longest_pause", 1, reason)
    longest = max(pauses, key=lambda pause: pause.span.duration, default=None)
    if longest is None:
        return measured("longest_pause", 1, 0, 1)
    return measured("longest_pause", 1, longest.span.duration, 1, _evidence([longest]))


def long_pauses_within(answer: Answer) -> Measurement:
    """Measure pauses of over a second inside a clause, a minute of `answer`."""
    reason = (
        too_short(answer)
        or drowned(answer)
        or ("" if answer.transcript.words else "no words were heard to place the pauses among")
    )
    if reason:
        return not_measured("long_pauses_within", 1, reason)
    pauses = [pause for pause in answer.transcript.pauses if is_long_within(pause)]
    return measured("long_pauses_within", 1, len(pauses), minutes(answer), _evidence(pauses))


def _within_band(_: Answer) -> Band:
    return _WITHIN_BAND


def _silent_detail(_measurement: Measurement, answer: Answer) -> str:
    pauses = answer.transcript.pauses
    between = sum(pause.place is PausePlace.BETWEEN_CLAUSES for pause in pauses)
    return f"{len(pauses)} in all, {between} of them between clauses." if pauses else ""


def _longest_detail(measurement: Measurement, answer: Answer) -> str:
    if not measurement.evidence:
        return ""
    pause = max(answer.transcript.pauses, key=lambda one: one.span.duration)
    where = "inside a clause" if pause.place is PausePlace.WITHIN_CLAUSE else "between clauses"
    return f"It stands {where}." + (" Over two seconds is very long." if pause.span.duration > VERY_LONG else "")


def _within_detail(measurement: Measurement, _answer: Answer) -> str:
    count = round(measurement.total)
    return f"{count} in all." if count else ""


def _within_advice(_verdict: Verdict, _measurement: Measurement, _answer: Answer) -> str:
    return (
        "Listen to the first of these: you stopped while looking for a word. Finish the clause with a plainer word, "
        "and pause after it."
    )


SILENT_PAUSES = Metric(
    "silent_pauses",
    "Silent pauses",
    "a minute",
    "Pauses",
    1,
    silent_pauses,
    source=_PAUSE_SOURCE,
    detail=_silent_detail,
)
PAUSE_SHARE = Metric("pause_share", "Share of silence", "% of the time", "Pauses", 1, pause_share, source=_PAUSE_SOURCE)
LONGEST_PAUSE = Metric(
    "longest_pause", "Longest pause", "seconds", "Pauses", 1, longest_pause, source=_LONG_SOURCE, detail=_longest_detail
)
LONG_PAUSES_WITHIN = Metric(
    "long_pauses_within",
    "Long pauses inside a clause",
    "a minute",
    "Pauses",
    1,
    long_pauses_within,
    _within_band,
    _WITHIN_SOURCE,
    _within_detail,
    _within_advice,
    0.6,
    too_high="Finish the clause, then pause",
    praise="Hardly any long pause breaks a clause.",
)
