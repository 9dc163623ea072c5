"""How well filler words are told from the same words in use: precision, recall and F1, a word a row, for each split.

The sentences of `tests/data/fillers.jsonl` are our own, labelled by meaning before the rules were written; `dev` and
`test` were parted by a hash of the text and the rules were tuned on `dev` alone. Sentences and rules have the same
author, so the figures flatter: real speech, as a recogniser writes it, will be harder. A phrase counts as found when
its first word and its length agree. `So` as the first word of a text is labelled as a filler: a text stands for the
start of an answer, where nothing can follow from anything.

    python benchmarks/fillers.py [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from voiceprep import disfluency
from voiceprep.model import Span, Word, WordKind

SENTENCES = Path(__file__).parent.parent / "tests" / "data" / "fillers.jsonl"
FOUND, FALSE, MISSED = "found", "false", "missed"
ALL = "all filler words"
ROWS = (ALL, "filled pauses", "repetitions")


@dataclass(frozen=True, slots=True)
class Score:
    """How many were `found`, how many were `false` accusations, how many were `missed`."""

    found: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the accusations that are right."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of the fillers that are found."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / max(1, 2 * self.found + self.false + self.missed)


def words(text: str) -> tuple[Word, ...]:
    """Return the words of `text` spoken evenly: the times say nothing, so that only the text is judged."""
    return tuple(Word(word, Span(0.35 * i, 0.35 * i + 0.3)) for i, word in enumerate(text.split()))


def scores(split: str) -> dict[str, Score]:
    """Return the score of every filler, and of all together, over the sentences of `split`."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)
        if sentence["split"] == split:
            spoken = disfluency.label(words(sentence["text"]))
            _count(counts, spoken, sentence)
    return {name: Score(c[FOUND], c[FALSE], c[MISSED]) for name, c in counts.items()}


def _count(counts: dict[str, Counter[str]], spoken: tuple[Word, ...], sentence: dict[str, list[list[int]]]) -> None:
    for row, kinds, key in (
        (ALL, {WordKind.FILLER}, "fillers"),
        ("filled pauses", {WordKind.FILLED_PAUSE}, "filled"),
        ("repetitions", {WordKind.REPETITION, WordKind.FRAGMENT}, "repeats"),
    ):
        said = {(e.first, e.last - e.first) for e in disfluency.events(spoken) if e.kind in kinds}
        meant = {(first, length) for first, length in sentence[key]}
        for outcome, places in ((FOUND, said & meant), (FALSE, said - meant), (MISSED, meant - said)):
            counts[row][outcome] += len(places)
            for first, length in places if row == ALL else ():
                counts[_name(spoken[first : first + length])][outcome] += 1


def _name(phrase: tuple[Word, ...]) -> str:
    return " ".join(word.text.strip(" .,?!").lower() for word in phrase)


def table(split: str) -> str:
    """Return the scores of `split` as text."""
    found = scores(split)
    names = [name for name in ROWS if name in found] + sorted(set(found) - set(ROWS))
    lines = [f"{split:24} {'P':>5} {'R':>5} {'F1':>5} {'found':>6} {'false':>6} {'missed':>6}"]
    for name in names:
        s = found[name]
        lines.append(f"{name:24} {s.precision:5.2f} {s.recall:5.2f} {s.f1:5.2f} {s.found:6} {s.false:6} {s.missed:6}")
    return "\n".join(lines)


def main() -> None:
    """Print both tables, and write them where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the counts to this file")
    path = parser.parse_args().json
    print(table("dev"), table("test"), sep="\n\n")
    if path:
        both = {split: {name: asdict(score) for name, score in scores(split).items()} for split in ("dev", "test")}
        path.write_text(json.dumps(both, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
