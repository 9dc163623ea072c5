"""The learnt numbers that STAR is read with, and their file. Made by tools/train_star.py; reads nothing else."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.star.chain import Chain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# What a detector of a part looks at, in this order, and 1.
DETECTOR = ("log odds in the chain", "best lead", "best probability", "labelled", "log odds of a story")
_FILE = "star.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`rows` says where a feature stands in `emission`, shape (features, 6).

    `gate` and `bias` give the log odds of one told event from the features of the answer; `story` turns those of gate
    and chain, and 1, into the ones that are reported. `detectors` have a value for each of `DETECTOR`, and a bias.
    """

    rows: Mapping[str, int]
    emission: Floats
    chain: Chain
    gate: Mapping[str, float]
    bias: float
    story: tuple[float, ...]
    detectors: Mapping[str, tuple[float, ...]]

    def emit(self, features: Sequence[Mapping[str, float]]) -> Floats:
        """Return what each sentence with these `features` says for each state, shape (sentences, 6)."""
        out = np.zeros((len(features), self.emission.shape[1]))
        for at, row in enumerate(features):
            known = [(self.rows[name], value) for name, value in row.items() if name in self.rows]
            if known:
                where, values = zip(*known, strict=True)
                out[at] = np.asarray(values) @ self.emission[list(where)]
        return out

    def told(self, features: Mapping[str, float]) -> float:
        """Return the log odds that an answer with these `features` tells one past event, going by them alone."""
        return self.bias + sum(self.gate.get(name, 0.0) * value for name, value in features.items())


@cache
def load() -> Weights:
    """Return the weights that lie in the package."""
    return read(files("voiceprep").joinpath("data", _FILE).read_bytes())


def read(data: bytes) -> Weights:
    """Return the weights that `data`, a file of them, holds."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        return Weights(
            {name: at for at, name in enumerate(facts["features"])},
            stored["emission"].astype(np.float64),
            Chain(*(stored[name].astype(np.float64) for name in ("step", "start", "end"))),
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
        emission=np.round(weights.emission, 2).astype(np.float16),
        step=np.round(weights.chain.step, 3),
        start=np.round(weights.chain.start, 3),
        end=np.round(weights.chain.end, 3),
        facts=np.asarray(json.dumps(facts, ensure_ascii=False)),
    )
    return out.getvalue()
