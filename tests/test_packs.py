"""What a pack of questions may hold, and what is said of one that holds something else."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.errors import InputError
from voiceprep.model import Point, Question, QuestionKind, Span
from voiceprep.packs import Competency, Pack, find_near, find_problems, read_pack

SCHEMA = json.loads((files("voiceprep") / "schemas" / "questions.schema.json").read_text(encoding="utf-8"))
CHECKER = jsonschema.Draft202012Validator(SCHEMA)


def a_question(**changes: Any) -> dict[str, Any]:
    return {"id": "first-day", "text": "What did you do on your first day?", **changes}


def a_pack(*questions: Any, **changes: Any) -> dict[str, Any]:
    return {
        "id": "nurse",
        "title": "Nurse",
        "competencies": [{"id": "patient-safety", "label": "Patient safety"}],
        "questions": list(questions) or [a_question()],
        **changes,
    }


def read(data: object) -> Pack:
    return read_pack(json.dumps(data), "mine.json")


def test_smallest_pack_has_the_defaults() -> None:
    pack = read({"id": "nurse", "title": "Nurse", "questions": [a_question()]})
    assert pack == Pack("nurse", "Nurse", (Question("first-day", "What did you do on your first day?"),))
    assert (pack.language, pack.version, pack.questions[0].star) == ("en", 1, None)


def test_every_field_is_read() -> None:
    full = a_question(
        kind="behavioural",
        shows="Care.",
        points=[{"text": "Checked", "cues": ["checked"]}, {"text": "Told"}],
        competencies=["patient-safety"],
        topics=["safety"],
        star=True,
        target={"start": 60, "end": 150},
        follow_ups=["Why?"],
        outline=["Then"],
    )
    assert read(a_pack(full, role="Nurse")).questions == (
        Question(
            "first-day",
            "What did you do on your first day?",
            QuestionKind.BEHAVIOURAL,
            "Care.",
            (Point("Checked", ("checked",)), Point("Told")),
            ("patient-safety",),
            ("safety",),
            star=True,
            target=Span(60.0, 150.0),
            follow_ups=("Why?",),
            outline=("Then",),
            role="Nurse",
        ),
    )


def test_role_comes_from_the_pack_unless_the_question_has_one() -> None:
    pack = read(a_pack(a_question(), a_question(id="other", role="Matron"), role="Nurse"))
    assert [question.role for question in pack.questions] == ["Nurse", "Matron"]


def test_schema_for_editors_is_allowed() -> None:
    assert read(a_pack(**{"$schema": SCHEMA["$id"]})) == read(a_pack())


def test_texts_in_other_scripts_are_kept() -> None:
    text = "请介绍一下你自己 \U0001f469\u200d\u2695\ufe0f नमस्ते"
    assert read(a_pack(a_question(text=text))).questions[0].text == text


FIELDS = "competencies, follow_ups, id, kind, outline, points, role, shows, star, target, text, topics"
# What is wrong, what is said of it, and whether the JSON Schema alone can see it.
BROKEN = {
    "a list": ([], "$: expected an object, found []", True),
    "no questions": ({"id": "a", "title": "A"}, "$.questions: missing", True),
    "empty questions": (a_pack(questions=[]), "$.questions: is empty", True),
    "questions an object": (a_pack(questions={}), "$.questions: expected a list, found {}", True),
    "question a text": (a_pack("Why?"), "$.questions[0]: expected an object, found 'Why?'", True),
    "no text": (a_pack({"id": "a"}), "$.questions[0].text: missing", True),
    "empty text": (a_pack(a_question(text=" ")), "$.questions[0].text: is empty", True),
    "empty cue": (
        a_pack(a_question(points=[{"text": "a", "cues": ["b", ""]}])),
        "$.questions[0].points[0].cues[1]: is empty",
        True,
    ),
    "number as text": (a_pack(a_question(text=3)), "$.questions[0].text: expected text, found 3", True),
    "escape in text": (
        a_pack(a_question(text="Why\x1b[2J?")),
        "$.questions[0].text: has the control character U+001B in it",
        True,
    ),
    "line break in text": (
        a_pack(a_question(text="Why\nnot?")),
        "$.questions[0].text: has the control character U+000A in it",
        True,
    ),
    "text turned round": (
        a_pack(a_question(shows="\u202eevil")),
        "$.questions[0].shows: has the control character U+202E in it",
        True,
    ),
    "half a character": (
        a_pack(a_question(text="\ud83d")),
        "$.questions[0].text: has the control character U+D83D in it",
        False,
    ),
    "id with capitals": (
        a_pack(a_question(), a_question(id="First_Day")),
        "$.questions[1].id: 'First_Day' is not an id: use small letters, digits and single hyphens",
        True,
    ),
    "id of a typed question": (
        a_pack(a_question(id="typed")),
        "$.questions[0].id: 'typed' is kept for questions that the user types",
        True,
    ),
    "id twice": (
        a_pack(a_question(id="b"), a_question(), a_question(id="b")),
        "$.questions[2].id: 'b' is already the id of $.questions[0]",
        False,
    ),
    "pack id with a space": (
        a_pack(id="my pack"),
        "$.id: 'my pack' is not an id: use small letters, digits and single hyphens",
        True,
    ),
    "competency twice": (
        a_pack(competencies=[{"id": "a", "label": "A"}, {"id": "a", "label": "B"}]),
        "$.competencies[1].id: 'a' is already the id of $.competencies[0]",
        False,
    ),
    "competency without label": (a_pack(competencies=[{"id": "a"}]), "$.competencies[0].label: missing", True),
    "competency not defined": (
        a_pack(a_question(competencies=["speed"])),
        "$.questions[0].competencies[0]: 'speed' is not defined in $.competencies",
        False,
    ),
    "topic with a space": (
        a_pack(a_question(topics=["night shift"])),
        "$.questions[0].topics[0]: 'night shift' is not an id: use small letters, digits and single hyphens",
        True,
    ),
    "unknown kind": (
        a_pack(a_question(kind="tricky")),
        f"$.questions[0].kind: 'tricky' is not one of {', '.join(QuestionKind)}",
        True,
    ),
    "unknown field": (
        a_pack(a_question(txet="Why?")),
        f"$.questions[0].txet: unknown; known are {FIELDS}",
        True,
    ),
    "star as text": (
        a_pack(a_question(star="yes")),
        "$.questions[0].star: expected true or false, found 'yes'",
        True,
    ),
    "star on what one would do": (
        a_pack(a_question(kind="situational", star=True)),
        "$.questions[0].star: true, but a situational question does not ask for a past episode",
        True,
    ),
    "star on what one knows": (
        a_pack(a_question(kind="technical", star=True)),
        "$.questions[0].star: true, but a technical question does not ask for a past episode",
        True,
    ),
    "target backwards": (
        a_pack(a_question(target={"start": 150, "end": 60.5})),
        "$.questions[0].target: start 150 is after end 60.5",
        False,
    ),
    "target before nothing": (
        a_pack(a_question(target={"start": -1, "end": 60})),
        "$.questions[0].target: -1 to 60 seconds is not a length",
        True,
    ),
    "target of nothing": (
        a_pack(a_question(target={"start": 0, "end": 0})),
        "$.questions[0].target: 0 to 0 seconds is not a length",
        True,
    ),
    "target without end": (a_pack(a_question(target={"start": 1})), "$.questions[0].target.end: missing", True),
    "version nought": (a_pack(version=0), "$.version: 0 is less than 1", True),
    "step without how": (a_pack(preparation=[{"text": "Read"}]), "$.preparation[0].how: missing", True),
    "group of texts": (
        a_pack(ask_the_interviewer=["Why?"]),
        "$.ask_the_interviewer[0]: expected an object, found 'Why?'",
        True,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_pack_is_refused_with_its_place(case: str) -> None:
    data, message, _ = BROKEN[case]
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.message == f"mine.json: {message}"


@pytest.mark.parametrize("case", BROKEN)
def test_all_problems_include_the_one(case: str) -> None:
    data, message, _ = BROKEN[case]
    assert find_problems(json.dumps(data), "mine.json") == (message,)


@pytest.mark.parametrize("case", BROKEN)
def test_schema_refuses_what_a_schema_can_see(case: str) -> None:
    data, _, visible = BROKEN[case]
    assert CHECKER.is_valid(data) is not visible


NOT_JSON = {
    "comma missing": ('{"id": "a"\n "title": "b"}', "mine.json: line 2, column 2: not JSON: Expecting ',' delimiter"),
    "empty": ("", "mine.json: line 1, column 1: not JSON: Expecting value"),
    "a field twice": (
        '{"id": "a", "title": "b", "questions": [], "questions": []}',
        "mine.json: 'questions' stands twice in one object",
    ),
    "not a number": ('{"version": NaN}', "mine.json: NaN is not a number that JSON knows"),
    "endless nesting": ("[" * 100_000, "mine.json: is nested too deeply for a pack of questions"),
}


@pytest.mark.parametrize("check", [read_pack, find_problems])
@pytest.mark.parametrize("case", NOT_JSON)
def test_what_is_no_pack_at_all_is_refused(case: str, check: Any) -> None:
    text, message = NOT_JSON[case]
    with pytest.raises(InputError) as caught:
        check(text, "mine.json")
    assert caught.value.message == message


def message_of(text: str) -> str:
    """Return why `text` is no pack, or nothing if it is one."""
    try:
        read_pack(text, "mine.json")
    except InputError as error:
        return error.message
    return ""


@pytest.mark.parametrize("depth", [50, 900, 960, 990, 3000])
def test_nesting_of_any_depth_is_refused(depth: int) -> None:
    message = message_of('{"id": ' + "[" * depth + "]" * depth + "}")
    assert message.startswith(("mine.json: $.id: expected text, found [[", "mine.json: is nested too deeply"))


@pytest.mark.parametrize("number", ["1e999", "9" * 400, "9" * 5000])
def test_number_without_end_is_refused(number: str) -> None:
    text = json.dumps(a_pack(a_question(target={"start": 0, "end": 7777}))).replace("7777", number)
    with pytest.raises(InputError, match=r"^mine\.json: "):
        read_pack(text, "mine.json")


def test_all_problems_are_found_at_once() -> None:
    data = a_pack(
        a_question(id="A"),
        a_question(id="b", text="", star=1, colour="red"),
        a_question(id="c", competencies=["speed"], target={"start": 9, "end": 1}),
        a_question(id="d", points=[{"cues": []}]),
        version="one",
    )
    assert find_problems(json.dumps(data), "mine.json") == (
        "$.questions[1].text: is empty",
        f"$.questions[1].colour: unknown; known are {FIELDS}",
        "$.questions[1].star: expected true or false, found 1",
        "$.questions[3].points[0].text: missing",
        "$.version: expected a whole number, found 'one'",
        "$.questions[0].id: 'A' is not an id: use small letters, digits and single hyphens",
        "$.questions[2].target: start 9 is after end 1",
        "$.questions[2].competencies[0]: 'speed' is not defined in $.competencies",
    )


def test_unreadable_competencies_do_not_make_every_question_wrong() -> None:
    data = a_pack(a_question(competencies=["patient-safety"]), competencies=3)
    assert find_problems(json.dumps(data), "mine.json") == ("$.competencies: expected a list, found 3",)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Draw a pack with one value replaced by something else."""
    data = a_pack(
        a_question(kind="data", star=True, target={"start": 1, "end": 2}, points=[{"text": "a", "cues": ["b"]}]),
        preparation=[{"text": "a", "how": "b"}],
        ask_the_interviewer=[{"title": "a", "questions": ["b"]}],
    )
    node: Any = {"$": data}
    key: Any = "$"
    while isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
        node = node[key]
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = draw(
        st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=3) | st.just([]) | st.just({}) | st.just([{}])
    )
    return node.get("$", data) if isinstance(node, dict) else data


@settings(max_examples=200, deadline=None)
@given(damaged())
def test_a_pack_can_be_read_exactly_when_nothing_is_wrong(data: Any) -> None:
    text = json.dumps(data)
    problems = find_problems(text, "mine.json")
    message = message_of(text)
    assert bool(message) == bool(problems)
    if message:
        assert message.removeprefix("mine.json: ") in problems
    else:
        assert CHECKER.is_valid(data)


def test_near_competency_is_suggested() -> None:
    data = a_pack(a_question(competencies=["patient-saftey"]))
    assert message_of(json.dumps(data)).endswith("is not defined in $.competencies; did you mean 'patient-safety'?")


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_schema_names_the_kinds_of_the_model() -> None:
    kind = SCHEMA["$defs"]["question"]["properties"]["kind"]
    assert kind["enum"] == [kind.value for kind in QuestionKind]


def test_near_names_are_found_in_any_case() -> None:
    assert find_near("Scope-Decison", ["data", "scope-decision"]) == ["scope-decision"]
    assert find_near("zzz", ["data"]) == []


def test_competencies_are_values() -> None:
    assert read(a_pack()).competencies == (Competency("patient-safety", "Patient safety"),)
