"""Rounds at the desk with sound and keys that obey: what is asked, recorded, kept and said, and what no end loses."""

from __future__ import annotations

import json
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from fake_desk import QUESTION_SOUND, Analyst, Clock, Keys, Sound, copied

from voiceprep.cli.desk import Desk, Setting
from voiceprep.cli.keeper import Keeper
from voiceprep.cli.screen import PlainScreen
from voiceprep.errors import DeviceError, EngineError, InputError
from voiceprep.history import History
from voiceprep.model import Question, QuestionKind, Span
from voiceprep.practice import Act, Rules
from voiceprep.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question(
    "late-project", "Tell me about a late project.", QuestionKind.BEHAVIOURAL, target=Span(20, 40), role="engineer"
)
RULES = Rules(think=30, longest=60, target=Span(20, 40))
AT_ONCE = replace(RULES, think=0)


class Table:
    """A desk with everything on it that a test looks at."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.sound = Sound(self.clock)
        self.analyst = Analyst()
        self.said: list[str] = []
        self.opened: list[Path] = []
        self.sessions = Sessions(folder / "sessions")
        self.history = History(folder / "history.db")
        self.keeper = self.new_keeper()
        self.shown = True
        self.count = 0

    def new_keeper(self) -> Keeper:
        return Keeper(self.sessions, self.history, lambda: datetime(2026, 5, 1, 9, 30, 12, tzinfo=UTC), copied)

    def desk(self, *keys: tuple[float, str | BaseException]) -> Desk:
        return Desk(
            Setting(None, None, self.sessions.root, self.shown, self.opened.append, lambda: "No voice.", self.count),
            port=self.sound,
            analyst=self.analyst,
            keyboard=Keys(self.clock, self.sound, list(keys)),
            screen=PlainScreen(echo=self.said.append),
            keeper=self.keeper,
            clock=self.clock,
        )

    def ask(self, *keys: tuple[float, str | BaseException], rules: Rules = RULES) -> Act:
        return self.desk(*keys).ask(QUESTION, rules, "Question 1", more=True)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.sessions.root.rglob("*") if path.suffix != ".lock" and path.is_file())


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    table = Table(tmp_path)
    yield table
    table.keeper.close()
    table.history.close()


def test_a_round_goes_from_the_question_to_its_report(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.ask((3, "enter"), (28, "enter"), (30, "q")) is Act.LEAVE
    assert table.said[2] == " Tell me about a late project."
    assert [line for line in table.said if line][-5:] == [
        "Recording. Enter or space stops.",
        "20 s: a good length from here on.",
        "Recorded 25 s. You thought for 3.1 s first.",
        "Reading your answer.",
        "Keys: r whole report, l listen, a again, n next, o open page, d delete, q quit.",
    ]
    assert "One thing to try" in capsys.readouterr().err
    assert table.files() == ["01-late-project.flac"]


def test_the_take_is_in_the_history_with_its_question_and_how_it_came_about(table: Table) -> None:
    table.ask((3, "enter"), (28, "enter"), (30, "n"))
    (record,) = table.history.records()
    take = record.take
    assert take is not None
    assert (take.session, take.number, take.ended, take.thought) == ("2026-05-01-093012", 1, "", 3.1)
    assert take.settings == {"think": 30, "longest": 60, "stop_after": 0, "rehearsal": False, "aloud": False}
    assert record.question is not None
    assert record.question.id == "late-project"
    assert record.at == "2026-05-01T09:30:12+00:00"
    assert record.place == str(table.sessions.sound(take))
    assert table.keeper.kept == 1


def test_recordings_are_for_their_owner_alone(table: Table) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "q"))
    (sound,) = table.sessions.root.rglob("*.flac")
    assert stat.S_IMODE(sound.stat().st_mode) == 0o600
    assert stat.S_IMODE(sound.parent.stat().st_mode) == 0o700


def test_an_answer_said_again_is_another_take(table: Table) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "a"), (13, "enter"), (20, "enter"), (22, "n"))
    assert table.files() == ["01-late-project.flac", "02-late-project.flac"]
    assert [record.take.number for record in table.history.records() if record.take] == [1, 2]


def test_a_deleted_take_leaves_nothing(table: Table) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "o"), (13, "d"), (14, "d"), (15, "q"))
    assert table.files() == []
    assert len(table.history) == 0
    assert table.keeper.kept == 0


def test_the_page_is_written_beside_the_recording_and_opened(table: Table) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "o"), (13, "q"))
    assert table.opened == [table.sessions.root / "2026-05-01-093012" / "01-late-project.html"]


def test_the_whole_report_comes_at_a_key(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "q"))
    brief = capsys.readouterr().err
    assert "Articulation rate" not in brief
    # Into a pipe goes the whole report by itself.
    table.ask((3, "enter"), (10, "enter"), (12, "q"))
    assert "Articulation rate" in capsys.readouterr().out


def test_the_question_is_read_aloud_and_the_wait_counted_from_its_end(table: Table) -> None:
    table.sound.voice = QUESTION_SOUND
    rules = replace(AT_ONCE, aloud=True)
    table.ask((20, "enter"), (30, "q"), rules=rules)
    assert table.sound.played == [1.0]
    end = table.analyst.takes[0].question_end
    assert end is not None
    assert -0.2 <= end <= 0


def test_without_a_voice_the_question_is_shown_and_told_how_to_get_one(table: Table) -> None:
    table.shown = False
    table.ask((20, "enter"), (30, "q"), rules=replace(AT_ONCE, aloud=True))
    assert " The question is read aloud, and not shown." in table.said
    assert "No voice." in table.said
    assert QUESTION.text in table.said
    assert table.analyst.takes[0].question_end is None


def test_one_can_listen_to_what_one_said(table: Table) -> None:
    table.ask((3, "enter"), (10, "enter"), (12, "l"), (20, "q"))
    assert table.sound.played == [1.0]


def test_the_time_ends_a_recording(table: Table) -> None:
    table.ask((70, "q"), rules=AT_ONCE)
    assert table.analyst.takes[0].ended == "the time was up"
    assert table.analyst.takes[0].duration == pytest.approx(60, abs=0.2)
    assert "15 seconds left." in table.said
    assert "Recorded 1 min, because the time was up." in table.said


def test_a_microphone_that_is_unplugged_ends_the_recording_and_what_was_said_is_read(table: Table) -> None:
    def level(at: float) -> object:
        if at >= 5 and table.sound.recorder is not None:
            table.sound.recorder.ended = "the microphone was unplugged"
        return Sound.level(at)

    table.sound.level = level  # type: ignore[assignment]
    table.ask((20, "q"), rules=AT_ONCE)
    assert table.analyst.takes[0].ended == "the microphone was unplugged"
    assert table.analyst.takes[0].duration == pytest.approx(5, abs=0.3)


def test_a_microphone_that_falls_silent_without_a_word_ends_it_too(table: Table) -> None:
    def level(at: float) -> object:
        if at >= 5 and table.sound.recorder is not None:
            table.sound.recorder.running.clear()
        return Sound.level(at)

    table.sound.level = level  # type: ignore[assignment]
    table.ask((20, "q"), rules=AT_ONCE)
    assert table.analyst.takes[0].ended == "no sound came from the microphone any more"


def test_blocks_that_were_lost_are_told(table: Table) -> None:
    table.sound.dropped = 3
    table.ask((10, "enter"), (12, "q"), rules=AT_ONCE)
    assert "3 blocks of sound were lost: the machine was too busy." in table.said
    assert table.analyst.takes[0].dropped == 3


def test_nothing_is_left_of_a_recording_that_could_not_begin(table: Table) -> None:
    table.sound.refuses = DeviceError("the microphone is in use")
    with pytest.raises(DeviceError):
        table.ask((20, "q"), rules=AT_ONCE)
    table.keeper.close()
    assert list(table.sessions.root.iterdir()) == []


@pytest.mark.parametrize("error", [EngineError("no model", "Get one."), InputError("cannot be read")])
def test_an_answer_that_cannot_be_read_is_kept_for_later(
    table: Table, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    table.analyst.fails = error
    assert table.ask((10, "enter"), (12, "n"), rules=AT_ONCE) is Act.NEXT
    assert table.files() == ["01-late-project.flac", "01-late-project.pending.json"]
    assert str(error) in capsys.readouterr().err


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit()])
def test_an_interrupted_answer_is_kept_and_offered(table: Table, stop: BaseException) -> None:
    with pytest.raises(type(stop)):
        table.ask((10, stop), rules=AT_ONCE)
    assert "Your answer is kept. The next `voiceprep practice` offers to analyse it." in table.said
    table.keeper.close()
    (pending,) = table.sessions.pending()
    assert pending.take.question == QUESTION
    assert pending.take.duration == pytest.approx(10, abs=0.2)
    assert pending.sound.exists()


def test_an_answer_interrupted_while_it_is_read_is_kept(table: Table) -> None:
    table.analyst.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        table.ask((10, "enter"), rules=AT_ONCE)
    table.keeper.close()
    assert len(table.sessions.pending()) == 1


def test_a_take_that_was_cut_off_is_read_later_with_all_that_was_known_of_it(table: Table) -> None:
    with suppress(SystemExit):
        table.ask((4, "x"), (20, SystemExit()))
    # As kill -9 leaves it: spoken and not packed, and a note without a length.
    take = table.sessions._pending("2026-05-01-093012").__next__().take
    kept = table.sessions.sound(take)
    kept.rename(table.sessions.spoken(take))
    table.sessions.note(replace(take, duration=0.0, ended=""))
    table.keeper.close()
    (pending,) = table.sessions.pending()
    table.keeper = table.new_keeper()
    assert table.desk((1, "n")).recover(pending, RULES) is Act.NEXT
    (record,) = table.history.records()
    assert record.take is not None
    assert record.take.ended == "the program was stopped in the middle of it"
    assert record.recording.duration == pytest.approx(15.9, abs=0.3)
    assert table.sessions.pending() == ()
    assert table.files() == ["01-late-project.flac"]


def test_a_session_that_goes_on_is_not_offered_elsewhere(table: Table) -> None:
    with suppress(SystemExit):
        table.ask((10, SystemExit()), rules=AT_ONCE)
    assert table.sessions.pending() == ()
    with pytest.raises(InputError, match="going on"):
        table.sessions.clear("2026-05-01-093012")
    table.keeper.close()
    assert len(table.sessions.pending()) == 1


def test_a_note_says_all_before_the_first_sound(table: Table) -> None:
    take, path = table.keeper.begin(QUESTION, {"think": 30})
    (note,) = table.sessions.root.rglob("*.pending.json")
    said = json.loads(note.read_text(encoding="utf-8"))
    assert (said["question"]["text"], said["number"], path.name) == (QUESTION.text, 1, "01-late-project.wav")
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    table.keeper.discard(take)


def test_what_cannot_be_packed_is_kept_as_it_was_spoken(table: Table) -> None:
    def full(_path: Path, target: Path) -> None:
        target.touch()
        raise OSError(28, "No space left on device")

    table.keeper = Keeper(table.sessions, table.history, lambda: datetime(2026, 5, 2, tzinfo=UTC), full)
    table.ask((10, "enter"), (12, "q"), rules=AT_ONCE)
    assert table.files() == ["01-late-project.wav"]
    (record,) = table.history.records()
    assert record.place.endswith("01-late-project.wav")


def test_with_nobody_at_the_keys_a_number_of_questions_is_asked_one_after_the_other(table: Table) -> None:
    table.count = 2
    desk = table.desk((80, "never"))
    desk._keyboard.closed = True  # type: ignore[misc]
    assert desk.ask(QUESTION, replace(AT_ONCE, longest=10), "Question 1 of 2", more=True) is Act.NEXT
    assert desk.ask(QUESTION, replace(AT_ONCE, longest=10), "Question 2 of 2", more=False) is Act.LEAVE
    assert len(table.history) == 2


def test_a_question_of_ones_own_gives_the_files_a_plain_name(table: Table) -> None:
    take, path = table.keeper.begin(Question("../../etc: passwd?", "Why?"), {})
    assert path.name == "01-etc-passwd.wav"
    assert path.parent.parent == table.sessions.root
    table.keeper.discard(take)
