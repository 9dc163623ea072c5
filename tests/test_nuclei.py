from __future__ import annotations

import numpy as np
import pytest

from voiceprep.model import Audio, Span
from voiceprep.nuclei import nuclei
from voiceprep.spectrum import Frames, frames

RATE = 16000
ALL = [Span(0, 100)]


def syllables(times: list[float], *, duration: float, noise_db: float = -60) -> Audio:
    """Return a vowel-like sound that is loud at `times`, 40 ms to either side, over white noise."""
    time = np.arange(round(duration * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 25))
    shape = sum((np.exp(-0.5 * ((time - at) / 0.04) ** 2) for at in times), np.zeros(len(time)))
    noise = np.random.default_rng(4).standard_normal(len(time)) * 10 ** (noise_db / 20)
    return Audio((0.2 * np.asarray(tone) * shape + noise).astype(np.float32), RATE)


@pytest.mark.parametrize("noise_db", [-80, -60, -40])
def test_each_syllable_has_one_nucleus_at_its_middle(noise_db: float) -> None:
    times = [0.5, 0.7, 0.9, 1.4, 1.6, 2.3]
    found = nuclei(frames(syllables(times, duration=3, noise_db=noise_db)), ALL)
    assert found == pytest.approx(times, abs=0.02)


def test_a_hiss_between_syllables_is_none() -> None:
    audio = syllables([0.5, 1.0, 1.5], duration=2)
    spectrum = np.fft.rfft(np.random.default_rng(5).standard_normal(2400))
    spectrum[np.fft.rfftfreq(2400, 1 / RATE) < 4000] = 0
    audio.samples[11000:13400] += 0.05 * np.fft.irfft(spectrum, 2400).astype(np.float32)
    assert nuclei(frames(audio), ALL) == pytest.approx([0.5, 1.0, 1.5], abs=0.02)


def test_a_peak_without_a_dip_is_no_syllable_of_its_own() -> None:
    assert len(nuclei(frames(syllables([0.5, 0.56], duration=2)), ALL)) == 1


def test_only_speech_has_nuclei() -> None:
    found = nuclei(frames(syllables([0.5, 1.0, 1.5], duration=2)), [Span(0.8, 1.2)])
    assert found == pytest.approx([1.0], abs=0.02)


@pytest.mark.parametrize("samples", [0, 1, 400])
def test_next_to_nothing_has_none(samples: int) -> None:
    assert nuclei(frames(Audio(np.zeros(samples, np.float32), RATE)), ALL) == ()


def test_frames_are_powers_of_bands_and_tell_a_tone_from_noise() -> None:
    time = np.arange(RATE) / RATE
    tone = frames(Audio((0.1 * np.sqrt(2) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32), RATE))
    assert 10 * np.log10(tone.power[50].sum()) == pytest.approx(-20, abs=0.3)
    assert int(tone.power[50].argmax()) == 7, "920 to 1080 Hz"
    noise = frames(Audio(np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * np.float32(0.1), RATE))
    assert np.median(tone.periodicity) > 0.9
    assert np.median(noise.periodicity) < 0.6


def test_frames_do_not_depend_on_where_blocks_are_cut() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE * 62).astype(np.float32) * np.float32(0.1)
    whole, late = frames(Audio(noise, RATE)), frames(Audio(noise[RATE * 30 :], RATE))
    assert len(whole.power) == len(whole.periodicity) == 6200
    assert isinstance(whole, Frames)
    assert whole.power[3010:-5] == pytest.approx(late.power[10:-5], rel=1e-4)
