"""How what was heard is compared with what is known, on cases small enough to do by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep import assess, scoring
from voiceprep.model import Assessment, Heard, Interval, Recording, Settings, Span, Word, WordKind
from voiceprep.scoring import OwnVoice, Tally, interval, share_text
from voiceprep.testing import spoken

# Labels, heard, uncertain; then hits, false alarms, misses, left out.
EVENTS = {
    "nothing": ([], [], [], (0, 0, 0, 0)),
    "overlap": ([(1, 2)], [(1.9, 3)], [], (1, 0, 0, 0)),
    "middles 0.4 s apart": ([(1, 1.2)], [(1.4, 1.6)], [], (1, 0, 0, 0)),
    "middles further apart": ([(1, 1.2)], [(1.42, 1.62)], [], (0, 1, 1, 0)),
    "a label is hit once": ([(1, 2)], [(1, 1.4), (1.6, 2)], [], (1, 1, 0, 0)),
    "the nearest label is taken": ([(1, 1.2), (1.5, 1.7)], [(1.45, 1.7), (1, 1.1)], [], (2, 0, 0, 0)),
    "uncertain by overlap": ([], [(1, 2)], [(1.5, 3)], (0, 0, 0, 1)),
    "uncertain nearby": ([], [(1, 2)], [(2.39, 3)], (0, 0, 0, 1)),
    "too far from uncertain": ([], [(1, 2)], [(2.41, 3)], (0, 1, 0, 0)),
    "a label goes before uncertain": ([(1, 2)], [(1, 2)], [(1, 2)], (1, 0, 0, 0)),
}


def spans(pairs: list[tuple[float, float]]) -> list[Span]:
    return [Span(*pair) for pair in pairs]


@pytest.mark.parametrize(("truth", "heard", "uncertain", "expected"), EVENTS.values(), ids=EVENTS)
def test_events(truth: list, heard: list, uncertain: list, expected: tuple[int, int, int, int]) -> None:
    found = scoring.match(spans(truth), spans(heard), spans(uncertain))
    assert (*found.counts, len(found.left_out)) == expected
    assert found.surplus == len(heard) - len(truth)


SPANS = st.lists(st.tuples(st.floats(0, 20), st.floats(0.05, 1)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=8)


@given(SPANS, SPANS, SPANS)
def test_every_event_and_every_label_is_counted_once(truth: list, heard: list, uncertain: list) -> None:
    found = scoring.match(truth, heard, uncertain)
    assert len(found.hits) + len(found.false) + len(found.left_out) == len(heard)
    assert len(found.hits) + len(found.missed) == len(truth)


@pytest.mark.parametrize(("heard", "hit"), [((0.0, 1.0), 1), ((0.45, 1.0), 1), ((0.5, 1.0), 0), ((0.0, 2.1), 0)])
def test_pauses_share_more_than_half(heard: tuple[float, float], hit: int) -> None:
    assert scoring.match_pauses([Span(0, 1)], [Span(*heard)]).counts == (hit, 1 - hit, 1 - hit)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(3, 1, 2)], (0.75, 0.6, 2 / 3)),
        ([(1, 0, 2), (2, 1, 0)], (0.75, 0.6, 2 / 3)),
        ([(0, 0, 0)], (1, 1, 1)),
        ([(0, 2, 0)], (0, 0, 0)),
    ],
)
def test_precision_recall_and_f1(counts: list, expected: tuple[float, float, float]) -> None:
    assert scoring.precision_recall_f1(counts) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("So, um, I went.", "so I went", 0),
        ("I went home", "I home", 1),
        ("I went", "I have gone", 2),
        ("mm-hmm yes", "Yes!", 0),
        ("", "hello there", 2),
    ],
)
def test_words(said: str, heard: str, errors: int) -> None:
    assert scoring.edit_distance(scoring.fluent_words(said), scoring.fluent_words(heard)) == errors


WORDS = st.lists(st.sampled_from("abc"), max_size=7)


@given(WORDS, WORDS, WORDS)
def test_the_distance_of_words_is_a_metric(a: list[str], b: list[str], c: list[str]) -> None:
    distance = scoring.edit_distance
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)


@pytest.mark.parametrize(("values", "expected"), [([], None), ([3.0], 3.0), ([1.0, 9.0, 2.0], 2.0), ([1.0, 2.0], 1.5)])
def test_median(values: list[float], expected: float | None) -> None:
    assert scoring.median(values) == expected


def heard(text: str) -> Assessment:
    transcript = spoken(text)
    return assess.assess(
        assess.prepare(transcript, None, Settings()),
        Recording("a.wav", "0" * 64, transcript.duration),
        Settings(),
        version="0",
    )


# Words of 0.3 s with gaps of 0.05 s from 0.5 s on: um is the third, the silence is from 1.85 to 2.35 s.
SAID = "we made um plans <0.5> and then we stopped"
KNOWN = scoring.Reference("We made, um, plans and then we stopped.", (Span(1.2, 1.5),), (Span(1.85, 2.35),))


def test_a_recording_heard_as_it_is_has_no_error() -> None:
    assessment = heard(SAID)
    one = scoring.score(assessment, KNOWN)
    assert one.filled == one.pauses == (1, 0, 0)
    assert one.labelled == (1,)
    assert (one.words, one.word_errors, one.word_error_rate) == (7, 0, 0.0)
    assert one.boundary_error == pytest.approx(0, abs=1e-6)
    assert (one.syllables, one.syllables_heard, one.syllable_error) == (7, 7, 0.0)
    assert one.seconds == assessment.transcript.duration


def test_every_kind_of_error_is_counted() -> None:
    known = scoring.Reference(
        "We made plans, and then nobody stopped.", (Span(3.0, 3.4),), (Span(1.8, 2.36), Span(9.0, 9.5))
    )
    one = scoring.score(heard(SAID), known)
    assert one.filled == (0, 1, 1)
    assert one.pauses == (1, 0, 1)
    assert one.boundary_error == pytest.approx(0.03)
    assert (one.words, one.word_errors) == (7, 1)
    # "We" has one syllable, "nobody" three.
    assert one.syllable_error == pytest.approx(7 / 9 - 1)


@pytest.mark.parametrize(("interval", "claim"), [(None, (1, 1)), (Interval(0.0, 3 / 0.05), (0, 3))])
def test_the_claim_is_the_count_of_the_interval_a_minute(interval: Interval | None, claim: tuple[int, int]) -> None:
    assessment = heard(SAID)
    findings = tuple(
        replace(one, measurement=replace(one.measurement, interval=interval, per=0.05))
        if one.measurement.metric == "filled_pauses"
        else one
        for one in assessment.findings
    )
    one = scoring.score(replace(assessment, findings=findings), KNOWN)
    assert one.claimed == (claim,)
    assert one.intervals_right == 1


def test_what_meets_an_unclear_sound_is_neither_right_nor_wrong() -> None:
    known = scoring.Reference(KNOWN.text, (), KNOWN.pauses, uncertain=(Span(1.2, 1.5),))
    assert scoring.score(heard(SAID), known).filled == (0, 0, 0)


def test_together_counts_add_up_and_ratios_are_of_sums() -> None:
    right = scoring.score(heard(SAID), KNOWN)
    wrong = scoring.score(heard("no um <0.5> um at all"), scoring.Reference("Yes", (), ()))
    both = scoring.pooled([right, wrong])
    assert both.filled == (1, 2, 0)
    assert both.word_errors == wrong.word_errors == 3
    assert both.word_error_rate == pytest.approx(3 / 8)
    assert both.claimed == right.claimed + wrong.claimed
    assert both.seconds == right.seconds + wrong.seconds
    assert scoring.pooled([right]) == right


def test_a_label_file_is_read() -> None:
    label = {"reference": "um", "filled_pauses": [{"start": 1, "end": 2, "label": "um"}], "pauses": []}
    assert scoring.reference(label) == scoring.Reference("um", (Span(1, 2),), ())
    assert scoring.reference(label | {"uncertain": [{"start": 3, "end": 4}]}).uncertain == (Span(3, 4),)


def test_a_filled_pause_from_the_sound_alone_counts() -> None:
    assessment = heard("we made plans <0.5> and then we stopped")
    words = sorted(
        (*assessment.transcript.words, Word("uh", Span(3.4, 3.7), 0.8, WordKind.FILLED_PAUSE, Heard.SOUND)),
        key=lambda word: word.span,
    )
    added = replace(assessment, transcript=replace(assessment.transcript, words=tuple(words)))
    one = scoring.score(added, scoring.Reference("we made plans and then we uh stopped", (Span(3.5, 3.8),), ()))
    assert one.filled == (1, 0, 0)
    assert one.word_errors == 0


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (1, 1), (27, 30), (27, 33), (0, 40), (40, 40), (300, 1000)])
def test_an_interval_of_a_share_is_wilsons(hits: int, of: int) -> None:
    from scipy.stats import binomtest  # noqa: PLC0415  (slow to import)

    known = binomtest(hits, of).proportion_ci(method="wilson")
    assert interval(hits, of) == pytest.approx((known.low, known.high), abs=1e-6)


def test_of_nothing_any_share_may_be_true() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert share_text(27, 30) == "27 of 30 (95 % interval 74 to 97 %)"


@pytest.mark.parametrize(
    ("answers", "tally", "enough"),
    [
        (3, Tally(20, 0, 0), True),
        (2, Tally(20, 0, 0), False),
        (3, Tally(19, 0, 5), False),
        (3, Tally(15, 5, 5), True),
        (3, Tally(15, 5, 4), False),
    ],
)
def test_a_share_is_told_from_enough_only(answers: int, tally: Tally, *, enough: bool) -> None:
    voice = OwnVoice(answers, 100.0, tally, Tally())
    assert voice.enough(tally) == enough
    assert bool(voice.notes()) == enough
