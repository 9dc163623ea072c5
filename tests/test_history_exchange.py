"""Out and in again: every row of every table and every byte of every sound, whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import histories
import pytest
from histories import fill, sounds, tables
from hypothesis import HealthCheck, given
from hypothesis import settings as hypotheses
from hypothesis import strategies as st

from voiceprep import exchange, incoming, outgoing, parcel
from voiceprep.errors import InputError
from voiceprep.history import Choice, History, schema
from voiceprep.history import exchange as rows
from voiceprep.history.merging import Outcome
from voiceprep.model import Settings
from voiceprep.outgoing import What
from voiceprep.sessions import Sessions

if TYPE_CHECKING:
    from voiceprep.exchange import Manifest
    from voiceprep.incoming import Result

ROOT = Path(__file__).parents[1]


def export(data: Path, folder: Path, choice: Choice = Choice(), *, sound: bool = True) -> Manifest:  # noqa: B008  (frozen)
    with History(data / "history.db") as history:
        return outgoing.export(
            history,
            Sessions(data / "sessions"),
            folder,
            what=What(choice, sound=sound, reports=False),
            settings=Settings(),
            at="2026-07-01T10:00:00+00:00",
        )


def bring_in(folder: Path, data: Path, **how: Any) -> Result:
    with History(data / "history.db") as history:
        return incoming.bring_in(parcel.read(folder), history, Sessions(data / "sessions"), data, **how)


def sql(data: Path, line: str, *values: object) -> list[Any]:
    with History(data / "history.db") as history:
        return [tuple(row) for row in history.connection.execute(line, values)]


def state(data: Path) -> tuple[object, ...]:
    """Return all that an import could have changed in `data`."""
    files = {str(path.relative_to(data)): path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}
    known = {name: when for name, when in files.items() if not name.startswith(("history.db", "import.lock"))}
    return tables(data), known


@pytest.fixture
def old(tmp_path: Path) -> Path:
    data = tmp_path / "old"
    fill(data, range(24))
    return data


@pytest.fixture
def folder(old: Path, tmp_path: Path) -> Path:
    export(old, tmp_path / "export")
    return tmp_path / "export"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new"


# Nothing is lost


def test_an_empty_history_takes_in_every_row_and_every_byte(old: Path, folder: Path, new: Path) -> None:
    result = bring_in(folder, new)
    assert tables(new) == tables(old)
    assert sounds(new) == sounds(old)
    assert len(sounds(new)) == 12
    assert {table: len(found) for table, found in tables(new).items()} == {
        "answer": 24,
        "transcript": 24,
        "measurement": 72,
        "corrected": 8,
        "correction": 16,
        "checked": 8,
        "take": 12,
        "story": 5,
        "telling": 10,
    }
    assert (result.answers, result.stories, result.sounds) == ({Outcome.NEW: 24}, {Outcome.NEW: 5}, 24)
    assert sql(new, "PRAGMA foreign_key_check") == []
    assert sql(new, "PRAGMA integrity_check") == [("ok",)]


def test_the_old_recording_is_not_needed_any_more(old: Path, folder: Path, new: Path) -> None:
    before = tables(old)["answer"]
    bring_in(folder, new)
    for path in (old / "originals").iterdir():
        path.unlink()
    assert tables(new)["answer"] == before
    places = [Path(place) for (place,) in sql(new, "SELECT place FROM answer")]
    assert all(place.is_relative_to(new.absolute()) for place in places)
    assert all(place.stat().st_mode & 0o777 == 0o600 for place in places)


def test_what_was_imported_can_be_exported_in_the_same_way(folder: Path, new: Path, tmp_path: Path) -> None:
    bring_in(folder, new)
    export(new, tmp_path / "again")
    newest = tmp_path / "newest"
    bring_in(tmp_path / "again", newest)
    assert tables(newest) == tables(new)
    assert sounds(newest) == sounds(new)


def test_every_table_and_column_of_the_history_goes_out(new: Path) -> None:
    """A table that is added to the history belongs into `rows.COLUMNS`, or its content stays behind."""
    with History(new / "history.db") as history:
        there = history.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: {row["name"] for row in history.connection.execute(f"PRAGMA table_info({name})")}
            for (name,) in there
            if not name.startswith("sqlite_")
        }
    assert found == {table: set(columns) for table, columns in rows.COLUMNS.items()}
    assert len(schema.MIGRATIONS) >= 3


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "data" / "history").glob("*.sql")), ids=lambda one: one.stem)
def test_a_history_of_any_age_goes_out_and_in(tmp_path: Path, file: Path) -> None:
    import sqlite3  # noqa: PLC0415  (only here without the history)

    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    connection = sqlite3.connect(old / "history.db")
    connection.executescript(file.read_text(encoding="utf-8"))
    connection.close()
    export(old, tmp_path / "export")
    bring_in(tmp_path / "export", new)
    assert len(tables(new)["answer"]) == 3
    assert tables(new) == tables(old)


def test_words_that_cannot_be_read_go_out_and_in_as_they_are(old: Path, tmp_path: Path, new: Path) -> None:
    sql(old, "UPDATE transcript SET transcript = '{\"words\": 3} broken' WHERE answer = 1")
    sql(old, "UPDATE transcript SET transcript = ' {\"odd\":  1}' WHERE answer = 2")
    sql(old, "DELETE FROM transcript WHERE answer = 3")
    export(old, tmp_path / "export")
    bring_in(tmp_path / "export", new)
    assert tables(new) == tables(old)


@hypotheses(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
def test_any_title_and_any_name_come_through(tmp_path_factory: pytest.TempPathFactory, title: str, name: str) -> None:
    root = tmp_path_factory.mktemp("any")
    fill(root / "old", range(6), title=title, name=name)
    export(root / "old", root / "export")
    bring_in(root / "export", root / "new")
    assert tables(root / "new") == tables(root / "old")
    assert sounds(root / "new") == sounds(root / "old")


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-300, 5e-324, 1.7976931348623157e308, 0.0, 1 / 3, 2**53 + 1.0])
def test_any_number_comes_through_to_its_last_bit(old: Path, tmp_path: Path, new: Path, value: float) -> None:
    sql(old, "UPDATE measurement SET total = ? WHERE metric = 'pace'", value)
    export(old, tmp_path / "export")
    bring_in(tmp_path / "export", new)
    (found,) = sql(new, "SELECT DISTINCT total FROM measurement WHERE metric = 'pace'")
    assert (found[0].hex(), found[0] == value) == (value.hex(), True)


# A part of it


def test_a_choice_takes_its_stories_along_and_no_others(old: Path, tmp_path: Path, new: Path) -> None:
    manifest = export(old, tmp_path / "part", Choice(sitting="2026-01-01-000000"))
    assert (manifest.counts["answers"], manifest.chosen) == (2, {"sitting": "2026-01-01-000000"})
    bring_in(tmp_path / "part", new)
    # The answers 0 and 2; story 0 is from answer 0, and answer 1, which tells it too, is not here.
    assert sql(new, "SELECT title, answer FROM story") == [("The \N{ROCKET} launch 0", 1)]
    assert sql(new, "SELECT * FROM telling") == [(1, 1)]
    export(old, tmp_path / "everything")
    bring_in(tmp_path / "everything", new)
    assert tables(new) == tables(old)


def test_without_sound_places_stay_as_they_were(old: Path, tmp_path: Path, new: Path) -> None:
    assert export(old, tmp_path / "silent", sound=False).counts["sounds"] == 0
    bring_in(tmp_path / "silent", new)
    assert sql(new, "SELECT place FROM answer ORDER BY identity") == sql(
        old, "SELECT place FROM answer ORDER BY identity"
    )
    assert sounds(new) == {}


def test_a_recording_that_was_changed_since_stays_at_home(old: Path, tmp_path: Path) -> None:
    (old / "originals" / "1.m4a").write_bytes(b"another song")
    (old / "originals" / "3.m4a").unlink()
    assert export(old, tmp_path / "export").counts["sounds"] == 22


# Into a history that is not empty


def test_importing_twice_changes_nothing(folder: Path, new: Path) -> None:
    bring_in(folder, new)
    before = state(new)
    result = bring_in(folder, new)
    assert (result.answers, result.stories, result.sounds) == ({Outcome.SAME: 24}, {Outcome.SAME: 5}, 0)
    assert state(new) == before
    bring_in(folder, new, over=True)
    assert state(new) == before


def test_a_history_takes_its_own_export_back_without_a_change(old: Path, folder: Path) -> None:
    before = state(old)
    assert bring_in(folder, old).answers == {Outcome.SAME: 24}
    assert state(old) == before


def test_ids_that_are_taken_are_given_anew_and_links_follow(old: Path, folder: Path, new: Path) -> None:
    fill(new, range(100, 107))
    result = bring_in(folder, new)
    assert result.answers == {Outcome.NEW: 24}
    both, ours = tables(new), tables(old)
    assert all(set(ours[table]) <= set(both[table]) for table in ours)
    assert len(both["answer"]) == 31


def test_corrections_go_to_an_answer_that_has_none_and_never_over_others(old: Path, folder: Path, new: Path) -> None:
    bring_in(folder, new)
    (first,) = sql(new, "SELECT min(answer) FROM correction")[0]
    (last,) = sql(new, "SELECT max(answer) FROM correction")[0]
    for table in ("correction", "corrected", "checked"):
        sql(new, f"DELETE FROM {table} WHERE answer = ?", first)  # noqa: S608  (names are ours)
    sql(new, "UPDATE correction SET now = 'mine' WHERE answer = ?", last)
    result = bring_in(folder, new)
    assert result.answers == {Outcome.SAME: 22, Outcome.ADDED: 1, Outcome.STAYS: 1}
    assert sql(new, "SELECT DISTINCT now FROM correction WHERE answer = ?", last) == [("mine",)]
    assert bring_in(folder, new, over=True).answers == {Outcome.SAME: 23, Outcome.REPLACED: 1}
    assert tables(new) == tables(old)


def test_words_heard_anew_stay_unless_the_others_are_asked_for(old: Path, folder: Path, new: Path) -> None:
    bring_in(folder, new)
    sql(new, "UPDATE answer SET model = 'small', identity = 'heard anew' WHERE id = 5")
    assert bring_in(folder, new).answers == {Outcome.SAME: 23, Outcome.STAYS: 1}
    assert sql(new, "SELECT model FROM answer WHERE id = 5") == [("small",)]
    assert bring_in(folder, new, over=True).answers == {Outcome.SAME: 23, Outcome.REPLACED: 1}
    assert tables(new) == tables(old)


def test_the_same_recording_saved_twice_on_purpose_stays_two_answers(tmp_path: Path, new: Path) -> None:
    old = tmp_path / "old"
    with History(old / "history.db") as history:
        one = histories.assessment(1)
        history.save(one)
        history.save(replace(one, at="2026-09-09T09:00:00+00:00"), apart=True)
        history.save(replace(one, question=None, at="2026-09-10T09:00:00+00:00"), apart=True)
    export(old, tmp_path / "export")
    with History(new / "history.db") as history:
        history.save(one)
    assert bring_in(tmp_path / "export", new).answers == {Outcome.SAME: 1, Outcome.NEW: 2}
    assert tables(new) == tables(old)


def test_a_story_that_was_written_on_stays_and_gets_its_links(folder: Path, new: Path) -> None:
    bring_in(folder, new)
    sql(new, "UPDATE story SET text = 'Mine.' WHERE id = 1")
    sql(new, "UPDATE story SET answer = NULL WHERE id = 2")
    sql(new, "DELETE FROM telling WHERE story = 2")
    result = bring_in(folder, new)
    assert result.stories == {Outcome.SAME: 3, Outcome.STAYS: 1, Outcome.ADDED: 1}
    assert sql(new, "SELECT text FROM story WHERE id = 1") == [("Mine.",)]
    assert sql(new, "SELECT count(*) FROM telling WHERE story = 2") == [(2,)]
    assert bring_in(folder, new, over=True).stories == {Outcome.SAME: 4, Outcome.REPLACED: 1}
    assert sql(new, "SELECT text FROM story WHERE id = 1") == [("We\nlaunched.",)]


def test_recordings_that_were_deleted_here_come_back(old: Path, folder: Path, new: Path) -> None:
    bring_in(folder, new)
    for path in [*(new / "sessions").rglob("*.flac"), *(new / "recordings").iterdir()]:
        path.unlink()
    assert bring_in(folder, new, sound=False).sounds == 0
    result = bring_in(folder, new)
    assert (result.answers, result.sounds) == ({Outcome.SAME: 24}, 24)
    assert tables(new) == tables(old)
    assert sounds(new) == sounds(old)


# Sessions of the same name


def test_another_session_of_the_same_second_keeps_its_takes_together(tmp_path: Path, new: Path, folder: Path) -> None:
    """On this machine, too, somebody began to practise at midnight, and answered once."""
    with History(new / "history.db") as history:
        take = replace(_take(history, folder, tmp_path), number=2)
        history.save(histories.assessment(999), take=take)
        Sessions(new / "sessions").spoken(take).parent.mkdir(parents=True)
        Sessions(new / "sessions").spoken(take).with_suffix(".flac").write_bytes(histories.sound(999))
    result = bring_in(folder, new)
    assert result.renamed == {"2026-01-01-000000": "2026-01-01-000000-2"}
    taken = "SELECT session, number FROM take WHERE session LIKE '2026-01-01-000000%' ORDER BY session, number"
    assert sql(new, taken) == [("2026-01-01-000000", 2), ("2026-01-01-000000-2", 1), ("2026-01-01-000000-2", 2)]
    assert sql(new, "SELECT count(*) FROM answer WHERE sitting = '2026-01-01-000000-2'") == [(2,)]
    assert sounds(new)["2026-01-01-000000/02-late-project.flac"] == histories.sound(999)
    assert sounds(new)["2026-01-01-000000-2/02-late-project.flac"] == histories.sound(2)
    before = state(new)
    assert bring_in(folder, new).answers == {Outcome.SAME: 24}
    assert state(new) == before


def _take(history: History, folder: Path, spare: Path) -> Any:
    """Return a take of the first session in `folder`."""
    with History(spare / "spare.db") as other:
        first = next(key for key in parcel.read(folder).keys if key.session)
        one = parcel.answer_in(folder, parcel.read(folder).answers[first.id])
        rows.add(other, one)
        (record,) = other.records()
    assert len(history) == 0
    return record.take


def test_a_take_that_waits_for_its_report_is_not_written_over(folder: Path, new: Path, tmp_path: Path) -> None:
    sessions = Sessions(new / "sessions")
    with History(new / "history.db") as history:
        take = _take(history, folder, tmp_path)
    sessions.note(take)
    sessions.spoken(take).write_bytes(b"said and not yet heard")
    result = bring_in(folder, new)
    assert list(result.renamed) == [take.session]
    assert [one.take.session for one in sessions.pending()] == [take.session]
    assert sessions.spoken(take).read_bytes() == b"said and not yet heard"


# Whole or not at all


def refuse_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, calls: int, error: BaseException) -> None:
    """Let the function `name` of `module` fail when it was called so many times."""
    real, left = getattr(module, name), [calls]

    def failing(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(module, name, failing)


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()], ids=["full disk", "Ctrl-C"])
@pytest.mark.parametrize("calls", [0, 1, 10, 23])
def test_an_export_that_is_stopped_leaves_nothing(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int, error: BaseException
) -> None:
    refuse_after(monkeypatch, outgoing, "copied", calls, error)
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        export(old, tmp_path / "export")
    assert isinstance(caught.value, KeyboardInterrupt) or "the disk is full" in caught.value.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old"]


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()], ids=["full disk", "Ctrl-C"])
@pytest.mark.parametrize(
    ("name", "calls"), [("copied", 0), ("copied", 19), ("answer_in", 3), ("answer_in", 23), ("sound_of", 0)]
)
def test_an_import_that_is_stopped_leaves_all_as_it_was(
    folder: Path, new: Path, monkeypatch: pytest.MonkeyPatch, name: str, calls: int, error: BaseException
) -> None:
    fill(new, range(20, 30))
    before = state(new)
    refuse_after(monkeypatch, incoming, name, calls, error)
    with pytest.raises((InputError, KeyboardInterrupt)):
        bring_in(folder, new)
    monkeypatch.undo()
    assert state(new) == before
    assert not (new / "incoming").exists()
    assert bring_in(folder, new).answers == {Outcome.NEW: 20, Outcome.SAME: 4}


def test_a_story_that_cannot_be_written_takes_every_row_and_sound_back(
    folder: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(new, range(20, 30))
    before = state(new)
    refuse_after(monkeypatch, rows, "add_story", 2, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        bring_in(folder, new)
    assert state(new) == before


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import test_history_exchange as tests
from voiceprep import incoming, outgoing
from voiceprep.history import exchange as rows

def end(*_): os.kill(os.getpid(), signal.SIGKILL)
{line}
"""


def killed(line: str) -> None:
    code = textwrap.dedent(KILLED).format(tests=str(ROOT / "tests"), line=line)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_what_a_killed_import_left_is_no_obstacle(old: Path, folder: Path, new: Path) -> None:
    fill(new, [])
    killed(f"rows.add_story = end; tests.bring_in(Path({str(folder)!r}), Path({str(new)!r}))")
    assert sql(new, "SELECT count(*) FROM answer") == [(0,)]
    assert bring_in(folder, new).renamed == {}
    assert tables(new) == tables(old)
    assert sounds(new) == sounds(old)
    assert not (new / "incoming").exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_what_a_killed_export_left_is_cleared_away(old: Path, tmp_path: Path, new: Path) -> None:
    target = tmp_path / "export"
    killed(f"outgoing.exchange.stories_text = end; tests.export(Path({str(old)!r}), Path({str(target)!r}))")
    assert (tmp_path / "export.part" / "answers").is_dir()
    export(old, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "old"]
    bring_in(target, new)
    assert tables(new) == tables(old)


@pytest.mark.parametrize("there", ["export", "export.part"])
def test_a_folder_that_is_not_ours_is_never_written_to(old: Path, tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir()
    (tmp_path / there / "diary.txt").write_text("dear diary", encoding="utf-8")
    with pytest.raises(InputError, match=r"is there already|is in the way"):
        export(old, tmp_path / "export")
    assert [path.name for path in (tmp_path / there).iterdir()] == ["diary.txt"]


def test_an_empty_folder_is_taken(old: Path, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    export(old, tmp_path / "export")
    assert (tmp_path / "export" / exchange.MANIFEST).is_file()
    assert (tmp_path / "export").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_named(old: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its folder does not exist"):
        export(old, tmp_path / "nowhere" / "export")


# What would be done


def test_looking_first_says_the_same_and_does_nothing(folder: Path, new: Path) -> None:
    fill(new, range(20, 30))
    before = state(new)
    with History(new / "history.db") as history:
        foreseen = incoming.foresee(parcel.read(folder), history, Sessions(new / "sessions"))
    assert state(new) == before
    assert foreseen == bring_in(folder, new)


def test_what_others_write_meanwhile_is_not_lost(folder: Path, new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing another program saves an answer that the folder has too."""
    fill(new, [])
    real = incoming._Import.stage

    def stage(self: Any, progress: Any) -> None:
        real(self, progress)
        with History(new / "history.db") as other:
            other.save(histories.assessment(1))

    monkeypatch.setattr(incoming._Import, "stage", stage)
    assert bring_in(folder, new).answers == {Outcome.NEW: 23, Outcome.SAME: 1}
