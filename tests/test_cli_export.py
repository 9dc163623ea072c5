"""The commands that take answers out and in: what they write, what they say, and what they leave alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from histories import fill, sounds, tables
from test_sessions import practise

from voiceprep import exchange
from voiceprep.cli import cli, talk
from voiceprep.correcting import Change, Correction
from voiceprep.errors import InputError
from voiceprep.history import History

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=answer)


def error(result: Result) -> InputError:
    assert isinstance(result.exception, InputError)
    return result.exception


# Out and in


def test_everything_goes_out_with_a_report_to_read_and_in_again(data: Path, tmp_path: Path) -> None:
    session = practise(data, 1, 2)
    out = run("export", "-o", "practice")
    assert out.stdout == ""
    assert out.stderr.splitlines()[0].startswith("Exported to practice: 2 answers, 2 recordings; ")
    assert out.stderr.splitlines()[-1] == "On another machine: voiceprep import practice"
    report = next((tmp_path / "practice").glob("answers/000001-*/report.md"))
    assert "Why did you cut the scope?" in report.read_text(encoding="utf-8")
    done = run("import", "practice", "--data", "other")
    assert done.stderr.splitlines() == ["Imported from practice:", "  answers: 2 new", "  recordings: 2 put in place"]
    assert tables(tmp_path / "other") == tables(data)
    assert sounds(tmp_path / "other") == sounds(data)
    shown = run("sessions", "show", session, "--data", "other").output
    assert str(tmp_path / "other") in shown or "other/sessions" in shown
    again = run("import", "practice", "--data", "other")
    assert again.stderr.splitlines() == ["Imported from practice:", "  answers: 2 here already"]


def test_a_part_is_chosen_by_day_question_and_session(data: Path) -> None:
    fill(data, range(8))
    last = practise(data, 2, 1)
    for number, (options, count) in enumerate(
        (
            (("--since", "2026-01-05"), 5),
            (("--question", "scope"), 1),
            (("--session", last), 1),
            (("--session", "last"), 1),
            (("--since", "2026-01-05", "--question", "late-project"), 3),
        )
    ):
        assert run("export", "-o", f"part-{number}", "--no-reports", "--no-sound", *options).exit_code == 0
        manifest = json.loads(Path(f"part-{number}", exchange.MANIFEST).read_text(encoding="utf-8"))
        assert manifest["counts"]["answers"] == count
        assert manifest["counts"]["sounds"] == 0
    assert manifest["chosen"] == {"since": "2026-01-05", "question": "late-project", "sound": "none"}


def test_what_is_left_at_home_is_said(data: Path) -> None:
    fill(data, range(4))
    (data / "originals" / "1.m4a").unlink()
    said = run("export", "-o", "out", "--no-reports").stderr
    assert "Without sound or text: 1 answer, whose file is not on this machine any more." in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--question", "nothing"), "there are no such answers"),
        (("--since", "yesterday"), "'yesterday' is not a time"),
        (("--session", "last"), "nothing was practised yet"),
    ],
)
def test_a_choice_without_answers_makes_no_folder(data: Path, options: tuple[str, ...], message: str) -> None:
    fill(data, [1])
    assert error(run("export", "-o", "out", *options)).message == message
    assert not Path("out").exists()


def test_an_empty_history_has_nothing_to_export() -> None:
    assert error(run("export", "-o", "out")).message == "there is nothing to export yet"
    assert not Path("out").exists()


def test_looking_first_makes_no_history(data: Path, tmp_path: Path) -> None:
    fill(data, range(6))
    run("export", "-o", "out", "--no-reports")
    said = run("import", "out", "--dry-run", "--data", "other").stderr.splitlines()
    assert said == ["This would be done:", "  answers: 6 new", "  stories: 2 new", "  recordings: 6 put in place"]
    assert not (tmp_path / "other").exists()


def test_what_differs_stays_unless_asked_and_that_is_said(data: Path) -> None:
    fill(data, range(4))
    run("export", "-o", "out", "--no-reports")
    with History(data / "history.db") as history:
        history.connection.execute("UPDATE answer SET model = 'small' WHERE id = 2")
    said = run("import", "out").stderr
    assert "3 here already, 1 different here, left as they are" in said
    assert "to take those of the folder: --replace" in said
    assert "3 here already, 1 replaced" in run("import", "out", "--replace").stderr


def test_a_folder_that_is_none_is_named() -> None:
    failed = error(run("import", "nowhere"))
    assert failed.message == "there is no voiceprep-export.json in 'nowhere'"
    assert failed.exit_code == 2


def test_imported_recordings_can_be_forgotten(data: Path, tmp_path: Path) -> None:
    fill(data, range(4))
    run("export", "-o", "out", "--no-reports")
    run("import", "out", "--data", "other")
    kept = tmp_path / "other" / "recordings"
    assert len(list(kept.iterdir())) == 2
    assert "imported ones" in run("forget", "--recordings", "--data", "other", answer="n\n").output
    old = min(kept.iterdir())
    assert old.name.startswith("2026-01-02")
    run("forget", "--recordings", "--older-than", "100000", "--yes", "--data", "other")
    assert len(list(kept.iterdir())) == 2
    run("forget", "--recordings", "--yes", "--data", "other")
    assert list(kept.iterdir()) == []
    run("import", "out", "--data", "other")
    run("forget", "--all", "--yes", "--data", "other")
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file() and path.name != "import.lock"] == []


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT of this kind")
def test_ctrl_c_leaves_no_folder(data: Path, tmp_path: Path) -> None:
    fill(data, range(400))
    line = [sys.executable, "-m", "voiceprep", "export", "-o", "out"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(line, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    limit = time.monotonic() + 60
    while not (tmp_path / "out.part" / "answers").is_dir() and time.monotonic() < limit:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1].strip() == "Stopped."
    assert process.returncode == 130
    assert not list(tmp_path.glob("out*"))


def test_a_count_is_drawn_after_a_second_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(talk.time, "monotonic", lambda: now[0])

    def count() -> str:
        now[0] = 0.0
        with talk.counted("answers") as progress:
            for done in range(5):
                progress(done, 5)
                now[0] += 0.6
        return capsys.readouterr().err

    assert count() == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    drawn = count()
    assert [part.strip() for part in drawn.split("\r") if part.strip()] == [
        "2 of 5 answers",
        "3 of 5 answers",
        "4 of 5 answers",
    ]
    assert drawn.endswith("\r")


def test_words_are_corrected_in_captions_with_and_without_reports(data: Path, tmp_path: Path) -> None:
    practise(data, 1, 1)
    with History(data / "history.db") as history:
        (entry,) = history.entries()
        word = history.record(entry.id).transcript.words[1]  # type: ignore[union-attr]
        wrong = Correction(Change.WORD, word.span, word.text, "Wilma", at="2026-05-05")
        history.connection.execute(
            "INSERT INTO correction (answer, at, kind, start, end, was, now) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry.id, wrong.at, wrong.kind.value, wrong.span.start, wrong.span.end, wrong.was, wrong.now),
        )
    run("export", "-o", "bare", "--no-reports")
    for name in (exchange.CAPTIONS, exchange.TIERS):
        (shown,) = tmp_path.glob(f"bare/answers/*/{name}")
        assert "Wilma" in shown.read_text(encoding="utf-8")


def test_a_text_goes_out_as_a_text_and_comes_in_again(tmp_path: Path) -> None:
    Path("answer.txt").write_text("We were late. Then I called them and we shipped it in May.", encoding="utf-8")
    run("analyze", "answer.txt", "--save")
    out = run("export", "-o", "typed", "--no-reports")
    assert out.stderr.splitlines()[0].startswith("Exported to typed: 1 answer, 1 text; ")
    (kept,) = tmp_path.glob("typed/answers/*/text.txt")
    assert kept.read_bytes() == Path("answer.txt").read_bytes()
    assert not list(tmp_path.glob("typed/answers/*/sound*"))
    done = run("import", "typed", "--data", "other")
    assert done.stderr.splitlines() == ["Imported from typed:", "  answers: 1 new", "  texts: 1 put in place"]
    assert "texts: 1 put in place" in run("import", "typed", "--data", "third", "--dry-run").stderr


# For a mentor


def test_an_answer_is_written_for_a_mentor(data: Path, tmp_path: Path) -> None:
    fill(data, range(2))
    done = run("redact", "last")
    assert done.stdout == ""
    assert done.stderr.splitlines()[-3:] == [
        f"Report without sound: {tmp_path / 'redacted-2.html'}",
        "Names that a transcript writes like ordinary words are not found.",
        "Read it through before you send it.",
    ]
    assert "[name 1] Zo\u00eb" in done.stderr
    assert "Masked as numbers: forty" in done.stderr
    page = (tmp_path / "redacted-2.html").read_text(encoding="utf-8")
    assert "Zo\u00eb" not in page
    assert "answer.m4a" not in page
    assert "[name 1]" in page
    assert (tmp_path / "redacted-2.html").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["3", "2026-01-01-000000/2", "2026-01-02/1"])
def test_an_answer_has_several_names(data: Path, name: str) -> None:
    fill(data, range(8))
    assert run("redact", name, "-o", "out.txt").exit_code == 0
    assert "[recording]" in Path("out.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["99", "9" * 30, "2026-01-01-000000", "2026-01-01-000000/9", "nobody/1", "x", "0"])
def test_an_answer_that_is_not_there_is_named(data: Path, name: str) -> None:
    fill(data, range(3))
    failed = error(run("redact", name))
    assert failed.message == f"there is no answer {name!r}"
    assert "voiceprep sessions" in failed.hint
    assert not list(Path.cwd().glob("redacted*"))


def test_without_a_history_there_is_no_last_answer() -> None:
    assert error(run("redact", "last")).message == "the history is empty"


def test_words_of_ones_own_go_and_stay(data: Path) -> None:
    fill(data, [1])
    said = run("redact", "last", "-o", "out.json", "--mask", "shipped it", "--keep", "Zo\u00eb").stderr
    text = Path("out.json").read_text(encoding="utf-8")
    assert "Zo\u00eb" in text
    assert "shipped" not in text
    assert "[name 1] shipped it" in said


def test_an_ending_that_is_no_format_is_refused_before_anything_is_written(data: Path) -> None:
    fill(data, [1])
    assert "does not end in a known format" in error(run("redact", "last", "-o", "out.docx")).message
    assert not Path("out.docx").exists()


def test_a_text_is_analysed_for_a_mentor() -> None:
    Path("answer.txt").write_text("Then I called Peter at Contoso. We sold forty of them.", encoding="utf-8")
    done = run("analyze", "answer.txt", "--redact", "-o", "out.html")
    page = Path("out.html").read_text(encoding="utf-8")
    assert not [word for word in ("Peter", "Contoso", "forty", "answer.txt") if word in page]
    assert done.stderr.splitlines()[-1] == "Read it through before you send it."
