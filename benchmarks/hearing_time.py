"""How long each stage of an analysis takes, by watching its functions. Changes nothing of what they do."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import reduce, wraps
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# A stage, the module where its function is looked up, and the function there. None holds another; what this version
# does not have is left out.
STAGES = (
    ("decode", "voiceprep.pipeline", "decode"),
    ("open the model", "voiceprep.pipeline", "open_engine"),
    ("voice detector", "voiceprep.voice", "probabilities"),
    ("speech and silence", "voiceprep.sound", "levels"),
    ("speech and silence", "voiceprep.sound", "speech"),
    ("speech and silence", "voiceprep.sound", "quality"),
    ("speech and silence", "voiceprep.spectrum", "frames"),
    ("syllable nuclei", "voiceprep.nuclei", "nuclei"),
    ("filled pauses", "voiceprep.hesitation", "joined"),
    ("Whisper", "voiceprep.engines.whisper", "Whisper.transcribe"),
    ("disfluencies", "voiceprep.disfluency", "label"),
    ("sentences and STAR", "voiceprep.assess", "prepare"),
    ("measure and judge", "voiceprep.assess", "assess"),
)
REST = "all else"


@contextmanager
def watched() -> Iterator[Counter[str]]:
    """Yield a counter that gathers the seconds of every stage while the block runs, `REST` being what is in none."""
    spent: Counter[str] = Counter()
    with ExitStack() as stack:
        for stage, module, name in STAGES:
            *owners, last = name.split(".")
            owner = reduce(getattr, owners, importlib.import_module(module))
            if hasattr(owner, last):
                stack.enter_context(patch.object(owner, last, _timed(stage, getattr(owner, last), spent)))
        began = time.perf_counter()
        yield spent
        spent[REST] = time.perf_counter() - began - sum(spent.values())


def _timed(stage: str, function: Callable[..., Any], spent: Counter[str]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: object, **options: object) -> object:
        began = time.perf_counter()
        try:
            return function(*args, **options)
        finally:
            spent[stage] += time.perf_counter() - began  # type: ignore[assignment]

    return timed


def shares(spent: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Return the time of each stage as a share of `seconds` of sound."""
    order = [*dict.fromkeys(stage for stage, _, _ in STAGES), REST]
    return {stage: spent[stage] / seconds for stage in order if stage in spent}
