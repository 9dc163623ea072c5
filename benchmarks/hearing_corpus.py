"""Labelled recordings: read from a folder, joined into long ones, made worse. The format: benchmarks/README.md.

Writes only into the folder that it is given.
"""

from __future__ import annotations

import json
import wave
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from degrade import RATE

from voiceprep.audio import decode
from voiceprep.model import Span
from voiceprep.scoring import spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

QUIET = 0.6
# Joined files last so long on average, so that they all have two to five minutes.
JOINED = 180.0
SEED = 20260501


@dataclass(frozen=True, slots=True)
class Labelled:
    """A recording, or the stretch `within` of the file `path`, with what is known of it; times are those of the file.

    `reference` and `pauses` are None where nobody wrote them down.
    """

    name: str
    path: Path
    within: Span
    speaker: str
    reference: str | None
    filled_pauses: tuple[Span, ...]
    uncertain: tuple[Span, ...]
    pauses: tuple[Span, ...] | None
    word_starts: tuple[float, ...]


def read_corpus(folder: Path) -> tuple[Labelled, ...]:
    """Return the labelled recordings of `folder` by name. Raise `SystemExit` where there is none."""
    found = [one for path in sorted(folder.glob("*.json")) if (one := _read(path)) is not None]
    if not found:
        raise SystemExit(f"no labelled recordings in {folder}: benchmarks/README.md has the format")
    return tuple(found)


def _read(path: Path) -> Labelled | None:
    label = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(label, dict) or "recording" not in label:
        return None
    file = path.parent / label["recording"]
    duration = label.get("duration") or decode(file).audio.duration
    return Labelled(
        path.stem,
        file,
        Span(0.0, duration),
        label.get("speaker", ""),
        label.get("reference") or None,
        spans(label["filled_pauses"]),
        spans(label.get("uncertain", [])),
        spans(label["pauses"]) if "pauses" in label else None,
        tuple(word["start"] for word in label.get("words", [])),
    )


def shifted(one: Labelled, path: Path, seconds: float) -> Labelled:
    """Return `one` as it stands in the file `path`, `seconds` later."""

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(Span(span.start + seconds, span.end + seconds) for span in spans)

    return replace(
        one,
        path=path,
        within=moved((one.within,))[0],
        filled_pauses=moved(one.filled_pauses),
        uncertain=moved(one.uncertain),
        pauses=None if one.pauses is None else moved(one.pauses),
        word_starts=tuple(start + seconds for start in one.word_starts),
    )


def grouped(corpus: Sequence[Labelled], seed: int = SEED) -> list[list[Labelled]]:
    """Return `corpus` in an order drawn by `seed`, parted into groups of about three minutes."""
    order = [corpus[index] for index in np.random.default_rng(seed).permutation(len(corpus))]
    total = sum(one.within.duration + QUIET for one in order)
    share = total / max(1, round(total / JOINED))
    groups: list[list[Labelled]] = []
    passed = 0.0
    for one in order:
        if passed >= share * len(groups) - 1e-6:
            groups.append([])
        groups[-1].append(one)
        passed += one.within.duration + QUIET
    return groups


def join(corpus: Sequence[Labelled], folder: Path) -> tuple[Labelled, ...]:
    """Write the recordings of `corpus` into `folder` as a few long files, 0.6 s of quiet between; return them there."""
    out = []
    quiet = np.zeros(round(QUIET * RATE), np.float32)
    for number, group in enumerate(grouped(corpus)):
        path, pieces, at = folder / f"joined-{number}.wav", [], 0
        for one in group:
            samples = decode(one.path).audio.samples
            out.append(shifted(one, path, at / RATE))
            pieces += [samples, quiet]
            at += len(samples) + len(quiet)
        write_wav(path, np.concatenate(pieces))
    return tuple(out)


def degraded(
    corpus: Sequence[Labelled],
    folder: Path,
    degradation: Callable[[Floats, np.random.Generator, Sequence[Floats]], Floats],
) -> tuple[Labelled, ...]:
    """Write each recording of `corpus`, made worse, into `folder`; `degradation` is given the others as voices."""
    sounds = [decode(one.path).audio.samples for one in corpus]
    out = []
    for index, one in enumerate(corpus):
        path = folder / f"{one.name}.wav"
        others = [sounds[i] for i, other in enumerate(corpus) if i != index and _apart(one, other)]
        write_wav(path, degradation(sounds[index], np.random.default_rng(SEED + index), others))
        out.append(replace(one, path=path))
    return tuple(out)


def _apart(one: Labelled, other: Labelled) -> bool:
    """Say whether both are of different recordings; a corpus need not name its speakers."""
    return one.name != other.name


def write_wav(path: Path, samples: Floats) -> None:
    """Write `samples` as 16-bit mono at 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
