"""The shape of the package: what may import what, what every module says first, and what the tables promise."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from told import told

from voiceprep import assess
from voiceprep.errors import VoiceprepError
from voiceprep.metrics import OF_WORDS, Metric, no_advice, no_band
from voiceprep.model import Answer, Point, Question, QuestionKind, Settings, Timing, Verdict
from voiceprep.tables import ENGINES, FORMATS, METRICS, load
from voiceprep.testing import spoken, typed

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "voiceprep").rglob("*.py"))
LONGEST = 400
# The nouns are one list that is read from top to bottom, and each of them is short.
LONGER = {"model.py": 500}
STORY = spoken(
    "Last year I worked at a bank on the payments team . <0.5> My task was to cut failed payments . <0.5> "
    "First I read the logs , and um <0.4> I found that old phones timed out . <0.6> "
    "I rewrote the retry and I tested it with two users . <0.5> As a result failures fell by forty percent ."
)
TYPED = typed(" ".join(word.text for word in STORY.words))
# What is missing is what advice is about.
FRAGMENT = spoken("I think that is um <0.8> a good question . <2.5> You know , it depends .")
ASKED = Question("q", "Tell me about a time when something failed.", QuestionKind.BEHAVIOURAL)
WEATHER = " ".join(["the weather was fine that week and we had our tea outside in the garden"] * 5)
ANSWERS = [
    *(assess.prepare(transcript, ASKED, Settings()) for transcript in (STORY, FRAGMENT)),
    # A background that is too long, a story that begins with the action, and an answer to another question.
    told(("S", WEATHER), ("A", "Then I made the tea."), ("R", "We drank it.")),
    told(("A", "I made the tea."), ("R", "We drank it.")),
    told(("S", WEATHER), question=replace(ASKED, points=(Point("What went wrong", ("broke down",)),))),
]
LOW, HIGH = (Verdict.LOW, Verdict.VERY_LOW), (Verdict.HIGH, Verdict.VERY_HIGH)
JUDGED = [metric for metric in (load(METRICS, entry) for entry in METRICS) if metric.band is not no_band]


def name(module: Path) -> str:
    return module.relative_to(ROOT / "voiceprep").as_posix()


def test_every_import_contract_is_kept(tmp_path: Path) -> None:
    try:
        version("import-linter")
    except PackageNotFoundError:
        pytest.skip("import-linter is not installed: pip install --group test")
    line = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    # Wherever the package was installed from, it is this checkout whose contracts are looked at.
    where = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_COLOR": "1", "TMPDIR": str(tmp_path)}
    done = subprocess.run(line, cwd=ROOT, env=os.environ | where, capture_output=True, text=True, check=False)
    assert "0 broken" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_every_module_says_in_its_first_line_what_it_is(module: Path) -> None:
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    first, _, rest = said.partition("\n")
    assert first.endswith(".")
    assert not rest or rest.startswith("\n")


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_every_module_fits_in_a_head(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGER.get(name(module), LONGEST)


@pytest.mark.parametrize("table", [FORMATS, ENGINES], ids=["formats", "engines"])
def test_every_entry_of_the_tables_can_be_called(table: dict[str, str]) -> None:
    assert table
    assert all(callable(load(table, entry)) for entry in table)


@pytest.mark.parametrize("entry", METRICS)
def test_a_metric_has_the_name_that_the_table_gives_it(entry: str) -> None:
    metric = load(METRICS, entry)
    assert isinstance(metric, Metric)
    assert metric.name == entry
    assert metric.measure(Answer(STORY)).metric == entry
    assert metric.measure(Answer(STORY)).version == metric.version


@pytest.mark.parametrize("entry", METRICS)
def test_a_metric_is_judged_only_with_a_source_and_with_something_to_try(entry: str) -> None:
    metric = load(METRICS, entry)
    judged = metric.band is not no_band
    assert not judged or metric.source
    assert judged == (metric.advice is not no_advice)
    assert judged or not metric.weight


@pytest.mark.parametrize("metric", JUDGED, ids=lambda metric: metric.name)
def test_every_verdict_that_a_band_can_give_comes_with_advice_and_a_headline(metric: Metric) -> None:
    bands = [band for answer in ANSWERS if (band := metric.band(answer))]
    assert bands
    for verdicts, headline, edges in (
        (LOW, metric.too_low, [band.low for band in bands]),
        (HIGH, metric.too_high, [band.high for band in bands]),
    ):
        if any(edge is not None for edge in edges):
            assert headline
            assert all(_advised(metric, verdict) for verdict in verdicts)


def _advised(metric: Metric, verdict: Verdict) -> bool:
    return any(metric.advice(verdict, metric.measure(answer), answer) for answer in ANSWERS)


@pytest.mark.parametrize("entry", METRICS)
def test_a_metric_of_typed_text_counts_words_or_says_why_not(entry: str) -> None:
    metric = load(METRICS, entry)
    answer = assess.prepare(TYPED, ASKED, Settings())
    measurement = metric.measure(answer)
    unit = metric.unit_of_text or metric.unit
    assert measurement.reason or not re.search("second|minute|time", unit)
    assert measurement.version == metric.version + OF_WORDS * bool(metric.unit_of_text)
    assert all(0 <= one.span.start < one.span.end <= len(TYPED.words) for one in measurement.evidence)


@pytest.mark.parametrize("entry", METRICS)
def test_a_metric_that_needs_the_sound_takes_nothing_from_a_transcript(entry: str) -> None:
    metric = load(METRICS, entry)
    heard = replace(STORY, pauses=(), quality=None, timing=Timing.FILE)
    measurement = metric.measure(assess.prepare(heard, ASKED, Settings()))
    assert measurement.reason or metric.group not in {"Pauses", "Voice"}


def test_each_branch_of_the_error_tree_has_an_exit_code_of_its_own() -> None:
    branches = VoiceprepError.__subclasses__()
    codes = [VoiceprepError.exit_code, *(branch.exit_code for branch in branches)]
    assert sorted(codes) == [1, 2, 3, 4, 5]
