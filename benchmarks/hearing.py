"""How right voiceprep hears labelled recordings: filled pauses, words, pauses, syllables, and how long it takes.

    python benchmarks/hearing.py CORPUS [--long] [--robust] [--plain] [--weights WHERE] [--json FILE]

The format of CORPUS, and what each figure means: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import degrade
from hearing_corpus import degraded, join, read_corpus
from hearing_rows import heard_in, row, summary
from hearing_time import shares, watched
from peers import faster_whisper

from voiceprep import hesitation, pipeline
from voiceprep.model import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hearing_corpus import Labelled
    from hearing_rows import Row

    from voiceprep.model import Assessment


def assess_recording(path: Path, settings: Settings, probe_path: Path | None = None) -> Assessment:
    """Return the assessment of `path`, with the detector's weights at `probe_path` where they are given."""
    engine: Any = pipeline.open_engine(settings)
    if probe_path is not None:
        engine = engine.listening_with(hesitation.read(probe_path.read_bytes()))
    return pipeline.analyze(path, settings=settings, sound_in_page=False, engine=engine)


def weights_for(where: str | None, label: Labelled) -> Path | None:
    """Return the weights that never heard the speaker of `label`: `where` is a folder or a pattern.

    In a folder the file is called as the recording; a pattern has {name} or {speaker} in it. Raise `SystemExit` where
    there is no such file: weights that may know the speaker would flatter.
    """
    if where is None:
        return None
    if "{" in where:
        found = [Path(where.format(name=label.name, speaker=label.speaker))]
    else:
        found = [path for path in sorted(Path(where).iterdir()) if path.stem == label.name]
    if not found or not found[0].is_file():
        raise SystemExit(f"--weights: there are none for {label.name} in {where}")
    return found[0]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of hearing a corpus: a row a recording, the time of each stage, the seconds of sound heard."""

    rows: tuple[Row, ...]
    spent: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def times_real_time(self) -> float:
        """Seconds of sound over seconds of work, the model's loading left out."""
        work = sum(seconds for stage, seconds in self.spent.items() if stage != "open the model")
        return self.seconds / work


def hear_corpus(
    corpus: Sequence[Labelled],
    settings: Settings,
    weights: str | None,
    heed: Callable[[Row], None] = lambda _: None,
) -> Run:
    """Hear each recording and tell `heed` of it as soon as it is heard.

    A file that holds several is heard once for each of the weights that its parts ask for.
    """
    rows: list[Row] = []
    seconds = 0.0
    with watched() as spent:
        heard: dict[tuple[Path, Path | None], Assessment] = {}
        for label in corpus:
            key = (label.path, weights_for(weights, label))
            if key not in heard:
                heard[key] = assess_recording(label.path, settings, key[1])
                seconds += heard[key].transcript.duration
            rows.append(row(label, heard_in(heard[key], label.within)))
            heed(rows[-1])
    return Run(tuple(rows), spent, seconds)


HEADER = (
    f"{'recording':24} {'hit':>4} {'false':>6} {'missed':>7} {'words':>6} {'WER':>6} {'syllables':>9} {'pauses':>7}"
)


def show_row(one: Row) -> None:
    """Print the line of one recording."""
    hits, false, missed = one.filled.counts
    wer = f"{one.word_errors / one.words:6.3f}" if one.words else f"{'-':>6}"
    spoken = f"{one.syllable_error:+9.1%}" if one.syllable_error is not None else f"{'-':>9}"
    line = f"{one.name[:24]:24} {hits:4} {false:6} {missed:7} {one.words:6} {wer} {spoken} {one.pause_count:7}"
    print(line, flush=True)


def _said(value: float | None, form: str = ".3f", unit: str = "") -> str:
    return "not measured" if value is None else f"{value:{form}}{unit}"


def show(title: str, run: Run) -> dict[str, Any]:
    """Print what `run` gives together, and return it."""
    found = summary(run.rows)
    hits, false, missed = found["hits_false_missed"]
    print(f"\n{title}: {found['recordings']} recordings, {found['minutes']:.1f} minutes")
    print("filled pauses    precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*found["precision_recall_f1"]), end=" ")
    print("(95 %: {:.3f} to {:.3f});".format(*found["f1_95"]), f"{hits} found, {false} false, {missed} missed")
    print("  within 200 ms  precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*found["strict"]))
    print(f"  median error   onset {_said(found['onset_error'])}, offset {_said(found['offset_error'], unit=' s')}")
    print(f"  count          wrong by {found['count_error_a_minute']:.2f} a minute")
    print(f"  probabilities  Brier {_said(found['brier'])}, expected calibration error", end=" ")
    print(_said(found["calibration_error"]))
    for one in found["reliability"]:
        text = (
            f"{one['low']:.1f} to {one['high']:.1f}: {one['count']:4}, said {one['said']:.2f}, true {one['true']:.2f}"
        )
        print(f"    {text}")
    print(f"  intervals      hold the count: {_said(found['coverage'], '.0%')} of {found['intervals']} recordings")
    print(f"words            error rate {_said(found['word_error_rate'])} over {found['words']} words")
    print(f"syllables        error {_said(found['syllable_error'], '.1%')}")
    if found["pauses"]:
        print("pauses           precision {:.3f}, recall {:.3f}, F1 {:.3f};".format(*found["pauses"]), end=" ")
        print(f"boundaries {_said(found['pause_boundary_error'], unit=' s')}")
    else:
        print(
            f"pauses           not labelled; {found['pauses_found']} found, from their end to the nearest labelled",
            end="",
        )
        print(f" start of a word {_said(found['pause_end_to_word'], unit=' s')} (median)")
    print(f"time             {run.times_real_time:.1f} times real time; of real time:")
    found["times_real_time"], found["stages"] = run.times_real_time, shares(run.spent, run.seconds)
    for stage, share in found["stages"].items():
        print(f"    {stage:20} {share:7.4f}")
    return found


def robustness(corpus: Sequence[Labelled], settings: Settings, weights: str | None, only: str) -> list[dict[str, Any]]:
    """Print the table of robustness, a row for each way in which `corpus` is made worse, and return it."""
    print(f"\n{'made worse by':24} {'P':>6} {'R':>6} {'F1':>6} {'WER':>6}")
    out = []
    several = len(corpus) > 1
    names = [name for name in degrade.variants([degrade.np.zeros(1)] if several else []) if re.search(only, name)]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            worse = degraded(corpus, Path(folder), partial(_worse, name))
            found = summary(hear_corpus(worse, settings, weights).rows)
        out.append({"variant": name, **found})
        print(f"{name:24} {' '.join(f'{v:6.3f}' for v in found['precision_recall_f1'])}", end=" ")
        print(f"{_said(found['word_error_rate'], '6.3f')}", flush=True)
    return out


def _worse(
    name: str, samples: degrade.Floats, rng: degrade.np.random.Generator, voices: Sequence[degrade.Floats]
) -> degrade.Floats:
    return degrade.variants(voices)[name](samples, rng)


def plain(corpus: Sequence[Labelled], settings: Settings) -> dict[str, Any]:
    """Print the word error rate of faster-whisper as it comes, with and without time stamps, and return it."""
    out = {}
    for name, options in (
        ("without time stamps", {"without_timestamps": True}),
        ("with word times", {"word_timestamps": True}),
    ):
        peer = faster_whisper(settings, beam_size=5, **options)
        began = time.perf_counter()
        rows = [row(label, peer(label.path)) for label in corpus]
        speed = sum(one.seconds for one in rows) / (time.perf_counter() - began)
        out[name] = {**summary(rows), "times_real_time": speed}
        wer = _said(out[name]["word_error_rate"])
        print(f"plain faster-whisper, beam 5, {name}: word error rate {wer}; {speed:.1f} times real time", flush=True)
    return out


def main() -> None:
    """Print the figures that are asked for, and write them where `--json` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a folder of recordings with labels")
    parser.add_argument("--long", action="store_true", help="also joined into files of two to five minutes")
    parser.add_argument("--robust", action="store_true", help="also with noise, in a room, over a telephone, as Opus")
    parser.add_argument("--plain", action="store_true", help="also the words of plain faster-whisper")
    parser.add_argument("--only", default="", help="of the corpus only recordings with this pattern in their name")
    parser.add_argument("--variants", default="", help="of the table of robustness only rows with this pattern")
    parser.add_argument(
        "--weights", help="a folder of weights named as recordings, or a pattern with {name} or {speaker}"
    )
    parser.add_argument("--model", default="base")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    settings = Settings(model=options.model, beam=options.beam, threads=options.threads)
    corpus = [one for one in read_corpus(options.corpus) if re.search(options.only, one.name)]
    print(HEADER)
    run = hear_corpus(corpus, settings, options.weights, show_row)
    out: dict[str, Any] = {"settings": asdict(settings), "as they are": show("as they are", run)}
    if options.plain:
        out["plain"] = plain(corpus, settings)
    if options.long:
        with tempfile.TemporaryDirectory() as folder:
            out["joined"] = show("joined", hear_corpus(join(corpus, Path(folder)), settings, options.weights))
    if options.robust:
        out["robustness"] = robustness(corpus, settings, options.weights, options.variants)
    if options.json:
        options.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
