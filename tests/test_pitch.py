"""Pitch and loudness of voices whose contour is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from voiceprep import pitch, sound
from voiceprep.model import Audio, Span

if TYPE_CHECKING:
    import numpy.typing as npt

RATE = 16_000


def voiced(hertz: npt.NDArray[np.float64], strength: float = 0.1) -> Audio:
    """Return a buzz of eight harmonics whose pitch is `hertz` at every sample, with a little noise."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    buzz = sum(np.sin(order * phase) / order for order in range(1, 9))
    noise = np.random.default_rng(7).standard_normal(len(hertz))
    return Audio((strength * buzz + 1e-3 * noise).astype(np.float32), RATE)


def swaying(middle: float, semitones: float, seconds: float = 8.0) -> npt.NDArray[np.float64]:
    """Return a pitch that sways `semitones` up and down around `middle` Hz every two seconds."""
    now = np.arange(int(seconds * RATE)) / RATE
    return middle * 2 ** (semitones * np.sin(np.pi * now) / 12)


def contour_of(audio: Audio) -> npt.NDArray[np.float32]:
    level = sound.levels(audio)
    return pitch.contour(audio, level, np.ones(len(level), bool))


@pytest.mark.parametrize("middle", [85.0, 120.0, 210.0, 320.0])
@pytest.mark.parametrize("semitones", [0.0, 1.0, 4.0])
def test_a_known_contour_is_followed_within_a_quarter_of_a_semitone(middle: float, semitones: float) -> None:
    hertz = swaying(middle, semitones)
    found = contour_of(voiced(hertz))
    truth = hertz[80::160][: len(found)]
    heard = np.isfinite(found)
    assert heard.mean() > 0.9
    assert np.percentile(np.abs(12 * np.log2(found[heard] / truth[heard])), 99) < 0.25


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_jumps_by_an_octave_do_not_widen_the_range(factor: float) -> None:
    hertz = swaying(150.0, 3.0)
    for at in range(4000, len(hertz) - 2000, 9600):
        hertz[at : at + 960] *= factor
    found = contour_of(voiced(hertz))
    semitones = 12 * np.log2(found[np.isfinite(found)] / 150.0)
    assert np.subtract(*np.percentile(semitones, [75, 25])) == pytest.approx(6 * np.sin(np.pi / 4), abs=0.5)
    assert np.mean(np.abs(semitones) > 4) < 0.02


def test_rumble_and_hum_below_a_voice_are_no_voice() -> None:
    now = np.arange(6 * RATE) / RATE
    rumble = 0.2 * np.sin(2 * np.pi * 17 * now) + 0.002 * np.random.default_rng(1).standard_normal(len(now))
    assert not np.isfinite(contour_of(Audio(rumble.astype(np.float32), RATE))).any()


def test_noise_has_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal(6 * RATE)
    assert np.isfinite(contour_of(Audio(noise.astype(np.float32), RATE))).mean() < 0.01


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = voiced(swaying(180.0, 3.0))
    whole = contour_of(audio)
    monkeypatch.setattr(pitch, "BLOCK", 111)
    np.testing.assert_allclose(contour_of(audio), whole, rtol=1e-4)


def test_what_is_kept_is_relative_to_the_speaker_and_to_the_recording() -> None:
    audio = voiced(swaying(200.0, 2.0))
    speech = (Span(1.0, 7.0),)
    track = pitch.track(audio, sound.levels(audio), speech)
    assert track.reason == ""
    assert track.reference == pytest.approx(200.0, rel=0.02)
    assert len(track.pitch) == len(track.loudness) == 8 * track.rate
    assert all(value is None for value in (*track.pitch[: track.rate], *track.loudness[: track.rate]))
    heard = [value for value in track.pitch if value is not None]
    assert max(heard) == pytest.approx(2.0, abs=0.3)
    assert min(heard) == pytest.approx(-2.0, abs=0.3)


def test_twice_the_level_is_the_same_voice() -> None:
    hertz, speech = swaying(140.0, 3.0), (Span(0.0, 8.0),)
    quiet, loud = voiced(hertz, 0.05), voiced(hertz, 0.2)
    one, other = (pitch.track(audio, sound.levels(audio), speech) for audio in (quiet, loud))
    differences = [abs(a - b) for a, b in zip(one.pitch, other.pitch, strict=True) if a is not None and b is not None]
    assert max(differences) <= 0.1 + 1e-9


def test_a_drop_of_twelve_decibels_is_kept_as_one() -> None:
    audio = voiced(swaying(140.0, 1.0))
    audio.samples[6 * RATE :] *= 0.251
    track = pitch.track(audio, sound.levels(audio), (Span(0.0, 8.0),))
    late = [value for value in track.loudness[int(6.5 * track.rate) : int(7.5 * track.rate)] if value is not None]
    assert np.median(late) == pytest.approx(-12.0, abs=0.7)


@pytest.mark.parametrize(
    ("audio", "speech", "reason"),
    [
        (Audio(np.zeros(0, np.float32), RATE), (), "too little speech"),
        (voiced(swaying(200.0, 2.0)), (Span(1.0, 1.5),), "too little speech"),
        (Audio(np.random.default_rng(0).standard_normal(8 * RATE).astype(np.float32) / 9, RATE), (Span(0.0, 8.0),),
         "pitch stands out in too little"),
        (Audio(np.zeros(8 * RATE, np.float32), RATE), (Span(0.0, 8.0),), "pitch stands out in too little"),
    ],
    ids=["nothing", "too short", "noise", "silence"],
)  # fmt: skip
def test_what_cannot_be_heard_is_not_measured(audio: Audio, speech: tuple[Span, ...], reason: str) -> None:
    track = pitch.track(audio, sound.levels(audio), speech)
    assert reason in track.reason
    assert track.pitch == track.loudness == ()


def tone(hertz: float, orders: int) -> npt.NDArray[np.float32]:
    """Return one second with `orders` harmonics of `hertz`."""
    now = np.arange(RATE) / RATE
    return (0.1 * sum(np.sin(2 * np.pi * hertz * k * now + k) / k for k in range(1, orders + 1))).astype(np.float32)


def frames_of(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.lib.stride_tricks.sliding_window_view(samples, 1024)[::160]


@pytest.mark.parametrize("orders", [1, 8])
@pytest.mark.parametrize("hertz", [70.0, 85.0, 110.0, 150.0, 210.0, 320.0, 440.0])
def test_a_steady_tone_is_heard_within_a_cent(hertz: float, orders: int) -> None:
    found, clarity = pitch.yin(frames_of(tone(hertz, orders)), RATE, 60.0, 500.0)
    assert np.abs(1200 * np.log2(found / hertz)).max() < 1
    assert clarity.min() > 0.98


@pytest.mark.parametrize("hertz", [85.0, 150.0, 210.0, 320.0, 440.0])
def test_yin_agrees_with_another_implementation(hertz: float) -> None:
    librosa = pytest.importorskip("librosa", reason="librosa is not installed: pip install --group test")
    samples = tone(hertz, 8)
    found, _ = pitch.yin(frames_of(samples), RATE, 60.0, 500.0)
    settings = {"sr": RATE, "frame_length": 1024, "hop_length": 160, "center": False}
    other = librosa.yin(samples, fmin=60, fmax=500, **settings)[: len(found)]
    # Its window shrinks with the lag, which draws its periods a little: 4.7 cents at 85 Hz, where ours are exact.
    assert np.abs(1200 * np.log2(found / other)).max() < (6 if hertz < 100 else 1.5)


def test_yin_of_silence_is_no_voice() -> None:
    found, clarity = pitch.yin(np.zeros((3, 1024), np.float32), RATE, 60.0, 500.0)
    assert np.isfinite(found).all()
    assert (clarity == 0).all()
