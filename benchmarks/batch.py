"""How fast many answers are heard, and with how much memory: plain faster-whisper, erm, and voiceprep's executors.

    python benchmarks/batch.py [--count 60] [--from FOLDER] [--only plain,serial,processes,dask]
    python benchmarks/batch.py --overhead 5000

Answers of 20 to 180 s are cut from the recordings in FOLDER (samples/ by default), each beginning where the last one
ended. Rates are seconds of sound in a second of the clock, start of programs and loading of models included; work is
the seconds of the processor, which other programs on the machine hardly alter; memory is the most that all processes of
a run held together. With --overhead an engine that hears nothing takes the place of Whisper: what is left is
voiceprep's own work for each file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import wave
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
RATE = 16000
SHORTEST, LONGEST = 20, 180
PLAIN = """
import json, sys
from faster_whisper import WhisperModel
from voiceprep import config, models
model = models.find("base", config.cache_dir())
whisper = WhisperModel(str(model.path), device="cpu", compute_type="int8", cpu_threads=int(sys.argv[2]))
words = {}
for path in sys.argv[3:]:
    segments, _ = whisper.transcribe(path, beam_size=5, word_timestamps=True)
    words[path] = [word.word for segment in segments for word in segment.words]
open(sys.argv[1], "w").write(json.dumps(words))
"""


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--from", dest="folder", type=Path, default=ROOT / "samples")
    parser.add_argument("--only", default="plain,erm,serial,processes,dask")
    parser.add_argument("--overhead", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.overhead:
            overhead(Path(folder), options.overhead)
        else:
            speed(Path(folder), options.folder, options.count, options.only.split(","))


def speed(work: Path, source: Path, count: int, only: list[str]) -> None:
    """Print the rate, the memory and the words kept of each way to hear `count` answers."""
    files = answers(source, work / "in", count)
    seconds = sum(duration(path) for path in files)
    print(f"{count} answers, {seconds / 60:.1f} min of sound, {os.cpu_count()} cores")
    print(f"{'way':<24} {'seconds':>8} {'rate':>6} {'at work':>8} {'memory':>8}  words of the plain loop kept")
    ways = {
        "plain": ("plain loop", [sys.executable, "-c", PLAIN, str(work / "plain.json"), "0", *map(str, files)]),
        "serial": ("voiceprep serial", batch(work, "serial")),
        "processes": ("voiceprep processes", batch(work, "processes")),
        "dask": ("voiceprep dask, local", batch(work, "dask")),
    }
    if "erm" in only and not shutil.which("erm"):
        print(f"{'erm --dry-run':<24} not installed here")
    for name, (shown, line) in ways.items():
        if name not in only:
            continue
        before = spent()
        took, memory, code = measured(line)
        if code:
            print(f"{shown:<24} failed ({code})")
            continue
        kept = "" if name == "plain" else kept_words(work / "plain.json", work / name, files)
        figures = f"{took:>8.1f} {seconds / took:>6.2f} {spent() - before:>8.1f} {memory / 1e6:>5.0f} MB"
        print(f"{shown:<24} {figures}  {kept}", flush=True)


def batch(work: Path, executor: str) -> list[str]:
    """Return the line that hears the answers with `executor`."""
    line = [sys.executable, "-m", "voiceprep", "batch", str(work / "in"), "--out", str(work / executor)]
    return [*line, "--executor", executor, "--format", "json", "--quiet", "--offline"]


def answers(source: Path, target: Path, count: int) -> list[Path]:
    """Cut `count` answers out of all recordings in `source`, of lengths spread evenly, and write them to `target`."""
    from voiceprep.audio import decode  # noqa: PLC0415  (only for this)
    from voiceprep.batch.plan import SOUND  # noqa: PLC0415  (only for this)

    recordings = sorted(path for path in source.rglob("*") if path.suffix.lower() in SOUND)
    whole = np.concatenate([decode(path, RATE).audio.samples for path in recordings])
    target.mkdir()
    at, out = 0, []
    for number, length in enumerate(np.linspace(SHORTEST, LONGEST, count).round()):
        size = int(length) * RATE
        # A thousandth of noise, so that no two answers are the same bytes.
        noise = np.random.default_rng(number).standard_normal(size).astype(np.float32) * 1e-4
        samples = np.take(whole, np.arange(at, at + size), mode="wrap") + noise
        at = (at + size) % len(whole)
        out.append(target / f"answer-{number:03}.wav")
        with wave.open(str(out[-1]), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out


def duration(path: Path) -> float:
    """Return the length of a WAV file."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()


def kept_words(plain: Path, out: Path, files: list[Path]) -> str:
    """Return the share of the plain loop's words that the reports have in the same order, and how many they have."""
    if not plain.exists():
        return ""
    there = json.loads(plain.read_text("utf-8"))
    same = total = ours = 0
    for path in files:
        report = json.loads((out / "reports" / f"{path.stem}.json").read_text("utf-8"))
        heard = [word["text"] for word in report["answers"][0]["transcript"]["words"] if word["kind"] != "filled_pause"]
        one, other = (normal(words) for words in (there[str(path)], heard))
        blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        same, total, ours = same + sum(block.size for block in blocks), total + len(one), ours + len(other)
    return f"{same / total:.1%} of {total}; {ours} words"


def normal(words: list[str]) -> list[str]:
    """Return `words` as they are compared, without hesitations."""
    plain = [re.sub(r"[^\w']", "", word.lower()) for word in words]
    return [word for word in plain if word and not re.fullmatch("u+h+m*|u+m+|e+r+m*|h+m+", word)]


def measured(line: list[str], **more: str) -> tuple[float, int, int]:
    """Run `line`; return the seconds it took, the most memory of it and its children in bytes, and its exit code."""
    kept = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment = kept | {"PYTHONPATH": str(ROOT)} | more
    begun = time.perf_counter()
    process = subprocess.Popen(line, env=environment)
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            most[0] = max(most[0], memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    return time.perf_counter() - begun, most[0], code


def spent() -> float:
    """Return the seconds of the processor that ended children have used."""
    times = os.times()
    return times.children_user + times.children_system


def memory_of(process: int) -> int:
    """Return the resident memory of `process` and its children in bytes, where the system tells."""
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
        children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    except OSError:
        return 0
    own = re.search(r"VmRSS:\s+(\d+)", status)
    return (int(own[1]) * 1024 if own else 0) + sum(memory_of(int(child)) for child in children)


ENGINE = """
import numpy as np
from voiceprep import voice
from voiceprep.engines import Hearing
from voiceprep.testing import ENGINE

class Deaf:
    def transcribe(self, audio, stretches, progress=None):
        return Hearing((), "en", 1.0, ENGINE)

def open_engine(model, settings, *, name, sha256):
    voice.probabilities = lambda audio: np.zeros(max(1, len(audio.samples) // 512), np.float32)
    return Deaf()
"""
DIRECT = """
import sys, time
from deaf import open_engine
from voiceprep import pipeline
from voiceprep.model import Settings
engine = open_engine(None, None, name="", sha256="")
def one(path):
    pipeline.render(pipeline.analyze(path, None, Settings(), sound_in_page=False, engine=engine), "json")
one(sys.argv[1])
begun = time.process_time()
for path in sys.argv[1:]:
    one(path)
print(time.process_time() - begun)
"""


def overhead(work: Path, count: int) -> None:
    """Print what voiceprep adds for each of `count` very short answers, and whether memory grows with their number.

    Times are of the processor, so that other programs do not count; what a run costs before its first file is told by
    a run over a tenth of the files.
    """
    (work / "deaf.py").write_text(ENGINE, "utf-8")
    folder = work / "in"
    folder.mkdir()
    for number in range(count):
        samples = np.random.default_rng(number).integers(-9, 9, RATE // 2, dtype=np.int16)
        with wave.open(str(folder / f"{number:05}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
    files = sorted(folder.iterdir())
    few = [str(path) for path in files[:300]]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{work}", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", DIRECT, *few], env=environment, check=True, capture_output=True, text=True
    )
    direct = float(done.stdout) / len(few)
    print(f"decode, measure and render alone: {direct * 1000:.1f} ms a file")
    works: list[float] = []
    for size in (count // 10, count):
        line = [sys.executable, "-m", "voiceprep", "batch", *map(str, files[:size]), "--out", str(work / f"out-{size}")]
        line += ["--executor", "serial", "--format", "json", "--engine", "deaf:open_engine", "--quiet"]
        for what in ("first", "again"):
            before = spent()
            took, memory, code = measured(line, PYTHONPATH=environment["PYTHONPATH"], OMP_NUM_THREADS="1")
            busy = spent() - before
            works.append(busy)
            print(
                f"{size} answers, {what}: {took:.1f} s, {busy:.1f} s of them at work; {memory / 1e6:.0f} MB at most; "
                f"exit code {code}",
                flush=True,
            )
    each, again = ((works[n + 2] - works[n]) / (count - count // 10) for n in (0, 1))
    added = (each - direct) * 1000
    print(f"each file more: {each * 1000:.1f} ms, so {added:.1f} ms of overhead; again {again * 1000:.1f} ms")


if __name__ == "__main__":
    main()
