"""Runs rounds of practice: gives the state machine its events, and does what it says with sound, disk and screen.

Whatever ends the program while somebody speaks, what was said stays on the disk.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from voiceprep import practice
from voiceprep.cli import say_error
from voiceprep.cli.scenes import View, stopped
from voiceprep.errors import VoiceprepError
from voiceprep.practice import Act, Asked, Began, Ended, Heard, Played, Pressed, Read, Round, Rules, Stage, Take, Ticked
from voiceprep.sessions import SPOKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voiceprep.cli.keeper import Keeper
    from voiceprep.cli.screen import Screen
    from voiceprep.keys import Keyboard
    from voiceprep.model import Assessment, Audio, Question
    from voiceprep.ports import Block, Level, Port, Recorder
    from voiceprep.sessions import Pending

# How often a screen may change.
TICK = 0.1
# A microphone that gives no block for so long is gone, whatever it says.
STALLED = 3.0
# In less than this nobody says anything: a key was pressed twice.
LEAST = 0.5


class Analyst(Protocol):
    """Turns a recording into a report; may begin while it is still spoken."""

    def begin(self) -> None:
        """Get ready for an answer."""
        ...

    def feed(self, block: Block) -> None:
        """Take a block of the answer as it is spoken."""
        ...

    def over(self) -> None:
        """Hear what is left of the answer, for it is over."""
        ...

    def close(self) -> None:
        """Hear nothing any more, for the program ends."""
        ...

    def words(self) -> int | None:
        """Return how many words were heard so far, or None where that is not to be shown."""
        ...

    def assess(self, path: Path, take: Take, progress: Callable[[str, float, float], None]) -> Assessment:
        """Return the report on the answer at `path`."""
        ...

    def sound(self, path: Path) -> Audio:
        """Return the sound of the answer at `path`."""
        ...

    def page(self, assessment: Assessment, path: Path, target: Path) -> None:
        """Write the page about the answer at `path` to `target`."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same in a session: devices by name (None: the system's), where voices are cached, what is shown.

    `open_page` opens a file in the browser. `count` is how many questions there are, 0 where one goes on at will.
    """

    input: str | None
    output: str | None
    cache: Path
    shown: bool
    open_page: Callable[[Path], None]
    no_voice: Callable[[], str]
    count: int = 0


class Desk:
    """The desk at which somebody practises."""

    def __init__(
        self,
        setting: Setting,
        *,
        port: Port,
        analyst: Analyst,
        keyboard: Keyboard,
        screen: Screen,
        keeper: Keeper,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._setting = setting
        self._port = port
        self._analyst = analyst
        self._keyboard = keyboard
        self._screen = screen
        self._keeper = keeper
        self._clock = clock
        self._events: queue.SimpleQueue[practice.Event] = queue.SimpleQueue()
        self._hush = threading.Event()
        self._player: threading.Thread | None = None
        self._recorder: Recorder | None = None
        self._last_block = 0.0
        self._heard = False
        self._take: Take | None = None
        self._path: Path | None = None
        self._assessment: Assessment | None = None
        self._question: Question | None = None
        self._round: Round | None = None
        self._voiceless = False
        self._trouble = ""

    def ask(self, question: Question, rules: Rules, place: str, *, more: bool) -> Act:
        """Hold a round about `question`. Return whether the NEXT is wished for, or to LEAVE."""
        self._question = question
        aloud = rules.aloud and not self._voiceless
        first = practice.begin(replace(rules, aloud=aloud), self._clock(), more=more)
        self._screen.ask(question, place, first[0], shown=self._setting.shown or not aloud)
        return self._run(*first)

    def recover(self, pending: Pending, rules: Rules) -> Act:
        """Analyse a take that was cut off. Return whether the NEXT is wished for, or to LEAVE."""
        take = pending.take
        if pending.sound.suffix == SPOKEN:
            capture = self._port.recover(pending.sound)
            take = replace(take, duration=capture.duration, ended=take.ended or capture.ended)
        self._question, self._take, self._path = take.question, take, self._keeper.stopped(take)
        return self._run(*practice.recovered(rules, self._clock()))

    def _run(self, state: Round, acts: tuple[Act, ...]) -> Act:
        try:
            while True:
                self._round = state
                for act in acts:
                    self._do(act)
                if state.stage is not Stage.READING:
                    self._show()
                if state.stage is Stage.OVER:
                    return acts[-1]
                state, acts = practice.step(state, self._next(state))
        finally:
            self._silence()
            self._abandon()
            self._screen.close()

    def _next(self, state: Round) -> practice.Event:
        """Return what happened, or after a moment that nothing did."""
        if not self._events.empty():
            event = self._events.get_nowait()
            if isinstance(event, Asked | Played):
                self._tell_trouble()
            return event
        if key := self._keyboard.read(TICK):
            return Pressed(self._clock(), key)
        now = self._clock()
        if state.stage is Stage.RECORDING and self._recorder is not None and (reason := self._lost(now)):
            return Ended(now, reason)
        if self._keyboard.closed and state.stage is Stage.REVIEW:
            # Nobody is there to press anything: on to the next question, if a number of them was asked for.
            return Pressed(now, "n" if self._setting.count and state.more else "q")
        return Ticked(now)

    def _tell_trouble(self) -> None:
        """Say why nothing could be played, and show the question that could not be heard."""
        if self._trouble:
            self._screen.say(self._trouble)
            if self._voiceless and not self._setting.shown and self._question is not None:
                self._screen.say(self._question.text)
            self._trouble = ""

    def _lost(self, now: float) -> str:
        """Return why nothing is recorded any more, or an empty text."""
        assert self._recorder is not None  # noqa: S101  (for the type checker: asked before)
        if self._recorder.ended:
            return self._recorder.ended
        return "no sound came from the microphone any more" if now - self._last_block > STALLED else ""

    def _show(self, done: float = 0.0) -> None:
        if self._round is not None:
            self._screen.show(View(self._round, self._clock(), done, self._analyst.words()))

    def _do(self, act: Act) -> None:
        does: dict[Act, Callable[[], None]] = {
            Act.ASK: self._read_aloud,
            Act.HUSH: self._hush.set,
            Act.RECORD: self._record,
            Act.STOP: partial(self._stop, to_the_end=True),
            Act.ANALYSE: self._analyse,
            Act.LISTEN: self._listen,
            Act.REPORT: self._report,
            Act.OPEN: self._open,
            Act.DELETE: self._delete,
        }
        if act in does:
            does[act]()

    def _read_aloud(self) -> None:
        assert self._question is not None  # noqa: S101  (for the type checker: a round has one)
        self._play(partial(self._port.spoken, self._question.text, self._setting.cache), asked=True)

    def _listen(self) -> None:
        assert self._path is not None  # noqa: S101  (for the type checker: there is a take)
        self._play(partial(self._analyst.sound, self._path), asked=False)

    def _play(self, get: Callable[[], Audio | None], *, asked: bool) -> None:
        """Play what `get` returns, beside what else goes on; its end is an event."""
        self._silence()
        self._hush = threading.Event()
        self._player = threading.Thread(target=self._played, args=(get, self._hush, asked), daemon=True)
        self._player.start()

    def _played(self, get: Callable[[], Audio | None], hush: threading.Event, asked: bool) -> None:
        end, failed = self._clock(), False
        try:
            if (audio := get()) is None:
                self._voiceless = failed = True
                self._trouble = self._setting.no_voice()
            elif not hush.is_set():
                end = self._port.play(audio, self._setting.output, hush)
        except VoiceprepError as error:
            self._voiceless, failed = self._voiceless or asked, True
            self._trouble = f"{error.message}. {error.hint}".strip()
        hushed = failed or hush.is_set()
        self._events.put(Asked(end if not hushed else self._clock(), hushed) if asked else Played(self._clock()))

    def _silence(self) -> None:
        """End what is played."""
        self._hush.set()
        if self._player is not None:
            self._player.join(timeout=2)
            self._player = None

    def _record(self) -> None:
        assert self._question is not None  # noqa: S101  (for the type checker: a round has one)
        assert self._round is not None  # noqa: S101  (same)
        rules = self._round.rules
        settings = {"think": rules.think, "longest": rules.longest, "stop_after": rules.stop_after}
        settings |= {"rehearsal": rules.takes == 1, "aloud": rules.aloud}
        self._take, self._path = self._keeper.begin(self._question, settings)
        self._assessment, self._heard = None, False
        self._analyst.begin()
        recorder = self._port.record(self._path, self._setting.input, on_block=self._block)
        try:
            self._last_block = self._clock() + STALLED
            self._recorder = recorder.__enter__()
        except BaseException:
            self._keeper.discard(self._take)
            raise

    def _block(self, block: Block, level: Level) -> None:
        """Take a block from the recorder, whose thread this is."""
        from voiceprep.voice import RATE  # noqa: PLC0415  (a round that nobody answers needs no voice)

        now = self._clock()
        if not self._heard:
            self._heard = True
            self._events.put(Began(now - len(block) / RATE))
        self._last_block = now
        self._events.put(Heard(now, level))
        self._analyst.feed(block)

    def _stop(self, *, to_the_end: bool) -> None:
        """Stop the recording, and note what it came to; if the round goes on `to_the_end`, its last words are heard."""
        assert self._recorder is not None  # noqa: S101  (for the type checker: it was begun)
        assert self._round is not None  # noqa: S101  (same)
        assert self._take is not None  # noqa: S101  (same)
        recorder, self._recorder = self._recorder, None
        capture = recorder.stop()
        recorder.__exit__(None, None, None)
        if to_the_end:
            self._analyst.over()
        self._take = replace(
            self._take,
            duration=capture.duration,
            dropped=capture.dropped,
            ended=capture.ended or self._round.ended,
            question_end=practice.asked_in(self._round),
            thought=round(self._round.thought, 1),
        )
        self._path = self._keeper.stopped(self._take)
        self._screen.say(stopped(View(self._round, self._clock()), self._take.ended, capture.duration))
        if capture.dropped:
            self._screen.say(f"{capture.dropped} blocks of sound were lost: the machine was too busy.")

    def _abandon(self) -> None:
        """Keep what was said, if the program ends while it is said."""
        if self._recorder is not None:
            self._stop(to_the_end=False)
        if self._take is not None and self._round is not None and self._round.stage in {Stage.RECORDING, Stage.READING}:
            self._screen.say("Your answer is kept. The next `voiceprep practice` offers to analyse it.")

    def _analyse(self) -> None:
        assert self._take is not None  # noqa: S101  (for the type checker: there is a take)
        assert self._path is not None  # noqa: S101  (same)
        if self._take.duration < LEAST:
            self._keeper.discard(self._take)
            self._take = None
            self._screen.say("That was too short to be an answer; nothing is kept of it.")
            self._events.put(Read(self._clock(), failed=True, gone=True))
            return
        self._show()

        def progress(_stage: str, done: float, whole: float) -> None:
            self._show(done / whole if whole else 0.0)

        try:
            self._assessment = self._analyst.assess(self._path, self._take, progress)
            self._keeper.keep(self._take, self._assessment)
        except VoiceprepError as error:
            self._screen.close()
            say_error(error)
            self._screen.say("The recording is kept; the next `voiceprep practice` offers it again.")
        else:
            self._screen.report(self._assessment, whole=False)
        # What was pressed while there was nothing to press, such as a second Enter, means nothing.
        self._keyboard.forget()
        self._events.put(Read(self._clock(), failed=self._assessment is None))

    def _report(self) -> None:
        if self._assessment is not None:
            self._screen.report(self._assessment, whole=True)

    def _open(self) -> None:
        if self._assessment is None or self._take is None or self._path is None:
            return
        target = self._keeper.sessions.page(self._take)
        self._analyst.page(self._assessment, self._path, target)
        self._screen.say(f"The page, with the sound: {target}")
        self._setting.open_page(target)

    def _delete(self) -> None:
        if self._take is not None:
            self._keeper.delete(self._take)
            self._take = self._assessment = None
            self._screen.say("Deleted.")
