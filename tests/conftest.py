"""What every test may rely on."""

from __future__ import annotations

import pytest

from voiceprep import voice


@pytest.fixture(autouse=True)
def _the_voice_detector_is_the_real_one_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the detector back after a test: an engine that workers open by name may put a simple one in its place."""
    monkeypatch.setattr(voice, "probabilities", voice.probabilities)
