"""The samples, heard by the real model, against what they are known to hold and what was measured before."""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path
from typing import Any

import pytest

from voiceprep import analyze, config, models, render
from voiceprep.errors import EngineError
from voiceprep.model import Assessment, Settings, Span, WordKind

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem != "scripts")
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
# What another processor's arithmetic may change: a word here, a hundredth of a second there.
SLACK = 0.05
# Nearer to the threshold of 0.25 s a pause may fall on either side of it.
LONG_ENOUGH = 0.3

pytestmark = pytest.mark.model


def test_there_are_samples() -> None:
    assert len(NAMES) >= 4


def _reference(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="module")
def heard() -> dict[str, Assessment]:
    try:
        models.find("base", config.cache_dir(), offline=True)
    except EngineError as error:
        pytest.skip(f"the base model is not installed: {error.message} {error.hint}")
    return {name: _analyze(name) for name in NAMES}


def _analyze(name: str) -> Assessment:
    reference = _reference(name)
    question = reference["question"] or reference["question_text"]
    return analyze(SAMPLES / reference["recording"], question, Settings(offline=True), at="2026-01-01T00:00:00")


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_is_as_it_was(heard: dict[str, Assessment], name: str) -> None:
    values = {one.measurement.metric: one.measurement.value for one in heard[name].findings}
    rounded = {metric: None if value is None else round(value, 3) for metric, value in values.items()}
    reference = _reference(name)
    if UPDATE:
        reference["expected"] = rounded
        text = json.dumps(reference, indent=2, ensure_ascii=False) + "\n"
        (SAMPLES / f"{name}.json").write_text(text, encoding="utf-8")
        return
    expected = reference["expected"]
    assert set(rounded) == set(expected)
    for metric, value in rounded.items():
        if value is None or expected[metric] is None:
            assert value is expected[metric], metric
        else:
            assert value == pytest.approx(expected[metric], rel=SLACK, abs=1e-9), metric


@pytest.mark.parametrize("name", NAMES)
def test_nine_words_in_ten_are_kept(heard: dict[str, Assessment], name: str) -> None:
    jiwer = pytest.importorskip("jiwer")
    said = _plain(_reference(name)["reference"])
    words = _plain(" ".join(w.text for w in heard[name].transcript.words if w.kind is not WordKind.FILLED_PAUSE))
    assert jiwer.wer(said, words) <= 0.1


def _plain(text: str) -> str:
    words = ("".join(c for c in word.lower() if c.isalnum() or c == "'") for word in text.split())
    return " ".join(word for word in words if word and word not in {"um", "uh", "er", "erm", "hmm"})


@pytest.mark.parametrize("name", NAMES)
def test_the_pauses_that_are_there_are_found(heard: dict[str, Assessment], name: str) -> None:
    edges = [(one["start"], one["end"]) for one in _reference(name)["pauses"]]
    truth = [Span(start, end) for start, end in edges if end - start >= LONG_ENOUGH]
    found = [pause.span for pause in heard[name].transcript.pauses]
    pairs = [(max(found, key=span.overlap), span) for span in truth]
    same = [(one, span) for one, span in pairs if one.overlap(span) > 0.5 * max(one.duration, span.duration)]
    assert len(same) >= 0.9 * len(truth)
    errors = [abs(one.start - span.start) for one, span in same] + [abs(one.end - span.end) for one, span in same]
    assert statistics.median(errors) < 0.03


@pytest.mark.parametrize("name", NAMES)
def test_no_filled_pause_is_invented(heard: dict[str, Assessment], name: str) -> None:
    truth = _reference(name)["filled_pauses"]
    found = [word.span for word in heard[name].transcript.words if word.kind is WordKind.FILLED_PAUSE]
    false = [s for s in found if not any(s.start - 0.4 < t["end"] and s.end + 0.4 > t["start"] for t in truth)]
    assert false == []


def test_the_same_recording_gives_the_same_report(heard: dict[str, Assessment]) -> None:
    again = _analyze(NAMES[0])
    assert render(again, "json") == render(heard[NAMES[0]], "json")
