"""`voiceprep devices`: what it lists, what it keeps, and what it says where there is nothing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from fake_sound import FakeSound, device

from voiceprep.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeSound:
    fake = FakeSound([device("Built-in", inputs=2), device("Speakers", outputs=2), device("USB Headset", 1, 2, 44100)])
    fake.usual = {"input": 0, "output": 1}
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setenv("VOICEPREP_DATA_DIR", str(tmp_path))
    return fake


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["devices", *arguments])
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def test_the_list_marks_what_the_system_uses(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    assert sound
    assert run(capsys)[1] == (
        "Microphones\n"
        "  *  0  Built-in     2 channels, 48000 Hz\n"
        "     2  USB Headset  mono, 44100 Hz\n"
        "Loudspeakers\n"
        "  *  1  Speakers     2 channels, 48000 Hz\n"
        "     2  USB Headset  2 channels, 44100 Hz\n"
    )


def test_a_choice_is_kept_until_it_is_taken_back(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    assert "*  2  USB Headset  mono" in run(capsys, "--input", "head")[1]
    assert "*  2  USB Headset  mono" in run(capsys)[1]
    used = [row["name"] for row in json.loads(run(capsys, "--json")[1]) if row["used"]]
    assert used == ["USB Headset", "Speakers"]
    sound.devices.pop()
    code, out, err = run(capsys)
    assert (code, out.count("*")) == (0, 1)
    assert err.startswith("'USB Headset', which you chose, is not there.")
    assert "*  0  Built-in" in run(capsys, "--usual")[1]


def test_a_name_that_fits_nothing_changes_nothing(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    assert sound
    code, out, err = run(capsys, "--input", "line in")
    assert (code, out) == (3, "")
    assert err == "voiceprep: no microphone is called 'line in'\n  There are: Built-in, USB Headset.\n"
    assert "*  0  Built-in" in run(capsys)[1]


def test_without_a_microphone_it_says_so_and_leaves_with_3(
    sound: FakeSound, capsys: pytest.CaptureFixture[str]
) -> None:
    sound.devices = []
    code, out, err = run(capsys)
    assert (code, out) == (3, "Microphones\n    none\nLoudspeakers\n    none\n")
    assert err.startswith("voiceprep: no microphone was found\n  Plug one in")


def test_two_wishes_at_once_are_refused(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    assert sound
    assert run(capsys, "--usual", "--input", "0")[0] == 2
