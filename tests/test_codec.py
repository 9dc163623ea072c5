"""Frozen values to plain data and back."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_values import short, values

from voiceprep import codec, model
from voiceprep.codec import from_data, to_data
from voiceprep.errors import InputError
from voiceprep.model import (
    Band,
    Engine,
    Interval,
    Measurement,
    Pause,
    PausePlace,
    Question,
    Recording,
    Span,
    Word,
    WordKind,
)
from voiceprep.packs import Pack
from voiceprep.testing import spoken

# Sound is no data: it is left out of every format.
_SOUND = {model.Audio, model.Playback}
NOUNS = [
    noun
    for noun in vars(model).values()
    if dataclasses.is_dataclass(noun) and noun.__module__ == model.__name__ and noun not in _SOUND
]
WORD = {"text": "um", "start": 0.5, "end": 0.8, "probability": 0.9, "kind": "filled_pause", "heard": "text"}


def test_every_noun_is_here() -> None:
    assert len(NOUNS) >= 23
    assert {model.Assessment, model.Settings, Word} <= set(NOUNS)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_what_is_written_is_read_back(noun: type) -> None:
    @settings(max_examples=15, deadline=None)
    @given(values(noun))
    def check(value: object) -> None:
        text = json.dumps(to_data(value), allow_nan=False)
        assert from_data(noun, json.loads(text)) == value

    check()


def test_a_span_is_written_beside_its_neighbours() -> None:
    assert to_data(Word("um", Span(0.5, 0.8), 0.9, WordKind.FILLED_PAUSE)) == WORD


def test_a_span_alone_keeps_its_own_name() -> None:
    assert to_data(Question("a", "b", target=Span(60.0, 90.0)))["target"] == {"start": 60.0, "end": 90.0}


def test_a_derived_value_is_written_and_ignored_when_read() -> None:
    data = to_data(Measurement("pace", 1, 300.0, 2.0))
    assert data["value"] == 150.0
    assert from_data(Measurement, data | {"value": 7.0}).value == 150.0


def test_sound_and_picture_are_left_out() -> None:
    assert {"waveform", "playback"}.isdisjoint(to_data(short()))


def test_keys_come_in_the_order_of_the_fields() -> None:
    assert list(to_data(Recording("a", "b", 1.0))) == [field.name for field in dataclasses.fields(Recording)]


def test_a_missing_field_takes_its_default() -> None:
    assert from_data(Word, {"text": "so", "start": 0.0, "end": 0.2}) == Word("so", Span(0.0, 0.2))


def test_a_whole_number_is_read_where_a_float_is_expected() -> None:
    read = from_data(Pause, {"start": 1, "end": 2, "place": "within_clause"})
    assert read == Pause(Span(1.0, 2.0), PausePlace.WITHIN_CLAUSE)
    assert type(read.span.start) is float


def test_a_whole_number_is_written_as_it_will_be_read() -> None:
    written = [
        to_data(Band(1, None, 3, 4.5)),
        to_data(Span(1, 2)),
        to_data(Pause(Span(1, 2), PausePlace.WITHIN_CLAUSE)),
    ]
    assert json.dumps(written) == json.dumps(
        [
            {"low": 1.0, "high": None, "watch_low": 3.0, "watch_high": 4.5},
            {"start": 1.0, "end": 2.0},
            {"start": 1.0, "end": 2.0, "place": "within_clause"},
        ]
    )


@pytest.mark.parametrize(
    ("noun", "data", "message"),
    [
        (Word, [], "$: expected an object, found []"),
        (Word, {"start": 0.0, "end": 1.0}, "$.text: missing"),
        (Word, {"text": "a", "end": 1.0}, "$.start: missing"),
        (Word, WORD | {"text": 3}, "$.text: expected text, found 3"),
        (Word, WORD | {"text": None}, "$.text: expected text, found None"),
        (Word, WORD | {"start": "0"}, "$.start: expected a number, found '0'"),
        (Word, WORD | {"start": True}, "$.start: expected a number, found True"),
        (Word, WORD | {"start": math.nan}, "$.start: nan is not a finite number"),
        (Word, WORD | {"end": math.inf}, "$.end: inf is not a finite number"),
        (Word, WORD | {"kind": "song"}, "'song' is not one of word, filled_pause, filler, repetition, fragment"),
        (Word, WORD | {"kind": []}, "$.kind: [] is not one of"),
        (Word, WORD | {"colour": 1}, "$.colour: unknown; known are end, heard, kind, probability, start, text"),
        (Word, WORD | {"span": {"start": 0, "end": 1}}, "$.span: unknown; known are end,"),
        (Word, WORD | {"a\x1b[2J": 1}, r"$['a\x1b[2J']: unknown"),
        (Recording, {"name": "a", "sha256": "", "duration": 1, "rate": 1.5}, "$.rate: expected a whole number"),
        (Question, {"id": "a", "text": "b", "star": "yes"}, "$.star: expected true or false, found 'yes'"),
        (Question, {"id": "a", "text": "b", "topics": "c"}, "$.topics: expected a list, found 'c'"),
        (Question, {"id": "a", "text": "b", "points": [{"text": 1}]}, "$.points[0].text: expected text, found 1"),
        (Question, {"id": "a", "text": "b", "target": {"start": 1}}, "$.target.end: missing"),
        (Engine, {"name": "", "version": "", "model": "", "sha256": "", "settings": []}, "$.settings: expected an obj"),
        (
            Engine,
            {"name": "", "version": "", "model": "", "sha256": "", "settings": {"beam": [5]}},
            "$.settings.beam: [5] does not fit here",
        ),
        (
            Engine,
            {"name": "", "version": "", "model": "", "sha256": "", "settings": {"beam": math.nan}},
            "$.settings.beam: nan is not a finite number",
        ),
        (Band, {"low": 10**400}, "is not a finite number"),
        (tuple[Word, ...], [WORD, WORD | {"start": {}}], "$[1].start: expected a number, found {}"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(noun: Any, data: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_data(noun, data)
    assert message in caught.value.message


def test_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(InputError) as caught:
        from_data(Word, WORD | {"text": list(range(1000))})
    assert len(caught.value.message) < 120


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_never_written(number: float) -> None:
    with pytest.raises(ValueError, match="is not a number that data can hold"):
        to_data(Interval(number, 1.0))
    with pytest.raises(ValueError, match="is not a number that data can hold"):
        to_data(Word("a", Span(number, 1.0)))


def test_a_derived_infinity_is_never_written() -> None:
    with pytest.raises(ValueError, match="is not a number that data can hold"):
        to_data(Measurement("pace", 1, 1e300, 1e-300))


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), Word])
def test_what_is_no_data_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="is not data"):
        to_data([value])


def test_a_number_of_numpy_is_written_as_a_plain_one() -> None:
    np = pytest.importorskip("numpy")
    assert type(to_data(np.float64(0.5))) is float


@dataclass(frozen=True, slots=True)
class Shelf:
    words: tuple[str, ...]
    by_name: dict[str, int] = dataclasses.field(default_factory=dict)


@given(st.lists(st.text()), st.dictionaries(st.text(), st.integers()))
def test_any_frozen_dataclass_travels(words: list[str], by_name: dict[str, int]) -> None:
    shelf = Shelf(tuple(words), by_name)
    assert from_data(Shelf, to_data(shelf)) == shelf


def test_a_report_keeps_all_but_sound_and_picture() -> None:
    read = from_data(model.Assessment, to_data(short()))
    assert read == replace(short(), waveform=None, playback=None)


def test_the_quick_way_of_reading_gives_what_the_careful_way_gives() -> None:
    transcript = to_data(spoken("I was um late. <0.8> Then we shipped it."))
    pack = json.loads((Path(__file__).parents[1] / "questions.json").read_text(encoding="utf-8"))
    pack.pop("$schema", None)
    for cls, data in ((model.Transcript, transcript), (Pack, pack)):
        assert codec._reader(cls)(data) == codec._read(cls, data, "$") == from_data(cls, data)
