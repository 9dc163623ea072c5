"""What every test may rely on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from scripted import loud_is_voice

from voiceprep import voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

REAL = voice.probabilities
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(autouse=True, scope="module")
def _each_module_has_its_voice_detector(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give tests of batches the simple detector of their engine, in this process as in its workers; others the real.

    By module, since what a module hears once for all its tests is heard before anything that is made for one test.
    """
    batch = request.module.__name__.startswith("test_batch")
    voice.probabilities = loud_is_voice if batch else REAL
    yield
    voice.probabilities = REAL


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a real browser; skip where none is installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio"]
        opened = play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()
