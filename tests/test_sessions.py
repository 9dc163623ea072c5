"""What was practised is listed, shown, opened, exported and deleted; recordings can go while the numbers stay."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from report_example import example

from voiceprep import audio
from voiceprep.cli import answers, cli, folder
from voiceprep.cli.keeper import Keeper
from voiceprep.errors import InputError
from voiceprep.history import History
from voiceprep.model import Audio, Question
from voiceprep.sessions import Sessions

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SOUND = Audio(np.zeros(16000, np.float32), 16000)


def flac(_path: Path, target: Path) -> None:
    """Stand in for compressing: a second of silence."""
    target.write_bytes(audio.encode(SOUND).data)
    target.chmod(0o600)


def practise(data: Path, day: int, takes: int, *, pending: int = 0) -> str:
    """Leave a session of so many answers behind, and so many that were cut off; return its name."""
    with History(data / "history.db") as history:
        now = datetime(2026, 5, day, 9, 30, 12, tzinfo=UTC)
        keeper = Keeper(Sessions(data / "sessions"), history, lambda: now, flac)
        for number in range(takes + pending):
            take, path = keeper.begin(Question("scope", "Why did you cut the scope?"), {"think": 30})
            path.write_bytes(b"spoken")
            take = replace(take, duration=61.0)
            keeper.stopped(take)
            if number < takes:
                one = example()
                sound = replace(one.recording, sha256=f"{day}{number}".rjust(64, "0"), duration=61.0)
                keeper.keep(take, replace(one, recording=sound, question=take.question, playback=None))
        keeper.close()
        return keeper.session


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return tmp_path / "data"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    links: list[str] = []
    monkeypatch.setattr("click.launch", links.append)
    return links


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=answer)


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "sessions").rglob("*") if path.is_file())


def test_sessions_are_listed_the_newest_last(data: Path) -> None:
    practise(data, 2, 1, pending=1)
    practise(data, 1, 2)
    first, second = run("sessions").output.splitlines()
    assert first.split() == ["2026-05-01-093012", "2", "answers", "2", "min", "2", "s"]
    assert second.startswith("2026-05-02-093012")
    assert second.endswith("1 without a report")


def test_a_list_for_programs_has_all_of_it(data: Path) -> None:
    practise(data, 1, 1)
    (session,) = json.loads(run("sessions", "list", "--json").output)
    (answer,) = session["answers"]
    assert (session["session"], answer["number"], answer["question"]) == ("2026-05-01-093012", 1, "scope")
    assert answer["measurements"]["pace"] > 100
    assert answer["settings"] == {"think": 30}


def test_where_nothing_was_practised_that_is_said(data: Path) -> None:
    assert "Nothing was practised or saved yet" in run("sessions").output
    done = run("sessions", "show")
    assert isinstance(done.exception, InputError)
    assert done.exception.message == "nothing was practised or saved yet"
    assert not (data / "sessions").exists()


def test_a_session_is_shown_with_the_figures_that_most_people_ask_for(data: Path) -> None:
    practise(data, 1, 2, pending=1)
    shown = run("sessions", "show").output
    assert "1. Why did you cut the scope?" in shown
    assert "words a minute" in shown
    assert "01-scope.flac" in shown
    assert "3. Why did you cut the scope?\n   no report yet" in shown


def test_one_answer_is_shown_in_whole_and_judged_by_the_bands_of_today(data: Path) -> None:
    practise(data, 1, 2)
    assert "Articulation rate" in run("sessions", "show", "last", "--take", "2").output
    config = data.parent / "config"
    config.mkdir()
    (config / "settings.toml").write_text("[bands.pace]\nlow = 300\n")
    assert "Good from 300." in run("sessions", "show", "last", "--take", "2").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "2020-01-01-000000"), "there is no session '2020-01-01-000000'"),
        (("show", "../.."), "there is no session '../..'"),
        (("show", "last", "--take", "9"), "session 2026-05-01-093012 has no answer 9"),
        (("delete", "last", "--take", "9"), "session 2026-05-01-093012 has no answer 9"),
    ],
)
def test_what_is_not_there_is_said(data: Path, arguments: tuple[str, ...], message: str) -> None:
    practise(data, 1, 1)
    done = run("sessions", *arguments)
    assert isinstance(done.exception, InputError)
    assert done.exception.message == message


def test_the_page_is_made_from_the_history_and_the_sound(data: Path, opened: list[str]) -> None:
    practise(data, 1, 2)
    page = data / "sessions" / "2026-05-01-093012" / "02-scope.html"
    assert run("sessions", "open").output.strip() == str(page)
    assert opened == [page.as_uri()]
    assert "audio/flac" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600


def test_a_page_that_cannot_be_written_is_named_with_another_place(data: Path) -> None:
    with History(data / "history.db") as history:
        history.save(replace(example(), at="2026-05-01T09:00:00"))
    day = "2026-05-01"
    (data / "recordings").touch()
    done = run("sessions", "open", day, "--no-open", "--data", str(data))
    assert isinstance(done.exception, InputError)
    assert "the page cannot be written to" in done.exception.message
    assert f"voiceprep sessions export {day} -o FOLDER" in done.exception.hint


def test_a_session_is_exported_with_sound_page_and_data(data: Path, tmp_path: Path) -> None:
    practise(data, 1, 2)
    run("sessions", "export", "last", "-o", str(tmp_path / "out"), "--take", "1")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "01-scope.flac",
        "01-scope.html",
        "01-scope.json",
    ]
    report = json.loads((tmp_path / "out" / "01-scope.json").read_text(encoding="utf-8"))
    assert report["answers"][0]["question"]["id"] == "scope"


def test_one_answer_is_deleted_with_all_that_is_known_of_it(data: Path) -> None:
    practise(data, 1, 2)
    run("sessions", "delete", "last", "--take", "1", answer="y\n")
    assert names(data) == ["02-scope.flac"]
    with History(data / "history.db") as book:
        assert [record.take.number for record in book.records() if record.take] == [2]


def test_a_session_is_deleted_when_one_is_sure(data: Path) -> None:
    session = practise(data, 1, 2, pending=1)
    practise(data, 2, 1)
    assert run("sessions", "delete", session, answer="n\n").exit_code == 1
    assert len(names(data)) == 5
    run("sessions", "delete", session, "--yes")
    assert (data / "sessions" / session).exists() is False
    assert names(data) == ["01-scope.flac"]


def test_what_was_said_is_gone_from_the_file_of_the_history(data: Path) -> None:
    practise(data, 1, 1)
    word = b"invoice"
    assert word in (data / "history.db").read_bytes()
    run("sessions", "delete", "last", "--yes")
    assert not [path for path in data.glob("history.db*") if word in path.read_bytes()]


def test_recordings_are_forgotten_and_the_numbers_stay(data: Path, opened: list[str]) -> None:
    practise(data, 1, 2, pending=1)
    run("sessions", "open", "--take", "1")
    assert opened
    done = run("forget", "--recordings", answer="y\n")
    assert "Words and numbers are kept." in done.output
    assert "1 answer without a report is left" in done.output
    # What has no report yet is all there is of it.
    assert names(data) == ["03-scope.flac", "03-scope.pending.json"]
    assert "recordings deleted" in run("sessions").output
    assert "the recording was deleted" in run("sessions", "show").output
    assert len(History(data / "history.db")) == 2


def test_only_old_recordings_are_forgotten(data: Path) -> None:
    old = practise(data, 1, 1)
    store = Sessions(data / "sessions")
    now = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
    assert list(folder.older(store, 9.5, now)) == [old]
    assert list(folder.older(store, 10.5, now)) == []
    run("forget", "--recordings", "--older-than", "100000", "--yes")
    assert names(data) == ["01-scope.flac"]


def test_all_is_forgotten(data: Path) -> None:
    practise(data, 1, 2, pending=1)
    assert run("forget", "--all", answer="n\n").exit_code == 1
    assert len(names(data)) == 4
    for left in ("damaged-2026-05-01-093012", "damaged-2026-05-01-093012-wal", "read", "read-wal", "salvaged"):
        data.joinpath(f"history.db.{left}").write_bytes(b"words")
    data.joinpath("import.lock").touch()
    data.joinpath("recordings").mkdir()
    data.joinpath("recordings", "2026-05-01-answer-1.html").write_text("page")
    run("forget", "--all", "--yes")
    assert names(data) == []
    assert [path for path in data.rglob("*") if path.is_file()] == []
    assert not data.joinpath("recordings").exists()


@pytest.mark.parametrize("arguments", [("sessions", "delete", "last"), ("forget", "--recordings")], ids=" ".join)
def test_deleting_names_the_damaged_history_that_was_set_aside(data: Path, arguments: tuple[str, ...]) -> None:
    practise(data, 1, 1)
    aside = data / "history.db.damaged-2026-05-01-093012"
    for end in ("", "-wal"):
        aside.with_name(aside.name + end).write_bytes(b"words")
    *_, last = run(*arguments, "--yes").output.splitlines()
    assert last == f"Not out of {aside}, a damaged history that was set aside; voiceprep forget --all deletes that too."
    assert aside.exists()


def test_a_list_opens_no_words(data: Path) -> None:
    practise(data, 1, 2)
    listed = run("sessions", "list", "--json").output
    with History(data / "history.db") as history:
        ids = [entry.id for entry in history.entries()]
        records = {answer: history.known(answer) for answer in ids}
        assert history.takes(ids) == {answer: record.take for answer, record in records.items()}
        assert history.takes([99]) == {}
        assert history.corrections(ids) == {}
        history.connection.execute("UPDATE transcript SET transcript = 'no words'")
    assert run("sessions", "list", "--json").output == listed


@pytest.mark.parametrize("arguments", [(), ("--recordings", "--all"), ("--all", "--older-than", "3")])
def test_what_to_forget_must_be_said(data: Path, arguments: tuple[str, ...]) -> None:
    practise(data, 1, 1)
    assert isinstance(run("forget", *arguments).exception, InputError)
    assert names(data) == ["01-scope.flac"]


def test_another_folder_can_be_named(data: Path, tmp_path: Path) -> None:
    practise(tmp_path / "else", 1, 1)
    assert run("sessions", "--data", str(tmp_path / "else")).output.startswith("2026-05-01")
    assert not data.exists() or names(data) == []


# Answers that were saved, and not practised


def save(data: Path, tmp_path: Path, day: int, number: int) -> Path:
    """Keep an answer of a file as `analyze --save` does; return the file."""
    file = tmp_path / f"memo-{day}-{number}.flac"
    file.write_bytes(audio.encode(SOUND).data + bytes([number]))
    recording = replace(example().recording, sha256=hashlib.sha256(file.read_bytes()).hexdigest(), duration=61.0)
    with History(data / "history.db") as history:
        at = f"2026-05-{day:02}T10:0{number}:00+00:00"
        history.save(replace(example(), recording=recording, at=at), place=str(file))
    return file


def test_saved_answers_are_listed_by_the_day_and_shown_with_the_number_that_other_commands_want(
    data: Path, tmp_path: Path
) -> None:
    practise(data, 1, 1)
    files = [save(data, tmp_path, 2, number) for number in (1, 2)]
    listed = run("sessions").output.splitlines()
    assert [line.split()[0] for line in listed] == ["2026-05-01-093012", "2026-05-02"]
    assert listed[1].endswith("saved")
    shown = run("sessions", "show", "2026-05-02").output
    assert shown.startswith("Saved on 2026-05-02\n")
    assert [line.strip() for line in shown.splitlines() if line.startswith("   Answer")] == [
        f"Answer {at}: {file}" for at, file in enumerate(files, 2)
    ]
    one, two = json.loads(run("sessions", "list", "--json").output)[1]["answers"]
    assert [(one["id"], one["number"]), (two["id"], two["number"])] == [(2, 1), (3, 2)]


@pytest.mark.usefixtures("opened")
def test_a_saved_answer_has_a_page_with_its_sound_unless_the_file_became_another(data: Path, tmp_path: Path) -> None:
    file = save(data, tmp_path, 2, 1)
    page = data / "recordings" / "2026-05-02-answer-1.html"
    assert run("sessions", "open", "2026-05-02").output.strip() == str(page)
    assert "data:audio" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"another")
    run("sessions", "open", "2026-05-02")
    assert "data:audio" not in page.read_text(encoding="utf-8")
    assert "the recording was deleted" in run("sessions", "show", "2026-05-02").output


@pytest.mark.usefixtures("opened")
def test_deleting_a_day_deletes_words_numbers_and_pages_and_leaves_the_users_files(data: Path, tmp_path: Path) -> None:
    files = [save(data, tmp_path, 2, number) for number in (1, 2)]
    run("sessions", "open", "2026-05-02", "--take", "1")
    assert run("sessions", "delete", "2026-05-02", "--take", "1", "--yes").exit_code == 0
    assert not list((data / "recordings").iterdir())
    assert run("sessions", "delete", "2026-05-02", "--yes").exit_code == 0
    assert all(file.exists() for file in files)
    with History(data / "history.db") as history:
        assert len(history) == 0


def test_a_saved_day_is_exported_with_the_files_as_they_are(data: Path, tmp_path: Path) -> None:
    file = save(data, tmp_path, 2, 1)
    run("sessions", "export", "2026-05-02", "-o", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"2026-05-02-answer-1.{ending}" for ending in ("flac", "html", "json")
    ]
    assert (tmp_path / "out" / "2026-05-02-answer-1.flac").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("name", "number"),
    [("1", 1), ("last", 4), ("last/1", 3), ("2026-05-01-093012/2", 2), ("2026-05-02/2", 4), ("2026-05-03", None)],
)
def test_an_answer_has_the_same_names_in_every_command(
    data: Path, tmp_path: Path, name: str, number: int | None
) -> None:
    practise(data, 1, 2)
    for at in (1, 2):
        save(data, tmp_path, 2, at)
    with History(data / "history.db") as history:
        if number is None:
            with pytest.raises(InputError, match="there is no answer"):
                answers.find(name, history)
        else:
            assert answers.find(name, history).id == number


@pytest.mark.parametrize("name", ["99", "9" * 30, "last/7", "2026-05-01-093012", "", "/", "'; DROP TABLE answer"])
def test_a_name_that_means_no_answer_is_said(data: Path, name: str) -> None:
    practise(data, 1, 2)
    with History(data / "history.db") as history, pytest.raises(InputError, match="there is no answer"):
        answers.find(name, history)


READING = (
    ("sessions",),
    ("sessions", "show"),
    ("compare", "last", "2026-05-01"),
    ("due",),
    ("stories",),
    ("redact", "last"),
    ("export", "-o", "out"),
)


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_what_only_reads_makes_no_folder(data: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    nowhere = tmp_path / "nowhere"
    start = arguments if len(arguments) > 1 or arguments[0] == "due" else (*arguments, "list")
    error = run(*start, "--data", str(nowhere)).exception
    assert isinstance(error, InputError)
    assert error.message == f"there is no history in {str(nowhere)!r}"
    run(*arguments)
    assert not nowhere.exists()
    assert not data.exists()
