"""What can be heard without words: stretches of speech, silences, levels. Pure functions of samples; opens nothing.

Silence is judged against the recording's own noise and its own speech, never against a fixed level, so that a quiet
microphone and a noisy room give the same pauses.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from voiceprep.model import Audio, Quality, Span, Waveform
from voiceprep.spectrum import HOP, Frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Levels = npt.NDArray[np.float32]
    Voice = npt.NDArray[np.float32]
    _Number = TypeVar("_Number", np.float32, np.float64)

# Speech whose loud parts are softer than the first, in dB, is raised to the second for the voice detector, by the third
# at most. Custom: set below every labelled recording at hand as it is, and seen to help the same ones 12 dB softer.
SOFT, USUAL, MOST_GAIN = -36.0, -26.0, 30.0
# What varies by less than this, in dB, is the noise of a room: raised, it would pass for more than it is.
STEADY = 15.0
# A sound shorter than this is a click or a knock.
SHORTEST_SPEECH = 0.06
# So far under loud speech, in dB, sound begins to count as silence, however quiet the room is.
RANGE = 40.0
# The weights of the witnesses, tuned on three of the recordings in samples/ (and looked at on all five): what noise
# alone reaches, what a step above it counts, and the price of a change between speech and silence.
NOTICED = 0.15
WEIGHT = 10.0
CHANGE = 10.0
# Steady noise never reaches this.
OUTSTANDING = 0.5
# Noise is learnt where the voice detector hears next to nothing, in blocks of so many seconds and their neighbours.
QUIET = 0.1
NOISE_BLOCK = 10.0
FEW = 50
# Breath is 12 dB or more under loud speech, no tone, and lasts; detectors take it for half a voice.
BREATH_LEVEL = -12.0
BREATH_NOTICED = 0.25
BREATH_VOICE = 0.85
TONE = 0.55
SHORTEST_BREATH = 0.12
SILENT = -90.0
# Sound counts as speech only with a voice this near.
NEAR = 0.1
VOICE_NEAR = 0.1
CLIPPED = 0.999
# A telephone carries nothing above 3.4 kHz (ITU-T G.712). Speech of a full band has there at most 18 dB less than in
# the band below (23 recordings); through a telephone it has 35 dB less and more, 25 where its noise is as loud.
NARROW, PASSED, CUT = 30.0, (1000.0, 3000.0), (3900.0, 7000.0)


def levels(audio: Audio) -> Levels:
    """Return the level of `audio` in dB below full scale, one value each 10 ms over a window of 25 ms.

    Rumble and offset are taken out first (a moving mean of 12 ms). Shape: (ceil(duration / 0.01),).
    """
    hop, half = round(HOP * audio.rate), round(0.0125 * audio.rate)
    count = -(-len(audio.samples) // hop)
    centres = np.minimum(np.arange(count) * hop + hop // 2, max(0, len(audio.samples) - 1))
    power = _mean_around(np.square(_without_rumble(audio)), half, centres)
    return (10 * np.log10(np.maximum(power, 1e-12))).astype(np.float32)


def _without_rumble(audio: Audio) -> npt.NDArray[np.float32]:
    return audio.samples - _running_mean(audio.samples, round(0.006 * audio.rate))


def _running_mean(values: npt.NDArray[np.float32], half: int) -> npt.NDArray[np.float32]:
    """Return the mean of `values` over `half` samples on both sides, block by block so that an hour stays small."""
    out = np.empty_like(values)
    for start, end, low, sums in _sums(values, half):
        # Beyond either end of the sound nothing is added, and as much less is divided by.
        lacking = (half - (start - low), half - (low + len(sums) - 1 - end))
        sides = [np.pad(one, lacking, mode="edge") for one in (sums, np.arange(len(sums)))] if any(lacking) else [sums]
        added, *counted = (one[2 * half + 1 :] - one[: -2 * half - 1] for one in sides)
        out[start:end] = added / (counted[0] if counted else 2 * half + 1)
    return out


def _mean_around(values: npt.NDArray[np.float32], half: int, centres: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return the mean of `values` over `half` samples on both sides of each of the `centres`, which ascend."""
    out = np.empty(len(centres), np.float32)
    for start, end, low, sums in _sums(values, half):
        here = slice(*np.searchsorted(centres, (start, end)))
        left = np.maximum(centres[here] - half, low) - low
        right = np.minimum(centres[here] + half + 1 - low, len(sums) - 1)
        out[here] = (sums[right] - sums[left]) / (right - left)
    return out


def _sums(values: npt.NDArray[np.float32], half: int) -> Iterator[tuple[int, int, int, npt.NDArray[np.float64]]]:
    """Yield start and end of each block of `values`, and the sums of what came before, from `half` before it on."""
    block = 1 << 20
    for start in range(0, len(values), block):
        low, end = max(0, start - half), min(len(values), start + block)
        piece = values[low : min(len(values), end + half)]
        yield start, end, low, np.concatenate(([0.0], np.cumsum(piece, dtype=np.float64)))


def noise_and_speech(level: Levels) -> tuple[float, float]:
    """Return the level of the background and of the speech in `level`, both in dB.

    The background is the 5th percentile of what isn't digital silence (speakers pause at least so often), the speech
    the 95th.
    """
    heard = level[level > SILENT]
    if len(heard) < 10:
        return SILENT, SILENT
    low, high = np.percentile(heard, [5, 95])
    # With much digital silence between (a noise gate), the background is that silence.
    if np.mean(level <= SILENT) > 0.05:
        low = SILENT
    return float(low), float(high)


def _drop_runs(on: npt.NDArray[np.bool_], *, value: bool, shorter: float) -> npt.NDArray[np.bool_]:
    out = on.copy()
    for start, end in _runs(on == value):
        inner = start > 0 and end < len(on)
        if (end - start) * HOP < shorter - 1e-9 and (inner or value):
            out[start:end] = not value
    return out


def _runs(on: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def raised(audio: Audio, level: Levels) -> Audio:
    """Return `audio` with soft speech, going by its `level`, made as loud as usual; else as it is.

    For the voice detector, which was trained on speech of the usual loudness and misses soft speech.
    """
    noise, loud = noise_and_speech(level)
    if loud >= SOFT or loud - noise < STEADY:
        return audio
    gain = 10 ** (min(USUAL - loud, MOST_GAIN) / 20)
    return Audio(np.clip(audio.samples * np.float32(gain), -1, 1), audio.rate)


def stands_out(heard: Frames, voice: Voice, step: float) -> bool:
    """Say whether anything in `heard` stands out from a steady background; `voice` as in `speech`."""
    if not len(heard.power) or not len(voice):
        return False
    above, _ = _above_noise(heard, _at_frames(voice, step, len(heard.power)))
    return _is_outstanding(above)


def _is_outstanding(above: Levels) -> bool:
    return bool((above > OUTSTANDING).sum() * HOP >= SHORTEST_SPEECH)


def speech(heard: Frames, voice: Voice, step: float) -> tuple[Span, ...]:
    """Return where somebody speaks in `heard`, going by `voice` (a probability for each `step` seconds) as well.

    Each frame gets the sum of two witnesses: the log odds of the voice detector, and how far the sound stands above
    the noise of its band (Sohn, Kim & Sung 1999). The best path through two states (speech, silence), with a price on
    each change, says where speech begins and ends. Breath is no speech, nor is sound far from any voice.
    """
    if not len(heard.power) or not len(voice):
        return ()
    odds = _at_frames(voice, step, len(heard.power))
    above, level = _above_noise(heard, odds)
    if not _is_outstanding(above):
        return ()
    breath = _breath(heard, above, level, odds)
    clear = np.clip(np.where(breath, 0.0, above) - NOTICED, -1, 1) * WEIGHT
    likely = np.clip(np.where(breath, np.minimum(odds, 0.1), odds), 1e-3, 1 - 1e-3)
    score = clear + np.clip(np.log(likely / (1 - likely)), -5, 5) + 4 * np.clip((level + RANGE) / 10, -1, 0)
    near = _at_frames(_widest(voice, round(NEAR / step)), step, len(odds))
    on = _drop_runs(_best_path(score) & (near > VOICE_NEAR), value=True, shorter=SHORTEST_SPEECH)
    # A window of 25 ms, smoothed over three frames, meets a sound 10 ms before it begins, and loses it as late.
    return tuple(Span(round((start + 1) * HOP, 3), round((end - 1) * HOP, 3)) for start, end in _runs(on))


def _at_frames(values: Voice, step: float, count: int) -> npt.NDArray[np.float64]:
    """Return `values`, one for the middle of each `step`, at the middles of `count` frames."""
    at = (np.arange(count) + 0.5) * HOP / step - 0.5
    return np.asarray(np.interp(at, np.arange(len(values)), values), np.float64)


def _above_noise(heard: Frames, voice: npt.NDArray[np.float64]) -> tuple[Levels, Levels]:
    """Return for each frame of `heard` how far it stands above the noise, and its level without it.

    The first is the mean over bands of the log likelihood ratio of speech in noise to noise alone, at its most likely
    signal-to-noise ratio, each capped at 10 and smoothed over three frames: about 0.1 in noise. The level is in dB to
    that of loud speech (90th percentile where there is a voice).
    """
    noise = _noise(heard, voice)
    ratio = heard.power / noise
    likelihood = np.where(ratio > 1, np.minimum(ratio - 1 - np.log(ratio), 10), 0).mean(axis=1)
    above = np.convolve(likelihood, np.full(3, 1 / 3), "same") if len(likelihood) >= 3 else likelihood
    level = 10 * np.log10(np.maximum(np.maximum(heard.power - noise, 0).sum(axis=1), 1e-12))
    talking = voice > 0.5
    loud = np.percentile(level[talking] if talking.any() else level, 90)
    return above.astype(np.float32), (level - loud).astype(np.float32)


def _noise(heard: Frames, voice: npt.NDArray[np.float64]) -> Levels:
    """Return the power of the noise in each band and frame: the median of quiet frames within 15 s, or of them all."""
    reach = round(NEAR / HOP)
    quiet = _widest(voice, reach) < QUIET
    if quiet.sum() < FEW:
        quiet = voice <= np.quantile(voice, 0.1)
    power = np.log(heard.power)
    noise = np.broadcast_to(np.median(power[quiet], axis=0), power.shape).copy()
    block = round(NOISE_BLOCK / HOP)
    for start in range(0, len(power), block):
        around = slice(max(0, start - block), start + 2 * block)
        if quiet[around].sum() >= FEW:
            noise[start : start + block] = np.median(power[around][quiet[around]], axis=0)
    return np.asarray(np.exp(noise), np.float32)


def _breath(heard: Frames, above: Levels, level: Levels, voice: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return where `heard` holds breath: sound that is weak, no tone, lasting, and of which no voice is sure."""
    weak = (above > BREATH_NOTICED) & (level < BREATH_LEVEL)
    on = _drop_runs(weak & (heard.periodicity < TONE) & (voice < BREATH_VOICE), value=False, shorter=0.04)
    return _drop_runs(on, value=True, shorter=SHORTEST_BREATH)


def _best_path(score: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return where the best path (Viterbi) is in speech: the sum of `score` there, less `CHANGE` for each change."""
    silent = talking = 0.0
    began, ended = np.zeros(len(score), bool), np.zeros(len(score), bool)
    for i, value in enumerate(score.tolist()):
        began[i], ended[i] = silent - CHANGE > talking, talking - CHANGE > silent
        silent, talking = max(silent, talking - CHANGE), max(talking, silent - CHANGE) + value
    on = np.zeros(len(score), bool)
    state = talking > silent
    for i in range(len(score) - 1, -1, -1):
        on[i] = state
        state = not began[i] if state else bool(ended[i])
    return on


def _widest(values: npt.NDArray[_Number], reach: int) -> npt.NDArray[_Number]:
    """Return for each of `values` the largest within `reach` on both sides."""
    padded = np.pad(values, reach, mode="edge")
    widest: npt.NDArray[_Number] = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    return widest


def silences(stretches: Sequence[Span], shortest: float) -> tuple[Span, ...]:
    """Return the gaps of at least `shortest` between the `stretches` of speech; before and after them is no pause."""
    gaps = (Span(before.end, after.start) for before, after in pairwise(stretches))
    return tuple(gap for gap in gaps if gap.duration >= shortest - 1e-9)


def quality(audio: Audio, level: Levels, stretches: Sequence[Span]) -> Quality:
    """Return the median level of speech and of the rest of `audio` in dB, and the share of clipped samples.

    Without speech both levels are that of the background. A clipped sample is within 0.1 % of full scale, as is its
    neighbour.
    """
    talking = np.zeros(len(level), bool)
    for span in stretches:
        talking[round(span.start / HOP) : round(span.end / HOP)] = True
    quiet = level[~talking]
    noise = float(np.median(quiet)) if len(quiet) else noise_and_speech(level)[0]
    spoken = float(np.median(level[talking])) if talking.any() else noise
    full = np.abs(audio.samples) >= CLIPPED
    clipped = float(np.mean(full[1:] & full[:-1])) if len(full) > 1 else 0.0
    return Quality(round(spoken, 1), round(noise, 1), round(clipped, 5))


def is_narrow(audio: Audio, level: Levels) -> bool:
    """Return whether the loud frames of `audio` have hardly any sound above the band of a telephone."""
    hop, size = round(HOP * audio.rate), round(0.032 * audio.rate)
    loud = np.flatnonzero(level > np.percentile(level, 95) - 20.0) if len(level) else np.zeros(0, int)
    loud = loud[loud * hop + size <= len(audio.samples)]
    if not len(loud):
        return False
    # A thousand frames tell as well as all of them.
    frames = np.lib.stride_tricks.sliding_window_view(audio.samples, size)[loud[:: 1 + len(loud) // 1000] * hop]
    power = np.mean(np.abs(np.fft.rfft(frames * np.hanning(size))) ** 2, axis=0)
    hertz = np.fft.rfftfreq(size, 1 / audio.rate)
    passed, cut = (float(power[(hertz >= low) & (hertz < high)].mean()) for low, high in (PASSED, CUT))
    return passed > 0 and cut < passed * 10 ** (-NARROW / 10)


def waveform(audio: Audio, most: int = 1200) -> Waveform:
    """Return the outline of `audio` for drawing: at most `most` peaks, 255 for the loudest."""
    count = min(most, len(audio.samples))
    if not count:
        return Waveform(1.0, ())
    edges = np.linspace(0, len(audio.samples), count, endpoint=False).astype(int)
    peaks = np.maximum.reduceat(np.abs(audio.samples), edges)
    loudest = float(peaks.max()) or 1.0
    scaled = np.rint(255 * peaks / loudest).astype(int)
    return Waveform(round(count / audio.duration, 6), tuple(scaled.tolist()))
