"""What practising needs of the world of sound: microphones, loudspeakers, a voice. Values and protocols only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import numpy as np
    import numpy.typing as npt

    from voiceprep.model import Audio

    Block = npt.NDArray[np.float32]
    OnBlock = Callable[[Block, "Level"], None]


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or a loudspeaker: its `name`, PortAudio's `index`, its most `channels`, its usual `rate` in Hz.

    `default` says whether the system uses it where none is chosen.
    """

    name: str
    index: int
    channels: int
    rate: int
    default: bool


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a block of sound is: `rms_db` and `peak_db` below full scale, and whether it is `clipped`."""

    rms_db: float
    peak_db: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """What a recording came to: the file at `path`, `duration` in seconds, blocks that were `dropped`.

    `ended` is empty where it was stopped as asked, else what ended it, in plain words.
    """

    path: Path
    duration: float
    dropped: int
    ended: str = ""


class Recorder(Protocol):
    """A recording that is being made, on disk as it is spoken. Made by `recorder.Recorder`; entered, then stopped."""

    def __enter__(self) -> Self:
        """Open the microphone and begin. Raise `DeviceError` where there is none, `InputError` where no file can be."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and close the file."""
        ...

    @property
    def elapsed(self) -> float:
        """Seconds on the disk so far."""
        ...

    @property
    def ended(self) -> str:
        """What ended the recording before it was stopped, in plain words; empty while it goes on."""
        ...

    def stop(self) -> Capture:
        """Stop, and return what was recorded. A second call returns the same."""
        ...


class Port(Protocol):
    """All of the sound that a round of practice needs, so that tests can give another."""

    def inputs(self) -> tuple[Device, ...]:
        """Return the microphones; see `devices.inputs`."""
        ...

    def outputs(self) -> tuple[Device, ...]:
        """Return the loudspeakers; see `devices.outputs`."""
        ...

    def play(self, audio: Audio, device: str | None, stop: threading.Event | None = None) -> float:
        """Play `audio`, and return the `time.monotonic()` of the true end of the sound; see `devices.play`."""
        ...

    def record(self, path: Path, device: str | None, *, on_block: OnBlock) -> Recorder:
        """Return a recorder that writes to `path`; see `recorder.Recorder`."""
        ...

    def recover(self, path: Path) -> Capture:
        """Return what a recording that was cut off holds, its file put in order; see `recorder.recover`."""
        ...

    def spoken(self, text: str, cache: Path) -> Audio | None:
        """Return `text` read aloud, or None where there is no voice; see `speak.spoken`."""
        ...
