"""Train the detector of filled pauses for a Whisper model: `python tools/train_hesitation.py FOLDER [--folds FOLDER]`.

FOLDER holds recordings with labels (the format: benchmarks/README.md); several may be given. The detector is a ridge
regression in closed form on the states of the model's own encoder, so that the same recordings give the same weights.
Recordings whose names differ by digits alone are taken for one speaker's, unless several speak.

Each speaker is left out in turn, from the regression and from the calibration: a calibration is learnt from sounds that
were judged without their own speaker, and where one more speaker is left out, without either. Then each recording is
analysed from end to end with the weights that leave its speaker out. What is missed and wrongly found there is counted,
and the counts are written into the weights.

`--folds` also writes the weights with each speaker left out, as NAME.npz for each recording, to measure with.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import degrade
from hearing import hear_corpus
from hearing_corpus import read_corpus

from voiceprep import config, disfluency, hesitation, models, pipeline, sound, voice
from voiceprep.audio import decode
from voiceprep.engines.ear import places
from voiceprep.engines.evidence import strongest
from voiceprep.model import Audio, Detector, Settings, Span, Word, WordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    import numpy.typing as npt
    from hearing_rows import Row

    from voiceprep.engines.evidence import Ask
    from voiceprep.engines.windows import Window

    Floats = npt.NDArray[np.float32]
    Moments = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]

OUT = Path(__file__).parents[1] / "voiceprep" / "data"
SEED = 7
# The strength of the ridge as a share of each state's variance, and what a degraded copy counts beside a clean one.
RIDGE = 0.1
COPY = 0.1
# How far from a labelled filled pause, of what is found, still counts as it (as in benchmarks/hearing.py).
TOLERANCE = 0.4
# The calibration learns from sounds down to this peak; far fainter ones would only bend it.
FAINT = -0.4
# The calibration is drawn towards even odds: there are only some tens of sounds to learn it from.
PRIOR = 0.05


@dataclass(frozen=True, slots=True)
class Heard:
    """States of one copy of a recording: shape (frames, width), the time of each frame, and 1, 0 or -1 (unsure)."""

    states: list[Floats]
    times: list[npt.NDArray[np.float64]]
    truth: list[npt.NDArray[np.int8]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A recording with its labels, its states as it is and degraded, and its words as the engine writes them.

    `evidence` says of a sound what the decoder thinks of it.
    """

    name: str
    speaker: str
    label: dict[str, Any]
    duration: float
    plain: Heard
    copies: tuple[Heard, ...]
    words: tuple[Word, ...]
    evidence: Callable[[Span], float]


def copies(samples: Floats, rng: np.random.Generator) -> Iterator[tuple[Floats, float]]:
    """Yield degraded copies of `samples`, each with how many times faster it is."""
    yield degrade.pink(samples, rng, 15.0), 1.0
    yield degrade.white(samples, rng, 10.0), 1.0
    yield degrade.room(samples, rng, 0.4), 1.0
    yield degrade.telephone(samples, rng), 1.0
    yield degrade.opus(samples, rng, 24), 1.0
    yield degrade.speed(samples, rng, 0.9), 0.9
    yield degrade.speed(samples, rng, 1.12), 1.12


def stretches(audio: Audio) -> tuple[Span, ...]:
    """Return where somebody speaks in `audio`, found as in an analysis."""
    return voice.stretches(voice.probabilities(sound.raised(audio, sound.levels(audio))), audio.duration)


def listen(engine: Any, samples: Floats, label: dict[str, Any], faster: float) -> Heard:  # noqa: ANN401  (the engine is a port)
    """Return the states of `samples` with the truth of `label`, whose times are `faster` times too long."""
    audio = Audio(samples.astype(np.float32), voice.RATE)
    heard = Heard([], [], [])
    for window, states, _ in engine.states(audio, stretches(audio)):
        pairs = list(places(window, len(states)))
        if not pairs:
            continue
        at, steps = (np.array(part) for part in zip(*pairs, strict=True))
        times = (steps + 0.5) * hesitation.STEP
        truth = np.zeros(len(times), np.int8)
        for item in label.get("uncertain", []):
            truth[(times >= item["start"] / faster - 0.05) & (times < item["end"] / faster + 0.05)] = -1
        for item in label["filled_pauses"]:
            truth[(times >= item["start"] / faster) & (times < item["end"] / faster)] = 1
        heard.states.append(hesitation.beside(states)[at].astype(np.float16))
        heard.times.append(times)
        heard.truth.append(truth)
    return heard


def read(folders: Sequence[Path], engine: Any, *, augment: bool) -> list[Labelled]:  # noqa: ANN401
    """Return the recordings of `folders`, heard by `engine`."""
    rng = np.random.default_rng(SEED)
    found = []
    for path in sorted(path for folder in folders for path in folder.glob("*.json")):
        label = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(label, dict) or "recording" not in label:
            continue
        audio = decode(path.parent / label["recording"]).audio
        more = copies(audio.samples, rng) if augment else ()
        words = disfluency.label(engine.transcribe(audio, stretches(audio)).words)
        asks = [(window, cache(ask)) for window, _, ask in engine.states(audio, stretches(audio))]
        found.append(
            Labelled(
                path.stem,
                speaker_of(path.stem, label.get("speaker", "")),
                label,
                audio.duration,
                listen(engine, audio.samples, label, 1.0),
                tuple(listen(engine, samples, label, faster) for samples, faster in more),
                words,
                partial(evidence, asks, words),
            )
        )
        print(f"heard {path.stem}", file=sys.stderr, flush=True)
    return found


def evidence(asks: Sequence[tuple[Window, Ask]], words: Sequence[Word], sound: Span) -> float:
    """Return what the decoder thinks of a `sound` among `words`, asked in the window of `asks` that it lies in."""

    def nearest(time: float) -> int:
        return min(range(len(asks)), key=lambda i: min(_apart(piece.span, time) for piece in asks[i][0].pieces))

    here = nearest(sound.middle)
    return strongest(asks[here][1], [word for word in words if nearest(word.span.middle) == here], sound)


def _apart(span: Span, time: float) -> float:
    return max(span.start - time, time - span.end, 0.0)


def speaker_of(name: str, speaker: str) -> str:
    """Return who speaks in the recording `name`: takes that differ by a number are one person's, meetings are not."""
    return name if "several" in speaker else re.sub("[0-9]+", "", name)


def moments(heard: Heard, weight: float) -> dict[int, Moments]:
    """Return for 1 and 0 the second moments, the sums and the count of the states of `heard` (with a 1 at the end)."""
    out = {}
    for kind in (0, 1):
        rows = [states[truth == kind] for states, truth in zip(heard.states, heard.truth, strict=True)]
        if rows and sum(map(len, rows)):
            part = np.concatenate(rows).astype(np.float32)
            part = np.concatenate([part, np.ones((len(part), 1), np.float32)], axis=1)
            out[kind] = (
                weight * (part.T @ part).astype(np.float64),
                weight * part.sum(0, np.float64),
                weight * len(part),
            )
    return out


def total(parts: Sequence[dict[int, Moments]]) -> dict[int, Moments]:
    """Return the sum of `parts`."""
    out: dict[int, Moments] = {}
    for part in parts:
        for kind, (second, first, count) in part.items():
            before = out.get(kind, (0.0, 0.0, 0.0))
            out[kind] = (before[0] + second, before[1] + first, before[2] + count)
    return out


def fitted(known: dict[int, Moments]) -> npt.NDArray[np.float64]:
    """Return the ridge regression to 1 for filled pauses and -1 for the rest, both of the same weight."""
    second = sum(known[kind][0] / known[kind][2] / 2 for kind in (0, 1))
    first = (known[1][1] / known[1][2] - known[0][1] / known[0][2]) / 2
    variance = np.diag(second)[:-1] - second[-1, :-1] ** 2
    second[np.arange(len(variance)), np.arange(len(variance))] += RIDGE * np.maximum(variance, 1e-6)
    return np.linalg.solve(second, first)


def nasal(recordings: Sequence[Labelled]) -> tuple[Floats, float]:
    """Return weights that tell the end of *um* from that of *uh*, and their bias."""
    ends: list[Floats] = []
    kinds: list[float] = []
    for one in recordings:
        for item in one.label["filled_pauses"]:
            late = Span(item["end"] - hesitation.END * (item["end"] - item["start"]), item["end"])
            for states, times in zip(one.plain.states, one.plain.times, strict=True):
                inside = (times >= late.start) & (times < late.end)
                if inside.any():
                    width = states.shape[1] // len(hesitation.CONTEXT)
                    middle = states[inside, 2 * width : 3 * width].astype(np.float32)
                    ends.append(middle.mean(0))
                    kinds.append(1.0 if "m" in item["label"] else -1.0)
    rows, target = np.array(ends), np.array(kinds)
    mean = rows.mean(0)
    # Fewer examples than states: solved among the examples (the dual of the ridge).
    centred = rows - mean
    gram = centred @ centred.T
    solved = np.linalg.solve(gram + np.trace(gram) / len(gram) * np.eye(len(gram)), target - target.mean())
    weights = centred.T @ solved
    return weights.astype(np.float32), float(target.mean() - mean @ weights)


def probe(
    recordings: Sequence[Labelled], known: Mapping[str, dict[int, Moments]], detector: Detector
) -> hesitation.Probe:
    """Return the detector trained on `recordings`, whose moments are `known`; its calibration is still none."""
    solved = fitted(total([known[one.name] for one in recordings if known[one.name]]))
    weights, bias = nasal(recordings)
    shape = (len(hesitation.CONTEXT), -1)
    # Rounded, so that another processor's last digits make no other file.
    found = hesitation.Probe(
        solved[:-1].reshape(shape).astype(np.float32),
        round(float(solved[-1]), 6),
        weights,
        round(bias, 6),
        (1.0, 0.0, 0.0),
        detector,
    )
    return hesitation.read(hesitation.written(found))


def track(one: Labelled, judge: hesitation.Probe) -> hesitation.Track:
    """Return what `judge` hears in `one`."""
    count = int(one.duration / hesitation.STEP) + 1
    score, nasals = np.full(count, hesitation.NOWHERE, np.float32), np.zeros(count, np.float32)
    width = judge.weights.shape[1]
    for states, times in zip(one.plain.states, one.plain.times, strict=True):
        steps = np.minimum((times / hesitation.STEP).astype(int), count - 1)
        full = states.astype(np.float32)
        score[steps] = hesitation.smoothed(full @ judge.weights.reshape(-1) + np.float32(judge.bias))
        nasals[steps] = full[:, 2 * width : 3 * width] @ judge.nasal + np.float32(judge.nasal_bias)
    written = [word.span for word in one.words if word.kind is WordKind.FILLED_PAUSE]
    # Sounds too faint for a candidate are asked about too: there are not enough others to learn from.
    alone = hesitation.unwritten([span for span, _ in [*hesitation.sounds(score), *faint(score)]], written)
    return hesitation.Track(score, nasals, judge, tuple((span, one.evidence(span)) for span in alone))


def faint(score: Floats) -> list[tuple[Span, float]]:
    """Return the sounds in `score` that are too faint for candidates, each with its peak."""
    return [found for found in hesitation.sounds(score, FAINT, FAINT) if found[1] < hesitation.MAYBE]


@dataclass(frozen=True, slots=True)
class Guess:
    """A sound: the peak of its score, the decoder's evidence, whether it is a filled pause, whether its kind is right.

    The last is None where there is none to tell.
    """

    peak: float
    evidence: float
    true: bool
    kind: bool | None


def guesses(one: Labelled, judge: hesitation.Probe) -> list[Guess]:
    """Return the candidates that `judge` finds in `one`, and the faint sounds that nothing writes."""
    left = list(one.label["filled_pauses"])
    heard = track(one, judge)
    out = []
    for candidate in hesitation.candidates(one.words, heard):
        found = candidate.found
        near = [item for item in left if _same(found.span, item, TOLERANCE)]
        if near:
            hit = min(near, key=lambda item: abs(found.span.middle - (item["start"] + item["end"]) / 2))
            left.remove(hit)
            right = ("m" in hit["label"]) == (found.label == "um")
            out.append(Guess(candidate.peak, candidate.evidence, true=True, kind=right))
        elif not any(_same(found.span, item, TOLERANCE) for item in one.label.get("uncertain", [])):
            out.append(Guess(candidate.peak, candidate.evidence, true=False, kind=None))
    known = [item for item in (*one.label["filled_pauses"], *one.label.get("uncertain", [])) if item not in left]
    asked = dict(heard.evidence)
    for span, peak in faint(heard.score):
        if span in asked and not any(_same(span, item, TOLERANCE) for item in known):
            out.append(Guess(peak, asked[span], true=any(_same(span, item, 0.0) for item in left), kind=None))
    return out


def _same(span: Span, item: dict[str, float], near: float) -> bool:
    labelled = Span(item["start"], item["end"])
    return span.overlap(labelled) > 0 or abs(span.middle - labelled.middle) <= near


def calibrated(made: Sequence[Guess]) -> tuple[float, float, float]:
    """Return the logistic regression of the truth on `made` guesses, by Newton's method, with a prior."""
    rows = np.array([[guess.peak, guess.evidence, 1.0] for guess in made])
    rows[:, 0] = np.maximum(rows[:, 0], -1.0)
    truth = np.array([guess.true for guess in made], float)
    weights = np.zeros(3)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (truth - chance) - PRIOR * weights
        curve = (rows.T * (chance * (1 - chance))) @ rows + PRIOR * np.eye(3)
        weights += np.linalg.solve(curve, slope)
    peak, evidence, bias = np.round(weights, 4).tolist()
    return peak, evidence, bias


def trained(
    recordings: Sequence[Labelled], detector: Detector
) -> tuple[hesitation.Probe, dict[str, hesitation.Probe], list[Guess]]:
    """Return the detector trained on all `recordings`, those that leave out each speaker, and the guesses of these.

    Nothing of a speaker goes into the detector without that speaker, nor into its calibration.
    """
    known = {
        one.name: total([moments(one.plain, 1.0), *(moments(copy, COPY) for copy in one.copies)]) for one in recordings
    }
    speakers = sorted({one.speaker for one in recordings})

    def without(left_out: Collection[str]) -> hesitation.Probe:
        return probe([one for one in recordings if one.speaker not in left_out], known, detector)

    def of(speaker: str, judge: hesitation.Probe) -> list[Guess]:
        return [guess for one in recordings if one.speaker == speaker for guess in guesses(one, judge)]

    folds = {speaker: without({speaker}) for speaker in speakers}
    made = [guess for speaker in speakers for guess in of(speaker, folds[speaker])]
    inner: dict[str, list[Guess]] = {speaker: [] for speaker in speakers}
    for one, other in combinations(speakers, 2):
        judge = without({one, other})
        inner[one] += of(other, judge)
        inner[other] += of(one, judge)
    whole = replace(without(()), calibration=calibrated(made))
    return whole, {name: replace(fold, calibration=calibrated(inner[name])) for name, fold in folds.items()}, made


def counted(rows: Sequence[Row], detector: Detector) -> Detector:
    """Return `detector` with the counts of `rows`, each heard by weights that never heard its speaker."""
    hits, false, missed = (sum(row.filled.counts[part] for row in rows) for part in range(3))
    shown = sum(true for row in rows for _, true in row.said)
    return replace(detector, hits=hits, false=false, missed=missed, unseen=hits + missed - shown)


def main() -> None:
    """Train, count, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model", default="base")
    parser.add_argument("--out", type=Path, help="the file of weights; in the package unless given")
    parser.add_argument("--folds", type=Path, help="also write here the weights with each speaker left out")
    parser.add_argument(
        "--augment", action="store_true", help="train on degraded copies too, at a small weight; see docs/detector.md"
    )
    options = parser.parse_args()
    settings = Settings(model=options.model, language="en")
    model = models.find(options.model, config.cache_dir(), offline=True)
    engine: Any = pipeline.open_engine(settings)
    recordings = read(options.folders, engine.listening_with(None), augment=options.augment)
    blank = Detector(f"encoder probe for {options.model}", model.sha256, 0, 0, 0, 0)
    whole, folds, made = trained(recordings, blank)
    speaker = {one.name: one.speaker for one in recordings}
    with tempfile.TemporaryDirectory() as scratch:
        for name, who in speaker.items():
            (Path(scratch) / f"{name}.npz").write_bytes(hesitation.written(folds[who]))
        corpus = [one for folder in options.folders for one in read_corpus(folder)]
        rows = hear_corpus(corpus, settings, scratch).rows
    d = counted(rows, blank)
    out = options.out or OUT / f"hesitation-{options.model}.npz"
    out.write_bytes(hesitation.written(replace(whole, detector=d)))
    kinds = [guess.kind for guess in made if guess.kind is not None]
    print(
        f"{len(recordings)} recordings, {len(folds)} speakers left out in turn: {d.hits} hits, {d.false} false, "
        f"{d.missed} missed (precision {d.precision:.3f}, recall {d.recall:.3f}), {d.unseen} of them shown by no "
        f"candidate; um or uh right {sum(kinds)} of {len(kinds)}; calibration {whole.calibration}"
    )
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for name, who in speaker.items():
            others = counted([row for row in rows if speaker[row.name] != who], blank)
            (options.folds / f"{name}.npz").write_bytes(hesitation.written(replace(folds[who], detector=others)))


if __name__ == "__main__":
    main()
