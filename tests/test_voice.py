"""Where a voice is, from the detector that faster-whisper carries."""

from __future__ import annotations

import noises
import numpy as np
import pytest

from voiceprep import voice
from voiceprep.errors import EngineError
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


@pytest.mark.parametrize("sizes", [[1], [3, 1, 40], [100]])
def test_a_sound_heard_as_it_comes_has_the_same_voice(sizes: list[int]) -> None:
    sound = noises.music(4)
    sound = sound[: len(sound) // voice.SIZE * voice.SIZE]
    stream, heard, at = voice.Stream(), [], 0
    while at < len(sound):
        size = sizes[len(heard) % len(sizes)] * voice.SIZE
        stream, more = stream.next(sound[at : at + size])
        heard.append(more)
        at += size
    # The detector blanks the end of the very last step that it is given.
    assert np.concatenate(heard)[:-1] == pytest.approx(voice.probabilities(Audio(sound, voice.RATE))[:-1], abs=1e-4)
    assert stream.next(sound[:0])[0] is stream


def test_a_detector_that_works_in_another_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_model", object)
    with pytest.raises(EngineError, match="cannot hear sound as it comes"):
        voice.Stream().next(np.zeros(voice.SIZE, np.float32))
