"""How well filler words, words said twice and abandoned starts are told from the same words in use.

Precision, recall and F1 for each set of sentences in `tests/data` (its README says how each was made) and for each
split; a word a row. The rules were tuned on `dev` alone. Sentences and rules have the same author, so the figures
flatter; those of `fillers_blind` least, which was written without a look at the rules and in the style of a
recogniser. A phrase counts as found when its first word and its length agree. `So` as the first word of a text is
labelled as a filler: a text stands for the start of an answer, where nothing can follow from anything.

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

DATA = Path(__file__).parent.parent / "tests" / "data"
SETS = ("fillers", "fillers_blind", "repeats")
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


def scores(name: str, split: str) -> dict[str, Score]:
    """Return the score of every filler, and of all together, over the sentences of the set `name` in `split`."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)
        if sentence["split"] == split:
            spoken = disfluency.label(words(sentence["text"]))
            _count(counts, spoken, sentence)
    return {row: Score(c[FOUND], c[FALSE], c[MISSED]) for row, c in counts.items()}


def _count(counts: dict[str, Counter[str]], spoken: tuple[Word, ...], sentence: dict[str, list[list[int]]]) -> None:
    for row, kinds, key in (
        (ALL, {WordKind.FILLER}, "fillers"),
        ("filled pauses", {WordKind.FILLED_PAUSE}, "filled"),
        ("repetitions", {WordKind.REPETITION, WordKind.FRAGMENT}, "repeats"),
    ):
        if key not in sentence:
            continue
        said = {(e.first, e.last - e.first) for e in disfluency.events(spoken) if e.kind in kinds}
        meant = {(first, length) for first, length in sentence[key]}
        for outcome, places in ((FOUND, said & meant), (FALSE, said - meant), (MISSED, meant - said)):
            counts[row][outcome] += len(places)
            for first, length in places if row == ALL else ():
                counts[_name(spoken[first : first + length])][outcome] += 1


def _name(phrase: tuple[Word, ...]) -> str:
    return " ".join(word.text.strip(" .,?!").lower() for word in phrase)


def table(name: str, split: str) -> str:
    """Return the scores of the set `name` in `split` as text."""
    found = scores(name, split)
    rows = [row for row in ROWS if row in found] + sorted(set(found) - set(ROWS))
    lines = [f"{name + ', ' + split:24} {'P':>5} {'R':>5} {'F1':>5} {'found':>6} {'false':>6} {'missed':>6}"]
    for row in rows:
        s = found[row]
        lines.append(f"{row:24} {s.precision:5.2f} {s.recall:5.2f} {s.f1:5.2f} {s.found:6} {s.false:6} {s.missed:6}")
    return "\n".join(lines)


def main() -> None:
    """Print the tables, and write them where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the counts to this file")
    path = parser.parse_args().json
    both = [(name, split) for name in SETS for split in ("dev", "test")]
    print(*(table(name, split) for name, split in both), sep="\n\n")
    if path:
        figures = {
            f"{name}, {split}": {row: asdict(score) for row, score in scores(name, split).items()}
            for name, split in both
        }
        path.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
