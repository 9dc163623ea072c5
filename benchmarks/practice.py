"""What practising at the desk promises: a report soon after the last word, and an answer that survives what happens.

    python benchmarks/practice.py [report] [kill] [ends] [--seconds 30 60 120 180] [--after 1.0] [--json FILE]

`report` speaks the samples, joined, into a real recording through a sound server without hardware, and says how long
after the stop the report is there, beside hearing the whole recording after the stop; what differs between the two;
blocks that were dropped; the share of the processor while recording. `kill` ends a recording with kill -9 at random
moments and says what is lost. `ends` fills the disk and takes the sound server away. Needs what `tests/system.sh`
installs.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import rig  # noqa: E402

from voiceprep import live, pipeline, recorder, voice  # noqa: E402
from voiceprep.audio import decode  # noqa: E402
from voiceprep.model import Audio, Settings, Span  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from voiceprep.engines import Hearing, Progress, Recogniser
    from voiceprep.model import Assessment

SAMPLES = ("strong-star.m4a", "rambling.mp3", "no-result.ogg", "technical.flac", "demo.mp3")
RATE = voice.RATE


def answer(seconds: float, after: float) -> npt.NDArray[np.int16]:
    """Return the samples joined, as many whole stretches of speech as fit into `seconds`, and silence `after` them."""
    joined = np.concatenate([decode(ROOT / "samples" / name).audio.samples for name in SAMPLES])
    audio = Audio(joined[: round(seconds * RATE)], RATE)
    spans = voice.stretches(voice.probabilities(audio), audio.duration)
    end = max(span.end - voice.PADDING for span in spans if span.end < audio.duration - 0.1)
    spoken = np.concatenate([joined[: round(end * RATE)], np.zeros(round(after * RATE), np.float32)])
    return np.rint(np.clip(spoken, -1, 1) * 32767).astype(np.int16)


def child(server: rig.Rig, *arguments: object, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401
    """Start this program again with `arguments`, where it hears the sound of `server`."""
    line = [sys.executable, __file__, "--child", *map(str, arguments)]
    environment = server.environment | {"PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, **more)


class Timed:
    """An engine, and how long it was waited for."""

    def __init__(self, engine: Recogniser) -> None:
        self._engine, self.took = engine, 0.0

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        """Return what the engine hears."""
        began = time.monotonic()
        heard = self._engine.transcribe(audio, stretches, progress)
        self.took = time.monotonic() - began
        return heard


def practised(path: Path, seconds: float) -> dict[str, Any]:
    """Record `seconds` to `path` while it is transcribed; return what that took and what came of it."""
    settings = Settings()
    engine = pipeline.open_engine(settings)
    pipeline.get_ready()
    engine.transcribe(Audio(np.zeros(3 * RATE, np.float32), RATE), (Span(0.0, 3.0),))
    listener = live.Live(engine, pipeline.read_ahead)
    with recorder.Recorder(path, on_block=lambda block, _level: listener.feed(block)) as recording:
        wall, used = time.monotonic(), time.process_time()
        while recording.elapsed < seconds and not recording.ended:
            time.sleep(0.01)
        share = (time.process_time() - used) / (time.monotonic() - wall) / (os.cpu_count() or 1)
        stop, used = time.monotonic(), time.process_time()
        capture = recording.stop()
    stopped = time.monotonic()
    last = Timed(listener.finish())
    there = pipeline.analyze(path, settings=settings, engine=last, known=listener.known(), sound_in_page=False)
    pipeline.render(there)
    report, cost = time.monotonic() - stop, time.process_time() - used
    began, used = time.monotonic(), time.process_time()
    whole = pipeline.analyze(path, settings=settings, engine=engine, sound_in_page=False)
    pipeline.render(whole)
    return {
        "seconds": round(capture.duration, 1),
        "report_s": report,
        "of_it_stopping_s": stopped - stop,
        "of_it_waiting_s": last.took,
        "report_cpu_s": cost,
        "after_the_stop_s": time.monotonic() - began,
        "after_the_stop_cpu_s": time.process_time() - used,
        "dropped": capture.dropped,
        "cpu_share": share,
        "load": os.getloadavg()[0],
        **differences(there, whole),
    }


def differences(there: Assessment, whole: Assessment) -> dict[str, Any]:
    """Return what differs between a report that was begun while somebody spoke, and that of the recording."""
    words = [[word.text for word in one.transcript.words] for one in (there, whole)]
    bare = [[word.lower().strip(".,!?-…") for word in said] for said in words]
    steps = difflib.SequenceMatcher(None, *bare, autojunk=False).get_opcodes()
    pairs = list(zip(there.findings, whole.findings, strict=True))
    return {
        "words": len(words[1]),
        "other_words": sum(max(b - a, d - c) for tag, a, b, c, d in steps if tag != "equal"),
        "other_marks": sum(one != other for one, other in zip(*words, strict=False)) if bare[0] == bare[1] else None,
        "same_pauses": there.transcript.pauses == whole.transcript.pauses,
        "other_values": [
            f"{one.measurement.metric} {one.measurement.value:.4g} for {other.measurement.value:.4g}"
            for one, other in pairs
            if one.measurement.value is not None
            and other.measurement.value is not None
            and abs(one.measurement.value - other.measurement.value) > 1e-9
        ],
        "other_verdicts": [one.measurement.metric for one, other in pairs if one.verdict != other.verdict],
    }


def report(server: rig.Rig, folder: Path, lengths: list[float], after: float) -> list[dict[str, Any]]:
    """Print how long after the stop the report is there, for answers of these `lengths`."""
    print(f"report after the stop ({after:g} s after the last word), beside hearing all of it after the stop")
    print(f"{'answer':>7} {'report':>8} {'(cpu)':>7} {'whole':>8} {'(cpu)':>7} {'dropped':>8} {'cpu':>5} {'load':>5}")
    rows = []
    for number, seconds in enumerate(lengths):
        said = answer(seconds, after)
        server.speak(said)
        out, _ = child(server, "report", folder / f"take{number}.wav", len(said) / RATE).communicate()
        row = json.loads(out.splitlines()[-1])
        rows.append(row)
        print(
            f"{row['seconds']:5.1f} s {row['report_s']:6.2f} s {row['report_cpu_s']:5.1f} s "
            f"{row['after_the_stop_s']:6.2f} s {row['after_the_stop_cpu_s']:5.1f} s {row['dropped']:8} "
            f"{row['cpu_share']:5.0%} {row['load']:5.1f}"
        )
        print(
            f"        {row['of_it_stopping_s']:.2f} s to stop, {row['of_it_waiting_s']:.2f} s waited for the rest; "
            f"of {row['words']} words {row['other_words']} differ; verdicts that differ: "
            f"{', '.join(row['other_verdicts']) or 'none'}; values: {'; '.join(row['other_values']) or 'none'}",
            flush=True,
        )
    return rows


def recorded(path: Path) -> None:
    """Record to `path` until a line comes; say when the speaking began, as each block that comes earlier tells."""
    first: list[float] = []
    heard = 0

    def told(block: npt.NDArray[np.float32], _level: object) -> None:
        nonlocal heard
        heard += len(block)
        began = time.monotonic() - heard / RATE
        if not first or began < first[-1]:
            first.append(began)
            print(began, flush=True)

    with recorder.Recorder(path, on_block=told) as recording:
        while not recording.ended and not _line():
            time.sleep(0.02)
        ended = time.monotonic()
        capture = recording.stop()
    print(json.dumps({"duration": capture.duration, "ended": capture.ended, "spoken": ended - first[-1]}))


def _line() -> bool:
    import select  # noqa: PLC0415  (only here)

    return bool(select.select([sys.stdin], [], [], 0)[0])


def kill(server: rig.Rig, folder: Path, times: int) -> list[dict[str, float]]:
    """Print what is lost of a recording that is ended with kill -9, at so many random moments."""
    draw = random.Random(7)  # noqa: S311  (no secret)
    rows = []
    for number in range(times):
        path = folder / f"killed{number}.wav"
        one = child(server, "record", path)
        assert one.stdout  # noqa: S101  (for the type checker)
        first = one.stdout.readline()
        time.sleep(draw.uniform(0.5, 8.0))
        one.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        one.wait()
        spoken = killed - float((first + one.stdout.read()).split()[-1])
        kept = recorder.recover(path).duration
        rows.append({"spoken": spoken, "kept": kept, "lost": spoken - kept})
        print(f"kill -9 after {spoken:5.2f} s: {kept:5.2f} s recovered, {spoken - kept:5.3f} s lost", flush=True)
    return rows


def ends(folder: Path) -> list[dict[str, Any]]:
    """Print what is kept where the disk is full, and where the sound server goes away."""
    rows = []
    for what in ("file size limit reached", "sound server killed"):
        with rig.Rig() as server:
            limit = (recorder.HEADER + 3 * 32000 + 1,) * 2

            def small(limit: tuple[int, int] = limit) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, limit)

            path = folder / f"{what.replace(' ', '-')}.wav"
            one = child(server, "record", path, preexec_fn=small if "size" in what else None)
            assert one.stdout  # noqa: S101  (for the type checker)
            one.stdout.readline()
            if "killed" in what:
                time.sleep(3)
                server.server.kill()
            row = json.loads(one.stdout.read().splitlines()[-1])
            one.wait()
        rows.append({"what": what} | row)
        print(f"{what}: {row['duration']:.2f} s of {row['spoken']:.2f} s kept; told: {row['ended']}", flush=True)
    return rows


def main() -> None:
    """Print what is asked for, or all of it."""
    if sys.argv[1:2] == ["--child"]:
        path = Path(sys.argv[3])
        if sys.argv[2] == "report":
            print(json.dumps(practised(path, float(sys.argv[4]))))
        else:
            recorded(path)
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", choices=["report", "kill", "ends", []], default=[])
    parser.add_argument("--seconds", nargs="+", type=float, default=[30, 60, 120, 180])
    parser.add_argument("--after", type=float, default=1.0, help="from the last word to the stop")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if lacking := rig.missing():
        raise SystemExit(lacking)
    what = options.what or ["report", "kill", "ends"]
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, rig.Rig() as server:
        folder = Path(name)
        if "kill" in what:
            server.speak(answer(60, 0.0))
            found["kill"] = kill(server, folder, options.times)
        if "ends" in what:
            found["ends"] = ends(folder)
        if "report" in what:
            found["report"] = report(server, folder, options.seconds, options.after)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
