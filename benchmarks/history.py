"""What the history promises: nothing is lost, whatever happens while it is written, and lists stay quick as it grows.

    python benchmarks/history.py [grow] [kill] [writers] [damage] [full] [--sizes 100 1000 10000 100000]
                                 [--times 100] [--json FILE]

`grow` fills histories of several sizes with made-up answers as long as real ones (30 kB of words, 37 measures, five a
session) and runs the commands on them as a user would: seconds from start to end, the best of three, and the most
memory. `kill` ends a program that saves answers with kill -9 at random moments, and counts what is missing of what it
had said to have saved. `writers` lets several programs save at once. `damage` overwrites each page of a history in
turn and repairs it. `full` fills a small disk; needs the right to mount one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from voiceprep import config, pipeline  # noqa: E402
from voiceprep.errors import HistoryError  # noqa: E402
from voiceprep.history import History, rows  # noqa: E402
from voiceprep.history.salvage import is_damaged, salvage  # noqa: E402
from voiceprep.model import Measurement, Recording, Settings, Voice  # noqa: E402
from voiceprep.practice import Take  # noqa: E402
from voiceprep.testing import spoken  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Assessment, Question

A_SESSION = 5
# From one session to the next.
HOURS = 9
BEGAN = datetime(2020, 1, 1, 18, tzinfo=UTC)
COMMANDS = (
    ("sessions",),
    ("progress",),
    ("compare", "--last", "2"),
    ("due",),
    ("stories",),
)
PEAK = """
import sys
from voiceprep.cli import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")), file=sys.stderr)
"""
SAVE = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/benchmarks"]
from history import examples, saved
from voiceprep.history import History
known = examples()
for number in range(int(sys.argv[3]), int(sys.argv[3]) + int(sys.argv[4])):
    with History(Path(sys.argv[2])) as book:
        one, take = saved(known, number)
        book.save(one, take=take)
        print(number, flush=True)
"""


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions of the built-in pack."""
    return config.built_in_pack().questions


def examples() -> list[Assessment]:
    """Return answers to questions of the built-in pack, from the scripts of the samples, about as long as real ones."""
    found = []
    for number, path in enumerate(sorted((ROOT / "samples").glob("*.json"))):
        script = json.loads(path.read_text(encoding="utf-8"))
        if "reference" in script:
            said = spoken(script["reference"].replace(". ", ". <0.6> "))
            found.append(_example(said, questions()[number]))
    return found


def _example(said: Any, question: Question) -> Assessment:  # noqa: ANN401  (a transcript)
    steps = round(said.duration * 10)
    said = replace(said, voice=Voice(10, 120.0, (1.25,) * steps, (-2.5,) * steps))
    recording = Recording("answer.flac", "", said.duration, "flac", "flac", 48_000, 1)
    return pipeline.judge(said, recording, question, Settings())


def saved(known: Sequence[Assessment], number: int) -> tuple[Assessment, Take]:
    """Return the `number`th answer of a life: one of `known`, counted a little otherwise, and its take."""
    chance = random.Random(number)  # noqa: S311  (numbers for a benchmark)
    one = known[number % len(known)]
    day = BEGAN + timedelta(hours=HOURS * (number // A_SESSION))
    at = (day + timedelta(minutes=4 * (number % A_SESSION))).isoformat(timespec="seconds")
    pack = questions()
    question = pack[chance.randrange(len(pack))]
    findings = tuple(replace(finding, measurement=_varied(finding.measurement, chance)) for finding in one.findings)
    recording = replace(one.recording, sha256=f"{number:064x}")
    take = Take(f"{day:%Y-%m-%d-%H%M%S}", number % A_SESSION + 1, at, question, recording.duration)
    return replace(one, recording=recording, question=question, findings=findings, at=at), take


def _varied(counted: Measurement, chance: random.Random) -> Measurement:
    return replace(counted, total=round(counted.total * chance.uniform(0.7, 1.3), 3), evidence=(), series=())


def fill(path: Path, answers: int) -> None:
    """Make a history of so many answers in `path`."""
    known = examples()
    # What is the same in all answers is written down once.
    made = [(rows.row(one, "", None), rows.words(one.transcript)) for one in known]
    with History(path) as book:
        for begin in range(0, answers, 1000):
            with book.transaction():
                for number in range(begin, min(answers, begin + 1000)):
                    one, take = saved(known, number)
                    row, words = made[number % len(made)]
                    asked = (take.question.id, take.question.text, take.question.kind.value) if take.question else ()
                    row |= dict(zip(("question", "question_text", "question_kind"), asked, strict=True))
                    row |= {"identity": f"{number}", "recording": one.recording.sha256, "at": take.at}
                    answer = book._insert(row)  # noqa: SLF001  (one transaction for a thousand)
                    book.put_words(answer, words)
                    book.put_counts("measurement", answer, [finding.measurement for finding in one.findings])
                    book.put_take(answer, take)


def timed(line: Sequence[str], data: Path) -> tuple[float, float, int]:
    """Run voiceprep with `line` on the history in `data`. Return seconds, megabytes and exit code."""
    env = os.environ | {"VOICEPREP_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    with (data / "run.log").open("wb") as out:
        began = time.perf_counter()
        run = subprocess.run([sys.executable, "-m", "voiceprep", *line], stdout=out, stderr=out, env=env, check=False)
        seconds = time.perf_counter() - began
        # Its own peak, in a run of its own: what wait4 tells of a child holds the parent's memory before exec.
        told = subprocess.run([sys.executable, "-c", PEAK, *line], capture_output=True, text=True, env=env, check=False)
    return seconds, float(told.stderr.splitlines()[-1]) / 1024, run.returncode


def grow(sizes: Sequence[int], folder: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for each size: what each command takes."""
    for size in sizes:
        data = folder / f"of-{size}"
        data.mkdir()
        fill(data / "history.db", size)
        row: dict[str, Any] = {"answers": size, "MB": (data / "history.db").stat().st_size / 1e6}
        for line in COMMANDS:
            runs = [timed(line, data) for _ in range(3)]
            if runs[0][2] in {0, 130}:
                row[" ".join(line)] = min(run[0] for run in runs), max(run[1] for run in runs)
        yield row
        shutil.rmtree(data)


def kill(times: int, folder: Path) -> dict[str, Any]:
    """Kill a program that saves answers, again and again, and compare what is there with what it said."""
    path, said, chance = folder / "history.db", set(), random.Random(7)  # noqa: S311  (numbers for a benchmark)
    broken = 0
    for turn in range(times):
        child = _writer(path, turn * 1000, 1000)
        heard = iter(child.stdout or ())
        said.add(int(next(heard)))
        time.sleep(chance.uniform(0.0, 0.15))
        child.send_signal(signal.SIGKILL)
        said |= {int(line) for line in heard}
        child.wait()
        broken += is_damaged(path)
    with History(path) as book:
        there = {int(entry.sound, 16) for entry in book.entries()}
        whole = all(record.transcript.words and len(record.measurements) > 1 for record in book.records())
    return {
        "kills": times,
        "said to be saved": len(said),
        "missing": len(said - there),
        "saved, not said yet": len(there - said),
        "all of an answer or nothing": whole,
        "damaged files": broken,
    }


def writers(folder: Path, count: int = 4, each: int = 100) -> dict[str, Any]:
    """Let several programs save answers at once."""
    path = folder / "history.db"
    children = [_writer(path, number * each, each) for number in range(count)]
    codes = [child.communicate()[0] is None or child.returncode for child in children]
    with History(path) as book:
        return {"writers": count, "saved by each": each, "failed": sum(map(bool, codes)), "there": len(book)}


def _writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", SAVE, str(ROOT), str(path), str(first), str(count)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, text=True)


def damage(folder: Path, answers: int = 40) -> dict[str, Any]:
    """Overwrite each page of a history in turn, repair it, and count what is left."""
    path = folder / "history.db"
    fill(path, answers)
    with History(path) as book:
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, left, seen, kept = path.read_bytes(), [], 0, 0
    size = 4096
    for page in range(1, len(whole) // size):
        broken = whole[: page * size] + b"\xff" * size + whole[(page + 1) * size :]
        path.write_bytes(broken)
        seen += is_damaged(path)
        done = salvage(path, "now")
        kept += done.aside.read_bytes() == broken
        left.append(done.kept - done.wordless)
        for old in path.parent.glob("*.damaged-*"):
            old.unlink()
    left.sort()
    return {
        "pages": len(left),
        "answers": answers,
        "damage seen by SQLite": seen,
        "damaged file kept": kept,
        "answers saved whole, median": left[len(left) // 2],
        "in the worst tenth": left[len(left) // 10],
        "in the worst": left[0],
    }


def full(folder: Path) -> dict[str, Any]:
    """Save answers until a disk of a megabyte is full; then make room and go on."""
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
        return {"full": "not measured: no disk could be mounted"}
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 200_000)
        known, path, done, told = examples(), disk / "history.db", 0, ""
        with History(path) as book:
            while not told:
                try:
                    one, take = saved(known, done)
                    book.save(one, take=take)
                    done += 1
                except HistoryError as error:
                    told = f"{error.message} {error.hint}"
        ballast.unlink()
        with History(path) as book:
            there = len(book)
            one, take = saved(known, done)
            book.save(one, take=take)
            return {"saved before": done, "there": there, "told": told, "saved after": len(book) - there}
    finally:
        subprocess.run(["umount", disk], check=False)


def main() -> None:
    """Run what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["grow", "kill", "writers", "damage", "full"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 10_000])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    results: dict[str, Any] = {}
    for what in asked.what:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if what == "grow":
                results[what] = list(_told(grow(asked.sizes, folder)))
                continue
            how = {"kill": lambda at: kill(asked.times, at), "writers": writers, "damage": damage, "full": full}
            results[what] = how[what](folder)
            print(what, *(f"{name}: {value}" for name, value in results[what].items()), sep="\n  ")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _told(table: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    print(f"{'answers':>8} {'file':>8}  " + "  ".join(f"{' '.join(line):>18}" for line in COMMANDS))
    for row in table:
        cells = (row.get(" ".join(line)) for line in COMMANDS)
        told = ("not there" if cell is None else f"{cell[0]:.2f} s {cell[1]:4.0f} MB" for cell in cells)
        print(f"{row['answers']:8} {row['MB']:5.0f} MB  " + "  ".join(f"{text:>18}" for text in told), flush=True)
        yield row


if __name__ == "__main__":
    main()
