"""Values for the tests of the data formats: any value of a noun, one short report, and golden files."""

from __future__ import annotations

import dataclasses
import os
import types
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from voiceprep.model import (
    Assessment,
    Band,
    Evidence,
    Finding,
    Focus,
    Measurement,
    Part,
    Playback,
    Question,
    Recording,
    Sentence,
    Source,
    Span,
    StarReading,
    Verdict,
    Waveform,
    WordKind,
)
from voiceprep.testing import spoken

GOLDEN = Path(__file__).with_name("golden")
_NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
_PLAIN = {str: st.text(max_size=12), int: st.integers(-(10**6), 10**6), float: _NUMBERS, bool: st.booleans()}


def values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911  (one return for each shape of hint)
    """Return any value that fits the type `hint`: a noun of the model, or what its fields are made of."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is type(None):
        return st.none()
    if hint is Span:
        return st.tuples(_NUMBERS, _NUMBERS).map(lambda ends: Span(*sorted(ends)))
    if origin in (Union, types.UnionType):
        return st.one_of(*map(values, inside))
    if origin is tuple:
        return st.lists(values(inside[0]), max_size=4).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(st.text(max_size=6), values(inside[1]), max_size=3)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    hints = get_type_hints(hint)
    fields = [field.name for field in dataclasses.fields(hint) if field.metadata.get("data", True)]
    return st.builds(hint, **{name: values(hints[name]) for name in fields})


def short() -> Assessment:
    """Return a report on two sentences that is small enough to be read in every format."""
    heard = spoken("Um we moved the date. <1.4> Sales rose.")
    heard = replace(heard, words=(*heard.words[:4], replace(heard.words[4], probability=0.41), *heard.words[5:]))
    um = Evidence("um", heard.words[0].span)
    laske = Source("Laske & DiGennaro Reed 2024, doi 10.1002/jaba.1093", primary=True)
    measurement = Measurement("filled_pauses", 1, 1.0, 0.08, (um,))
    finding = Finding(
        "Filled pauses", "a minute", "Fillers", measurement, Verdict.VERY_HIGH, Band(None, 5.0, None, 12.0), laske,
        "um 1.", "Let the silence stand.",
    )  # fmt: skip
    return Assessment(
        recording=Recording("café, take 1.wav", "0123456789abcdef" * 4, heard.duration, "wav", "pcm_s16le", 16000, 1),
        transcript=heard,
        findings=(finding,),
        voiceprep="0.1.0",
        at="2025-03-04T18:20:00+00:00",
        question=Question("scope", "What did you change?"),
        sentences=(
            Sentence("we moved the date.", Span(heard.words[0].span.start, heard.words[4].span.end), 0, 5),
            Sentence("Sales rose.", Span(heard.words[5].span.start, heard.words[6].span.end), 5, 7),
        ),
        star=StarReading(
            (Part.ACTION, Part.RESULT),
            (0.9, 0.8),
            {"S": False, "T": False, "A": True, "R": True},
            {"S": 0.1, "T": 0.2, "A": 0.9, "R": 0.8},
            0.7,
        ),
        focus=Focus("filled_pauses", "Let the silence stand", "You said um.", "Count one instead.", (um,)),
        strengths=("The answer has a result.",),
        caveats=("A very short answer.",),
        waveform=Waveform(10.0, (0, 255)),
        playback=Playback("audio/mpeg", b"ID3"),
    )


def marked(kind: WordKind) -> Assessment:
    """Return the short report with its third word of this `kind`."""
    report = short()
    words = list(report.transcript.words)
    words[2] = replace(words[2], kind=kind)
    return replace(report, transcript=replace(report.transcript, words=tuple(words)))


def assert_golden(name: str, text: str) -> None:
    """Compare `text` with the file `name`; with UPDATE_GOLDEN=1 in the environment write it instead."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode(), f"{name} differs; if it should, run again with UPDATE_GOLDEN=1"
