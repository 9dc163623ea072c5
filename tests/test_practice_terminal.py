"""Practice in a real terminal, with fake sound: keys and screens, and that no end of the program loses an answer."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("termios", reason="there are no pseudo terminals on this system")

from terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., Terminal]

HERE = Path(__file__).parent
PROGRAM = [sys.executable, str(HERE / "practise_in_pty.py"), "practice", "--seed", "3"]
MENU = "r whole report   l listen   a again   n next"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folders = {f"VOICEPREP_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")}
    path = os.pathsep.join((str(HERE.parent), str(HERE)))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | folders | {"PYTHONPATH": path, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def start(environment: dict[str, str]) -> Start:
    def start(*options: str, columns: int = 80, **more: str) -> Terminal:
        return Terminal([*PROGRAM, *options], environment | more, columns=columns)

    return start


def files(environment: dict[str, str]) -> list[str]:
    data = Path(environment["VOICEPREP_DATA_DIR"])
    return sorted(path.name for path in data.rglob("*") if path.suffix in {".wav", ".flac", ".json", ".html"})


def test_a_whole_round_by_keys(start: Start, environment: dict[str, str]) -> None:
    with start("--show") as terminal:
        terminal.see("Tell me about a backlog")
        terminal.see("any key: answer now")
        terminal.press("x")
        terminal.see("Enter or space: stop")
        terminal.see("0:01 of 3:00")
        terminal.press("\r")
        terminal.see("One thing to try")
        terminal.see(MENU)
        terminal.press("r")
        terminal.see("Articulation rate")
        terminal.see(MENU)
        terminal.press("a")
        terminal.see("any key: answer now")
        terminal.press(" ")
        terminal.see("0:01 of 3:00")
        terminal.press(" ")
        terminal.see(MENU)
        terminal.press("d")
        terminal.see("Press d again")
        terminal.press("d")
        terminal.see("Deleted.")
        terminal.press("q")
        assert terminal.end() == 0
        terminal_mode = terminal.mode_now()
    assert terminal_mode == terminal.mode
    assert "1 answer is kept in this session: voiceprep sessions show 20" in terminal.text
    assert files(environment) == ["01-backlog-rescue.flac"]


def test_keys_are_not_echoed(start: Start) -> None:
    with start("--show") as terminal:
        terminal.see("any key: answer now")
        terminal.press("x")
        terminal.see("0:01 of 3:00")
        terminal.press("zzz")
        terminal.see("0:02 of 3:00")
        terminal.press("\r")
        terminal.see(MENU)
        terminal.press("q")
        terminal.end()
    assert "zz" not in terminal.text


@pytest.mark.parametrize(
    ("stop", "code"),
    [("\x03", 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)],
    ids=["Ctrl-C", "SIGTERM", "kill -9"],
)
def test_whatever_ends_the_program_the_answer_is_offered_again(
    start: Start, environment: dict[str, str], stop: str | signal.Signals, code: int
) -> None:
    with start("--show", "--think", "0") as terminal:
        terminal.see("0:02 of 3:00")
        if isinstance(stop, str):
            terminal.press(stop)
        else:
            terminal.kill(stop)
        assert terminal.end() == code
        if code != -9:
            assert "Your answer is kept" in terminal.text
            assert terminal.mode_now() == terminal.mode
    with start("--show") as terminal:
        terminal.see("has no report yet")
        terminal.press("y")
        terminal.see("One thing to try")
        terminal.see("r whole report   l listen   n next")
        terminal.press("q")
        assert terminal.end() == 0
    assert files(environment) == ["01-backlog-rescue.flac"]
    with start("--show") as terminal:
        assert "no report" not in terminal.see("any key: answer now")
        terminal.press("q")
        assert terminal.end() == 0


def test_an_answer_interrupted_while_it_is_read_is_offered_again(start: Start) -> None:
    with start("--show", "--think", "0", FAKE_SLOW="20") as terminal:
        terminal.see("0:01 of 3:00")
        terminal.press("\r")
        terminal.see("Reading your answer")
        terminal.press("\x03")
        assert terminal.end() == 130
    with start("--show") as terminal:
        terminal.see("has no report yet")
        terminal.press("d")
        terminal.see("Deleted.")
        terminal.see("any key: answer now")
        terminal.press("q")
        assert terminal.end() == 0


@pytest.mark.parametrize(
    ("level", "warning"),
    [
        ("quiet", "Too quiet: come nearer"),
        ("muted", "Nothing is heard: is the microphone"),
        ("clipped", "Too loud: move back"),
    ],
)
def test_a_microphone_that_hears_badly_is_told_while_one_speaks(start: Start, level: str, warning: str) -> None:
    with start("--show", "--think", "0", FAKE_LEVEL=level) as terminal:
        terminal.see(warning)
        terminal.see("0:04 of 3:00")
        terminal.press("\r")
        terminal.see(MENU)
        terminal.press("q")
        assert terminal.end() == 0


def test_without_colour_there_is_none(start: Start) -> None:
    with start("--show", "--think", "0", NO_COLOR="1") as terminal:
        terminal.see("0:01 of 3:00")
        terminal.press("\r")
        terminal.see(MENU)
        terminal.press("q")
        terminal.end()
    assert re.findall(r"\x1b\[(?:\d;)?[349]\dm", terminal.raw) == []


def test_a_narrow_terminal_shows_all_of_it(start: Start) -> None:
    with start("--show", "--think", "0", columns=40) as terminal:
        terminal.see("0:01 of 3:00")
        terminal.press("\r")
        terminal.see("q quit")
        terminal.press("q")
        terminal.end()
    # What is drawn anew begins with a carriage return.
    assert max(map(len, re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.raw)))) <= 40
    assert "…" not in terminal.text


def test_a_terminal_that_knows_only_ascii_is_given_that(start: Start) -> None:
    with start("--show", "--think", "0", PYTHONUTF8="0", PYTHONIOENCODING="ascii") as terminal:
        terminal.see("* Recording")
        terminal.see("0:01 of 3:00")
        terminal.press("\r")
        terminal.see(MENU)
        terminal.press("q")
        terminal.end()
    assert terminal.text.isascii()


def test_plain_lines_are_not_drawn_over(start: Start) -> None:
    with start("--show", "--plain", "--think", "0") as terminal:
        terminal.see("Recording. Enter or space stops.")
        terminal.press("   ")
        terminal.see("That was too short")
        terminal.press("q")
        assert terminal.end() == 0
    assert "\x1b[" not in terminal.raw


def test_a_question_read_aloud_can_be_skipped(start: Start) -> None:
    with start("--aloud", FAKE_VOICE="1") as terminal:
        terminal.see("read aloud, and not shown")
        terminal.press("x")
        terminal.see("any key: answer now")
        terminal.press("q")
        assert terminal.end() == 0
    assert "backlog that" not in terminal.text


@pytest.mark.parametrize(
    ("environment_of_it", "said"),
    [
        ({}, "No voice is installed"),
        ({"FAKE_DEAF": "1"}, "There is no loudspeaker here, so questions are only shown."),
        ({"FAKE_DEAF": "1", "SSH_CONNECTION": "1"}, "The sound of an SSH session stays on the other machine."),
    ],
    ids=["no voice", "no loudspeaker", "SSH"],
)
def test_what_cannot_be_read_aloud_is_shown(start: Start, environment_of_it: dict[str, str], said: str) -> None:
    with start("--aloud", "--plain", **environment_of_it) as terminal:
        terminal.see(said)
        terminal.see("Any key begins")
        terminal.press("q")
        terminal.end()
    assert "Tell me about a backlog" in terminal.text


def test_with_nobody_there_questions_are_asked_one_after_the_other(environment: dict[str, str]) -> None:
    line = [*PROGRAM, "--show", "--think", "0", "--max", "5", "--stop-after", "1", "--count", "1"]
    done = subprocess.run(line, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Question 1 of 1 · backlog-rescue" in done.stderr
    # Into a pipe goes the whole report.
    assert done.stdout.startswith("01-backlog-rescue.flac")


@pytest.mark.parametrize("away", ["", "1"])
def test_without_a_microphone_that_is_said_before_anything_is_asked(environment: dict[str, str], away: str) -> None:
    given = environment | {"FAKE_MUTE": "1"} | ({"SSH_CONNECTION": away} if away else {})
    line = [*PROGRAM, "--random", "--show", "--plain"]
    done = subprocess.run(line, env=given, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    message, hint = done.stderr.splitlines()
    assert message == "voiceprep: no microphone was found"
    assert ("Over SSH" in hint) == bool(away)
    assert files(environment) == []
