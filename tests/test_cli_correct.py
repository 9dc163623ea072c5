"""An answer is corrected from the command line, step by step or from the list of a page; what is wrong is named."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from report_example import QUESTION, example
from scripted import Scripted, loud_is_voice, speech_like, write_wav

from voiceprep import correcting, pipeline, star, voice
from voiceprep.cli import cli
from voiceprep.cli.correct import Desk
from voiceprep.cli.correctable import view
from voiceprep.correcting import Change, Correction, Listed
from voiceprep.errors import InputError
from voiceprep.history import History
from voiceprep.model import Settings, Span
from voiceprep.practice import Take
from voiceprep.scoring import OwnVoice, Tally
from voiceprep.testing import ENGINE

if TYPE_CHECKING:
    from click.testing import Result

EXAMPLE = example()
ROOT = Path(__file__).parents[1]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def by_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read STAR by wording alone, which is quicker."""
    monkeypatch.setattr(pipeline, "read_star", star.read_star)


def save(data: Path, sound: str = "", take: Take | None = None) -> int:
    """Keep the example as an answer, and return its number."""
    recording = replace(EXAMPLE.recording, sha256=sound * 64 or EXAMPLE.recording.sha256)
    judged = pipeline.judge(EXAMPLE.transcript, recording, QUESTION, Settings(), at=EXAMPLE.at)
    with History(data / "history.db") as history:
        return history.save(judged, take=take)


@pytest.fixture
def saved(data: Path) -> Path:
    save(data)
    return data


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["correct", *arguments])


def out(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exception is None, done.exception
    return done.output


def shown(*arguments: str) -> Any:
    return json.loads(out(*arguments, "--json"))


def refused(*arguments: str) -> InputError:
    error = run(*arguments).exception
    assert isinstance(error, InputError)
    return error


# What is shown


@pytest.mark.usefixtures("saved")
def test_fillers_and_sentences_are_shown_by_number_within_80_columns() -> None:
    text = out("last")
    lines = text.splitlines()
    assert re.search(r"^ +3 +0:10  product, and we had, \[uh\] promised a new invoice$", text, re.MULTILINE)
    assert re.search(r"^ +5 +0:30  .*\{you know\} to tell the customers$", text, re.MULTILINE)
    assert re.search(r"^ +2  S   0:05  Last spring I looked after", text, re.MULTILINE)
    assert lines[-1] == "Nothing is corrected."
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("saved")
def test_what_was_corrected_is_marked_where_it_stands() -> None:
    out("last", "--not-filler", "3", "--missed", "um@12.3", "--part", "5=R")
    text = out()
    assert re.search(r"^ +3 .*\[uh\].* no filler$", text, re.MULTILINE)
    assert re.search(r"^ +\+ +0:12 .*\[um\].* missed$", text, re.MULTILINE)
    assert re.search(r"^ +5  R\*  0:35", text, re.MULTILINE)
    # Numbers of what was heard stay.
    assert re.search(r"^ +4 +0:21 .*\[um\] nobody had planned for$", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 60, 110])
def test_a_narrow_terminal_shows_all_of_it(saved: Path, width: int) -> None:
    out("last", "--not-filler", "3", "--missed", "um@12.3", "--part", "5=R")
    with History(saved / "history.db") as history:
        lines = list(view(Desk(history).look(1), width))
    assert max(map(len, lines)) <= width
    assert [line.split()[-1] for line in lines if "[um]" in line or "[uh]" in line][1:3] == ["filler", "missed"]


@pytest.mark.usefixtures("saved")
def test_json_has_all_of_it() -> None:
    answer = shown("last", "--not-filler", "3")
    assert (answer["answer"], answer["checked"], len(answer["hesitations"])) == (1, False, 14)
    assert [one["number"] for one in answer["hesitations"] if one["corrected"]] == [3]
    assert answer["corrections"][0].items() >= {"number": 1, "kind": "not_filler", "was": "uh", "start": 10.33}.items()
    assert answer["sentences"][1]["part"] == "S"


# Counts


@pytest.mark.parametrize(
    ("given", "metric", "by"),
    [
        (("--not-filler", "3"), "filled_pauses", -1),
        (("--not-filler", "5"), "filler_words", -1),
        (("--missed", "um@12.3"), "filled_pauses", 1),
        (("--missed", "12.3"), "filled_pauses", 1),
        (("--missed", "think@2"), "filler_words", 1),
        (("--missed", "you know@0:33.2"), "filler_words", 1),
        (("--word", "card@0:41=um"), "filled_pauses", 1),
        (("--word", "um@22=some"), "filled_pauses", -1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_each_correction_changes_its_count_by_one(saved: Path, given: tuple[str, str], metric: str, by: int) -> None:
    with History(saved / "history.db") as history:
        before = {one.metric: one.total for one in history.measurements([1])[1]}
        out("last", *given)
        now = {one.metric: one.total for one in history.measurements([1])[1]}
    changed = {name: now[name] - before[name] for name in ("filled_pauses", "filler_words", "hesitations")}
    assert changed == {"filled_pauses": 0, "filler_words": 0} | {metric: by, "hesitations": by}


@pytest.mark.usefixtures("saved")
def test_what_comes_of_it_is_said_beside_what_was_heard() -> None:
    text = out("last", "--not-filler", "3", "--not-filler", "4")
    assert re.search(r"^  Filled pauses \(um, uh\) +3\.0 a minute  \(4\.3 a minute\)$", text, re.MULTILINE)
    assert out("last", "--list") == text


@pytest.mark.usefixtures("saved")
def test_a_missed_sound_takes_the_place_of_a_doubtful_one_or_the_time_itself() -> None:
    (one,) = shown("last", "--missed", "uh@12.3")["corrections"]
    assert (one["start"], one["end"], one["now"]) == (12.15, 12.45, "uh")


# Taking back


def test_corrections_are_taken_back_one_by_one_or_all(saved: Path) -> None:
    before = out("last")
    out("last", "--not-filler", "3", "--missed", "um@12.3", "--word", "card@0:41=guard")
    assert [one["kind"] for one in shown("last", "--undo", "2")["corrections"]] == ["not_filler", "word"]
    out("last", "--undo", "all")
    assert out("last") == before
    assert saved.exists()


# Checked


def test_checked_answers_tell_how_right_the_program_hears(saved: Path) -> None:
    selftest = CliRunner().invoke(cli, ["selftest", "--mine"])
    assert (selftest.exit_code, selftest.output[:30]) == (0, "You have not checked any answe")
    for sound in ("", "a", "b"):
        number = save(saved, sound)
        out(str(number), "--not-filler", "3", "--missed", "um@12.3", "--missed", "uh@40", "--checked")
    assert shown("last")["checked"]
    text = CliRunner().invoke(cli, ["selftest", "--mine"]).output
    assert text.startswith("3 answers that you checked, 4 min 59 s, heard with the model base\n")
    # Seven of eight or so are right each time: counted by hand in the example.
    filled = sum(one["kind"] == "filled pause" for one in shown("last")["hesitations"])
    assert filled == 7
    assert "right in 18 of 21 (95 % interval 65 to 95 %)" in text
    assert "heard 18 of 24 (95 % interval 55 to 88 %)" in text
    assert max(map(len, text.splitlines())) <= 80
    (model,) = json.loads(CliRunner().invoke(cli, ["selftest", "--mine", "-f", "json"]).output)["models"]
    assert model["filled_pauses"].items() >= {"found": 18, "false": 3, "missed": 6, "precision": 18 / 21}.items()
    assert (model["model"], model["answers"]) == ("base", 3)


def test_too_few_checked_answers_tell_nothing_yet(saved: Path) -> None:
    out("last", "--checked")
    assert "not enough yet to tell: 20 of each in 3 answers are needed" in " ".join(
        CliRunner().invoke(cli, ["selftest", "--mine"]).output.split()
    )
    assert saved.exists()


def test_where_nothing_was_ever_saved_nothing_is_made(data: Path) -> None:
    assert CliRunner().invoke(cli, ["selftest", "--mine"]).output.startswith("You have not checked")
    assert refused("last").message == "no answer is saved yet"
    assert not data.exists()


# Which answer


def test_an_answer_is_named_by_number_by_session_or_as_the_last(data: Path) -> None:
    first = save(data)
    second = save(data, "a", Take("2026-05-01-093012", 2, "2026-05-01T09:30:12", QUESTION))
    assert shown("2026-05-01-093012/2")["answer"] == second
    assert shown(str(first))["answer"] == first
    assert shown("last")["answer"] in {first, second}


# A list from the page


def listed(path: Path, *corrections: Correction, sound: str = EXAMPLE.recording.sha256) -> str:
    path.write_text(correcting.render([Listed(sound, corrections, "answer 3.m4a")]), encoding="utf-8")
    return str(path)


UH = Correction(Change.NOT_FILLER, Span(10.33, 10.64), "uh", at="2026-05-01T09:00:00+00:00")


@pytest.mark.usefixtures("saved")
def test_the_list_of_a_page_is_taken_over_and_twice_is_as_once(tmp_path: Path) -> None:
    whole = Correction(Change.CHECKED, Span(0, 99), correcting.fingerprint(EXAMPLE.transcript))
    file = listed(tmp_path / "list.json", UH, whole)
    once = shown("--from", file)[0]
    assert ([one["kind"] for one in once["corrections"]], once["checked"]) == (["not_filler", "checked"], True)
    assert shown("1", "--from", file)[0]["changed"] == once["changed"]
    assert len(shown("last")["corrections"]) == 2


@pytest.mark.usefixtures("saved")
def test_a_page_of_the_corrected_answer_can_be_checked_too(tmp_path: Path) -> None:
    out("last", "--not-filler", "3")
    page = correcting.apply(EXAMPLE.transcript, [UH]).transcript
    whole = Correction(Change.CHECKED, Span(0, 99), correcting.fingerprint(page))
    assert shown("--from", listed(tmp_path / "list.json", whole))[0]["checked"]


def test_a_list_of_another_recording_says_so(saved: Path, tmp_path: Path) -> None:
    file = listed(tmp_path / "list.json", UH, sound="d" * 64)
    error = refused("--from", file)
    assert (error.message, "--save" in error.hint) == ("no saved answer has the recording 'answer 3.m4a'", True)
    other = save(saved, "e")
    file = listed(tmp_path / "list.json", UH)
    assert "has no corrections of that answer" in refused(str(other), "--from", file).message


def test_a_list_is_taken_over_in_whole_or_not_at_all(saved: Path, tmp_path: Path) -> None:
    save(saved, "e")
    both = [Listed("e" * 64, (UH,)), Listed(EXAMPLE.recording.sha256, (UH,)), Listed("d" * 64, (UH,))]
    file = tmp_path / "list.json"
    file.write_text(correcting.render(both), "utf-8")
    assert "no saved answer has the recording" in refused("--from", str(file)).message
    assert [shown(answer)["corrections"] for answer in "12"] == [[], []]
    file.write_text(correcting.render(both[:2]), "utf-8")
    assert [(one["answer"], len(one["corrections"])) for one in shown("--from", str(file))] == [(2, 1), (1, 1)]


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("other", [("--not-filler", "3"), ("--checked",), ("--undo", "all")])
def test_a_list_and_other_corrections_at_once_are_refused(tmp_path: Path, other: tuple[str, ...]) -> None:
    done = run("--from", listed(tmp_path / "list.json", UH), *other)
    assert (done.exit_code, "give no others with it" in done.output) == (2, True)
    assert shown("last")["corrections"] == []


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("text", ["[project]", "[]", "{}", "", "[" * 100_000])
def test_what_is_no_list_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text, "utf-8")
    error = refused("--from", str(file))
    assert (error.message, "The page about an answer" in error.hint) == ("this is not a list of corrections", True)


def test_a_word_of_a_typed_answer_is_not_corrected(data: Path, tmp_path: Path) -> None:
    text = tmp_path / "answer.txt"
    text.write_text("We shipped it on Monday. Then we wrote it down.", "utf-8")
    command("analyze", str(text), "--save", "--quiet")
    assert data.exists()
    error = refused("last", "--word", "Monday@4=Tuesday")
    assert (error.message, "analyze FILE --save" in error.hint) == (
        "this answer was typed, so no word of it was heard wrongly",
        True,
    )
    assert shown("last")["corrections"] == []


# What cannot be done


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("99",), "there is no answer '99'", "SESSION/N"),
        (("2026-01-01-000000/1",), "there is no answer '2026-01-01-000000/1'", "last"),
        (("last", "--not-filler", "15"), "there is no filled pause or filler word '15'", "from 1 to 14"),
        (("last", "--not-filler", "x"), "there is no filled pause or filler word 'x'", "from 1 to 14"),
        (("last", "--missed", "um@soon"), "'soon' is no time", "um@12.3"),
        (("last", "--missed", "um@9:00"), "'um@9:00' is not within the answer", "1 min 40 s"),
        (("last", "--word", "card@41"), "'card@41' does not say what is right", "--word arm@12.3=um"),
        (("last", "--word", "elephant@41=um"), "there is no 'elephant' at 0:41", "on a card."),
        (("last", "--part", "99=R"), "there is no sentence '99'", "numbered from 1"),
        (("last", "--part", "2=X"), "'X' is no part of STAR", "S, T, A, R"),
        (("last", "--undo", "1"), "there is no correction '1'", "Nothing is corrected"),
        (("last", "--from", "nowhere.json"), "'nowhere.json' cannot be read: No such file or directory", "the page"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_corrected_is_named_with_what_to_do(arguments: tuple[str, ...], message: str, hint: str) -> None:
    error = refused(*arguments)
    assert error.message == message
    assert hint in error.hint
    assert shown("last")["corrections"] == []


# Everywhere else


def command(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_sessions_show_the_corrected_answer_and_the_original_if_asked(data: Path) -> None:
    save(data, "a", Take("2026-05-01-093012", 1, "2026-05-01T09:30:12", QUESTION))
    show = ("sessions", "show", "last", "--take", "1")
    before = command(*show)
    out("last", "--not-filler", "3", "--not-filler", "4")
    text = command(*show)
    assert "2 corrections by you: “uh” at 0:10 is no filler; “um” at 0:21 is no filler." in " ".join(text.split())
    assert "we had, [uh]" not in text
    assert command(*show, "--original") == before
    assert "2 corrections by you: voiceprep correct 1" in command("sessions", "show")
    (session,) = json.loads(command("sessions", "list", "--json"))
    (answer,) = session["answers"]
    with History(data / "history.db") as history:
        counted = {one.metric: one.value for one in history.measurements([1])[1]}
    assert (answer["measurements"], answer["corrections"]) == (counted, 2)


SAID = "So I was, um, late. <0.8> I mean, we like shipped it on uh Monday. <0.5> It was good and we went home."


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a recording in which the engine hears `SAID`."""
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: Scripted(SAID))
    monkeypatch.setattr(voice, "probabilities", loud_is_voice)
    return str(write_wav(tmp_path / "answer.wav", speech_like(SAID)))


def test_a_recording_that_is_saved_again_is_shown_and_counted_as_it_was_corrected(
    data: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze = ("analyze", file, "--at", "none", "-f", "json", "--quiet")
    first = command(*analyze, "--save")
    assert command(*analyze) == first
    out("last", "--not-filler", "2")
    again = json.loads(command(*analyze, "--save"))["answers"][0]
    assert again["caveats"][0].startswith("1 correction by you: “um” at 0:01")
    with History(data / "history.db") as history:
        heard, now = history.known(1), history.measurements([1])[1]
    assert [one.total for one in heard.measurements if one.metric == "filled_pauses"] == [2]
    assert [one.total for one in now if one.metric == "filled_pauses"] == [1]
    # Another transcription of it is corrected too.
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: Scripted(SAID.replace("good and", "um good and")))
    command(*analyze, "--save")
    with History(data / "history.db") as history:
        now = history.measurements([1])[1]
    assert [one.total for one in now if one.metric == "filled_pauses"] == [2]
    # Another answer of it begins without.
    assert not json.loads(command(*analyze, "--save", "--as-new"))["answers"][0]["caveats"]


@pytest.mark.usefixtures("data")
def test_what_one_speaker_says_is_not_corrected_by_what_was_said_of_another(tmp_path: Path) -> None:
    text = "WEBVTT\n\n"
    for at, who, said in ((0, "Anna", "So I fixed the um site."), (5, "Ben", "We like had um no plan at all.")):
        text += f"00:00:{at:02}.000 --> 00:00:{at + 4:02}.000\n<v {who}>{said}\n\n"
    file = tmp_path / "talk.vtt"
    file.write_text(text, "utf-8")
    analyze = ("analyze", str(file), "--quiet", "-f", "json", "--at", "none")
    command(*analyze, "--speaker", "Anna", "--save")
    out("last", "--not-filler", "1")
    other = json.loads(command(*analyze, "--speaker", "Ben"))["answers"][0]
    assert not [caveat for caveat in other["caveats"] if "correction" in caveat or "Left out" in caveat]


def test_a_recording_is_corrected_where_its_file_is_looked_at_or_compared(
    data: Path, file: str, tmp_path: Path
) -> None:
    heard = json.loads(command("analyze", file, "--save", "--quiet", "-f", "json", "--at", "none"))["answers"][0]
    out("last", "--not-filler", "2")
    corrected = json.loads(command("analyze", file, "--quiet", "-f", "json", "--at", "none"))["answers"][0]
    assert corrected["caveats"][0] == "1 correction by you: “um” at 0:01 is no filler."
    pauses = [
        {one["measurement"]["metric"]: one["measurement"] for one in answer["findings"]}["filled_pauses"]
        for answer in (heard, corrected)
    ]
    assert [one["total"] for one in pauses] == [2, 1]
    # In a report it is as it was when that was made.
    report = tmp_path / "answer.json"
    report.write_text(command("analyze", file, "--quiet", "-f", "json"), "utf-8")
    for one in (file, "1", str(report)):
        told = json.loads(command("compare", file, one, "-f", "json", "--data", str(data)))
        (row,) = (row for row in told["differences"] if row["metric"] == "filled_pauses")
        assert row["a"] == row["b"] == pytest.approx(pauses[1]["total"] / pauses[1]["per"])
        assert "A: 1 correction by you: “um” at 0:01 is no filler." in told["caveats"]
        assert ("B: 1 correction by you: “um” at 0:01 is no filler." in told["caveats"]) == (one != str(report))
    out("last", "--undo", "all")
    assert not json.loads(command("analyze", file, "--quiet", "-f", "json"))["answers"][0]["caveats"]


def test_a_text_is_corrected_where_its_file_is_looked_at(data: Path, tmp_path: Path) -> None:
    text = tmp_path / "answer.txt"
    text.write_text("Well, it was like a week. Then we shipped it.", "utf-8")
    command("analyze", str(text), "--save", "--quiet")
    assert data.exists()
    out("last", "--part", "2=R")
    assert "sentence at word 7 is the result." in " ".join(command("analyze", str(text), "--quiet").split())


def test_sessions_that_are_compared_say_how_many_answers_count_as_they_were_corrected(data: Path) -> None:
    for session, sounds in (("2026-05-01-090000", "abc"), ("2026-05-02-090000", "def")):
        for number, sound in enumerate(sounds, 1):
            save(data, sound, Take(session, number, f"{session[:10]}T09:00:00", QUESTION, 60.0))
    out("1", "--not-filler", "1")
    out("3", "--not-filler", "1")
    out("5", "--not-filler", "1")
    text = " ".join(command("compare", "2026-05-01-090000", "2026-05-02-090000").split())
    assert "A: 2 of its answers count as you corrected them." in text
    assert "B: 1 of its answers counts as you corrected it." in text


def test_reports_say_how_right_this_voice_was_heard_before(
    data: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnVoice(4, 300.0, Tally(27, 3, 6), Tally())
    asked: list[str] = []
    monkeypatch.setattr("voiceprep.history.correcting.peek", lambda _path, model: asked.append(model) or own)
    said = "In 4 answers of your own that you checked: right in 27 of 30 (95 % interval 74 to 97 %)"
    for form in ("text", "html", "md", "json"):
        assert said in " ".join(command("analyze", file, "--quiet", "-f", form).split())
    assert set(asked) == {ENGINE.sha256}
    assert not data.exists()


def test_a_corrected_recording_says_how_right_this_voice_was_heard_too(
    data: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnVoice(4, 300.0, Tally(27, 3, 6), Tally())
    monkeypatch.setattr("voiceprep.history.correcting.peek", lambda *_: own)
    command("analyze", file, "--save", "--quiet")
    assert data.exists()
    out("last", "--not-filler", "2")
    text = " ".join(command("analyze", file, "--save", "--quiet").split())
    assert "1 correction by you" in text
    assert "In 4 answers of your own that you checked: right in 27 of 30" in text


def test_saving_says_as_which_answers_and_the_question_that_is_known_stays(data: Path, tmp_path: Path) -> None:
    texts = []
    for number in range(4):
        text = tmp_path / f"{number}.txt"
        text.write_text(f"We shipped it on Monday. Then {number} of us wrote it down.", "utf-8")
        texts.append(str(text))

    def said(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["analyze", *arguments, "--save"])
        assert done.exit_code == 0, done.output
        return done.stderr.replace("\n", " ")

    file = data / "history.db"
    assert f"Saved as answer 1 in {file}" in said(texts[0], "--question", "scope-decision", "--at", "2026-11-05T10:00")
    with History(file) as history:
        before = history.known(1)
    again = said(texts[0])
    assert f"Saved as answer 1, which was there already (its date stays 2026-11-05), in {file}" in again
    assert before.question is not None
    assert f"Its question stays: {before.question.text}" in again
    with History(file) as history:
        assert history.known(1) == before
    assert f"Saved as answers 2 to 4 in {file}" in said(*texts[1:])
    assert "Saved as answers 1 and 3, of which 2 were there already (dates stay), in" in said(texts[0], texts[2])
    assert "Saved as answer 5 in" in said(texts[1], "--as-new")


# Step by step, on a terminal


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo terminal")
def test_on_a_terminal_each_step_is_kept_at_once(saved: Path) -> None:
    from terminal import Terminal  # noqa: PLC0415  (not on Windows)

    own = {name: os.environ[name] for name in os.environ if name.startswith("VOICEPREP_")}
    environment = own | {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    with Terminal([sys.executable, "-m", "voiceprep", "correct", "last"], environment) as desk:
        desk.see("Nothing is corrected.")
        desk.see("> ")
        desk.press("n 3\r")
        desk.see("“uh” at 0:10 is no filler")
        desk.see("> ")
        desk.press("n 3\r")
        desk.see("3 is corrected already")
        desk.see("> ")
        desk.press("m um@12.3\r")
        desk.see("“um” at 0:12 was missed")
        desk.see("> ")
        desk.press("\x04")
        desk.see("All that you corrected is saved.")
        assert desk.end() == 0
    with History(saved / "history.db") as history:
        assert [one.kind for one in history.known(1).corrections] == [Change.NOT_FILLER, Change.MISSED]
