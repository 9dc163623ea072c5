"""From answers to what is known of each question and competency, and to what is worth trying next. Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from voiceprep.model import Verdict
from voiceprep.progress.courses import away
from voiceprep.progress.progress import Coverage, Move, Practised, Try
from voiceprep.rating import Judge
from voiceprep.tables import METRICS, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voiceprep.metrics import Metric
    from voiceprep.model import Band, Question
    from voiceprep.progress.progress import Course, Told

# So many sittings are looked at for what to try, and it must have been outside in most of them.
RECENT, OFTEN = 5, 3
# How much a value asks for a change, as in a report.
_URGENCY = {Verdict.VERY_LOW: 1.0, Verdict.VERY_HIGH: 1.0, Verdict.LOW: 0.5, Verdict.HIGH: 0.5}
_TRIES = 3


def practised(answers: Sequence[Told], bands: Mapping[str, Band]) -> tuple[Practised, ...]:
    """Return each question of `answers`, which are in order of time, the last practised first.

    The best take is the one with the largest share of its judged measures inside their bands, the latest of those that
    share it. `bands` are the user's own.
    """
    by_question: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for answer in answers:
        if answer.question is not None:
            by_question[answer.question.id, answer.question.text].append(answer)
    judge = Judge(bands)
    made = [_practised(takes, judge) for takes in by_question.values()]
    return tuple(sorted(made, key=lambda one: one.last_at, reverse=True))


def _practised(takes: Sequence[Told], judge: Judge) -> Practised:
    question = takes[-1].question
    assert question is not None  # noqa: S101  (for the type checker: these are answers to one)
    # What is good is asked of each take by itself, as its report does: it depends on what was told.
    verdicts = [judge.verdicts(take.measurements, question) for take in takes]
    marks = [_inside(one) for one in verdicts]
    best = max(range(len(takes)), key=lambda at: (_share(marks[at]), at))
    outside = tuple(load(METRICS, name).label for name, verdict in verdicts[-1].items() if verdict is not Verdict.GOOD)
    return Practised(
        question.id, question.text, len(takes), takes[-1].at, marks[-1], takes[best].at, marks[best], outside
    )


def _inside(verdicts: Mapping[str, Verdict]) -> tuple[int, int] | None:
    """Return how many of the `verdicts` on a take are good, of how many; None where nothing is judged."""
    good = [verdict is Verdict.GOOD for verdict in verdicts.values()]
    return (sum(good), len(good)) if good else None


def _share(mark: tuple[int, int] | None) -> float:
    return mark[0] / mark[1] if mark else -1.0


def coverage(answers: Sequence[Told], known: Sequence[Question], labels: Mapping[str, str]) -> tuple[Coverage, ...]:
    """Return how far each competency of the `known` questions is covered by `answers`; `labels` are by its id.

    Those never practised come first, then the thin ones, each the one with more questions first.
    """
    times: dict[str, int] = defaultdict(int)
    for answer in answers:
        if answer.question is not None:
            times[answer.question.id] += 1
    asking: dict[str, list[str]] = defaultdict(list)
    for question in known:
        for competency in question.competencies:
            asking[competency].append(question.id)
    made = [
        Coverage(
            name,
            labels.get(name, name),
            len(ids),
            sum(one in times for one in ids),
            sum(times.get(one, 0) for one in ids),
            min(ids, key=lambda one: times.get(one, 0)),
        )
        for name, ids in asking.items()
    ]
    return tuple(sorted(made, key=lambda one: (one.answers, -one.questions)))


def tries(courses: Sequence[Course], competencies: Sequence[Coverage]) -> tuple[Try, ...]:
    """Return what is worth trying next: what was mostly outside its band of late, and what was never practised.

    Measures come by their weight (what to try first in a report), what slipped before the others.
    """
    asking = [(course, _outside(course)) for course in courses if course.band]
    often = [(course, count) for course, count in asking if count >= OFTEN]
    found = [(_pull(course), course, count) for course, count in often if _weight(course) > 0]
    ranked = sorted(found, key=lambda one: -one[0])[: _TRIES - 1]
    said = [Try(_headline(course), _why(course, count)) for _, course, count in ranked]
    return (*said, *_uncovered(competencies))[:_TRIES]


def _outside(course: Course) -> int:
    band = course.band
    return sum(away(band, point.value) > 0 for point in course.points[-RECENT:]) if band else 0


def _weight(course: Course) -> float:
    return float(load(METRICS, course.metric).weight)


def _pull(course: Course) -> float:
    """Return how much `course` asks for a change: as in a report, and more where it slipped."""
    assert course.band is not None  # noqa: S101  (for the type checker: these are judged)
    asked = fmean(_URGENCY.get(course.band.judge(point.value), 0.0) for point in course.points[-RECENT:])
    return _weight(course) * (asked + (course.move is Move.WORSE))


def _headline(course: Course) -> str:
    metric: Metric = load(METRICS, course.metric)
    band = course.band
    low = band is not None and band.low is not None and course.last < band.low
    return (metric.too_low if low else metric.too_high) or metric.too_low or course.label


def _why(course: Course, count: int) -> str:
    looked = min(RECENT, len(course.points))
    slipped = ", and it slipped" if course.move is Move.WORSE else ""
    return f"{course.label}: outside what is good in {count} of the last {looked} sittings{slipped}."


def _uncovered(competencies: Sequence[Coverage]) -> Iterable[Try]:
    thin = [one for one in competencies if one.state != "covered"]
    if thin:
        first = thin[0]
        so_far = (
            f"{first.answers} answer{'s' * (first.answers > 1)} so far, to {first.practised}"
            if first.answers
            else "None"
        )
        yield Try(
            f"Take a question on {first.label[:1].lower()}{first.label[1:]}",
            f"{so_far} of its {first.questions} questions{'' if first.answers else ' was practised yet'}.",
            f"voiceprep practice --competency {first.id}",
        )
