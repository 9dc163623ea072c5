"""`voiceprep practice`: options in, rounds at the desk out."""

from __future__ import annotations

import os
import random
import re
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count as numbers
from typing import TYPE_CHECKING, Any

import click

from voiceprep.cli.completion import complete_question
from voiceprep.cli.folder import data_option, opened, own_voice, sessions_in
from voiceprep.cli.talk import Talk
from voiceprep.errors import DeviceError, InputError
from voiceprep.model import QuestionKind
from voiceprep.practice import Act, Rules, aimed, rehearsal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from voiceprep.cli.desk import Analyst, Desk
    from voiceprep.cli.keeper import Keeper
    from voiceprep.cli.screen import Screen
    from voiceprep.history import History
    from voiceprep.keys import Keyboard
    from voiceprep.model import Question, Settings
    from voiceprep.ports import Port
    from voiceprep.practice import Take

EXAMPLES = """\b
Examples:
  voiceprep practice
  voiceprep practice --question scope-decision --think 10
  voiceprep practice --kind behavioural --count 5 --seed 7
  voiceprep practice --due --count 3
  voiceprep practice --aloud --think 0
  voiceprep practice --rehearsal
"""
_LONG_ENOUGH = 5.0


@click.command("practice", epilog=EXAMPLES)
@click.option(
    "--question",
    metavar="ID|TEXT",
    shell_complete=complete_question,
    help="Begin with this question: its id, or its text.",
)
@click.option(
    "--kind",
    metavar="KIND",
    type=click.Choice([kind.value for kind in QuestionKind]),
    help=f"Only questions of this kind: {', '.join(kind.value for kind in QuestionKind)}.",
)
@click.option("--competency", metavar="ID", help="Only questions that show this, such as adaptability.")
@click.option("--random", "at_random", is_flag=True, help="Pick questions at random. That is what happens anyway.")
@click.option("--due", is_flag=True, help="What is due first, and why: the order of voiceprep due.")
@click.option("--seed", type=int, help="The same number picks the same questions. Default: new ones each time.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="So many questions in a row, then the end.")
@click.option("--questions", "packs", multiple=True, metavar="FILE", help="Another pack of questions. Repeatable.")
@click.option("--show", is_flag=True, help="Show the question. Alone: do not read it aloud.")
@click.option("--aloud", is_flag=True, help="Read the question aloud. Alone: do not show it. Default: both.")
@click.option(
    "--think",
    metavar="SECONDS",
    type=click.FloatRange(0, 600),
    default=30.0,
    help="Time to think before the recording begins; any key begins it. Default: 30. With 0 and a question that is "
    "read aloud, the time until your first word is measured.",
)
@click.option(
    "--max",
    "longest",
    metavar="SECONDS",
    type=click.FloatRange(_LONG_ENOUGH, 3600),
    default=180.0,
    help="The recording ends after this. Default: 180.",
)
@click.option(
    "--stop-after",
    metavar="SECONDS",
    type=click.FloatRange(1, 60),
    help="The recording also ends after so much silence. Default: it does not.",
)
@click.option(
    "--rehearsal",
    is_flag=True,
    help="As in a recorded interview: 30 s to think, 2 minutes at most, one take, no listening.",
)
@click.option("--input", "microphone", metavar="NAME", help="Microphone, by a part of its name.")
@click.option("--output", "loudspeaker", metavar="NAME", help="Loudspeaker, by a part of its name.")
@click.option("--live", "counted", is_flag=True, help="Show how many words were heard while you speak.")
@click.option("--plain", is_flag=True, help="Print plain lines: for screen readers and logs.")
@click.option("--model", metavar="NAME", help="Name or folder of the Whisper model. Default: base.")
@click.option("--language", metavar="CODE", help="Language spoken, such as en. Default: auto, which listens for it.")
@click.option("--threads", metavar="N", type=click.IntRange(0), help="Processor threads to use. Default: 0, all.")
@click.option("--offline", is_flag=True, help="Never use the network, not even to fetch a model.")
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@data_option
def command(data: Path | None, **options: Any) -> int:  # noqa: ANN401
    """Hear a question, answer it aloud, read what to change, try again.

    Each round: the question, time to think, your answer, its report. Then one key each to listen, to try again, for the
    next question, for the page with the sound, to delete the answer, or to quit. Recordings stay on this machine and
    are readable for you alone: see voiceprep sessions and voiceprep forget.
    """
    from voiceprep import config, devices  # noqa: PLC0415  (not needed for --help)
    from voiceprep.cli import sound  # noqa: PLC0415  (same)

    if options["due"] and (options["at_random"] or options["seed"] is not None):
        raise InputError("--due has an order of its own, and picks nothing at random", "Leave out --random and --seed.")
    settings = _settings(options)
    questions = _questions(options, settings)
    port = sound.port()
    remembered = devices.remembered(config.data_dir())
    options["microphone"] = _microphone(port, options["microphone"], remembered.input)
    options["loudspeaker"] = options["loudspeaker"] or remembered.output
    rules = _rules(options)
    with ExitStack() as stack:
        talk = stack.enter_context(Talk(colour=not options["no_color"]))
        analyst = sound.analyst(settings, talk, counted=options["counted"], own=own_voice(data))
        stack.callback(analyst.close)
        history = stack.enter_context(opened(data))
        options["why"] = {}
        if options["due"]:
            questions, options["why"] = _due(questions, history, settings, options)
        from voiceprep.cli.keeper import Keeper  # noqa: PLC0415  (not needed for --help)
        from voiceprep.cli.screen import screen  # noqa: PLC0415  (same)
        from voiceprep.keys import keyboard  # noqa: PLC0415  (same)

        keeper = Keeper(sessions_in(data), history, lambda: datetime.now().astimezone(), sound.compress)
        stack.callback(keeper.close)
        shown = screen(plain=options["plain"], colour=not options["no_color"])
        keys = stack.enter_context(keyboard())
        _practise(questions, rules, options, port=port, analyst=analyst, keeper=keeper, screen=shown, keyboard=keys)
    return 0


def _practise(
    questions: Sequence[Question],
    rules: Rules,
    options: dict[str, Any],
    *,
    port: Port,
    analyst: Analyst,
    keeper: Keeper,
    screen: Screen,
    keyboard: Keyboard,
) -> None:
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.cli import sound  # noqa: PLC0415  (same)
    from voiceprep.cli.desk import Desk, Setting  # noqa: PLC0415  (same)

    _tidy(keeper, screen, config.load_settings().keep_days)
    aloud = _aloud(options, port, screen)
    desk = Desk(
        Setting(
            input=options["microphone"],
            output=options["loudspeaker"],
            cache=config.cache_dir() / "voices",
            shown=options["show"] or not options["aloud"],
            open_page=_open_page,
            no_voice=sound.how_to_get_a_voice,
            count=options["count"] or 0,
        ),
        port=port,
        analyst=analyst,
        keyboard=keyboard,
        screen=screen,
        keeper=keeper,
    )
    try:
        if _recover(desk, keeper, screen, keyboard, rules):
            _rounds(
                desk, questions, replace(rules, aloud=aloud), options["count"], partial(_why, screen, options["why"])
            )
    finally:
        if keeper.kept:
            takes = "1 answer is" if keeper.kept == 1 else f"{keeper.kept} answers are"
            screen.say(f"{takes} kept in this session: voiceprep sessions show {keeper.session}")


def _due(
    questions: list[Question], history: History, settings: Settings, options: dict[str, Any]
) -> tuple[list[Question], dict[str, str]]:
    """Return `questions` with what is due first, and why each is asked, by its key; a named one stays the first."""
    from voiceprep.cli.due import queue, reason  # noqa: PLC0415  (not needed for --help)
    from voiceprep.due import State, key  # noqa: PLC0415  (same)

    now, named = datetime.now().astimezone(), [key(one) for one in questions[: options["question"] is not None]]
    own = options["kind"] is None and options["competency"] is None
    turns = list(queue(history, questions, settings, now, typed=own))
    why = {key(turn.question): reason(turn, now) for turn in turns}
    if all(turn.state is State.NEW for turn in turns):
        why[key(turns[0].question)] = "nothing was practised yet, and it is the first of all"
    turns.sort(key=lambda turn: key(turn.question) not in named)
    return [turn.question for turn in turns], {name: told for name, told in why.items() if name not in named}


def _why(screen: Screen, why: Mapping[str, str], question: Question) -> None:
    """Say why `question` is asked, where that is known."""
    from voiceprep.due import key  # noqa: PLC0415  (not needed for --help)

    if told := why.get(key(question)):
        screen.say(f"Why this one: {told}.")


def _rounds(
    desk: Desk, questions: Sequence[Question], rules: Rules, wanted: int | None, before: Callable[[Question], None]
) -> None:
    """Hold round after round, until somebody leaves or so many as `wanted` are over; `before` each, say why."""
    for number in numbers():
        question = questions[number % len(questions)]
        if number < len(questions):
            before(question)
        place = f"Question {number + 1}" + (f" of {wanted}" if wanted else "")
        more = number + 1 < wanted if wanted else True
        if desk.ask(question, aimed(rules, question.target), place, more=more) is not Act.NEXT:
            return


def _recover(desk: Desk, keeper: Keeper, screen: Screen, keyboard: Keyboard, rules: Rules) -> bool:
    """Offer what earlier sessions left without a report, the oldest first. Return whether to go on to a question."""
    waiting = [pending for pending in keeper.pending() if pending.sound.exists()]
    for number, pending in enumerate(waiting):
        screen.say(_offer(pending.take, len(waiting) - number))
        screen.say("Keys: y analyse it now, k keep it for later, d delete it, q quit.")
        key = _pressed(keyboard, "ykdq")
        if key == "d":
            keeper.sessions.delete(pending.take)
            screen.say("Deleted.")
        elif key == "q" or (key == "y" and desk.recover(pending, rules) is Act.LEAVE):
            return False
        elif key != "y":
            screen.say("Kept for later.")
            break
    return True


def _offer(take: Take, waiting: int) -> str:
    from voiceprep.wording import duration_text  # noqa: PLC0415  (not needed for --help)

    long = f" of {duration_text(take.duration)}" if take.duration else ""
    asked = f": {take.question.text}" if take.question else "."
    others = f" ({waiting} in all)" if waiting > 1 else ""
    return f"An answer{long} from {take.at[:16].replace('T', ' ')} has no report yet{others}{asked}"


def _pressed(keyboard: Keyboard, known: str) -> str:
    """Wait for one of the `known` keys; where nobody can press one, return nothing."""
    while not keyboard.closed:
        if (key := keyboard.read(0.1)) and key in known:
            return key
    return ""


def _tidy(keeper: Keeper, screen: Screen, days: int) -> None:
    """Delete the recordings that are older than the user wants to keep them."""
    from voiceprep.cli.folder import older  # noqa: PLC0415  (not needed for --help)

    if not days:
        return
    old = [name for name in older(keeper.sessions, days, datetime.now().astimezone()) if keeper.sessions.silence(name)]
    if old:
        sessions = "1 session" if len(old) == 1 else f"{len(old)} sessions"
        screen.say(f"Recordings of {sessions} older than {days} days were deleted, as your settings say.")


def _aloud(options: dict[str, Any], port: Port, screen: Screen) -> bool:
    """Say whether questions are read aloud: where that is wished for, and there is a loudspeaker."""
    if options["show"] and not options["aloud"]:
        return False
    try:
        there = bool(port.outputs())
    except DeviceError:
        there = False
    if not there:
        away = " The sound of an SSH session stays on the other machine." if "SSH_CONNECTION" in os.environ else ""
        screen.say(f"There is no loudspeaker here, so questions are only shown.{away}")
    return there


def _microphone(port: Port, wanted: str | None, kept: str | None) -> str | None:
    """Return the name of the microphone: the one `wanted`, else the one `kept` from before if it is there, else None.

    Raise `DeviceError` where nothing can be recorded: before anything is asked.
    """
    from voiceprep.devices import chosen  # noqa: PLC0415  (not needed for --help)

    try:
        there = port.inputs()
        chosen(there, wanted, "input")
    except DeviceError as error:
        if "SSH_CONNECTION" not in os.environ:
            raise
        hint = f"Over SSH the microphone in front of you is out of reach: run voiceprep on that machine. {error.hint}"
        raise DeviceError(error.message, hint.strip()) from error
    return wanted or (kept if any(one.name == kept for one in there) else None)


def _rules(options: dict[str, Any]) -> Rules:
    rules = Rules(think=options["think"], longest=options["longest"], stop_after=options["stop_after"] or 0.0)
    return rehearsal(rules) if options["rehearsal"] else rules


def _settings(options: dict[str, Any]) -> Settings:
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)

    settings = config.load_settings()
    language = options["language"]
    if language is not None and not re.fullmatch("[a-z]{2,3}|auto", language):
        raise InputError(f"{language!r} is no code of a language", hint="Give two letters, such as en or de; or auto.")
    given = {name: options[name] for name in ("model", "language", "threads") if options[name] is not None}
    packs = (*settings.questions, *options["packs"])
    return replace(settings, **given, questions=packs, offline=settings.offline or options["offline"])


def _questions(options: dict[str, Any], settings: Settings) -> list[Question]:
    """Return the questions in the order in which they are asked: a named one first, the others shuffled if not due."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.cli.questions import choose  # noqa: PLC0415  (same)

    found = choose("", options["packs"], None, options["kind"], options["competency"], None)
    if not options["due"]:
        random.Random(options["seed"]).shuffle(found)  # noqa: S311  (questions, no secret)
    if options["question"] is not None:
        first = config.find_question(options["question"], config.load_packs(settings.questions))
        found = [first, *(one for one in found if one.id != first.id)]
    if not found:
        raise InputError("no question fits", "Ask for less at once, or see all with: voiceprep questions")
    return found


def _open_page(path: Path) -> None:
    if sys.stderr.isatty():
        click.launch(path.resolve().as_uri())
