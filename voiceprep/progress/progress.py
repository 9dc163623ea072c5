"""The nouns of progress: frozen values that are made of what the history counted, and read by pages. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  (the codec reads the hints when it runs)
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from voiceprep.model import Band, Measurement, Question, Word  # noqa: TC001  (same)
from voiceprep.progress.trend import Trend  # noqa: TC001  (same)
from voiceprep.progress.usual import Place, Usual  # noqa: TC001  (same)


class Counted(Protocol):
    """A sitting as the history gives it: what was counted in its answers, pooled, by metric and version."""

    @property
    def at(self) -> str:
        """When its first answer was said, in ISO 8601."""

    @property
    def answers(self) -> int:
        """How many answers it has."""

    @property
    def measurements(self) -> Sequence[Measurement]:
        """What was measured."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without its words: when, to which question, and what was measured."""

    id: int
    at: str
    question: Question | None
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The words of an answer that habits are looked for in: when it was given, and how long it is."""

    at: str
    seconds: float
    words: tuple[Word, ...]


class Move(StrEnum):
    """What became of a measure. BETTER is nearer to its band, WORSE farther; CHANGED has no band or stayed inside."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    STEADY = "steady"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a measure in one sitting, pooled over its answers."""

    at: str
    value: float


@dataclass(frozen=True, slots=True)
class Course:
    """How one measure went over the sittings in which it was measured, the oldest first; there is at least one.

    `usual` is what was usual before the last of them, and `place` where that stands. `trend` is there from so many
    sittings on as are needed to say anything. `other` counts sittings that have this measure of another version only:
    they are never put together with these.
    """

    metric: str
    label: str
    unit: str
    group: str
    band: Band | None
    points: tuple[Point, ...]
    usual: Usual | None
    place: Place | None
    trend: Trend | None
    move: Move
    other: int = 0

    @property
    def values(self) -> list[float]:
        """The values, the oldest first."""
        return [point.value for point in self.points]

    @property
    def last(self) -> float:
        """The value in the last sitting."""
        return self.points[-1].value


@dataclass(frozen=True, slots=True)
class Practised:
    """A question with its takes: how many of the judged measures of the best and of the last were in their bands.

    `best` and `last` are (in their bands, judged), or None where nothing of a take was judged; `outside` names what was
    outside in the last one.
    """

    question: str
    text: str
    takes: int
    last_at: str
    last: tuple[int, int] | None
    best_at: str
    best: tuple[int, int] | None
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """A competency: `answers` to `practised` of the `questions` that ask for it, and one of them to take `next`."""

    id: str
    label: str
    questions: int
    practised: int
    answers: int
    next: str = ""

    @property
    def state(self) -> str:
        """Return never, thin or covered."""
        if not self.answers:
            return "never"
        return "covered" if self.answers >= COVERED and self.practised >= min(TOLD_APART, self.questions) else "thin"


# So many answers to so many questions make a competency covered (custom): told more than once, and in another way.
COVERED, TOLD_APART = 3, 2


@dataclass(frozen=True, slots=True)
class Month:
    """How often a phrase was said in a month: `count` in so many `minutes` of `answers`."""

    month: str
    count: int
    minutes: float
    answers: int


@dataclass(frozen=True, slots=True)
class Habit:
    """A phrase that comes again and again, over months; `kind` is filled pause, filler word or pet phrase."""

    phrase: str
    kind: str
    count: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One thing to try next, and why."""

    what: str
    why: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """All that is known of how somebody gets on: a page is a function of this.

    `sittings` and `answers` are what was looked at, from `first` to `last`; `earlier` says that there are older
    sittings that were not. `chosen` says in words what was asked for. `unmeasured` names measures that no sitting has.
    """

    sittings: int
    answers: int
    first: str
    last: str
    earlier: bool
    chosen: Mapping[str, str]
    courses: tuple[Course, ...] = ()
    questions: tuple[Practised, ...] = ()
    competencies: tuple[Coverage, ...] = ()
    habits: tuple[Habit, ...] = ()
    heard: int = 0
    tries: tuple[Try, ...] = ()

    def moved(self, *moves: Move) -> tuple[Course, ...]:
        """Return the courses with one of these `moves`."""
        return tuple(course for course in self.courses if course.move in moves)
