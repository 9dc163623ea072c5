"""Sittings for the tests of progress: what the history gives, made by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from voiceprep.history import History
from voiceprep.model import Assessment, Finding, Measurement, Question, QuestionKind, Recording, Span, Verdict
from voiceprep.practice import Take
from voiceprep.tables import METRICS, load
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BEGIN = datetime(2026, 1, 5, 18, 30, tzinfo=UTC)
SCOPE = Question("scope", "Why did you cut the scope?", QuestionKind.BEHAVIOURAL, star=True, target=Span(60, 150))
# Goes up and down without a direction, and repeats no value.
NOISE = (3.1, 1.4, 4.2, 1.5, 5.9, 2.6, 5.3, 5.8, 9.7, 3.2, 8.4, 4.6, 2.7, 3.3, 8.1)
STORY = (
    "Last year I worked at a bank . <0.5> My task was to cut failed payments , you know . <0.5> "
    "First I read the logs , and um <0.4> I found that old phones timed out . <0.6> I had to make sure that it held ."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A sitting as the history gives it."""

    at: str
    answers: int
    measurements: tuple[Measurement, ...]


def measured(metric: str, value: float, version: int = 0) -> Measurement:
    """Return a measurement of `value`, of today's version where none is given."""
    return Measurement(metric, version or load(METRICS, metric).version, 2 * value, 2.0)


def day(number: float) -> str:
    return (BEGIN + timedelta(days=number)).isoformat(timespec="seconds")


def sittings(values: Mapping[str, Sequence[float]]) -> list[Counted]:
    """Return a sitting for each of the `values` of a metric, one a day."""
    count = max(map(len, values.values()))
    return [
        Counted(day(at), 1, tuple(measured(name, of[at]) for name, of in values.items() if at < len(of)))
        for at in range(count)
    ]


def assessment(
    values: Mapping[str, float], at: str, number: int, question: Question | None = SCOPE, text: str = STORY
) -> Assessment:
    """Return an assessment with these values, as the `number`th recording."""
    found = [
        Finding(load(METRICS, name).label, load(METRICS, name).unit, "", measured(name, value), Verdict.UNJUDGED)
        for name, value in values.items()
    ]
    recording = Recording(f"{number}.wav", f"{number:064x}", 60.0)
    return Assessment(recording, spoken(text), tuple(found), "1", at, question)


def practised(
    data: Path, values: Mapping[str, Sequence[float]], *, order: Sequence[int] = (), text: str = STORY
) -> None:
    """Fill the history in the folder `data`: a session a day, of one answer each, saved in this `order`."""
    count = max(map(len, values.values()))
    with History(data / "history.db") as history:
        history.connection.execute("PRAGMA synchronous = OFF")
        for number in order or range(count):
            at = day(number)
            one = assessment(
                {name: of[number] for name, of in values.items() if number < len(of)}, at, number, text=text
            )
            session = f"{at[:10]}-183000"
            history.save(one, take=Take(session, 1, at, SCOPE, 60.0, 0, "key", None, 3.0, {}))


def moved(found: Sequence[Counted], days: float) -> list[Counted]:
    """Return the sittings of `found`, so many days later."""
    return [
        replace(one, at=(datetime.fromisoformat(one.at) + timedelta(days=days)).isoformat(timespec="seconds"))
        for one in found
    ]
