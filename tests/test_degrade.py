"""What the degradations of the benchmark do to a sound, and what they must leave alone."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import degrade

SECONDS = 3


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def speech() -> np.ndarray:
    """Return bursts of a buzzing sound with silence between, as loud as speech is."""
    time = np.arange(SECONDS * degrade.RATE) / degrade.RATE
    buzz = sum(np.sin(2 * np.pi * 150 * n * time) / n for n in range(1, 20))
    return (0.1 * buzz * (time % 1 < 0.6)).astype(np.float32)


def all_of(voice: np.ndarray) -> dict[str, degrade.Degradation]:
    return {**degrade.variants([voice[::-1].copy()]), "speed": partial(degrade.speed, factor=1.0)}


@pytest.mark.parametrize("name", sorted(all_of(np.ones(1, np.float32))))
def test_length_and_scale_stay_the_seed_repeats_and_the_input_is_not_touched(name: str, speech: np.ndarray) -> None:
    degradation, before = all_of(speech)[name], speech.copy()
    heard = degradation(speech, rng())
    assert heard.dtype == np.float32
    assert heard.shape == speech.shape
    assert np.abs(heard).max() <= 1
    assert np.array_equal(heard, degradation(speech, rng()))
    assert np.array_equal(speech, before)


@pytest.mark.parametrize("name", sorted(all_of(np.ones(1, np.float32))))
def test_nothing_moves_in_time(name: str, speech: np.ndarray) -> None:
    def envelope(sound: np.ndarray) -> np.ndarray:
        loud = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).mean(axis=1)
        return loud - loud.mean()

    heard = envelope(all_of(speech)[name](speech, rng()))
    lags = np.correlate(heard, envelope(speech), "full")
    # A room's echo makes what is heard later, by its nature.
    assert abs(int(np.argmax(lags)) - (len(heard) - 1)) <= (5 if "room" in name else 1)


@pytest.mark.parametrize("noise", [degrade.white, degrade.pink])
@pytest.mark.parametrize("snr", [20.0, 10.0, 5.0, 0.0])
def test_noise_is_as_far_below_the_speech_as_asked(noise: degrade.Degradation, snr: float, speech: np.ndarray) -> None:
    added = noise(speech, rng(), snr) - speech
    assert 20 * np.log10(degrade.active_level(speech) / np.sqrt(np.mean(added**2))) == pytest.approx(snr, abs=0.2)


def test_silence_between_words_does_not_count_for_the_level(speech: np.ndarray) -> None:
    apart = np.concatenate([speech, np.zeros(10 * degrade.RATE, np.float32)])
    assert degrade.active_level(apart) == pytest.approx(degrade.active_level(speech), rel=0.15)


def test_pink_noise_loses_three_decibels_an_octave() -> None:
    silent = np.zeros(60 * degrade.RATE, np.float32)
    silent[: degrade.RATE] = 0.01
    noise = degrade.pink(silent, rng(), 0.0) - silent
    power = np.abs(np.fft.rfft(noise)) ** 2
    hertz = np.fft.rfftfreq(len(noise), 1 / degrade.RATE)
    octaves = [power[(hertz >= low) & (hertz < 2 * low)].mean() for low in (100, 200, 400, 800, 1600)]
    assert np.diff(10 * np.log10(octaves)) == pytest.approx([-3.0] * 4, abs=0.5)


def test_babble_needs_a_voice(speech: np.ndarray) -> None:
    with pytest.raises(ValueError, match="at least one other voice"):
        degrade.babble(speech, rng(), 10.0, [])
    assert not [name for name in degrade.variants([]) if "babble" in name]


def test_a_room_goes_on_after_the_sound_and_fades_by_sixty_decibels_in_its_time() -> None:
    click = np.zeros(degrade.RATE, np.float32)
    click[0] = 0.5
    heard = np.square(degrade.room(click, rng(), rt60=0.5).astype(np.float64))
    early, late = heard[160:1760].mean(), heard[160 + 3200 : 1760 + 3200].mean()
    # 0.2 s later: 60 dB * 0.2 / 0.5.
    assert 10 * np.log10(early / late) == pytest.approx(24.0, abs=1.5)


@pytest.mark.parametrize(("hertz", "kept"), [(100, False), (1000, True), (3000, True), (5000, False)])
def test_a_telephone_carries_its_band_only(hertz: float, kept: bool) -> None:
    tone = (0.3 * np.sin(2 * np.pi * hertz * np.arange(degrade.RATE) / degrade.RATE)).astype(np.float32)
    # The ends are where the tone itself begins and stops, which has all frequencies.
    heard = degrade.telephone(tone, rng())[2000:-2000]
    ratio = 20 * np.log10(heard.std() / tone.std() + 1e-9)
    assert (ratio > -2) == kept
    assert (ratio < -30) != kept


def test_fewer_kilobits_change_more(speech: np.ndarray) -> None:
    def lost(kbit: int) -> float:
        return float(np.mean((degrade.opus(speech, rng(), kbit) - speech) ** 2))

    assert lost(24) > lost(64) > 0


@pytest.mark.parametrize(("decibels", "expected"), [(12, 0.398), (-12, 0.0251), (0, 0.1)])
def test_level(decibels: float, expected: float) -> None:
    heard = degrade.level(np.full(100, 0.1, np.float32), rng(), decibels)
    assert heard == pytest.approx(expected, abs=2e-3)


def test_too_loud_is_clipped() -> None:
    assert degrade.level(np.full(9, -0.5, np.float32), rng(), 12) == pytest.approx(-1.0)


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.1])
def test_speed_changes_length_and_pitch(factor: float) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(degrade.RATE) / degrade.RATE).astype(np.float32)
    heard = degrade.speed(tone, rng(), factor)
    assert len(heard) == round(degrade.RATE / factor)
    peak = np.argmax(np.abs(np.fft.rfft(heard))) * degrade.RATE / len(heard)
    assert peak == pytest.approx(1000 * factor, abs=3)
