"""A private PulseAudio without hardware: real sound paths for tests, as root too, without a session bus.

The microphone is ALSA's `file` plugin over PulseAudio: the file gives the samples, the server the pace. What is played
goes into a sink that can be recorded.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

RATE = 16000
# Without norewinds the idle sink works in blocks of two seconds.
_SINK = "module-null-sink norewinds=1 rate=16000"
_ALSA = """
pcm.pulse { type pulse }
ctl.pulse { type pulse }
pcm.filemic {
    type file
    slave.pcm "pulse"
    file "/dev/null"
    infile { @func getenv vars [ RIG_MICROPHONE ] default "/dev/zero" }
    format "raw"
}
pcm.!default { type asym  playback.pcm "pulse"  capture.pcm "filemic" }
ctl.!default { type pulse }
"""


def missing() -> str:
    """Return what is missing for the rig, and what installs it; empty where all is there."""
    lacking = [name for name in ("pulseaudio", "pactl", "parec") if not shutil.which(name)]
    lacking += [] if ctypes.util.find_library("portaudio") else ["libportaudio2"]
    plugins = any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    lacking += [] if plugins else ["libasound2-plugins"]
    tell = "sudo apt-get install libportaudio2 libasound2-plugins pulseaudio pulseaudio-utils"
    return f"no {', '.join(lacking)}: {tell}" if lacking else ""


class Rig:
    """The server in a folder of its own; `environment` is what the program under test gets."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rig-"))
        self.microphone = self.folder / "microphone.raw"
        (self.folder / "asound.conf").write_text(_ALSA)
        own = {name: str(self.folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "XDG_CONFIG_HOME")}
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PULSE_") and k != "DISPLAY"}
        socket = self.folder / "native"
        self._server = outside | own | {"DBUS_SESSION_BUS_ADDRESS": "none"}
        self._client = self._server | {"PULSE_SERVER": f"unix:{socket}"}
        self.environment = outside | {
            "PULSE_SERVER": f"unix:{socket}",
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
            "RIG_MICROPHONE": str(self.microphone),
        }
        self._modules = (
            f"module-native-protocol-unix socket={socket} auth-anonymous=1",
            f"{_SINK} sink_name=speaker channels=2",
            f"{_SINK} sink_name=mic_in channels=1",
            "module-remap-source source_name=mic master=mic_in.monitor",
        )

    def __enter__(self) -> Self:
        quiet = ("--disable-shm=yes", "--realtime=no", "--high-priority=no", f"--log-target=file:{self.folder}/log")
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *quiet)
        line = ["pulseaudio", *options, *(word for module in self._modules for word in ("-L", module))]
        null = subprocess.DEVNULL
        self.server = subprocess.Popen(line, env=self._server, stdin=null, stdout=null, stderr=null)
        for _ in range(200):
            if self.server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            if not subprocess.run(["pactl", "info"], env=self._client, capture_output=True, check=False).returncode:
                break
            time.sleep(0.05)
        else:
            raise RuntimeError("PulseAudio did not answer")
        for line in (["set-default-sink", "speaker"], ["set-default-source", "mic"]):
            subprocess.run(["pactl", *line], env=self._client, check=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(5)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def speak(self, samples: npt.NDArray[np.int16]) -> None:
        """Let every stream that is opened from now on hear `samples` (at 16 kHz), then silence."""
        self.microphone.write_bytes(samples.astype("<i2").tobytes())

    def listen(self, path: Path) -> subprocess.Popen[bytes]:
        """Start to record to the WAV file at `path` what is played; end it with `stopped`."""
        form = ("--rate=16000", "--channels=1", "--format=s16le", "--file-format=wav", "--latency-msec=50")
        return subprocess.Popen(["parec", "-d", "speaker.monitor", *form, str(path)], env=self._client)


def stopped(process: subprocess.Popen[bytes]) -> None:
    """End what `listen` started, as it wants to be ended."""
    process.send_signal(signal.SIGINT)
    process.wait(10)


def read(path: Path) -> npt.NDArray[np.int16]:
    """Return the samples of the first channel of the 16-bit WAV file at `path`, as far as they go."""
    with wave.open(str(path), "rb") as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())[:, 0]


def lag(said: npt.NDArray[np.int16], heard: npt.NDArray[np.int16]) -> int:
    """Return how many samples later `said` begins in `heard`, by cross-correlation."""
    size = 1 << (len(said) + len(heard)).bit_length()
    spectrum = np.fft.rfft(heard.astype(float), size) * np.conj(np.fft.rfft(said.astype(float), size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)))
    return at if at < len(heard) else at - size
