"""Hears an answer while it is spoken, so that little is left to do when it ends. Opens nothing.

Windows of speech are those that `pipeline.analyze` would make of the recording: each is read as soon as the next one
begins. As the last of them is up to 28 s long, speech is read in short pieces as well, cut at pauses, and where a
pause lasts, up to that pause. What was read in short pieces counts only for the last window, and where the machine is
too slow to read a window as well: there the report may differ from that of the recording, by what Whisper hears
differently in a piece than in its window.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import hesitation, voice
from voiceprep.engines.verbatim import seamed
from voiceprep.engines.windows import pack
from voiceprep.errors import VoiceprepError
from voiceprep.ground import Ground
from voiceprep.model import Audio, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.engines import Hearing, Progress, Recogniser
    from voiceprep.ground import Known
    from voiceprep.hesitation import Track
    from voiceprep.model import Word
    from voiceprep.ports import Block

# A piece has at least so many seconds of speech: shorter ones cost as much as this, for Whisper pays for silence too.
PIECE = 5.0
# After a silence as long as this somebody has likely ended: what is left is read then, whatever its length.
ENDED = 0.6
# Looked at this often, in seconds of sound.
LOOK = 0.25
# What was read and what is asked for may differ by so much, in seconds, and be the same speech.
SAME = 0.3
# Two recordings of the same length, give or take what a change of rate leaves at the end.
ROUNDED = 0.1
# A window may take so long, in seconds, until its pieces must do: what is said meanwhile waits.
PATIENCE = 5.0
# What is left of a stretch after that is not worth reading.
LEAST = 0.1
# Whisper pays for what it is shown, so many seconds at least, and for what is said in it.
SHOWN = 20.0


@dataclass(frozen=True, slots=True)
class _Read:
    """What was heard in `stretches`."""

    stretches: tuple[Span, ...]
    hearing: Hearing

    @property
    def start(self) -> float:
        return self.stretches[0].start

    @property
    def end(self) -> float:
        return self.stretches[-1].end

    def is_in(self, other: _Read) -> bool:
        return other.start <= self.start and self.end <= other.end


class _BrokenOff(Exception):  # noqa: N818  (no error)
    """A window is not read to its end: it takes too long, or the answer is over. It is known from its pieces."""


class _Abandoned(Exception):  # noqa: N818  (no error)
    """Nobody wants to know what was said."""


def _nothing(_words: Sequence[Word]) -> None:
    """Do nothing ahead."""


class Live:
    """Listens to one answer with `engine`, in a thread of its own that begins at once and ends after `finish`.

    `ahead` gets the words heard so far, now and then, for what can be done with them before the answer ends.
    """

    def __init__(self, engine: Recogniser, ahead: Callable[[Sequence[Word]], None] = _nothing) -> None:
        self._engine, self._ahead = engine, ahead
        self._sound = np.zeros(60 * voice.RATE, np.float32)
        self._length = 0
        self._ground = Ground(voice.Stream())
        self._windows: list[_Read] = []
        self._pieces: list[_Read] = []
        self._guess: _Read | None = None
        # Until when windows are read or given up, and how many seconds one of `work` took in the last piece.
        self._settled = self._pace = 0.0
        self._failed = False
        self._stop = threading.Event()
        self._abandoned = False
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
        self._thread.start()

    def feed(self, block: Block) -> None:
        """Take the next `block` of the answer, mono at `voice.RATE`; returns at once. To be called from one thread."""
        with self._more:
            need = self._length + len(block)
            if need > len(self._sound):
                self._sound = np.concatenate([self._sound, np.zeros(max(need, len(self._sound)), np.float32)])
            self._sound[self._length : need] = block
            self._length = need
            self._more.notify()

    def words(self) -> int:
        """Return how many words were heard so far."""
        return sum(len(one.hearing.words) for one in self._with_guess())

    def finish(self) -> Finished:
        """End it, and return an engine for the whole answer, of which the last stretch is read from now on."""
        self._stop.set()
        with self._more:
            self._more.notify()
        return Finished(self._engine, self._all, self._length)

    def abandon(self) -> None:
        """End it for nothing; nothing is read any more when this returns.

        To be called before the program ends: a recogniser that is torn down while it reads takes the program with it.
        """
        self._abandoned = True
        self._stop.set()
        with self._more:
            self._more.notify()
        self._thread.join()

    def known(self) -> Known:
        """Return what is known of the sound without words, for `pipeline.analyze`; to be called after `finish`."""
        audio = Audio(self._sound[: self._length], voice.RATE)
        return self._ground.ended(audio).known(audio)

    def _all(self) -> list[_Read]:
        """Wait for what is being read, and return all that was; nothing where hearing failed on the way."""
        self._thread.join()
        return [] if self._failed else self._with_guess()

    def _with_guess(self) -> list[_Read]:
        """Return what was read, to its end."""
        read, guess = self._read_so_far(), self._guess
        return [*read, guess] if guess and guess.end > last(read) else read

    def _read_so_far(self) -> list[_Read]:
        """Return what was read and counts, in order of time: windows, and the pieces that are in none of them."""
        windows = list(self._windows)
        pieces = (one for one in list(self._pieces) if not any(one.is_in(window) for window in windows))
        return sorted((*windows, *pieces), key=lambda one: one.start)

    def _listen(self) -> None:
        """Read what is there, again and again, and what is left when the answer ends."""
        looked = 0
        try:
            while not self._stop.is_set():
                with self._more:
                    while not self._stop.is_set() and self._length < looked + LOOK * voice.RATE:
                        self._more.wait()
                    looked, samples = self._length, self._sound[: self._length]
                if not self._stop.is_set():
                    self._look(Audio(samples, voice.RATE))
            if not self._abandoned:
                self._rest(Audio(self._sound[: self._length], voice.RATE))
        except _Abandoned:
            return
        except VoiceprepError:
            # The engine will fail again when it is asked for the whole, and say why to somebody who waits for it.
            self._failed = True

    def _look(self, audio: Audio) -> None:
        """Read what is new in `audio`: a piece of its own, or a window that is whole now."""
        self._ground = self._ground.grown(audio)
        now = len(self._ground.voice) * voice.STEP
        stretches = voice.stretches(self._ground.voice, now)
        closed = [one for one in stretches if one.end < now - voice.PADDING]
        windows = pack(after(stretches, self._settled))
        left = after(closed, last(self._read_so_far()))
        if len(windows) > 1:
            # A piece never reaches into the next window.
            left = tuple(one for one in left if one.end <= windows[0].pieces[-1].span.end)
        if packed(left) >= PIECE:
            began = time.monotonic()
            self._pieces.append(self._read(audio, left))
            self._pace = (time.monotonic() - began) / work(left)
        elif len(windows) > 1:
            self._settle(audio, tuple(piece.span for piece in windows[0].pieces), left)
        elif left and len(closed) == len(stretches) and now - closed[-1].end >= ENDED - voice.PADDING:
            self._guess_at(audio, left)
            self._tell()

    def _settle(self, audio: Audio, window: Sequence[Span], left: Sequence[Span]) -> None:
        """Read the whole `window`; where that takes too long, or would, what is `left` of it after its pieces."""

        def still(done: float) -> None:
            self._unless_abandoned(done)
            late = self._length - len(audio.samples) > PATIENCE * audio.rate
            if not done and (late or self._stop.is_set()):
                raise _BrokenOff

        try:
            if self._pace * work(window) > PATIENCE:
                raise _BrokenOff  # noqa: TRY301  (as it would be)
            self._windows.append(self._read(audio, window, still))
        except _BrokenOff:
            # After the stop there is one stretch left to read, and no more.
            if left and not self._stop.is_set():
                self._pieces.append(self._read(audio, left))
        self._settled = window[-1].end
        self._tell()

    def _tell(self) -> None:
        if self._stop.is_set():
            return
        try:
            self._ahead([word for one in self._with_guess() for word in one.hearing.words])
        except Exception:  # noqa: BLE001  (whatever it is, the report will meet it again; the words come first)
            self._ahead = _nothing

    def _rest(self, audio: Audio) -> None:
        """Read what is left of `audio`, which is over."""
        over = self._ground.ended(audio).voice
        if left := after(voice.stretches(over, audio.duration), last(self._read_so_far())):
            self._guess_at(audio, left)

    def _guess_at(self, audio: Audio, left: Sequence[Span]) -> None:
        if not (self._guess and same(self._guess.stretches, left)):
            self._guess = self._read(audio, left)

    def _unless_abandoned(self, _done: float) -> None:
        if self._abandoned:
            raise _Abandoned

    def _read(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> _Read:
        return _Read(tuple(stretches), self._engine.transcribe(audio, stretches, progress or self._unless_abandoned))


class Finished:
    """An engine for one recording of which all but the end was heard while it was made; waits for that, and joins all.

    `read` gives what was read of it, `length` is how many samples it has.
    """

    def __init__(self, engine: Recogniser, read: Callable[[], Sequence[_Read]], length: int) -> None:
        self._engine, self._known, self._length = engine, read, length

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        """Return the words of `audio` within `stretches`; see the port. Another recording is heard whole."""
        read = list(self._known())
        if not read or not stretches or abs(len(audio.samples) - self._length) > ROUNDED * audio.rate:
            return self._engine.transcribe(audio, stretches, progress)
        left = after(stretches, read[-1].end)
        if not same((), left):
            read.append(_Read(left, self._engine.transcribe(audio, left, progress)))
        if len({one.hearing.language for one in read}) > 1:
            # The language is that of the longest window; what was taken for another was read in the wrong one.
            return self._engine.transcribe(audio, stretches, progress)
        return joined(read, audio.duration)


def last(read: Sequence[_Read]) -> float:
    """Return when the last of `read` ends, 0 where there is none."""
    return max((one.end for one in read), default=0.0)


def after(stretches: Sequence[Span], end: float) -> tuple[Span, ...]:
    """Return what of `stretches` comes after `end`."""
    cut = (Span(max(one.start, end), one.end) for one in stretches)
    return tuple(one for one in cut if one.duration > LEAST)


def packed(stretches: Sequence[Span]) -> float:
    """Return how long the windows are that hold `stretches`."""
    return sum(window.duration for window in pack(stretches))


def work(stretches: Sequence[Span]) -> float:
    """Return how much there is to do to read `stretches`, in no unit: pieces and windows compare by it."""
    return packed(stretches) + max(packed(stretches), SHOWN)


def same(read: Sequence[Span], asked: Sequence[Span]) -> bool:
    """Say whether both are the same speech, give or take what a detector hears differently at an edge."""
    shared = sum(one.overlap(other) for one in read for other in asked)
    return max(sum(one.duration for one in spans) for spans in (read, asked)) - shared <= SAME


def joined(read: Sequence[_Read], duration: float) -> Hearing:
    """Return what was heard in `read`, in order of time, as one hearing of a recording that lasts `duration`."""
    longest = max(read, key=lambda one: packed(one.stretches)).hearing
    words = list(read[0].hearing.words)
    for one in read[1:]:
        words = seamed(words, one.hearing.words)
    caveats = dict.fromkeys(caveat for one in read for caveat in one.hearing.caveats)
    tracks = [one.hearing.track for one in read if one.hearing.track]
    track = _laid(tracks, duration) if tracks else None
    return replace(longest, words=tuple(words), caveats=tuple(caveats), track=track)


def _laid(tracks: Sequence[Track], duration: float) -> Track:
    """Return `tracks`, each known where its own windows are, as one."""
    count = int(duration / hesitation.STEP) + 1
    score, nasal = np.full(count, hesitation.NOWHERE, np.float32), np.zeros(count, np.float32)
    for track in tracks:
        there = np.flatnonzero(track.score[:count] != hesitation.NOWHERE)
        score[there], nasal[there] = track.score[there], track.nasal[there]
    evidence = sorted(one for track in tracks for one in track.evidence)
    return hesitation.Track(score, nasal, tracks[0].probe, tuple(evidence))
