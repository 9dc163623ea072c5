"""What to practise next, and why: spaced repetition (FSRS) over how well each answer came out. Reads no clock.

Nothing of a schedule is kept: it is worked out anew from the answers each time, so that corrected measurements and
other bands change it too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from voiceprep.packs import TYPED
from voiceprep.rating import Rating, rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voiceprep.model import Measurement, Question
    from voiceprep.rating import Fault, Judge

# Only so many of the newest answers to a question are looked at, so that a long history stays quick (docs/due.md).
NEWEST = 20
# The share of answers that should still come out well when they are due. FSRS's own default; at it, an interval is as
# long as the stability that FSRS is fitted for.
RETENTION = 0.9
# Days. One prepares for weeks: what would be due in half a year would not be heard before the interview.
LONGEST = 30
_COUNTS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class State(StrEnum):
    """Where a question stands: its turn has come, it was never practised, or its turn comes later."""

    DUE = "due"
    NEW = "new"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a question: when it was said (ISO 8601; UTC if it names no zone), and what was measured of it."""

    at: str
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """When a question's turn comes, and why.

    `due` and `last` are times, None where it was never practised, `recall` the chance that it would come out well now,
    and `rating` how its newest answer came out (None where nothing of it could be judged). `answers` is their number.
    """

    question: Question
    state: State
    reason: str
    due: datetime | None = None
    last: datetime | None = None
    recall: float | None = None
    rating: Rating | None = None
    answers: int = 0


@dataclass(frozen=True, slots=True)
class _Try:
    """An answer judged; `faults` None where nothing could be."""

    at: datetime
    faults: tuple[Fault, ...] | None


def key(question: Question) -> str:
    """Return what tells `question` from others: its id, or its text where the user typed it."""
    return question.text if question.id == TYPED else question.id


def turns(
    questions: Sequence[Question],
    said: Mapping[str, Sequence[Said]],
    now: datetime,
    judge: Judge,
    labels: Mapping[str, str],
) -> tuple[Turn, ...]:
    """Return the turn of each of `questions`, in the order to practise them in; `now` must have a zone.

    `said` has the answers by `key`, `labels` the names of competencies by their ids. First what is due, the least
    likely to come out well first; then what was never practised, from the weakest competency; then the rest by date.
    What ties keeps the order of `questions`.
    """
    tried = [_turn(one, _tries(one, said[key(one)], judge), now) for one in questions if said.get(key(one))]
    due = [one for one in tried if one.state is State.DUE]
    later = [one for one in tried if one.state is State.LATER]
    new = _new([one for one in questions if not said.get(key(one))], tried, labels)
    due.sort(key=lambda one: (1.0 if one.recall is None else one.recall, one.due))
    later.sort(key=lambda one: one.due or now)
    return (*due, *new, *later)


def _tries(question: Question, said: Sequence[Said], judge: Judge) -> list[_Try]:
    """Return the newest answers to `question`, the oldest of them first."""
    tries = [(_moment(one.at), one.measurements) for one in said]
    tries.sort(key=lambda pair: pair[0])
    return [_Try(at, judge.faults(measured, question)) for at, measured in tries[-NEWEST:]]


def _moment(at: str) -> datetime:
    moment = datetime.fromisoformat(at)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _turn(question: Question, tries: Sequence[_Try], now: datetime) -> Turn:
    last = tries[-1].at
    ratings = [(one.at, rate(one.faults)) for one in tries if one.faults is not None]
    due, recall = replay(ratings, now) if ratings else (last, None)
    # By days, as one plans: what falls due this evening may be practised this morning.
    state = State.DUE if _days(due, now) >= 0 else State.LATER
    rating = ratings[-1][1] if ratings else None
    return Turn(question, state, _reason(tries, now), due, last, recall, rating, len(tries))


def replay(ratings: Sequence[tuple[datetime, Rating]], now: datetime) -> tuple[datetime, float]:
    """Return when the question with these `ratings` is due, and the chance that it would come out well `now`.

    `ratings` are in order of time (UTC), one at least. FSRS 6 as py-fsrs has it, with its published weights, without
    its random fuzz, and without learning steps: minutes are nothing for an answer of two of them.
    """
    import fsrs  # noqa: PLC0415  (heavy)

    scheduler = fsrs.Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )
    # With an id and a date of its own, a card looks at no clock.
    card = fsrs.Card(card_id=1, due=ratings[0][0])
    for at, rating in ratings:
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), at)
    return card.due, float(scheduler.get_card_retrievability(card, now.astimezone(UTC)))


def _days(since: datetime, now: datetime) -> int:
    """Return how many days ago `since` was on the calendar of `now`."""
    return (now.date() - since.astimezone(now.tzinfo).date()).days


def _reason(tries: Sequence[_Try], now: datetime) -> str:
    """Say in a line what speaks for practising: the weightiest fault of the newest answer, and how long ago that is."""
    newest, days = tries[-1], _days(tries[-1].at, now)
    if newest.faults is None:
        fault = "nothing could be measured in the last answer"
    elif newest.faults:
        fault = f"{newest.faults[0].text} in the last {_streak(newest.faults[0], tries)}"
    else:
        fault = "came out well"
    ago = {0: "practised today", 1: "practised yesterday"}.get(days, f"not practised for {days} days")
    return f"{fault}; {ago}"


def _streak(fault: Fault, tries: Sequence[_Try]) -> str:
    """Say in how many of the newest answers without a break `fault` is: answer, two answers, ..."""
    count = 0
    for one in reversed(tries):
        if one.faults is None or fault.text not in {known.text for known in one.faults}:
            break
        count += 1
    if count < 2:
        return "answer"
    return f"{_COUNTS[count] if count < len(_COUNTS) else count} answers"


def _new(questions: Sequence[Question], tried: Sequence[Turn], labels: Mapping[str, str]) -> list[Turn]:
    """Return the turns of `questions`, which were never practised: always one from the competency that is weakest.

    How strong a competency is: the chance that an answer comes out well, times how well the last one did (AGAIN 0, EASY
    1), on average over all its questions; one never practised counts as 0, and as 1 once it is put in this list, so
    that the next comes from another competency.
    """
    strength: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    practised: dict[str, int] = defaultdict(int)
    for turn in (*tried, *(Turn(question, State.NEW, "") for question in questions)):
        for name in _competencies(turn.question):
            count[name] += 1
            practised[name] += turn.answers > 0
            strength[name] += (turn.recall or 0.0) * ((turn.rating or Rating.AGAIN) - 1) / 3
    waiting: dict[str, deque[Question]] = defaultdict(deque)
    for question in questions:
        for name in _competencies(question):
            waiting[name].append(question)
    out: dict[str, Turn] = {}
    while left := [name for name in waiting if waiting[name]]:
        # Of equals min takes the first, and names stand in the order in which the questions bring them.
        name = min(left, key=lambda one: strength[one] / count[one])
        question = waiting[name].popleft()
        if key(question) in out:
            continue
        out[key(question)] = Turn(question, State.NEW, _untried(name, practised, labels))
        for shown in _competencies(question):
            strength[shown] += 1.0
    return list(out.values())


def _competencies(question: Question) -> Iterable[str]:
    return question.competencies or ("",)


def _untried(name: str, practised: Mapping[str, int], labels: Mapping[str, str]) -> str:
    if not name:
        return "never practised"
    label = labels.get(name, name).lower()
    if not practised[name]:
        return f"never practised; no answer yet that shows {label}"
    return f"never practised; shows {label}, practised with {practised[name]} other question" + "s" * (
        practised[name] > 1
    )
