"""A round of practice as a state machine: what to do, given what was pressed, heard, and how late it is. Opens nothing.

Times are those of a clock that only goes forward; nobody here looks at it, every event brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the codec reads the hints when it runs)
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from voiceprep.meter import Meter, heard, quiet_for
from voiceprep.model import Question, Span

if TYPE_CHECKING:
    from voiceprep.ports import Level

# What recorded-interview platforms give most often: half a minute to think, two minutes to answer, once.
REHEARSAL_THINK = 30.0
REHEARSAL_LONGEST = 120.0
# For questions whose pack names no length: the good band of the length of an answer.
USUAL_TARGET = Span(60.0, 150.0)

TIME_UP = "the time was up"
FELL_SILENT = "you had fallen silent"


class Stage(StrEnum):
    """Where a round stands."""

    ASKING = "asking"
    THINKING = "thinking"
    RECORDING = "recording"
    READING = "reading"
    REVIEW = "review"
    LISTENING = "listening"
    OVER = "over"


class Act(StrEnum):
    """What whoever runs a round is to do now."""

    ASK = "ask"
    HUSH = "hush"
    RECORD = "record"
    STOP = "stop"
    ANALYSE = "analyse"
    LISTEN = "listen"
    REPORT = "report"
    OPEN = "open"
    DELETE = "delete"
    NEXT = "next"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a round goes: seconds to `think` and to speak at most, the length to aim for.

    `stop_after` seconds of silence end the answer (0: never). `takes` are allowed (0: as many as one likes). `replay`
    lets one listen to what one said.
    """

    think: float = 30.0
    longest: float = 180.0
    target: Span = USUAL_TARGET
    stop_after: float = 0.0
    takes: int = 0
    replay: bool = True
    aloud: bool = False


def rehearsal(rules: Rules) -> Rules:
    """Return `rules` as a recorded interview has them: one take, a hard stop, and no listening afterwards."""
    return replace(rules, think=REHEARSAL_THINK, longest=REHEARSAL_LONGEST, takes=1, replay=False)


def aimed(rules: Rules, target: Span | None) -> Rules:
    """Return `rules` for a question with this `target`, as far as the time for it reaches; it may be nothing then."""
    wanted = target or rules.target
    return replace(rules, target=Span(min(wanted.start, rules.longest), min(wanted.end, rules.longest)))


@dataclass(frozen=True, slots=True)
class Take:
    """What is known of a recorded answer besides its sound: the `number`th of a `session`, and how it came about.

    `question_end` is when the question ends in the time of the recording, below zero if before it, None where that
    says nothing. `thought` is how long the speaker thought first. `ended` is empty where the speaker stopped.
    """

    session: str
    number: int
    at: str
    question: Question | None = None
    duration: float = 0.0
    dropped: int = 0
    ended: str = ""
    question_end: float | None = None
    thought: float = 0.0
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed: a letter, or `enter`, `space`, `other`."""

    at: float
    key: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""

    at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The question was read aloud to its end, or to where it was hushed."""

    at: float
    hushed: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A block of sound was recorded."""

    at: float
    level: Level


@dataclass(frozen=True, slots=True)
class Began:
    """The recording began."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The recording ended by itself, for a `reason`."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """The answer was analysed, or where `failed`, could not be; where it is `gone`, it was too short to keep."""

    at: float
    failed: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """The take was played to its end."""

    at: float


Event = Pressed | Ticked | Asked | Heard | Began | Ended | Read | Played


@dataclass(frozen=True, slots=True)
class Round:
    """One question with its takes. `since` is when the stage began, `began` when the recording did.

    `more` says whether another question may follow. `sure` is false while a deletion waits for its second key.
    """

    rules: Rules
    stage: Stage
    since: float
    take: int = 1
    more: bool = True
    question_end: float | None = None
    began: float | None = None
    thought: float = 0.0
    meter: Meter = field(default_factory=Meter)
    ended: str = ""
    failed: bool = False
    deleted: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A key that does something, and what."""

    key: str
    label: str
    act: Act


Step = tuple[Round, tuple[Act, ...]]


def begin(rules: Rules, now: float, *, more: bool = True, take: int = 1) -> Step:
    """Begin a round at `now`: the question is asked, or where it is only shown, thought about."""
    if rules.aloud:
        return Round(rules, Stage.ASKING, now, take, more), (Act.ASK,)
    return _think(Round(rules, Stage.THINKING, now, take, more), now)


def recovered(rules: Rules, now: float, *, more: bool = True) -> Step:
    """Begin at the report of an answer that was recorded before; it cannot be said again here."""
    return Round(replace(rules, takes=1), Stage.READING, now, 1, more), (Act.ANALYSE,)


def step(state: Round, event: Event) -> Step:
    """Return what `event` makes of `state`, and what is to be done now."""
    return _STEPS[state.stage](state, event)


def choices(state: Round) -> tuple[Choice, ...]:
    """Return the keys that do something while the report is read."""
    there = not state.deleted
    # A take that was too short to keep is none.
    again = not state.rules.takes or state.take < state.rules.takes or (state.deleted and state.failed)
    known = (
        (there and not state.failed, Choice("r", "whole report", Act.REPORT)),
        (there and state.rules.replay, Choice("l", "listen", Act.LISTEN)),
        (again, Choice("a", "again", Act.ASK)),
        (state.more, Choice("n", "next", Act.NEXT)),
        (there and not state.failed, Choice("o", "open page", Act.OPEN)),
        (there, Choice("d", "delete", Act.DELETE)),
        (True, Choice("q", "quit", Act.LEAVE)),
    )
    return tuple(choice for offered, choice in known if offered)


def elapsed(state: Round, now: float) -> float:
    """Return how many seconds the answer lasts at `now`."""
    return 0.0 if state.began is None else max(0.0, now - state.began)


def left(state: Round, now: float) -> float:
    """Return how many seconds are left to think, or to speak, at `now`."""
    if state.stage is Stage.RECORDING:
        return max(0.0, state.rules.longest - elapsed(state, now))
    return max(0.0, state.rules.think - (now - state.since))


def asked_in(state: Round) -> float | None:
    """Return when the question ends in the time of the recording, or None.

    Where time to think was given, the wait is no hesitation, and None is returned.
    """
    if state.rules.think or state.question_end is None or state.began is None:
        return None
    return state.question_end - state.began


def _asking(state: Round, event: Event) -> Step:
    match event:
        case Asked():
            return _think(replace(state, question_end=None if event.hushed else event.at), event.at)
        case Pressed(key="q"):
            return _over(state, Act.HUSH, Act.LEAVE)
        case Pressed():
            return state, (Act.HUSH,)
    return state, ()


def _think(state: Round, now: float) -> Step:
    if state.rules.think:
        return replace(state, stage=Stage.THINKING, since=now), ()
    return _record(state, now)


def _thinking(state: Round, event: Event) -> Step:
    if isinstance(event, Pressed) and event.key == "q":
        return _over(state, Act.LEAVE)
    if isinstance(event, Pressed) or not left(state, event.at):
        return _record(replace(state, thought=event.at - state.since), event.at)
    return state, ()


def _record(state: Round, now: float) -> Step:
    return replace(state, stage=Stage.RECORDING, since=now, meter=Meter()), (Act.RECORD,)


def _recording(state: Round, event: Event) -> Step:
    match event:
        case Began():
            return replace(state, began=event.at), ()
        case Heard():
            return replace(state, meter=heard(state.meter, event.level, event.at)), ()
        case Ended():
            return _stop(state, event.at, event.reason)
        case Pressed(key="enter" | "space"):
            return _stop(state, event.at, "")
        case Ticked() if reason := _enough(state, event.at):
            return _stop(state, event.at, reason)
    return state, ()


def _enough(state: Round, now: float) -> str:
    """Return why the answer ends `now` by itself, or an empty text."""
    if not left(state, now):
        return TIME_UP
    patience = state.rules.stop_after
    return FELL_SILENT if patience and quiet_for(state.meter, now) >= patience else ""


def _stop(state: Round, now: float, reason: str) -> Step:
    return replace(state, stage=Stage.READING, since=now, ended=reason), (Act.STOP, Act.ANALYSE)


def _reading(state: Round, event: Event) -> Step:
    if isinstance(event, Read):
        return replace(state, stage=Stage.REVIEW, since=event.at, failed=event.failed, deleted=event.gone), ()
    return state, ()


def _review(state: Round, event: Event) -> Step:
    if not isinstance(event, Pressed):
        return state, ()
    chosen = next((choice.act for choice in choices(state) if choice.key == event.key), None)
    if chosen is Act.DELETE:
        return _delete(state)
    return _chosen(replace(state, sure=True), chosen, event.at)


def _delete(state: Round) -> Step:
    if state.sure:
        return replace(state, sure=False), ()
    return replace(state, sure=True, deleted=True), (Act.DELETE,)


def _chosen(state: Round, act: Act | None, now: float) -> Step:
    match act:
        case None:
            return state, ()
        case Act.ASK:
            return begin(state.rules, now, more=state.more, take=state.take + (not (state.deleted and state.failed)))
        case Act.LISTEN:
            return replace(state, stage=Stage.LISTENING, since=now), (act,)
        case Act.NEXT | Act.LEAVE:
            return _over(state, act)
    return state, (act,)


def _listening(state: Round, event: Event) -> Step:
    match event:
        case Played():
            return replace(state, stage=Stage.REVIEW, since=event.at), ()
        case Pressed():
            return state, (Act.HUSH,)
    return state, ()


def _over(state: Round, *acts: Act) -> Step:
    return replace(state, stage=Stage.OVER), acts


def _stay(state: Round, _event: Event) -> Step:
    return state, ()


_STEPS = {
    Stage.ASKING: _asking,
    Stage.THINKING: _thinking,
    Stage.RECORDING: _recording,
    Stage.READING: _reading,
    Stage.REVIEW: _review,
    Stage.LISTENING: _listening,
    Stage.OVER: _stay,
}
