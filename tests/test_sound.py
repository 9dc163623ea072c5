from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from voiceprep import sound
from voiceprep.model import Audio, Span
from voiceprep.spectrum import frames

RATE = 16000
STEP = 0.032
Floats = npt.NDArray[np.float32]


def bursts(spans: list[Span], duration: float, *, speech_db: float = -20, noise_db: float = -60) -> Audio:
    """Return speech-like sound (a voiced, wavering tone) in `spans`, over white noise at `noise_db`."""
    time = np.arange(round(duration * RATE)) / RATE
    voiced = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20))
    tone = np.asarray(voiced * (1 + 0.3 * np.sin(2 * np.pi * 4 * time)))
    on = np.zeros(len(time))
    for span in spans:
        on[round(span.start * RATE) : round(span.end * RATE)] = 1
    tone *= 10 ** (speech_db / 20) / tone.std()
    noise = np.random.default_rng(7).standard_normal(len(time)) * 10 ** (noise_db / 20)
    return Audio((tone * on + noise).astype(np.float32), RATE)


def voice_in(spans: list[Span], duration: float) -> Floats:
    """Return what a perfect voice detector says of `spans`."""
    at = np.arange(int(duration / STEP) + 1) * STEP
    return np.asarray([any(span.start <= t < span.end for span in spans) for t in at], np.float32)


SPEECH = [Span(0.5, 2.0), Span(2.4, 3.5), Span(5.0, 6.2)]


@pytest.mark.parametrize("noise_db", [-90, -70, -60, -50, -40, -35])
def test_silences_are_found_within_25_ms_whatever_the_noise(noise_db: float) -> None:
    audio = bursts(SPEECH, 7.0, noise_db=noise_db)
    stretches = sound.speech(frames(audio), voice_in(SPEECH, 7.0), STEP)
    found = sound.silences(stretches, 0.25)
    expected = [Span(2.0, 2.4), Span(3.5, 5.0)]
    assert len(found) == len(expected)
    for pause, truth in zip(found, expected, strict=True):
        assert pause.start == pytest.approx(truth.start, abs=0.025)
        assert pause.end == pytest.approx(truth.end, abs=0.025)


@pytest.mark.parametrize("gain_db", [-30, -12, 0, 12])
def test_a_quieter_microphone_gives_the_same_silences(gain_db: float) -> None:
    audio = bursts(SPEECH, 7.0)
    turned = Audio(audio.samples * np.float32(10 ** (gain_db / 20)), RATE)
    voice = voice_in(SPEECH, 7.0)
    assert sound.speech(frames(turned), voice, STEP) == sound.speech(frames(audio), voice, STEP)


def test_sound_without_a_voice_near_is_no_speech() -> None:
    door = Span(4.1, 4.3)
    audio = bursts([*SPEECH, door], 7.0)
    stretches = sound.speech(frames(audio), voice_in(SPEECH, 7.0), STEP)
    assert not any(door.overlap(stretch) for stretch in stretches)


def test_a_dip_in_the_sound_is_no_silence_while_the_voice_goes_on() -> None:
    audio = bursts([Span(1.0, 2.0), Span(2.3, 3.0)], 4.0)
    stretches = sound.speech(frames(audio), voice_in([Span(1.0, 3.0)], 4.0), STEP)
    assert sound.silences(stretches, 0.25) == ()


@pytest.mark.parametrize(
    "audio",
    [
        Audio(np.zeros(RATE * 3, np.float32), RATE),
        Audio(np.zeros(0, np.float32), RATE),
        Audio(np.zeros(1, np.float32), RATE),
        bursts([], 3.0, noise_db=-30),
    ],
    ids=["digital silence", "nothing", "one sample", "white noise"],
)
def test_where_nobody_speaks_there_is_no_speech(audio: Audio) -> None:
    voice = np.zeros(max(1, int(audio.duration / STEP)), np.float32)
    assert sound.speech(frames(audio), voice, STEP) == ()


def test_steady_noise_is_no_speech_even_if_the_voice_detector_thinks_so() -> None:
    audio = bursts([], 3.0, noise_db=-30)
    assert sound.speech(frames(audio), np.ones(94, np.float32), STEP) == ()


def test_levels_are_those_of_the_sound() -> None:
    time = np.arange(RATE) / RATE
    tone = Audio((0.1 * np.sqrt(2) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32), RATE)
    level = sound.levels(tone)
    assert len(level) == 100
    assert np.median(level) == pytest.approx(-20, abs=0.2)


def test_levels_do_not_depend_on_where_blocks_are_cut() -> None:
    noise = np.random.default_rng(1).standard_normal((1 << 20) + 5000).astype(np.float32) * np.float32(0.1)
    whole = sound.levels(Audio(noise, RATE))
    late = sound.levels(Audio(noise[160 * 6000 :], RATE))
    assert whole[6010:-2] == pytest.approx(late[10:-2], abs=1e-3)


@pytest.mark.parametrize(("shortest", "expected"), [(0.2, 2), (0.25, 1), (0.5, 0)])
def test_only_gaps_of_the_set_length_are_pauses(shortest: float, expected: int) -> None:
    stretches = [Span(0, 1), Span(1.2, 2), Span(2.3, 3)]
    assert len(sound.silences(stretches, shortest)) == expected


def test_quality_tells_speech_from_background() -> None:
    audio = bursts(SPEECH, 7.0, speech_db=-20, noise_db=-55)
    quality = sound.quality(audio, sound.levels(audio), SPEECH)
    assert quality.speech_db == pytest.approx(-20, abs=2)
    assert quality.noise_db == pytest.approx(-55, abs=2)
    assert quality.clipped == 0


def test_clipping_is_counted_in_runs_only() -> None:
    samples = np.zeros(1000, np.float32)
    samples[10] = 1.0
    assert sound.quality(Audio(samples, RATE), sound.levels(Audio(samples, RATE)), []).clipped == 0
    samples[100:150] = 1.0
    assert sound.quality(Audio(samples, RATE), sound.levels(Audio(samples, RATE)), []).clipped > 0.04


def test_a_waveform_has_peaks_of_the_whole_recording() -> None:
    audio = bursts([Span(1.0, 2.0)], 4.0)
    outline = sound.waveform(audio, most=400)
    assert len(outline.peaks) == 400
    assert outline.rate == 100
    assert max(outline.peaks) == 255
    assert max(outline.peaks[:90]) < 10


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_waveform_of_next_to_nothing_is_drawn_too(count: int) -> None:
    assert len(sound.waveform(Audio(np.zeros(count, np.float32), RATE)).peaks) == count


def breath(duration: float, level_db: float) -> Floats:
    """Return breath: noise about 1400 Hz, two octaves wide, that swells and falls."""
    size = round(duration * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(9).standard_normal(size))
    spectrum *= np.exp(-0.5 * np.log2(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 50) / 1400) ** 2)
    noise = np.fft.irfft(spectrum, size)
    shape = np.sin(np.pi * np.arange(size) / size)
    return np.asarray(noise / noise.std() * shape * 10 ** (level_db / 20), np.float32)


@pytest.mark.parametrize("level_db", [-45, -40, -35])
@pytest.mark.parametrize("duration", [0.15, 0.25, 0.4])
@pytest.mark.parametrize("likely", [0.3, 0.7])
def test_a_breath_is_no_speech_though_it_sounds_half_like_a_voice(
    level_db: float, duration: float, likely: float
) -> None:
    audio = bursts(SPEECH, 7.0)
    start = round(4.1 * RATE)
    breathed = breath(duration, level_db)
    audio.samples[start : start + len(breathed)] += breathed
    voice = np.maximum(voice_in(SPEECH, 7.0), likely * voice_in([Span(4.1, 4.1 + duration)], 7.0))
    stretches = sound.speech(frames(audio), voice.astype(np.float32), STEP)
    assert not any(stretch.overlap(Span(4.0, 4.6)) for stretch in stretches)


def test_noise_that_grows_is_learnt_again() -> None:
    audio = bursts([*SPEECH, Span(31, 32.5), Span(33.2, 34.5)], 36.0)
    louder = np.random.default_rng(3).standard_normal(RATE * 21).astype(np.float32) * np.float32(0.01)
    audio.samples[RATE * 15 :] += louder
    voice = voice_in([*SPEECH, Span(31, 32.5), Span(33.2, 34.5)], 36.0)
    stretches = sound.speech(frames(audio), voice, STEP)
    assert stretches[-1].start == pytest.approx(33.2, abs=0.03)
    assert stretches[-2].end == pytest.approx(32.5, abs=0.03)


def _hiss(low: float, high: float) -> Audio:
    """Return two seconds of noise between `low` and `high` Hz."""
    count = 2 * 16_000
    spectrum = np.fft.rfft(np.random.default_rng(5).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / 16_000)
    spectrum[(hertz < low) | (hertz > high)] = 0
    return Audio((0.1 * np.fft.irfft(spectrum, count)).astype(np.float32), 16_000)


@pytest.mark.parametrize(("high", "narrow"), [(3400.0, True), (4800.0, False), (7500.0, False)])
def test_a_telephone_is_told_by_its_band(high: float, narrow: bool) -> None:
    audio = _hiss(300.0, high)
    assert sound.is_narrow(audio, sound.levels(audio)) is narrow


@pytest.mark.parametrize("samples", [0, 100, 32_000])
def test_silence_comes_through_no_telephone(samples: int) -> None:
    audio = Audio(np.zeros(samples, np.float32), 16_000)
    assert not sound.is_narrow(audio, sound.levels(audio))


@pytest.mark.parametrize(
    ("loud", "gain"),
    [(-20.0, 0.0), (-35.0, 0.0), (-40.0, 14.0), (-50.0, 24.0), (-70.0, 30.0)],
)
def test_soft_speech_is_raised_for_the_voice_detector_and_other_speech_is_not(loud: float, gain: float) -> None:
    time = np.arange(4 * 16000) / 16000
    tone = np.where(time % 1 < 0.5, np.sqrt(2) * 10 ** (loud / 20) * np.sin(2 * np.pi * 1000 * time), 0)
    noise = np.random.default_rng(1).standard_normal(len(time)) * 10 ** ((loud - 40) / 20)
    audio = Audio((tone + noise).astype(np.float32), 16000)
    up = sound.raised(audio, sound.levels(audio))
    assert 20 * np.log10(np.abs(up.samples).max() / np.abs(audio.samples).max()) == pytest.approx(gain, abs=0.5)
