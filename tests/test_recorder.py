"""The recorder: what is spoken is on the disk at once, whatever happens to the program, the disk or the microphone."""

from __future__ import annotations

import errno
import os
import stat
import threading
import wave
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from fake_sound import FakeSound, device
from hypothesis import given
from hypothesis import strategies as st

from voiceprep import recorder
from voiceprep.audio import decode
from voiceprep.errors import DeviceError, InputError
from voiceprep.ports import Device, Level
from voiceprep.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = np.random.default_rng(5)


def noise(seconds: float, rate: int = 16000, channels: int = 1) -> npt.NDArray[np.int16]:
    return RANDOM.integers(-9000, 9000, (round(seconds * rate), channels)).astype(np.int16)


class Desk:
    """A microphone to speak into, and what was told of it."""

    def __init__(self, path: Path, rate: float = 48000.0, channels: int = 2) -> None:
        self.path = path
        self.sound = FakeSound([device("Headset", inputs=channels, rate=rate)])
        self.heard: list[npt.NDArray[np.float32]] = []
        self.levels: list[Level] = []

    def told(self, block: npt.NDArray[np.float32], level: Level) -> None:
        self.heard.append(block)
        self.levels.append(level)

    def recorder(self, on_block: Any = None) -> Recorder:
        one = self.sound.devices[0]
        microphone = Device(one["name"], 0, one["max_input_channels"], round(one["default_samplerate"]), default=True)
        return Recorder(self.path, on_block=on_block or self.told, opened=lambda _name: (self.sound, microphone))

    def say(self, samples: npt.NDArray[np.int16], *, overflow: bool = False) -> None:
        self.sound.streams[-1].say(samples, overflow=overflow)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "take.wav")


def samples(path: Path) -> npt.NDArray[np.int16]:
    with wave.open(str(path), "rb") as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())


def waited(true: Any) -> bool:
    """Wait until `true()`, for what another thread does at once."""
    tick = threading.Event()
    return any(true() or tick.wait(0.01) for _ in range(500)) or bool(true())


def test_what_is_spoken_is_in_the_file_sample_for_sample(desk: Desk) -> None:
    said = noise(1.25)
    with desk.recorder() as recording:
        desk.say(said)
        capture = recording.stop()
    assert np.array_equal(samples(desk.path), said)
    assert (capture.path, capture.duration, capture.dropped, capture.ended) == (desk.path, 1.25, 0, "")
    assert np.array_equal(np.concatenate(desk.heard), said[:, 0].astype(np.float32) / 32768)
    assert recording.stop() is capture


def test_the_recording_is_for_its_owner_alone(desk: Desk) -> None:
    desk.path = desk.path.parent / "takes" / "take.wav"
    with desk.recorder():
        pass
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.path.parent.stat().st_mode) == 0o700


def test_a_recording_is_never_written_over_another(desk: Desk) -> None:
    desk.path.write_bytes(b"an answer")
    with pytest.raises(InputError, match="cannot record to"), desk.recorder():
        pass
    assert desk.path.read_bytes() == b"an answer"


def test_while_it_is_spoken_the_file_is_there_and_can_be_heard(desk: Desk) -> None:
    said = noise(1.0)
    with desk.recorder() as recording:
        desk.say(said)
        assert waited(lambda: recording.elapsed == 1.0)
        assert recorder.is_cut_off(desk.path)
        assert np.allclose(decode(desk.path).audio.samples, said[:, 0] / 32768, atol=1e-4)
    assert not recorder.is_cut_off(desk.path)


@given(lost=st.integers(0, 4000))
def test_a_file_cut_off_anywhere_gives_back_all_whole_samples(
    tmp_path_factory: pytest.TempPathFactory, lost: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "take.wav"
    said = noise(0.25, channels=2)
    path.write_bytes((recorder.header(16000, 2) + said.tobytes())[: recorder.HEADER + said.nbytes - lost])
    capture = recorder.recover(path)
    whole = (said.nbytes - lost) // 4
    assert capture.duration == whole / 16000
    assert capture.ended
    assert np.array_equal(samples(path), said[:whole])
    assert recorder.recover(path).duration == capture.duration


@pytest.mark.parametrize("content", [b"", b"RIFF", b"something else that is much longer than a header of ours"])
def test_what_is_no_recording_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.wav"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a recording"):
        recorder.recover(path)
    assert path.read_bytes() == content
    assert not recorder.is_cut_off(path)


def test_a_recording_that_is_not_there_cannot_be_recovered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be recovered"):
        recorder.recover(tmp_path / "none.wav")
    assert not recorder.is_cut_off(tmp_path / "none.wav")


@pytest.mark.parametrize(
    ("refused", "rate", "channels"),
    [
        (set(), 16000, 1),
        ({(16000, 1)}, 44100, 1),
        ({(16000, 1), (44100, 1)}, 16000, 2),
        ({(16000, 1), (44100, 1), (16000, 2)}, 44100, 2),
    ],
)
def test_what_a_device_refuses_is_not_asked_of_it(
    tmp_path: Path, refused: set[tuple[int, int]], rate: int, channels: int
) -> None:
    desk = Desk(tmp_path / "take.wav", rate=44100.0)
    desk.sound.refuse = refused
    now = np.arange(rate) / rate
    said = np.repeat((8000 * np.sin(2 * np.pi * 200 * now)).astype(np.int16)[:, None], channels, 1)
    with desk.recorder() as recording:
        assert desk.sound.streams[0].options["blocksize"] == rate // 10
        desk.say(said)
        assert recording.stop().duration == 1.0
    assert np.array_equal(samples(desk.path), said)
    heard = np.concatenate(desk.heard)
    assert len(heard) == pytest.approx(16000, abs=1)
    wanted = 8000 / 32768 * np.sin(2 * np.pi * 200 * np.arange(16000) / 16000)
    assert heard[500:15500] == pytest.approx(wanted[500:15500], abs=2e-3)


def test_a_device_that_refuses_all_is_told_and_leaves_no_file(desk: Desk) -> None:
    desk.sound.refuse = {(rate, channels) for rate in (16000, 48000) for channels in (1, 2)}
    with pytest.raises(DeviceError, match="'Headset' cannot record: Error opening Stream"), desk.recorder():
        pass
    assert not desk.path.exists()


def test_blocks_that_the_system_lost_are_counted(desk: Desk) -> None:
    with desk.recorder() as recording:
        desk.say(noise(0.1))
        desk.say(noise(0.3), overflow=True)
        assert recording.stop().dropped == 3


def test_a_microphone_that_goes_away_leaves_what_was_said(desk: Desk) -> None:
    said = noise(0.5)
    with desk.recorder() as recording:
        desk.say(said)
        desk.sound.streams[0].vanish()
        assert waited(lambda: recording.ended)
        capture = recording.stop()
    assert capture.ended == recorder.UNPLUGGED
    assert np.array_equal(samples(desk.path), said)


def test_a_microphone_that_falls_silent_without_a_word_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "GONE", 0.05)
    with desk.recorder() as recording:
        assert waited(lambda: recording.ended)
        assert recording.stop().ended == recorder.UNPLUGGED


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "the disk failed"), (errno.EBUSY, "busy")]
)
def test_a_disk_that_takes_no_more_leaves_what_was_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    write, room = os.write, [recorder.HEADER + 6401]

    def filling(file: int, content: bytes) -> int:
        if room[0] <= 0 and len(content) > recorder.HEADER:
            raise OSError(number, os.strerror(number))
        done = write(file, content[: max(room[0], 0)] if len(content) > recorder.HEADER else content)
        room[0] -= done
        return done

    monkeypatch.setattr(recorder.os, "write", filling)
    said = noise(1.0)
    with desk.recorder() as recording:
        desk.say(said)
        assert waited(lambda: recording.ended)
        capture = recording.stop()
    assert told in capture.ended
    assert capture.duration == 0.2
    assert np.array_equal(samples(desk.path), said[:3200])


def test_a_listener_that_hangs_keeps_nothing_from_the_disk(desk: Desk) -> None:
    free = threading.Event()
    said = noise(2.0)
    with desk.recorder(on_block=lambda *_: free.wait(10)) as recording:
        desk.say(said)
        written = waited(lambda: recording.elapsed == 2.0)
        free.set()
    assert written
    assert np.array_equal(samples(desk.path), said)


@pytest.mark.parametrize(
    ("value", "rms", "peak", "clipped"), [(0, -120, -120, False), (3277, -20, -20, False), (32767, 0, 0, True)]
)
def test_levels_by_hand(value: int, rms: float, peak: float, clipped: bool) -> None:
    level = recorder.level(np.full((160, 1), value, np.int16))
    assert (level.rms_db, level.peak_db) == pytest.approx((rms, peak), abs=0.01)
    assert level.clipped is clipped
    assert recorder.level(np.full((160, 1), -32768, np.int16)).clipped


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (44100, 2)])
def test_compressed_it_is_the_same_samples_for_the_owner_alone(tmp_path: Path, rate: int, channels: int) -> None:
    path, target = tmp_path / "take.wav", tmp_path / "take.flac"
    said = noise(2.3, rate, channels)
    path.write_bytes(recorder.header(rate, channels, said.nbytes) + said.tobytes())
    recorder.compress(path, target)
    with av.open(str(target)) as file:
        got = np.concatenate([frame.to_ndarray().reshape(-1, channels) for frame in file.decode(audio=0)])
    assert np.array_equal(got, said)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(InputError):
        recorder.compress(path, target)


def test_what_cannot_be_compressed_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "take.wav").write_bytes(b"no sound")
    with pytest.raises(InputError, match="cannot be compressed"):
        recorder.compress(tmp_path / "take.wav", tmp_path / "take.flac")
    assert not (tmp_path / "take.flac").exists()
