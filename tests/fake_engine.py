"""Engines for real worker processes: what happens is told by the length of the recording, in tenths of a second.

`VOICEPREP_TEST_LOG` names a file that gets a line for each recording that is heard to its end.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from scripted import Scripted, loud_is_voice, speech_like

from voiceprep import voice
from voiceprep.errors import EngineError
from voiceprep.model import Audio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.engines import Hearing, Progress
    from voiceprep.model import Settings, Span

RATE = 16000
STORY = (
    "Last spring our team had to move the billing date. <0.6> um I was asked to find out why it slipped. <0.5> "
    "So I talked to the <1.3> engineers, and I cut the scope in half. <0.4> In the end we shipped two weeks early."
)
# Length of a recording to what hearing it does.
KILLS, HANGS, FAILS_ONCE, BREAKS = 3.1, 3.2, 3.3, 3.4


class Fake(Scripted):
    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        length = round(audio.duration, 1)
        if length == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        if length == HANGS:
            threading.Event().wait()
        if length == FAILS_ONCE and not seen("failed"):
            raise EngineError("the engine stumbled")
        if length == BREAKS:
            raise RuntimeError("a bug")
        heard = super().transcribe(audio, stretches, progress)
        log(f"{len(audio.samples)} {os.getpid()}")
        return heard


def log(line: str) -> None:
    with Path(os.environ["VOICEPREP_TEST_LOG"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def seen(line: str) -> bool:
    """Say whether `line` was logged before, and log it."""
    path = Path(os.environ["VOICEPREP_TEST_LOG"])
    there = path.exists() and line in path.read_text("utf-8").splitlines()
    log(line)
    return there


def open_fake(_model: Path, _settings: Settings, *, name: str, sha256: str) -> Fake:  # noqa: ARG001  (the port)
    voice.probabilities = loud_is_voice
    return Fake(STORY)


def open_none(_model: Path, _settings: Settings, *, name: str, sha256: str) -> Fake:
    raise EngineError(f"there is no {name} {sha256}", hint="Get one.")


def sounding(seconds: float, seed: int = 0) -> Audio:
    """Return speech-like sound of so many seconds, different for each `seed`."""
    whole = speech_like(STORY).samples
    samples = whole[: round(seconds * RATE)].copy()
    samples[0] = seed / 40000
    return Audio(samples, RATE)
