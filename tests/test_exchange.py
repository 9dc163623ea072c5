"""What stands in an exported folder, for people and programs; what is refused of one that comes from elsewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from histories import fill
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource
from test_history_exchange import bring_in, export, sql, state

from voiceprep import config, exchange, parcel
from voiceprep.errors import InputError
from voiceprep.exchange import Count, Manifest, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMAS = [
    json.loads((files("voiceprep") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in ("export", "report")
]
SCHEMA = SCHEMAS[0]
REGISTRY: Registry[Any] = Registry().with_resources(
    [(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS]
)


def checker(part: str = "") -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": SCHEMA["$id"] + part}, registry=REGISTRY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    fill(root / "old", range(6), name="=SUM(A1).m4a")
    export(root / "old", root / "export")
    return root / "export"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "export")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


# What is there


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_document_fits_the_schema(made: Path) -> None:
    checker().validate(read(made / exchange.MANIFEST))
    checker("#/$defs/Stories").validate(read(made / exchange.STORIES))
    answers = sorted(made.glob("answers/*/answer.json"))
    assert len(answers) == 6
    for path in answers:
        checker("#/$defs/Answer").validate(read(path))


def test_schema_describes_every_field() -> None:
    def undescribed(schema: Any, place: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        bare = [place] if {"type", "enum", "anyOf"} & schema.keys() and "description" not in schema else []
        inside = [(f"{place}.{key}", one) for key, one in schema.get("properties", {}).items()]
        inside += [(f"#{key}", one) for key, one in schema.get("$defs", {}).items()]
        return bare + [found for where, one in inside for found in undescribed(one, where)]

    assert undescribed(SCHEMA, "$") == []


def test_the_list_of_files_is_complete_and_right(made: Path) -> None:
    manifest = exchange.read_manifest((made / exchange.MANIFEST).read_text(encoding="utf-8"))
    there = {str(path.relative_to(made).as_posix()) for path in made.rglob("*") if path.is_file()}
    assert {file.path for file in manifest.files} == there - {exchange.MANIFEST}
    for file in manifest.files:
        content = (made / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest.counts == {
        "answers": 6,
        "measurements": 18,
        "corrections": 4,
        "sounds": 6,
        "texts": 0,
        "stories": 2,
        "tellings": 3,
    }


def test_an_answer_has_a_folder_with_files_for_people_and_other_programs(made: Path) -> None:
    names = [path.name for path in sorted((made / "answers").iterdir())]
    assert names[:2] == ["000001-2026-01-01-late-project", "000002-2026-01-02-late-project"]
    assert names[3] == "000004-2026-01-04-sum-a1-m4a"
    there = sorted(path.name for path in (made / "answers" / names[0]).iterdir())
    assert there == ["answer.json", "sound.flac", "transcript.TextGrid", "transcript.vtt"]
    assert (made / "answers" / names[0] / "transcript.vtt").read_text(encoding="utf-8").startswith("WEBVTT")
    assert "Zo\u00eb" in (made / "answers" / names[0] / "answer.json").read_text(encoding="utf-8")


def test_tables_are_for_spreadsheets_and_run_no_formula(made: Path) -> None:
    with (made / exchange.ANSWERS).open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert [row["name"] for row in answers] == ["'=SUM(A1).m4a"] * 6
    assert answers[0]["words"] == "19"
    with (made / exchange.MEASUREMENTS).open(encoding="utf-8", newline="") as file:
        counts = [row for row in csv.DictReader(file) if row["metric"] == "hesitations"]
    assert (counts[0]["total"], float(counts[0]["value"]), float(counts[0]["corrected_value"])) == ("2.0", 6.0, 3.0)
    assert counts[1]["corrected_value"] == ""


def test_the_guide_names_every_kind_of_file(made: Path) -> None:
    guide = (made / exchange.GUIDE).read_text(encoding="utf-8")
    for name in (exchange.MANIFEST, exchange.ANSWERS, exchange.MEASUREMENTS, exchange.STORIES):
        assert f"`{name}`" in guide
    for name in (exchange.ANSWER, exchange.REPORT, exchange.CAPTIONS, exchange.TIERS):
        assert f"/{name}`" in guide


@given(st.text(), st.text(), st.text(), st.integers(1, 10**9))
def test_the_folder_of_an_answer_has_a_name_that_every_system_takes(
    at: str, asked: str, name: str, number: int
) -> None:
    made = exchange.folder_name(told(id=number, at=at, question=asked, name=name))
    assert len(made) <= 100
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    assert not made.startswith("-")
    manifest = Manifest("", "", {}, {}, (exchange.File(f"answers/{made}/answer.json", 0, "0" * 64),))
    assert exchange.read_manifest(exchange.manifest_text(manifest)) == manifest


@pytest.mark.parametrize(
    ("question", "text", "name"),
    [
        ("late-project", "Tell me about a late project.", "000012-2026-05-01-late-project"),
        ("typed", "Why us?", "000012-2026-05-01-why-us"),
        (None, None, "000012-2026-05-01-my-talk-m4a"),
        ("typed", "\u4f60\u597d\uff1f", "000012-2026-05-01-answer"),
    ],
)
def test_the_folder_of_an_answer_is_named_after_its_question(question: str, text: str, name: str) -> None:
    at = "2026-05-01T09:30:12+00:00"
    assert exchange.folder_name(told(id=12, at=at, question=question, question_text=text, name="My talk.m4a")) == name


def test_a_question_of_ones_own_is_known_by_the_id_that_it_has_elsewhere() -> None:
    assert config.find_question("Why do you want this job with us?", ()).id == exchange._TYPED


@pytest.mark.parametrize(
    ("ending", "name"),
    [(".MP3", "sound.mp3"), ("", "sound"), (".\u00e4", "sound"), (".a/b", "sound"), (".m4a ", "sound")],
)
def test_a_sound_keeps_its_ending_where_that_is_plain(ending: str, name: str) -> None:
    assert exchange.sound_name(ending) == name


def told(**values: Any) -> Told:
    empty = {
        "id": 1,
        "duration": 1.5,
        "rate": 8000,
        "channels": 1,
        "question": None,
        "question_text": None,
        "question_kind": None,
        "settings": "{}",
        "measurements": (),
    }
    texts = {name: "" for name in Told.__slots__ if name not in empty}
    rest = {"corrections": (), "corrected": (), "checked": (), "take": None, "sound": None}
    return Told(**{**texts, **empty, **rest, **values})


@given(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False, allow_infinity=False))
def test_an_answer_comes_back_from_its_document(text: str, number: float) -> None:
    one = told(name=text, transcript=text, settings=text, measurements=(Count(text, 1, number, number, text),))
    assert exchange.read_answer(exchange.answer_text(one), "answer.json") == one


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_json_in_a_column_is_opened_only_if_it_closes_to_the_same_letters(data: Any, spaced: bool) -> None:
    text = json.dumps(data, indent=1 if spaced else None)
    assert exchange.closed(exchange.opened(text)) == text


# What is refused


def listed(folder: Path, path: str) -> dict[str, Any]:
    """Return what the manifest has to say of the file at `path` now."""
    content = (folder / path).read_bytes()
    return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def change(folder: Path, path: str, how: Callable[[Any], Any]) -> None:
    """Change the JSON at `path`, and its hash in the manifest with it, as an attacker would."""
    data = how(read(folder / path))
    (folder / path).write_text(json.dumps(data), encoding="utf-8")
    if path != exchange.MANIFEST:
        change(
            folder,
            exchange.MANIFEST,
            lambda manifest: (
                manifest
                | {"files": [listed(folder, path) if one["path"] == path else one for one in manifest["files"]]}
            ),
        )


def refused(folder: Path, tmp_path: Path) -> InputError:
    """Return why `folder` is refused; nothing may have been written for it, here or elsewhere."""
    new = tmp_path / "new"
    fill(new, range(20, 24))
    before = state(new), sorted(tmp_path.iterdir())
    with pytest.raises(InputError) as caught:
        bring_in(folder, new)
    assert (state(new), sorted(tmp_path.iterdir())) == before
    assert sql(new, "SELECT count(*) FROM answer") == [(4,)]
    assert caught.value.hint
    return caught.value


ANSWER = "answers/000001-2026-01-01-late-project/answer.json"
HUGE = 10**30


def renamed(old: str, new: str) -> Callable[[Any], Any]:
    """Return what gives the file `old` another path in the manifest."""
    return lambda data: data | {"files": [one | {"path": new} if one["path"] == old else one for one in data["files"]]}


@pytest.mark.parametrize(
    "path",
    [
        "../answer.json",
        "answers/../../answer.json",
        "/etc/passwd",
        "answers//answer.json",
        "answers/a/b/answer.json",
        "answers\\a\\answer.json",
        "C:/answer.json",
        "answers/./answer.json",
        "answers/x/answer.json\n",
        "answers/x/answer.json\u0000",
        "answers/x/run.sh",
        "history.db",
        "",
        "answers/" + "x" * 5000 + "/answer.json",
        exchange.GUIDE,
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(folder: Path, tmp_path: Path, path: str) -> None:
    change(folder, exchange.MANIFEST, renamed(ANSWER, path))
    assert "is no path of an export" in refused(folder, tmp_path).message


def set_in(*keys: Any, to: Any) -> Callable[[Any], Any]:
    """Return what puts `to` at the place `keys` of a document."""

    def how(data: Any) -> Any:
        inside = data
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = to
        return data

    return how


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (set_in("version", to=2), "version 2"),
        (set_in("version", to=True), "version True"),
        (set_in("version", to=HUGE), "version"),
        (set_in("format", to="other"), "not that of an export"),
        (set_in("files", to={}), "expected a list"),
        (set_in("files", 0, "bytes", to=-1), "cannot be right"),
        (set_in("files", 0, "bytes", to=HUGE), "too large"),
        (set_in("files", 0, "bytes", to=True), "a whole number"),
        (set_in("files", 0, "sha256", to="0" * 63), "cannot be right"),
        (set_in("files", 0, "sha256", to="0" * 64), "not what it was"),
        (set_in("counts", "answers", to=7), "as many answers"),
        (set_in("counts", to=None), "expected an object"),
        (set_in("more", to=1), "unknown"),
        (lambda _data: [], "not that of an export"),
        (lambda data: data | {"files": data["files"][:-1]}, "as many answers"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    folder: Path, tmp_path: Path, how: Callable[[Any], Any], said: str
) -> None:
    change(folder, exchange.MANIFEST, how)
    assert said in refused(folder, tmp_path).message


def test_a_newer_format_is_told_from_a_damaged_one(folder: Path, tmp_path: Path) -> None:
    change(folder, exchange.MANIFEST, set_in("version", to=2))
    error = refused(folder, tmp_path)
    assert error.message == "this export has version 2, and this voiceprep knows only 1"
    assert error.hint == "A newer voiceprep made it: pip install --upgrade voiceprep"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (set_in("id", to=2), "about another answer"),
        (set_in("id", to="1"), "a whole number"),
        (set_in("duration", to="long"), "a number"),
        (set_in("rate", to=HUGE), "too large"),
        (set_in("name", to="\ud800"), "half a character"),
        (set_in("name", to=None), "expected text"),
        (set_in("more", to=1), "unknown"),
        (set_in("question_kind", to="rude"), "no kind of question"),
        (set_in("question_kind", to=None), "half a question"),
        (set_in("transcript", to=7), "does not fit"),
        (set_in("transcript", "words", to=3), "expected a list"),
        (set_in("transcript", "words", 0, "start", to=[]), "a number"),
        (set_in("settings", to=None), "does not fit"),
        (set_in("measurements", 0, "total", to=float("nan")), "no number"),
        (set_in("measurements", 1, "metric", to="hesitations"), "two counts of one measure"),
        (set_in("corrections", 0, "kind", to="rude"), "no kind of correction"),
        (
            lambda data: set_in("corrections", 0, "now", to="Z")(set_in("corrections", 0, "kind", to="part")(data)),
            "no part",
        ),
        (set_in("checked", 0, "hits", to=HUGE), "too large"),
        (set_in("sound", "file", to="../../../sound.flac"), "no name of a sound"),
        (set_in("sound", "file", to="sound.ogg"), "not in the list of files"),
        (set_in("sound", "sha256", to="0" * 64), "not in the list of files"),
        (set_in("take", "session", to="../../2026"), "no such take"),
        (set_in("take", "number", to=-1), "no such take"),
        (set_in("take", "number", to=10**12), "no such take"),
        (set_in("take", "settings", to="odd"), "no settings"),
        (set_in("take", "thought", to=None), "a number"),
        (lambda _data: [], "no answer"),
        (lambda _data: None, "no answer"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    folder: Path, tmp_path: Path, how: Callable[[Any], Any], said: str
) -> None:
    change(folder, ANSWER, how)
    error = refused(folder, tmp_path)
    assert said in error.message
    assert "answers/000001" in error.message


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (set_in(0, "answer", to=99), "not in this export"),
        (set_in(0, "tellings", to=[1, 99]), "not in this export"),
        (set_in(1, "id", to=1), "twice"),
        (set_in(0, "competencies", to=None), "does not fit"),
        (lambda _data: {"no": "list"}, "expected a list"),
        (lambda data: data[:1], "as many"),
    ],
)
def test_stories_that_do_not_fit_are_refused(
    folder: Path, tmp_path: Path, how: Callable[[Any], Any], said: str
) -> None:
    change(folder, exchange.STORIES, how)
    assert said in refused(folder, tmp_path).message


def test_the_same_answer_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    identity = read(folder / ANSWER)["identity"]
    change(folder, "answers/000002-2026-01-02-late-project/answer.json", set_in("identity", to=identity))
    assert "twice" in refused(folder, tmp_path).message


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"format": "voiceprep-export"', b"9" * 9999]
)
@pytest.mark.parametrize("path", [exchange.MANIFEST, exchange.STORIES, ANSWER])
def test_what_is_no_json_is_named(folder: Path, tmp_path: Path, path: str, content: bytes) -> None:
    (folder / path).write_bytes(content)
    if path != exchange.MANIFEST:
        change(
            folder,
            exchange.MANIFEST,
            lambda data: (
                data | {"files": [listed(folder, path) if one["path"] == path else one for one in data["files"]]}
            ),
        )
    assert path in refused(folder, tmp_path).message


@pytest.mark.parametrize(
    "path", [exchange.MANIFEST, exchange.GUIDE, ANSWER, ANSWER.replace("answer.json", "sound.flac")]
)
def test_a_file_that_is_missing_is_named(folder: Path, tmp_path: Path, path: str) -> None:
    (folder / path).unlink()
    assert path in refused(folder, tmp_path).message


@pytest.mark.parametrize("path", [exchange.GUIDE, ANSWER, ANSWER.replace("answer.json", "sound.flac")])
@pytest.mark.parametrize("grown", [True, False])
def test_a_file_that_was_changed_is_named(folder: Path, tmp_path: Path, path: str, grown: bool) -> None:
    content = (folder / path).read_bytes()
    (folder / path).write_bytes(content + b" " if grown else content[:-2] + b"!!")
    assert f"{path} is not what it was" in refused(folder, tmp_path).message


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
@pytest.mark.parametrize("path", [exchange.GUIDE, ANSWER, "answers", ANSWER.rpartition("/")[0]])
def test_no_link_is_followed(folder: Path, tmp_path: Path, path: str) -> None:
    (folder / path).rename(tmp_path / "elsewhere")
    (folder / path).symlink_to(tmp_path / "elsewhere")
    assert "is a link" in refused(folder, tmp_path).message


@pytest.mark.skipif(os.name == "nt", reason="there are no named pipes of this kind")
@pytest.mark.parametrize("path", [exchange.MANIFEST, exchange.STORIES])
def test_nobody_waits_for_a_pipe(folder: Path, tmp_path: Path, path: str) -> None:
    (folder / path).unlink()
    os.mkfifo(folder / path)
    assert "no plain file" in refused(folder, tmp_path).message


def test_a_sound_that_changes_after_the_check_is_not_taken(folder: Path, tmp_path: Path) -> None:
    from test_history_exchange import Sessions, incoming  # noqa: PLC0415  (for one test)

    from voiceprep.history import History  # noqa: PLC0415  (same)

    checked = parcel.read(folder)
    (folder / ANSWER.replace("answer.json", "sound.flac")).write_bytes(b"x" * 260)
    new = tmp_path / "new"
    with History(new / "history.db") as history, pytest.raises(InputError, match="not what it was"):
        incoming.bring_in(checked, history, Sessions(new / "sessions"), new)
    assert sorted(path.name for path in new.iterdir() if not path.name.startswith("history")) == ["import.lock"]


def test_a_folder_of_something_else_is_no_export(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=f"there is no {exchange.MANIFEST}") as caught:
            parcel.read(folder)
        assert caught.value.hint == "A folder to import is made by: voiceprep export"


def test_files_of_ones_own_beside_them_are_no_matter(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    bring_in(folder, tmp_path / "new")
    assert sql(tmp_path / "new", "SELECT count(*) FROM answer") == [(6,)]
