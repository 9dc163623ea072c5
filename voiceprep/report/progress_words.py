"""Progress in words, for the terminal and the page alike. Knows no format and opens nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.progress import Move
from voiceprep.progress.courses import LEAST
from voiceprep.progress.usual import Place
from voiceprep.wording import SECONDS, SHARE, clock, number_text, unit_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceprep.progress import Course, Coverage, Month, Practised, Progress

# In the order in which they are read.
TITLES: Mapping[Move, str] = {
    Move.BETTER: "What got better",
    Move.WORSE: "What slipped",
    Move.CHANGED: "What changed, neither better nor worse",
    Move.STEADY: "No change that is more than chance",
    Move.EARLY: "Too early to say",
}
ABOUT: Mapping[Move, str] = {
    Move.BETTER: "Nearer to what is good than it was, by more than chance explains.",
    Move.WORSE: "Farther from what is good than it was, by more than chance explains.",
    Move.CHANGED: "It moved by more than chance explains; nobody knows what is good, or it was good before and after.",
    Move.STEADY: "Their ups and downs are no larger than chance makes them.",
    Move.EARLY: f"A trend needs {LEAST} sittings with the same measure. Until then there is only what was measured.",
}
# Pictures are drawn of so many sittings: a dot by itself is none.
DRAWN = 2
# From a minute on a length is written as a clock shows it.
_A_MINUTE = 59.5
NOTHING = "Nothing is saved yet."
BEGIN = ("voiceprep practice", "voiceprep analyze answer.m4a --save")
STATES: Mapping[str, str] = {"never": "not practised yet", "thin": "thin", "covered": "covered"}
_EARLIER = "Older sittings are there and were not looked at; --since DAY asks for more."


# Units of one answer; pooled over a sitting they are means over its answers.
_OF_AN_ANSWER = frozenset({"found", "numbers", "in all"})
_AN_ANSWER = "an answer"


def unit(course: Course) -> str:
    """Return what is written after a number of `course`, which may be nothing."""
    return _AN_ANSWER if course.unit in _OF_AN_ANSWER else unit_text(course.unit)


def name(course: Course) -> str:
    """Return what `course` is called, with the unit of its numbers."""
    counted = _AN_ANSWER if course.unit in _OF_AN_ANSWER else course.unit
    return course.label if course.unit in SECONDS else f"{course.label}, {counted}"


def number(course: Course, value: float) -> str:
    """Return `value` as `course` writes it, without the unit; nothing that is measured is below 0."""
    if course.unit in SECONDS and value >= _A_MINUTE:
        return clock(round(value))
    return number_text(max(0.0, value), course.unit)


def usual(course: Course) -> str:
    """Return what is usual in `course`, or nothing."""
    return _range(course, course.usual.low, course.usual.high) if course.usual else ""


def good(course: Course) -> str:
    """Return what is good in `course`, or nothing where nobody says."""
    low, high = (course.band.low, course.band.high) if course.band else (None, None)
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"up to {_edge(course, high or 0.0)}" if low is None else f"from {_edge(course, low)}"
    return _range(course, low, high)


def _range(course: Course, low: float, high: float) -> str:
    """Return both ends, and a sign that both have once."""
    first, last = _edge(course, low), _edge(course, high)
    for sign in (" %", " s"):
        if first.endswith(sign) and last.endswith(sign):
            first = first.removesuffix(sign)
    return last if first == last.removesuffix(" %").removesuffix(" s") else f"{first}\N{EN DASH}{last}"


def _edge(course: Course, value: float) -> str:
    """Return `value` with no more digits than an edge deserves."""
    written = number(course, value)
    return written.removesuffix(".0") if written.endswith(".0") else written


def told(course: Course) -> str:
    """Return in a sentence how `course` went."""
    count = len(course.points)
    if course.move is Move.EARLY:
        return f"{count} of the {LEAST} sittings that a trend needs."
    if course.move is Move.STEADY or course.trend is None:
        return f"No change that is more than chance in {count} sittings."
    going = course.trend
    after = f" {unit(course)}" if unit(course) else ""
    line = f"From about {number(course, going.start)} to {number(course, going.end)}{after}"
    verb = "fell" if going.slope < 0 else "rose"
    steps = count - 1
    ends = sorted(abs(end) * steps for end in (going.low, going.high))
    return f"{line} in {count} sittings; it likely {verb} by {_amount(course, ends[0])} to {_amount(course, ends[1])}."


def verdict(course: Course) -> str:
    """Return what became of `course`, with the words for it."""
    return (
        told(course)
        if course.move in {Move.STEADY, Move.EARLY}
        else f"{course.move.value.capitalize()}. {told(course)}"
    )


def _amount(course: Course, value: float) -> str:
    return f"{100 * value:.0f} points" if course.unit.startswith(SHARE) else number(course, value)


def other(courses: Sequence[Course]) -> list[str]:
    """Return what is said of sittings that measured some of `courses` otherwise: once for all with as many of them."""
    labels: dict[int, list[str]] = {}
    for course in courses:
        if course.other:
            labels.setdefault(course.other, []).append(course.label)
    return [
        f"{_listed(names)}: {_count(count, 'sitting')} measured {'it' if len(names) == 1 else 'them'} otherwise (an"
        f" older version, or text where more are speech, or the reverse) and {_is(count)} left out."
        for count, names in labels.items()
    ]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def unusual(progress: Progress) -> str:
    """Say which measures were outside the usual range in the last sitting, or nothing."""
    out = [
        f"{course.label} ({course.place.value})"
        for course in progress.courses
        if course.place in {Place.BELOW, Place.ABOVE} and course.points[-1].at == progress.last
    ]
    known = sum(course.usual is not None for course in progress.courses)
    if not known:
        return ""
    chance = (
        f"of {known} measures, one or two are by chance alone" if known >= 20 else "one in twenty is by chance alone"
    )
    if not out:
        return "In the last sitting every measure was within your usual range."
    return f"Outside your usual range in the last sitting: {', '.join(out)}. On any day, {chance}."


def period(progress: Progress) -> str:
    """Return what was looked at: sittings, answers, days."""
    days = (
        progress.first[:10]
        if progress.first[:10] == progress.last[:10]
        else f"{progress.first[:10]} to {progress.last[:10]}"
    )
    return f"{_count(progress.sittings, 'sitting')} with {_count(progress.answers, 'answer')}, {days}"


def chosen(progress: Progress) -> str:
    """Return what was asked for, or nothing."""
    return ", ".join(f"{what} {value}" for what, value in progress.chosen.items())


def headline(progress: Progress) -> str:
    """Return in a few words what became of the measures."""
    if not progress.courses:
        return "Nothing of what was asked for was measured."
    if (left := _too_early(progress)) is not None:
        return f"It is too early to say what changes: that takes {_count(left, 'more sitting')}."
    said = [
        f"{_named(found)} {word}."
        for move, word in ((Move.BETTER, "got better"), (Move.WORSE, "slipped"))
        if (found := progress.moved(move))
    ]
    return " ".join(said) or "Nothing got better or worse by more than chance."


def _too_early(progress: Progress) -> int | None:
    """Return how many sittings are missing for the first trend, or None where there is one."""
    if any(course.move is not Move.EARLY for course in progress.courses):
        return None
    return max(1, LEAST - max(len(course.points) for course in progress.courses))


def _named(courses: Sequence[Course]) -> str:
    """Return the names of the first two of `courses`, and how many more there are."""
    # Inside a sentence a name is small, but for the word "I".
    names = [
        courses[0].label,
        *(re.sub(r"^[A-Z](?! )", lambda first: first[0].lower(), one.label) for one in courses[1:2]),
    ]
    if len(courses) == 2:
        return " and ".join(names)
    return names[0] if len(courses) == 1 else f"{', '.join(names)} and {len(courses) - 2} more"


def summary(progress: Progress) -> str:
    """Return how many measures there are, and what became of them."""
    counts = {move: len(progress.moved(move)) for move in Move}
    words = {
        Move.BETTER: "better",
        Move.WORSE: "worse",
        Move.CHANGED: "changed",
        Move.STEADY: "without a change that is more than chance",
        Move.EARLY: "too early to say",
    }
    said = ", ".join(f"{counts[move]} {word}" for move, word in words.items() if counts[move])
    if not said or _too_early(progress) is not None:
        return ""
    return f"{_count(len(progress.courses), 'measure')}: {said}."


def notes(progress: Progress) -> list[str]:
    """Return what a reader should know about what is said."""
    out = [unusual(progress)]
    if progress.moved(Move.BETTER, Move.WORSE, Move.CHANGED, Move.STEADY):
        out.append(CHANCE if len(progress.courses) > 1 else CHANCE_OF_ONE)
    out += other(progress.courses)
    if progress.earlier:
        out.append(_EARLIER)
    return [one for one in out if one]


# benchmarks/progress.py says how often; docs/progress.md has the figures.
CHANCE = (
    "All measures are tested together: of a hundred people who do not change, at most five read on their page that"
    " something did. Of those who look after each of 60 sittings, about one in five reads so at least once: wait for it"
    " to stay."
)
CHANCE_OF_ONE = (
    "One measure was asked for: of a hundred people who do not change, about five read that it did. That holds if it"
    " was chosen before looking."
)


def mark(inside: tuple[int, int] | None) -> str:
    """Return how many judged measures of a take were `inside` what is good."""
    return f"{inside[0]} of {inside[1]}" if inside else "not judged"


def asked(one: Practised) -> str:
    """Return the text of the question of `one`, or its id where there is none."""
    return one.text or one.question


def covered(one: Coverage) -> str:
    """Return how far the competency `one` is covered."""
    if not one.answers:
        return f"{STATES[one.state]} ({_count(one.questions, 'question')})"
    of_all = f"{one.practised} of {_count(one.questions, 'question')}"
    return f"{STATES[one.state]}: {_count(one.answers, 'answer')} to {of_all}"


def rate(month: Month) -> str:
    """Return how often a phrase came in `month`: a minute, or an answer where the answers have no times."""
    return f"{month.count / (month.minutes or month.answers or 1):.1f}"


def per(progress: Progress) -> str:
    """Return what habits are counted by."""
    return "a minute" if any(month.minutes for habit in progress.habits for month in habit.months) else "an answer"


def heard(progress: Progress) -> str:
    """Say what habits were looked for in."""
    return f"From the words of {_count(progress.heard, 'answer')}: the last few of each month."


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def waiting(courses: Sequence[Course]) -> str:
    """Return what to say of the `courses` that have too few sittings to be drawn; nothing where there are none."""
    count = sum(len(course.points) < DRAWN for course in courses)
    if not count:
        return ""
    what = "One measure has" if count == 1 else f"{count} measures have"
    return f"{what} one sitting: too early to say, {LEAST - 1} more are needed. The numbers are in the table below."
