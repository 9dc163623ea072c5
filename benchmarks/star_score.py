"""Score a reader of STAR on labelled answers (the format: docs/star-labels.md). Pure but for `answers`, which reads."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from voiceprep.model import StarReading

    Reader = Callable[[Sequence[str]], StarReading]

PARTS = "STAR"
LABELS = "STARO"
_NO_END = re.compile(r"\b(i\.e|e\.g|etc)\.")
_END = re.compile(r"(?<=[.!?])[\"\u201d)]*\s+(?=[A-Za-z0-9\"\u201c(])")
_SEED = 1
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer: its sentences in order, the part of each, whose it is, and which kind (star, incomplete, none)."""

    name: str
    author: str
    kind: str
    sentences: tuple[str, ...]
    parts: str

    def where(self, keep: Callable[[str], bool]) -> Labelled:
        """Return the answer with those sentences only whose part `keep` keeps."""
        kept = [(said, part) for said, part in zip(self.sentences, self.parts, strict=True) if keep(part)]
        return self.of(kept)

    def result_first(self) -> Labelled:
        """Return the answer with its result moved to the front."""
        pairs = list(zip(self.sentences, self.parts, strict=True))
        return self.of(sorted(pairs, key=lambda pair: pair[1] != "R"))

    def of(self, pairs: Sequence[tuple[str, str]]) -> Labelled:
        """Return the answer with these `pairs` of sentence and part in place of its own."""
        said = tuple(text for text, _ in pairs)
        return Labelled(self.name, self.author, self.kind, said, "".join(part for _, part in pairs))


class Tally(NamedTuple):
    """What was counted in one answer, so that answers can be drawn again and again."""

    pairs: Counter[tuple[str, str]]
    front: Counter[tuple[str, str]]
    missing: tuple[int, int, int]
    deleted: tuple[int, int, int]
    none: tuple[int, int]


def answers(paths: Iterable[Path]) -> list[Labelled]:
    """Return the answers in the files at `paths`; who wrote one is its author, or else its file."""
    found = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            pairs = [(said, part["part"]) for part in one["segments"] for said in sentences(part["text"])]
            empty = Labelled(one.get("id", ""), one.get("author", path.stem), one["kind"], (), "")
            found.append(empty.of(pairs))
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, a written passage."""
    plain = _NO_END.sub(lambda match: match[1].replace(".", ""), text)
    return [said.strip() for said in _END.split(plain) if said.strip()]


def tally(read: Reader, answer: Labelled) -> Tally:
    """Read `answer` as it is, with each part deleted, and with its result first, and count what is right."""
    reading = read(answer.sentences)
    truth, said = _absent(answer), {part for part in PARTS if not reading.present[part]}
    deleted, front = [0, 0, 0], Counter[tuple[str, str]]()
    if answer.kind == "star":
        for part in PARTS:
            rest = answer.where(lambda kept, part=part: kept != part)  # type: ignore[misc]
            claimed = read(rest.sentences).present if rest.sentences else {}
            named = {other for other in claimed if not claimed[other]}
            if claimed:
                hit = part in named
                deleted = [deleted[0] + hit, deleted[1] + len(named - {part}), deleted[2] + (not hit)]
        moved = answer.result_first()
        front.update(zip(moved.parts, read(moved.sentences).parts, strict=True))
    none = answer.kind == "none"
    return Tally(
        Counter(zip(answer.parts, reading.parts, strict=True)),
        front,
        (len(truth & said), len(said - truth), len(truth - said)),
        (deleted[0], deleted[1], deleted[2]),
        (int(none and sum(map(bool, reading.present.values())) <= 1), int(none)),
    )


def figures(tallies: Sequence[Tally]) -> dict[str, float]:
    """Return what `tallies` come to, by name; a figure of nothing is left out."""
    pairs: Counter[tuple[str, str]] = Counter()
    front: Counter[tuple[str, str]] = Counter()
    for one in tallies:
        pairs.update(one.pairs)
        front.update(one.front)
    missing, deleted, none = (
        [sum(column) for column in zip(*(getattr(one, name) for one in tallies), strict=True)]
        for name in ("missing", "deleted", "none")
    )
    out = {"macro_f1": _macro(pairs, LABELS)}
    if sum(deleted):
        out["deleted_part_f1"] = _f1(*deleted)
    out["missing_precision"] = missing[0] / max(1, missing[0] + missing[1])
    out["missing_recall"] = missing[0] / max(1, missing[0] + missing[2])
    if front:
        out["result_first_macro_f1"] = _macro(front, PARTS)
    if none[1]:
        out["no_story_at_most_one_part"] = none[0] / none[1]
    return out


def by_part(tallies: Sequence[Tally]) -> dict[str, float]:
    """Return the F1 of each label over `tallies`."""
    pairs: Counter[tuple[str, str]] = Counter()
    for one in tallies:
        pairs.update(one.pairs)
    return {label: _of_label(pairs, label) for label in LABELS}


def likely(tallies: Sequence[Tally]) -> dict[str, tuple[float, float]]:
    """Return the middle 95 % of each figure when answers are drawn again (percentile bootstrap, seeded)."""
    draw = random.Random(_SEED)  # noqa: S311  (no secret)
    drawn = [figures(draw.choices(tallies, k=len(tallies))) for _ in range(_RESAMPLES)]
    out = {}
    for name in figures(tallies):
        values = sorted(one[name] for one in drawn if name in one)
        out[name] = (values[int(0.025 * len(values))], values[int(0.975 * len(values))])
    return out


def _absent(answer: Labelled) -> set[str]:
    return {part for part in PARTS if part not in answer.parts}


def _macro(pairs: Counter[tuple[str, str]], labels: str) -> float:
    seen = [label for label in labels if any(label in pair for pair in pairs)]
    return sum(_of_label(pairs, label) for label in seen) / max(1, len(seen))


def _of_label(pairs: Counter[tuple[str, str]], label: str) -> float:
    hits = pairs[label, label]
    said = sum(count for (_, name), count in pairs.items() if name == label)
    true = sum(count for (name, _), count in pairs.items() if name == label)
    return _f1(hits, said - hits, true - hits)


def _f1(hits: int, false: int, missed: int) -> float:
    return 2 * hits / max(1, 2 * hits + false + missed)
