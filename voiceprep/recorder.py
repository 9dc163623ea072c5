"""Records the microphone to a file as it is spoken, so that no crash takes more than the last second. Judges nothing.

The file is a WAV whose header says from the start that its length is not known: players and our own decoder read it to
its end, whenever that comes. Blocks go from PortAudio's thread by a queue to a thread that only writes, from there to
another that only tells, so that neither a slow listener nor a slow screen keeps a block from the disk. A third puts
what was written through to the disk twice a second.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import struct
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep.errors import DeviceError, InputError
from voiceprep.ports import Capture, Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import numpy.typing as npt

    from voiceprep.ports import Block, Device, OnBlock

    # Opens a device: gives (sounddevice, the device).
    Open = Callable[[str | None], tuple[Any, Device]]
    Samples = npt.NDArray[np.int16]

# What a recogniser wants to hear, in Hz.
RATE = 16000
BLOCK = 0.1
# A roomy buffer costs nothing, for blocks are handed over when they are full; it is what rides out a busy machine.
LATENCY = 1.0
# So long without a block, and the microphone is gone: some drivers never say so.
GONE = 5.0
# What is written is put through to the disk this often: a power cut takes no more, with the block under way.
SYNC = 0.5
# Within this of full scale a sample is clipped.
CLIPPED = 0.999
SILENT = -120.0
HEADER = 44
# "Until the end of the file", as ffmpeg and sox write it into pipes.
UNKNOWN = 0xFFFFFFFF
_STOPPED_WELL = ""
UNPLUGGED = "the microphone was unplugged, or the system's sound service ended"
# What went wrong with the disk, in plain words; anything else is said in the system's own.
_DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "the file may not be larger",
    errno.EIO: "the disk failed",
    errno.ENOENT: "its folder does not exist",
    errno.EACCES: "you may not write there",
    errno.EROFS: "the disk is read-only",
}


class Recorder:
    """A recording under way: entered it begins, `stop` ends it.

    `on_block` is called from a thread of its own with each block, mono float32 at 16 kHz, and its level; however slow
    it is, nothing is lost on the disk. `opened` gives PortAudio and the microphone for the name `device`.
    """

    def __init__(self, path: Path, device: str | None = None, *, on_block: OnBlock, opened: Open | None = None) -> None:
        self._path, self._device = path, device
        self._on_block, self._opened = on_block, opened or _open
        self._blocks: queue.SimpleQueue[Samples | None] = queue.SimpleQueue()
        self._heard: queue.SimpleQueue[Samples | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._arrived = threading.Event()
        self._capture: Capture | None = None
        self._file = -1
        self._written = self._dropped = 0
        self._rate, self._channels = RATE, 1
        self._ended = _STOPPED_WELL
        self._stopping = False
        self._stream: Any = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Make the file, which only its owner may read, and begin. Raise `DeviceError` or `InputError`."""
        sound, microphone = self._opened(self._device)
        self._file = _made(self._path)
        try:
            self._stream = self._opening(sound, microphone)
            os.write(self._file, header(self._rate, self._channels))
            _put_through(self._path.parent)
            for work in (self._write, self._tell, self._put_through):
                thread = threading.Thread(target=work, name=f"recorder{work.__name__}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._stream.start()
        except BaseException as error:
            self._abandon()
            if isinstance(error, sound.PortAudioError):
                raise _refused(microphone, error) from error
            if isinstance(error, OSError):
                raise _unwritable(self._path, error) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and close the file."""
        self.stop()

    @property
    def elapsed(self) -> float:
        """Seconds on the disk so far."""
        return self._written / (2 * self._channels * self._rate)

    @property
    def dropped(self) -> int:
        """Blocks that the system says it lost so far."""
        return self._dropped

    @property
    def ended(self) -> str:
        """What ended the recording before it was stopped, in plain words; empty while it goes on."""
        return self._ended

    def stop(self) -> Capture:
        """Stop after the block under way, and return what was recorded. A second call returns the same."""
        if self._capture is None:
            if not self._ended:
                # What was said until now is in a block that is not full yet.
                self._arrived.clear()
                self._arrived.wait(2 * BLOCK)
            self._stopping = True
            # A server that is gone, or was killed, may refuse; there is nothing left to stop then.
            with contextlib.suppress(Exception):
                self._stream.abort()
            with contextlib.suppress(Exception):
                self._stream.close()
            self._finish()
            self._capture = Capture(self._path, self.elapsed, self._dropped, self._ended)
        return self._capture

    def _opening(self, sound: Any, device: Device) -> Any:  # noqa: ANN401
        """Return a stream of `device`: at 16 kHz in mono, else as the device itself has it."""
        channels = min(2, device.channels)
        ways = dict.fromkeys(((RATE, 1), (device.rate, 1), (RATE, channels), (device.rate, channels)))
        for self._rate, self._channels in ways:
            try:
                return sound.InputStream(
                    samplerate=self._rate,
                    blocksize=round(BLOCK * self._rate),
                    device=device.index,
                    channels=self._channels,
                    dtype="int16",
                    latency=LATENCY,
                    callback=self._take,
                    finished_callback=self._gone,
                )
            except (sound.PortAudioError, ValueError) as error:
                refused = error
        raise _refused(device, refused) from refused

    def _take(self, block: Samples, _frames: int, _when: object, status: Any) -> None:  # noqa: ANN401
        """Take a block from PortAudio, whose thread must not wait."""
        self._dropped += bool(status and status.input_overflow)
        self._blocks.put(block.copy())
        self._arrived.set()

    def _gone(self) -> None:
        """Note that PortAudio ended the stream; called from its thread."""
        if not self._stopping:
            self._blocks.put(None)

    def _write(self) -> None:
        """Write blocks until there are no more, or until they cannot be written."""
        while True:
            try:
                block = self._blocks.get(timeout=GONE)
            except queue.Empty:
                block = None
            if block is None:
                self._ended = self._ended or ("" if self._stopping else UNPLUGGED)
                break
            try:
                _write_all(self._file, block.tobytes())
            except OSError as error:
                self._ended = _DISK.get(error.errno or 0, error.strerror or str(error))
                break
            self._written += block.nbytes
            self._heard.put(block)
        self._heard.put(None)

    def _tell(self) -> None:
        """Hand each block on, mono at 16 kHz, with its level."""
        listened = _Listened(self._rate)
        while (block := self._heard.get()) is not None:
            self._on_block(listened.next(block), level(block))
        if len(rest := listened.next(None)):
            self._on_block(rest, Level(SILENT, SILENT, clipped=False))

    def _put_through(self) -> None:
        """Put what was written through to the disk, again and again."""
        while not self._over.wait(SYNC):
            with contextlib.suppress(OSError):
                os.fsync(self._file)

    def _finish(self) -> None:
        """End the threads, put the length into the header, close the file."""
        self._blocks.put(None)
        self._threads[0].join()
        self._over.set()
        for thread in self._threads[1:]:
            thread.join()
        with contextlib.suppress(OSError):
            # A full disk took a part of the last block.
            self._written = _settle(self._file)
            os.fsync(self._file)
        os.close(self._file)

    def _abandon(self) -> None:
        """Leave nothing behind of a recording that could not begin."""
        self._stopping = True
        self._over.set()
        self._blocks.put(None)
        for thread in self._threads:
            thread.join()
        os.close(self._file)
        self._path.unlink(missing_ok=True)


def recover(path: Path) -> Capture:
    """Put the header of the recording at `path` in order, which was cut off, and return what it holds.

    Only the header is written. Raise `InputError` where it is no recording of ours or cannot be read.
    """
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            begin = os.read(file, HEADER)
            if len(begin) < HEADER or begin[:4] != b"RIFF" or begin[36:40] != b"data":
                raise InputError(f"{path.name!r} is not a recording that was cut off", hint="Nothing was changed.")
            length = _settle(file)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise InputError(f"{path.name!r} cannot be recovered: {error.strerror or error}") from error
    channels, rate = struct.unpack_from("<HI", begin, 22)
    return Capture(path, length / (2 * channels * rate), 0, "the program was stopped in the middle of it")


def is_cut_off(path: Path) -> bool:
    """Say whether the file at `path` is a recording that was never ended: being made now, or cut off."""
    try:
        with path.open("rb") as file:
            begin = file.read(HEADER)
    except OSError:
        return False
    return len(begin) == HEADER and begin[36:] == b"data" + struct.pack("<I", UNKNOWN)


def compress(path: Path, target: Path) -> None:
    """Write the recording at `path` to `target` as FLAC, sample for sample, for its owner alone; `path` stays.

    Raise `InputError` where that fails; there is no `target` then.
    """
    import wave  # noqa: PLC0415  (not needed to record)
    from fractions import Fraction  # noqa: PLC0415  (same)

    import av  # noqa: PLC0415  (heavy)

    os.close(_made(target))
    try:
        with wave.open(str(path), "rb") as sound, av.open(str(target), "w", format="flac") as out:
            rate, channels = sound.getframerate(), sound.getnchannels()
            stream = out.add_stream("flac", rate=rate, layout="stereo" if channels == 2 else "mono")
            stream.format = "s16"
            at = 0
            while block := sound.readframes(rate):
                samples = np.frombuffer(block, "<i2")
                frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout=stream.layout.name)
                frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
                at += len(samples) // channels
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    except (OSError, ValueError, EOFError, wave.Error) as error:
        target.unlink(missing_ok=True)
        raise InputError(
            f"{path.name!r} cannot be compressed: {error}", hint="The recording itself is kept."
        ) from error


def level(block: Samples) -> Level:
    """Return how loud `block` is; shape (frames, channels)."""
    values = np.abs(block.astype(np.float32)) / 32768.0
    peak = float(values.max(initial=0.0))
    rms = float(np.sqrt(np.mean(np.square(values)))) if values.size else 0.0
    return Level(_decibels(rms), _decibels(peak), peak >= CLIPPED)


def _decibels(value: float) -> float:
    return max(SILENT, 20 * float(np.log10(value))) if value > 0 else SILENT


def header(rate: int, channels: int, length: int = UNKNOWN) -> bytes:
    """Return the header of a WAV file with 16-bit samples and `length` bytes of sound."""
    whole = UNKNOWN if length == UNKNOWN else length + HEADER - 8
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, 2 * channels * rate, 2 * channels, 16)
    return b"RIFF" + struct.pack("<I", whole) + b"WAVEfmt " + form + b"data" + struct.pack("<I", length)


class _Listened:
    """Blocks as a recogniser hears them: mono, at 16 kHz."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._change: Any = None
        if rate != RATE:
            from av import AudioResampler  # noqa: PLC0415  (only where 16 kHz was refused)

            self._change = AudioResampler(format="fltp", layout="mono", rate=RATE)

    def next(self, block: Samples | None) -> Block:
        """Return what `block` adds; None gives what is left at the end."""
        mono = None if block is None else (block.astype(np.float32).mean(axis=1) / np.float32(32768)).astype(np.float32)
        if self._change is None:
            return np.zeros(0, np.float32) if mono is None else mono
        from av import AudioFrame  # noqa: PLC0415  (only where 16 kHz was refused)

        frame = None
        if mono is not None:
            frame = AudioFrame.from_ndarray(mono[None], format="fltp", layout="mono")
            frame.sample_rate = self._rate
        pieces = [piece.to_ndarray()[0] for piece in self._change.resample(frame)]
        return np.concatenate([np.zeros(0, np.float32), *pieces])


def _open(name: str | None) -> tuple[Any, Device]:
    from voiceprep import devices  # noqa: PLC0415  (only where nobody gave another)

    return devices.portaudio(), devices.find(name, "input")


def _made(path: Path) -> int:
    """Make the file at `path`, for its owner alone, and return its descriptor. Raise `InputError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error


def _write_all(file: int, content: bytes) -> None:
    """Write all of `content`; a disk that is nearly full takes a part of it."""
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def _settle(file: int) -> int:
    """Put the length of the sound in `file` into its header, half a sample cut off; return it in bytes."""
    os.lseek(file, 0, os.SEEK_SET)
    channels, rate = struct.unpack_from("<HI", os.read(file, HEADER), 22)
    length: int = os.fstat(file).st_size - HEADER
    length -= length % (2 * channels)
    os.ftruncate(file, HEADER + length)
    os.lseek(file, 0, os.SEEK_SET)
    _write_all(file, header(rate, channels, length))
    return length


def _put_through(folder: Path) -> None:
    """Put the name of a new file in `folder` through to the disk, where a folder can be opened."""
    with contextlib.suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def _refused(device: Device, error: Exception) -> DeviceError:
    said = (str(error).splitlines() or [""])[0]
    hint = "Is another program recording, or its use not allowed? See the others with: voiceprep devices"
    return DeviceError(f"{device.name!r} cannot record: {said}", hint=hint)


def _unwritable(path: Path, error: OSError) -> InputError:
    told = _DISK.get(error.errno or 0, error.strerror or str(error))
    return InputError(f"cannot record to {str(path)!r}: {told}", hint="Give a folder of your own with --data.")
