"""What can be known of a sound without words while it still comes, step by step. Opens nothing and judges nothing.

All of it is what `spectrum`, `pitch` and `voice` say of the whole sound, so that a recording that was listened to needs
nothing done again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import pitch, sound, spectrum, voice
from voiceprep.model import Audio

if TYPE_CHECKING:
    import numpy.typing as npt

    from voiceprep.pitch import Periods
    from voiceprep.spectrum import Frames

    Floats = npt.NDArray[np.float32]

# Two recordings of the same sound, one of them written down in 16 bits.
ROUNDED = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known beforehand of `audio`, the beginning of a recording.

    The first of its `frames` and `periods`, and where all of it was heard as it is, the probability of a `voice` in
    each step.
    """

    audio: Audio
    frames: Frames
    periods: Periods
    voice: Floats | None = None


def begins_with(audio: Audio, part: Audio) -> bool:
    """Say whether `part` is the beginning of `audio`, but for the rounding to 16 bits."""
    begin = audio.samples[: len(part.samples)]
    same = len(begin) == len(part.samples) and audio.rate == part.rate
    return same and bool(np.abs(begin - part.samples).max(initial=0.0) < ROUNDED)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is known of the whole steps of a sound; `raised` says whether some of it was made louder to be heard."""

    stream: voice.Stream
    frames: Frames = spectrum.NONE
    periods: Periods = pitch.NONE
    voice: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    level: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    raised: bool = False

    def grown(self, audio: Audio) -> Ground:
        """Return what is known of `audio`, which begins with the sound that this is about."""
        begin = len(self.voice) * voice.SIZE
        new = Audio(audio.samples[begin : len(audio.samples) // voice.SIZE * voice.SIZE], audio.rate)
        level = np.concatenate([self.level, sound.levels(new)])
        louder = sound.raised(new, level)
        stream, more = self.stream.next(louder.samples)
        return Ground(
            stream,
            spectrum.settled(spectrum.frames(audio, self.frames)),
            pitch.settled(pitch.periods(audio, self.periods)),
            np.concatenate([self.voice, more]),
            level,
            self.raised or louder is not new,
        )

    def ended(self, audio: Audio) -> Ground:
        """Return what is known of all of `audio`, which ends here."""
        here = self.grown(audio)
        # The detector takes whole steps; the rest of what is known ends where the sound does.
        silence = np.zeros(voice.SIZE, np.float32)
        over = here.grown(Audio(np.concatenate([audio.samples, silence]), audio.rate))
        return replace(here, voice=over.voice[: -(-len(audio.samples) // voice.SIZE)], raised=over.raised)

    def known(self, audio: Audio) -> Known:
        """Return what this, the ground of all of `audio`, tells of it."""
        return Known(audio, self.frames, self.periods, None if self.raised else self.voice)
