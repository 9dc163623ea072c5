"""The error tree; each branch has an exit code. May not import anything of the package.

VoiceprepError 1
├── InputError 2     a file, question or setting that the user gave
├── DeviceError 3    no microphone, no loudspeaker, no PortAudio
├── EngineError 4    speech-to-text is missing or failed
└── HistoryError 5   the database cannot be used
"""

from __future__ import annotations

from typing import ClassVar


class VoiceprepError(Exception):
    """An expected failure: `message` says what happened, `hint` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class InputError(VoiceprepError):
    """A file, question or setting that the user gave cannot be used."""

    exit_code = 2


class DeviceError(VoiceprepError):
    """No microphone, no loudspeaker, or no PortAudio."""

    exit_code = 3


class EngineError(VoiceprepError):
    """Speech-to-text is missing or failed."""

    exit_code = 4


class HistoryError(VoiceprepError):
    """The history database cannot be used."""

    exit_code = 5
