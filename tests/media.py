"""Media of every kind, made when the tests run: the same tones in each, so that times and levels can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

DURATION = 4.0
LEVEL = 0.25
# start, end and frequency: a short click at one second, a tone long enough to measure its level, a click near the end.
TONES = ((1.0, 1.02, 1000.0), (2.0, 3.0, 700.0), (3.5, 3.52, 1300.0))


def pattern(rate: int) -> Floats:
    """Return the pattern, mono at `rate`."""
    time = np.arange(int(DURATION * rate)) / rate
    sound = np.zeros(len(time))
    for start, end, frequency in TONES:
        inside = (time >= start) & (time < end)
        sound[inside] = LEVEL * np.sin(2 * np.pi * frequency * (time[inside] - start))
    return sound.astype(np.float32)


@dataclass(frozen=True)
class Kind:
    """How a file is made: its `ending` (and by it the container), codec, rate and layout of channels."""

    ending: str
    codec: str
    rate: int = 48000
    layout: str = "mono"
    video: str = ""
    block: int = 1024


KINDS: Mapping[str, Kind] = {
    "wav 8 bit": Kind("wav", "pcm_u8", 11025),
    "wav 16 bit": Kind("wav", "pcm_s16le", 44100),
    "wav 16 bit stereo": Kind("wav", "pcm_s16le", 44100, "stereo"),
    "wav 16 bit 16 kHz": Kind("wav", "pcm_s16le", 16000),
    "wav 24 bit": Kind("wav", "pcm_s24le", 96000, "stereo"),
    "wav 32 bit": Kind("wav", "pcm_s32le", 48000),
    "wav float": Kind("wav", "pcm_f32le", 22050),
    "wav double": Kind("wav", "pcm_f64le", 48000),
    "wav mu-law": Kind("wav", "pcm_mulaw", 8000),
    "wav A-law": Kind("wav", "pcm_alaw", 8000),
    "wav 5.1": Kind("wav", "pcm_s16le", 48000, "5.1"),
    "w64": Kind("w64", "pcm_s16le"),
    "au": Kind("au", "pcm_s16be", 8000),
    "aiff": Kind("aiff", "pcm_s16be", 44100, "stereo"),
    "caf": Kind("caf", "pcm_s16be"),
    "caf ALAC": Kind("caf", "alac"),
    "flac": Kind("flac", "flac", 44100, "stereo"),
    "mp3": Kind("mp3", "libmp3lame", 44100),
    "mp3 stereo": Kind("mp3", "libmp3lame", 48000, "stereo"),
    "mp3 16 kHz": Kind("mp3", "libmp3lame", 16000),
    "m4a AAC": Kind("m4a", "aac", 44100),
    "m4a AAC 5.1": Kind("m4a", "aac", 48000, "5.1"),
    "m4a ALAC": Kind("m4a", "alac", 44100, "stereo"),
    "m4a Opus": Kind("mp4", "libopus"),
    "caf 16 channels": Kind("caf", "pcm_s16be", 48000, "hexadecagonal"),
    "m4a AAC 7.1": Kind("m4a", "aac", 48000, "7.1"),
    "flac 7.1": Kind("flac", "flac", 48000, "7.1"),
    "mka Opus 7.1": Kind("mka", "libopus", 48000, "7.1"),
    "ogg Opus": Kind("ogg", "libopus"),
    "opus": Kind("opus", "libopus", 48000, "stereo"),
    "ogg Vorbis": Kind("ogg", "vorbis", 44100),
    "ogg FLAC": Kind("ogg", "flac", 44100),
    "webm": Kind("webm", "libopus"),
    "mka": Kind("mka", "aac", 44100),
    "ac3": Kind("ac3", "ac3"),
    "amr": Kind("amr", "libopencore_amrnb", 8000),
    "3gp": Kind("3gp", "libopencore_amrnb", 8000),
    "mp4 video": Kind("mp4", "aac", 44100, "stereo", "libx264"),
    "mov video": Kind("mov", "aac", 48000, "mono", "libx264"),
    "mkv video": Kind("mkv", "libopus", 48000, "mono", "libx264"),
    "webm video": Kind("webm", "libopus", 48000, "mono", "libvpx"),
    # These containers cannot say how long the encoder's delay is, so a player plays it too.
    "raw aac": Kind("aac", "aac"),
    "mpeg-ts": Kind("ts", "aac"),
    "avi video": Kind("avi", "libmp3lame", 48000, "mono", "mpeg4"),
}
# Seconds by which they are late in every player.
DELAYS = {"raw aac": 1024 / 48000, "mpeg-ts": 1024 / 48000, "avi video": 1105 / 48000}


def can_make(name: str) -> bool:
    """Say whether this PyAV has the codec of the kind with `name`: what it reads it cannot always write."""
    return KINDS[name].codec == "vorbis" or KINDS[name].codec in av.codecs_available


def make(folder: Path, name: str) -> Path:
    """Write the pattern as the kind with `name` and return the file."""
    kind = KINDS[name]
    path = folder / f"answer.{kind.ending}"
    sound = pattern(kind.rate)
    if kind.codec == "vorbis":
        soundfile.write(path, sound, kind.rate, format="OGG", subtype="VORBIS")
        return path
    channels = av.AudioLayout(kind.layout).nb_channels
    return write(path, kind, [np.tile(sound, (channels, 1))])


def write(path: Path, kind: Kind, tracks: Sequence[Floats], starts: Sequence[float] = ()) -> Path:
    """Write `tracks`, each of shape (channels, samples), as `kind` to `path`; they begin at `starts`."""
    with av.open(path, "w") as container:
        video = container.add_stream(kind.video, rate=10) if kind.video else None
        streams = [container.add_stream(kind.codec, rate=kind.rate, layout=kind.layout) for _ in tracks]
        if video is not None:
            _write_pictures(container, video)
        for index, (stream, track) in enumerate(zip(streams, tracks, strict=True)):
            _write_sound(container, stream, track, starts[index] if starts else 0.0, kind.block)
    return path


def write_wav(path: Path, samples: Floats, rate: int = 16000, subtype: str = "PCM_16") -> Path:
    """Write `samples`, shape (samples,) or (samples, channels), as wav to `path`."""
    soundfile.write(path, samples, rate, format="WAV", subtype=subtype)
    return path


def write_video_only_in(folder: Path) -> Path:
    """Write a video without a sound track and return the file."""
    return write(folder / "silent.mp4", Kind("mp4", "aac", video="libx264"), [])


def _write_pictures(container: av.container.OutputContainer, stream: av.VideoStream) -> None:
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for index in range(int(DURATION * 10)):
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index, np.uint8), format="rgb24")
        frame.pts, frame.time_base = index, Fraction(1, 10)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _write_sound(
    container: av.container.OutputContainer, stream: av.AudioStream, track: Floats, start: float, block: int
) -> None:
    """Encode `track`; where it is not a number, nothing was recorded: the time stamps leave a gap."""
    rate = stream.rate
    packer = av.AudioResampler(format=stream.format.name, layout=stream.layout.name, rate=rate)
    for at in range(0, track.shape[1], block):
        piece = np.ascontiguousarray(track[:, at : at + block], np.float32)
        if np.isnan(piece).any():
            continue
        # Packed: PyAV cannot make planar frames of eight channels and more.
        frame = av.AudioFrame.from_ndarray(piece.T.reshape(1, -1), format="flt", layout=stream.layout.name)
        frame.sample_rate = rate
        for packed in packer.resample(frame):
            packed.pts, packed.time_base = at + round(start * rate), Fraction(1, rate)
            container.mux(stream.encode(packed))
    container.mux(stream.encode(None))


def lag(samples: Floats, rate: int) -> float:
    """Return by how many seconds the pattern in `samples` is late."""
    size = 1 << int(np.ceil(np.log2(2 * max(len(samples), DURATION * rate))))
    heard, sent = np.fft.rfft(samples, size), np.fft.rfft(pattern(rate), size)
    best = int(np.argmax(np.fft.irfft(heard * sent.conj(), size)))
    return (best if best < size // 2 else best - size) / rate


def level(samples: Floats, rate: int, late: float = 0.0) -> float:
    """Return how many dB the long tone in `samples` is above the level that it was made with."""
    tone = samples[int((2.1 + late) * rate) : int((2.9 + late) * rate)]
    return 20 * float(np.log10(np.sqrt(np.mean(tone**2)) / (LEVEL / np.sqrt(2))))


def onset(samples: Floats, rate: int, after: float = 0.0) -> float:
    """Return the time of the first sound in `samples` that is half as loud as the pattern, not before `after`."""
    loud = np.abs(samples[int(after * rate) :]) > LEVEL / 2
    return after + int(np.argmax(loud)) / rate
