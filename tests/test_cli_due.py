"""`voiceprep due`: what it says on a screen of 80 columns and as data, and that it keeps nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from test_history import assessment
from test_rating import measured

from voiceprep import config
from voiceprep.cli import main
from voiceprep.history import History
from voiceprep.model import Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

NO_RESULT = {"result": (0, 100), "star_parts": (3, 1)}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001  (no folder of the user is touched)
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["due", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def known(name: str) -> Question:
    return config.find_question(name, config.load_packs())


def answered(folder: Path, question: Question, days: float, **changed: Any) -> None:
    """Save an answer to `question` so many `days` ago, well but for what is `changed`."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    with History(folder / "history.db") as book:
        sound = f"{len(book):064}"
        book.save(assessment(measured(**changed), sound=sound, question=question, at=at))


def test_with_an_empty_history_the_first_question_of_the_pack_comes_first(run: Run) -> None:
    code, out, err = run("--count", "2")
    first = config.load_packs()[0].questions[0]
    assert code == 0
    assert out.startswith("None of these was practised yet: 82 questions are new.\n\n1. " + first.id + "  new\n")
    assert "Why: never practised; no answer yet that shows" in out
    assert err.splitlines()[-1].endswith(": voiceprep practice --due --count 2")


def test_the_screen_shows_when_and_why_in_80_columns(run: Run, folder: Path) -> None:
    question = known("scope-decision")
    answered(folder, question, 9, **NO_RESULT)
    answered(folder, question, 5, **NO_RESULT)
    answered(folder, known("backlog-rescue"), 1)
    code, out, _ = run("--count", "82")
    lines = out.splitlines()
    since = (datetime.now().astimezone() - timedelta(days=4)).date()
    assert code == 0
    assert lines[0] == "Of 82 questions: 1 due, 80 new, 1 later."
    assert lines[2] == f" 1. scope-decision  due since {since}"
    assert "    Why: no result in the last two answers; not practised for 5 days." in lines
    assert next(line for line in lines if line.startswith("82.")).startswith("82. backlog-rescue  not due before ")
    assert max(map(len, lines)) <= 80


def test_data_says_the_same_and_more(run: Run, folder: Path) -> None:
    answered(folder, known("scope-decision"), 5, **NO_RESULT)
    _, out, err = run("--json", "--count", "2")
    first, second = json.loads(out)
    assert err == ""
    assert (first["question"], first["state"], first["rating"], first["answers"]) == (
        "scope-decision",
        "due",
        "again",
        1,
    )
    assert first["reason"] == "no result in the last answer; not practised for 5 days"
    assert 0 < first["recall"] < 0.9
    assert datetime.fromisoformat(first["due"]) - datetime.fromisoformat(first["last"]) == timedelta(days=1)
    assert (second["state"], second["due"], second["recall"], second["rating"]) == ("new", None, None, None)


def test_filters_leave_only_what_fits(run: Run, folder: Path) -> None:
    answered(folder, known("scope-decision"), 5)
    answered(folder, Question("typed", "Why do you want to leave?"), 40)
    kinds = {one.id: one.kind.value for one in config.load_packs()[0].questions}
    _, out, _ = run("--json", "--kind", "technical", "--count", "99")
    assert {kinds[one["question"]] for one in json.loads(out)} == {"technical"}
    _, out, _ = run("--json", "--competency", "adaptability", "--count", "99")
    assert all("adaptability" in one["competencies"] for one in json.loads(out))


def test_of_one_kind_it_says_what_is_true_of_that_and_how_to_practise_just_these(run: Run, folder: Path) -> None:
    answered(folder, known("scope-decision"), 5)
    _, out, err = run("--kind", "data")
    new = sum(one.kind.value == "data" for one in config.load_packs()[0].questions)
    assert out.splitlines()[0] == f"None of these was practised yet: {new} questions are new."
    assert err.splitlines()[-1] == "Practise them in this order: voiceprep practice --due --kind data"
    _, _, err = run("--competency", "adaptability", "--count", "2")
    assert err.splitlines()[-1].endswith("voiceprep practice --due --competency adaptability --count 2")


def test_a_question_of_ones_own_comes_again_too(run: Run, folder: Path) -> None:
    answered(folder, Question("typed", "Why do you want to leave?"), 40)
    _, out, _ = run("--count", "1")
    assert "\n1. your own question  due since " in out
    assert "   Why do you want to leave?\n" in out


def test_other_bands_give_other_dates(run: Run, folder: Path) -> None:
    answered(folder, known("scope-decision"), 5)
    before = json.loads(run("--json", "--count", "99")[1])
    config.config_dir().mkdir()
    (config.config_dir() / "settings.toml").write_text("[bands.pace]\nlow = 300\n")
    after = json.loads(run("--json", "--count", "99")[1])
    states = [
        next(one["state"] for one in several if one["question"] == "scope-decision") for several in (before, after)
    ]
    assert states == ["later", "due"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--competency", "adaptabilty"), "Did you mean adaptability?"),
        (("--kind", "funny"), "'funny' is not one of"),
        (("--count", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, options: tuple[str, ...], message: str) -> None:
    code, out, err = run(*options)
    assert (code, out) == (2, "")
    assert message in err


def test_nothing_is_written_but_an_empty_history(run: Run, folder: Path) -> None:
    answered(folder, known("scope-decision"), 5)
    with History(folder / "history.db") as book:
        before = list(book.connection.iterdump())
    run()
    with History(folder / "history.db") as book:
        assert list(book.connection.iterdump()) == before
