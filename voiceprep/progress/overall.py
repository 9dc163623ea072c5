"""All of progress from what the history gave: what is looked at, and everything that is said of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from voiceprep.progress.courses import courses
from voiceprep.progress.habits import habits
from voiceprep.progress.progress import Progress
from voiceprep.progress.takes import coverage, practised, tries
from voiceprep.tables import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.model import Band, Question
    from voiceprep.progress.progress import Counted, Said, Told


class Dated(Protocol):
    """An answer of which it is known when it was given and how long it is."""

    @property
    def at(self) -> str:
        """When it was given, in ISO 8601."""

    @property
    def duration(self) -> float:
        """How long it is; 0 for text."""


_Answer = TypeVar("_Answer", bound=Dated)

# So many sittings are looked at, the newest: half a year of four a week. What was longer ago is another speaker, and
# the cost does not grow with the history.
LOOKED_AT = 100
# With a day given to begin from it may be more, but not so many that pairs of them fill the memory.
MOST = 500
# Takes of a question are compared by what was measured in the newest so many answers.
TAKES = 200
# Words are read of so many answers a month, for so many months: reading those of every answer would take minutes.
A_MONTH, MONTHS = 4, 6


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the history: `questions` of the packs, `labels` of competencies, the user's own `bands`."""

    questions: Sequence[Question] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)


def overall(
    sittings: Sequence[Counted],
    answers: Sequence[Told],
    known: Known,
    *,
    said: Sequence[Said] = (),
    measures: Sequence[str] = (),
    earlier: bool = False,
    chosen: Mapping[str, str] | None = None,
) -> Progress:
    """Return how somebody gets on in `sittings`, with the `answers` in them; both are in order of time.

    `said` has words for the habits (see `sampled`). Only `measures` are looked at, or all where there is none;
    `earlier` says that there are older sittings, `chosen` what was asked for.
    """
    going = courses(sittings, [one.question for one in answers], known.bands, measures or tuple(METRICS))
    covered = coverage(answers, known.questions, known.labels) if answers else ()
    return Progress(
        len(sittings),
        sum(one.answers for one in sittings),
        sittings[0].at if sittings else "",
        sittings[-1].at if sittings else "",
        earlier,
        chosen or {},
        going,
        practised(answers, known.bands),
        covered,
        habits(said),
        len(said),
        tries(going, covered),
    )


def sampled(answers: Sequence[_Answer]) -> list[_Answer]:
    """Return the answers whose words are read: the last few of each of the last months of `answers`.

    Spoken ones, where there are any.
    """
    spoken = [one for one in answers if one.duration > 0] or answers
    by_month: dict[str, list[_Answer]] = defaultdict(list)
    for one in spoken:
        by_month[one.at[:7]].append(one)
    return [one for month in sorted(by_month)[-MONTHS:] for one in by_month[month][-A_MONTH:]]
