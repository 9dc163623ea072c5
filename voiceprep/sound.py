"""What can be heard without words: stretches of speech, silences, levels. Pure functions of samples; opens nothing.

Silence is judged against the recording's own noise and its own speech, never against a fixed level, so that a quiet
microphone and a noisy room give the same pauses.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Quality, Span, Waveform

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from voiceprep.model import Audio

    Levels = npt.NDArray[np.float32]

HOP = 0.01
# A speech sound shorter than this is a click or a knock; a gap shorter than this is the closure of a plosive.
SHORTEST_SPEECH = 0.06
SHORTEST_GAP = 0.12
# How far speech falls off before it is silence: de Jong & Wempe 2009 take 25 dB below the loudest.
RANGE = 30.0
# A word may end in a weak consonant: sound that runs on from speech counts to this depth, for so long.
TAIL_RANGE = 42.0
LONGEST_TAIL = 0.2
# What stands this little above the noise cannot be told from it.
ABOVE_NOISE = 6.0
# Speech must stand out from the noise at least so far, or nothing in the recording is taken for speech.
LEAST_SNR = 6.0
SILENT = -90.0
# Sound counts as speech only with a voice this near, and a gap as silence only where the voice falls this low.
NEAR = 0.1
VOICE_NEAR = 0.1
VOICE_GONE = 0.2
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
    power = _running_mean(np.square(_without_rumble(audio)), half)
    centres = np.minimum(np.arange(count) * hop + hop // 2, max(0, len(power) - 1))
    return (10 * np.log10(np.maximum(power[centres], 1e-12))).astype(np.float32) if count else np.zeros(0, np.float32)


def _without_rumble(audio: Audio) -> npt.NDArray[np.float32]:
    return audio.samples - _running_mean(audio.samples, round(0.006 * audio.rate))


def _running_mean(values: npt.NDArray[np.float32], half: int) -> npt.NDArray[np.float32]:
    """Return the mean of `values` over `half` samples on both sides, block by block so that an hour stays small."""
    out = np.empty_like(values)
    block = 1 << 20
    for start in range(0, len(values), block):
        low, high = max(0, start - half), min(len(values), start + block + half)
        sums = np.concatenate(([0.0], np.cumsum(values[low:high], dtype=np.float64)))
        at = np.arange(start, min(len(values), start + block))
        left, right = np.maximum(at - half, low) - low, np.minimum(at + half + 1, high) - low
        out[start : start + block] = (sums[right] - sums[left]) / (right - left)
    return out


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


def threshold(level: Levels) -> float:
    """Return the level in dB above which a frame of `level` is sound that somebody made."""
    noise, speech = noise_and_speech(level)
    floor = noise + min(ABOVE_NOISE, max(2.0, (speech - noise) / 3))
    return max(floor, speech - RANGE)


def active(level: Levels) -> npt.NDArray[np.bool_]:
    """Return for each frame of `level` whether it is sound that somebody made, without clicks and plosive closures."""
    noise, speech = noise_and_speech(level)
    if speech - noise < LEAST_SNR:
        return np.zeros(len(level), bool)
    on = _with_tails(level > threshold(level), level > max(noise + ABOVE_NOISE, speech - TAIL_RANGE))
    on = _drop_runs(on, value=False, shorter=SHORTEST_GAP)
    return _drop_runs(on, value=True, shorter=SHORTEST_SPEECH)


def _with_tails(on: npt.NDArray[np.bool_], soft: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return `on` with the `soft` sound that follows or leads each run without a break: weak consonants at its ends."""
    out = on.copy()
    reach = round(LONGEST_TAIL / HOP)
    for start, end in _runs(on):
        first, last = max(0, start - reach), min(len(on), end + reach)
        before, after = soft[first:start][::-1], soft[end:last]
        out[start - _leading(before) : end + _leading(after)] = True
    return out


def _leading(values: npt.NDArray[np.bool_]) -> int:
    """Return how many of `values` are true before the first that is not."""
    return len(values) if values.all() else int(np.argmin(values))


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


def speech(level: Levels, voice: npt.NDArray[np.float32], step: float) -> tuple[Span, ...]:
    """Return where somebody speaks: sound in `level` where `voice` (a probability for each `step`) is near.

    A gap in the sound counts as silence only where the voice detector falls silent too, so that noise which covers soft
    sounds does not tear words apart; sound far from any voice (breath, a door) is no speech.
    """
    if not len(level) or not len(voice):
        return ()
    frames = np.minimum((np.arange(len(level)) * HOP / step).astype(int), len(voice) - 1)
    near = _widest(voice, round(NEAR / step))[frames]
    on = _drop_runs(active(level) & (near > VOICE_NEAR), value=True, shorter=SHORTEST_SPEECH)
    for start, end in _runs(~on):
        if start > 0 and end < len(on) and voice[frames[start : end + 1]].min() >= VOICE_GONE:
            on[start:end] = True
    return tuple(Span(round(start * HOP, 3), round(end * HOP, 3)) for start, end in _runs(on))


def _widest(values: npt.NDArray[np.float32], reach: int) -> npt.NDArray[np.float32]:
    """Return for each of `values` the largest within `reach` on both sides."""
    padded = np.pad(values, reach, mode="edge")
    widest: npt.NDArray[np.float32] = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
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
