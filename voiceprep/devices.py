"""Microphones and loudspeakers, by PortAudio: listed, chosen, remembered, and a sound played. Records nothing.

PortAudio is asked for only when a function is called: where it is missing, the rest of the program works.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from voiceprep.errors import DeviceError
from voiceprep.ports import Device

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from voiceprep.model import Audio

# With PortAudio's usual latency a busy machine leaves gaps in what is played: 3 of 8 questions came out whole, with a
# second all of 8. What is in the buffer when a stream ends is dropped, so silence is played after the sound.
LATENCY = 1.0
SILENCE = 1.3
# The sound card's clock is believed to within this: so long after the end of a sound it is surely out.
MARGIN = 0.05
BLOCK = 0.05
_NO_MICROPHONE = "Plug one in and allow its use. Recordings made elsewhere can be analysed: voiceprep analyze FILE"
_REMEMBERED = "devices.json"
# What installs PortAudio on Linux, by the program that does it.
_MANAGERS = {
    "apt-get": "sudo apt-get install libportaudio2",
    "dnf": "sudo dnf install portaudio",
    "pacman": "sudo pacman -S portaudio",
    "zypper": "sudo zypper install libportaudio2",
    "apk": "sudo apk add portaudio",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The devices that the user wants, by name; None is the one that the system uses."""

    input: str | None = None
    output: str | None = None


def how_to_install() -> str:
    """Return what installs PortAudio on this system."""
    if sys.platform != "linux":
        return "Run: pip install --force-reinstall sounddevice"
    found = [line for name, line in _MANAGERS.items() if shutil.which(name)]
    return f"Run: {found[0]}" if found else "Install PortAudio 19 with the package manager of the system."


def portaudio() -> Any:  # noqa: ANN401  (untyped package)
    """Return the module sounddevice. Raise `DeviceError` where PortAudio cannot be loaded."""
    try:
        import sounddevice  # noqa: PLC0415  (loads PortAudio, which may be missing, and looks for every device)
    except ImportError as error:
        raise DeviceError(
            f"sound cannot be recorded or played: {error}", hint="Run: pip install sounddevice"
        ) from error
    except OSError as error:
        raise DeviceError(
            "the PortAudio library is missing: nothing can be recorded or played", hint=how_to_install()
        ) from error
    return sounddevice


def inputs() -> tuple[Device, ...]:
    """Return the microphones of the system. Raise `DeviceError` where PortAudio is missing."""
    return _listed("input")


def outputs() -> tuple[Device, ...]:
    """Return the loudspeakers of the system. Raise `DeviceError` where PortAudio is missing."""
    return _listed("output")


def _listed(kind: str) -> tuple[Device, ...]:
    """Return the devices of the usual host interface: Windows lists each device once for every one that it has."""
    sound = portaudio()
    try:
        host, usual = sound.default.hostapi, sound.default.device[kind]
        found = [(index, one) for index, one in enumerate(sound.query_devices()) if one[f"max_{kind}_channels"] > 0]
    except sound.PortAudioError as error:
        raise DeviceError(f"sound devices cannot be listed: {reason(error)}", hint=_NO_MICROPHONE) from error
    return tuple(
        Device(one["name"], index, one[f"max_{kind}_channels"], round(one["default_samplerate"]), index == usual)
        for index, one in found
        if one["hostapi"] == host or index == usual
    )


def find(name: str | None, kind: str = "input") -> Device:
    """Return the device that `name` is for: its name, a part of it that no other has, or its number; None: the usual.

    `kind` is input or output. Raise `DeviceError` where there is none.
    """
    return chosen(_listed(kind), name, kind)


def chosen(devices: Sequence[Device], name: str | None, kind: str) -> Device:
    """Return the one of `devices` of this `kind` that `name` is for, as `find` does."""
    what = "microphone" if kind == "input" else "loudspeaker"
    if not devices:
        hint = _NO_MICROPHONE if kind == "input" else "Plug one in, or go on without: the question is shown."
        raise DeviceError(f"no {what} was found", hint=hint)
    if name is None:
        return next((one for one in devices if one.default), devices[0])
    ways: tuple[Callable[[Device], bool], ...] = (
        lambda one: one.name == name,
        lambda one: str(one.index) == name,
        lambda one: name.casefold() in one.name.casefold(),
    )
    for way in ways:
        fitting = [one for one in devices if way(one)]
        if len({one.name for one in fitting}) == 1:
            return fitting[0]
        if fitting:
            break
    told = f"several {what}s fit {name!r}" if fitting else f"no {what} is called {name!r}"
    raise DeviceError(told, hint=f"There are: {', '.join(dict.fromkeys(one.name for one in fitting or devices))}.")


def remembered(folder: Path) -> Choice:
    """Return the choice that is kept in `folder`; what cannot be read is no choice."""
    try:
        kept = json.loads((folder / _REMEMBERED).read_text(encoding="utf-8"))
        names = [kept.get(kind) for kind in ("input", "output")]
    except (OSError, ValueError, AttributeError):
        return Choice()
    return Choice(*(name if isinstance(name, str) and name else None for name in names))


def remember(folder: Path, choice: Choice) -> None:
    """Keep `choice` in `folder`, which is made. Raise `DeviceError` where it cannot be written."""
    beside = folder / f"{_REMEMBERED}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(choice), ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(folder / _REMEMBERED)
    except OSError as error:
        told = f"the choice cannot be kept in {str(folder)!r}: {error.strerror or error}"
        raise DeviceError(told, hint="Set VOICEPREP_DATA_DIR to a folder that can be written.") from error


def play(audio: Audio, device: str | None = None, stop: threading.Event | None = None) -> float:
    """Play `audio` to its end, or until `stop` is set; return the `time.monotonic()` at which the sound was over.

    That is when its last sample left the loudspeaker by the sound card's clock, not when the buffer was handed over.
    Raise `DeviceError` where it cannot be played.
    """
    sound, target = portaudio(), find(device, "output")
    clock = _Playing(_fitting(sound, audio, target), sound.CallbackStop)
    try:
        stream = sound.OutputStream(
            samplerate=clock.rate,
            blocksize=round(BLOCK * clock.rate),
            device=target.index,
            channels=1,
            dtype="int16",
            latency=LATENCY,
            callback=clock.more,
            finished_callback=clock.over.set,
        )
        with stream:
            end = clock.wait(stop or threading.Event())
            # To stop would wait for the silence.
            stream.abort()
            return end
    except (sound.PortAudioError, OSError) as error:
        raise DeviceError(
            f"{target.name!r} cannot play: {reason(error)}", hint="See the others with: voiceprep devices"
        ) from error


def reason(error: Exception) -> str:
    """Return what PortAudio's `error` says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0].removeprefix("Error opening ").rstrip(".")


def _fitting(sound: Any, audio: Audio, device: Device) -> tuple[npt.NDArray[np.int16], int]:  # noqa: ANN401
    """Return `audio` as 16-bit integers at its own rate, or at that of `device` where its own is refused."""
    import numpy as np  # noqa: PLC0415  (the command devices needs none of it)

    samples = np.rint(np.clip(audio.samples, -1, 1) * 32767.0).astype(np.int16)
    try:
        sound.check_output_settings(device.index, 1, "int16", samplerate=audio.rate)
    except (sound.PortAudioError, ValueError):
        from av import AudioFrame, AudioResampler  # noqa: PLC0415  (only where a device refuses)

        frame = AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = audio.rate
        change = AudioResampler(format="s16", layout="mono", rate=device.rate)
        pieces = [piece.to_ndarray()[0] for part in (frame, None) for piece in change.resample(part)]
        return np.concatenate(pieces).astype(np.int16), device.rate
    return samples, audio.rate


class _Playing:
    """What is played: hands out blocks, and knows when the last sample is out."""

    def __init__(self, sound: tuple[npt.NDArray[np.int16], int], finished: type[Exception]) -> None:
        self._samples, self.rate = sound
        self._finished = finished
        self._at = 0
        self._end: float | None = None
        self.over = threading.Event()

    def more(self, out: npt.NDArray[np.int16], frames: int, when: Any, _status: object) -> None:  # noqa: ANN401
        """Fill `out` with the next `frames`: the sound, then silence. Called by PortAudio."""
        piece = self._samples[self._at : self._at + frames]
        out[: len(piece), 0], out[len(piece) :, 0] = piece, 0
        left = len(self._samples) - self._at
        if left <= frames and self._end is None:
            ahead = min(max(0.0, when.outputBufferDacTime - when.currentTime), 2 * LATENCY)
            self._end = time.monotonic() + ahead + max(0, left) / self.rate
        self._at += frames
        if self._at > len(self._samples) + SILENCE * self.rate:
            raise self._finished

    def wait(self, stop: threading.Event) -> float:
        """Wait until the sound is over, `stop` is set or the device gone; return when that was."""
        while not stop.is_set():
            now = time.monotonic()
            if self._end is not None and now >= self._end + MARGIN:
                return self._end
            if self.over.wait(min(BLOCK, self._end + MARGIN - now) if self._end is not None else BLOCK):
                # The device went away, or took all of it sooner than it said.
                return min(self._end or now, now)
        return time.monotonic()
