"""What people hand over by mistake, and what `voiceprep analyze` says to it: the real command with the real model.

    python benchmarks/bad_inputs.py [--long] [--json FILE]

Each case runs in a process and a folder of its own. Prints what stderr says, the exit code, the seconds and the peak
memory. `--long` adds recordings of an hour. Other languages need the extra `voice` (eSpeak NG speaks them); cases
that this system cannot make (other users' files, full disks) are left out and named at the end.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

import media  # noqa: E402  (lies beside the tests)
import noises  # noqa: E402  (lies beside the tests)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE = 16000
PATIENCE = 60.0
SPEECH = HERE.parent / "samples" / "strong-star.m4a"
PROGRAM = [sys.executable, "-m", "voiceprep"]
TEXTS = {
    "en-us": "Last year I worked in a small team. Our customer asked for a new feature. I cut the scope in half.",
    "de": "Letztes Jahr war ich in einem kleinen Team. Unser Kunde wollte eine neue Funktion. Ich habe gekürzt.",
    "fr": "L'année dernière, j'étais dans une petite équipe. Notre client voulait une fonction. J'ai réduit le projet.",
    "es": "El año pasado estaba en un equipo pequeño. Nuestro cliente quería una función nueva. Reduje el proyecto.",
}
ACCENTS = {"in a German voice": "de", "in a Scottish voice": "en-gb-scotland", "in a Caribbean voice": "en-029"}


class Impossible(Exception):  # noqa: N818  (said of a case, not of a failure)
    """This system cannot make the case."""


@dataclass
class Place:
    """A folder for one case, what the command gets there, and what is undone afterwards."""

    folder: Path
    undo: ExitStack
    environment: dict[str, str] = field(default_factory=dict)
    prefix: list[str] = field(default_factory=list)
    redirect: str = ""
    kill: int = 0
    as_text: bool = False

    def wav(self, sound: Floats, name: str = "a.wav", rate: int = RATE, subtype: str = "PCM_16") -> str:
        """Write `sound` and return the name."""
        media.write_wav(self.folder / name, sound, rate, subtype)
        return name

    def speech(self, name: str = "a.wav") -> str:
        """Write speech and return the name."""
        return self.wav(speech(), name)

    def file(self, name: str, content: bytes) -> str:
        """Write `content` and return the name."""
        (self.folder / name).write_bytes(content)
        return name


_KEPT: dict[str, Any] = {}


def speech() -> Floats:
    """Return twenty seconds of a sample answer."""
    if "speech" not in _KEPT:
        from voiceprep.audio import decode  # noqa: PLC0415

        _KEPT["speech"] = decode(SPEECH).audio.samples[: 20 * RATE]
    return _KEPT["speech"]  # type: ignore[no-any-return]


def said_by_espeak(text: str, voice: str) -> tuple[Floats, int]:
    """Return `text` spoken by the `voice` of eSpeak NG, and its rate."""
    try:
        import espeakng_loader  # noqa: PLC0415
    except ImportError:
        raise Impossible("the extra 'voice' is not installed") from None
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    sound = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def take(samples: int, count: int, _events: int) -> int:
        if count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        return 0

    library.espeak_SetSynthCallback(take)
    if library.espeak_SetVoiceByName(voice.encode()):
        raise Impossible(f"eSpeak NG has no voice {voice}")
    data = text.encode()
    library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, 1, None, None)
    library.espeak_Synchronize()
    return np.frombuffer(bytes(sound), np.int16).astype(np.float32) / 32768, rate


# The cases: each makes its files in a place and returns the arguments after `voiceprep analyze`.


def truncated(place: Place, *, fast_start: bool) -> list[str]:
    """Cut an m4a file at 60 %."""
    import av  # noqa: PLC0415

    path = place.folder / "a.m4a"
    with av.open(path, "w", options={"movflags": "faststart"} if fast_start else {}) as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        media._write_sound(container, stream, speech()[None], 0.0, 1024)  # noqa: SLF001  (the tests' own maker)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return ["a.m4a"]


def spoken(place: Place, text: str, voice: str) -> list[str]:
    """Let eSpeak NG speak."""
    sound, rate = said_by_espeak(text, voice)
    return [place.wav(sound, rate=rate)]


def telephone_line(place: Place) -> list[str]:
    """Send speech through a telephone: 300 to 3400 Hz, 8 kHz, mu-law."""
    spectrum = np.fft.rfft(speech())
    hertz = np.fft.rfftfreq(len(speech()), 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    # Every second sample: above 3400 Hz nothing is left.
    return [place.wav(np.fft.irfft(spectrum).astype(np.float32)[::2], rate=8000, subtype="ULAW")]


def as_somebody(place: Place) -> None:
    """Take away from root what lets it read and write everything."""
    if os.name != "posix":
        raise Impossible("permissions work differently here")
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            raise Impossible("root may read everything, and there is no setpriv")
        place.prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        place.prefix += ["--inh-caps=-dac_override,-dac_read_search"]


def unreadable(place: Place) -> list[str]:
    """Take away the permission to read."""
    as_somebody(place)
    (place.folder / place.speech()).chmod(0)
    return ["a.wav"]


def unwritable(place: Place, *options: str) -> list[str]:
    """Take away the permission to write."""
    as_somebody(place)
    (place.folder / "locked").mkdir(mode=0o555)
    return [place.speech(), *options]


def full_disk(place: Place, *options: str, what: str = "") -> list[str]:
    """Mount a disk of a few blocks."""
    disk = place.folder / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk], capture_output=True, check=False
    ).returncode
    if done:
        raise Impossible("only root may mount a disk")
    place.undo.callback(subprocess.run, ["umount", disk], check=True)
    if what:
        place.environment[what] = str(disk)
    return [place.speech(), *options]


def no_model(place: Place) -> list[str]:
    """Hide the packages that bring the model."""
    hide = "import voiceprep.models.known as known\nknown.find_spec = lambda name: None\n"
    place.file("sitecustomize.py", hide.encode())
    place.environment |= {"PYTHONPATH": str(place.folder), "VOICEPREP_CACHE_DIR": str(place.folder / "cache")}
    return [place.speech()]


def damaged_model(place: Place, *, mendable: bool) -> list[str]:
    """Flip a byte of the model in a cache of its own."""
    from voiceprep import config  # noqa: PLC0415

    arguments = no_model(place)
    if mendable:
        (place.folder / "sitecustomize.py").unlink()
    shutil.copytree(config.cache_dir() / "models", place.folder / "cache" / "models")
    model = next((place.folder / "cache" / "models").glob("base-*/model.bin"))
    with model.open("r+b") as file:
        file.seek(5_000_000)
        byte = file.read(1)
        file.seek(5_000_000)
        file.write(bytes([byte[0] ^ 1]))
    return arguments


def strange_name(place: Place, name: bytes) -> list[str]:
    """Give speech a strange name."""
    if os.name != "posix":
        raise Impossible("such names do not exist here")
    (place.folder / place.speech()).rename(place.folder / os.fsdecode(name))
    return ["--", os.fsdecode(name)]


def stopped(place: Place, number: int) -> list[str]:
    """Be stopped in the middle of three recordings."""
    place.kill = number
    for name in ("b.wav", "c.wav"):
        place.wav(np.tile(speech(), 3), name)
    return [place.speech(), "b.wav", "c.wav", "-o", "reports"]


def redirected(place: Place, where: str, *options: str) -> list[str]:
    """Lead standard output elsewhere, in a shell."""
    place.redirect = where
    return [place.speech(), *options]


def environed(place: Place, **environment: str) -> list[str]:
    """Set variables of the environment."""
    place.environment |= environment
    place.as_text = True
    return [place.speech()]


def hour(place: Place, sound: Callable[[int], Floats]) -> list[str]:
    """Write an hour, second by second."""
    import soundfile  # noqa: PLC0415

    with soundfile.SoundFile(place.folder / "a.flac", "w", RATE, 1, "PCM_16") as file:
        for second in range(3600):
            file.write(sound(second))
    return ["a.flac"]


CASES: Mapping[str, Callable[[Place], list[str]]] = {
    "a good recording": lambda place: [place.speech()],
    "empty file": lambda place: [place.file("a.wav", b"")],
    "text renamed .wav": lambda place: [place.file("a.wav", b"Dear diary, this is no sound.\n" * 40)],
    "truncated m4a": lambda place: truncated(place, fast_start=False),
    "truncated m4a, index first": lambda place: truncated(place, fast_start=True),
    "video without sound": lambda place: [media.write_video_only_in(place.folder).name],
    **{name: lambda place, f=make: [place.wav(f(30))] for name, make in noises.WITHOUT_A_VOICE.items()},
    **{f"speech: {voice}": lambda place, v=voice: spoken(place, TEXTS[v], v) for voice in TEXTS},
    **{f"English {how}": lambda place, v=voice: spoken(place, TEXTS["en-us"], v) for how, voice in ACCENTS.items()},
    "8 kHz mu-law telephone": telephone_line,
    "clipped": lambda place: [place.wav(np.clip(speech() * 20, -1, 1))],
    "50 dB too quiet": lambda place: [place.wav(speech() * 0.003)],
    "noise as loud as speech": lambda place: [place.wav(speech() + 0.1 * noises.white_noise(20))],
    "noise louder than speech": lambda place: [place.wav(speech() + 0.4 * noises.white_noise(20))],
    "0.2 s long": lambda place: [place.wav(speech()[RATE : RATE + 3200])],
    "one sample long": lambda place: [place.wav(speech()[:1])],
    "no sample": lambda place: [place.wav(speech()[:0])],
    "unreadable file": unreadable,
    "folder": lambda place: [str(place.folder)],
    "missing file": lambda _: ["gone.wav"],
    "empty name": lambda _: [""],
    "name with quotes": lambda place: strange_name(place, b'it\'s "quoted".wav'),
    "name with newline": lambda place: strange_name(place, b"two\nlines.wav"),
    "name with emoji": lambda place: strange_name(place, "🎤👩‍💻.wav".encode()),
    "name with leading dash": lambda place: strange_name(place, b"-dash.wav"),
    "name not UTF-8": lambda place: strange_name(place, b"a\xff\xfe.wav"),
    "name of 255 bytes": lambda place: ["-o", "reports", *strange_name(place, b"a" * 251 + b".wav")],
    "read-only folder": lambda place: unwritable(place, "-o", "locked/a.html"),
    "folder that is not there": lambda place: [place.speech(), "-o", "gone/a.html"],
    "full disk for the report": lambda place: full_disk(place, "-o", "disk/a.html"),
    "full disk for the model": lambda place: full_disk(place, what="VOICEPREP_CACHE_DIR"),
    "read-only history": lambda place: (
        place.environment.update(VOICEPREP_DATA_DIR=str(place.folder / "locked")) or unwritable(place, "--save")
    ),
    "missing model": no_model,
    "damaged model, packages there": lambda place: damaged_model(place, mendable=True),
    "damaged model, packages gone": lambda place: damaged_model(place, mendable=False),
    "unknown model": lambda place: [place.speech(), "--model", "bsae"],
    "folder without a model": lambda place: [place.speech(), "--model", "."],
    "bad pack of questions": lambda place: [
        place.speech(),
        "--question",
        "Why?",
        "--questions",
        place.file("q.json", b'{"id": "mine", "questions": [{}]}'),
    ],
    "unknown question": lambda place: [place.speech(), "--question", "scope-decisoin"],
    "unknown format": lambda place: [place.speech(), "-f", "pdf"],
    "unknown ending": lambda place: [place.speech(), "-o", "a.pdf"],
    "-f json -o a.html": lambda place: [place.speech(), "-f", "json", "-o", "a.html"],
    "captions of two": lambda place: [place.speech(), "a.wav", "-f", "vtt"],
    "unknown language": lambda place: [place.speech(), "--language", "xx"],
    "language by name": lambda place: [place.speech(), "--language", "English"],
    "5000 threads": lambda place: [place.speech(), "--threads", "5000"],
    "three files, one bad": lambda place: [place.speech(), "gone.wav", "a.wav", "-f", "csv"],
    "| head -1": lambda place: redirected(place, "| head -1 | cut -c1-40"),
    "> /dev/full": lambda place: redirected(place, "> /dev/full"),
    "stdout closed": lambda place: redirected(place, ">&-"),
    "Ctrl-C in the second of three": lambda place: stopped(place, signal.SIGINT),
    "SIGTERM in the second of three": lambda place: stopped(place, signal.SIGTERM),
    "NO_COLOR": lambda place: environed(place, NO_COLOR="1"),
    "TERM=dumb": lambda place: environed(place, TERM="dumb"),
    "LC_ALL=C": lambda place: environed(place, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
}
LONG: Mapping[str, Callable[[Place], list[str]]] = {
    "an hour of silence": lambda place: hour(place, lambda _: noises.silence(1)),
    "an hour of music": lambda place: hour(
        place, lambda second: music()[second % 60 * RATE : (second % 60 + 1) * RATE]
    ),
}


def music() -> Floats:
    """Return a minute of music."""
    if "music" not in _KEPT:
        _KEPT["music"] = noises.music(60)
    return _KEPT["music"]  # type: ignore[no-any-return]


def run(place: Place, arguments: list[str]) -> dict[str, Any]:
    """Run the command with `arguments` in `place`; where these name no format, it prints JSON."""
    environment = {**os.environ, "VOICEPREP_OFFLINE": "1", **place.environment}
    free = not place.redirect and not place.as_text and not {"-f", "-o"} & set(arguments)
    line: list[str] = [*place.prefix, *PROGRAM, "analyze", *(["-f", "json"] if free else []), *arguments]
    if place.redirect:
        line = ["bash", "-c", f'set -o pipefail; "$@" {place.redirect}', "bash", *line]
    began = time.perf_counter()
    with Path(place.folder / "err").open("w+b") as err, Path(place.folder / "out").open("w+b") as out:
        child = subprocess.Popen(line, stdout=out, stderr=err, cwd=place.folder, env=environment)
        if place.kill:
            while not (place.folder / "reports" / "a.html").exists() and time.perf_counter() - began < PATIENCE:
                time.sleep(0.1)
            child.send_signal(place.kill)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        err.seek(0)
        out.seek(0)
        said, printed = err.read().decode("utf-8", "backslashreplace"), out.read().decode("utf-8", "backslashreplace")
    return {
        "says": said.replace(f"{place.folder}/", "").replace(str(place.folder), "FOLDER").splitlines(),
        "reports": told(printed),
        "code": os.waitstatus_to_exitcode(status),
        "seconds": round(seconds, 2),
        "megabytes": round(usage.ru_maxrss / 1024),
    }


def told(printed: str) -> list[str]:
    """Return what the report that was `printed` comes to: words and caveats, or how the text is written."""
    try:
        answers = json.loads(printed)["answers"]
    except ValueError:
        kind = "ASCII" if printed.isascii() else "UTF-8"
        return [f"{len(printed.splitlines())} lines of {kind}, {printed.count(chr(27))} colours"] if printed else []
    lines = []
    for answer in answers:
        heard = answer["transcript"]
        lines.append(f"{len(heard['words'])} words, {heard['language']} {heard['language_probability']:.2f}")
        lines += answer["caveats"]
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--long", action="store_true", help="add recordings of an hour")
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    cases = {**CASES, **(LONG if options.long else {})}
    rows: dict[str, Any] = {}
    left_out = []
    for name, make in cases.items():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
            place = Place(Path(folder), undo)
            try:
                arguments = make(place)
            except Impossible as reason:
                left_out.append(f"{name}: {reason}")
                continue
            rows[name] = run(place, arguments)
            with suppress(OSError):
                (place.folder / "locked").chmod(0o755)
        show(name, rows[name])
    for line in left_out:
        print(f"left out: {line}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")


def show(name: str, row: dict[str, Any]) -> None:
    """Print one case."""
    print(f"{name:32} exit {row['code']:3} {row['seconds']:6.1f} s {row['megabytes']:5} MB", flush=True)
    for line in [*row["says"], *(f"({line})" for line in row["reports"])]:
        print(f"    {line}", flush=True)


if __name__ == "__main__":
    main()
