"""The learnt numbers that STAR is read with, and their file. Made by tools/train_star.py; reads nothing else."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep.star.chain import Chain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# What a detector of a part looks at, in this order, and 1.
DETECTOR = ("log odds in the chain", "best lead", "best probability", "labelled", "log odds of a story")
# Without and with sentence vectors.
FILES = ("star.npz", "star-meaning.npz")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What each feature says for each state of the chain, shape (features, 6), and the chain.

    `meaning`, shape (3 * width, 6), is the same for the vector of a sentence, of the one before and the one after;
    without rows where no vectors were learnt from.
    """

    emission: Floats
    chain: Chain
    meaning: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is seen of each sentence of an answer: its features, and its vectors, shape (sentences, width), if any."""

    features: Sequence[Mapping[str, float]]
    vectors: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`rows` says where a feature stands in the fields: `telling` knows stories only, `anything` all answers.

    `gate` and `bias` give the log odds of one told event from the features of the answer; `story` turns those of the
    gate and of `anything`, and 1, into the ones that are reported. `detectors` have a value for each of `DETECTOR`, and
    a bias.
    """

    rows: Mapping[str, int]
    telling: Field
    anything: Field
    gate: Mapping[str, float]
    bias: float
    story: tuple[float, ...]
    detectors: Mapping[str, tuple[float, ...]]

    def emit(self, seen: Seen, field: Field) -> Floats:
        """Return what each sentence of `seen` says for each state of `field`, shape (sentences, 6)."""
        out = np.zeros((len(seen.features), field.emission.shape[1]))
        for at, row in enumerate(seen.features):
            known = [(self.rows[name], value) for name, value in row.items() if name in self.rows]
            if known:
                where, values = zip(*known, strict=True)
                out[at] = np.asarray(values) @ field.emission[list(where)]
        if seen.vectors is not None and len(field.meaning):
            out += beside(seen.vectors) @ field.meaning
        return out

    def told(self, features: Mapping[str, float]) -> float:
        """Return the log odds that an answer with these `features` tells one past event, going by them alone."""
        return self.bias + sum(self.gate.get(name, 0.0) * value for name, value in features.items())


@cache
def load(*, meaning: bool) -> Weights:
    """Return the weights that lie in the package: those that know sentence vectors, or those that do without."""
    return read(files("voiceprep").joinpath("data", FILES[meaning]).read_bytes())


def beside(vectors: Floats) -> Floats:
    """Return `vectors` with that of the sentence before and after, nought at the ends: shape (sentences, 3 * width)."""
    edge = np.zeros((1, vectors.shape[1]))
    return np.hstack([vectors, np.vstack([edge, vectors[:-1]]), np.vstack([vectors[1:], edge])])


def read(data: bytes) -> Weights:
    """Return the weights that `data`, a file of them, holds."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        facts = json.loads(stored["facts"].tobytes())
        return Weights(
            {name: at for at, name in enumerate(facts["features"])},
            _field(stored, "telling"),
            _field(stored, "anything"),
            facts["gate"],
            facts["bias"],
            tuple(facts["story"]),
            {part: tuple(values) for part, values in facts["detectors"].items()},
        )


def written(weights: Weights) -> bytes:
    """Return `weights` as a file: the same bytes for the same weights, rounded to what the file keeps."""
    facts = {
        "features": sorted(weights.rows, key=weights.rows.__getitem__),
        "gate": {name: round(value, 4) for name, value in sorted(weights.gate.items())},
        "bias": round(weights.bias, 4),
        "story": [round(value, 4) for value in weights.story],
        "detectors": {part: [round(v, 4) for v in values] for part, values in sorted(weights.detectors.items())},
    }
    out = io.BytesIO()
    np.savez_compressed(
        out,
        **_kept("telling", weights.telling),
        **_kept("anything", weights.anything),
        facts=np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8),
    )
    return out.getvalue()


def _kept(name: str, field: Field) -> dict[str, Any]:
    parts = {"emission": field.emission, "step": field.chain.step, "start": field.chain.start, "end": field.chain.end}
    kept = {f"{name}_{part}": np.round(values, 2).astype(np.float16) for part, values in parts.items()}
    # Many small values that are added up: two digits are too few.
    return kept | {f"{name}_meaning": np.round(field.meaning, 4).astype(np.float16)}


def _field(stored: Mapping[str, npt.NDArray[np.float16]], name: str) -> Field:
    emission, step, start, end, meaning = (
        stored[f"{name}_{part}"].astype(np.float64) for part in ("emission", "step", "start", "end", "meaning")
    )
    return Field(emission, Chain(step, start, end), meaning)
