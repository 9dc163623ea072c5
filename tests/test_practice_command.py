"""`voiceprep practice` before anybody speaks: what is asked, with which devices, and what it refuses."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from fake_desk import Analyst, Clock, Keys, Sound, copied
from test_history import assessment
from test_rating import measured

from voiceprep import config, devices, keys
from voiceprep.cli import main
from voiceprep.cli import sound as edge
from voiceprep.history import History
from voiceprep.ports import Device
from voiceprep.practice import Act

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voiceprep.cli.desk import Desk

    Run = Callable[..., tuple[int, str, str]]

HEADSET = Device("USB Headset", 3, 1, 48000, default=False)


class Table:
    """What stands in for the world, and what was asked of the desk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        self.sound = Sound(self.clock)
        self.asked: list[tuple[str, str, object]] = []
        self.settings: list[object] = []
        monkeypatch.setattr(edge, "port", lambda: self.sound)
        monkeypatch.setattr(edge, "analyst", lambda *_, **__: Analyst())
        monkeypatch.setattr(edge, "compress", copied)
        monkeypatch.setattr(keys, "keyboard", lambda: Keys(self.clock, self.sound, [(0.0, "k"), (0.0, "k")]))

        def ask(desk: Desk, question: object, rules: object, place: str, *, more: bool) -> Act:
            self.asked.append((question.id, place, rules))  # type: ignore[attr-defined]
            self.settings.append(desk._setting)
            return Act.NEXT if more and len(self.asked) < 20 else Act.LEAVE

        monkeypatch.setattr("voiceprep.cli.desk.Desk.ask", ask)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Table:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return Table(monkeypatch)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["practice", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def save(name: str = "scope-decision", *, at: str = "") -> None:
    """Save an answer without a result to the question `name`."""
    question = config.find_question(name, config.load_packs())
    with History(config.data_dir() / "history.db") as book:
        found = measured(result=(0, 100), star_parts=(3, 1))
        book.save(assessment(found, sound=f"{len(book):064}", question=question, at=at))


def test_so_many_questions_are_asked_none_of_them_twice(table: Table, run: Run) -> None:
    assert run("--count", "5", "--show")[0] == 0
    assert len({name for name, _, _ in table.asked}) == 5
    assert [place for _, place, _ in table.asked][-1] == "Question 5 of 5"


def test_a_seed_asks_the_same_questions_again(table: Table, run: Run) -> None:
    run("--count", "4", "--seed", "7", "--show")
    run("--count", "4", "--seed", "7", "--show")
    assert table.asked[:4] == table.asked[4:]


def test_a_question_that_is_named_comes_first_and_once(table: Table, run: Run) -> None:
    run("--count", "20", "--question", "scope-decision", "--show")
    names = [name for name, _, _ in table.asked]
    assert names[0] == "scope-decision"
    assert names.count("scope-decision") == 1


def test_only_questions_that_fit_are_asked(table: Table, run: Run) -> None:
    run("--count", "6", "--kind", "technical", "--show")
    kinds = {one.id: one.kind.value for pack in config.load_packs() for one in pack.questions}
    assert {kinds[name] for name, _, _ in table.asked} == {"technical"}


def test_what_is_due_is_asked_first_and_the_reason_is_said(table: Table, run: Run) -> None:
    save(at="2026-01-02T10:00:00+00:00")
    save(at="2026-01-05T10:00:00+00:00")
    code, _, err = run("--due", "--count", "2", "--show")
    assert code == 0
    assert [name for name, _, _ in table.asked] == ["scope-decision", config.load_packs()[0].questions[0].id]
    first, second = [line for line in err.splitlines() if line.startswith("Why this one: ")]
    assert first.startswith("Why this one: no result in the last two answers; not practised for ")
    assert second.startswith("Why this one: never practised; no answer yet that shows ")


def test_what_is_not_due_is_said_not_to_be(table: Table, run: Run) -> None:
    save()
    count = sum(one.kind.value == "behavioural" for one in config.load_packs()[0].questions)
    _, _, err = run("--due", "--kind", "behavioural", "--count", str(min(20, count)), "--show")
    assert "Why this one: not due before" not in err
    table.asked.clear()
    settings = config.config_dir() / "questions" / "mine.json"
    settings.parent.mkdir(parents=True)
    only = {"id": "mine", "title": "Mine", "competencies": [{"id": "calm", "label": "Calm"}]}
    only |= {"questions": [{"id": "one-question", "text": "What calms you?", "competencies": ["calm"]}]}
    settings.write_text(json.dumps(only))
    save("one-question")
    _, _, err = run("--due", "--competency", "calm", "--count", "1", "--show")
    assert "Why this one: not due before 20" in err
    assert [name for name, _, _ in table.asked] == ["one-question"]


def test_with_nothing_practised_it_begins_with_the_first_of_the_pack_and_says_so(table: Table, run: Run) -> None:
    _, _, err = run("--due", "--count", "1", "--show")
    assert [name for name, _, _ in table.asked] == [config.load_packs()[0].questions[0].id]
    assert "Why this one: nothing was practised yet, and it is the first of all." in err


def test_a_named_question_stays_the_first_without_a_reason(table: Table, run: Run) -> None:
    save()
    _, _, err = run("--due", "--count", "2", "--question", "Why do you want to leave?", "--show")
    assert table.asked[0][0] == "typed"
    assert err.count("Why this one: ") == 1


@pytest.mark.parametrize(
    ("options", "aloud", "shown"),
    [((), True, True), (("--show",), False, True), (("--aloud",), True, False), (("--show", "--aloud"), True, True)],
)
def test_a_question_is_shown_or_read_aloud_or_both(
    table: Table, run: Run, options: tuple[str, ...], *, aloud: bool, shown: bool
) -> None:
    run("--count", "1", *options)
    (_, _, rules), setting = table.asked[0], table.settings[0]
    assert rules.aloud is aloud  # type: ignore[attr-defined]
    assert setting.shown is shown  # type: ignore[attr-defined]


def test_a_rehearsal_has_its_own_rules(table: Table, run: Run) -> None:
    run("--count", "1", "--rehearsal", "--show", "--think", "5", "--max", "600")
    rules = table.asked[0][2]
    assert (rules.think, rules.longest, rules.takes, rules.replay) == (30, 120, 1, False)  # type: ignore[attr-defined]


def test_the_microphone_that_was_chosen_is_used_if_it_is_there(table: Table, run: Run) -> None:
    devices.remember(config.data_dir(), devices.Choice("USB Headset"))
    run("--count", "1", "--show")
    table.sound.microphones = (*table.sound.microphones, HEADSET)
    run("--count", "1", "--show")
    run("--count", "1", "--show", "--input", "fake")
    assert [setting.input for setting in table.settings] == [None, "USB Headset", "fake"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--due", "--seed", "7"), 2, "--due has an order of its own"),
        (("--question", "no-such"), 2, "there is no question 'no-such'"),
        (("--competency", "juggling"), 2, "there is no competency 'juggling'"),
        (("--language", "English"), 2, "'English' is no code of a language"),
        (("--input", "trumpet"), 3, "no microphone is called 'trumpet'"),
        (("--think", "-1"), 2, "-1.0 is not in the range"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(
    table: Table, run: Run, options: tuple[str, ...], code: int, message: str
) -> None:
    left, out, err = run(*options)
    assert (left, out) == (code, "")
    assert message in err
    assert table.asked == []


def test_without_portaudio_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run
) -> None:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))

    class Finder:
        """Imports sounddevice as it is imported where there is no PortAudio."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    code, out, err = run("--random", "--show", "--plain")
    message, hint = err.splitlines()
    assert (code, out) == (3, "")
    assert message == "voiceprep: the PortAudio library is missing: nothing can be recorded or played"
    assert hint.strip().startswith(("Run: ", "Install PortAudio"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("table")
def test_old_recordings_go_when_the_settings_say_so(run: Run) -> None:
    old = config.data_dir() / "sessions" / "2020-05-01-093012"
    old.mkdir(parents=True)
    (old / "01-scope.flac").write_bytes(b"sound")
    (old / "02-scope.flac").write_bytes(b"sound")
    note = {"session": old.name, "number": 2, "at": "2020-05-01T09:30", "question": {"id": "scope", "text": "Why?"}}
    (old / "02-scope.pending.json").write_text(json.dumps(note))
    run("--count", "1", "--show")
    assert (old / "01-scope.flac").exists()
    config.config_dir().mkdir()
    (config.config_dir() / "settings.toml").write_text("keep_days = 30\n")
    _, _, err = run("--count", "1", "--show")
    assert "Recordings of 1 session older than 30 days were deleted" in err
    # What has no report yet stays.
    assert sorted(path.name for path in old.iterdir()) == ["02-scope.flac", "02-scope.pending.json"]
