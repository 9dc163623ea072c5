"""How often a comparison calls a change where there is none, and how often it finds one that is there.

Two takes are drawn from a speaker whose truth is known: words whose pace swings, pauses, and fillers that come one by
one or in clusters. `python benchmarks/compare.py [--takes 2000]`. Seeded: the same table each time.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import chance
from voiceprep.comparison import stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Draw = Callable[[np.random.Generator, float, float], tuple[Floats, Floats]]

SEED = 7
ALARM = 0.05
# A second is a piece; a block is what the product takes.
LENGTHS = (60, 90, 120, 180)


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
    "exact, dispersion 10 s": corrected(10),
    "exact, dispersion 15 s": corrected(15),
    "bootstrap 10 s": bootstrap(10, logarithm=False),
}
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


def table(speakers: tuple[Draw, ...], tests: dict[str, Callable[..., float]], takes: int) -> Iterator[str]:
    """Yield the lines of a table: a speaker and a length each, the false alarms and the changes found."""
    yield f"{'speaker':34}{'test':26}{'s':>5}" + "".join(f"{text:>9}" for text in ("no change", "-30 %", "-50 %"))
    for speaker in speakers:
        for name, test in tests.items():
            for seconds in LENGTHS:
                found = [share(speaker, test, seconds, change, takes) for change in (1.0, 0.7, 0.5)]
                yield f"{speaker.name:34}{name:26}{seconds:5}" + "".join(f"{value:9.1%}" for value in found)  # type: ignore[attr-defined]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=1000, help="pairs of takes drawn for each cell")
    takes = parser.parse_args().takes
    print(f"Counts: fillers at 6 a minute, {takes} pairs of takes a cell")
    print(*table(COUNTS, OF_COUNTS, takes), sep="\n")
    blocks = {f"bootstrap {length} s": bootstrap(length, logarithm=True) for length in (5, 10, 15)}
    print(f"\nRates: {takes} pairs of takes a cell")
    print(*table(RATES, blocks, takes), sep="\n")


if __name__ == "__main__":
    main()
