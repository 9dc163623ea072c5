"""What `voiceprep analyze` costs beside plain faster-whisper: same model, same settings, same file, in turn.

    python benchmarks/analyze.py [RECORDING …] [--runs 5] [--json FILE]

Whole processes are timed, start to end, one after the other, so that a machine that slows down slows both. Prints the
median of the ratios, the peak memory of each, and where the time of one analysis goes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "samples"
PLAIN = """
import sys
from faster_whisper import WhisperModel
threads = int(sys.argv[3])
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
segments, _ = model.transcribe(sys.argv[2], beam_size=5, temperature=0.0, word_timestamps=True)
for segment in segments:
    print(segment.text)
"""


def run(command: list[str]) -> tuple[float, float]:
    """Run `command` and return its wall time in seconds and its peak memory in MB."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    elapsed = time.perf_counter() - began
    if status:
        said = child.stderr.read().decode() if child.stderr else ""
        raise SystemExit(f"{' '.join(command)} failed: {said}")
    return elapsed, usage.ru_maxrss / 1024


def side_by_side(recording: Path, model: Path, threads: int, runs: int) -> dict[str, Any]:
    """Return times and memory of both on `recording`, `runs` each in turn, after one that does not count."""
    ours = [sys.executable, "-m", "voiceprep", "analyze", "-q", "-f", "json", "--threads", str(threads), str(recording)]
    plain = [sys.executable, "-c", PLAIN, str(model), str(recording), str(threads)]
    run(ours)
    pairs = [(run(ours), run(plain)) for _ in range(runs)]
    return {
        "recording": recording.name,
        "voiceprep_s": statistics.median(pair[0][0] for pair in pairs),
        "plain_s": statistics.median(pair[1][0] for pair in pairs),
        "ratio": statistics.median(pair[0][0] / pair[1][0] for pair in pairs),
        "voiceprep_mb": max(pair[0][1] for pair in pairs),
        "plain_mb": max(pair[1][1] for pair in pairs),
    }


def stages(recording: Path, threads: int) -> dict[str, float]:
    """Return the seconds that each stage of one analysis of `recording` takes, the model loaded beforehand."""
    from voiceprep import __version__, assess, audio, disfluency, pipeline, sound, timeline, voice  # noqa: PLC0415
    from voiceprep.model import Settings, Transcript  # noqa: PLC0415

    settings = Settings(threads=threads)
    clock = [time.perf_counter()]
    spent: dict[str, float] = {}

    def done(stage: str) -> None:
        clock.append(time.perf_counter())
        spent[stage] = clock[-1] - clock[-2]

    engine = pipeline.open_engine(settings)
    done("open the model")
    decoded = audio.decode(recording)
    done("decode")
    level = sound.levels(decoded.audio)
    voices = voice.probabilities(decoded.audio)
    speech = sound.speech(level, voices, voice.STEP)
    done("voice and silence")
    heard = engine.transcribe(decoded.audio, voice.stretches(voices, decoded.audio.duration))
    done("Whisper")
    words = timeline.settled(disfluency.label(heard.words), speech)
    pauses = timeline.placed(sound.silences(speech, 0.25), words)
    quality = sound.quality(decoded.audio, level, speech)
    transcript = Transcript(words, pauses, speech, decoded.audio.duration, "en", 1.0, quality, heard.engine)
    done("words on the timeline")
    result = assess.assess(assess.prepare(transcript, None, settings), decoded.recording, settings, version=__version__)
    done("measure and judge")
    pipeline.render(result, "json")
    done("JSON")
    pipeline.render(result, "html")
    done("HTML page")
    return spent


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from voiceprep import config, models  # noqa: PLC0415

    recordings = options.recordings or sorted(
        p for p in SAMPLES.iterdir() if p.suffix in {".m4a", ".mp3", ".ogg", ".flac"}
    )
    model = models.find("base", config.cache_dir(), offline=True).path
    rows = [side_by_side(path, model, options.threads, options.runs) for path in recordings]
    print(f"{'recording':24} {'voiceprep':>10} {'plain':>8} {'ratio':>6} {'MB':>6} {'plain MB':>9}")
    for row in rows:
        print(
            f"{row['recording']:24} {row['voiceprep_s']:8.2f} s {row['plain_s']:6.2f} s {row['ratio']:6.2f} "
            f"{row['voiceprep_mb']:6.0f} {row['plain_mb']:9.0f}"
        )
    print(f"median ratio {statistics.median(row['ratio'] for row in rows):.2f}")
    longest = max(recordings, key=lambda path: path.stat().st_size)
    spent = stages(longest, options.threads)
    print(f"\nwhere the time goes ({longest.name})")
    for stage, seconds in spent.items():
        print(f"  {stage:24} {seconds:7.3f} s  {seconds / sum(spent.values()):4.0%}")
    if options.json:
        options.json.write_text(json.dumps({"side_by_side": rows, "stages": spent}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
