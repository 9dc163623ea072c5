"""What is left of a damaged history is saved, and every byte of the damaged file is kept."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from test_history import TAKE, assessment, rows

from voiceprep import pipeline
from voiceprep.cli import cli
from voiceprep.correcting import Change, Correction
from voiceprep.errors import HistoryError
from voiceprep.history import History, correcting
from voiceprep.history.salvage import LOST, is_damaged, salvage
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from pathlib import Path

    from voiceprep.history import Record

PAGE = 4096
ANSWERS = 30
SAID = spoken(" ".join(["We shipped it um late. <0.8> Then we wrote it down."] * 12))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def filled(path: Path) -> dict[str, Record]:
    """Return what is in the history that is made in `path`, by the hash of the recording."""
    with History(path) as book:
        for number in range(ANSWERS):
            one = replace(assessment(sound=f"{number:064}"), transcript=SAID)
            take = replace(TAKE, session=f"2026-05-{number + 1:02}-093012")
            book.save(one, place=f"/x/{number}.flac", take=take if number % 3 else None)
        book.connection.execute(
            "INSERT INTO story (at, title, text, competencies, answer) VALUES ('2026', 'Late', 'It was.', '[]', 1)"
        )
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return {record.recording.sha256: record for record in book.records()}


def damaged(path: Path, page: int, garbage: bytes = b"\xff") -> bytes:
    content = bytearray(path.read_bytes())
    content[page * PAGE : (page + 1) * PAGE] = garbage * PAGE
    path.write_bytes(content)
    return bytes(content)


def test_a_whole_history_is_not_damaged(path: Path) -> None:
    assert not is_damaged(path)
    filled(path)
    assert not is_damaged(path)


def test_whatever_page_is_lost_the_answers_elsewhere_are_saved(path: Path) -> None:
    """An answer has words on about two pages of its own; a page of an index or of a list may name many."""
    before = filled(path)
    whole = path.read_bytes()
    pages = len(whole) // PAGE
    ((roots,),) = rows(path, "SELECT max(rootpage) FROM sqlite_master")
    assert isinstance(roots, int)
    untouched = []
    for page in [1, 2, roots // 2, *range(roots, pages, max(1, pages // 12))]:
        path.write_bytes(whole)
        broken = damaged(path, page, b"\x00" if page % 2 else b"\xff")
        if not is_damaged(path):  # a page of long texts: SQLite does not look into them
            assert any(_unread(path)) or _all(path) == before
        done = salvage(path, f"{page}")
        assert done.aside.read_bytes() == broken
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
        after = _all(path)
        assert len(after) == done.kept
        same = sum(_same(after.get(sound), record) for sound, record in before.items())
        lost = sum(LOST in record.transcript.caveats for record in after.values())
        assert lost == done.wordless
        if page >= roots:
            untouched.append(same)
        for old in path.parent.glob("*.damaged-*"):
            old.unlink()
    # Where the root of a table is lost, all of that table are; elsewhere the few answers on that page.
    assert sum(count >= ANSWERS - 8 for count in untouched) > 0.85 * len(untouched)


def _all(path: Path) -> dict[str, Record]:
    with History(path) as book:
        return {record.recording.sha256: record for record in book.records()}


def _unread(path: Path) -> list[str]:
    try:
        _all(path)
    except HistoryError as error:
        return [error.message]
    return []


def _same(one: Record | None, other: Record) -> bool:
    return one is not None and one == replace(other, id=one.id)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda content: (b"dear diary " * PAGE)[: len(content)], id="something else"),
        pytest.param(lambda content: b"\0" * len(content), id="zeros"),
        pytest.param(lambda content: b"\0" * PAGE + content[PAGE:], id="no beginning"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_set_aside_and_a_new_one_begun(path: Path, harm: object) -> None:
    filled(path)
    content = harm(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(content)
    assert is_damaged(path)
    done = salvage(path, "now")
    assert (done.kept, done.aside.read_bytes()) == (0, content)
    with History(path) as book:
        assert len(book) == 0
        book.save(assessment())


def test_half_a_file_gives_what_stands_in_that_half(path: Path) -> None:
    before = filled(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert is_damaged(path)
    done = salvage(path, "now")
    after = _all(path)
    assert len(after) == done.kept
    assert after
    assert all(after[sound].measurements in ((), before[sound].measurements) for sound in after)


def test_what_was_written_last_is_saved_from_the_journal(path: Path) -> None:
    filled(path)
    with History(path) as book:
        book.save(assessment(sound="f" * 64))
        journal = path.with_name("history.db-wal").read_bytes()
        content = path.read_bytes()
    path.with_name("history.db-wal").write_bytes(journal)
    path.write_bytes(content[: 10 * PAGE] + b"\xff" * PAGE + content[11 * PAGE :])
    done = salvage(path, "now")
    assert "f" * 64 in _all(path)
    assert done.aside.with_name(f"{done.aside.name}-wal").read_bytes() == journal


def test_a_newer_file_and_that_of_another_program_are_not_taken_for_damaged(path: Path) -> None:
    filled(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(HistoryError, match="newer voiceprep"):
        is_damaged(path)


def test_stories_are_saved_too(path: Path) -> None:
    filled(path)
    with suppress(AssertionError):
        damaged(path, 1)
    salvage(path, "now")
    assert rows(path, "SELECT title, text FROM story") == [("Late", "It was.")]


# The command


def test_the_command_saves_measures_again_and_says_where_everything_is(path: Path) -> None:
    filled(path)
    connection = sqlite3.connect(path)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'measurement'").fetchone()[0]
    connection.close()
    damaged(path, root - 1)
    run = CliRunner().invoke(cli, ["doctor", "--repair", "--data", str(path.parent)])
    assert run.exit_code == 0, run.output
    assert f"Saved in {path}: {ANSWERS} answers." in run.output
    aside = min(path.parent.glob("history.db.damaged-*"), key=lambda one: len(one.name))
    assert str(aside) in run.output
    with History(path) as book:
        measured = book.measurements([entry.id for entry in book.entries()])
    assert len(measured) == ANSWERS
    assert all({"pace", "length"} <= {one.metric for one in counts} for counts in measured.values())


def repaired(path: Path) -> str:
    run = CliRunner().invoke(cli, ["doctor", "--repair", "--data", str(path.parent)])
    assert run.exit_code == 0, run.output
    return run.output


def root(path: Path, name: str) -> int:
    """Return the page, from 0 on, at which the table or index `name` begins."""
    ((page,),) = rows(path, f"SELECT rootpage FROM sqlite_master WHERE name = '{name}'")  # noqa: S608  (ours)
    assert isinstance(page, int)
    return page - 1


def corrected(path: Path) -> None:
    """Say of two answers that a filled pause was none."""
    with History(path) as book:
        um = next(word for word in SAID.words if word.text.startswith("um"))
        for answer in (1, 2):
            wrong = Correction(Change.NOT_FILLER, um.span, "um", at="2026-05-05T10:00:00")
            correcting.revise(book, answer, pipeline.recount, add=[wrong])
        book.connection.execute("INSERT INTO telling VALUES (1, 1)")
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_what_is_measured_again_is_what_was_heard_and_beside_it_what_was_corrected(path: Path) -> None:
    filled(path)
    corrected(path)
    damaged(path, root(path, "measurement"))
    repaired(path)
    with History(path) as book:
        record, counts = book.known(1), {one.metric: one.total for one in book.measurements([1])[1]}
        assert len(record.corrections) == 1
        (heard,) = (one.total for one in record.measurements if one.metric == "filled_pauses")
    assert (heard, counts["filled_pauses"]) == (12, 11)


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        (("story",), "Lost: 1 story, 1 note where a story was told."),
        (("correction",), "Lost: 2 corrections."),
        (("correction", "correction_of_answer"), "What it held of corrections is not known, as far as it is not here."),
        (("answer",), "30 answers could not be read."),
        (("answer",), "The words of 30 of these still stand in the file that was set aside."),
        (("answer",), "Nothing of it could be read."),
        (("sqlite_master",), "Nothing of it could be read."),
        (
            ("sqlite_master",),
            "What it held of stories, of corrections and of notes where a story was told is not known.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value[:12],
)
def test_what_was_lost_is_said(path: Path, pages: tuple[str, ...], told: str) -> None:
    filled(path)
    corrected(path)
    for page in [0 if name == "sqlite_master" else root(path, name) for name in pages]:
        damaged(path, page)
    said = repaired(path)
    assert told in said
    assert ": 0 answers" not in said


def test_corrections_are_saved_where_only_the_way_to_them_is_lost(path: Path) -> None:
    filled(path)
    corrected(path)
    damaged(path, root(path, "correction_of_answer"))
    assert "Lost" not in repaired(path)
    assert rows(path, "SELECT count(*) FROM correction") == [(2,)]


@pytest.mark.parametrize("there", [False, True], ids=["no history", "a whole one"])
def test_the_command_changes_nothing_where_nothing_is_damaged(path: Path, *, there: bool) -> None:
    if there:
        filled(path)
    before = path.read_bytes() if there else b""
    run = CliRunner().invoke(cli, ["doctor", "--repair", "--data", str(path.parent)])
    assert run.exit_code == 0
    assert ("intact" if there else "no history") in run.output
    assert not there or path.read_bytes() == before
    assert there or not path.exists()


def test_data_alone_is_refused(path: Path) -> None:
    run = CliRunner().invoke(cli, ["doctor", "--data", str(path.parent)])
    assert (run.exit_code, "--repair" in run.output) == (2, True)


def test_where_nothing_can_be_written_it_is_said_and_the_file_stays(path: Path) -> None:
    filled(path)
    content = damaged(path, 1)
    path.with_name("history.db.salvaged").mkdir()
    with pytest.raises(HistoryError, match="cannot be set aside") as caught:
        salvage(path, "now")
    assert "as much room again" in caught.value.hint
    assert path.read_bytes() == content
