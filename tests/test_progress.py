"""Progress: what is called better, what is not, and what is said where there is little to say."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from progress_values import NOISE, SCOPE, Counted, day, measured, moved, sittings
from test_rating import ASKED, FACTS, SAID
from told import told as told_by_hand

from voiceprep import assess
from voiceprep.metrics import OF_WORDS
from voiceprep.model import (
    Answer,
    Assessment,
    Band,
    Measurement,
    Question,
    QuestionKind,
    Recording,
    Settings,
    Span,
    Verdict,
)
from voiceprep.progress import Course, Coverage, Move, Said, Told
from voiceprep.progress.courses import LEAST, away, band_of, courses, newest
from voiceprep.progress.habits import habits
from voiceprep.progress.overall import A_MONTH, MONTHS, Known, overall, sampled
from voiceprep.progress.takes import coverage, practised, tries
from voiceprep.progress.usual import Usual
from voiceprep.rating import ACT, WATCH
from voiceprep.report import progress_html, progress_text, progress_words
from voiceprep.tables import METRICS, load
from voiceprep.testing import spoken

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import progress as benchmark

FALLING = [9.0 - 0.5 * at + 0.3 * (at % 3) for at in range(15)]
RISING = FALLING[::-1]


def course(values: list[float], metric: str = "hesitations", **asked: object) -> Course:
    (found,) = courses(sittings({metric: values}), [SCOPE], **asked)  # type: ignore[arg-type]
    return found


# What becomes of a measure


@pytest.mark.parametrize(
    ("metric", "values", "move"),
    [
        pytest.param("hesitations", FALLING, Move.BETTER, id="down, to the band below"),
        pytest.param("hesitations", RISING, Move.WORSE, id="up, away from the band below"),
        pytest.param("pace", [80 + 4 * at for at in range(15)], Move.BETTER, id="up, to the band above"),
        pytest.param("pace", [130 + 2 * at for at in range(15)], Move.CHANGED, id="inside the band all the time"),
        pytest.param("hedges", FALLING, Move.CHANGED, id="no band"),
        pytest.param("hesitations", list(NOISE), Move.STEADY, id="noise"),
        pytest.param("hesitations", [4.0] * 15, Move.STEADY, id="constant"),
        pytest.param("hesitations", FALLING[: LEAST - 1], Move.EARLY, id="too few sittings"),
    ],
)
def test_better_is_nearer_to_the_band_and_not_more_or_less(metric: str, values: list[float], move: Move) -> None:
    assert course(values, metric).move is move


def test_the_users_own_band_decides_what_is_better() -> None:
    assert course(FALLING, bands={"hesitations": Band(8, 12)}).move is Move.WORSE


def test_a_jump_over_the_band_is_better_only_if_it_ends_nearer() -> None:
    assert course([60 + 12 * at for at in range(15)], "pace").move is Move.BETTER
    assert course([100 + 12 * at for at in range(15)], "pace").move is Move.WORSE


def test_what_shows_in_one_measure_may_be_chance_among_many() -> None:
    weak = [4.0, 5.0, 3.0, 7.0, 5.5, 6.5, 6.2, 8.0, 6.1, 7.5, 7.0, 9.0]
    judged = [name for name in METRICS if band_of(load(METRICS, name), {SCOPE: 1})]
    alone = courses(sittings({"hesitations": weak}), [SCOPE])
    among = courses(
        sittings({"hesitations": weak} | {name: NOISE[:12] for name in judged if name != "hesitations"}), [SCOPE]
    )
    assert [one.move for one in alone] == [Move.WORSE]
    assert {one.metric: one.move for one in among}["hesitations"] is Move.STEADY


def test_versions_are_never_put_together_and_the_newest_counts() -> None:
    old = [Counted(day(-at), 1, (measured("hesitations", 90.0, 1),)) for at in range(4, 0, -1)]
    (found,) = courses([*old, *sittings({"hesitations": FALLING})], [SCOPE])
    assert found.values == pytest.approx(FALLING)
    assert found.other == 4
    (note,) = progress_words.other([found])
    assert "4 sittings measured it otherwise" in note


STAR = ("situation", "task", "action", "result")


def test_one_recording_does_not_drive_out_many_texts_and_is_noted_once() -> None:
    typed = [Counted(day(at), 1, tuple(measured(name, 0.2, 1 + OF_WORDS) for name in STAR)) for at in range(6)]
    found = courses([*typed, Counted(day(7), 1, tuple(measured(name, 0.3, 1) for name in STAR))], [SCOPE])
    assert [(len(one.points), one.other, one.unit) for one in found] == [(6, 1, "% of the words")] * 4
    (note,) = progress_words.other(found)
    assert note.startswith("Situation, Task, Action and Result: 1 sitting measured them otherwise")


def test_what_is_usual_is_possible() -> None:
    assert course([4.0, 3.0, 4.0, 3.0, 4.0, 4.0], "star_parts").usual == Usual(4.0, pytest.approx(2.99736), 4.0, 5)
    assert course([0.1, 0.9, 0.2, 0.8, 0.5, 0.5], "phonation_ratio").usual == Usual(0.5, 0.0, 1.0, 5)
    assert course([0.0, 9.0, 1.0, 8.0, 2.0, 2.0]).usual.low == 0.0  # type: ignore[union-attr]


def test_of_speech_and_text_more_sittings_count_and_text_alone_has_its_unit() -> None:
    assert newest({1: 2, 1 + OF_WORDS: 2}, 1) == 1
    assert newest({1: 1, 1 + OF_WORDS: 2}, 1) == 1 + OF_WORDS
    assert newest({1: 1, 2: 1}, 3) == 2
    assert newest({1: 1, 2: 1}, 1) == 1
    assert newest({}, 1) == 0
    (found,) = courses([Counted(day(0), 1, (measured("situation", 0.3, 1 + OF_WORDS),))], [SCOPE])
    assert found.unit == "% of the words"


def test_what_was_not_measured_is_not_a_course() -> None:
    empty = Measurement("hesitations", 2, 0.0, 0.0)
    assert courses([Counted(day(0), 1, (empty,))]) == ()
    assert courses([]) == ()


def test_the_usual_range_is_that_before_the_last_sitting() -> None:
    found = course([4.0, 5.0, 4.5, 5.5, 5.0, 30.0])
    assert found.usual
    assert found.usual.count == 5
    assert found.place == "above"


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 200).map(lambda one: one / 8), min_size=1, max_size=24), st.integers(-900, 900))
def test_the_calendar_changes_nothing(values: list[float], days: int) -> None:
    asked = sittings({"hesitations": values, "pace": [100 + value for value in values]})
    before, after = courses(asked, [SCOPE]), courses(moved(asked, days), [SCOPE])
    assert [replace(one, points=()) for one in after] == [replace(one, points=()) for one in before]


@settings(deadline=None, max_examples=20)
@given(st.permutations(sorted(METRICS)))
def test_the_order_of_measures_changes_nothing(order: list[str]) -> None:
    values = {name: FALLING if name == "hesitations" else list(NOISE) for name in sorted(METRICS)}
    known = courses(sittings(values), [SCOPE])
    assert courses(sittings({name: values[name] for name in order}), [SCOPE]) == known


# What is good, where questions differ


def test_each_edge_of_a_band_is_the_mean_of_those_of_the_questions() -> None:
    short = Question("short", "Briefly?", QuestionKind.TECHNICAL, star=False, target=Span(30, 60))
    length = load(METRICS, "length")
    assert band_of(length, {SCOPE: 1}) == Band(60, 150, 45, 187.5)
    assert band_of(length, {SCOPE: 3, short: 1}) == Band(52.5, 127.5, 39.375, 159.375)


def test_where_many_answers_have_no_band_there_is_none() -> None:
    length = load(METRICS, "length")
    assert band_of(length, {SCOPE: 3, None: 1})
    assert band_of(length, {SCOPE: 1, None: 1}) is None
    assert band_of(load(METRICS, "hedges"), {SCOPE: 1}) is None


# Questions, competencies, what to try


def told(number: int, question: Question | None = SCOPE, **values: float) -> Told:
    return Told(number, day(number), question, tuple(measured(name, value) for name, value in values.items()))


def test_the_best_take_has_the_largest_share_inside_the_bands_and_the_last_is_the_last() -> None:
    takes = [
        told(1, pace=150, hesitations=9, hedges=5),
        told(2, pace=150, hesitations=2),
        told(3, pace=90, hesitations=8),
    ]
    (one,) = practised(takes, {})
    assert (one.question, one.takes, one.best, one.best_at, one.last) == ("scope", 3, (2, 2), day(2), (0, 2))
    assert one.outside == ("Pace", "Filled pauses and filler words")


def test_of_equal_takes_the_later_is_the_best_and_what_is_not_judged_is_said() -> None:
    (one,) = practised([told(1, pace=150), told(2, pace=150)], {})
    assert one.best_at == day(2)
    (other,) = practised([told(1, hedges=3)], {})
    assert (other.best, progress_words.mark(other.best)) == (None, "not judged")


NO_TASK = told_by_hand(*(part for part in SAID if part[0] != "T"), question=ASKED)


@pytest.mark.parametrize("answer", [*FACTS, NO_TASK])
def test_what_is_good_in_the_report_is_never_outside_in_progress(answer: Answer) -> None:
    report = assess.assess(answer, Recording("a", "0" * 64, 60.0), Settings(), version="1")
    good = {one.label for one in report.findings if one.verdict is Verdict.GOOD}
    outside = {one.label for one in report.findings if one.verdict in ACT | WATCH}
    measurements = tuple(one.measurement for one in report.findings)
    (one,) = practised([Told(1, day(1), ASKED, measurements)], {})
    assert set(one.outside) <= outside
    found = courses([Counted(day(1), 1, measurements)], [ASKED])
    assert not [one.label for one in found if one.band and one.label in good and away(one.band, one.last)]
    assert {one.label for one in found if one.band} <= good | outside


def test_three_parts_are_enough_where_only_the_task_is_not_heard() -> None:
    report = assess.assess(NO_TASK, Recording("a", "0" * 64, 60.0), Settings(), version="1")
    parts = next(one for one in report.findings if one.measurement.metric == "star_parts")
    assert (parts.measurement.value, parts.verdict) == (3, Verdict.GOOD)
    (one,) = practised([Told(1, day(1), ASKED, (parts.measurement, *_shares(report)))], {})
    assert "Parts of the story" not in one.outside


def _shares(report: Assessment) -> list[Measurement]:
    names = {"situation", "task", "action", "result"}
    return [one.measurement for one in report.findings if one.measurement.metric in names]


def test_answers_without_a_question_are_no_question() -> None:
    assert practised([told(1, None, pace=150)], {}) == ()


def test_competencies_are_never_practised_thin_or_covered() -> None:
    known = [
        Question(name, name, competencies=of)
        for name, of in (("a", ("x", "y")), ("b", ("x",)), ("c", ("z",)), ("d", ("z", "y")))
    ]
    answers = [told(1, known[0]), told(2, known[0]), told(3, known[1]), told(4, known[3])]
    found = coverage(answers, known, {"x": "The X"})
    assert [(one.id, one.label, one.answers, one.practised, one.questions, one.state) for one in found] == [
        ("z", "z", 1, 1, 2, "thin"),
        ("x", "The X", 3, 2, 2, "covered"),
        ("y", "y", 3, 2, 2, "covered"),
    ]
    assert coverage((), known, {})[0].state == "never"
    assert found[0].next == "c"


def test_one_question_told_many_times_does_not_cover_what_has_more() -> None:
    assert Coverage("x", "X", 5, 1, 16).state == "thin"
    assert Coverage("x", "X", 1, 1, 3).state == "covered"


def test_what_was_mostly_outside_of_late_is_tried_next() -> None:
    found = courses(sittings({"hesitations": [9.0] * 6, "pace": [150.0] * 6, "hedges": [9.0] * 6}), [SCOPE])
    (first, *others) = tries(found, ())
    assert (first.what, first.why) == (
        "Let the silence stand",
        "Filled pauses and filler words: outside what is good in 5 of the last 5 sittings.",
    )
    assert not others
    assert tries(courses(sittings({"pace": [150.0] * 6}), [SCOPE]), ()) == ()


def test_less_than_three_of_the_last_sittings_ask_for_nothing() -> None:
    for values in ([9.0], [9.0, 9.0], [9.0, 9.0, 9.0, 2.0, 2.0, 2.0, 9.0]):
        assert tries(courses(sittings({"hesitations": values}), [SCOPE]), ()) == ()
    (one,) = tries(courses(sittings({"hesitations": [9.0] * 3}), [SCOPE]), ())
    assert "in 3 of the last 3 sittings" in one.why


def test_what_is_far_outside_comes_before_what_is_a_little() -> None:
    # Fillers weigh less than STAR, but these are far too many, and the action is only a little short.
    found = courses(sittings({"action": [0.4] * 6, "hesitations": [19.0] * 6}), [SCOPE])
    assert [one.what for one in tries(found, ())] == ["Let the silence stand", "Say what you did yourself"]


def test_a_competency_without_an_answer_is_tried_with_its_command() -> None:
    (one,) = tries((), [Coverage("risk", "Risk and decisions", 4, 0, 0)])
    assert (one.what, one.command) == ("Take a question on risk and decisions", "voiceprep practice --competency risk")


# Habits


def said(month: int, text: str) -> Said:
    return Said(f"2026-{month:02}-01", 60.0, spoken(text).words)


def test_habits_are_counted_by_month_and_rare_ones_are_none() -> None:
    text = "So basically I had to make sure that it held , you know . I um went on ."
    found = {one.phrase: one for one in habits([said(1, text), said(1, text), said(2, text), said(2, "Once only .")])}
    assert "um" not in found
    found = {one.phrase: one for one in habits([said(1, text)] * 2 + [said(2, text)] * 3)}
    assert (found["um"].kind, found["um"].count) == ("filled pause", 5)
    assert [(one.month, one.count, one.minutes) for one in found["um"].months] == [
        ("2026-01", 2, 2.0),
        ("2026-02", 3, 3.0),
    ]
    assert found["you know"].kind == "filler word"
    assert any("make sure" in phrase for phrase in found)


def test_a_phrase_inside_a_longer_one_is_not_told_twice() -> None:
    found = [one.phrase for one in habits([said(1, "I had to make sure that it held .")] * 5)]
    assert sum("make sure" in phrase for phrase in found) == 1


def test_words_are_read_of_a_few_answers_a_month_for_a_few_months() -> None:
    class Dated:
        def __init__(self, month: int, duration: float = 60.0) -> None:
            self.at, self.duration = f"2026-{month:02}-03", duration

    answers = [Dated(month) for month in range(1, 11) for _ in range(9)]
    assert len(sampled(answers)) == A_MONTH * MONTHS
    assert {one.at[5:7] for one in sampled(answers)} == {"05", "06", "07", "08", "09", "10"}
    written = [Dated(1, 0.0), Dated(2)]
    assert sampled(written) == written[1:]
    assert sampled(written[:1]) == written[:1]


# In words


def test_no_sitting_says_how_to_begin() -> None:
    nothing = overall((), (), Known())
    assert progress_text.render(nothing).startswith("Nothing is saved yet.\nBegin with:\n  voiceprep practice\n")
    assert "Nothing is saved yet." in progress_html.render(nothing)


def test_one_sitting_says_that_it_is_too_early() -> None:
    one = overall(sittings({"pace": [150.0], "hesitations": [7.0]}), [told(0, pace=150, hesitations=7)], Known())
    text = progress_text.render(one)
    assert "that takes 9 more sittings" in text
    assert "Usual" not in text
    assert "Over time" not in text
    page = progress_html.render(one)
    assert '<article class="card">' not in page
    assert "2 measures have one sitting: too early to say, 9 more are needed." in page
    assert '<details class="printed" open>' in page
    assert 'class="legend"' not in page


def test_a_measure_that_is_new_is_counted_and_the_others_are_drawn() -> None:
    two = overall(sittings({"pace": [150.0, 160.0], "hesitations": [7.0, 6.0], "opening": [3.0]}), (), Known())
    page = progress_html.render(two)
    assert page.count('<article class="card">') == 2
    assert "One measure has one sitting" in page
    assert 'class="legend"' in page


def test_competencies_fit_a_narrow_terminal() -> None:
    known = Known((replace(SCOPE, competencies=("long",)),), {"long": "Leadership and influence over others"})
    page = overall(sittings({"pace": [150.0]}), [told(0, pace=150)], known)
    assert "Leadership" in progress_text.render(page, width=60)
    assert max(map(len, progress_text.render(page, width=60).splitlines())) <= 60


def test_a_change_is_told_with_its_size_and_its_doubt() -> None:
    text = progress_words.told(course(FALLING))
    assert text.startswith("From about 9.")
    assert "a minute in 15 sittings; it likely fell by" in text
    assert "% points" not in progress_words.told(course([0.9 - 0.04 * at for at in range(15)], "phonation_ratio"))


def test_nothing_is_called_unusual_without_saying_how_often_chance_does_that() -> None:
    page = overall(sittings({"hesitations": [4.0, 5.0, 4.5, 5.5, 5.0, 30.0]}), (), Known())
    assert progress_words.unusual(page).endswith("one in twenty is by chance alone.")


@settings(deadline=None, max_examples=15)
@given(
    st.dictionaries(st.sampled_from(sorted(METRICS)), st.lists(st.floats(0, 1e4), min_size=1, max_size=14), min_size=1),
    st.integers(60, 110),
)
def test_any_history_fits_the_columns_and_makes_a_page(values: dict[str, list[float]], width: int) -> None:
    page = overall(sittings(values), [told(0, pace=150)], Known())
    lines = progress_text.render(page, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert progress_text.render(page, width=width, ascii=True).isascii()
    drawn = [one for one in page.courses if len(one.points) > 1]
    assert progress_html.render(page).count('<article class="card">') == len(drawn)


# The simulated learner


def test_every_measure_is_simulated_and_the_same_seed_is_the_same_learner() -> None:
    assert set(benchmark.KINDS) == set(METRICS)
    first, second = (
        benchmark.practise(np.random.default_rng(3), benchmark.Learner(), benchmark.steady) for _ in range(2)
    )
    assert first == second
    assert len(first) == benchmark.SITTINGS
    assert all(3 <= one.answers <= 5 for one in first)


def test_a_cut_of_the_learner_is_a_cut_of_fillers_alone() -> None:
    def totals(name: str, factor: object) -> float:
        learners = [benchmark.practise(np.random.default_rng(seed), benchmark.Learner(), factor) for seed in range(12)]
        late = [m for one in learners for sitting in one[20:] for m in sitting.measurements if m.metric == name]
        return sum(m.total for m in late) / sum(m.per for m in late)

    cut = totals("hesitations", benchmark.step) / totals("hesitations", benchmark.steady)
    assert cut == pytest.approx(0.7, abs=0.06)
    assert totals("pace", benchmark.step) == pytest.approx(totals("pace", benchmark.steady), rel=0.02)
