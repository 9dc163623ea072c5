"""The table of contents: names, endings and where things live."""

from __future__ import annotations

import sys
from pathlib import PurePath
from types import ModuleType

import pytest

from voiceprep.errors import InputError
from voiceprep.tables import ENDINGS, ENGINES, FORMATS, METRICS, format_of, load


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_where_the_table_says(name: str) -> None:
    assert callable(load(FORMATS, name))


@pytest.mark.parametrize("table", [METRICS, FORMATS, ENGINES])
def test_every_entry_is_a_module_and_an_attribute(table: dict[str, str]) -> None:
    assert all(path.startswith("voiceprep.") and path.count(":") == 1 for path in table.values())


def test_every_ending_stands_for_a_known_format() -> None:
    assert set(ENDINGS.values()) == set(FORMATS)
    assert all(ending == ending.lower() for ending in ENDINGS)


def test_a_path_works_where_a_name_does() -> None:
    assert load(FORMATS, "math:sqrt")(9.0) == 3.0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("docx", "'docx' is not known"),
        ("", "'' is not known"),
        ("math", "'math' is not known"),
        ("no_such_module:render", "'no_such_module:render' cannot be loaded"),
        (":render", "':render' cannot be loaded"),
        (".report:render", "'.report:render' cannot be loaded"),
        ("math:", "'math:' is not known"),
        ("math:no_such_thing", "'math:no_such_thing' cannot be loaded"),
    ],
)
def test_an_unknown_name_is_an_error_of_the_user(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(FORMATS, name)
    assert message in caught.value.message


def test_the_error_names_what_is_known() -> None:
    with pytest.raises(InputError) as caught:
        load(FORMATS, "docx")
    assert "text, html, json, md, csv, vtt, textgrid" in caught.value.hint


def test_a_broken_part_of_our_own_is_a_bug_and_not_an_error_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voiceprep.report.text", ModuleType("voiceprep.report.text"))
    with pytest.raises(AttributeError):
        load(FORMATS, "text")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("report.html", "html"),
        ("REPORT.HTM", "html"),
        ("a.b.json", "json"),
        ("folder.csv/notes.md", "md"),
        ("Take 1.TextGrid", "textgrid"),
        ("a.vtt", "vtt"),
        ("a.txt", "text"),
    ],
)
def test_the_ending_asks_for_a_format(path: str, name: str) -> None:
    assert format_of(PurePath(path)) == name


@pytest.mark.parametrize("path", ["report", "report.docx", ".html", "report."])
def test_another_ending_is_an_error_that_names_the_known_ones(path: str) -> None:
    with pytest.raises(InputError) as caught:
        format_of(PurePath(path))
    assert ".html" in caught.value.hint
    assert repr(path) in caught.value.message
