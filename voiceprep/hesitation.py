"""Filled pauses from the states of Whisper's encoder: a linear probe, joined with the words. Pure; runs no model.

Whisper's decoder leaves hesitations out, its encoder hears them. The weights are made by tools/train_hesitation.py
from labelled recordings and lie in the package, one file for each model that they were trained for. Nothing else of
the outside is read.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import Detector, Heard, Hesitation, Span, Word, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

# A state of the encoder stands for 20 ms.
STEP = 0.02
# A frame is judged with those 60 and 120 ms before and after it.
CONTEXT = (-6, -3, 0, 3, 6)
# Scores are averaged over 100 ms.
SMOOTH = 5
# A sound reaches as far as the score stays above LOW; from MAYBE on, at its peak, it may be a filled pause.
LOW, MAYBE = 0.2, 0.3
# Gaps shorter than this do not part a sound; what is shorter than the second is none.
GAP, SHORTEST = 0.14, 0.1
# Words stand this far off their sound: so far a written hesitation looks for one, and hears whether there is one.
NEAR = 0.25
# Nothing was heard here: lower than any score.
NOWHERE = -2.0
# What the decoder thinks of a sound: the log probability that it writes a hesitation there, from FLOOR (it does not, or
# was not asked) to WRITTEN.
FLOOR, WRITTEN = -10.0, 0.0
# The share of a sound, from its end, that tells *um* from *uh*: a nasal comes last.
END = 0.4
COUNTED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A trained detector.

    `weights`: shape (5, states), one row for each of `CONTEXT`; `nasal`: (states,). `calibration` turns the peak of the
    score, the decoder's evidence and 1 into the log odds of a filled pause. `detector` says how right it was.
    """

    weights: Floats
    bias: float
    nasal: Floats
    nasal_bias: float
    calibration: tuple[float, float, float]
    detector: Detector


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The score of a filled pause, and of a nasal end, for every 20 ms of the recording. Shape: (steps,).

    `evidence` is what the decoder thinks of sounds that no word writes: from `FLOOR` to `WRITTEN`.
    """

    score: Floats
    nasal: Floats
    probe: Probe
    evidence: tuple[tuple[Span, float], ...] = ()


def load(sha256: str) -> Probe | None:
    """Return the detector trained for the model with the hash `sha256`, or None if there is none."""
    for file in files("voiceprep").joinpath("data").iterdir():
        if file.name.startswith("hesitation-") and file.name.endswith(".npz"):
            probe = read(file.read_bytes())
            if probe.detector.model == sha256:
                return probe
    return None


def read(data: bytes) -> Probe:
    """Return the detector that `data`, a file of weights, holds."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        return Probe(
            stored["weights"].astype(np.float32),
            float(stored["bias"]),
            stored["nasal"].astype(np.float32),
            float(stored["nasal_bias"]),
            tuple(stored["calibration"].tolist()),
            Detector(**facts),
        )


def written(probe: Probe) -> bytes:
    """Return `probe` as a file of weights: the same bytes for the same probe."""
    out = io.BytesIO()
    facts = {name: getattr(probe.detector, name) for name in Detector.__dataclass_fields__}
    np.savez_compressed(
        out,
        weights=probe.weights.astype(np.float16),
        bias=np.float64(probe.bias),
        nasal=probe.nasal.astype(np.float16),
        nasal_bias=np.float64(probe.nasal_bias),
        calibration=np.asarray(probe.calibration, np.float64),
        facts=np.asarray(json.dumps(facts, sort_keys=True)),
    )
    return out.getvalue()


def beside(states: Floats) -> Floats:
    """Return `states`, shape (frames, states), each with its context: shape (frames, 5 * states)."""
    at = np.arange(len(states))
    last = len(states) - 1
    return np.concatenate([states[np.clip(at + step, 0, last)] for step in CONTEXT], axis=1)


def scores(states: Floats, probe: Probe) -> tuple[Floats, Floats]:
    """Return the score of a filled pause and that of a nasal for each of `states`, shape (frames, states)."""
    score = beside(states) @ probe.weights.reshape(-1) + np.float32(probe.bias)
    return smoothed(score), (states @ probe.nasal + np.float32(probe.nasal_bias)).astype(np.float32)


def smoothed(score: Floats) -> Floats:
    """Return `score` averaged over 100 ms, at both ends over what there is."""
    if not len(score):
        return score
    weight = np.convolve(np.ones(len(score)), np.ones(SMOOTH), "same")[: len(score)]
    return (np.convolve(score, np.ones(SMOOTH), "same")[: len(score)] / weight).astype(np.float32)


def sounds(score: Floats, low: float = LOW, peak: float = MAYBE) -> list[tuple[Span, float]]:
    """Return the sounds in `score` (a value each 20 ms) that may be filled pauses, each with the peak of its score."""
    return [(Span(round(a * STEP, 3), round(b * STEP, 3)), float(score[a:b].max())) for a, b in _runs(score, low, peak)]


def _runs(score: Floats, low: float, peak: float) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (score >= low).astype(np.int8), [0]))))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and (start - runs[-1][1]) * STEP < GAP:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return [(a, b) for a, b in runs if (b - a) * STEP >= SHORTEST - 1e-9 and score[a:b].max() >= peak]


def unwritten(heard: Sequence[Span], written: Sequence[Span]) -> list[Span]:
    """Return those of the sounds `heard` that none of the `written` hesitations writes."""
    taken = set(_paired(heard, written))
    return [span for i, span in enumerate(heard) if i not in taken]


def _paired(heard: Sequence[Span], written: Sequence[Span]) -> list[int | None]:
    """Return for each of the `written` hesitations the position of the sound that it writes, None without any."""
    return [_nearest(heard, word) for word in written]


def _nearest(heard: Sequence[Span], word: Span) -> int | None:
    near = [i for i, span in enumerate(heard) if _gap(span, word) < NEAR]
    return min(near, key=lambda i: (_gap(heard[i], word), abs(heard[i].middle - word.middle)), default=None)


def between(sound: Span, words: Sequence[Span]) -> list[int]:
    """Return how many of `words`, in order of time, may come before the `sound`; a word's middle is its time."""
    middles = [-np.inf, *(word.middle for word in words), np.inf]
    return [k for k in range(len(words) + 1) if middles[k] <= sound.end and middles[k + 1] >= sound.start]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a filled pause: its probability, the positions of the words that write it, and what that rests on."""

    found: Hesitation
    places: tuple[int, ...]
    peak: float
    evidence: float


def candidates(words: Sequence[Word], track: Track) -> list[Candidate]:
    """Return what may be a filled pause in `track` or is written as one in `words`, in order of time."""
    heard = sounds(track.score)
    written = [at for at, word in enumerate(words) if word.kind is WordKind.FILLED_PAUSE]
    writing: dict[int, list[int]] = {}
    found = []
    for at, sound in zip(
        written, _paired([span for span, _ in heard], [words[at].span for at in written]), strict=True
    ):
        if sound is None:
            span = words[at].span
            wide = Span(max(0.0, span.start - NEAR), span.end + NEAR)
            peak = float(track.score[_steps(wide, track)].max(initial=NOWHERE))
            found.append(_judged(span, peak, WRITTEN, track, (at,)))
        else:
            writing.setdefault(sound, []).append(at)
    for i, (span, peak) in enumerate(heard):
        asked = [value for place, value in track.evidence if place.overlap(span) > 0]
        found.append(
            _judged(
                span, peak, WRITTEN if i in writing else max(asked, default=FLOOR), track, tuple(writing.get(i, ()))
            )
        )
    return sorted(found, key=lambda one: one.found.span)


def _gap(one: Span, other: Span) -> float:
    return max(one.start - other.end, other.start - one.end, 0.0)


def _steps(span: Span, track: Track) -> slice:
    return slice(min(int(span.start / STEP), len(track.score)), max(int(span.end / STEP), int(span.start / STEP) + 1))


def _judged(span: Span, peak: float, evidence: float, track: Track, places: tuple[int, ...]) -> Candidate:
    end = Span(span.end - END * span.duration, span.end)
    nasal = float(track.nasal[_steps(end, track)].mean()) if len(track.nasal) else 0.0
    probability = round(chance(peak, evidence, track.probe.calibration), 4)
    return Candidate(Hesitation(span, probability, "um" if nasal > 0 else "uh"), places, peak, evidence)


def chance(peak: float, evidence: float, calibration: tuple[float, float, float]) -> float:
    """Return the probability of a filled pause where the score peaks at `peak` and the decoder has this `evidence`."""
    odds = calibration[0] * peak + calibration[1] * evidence + calibration[2]
    return float(1 / (1 + np.exp(-odds)))


def joined(words: Sequence[Word], track: Track) -> tuple[tuple[Word, ...], tuple[Hesitation, ...]]:
    """Return `words` with the filled pauses that are there, and what was doubted and left out.

    A sound without a word is put in; a word without a sound goes; the times of what both have are those of the sound.
    Ordinary words make room for the sounds.
    """
    out: list[Word | None] = list(words)
    added: list[Word] = []
    doubtful: list[Hesitation] = []
    for one in candidates(words, track):
        found, places = one.found, one.places
        for at in places:
            out[at] = None
        if found.probability < COUNTED:
            doubtful.append(found)
            continue
        text = words[places[0]].text if places else f"{found.label},"
        heard = Heard.SOUND if not places else Heard.BOTH
        added.append(Word(text, found.span, found.probability, WordKind.FILLED_PAUSE, heard))
    kept = [word for word in out if word is not None]
    return tuple(_woven(kept, added)), tuple(doubtful)


def _woven(words: Sequence[Word], sounds: Sequence[Word]) -> list[Word]:
    """Return `words` and `sounds` in order of time, the words moved out of the sounds."""
    placed: list[Word] = []
    for word in words:
        span = word.span
        for sound in sounds:
            if span.overlap(sound.span) > 0:
                before = span.middle < sound.span.middle
                span = (
                    Span(min(span.start, sound.span.start), sound.span.start)
                    if before
                    else Span(sound.span.end, max(span.end, sound.span.end))
                )
        placed.append(replace(word, span=span))
    return sorted([*placed, *sounds], key=lambda word: (word.span.middle, word.kind is not WordKind.FILLED_PAUSE))


def likely(chances: Sequence[float], unseen: float, level: float = 0.9) -> tuple[int, int]:
    """Return how many there are at least and at most, at `level`.

    The count is a sum of independent `chances` (Poisson-binomial) and of those that show in none of them, a Poisson
    number of which `unseen` are expected.
    """
    spread = np.ones(1)
    for chance_ in chances:
        spread = np.convolve(spread, [1 - chance_, chance_])
    most = int(unseen + 8 * unseen**0.5) + 2
    more = np.cumprod([np.exp(-unseen), *(unseen / n for n in range(1, most))])
    below = np.cumsum(np.convolve(spread, more))
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return int(low), int(high)
