from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import media
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from playwright import sync_api as playwright

from voiceprep import audio
from voiceprep.audio import decode, encode
from voiceprep.container import open_file, shown
from voiceprep.errors import InputError
from voiceprep.model import Audio

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 16000
# Phone codecs smear a click over their 20 ms frames and lose some of the level; mp3 encoders turn down by 0.45 dB.
PHONE = {"amr", "3gp"}


@pytest.mark.parametrize("name", media.KINDS)
def test_every_kind_has_its_times_level_and_length(tmp_path: Path, name: str) -> None:
    if not media.can_make(name):
        pytest.skip(f"this PyAV cannot write {media.KINDS[name].codec}")
    path = media.make(tmp_path, name)
    decoded = decode(path)
    sound, late = decoded.audio.samples, media.DELAYS.get(name, 0.0)
    assert (sound.dtype, sound.ndim, decoded.audio.rate) == (np.float32, 1, RATE)
    assert media.onset(sound, RATE) == pytest.approx(1.0 + late, abs=0.02)
    assert media.lag(sound, RATE) == pytest.approx(late, abs=0.006)
    assert media.level(sound, RATE, late) == pytest.approx(0.0, abs=0.6 if name in PHONE else 0.5)
    assert decoded.recording.duration == pytest.approx(media.DURATION + late, abs=0.03)
    assert decoded.caveats == ()


def test_a_recording_says_how_it_was_stored(tmp_path: Path) -> None:
    path = media.make(tmp_path, "m4a AAC 5.1")
    recording = decode(path).recording
    assert recording.name == "answer.m4a"
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (recording.container, recording.codec, recording.rate, recording.channels) == ("m4a", "aac", 48000, 6)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_any_rate_can_be_asked_for(tmp_path: Path, rate: int) -> None:
    sound = decode(media.make(tmp_path, "flac"), rate).audio
    assert (sound.rate, sound.duration) == (rate, pytest.approx(media.DURATION, abs=0.001))
    assert media.lag(sound.samples, rate) == pytest.approx(0.0, abs=0.001)


def test_progress_tells_the_seconds_decoded(tmp_path: Path) -> None:
    told: list[float] = []
    decoded = decode(media.make(tmp_path, "mp3"), progress=told.append)
    assert told == sorted(told)
    assert len(told) >= 3
    assert told[-1] == pytest.approx(decoded.audio.duration)


def test_nothing_is_printed_by_ffmpeg(tmp_path: Path) -> None:
    path = media.make(tmp_path, "mp3")
    data = bytearray(path.read_bytes())
    data[9000:9400] = os.urandom(400)
    path.write_bytes(data)
    code = "import sys; from pathlib import Path; from voiceprep.audio import decode; decode(Path(sys.argv[1]))"
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")


# Channels and tracks


def tone(frequency: float = 440.0, level: float = 0.2, seconds: float = 1.0, rate: int = RATE) -> media.Floats:
    return (level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


CANCEL = "The channels cancel each other out; only the loudest one was used."
CHANNELS = {
    "the same in both": ([tone(), tone()], 0.2, ()),
    "left only": ([tone(), 0 * tone()], 0.2, ()),
    "right only": ([0 * tone(), tone()], 0.2, ()),
    "a trace on the right": ([tone(), 0.01 * tone(700)], 0.2, ()),
    "opposite phase": ([tone(), -tone()], 0.2, (CANCEL,)),
    "opposite phase, right louder": ([tone(), -1.2 * tone()], 0.24, (CANCEL,)),
    "two speakers": ([tone(440), tone(700)], 0.2 / np.sqrt(2), ()),
    "the centre of 5.1 only": ([0 * tone(), 0 * tone(), tone(), 0 * tone(), 0 * tone(), 0 * tone()], 0.2, ()),
    "silence": ([0 * tone(), 0 * tone()], 0.0, ()),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_channels_become_one_without_loss(tmp_path: Path, name: str) -> None:
    channels, level, caveats = CHANNELS[name]
    decoded = decode(media.write_wav(tmp_path / "a.wav", np.stack(channels, axis=1)))
    assert np.sqrt(2 * np.mean(decoded.audio.samples**2)) == pytest.approx(level, abs=0.002)
    assert decoded.caveats == caveats


def test_a_silent_sound_track_is_passed_over(tmp_path: Path) -> None:
    kind = media.Kind("mkv", "flac", RATE)
    path = media.write(tmp_path / "a.mkv", kind, [0 * tone()[None], tone()[None]])
    decoded = decode(path)
    assert np.abs(decoded.audio.samples).max() == pytest.approx(0.2, abs=0.002)
    assert decoded.caveats == ("The file has 2 sound tracks; number 2 was used.",)


def test_of_two_sound_tracks_the_first_is_heard(tmp_path: Path) -> None:
    path = media.write(tmp_path / "a.mkv", media.Kind("mkv", "flac", RATE), [tone()[None], tone(level=0.4)[None]])
    decoded = decode(path)
    assert np.abs(decoded.audio.samples).max() == pytest.approx(0.2, abs=0.002)
    assert decoded.caveats == ("The file has 2 sound tracks; number 1 was used.",)


# The clock


@pytest.mark.parametrize(
    ("ending", "codec", "video"),
    [
        ("webm", "libopus", ""),
        ("mka", "flac", ""),
        ("m4a", "aac", ""),
        ("mp4", "aac", "libx264"),
        ("webm", "libopus", "libvpx"),
    ],
)
def test_sound_that_starts_late_is_late_as_in_a_browser(tmp_path: Path, ending: str, codec: str, video: str) -> None:
    kind = media.Kind(ending, codec, video=video)
    decoded = decode(media.write(tmp_path / f"a.{ending}", kind, [media.pattern(48000)[None]], [0.5]))
    assert media.onset(decoded.audio.samples, RATE) == pytest.approx(1.5, abs=0.005)
    assert decoded.recording.duration == pytest.approx(media.DURATION + 0.5, abs=0.03)
    assert decoded.caveats == ()


@pytest.mark.parametrize(("codec", "frame"), [("pcm_s16le", 1000), ("libopus", 960), ("aac", 1024)])
def test_a_gap_is_kept_as_silence(tmp_path: Path, codec: str, frame: int) -> None:
    sound = media.pattern(48000)
    sound[72000:95000] = np.nan
    decoded = decode(media.write(tmp_path / "a.mka", media.Kind("mka", codec, block=frame), [sound[None]]))
    assert media.onset(decoded.audio.samples, RATE, 1.2) == pytest.approx(2.0, abs=0.02)
    assert media.onset(decoded.audio.samples, RATE, 3.2) == pytest.approx(3.5, abs=0.02)
    assert re.fullmatch(r"The recording has a gap, 0\.[56] s in all, kept as silence\.", *decoded.caveats)


def test_a_clock_that_starts_hours_late_is_set_to_zero(tmp_path: Path) -> None:
    decoded = decode(media.write(tmp_path / "a.mka", media.Kind("mka", "flac"), [media.pattern(48000)[None]], [7200.0]))
    assert media.onset(decoded.audio.samples, RATE) == pytest.approx(1.0, abs=0.001)


def test_two_ogg_files_joined_are_heard_one_after_the_other(tmp_path: Path) -> None:
    path = media.make(tmp_path, "ogg Opus")
    path.write_bytes(path.read_bytes() * 2)
    sound = decode(path).audio
    assert sound.duration == pytest.approx(2 * media.DURATION, abs=0.05)
    assert media.onset(sound.samples, RATE, 4.5) == pytest.approx(5.0, abs=0.03)


# What is doubtful


def test_broken_floats_are_silenced_and_said(tmp_path: Path) -> None:
    samples = tone()
    samples[[100, 200, 300]] = [np.nan, np.inf, -np.inf]
    decoded = decode(media.write_wav(tmp_path / "a.wav", samples, subtype="FLOAT"))
    assert np.isfinite(decoded.audio.samples).all()
    assert decoded.audio.samples[[100, 200, 300]].tolist() == [0, 0, 0]
    assert decoded.caveats == ("The file has 3 samples that are not numbers; they were silenced.",)


def test_floats_on_the_scale_of_integers_are_turned_down(tmp_path: Path) -> None:
    decoded = decode(media.write_wav(tmp_path / "a.wav", tone(level=20000.0), subtype="FLOAT"))
    assert np.abs(decoded.audio.samples).max() == pytest.approx(1.0)
    assert np.corrcoef(decoded.audio.samples, tone())[0, 1] == pytest.approx(1.0)
    assert decoded.caveats == ("The samples go 2e+04 times beyond full scale; they were turned down to fit.",)


def test_floats_a_little_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    decoded = decode(media.write_wav(tmp_path / "a.wav", tone(level=1.5), subtype="FLOAT"))
    assert np.abs(decoded.audio.samples).max() == 1.0
    assert np.count_nonzero(decoded.audio.samples == 1.0) > 1000
    assert decoded.caveats == ()


@pytest.mark.parametrize("name", ["wav 16 bit", "wav float", "aiff", "mp3", "mka", "webm"])
def test_a_file_cut_off_is_decoded_and_said(tmp_path: Path, name: str) -> None:
    path = media.make(tmp_path, name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    decoded = decode(path)
    assert 1.5 < decoded.audio.duration < 3.5
    assert media.onset(decoded.audio.samples, RATE) == pytest.approx(1.0, abs=0.02)
    heard = f"{decoded.audio.duration:.1f}"
    assert decoded.caveats == (f"The file ends early: it announces 4.0 s, and {heard} s could be read.",)


def test_a_wav_streamed_without_a_size_is_whole(tmp_path: Path) -> None:
    path = media.write_wav(tmp_path / "a.wav", tone())
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    decoded = decode(path)
    assert (decoded.audio.duration, decoded.caveats) == (1.0, ())


def test_damage_in_the_middle_is_skipped_and_said(tmp_path: Path) -> None:
    path = media.make(tmp_path, "m4a AAC")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = np.random.default_rng(0).bytes(600)
    path.write_bytes(data)
    decoded = decode(path)
    assert media.onset(decoded.audio.samples, RATE, 3.2) == pytest.approx(3.5, abs=0.02)
    assert re.match(r"The file is damaged in (one place|\d places); the rest was read.", decoded.caveats[0])


# What cannot be used


def text(folder: Path) -> Path:
    path = folder / "letter.wav"
    path.write_text("Dear hiring manager,\nhere is my answer in writing.\n" * 50)
    return path


def of_bytes(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


def unfinished(folder: Path) -> Path:
    path = media.make(folder, "m4a AAC")
    path.write_bytes(path.read_bytes()[:-100])
    return path


def no_samples(folder: Path) -> Path:
    with wave.open(str(folder / "none.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
    return folder / "none.wav"


def folder_named(folder: Path) -> Path:
    (folder / "takes").mkdir()
    return folder / "takes"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.wav")
    return folder / "pipe.wav"


def protected(folder: Path) -> Path:
    path = media.make(folder, "m4a ALAC")
    path.write_bytes(path.read_bytes().replace(b"alac", b"drms"))
    return path


def absurd_rate(folder: Path) -> Path:
    path = media.write_wav(folder / "fast.wav", tone())
    data = bytearray(path.read_bytes())
    data[24:28] = (1_800_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    return path


PLAYLIST = b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n"
NOT_SOUND = "is not a sound or video file that can be read"
BAD: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "missing": (lambda folder: folder / "gone.wav", "does not exist", "Check the name and the folder that you are in."),
    "folder": (folder_named, "is a folder, not a recording", "Name the recordings in it."),
    "empty": (
        of_bytes("a.m4a", b""),
        "is empty (0 bytes)",
        "Nothing was saved in it: copy or record it again.",
    ),
    "text": (text, NOT_SOUND, "Known are wav, flac, mp3,"),
    "zeros": (of_bytes("a.mp3", bytes(5000)), NOT_SOUND, "Known are"),
    "picture": (of_bytes("a.wav", b"\x89PNG\r\n\x1a\n" + bytes(200)), NOT_SOUND, "Known are"),
    "play list": (of_bytes("a.wav", PLAYLIST), NOT_SOUND, "Known are"),
    "list of files": (of_bytes("a.wav", b"ffconcat version 1.0\nfile secret.wav\n"), NOT_SOUND, "Known are"),
    "session": (of_bytes("a.wav", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"), NOT_SOUND, "Known are"),
    "head only": (of_bytes("a.flac", b"fLaC" + bytes(50)), "is damaged beyond reading", "Copy it again from where"),
    "video": (media.write_video_only_in, "is a video without a sound track", "Was the microphone switched on?"),
    "unfinished": (unfinished, "is cut off: its index (the 'moov' part) is missing", "The recorder was stopped before"),
    "no samples": (no_samples, "holds no sound that can be decoded", "If it plays elsewhere, save it"),
    "protected": (protected, "holds sound of an unknown or protected kind", "If it plays elsewhere, save it"),
    "a rate that nothing records at": (absurd_rate, "holds no sound that can be decoded", "If it plays elsewhere"),
    "pipe": (pipe, "is not a regular file", "Save the recording to a file first."),
    "name that no disk takes": (
        lambda folder: folder / "a\0b.wav",
        "cannot be read: no file can have such a name",
        "Check the name and the disk.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    make, message, hint = BAD[name]
    media.write_wav(tmp_path / "secret.wav", tone())
    path = make(tmp_path)
    with pytest.raises(InputError) as caught:
        decode(path)
    assert caught.value.message == f"'{shown(path)}' {message}"
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "'a.wav' may not be read"),
        (OSError(5, "Input/output error"), "'a.wav' cannot be read: Input/output error"),
    ],
)
def test_a_file_that_the_system_refuses(monkeypatch: pytest.MonkeyPatch, error: OSError, message: str) -> None:
    def refuse(_path: Path) -> None:
        raise error

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(InputError, match=message):
        decode(Path("a.wav"))


def test_a_disk_that_fails_half_way(tmp_path: Path) -> None:
    file = open_file(media.make(tmp_path, "wav 16 bit"))
    os.close(file.fileno())
    with pytest.raises(InputError, match="cannot be read: Bad file descriptor"):
        file.read(1)


def test_an_endless_recording_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "LONGEST", 2.5)
    with pytest.raises(InputError, match=r"is longer than 0 hours"):
        decode(media.make(tmp_path, "mp3"))


NAMES = {
    'it\'s "mine".wav': 'it\'s "mine".wav',
    "two\nlines.wav": r"two\nlines.wav",
    "\x1b[31mred.wav": r"\x1b[31mred.wav",
    "🎤 Größe.wav": "🎤 Größe.wav",
    "👨‍👩‍👧.wav": "👨‍👩‍👧.wav",
    "-f.wav": "-f.wav",
    "back\u202ewards.wav": r"back\u202ewards.wav",
    "http:localhost.wav": "http:localhost.wav",
    "%03d.wav": "%03d.wav",
    os.fsdecode(b"latin-\xe9.wav"): r"latin-\udce9.wav",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_strange_name_works_and_is_shown_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    media.write_wav(tmp_path / "plain.wav", tone()).rename(name)
    decoded = decode(Path(name))
    assert decoded.audio.duration == 1.0
    assert decoded.recording.name == NAMES[name]
    decoded.recording.name.encode()


HEADS = [b"", b"RIFF\xff\xff\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"OggS\0\2", b"ID3\4", b"\xff\xfb\x90\x64", b"\xff\xf1"]
HEADS += [
    b"#!AMR\n",
    b"\0\0\0\x18ftypM4A ",
    b"\x1aE\xdf\xa3",
    b"FORM\0\0\0\xffAIFF",
    b"caff\0\1\0\0",
    b"\x47\x40\0\x10",
]


def test_a_header_that_points_beyond_the_file_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = media.write(tmp_path / "a.caf", media.Kind("caf", "pcm_s16be", RATE), [tone(seconds=0.1)[None]])
    data = path.read_bytes()
    for at in range(8, 90):
        path.write_bytes(data[:at] + b"\xff" + data[at + 1 :])
        decode_or_refuse(path)
    assert capfd.readouterr() == ("", "")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(HEADS),
    body=st.binary(max_size=3000),
)
def test_any_bytes_are_sound_or_an_input_error(tmp_path: Path, head: bytes, body: bytes) -> None:
    path = tmp_path / "any.wav"
    path.write_bytes(head + body)
    decode_or_refuse(path)


TRUNCATED = [
    "wav 24 bit",
    "flac",
    "mp3",
    "m4a AAC",
    "ogg Opus",
    "webm video",
    "caf ALAC",
    "amr",
    "avi video",
    "mpeg-ts",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: media.make(tmp_path_factory.mktemp("whole"), name) for name in TRUNCATED if media.can_make(name)}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(TRUNCATED), share=st.floats(0, 1), flip=st.floats(0, 1), bits=st.integers(0, 255))
def test_cut_and_damaged_files_are_sound_or_an_input_error(
    tmp_path: Path, whole: dict[str, Path], name: str, share: float, flip: float, bits: int
) -> None:
    assume(name in whole)
    data = bytearray(whole[name].read_bytes())
    data[int(flip * (len(data) - 1))] ^= bits
    path = tmp_path / f"cut{whole[name].suffix}"
    path.write_bytes(data[: int(share * len(data))])
    decode_or_refuse(path)


def decode_or_refuse(path: Path) -> None:
    try:
        sound = decode(path).audio.samples
    except InputError:
        return
    assert len(sound) > 0
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1.0


# The sound for the page


def clicks() -> Audio:
    samples = np.zeros(10 * RATE, np.float32)
    samples[5 * RATE : 5 * RATE + 200] = tone(1000, 0.5, 200 / RATE)
    return Audio(samples, RATE)


def test_the_sound_for_the_page_is_the_sound(tmp_path: Path) -> None:
    sound = clicks()
    playback = encode(sound)
    (tmp_path / "a.flac").write_bytes(playback.data)
    back = decode(tmp_path / "a.flac").audio.samples
    assert len(back) == len(sound.samples)
    assert np.abs(back - sound.samples).max() < 2**-15
    assert playback.mime == "audio/flac"


def test_the_sound_for_the_page_is_made_of_the_same_bytes() -> None:
    assert encode(clicks()) == encode(replace(clicks()))


def test_a_short_and_an_empty_sound_can_be_carried() -> None:
    assert encode(Audio(np.zeros(1, np.float32), RATE)).data.startswith(b"fLaC")
    assert encode(Audio(np.zeros(0, np.float32), RATE)).data.startswith(b"fLaC")


PLAYED = """async (url) => {
  const data = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 16000, 16000).decodeAudioData(data);
  const player = new Audio(url);
  await new Promise((done) => { player.oncanplaythrough = done; });
  const at = sound.getChannelData(0).findIndex((value) => Math.abs(value) > 0.25) / sound.sampleRate;
  return [at, player.duration];
}"""


@pytest.mark.browser
def test_a_browser_hears_a_click_when_it_was() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is installed")
    playback = encode(clicks())
    url = f"data:{playback.mime};base64,{base64.b64encode(playback.data).decode()}"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=flags)
        at, duration = browser.new_page().evaluate(PLAYED, url)
        browser.close()
    assert at == pytest.approx(5.0, abs=0.002)
    assert duration == pytest.approx(10.0, abs=0.001)
