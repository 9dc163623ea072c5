"""How the benchmark judges what was heard, on cases small enough to do by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from voiceprep.audio import decode
from voiceprep.model import Interval, Span
from voiceprep.scoring import match, precision_recall_f1

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import hearing
import hearing_corpus as corpus
import hearing_score as score


@pytest.mark.parametrize(
    ("heard", "expected"),
    [((1.19, 2.19), (1, 0, 0)), ((1.21, 2), (0, 1, 1)), ((1, 1.79), (0, 1, 1)), ((5, 6), (0, 1, 1))],
)
def test_strictly_both_ends_count(heard: tuple[float, float], expected: tuple[int, int, int]) -> None:
    assert score.strictly(match([Span(1, 2)], [Span(*heard)])) == expected


def test_bootstrap_repeats_holds_the_figure_and_has_no_width_for_equal_recordings() -> None:
    counts = [(3, 1, 2), (5, 0, 0), (1, 2, 3), (4, 1, 0)]
    low, high = score.f1_interval(counts)
    assert low < precision_recall_f1(counts)[2] < high
    assert score.f1_interval(counts) == (low, high)
    assert score.f1_interval([(3, 1, 2)] * 3) == pytest.approx((2 / 3, 2 / 3))


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
