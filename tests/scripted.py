"""A recogniser that says what it is told, and a voice where there is sound: the pipeline without any model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.engines import Hearing
from voiceprep.model import Audio, Word
from voiceprep.testing import ENGINE, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from voiceprep.engines import Progress
    from voiceprep.model import Span

RATE = 16000


@dataclass
class Scripted:
    """An engine that hears `text` (notation of `voiceprep.testing.spoken`) in every recording with a voice."""

    text: str
    language: str = "en"
    asked: list[Sequence[Span]] = field(default_factory=list)

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        self.asked.append(stretches)
        words: tuple[Word, ...] = spoken(self.text).words if stretches else ()
        if progress:
            progress(audio.duration)
        return Hearing(words, self.language, 0.97, ENGINE)


def speech_like(text: str, *, noise: float = 0.001) -> Audio:
    """Return sound that is loud where `text` (notation of `spoken`) has words and faint noise elsewhere."""
    transcript = spoken(text)
    samples = np.random.default_rng(3).standard_normal(round(transcript.duration * RATE)) * noise
    time = np.arange(len(samples)) / RATE
    tone = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 12))
    for span in transcript.speech:
        part = slice(round(span.start * RATE), round(span.end * RATE))
        samples[part] += 0.1 * np.asarray(tone)[part]
    return Audio(samples.astype(np.float32), RATE)


def loud_is_voice(audio: Audio) -> npt.NDArray[np.float32]:
    """Stand in for the voice detector: a voice is where it is loud."""
    steps = max(1, len(audio.samples) // 512)
    power = np.sqrt(np.mean(np.square(np.resize(audio.samples, (steps, 512))), axis=1))
    return (power > 0.02).astype(np.float32)


def write_wav(path: Path, audio: Audio) -> Path:
    """Write `audio` as a 16-bit WAV file at `path`."""
    import wave  # noqa: PLC0415

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(audio.rate)
        file.writeframes((np.clip(audio.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
