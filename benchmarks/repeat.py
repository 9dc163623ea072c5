"""What `voiceprep due` and `voiceprep stories` rest on: dates from the newest answers alone, and what texts share.

    python benchmarks/repeat.py [--rows 400] [--answers 250]

Of made-up rows of answers to one question: how often the newest of them give the date that all give. Of the answers in
corpus/star: how near each is to its own question and to others, by meaning (where that model is installed) and by
words; and how many pairs of different answers share so many words that one might be taken for the other. Seeded.
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import due, meaning, stories
from voiceprep.rating import Rating
from voiceprep.transcripts import prose

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 1
CORPUS = Path(__file__).parents[1] / "corpus" / "star"
BEGAN = datetime(2026, 1, 1, 18, tzinfo=UTC)


def dates(rows: int) -> Iterator[str]:
    """Yield how far the date by the newest answers is from that by all, in made-up rows of 25 to 60 answers."""
    draw = random.Random(SEED)  # noqa: S311  (nothing is kept secret)
    apart = []
    for _ in range(rows):
        at, row = BEGAN, []
        for _ in range(draw.randint(25, 60)):
            row.append((at, Rating(draw.choices(range(1, 5), (1, 2, 3, 2))[0])))
            at += timedelta(days=draw.randint(1, 9))
        every, newest = (due.replay(some, at)[0].date() for some in (row, row[-due.NEWEST :]))
        apart.append(abs((every - newest).days))
    same, near = (np.mean(np.array(apart) <= most) for most in (0, 3))
    yield f"{rows} rows: by the newest {due.NEWEST} the same date in {same:.0%}, at most 3 days away in {near:.0%}"


def told() -> list[tuple[str, str]]:
    """Return question and text of each answer of the corpus."""
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [
        (one.get("question", ""), " ".join(part["text"] for part in one["segments"])) for one in map(json.loads, lines)
    ]


def subject(text: str) -> frozenset[str]:
    """Return the words of `text` that say something of a subject, whatever their form."""
    return frozenset(stories.content(prose.words(text)))


def nearness(count: int) -> Iterator[str]:
    """Yield how often the own question of an answer is nearer than another, and what share of pairs is near."""
    asked = {question: text for question, text in told() if question}
    chosen = random.Random(SEED).sample(sorted(asked.items()), count)  # noqa: S311  (as above)
    questions, texts = zip(*chosen, strict=True)
    read = [meaning.vectors(some) for some in (texts, questions)]
    if read[0] is not None and read[1] is not None:
        near = read[0] @ read[1].T
        yield f"{count} answers and questions, by meaning: {_nearer(near)}"
        own, others = np.diag(near), near[~np.eye(count, dtype=bool)]
        for name, least in (("close", stories.CLOSE), ("related", stories.RELATED)):
            often = [f"{np.mean(some >= least):.0%}" for some in (own, others)]
            yield f"  {name} ({least}): {often[0]} with their own question, {often[1]} with others"
    words = [[subject(one) for one in some] for some in (texts, questions)]
    shares = np.array([[len(said & wanted) / max(1, len(wanted)) for wanted in words[1]] for said in words[0]])
    yield f"{count} answers and questions, by words: {_nearer(shares)}"


def _nearer(near: np.ndarray) -> str:
    """Say how often an answer is nearer to its own question than to another; as near counts half."""
    own = np.diag(near)[:, None]
    others = ~np.eye(len(near), dtype=bool)
    better = (near < own) + (near == own) / 2
    return f"their own question is nearer than another in {better[others].mean():.0%}"


def alike() -> Iterator[str]:
    """Yield how many pairs of different answers share so many words that one may pass for the other."""
    said = [words for words in {subject(text) for _, text in told()} if len(words) >= stories.LEAST]
    pairs = list(combinations(said, 2))
    same = sum(len(one & other) >= stories.ALIKE * min(len(one), len(other)) for one, other in pairs)
    often = f"{1e4 * same / len(pairs):.1f} in 10,000"
    yield f"{len(pairs)} pairs of answers: {same} share {stories.ALIKE:.0%} of the words, {often}"


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=400, help="made-up rows of answers")
    parser.add_argument(
        "--answers", type=int, default=250, help="answers of the corpus that are held against questions"
    )
    options = parser.parse_args()
    for lines in (dates(options.rows), alike(), nearness(options.answers)):
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
