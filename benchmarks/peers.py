"""Filled pauses and words by voiceprep and its peers, side by side: same recordings, same model, one after the other.

    python benchmarks/peers.py CORPUS [--only PATTERN] [--erm PYTHON] [--json FILE]

Plain faster-whisper; the same with a prompt full of hesitations, as `initial_prompt` and as `hotwords`; `erm` (PyPI,
MIT), which cuts hesitations out of recordings; voiceprep. What counts as a filled pause in a peer's text is decided by
the rules for voiceprep's own. A peer that is not installed is skipped, and a line says so.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hearing_corpus import read_corpus
from hearing_rows import Heard, heard_in, row, summary

from voiceprep import analyze, config, disfluency, models
from voiceprep.model import Settings, Span, Word, WordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Peer = Callable[[Path], Heard]

PROMPT = "Um, uh, er, hmm. So, uh, I, I mean, um, you know, like, uh..."
# The command of erm, which asks ffprobe whether a file holds a picture; its answer for a recording is known. Where
# there is no FFmpeg on the machine it ends there otherwise, though its detection needs none. `none` leaves the sound
# that is detected in as it is, and so does its default.
ERM = """
import sys, shutil
from erm import cli
if not shutil.which("ffprobe"):
    cli.has_video_stream = lambda path: False
sys.exit(cli.main(sys.argv[1:]))
"""


def model_folder(settings: Settings) -> Path:
    """Return the folder of the model that `settings` name."""
    return models.find(settings.model, config.cache_dir(), offline=True).path


def faster_whisper(settings: Settings, **options: Any) -> Peer:  # noqa: ANN401  (handed through to an untyped package)
    """Return faster-whisper with the model of `settings`, its other `options` as they come."""
    from faster_whisper import WhisperModel  # noqa: PLC0415  (heavy)

    folder = str(model_folder(settings))
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=settings.threads, local_files_only=True)

    def hear(path: Path) -> Heard:
        segments, _ = model.transcribe(str(path), **options)
        words: list[Word] = []
        text: list[str] = []
        for segment in segments:
            text.append(segment.text)
            words += [Word(w.word.strip(), Span(w.start, w.end), w.probability) for w in segment.words or ()]
        return judged(words) if words else Heard(" ".join(text), ())

    return hear


def judged(words: list[Word]) -> Heard:
    """Return `words` with the filled pauses among them told apart."""
    labelled = disfluency.label(words)
    return Heard(
        " ".join(word.text for word in labelled if word.kind is not WordKind.FILLED_PAUSE),
        tuple(word.span for word in labelled if word.kind is WordKind.FILLED_PAUSE),
    )


def erm(python: str, settings: Settings) -> Peer:
    """Return `erm --dry-run`, installed for the interpreter `python`: what it would cut is what it hears; no words.

    Raise `LookupError` where it is not there.
    """
    try:
        probe = subprocess.run([python, "-c", "import erm"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise LookupError(f"{python} cannot be run: {error.strerror}") from error
    if probe.returncode:
        raise LookupError(f"{python} has no erm: {(probe.stderr.splitlines() or ['no reason given'])[-1]}")
    folder = str(model_folder(settings))

    def hear(path: Path) -> Heard:
        with tempfile.TemporaryDirectory() as place:
            cuts = Path(place) / "cuts.json"
            command = [python, "-c", ERM, "--model", folder, "--device", "cpu", "--compute-type", "int8"]
            command += ["--denoise", "none", "--dry-run", "--json", str(cuts), str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                raise LookupError(f"erm failed: {(run.stderr.splitlines() or ['no reason given'])[-1]}")
            found = json.loads(cuts.read_text(encoding="utf-8"))["cuts"]
        return Heard("", tuple(Span(cut["start"], cut["end"]) for cut in found))

    return hear


def voiceprep(settings: Settings) -> Peer:
    """Return voiceprep as it comes."""

    def hear(path: Path) -> Heard:
        assessment = analyze(path, settings=settings, sound_in_page=False)
        return heard_in(assessment, Span(0.0, assessment.transcript.duration))

    return hear


def peers(settings: Settings, python: str) -> Mapping[str, Callable[[], Peer]]:
    """Return how each peer is opened, by name."""
    return {
        "faster-whisper": lambda: faster_whisper(settings, word_timestamps=True),
        "… initial_prompt": lambda: faster_whisper(settings, word_timestamps=True, initial_prompt=PROMPT),
        "… hotwords": lambda: faster_whisper(settings, word_timestamps=True, hotwords=PROMPT),
        "erm": lambda: erm(python, settings),
        "voiceprep": lambda: voiceprep(settings),
    }


def main() -> None:
    """Print the table, and write it where `--json` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", default="", help="of the corpus only recordings with this pattern in their name")
    parser.add_argument("--erm", default=sys.executable, help="the Python that erm is installed for")
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    corpus = [one for one in read_corpus(options.corpus) if re.search(options.only, one.name)]
    out: dict[str, dict[str, Any]] = {}
    print(f"{'':20} {'P':>6} {'R':>6} {'F1':>6} {'WER':>6} {'x real time':>12}")
    for name, opened in peers(Settings(model=options.model, threads=options.threads), options.erm).items():
        try:
            peer = opened()
            # The first hearing loads what is loaded late, and does not count.
            peer(corpus[0].path)
            began = time.perf_counter()
            rows = [row(label, peer(label.path)) for label in corpus]
        except LookupError as error:
            print(f"{name:20} skipped: {error}")
            continue
        speed = sum(one.seconds for one in rows) / (time.perf_counter() - began)
        found = out[name] = {**summary(rows), "times_real_time": speed}
        wer = (
            "-" if name == "erm" else f"{found['word_error_rate']:.3f}" if found["word_error_rate"] is not None else "-"
        )
        print(
            f"{name:20} {' '.join(f'{v:6.3f}' for v in found['precision_recall_f1'])} {wer:>6} {speed:12.1f}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
