"""A sounddevice without PortAudio: lists what it is told, refuses what it is told, and plays and hears nothing.

A test feeds a stream by `say`, ends it as a server that goes away does by `vanish`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import numpy as np


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):  # noqa: N818  (its name in sounddevice)
    pass


class Default:
    def __init__(self, hostapi: int, usual: dict[str, int]) -> None:
        self.hostapi, self.device = hostapi, usual


def device(name: str, inputs: int = 0, outputs: int = 0, rate: float = 48000.0, host: int = 0) -> dict[str, Any]:
    return {
        "name": name,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": rate,
        "hostapi": host,
    }


@dataclass
class FakeSound:
    """Stands for the module sounddevice; `refuse` says which (rate, channels) a device does not take."""

    devices: list[dict[str, Any]]
    usual: dict[str, int] = field(default_factory=lambda: {"input": 0, "output": 0})
    refuse: set[tuple[int, int]] = field(default_factory=set)
    streams: list[FakeStream] = field(default_factory=list)
    broken: bool = False
    PortAudioError: type[Exception] = PortAudioError
    CallbackStop: type[Exception] = CallbackStop

    @property
    def default(self) -> Default:
        return Default(0, self.usual)

    def query_devices(self) -> list[dict[str, Any]]:
        if self.broken:
            raise PortAudioError("Error querying host API -1")
        return self.devices

    def check_output_settings(self, _device: int, channels: int, _dtype: str, samplerate: int) -> None:
        self._check(samplerate, channels)

    def _check(self, rate: int, channels: int) -> None:
        if (rate, channels) in self.refuse:
            raise PortAudioError("Error opening Stream: Invalid sample rate [PaErrorCode -9997]")

    def InputStream(self, **options: Any) -> FakeStream:  # noqa: N802  (its name in sounddevice)
        self._check(options["samplerate"], options["channels"])
        self.streams.append(FakeStream(**options))
        return self.streams[-1]

    def OutputStream(self, **options: Any) -> FakeStream:  # noqa: N802  (its name in sounddevice)
        self._check(options["samplerate"], options["channels"])
        self.streams.append(Speaker(**options))
        return self.streams[-1]


class FakeStream:
    """An input stream that hears what `say` gives it."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.running = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()

    def start(self) -> None:
        self.running = True

    def abort(self) -> None:
        if self.running:
            self.running = False
            self.options["finished_callback"]()

    def close(self) -> None:
        self.abort()

    def vanish(self) -> None:
        self.abort()

    def say(self, samples: np.ndarray, *, overflow: bool = False) -> None:
        """Hand over `samples`, shape (frames, channels), in blocks."""
        size = self.options["blocksize"]
        for start in range(0, len(samples), size):
            block = samples[start : start + size]
            self.options["callback"](block, len(block), None, SimpleNamespace(input_overflow=overflow))


class Speaker(FakeStream):
    """An output stream that takes all there is at once, `ahead` seconds before it is heard."""

    ahead = 0.02

    def start(self) -> None:
        super().start()
        self.heard: list[np.ndarray] = []
        threading.Thread(target=self._pull, daemon=True).start()

    def _pull(self) -> None:
        when = SimpleNamespace(outputBufferDacTime=self.ahead, currentTime=0.0)
        while self.running:
            out = np.full((self.options["blocksize"], 1), 99, np.int16)
            try:
                self.options["callback"](out, len(out), when, None)
            except CallbackStop:
                return
            finally:
                self.heard.append(out)
