"""Sounds without a voice, made of numbers: what a recorder left running picks up. The same samples every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

RATE = 16000


def _random() -> np.random.Generator:
    return np.random.default_rng(20260501)


def _times(seconds: float) -> npt.NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def _level(sound: npt.NDArray[np.float64], peak: float) -> Floats:
    return (peak * sound / max(1e-9, float(np.abs(sound).max()))).astype(np.float32)


def _coloured(seconds: float, shape: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> Floats:
    """Return noise whose spectrum has the `shape` over frequency."""
    size = round(seconds * RATE)
    spectrum = np.fft.rfft(_random().standard_normal(size))
    return np.fft.irfft(spectrum * shape(np.fft.rfftfreq(size, 1 / RATE)), size)  # type: ignore[no-any-return]


def silence(seconds: float) -> Floats:
    """Return digital silence."""
    return np.zeros(round(seconds * RATE), np.float32)


def white_noise(seconds: float) -> Floats:
    """Return loud white noise."""
    return _level(_random().standard_normal(round(seconds * RATE)), 0.5)


def room(seconds: float) -> Floats:
    """Return the quiet noise of a room: pink, 60 dB below full scale."""
    return _level(_coloured(seconds, lambda hertz: 1 / np.sqrt(np.maximum(hertz, 20))), 0.003)


def hum(seconds: float) -> Floats:
    """Return the hum of a mains lead and a fan."""
    time = _times(seconds)
    tones = sum(np.sin(2 * np.pi * 50 * n * time) / n for n in (1, 2, 3, 5, 7, 9))
    return _level(tones + 20 * room(seconds), 0.3)


def breath(seconds: float) -> Floats:
    """Return somebody breathing into the microphone: in and out every four seconds."""
    time = _times(seconds)
    inward = np.clip(np.sin(2 * np.pi * time / 4), 0, None) ** 2
    outward = np.clip(-np.sin(2 * np.pi * time / 4), 0, None) ** 1.5
    bright = _coloured(seconds, lambda hertz: hertz / 1500 / (1 + (hertz / 1500) ** 3))
    dark = _coloured(seconds, lambda hertz: 1 / (1 + ((hertz - 600) / 400) ** 2))
    return _level(inward * bright + 0.8 * outward * dark, 0.3) + room(seconds)


def keyboard(seconds: float) -> Floats:
    """Return somebody typing: about six keys a second, each a press and a release."""
    random, sound = _random(), np.zeros(round(seconds * RATE))
    at = 0.3
    while at < seconds - 0.2:
        for later, loud in ((0.0, 1.0), (random.uniform(0.06, 0.1), 0.5)):
            start = round((at + later) * RATE)
            click = random.standard_normal(480) * np.exp(-np.arange(480) / 60) * loud * random.uniform(0.4, 1)
            sound[start : start + 480] += click[: len(sound) - start]
        at += random.exponential(0.12) + 0.05
    return _level(sound, 0.4) + room(seconds)


def music(seconds: float) -> Floats:
    """Return a tune with vibrato over chords, bass and drums, 120 beats a minute."""
    time = _times(seconds)
    sound = np.zeros(len(time))
    chords = ((48, 60, 64, 67), (45, 57, 60, 64), (41, 57, 60, 65), (43, 55, 59, 62))
    tune = (72, 76, 79, 76, 74, 72, 69, 72, 77, 76, 74, 72, 71, 74, 79, 74)
    for beat in range(int(seconds * 2)):
        start, end = beat * RATE // 2, min(len(time), (beat + 1) * RATE // 2)
        inside = time[: end - start]
        for note in chords[beat // 4 % 4]:
            sound[start:end] += 0.15 * _note(inside, note, 4, 0.0) * np.exp(-inside * 2)
        sound[start:end] += 0.35 * _note(inside, tune[beat % 16], 6, 0.3) * np.minimum(1, inside * 30)
        sound[start:end] += _drum(inside, bass=beat % 2 == 0)
    return _level(sound, 0.5)


def _note(time: npt.NDArray[np.float64], note: int, harmonics: int, vibrato: float) -> npt.NDArray[np.float64]:
    hertz = 440 * 2 ** ((note - 69) / 12)
    phase = 2 * np.pi * hertz * time + vibrato * hertz / 50 * np.sin(2 * np.pi * 5.5 * time)
    return sum((np.sin(n * phase) / n for n in range(1, harmonics + 1)), np.zeros(len(time)))


def _drum(time: npt.NDArray[np.float64], *, bass: bool) -> npt.NDArray[np.float64]:
    if bass:
        return 0.8 * np.sin(2 * np.pi * 60 * time * np.exp(-time * 4)) * np.exp(-time * 18)
    return 0.4 * _random().standard_normal(len(time)) * np.exp(-time * 25)


def telephone(seconds: float) -> Floats:
    """Return a line that rings: two tones, on for two seconds of every six."""
    time = _times(seconds)
    return _level((np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 480 * time)) * (time % 6 < 2), 0.3)


WITHOUT_A_VOICE: Mapping[str, Callable[[float], Floats]] = {
    "silence": silence,
    "white noise": white_noise,
    "room": room,
    "hum": hum,
    "breath": breath,
    "keyboard": keyboard,
    "music": music,
    "telephone": telephone,
}
