"""One sound or video file, opened for reading: never the network or a second file, whatever name and content ask for.

FFmpeg (through PyAV) gets an open Python file with a harmless name, and only demuxers that read a single file. All that
can be wrong with a file that someone names is turned into words here.
"""

from __future__ import annotations

import io
import os
import signal
import stat
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Left out on purpose: play lists (hls, concat, dash, sdp), devices, pictures, and headerless kinds that fit any bytes.
DEMUXERS = (
    "wav,w64,aiff,caf,au,voc,flac,mp3,aac,loas,ac3,eac3,dts,amr,ogg,mov,matroska,asf,avi,flv,mpeg,mpegts,wv,ape,tta,"
    "tak,mpc,mpc8,dsf,rm"
)
# Their clocks start at zero, as browsers show them: sound that starts late is late. Elsewhere the first stream is zero.
CLOCK_FROM_ZERO = frozenset({"mov", "matroska"})
# Their headers give the true length; elsewhere it is guessed from the bit rate or found by reading on.
LENGTH_IN_HEADER = frozenset({"w64", "aiff", "caf", "flac", "mov"})
KINDS = (
    "Known are wav, flac, mp3, m4a, ogg, opus, webm, aiff, caf, amr, 3gp, mp4, mov, mkv and more. A new name alone "
    "converts nothing: export or record it again. A typed answer needs --text."
)
# What sound is recorded at; a damaged header can say anything.
RATES = range(1000, 1_000_001)
# How such files begin, so that a damaged one can be told from something else.
BEGINNINGS = {
    0: (b"RIFF", b"fLaC", b"OggS", b"ID3", b"FORM", b"caff", b"#!AMR", b"\x1aE\xdf\xa3", b".snd"),
    4: (b"ftyp",),
}
# Recorders that cannot know the length beforehand write sizes from here on.
NO_SIZE = 0x7FFF0000
PLAYS_ELSEWHERE = "If it plays elsewhere, save it from there as wav or mp3."


def shown(path: Path | str) -> str:
    """Return `path` for people, on one line: what cannot be printed is escaped as in Python."""
    # The zero-width joiner holds emoji together.
    return "".join(c if c.isprintable() or c == "\u200d" else c.encode("unicode_escape").decode() for c in str(path))


class _StoppedError(Exception):
    """A signal came; what its handler does follows."""


class SourceFile(io.FileIO):
    """An open file whose errors are ours, and whose name tells FFmpeg nothing but the ending."""

    def __init__(self, path: Path) -> None:
        self.shown = shown(path)
        self.stopped = False
        super().__init__(path)
        ending = path.suffix[1:]
        self.name = f"recording.{ending}" if ending.isascii() and ending.isalnum() else "recording"

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes, at most `size`."""
        if self.stopped:
            raise _StoppedError
        with reading(self.shown):
            return super().read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to `offset`, or to the start or the end where a damaged file sends FFmpeg beyond them."""
        if whence == io.SEEK_SET:
            offset = min(max(offset, 0), os.fstat(self.fileno()).st_size)
        return super().seek(offset, whence)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill `buffer` with the next bytes and return how many they are."""
        with reading(self.shown):
            return super().readinto(buffer)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what can go wrong with the file called `name` into an `InputError` about it."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"'{name}' does not exist", hint="Check the name and the folder that you are in.") from None
    except PermissionError:
        hint = "Change its permissions, or copy it to a folder of your own."
        raise InputError(f"'{name}' may not be read", hint=hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have such a name"
        raise InputError(f"'{name}' cannot be read: {reason}", hint="Check the name and the disk.") from error


@contextmanager
def _held(file: SourceFile) -> Iterator[None]:
    """Hold signals back while FFmpeg reads `file`, and then let them do their work.

    PyAV drops what a handler raises in the middle of its reading, such as KeyboardInterrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []

    def hold(number: int, _frame: object) -> None:
        caught.append(number)
        file.stopped = True

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: handler for number, handler in handlers.items() if callable(handler)}
    try:
        for number in before:
            signal.signal(number, hold)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if caught:
            signal.raise_signal(caught[0])


def open_file(path: Path) -> SourceFile:
    """Open the file `path`. Raise `InputError` where it is missing, empty, not a file or not to be read."""
    name = shown(path)
    with reading(name):
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise InputError(f"'{name}' is a folder, not a recording", hint="Name the recordings in it.")
        if not stat.S_ISREG(kind.st_mode):
            raise InputError(f"'{name}' is not a regular file", hint="Save the recording to a file first.")
        if not kind.st_size:
            raise InputError(f"'{name}' is empty (0 bytes)", hint="Nothing was saved in it: copy or record it again.")
        return SourceFile(path)


@contextmanager
def open_container(file: SourceFile) -> Iterator[InputContainer]:
    """Open what `file` holds, from its start. A failure of FFmpeg inside becomes an `InputError` about the file."""
    import av  # noqa: PLC0415  (only paid for when a file is decoded)

    if _lacks_index(file):
        hint = "The recorder was stopped before the end, or the copy was. Copy it again; a repair tool may rebuild it."
        raise InputError(f"'{file.shown}' is cut off: its index (the 'moov' part) is missing", hint=hint)
    file.seek(0)
    options = {"format_whitelist": DEMUXERS}
    try:
        lenient = _lenient(av.__version__)
        with _held(file), av.open(file, "r", options=options, io_open=_refuse, **lenient) as container:
            yield container
    except av.error.FFmpegError as error:
        if _begins_well(file):
            hint = "Copy it again from where it was recorded."
            raise InputError(f"'{file.shown}' is damaged beyond reading", hint=hint) from error
        raise InputError(f"'{file.shown}' is not a sound or video file that can be read", hint=KINDS) from error


def _lenient(version: str) -> dict[str, Any]:
    """Return what makes PyAV of `version` read tags that are not UTF-8; from 19 on it always does."""
    return {"metadata_errors": "replace"} if int(version.partition(".")[0]) < 19 else {}


def _begins_well(file: SourceFile) -> bool:
    file.seek(0)
    head = file.read(16)
    return any(head.startswith(beginnings, at) for at, beginnings in BEGINNINGS.items())


def _refuse(_url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    """Open nothing: a recording is one file."""
    raise PermissionError


def _lacks_index(file: SourceFile) -> bool:
    """Say whether `file` is of the mp4 family and has no whole `moov` box."""
    size = file.seek(0, io.SEEK_END)
    at = 0
    kinds: list[bytes] = []
    while at + 8 <= size and len(kinds) < 1000:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        at += max(8, int.from_bytes(head[8:16]) if length == 1 else length or size - at)
        kinds += [head[4:8]] if at <= size or not kinds else []
    return kinds[:1] == [b"ftyp"] and b"moov" not in kinds


def kind_of(container: InputContainer) -> str:
    """Return the name of the demuxer of `container`; one that reads a family of kinds has the name of the first."""
    return container.format.name.split(",")[0]


def tracks_of(container: InputContainer, name: str) -> list[AudioStream]:
    """Return the sound tracks of `container` that can be decoded. Raise `InputError` about `name` if there are none."""
    if not container.streams.audio:
        what = "is a video without a sound track" if container.streams.video else "has no sound track"
        raise InputError(f"'{name}' {what}", hint="Was the microphone switched on? Record it again with sound.")
    tracks = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if not tracks:
        raise InputError(f"'{name}' holds sound of an unknown or protected kind", hint=PLAYS_ELSEWHERE)
    return tracks


def frames_of(container: InputContainer, tracks: list[AudioStream]) -> Iterator[tuple[int, AudioFrame | None]]:
    """Yield the frames of `tracks` with the index of their stream; None stands for a damaged place."""
    import av  # noqa: PLC0415  (only paid for when a file is decoded)

    packets = container.demux(*tracks)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, IndexError):
            # PyAV stumbles at the end over streams that began in the middle.
            return
        except av.error.FFmpegError:
            yield tracks[0].index, None
            return
        try:
            for frame in packet.decode():
                if isinstance(frame, av.AudioFrame) and frame.sample_rate in RATES and frame.samples > 0:
                    yield packet.stream.index, frame
        except (av.error.FFmpegError, ValueError):
            # PyAV 19 forgets a codec that could not be opened, and then misses it.
            yield packet.stream.index, None


def zeros_of(container: InputContainer) -> list[float]:
    """Return the times that may be zero in a player of `container`, besides that of the first sound."""
    if kind_of(container) in CLOCK_FROM_ZERO:
        return [0.0]
    moving = [stream for stream in container.streams.video if not stream.disposition & stream.disposition.attached_pic]
    return [float(stream.start_time * stream.time_base) for stream in moving if stream.start_time and stream.time_base]


def announced_length(file: SourceFile, container: InputContainer, stream: AudioStream, heard: float) -> float:
    """Return the length that the header gives for `stream`, or 0 where that is a guess; `heard` is what was found."""
    kind = kind_of(container)
    if kind == "wav":
        return heard * _announced_bytes(file)
    # A start after zero means that an mp3 has a LAME header, which counts the frames.
    if stream.duration and stream.time_base and (kind in LENGTH_IN_HEADER or (kind == "mp3" and stream.start_time)):
        return float(stream.duration * stream.time_base)
    if kind == "matroska" and not container.streams.video and container.duration:
        return container.duration / 1_000_000
    return 0.0


def _announced_bytes(file: SourceFile) -> float:
    """Return the size that the RIFF header of `file` gives as a multiple of the true one, which FFmpeg goes by."""
    size = file.seek(0, io.SEEK_END)
    file.seek(4)
    announced = int.from_bytes(file.read(4), "little") + 8
    return announced / size if announced < NO_SIZE else 1.0
