"""`voiceprep selftest`: how right this installation hears recordings that come with it. Only measures; tunes nothing.

The recordings are our own, written for this and spoken by a computer's voice, so that all that is in them is known.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceprep import __version__, scoring
from voiceprep.cli import own
from voiceprep.cli.folder import data_option
from voiceprep.cli.samples import sample
from voiceprep.cli.talk import Talk, terminal
from voiceprep.errors import VoiceprepError
from voiceprep.wording import duration_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.model import Detector, Engine, Settings
    from voiceprep.scoring import Score

# The quickest first; the second has most hesitations, the third has few.
NAMES = ("demo", "rambling", "no-result")
QUICK = NAMES[:1]
HONEST = (
    "These recordings are a synthetic voice's, in a quiet room. Real speech is harder: see the detector's figures, "
    "and expect words and pauses to be less right as well."
)
UNKNOWN = (
    "These recordings are a synthetic voice's, in a quiet room. Real speech is harder, and this model has no detector "
    "of filled pauses whose figures would say by how much."
)
EXAMPLES = """\b
Examples:
  voiceprep selftest
  voiceprep selftest --quick
  voiceprep selftest --mine
  voiceprep selftest --model small -f json | jq .all
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording by its `name`, how right it was heard, and the `work` in seconds that it took."""

    name: str
    score: Score
    work: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured with which engine and detector (None: it has none)."""

    heard: tuple[Heard, ...]
    engine: Engine
    detector: Detector | None


@dataclass(frozen=True, slots=True)
class Floor:
    """What a figure of all recordings together may not fall below, or where `most`, not rise above."""

    name: str
    text: str
    value: Callable[[Score], float]
    bound: float
    most: bool = False
    shown: Callable[[float], str] = percent_text

    def broken(self, score: Score) -> bool:
        """Say whether `score` is worse than this."""
        value = self.value(score)
        return value > self.bound if self.most else value < self.bound


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


# Custom. With the base model, its detector and beam 5 the three recordings gave: filled pauses precision 1.00, recall
# 1.00 (20 of them); words 0.7 % wrong; pauses precision 1.00, recall 0.98, ends 3 ms off; syllable rate 0.2 % off. The
# floors lie so far below that another processor's arithmetic does not reach them, and a broken installation does. There
# is none for speed, which is the machine's.
FLOORS = (
    Floor("filled_precision", "precision of filled pauses", lambda one: ratios(one.filled)[0], 0.7),
    Floor("filled_recall", "recall of filled pauses", lambda one: ratios(one.filled)[1], 0.6),
    Floor("word_error_rate", "word error rate", lambda one: one.word_error_rate, 0.2, most=True),
    Floor("pause_precision", "precision of pauses", lambda one: ratios(one.pauses)[0], 0.8),
    Floor("pause_recall", "recall of pauses", lambda one: ratios(one.pauses)[1], 0.8),
    Floor(
        "boundary_error",
        "error of the ends of pauses",
        lambda one: one.boundary_error or 0.0,
        0.05,
        most=True,
        shown=_milliseconds,
    ),
    Floor("syllable_error", "error of the syllable rate", lambda one: abs(one.syllable_error), 0.15, most=True),
)


@click.command("selftest", epilog=EXAMPLES)
@click.option("--quick", is_flag=True, help="Only the first recording, of half a minute.")
@click.option("--model", metavar="NAME", help="Name or folder of the Whisper model. Default: that of your settings.")
@click.option("--beam", metavar="N", type=click.IntRange(1), help="Width of the beam. Default: that of your settings.")
@click.option("--threads", metavar="N", type=click.IntRange(0), help="Processor threads to use. 0: all.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print. Default: text."
)
@click.option("--no-color", is_flag=True, help="No colours in the terminal. NO_COLOR does the same.")
@click.option("-q", "--quiet", is_flag=True, help="No talk and no progress, only the figures and errors.")
@click.option("--mine", is_flag=True, help="On your own answers instead, as far as you checked them; nothing is heard.")
@data_option
def command(
    *,
    quick: bool,
    form: str,
    no_color: bool,
    quiet: bool,
    mine: bool,
    data: Path | None,
    **options: Any,  # noqa: ANN401  (those that go into the settings)
) -> int:
    """Measure how right this installation hears recordings that come with it.

    What is in them is known: filled pauses, words, silent pauses. A computer's voice speaks them, so that real speech
    is harder. The exit code is 1 when the figures are worse than they should be. With --mine it tells how right it
    heard your own answers: those that you went through with voiceprep correct ID --checked.
    """
    if mine:
        known = own.measure(data)
        width, _, _ = terminal(sys.stdout, colour=False)
        click.echo(json.dumps(own.as_data(known), indent=2) if form == "json" else own.as_text(known, width))
        return 0
    with Talk(quiet=quiet, colour=not no_color) as talk:
        outcome = measure(QUICK if quick else NAMES, _settings(options), talk)
    if form == "json":
        click.echo(json.dumps(as_data(outcome), indent=2))
    else:
        width, coloured, _ = terminal(sys.stdout, colour=not no_color)
        click.echo(as_text(outcome, width, colour=coloured))
    return VoiceprepError.exit_code if broken(outcome) else 0


def _settings(options: dict[str, Any]) -> Settings:
    """Return the user's model, beam, threads and network with `options` over them; the rest as it comes.

    A threshold of pauses or a list of fillers of the user's own would be held against the recordings.
    """
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.model import Settings  # noqa: PLC0415  (not needed for --help)

    user = config.load_settings()
    kept = Settings(model=user.model, beam=user.beam, threads=user.threads, offline=user.offline)
    given = {name: value for name, value in options.items() if value is not None}
    return replace(kept, **given)


def measure(names: Sequence[str], settings: Settings, talk: Talk) -> Outcome:
    """Hear the recordings `names` one after the other; the model is loaded before the clock runs."""
    from importlib.resources import as_file  # noqa: PLC0415  (not needed for --help)

    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    heard = []
    for number, name in enumerate(names, 1):
        label = json.loads(sample(f"{name}.json").read_text(encoding="utf-8"))
        file = label["recording"]
        with talk.about(Path(file), number, len(names)) as progress, as_file(sample(file)) as path:
            engine = pipeline.open_engine(settings, progress, talk.say)
            began = time.perf_counter()
            assessment = pipeline.analyze(
                path, settings=settings, engine=engine, sound_in_page=False, progress=progress, notice=talk.say
            )
            work = time.perf_counter() - began
        heard.append(Heard(name, scoring.score(assessment, scoring.reference(label)), work))
    return Outcome(tuple(heard), assessment.transcript.engine, assessment.transcript.detector)


def ratios(counts: tuple[int, int, int]) -> tuple[float, float]:
    """Return precision and recall of hits, false alarms and misses."""
    return scoring.precision_recall_f1([counts])[:2]


def together(outcome: Outcome) -> Heard:
    """Return all that was heard in `outcome` as one."""
    return Heard("all", scoring.pooled([one.score for one in outcome.heard]), sum(one.work for one in outcome.heard))


def broken(outcome: Outcome) -> tuple[Floor, ...]:
    """Return the floors that `outcome` does not reach."""
    score = together(outcome).score
    return tuple(floor for floor in FLOORS if floor.broken(score))


def as_data(outcome: Outcome) -> dict[str, Any]:
    """Return `outcome` ready for JSON: shares in 0..1, times in seconds."""
    detector, engine = outcome.detector, outcome.engine
    return {
        "voiceprep": __version__,
        "engine": {"name": engine.name, "version": engine.version, "model": engine.model, "sha256": engine.sha256}
        | {"settings": dict(engine.settings)},
        "recordings": {one.name: _figures(one) for one in outcome.heard},
        "all": _figures(together(outcome)),
        "detector": detector
        and {
            "name": detector.name,
            **_counts((detector.hits, detector.false, detector.missed)),
            "events": detector.hits + detector.missed,
        },
        "floors": {floor.name: {"most" if floor.most else "least": floor.bound} for floor in FLOORS},
        "below": [floor.name for floor in broken(outcome)],
        "note": HONEST if detector else UNKNOWN,
    }


def _figures(heard: Heard) -> dict[str, Any]:
    score = heard.score
    return {
        "seconds": score.seconds,
        "filled_pauses": _counts(score.filled)
        | {"true": sum(score.labelled), "claimed": list(score.claimed), "claims_right": score.intervals_right},
        "words": score.words,
        "word_error_rate": score.word_error_rate,
        "pauses": _counts(score.pauses) | {"boundary_error": score.boundary_error},
        "syllable_error": score.syllable_error,
        "times_real_time": score.seconds / heard.work,
    }


def _counts(counts: tuple[int, int, int]) -> dict[str, float]:
    precision, recall = ratios(counts)
    return {"found": counts[0], "false": counts[1], "missed": counts[2], "precision": precision, "recall": recall}


def as_text(outcome: Outcome, width: int, *, colour: bool = False) -> str:
    """Return `outcome` for a terminal of `width` columns."""

    def styled(text: str, **style: Any) -> str:  # noqa: ANN401  (click's)
        return click.style(text, **style) if colour else text

    several = (*outcome.heard, together(outcome)) if len(outcome.heard) > 1 else outcome.heard
    out = []
    for one in several:
        name = f"all {len(outcome.heard)} recordings" if one.name == "all" else one.name
        out += [styled(f"{name}, {duration_text(one.score.seconds)}", bold=True), *_lines(one, width), ""]
    engine = outcome.engine
    settings = ", ".join(f"{name} {engine.settings[name]}" for name in ("beam", "threads") if name in engine.settings)
    said = [f"Model: {engine.model}" + (f" ({settings})" if settings else ""), _detector(outcome.detector), ""]
    said += [HONEST if outcome.detector else UNKNOWN, ""]
    out += [line for text in said for line in textwrap.wrap(text, width) or [""]]
    if worse := broken(outcome):
        verdict = textwrap.wrap("This installation hears worse than it should:", width)
        out += [styled(line, fg="red") for line in verdict] + _worse(worse, outcome, width)
        out += textwrap.wrap("The floors are for the base model. Run: voiceprep doctor --deep", width)
    else:
        verdict = textwrap.wrap("This installation hears as well as it should.", width)
        out += [styled(line, fg="green") for line in verdict]
    return "\n".join(out)


def _lines(heard: Heard, width: int) -> list[str]:
    score = heard.score
    rows = []
    for name, counts in (("filled pauses", score.filled), ("pauses", score.pauses)):
        precision, recall = map(percent_text, ratios(counts))
        rows.append((name, "{} found, {} false, {} missed".format(*counts)))
        rows.append(("", f"precision {precision}, recall {recall}"))
    if len(score.claimed) == 1:
        low, high = score.claimed[0]
        claim = f"report says {low} to {high}; true: {score.labelled[0]}"
    else:
        claim = f"report is right in {score.intervals_right} of {len(score.claimed)}"
    rows.insert(2, ("", claim))
    boundary = score.boundary_error
    rows.append(("", "ends not measured" if boundary is None else f"ends {_milliseconds(boundary)} off (median)"))
    rows.append(("words", f"error rate {score.word_error_rate:.1%} of {score.words}".replace("%", " %")))
    rows.append(("syllable rate", f"{score.syllable_error:+.1%} off".replace("%", " %")))
    rows.append(("speed", f"{score.seconds / heard.work:.1f} times real time"))
    return [
        line
        for name, text in rows
        for line in textwrap.wrap(text, width, initial_indent=f"  {name:13}  ", subsequent_indent=" " * 17)
    ]


def _detector(detector: Detector | None) -> str:
    if detector is None:
        return "Detector of filled pauses: this model has none; they come from its words alone."
    return (
        f"Detector of filled pauses: {detector.name}. On real speech of people that it was not trained on: precision "
        f"{percent_text(detector.precision)}, recall {percent_text(detector.recall)}, over "
        f"{detector.hits + detector.missed} filled pauses."
    )


def _worse(floors: Sequence[Floor], outcome: Outcome, width: int) -> list[str]:
    score = together(outcome).score
    told = [
        f"{floor.text}: {floor.shown(floor.value(score))}, should be at {'most' if floor.most else 'least'} "
        f"{floor.shown(floor.bound)}"
        for floor in floors
    ]
    return [line for text in told for line in textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")]
