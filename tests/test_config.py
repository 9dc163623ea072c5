"""Where files are, what settings may hold, and how a question is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from voiceprep import config
from voiceprep.errors import InputError
from voiceprep.model import Band, Question, QuestionKind, Settings
from voiceprep.tables import METRICS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a config folder of its own, and the network."""
    for name in ("VOICEPREP_OFFLINE", "HF_HUB_OFFLINE", "VOICEPREP_DATA_DIR", "VOICEPREP_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config" / "questions").mkdir(parents=True)
    return tmp_path / "config"


def write_pack(path: Path, pack: str, *questions: str) -> Path:
    data = {"id": pack, "title": pack, "questions": [{"id": name, "text": f"What of {name}?"} for name in questions]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


FOLDERS = {"CONFIG": config.config_dir, "DATA": config.data_dir, "CACHE": config.cache_dir}


@pytest.mark.parametrize("name", FOLDERS)
def test_environment_says_where_a_folder_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"VOICEPREP_{name}_DIR", "~/somewhere")
    assert FOLDERS[name]() == Path.home() / "somewhere"


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_is_the_usual_one_of_the_system(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"VOICEPREP_{name}_DIR", "")
    folder = FOLDERS[name]()
    assert folder.is_absolute()
    assert "voiceprep" in folder.parts


def test_folders_are_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(tmp_path / "new"))
    assert not config.cache_dir().exists()


def test_settings_have_defaults_without_a_file() -> None:
    assert config.load_settings() == Settings()


def test_settings_are_read_from_the_config_folder(home: Path) -> None:
    (home / "settings.toml").write_text(
        'model = "small"\nlanguage = "en"\nbeam = 3\nthreads = 2\noffline = true\npause_threshold = 0.3\n'
        'questions = ["mine.json", "/other/yours.json"]\nfillers = ["basically"]\nnot_fillers = ["So"]\n'
        "[bands.pace]\nlow = 110\nhigh = 160\nwatch_low = 95\nwatch_high = 180.5\n"
        "[bands.length]\nhigh = 90\n",
        encoding="utf-8",
    )
    assert config.load_settings() == Settings(
        "small",
        "en",
        3,
        2,
        offline=True,
        pause_threshold=0.3,
        questions=(str(home / "mine.json"), str(Path("/other/yours.json"))),
        fillers=("basically",),
        not_fillers=("So",),
        bands={"pace": Band(110.0, 160.0, 95.0, 180.5), "length": Band(None, 90.0)},
    )


def test_settings_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(b'\xef\xbb\xbfmodel = "tiny"\r\n')
    assert config.load_settings(tmp_path / "s.toml").model == "tiny"


WRONG_SETTINGS = {
    'colour = "red"': "$.colour: unknown; known are bands, beam, fillers, keep_days, language, model, not_fillers, "
    "offline, pause_threshold, questions, threads",
    "model = 3": "$.model: expected text, found 3",
    'model = ""': "$.model: is empty",
    "beam = 2.5": "$.beam: expected a whole number, found 2.5",
    "beam = true": "$.beam: expected a whole number, found True",
    "beam = 0": "$.beam: 0 is less than 1",
    "threads = -1": "$.threads: -1 is less than 0",
    "keep_days = -1": "$.keep_days: -1 is less than 0",
    'offline = "no"': "$.offline: expected true or false, found 'no'",
    "pause_threshold = 0.1": "$.pause_threshold: 0.1 is not between 0.2 and 0.5 seconds",
    "pause_threshold = nan": "$.pause_threshold: nan is not a finite number",
    'fillers = "um"': "$.fillers: expected a list, found 'um'",
    'fillers = ["-"]': "$.fillers[0]: '-' has no word in it",
    'not_fillers = ["righ"]': "$.not_fillers[0]: 'righ' is not one of our filler words; known are right",
    'fillers = ["like", " "]': "$.fillers[1]: is empty",
    'fillers = ["\\u001b[31m"]': "$.fillers[0]: has the control character U+001B in it",
    "bands = 3": "$.bands: expected an object, found 3",
    "bands.pace = 120": "$.bands.pace: expected an object, found 120",
    "bands.pace.low = 'x'": "$.bands.pace.low: expected a number, found 'x'",
    "bands.pace.high = inf": "$.bands.pace.high: inf is not a finite number",
    "bands.pace.top = 3": "$.bands.pace.top: unknown; known are high, low, watch_high, watch_low",
    "bands.pase.low = 3": "$.bands: 'pase' is not a measure; known are pace",
    "bands.zzz.low = 3": f"$.bands: 'zzz' is not a measure; known are {', '.join(METRICS)}",
    "bands.pace = {low = 170, high = 120}": "$.bands.pace: low 170 is above high 120",
    "bands.pace = {low = 120, watch_low = 130}": "$.bands.pace: watch_low 130 is above low 120",
    "bands.pace = {high = 170, watch_high = 160}": "$.bands.pace: watch_high 160 is below high 170",
    "bands.pace = {watch_low = 100}": "$.bands.pace: watch_low 100 needs a low",
    "bands.pace = {watch_high = 100}": "$.bands.pace: watch_high 100 needs a high",
}


@pytest.mark.parametrize("text", WRONG_SETTINGS)
def test_wrong_setting_is_named_with_its_place(text: str, home: Path) -> None:
    (home / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        config.load_settings()
    assert caught.value.message == f"settings.toml: {WRONG_SETTINGS[text]}"


@pytest.mark.parametrize("text", ["low = 1", "low = 1\nhigh = 1\nwatch_low = 1\nwatch_high = 1", ""])
def test_band_may_be_open_and_its_limits_may_meet(text: str, home: Path) -> None:
    (home / "settings.toml").write_text(f"[bands.pace]\n{text}", encoding="utf-8")
    assert set(config.load_settings().bands) == {"pace"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"model = ", "settings.toml: not TOML: Invalid value"),
        (b"beam = 5\nbeam = 6", "settings.toml: not TOML: Cannot overwrite a value"),
        (b'model = "\xff"', "settings.toml: byte 9 is not UTF-8"),
    ],
)
def test_what_is_not_toml_is_refused(content: bytes, message: str, home: Path) -> None:
    (home / "settings.toml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        config.load_settings()
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("text", ["beam = " + "9" * 5000, "beam = " + "[" * 5000])
def test_absurd_settings_are_refused(text: str, home: Path) -> None:
    (home / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"^settings\.toml: not TOML"):
        config.load_settings()


def test_settings_that_were_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^cannot read '.*none\.toml': No such file or directory$"):
        config.load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["VOICEPREP_OFFLINE", "HF_HUB_OFFLINE"])
@pytest.mark.parametrize(
    ("wish", "offline"), [("1", True), ("YES", True), (" true ", True), ("0", False), ("", False), ("no", False)]
)
def test_environment_forbids_the_network(name: str, wish: str, offline: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, wish)
    assert config.load_settings().offline is offline


def test_environment_cannot_allow_the_network_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "settings.toml").write_text("offline = true", encoding="utf-8")
    monkeypatch.setenv("VOICEPREP_OFFLINE", "0")
    assert config.load_settings().offline


def test_packs_come_from_the_program_the_folder_and_the_call(home: Path, tmp_path: Path) -> None:
    write_pack(home / "questions" / "b.json", "pack-b", "b1")
    write_pack(home / "questions" / "a.json", "pack-a", "a1")
    (home / "questions" / "notes.txt").write_text("not a pack", encoding="utf-8")
    given = write_pack(tmp_path / "c.json", "pack-c", "c1")
    packs = config.load_packs([given])
    assert [pack.id for pack in packs] == ["it-product-manager", "pack-a", "pack-b", "pack-c"]
    assert packs[3].path == str(given)


def test_file_that_is_named_twice_is_read_once(home: Path) -> None:
    path = write_pack(home / "questions" / "a.json", "pack-a", "a1")
    roundabout = home / "questions" / ".." / "questions" / "a.json"
    assert len(config.load_packs([path, roundabout])) == 2


def test_same_id_in_two_packs_names_both(tmp_path: Path) -> None:
    one = write_pack(tmp_path / "one.json", "one", "shared")
    two = write_pack(tmp_path / "two.json", "two", "shared")
    with pytest.raises(InputError) as caught:
        config.load_packs([one, two])
    assert caught.value.message == f"two packs have a question 'shared': {one} and {two}"


def test_same_pack_id_names_both(tmp_path: Path) -> None:
    path = write_pack(tmp_path / "copy.json", "it-product-manager", "other")
    with pytest.raises(InputError, match=r"^two packs have a pack 'it-product-manager'") as caught:
        config.load_packs([path])
    assert caught.value.message.endswith(f" and {path}")


def test_broken_pack_in_the_folder_is_named(home: Path) -> None:
    (home / "questions" / "mine.json").write_text('{"id": "a",}', encoding="utf-8")
    with pytest.raises(InputError, match=r"^mine\.json: line 1, column \d+: not JSON"):
        config.load_packs()


UNREADABLE: dict[str, tuple[bytes | None, str]] = {
    "gone.json": (None, "cannot read "),
    "latin.json": (b'{"id": "\xe9"}', "latin.json: byte 8 is not UTF-8"),
    "sound.json": (b" " * 8_000_001, "sound.json: is larger than 8 MB, too large for such a file"),
    "new\nline.json": (b"{}", "'new\\nline.json': $.id: missing"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.skipif(os.name == "nt", reason="a name there has no line break")
def test_unreadable_pack_is_refused(name: str, tmp_path: Path) -> None:
    content, message = UNREADABLE[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        config.load_pack(tmp_path / name)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("path", [".", "a\0b"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(InputError, match=r"^cannot read "):
        config.load_pack(path)


def test_check_pack_finds_what_load_pack_refuses(tmp_path: Path) -> None:
    path = write_pack(tmp_path / "mine.json", "Mine", "a", "a")
    assert config.check_pack(path) == (
        "$.id: 'Mine' is not an id: use small letters, digits and single hyphens",
        "$.questions[1].id: 'a' is already the id of $.questions[0]",
    )


@pytest.fixture(scope="module")
def packs() -> tuple[config.Pack, ...]:
    """Return the built-in pack alone."""
    return (config.built_in_pack(),)


def test_question_is_found_by_id(packs: tuple[config.Pack, ...]) -> None:
    question = config.find_question("scope-decision", packs)
    assert (question.id, question.kind, question.star) == ("scope-decision", QuestionKind.BEHAVIOURAL, True)
    assert question.role == "IT product manager"


def test_question_is_found_by_its_own_words(packs: tuple[config.Pack, ...]) -> None:
    text = config.find_question("scope-decision", packs).text
    assert config.find_question(f" {text.upper()}\n", packs).id == "scope-decision"


@pytest.mark.parametrize("text", ["Why did you leave your last job?", "Why?", "请介绍一下你自己", "scope decision"])
def test_other_words_are_a_question_of_their_own(text: str, packs: tuple[config.Pack, ...]) -> None:
    assert config.find_question(text, packs) == Question("typed", text)


def test_typed_question_is_one_line(packs: tuple[config.Pack, ...]) -> None:
    assert config.find_question("Why\n did you\tleave? ", packs).text == "Why did you leave?"


@pytest.mark.parametrize("name", ["scope-decison", "Scope-Decision", "scope_decision"])
def test_misspelt_id_gets_suggestions(name: str, packs: tuple[config.Pack, ...]) -> None:
    with pytest.raises(InputError) as caught:
        config.find_question(name, packs)
    assert caught.value.message == f"there is no question {name!r}"
    assert caught.value.hint.startswith("Did you mean scope-decision")
    assert caught.value.exit_code == 2


def test_strange_id_gets_no_suggestion(packs: tuple[config.Pack, ...]) -> None:
    with pytest.raises(InputError) as caught:
        config.find_question("zzzzzzzz", packs)
    assert caught.value.hint.startswith("See all with: voiceprep questions")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "the question is empty"), (" ", "the question is empty"), ("Why\x1b?", "the question has the control")],
)
def test_question_that_cannot_be_asked_is_refused(text: str, message: str, packs: tuple[config.Pack, ...]) -> None:
    with pytest.raises(InputError) as caught:
        config.find_question(text, packs)
    assert caught.value.message.startswith(message)


def imported_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_is_light() -> None:
    heavy = {"numpy", "click", "rich", "platformdirs", "difflib", "tomllib", "importlib.resources", "jinja2", "sqlite3"}
    assert imported_by("voiceprep.config") & heavy == set()
