from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voiceprep.audio import Decoded, decode

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
NAMES = ["strong-star", "rambling", "no-result", "technical", "demo"]
SCRIPTS = {script["name"]: script for script in json.loads((SAMPLES / "scripts.json").read_text("utf-8"))["samples"]}


def reference(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def heard() -> dict[str, Decoded]:
    return {name: decode(SAMPLES / reference(name)["recording"]) for name in NAMES}


def level(decoded: Decoded, start: float, end: float) -> float:
    rate = decoded.audio.rate
    return 20 * float(np.log10(decoded.audio.samples[int(start * rate) : int(end * rate)].std()))


def test_the_list_is_whole() -> None:
    assert sorted(NAMES) == sorted(SCRIPTS)
    assert {path.stem for path in SAMPLES.glob("*.json")} == {*NAMES, "scripts"}
    files = {path.name for path in SAMPLES.iterdir() if path.suffix in {".m4a", ".mp3", ".ogg", ".flac"}}
    assert files == {reference(name)["recording"] for name in NAMES}


def test_they_are_small_enough_to_travel() -> None:
    sizes = {name: (SAMPLES / reference(name)["recording"]).stat().st_size for name in NAMES}
    assert sum(sizes.values()) < 3_000_000
    assert sizes["demo"] < 300_000


@pytest.mark.parametrize("name", NAMES)
def test_the_recording_is_whole(heard: dict[str, Decoded], name: str) -> None:
    assert heard[name].audio.duration == pytest.approx(reference(name)["duration"], abs=0.1)
    assert heard[name].caveats == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_what_the_script_says(name: str) -> None:
    script, known = SCRIPTS[name], reference(name)
    said = " ".join(line["text"] for line in script["lines"])
    said = re.sub(r"<(um|uh)[^>]*>", r"\1,", re.sub(r"\s*<pause[^>]*>", "", said))
    assert known["reference"] == said
    assert known["reference"] == " ".join(sentence["text"] for sentence in known["sentences"])
    assert [sentence["part"] for sentence in known["sentences"]] == [line["part"] for line in script["lines"]]
    assert [pause["label"] for pause in known["filled_pauses"]] == re.findall(r"\b(um|uh)\b", said)


@pytest.mark.parametrize("name", NAMES)
def test_star_is_what_the_sentences_tell(name: str) -> None:
    known = reference(name)
    told = {sentence["part"] for sentence in known["sentences"]}
    if known["star"] is None:
        assert told == {"O"}
    else:
        assert known["star"] == {part: part in told for part in "STAR"}


def test_questions_are_those_of_the_pack() -> None:
    pack = {item["id"]: item["text"] for item in json.loads((ROOT / "questions.json").read_text("utf-8"))["questions"]}
    for name in NAMES:
        known = reference(name)
        assert known["question_text"]
        if known["question"]:
            assert known["question_text"] == pack[known["question"]]
    assert reference("strong-star")["question"] == "scope-decision"


@pytest.mark.parametrize("name", NAMES)
def test_pauses_are_silent_and_apart_from_hesitations(heard: dict[str, Decoded], name: str) -> None:
    known = reference(name)
    # Silence is found in steps of 5 ms, so that it may reach two steps into the faded end of a hesitation.
    spans = sorted((span["start"], span["end"]) for span in known["pauses"] + known["filled_pauses"])
    assert all(before[1] <= after[0] + 0.01 for before, after in pairwise(spans))
    assert all(pause["end"] - pause["start"] >= 0.25 for pause in known["pauses"])
    assert all(level(heard[name], pause["start"] + 0.02, pause["end"] - 0.02) < -45 for pause in known["pauses"])


def test_every_pause_of_the_script_is_known() -> None:
    for name in NAMES:
        asked = [float(s) for line in SCRIPTS[name]["lines"] for s in re.findall(r"<pause ([\d.]+)>", line["text"])]
        lengths = [pause["end"] - pause["start"] for pause in reference(name)["pauses"]]
        assert all(any(abs(length - pause) < 0.06 for length in lengths) for pause in asked)


def pitches(decoded: Decoded, start: float, end: float) -> list[float]:
    """Return the pitch of each voiced 40 ms between `start` and `end`, by autocorrelation between 60 and 200 Hz."""
    rate = decoded.audio.rate
    size = int(0.04 * rate)
    found = []
    for at in range(int((start + 0.03) * rate), int((end - 0.03) * rate) - size, size // 4):
        frame = decoded.audio.samples[at : at + size] - decoded.audio.samples[at : at + size].mean()
        likeness = np.correlate(frame, frame, "full")[size - 1 :] / (np.arange(size, 0, -1) * np.mean(frame**2))
        lags = np.arange(rate // 200, rate // 60)
        best = int(lags[np.argmax(likeness[lags])])
        found += [rate / best] if likeness[best] > 0.7 else []
    return found


@pytest.mark.parametrize("name", NAMES)
def test_hesitations_are_voiced_steady_and_as_long_as_real_ones(heard: dict[str, Decoded], name: str) -> None:
    for pause in reference(name)["filled_pauses"]:
        start, end = pause["start"], pause["end"]
        assert 0.33 <= end - start <= 0.62
        assert level(heard[name], start, end) > -26
        voiced = pitches(heard[name], start, end)
        frames = (end - start - 0.1) / 0.01
        assert len(voiced) > 0.8 * frames
        low, middle, high = np.percentile(voiced, [5, 50, 95])
        assert 75 < middle < 105
        assert 12 * np.log2(high / low) < 5
        assert np.mean(voiced[-5:]) < np.mean(voiced[:5])


def test_the_demo_has_something_to_show() -> None:
    known = reference("demo")
    assert 30 < known["duration"] < 45
    assert known["star"] == {"S": True, "T": True, "A": True, "R": True}
    assert len(known["filled_pauses"]) == 3
    assert max(pause["end"] - pause["start"] for pause in known["pauses"]) > 1.2
