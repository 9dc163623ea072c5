"""What a coach would say: situations and the exact words of the advice, in `data/coaching.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest
from told import STORY, told

from voiceprep.assess import find, focus
from voiceprep.model import Answer, Question, QuestionKind
from voiceprep.tables import METRICS, load

NAMES = ("one_event", "situation", "task", "action", "result", "star_parts", "result_numbers", "opening", "ending")
CASES = (Path(__file__).parent / "data" / "coaching.txt").read_text(encoding="utf-8").split("\n# ")[1:]


def situation(case: str) -> tuple[Answer, str, dict[str, str]]:
    """Return the answer of a *case*, the headline and the advice that it should get."""
    lines = [(line[0], line[2:]) for line in case.strip().splitlines()[1:]]
    parts = [(mark, text) for mark, text in lines if mark in "STARO"]
    asked = next((text for mark, text in lines if mark == "?"), "")
    question = Question("q", asked, QuestionKind.BEHAVIOURAL, star=True) if asked else STORY
    event = 0.95 if {part for part, _ in parts} - {"O"} else 0.1
    advice = dict(text.split(": ", 1) for mark, text in lines if mark == ">")
    (title,) = (text for mark, text in lines if mark == "!")
    return told(*parts, episode=event, question=question), title, advice


def test_there_are_situations_of_all_kinds() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partition("\n")[0])
def test_a_coach_would_say_this(case: str) -> None:
    answer, title, advice = situation(case)
    metrics = [load(METRICS, name) for name in NAMES]
    findings = [find(metric, answer, {}) for metric in metrics]
    first = focus(findings, metrics)
    said = {one.measurement.metric: one.advice for one in findings if one.advice}
    assert said == advice
    assert (first.title if first else "nothing") == title
    assert first is None or (first.metric, first.advice) == next(iter(advice.items()))
