"""The history keeps facts once, loses nothing when two write, and never harms a file that it cannot read."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from voiceprep.errors import HistoryError
from voiceprep.history import Choice, Entry, History, schema, stories
from voiceprep.history.schema import APPLICATION, MIGRATIONS
from voiceprep.model import (
    Assessment,
    Band,
    Evidence,
    Finding,
    Measurement,
    Question,
    QuestionKind,
    Recording,
    Span,
    Verdict,
)
from voiceprep.practice import Take
from voiceprep.stories import Story
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION = Question("late-project", "Tell me about a late project.", QuestionKind.BEHAVIOURAL, role="engineer")
TAKE = Take("2026-05-01-093012", 2, "", QUESTION, 12.5, 1, "the time was up", -0.5, 3.1, {"think": 30})
FILLERS = Measurement("hesitations", 2, 3.0, 1.5, (Evidence("um", Span(1.0, 1.2)),))
UNKNOWN = Measurement("situation", 1, 0.0, 0.0, reason="no question was given")


def finding(measurement: Measurement) -> Finding:
    return Finding("Hesitations", "a minute", "Fluency", measurement, Verdict.GOOD, Band(0, 5), advice="Go on.")


OTHER = replace(QUESTION, id="early-project", text="Tell me about an early project.")


def assessment(
    measurements: Sequence[Measurement] = (FILLERS, UNKNOWN),
    *,
    sound: str = "a" * 64,
    question: Question | None = QUESTION,
    beam: int = 5,
    at: str = "2026-01-02T10:00:00+00:00",
) -> Assessment:
    transcript = spoken("I was um late. <0.8> Then we shipped it.")
    engine = replace(transcript.engine, settings={"beam": beam})
    return Assessment(
        Recording("answer.m4a", sound, 12.5, "mp4", "aac", 48_000, 2),
        replace(transcript, engine=engine),
        tuple(finding(one) for one in measurements),
        "0.1.0",
        at,
        question,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.db"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


# Facts


def test_what_is_saved_comes_back(path: Path) -> None:
    saved = assessment()
    with History(path) as book:
        answer = book.save(saved, place="/home/me/answer.m4a")
    with History(path) as book:
        (record,) = book.records()
    assert (record.id, record.at, record.voiceprep) == (answer, "2026-01-02T10:00:00+00:00", "0.1.0")
    assert (record.place, record.recording) == ("/home/me/answer.m4a", saved.recording)
    assert record.question == Question("late-project", "Tell me about a late project.", QuestionKind.BEHAVIOURAL)
    assert record.transcript == saved.transcript
    assert record.measurements == (replace(FILLERS, evidence=()), UNKNOWN)


def test_an_answer_without_a_question_comes_back_without_one(path: Path) -> None:
    with History(path) as book:
        book.save(assessment(question=None))
        assert [record.question for record in book.records()] == [None]


def test_no_verdict_band_or_advice_is_kept(path: Path) -> None:
    with History(path) as book:
        book.save(assessment())
    dump = "\n".join(map(str, rows(path, "SELECT * FROM answer") + rows(path, "SELECT * FROM measurement")))
    assert not [word for word in ("good", "Go on", "Hesitations", "a minute") if word in dump]


def test_sql_pools_counts_as_adding_them_does(path: Path) -> None:
    takes = [Measurement("hesitations", 2, total, per) for total, per in ((1.0, 0.5), (3.0, 7.5))]
    with History(path) as book:
        for number, take in enumerate(takes):
            book.save(assessment([take], sound=f"{number}" * 64))
    pooled = "SELECT sum(total) / sum(per) FROM measurement WHERE metric = 'hesitations' AND version = 2"
    assert rows(path, pooled) == [(0.5,)]


def test_a_time_is_given_to_what_has_none(path: Path) -> None:
    with History(path) as book:
        book.save(assessment(at=""))
        (record,) = book.records()
    assert record.at.endswith("+00:00")


def test_records_come_oldest_first(path: Path) -> None:
    with History(path) as book:
        for number, at in enumerate(("2026-03-01", "2026-01-01", "2026-02-01")):
            book.save(assessment(sound=f"{number}" * 64, at=at))
        assert [record.at for record in book.records()] == ["2026-01-01", "2026-02-01", "2026-03-01"]


# As they follow one another: 20:00 in Berlin is 18:00 in Greenwich, and 12:15 in New York is 16:15 there.
ZONES = (
    "at some time",
    "2026-05-01T12:15:00-04:00",
    "2026-05-01T18:00:00",
    "2026-05-01T20:00:00+02:00",
    "2026-05-01T18:30:00+00:00",
    "2026-05-01T18:30:00.5Z",
    "2026-05-02T01:00:00+05:30",
)


@pytest.mark.parametrize("order", [ZONES, ZONES[::-1], ZONES[3:] + ZONES[:3]], ids=["old", "new", "mixed"])
def test_answers_of_several_time_zones_follow_one_another_in_time(path: Path, order: tuple[str, ...]) -> None:
    with History(path) as history:
        ids = {at: history.save(assessment(sound=at, at=at)) for at in order}
        first = stories.add(history, Story(0, "2026-05-03", "Late", "It was late."))
        for at in order:
            stories.tell(history, first, ids[at])
        # 18:00 without a zone is 18:00 in Greenwich: of the same moment the text decides.
        expected = list(ZONES)
        assert [one.at for one in history.entries()] == expected
        assert [one.at for one in history.entries(Choice(last=2))] == expected[-2:]
        assert [one.at for one in history.entries(Choice(question="late-project", last=3))] == expected[-3:]
        assert [one.at for one in history.newest(2)] == expected[-2:]
        assert [one.at for one in stories.tellings(history)] == expected


def test_no_text_in_place_of_a_time_stops_a_history(path: Path) -> None:
    with History(path) as history:
        for at in ("now", "NOW", "-1", "12:00", "2461162.5", "\N{ROCKET}"):
            history.save(assessment(sound=at, at=at))
        assert len(history.entries()) == 6


def test_a_list_is_read_in_the_order_that_an_index_has(path: Path) -> None:
    with History(path) as history:
        asked: list[str] = []
        history.connection.set_trace_callback(asked.append)
        history.entries(Choice(last=2))
        history.entries(Choice(question="late-project", last=2))
        history.connection.set_trace_callback(None)
        for query in asked:
            plan = [row["detail"] for row in history.connection.execute(f"EXPLAIN QUERY PLAN {query}")]
            assert not [step for step in plan if "TEMP B-TREE" in step]


def test_the_newest_answers_to_each_question_come_oldest_first(path: Path) -> None:
    mine = [Question("typed", text) for text in ("Why us?", "Why now?")]
    with History(path) as book:
        for number, question in enumerate([QUESTION, *mine, None, QUESTION, QUESTION, mine[0]]):
            book.save(assessment(sound=f"{number}" * 64, question=question, at=f"2026-01-0{9 - number}"))
        texts = [(entry.at[-1], entry.question and entry.question.text) for entry in book.newest(2)]
        assert texts == [
            ("3", "Why us?"),
            ("5", QUESTION.text),
            ("7", "Why now?"),
            ("8", "Why us?"),
            ("9", QUESTION.text),
        ]
        assert [entry.at[-1] for entry in book.newest(1)] == ["7", "8", "9"]


def test_measurements_can_be_of_some_metrics_alone(path: Path) -> None:
    with History(path) as book:
        answer = book.save(assessment())
        assert [one.metric for one in book.measurements([answer])[answer]] == ["hesitations", "situation"]
        assert [one.metric for one in book.measurements([answer], ["hesitations"])[answer]] == ["hesitations"]
        assert book.measurements([], ["hesitations"]) == {}


@pytest.mark.parametrize("name", ["it's; DROP TABLE answer", 'a "b"\n.wav', "\N{GRINNING FACE}.m4a", "\udcff.wav"])
def test_any_name_of_a_file_can_be_kept(path: Path, name: str) -> None:
    saved = assessment()
    with History(path) as book:
        book.save(replace(saved, recording=replace(saved.recording, name=name)), place=f"/x/{name}")
        (record,) = book.records()
    assert record.recording.name == os.fsencode(name).decode(errors="replace")


# The same answer again


def test_the_same_facts_are_one_answer(path: Path) -> None:
    with History(path) as book:
        first = book.save(assessment())
        assert book.save(assessment(at="2027-01-01")) == first
        assert len(book) == 1
    assert len(rows(path, "SELECT * FROM measurement")) == 2


def test_a_new_version_of_a_metric_takes_the_place_of_the_old(path: Path) -> None:
    with History(path) as book:
        first = book.save(assessment())
        assert book.save(assessment([replace(FILLERS, version=3, total=4.0)])) == first
        (record,) = book.records()
    assert [(one.metric, one.version, one.total) for one in record.measurements] == [("hesitations", 3, 4.0)]
    assert record.at == "2026-01-02T10:00:00+00:00"


def test_another_recording_is_another_answer(path: Path) -> None:
    with History(path) as book:
        assert book.save(assessment()) != book.save(assessment(sound="b" * 64))
        assert len(book) == 2


@pytest.mark.parametrize("other", [assessment(question=OTHER), assessment(beam=1)], ids=["question", "settings"])
def test_the_same_recording_heard_otherwise_is_the_same_answer(path: Path, other: Assessment) -> None:
    with History(path) as book:
        first = book.save(assessment(), place="/home/me/answer.m4a")
        assert book.save(replace(other, at="2027-01-01")) == first
        (record,) = book.records()
    assert record.question == (other.question and replace(other.question, role=""))
    assert record.transcript == other.transcript
    assert (record.at, record.place) == ("2026-01-02T10:00:00+00:00", "/home/me/answer.m4a")


def test_the_same_recording_saved_apart_is_an_answer_of_its_own(path: Path) -> None:
    with History(path) as book:
        answers = [book.save(assessment()), *(book.save(assessment(), apart=True) for _ in range(2))]
        assert [record.id for record in book.records()] == answers
        assert book.save(assessment()) == answers[0]
        assert len(set(answers)) == len(book) == 3


# Lists and sittings


def test_an_entry_has_all_but_the_words(path: Path) -> None:
    with History(path) as book:
        answer = book.save(assessment(), place="/x/answer.m4a", take=TAKE)
        (entry,) = book.entries()
    known = Question(QUESTION.id, QUESTION.text, QUESTION.kind)
    day = "2026-01-02T10:00:00+00:00"
    assert entry == Entry(
        answer,
        day,
        TAKE.session,
        "answer.m4a",
        "/x/answer.m4a",
        "a" * 64,
        12.5,
        known,
        assessment().transcript.engine.model,
        TAKE.session,
        2,
    )


def test_answers_are_chosen_by_day_question_kind_and_number(path: Path) -> None:
    other = Question("why-us", "Why us?", QuestionKind.CULTURE)
    with History(path) as book:
        for number, question in enumerate([QUESTION, other, QUESTION, None]):
            book.save(assessment(sound=f"{number}" * 64, question=question, at=f"2026-01-0{number + 1}T10:00:00"))

        def chosen(**choice: Any) -> list[str]:
            return [entry.sound[0] for entry in book.entries(Choice(**choice))]

        assert chosen() == ["0", "1", "2", "3"]
        assert chosen(since="2026-01-02") == ["1", "2", "3"]
        assert chosen(question="late-project") == ["0", "2"]
        assert chosen(kind="culture") == ["1"]
        assert chosen(sitting="2026-01-03") == ["2"]
        assert chosen(last=2) == ["2", "3"]
        assert chosen(last=1, question="late-project") == ["2"]


def test_a_sitting_pools_what_was_counted_in_it(path: Path) -> None:
    with History(path) as book:
        for sound, hour, total, version in (("1", 10, 1, 2), ("2", 11, 2, 2), ("3", 12, 4, 3)):
            counted = [Measurement("hesitations", version, total, 0.5), UNKNOWN]
            book.save(assessment(counted, sound=sound * 64, at=f"2026-01-02T{hour}:00:00"))
        book.save(assessment(sound="4" * 64, at="2026-05-01T09:30:12"), take=TAKE)
        day, session = book.sittings()
        assert book.sittings(Choice(last=1)) == (session,)
        assert book.sittings(Choice(question="why-us")) == ()
    assert (day.name, day.at, day.answers, day.seconds) == ("2026-01-02", "2026-01-02T10:00:00", 3, 37.5)
    assert sorted((one.version, one.total, one.per) for one in day.measurements) == [(2, 3, 1), (3, 4, 0.5)]
    assert (session.name, session.answers) == (TAKE.session, 1)


def test_what_the_user_corrected_counts_and_what_was_measured_stays(path: Path) -> None:
    right = replace(FILLERS, evidence=(), total=2.0)
    with History(path) as book:
        answer = book.save(assessment())
        book.put_counts("corrected", answer, [right])
        assert book.measurements([answer]) == {answer: (right, UNKNOWN)}
        assert [one.measurements for one in book.sittings()] == [(right,)]
        record = book.record(answer)
    assert record
    assert (record.measurements, record.corrected) == ((replace(FILLERS, evidence=()), UNKNOWN), (right,))


def test_there_is_no_record_of_what_is_not_there(path: Path) -> None:
    with History(path) as book:
        assert book.record(7) is None
        assert book.measurements([7]) == {7: ()}


# The file


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_only_the_owner_may_read_it_and_its_journals(path: Path) -> None:
    with History(path) as book:
        book.save(assessment())
        modes = {item.name: item.stat().st_mode & 0o777 for item in path.parent.iterdir()}
    assert modes["history.db"] == modes["history.db-wal"] == 0o600


def test_it_writes_ahead_checks_references_and_carries_our_name(path: Path) -> None:
    with History(path) as book:
        assert book.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    assert rows(path, "PRAGMA application_id") == [(APPLICATION,)]
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_failed_save_leaves_nothing(path: Path) -> None:
    twice = assessment([FILLERS, FILLERS])
    with History(path) as book:
        with pytest.raises(HistoryError, match="cannot be used"):
            book.save(twice)
        assert len(book) == 0
        book.save(assessment())
        assert len(book) == 1


def test_an_old_file_is_brought_up_and_keeps_its_answers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with History(path) as book:
        book.save(assessment())
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, ("ALTER TABLE answer ADD COLUMN note TEXT",)))
    with History(path) as book:
        assert len(book) == 1
    assert rows(path, "SELECT note FROM answer") == [(None,)]
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]


EARLIER = sorted((Path(__file__).parent / "data" / "history").glob("*.sql"))


def test_every_earlier_schema_has_a_file() -> None:
    assert [file.stem for file in EARLIER] == [f"version-{version}" for version in range(1, len(MIGRATIONS))]


@pytest.mark.parametrize("file", EARLIER, ids=lambda file: file.stem)
def test_a_file_of_any_age_is_brought_up_with_all_that_it_knows(path: Path, file: Path) -> None:
    """The files were written by the versions of the program that had these tables: three answers, one of a session."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(file.read_text(encoding="utf-8"))
    connection.close()
    with History(path) as book:
        records, entries, sittings = tuple(book.records()), book.entries(), book.sittings()
    expected = assessment()
    assert [record.recording.sha256[0] for record in records] == ["a", "b", "c"]
    assert {record.transcript.words for record in records} == {expected.transcript.words}
    assert {record.measurements for record in records} == {(replace(FILLERS, evidence=()), UNKNOWN)}
    assert [record.question is None for record in records] == [False, True, False]
    assert [entry.at for entry in entries] == [record.at for record in records]
    practised = file.stem != "version-1"
    assert [record.take is not None for record in records] == [False, False, practised]
    assert [one.name for one in sittings] == ["2026-01-02", TAKE.session if practised else "2026-05-01"]
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


# Takes


def test_how_a_take_came_about_comes_back(path: Path) -> None:
    with History(path) as book:
        book.save(assessment(), take=TAKE)
        (record,) = book.records()
    known = Question(QUESTION.id, QUESTION.text, QUESTION.kind)
    assert record.take == replace(TAKE, question=known, at=record.at, duration=12.5)


def test_an_answer_that_is_saved_again_keeps_its_take(path: Path) -> None:
    with History(path) as book:
        book.save(assessment(), take=TAKE)
        book.save(assessment([replace(FILLERS, version=3)]))
        (record,) = book.records()
    assert record.take is not None
    assert record.measurements[0].version == 3


def test_an_answer_that_was_there_before_can_become_a_take(path: Path) -> None:
    with History(path) as book:
        assert book.save(assessment()) == book.save(assessment(), take=TAKE)
        (record,) = book.records()
    assert record.take is not None


def test_what_is_deleted_leaves_no_word_in_the_file(path: Path) -> None:
    with History(path) as book:
        answer = book.save(assessment(), take=TAKE)
        kept = book.save(assessment(sound="b" * 64, question=None))
        assert b"late-project" in path.read_bytes() + path.with_name("history.db-wal").read_bytes()
        book.delete([answer])
        assert [record.id for record in book.records()] == [kept]
    assert rows(path, "SELECT count(*) FROM take") == [(0,)]
    assert rows(path, "SELECT count(*) FROM measurement") == [(2,)]
    assert not [file for file in path.parent.iterdir() if b"late-project" in file.read_bytes()]


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with History(path) as book:
        book.save(assessment())
    broken = ("ALTER TABLE answer ADD COLUMN note TEXT", "ALTER TABLE nowhere ADD COLUMN x")
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(HistoryError, match="nowhere"):
        History(path)
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert "note" not in [row[1] for row in rows(path, "PRAGMA table_info(answer)")]


def test_the_first_migration_never_changes() -> None:
    """History of years stands on it: add a migration instead of editing one."""
    columns = [line.split()[0] for line in MIGRATIONS[0][1].splitlines()[2:-2]]
    assert columns == [
        *("id", "identity", "facts", "at", "voiceprep", "place"),
        *("recording", "name", "duration", "container", "codec", "rate", "channels"),
        *("question", "question_text", "question_kind"),
        *("engine", "engine_version", "model", "model_sha256", "settings", "transcript"),
    ]


def test_a_newer_file_is_left_alone(path: Path) -> None:
    with History(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(HistoryError, match="newer voiceprep") as caught:
        History(path)
    assert "upgrade" in caught.value.hint


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="another program"):
        History(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("size", [1, 100, 5_000])
def test_a_file_that_is_no_database_is_named_and_never_overwritten(path: Path, size: int) -> None:
    path.parent.mkdir()
    path.write_bytes(b"dear diary " * size)
    with pytest.raises(HistoryError, match="not a database") as caught:
        History(path)
    assert caught.value.exit_code == 5
    assert str(path) in caught.value.message
    assert "voiceprep doctor --repair" in caught.value.hint
    assert path.read_bytes() == b"dear diary " * size


def test_a_damaged_page_is_an_error_of_ours(path: Path) -> None:
    with History(path) as book:
        for number in range(40):
            book.save(assessment(sound=f"{number:064}"))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="damaged"), History(path) as book:
        list(book.records())
    assert path.read_bytes() == bytes(content)


def test_a_transcript_that_cannot_be_read_is_named(path: Path) -> None:
    with History(path) as book:
        answer = book.save(assessment())
        book.connection.execute("UPDATE transcript SET transcript = '{}'")
        with pytest.raises(HistoryError, match=f"Answer {answer} cannot be read"):
            list(book.records())


def test_a_folder_in_its_place_is_an_error_of_ours(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(HistoryError):
        History(path)


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(HistoryError, match="cannot be opened") as caught:
        History(tmp_path / "data" / "history.db")
    assert "VOICEPREP_DATA_DIR" in caught.value.hint


# Several at once


def test_a_file_in_use_for_too_long_is_an_error_of_ours(path: Path) -> None:
    with History(path) as holder, History(path, timeout=0.05) as book, holder.transaction():
        with pytest.raises(HistoryError, match=r"in use by another program for 0\.05 s"):
            book.save(assessment())
        assert list(book.records()) == []


WRITE = textwrap.dedent("""
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from test_history import assessment
    from voiceprep.history import History
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(25):
        with History(Path(sys.argv[2])) as book:
            book.save(assessment(sound=f"{sys.argv[3]}{number:063}"))
            book.save(assessment(sound="f" * 64))
""")


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    here = str(Path(__file__).parent)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, here, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert errors == ["", "", ""]
    with History(path) as book:
        assert len(book) == 3 * 25 + 1
    assert len(rows(path, "SELECT * FROM measurement")) == 2 * (3 * 25 + 1)


def test_the_transcript_is_json_that_sql_can_look_into(path: Path) -> None:
    with History(path) as book:
        book.save(assessment())
    ((text,),) = rows(path, "SELECT transcript FROM transcript")
    assert isinstance(text, str)
    assert [word["text"] for word in json.loads(text)["words"]][:3] == ["I", "was", "um"]


def test_saved_again_without_a_question_the_known_one_stays(path: Path) -> None:
    with History(path) as book:
        first = book.save(assessment())
        assert book.save(assessment([UNKNOWN], question=None)) == first
        assert [entry.question and entry.question.id for entry in book.entries()] == [QUESTION.id]
        assert book.save(assessment(question=None), apart=True) != first


# A file that may not be written


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let SQLite open files as on a disk that may not be written; return how they were asked for."""
    asked, connect = [], sqlite3.connect

    def refusing(name: object, **how: object) -> sqlite3.Connection:
        asked.append(str(name).partition("?")[2])
        if str(name) != ":memory:" and not str(name).endswith("immutable=1"):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorname = "SQLITE_CANTOPEN"
            raise error
        return connect(name, **how)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr("voiceprep.history.store.sqlite3.connect", refusing)
    return asked


def test_a_file_that_may_not_be_written_is_read(path: Path, request: pytest.FixtureRequest) -> None:
    with History(path) as book:
        book.save(assessment())
        (before,) = book.records()
    asked = request.getfixturevalue("locked")
    with History(path, reading=True) as book:
        assert list(book.records()) == [before]
        with pytest.raises(HistoryError, match="cannot be written"):
            book.save(assessment(sound="b" * 64))
    assert asked == ["", "mode=ro", "mode=ro&immutable=1"]
    with pytest.raises(HistoryError, match="cannot be written") as caught:
        History(path)
    assert "Lists and reports of it can still be had" in caught.value.hint


def test_an_old_file_that_may_not_be_written_says_so(path: Path, request: pytest.FixtureRequest) -> None:
    History(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    request.getfixturevalue("locked")
    with pytest.raises(HistoryError, match="older voiceprep and may not be written"):
        History(path, reading=True)


def test_reading_makes_no_file(path: Path) -> None:
    with History(path, reading=True) as book:
        assert (len(book), book.entries()) == (0, ())
    assert not path.parent.exists()
