"""How right STAR is read: `python benchmarks/star.py [ANSWERS.jsonl ...] [--json FILE]`.

ANSWERS are labelled answers (the format: docs/star-labels.md); without them the held-back ones of the project, which
nothing is trained on. Prints each figure with its middle 95 % over answers drawn again, the F1 of each label, and how
long an answer of two minutes takes to read, by its meaning too (where that model is installed) and by wording alone.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import star_score

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceprep.model import StarReading

HELD = Path(__file__).parents[1] / "corpus" / "star" / "held.jsonl"
# Two minutes at 150 words a minute.
WORDS = 300


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("answers", nargs="*", type=Path, default=[HELD])
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    began = time.perf_counter()
    from voiceprep import read_star, star  # noqa: PLC0415  (its loading is timed)

    read_star(["I called forty customers."])
    loading = time.perf_counter() - began
    answers = star_score.answers(given.answers)
    tallies = [star_score.tally(read_star, one) for one in answers]
    values, ranges, labels = star_score.figures(tallies), star_score.likely(tallies), star_score.by_part(tallies)
    print(f"{len(answers)} answers, {sum(len(one.sentences) for one in answers)} sentences")
    for name, value in values.items():
        print(f"{name:28} {value:.3f}  ({ranges[name][0]:.2f} to {ranges[name][1]:.2f})")
    print("F1 by label", " ".join(f"{label} {value:.2f}" for label, value in labels.items()))
    said = [sentence for one in answers for sentence in one.sentences]
    reading, plainly = _seconds(read_star, said), _seconds(star.read_star, said)
    print(f"loading and the first sentence {loading:.2f} s")
    print(f"{WORDS} words {reading:.3f} s, by wording alone {plainly:.3f} s")
    if given.json:
        facts = {
            "figures": values,
            "likely": ranges,
            "labels": labels,
            "loading": loading,
            "reading": reading,
            "by_wording": plainly,
        }
        given.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _seconds(read: Callable[[list[str]], StarReading], sentences: list[str]) -> float:
    """Return how long `WORDS` words of `sentences`, as one answer, take to `read`: the best of five."""
    from voiceprep import meaning  # noqa: PLC0415  (its loading is timed)

    taken: list[str] = []
    while sum(len(said.split()) for said in taken) < WORDS:
        taken.append(sentences[len(taken) % len(sentences)])
    times = []
    for _ in range(5):
        # Vectors of sentences are kept, but an answer is read once.
        meaning._vector.cache_clear()  # noqa: SLF001  (nobody else empties it)
        began = time.perf_counter()
        read(taken)
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
