"""Nothing about a recording, or about its having been analysed, leaves the machine or stays behind on it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LISTEN = """
import numpy as np
from voiceprep import voice
from voiceprep.model import Audio
voice.probabilities(Audio(np.zeros(16000, np.float32), 16000))
"""


def test_no_library_reports_to_its_maker(tmp_path: Path) -> None:
    # onnxruntime first writes an identifier of the machine and a queue of events, and sends them seconds later.
    # On a machine that calls itself a build server it keeps quiet of its own accord.
    given = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    hidden = {"CI", "TF_BUILD", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    subprocess.run([sys.executable, "-c", LISTEN], env={**kept, **given}, check=True)
    assert list(tmp_path.rglob("*")) == []
