"""How loud somebody speaks while it is recorded, in words and as a bar. Knows no device and no clock.

Levels are the root mean square of a block, in dB below full scale; all thresholds are custom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceprep.ports import Level

# The bar begins here: a quiet room lies between this and the voice.
FLOOR = -60.0
# A microphone that is not muted gives more than this in any room.
MUTED = -75.0
# Speech is at -35 to -15 with the gain that systems set; below this, soft syllables go under in the noise.
QUIET = -42.0
# What is softer than the loudest so far by this, or than the floor of a voice, is taken for a silence.
BELOW_VOICE = 20.0
LEAST_VOICE = -50.0
# A warning needs this long to be sure, and then stands for this long.
PATIENCE = 3.0
LINGER = 2.0
SOFTEST = -120.0


class Loudness(StrEnum):
    """How well the microphone hears."""

    WAITING = "waiting for your voice"
    GOOD = "good"
    SILENCE = "silence"
    QUIET = "too quiet"
    CLIPPED = "too loud"
    MUTED = "nothing is heard"


# What to do about it, where something is to be done.
REMEDIES = {
    Loudness.QUIET: "Too quiet: come nearer, or turn the microphone up.",
    Loudness.CLIPPED: "Too loud: move back a little, or turn the microphone down.",
    Loudness.MUTED: "Nothing is heard: is the microphone muted?",
}


@dataclass(frozen=True, slots=True)
class Meter:
    """What was heard so far: the level `now` and the loudest; when it `began`, and was last `voiced` and `clipped`."""

    now: float = SOFTEST
    loudest: float = SOFTEST
    began: float | None = None
    voiced: float | None = None
    clipped: float | None = None


def heard(meter: Meter, level: Level, at: float) -> Meter:
    """Return `meter` after a block of `level` that ended `at`."""
    loudest = max(meter.loudest, level.rms_db)
    is_voice = level.rms_db >= max(LEAST_VOICE, loudest - BELOW_VOICE)
    return replace(
        meter,
        now=level.rms_db,
        loudest=loudest,
        began=at if meter.began is None else meter.began,
        voiced=at if is_voice else meter.voiced,
        clipped=at if level.clipped else meter.clipped,
    )


def quiet_for(meter: Meter, at: float) -> float:
    """Return how long nobody has spoken `at` this time; 0 before the first word."""
    return 0.0 if meter.voiced is None else max(0.0, at - meter.voiced)


def loudness(meter: Meter, at: float) -> Loudness:
    """Return how well the microphone hears, `at` this time."""
    if meter.clipped is not None and at - meter.clipped < LINGER:
        return Loudness.CLIPPED
    if meter.began is None or (meter.voiced is None and at - meter.began < PATIENCE):
        return Loudness.WAITING
    if at - meter.began >= PATIENCE:
        if meter.loudest < MUTED:
            return Loudness.MUTED
        if meter.loudest < QUIET:
            return Loudness.QUIET
    return Loudness.GOOD if quiet_for(meter, at) < 1.0 else Loudness.SILENCE


def share(meter: Meter) -> float:
    """Return the last level as a share of the bar, 0 to 1."""
    return min(1.0, max(0.0, 1.0 - meter.now / FLOOR))
