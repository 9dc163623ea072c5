"""How often a comparison calls a change where there is none, and how often it finds one that is there.

Two takes are drawn from a speaker whose truth is known: words whose pace swings, pauses, and fillers that come one by
one or in clusters. `python benchmarks/compare.py [--takes 400]`. Seeded: the same table each time.

`--whole` draws whole answers and counts the comparisons in which any measure is called changed. `--star` says how far
the share of each part of a story is from what was labelled, on answers that nothing is trained on.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import assess, chance
from voiceprep.comparison import Side, compare_answers, stretches
from voiceprep.comparison.measures import READING_FREEDOM
from voiceprep.model import Recording, Settings
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Draw = Callable[[np.random.Generator, float, float], tuple[Floats, Floats]]

SEED = 7
ALARM = 0.05
LENGTHS = (60, 120, 180)
HELD = Path(__file__).parents[1] / "corpus" / "star" / "held.jsonl"
# Words without any meaning that the measures look for.
WORDS = [
    "the",
    "house",
    "was",
    "near",
    "a",
    "river",
    "with",
    "green",
    "boats",
    "under",
    "old",
    "trees",
    "by",
    "one",
    "small",
    "bridge",
]


@dataclass(frozen=True, slots=True)
class Fillers:
    """Fillers at `rate` a minute, in clusters of `size` on average that last `lasting` seconds; takes vary by `takes`.

    Clusters begin as a Poisson process, each has 1 and a Poisson number more (Neyman & Scott 1958). `takes` is the
    coefficient of variation of the rate from one take to the next of the same speaker.
    """

    name: str
    rate: float = 6.0
    size: float = 1.0
    lasting: float = 4.0
    takes: float = 0.0

    def __call__(self, draw: np.random.Generator, seconds: float, change: float) -> tuple[Floats, Floats]:
        """Return events and seconds of each second of a take, its rate times `change`."""
        rate = self.rate * change * _varied(draw, self.takes)
        clusters = draw.poisson(rate / self.size * (seconds + self.lasting) / 60)
        first = draw.uniform(-self.lasting, seconds, clusters)
        more = draw.poisson(self.size - 1, clusters)
        times = np.concatenate((first, np.repeat(first, more) + draw.uniform(0, self.lasting, more.sum())))
        events = np.histogram(times, bins=int(seconds), range=(0, seconds))[0]
        return events.astype(float), np.ones(int(seconds))


@dataclass(frozen=True, slots=True)
class Pace:
    """Words in runs of speech between pauses; the pace of runs swings by `swing` and is forgotten after `memory` s.

    Runs and pauses last as lognormal numbers with medians of 2.2 and 0.55 s.
    """

    name: str
    pace: float = 3.2
    swing: float = 0.15
    memory: float = 8.0
    takes: float = 0.0
    silence: bool = False

    def __call__(self, draw: np.random.Generator, seconds: float, change: float) -> tuple[Floats, Floats]:
        """Return words (or seconds of silence) and seconds of each second of a take, changed by the factor `change`."""
        words, quiet, now, swing = np.zeros(int(seconds) + 60), np.zeros(int(seconds) + 60), 0.0, 0.0
        pace, slow = self.pace * _varied(draw, self.takes), 1.0
        if self.silence:
            slow = change * _varied(draw, self.takes)
        else:
            pace *= change
        while now < seconds:
            run = draw.lognormal(math.log(2.2), 0.6)
            forgotten = math.exp(-run / self.memory)
            swing = forgotten * swing + math.sqrt(1 - forgotten**2) * draw.normal(0, self.swing)
            times = now + np.cumsum(draw.gamma(4, 1 / (4 * pace * math.exp(swing)), max(1, int(run * pace * 2))))
            np.add.at(words, times[times < min(now + run, seconds)].astype(int), 1)
            now += run
            gap = draw.lognormal(math.log(0.55), 0.7) * slow * math.exp(-swing)
            _spread(quiet, now, min(now + gap, seconds))
            now += gap
        return (quiet if self.silence else words)[: int(seconds)], np.ones(int(seconds))


def _varied(draw: np.random.Generator, by: float) -> float:
    return float(draw.gamma(1 / by**2, by**2)) if by else 1.0


def _spread(bins: Floats, start: float, end: float) -> None:
    for second in range(int(start), math.ceil(end)):
        bins[second] += max(0.0, min(end, second + 1) - max(start, second))


def exact(a: tuple[Floats, Floats], b: tuple[Floats, Floats], factor: float = 1.0) -> float:
    """Return the p value of the exact test of the counts in `a` and `b`."""
    return chance.rates((a[0].sum(), a[1].sum()), (b[0].sum(), b[1].sum()), factor).p


def corrected(length: int) -> Callable[[tuple[Floats, Floats], tuple[Floats, Floats]], float]:
    """Return the exact test with its counts divided by their dispersion over blocks of `length` seconds."""

    def test(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> float:
        pieces = [tuple(stretches.joined(values, length) for values in take) for take in (a, b)]
        return exact(a, b, chance.dispersion(pieces))  # type: ignore[arg-type]

    return test


def bootstrap(length: int, *, logarithm: bool) -> Callable[[tuple[Floats, Floats], tuple[Floats, Floats]], float]:
    """Return the test by a bootstrap over blocks of `length` seconds."""

    def test(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> float:
        values = [over.sum() / under.sum() for over, under in (a, b)]
        if logarithm and not min(values):
            return 1.0
        spreads = [chance.scatter(*take, length, logarithm=logarithm, draws=400) for take in (a, b)]
        if logarithm:
            return chance.ratio(values[1] / values[0], *spreads).p
        return chance.difference(values[1] - values[0], *spreads).p

    return test


COUNTS = (
    Fillers("one by one"),
    Fillers("clusters of 1.5", size=1.5),
    Fillers("clusters of 2.5", size=2.5),
    Fillers("clusters of 2.5, 12 s long", size=2.5, lasting=12.0),
    Fillers("one by one, takes vary by 20 %", takes=0.2),
)
OF_COUNTS = {
    "exact": exact,
    "exact, dispersion 5 s": corrected(5),
    "exact, dispersion 15 s": corrected(15),
    "bootstrap 15 s": bootstrap(15, logarithm=False),
}
OF_RATES = {f"bootstrap {length} s": bootstrap(length, logarithm=True) for length in (10, 15, 30)}
RATES = (
    Pace("pace, swings 15 % over 8 s"),
    Pace("pace, swings 25 % over 15 s", swing=0.25, memory=15.0),
    Pace("pace, takes vary by 5 %", takes=0.05),
    Pace("silence, swings 15 % over 8 s", silence=True),
    Pace("silence, swings 25 % over 15 s", swing=0.25, memory=15.0, silence=True),
)


def share(draws: Draw, test: Callable[..., float], seconds: float, change: float, takes: int) -> float:
    """Return how often `test` calls two takes different whose truth differs by the factor `change`."""
    draw = np.random.default_rng(SEED)
    found = sum(test(draws(draw, seconds, 1.0), draws(draw, seconds, change)) <= ALARM for _ in range(takes))
    return found / takes


def table(
    speakers: Sequence[Draw], tests: Mapping[str, Callable[..., float]], changes: Sequence[float], takes: int
) -> Iterator[str]:
    """Yield the lines of a table: a speaker, a test and a length each, and how often a change is called."""
    named = ["no change" if change == 1 else f"{change - 1:+.0%}" for change in changes]
    yield f"{'speaker':34}{'test':26}{'s':>5}" + "".join(f"{text:>11}" for text in named)
    for speaker in speakers:
        for name, test in tests.items():
            for seconds in LENGTHS:
                found = [share(speaker, test, seconds, change, takes) for change in changes]
                yield f"{speaker.name:34}{name:26}{seconds:5}" + "".join(f"{value:11.1%}" for value in found)


def answer(draw: np.random.Generator, seconds: float, fillers: float) -> Side:
    """Return an answer without meaning: words in runs between pauses, with `fillers` a minute in clusters of 1.5."""
    said: list[str] = []
    events = Fillers("", size=1.5)(draw, seconds, fillers / 6)[0]
    now, swing, done = 0.0, 0.0, 0
    while now < seconds:
        swing = 0.7 * swing + draw.normal(0, 0.1)
        for _ in range(1 + draw.poisson(6 * math.exp(swing))):
            due = int(events[: int(now) + 1].sum())
            said += ["um"] * (due - done) + [str(draw.choice(WORDS))]
            now += 0.35 * (due - done + 1)
            done = max(done, due)
        pause = round(0.25 + draw.lognormal(math.log(0.4), 0.7) * math.exp(-swing), 2)
        said.append(f"<{pause}>")
        now += pause
    transcript = spoken(" ".join(said))
    made = assess.assess(
        assess.prepare(transcript, None, Settings()), Recording("", "", seconds), Settings(), version=""
    )
    return Side("", assessment=made)


def whole(takes: int) -> Iterator[str]:
    """Yield how often a whole comparison calls anything changed, with and without regard to there being many."""
    yield f"{'whole comparisons':34}{'s':>5}{'any, by itself':>18}{'any, of many':>18}{'fillers, of many':>18}"
    for name, rate in (("no change", 6.0), ("fillers -50 %", 3.0), ("fillers -75 %", 1.5)):
        for seconds in LENGTHS[1:]:
            draw = np.random.default_rng(SEED)
            made = [compare_answers(answer(draw, seconds, 6.0), answer(draw, seconds, rate)) for _ in range(takes)]
            alone = sum(any((one.p or 1.0) <= ALARM for one in each.tested) for each in made)
            found = sum(bool(each.changed) for each in made)
            fillers = sum(any(one.metric == "filled_pauses" for one in each.changed) for each in made)
            yield f"{name:34}{seconds:5}{alone / takes:18.1%}{found / takes:18.1%}{fillers / takes:18.1%}"


def reading() -> Iterator[str]:
    """Yield the error of the share of each part: its mean and its standard deviation over answers that tell a story."""
    import star_score  # noqa: PLC0415  (beside this file)

    from voiceprep import read_star  # noqa: PLC0415  (takes a second)

    stories = [one for one in star_score.answers([HELD]) if one.kind != "none"]
    for part in star_score.PARTS:
        errors = []
        for one in stories:
            read, words = read_star(one.sentences), np.array([len(said.split()) for said in one.sentences])
            claimed = words[np.array(read.parts) == part].sum() if read.present[part] else 0
            errors.append((claimed - words[np.array(list(one.parts)) == part].sum()) / words.sum())
        spread = float(np.std(errors, ddof=1))
        yield f"share of {part}: {np.mean(errors):+.3f}, standard deviation {spread:.3f}, {len(errors)} answers"
        apart = [abs(one - other) for one, other in combinations(errors, 2)]
        for name, freedom in (("a bell", chance.KNOWN), ("t", READING_FREEDOM)):
            one = chance.Spread(spread, freedom)
            tails = np.array([chance.difference(away, one, one).p for away in apart])
            beyond = ", ".join(f"{np.mean(tails <= p):.1%} with p up to {p:g}" for p in (0.05, 0.01, 0.003))
            yield f"  of {len(apart)} pairs of them by {name}: {beyond}"


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--takes", type=int, default=400, help="pairs of takes drawn for each cell")
    parser.add_argument("--whole", action="store_true", help="whole answers instead of single measures")
    parser.add_argument("--star", action="store_true", help="the error of reading the parts of a story instead")
    options = parser.parse_args()
    if options.whole or options.star:
        for line in reading() if options.star else whole(options.takes):
            print(line, flush=True)
        return
    print(f"{options.takes} pairs of takes a cell; fillers at 6 a minute, 192 words a minute", flush=True)
    for line in table(COUNTS, OF_COUNTS, (1.0, 0.7, 0.5), options.takes):
        print(line, flush=True)
    for line in table(RATES, OF_RATES, (1.0, 0.8, 0.7), options.takes):
        print(line, flush=True)


if __name__ == "__main__":
    main()
