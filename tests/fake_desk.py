"""Sound, analysis and keys that obey a test: a round of practice without a device, a model or a wait."""

from __future__ import annotations

import threading
import time
import wave
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from report_example import example

from voiceprep.errors import InputError
from voiceprep.model import Audio, Recording
from voiceprep.ports import Capture, Device, Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from voiceprep.model import Assessment
    from voiceprep.ports import Block, OnBlock
    from voiceprep.practice import Take

RATE, BLOCK = 16000, 1600
GOOD = Level(-24.0, -9.0, clipped=False)
QUESTION_SOUND = Audio(np.full(RATE, 0.1, np.float32), RATE)


def write_blocks(path: Path, blocks: int) -> None:
    """Write a WAV with so many `blocks` of 0.1 s to `path`."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.full(BLOCK * blocks, 1000, "<i2").tobytes())


@dataclass
class Clock:
    """A clock that goes forward when it is told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


class Recorder:
    """Records a level a block, as fast as the clock of the test goes, or by itself `in_time`."""

    def __init__(self, port: Sound, path: Path, on_block: OnBlock) -> None:
        self.port, self.path, self.on_block = port, path, on_block
        self.blocks = 0
        self.ended = ""
        self.running = threading.Event()

    def __enter__(self) -> Self:
        if self.port.refuses:
            raise self.port.refuses
        self.path.touch(mode=0o600)
        self.running.set()
        self.began = self.port.clock()
        if self.port.in_time:
            threading.Thread(target=self._go, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _go(self) -> None:
        while self.running.is_set():
            time.sleep(0.1)
            self.catch_up()

    def catch_up(self) -> None:
        """Record the blocks until now."""
        while self.running.is_set() and self.began + (self.blocks + 1) * 0.1 <= self.port.clock() + 1e-9:
            self.blocks += 1
            write_blocks(self.path, self.blocks)
            if not self.ended:
                self.on_block(np.zeros(BLOCK, np.float32), self.port.level(self.blocks * 0.1))

    @property
    def elapsed(self) -> float:
        return self.blocks * 0.1

    def stop(self) -> Capture:
        self.running.clear()
        write_blocks(self.path, self.blocks)
        return Capture(self.path, self.elapsed, self.port.dropped, self.ended)


@dataclass
class Sound:
    """The port of sound; `level` gives how loud it is at a second of the recording."""

    clock: Callable[[], float]
    level: Callable[[float], Level] = lambda _: GOOD
    in_time: bool = False
    microphones: tuple[Device, ...] = (Device("Fake microphone", 0, 1, RATE, default=True),)
    loudspeakers: tuple[Device, ...] = (Device("Fake loudspeaker", 1, 2, RATE, default=True),)
    voice: Audio | None = None
    refuses: BaseException | None = None
    dropped: int = 0
    played: list[float] = field(default_factory=list)
    recorder: Recorder | None = None

    def inputs(self) -> tuple[Device, ...]:
        return self.microphones

    def outputs(self) -> tuple[Device, ...]:
        return self.loudspeakers

    def play(self, audio: Audio, device: str | None, stop: threading.Event | None = None) -> float:  # noqa: ARG002
        self.played.append(audio.duration)
        if self.in_time and stop is not None:
            stop.wait(audio.duration)
        return self.clock()

    def record(self, path: Path, device: str | None, *, on_block: OnBlock) -> Recorder:  # noqa: ARG002
        self.recorder = Recorder(self, path, on_block)
        return self.recorder

    def recover(self, path: Path) -> Capture:
        with wave.open(str(path)) as file:
            return Capture(path, file.getnframes() / RATE, 0, "the program was stopped in the middle of it")

    def spoken(self, text: str, cache: Path) -> Audio | None:  # noqa: ARG002
        return self.voice


@dataclass
class Analyst:
    """Makes the report of the example, whatever was said."""

    fails: BaseException | None = None
    fed: int = 0
    takes: list[Take] = field(default_factory=list)
    counted: int | None = None
    slow: float = 0.0

    def begin(self) -> None:
        self.fed = 0

    def feed(self, block: Block) -> None:
        self.fed += len(block)

    def over(self) -> None:
        pass

    def close(self) -> None:
        pass

    def words(self) -> int | None:
        return self.counted

    def assess(self, path: Path, take: Take, progress: Callable[[str, float, float], None]) -> Assessment:
        progress("hear", 1.0, 2.0)
        if self.slow:
            time.sleep(self.slow)
        if self.fails:
            raise self.fails
        self.takes.append(take)
        sound = f"{take.session}{take.number}".encode().hex().ljust(64, "0")[:64]
        recording = Recording(path.name, sound, take.duration, path.suffix[1:], path.suffix[1:], RATE, 1)
        return replace(example(), recording=recording, question=take.question, playback=None)

    def sound(self, path: Path) -> Audio:
        if not path.exists():
            raise InputError(f"cannot read {path}")
        return QUESTION_SOUND

    def page(self, assessment: Assessment, path: Path, target: Path) -> None:
        target.write_text(f"{assessment.recording.name} {path.name}", encoding="utf-8")


def copied(path: Path, target: Path) -> None:
    """Stand in for compressing."""
    target.write_bytes(path.read_bytes())
    target.chmod(0o600)


class Keys:
    """Keys at their times; between two of them the clock goes on and the recorder records."""

    closed = False

    def __init__(self, clock: Clock, sound: Sound, keys: list[tuple[float, str | BaseException]]) -> None:
        self.clock, self.sound, self.keys = clock, sound, keys
        self.began = clock.now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, timeout: float) -> str | None:
        if not self.keys:
            raise AssertionError("the round goes on after the last key")
        at, key = self.keys[0]
        if self.clock.now - self.began >= at:
            self.keys.pop(0)
            if isinstance(key, BaseException):
                raise key
            return key
        self.clock.now += timeout
        if self.sound.recorder is not None:
            self.sound.recorder.catch_up()
        # Leave a player that runs beside to its end.
        time.sleep(0)
        return None

    def forget(self) -> None:
        pass
