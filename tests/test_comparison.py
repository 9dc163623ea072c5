"""What changed is told from chance, words are laid side by side, and everything has its mirror image."""

from __future__ import annotations

import json
import math
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from comparison_example import AFTER, BEFORE, alone, example, judged, side, turned
from hypothesis import given, settings
from hypothesis import strategies as st
from report_example import QUESTION
from report_values import assert_golden

from voiceprep.codec import to_data
from voiceprep.comparison import Change, Comparison, Counted, Difference, Fate, Run, Side, compare_answers
from voiceprep.comparison.measures import tested as against_chance
from voiceprep.comparison.measures import told as told_of
from voiceprep.comparison.sittings import compare_sittings
from voiceprep.comparison.words import aligned, bare
from voiceprep.metrics import OF_WORDS
from voiceprep.model import Band, Detector, Finding, Measurement, Span, Timing, Transcript, Verdict, Word, WordKind
from voiceprep.report import beside, comparison_data, comparison_text
from voiceprep.testing import spoken, typed

TOLD = spoken("One two, um, three four. <1.4> Five you know six seven.")


def named(comparison: Comparison, metric: str) -> Difference:
    return next(one for one in comparison.differences if one.metric == metric)


@pytest.mark.parametrize(("apart", "p"), [(0.10, 0.28), (0.17, 0.093), (0.20, 0.057), (0.30, 0.0123)])
def test_a_part_that_may_be_misread_changes_by_more_than_the_worst_readings_stray(apart: float, p: float) -> None:
    # Two readings of a task, each 0.06 off: Student's t with 6 degrees of freedom, by a printed table of it.
    one, other = (
        Finding("Task", "% of the time", "Story", Measurement("task", 1, share, 1.0), Verdict.GOOD)
        for share in (0.1, 0.1 + apart)
    )
    found = against_chance(one, other, told_of(TOLD, None), told_of(TOLD, None)).test
    assert found
    assert found.p == pytest.approx(p, rel=0.02)
    assert found.low == pytest.approx(apart - 2.447 * 0.06 * math.sqrt(2), abs=1e-4)


def words(text: str) -> tuple[Word, ...]:
    """Return `text` as words: `um` and `uh` are filled pauses."""
    kinds = {"um": WordKind.FILLED_PAUSE, "uh": WordKind.FILLED_PAUSE}
    return tuple(
        Word(said, Span(at, at + 0.5), kind=kinds.get(said, WordKind.WORD)) for at, said in enumerate(text.split())
    )


def told(runs: tuple[Run, ...], a: tuple[Word, ...], b: tuple[Word, ...]) -> list[tuple[str, str, str]]:
    def said(some: tuple[Word, ...]) -> str:
        return " ".join(word.text for word in some)

    return [(run.fate.value, said(a[run.first_a : run.last_a]), said(b[run.first_b : run.last_b])) for run in runs]


# Words


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("a b", "a b", [("kept", "a b", "a b")]),
        ("We moved it.", "we moved It", [("kept", "We moved it.", "we moved It")]),
        ("a b c", "a c", [("kept", "a", "a"), ("cut", "b", ""), ("kept", "c", "c")]),
        ("a c", "a b c", [("kept", "a", "a"), ("added", "", "b"), ("kept", "c", "c")]),
        ("a b", "", [("cut", "a b", "")]),
        ("", "a b", [("added", "", "a b")]),
        ("um a um b", "a uh b", [("kept", "um a um b", "a uh b")]),
        ("um", "a", [("cut", "um", ""), ("added", "", "a")]),
        ("um", "uh um", [("cut", "um", ""), ("added", "", "uh um")]),
        ("it\u2019s fine", "it's fine", [("kept", "it\u2019s fine", "it's fine")]),
    ],
)
def test_words_are_kept_cut_or_added(before: str, after: str, expected: list[tuple[str, str, str]]) -> None:
    a, b = words(before), words(after)
    assert told(aligned(a, b), a, b) == expected


def test_a_phrase_that_moved_is_marked_in_both_places() -> None:
    a = words("costs fell by forty percent then we told every customer about the new page")
    b = words("we told every customer about the new page costs fell by forty percent then")
    runs = aligned(a, b)
    assert told(runs, a, b) == [
        ("moved", "costs fell by forty percent then", ""),
        ("kept", "we told every customer about the new page", "we told every customer about the new page"),
        ("moved", "", "costs fell by forty percent then"),
    ]
    assert [run.move for run in runs] == [1, 0, 1]


def test_a_few_small_words_do_not_move() -> None:
    a, b = (
        words("and it was so good we stayed much longer there"),
        words("we stayed much longer there and it was so on"),
    )
    assert Fate.MOVED not in {run.fate for run in aligned(a, b)}


def test_a_stray_word_in_a_passage_told_anew_is_not_kept() -> None:
    a = words("first red green blue the yellow black white last")
    b = words("first cat dog cow the horse bird fish last")
    assert told(aligned(a, b), a, b) == [
        ("kept", "first", "first"),
        ("cut", "red green blue the yellow black white", ""),
        ("added", "", "cat dog cow the horse bird fish"),
        ("kept", "last", "last"),
    ]


WORDS = st.lists(st.sampled_from(["a", "b", "c", "house", "river", "um", "-", "The", "the."]), max_size=40).map(
    " ".join
)


@settings(deadline=None, max_examples=60)
@given(WORDS, WORDS)
def test_each_word_of_both_is_in_one_run_and_in_order(before: str, after: str) -> None:
    a, b = words(before), words(after)
    runs = aligned(a, b)
    assert [at for run in runs for at in range(run.first_a, run.last_a)] == list(range(len(a)))
    assert [at for run in runs for at in range(run.first_b, run.last_b)] == list(range(len(b)))
    for run in runs:
        if run.fate is Fate.KEPT:
            mine, theirs = (
                [bare(word.text) for word in some if word.kind is WordKind.WORD and bare(word.text)]
                for some in (a[run.first_a : run.last_a], b[run.first_b : run.last_b])
            )
            assert mine == theirs
            assert len(mine) == run.plain


_OTHER_WAY = {Fate.CUT: Fate.ADDED, Fate.ADDED: Fate.CUT}


@settings(deadline=None, max_examples=60)
@given(WORDS, WORDS)
def test_the_other_way_round_is_the_mirror_image(before: str, after: str) -> None:
    a, b = words(before), words(after)
    there = {(run.fate, run.first_a, run.last_a, run.first_b, run.last_b) for run in aligned(a, b) if not _void(run)}
    back = {
        (_OTHER_WAY.get(run.fate, run.fate), run.first_b, run.last_b, run.first_a, run.last_a) for run in aligned(b, a)
    }
    assert {_place(one) for one in there} == {_place(one) for one in back}


def _void(run: Run) -> bool:
    return run.first_a == run.last_a and run.first_b == run.last_b


def _place(run: tuple[Fate, int, int, int, int]) -> tuple[Any, ...]:
    """Return a run without where its other side would be: what is cut stands before or after what is added there."""
    fate, first_a, last_a, first_b, last_b = run
    return (
        fate,
        *((first_a, last_a) if last_a > first_a else ()),
        "|",
        *((first_b, last_b) if last_b > first_b else ()),
    )


@settings(deadline=None, max_examples=60)
@given(WORDS)
def test_an_answer_keeps_all_words_of_itself(said: str) -> None:
    one = words(said)
    assert {run.fate for run in aligned(one, one)} <= {Fate.KEPT} or not any(
        word.kind is WordKind.WORD and bare(word.text) for word in one
    )


def test_three_minutes_are_aligned_in_a_blink_and_an_hour_in_seconds() -> None:
    def passage(count: int, seed: int) -> tuple[Word, ...]:
        # A linear congruence: words as often as in speech, the first of them very often.
        out = []
        for _ in range(count):
            seed = (seed * 1103515245 + 12345) % 2**31
            out.append(f"w{int(400 * (seed / 2**31) ** 3)}")
        return words(" ".join(out))

    short = passage(450, 1), passage(225, 1) + passage(225, 2)
    aligned(*short)
    began = time.perf_counter()
    aligned(*short)
    assert time.perf_counter() - began < 0.5
    long = passage(9000, 3), passage(4500, 3) + passage(4500, 4)
    began = time.perf_counter()
    aligned(*long)
    assert time.perf_counter() - began < 20


# Measures


def test_fewer_fillers_are_better_and_the_rest_is_chance() -> None:
    fillers = named(example(), "hesitations")
    assert fillers.change is Change.BETTER
    assert fillers.high is not None
    assert fillers.high < 1
    assert named(turned(), "hesitations").change is Change.WORSE
    # Filled pauses alone have no band: nothing says that fewer are better.
    assert named(example(), "filled_pauses").change is Change.OTHER
    assert named(example(), "silent_pauses").change is Change.CHANCE
    assert named(example(), "star_parts").change is Change.UNTESTED


def test_an_answer_does_not_differ_from_itself() -> None:
    for said in (BEFORE, AFTER, "One two three."):
        found = alone(side(said))
        assert not found.changed
        assert all(one.a == one.b for one in found.differences)
        assert {run.fate for run in found.runs} == {Fate.KEPT}


def test_the_other_way_round_is_the_same_in_reverse() -> None:
    for one in example().differences:
        other = named(turned(), one.metric)
        assert (one.a, one.b) == (other.b, other.a)
        assert one.p == (None if other.p is None else pytest.approx(other.p, abs=1e-9))
        assert one.real == other.real
        if one.of == "ratio" and one.low and one.high:
            assert other.high == pytest.approx(1 / one.low, rel=1e-6)
        elif one.of == "difference" and one.low is not None:
            assert other.high == pytest.approx(-one.low, abs=1e-9)


def test_the_same_two_always_give_the_same() -> None:
    again = compare_answers(example().a, example().b)
    assert again == example()


def test_what_is_far_from_good_gets_better_on_the_way_there() -> None:
    slow, fast = side(AFTER, a_word=1.4), side(AFTER, a_word=0.62)
    pace = named(compare_answers(slow, fast), "pace")
    assert (pace.change, pace.of) == (Change.BETTER, "ratio")
    assert "bootstrap" in pace.method


def test_inside_the_band_nothing_is_better() -> None:
    pace = named(compare_answers(side(2 * AFTER, a_word=0.41), side(2 * AFTER, a_word=0.31)), "pace")
    assert pace.a is not None
    assert pace.b is not None
    assert 120 <= pace.a < pace.b <= 170
    assert pace.change is Change.OTHER


def _with(one: Side, **changes: Any) -> Side:
    assert one.assessment
    return replace(one, assessment=judged(replace(one.assessment.transcript, **changes), one.assessment.question))


DETECTOR = Detector("probe", "a" * 64, 90, 10, 20, 5)


@pytest.mark.parametrize(
    ("other", "metric", "reason"),
    [
        (side("Too short."), "pace", "not measured in B"),
        (
            side(typed("We moved the date because the module was old and nobody knew it.")),
            "hesitation_share",
            "not heard",
        ),
        (_with(side(AFTER), detector=DETECTOR), "filled_pauses", "not heard in the same way"),
        (side(AFTER, question=replace(QUESTION, target=Span(30, 60))), "length", "aim at different lengths"),
        (side("We moved the date because it was late. <0.4> " * 2), "articulation_rate", "more than twice as long"),
        (side("We moved the date because it was late. <0.4> " * 2), "phonation_ratio", "needs 60 s"),
    ],
    ids=["missing", "typed", "detector", "target", "length", "short"],
)
def test_what_is_not_alike_is_not_compared(other: Side, metric: str, reason: str) -> None:
    one = named(compare_answers(side(BEFORE), other), metric)
    assert one.change is Change.INCOMPARABLE
    assert reason in one.reason
    assert not one.real


def test_another_version_is_another_measure() -> None:
    assert example().a.assessment
    old = tuple(
        replace(
            each, measurement=replace(each.measurement, version=1000 * (each.measurement.metric == "situation") + 7)
        )
        for each in example().a.assessment.findings
    )
    before = replace(example().a, assessment=replace(example().a.assessment, findings=old))
    found = compare_answers(before, example().b)
    assert "measured in two ways (version 7 and 1)" in named(found, "pace").reason
    assert "in the other in words" in named(found, "situation").reason
    assert not [one for one in found.tested if one.metric in {"pace", "situation"}]


def test_doubtful_sounds_make_a_count_less_sure() -> None:
    def heard(text: str, probability: float) -> Side:
        transcript = spoken(text, a_word=0.4)
        said = tuple(
            replace(word, probability=probability) if word.kind is WordKind.FILLED_PAUSE else word
            for word in transcript.words
        )
        return side(replace(transcript, words=said, detector=DETECTOR))

    sure, unsure = (
        named(compare_answers(heard(BEFORE, chance), heard(AFTER, chance)), "filled_pauses") for chance in (1.0, 0.55)
    )
    assert sure.p is not None
    assert unsure.p is not None
    assert sure.p < unsure.p


def test_what_makes_the_whole_doubtful_is_said() -> None:
    other = side(AFTER, question=replace(QUESTION, text="Another?"))
    assert other.assessment
    engine = replace(other.assessment.transcript.engine, model="tiny")
    noisy = replace(other.assessment.transcript.quality, noise_db=-30.0)  # type: ignore[type-var]
    other = replace(
        other,
        assessment=replace(
            other.assessment, transcript=replace(other.assessment.transcript, engine=engine, quality=noisy)
        ),
    )
    said = " ".join(compare_answers(side(BEFORE), other).caveats)
    for part in ("different models (scripted none and scripted tiny)", "B is much noisier", "different questions"):
        assert part in said
    assert "the same recording" in " ".join(alone(side(BEFORE)).caveats)
    read = compare_answers(side(BEFORE), _with(side(AFTER), timing=Timing.FILE, pauses=(), quality=None))
    assert "read from a text" in " ".join(read.caveats)


def test_parts_of_the_story_stand_beside_each_other() -> None:
    parts = example().parts
    assert [row.part.value for row in parts] == ["S", "T", "A", "R"]
    situation = parts[0]
    assert situation.share_a
    assert any("billing part" in text for text in situation.sentences_a)


def test_shares_of_the_time_have_no_scale_in_common_with_shares_of_the_words() -> None:
    def written() -> Side:
        return side(typed(re.sub(r"<.*?>", "", AFTER)))

    mixed = compare_answers(side(BEFORE), written())
    assert {(row.unit_a, row.unit_b, row.comparable) for row in mixed.parts} == {
        ("% of the time", "% of the words", False)
    }
    both = compare_answers(written(), written())
    assert {(row.unit_a, row.comparable) for row in both.parts} == {("% of the words", True)}


@pytest.mark.parametrize(
    ("first", "second", "older"),
    [
        ("2026-05-01T20:00:00+02:00", "2026-05-01T18:30:00+00:00", False),
        ("2026-05-01T18:30:00+00:00", "2026-05-01T20:00:00+02:00", True),
        ("2026-05-02T09:00:00", "2026-05-01T09:00:00+00:00", True),
        ("2026-05-01T09:00:00", "2026-05-01T09:00:00", False),
        ("2026-05-02T09:00:00", "", False),
        ("some day", "2026-05-01T09:00:00", False),
    ],
)
def test_it_is_said_where_b_came_before_a(first: str, second: str, *, older: bool) -> None:
    answers = compare_answers(side(BEFORE, at=first), side(AFTER, at=second))
    sessions = [replace(sitting("s", 10, 12, 11), side=Side("s", at)) for at in (first, second)]
    for found in (answers, compare_sittings(*sessions)):
        assert any("B is older than A" in said for said in found.caveats) is older


# Sessions


def sitting(name: str, *rates: float, minutes: float = 1.5, version: int = 2) -> Counted:
    answers = tuple(
        (
            Measurement("hesitations", version, round(rate * minutes), minutes),
            Measurement("pace", 1, 140 * minutes + 9 * at, minutes),
            Measurement("length", 1, 90.0 + at, 1.0),
        )
        for at, rate in enumerate(rates)
    )
    return Counted(Side(name, answers=len(rates)), answers)


def test_sessions_are_compared_by_their_answers() -> None:
    found = compare_sittings(sitting("monday", 10, 12, 11, 9), sitting("friday", 3, 4, 2, 3))
    fillers = named(found, "hesitations")
    assert (fillers.change, fillers.a, fillers.b) == (
        Change.BETTER,
        pytest.approx(10.5, abs=0.3),
        pytest.approx(3, abs=0.3),
    )
    assert named(found, "pace").change is Change.CHANCE
    assert named(found, "length").method == "Welch's t over the answers"
    assert not found.runs


def test_answers_that_scatter_make_sessions_alike() -> None:
    found = compare_sittings(sitting("monday", 0, 30, 1, 12), sitting("friday", 3, 6, 2, 3))
    fillers = named(found, "hesitations")
    assert fillers.change is Change.CHANCE
    assert "times as scattered" in fillers.method


def test_three_answers_that_are_all_alike_prove_nothing() -> None:
    def told_parts(count: int, answers: int) -> Counted:
        return Counted(Side("s", answers=answers), ((Measurement("star_parts", 1, count, 1.0),),) * answers)

    few, many = (compare_sittings(told_parts(3, count), told_parts(4, count)) for count in (3, 6))
    assert named(few, "star_parts").change is Change.CHANCE
    assert named(many, "star_parts").change is Change.OTHER


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (sitting("friday", 3, 4), "B has 2 answers with it, and 3 are needed"),
        (sitting("friday", 3, 4, 2, version=2 + OF_WORDS), "measured in different ways"),
        (Counted(Side("friday"), ()), "not measured in B"),
    ],
)
def test_sessions_that_cannot_be_compared_say_why(other: Counted, reason: str) -> None:
    one = named(compare_sittings(sitting("monday", 10, 12, 11), other), "hesitations")
    assert one.change is Change.INCOMPARABLE
    assert reason in one.reason


def test_the_bands_of_the_user_count() -> None:
    bands = {"hesitations": Band(low=20)}
    found = compare_sittings(sitting("monday", 10, 12, 11, 9), sitting("friday", 3, 4, 2, 3), bands)
    assert named(found, "hesitations").change is Change.WORSE


# As text and as data


def test_the_terminal_view_is_as_it_was() -> None:
    assert_golden("comparison.txt", comparison_text.render(example()))


@pytest.mark.parametrize("width", [60, 80, 110])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for one in (
        example(),
        alone(side("One two three.")),
        compare_sittings(sitting("m", 1, 2, 3), sitting("f", 3, 4, 5)),
    ):
        assert max(map(len, comparison_text.render(one, width=width).splitlines())) <= width


def test_without_colour_and_in_ascii_everything_is_still_told() -> None:
    plain = comparison_text.render(example(), ascii=True)
    assert plain.isascii()
    assert "\x1b" not in plain
    assert "\x1b[" in comparison_text.render(example(), colour=True)
    for told_so in ("That is better.", "chance", "+", "*1:", "Not compared", "How"):
        assert told_so in plain


def test_rows_hold_every_word_and_pause_of_both_once() -> None:
    rows = beside.rows(example())
    for letter, one in (("a", example().a), ("b", example().b)):
        assert one.assessment
        shown = [token for row in rows for piece in getattr(row, letter) for token in piece.tokens]
        spoken_words = [token.word for token in shown if isinstance(token, beside.Spoken)]
        assert spoken_words == list(one.assessment.transcript.words)
        assert len(shown) - len(spoken_words) == len(one.assessment.transcript.pauses)


def test_the_data_say_what_the_page_says() -> None:
    data = json.loads(comparison_data.render(example()))
    assert (data["format"], data["version"]) == ("voiceprep-comparison", 1)
    fillers = next(one for one in data["differences"] if one["metric"] == "hesitations")
    assert fillers["change"] == "better"
    assert data["a"]["words"][:2] == ["So", "um"]
    assert data["runs"][0].keys() >= {"fate", "first_a", "last_b", "move"}
    assert "assessment" not in data["a"]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=12), st.data())
@settings(max_examples=25, deadline=None)
def test_any_words_can_be_compared_and_shown(texts: list[str], data: st.DataObject) -> None:
    def made() -> Transcript:
        some = data.draw(st.lists(st.sampled_from(texts), max_size=20))
        kinds = data.draw(st.lists(st.sampled_from(WordKind), min_size=len(some), max_size=len(some)))
        said = tuple(
            Word(text, Span(at, at + 0.4), kind=kind) for at, (text, kind) in enumerate(zip(some, kinds, strict=True))
        )
        return replace(TOLD, words=said, pauses=(), speech=(Span(0, len(said) or 1),), duration=len(said) + 1.0)

    found = compare_answers(side(made()), side(made()))
    to_data(found)
    comparison_data.render(found)
    comparison_text.render(found)


def test_a_narrow_terminal_leaves_the_pictures_out_and_the_names_whole() -> None:
    text = comparison_text.render(example(), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "Task, % of the time" in text
    assert "less  │  more" not in text
    assert "less  │  more" in comparison_text.render(example(), width=80)
