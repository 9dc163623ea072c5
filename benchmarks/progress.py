"""The simulated learner: how often `voiceprep progress` sees a change where there is none, and how soon a true one.

Usage: python benchmarks/progress.py [--learners N] [--seed N] [--json FILE]

Learners practise 60 times. Each measure of the program is simulated at once, counted as it would be and pooled over the
answers of a sitting; `voiceprep.progress.courses` looks at it as it looks at a history. docs/progress.md has the model.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep.model import Measurement, Question, QuestionKind, Span
from voiceprep.progress import Move
from voiceprep.progress.courses import JUDGED, LEAST, courses, told_apart
from voiceprep.progress.trend import chance, cling, inflation, kendall
from voiceprep.tables import METRICS, load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SITTINGS = 60
SHOWN = (5, 10, 20, 40, 60)
CHANGE_AT, CUT = 20, 0.30
QUESTIONS = 30
AFTER = (5, 10, 15, 20, 30, 40)
# The usual target of a question that wants a story.
ASKED = Question("simulated", "Tell me about a time.", QuestionKind.BEHAVIOURAL, star=True, target=Span(60, 150))
VERSIONS = {name: load(METRICS, name).version for name in METRICS}


@dataclass(frozen=True, slots=True)
class Learner:
    """How a speaker scatters; the shares are standard deviations of the logarithm of a rate (custom, see the docs).

    `day` is of the form on a day, which clings to that of the day before by `cling`; half of its variance is shared
    by all measures. `asked` is of the question, one of thirty, `take` of the single answer.
    """

    day: float = 0.20
    cling: float = 0.40
    asked: float = 0.15
    take: float = 0.25


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the program looks at of a sitting."""

    at: str
    answers: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a measure is counted in an answer: `level` of the rate, over what, and whether it is a count or an amount.

    Counts are Poisson around the rate of this answer. Amounts have that rate. Shares are kept below 1, and are of a
    number of `events` where that is not 0.
    """

    level: float
    per: str = "minute"
    counted: bool = True
    events: int = 0


# Levels as in samples/ and in a talkative answer; each measure of the program has one.
KINDS = {
    "one_event": Kind(0.8, "answer", events=1),
    "situation": Kind(0.25, "second", counted=False),
    "task": Kind(0.10, "second", counted=False),
    "action": Kind(0.42, "second", counted=False),
    "result": Kind(0.11, "second", counted=False),
    "star_parts": Kind(0.8, "answer", events=4),
    "points": Kind(0.5, "answer", events=4),
    "question_words": Kind(0.35, "word", events=8),
    "result_numbers": Kind(0.9, "answer"),
    "i_share": Kind(0.7, "word", events=14),
    "first_fact": Kind(22, "answer"),
    "opening": Kind(6, "answer"),
    "ending": Kind(5, "answer"),
    "signposts": Kind(2.5, "answer"),
    "hedges": Kind(1.5, "hundred"),
    "pet_phrases": Kind(0.8, "answer"),
    "length": Kind(105, "answer", counted=False),
    "response_latency": Kind(2.5, "answer", counted=False),
    "pace": Kind(148, "minute", counted=False),
    "articulation_rate": Kind(4.4, "second", counted=False),
    "mean_length_of_run": Kind(9, "run", counted=False),
    "phonation_ratio": Kind(0.76, "second", counted=False),
    "silent_pauses": Kind(17, "minute"),
    "pause_share": Kind(0.24, "second", counted=False),
    "longest_pause": Kind(1.9, "answer", counted=False),
    "long_pauses_within": Kind(1.4, "minute"),
    "hesitation_clusters": Kind(0.5, "minute"),
    "filled_pauses": Kind(4.5, "minute"),
    "filler_words": Kind(2.5, "minute"),
    "hesitations": Kind(7.0, "minute"),
    "hesitation_share": Kind(4.7, "hundred"),
    "repetitions": Kind(1.6, "minute"),
    "pitch_spread": Kind(3.4, "answer", counted=False),
    "flat_stretches": Kind(0.2, "second", counted=False),
    "rising_ends": Kind(0.12, "ends", events=10),
    "fading_ends": Kind(0.10, "ends", events=10),
    "loudness_spread": Kind(6.5, "answer", counted=False),
}
# Amounts scatter less from one answer to the next than counts of rare events do: pace by a tenth, not by a quarter.
CALM = 0.4
FILLERS = ("filled_pauses", "filler_words")
CHANGED = frozenset({*FILLERS, "hesitations", "hesitation_share", "hesitation_clusters"})
# The level that Holm's test begins with for the judged measures.
AT = JUDGED / 11
TWICE = Learner(0.20 * math.sqrt(2), 0.40, 0.15 * math.sqrt(2), 0.25 * math.sqrt(2))


def steady(_sitting: int) -> float:
    """Return that fillers are not cut."""
    return 1.0


def step(sitting: int) -> float:
    """Return by how much fillers are cut at once in `sitting`, counted from 0."""
    return 1.0 if sitting < CHANGE_AT else 1 - CUT


def gradual(sitting: int) -> float:
    """Return by how much fillers are cut in `sitting`: the whole cut after the last of forty sittings."""
    return 1 - CUT * min(1.0, max(0, sitting - CHANGE_AT + 1) / (SITTINGS - CHANGE_AT))


def practise(random: np.random.Generator, learner: Learner, factor: Callable[[int], float]) -> list[Sitting]:
    """Return the sittings of one `learner`, whose fillers are those of a steady one times `factor`."""
    size = len(KINDS)
    asked = learner.asked * random.normal(size=(QUESTIONS, size))
    form = (_form(random, learner, 1) + _form(random, learner, size)) / math.sqrt(2)
    answers = random.integers(3, 6, SITTINGS)
    sitting = np.repeat(np.arange(SITTINGS), answers)
    question = np.concatenate([random.choice(QUESTIONS, size=count, replace=False) for count in answers])
    swing = form[sitting] + asked[question] + learner.take * random.normal(size=(len(sitting), size))
    cut = np.array([factor(one) for one in range(SITTINGS)])[sitting]
    starts = np.cumsum(answers) - answers
    counts = {
        name: (np.add.reduceat(total, starts), np.add.reduceat(per, starts))
        for name, (total, per) in _counted(random, dict(zip(KINDS, swing.T, strict=True)), cut).items()
    }
    return [
        Sitting(
            f"2026-01-01T00:{one:02}",
            int(answers[one]),
            tuple(
                Measurement(name, VERSIONS[name], float(total[one]), float(per[one]))
                for name, (total, per) in counts.items()
            ),
        )
        for one in range(SITTINGS)
    ]


def _form(random: np.random.Generator, learner: Learner, size: int) -> Any:  # noqa: ANN401  (an array)
    """Return the form on each day: a first-order process, which has settled before it begins."""
    noise = random.normal(size=(SITTINGS, size))
    form = np.empty_like(noise)
    form[0] = noise[0]
    fresh = math.sqrt(1 - learner.cling**2)
    for day in range(1, SITTINGS):
        form[day] = learner.cling * form[day - 1] + fresh * noise[day]
    return learner.day * form


def _counted(random: np.random.Generator, swing: dict[str, Any], cut: Any) -> dict[str, tuple[Any, Any]]:  # noqa: ANN401  (arrays)
    """Return total and per of each measure in each answer, from how far it swings there; fillers are cut by `cut`."""
    length = KINDS["length"].level * np.exp(CALM * swing["length"])
    words = length / 60 * 148
    one = np.ones_like(length)
    sizes = {"answer": one, "minute": length / 60, "second": length, "hundred": words / 100, "run": length / 3}
    made = {}
    for name, kind in KINDS.items():
        rate = kind.level * np.exp((1.0 if kind.counted else CALM) * swing[name]) * (cut if name in FILLERS else 1.0)
        if kind.events:
            odds = kind.level / (1 - kind.level) * np.exp(2 * swing[name])
            found = random.binomial(kind.events, odds / (1 + odds)).astype(float)
            made[name] = (found, one if kind.per == "answer" else kind.events * one)
        elif kind.counted:
            made[name] = (random.poisson(rate * sizes[kind.per]).astype(float), sizes[kind.per])
        else:
            share = np.minimum(rate, 0.98) if kind.level < 1 else rate
            made[name] = (share * sizes[kind.per], sizes[kind.per])
    made["length"] = (length, one)
    both = sum(made[name][0] for name in FILLERS)
    made["hesitations"] = (both, length / 60)
    made["hesitation_share"] = (both, words / 100)
    made["pause_share"] = (length - made["phonation_ratio"][0], length)
    return made


def look(sittings: Sequence[Sitting], least: int = LEAST) -> dict[str, Move]:
    """Return what a page about `sittings` says of each measure."""
    return {one.metric: one.move for one in courses(sittings, [ASKED], least=least)}


def nothing_changes(seed: int, learner: Learner, looks: Sequence[int], least: int = LEAST) -> list[list[bool]]:
    """Return of pages after so many sittings of a learner who does not change what they say of any measure.

    Whether better, whether worse, whether changed.
    """
    sittings = practise(np.random.default_rng(seed), learner, steady)
    pages = [set(look(sittings[:count], least=least).values()) for count in looks]
    return [[move in page for move in (Move.BETTER, Move.WORSE, Move.CHANGED)] for page in pages]


def fillers_fall(seed: int, learner: Learner, factor: Callable[[int], float]) -> list[list[bool]]:
    """Return of pages so many sittings after fillers began to fall what they say.

    Whether fillers are better, whether they are by a page about them alone, whether another measure is better or worse.
    """
    sittings = practise(np.random.default_rng(seed), learner, factor)
    found = []
    for after in AFTER:
        page = courses(sittings[: CHANGE_AT + after], [ASKED])
        (fillers,) = (one for one in page if one.metric == "hesitations")
        others = {one.move for one in page if one.metric not in CHANGED}
        better = [one.move is Move.BETTER for one in (fillers, *told_apart([fillers]))]
        found.append([*better, bool(others & {Move.BETTER, Move.WORSE})])
    return found


def corrections(seed: int, clings: float, counts: Sequence[int]) -> list[list[bool]]:
    """Return whether noise passes for a trend, at the level of one of many measures, by each correction.

    It is one of a dozen series that cling alike, as measures of one speaker do.
    """
    noise = _form(np.random.default_rng(seed), Learner(day=1.0, cling=clings), 12)
    found = []
    for count in counts:
        series = noise[:count, 0]
        first, second = np.triu_indices(count, 1)
        slope = float(np.median((series[second] - series[first]) / (second - first)))
        rest = series - slope * np.arange(count)
        score, variance = kendall(series)
        own, all_of_them = cling(series) or 0.0, float(np.mean([cling(one) or 0.0 for one in noise[:count].T]))
        raised = (1.0, max(1.0, published(rest)), inflation(own, count), inflation(max(own, all_of_them), count))
        found.append([chance(score, variance * by) < AT for by in raised])
    return found


def published(rest: Any) -> float:  # noqa: ANN401  (an array)
    """Return by how much autocorrelation raises the variance of S by significant lags alone, as Hamed & Rao 1998."""
    count = len(rest)
    ranks = np.argsort(np.argsort(rest)) + 1.0
    ranks -= ranks.mean()
    lags = np.arange(1, count - 2)
    seen = np.array([float(ranks[:-lag] @ ranks[lag:]) for lag in lags]) / float(ranks @ ranks)
    seen[np.abs(seen) < 1.645 / math.sqrt(count)] = 0
    weights = (count - lags) * (count - lags - 1) * (count - lags - 2)
    return 1 + 2 / (count * (count - 1) * (count - 2)) * float(weights @ seen)


def shares(pool: ProcessPoolExecutor, run: Callable[[int], list[list[bool]]], seeds: Sequence[int]) -> Any:  # noqa: ANN401  (an array)
    """Return what `run` found for `seeds`, as an array: seed, look, what."""
    return np.array(list(pool.map(run, seeds, chunksize=8)))


def percent(hits: Any) -> str:  # noqa: ANN401  (an array)
    """Return the share of `hits` with twice its standard error."""
    share = float(np.mean(hits))
    return f"{100 * share:4.1f}±{200 * math.sqrt(max(share, 1 / len(hits)) * (1 - share) / len(hits)):.1f}"


def table(title: str, columns: Sequence[object], rows: dict[str, list[str]]) -> None:
    """Print `rows` under `title`."""
    print(f"\n{title}\n{'':34}" + "".join(f"{column!s:>11}" for column in columns))
    for name, cells in rows.items():
        print(f"{name:34}" + "".join(f"{cell:>11}" for cell in cells), flush=True)


def false_alarms(pool: ProcessPoolExecutor, seeds: Sequence[int], found: dict[str, Any]) -> None:
    """Print how often a page about somebody who does not change says that something did."""
    rows = {}
    for name, learner in (
        ("as above", Learner()),
        ("twice the dispersion", TWICE),
        ("days do not cling", replace(Learner(), cling=0.0)),
        ("days cling by 0.7", replace(Learner(), cling=0.7)),
    ):
        pages = shares(pool, partial(nothing_changes, learner=learner, looks=SHOWN), seeds)
        rows[f"{name}: better or worse"] = [percent(page[:, :2].any(1)) for page in pages.swapaxes(0, 1)]
        rows[f"{name}: better"] = [percent(page[:, 0]) for page in pages.swapaxes(0, 1)]
        rows[f"{name}: anything"] = [percent(page.any(1)) for page in pages.swapaxes(0, 1)]
    table("Nothing changes: % of pages that say so of any measure, after so many sittings", SHOWN, rows)
    found["nothing changes"] = {"sittings": SHOWN, **rows}


def peeking(pool: ProcessPoolExecutor, seeds: Sequence[int], found: dict[str, Any]) -> None:
    """Print how often somebody who does not change and looks after each sitting reads of a change at least once."""
    every = range(LEAST, SITTINGS + 1)
    pages = shares(pool, partial(nothing_changes, learner=Learner(), looks=every), seeds[: len(seeds) // 2])
    looks = [count - LEAST + 1 for count in SHOWN[1:]]
    rows = {
        "better or worse": [percent(pages[:, :count, :2].any((1, 2))) for count in looks],
        "better": [percent(pages[:, :count, 0].any(1)) for count in looks],
    }
    table("Nothing changes, and a look after each sitting: % that were told so at least once, by then", SHOWN[1:], rows)
    found["a look after each sitting"] = {"sittings": SHOWN[1:], **rows}


def least_number(pool: ProcessPoolExecutor, seeds: Sequence[int], found: dict[str, Any]) -> None:
    """Print false alarms and what is seen if trends were looked for from five sittings on."""
    counts = (5, 6, 8, 9, 10, 12, 15)
    false = shares(pool, partial(nothing_changes, learner=Learner(cling=0.7), looks=counts, least=5), seeds)
    seen = shares(pool, partial(halved, counts=counts), seeds[: len(seeds) // 2])
    rows = {
        "days cling by 0.7: anything": [percent(page.any(1)) for page in false.swapaxes(0, 1)],
        "fillers halve: better": [percent(page[:, 0]) for page in seen.swapaxes(0, 1)],
        "fillers halve: alone": [percent(page[:, 1]) for page in seen.swapaxes(0, 1)],
    }
    table("If trends were looked for from 5 sittings on: % of pages, after so many sittings", counts, rows)
    found["from five sittings on"] = {"sittings": counts, **rows}


def halved(seed: int, counts: Sequence[int]) -> list[list[bool]]:
    """Return whether fillers that fall evenly by half over so many sittings are called better, and alone."""
    found = []
    for count in counts:
        sittings = practise(np.random.default_rng(seed), Learner(), partial(_even, count=count))
        page = courses(sittings[:count], [ASKED], least=5)
        (fillers,) = (one for one in page if one.metric == "hesitations")
        found.append([one.move is Move.BETTER for one in (fillers, *told_apart([fillers]))])
    return found


def _even(sitting: int, count: int) -> float:
    return 1 - 0.5 * min(1.0, sitting / (count - 1))


def detection(pool: ProcessPoolExecutor, seeds: Sequence[int], found: dict[str, Any]) -> None:
    """Print how soon a true cut in fillers is seen."""
    rows = {}
    for shape, factor in (("at once", step), ("evenly", gradual)):
        for name, learner in (("", Learner()), (", dispersion x 2", TWICE)):
            pages = shares(pool, partial(fillers_fall, learner=learner, factor=factor), seeds).swapaxes(0, 1)
            for at, what in enumerate(("page", "alone", "another")):
                rows[f"{shape}{name}: {what}"] = [percent(page[:, at]) for page in pages]
    title = (
        f"Fillers fall by {CUT:.0%} after sitting {CHANGE_AT}: % of pages that call them better, so many sittings on"
    )
    table(f"{title}\n(alone: --measure hesitations; another: something else is better or worse, falsely)", AFTER, rows)
    found["fillers fall"] = {"sittings after": AFTER, **rows}


def by_correction(pool: ProcessPoolExecutor, seeds: Sequence[int], found: dict[str, Any]) -> None:
    """Print how often noise alone passes for a trend."""
    counts, rows = (10, 15, 20, 40, 60), {}
    many = [seed + 10**7 for seed in range(5 * len(seeds))]
    for clings in (0.0, 0.2, 0.4, 0.6):
        hits = shares(pool, partial(corrections, clings=clings, counts=counts), many).mean(0)
        for at, name in enumerate(("none", "Hamed & Rao", "order 1, own", "own or common")):
            rows[f"clings by {clings}, {name}"] = [f"{1000 * share:.1f}" for share in hits[:, at]]
    table(f"A series of noise, by correction: trends in 1000 where {1000 * AT:.1f} are allowed", counts, rows)
    found["trends in 1000"] = {"sittings": counts, **rows}


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()
    began, found = perf_counter(), {}
    seeds = [options.seed * 10**5 + one for one in range(options.learners)]
    print(f"{len(KINDS)} measures, {options.learners} learners, seed {options.seed}; shares with two standard errors")
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for part in (false_alarms, peeking, detection, least_number, by_correction):
            part(pool, seeds, found)
            print(f"{perf_counter() - began:.0f} s", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
