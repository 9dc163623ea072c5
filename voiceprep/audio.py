"""Any sound or video file to samples, and samples to a sound that a page can carry. Knows no engine and no measure."""

from __future__ import annotations

import hashlib
import io
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep import container as files
from voiceprep.errors import InputError
from voiceprep.model import Audio, Playback, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    Floats = npt.NDArray[np.float32]
    Moments = npt.NDArray[np.float64]
    # Mono samples and their rate.
    Piece = tuple[Floats, int]

# Time stamps are believed against the count of samples from here on: `min_hard_comp` of FFmpeg's own resampler.
SLIP = 0.1
# Beyond these a clock was set anew: nobody recorded a minute of nothing, and nobody an overlap of a second.
LONGEST_GAP = 60.0
LONGEST_OVERLAP = 1.0
# 920 MB at 16 kHz; a small hostile file can hold weeks.
LONGEST = 4 * 3600.0
# A channel 30 dB below the loudest holds only what leaked into it; a track 40 dB below is taken for silent.
SILENT_CHANNEL = 1e-3
SILENT_TRACK = 1e-4
# Eight unlike channels of the same loudness lose 9 dB in their mean; what loses more than 10 cancels out.
CANCELLED = 0.1
# Floats may go a little beyond full scale and are clipped there; where a tenth of them is
# beyond twice full scale, the scale itself is wrong.
OVER = 2.0
OVER_SHARE = 0.1
# No scale explains larger samples: 32-bit integers written as floats end here.
LARGEST = 2.0**31


@dataclass(frozen=True, slots=True)
class Decoded:
    """The sound of a file, where it came from, and plain sentences about what is doubtful in it."""

    audio: Audio
    recording: Recording
    caveats: tuple[str, ...] = ()


def decode(path: Path, rate: int = 16000, progress: Callable[[float], None] | None = None) -> Decoded:
    """Return the sound of the file `path`, mono at `rate`, with times as a player shows them.

    `progress` is called with the seconds decoded so far. Raise `InputError` where nothing can be heard; what is merely
    cut off or damaged in places is decoded, and said in the caveats.
    """
    name, notes = files.shown(path), _Notes()
    with files.open_file(path) as file, ExitStack() as opened:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        container = opened.enter_context(files.open_container(file))
        tracks = files.tracks_of(container, name)
        track, weights = _choose(container, tracks, notes)
        if not _is_plain(tracks):
            # To choose it was read to its end. Opening takes longer than all else where the recording is short.
            opened.close()
            container = opened.enter_context(files.open_container(file))
        stream = container.streams.audio[track]
        blocks = _resampled(_timed(container, stream, weights, notes), rate)
        audio = Audio(_fitted(_gathered(blocks, rate, name, progress), stream, notes), rate)
        if not len(audio.samples):
            raise InputError(f"'{name}' holds no sound that can be decoded", hint=files.PLAYS_ELSEWHERE)
        notes.shortened(files.announced_length(file, container, stream, audio.duration), audio.duration)
        recording = _recording(container, stream, path, sha256, audio.duration)
    return Decoded(audio, recording, notes.caveats())


def encode(audio: Audio) -> Playback:
    """Return `audio` as FLAC for a page to carry: about 1 MB a minute of speech at 16 kHz, the same bytes every time.

    Chosen by measuring in Chromium what is heard after a seek in two minutes of sound: FLAC, AAC in mp4 and Opus are
    right within 2 ms, MP3 up to 72 ms late (it seeks by a table of coarse steps). Of the exact ones FLAC alone has no
    encoder delay that a player must know, plays in builds without patented codecs too, and takes a tenth of the time.
    """
    import av  # noqa: PLC0415  (only paid for when a page is made)

    out = io.BytesIO()
    with av.open(out, "w", format="flac", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("flac", rate=audio.rate, layout="mono")
        stream.format = "s16"
        for start in range(0, len(audio.samples), audio.rate):
            container.mux(stream.encode(_frame(audio, start)))
        container.mux(stream.encode(None))
    return Playback("audio/flac", out.getvalue())


def _frame(audio: Audio, start: int) -> AudioFrame:
    """Return the second of `audio` from sample `start` as 16-bit integers."""
    import av  # noqa: PLC0415  (only paid for when a page is made)

    piece = np.rint(audio.samples[start : start + audio.rate] * 32767.0).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(piece[None], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = audio.rate, start, Fraction(1, audio.rate)
    return frame


@dataclass(slots=True)
class _Notes:
    """What was met on the way through a file."""

    damaged: int = 0
    broken: int = 0
    gaps: list[float] = field(default_factory=list)
    more: list[str] = field(default_factory=list)

    def shortened(self, announced: float, heard: float) -> None:
        """Note that a header `announced` more than was `heard`. Damage then needs no mention of its own."""
        if announced - heard > max(0.5, 0.01 * announced):
            self.more.append(f"The file ends early: it announces {announced:.1f} s, and {heard:.1f} s could be read.")
            self.damaged = 0

    def caveats(self) -> tuple[str, ...]:
        """Return plain sentences."""
        out = list(self.more)
        if self.damaged:
            places = "one place" if self.damaged == 1 else f"{self.damaged} places"
            out.append(f"The file is damaged in {places}; the rest was read.")
        if self.broken:
            out.append(f"The file has {self.broken} samples that are not numbers; they were silenced.")
        if self.gaps:
            count = "a gap" if len(self.gaps) == 1 else f"{len(self.gaps)} gaps"
            out.append(f"The recording has {count}, {sum(self.gaps):.1f} s in all, kept as silence.")
        return tuple(out)


def _is_plain(tracks: list[AudioStream]) -> bool:
    """Say whether there is one channel in all `tracks`: nothing to choose then."""
    return len(tracks) == 1 and tracks[0].channels == 1


def _choose(container: InputContainer, tracks: list[AudioStream], notes: _Notes) -> tuple[int, Floats]:
    """Return which of the `tracks` of `container` to hear, and the weight of each of its channels in the mono sound."""
    order = [stream.index for stream in container.streams.audio]
    if _is_plain(tracks):
        return order.index(tracks[0].index), np.ones(1, np.float32)
    best = container.streams.best("audio")
    moments = _moments(container, tracks)
    powers = {index: float(np.trace(moment)) for index, moment in moments.items()}
    index = best.index if best is not None and best.index in powers else tracks[0].index
    if powers[index] <= SILENT_TRACK * max(powers.values()):
        index = max(powers, key=lambda key: powers[key])
    if len(tracks) > 1:
        notes.more.append(f"The file has {len(tracks)} sound tracks; number {order.index(index) + 1} was used.")
    return order.index(index), _weights(moments[index], notes)


def _moments(container: InputContainer, tracks: list[AudioStream]) -> dict[int, Moments]:
    """Return for each of `tracks`, by its index, the second moments of its channels, summed over time."""
    sums = {stream.index: np.zeros((0, 0)) for stream in tracks}
    heard = 0.0
    for index, frame in files.frames_of(container, tracks):
        if frame is None:
            continue
        channels = _channels(frame, _Notes())
        if not len(sums[index]):
            sums[index] = np.zeros((len(channels), len(channels)))
        if len(channels) == len(sums[index]):
            sums[index] += channels @ channels.T
        heard += frame.samples / frame.sample_rate
        if heard > LONGEST * len(tracks):
            break
    return sums


def _weights(moments: Moments, notes: _Notes) -> Floats:
    """Return the weight of each channel in the mono sound: the mean of those with sound, the loudest if they cancel.

    The mean, and not FFmpeg's own down-mix, which adds 3 dB to what both channels hold. No weights for silence.
    """
    powers = moments.diagonal()
    if not powers.any():
        return np.zeros(0, np.float32)
    heard = powers > SILENT_CHANNEL * powers.max()
    weights: Floats = (heard / heard.sum()).astype(np.float32)
    if weights @ moments @ weights < CANCELLED * powers.max():
        notes.more.append("The channels cancel each other out; only the loudest one was used.")
        weights = (np.arange(len(powers)) == powers.argmax()).astype(np.float32)
    return weights


def _channels(frame: AudioFrame, notes: _Notes) -> Floats:
    """Return the samples of `frame`, shape (channels, samples), full scale 1; what is not a number becomes silence."""
    raw = _raw(frame)
    if raw.dtype.kind == "u":
        return (raw.astype(np.float32) - np.float32(128)) / np.float32(128)
    if raw.dtype.kind == "i":
        return raw.astype(np.float32) * np.float32(2.0 ** (1 - 8 * raw.itemsize))
    wrong = ~(np.abs(raw) <= LARGEST)
    notes.broken += int(wrong.sum())
    return np.where(wrong, 0, raw).astype(np.float32)


def _raw(frame: AudioFrame) -> npt.NDArray[Any]:
    """Return the samples of `frame` as they are stored, shape (channels, samples).

    `AudioFrame.to_ndarray` looks for the end of its list of planes, and reads beyond it from eight channels on.
    """
    from av.audio.frame import format_dtypes  # noqa: PLC0415  (only paid for when a file is decoded)
    from av.audio.plane import AudioPlane  # noqa: PLC0415  (same)

    many = frame.layout.nb_channels
    planes = many if frame.format.is_planar else 1
    kind, count = np.dtype(format_dtypes[frame.format.name]), frame.samples * many // planes
    # The stubs of PyAV do not say that a plane is a buffer.
    buffers: list[Any] = [AudioPlane(frame, index) for index in range(planes)]
    stored = np.stack([np.frombuffer(buffer, kind, count) for buffer in buffers])
    return stored if planes == many else stored.reshape(-1, many).T


def _timed(container: InputContainer, stream: AudioStream, weights: Floats, notes: _Notes) -> Iterator[Piece]:
    """Yield `stream` as mono pieces with their rate; where its time stamps leave a gap, silence."""
    clock = _Clock(files.zeros_of(container))
    # At the start and after damage any difference is meant; elsewhere small ones are rounding and jitter.
    least = 0.0
    for _, frame in files.frames_of(container, [stream]):
        if frame is None:
            notes.damaged += 1
            least = 0.0
            continue
        channels, rate = _channels(frame, notes), frame.sample_rate
        mono = weights @ channels if len(weights) == len(channels) else channels.mean(axis=0)
        slip = clock.slip(frame.time, least)
        if slip > 0:
            yield from _silence(slip, rate)
            notes.gaps += [slip] if least else []
        mono = mono[round(max(0.0, -slip) * rate) :]
        clock.at += max(0.0, slip) + len(mono) / rate
        least = SLIP
        yield mono, rate


class _Clock:
    """Time by the count of samples (`at`), held against the time stamps of a file with these possible `zeros`."""

    def __init__(self, zeros: list[float]) -> None:
        self.zeros = zeros
        self.at = 0.0
        self.origin: float | None = None

    def slip(self, stamp: float | None, least: float) -> float:
        """Return how long nothing was recorded before the sound stamped `stamp`, if more than `least`.

        Below zero it is how much of that sound was heard already.
        """
        if stamp is None:
            return 0.0
        if self.origin is None:
            self.origin = min([stamp, *self.zeros])
        slip = stamp - self.origin - self.at
        if -LONGEST_OVERLAP < slip < LONGEST_GAP:
            return slip if abs(slip) > least else 0.0
        self.origin += slip
        return 0.0


def _silence(duration: float, rate: int) -> Iterator[Piece]:
    left = round(duration * rate)
    while left > 0:
        yield np.zeros(min(left, rate), np.float32), rate
        left -= rate


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield `pieces` in blocks of about a second: frames are short, and each call of the resampler costs."""
    for rate, run in groupby(pieces, key=lambda piece: piece[1]):
        block: list[Floats] = []
        size = 0
        for piece, _ in run:
            block.append(piece)
            size += len(piece)
            if size >= rate:
                yield np.concatenate(block), rate
                block, size = [], 0
        if block:
            yield np.concatenate(block), rate


def _resampled(pieces: Iterable[Piece], rate: int) -> Iterator[Floats]:
    """Yield mono `pieces` at `rate`."""
    import av  # noqa: PLC0415  (only paid for when a file is decoded)

    for given, run in groupby(_joined(pieces), key=lambda piece: piece[1]):
        if given == rate:
            yield from (piece for piece, _ in run)
            continue
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for piece, _ in run:
            frame = av.AudioFrame.from_ndarray(piece[None], format="flt", layout="mono")
            frame.sample_rate = given
            yield from (out.to_ndarray()[0] for out in resampler.resample(frame))
        yield from (out.to_ndarray()[0] for out in resampler.resample(None))


def _gathered(blocks: Iterable[Floats], rate: int, name: str, progress: Callable[[float], None] | None) -> Floats:
    """Return `blocks` in one array. A bytearray grows in place: the peak is hardly more than the samples."""
    buffer = bytearray()
    for block in blocks:
        buffer += np.ascontiguousarray(block, np.float32).data
        seconds = len(buffer) / 4 / rate
        if seconds > LONGEST:
            hint = "Cut out the answer and analyse that."
            raise InputError(f"'{name}' is longer than {LONGEST / 3600:.0f} hours", hint=hint)
        if progress is not None:
            progress(seconds)
    return np.frombuffer(buffer, np.float32)


def _fitted(samples: Floats, stream: AudioStream, notes: _Notes) -> Floats:
    """Bring `samples` into [-1, 1] in place: clipped as in a player, or turned down if floats have their own scale."""
    peak = float(max(samples.max(), -samples.min())) if len(samples) else 0.0
    if peak > OVER and stream.codec_context.name.startswith("pcm_f"):
        over = np.count_nonzero(samples > OVER) + np.count_nonzero(samples < -OVER)
        if over > OVER_SHARE * len(samples):
            samples /= np.float32(peak)
            notes.more.append(f"The samples go {peak:.3g} times beyond full scale; they were turned down to fit.")
    return np.clip(samples, -1.0, 1.0, out=samples)


def _recording(container: InputContainer, stream: AudioStream, path: Path, sha256: str, duration: float) -> Recording:
    family = container.format.name.split(",")
    ending = path.suffix[1:].lower()
    return Recording(
        name=files.shown(path.name),
        sha256=sha256,
        duration=round(duration, 6),
        container=ending if ending in family else family[0],
        codec=stream.codec_context.codec.canonical_name,
        rate=stream.sample_rate,
        channels=stream.channels,
    )
