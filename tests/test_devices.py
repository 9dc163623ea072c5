"""Microphones and loudspeakers: which one is meant, which is remembered, and when a sound is over."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fake_sound import FakeSound, device

from voiceprep import devices
from voiceprep.devices import Choice
from voiceprep.errors import DeviceError
from voiceprep.model import Audio
from voiceprep.ports import Device

if TYPE_CHECKING:
    from pathlib import Path

HEADSET = Device("USB Headset", 2, 1, 48000, default=False)
BUILT_IN = Device("Built-in Microphone", 0, 2, 44100, default=True)
WEBCAM = Device("USB Webcam", 5, 2, 32000, default=False)
ALL = (BUILT_IN, HEADSET, WEBCAM)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound(
        [
            device("Built-in Microphone", inputs=2, rate=44100.0),
            device("Loudspeakers", outputs=2),
            device("USB Headset", inputs=1, outputs=2),
            device("USB Headset", inputs=1, outputs=2, host=1),
        ],
        {"input": 0, "output": 1},
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


def test_a_device_is_listed_once_however_many_ways_the_system_has_to_it(sound: FakeSound) -> None:
    assert sound.devices
    assert devices.inputs() == (BUILT_IN, HEADSET)
    assert [(one.name, one.default) for one in devices.outputs()] == [("Loudspeakers", True), ("USB Headset", False)]


@pytest.mark.parametrize(
    ("name", "found"),
    [(None, BUILT_IN), ("USB Headset", HEADSET), ("headset", HEADSET), ("5", WEBCAM), ("0", BUILT_IN)],
)
def test_a_device_is_meant_by_its_name_a_part_of_it_or_its_number(name: str | None, found: Device) -> None:
    assert devices.chosen(ALL, name, "input") == found


@pytest.mark.parametrize(
    ("given", "name", "message", "hint"),
    [
        (ALL, "usb", "several microphones fit 'usb'", "There are: USB Headset, USB Webcam."),
        (ALL, "line", "no microphone is called 'line'", "There are: Built-in Microphone, USB Headset, USB Webcam."),
        ((), None, "no microphone was found", "Plug one in"),
    ],
)
def test_a_device_that_is_not_there_is_told_with_those_that_are(
    given: tuple[Device, ...], name: str | None, message: str, hint: str
) -> None:
    with pytest.raises(DeviceError, match=message) as told:
        devices.chosen(given, name, "input")
    assert told.value.hint.startswith(hint)


def test_where_no_device_is_the_usual_one_the_first_is_taken() -> None:
    assert devices.chosen((HEADSET, WEBCAM), None, "input") == HEADSET


def test_without_portaudio_it_is_said_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(devices.shutil, "which", lambda name: name if name == "dnf" else None)
    with pytest.raises(DeviceError, match="PortAudio library is missing") as told:
        devices.inputs()
    assert told.value.hint == "Run: sudo dnf install portaudio"
    assert told.value.exit_code == 3


@pytest.mark.parametrize(
    ("platform", "hint"),
    [("linux", "Install PortAudio 19 with the package manager"), ("darwin", "Run: pip install --force-reinstall")],
)
def test_the_hint_fits_the_system(monkeypatch: pytest.MonkeyPatch, platform: str, hint: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(devices.shutil, "which", lambda _name: None)
    assert devices.how_to_install().startswith(hint)


def test_a_sound_system_that_is_gone_is_told(sound: FakeSound) -> None:
    sound.broken = True
    with pytest.raises(DeviceError, match="cannot be listed: Error querying host API -1"):
        devices.inputs()


def test_what_was_chosen_is_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert devices.remembered(folder) == Choice()
    devices.remember(folder, Choice("Mikrofon für mich", None))
    assert devices.remembered(folder) == Choice("Mikrofon für mich", None)
    assert [one.name for one in folder.iterdir()] == ["devices.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"input": 3}', "\x00"])
def test_a_file_that_says_nothing_is_no_choice(tmp_path: Path, text: str) -> None:
    (tmp_path / "devices.json").write_text(text)
    assert devices.remembered(tmp_path) == Choice()


def test_a_choice_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match="cannot be kept"):
        devices.remember(tmp_path / "file" / "folder", Choice("a"))


def tone(seconds: float, rate: int = 16000) -> Audio:
    return Audio((0.5 * np.sin(np.arange(round(seconds * rate)) * 0.1)).astype(np.float32), rate)


def test_a_sound_is_over_when_its_last_sample_is_heard_and_silence_follows_it(sound: FakeSound) -> None:
    began = time.monotonic()
    end = devices.play(tone(0.12))
    assert began < end < time.monotonic()
    heard = np.concatenate(sound.streams[0].heard)[:, 0]
    assert np.array_equal(heard[:1920], np.rint(tone(0.12).samples * 32767))
    assert not heard[1920:].any()
    assert len(heard) > 1920 + 800


def test_a_sound_stops_when_it_is_asked_to(sound: FakeSound) -> None:
    stop = threading.Event()
    stop.set()
    began = time.monotonic()
    assert devices.play(tone(30.0), None, stop) - began < 5
    assert not sound.streams[0].running


def test_a_loudspeaker_that_refuses_the_rate_gets_its_own(sound: FakeSound) -> None:
    sound.refuse = {(16000, 1)}
    devices.play(tone(0.3))
    assert sound.streams[0].options["samplerate"] == 48000
    heard = np.concatenate(sound.streams[0].heard)[:, 0]
    assert np.flatnonzero(heard)[-1] == pytest.approx(0.3 * 48000, abs=100)


def test_a_loudspeaker_that_takes_nothing_is_told(sound: FakeSound) -> None:
    sound.refuse = {(16000, 1), (48000, 1)}
    with pytest.raises(DeviceError, match="'Loudspeakers' cannot play: Stream: Invalid sample rate"):
        devices.play(tone(0.1))
