"""Where a voice is, from the detector that faster-whisper carries."""

from __future__ import annotations

import noises
import numpy as np
import pytest

from voiceprep import voice
from voiceprep.model import Audio, Span


@pytest.mark.parametrize(("samples", "steps"), [(0, 1), (1, 1), (512, 1), (513, 2), (16000, 32)])
def test_every_step_of_32_ms_has_a_probability(samples: int, steps: int) -> None:
    heard = voice.probabilities(Audio(noises.room(1)[:samples], voice.RATE))
    assert (heard.shape, heard.dtype) == ((steps,), np.float32)
    assert np.all((heard >= 0) & (heard <= 1))


def test_a_long_recording_is_heard_in_blocks_that_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.concatenate([noises.music(20), noises.breath(20), noises.keyboard(20)])
    whole = voice.probabilities(Audio(sound, voice.RATE))
    monkeypatch.setattr(voice, "BLOCK", 700)
    parts = voice.probabilities(Audio(sound, voice.RATE))
    assert len(parts) == len(whole)
    assert np.abs(parts - whole).max() < 0.05


def test_the_sound_is_left_as_it_was() -> None:
    sound = noises.music(1)
    voice.probabilities(Audio(sound, voice.RATE))
    assert np.array_equal(sound, noises.music(1))


@pytest.mark.parametrize(
    ("steps", "spans"),
    [
        ([], []),
        ([0.0] * 40, []),
        ([0.0] * 10 + [0.9] * 20 + [0.0] * 40, [Span(0.17, 1.11)]),
        # A silence of less than a quarter of a second joins what it parts.
        ([0.9] * 20 + [0.0] * 5 + [0.9] * 20, [Span(0.0, 1.44)]),
        ([0.9] * 10 + [0.0] * 30 + [0.9] * 10, [Span(0.0, 0.47), Span(1.13, 1.6)]),
    ],
)
def test_stretches_of_voice_are_padded_and_joined(steps: list[float], spans: list[Span]) -> None:
    found = voice.stretches(np.array(steps, np.float32), len(steps) * voice.STEP)
    assert [(round(one.start, 3), round(one.end, 3)) for one in found] == [(one.start, one.end) for one in spans]
