"""What a round of practice looks like: lines of text for each of its stages. Prints nothing and knows no terminal.

Nothing is told by colour or movement alone: every bar has its words beside it.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from voiceprep.meter import REMEDIES, Loudness, loudness, share
from voiceprep.practice import Round, Stage, choices, elapsed, left
from voiceprep.report.plain import one_line
from voiceprep.wording import clock, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Question

# Seconds before a hard end at which it is said.
LAST_CALL = 15
THINK_CALL = 10
_BAR = 32
# The colours of what is over and of what is to come.
_PLAIN = {True: "cyan", False: "dim"}
_LABEL = 7
SURE = "Press d again to delete this answer for good; any other key keeps it."
IN_TARGET = "a good length from here on"
OVER_TARGET = "past the length to aim for: come to the end"


@dataclass(frozen=True, slots=True)
class View:
    """All that a screen shows: a `round` as it is `now`. `done` is how much of the analysis is done, 0 to 1.

    `words` is how many were heard so far, None where that is not to be shown.
    """

    round: Round
    now: float
    done: float = 0.0
    words: int | None = None


def header(question: Question, place: str, round_: Round, width: int, *, shown: bool) -> list[Text]:
    """Return what stands over a round: its `place` in the session, the question if it is `shown`, what to aim for."""
    # The id of a question is a part of its answer.
    lines = [Text(f"{place} · {one_line(question.id)}" if question.role and shown else place, "dim"), Text()]
    text = one_line(question.text) if shown else "The question is read aloud, and not shown."
    lines += [Text(f" {line}", "bold") for line in textwrap.wrap(text, width - 2)]
    target, rules = round_.rules.target, round_.rules
    aims = [
        question.kind.value,
        *([f"aim for {duration_text(target.start)} to {duration_text(target.end)}"] if target.duration else []),
        *([f"{duration_text(rules.longest)} at most"] if rules.takes == 1 or not target.duration else []),
        *(["one take"] if rules.takes == 1 else []),
    ]
    return [*lines, Text(), *_wrapped(" · ".join(aims), width, "dim"), Text()]


def draw(view: View, width: int, *, ascii: bool = False) -> list[Text]:  # noqa: A002  (as in the reports)
    """Return the lines of the stage that `view` shows, at most `width` columns wide."""
    match view.round.stage:
        case Stage.ASKING:
            lines = [Text(" The question is being read aloud.")]
            keys = "any key: skip · q: quit"
        case Stage.THINKING:
            lines = _thinking(view, width, ascii=ascii)
            keys = "any key: answer now · q: quit"
        case Stage.RECORDING:
            lines = _recording(view, width, ascii=ascii)
            keys = "Enter or space: stop"
        case Stage.READING:
            lines = [Text(" Reading your answer" + (f": {view.done:.0%}" if 0 < view.done < 1 else " ..."))]
            keys = ""
        case Stage.LISTENING:
            lines = [Text(" Playing your answer.")]
            keys = "any key: stop"
        case Stage.REVIEW:
            return _review(view.round, width)
        case _:
            return []
    return [*lines, *([Text(), *_wrapped(keys, width, "dim")] if keys else [])]


def plain(before: View | None, view: View) -> Iterator[str]:
    """Yield the lines to print now for who hears or pipes the screen: only what is new since `before`."""
    if before is None or before.round.stage is not view.round.stage:
        yield from _entered(view)
    elif view.round.stage is Stage.THINKING:
        if (
            left(before.round, before.now) > THINK_CALL >= left(view.round, view.now) > 0
            and view.round.rules.think > 15
        ):
            yield f"{THINK_CALL} seconds left."
    elif view.round.stage is Stage.RECORDING:
        yield from _passed(before, view)
    elif view.round.stage is Stage.REVIEW and before.round != view.round:
        yield SURE if not view.round.sure else _menu(view.round)


def stopped(view: View, ended: str, duration: float) -> str:
    """Return what is said where a recording ends: how long it is and, if it `ended` by itself, why."""
    why = f", because {ended}" if ended else ""
    return f"Recorded {duration_text(duration)}{why}." + (
        f" You thought for {duration_text(view.round.thought)} first." if view.round.thought >= 1 else ""
    )


def _entered(view: View) -> Iterator[str]:
    """Yield what is said where a stage begins."""
    rules = view.round.rules
    match view.round.stage:
        case Stage.ASKING:
            yield "The question is read aloud. Any key skips that."
        case Stage.THINKING:
            yield f"Think: {duration_text(rules.think)}. Any key begins the answer, q quits."
        case Stage.RECORDING:
            yield "Recording. Enter or space stops."
        case Stage.READING:
            yield "Reading your answer."
        case Stage.LISTENING:
            yield "Playing your answer. Any key stops."
        case Stage.REVIEW:
            yield ""
            yield _menu(view.round)


def _menu(round_: Round) -> str:
    return "Keys: " + ", ".join(f"{choice.key} {choice.label}" for choice in choices(round_)) + "."


def _passed(before: View, view: View) -> Iterator[str]:
    """Yield what is said of a recording between two looks: a warning, the target, a full minute, the last call."""
    was, now = elapsed(before.round, before.now), elapsed(view.round, view.now)
    rules = view.round.rules

    def passed(moment: float) -> bool:
        return was < moment <= now

    sound = loudness(view.round.meter, view.now)
    if sound in REMEDIES and sound is not loudness(before.round.meter, before.now):
        yield REMEDIES[sound]
    if passed(rules.target.start) and rules.target.duration:
        yield f"{duration_text(now)}: {IN_TARGET}."
    elif passed(rules.target.end):
        yield f"{duration_text(now)}: {OVER_TARGET}."
    elif passed(rules.longest - LAST_CALL) and rules.longest > 2 * LAST_CALL:
        yield f"{LAST_CALL} seconds left."
    elif int(was // 60) < int(now // 60):
        yield f"{duration_text(now // 60 * 60)}."


def _thinking(view: View, width: int, *, ascii: bool) -> list[Text]:  # noqa: A002  (as in the reports)
    rest = left(view.round, view.now)
    # Counted down to 1 and then away: 0 seconds left to think is no time.
    seconds = clock(rest + 0.999)
    bar = _bar(rest / view.round.rules.think, _room(width, seconds), ascii=ascii)
    return [_labelled("Think", bar, seconds)]


def _recording(view: View, width: int, *, ascii: bool) -> list[Text]:  # noqa: A002  (as in the reports)
    rules, now = view.round.rules, elapsed(view.round, view.now)
    mark = "*" if ascii else "●"
    lines = [Text.assemble((f" {mark} ", "red"), ("Recording", "bold")), Text()]
    goal = f"{clock(now)} of {clock(rules.longest)}"
    room = _room(width, goal)
    lines.append(_labelled("Time", _track(now, view.round, room, ascii=ascii), goal))
    sound = loudness(view.round.meter, view.now)
    lines += [_labelled("Level", _bar(share(view.round.meter), room, ascii=ascii), sound.value), Text()]
    lines += _wrapped(REMEDIES.get(sound, ""), width, "bold yellow")
    lines += _wrapped(_aim(view.round, now), width, "cyan" if now >= rules.target.start else "")
    if view.words is not None:
        lines += _wrapped(f"{view.words} words so far", width, "dim")
    return lines


def _aim(round_: Round, now: float) -> str:
    rules = round_.rules
    if left_over := _last_call(round_, now):
        return left_over
    if not rules.target.duration:
        return ""
    if now >= rules.target.end:
        return f"{OVER_TARGET.capitalize()}."
    if now >= rules.target.start:
        return f"{IN_TARGET.capitalize()}, up to {clock(rules.target.end)}."
    return f"Aim for {clock(rules.target.start)} to {clock(rules.target.end)}."


def _last_call(round_: Round, now: float) -> str:
    rest = round_.rules.longest - now
    return f"{clock(rest + 0.999)} left: come to the end." if rest <= LAST_CALL else ""


def _review(round_: Round, width: int) -> list[Text]:
    if not round_.sure:
        return _wrapped(SURE, width, "bold yellow")
    parts: list[Text] = []
    line = Text(" ")
    for choice in choices(round_):
        item = Text.assemble((choice.key, "bold cyan"), f" {choice.label}")
        if len(line) > 1 and len(line) + 3 + len(item) > width:
            parts.append(line)
            line = Text(" ")
        line = Text.assemble(line, "   " if len(line) > 1 else "", item)
    return [*parts, line]


def _room(width: int, beside: str) -> int:
    """Return how long a bar is with a label before it and `beside` it some words."""
    return max(8, min(_BAR, width - _LABEL - max(len(beside), len(Loudness.WAITING.value)) - 3))


def _labelled(label: str, bar: Text, beside: str) -> Text:
    return Text.assemble(f" {label:<{_LABEL - 1}}", bar, f" {beside}")


def _bar(part: float, room: int, *, ascii: bool) -> Text:  # noqa: A002  (as in the reports)
    full, empty = ("#", "-") if ascii else ("█", "░")
    filled = round(min(1.0, max(0.0, part)) * room)
    return Text.assemble((full * filled, "cyan"), (empty * (room - filled), "dim"))


def _track(now: float, round_: Round, room: int, *, ascii: bool) -> Text:  # noqa: A002  (as in the reports)
    """Return the time as a bar, in which the length to aim for stands out."""
    full, aim, empty = ("#", "=", "-") if ascii else ("█", "▒", "░")
    rules = round_.rules
    cells = []
    for cell in range(room):
        at = (cell + 0.5) / room * rules.longest
        inside = rules.target.start <= at <= rules.target.end
        cells.append((full if at <= now else aim if inside else empty, "green" if inside else _PLAIN[at <= now]))
    return Text.assemble(*cells)


def _wrapped(text: str, width: int, style: str = "") -> list[Text]:
    return [Text(f" {line}", style) for line in textwrap.wrap(text, width - 2)] if text else []


def joined(lines: Sequence[Text]) -> Text:
    """Return `lines` as one text."""
    return Text("\n").join(lines)
