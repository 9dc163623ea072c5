"""What every test may rely on."""

from __future__ import annotations

import pytest

from voiceprep import voice

REAL = voice.probabilities


@pytest.fixture(autouse=True)
def _the_voice_detector_is_the_real_one(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the detector back: the simple engine of batches, opened once by name, puts a simple one in its place."""
    if not request.module.__name__.startswith("test_batch"):
        monkeypatch.setattr(voice, "probabilities", REAL)
