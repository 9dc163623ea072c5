"""How the benchmark of STAR counts, on answers small enough to do by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voiceprep.model import Part, StarReading

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import star_score
from star_score import Labelled


def says(parts: str, present: str) -> star_score.Reader:
    """Return a reader that says the same of every answer, as far as it goes."""

    def read(sentences: object) -> StarReading:
        count = len(sentences)  # type: ignore[arg-type]
        claims = {part: part in present for part in "STAR"}
        return StarReading(
            tuple(Part(p) for p in parts[:count]), (1.0,) * count, claims, dict.fromkeys("STAR", 0.5), 1.0
        )

    return read


ANSWER = Labelled("a", "x", "star", ("s.", "t.", "a.", "r."), "STAR")


def test_a_reader_that_never_misses_anything_names_no_deleted_part() -> None:
    figures = star_score.figures([star_score.tally(says("STAR", "STAR"), ANSWER)])
    assert figures["macro_f1"] == 1.0
    assert figures["deleted_part_f1"] == 0.0
    # The result comes first and is read S, and so on: no sentence is right.
    assert figures["result_first_macro_f1"] == 0.0


def test_a_reader_that_hears_no_result_is_right_on_one_of_four_copies() -> None:
    tally = star_score.tally(says("STAR", "STA"), ANSWER)
    assert tally.missing == (0, 1, 0)
    # With R gone: hit. With another gone: that one missed, and R named falsely.
    assert tally.deleted == (1, 3, 3)
    assert star_score.figures([tally])["deleted_part_f1"] == pytest.approx(2 / 8)


@pytest.mark.parametrize(("present", "right"), [("", 1), ("A", 1), ("AR", 0)])
def test_what_tells_no_story_may_have_one_part_claimed(present: str, right: int) -> None:
    answer = Labelled("n", "x", "none", ("o.", "p."), "OO")
    assert star_score.tally(says("OO", present), answer).none == (right, 1)


def test_ranges_hold_the_figure_and_repeat() -> None:
    tallies = [star_score.tally(says("STAR", present), ANSWER) for present in ("STAR", "STA", "ST", "SAR")]
    ranges = star_score.likely(tallies)
    assert ranges == star_score.likely(tallies)
    low, high = ranges["deleted_part_f1"]
    assert low <= star_score.figures(tallies)["deleted_part_f1"] <= high


def test_sentences_end_at_marks_not_at_abbreviations() -> None:
    assert star_score.sentences("We had tools, e.g. Jira. It failed! Why?") == [
        "We had tools, eg Jira.",
        "It failed!",
        "Why?",
    ]
