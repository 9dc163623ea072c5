"""How the benchmark judges what was heard, on cases small enough to do by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.audio import decode
from voiceprep.model import Interval, Span

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import hearing
import hearing_corpus as corpus
import hearing_score as score

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
    found = score.match(spans(truth), spans(heard), spans(uncertain))
    assert (*found.counts, len(found.left_out)) == expected
    assert found.surplus == len(heard) - len(truth)


SPANS = st.lists(st.tuples(st.floats(0, 20), st.floats(0.05, 1)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=8)


@given(SPANS, SPANS, SPANS)
def test_every_event_and_every_label_is_counted_once(truth: list, heard: list, uncertain: list) -> None:
    found = score.match(truth, heard, uncertain)
    assert len(found.hits) + len(found.false) + len(found.left_out) == len(heard)
    assert len(found.hits) + len(found.missed) == len(truth)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [((1.19, 2.19), (1, 0, 0)), ((1.21, 2), (0, 1, 1)), ((1, 1.79), (0, 1, 1)), ((5, 6), (0, 1, 1))],
)
def test_strictly_both_ends_count(heard: tuple[float, float], expected: tuple[int, int, int]) -> None:
    assert score.strictly(score.match([Span(1, 2)], [Span(*heard)])) == expected


@pytest.mark.parametrize(("heard", "hit"), [((0.0, 1.0), 1), ((0.45, 1.0), 1), ((0.5, 1.0), 0), ((0.0, 2.1), 0)])
def test_pauses_share_more_than_half(heard: tuple[float, float], hit: int) -> None:
    assert score.match_pauses([Span(0, 1)], [Span(*heard)]).counts == (hit, 1 - hit, 1 - hit)


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
    assert score.precision_recall_f1(counts) == pytest.approx(expected)


def test_bootstrap_repeats_holds_the_figure_and_has_no_width_for_equal_recordings() -> None:
    counts = [(3, 1, 2), (5, 0, 0), (1, 2, 3), (4, 1, 0)]
    low, high = score.f1_interval(counts)
    assert low < score.precision_recall_f1(counts)[2] < high
    assert score.f1_interval(counts) == (low, high)
    assert score.f1_interval([(3, 1, 2)] * 3) == pytest.approx((2 / 3, 2 / 3))


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
    assert score.edit_distance(score.fluent_words(said), score.fluent_words(heard)) == errors


def test_probabilities_by_hand() -> None:
    said = [(0.9, True), (0.9, False), (0.1, False)]
    assert score.brier_score(said) == pytest.approx((0.01 + 0.81 + 0.01) / 3)
    # One bin of two says 0.9 where 0.5 is true; one says 0.1 where none is.
    assert score.calibration_error(said) == pytest.approx((2 * 0.4 + 0.1) / 3)
    assert [(one.count, one.true) for one in score.reliability([*said, (1.0, True)])] == [
        (1, 0),
        (3, pytest.approx(2 / 3)),
    ]
    assert score.brier_score([]) is score.calibration_error([]) is None


@pytest.mark.parametrize(("value", "share"), [(3.0, 1.0), (5.0, 1.0), (5.1, 0.0)])
def test_intervals_hold_their_ends(value: float, share: float) -> None:
    assert score.covered([(Interval(3, 5), value)]) == share
    assert score.covered([]) is None


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[corpus.Labelled, ...]:
    for index in range(4):
        corpus.write_wav(tmp_path / f"r{index}.wav", np.full(16000 * (index + 1), 0.1 * (index + 1), np.float32))
        label = {"recording": f"r{index}.wav", "filled_pauses": [{"start": 0.2, "end": 0.5}], "speaker": f"s{index}"}
        (tmp_path / f"r{index}.json").write_text(json.dumps(label), encoding="utf-8")
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    return corpus.read_corpus(tmp_path)


def test_joined_recordings_keep_their_labels_on_their_sound(
    labelled: tuple[corpus.Labelled, ...], tmp_path: Path
) -> None:
    (tmp_path / "long").mkdir()
    joined = corpus.join(labelled, tmp_path / "long")
    assert sorted(one.name for one in joined) == ["r0", "r1", "r2", "r3"]
    assert len({one.path for one in joined}) == 1
    for one in joined:
        samples = decode(one.path).audio.samples
        span = one.filled_pauses[0]
        assert span.start - one.within.start == pytest.approx(0.2)
        level = 0.1 * (int(one.name[1]) + 1)
        assert samples[int(span.start * 16000) : int(span.end * 16000)] == pytest.approx(level, abs=1e-3)


def test_a_folder_without_labels_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no labelled recordings"):
        corpus.read_corpus(tmp_path)


def test_weights_are_those_of_the_recording_or_none_at_all(
    labelled: tuple[corpus.Labelled, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "folds"
    folder.mkdir()
    (folder / "r0.npz").touch()
    assert hearing.weights_for(None, labelled[0]) is None
    assert hearing.weights_for(str(folder), labelled[0]) == folder / "r0.npz"
    assert hearing.weights_for(f"{folder}/{{name}}.npz", labelled[0]) == folder / "r0.npz"
    for where in (str(folder), f"{folder}/{{speaker}}.npz"):
        with pytest.raises(SystemExit, match="none for r1"):
            hearing.weights_for(where, labelled[1])
