"""A whole round with real sound and the real model: what is spoken is what is kept, and its report comes soon after."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("termios", reason="there are no pseudo terminals on this system")

import rig
from terminal import Terminal

from voiceprep import audio, config, models
from voiceprep.errors import VoiceprepError
from voiceprep.history import History

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "demo.mp3"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    if reason := rig.missing():
        pytest.skip(reason)
    try:
        models.find("base", config.cache_dir(), offline=True)
    except VoiceprepError as error:
        pytest.skip(f"no speech model: {error}")
    folders = {f"VOICEPREP_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA")}
    return folders | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "VOICEPREP_CACHE_DIR": str(config.cache_dir())}


@pytest.mark.model
def test_what_is_spoken_is_kept_sample_by_sample_and_its_report_follows(
    environment: dict[str, str], tmp_path: Path
) -> None:
    said = np.rint(audio.decode(SAMPLE).audio.samples * 32767).astype(np.int16)
    line = [sys.executable, "-m", "voiceprep", "practice", "--question", "scope-decision", "--show", "--think", "20"]
    with rig.Rig() as sound:
        sound.speak(said)
        with Terminal(line, sound.environment | environment, columns=100) as terminal:
            terminal.see("any key: answer now", 60)
            terminal.press(" ")
            terminal.see("0:01 of 3:00")
            seconds = len(said) / rig.RATE + 1
            terminal.see(f"0:{seconds:02.0f} of 3:00", seconds + 30)
            pressed = time.monotonic()
            terminal.press("\r")
            terminal.see("q quit", 300)
            wait = time.monotonic() - pressed
            terminal.press("q")
            assert terminal.end() == 0
    print(f"from stop to report: {wait:.1f} s for {seconds:.0f} s")  # noqa: T201  (a figure for who looks)
    (kept,) = (tmp_path / "data").rglob("*.flac")
    assert kept.stat().st_mode & 0o777 == 0o600
    heard = np.rint(audio.decode(kept).audio.samples * 32768).astype(np.int16)
    late = rig.lag(said, heard)
    assert late >= 0
    there = heard[late : late + len(said)]
    assert len(there) == len(said)
    assert np.corrcoef(there, said)[0, 1] > 0.9999
    with History(tmp_path / "data" / "history.db") as book:
        (record,) = book.records()
    assert record.take is not None
    assert record.take.dropped == 0
    assert len(record.transcript.words) > 40
    assert re.search("One thing to try|Nothing here asks", terminal.text)
    assert Path(record.place).samefile(kept)
