"""The report as JSON, its schema and its page in the documentation."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_example import empty, example, hostile
from report_values import assert_golden, short, values

from voiceprep.errors import InputError
from voiceprep.model import Assessment, Span
from voiceprep.report import data
from voiceprep.report.data import parse, render

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
SCHEMA: dict[str, Any] = json.loads((ROOT / "voiceprep/schemas/report.schema.json").read_text("utf-8"))
EXAMPLES = [short, example, empty, hostile]
HEAD = {"$schema": data.SCHEMA, "format": data.FORMAT, "version": data.VERSION}
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def silent(assessment: Assessment) -> Assessment:
    """Return `assessment` as data keeps it."""
    return replace(assessment, waveform=None, playback=None)


@pytest.mark.parametrize("make", EXAMPLES)
def test_what_is_written_is_read_back(make: Callable[[], Assessment]) -> None:
    text = render([make()])
    assert parse(text) == (silent(make()),)
    assert render(parse(text)) == text


@given(values(Assessment))
@settings(max_examples=60, deadline=None)
def test_any_report_is_read_back(assessment: Assessment) -> None:
    assert parse(render([assessment])) == (assessment,)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
)


@given(st.dictionaries(st.text(), _JSON, max_size=5))
def test_a_document_is_laid_out_as_the_standard_library_does_it_but_for_rows_of_numbers(told: dict[str, Any]) -> None:
    plain = json.dumps(told, ensure_ascii=False, indent=1)
    rows = re.compile(r"\[\n((?:\s*(?:null|-?[\d.eE+-]+),?\n)+)\s*\]")
    plain = rows.sub(lambda match: f"[{' '.join(match[1].split())}]", plain)
    harmful = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
    assert data.document(told) == harmful.sub(lambda match: f"\\u{ord(match[0]):04x}", plain) + "\n"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_answers_is_one_document(count: int) -> None:
    document = json.loads(render([short()] * count))
    assert document == HEAD | {"answers": document["answers"]}
    assert len(document["answers"]) == count
    assert len(parse(render([short()] * count))) == count


def test_the_words_and_pauses_have_the_names_that_others_rely_on() -> None:
    [answer] = json.loads(render([short()]))["answers"]
    assert answer["transcript"]["words"][0] == {
        "text": "Um", "start": 0.5, "end": 0.8, "probability": 0.95, "kind": "filled_pause", "heard": "text",
    }  # fmt: skip
    assert answer["transcript"]["pauses"] == [{"start": 2.2, "end": 3.6, "place": "between_clauses"}]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render([example()]) == render([example()])
    assert_golden("short.json", render([short()]))


def test_sound_stays_out() -> None:
    assert "playback" not in render([example()])


def named(name: str) -> Assessment:
    return replace(short(), recording=replace(short().recording, name=name))


@pytest.mark.parametrize(
    "name", ["a\udcff.wav", "\ud800", "\udcff\udcfe", "a\x9b2J\x7f", "a\u2028b", "\x00\x1b[2J", "é😀"]
)
def test_no_name_harms_a_terminal_or_a_file(name: str) -> None:
    text = render([named(name)])
    assert text.encode("utf-8").isascii() or "é😀" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", text)
    assert parse(text)[0].recording.name == name


def test_a_mark_at_the_start_of_a_file_is_passed_over() -> None:
    assert parse("\ufeff" + render([short()])) == (silent(short()),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON: Expecting value"),
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not a report: it is nested too deeply"),
        ("[]", "this is not a report of voiceprep"),
        ("null", "this is not a report of voiceprep"),
        ('{"format": "other"}', "this is not a report of voiceprep"),
        (json.dumps(HEAD), "$.answers: expected a list, found None"),
        (json.dumps(HEAD | {"answers": {}}), "$.answers: expected a list, found {}"),
        (json.dumps(HEAD | {"answers": [{}]}), "$.answers[0].recording: missing"),
        (json.dumps(HEAD | {"answers": [], "more": 1}), "$: 'more' is unknown"),
        (json.dumps(HEAD | {"answers": [], "version": 2}), "a report of version 2 cannot be read, only of version 1"),
        (json.dumps(HEAD | {"answers": [], "version": "1"}), "a report of version '1' cannot be read"),
        (json.dumps(HEAD | {"answers": [], "version": True}), "a report of version True cannot be read"),
        (json.dumps(HEAD | {"answers": [], "version": None}), "a report of version None cannot be read"),
    ],
)
def test_another_document_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert message in caught.value.message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    text = render([short()]).replace('"duration": 4.75', f'"duration": {number}')
    assert number in text
    with pytest.raises(InputError, match="is not a finite number"):
        parse(text)


def test_nan_is_never_written() -> None:
    with pytest.raises(ValueError, match="nan"):
        render([replace(short(), recording=replace(short().recording, duration=float("nan")))])


# The schema


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == data.SCHEMA
    assert SCHEMA["properties"]["version"]["const"] == data.VERSION
    assert SCHEMA["properties"]["format"]["const"] == data.FORMAT


@pytest.mark.parametrize("make", EXAMPLES)
def test_reports_fit_the_schema(make: Callable[[], Assessment]) -> None:
    VALIDATOR.validate(json.loads(render([make(), short()])))


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("answers", 0),
        ("answers", 0, "transcript"),
        ("answers", 0, "transcript", "words", 0),
        ("answers", 0, "star"),
    ],
)
def test_the_schema_refuses_what_it_does_not_know(path: tuple[str | int, ...]) -> None:
    document = json.loads(render([short()]))
    place = document
    for step in path:
        place = place[step]
    place["more"] = 1
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def _nouns(hint: Any) -> set[type]:
    """Return all dataclasses that a value of `hint` may be made of."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        kept = (hints[field.name] for field in dataclasses.fields(hint) if field.metadata.get("data", True))
        return {hint}.union(*map(_nouns, kept))
    return set().union(*(_nouns(one) for one in get_args(hint)))


NOUNS = sorted(_nouns(Assessment), key=lambda noun: noun.__name__)
_JSON = {str: "string", float: "number", int: "integer", bool: "boolean", type(None): "null"}


def _fits(schema: dict[str, Any], hint: Any) -> bool:  # noqa: PLR0911  (one return for each shape of hint)
    """Say whether `schema` describes a value of the type `hint`."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        real = [one for one in get_args(hint) if one is not type(None)]
        if "anyOf" in schema:
            return schema["anyOf"][1] == {"type": "null"} and _fits(schema["anyOf"][0], real[0])
        return set(schema["type"]) == {_JSON[one] for one in get_args(hint)}
    if origin is tuple:
        return schema["type"] == "array" and _fits(schema["items"], get_args(hint)[0])
    if origin is not None and issubclass(origin, Mapping):
        return schema["type"] == "object" and _loosely(schema["additionalProperties"], get_args(hint)[1])
    if dataclasses.is_dataclass(hint):
        return schema["$ref"] == f"#/$defs/{hint.__name__}"  # type: ignore[union-attr]
    if issubclass(hint, Enum):
        return schema["enum"] == [member.value for member in hint]
    return schema["type"] == _JSON[hint]


def _loosely(schema: dict[str, Any], hint: Any) -> bool:
    """Say the same of the values of a mapping, where every number is as good as a whole one."""
    names = {_JSON[one] for one in get_args(hint) or (hint,)}
    found = {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    return found == (names - {"integer"} if "number" in names else names)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_the_schema_knows_every_field_of_every_noun(noun: type) -> None:
    described = SCHEMA["$defs"][noun.__name__]
    hints = get_type_hints(noun)
    fields = [field.name for field in dataclasses.fields(noun) if field.metadata.get("data", True)]
    fields += getattr(noun, "DERIVED", ())
    expected = [name for field in fields for name in (("start", "end") if hints.get(field) is Span else (field,))]
    assert list(described["properties"]) == expected
    assert described["required"] == expected
    assert described["additionalProperties"] is False
    for name in set(fields) & set(hints) - {"span"}:
        assert _fits(described["properties"][name], hints[name]), name


def test_the_schema_has_nothing_else() -> None:
    assert set(SCHEMA["$defs"]) == {noun.__name__ for noun in NOUNS}


def test_everything_in_the_schema_is_described() -> None:
    places = [("$", SCHEMA), *SCHEMA["$defs"].items()]
    for place, described in places:
        assert described["description"].endswith("."), place
        for name, inside in described["properties"].items():
            assert len(inside["description"]) > 5, f"{place}.{name}"


@pytest.mark.parametrize(
    ("noun", "name"), [("Word", "start"), ("Word", "end"), ("Pause", "start"), ("Transcript", "duration")]
)
def test_every_time_says_that_it_is_in_seconds(noun: str, name: str) -> None:
    assert "seconds" in SCHEMA["$defs"][noun]["properties"][name]["description"]


# The documentation

PAGE = (ROOT / "docs/formats.md").read_text("utf-8")


def _is_part(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _is_part(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        return len(part) <= len(whole) and all(map(_is_part, part, whole))
    return bool(part == whole)


def test_the_example_in_the_documentation_is_part_of_a_real_report() -> None:
    [block] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert _is_part(json.loads(block), json.loads(render([short()])))
    assert len(block.splitlines()) > 20


def test_the_documentation_names_every_field_of_a_report_and_of_a_word() -> None:
    for noun in ("Assessment", "Transcript", "Word", "Pause", "Finding", "Measurement"):
        for name in SCHEMA["$defs"][noun]["properties"]:
            assert f"`{name}`" in PAGE, f"{noun}.{name}"
