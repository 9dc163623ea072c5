"""How fast many answers are heard, and with how much memory: plain faster-whisper, erm, and voiceprep's executors.

    python benchmarks/batch.py [--count 60] [--from FOLDER] [--only plain,serial,processes,dask]
    python benchmarks/batch.py --overhead 5000
    python benchmarks/batch.py --kill 10 [--real]

Answers of 20 to 180 s are cut from the recordings in FOLDER (samples/ by default), each beginning where the last one
ended. Rates are seconds of sound in a second of the clock, start of programs and loading of models included; work is
the seconds of the processor, which other programs on the machine hardly alter; memory is the most that all processes of
a run held together. With --overhead an engine that hears nothing takes the place of Whisper: what is left is
voiceprep's own work for each file. With --kill the main process is ended by SIGKILL at so many random moments, then
run to its end: what was heard twice or lost, and which files differ from those of an undisturbed run. It takes the
engine that hears nothing and 60 recordings, or the --real one and six.
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
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

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
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--real", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.overhead:
            overhead(Path(folder), options.overhead)
        elif options.kill:
            sys.exit(kill(Path(folder), options.folder, options.kill, real=options.real))
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
        ran = measured(line)
        if ran.code:
            print(f"{shown:<24} failed ({ran.code})")
            continue
        kept = "" if name == "plain" else kept_words(work / "plain.json", work / name, files)
        figures = f"{ran.took:>8.1f} {seconds / ran.took:>6.2f} {spent() - before:>8.1f} {ran.together / 1e6:>5.0f} MB"
        print(f"{shown:<24} {figures}  {kept}", flush=True)


def batch(work: Path, executor: str) -> list[str]:
    """Return the line that hears the answers with `executor`."""
    line = [sys.executable, "-m", "voiceprep", "batch", str(work / "in"), "--out", str(work / executor)]
    return [*line, "--executor", executor, "--format", "json", "--quiet", "--offline"]


def answers(source: Path, target: Path, count: int, shortest: float = SHORTEST, longest: float = LONGEST) -> list[Path]:
    """Cut `count` answers out of all recordings in `source`, of lengths spread evenly, and write them to `target`."""
    from voiceprep.audio import decode  # noqa: PLC0415  (only for this)
    from voiceprep.batch.plan import SOUND  # noqa: PLC0415  (only for this)

    recordings = sorted(path for path in source.rglob("*") if path.suffix.lower() in SOUND)
    whole = np.concatenate([decode(path, RATE).audio.samples for path in recordings])
    target.mkdir()
    at, out = 0, []
    for number, length in enumerate(np.linspace(shortest, longest, count).round()):
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


class Run(NamedTuple):
    """How a line ran: seconds, the most memory of it, of its children and of all together in bytes, its exit code."""

    took: float
    main: int
    workers: int
    together: int
    code: int


def measured(line: list[str], **more: str) -> Run:
    """Run `line` with these variables `more`, and return how it ran."""
    kept = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment = kept | {"PYTHONPATH": str(ROOT)} | more
    begun = time.perf_counter()
    process = subprocess.Popen(line, env=environment)
    seen, over = [(0, 0)], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            seen.append(memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    main, workers = (max(column) for column in zip(*seen, strict=True))
    return Run(time.perf_counter() - begun, main, workers, max(map(sum, seen)), code)


def spent() -> float:
    """Return the seconds of the processor that ended children have used."""
    times = os.times()
    return times.children_user + times.children_system


def memory_of(process: int) -> tuple[int, int]:
    """Return the resident memory of `process` and of its children in bytes, where the system tells."""
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
        children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    except OSError:
        return 0, 0
    own = re.search(r"VmRSS:\s+(\d+)", status)
    return (int(own[1]) * 1024 if own else 0), sum(sum(memory_of(int(child))) for child in children)


ENGINE = """
import os, time
import numpy as np
from voiceprep import voice
from voiceprep.engines import Hearing
from voiceprep.testing import ENGINE

class Deaf:
    def transcribe(self, audio, stretches, progress=None):
        time.sleep(float(os.environ.get("DEAF_FOR", 0)))
        return Hearing((), "en", 1.0, ENGINE)

def open_engine(model, settings, *, name, sha256):
    voice.probabilities = lambda audio: np.zeros(max(1, len(audio.samples) // 512), np.float32)
    return Deaf()
"""
STAGES = """
import json, sys, time
from pathlib import Path
from voiceprep import pipeline
from voiceprep.audio import decode
from voiceprep.batch import work
times = dict.fromkeys(("decode the file", "analyse the sound", "measure and judge", "render as JSON"), 0.0)
def timed(name, function, *arguments):
    begun = time.process_time()
    made = function(*arguments)
    times[name] += time.process_time() - begun
    return made
how = work.How(engine="deaf:open_engine")
def one(path):
    decoded = timed("decode the file", decode, path, work.RATE)
    facts = timed("analyse the sound", work.facts_of, decoded, how)
    assessment, _ = timed("measure and judge", work.judged, facts, work.Job(str(path), path.stem), how, {})
    timed("measure and judge", work.row_of, assessment)
    timed("render as JSON", pipeline.render, assessment, "json")
paths = [Path(path) for path in sys.argv[1:]]
one(paths[0])
times = dict.fromkeys(times, 0.0)
for path in paths:
    one(path)
print(json.dumps({name: 1000 * spent / len(paths) for name, spent in times.items()}))
"""


def overhead(work: Path, count: int) -> None:
    """Print where the time of very short answers goes, and whether memory grows with their number.

    Times are of the processor, so that other programs do not count; what a run costs before its first file is told by
    a run over fewer files.
    """
    (work / "deaf.py").write_text(ENGINE, "utf-8")
    files = short(work / "in", count)
    path = f"{ROOT}{os.pathsep}{work}"
    direct = stages(files[:300], path)
    for name, each in direct.items():
        print(f"{name:<20} {each:>6.1f} ms a file")
    print(f"{'executor, format':<18} {'files':>6} {'':>6} {'seconds':>8} {'ms a file':>10} {'main':>7} {'workers':>8}")
    for executor, form in (("serial", "json"), ("serial", "none"), ("serial", "html"), ("processes", "json")):
        works: dict[str, list[float]] = {"first": [], "again": []}
        sizes = (count // 10, count // 5, count) if executor == "processes" else (count // 10, count // 5)
        for size in sizes:
            out = work / f"out-{executor}-{form}-{size}"
            line = [sys.executable, "-m", "voiceprep", "batch", *map(str, files[:size]), "--out", str(out), "--quiet"]
            line += ["--executor", executor, "--format", form, "--no-sound", "--engine", "deaf:open_engine"]
            for what, known in works.items():
                before = spent()
                ran = measured(line, PYTHONPATH=path, OMP_NUM_THREADS="1")
                known.append(spent() - before)
                memory = f"{ran.main / 1e6:>4.0f} MB {ran.workers / 1e6:>5.0f} MB"
                figures = f"{ran.took:>8.1f} {1000 * known[-1] / size:>10.1f} {memory}"
                failed = f"  exit code {ran.code}" if ran.code else ""
                print(f"{executor + ', ' + form:<18} {size:>6} {what:>6} {figures}{failed}", flush=True)
            shutil.rmtree(out)
        added = {what: 1000 * (known[-1] - known[0]) / (sizes[-1] - sizes[0]) for what, known in works.items()}
        told = f"each file more: {added['first']:.1f} ms, {added['again']:.1f} ms the second time"
        if form == "json":
            told += f"; of the first, {added['first'] - sum(direct.values()):.1f} ms are the batch's own"
        print(f"{'':<18} {told}")


def short(folder: Path, count: int) -> list[Path]:
    """Write `count` recordings of half a second of noise into `folder`."""
    folder.mkdir()
    out = [folder / f"{number:05}.wav" for number in range(count)]
    for number, path in enumerate(out):
        samples = np.random.default_rng(number).integers(-9, 9, RATE // 2, dtype=np.int16)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
    return out


def stages(files: list[Path], path: str) -> dict[str, float]:
    """Return what each stage costs for each of `files` without a batch, in ms of the processor."""
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    line = [sys.executable, "-c", STAGES, *map(str, files)]
    done = subprocess.run(line, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def kill(work: Path, source: Path, rounds: int, *, real: bool) -> int:
    """Kill a batch `rounds` times, go on, and print what that cost. Return 1 where anything was heard twice or lost."""
    (work / "deaf.py").write_text(ENGINE, "utf-8")
    files = answers(source, work / "in", 6, 6, 12) if real else short(work / "in", 60)
    line = [sys.executable, "-m", "voiceprep", "batch", str(work / "in"), "--progress", "json", "--offline"]
    line += ["--format", "json", "--format", "html", *([] if real else ["--engine", "deaf:open_engine"])]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{work}", "OMP_NUM_THREADS": "1", "DEAF_FOR": "0.1"}

    def run(out: Path, count: int | None = None, after: float = 0.0) -> tuple[list[str], float]:
        """Run to the end, or to a kill `after` so many seconds from when `count` were heard (0: from the start).

        Return what was heard and kept, and when the first was. What is kept is told by the lines that say so: they
        come after.
        """
        begun, first, heard = time.perf_counter(), 0.0, []
        with subprocess.Popen(
            [*line, "--out", str(out)], env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            clock = threading.Timer(after, process.kill)
            if count == 0:
                clock.start()
            for told in process.stderr or ():
                # The last line may be cut by the kill.
                event = json.loads(told) if told.endswith("}\n") else {"event": ""}
                if event["event"] == "file" and not event["kept"]:
                    first = first or time.perf_counter() - begun
                    heard.append(event["file"])
                    if len(heard) == count:
                        clock.start()
        return heard, first

    begun = time.perf_counter()
    _, first = run(work / "calm")
    each = (time.perf_counter() - begun - first) / len(files)
    print(f"{len(files)} recordings undisturbed: the first after {first:.1f} s, then one each {each:.2f} s")
    chance = np.random.default_rng(7)
    times: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        # In the start of the program, or in the recordings after the first few of those that this round hears.
        count = int(chance.integers(0, 2 * len(files) // rounds + 1))
        heard, _ = run(work / "out", count, float(chance.uniform(0, 2 * each if count else first)))
        times.update(heard)
        print(f"{number:>3}: killed after {len(heard)} recordings, {len(times)} kept so far", flush=True)
    times.update(run(work / "out")[0])
    twice = sum(count > 1 for count in times.values())
    lost = len(files) - len(times)
    one, other = (results_in(work / name) for name in ("calm", "out"))
    differ = sum(one.get(name) != other.get(name) for name in one | other)
    print(f"run to its end: {twice} heard twice, {lost} lost, {differ} of {len(one)} files differ")
    return 1 if twice or lost or differ else 0


def results_in(folder: Path) -> dict[str, bytes]:
    """Return what a batch has written into `folder`, but for what it keeps for itself."""
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


if __name__ == "__main__":
    main()
