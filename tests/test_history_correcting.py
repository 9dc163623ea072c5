"""Corrections stand beside what was measured, which stays; they count, and are applied to what is heard anew."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from voiceprep import correcting, pipeline, star
from voiceprep.correcting import Change, Correction
from voiceprep.errors import HistoryError
from voiceprep.history import History, Recount
from voiceprep.history.correcting import (
    listed,
    models,
    of_recording,
    own_voice,
    peek,
    peek_corrected,
    peek_corrections,
    revise,
)
from voiceprep.model import Assessment, Measurement, Recording, Settings, Span, WordKind
from voiceprep.scoring import OwnVoice, Tally
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from pathlib import Path

SAID = "So I was, um, late. <0.8> I mean, we like shipped it on uh Monday. <0.5> It was good and we went home that day."
HEARD = spoken(SAID)
UM = Correction(Change.NOT_FILLER, Span(1.55, 1.85), "um", at="2026-05-01")
LIKE = Correction(Change.MISSED, Span(4.05, 4.35), now="like", at="2026-05-02")
WHOLE = Correction(Change.CHECKED, Span(0.0, HEARD.duration), was=correcting.fingerprint(HEARD))
SETTINGS = Settings()


def judged(said: str = SAID, *, sound: str = "a") -> Assessment:
    heard = spoken(said)
    return pipeline.judge(
        heard, Recording("a.wav", sound * 64, heard.duration), None, SETTINGS, at="2026-05-01T09:00:00"
    )


def recount(record: object) -> Recount:
    return pipeline.recount(record, SETTINGS)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def by_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read STAR by wording alone, which is quicker."""
    monkeypatch.setattr(pipeline, "read_star", star.read_star)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def facts(path: Path) -> list[tuple[object, ...]]:
    """Return everything that was measured and heard, as the file has it."""
    connection = sqlite3.connect(path)
    try:
        return [
            *connection.execute("SELECT * FROM measurement ORDER BY answer, metric"),
            *connection.execute("SELECT * FROM transcript"),
            *connection.execute("SELECT * FROM answer"),
        ]
    finally:
        connection.close()


def totals(measurements: tuple[Measurement, ...]) -> dict[str, float]:
    return {one.metric: one.total for one in measurements}


def test_a_correction_changes_what_counts_by_one_and_what_was_measured_stays(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        before, counted = facts(path), totals(book.measurements([answer])[answer])
        record = revise(book, answer, recount, add=[UM])
        now = totals(book.measurements([answer])[answer])
    assert facts(path) == before
    assert (counted["filled_pauses"], now["filled_pauses"]) == (2, 1)
    assert (counted["hesitations"], now["hesitations"]) == (4, 3)
    assert counted["filler_words"] == now["filler_words"] == 2
    assert record.corrections == (UM,)
    assert {one.metric for one in record.corrected} >= {"filled_pauses", "hesitations"}
    assert "length" not in {one.metric for one in record.corrected}
    assert record.transcript == HEARD


def test_taking_back_leaves_the_file_as_it_was(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        before, counted = facts(path), book.measurements([answer])
        revise(book, answer, recount, add=[UM, LIKE, WHOLE])
        record = revise(book, answer, recount, undo=[1, 2, 3])
        assert (record.corrections, record.corrected) == ((), ())
        assert book.measurements([answer]) == counted
        assert models(book) == ()
    assert facts(path) == before


def test_one_of_several_can_be_taken_back(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        revise(book, answer, recount, add=[UM, LIKE])
        assert revise(book, answer, recount, undo=[1]).corrections == (LIKE,)
        assert totals(book.measurements([answer])[answer])["hesitations"] == 5


def test_the_same_said_twice_counts_once_and_a_sentence_is_one_part(path: Path) -> None:
    parts = [Correction(Change.PART, Span(0.5, 2.2), "O", letter) for letter in "SR"]
    with History(path) as book:
        answer = book.save(judged())
        revise(book, answer, recount, add=[UM, *parts])
        assert revise(book, answer, recount, add=[UM]).corrections == (parts[1], UM)


def test_a_count_that_fails_takes_nothing_over(path: Path) -> None:
    def broken(_: object) -> Recount:
        raise RuntimeError("out of order")

    with History(path) as book:
        answer = book.save(judged())
        revise(book, answer, recount, add=[UM])
        before = book.record(answer)
        with pytest.raises(RuntimeError, match="out of order"):
            revise(book, answer, broken, add=[LIKE], undo=[1])
        assert book.record(answer) == before


def test_an_answer_that_is_not_there_is_named(path: Path) -> None:
    with History(path) as book, pytest.raises(HistoryError, match="no answer 7"):
        revise(book, 7, recount, add=[UM])


def test_what_is_heard_anew_is_corrected_again(path: Path) -> None:
    other = SAID.replace("good", "um good")
    with History(path) as book:
        answer = book.save(judged())
        revise(book, answer, recount, add=[UM, WHOLE])
        assert book.save(judged(other), recount=recount) == answer
        record = book.known(answer)
        assert totals(record.measurements)["filled_pauses"] == 3
        assert totals(book.measurements([answer])[answer])["filled_pauses"] == 2
        # What the user went through was another transcription.
        assert models(book) == ()
        assert record.corrections == (UM, WHOLE)


def test_what_is_heard_as_before_keeps_its_corrected_counts(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        corrected = revise(book, answer, recount, add=[UM]).corrected
        book.save(judged())
        assert book.known(answer).corrected == corrected


def test_deleting_an_answer_deletes_what_was_corrected_of_it(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        revise(book, answer, recount, add=[UM, WHOLE])
        book.delete([answer])
        assert listed(book.connection, answer) == ()
        assert models(book) == ()


def test_an_answer_is_found_by_its_recording(path: Path) -> None:
    with History(path) as book:
        first = book.save(judged())
        book.save(judged(sound="b"))
        again = book.save(judged(), apart=True)
        assert of_recording(book, "a" * 64) == (first, again)
        assert of_recording(book, "c" * 64) == ()


# Views


def test_an_answer_is_judged_as_it_was_corrected_and_says_so(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        heard = book.known(answer)
        record = revise(book, answer, recount, add=[UM])
    corrected = pipeline.judge_again(record, SETTINGS)
    assert "um" not in [word.text.strip(",") for word in corrected.transcript.words]
    assert corrected.caveats[0] == "1 correction by you: “um” at 0:01 is no filler."
    original = pipeline.judge_again(record, SETTINGS, original=True)
    assert original == pipeline.judge_again(heard, SETTINGS)
    assert pipeline.render(original, "json") == pipeline.render(judged(), "json")


def test_a_checked_answer_has_no_doubt_left_about_its_fillers(path: Path) -> None:
    with History(path) as book:
        answer = book.save(judged())
        record = revise(book, answer, recount, add=[WHOLE])
    for checked, record_ in ((True, record), (False, replace(record, corrections=()))):
        found = {one.measurement.metric: one for one in pipeline.judge_again(record_, SETTINGS).findings}
        assert (found["filler_words"].measurement.interval is None) == checked
        assert ("likely" not in found["filler_words"].detail) == checked


# How right this voice is heard


def checked(path: Path, count: int) -> OwnVoice:
    """Check so many answers, each with a false um and a missed like, and return what is known then."""
    with History(path) as book:
        for number in range(count):
            answer = book.save(judged(sound=f"{number}"))
            revise(book, answer, recount, add=[UM, LIKE, WHOLE])
        return own_voice(book.connection, HEARD.engine.sha256)


def test_what_the_user_checked_is_counted(path: Path) -> None:
    voice = checked(path, 4)
    assert (voice.answers, voice.seconds) == (4, pytest.approx(4 * HEARD.duration))
    assert (voice.filled_pauses, voice.filler_words) == (Tally(4, 4, 0), Tally(8, 0, 4))
    assert peek(path, HEARD.engine.sha256) == voice
    assert peek(path, "another") == OwnVoice(0, 0.0, Tally(), Tally())


def test_only_checked_answers_count(path: Path) -> None:
    with History(path) as book:
        revise(book, book.save(judged()), recount, add=[UM, LIKE])
        assert own_voice(book.connection, HEARD.engine.sha256).answers == 0


def test_looking_into_no_or_another_history_gives_nothing_and_changes_nothing(path: Path) -> None:
    assert peek(path, "") is None
    assert not path.exists()
    path.write_bytes(b"dear diary " * 1000)
    assert peek(path, "") is None
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = path.read_bytes()
    assert peek(path, "") is None
    assert path.read_bytes() == before


def test_corrections_are_found_by_the_recording_and_nothing_is_changed(path: Path) -> None:
    assert (peek_corrections(path, "a" * 64), peek_corrected(path)) == ((), frozenset())
    with History(path) as book:
        first = book.save(judged())
        book.save(judged(sound="b"))
        revise(book, first, recount, add=[UM])
        # An answer of the same recording that was kept apart has none of its own.
        book.save(judged(), apart=True)
    before = path.read_bytes()
    assert peek_corrections(path, "a" * 64) == (UM,)
    assert peek_corrections(path, "b" * 64) == ()
    assert peek_corrected(path) == {"a" * 64}
    assert path.read_bytes() == before


def test_a_report_says_how_right_this_voice_was_heard_before(path: Path) -> None:
    own = replace(checked(path, 1), answers=5, filled_pauses=Tally(27, 3, 6))
    heard = spoken(SAID)
    recording = Recording("a.wav", "a" * 64, heard.duration)
    found = pipeline.judge(heard, recording, None, SETTINGS, own=own).findings
    notes = {one.measurement.metric: one.measurement.caveats for one in found}
    assert notes["filled_pauses"][-1] == (
        "In 5 answers of your own that you checked: right in 27 of 30 (95 % interval 74 to 97 %), "
        "heard 27 of 33 (95 % interval 66 to 91 %)."
    )
    # Of filler words too few were checked.
    assert not [note for note in notes["filler_words"] if "checked" in note]
    fresh = OwnVoice(0, 0.0, Tally(), Tally())
    assert pipeline.judge(heard, recording, None, SETTINGS, own=fresh) == pipeline.judge(
        heard, recording, None, SETTINGS
    )


def test_the_kinds_in_the_file_are_those_of_words(path: Path) -> None:
    checked(path, 1)
    connection = sqlite3.connect(path)
    kinds = [kind for (kind,) in connection.execute("SELECT kind FROM checked ORDER BY kind")]
    connection.close()
    assert kinds == sorted([WordKind.FILLED_PAUSE.value, WordKind.FILLER.value])
